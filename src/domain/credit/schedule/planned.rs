//! Rows whose principal is planned first: equal principal, a bullet, given shares, the Policy Bank's plan.
//!
//! Interest is then counted on what is owed, day by day: the first day counts, the last does not, and each row is
//! rounded once.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::day_count::Basis;
use super::exact::div;
use super::row::{Part, PlanRow};
use super::split;
use super::terms::{Amortisation, Method, Terms};

/// A plan of rows, with the stretches of days each row's interest comes from; without interest, of principal only.
pub(super) fn rows(terms: &Terms, dues: &[NaiveDate], with_interest: bool) -> Vec<(PlanRow, Vec<Part>)> {
    let plan = Planner { terms, basis: terms.basis(), dues };
    let mut from = terms.start();
    let (mut balance, mut paid_out, mut brought) = (Decimal::ZERO, Decimal::ZERO, Decimal::ZERO);
    let mut level = None;
    let mut deferred = Vec::new().into_iter();
    let mut rows = Vec::with_capacity(dues.len());
    for (at, due) in dues.iter().enumerate() {
        let opening = plan.paid_out_on(from, at == 0);
        let within = plan.paid_out_inside(from, *due);
        let parts =
            if with_interest { plan.parts(at, balance + opening, paid_out + opening) } else { Vec::new() };
        balance += opening + within;
        paid_out += opening + within;
        if !(opening + within).is_zero() {
            level = None;
        }
        let cost = plan.cost(&parts);
        let grace = at < terms.grace.interest as usize;
        if terms.grace.spread_interest && at == terms.grace.interest as usize {
            let takers = (at..dues.len()).filter(|row| terms.takes_grace_interest(*row)).count();
            deferred = split::rounded_down(std::mem::take(&mut brought), takers, Decimal::ZERO).into_iter();
        }
        if terms.takes_grace_interest(at) {
            brought += deferred.next().unwrap_or_default();
        }
        let interest = if grace { Decimal::ZERO } else { cost + brought };
        brought = if grace { brought + cost } else { Decimal::ZERO };
        let principal = plan.principal(at, balance, paid_out, &mut level);
        balance -= principal;
        rows.push((PlanRow { from, due_on: *due, principal, interest, balance }, parts));
        from = *due;
    }
    rows
}

struct Planner<'a> {
    terms: &'a Terms,
    basis: Basis,
    dues: &'a [NaiveDate],
}

impl Planner<'_> {
    /// Tranches of the first day of a row; those of a due date belong to the row after it.
    fn paid_out_on(&self, from: NaiveDate, first: bool) -> Decimal {
        let tranches = self.terms.tranches.iter();
        tranches.filter(|t| t.on == from || (first && t.on < from)).map(|t| t.amount).sum()
    }

    fn paid_out_inside(&self, from: NaiveDate, due: NaiveDate) -> Decimal {
        let tranches = self.terms.tranches.iter();
        tranches.filter(|t| from < t.on && t.on < due).map(|t| t.amount).sum()
    }

    /// Stretches of days of row `at` over which balance and rate do not change.
    fn parts(&self, at: usize, balance: Decimal, paid_out: Decimal) -> Vec<Part> {
        let terms = self.terms;
        let from = if at == 0 { terms.start() } else { self.dues[at - 1] };
        let due = self.dues[at];
        if at < terms.grace.interest_free as usize {
            return Vec::new();
        }
        let mut cuts: Vec<NaiveDate> = vec![from, due];
        cuts.extend(terms.tranches.iter().map(|t| t.on));
        cuts.extend(terms.rate_changes.iter().map(|c| c.from));
        cuts.extend(terms.pauses.iter().flat_map(|p| [Some(p.from), p.to.succ_opt()]).flatten());
        cuts.retain(|day| from <= *day && *day <= due);
        cuts.sort_unstable();
        cuts.dedup();
        let base = if terms.method == Method::Flat { paid_out } else { balance };
        cuts.windows(2)
            .filter(|days| !terms.pauses.iter().any(|p| p.from <= days[0] && days[0] <= p.to))
            .map(|days| Part {
                base: base + self.paid_out_between(from, days[0]),
                annual_rate_pct: self.rate_on(days[0]),
                from: days[0],
                to: days[1],
                period: (from, due),
            })
            .collect()
    }

    fn paid_out_between(&self, from: NaiveDate, day: NaiveDate) -> Decimal {
        self.terms.tranches.iter().filter(|t| from < t.on && t.on <= day).map(|t| t.amount).sum()
    }

    fn rate_on(&self, day: NaiveDate) -> Decimal {
        let since = self.terms.rate_changes.iter().rev().find(|change| change.from <= day);
        since.map_or(self.terms.annual_rate_pct, |change| change.annual_rate_pct)
    }

    fn cost(&self, parts: &[Part]) -> Decimal {
        let exact: Decimal = parts.iter().map(|part| part.exact(&self.basis)).sum();
        self.terms.coin().round(exact)
    }

    /// Principal of row `at`; `level` is the part last divided, until money is paid out again.
    fn principal(
        &self,
        at: usize,
        balance: Decimal,
        paid_out: Decimal,
        level: &mut Option<Decimal>,
    ) -> Decimal {
        let coin = self.terms.coin();
        let last = at + 1 == self.dues.len();
        let grace = self.terms.grace.principal as usize;
        if last {
            return balance;
        }
        if at < grace {
            return Decimal::ZERO;
        }
        match &self.terms.amortisation {
            Amortisation::Bullet => Decimal::ZERO,
            Amortisation::Weights { shares } => {
                let due: Decimal = shares[..=at - grace].iter().sum();
                let repaid = paid_out - balance;
                (coin.round(paid_out * due) - repaid).clamp(Decimal::ZERO, balance)
            }
            Amortisation::EqualInstalments | Amortisation::EqualPrincipal => {
                let rows = Decimal::from(self.dues.len() - at);
                let part = *level.get_or_insert_with(|| coin.instalment(balance / rows));
                part.min(balance)
            }
            Amortisation::VnPlan { principal_every, least_percent } => {
                if !self.terms.asks_principal(at) {
                    return Decimal::ZERO;
                }
                let rows = 1 + (self.dues.len() - at - 1).div_ceil(*principal_every as usize);
                let floor = paid_out * least_percent.unwrap_or_default() / Decimal::ONE_HUNDRED;
                let rounded = || split::at_least(balance, rows, coin.multiple, floor);
                (*level.get_or_insert_with(rounded)).min(balance)
            }
        }
    }
}

impl Part {
    /// Unrounded interest of the stretch.
    pub(super) fn exact(&self, basis: &Basis) -> Decimal {
        let rate = div(self.annual_rate_pct, Decimal::ONE_HUNDRED);
        if basis.is_real_days() {
            let days = Decimal::from((self.to - self.from).num_days());
            return self.base * self.annual_rate_pct * days / (basis.fixed_year() * Decimal::ONE_HUNDRED);
        }
        self.base * basis.factor(rate, self.period, (self.from, self.to))
    }
}
