use chrono::NaiveDate;
use proptest::prelude::*;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::*;
use crate::domain::values::money::Money;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn money(amount: i64) -> Money {
    Money::vnd(amount.into()).unwrap()
}

fn terms(rate: &str, order: Order) -> Terms {
    serde_json::from_value(serde_json::json!({
        "basis": {"kind": "capital_percent", "percent": "100"}, "rate": rate, "order": order,
        "due": {"kind": "instalments", "every_months": 1, "count": 10, "first_after_months": 1},
    }))
    .unwrap()
}

fn entry(no: i32, on: NaiveDate, event: Event, change: Change) -> Entry {
    Entry {
        id: Uuid::from_u128(u128::from(no.unsigned_abs())),
        no,
        on,
        event,
        change,
        apart: Apart::default(),
    }
}

fn paid_out(rate: &str, to_return: i64) -> History {
    let first = entry(1, day("2026-01-01"), Event::PaidOut, Change::default());
    let terms = terms(rate, Order::InterestFirst);
    History { terms, to_return: money(to_return), brought_forward: None, entries: vec![first] }
}

/// Enters a repayment the way the use case does, with the adjustments it calls for.
fn repay(history: &mut History, on: NaiveDate, amount: i64) -> Split {
    let no = history.next_no();
    history.entries.push(entry(no, on, Event::Repaid { amount: money(amount) }, Change::default()));
    let id = history.entries.last().unwrap().id;
    let split = history.replay(on).unwrap().splits[&id];
    history.entries.last_mut().unwrap().change = split.change();
    adjust(history, on);
    split
}

fn adjust(history: &mut History, cause_on: NaiveDate) {
    for on in history.days_from(cause_on) {
        let replayed = history.replay(on).unwrap();
        for difference in history.differences(on, &replayed) {
            let change = difference.is.plus(difference.was.undone());
            let no = history.next_no();
            history.entries.push(entry(no, on, Event::Adjusted { of: difference.of }, change));
        }
    }
}

#[test]
fn ten_million_without_interest_comes_back_part_by_part() {
    let mut history = paid_out("0", 10_000_000);
    repay(&mut history, day("2026-02-01"), 1_000_000);
    repay(&mut history, day("2026-03-05"), 400_000);
    let state = history.standing(day("2026-03-05")).unwrap();
    assert_eq!((state.recovered, state.outstanding), (money(1_400_000), money(8_600_000)));
    assert_eq!((state.due, state.overdue), (money(2_000_000), money(600_000)));
    assert_eq!(state.overdue_since, Some(day("2026-03-01")));
    assert_eq!(state.recovered_percent.to_string(), "14.00");
    assert_eq!(state.next.unwrap().due_on, day("2026-03-01"));
    let before = history.standing(day("2026-03-01")).unwrap();
    assert_eq!(
        (before.recovered, before.overdue),
        (money(1_000_000), Money::ZERO),
        "due today is not overdue"
    );
}

#[test]
fn interest_counts_the_first_day_and_not_the_last_and_is_rounded_once() {
    let mut history = paid_out("6.6", 5_000_000);
    // 5,000,000 × 6.6 % × 30 ÷ 365 = 27,123.29
    let split = repay(&mut history, day("2026-01-31"), 1_027_123);
    assert_eq!(
        split,
        Split {
            principal: money(1_000_000),
            interest: money(27_123),
            surplus: Money::ZERO,
            made_good: Money::ZERO
        }
    );
    // 27,123.29 + 4,000,000 × 6.6 % × 28 ÷ 365 = 47,375.34; 27,123 of it paid.
    let state = history.standing(day("2026-02-28")).unwrap();
    assert_eq!((state.interest, state.interest_owed), (money(47_375), money(20_252)));
}

#[test]
fn interest_never_earns_interest() {
    let history = paid_out("10", 3_650_000);
    assert_eq!(history.standing(day("2027-01-01")).unwrap().interest_owed, money(365_000));
    assert_eq!(history.standing(day("2028-01-01")).unwrap().interest_owed, money(730_000));
}

#[test]
fn what_is_brought_too_much_is_kept_apart() {
    let mut history = paid_out("0", 1_000_000);
    repay(&mut history, day("2026-01-10"), 900_000);
    let split = repay(&mut history, day("2026-01-11"), 150_000);
    assert_eq!((split.principal, split.surplus), (money(100_000), money(50_000)));
    assert!(history.standing(day("2026-01-11")).unwrap().settled);
}

#[test]
fn a_backdated_repayment_divides_the_later_ones_again() {
    let mut history = paid_out("6.6", 5_000_000);
    let late = repay(&mut history, day("2026-03-02"), 1_054_247);
    assert_eq!((late.principal, late.interest), (money(1_000_000), money(54_247)));
    repay(&mut history, day("2026-01-31"), 2_027_123);
    // From 31 January only 3,000,000 bore interest: 30 days of it are 16,273.97.
    let state = history.standing(day("2026-03-02")).unwrap();
    assert_eq!((state.outstanding, state.interest_owed), (money(1_962_027), Money::ZERO));
    assert_eq!(state.interest_paid, money(43_397));
    let before = history.standing(day("2026-02-01")).unwrap();
    assert_eq!(before.outstanding, money(3_000_000), "later entries do not leak into the past");
}

#[test]
fn a_repayment_taken_back_leaves_no_trace_from_its_day_on() {
    let mut history = paid_out("6.6", 5_000_000);
    repay(&mut history, day("2026-01-31"), 2_000_000);
    repay(&mut history, day("2026-03-02"), 1_000_000);
    let wrong = history.entries[1].clone();
    let no = history.next_no();
    history.entries.push(entry(
        no,
        day("2026-03-10"),
        Event::Reversed { of: wrong.id },
        wrong.change.undone(),
    ));
    adjust(&mut history, day("2026-03-10"));
    let mut never = paid_out("6.6", 5_000_000);
    repay(&mut never, day("2026-03-02"), 1_000_000);
    let (after, clean) =
        (history.standing(day("2026-03-10")).unwrap(), never.standing(day("2026-03-10")).unwrap());
    assert_eq!((after.outstanding, after.interest_owed), (clean.outstanding, clean.interest_owed));
    assert!(history.standing_entry(wrong.id).is_none());
}

#[test]
fn an_extension_moves_what_is_open() {
    let mut history = paid_out("0", 10_000_000);
    repay(&mut history, day("2026-02-01"), 1_500_000);
    let parts = vec![
        Part { due_on: day("2026-03-05"), amount: money(1_500_000) },
        Part { due_on: day("2027-03-01"), amount: money(8_500_000) },
    ];
    history.entries.push(entry(3, day("2026-03-05"), Event::Rescheduled { parts }, Change::default()));
    assert_eq!(history.standing(day("2026-03-04")).unwrap().overdue, money(500_000));
    let state = history.standing(day("2026-12-31")).unwrap();
    assert_eq!((state.overdue, state.due), (Money::ZERO, money(1_500_000)));
}

/// Writes capital off the way the use case does.
fn lose(history: &mut History, on: &str, amount: i64) -> Uuid {
    let change = Change { lost: amount.into(), ..Change::default() };
    let no = history.next_no();
    history.entries.push(entry(no, day(on), Event::Lost { amount: money(amount) }, change));
    history.entries.last().unwrap().id
}

/// Takes an entry back the way the use case does.
fn take_back(history: &mut History, on: &str, id: Uuid) {
    let change = history.standing_entry(id).unwrap().change.undone();
    let no = history.next_no();
    history.entries.push(entry(no, day(on), Event::Reversed { of: id }, change));
    adjust(history, day(on));
}

#[test]
fn a_loss_is_neither_outstanding_nor_overdue_nor_recovered() {
    let mut history = paid_out("0", 10_000_000);
    repay(&mut history, day("2026-02-01"), 400_000);
    lose(&mut history, "2026-03-10", 1_100_000);
    let state = history.state(day("2026-03-10")).unwrap();
    assert_eq!((state.standing.lost, state.standing.outstanding), (money(1_100_000), money(8_500_000)));
    // 2,000,000 due: 400,000 given back, 1,100,000 written off, 500,000 late.
    assert_eq!((state.standing.due, state.standing.overdue), (money(2_000_000), money(500_000)));
    let first: Vec<_> = state.rows[..2].iter().map(|r| (r.paid, r.written_off, r.overdue)).collect();
    assert_eq!(
        first,
        [(money(400_000), money(600_000), false), (money(0), money(500_000), true)],
        "the oldest part first"
    );
    assert_eq!(
        state.rows[0].explanation.en,
        "Part 1, due on 1 February 2026: capital VND 1,000,000, given back VND 400,000, written off VND 600,000."
    );
    assert_eq!(history.standing(day("2026-03-09")).unwrap().lost, Money::ZERO, "not before its day");
}

#[test]
fn what_is_lost_whole_is_settled_and_no_interest_of_it_is_asked_for() {
    let mut history = paid_out("6.6", 5_000_000);
    lose(&mut history, "2026-01-31", 4_000_000);
    let state = history.standing(day("2026-01-31")).unwrap();
    assert_eq!((state.interest_owed, state.settled), (money(27_123), false), "a million is still owed");
    lose(&mut history, "2026-01-31", 1_000_000);
    let state = history.standing(day("2027-01-31")).unwrap();
    assert_eq!((state.interest_owed, state.settled), (Money::ZERO, true));
    assert_eq!((state.outstanding, state.lost, state.next), (Money::ZERO, money(5_000_000), None));
}

#[test]
fn money_after_a_loss_pays_what_is_owed_then_makes_good_what_was_lost_and_no_more() {
    let mut history = paid_out("0", 1_000_000);
    lose(&mut history, "2026-02-01", 700_000);
    let split = repay(&mut history, day("2026-02-10"), 400_000);
    assert_eq!((split.principal, split.made_good, split.surplus), (money(400_000), money(100_000), money(0)));
    let split = repay(&mut history, day("2026-02-11"), 650_000);
    assert_eq!(
        (split.principal, split.made_good, split.surplus),
        (money(600_000), money(600_000), money(50_000))
    );
    let state = history.standing(day("2026-02-11")).unwrap();
    assert_eq!((state.recovered, state.lost, state.outstanding), (money(1_000_000), money(0), money(0)));
}

#[test]
fn a_loss_taken_back_turns_what_was_made_good_into_capital_given_back() {
    let mut history = paid_out("0", 1_000_000);
    let loss = lose(&mut history, "2026-02-01", 1_000_000);
    repay(&mut history, day("2026-02-10"), 300_000);
    take_back(&mut history, "2026-02-20", loss);
    let state = history.standing(day("2026-02-20")).unwrap();
    assert_eq!((state.recovered, state.lost, state.outstanding), (money(300_000), money(0), money(700_000)));
    assert_eq!(history.differences(NaiveDate::MAX, &history.replay(NaiveDate::MAX).unwrap()), vec![]);
    let before = history.standing(day("2026-02-19")).unwrap();
    assert_eq!((before.lost, before.outstanding), (money(700_000), Money::ZERO));
}

#[test]
fn a_payout_taken_back_leaves_nothing_owed_until_it_is_paid_again() {
    let mut history = paid_out("6.6", 5_000_000);
    let payout = history.entries[0].id;
    take_back(&mut history, "2026-02-01", payout);
    assert_eq!(history.standing(day("2026-01-31")).unwrap().outstanding, money(5_000_000));
    let state = history.state(day("2026-02-01")).unwrap();
    assert_eq!((state.standing.outstanding, state.standing.interest_owed), (Money::ZERO, Money::ZERO));
    assert_eq!((state.rows.len(), state.standing.settled), (0, false));
    assert_eq!(history.paid_out_on(), None);
    history.entries.push(entry(3, day("2026-03-01"), Event::PaidOut, Change::default()));
    let state = history.state(day("2026-03-31")).unwrap();
    // 5,000,000 × 6.6 % × 30 ÷ 365 = 27,123.29
    assert_eq!((state.standing.interest_owed, state.rows[0].due_on), (money(27_123), day("2026-04-01")));
    assert_eq!(history.paid_out_on(), Some(day("2026-03-01")));
}

/// Repayments of 1 to 3,000,000 đồng within three years, and how to shuffle what was entered.
fn repayments() -> impl Strategy<Value = (Vec<(u64, i64)>, Vec<usize>)> {
    (prop::collection::vec((0_u64..1_000, 1_i64..3_000_000), 1..12), prop::collection::vec(0_usize..100, 40))
}

proptest! {
    #[test]
    fn nothing_goes_astray_and_order_does_not_matter((paid, shuffle) in repayments(), lost in 1_i64..10_000_000,
                                                      rate in 0_u32..200, first in any::<bool>()) {
        let mut history = paid_out("0", 10_000_000);
        history.terms.rate = Decimal::new(i64::from(rate), 1);
        history.terms.order = if first { Order::InterestFirst } else { Order::CapitalFirst };
        lose(&mut history, "2026-01-01", lost);
        let mut brought = Decimal::ZERO;
        for (after, amount) in &paid {
            repay(&mut history, day("2026-01-01") + chrono::Days::new(*after), *amount);
            brought += Decimal::from(*amount);
        }
        let end = day("2029-12-31");
        let sums = history.recorded(end);
        prop_assert_eq!(sums.principal + sums.interest + sums.surplus, brought);
        let state = history.standing(end).unwrap();
        let parts = [state.recovered, state.outstanding, state.lost];
        prop_assert_eq!(Money::sum(parts).unwrap(), history.to_return);
        prop_assert_eq!(history.replay(end).unwrap().lost, state.lost.amount());
        prop_assert_eq!(history.replay(end).unwrap().outstanding, state.outstanding.amount());
        for on in history.days_from(day("2026-01-01")) {
            prop_assert_eq!(history.differences(on, &history.replay(on).unwrap()), vec![], "on {}", on);
        }
        let mut in_order = paid_out("0", 10_000_000);
        in_order.terms = history.terms.clone();
        let mut paid = paid.clone();
        paid.sort_by_key(|(after, _)| *after);
        lose(&mut in_order, "2026-01-01", lost);
        for (after, amount) in &paid {
            repay(&mut in_order, day("2026-01-01") + chrono::Days::new(*after), *amount);
        }
        for on in history.days_from(day("2026-01-01")) {
            prop_assert_eq!(in_order.recorded(on), history.recorded(on), "whatever the order of entry, on {}", on);
        }
        let mut shuffled = history.clone();
        let size = shuffled.entries.len();
        for (n, with) in shuffle.iter().enumerate() {
            shuffled.entries.swap(n % size, with % size);
        }
        prop_assert_eq!(shuffled.state(end).unwrap(), history.state(end).unwrap());
    }

    #[test]
    fn a_plain_history_goes_on_from_its_summary((mut paid, _) in repayments(), later in 0_u64..400, more in 1_i64..12_000_000) {
        let mut history = paid_out("0", 10_000_000);
        paid.sort_unstable();
        for (after, amount) in &paid {
            repay(&mut history, day("2026-01-01") + chrono::Days::new(*after), *amount);
        }
        let until = history.summary_valid_until().unwrap();
        prop_assert_eq!(Some(until), history.last_day());
        let mut short = summarised(&history);
        prop_assert_eq!(short.summary_valid_until(), Some(until));
        let on = until + chrono::Days::new(later);
        prop_assert_eq!(repay(&mut short, on, more), repay(&mut history, on, more));
        prop_assert_eq!(short.next_no(), history.next_no());
        for end in [on, day("2031-12-31")] {
            prop_assert_eq!(short.state(end).unwrap(), history.state(end).unwrap());
        }
    }
}

/// The same history, its events summed up.
fn summarised(history: &History) -> History {
    let recorded = history.recorded(NaiveDate::MAX);
    let brought_forward = Some(HistorySummary {
        paid_out_on: history.paid_out_on().unwrap(),
        until: history.last_day().unwrap(),
        events: history.next_no() - 1,
        recovered: recorded.principal,
        surplus: recorded.surplus,
    });
    History { brought_forward, entries: Vec::new(), ..history.clone() }
}

#[test]
fn a_history_that_was_not_plain_has_no_summary() {
    let mut history = paid_out("0", 10_000_000);
    repay(&mut history, day("2026-03-01"), 400_000);
    assert_eq!(history.summary_valid_until(), Some(day("2026-03-01")));
    let with = |change: &dyn Fn(&mut History)| {
        let mut other = history.clone();
        change(&mut other);
        other.summary_valid_until()
    };
    assert_eq!(with(&|h| h.terms.rate = Decimal::ONE), None);
    let dated_back = |h: &mut History| {
        repay(h, day("2026-02-01"), 400_000);
    };
    let lost = |h: &mut History| {
        lose(h, "2026-04-01", 1);
    };
    assert_eq!([with(&dated_back), with(&lost)], [None, None]);
    assert_eq!(with(&|h| h.entries.clear()), None, "nothing was paid out");
    let short = summarised(&history);
    let mut dated_before = short.clone();
    repay(&mut dated_before, day("2026-02-28"), 1);
    assert_eq!([short, dated_before].map(|h| h.summary_valid_until()), [Some(day("2026-03-01")), None]);
}

proptest! {
    #[test]
    fn what_is_overdue_or_reported_stands_so_on_every_day_whatever_the_order_of_entry(
        (paid, _) in repayments(), closes in prop::collection::btree_set(0_u64..1_100, 0..8),
        order in prop::collection::vec(0..4_u8, 20),
    ) {
        let (mut history, mut closed) = (paid_out("0", 10_000_000), std::collections::BTreeSet::new());
        let mut books: std::collections::BTreeMap<NaiveDate, Apart> = std::collections::BTreeMap::new();
        let (mut paid, mut closes) = (paid.into_iter(), closes.into_iter());
        let first = day("2026-01-01");
        for does in order {
            let (was, before) = (history.clone(), closed.clone());
            let on = match does {
                0 | 1 => {
                    let Some((after, amount)) = paid.next() else { continue };
                    repay(&mut history, first + chrono::Days::new(after), amount);
                    first + chrono::Days::new(after)
                }
                // A loss is reported, or what was reported is none.
                2 => {
                    let on = history.last_day().unwrap();
                    let event = match history.reported(on) {
                        Some((of, _)) => Event::Dismissed { of },
                        None => Event::Reported { amount: money(3_000_000) },
                    };
                    let entry = entry(history.next_no(), on, event, Change::default());
                    history.entries.push(entry);
                    on
                }
                _ => {
                    let Some(after) = closes.next() else { continue };
                    closed.insert(first + chrono::Days::new(after));
                    first + chrono::Days::new(after)
                }
            };
            let now = Followed { history: &history, closed: &closed };
            for (day, moved) in (Followed { history: &was, closed: &before }).moves_to(&now, on).unwrap() {
                let stands: &mut Apart = books.entry(day).or_default();
                *stands = stands.plus(moved);
            }
        }
        for on in history.days_from(first).into_iter().chain(closed) {
            let stands = books.range(..=on).fold(Apart::default(), |sum, (_, moved)| sum.plus(*moved));
            prop_assert_eq!(stands, history.apart(on).unwrap(), "on {}", on);
        }
    }
}
