//! The close of the day.

use serde_json::json;
use soquy::access::Work;
use soquy::db::Scope;
use soquy::problem::{Kind, Problem};

use super::bank::{Bank, Deal, JOBS, POOR};
use crate::support::{VU_QUY, day};

/// Balances of the accounts that a close moves, and the states.
async fn everything(bank: &Bank) -> (Vec<(String, i32, String)>, Vec<serde_json::Value>) {
    let balances = sqlx::query_as(
        "select account, source_id, trunc(amount)::text from balance where unit_id = $1 and amount <> 0 order by 1, 2",
    )
    .bind(VU_QUY)
    .fetch_all(&bank.app.owner)
    .await
    .unwrap();
    let states = sqlx::query_scalar(
        "select to_jsonb(s) - 'loan_id' from loan_state s where unit_id = $1 order by s.in_term, s.overdue, s.unpaid_interest",
    )
    .bind(VU_QUY)
    .fetch_all(&bank.app.owner)
    .await
    .unwrap();
    (balances, states)
}

/// Four loans of three kinds; one with a payment in the middle.
async fn portfolio(bank: &mut Bank) {
    bank.lent(POOR).await;
    bank.lent(Deal { amount: 20_000_000, term: 12, every: 12, ..POOR }).await;
    let paying = bank.lent(JOBS).await;
    bank.lent(Deal { owner: "commune", amount: 40_000_000, ..JOBS }).await;
    bank.on("2027-02-20");
    bank.close("2027-02-20").await;
    bank.repaid(&paying, 3_000_000, "2027-02-20").await;
}

#[tokio::test]
async fn case_24_thirty_daily_closes_and_one_after_thirty_days_are_the_same() {
    let (mut daily, mut once) = (Bank::open().await, Bank::open().await);
    portfolio(&mut daily).await;
    portfolio(&mut once).await;
    for n in 0..30 {
        let today = (day("2027-02-21") + chrono::Days::new(n)).to_string();
        daily.on(&today);
        assert_eq!(daily.close(&today).await["done"], true);
    }
    once.on("2027-03-22");
    once.close("2027-03-22").await;
    assert_eq!(everything(&daily).await, everything(&once).await);
    // The months are the same too, since a month's end on the way is closed by itself.
    for month in ["2027-02-01", "2027-03-01"] {
        let net = "select account, source_id, trunc(debit - credit)::text from period_balance where unit_id = $1 and month = $2 order by 1, 2";
        let read = async |bank: &Bank| -> Vec<(String, i32, String)> {
            sqlx::query_as(net).bind(VU_QUY).bind(day(month)).fetch_all(&bank.app.owner).await.unwrap()
        };
        assert_eq!(read(&daily).await, read(&once).await, "{month}");
    }
    // The short loan and the first instalments of job creation were due on 2 March.
    assert_eq!(once.accounts(1, ["2511", "2512"]).await, [50_000_000, 20_000_000]);
    assert_eq!(once.accounts(3, ["2511", "2512"]).await, [26_700_000, 13_300_000]);
    once.proved().await;
}

#[tokio::test]
async fn a_close_that_was_killed_goes_on_where_it_was() {
    let (mut killed, mut whole) = (Bank::open().await, Bank::open().await);
    portfolio(&mut killed).await;
    portfolio(&mut whole).await;
    killed.on("2027-03-22");
    whole.on("2027-03-22");
    whole.close("2027-03-22").await;
    let scope = Scope { unit: VU_QUY, actor: None, action: "close_of_day" };
    let clock = &killed.app.app.clock;
    let work = Work { unit: VU_QUY, actor: None, clock };
    let mut steps = 0;
    loop {
        // Each step dies once before it is kept.
        let died = killed
            .app
            .app
            .within(scope, async |conn| {
                soquy::loans::close_step(conn, &work, day("2027-03-22"), 1).await?;
                Err::<(), Problem>(Kind::TryAgain.bare())
            })
            .await;
        assert!(died.is_err());
        let step = killed
            .app
            .app
            .within(scope, async |conn| soquy::loans::close_step(conn, &work, day("2027-03-22"), 1).await);
        steps += 1;
        if step.await.unwrap().done {
            break;
        }
    }
    assert!(steps > 8, "one loan a step, two days to close: {steps}");
    assert_eq!(everything(&killed).await, everything(&whole).await);
    killed.proved().await;
}

#[tokio::test]
async fn a_second_close_of_the_day_writes_nothing() {
    let mut bank = Bank::open().await;
    bank.lent(POOR).await;
    bank.on("2026-03-31");
    let first = bank.close("2026-03-31").await;
    assert_eq!(
        (first["done"].as_bool(), first["changed"].as_i64(), first["journals"].as_i64()),
        (Some(true), Some(1), Some(1))
    );
    let second = bank.close("2026-03-31").await;
    assert_eq!(
        (second["done"].as_bool(), second["changed"].as_i64(), second["journals"].as_i64()),
        (Some(true), Some(0), Some(0))
    );
    let shown = bank.get("close-of-day").await;
    assert_eq!(
        (shown["day"].as_str(), shown["done"].as_bool(), shown["loans"].as_i64()),
        (Some("2026-03-31"), Some(true), Some(1))
    );
    bank.post(&bank.accountant, "close-of-day", json!({"upto": "2026-04-01"}))
        .await
        .refused(422, "invalid-field");
    bank.post(&bank.officer, "close-of-day", json!({"upto": "2026-03-31"})).await.refused(403, "forbidden");
}

#[tokio::test]
async fn two_who_close_at_once_write_once() {
    let mut bank = Bank::open().await;
    bank.lent(POOR).await;
    bank.on("2026-03-31");
    let (a, b) = tokio::join!(bank.close("2026-03-31"), bank.close("2026-03-31"));
    assert_eq!(a["changed"].as_i64().unwrap() + b["changed"].as_i64().unwrap(), 1);
    // 29 days of 50,000,000: 262,191.78
    assert_eq!(bank.accounts(1, ["9411", "000"]).await, [262_192, -262_192]);
}

#[tokio::test]
async fn provisions_follow_owner_and_lateness() {
    let mut bank = Bank::open().await;
    bank.lent(Deal { owner: "commune", ..POOR }).await;
    let late = bank.lent(Deal { amount: 20_000_000, term: 12, every: 12, ..JOBS }).await;
    bank.on("2027-03-02");
    bank.close("2027-03-02").await;
    // 0.75 % of local capital; nothing for own capital on the day it is due.
    assert_eq!(bank.accounts(3, ["2991", "8811"]).await, [-375_000, 375_000]);
    assert_eq!(bank.accounts(2, ["2992", "8812"]).await, [0, 0]);
    for (on, percent) in
        [("2027-03-11", 0), ("2027-03-12", 5), ("2027-06-01", 20), ("2027-08-30", 50), ("2028-02-26", 100)]
    {
        bank.on(on);
        bank.close(on).await;
        assert_eq!(bank.account("2992", 2).await, -200_000 * percent, "{on}");
    }
    assert_eq!(bank.loan(&late).await["status"], "overdue");
    bank.proved().await;
}

#[tokio::test]
async fn a_day_that_is_closed_after_later_entries_holds_what_it_would_have_held() {
    let (closed, paid) = ("2026-04-20", "2026-04-25");
    let mut told = Vec::new();
    for closed_first in [true, false] {
        let mut bank = Bank::open().await;
        let loan = bank.lent(POOR).await;
        bank.on("2026-04-30");
        if closed_first {
            bank.close(closed).await;
        }
        bank.repaid(&loan, 50_488_219, paid).await;
        assert_eq!(bank.loan(&loan).await["status"], "closed");
        bank.close(closed).await;
        bank.close("2026-04-30").await;
        let mut days = Vec::new();
        for day in ["2026-04-19", closed, "2026-04-24", paid, "2026-04-30"] {
            days.push(bank.get(&format!("balances?on={day}")).await);
        }
        told.push(days);
        bank.proved().await;
    }
    assert_eq!(told[0], told[1]);
}
