use super::{Answer, Claim};
use crate::db::Conn;

pub struct Stored {
    pub request_hash: Vec<u8>,
    pub status: i16,
    pub location: Option<String>,
    pub response: serde_json::Value,
}

/// A key that was asked for.
pub struct Taken {
    /// Whether nobody else works under it right now; then it is held until the transaction ends.
    pub free: bool,
    /// What was kept under it.
    pub stored: Option<Stored>,
}

/// Takes keys, in their order.
pub async fn claim(conn: &mut Conn, unit: i32, keys: &[String]) -> sqlx::Result<Vec<Taken>> {
    let rows = sqlx::query!(
        r#"select free as "free!", request_hash, status, location, response from claim_keys($1, $2)"#,
        unit,
        keys
    )
    .fetch_all(conn)
    .await?;
    let taken = rows.into_iter().map(|row| {
        let kept = row.request_hash.zip(row.status).zip(row.response);
        let stored = kept.map(|((request_hash, status), response)| Stored {
            request_hash,
            status,
            location: row.location,
            response,
        });
        Taken { free: row.free, stored }
    });
    Ok(taken.collect())
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
