//! Extractors that refuse with a Problem, and the headers of commands.

use std::convert::Infallible;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri, header, request::Parts};
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use serde::de::{DeserializeOwned, IntoDeserializer as _};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::domain::values::language::{Language, Text};
use crate::domain::values::strict::Strict;
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

/// A header that means one thing. Two of it could be read as either by whoever stands between.
pub fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a HeaderValue>, Problem> {
    let mut all = headers.get_all(name).into_iter();
    let one = all.next();
    if all.next().is_none() {
        return Ok(one);
    }
    Err(Kind::MalformedRequest.saying(text!(
        "Tiêu đề {name} có hai lần: chỉ gửi một",
        "The header {name} is there twice: send one"
    )))
}

/// The type of a body without its parameters, in small letters.
pub fn content_type(headers: &HeaderMap) -> Result<String, Problem> {
    let content_type = only(headers, &header::CONTENT_TYPE)?.and_then(|value| value.to_str().ok());
    let media_type = content_type.and_then(|text| text.split(';').next()).unwrap_or_default();
    Ok(media_type.trim().to_ascii_lowercase())
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
    let value = serde_path_to_error::deserialize(Strict(&mut reader)).map_err(|error| {
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
        read_json(&json(request, state).await?).map(Self)
    }
}

/// A JSON body as a command, and as it was sent: where the command holds what does not serialize, such as personal numbers, the
/// claim of its key is made of the body.
#[derive(Debug)]
pub struct AsSent<T>(pub T, pub Value);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for AsSent<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let bytes = json(request, state).await?;
        Ok(Self(read_json(&bytes)?, read_json(&bytes)?))
    }
}

/// A body of JSON, or a merge patch (RFC 7396): fields that are sent are changed, `null` takes a value away.
async fn json<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Problem> {
    if !["application/json", MERGE_PATCH].contains(&&*content_type(request.headers())?) {
        return Err(Kind::UnsupportedType.bare());
    }
    body(request, state).await
}

/// The whole body, within the limit of the route, which a compressed one could hide from.
pub async fn body<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Problem> {
    let encodings = request.headers().get_all(header::CONTENT_ENCODING);
    if encodings.into_iter().any(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return Err(Kind::UnsupportedType.saying(text!(
            "Nội dung gửi không được nén: bỏ tiêu đề Content-Encoding và gửi nguyên văn",
            "The body must not be compressed: send it as it is, without the header Content-Encoding"
        )));
    }
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
        let pairs = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
        let reader = Strict(serde_urlencoded::Deserializer::new(pairs));
        serde_path_to_error::deserialize(reader).map(Self).map_err(|error| {
            let why = error.inner().to_string();
            let name = wording::field_of(&why).map_or_else(|| error.path().to_string(), str::to_owned);
            wrong_parameter(&name, wording::sentence(&why))
        })
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Self::of(&parts.uri)
    }
}

/// Values of a closed list with commas between them: `#[serde(default, deserialize_with = "with_commas")]`.
pub fn with_commas<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    deserializer: D,
) -> Result<Option<Vec<T>>, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.split(',').map(|word| T::deserialize(word.into_deserializer())).collect::<Result<_, _>>().map(Some)
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

/// The refusal of a parameter after `?`.
pub fn wrong_parameter(name: &str, Text { vi, en }: Text) -> Problem {
    Kind::MalformedRequest.saying(text!("Tham số “{name}”: {vi}", "Parameter “{name}”: {en}"))
}

/// The header `Idempotency-Key`: 8 to 100 visible ASCII characters. Required where money is recorded.
#[derive(Debug, Clone)]
pub struct IdempotencyKey(pub String);

impl IdempotencyKey {
    const FORM: &str = "a key is 8 to 100 visible ASCII characters";

    fn of_text(text: &str) -> Option<Self> {
        let good = (8..=100).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
        good.then(|| Self(text.to_owned()))
    }
}

impl<'de> Deserialize<'de> for IdempotencyKey {
    /// The key of a row in a body.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wrong = || serde::de::Error::custom(Self::FORM);
        Self::of_text(&String::deserialize(deserializer)?).ok_or_else(wrong)
    }
}

/// The key of a request, if it has one.
pub fn optional_key(parts: &Parts) -> Result<Option<IdempotencyKey>, Problem> {
    let name = HeaderName::from_static("idempotency-key");
    let Some(value) = only(&parts.headers, &name)? else { return Ok(None) };
    let key = IdempotencyKey::of_text(value.to_str().unwrap_or_default());
    key.map(Some).ok_or_else(|| {
        let Text { vi, en } = wording::sentence(IdempotencyKey::FORM);
        Kind::MalformedRequest.saying(text!("Idempotency-Key: {vi}", "Idempotency-Key: {en}"))
    })
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
