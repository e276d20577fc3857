//! Periods over HTTP.

use axum::response::Response;
use chrono::{Datelike as _, NaiveDate};
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{CloseBooks, CloseYear, ClosedBooks, ClosingPreview, Period, ReopenBooks, YearResult};
use crate::approvals::Approval;
use crate::approvals::http::waiting;
use crate::domain::values::month::Month;
use crate::http::auth::{Accountant, BookReader};
use crate::http::document::OptionalKey;
use crate::http::extract::{Json, Query};
use crate::http::page::{Page, PageQuery};
use crate::http::request::{Command, Read};
use crate::http::{App, Created};
use crate::problem::Problem;

/// Addresses of the feature.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_periods))
        .routes(routes!(close_periods))
        .routes(routes!(preview_closing))
        .routes(routes!(close_running_month))
        .routes(routes!(reopen_periods))
        .routes(routes!(show_year_result))
        .routes(routes!(close_year))
}

/// Lists the months of the book up to this one.
#[utoipa::path(get, path = "/v1/units/{unit}/periods", params(BookReader, PageQuery),
    responses((status = 200, body = Page<Period>)))]
async fn list_periods(
    read: Read<BookReader>,
    Query(page): Query<PageQuery>,
) -> Result<Page<Period>, Problem> {
    let (after, limit) = (page.after()?, page.limit()?);
    read.run(async |conn, work| super::list(conn, work, after, limit).await).await
}

/// Closes everything before the first of a month.
#[utoipa::path(post, path = "/v1/units/{unit}/periods/closings", params(Accountant, OptionalKey), request_body = CloseBooks,
    responses((status = 200, body = ClosedBooks)))]
async fn close_periods(
    command: Command<Accountant>,
    Json(body): Json<CloseBooks>,
) -> Result<Response, Problem> {
    command.once(&body, async |conn, work| Ok(Created::done(super::close(conn, work, &body).await?))).await
}

/// Which months to close.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ClosingQuery {
    /// Everything before this first of a month; that of the running month when not given.
    #[param(nullable = false)]
    before: Option<NaiveDate>,
}

/// What closing months would freeze, and what stands against it; nothing is stored.
#[utoipa::path(get, path = "/v1/units/{unit}/periods/closings/preview", params(BookReader, ClosingQuery),
    responses((status = 200, body = ClosingPreview)))]
async fn preview_closing(
    read: Read<BookReader>,
    Query(query): Query<ClosingQuery>,
) -> Result<Json<ClosingPreview>, Problem> {
    let before = query.before.unwrap_or_else(|| Month::of(read.today()).first_day());
    let preview = read.run(async |conn, work| super::preview(conn, work, before).await).await?;
    Ok(Json(preview))
}

/// Asks for the running month to be closed before its end; an approver decides.
#[utoipa::path(post, path = "/v1/units/{unit}/periods/early-closings", params(Accountant, OptionalKey), request_body = CloseBooks,
    responses((status = 202, body = Approval)))]
async fn close_running_month(
    command: Command<Accountant>,
    Json(body): Json<CloseBooks>,
) -> Result<Response, Problem> {
    command
        .once(&body, async |conn, work| Ok(waiting(work, super::ask_early_closing(conn, work, &body).await?)))
        .await
}

/// Asks for closed months to be opened again; an approver decides.
#[utoipa::path(post, path = "/v1/units/{unit}/periods/reopenings", params(Accountant, OptionalKey), request_body = ReopenBooks,
    responses((status = 202, body = Approval)))]
async fn reopen_periods(
    command: Command<Accountant>,
    Json(body): Json<ReopenBooks>,
) -> Result<Response, Problem> {
    command
        .once(&body, async |conn, work| Ok(waiting(work, super::ask_reopening(conn, work, &body).await?)))
        .await
}

/// Which year.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct YearQuery {
    /// The year; that before this one when not given.
    #[param(nullable = false, minimum = 2000, maximum = 2200)]
    year: Option<i32>,
}

/// Shows what a year earned and spent, by fund, source and account; the same before the year is closed and after it.
#[utoipa::path(get, path = "/v1/units/{unit}/periods/year-result", params(BookReader, YearQuery),
    responses((status = 200, body = YearResult)))]
async fn show_year_result(
    read: Read<BookReader>,
    Query(query): Query<YearQuery>,
) -> Result<Json<YearResult>, Problem> {
    let year = query.year.unwrap_or_else(|| read.today().year() - 1);
    Ok(Json(read.run(async |conn, work| super::year_result(conn, work, year).await).await?))
}

/// Closes a year: carries income and expenses through the result to the surplus, by fund and source, on its last day, and closes
/// its months. Opening December again takes it back.
#[utoipa::path(post, path = "/v1/units/{unit}/periods/year-closings", params(Accountant, OptionalKey), request_body = CloseYear,
    responses((status = 200, body = YearResult)))]
async fn close_year(command: Command<Accountant>, Json(body): Json<CloseYear>) -> Result<Response, Problem> {
    command
        .once(&body, async |conn, work| Ok(Created::done(super::close_year(conn, work, &body).await?)))
        .await
}
