use proptest::prelude::*;
use rust_decimal::{Decimal, dec};
use serde_json::{Value, json};

use super::preview::{PreviewError, preview};
use super::*;
use crate::domain::values::money::RoundingMode;

/// A declining loan of 50 million over a year, changed where a test says so.
fn terms(changes: Value) -> Terms {
    let mut base = json!({
        "tranches": [{ "on": "2024-01-31", "amount": "50000000" }],
        "annual_rate_pct": "6.6",
        "instalments": 12,
        "frequency": { "unit": "months", "every": 1 },
    });
    let Value::Object(changes) = changes else { panic!("changes are an object") };
    for (key, value) in changes {
        base[key] = value;
    }
    serde_json::from_value(base).unwrap()
}

fn refused(changes: Value) -> TermsError {
    schedule(&terms(changes)).unwrap_err()
}

/// n · due · principal · interest · balance, one line a row.
fn table(plan: &Schedule) -> String {
    let lines: Vec<String> = plan
        .rows
        .iter()
        .map(|r| format!("{} {} {} {} {}", r.n, r.due_on, r.principal, r.interest, r.balance))
        .collect();
    lines.join("\n")
}

#[test]
fn the_policy_banks_plan_asks_interest_monthly_and_principal_yearly() {
    let plan = schedule(&terms(json!({
        "instalments": 4,
        "frequency": { "unit": "months", "every": 6 },
        "amortisation": { "kind": "vn_plan", "principal_every": 2 },
        "instalment_multiple": "100000",
        "tranches": [{ "on": "2018-03-15", "amount": "35050000" }],
    })))
    .unwrap();
    assert_eq!(
        table(&plan),
        "1 2018-09-15 0 1166157 35050000\n\
         2 2019-03-15 17500000 1147143 17550000\n\
         3 2019-09-15 0 583910 17550000\n\
         4 2020-03-15 17550000 577563 0"
    );
}

#[test]
fn every_row_says_why_in_two_languages() {
    let plan = schedule(&terms(json!({
        "tranches": [{ "on": "2018-03-15", "amount": "50000000" }],
        "instalments": 1,
        "frequency": { "unit": "days", "every": 36 },
        "amortisation": { "kind": "bullet" },
    })))
    .unwrap();
    let why = &plan.rows[0].explanation;
    assert_eq!(
        why.vi,
        "Lãi: 50.000.000 × 6,6 % × 36 ngày / 365 = 325.479,45 → 325.479 đ (làm tròn nửa lên). \
         Gốc 50.000.000, tổng 50.325.479, còn nợ 0 đ"
    );
    assert_eq!(
        why.en,
        "Interest: 50,000,000 × 6.6 % × 36 days / 365 = 325,479.45 → 325,479 đ (rounded half up). \
         Principal 50,000,000, total 50,325,479, left 0 đ"
    );
}

#[test]
fn case_01_the_last_instalment_absorbs_the_rounding() {
    let plan = schedule(&terms(json!({ "instalment_multiple": "1000", "instalments": 7 }))).unwrap();
    assert_eq!(plan.rows.len(), 7);
    assert_eq!(plan.totals.principal.amount(), dec!(50000000));
    assert!(plan.rows[..6].iter().all(|row| row.total == plan.rows[0].total));
    assert_ne!(plan.rows[6].total, plan.rows[0].total);
    assert!(plan.rows[6].balance.is_zero());
}

#[test]
fn case_02_a_step_of_the_instalment_never_changes_the_number_of_rows() {
    for multiple in ["1", "1000", "100000", "10000000"] {
        for kind in ["equal_instalments", "equal_principal"] {
            let changes = json!({ "instalment_multiple": multiple, "amortisation": { "kind": kind } });
            let plan = schedule(&terms(changes)).unwrap();
            assert_eq!(plan.rows.len(), 12, "{kind} in steps of {multiple}");
            assert_eq!(plan.totals.principal.amount(), dec!(50000000), "{kind} in steps of {multiple}");
        }
    }
}

#[test]
fn case_03_rounding_belongs_to_the_loan_and_not_to_the_program() {
    let interest = |mode| {
        let loan = Terms { rounding: mode, ..terms(json!({ "amortisation": { "kind": "bullet" } })) };
        schedule(&loan).unwrap().rows[0].interest.amount()
    };
    // 262,191.78…
    assert_eq!(interest(RoundingMode::HalfUp), dec!(262192));
    assert_eq!(interest(RoundingMode::Down), dec!(262191));
    assert_eq!(interest(RoundingMode::Up), dec!(262192));
    assert_eq!(interest(RoundingMode::HalfUp), dec!(262192), "no trace of the call before");
}

#[test]
fn case_05_a_period_is_divided_at_the_turn_of_the_year_only_where_its_rule_says_so() {
    let interest = |day_count: Value| {
        let changes = json!({
            "tranches": [{ "on": "2023-12-01", "amount": "36600000" }],
            "annual_rate_pct": "10",
            "instalments": 1,
            "frequency": { "unit": "months", "every": 2 },
            "amortisation": { "kind": "bullet" },
            "day_count": day_count,
        });
        schedule(&terms(changes)).unwrap().rows[0].interest.amount()
    };
    assert_eq!(interest(json!({})), dec!(621699));
    assert_eq!(interest(json!({ "year": "days360" })), dec!(630333));
    assert_eq!(interest(json!({ "year": "days360", "month": "thirty" })), dec!(610000));
    assert_eq!(interest(json!({ "year": "actual" })), dec!(620822));
    let thirty = json!({ "year": "actual", "month": "thirty" });
    assert_eq!(interest(thirty), dec!(620822), "real days of both years, where months else have 30");
    assert_eq!(interest(json!({ "year": "actual", "turn": "jan1" })), dec!(620849));
    assert_eq!(interest(json!({ "year": "actual", "feb29_period_only": true })), dec!(621699));
}

#[test]
fn case_07_a_short_first_period_bears_its_own_days() {
    let changes = json!({ "first_due_on": "2024-02-10", "amortisation": { "kind": "bullet" } });
    let plan = schedule(&terms(changes)).unwrap();
    assert_eq!((plan.rows[0].days, plan.rows[0].interest.amount()), (10, dec!(90411)));
    assert_eq!((plan.rows[1].days, plan.rows[1].interest.amount()), (29, dec!(262192)));
}

#[test]
fn case_08_both_the_nominal_and_the_shifted_date_are_kept() {
    let off = json!({ "shift": "forward", "holidays": ["2024-04-30", "2024-05-01"] });
    let plan = schedule(&terms(json!({ "working_days": off }))).unwrap();
    assert_eq!(plan.rows[2].nominal_due_on.to_string(), "2024-04-30");
    assert_eq!(plan.rows[2].due_on.to_string(), "2024-05-02");
    let unmoved = schedule(&terms(json!({}))).unwrap();
    assert_eq!(plan.rows[3].interest, unmoved.rows[3].interest, "a shift costs nothing");
}

#[test]
fn case_16_interest_larger_than_the_instalment_is_carried_and_principal_never_below_zero() {
    let plan = schedule(&terms(json!({
        "annual_rate_pct": "300",
        "first_due_on": "2025-01-31",
        "amortisation": { "kind": "equal_instalments" },
    })))
    .unwrap();
    assert!(plan.rows[0].principal.is_zero());
    assert_eq!(plan.totals.principal.amount(), dec!(50000000));
}

#[test]
fn case_17_a_pause_takes_its_days_both_ends_included() {
    let changes = json!({
        "amortisation": { "kind": "bullet" },
        "pauses": [{ "from": "2024-02-05", "to": "2024-02-14" }],
    });
    let plan = schedule(&terms(changes)).unwrap();
    // 29 days less 10.
    assert_eq!(plan.rows[0].interest.amount(), dec!(171781));
    assert_eq!(plan.rows[0].due_on.to_string(), "2024-02-29");
}

#[test]
fn a_rate_holds_from_its_first_day() {
    let changes = json!({
        "amortisation": { "kind": "bullet" },
        "rate_changes": [{ "from": "2024-02-10", "annual_rate_pct": "7.3" }],
    });
    let plan = schedule(&terms(changes)).unwrap();
    // 10 days at 6.6 and 19 at 7.3.
    assert_eq!(plan.rows[0].interest.amount(), dec!(280411));
}

#[test]
fn a_rate_and_a_pause_begin_on_their_day_in_every_way_of_repaying() {
    let ways = [
        json!({ "kind": "equal_instalments" }),
        json!({ "kind": "equal_principal" }),
        json!({ "kind": "bullet" }),
        json!({ "kind": "vn_plan", "principal_every": 1 }),
    ];
    let one = |changes: &Value, way: &Value| {
        let mut all = json!({
            "tranches": [{ "on": "2025-10-26", "amount": "50000000" }], "instalments": 1,
            "frequency": { "unit": "months", "every": 1 }, "amortisation": way,
        });
        all.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        schedule(&terms(all)).unwrap().rows[0].interest.amount()
    };
    for (changes, interest) in [
        // 31 days to 26 November, of 50,000,000 at 6.6 %.
        (json!({}), dec!(280274)),
        // 3 of them at 6.6 and 28 at 9.9.
        (json!({ "rate_changes": [{ "from": "2025-10-29", "annual_rate_pct": "9.9" }] }), dec!(406849)),
        // Less the ten first days of November: 21.
        (json!({ "pauses": [{ "from": "2025-11-01", "to": "2025-11-10" }] }), dec!(189863)),
        // Less the five first days: 26.
        (json!({ "pauses": [{ "from": "2025-10-26", "to": "2025-10-30" }] }), dec!(235068)),
        // Less the five last days: 26; the day it is due bears nothing anyway.
        (json!({ "pauses": [{ "from": "2025-11-21", "to": "2025-11-26" }] }), dec!(235068)),
    ] {
        for way in &ways {
            assert_eq!(one(&changes, way), interest, "{changes} {way}");
        }
    }
}

#[test]
fn interest_of_grace_is_asked_with_the_first_row_after_it() {
    let changes = json!({
        "amortisation": { "kind": "equal_principal" },
        "grace": { "principal": 2, "interest": 2, "interest_free": 1 },
    });
    let plan = schedule(&terms(changes)).unwrap();
    assert!(plan.rows[0].total.is_zero() && plan.rows[1].total.is_zero());
    assert_eq!(plan.rows[2].principal.amount(), dec!(5000000));
    assert_eq!(plan.rows[2].interest.amount(), dec!(280274) + dec!(271233));
}

#[test]
fn the_meeting_day_of_the_commune_is_the_due_day() {
    let plan = schedule(&terms(json!({ "due_day": 30 }))).unwrap();
    assert_eq!(plan.rows[0].due_on.to_string(), "2024-02-29");
    assert_eq!(plan.rows[1].due_on.to_string(), "2024-03-30");
}

#[test]
fn terms_that_mean_nothing_are_refused() {
    let out = |on: &str, amount: &str| json!([{ "on": on, "amount": amount }]);
    let weights = json!({ "kind": "weights", "shares": ["0.5", "0.4"] });
    for (changes, why) in [
        (json!({ "tranches": [] }), TermsError::NothingPaidOut),
        (json!({ "tranches": out("2024-01-31", "0") }), TermsError::Amount),
        (json!({ "tranches": out("2024-01-31", "-5") }), TermsError::Amount),
        (json!({ "tranches": out("2024-01-31", "1.5") }), TermsError::Amount),
        (json!({ "tranches": out("2024-01-31", "9999999999999999999") }), TermsError::Amount),
        (json!({ "tranches": out("9999-01-31", "1000") }), TermsError::OutOfCalendar),
        (json!({ "annual_rate_pct": "-1" }), TermsError::Rate),
        (json!({ "annual_rate_pct": "1001" }), TermsError::Rate),
        (json!({ "instalments": 0 }), TermsError::Rows),
        (json!({ "instalments": 1201 }), TermsError::Rows),
        (json!({ "frequency": { "unit": "months", "every": 0 } }), TermsError::Step),
        (json!({ "frequency": { "unit": "months", "every": 1200 } }), TermsError::OutOfCalendar),
        (json!({ "due_day": 32 }), TermsError::DueDay),
        (json!({ "grace": { "principal": 12 } }), TermsError::Grace),
        (json!({ "grace": { "interest": 12 } }), TermsError::Grace),
        (json!({ "instalments": 2, "amortisation": weights }), TermsError::Weights),
        (json!({ "annual_rate_pct": "1000", "instalments": 1200 }), TermsError::TooLarge),
    ] {
        assert_eq!(refused(changes.clone()), why, "{changes}");
    }
    let late = json!([{ "on": "2024-01-31", "amount": "1" }, { "on": "2025-01-31", "amount": "1" }]);
    assert!(matches!(refused(json!({ "tranches": late })), TermsError::Order(_)));
    let span = |from: &str, to: &str| json!({ "from": from, "to": to });
    let backwards = json!([span("2024-03-02", "2024-03-01")]);
    assert!(matches!(refused(json!({ "pauses": backwards })), TermsError::Order(_)));
    let overlapping = json!([span("2024-03-01", "2024-03-05"), span("2024-03-05", "2024-03-09")]);
    assert!(matches!(refused(json!({ "pauses": overlapping })), TermsError::Order(_)));
}

#[test]
fn a_preview_speaks_json_and_refuses_unknown_words() {
    let json = r#"{"tranches":[{"on":"2024-01-31","amount":"3000000"}],"annual_rate_pct":"0",
        "instalments":3,"frequency":{"unit":"weeks","every":2}}"#;
    let answer = serde_json::to_value(preview(json).unwrap()).unwrap();
    assert_eq!(answer["rows"][0]["total"], "1000000");
    assert_eq!(answer["rows"][2]["due_on"], "2024-03-13");
    assert_eq!(answer["totals"], json!({ "principal": "3000000", "interest": "0", "total": "3000000" }));
    let unknown = json.replace("instalments", "installments");
    assert!(matches!(preview(&unknown), Err(PreviewError::Json(_))));
}

fn any_terms() -> impl Strategy<Value = Terms> {
    let kinds = prop_oneof![
        Just(json!({ "kind": "equal_instalments" })),
        Just(json!({ "kind": "equal_principal" })),
        Just(json!({ "kind": "bullet" })),
        Just(json!({ "kind": "vn_plan", "principal_every": 3 })),
    ];
    let units = prop_oneof![Just("days"), Just("weeks"), Just("months")];
    let steps = prop_oneof![Just("1"), Just("1000"), Just("100000")];
    let sizes = (1_i64..5_000_000_000, 0_i64..4_000, 1_u32..60, 1_u32..15);
    let more = (0_u32..3, 0_u32..3, 0_i64..900_000_000, 0_u64..200, any::<bool>());
    let days = (prop_oneof![Just("days360"), Just("days365"), Just("actual")], any::<bool>());
    (kinds, units, steps, sizes, more, days).prop_map(|(kind, unit, step, size, more, (year, thirty))| {
        let (amount, rate, rows, every) = size;
        let (grace, grace_interest, second, later, flat) = more;
        let start = NaiveDate::from_ymd_opt(2023, 10, 31).expect("a day");
        let on = start.checked_add_days(chrono::Days::new(later)).expect("a day");
        let mut out = vec![json!({ "on": start, "amount": amount.to_string() })];
        if second > 0 && later < u64::from(rows * every) {
            out.push(json!({ "on": on, "amount": second.to_string() }));
        }
        terms(json!({
            "tranches": out,
            "annual_rate_pct": Decimal::new(rate, 2).to_string(),
            "instalments": rows,
            "frequency": { "unit": unit, "every": every },
            "amortisation": kind,
            "method": if flat { "flat" } else { "declining" },
            "instalment_multiple": step,
            "grace": { "principal": grace.min(rows - 1), "interest": grace_interest.min(rows - 1) },
            "day_count": { "year": year, "month": if thirty { "thirty" } else { "actual" } },
        }))
    })
}

proptest! {
    #[test]
    fn principal_sums_exactly_and_no_row_is_below_zero(terms in any_terms()) {
        let out: Decimal = terms.tranches.iter().map(|tranche| tranche.amount).sum();
        let plan = schedule(&terms).unwrap();
        prop_assert_eq!(plan.rows.len(), terms.instalments as usize);
        prop_assert_eq!(plan.totals.principal.amount(), out);
        prop_assert!(plan.rows.last().unwrap().balance.is_zero());
        let sum: Decimal = plan.rows.iter().map(|row| row.total.amount()).sum();
        prop_assert_eq!(sum, plan.totals.total.amount());
    }
}

#[test]
fn the_largest_loan_at_the_highest_rate_is_counted_or_refused_and_never_a_panic() {
    for kind in ["equal_instalments", "equal_principal", "bullet"] {
        for (unit, rows) in [("days", 1200), ("weeks", 1200), ("months", 1200), ("months", 12)] {
            let changes = json!({
                "tranches": [{ "on": "2024-01-31", "amount": "999999999999999" }],
                "annual_rate_pct": "1000",
                "instalments": rows,
                "frequency": { "unit": unit, "every": 1 },
                "amortisation": { "kind": kind },
            });
            match schedule(&terms(changes)) {
                Ok(plan) => assert_eq!(plan.totals.principal.amount(), dec!(999999999999999)),
                Err(why) => assert_eq!(why, TermsError::TooLarge, "{kind} over {rows} {unit}"),
            }
        }
    }
}

/// Rules of a loan in euros by real days, or by months of 30 days over 360.
fn basis(interest_period: day_count::InterestPeriod, real_days: bool) -> day_count::Basis {
    use day_count::{Basis, DayCount, MonthLength, YearLength};
    let days = if real_days {
        DayCount { year: YearLength::Days365, ..DayCount::default() }
    } else {
        DayCount { year: YearLength::Days360, month: MonthLength::Thirty, ..DayCount::default() }
    };
    Basis { unit: crate::domain::values::calendar::Unit::Months, every: 1, interest_period, days }
}

fn cents() -> exact::Coin {
    exact::Coin::new(2, RoundingMode::HalfEven)
}

fn monthly(first: &str, rows: u32) -> Vec<NaiveDate> {
    let dues = Dues {
        unit: crate::domain::values::calendar::Unit::Months,
        every: 1,
        rows,
        month_end: crate::domain::values::calendar::MonthEnd::LastDay,
    };
    dues.beginning(first.parse().unwrap()).unwrap()
}

#[test]
fn a_row_in_grace_asks_all_its_interest_even_above_the_level_instalment() {
    let rules = Rules {
        flat: false,
        basis: basis(day_count::InterestPeriod::Daily, true),
        annual_rate_pct: dec!(60),
        partial_periods: true,
        coin: cents(),
        grace_principal: 2,
        grace_interest: 0,
        interest_free: 0,
        begins: Begins::OnItsDay,
    };
    let start = "2024-01-01".parse().unwrap();
    let mut model = Model::new(rules, start, &monthly("2024-02-01", 120));
    model.disburse(start, dec!(1000)).unwrap();
    let rows = model.rows();
    // 1000 · 60 % · 31 / 365; the level instalment over 120 rows would be less.
    assert_eq!((rows[0].principal, rows[0].interest), (dec!(0), dec!(50.96)));
    assert_eq!(rows[1].interest, dec!(47.67));
}

#[test]
fn a_grace_on_interest_as_long_as_the_loan_ends_with_its_last_row() {
    use cumulative::{Cumulative, Repays};
    let start: NaiveDate = "2024-01-01".parse().unwrap();
    let rules = Rules {
        flat: false,
        basis: basis(day_count::InterestPeriod::RepaymentPeriod, false),
        annual_rate_pct: dec!(12),
        partial_periods: true,
        coin: cents(),
        grace_principal: 0,
        grace_interest: 9,
        interest_free: 0,
        begins: Begins::OnItsDay,
    };
    let mut model = Model::new(rules, start, &monthly("2024-02-01", 3));
    model.disburse(start, dec!(900)).unwrap();
    for repays in [Repays::Principal, Repays::Flat] {
        let loan = Cumulative {
            repays,
            basis: rules.basis,
            annual_rate_pct: dec!(12),
            coin: cents(),
            rate_changes: Vec::new(),
            tranches: vec![Tranche { on: start, amount: dec!(900) }],
            partial_periods: true,
            grace_principal: 0,
            grace_interest: 9,
            interest_free: 0,
        };
        for rows in [loan.rows(start, &monthly("2024-02-01", 3)), model.rows()] {
            assert!(rows[..2].iter().all(|row| row.interest.is_zero()));
            assert!(rows[2].interest > Decimal::ZERO, "nobody lends for nothing by a mistyped grace");
        }
    }
}

#[test]
fn half_a_cent_of_the_older_generator_is_half_a_cent() {
    use cumulative::{Cumulative, Repays};
    let start: NaiveDate = "2024-01-01".parse().unwrap();
    let loan = Cumulative {
        repays: Repays::Principal,
        basis: basis(day_count::InterestPeriod::RepaymentPeriod, false),
        annual_rate_pct: dec!(12),
        coin: cents(),
        rate_changes: Vec::new(),
        tranches: vec![Tranche { on: start, amount: dec!(937.50) }],
        partial_periods: true,
        grace_principal: 0,
        grace_interest: 0,
        interest_free: 0,
    };
    let rows = loan.rows(start, &monthly("2024-02-01", 3));
    assert_eq!(rows[0].interest, dec!(9.38), "937.50 · 12 % / 12 is 9.375, not a hair less");
}

fn daily(last: level::Last) -> level::Daily {
    level::Daily {
        amount: dec!(1500),
        daily_rate: dec!(0.00798),
        interest_cap: Some(dec!(1500)),
        last,
        coin: exact::Coin::new(2, RoundingMode::HalfUp),
    }
}

#[test]
fn a_last_instalment_that_may_be_similar_keeps_the_formula_when_a_cent_less_is_as_near() {
    let loan = level::Daily { daily_rate: dec!(0.005), ..daily(level::Last::Similar) };
    let rows = loan.rows("2024-01-02".parse().unwrap(), &monthly("2024-01-22", 4)).unwrap();
    let asked: Vec<Decimal> = rows.iter().map(|row| row.principal + row.interest).collect();
    assert_eq!(asked, [dec!(503.56), dec!(503.56), dec!(503.56), dec!(503.58)]);
}

#[test]
fn capped_interest_is_spread_over_level_instalments() {
    for last in [level::Last::Lower, level::Last::Higher, level::Last::Similar] {
        let rows = daily(last).rows("2023-12-07".parse().unwrap(), &monthly("2024-01-08", 6)).unwrap();
        assert!(rows.iter().all(|row| row.principal + row.interest == dec!(500)), "{last:?}");
        assert_eq!(rows.iter().map(|row| row.interest).sum::<Decimal>(), dec!(1500));
    }
}
