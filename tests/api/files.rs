//! Papers that facts refer to: kept once by their content, handed out to be saved, and what they were.

use axum::body::Body;
use axum::http::{Request, header};
use serde_json::json;
use soquy::access::Role;
use sqlx::Connection as _;

use crate::revolving::World;
use crate::support::{Answer, Person, TestApp, VU_QUY};

const FILES: &str = "/v1/units/13141/files";
const PDF: &[u8] = b"%PDF-1.7\n%\xe2\xe3 a receipt";

pub async fn stored(app: &TestApp, who: &Person, media_type: &str, bytes: impl Into<Body>) -> Answer {
    let request = Request::post(FILES)
        .header(header::AUTHORIZATION, format!("Bearer {}", who.token))
        .header(header::CONTENT_TYPE, media_type)
        .header("accept-language", "en");
    app.send(request.body(bytes.into()).expect("a request")).await
}

async fn count(app: &TestApp, table: &str) -> i64 {
    let question = format!("select count(*) from {table}");
    sqlx::query_scalar(sqlx::AssertSqlSafe(question)).fetch_one(&app.owner).await.unwrap()
}

#[tokio::test]
async fn a_file_is_kept_once_however_often_it_is_sent() {
    let app = TestApp::new().await;
    let officer = app.person("officer", VU_QUY, &[Role::Officer]).await;
    let (one, two) = tokio::join!(
        stored(&app, &officer, "application/pdf", PDF),
        stored(&app, &officer, "application/pdf", PDF)
    );
    let (one, two) = (one.expect(201), two.expect(201));
    assert_eq!(one, two);
    assert_eq!((one["size"].as_i64(), one["media_type"].as_str()), (Some(22), Some("application/pdf")));
    assert_eq!([count(&app, "file").await, count(&app, "file_content").await], [1, 1]);

    let fetched = app.get(&officer, &format!("{FILES}/{}", one["sha256"].as_str().unwrap())).await;
    assert_eq!((fetched.status.as_u16(), fetched.bytes.as_slice()), (200, PDF));
    let header = |name: &str| fetched.headers[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "application/pdf");
    assert_eq!(
        header("content-disposition"),
        format!("attachment; filename=\"{}.pdf\"", one["sha256"].as_str().unwrap())
    );
    assert_eq!(header("content-security-policy"), "sandbox; default-src 'none'");
    assert_eq!(header("x-content-type-options"), "nosniff");
}

#[tokio::test]
async fn what_is_not_what_it_says_is_refused() {
    let app = TestApp::new().await;
    let officer = app.person("officer", VU_QUY, &[Role::Officer]).await;
    let auditor = app.person("auditor", VU_QUY, &[Role::Auditor]).await;
    stored(&app, &officer, "image/png", PDF).await.refused(415, "unsupported-type");
    stored(&app, &officer, "text/html", "<script>").await.refused(415, "unsupported-type");
    stored(&app, &officer, "application/pdf", "").await.refused(400, "malformed-request");
    stored(&app, &auditor, "application/pdf", PDF).await.refused(403, "forbidden");
    let large = [PDF, &vec![b' '; 8 * 1024 * 1024]].concat();
    stored(&app, &officer, "application/pdf", large).await.refused(413, "too-large");
    assert_eq!(count(&app, "file").await, 0);
    for name in ["x", &"0".repeat(64), &"g".repeat(64)] {
        app.get(&officer, &format!("{FILES}/{name}")).await.refused(404, "not-found");
    }
}

#[tokio::test]
async fn another_unit_does_not_see_a_file() {
    let app = TestApp::new().await;
    let officer = app.person("officer", VU_QUY, &[Role::Officer]).await;
    let elsewhere = app.person("elsewhere", 12817, &[Role::Officer]).await;
    let file = stored(&app, &officer, "application/pdf", PDF).await.expect(201);
    let hash = file["sha256"].as_str().unwrap();
    app.get(&elsewhere, &format!("{FILES}/{hash}")).await.refused(404, "not-found");
    app.get(&elsewhere, &format!("/v1/units/12817/files/{hash}")).await.refused(404, "not-found");
}

#[tokio::test]
async fn a_file_stands_behind_a_journal_once() {
    let world = World::new().await;
    let papers = "/v1/units/13141/journals/1/papers";
    let hash = stored(&world.app, &world.officer, "application/pdf", PDF).await.expect(201)["sha256"].clone();
    let paper = json!({"sha256": hash, "name": "Giấy báo có số 7"});
    let first = world.app.post(&world.officer, papers, paper.clone()).await.expect(201);
    let again = world.app.post(&world.officer, papers, paper.clone()).await.expect(201);
    assert_eq!(first, again);
    let shown = world.app.get(&world.officer, papers).await.expect(200);
    assert_eq!(shown["papers"], json!([first]));
    assert_eq!((&first["name"], &first["sha256"]), (&json!("Giấy báo có số 7"), &hash));
    let unknown = json!({"sha256": "0".repeat(64), "name": "Thiếu"});
    let refused = world.app.post(&world.officer, papers, unknown).await.refused(422, "invalid-field");
    assert_eq!(refused["errors"][0]["pointer"], "/sha256");
    world
        .app
        .post(&world.officer, "/v1/units/13141/journals/99/papers", paper)
        .await
        .refused(404, "not-found");
    world.proved().await;
}

/// What the application's role is refused.
async fn refused(app: &TestApp, statement: &str) -> String {
    let mut conn = app.app.pool.acquire().await.unwrap();
    let mut tx = conn.begin().await.unwrap();
    sqlx::query("select set_config('soquy.unit_id', '13141', true)").execute(&mut *tx).await.unwrap();
    let error = sqlx::raw_sql(sqlx::AssertSqlSafe(statement.to_owned())).execute(&mut *tx).await.unwrap_err();
    error.into_database_error().unwrap().to_string()
}

#[tokio::test]
async fn the_database_keeps_a_file_as_it_is_and_proves_it() {
    let world = World::new().await;
    let app = &world.app;
    stored(app, &world.officer, "application/pdf", PDF).await.expect(201);
    let ghost = "insert into file (unit_id, sha256, media_type) values (13141, sha256('ghost'), 'image/png'); set constraints all immediate";
    assert!(refused(app, ghost).await.contains("file_has_content"));
    let other = "insert into file_content select unit_id, sha256('a'), 'b' from file";
    assert!(refused(app, other).await.contains("file_content_as_hashed"));
    assert!(refused(app, "update file_content set bytes = 'x'").await.contains("permission denied"));
    assert!(refused(app, "delete from file").await.contains("permission denied"));
    assert_eq!(world.findings().await, Vec::<String>::new());
    let mut owner = app.owner.acquire().await.unwrap();
    sqlx::raw_sql(
        "set session_replication_role = replica;
         alter table file_content drop constraint file_content_as_hashed;
         update file_content set bytes = 'another paper'",
    )
    .execute(&mut *owner)
    .await
    .unwrap();
    let hash = "select encode(sha256, 'hex') from file";
    let hash: String = sqlx::query_scalar(hash).fetch_one(&app.owner).await.unwrap();
    assert_eq!(world.findings().await, [format!("file {hash}")]);
}
