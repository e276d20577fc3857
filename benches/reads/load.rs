//! Officers who record repayments, readers who ask for reports, and one who only looks at a page.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rust_decimal::Decimal;
use soquy::access::Keys;
use soquy::clock::Clock;
use uuid::Uuid;

use crate::plant::Commune;
use crate::shared::agreements::PASSWORD;
use crate::shared::load::{Connections, Desk, Run, repaying, request};

/// Columns of [`row`].
pub const HEADER: &str = "what                    a second  ratio   p50 ms   p99 ms   max ms  refused";

/// So many logins at most: what one address may try without a rest between (`src/http/pace.rs`).
const LOGINS: u32 = 30;

/// A run as a line of the table, with the ratio to another.
pub fn row(name: &str, run: &Run, to: Option<&Run>) -> String {
    let ratio = |to: &Run| {
        (Decimal::from(run.per_second()) / Decimal::from(to.per_second().max(1))).round_dp(2).to_string()
    };
    let [p50, p99, max] = [50, 99, 100].map(|percent| run.percentile(percent).to_string());
    let ratio = to.map_or_else(|| "–".to_owned(), ratio);
    format!("{name:22} {:>9} {ratio:>6} {p50:>8} {p99:>8} {max:>8} {:>8}", run.per_second(), run.refused)
}

/// What was seen while readers were at work.
pub struct Beside {
    pub repayments: Run,
    pub reports: Run,
    pub pages: Run,
    pub logins: Run,
}

/// The load.
pub struct Load<'a> {
    pub address: SocketAddr,
    pub keys: &'a Keys,
    pub communes: &'a [Commune],
    pub each: Duration,
}

impl Load<'_> {
    fn token(&self, user: Uuid) -> anyhow::Result<Arc<str>> {
        Ok(self.keys.issue(user, &Clock::System)?.into())
    }

    /// Repayments of some communes over so many connections.
    pub async fn repaying(&self, communes: &[Commune], connections: usize) -> anyhow::Result<Run> {
        self.officers(communes, connections, Instant::now() + self.each).await?.seen().await
    }

    async fn officers(
        &self,
        communes: &[Commune],
        connections: usize,
        until: Instant,
    ) -> anyhow::Result<Connections> {
        let desk = |commune: &Commune| -> anyhow::Result<_> {
            let (token, agreements) = (self.token(commune.officer)?, commune.agreements.as_slice().into());
            Ok(Desk { unit: commune.unit, token, agreements })
        };
        let desks = communes.iter().map(desk).collect::<anyhow::Result<_>>()?;
        repaying(self.address, desks, connections, until).await
    }

    /// The same while readers of the last commune ask for what reads much, one looks at a page, and one logs in.
    pub async fn beside(&self, connections: usize, readers: usize) -> anyhow::Result<Beside> {
        let (address, until) = (self.address, Instant::now() + self.each);
        let officers = self.officers(self.communes, connections, until).await?;
        let (reading, elsewhere) = (&self.communes[self.communes.len() - 1], &self.communes[0]);
        let mut reports = Connections::begin();
        for n in 0..readers {
            let (token, unit) = (self.token(reading.readers[n % reading.readers.len()])?, reading.unit);
            let what = [
                "accounts/1111/statement.xlsx?from=2025-07-01",
                "balances?known_at=2026-03-02T03:00:05Z",
                "trial-balance.xlsx?known_at=2026-03-02T03:00:05Z",
                "accounts/1411/statement.csv?from=2025-07-01",
            ];
            let path = format!("/v1/units/{unit}/{}", what[n % what.len()]);
            let next = move || request("GET", &path, Some(&token), "", "");
            reports.ask(address, until, None, next).await?;
        }
        let (token, unit) = (self.token(elsewhere.officer)?, elsewhere.unit);
        let path = format!("/v1/units/{unit}/journals?account=1111");
        let next = move || request("GET", &path, Some(&token), "", "");
        let mut pages = Connections::begin();
        pages.ask(address, until, None, next).await?;
        let who = serde_json::json!({"login": format!("officer{unit}"), "password": PASSWORD}).to_string();
        let next = move || request("POST", "/v1/sessions", None, "", &who);
        let mut logins = Connections::begin();
        logins.ask(address, until, Some(self.each / LOGINS), next).await?;
        let (repayments, reports, pages, logins) =
            tokio::try_join!(officers.seen(), reports.seen(), pages.seen(), logins.seen())?;
        Ok(Beside { repayments, reports, pages, logins })
    }
}
