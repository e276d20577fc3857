//! Periods over HTTP.

use axum::response::Response;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Book, CloseBooks, Period, ReopenBooks};
use crate::approvals::Approval;
use crate::approvals::http::waiting;
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
        .routes(routes!(reopen_periods))
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
    responses((status = 200, body = Book)))]
async fn close_periods(
    command: Command<Accountant>,
    Json(body): Json<CloseBooks>,
) -> Result<Response, Problem> {
    command.once(&body, async |conn, work| Ok(Created::done(super::close(conn, work, &body).await?))).await
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
