//! Units: the tree that is read by everybody and changed from above.

use axum::http::Method;
use serde_json::{Value, json};
use soquy::access::Role;
use sqlx::Row as _;

use crate::support::{Answer, Person, TestApp, VU_QUY};

const HUNG_YEN: i32 = 33;
/// The board of the Fatherland Front of Vũ Quý.
const BOARD: i32 = 1_314_101;

/// An application with an administrator of the province Hưng Yên.
async fn with_province() -> (TestApp, Person) {
    let app = TestApp::new().await;
    let province = app.person("province", HUNG_YEN, &[Role::Admin]).await;
    (app, province)
}

fn id(unit: &Value) -> i64 {
    unit["unit_id"].as_i64().unwrap()
}

async fn make(app: &TestApp, admin: &Person, above: i64, kind: &str, name: &str) -> Answer {
    let new = json!({"kind": kind, "name": name, "valid_from": "2026-01-01"});
    app.post(admin, &format!("/v1/units/{above}/children"), new).await
}

async fn change(app: &TestApp, who: &Person, path: &str, tag: Option<&str>, body: Value) -> Answer {
    let request = axum::http::Request::patch(path)
        .header("authorization", format!("Bearer {}", who.token))
        .header("content-type", "application/json");
    let request = tag.into_iter().fold(request, |request, tag| request.header("if-match", tag));
    app.send(request.body(body.to_string().into()).unwrap()).await
}

/// What happened to a unit, oldest first.
async fn happened(app: &TestApp, unit: i64) -> Vec<(String, Value)> {
    let events =
        sqlx::query("select kind, content from unit_event where unit_id = $1 order by unit_event_id");
    let rows = events.bind(i32::try_from(unit).unwrap()).fetch_all(&app.owner).await.unwrap();
    rows.iter().map(|row| (row.get("kind"), row.get("content"))).collect()
}

#[tokio::test]
async fn a_unit_is_made_below_another_and_found_by_name_without_diacritics() {
    let (app, province) = with_province().await;
    let made = make(&app, &province, 13141, "transaction_point", "  Điểm  giao dịch Đình Phùng ").await;
    let location = made.headers["location"].to_str().unwrap().to_owned();
    let unit = made.expect(201);
    assert_eq!(id(&unit), 1_500_000_001);
    assert_eq!(location, "/v1/units/1500000001");
    let shown = app.get(&province, &location).await.expect(200);
    assert_eq!(shown, unit);
    assert_eq!(
        shown,
        json!({"unit_id": 1_500_000_001, "parent_unit_id": 13141, "kind": "transaction_point",
               "name": "Điểm giao dịch Đình Phùng", "valid_from": "2026-01-01", "valid_to": null,
               "codes": [], "predecessors": [], "successors": []})
    );
    for name in ["dinh%20phung", "%C4%90%C3%8CNH%20PH%C3%99NG", "giao%20dich%20d"] {
        let found = app.get(&province, &format!("/v1/units?name={name}")).await.expect(200);
        assert_eq!(found["items"].as_array().unwrap().len(), 1, "{name}");
        assert_eq!(id(&found["items"][0]), 1_500_000_001, "{name}");
    }
    let found = app.get(&province, "/v1/units?name=vu%20quy&parent=33").await.expect(200);
    assert_eq!(id(&found["items"][0]), i64::from(VU_QUY));
    app.get(&province, "/v1/units?name=%00").await.refused(400, "malformed-request");
    let content =
        json!({"kind": "transaction_point", "name": "Điểm giao dịch Đình Phùng", "valid_from": "2026-01-01"});
    assert_eq!(happened(&app, 1_500_000_001).await, [("created".to_owned(), content)]);
}

#[tokio::test]
async fn a_unit_that_does_not_belong_there_is_refused() {
    let (app, province) = with_province().await;
    make(&app, &province, 13141, "farmers", "Chi hội Đông").await.expect(201);
    make(&app, &province, 13141, "farmers", "Chi hội Đông").await.refused(409, "already-exists");
    make(&app, &province, 13141, "women", "Chi hội Đông").await.expect(201);
    make(&app, &province, 13141, "province", "Vũ Quý").await.refused(422, "invalid-field");
    make(&app, &province, 13141, "ward", "Vũ Quý").await.refused(422, "invalid-field");
    make(&app, &province, 13141, "hamlet", "Vũ Quý").await.refused(422, "invalid-field");
    let too_long = "ễ".repeat(201);
    for name in ["", "  ", "Vũ\u{0}Quý", "Vũ\u{202e}Quý", &too_long] {
        make(&app, &province, 13141, "women", name).await.refused(422, "invalid-field");
    }
    let early = json!({"kind": "women", "name": "Sớm", "valid_from": "2025-06-30"});
    app.post(&province, "/v1/units/13141/children", early).await.refused(422, "invalid-field");
    make(&app, &province, 4242, "women", "Ở đâu").await.refused(404, "not-found");
}

#[tokio::test]
async fn units_made_at_once_get_different_ids() {
    let (app, province) = with_province().await;
    let make = |name| make(&app, &province, 13141, "women", name);
    let (a, b, c, d) = tokio::join!(make("A"), make("B"), make("C"), make("D"));
    let mut ids = [a, b, c, d].map(|answer| id(&answer.expect(201)));
    ids.sort_unstable();
    assert_eq!(ids, [1_500_000_001, 1_500_000_002, 1_500_000_003, 1_500_000_004]);
}

#[tokio::test]
async fn only_the_unit_above_changes_a_unit() {
    let (app, province) = with_province().await;
    let commune = app.person("commune", VU_QUY, &[Role::Admin]).await;
    let neighbour = app.person("neighbour", 12817, &[Role::Admin]).await;
    let rename = json!({"name": "Vũ Quí"});
    for who in [&commune, &neighbour] {
        change(&app, who, "/v1/units/33/children/13141", Some("*"), rename.clone())
            .await
            .refused(404, "not-found");
    }
    let own_children = format!("/v1/units/13141/children/{BOARD}");
    change(&app, &commune, &own_children, Some("*"), json!({"name": "Mặt trận Vũ Quý"})).await.expect(200);
    // Neither itself, nor a unit that is not directly below.
    for path in
        ["/v1/units/13141/children/13141", "/v1/units/13141/children/33", "/v1/units/13141/children/12817"]
    {
        change(&app, &commune, path, Some("*"), rename.clone()).await.refused(404, "not-found");
    }
    let grandchild = format!("/v1/units/33/children/{BOARD}");
    change(&app, &province, &grandchild, Some("*"), rename.clone()).await.refused(404, "not-found");
    change(&app, &province, "/v1/units/33/children/13141", Some("*"), rename).await.expect(200);
}

#[tokio::test]
async fn a_unit_is_corrected_on_the_version_that_was_read() {
    let (app, province) = with_province().await;
    let path = "/v1/units/33/children/13141";
    let read = app.get(&province, "/v1/units/13141").await.headers["etag"].to_str().unwrap().to_owned();
    let name = |name: &str| json!({"name": name});
    change(&app, &province, path, None, name("Vũ Quí")).await.refused(428, "if-match-required");
    let changed = change(&app, &province, path, Some(&read), name("Vũ Quí")).await;
    let tag = changed.headers["etag"].to_str().unwrap().to_owned();
    assert_eq!(changed.expect(200)["name"], "Vũ Quí");
    change(&app, &province, path, Some(&read), name("Vũ Quy")).await.refused(412, "changed-meanwhile");
    change(&app, &province, path, Some(&tag), name("Kiến Xương")).await.refused(409, "already-exists");
    change(&app, &province, path, Some(&tag), json!({"valid_to": "2026-06-01"}))
        .await
        .refused(409, "wrong-state");
    let board = format!("/v1/units/13141/children/{BOARD}");
    let end = |day: &str| json!({"valid_to": day});
    change(&app, &province, &board, Some("*"), end("1997-01-01")).await.refused(422, "invalid-field");
    assert_eq!(
        change(&app, &province, &board, Some("*"), end("2026-06-01")).await.expect(200)["valid_to"],
        "2026-06-01"
    );
    change(&app, &province, &board, Some("*"), end("2026-07-01")).await.refused(409, "wrong-state");
    let events = happened(&app, i64::from(BOARD)).await;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].0, "changed");
}

#[tokio::test]
async fn a_unit_is_merged_into_others_that_exist_on_that_day() {
    let (app, province) = with_province().await;
    let north = id(&make(&app, &province, 33, "commune", "Bắc Vũ").await.expect(201));
    let south = id(&make(&app, &province, 33, "commune", "Nam Vũ").await.expect(201));
    let merge = |from: i64, into: Value, on: &str| {
        let (app, province, on) = (&app, &province, on.to_owned());
        async move {
            let path = format!("/v1/units/33/children/{from}/succession");
            app.post(province, &path, json!({"into": into, "on": on})).await
        }
    };
    for into in [json!([]), json!([north]), json!([13141, 13141]), json!(Vec::from_iter(1..=21))] {
        merge(north, into, "2026-07-01").await.refused(422, "invalid-field");
    }
    let wrong = merge(north, json!([13141, 4242]), "2026-07-01").await.refused(422, "invalid-field");
    assert_eq!(wrong["errors"][0]["pointer"], "/into/1");
    // Commune Thái Thụy's old neighbours ended in 2025; nobody of Hưng Yên administers the country.
    for gone in [12_826_002, 1] {
        merge(north, json!([gone]), "2026-07-01").await.refused(422, "invalid-field");
    }
    merge(north, json!([13141]), "2026-01-01").await.refused(422, "invalid-field");
    let merged = merge(north, json!([13141, south]), "2026-07-01").await.expect(200);
    assert_eq!((&merged["valid_to"], &merged["successors"]), (&json!("2026-07-01"), &json!([13141, south])));
    merge(north, json!([13141]), "2026-08-01").await.refused(409, "wrong-state");
    let shown = app.get(&province, "/v1/units/13141").await.expect(200);
    assert_eq!(shown["predecessors"].as_array().unwrap().last(), Some(&json!(north)));
    let kinds: Vec<_> = happened(&app, north).await.into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, ["created", "succeeded"]);
}

#[tokio::test]
async fn successions_make_no_circle_and_leave_nothing_hanging() {
    let (app, province) = with_province().await;
    let north = id(&make(&app, &province, 33, "commune", "Bắc Vũ").await.expect(201));
    let south = id(&make(&app, &province, 33, "commune", "Nam Vũ").await.expect(201));
    let hamlet = id(&make(&app, &province, south, "women", "Chi hội").await.expect(201));
    let merge = |from: i64, into: i64| {
        let (app, province) = (&app, &province);
        async move {
            let path = format!("/v1/units/33/children/{from}/succession");
            app.post(province, &path, json!({"into": [into], "on": "2026-07-01"})).await
        }
    };
    merge(south, north).await.refused(409, "wrong-state");
    let end = json!({"valid_to": "2026-07-01"});
    let path = format!("/v1/units/{south}/children/{hamlet}");
    change(&app, &province, &path, Some("*"), end).await.expect(200);
    let (there, back) = tokio::join!(merge(north, south), merge(south, north));
    let mut codes = [there.status.as_u16(), back.status.as_u16()];
    codes.sort_unstable();
    assert_eq!(codes, [200, 422]);
    let ended = if there.status == 200 { north } else { south };
    make(&app, &province, ended, "women", "Muộn").await.refused(409, "wrong-state");
}

#[tokio::test]
async fn a_code_ends_the_one_before_it_and_means_one_unit() {
    let (app, province) = with_province().await;
    let give = |unit: i64, code: &str, from: &str| {
        let body = json!({"code_system": "budget", "code": code, "valid_from": from});
        let (app, province) = (&app, &province);
        async move { app.post(province, &format!("/v1/units/33/children/{unit}/codes"), body).await }
    };
    give(13141, "1059999", "2025-06-30").await.refused(422, "invalid-field");
    give(13141, "1059999", "2025-07-01").await.expect(200);
    give(13141, "1059999", "2025-07-01").await.refused(422, "invalid-field");
    give(12826, "1059999", "2025-07-01").await.refused(409, "already-exists");
    let coded = give(13141, "1060000", "2026-01-01").await.expect(200);
    let codes: Vec<_> =
        coded["codes"].as_array().unwrap().iter().filter(|code| code["code_system"] == "budget").collect();
    assert_eq!(
        codes,
        [
            &json!({"code_system": "budget", "code": "1059999", "valid_from": "2025-07-01", "valid_to": "2026-01-01"}),
            &json!({"code_system": "budget", "code": "1060000", "valid_from": "2026-01-01", "valid_to": null}),
        ]
    );
    // The old code is free again, for whoever comes.
    give(12826, "1059999", "2026-01-01").await.expect(200);
    for code in ["", "a b", "1\u{0}", &"9".repeat(41)] {
        give(13141, code, "2027-01-01").await.refused(422, "invalid-field");
    }
    let found = app.get(&province, "/v1/units?code=budget:1060000").await.expect(200);
    assert_eq!(found["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn what_happened_to_a_unit_is_proved_with_its_books() {
    let (app, province) = with_province().await;
    let auditor = app.person("auditor", HUNG_YEN, &[Role::Auditor]).await;
    let made = id(&make(&app, &province, 13141, "women", "Chi hội Đông").await.expect(201));
    let path = format!("/v1/units/13141/children/{made}");
    change(&app, &province, &path, Some("*"), json!({"name": "Chi hội Tây"})).await.expect(200);
    let proof = app.get(&auditor, &format!("/v1/units/{made}/verification")).await.expect(200);
    assert_eq!(proof["proved"], true, "{proof}");
    let gone = app.call(Method::DELETE, Some(&province), &path, None, None).await;
    gone.refused(405, "method-not-allowed");
}

#[tokio::test]
async fn the_application_cannot_move_a_unit_or_rewrite_what_became_of_it() {
    let (app, _) = with_province().await;
    for statement in [
        "update unit set parent_unit_id = 1 where unit_id = 13141",
        "update unit set kind = 'ward' where unit_id = 13141",
        "update unit set valid_from = '2020-01-01' where unit_id = 13141",
        "update unit_successor set successor_unit_id = 1",
        "update unit_code set code = '1'",
        "delete from unit where unit_id = 13141",
        "delete from unit_successor",
        "update unit_event set kind = 'changed'",
        "delete from unit_event",
    ] {
        let refused = sqlx::query(statement).execute(&app.app.pool).await.unwrap_err();
        let code = refused.as_database_error().and_then(sqlx::error::DatabaseError::code);
        assert_eq!(code.as_deref(), Some("42501"), "{statement}: {refused}");
    }
}
