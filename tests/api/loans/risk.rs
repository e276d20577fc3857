//! Extension, misuse, freeze, write-off and what comes back later.

use serde_json::{Value, json};

use super::bank::{Bank, Deal, JOBS, POOR, sum};

fn risk(lost: i64) -> Value {
    json!({"cause": "K1", "lost": lost.to_string(), "project": "60000000"})
}

#[tokio::test]
async fn a_frozen_loan_bears_no_interest_and_falls_due_when_the_freeze_ends() {
    let mut bank = Bank::open().await;
    let loan = bank.lent(Deal { amount: 50_000_000, term: 60, ..JOBS }).await;
    bank.on("2026-04-02");
    let freeze = |lost, months| json!({"kind": "freeze", "risk": risk(lost), "months": months});
    bank.measure(&loan, "2026-04-02", freeze(23_999_999, 12)).await.refused(409, "wrong-state");
    bank.measure(&loan, "2026-04-02", freeze(24_000_000, 37)).await.refused(409, "above-cap");
    bank.measure(&loan, "2026-04-02", freeze(48_000_000, 61)).await.refused(409, "above-cap");
    bank.approved(bank.measure(&loan, "2026-04-02", freeze(24_000_000, 36)).await).await;
    assert_eq!(bank.accounts(2, ["2011", "2911", "9412"]).await, [0, 50_000_000, 355_948]);
    bank.on("2028-04-02");
    bank.close("2028-04-02").await;
    let shown = bank.loan(&loan).await;
    assert_eq!((shown["status"].as_str(), sum(&shown, "interest", "unpaid")), (Some("frozen"), "355948"));
    bank.on("2029-04-10");
    bank.close("2029-04-10").await;
    let shown = bank.loan(&loan).await;
    assert_eq!(
        (shown["status"].as_str(), sum(&shown, "principal", "overdue")),
        (Some("overdue"), "50000000")
    );
    assert_eq!(bank.accounts(2, ["2011", "2012", "2911"]).await, [0, 50_000_000, 0]);
    // 355,948 before the freeze; 8 days at 10.8966 % from the day it ended: 119,414.79.
    assert_eq!(sum(&shown, "interest", "unpaid"), "475363");
    bank.proved().await;
}

#[tokio::test]
async fn a_frozen_loan_of_a_programme_that_carries_comes_back_within_term() {
    let mut bank = Bank::open().await;
    let loan = bank.lent(POOR).await;
    bank.on("2026-04-02");
    let freeze = json!({"kind": "freeze", "risk": risk(24_000_000), "months": 36});
    bank.approved(bank.measure(&loan, "2026-04-02", freeze).await).await;
    let accounts = ["2511", "2512", "2912", "9411", "9412"];
    assert_eq!(bank.accounts(1, accounts).await, [0, 0, 50_000_000, 0, 280_274]);
    bank.on("2029-04-10");
    bank.close("2029-04-10").await;
    let shown = bank.loan(&loan).await;
    assert_eq!(
        (shown["status"].as_str(), shown["state"]["next_due"]["on"].as_str()),
        (Some("current"), Some("2031-03-02"))
    );
    // 8 days at 6.6 % from the day the freeze ended: 72,328.77.
    assert_eq!(bank.accounts(1, accounts).await, [50_000_000, 0, 0, 352_603, 0]);
    bank.on("2031-03-03");
    bank.close("2031-03-03").await;
    assert_eq!(bank.accounts(1, ["2511", "2512", "2912"]).await, [0, 50_000_000, 0]);
    bank.proved().await;
}

#[tokio::test]
async fn a_freeze_that_ended_unseen_is_over_for_whoever_pays_next() {
    let mut bank = Bank::open().await;
    let loan = bank.lent(POOR).await;
    bank.on("2026-04-02");
    let freeze = json!({"kind": "freeze", "risk": risk(24_000_000), "months": 12});
    bank.approved(bank.measure(&loan, "2026-04-02", freeze).await).await;
    // No day is closed until the freeze has been over for eight days: 280,274 before it, 72,328.77 since.
    bank.on("2027-04-10");
    let quote = bank.get(&format!("loans/{loan}/payoff")).await;
    assert_eq!(quote["total"], "50352603");
    bank.repaid(&loan, 50_352_603, "2027-04-10").await;
    assert_eq!(bank.loan(&loan).await["status"], "closed");
    assert_eq!(bank.accounts(1, ["2511", "2912", "9411", "9412", "7011"]).await, [0, 0, 0, 0, -352_603]);
    bank.proved().await;
}

#[tokio::test]
async fn what_the_quote_of_a_frozen_loan_asks_closes_it() {
    let mut bank = Bank::open().await;
    let loan = bank.lent(POOR).await;
    bank.on("2026-04-02");
    let freeze = json!({"kind": "freeze", "risk": risk(24_000_000), "months": 12});
    bank.approved(bank.measure(&loan, "2026-04-02", freeze).await).await;
    bank.on("2026-05-04");
    bank.repaid(&loan, 20_280_274, "2026-05-04").await;
    assert_eq!(bank.accounts(1, ["2912", "9412", "7011"]).await, [30_000_000, 0, -280_274]);
    assert_eq!(bank.get(&format!("loans/{loan}/payoff")).await["total"], "30000000");
    bank.repaid(&loan, 30_000_000, "2026-05-04").await;
    assert_eq!(bank.loan(&loan).await["status"], "closed");
    bank.proved().await;
}

#[tokio::test]
async fn the_days_of_tet_shorten_the_window_of_an_extension() {
    let mut bank = Bank::open().await;
    let short = Deal { amount: 20_000_000, term: 12, on: "2026-02-12", ..POOR };
    let loan = bank.lent(short).await;
    let extend = json!({"kind": "extend", "final_due_on": "2027-08-12", "risk": null});
    // Final date Friday 12 February 2027, the first day after Tết Đinh Mùi: five working days before is 29 January.
    bank.on("2027-02-01");
    let refused = bank.measure(&loan, "2027-02-01", extend.clone()).await.refused(409, "wrong-state");
    assert!(refused["detail"].as_str().unwrap().ends_with("29 January 2027."), "{refused}");
    bank.on("2027-01-29");
    bank.approved(bank.measure(&loan, "2027-01-29", extend).await).await;
}

#[tokio::test]
async fn case_20_entrusted_capital_written_off_comes_back_to_its_owner_and_never_to_income() {
    let mut bank = Bank::open().await;
    let loan = bank.lent(POOR).await;
    bank.on("2026-04-02");
    let write_off = json!({"kind": "write_off", "cause": "K1"});
    bank.measure(&loan, "2026-04-02", write_off.clone()).await.refused(409, "wrong-state");
    let freeze = json!({"kind": "freeze", "risk": risk(50_000_000), "months": 60});
    bank.approved(bank.measure(&loan, "2026-04-02", freeze).await).await;
    bank.on("2031-04-02");
    bank.close("2031-04-02").await;
    bank.approved(bank.measure(&loan, "2031-04-02", write_off).await).await;
    let after = ["2511", "2512", "2912", "4411", "9412", "9711", "9712", "7011"];
    assert_eq!(bank.accounts(1, after).await, [0, 0, 0, -1_950_000_000, 0, 50_000_000, 280_274, 0]);
    assert_eq!(bank.loan(&loan).await["status"], "written_off");
    let recovery = |amount: &str| json!({"amount": amount, "received_on": "2031-04-02", "till": "cash"});
    bank.post(&bank.cashier, &format!("loans/{loan}/recoveries"), recovery("50280275"))
        .await
        .refused(409, "overpaid");
    bank.post(&bank.cashier, &format!("loans/{loan}/recoveries"), recovery("20000000")).await.expect(201);
    assert_eq!(bank.accounts(1, after).await, [0, 0, 0, -1_970_000_000, 0, 30_000_000, 280_274, 0]);
    bank.post(&bank.cashier, &format!("loans/{loan}/recoveries"), recovery("30280274")).await.expect(201);
    assert_eq!(bank.accounts(1, after).await, [0, 0, 0, -2_000_000_000, 0, 0, 0, -280_274]);
    assert_eq!(bank.account("000", 1).await, 0);
    bank.proved().await;
}

#[tokio::test]
async fn own_capital_written_off_uses_its_provision_and_what_comes_back_is_other_income() {
    let mut bank = Bank::open().await;
    let loan = bank.lent(Deal { amount: 20_000_000, term: 12, every: 12, ..JOBS }).await;
    bank.on("2027-09-01");
    bank.close("2027-09-01").await;
    // 183 days late: 50 % of 20,000,000.
    assert_eq!(bank.accounts(2, ["2012", "2992", "8812"]).await, [20_000_000, -10_000_000, 10_000_000]);
    let court = json!({"kind": "write_off", "cause": "K5"});
    bank.approved(bank.measure(&loan, "2027-09-01", court).await).await;
    assert_eq!(bank.accounts(2, ["2012", "2992", "8812", "9711"]).await, [0, 0, 20_000_000, 20_000_000]);
    let recovery = json!({"amount": "5000000", "received_on": "2027-09-01", "till": "cash"});
    bank.post(&bank.cashier, &format!("loans/{loan}/recoveries"), recovery).await.expect(201);
    assert_eq!(
        bank.accounts(2, ["8812", "791", "9711", "7011"]).await,
        [20_000_000, -5_000_000, 15_000_000, 0]
    );
    bank.proved().await;
}

#[tokio::test]
async fn the_general_provision_bears_what_it_can_of_lost_local_capital() {
    let mut bank = Bank::open().await;
    let lost = bank.lent(Deal { owner: "commune", amount: 40_000_000, ..POOR }).await;
    bank.lent(Deal { owner: "commune", ..POOR }).await;
    bank.on("2026-04-02");
    bank.close("2026-04-02").await;
    let accounts = ["2511", "4412", "2991", "8811", "791", "9711"];
    // 0.75 % of 90,000,000 is set aside.
    assert_eq!(bank.accounts(3, accounts).await, [90_000_000, -2_000_000_000, -675_000, 675_000, 0, 0]);
    let court = |most: &str| json!({"kind": "write_off", "cause": "K5", "from_general_provision": most});
    bank.on("2026-04-03");
    bank.measure(&lost, "2026-04-03", court("675001")).await.refused(409, "above-cap");
    bank.approved(bank.measure(&lost, "2026-04-03", court("675000")).await).await;
    assert_eq!(bank.accounts(3, accounts).await, [50_000_000, -1_960_675_000, 0, 675_000, 0, 40_000_000]);
    assert_eq!(sum(&bank.loan(&lost).await, "principal", "covered"), "675000");
    bank.on("2026-05-05");
    bank.close("2026-05-05").await;
    assert_eq!(
        bank.accounts(3, accounts).await,
        [50_000_000, -1_960_675_000, -375_000, 1_050_000, 0, 40_000_000],
        "what the other loan asks for is set aside anew"
    );
    let recovery = |amount: &str| json!({"amount": amount, "received_on": "2026-05-05", "till": "cash"});
    bank.post(&bank.cashier, &format!("loans/{lost}/recoveries"), recovery("39000000")).await.expect(201);
    assert_eq!(
        bank.accounts(3, accounts).await,
        [50_000_000, -1_999_675_000, -375_000, 1_050_000, 0, 1_000_000]
    );
    bank.post(&bank.cashier, &format!("loans/{lost}/recoveries"), recovery("1000000")).await.expect(201);
    assert_eq!(
        bank.accounts(3, accounts).await,
        [50_000_000, -2_000_000_000, -375_000, 1_050_000, -675_000, 0],
        "its owner is made whole, the rest is other income"
    );
    bank.proved().await;
}

#[tokio::test]
async fn a_freeze_keeps_whose_decision_it_was_and_the_minutes_with_their_parties() {
    let mut bank = Bank::open().await;
    let loan = bank.lent(Deal { owner: "commune", ..POOR }).await;
    bank.on("2026-04-02");
    let risk = json!({"cause": "K1", "lost": "48000000", "project": "60000000"});
    let party = |role: &str, name: &str| json!({"role": role, "name": name});
    let lender = party("lender", "Đỗ Thị Hạnh");
    let all = json!([lender, party("peoples_committee", "Vũ Văn Nam"), party("borrower", "Nguyễn Thị Lành")]);
    let freeze = |by: Option<&str>, drawn_on: &str, parties: serde_json::Value| {
        let mut action = json!({"kind": "freeze", "risk": risk, "months": 36});
        if let Some(by) = by {
            action["decided_by"] = json!(by);
        }
        let minutes = json!({"number": "02/BB", "drawn_on": drawn_on, "parties": parties});
        json!({"action": action, "on": "2026-04-02", "document_no": "15/QĐ-UBND", "reason": "Bão số 3", "minutes": minutes})
    };
    let path = format!("loans/{loan}/measures");
    for (wrong, pointer) in [
        (freeze(None, "2026-04-03", all.clone()), "/minutes/drawn_on"),
        (freeze(None, "2026-04-01", json!([lender])), "/minutes/parties"),
        (freeze(None, "2026-04-01", json!([lender, lender])), "/minutes/parties"),
        (freeze(Some("bank_board"), "2026-04-01", all.clone()), "/action/decided_by"),
    ] {
        let refused = bank.post(&bank.officer, &path, wrong).await.refused(422, "invalid-field");
        assert_eq!(refused["errors"][0]["pointer"], pointer);
    }
    let mut recall = freeze(None, "2026-04-01", all.clone());
    recall["action"] = json!({"kind": "recall", "amount": null});
    let refused = bank.post(&bank.officer, &path, recall).await.refused(422, "invalid-field");
    assert_eq!(refused["errors"][0]["pointer"], "/minutes");
    let asked = bank.post(&bank.officer, &path, freeze(None, "2026-04-01", all.clone())).await;
    let summary = asked.body["summary_vi"].as_str().unwrap();
    assert!(summary.starts_with("Khoanh nợ ngày 02/04/2026: hợp đồng 1/2026, "), "{summary}");
    assert!(summary.ends_with(", gốc 50.000.000 đồng đến ngày 02/04/2029."), "{summary}");
    bank.approved(asked).await;
    let minutes = json!({"number": "02/BB", "drawn_on": "2026-04-01", "parties": all});
    assert_eq!(
        bank.loan(&loan).await["events"][1]["decided"],
        json!({"by": "commune_chairman", "minutes": minutes})
    );
    bank.proved().await;
}

#[tokio::test]
async fn what_was_misused_is_recalled_at_the_overdue_rate() {
    let mut bank = Bank::open().await;
    let loan = bank.lent(POOR).await;
    bank.on("2026-04-02");
    let recall = |amount: &str| json!({"kind": "recall", "amount": amount});
    bank.measure(&loan, "2026-04-02", recall("50000001")).await.refused(409, "above-cap");
    bank.approved(bank.measure(&loan, "2026-04-02", recall("20000000")).await).await;
    bank.on("2026-04-12");
    bank.close("2026-04-12").await;
    let shown = bank.loan(&loan).await;
    assert_eq!(
        (sum(&shown, "principal", "performing"), sum(&shown, "principal", "overdue")),
        ("30000000", "20000000")
    );
    assert_eq!(bank.accounts(1, ["2511", "2512"]).await, [30_000_000, 20_000_000]);
    // 31 days: 280,273.97; then 10 days of 30,000,000 at 6.6 % and 20,000,000 at 8.58 %: 101,260.27.
    assert_eq!(sum(&shown, "interest", "accrued"), "381534");
    bank.proved().await;
}

#[tokio::test]
async fn an_extension_keeps_its_window_and_cap_and_needs_a_second_person() {
    let mut bank = Bank::open().await;
    let loan = bank.lent(Deal { amount: 20_000_000, term: 12, every: 12, ..POOR }).await;
    let extend = |to: &str| json!({"kind": "extend", "final_due_on": to, "risk": null});
    bank.on("2026-11-02");
    bank.measure(&loan, "2026-11-02", extend("2027-09-02")).await.refused(409, "wrong-state");
    bank.on("2027-01-04");
    bank.measure(&loan, "2027-01-04", extend("2028-03-03")).await.refused(409, "above-cap");
    let asked = bank.measure(&loan, "2027-01-04", extend("2028-03-02")).await;
    let id = asked.expect(202)["approval_id"].as_str().unwrap().to_owned();
    bank.post(&bank.officer, &format!("approvals/{id}/approve"), json!({})).await.refused(403, "forbidden");
    bank.post(&bank.approver, &format!("approvals/{id}/approve"), json!({})).await.expect(200);
    bank.on("2027-12-01");
    bank.close("2027-12-01").await;
    let shown = bank.loan(&loan).await;
    assert_eq!(
        (shown["status"].as_str(), shown["final_due_on"].as_str()),
        (Some("current"), Some("2028-03-02"))
    );
    assert_eq!(shown["events"][1]["document_no"], "03/BB");
    assert_eq!(shown["state"]["rows"].as_array().unwrap().len(), 24);
    let rows = shown["state"]["rows"].as_array().unwrap().iter().map(|row| {
        let amount = |field: &str| row[field].as_str().unwrap().parse::<i64>().unwrap();
        (row["due_on"].as_str().unwrap(), amount("principal"), amount("interest"))
    });
    let (rows, first) = (rows.skip(9).collect::<Vec<_>>(), ("2027-01-02", 0, 112_110));
    // 20,000,000 at 6.6 % for the days of each month, up to 1 December: 29 days. Nothing falls due on 2 March 2027 any more, all of
    // it a year later.
    let planned = [
        first,
        ("2027-02-02", 0, 112_110),
        ("2027-03-02", 0, 101_260),
        ("2027-04-02", 0, 112_110),
        ("2027-05-02", 0, 108_493),
        ("2027-06-02", 0, 112_110),
        ("2027-07-02", 0, 108_493),
        ("2027-08-02", 0, 112_110),
        ("2027-09-02", 0, 112_110),
        ("2027-10-02", 0, 108_493),
        ("2027-11-02", 0, 112_110),
        ("2027-12-02", 0, 104_877),
        ("2028-01-02", 0, 0),
        ("2028-02-02", 0, 0),
        ("2028-03-02", 20_000_000, 0),
    ];
    assert_eq!(rows, planned);
}

#[tokio::test]
async fn a_frozen_loan_is_neither_within_term_nor_late_in_the_ages_of_arrears() {
    let mut bank = Bank::open().await;
    let frozen = bank.lent(POOR).await;
    bank.lent(JOBS).await;
    bank.on("2026-05-04");
    let freeze = json!({"kind": "freeze", "risk": risk(24_000_000), "months": 12});
    bank.approved(bank.measure(&frozen, "2026-04-02", freeze).await).await;
    let ages = async |on: &str| {
        let ages = bank.get(&format!("reports/loans/ageing?on={on}")).await;
        let some = ages.as_array().unwrap().iter().filter(|age| age["loans"] != 0);
        some.map(|age| {
            let days = [&age["days_from"], &age["days_to"]].map(Value::to_string).join("-");
            format!("{days} {} {} {} {}", age["name_en"], age["loans"], age["principal"], age["overdue"])
        })
        .collect::<Vec<_>>()
    };
    assert_eq!(ages("2026-04-01").await, [r#"0-0 "Not late" 2 "80000000" "0""#]);
    let parted = [r#"0-0 "Not late" 1 "30000000" "0""#, r#"null-null "Frozen" 1 "50000000" "0""#];
    assert_eq!(ages("2026-04-02").await, parted);
    assert_eq!(ages("2026-05-04").await, parted);
    let shown = bank.get("reports/loans/outstanding").await;
    let sums = shown.as_array().unwrap().iter().map(|row| {
        ["in_term", "overdue", "frozen"].map(|field| row[field].as_str().unwrap().to_owned()).join(" ")
    });
    assert_eq!(sums.collect::<Vec<_>>(), ["0 0 50000000", "30000000 0 0"]);
}

#[tokio::test]
async fn an_instalment_is_rescheduled_five_days_ahead_and_not_past_the_next() {
    let mut bank = Bank::open().await;
    let loan = bank.lent(JOBS).await;
    let reschedule = |to: &str| json!({"kind": "reschedule", "due_on": "2027-03-02", "to": to});
    bank.on("2027-02-26");
    bank.measure(&loan, "2027-02-26", reschedule("2027-06-02")).await.refused(409, "wrong-state");
    bank.on("2027-02-25");
    bank.measure(&loan, "2027-02-25", reschedule("2028-03-03")).await.refused(409, "above-cap");
    bank.measure(&loan, "2027-02-25", reschedule("2027-06-02")).await.expect(201);
    bank.on("2027-05-03");
    bank.close("2027-05-03").await;
    assert_eq!(bank.loan(&loan).await["status"], "current");
    bank.on("2027-06-03");
    bank.close("2027-06-03").await;
    assert_eq!(sum(&bank.loan(&loan).await, "principal", "overdue"), "10000000");
}

#[tokio::test]
async fn a_short_loan_is_carried_to_the_next_season_at_the_rate_of_the_day() {
    let mut bank = Bank::open().await;
    let (short, long) =
        (bank.lent(Deal { amount: 20_000_000, term: 12, every: 12, ..POOR }).await, bank.lent(POOR).await);
    bank.on("2027-02-01");
    let carry = |to: &str| json!({"kind": "carry_over", "final_due_on": to});
    bank.measure(&long, "2027-02-01", carry("2032-03-02")).await.refused(409, "wrong-state");
    bank.approved(bank.measure(&short, "2027-02-01", carry("2028-03-02")).await).await;
    let shown = bank.loan(&short).await;
    assert_eq!(
        (shown["final_due_on"].as_str(), shown["events"][1]["what"]["annual_rate_pct"].as_str()),
        (Some("2028-03-02"), Some("6.6"))
    );
}

#[tokio::test]
async fn case_10_a_write_off_counts_interest_to_its_own_day_whatever_was_closed_since() {
    let write_off = json!({"kind": "write_off", "cause": "K5"});
    for (closed_before, closed_after) in [("2026-11-10", Some("2026-11-25")), ("2026-11-20", None)] {
        let mut bank = Bank::open().await;
        let loan = bank.lent(POOR).await;
        bank.on("2026-11-30");
        bank.close(closed_before).await;
        let asked = bank.measure(&loan, "2026-11-12", write_off.clone()).await;
        if let Some(day) = closed_after {
            bank.close(day).await;
        }
        bank.approved(asked).await;
        let shown = bank.loan(&loan).await;
        let lost = (sum(&shown, "principal", "written_off"), sum(&shown, "interest", "written_off"));
        // 255 days of 50,000,000 at 6.6 %, month by month.
        assert_eq!(lost, ("50000000", "2305480"), "closed {closed_before}");
        assert_eq!(bank.accounts(1, ["2511", "9411", "9711", "9712"]).await, [0, 0, 50_000_000, 2_305_480]);
        bank.proved().await;
    }
}

#[tokio::test]
async fn a_write_off_stays_while_money_of_it_stands_and_the_refusal_names_that_money() {
    let mut bank = Bank::open().await;
    let loan = bank.lent(POOR).await;
    bank.on("2026-11-30");
    bank.repaid(&loan, 1_000_000, "2026-11-20").await;
    let write_off = json!({"kind": "write_off", "cause": "K5"});
    let refused = bank.measure(&loan, "2026-11-12", write_off.clone()).await.refused(409, "wrong-state");
    let detail = refused["detail"].as_str().unwrap();
    assert!(
        detail.starts_with("Entry 2 (repayment of 20/11/2026, receipt 4 of book 01 of 2026, journal "),
        "{detail}"
    );
    assert!(detail.ends_with("Take entry 2 back first, and enter it again afterwards."), "{detail}");
    bank.approved(bank.measure(&loan, "2026-11-25", write_off).await).await;
    let recovery = |on: &str| json!({"amount": "2000000", "received_on": on, "till": "cash"});
    let path = format!("loans/{loan}/recoveries");
    bank.post(&bank.cashier, &path, recovery("2026-11-24")).await.refused(409, "overpaid");
    bank.post(&bank.cashier, &path, recovery("2026-11-26")).await.expect(201);
    let undo = |seq: u32| json!({"seq": seq, "reason": "Tòa hủy bản án", "on": "2026-11-30"});
    let path = format!("loans/{loan}/reversals");
    let refused = bank.post(&bank.officer, &path, undo(3)).await.refused(409, "wrong-state");
    let detail = refused["detail"].as_str().unwrap();
    assert!(
        detail.starts_with(
            "Entry 4 (recovery of what was written off of 26/11/2026, receipt 5 of book 01 of 2026, journal "
        ),
        "{detail}"
    );
    bank.approved(bank.post(&bank.officer, &path, undo(4)).await).await;
    bank.approved(bank.post(&bank.officer, &path, undo(3)).await).await;
    let shown = bank.loan(&loan).await;
    assert_eq!((shown["status"].as_str(), sum(&shown, "principal", "written_off")), (Some("current"), "0"));
    assert_eq!(shown["state"]["overpaid"], "0");
    bank.proved().await;
}

#[tokio::test]
async fn a_freeze_and_a_write_off_are_decided_by_the_authority_of_who_owns_the_capital() {
    let mut bank = Bank::open().await;
    let mut loans = Vec::new();
    for (owner, authority) in [
        ("central", "bank_board"),
        ("mobilised", "bank_board"),
        ("province", "province_chairman"),
        ("commune", "commune_chairman"),
    ] {
        loans.push((bank.lent(Deal { owner, amount: 10_000_000, ..POOR }).await, authority));
    }
    bank.on("2026-04-02");
    for (loan, authority) in &loans {
        for decided_by in ["bank_board", "province_chairman", "commune_chairman"] {
            let freeze =
                json!({"kind": "freeze", "risk": risk(24_000_000), "months": 12, "decided_by": decided_by});
            let court = json!({"kind": "write_off", "cause": "K5", "decided_by": decided_by});
            if decided_by == *authority {
                // The freeze is asked for; a second request would wait for it.
                bank.measure(loan, "2026-04-02", freeze).await.expect(202);
                continue;
            }
            for action in [freeze, court] {
                let refused = bank.measure(loan, "2026-04-02", action).await.refused(422, "invalid-field");
                assert_eq!(refused["errors"][0]["pointer"], "/action/decided_by", "{authority} {decided_by}");
            }
        }
    }
}

#[tokio::test]
async fn a_borrower_who_died_without_heir_or_asset_is_written_off_without_a_freeze() {
    let mut bank = Bank::open().await;
    let loan = bank.lent(POOR).await;
    bank.on("2026-04-02");
    for (cause, without_heir) in [("K4A", false), ("K4B", true), ("K1", true)] {
        let write_off = json!({"kind": "write_off", "cause": cause, "without_heir": without_heir});
        bank.measure(&loan, "2026-04-02", write_off).await.refused(409, "wrong-state");
    }
    let write_off = json!({"kind": "write_off", "cause": "K4A", "without_heir": true});
    bank.approved(bank.measure(&loan, "2026-04-02", write_off).await).await;
    assert_eq!(bank.loan(&loan).await["status"], "written_off");
    let causes = bank.app.get(&bank.officer, "/v1/credit-rules").await.expect(200)["risk_causes"].clone();
    let marked: Vec<_> =
        causes.as_array().unwrap().iter().filter(|cause| cause["unverified"] == true).collect();
    assert_eq!(marked.len(), 1);
    assert_eq!((&marked[0]["cause_code"], &marked[0]["write_off"]), (&json!("K4A"), &json!("without_heir")));
    bank.proved().await;
}
