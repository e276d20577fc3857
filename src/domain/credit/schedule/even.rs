//! Rows that divide what is left by the rows left: the oldest way a credit union writes a loan card.
//!
//! The rate is a fraction a period and stays the same whether a due date was shifted or not; only a first period
//! counted in days is scaled by its real days.

use chrono::{Days, NaiveDate};
use rust_decimal::Decimal;

use super::exact::{Coin, positive};
use super::{PlanRow, TermsError, tvm};
use crate::domain::values::calendar::{MonthEnd, WorkingDays, add_months, days_between};
use crate::domain::values::money::RoundingMode;

/// How the rows are made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rows {
    /// Principal and interest on the original amount, each as what is left by the rows left, half up.
    Flat,
    /// Equal principal, half to even; interest on the balance.
    EqualPrincipal,
    /// Level instalment solved again for every row.
    Resolved,
    /// Level instalment; the last row absorbs the rounding.
    LastAbsorbs,
    /// Level instalment; the first paying row absorbs the rounding.
    FirstAbsorbs,
    /// Given shares of principal and of flat interest for the paying rows.
    Weights {
        /// Shares of principal; they add up to one.
        principal: Vec<Decimal>,
        /// Shares of flat interest; `None` for interest on the balance.
        interest: Option<Vec<Decimal>>,
    },
}

/// A loan card.
#[derive(Debug, Clone)]
pub struct Card {
    /// The day the money is paid out.
    pub start: NaiveDate,
    /// The amount paid out.
    pub amount: Decimal,
    /// Fraction a period.
    pub rate: Decimal,
    /// How many rows, those in grace included.
    pub rows: u32,
    /// First rows without principal.
    pub grace: u32,
    /// Whether rows in grace ask interest.
    pub charge_in_grace: bool,
    /// Months from one row to the next.
    pub months: u32,
    /// Days from one row to the next, on top of the months.
    pub days: u32,
    /// Days off, and where due dates go from them.
    pub working: WorkingDays,
    /// Amounts of the currency; each kind of row names its own way of rounding.
    pub coin: Coin,
    /// How the rows are made.
    pub made: Rows,
}

impl Card {
    fn up(&self, value: Decimal) -> Decimal {
        self.coin.rounding(RoundingMode::HalfUp).round(value)
    }

    fn even(&self, value: Decimal) -> Decimal {
        self.coin.rounding(RoundingMode::HalfEven).round(value)
    }

    /// The nominal due date of row `n`, from 1.
    pub fn nominal(&self, n: u32) -> Option<NaiveDate> {
        let months = add_months(self.start, self.months.checked_mul(n)?, MonthEnd::LastDay)?;
        months.checked_add_days(Days::new(u64::from(self.days) * u64::from(n)))
    }

    /// The rows, with due dates already shifted.
    pub fn plan(&self) -> Result<Vec<PlanRow>, TermsError> {
        let mut rows = Vec::with_capacity(self.rows as usize);
        let (mut from, mut left) = (self.start, self.amount);
        let parts = self.parts();
        for (n, (principal, interest)) in (1..).zip(parts) {
            let nominal = self.nominal(n).ok_or(TermsError::OutOfCalendar)?;
            let due_on = self.working.shifted(nominal);
            left -= principal;
            rows.push(PlanRow { from, due_on, principal, interest, balance: left });
            from = due_on;
        }
        Ok(rows)
    }

    /// How much longer the first period really is.
    fn first_scale(&self) -> Decimal {
        let nominal = self.nominal(1).unwrap_or(self.start);
        let days = days_between(self.start, nominal);
        if self.months > 0 || days == 0 {
            return Decimal::ONE;
        }
        Decimal::from(days_between(self.start, self.working.shifted(nominal))) / Decimal::from(days)
    }

    /// Principal and interest of each row.
    pub(crate) fn parts(&self) -> Vec<(Decimal, Decimal)> {
        match &self.made {
            Rows::Flat => self.flat(),
            Rows::EqualPrincipal | Rows::Resolved => self.declining(),
            Rows::LastAbsorbs => self.level(),
            Rows::FirstAbsorbs => self.rest_to_the_first(self.level()),
            Rows::Weights { principal, interest } => self.weighted(principal, interest.as_deref()),
        }
    }

    fn paying(&self) -> u32 {
        self.rows.saturating_sub(self.grace).max(1)
    }

    fn scale(&self, n: u32) -> Decimal {
        if n == 1 { self.first_scale() } else { Decimal::ONE }
    }

    fn grace_interest(&self, n: u32, round: impl Fn(Decimal) -> Decimal) -> Decimal {
        if self.charge_in_grace { round(self.amount * self.rate * self.scale(n)) } else { Decimal::ZERO }
    }

    fn flat(&self) -> Vec<(Decimal, Decimal)> {
        let charged = if self.charge_in_grace { self.rows } else { self.paying() };
        let mut principal_left = self.amount;
        let mut interest_left = self.up(self.amount * self.rate * Decimal::from(charged));
        (1..=self.rows)
            .map(|n| {
                let rows = Decimal::from(self.rows - n + 1);
                let grace = n <= self.grace;
                let principal = if grace { Decimal::ZERO } else { self.up(principal_left / rows) };
                let free = grace && !self.charge_in_grace;
                let interest = if free { Decimal::ZERO } else { self.up(interest_left / rows) };
                principal_left -= principal;
                interest_left -= interest;
                (principal, self.up(interest * self.scale(n)))
            })
            .collect()
    }

    fn declining(&self) -> Vec<(Decimal, Decimal)> {
        let mut balance = self.amount;
        (1..=self.rows)
            .map(|n| {
                if n <= self.grace {
                    return (Decimal::ZERO, self.grace_interest(n, |v| self.even(v)));
                }
                let rows = self.rows - n + 1;
                let interest = self.even(balance * self.rate);
                let principal = if rows == 1 {
                    balance
                } else if self.made == Rows::EqualPrincipal {
                    self.even(balance / Decimal::from(rows))
                } else {
                    self.even(tvm::instalment(self.rate, rows as usize, balance) - interest)
                };
                let asked = self.even(balance * self.rate * self.scale(n));
                balance -= principal;
                (principal, asked)
            })
            .collect()
    }

    fn level_instalment(&self) -> Decimal {
        self.up(tvm::instalment(self.rate, self.paying() as usize, self.amount))
    }

    /// Moves what the last row absorbed to the first paying row; no interest changes with it.
    fn rest_to_the_first(&self, mut rows: Vec<(Decimal, Decimal)>) -> Vec<(Decimal, Decimal)> {
        let rest = rows.last().map_or(Decimal::ZERO, |(p, i)| p + i - self.level_instalment());
        for (at, change) in [(rows.len().wrapping_sub(1), -rest), (self.grace as usize, rest)] {
            if let Some((principal, _)) = rows.get_mut(at) {
                *principal += change;
            }
        }
        rows
    }

    /// Level instalments; the last row absorbs the rounding.
    fn level(&self) -> Vec<(Decimal, Decimal)> {
        let (mut balance, instalment) = (self.amount, self.level_instalment());
        (1..=self.rows)
            .map(|n| {
                if n <= self.grace {
                    return (Decimal::ZERO, self.grace_interest(n, |v| self.up(v)));
                }
                let interest = self.up(balance * self.rate);
                let principal =
                    if n == self.rows { balance } else { positive(instalment - interest).min(balance) };
                let asked = self.up(balance * self.rate * self.scale(n));
                balance -= principal;
                (principal, asked)
            })
            .collect()
    }

    fn weighted(&self, principal: &[Decimal], interest: Option<&[Decimal]>) -> Vec<(Decimal, Decimal)> {
        let mut balance = self.amount;
        let total = self.amount * self.rate * Decimal::from(self.paying());
        let (mut principal_error, mut interest_error) = (Decimal::ZERO, Decimal::ZERO);
        (1..=self.rows)
            .map(|n| {
                if n <= self.grace {
                    if !self.charge_in_grace || interest.is_none() {
                        return (Decimal::ZERO, self.grace_interest(n, |v| self.even(v)));
                    }
                    // A row in grace takes up the rounding of the one before, and hands on its own alone.
                    let asked = self.even(self.amount * self.rate + interest_error);
                    interest_error = self.amount * self.rate - asked;
                    return (Decimal::ZERO, self.even(asked * self.scale(n)));
                }
                let at = (n - self.grace - 1) as usize;
                let share = |weights: &[Decimal]| weights.get(at).copied().unwrap_or_default();
                let exact = self.amount * share(principal) + principal_error;
                let part = if n == self.rows { balance } else { self.even(exact).min(balance) };
                principal_error = exact - part;
                let asked = if let Some(weights) = interest {
                    let exact = total * share(weights) + interest_error;
                    let asked = self.even(exact);
                    interest_error = exact - asked;
                    asked
                } else {
                    self.even(balance * self.rate)
                };
                balance -= part;
                (part, self.even(asked * self.scale(n)))
            })
            .collect()
    }
}
