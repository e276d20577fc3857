//! How fast the engine is, as ratios to SHA-256 over the same number of bytes on the same core and in the same run:
//! a number that can be compared between machines.

use std::hint::black_box;
use std::time::{Duration, Instant};

use chrono::{Days, NaiveDate};
use rust_decimal::Decimal;
use serde_json::json;
use sha2::{Digest, Sha256};
use soquy::domain::credit::allocation::Future;
use soquy::domain::credit::loan::{LoanEvent, LoanTerms, Missed, Occurrence, interest_first, state};
use soquy::domain::credit::schedule::{Terms, plan, schedule};

/// How long each measurement runs.
const RUN: Duration = Duration::from_millis(800);

/// Runs per second.
fn per_second(mut work: impl FnMut()) -> u128 {
    let start = Instant::now();
    let mut runs = 0_u128;
    while start.elapsed() < RUN {
        work();
        runs += 1;
    }
    runs * 1_000_000_000 / start.elapsed().as_nanos()
}

fn terms(kind: &str, rows: u32) -> Terms {
    serde_json::from_value(json!({
        "tranches": [{ "on": "2024-01-31", "amount": "50000000" }],
        "annual_rate_pct": "6.6",
        "instalments": rows,
        "frequency": { "unit": "months", "every": 1 },
        "amortisation": if kind == "vn_plan" { json!({ "kind": kind, "principal_every": 12 }) } else { json!({ "kind": kind }) },
        "instalment_multiple": "1000",
    }))
    .expect("terms of the bench are terms")
}

fn start() -> NaiveDate {
    NaiveDate::from_ymd_opt(2024, 1, 31).expect("a day")
}

fn loan_terms() -> LoanTerms {
    LoanTerms {
        plan: terms("vn_plan", 60),
        overdue_rate_pct: Decimal::new(858, 2),
        missed: Missed::Carried,
        policy: interest_first(Future::NextInstallment),
    }
}

/// A loan with one tranche and `repayments` small repayments, one every `step` days.
fn history(repayments: u32, step: u64) -> Vec<LoanEvent> {
    let out = Occurrence::Disbursed { amount: Decimal::from(50_000_000) };
    let mut events = vec![LoanEvent { seq: 1, on: start(), what: out }];
    for n in 1..=repayments {
        let on = start().checked_add_days(Days::new(u64::from(n) * step)).expect("a day");
        let what = Occurrence::Repaid { amount: Decimal::from(9_000) };
        events.push(LoanEvent { seq: n + 1, on, what });
    }
    events
}

fn report(what: &str, runs: u128, baseline: u128) {
    println!("{what:<46} {runs:>9} /s   1 : {:>5} of SHA-256 over 64 KiB", baseline_ratio(baseline, runs));
}

/// How many of them fit into one baseline run, with one decimal.
fn baseline_ratio(baseline: u128, runs: u128) -> String {
    let tenths = runs * 10 / baseline.max(1);
    format!("{}.{}", tenths / 10, tenths % 10)
}

fn main() {
    let block = vec![7_u8; 64 * 1024];
    let baseline = per_second(|| {
        black_box(Sha256::digest(black_box(&block)));
    });
    println!("{:<46} {baseline:>9} /s", "SHA-256 over 64 KiB");
    for kind in ["equal_instalments", "equal_principal", "vn_plan"] {
        let terms = terms(kind, 60);
        let numbers = per_second(|| {
            black_box(plan(black_box(&terms)).expect("a plan"));
        });
        report(&format!("plan of 60 rows, {kind}"), numbers, baseline);
        let explained = per_second(|| {
            black_box(schedule(black_box(&terms)).expect("a schedule"));
        });
        report(&format!("explained schedule of 60 rows, {kind}"), explained, baseline);
    }
    let terms = loan_terms();
    let events = history(12, 31);
    let as_of = start().checked_add_days(Days::new(400)).expect("a day");
    let states = per_second(|| {
        black_box(state(black_box(&terms), black_box(&events), as_of).expect("a state"));
    });
    report("state of a loan with 12 repayments", states, baseline);
    let events = history(4_999, 1);
    let as_of = start().checked_add_days(Days::new(5_100)).expect("a day");
    let began = Instant::now();
    black_box(state(&terms, &events, as_of).expect("a state"));
    println!("{:<46} {:>9} µs", "state of a loan with 5,000 events", began.elapsed().as_micros());
}
