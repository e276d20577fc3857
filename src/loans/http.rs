//! The edge of loans: requests and reading; `repay` has repayments, `money` the other commands that move money or dates.

mod group;
mod loan_path;
mod money;
mod repay;
mod review;

use axum::response::Response;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use self::loan_path::{LoanPath, believed};
use super::{
    Confirmation, Ending, Listed, Listing, LoanRequest, NewRequest, RequestState, Shown, Signing, Status,
    Wanted,
};
use crate::approvals::Approval;
use crate::approvals::http::waiting;
use crate::domain::values::ids::{GroupId, LoanRequestId};
use crate::groups::http::sight;
use crate::http::auth::{Officer, Reader};
use crate::http::document::OptionalKey;
use crate::http::extract::{AsOf, Json, Path, Query};
use crate::http::page::{Page, PageQuery};
use crate::http::request::{Command, Read};
use crate::http::{App, Created};
use crate::problem::Problem;
use crate::text;

/// Addresses of the feature.
pub fn routes() -> OpenApiRouter<App> {
    repay::routes()
        .routes(routes!(list_loan_requests, request_loan))
        .routes(routes!(show_loan_request))
        .routes(routes!(list_loan_request))
        .routes(routes!(confirm_loan_request))
        .routes(routes!(end_loan_request))
        .routes(routes!(approve_loan))
        .routes(routes!(list_loans))
        .routes(routes!(show_loan))
        .routes(routes!(money::disburse_loan))
        .routes(routes!(group::dissolve_group))
        .routes(routes!(money::refund_loan))
        .routes(routes!(money::recover_loan))
        .routes(routes!(money::reverse_loan_event))
        .routes(routes!(money::handle_loan))
        .routes(routes!(money::show_payoff))
        .routes(routes!(money::close_of_day, money::show_close_of_day))
        .routes(routes!(money::report_outstanding))
        .routes(routes!(money::report_ageing))
        .routes(routes!(review::report_contract_reviews))
        .routes(routes!(money::preview_schedule))
        .routes(routes!(money::preview_loan))
}

crate::paths! {
    LoanRequestPath { request: LoanRequestId as Uuid = "the request" }
}

/// Which requests to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RequestQuery {
    /// Only those that came so far.
    #[param(required = false, nullable = false, inline)]
    state: Option<RequestState>,
}

/// Takes a request for a loan down (form 01/TD).
#[utoipa::path(post, path = "/v1/units/{unit}/loan-requests", params(Officer, OptionalKey), request_body = NewRequest,
    responses((status = 201, body = LoanRequest)))]
async fn request_loan(command: Command<Officer>, Json(body): Json<NewRequest>) -> Result<Response, Problem> {
    command
        .once(&body, async |conn, work| {
            let request = super::request(conn, work, &body).await?;
            Ok(Created::at(
                format!("/v1/units/{}/loan-requests/{}", work.unit, request.loan_request_id),
                request,
            ))
        })
        .await
}

/// Requests, oldest first.
#[utoipa::path(get, path = "/v1/units/{unit}/loan-requests", params(Reader, RequestQuery, PageQuery),
    responses((status = 200, body = Page<LoanRequest>)))]
async fn list_loan_requests(
    read: Read<Reader>,
    Query(query): Query<RequestQuery>,
    Query(page): Query<PageQuery>,
) -> Result<Page<LoanRequest>, Problem> {
    let (limit, after) = (page.limit()?, page.after()?);
    let list = read.run(async |conn, work| {
        super::list_requests(conn, work, (query.state, sight(&read)), after, limit).await
    });
    list.await
}

/// One request.
#[utoipa::path(get, path = "/v1/units/{unit}/loan-requests/{request}", params(Reader, LoanRequestPath),
    responses((status = 200, body = LoanRequest)))]
async fn show_loan_request(
    read: Read<Reader>,
    Path(LoanRequestPath { request: id }): Path<LoanRequestPath>,
) -> Result<Json<LoanRequest>, Problem> {
    let shown = read.run(async |conn, work| super::show_request(conn, work, id, sight(&read)).await);
    Ok(Json(shown.await?))
}

/// Records that the group's meeting put the request on its list (03/TD).
#[utoipa::path(post, path = "/v1/units/{unit}/loan-requests/{request}/listing", params(Officer, LoanRequestPath, OptionalKey),
    request_body = Listing, responses((status = 200, body = LoanRequest)))]
async fn list_loan_request(
    command: Command<Officer>,
    Path(LoanRequestPath { request: id }): Path<LoanRequestPath>,
    Json(body): Json<Listing>,
) -> Result<Response, Problem> {
    command
        .once(&body, async |conn, work| Ok(Created::done(super::list_request(conn, work, id, &body).await?)))
        .await
}

/// Records the commune's confirmation.
#[utoipa::path(post, path = "/v1/units/{unit}/loan-requests/{request}/confirmation",
    params(Officer, LoanRequestPath, OptionalKey), request_body = Confirmation, responses((status = 200, body = LoanRequest)))]
async fn confirm_loan_request(
    command: Command<Officer>,
    Path(LoanRequestPath { request: id }): Path<LoanRequestPath>,
    Json(body): Json<Confirmation>,
) -> Result<Response, Problem> {
    command
        .once(&body, async |conn, work| {
            Ok(Created::done(super::confirm_request(conn, work, id, &body).await?))
        })
        .await
}

/// Ends a request without a loan.
#[utoipa::path(post, path = "/v1/units/{unit}/loan-requests/{request}/ending", params(Officer, LoanRequestPath, OptionalKey),
    request_body = Ending, responses((status = 200, body = LoanRequest)))]
async fn end_loan_request(
    command: Command<Officer>,
    Path(LoanRequestPath { request: id }): Path<LoanRequestPath>,
    Json(body): Json<Ending>,
) -> Result<Response, Problem> {
    command
        .once(&body, async |conn, work| Ok(Created::done(super::end_request(conn, work, id, &body).await?)))
        .await
}

/// Asks for a request to be approved; the approver's decision signs the contract.
#[utoipa::path(post, path = "/v1/units/{unit}/loan-requests/{request}/approval", params(Officer, LoanRequestPath, OptionalKey),
    request_body = Signing, responses((status = 202, body = Approval)))]
async fn approve_loan(
    command: Command<Officer>,
    Path(LoanRequestPath { request: id }): Path<LoanRequestPath>,
    Json(body): Json<Signing>,
) -> Result<Response, Problem> {
    command
        .once(&body, async |conn, work| Ok(waiting(work, super::ask_approval(conn, work, id, &body).await?)))
        .await
}

/// Which loans to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LoanQuery {
    /// Two digits of a programme.
    #[param(required = false, nullable = false, pattern = "^[0-9]{2}$")]
    programme: Option<String>,
    /// A group.
    #[param(required = false, nullable = false, value_type = Option<Uuid>)]
    group: Option<GroupId>,
    /// A household.
    #[param(required = false, nullable = false)]
    household: Option<Uuid>,
    /// Where in its life.
    #[param(required = false, nullable = false)]
    status: Option<Status>,
    /// At least so many days late today.
    #[param(required = false, nullable = false, minimum = 1, maximum = 36500)]
    late_days: Option<i32>,
}

/// Loans as the books hold them.
#[utoipa::path(get, path = "/v1/units/{unit}/loans", params(Reader, LoanQuery, PageQuery),
    responses((status = 200, body = Page<Listed>)))]
async fn list_loans(
    read: Read<Reader>,
    Query(query): Query<LoanQuery>,
    Query(page): Query<PageQuery>,
) -> Result<Page<Listed>, Problem> {
    let digits = |code: &String| code.len() == 2 && code.bytes().all(|b| b.is_ascii_digit());
    if query.programme.as_ref().is_some_and(|code| !digits(code)) {
        return Err(Problem::field("/programme", text!("Hai chữ số", "Two digits")));
    }
    if query.late_days.is_some_and(|days| !(1..=36_500).contains(&days)) {
        return Err(Problem::field("/late_days", text!("Từ 1 đến 36.500 ngày", "From 1 to 36,500 days")));
    }
    let (limit, after) = (page.limit()?, page.after()?);
    let LoanQuery { programme, group, household, status, late_days, .. } = query;
    let wanted = (Wanted { programme, group, household, status, late_days }, sight(&read));
    let list = read.run(async |conn, work| super::list(conn, work, wanted, after, limit).await);
    list.await
}

/// A loan as of a day, with its schedule, explanations, events and journals.
#[utoipa::path(get, path = "/v1/units/{unit}/loans/{loan}", params(Reader, LoanPath, AsOf),
    responses((status = 200, body = Shown)))]
async fn show_loan(
    read: Read<Reader>,
    Path(LoanPath { loan }): Path<LoanPath>,
    Query(query): Query<AsOf>,
) -> Result<Json<Shown>, Problem> {
    let as_of = query.as_of.map(|day| believed("/as_of", day)).transpose()?;
    let shown = read.run(async |conn, work| super::show(conn, work, (loan, sight(&read)), as_of).await);
    Ok(Json(shown.await?))
}
