use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use rust_decimal::{Decimal, dec};

use super::early::{CardPayment, PaidCard, Penalty, closing_amount, late_fee};
use super::replay::{Contract, Entry, Generator, State, replay};
use super::*;
use crate::domain::credit::schedule::Tranche;
use crate::domain::credit::schedule::day_count::{Basis, DayCount, InterestPeriod, MonthLength, YearLength};
use crate::domain::credit::schedule::dues::Dues;
use crate::domain::credit::schedule::even::{Card, Rows};
use crate::domain::credit::schedule::exact::Coin;
use crate::domain::credit::schedule::progressive;
use crate::domain::values::calendar::{MonthEnd, Unit, WorkingDays};
use crate::domain::values::money::RoundingMode;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn all(order: [Component; 4], future: Future) -> Rules {
    let buckets = [Bucket::PastDue, Bucket::Due, Bucket::InAdvance];
    Rules { order: buckets.iter().flat_map(|b| order.map(|c| (*b, c))).collect(), future }
}

const INTEREST_FIRST: [Component; 4] =
    [Component::Penalty, Component::Fee, Component::Interest, Component::Principal];
const PRINCIPAL_FIRST: [Component; 4] =
    [Component::Penalty, Component::Fee, Component::Principal, Component::Interest];

/// 7 % on months of 30 days, 6 level instalments; interest follows the balance when asked.
fn contract(recalculates: bool, policy: Policy) -> Contract {
    let days = DayCount { year: YearLength::Days360, month: MonthLength::Thirty, ..DayCount::default() };
    let basis = Basis { unit: Unit::Months, every: 1, interest_period: InterestPeriod::Daily, days };
    let rules = progressive::Rules {
        flat: false,
        basis,
        annual_rate_pct: dec!(7),
        partial_periods: true,
        coin: Coin::new(2, RoundingMode::HalfEven),
        grace_principal: 0,
        grace_interest: 0,
        interest_free: 0,
        begins: progressive::Begins::OnTheEve,
    };
    Contract {
        generator: Generator::Progressive(rules),
        dues: Dues { unit: Unit::Months, every: 1, rows: 6, month_end: MonthEnd::LastDay },
        rate_changes: Vec::new(),
        pauses: Vec::new(),
        down_payment: None,
        recalculates,
        interest_on_past_due: true,
        payoff_to_day: true,
        policy,
    }
}

fn horizontal(order: [Component; 4]) -> Policy {
    Policy::Horizontal(all(order, Future::NextInstallment))
}

fn out(on: &str, amount: Decimal) -> Entry {
    Entry::Disburse(Tranche { on: day(on), amount })
}

fn pay(on: &str, amount: Decimal) -> Entry {
    Entry::Repay(day(on), amount, None)
}

fn rows(state: &State) -> Vec<(Decimal, Decimal)> {
    state.rows.iter().map(|row| (row.asked.principal, row.asked.interest)).collect()
}

#[test]
fn case_15_a_row_paid_early_keeps_its_accrued_interest_and_the_stub_goes_to_the_next() {
    let entries = [out("2024-01-01", dec!(100)), pay("2024-01-15", dec!(17.01))];
    let state = replay(&contract(true, horizontal(INTEREST_FIRST)), &entries).unwrap();
    // 14 of 31 days on 100; then 17 days of January and all of February on 83.25.
    assert_eq!(rows(&state)[0], (dec!(16.75), dec!(0.26)));
    assert_eq!(rows(&state)[1].1, dec!(0.76));
    assert_eq!(state.rows.iter().map(|row| row.asked.principal).sum::<Decimal>(), dec!(100));
}

#[test]
fn case_19_a_payoff_asks_principal_and_interest_to_its_own_day() {
    let entries =
        [out("2024-01-01", dec!(100)), pay("2024-02-01", dec!(17.01)), Entry::PayOff(day("2024-02-15"))];
    let state = replay(&contract(true, horizontal(PRINCIPAL_FIRST)), &entries).unwrap();
    assert_eq!(state.transactions[1].amount, dec!(83.81));
    assert_eq!((state.outstanding(), state.overpaid), (Decimal::ZERO, Decimal::ZERO));
    let penalty = Penalty { base: dec!(200), rate: dec!(0.003), days: 12 };
    assert_eq!(closing_amount(dec!(1000), dec!(180), &[penalty], Decimal::ZERO, 0), dec!(1187));
    assert_eq!(late_fee(&[penalty, penalty], 0), dec!(14), "rounded once, not twice");
}

#[test]
fn case_23_rules_are_data_and_a_late_charge_has_its_own_row() {
    let penalty = Charge { component: Component::Penalty, due_on: day("2024-08-15"), amount: dec!(5) };
    let fee = Charge { component: Component::Fee, due_on: day("2024-02-10"), amount: dec!(3) };
    let entries = [
        out("2024-01-01", dec!(100)),
        Entry::Charge(day("2024-01-20"), penalty),
        Entry::Charge(day("2024-01-20"), fee),
        pay("2024-03-10", dec!(17.5)),
    ];
    let split = |policy| replay(&contract(false, policy), &entries).unwrap().transactions[0].split;
    let across = split(horizontal(INTEREST_FIRST));
    assert_eq!((across.interest, across.principal, across.fee), (dec!(0.58), dec!(16.43), dec!(0.49)));
    let down = split(Policy::Vertical(all(INTEREST_FIRST, Future::NextInstallment)));
    assert_eq!((down.interest, down.principal, down.fee), (dec!(1.07), dec!(13.43), dec!(3)));
    let state = replay(&contract(false, horizontal(INTEREST_FIRST)), &entries).unwrap();
    assert_eq!(state.rows.len(), 7);
    assert_eq!((state.rows[6].row, state.rows[6].asked.penalty), (Row::Late, dec!(5)));
}

#[test]
fn a_charge_of_a_day_takes_part_in_the_payments_of_that_day_that_came_after_it() {
    let fee = Entry::Charge(
        day("2024-01-15"),
        Charge { component: Component::Fee, due_on: day("2024-02-01"), amount: dec!(3) },
    );
    let paid = pay("2024-01-15", dec!(17.01));
    let split = |entries: [Entry; 3]| {
        replay(&contract(false, horizontal(INTEREST_FIRST)), &entries).unwrap().transactions[0].split
    };
    let out = || out("2024-01-01", dec!(100));
    assert_eq!(split([out(), fee.clone(), paid.clone()]).fee, dec!(3));
    assert_eq!(split([out(), paid, fee]).fee, Decimal::ZERO);
}

#[test]
fn the_row_of_the_day_first_then_from_the_end() {
    let rules = all(INTEREST_FIRST, Future::NextLastInstallment);
    let entries = [out("2024-01-01", dec!(100)), pay("2024-01-15", dec!(40))];
    let state = replay(&contract(false, Policy::Horizontal(rules)), &entries).unwrap();
    let paid: Vec<Decimal> = state.rows.iter().map(|row| row.paid.total()).collect();
    assert_eq!(paid, [dec!(17.01), dec!(0), dec!(0), dec!(0), dec!(5.99), dec!(17)]);
}

#[test]
fn shares_in_advance_are_whole_coins_and_never_below_zero() {
    let rules = all(INTEREST_FIRST, Future::Reamortization);
    let paid = |amount| {
        let entries = [out("2024-01-01", dec!(600)), pay("2024-01-15", amount)];
        let terms = contract(false, Policy::Horizontal(rules.clone()));
        let state = replay(&terms, &entries).unwrap();
        state.rows.iter().map(|row| row.paid.total()).collect::<Vec<_>>()
    };
    let (cent, zero) = (dec!(0.01), Decimal::ZERO);
    assert_eq!(paid(dec!(0.04)), [cent, cent, cent, cent, zero, zero]);
    // Interest first, then a sixth of what is left to each, then again what the interest of others freed.
    assert_eq!(paid(dec!(100)).iter().sum::<Decimal>(), dec!(100));
    assert!(paid(dec!(100)).iter().all(|part| (*part - dec!(16.67)).abs() < dec!(4)));
}

#[test]
fn an_undone_entry_never_happened() {
    let mut entries = vec![
        out("2024-01-01", dec!(100)),
        pay("2024-01-20", dec!(30)),
        pay("2024-02-20", dec!(10)),
        Entry::Undo(1),
    ];
    let undone = replay(&contract(true, horizontal(INTEREST_FIRST)), &entries).unwrap();
    entries.remove(3);
    entries.remove(1);
    let never = replay(&contract(true, horizontal(INTEREST_FIRST)), &entries).unwrap();
    assert_eq!((undone.rows, undone.transactions), (never.rows, never.transactions));
}

#[test]
fn paying_too_much_on_a_card_keeps_the_schedule_or_spreads_the_rest_again() {
    let card = Card {
        start: day("2006-01-01"),
        amount: dec!(1000),
        rate: dec!(0.03),
        rows: 5,
        grace: 0,
        charge_in_grace: true,
        months: 1,
        days: 0,
        working: WorkingDays::default(),
        coin: Coin::new(0, RoundingMode::HalfUp),
        made: Rows::EqualPrincipal,
    };
    let paid = |keep_schedule, early_fee_rate| {
        let on = day("2006-02-01");
        let mut paid = PaidCard::open(card.clone()).unwrap();
        let payment = CardPayment { row: 1, on, amount: dec!(630), keep_schedule, early_fee_rate };
        let split = paid.pay(payment).unwrap();
        (split.interest, split.principal, split.fee, paid.rows[1].principal)
    };
    assert_eq!(paid(true, dec!(0)), (dec!(72), dec!(558), dec!(0), dec!(200)));
    assert_eq!(paid(false, dec!(0)), (dec!(30), dec!(600), dec!(0), dec!(100)));
    assert_eq!(paid(false, dec!(0.25)), (dec!(30), dec!(520), dec!(80), dec!(120)));
}

fn histories() -> impl Strategy<Value = Vec<Entry>> {
    let entry = (0_u64..260, 1_i64..6_000, 0_u8..12);
    proptest::collection::vec(entry, 0..12).prop_map(|items| {
        let mut entries = vec![out("2024-01-01", dec!(100))];
        for (later, cents, kind) in items {
            let on = day("2024-01-01").checked_add_days(Days::new(later)).unwrap();
            let amount = Decimal::new(cents, 2);
            entries.push(match kind {
                0 if later < 170 => Entry::Disburse(Tranche { on, amount }),
                1 => Entry::Charge(on, Charge { component: Component::Fee, due_on: on, amount }),
                2 => Entry::BusinessDate(on),
                3 => Entry::PayOff(on),
                _ => Entry::Repay(on, amount, None),
            });
        }
        entries
    })
}

fn policies() -> impl Strategy<Value = Policy> {
    let futures = prop_oneof![
        Just(Future::NextInstallment),
        Just(Future::LastInstallment),
        Just(Future::NextLastInstallment),
        Just(Future::Reamortization),
    ];
    let orders = prop_oneof![Just(INTEREST_FIRST), Just(PRINCIPAL_FIRST)];
    let sequence = Sequence {
        due: INTEREST_FIRST.to_vec(),
        in_advance: PRINCIPAL_FIRST.to_vec(),
        due_charges_first: true,
    };
    (futures, orders, 0_u8..3).prop_map(move |(future, order, kind)| match kind {
        0 => Policy::Horizontal(all(order, future)),
        1 => Policy::Vertical(all(order, future)),
        _ => Policy::Sequential(sequence.clone()),
    })
}

proptest! {
    #[test]
    fn every_coin_that_came_in_is_in_a_row_or_overpaid(
        entries in histories(), policy in policies(), recalculates: bool,
    ) {
        let state = replay(&contract(recalculates, policy), &entries).unwrap();
        let came: Decimal = state.transactions.iter().map(|t| t.amount).sum();
        let in_rows: Decimal = state.rows.iter().map(|row| row.paid.total()).sum();
        prop_assert_eq!(came, in_rows + state.overpaid);
        for row in &state.rows {
            let paid = [row.paid.principal, row.paid.interest, row.paid.fee, row.paid.penalty];
            let asked = [row.asked.principal, row.asked.interest, row.asked.fee, row.asked.penalty];
            prop_assert!(paid.iter().chain(&asked).all(|part| *part >= Decimal::ZERO));
        }
        let principal: Decimal = state.rows.iter().map(|row| row.asked.principal).sum();
        prop_assert!(recalculates || principal == state.disbursed);
    }

    #[test]
    fn entries_of_other_days_may_be_entered_in_any_order(entries in histories(), policy in policies(), turn in 0_usize..12) {
        let mut days = std::collections::BTreeSet::new();
        let alone: Vec<Entry> = entries
            .into_iter()
            .filter(|entry| match entry {
                Entry::Disburse(Tranche { on, .. }) | Entry::Repay(on, ..) => days.insert(*on),
                _ => false,
            })
            .collect();
        let mut turned = alone.clone();
        let by = turn % turned.len();
        turned.rotate_left(by);
        let terms = contract(true, policy);
        let (a, b) = (replay(&terms, &alone).unwrap(), replay(&terms, &turned).unwrap());
        prop_assert_eq!((a.rows, a.transactions, a.overpaid), (b.rows, b.transactions, b.overpaid));
    }
}

#[test]
fn a_row_that_can_take_no_more_today_does_not_keep_the_rows_behind_it_from_being_paid() {
    let rules = all(PRINCIPAL_FIRST, Future::NextLastInstallment);
    let entries = [
        out("2024-01-01", dec!(1000)),
        pay("2024-01-01", dec!(0.01)),
        pay("2024-01-01", dec!(100)),
        Entry::PayOff(day("2024-03-10")),
    ];
    let state = replay(&contract(true, Policy::Vertical(rules)), &entries).unwrap();
    assert_eq!((state.outstanding(), state.overpaid), (Decimal::ZERO, Decimal::ZERO));
}
