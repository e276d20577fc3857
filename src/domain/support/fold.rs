//! Where an obligation stands on a day. Two readings of the same events:
//! what was *recorded* (the splits as posted, so the books and the state agree on every day), and what a *replay* says
//! the splits should be. They differ only while a back-dated or reversed event has not been adjusted for; the use case
//! adjusts in the same transaction, and the audit proves that none is left.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::facts::{Apart, Change, Entry, Event, Split};
use super::standing::{Row, Standing, State};
use super::terms::{Order, Part, Terms};
use crate::domain::values::language::Text;
use crate::domain::values::money::{Currency, Money, MoneyError, RoundingMode};

/// An agreement's obligation and everything that happened to it.
#[derive(Debug, Clone)]
pub struct History {
    /// Its own copy of the terms.
    pub terms: Terms,
    /// What must come back.
    pub to_return: Money,
    /// What the events that are not in `entries` came to. The history then answers only from its last day on.
    pub brought_forward: Option<HistorySummary>,
    /// In any order.
    pub entries: Vec<Entry>,
}

/// What a history without interest came to while nothing happened but a payout and repayments in the order of their days.
/// A later repayment is divided by what is left, so the sums say as much as the events; an agreement with thirty repayments
/// is read as fast as one with none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HistorySummary {
    /// Day of the payout.
    pub paid_out_on: NaiveDate,
    /// Day of the last event.
    pub until: NaiveDate,
    /// Number of the last event.
    pub events: i32,
    /// Capital given back.
    pub recovered: Decimal,
    /// Kept for the household.
    pub surplus: Decimal,
}

impl HistorySummary {
    fn change(&self) -> Change {
        Change { principal: self.recovered, surplus: self.surplus, ..Change::default() }
    }
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
    /// Written off and not recovered since.
    pub lost: Decimal,
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
    lost: Decimal,
    on: NaiveDate,
}

impl Walk {
    /// Before anything happened, or after what was brought forward. Nothing accrues on nothing, and a summary has no rate,
    /// so the day does not matter.
    fn from(history: &History, day: NaiveDate) -> Self {
        let zero = Decimal::ZERO;
        let (balance, surplus) = history
            .brought_forward
            .map_or((zero, zero), |before| (history.to_return.amount() - before.recovered, before.surplus));
        Self { balance, interest: zero, interest_paid: zero, surplus, lost: zero, on: day }
    }

    fn go_to(&mut self, day: NaiveDate, rate: Decimal) {
        self.interest += self.balance * rate * days(self.on, day);
        self.on = day;
    }

    fn accrued(&self) -> Result<Money, MoneyError> {
        rounded(self.interest / Decimal::from(YEAR))
    }

    /// Writes capital off. With the last of it the interest owed lapses: it was never booked and is not asked for.
    fn lose(&mut self, amount: Money) {
        self.balance -= amount.amount();
        self.lost += amount.amount();
        if self.balance.is_zero() {
            self.interest = self.interest_paid * Decimal::from(YEAR);
        }
    }

    /// Divides a payment and takes it in. What is more than is owed makes good what was written off, before it is surplus.
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
        let (made_good, surplus) = surplus.take_up_to(Money::vnd(self.lost)?)?;
        self.balance -= principal.amount();
        self.interest_paid += interest.amount();
        self.lost -= made_good.amount();
        self.surplus += surplus.amount();
        Ok(Split { principal: principal.plus(made_good)?, interest, surplus, made_good })
    }
}

/// A part of the schedule and what became of it.
struct Met {
    part: Part,
    paid: Money,
    written_off: Money,
    open: Money,
}

/// What some of the entries take back.
fn taken_back<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> BTreeSet<Uuid> {
    let of = |entry: &Entry| if let Event::Reversed { of } = entry.event { Some(of) } else { None };
    entries.into_iter().filter_map(of).collect()
}

/// The last payout of entries in their order, unless it was taken back.
fn payout_of<'a>(entries: &[&'a Entry]) -> Option<&'a Entry> {
    let payout = entries.iter().rev().find(|e| e.event == Event::PaidOut)?;
    let reversal = Event::Reversed { of: payout.id };
    (!entries.iter().any(|e| e.event == reversal)).then_some(*payout)
}

/// The sums of what was recorded.
fn sums<'a>(entries: impl Iterator<Item = &'a Entry>) -> Change {
    entries.fold(Change::default(), |sum, entry| sum.plus(entry.change))
}

impl History {
    /// The events that count up to a day, in the order of their days, then of their entry.
    fn until(&self, day: NaiveDate) -> Vec<&Entry> {
        let mut entries: Vec<_> = self.entries.iter().filter(|e| e.on <= day).collect();
        entries.sort_by_key(|e| (e.on, e.no));
        entries
    }

    /// The last day of this history, where its sums say as much as its events; none where they do not.
    pub fn summary_valid_until(&self) -> Option<NaiveDate> {
        let mut entries: Vec<_> = self.entries.iter().collect();
        entries.sort_by_key(|e| e.no);
        let before = usize::from(self.brought_forward.is_some());
        let expected = |(at, entry): (usize, &&Entry)| match entry.event {
            Event::PaidOut => before + at == 0,
            Event::Repaid { .. } => before + at > 0,
            _ => false,
        };
        let days = self.brought_forward.map(|before| before.until);
        let days: Vec<_> = days.into_iter().chain(entries.iter().map(|e| e.on)).collect();
        let plain = self.terms.rate.is_zero() && entries.iter().enumerate().all(expected) && days.is_sorted();
        days.last().copied().filter(|_| plain)
    }

    /// The payout that stands at the end of a day: one that was taken back by then is none.
    pub fn payout(&self, day: NaiveDate) -> Option<NaiveDate> {
        let before = self.brought_forward.map(|before| before.paid_out_on);
        before.or_else(|| payout_of(&self.until(day)).map(|payout| payout.on))
    }

    /// The days of payouts up to a day, and, as `false`, those on which one was taken back.
    pub fn payouts(&self, day: NaiveDate) -> Vec<(NaiveDate, bool)> {
        let before = self.brought_forward.map(|before| (before.paid_out_on, true));
        let entries = self.until(day);
        let is_payout = |id| entries.iter().any(|e| e.id == id && e.event == Event::PaidOut);
        let turn = |e: &&Entry| match e.event {
            Event::PaidOut => Some((e.on, true)),
            Event::Reversed { of } if is_payout(of) => Some((e.on, false)),
            _ => None,
        };
        before.into_iter().chain(entries.iter().filter_map(turn)).collect()
    }

    /// The day of the payout, if there is one.
    pub fn paid_out_on(&self) -> Option<NaiveDate> {
        self.payout(NaiveDate::MAX)
    }

    /// The repayments and losses that were not taken back.
    pub fn standing_entries(&self) -> impl Iterator<Item = &Entry> {
        let moves = |e: &&Entry| matches!(e.event, Event::Repaid { .. } | Event::Lost { .. });
        let taken_back = taken_back(&self.entries);
        self.entries.iter().filter(moves).filter(move |e| !taken_back.contains(&e.id))
    }

    /// The last loss that was not taken back.
    pub fn last_loss(&self) -> Option<&Entry> {
        self.standing_entries().filter(|e| matches!(e.event, Event::Lost { .. })).max_by_key(|e| e.on)
    }

    /// The day of the last entry.
    pub fn last_day(&self) -> Option<NaiveDate> {
        let before = self.brought_forward.map(|before| before.until);
        self.entries.iter().map(|e| e.on).chain(before).max()
    }

    /// The days from one on which something happened.
    pub fn days_from(&self, from: NaiveDate) -> BTreeSet<NaiveDate> {
        self.entries.iter().map(|entry| entry.on).filter(|day| *day >= from).collect()
    }

    /// The days up to one on which something happened, in any order; of what was brought forward the last.
    pub fn days_upto(&self, day: NaiveDate) -> impl Iterator<Item = NaiveDate> {
        let before = self.brought_forward.map(|before| before.until);
        self.entries.iter().map(|entry| entry.on).chain(before).filter(move |on| *on <= day)
    }

    /// The first day on which something happened.
    pub fn first_day(&self) -> Option<NaiveDate> {
        let before = self.brought_forward.map(|before| before.paid_out_on);
        self.entries.iter().map(|entry| entry.on).chain(before).min()
    }

    /// Capital with the household at the end of a day, as recorded.
    pub fn outstanding(&self, day: NaiveDate) -> Decimal {
        let sums = self.recorded(day);
        let paid_out = self.payout(day).is_some();
        if paid_out { self.to_return.amount() - sums.principal - sums.lost } else { Decimal::ZERO }
    }

    /// Capital past its day, grace included, and neither given back nor written off, at the end of a day.
    pub fn overdue(&self, day: NaiveDate) -> Result<Decimal, MoneyError> {
        let sums = self.recorded(day);
        let met = self.met(day, Money::vnd(sums.principal)?, Money::vnd(sums.lost)?)?;
        let late = met.iter().filter(|met| self.terms.overdue_from(met.part.due_on) <= day);
        Ok(late.map(|met| met.open.amount()).sum())
    }

    /// What of the capital with the household stands apart at the end of a day. A loss meets the oldest part first, so what is reported
    /// as one is of what is overdue before anything else.
    pub fn apart(&self, day: NaiveDate) -> Result<Apart, MoneyError> {
        let reported = self.reported(day).map_or(Decimal::ZERO, |(_, amount)| amount.amount());
        let frozen = reported.min(self.outstanding(day));
        let overdue = (self.overdue(day)? - frozen).max(Decimal::ZERO);
        Ok(Apart { overdue, frozen })
    }

    /// The loss that was reported by the end of a day and is neither decided nor given up by then.
    pub fn reported(&self, day: NaiveDate) -> Option<(Uuid, Money)> {
        let turn = |entry: &&&Entry| {
            matches!(entry.event, Event::Reported { .. } | Event::Lost { .. } | Event::Dismissed { .. })
        };
        match self.until(day).iter().rfind(turn) {
            Some(Entry { id, event: Event::Reported { amount }, .. }) => Some((*id, *amount)),
            _ => None,
        }
    }

    /// Number of the next entry.
    pub fn next_no(&self) -> i32 {
        let before = self.brought_forward.map(|before| before.events);
        self.entries.iter().map(|e| e.no).chain(before).max().unwrap_or_default() + 1
    }

    /// The entry of an id, unless it was taken back.
    pub fn standing_entry(&self, id: Uuid) -> Option<&Entry> {
        let reversed = |e: &Entry| e.event == Event::Reversed { of: id };
        self.entries.iter().find(|e| e.id == id).filter(|_| !self.entries.iter().any(reversed))
    }

    /// Divides every repayment again, as if all had been entered in the order of their days.
    pub fn replay(&self, day: NaiveDate) -> Result<Replayed, MoneyError> {
        let mut splits = BTreeMap::new();
        let walk = self.walk(&self.until(day), day, |repayment, split| {
            splits.insert(repayment, split);
        })?;
        Ok(Replayed {
            splits,
            accrued: walk.accrued()?.amount(),
            outstanding: walk.balance,
            surplus: walk.surplus,
            lost: walk.lost,
        })
    }

    /// Walks along the entries up to a day, and tells how each repayment that stands is divided.
    fn walk(
        &self,
        entries: &[&Entry],
        day: NaiveDate,
        mut divided: impl FnMut(Uuid, Split),
    ) -> Result<Walk, MoneyError> {
        let taken_back = taken_back(entries.iter().copied());
        let mut walk = Walk::from(self, day);
        for entry in entries.iter().filter(|entry| !taken_back.contains(&entry.id)) {
            walk.go_to(entry.on, self.terms.rate);
            match &entry.event {
                Event::PaidOut => walk.balance = self.to_return.amount(),
                Event::Repaid { amount } => divided(entry.id, walk.take(*amount, self.terms.order)?),
                Event::Lost { amount } => walk.lose(*amount),
                Event::Refunded { amount } => walk.surplus -= amount.amount(),
                Event::Reversed { .. }
                | Event::Adjusted { .. }
                | Event::Rescheduled { .. }
                | Event::Reported { .. }
                | Event::Dismissed { .. }
                | Event::Cancelled => {}
            }
        }
        walk.go_to(day, self.terms.rate);
        Ok(walk)
    }

    /// The sums as recorded up to a day.
    pub fn recorded(&self, day: NaiveDate) -> Change {
        let before = self.brought_forward.map(|before| before.change()).unwrap_or_default();
        before.plus(sums(self.entries.iter().filter(|entry| entry.on <= day)))
    }

    /// The parts in force on a day; none while no payout stands.
    pub fn parts(&self, day: NaiveDate) -> Vec<Part> {
        let Some(paid_out_on) = self.payout(day) else { return Vec::new() };
        let entries = self.until(day);
        let since_payout = entries.iter().rev().take_while(|entry| entry.event != Event::PaidOut);
        let rescheduled = since_payout.filter_map(|entry| match &entry.event {
            Event::Rescheduled { parts } => Some(parts.clone()),
            _ => None,
        });
        let planned = || self.terms.schedule(self.to_return, paid_out_on).unwrap_or_default();
        rescheduled.into_iter().next().unwrap_or_else(planned)
    }

    /// The parts in force on a day, each with what is given back and what is written off of it: both meet the oldest first.
    fn met(&self, day: NaiveDate, recovered: Money, lost: Money) -> Result<Vec<Met>, MoneyError> {
        let (mut recovered, mut lost) = (recovered, lost);
        let meet = |part: Part| {
            let (paid, rest) = recovered.take_up_to(part.amount)?;
            recovered = rest;
            let unpaid = part.amount.minus(paid)?;
            let (written_off, rest) = lost.take_up_to(unpaid)?;
            lost = rest;
            let open = unpaid.minus(written_off)?;
            Ok(Met { part, paid, written_off, open })
        };
        self.parts(day).into_iter().map(meet).collect()
    }

    /// Where the obligation stands at the end of a day.
    pub fn standing(&self, day: NaiveDate) -> Result<Standing, MoneyError> {
        let sums = self.recorded(day);
        let (recovered, lost) = (Money::vnd(sums.principal)?, Money::vnd(sums.lost)?);
        let paid_out = self.payout(day).is_some();
        let outstanding = Money::vnd(self.outstanding(day).max(Decimal::ZERO))?;
        let accrued = self.walk(&self.until(day), day, |_, _| {})?.accrued()?.amount();
        let interest_owed = Money::vnd((accrued - sums.interest).max(Decimal::ZERO))?;
        let met = self.met(day, recovered, lost)?;
        let left_of = |met: &Met| Part { due_on: met.part.due_on, amount: met.open };
        let open: Vec<Part> = met.iter().filter(|met| !met.open.is_zero()).map(left_of).collect();
        let late: Vec<&Part> =
            open.iter().filter(|part| self.terms.overdue_from(part.due_on) <= day).collect();
        Ok(Standing {
            as_of: day,
            to_return: self.to_return,
            recovered,
            lost,
            outstanding,
            due: Money::sum(met.iter().map(|met| met.part).filter(|p| p.due_on <= day).map(|p| p.amount))?,
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
    fn rows(&self, day: NaiveDate, standing: &Standing) -> Result<Vec<Row>, MoneyError> {
        let mut balance = self.to_return.amount();
        let mut since = self.payout(day).unwrap_or(day);
        let (mut interest, mut shown) = (Decimal::ZERO, Decimal::ZERO);
        let mut rows = Vec::new();
        let met = self.met(day, standing.recovered, standing.lost)?;
        for (n, Met { part, paid, written_off, open }) in met.into_iter().enumerate() {
            let period = days(since, part.due_on);
            interest += balance * self.terms.rate * period;
            let so_far = rounded(interest / Decimal::from(YEAR))?.amount();
            let mut row = Row {
                no: n + 1,
                due_on: part.due_on,
                amount: part.amount,
                paid,
                written_off,
                overdue: !open.is_zero() && self.terms.overdue_from(part.due_on) <= day,
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
        let rows = self.rows(day, &standing)?;
        Ok(State { explanation: super::explain::standing(&standing), standing, rows })
    }

    /// What was recorded of each repayment up to a day, with what was adjusted or taken back by then.
    fn recorded_of_each(&self, day: NaiveDate) -> BTreeMap<Uuid, Change> {
        let mut recorded: BTreeMap<Uuid, Change> = BTreeMap::new();
        for entry in self.entries.iter().filter(|entry| entry.on <= day) {
            let concerns = match entry.event {
                Event::Reversed { of } | Event::Adjusted { of } => of,
                _ => entry.id,
            };
            let sum = recorded.entry(concerns).or_default();
            *sum = sum.plus(entry.change);
        }
        recorded
    }

    /// Repayments whose split as recorded up to a day is no longer what a replay up to it says, with the two splits. One that
    /// was taken back should stand at nothing.
    pub fn differences(&self, day: NaiveDate, replayed: &Replayed) -> Vec<Difference> {
        let recorded = self.recorded_of_each(day);
        let repayments = self.until(day).into_iter().filter(|e| matches!(e.event, Event::Repaid { .. }));
        let difference = |entry: &Entry| {
            let was = recorded.get(&entry.id).copied().unwrap_or_default();
            let is = replayed.splits.get(&entry.id).map(|split| split.change()).unwrap_or_default();
            (was != is).then_some(Difference { of: entry.id, was, is })
        };
        repayments.filter_map(difference).collect()
    }
}

/// A repayment that must be divided otherwise than it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Difference {
    /// Which repayment.
    pub of: Uuid,
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
