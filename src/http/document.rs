//! What all operations of the API document have in common, so that no feature repeats it.

use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::response::ResponseBuilder;
use utoipa::openapi::schema::{AdditionalProperties, KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{OpenApi, Ref, RefOr, Required};

use utoipa_axum::router::OpenApiRouter;

use super::etag::IfMatch;
use super::extract::{DryRun, IdempotencyKey};
use super::request::KeyOrDryRun;

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

/// Documents the header where a command takes a key if there is one.
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

impl utoipa::IntoParams for KeyOrDryRun {
    /// For the `params(…)` of commands that can be rehearsed.
    fn into_params(place: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let mut both = DryRun::into_params(place);
        both.push(key(Required::False, "required unless dry_run"));
        both
    }
}

impl utoipa::IntoParams for IfMatch {
    /// For the `params(…)` of changes.
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let header = ParameterBuilder::new().name("If-Match").parameter_in(ParameterIn::Header);
        let header = header.required(Required::True).description(Some("the ETag that was read"));
        vec![header.schema(Some(ObjectBuilder::new().schema_type(Type::String))).build()]
    }
}

impl utoipa::IntoParams for OptionalKey {
    /// For the `params(…)` of the other commands.
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![key(Required::False, "with a key the command may be sent again without being done again")]
    }
}

/// Puts all operations of a feature under its tag, except those that have one of their own.
pub fn tagged<S>(tag: &str, mut routes: OpenApiRouter<S>) -> OpenApiRouter<S>
where
    S: Send + Sync + Clone + 'static,
{
    for operation in routes.get_openapi_mut().paths.paths.values_mut().flat_map(operations) {
        if operation.tags.as_ref().is_none_or(Vec::is_empty) {
            operation.tags = Some(vec![tag.to_owned()]);
        }
    }
    routes
}

/// The unit that an address names.
fn unit() -> Parameter {
    let number = SchemaFormat::KnownFormat(KnownFormat::Int32);
    let schema = ObjectBuilder::new().schema_type(Type::Integer).format(Some(number));
    let unit = ParameterBuilder::new().name("unit").parameter_in(ParameterIn::Path).required(Required::True);
    unit.description(Some("the unit")).schema(Some(schema)).build()
}

/// Adds to the document what every operation has: the shared refusal, the token unless it says that it is public, and the
/// unit where the address has one.
pub fn complete(mut document: OpenApi) -> OpenApi {
    for (path, item) in &mut document.paths.paths {
        let of_a_unit = path.contains("{unit}");
        for operation in operations(item) {
            let refusal = Ref::from_response_name("Problem").into();
            operation.responses.responses.insert("default".to_owned(), refusal);
            operation
                .security
                .get_or_insert_with(|| vec![SecurityRequirement::new("token", Vec::<String>::new())]);
            let names_it =
                |known: &RefOr<Parameter>| matches!(known, RefOr::T(known) if known.name == "unit");
            if of_a_unit && !operation.parameters.iter().flatten().any(names_it) {
                operation.parameters.get_or_insert_default().insert(0, unit().into());
            }
        }
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
