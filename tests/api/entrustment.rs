//! Entrustment fees: ladder, shares and their dates.

use serde_json::{Value, json};
use soquy::access::Role;

use crate::support::{Person, TestApp, VU_QUY};

const PREVIEW: &str = "/v1/units/13141/entrustment-fees/preview";

fn bases(month: &str) -> Value {
    json!({"month": month, "programme_code": null, "rows": [
        {"name": "Tổ TK&VV thôn 1", "collected": "2000000000", "overdue": "40000000", "outstanding": "2000000000"},
        {"name": "Tổ TK&VV thôn 2", "collected": "1000000001", "overdue": "0", "outstanding": "1000000001"},
    ]})
}

async fn accountant(app: &TestApp) -> Person {
    app.person("accountant", VU_QUY, &[Role::Accountant]).await
}

#[tokio::test]
async fn districts_share_in_the_fee_until_june_2025() {
    let app = TestApp::new().await;
    let who = accountant(&app).await;
    let until = app.post(&who, PREVIEW, bases("2025-06")).await.expect(200);
    assert_eq!(
        (&until["rows"][0]["amount"], &until["rows"][1]["amount"]),
        (&json!("512000"), &json!("320000"))
    );
    assert_eq!(until["total"], "832000");
    assert_eq!(until["unverified"], false);
    assert_eq!(
        until["total_parts"],
        json!([{"level": "commune", "amount": "698880"}, {"level": "district", "amount": "74880"},
               {"level": "province", "amount": "37440"}, {"level": "central", "amount": "20800"}])
    );
    let from = app.post(&who, PREVIEW, bases("2025-07")).await.expect(200);
    assert_eq!(from["unverified"], true);
    assert_eq!(
        from["total_parts"],
        json!([{"level": "commune", "amount": "698880"}, {"level": "province", "amount": "112320"},
               {"level": "central", "amount": "20800"}])
    );
}

#[tokio::test]
async fn shares_may_be_agreed_and_a_programme_may_have_its_own_fee() {
    let app = TestApp::new().await;
    let who = accountant(&app).await;
    let mut agreed = bases("2026-03");
    agreed["shares"] = json!([{"level": "commune", "percent": "93"}, {"level": "province", "percent": "7"}]);
    let statement = app.post(&who, PREVIEW, agreed.clone()).await.expect(200);
    assert_eq!(
        statement["rows"][0]["parts"],
        json!([{"level": "commune", "amount": "476160"}, {"level": "province", "amount": "35840"}])
    );
    let mut housing = bases("2026-03");
    housing["programme_code"] = json!("12");
    let statement = app.post(&who, PREVIEW, housing).await.expect(200);
    assert_eq!(
        (&statement["monthly_percent"], &statement["rows"][0]["amount"]),
        (&json!("0.003"), &json!("48000"))
    );
    agreed["shares"][1]["percent"] = json!("7.0001");
    let refused = app.post(&who, PREVIEW, agreed).await.refused(422, "invalid-field");
    assert_eq!(refused["errors"][0]["pointer"], "/shares");
}

#[tokio::test]
async fn bases_that_cannot_be_are_refused_by_their_field() {
    let app = TestApp::new().await;
    let who = accountant(&app).await;
    for (pointer, value, at) in [
        ("/rows/1/overdue", json!("1000000002"), "/rows/1/overdue"),
        ("/rows/0/collected", json!("1.5"), "/rows/0/collected"),
        ("/rows/0/collected", json!(5), "/rows/0/collected"),
        ("/rows/0/name", json!("a\u{0}"), "/rows/0/name"),
        ("/month", json!("2026-13"), "/month"),
        ("/rows", json!([]), "/rows"),
        ("/programme_code", json!("zz"), "/programme_code"),
    ] {
        let mut body = bases("2026-03");
        *body.pointer_mut(pointer).unwrap() = value;
        let refused = app.post(&who, PREVIEW, body).await.refused(422, "invalid-field");
        assert_eq!(refused["errors"][0]["pointer"], at);
    }
    let mut large = bases("2026-03");
    for row in [0, 1] {
        for field in ["collected", "outstanding"] {
            large["rows"][row][field] = json!("999999999999999999");
        }
    }
    app.post(&who, PREVIEW, large).await.expect(200);
    app.post(&who, PREVIEW, bases("1999-01")).await.refused(409, "wrong-state");
    let elsewhere = app.person("elsewhere", 13132, &[Role::Accountant]).await;
    app.post(&elsewhere, PREVIEW, bases("2026-03")).await.refused(404, "not-found");
    let leader = app.person("leader", VU_QUY, &[Role::GroupLeader]).await;
    app.post(&leader, PREVIEW, bases("2026-03")).await.refused(403, "forbidden");
}
