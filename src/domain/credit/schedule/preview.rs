//! A schedule without a loan and without a server: for `soquy schedule FILE|-`.

use super::{Schedule, Terms, TermsError, schedule};

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

/// The schedule of terms written as JSON.
pub fn preview(json: &str) -> Result<Schedule, PreviewError> {
    Ok(schedule(&serde_json::from_str::<Terms>(json)?)?)
}
