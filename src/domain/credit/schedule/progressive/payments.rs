//! Repayments on a progressive schedule, interest up to a day, and principal that is late.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::super::exact::positive;
use super::Model;

/// What a row asks on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueOn {
    /// Principal.
    pub principal: Decimal,
    /// Interest.
    pub interest: Decimal,
}

impl Model {
    /// Takes interest paid on a row.
    pub fn pay_interest(&mut self, at: usize, on: NaiveDate, amount: Decimal) {
        let open = self.periods.iter().rposition(|p| !p.is_paid());
        if open == Some(at) && at + 1 < self.periods.len() && on >= self.periods[at].due {
            self.defer_later_interest(at, on);
        }
        let due: Decimal = self.periods.iter().map(|p| p.interest).sum();
        let paid: Decimal = self.periods.iter().map(|p| p.paid_interest).sum();
        self.periods[at].paid_interest += amount.min(due - paid);
        self.rebalance();
        self.absorb(on);
    }

    /// Takes principal paid on a row. From that day on it bears no interest; paid late, from its due date on,
    /// because until the payment it was carried as overdue.
    pub fn pay_principal(&mut self, at: usize, on: NaiveDate, amount: Decimal) {
        if amount.is_zero() {
            return;
        }
        let left = self.total_disbursed() - self.total_paid_principal();
        self.periods[at].paid_principal += amount.min(left);
        let day = on.min(self.periods[at].due);
        self.correct(day, -amount);
        let open = self.periods.iter().filter(|p| !p.is_paid()).count();
        let period = &mut self.periods[at];
        let ahead = open > 1 && on < period.from;
        if ahead && (period.paid() > period.asked() || period.paid() == period.solved) {
            period.instalment = period.paid();
        }
        self.derive();
        self.absorb(day);
    }

    /// What row `at` asks when it is paid on `on`: interest up to that day only.
    pub fn due_at(&self, at: usize, on: NaiveDate) -> DueOn {
        let mut then = self.as_of(on);
        if on <= then.periods[at].from {
            let open = then.periods.iter().filter(|p| !p.is_paid()).count();
            let left = positive(then.total_disbursed() - then.total_paid_principal());
            let period = &mut then.periods[at];
            if open > 1 {
                period.instalment = period.solved;
                then.derive();
                let period = &mut then.periods[at];
                period.instalment -= positive(period.outstanding_principal() - left);
            } else if period.is_paid() && open == 1 {
                period.instalment = period.solved.min(left + period.paid_principal + period.interest);
            }
            then.derive();
        }
        DueOn { principal: then.periods[at].principal, interest: then.periods[at].interest }
    }

    /// Principal left, and interest up to the day that is not paid: what closes the loan on that day.
    pub fn payoff(&self, on: NaiveDate) -> DueOn {
        let mut then = self.clone();
        then.refactor_until(on);
        then.rebalance();
        then.absorb(on);
        let due: Decimal = then.periods.iter().map(|p| p.interest).sum();
        let paid: Decimal = then.periods.iter().map(|p| p.paid_interest).sum();
        DueOn {
            principal: positive(then.total_disbursed() - then.total_paid_principal()),
            interest: positive(due - paid),
        }
    }

    /// Interest of the whole loan up to a day, in coins.
    pub fn interest_until(&self, on: NaiveDate) -> Decimal {
        self.as_of(on).periods.iter().map(|p| p.interest).sum()
    }

    /// Lets principal that was not paid when due bear interest up to `until`.
    pub fn carry_overdue(&mut self, until: NaiveDate) {
        let Some(end) = self.periods.last().map(|p| p.due) else { return };
        let target = until.min(end);
        let late = self.periods.iter().take_while(|p| p.due < target).count();
        if late == 0 {
            return;
        }
        let last = self.periods.len() - 1;
        let current = self.holding(target).unwrap_or(last);
        let (mut overdue, mut total) = (Decimal::ZERO, Decimal::ZERO);
        for at in 0..late {
            if !overdue.is_zero() {
                self.carry_into(at, target, overdue, total);
            }
            overdue = self.periods[at].outstanding_principal();
            total += overdue;
        }
        if current != last || target <= end {
            self.carry_into(current, target, overdue, total);
        }
        if total > Decimal::ZERO && self.overdue_until.is_none_or(|day| day < target) {
            self.overdue_until = Some(target);
        }
    }

    fn carry_into(&mut self, at: usize, until: NaiveDate, overdue: Decimal, total: Decimal) {
        if self.overdue_until == Some(until) {
            return;
        }
        let (from, due) = (self.periods[at].from, self.periods[at].due);
        let since = self.overdue_until.filter(|day| *day >= from).unwrap_or(from);
        self.correct(since, overdue);
        if from < until && until <= due {
            self.correct(until, -total);
            self.overdue_until = Some(until);
        }
    }

    fn correct(&mut self, on: NaiveDate, amount: Decimal) {
        if let Some(at) = self.change_balance(on, Decimal::ZERO, amount) {
            self.refactor_one(at);
            self.rebalance();
            self.absorb(on);
        }
    }

    /// The schedule as if no day after `on` would come.
    fn as_of(&self, on: NaiveDate) -> Self {
        let mut then = self.clone();
        let ends = then.periods.last().is_some_and(|p| p.due <= on);
        if ends {
            return then;
        }
        let current = then.holding(on);
        for (at, period) in then.periods.iter_mut().enumerate().filter(|(_, p)| p.due > on) {
            match period.slice_holding(on, at == 0).filter(|_| current == Some(at)) {
                Some(slice) => {
                    period.slices[slice].to = on;
                    period.slices.truncate(slice + 1);
                }
                None => period.slices.clear(),
            }
        }
        if current.is_some() {
            then.refactor(0);
            then.rebalance();
            then.absorb(on);
        } else {
            then.derive();
        }
        then
    }

    /// Factors of the days up to `on`, and none after.
    fn refactor_until(&mut self, on: NaiveDate) {
        if let Some(at) = self.holding(on)
            && let Some(slice) = self.periods[at].slice_holding(on, at == 0)
        {
            self.periods[at].slices[slice].to = on;
        }
        self.refactor(0);
        for slice in self.periods.iter_mut().flat_map(|p| &mut p.slices).filter(|s| s.to > on) {
            slice.factor = Decimal::ZERO;
            slice.factor_to_due = Decimal::ZERO;
        }
    }

    /// When later rows are paid ahead, interest of their days that is not asked for goes to the last open row.
    pub(super) fn defer_later_interest(&mut self, at: usize, until: NaiveDate) {
        if at + 1 == self.periods.len() {
            return;
        }
        let mut then = self.clone();
        then.refactor_until(until);
        then.derive();
        let unasked = then.periods[at + 1..].iter().rev().map(super::Period::carried);
        if let Some(interest) = unasked.into_iter().find(|carried| *carried > Decimal::ZERO) {
            self.periods[at].deferred = interest;
            self.periods[at + 1..].iter_mut().for_each(|p| p.interest_moved = true);
            self.derive();
        }
    }
}
