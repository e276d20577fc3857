//! The older generator: one instalment solved for the whole term, rows of 30-day months or real days over 365.
//!
//! With interest by days the instalment assumes months of 30 days over 365, while the rows bear their own days.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::day_count::{Basis, InterestPeriod, MonthLength, YearLength, length};
use super::exact::{Coin, positive};
use super::tvm;
use super::{PlanRow, Tranche};
use crate::domain::values::calendar::Unit;

/// How principal comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repays {
    /// Level instalments.
    Instalments,
    /// Equal principal.
    Principal,
    /// Interest on the original amount, everything in equal parts.
    Flat,
}

/// A loan of this convention.
#[derive(Debug, Clone)]
pub struct Cumulative {
    /// How principal comes back.
    pub repays: Repays,
    /// Step and day count.
    pub basis: Basis,
    /// Percent a year.
    pub annual_rate_pct: Decimal,
    /// Rounding.
    pub coin: Coin,
    /// Days from which another rate holds, in percent a year.
    pub rate_changes: Vec<(NaiveDate, Decimal)>,
    /// Money paid out, earliest first.
    pub tranches: Vec<Tranche>,
    /// Whether a tranche bears interest from its own day (else from the start of its period).
    pub partial_periods: bool,
    /// First rows without principal.
    pub grace_principal: usize,
    /// First rows whose interest is asked in the first paying row.
    pub grace_interest: usize,
    /// First rows that bear no interest.
    pub interest_free: usize,
}

impl Cumulative {
    /// The rows over the due dates.
    pub fn rows(mut self, start: NaiveDate, dues: &[NaiveDate]) -> Vec<PlanRow> {
        if !self.partial_periods && self.basis.interest_period == InterestPeriod::RepaymentPeriod {
            self.move_tranches_to_period_starts(start, dues);
        }
        match self.repays {
            Repays::Flat => self.flat(start, dues),
            Repays::Instalments | Repays::Principal => self.declining(start, dues),
        }
    }

    fn move_tranches_to_period_starts(&mut self, start: NaiveDate, dues: &[NaiveDate]) {
        for tranche in &mut self.tranches {
            let before = dues.iter().rev().find(|due| **due <= tranche.on);
            tranche.on = before.copied().unwrap_or(start);
        }
    }

    fn rate_on(&self, day: NaiveDate) -> Decimal {
        let pct = self.rate_changes.iter().rev().find(|(from, _)| *from <= day).map(|(_, pct)| *pct);
        pct.unwrap_or(self.annual_rate_pct) / Decimal::ONE_HUNDRED
    }

    fn days_in_year(&self) -> Decimal {
        Decimal::from(if self.basis.days.year == YearLength::Days360 { 360 } else { 365 })
    }

    /// One full step as a fraction of a year, above and below the line: nothing is divided before everything is
    /// multiplied, so that half a coin stays exactly half; `year` is the divisor of days.
    fn step_of_year(&self, year: Decimal) -> (Decimal, Decimal) {
        let every = Decimal::from(self.basis.every);
        match (self.basis.interest_period, self.basis.unit) {
            (InterestPeriod::RepaymentPeriod, Unit::Months) => (every, Decimal::from(12)),
            (InterestPeriod::RepaymentPeriod, Unit::Weeks) => (every, Decimal::from(52)),
            (InterestPeriod::RepaymentPeriod, Unit::Days) => (every, Decimal::from(365)),
            (InterestPeriod::Daily, Unit::Months) => (every * Decimal::from(30), year),
            (InterestPeriod::Daily, Unit::Weeks) => (every * Decimal::from(7), year),
            (InterestPeriod::Daily, Unit::Days) => (every, year),
        }
    }

    fn instalment(&self, rate: Decimal, balance: Decimal, rows: usize) -> Decimal {
        let (above, below) = self.step_of_year(Decimal::from(365));
        self.coin.instalment(tvm::instalment(rate * above / below, rows, balance))
    }

    /// Interest of the row `from..due` on what is owed day by day.
    fn interest(&self, balance: Decimal, from: NaiveDate, due: NaiveDate) -> Decimal {
        let mut days: Vec<NaiveDate> = self.tranches.iter().map(|t| t.on).collect();
        days.extend(self.rate_changes.iter().map(|(day, _)| *day));
        days.retain(|day| from < *day && *day < due);
        days.extend([from, due]);
        days.sort_unstable();
        days.dedup();
        let by_days = self.basis.interest_period == InterestPeriod::Daily
            && self.basis.days.month == MonthLength::Actual;
        let whole = length((from, due));
        let mut sum = Decimal::ZERO;
        for part in days.windows(2) {
            let base = balance + self.paid_out(from, part[0]);
            let days = length((part[0], part[1]));
            let (above, below) = if by_days {
                (days, self.days_in_year())
            } else {
                let (above, below) = self.step_of_year(self.days_in_year());
                (above * days, below * whole)
            };
            sum += base * self.rate_on(part[0]) * above / below;
        }
        self.coin.round(sum)
    }

    /// Paid out inside the row, up to and with `day`.
    fn paid_out(&self, from: NaiveDate, day: NaiveDate) -> Decimal {
        self.tranches.iter().filter(|t| t.on > from && t.on <= day).map(|t| t.amount).sum()
    }

    fn declining(&self, start: NaiveDate, dues: &[NaiveDate]) -> Vec<PlanRow> {
        let (mut balance, mut brought) = (Decimal::ZERO, Decimal::ZERO);
        let (mut level, mut solved_rate) = (Decimal::ZERO, None);
        let mut rows = Vec::with_capacity(dues.len());
        let mut from = start;
        for (at, due) in dues.iter().enumerate() {
            let opening: Decimal =
                self.tranches.iter().filter(|t| opens(t, from, at)).map(|t| t.amount).sum();
            balance += opening;
            let free = at < self.interest_free;
            let own = if free { Decimal::ZERO } else { self.interest(balance, from, *due) };
            let grace = at < self.grace_interest && at + 1 < dues.len();
            let interest = if grace { Decimal::ZERO } else { own + brought };
            brought = if grace { brought + own } else { Decimal::ZERO };
            let within = due.pred_opt().map_or(Decimal::ZERO, |eve| self.paid_out(from, eve));
            balance += within;
            let rate = self.rate_on(from);
            if solved_rate != Some(rate) || !(opening + within).is_zero() {
                let paying = dues.len() - at - self.grace_principal.saturating_sub(at);
                level = match self.repays {
                    Repays::Principal => self.coin.round(balance / Decimal::from(paying.max(1))),
                    _ => self.instalment(rate, balance, paying),
                };
                solved_rate = Some(rate);
            }
            let principal = match self.repays {
                _ if at + 1 == dues.len() => balance,
                _ if at < self.grace_principal => Decimal::ZERO,
                Repays::Principal => level.min(balance),
                _ => positive(level - interest).min(balance),
            };
            balance -= principal;
            rows.push(PlanRow { from, due_on: *due, principal, interest, balance });
            from = *due;
        }
        rows
    }

    fn flat(&self, start: NaiveDate, dues: &[NaiveDate]) -> Vec<PlanRow> {
        let amount: Decimal = self.tranches.iter().map(|t| t.amount).sum();
        let n = dues.len();
        let rate = self.annual_rate_pct / Decimal::ONE_HUNDRED;
        let year = self.days_in_year();
        let (above, below) = self.step_of_year(year);
        let full = self.coin.round(amount * rate * above * Decimal::from(n) / below);
        let each = self.coin.round(full / Decimal::from(n));
        let total = full - each * Decimal::from(self.interest_free);
        let paying = Decimal::from(n.saturating_sub(self.grace_principal).max(1));
        let (mut left, mut unasked, mut brought) = (amount, total, Decimal::ZERO);
        let mut from = start;
        let mut rows = Vec::with_capacity(n);
        for (at, due) in dues.iter().enumerate() {
            let last = at + 1 == n;
            let own = match at {
                _ if last => unasked,
                _ if at < self.interest_free => Decimal::ZERO,
                _ => each,
            };
            unasked -= own;
            let grace = at < self.grace_interest && !last;
            let interest = if grace { Decimal::ZERO } else { own + brought };
            brought = if grace { brought + own } else { Decimal::ZERO };
            let principal = if last {
                left
            } else if at < self.grace_principal {
                Decimal::ZERO
            } else {
                positive(self.coin.instalment(amount / paying + own) - own).min(left)
            };
            left -= principal;
            rows.push(PlanRow { from, due_on: *due, principal, interest, balance: left });
            from = *due;
        }
        rows
    }
}

/// Whether a tranche is owed from the first day of row `at`.
fn opens(tranche: &Tranche, from: NaiveDate, at: usize) -> bool {
    tranche.on == from || (at == 0 && tranche.on < from)
}
