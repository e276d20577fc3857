//! Versions of things that change: the reader gets an `ETag`, the one who changes sends it back in `If-Match`.
//!
//! The tag is a hash of what was shown. So it needs no version column, and it changes exactly when a reader would see
//! something else.

use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::{header, request::Parts};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::problem::{Kind, Problem};

/// The tag of a thing as it is shown, with its quotes.
fn tag_of(shown: &impl Serialize) -> Result<String, Problem> {
    let digest = Sha256::digest(serde_json::to_vec(shown).map_err(Problem::internal)?);
    Ok(format!("\"{}\"", BASE64.encode(&digest[..16])))
}

/// A JSON answer with its `ETag`.
#[derive(Debug)]
pub struct Tagged<T>(pub T);

impl<T: Serialize> IntoResponse for Tagged<T> {
    fn into_response(self) -> Response {
        match tag_of(&self.0) {
            Ok(tag) => ([(header::ETAG, tag)], Json(self.0)).into_response(),
            Err(problem) => problem.into_response(),
        }
    }
}

/// The version that a change was meant for: the header `If-Match`, required.
#[derive(Debug, Clone)]
pub struct IfMatch(String);

impl IfMatch {
    /// Refuses the change when the thing is no longer as its reader saw it. The caller holds the row locked.
    pub fn holds(&self, shown: &impl Serialize) -> Result<(), Problem> {
        let tag = tag_of(shown)?;
        // A proxy that compresses makes the tag weak (`W/`): it still names the same content.
        let names = |given: &str| given == "*" || given.strip_prefix("W/").unwrap_or(given) == tag;
        if self.0.split(',').map(str::trim).any(names) { Ok(()) } else { Err(Kind::Changed.bare()) }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let given = parts.headers.get(header::IF_MATCH).and_then(|value| value.to_str().ok());
        given.map(|tags| Self(tags.to_owned())).ok_or_else(|| Kind::MatchRequired.bare())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_holds_until_something_shown_changes() {
        let read = tag_of(&("Vũ Quý", 1)).unwrap();
        for header in [read.clone(), format!("\"x\", {read}"), format!("W/{read}"), "*".to_owned()] {
            assert!(IfMatch(header.clone()).holds(&("Vũ Quý", 1)).is_ok(), "{header}");
        }
        for header in [read.as_str(), "", "\"x\"", &read.replace('"', "")] {
            let problem = IfMatch(header.to_owned()).holds(&("Vũ Quý", 2)).unwrap_err();
            assert_eq!(problem.kind, Kind::Changed, "{header}");
        }
        assert!(IfMatch(read.replace('"', "")).holds(&("Vũ Quý", 1)).is_err());
    }
}
