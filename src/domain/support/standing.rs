//! Where an obligation stands, as it is shown.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;

use super::terms::Part;
use crate::domain::values::language::Text;
use crate::domain::values::money::Money;

/// A part of the schedule and how far it is met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Row {
    /// From 1.
    pub no: usize,
    /// Day.
    pub due_on: NaiveDate,
    /// Capital due.
    pub amount: Money,
    /// Of it given back.
    pub paid: Money,
    /// Of it written off by decision.
    pub written_off: Money,
    /// Whether it is past its day, grace included.
    pub overdue: bool,
    /// Interest of the period when every part is paid on its day.
    pub interest: Money,
    /// In words.
    pub explanation: Text,
}

/// Where an obligation stands on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Standing {
    /// The day.
    pub as_of: NaiveDate,
    /// What must come back in all.
    pub to_return: Money,
    /// Capital given back so far.
    pub recovered: Money,
    /// Capital written off by decision and not recovered since.
    pub lost: Money,
    /// Capital still with the household.
    pub outstanding: Money,
    /// Capital due by the day.
    pub due: Money,
    /// Capital past its day, grace included, and neither given back nor written off.
    pub overdue: Money,
    /// Due day of the oldest part that is overdue.
    pub overdue_since: Option<NaiveDate>,
    /// Interest to the day, paid or not.
    pub interest: Money,
    /// Of it paid.
    pub interest_paid: Money,
    /// Interest owed on the day.
    pub interest_owed: Money,
    /// Brought too much and kept for the household.
    pub surplus: Money,
    /// Recovered of what must come back, percent with two decimals.
    #[schema(value_type = String, example = "33.30")]
    pub recovered_percent: Decimal,
    /// The first part that is not met, and what of it is open.
    pub next: Option<Part>,
    /// Nothing is owed any more.
    pub settled: bool,
}

/// Where an obligation stands, with its schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = StandingState)]
pub struct State {
    /// The figures.
    #[serde(flatten)]
    pub standing: Standing,
    /// In words.
    pub explanation: Text,
    /// The schedule; empty before the payout.
    pub rows: Vec<Row>,
}
