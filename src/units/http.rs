//! The register of units over HTTP.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use chrono::NaiveDate;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{NewCode, NewUnit, Succession, Unit, UnitChange, UnitDetail, Wanted};
use crate::domain::values::text::Name;
use crate::http::App;
use crate::http::auth::{Admin, LoggedIn};
use crate::http::etag::{IfMatch, Tagged};
use crate::http::extract::{self, Path, Query};
use crate::http::page::{Page, PageQuery};
use crate::problem::{Problem, ProblemBody};
use crate::text;

/// Addresses of the slice.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_units))
        .routes(routes!(show_unit))
        .routes(routes!(create_unit))
        .routes(routes!(change_unit))
        .routes(routes!(succeed_unit))
        .routes(routes!(give_unit_code))
}

/// Which units to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
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
    /// How many rows, 1 to 200; 50 when not given.
    #[param(required = false, nullable = false, minimum = 1, maximum = 200)]
    limit: Option<i64>,
    /// The `next` of the page before.
    #[param(required = false, nullable = false)]
    after: Option<String>,
}

/// Lists units.
#[utoipa::path(get, path = "/v1/units", tag = "units", params(UnitQuery), security(("token" = [])),
    responses((status = 200, body = Page<Unit>), (status = "default", body = ProblemBody)))]
async fn list_units(
    State(app): State<App>,
    _: LoggedIn,
    Query(query): Query<UnitQuery>,
) -> Result<Json<Page<Unit>>, Problem> {
    let page = PageQuery { limit: query.limit, after: query.after };
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
    let mut conn = app.pool.acquire().await?;
    Ok(Json(super::list(&mut conn, &wanted, page.limit()?).await?))
}

/// Shows a unit with its codes, predecessors and successors.
#[utoipa::path(get, path = "/v1/units/{unit}", tag = "units", params(("unit" = i32, Path, description = "the unit")),
    security(("token" = [])), responses((status = 200, body = UnitDetail), (status = "default", body = ProblemBody)))]
async fn show_unit(
    State(app): State<App>,
    _: LoggedIn,
    Path(unit): Path<i32>,
) -> Result<Tagged<UnitDetail>, Problem> {
    let mut conn = app.pool.acquire().await?;
    Ok(Tagged(super::show(&mut conn, unit).await?))
}

/// Makes a unit below another.
#[utoipa::path(post, path = "/v1/units/{unit}/children", tag = "units", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit above")), request_body = NewUnit,
    responses((status = 201, body = UnitDetail), (status = "default", body = ProblemBody)))]
async fn create_unit(
    State(app): State<App>,
    permit: Admin,
    extract::Json(new): extract::Json<NewUnit>,
) -> Result<(StatusCode, [(HeaderName, String); 1], Json<UnitDetail>), Problem> {
    let work = permit.work(&app.clock);
    let made =
        app.transact(&permit, "create_unit", async |conn| super::create(conn, &work, &new).await).await?;
    let location = format!("/v1/units/{}", made.unit.unit_id);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(made)))
}

/// Corrects a unit's name, or ends it without successor.
#[utoipa::path(patch, path = "/v1/units/{unit}/children/{child}", tag = "units", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit above"), ("child" = i32, Path, description = "the unit"),
           ("If-Match" = String, Header, description = "the ETag that was read")), request_body = UnitChange,
    responses((status = 200, body = UnitDetail), (status = "default", body = ProblemBody)))]
async fn change_unit(
    State(app): State<App>,
    permit: Admin,
    Path(path): Path<(i32, i32)>,
    read: IfMatch,
    extract::Json(new): extract::Json<UnitChange>,
) -> Result<Tagged<UnitDetail>, Problem> {
    let (_, child) = path;
    let work = permit.work(&app.clock);
    let change = async |conn: &mut _| super::amend(conn, &work, child, &new, &read).await;
    app.transact(&permit, "change_unit", change).await.map(Tagged)
}

/// Ends a unit that is merged or divided, and names its successors.
#[utoipa::path(post, path = "/v1/units/{unit}/children/{child}/succession", tag = "units", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit above"), ("child" = i32, Path, description = "the unit that ends")),
    request_body = Succession, responses((status = 200, body = UnitDetail), (status = "default", body = ProblemBody)))]
async fn succeed_unit(
    State(app): State<App>,
    permit: Admin,
    Path(path): Path<(i32, i32)>,
    extract::Json(new): extract::Json<Succession>,
) -> Result<Json<UnitDetail>, Problem> {
    let (_, child) = path;
    let work = permit.work(&app.clock);
    let succeed = async |conn: &mut _| super::succeed(conn, &work, child, &new).await;
    app.transact(&permit, "succeed_unit", succeed).await.map(Json)
}

/// Gives a unit a code; its earlier code in the same system ends.
#[utoipa::path(post, path = "/v1/units/{unit}/children/{child}/codes", tag = "units", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit above"), ("child" = i32, Path, description = "the unit")),
    request_body = NewCode, responses((status = 200, body = UnitDetail), (status = "default", body = ProblemBody)))]
async fn give_unit_code(
    State(app): State<App>,
    permit: Admin,
    Path(path): Path<(i32, i32)>,
    extract::Json(new): extract::Json<NewCode>,
) -> Result<Json<UnitDetail>, Problem> {
    let (_, child) = path;
    let work = permit.work(&app.clock);
    let give = async |conn: &mut _| super::give_code(conn, &work, child, &new).await;
    app.transact(&permit, "give_unit_code", give).await.map(Json)
}
