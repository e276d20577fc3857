//! The register of units over HTTP.

use axum::http::{HeaderName, StatusCode, header};
use chrono::NaiveDate;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{NewCode, NewUnit, Succession, Unit, UnitChange, UnitDetail, Wanted};
use crate::access::Work;
use crate::db::Conn;
use crate::domain::values::text::Name;
use crate::http::App;
use crate::http::auth::{Admin, LoggedIn};
use crate::http::etag::{IfMatch, Tagged};
use crate::http::extract::{Json, Path, Query};
use crate::http::page::{Page, PageQuery};
use crate::http::request::{Keyless, Read};
use crate::problem::Problem;
use crate::text;

/// Addresses of the feature.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_units))
        .routes(routes!(show_unit))
        .routes(routes!(create_unit))
        .routes(routes!(change_unit))
        .routes(routes!(succeed_unit))
        .routes(routes!(give_unit_code))
}

crate::paths! {
    UnitPath { unit: i32 = "the unit" }
    ChildPath { child: i32 = "the unit below" }
}

/// Which units to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct UnitQuery {
    /// Children of this unit.
    #[param(required = false, nullable = false)]
    parent: Option<i32>,
    /// Those that exist on this day.
    #[param(required = false, nullable = false)]
    on: Option<NaiveDate>,
    /// Those with this code; `system:code`, such as `gso:13141`.
    #[param(required = false, nullable = false)]
    code: Option<String>,
    /// Those with this in the name, with or without diacritics.
    #[param(required = false, nullable = false)]
    name: Option<Name>,
}

/// Lists units.
#[utoipa::path(get, path = "/v1/units", params(LoggedIn, UnitQuery, PageQuery), responses((status = 200, body = Page<Unit>)))]
async fn list_units(
    read: Read<LoggedIn>,
    Query(query): Query<UnitQuery>,
    Query(page): Query<PageQuery>,
) -> Result<Page<Unit>, Problem> {
    let code = match query.code.as_deref().map(|code| code.split_once(':')) {
        Some(None) => {
            return Err(Problem::field(
                "/code",
                text!("Viết dạng hệ:mã, ví dụ gso:13141", "Write system:code, such as gso:13141"),
            ));
        }
        Some(Some((system, code))) => Some((system.to_owned(), code.to_owned())),
        None => None,
    };
    let wanted = Wanted {
        parent: query.parent,
        on: query.on,
        code,
        name: query.name.map(|name| name.search_key()),
        after: page.after()?,
    };
    let limit = page.limit()?;
    read.run(async |conn, _| super::list(conn, &wanted, limit).await).await
}

/// Shows a unit with its codes, predecessors and successors.
#[utoipa::path(get, path = "/v1/units/{unit}", params(LoggedIn),
    responses((status = 200, body = UnitDetail, headers(("ETag" = String, description = "the version, for `If-Match`")))))]
async fn show_unit(
    read: Read<LoggedIn>,
    Path(UnitPath { unit }): Path<UnitPath>,
) -> Result<Tagged<UnitDetail>, Problem> {
    read.run(async |conn, _| super::show(conn, unit).await).await.map(Tagged)
}

/// Makes a unit below another.
#[utoipa::path(post, path = "/v1/units/{unit}/children", params(Admin), request_body = NewUnit,
    responses((status = 201, body = UnitDetail)))]
async fn create_unit(
    command: Keyless<Admin>,
    Json(new): Json<NewUnit>,
) -> Result<(StatusCode, [(HeaderName, String); 1], Json<UnitDetail>), Problem> {
    let made = command.run(async |conn, work| super::create(conn, work, &new).await).await?;
    let location = format!("/v1/units/{}", made.unit.unit_id);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(made)))
}

/// Corrects a unit's name, or ends it without successor.
#[utoipa::path(patch, path = "/v1/units/{unit}/children/{child}", params(Admin, ChildPath, IfMatch),
    request_body = UnitChange, responses((status = 200, body = UnitDetail)))]
async fn change_unit(
    command: Keyless<Admin>,
    Path(ChildPath { child }): Path<ChildPath>,
    read: IfMatch,
    Json(new): Json<UnitChange>,
) -> Result<Tagged<UnitDetail>, Problem> {
    let change = async |conn: &mut Conn, work: &Work<'_>| super::amend(conn, work, child, &new, &read).await;
    command.run(change).await.map(Tagged)
}

/// Ends a unit that is merged or divided, and names its successors.
#[utoipa::path(post, path = "/v1/units/{unit}/children/{child}/succession", params(Admin, ChildPath),
    request_body = Succession, responses((status = 200, body = UnitDetail)))]
async fn succeed_unit(
    command: Keyless<Admin>,
    Path(ChildPath { child }): Path<ChildPath>,
    Json(new): Json<Succession>,
) -> Result<Json<UnitDetail>, Problem> {
    let succeed = async |conn: &mut Conn, work: &Work<'_>| super::succeed(conn, work, child, &new).await;
    command.run(succeed).await.map(Json)
}

/// Gives a unit a code; its earlier code in the same system ends.
#[utoipa::path(post, path = "/v1/units/{unit}/children/{child}/codes", params(Admin, ChildPath), request_body = NewCode,
    responses((status = 200, body = UnitDetail)))]
async fn give_unit_code(
    command: Keyless<Admin>,
    Path(ChildPath { child }): Path<ChildPath>,
    Json(new): Json<NewCode>,
) -> Result<Json<UnitDetail>, Problem> {
    let give = async |conn: &mut Conn, work: &Work<'_>| super::give_code(conn, work, child, &new).await;
    command.run(give).await.map(Json)
}
