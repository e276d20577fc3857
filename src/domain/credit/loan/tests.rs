mod asking_less;
mod corrected;

use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use rust_decimal::{Decimal, dec};

use super::*;
use crate::domain::credit::allocation::Future;
use crate::domain::credit::arrears::{Class, class_of};
use crate::domain::credit::interest::to_book;
use crate::domain::credit::schedule::{Amortisation, Frequency};
use crate::domain::values::calendar::Unit;
use crate::domain::values::money::RoundingMode;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Poor-household loan: 60 months, principal yearly in multiples of 100,000 đ, interest monthly, 6.6 %.
fn poor_household() -> LoanTerms {
    let plan = serde_json::json!({
        "tranches": [],
        "annual_rate_pct": "6.6",
        "instalments": 60,
        "frequency": { "unit": "months", "every": 1 },
        "amortisation": { "kind": "vn_plan", "principal_every": 12 },
        "instalment_multiple": "100000",
    });
    LoanTerms {
        plan: serde_json::from_value(plan).unwrap(),
        overdue_rate_pct: dec!(8.58),
        missed: Missed::Carried,
        policy: interest_first(Future::NextInstallment),
    }
}

/// Job-creation loan: 3 quarterly instalments, a missed one is overdue.
fn job_creation() -> LoanTerms {
    let mut terms = poor_household();
    terms.plan.instalments = 3;
    terms.plan.frequency = Frequency { unit: Unit::Months, every: 3 };
    terms.plan.amortisation = Amortisation::EqualPrincipal;
    terms.missed = Missed::Overdue;
    terms
}

fn event(seq: u32, on: &str, what: Occurrence) -> LoanEvent {
    LoanEvent { seq, on: day(on), what }
}

fn paid_out(seq: u32, on: &str, amount: Decimal) -> LoanEvent {
    event(seq, on, Occurrence::Disbursed { amount })
}

fn repaid(seq: u32, on: &str, amount: Decimal) -> LoanEvent {
    event(seq, on, Occurrence::Repaid { amount })
}

fn at(terms: &LoanTerms, events: &[LoanEvent], on: &str) -> LoanState {
    state(terms, events, day(on)).unwrap()
}

#[test]
fn interest_counts_the_first_day_and_not_the_last() {
    let loan = at(&poor_household(), &[paid_out(1, "2018-03-15", dec!(50000000))], "2018-04-15");
    assert_eq!(loan.interest.accrued, dec!(280274));
    let loan = at(&poor_household(), &[paid_out(1, "2018-03-15", dec!(50000000))], "2018-03-15");
    assert_eq!(loan.interest.accrued, Decimal::ZERO);
}

#[test]
fn a_missed_instalment_moves_on_and_is_overdue_only_after_the_final_date() {
    let events = [paid_out(1, "2020-01-31", dec!(50000000))];
    let loan = at(&poor_household(), &events, "2021-02-01");
    assert_eq!((loan.principal.overdue, loan.days_past_due), (Decimal::ZERO, 0));
    assert_eq!(loan.rows[23].principal, dec!(20000000));
    assert_eq!(loan.rows[23].carried_in, dec!(10000000));
    let on_time = at(&poor_household(), &events, "2025-01-31");
    assert_eq!(on_time.principal.overdue, Decimal::ZERO);
    let late = at(&poor_household(), &events, "2025-02-02");
    assert_eq!((late.principal.overdue, late.days_past_due), (dec!(50000000), 2));
}

#[test]
fn overdue_principal_bears_the_overdue_rate_and_interest_bears_none() {
    let events = [paid_out(1, "2021-01-01", dec!(30000000))];
    let loan = at(&job_creation(), &events, "2021-05-01");
    assert_eq!(loan.principal.overdue, dec!(10000000));
    // 30m · 6.6 % · 90 days, then 20m · 6.6 % + 10m · 8.58 % over 30 days.
    assert_eq!(loan.interest.accrued, dec!(488219) + dec!(179014));
    let parts = accruals(&job_creation(), &events, day("2021-05-01")).unwrap();
    assert_eq!(
        parts[1].explanation().vi,
        "20.000.000 × 6,6 % × 30 ngày / 365 + quá hạn 10.000.000 × 8,58 % × 30 ngày / 365 = 179.013,6986"
    );
}

#[test]
fn the_split_of_a_repayment_is_kept_and_explained() {
    let events = [paid_out(1, "2021-01-01", dec!(30000000)), repaid(2, "2021-05-01", dec!(11000000))];
    let split = at(&job_creation(), &events, "2021-05-01").splits[0];
    assert_eq!((split.interest, split.overdue_principal), (dec!(667233), dec!(10000000)));
    assert_eq!(split.principal, dec!(332767));
    assert_eq!(
        split.explanation().en,
        "01/05/2021: 11,000,000 = overdue principal 10,000,000 + principal 332,767 + interest 667,233"
    );
    let mut terms = job_creation();
    terms.policy = overdue_principal_first(Future::NextInstallment);
    let split = at(&terms, &events, "2021-05-01").splits[0];
    assert_eq!((split.overdue_principal, split.interest), (dec!(10000000), dec!(667233)));
}

#[test]
fn paying_early_keeps_shortens_or_reduces() {
    let rows = |future| {
        let terms = LoanTerms { policy: interest_first(future), ..job_creation() };
        let events = [paid_out(1, "2021-01-01", dec!(30000000)), repaid(2, "2021-01-01", dec!(10000000))];
        let loan = at(&terms, &events, "2021-01-01");
        loan.rows.iter().map(|row| row.principal - row.paid_principal).collect::<Vec<_>>()
    };
    let (zero, full) = (Decimal::ZERO, dec!(10000000));
    assert_eq!(rows(Future::NextInstallment), [zero, full, full]);
    assert_eq!(rows(Future::LastInstallment), [full, full, zero]);
    assert_eq!(rows(Future::Reamortization), [dec!(6666667), dec!(6666667), dec!(6666666)]);
}

#[test]
fn case_09_a_repayment_dated_back_comes_out_as_if_it_had_been_entered_then() {
    let late = [
        paid_out(1, "2021-01-01", dec!(30000000)),
        repaid(2, "2021-08-15", dec!(12000000)),
        repaid(3, "2021-03-20", dec!(9000000)),
    ];
    let timely = [
        paid_out(1, "2021-01-01", dec!(30000000)),
        repaid(2, "2021-03-20", dec!(9000000)),
        repaid(3, "2021-08-15", dec!(12000000)),
    ];
    let (a, b) = (at(&job_creation(), &late, "2021-10-01"), at(&job_creation(), &timely, "2021-10-01"));
    assert_eq!((a.rows, a.principal, a.interest), (b.rows, b.principal, b.interest));
}

#[test]
fn case_10_a_reversal_points_at_one_entry_and_only_once() {
    let mut events = vec![
        paid_out(1, "2021-01-01", dec!(30000000)),
        repaid(2, "2021-03-20", dec!(9000000)),
        event(3, "2021-04-02", Occurrence::Reversed { entry: 2 }),
    ];
    let without = at(&job_creation(), &events[..1], "2021-06-01");
    assert_eq!(at(&job_creation(), &events, "2021-06-01"), without);
    for entry in [2, 3, 9] {
        events.push(event(4, "2021-04-03", Occurrence::Reversed { entry }));
        let refused = state(&job_creation(), &events, day("2021-06-01")).unwrap_err();
        assert_eq!(refused, LoanError::Event { seq: 4, why: Misfit::Reversal });
        events.pop();
    }
}

#[test]
fn case_19_an_overpayment_is_owed_to_the_borrower_and_the_quote_closes_the_loan() {
    let out = paid_out(1, "2021-01-01", dec!(30000000));
    let quote = at(&job_creation(), std::slice::from_ref(&out), "2021-02-15").quote();
    assert_eq!((quote.principal, quote.interest), (dec!(30000000), dec!(244110)));
    let mut events = vec![out, repaid(2, "2021-02-15", quote.total)];
    assert!(at(&job_creation(), &events, "2022-02-15").is_closed());
    events[1] = repaid(2, "2021-02-15", quote.total + dec!(1000));
    let loan = at(&job_creation(), &events, "2021-03-01");
    assert_eq!((loan.owed(), loan.overpaid), (Decimal::ZERO, dec!(1000)));
    events.push(event(3, "2021-03-01", Occurrence::Refunded { amount: dec!(1000) }));
    assert!(at(&job_creation(), &events, "2021-03-01").is_closed());
    events.push(event(4, "2021-03-01", Occurrence::Refunded { amount: dec!(1) }));
    let refused = state(&job_creation(), &events, day("2021-03-01")).unwrap_err();
    assert_eq!(refused, LoanError::Event { seq: 4, why: Misfit::TooMuch });
}

#[test]
fn case_20_money_for_a_written_off_loan_is_a_recovery_up_to_what_was_written_off() {
    let unpaid = dec!(976438);
    let events = [
        paid_out(1, "2021-01-01", dec!(30000000)),
        event(2, "2021-06-01", Occurrence::Frozen { amount: dec!(30000000), until: None }),
        event(
            3,
            "2022-06-01",
            Occurrence::WrittenOff { principal: dec!(30000000), interest: dec!(100000), covered: dec!(0) },
        ),
        event(4, "2023-06-01", Occurrence::Recovered { amount: dec!(30050000) }),
        event(5, "2023-07-01", Occurrence::Recovered { amount: dec!(60000) }),
    ];
    let frozen = at(&job_creation(), &events, "2022-05-31");
    assert_eq!(frozen.principal.frozen, dec!(30000000));
    assert_eq!(frozen.days_past_due, 0);
    let before = at(&job_creation(), &events, "2021-06-01").interest.accrued;
    assert_eq!(frozen.interest.accrued, before, "a frozen loan bears no interest");
    assert!(before < unpaid);
    let loan = at(&job_creation(), &events, "2024-01-01");
    assert_eq!((loan.principal.written_off, loan.principal.recovered), (Decimal::ZERO, dec!(30000000)));
    assert_eq!((loan.interest.written_off, loan.interest.recovered), (Decimal::ZERO, dec!(100000)));
    assert_eq!(loan.overpaid, dec!(10000));
    assert_eq!(loan.owed(), Decimal::ZERO);
}

#[test]
fn case_22_days_past_due_are_those_of_the_day_asked_for() {
    let events = [paid_out(1, "2021-01-01", dec!(30000000)), repaid(2, "2021-07-20", dec!(30000000))];
    let classes = [
        Class { name: "1-90".into(), from: 1, to: Some(90) },
        Class { name: "91+".into(), from: 91, to: None },
    ];
    let late = |on| at(&job_creation(), &events, on).days_past_due;
    assert_eq!([late("2021-04-01"), late("2021-04-02"), late("2021-07-19")], [0, 1, 109]);
    assert_eq!(class_of(&classes, late("2021-07-19")).unwrap().name, "91+");
    assert_eq!(late("2021-07-20"), 0, "a later payment counts only from its own day");
}

#[test]
fn an_extension_moves_the_final_date_and_keeps_monthly_interest() {
    let mut terms = poor_household();
    terms.plan.instalments = 12;
    let events = [
        paid_out(1, "2020-01-15", dec!(20000000)),
        event(2, "2020-12-20", Occurrence::Extended { final_due_on: day("2021-07-15") }),
    ];
    let loan = at(&terms, &events, "2021-06-01");
    assert_eq!(loan.rows.len(), 18);
    assert_eq!((loan.principal.overdue, loan.rows[11].principal), (Decimal::ZERO, Decimal::ZERO));
    assert_eq!((loan.rows[17].due_on, loan.rows[17].principal), (day("2021-07-15"), dec!(20000000)));
    assert_eq!(loan.next_due.unwrap().on, day("2021-07-15"));
    assert_eq!(at(&terms, &events, "2021-07-16").days_past_due, 1);
    assert_eq!(at(&terms, &events[..1], "2021-06-01").principal.overdue, dec!(20000000));
}

#[test]
fn carried_to_the_next_season_at_the_rate_of_the_day() {
    let mut terms = poor_household();
    terms.plan.instalments = 12;
    let carried = Occurrence::CarriedOver {
        final_due_on: day("2022-01-15"),
        annual_rate_pct: dec!(7.3),
        overdue_rate_pct: dec!(9.49),
    };
    let events = [paid_out(1, "2020-01-15", dec!(20000000)), event(2, "2021-01-15", carried)];
    let year = at(&terms, &events, "2022-01-15").interest.accrued
        - at(&terms, &events, "2021-01-15").interest.accrued;
    assert_eq!(year, dec!(1460000));
}

#[test]
fn misuse_makes_principal_overdue_at_once_even_where_instalments_are_carried() {
    let events = [
        paid_out(1, "2020-01-15", dec!(50000000)),
        event(2, "2020-03-01", Occurrence::MadeOverdue { amount: dec!(15000000) }),
    ];
    let loan = at(&poor_household(), &events, "2020-03-31");
    assert_eq!((loan.principal.overdue, loan.days_past_due), (dec!(15000000), 30));
    assert_eq!(loan.principal.performing, dec!(35000000));
    let days = accruals(&poor_household(), &events, day("2020-03-31")).unwrap();
    assert_eq!(days.last().unwrap().overdue, dec!(15000000));
}

#[test]
fn new_instalments_must_add_up_to_what_is_owed() {
    let out = paid_out(1, "2021-01-01", dec!(30000000));
    let plan = |second| {
        let instalments = vec![(day("2021-06-01"), dec!(5000000)), (day("2021-12-01"), second)];
        [out.clone(), event(2, "2021-02-01", Occurrence::Rescheduled { instalments })]
    };
    let loan = at(&job_creation(), &plan(dec!(25000000)), "2021-06-11");
    assert_eq!((loan.principal.overdue, loan.days_past_due), (dec!(5000000), 10));
    let refused = state(&job_creation(), &plan(dec!(24000000)), day("2021-06-11")).unwrap_err();
    assert_eq!(refused, LoanError::Event { seq: 2, why: Misfit::NotTheWhole });
}

#[test]
fn what_was_frozen_falls_due_again_on_its_own_day() {
    let events = [
        paid_out(1, "2021-01-01", dec!(30000000)),
        event(2, "2021-06-01", Occurrence::Frozen { amount: dec!(30000000), until: None }),
        event(3, "2024-06-01", Occurrence::Unfrozen { amount: dec!(30000000), due_on: day("2025-06-01") }),
    ];
    let thawed = at(&job_creation(), &events, "2025-06-01");
    assert_eq!((thawed.principal.performing, thawed.principal.overdue), (dec!(30000000), Decimal::ZERO));
    let year = thawed.interest.accrued - at(&job_creation(), &events, "2024-06-01").interest.accrued;
    assert_eq!(year, dec!(1980000));
    assert_eq!(at(&job_creation(), &events, "2025-06-02").days_past_due, 1);
}

#[test]
fn case_18_a_second_tranche_changes_only_rows_after_it() {
    let one = [paid_out(1, "2021-01-01", dec!(30000000))];
    let two = [one[0].clone(), paid_out(2, "2021-05-10", dec!(6000000))];
    let (before, after) = (at(&job_creation(), &one, "2021-05-10"), at(&job_creation(), &two, "2021-05-10"));
    assert_eq!(after.rows[0].principal, before.rows[0].principal);
    let asked: Vec<Decimal> = after.rows.iter().map(|row| row.principal).collect();
    assert_eq!(asked, [dec!(10000000), dec!(13000000), dec!(13000000)]);
    let end = [one[0].clone(), paid_out(2, "2021-10-01", dec!(6000000))];
    let refused = state(&job_creation(), &end, day("2021-12-10")).unwrap_err();
    assert_eq!(refused, LoanError::Event { seq: 2, why: Misfit::AfterTheEnd });
}

#[test]
fn case_24_closing_every_day_books_what_closing_once_books() {
    let events = [
        paid_out(1, "2021-01-01", dec!(5000000)),
        repaid(2, "2021-02-11", dec!(300000)),
        repaid(3, "2021-04-20", dec!(1000000)),
    ];
    let mut booked = Decimal::ZERO;
    for later in 0..200 {
        let today = day("2021-01-01").checked_add_days(Days::new(later)).unwrap();
        let accrued = state(&job_creation(), &events, today).unwrap().interest.accrued;
        booked += to_book(accrued, booked, 0, RoundingMode::HalfUp);
    }
    assert_eq!(booked, at(&job_creation(), &events, "2021-07-19").interest.accrued);
}

#[test]
fn each_instalment_says_why_it_asks_what_it_asks() {
    let events = [paid_out(1, "2021-01-01", dec!(30000000)), repaid(2, "2021-02-11", dec!(1000000))];
    let as_of = day("2021-04-05");
    let loan = at(&job_creation(), &events, "2021-04-05");
    let why = of_rows(&loan.rows, &accruals(&job_creation(), &events, as_of).unwrap());
    assert_eq!(why.len(), loan.rows.len());
    assert_eq!(
        why[0].vi,
        "Gốc 10.000.000, đã trả 777.589. Lãi 01/01/2021–11/02/2021: 30.000.000 × 6,6 % × 41 ngày / 365 = 222.410,9589; \
         11/02/2021–01/04/2021: 29.222.411 × 6,6 % × 49 ngày / 365 = 258.918,5676 → 481.330, đã trả 222.411."
    );
    assert_eq!(
        why[1].en,
        "Principal 10,000,000, paid 0. Interest 01/04/2021–05/04/2021: 20,000,000 × 6.6 % × 4 days / 365 + \
         overdue 9,222,411 × 8.58 % × 4 days / 365 = 23,137.3465 → 23,137, paid 0."
    );
    assert_eq!(why[2].vi, "Gốc 10.000.000, đã trả 0. Lãi 0, đã trả 0.");
}

fn histories() -> impl Strategy<Value = Vec<LoanEvent>> {
    let payment = (0_u64..1200, 1_i64..4_000_000, 0_u8..10);
    proptest::collection::vec(payment, 0..25).prop_map(|items| {
        let start = day("2021-01-01");
        let mut events = vec![paid_out(1, "2021-01-01", dec!(30000000))];
        for (seq, (later, amount, kind)) in (2..).zip(items) {
            let on = start.checked_add_days(Days::new(later)).unwrap();
            let amount = Decimal::from(amount);
            let what = match kind {
                0 if later < 200 => Occurrence::Disbursed { amount },
                1 => Occurrence::RateChanged { annual_rate_pct: dec!(7.92), overdue_rate_pct: dec!(10.296) },
                2 if seq > 3 => Occurrence::Reversed { entry: seq - 1 },
                _ => Occurrence::Repaid { amount },
            };
            events.push(LoanEvent { seq, on, what });
        }
        // A reversal of a reversal is refused on entry; the history never holds one.
        let reversals: Vec<u32> =
            events.iter().filter(|e| matches!(e.what, Occurrence::Reversed { .. })).map(|e| e.seq).collect();
        events.retain(|e| !matches!(e.what, Occurrence::Reversed { entry } if reversals.contains(&entry)));
        events
    })
}

proptest! {
    #[test]
    fn nothing_is_lost_and_nothing_is_below_zero(events in histories(), later in 0_u64..1300, carried: bool) {
        let mut terms = job_creation();
        terms.missed = if carried { Missed::Carried } else { Missed::Overdue };
        let as_of = day("2021-01-01").checked_add_days(Days::new(later)).unwrap();
        let loan = state(&terms, &events, as_of).unwrap();
        let p = loan.principal;
        prop_assert_eq!(p.disbursed, p.repaid + p.performing + p.overdue);
        prop_assert!(p.performing >= Decimal::ZERO && p.overdue >= Decimal::ZERO);
        prop_assert!(loan.interest.unpaid >= Decimal::ZERO && loan.overpaid >= Decimal::ZERO);
        let asked: Decimal = loan.rows.iter().map(|row| row.principal).sum();
        let paid: Decimal = loan.rows.iter().map(|row| row.paid_principal).sum();
        prop_assert_eq!((asked, paid), (p.disbursed, p.repaid));
        let earned: Decimal = loan.rows.iter().map(|row| row.interest).sum();
        prop_assert_eq!(earned, loan.interest.accrued);
        prop_assert!(loan.rows.iter().all(|row| row.paid_principal <= row.principal && row.paid_interest <= row.interest));
        let money: Decimal = loan.splits.iter().map(|s| s.overdue_principal + s.principal + s.interest).sum();
        prop_assert_eq!(money, p.repaid + loan.interest.paid);
    }

    #[test]
    fn the_order_of_entry_does_not_matter(events in histories(), turn in 0_usize..25) {
        let as_of = day("2024-06-01");
        let mut turned = events.clone();
        let by = turn % turned.len();
        turned.rotate_left(by);
        prop_assert_eq!(state(&job_creation(), &events, as_of), state(&job_creation(), &turned, as_of));
    }

    #[test]
    fn a_history_with_its_reversed_entries_is_the_history_without_them(events in histories()) {
        let gone: Vec<u32> = events
            .iter()
            .filter_map(|e| match e.what { Occurrence::Reversed { entry } => Some(entry), _ => None })
            .collect();
        let clean: Vec<LoanEvent> = events
            .iter()
            .filter(|e| !gone.contains(&e.seq) && !matches!(e.what, Occurrence::Reversed { .. }))
            .cloned()
            .collect();
        let as_of = day("2024-06-01");
        prop_assert_eq!(state(&job_creation(), &events, as_of), state(&job_creation(), &clean, as_of));
    }

    #[test]
    fn interest_of_two_stretches_is_the_interest_of_both(events in histories(), a in 1_u64..600, b in 1_u64..600) {
        let start = day("2021-01-01");
        let (middle, end) = (start.checked_add_days(Days::new(a)).unwrap(), start.checked_add_days(Days::new(a + b)).unwrap());
        let mut known = events;
        known.retain(|e| e.on < middle && !matches!(e.what, Occurrence::Reversed { .. }));
        let exact = |until| accruals(&job_creation(), &known, until).unwrap().iter().map(|part| part.exact).sum::<Decimal>();
        let all = accruals(&job_creation(), &known, end).unwrap();
        let days = |parts: &[Accrual]| parts.iter().map(|p| (p.to - p.from).num_days()).sum::<i64>();
        prop_assert_eq!(days(&all), i64::try_from(a + b).unwrap());
        let late: Decimal = all.iter().filter(|p| p.from >= middle).map(|p| p.exact).sum();
        let crossing: Decimal = all
            .iter()
            .filter(|p| p.from < middle && p.to > middle)
            .map(|p| p.exact * Decimal::from((p.to - middle).num_days()) / Decimal::from((p.to - p.from).num_days()))
            .sum();
        prop_assert!((exact(middle) + late + crossing - exact(end)).abs() < dec!(0.000001));
    }

    #[test]
    fn a_close_every_day_books_what_one_close_books(events in histories(), days in 1_u64..400) {
        let start = day("2021-01-01");
        let mut booked = Decimal::ZERO;
        for later in (0..days).step_by(7).chain([days]) {
            let today = start.checked_add_days(Days::new(later)).unwrap();
            let accrued = state(&job_creation(), &events, today).unwrap().interest.accrued;
            booked += to_book(accrued, booked, 0, RoundingMode::HalfUp);
        }
        let end = start.checked_add_days(Days::new(days)).unwrap();
        prop_assert_eq!(booked, state(&job_creation(), &events, end).unwrap().interest.accrued);
    }
}

#[test]
fn terms_and_events_survive_json() {
    let terms = job_creation();
    let text = serde_json::to_string(&terms).unwrap();
    assert_eq!(serde_json::from_str::<LoanTerms>(&text).unwrap(), terms);
    let events = [
        paid_out(1, "2021-01-01", dec!(30000000)),
        event(
            2,
            "2021-02-01",
            Occurrence::Rescheduled { instalments: vec![(day("2021-06-01"), dec!(30000000))] },
        ),
        event(3, "2021-02-02", Occurrence::Reversed { entry: 2 }),
    ];
    let text = serde_json::to_string(&events).unwrap();
    assert_eq!(serde_json::from_str::<Vec<LoanEvent>>(&text).unwrap(), events);
    assert!(text.contains(r#"{"seq":1,"on":"2021-01-01","type":"disbursed","amount":"30000000"}"#));
}
