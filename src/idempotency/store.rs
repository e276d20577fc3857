use super::values::{Answer, Claim};
use crate::db::Conn;

pub struct Stored {
    pub request_hash: Vec<u8>,
    pub status: i16,
    pub location: Option<String>,
    pub response: String,
}

/// A key that was asked for.
pub struct Taken {
    /// Whether it is free; then it is locked until the transaction ends.
    pub free: bool,
    /// What was kept under it.
    pub stored: Option<Stored>,
}

/// Locks keys, in their order.
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

/// Answers on their way into the table, column by column.
#[derive(Default)]
pub struct StoredAnswers {
    pub keys: Vec<String>,
    operations: Vec<&'static str>,
    hashes: Vec<Vec<u8>>,
    statuses: Vec<i16>,
    locations: Vec<Option<String>>,
    bodies: Vec<String>,
}

impl StoredAnswers {
    pub fn add(&mut self, claim: &Claim, answer: &Answer) {
        self.keys.push(claim.key.clone());
        self.operations.push(claim.operation);
        self.hashes.push(claim.fingerprint.to_vec());
        self.statuses.push(i16::try_from(answer.status).unwrap_or_default());
        self.locations.push(answer.location.clone());
        self.bodies.push(answer.body.clone());
    }
}

/// Inserts answers.
pub async fn insert(conn: &mut Conn, unit: i32, answers: &StoredAnswers) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into idempotency (unit_id, idempotency_key, operation, request_hash, status, location, response)
         select $1, a.* from unnest($2::text[], $3::text[], $4::bytea[], $5::smallint[], $6::text[], $7::text[]) a",
        unit,
        &answers.keys,
        &answers.operations as &[&str],
        &answers.hashes,
        &answers.statuses,
        &answers.locations as &[Option<String>],
        &answers.bodies,
    )
    .execute(conn)
    .await?;
    Ok(())
}
