//! Periods over HTTP.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Book, CloseBooks, Period, ReopenBooks};
use crate::approvals::Approval;
use crate::http::auth::{Accountant, BookReader};
use crate::http::document::OptionalKey;
use crate::http::extract::{self, IdempotencyKey, Query};
use crate::http::page::{Page, PageQuery};
use crate::http::{App, Created};
use crate::idempotency::Claim;
use crate::problem::{Problem, ProblemBody};

/// Addresses of the slice.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_periods))
        .routes(routes!(close_periods))
        .routes(routes!(reopen_periods))
}

/// Lists the months of the book up to this one.
#[utoipa::path(get, path = "/v1/units/{unit}/periods", tag = "periods", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), PageQuery),
    responses((status = 200, body = Page<Period>), (status = "default", body = ProblemBody)))]
async fn list_periods(
    State(app): State<App>,
    permit: BookReader,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Period>>, Problem> {
    let (after, limit) = (page.after()?, page.limit()?);
    let work = permit.work(&app.clock);
    app.read(&permit, "list_periods", async |conn| super::list(conn, &work, after, limit).await)
        .await
        .map(Json)
}

/// Closes everything before the first of a month.
#[utoipa::path(post, path = "/v1/units/{unit}/periods/closings", tag = "periods", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), OptionalKey), request_body = CloseBooks,
    responses((status = 200, body = Book), (status = "default", body = ProblemBody)))]
async fn close_periods(
    State(app): State<App>,
    permit: Accountant,
    key: Option<IdempotencyKey>,
    extract::Json(body): extract::Json<CloseBooks>,
) -> Result<Response, Problem> {
    let claim = key.map(|key| Claim::of(key.0, "close_periods", permit.user, &(permit.unit, &body)));
    app.once(&permit, claim, "close_periods", async |conn| {
        Ok(Created::done(super::close(conn, &permit.work(&app.clock), &body).await?))
    })
    .await
}

/// Asks for closed months to be opened again; an approver decides.
#[utoipa::path(post, path = "/v1/units/{unit}/periods/reopenings", tag = "periods", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), OptionalKey), request_body = ReopenBooks,
    responses((status = 202, body = Approval), (status = "default", body = ProblemBody)))]
async fn reopen_periods(
    State(app): State<App>,
    permit: Accountant,
    key: Option<IdempotencyKey>,
    extract::Json(body): extract::Json<ReopenBooks>,
) -> Result<Response, Problem> {
    let claim = key.map(|key| Claim::of(key.0, "reopen_periods", permit.user, &(permit.unit, &body)));
    app.once(&permit, claim, "reopen_periods", async |conn| {
        let approval = super::ask_reopening(conn, &permit.work(&app.clock), &body).await?;
        Ok(Created::waiting(
            format!("/v1/units/{}/approvals/{}", permit.unit, approval.approval_id),
            approval,
        ))
    })
    .await
}
