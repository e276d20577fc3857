//! What the rules of a programme do not allow, whoever asks and however.

use serde_json::json;

use super::bank::{Bank, Deal, JOBS, POOR};

#[tokio::test]
async fn the_last_instalment_moves_by_an_extension_only() {
    let mut bank = Bank::open().await;
    let loan = bank.lent(JOBS).await;
    bank.on("2026-04-02");
    let to = |due_on: &str, to: &str| json!({"kind": "reschedule", "due_on": due_on, "to": to});
    let refused =
        bank.measure(&loan, "2026-04-02", to("2029-03-02", "2040-03-02")).await.refused(409, "wrong-state");
    assert_eq!(refused["detail"], "The last instalment moves by an extension only.");
    bank.measure(&loan, "2026-04-02", to("2028-03-02", "2029-03-03")).await.refused(409, "above-cap");
    bank.measure(&loan, "2026-04-02", to("2028-03-02", "2029-03-02")).await.expect(201);
    let shown = bank.loan(&loan).await;
    assert_eq!(shown["final_due_on"], "2029-03-02");
    assert_eq!(shown["state"]["rows"][35]["principal"], "20000000");
}

#[tokio::test]
async fn a_freeze_that_was_taken_back_opens_no_way_to_a_write_off() {
    let mut bank = Bank::open().await;
    let loan = bank.lent(POOR).await;
    bank.on("2026-04-02");
    let risk = json!({"cause": "K1", "lost": "24000000", "project": "60000000"});
    let freeze = |months| json!({"kind": "freeze", "risk": risk, "months": months});
    bank.approved(bank.measure(&loan, "2026-04-02", freeze(1)).await).await;
    let undo = json!({"seq": 2, "reason": "nhầm hộ"});
    bank.approved(bank.post(&bank.officer, &format!("loans/{loan}/reversals"), undo).await).await;
    bank.on("2026-05-04");
    let write_off = json!({"kind": "write_off", "cause": "K1"});
    bank.measure(&loan, "2026-05-04", write_off.clone()).await.refused(409, "wrong-state");
    // Frozen once more: the first freeze ended, the second runs.
    bank.approved(bank.measure(&loan, "2026-05-04", freeze(1)).await).await;
    bank.on("2026-06-08");
    bank.close("2026-06-08").await;
    bank.approved(bank.measure(&loan, "2026-06-08", freeze(12)).await).await;
    bank.measure(&loan, "2026-06-08", write_off.clone()).await.refused(409, "wrong-state");
    bank.on("2027-06-08");
    bank.close("2027-06-08").await;
    bank.approved(bank.measure(&loan, "2027-06-08", write_off).await).await;
    bank.proved().await;
}

#[tokio::test]
async fn no_tranche_goes_out_under_a_loan_that_is_late_frozen_or_lost() {
    let mut bank = Bank::open().await;
    let payout = |on: &str| json!({"amount": "1000000", "paid_on": on, "till": "cash"});
    let household = bank.household("poor").await;
    let frozen = bank.signed(household, POOR).await;
    bank.pay_out(&frozen, 20_000_000, "2026-03-02").await;
    let household = bank.household("poor").await;
    let late = bank.signed(household, JOBS).await;
    bank.pay_out(&late, 10_000_000, "2026-03-02").await;
    bank.on("2026-04-02");
    let risk = json!({"cause": "K1", "lost": "24000000", "project": "60000000"});
    let freeze = json!({"kind": "freeze", "risk": risk, "months": 12});
    bank.approved(bank.measure(&frozen, "2026-04-02", freeze).await).await;
    let recall = json!({"kind": "recall", "amount": "4000000"});
    bank.approved(bank.measure(&late, "2026-04-02", recall).await).await;
    bank.on("2026-04-03");
    for loan in [&frozen, &late] {
        let path = format!("loans/{loan}/disbursements");
        bank.post(&bank.officer, &path, payout("2026-04-03")).await.refused(409, "wrong-state");
    }
    let court = json!({"kind": "write_off", "cause": "K5"});
    bank.approved(bank.measure(&frozen, "2026-04-03", court).await).await;
    let path = format!("loans/{frozen}/disbursements");
    bank.post(&bank.officer, &path, payout("2026-04-03")).await.refused(409, "wrong-state");
}

#[tokio::test]
async fn a_medium_loan_is_repaid_in_the_steps_of_its_programme() {
    let bank = Bank::open().await;
    let household = bank.household("poor").await;
    let ask = async |deal| bank.post(&bank.officer, "loan-requests", bank.request(household, deal)).await;
    for every in [60, 240, 24] {
        let refused = ask(Deal { every, ..POOR }).await.refused(422, "invalid-field");
        assert_eq!(refused["errors"][0]["pointer"], "/principal_every_months", "{every}: {refused}");
        assert_eq!(refused["errors"][0]["detail"], "The programme has instalments every 6 or 12 months");
    }
    // Longer than its term says nothing; all at once is for short loans.
    ask(Deal { term: 10, every: 12, ..POOR }).await.refused(422, "invalid-field");
    ask(Deal { term: 10, every: 10, ..POOR }).await.expect(201);
    ask(Deal { term: 12, every: 12, ..POOR }).await.expect(201);
    // A fifth of the loan each year after the grace: yearly instalments only.
    let flood = Deal { product: "07_flood", amount: 15_000_000, term: 120, every: 120, ..POOR };
    ask(flood).await.refused(422, "invalid-field");
    ask(Deal { every: 12, ..flood }).await.expect(201);
}
