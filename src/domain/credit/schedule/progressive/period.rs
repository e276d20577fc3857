//! One instalment of the progressive model, and the slices of days inside it.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::super::day_count::length;
use super::super::exact::{div, mul, positive};

/// A stretch of days inside an instalment's period over which the balance does not change.
///
/// What happens on a day (a tranche, a repayment) belongs to the end of the slice that ends on it, so a tranche on
/// a due date bears interest from the next period on.
#[derive(Debug, Clone)]
pub struct Slice {
    /// The first day, which counts.
    pub from: NaiveDate,
    /// The last, which does not.
    pub to: NaiveDate,
    /// Factor of these days, for solving the instalment.
    pub factor: Decimal,
    /// Factor from the first of these days to the due date; interest takes its share by days.
    pub factor_to_due: Decimal,
    /// Paid out on `to`.
    pub disbursed: Decimal,
    /// What repayments and overdue principal change on `to`.
    pub correction: Decimal,
    /// Principal that bears interest over these days.
    pub balance: Decimal,
    /// These days bear no interest.
    pub paused: bool,
}

impl Slice {
    /// Days on which nothing is owed yet.
    pub fn empty(from: NaiveDate, to: NaiveDate, paused: bool) -> Self {
        Self {
            from,
            to,
            factor: Decimal::ZERO,
            factor_to_due: Decimal::ZERO,
            disbursed: Decimal::ZERO,
            correction: Decimal::ZERO,
            balance: Decimal::ZERO,
            paused,
        }
    }

    fn interest(&self, base: Decimal, due: NaiveDate) -> Decimal {
        let to_due = length((self.from, due));
        if self.paused || to_due.is_zero() || base.is_zero() {
            return Decimal::ZERO;
        }
        positive(mul(div(mul(base, self.factor_to_due), to_due), length((self.from, self.to))))
    }

    fn closing(&self) -> Decimal {
        self.balance + self.correction + self.disbursed
    }
}

/// One instalment: its period, what it asks and what was paid on it.
#[derive(Debug, Clone)]
pub struct Period {
    /// The first day.
    pub from: NaiveDate,
    /// The day the instalment falls due.
    pub due: NaiveDate,
    /// Its days, in order and without gaps.
    pub slices: Vec<Slice>,
    /// The instalment as it stands: principal and interest together.
    pub instalment: Decimal,
    /// The instalment as it was last solved.
    pub solved: Decimal,
    /// Principal paid on it.
    pub paid_principal: Decimal,
    /// Interest paid on it.
    pub paid_interest: Decimal,
    /// Interest of later days that an early repayment left without a row of its own.
    pub deferred: Decimal,
    /// The interest of these days was deferred to an earlier row.
    pub interest_moved: bool,
    /// It asks interest only.
    pub principal_grace: bool,
    /// Its interest waits for the first paying row.
    pub interest_grace: bool,
    /// Paid out on or before the first day of the period.
    pub disbursed_before: Decimal,
    /// Interest these days cost, with what earlier rows could not take.
    pub cost: Decimal,
    /// Interest it asks.
    pub interest: Decimal,
    /// Principal it asks.
    pub principal: Decimal,
}

impl Period {
    /// An instalment that asks nothing yet.
    pub fn new(from: NaiveDate, due: NaiveDate) -> Self {
        let zero = Decimal::ZERO;
        Self {
            from,
            due,
            slices: vec![Slice::empty(from, due, false)],
            instalment: zero,
            solved: zero,
            paid_principal: zero,
            paid_interest: zero,
            deferred: zero,
            interest_moved: false,
            principal_grace: false,
            interest_grace: false,
            disbursed_before: zero,
            cost: zero,
            interest: zero,
            principal: zero,
        }
    }

    /// The instalment with what was deferred to it.
    pub fn asked(&self) -> Decimal {
        self.instalment + self.deferred
    }

    /// Everything paid on it.
    pub fn paid(&self) -> Decimal {
        self.paid_principal + self.paid_interest
    }

    /// Whether what it asks is paid, to the coin.
    pub fn is_paid(&self) -> bool {
        self.asked() == self.paid()
    }

    /// Principal it still asks.
    pub fn outstanding_principal(&self) -> Decimal {
        positive(self.principal - self.paid_principal)
    }

    /// Interest this row could not take; the next one carries it.
    pub fn carried(&self) -> Decimal {
        self.cost - self.interest
    }

    /// Principal left after the row.
    pub fn closing_balance(&self) -> Decimal {
        let before = self.slices.last().map_or(Decimal::ZERO, Slice::closing);
        positive(before - self.principal + self.paid_principal)
    }

    /// Whether the day falls into this period: after its first day, on or before its last. The very first
    /// period also owns its first day.
    pub fn holds(&self, day: NaiveDate, first: bool) -> bool {
        (self.from < day || (first && self.from == day)) && day <= self.due
    }

    /// The last slice that holds the day.
    pub fn slice_holding(&self, day: NaiveDate, first: bool) -> Option<usize> {
        self.slices
            .iter()
            .enumerate()
            .rev()
            .find(|(at, slice)| {
                (slice.from < day || (first && *at == 0 && slice.from == day)) && day <= slice.to
            })
            .map(|(at, _)| at)
    }

    /// Cuts the slice around `day` in two and returns the part that ends on `day`.
    pub fn cut_at(&mut self, day: NaiveDate) -> usize {
        let at = self.slices.iter().rposition(|s| s.from < day && day <= s.to).unwrap_or(0);
        let slice = &mut self.slices[at];
        let day = day.clamp(slice.from, slice.to);
        let rest = Slice::empty(day, slice.to, slice.paused);
        slice.to = day;
        self.slices.insert(at + 1, rest);
        at
    }

    /// Opening balances of the slices, from what the period before leaves.
    pub fn open_with(&mut self, before: Option<&Period>) {
        let mut balance = match before.and_then(|p| p.slices.last().map(|s| (p, s))) {
            Some((p, slice)) => positive(slice.closing() - p.principal + p.paid_principal),
            None => self.slices.first().map_or(Decimal::ZERO, |s| s.balance),
        };
        for slice in &mut self.slices {
            slice.balance = balance;
            balance = positive(slice.closing());
        }
    }

    /// Unrounded interest of the period's own days; flat interest is borne by what was paid out so far.
    pub fn own_interest(&self, flat: bool) -> Decimal {
        let mut paid_out = self.disbursed_before;
        let mut sum = Decimal::ZERO;
        for slice in &self.slices {
            sum += slice.interest(if flat { paid_out } else { slice.balance }, self.due);
            if slice.to != self.from {
                paid_out += slice.disbursed;
            }
        }
        sum
    }

    /// Derives what is due of interest and principal; `own` is the rounded interest of the period's days.
    pub fn derive(&mut self, own: Decimal, carried: Decimal) {
        let own = if self.interest_moved { Decimal::ZERO } else { own };
        self.cost = positive(own + self.deferred + carried);
        let asked = self.asked();
        let principal = positive(asked - self.cost);
        self.interest = if self.interest_grace || self.paid_principal > principal {
            self.paid_interest
        } else {
            self.cost.min(asked).max(self.paid_interest)
        };
        self.principal = positive(asked - self.interest).max(self.paid_principal);
    }
}
