//! Every feature's routes merged, and the document they make.

use std::sync::LazyLock;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Json, Router, middleware};
use serde::Deserialize;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_swagger_ui::{Config, SwaggerUi, Url};

use crate::domain::values::language::Language;
use crate::http::extract::{Path, Query};
use crate::http::operation::{self, Operations};
use crate::http::{App, document, edge, etag};
use crate::problem::{Kind, Problem, ProblemBody};
use crate::{
    bank_registers, books, collection_sheets, decisions, entrustment, files, groups, households, journals,
    loans, periods, programmes, projects, reports, support, tills, units, users, verify, worker,
};

#[derive(OpenApi)]
#[openapi(
    components(schemas(ProblemBody)),
    info(
        title = "So Quy",
        description = "Sổ Quỹ · The ledger of revolving poverty-support funds. Amounts are decimal strings of whole đồng; dates are civil dates of Việt Nam; every POST that records \
                   money takes `Idempotency-Key`; refusals are RFC 9457 problems in Vietnamese or English \
                   (`Accept-Language`), listed at `/problems`.",
        contact(name = "Sổ Quỹ"),
        license(name = "AGPL-3.0-or-later", identifier = "AGPL-3.0-or-later")
    ),
    servers((url = "/", description = "this server"))
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
        ("files", files::http::routes()),
        ("jobs", worker::http::routes()),
        ("tills", tills::http::routes()),
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
static OPERATIONS: LazyLock<Operations> = LazyLock::new(|| Operations::of(document().clone()));

/// The OpenAPI document of all routes, made once.
pub fn document() -> &'static utoipa::openapi::OpenApi {
    static DOCUMENT: LazyLock<utoipa::openapi::OpenApi> =
        LazyLock::new(|| document::complete(features().into_openapi()));
    &DOCUMENT
}

/// The whole server.
pub fn router(app: App) -> Router {
    let clock = app.clock.clone();
    let (routes, _) = features().split_for_parts();
    let documents = [
        Url::with_primary("Tiếng Việt", "/openapi.json?lang=vi", true),
        Url::new("English", "/openapi.json?lang=en"),
    ];
    let docs = SwaggerUi::new("/docs").config(Config::new(documents));
    let plain = Router::new()
        .route("/", get(async || Redirect::temporary("/docs/")))
        .route("/openapi.json", get(openapi))
        .route("/healthz", get(async || "alive\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .route("/problems", get(problems))
        .route("/problems/{code}", get(problem));
    let origins = app.origins.clone();
    let routes = routes.layer(middleware::from_fn_with_state(&*OPERATIONS, operation::known));
    edge::wrap(routes.merge(plain).with_state(app).merge(docs), clock, origins)
}

/// Ready when the database answers in time.
async fn ready(State(app): State<App>) -> Result<&'static str, Problem> {
    app.answers().await?;
    Ok("ready\n")
}

async fn metrics(State(app): State<App>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], app.metrics.render())
}

/// In which language the document is read.
#[derive(Deserialize)]
struct Reading {
    #[serde(default = "english")]
    lang: Language,
}

const fn english() -> Language {
    Language::En
}

/// The document as it is sent.
///
/// # Errors
/// When a value cannot be written as JSON.
pub fn written(language: Language) -> serde_json::Result<String> {
    document::in_language(document(), language)
}

/// The document in Vietnamese and in English, with its tag.
static WRITTEN: LazyLock<[serde_json::Result<(String, String)>; 2]> = LazyLock::new(|| {
    [Language::Vi, Language::En].map(|language| {
        let written = written(language)?;
        Ok((etag::tag_of_bytes(written.as_bytes()), written))
    })
});

async fn openapi(Query(Reading { lang }): Query<Reading>) -> Result<Response, Problem> {
    let [vi, en] = &*WRITTEN;
    let written = lang.pick(vi, en).as_ref();
    let (tag, written) = written.map_err(|why| Problem::internal(anyhow::anyhow!("{why}")))?;
    Ok(([(header::CONTENT_TYPE, "application/json"), (header::ETAG, tag)], written.as_str()).into_response())
}

/// A kind of refusal in both languages.
fn described(kind: Kind) -> serde_json::Value {
    let (slug, status, title, next) = kind.parts();
    serde_json::json!({"type": format!("/problems/{slug}"), "code": slug, "status": status.as_u16(),
        "title": title, "next": next})
}

/// The catalogue of refusals.
async fn problems() -> Json<serde_json::Value> {
    Json(Kind::ALL.iter().copied().map(described).collect())
}

/// One kind of refusal: where the `type` of a problem leads.
async fn problem(Path(code): Path<String>) -> Result<Json<serde_json::Value>, Problem> {
    let kind = Kind::ALL.iter().copied().find(|kind| kind.parts().0 == code);
    kind.map(described).map(Json).ok_or_else(|| Kind::NotFound.bare())
}
