//! How a repayment is divided: a policy that is data, stored with the loan.
//!
//! * `rules`: ordered (bucket, component) rules, horizontal or vertical;
//! * `sequential`: oldest instalment first with an order of components;
//! * `replay`: a loan's history, allocated again from the start whenever something earlier changes;
//! * `early`: paying more than is due: keep the schedule, or spread the rest again; and what closes a loan.

pub mod early;
mod recalculating;
pub mod replay;
mod rules;
mod sequential;
#[cfg(test)]
mod tests;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// What a part of a repayment pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Component {
    /// A fine for being late.
    Penalty,
    /// A fee.
    Fee,
    /// Interest.
    Interest,
    /// Principal.
    Principal,
}

/// When an instalment falls due, seen from the day of the repayment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Bucket {
    /// Before that day.
    PastDue,
    /// On that day.
    Due,
    /// After it.
    InAdvance,
}

/// Which instalments a payment in advance goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Future {
    /// The next one due.
    NextInstallment,
    /// From the last one backwards.
    LastInstallment,
    /// The one whose period holds the day, its first day included; then from the last backwards.
    NextLastInstallment,
    /// All of them in equal shares; the rest of the division to the last.
    Reamortization,
}

/// An ordered list of what is paid first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// What is paid first, second and so on.
    pub order: Vec<(Bucket, Component)>,
    /// Where payments in advance go.
    pub future: Future,
}

/// Oldest instalment first, each in the order of its kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Sequence {
    /// The order inside an instalment that is due.
    pub due: Vec<Component>,
    /// The order inside an instalment that is not.
    pub in_advance: Vec<Component>,
    /// Whether charges already due inside an instalment that is not go first.
    #[serde(default)]
    pub due_charges_first: bool,
}

/// How a repayment is divided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Policy {
    /// Inside a bucket one instalment after the other.
    Horizontal(Rules),
    /// One component over all instalments of its bucket, then the next.
    Vertical(Rules),
    /// Oldest instalment first.
    Sequential(Sequence),
}

impl Policy {
    /// The same order, with payments in advance going elsewhere; oldest first has no such choice.
    #[must_use]
    pub fn towards(mut self, future: Future) -> Self {
        if let Self::Horizontal(rules) | Self::Vertical(rules) = &mut self {
            rules.future = future;
        }
        self
    }
}

/// One amount for each component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Parts {
    /// Principal.
    pub principal: Decimal,
    /// Interest.
    pub interest: Decimal,
    /// Fees.
    pub fee: Decimal,
    /// Penalties.
    pub penalty: Decimal,
}

impl Parts {
    /// The amount of a component.
    pub const fn of(&self, component: Component) -> Decimal {
        match component {
            Component::Principal => self.principal,
            Component::Interest => self.interest,
            Component::Fee => self.fee,
            Component::Penalty => self.penalty,
        }
    }

    /// The place of a component's amount.
    pub const fn of_mut(&mut self, component: Component) -> &mut Decimal {
        match component {
            Component::Principal => &mut self.principal,
            Component::Interest => &mut self.interest,
            Component::Fee => &mut self.fee,
            Component::Penalty => &mut self.penalty,
        }
    }

    /// All components together.
    pub fn total(&self) -> Decimal {
        self.principal + self.interest + self.fee + self.penalty
    }

    /// Adds another split to this one.
    pub fn add(&mut self, other: Self) {
        self.principal += other.principal;
        self.interest += other.interest;
        self.fee += other.fee;
        self.penalty += other.penalty;
    }
}

/// A fee or penalty and the day it falls due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Charge {
    /// [`Component::Fee`] or [`Component::Penalty`].
    pub component: Component,
    /// The day it falls due.
    pub due_on: NaiveDate,
    /// How much.
    pub amount: Decimal,
}

/// What kind of row an instalment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Row {
    /// Row of the schedule, by its index.
    Scheduled(usize),
    /// Asked for on the day money is paid out.
    DownPayment,
    /// Charges that fall due after the last row.
    Late,
}

/// One instalment: what it asks and what was paid on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instalment {
    /// What kind of row it is.
    pub row: Row,
    /// First day of its period.
    pub from: NaiveDate,
    /// The day it falls due.
    pub due_on: NaiveDate,
    /// What it asks.
    pub asked: Parts,
    /// What was paid on it.
    pub paid: Parts,
    /// Of that, before it was due.
    pub paid_in_advance: Decimal,
    /// Of that, after it was due.
    pub paid_late: Decimal,
    /// Its charges.
    pub charges: Vec<Charge>,
}

impl Instalment {
    /// A row that asks nothing yet.
    pub fn new(row: Row, from: NaiveDate, due_on: NaiveDate) -> Self {
        Self {
            row,
            from,
            due_on,
            asked: Parts::default(),
            paid: Parts::default(),
            paid_in_advance: Decimal::ZERO,
            paid_late: Decimal::ZERO,
            charges: Vec::new(),
        }
    }

    /// What is left of a component.
    pub fn open(&self, component: Component) -> Decimal {
        (self.asked.of(component) - self.paid.of(component)).max(Decimal::ZERO)
    }

    /// What is left of all.
    pub fn outstanding(&self) -> Decimal {
        self.asked.total() - self.paid.total()
    }

    /// Whether nothing is left.
    pub fn is_met(&self) -> bool {
        self.outstanding() <= Decimal::ZERO
    }

    /// Seen from a day.
    pub fn bucket(&self, on: NaiveDate) -> Bucket {
        match self.due_on.cmp(&on) {
            std::cmp::Ordering::Less => Bucket::PastDue,
            std::cmp::Ordering::Equal => Bucket::Due,
            std::cmp::Ordering::Greater => Bucket::InAdvance,
        }
    }

    /// Pays at most `limit` of a component; returns what it took.
    fn take(&mut self, component: Component, limit: Decimal, on: NaiveDate) -> Decimal {
        let taken = self.open(component).min(limit);
        *self.paid.of_mut(component) += taken;
        match self.bucket(on) {
            Bucket::InAdvance => self.paid_in_advance += taken,
            Bucket::PastDue => self.paid_late += taken,
            Bucket::Due => {}
        }
        taken
    }
}

/// A loan whose interest follows its real balance hears of each part before and after it is paid.
pub(crate) trait Follows {
    /// Sets what the row asks of a component when it is paid on this day, before it is due.
    fn ask_in_advance(&mut self, rows: &mut [Instalment], at: usize, component: Component, on: NaiveDate);
    /// Learns what was paid, and sets what the rows ask from now on.
    fn paid(&mut self, rows: &mut [Instalment], at: usize, part: (Component, Decimal), on: NaiveDate);
}

/// A loan whose schedule stands.
pub(crate) struct Fixed;

impl Follows for Fixed {
    fn ask_in_advance(&mut self, _: &mut [Instalment], _: usize, _: Component, _: NaiveDate) {}
    fn paid(&mut self, _: &mut [Instalment], _: usize, _: (Component, Decimal), _: NaiveDate) {}
}

/// A repayment under way: what is left of it and where the rest went.
pub(crate) struct Payment<'a, F: Follows> {
    pub rows: &'a mut [Instalment],
    pub on: NaiveDate,
    pub left: Decimal,
    /// Decimals of the currency, for equal shares.
    pub decimals: u32,
    pub split: Parts,
    pub follows: &'a mut F,
}

impl<F: Follows> Payment<'_, F> {
    /// Pays at most `limit` of a component of a row; returns what it took.
    fn pay(&mut self, at: usize, component: Component, limit: Decimal) -> Decimal {
        if self.rows[at].bucket(self.on) == Bucket::InAdvance {
            self.follows.ask_in_advance(self.rows, at, component, self.on);
        }
        let taken = self.rows[at].take(component, limit.min(self.left), self.on);
        self.left -= taken;
        *self.split.of_mut(component) += taken;
        self.follows.paid(self.rows, at, (component, taken), self.on);
        taken
    }

    /// Divides the payment by the policy; what is left afterwards is overpaid.
    pub fn divide(&mut self, policy: &Policy) {
        match policy {
            Policy::Horizontal(rules) => self.horizontally(rules),
            Policy::Vertical(rules) => self.vertically(rules),
            Policy::Sequential(sequence) => self.in_sequence(sequence),
        }
    }
}

/// Divides a repayment over a schedule that stands, oldest row first in `rows`, in coins of so many decimals;
/// returns the parts and the rest.
pub fn divide(
    rows: &mut [Instalment],
    on: NaiveDate,
    amount: Decimal,
    decimals: u32,
    policy: &Policy,
) -> (Parts, Decimal) {
    let (split, follows) = (Parts::default(), &mut Fixed);
    let mut payment = Payment { rows, on, left: amount, decimals, split, follows };
    payment.divide(policy);
    (payment.split, payment.left)
}
