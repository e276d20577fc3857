//! Journals, vouchers and movements of capital over HTTP.

use axum::response::Response;
use chrono::NaiveDate;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::{
    CapitalMovement, Head, Journal, ManualJournal, Paper, Papers, Preview, Reversal, Transfer, Voucher,
    Wanted,
};
use super::{commands, manual};
use crate::access::Work;
use crate::approvals::Approval;
use crate::approvals::http::waiting;
use crate::books::http::SourcePath;
use crate::domain::books::posting::VoucherKind;
use crate::http::auth::{Accountant, BookReader};
use crate::http::extract::{IdempotencyKey, Json, Path, Query};
use crate::http::page::{Page, PageQuery};
use crate::http::request::{KeyOrDryRun, Keyed, Read, Rehearsable};
use crate::http::{App, Created};
use crate::problem::Problem;

/// Addresses of the feature.
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

crate::paths! {
    JournalPath { journal_no: i64 = "its number" }
    VoucherPath { book: String = "quyển số", year: i32 = "year of issue", kind: VoucherKind = "which form", number: i32 = "số" }
}

/// What was rehearsed.
const fn unstored(journal: Journal) -> Preview<Journal> {
    Preview { stored: false, journal }
}

fn written(work: &Work<'_>, journal: Journal) -> Created<Journal> {
    Created::at(format!("/v1/units/{}/journals/{}", work.unit, journal.head.journal_no), journal)
}

/// Records capital received into a source, with its receipt.
#[utoipa::path(post, path = "/v1/units/{unit}/sources/{source}/receipts", params(SourcePath, KeyOrDryRun),
    request_body = CapitalMovement,
    responses((status = 201, body = Journal), (status = 200, body = Preview<Journal>, description = "dry run")))]
async fn receive_capital(
    command: Rehearsable<Accountant>,
    Path(SourcePath { source }): Path<SourcePath>,
    Json(body): Json<CapitalMovement>,
) -> Result<Response, Problem> {
    if command.is_dry_run() {
        return command
            .rehearse(async |conn, work| {
                Ok(unstored(commands::preview_receipt(conn, work, source, &body).await?))
            })
            .await;
    }
    command
        .once(&body, async |conn, work| {
            Ok(written(work, commands::receive(conn, work, source, &body).await?))
        })
        .await
}

/// Asks for capital of a source to be given back; an approver decides.
#[utoipa::path(post, path = "/v1/units/{unit}/sources/{source}/returns", params(SourcePath, KeyOrDryRun),
    request_body = CapitalMovement,
    responses((status = 202, body = Approval), (status = 200, body = Preview<Journal>, description = "dry run")))]
async fn return_capital(
    command: Rehearsable<Accountant>,
    Path(SourcePath { source }): Path<SourcePath>,
    Json(body): Json<CapitalMovement>,
) -> Result<Response, Problem> {
    if command.is_dry_run() {
        return command
            .rehearse(async |conn, work| {
                Ok(unstored(commands::preview_return(conn, work, source, &body).await?))
            })
            .await;
    }
    command
        .once(&body, async |conn, work| {
            Ok(waiting(work, commands::ask_return(conn, work, source, &body).await?))
        })
        .await
}

/// Records money carried between the cash box and the bank.
#[utoipa::path(post, path = "/v1/units/{unit}/transfers", params(IdempotencyKey), request_body = Transfer,
    responses((status = 201, body = Journal)))]
async fn transfer_money(command: Keyed<Accountant>, Json(body): Json<Transfer>) -> Result<Response, Problem> {
    command
        .once(&body, async |conn, work| Ok(written(work, commands::transfer(conn, work, &body).await?)))
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
#[utoipa::path(get, path = "/v1/units/{unit}/journals", params(JournalQuery),
    responses((status = 200, body = Page<Head>)))]
async fn list_journals(
    read: Read<BookReader>,
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
    read.run(async |conn, work| super::list(conn, work.unit, account, wanted, limit).await).await.map(Json)
}

/// Shows a journal with its lines and its voucher.
#[utoipa::path(get, path = "/v1/units/{unit}/journals/{journal_no}", params(JournalPath),
    responses((status = 200, body = Journal)))]
async fn show_journal(
    read: Read<BookReader>,
    Path(JournalPath { journal_no }): Path<JournalPath>,
) -> Result<Json<Journal>, Problem> {
    read.run(async |conn, work| super::show(conn, work.unit, journal_no).await).await.map(Json)
}

/// Asks for a journal of the accountant's own; an approver decides.
#[utoipa::path(post, path = "/v1/units/{unit}/journals", params(KeyOrDryRun), request_body = ManualJournal,
    responses((status = 202, body = Approval), (status = 200, body = Preview<Journal>, description = "dry run")))]
async fn post_journal(
    command: Rehearsable<Accountant>,
    Json(body): Json<ManualJournal>,
) -> Result<Response, Problem> {
    if command.is_dry_run() {
        return command
            .rehearse(async |conn, work| Ok(unstored(manual::preview_manual(conn, work, &body).await?)))
            .await;
    }
    command
        .once(&body, async |conn, work| Ok(waiting(work, manual::ask_manual(conn, work, &body).await?)))
        .await
}

/// Asks for a journal to be reversed; an approver decides.
#[utoipa::path(post, path = "/v1/units/{unit}/journals/{journal_no}/reversal", params(JournalPath, KeyOrDryRun),
    request_body = Reversal,
    responses((status = 202, body = Approval), (status = 200, body = Preview<Journal>, description = "dry run")))]
async fn reverse_journal(
    command: Rehearsable<Accountant>,
    Path(JournalPath { journal_no }): Path<JournalPath>,
    Json(body): Json<Reversal>,
) -> Result<Response, Problem> {
    if command.is_dry_run() {
        return command
            .rehearse(async |conn, work| {
                Ok(unstored(commands::preview_reversal(conn, work, journal_no, &body).await?))
            })
            .await;
    }
    command
        .once(&body, async |conn, work| {
            Ok(waiting(work, commands::ask_reversal(conn, work, journal_no, &body).await?))
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
#[utoipa::path(get, path = "/v1/units/{unit}/vouchers", params(VoucherQuery),
    responses((status = 200, body = Page<Voucher>)))]
async fn list_vouchers(
    read: Read<BookReader>,
    Query(query): Query<VoucherQuery>,
) -> Result<Json<Page<Voucher>>, Problem> {
    let page = PageQuery { limit: query.limit, after: query.after };
    let limit = page.limit()?;
    let (book, year, kind, number) = (query.book, query.year, query.kind, query.number);
    let wanted = Papers { book, year, kind, number, journal_no: None, after: page.after()? };
    read.run(async |conn, work| super::vouchers(conn, work.unit, &wanted, limit).await).await.map(Json)
}

/// Shows a voucher with all that its form asks for.
#[utoipa::path(get, path = "/v1/units/{unit}/vouchers/{book}/{year}/{kind}/{number}", params(VoucherPath),
    responses((status = 200, body = Paper)))]
async fn show_voucher(
    read: Read<BookReader>,
    Path(VoucherPath { book, year, kind, number }): Path<VoucherPath>,
) -> Result<Json<Paper>, Problem> {
    let wanted = Papers {
        book: Some(book),
        year: Some(year),
        kind: Some(kind),
        number: Some(number),
        ..Papers::default()
    };
    read.run(async |conn, work| super::voucher(conn, work.unit, &wanted).await).await.map(Json)
}
