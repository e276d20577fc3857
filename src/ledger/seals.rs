//! Seals: off the writing path, each covers the next facts of a unit with a Merkle root and names the seal before it.

use super::PostError;
use crate::db::Conn;
use crate::domain::merkle;

/// The most facts under one seal: bounds the memory of sealing and of proving.
const MOST_FACTS: i64 = 10_000;

/// Seals the next facts of a unit; `None` when nothing is open. Numbers up to the pen's are final, because whoever
/// records a fact holds the pen until the commit.
pub async fn seal_next(conn: &mut Conn, unit: i32) -> Result<Option<i64>, PostError> {
    let sealed = sqlx::query_scalar!(
        "select upto_fact_no from seal where unit_id = $1 order by seal_no desc limit 1",
        unit
    )
    .fetch_optional(&mut *conn)
    .await?
    .unwrap_or_default();
    let leaves = sqlx::query_scalar!(
        "select leaf from fact_leaf where unit_id = $1 and fact_no > $2 order by fact_no limit $3",
        unit,
        sealed,
        MOST_FACTS
    )
    .fetch_all(&mut *conn)
    .await?;
    if leaves.is_empty() {
        return Ok(None);
    }
    let upto = sealed + i64::try_from(leaves.len()).unwrap_or_default();
    let root = merkle::root(&leaves);
    sqlx::query!("select seal_append($1, $2, $3)", unit, upto, &root).fetch_one(conn).await?;
    Ok(Some(upto))
}

/// Units with facts that no seal covers yet.
pub async fn units_to_seal(conn: &mut Conn) -> Result<Vec<i32>, PostError> {
    let units = sqlx::query_scalar!("select units_to_seal()").fetch_all(conn).await?;
    Ok(units.into_iter().flatten().collect())
}
