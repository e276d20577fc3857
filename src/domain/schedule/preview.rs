//! A schedule without a loan: the same JSON for `POST /v1/schedules/preview` and `soquy schedule FILE|-`.

use serde_json::Value;

use super::{Terms, TermsError, schedule};

/// Why there is no preview.
#[derive(Debug, thiserror::Error)]
pub enum PreviewError {
    /// Not the JSON of terms.
    #[error("these are not the terms of a loan: {0}")]
    Json(#[from] serde_json::Error),
    /// Terms that mean nothing.
    #[error(transparent)]
    Terms(#[from] TermsError),
}

/// Terms as JSON in, the schedule as JSON out.
pub fn preview(json: &str) -> Result<Value, PreviewError> {
    let terms: Terms = serde_json::from_str(json)?;
    Ok(serde_json::to_value(schedule(&terms)?)?)
}
