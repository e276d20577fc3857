//! Balances, trial balance and statements over HTTP, as JSON and as files.

use axum::response::Response;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Balances, Cut, PageOf, Range, Statement, TrialBalance, papers};
use crate::books::http::AccountPath;
use crate::http::App;
use crate::http::auth::BookReader;
use crate::http::extract::{Json, Path, Query};
use crate::http::files::Format;
use crate::http::page::PageQuery;
use crate::http::request::Read;
use crate::problem::Problem;
use crate::text;

/// The most lines of a statement in one file.
const MOST_IN_A_FILE: i64 = 50_000;

/// Addresses of the feature.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(show_balances))
        .routes(routes!(show_trial_balance))
        .routes(routes!(trial_balance_csv))
        .routes(routes!(trial_balance_xlsx))
        .routes(routes!(show_statement))
        .routes(routes!(statement_csv))
        .routes(routes!(statement_xlsx))
}

/// Which balances.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct BalanceQuery {
    /// At the end of this day; today when not given.
    #[param(required = false, nullable = false)]
    on: Option<NaiveDate>,
    /// As it was known at this instant.
    #[param(required = false, nullable = false)]
    known_at: Option<DateTime<Utc>>,
    /// Only of this source.
    #[param(required = false, nullable = false)]
    source: Option<i32>,
    /// Only of this account, or of those below this heading.
    #[param(required = false, nullable = false)]
    account: Option<String>,
}

/// Shows balances per account and source at the end of a day.
#[utoipa::path(get, path = "/v1/units/{unit}/balances", params(BookReader, BalanceQuery),
    responses((status = 200, body = Balances)))]
async fn show_balances(
    read: Read<BookReader>,
    Query(query): Query<BalanceQuery>,
) -> Result<Json<Balances>, Problem> {
    let on = query.on.unwrap_or_else(|| read.today());
    let cut = Cut { source: query.source, accounts: None, known_at: query.known_at };
    let account = query.account.as_deref();
    let turn = read.turn(query.known_at.is_some()).await?;
    turn.run(async |conn, work| super::balances(conn, work.unit, on, account, cut).await).await.map(Json)
}

/// Which trial balance.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TrialQuery {
    /// First day; the first of the year when not given.
    #[param(required = false, nullable = false)]
    from: Option<NaiveDate>,
    /// First day after the period; tomorrow when not given.
    #[param(required = false, nullable = false)]
    to: Option<NaiveDate>,
    /// As it was known at this instant.
    #[param(required = false, nullable = false)]
    known_at: Option<DateTime<Utc>>,
    /// Only of this source.
    #[param(required = false, nullable = false)]
    source: Option<i32>,
}

async fn trial_balance(
    read: &Read<BookReader>,
    query: TrialQuery,
    format: Format,
) -> Result<Response, Problem> {
    let range = Range::asked(query.from, query.to, read.today());
    let cut = Cut { source: query.source, accounts: None, known_at: query.known_at };
    let turn = read.turn(format != Format::Json || query.known_at.is_some()).await?;
    let report = turn.run(async |conn, work| super::trial_balance(conn, work.unit, range, cut).await).await?;
    let name = format!("trial-balance-{}-{}", range.from, range.last());
    format.answer(report, papers::trial_balance, &name).await
}

/// Shows the trial balance of a period (bảng cân đối số phát sinh): JSON, CSV or a workbook by `Accept`.
#[utoipa::path(get, path = "/v1/units/{unit}/trial-balance", params(BookReader, TrialQuery),
    responses((status = 200, body = TrialBalance)))]
async fn show_trial_balance(
    read: Read<BookReader>,
    Query(query): Query<TrialQuery>,
    format: Format,
) -> Result<Response, Problem> {
    trial_balance(&read, query, format).await
}

/// The trial balance as CSV.
#[utoipa::path(get, path = "/v1/units/{unit}/trial-balance.csv", params(BookReader, TrialQuery),
    responses((status = 200, body = String, content_type = "text/csv")))]
async fn trial_balance_csv(
    read: Read<BookReader>,
    Query(query): Query<TrialQuery>,
) -> Result<Response, Problem> {
    trial_balance(&read, query, Format::Csv).await
}

/// The trial balance as a workbook.
#[utoipa::path(get, path = "/v1/units/{unit}/trial-balance.xlsx", params(BookReader, TrialQuery),
    responses((status = 200, body = Vec<u8>, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))]
async fn trial_balance_xlsx(
    read: Read<BookReader>,
    Query(query): Query<TrialQuery>,
) -> Result<Response, Problem> {
    trial_balance(&read, query, Format::Xlsx).await
}

/// Which statement.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct StatementQuery {
    /// First day; the first of the year when not given.
    #[param(required = false, nullable = false)]
    from: Option<NaiveDate>,
    /// First day after the period; tomorrow when not given.
    #[param(required = false, nullable = false)]
    to: Option<NaiveDate>,
    /// Only of this source.
    #[param(required = false, nullable = false)]
    source: Option<i32>,
}

async fn statement(
    read: &Read<BookReader>,
    code: &str,
    query: StatementQuery,
    page: &PageQuery,
    format: Format,
) -> Result<Response, Problem> {
    let range = Range::asked(query.from, query.to, read.today());
    let page = match format {
        Format::Json => PageOf { after: page.after()?, limit: page.limit()? },
        Format::Csv | Format::Xlsx => PageOf { after: None, limit: MOST_IN_A_FILE },
    };
    let turn = read.turn(format != Format::Json).await?;
    let report = turn
        .run(async |conn, work| super::statement(conn, work.unit, (code, query.source), range, page).await)
        .await?;
    if format != Format::Json && report.page.next.is_some() {
        return Err(Problem::field(
            "/to",
            text!(
                "Quá {MOST_IN_A_FILE} dòng cho một tệp; hãy chọn kỳ ngắn hơn",
                "More than {MOST_IN_A_FILE} lines for one file; choose a shorter period"
            ),
        ));
    }
    let name = format!("statement-{code}-{}-{}", range.from, range.last());
    format.answer(report, papers::statement, &name).await
}

/// Shows the lines of an account with its running balance (sổ chi tiết): JSON by page, CSV or a workbook by `Accept`.
#[utoipa::path(get, path = "/v1/units/{unit}/accounts/{code}/statement", params(BookReader, AccountPath, StatementQuery, PageQuery),
    responses((status = 200, body = Statement)))]
async fn show_statement(
    read: Read<BookReader>,
    Path(AccountPath { code }): Path<AccountPath>,
    Query(query): Query<StatementQuery>,
    Query(page): Query<PageQuery>,
    format: Format,
) -> Result<Response, Problem> {
    statement(&read, &code, query, &page, format).await
}

/// The statement of an account as CSV.
#[utoipa::path(get, path = "/v1/units/{unit}/accounts/{code}/statement.csv", params(BookReader, AccountPath, StatementQuery),
    responses((status = 200, body = String, content_type = "text/csv")))]
async fn statement_csv(
    read: Read<BookReader>,
    Path(AccountPath { code }): Path<AccountPath>,
    Query(query): Query<StatementQuery>,
) -> Result<Response, Problem> {
    statement(&read, &code, query, &PageQuery::default(), Format::Csv).await
}

/// The statement of an account as a workbook.
#[utoipa::path(get, path = "/v1/units/{unit}/accounts/{code}/statement.xlsx", params(BookReader, AccountPath, StatementQuery),
    responses((status = 200, body = Vec<u8>, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))]
async fn statement_xlsx(
    read: Read<BookReader>,
    Path(AccountPath { code }): Path<AccountPath>,
    Query(query): Query<StatementQuery>,
) -> Result<Response, Problem> {
    statement(&read, &code, query, &PageQuery::default(), Format::Xlsx).await
}
