//! The proof of a unit over HTTP.

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Report;
use crate::access::Work;
use crate::db::Conn;
use crate::http::App;
use crate::http::auth::Auditor;
use crate::http::extract::Json;
use crate::http::request::Read;
use crate::jobs::Teller;
use crate::problem::Problem;

/// Addresses of the feature.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(verify_books))
}

/// Proves the unit's books from the facts, as `soquy verify` does.
#[utoipa::path(get, path = "/v1/units/{unit}/verification", params(Auditor), responses((status = 200, body = Report)))]
async fn verify_books(read: Read<Auditor>) -> Result<Json<Report>, Problem> {
    let report = async |conn: &mut Conn, work: &Work<'_>| {
        super::verify_unit(conn, work.unit, &[], &Teller::silent()).await
    };
    Ok(Json(read.turn(true).await?.run(report).await?))
}
