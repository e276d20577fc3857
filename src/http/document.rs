//! What all operations of the API document have in common, so that no slice repeats it.

use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::response::ResponseBuilder;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{OpenApi, Ref, RefOr, Required};

use super::extract::IdempotencyKey;

const KEY: &str = "Idempotency-Key";

/// The header as a parameter of an operation.
fn key(required: Required, description: &str) -> Parameter {
    let schema = ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(Some(8))
        .max_length(Some(100))
        .pattern(Some("^[!-~]+$"));
    let header = ParameterBuilder::new().name(KEY).parameter_in(ParameterIn::Header).required(required);
    header.description(Some(description)).schema(Some(schema)).build()
}

impl utoipa::IntoParams for IdempotencyKey {
    /// Listed in `params(…)` by the commands that record money; [`complete`] adds the optional header to the others.
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![key(
            Required::True,
            "one key per transaction; the same request under the same key is answered again, not done again",
        )]
    }
}

/// Adds to the document what every operation has: the shared refusal, and for the commands of a unit the key.
pub fn complete(mut document: OpenApi) -> OpenApi {
    for (path, item) in &mut document.paths.paths {
        for operation in operations(item) {
            operation
                .responses
                .responses
                .insert("default".to_owned(), Ref::from_response_name("Problem").into());
        }
        if let Some(command) = item.post.as_mut().filter(|_| path.starts_with("/v1/units/{unit}/")) {
            offer_key(command);
        }
    }
    let components = document.components.get_or_insert_default();
    let token = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
    components.add_security_scheme("token", SecurityScheme::Http(token));
    let body = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    let refusal =
        ResponseBuilder::new().description("a refusal (RFC 9457)").content("application/problem+json", body);
    components.responses.insert("Problem".to_owned(), refusal.build().into());
    document
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem { get, put, post, delete, patch, .. } = item;
    [get, put, post, delete, patch].into_iter().flatten()
}

fn offer_key(command: &mut Operation) {
    let parameters = command.parameters.get_or_insert_default();
    if !parameters.iter().any(|parameter| matches!(parameter, RefOr::T(known) if known.name == KEY)) {
        parameters.push(RefOr::T(key(
            Required::False,
            "with a key the command may be sent again without being done again",
        )));
    }
}
