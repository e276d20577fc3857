//! Officers who record repayments, readers who ask for reports, and one who only looks at a page.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rust_decimal::Decimal;
use soquy::access::Keys;
use soquy::clock::Clock;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::client::Client;
use crate::plant::{Commune, PASSWORD};

/// What one kind of request met.
#[derive(Default)]
pub struct Seen {
    latencies: Vec<Duration>,
    refused: usize,
    took: Duration,
}

impl Seen {
    /// Columns of [`Seen::row`].
    pub const HEADER: &str = "what                    a second  ratio   p50 ms   p99 ms   max ms  refused";

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

    /// As a line of the table, with the ratio to another.
    pub fn row(&self, name: &str, to: Option<&Self>) -> String {
        let ratio = |to: &Self| {
            (Decimal::from(self.per_second()) / Decimal::from(to.per_second().max(1))).round_dp(2).to_string()
        };
        let [p50, p99, max] = [50, 99, 100].map(|percent| self.percentile(percent).to_string());
        let ratio = to.map_or_else(|| "–".to_owned(), ratio);
        format!(
            "{name:22} {:>9} {ratio:>6} {p50:>8} {p99:>8} {max:>8} {:>8}",
            self.per_second(),
            self.refused
        )
    }
}

/// What was seen while readers were at work.
pub struct Beside {
    pub repayments: Seen,
    pub reports: Seen,
    pub pages: Seen,
    pub logins: Seen,
}

/// The load.
pub struct Load<'a> {
    address: SocketAddr,
    keys: &'a Keys,
    communes: &'a [Commune],
    each: Duration,
}

impl<'a> Load<'a> {
    pub const fn new(address: SocketAddr, keys: &'a Keys, communes: &'a [Commune], each: Duration) -> Self {
        Self { address, keys, communes, each }
    }

    fn token(&self, user: Uuid) -> anyhow::Result<Arc<str>> {
        Ok(self.keys.issue(user, &Clock::System)?.into())
    }

    /// Repayments of some communes over so many connections.
    pub async fn repaying(&self, communes: &[Commune], connections: usize) -> anyhow::Result<Seen> {
        let until = Instant::now() + self.each;
        seen(self.officers(communes, connections, until)?).await
    }

    fn officers(
        &self,
        communes: &[Commune],
        connections: usize,
        until: Instant,
    ) -> anyhow::Result<JoinSet<anyhow::Result<Seen>>> {
        let mut officers = JoinSet::new();
        for n in 0..connections {
            let commune = &communes[n % communes.len()];
            let (unit, agreements) = (commune.unit, commune.agreements.clone());
            let (token, today) = (self.token(commune.officer)?, Clock::System.today());
            officers.spawn(ask(self.address, until, move || {
                let agreement = agreements[rand::random_range(0..agreements.len())];
                let body = format!(r#"{{"amount":"1","received_on":"{today}","till":"cash"}}"#);
                let path = format!("/v1/units/{unit}/support/{agreement}/repayments");
                let key = format!("idempotency-key: {}\r\n", Clock::System.new_id());
                request("POST", &path, Some(&token), &key, &body)
            }));
        }
        Ok(officers)
    }

    /// The same while readers of the last commune ask for what reads much, one looks at a page, and one logs in.
    pub async fn beside(&self, connections: usize, readers: usize) -> anyhow::Result<Beside> {
        let until = Instant::now() + self.each;
        let officers = self.officers(self.communes, connections, until)?;
        let (reading, elsewhere) = (&self.communes[self.communes.len() - 1], &self.communes[0]);
        let mut reports = JoinSet::new();
        for n in 0..readers {
            let (token, unit) = (self.token(reading.readers[n % reading.readers.len()])?, reading.unit);
            reports.spawn(ask(self.address, until, move || {
                let what = [
                    "accounts/1111/statement.xlsx?from=2025-07-01",
                    "balances?known_at=2026-03-02T03:00:05Z",
                    "trial-balance.xlsx?known_at=2026-03-02T03:00:05Z",
                    "accounts/141/statement.csv?from=2025-07-01",
                ];
                let path = format!("/v1/units/{unit}/{}", what[n % what.len()]);
                request("GET", &path, Some(&token), "", "")
            }));
        }
        let mut pages = JoinSet::new();
        let (token, unit) = (self.token(elsewhere.officer)?, elsewhere.unit);
        pages.spawn(ask(self.address, until, move || {
            request("GET", &format!("/v1/units/{unit}/journals?account=1111"), Some(&token), "", "")
        }));
        let mut logins = JoinSet::new();
        logins.spawn(ask(self.address, until, move || {
            let body =
                serde_json::json!({"login": format!("officer{unit}"), "password": PASSWORD}).to_string();
            request("POST", "/v1/sessions", None, "", &body)
        }));
        let (repayments, reports, pages, logins) =
            tokio::try_join!(seen(officers), seen(reports), seen(pages), seen(logins))?;
        Ok(Beside { repayments, reports, pages, logins })
    }
}

/// What all of them saw together.
async fn seen(mut all: JoinSet<anyhow::Result<Seen>>) -> anyhow::Result<Seen> {
    let begun = Instant::now();
    let mut together = Seen::default();
    while let Some(one) = all.join_next().await {
        let one = one??;
        together.latencies.extend(one.latencies);
        together.refused += one.refused;
    }
    together.took = begun.elapsed();
    Ok(together)
}

/// Sends the next request as soon as the last one is answered, for so long.
async fn ask(address: SocketAddr, until: Instant, next: impl Fn() -> String + Send) -> anyhow::Result<Seen> {
    let mut client = Client::connect(address).await?;
    let mut seen = Seen::default();
    while Instant::now() < until {
        let request = next();
        let sent = Instant::now();
        let (status, body) = client.send(request.as_bytes()).await?;
        if (200..300).contains(&status) {
            seen.latencies.push(sent.elapsed());
        } else {
            if seen.refused == 0 {
                eprintln!("{status}: {}", String::from_utf8_lossy(body));
            }
            seen.refused += 1;
        }
    }
    Ok(seen)
}

fn request(method: &str, path: &str, token: Option<&str>, more: &str, body: &str) -> String {
    let authorization = token.map(|token| format!("authorization: Bearer {token}\r\n")).unwrap_or_default();
    format!(
        "{method} {path} HTTP/1.1\r\nhost: localhost\r\n{authorization}{more}content-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
}
