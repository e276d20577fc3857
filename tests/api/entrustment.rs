//! Entrustment fees: ladder, shares and their dates.

use serde_json::{Value, json};
use soquy::access::Role;

use crate::loans::bank::{Bank, JOBS, POOR};
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

/// Two loans of the group that paid interest in March (30,000,000 of own and 50,000,000 of central capital) and one that did not
/// (50,000,000 of central capital). The day is 2026-04-02.
async fn collected() -> Bank {
    let mut bank = Bank::open().await;
    let own = bank.lent(JOBS).await;
    let central = bank.lent(POOR).await;
    bank.lent(POOR).await;
    bank.on("2026-03-31");
    bank.repaid(&own, 100_000, "2026-03-31").await;
    bank.repaid(&central, 100_000, "2026-03-31").await;
    bank.on("2026-04-02");
    bank
}

fn fees(month: &str) -> Value {
    json!({"month": month})
}

#[tokio::test]
async fn the_fee_of_a_month_is_computed_from_the_loans_of_each_group_and_booked_by_source() {
    let bank = collected().await;
    let computed = bank.get("entrustment-fees/preview?month=2026-03").await;
    let row = &computed["rows"][0];
    // 80,000,000 × 0.032 %: 9,600 for 30,000,000 and 16,000 for 50,000,000.
    assert_eq!(
        [&row["collected"], &row["overdue"], &row["outstanding"], &row["amount"]],
        ["80000000", "0", "130000000", "25600"]
    );
    assert_eq!(row["name"], "Tổ 1");
    assert_eq!(
        computed["sources"],
        json!([{"source_id": 1, "amount": "16000"}, {"source_id": 2, "amount": "9600"}])
    );
    let booked = bank.post(&bank.accountant, "entrustment-fees", fees("2026-03")).await.expect(201);
    assert_eq!((&booked["fees"], &booked["reversed_by"]), (&computed, &Value::Null));
    let journal = bank.get(&format!("journals/{}", booked["journal_no"])).await;
    assert_eq!(
        (&journal["effective_on"], &journal["kind"]),
        (&json!("2026-03-31"), &json!("entrustment_fee"))
    );
    assert_eq!(
        (bank.accounts(1, ["811", "4914"]).await, bank.accounts(2, ["811", "4914"]).await),
        ([16_000, -16_000], [9_600, -9_600])
    );
    bank.post(&bank.accountant, "entrustment-fees", fees("2026-03")).await.refused(409, "already-exists");
    assert_eq!(bank.get("entrustment-fees").await["items"], json!([booked]));
    bank.proved().await;
}

#[tokio::test]
async fn a_month_is_booked_anew_only_after_it_was_taken_back() {
    let mut bank = collected().await;
    let booked = bank.post(&bank.accountant, "entrustment-fees", fees("2026-03")).await.expect(201);
    let reversal = json!({"on": "2026-04-02", "reason": "Tính lại"});
    bank.post(&bank.accountant, &format!("journals/{}/reversal", booked["journal_no"]), reversal.clone())
        .await
        .refused(409, "wrong-state");
    let path = format!("entrustment-fees/{}/reversal", booked["statement_id"].as_str().unwrap());
    let back = bank.post(&bank.accountant, &path, reversal.clone()).await.expect(200);
    assert_eq!(back["reversed_by"], booked["journal_no"].as_i64().unwrap() + 1);
    bank.post(&bank.accountant, &path, reversal).await.refused(409, "already-reversed");
    let close = json!({"before": "2026-04-01"});
    bank.close("2026-04-02").await;
    bank.post(&bank.accountant, "periods/closings", close).await.expect(200);
    let again = bank.post(&bank.accountant, "entrustment-fees", fees("2026-03")).await.expect(201);
    let journal = bank.get(&format!("journals/{}", again["journal_no"])).await;
    assert_eq!(journal["effective_on"], "2026-04-01", "the first open day");
    assert_eq!(bank.accounts(1, ["811", "4914"]).await, [16_000, -16_000]);
    bank.on("2026-05-04");
    bank.post(&bank.accountant, "entrustment-fees", fees("2026-04")).await.refused(409, "wrong-state");
    bank.post(&bank.accountant, "entrustment-fees", fees("2026-05")).await.refused(422, "invalid-field");
    bank.post(&bank.officer, "entrustment-fees", fees("2026-03")).await.refused(403, "forbidden");
    bank.proved().await;
}

#[tokio::test]
async fn two_who_book_a_month_at_once_book_it_once() {
    let bank = collected().await;
    let path = format!("/v1/units/{VU_QUY}/entrustment-fees");
    let (one, two) = tokio::join!(
        bank.app.post_once(&bank.accountant, "fees-of-march-1", &path, fees("2026-03")),
        bank.app.post_once(&bank.accountant, "fees-of-march-2", &path, fees("2026-03")),
    );
    let mut answers = [one.status.as_u16(), two.status.as_u16()];
    answers.sort_unstable();
    assert_eq!(answers, [201, 409]);
    assert_eq!(bank.accounts(1, ["811", "4914"]).await, [16_000, -16_000]);
    bank.proved().await;
}
