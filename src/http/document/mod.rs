//! What all operations of the API document have in common, so that no feature repeats it.

mod answers;
mod language;
mod parameters;
mod schemas;

use axum::http::Method;
use utoipa::openapi::path::{Operation, Parameter, PathItem};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{OpenApi, RefOr};

use utoipa_axum::router::OpenApiRouter;

use self::answers::Place;
pub use self::language::in_language;
pub use self::parameters::{OptionalKey, permit};

/// Puts all operations of a feature under its tag, except those that have one of their own.
pub fn tagged<S>(tag: &str, mut routes: OpenApiRouter<S>) -> OpenApiRouter<S>
where
    S: Send + Sync + Clone + 'static,
{
    for (_, operation) in routes.get_openapi_mut().paths.paths.values_mut().flat_map(operations) {
        if operation.tags.as_ref().is_none_or(Vec::is_empty) {
            operation.tags = Some(vec![tag.to_owned()]);
        }
    }
    routes
}

/// Adds to the document what every operation has: the unit where the address has one, who may call, what it answers and
/// how it refuses.
pub fn complete(mut document: OpenApi) -> OpenApi {
    let mut tags = Vec::new();
    for (path, item) in &mut document.paths.paths {
        let versioned = operations(item).any(|(_, operation)| has_version(operation));
        for (method, operation) in operations(item) {
            complete_operation(&Place { path, method, versioned }, operation);
            tags.extend(operation.tags.iter().flatten().cloned());
        }
    }
    tags.sort();
    tags.dedup();
    let tag = |name: String| TagBuilder::new().description(Some(format!("tag:{name}"))).name(name).build();
    document.tags = Some(tags.into_iter().map(tag).collect());
    let components = document.components.get_or_insert_default();
    schemas::tidy(&mut components.schemas);
    let token = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
    components.add_security_scheme("token", SecurityScheme::Http(token));
    components.responses.extend(answers::refusals());
    document
}

fn has_version(operation: &Operation) -> bool {
    operation
        .parameters
        .as_deref()
        .is_some_and(|known| parameters::header(known, parameters::IF_MATCH).is_some())
}

fn complete_operation(place: &Place<'_>, operation: &mut Operation) {
    let parameters = operation.parameters.get_or_insert_default();
    let roles = parameters::take_permit(parameters);
    let names_it = |known: &RefOr<Parameter>| matches!(known, RefOr::T(known) if known.name == "unit");
    if place.path.contains("{unit}") && !parameters.iter().any(names_it) {
        parameters.insert(0, parameters::unit().into());
    }
    answers::describe(operation, roles.as_deref());
    answers::refuse(place, operation, roles.as_deref());
    answers::take(place, operation);
    answers::succeed(place, operation);
    operation.security = Some(match operation.security {
        None => vec![SecurityRequirement::new("token", Vec::<String>::new())],
        Some(_) => Vec::new(),
    });
    if operation.parameters.as_ref().is_some_and(Vec::is_empty) {
        operation.parameters = None;
    }
}

/// The operations of a path.
pub fn operations(item: &mut PathItem) -> impl Iterator<Item = (Method, &mut Operation)> {
    let PathItem { get, put, post, delete, patch, .. } = item;
    let all = [
        (Method::GET, get),
        (Method::PUT, put),
        (Method::POST, post),
        (Method::DELETE, delete),
        (Method::PATCH, patch),
    ];
    all.into_iter().filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}
