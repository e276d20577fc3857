//! Seals: off the writing path, each covers the next facts of a unit with a Merkle root and names the seal before it.

use super::PostError;
use crate::db::Conn;
use crate::domain::books::merkle;

/// The most facts under one seal: bounds the memory of sealing and of proving.
const MOST_FACTS: i64 = 10_000;

/// Seals the next facts of a unit; `None` when nothing is open. Numbers up to the counter are final, because a
/// transaction that records a fact holds the counter until it commits.
pub async fn seal_next(conn: &mut Conn, unit: i32) -> Result<Option<i64>, PostError> {
    let sealed = sqlx::query_scalar!(
        "select upto_fact_no from seal where unit_id = $1 order by seal_no desc limit 1",
        unit
    )
    .fetch_optional(&mut *conn)
    .await?
    .unwrap_or_default();
    let hashes = sqlx::query_scalar!(
        "select hash from fact_hash where unit_id = $1 and fact_no > $2 order by fact_no limit $3",
        unit,
        sealed,
        MOST_FACTS
    )
    .fetch_all(&mut *conn)
    .await?;
    if hashes.is_empty() {
        return Ok(None);
    }
    let upto = sealed + i64::try_from(hashes.len()).unwrap_or_default();
    let root = merkle::root(&hashes);
    sqlx::query!("select seal_append($1, $2, $3)", unit, upto, &root).fetch_one(conn).await?;
    Ok(Some(upto))
}

/// Units with facts that no seal covers yet.
pub async fn units_to_seal(conn: &mut Conn) -> Result<Vec<i32>, PostError> {
    let units = sqlx::query_scalar!("select units_to_seal()").fetch_all(conn).await?;
    Ok(units.into_iter().flatten().collect())
}
