//! Journals, vouchers and movements of capital over HTTP.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use chrono::NaiveDate;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::{
    CapitalMovement, Head, Journal, ManualJournal, NewPrint, Paper, Papers, Preview, Reversal,
    SavingsHandover, Transfer, Voucher, VoucherPrints, Wanted,
};
use super::{commands, forms, manual};
use crate::access::Work;
use crate::approvals::Approval;
use crate::approvals::http::waiting;
use crate::books::http::SourcePath;
use crate::domain::books::account::AccountCode;
use crate::domain::books::journal_kind::JournalKind;
use crate::domain::books::posting::VoucherKind;
use crate::http::auth::{Accountant, BookReader, MoneyKeeper, PaperIssuer};
use crate::http::extract::{IdempotencyKey, Json, Path, Query, with_commas};
use crate::http::files::{Accepted, Format};
use crate::http::page::{Page, PageQuery};
use crate::http::request::{Keyed, Read, Rehearsal};
use crate::http::{App, Created, as_replayed};
use crate::problem::Problem;

/// Addresses of the feature.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(receive_capital))
        .routes(routes!(preview_capital_receipt))
        .routes(routes!(return_capital))
        .routes(routes!(preview_capital_return))
        .routes(routes!(transfer_money))
        .routes(routes!(hand_over_savings))
        .routes(routes!(list_journals, post_journal))
        .routes(routes!(preview_journal))
        .routes(routes!(show_journal))
        .routes(routes!(reverse_journal))
        .routes(routes!(preview_reversal))
        .routes(routes!(list_vouchers))
        .routes(routes!(show_voucher))
        .routes(routes!(list_voucher_prints, print_voucher))
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
#[utoipa::path(post, path = "/v1/units/{unit}/sources/{source}/receipts", params(Accountant, SourcePath, IdempotencyKey),
    request_body = CapitalMovement, responses((status = 201, body = Journal)))]
async fn receive_capital(
    command: Keyed<Accountant>,
    Path(SourcePath { source }): Path<SourcePath>,
    Json(body): Json<CapitalMovement>,
) -> Result<Response, Problem> {
    command
        .once(&body, async |conn, work| {
            Ok(written(work, commands::receive(conn, work, source, &body).await?))
        })
        .await
}

/// Shows what a receipt of capital would write; nothing is stored.
#[utoipa::path(post, path = "/v1/units/{unit}/sources/{source}/receipts:preview", params(Accountant, SourcePath),
    request_body = CapitalMovement, responses((status = 200, body = Preview<Journal>)))]
async fn preview_capital_receipt(
    rehearsal: Rehearsal<Accountant>,
    Path(SourcePath { source }): Path<SourcePath>,
    Json(body): Json<CapitalMovement>,
) -> Result<Json<Preview<Journal>>, Problem> {
    rehearsal
        .run(async |conn, work| commands::preview_receipt(conn, work, source, &body).await.map(unstored))
        .await
}

/// Asks for capital of a source to be given back; an approver decides.
#[utoipa::path(post, path = "/v1/units/{unit}/sources/{source}/returns", params(Accountant, SourcePath, IdempotencyKey),
    request_body = CapitalMovement, responses((status = 202, body = Approval)))]
async fn return_capital(
    command: Keyed<Accountant>,
    Path(SourcePath { source }): Path<SourcePath>,
    Json(body): Json<CapitalMovement>,
) -> Result<Response, Problem> {
    command
        .once(&body, async |conn, work| {
            Ok(waiting(work, commands::ask_return(conn, work, source, &body).await?))
        })
        .await
}

/// Shows what a return of capital would write; nothing is stored.
#[utoipa::path(post, path = "/v1/units/{unit}/sources/{source}/returns:preview", params(Accountant, SourcePath),
    request_body = CapitalMovement, responses((status = 200, body = Preview<Journal>)))]
async fn preview_capital_return(
    rehearsal: Rehearsal<Accountant>,
    Path(SourcePath { source }): Path<SourcePath>,
    Json(body): Json<CapitalMovement>,
) -> Result<Json<Preview<Journal>>, Problem> {
    rehearsal
        .run(async |conn, work| commands::preview_return(conn, work, source, &body).await.map(unstored))
        .await
}

/// Records money carried between two cash boxes or bank accounts.
#[utoipa::path(post, path = "/v1/units/{unit}/transfers", params(Accountant, IdempotencyKey), request_body = Transfer,
    responses((status = 201, body = Journal)))]
async fn transfer_money(command: Keyed<Accountant>, Json(body): Json<Transfer>) -> Result<Response, Problem> {
    command
        .once(&body, async |conn, work| Ok(written(work, commands::transfer(conn, work, &body).await?)))
        .await
}

/// Records savings of members handed over to the bank that they belong to, with the paper of the payment.
#[utoipa::path(post, path = "/v1/units/{unit}/savings-handovers", params(MoneyKeeper, IdempotencyKey),
    request_body = SavingsHandover, responses((status = 201, body = Journal)))]
async fn hand_over_savings(
    command: Keyed<MoneyKeeper>,
    Json(body): Json<SavingsHandover>,
) -> Result<Response, Problem> {
    command
        .once(&body, async |conn, work| {
            Ok(written(work, commands::hand_over_savings(conn, work, &body).await?))
        })
        .await
}

/// Which journals to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct JournalQuery {
    /// First day.
    #[param(required = false, nullable = false)]
    from: Option<NaiveDate>,
    /// First day after the range.
    #[param(required = false, nullable = false)]
    to: Option<NaiveDate>,
    /// Of this kind, such as `capital_received`; several with commas between them.
    #[serde(default, deserialize_with = "with_commas")]
    #[param(required = false, nullable = false, value_type = Vec<JournalKind>, style = Form, explode = false)]
    kind: Option<Vec<JournalKind>>,
    /// With a line of a source of this fund.
    #[param(required = false, nullable = false)]
    fund: Option<i32>,
    /// With a line on this account or below this heading.
    #[param(required = false, nullable = false)]
    account: Option<AccountCode>,
    /// With a line of this source.
    #[param(required = false, nullable = false)]
    source: Option<i32>,
    /// With a line about this agreement, donation or household.
    #[param(required = false, nullable = false)]
    subject: Option<Uuid>,
}

/// Lists journals in the order of their numbers.
#[utoipa::path(get, path = "/v1/units/{unit}/journals", params(BookReader, JournalQuery, PageQuery),
    responses((status = 200, body = Page<Head>)))]
async fn list_journals(
    read: Read<BookReader>,
    Query(query): Query<JournalQuery>,
    Query(page): Query<PageQuery>,
) -> Result<Page<Head>, Problem> {
    let limit = page.limit()?;
    let wanted = Wanted {
        from: query.from,
        to: query.to,
        kinds: query.kind,
        fund: query.fund,
        source: query.source,
        subject: query.subject,
        after: page.after()?,
        ..Wanted::default()
    };
    let account = query.account.as_ref().map(AccountCode::as_str);
    read.run(async |conn, work| super::list(conn, work.unit, account, wanted, limit).await).await
}

/// Shows a journal with its lines and its voucher.
#[utoipa::path(get, path = "/v1/units/{unit}/journals/{journal_no}", params(BookReader, JournalPath),
    responses((status = 200, body = Journal)))]
async fn show_journal(
    read: Read<BookReader>,
    Path(JournalPath { journal_no }): Path<JournalPath>,
) -> Result<Json<Journal>, Problem> {
    read.run(async |conn, work| super::show(conn, work.unit, journal_no).await).await.map(Json)
}

/// Asks for a journal of the accountant's own; an approver decides.
#[utoipa::path(post, path = "/v1/units/{unit}/journals", params(Accountant, IdempotencyKey),
    request_body = ManualJournal, responses((status = 202, body = Approval)))]
async fn post_journal(
    command: Keyed<Accountant>,
    Json(body): Json<ManualJournal>,
) -> Result<Response, Problem> {
    command
        .once(&body, async |conn, work| Ok(waiting(work, manual::ask_manual(conn, work, &body).await?)))
        .await
}

/// Shows what a journal of the accountant's own would write; nothing is stored.
#[utoipa::path(post, path = "/v1/units/{unit}/journals:preview", params(Accountant),
    request_body = ManualJournal, responses((status = 200, body = Preview<Journal>)))]
async fn preview_journal(
    rehearsal: Rehearsal<Accountant>,
    Json(body): Json<ManualJournal>,
) -> Result<Json<Preview<Journal>>, Problem> {
    rehearsal.run(async |conn, work| manual::preview_manual(conn, work, &body).await.map(unstored)).await
}

/// Asks for a journal to be reversed; an approver decides.
#[utoipa::path(post, path = "/v1/units/{unit}/journals/{journal_no}/reversal", params(Accountant, JournalPath, IdempotencyKey),
    request_body = Reversal, responses((status = 202, body = Approval)))]
async fn reverse_journal(
    command: Keyed<Accountant>,
    Path(JournalPath { journal_no }): Path<JournalPath>,
    Json(body): Json<Reversal>,
) -> Result<Response, Problem> {
    command
        .once(&body, async |conn, work| {
            Ok(waiting(work, commands::ask_reversal(conn, work, journal_no, &body).await?))
        })
        .await
}

/// Shows what a reversal would write; nothing is stored.
#[utoipa::path(post, path = "/v1/units/{unit}/journals/{journal_no}/reversal:preview", params(Accountant, JournalPath),
    request_body = Reversal, responses((status = 200, body = Preview<Journal>)))]
async fn preview_reversal(
    rehearsal: Rehearsal<Accountant>,
    Path(JournalPath { journal_no }): Path<JournalPath>,
    Json(body): Json<Reversal>,
) -> Result<Json<Preview<Journal>>, Problem> {
    rehearsal
        .run(async |conn, work| commands::preview_reversal(conn, work, journal_no, &body).await.map(unstored))
        .await
}

/// Which vouchers to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
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
}

/// Lists vouchers.
#[utoipa::path(get, path = "/v1/units/{unit}/vouchers", params(BookReader, VoucherQuery, PageQuery),
    responses((status = 200, body = Page<Voucher>)))]
async fn list_vouchers(
    read: Read<BookReader>,
    Query(query): Query<VoucherQuery>,
    Query(page): Query<PageQuery>,
) -> Result<Page<Voucher>, Problem> {
    let limit = page.limit()?;
    let (book, year, kind, number) = (query.book, query.year, query.kind, query.number);
    let wanted = Papers { book, year, kind, number, after: page.after()? };
    read.run(async |conn, work| super::vouchers(conn, work.unit, &wanted, limit).await).await
}

impl VoucherPath {
    fn wanted(self) -> Papers {
        let Self { book, year, kind, number } = self;
        Papers {
            book: Some(book),
            year: Some(year),
            kind: Some(kind),
            number: Some(number),
            ..Papers::default()
        }
    }

    fn at(&self, unit: i32) -> String {
        let Self { book, year, kind, number } = self;
        format!("/v1/units/{unit}/vouchers/{book}/{year}/{}/{number}", kind.name())
    }

    /// The name of a file.
    fn name(&self) -> String {
        format!("{}-{}-{}-{}", self.kind.name(), self.book, self.year, self.number)
    }
}

/// Shows a voucher with all that its form asks for: JSON, or by `Accept` a PDF marked as a copy.
#[utoipa::path(get, path = "/v1/units/{unit}/vouchers/{book}/{year}/{kind}/{number}", params(BookReader, VoucherPath),
    responses((status = 200, content((Paper = "application/json"), (Vec<u8> = "application/pdf")))))]
async fn show_voucher(
    read: Read<BookReader>,
    Path(path): Path<VoucherPath>,
    accepted: Accepted,
) -> Result<Response, Problem> {
    // A paper without a form is refused only to a client that takes nothing but the form.
    let as_json = !path.kind.is_printed() && accepted.takes(Format::Json);
    let format = if as_json { Format::Json } else { accepted.of(&[Format::Json, Format::Pdf]) };
    let (name, wanted, today) = (path.name(), path.wanted(), read.today());
    if format != Format::Pdf {
        let paper = read.run(async |conn, work| super::voucher(conn, work.unit, &wanted).await).await?;
        return Ok(Json(paper).into_response());
    }
    let of = read.run(async |conn, work| super::printable(conn, work.unit, &wanted).await).await?;
    format.file(move || forms::copy(&of, today), &name).await
}

/// Prints a cash voucher: the first time the paper itself, after that a copy that says so. Each print is recorded.
#[utoipa::path(post, path = "/v1/units/{unit}/vouchers/{book}/{year}/{kind}/{number}/prints",
    params(PaperIssuer, VoucherPath, IdempotencyKey), request_body = NewPrint,
    responses((status = 201, body = Vec<u8>, content_type = "application/pdf")))]
async fn print_voucher(
    command: Keyed<PaperIssuer>,
    Path(path): Path<VoucherPath>,
    Json(new): Json<NewPrint>,
) -> Result<Response, Problem> {
    let (name, at, today) = (path.name(), path.at(command.unit), command.today());
    let wanted = path.wanted();
    let (print, replayed) =
        command.recorded(&new, async |conn, work| super::print(conn, work, &wanted, new).await).await?;
    let of = command.run(async |conn, work| super::printable(conn, work.unit, &wanted).await).await?;
    let mut response = Format::Pdf.file(move || forms::printed(&of, &print, new, today), &name).await?;
    *response.status_mut() = StatusCode::CREATED;
    let made = HeaderValue::try_from(format!("{at}/prints")).map_err(Problem::internal)?;
    response.headers_mut().insert(header::LOCATION, made);
    Ok(if replayed { as_replayed(response) } else { response })
}

/// Lists the prints of a voucher: who, when, and which was the first.
#[utoipa::path(get, path = "/v1/units/{unit}/vouchers/{book}/{year}/{kind}/{number}/prints", params(BookReader, VoucherPath),
    responses((status = 200, body = VoucherPrints)))]
async fn list_voucher_prints(
    read: Read<BookReader>,
    Path(path): Path<VoucherPath>,
) -> Result<Json<VoucherPrints>, Problem> {
    let wanted = path.wanted();
    read.run(async |conn, work| super::prints(conn, work.unit, &wanted).await).await.map(Json)
}
