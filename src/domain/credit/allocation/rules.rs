//! Ordered rules: horizontally one instalment after the other, vertically one component over all of them.

use rust_decimal::{Decimal, RoundingStrategy};

use super::{Bucket, Component, Follows, Future, Instalment, Payment, Rules};

impl<F: Follows> Payment<'_, F> {
    /// Bucket by bucket, in the order in which the rules first name them.
    ///
    /// A row that took nothing is passed over: interest that follows the balance can leave less to pay in advance
    /// than the row shows, and the rows behind it still wait.
    pub(super) fn horizontally(&mut self, rules: &Rules) {
        let mut buckets: Vec<Bucket> = rules.order.iter().map(|(bucket, _)| *bucket).collect();
        let mut seen = Vec::with_capacity(3);
        buckets.retain(|bucket| {
            let first = !seen.contains(bucket);
            seen.push(*bucket);
            first
        });
        for bucket in buckets {
            let components: Vec<Component> =
                rules.order.iter().filter(|(b, _)| *b == bucket).map(|(_, c)| *c).collect();
            self.one_bucket(bucket, &components, rules.future);
        }
    }

    fn one_bucket(&mut self, bucket: Bucket, components: &[Component], future: Future) {
        let mut spent = Vec::new();
        while self.left > Decimal::ZERO {
            let before = self.left;
            let rows = self.chosen(bucket, future, |at, row| !spent.contains(&at) && !row.is_met());
            if rows.is_empty() {
                return;
            }
            for component in components {
                self.share(&rows, *component);
            }
            if self.left == before {
                spent.extend(rows);
            }
        }
    }

    /// One rule after the other, each over all instalments of its bucket.
    pub(super) fn vertically(&mut self, rules: &Rules) {
        for (bucket, component) in &rules.order {
            let mut spent = Vec::new();
            while self.left > Decimal::ZERO {
                let before = self.left;
                let open =
                    |at, row: &Instalment| !spent.contains(&at) && row.open(*component) > Decimal::ZERO;
                let rows = self.chosen(*bucket, rules.future, open);
                if rows.is_empty() {
                    break;
                }
                self.share(&rows, *component);
                if self.left == before {
                    spent.extend(rows);
                }
            }
        }
    }

    /// Pays a component of the rows in equal shares; the last row takes what the division leaves.
    fn share(&mut self, rows: &[usize], component: Component) {
        if rows.is_empty() {
            return;
        }
        let count = Decimal::from(rows.len());
        let exact = self.left / count;
        let even = exact.round_dp_with_strategy(self.decimals, RoundingStrategy::MidpointNearestEven);
        let rest = self.left - even * count;
        for (nth, at) in rows.iter().enumerate() {
            let limit = if nth + 1 == rows.len() { (even + rest).max(Decimal::ZERO) } else { even };
            self.pay(*at, component, limit);
        }
    }

    /// The rows a rule speaks of: the oldest of its bucket, or those the future rule names.
    fn chosen(
        &self,
        bucket: Bucket,
        future: Future,
        open: impl Fn(usize, &Instalment) -> bool,
    ) -> Vec<usize> {
        let of_bucket: Vec<usize> = (0..self.rows.len())
            .filter(|at| self.rows[*at].bucket(self.on) == bucket && open(*at, &self.rows[*at]))
            .collect();
        let first = of_bucket.first().copied();
        let last = of_bucket.last().copied();
        let one = match (bucket, future) {
            (Bucket::InAdvance, Future::Reamortization) => return of_bucket,
            (Bucket::InAdvance, Future::LastInstallment) => last,
            (Bucket::InAdvance, Future::NextLastInstallment) => {
                of_bucket.iter().copied().find(|at| self.rows[*at].from <= self.on).or(last)
            }
            _ => first,
        };
        one.into_iter().collect()
    }
}
