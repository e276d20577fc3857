mod orders;

use std::collections::BTreeSet;

use chrono::NaiveDate;
use rust_decimal::{Decimal, dec};

use super::*;
use crate::domain::credit::loan::{LoanEvent, LoanState, Missed, Occurrence, state};
use crate::domain::credit::programme::tests::{day, money, rule};
use crate::domain::credit::programme::{Income, OverdueRule, RateRule, Rates, Rule, TermRule};
use crate::domain::values::calendar::Shift;

fn signed(
    rule: &Rule,
    amount: &str,
    term_months: u32,
    (annual_rate, overdue_rate): (Decimal, Decimal),
) -> Contract {
    let deal = Deal {
        amount: money(amount),
        term_months,
        principal_every_months: 12,
        capital: Capital::Own,
        payout_months: 0,
        recovers_into: None,
        rates: Rates { annual_rate, overdue_rate },
        extension_special: None,
        holidays: BTreeSet::from([day("2026-02-16"), day("2026-02-17")]),
    };
    Contract::under(rule, &deal)
}

fn at(contract: &Contract, events: &[LoanEvent], on: &str) -> LoanState {
    state(&contract.terms(), events, day(on)).unwrap()
}

fn paid_out(on: &str, amount: Decimal) -> LoanEvent {
    LoanEvent { seq: 1, on: day(on), what: Occurrence::Disbursed { amount } }
}

fn event(seq: u32, on: &str, what: Occurrence) -> LoanEvent {
    LoanEvent { seq, on: day(on), what }
}

/// Decision 48/2014/QĐ-TTg: 3 %, overdue 3.9 %, ten years, five of them without principal and interest.
fn housing_in_flood_zones() -> Rule {
    let mut rule = rule("07_flood", RateRule::Fixed { annual_rate: dec!(3) });
    rule.overdue = OverdueRule::Fixed { annual_rate: dec!(3.9) };
    rule.term = TermRule::Most { months: 120 };
    rule.instalments.months = vec![12];
    rule.instalments.missed = Missed::Overdue;
    rule.instalments.grace_months = 60;
    rule.instalments.free_months = 60;
    rule.instalments.spread_interest = true;
    rule.instalments.yearly_percent = Some(dec!(20));
    rule
}

#[test]
fn housing_asks_nothing_for_five_years_and_then_a_fifth_of_the_loan_a_year() {
    let contract = signed(&housing_in_flood_zones(), "15000000", 120, (dec!(3), dec!(3.9)));
    assert_eq!(contract.handling.extension_cap_months, 60, "half the term");
    let mut events = vec![paid_out("2020-03-02", dec!(15000000))];
    let loan = at(&contract, &events, "2020-03-03");
    let asks: Vec<(NaiveDate, Decimal)> = loan
        .rows
        .iter()
        .filter(|row| !row.principal.is_zero())
        .map(|row| (row.due_on, row.principal))
        .collect();
    let years = ["2026-03-02", "2027-03-02", "2028-03-02", "2029-03-02", "2030-03-02"];
    assert_eq!(asks, years.map(|year| (day(year), dec!(3000000))));
    // 35 months of 31 days, 20 of 30, 4 of 28 and one of 29, each rounded once.
    let grace = dec!(35) * dec!(38219) + dec!(20) * dec!(36986) + dec!(4) * dec!(34521) + dec!(35753);
    let loan = at(&contract, &events, "2025-03-02");
    assert_eq!((loan.interest.unpaid, loan.interest_days_past_due, loan.days_past_due), (grace, 0, 0));
    // Month 61 asks its own interest only; the first instalment of principal brings a fifth of what the grace earned.
    let loan = at(&contract, &events, "2025-04-03");
    assert_eq!((loan.rows[60].interest, loan.interest_days_past_due), (dec!(38219), 1));
    let parts: Vec<Decimal> = [71, 83, 95, 107, 119].map(|row: usize| loan.rows[row].interest).to_vec();
    assert_eq!(grace, dec!(2251222));
    assert_eq!(parts, [dec!(450244), dec!(450244), dec!(450244), dec!(450244), dec!(450246)]);
    assert_eq!(at(&contract, &events, "2026-03-02").rows[71].interest, dec!(450244) + dec!(34521));
    let due = at(&contract, &events, "2026-03-02").interest.unpaid;
    let late = at(&contract, &events, "2026-04-02");
    assert_eq!((late.principal.overdue, late.days_past_due), (dec!(3000000), 31));
    // 12,000,000 at 3 % and 3,000,000 at 3.9 % over 31 days: 40,512.33.
    assert_eq!(late.interest.unpaid - due, dec!(40512));
    events.push(event(2, "2026-03-02", Occurrence::Repaid { amount: due + dec!(3000000) }));
    let paid = at(&contract, &events, "2026-04-02");
    assert_eq!((paid.principal.performing, paid.days_past_due), (dec!(12000000), 0));
    // 12,000,000 at 3 % over 31 days: 30,575.34.
    assert_eq!(paid.interest.unpaid, dec!(30575));
    let quote = paid.quote().total;
    events.push(event(3, "2026-04-02", Occurrence::Repaid { amount: quote }));
    assert!(at(&contract, &events, "2026-04-02").is_closed());
}

#[test]
fn due_dates_leave_days_off_only_where_the_programme_says_so() {
    let second_row = |shift| {
        let mut rule = rule("01", RateRule::Fixed { annual_rate: dec!(6.6) });
        rule.instalments.shift = shift;
        let contract = signed(&rule, "15000000", 60, (dec!(6.6), dec!(8.58)));
        let row = at(&contract, &[paid_out("2025-12-16", dec!(15000000))], "2025-12-17").rows[1];
        (row.nominal_due_on.to_string(), row.due_on.to_string())
    };
    let kept = |due: &str| ("2026-02-16".to_owned(), due.to_owned());
    assert_eq!(second_row(Shift::None), kept("2026-02-16"), "the commune's meeting is held on its day");
    assert_eq!(second_row(Shift::Forward), kept("2026-02-18"));
    assert_eq!(second_row(Shift::Backward), kept("2026-02-13"));
}

#[test]
fn a_loan_that_is_late_earns_no_more_and_what_it_earned_stands_off_the_balance_sheet() {
    let mut rule = rule("03_worker", RateRule::Fixed { annual_rate: dec!(7.3) });
    rule.income = Income::Accrual;
    rule.instalments.missed = Missed::Overdue;
    let contract = signed(&rule, "36500000", 12, (dec!(7.3), dec!(9.49)));
    let mut events = vec![paid_out("2025-03-01", dec!(36500000))];
    let position = |events: &[LoanEvent], on| {
        let p =
            Position::of(&at(&contract, events, on), (contract.income, Capital::Own), &LossRates::default());
        [p.receivable, p.income, p.unpaid_overdue, p.lost_interest].map(|amount| amount.normalize())
    };
    let [none, year] = [Decimal::ZERO, dec!(2664500)];
    // 7,300 a day within term; 9,490 once it is late.
    assert_eq!(position(&events, "2025-03-31"), [dec!(219000), dec!(219000), none, none]);
    assert_eq!(position(&events, "2026-03-01"), [year, year, none, none]);
    assert_eq!(position(&events, "2026-03-02"), [none, none, year + dec!(9490), none]);
    events.push(event(2, "2026-03-11", Occurrence::Repaid { amount: dec!(1000000) }));
    let left = year + dec!(94900) - dec!(1000000);
    assert_eq!(position(&events, "2026-03-11"), [none, dec!(1000000), left, none]);
    let extended = event(3, "2026-03-11", Occurrence::Extended { final_due_on: day("2026-09-01") });
    let moved = [events.as_slice(), &[extended]].concat();
    let earned = year + dec!(94900);
    assert_eq!(
        position(&moved, "2026-03-11"),
        [left, earned, none, none],
        "within term again, it earns again"
    );
    events.push(event(
        3,
        "2026-03-11",
        Occurrence::WrittenOff { principal: dec!(36500000), interest: left, covered: dec!(0) },
    ));
    assert_eq!(position(&events, "2026-03-11"), [none, dec!(1000000), none, none], "income it never was");
    events.push(event(4, "2026-04-01", Occurrence::Recovered { amount: dec!(36500000) + left }));
    assert_eq!(position(&events, "2026-04-01"), [none, earned, none, none]);
}

#[test]
fn a_position_moves_as_much_money_as_came_in() {
    let rule = rule("01", RateRule::Fixed { annual_rate: dec!(6.6) });
    let contract = signed(&rule, "15000000", 60, (dec!(6.6), dec!(8.58)));
    let events = [
        paid_out("2025-03-01", dec!(15000000)),
        event(2, "2026-03-01", Occurrence::Repaid { amount: dec!(4000000) }),
    ];
    for income in [Income::Cash, Income::Accrual] {
        let on = |events: &[LoanEvent]| {
            Position::of(&at(&contract, events, "2026-03-01"), (income, Capital::Own), &LossRates::default())
        };
        let moves = on(&events).since(on(&events[..1]));
        assert_eq!(moves.money(), dec!(4000000));
        // 989,999 of interest, month by month; the rest is principal.
        assert_eq!(moves.principal(), dec!(-3010001));
    }
}
