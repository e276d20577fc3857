//! Repayment schedules.

pub mod cumulative;
pub mod day_count;
pub mod dues;
pub mod even;
pub mod exact;
pub mod level;
pub mod progressive;
pub mod split;
pub mod tvm;

use chrono::NaiveDate;
use rust_decimal::Decimal;

/// The most rows a schedule may have: a hundred years of months.
pub const MOST_ROWS: u32 = 1200;

/// Why there is no schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TermsError {
    /// Rate and number of rows grow a balance beyond what can be counted.
    #[error("the amounts outgrow what can be counted")]
    TooLarge,
    /// A date beyond the calendar.
    #[error("a due date lies beyond the calendar")]
    OutOfCalendar,
    /// The instalment does not cover its interest.
    #[error("the instalment never repays the loan")]
    NeverRepaid,
    /// An entry that points at nothing.
    #[error("there is no such entry")]
    NoSuchEntry,
}

/// Money paid out on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tranche {
    /// The day.
    pub on: NaiveDate,
    /// How much.
    pub amount: Decimal,
}

/// One planned row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlanRow {
    /// First day of its period.
    pub from: NaiveDate,
    /// The day it falls due.
    pub due_on: NaiveDate,
    /// Principal it asks.
    pub principal: Decimal,
    /// Interest it asks.
    pub interest: Decimal,
    /// Principal left after it.
    pub balance: Decimal,
}
