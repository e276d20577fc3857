//! The edge of the feature: wire types and handlers.

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{CreditRules, Programme};
use crate::http::App;
use crate::http::auth::LoggedIn;
use crate::http::extract::{Json, OnDay, Path, Query};
use crate::http::request::Read;
use crate::problem::Problem;

/// Addresses of the feature.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_programmes))
        .routes(routes!(show_programme))
        .routes(routes!(show_credit_rules))
}

crate::paths! {
    ProgrammePath { programme: String = "two digits" }
}

/// Lists the programmes of preferential credit with their products and the rules of a day.
#[utoipa::path(get, path = "/v1/programmes", params(LoggedIn, OnDay), responses((status = 200, body = [Programme])))]
async fn list_programmes(
    read: Read<LoggedIn>,
    Query(query): Query<OnDay>,
) -> Result<Json<Vec<Programme>>, Problem> {
    let on = query.on.unwrap_or_else(|| read.today());
    read.run(async |conn, _| super::list(conn, on).await).await.map(Json)
}

/// Shows a programme with its products and the rules of a day.
#[utoipa::path(get, path = "/v1/programmes/{programme}", params(LoggedIn, ProgrammePath, OnDay),
    responses((status = 200, body = Programme)))]
async fn show_programme(
    read: Read<LoggedIn>,
    Path(ProgrammePath { programme }): Path<ProgrammePath>,
    Query(query): Query<OnDay>,
) -> Result<Json<Programme>, Problem> {
    let on = query.on.unwrap_or_else(|| read.today());
    read.run(async |conn, _| super::show(conn, &programme, on).await).await.map(Json)
}

/// Shows owners of capital, exclusions, risk measures and causes, ages of arrears and provisions as of a day.
#[utoipa::path(get, path = "/v1/credit-rules", params(LoggedIn, OnDay), responses((status = 200, body = CreditRules)))]
async fn show_credit_rules(
    read: Read<LoggedIn>,
    Query(query): Query<OnDay>,
) -> Result<Json<CreditRules>, Problem> {
    let on = query.on.unwrap_or_else(|| read.today());
    read.run(async |conn, _| super::credit_rules(conn, on).await).await.map(Json)
}
