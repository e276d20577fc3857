//! People at work: each connection sends the next request as soon as the last one is answered.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rust_decimal::Decimal;
use soquy::clock::Clock;
use tokio::task::JoinSet;
use uuid::Uuid;

use super::client::Client;

/// What one load gave.
#[derive(Default)]
pub struct Run {
    /// Of requests that did what was asked.
    pub latencies: Vec<Duration>,
    /// How many did not.
    pub refused: usize,
    took: Duration,
}

impl Run {
    /// Requests a second.
    pub fn per_second(&self) -> u128 {
        self.latencies.len() as u128 * 1_000_000 / self.took.as_micros().max(1)
    }

    /// The latency that so many per cent did not exceed, in ms.
    pub fn percentile(&self, percent: usize) -> Decimal {
        let mut sorted = self.latencies.clone();
        sorted.sort_unstable();
        let place = (sorted.len() * percent).div_ceil(100).max(1) - 1;
        let micros = sorted.get(place).map_or(0, Duration::as_micros);
        (Decimal::from(micros) / Decimal::ONE_THOUSAND).round_dp(1)
    }
}

/// Connections at work.
pub struct Connections {
    all: JoinSet<anyhow::Result<Run>>,
    begun: Instant,
}

impl Connections {
    pub fn begin() -> Self {
        Self { all: JoinSet::new(), begun: Instant::now() }
    }

    /// One more, which asks until then: at once when it has its answer, or once in so long.
    pub async fn ask(
        &mut self,
        address: SocketAddr,
        until: Instant,
        every: Option<Duration>,
        next: impl Fn() -> String + Send + 'static,
    ) -> anyhow::Result<()> {
        self.all.spawn(ask(Client::connect(address).await?, until, every, next));
        Ok(())
    }

    /// What all of them saw together.
    pub async fn seen(mut self) -> anyhow::Result<Run> {
        let mut together = Run::default();
        while let Some(one) = self.all.join_next().await {
            let one = one??;
            together.latencies.extend(one.latencies);
            together.refused += one.refused;
        }
        together.took = self.begun.elapsed();
        Ok(together)
    }
}

async fn ask(
    mut client: Client,
    until: Instant,
    every: Option<Duration>,
    next: impl Fn() -> String + Send,
) -> anyhow::Result<Run> {
    let (mut run, mut pace) = (Run::default(), every.map(tokio::time::interval));
    while Instant::now() < until {
        if let Some(pace) = &mut pace {
            pace.tick().await;
        }
        let request = next();
        let sent = Instant::now();
        let (status, body) = client.send(request.as_bytes()).await?;
        if (200..300).contains(&status) {
            run.latencies.push(sent.elapsed());
        } else {
            if run.refused == 0 {
                eprintln!("{status}: {}", String::from_utf8_lossy(body));
            }
            run.refused += 1;
        }
    }
    Ok(run)
}

/// An officer of a commune and the agreements that are repaid.
pub struct Desk {
    pub unit: i32,
    pub token: Arc<str>,
    pub agreements: Arc<[Uuid]>,
}

impl Desk {
    /// A small repayment of a random agreement under a key of its own.
    fn repayment(&self) -> String {
        let agreement = self.agreements[rand::random_range(0..self.agreements.len())];
        let (amount, day) = (rand::random_range(1..1_000_u32), Clock::System.today());
        let body = format!(r#"{{"amount":"{amount}","received_on":"{day}","till":"cash"}}"#);
        let path = format!("/v1/units/{}/support/{agreement}/repayments", self.unit);
        let key = format!("idempotency-key: {}\r\n", Clock::System.new_id());
        request("POST", &path, Some(&self.token), &key, &body)
    }
}

/// Repayments at some desks over so many connections.
pub async fn repaying(
    address: SocketAddr,
    desks: Vec<Desk>,
    connections: usize,
    until: Instant,
) -> anyhow::Result<Connections> {
    let desks: Arc<[Desk]> = desks.into();
    let mut officers = Connections::begin();
    for n in 0..connections {
        let desks = desks.clone();
        officers.ask(address, until, None, move || desks[n % desks.len()].repayment()).await?;
    }
    Ok(officers)
}

/// A request as it is sent; `more` are headers, each with its end of line.
pub fn request(method: &str, path: &str, token: Option<&str>, more: &str, body: &str) -> String {
    let authorization = token.map(|token| format!("authorization: Bearer {token}\r\n")).unwrap_or_default();
    format!(
        "{method} {path} HTTP/1.1\r\nhost: localhost\r\n{authorization}{more}content-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
}
