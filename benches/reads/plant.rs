//! Books of many communes: each has a few agreements made through the use cases that the API calls, and a history behind them
//! that is planted in SQL. What is planted has no hashes, so `soquy verify` would refute it.

use soquy::access::Work;
use soquy::clock::Clock;
use soquy::db::{self, Conn};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use uuid::Uuid;

use crate::shared::agreements::{capital, officer, project, running, within};

/// Agreements of a commune.
const AGREEMENTS: usize = 20;

/// What the load needs to know of a commune.
pub struct Commune {
    pub unit: i32,
    pub officer: Uuid,
    pub agreements: Vec<Uuid>,
    /// Those who ask for reports; only the last commune has any.
    pub readers: Vec<Uuid>,
}

/// Fills a new database.
pub async fn plant(url: &str, communes: usize, lines: usize, readers: usize) -> anyhow::Result<Vec<Commune>> {
    db::migrate(url).await?;
    let clock = Clock::on("2026-03-02".parse()?);
    let mut owner = PgConnection::connect(url).await?;
    let units: Vec<i32> = sqlx::query_scalar(
        "select unit_id from unit where kind = 'commune' and valid_to is null order by unit_id limit $1",
    )
    .bind(i64::try_from(communes)?)
    .fetch_all(&mut owner)
    .await?;
    let pool = db::connect(url).await?;
    let mut made = Vec::with_capacity(units.len());
    for unit in units {
        let officer = officer(&mut owner, &clock, unit, &format!("officer{unit}")).await?;
        let work = Work { unit, actor: Some(officer), clock: &clock };
        let agreements = within(&pool, &work, async |conn| commune(conn, &work).await).await?;
        history(&mut owner, unit, lines / 2).await?;
        made.push(Commune { unit, officer, agreements, readers: Vec::new() });
    }
    if let Some(last) = made.last_mut() {
        for n in 0..readers {
            last.readers.push(officer(&mut owner, &clock, last.unit, &format!("reader{n}")).await?);
        }
    }
    pool.close().await;
    sqlx::query("vacuum analyze").execute(&mut owner).await?;
    owner.close().await?;
    Ok(made)
}

/// An open book, a fund with money, a project, and its running agreements.
async fn commune(conn: &mut Conn, work: &Work<'_>) -> anyhow::Result<Vec<Uuid>> {
    capital(conn, work).await?;
    let project = project(conn, work, 0).await?;
    let mut agreements = Vec::with_capacity(AGREEMENTS);
    for number in 0..AGREEMENTS {
        agreements.push(running(conn, work, project, number).await?);
    }
    Ok(agreements)
}

/// Journals of two lines each: an advance and its return, over eight months.
async fn history(owner: &mut PgConnection, unit: i32, journals: usize) -> anyhow::Result<()> {
    let sql = include_str!("history.sql")
        .replace(":unit", &unit.to_string())
        .replace(":journals", &journals.to_string());
    let mut tx = owner.begin().await?;
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(())
}
