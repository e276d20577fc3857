use super::StoredAnswers;
use crate::db::Conn;

pub struct Stored {
    pub request_hash: Vec<u8>,
    pub status: i16,
    pub location: Option<String>,
    pub response: String,
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

pub async fn keep_all(conn: &mut Conn, unit: i32, kept: &StoredAnswers) -> sqlx::Result<()> {
    sqlx::query!(
        "select store_answers($1, $2, $3, $4, $5, $6, $7)",
        unit,
        &kept.keys,
        &kept.operations as &[&str],
        &kept.hashes,
        &kept.statuses,
        &kept.locations as &[Option<String>],
        &kept.bodies,
    )
    .execute(conn)
    .await?;
    Ok(())
}
