//! The progressive model: a schedule that follows tranches, rate changes, pauses and repayments day by day.
//!
//! * `period`: one instalment and the slices of days inside it;
//! * `solve`: the level instalment, grace, and the smoothing of the last one;
//! * `payments`: repayments, interest up to a day, and overdue principal that keeps bearing interest.

mod payments;
mod period;
mod solve;

use chrono::NaiveDate;
use rust_decimal::Decimal;

pub use self::period::{Period, Slice};
use super::day_count::{Basis, InterestPeriod};
use super::exact::{Coin, div};
use super::row::{Part, PlanRow};
use super::terms::TermsError;

/// On which day a new rate or a pause begins to count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begins {
    /// On its own: the first day counts and the last does not, as everywhere here.
    OnItsDay,
    /// On the day before, as the published plans of another system count.
    OnTheEve,
}

impl Begins {
    /// The day from which what begins on a day counts.
    fn since(self, day: NaiveDate) -> Option<NaiveDate> {
        match self {
            Self::OnItsDay => Some(day),
            Self::OnTheEve => day.pred_opt(),
        }
    }

    /// The first day after something whose last day is this one.
    fn after(self, last: NaiveDate) -> Option<NaiveDate> {
        last.succ_opt().and_then(|next| self.since(next))
    }
}

/// What does not change over the life of a loan in this model.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    /// Interest on the amount paid out instead of the balance.
    pub flat: bool,
    /// Step and day count.
    pub basis: Basis,
    /// Percent a year at the start.
    pub annual_rate_pct: Decimal,
    /// Whether a tranche inside a period bears interest from its own day (else from the start of the period).
    pub partial_periods: bool,
    /// Rounding.
    pub coin: Coin,
    /// First rows without principal.
    pub grace_principal: usize,
    /// First rows in which interest is counted but not asked; the first paying row asks it.
    pub grace_interest: usize,
    /// First rows that bear no interest.
    pub interest_free: usize,
    /// Where rates and pauses begin.
    pub begins: Begins,
}

/// The living schedule of one loan.
#[derive(Debug, Clone)]
pub struct Model {
    /// What never changes.
    pub rules: Rules,
    /// One period for each due date.
    pub periods: Vec<Period>,
    /// Rates by the day from which they count, latest last, in percent a year.
    rates: Vec<(NaiveDate, Decimal)>,
    /// Up to which day overdue principal already bears its interest.
    overdue_until: Option<NaiveDate>,
}

impl Model {
    /// An empty schedule over the due dates; nothing is paid out yet.
    pub fn new(rules: Rules, start: NaiveDate, dues: &[NaiveDate]) -> Self {
        let mut from = start;
        let periods = dues
            .iter()
            .map(|due| {
                let period = Period::new(from, *due);
                from = *due;
                period
            })
            .collect();
        Self { rules, periods, rates: Vec::new(), overdue_until: None }
    }

    /// Pays out a tranche; the instalments due after it are solved again.
    pub fn disburse(&mut self, on: NaiveDate, amount: Decimal) -> Result<(), TermsError> {
        let on = self.bearing_from(on);
        for period in self.periods.iter_mut().filter(|p| on <= p.from) {
            period.disbursed_before += amount;
        }
        let Some(at) = self.change_balance(on, amount, Decimal::ZERO) else { return Ok(()) };
        let first = self.first_after(at, on);
        self.solve_from(first, true)
    }

    /// From which day a tranche bears interest.
    fn bearing_from(&self, on: NaiveDate) -> NaiveDate {
        let whole_periods = self.rules.basis.interest_period == InterestPeriod::RepaymentPeriod
            && !self.rules.partial_periods;
        let holder = self.periods.iter().find(|p| p.due > on).filter(|_| whole_periods);
        holder.map_or(on, |p| p.from)
    }

    /// Changes the rate from a day on; that day bears the new rate, and the instalments are solved again.
    pub fn change_rate(&mut self, from: NaiveDate, annual_rate_pct: Decimal) -> Result<(), TermsError> {
        let Some(since) = self.rules.begins.since(from) else { return Ok(()) };
        let at = self.rates.partition_point(|(day, _)| *day <= since);
        self.rates.insert(at, (since, annual_rate_pct));
        let Some(at) = self.change_balance(since, Decimal::ZERO, Decimal::ZERO) else { return Ok(()) };
        let first = self.first_after(at, since);
        self.solve_from(first, false)
    }

    /// Days from `from` to `to`, both included, bear no interest; the instalment stays.
    pub fn pause(&mut self, from: NaiveDate, to: NaiveDate) {
        let begins = self.rules.begins;
        let (Some(since), Some(until)) = (begins.since(from), begins.after(to)) else { return };
        let mut first = None;
        for (at, period) in self.periods.iter_mut().enumerate() {
            if period.from < until && since < period.due {
                first.get_or_insert(at);
                let (start, end) = (since.max(period.from), until.min(period.due));
                if !period.slices.iter().any(|s| s.from == start) {
                    period.cut_at(start);
                }
                if !period.slices.iter().any(|s| s.to == end) {
                    period.cut_at(end);
                }
                for slice in period.slices.iter_mut().filter(|s| start <= s.from && s.to <= end) {
                    slice.paused = true;
                }
            }
        }
        if let Some(first) = first {
            self.refactor(first);
            self.rebalance();
            self.absorb(self.periods[first].from);
        }
    }

    /// The rows as they stand.
    pub fn rows(&self) -> Vec<PlanRow> {
        let (mut paid_out, mut repaid) = (Decimal::ZERO, Decimal::ZERO);
        let mut rows: Vec<PlanRow> = Vec::with_capacity(self.periods.len());
        for p in &self.periods {
            let before: Decimal = p.slices.iter().filter(|s| s.to < p.due).map(|s| s.disbursed).sum();
            let on_due: Decimal = p.slices.iter().filter(|s| s.to == p.due).map(|s| s.disbursed).sum();
            paid_out += before;
            repaid += p.principal;
            rows.push(PlanRow {
                due_on: p.due,
                from: p.from,
                principal: p.principal,
                interest: p.interest,
                balance: paid_out - repaid,
            });
            paid_out += on_due;
        }
        if let Some(last) = rows.last_mut() {
            last.balance = paid_out - repaid;
        }
        rows
    }

    /// The stretches of days each row's interest comes from.
    pub(crate) fn parts(&self) -> Vec<Vec<Part>> {
        let of = |(at, p): (usize, &Period)| {
            let free = at < self.rules.interest_free;
            let mut paid_out = p.disbursed_before;
            let mut parts = Vec::with_capacity(p.slices.len());
            for slice in &p.slices {
                let base = if self.rules.flat { paid_out } else { slice.balance };
                if slice.from < slice.to && !slice.paused && !free && !base.is_zero() {
                    let annual_rate_pct = self.pct_on(slice.from);
                    let (from, to) = (slice.from, slice.to);
                    parts.push(Part { base, annual_rate_pct, from, to, period: (p.from, p.due) });
                }
                if slice.to != p.from {
                    paid_out += slice.disbursed;
                }
            }
            parts
        };
        self.periods.iter().enumerate().map(of).collect()
    }

    /// The instalment before which nothing changes: the one due after the day.
    fn first_after(&self, at: usize, on: NaiveDate) -> usize {
        if self.periods[at].due == on && at + 1 < self.periods.len() { at + 1 } else { at }
    }

    pub(super) fn holding(&self, day: NaiveDate) -> Option<usize> {
        self.periods.iter().enumerate().find(|(at, p)| p.holds(day, *at == 0)).map(|(at, _)| at)
    }

    /// Books a change of the balance on a day; returns the period it belongs to, or `None` outside the schedule.
    fn change_balance(&mut self, on: NaiveDate, disbursed: Decimal, correction: Decimal) -> Option<usize> {
        let at = self.holding(on)?;
        let matures = at + 1 == self.periods.len() && self.periods[at].due == on;
        let period = &mut self.periods[at];
        let ending = if matures {
            period.slices.iter().rposition(|s| s.from == s.to).filter(|i| i + 1 == period.slices.len())
        } else {
            period.slices.iter().position(|s| s.to == on)
        };
        let slice = ending.unwrap_or_else(|| period.cut_at(on));
        period.slices[slice].disbursed += disbursed;
        period.slices[slice].correction += correction;
        Some(at)
    }

    /// The rate of a slice, as a fraction a year.
    fn rate_on(&self, day: NaiveDate) -> Decimal {
        div(self.pct_on(day), Decimal::ONE_HUNDRED)
    }

    fn pct_on(&self, day: NaiveDate) -> Decimal {
        let pct = self.rates.iter().rev().find(|(since, _)| *since <= day).map(|(_, pct)| *pct);
        pct.unwrap_or(self.rules.annual_rate_pct)
    }

    /// Computes the factors of the periods from `first` on.
    fn refactor(&mut self, first: usize) {
        for at in first..self.periods.len() {
            self.refactor_one(at);
        }
    }

    fn refactor_one(&mut self, at: usize) {
        let free = at < self.rules.interest_free;
        let (from, due) = (self.periods[at].from, self.periods[at].due);
        for i in 0..self.periods[at].slices.len() {
            let (start, end) = (self.periods[at].slices[i].from, self.periods[at].slices[i].to);
            let rate = if free { Decimal::ZERO } else { self.rate_on(start) };
            let basis = self.rules.basis;
            let factor_to_due = basis.factor(rate, (from, due), (start, due));
            let slice = &mut self.periods[at].slices[i];
            slice.factor_to_due = factor_to_due;
            slice.factor =
                if end == due { factor_to_due } else { basis.factor(rate, (from, due), (start, end)) };
        }
    }

    /// Opening balances and dues of every row, in order.
    fn rebalance(&mut self) {
        for at in 0..self.periods.len() {
            let (before, rest) = self.periods.split_at_mut(at);
            rest[0].open_with(before.last());
            self.derive_one(at);
        }
    }

    /// Dues of every row on the balances as they are.
    fn derive(&mut self) {
        for at in 0..self.periods.len() {
            self.derive_one(at);
        }
    }

    fn derive_one(&mut self, at: usize) {
        let carried = if at == 0 { Decimal::ZERO } else { self.periods[at - 1].carried() };
        let own = self.rules.coin.round(self.periods[at].own_interest(self.rules.flat));
        self.periods[at].derive(own, carried);
    }

    pub(super) fn total_disbursed(&self) -> Decimal {
        self.periods.iter().flat_map(|p| &p.slices).map(|s| s.disbursed).sum()
    }

    pub(super) fn total_paid_principal(&self) -> Decimal {
        self.periods.iter().map(|p| p.paid_principal).sum()
    }
}
