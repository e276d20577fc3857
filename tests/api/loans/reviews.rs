//! Contracts held against the rules of their days, and the measure that corrects one.

use serde_json::{Value, json};

use super::bank::{Bank, Deal, POOR, sum};
use crate::support::VU_QUY;

/// A poor household's loan of the bank's own capital, of which 1,000,000 came back after a month at 6.6 %.
async fn repaid_once() -> (Bank, String) {
    let mut bank = Bank::open().await;
    let loan = bank.lent(Deal { owner: "mobilised", ..POOR }).await;
    bank.on("2026-04-02");
    bank.repaid(&loan, 1_000_000, "2026-04-02").await;
    bank.on("2026-04-03");
    (bank, loan)
}

/// The programme is found to have asked 6 % on the day of the contract, and an instalment missed to be overdue.
async fn rule_found_wrong(bank: &Bank) {
    let found = "update programme_rule set annual_rate = 6, missed_instalment = 'overdue' where product_code = '01' and valid_from = '2019-03-01'";
    sqlx::raw_sql(found).execute(&bank.app.owner).await.unwrap();
}

async fn reviews(bank: &Bank) -> Value {
    let path = format!("/v1/units/{VU_QUY}/reports/loans/contract-reviews");
    bank.app.get(&bank.accountant, &path).await.expect(200)
}

#[tokio::test]
async fn a_contract_that_differs_from_the_rule_of_its_day_is_reported_and_corrected_by_two_people() {
    let (mut bank, loan) = repaid_once().await;
    assert_eq!(reviews(&bank).await, json!({"looked_at": 1, "items": []}));
    bank.measure(&loan, "2026-04-03", json!({"kind": "correct"})).await.refused(409, "wrong-state");
    rule_found_wrong(&bank).await;
    let found = reviews(&bank).await;
    let item = &found["items"][0];
    assert_eq!((&item["loan_id"], &item["correctable"]), (&json!(loan), &json!(true)));
    assert_eq!(
        item["differences"],
        json!([
            {"term": "annual_rate_pct", "contract": "6.6", "rule": "6"},
            {"term": "overdue_rate_pct", "contract": "8.58", "rule": "7.8"},
            {"term": "missed", "contract": "carried", "rule": "overdue"},
        ])
    );
    // Nothing changed by itself: 31 days of 50,000,000 at 6.6 %.
    assert_eq!(sum(&bank.loan_on(&loan, "2026-04-02").await, "interest", "paid"), "280274");
    assert_eq!(bank.accounts(2, ["2011", "7011"]).await, [49_280_274, -280_274]);

    bank.approved(bank.measure(&loan, "2026-04-03", json!({"kind": "correct"})).await).await;
    // At 6 % it is 254,795, so more of the same money was principal, on its own day.
    let shown = bank.loan_on(&loan, "2026-04-02").await;
    assert_eq!(sum(&shown, "interest", "paid"), "254795");
    assert_eq!(bank.accounts(2, ["2011", "7011"]).await, [49_254_795, -254_795]);
    let event = bank.loan(&loan).await["events"][2].clone();
    assert_eq!(
        (&event["kind"], &event["value_on"], &event["document_no"]),
        (&json!("corrected"), &json!("2026-03-02"), &json!("03/BB"))
    );
    // What was unpaid at the end of March, 29 days, stands off the balance sheet; then what the money paid.
    let [march, april] = [0, 1].map(|n| event["journal_nos"][n].as_i64().unwrap());
    assert_eq!(bank.lines(march).await, ["000 23836", "9411 -23836"]);
    assert_eq!(bank.lines(april).await, ["000 -23836", "2011 -25479", "7011 25479", "9411 23836"]);
    for (number, on) in [(march, "2026-03-31"), (april, "2026-04-02")] {
        assert_eq!(bank.get(&format!("journals/{number}")).await["effective_on"], on);
    }
    assert_eq!(reviews(&bank).await["items"], json!([]), "it is as the rule says");
    bank.measure(&loan, "2026-04-03", json!({"kind": "correct"})).await.refused(409, "wrong-state");
    bank.on("2026-04-30");
    bank.close("2026-04-30").await;
    bank.proved().await;
}

#[tokio::test]
async fn a_correction_of_a_closed_month_counts_on_the_first_open_day_and_is_taken_back() {
    let (mut bank, loan) = repaid_once().await;
    bank.on("2026-05-04");
    bank.close("2026-04-30").await;
    bank.post(&bank.accountant, "periods/closings", json!({"before": "2026-05-01"})).await.expect(200);
    let before = bank.accounts(2, ["2011", "7011"]).await;
    rule_found_wrong(&bank).await;
    bank.approved(bank.measure(&loan, "2026-05-04", json!({"kind": "correct"})).await).await;
    assert_eq!(bank.accounts(2, ["2011", "7011"]).await, [49_254_795, -254_795]);
    let event = bank.loan(&loan).await["events"][2].clone();
    let journal = bank.get(&format!("journals/{}", event["journal_nos"][0])).await;
    assert_eq!(journal["effective_on"], "2026-05-01");
    bank.proved().await;
    let undo = json!({"seq": 3, "reason": "Nhầm hợp đồng", "on": "2026-05-04"});
    bank.approved(bank.post(&bank.officer, &format!("loans/{loan}/reversals"), undo).await).await;
    assert_eq!(bank.accounts(2, ["2011", "7011"]).await, before);
    assert_eq!(reviews(&bank).await["items"][0]["differences"].as_array().unwrap().len(), 3);
    bank.proved().await;
}

#[tokio::test]
async fn a_correction_fits_what_happened_since_or_names_what_stands_in_its_way() {
    let (bank, loan) = repaid_once().await;
    let household = bank.household("poor").await;
    let signed = bank.signed(household, Deal { owner: "mobilised", ..POOR }).await;
    rule_found_wrong(&bank).await;
    let correct = || json!({"kind": "correct"});
    bank.measure(&signed, "2026-04-03", correct()).await.refused(409, "wrong-state");
    bank.measure(&loan, "2026-03-01", correct()).await.refused(409, "wrong-state");
    let risk = json!({"cause": "K1", "lost": "48000000", "project": "60000000"});
    let freeze = json!({"kind": "freeze", "risk": risk, "months": 36});
    bank.approved(bank.measure(&loan, "2026-04-03", freeze).await).await;
    let asked = bank.measure(&loan, "2026-04-03", correct()).await;
    bank.measure(&loan, "2026-04-03", correct()).await.refused(409, "wrong-state");
    let refused = bank
        .post(
            &bank.approver,
            &format!("approvals/{}/approve", asked.body["approval_id"].as_str().unwrap()),
            json!({}),
        )
        .await
        .refused(409, "wrong-state");
    // The freeze named 49,280,274 of principal, of which 25,479 would have come back before it.
    assert!(refused["detail"].as_str().unwrap().starts_with("Entry 3 (freeze of 03/04/2026, "), "{refused}");
    bank.proved().await;
}
