//! Commands that move money or dates of loans, the close of the day, and reports.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use serde::Deserialize;
use uuid::Uuid;

use super::{believed, claim, waiting};
use crate::approvals::Approval;
use crate::domain::credit::schedule::{Schedule, Terms, schedule};
use crate::groups::http::sight;
use crate::http::auth::{Accountant, BookReader, LoggedIn, Officer, Reader, Teller};
use crate::http::extract::{self, IdempotencyKey, Path, Query};
use crate::http::{App, Created};
use crate::loans::{
    self, Age, CHUNK, CloseDay, Measure, Outstanding, Payoff, Payout, Progress, Recovery, Refund, Undo,
};
use crate::problem::{Kind, Problem, ProblemBody};
use crate::text;

/// Asks for a tranche to be paid out; the approver's decision pays it.
#[utoipa::path(post, path = "/v1/units/{unit}/loans/{loan}/disbursements", tag = "loans", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), ("loan" = Uuid, Path, description = "the loan"), IdempotencyKey),
    request_body = Payout, responses((status = 202, body = Approval), (status = "default", body = ProblemBody)))]
pub async fn disburse_loan(
    State(app): State<App>,
    permit: Officer,
    Path((_unit, loan)): Path<(i32, Uuid)>,
    key: IdempotencyKey,
    extract::Json(body): extract::Json<Payout>,
) -> Result<Response, Problem> {
    let work = permit.work(&app.clock);
    let claim = Some(claim(key, "disburse_loan", &permit, (loan, &body)));
    app.once(&permit, claim, "disburse_loan", async |conn| {
        Ok(waiting(permit.unit, loans::ask_payout(conn, &work, loan, &body).await?))
    })
    .await
}

/// Gives back what was overpaid.
#[utoipa::path(post, path = "/v1/units/{unit}/loans/{loan}/refunds", tag = "loans", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), ("loan" = Uuid, Path, description = "the loan"), IdempotencyKey),
    request_body = Refund, responses((status = 201, body = Value), (status = "default", body = ProblemBody)))]
pub async fn refund_loan(
    State(app): State<App>,
    permit: Teller,
    Path((unit, loan)): Path<(i32, Uuid)>,
    key: IdempotencyKey,
    extract::Json(body): extract::Json<Refund>,
) -> Result<Response, Problem> {
    let work = permit.work(&app.clock);
    believed("/paid_on", body.paid_on)?;
    let claim = Some(claim(key, "refund_loan", &permit, (loan, &body)));
    app.once(&permit, claim, "refund_loan", async |conn| {
        let done = loans::refund(conn, &work, loan, &body).await?;
        Ok(Created::at(format!("/v1/units/{unit}/loans/{loan}"), done))
    })
    .await
}

/// Takes money for what was written off.
#[utoipa::path(post, path = "/v1/units/{unit}/loans/{loan}/recoveries", tag = "loans", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), ("loan" = Uuid, Path, description = "the loan"), IdempotencyKey),
    request_body = Recovery, responses((status = 201, body = Value), (status = "default", body = ProblemBody)))]
pub async fn recover_loan(
    State(app): State<App>,
    permit: Teller,
    Path((unit, loan)): Path<(i32, Uuid)>,
    key: IdempotencyKey,
    extract::Json(body): extract::Json<Recovery>,
) -> Result<Response, Problem> {
    let work = permit.work(&app.clock);
    believed("/received_on", body.received_on)?;
    let claim = Some(claim(key, "recover_loan", &permit, (loan, &body)));
    app.once(&permit, claim, "recover_loan", async |conn| {
        let done = loans::recover(conn, &work, loan, &body).await?;
        Ok(Created::at(format!("/v1/units/{unit}/loans/{loan}"), done))
    })
    .await
}

/// Asks for an entry to be taken back; an approver decides.
#[utoipa::path(post, path = "/v1/units/{unit}/loans/{loan}/reversals", tag = "loans", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), ("loan" = Uuid, Path, description = "the loan"), IdempotencyKey),
    request_body = Undo, responses((status = 202, body = Approval), (status = "default", body = ProblemBody)))]
pub async fn reverse_loan_event(
    State(app): State<App>,
    permit: Officer,
    Path((_unit, loan)): Path<(i32, Uuid)>,
    key: IdempotencyKey,
    extract::Json(body): extract::Json<Undo>,
) -> Result<Response, Problem> {
    let work = permit.work(&app.clock);
    let claim = Some(claim(key, "reverse_loan_event", &permit, (loan, &body)));
    app.once(&permit, claim, "reverse_loan_event", async |conn| {
        Ok(waiting(permit.unit, loans::ask_reversal(conn, &work, loan, &body).await?))
    })
    .await
}

/// Handles a loan: a rescheduled instalment at once, everything else when an approver decided.
#[utoipa::path(post, path = "/v1/units/{unit}/loans/{loan}/measures", tag = "loans", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), ("loan" = Uuid, Path, description = "the loan"), IdempotencyKey),
    request_body = Measure,
    responses((status = 201, body = Value), (status = 202, body = Approval), (status = "default", body = ProblemBody)))]
pub async fn handle_loan(
    State(app): State<App>,
    permit: Officer,
    Path((unit, loan)): Path<(i32, Uuid)>,
    key: IdempotencyKey,
    extract::Json(body): extract::Json<Measure>,
) -> Result<Response, Problem> {
    let work = permit.work(&app.clock);
    believed("/on", body.on)?;
    let claim = Some(claim(key, "handle_loan", &permit, (loan, &body)));
    if body.action.is_sensitive() {
        return app
            .once(&permit, claim, "handle_loan", async |conn| {
                Ok(waiting(permit.unit, loans::ask_measure(conn, &work, loan, &body).await?))
            })
            .await;
    }
    app.once(&permit, claim, "handle_loan", async |conn| {
        let done = loans::do_measure(conn, &work, loan, &body).await?;
        Ok(Created::at(format!("/v1/units/{unit}/loans/{loan}"), done))
    })
    .await
}

/// A day to look at.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct On {
    /// The day; today when not given.
    #[param(required = false, nullable = false)]
    on: Option<NaiveDate>,
}

/// What closes a loan on a day.
#[utoipa::path(get, path = "/v1/units/{unit}/loans/{loan}/payoff", tag = "loans", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), ("loan" = Uuid, Path, description = "the loan"), On),
    responses((status = 200, body = Payoff), (status = "default", body = ProblemBody)))]
pub async fn show_payoff(
    State(app): State<App>,
    permit: Reader,
    Path((_unit, loan)): Path<(i32, Uuid)>,
    Query(query): Query<On>,
) -> Result<Json<Payoff>, Problem> {
    let work = permit.work(&app.clock);
    let on = believed("/on", query.on.unwrap_or_else(|| app.clock.today()))?;
    let wanted = (loan, sight(&permit));
    let quote =
        app.transact(&permit, "show_payoff", async |conn| loans::payoff(conn, &work, wanted, on).await);
    Ok(Json(quote.await?))
}

/// Chunks one call closes; a larger unit calls again, or uses `soquy close-day`.
const CHUNKS_OF_A_CALL: usize = 20;

/// Closes days up to one: time's changes come into the books. Each chunk is kept for itself; call again until `done`.
#[utoipa::path(post, path = "/v1/units/{unit}/close-of-day", tag = "loans", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit")), request_body = CloseDay,
    responses((status = 200, body = Progress), (status = "default", body = ProblemBody)))]
pub async fn close_of_day(
    State(app): State<App>,
    permit: Accountant,
    extract::Json(body): extract::Json<CloseDay>,
) -> Result<Json<Progress>, Problem> {
    let work = permit.work(&app.clock);
    believed("/upto", body.upto)?;
    let mut progress = None;
    for _ in 0..CHUNKS_OF_A_CALL {
        let step = app.transact(&permit, "close_of_day", async |conn| {
            loans::close_step(conn, &work, body.upto, CHUNK).await
        });
        let step = step.await?;
        let done = step.done;
        progress = Some(step);
        if done {
            break;
        }
    }
    progress.map(Json).ok_or_else(|| Kind::TryAgain.bare())
}

/// How far the unit is closed.
#[utoipa::path(get, path = "/v1/units/{unit}/close-of-day", tag = "loans", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit")),
    responses((status = 200, body = Progress), (status = "default", body = ProblemBody)))]
pub async fn show_close_of_day(
    State(app): State<App>,
    permit: BookReader,
) -> Result<Json<Progress>, Problem> {
    let shown =
        app.transact(&permit, "show_close_of_day", async |conn| loans::progress(conn, permit.unit).await);
    Ok(Json(shown.await?))
}

/// What is outstanding by product and owner of the capital, as the books hold it.
#[utoipa::path(get, path = "/v1/units/{unit}/reports/loans/outstanding", tag = "loans", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit")),
    responses((status = 200, body = Vec<Outstanding>), (status = "default", body = ProblemBody)))]
pub async fn report_outstanding(
    State(app): State<App>,
    permit: BookReader,
) -> Result<Json<Vec<Outstanding>>, Problem> {
    let report =
        app.transact(&permit, "report_outstanding", async |conn| loans::outstanding(conn, permit.unit).await);
    Ok(Json(report.await?))
}

/// Ages of arrears as of any day; what came later does not count.
#[utoipa::path(get, path = "/v1/units/{unit}/reports/loans/ageing", tag = "loans", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), On),
    responses((status = 200, body = Vec<Age>), (status = "default", body = ProblemBody)))]
pub async fn report_ageing(
    State(app): State<App>,
    permit: BookReader,
    Query(query): Query<On>,
) -> Result<Json<Vec<Age>>, Problem> {
    let on = believed("/on", query.on.unwrap_or_else(|| app.clock.today()))?;
    let report =
        app.transact(&permit, "report_ageing", async |conn| loans::ageing(conn, permit.unit, on).await);
    Ok(Json(report.await?))
}

/// The schedule of terms, each row explained; nothing is stored.
#[utoipa::path(post, path = "/v1/schedules/preview", tag = "loans", security(("token" = [])),
    request_body = Terms, responses((status = 200, body = Schedule), (status = "default", body = ProblemBody)))]
pub async fn preview_schedule(
    _: LoggedIn,
    extract::Json(terms): extract::Json<Terms>,
) -> Result<Json<Schedule>, Problem> {
    schedule(&terms).map(Json).map_err(|why| {
        let vi = why.vi();
        Problem::field("", text!("Điều khoản không tính được: {vi}", "These terms make no schedule: {why}"))
    })
}
