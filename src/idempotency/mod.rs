//! Idempotency-Key: claim, fingerprint, replay. The answer is stored in the transaction of its effect, for ever.

mod store;

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::db::Conn;
use crate::problem::{Kind, Problem};

/// A key the caller chose, and what it stands for.
#[derive(Debug, Clone)]
pub struct Claim {
    /// 8 to 100 visible characters.
    pub key: String,
    /// Operation id, such as `record_repayment`.
    pub operation: &'static str,
    /// sha256 of operation, person, address and body.
    pub fingerprint: [u8; 32],
}

impl Claim {
    /// The claim of a request: the same operation, person, address and body give the same fingerprint, however the JSON
    /// was spaced.
    pub fn of<B: Serialize>(
        key: String,
        operation: &'static str,
        actor: Uuid,
        request: &(impl Serialize, B),
    ) -> Self {
        let request = serde_json::to_vec(&(operation, actor, request)).unwrap_or_default();
        Self { key, operation, fingerprint: Sha256::digest(request).into() }
    }
}

/// The answer that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Where the new thing is.
    pub location: Option<String>,
    /// The JSON body.
    pub body: Value,
}

/// Takes the key. `Some` is the stored answer of the same request: send it again instead of working.
pub async fn claim(conn: &mut Conn, unit: i32, claim: &Claim) -> Result<Option<Answer>, Problem> {
    if !store::lock(conn, unit, &claim.key).await? {
        return Err(Kind::StillRunning.bare().after(1));
    }
    let Some(stored) = store::find(conn, unit, &claim.key).await? else { return Ok(None) };
    if stored.request_hash != claim.fingerprint {
        return Err(Kind::KeyReused.bare());
    }
    let status = u16::try_from(stored.status).map_err(Problem::internal)?;
    Ok(Some(Answer { status, location: stored.location, body: stored.response }))
}

/// Keeps the answer under its key.
pub async fn keep(conn: &mut Conn, unit: i32, claim: &Claim, answer: &Answer) -> Result<(), Problem> {
    Ok(store::keep(conn, unit, claim, answer).await?)
}
