//! Versions of things that change: the reader gets an `ETag`, the one who changes sends it back in `If-Match`.
//!
//! The tag is a hash of what was shown. So it needs no version column, and it changes exactly when a reader would see
//! something else.

use std::convert::Infallible;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequestParts, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use futures_util::stream;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::problem::{Kind, Problem};

/// The tag of a thing as it is shown, with its quotes.
fn tag_of(shown: &impl Serialize) -> Result<String, Problem> {
    Ok(tag_of_bytes(&serde_json::to_vec(shown).map_err(Problem::internal)?))
}

/// The tag of what is sent as it is, with its quotes.
pub fn tag_of_bytes(sent: &[u8]) -> String {
    format!("\"{}\"", BASE64.encode(&Sha256::digest(sent)[..16]))
}

/// What a compressed answer has at the end of its tag: its bytes are others (RFC 9110 §8.8.3.3).
const COMPRESSED: &str = "-gzip";

/// The tags of a header as one list, in however many lines they come; none when there is none.
fn tags(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    let lines: Vec<_> = headers.get_all(name).into_iter().filter_map(|line| line.to_str().ok()).collect();
    (!lines.is_empty()).then(|| lines.join(","))
}

/// Whether a list of tags names one. A tag of the compressed answer, and one that a proxy made weak (`W/`), name the same
/// content.
fn names(list: &str, tag: &str) -> bool {
    let plain =
        |given: &str| given.strip_prefix("W/").unwrap_or(given).replace(&format!("{COMPRESSED}\""), "\"");
    list.split(',').map(str::trim).any(|given| given == "*" || plain(given) == tag)
}

/// Answers 304 to a reader who has what would be sent, and tells apart the tags of compressed answers.
pub async fn conditional(request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let has = tags(request.headers(), header::IF_NONE_MATCH);
    let mut response = next.run(request).await;
    let Some(tag) = response.headers().get(header::ETAG).and_then(|tag| tag.to_str().ok()).map(str::to_owned)
    else {
        return response;
    };
    if reads && response.status() == StatusCode::OK && has.is_some_and(|list| names(&list, &tag)) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        // An empty body has a length, which a 304 would give as that of the content (RFC 9110 §8.6); a stream has none.
        *response.body_mut() = Body::from_stream(stream::empty::<Result<Bytes, Infallible>>());
        for name in [header::CONTENT_TYPE, header::CONTENT_LENGTH, header::CONTENT_ENCODING] {
            response.headers_mut().remove(name);
        }
    } else if response.headers().contains_key(header::CONTENT_ENCODING)
        && let Ok(tag) = HeaderValue::from_str(&format!("{}{COMPRESSED}\"", tag.trim_end_matches('"')))
    {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// A JSON answer with its `ETag`.
#[derive(Debug)]
pub struct Tagged<T>(pub T);

impl<T: Serialize> IntoResponse for Tagged<T> {
    fn into_response(self) -> Response {
        match tag_of(&self.0) {
            Ok(tag) => {
                let fresh = [(header::ETAG, tag), (header::CACHE_CONTROL, "private, no-cache".to_owned())];
                (fresh, Json(self.0)).into_response()
            }
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
        if names(&self.0, &tag_of(shown)?) { Ok(()) } else { Err(Kind::Changed.bare()) }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        tags(&parts.headers, header::IF_MATCH).map(Self).ok_or_else(|| Kind::MatchRequired.bare())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_holds_until_something_shown_changes() {
        let read = tag_of(&("Vũ Quý", 1)).unwrap();
        for header in [
            read.clone(),
            format!("\"x\", {read}"),
            format!("W/{read}"),
            "*".to_owned(),
            format!("{}-gzip\"", read.trim_end_matches('"')),
        ] {
            assert!(IfMatch(header.clone()).holds(&("Vũ Quý", 1)).is_ok(), "{header}");
        }
        for header in [read.as_str(), "", "\"x\"", &read.replace('"', "")] {
            let problem = IfMatch(header.to_owned()).holds(&("Vũ Quý", 2)).unwrap_err();
            assert_eq!(problem.kind, Kind::Changed, "{header}");
        }
        assert!(IfMatch(read.replace('"', "")).holds(&("Vũ Quý", 1)).is_err());
    }
}
