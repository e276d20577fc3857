//! What all operations of the API document have in common, so that no slice repeats it.

use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::response::ResponseBuilder;
use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, Schema, Type};
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

/// Documents the header where a command takes `Option<IdempotencyKey>`.
#[derive(Debug, Clone, Copy)]
pub struct OptionalKey;

impl utoipa::IntoParams for IdempotencyKey {
    /// For the `params(…)` of commands that record money.
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let description =
            "one key per transaction; the same request under the same key is answered again, not done again";
        vec![key(Required::True, description)]
    }
}

impl utoipa::IntoParams for OptionalKey {
    /// For the `params(…)` of the other commands.
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![key(Required::False, "with a key the command may be sent again without being done again")]
    }
}

/// Adds to the document what every operation has: the shared refusal.
pub fn complete(mut document: OpenApi) -> OpenApi {
    for operation in document.paths.paths.values_mut().flat_map(operations) {
        operation.responses.responses.insert("default".to_owned(), Ref::from_response_name("Problem").into());
    }
    let components = document.components.get_or_insert_default();
    components.schemas.values_mut().for_each(close_choices);
    let token = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
    components.add_security_scheme("token", SecurityScheme::Http(token));
    let body = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    let refusal =
        ResponseBuilder::new().description("a refusal (RFC 9457)").content("application/problem+json", body);
    components.responses.insert("Problem".to_owned(), refusal.build().into());
    document
}

/// The choices of a tagged value take no unknown fields: what serde refuses and the derived schema leaves out.
fn close_choices(schema: &mut RefOr<Schema>) {
    let RefOr::T(Schema::OneOf(one_of)) = schema else { return };
    for choice in &mut one_of.items {
        if let RefOr::T(Schema::Object(object)) = choice
            && object.required.iter().any(|field| field == "kind")
        {
            object.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
        }
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem { get, put, post, delete, patch, .. } = item;
    [get, put, post, delete, patch].into_iter().flatten()
}
