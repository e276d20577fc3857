//! Many repayments at once, and the end of a group.

use serde_json::{Value, json};

use super::bank::{Bank, Deal, POOR};
use crate::support::VU_QUY;

fn row(key: &str, loan: &str, amount: &str) -> Value {
    json!({"key": key, "loan_id": loan,
           "repayment": {"amount": amount, "received_on": "2026-04-02", "till": "cash"}})
}

#[tokio::test]
async fn a_batch_of_repayments_has_a_verdict_per_row_and_none_takes_another_down() {
    let mut bank = Bank::open().await;
    let (first, second) = (bank.lent(POOR).await, bank.lent(Deal { amount: 20_000_000, ..POOR }).await);
    bank.on("2026-04-02");
    let path = format!("/v1/units/{VU_QUY}/loans/repayments:batch");
    let rows = json!([
        row("april-0001", &first, "280274"),
        row("april-0002", &second, "20112111"),
        row("april-0003", &second, "112110"),
        row("april-0004", &first, "1000000"),
    ]);
    let verdicts = bank.app.post(&bank.cashier, &path, rows.clone()).await.expect(200);
    let statuses: Vec<_> =
        verdicts.as_array().unwrap().iter().map(|v| v["status"].as_i64().unwrap()).collect();
    assert_eq!(statuses, [201, 409, 201, 201]);
    assert_eq!(
        (&verdicts[1]["body"]["code"], &verdicts[1]["key"]),
        (&json!("overpaid"), &json!("april-0002"))
    );
    assert_eq!(verdicts[3]["body"]["split"]["principal"], "1000000");
    assert_eq!(bank.accounts(1, ["101", "2511", "7011"]).await, [1_931_392_384, 69_000_000, -392_384]);
    // Who entered each stands at the event, though one transaction wrote them all.
    let events = bank.loan(&first).await["events"].clone();
    assert_eq!(events[1]["actor_id"], json!(bank.cashier.user_id));
    let journal = bank.get(&format!("journals/{}", events[1]["journal_nos"][0])).await;
    assert_eq!(journal["actor_id"], json!(bank.cashier.user_id));
    let again = bank.app.post(&bank.cashier, &path, rows).await.expect(200);
    assert_eq!((&again[0]["replayed"], &again[0]["body"]), (&json!(true), &verdicts[0]["body"]));
    assert_eq!(bank.account("101", 1).await, 1_931_392_384);
    bank.app.post(&bank.cashier, &path, json!([])).await.refused(422, "invalid-field");
    bank.app
        .post(&bank.accountant, &path, json!([row("april-0009", &first, "1")]))
        .await
        .refused(403, "forbidden");
    bank.proved().await;
}

#[tokio::test]
async fn twenty_repayments_at_once_are_each_answered_and_counted_once() {
    let mut bank = Bank::open().await;
    let loan = bank.lent(POOR).await;
    bank.on("2026-04-02");
    let path = format!("/v1/units/{VU_QUY}/loans/{loan}/repayments");
    let body = json!({"amount": "10000", "received_on": "2026-04-02", "till": "cash"});
    let keys: Vec<String> = (0..20).map(|n| format!("at-once-{n:04}")).collect();
    let sent = keys.iter().map(|key| bank.app.post_once(&bank.cashier, key, &path, body.clone()));
    let mut seqs: Vec<_> = futures_util::future::join_all(sent)
        .await
        .into_iter()
        .map(|answer| answer.expect(201)["seq"].as_i64().unwrap())
        .collect();
    seqs.sort_unstable();
    assert_eq!(seqs, (2..22).collect::<Vec<i64>>());
    assert_eq!(bank.account("7011", 1).await, -200_000);
    bank.proved().await;
}

#[tokio::test]
async fn a_group_ends_when_its_loans_are_settled_and_takes_part_in_nothing_after() {
    let mut bank = Bank::open().await;
    let loan = bank.lent(Deal { amount: 10_000_000, ..POOR }).await;
    bank.on("2026-03-20");
    let group = format!("groups/{}", bank.group);
    let end = |on: &str| json!({"dissolved_on": on, "reason": "Biên bản 07/BB: sáp nhập vào tổ khác"});
    let path = format!("{group}/dissolution");
    let refused = bank.post(&bank.officer, &path, end("2026-03-20")).await.refused(409, "wrong-state");
    assert!(refused["detail"].as_str().unwrap().contains('1'), "{refused}");
    // 18 days of 6.6 % on 10,000,000: 32,547.95.
    bank.repaid(&loan, 10_032_548, "2026-03-20").await;
    for (on, code) in [("2026-03-21", 422), ("2026-01-10", 422), ("2026-02-30", 422)] {
        bank.post(&bank.officer, &path, end(on)).await.refused(code, "invalid-field");
    }
    bank.post(&bank.leader, &path, end("2026-03-20")).await.refused(403, "forbidden");
    let ended = bank.post(&bank.officer, &path, end("2026-03-20")).await.expect(200);
    assert_eq!((&ended["dissolved_on"], &ended["members"]), (&json!("2026-03-20"), &json!(0)));
    assert_eq!(ended["memberships"][0]["left_on"], "2026-03-20");
    assert_eq!((&ended["board"][0]["to_on"], &ended["warnings_en"]), (&json!("2026-03-20"), &json!([])));
    bank.post(&bank.officer, &path, end("2026-03-20")).await.refused(409, "wrong-state");
    let member = json!({"household_id": ended["memberships"][0]["household_id"], "representative": "Lan", "joined_on": "2026-03-20"});
    bank.post(&bank.officer, &format!("{group}/members"), member).await.refused(409, "wrong-state");
    let post = json!({"post": "deputy", "name": "Bà Bảy", "from_on": "2026-03-20"});
    bank.post(&bank.officer, &format!("{group}/board"), post).await.refused(409, "wrong-state");
    let meeting = json!({"held_on": "2026-03-20", "minutes_no": "08/BB", "present": []});
    bank.post(&bank.officer, &format!("{group}/meetings"), meeting).await.refused(409, "wrong-state");
    bank.post(&bank.officer, &format!("{group}/sheets"), json!({"meeting_on": "2026-04-02"}))
        .await
        .refused(409, "wrong-state");
    bank.app.get(&bank.leader, &format!("/v1/units/{VU_QUY}/{group}")).await.refused(404, "not-found");
}
