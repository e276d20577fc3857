//! What a key stands for, and the answers that are kept under keys.

use serde::Serialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;

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
#[derive(Debug, Clone)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Where the new thing is.
    pub location: Option<String>,
    /// The JSON body, as it goes out.
    pub body: String,
}
