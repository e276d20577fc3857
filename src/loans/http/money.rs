//! Commands that move money or dates of loans, the close of the day, and reports.

use axum::response::Response;

use super::loan_path::{LoanPath, believed};
use crate::approvals::Approval;
use crate::approvals::http::waiting;
use crate::domain::credit::schedule::{Schedule, Terms, schedule};
use crate::groups::http::sight;
use crate::http::Created;
use crate::http::auth::{Accountant, BookReader, LoggedIn, Officer, Reader, Teller};
use crate::http::extract::{IdempotencyKey, Json, OnDay, Path, Query};
use crate::http::request::{Keyed, Keyless, Read};
use crate::loans::{
    self, Age, CHUNK, CloseDay, LoanPayout, Measure, Outstanding, Payoff, Preview, Previewed, Progress,
    Recovery, Refund, Undo,
};
use crate::problem::{Kind, Problem};
use crate::text;

/// Asks for a tranche to be paid out; the approver's decision pays it.
#[utoipa::path(post, path = "/v1/units/{unit}/loans/{loan}/disbursements", params(Officer, LoanPath, IdempotencyKey),
    request_body = LoanPayout, responses((status = 202, body = Approval)))]
pub async fn disburse_loan(
    command: Keyed<Officer>,
    Path(LoanPath { loan }): Path<LoanPath>,
    Json(body): Json<LoanPayout>,
) -> Result<Response, Problem> {
    command
        .once(&body, async |conn, work| Ok(waiting(work, loans::ask_payout(conn, work, loan, &body).await?)))
        .await
}

/// Asks to give back what was overpaid; an approver decides.
#[utoipa::path(post, path = "/v1/units/{unit}/loans/{loan}/refunds", params(Teller, LoanPath, IdempotencyKey),
    request_body = Refund, responses((status = 202, body = Approval)))]
pub async fn refund_loan(
    command: Keyed<Teller>,
    Path(LoanPath { loan }): Path<LoanPath>,
    Json(body): Json<Refund>,
) -> Result<Response, Problem> {
    believed("/paid_on", body.paid_on)?;
    command
        .once(&body, async |conn, work| Ok(waiting(work, loans::ask_refund(conn, work, loan, &body).await?)))
        .await
}

/// Takes money for what was written off.
#[utoipa::path(post, path = "/v1/units/{unit}/loans/{loan}/recoveries", params(Teller, LoanPath, IdempotencyKey),
    request_body = Recovery, responses((status = 201, body = Value)))]
pub async fn recover_loan(
    command: Keyed<Teller>,
    Path(LoanPath { loan }): Path<LoanPath>,
    Json(body): Json<Recovery>,
) -> Result<Response, Problem> {
    believed("/received_on", body.received_on)?;
    command
        .once(&body, async |conn, work| {
            let done = loans::recover(conn, work, loan, &body).await?;
            Ok(Created::at(format!("/v1/units/{}/loans/{loan}", work.unit), done))
        })
        .await
}

/// Asks for an entry to be taken back; an approver decides.
#[utoipa::path(post, path = "/v1/units/{unit}/loans/{loan}/reversals", params(Officer, LoanPath, IdempotencyKey),
    request_body = Undo, responses((status = 202, body = Approval)))]
pub async fn reverse_loan_event(
    command: Keyed<Officer>,
    Path(LoanPath { loan }): Path<LoanPath>,
    Json(body): Json<Undo>,
) -> Result<Response, Problem> {
    command
        .once(&body, async |conn, work| {
            Ok(waiting(work, loans::ask_reversal(conn, work, loan, &body).await?))
        })
        .await
}

/// Handles a loan: a rescheduled instalment at once, everything else when an approver decided.
#[utoipa::path(post, path = "/v1/units/{unit}/loans/{loan}/measures", params(Officer, LoanPath, IdempotencyKey),
    request_body = Measure, responses((status = 201, body = Value), (status = 202, body = Approval)))]
pub async fn handle_loan(
    command: Keyed<Officer>,
    Path(LoanPath { loan }): Path<LoanPath>,
    Json(body): Json<Measure>,
) -> Result<Response, Problem> {
    believed("/on", body.on)?;
    if body.action.is_sensitive() {
        return command
            .once(&body, async |conn, work| {
                Ok(waiting(work, loans::ask_measure(conn, work, loan, &body).await?))
            })
            .await;
    }
    command
        .once(&body, async |conn, work| {
            let done = loans::do_measure(conn, work, loan, &body).await?;
            Ok(Created::at(format!("/v1/units/{}/loans/{loan}", work.unit), done))
        })
        .await
}

/// What closes a loan on a day.
#[utoipa::path(get, path = "/v1/units/{unit}/loans/{loan}/payoff", params(Reader, LoanPath, OnDay),
    responses((status = 200, body = Payoff)))]
pub async fn show_payoff(
    read: Read<Reader>,
    Path(LoanPath { loan }): Path<LoanPath>,
    Query(query): Query<OnDay>,
) -> Result<Json<Payoff>, Problem> {
    let on = believed("/on", query.on.unwrap_or_else(|| read.today()))?;
    let wanted = (loan, sight(&read));
    let quote = read.run(async |conn, work| loans::payoff(conn, work, wanted, on).await);
    Ok(Json(quote.await?))
}

/// Chunks one call closes; a larger unit calls again, or uses `soquy close-day`.
const CHUNKS_OF_A_CALL: usize = 20;

/// Closes days up to one: time's changes come into the books. Each chunk is kept for itself; call again until `done`.
#[utoipa::path(post, path = "/v1/units/{unit}/close-of-day", params(Accountant), request_body = CloseDay,
    responses((status = 200, body = Progress)))]
pub async fn close_of_day(
    command: Keyless<Accountant>,
    Json(body): Json<CloseDay>,
) -> Result<Json<Progress>, Problem> {
    believed("/upto", body.upto)?;
    let mut progress = None;
    for _ in 0..CHUNKS_OF_A_CALL {
        let step = command.run(async |conn, work| loans::close_step(conn, work, body.upto, CHUNK).await);
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
#[utoipa::path(get, path = "/v1/units/{unit}/close-of-day", params(BookReader), responses((status = 200, body = Progress)))]
pub async fn show_close_of_day(read: Read<BookReader>) -> Result<Json<Progress>, Problem> {
    let shown = read.run(async |conn, work| loans::progress(conn, work.unit).await);
    Ok(Json(shown.await?))
}

/// What is outstanding by product and owner of the capital, as the books hold it.
#[utoipa::path(get, path = "/v1/units/{unit}/reports/loans/outstanding", params(BookReader),
    responses((status = 200, body = Vec<Outstanding>)))]
pub async fn report_outstanding(read: Read<BookReader>) -> Result<Json<Vec<Outstanding>>, Problem> {
    let turn = read.turn(true).await?;
    turn.run(async |conn, work| loans::outstanding(conn, work.unit).await).await.map(Json)
}

/// Ages of arrears as of any day; what came later does not count.
#[utoipa::path(get, path = "/v1/units/{unit}/reports/loans/ageing", params(BookReader, OnDay),
    responses((status = 200, body = Vec<Age>)))]
pub async fn report_ageing(
    read: Read<BookReader>,
    Query(query): Query<OnDay>,
) -> Result<Json<Vec<Age>>, Problem> {
    let on = believed("/on", query.on.unwrap_or_else(|| read.today()))?;
    let turn = read.turn(true).await?;
    turn.run(async |conn, work| loans::ageing(conn, work.unit, on).await).await.map(Json)
}

/// The schedule of terms, each row explained; nothing is stored.
#[utoipa::path(post, path = "/v1/schedules/preview", params(LoggedIn), request_body = Terms,
    responses((status = 200, body = Schedule)))]
pub async fn preview_schedule(_: LoggedIn, Json(terms): Json<Terms>) -> Result<Json<Schedule>, Problem> {
    schedule(&terms).map(Json).map_err(|why| {
        let vi = why.vi();
        Problem::field("", text!("Điều khoản không tính được: {vi}", "These terms make no schedule: {why}"))
    })
}

/// A loan of a product as the rule of a day makes it: rates, instalments, and which figures of the rule are unverified; nothing is
/// stored.
#[utoipa::path(post, path = "/v1/loans/preview", params(LoggedIn), request_body = Preview,
    responses((status = 200, body = Previewed)))]
pub async fn preview_loan(
    read: Read<LoggedIn>,
    Json(body): Json<Preview>,
) -> Result<Json<Previewed>, Problem> {
    believed("/signed_on", body.signed_on)?;
    read.run(async |conn, _| loans::preview(conn, body).await).await.map(Json)
}
