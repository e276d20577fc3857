//! The instalments of a living loan: what each asks, and how principal moves between them.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::event::Misfit;
use super::state::LoanRow;
use crate::domain::credit::allocation::{Component, Instalment, Row};
use crate::domain::credit::schedule::split::rounded_down;
use crate::domain::credit::schedule::{PlanRow, Terms};
use crate::domain::values::calendar::{MonthEnd, step};

/// What is known of a row besides what it asks.
#[derive(Debug, Clone, Copy)]
struct Note {
    nominal: NaiveDate,
    carried_in: Decimal,
    /// Recalled before its time: late at once, never carried on.
    recalled: bool,
    /// Whether it takes a part of the interest of a grace.
    takes_deferred: bool,
    /// Interest of a grace that it asks besides its own.
    deferred: Decimal,
}

impl Note {
    const fn new(nominal: NaiveDate) -> Self {
        Self {
            nominal,
            carried_in: Decimal::ZERO,
            recalled: false,
            takes_deferred: false,
            deferred: Decimal::ZERO,
        }
    }
}

/// The instalments, in the order of due dates.
#[derive(Debug, Default)]
pub(super) struct Rows {
    /// What the rows ask and what was paid.
    pub items: Vec<Instalment>,
    notes: Vec<Note>,
    /// Principal of the plan, row by row, while the rows are still those of the plan.
    planned: Option<Vec<Decimal>>,
    /// Rows before this one are met.
    pub first_open: usize,
    /// Rows before this one have been carried on.
    carried: usize,
}

impl Rows {
    /// The rows of a plan; they ask principal now, and interest as it is earned.
    pub fn of(terms: &Terms, plan: &[PlanRow]) -> Self {
        let mut rows = Self::default();
        let mut from = plan.first().map_or(NaiveDate::MIN, |row| row.from);
        for row in plan {
            let due_on = terms.working_days.shifted(row.due_on).max(from);
            rows.insert(rows.items.len(), (from, due_on), row.due_on);
            from = due_on;
        }
        for (item, row) in rows.items.iter_mut().zip(plan) {
            item.asked.principal = row.principal;
        }
        for (at, note) in rows.notes.iter_mut().enumerate() {
            note.takes_deferred = terms.takes_grace_interest(at);
        }
        rows.planned = Some(plan.iter().map(|row| row.principal).collect());
        rows
    }

    fn insert(&mut self, at: usize, (from, due_on): (NaiveDate, NaiveDate), nominal: NaiveDate) {
        self.items.insert(at, Instalment::new(Row::Scheduled(at), from, due_on));
        self.notes.insert(at, Note::new(nominal));
        if at < self.carried {
            self.carried += 1;
        }
        self.first_open = self.first_open.min(at);
    }

    /// Another tranche: rows that are still those of the plan take the new plan; others ask it with the last.
    pub fn replan(&mut self, plan: &[PlanRow], tranche: Decimal) {
        self.first_open = 0;
        let Some(old) = self.planned.as_mut().filter(|old| old.len() == plan.len()) else {
            if let Some(last) = self.items.last_mut() {
                last.asked.principal += tranche;
            }
            return;
        };
        let mut excess = Decimal::ZERO;
        for ((item, before), row) in self.items.iter_mut().zip(old).zip(plan) {
            item.asked.principal += row.principal - *before;
            *before = row.principal;
            let beyond = (item.paid.principal - item.asked.principal).max(Decimal::ZERO);
            item.asked.principal += beyond;
            excess += beyond;
        }
        self.take(excess, true, None).expect("the new plan asks more than the excess it leaves");
    }

    /// Interest of a grace grows from one sum to another: equal parts in the rows that take it, the last with the rest.
    pub fn defer(&mut self, before: Decimal, now: Decimal) {
        let takers = self.notes.iter().filter(|note| note.takes_deferred).count();
        let parts = |sum| rounded_down(sum, takers, Decimal::ZERO).into_iter();
        let rows = self.items.iter_mut().zip(&mut self.notes).filter(|(_, note)| note.takes_deferred);
        for (((row, note), now), before) in rows.zip(parts(now)).zip(parts(before)) {
            note.deferred += now - before;
            row.asked.interest += now - before;
        }
    }

    /// Interest of a grace that a row asks besides its own.
    pub fn deferred(&self, at: usize) -> Decimal {
        self.notes[at].deferred
    }

    /// Takes interest that is written off out of the rows, the oldest first; returns what row `own`, if any, lost of its own.
    pub fn waive(&mut self, interest: Decimal, own: Option<usize>) -> Decimal {
        let (mut left, mut of_own) = (interest, Decimal::ZERO);
        for (at, (row, note)) in self.items.iter_mut().zip(&mut self.notes).enumerate() {
            let part = row.open(Component::Interest).min(left);
            row.asked.interest -= part;
            left -= part;
            if own == Some(at) {
                of_own += part;
            } else {
                note.deferred = (note.deferred - part).max(Decimal::ZERO);
            }
        }
        of_own
    }

    /// The final date.
    pub fn last_due(&self) -> NaiveDate {
        self.items.last().map_or(NaiveDate::MIN, |row| row.due_on)
    }

    /// Moves past rows that are met; the row of the running period stays open.
    pub fn skip_met(&mut self, current: usize) {
        while self.first_open < current && self.items[self.first_open].is_met() {
            self.first_open += 1;
        }
    }

    /// Principal that was due on or before a day and is not paid.
    pub fn overdue(&self, day: NaiveDate) -> Decimal {
        let late = self.items[self.first_open..].iter().take_while(|row| row.due_on <= day);
        late.map(|row| row.open(Component::Principal)).sum()
    }

    /// Carries principal that was due on or before a day and not paid to the next row that asks principal.
    pub fn carry_on(&mut self, day: NaiveDate) {
        while self.carried + 1 < self.items.len() && self.items[self.carried].due_on <= day {
            let at = self.carried;
            self.carried += 1;
            let open = self.items[at].open(Component::Principal);
            let last = self.items.len() - 1;
            let asks = |next: &usize| *next == last || self.items[*next].asked.principal > Decimal::ZERO;
            let next = (at + 1..=last).find(|next| asks(next) && !self.notes[*next].recalled);
            let Some(next) = next.filter(|_| open > Decimal::ZERO && !self.notes[at].recalled) else {
                continue;
            };
            self.items[at].asked.principal -= open;
            self.items[next].asked.principal += open;
            self.notes[next].carried_in += open;
        }
    }

    /// Takes unpaid principal out of the rows, the oldest or the latest first, of all or of those due after a day.
    pub fn take(
        &mut self,
        amount: Decimal,
        latest_first: bool,
        after: Option<NaiveDate>,
    ) -> Result<(), Misfit> {
        let mut left = amount;
        let rows = self.items.len();
        for nth in self.first_open..rows {
            let at = if latest_first { rows - 1 - (nth - self.first_open) } else { nth };
            let row = &mut self.items[at];
            if after.is_some_and(|day| row.due_on <= day) {
                continue;
            }
            let part = row.open(Component::Principal).min(left);
            row.asked.principal -= part;
            left -= part;
            if left.is_zero() {
                return Ok(());
            }
        }
        if left.is_zero() { Ok(()) } else { Err(Misfit::TooMuch) }
    }

    /// Asks principal on a day, in the row of that day or in one made for it; returns where a row was made.
    pub fn ask(&mut self, due_on: NaiveDate, amount: Decimal, recalled: bool) -> Option<usize> {
        self.planned = None;
        let at = self.items.partition_point(|row| row.due_on < due_on);
        let same = self.items.get(at).is_some_and(|row| row.due_on == due_on);
        let made = (recalled || !same).then_some(at);
        if made.is_some() {
            let from = if at == 0 { due_on } else { self.items[at - 1].due_on };
            self.insert(at, (from, due_on), due_on);
            self.notes[at].recalled = recalled;
            if let Some(next) = self.items.get_mut(at + 1) {
                next.from = due_on;
            }
        }
        self.items[at].asked.principal += amount;
        self.first_open = self.first_open.min(at);
        made
    }

    /// Moves the final date; interest keeps its step until then.
    pub fn extend(&mut self, terms: &Terms, final_due_on: NaiveDate) -> Result<(), Misfit> {
        let old = self.items.len().checked_sub(1).ok_or(Misfit::TooEarly)?;
        let anchor = self.notes[old].nominal;
        if final_due_on <= self.last_due() {
            return Err(Misfit::TooEarly);
        }
        self.planned = None;
        for n in 1.. {
            let nominal = step(anchor, terms.frequency.unit, terms.frequency.every, n, MonthEnd::LastDay);
            let nominal = nominal.filter(|day| *day < final_due_on).unwrap_or(final_due_on);
            let from = self.last_due();
            let due_on = terms.working_days.shifted(nominal).max(from);
            self.insert(self.items.len(), (from, due_on), nominal);
            if nominal == final_due_on {
                break;
            }
        }
        let open = self.items[old].open(Component::Principal);
        self.items[old].asked.principal -= open;
        if let Some(last) = self.items.last_mut() {
            last.asked.principal += open;
        }
        Ok(())
    }

    /// The rows for the outside.
    pub fn shown(&self) -> Vec<LoanRow> {
        (1..)
            .zip(self.items.iter().zip(&self.notes))
            .map(|(n, (row, note))| LoanRow {
                n,
                nominal_due_on: note.nominal,
                due_on: row.due_on,
                principal: row.asked.principal,
                carried_in: note.carried_in,
                interest: row.asked.interest,
                paid_principal: row.paid.principal,
                paid_interest: row.paid.interest,
            })
            .collect()
    }
}
