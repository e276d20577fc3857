//! What the rules of a programme do not allow, whoever asks and however.

use serde_json::json;
use soquy::access::Role;

use super::bank::{Bank, Deal, JOBS, POOR};
use crate::support::VU_QUY;

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
    // All at once is for short loans.
    ask(Deal { term: 10, every: 10, ..POOR }).await.expect(201);
    ask(Deal { term: 12, every: 12, ..POOR }).await.expect(201);
    // A fifth of the loan each year after the grace: yearly instalments only.
    let flood = Deal { product: "07_flood", amount: 15_000_000, term: 120, every: 120, ..POOR };
    ask(flood).await.refused(422, "invalid-field");
    ask(Deal { every: 12, ..flood }).await.expect(201);
}

#[tokio::test]
async fn capital_is_credited_to_the_account_it_is_written_off_from() {
    let bank = Bank::open().await;
    for (source, account) in [(1, "4411"), (2, "4661"), (3, "4412")] {
        let held = bank.accounts(source, ["4411", "4412", "4661"]).await;
        assert_eq!(
            (held.iter().sum::<i64>(), bank.account(account, source).await),
            (-2_000_000_000, -2_000_000_000)
        );
    }
    bank.lent(POOR).await;
    let source = bank.get("sources").await["items"][0].clone();
    assert_eq!(
        (source["capital"].as_str(), source["free"].as_str(), source["with_households"].as_str()),
        (Some("2000000000"), Some("1950000000"), Some("50000000"))
    );
    let back = json!({"on": "2026-03-02", "amount": "500000000", "till": "cash", "party": "NHCSXH", "address": "Vũ Quý"});
    bank.approved(bank.post(&bank.accountant, "sources/3/returns", back).await).await;
    assert_eq!(bank.accounts(3, ["4412", "4661"]).await, [-1_500_000_000, 0]);
}

#[tokio::test]
async fn a_source_is_lent_as_the_capital_of_whoever_gave_it() {
    let bank = Bank::open().await;
    let household = bank.household("poor").await;
    for (owner, source) in [
        ("central", 2),
        ("central", 3),
        ("mobilised", 1),
        ("province", 1),
        ("commune", 2),
        ("national_fund", 3),
    ] {
        let deal = Deal { owner, source: Some(source), ..POOR };
        let refused = bank
            .post(&bank.officer, "loan-requests", bank.request(household, deal))
            .await
            .refused(422, "invalid-field");
        assert_eq!(refused["errors"][0]["pointer"], "/owner", "{owner} {source}");
    }
    for (owner, source) in [("national_fund", 1), ("mobilised", 2), ("province", 3), ("commune", 3)] {
        let deal = Deal { owner, source: Some(source), ..POOR };
        bank.post(&bank.officer, "loan-requests", bank.request(household, deal)).await.expect(201);
    }
}

#[tokio::test]
async fn a_programme_without_a_rate_is_lent_at_the_rate_of_the_contract() {
    let bank = Bank::open().await;
    let household = bank.household("poor").await;
    for row in [
        "insert into product (product_code, programme_code, name_vi, name_en) values ('99_local', '99', 'Vốn của tỉnh', 'Provincial money')",
        "insert into programme_rule (product_code, valid_from, legal_basis, overdue_percent, missed_instalment)
         values ('99_local', '2026-01-01', 'Quyết định của tỉnh', 130, 'overdue')",
    ] {
        sqlx::query(row).execute(&bank.app.owner).await.unwrap();
    }
    let housing = Deal { product: "99_local", amount: 21_000_000, term: 120, ..POOR };
    let asked = bank.post(&bank.officer, "loan-requests", bank.request(household, housing)).await.expect(201);
    let path = format!("loan-requests/{}", asked["loan_request_id"].as_str().unwrap());
    let listing = json!({"minutes_no": "05/BB", "listed_on": "2026-03-02"});
    bank.post(&bank.officer, &format!("{path}/listing"), listing).await.expect(200);
    let paper = json!({"document_no": "12/XN-UBND", "confirmed_on": "2026-03-02"});
    bank.post(&bank.officer, &format!("{path}/confirmation"), paper).await.expect(200);
    let path = format!("{path}/approval");
    let signing = |rate: serde_json::Value| json!({"signed_on": "2026-03-02", "annual_rate_pct": rate});
    for rate in [json!(null), json!("0"), json!("100.1"), json!("4.8000001"), json!("-1")] {
        let refused = bank.post(&bank.officer, &path, signing(rate)).await.refused(422, "invalid-field");
        assert_eq!(refused["errors"][0]["pointer"], "/annual_rate_pct");
    }
    let outcome = bank.approved(bank.post(&bank.officer, &path, signing(json!("4.8"))).await).await;
    let contract = bank.loan(outcome["loan_id"].as_str().unwrap()).await["contract"].clone();
    assert_eq!(
        (contract["annual_rate_pct"].as_str(), contract["overdue_rate_pct"].as_str()),
        (Some("4.8"), Some("6.24"))
    );
}

#[tokio::test]
async fn a_contract_names_no_rate_where_the_programme_does() {
    let bank = Bank::open().await;
    let household = bank.household("poor").await;
    let asked = bank.post(&bank.officer, "loan-requests", bank.request(household, POOR)).await.expect(201);
    let path = format!("loan-requests/{}", asked["loan_request_id"].as_str().unwrap());
    let listing = json!({"minutes_no": "05/BB", "listed_on": "2026-03-02"});
    bank.post(&bank.officer, &format!("{path}/listing"), listing).await.expect(200);
    let paper = json!({"document_no": "12/XN-UBND", "confirmed_on": "2026-03-02"});
    bank.post(&bank.officer, &format!("{path}/confirmation"), paper).await.expect(200);
    let signing = json!({"signed_on": "2026-03-02", "annual_rate_pct": "3"});
    bank.post(&bank.officer, &format!("{path}/approval"), signing).await.refused(422, "invalid-field");
}

#[tokio::test]
async fn each_year_after_the_grace_brings_back_a_fifth_of_a_flood_house() {
    let bank = Bank::open().await;
    let flood = Deal { product: "07_flood", amount: 13_300_000, term: 120, every: 12, ..POOR };
    let loan = bank.lent(flood).await;
    let rows = bank.loan(&loan).await["state"]["rows"].as_array().unwrap().clone();
    let asked: Vec<(usize, String)> = rows
        .iter()
        .enumerate()
        .filter(|(_, row)| row["principal"] != "0")
        .map(|(n, row)| (n + 1, row["principal"].as_str().unwrap().to_owned()))
        .collect();
    assert_eq!(asked, [72, 84, 96, 108, 120].map(|n| (n, "2660000".to_owned())));
}

#[tokio::test]
async fn a_list_is_borne_out_by_the_minutes_it_names() {
    let bank = Bank::open().await;
    let household = bank.household("poor").await;
    let asked = bank.post(&bank.officer, "loan-requests", bank.request(household, POOR)).await.expect(201);
    let path = format!("loan-requests/{}/listing", asked["loan_request_id"].as_str().unwrap());
    let group = bank.get(&format!("groups/{}", bank.group)).await;
    let member = group["memberships"][0]["membership_id"].clone();
    let meet = async |no: &str, amount: &str, term: u32, in_favour: u32| {
        let vote = json!({"membership_id": member, "product_code": "01", "beneficiary": "Hộ nghèo", "amount": amount,
            "purpose": "Bò", "term_months": term, "in_favour": in_favour, "against": 1 - in_favour});
        let minutes =
            json!({"held_on": "2026-03-02", "minutes_no": no, "present": [member], "votes": [vote]});
        bank.post(&bank.officer, &format!("groups/{}/meetings", bank.group), minutes).await.expect(201)["meeting_id"]
            .clone()
    };
    let list = async |meeting: &serde_json::Value, no: &str| {
        let listing = json!({"minutes_no": no, "listed_on": "2026-03-02", "meeting_id": meeting});
        bank.post(&bank.officer, &path, listing).await
    };
    list(&json!("0190aaaa-0000-7000-8000-000000000000"), "1/BB").await.refused(422, "invalid-field");
    for (no, amount, term, hands) in
        [("1/BB", "50000000", 60, 0), ("2/BB", "49999999", 60, 1), ("3/BB", "50000000", 59, 1)]
    {
        list(&meet(no, amount, term, hands).await, no).await.refused(409, "wrong-state");
    }
    let meeting = meet("4/BB", "50000000", 60, 1).await;
    list(&meeting, "5/BB").await.refused(422, "invalid-field");
    assert_eq!(list(&meeting, "4/BB").await.expect(200)["state"], "listed");
    let again = list(&meeting, "4/BB").await.refused(409, "wrong-state");
    assert_eq!(again["detail"], "The request is on the group's list.");
}

#[tokio::test]
async fn who_borrows_lives_in_the_household() {
    let bank = Bank::open().await;
    let (household, other) = (bank.household("poor").await, bank.household("poor").await);
    let member = |shown: &serde_json::Value| shown["members"][0]["member_id"].clone();
    let mut asked = bank.request(household, POOR);
    asked["borrower_id"] = member(&bank.get(&format!("households/{other}")).await);
    let refused =
        bank.post(&bank.officer, "loan-requests", asked.clone()).await.refused(422, "invalid-field");
    assert_eq!(refused["errors"][0]["pointer"], "/borrower_id");
    asked["borrower_id"] = member(&bank.get(&format!("households/{household}")).await);
    let taken = bank.post(&bank.officer, "loan-requests", asked.clone()).await.expect(201);
    let code = bank.get(&format!("households/{household}")).await["code"].clone();
    assert_eq!((&taken["borrower_id"], &taken["borrower"]), (&asked["borrower_id"], &code));
}

#[tokio::test]
async fn a_household_of_another_class_is_told_whom_the_programme_serves() {
    let bank = Bank::open().await;
    for class in ["near_poor", "newly_escaped", "average"] {
        let household = bank.household(class).await;
        let refused = bank.post(&bank.officer, "loan-requests", bank.request(household, POOR)).await;
        let detail = refused.refused(409, "not-eligible")["detail"].clone();
        assert_eq!(detail, "The programme lends only to: poor household.", "{class}");
    }
}

#[tokio::test]
async fn a_day_that_has_not_come_is_named_by_its_own_field() {
    let bank = Bank::open().await;
    let loan = bank.lent(POOR).await;
    for (path, field) in
        [("repayments", "received_on"), ("recoveries", "received_on"), ("refunds", "paid_on")]
    {
        let mut body = json!({"amount": "1000", "till": "cash"});
        body[field] = json!("2026-03-03");
        let refused = bank
            .post(&bank.cashier, &format!("loans/{loan}/{path}"), body)
            .await
            .refused(422, "invalid-field");
        assert_eq!(refused["errors"][0]["pointer"], format!("/{field}"), "{path}");
    }
}

#[tokio::test]
async fn a_leader_who_leads_no_group_sees_empty_lists() {
    let bank = Bank::open().await;
    bank.lent(POOR).await;
    let leader = bank.app.person("new-leader", VU_QUY, &[Role::GroupLeader]).await;
    for list in ["loans", "loan-requests", "groups"] {
        let page = bank.app.get(&leader, &format!("/v1/units/{VU_QUY}/{list}")).await.expect(200);
        assert_eq!(page["items"], json!([]), "{list}");
    }
    let path = format!("/v1/units/{VU_QUY}/loans?group={}", bank.group);
    bank.app.get(&leader, &path).await.refused(404, "not-found");
}

#[tokio::test]
async fn a_near_poor_loan_is_carried_over_at_the_rate_of_the_poor() {
    let mut bank = Bank::open().await;
    let near = Deal { product: "19", class: "near_poor", amount: 20_000_000, term: 12, every: 12, ..POOR };
    let loan = bank.lent(near).await;
    bank.on("2027-03-02");
    let carried = json!({"kind": "carry_over", "final_due_on": "2028-03-02"});
    bank.approved(bank.measure(&loan, "2027-03-02", carried).await).await;
    let event = bank.loan(&loan).await["events"][1]["what"].clone();
    assert_eq!((&event["annual_rate_pct"], &event["overdue_rate_pct"]), (&json!("6.6"), &json!("8.58")));
    bank.on("2027-03-12");
    bank.close("2027-03-12").await;
    // Ten days of 20,000,000 at 6.6 %: 36,164.38; at 7.92 % they were 43,397.
    let unpaid = async |on: &str| -> i64 {
        bank.loan_on(&loan, on).await["state"]["interest"]["unpaid"].as_str().unwrap().parse().unwrap()
    };
    assert_eq!(unpaid("2027-03-12").await - unpaid("2027-03-02").await, 36_164);
    bank.proved().await;
}

#[tokio::test]
async fn a_reversal_that_does_not_fit_is_refused_when_it_is_asked_for() {
    let bank = Bank::open().await;
    let loan = bank.lent(Deal { amount: 10_000_000, ..POOR }).await;
    let body = json!({"amount": "10500000", "received_on": "2026-03-02", "till": "cash", "accept_overpayment": true});
    bank.post(&bank.cashier, &format!("loans/{loan}/repayments"), body).await.expect(201);
    let refund = json!({"amount": "500000", "paid_on": "2026-03-02", "till": "cash"});
    bank.approved(bank.post(&bank.cashier, &format!("loans/{loan}/refunds"), refund).await).await;
    let undo = async |seq: u32| {
        bank.post(&bank.officer, &format!("loans/{loan}/reversals"), json!({"seq": seq, "reason": "nhầm"}))
            .await
    };
    for (seq, why) in [
        (
            1,
            "Entry 2 (repayment of 02/03/2026, receipt 4 of book 01 of 2026, journal 5) would no longer fit: nothing was paid out before this.",
        ),
        (
            2,
            "Entry 3 (refund of 02/03/2026, payment 2 of book 01 of 2026, journal 6) would no longer fit: the amount is more than the loan has of it.",
        ),
    ] {
        let way_out = format!("{why} Take entry {} back first, and enter it again afterwards.", seq + 1);
        assert_eq!(undo(seq).await.refused(409, "wrong-state")["detail"], way_out);
    }
    bank.approved(undo(3).await).await;
    bank.approved(undo(2).await).await;
    bank.approved(undo(1).await).await;
    assert_eq!(bank.loan(&loan).await["status"], "signed");
    bank.proved().await;
}

#[tokio::test]
async fn a_risk_without_a_loss_opens_no_way_past_the_window_of_an_extension() {
    let mut bank = Bank::open().await;
    let loan = bank.lent(JOBS).await;
    bank.on("2026-04-02");
    let extend = |lost: &str| {
        let risk = json!({"cause": "K1", "lost": lost, "project": "40000000"});
        json!({"kind": "extend", "final_due_on": "2029-09-02", "risk": risk})
    };
    let refused = bank.measure(&loan, "2026-04-02", extend("0")).await.refused(422, "invalid-field");
    assert_eq!(refused["errors"][0]["pointer"], "/action/risk/lost");
    bank.measure(&loan, "2026-04-02", extend("16000000")).await.refused(409, "wrong-state");
    bank.approved(bank.measure(&loan, "2026-04-02", extend("15999999")).await).await;
    assert_eq!(bank.loan(&loan).await["final_due_on"], "2029-09-02");
}
