//! What every request meets: languages, limits, unreadable input, documents.

use axum::body::Body;
use axum::http::{Request, header};
use soquy::access::Role;
use soquy::db::{Conn, Scope};
use soquy::problem::Kind;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::books::{Commune, at, receipt};
use crate::support::books::number;
use crate::support::{TestApp, VU_QUY};

#[tokio::test]
async fn a_refusal_speaks_the_callers_language_and_says_what_to_do() {
    let app = TestApp::new().await;
    let in_vietnamese = app.send(Request::get("/v1/units").body(Body::empty()).unwrap()).await;
    assert_eq!(in_vietnamese.headers[header::WWW_AUTHENTICATE], "Bearer");
    let body = in_vietnamese.refused(401, "not-logged-in");
    assert_eq!(body["title"], "Chưa đăng nhập");
    let request =
        Request::get("/v1/units").header("accept-language", "en-GB,vi;q=0.5").body(Body::empty()).unwrap();
    let body = app.send(request).await.refused(401, "not-logged-in");
    assert_eq!(body["next"], "Log in at POST /v1/sessions or refresh the access token.");
    assert_eq!(body["instance"].as_str().unwrap().len(), 32);
}

#[tokio::test]
async fn an_address_that_does_not_exist_is_a_problem_too() {
    let app = TestApp::new().await;
    app.send(Request::get("/v1/nowhere").body(Body::empty()).unwrap()).await.refused(404, "not-found");
    app.send(Request::delete("/healthz").body(Body::empty()).unwrap())
        .await
        .refused(405, "method-not-allowed");
}

#[tokio::test]
async fn strange_paths_and_queries_are_refused_clearly() {
    let app = TestApp::new().await;
    let officer = app.person("officer", VU_QUY, &[Role::Officer]).await;
    for path in ["/v1/units/99999999999999999999", "/v1/units/x", "/v1/units/%00", "/v1/units/4242"] {
        app.get(&officer, path).await.refused(404, "not-found");
    }
    for query in ["limit=0", "limit=201"] {
        app.get(&officer, &format!("/v1/units?{query}")).await.refused(422, "invalid-field");
    }
    for query in ["limit=x", "after=%20", "on=2026-02-30", "no_such=1", "code=gso:%00"] {
        app.get(&officer, &format!("/v1/units?{query}")).await.refused(400, "malformed-request");
    }
}

/// Writes the head and then ten million bytes, and only then reads.
async fn written_before_reading(head: &str, piece: &[u8]) -> String {
    let app = TestApp::new().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = soquy::api::router(app.app.clone());
    let service = router.into_make_service_with_connect_info::<std::net::SocketAddr>();
    let server = tokio::spawn(async { axum::serve(listener, service).await });
    let mut client = tokio::net::TcpStream::connect(address).await.unwrap();
    let head = format!("{head}\r\nhost: here\r\nconnection: close\r\ncontent-type: application/json\r\n\r\n");
    client.write_all(head.as_bytes()).await.unwrap();
    for _ in 0..100 {
        client.write_all(piece).await.expect("the server reads on");
    }
    let mut answer = String::new();
    if piece.ends_with(b"\r\n") {
        client.write_all(b"0\r\n\r\n").await.unwrap();
    }
    client.read_to_string(&mut answer).await.unwrap();
    server.abort();
    answer
}

#[tokio::test]
async fn who_writes_too_much_before_reading_still_reads_the_refusal() {
    let piece = vec![b' '; 100_000];
    let measured =
        written_before_reading("POST /v1/sessions HTTP/1.1\r\ncontent-length: 10000000", &piece).await;
    assert!(measured.starts_with("HTTP/1.1 413 ") && measured.contains("too-large"), "{measured}");
    let chunk = [format!("{:x}\r\n", piece.len()).as_bytes(), &piece, b"\r\n"].concat();
    let chunked =
        written_before_reading("POST /v1/sessions HTTP/1.1\r\ntransfer-encoding: chunked", &chunk).await;
    assert!(chunked.starts_with("HTTP/1.1 413 ") && chunked.contains("too-large"), "{chunked}");
    let nobody =
        written_before_reading("POST /v1/units/13141/projects HTTP/1.1\r\ncontent-length: 10000000", &piece)
            .await;
    assert!(nobody.starts_with("HTTP/1.1 401 ") && nobody.contains("not-logged-in"), "{nobody}");
}

#[tokio::test]
async fn a_sum_beyond_what_the_books_hold_is_refused() {
    let commune = Commune::new().await;
    commune.receive("first-of-all", 1, "2026-01-05", "1000000").await;
    let path = at("/sources/1/receipts");
    let most = receipt("2026-01-06", "999999999999999999");
    let refused = commune.app.post_once(&commune.accountant, "far-too-much", &path, most).await;
    assert_eq!(
        refused.refused(409, "above-cap")["detail"],
        "With this amount a sum is beyond what the books hold (18 digits)."
    );
}

#[tokio::test]
async fn a_database_that_goes_away_is_a_reason_to_send_again() {
    let app = TestApp::new().await;
    let scope = Scope { unit: VU_QUY, actor: None, action: "test" };
    let interrupted = async |conn: &mut Conn| {
        let pid: i32 = sqlx::query_scalar("select pg_backend_pid()").fetch_one(&mut *conn).await?;
        let ended = number(&app, &format!("select pg_terminate_backend({pid}, 5000)::integer")).await;
        assert_eq!(ended, 1);
        sqlx::query("select 1").execute(conn).await?;
        Ok(())
    };
    let problem = app.app.within(scope, interrupted).await.expect_err("its connection was ended");
    assert_eq!((problem.kind, problem.retry_after), (Kind::TryAgain, Some(1)));
    app.app.within(scope, async |_| Ok(())).await.expect("the next one gets a connection");
}
