//! What a request says is read as it is meant and not nearly so: objects, days, headers, closed lists.

use axum::body::Body;
use axum::http::{Method, Request, header};
use serde_json::{Value, json};
use soquy::access::Role;

use crate::books::{Commune, advance, at, receipt};
use crate::support::{Answer, Person, TestApp, VU_QUY};

/// A request of a person with headers, in English.
async fn send(
    app: &TestApp,
    who: &Person,
    (method, path): (Method, &str),
    headers: &[(&str, &str)],
    body: impl ToString,
) -> Answer {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header("accept-language", "en;q=0.5")
        .header(header::AUTHORIZATION, format!("Bearer {}", who.token));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    app.send(request.body(Body::from(body.to_string())).unwrap()).await
}

const JSON: (&str, &str) = ("content-type", "application/json");

/// The only error of a refusal.
#[track_caller]
fn wrong_field(answer: Answer) -> (String, String) {
    let refused = answer.refused(422, "invalid-field");
    let [error] = refused["errors"].as_array().unwrap().as_slice() else { panic!("{refused}") };
    let said = |key: &str| error[key].as_str().unwrap().to_owned();
    (said("pointer"), said("detail"))
}

fn field(pointer: &str, detail: &str) -> (String, String) {
    (pointer.to_owned(), detail.to_owned())
}

#[tokio::test]
async fn a_list_in_the_place_of_an_object_is_refused_where_it_stands() {
    let commune = Commune::new().await;
    let (app, accountant) = (&commune.app, &commune.accountant);
    let no_object = "It must be an object, not a list";
    for body in [json!(["ketoan", "mat-khau"]), json!([])] {
        let answer = app.call(Method::POST, None, "/v1/sessions", None, Some(body)).await;
        assert_eq!(wrong_field(answer), field("", no_object));
    }
    let money = json!(["2026-03-02", "1000", "cash", "Sở Tài chính", "Thái Bình", null, 1]);
    let answer = app.post_once(accountant, "receipt-1", &at("/sources/1/receipts"), money).await;
    assert_eq!(wrong_field(answer), field("", no_object));
    let mut journal = advance("2026-03-02", 1, "5");
    journal["lines"][1] = json!(["1111", 1, "credit", "5"]);
    let answer = app.post_once(accountant, "manual-1", &at("/journals"), journal).await;
    assert_eq!(wrong_field(answer), field("/lines/1", no_object));
    let officer = app.person("official", VU_QUY, &[Role::Officer]).await;
    let mut project = json!({"fund_id": 1, "name": "Nuôi bò", "programme": "CTMTQG", "purpose": "breeding_stock",
        "from_on": "2026-03-01", "to_on": "2028-12-31", "household_cap": "20000000", "budget": "20000000",
        "terms": {"basis": ["capital_percent", "100"], "due": {"kind": "after_months", "months": 12}}});
    let answer = app.post_once(&officer, "project-1", &at("/projects"), project.clone()).await;
    assert_eq!(wrong_field(answer), field("/terms/basis", no_object));
    project["terms"] = json!({"basis": {"kind": "capital_percent", "percent": "100"},
        "due": {"kind": "on_date", "on": "2027-1-1"}});
    let answer = app.post_once(&officer, "project-1", &at("/projects"), project).await;
    assert_eq!(wrong_field(answer), field("/terms/due", "A day is written as \"2026-03-02\""));
    assert_eq!(app.get(accountant, &at("/journals")).await.expect(200)["items"], json!([]));
}

#[tokio::test]
async fn null_takes_away_what_may_be_taken_away_and_nothing_else() {
    let app = TestApp::new().await;
    let officer = app.person("official", VU_QUY, &[Role::Officer]).await;
    let household = json!({"code": "H1", "hamlet": "Thôn Đông", "note": "Nhà dột",
        "head": {"name": "Đào Văn Sáu", "gender": "male", "birth": "1970"}});
    let made = app.post(&officer, &at("/households"), household).await.expect(201);
    let path = at(&format!("/households/{}", made["household_id"].as_str().unwrap()));
    let patch = async |path: &str, body: Value| {
        let headers = [("content-type", "application/merge-patch+json"), ("if-match", "*")];
        send(&app, &officer, (Method::PATCH, path), &headers, &body).await
    };
    for (name, detail) in [
        ("hamlet", "It must be a string, not null"),
        ("code", "It must be a string, not null"),
        ("signs_by_fingerprint", "It must be true or false, not null"),
        ("head_id", "It must be an id (UUID), not null"),
        ("closed_on", "It must be a day such as \"2026-03-02\", not null"),
    ] {
        let answer = patch(&path, json!({name: null})).await;
        assert_eq!(wrong_field(answer), field(&format!("/{name}"), detail));
    }
    let member = format!("{path}/members/{}", made["members"][0]["member_id"].as_str().unwrap());
    assert_eq!(
        wrong_field(patch(&member, json!({"name": null})).await),
        field("/name", "It must be a string, not null")
    );
    assert_eq!(
        wrong_field(patch(&member, json!({"left_on": "2026-3-1"})).await),
        field("/left_on", "A day is written as \"2026-03-02\"")
    );
    assert_eq!(patch(&path, json!({"note": null})).await.expect(200)["note"], json!(null));
}

#[tokio::test]
async fn lists_of_tags_are_one_list_in_however_many_lines() {
    let app = TestApp::new().await;
    let admin = app.person("admin", VU_QUY, &[Role::Admin]).await;
    let users = at("/users");
    let hoa = app.post(&admin, &users, json!({"login": "hoa", "full_name": "Nguyễn Thị Hoa"})).await;
    let path = format!("{users}/{}", hoa.expect(201)["user_id"].as_str().unwrap());
    let read = app.get(&admin, &path).await;
    let tag = read.headers["etag"].to_str().unwrap().to_owned();
    let lines = [("if-none-match", "\"x\""), ("if-none-match", &*tag)];
    assert_eq!(send(&app, &admin, (Method::GET, &path), &lines, &json!("")).await.status, 304);
    let lines =
        [("content-type", "application/merge-patch+json"), ("if-match", "\"x\""), ("if-match", &*tag)];
    let name = json!({"full_name": "Trần Thị Lan"});
    send(&app, &admin, (Method::PATCH, &path), &lines, &name).await.expect(200);
    send(&app, &admin, (Method::PATCH, &path), &lines, &name).await.refused(412, "changed-meanwhile");
}

#[tokio::test]
async fn a_key_is_one_and_has_the_form_of_a_key() {
    let commune = Commune::new().await;
    let path = at("/sources/1/receipts");
    let detail = async |headers: &[(&str, &str)]| {
        let headers = [&[JSON], headers].concat();
        let to = (Method::POST, &*path);
        let body = receipt("2026-03-02", "1000");
        let answer = send(&commune.app, &commune.accountant, to, &headers, &body).await;
        answer.refused(400, "malformed-request")["detail"].as_str().unwrap().to_owned()
    };
    let form = "Idempotency-Key: a key is 8 to 100 visible ASCII characters";
    for key in ["1234567", "", "with a space", &"x".repeat(101)] {
        assert_eq!(detail(&[("idempotency-key", key)]).await, form, "{key}");
    }
    for name in ["idempotency-key", "authorization", "content-type"] {
        let twice = [("idempotency-key", "receipt-1"), (name, "receipt-2")];
        assert_eq!(detail(&twice).await, format!("The header {name} is there twice: send one"));
    }
    let none = commune.app.post(&commune.accountant, &path, receipt("2026-03-02", "1000")).await;
    none.refused(400, "idempotency-key-required");
}

#[tokio::test]
async fn a_compressed_body_is_refused_in_words() {
    let commune = Commune::new().await;
    let officer = commune.app.person("official", VU_QUY, &[Role::Officer]).await;
    let body = receipt("2026-03-02", "1000");
    let key = ("idempotency-key", "receipt-1");
    let money = at("/sources/1/receipts");
    let import = at("/households/import");
    for (who, path, kind) in
        [(&commune.accountant, &money, "application/json"), (&officer, &import, "text/csv")]
    {
        let headers = [("content-type", kind), key, ("content-encoding", "gzip")];
        let answer = send(&commune.app, who, (Method::POST, path), &headers, &body).await;
        assert_eq!(
            answer.refused(415, "unsupported-type")["detail"],
            "The body must not be compressed: send it as it is, without the header Content-Encoding"
        );
    }
    let plain = [("content-type", "Application/JSON"), key, ("content-encoding", "identity")];
    send(&commune.app, &commune.accountant, (Method::POST, &money), &plain, &body).await.expect(201);
}

#[tokio::test]
async fn a_day_is_written_in_one_way_in_bodies_and_queries() {
    let commune = Commune::new().await;
    let (app, accountant) = (&commune.app, &commune.accountant);
    let written = "A day is written as \"2026-03-02\"";
    for wrong in ["2026-1-1", "+2026-01-01", "-0001-01-01", "0000-01-01", " 2026-01-01", "+12026-01-01"] {
        let path = at("/sources/1/receipts");
        let answer = app.post_once(accountant, "receipt-1", &path, receipt(wrong, "1000")).await;
        assert_eq!(wrong_field(answer), field("/on", written), "{wrong}");
        let escaped = wrong.replace('+', "%2B").replace(' ', "%20");
        for (query, name) in [("journals?from=", "from"), ("balances?on=", "on")] {
            let refused = app.get(accountant, &at(&format!("/{query}{escaped}"))).await;
            let refused = refused.refused(400, "malformed-request");
            assert_eq!(refused["detail"], format!("Parameter “{name}”: {written}"), "{wrong}");
        }
    }
    app.get(accountant, &at("/balances?on=9999-12-30")).await.expect(200);
    let refused = app.get(accountant, &at("/balances?known_at=2025-01-01")).await;
    assert_eq!(
        refused.refused(400, "malformed-request")["detail"],
        "Parameter “known_at”: An instant is a day and a time with its zone, written as \"2026-03-02T17:30:00Z\""
    );
    app.get(accountant, &at("/balances?known_at=2026-03-02T17:30:00Z")).await.expect(200);
}

#[tokio::test]
async fn a_list_is_filtered_by_what_there_is_only() {
    let commune = Commune::new().await;
    let (app, accountant) = (&commune.app, &commune.accountant);
    commune.receive("receipt-1", 1, "2026-03-02", "1000").await;
    let refused = async |query: &str| {
        let answer = app.get(accountant, &at(query)).await;
        answer.refused(400, "malformed-request")["detail"].as_str().unwrap().to_owned()
    };
    for query in ["kind=nonsense", "kind=manual,nonsense", "kind=manual,nonsense,"] {
        let said = refused(&format!("/journals?{query}")).await;
        assert!(
            said.starts_with("Parameter “kind”: There is no `nonsense`; choose from: `capital_received`, "),
            "{said}"
        );
    }
    for query in ["/journals?account=zzz", "/balances?account=zzz", "/balances?account=1"] {
        assert_eq!(
            refused(query).await,
            "Parameter “account”: An account code has 2 to 10 digits",
            "{query}"
        );
    }
    let found = async |query: &str| {
        let page = app.get(accountant, &at(&format!("/journals?{query}"))).await.expect(200);
        page["items"].as_array().unwrap().len()
    };
    assert_eq!(found("kind=manual,capital_received").await, 1);
    assert_eq!(found("account=111").await, 1);
    assert_eq!(found("account=9999").await, 0);
    app.get(accountant, &at("/balances?account=9999")).await.refused(404, "not-found");
}

#[tokio::test]
async fn a_manual_journal_that_is_refused_says_where_and_by_how_much() {
    let commune = Commune::new().await;
    let (app, accountant) = (&commune.app, &commune.accountant);
    let path = at("/journals");
    let refused = async |body: Value| app.post_once(accountant, "manual-1", &path, body).await;
    let mut unbalanced = advance("2026-03-02", 1, "400");
    unbalanced["lines"][1]["amount"] = json!("1399");
    let vietnamese = send(
        app,
        accountant,
        (Method::POST, &path),
        &[JSON, ("idempotency-key", "manual-1"), ("accept-language", "vi")],
        &unbalanced,
    );
    let [en, vi] = [refused(unbalanced.clone()).await, vietnamese.await]
        .map(|answer| answer.refused(409, "unbalanced")["detail"].as_str().unwrap().to_owned());
    assert_eq!(en, "Source 1: debits and credits differ by 999 đồng.");
    assert_eq!(vi, "Nguồn vốn 1: Nợ và Có lệch nhau 999 đồng.");
    for (place, value, detail) in [
        ("account", json!("111"), "Account 111 is not in the book, or is a heading that takes no lines"),
        ("account", json!("99"), "Account 99 is not in the book, or is a heading that takes no lines"),
        ("source", json!(9), "Source 9 is not in the book, or is closed on that day"),
    ] {
        let mut journal = advance("2026-03-02", 1, "400");
        for line in 0..2 {
            journal["lines"][line]["source"] = if place == "source" { value.clone() } else { json!(1) };
        }
        if place == "account" {
            journal["lines"][1][place] = value;
        }
        let line = if place == "account" { 1 } else { 0 };
        let errors = refused(journal).await.refused(409, "unknown-account")["errors"].clone();
        assert_eq!(errors, json!([{"pointer": format!("/lines/{line}/{place}"), "detail": detail}]));
    }
}

#[tokio::test]
async fn a_field_that_stands_twice_is_refused_everywhere() {
    let commune = Commune::new().await;
    let officer = commune.app.person("official", VU_QUY, &[Role::Officer]).await;
    let household =
        r#"{"code": "H1", "hamlet": "Thôn Đông", "hamlet": "Thôn Tây", "head": {"name": "Đào Văn Sáu"}}"#;
    let fund = r#"{"kind": "revolving", "name": "Quỹ", "name": "Quỹ khác", "opened_on": "2026-01-01"}"#;
    for (who, path, body, pointer) in
        [(&officer, "/households", household, "/hamlet"), (&commune.accountant, "/funds", fund, "/name")]
    {
        let answer = send(&commune.app, who, (Method::POST, &at(path)), &[JSON], body).await;
        assert_eq!(wrong_field(answer), field(pointer, "This field is there twice"));
    }
}
