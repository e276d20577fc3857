//! The edge of loans: requests and reading; `repay` has repayments, `money` the other commands that move money or dates.

mod group;
mod money;
mod repay;

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::{
    Confirmation, Ending, Listed, Listing, LoanRequest, NewRequest, RequestState, Shown, Signing, Status,
    Wanted,
};
use crate::approvals::Approval;
use crate::groups::http::sight;
use crate::http::auth::{Officer, Permit, Reader};
use crate::http::document::OptionalKey;
use crate::http::extract::{self, IdempotencyKey, Path, Query};
use crate::http::page::{Page, PageQuery};
use crate::http::{App, Created};
use crate::idempotency::Claim;
use crate::problem::{Problem, ProblemBody};
use crate::text;

/// Addresses of the slice.
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
        .routes(routes!(money::preview_schedule))
}

/// The claim of a command that records money.
fn claim(key: IdempotencyKey, action: &'static str, permit: &Permit, request: impl Serialize) -> Claim {
    Claim::of(key.0, action, permit.user, &(permit.unit, request))
}

fn waiting(unit: i32, approval: Approval) -> Created<Approval> {
    Created::waiting(format!("/v1/units/{unit}/approvals/{}", approval.approval_id), approval)
}

/// Which requests to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RequestQuery {
    /// Only those that came so far.
    #[param(required = false, nullable = false, inline)]
    state: Option<RequestState>,
    /// How many rows.
    #[param(required = false, nullable = false, minimum = 1, maximum = 200)]
    limit: Option<i64>,
    /// The `next` of the page before.
    #[param(required = false, nullable = false)]
    after: Option<String>,
}

/// Takes a request for a loan down (form 01/TD).
#[utoipa::path(post, path = "/v1/units/{unit}/loan-requests", tag = "loans", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), OptionalKey),
    request_body = NewRequest, responses((status = 201, body = LoanRequest), (status = "default", body = ProblemBody)))]
async fn request_loan(
    State(app): State<App>,
    permit: Officer,
    key: Option<IdempotencyKey>,
    extract::Json(body): extract::Json<NewRequest>,
) -> Result<Response, Problem> {
    let work = permit.work(&app.clock);
    let claim = key.map(|key| claim(key, "request_loan", &permit, &body));
    app.once(&permit, claim, "request_loan", async |conn| {
        let request = super::request(conn, &work, &body).await?;
        Ok(Created::at(
            format!("/v1/units/{}/loan-requests/{}", permit.unit, request.loan_request_id),
            request,
        ))
    })
    .await
}

/// Requests, oldest first.
#[utoipa::path(get, path = "/v1/units/{unit}/loan-requests", tag = "loans", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), RequestQuery),
    responses((status = 200, body = Page<LoanRequest>), (status = "default", body = ProblemBody)))]
async fn list_loan_requests(
    State(app): State<App>,
    permit: Reader,
    Query(query): Query<RequestQuery>,
) -> Result<Json<Page<LoanRequest>>, Problem> {
    let page = PageQuery { limit: query.limit, after: query.after };
    let (limit, after) = (page.limit()?, page.after()?);
    let work = permit.work(&app.clock);
    let list = app.transact(&permit, "list_loan_requests", async |conn| {
        super::list_requests(conn, &work, (query.state, sight(&permit)), after, limit).await
    });
    Ok(Json(list.await?))
}

/// One request.
#[utoipa::path(get, path = "/v1/units/{unit}/loan-requests/{request}", tag = "loans", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), ("request" = Uuid, Path, description = "the request")),
    responses((status = 200, body = LoanRequest), (status = "default", body = ProblemBody)))]
async fn show_loan_request(
    State(app): State<App>,
    permit: Reader,
    Path((_unit, id)): Path<(i32, Uuid)>,
) -> Result<Json<LoanRequest>, Problem> {
    let work = permit.work(&app.clock);
    let shown = app.transact(&permit, "show_loan_request", async |conn| {
        super::show_request(conn, &work, id, sight(&permit)).await
    });
    Ok(Json(shown.await?))
}

/// Records that the group's meeting put the request on its list (03/TD).
#[utoipa::path(post, path = "/v1/units/{unit}/loan-requests/{request}/listing", tag = "loans", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), ("request" = Uuid, Path, description = "the request"), OptionalKey),
    request_body = Listing, responses((status = 200, body = LoanRequest), (status = "default", body = ProblemBody)))]
async fn list_loan_request(
    State(app): State<App>,
    permit: Officer,
    key: Option<IdempotencyKey>,
    Path((_unit, id)): Path<(i32, Uuid)>,
    extract::Json(body): extract::Json<Listing>,
) -> Result<Response, Problem> {
    let claim = key.map(|key| claim(key, "list_loan_request", &permit, (id, &body)));
    app.once(&permit, claim, "list_loan_request", async |conn| {
        Ok(Created::done(super::list_request(conn, &permit.work(&app.clock), id, &body).await?))
    })
    .await
}

/// Records the commune's confirmation.
#[utoipa::path(post, path = "/v1/units/{unit}/loan-requests/{request}/confirmation", tag = "loans", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), ("request" = Uuid, Path, description = "the request"), OptionalKey),
    request_body = Confirmation, responses((status = 200, body = LoanRequest), (status = "default", body = ProblemBody)))]
async fn confirm_loan_request(
    State(app): State<App>,
    permit: Officer,
    key: Option<IdempotencyKey>,
    Path((_unit, id)): Path<(i32, Uuid)>,
    extract::Json(body): extract::Json<Confirmation>,
) -> Result<Response, Problem> {
    let claim = key.map(|key| claim(key, "confirm_loan_request", &permit, (id, &body)));
    app.once(&permit, claim, "confirm_loan_request", async |conn| {
        Ok(Created::done(super::confirm_request(conn, &permit.work(&app.clock), id, &body).await?))
    })
    .await
}

/// Ends a request without a loan.
#[utoipa::path(post, path = "/v1/units/{unit}/loan-requests/{request}/ending", tag = "loans", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), ("request" = Uuid, Path, description = "the request"), OptionalKey),
    request_body = Ending, responses((status = 200, body = LoanRequest), (status = "default", body = ProblemBody)))]
async fn end_loan_request(
    State(app): State<App>,
    permit: Officer,
    key: Option<IdempotencyKey>,
    Path((_unit, id)): Path<(i32, Uuid)>,
    extract::Json(body): extract::Json<Ending>,
) -> Result<Response, Problem> {
    let claim = key.map(|key| claim(key, "end_loan_request", &permit, (id, &body)));
    app.once(&permit, claim, "end_loan_request", async |conn| {
        Ok(Created::done(super::end_request(conn, &permit.work(&app.clock), id, &body).await?))
    })
    .await
}

/// Asks for a request to be approved; the approver's decision signs the contract.
#[utoipa::path(post, path = "/v1/units/{unit}/loan-requests/{request}/approval", tag = "loans", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), ("request" = Uuid, Path, description = "the request"), OptionalKey),
    request_body = Signing, responses((status = 202, body = Approval), (status = "default", body = ProblemBody)))]
async fn approve_loan(
    State(app): State<App>,
    permit: Officer,
    Path((_unit, id)): Path<(i32, Uuid)>,
    key: Option<IdempotencyKey>,
    extract::Json(body): extract::Json<Signing>,
) -> Result<Response, Problem> {
    let work = permit.work(&app.clock);
    let claim = key.map(|key| claim(key, "approve_loan", &permit, (id, &body)));
    app.once(&permit, claim, "approve_loan", async |conn| {
        Ok(waiting(permit.unit, super::ask_approval(conn, &work, id, &body).await?))
    })
    .await
}

/// Which loans to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LoanQuery {
    /// Two digits of a programme.
    #[param(required = false, nullable = false, pattern = "^[0-9]{2}$")]
    programme: Option<String>,
    /// A group.
    #[param(required = false, nullable = false)]
    group: Option<Uuid>,
    /// A household.
    #[param(required = false, nullable = false)]
    household: Option<Uuid>,
    /// Where in its life.
    #[param(required = false, nullable = false)]
    status: Option<Status>,
    /// At least so many days late today.
    #[param(required = false, nullable = false, minimum = 1, maximum = 36500)]
    late_days: Option<i32>,
    /// How many rows.
    #[param(required = false, nullable = false, minimum = 1, maximum = 200)]
    limit: Option<i64>,
    /// The `next` of the page before.
    #[param(required = false, nullable = false)]
    after: Option<String>,
}

/// Loans as the books hold them.
#[utoipa::path(get, path = "/v1/units/{unit}/loans", tag = "loans", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), LoanQuery),
    responses((status = 200, body = Page<Listed>), (status = "default", body = ProblemBody)))]
async fn list_loans(
    State(app): State<App>,
    permit: Reader,
    Query(query): Query<LoanQuery>,
) -> Result<Json<Page<Listed>>, Problem> {
    let digits = |code: &String| code.len() == 2 && code.bytes().all(|b| b.is_ascii_digit());
    if query.programme.as_ref().is_some_and(|code| !digits(code)) {
        return Err(Problem::field("/programme", text!("Hai chữ số", "Two digits")));
    }
    if query.late_days.is_some_and(|days| !(1..=36_500).contains(&days)) {
        return Err(Problem::field("/late_days", text!("Từ 1 đến 36.500 ngày", "From 1 to 36,500 days")));
    }
    let page = PageQuery { limit: query.limit, after: query.after };
    let (limit, after) = (page.limit()?, page.after()?);
    let LoanQuery { programme, group, household, status, late_days, .. } = query;
    let wanted = (Wanted { programme, group, household, status, late_days }, sight(&permit));
    let work = permit.work(&app.clock);
    let list = app
        .transact(&permit, "list_loans", async |conn| super::list(conn, &work, wanted, after, limit).await);
    Ok(Json(list.await?))
}

/// A day to look at.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AsOf {
    /// The day; today when not given.
    #[param(required = false, nullable = false)]
    as_of: Option<NaiveDate>,
}

/// A loan as of a day, with its schedule, explanations, events and journals.
#[utoipa::path(get, path = "/v1/units/{unit}/loans/{loan}", tag = "loans", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), ("loan" = Uuid, Path, description = "the loan"), AsOf),
    responses((status = 200, body = Shown), (status = "default", body = ProblemBody)))]
async fn show_loan(
    State(app): State<App>,
    permit: Reader,
    Path((_unit, loan)): Path<(i32, Uuid)>,
    Query(query): Query<AsOf>,
) -> Result<Json<Shown>, Problem> {
    let work = permit.work(&app.clock);
    let as_of = query.as_of.map(|day| believed("/as_of", day)).transpose()?;
    let shown = app.transact(&permit, "show_loan", async |conn| {
        super::show(conn, &work, (loan, sight(&permit)), as_of).await
    });
    Ok(Json(shown.await?))
}

/// A day in the years in which days are believed: the fold counts every day up to it.
fn believed(field: &str, day: NaiveDate) -> Result<NaiveDate, Problem> {
    use chrono::Datelike as _;
    if (1900..=2200).contains(&day.year()) {
        Ok(day)
    } else {
        Err(Problem::field(field, text!("Năm từ 1900 đến 2200", "A year from 1900 to 2200")))
    }
}
