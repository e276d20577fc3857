//! How late a loan is: days past due, ageing classes, and what is set aside for each.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::domain::calendar::days_between;

/// An amount due on a day and not paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unpaid {
    /// The day it fell due.
    pub due_on: NaiveDate,
    /// How much of it is still open.
    pub amount: Decimal,
}

/// Days since the oldest unpaid due date; zero when nothing is late.
pub fn days_past_due(unpaid: &[Unpaid], on: NaiveDate) -> u32 {
    let oldest = unpaid.iter().filter(|u| u.amount > Decimal::ZERO && u.due_on < on).map(|u| u.due_on).min();
    oldest.map_or(0, |due_on| u32::try_from(days_between(due_on, on)).unwrap_or(0))
}

/// A class of lateness, both ends included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Class {
    /// Its name.
    pub name: String,
    /// From how many days past due.
    pub from: u32,
    /// To how many; `None` without end.
    pub to: Option<u32>,
}

impl Class {
    /// Whether so many days belong to it.
    pub fn holds(&self, days: u32) -> bool {
        self.from <= days && self.to.is_none_or(|to| days <= to)
    }
}

/// The class of a number of days.
pub fn class_of(classes: &[Class], days: u32) -> Option<&Class> {
    classes.iter().find(|class| class.holds(days))
}

/// Unpaid amounts by class, each by its own due date; classes without amounts are zero.
pub fn amounts_by_class(classes: &[Class], unpaid: &[Unpaid], on: NaiveDate) -> Vec<Decimal> {
    classes
        .iter()
        .map(|class| {
            unpaid
                .iter()
                .filter(|u| class.holds(days_past_due(std::slice::from_ref(*u), on)))
                .map(|u| u.amount)
                .sum()
        })
        .collect()
}
