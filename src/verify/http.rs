//! The proof of a unit over HTTP.

use axum::Json;
use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Report;
use crate::db::Conn;
use crate::http::App;
use crate::http::auth::Auditor;
use crate::problem::{Problem, ProblemBody};

/// Addresses of the slice.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(verify_books))
}

/// Proves the unit's books from the facts, as `soquy verify` does.
#[utoipa::path(get, path = "/v1/units/{unit}/verification", tag = "verify",
    params(("unit" = i32, Path, description = "the unit")), security(("token" = [])),
    responses((status = 200, body = Report), (status = "default", body = ProblemBody)))]
async fn verify_books(State(app): State<App>, permit: Auditor) -> Result<Json<Report>, Problem> {
    let report = async |conn: &mut Conn| super::verify_unit(conn, permit.unit, &[]).await;
    Ok(Json(app.read(&permit, "verify_books", report).await?))
}
