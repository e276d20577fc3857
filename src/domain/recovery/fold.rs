//! Where an obligation stands on a day. Two readings of the same events:
//! what was *recorded* (the splits as posted, so the books and the state agree on every day), and what a *replay* says
//! the splits should be. They differ only while a back-dated or reversed event has not been adjusted for; the use case
//! adjusts in the same transaction, and the audit proves that none is left.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::facts::{Change, Entry, Event, Split};
use super::standing::{Row, Standing, State};
use super::terms::{Order, Part, Terms};
use crate::domain::language::Text;
use crate::domain::money::{Currency, Money, MoneyError, RoundingMode};

/// An agreement's obligation and everything that happened to it.
#[derive(Debug, Clone)]
pub struct History {
    /// Its own copy of the terms.
    pub terms: Terms,
    /// What must come back.
    pub to_return: Money,
    /// In any order.
    pub entries: Vec<Entry>,
}

/// What a replay says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Replayed {
    /// How each repayment that stands should be divided.
    pub splits: BTreeMap<Uuid, Split>,
    /// Interest up to the day, rounded once.
    pub accrued: Decimal,
    /// Capital outstanding.
    pub outstanding: Decimal,
    /// Kept for the household; below zero when more was refunded than is left of the surplus.
    pub surplus: Decimal,
}

/// Rate in percent a year on balance × days, exact: act/365, first day in, last day out.
const YEAR: u32 = 365 * 100;

fn rounded(exact: Decimal) -> Result<Money, MoneyError> {
    Money::round(exact, Currency::Vnd, RoundingMode::HalfUp)
}

fn days(from: NaiveDate, to: NaiveDate) -> Decimal {
    Decimal::from(to.signed_duration_since(from).num_days().max(0))
}

/// A walk along the events: balance, and interest not yet divided by the days of a year.
struct Walk {
    balance: Decimal,
    interest: Decimal,
    interest_paid: Decimal,
    surplus: Decimal,
    on: NaiveDate,
}

impl Walk {
    fn go_to(&mut self, day: NaiveDate, rate: Decimal) {
        self.interest += self.balance * rate * days(self.on, day);
        self.on = day;
    }

    fn accrued(&self) -> Result<Money, MoneyError> {
        rounded(self.interest / Decimal::from(YEAR))
    }

    /// Divides a payment and takes it in.
    fn take(&mut self, amount: Money, order: Order) -> Result<Split, MoneyError> {
        let owed = Money::vnd((self.accrued()?.amount() - self.interest_paid).max(Decimal::ZERO))?;
        let balance = Money::vnd(self.balance)?;
        let (interest, principal, surplus) = match order {
            Order::InterestFirst => {
                let (interest, rest) = amount.take_up_to(owed)?;
                let (principal, surplus) = rest.take_up_to(balance)?;
                (interest, principal, surplus)
            }
            Order::CapitalFirst => {
                let (principal, rest) = amount.take_up_to(balance)?;
                let (interest, surplus) = rest.take_up_to(owed)?;
                (interest, principal, surplus)
            }
        };
        self.balance -= principal.amount();
        self.interest_paid += interest.amount();
        self.surplus += surplus.amount();
        Ok(Split { principal, interest, surplus })
    }
}

impl History {
    /// The events that count up to a day, in the order of their days, then of their entry.
    fn until(&self, day: NaiveDate) -> Vec<&Entry> {
        let mut entries: Vec<_> = self.entries.iter().filter(|e| e.on <= day).collect();
        entries.sort_by_key(|e| (e.on, e.no));
        entries
    }

    /// The day of the payout, if there was one.
    pub fn paid_out_on(&self) -> Option<NaiveDate> {
        self.entries.iter().find(|e| e.event == Event::PaidOut).map(|e| e.on)
    }

    /// The day of the last entry.
    pub fn last_day(&self) -> Option<NaiveDate> {
        self.entries.iter().map(|e| e.on).max()
    }

    /// Number of the next entry.
    pub fn next_no(&self) -> i32 {
        self.entries.iter().map(|e| e.no).max().unwrap_or_default() + 1
    }

    /// The repayment of an id, unless it was taken back.
    pub fn standing_repayment(&self, id: Uuid) -> Option<&Entry> {
        let reversed = |e: &Entry| e.event == Event::Reversed { of: id };
        self.entries
            .iter()
            .find(|e| e.id == id && matches!(e.event, Event::Repaid { .. }))
            .filter(|_| !self.entries.iter().any(reversed))
    }

    /// Divides every repayment again, as if all had been entered in the order of their days.
    pub fn replay(&self, day: NaiveDate) -> Result<Replayed, MoneyError> {
        let entries = self.until(day);
        let reversed: BTreeSet<Uuid> = entries
            .iter()
            .filter_map(|e| if let Event::Reversed { of } = e.event { Some(of) } else { None })
            .collect();
        let zero = Decimal::ZERO;
        let mut walk = Walk { balance: zero, interest: zero, interest_paid: zero, surplus: zero, on: day };
        let mut splits = BTreeMap::new();
        for entry in entries {
            if reversed.contains(&entry.id) {
                continue;
            }
            walk.go_to(entry.on, self.terms.rate);
            match &entry.event {
                Event::PaidOut => walk.balance = self.to_return.amount(),
                Event::Repaid { amount } => {
                    splits.insert(entry.id, walk.take(*amount, self.terms.order)?);
                }
                Event::Refunded { amount } => walk.surplus -= amount.amount(),
                Event::Reversed { .. }
                | Event::Adjusted { .. }
                | Event::Rescheduled { .. }
                | Event::Cancelled => {}
            }
        }
        walk.go_to(day, self.terms.rate);
        Ok(Replayed {
            splits,
            accrued: walk.accrued()?.amount(),
            outstanding: walk.balance,
            surplus: walk.surplus,
        })
    }

    /// The sums as recorded up to a day.
    pub fn recorded(&self, day: NaiveDate) -> Change {
        self.until(day).iter().fold(Change::default(), |sum, entry| sum.plus(entry.change))
    }

    /// The parts in force on a day; none before the payout.
    pub fn parts(&self, day: NaiveDate) -> Vec<Part> {
        self.until(day)
            .iter()
            .rev()
            .find_map(|entry| match &entry.event {
                Event::Rescheduled { parts } => Some(parts.clone()),
                Event::PaidOut => Some(self.terms.schedule(self.to_return, entry.on).unwrap_or_default()),
                _ => None,
            })
            .unwrap_or_default()
    }

    /// The parts in force on a day, each with what is paid of it, oldest first.
    fn met(&self, day: NaiveDate, recovered: Money) -> Result<Vec<(Part, Money)>, MoneyError> {
        let mut left = recovered;
        let meet = |part: Part| {
            let (paid, rest) = left.take_up_to(part.amount)?;
            left = rest;
            Ok((part, paid))
        };
        self.parts(day).into_iter().map(meet).collect()
    }

    /// Where the obligation stands at the end of a day.
    pub fn standing(&self, day: NaiveDate) -> Result<Standing, MoneyError> {
        let sums = self.recorded(day);
        let recovered = Money::vnd(sums.principal)?;
        let paid_out = self.paid_out_on().is_some_and(|on| on <= day);
        let left = if paid_out { self.to_return.amount() - sums.principal } else { Decimal::ZERO };
        let outstanding = Money::vnd(left.max(Decimal::ZERO))?;
        let accrued = self.replay(day)?.accrued;
        let interest_owed = Money::vnd((accrued - sums.interest).max(Decimal::ZERO))?;
        let met = self.met(day, recovered)?;
        let open: Vec<Part> = met
            .iter()
            .filter(|(part, paid)| paid < &part.amount)
            .map(|(part, paid)| Ok(Part { due_on: part.due_on, amount: part.amount.minus(*paid)? }))
            .collect::<Result<_, MoneyError>>()?;
        let late: Vec<&Part> =
            open.iter().filter(|part| self.terms.overdue_from(part.due_on) <= day).collect();
        Ok(Standing {
            as_of: day,
            to_return: self.to_return,
            recovered,
            outstanding,
            due: Money::sum(met.iter().filter(|(part, _)| part.due_on <= day).map(|(part, _)| part.amount))?,
            overdue: Money::sum(late.iter().map(|part| part.amount))?,
            overdue_since: late.first().map(|part| part.due_on),
            interest: Money::vnd(accrued)?,
            interest_paid: Money::vnd(sums.interest)?,
            interest_owed,
            surplus: Money::vnd(sums.surplus)?,
            recovered_percent: percent(recovered.amount(), self.to_return.amount()),
            next: open.first().copied(),
            settled: paid_out && outstanding.is_zero() && interest_owed.is_zero(),
        })
    }

    /// The schedule on a day. Interest of a part is what it would be if every part were paid on its day.
    fn rows(&self, day: NaiveDate, recovered: Money) -> Result<Vec<Row>, MoneyError> {
        let mut balance = self.to_return.amount();
        let mut since = self.paid_out_on().unwrap_or(day);
        let (mut interest, mut shown) = (Decimal::ZERO, Decimal::ZERO);
        let mut rows = Vec::new();
        for (n, (part, paid)) in self.met(day, recovered)?.into_iter().enumerate() {
            let period = days(since, part.due_on);
            interest += balance * self.terms.rate * period;
            let so_far = rounded(interest / Decimal::from(YEAR))?.amount();
            let mut row = Row {
                no: n + 1,
                due_on: part.due_on,
                amount: part.amount,
                paid,
                overdue: paid < part.amount && self.terms.overdue_from(part.due_on) <= day,
                interest: Money::vnd(so_far - shown)?,
                explanation: Text::fixed("", ""),
            };
            row.explanation = super::explain::row(&row, balance, self.terms.rate, period);
            rows.push(row);
            (shown, since) = (so_far, part.due_on);
            balance -= part.amount.amount();
        }
        Ok(rows)
    }

    /// Where the obligation stands at the end of a day, with its schedule and in words.
    pub fn state(&self, day: NaiveDate) -> Result<State, MoneyError> {
        let standing = self.standing(day)?;
        let rows = self.rows(day, standing.recovered)?;
        Ok(State { explanation: super::explain::standing(&standing), standing, rows })
    }

    /// What was recorded of a repayment, with what was adjusted or taken back since.
    pub fn recorded_of(&self, repayment: Uuid) -> Change {
        let concerns = |entry: &&Entry| match entry.event {
            Event::Reversed { of } | Event::Adjusted { of } => of == repayment,
            _ => entry.id == repayment,
        };
        self.entries.iter().filter(concerns).fold(Change::default(), |sum, entry| sum.plus(entry.change))
    }

    /// Repayments whose recorded split is no longer what a replay says, with the day they count and the two splits.
    /// One that was taken back should stand at nothing.
    pub fn differences(&self, day: NaiveDate) -> Result<Vec<Difference>, MoneyError> {
        let replayed = self.replay(day)?;
        let repayments = self.until(day).into_iter().filter(|e| matches!(e.event, Event::Repaid { .. }));
        let difference = |entry: &Entry| {
            let was = self.recorded_of(entry.id);
            let is = replayed.splits.get(&entry.id).map(|split| split.change()).unwrap_or_default();
            (was != is).then_some(Difference { of: entry.id, on: entry.on, was, is })
        };
        Ok(repayments.filter_map(difference).collect())
    }
}

/// A repayment that must be divided otherwise than it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Difference {
    /// Which repayment.
    pub of: Uuid,
    /// The day it counts.
    pub on: NaiveDate,
    /// As recorded.
    pub was: Change,
    /// As it should be.
    pub is: Change,
}

/// A share in percent with two decimals, half up; nothing of nothing is 0.
pub fn percent(part: Decimal, whole: Decimal) -> Decimal {
    let exact = if whole.is_zero() { Decimal::ZERO } else { part * Decimal::ONE_HUNDRED / whole };
    let mut shown = exact.round_dp_with_strategy(2, RoundingMode::HalfUp.strategy());
    shown.rescale(2);
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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
        Entry { id: Uuid::from_u128(u128::from(no.unsigned_abs())), no, on, event, change }
    }

    fn paid_out(rate: &str, to_return: i64) -> History {
        let first = entry(1, day("2026-01-01"), Event::PaidOut, Change::default());
        History {
            terms: terms(rate, Order::InterestFirst),
            to_return: money(to_return),
            entries: vec![first],
        }
    }

    /// Enters a repayment the way the use case does, with the adjustments it calls for.
    fn repay(history: &mut History, on: NaiveDate, amount: i64) -> Split {
        let no = history.next_no();
        history.entries.push(entry(no, on, Event::Repaid { amount: money(amount) }, Change::default()));
        let id = history.entries.last().unwrap().id;
        let split = history.replay(NaiveDate::MAX).unwrap().splits[&id];
        history.entries.last_mut().unwrap().change = split.change();
        adjust(history);
        split
    }

    fn adjust(history: &mut History) {
        for difference in history.differences(NaiveDate::MAX).unwrap() {
            let change = difference.is.plus(difference.was.undone());
            let no = history.next_no();
            history.entries.push(entry(no, difference.on, Event::Adjusted { of: difference.of }, change));
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
            Split { principal: money(1_000_000), interest: money(27_123), surplus: Money::ZERO }
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
        adjust(&mut history);
        let mut never = paid_out("6.6", 5_000_000);
        repay(&mut never, day("2026-03-02"), 1_000_000);
        let (after, clean) =
            (history.standing(day("2026-03-10")).unwrap(), never.standing(day("2026-03-10")).unwrap());
        assert_eq!((after.outstanding, after.interest_owed), (clean.outstanding, clean.interest_owed));
        assert!(history.standing_repayment(wrong.id).is_none());
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

    /// Repayments of 1 to 3,000,000 đồng within three years, and how to shuffle what was entered.
    fn repayments() -> impl Strategy<Value = (Vec<(u64, i64)>, Vec<usize>)> {
        (
            prop::collection::vec((0_u64..1_000, 1_i64..3_000_000), 1..12),
            prop::collection::vec(0_usize..100, 40),
        )
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_order_does_not_matter((paid, shuffle) in repayments(), rate in 0_u32..200, first in any::<bool>()) {
            let mut history = paid_out("0", 10_000_000);
            history.terms.rate = Decimal::new(i64::from(rate), 1);
            history.terms.order = if first { Order::InterestFirst } else { Order::CapitalFirst };
            let mut brought = Decimal::ZERO;
            for (after, amount) in &paid {
                repay(&mut history, day("2026-01-01") + chrono::Days::new(*after), *amount);
                brought += Decimal::from(*amount);
            }
            let end = day("2029-12-31");
            let sums = history.recorded(end);
            prop_assert_eq!(sums.principal + sums.interest + sums.surplus, brought);
            let state = history.standing(end).unwrap();
            prop_assert_eq!(state.recovered.plus(state.outstanding).unwrap(), history.to_return);
            prop_assert_eq!(history.differences(end).unwrap(), vec![]);
            prop_assert_eq!(history.replay(end).unwrap().outstanding, state.outstanding.amount());
            let mut shuffled = history.clone();
            let size = shuffled.entries.len();
            for (n, with) in shuffle.iter().enumerate() {
                shuffled.entries.swap(n % size, with % size);
            }
            prop_assert_eq!(shuffled.state(end).unwrap(), history.state(end).unwrap());
        }
    }
}
