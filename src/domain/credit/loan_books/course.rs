//! The course of a loan through the books: on which days they follow it, and what moves on each of them.
//!
//! The books follow a loan on certain days: each day on which something happened to it, each day that was closed, and each
//! end of a month that an event or a close has passed. At the end of such a day they hold what the fold gives for it; until
//! the next one they hold the same. So what they say of any day follows from what happened and which days were closed, and
//! never from the order in which it was entered: whatever is entered late, each day gets its own difference.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::contract::Contract;
use super::position::{LossRates, Position};
use crate::domain::credit::loan::{LoanError, LoanEvent, LoanState, LoanTerms, Occurrence, state};
use crate::domain::values::month::{self, Month};

/// What the books hold of a loan, and for which day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stand {
    /// The day.
    pub on: NaiveDate,
    /// The accounts.
    pub position: Position,
}

/// A loan, and the days on which the books follow it.
#[derive(Clone, Copy)]
pub struct Course<'a> {
    /// The contract.
    pub contract: &'a Contract,
    /// Its terms.
    pub terms: &'a LoanTerms,
    /// What happened, in the order of entry.
    pub events: &'a [LoanEvent],
    /// The days that were closed for this loan.
    pub closed: &'a BTreeSet<NaiveDate>,
    /// What is set aside on a day against losses of its capital.
    pub rates: &'a dyn Fn(NaiveDate) -> LossRates,
}

/// What moves when the books go from one course to another.
#[derive(Debug)]
pub struct Moves {
    /// Each day on which something moves, in order.
    pub days: Vec<(NaiveDate, Position)>,
    /// What the books hold then.
    pub stand: Stand,
    /// The loan on that day.
    pub state: LoanState,
}

/// What moves around an entry.
#[derive(Debug, Default)]
pub struct Around {
    /// What time did before it, on ends of months that nothing had passed yet.
    pub before: Vec<(NaiveDate, Position)>,
    /// What it does itself, on its own day.
    pub own: Position,
    /// What it changes of what was entered before it, on the days of that.
    pub besides: Vec<(NaiveDate, Position)>,
}

impl Moves {
    /// Parts what moves by an entry, which is the last of `events`. A payout comes before all else of its day: what it
    /// changes of that is not its own.
    pub fn around(&self, events: &[LoanEvent]) -> Around {
        let Some((fresh, others)) = events.split_last() else { return Around::default() };
        let on_its_day = others.iter().any(|event| event.on == fresh.on);
        let mut parts = Around::default();
        for (day, moves) in self.days.iter().copied() {
            match (day.cmp(&fresh.on), &fresh.what) {
                (Ordering::Less, _) => parts.before.push((day, moves)),
                (Ordering::Greater, _) => parts.besides.push((day, moves)),
                (Ordering::Equal, Occurrence::Disbursed { amount }) if on_its_day => {
                    parts.own = Position { in_term: *amount, ..Position::default() };
                    parts.besides.push((day, moves.since(parts.own)));
                }
                (Ordering::Equal, _) => parts.own = moves,
            }
        }
        parts
    }
}

/// How a day is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Follows {
    /// Something happened on it; what is set aside stays.
    Event,
    /// It was closed: what is set aside is set anew.
    Close,
}

impl Course<'_> {
    /// The days from one on which the books follow the loan.
    fn days(&self, from: NaiveDate) -> BTreeMap<NaiveDate, Follows> {
        let happened = || self.events.iter().map(|event| event.on);
        let (Some(first), Some(last)) = (happened().min(), happened().max()) else { return BTreeMap::new() };
        let from = from.max(first);
        let mut days: BTreeMap<_, _> =
            happened().filter(|day| *day >= from).map(|day| (day, Follows::Event)).collect();
        let closed_before = self.closed.last().and_then(NaiveDate::succ_opt).unwrap_or(last);
        let passed = month::ends_between(from, last.max(closed_before));
        days.extend(passed.chain(self.closed.range(from..).copied()).map(|day| (day, Follows::Close)));
        days
    }

    /// What the books hold at the end of each of some days, in order; `before` is what they hold before the first.
    fn holds(
        &self,
        days: impl IntoIterator<Item = (NaiveDate, Follows)>,
        before: Position,
    ) -> Result<(BTreeMap<NaiveDate, Position>, Option<LoanState>), LoanError> {
        let (mut held, mut last, mut position) = (BTreeMap::new(), None, before);
        for (day, follows) in days {
            let state = state(self.terms, self.events, day)?;
            let kind = (self.contract.income, self.contract.capital);
            position = match follows {
                Follows::Close => Position::of(&state, kind, &(self.rates)(day)),
                Follows::Event => Position::of(&state, kind, &LossRates::default()).provided_as(&position),
            };
            held.insert(day, position);
            last = Some(state);
        }
        Ok((held, last))
    }

    /// The last closed day up to one: from it on, what is set aside is known. The first day of all when there is none.
    fn known_from(&self, day: NaiveDate) -> NaiveDate {
        let month_before = Month::of(day).first_day().pred_opt().unwrap_or(day);
        let closed_since = |from| {
            let days = self.days(from);
            let closes = days.range(..=day).rev().find(|(_, follows)| **follows == Follows::Close);
            closes.map(|(day, _)| *day)
        };
        let first = || self.events.iter().map(|event| event.on).min();
        closed_since(month_before).or_else(|| closed_since(NaiveDate::MIN)).or_else(first).unwrap_or(day)
    }

    /// What the books hold at the end of every day on which they follow the loan.
    pub fn positions(&self) -> Result<BTreeMap<NaiveDate, Position>, LoanError> {
        Ok(self.holds(self.days(NaiveDate::MIN), Position::default())?.0)
    }

    /// What they hold at the end of a day.
    pub fn stand(&self, on: NaiveDate) -> Result<Position, LoanError> {
        let days = self.days(self.known_from(on));
        let (held, _) = self.holds(days.range(..=on).map(|(day, how)| (*day, *how)), Position::default())?;
        Ok(held.into_values().next_back().unwrap_or_default())
    }

    /// What moves when books that hold `stand` of this course are to hold what `now` gives. The two differ in nothing that
    /// lies before `from`, except that `now` may follow more days.
    pub fn moves_to(&self, now: &Self, stand: Stand, from: NaiveDate) -> Result<Option<Moves>, LoanError> {
        let late = from < stand.on;
        let known_from = if late { self.known_from(from) } else { stand.on };
        let old = self.days(known_from);
        let booked = if late {
            let days = old.range(..stand.on).map(|(day, how)| (*day, *how));
            self.holds(days, Position::default())?.0
        } else {
            BTreeMap::new()
        };
        let held = |day: NaiveDate| {
            let before = || booked.range(..=day).next_back().map(|(_, position)| *position);
            if late && day < stand.on { before().unwrap_or_default() } else { stand.position }
        };
        let new = now.days(known_from.min(from));
        let changed: Vec<_> =
            new.into_iter().filter(|(day, how)| *day >= from || old.get(day) != Some(how)).collect();
        let Some(eve) = changed.first().and_then(|(day, _)| day.pred_opt()) else { return Ok(None) };
        let (wanted, state) = now.holds(changed, held(eve))?;
        let (Some((on, position)), Some(state)) = (wanted.last_key_value(), state) else { return Ok(None) };
        let stand = Stand { on: *on, position: *position };
        let (mut days, mut carried) = (Vec::new(), Position::default());
        for (day, position) in wanted {
            let moves = position.since(held(day)).since(carried);
            carried = carried.plus(moves);
            if !moves.is_zero() {
                days.push((day, moves));
            }
        }
        Ok(Some(Moves { days, stand, state }))
    }
}
