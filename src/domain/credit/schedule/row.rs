//! A row as it is planned, and the stretches of days that its interest comes from.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::day_count::Stretch;

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

/// A stretch of days over which neither the amount that bears interest nor the rate changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Part {
    pub(super) base: Decimal,
    pub(super) annual_rate_pct: Decimal,
    pub(super) from: NaiveDate,
    pub(super) to: NaiveDate,
    pub(super) period: Stretch,
}
