//! Connections, and the scope a transaction works in. No SQL of the features.

use std::time::Duration;

use chrono::SecondsFormat;
use sqlx::PgPool;
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use uuid::Uuid;

use crate::clock::Clock;

/// What every store function takes: a connection inside a transaction.
pub type Conn = sqlx::PgConnection;

/// The migrations of this release.
pub static MIGRATIONS: Migrator = sqlx::migrate!();

/// The unit, the person and the operation of a transaction: what row-level security and the audit trail see.
#[derive(Debug, Clone, Copy)]
pub struct Scope {
    /// The unit whose rows are visible.
    pub unit: i32,
    /// Who works; nobody for the server's own jobs.
    pub actor: Option<Uuid>,
    /// The operation, such as `record_repayment`.
    pub action: &'static str,
}

/// Puts the transaction into its scope.
pub async fn enter(conn: &mut Conn, scope: Scope, clock: &Clock) -> sqlx::Result<()> {
    let actor = scope.actor.map(|id| id.to_string()).unwrap_or_default();
    let now = clock.told().map(|at| at.to_rfc3339_opts(SecondsFormat::Micros, true)).unwrap_or_default();
    sqlx::query!(
        "select set_config('soquy.unit_id', $1, true) as unit, set_config('soquy.actor', $2, true) as actor,
                set_config('soquy.action', $3, true) as action, set_config('soquy.now', $4, true) as now",
        scope.unit.to_string(),
        actor,
        scope.action,
        now,
    )
    .fetch_one(conn)
    .await?;
    Ok(())
}

/// How many connections the pool holds: some more than the writers need, few enough to queue in the process.
const POOL: u32 = 12;

/// The server's pool. Every connection works as `soquy_app`, whoever logged in, and plans statements once: with array
/// and JSON parameters the default would plan at each call.
pub async fn connect(url: &str) -> sqlx::Result<PgPool> {
    let options: PgConnectOptions = url.parse()?;
    let options = options.options([("plan_cache_mode", "force_generic_plan"), ("statement_timeout", "25s")]);
    PgPoolOptions::new()
        .max_connections(POOL)
        .acquire_timeout(Duration::from_secs(5))
        .after_connect(|conn, _| {
            Box::pin(async move {
                sqlx::query("set role soquy_app").execute(&mut *conn).await?;
                Ok(())
            })
        })
        .connect_with(options)
        .await
}

/// Brings the schema up to this release, as the owner, under sqlx's own lock. Only when something was applied are the
/// digests of the reference tables taken anew: a restart must not bless a table that somebody changed.
pub async fn migrate(url: &str) -> anyhow::Result<()> {
    use sqlx::Connection as _;
    let mut owner = sqlx::PgConnection::connect(url).await?;
    let before = applied(&mut owner).await?;
    MIGRATIONS.run(&mut owner).await?;
    if applied(&mut owner).await? != before {
        sqlx::query!("call note_references()").execute(&mut owner).await?;
    }
    owner.close().await?;
    Ok(())
}

/// How many migrations a database has seen.
async fn applied(conn: &mut Conn) -> sqlx::Result<i64> {
    let known = sqlx::query_scalar!("select to_regclass('public._sqlx_migrations') is not null")
        .fetch_one(&mut *conn)
        .await?;
    if known != Some(true) {
        return Ok(0);
    }
    sqlx::query_scalar("select count(*) from _sqlx_migrations").fetch_one(conn).await
}

/// The name of the constraint a statement broke, if that is why it failed.
pub fn constraint(error: &sqlx::Error) -> Option<&str> {
    error.as_database_error().and_then(sqlx::error::DatabaseError::constraint)
}
