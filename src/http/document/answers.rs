//! What operations answer, said once: descriptions, headers, and the refusals that each can meet.

use axum::http::Method;
use utoipa::openapi::content::{Content, ContentBuilder};
use utoipa::openapi::header::Header;
use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{Ref, RefOr};

use crate::http::extract::MERGE_PATCH;

use super::parameters::{self, IF_MATCH, KEY};

/// Where an operation stands.
pub struct Place<'a> {
    /// Its address.
    pub path: &'a str,
    /// Its method.
    pub method: Method,
    /// Whether what is there is read with a version and changed under it.
    pub versioned: bool,
}

/// The refusals by status: their names in the document, and when they come.
const REFUSALS: &[(&str, &str, &str)] = &[
    ("400", "Malformed", "the request cannot be read, or has a parameter that the operation does not know"),
    ("401", "NotLoggedIn", "no access token, or one that is not good any more"),
    ("403", "Forbidden", "the caller's roles at the unit do not suffice"),
    ("404", "NotFound", "there is no such thing, or the caller has no role at the unit"),
    ("409", "Conflict", "what the books hold does not allow it, or the key belongs to another request"),
    ("412", "Changed", "it was changed since the caller read it"),
    ("413", "TooLarge", "the body is too large"),
    ("415", "UnsupportedType", "the body is of another type than the operation takes"),
    ("422", "Invalid", "a field is wrong; its pointer says which"),
    ("428", "MatchRequired", "the header If-Match is missing"),
    ("429", "TooMany", "too many attempts; the header Retry-After says how long to wait"),
    ("503", "TryAgain", "the server is busy or the database does not answer; try again"),
    ("default", "Problem", "a refusal (RFC 9457)"),
];

/// All refusals, for the components of the document.
pub fn refusals() -> impl Iterator<Item = (String, RefOr<Response>)> {
    REFUSALS.iter().map(|(_, name, says)| {
        let body = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
        let answer = ResponseBuilder::new().description(*says).content("application/problem+json", body);
        ((*name).to_owned(), answer.build().into())
    })
}

/// Names the refusals that an operation can meet.
pub fn refuse(place: &Place<'_>, operation: &mut Operation, roles: Option<&[String]>) {
    let parameters = operation.parameters.as_deref().unwrap_or_default();
    let takes_body = operation.request_body.is_some();
    let public = operation.security.is_some();
    let asks = parameters
        .iter()
        .any(|known| matches!(known, RefOr::T(known) if known.parameter_in == ParameterIn::Query));
    let versioned = parameters::header(parameters, IF_MATCH).is_some();
    let meets = |status: &str| match status {
        "403" => roles.is_some_and(|roles| !roles.is_empty()),
        "404" => place.path.contains('{'),
        "409" => place.method != Method::GET,
        "412" | "428" => versioned,
        "413" | "415" => takes_body,
        "422" => takes_body || asks,
        "429" => public,
        _ => true,
    };
    for (status, name, _) in REFUSALS.iter().filter(|(status, ..)| meets(status)) {
        operation.responses.responses.insert((*status).to_owned(), Ref::from_response_name(*name).into());
    }
}

/// Says who may call, and how, after what the operation says of itself.
pub fn describe(operation: &mut Operation, roles: Option<&[String]>) {
    let parameters = operation.parameters.as_deref().unwrap_or_default();
    let who = match roles {
        None => "Needs no login.".to_owned(),
        Some([]) => "For everyone who is logged in.".to_owned(),
        Some(roles) => format!("For the roles {}.", roles.join(", ")),
    };
    let key = parameters::header(parameters, KEY)
        .map(|_| "With the same key it may be sent again without being done again.");
    let version = parameters::header(parameters, IF_MATCH).map(|_| "Changes only the version that was read.");
    let said = operation.description.take();
    let all = [said.as_deref(), Some(&*who), key, version];
    operation.description = Some(all.into_iter().flatten().collect::<Vec<_>>().join("\n\n"));
}

fn header(says: &str) -> Header {
    let text = ObjectBuilder::new().schema_type(Type::String).build();
    Header::builder().schema(Some(text)).description(Some(says)).build()
}

/// Describes the success of an operation and the headers that come with it.
pub fn succeed(place: &Place<'_>, operation: &mut Operation) {
    let parameters = operation.parameters.as_deref().unwrap_or_default();
    let keyed = parameters::header(parameters, KEY).is_some();
    let paged = parameters::header(parameters, "after").is_some();
    for (status, answer) in &mut operation.responses.responses {
        let RefOr::T(answer) = answer else { continue };
        files(&mut answer.content);
        if answer.description.is_empty() {
            let job = status == "202" && place.path.contains("/jobs/");
            answer.description = if job { "a worker does it" } else { says(status) }.to_owned();
        }
        let mut add = |name: &str, says: &str| answer.headers.insert(name.to_owned(), header(says).into());
        if matches!(status.as_str(), "201" | "202") {
            add("Location", "the address of what was made");
        }
        if keyed {
            add("Idempotent-Replayed", "`true` when the answer was kept from the first time");
        }
        if place.versioned && matches!(place.method, Method::GET | Method::PATCH) {
            add("ETag", "the version, for `If-Match`");
        }
        if paged {
            add("Link", "the address of the next page, `rel=\"next\"` (RFC 8288)");
        }
    }
}

/// What is not JSON is a file: bytes.
fn files<'a>(content: impl IntoIterator<Item = (&'a String, &'a mut RefOr<Content>)>) {
    let binary = SchemaFormat::KnownFormat(KnownFormat::Binary);
    let bytes = ObjectBuilder::new().schema_type(Type::String).format(Some(binary)).build();
    for (kind, content) in content {
        if let RefOr::T(content) = content
            && !kind.ends_with("json")
        {
            content.schema = Some(bytes.clone().into());
        }
    }
}

/// Describes what an operation takes: a `PATCH` takes a merge patch.
pub fn take(place: &Place<'_>, operation: &mut Operation) {
    let Some(RefOr::T(body)) = &mut operation.request_body else { return };
    if place.method == Method::PATCH {
        let renamed = std::mem::take(&mut body.content).into_iter();
        body.content = renamed.map(|(_, content)| (MERGE_PATCH.to_owned(), content)).collect();
    }
    files(&mut body.content);
}

fn says(status: &str) -> &'static str {
    match status {
        "201" => "recorded",
        "202" => "waits for a second person",
        "204" => "done, nothing to answer",
        _ => "the answer",
    }
}
