//! What belongs to which month, and on which day the commune is.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use soquy::clock::Clock;

use super::bank::{Bank, Deal, JOBS, POOR, sum};
use crate::support::{VU_QUY, day};

/// Movements of a month: account, source, debit less credit.
async fn movements(bank: &Bank, month: &str) -> Vec<(String, i32, String)> {
    let net = "select account, source_id, trunc(debit - credit)::text from period_balance
                where unit_id = $1 and month = $2 and debit <> credit order by 1, 2";
    sqlx::query_as(net).bind(VU_QUY).bind(day(month)).fetch_all(&bank.app.owner).await.unwrap()
}

async fn states(bank: &Bank) -> Vec<Value> {
    let rows = "select to_jsonb(s) - 'loan_id' from loan_state s where unit_id = $1 order by s.in_term";
    sqlx::query_scalar(rows).bind(VU_QUY).fetch_all(&bank.app.owner).await.unwrap()
}

/// Two loans, one paid out after the last close, both repaid in April; days in between are closed or not.
async fn a_spring(daily: bool) -> Bank {
    let mut bank = Bank::open().await;
    let poor = bank.lent(POOR).await;
    bank.on("2026-03-20");
    bank.close("2026-03-20").await;
    let mut local = String::new();
    for n in 1..=31 {
        let today = (day("2026-03-20") + chrono::Days::new(n)).to_string();
        bank.on(&today);
        if today == "2026-03-25" {
            local = bank.lent(Deal { owner: "commune", amount: 40_000_000, on: "2026-03-25", ..POOR }).await;
        }
        if today == "2026-04-10" {
            bank.repaid(&poor, 1_000_000, "2026-04-10").await;
            bank.repaid(&local, 5_000_000, "2026-04-10").await;
        }
        if daily || today == "2026-04-20" {
            bank.close(&today).await;
        }
    }
    bank
}

#[tokio::test]
async fn case_24_a_repayment_past_an_end_of_month_leaves_each_month_its_own() {
    let (daily, once) = (a_spring(true).await, a_spring(false).await);
    for month in ["2026-03-01", "2026-04-01"] {
        assert_eq!(movements(&daily, month).await, movements(&once, month).await, "{month}");
    }
    assert_eq!(states(&daily).await, states(&once).await);
    let march: Vec<_> = movements(&once, "2026-03-01").await;
    let of = |account: &str| -> i64 {
        march.iter().filter(|row| row.0 == account).map(|row| row.2.parse::<i64>().unwrap()).sum()
    };
    // 29 days of 50,000,000: 262,191.78; 6 days of 40,000,000: 43,397.26. 0.75 % of local capital.
    assert_eq!((of("9411"), of("2991"), of("7011")), (305_589, -300_000, 0));
    once.proved().await;
    daily.proved().await;
}

#[tokio::test]
async fn a_month_closes_after_its_days_and_says_before_what_it_freezes() {
    let mut bank = Bank::open().await;
    let loan = bank.lent(POOR).await;
    bank.on("2026-04-10");
    let close = |before: &str| json!({"before": before, "reason": null});
    let refused = bank.post(&bank.accountant, "periods/closings", close("2026-04-01")).await;
    let refused = refused.refused(409, "wrong-state");
    assert!(
        refused["detail"].as_str().unwrap().starts_with("Close the days up to 31 March 2026 first"),
        "{refused}"
    );
    let payment = json!({"action": {"kind": "recall", "amount": null}, "on": "2026-03-31", "document_no": "1", "reason": "x"});
    let waiting = bank.post(&bank.officer, &format!("loans/{loan}/measures"), payment).await.expect(202);
    let preview = bank.get("periods/closings/preview?before=2026-04-01").await;
    assert_eq!(
        (&preview["days_to_close"], &preview["needs_approver"]),
        (&json!("2026-03-31"), &json!(false))
    );
    assert_eq!(preview["waiting"][0]["approval_id"], waiting["approval_id"]);
    assert_eq!(bank.get("periods/closings/preview?before=2026-03-01").await["waiting"], json!([]));
    assert_eq!(preview["months"].as_array().map(Vec::len), Some(9), "July to March");
    bank.close("2026-03-31").await;
    let preview = bank.get("periods/closings/preview?before=2026-04-01").await;
    assert_eq!(preview["days_to_close"], Value::Null);
    bank.post(&bank.accountant, "periods/closings", close("2026-04-01")).await.expect(200);
    assert_eq!(bank.get("periods/closings/preview?before=2026-04-01").await["months"], json!([]));
    let receipt = bank.repaid(&loan, 1_000_000, "2026-04-10").await;
    let accrual = receipt["journal_no"].as_i64().unwrap() - 1;
    assert_eq!(bank.lines(accrual).await, ["000 -262192", "9411 262192"]);
    // 31 days and 8 days: 280,274 + 72,329; the rest is principal.
    let lines = bank.lines(accrual + 1).await;
    assert_eq!(lines, ["101 1000000", "2511 -647397", "7011 -352603"]);
    assert_eq!(
        bank.lines(accrual + 2).await,
        ["000 262192", "9411 -262192"],
        "on a general voucher beside it"
    );
    let beside = bank.get(&format!("journals/{}", accrual + 2)).await["description"].clone();
    let own = bank.get(&format!("journals/{}", accrual + 1)).await["description"].clone();
    assert_eq!(
        beside,
        format!("Ghi ngoài bảng và dự phòng theo nghiệp vụ: {}", own.as_str().unwrap()),
        "it does not say that money came twice"
    );
    let papers = bank.get("vouchers?limit=200").await;
    let kind = |journal: i64| {
        papers["items"].as_array().unwrap().iter().find(|p| p["journal_no"] == journal).unwrap()["kind"]
            .clone()
    };
    assert_eq!([kind(accrual + 1), kind(accrual + 2)], ["receipt", "general"]);
    bank.proved().await;
}

#[tokio::test]
async fn income_by_accrual_stops_when_the_loan_is_late_and_goes_on_off_the_balance_sheet() {
    let mut bank = Bank::open().await;
    sqlx::query("update programme_rule set income = 'accrual' where product_code = '03_worker'")
        .execute(&bank.app.owner)
        .await
        .unwrap();
    let loan = bank.lent(Deal { term: 12, ..JOBS }).await;
    let accounts = ["3911", "7011", "9411", "9412"];
    bank.on("2027-03-02");
    bank.close("2027-03-02").await;
    // 7 · 213,569 + 4 · 206,679 + 192,901: twelve months of 30,000,000 at 8.382 %.
    assert_eq!(bank.accounts(2, accounts).await, [2_514_600, -2_514_600, 0, 0]);
    bank.on("2027-03-03");
    bank.close("2027-03-03").await;
    // And a day at 10.8966 %: the last period is 201,856.93.
    assert_eq!(bank.accounts(2, accounts).await, [0, 0, 0, 2_523_556]);
    bank.repaid(&loan, 523_556, "2027-03-03").await;
    assert_eq!(bank.accounts(2, accounts).await, [0, -523_556, 0, 2_000_000]);
    bank.proved().await;
    bank.repaid(&loan, 32_000_000, "2027-03-03").await;
    assert_eq!(bank.accounts(2, accounts).await, [0, -2_523_556, 0, 0]);
    assert_eq!(bank.loan(&loan).await["status"], "closed");
    bank.proved().await;
}

#[tokio::test]
async fn case_14_the_business_date_is_that_of_viet_nam_at_midnight_and_at_the_turn_of_the_year() {
    let mut bank = Bank::open().await;
    let loan = bank.lent(POOR).await;
    for (last_second, midnight) in
        [("2026-03-30T16:59:59Z", "2026-03-30T17:00:00Z"), ("2026-12-31T16:59:59Z", "2026-12-31T17:00:00Z")]
    {
        let before: DateTime<Utc> = last_second.parse().unwrap();
        let tomorrow = (before.date_naive() + chrono::Days::new(1)).to_string();
        stand_at(&mut bank, before);
        let body = json!({"amount": "100000", "received_on": tomorrow, "till": "cash"});
        let path = format!("loans/{loan}/repayments");
        bank.post(&bank.cashier, &path, body.clone()).await.refused(422, "invalid-field");
        bank.post(&bank.accountant, "close-of-day", json!({"upto": tomorrow}))
            .await
            .refused(422, "invalid-field");
        stand_at(&mut bank, midnight.parse().unwrap());
        let receipt = bank.post(&bank.cashier, &path, body).await.expect(201);
        let journal = bank.get(&format!("journals/{}", receipt["journal_no"])).await;
        assert_eq!(journal["effective_on"], tomorrow);
        let today = bank.loan(&loan).await["state"]["as_of"].clone();
        assert_eq!(today, tomorrow, "interest is counted to the day of the commune");
    }
    // 305 days of the money that was owed; the first payment was all interest.
    assert_eq!(sum(&bank.loan(&loan).await, "interest", "paid"), "200000");
}

/// Stops the clock at an instant, with tokens made then.
fn stand_at(bank: &mut Bank, at: DateTime<Utc>) {
    bank.on("2026-03-02");
    let Clock::Fixed(clock) = &bank.app.app.clock else { panic!("tests have a fixed clock") };
    *clock.lock().unwrap() = at;
    for person in [&mut bank.officer, &mut bank.cashier, &mut bank.accountant] {
        person.token = bank.app.app.keys.issue(person.user_id, &bank.app.app.clock).unwrap();
    }
}

#[tokio::test]
async fn the_running_month_closes_only_when_an_approver_decides_so() {
    let mut bank = Bank::open().await;
    bank.lent(POOR).await;
    bank.on("2026-03-20");
    let close = json!({"before": "2026-04-01", "reason": "Bàn giao"});
    let refused = bank.post(&bank.accountant, "periods/closings", close.clone()).await;
    let refused = refused.refused(409, "wrong-state");
    assert!(refused["detail"].as_str().unwrap().ends_with("Ask at …/periods/early-closings."), "{refused}");
    assert_eq!(bank.get("periods/closings/preview?before=2026-04-01").await["needs_approver"], true);
    let over = json!({"before": "2026-03-01", "reason": null});
    bank.post(&bank.accountant, "periods/early-closings", over).await.refused(409, "wrong-state");
    let asked = bank.post(&bank.accountant, "periods/early-closings", close.clone()).await.expect(202);
    assert_eq!((&asked["command"], &asked["state"]), (&json!("close_running_month"), &json!("waiting")));
    let path = format!("approvals/{}/approve", asked["approval_id"].as_str().unwrap());
    let refused = bank.post(&bank.approver, &path, json!({})).await.refused(409, "wrong-state");
    assert!(
        refused["detail"].as_str().unwrap().starts_with("Close the days up to 20 March 2026 first"),
        "{refused}"
    );
    bank.close("2026-03-20").await;
    let done = bank.post(&bank.approver, &path, json!({})).await.expect(200);
    assert_eq!(done["outcome"]["open_from"], "2026-04-01");
    bank.proved().await;
}

#[tokio::test]
async fn a_repayment_of_a_closed_month_that_came_late_is_taken_back_and_leaves_no_finding() {
    let mut bank = Bank::open().await;
    let loan = bank.lent(POOR).await;
    bank.on("2026-05-04");
    bank.close("2026-04-30").await;
    bank.post(&bank.accountant, "periods/closings", json!({"before": "2026-05-01"})).await.expect(200);
    bank.repaid(&loan, 1_000_000, "2026-04-02").await;
    bank.proved().await;
    let undo = json!({"seq": 2, "reason": "Nhầm người vay", "on": "2026-05-04"});
    bank.approved(bank.post(&bank.officer, &format!("loans/{loan}/reversals"), undo).await).await;
    assert_eq!(bank.account("2511", 1).await, 50_000_000);
    bank.proved().await;
}

#[tokio::test]
async fn a_payout_taken_back_months_later_stood_until_then() {
    let mut bank = Bank::open().await;
    let loan = bank.lent(POOR).await;
    bank.on("2026-05-04");
    let undo = json!({"seq": 1, "reason": "Giải ngân nhầm", "on": "2026-05-04"});
    bank.approved(bank.post(&bank.officer, &format!("loans/{loan}/reversals"), undo).await).await;
    assert_eq!(bank.loan_on(&loan, "2026-04-30").await["state"]["principal"]["performing"], "50000000");
    assert_eq!(bank.account("2511", 1).await, 0);
    bank.proved().await;
    bank.close("2026-05-04").await;
    bank.proved().await;
}
