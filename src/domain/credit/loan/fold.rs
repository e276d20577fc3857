//! The fold itself: day by day from one event or due date to the next.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::event::{LoanError, LoanEvent, Misfit, Occurrence, in_order};
use super::rows::Rows;
use super::state::{Accrual, InterestSums, LoanState, NextDue, PrincipalSums, Split};
use super::terms::{LoanTerms, Missed};
use crate::domain::credit::allocation::{Component, Policy, divide};
use crate::domain::credit::interest::DAYS_OF_YEAR;
use crate::domain::credit::schedule::exact::Coin;
use crate::domain::credit::schedule::{MOST_AMOUNT, Terms, TermsError, Tranche, principal_plan};
use crate::domain::values::calendar::days_between;

/// The loan on a day, from its events in any order.
pub fn state(terms: &LoanTerms, events: &[LoanEvent], as_of: NaiveDate) -> Result<LoanState, LoanError> {
    Ok(run(terms, events, as_of, None)?.0)
}

/// The stretches of days from which the interest up to a day comes, in order.
pub fn accruals(
    terms: &LoanTerms,
    events: &[LoanEvent],
    as_of: NaiveDate,
) -> Result<Vec<Accrual>, LoanError> {
    Ok(run(terms, events, as_of, Some(Vec::new()))?.1.unwrap_or_default())
}

type Trace = Option<Vec<Accrual>>;

fn run(
    terms: &LoanTerms,
    events: &[LoanEvent],
    as_of: NaiveDate,
    trace: Trace,
) -> Result<(LoanState, Trace), LoanError> {
    let live = in_order(events, as_of)?;
    let Some(first) = live.first() else { return Ok((Fold::empty(terms, as_of).close(as_of), None)) };
    let corrected = corrected(&live, terms);
    let mut fold = Fold { trace, ..Fold::empty(corrected.as_ref().unwrap_or(terms), first.on) };
    fold.splits.reserve(live.len());
    for event in live {
        fold.accrue_to(event.on);
        fold.apply(event)?;
    }
    fold.accrue_to(as_of);
    let trace = fold.trace.take();
    Ok((fold.close(as_of), trace))
}

/// The terms of the last correction, from the beginning on.
fn corrected(live: &[&LoanEvent], terms: &LoanTerms) -> Option<LoanTerms> {
    let last = live
        .iter()
        .filter(|event| matches!(event.what, Occurrence::Corrected { .. }))
        .max_by_key(|e| e.seq)?;
    let Occurrence::Corrected { terms: by } = &last.what else { return None };
    Some(by.over(terms))
}

struct Fold<'a> {
    terms: &'a LoanTerms,
    coin: Coin,
    /// The terms with what was really paid out so far; `None` before the first tranche.
    plan: Option<Terms>,
    rows: Rows,
    /// The day up to which interest is counted.
    day: NaiveDate,
    /// The row whose period holds that day.
    current: usize,
    /// Balance · rate · days of the running period, before the one division that ends in coins.
    points: Decimal,
    /// Interest of the running period so far, rounded once.
    running: Decimal,
    /// Interest of the running period that was written off.
    waived: Decimal,
    /// The day on which interest is first asked: that of the first row after a grace on interest.
    interest_from: NaiveDate,
    /// Interest of earlier periods that the row of the running period asks too.
    brought: Decimal,
    /// Interest of a grace that was handed to the rows which take it in parts.
    deferred: Decimal,
    /// Interest of the periods that ended.
    closed_interest: Decimal,
    annual_rate_pct: Decimal,
    overdue_rate_pct: Decimal,
    principal: PrincipalSums,
    interest: InterestSums,
    overpaid: Decimal,
    /// The day on which what is frozen falls due again.
    thaws_on: Option<NaiveDate>,
    splits: Vec<Split>,
    trace: Trace,
}

impl<'a> Fold<'a> {
    /// A loan to which nothing has happened.
    fn empty(terms: &'a LoanTerms, day: NaiveDate) -> Self {
        Self {
            terms,
            coin: Coin::new(terms.plan.currency.scale(), terms.plan.rounding),
            plan: None,
            rows: Rows::default(),
            day,
            current: 0,
            points: Decimal::ZERO,
            running: Decimal::ZERO,
            waived: Decimal::ZERO,
            interest_from: NaiveDate::MIN,
            brought: Decimal::ZERO,
            deferred: Decimal::ZERO,
            closed_interest: Decimal::ZERO,
            annual_rate_pct: terms.plan.annual_rate_pct,
            overdue_rate_pct: terms.overdue_rate_pct,
            principal: PrincipalSums::default(),
            interest: InterestSums::default(),
            overpaid: Decimal::ZERO,
            thaws_on: None,
            splits: Vec::new(),
            trace: None,
        }
    }

    /// Pays out a tranche: the rows are planned again over what was really paid out so far.
    fn disburse(&mut self, on: NaiveDate, amount: Decimal) -> Result<(), TermsError> {
        let tranche = Tranche { on, amount };
        self.principal.disbursed += amount;
        if let Some(terms) = &mut self.plan {
            terms.tranches.push(tranche);
            self.rows.replan(&principal_plan(terms)?, amount);
        } else {
            let agreed = Terms { tranches: vec![tranche], ..self.terms.plan.clone() }.checked()?;
            self.rows = Rows::of(&agreed, &principal_plan(&agreed)?);
            let grace = agreed.grace.interest as usize;
            self.interest_from = self.rows.items.get(grace).map_or(NaiveDate::MIN, |row| row.due_on);
            self.plan = Some(agreed);
        }
        Ok(())
    }

    /// Principal that is owed and not frozen.
    fn bearing(&self) -> Decimal {
        let p = &self.principal;
        p.disbursed - p.repaid - p.frozen - p.written_off - p.recovered
    }

    /// Counts interest up to a day. Periods end on due dates; principal that was due and not paid is late, or
    /// carried on, from the end of its due date.
    fn accrue_to(&mut self, to: NaiveDate) {
        while self.day < to {
            if self.rows.items.is_empty() {
                self.day = to;
                return;
            }
            if self.terms.missed == Missed::Carried {
                self.rows.carry_on(self.day);
            }
            let due = self.rows.items[self.current].due_on;
            let end = if self.day < due { to.min(due) } else { to };
            let end = self.thaws_on.map_or(end, |thaws_on| end.min(thaws_on));
            self.bear_interest(end);
            self.day = end;
            self.end_period();
            if self.thaws_on == Some(end) {
                self.thaw();
            }
        }
    }

    /// The freeze is over: what is still frozen falls due today.
    fn thaw(&mut self) {
        self.thaws_on = None;
        let amount = std::mem::take(&mut self.principal.frozen);
        if !amount.is_zero() {
            self.ask(self.day, amount, false);
        }
    }

    fn bear_interest(&mut self, end: NaiveDate) {
        let overdue = self.rows.overdue(self.day);
        let performing = self.bearing() - overdue;
        let days = Decimal::from(days_between(self.day, end));
        let points = (performing * self.annual_rate_pct + overdue * self.overdue_rate_pct) * days;
        if !points.is_zero() {
            self.points += points;
            self.running = self.coin.round(self.points / Decimal::from(DAYS_OF_YEAR * 100));
        }
        if let Some(trace) = &mut self.trace {
            trace.push(Accrual {
                from: self.day,
                to: end,
                performing,
                annual_rate_pct: self.annual_rate_pct,
                overdue,
                overdue_rate_pct: self.overdue_rate_pct,
                exact: points / Decimal::from(DAYS_OF_YEAR * 100),
            });
        }
        if self.defers() {
            let earned = self.brought + self.running;
            self.rows.defer(self.deferred, earned);
            self.deferred = earned;
            return;
        }
        let asks = self.asks_interest();
        let brought = self.brought + self.rows.deferred(asks);
        self.rows.items[asks].asked.interest = brought + self.running - self.waived;
    }

    /// Whether the running period is of a grace whose interest is asked in parts.
    fn defers(&self) -> bool {
        self.terms.plan.grace.spread_interest && self.rows.items[self.current].due_on < self.interest_from
    }

    /// The row that asks the interest of the running period: its own, or the first after the grace.
    fn asks_interest(&self) -> usize {
        let rows = &self.rows.items;
        let after_grace = rows.partition_point(|row| row.due_on < self.interest_from);
        self.current.max(after_grace).min(rows.len() - 1)
    }

    fn end_period(&mut self) {
        let last = self.rows.items.len() - 1;
        while self.current < last && self.rows.items[self.current].due_on <= self.day {
            let (asked_in, deferred) = (self.asks_interest(), self.defers());
            let earned = std::mem::take(&mut self.running);
            self.closed_interest += earned;
            self.brought += earned - self.waived;
            self.points = Decimal::ZERO;
            self.waived = Decimal::ZERO;
            self.current += 1;
            if self.asks_interest() != asked_in || (deferred && !self.defers()) {
                self.brought = Decimal::ZERO;
            }
        }
    }

    fn apply(&mut self, event: &LoanEvent) -> Result<(), LoanError> {
        let refuse = |why| LoanError::Event { seq: event.seq, why };
        if let Occurrence::Disbursed { amount } = event.what {
            let amount = positive(amount).map_err(refuse)?;
            return self.disburse(event.on, amount).map_err(|why| match why {
                TermsError::Order(_) => refuse(Misfit::AfterTheEnd),
                other => LoanError::Terms(other),
            });
        }
        if self.plan.is_none() {
            return Err(refuse(Misfit::BeforeDisbursement));
        }
        self.happen(event).map_err(refuse)
    }

    fn happen(&mut self, event: &LoanEvent) -> Result<(), Misfit> {
        match &event.what {
            Occurrence::Disbursed { .. } | Occurrence::Reversed { .. } | Occurrence::Corrected { .. } => {
                Ok(())
            }
            Occurrence::Repaid { amount } => {
                self.repay(event, positive(*amount)?, &self.terms.policy);
                Ok(())
            }
            Occurrence::Prepaid { amount, future } => {
                self.repay(event, positive(*amount)?, &self.terms.policy.clone().towards(*future));
                Ok(())
            }
            Occurrence::Refunded { amount } => {
                self.overpaid -= at_most(*amount, self.overpaid)?;
                Ok(())
            }
            Occurrence::RateChanged { annual_rate_pct, overdue_rate_pct } => {
                self.change_rates(*annual_rate_pct, *overdue_rate_pct);
                Ok(())
            }
            Occurrence::Rescheduled { instalments } => self.reschedule(event.on, instalments),
            Occurrence::Extended { final_due_on } => self.extend(event.on, *final_due_on),
            Occurrence::CarriedOver { final_due_on, annual_rate_pct, overdue_rate_pct } => {
                self.change_rates(*annual_rate_pct, *overdue_rate_pct);
                self.extend(event.on, *final_due_on)
            }
            Occurrence::MadeOverdue { amount } => {
                self.rows.take(positive(*amount)?, true, Some(event.on))?;
                self.ask(event.on, *amount, true);
                Ok(())
            }
            Occurrence::Frozen { amount, until } => self.freeze(event.on, *amount, *until),
            Occurrence::Unfrozen { amount, due_on } => self.unfreeze(event.on, *amount, *due_on),
            Occurrence::WrittenOff { principal, interest, covered } => {
                self.write_off(*principal, *interest, *covered)
            }
            Occurrence::Recovered { amount } => {
                self.recover(event, positive(*amount)?);
                Ok(())
            }
        }
    }

    fn change_rates(&mut self, annual_rate_pct: Decimal, overdue_rate_pct: Decimal) {
        self.annual_rate_pct = annual_rate_pct;
        self.overdue_rate_pct = overdue_rate_pct;
    }

    fn repay(&mut self, event: &LoanEvent, amount: Decimal, policy: &Policy) {
        self.rows.skip_met(self.current);
        let late_before = self.late_principal(event.on);
        let open = &mut self.rows.items[self.rows.first_open..];
        let (parts, left) = divide(open, event.on, amount, self.coin.decimals, policy);
        let overdue_principal = late_before - self.late_principal(event.on);
        let thawed = self.pay_frozen(left);
        self.principal.repaid += parts.principal + thawed;
        self.interest.paid += parts.interest;
        self.overpaid += left - thawed;
        self.splits.push(Split {
            overdue_principal,
            principal: parts.principal - overdue_principal + thawed,
            interest: parts.interest,
            overpaid: left - thawed,
            ..no_split(event)
        });
    }

    /// Frozen principal is not asked for, but a borrower who can pay may: it takes what nothing else asks, before any surplus.
    fn pay_frozen(&mut self, left: Decimal) -> Decimal {
        let part = left.min(self.principal.frozen);
        self.principal.frozen -= part;
        let row = &mut self.rows.items[self.current];
        row.asked.principal += part;
        row.paid.principal += part;
        part
    }

    /// Principal of rows due before a day.
    fn late_principal(&self, day: NaiveDate) -> Decimal {
        day.pred_opt().map_or(Decimal::ZERO, |eve| self.rows.overdue(eve))
    }

    fn reschedule(&mut self, on: NaiveDate, instalments: &[(NaiveDate, Decimal)]) -> Result<(), Misfit> {
        let owed = self.bearing();
        let sum: Decimal = instalments.iter().map(|(_, amount)| *amount).sum();
        if sum != owed || instalments.iter().any(|(_, amount)| *amount <= Decimal::ZERO) {
            return Err(Misfit::NotTheWhole);
        }
        if instalments.iter().any(|(day, _)| *day <= on) {
            return Err(Misfit::TooEarly);
        }
        self.rows.take(owed, false, None)?;
        for (day, amount) in instalments {
            self.ask(*day, *amount, false);
        }
        Ok(())
    }

    fn extend(&mut self, on: NaiveDate, final_due_on: NaiveDate) -> Result<(), Misfit> {
        if final_due_on <= on {
            return Err(Misfit::TooEarly);
        }
        self.rows.extend(&self.terms.plan, final_due_on)?;
        self.end_period();
        Ok(())
    }

    /// Asks principal on a day; the running period keeps its row.
    fn ask(&mut self, due_on: NaiveDate, amount: Decimal, recalled: bool) {
        if self.rows.ask(due_on, amount, recalled).is_some_and(|at| at <= self.current) {
            self.current += 1;
        }
        self.end_period();
    }

    fn freeze(&mut self, on: NaiveDate, amount: Decimal, until: Option<NaiveDate>) -> Result<(), Misfit> {
        if until.is_some_and(|until| until <= on) {
            return Err(Misfit::TooEarly);
        }
        self.rows.take(positive(amount)?, false, None)?;
        let before = self.thaws_on.filter(|_| !self.principal.frozen.is_zero());
        self.thaws_on = before.max(until);
        self.principal.frozen += amount;
        Ok(())
    }

    fn unfreeze(&mut self, on: NaiveDate, amount: Decimal, due_on: NaiveDate) -> Result<(), Misfit> {
        if due_on < on {
            return Err(Misfit::TooEarly);
        }
        // A payment dated back into the freeze leaves less to thaw than was known when it ended.
        let amount = positive(amount)?.min(self.principal.frozen);
        self.principal.frozen -= amount;
        self.ask(due_on, amount, false);
        Ok(())
    }

    fn write_off(&mut self, principal: Decimal, interest: Decimal, covered: Decimal) -> Result<(), Misfit> {
        if [principal, interest, covered, principal - covered].iter().any(Decimal::is_sign_negative) {
            return Err(Misfit::Amount);
        }
        let frozen = principal.min(self.principal.frozen);
        self.rows.take(principal - frozen, false, None)?;
        self.principal.frozen -= frozen;
        self.principal.written_off += principal;
        self.principal.covered += covered;
        if interest > self.unpaid_interest() {
            return Err(Misfit::TooMuch);
        }
        self.interest.written_off += interest;
        let own = (!self.defers()).then(|| self.asks_interest());
        self.waived += self.rows.waive(interest, own);
        Ok(())
    }

    fn recover(&mut self, event: &LoanEvent, amount: Decimal) {
        let principal = amount.min(self.principal.written_off);
        let interest = (amount - principal).min(self.interest.written_off);
        self.principal.written_off -= principal;
        self.principal.recovered += principal;
        self.interest.written_off -= interest;
        self.interest.recovered += interest;
        let overpaid = amount - principal - interest;
        self.overpaid += overpaid;
        let went = no_split(event);
        self.splits.push(Split {
            written_off_principal: principal,
            written_off_interest: interest,
            overpaid,
            ..went
        });
    }

    fn accrued(&self) -> Decimal {
        self.closed_interest + self.running
    }

    fn unpaid_interest(&self) -> Decimal {
        let gone = self.interest.paid + self.interest.written_off + self.interest.recovered;
        self.accrued() - gone
    }

    fn close(mut self, as_of: NaiveDate) -> LoanState {
        let late = |component| {
            let rows = self.rows.items.iter();
            let oldest =
                rows.take_while(|row| row.due_on < as_of).find(|row| row.open(component) > Decimal::ZERO);
            oldest.map_or(0, |row| u32::try_from(days_between(row.due_on, as_of)).unwrap_or(0))
        };
        let (days_past_due, interest_days_past_due) = (late(Component::Principal), late(Component::Interest));
        self.principal.overdue = self.late_principal(as_of);
        self.principal.performing = self.bearing() - self.principal.overdue;
        self.interest.accrued = self.accrued();
        self.interest.unpaid = self.unpaid_interest();
        let next = self
            .rows
            .items
            .iter()
            .find(|row| row.due_on >= as_of && row.open(Component::Principal) > Decimal::ZERO);
        LoanState {
            as_of,
            next_due: next.map(|row| NextDue { on: row.due_on, principal: row.open(Component::Principal) }),
            rows: self.rows.shown(),
            principal: self.principal,
            interest: self.interest,
            overpaid: self.overpaid,
            days_past_due,
            interest_days_past_due,
            splits: self.splits,
        }
    }
}

const fn no_split(event: &LoanEvent) -> Split {
    let zero = Decimal::ZERO;
    Split {
        seq: event.seq,
        on: event.on,
        overdue_principal: zero,
        principal: zero,
        interest: zero,
        written_off_principal: zero,
        written_off_interest: zero,
        overpaid: zero,
    }
}

fn positive(amount: Decimal) -> Result<Decimal, Misfit> {
    if amount > Decimal::ZERO && amount < Decimal::from(MOST_AMOUNT) {
        Ok(amount)
    } else {
        Err(Misfit::Amount)
    }
}

fn at_most(amount: Decimal, there: Decimal) -> Result<Decimal, Misfit> {
    if positive(amount)? <= there { Ok(amount) } else { Err(Misfit::TooMuch) }
}
