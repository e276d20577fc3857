//! Connections, and the scope a transaction works in. No SQL of the features.

use std::time::Duration;

use chrono::{NaiveDate, SecondsFormat};
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, PgPool, Postgres, Transaction};
use tokio::time::timeout;
use uuid::Uuid;

use crate::clock::Clock;

mod lease;

pub use lease::Lease;

/// What every store function takes: a connection inside a transaction.
pub type Conn = sqlx::PgConnection;

/// A day before all others, where no first day is asked for. A query has a bound in any case, because `$1 is null or …` is
/// planned as a walk over all rows of the unit.
pub const FIRST_DAY: NaiveDate = NaiveDate::from_ymd_opt(1, 1, 1).expect("a day");

/// A day after all others.
pub const LAST_DAY: NaiveDate = NaiveDate::from_ymd_opt(9999, 12, 31).expect("a day");

/// The least and the greatest key to look for: of one that is asked for, or of all.
pub const fn one_or_all(key: Option<Uuid>) -> (Uuid, Uuid) {
    match key {
        Some(key) => (key, key),
        None => (Uuid::nil(), Uuid::max()),
    }
}

/// The names to look for: the one that is asked for, or all there are.
pub fn name_or_all<'a>(name: Option<&'a str>, all: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    name.map_or_else(|| all.into_iter().map(str::to_owned).collect(), |name| vec![name.to_owned()])
}

/// The migrations of this release.
pub static MIGRATIONS: Migrator = sqlx::migrate!();

/// The unit, the person and the operation of a transaction: what row-level security and the audit trail see.
#[derive(Debug, Clone, Copy)]
pub struct Scope {
    /// The unit whose rows are visible.
    pub unit: i32,
    /// Who works; none for the server's own jobs.
    pub actor: Option<Uuid>,
    /// The operation, such as `record_repayment`.
    pub action: &'static str,
}

impl Scope {
    /// As settings of the transaction.
    fn settings(self, clock: &Clock) -> String {
        let actor = self.actor.map(|id| id.to_string()).unwrap_or_default();
        let now =
            clock.fixed_at().map(|at| at.to_rfc3339_opts(SecondsFormat::Micros, true)).unwrap_or_default();
        format!(
            "set local soquy.unit_id = '{}'; set local soquy.actor = '{actor}'; set local soquy.action = '{}'; \
             set local soquy.now = '{now}'",
            self.unit, self.action
        )
    }
}

/// Begins a transaction in its scope, with one message to the database. `begin` is the statement that begins it.
pub async fn begin<'c>(
    conn: &'c mut Conn,
    begin: &'static str,
    scope: Scope,
    clock: &Clock,
) -> sqlx::Result<Transaction<'c, Postgres>> {
    conn.begin_with(AssertSqlSafe(format!("{begin}; {}", scope.settings(clock)))).await
}

/// Ends a transaction as its work did: what was done is committed, an error takes it back.
pub async fn end<T, E: From<sqlx::Error>>(tx: Transaction<'_, Postgres>, done: Result<T, E>) -> Result<T, E> {
    match done {
        Ok(_) => tx.commit().await?,
        // Dropping it would roll back too, but only after the answer: a caller who repeats at once would still find the key and
        // the rows taken.
        Err(_) => tx.rollback().await.unwrap_or_default(),
    }
    done
}

/// Puts a transaction into its scope.
pub async fn enter(conn: &mut Conn, scope: Scope, clock: &Clock) -> sqlx::Result<()> {
    sqlx::raw_sql(AssertSqlSafe(scope.settings(clock))).execute(conn).await?;
    Ok(())
}

/// How many connections the server's pool holds: few enough to queue in the process.
const POOL: u32 = 10;

/// How many connections batches are written on: one more than there are cores. With more the database would work on many
/// things slowly, and a pool hands out the connection that rested longest, whose caches are cold.
fn writing() -> u32 {
    let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    u32::try_from(cores).unwrap_or(u32::MAX).saturating_add(1).clamp(3, 20)
}

/// How the server's connections plan. Once a statement: with array and JSON parameters the default would plan at each
/// call. By index: a plan made while a table was small must still be right when it has grown, and every index begins
/// with the unit. (For the same reason many keys are looked up by `lateral` and not by `any`, which may be planned as a walk
/// over all rows of the unit.) Never compiled: our statements are shorter than their compilation.
/// In one process: workers for one question take the cores from all others.
const PLANNING: [(&str, &str); 4] = [
    ("plan_cache_mode", "force_generic_plan"),
    ("enable_seqscan", "off"),
    ("jit", "off"),
    ("max_parallel_workers_per_gather", "0"),
];

/// What the database does about a client that went without a word: it gives its locks back.
const WHEN_WE_ARE_GONE: [(&str, &str); 5] = [
    ("idle_in_transaction_session_timeout", "8s"),
    ("tcp_keepalives_idle", "10"),
    ("tcp_keepalives_interval", "5"),
    ("tcp_keepalives_count", "3"),
    ("tcp_user_timeout", "20s"),
];

/// The server's pool. Every connection works as `soquy_app`, whichever login opened it.
pub async fn connect(url: &str) -> sqlx::Result<PgPool> {
    pool(POOL).connect_with(options(url)?).await
}

/// The pool of the batches, opened when it is needed.
pub fn writers(url: &str) -> sqlx::Result<PgPool> {
    Ok(pool(writing()).connect_lazy_with(options(url)?))
}

/// The pool in which nothing but roles is asked for, so that no request waits for its permit behind what others read.
pub fn roles(url: &str) -> sqlx::Result<PgPool> {
    Ok(pool(2).connect_lazy_with(options(url)?))
}

/// The pool of what reads much: as many connections as work on such things at a time.
pub fn reports(url: &str, at_a_time: usize) -> sqlx::Result<PgPool> {
    let size = u32::try_from(at_a_time).unwrap_or(u32::MAX);
    Ok(pool(size).connect_lazy_with(options(url)?.options([("statement_timeout", "20s")])))
}

/// The pool of jobs: as many connections as are worked on at a time. A step may take long, and between two questions of one
/// what was read is worked on here.
pub fn jobs(url: &str, at_a_time: usize) -> sqlx::Result<PgPool> {
    let size = u32::try_from(at_a_time).unwrap_or(u32::MAX);
    let patient = [("statement_timeout", "10min"), ("idle_in_transaction_session_timeout", "2min")];
    Ok(pool(size).connect_lazy_with(options(url)?.options(patient)))
}

/// How many jobs are worked on at a time: one more than reports, so that a long one of one unit does not keep all others waiting.
pub fn jobs_at_a_time() -> usize {
    reports_at_a_time() + 1
}

/// How many reports, files and proofs are worked on at a time: half of the cores, because each keeps one of ours and one of the
/// database's busy.
pub fn reports_at_a_time() -> usize {
    (std::thread::available_parallelism().map_or(2, std::num::NonZero::get) / 2).max(1)
}

/// Whether a pool would hand out another connection now.
pub fn has_another(pool: &PgPool) -> bool {
    pool.num_idle() > 0 || pool.size() < pool.options().get_max_connections()
}

fn options(url: &str) -> sqlx::Result<PgConnectOptions> {
    Ok(url
        .parse::<PgConnectOptions>()?
        .options(PLANNING)
        .options(WHEN_WE_ARE_GONE)
        .options([("statement_timeout", "25s")]))
}

/// A connection that rested longer than this is asked whether it still lives before it is used. Each that comes back is
/// asked anyway.
const RESTED: Duration = Duration::from_secs(1);

/// How long it may take to answer that.
const ALIVE: Duration = Duration::from_secs(1);

fn pool(size: u32) -> PgPoolOptions {
    PgPoolOptions::new()
        .max_connections(size)
        .acquire_timeout(Duration::from_secs(5))
        .after_connect(|conn, _| {
            Box::pin(async move {
                sqlx::query("set role soquy_app").execute(&mut *conn).await?;
                Ok(())
            })
        })
        .test_before_acquire(false)
        .before_acquire(|conn, known| {
            let rested = known.idle_for > RESTED;
            Box::pin(async move {
                if rested {
                    timeout(ALIVE, conn.ping()).await.map_err(|_| sqlx::Error::PoolTimedOut)??;
                }
                Ok(true)
            })
        })
}

/// Brings the schema up to this release, as the owner, under sqlx's own lock.
pub async fn migrate(url: &str) -> anyhow::Result<()> {
    let mut owner = sqlx::PgConnection::connect(url).await?;
    MIGRATIONS.run(&mut owner).await.map_err(|why| match why {
        MigrateError::VersionMismatch(number) => anyhow::anyhow!(
            "another build made these books (migration {number} differs): start that build, or give this one an empty data \
             folder or database"
        ),
        why => why.into(),
    })?;
    owner.close().await?;
    Ok(())
}

/// Lets the server log in with no more than its role, in a private cluster that knows who connects.
pub async fn admit_server(url: &str) -> anyhow::Result<()> {
    let mut owner = sqlx::PgConnection::connect(url).await?;
    let known = sqlx::query_scalar!("select exists (select from pg_roles where rolname = 'soquy_server')");
    if known.fetch_one(&mut owner).await? != Some(true) {
        sqlx::raw_sql("create role soquy_server login in role soquy_app").execute(&mut owner).await?;
    }
    owner.close().await?;
    Ok(())
}

/// A database as this release makes it, on the server of another one: to compare with.
pub struct Fresh {
    beside: sqlx::PgConnection,
    name: String,
    /// The new database.
    pub conn: sqlx::PgConnection,
}

impl Fresh {
    /// Makes it. The role must be allowed to create databases.
    pub async fn beside(url: &str) -> anyhow::Result<Self> {
        let options = url.parse::<PgConnectOptions>()?.disable_statement_logging(); // it is slow, and may be
        let name = format!("soquy_release_{}", std::process::id());
        let mut beside = sqlx::PgConnection::connect_with(&options).await?;
        let old = format!("drop database if exists {name} with (force)");
        sqlx::query(AssertSqlSafe(old)).execute(&mut beside).await?;
        let new = format!("create database {name} template template0");
        sqlx::query(AssertSqlSafe(new)).execute(&mut beside).await?;
        let conn = sqlx::PgConnection::connect_with(&options.database(&name)).await?;
        let mut fresh = Self { beside, name, conn };
        if let Err(why) = MIGRATIONS.run(&mut fresh.conn).await {
            fresh.remove().await?;
            return Err(why.into());
        }
        Ok(fresh)
    }

    /// Takes it away.
    pub async fn remove(mut self) -> anyhow::Result<()> {
        self.conn.close().await?;
        let old = format!("drop database {} with (force)", self.name);
        sqlx::query(AssertSqlSafe(old)).execute(&mut self.beside).await?;
        self.beside.close().await?;
        Ok(())
    }
}

/// The name of the constraint a statement broke, if that is why it failed.
pub fn constraint(error: &sqlx::Error) -> Option<&str> {
    error.as_database_error().and_then(sqlx::error::DatabaseError::constraint)
}
