//! What every request meets: languages, limits, unreadable input, documents.

use axum::body::Body;
use axum::http::{Request, header};
use soquy::access::Role;

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
