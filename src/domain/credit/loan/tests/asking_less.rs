//! Times in which a loan asks less: the grace on interest, and khoanh nợ, when it bears none.

use super::*;

/// 50,000,000 đồng of the first of 2021, frozen from 1 June 2021 to 1 June 2024.
fn frozen_for_three_years(unfrozen: bool) -> Vec<LoanEvent> {
    let whole = dec!(50000000);
    let mut events = vec![
        paid_out(1, "2021-01-01", whole),
        event(2, "2021-06-01", Occurrence::Frozen { amount: whole, until: None }),
    ];
    if unfrozen {
        let due_on = day("2024-06-01");
        events.push(event(3, "2024-06-01", Occurrence::Unfrozen { amount: whole, due_on }));
    }
    events
}

/// Interest of two days of one loan.
fn earned(terms: &LoanTerms, events: &[LoanEvent], from: &str, to: &str) -> Decimal {
    at(terms, events, to).interest.accrued - at(terms, events, from).interest.accrued
}

#[test]
fn a_loan_whose_instalments_are_carried_comes_back_within_term_when_its_freeze_ends() {
    let (terms, events) = (poor_household(), frozen_for_three_years(true));
    assert_eq!(earned(&terms, &events, "2021-06-01", "2024-06-01"), Decimal::ZERO);
    let back = at(&terms, &events, "2024-07-01");
    assert_eq!((back.principal.frozen, back.principal.overdue), (Decimal::ZERO, Decimal::ZERO));
    assert_eq!(back.principal.performing, dec!(50000000));
    // 30 days at 6.6 %.
    assert_eq!(earned(&terms, &events, "2024-06-01", "2024-07-01"), dec!(271233));
    assert_eq!(back.next_due, Some(NextDue { on: day("2026-01-01"), principal: dec!(50000000) }));
    let late = at(&terms, &events, "2026-01-02");
    assert_eq!((late.principal.overdue, late.days_past_due), (dec!(50000000), 1));
}

#[test]
fn a_final_date_inside_the_freeze_makes_all_of_it_due_when_the_freeze_ends() {
    let (mut terms, events) = (poor_household(), frozen_for_three_years(true));
    terms.plan.instalments = 36;
    assert_eq!(at(&terms, &events, "2024-06-01").principal.performing, dec!(50000000));
    assert_eq!(at(&terms, &events, "2024-06-02").days_past_due, 1);
    // 30 days at 8.58 %.
    assert_eq!(earned(&terms, &events, "2024-06-01", "2024-07-01"), dec!(352603));
}

#[test]
fn whoever_can_pay_during_the_freeze_pays_interest_then_frozen_principal() {
    let mut events = frozen_for_three_years(false);
    let quote = at(&poor_household(), &events, "2022-03-01").quote();
    // 151 days of 50,000,000 at 6.6 %, month by month.
    assert_eq!((quote.principal, quote.interest), (dec!(50000000), dec!(1365206)));
    events.push(repaid(3, "2022-03-01", dec!(21365206)));
    let loan = at(&poor_household(), &events, "2022-03-01");
    assert_eq!((loan.principal.frozen, loan.principal.repaid), (dec!(30000000), dec!(20000000)));
    assert_eq!((loan.interest.unpaid, loan.overpaid), (Decimal::ZERO, Decimal::ZERO));
    assert_eq!(loan.splits[0].principal, dec!(20000000));
    events.push(repaid(4, "2023-03-01", dec!(30000500)));
    let loan = at(&poor_household(), &events, "2023-03-01");
    assert_eq!((loan.owed(), loan.overpaid), (Decimal::ZERO, dec!(500)));
}

#[test]
fn a_payment_dated_back_into_the_freeze_leaves_less_to_fall_due_when_it_ends() {
    let mut events = frozen_for_three_years(true);
    events.push(repaid(4, "2022-03-01", dec!(21365206)));
    let loan = at(&poor_household(), &events, "2024-06-01");
    assert_eq!((loan.principal.frozen, loan.principal.performing), (Decimal::ZERO, dec!(30000000)));
}

#[test]
fn interest_of_a_grace_is_asked_with_the_first_instalment_after_it() {
    let mut terms = poor_household();
    terms.plan.grace.interest = 3;
    let mut events = vec![paid_out(1, "2021-01-01", dec!(50000000))];
    let loan = at(&terms, &events, "2021-04-15");
    // 31, 28 and 31 days, then 14 of the period that runs.
    let three = dec!(280274) + dec!(253151) + dec!(280274);
    assert_eq!((loan.interest.accrued, loan.interest_days_past_due), (three + dec!(126575), 0));
    assert!(loan.rows[..3].iter().all(|row| row.interest.is_zero()));
    assert_eq!(loan.rows[3].interest, three + dec!(126575));
    let late = at(&terms, &events, "2021-05-02");
    assert_eq!((late.rows[3].interest, late.interest_days_past_due), (three + dec!(271233), 1));
    assert_eq!(late.rows[4].interest, dec!(9041));
    events.push(event(
        2,
        "2021-04-15",
        Occurrence::WrittenOff { principal: dec!(0), interest: three, covered: dec!(0) },
    ));
    assert_eq!(at(&terms, &events, "2021-05-02").rows[3].interest, dec!(271233));
}

#[test]
fn a_freeze_ends_on_its_day_whether_anybody_looked_or_not() {
    let whole = dec!(30000000);
    let until = Some(day("2024-06-01"));
    let events = vec![
        paid_out(1, "2021-01-01", whole),
        event(2, "2021-06-01", Occurrence::Frozen { amount: whole, until }),
    ];
    let eve = at(&job_creation(), &events, "2024-05-31");
    assert_eq!((eve.principal.frozen, eve.principal.overdue), (whole, Decimal::ZERO));
    let first = at(&job_creation(), &events, "2024-06-01");
    assert_eq!((first.principal.frozen, first.principal.performing), (Decimal::ZERO, whole));
    assert_eq!(first.interest.accrued, eve.interest.accrued);
    let later = at(&job_creation(), &events, "2024-06-11");
    assert_eq!((later.principal.overdue, later.days_past_due), (whole, 10));
    assert_eq!(later.interest.accrued - eve.interest.accrued, dec!(70521));
    let days = accruals(&job_creation(), &events, day("2024-06-11")).unwrap();
    assert_eq!(days.last().unwrap().from, day("2024-06-01"));
    let at_once = Occurrence::Frozen { amount: whole, until: Some(day("2021-06-01")) };
    let never = [events[0].clone(), event(2, "2021-06-01", at_once)];
    let refused = state(&job_creation(), &never, day("2024-06-01")).unwrap_err();
    assert_eq!(refused, LoanError::Event { seq: 2, why: Misfit::TooEarly });
}

#[test]
fn a_second_freeze_ends_on_its_own_day_when_the_first_was_ended_early() {
    let whole = dec!(30000000);
    let frozen =
        |seq, on, until| event(seq, on, Occurrence::Frozen { amount: whole, until: Some(day(until)) });
    let due_on = day("2022-01-01");
    let events = vec![
        paid_out(1, "2021-01-01", whole),
        frozen(2, "2021-06-01", "2026-06-01"),
        event(3, "2022-01-01", Occurrence::Unfrozen { amount: whole, due_on }),
        frozen(4, "2022-02-01", "2023-02-01"),
    ];
    assert_eq!(at(&job_creation(), &events, "2023-01-31").principal.frozen, whole);
    assert_eq!(at(&job_creation(), &events, "2023-02-02").principal.overdue, whole);
}

proptest! {
    #[test]
    fn a_freeze_that_ends_by_itself_is_one_that_somebody_ended(
        payments in proptest::collection::vec((0_u64..1500, 1_i64..1_000_000), 0..20),
        (frozen_after, lasts) in (0_u64..400, 1_u64..900),
        (later, carried) in (0_u64..1600, any::<bool>()),
    ) {
        let after = |days| day("2021-01-01").checked_add_days(Days::new(days)).unwrap();
        let (amount, thaws) = (dec!(5000000), after(frozen_after + lasts));
        let frozen = |until| LoanEvent { seq: 2, on: after(frozen_after), what: Occurrence::Frozen { amount, until } };
        let mut ended = vec![
            paid_out(1, "2021-01-01", dec!(30000000)),
            frozen(None),
            LoanEvent { seq: 3, on: thaws, what: Occurrence::Unfrozen { amount, due_on: thaws } },
        ];
        for (seq, (on, amount)) in (4..).zip(payments) {
            ended.push(LoanEvent { seq, on: after(on), what: Occurrence::Repaid { amount: Decimal::from(amount) } });
        }
        let mut by_itself = ended.clone();
        by_itself[1] = frozen(Some(thaws));
        by_itself.remove(2);
        let mut terms = job_creation();
        terms.missed = if carried { Missed::Carried } else { Missed::Overdue };
        prop_assert_eq!(state(&terms, &by_itself, after(later)), state(&terms, &ended, after(later)));
    }

    #[test]
    fn principal_is_somewhere_through_every_freeze(
        payments in proptest::collection::vec((0_u64..1500, 1_i64..1_000_000), 0..20),
        (frozen_after, lasts, due_after) in (0_u64..400, 1_u64..900, 0_u64..300),
        (later, carried) in (0_u64..1600, any::<bool>()),
    ) {
        let after = |days| day("2021-01-01").checked_add_days(Days::new(days)).unwrap();
        let amount = dec!(5000000);
        let (thaws, due_on) = (after(frozen_after + lasts), after(frozen_after + lasts + due_after));
        let mut events = vec![
            paid_out(1, "2021-01-01", dec!(30000000)),
            LoanEvent { seq: 2, on: after(frozen_after), what: Occurrence::Frozen { amount, until: None } },
            LoanEvent { seq: 3, on: thaws, what: Occurrence::Unfrozen { amount, due_on } },
        ];
        for (seq, (on, amount)) in (4..).zip(payments) {
            events.push(LoanEvent { seq, on: after(on), what: Occurrence::Repaid { amount: Decimal::from(amount) } });
        }
        let mut terms = job_creation();
        terms.missed = if carried { Missed::Carried } else { Missed::Overdue };
        let loan = state(&terms, &events, after(later)).unwrap();
        let p = loan.principal;
        prop_assert_eq!(p.disbursed, p.repaid + p.performing + p.overdue + p.frozen);
        prop_assert!(p.performing >= Decimal::ZERO && p.overdue >= Decimal::ZERO && p.frozen >= Decimal::ZERO);
        let asked: Decimal = loan.rows.iter().map(|row| row.principal).sum();
        prop_assert_eq!(asked + p.frozen, p.disbursed);
        let earned: Decimal = loan.rows.iter().map(|row| row.interest).sum();
        prop_assert_eq!(earned, loan.interest.accrued);
    }
}
