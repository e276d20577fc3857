//! What was measured beside a yardstick, and how it is shown.

use rust_decimal::Decimal;

use crate::shared::load::Run;

/// Columns of [`Round::row`].
pub const HEADER: &str = "round     TPC-B/s  repayments/s  ratio   p50 ms   p95 ms   p99 ms   max ms  errors";

/// TPC-B and our load, one after the other.
pub struct Round {
    /// Transactions a second.
    pub tpc_b: Option<u128>,
    pub run: Run,
}

impl Round {
    fn ratio(&self) -> Option<Decimal> {
        self.tpc_b.map(|tps| (Decimal::from(self.run.per_second()) / Decimal::from(tps.max(1))).round_dp(2))
    }

    pub fn row(&self, name: &str) -> String {
        let or_dash = |number: Option<String>| number.unwrap_or_else(|| "–".to_owned());
        let [p50, p95, p99, max] = [50, 95, 99, 100].map(|percent| self.run.percentile(percent).to_string());
        format!(
            "{name:8} {:>8} {:>13} {:>6} {p50:>8} {p95:>8} {p99:>8} {max:>8} {:>7}",
            or_dash(self.tpc_b.map(|tps| tps.to_string())),
            self.run.per_second(),
            or_dash(self.ratio().map(|ratio| ratio.to_string())),
            self.run.refused,
        )
    }
}

/// The round in the middle, by ratio where there is one.
pub fn median(mut rounds: Vec<Round>) -> Round {
    rounds.sort_by_key(|round| (round.ratio(), round.run.per_second()));
    rounds.swap_remove(rounds.len() / 2)
}
