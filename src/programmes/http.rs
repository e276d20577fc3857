//! The edge of the slice: wire types and handlers.

use axum::Json;
use axum::extract::State;
use chrono::NaiveDate;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{CreditRules, Programme};
use crate::http::App;
use crate::http::auth::LoggedIn;
use crate::http::extract::{Path, Query};
use crate::problem::{Problem, ProblemBody};

/// Addresses of the slice.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_programmes))
        .routes(routes!(show_programme))
        .routes(routes!(show_credit_rules))
}

/// As of which day.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AsOf {
    /// The day; today when not given.
    #[param(required = false, nullable = false)]
    on: Option<NaiveDate>,
}

/// Lists the programmes of preferential credit with their products and the rules of a day.
#[utoipa::path(get, path = "/v1/programmes", tag = "programmes", params(AsOf), security(("token" = [])),
    responses((status = 200, body = [Programme]), (status = "default", body = ProblemBody)))]
async fn list_programmes(
    State(app): State<App>,
    _: LoggedIn,
    Query(query): Query<AsOf>,
) -> Result<Json<Vec<Programme>>, Problem> {
    let mut conn = app.pool.acquire().await?;
    Ok(Json(super::list(&mut conn, query.on.unwrap_or_else(|| app.clock.today())).await?))
}

/// Shows a programme with its products and the rules of a day.
#[utoipa::path(get, path = "/v1/programmes/{programme}", tag = "programmes",
    params(("programme" = String, Path, description = "two digits"), AsOf), security(("token" = [])),
    responses((status = 200, body = Programme), (status = "default", body = ProblemBody)))]
async fn show_programme(
    State(app): State<App>,
    _: LoggedIn,
    Path(programme): Path<String>,
    Query(query): Query<AsOf>,
) -> Result<Json<Programme>, Problem> {
    let mut conn = app.pool.acquire().await?;
    Ok(Json(super::show(&mut conn, &programme, query.on.unwrap_or_else(|| app.clock.today())).await?))
}

/// Shows owners of capital, exclusions, risk measures and causes, ages of arrears and provisions as of a day.
#[utoipa::path(get, path = "/v1/credit-rules", tag = "programmes", params(AsOf), security(("token" = [])),
    responses((status = 200, body = CreditRules), (status = "default", body = ProblemBody)))]
async fn show_credit_rules(
    State(app): State<App>,
    _: LoggedIn,
    Query(query): Query<AsOf>,
) -> Result<Json<CreditRules>, Problem> {
    let mut conn = app.pool.acquire().await?;
    Ok(Json(super::credit_rules(&mut conn, query.on.unwrap_or_else(|| app.clock.today())).await?))
}
