//! Solving the level instalment, and moving what rounding leaves into the last row.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::super::exact::{checked_mul, div};
use super::super::terms::TermsError;
use super::{Model, Period};

/// How often the instalment is moved towards its last one.
const ROUNDS_OF_SMOOTHING: u32 = 3;

impl Model {
    /// Solves the instalments from row `first` on; `tranche` when the cause is money paid out.
    pub(super) fn solve_from(&mut self, first: usize, tranche: bool) -> Result<(), TermsError> {
        self.mark_interest_grace();
        self.refactor(first);
        if self.rules.flat {
            self.solve_flat(first);
            self.apply_principal_grace(first)?;
            self.rebalance();
            return Ok(());
        }
        self.rebalance();
        let untouched = self.periods.iter().all(|p| p.instalment.is_zero());
        let day = self.periods[first].due;
        if tranche && !untouched && self.has_history() {
            self.take_instalments_as_if_nothing_was_paid(first)?;
            self.apply_principal_grace(first)?;
            self.rebalance();
            self.absorb(day);
            return Ok(());
        }
        self.level(first)?;
        self.apply_principal_grace(first)?;
        self.rebalance();
        self.absorb(day);
        self.smooth(first);
        Ok(())
    }

    fn has_history(&self) -> bool {
        self.periods.iter().any(|p| !p.paid().is_zero() || p.slices.iter().any(|s| !s.correction.is_zero()))
    }

    /// A tranche sets the instalments by the plan, not by how punctually they were paid.
    fn take_instalments_as_if_nothing_was_paid(&mut self, first: usize) -> Result<(), TermsError> {
        let mut plan = self.clone();
        for period in &mut plan.periods {
            period.paid_principal = Decimal::ZERO;
            period.paid_interest = Decimal::ZERO;
            period.deferred = Decimal::ZERO;
            period.slices.iter_mut().for_each(|s| s.correction = Decimal::ZERO);
        }
        plan.solve_from(first, false)?;
        for (mine, planned) in self.periods.iter_mut().zip(plan.periods).skip(first) {
            mine.instalment = planned.instalment;
            mine.solved = planned.solved;
        }
        Ok(())
    }

    fn mark_interest_grace(&mut self) {
        // The last row asks what is left, however long the grace.
        let rows = self.rules.grace_interest.min(self.periods.len().saturating_sub(1));
        for period in self.periods.iter_mut().take(rows) {
            period.interest_grace = true;
        }
    }

    /// Rows in grace ask their interest only; the others are solved over the rest.
    fn apply_principal_grace(&mut self, first: usize) -> Result<(), TermsError> {
        let grace = self.rules.grace_principal.min(self.periods.len());
        if grace == 0 {
            return Ok(());
        }
        self.derive();
        for at in 0..grace {
            let period = &mut self.periods[at];
            if at >= first {
                let asked = if period.interest_grace { period.interest } else { period.cost };
                period.instalment = asked;
                period.solved = asked;
                period.principal_grace = true;
                self.rebalance();
            } else if period.principal.is_zero() {
                period.principal_grace = true;
            }
        }
        let paying = first.max(grace);
        if paying < self.periods.len() {
            if self.rules.flat { self.solve_flat(paying) } else { self.level(paying)? }
        }
        Ok(())
    }

    /// The level instalment `P · Π(1 + f) / fn`, with `fn₁ = 1` and `fnₖ = 1 + fnₖ₋₁ · (1 + fₖ)`.
    fn level(&mut self, first: usize) -> Result<(), TermsError> {
        let (mut product, mut sum) = (Decimal::ONE, Decimal::ONE);
        for (at, period) in self.periods.iter().enumerate().skip(first) {
            let growth = if period.interest_grace {
                Decimal::ONE
            } else {
                period.slices.iter().map(|s| s.factor).fold(Decimal::ONE, |a, f| a + f)
            };
            product = checked_mul(product, growth).ok_or(TermsError::TooLarge)?;
            if at > first {
                sum = Decimal::ONE + checked_mul(sum, growth).ok_or(TermsError::TooLarge)?;
            }
        }
        let before = if first == 0 { Decimal::ZERO } else { self.periods[first - 1].closing_balance() };
        let balance = before + self.periods[first].slices.iter().map(|s| s.disbursed).sum::<Decimal>();
        let exact = div(checked_mul(product, balance).ok_or(TermsError::TooLarge)?, sum);
        let instalment = self.rules.coin.instalment(exact);
        for period in self.periods[first..].iter_mut().filter(|p| instalment >= p.paid()) {
            period.instalment = instalment;
            period.solved = instalment;
        }
        Ok(())
    }

    /// Flat interest: what is left of principal and all interest to come, in equal instalments; the last takes
    /// the remainder.
    fn solve_flat(&mut self, first: usize) {
        let mut interest = Decimal::ZERO;
        for period in &mut self.periods[first..] {
            let own = self.rules.coin.round(period.own_interest(true));
            period.instalment = own;
            interest += own;
        }
        self.rebalance();
        let start = &self.periods[first];
        let paid_out: Decimal = start.disbursed_before
            + start.slices[..start.slices.len() - 1]
                .iter()
                .filter(|s| s.to != start.from)
                .map(|s| s.disbursed)
                .sum::<Decimal>();
        let repaid = if first == 0 {
            Decimal::ZERO
        } else {
            let before = &self.periods[first - 1];
            let given: Decimal = before.disbursed_before
                + before.slices.iter().filter(|s| s.to != before.from).map(|s| s.disbursed).sum::<Decimal>();
            given - before.closing_balance()
        };
        let total = paid_out + interest - repaid;
        let rows = Decimal::from(self.periods.len() - first);
        let instalment = self.rules.coin.instalment(div(total, rows));
        for period in &mut self.periods[first..] {
            period.instalment = instalment;
            period.solved = instalment;
        }
        if let Some(last) = self.periods.last_mut() {
            last.instalment += total - instalment * rows;
            last.solved = last.instalment;
        }
        self.rebalance();
    }

    /// Lets the last unpaid row absorb whatever the others leave, so that principal sums to what was paid out.
    pub(super) fn absorb(&mut self, until: NaiveDate) {
        self.cap_at_principal_left();
        for _ in 0..=self.periods.len() {
            let unpaid = self.periods.iter().rposition(|p| !p.is_paid());
            let Some(at) = unpaid.or_else(|| self.last_with_balance()) else { return };
            self.periods[at].deferred = Decimal::ZERO;
            self.periods.iter_mut().for_each(|p| p.interest_moved = false);
            self.derive();
            let interest: Decimal = self.periods.iter().map(|p| p.interest).sum();
            let asked: Decimal = self.periods.iter().map(Period::asked).sum();
            let gap = self.total_disbursed() + interest - asked;
            let period = &mut self.periods[at];
            period.instalment += gap;
            let overdrawn = period.instalment < period.paid();
            if overdrawn {
                period.instalment = period.paid();
            }
            self.derive();
            if !overdrawn {
                self.defer_later_interest(at, until);
                return;
            }
        }
    }

    /// When everything that was asked is paid but the loan is not: the last row asks on.
    fn last_with_balance(&self) -> Option<usize> {
        let open = self.total_paid_principal().is_zero()
            && self
                .periods
                .last()
                .is_some_and(|p| !p.slices.is_empty() && p.closing_balance() > Decimal::ZERO);
        open.then(|| self.periods.len() - 1)
    }

    /// No row asks for more principal than the loan still owes.
    fn cap_at_principal_left(&mut self) {
        let left = self.total_disbursed() - self.total_paid_principal();
        let mut capped = false;
        for period in &mut self.periods {
            let excess = period.outstanding_principal() - left;
            if excess > Decimal::ZERO {
                period.instalment = (period.instalment - excess).max(period.paid());
                capped = true;
            }
        }
        if capped {
            self.derive();
        }
    }

    /// Moves the instalment towards the last one while their gap is more than a coin per two rows.
    fn smooth(&mut self, first: usize) {
        let rows = self.periods[first..].iter().filter(|p| !p.principal_grace).count();
        for _ in 0..ROUNDS_OF_SMOOTHING {
            let Some((instalment, gap)) = self.last_gap() else { return };
            let half = Decimal::from(rows / 2);
            if half.is_zero() || gap.is_zero() || gap.abs() * Decimal::ONE_HUNDRED <= half {
                return;
            }
            let skipped =
                self.periods[first..].iter().filter(|p| p.principal_grace || instalment < p.paid()).count();
            let spread = Decimal::from((self.periods.len() - first - skipped).max(1));
            let step = self.rules.coin.round(gap / spread);
            let moved = self.rules.coin.instalment(instalment + step);
            if moved == instalment {
                return;
            }
            let mut trial = self.clone();
            for period in &mut trial.periods[first..] {
                if moved >= period.paid() && !period.principal_grace {
                    period.instalment = moved;
                    period.solved = moved;
                }
            }
            trial.rebalance();
            trial.absorb(self.periods[first].due);
            match trial.last_gap() {
                Some((_, smaller)) if smaller.abs() < gap.abs() => *self = trial,
                _ => return,
            }
            self.periods[first..]
                .iter_mut()
                .filter(|p| !p.principal_grace)
                .for_each(|p| p.solved = p.instalment);
            self.rebalance();
        }
    }

    /// The instalment before the last, and how much the last differs; of the last two unpaid neighbours.
    fn last_gap(&self) -> Option<(Decimal, Decimal)> {
        self.periods
            .windows(2)
            .rev()
            .find(|pair| pair.iter().all(|p| !p.principal_grace && !p.is_paid()))
            .map(|pair| (pair[0].instalment, pair[1].instalment - pair[0].instalment))
    }
}
