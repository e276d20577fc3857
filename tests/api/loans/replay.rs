//! Entries dated back or taken back: the fold runs again, the books get the difference.

use serde_json::json;

use super::bank::{Bank, Deal, POOR, sum};
use crate::support::VU_QUY;

#[tokio::test]
async fn case_09_a_backdated_repayment_divides_the_later_ones_again() {
    let mut bank = Bank::open().await;
    let (late, straight) = (bank.lent(POOR).await, bank.lent(POOR).await);
    bank.on("2026-06-01");
    bank.repaid(&late, 2_000_000, "2026-06-01").await;
    let backdated = bank.repaid(&late, 20_000_000, "2026-04-02").await;
    bank.repaid(&straight, 20_000_000, "2026-04-02").await;
    bank.repaid(&straight, 2_000_000, "2026-06-01").await;
    let (a, b) = (bank.loan(&late).await, bank.loan(&straight).await);
    assert_eq!(a["state"]["principal"], b["state"]["principal"]);
    assert_eq!(a["state"]["interest"], b["state"]["interest"]);
    // 31 days of 50,000,000: 280,274. The rest of 20,000,000 is principal, so the later payment holds less interest.
    assert_eq!(backdated["split"]["interest"], "280274");
    // The first receipt took 822,740 of interest to 1 June; it should have taken 329,094 less what one month of the rest cost.
    assert_eq!(sum(&a, "interest", "paid"), sum(&a, "interest", "accrued"));
    assert_eq!(bank.account("7011", 1).await, -2 * sum(&a, "interest", "paid").parse::<i64>().unwrap());
    bank.proved().await;
}

#[tokio::test]
async fn case_06_each_day_gets_its_own_difference() {
    let (april, june) = ((20_000_000, "2026-04-02"), (2_000_000, "2026-06-01"));
    for order in [[april, june], [june, april]] {
        let mut bank = Bank::open().await;
        let loan = bank.lent(POOR).await;
        bank.on("2026-06-01");
        for (amount, on) in order {
            let receipt = bank.repaid(&loan, amount, on).await;
            let lines = bank.lines(receipt["journal_no"].as_i64().unwrap()).await;
            let principal = receipt["split"]["principal"].as_str().unwrap();
            assert!(lines.contains(&format!("2511 -{principal}")), "{order:?}, {on}: {lines:?}");
        }
        // 31 days of 50,000,000: 280,274. 30,280,274 from 2 April: 5,475 a day, so 162,188 + 164,260 + … to 1 June.
        for (month, income) in [
            (["2026-04-01", "2026-05-01"], -280_274),
            (["2026-05-01", "2026-06-01"], 0),
            (["2026-06-01", "2026-07-01"], -328_520),
        ] {
            assert_eq!(moved(&bank, month, "7011").await, income, "{order:?}, {month:?}");
        }
        let owed = [moved(&bank, ["2026-03-01", "2026-05-01"], "2511").await, bank.account("2511", 1).await];
        assert_eq!(owed, [30_280_274, 28_608_794], "{order:?}");
        bank.proved().await;
    }
}

#[tokio::test]
async fn case_10_a_reversal_points_to_one_entry_once_and_the_original_stays() {
    let mut bank = Bank::open().await;
    let loan = bank.lent(POOR).await;
    bank.on("2026-06-01");
    let first = bank.repaid(&loan, 1_000_000, "2026-04-02").await;
    bank.repaid(&loan, 1_000_000, "2026-06-01").await;
    let undo = json!({"seq": 2, "reason": "ghi nhầm khoản vay"});
    bank.approved(bank.post(&bank.officer, &format!("loans/{loan}/reversals"), undo.clone()).await).await;
    bank.post(&bank.officer, &format!("loans/{loan}/reversals"), undo).await.refused(409, "already-reversed");
    let reversal = json!({"seq": 4, "reason": "hủy cái hủy"});
    bank.post(&bank.officer, &format!("loans/{loan}/reversals"), reversal)
        .await
        .refused(409, "already-reversed");
    let shown = bank.loan(&loan).await;
    // As if only the second payment had been made: 91 days of 50,000,000 are 280,274 + 271,233 + 271,233.
    assert_eq!((sum(&shown, "interest", "paid"), sum(&shown, "principal", "repaid")), ("822740", "177260"));
    assert_eq!(bank.accounts(1, ["101", "2511", "7011"]).await, [1_951_000_000, 49_822_740, -822_740]);
    let journal = first["journal_no"].as_i64().unwrap();
    let original = bank.get(&format!("journals/{journal}")).await;
    assert!(original["reversed_by"].is_i64(), "{original}");
    assert_eq!(shown["events"].as_array().map(Vec::len), Some(4));
    bank.proved().await;
}

/// What moved on an account in a month.
async fn moved(bank: &Bank, month: [&str; 2], account: &str) -> i64 {
    let trial = bank.get(&format!("trial-balance?from={}&to={}", month[0], month[1])).await;
    let rows = trial["accounts"].as_array().unwrap();
    let row = rows.iter().find(|row| row["account"] == account);
    let side = |name: &str| row.map_or(0, |row| row["movement"][name].as_str().unwrap().parse().unwrap());
    side("debit") - side("credit")
}

#[tokio::test]
async fn case_03_an_entry_is_taken_back_on_a_day_of_its_own_month() {
    let mut bank = Bank::open().await;
    let loan = bank.lent(POOR).await;
    bank.on("2026-11-30");
    let entered = bank.repaid(&loan, 5_000_000, "2026-10-05").await;
    let undo = |on: &str| json!({"seq": entered["seq"], "reason": "ghi nhầm khoản vay", "on": on});
    let path = format!("loans/{loan}/reversals");
    for wrong in ["2026-12-01", "2026-10-04"] {
        let refused = bank.post(&bank.officer, &path, undo(wrong)).await.refused(422, "invalid-field");
        assert_eq!(refused["errors"][0]["pointer"], "/on", "{wrong}");
    }
    bank.approved(bank.post(&bank.officer, &path, undo("2026-10-05")).await).await;
    let (october, november) = (["2026-10-01", "2026-11-01"], ["2026-11-01", "2026-12-01"]);
    for account in ["101", "2511"] {
        assert_eq!([moved(&bank, october, account).await, moved(&bank, november, account).await], [0, 0]);
    }
    assert_eq!(sum(&bank.loan_on(&loan, "2026-10-31").await, "principal", "performing"), "50000000");
    bank.proved().await;
}

#[tokio::test]
async fn case_21_a_closed_month_keeps_its_figures_and_the_open_one_takes_the_difference() {
    let mut bank = Bank::open().await;
    let loan = bank.lent(POOR).await;
    bank.on("2026-05-04");
    bank.close("2026-05-04").await;
    bank.post(&bank.accountant, "periods/closings", json!({"before": "2026-05-01", "reason": null}))
        .await
        .expect(200);
    let before = bank.get("journals?limit=200").await["items"].as_array().map(Vec::len);
    let receipt = bank.repaid(&loan, 10_000_000, "2026-04-02").await;
    let journal = bank.get(&format!("journals/{}", receipt["journal_no"])).await;
    // The receipt and what stands beside it; what it changes of 30 April, on the first open day; and of 4 May, on that day.
    assert_eq!(bank.get("journals?limit=200").await["items"].as_array().map(|i| i.len() - 4), before);
    let number = receipt["journal_no"].as_i64().unwrap();
    for (besides, on, less) in [(number + 2, "2026-05-01", -67_293), (number + 3, "2026-05-04", -7_030)] {
        let shown = bank.get(&format!("journals/{besides}")).await;
        assert_eq!((&shown["kind"], &shown["effective_on"]), (&json!("loan_adjustment"), &json!(on)));
        assert_eq!(bank.lines(besides).await, [format!("000 {}", -less), format!("9411 {less}")]);
    }
    let shown = bank.loan(&loan).await;
    assert_eq!(shown["events"][1]["value_on"], "2026-04-02");
    // 50,000,000 to 2 April: 280,274. Then 40,280,274: 30 days are 218,506.69 and 2 days 14,567.11.
    assert_eq!(sum(&shown, "interest", "accrued"), "513348");
    assert_eq!(journal["effective_on"], "2026-05-01", "the first open day");
    bank.proved().await;
}

#[tokio::test]
async fn case_11_every_difference_is_a_new_entry_and_nothing_is_rewritten() {
    let mut bank = Bank::open().await;
    let loan = bank.lent(POOR).await;
    bank.on("2026-06-01");
    bank.repaid(&loan, 1_000_000, "2026-06-01").await;
    let path = format!("/v1/units/{VU_QUY}/loans/{loan}");
    let before = bank.app.get(&bank.officer, &path).await.expect(200)["events"][1].clone();
    bank.repaid(&loan, 500_000, "2026-04-02").await;
    assert_eq!(bank.app.get(&bank.officer, &path).await.expect(200)["events"][1], before);
    for sql in ["update loan_event set seq = 9", "delete from loan_event", "update loan set borrower = 'x'"] {
        let refused = sqlx::query(sql).execute(&bank.app.owner).await.unwrap_err();
        assert!(refused.to_string().contains("append-only"), "{sql}: {refused}");
    }
}

#[tokio::test]
async fn case_22_a_report_of_a_past_day_does_not_know_what_came_later() {
    let mut bank = Bank::open().await;
    let loan = bank.lent(Deal { amount: 10_000_000, term: 12, every: 12, ..POOR }).await;
    bank.on("2027-05-03");
    let late = bank.get("reports/loans/ageing?on=2027-04-01").await;
    let owed = bank.get(&format!("loans/{loan}/payoff")).await["total"].as_str().unwrap().parse().unwrap();
    bank.repaid(&loan, owed, "2027-05-03").await;
    assert_eq!(bank.get("reports/loans/ageing?on=2027-04-01").await, late);
    assert_eq!(
        (late[1]["days_from"].as_i64(), late[1]["loans"].as_i64(), late[1]["overdue"].as_str()),
        (Some(1), Some(1), Some("10000000"))
    );
    let today = bank.get("reports/loans/ageing?on=2027-05-03").await;
    assert!(today.as_array().unwrap().iter().all(|age| age["loans"] == 0), "{today}");
    assert_eq!(sum(&bank.loan_on(&loan, "2027-04-01").await, "principal", "overdue"), "10000000");
}
