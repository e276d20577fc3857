//! The terms of a loan that is alive, and the usual orders of payment.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::domain::credit::allocation::{Bucket, Component, Future, Policy, Rules};
use crate::domain::credit::schedule::Terms;

/// What becomes of an instalment that was not paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Missed {
    /// It moves to the next instalment and is not overdue before the final date: loans to poor households and for
    /// water and sanitation.
    #[default]
    Carried,
    /// That amount is overdue: job-creation loans.
    Overdue,
}

/// The terms of a loan that is alive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LoanTerms {
    /// The plan; its tranches are those agreed, the real ones are events.
    pub plan: Terms,
    /// Percent a year on overdue principal: 130 % of the rate at lending, or the programme's own.
    pub overdue_rate_pct: Decimal,
    /// What becomes of an instalment that was not paid.
    #[serde(default)]
    pub missed: Missed,
    /// How repayments are divided.
    pub policy: Policy,
}

/// Interest up to the day, oldest first, then principal: the order of the Policy Bank's member form 01/TGTV.
pub fn interest_first(future: Future) -> Policy {
    use Bucket::{Due, InAdvance, PastDue};
    use Component::{Interest, Principal};
    let order = vec![
        (PastDue, Interest),
        (Due, Interest),
        (InAdvance, Interest),
        (PastDue, Principal),
        (Due, Principal),
        (InAdvance, Principal),
    ];
    Policy::Vertical(Rules { order, future })
}

/// Overdue principal before everything: what commercial banks do with overdue loans (Circular 39/2016/TT-NHNN art. 18).
pub fn overdue_principal_first(future: Future) -> Policy {
    use Bucket::{Due, InAdvance, PastDue};
    use Component::{Interest, Principal};
    let order = vec![
        (PastDue, Principal),
        (PastDue, Interest),
        (Due, Interest),
        (Due, Principal),
        (InAdvance, Interest),
        (InAdvance, Principal),
    ];
    Policy::Vertical(Rules { order, future })
}
