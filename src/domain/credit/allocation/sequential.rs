//! Oldest instalment first, with one order for what is due and another for what is paid in advance.

use rust_decimal::Decimal;

use super::{Bucket, Component, Follows, Payment, Sequence};

impl<F: Follows> Payment<'_, F> {
    pub(super) fn in_sequence(&mut self, sequence: &Sequence) {
        for at in 0..self.rows.len() {
            let ahead = self.rows[at].bucket(self.on) == Bucket::InAdvance;
            if ahead && sequence.due_charges_first {
                for component in [Component::Penalty, Component::Fee] {
                    let limit = self.charges_due(at, component);
                    self.pay(at, component, limit);
                }
            }
            let order = if ahead { &sequence.in_advance } else { &sequence.due };
            for component in order {
                self.pay(at, *component, self.left);
            }
            if self.left.is_zero() {
                return;
            }
        }
    }

    /// Charges of the row that fell due on or before the day and are not paid.
    fn charges_due(&self, at: usize, component: Component) -> Decimal {
        let row = &self.rows[at];
        let due: Decimal = row
            .charges
            .iter()
            .filter(|charge| charge.component == component && charge.due_on <= self.on)
            .map(|charge| charge.amount)
            .sum();
        (due - row.paid.of(component)).max(Decimal::ZERO)
    }
}
