//! The register of units over HTTP.

use axum::Json;
use axum::extract::State;
use chrono::NaiveDate;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Unit, UnitDetail, Wanted};
use crate::http::App;
use crate::http::auth::LoggedIn;
use crate::http::extract::{Path, Query};
use crate::http::page::{Page, PageQuery};
use crate::problem::{Problem, ProblemBody};
use crate::text;

/// Addresses of the slice.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_units)).routes(routes!(show_unit))
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
    let wanted = Wanted { parent: query.parent, on: query.on, code, after: page.after()? };
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
) -> Result<Json<UnitDetail>, Problem> {
    let mut conn = app.pool.acquire().await?;
    Ok(Json(super::show(&mut conn, unit).await?))
}
