//! The due dates of a schedule: steps from an anchor that is never lost, then the days off.

use chrono::NaiveDate;

use super::terms::TermsError;
use crate::domain::values::calendar::{MonthEnd, Unit, step};

/// How due dates follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dues {
    /// The unit of the step.
    pub unit: Unit,
    /// Units from one due date to the next.
    pub every: u32,
    /// How many due dates.
    pub rows: u32,
    /// Where a day goes that a month does not have.
    pub month_end: MonthEnd,
}

impl Dues {
    /// Due dates after the day money was paid out.
    pub fn from(&self, start: NaiveDate) -> Result<Vec<NaiveDate>, TermsError> {
        self.steps(start, 1)
    }

    /// Due dates that begin with a given first one.
    pub fn beginning(&self, first: NaiveDate) -> Result<Vec<NaiveDate>, TermsError> {
        self.steps(first, 0)
    }

    /// Every date is counted from the anchor itself, so that the 31st comes back after February.
    fn steps(&self, anchor: NaiveDate, first: u32) -> Result<Vec<NaiveDate>, TermsError> {
        (first..first + self.rows)
            .map(|n| step(anchor, self.unit, self.every, n, self.month_end).ok_or(TermsError::OutOfCalendar))
            .collect()
    }
}
