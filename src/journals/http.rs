//! Journals, vouchers and movements of capital over HTTP.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::{
    CapitalMovement, Head, Journal, ManualJournal, Paper, Papers, Preview, Reversal, Transfer, Voucher,
    Wanted,
};
use super::{commands, manual};
use crate::approvals::Approval;
use crate::db::Conn;
use crate::domain::books::posting::VoucherKind;
use crate::http::auth::{Accountant, BookReader, Permit};
use crate::http::extract::{self, IdempotencyKey, Path, Query};
use crate::http::page::{Page, PageQuery};
use crate::http::{App, Created};
use crate::idempotency::Claim;
use crate::problem::{Kind, Problem, ProblemBody};

/// Addresses of the slice.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(receive_capital))
        .routes(routes!(return_capital))
        .routes(routes!(transfer_money))
        .routes(routes!(list_journals, post_journal))
        .routes(routes!(show_journal))
        .routes(routes!(reverse_journal))
        .routes(routes!(list_vouchers))
        .routes(routes!(show_voucher))
}

/// Whether only to look.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Look {
    /// true: answer what would be written, store nothing.
    #[serde(default)]
    #[param(required = false)]
    dry_run: bool,
}

/// Answers a rehearsal: nothing stays.
async fn preview(
    app: &App,
    permit: &Permit,
    action: &'static str,
    work: impl AsyncFnOnce(&mut Conn) -> Result<Journal, Problem>,
) -> Result<Response, Problem> {
    let journal = app.transact(permit, action, work).await?;
    Ok(Json(Preview { stored: false, journal }).into_response())
}

/// The claim of a command that records money: its key is required.
fn claim(
    key: Option<IdempotencyKey>,
    action: &'static str,
    permit: &Permit,
    request: impl Serialize,
) -> Result<Option<Claim>, Problem> {
    let key = key.ok_or_else(|| Kind::KeyRequired.bare())?;
    Ok(Some(Claim::of(key.0, action, permit.user, &(permit.unit, request))))
}

fn written(unit: i32, journal: Journal) -> Created<Journal> {
    Created::at(format!("/v1/units/{unit}/journals/{}", journal.head.journal_no), journal)
}

fn waiting(unit: i32, approval: Approval) -> Created<Approval> {
    Created::waiting(format!("/v1/units/{unit}/approvals/{}", approval.approval_id), approval)
}

/// Records capital received into a source, with its receipt.
#[utoipa::path(post, path = "/v1/units/{unit}/sources/{source}/receipts", tag = "journals", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), ("source" = i32, Path, description = "the source"), Look,
        ("Idempotency-Key" = Option<String>, Header, description = "required unless dry_run")),
    request_body = CapitalMovement,
    responses((status = 201, body = Journal), (status = 200, body = Preview<Journal>, description = "dry run"),
        (status = "default", body = ProblemBody)))]
async fn receive_capital(
    State(app): State<App>,
    permit: Accountant,
    Path(at): Path<(i32, i32)>,
    Query(look): Query<Look>,
    key: Option<IdempotencyKey>,
    extract::Json(body): extract::Json<CapitalMovement>,
) -> Result<Response, Problem> {
    let work = permit.work(&app.clock);
    if look.dry_run {
        let rehearse = async |conn: &mut Conn| commands::preview_receipt(conn, &work, at.1, &body).await;
        return preview(&app, &permit, "receive_capital", rehearse).await;
    }
    let claim = claim(key, "receive_capital", &permit, (at.1, &body))?;
    app.once(&permit, claim, "receive_capital", async |conn| {
        Ok(written(permit.unit, commands::receive(conn, &work, at.1, &body).await?))
    })
    .await
}

/// Asks for capital of a source to be given back; an approver decides.
#[utoipa::path(post, path = "/v1/units/{unit}/sources/{source}/returns", tag = "journals", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), ("source" = i32, Path, description = "the source"), Look,
        ("Idempotency-Key" = Option<String>, Header, description = "required unless dry_run")),
    request_body = CapitalMovement,
    responses((status = 202, body = Approval), (status = 200, body = Preview<Journal>, description = "dry run"),
        (status = "default", body = ProblemBody)))]
async fn return_capital(
    State(app): State<App>,
    permit: Accountant,
    Path(at): Path<(i32, i32)>,
    Query(look): Query<Look>,
    key: Option<IdempotencyKey>,
    extract::Json(body): extract::Json<CapitalMovement>,
) -> Result<Response, Problem> {
    let work = permit.work(&app.clock);
    if look.dry_run {
        let rehearse = async |conn: &mut Conn| commands::preview_return(conn, &work, at.1, &body).await;
        return preview(&app, &permit, "return_capital", rehearse).await;
    }
    let claim = claim(key, "return_capital", &permit, (at.1, &body))?;
    app.once(&permit, claim, "return_capital", async |conn| {
        Ok(waiting(permit.unit, commands::ask_return(conn, &work, at.1, &body).await?))
    })
    .await
}

/// Records money carried between the cash box and the bank.
#[utoipa::path(post, path = "/v1/units/{unit}/transfers", tag = "journals", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), IdempotencyKey),
    request_body = Transfer, responses((status = 201, body = Journal), (status = "default", body = ProblemBody)))]
async fn transfer_money(
    State(app): State<App>,
    permit: Accountant,
    key: IdempotencyKey,
    extract::Json(body): extract::Json<Transfer>,
) -> Result<Response, Problem> {
    let claim = claim(Some(key), "transfer_money", &permit, &body)?;
    app.once(&permit, claim, "transfer_money", async |conn| {
        Ok(written(permit.unit, commands::transfer(conn, &permit.work(&app.clock), &body).await?))
    })
    .await
}

/// Which journals to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct JournalQuery {
    /// First day.
    #[param(required = false, nullable = false)]
    from: Option<NaiveDate>,
    /// First day after the range.
    #[param(required = false, nullable = false)]
    to: Option<NaiveDate>,
    /// Of this kind, such as `capital_received`; several with commas between them.
    #[param(required = false, nullable = false)]
    kind: Option<String>,
    /// With a line of a source of this fund.
    #[param(required = false, nullable = false)]
    fund: Option<i32>,
    /// With a line on this account or below this heading.
    #[param(required = false, nullable = false)]
    account: Option<String>,
    /// With a line of this source.
    #[param(required = false, nullable = false)]
    source: Option<i32>,
    /// With a line about this agreement, donation or household.
    #[param(required = false, nullable = false)]
    subject: Option<Uuid>,
    /// How many rows, 1 to 200; 50 when not given.
    #[param(required = false, nullable = false, minimum = 1, maximum = 200)]
    limit: Option<i64>,
    /// The `next` of the page before.
    #[param(required = false, nullable = false)]
    after: Option<String>,
}

/// Lists journals in the order of their numbers.
#[utoipa::path(get, path = "/v1/units/{unit}/journals", tag = "journals", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), JournalQuery),
    responses((status = 200, body = Page<Head>), (status = "default", body = ProblemBody)))]
async fn list_journals(
    State(app): State<App>,
    permit: BookReader,
    Query(query): Query<JournalQuery>,
) -> Result<Json<Page<Head>>, Problem> {
    let page = PageQuery { limit: query.limit, after: query.after };
    let limit = page.limit()?;
    let wanted = Wanted {
        from: query.from,
        to: query.to,
        kinds: query.kind.map(|kinds| kinds.split(',').map(str::to_owned).collect()),
        fund: query.fund,
        source: query.source,
        subject: query.subject,
        after: page.after()?,
        ..Wanted::default()
    };
    let account = query.account.as_deref();
    app.read(&permit, "list_journals", async |conn| {
        super::list(conn, permit.unit, account, wanted, limit).await
    })
    .await
    .map(Json)
}

/// Shows a journal with its lines and its voucher.
#[utoipa::path(get, path = "/v1/units/{unit}/journals/{journal_no}", tag = "journals", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), ("journal_no" = i64, Path, description = "its number")),
    responses((status = 200, body = Journal), (status = "default", body = ProblemBody)))]
async fn show_journal(
    State(app): State<App>,
    permit: BookReader,
    Path(at): Path<(i32, i64)>,
) -> Result<Json<Journal>, Problem> {
    app.read(&permit, "show_journal", async |conn| super::show(conn, permit.unit, at.1).await).await.map(Json)
}

/// Asks for a journal of the accountant's own; an approver decides.
#[utoipa::path(post, path = "/v1/units/{unit}/journals", tag = "journals", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), Look,
        ("Idempotency-Key" = Option<String>, Header, description = "required unless dry_run")),
    request_body = ManualJournal,
    responses((status = 202, body = Approval), (status = 200, body = Preview<Journal>, description = "dry run"),
        (status = "default", body = ProblemBody)))]
async fn post_journal(
    State(app): State<App>,
    permit: Accountant,
    Query(look): Query<Look>,
    key: Option<IdempotencyKey>,
    extract::Json(body): extract::Json<ManualJournal>,
) -> Result<Response, Problem> {
    let work = permit.work(&app.clock);
    if look.dry_run {
        let rehearse = async |conn: &mut Conn| manual::preview_manual(conn, &work, &body).await;
        return preview(&app, &permit, "post_journal", rehearse).await;
    }
    let claim = claim(key, "post_journal", &permit, &body)?;
    app.once(&permit, claim, "post_journal", async |conn| {
        Ok(waiting(permit.unit, manual::ask_manual(conn, &work, &body).await?))
    })
    .await
}

/// Asks for a journal to be reversed; an approver decides.
#[utoipa::path(post, path = "/v1/units/{unit}/journals/{journal_no}/reversal", tag = "journals", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), ("journal_no" = i64, Path, description = "its number"), Look,
        ("Idempotency-Key" = Option<String>, Header, description = "required unless dry_run")),
    request_body = Reversal,
    responses((status = 202, body = Approval), (status = 200, body = Preview<Journal>, description = "dry run"),
        (status = "default", body = ProblemBody)))]
async fn reverse_journal(
    State(app): State<App>,
    permit: Accountant,
    Path(at): Path<(i32, i64)>,
    Query(look): Query<Look>,
    key: Option<IdempotencyKey>,
    extract::Json(body): extract::Json<Reversal>,
) -> Result<Response, Problem> {
    let work = permit.work(&app.clock);
    if look.dry_run {
        let rehearse = async |conn: &mut Conn| commands::preview_reversal(conn, &work, at.1, &body).await;
        return preview(&app, &permit, "reverse_journal", rehearse).await;
    }
    let claim = claim(key, "reverse_journal", &permit, (at.1, &body))?;
    app.once(&permit, claim, "reverse_journal", async |conn| {
        Ok(waiting(permit.unit, commands::ask_reversal(conn, &work, at.1, &body).await?))
    })
    .await
}

/// Which vouchers to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct VoucherQuery {
    /// Quyển số.
    #[param(required = false, nullable = false)]
    book: Option<String>,
    /// Year of issue.
    #[param(required = false, nullable = false)]
    year: Option<i32>,
    /// Which form.
    #[param(required = false, nullable = false)]
    kind: Option<VoucherKind>,
    /// Số.
    #[param(required = false, nullable = false)]
    number: Option<i32>,
    /// How many rows, 1 to 200; 50 when not given.
    #[param(required = false, nullable = false, minimum = 1, maximum = 200)]
    limit: Option<i64>,
    /// The `next` of the page before.
    #[param(required = false, nullable = false)]
    after: Option<String>,
}

/// Lists vouchers.
#[utoipa::path(get, path = "/v1/units/{unit}/vouchers", tag = "journals", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), VoucherQuery),
    responses((status = 200, body = Page<Voucher>), (status = "default", body = ProblemBody)))]
async fn list_vouchers(
    State(app): State<App>,
    permit: BookReader,
    Query(query): Query<VoucherQuery>,
) -> Result<Json<Page<Voucher>>, Problem> {
    let page = PageQuery { limit: query.limit, after: query.after };
    let limit = page.limit()?;
    let (book, year, kind, number) = (query.book, query.year, query.kind, query.number);
    let wanted = Papers { book, year, kind, number, journal_no: None, after: page.after()? };
    app.read(&permit, "list_vouchers", async |conn| super::vouchers(conn, permit.unit, &wanted, limit).await)
        .await
        .map(Json)
}

/// Shows a voucher with all that its form asks for.
#[utoipa::path(get, path = "/v1/units/{unit}/vouchers/{book}/{year}/{kind}/{number}", tag = "journals",
    security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), ("book" = String, Path, description = "quyển số"),
        ("year" = i32, Path, description = "year of issue"), ("kind" = VoucherKind, Path, description = "which form"),
        ("number" = i32, Path, description = "số")),
    responses((status = 200, body = Paper), (status = "default", body = ProblemBody)))]
async fn show_voucher(
    State(app): State<App>,
    permit: BookReader,
    Path(at): Path<(i32, String, i32, VoucherKind, i32)>,
) -> Result<Json<Paper>, Problem> {
    let wanted = Papers {
        book: Some(at.1),
        year: Some(at.2),
        kind: Some(at.3),
        number: Some(at.4),
        ..Papers::default()
    };
    app.read(&permit, "show_voucher", async |conn| super::voucher(conn, permit.unit, &wanted).await)
        .await
        .map(Json)
}
