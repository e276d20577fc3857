//! Every feature's routes merged, and the document they make.

use std::sync::LazyLock;

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Extension, Json, Router};
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::domain::values::language::Language;
use crate::http::request::Operations;
use crate::http::{App, document, edge};
use crate::problem::{Kind, Problem, ProblemBody};
use crate::{
    bank_registers, books, collection_sheets, decisions, entrustment, groups, households, journals, loans,
    periods, programmes, projects, reports, support, units, users, verify,
};

#[derive(OpenApi)]
#[openapi(
    components(schemas(ProblemBody)),
    info(
        title = "Sổ Quỹ",
        description = "Sổ của quỹ quay vòng giảm nghèo · The ledger of revolving poverty-support funds. \
                   Amounts are decimal strings of whole đồng; dates are civil dates of Việt Nam; every POST that records \
                   money takes `Idempotency-Key`; refusals are RFC 9457 problems in Vietnamese or English \
                   (`Accept-Language`), listed at `/problems`.",
        license(name = "AGPL-3.0-or-later", identifier = "AGPL-3.0-or-later")
    )
)]
struct Document;

/// Every feature's routes, under the tag of its operations.
fn features() -> OpenApiRouter<App> {
    let features = vec![
        ("units", units::http::routes()),
        ("sessions", users::sessions::http::routes()),
        ("users", users::http::routes()),
        ("households", households::http::routes()),
        ("books", books::http::routes()),
        ("journals", journals::http::routes()),
        ("periods", periods::http::routes()),
        ("projects", projects::http::routes()),
        ("support", support::http::routes()),
        ("statements", reports::http::routes()),
        ("approvals", decisions::http::routes()),
        ("loans", loans::http::routes()),
        ("programmes", programmes::http::routes()),
        ("entrustment", entrustment::http::routes()),
        ("groups", groups::http::routes()),
        ("sheets", collection_sheets::http::routes()),
        ("registers", bank_registers::http::routes()),
        ("verify", verify::http::routes()),
    ];
    let all = OpenApiRouter::with_openapi(Document::openapi());
    features.into_iter().fold(all, |all, (tag, routes)| all.merge(document::tagged(tag, routes)))
}

/// Which operation each route is, asked with every request.
static OPERATIONS: LazyLock<Operations> = LazyLock::new(|| Operations::of(document()));

/// The OpenAPI document of all routes.
pub fn document() -> utoipa::openapi::OpenApi {
    document::complete(features().into_openapi())
}

/// The whole server.
pub fn router(app: App) -> Router {
    let clock = app.clock.clone();
    let (routes, _) = features().split_for_parts();
    let docs = utoipa_swagger_ui::SwaggerUi::new("/docs").url("/openapi.json", document());
    let plain = Router::new()
        .route("/healthz", get(async || "alive\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .route("/problems", get(problems));
    edge::wrap(routes.layer(Extension(&*OPERATIONS)).merge(plain).with_state(app).merge(docs), clock)
}

/// Ready when the database answers.
async fn ready(State(app): State<App>) -> Result<&'static str, Problem> {
    let answer = app
        .pool
        .acquire()
        .await
        .map_err(|e| Problem { cause: Some(e.into()), ..Kind::TryAgain.bare().after(1) })?;
    drop(answer);
    Ok("ready\n")
}

async fn metrics(State(app): State<App>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], app.metrics.render())
}

/// The catalogue of refusals, in both languages.
async fn problems() -> Json<serde_json::Value> {
    let line = |kind: &Kind| {
        let (slug, status, title, next) = kind.parts();
        let both = |text: &crate::domain::values::language::Text| serde_json::json!({"vi": text.in_language(Language::Vi), "en": text.in_language(Language::En)});
        serde_json::json!({"type": format!("/problems/{slug}"), "code": slug, "status": status.as_u16(),
            "title": both(&title), "next": both(&next)})
    };
    Json(Kind::ALL.iter().map(line).collect())
}
