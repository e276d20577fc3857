use std::collections::HashSet;

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

/// Those of the keys under which nobody else works right now; holds them until the transaction ends.
pub async fn lock_all(conn: &mut Conn, unit: i32, keys: &[String]) -> sqlx::Result<HashSet<String>> {
    let rows = sqlx::query!(
        r#"select k as "key!", pg_try_advisory_xact_lock(hashtextextended(k, $1::integer)) as "free!" from unnest($2::text[]) k"#,
        unit,
        keys
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().filter(|row| row.free).map(|row| row.key).collect())
}

pub async fn find_all(conn: &mut Conn, unit: i32, keys: &[String]) -> sqlx::Result<Vec<(String, Stored)>> {
    let rows = sqlx::query!(
        "select i.idempotency_key, i.request_hash, i.status, i.location, i.response from unnest($2::text[]) k,
                lateral (select * from idempotency i where i.unit_id = $1 and i.idempotency_key = k offset 0) i",
        unit,
        keys
    )
    .fetch_all(conn)
    .await?;
    let stored =
        |row_hash, status, location, response| Stored { request_hash: row_hash, status, location, response };
    Ok(rows
        .into_iter()
        .map(|r| (r.idempotency_key, stored(r.request_hash, r.status, r.location, r.response)))
        .collect())
}

pub async fn keep_all(conn: &mut Conn, unit: i32, kept: &[(&Claim, &Answer)]) -> sqlx::Result<()> {
    let keys: Vec<String> = kept.iter().map(|(claim, _)| claim.key.clone()).collect();
    let operations: Vec<String> = kept.iter().map(|(claim, _)| claim.operation.to_owned()).collect();
    let hashes: Vec<Vec<u8>> = kept.iter().map(|(claim, _)| claim.fingerprint.to_vec()).collect();
    let statuses: Vec<i16> =
        kept.iter().map(|(_, answer)| i16::try_from(answer.status).unwrap_or_default()).collect();
    let locations: Vec<Option<String>> = kept.iter().map(|(_, answer)| answer.location.clone()).collect();
    let bodies: Vec<serde_json::Value> = kept.iter().map(|(_, answer)| answer.body.clone()).collect();
    sqlx::query!(
        "insert into idempotency (unit_id, idempotency_key, operation, request_hash, status, location, response)
         select $1, k.* from unnest($2::text[], $3::text[], $4::bytea[], $5::smallint[], $6::text[], $7::jsonb[]) k",
        unit,
        &keys,
        &operations,
        &hashes,
        &statuses,
        &locations as &[Option<String>],
        &bodies,
    )
    .execute(conn)
    .await?;
    Ok(())
}
