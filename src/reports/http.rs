//! Balances, trial balance and statements over HTTP, as JSON and as files.

use axum::response::{IntoResponse as _, Response};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::papers::StatementPaper;
use super::{Balances, Cut, PageOf, Range, Statement, TrialBalance, papers, whole};
use crate::books::http::AccountPath;
use crate::domain::books::account::AccountCode;
use crate::http::App;
use crate::http::auth::BookReader;
use crate::http::extract::{Json, Path, Query};
use crate::http::files::{Format, Patience, with_files};
use crate::http::page::PageQuery;
use crate::http::request::Read;
use crate::problem::Problem;

/// Addresses of the feature.
pub fn routes() -> OpenApiRouter<App> {
    let routes = OpenApiRouter::new().routes(routes!(show_balances));
    let routes = with_files(routes, routes!(show_trial_balance), "The trial balance");
    with_files(routes, routes!(show_statement), "The statement of an account")
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
    account: Option<AccountCode>,
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
    let account = query.account.as_ref().map(AccountCode::as_str);
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

/// Shows the trial balance of a period (bảng cân đối số phát sinh): JSON, CSV, a workbook or PDF by `Accept`.
#[utoipa::path(get, path = "/v1/units/{unit}/trial-balance", params(BookReader, TrialQuery),
    responses((status = 200, body = TrialBalance)))]
async fn show_trial_balance(
    read: Read<BookReader>,
    Query(query): Query<TrialQuery>,
    format: Format,
) -> Result<Response, Problem> {
    let today = read.today();
    let range = Range::asked(query.from, query.to, today);
    let cut = Cut { source: query.source, accounts: None, known_at: query.known_at };
    let turn = read.turn(format != Format::Json || query.known_at.is_some()).await?;
    let report = turn.run(async |conn, work| super::trial_balance(conn, work.unit, range, cut).await).await?;
    let name = format!("trial-balance-{}-{}", range.from, range.last());
    format.answer(report, move |report| papers::trial_balance(&report, today), &name).await
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

/// Shows the lines of an account with its running balance (sổ chi tiết): JSON by page, CSV, a workbook or PDF by `Accept`.
#[utoipa::path(get, path = "/v1/units/{unit}/accounts/{code}/statement", params(BookReader, AccountPath, StatementQuery, PageQuery),
    responses((status = 200, body = Statement)))]
async fn show_statement(
    read: Read<BookReader>,
    Path(AccountPath { code }): Path<AccountPath>,
    Query(query): Query<StatementQuery>,
    Query(page): Query<PageQuery>,
    format: Format,
) -> Result<Response, Problem> {
    let today = read.today();
    let range = Range::asked(query.from, query.to, today);
    if format != Format::Json {
        page.none_of_a_file()?;
    }
    let page = match format {
        Format::Json => PageOf { after: page.after()?, limit: page.limit()? },
        file => PageOf { after: None, limit: file.most_lines(Patience::OfRequest) },
    };
    let of = (code.as_str(), query.source);
    let turn = read.turn(format != Format::Json).await?;
    let report =
        turn.run(async |conn, work| super::statement(conn, work.unit, of, range, page).await).await?;
    if format != Format::Json {
        whole(&report, page.limit)?;
    }
    let name = format!("statement-{code}-{}-{}", range.from, range.last());
    let next = report.page.following();
    let answer =
        format.answer(report, move |report| StatementPaper::of(report).document(today), &name).await?;
    Ok((next, answer).into_response())
}
