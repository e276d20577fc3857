//! What happens to an obligation, as values.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::terms::Part;
use crate::domain::values::catalogue::catalogue;
use crate::domain::values::money::Money;

/// How a payment is divided: capital, interest and surplus add up to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Split {
    /// Capital given back.
    pub principal: Money,
    /// Interest to the day it was received.
    pub interest: Money,
    /// Kept for the household.
    pub surplus: Money,
    /// Of the capital what had been written off before.
    pub made_good: Money,
}

/// What an event did to the sums: signed đồng.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Change {
    /// To the capital given back.
    pub principal: Decimal,
    /// To the interest paid.
    pub interest: Decimal,
    /// To what is kept for the household.
    pub surplus: Decimal,
    /// To the capital written off and not recovered since.
    pub lost: Decimal,
}

/// What of the capital with a household stands apart from what is within its days; or what moves there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Apart {
    /// Past its day.
    pub overdue: Decimal,
    /// Reported as lost and not decided.
    pub frozen: Decimal,
}

impl Apart {
    /// Whether nothing stands apart, or moves.
    pub fn is_zero(&self) -> bool {
        self.overdue.is_zero() && self.frozen.is_zero()
    }

    /// All that stands apart.
    pub fn sum(&self) -> Decimal {
        self.overdue + self.frozen
    }

    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self { overdue: self.overdue + other.overdue, frozen: self.frozen + other.frozen }
    }

    /// What moves from `held` to this.
    #[must_use]
    pub fn since(self, held: Self) -> Self {
        self.plus(held.undone())
    }

    /// The move that undoes it.
    #[must_use]
    pub fn undone(self) -> Self {
        Self { overdue: -self.overdue, frozen: -self.frozen }
    }
}

catalogue! {
    /// What happened, in a word.
    #[schema(as = SupportEventKind)]
    pub enum EventKind {
        /// The money was handed over.
        PaidOut = "paid_out",
        /// The household brought money.
        Repaid = "repaid",
        /// A loss was reported and waits for its decision.
        Reported = "reported",
        /// A loss that was reported is none: refused, or taken back.
        Dismissed = "dismissed",
        /// Capital was written off by decision.
        Lost = "lost",
        /// A repayment, a payout or a loss was taken back.
        Reversed = "reversed",
        /// The split of a repayment changed, because something was entered before it.
        Adjusted = "adjusted",
        /// The parts that were open got new days.
        Rescheduled = "rescheduled",
        /// It was given up before the payout.
        Cancelled = "cancelled",
        /// A surplus was given back to the household.
        Refunded = "refunded",
    }
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The money was handed over.
    PaidOut,
    /// The household brought money.
    Repaid {
        /// All of it.
        amount: Money,
    },
    /// A loss was reported and waits for its decision; until then the capital is frozen.
    Reported {
        /// How much.
        amount: Money,
    },
    /// A loss that was reported is none: refused, or taken back.
    Dismissed {
        /// The report.
        of: Uuid,
    },
    /// Capital was written off by decision.
    Lost {
        /// How much.
        amount: Money,
    },
    /// A repayment, a payout or a loss was taken back.
    Reversed {
        /// Which.
        of: Uuid,
    },
    /// The split of a repayment changed, because something was entered before it.
    Adjusted {
        /// Which.
        of: Uuid,
    },
    /// The parts that were open got new days.
    Rescheduled {
        /// All parts from then on.
        parts: Vec<Part>,
    },
    /// It was given up before the payout.
    Cancelled,
    /// A surplus was given back to the household.
    Refunded {
        /// How much.
        amount: Money,
    },
}

/// An event of one agreement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Public id.
    pub id: Uuid,
    /// Order of entry, from 1.
    pub no: i32,
    /// The day it counts.
    pub on: NaiveDate,
    /// What happened.
    pub event: Event,
    /// What was recorded.
    pub change: Change,
    /// What its journal moved to the accounts of capital that stands apart; below zero what it took from there.
    pub apart: Apart,
}

impl Split {
    /// As a change of the sums.
    pub fn change(self) -> Change {
        Change {
            principal: self.principal.amount(),
            interest: self.interest.amount(),
            surplus: self.surplus.amount(),
            lost: Decimal::ZERO - self.made_good.amount(),
        }
    }
}

impl Change {
    /// The sums after another change.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            principal: self.principal + other.principal,
            interest: self.interest + other.interest,
            surplus: self.surplus + other.surplus,
            lost: self.lost + other.lost,
        }
    }

    /// The change that undoes it.
    #[must_use]
    pub fn undone(self) -> Self {
        Self {
            principal: -self.principal,
            interest: -self.interest,
            surplus: -self.surplus,
            lost: -self.lost,
        }
    }
}
