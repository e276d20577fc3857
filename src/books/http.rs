//! The books of a unit over HTTP.

use axum::response::Response;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{
    Account, Book, Chart, Fund, FundChange, OpenAccount, OpenBook, OpenFund, OpenSource, Source,
    SourceChange, Wanted,
};
use crate::access::Work;
use crate::db::Conn;
use crate::http::auth::{Accountant, BookReader, LoggedIn};
use crate::http::document::OptionalKey;
use crate::http::etag::{IfMatch, Tagged};
use crate::http::extract::{Json, Path, Query};
use crate::http::page::{Page, PageQuery};
use crate::http::request::{Command, Keyless, Read};
use crate::http::{App, Created};
use crate::problem::Problem;

/// Addresses of the feature.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_charts))
        .routes(routes!(show_book, open_book))
        .routes(routes!(list_accounts, open_account))
        .routes(routes!(show_account))
        .routes(routes!(list_funds, open_fund))
        .routes(routes!(show_fund, change_fund))
        .routes(routes!(list_sources, open_source))
        .routes(routes!(show_source, change_source))
}

crate::paths! {
    AccountPath { code: String = "the account" }
    FundPath { fund: i32 = "the fund" }
    SourcePath { source: i32 = "the source" }
}

/// Lists the charts of accounts a book can be opened with.
#[utoipa::path(get, path = "/v1/charts", params(LoggedIn), responses((status = 200, body = Vec<Chart>)))]
async fn list_charts(read: Read<LoggedIn>) -> Result<Json<Vec<Chart>>, Problem> {
    read.run(async |conn, _| super::charts(conn).await).await.map(Json)
}

/// Shows the book of a unit.
#[utoipa::path(get, path = "/v1/units/{unit}/book", params(BookReader), responses((status = 200, body = Book)))]
async fn show_book(read: Read<BookReader>) -> Result<Json<Book>, Problem> {
    read.run(async |conn, work| super::show(conn, work.unit).await).await.map(Json)
}

/// Opens the book of a unit.
#[utoipa::path(post, path = "/v1/units/{unit}/book", params(Accountant, OptionalKey), request_body = OpenBook,
    responses((status = 201, body = Book)))]
async fn open_book(command: Command<Accountant>, Json(body): Json<OpenBook>) -> Result<Response, Problem> {
    command
        .once(&body, async |conn, work| {
            let book = super::open(conn, work, &body).await?;
            Ok(Created::at(format!("/v1/units/{}/book", work.unit), book))
        })
        .await
}

/// Lists accounts in the order of their codes.
#[utoipa::path(get, path = "/v1/units/{unit}/accounts", params(BookReader, PageQuery),
    responses((status = 200, body = Page<Account>)))]
async fn list_accounts(
    read: Read<BookReader>,
    Query(page): Query<PageQuery>,
) -> Result<Page<Account>, Problem> {
    let (after, limit) = (page.after()?, page.limit()?);
    read.run(async |conn, work| super::accounts(conn, work.unit, after, limit).await).await
}

/// Shows an account.
#[utoipa::path(get, path = "/v1/units/{unit}/accounts/{code}", params(BookReader, AccountPath),
    responses((status = 200, body = Account)))]
async fn show_account(
    read: Read<BookReader>,
    Path(AccountPath { code }): Path<AccountPath>,
) -> Result<Json<Account>, Problem> {
    read.run(async |conn, work| super::account(conn, work.unit, &code).await).await.map(Json)
}

/// Opens a detail account below another, which becomes a heading.
#[utoipa::path(post, path = "/v1/units/{unit}/accounts", params(Accountant, OptionalKey), request_body = OpenAccount,
    responses((status = 201, body = Account)))]
async fn open_account(
    command: Command<Accountant>,
    Json(body): Json<OpenAccount>,
) -> Result<Response, Problem> {
    command
        .once(&body, async |conn, work| {
            let account = super::open_account(conn, work, &body).await?;
            Ok(Created::at(format!("/v1/units/{}/accounts/{}", work.unit, account.code), account))
        })
        .await
}

/// Lists funds.
#[utoipa::path(get, path = "/v1/units/{unit}/funds", params(BookReader, PageQuery), responses((status = 200, body = Page<Fund>)))]
async fn list_funds(read: Read<BookReader>, Query(page): Query<PageQuery>) -> Result<Page<Fund>, Problem> {
    let (after, limit) = (page.after()?, page.limit()?);
    read.run(async |conn, work| super::funds(conn, work.unit, after, limit).await).await
}

/// Shows a fund.
#[utoipa::path(get, path = "/v1/units/{unit}/funds/{fund}", params(BookReader, FundPath), responses((status = 200, body = Fund)))]
async fn show_fund(
    read: Read<BookReader>,
    Path(FundPath { fund }): Path<FundPath>,
) -> Result<Tagged<Fund>, Problem> {
    read.run(async |conn, work| super::fund(conn, work.unit, fund).await).await.map(Tagged)
}

/// Corrects a fund while nothing stands on its sources; needs the `ETag` it was read with.
#[utoipa::path(patch, path = "/v1/units/{unit}/funds/{fund}", params(Accountant, FundPath, IfMatch), request_body = FundChange,
    responses((status = 200, body = Fund)))]
async fn change_fund(
    command: Keyless<Accountant>,
    Path(FundPath { fund }): Path<FundPath>,
    read: IfMatch,
    Json(change): Json<FundChange>,
) -> Result<Tagged<Fund>, Problem> {
    let change =
        async |conn: &mut Conn, work: &Work<'_>| super::change_fund(conn, work, fund, change, &read).await;
    command.run(change).await.map(Tagged)
}

/// Opens a fund.
#[utoipa::path(post, path = "/v1/units/{unit}/funds", params(Accountant, OptionalKey), request_body = OpenFund,
    responses((status = 201, body = Fund)))]
async fn open_fund(command: Command<Accountant>, Json(body): Json<OpenFund>) -> Result<Response, Problem> {
    command
        .once(&body, async |conn, work| {
            let fund = super::open_fund(conn, work, &body).await?;
            Ok(Created::at(format!("/v1/units/{}/funds/{}", work.unit, fund.fund_id), fund))
        })
        .await
}

/// Which sources to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SourceQuery {
    /// Those of this fund.
    #[param(required = false, nullable = false)]
    fund: Option<i32>,
}

/// Lists sources, each with what it can spend, what is with households, and what came back.
#[utoipa::path(get, path = "/v1/units/{unit}/sources", params(BookReader, SourceQuery, PageQuery),
    responses((status = 200, body = Page<Source>)))]
async fn list_sources(
    read: Read<BookReader>,
    Query(query): Query<SourceQuery>,
    Query(page): Query<PageQuery>,
) -> Result<Page<Source>, Problem> {
    let (wanted, limit) = (Wanted { source: None, fund: query.fund, after: page.after()? }, page.limit()?);
    read.run(async |conn, work| super::sources(conn, work.unit, wanted, limit).await).await
}

/// Shows a source with its figures.
#[utoipa::path(get, path = "/v1/units/{unit}/sources/{source}", params(BookReader, SourcePath),
    responses((status = 200, body = Source)))]
async fn show_source(
    read: Read<BookReader>,
    Path(SourcePath { source }): Path<SourcePath>,
) -> Result<Tagged<Source>, Problem> {
    read.run(async |conn, work| super::source(conn, work.unit, source).await).await.map(Tagged)
}

/// Corrects a source while nothing stands on it; needs the `ETag` it was read with.
#[utoipa::path(patch, path = "/v1/units/{unit}/sources/{source}", params(Accountant, SourcePath, IfMatch),
    request_body = SourceChange, responses((status = 200, body = Source)))]
async fn change_source(
    command: Keyless<Accountant>,
    Path(SourcePath { source }): Path<SourcePath>,
    read: IfMatch,
    Json(change): Json<SourceChange>,
) -> Result<Tagged<Source>, Problem> {
    let change = async |conn: &mut Conn, work: &Work<'_>| {
        super::change_source(conn, work, source, change, &read).await
    };
    command.run(change).await.map(Tagged)
}

/// Opens a source.
#[utoipa::path(post, path = "/v1/units/{unit}/sources", params(Accountant, OptionalKey), request_body = OpenSource,
    responses((status = 201, body = Source)))]
async fn open_source(
    command: Command<Accountant>,
    Json(body): Json<OpenSource>,
) -> Result<Response, Problem> {
    command
        .once(&body, async |conn, work| {
            let source = super::open_source(conn, work, &body).await?;
            Ok(Created::at(format!("/v1/units/{}/sources/{}", work.unit, source.source_id), source))
        })
        .await
}
