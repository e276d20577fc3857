//! What was entered wrongly and nothing stands on yet is corrected; what something stands on stays, and says what.

use axum::http::{Request, header};
use serde_json::{Value, json};

use crate::groups::{GROUPS, a_group, a_member};
use crate::loans::bank::{Bank, POOR};
use crate::revolving::{World, at};
use crate::support::books::{insist, run};
use crate::support::{Answer, Person, TestApp};

const APP: &str = "soquy_app";

/// Changes something as somebody, on the version that was just read.
pub async fn corrected(app: &TestApp, who: &Person, path: &str, body: Value) -> Answer {
    let read = app.get(who, path).await;
    let tag = read.headers["etag"].to_str().unwrap().to_owned();
    patched(app, who, path, &tag, body).await
}

async fn patched(app: &TestApp, who: &Person, path: &str, tag: &str, body: Value) -> Answer {
    let request = Request::patch(path)
        .header(header::AUTHORIZATION, format!("Bearer {}", who.token))
        .header(header::CONTENT_TYPE, "application/merge-patch+json")
        .header(header::ACCEPT_LANGUAGE, "en")
        .header(header::IF_MATCH, tag);
    app.send(request.body(body.to_string().into()).unwrap()).await
}

#[tokio::test]
async fn a_source_is_corrected_until_something_stands_on_it() {
    let world = World::new().await;
    let (app, who) = (&world.app, &world.accountant);
    let id = world
        .source(json!({"name": "Cty Hải", "origin": "enterprise", "giver": "Ông Hải", "purposes": ["crops"]}))
        .await;
    let path = at(&format!("/sources/{id}"));
    let change = json!({"name": "Công ty Hải", "giver": null, "document_no": "12/HĐ", "purposes": [], "recovers_into": 3,
                        "opened_on": "2025-08-01"});
    let now = corrected(app, who, &path, change).await.expect(200);
    assert_eq!(
        [
            &now["name"],
            &now["giver"],
            &now["document_no"],
            &now["purposes"],
            &now["recovers_into"],
            &now["opened_on"]
        ],
        [&json!("Công ty Hải"), &Value::Null, &json!("12/HĐ"), &Value::Null, &json!(3), &json!("2025-08-01")]
    );
    let versions =
        "select count(*) from audit where tab = 'source' and ref = $1 and action = 'change_source'";
    let kept: i64 = sqlx::query_scalar(versions).bind(id.to_string()).fetch_one(&app.owner).await.unwrap();
    assert_eq!(kept, 1);
    patched(app, who, &path, "\"old\"", json!({"name": "X"})).await.refused(412, "changed-meanwhile");
    for (wrong, pointer) in [
        (json!({"recovers_into": id}), "/recovers_into"),
        (json!({"must_return": true}), "/must_return"),
        (json!({"opened_on": "2026-03-03"}), "/opened_on"),
        (json!({"name": null}), "/name"),
    ] {
        let refused = corrected(app, who, &path, wrong).await.refused(422, "invalid-field");
        assert_eq!(refused["errors"][0]["pointer"], pointer);
    }
    corrected(app, who, &path, json!({"name": "Vốn thu hồi"})).await.refused(409, "already-exists");
    let target =
        corrected(app, who, &at("/sources/3"), json!({"name": "X"})).await.refused(409, "wrong-state");
    assert_eq!(
        target["detail"],
        "It is corrected no more: other sources that recover into it stand on it. Open another one and use that from now on."
    );
    world.capital(id, "1000000").await;
    let stands = corrected(app, who, &path, json!({"name": "X"})).await.refused(409, "wrong-state");
    assert_eq!(
        stands["detail"],
        "It is corrected no more: journals stand on it. Open another one and use that from now on."
    );
    let rename = format!("update source set name = 'X' where source_id = {id}");
    insist("by SQL", run(app, APP, &rename).await, "23514", "journals stand on this source");
    corrected(app, &world.officer, &path, json!({"name": "X"})).await.refused(403, "forbidden");
    world.proved().await;
}

#[tokio::test]
async fn a_fund_is_corrected_until_something_stands_on_its_sources() {
    let world = World::new().await;
    let (app, who) = (&world.app, &world.accountant);
    let fund = json!({"kind": "revolving", "name": "Quỹ 2", "opened_on": "2025-07-01"});
    app.post(who, &at("/funds"), fund).await.expect(201);
    world.source(json!({"fund_id": 2, "name": "Vốn", "origin": "donor"})).await;
    let change = json!({"name": "Quỹ hội", "opened_on": "2025-07-02"});
    let now = corrected(app, who, &at("/funds/2"), change).await.expect(200);
    assert_eq!((&now["name"], &now["opened_on"]), (&json!("Quỹ hội"), &json!("2025-07-02")));
    corrected(app, who, &at("/funds/2"), json!({"name": "Quỹ quay vòng giảm nghèo"}))
        .await
        .refused(409, "already-exists");
    corrected(app, who, &at("/funds/2"), json!({"opened_on": "2026-03-03"}))
        .await
        .refused(422, "invalid-field");
    let stands = corrected(app, who, &at("/funds/1"), json!({"name": "X"})).await.refused(409, "wrong-state");
    assert!(
        stands["detail"].as_str().unwrap().starts_with("It is corrected no more: journals stand on it."),
        "{stands}"
    );
    insist(
        "by SQL",
        run(app, APP, "update fund set name = 'X' where fund_id = 1").await,
        "23514",
        "journals stand on this fund",
    );
    world.proved().await;
}

#[tokio::test]
async fn minutes_of_a_hamlet_are_taken_back_and_recorded_anew_until_a_contract_rests_on_them() {
    let world = World::new().await;
    let project = world.project(json!({})).await;
    let household = world.household("An", "poor").await;
    let request = world.request(project, household, "10000000").await;
    let wrong = world.vote(project, "01/BB", &[(request, 4, 30)]).await;
    let path = |meeting: &Value| {
        at(&format!("/projects/{project}/meetings/{}/reversal", meeting["meeting_id"].as_str().unwrap()))
    };
    let why = json!({"reason": "Ghi nhầm số phiếu"});
    let back = world.app.post(&world.officer, &path(&wrong), why.clone()).await.expect(200);
    assert_eq!(
        (&back["minutes_no"], &back["reversed_because"]),
        (&json!("01/BB"), &json!("Ghi nhầm số phiếu"))
    );
    world.app.post(&world.officer, &path(&wrong), why.clone()).await.refused(409, "already-reversed");
    let queue = at(&format!("/projects/{project}/requests"));
    let row = world.app.get(&world.officer, &queue).await.expect(200)["items"][0].clone();
    assert_eq!((&row["votes_for"], &row["minutes_no"]), (&Value::Null, &Value::Null));
    let right = world.vote(project, "01/BB", &[(request, 34, 0)]).await;
    let again = json!({"minutes_no": "01/BB", "held_on": "2026-03-02", "hamlet": "Thôn 1", "chair": "Ai", "attendees": 40,
                       "votes": [{"request_id": request, "for": 34, "against": 0}]});
    let meetings = at(&format!("/projects/{project}/meetings"));
    world.app.post(&world.officer, &meetings, again).await.refused(409, "already-exists");
    world.sign(project, request, 1).await;
    let rests = world.app.post(&world.officer, &path(&right), why).await.refused(409, "wrong-state");
    assert_eq!(
        rests["detail"],
        "It stays: the contract of An of 2 March 2026 rests on these minutes. Give the contract up, or hold another \
         meeting for the other requests."
    );
    let forced = format!(
        "insert into meeting_reversal (unit_id, meeting_id, reason) values (13141, '{}', 'x')",
        right["meeting_id"].as_str().unwrap()
    );
    insist("by SQL", run(&world.app, APP, &forced).await, "23514", "agreements rest on meeting");
    let listed = world.app.get(&world.officer, &meetings).await.expect(200);
    let shown =
        |n: usize| (listed["items"][n]["minutes_no"].clone(), listed["items"][n]["reversed_because"].clone());
    assert_eq!(
        [shown(0), shown(1)],
        [(json!("01/BB"), json!("Ghi nhầm số phiếu")), (json!("01/BB"), Value::Null)]
    );
    world.proved().await;
}

#[tokio::test]
async fn a_group_is_corrected_until_something_is_recorded_at_it() {
    let bank = Bank::open().await;
    let (app, officer) = (&bank.app, &bank.officer);
    let group = a_group(app, officer, "Tổ 2").await;
    let change =
        json!({"name": "Tổ Hai", "hamlet": "Thôn 2", "organisation": "veterans", "consent_no": "9/UBND"});
    let now = corrected(app, officer, &group, change).await.expect(200);
    assert_eq!(
        [&now["name"], &now["hamlet"], &now["organisation"], &now["consent_no"]],
        [&json!("Tổ Hai"), &json!("Thôn 2"), &json!("veterans"), &json!("9/UBND")]
    );
    corrected(app, officer, &group, json!({"name": "Tổ 1"})).await.refused(409, "already-exists");
    corrected(app, officer, &group, json!({"founded_on": "2020-01-01"})).await.refused(422, "invalid-field");
    let member = a_member(app, officer, &group, "H9", "Thôn 2").await;
    let late = corrected(app, officer, &group, json!({"founded_on": "2026-03-01"}))
        .await
        .refused(422, "invalid-field");
    assert_eq!(late["errors"][0]["pointer"], "/founded_on");
    let minutes =
        json!({"held_on": "2026-03-02", "minutes_no": "01/10C", "present": [member["membership_id"]]});
    let meetings = format!("{group}/meetings");
    let held = app.post(officer, &meetings, minutes.clone()).await.expect(201);
    let stands =
        corrected(app, officer, &group, json!({"hamlet": "Thôn 3"})).await.refused(409, "wrong-state");
    assert_eq!(stands["detail"], "It is corrected no more: the group has minutes of meetings.");
    insist(
        "by SQL",
        run(app, APP, "update savings_group set hamlet = 'X' where name = 'Tổ Hai'").await,
        "23514",
        "meetings stand",
    );
    let reversal = format!("{meetings}/{}/reversal", held["meeting_id"].as_str().unwrap());
    let why = json!({"reason": "Ghi nhầm tổ"});
    let back = app.post(officer, &reversal, why.clone()).await.expect(200);
    assert_eq!(back["reversed_because"], "Ghi nhầm tổ");
    app.post(officer, &reversal, why).await.refused(409, "already-reversed");
    app.post(officer, &meetings, minutes.clone()).await.expect(201);
    app.post(officer, &meetings, minutes).await.refused(409, "already-exists");
    bank.proved().await;
}

#[tokio::test]
async fn minutes_of_a_group_stay_once_a_list_rests_on_them() {
    let bank = Bank::open().await;
    let household = bank.household("poor").await;
    let group = bank.get(&format!("groups/{}", bank.group)).await;
    let member = &group["memberships"][0]["membership_id"];
    let minutes = json!({"held_on": "2026-03-02", "minutes_no": "01/10C", "present": [member],
        "votes": [{"membership_id": member, "product_code": "01", "beneficiary": "Hộ nghèo", "amount": "50000000",
                   "purpose": "Mua bò sinh sản", "term_months": 60, "in_favour": 1, "against": 0}]});
    let meetings = format!("{GROUPS}/{}/meetings", bank.group);
    let record = async || {
        let held = bank.app.post(&bank.officer, &meetings, minutes.clone()).await.expect(201);
        held["meeting_id"].as_str().unwrap().to_owned()
    };
    let asked = bank.post(&bank.officer, "loan-requests", bank.request(household, POOR)).await.expect(201);
    let request = asked["loan_request_id"].as_str().unwrap();
    let list = async |meeting: &str| {
        let body = json!({"meeting_id": meeting, "minutes_no": "01/10C", "listed_on": "2026-03-02"});
        bank.post(&bank.officer, &format!("loan-requests/{request}/listing"), body).await
    };
    let why = json!({"reason": "Ghi nhầm"});
    let first = record().await;
    bank.app.post(&bank.officer, &format!("{meetings}/{first}/reversal"), why.clone()).await.expect(200);
    let gone = list(&first).await.refused(422, "invalid-field");
    assert_eq!(gone["errors"][0]["pointer"], "/meeting_id");
    let forced =
        format!("update loan_request set meeting_id = '{first}' where loan_request_id = '{request}'");
    insist("a list by SQL", run(&bank.app, APP, &forced).await, "23514", "minutes that were taken back");
    let second = record().await;
    list(&second).await.expect(200);
    let rests = bank.app.post(&bank.officer, &format!("{meetings}/{second}/reversal"), why).await;
    assert_eq!(
        rests.refused(409, "wrong-state")["detail"],
        "It stays: a list of requests for loans rests on these minutes."
    );
    let forced = format!(
        "insert into group_meeting_reversal (unit_id, meeting_id, reason) values (13141, '{second}', 'x')"
    );
    insist("a reversal by SQL", run(&bank.app, APP, &forced).await, "23514", "minutes that were taken back");
    bank.proved().await;
}
