//! Extractors that refuse with a Problem, and the headers of commands.

use std::convert::Infallible;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::{HeaderMap, Uri, header, request::Parts};
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::domain::values::language::{Language, Text};
use crate::http::{accept, wording};
use crate::problem::{Kind, Problem};
use crate::text;

/// What a `PATCH` sends (RFC 7396).
pub const MERGE_PATCH: &str = "application/merge-patch+json";

/// A JSON body, taken or answered. Wrong syntax is 400, a wrong field 422 with its pointer.
#[derive(Debug, Clone)]
pub struct Json<T>(pub T);

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

/// JSON, or a merge patch (RFC 7396): fields that are sent are changed, `null` takes a value away.
fn is_json(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    ["application/json", MERGE_PATCH].iter().any(|ours| media_type.eq_ignore_ascii_case(ours))
}

fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// `lines[0].amount` → `/lines/0/amount`.
fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter()
        .map(|segment| match segment {
            Segment::Seq { index } => format!("/{index}"),
            Segment::Map { key } => format!("/{}", escaped(key)),
            Segment::Enum { variant } => format!("/{variant}"),
            Segment::Unknown => String::new(),
        })
        .collect()
}

/// Where a reader stood, and the field it missed or did not know there.
fn pointer_to(path: &serde_path_to_error::Path, why: &str) -> String {
    let at = pointer(path);
    match wording::field_of(why).map(escaped) {
        Some(field) if !at.ends_with(&format!("/{field}")) || why.starts_with("missing") => {
            format!("{at}/{field}")
        }
        _ => at,
    }
}

fn not_json(why: &str) -> Problem {
    let Text { vi, en } = wording::broken(why);
    Kind::MalformedRequest.saying(text!("JSON không đọc được: {vi}", "The JSON cannot be read: {en}"))
}

/// Reads JSON into a value, or says which field is wrong.
pub fn read_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let why = error.inner().to_string();
        match error.inner().classify() {
            serde_json::error::Category::Data => {
                Problem::field(pointer_to(error.path(), &why), wording::sentence(&why))
            }
            _ => not_json(&why),
        }
    })?;
    reader.end().map_err(|why| not_json(&why.to_string()))?;
    Ok(value)
}

/// The language the caller reads, for answers that hold refusals row by row.
impl<S: Send + Sync> FromRequestParts<S> for Language {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(accept::language(&parts.headers))
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Kind::UnsupportedType.bare());
        }
        let bytes = body(request, state).await?;
        read_json(&bytes).map(Self)
    }
}

/// The whole body, within the limit of the route.
pub async fn body<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Problem> {
    Bytes::from_request(request, state).await.map_err(|rejection| {
        if rejection.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
            Kind::TooLarge.bare()
        } else {
            Kind::MalformedRequest
                .saying(text!("Không nhận đủ nội dung: {rejection}", "The body did not arrive: {rejection}"))
        }
    })
}

/// The parameters in the path. One that is not of its type is an address that does not exist.
#[derive(Debug, Clone)]
pub struct Path<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = <axum::extract::Path<T> as FromRequestParts<S>>::from_request_parts(parts, state).await;
        path.map(|axum::extract::Path(value)| Self(value)).map_err(|_| Kind::NotFound.bare())
    }
}

/// The parameters after `?`. Those that the operation does not declare were refused before, see [`super::operation`].
#[derive(Debug, Clone)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> Query<T> {
    /// Those of an address.
    pub fn of(uri: &Uri) -> Result<Self, Problem> {
        let query = axum::extract::Query::try_from_uri(uri);
        query.map(|axum::extract::Query(value)| Self(value)).map_err(|why| wrong_query(&why.to_string()))
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Self::of(&parts.uri)
    }
}

/// On which day the caller asks.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OnDay {
    /// The day; today when not given.
    #[param(required = false, nullable = false)]
    pub on: Option<NaiveDate>,
}

/// As of which day the caller asks.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AsOf {
    /// At the end of this day; today when not given.
    #[param(required = false, nullable = false)]
    pub as_of: Option<NaiveDate>,
}

/// A refusal in the words of the reader of queries, which puts the parameter before its reason: `limit: invalid digit found in string`.
fn wrong_query(why: &str) -> Problem {
    let why = why.trim_start_matches("Failed to deserialize query string: ");
    let is_name = |name: &str| name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    let (name, why) = why.split_once(": ").filter(|(name, _)| is_name(name)).unwrap_or(("", why));
    let name = wording::field_of(why).unwrap_or(name);
    let Text { vi, en } = wording::sentence(why);
    Kind::MalformedRequest.saying(text!("Tham số “{name}”: {vi}", "Parameter “{name}”: {en}"))
}

/// The header `Idempotency-Key`: 8 to 100 visible ASCII characters. Required where money is recorded.
#[derive(Debug, Clone)]
pub struct IdempotencyKey(pub String);

impl IdempotencyKey {
    fn of_text(text: &str) -> Option<Self> {
        let good = (8..=100).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
        good.then(|| Self(text.to_owned()))
    }
}

impl<'de> Deserialize<'de> for IdempotencyKey {
    /// The key of a row in a body.
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wrong = || serde::de::Error::custom("a key is 8 to 100 visible ASCII characters");
        Self::of_text(&String::deserialize(deserializer)?).ok_or_else(wrong)
    }
}

/// The key of a request, if it has one.
pub fn optional_key(parts: &Parts) -> Result<Option<IdempotencyKey>, Problem> {
    let Some(value) = parts.headers.get("idempotency-key") else { return Ok(None) };
    let key = IdempotencyKey::of_text(value.to_str().unwrap_or_default());
    key.map(Some).ok_or_else(|| Kind::KeyRequired.bare())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Line {
        #[expect(dead_code, reason = "read by the test only through errors")]
        amount: crate::domain::values::money::Money,
    }

    #[test]
    fn a_wrong_field_is_named_by_its_pointer() {
        let problem = read_json::<Vec<Line>>(br#"[{"amount":"1"},{"amount":5}]"#).unwrap_err();
        assert_eq!((problem.kind, problem.fields[0].pointer.as_str()), (Kind::InvalidField, "/1/amount"));
    }

    #[test]
    fn a_field_that_is_missing_or_not_known_is_pointed_at() {
        for (body, pointer, vi) in [
            ("{}", "/amount", "Thiếu trường này"),
            (r#"{"amuont":"1"}"#, "/amuont", "Không có trường này; có: `amount`"),
            (r#"{"amount":"1","amount":"1"}"#, "/amount", "Trường này có hai lần"),
            (
                r#"{"amount":"1.000"}"#,
                "/amount",
                "Đồng không có phần lẻ: một nghìn viết là \"1000\", không có dấu chấm hay dấu phẩy",
            ),
        ] {
            let problem = read_json::<Line>(body.as_bytes()).unwrap_err();
            assert_eq!(
                (problem.fields[0].pointer.as_str(), &*problem.fields[0].detail.vi),
                (pointer, vi),
                "{body}"
            );
        }
    }

    #[test]
    fn wrong_syntax_and_wrong_utf8_are_malformed_requests() {
        for bytes in [&b"{"[..], b"", b"[] []", b"\"\xff\""] {
            assert_eq!(
                read_json::<serde_json::Value>(bytes).unwrap_err().kind,
                Kind::MalformedRequest,
                "{bytes:?}"
            );
        }
    }
}
