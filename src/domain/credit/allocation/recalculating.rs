//! A loan whose interest follows its balance: what it asks changes with every part of a repayment.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::{Component, Follows, Instalment, Row};
use crate::domain::credit::schedule::PlanRow;
use crate::domain::credit::schedule::progressive::Model;

/// Sets what the scheduled rows ask.
pub(super) fn ask(rows: &mut [Instalment], plan: &[PlanRow]) {
    for row in rows {
        if let Row::Scheduled(at) = row.row {
            row.asked.principal = plan[at].principal;
            row.asked.interest = plan[at].interest;
        }
    }
}

/// The living schedule under a repayment.
pub(super) struct Recalculating<'a> {
    pub model: &'a mut Model,
    /// Interest is asked to the day of payment (else to the end of its period).
    pub to_day: bool,
}

impl Follows for Recalculating<'_> {
    fn ask_in_advance(&mut self, rows: &mut [Instalment], at: usize, component: Component, on: NaiveDate) {
        let Row::Scheduled(period) = rows[at].row else { return };
        let on = self.pay_day(&rows[at], on);
        match component {
            Component::Principal => rows[at].asked.principal = self.model.due_at(period, on).principal,
            Component::Interest => rows[at].asked.interest = self.model.due_at(period, on).interest,
            Component::Fee | Component::Penalty => {}
        }
    }

    fn paid(&mut self, rows: &mut [Instalment], at: usize, part: (Component, Decimal), on: NaiveDate) {
        let Row::Scheduled(period) = rows[at].row else { return };
        let on = self.pay_day(&rows[at], on);
        match part.0 {
            Component::Principal => self.model.pay_principal(period, on, part.1),
            Component::Interest => self.model.pay_interest(period, on, part.1),
            Component::Fee | Component::Penalty => return,
        }
        ask(rows, &self.model.rows());
    }
}

impl Recalculating<'_> {
    fn pay_day(&self, row: &Instalment, on: NaiveDate) -> NaiveDate {
        if !self.to_day && row.from < on && on <= row.due_on { row.due_on } else { on }
    }
}
