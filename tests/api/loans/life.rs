//! From the request to the last đồng.

use serde_json::{Value, json};

use super::bank::{Bank, Deal, JOBS, POOR, sum};
use crate::support::VU_QUY;

#[tokio::test]
async fn a_loan_is_asked_for_listed_confirmed_approved_paid_out_and_repaid() {
    let mut bank = Bank::open().await;
    let loan = bank.lent(POOR).await;
    let shown = bank.loan(&loan).await;
    assert_eq!((shown["contract_no"].as_str(), shown["status"].as_str()), (Some("1/2026"), Some("current")));
    let contract = &shown["contract"];
    assert_eq!(
        (contract["annual_rate_pct"].as_str(), contract["overdue_rate_pct"].as_str()),
        (Some("6.6"), Some("8.58"))
    );
    assert_eq!(bank.accounts(1, ["101", "2511", "2011"]).await, [1_950_000_000, 50_000_000, 0]);
    // 50,000,000 × 6.6 % × 36 ÷ 36,500 = 325,479.45
    bank.on("2026-04-07");
    let receipt = bank.repaid(&loan, 400_000, "2026-04-07").await;
    assert_eq!(
        (receipt["split"]["interest"].as_str(), receipt["split"]["principal"].as_str()),
        (Some("325479"), Some("74521"))
    );
    assert_eq!(receipt["explanation"]["vi"], "07/04/2026: 400.000 = gốc 74.521 + lãi 325.479");
    assert_eq!(receipt["voucher"]["kind"], "receipt");
    // March was not closed when the money came: its 29 days are booked first, and collected with the rest.
    let journal = receipt["journal_no"].as_i64().unwrap();
    assert_eq!(bank.lines(journal - 1).await, ["000 -262192", "9411 262192"]);
    assert_eq!(bank.lines(journal).await, ["101 400000", "2511 -74521", "7011 -325479"]);
    let stored = &bank.loan(&loan).await["events"][1];
    assert_eq!(
        (stored["kind"].as_str(), stored["split"]["interest"].as_str()),
        (Some("repaid"), Some("325479"))
    );
    bank.proved().await;
}

#[tokio::test]
async fn the_published_examples_of_interest_come_out() {
    let mut bank = Bank::open().await;
    bank.on("2026-06-30");
    for (product, class, amount, from, to, interest) in [
        ("01", "poor", 50_000_000, "2026-03-15", "2026-04-20", "325479"),
        ("19", "near_poor", 50_000_000, "2026-03-15", "2026-04-15", "336329"),
        ("09", "newly_escaped", 20_000_000, "2026-02-10", "2026-03-11", "131096"),
    ] {
        let loan = bank.lent(Deal { product, class, amount, on: from, term: 36, ..POOR }).await;
        assert_eq!(sum(&bank.loan_on(&loan, to).await, "interest", "accrued"), interest, "{product}");
    }
}

#[tokio::test]
async fn instalments_follow_the_plan_of_the_policy_bank() {
    let bank = Bank::open().await;
    for (amount, term, every, parts) in [
        (50_000_000, 60, 12, vec![10_000_000; 5]),
        (35_000_000, 36, 6, vec![5_800_000, 5_800_000, 5_800_000, 5_800_000, 5_800_000, 6_000_000]),
        (30_000_000, 40, 12, vec![7_500_000; 4]),
        (20_000_000, 60, 12, vec![4_000_000; 5]),
    ] {
        let loan = bank.lent(Deal { amount, term, every, ..POOR }).await;
        let shown = bank.loan(&loan).await;
        let rows = shown["state"]["rows"].as_array().unwrap();
        let asked: Vec<i64> = rows
            .iter()
            .map(|row| row["principal"].as_str().unwrap().parse().unwrap())
            .filter(|p| *p != 0)
            .collect();
        assert_eq!(asked, parts, "{amount}/{term}/{every}");
        assert_eq!(rows.len(), term as usize);
    }
}

#[tokio::test]
async fn a_loan_is_paid_out_in_tranches_and_never_beyond_its_contract() {
    let mut bank = Bank::open().await;
    let household = bank.household("poor").await;
    let loan = bank.signed(household, POOR).await;
    bank.pay_out(&loan, 20_000_000, "2026-03-02").await;
    bank.on("2026-05-04");
    bank.pay_out(&loan, 30_000_000, "2026-05-04").await;
    let again = json!({"amount": "1", "paid_on": "2026-05-04", "till": "cash"});
    bank.post(&bank.officer, &format!("loans/{loan}/disbursements"), again).await.refused(409, "above-cap");
    // Each month rounded once: 112,109.59; 108,493.15; 2 days of 20,000,000 and 28 of 50,000,000: 260,383.56.
    let shown = bank.loan_on(&loan, "2026-06-01").await;
    assert_eq!(sum(&shown, "principal", "disbursed"), "50000000");
    assert_eq!(sum(&shown, "interest", "accrued"), "480987");
    let asked: Vec<&str> = shown["state"]["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["principal"].as_str().unwrap())
        .filter(|p| *p != "0")
        .collect();
    assert_eq!(asked, ["10000000"; 5]);
}

#[tokio::test]
async fn a_missed_instalment_of_a_poor_household_is_carried_and_that_of_job_creation_is_overdue() {
    let mut bank = Bank::open().await;
    let (poor, jobs) = (bank.lent(POOR).await, bank.lent(JOBS).await);
    bank.on("2027-03-03");
    bank.close("2027-03-03").await;
    let shown = bank.loan(&poor).await;
    assert_eq!((shown["status"].as_str(), sum(&shown, "principal", "overdue")), (Some("current"), "0"));
    let shown = bank.loan(&jobs).await;
    assert_eq!(
        (shown["status"].as_str(), sum(&shown, "principal", "overdue")),
        (Some("overdue"), "10000000")
    );
    assert_eq!(shown["contract"]["overdue_rate_pct"], "10.8966");
    assert_eq!(bank.accounts(1, ["2511", "2512"]).await, [50_000_000, 0]);
    assert_eq!(bank.accounts(2, ["2011", "2012"]).await, [20_000_000, 10_000_000]);
    // From 2 March 2027 on 10,000,000 bear 130 % of 8.382 %.
    // Year: 30,000,000 × 8.382 % = 2,514,600. Day: 20,000,000 × 8.382 % + 10,000,000 × 10.8966 % over 365 = 7,578.25.
    assert_eq!(sum(&shown, "interest", "accrued"), "2522178");
    bank.proved().await;
}

#[tokio::test]
async fn the_whole_balance_is_overdue_after_the_final_date_at_130_percent() {
    let mut bank = Bank::open().await;
    let loan = bank.lent(Deal { amount: 30_000_000, term: 12, every: 12, ..POOR }).await;
    bank.on("2027-06-01");
    bank.close("2027-06-01").await;
    let shown = bank.loan(&loan).await;
    assert_eq!(
        (shown["status"].as_str(), sum(&shown, "principal", "overdue")),
        (Some("overdue"), "30000000")
    );
    // Twelve months at 6.6 %, each rounded once: 1,979,998; 91 days at 8.58 %: 641,736.99.
    assert_eq!(sum(&shown, "interest", "accrued"), "2621735");
    assert_eq!(
        bank.accounts(1, ["2511", "2512", "9411", "9412", "7011"]).await,
        [0, 30_000_000, 0, 2_621_735, 0]
    );
    bank.repaid(&loan, 32_621_735, "2027-06-01").await;
    assert_eq!(bank.loan(&loan).await["status"], "closed");
    assert_eq!(
        bank.accounts(1, ["2511", "2512", "9411", "9412", "7011", "000"]).await,
        [0, 0, 0, 0, -2_621_735, 0]
    );
    bank.proved().await;
}

#[tokio::test]
async fn an_early_repayment_keeps_the_plan_shortens_it_or_makes_it_smaller() {
    let mut bank = Bank::open().await;
    let mut loans = Vec::new();
    for _ in 0..3 {
        loans.push(bank.lent(POOR).await);
    }
    bank.on("2026-04-07");
    let mut plans = Vec::new();
    for (loan, early) in loans.iter().zip(["keep", "shorten", "reduce"]) {
        let body = json!({"amount": "20325479", "received_on": "2026-04-07", "till": "cash", "early": early});
        bank.post(&bank.cashier, &format!("loans/{loan}/repayments"), body).await.expect(201);
        let shown = bank.loan(loan).await;
        let open = |row: &Value| -> i64 {
            let n = |name: &str| row[name].as_str().unwrap().parse::<i64>().unwrap();
            n("principal") - n("paid_principal")
        };
        let open: Vec<i64> =
            shown["state"]["rows"].as_array().unwrap().iter().skip(11).step_by(12).map(open).collect();
        plans.push(open);
    }
    let million = 1_000_000;
    assert_eq!(plans[0], [0, 0, 10 * million, 10 * million, 10 * million]);
    assert_eq!(plans[1], [10 * million, 10 * million, 10 * million, 0, 0]);
    assert_eq!(plans[2], [6 * million; 5]);
}

#[tokio::test]
async fn a_quote_closes_the_loan_on_its_day() {
    let mut bank = Bank::open().await;
    let loan = bank.lent(POOR).await;
    let quote = bank.get(&format!("loans/{loan}/payoff?on=2026-09-01")).await;
    // 50,000,000 × 6.6 % × 183 ÷ 365
    assert_eq!(
        (quote["total"].as_str(), quote["interest"].as_str(), quote["explanations"].as_array().map(Vec::len)),
        (Some("51654521"), Some("1654521"), Some(6))
    );
    bank.on("2026-09-01");
    bank.repaid(&loan, 51_654_521, "2026-09-01").await;
    assert_eq!(bank.loan(&loan).await["status"], "closed");
    assert_eq!(bank.accounts(1, ["2511", "4628"]).await, [0, 0]);
}

#[tokio::test]
async fn case_19_what_is_overpaid_is_a_liability_only_on_request_and_is_given_back() {
    let bank = Bank::open().await;
    let loan = bank.lent(Deal { amount: 10_000_000, ..POOR }).await;
    let body = json!({"amount": "10500000", "received_on": "2026-03-02", "till": "cash"});
    bank.post(&bank.cashier, &format!("loans/{loan}/repayments"), body.clone())
        .await
        .refused(409, "overpaid");
    let mut accepted = body;
    accepted["accept_overpayment"] = json!(true);
    bank.post(&bank.cashier, &format!("loans/{loan}/repayments"), accepted).await.expect(201);
    assert_eq!(bank.accounts(1, ["2511", "4628"]).await, [0, -500_000]);
    let refund = |amount: &str| json!({"amount": amount, "paid_on": "2026-03-02", "till": "cash"});
    bank.post(&bank.cashier, &format!("loans/{loan}/refunds"), refund("500001"))
        .await
        .refused(409, "above-cap");
    let asked = bank.post(&bank.cashier, &format!("loans/{loan}/refunds"), refund("500000")).await;
    assert_eq!(bank.account("4628", 1).await, -500_000, "a second person decides");
    bank.approved(asked).await;
    assert_eq!(bank.accounts(1, ["101", "4628"]).await, [2_000_000_000, 0]);
    assert_eq!(bank.loan(&loan).await["status"], "closed");
    bank.proved().await;
}

#[tokio::test]
async fn a_group_leader_takes_interest_and_never_principal() {
    let mut bank = Bank::open().await;
    let loan = bank.lent(POOR).await;
    bank.on("2026-04-02");
    // 31 days: 280,273.97
    let body = |amount: &str| json!({"amount": amount, "received_on": "2026-04-02", "till": "cash"});
    bank.post(&bank.leader, &format!("loans/{loan}/repayments"), body("280275"))
        .await
        .refused(403, "forbidden");
    let receipt =
        bank.post(&bank.leader, &format!("loans/{loan}/repayments"), body("280274")).await.expect(201);
    assert_eq!(
        (receipt["split"]["interest"].as_str(), receipt["split"]["principal"].as_str()),
        (Some("280274"), Some("0"))
    );
}

#[tokio::test]
async fn a_dry_run_shows_split_and_journal_and_stores_nothing() {
    let mut bank = Bank::open().await;
    let loan = bank.lent(POOR).await;
    bank.on("2026-04-07");
    let body = json!({"amount": "400000", "received_on": "2026-04-07", "till": "cash"});
    let path = format!("/v1/units/{VU_QUY}/loans/{loan}/repayments:preview");
    let preview = bank.app.post(&bank.cashier, &path, body).await.expect(200);
    assert_eq!(
        (preview["stored"].as_bool(), preview["split"]["interest"].as_str()),
        (Some(false), Some("325479"))
    );
    let lines = |nth: usize| preview["journals"][nth]["lines"].as_array().map(Vec::len);
    assert_eq!(
        [lines(0), lines(1), lines(2)],
        [Some(2), Some(3), Some(2)],
        "interest of March, receipt, what is beside it"
    );
    assert_eq!(bank.loan(&loan).await["events"].as_array().map(Vec::len), Some(1));
    assert_eq!(bank.account("7011", 1).await, 0);
}

#[tokio::test]
async fn a_leaders_interest_never_makes_interest_that_was_paid_principal() {
    let mut bank = Bank::open().await;
    let loan = bank.lent(POOR).await;
    bank.on("2026-06-02");
    // 92 days: 280,274 + 271,233 + 280,274.
    bank.repaid(&loan, 831_781, "2026-06-02").await;
    let body = |amount: &str| json!({"amount": amount, "received_on": "2026-04-02", "till": "cash"});
    let path = format!("loans/{loan}/repayments");
    bank.post(&bank.leader, &path, body("280274")).await.refused(403, "forbidden");
    bank.post(&bank.cashier, &path, body("280274")).await.expect(201);
    assert_eq!(sum(&bank.loan(&loan).await, "principal", "repaid"), "280274");
    bank.proved().await;
}
