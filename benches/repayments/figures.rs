//! What was measured, and how it is shown.

use std::time::Duration;

use rust_decimal::Decimal;

/// Columns of [`Round::row`].
pub const HEADER: &str = "round     TPC-B/s  repayments/s  ratio   p50 ms   p95 ms   p99 ms   max ms  errors";

/// What one load gave.
#[derive(Default)]
pub struct Run {
    /// Of those that were acknowledged.
    pub latencies: Vec<Duration>,
    /// How many were not.
    pub errors: usize,
    pub took: Duration,
}

impl Run {
    pub fn add(&mut self, other: Self) {
        self.latencies.extend(other.latencies);
        self.errors += other.errors;
    }

    /// Counts a refusal, and says what the first one was.
    pub fn complain(&mut self, status: u16, body: &[u8]) {
        if self.errors == 0 {
            eprintln!("{status}: {}", String::from_utf8_lossy(body));
        }
        self.errors += 1;
    }

    pub fn acknowledged(&self) -> usize {
        self.latencies.len()
    }

    /// Acknowledged repayments a second.
    fn per_second(&self) -> u128 {
        self.latencies.len() as u128 * 1_000_000 / self.took.as_micros().max(1)
    }

    /// The latency that so many per cent did not exceed, in ms.
    fn percentile(&self, percent: usize) -> Decimal {
        let mut sorted = self.latencies.clone();
        sorted.sort_unstable();
        let place = (sorted.len() * percent).div_ceil(100).max(1) - 1;
        let micros = sorted.get(place).map_or(0, Duration::as_micros);
        (Decimal::from(micros) / Decimal::ONE_THOUSAND).round_dp(1)
    }
}

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
            self.run.errors,
        )
    }
}

/// The round in the middle, by ratio where there is one.
pub fn median(mut rounds: Vec<Round>) -> Round {
    rounds.sort_by_key(|round| (round.ratio(), round.run.per_second()));
    rounds.swap_remove(rounds.len() / 2)
}
