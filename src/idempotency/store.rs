use super::{Answer, Claim};
use crate::db::Conn;

pub struct Stored {
    pub request_hash: Vec<u8>,
    pub status: i16,
    pub location: Option<String>,
    pub response: serde_json::Value,
}

/// Whether nobody else works under this key right now; holds it until the transaction ends.
pub async fn lock(conn: &mut Conn, unit: i32, key: &str) -> sqlx::Result<bool> {
    let got =
        sqlx::query_scalar!("select pg_try_advisory_xact_lock(hashtextextended($2, $1::integer))", unit, key)
            .fetch_one(conn)
            .await?;
    Ok(got.unwrap_or_default())
}

pub async fn find(conn: &mut Conn, unit: i32, key: &str) -> sqlx::Result<Option<Stored>> {
    sqlx::query_as!(
        Stored,
        "select request_hash, status, location, response from idempotency where unit_id = $1 and idempotency_key = $2",
        unit,
        key,
    )
    .fetch_optional(conn)
    .await
}

pub async fn keep(conn: &mut Conn, unit: i32, claim: &Claim, answer: &Answer) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into idempotency (unit_id, idempotency_key, operation, request_hash, status, location, response)
         values ($1, $2, $3, $4, $5, $6, $7)",
        unit,
        claim.key,
        claim.operation,
        &claim.fingerprint,
        i16::try_from(answer.status).unwrap_or_default(),
        answer.location,
        answer.body,
    )
    .execute(conn)
    .await?;
    Ok(())
}
