//! The edge: request ids, problems in the caller's language, limits, figures, logs.

use std::str::FromStr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::cors::CorsLayer;
use tower_http::timeout::TimeoutLayer;
use tracing::Instrument as _;
use uuid::Uuid;

use crate::clock::Clock;
use crate::domain::values::language::Language;
use crate::http::page::Following;
use crate::http::{accept, drain, etag};
use crate::problem::{Kind, Problem};

/// The largest JSON body; imports allow more on their own routes.
pub const BODY_LIMIT: usize = 1024 * 1024;

/// The longest a request may take.
const TIME_LIMIT: Duration = Duration::from_secs(30);

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Puts everything around the routes that every request passes.
pub fn wrap(routes: Router, clock: Clock, origins: Vec<Origin>) -> Router {
    let panic = |_: Box<dyn std::any::Any + Send>| {
        Problem::internal(anyhow::anyhow!("a handler panicked")).into_response()
    };
    routes
        .fallback(async || Kind::NotFound.bare())
        .method_not_allowed_fallback(async || Kind::MethodNotAllowed.bare())
        .layer(
            ServiceBuilder::new()
                .option_layer((!origins.is_empty()).then(|| across(origins)))
                .layer(middleware::from_fn(etag::conditional))
                .layer(CompressionLayer::new())
                .layer(middleware::from_fn(move |request, next| observe(clock.clone(), request, next)))
                .layer(middleware::from_fn(drain::lend))
                .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, TIME_LIMIT))
                .layer(CatchPanicLayer::custom(panic))
                .layer(DefaultBodyLimit::max(BODY_LIMIT)),
        )
}

/// An origin as browsers send it: scheme, host, and the port where it is not the usual one.
#[derive(Debug, Clone)]
pub struct Origin(HeaderValue);

impl FromStr for Origin {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let uri: Uri = text.parse().map_err(|_| "not an address".to_owned())?;
        let written =
            uri.scheme_str().zip(uri.authority()).map(|(scheme, host)| format!("{scheme}://{host}"));
        let web = |plain: &String| plain == text && matches!(uri.scheme_str(), Some("https" | "http"));
        let plain = written
            .filter(web)
            .ok_or("write scheme and host without a path, such as https://quy.example.vn")?;
        HeaderValue::from_str(&plain).map(Self).map_err(|why| why.to_string())
    }
}

/// Lets web pages of some origins call from a browser. They bring their token themselves: cookies are not used.
fn across(origins: Vec<Origin>) -> CorsLayer {
    let [key, replayed, last_event] =
        ["idempotency-key", "idempotent-replayed", "last-event-id"].map(HeaderName::from_static);
    CorsLayer::new()
        .allow_origin(origins.into_iter().map(|Origin(origin)| origin).collect::<Vec<_>>())
        .allow_methods([Method::GET, Method::POST, Method::PATCH, Method::DELETE])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::ACCEPT,
            header::ACCEPT_LANGUAGE,
            header::IF_MATCH,
            header::IF_NONE_MATCH,
            key,
            last_event,
            REQUEST_ID,
        ])
        .expose_headers([
            header::ETAG,
            header::LOCATION,
            header::LINK,
            header::RETRY_AFTER,
            replayed,
            REQUEST_ID,
        ])
        .max_age(Duration::from_mins(10))
}

/// The caller's request id if it is a sane one, else a new one.
fn request_id(request: &Request, clock: &Clock) -> String {
    let given = request.headers().get(REQUEST_ID).and_then(|v| v.to_str().ok());
    let sane = |id: &&str| {
        (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    given.filter(sane).map_or_else(|| Uuid::simple(clock.new_id()).to_string(), str::to_owned)
}

/// One span, one figure and one log line a request; problems get their body here.
async fn observe(clock: Clock, request: Request, next: Next) -> Response {
    let id = request_id(&request, &clock);
    let language = accept::language(request.headers());
    let path = request.extensions().get::<MatchedPath>().map_or("(none)", MatchedPath::as_str).to_owned();
    let method = request.method().clone();
    let address = request.uri().clone();
    let span = tracing::info_span!("request", request_id = %id, %method, path);
    let begun = Instant::now();
    let response = next.run(request).instrument(span.clone()).await;
    let took = begun.elapsed();
    let mut response = span.in_scope(|| {
        let response = worded(response, language, &id);
        tracing::info!(
            status = response.status().as_u16(),
            micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
            "answered"
        );
        response
    });
    let labels =
        [("method", known(&method)), ("path", path), ("status", response.status().as_u16().to_string())];
    metrics::counter!("soquy_http_requests_total", &labels).increment(1);
    metrics::histogram!("soquy_http_request_seconds", &labels[..2]).record(took);
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    let next = response.extensions_mut().remove::<Following>().and_then(|next| link(&address, &next));
    let headers = response.headers_mut();
    headers.extend(next.map(|next| (header::LINK, next)));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.append(header::VARY, HeaderValue::from_static("accept, accept-language"));
    response
}

/// The method as a label: what clients invent must not make series of its own.
fn known(method: &Method) -> String {
    let ours = [
        Method::GET,
        Method::HEAD,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
        Method::OPTIONS,
    ];
    if ours.contains(method) { method.to_string() } else { "other".to_owned() }
}

/// The address of the page that follows, as a `Link` (RFC 8288).
fn link(address: &Uri, Following(next): &Following) -> Option<HeaderValue> {
    let query = address.query().unwrap_or_default();
    let kept = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name != "after");
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(kept)
        .append_pair("after", next)
        .finish();
    HeaderValue::from_str(&format!("<{}?{query}>; rel=\"next\"", address.path())).ok()
}

/// The problem in a refusal: ours, or the one that a layer's bare status stands for.
fn problem_of(response: &mut Response) -> Option<Arc<Problem>> {
    if let Some(problem) = response.extensions_mut().remove::<Arc<Problem>>() {
        return Some(problem);
    }
    let ours = response.headers().get(header::CONTENT_TYPE).is_some_and(|v| v == "application/problem+json");
    let kind = match response.status() {
        _ if ours => return None,
        StatusCode::METHOD_NOT_ALLOWED => Kind::MethodNotAllowed,
        StatusCode::PAYLOAD_TOO_LARGE => Kind::TooLarge,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Kind::UnsupportedType,
        StatusCode::TOO_MANY_REQUESTS => Kind::TooMany,
        StatusCode::GATEWAY_TIMEOUT | StatusCode::REQUEST_TIMEOUT => Kind::TimedOut,
        StatusCode::NOT_FOUND => Kind::NotFound,
        status if status.is_server_error() => Kind::Internal,
        status if status.is_client_error() => Kind::MalformedRequest,
        _ => return None,
    };
    Some(Arc::new(kind.bare()))
}

/// Writes the body of a problem in the caller's language; logs the cause, as an error only where it is our own fault.
fn worded(mut response: Response, language: Language, id: &str) -> Response {
    let Some(problem) = problem_of(&mut response) else { return response };
    let status = problem.kind.parts().1;
    match &problem.cause {
        Some(cause) if status.is_server_error() => {
            tracing::error!(kind = ?problem.kind, cause = format!("{cause:#}"), "refused");
        }
        Some(cause) => tracing::warn!(kind = ?problem.kind, cause = format!("{cause:#}"), "refused"),
        None => {}
    }
    let body = problem.body(language, id).to_string();
    let mut worded = (status, [(header::CONTENT_TYPE, "application/problem+json")], body).into_response();
    for (name, value) in response.headers() {
        if name == header::ALLOW || name == header::RETRY_AFTER || name.as_str().starts_with("x-ratelimit") {
            worded.headers_mut().insert(name, value.clone());
        }
    }
    let tongue = if language == Language::Vi { "vi" } else { "en" };
    worded.headers_mut().insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(tongue));
    if let Some(seconds) = problem.retry_after {
        worded.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    if status == StatusCode::UNAUTHORIZED {
        worded.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    worded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_that_clients_invent_are_one_label() {
        assert_eq!(known(&Method::PATCH), "PATCH");
        for invented in ["BREW", "get", "X-1"] {
            assert_eq!(known(&Method::from_bytes(invented.as_bytes()).unwrap()), "other");
        }
    }
}
