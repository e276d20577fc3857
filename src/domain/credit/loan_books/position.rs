//! Where a loan stands in the accounts.

use chrono::NaiveDate;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

use super::contract::Capital;
use crate::domain::credit::loan::{LoanState, PrincipalSums};
use crate::domain::credit::programme::Income;

/// The accounts of one loan, or the sum of many: đồng, as a person counts them, so liabilities and income are positive too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Position {
    /// Principal within term.
    pub in_term: Decimal,
    /// Principal that is late.
    pub overdue: Decimal,
    /// Principal that is frozen.
    pub frozen: Decimal,
    /// Interest earned and not collected, on the balance sheet.
    pub receivable: Decimal,
    /// Owed to the borrower.
    pub overpaid: Decimal,
    /// Interest that became income.
    pub income: Decimal,
    /// Principal written off and not recovered.
    pub lost: Decimal,
    /// Principal that came back after it was written off and is the unit's: its own capital, and of entrusted capital what
    /// the general provision had borne.
    pub regained: Decimal,
    /// Principal written off that the general provision bore.
    pub covered: Decimal,
    /// Interest written off that had been income.
    pub lost_interest: Decimal,
    /// Unpaid interest of a loan within term, off the balance sheet.
    pub unpaid_in_term: Decimal,
    /// Unpaid interest of a loan with late or frozen principal, off the balance sheet.
    pub unpaid_overdue: Decimal,
    /// Principal written off that may still come back, off the balance sheet.
    pub written_off: Decimal,
    /// Interest written off that may still come back, off the balance sheet.
    pub written_off_interest: Decimal,
    /// General provision.
    pub general: Decimal,
    /// Specific provision.
    pub specific: Decimal,
}

/// What is set aside against losses of one owner's capital; dated data.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LossRates {
    /// Percent of the principal that is not late.
    pub general_pct: Decimal,
    /// From how many days late, and the percent of the principal.
    pub by_days: Vec<(u32, Decimal)>,
}

/// The dated rows of what is set aside, of all owners.
#[derive(Debug, Clone, Default)]
pub struct LossBook(pub Vec<LossRow>);

/// One of them.
#[derive(Debug, Clone)]
pub struct LossRow {
    /// Whose capital.
    pub owner_code: String,
    /// From this day …
    pub valid_from: NaiveDate,
    /// … up to this one, which is not in it.
    pub valid_to: Option<NaiveDate>,
    /// From how many days late; none: of the principal that is not late.
    pub from_days: Option<u32>,
    /// Percent of the principal.
    pub percent: Decimal,
}

impl LossBook {
    /// What is set aside on a day against losses of an owner's capital.
    pub fn on(&self, owner_code: &str, day: NaiveDate) -> LossRates {
        let mut rates = LossRates::default();
        let in_force = |row: &&LossRow| row.valid_from <= day && row.valid_to.is_none_or(|to| day < to);
        for row in self.0.iter().filter(|row| row.owner_code == owner_code).filter(in_force) {
            match row.from_days {
                Some(days) => rates.by_days.push((days, row.percent)),
                None => rates.general_pct = row.percent,
            }
        }
        rates
    }
}

macro_rules! each {
    ($left:expr, $op:tt, $right:expr) => {{
        let (a, b): (Position, Position) = ($left, $right);
        Position {
            in_term: a.in_term $op b.in_term,
            overdue: a.overdue $op b.overdue,
            frozen: a.frozen $op b.frozen,
            receivable: a.receivable $op b.receivable,
            overpaid: a.overpaid $op b.overpaid,
            income: a.income $op b.income,
            lost: a.lost $op b.lost,
            regained: a.regained $op b.regained,
            covered: a.covered $op b.covered,
            lost_interest: a.lost_interest $op b.lost_interest,
            unpaid_in_term: a.unpaid_in_term $op b.unpaid_in_term,
            unpaid_overdue: a.unpaid_overdue $op b.unpaid_overdue,
            written_off: a.written_off $op b.written_off,
            written_off_interest: a.written_off_interest $op b.written_off_interest,
            general: a.general $op b.general,
            specific: a.specific $op b.specific,
        }
    }};
}

impl Position {
    /// Where a loan stands by its fold; provisions are those of `rates`.
    ///
    /// Interest is earned day by day only while the loan is within term. Once principal is late, frozen or written off,
    /// what is unpaid leaves income and stands off the balance sheet (941, Circular 05/2019/TT-BTC), and income is what is
    /// collected, as for a loan on a cash basis; a loan that is within term again earns again.
    pub fn of(state: &LoanState, (income, capital): (Income, Capital), rates: &LossRates) -> Self {
        let (principal, interest) = (&state.principal, &state.interest);
        let late = !(principal.overdue + principal.frozen).is_zero();
        let lost = !(principal.written_off + principal.recovered).is_zero();
        let earns = income == Income::Accrual && !late && !lost;
        let off_balance = |is: bool| if !earns && is { interest.unpaid } else { Decimal::ZERO };
        let accrues = |amount| if earns { amount } else { Decimal::ZERO };
        let (general, specific) = provisions(state, rates);
        Self {
            in_term: principal.performing,
            overdue: principal.overdue,
            frozen: principal.frozen,
            receivable: accrues(interest.unpaid),
            overpaid: state.overpaid,
            income: interest.recovered + if earns { interest.accrued } else { interest.paid },
            lost: principal.written_off,
            regained: regained(principal, capital),
            covered: principal.covered,
            lost_interest: accrues(interest.written_off + interest.recovered),
            unpaid_in_term: off_balance(!late),
            unpaid_overdue: off_balance(late),
            written_off: principal.written_off,
            written_off_interest: interest.written_off,
            general,
            specific,
        }
    }

    /// The same with other provisions: they move when a day is closed, not with each event. Only what the general provision
    /// bears of a loss leaves it at once; the next close sets it anew.
    #[must_use]
    pub fn provided_as(mut self, held: &Self) -> Self {
        let owed = self.is_owed();
        let left = held.general - (self.covered - held.covered);
        self.general = if owed { left } else { left.min(Decimal::ZERO) };
        self.specific = if owed { held.specific } else { Decimal::ZERO };
        self
    }

    /// Whether principal is with the borrower.
    fn is_owed(&self) -> bool {
        !(self.in_term + self.overdue + self.frozen).is_zero()
    }

    /// What moves from `held` to this.
    #[must_use]
    pub fn since(self, held: Self) -> Self {
        each!(self, -, held)
    }

    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        each!(self, +, other)
    }

    /// What a receipt or payment is about, and what stands on a general voucher beside it: what is off the balance sheet, and
    /// what is set aside.
    #[must_use]
    pub fn on_papers(self) -> (Self, Self) {
        let Self {
            unpaid_in_term, unpaid_overdue, written_off, written_off_interest, general, specific, ..
        } = self;
        let beside = Self {
            unpaid_in_term,
            unpaid_overdue,
            written_off,
            written_off_interest,
            general,
            specific,
            ..Self::default()
        };
        (self.since(beside), beside)
    }

    /// Whether nothing moves.
    pub fn is_zero(&self) -> bool {
        *self == Self::default()
    }

    /// The principal and what is owed to the borrower: what an auditor wants by loan.
    #[must_use]
    pub fn by_loan(self) -> Self {
        let Self { in_term, overdue, frozen, overpaid, lost, regained, covered, written_off, .. } = self;
        Self { in_term, overdue, frozen, overpaid, lost, regained, covered, written_off, ..Self::default() }
    }

    /// Principal paid out and neither back nor recovered, lost or not.
    pub fn principal(&self) -> Decimal {
        self.in_term + self.overdue + self.frozen + self.lost
    }

    /// Money that came in, signed: what the other accounts leave open.
    pub fn money(&self) -> Decimal {
        self.overpaid + self.income
            - self.in_term
            - self.overdue
            - self.frozen
            - self.receivable
            - self.lost
            - self.lost_interest
    }
}

/// Of the principal recovered after a write-off, what is the unit's: entrusted capital is made whole first.
fn regained(principal: &PrincipalSums, capital: Capital) -> Decimal {
    let ever = principal.written_off + principal.recovered;
    match capital {
        Capital::Own => principal.recovered,
        Capital::Central | Capital::Local => {
            (principal.recovered - (ever - principal.covered)).max(Decimal::ZERO)
        }
    }
}

/// General and specific provision of a loan, each rounded once to đồng.
fn provisions(state: &LoanState, rates: &LossRates) -> (Decimal, Decimal) {
    let share = |of: Decimal, pct: Decimal| {
        (of * pct / Decimal::ONE_HUNDRED).round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero)
    };
    let reached = rates.by_days.iter().filter(|(days, _)| *days <= state.days_past_due);
    let specific = reached.max_by_key(|(days, _)| *days).map_or(Decimal::ZERO, |(_, pct)| *pct);
    let bearing = state.principal.performing + state.principal.overdue;
    (share(state.principal.performing, rates.general_pct), share(bearing, specific))
}
