//! The parameters that operations share: keys, versions, and who may call.

use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{RefOr, Required};

use crate::access::Role;
use crate::http::etag::IfMatch;
use crate::http::extract::IdempotencyKey;

/// The header of a command's key.
pub const KEY: &str = "Idempotency-Key";

/// The header of the version that a change was meant for.
pub const IF_MATCH: &str = "If-Match";

/// Stands for a permit among the parameters of an operation until the document is completed.
const PERMIT: &str = "permit";

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

impl utoipa::IntoParams for OptionalKey {
    /// For the `params(…)` of the other commands.
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![key(Required::False, "with a key the command may be sent again without being done again")]
    }
}

impl utoipa::IntoParams for IfMatch {
    /// For the `params(…)` of changes.
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let header = ParameterBuilder::new().name(IF_MATCH).parameter_in(ParameterIn::Header);
        let header = header.required(Required::True).description(Some("the ETag that was read"));
        vec![header.schema(Some(ObjectBuilder::new().schema_type(Type::String))).build()]
    }
}

/// The unit that an address names.
pub fn unit() -> Parameter {
    let number = SchemaFormat::KnownFormat(KnownFormat::Int32);
    let schema = ObjectBuilder::new().schema_type(Type::Integer).format(Some(number));
    let unit = ParameterBuilder::new().name("unit").parameter_in(ParameterIn::Path).required(Required::True);
    unit.description(Some("the unit")).schema(Some(schema)).build()
}

/// A permit among the parameters: `params(LoanPath, Collector)`. None of the roles: everyone who is logged in.
pub fn permit(roles: &[Role]) -> Parameter {
    let roles: Vec<_> = roles.iter().map(|role| role.name()).collect();
    ParameterBuilder::new().name(PERMIT).description(Some(roles.join(","))).build()
}

/// Takes the permit out of the parameters of an operation, as the codes of the roles that pass.
pub fn take_permit(parameters: &mut Vec<RefOr<Parameter>>) -> Option<Vec<String>> {
    let is_permit = |known: &RefOr<Parameter>| matches!(known, RefOr::T(known) if known.name == PERMIT);
    let at = parameters.iter().position(is_permit)?;
    let RefOr::T(permit) = parameters.remove(at) else { return None };
    let roles = permit.description.unwrap_or_default();
    Some(roles.split(',').filter(|role| !role.is_empty()).map(str::to_owned).collect())
}

/// The header of a name among the parameters: whether it is required.
pub fn header<'a>(parameters: &'a [RefOr<Parameter>], name: &str) -> Option<&'a Parameter> {
    parameters.iter().find_map(|parameter| match parameter {
        RefOr::T(known) if known.name == name => Some(known),
        _ => None,
    })
}
