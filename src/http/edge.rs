//! The edge: request ids, problems in the caller's language, limits, figures, logs.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::timeout::TimeoutLayer;
use tracing::Instrument as _;
use uuid::Uuid;

use crate::clock::Clock;
use crate::domain::values::language::Language;
use crate::http::drain;
use crate::problem::{Kind, Problem};

/// The largest JSON body; imports allow more on their own routes.
pub const BODY_LIMIT: usize = 1024 * 1024;

/// The longest a request may take.
const TIME_LIMIT: Duration = Duration::from_secs(30);

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Puts everything around the routes that every request passes.
pub fn wrap(routes: Router, clock: Clock) -> Router {
    let panic = |_: Box<dyn std::any::Any + Send>| {
        Problem::internal(anyhow::anyhow!("a handler panicked")).into_response()
    };
    routes
        .fallback(async || Kind::NotFound.bare())
        .method_not_allowed_fallback(async || Kind::MethodNotAllowed.bare())
        .layer(
            ServiceBuilder::new()
                .layer(CompressionLayer::new())
                .layer(middleware::from_fn(move |request, next| observe(clock.clone(), request, next)))
                .layer(middleware::from_fn(drain::lend))
                .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, TIME_LIMIT))
                .layer(CatchPanicLayer::custom(panic))
                .layer(DefaultBodyLimit::max(BODY_LIMIT)),
        )
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
    let language =
        Language::of_header(request.headers().get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()));
    let path = request.extensions().get::<MatchedPath>().map_or("(none)", MatchedPath::as_str).to_owned();
    let method = request.method().clone();
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
        [("method", method.to_string()), ("path", path), ("status", response.status().as_u16().to_string())];
    metrics::counter!("soquy_http_requests_total", &labels).increment(1);
    metrics::histogram!("soquy_http_request_seconds", &labels[..2]).record(took);
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response.headers_mut().insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
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
