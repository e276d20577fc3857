use std::time::Duration;

use sqlx::PgPool;
use tokio::time::timeout;
use uuid::Uuid;

use crate::db::Lease;

/// How long the question may take.
const LONGEST: Duration = Duration::from_secs(3);

/// Names of the roles of a person at a unit, given there or above.
pub async fn roles_at(pool: &PgPool, user: Uuid, unit: i32) -> sqlx::Result<Vec<String>> {
    let mut lease = Lease::of(pool).await?;
    let asked = sqlx::query_scalar!("select roles_at($1, $2)", user, unit).fetch_one(lease.begun()?);
    let roles = timeout(LONGEST, asked).await.map_err(|_| sqlx::Error::PoolTimedOut)?;
    lease.ended();
    Ok(roles?.unwrap_or_default())
}
