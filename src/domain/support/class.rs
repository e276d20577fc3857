//! Capital that is overdue stands on an account of its own (13882, Circular 24/2024/TT-BTC), from the day on which it is and until it
//! is met; capital that was reported as lost on another (13883), until that is decided. The books follow an agreement on the days on
//! which something happened and on those that were closed.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::facts::Apart;
use super::fold::History;
use crate::domain::values::money::MoneyError;

/// What the books hold of an agreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// Capital with the household, within its days.
    pub within: Decimal,
    /// Capital with the household that stands apart.
    pub apart: Apart,
    /// Brought too much and kept for the household.
    pub surplus: Decimal,
}

impl Held {
    /// Whether nothing is held.
    pub fn is_zero(&self) -> bool {
        self.within.is_zero() && self.apart.is_zero() && self.surplus.is_zero()
    }
}

/// An agreement, and the days that were closed.
#[derive(Clone, Copy)]
pub struct Followed<'a> {
    /// What happened.
    pub history: &'a History,
    /// The closed days, at least the last one up to what is asked and all after it.
    pub closed: &'a BTreeSet<NaiveDate>,
}

impl Followed<'_> {
    /// The last day on which the books follow it, up to one.
    fn last_day(&self, upto: NaiveDate) -> Option<NaiveDate> {
        let happened = self.history.days_upto(upto).max();
        let first = self.history.first_day()?;
        let closed = self.closed.range(..=upto).next_back().copied().filter(|day| *day >= first);
        happened.max(closed)
    }

    /// What stands apart at the end of a day.
    pub fn apart(&self, on: NaiveDate) -> Result<Apart, MoneyError> {
        self.last_day(on).map_or_else(|| Ok(Apart::default()), |day| self.history.apart(day))
    }

    /// What the books hold of it at the end of a day.
    pub fn held(&self, on: NaiveDate) -> Result<Held, MoneyError> {
        let apart = self.apart(on)?;
        let (within, surplus) =
            (self.history.outstanding(on) - apart.sum(), self.history.recorded(on).surplus);
        Ok(Held { within, apart, surplus })
    }

    /// What moves to the accounts of what stands apart, day by day from one on, when books that followed this are to follow `now`.
    pub fn moves_to(&self, now: &Self, from: NaiveDate) -> Result<BTreeMap<NaiveDate, Apart>, MoneyError> {
        let Some(first) = now.history.first_day() else { return Ok(BTreeMap::new()) };
        let from = from.max(first);
        let mut days: BTreeSet<NaiveDate> = now.closed.range(from..).copied().collect();
        days.extend(now.history.days_from(from));
        let (mut moves, mut carried) = (BTreeMap::new(), Apart::default());
        for day in days {
            let more = now.history.apart(day)?.since(self.apart(day)?).since(carried);
            carried = carried.plus(more);
            if !more.is_zero() {
                moves.insert(day, more);
            }
        }
        Ok(moves)
    }
}
