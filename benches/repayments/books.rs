//! A commune with running agreements, made through the use cases that the API calls.

use serde_json::json;
use soquy::access::Work;
use soquy::clock::Clock;
use soquy::db::{self, Conn};
use soquy::support;
use sqlx::{Connection as _, PgConnection};
use uuid::Uuid;

use crate::shared::agreements::{capital, command, officer, project, running, told, within};

/// Commune Vũ Quý.
pub const UNIT: i32 = 13141;

/// Agreements of one project: its budget is looked through at each signing.
const OF_A_PROJECT: usize = 100;

/// How many repayments an agreement of the second kind has before the load begins.
pub const EVENTS: usize = 30;

/// What the load needs to know.
pub struct Books {
    pub officer: Uuid,
    /// Agreements that were only paid out.
    pub agreements: Vec<Uuid>,
    /// Agreements with [`EVENTS`] repayments each.
    pub with_events: Vec<Uuid>,
}

/// Fills a new database, and lets the planner know, as `pgbench -i` does for its own tables.
pub async fn prepare(url: &str, agreements: usize) -> anyhow::Result<Books> {
    db::migrate(url).await?;
    let clock = Clock::on("2026-03-02".parse()?);
    let mut owner = PgConnection::connect(url).await?;
    let officer = officer(&mut owner, &clock, UNIT, "officer").await?;
    let work = Work { unit: UNIT, actor: Some(officer), clock: &clock };
    let pool = db::connect(url).await?;
    let all = agreements + agreements.div_ceil(4);
    let mut made = Vec::with_capacity(all);
    let mut number = 0;
    while made.len() < all {
        within(&pool, &work, async |conn| {
            if number == 0 {
                capital(conn, &work).await?;
            }
            let project = project(conn, &work, number).await?;
            for _ in 0..OF_A_PROJECT.min(all - made.len()) {
                made.push(running(conn, &work, project, made.len()).await?);
            }
            Ok(())
        })
        .await?;
        number += 1;
    }
    let with_events = made.split_off(agreements);
    for some in with_events.chunks(20) {
        within(&pool, &work, async |conn| repaid(conn, &work, some).await).await?;
    }
    pool.close().await;
    sqlx::query("vacuum analyze").execute(&mut owner).await?;
    owner.close().await?;
    Ok(Books { officer, agreements: made, with_events })
}

/// Gives each agreement its earlier repayments.
async fn repaid(conn: &mut Conn, work: &Work<'_>, agreements: &[Uuid]) -> anyhow::Result<()> {
    let one = |agreement: &Uuid| -> anyhow::Result<_> {
        Ok(support::Repayment {
            agreement: *agreement,
            amount: command(json!("1000"))?,
            received_on: work.clock.today(),
            till: command(json!("cash"))?,
            payer: None,
            accept_overpayment: false,
            actor: work.actor,
            interest_only: false,
        })
    };
    let round = agreements.iter().map(one).collect::<anyhow::Result<Vec<_>>>()?;
    for _ in 0..EVENTS {
        for receipt in support::repay(&mut *conn, work, &round).await.map_err(told)? {
            receipt.map_err(told)?;
        }
    }
    Ok(())
}

/// How many repayments stand in the books.
pub async fn repayments(url: &str) -> anyhow::Result<usize> {
    let mut owner = PgConnection::connect(url).await?;
    let counted: i64 = sqlx::query_scalar("select count(*) from agreement_event where kind = 'repaid'")
        .fetch_one(&mut owner)
        .await?;
    owner.close().await?;
    Ok(usize::try_from(counted)?)
}
