//! Exact numbers of other engines and of the Policy Bank, one line per family.
//!
//! The cases are read from `tests/vectors/schedules` and `tests/vectors/more`, or from the folder named by
//! `SOQUY_VECTORS_DIR`.

#[path = "vectors/allocation_cases.rs"]
mod allocation_cases;
#[path = "vectors/card_cases.rs"]
mod card_cases;
#[path = "vectors/plan_cases.rs"]
mod plan_cases;
#[path = "vectors/read.rs"]
mod read;
#[path = "vectors/single_cases.rs"]
mod single_cases;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use read::{Case, Checked};

/// Conventions this project declines on purpose, each with its reason. There are none.
const DECLINED: &[(&str, &str)] = &[];

/// How many differences of a family are shown.
const SHOWN: usize = 3;

#[derive(Default)]
struct Tally {
    passed: usize,
    skipped: usize,
    failures: Vec<String>,
}

fn check(case: &Case) -> Checked {
    match case.convention.as_str() {
        "F-PROG-ANNUITY" | "F-PROG-FLAT" | "F-PROG-PASTDUE" | "F-CUM-ANNUITY" | "F-CUM-EQPRIN"
        | "F-CUM-FLAT" => plan_cases::generated(case),
        "S-DAILY" => plan_cases::daily(case),
        "ANNUITY-LAST" | "ANNUITY-RESIDUAL" => plan_cases::periodic(case),
        "FR-EMI" => plan_cases::whole_units(case),
        "SPLIT-EQUAL" => plan_cases::split_equal(case),
        "VN-PLAN" => plan_cases::policy_bank(case),
        "O-FLAT"
        | "O-EQPRIN"
        | "O-ANNUITY-APPROXIMATE"
        | "O-ANNUITY-END"
        | "O-ANNUITY-BEGIN"
        | "O-WEIGHTS" => card_cases::rows(case),
        "O-PREPAY" => card_cases::prepayment(case),
        "O-PAYOFF" => card_cases::payoff(case),
        "O-LATEFEE" => card_cases::late_fees(case),
        "F-ALLOC-RULES" | "F-ALLOC-SEQ" | "F-RECALC-DAILY" => allocation_cases::history(case),
        "DATES" => single_cases::dates(case),
        "VN-ACT365" => single_cases::daily_interest(case),
        "VN-RATE" => single_cases::derived_rate(case),
        "TVM" => single_cases::time_value(case),
        "ACCRUAL-CUM" => single_cases::accruals(case),
        "PENALTY-SIMPLE" => single_cases::penalty(case),
        other if other.starts_with("AGEING") => single_cases::ageing(case),
        other => Err(format!("unknown convention {other}")),
    }
}

fn files() -> Vec<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    match std::env::var_os("SOQUY_VECTORS_DIR") {
        Some(folder) => files_in(Path::new(&folder)),
        None => [files_in(&here.join("schedules")), files_in(&here.join("more"))].concat(),
    }
}

fn files_in(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|why| panic!("{}: {why}", folder.display()));
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|path| path.extension().is_some_and(|ext| ext == "json"));
    files.sort();
    assert!(!files.is_empty(), "no vectors in {}", folder.display());
    files
}

/// A case that panics is a failed case, not the end of the run.
fn check_safely(case: &Case) -> Checked {
    std::panic::catch_unwind(|| check(case)).unwrap_or_else(|_| Err("panicked".into()))
}

#[test]
fn vectors() {
    let mut families: BTreeMap<String, Tally> = BTreeMap::new();
    for path in files() {
        let (family, cases) = read::family(&path);
        let tally = families.entry(family).or_default();
        for case in cases {
            if DECLINED.iter().any(|(convention, _)| *convention == case.convention) {
                tally.skipped += 1;
                continue;
            }
            match check_safely(&case) {
                Ok(()) => tally.passed += 1,
                Err(why) => tally.failures.push(format!("{} ({}): {why}", case.id, case.convention)),
            }
        }
    }
    let mut out = std::io::stderr().lock();
    let mut failed = 0;
    for (family, tally) in &families {
        let (passed, skipped) = (tally.passed, tally.skipped);
        writeln!(out, "{family}: {passed} passed, {} failed, {skipped} skipped", tally.failures.len())
            .unwrap();
        for why in tally.failures.iter().take(SHOWN) {
            writeln!(out, "    {why}").unwrap();
        }
        failed += tally.failures.len();
    }
    for (convention, why) in DECLINED {
        writeln!(out, "declined {convention}: {why}").unwrap();
    }
    drop(out);
    assert_eq!(failed, 0, "cases with other numbers");
}
