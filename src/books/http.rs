//! The books of a unit over HTTP.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Account, Book, Chart, Fund, OpenAccount, OpenBook, OpenFund, OpenSource, Source, Wanted};
use crate::http::auth::{Accountant, BookReader, LoggedIn, Permit};
use crate::http::document::OptionalKey;
use crate::http::extract::{self, IdempotencyKey, Path, Query};
use crate::http::page::{Page, PageQuery};
use crate::http::{App, Created};
use crate::idempotency::Claim;
use crate::problem::{Problem, ProblemBody};

/// Addresses of the slice.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_charts))
        .routes(routes!(show_book, open_book))
        .routes(routes!(list_accounts, open_account))
        .routes(routes!(show_account))
        .routes(routes!(list_funds, open_fund))
        .routes(routes!(show_fund))
        .routes(routes!(list_sources, open_source))
        .routes(routes!(show_source))
}

fn claim(
    key: Option<IdempotencyKey>,
    action: &'static str,
    permit: &Permit,
    body: &impl serde::Serialize,
) -> Option<Claim> {
    key.map(|key| Claim::of(key.0, action, permit.user, &(permit.unit, body)))
}

/// Lists the charts of accounts a book can be opened with.
#[utoipa::path(get, path = "/v1/charts", tag = "books", security(("token" = [])),
    responses((status = 200, body = Vec<Chart>), (status = "default", body = ProblemBody)))]
async fn list_charts(State(app): State<App>, _: LoggedIn) -> Result<Json<Vec<Chart>>, Problem> {
    let mut conn = app.pool.acquire().await?;
    Ok(Json(super::charts(&mut conn).await?))
}

/// Shows the book of a unit.
#[utoipa::path(get, path = "/v1/units/{unit}/book", tag = "books", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit")),
    responses((status = 200, body = Book), (status = "default", body = ProblemBody)))]
async fn show_book(State(app): State<App>, permit: BookReader) -> Result<Json<Book>, Problem> {
    app.read(&permit, "show_book", async |conn| super::show(conn, permit.unit).await).await.map(Json)
}

/// Opens the book of a unit.
#[utoipa::path(post, path = "/v1/units/{unit}/book", tag = "books", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), OptionalKey), request_body = OpenBook,
    responses((status = 201, body = Book), (status = "default", body = ProblemBody)))]
async fn open_book(
    State(app): State<App>,
    permit: Accountant,
    key: Option<IdempotencyKey>,
    extract::Json(body): extract::Json<OpenBook>,
) -> Result<Response, Problem> {
    let claim = claim(key, "open_book", &permit, &body);
    app.once(&permit, claim, "open_book", async |conn| {
        let book = super::open(conn, &permit.work(&app.clock), &body).await?;
        Ok(Created::at(format!("/v1/units/{}/book", permit.unit), book))
    })
    .await
}

/// Lists accounts in the order of their codes.
#[utoipa::path(get, path = "/v1/units/{unit}/accounts", tag = "books", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), PageQuery),
    responses((status = 200, body = Page<Account>), (status = "default", body = ProblemBody)))]
async fn list_accounts(
    State(app): State<App>,
    permit: BookReader,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Account>>, Problem> {
    let (after, limit) = (page.after()?, page.limit()?);
    app.read(&permit, "list_accounts", async |conn| super::accounts(conn, permit.unit, after, limit).await)
        .await
        .map(Json)
}

/// Shows an account.
#[utoipa::path(get, path = "/v1/units/{unit}/accounts/{code}", tag = "books", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), ("code" = String, Path, description = "the account")),
    responses((status = 200, body = Account), (status = "default", body = ProblemBody)))]
async fn show_account(
    State(app): State<App>,
    permit: BookReader,
    Path(at): Path<(i32, String)>,
) -> Result<Json<Account>, Problem> {
    app.read(&permit, "show_account", async |conn| super::account(conn, permit.unit, &at.1).await)
        .await
        .map(Json)
}

/// Opens a detail account below another, which becomes a heading.
#[utoipa::path(post, path = "/v1/units/{unit}/accounts", tag = "books", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), OptionalKey), request_body = OpenAccount,
    responses((status = 201, body = Account), (status = "default", body = ProblemBody)))]
async fn open_account(
    State(app): State<App>,
    permit: Accountant,
    key: Option<IdempotencyKey>,
    extract::Json(body): extract::Json<OpenAccount>,
) -> Result<Response, Problem> {
    let claim = claim(key, "open_account", &permit, &body);
    app.once(&permit, claim, "open_account", async |conn| {
        let account = super::open_account(conn, &permit.work(&app.clock), &body).await?;
        Ok(Created::at(format!("/v1/units/{}/accounts/{}", permit.unit, account.code), account))
    })
    .await
}

/// Lists funds.
#[utoipa::path(get, path = "/v1/units/{unit}/funds", tag = "books", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), PageQuery),
    responses((status = 200, body = Page<Fund>), (status = "default", body = ProblemBody)))]
async fn list_funds(
    State(app): State<App>,
    permit: BookReader,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Fund>>, Problem> {
    let (after, limit) = (page.after()?, page.limit()?);
    app.read(&permit, "list_funds", async |conn| super::funds(conn, permit.unit, after, limit).await)
        .await
        .map(Json)
}

/// Shows a fund.
#[utoipa::path(get, path = "/v1/units/{unit}/funds/{fund}", tag = "books", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), ("fund" = i32, Path, description = "the fund")),
    responses((status = 200, body = Fund), (status = "default", body = ProblemBody)))]
async fn show_fund(
    State(app): State<App>,
    permit: BookReader,
    Path(at): Path<(i32, i32)>,
) -> Result<Json<Fund>, Problem> {
    app.read(&permit, "show_fund", async |conn| super::fund(conn, permit.unit, at.1).await).await.map(Json)
}

/// Opens a fund.
#[utoipa::path(post, path = "/v1/units/{unit}/funds", tag = "books", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), OptionalKey), request_body = OpenFund,
    responses((status = 201, body = Fund), (status = "default", body = ProblemBody)))]
async fn open_fund(
    State(app): State<App>,
    permit: Accountant,
    key: Option<IdempotencyKey>,
    extract::Json(body): extract::Json<OpenFund>,
) -> Result<Response, Problem> {
    let claim = claim(key, "open_fund", &permit, &body);
    app.once(&permit, claim, "open_fund", async |conn| {
        let fund = super::open_fund(conn, &permit.work(&app.clock), &body).await?;
        Ok(Created::at(format!("/v1/units/{}/funds/{}", permit.unit, fund.fund_id), fund))
    })
    .await
}

/// Which sources to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SourceQuery {
    /// Those of this fund.
    #[param(required = false, nullable = false)]
    fund: Option<i32>,
    /// How many rows, 1 to 200; 50 when not given.
    #[param(required = false, nullable = false, minimum = 1, maximum = 200)]
    limit: Option<i64>,
    /// The `next` of the page before.
    #[param(required = false, nullable = false)]
    after: Option<String>,
}

/// Lists sources, each with what it can spend, what is with households, and what came back.
#[utoipa::path(get, path = "/v1/units/{unit}/sources", tag = "books", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), SourceQuery),
    responses((status = 200, body = Page<Source>), (status = "default", body = ProblemBody)))]
async fn list_sources(
    State(app): State<App>,
    permit: BookReader,
    Query(query): Query<SourceQuery>,
) -> Result<Json<Page<Source>>, Problem> {
    let page = PageQuery { limit: query.limit, after: query.after };
    let (wanted, limit) = (Wanted { source: None, fund: query.fund, after: page.after()? }, page.limit()?);
    app.read(&permit, "list_sources", async |conn| super::sources(conn, permit.unit, wanted, limit).await)
        .await
        .map(Json)
}

/// Shows a source with its figures.
#[utoipa::path(get, path = "/v1/units/{unit}/sources/{source}", tag = "books", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), ("source" = i32, Path, description = "the source")),
    responses((status = 200, body = Source), (status = "default", body = ProblemBody)))]
async fn show_source(
    State(app): State<App>,
    permit: BookReader,
    Path(at): Path<(i32, i32)>,
) -> Result<Json<Source>, Problem> {
    app.read(&permit, "show_source", async |conn| super::source(conn, permit.unit, at.1).await)
        .await
        .map(Json)
}

/// Opens a source.
#[utoipa::path(post, path = "/v1/units/{unit}/sources", tag = "books", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), OptionalKey), request_body = OpenSource,
    responses((status = 201, body = Source), (status = "default", body = ProblemBody)))]
async fn open_source(
    State(app): State<App>,
    permit: Accountant,
    key: Option<IdempotencyKey>,
    extract::Json(body): extract::Json<OpenSource>,
) -> Result<Response, Problem> {
    let claim = claim(key, "open_source", &permit, &body);
    app.once(&permit, claim, "open_source", async |conn| {
        let source = super::open_source(conn, &permit.work(&app.clock), &body).await?;
        Ok(Created::at(format!("/v1/units/{}/sources/{}", permit.unit, source.source_id), source))
    })
    .await
}
