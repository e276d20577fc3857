//! The computing part: loans folded to a day and brought into positions, on one core; and one loan with 5,000 events.

use std::hint::black_box;
use std::time::Instant;

use chrono::{Days, Months, NaiveDate};
use rust_decimal::Decimal;
use soquy::domain::credit::allocation::Future;
use soquy::domain::credit::loan::{LoanEvent, Missed, Occurrence, interest_first, state};
use soquy::domain::credit::loan_books::{Capital, Contract, Handling, LossRates, Position};
use soquy::domain::credit::programme::Income;
use soquy::domain::values::calendar::WorkingDays;
use soquy::domain::values::money::{Money, RoundingMode};

const LOANS: u32 = 100_000;
/// Goals: loans a second on one core, and milliseconds for a loan of 5,000 events.
const LOANS_A_SECOND: u128 = 50_000;
const LONG_LOAN_MS: u128 = 100;

/// Sixty months, yearly instalments; a missed one is overdue.
pub fn contract() -> Contract {
    Contract {
        amount: Money::vnd(Decimal::from(50_000_000)).expect("an amount"),
        annual_rate_pct: Decimal::new(66, 1),
        overdue_rate_pct: Decimal::new(858, 2),
        term_months: 60,
        principal_every_months: 12,
        principal_grace_months: 0,
        interest_grace_months: 0,
        spreads_grace_interest: false,
        least_instalment_pct: None,
        unverified: None,
        instalment_multiple: Decimal::from(100_000),
        rounding: RoundingMode::HalfUp,
        working_days: WorkingDays::default(),
        missed: Missed::Overdue,
        policy: interest_first(Future::NextInstallment),
        income: Income::Cash,
        capital: Capital::Own,
        recovers_into: None,
        handling: Handling {
            reschedule_notice_days: 5,
            extension_from_months: 3,
            extension_until_working_days: 5,
            extension_cap_months: 30,
            carry_over: false,
        },
    }
}

/// A loan of `n`: paid out some day of 2025, its interest paid each month for up to a year.
fn events(n: u32, first: NaiveDate) -> Vec<LoanEvent> {
    let on = first + Days::new(u64::from(n % 360));
    let paid_out =
        LoanEvent { seq: 1, on, what: Occurrence::Disbursed { amount: Decimal::from(50_000_000) } };
    let repaid = (1..=n % 13).map(|month| LoanEvent {
        seq: month + 1,
        on: on + Months::new(month),
        what: Occurrence::Repaid { amount: Decimal::from(280_000 + n % 1_000) },
    });
    std::iter::once(paid_out).chain(repaid).collect()
}

/// Prints the figures; insists on the goals when they are wanted.
pub fn run(strict: bool) {
    let first = NaiveDate::from_ymd_opt(2025, 1, 2).expect("a day");
    let today = NaiveDate::from_ymd_opt(2026, 3, 2).expect("a day");
    let (contract, rates) = (contract(), LossRates::default());
    let loans: Vec<Vec<LoanEvent>> = (0..LOANS).map(|n| events(n, first)).collect();
    let started = Instant::now();
    let mut sum = Position::default();
    for events in &loans {
        let after = state(&contract.terms(), events, today).expect("a state");
        sum = sum.plus(Position::of(&after, (contract.income, contract.capital), &rates));
    }
    let took = started.elapsed();
    let per_second = u128::from(LOANS) * 1_000_000 / took.as_micros().max(1);
    black_box(sum);
    println!("{LOANS} loans folded in {} ms: {per_second} loans/s on one core", took.as_millis());

    let mut long = vec![LoanEvent {
        seq: 1,
        on: first,
        what: Occurrence::Disbursed { amount: Decimal::from(50_000_000) },
    }];
    long.extend((2..=5_000).map(|seq| LoanEvent {
        seq,
        on: first + Days::new(u64::from(seq) % 400),
        what: Occurrence::Repaid { amount: Decimal::from(9_000) },
    }));
    let started = Instant::now();
    black_box(state(&contract.terms(), &long, today).expect("a state"));
    let long_ms = started.elapsed().as_millis();
    println!("one loan with 5,000 events: {long_ms} ms");
    if strict {
        assert!(per_second >= LOANS_A_SECOND, "{per_second} loans/s");
        assert!(long_ms < LONG_LOAN_MS, "{long_ms} ms");
    }
}
