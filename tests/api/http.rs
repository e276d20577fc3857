//! HTTP as its RFCs say: what a client may rely on whatever it asks for.

use axum::body::Body;
use axum::http::{HeaderMap, Request, header};
use serde_json::json;
use soquy::access::Role;
use soquy::http::App;
use tower::ServiceExt as _;

use crate::books::{Commune, at};
use crate::support::{Answer, Person, TestApp, VU_QUY};

/// A request of a person with more headers.
async fn ask(app: &TestApp, who: &Person, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::get(path).header(header::AUTHORIZATION, format!("Bearer {}", who.token));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    app.send(request.body(Body::empty()).unwrap()).await
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers[name].to_str().unwrap()
}

#[tokio::test]
async fn a_parameter_that_is_not_declared_is_refused_before_anything_is_done() {
    let app = TestApp::new().await;
    app.open_book().await;
    let accountant = app.person("accountant", VU_QUY, &[Role::Accountant]).await;
    let path = format!("/v1/units/{VU_QUY}/funds");
    let fund = json!({"kind": "revolving", "name": "Quỹ quay vòng", "opened_on": "2026-01-01"});
    let refused =
        app.post(&accountant, &format!("{path}?dry_run=true"), fund).await.refused(400, "malformed-request");
    assert_eq!(refused["detail"], "Parameter “dry_run”: nothing is taken here after “?”");
    assert_eq!(app.get(&accountant, &path).await.expect(200)["items"], json!([]));
    let refused = app.get(&accountant, &format!("{path}?page=2")).await.refused(400, "malformed-request");
    assert_eq!(refused["detail"], "Parameter “page”: There is no such field; there are: `limit`, `after`");
}

#[tokio::test]
async fn a_page_links_to_the_next_with_everything_else_that_was_asked() {
    let app = TestApp::new().await;
    let member = app.person("member", VU_QUY, &[Role::Auditor]).await;
    let first = ask(&app, &member, "/v1/units?on=2026-03-02&limit=1", &[]).await;
    let link = text(&first.headers, "link").to_owned();
    let body = first.expect(200);
    let next = link.strip_prefix('<').and_then(|rest| rest.strip_suffix(">; rel=\"next\"")).unwrap();
    assert_eq!(next, format!("/v1/units?on=2026-03-02&limit=1&after={}", body["next"].as_str().unwrap()));
    let second = ask(&app, &member, next, &[]).await.expect(200);
    assert_ne!(second["items"][0]["unit_id"], body["items"][0]["unit_id"]);
    let last = ask(&app, &member, &format!("/v1/units/{VU_QUY}/users"), &[]).await;
    assert!(!last.headers.contains_key("link"));
}

#[tokio::test]
async fn pages_that_are_files_too_link_on_and_a_file_has_no_pages() {
    let commune = Commune::new().await;
    for (key, day) in [("first-of-all", "2026-01-05"), ("second-of-all", "2026-01-06")] {
        commune.receive(key, 1, day, "1000000").await;
    }
    let statement = at("/accounts/1111/statement");
    let from = format!("{statement}?from=2026-01-01&limit=1");
    let first = ask(&commune.app, &commune.accountant, &from, &[]).await;
    let link = text(&first.headers, "link").to_owned();
    let next = first.expect(200)["next"].as_str().unwrap().to_owned();
    assert_eq!(link, format!("<{from}&after={next}>; rel=\"next\""));
    for accept in ["text/csv", "application/pdf;q=0.9, text/html"] {
        let paged = ask(&commune.app, &commune.accountant, &from, &[("accept", accept)]).await;
        let refused = paged.refused(422, "invalid-field");
        assert_eq!(refused["errors"][0]["pointer"], "/limit", "{refused}");
    }
    let officer = commune.app.person("official", VU_QUY, &[Role::Officer]).await;
    for code in ["H1", "H2"] {
        let household = json!({"code": code, "hamlet": "Thôn Đông",
            "head": {"name": "Đào Văn Sáu", "gender": "male", "birth": "1970"}});
        commune.app.post(&officer, &at("/households"), household).await.expect(201);
    }
    let list = at("/households?limit=1");
    let first = ask(&commune.app, &officer, &list, &[("accept", "text/csv;q=0, application/json")]).await;
    assert!(text(&first.headers, "link").starts_with(&format!("<{list}&after=")), "{:?}", first.headers);
    ask(&commune.app, &officer, &list, &[("accept", "text/csv")]).await.refused(422, "invalid-field");
}

#[tokio::test]
async fn a_version_that_the_reader_has_is_not_sent_again() {
    let app = TestApp::new().await;
    let admin = app.person("admin", VU_QUY, &[Role::Admin]).await;
    let users = format!("/v1/units/{VU_QUY}/users");
    let hoa =
        app.post(&admin, &users, json!({"login": "hoa", "full_name": "Nguyễn Thị Hoa"})).await.expect(201);
    let path = format!("{users}/{}", hoa["user_id"].as_str().unwrap());
    let plain = ask(&app, &admin, &path, &[]).await;
    let tag = text(&plain.headers, "etag").to_owned();
    for has in [tag.clone(), format!("\"x\", W/{tag}"), "*".to_owned()] {
        let again = ask(&app, &admin, &path, &[("if-none-match", &has)]).await;
        assert_eq!((again.status.as_u16(), text(&again.headers, "etag")), (304, &*tag), "{has}");
        assert!(!again.headers.contains_key("content-type"));
        assert!(!again.headers.contains_key("content-length"), "{:?}", again.headers);
        let head = Request::head(&path)
            .header(header::AUTHORIZATION, format!("Bearer {}", admin.token))
            .header(header::IF_NONE_MATCH, &has);
        let head = app.send(head.body(Body::empty()).unwrap()).await;
        assert_eq!((head.status.as_u16(), head.headers.get("content-length")), (304, None), "{has}");
    }
    assert_eq!(ask(&app, &admin, &path, &[("if-none-match", "\"x\"")]).await.status, 200);
    let patch = |version: &str| {
        Request::patch(&path)
            .header(header::AUTHORIZATION, format!("Bearer {}", admin.token))
            .header(header::CONTENT_TYPE, "application/merge-patch+json")
            .header(header::IF_MATCH, version)
            .body(Body::from(r#"{"full_name": "Trần Thị Lan"}"#))
            .unwrap()
    };
    let compressed = format!("\"x\", {}-gzip\"", tag.trim_end_matches('"'));
    app.send(patch(&compressed)).await.expect(200);
    app.send(patch(&tag)).await.refused(412, "changed-meanwhile");
}

#[tokio::test]
async fn a_compressed_answer_has_a_tag_of_its_own() {
    let app = TestApp::new().await;
    let plain = app.send(Request::get("/openapi.json").body(Body::empty()).unwrap()).await;
    let packed = Request::get("/openapi.json").header("accept-encoding", "gzip").body(Body::empty()).unwrap();
    let packed = app.send(packed).await;
    assert_eq!(text(&packed.headers, "content-encoding"), "gzip");
    let tag = text(&plain.headers, "etag");
    assert_eq!(text(&packed.headers, "etag"), format!("{}-gzip\"", tag.trim_end_matches('"')));
    let has = Request::get("/openapi.json").header("if-none-match", text(&packed.headers, "etag"));
    assert_eq!(app.send(has.body(Body::empty()).unwrap()).await.status, 304);
}

#[tokio::test]
async fn answers_vary_by_what_the_client_prefers() {
    let app = TestApp::new().await;
    let request =
        Request::get("/v1/me").header("accept-language", "vi;q=0.2, en;q=0.3").body(Body::empty()).unwrap();
    let answer = app.send(request).await;
    let vary: Vec<_> = answer.headers.get_all("vary").iter().map(|value| value.to_str().unwrap()).collect();
    assert!(vary.contains(&"accept, accept-language"), "{vary:?}");
    assert_eq!(answer.refused(401, "not-logged-in")["title"], "Not logged in");
}

#[tokio::test]
async fn the_way_in_leads_to_the_document_in_vietnamese_first() {
    let app = TestApp::new().await;
    let get = async |path: &str| app.send(Request::get(path).body(Body::empty()).unwrap()).await;
    let way_in = get("/").await;
    assert_eq!((way_in.status.as_u16(), text(&way_in.headers, "location")), (307, "/docs/"));
    let config = get("/docs/swagger-initializer.js").await;
    let config = config.text;
    let (vi, en) =
        (config.find("/openapi.json?lang=vi").unwrap(), config.find("/openapi.json?lang=en").unwrap());
    assert!(vi < en, "{config}");
    let summary =
        async |path: &str| get(path).await.expect(200)["paths"]["/v1/units"]["get"]["summary"].clone();
    assert_eq!(summary("/openapi.json").await, summary("/openapi.json?lang=en").await);
    assert_ne!(summary("/openapi.json").await, summary("/openapi.json?lang=vi").await);
    get("/openapi.json?lang=fr").await.refused(400, "malformed-request");
}

#[tokio::test]
async fn the_type_of_a_problem_leads_to_what_it_means() {
    let app = TestApp::new().await;
    let get = async |path: &str| app.send(Request::get(path).body(Body::empty()).unwrap()).await;
    let refused = get("/v1/me").await.refused(401, "not-logged-in");
    let meaning = get(refused["type"].as_str().unwrap()).await.expect(200);
    assert_eq!((meaning["code"].as_str(), meaning["status"].as_u64()), (Some("not-logged-in"), Some(401)));
    assert_eq!(meaning["title"], json!({"vi": "Chưa đăng nhập", "en": "Not logged in"}));
    get("/problems/no-such").await.refused(404, "not-found");
}

#[tokio::test]
async fn only_pages_of_listed_origins_may_call_from_a_browser() {
    let app = TestApp::new().await;
    let mut listed = app.app.clone();
    listed.origins = vec!["https://quy.example.vn".parse().unwrap()];
    let send = async |app: &App, origin: &str| {
        let request = Request::get("/healthz").header("origin", origin).body(Body::empty()).unwrap();
        soquy::api::router(app.clone()).oneshot(request).await.unwrap().headers().clone()
    };
    let allowed = send(&listed, "https://quy.example.vn").await;
    assert_eq!(text(&allowed, "access-control-allow-origin"), "https://quy.example.vn");
    for (app, origin) in [(&listed, "https://elsewhere.example"), (&app.app, "https://quy.example.vn")] {
        assert!(!send(app, origin).await.contains_key("access-control-allow-origin"), "{origin}");
    }
    for wrong in ["*", "quy.example.vn", "https://quy.example.vn/", "ftp://quy.example.vn", ""] {
        assert!(wrong.parse::<soquy::http::edge::Origin>().is_err(), "{wrong}");
    }
}
