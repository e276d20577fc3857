//! Tills and counts over HTTP, as JSON and as files.

use axum::response::{IntoResponse as _, Response};
use chrono::NaiveDate;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::book::Earlier;
use super::{
    CashCount, CashCountPaper, CloseTill, CountWithdrawal, DayReport, Denomination, NewCashCount, OpenTill,
    Settlement, TillBook, TillChange, TillDetail, TillList, book, counts, papers,
};
use crate::access::Work;
use crate::approvals::Approval;
use crate::approvals::http::waiting;
use crate::db::Conn;
use crate::domain::books::till::Till;
use crate::http::auth::{Accountant, BookReader, LoggedIn, MoneyKeeper};
use crate::http::document::OptionalKey;
use crate::http::etag::{IfMatch, Tagged};
use crate::http::extract::{IdempotencyKey, Json, Path, Query};
use crate::http::files::{Format, Patience, with_files};
use crate::http::page::{Page, PageQuery};
use crate::http::request::{Command, Keyed, Keyless, Read};
use crate::http::{App, Created};
use crate::journals::Reversal;
use crate::problem::Problem;
use crate::reports::{PageOf, Range, whole};

/// Addresses of the feature.
pub fn routes() -> OpenApiRouter<App> {
    let routes = OpenApiRouter::new()
        .routes(routes!(list_denominations))
        .routes(routes!(list_tills, open_till))
        .routes(routes!(show_till, change_till))
        .routes(routes!(close_till))
        .routes(routes!(reopen_till))
        .routes(routes!(list_cash_counts))
        .routes(routes!(record_cash_count))
        .routes(routes!(withdraw_cash_count))
        .routes(routes!(settle_cash_count))
        .routes(routes!(reverse_cash_settlement));
    let routes = with_files(routes, routes!(show_till_book), "The book of a cash box or bank account");
    let routes =
        with_files(routes, routes!(show_till_day), "The report of a day of a cash box or bank account");
    let routes = routes.routes(routes!(show_cash_count));
    with_files(routes, routes!(show_cash_sheet), "The sheet of a count of a cash box")
}

crate::paths! {
    TillPath { till: Till = "the cash box or bank account: cash, bank, cash-2" }
    CashCountPath { count: Uuid = "the count" }
}

/// Lists the notes of the đồng with the days on which they count.
#[utoipa::path(get, path = "/v1/denominations", params(LoggedIn),
    responses((status = 200, body = Vec<Denomination>)))]
async fn list_denominations(read: Read<LoggedIn>) -> Result<Json<Vec<Denomination>>, Problem> {
    read.run(async |conn, _| super::denominations(conn).await).await.map(Json)
}

/// On which day.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DayQuery {
    /// The day; today when not given.
    #[param(required = false, nullable = false)]
    on: Option<NaiveDate>,
}

/// Lists the cash boxes and bank accounts of a unit with what they hold at the end of a day.
#[utoipa::path(get, path = "/v1/units/{unit}/tills", params(BookReader, DayQuery),
    responses((status = 200, body = TillList)))]
async fn list_tills(
    read: Read<BookReader>,
    Query(query): Query<DayQuery>,
) -> Result<Json<TillList>, Problem> {
    let on = query.on.unwrap_or_else(|| read.today());
    read.run(async |conn, work| super::list(conn, work.unit, on).await).await.map(Json)
}

/// Opens a cash box or a bank account.
#[utoipa::path(post, path = "/v1/units/{unit}/tills", params(Accountant, OptionalKey), request_body = OpenTill,
    responses((status = 201, body = TillDetail)))]
async fn open_till(command: Command<Accountant>, Json(body): Json<OpenTill>) -> Result<Response, Problem> {
    command
        .once(&body, async |conn, work| {
            let till = super::open(conn, work, &body).await?;
            Ok(Created::at(format!("/v1/units/{}/tills/{}", work.unit, till.till_id), till))
        })
        .await
}

/// Shows a cash box or bank account.
#[utoipa::path(get, path = "/v1/units/{unit}/tills/{till}", params(BookReader, TillPath),
    responses((status = 200, body = TillDetail)))]
async fn show_till(
    read: Read<BookReader>,
    Path(TillPath { till }): Path<TillPath>,
) -> Result<Tagged<TillDetail>, Problem> {
    let today = read.today();
    read.run(async |conn, work| super::show(conn, work.unit, till, today).await).await.map(Tagged)
}

/// Corrects what is said of a cash box or bank account, or makes it the first choice; needs the `ETag` it was read with.
#[utoipa::path(patch, path = "/v1/units/{unit}/tills/{till}", params(Accountant, TillPath, IfMatch),
    request_body = TillChange, responses((status = 200, body = TillDetail)))]
async fn change_till(
    command: Keyless<Accountant>,
    Path(TillPath { till }): Path<TillPath>,
    read: IfMatch,
    Json(change): Json<TillChange>,
) -> Result<Tagged<TillDetail>, Problem> {
    let change =
        async |conn: &mut Conn, work: &Work<'_>| super::change(conn, work, till, change, &read).await;
    command.run(change).await.map(Tagged)
}

/// Closes a cash box or bank account that holds nothing.
#[utoipa::path(post, path = "/v1/units/{unit}/tills/{till}/closing", params(Accountant, TillPath, OptionalKey),
    request_body = CloseTill, responses((status = 200, body = TillDetail)))]
async fn close_till(
    command: Command<Accountant>,
    Path(TillPath { till }): Path<TillPath>,
    Json(body): Json<CloseTill>,
) -> Result<Response, Problem> {
    command
        .once(&(till, &body), async |conn, work| {
            Ok(Created::done(super::close(conn, work, till, Some(body.last_day)).await?))
        })
        .await
}

/// Opens a closed cash box or bank account again.
#[utoipa::path(post, path = "/v1/units/{unit}/tills/{till}/reopening", params(Accountant, TillPath, OptionalKey),
    responses((status = 200, body = TillDetail)))]
async fn reopen_till(
    command: Command<Accountant>,
    Path(TillPath { till }): Path<TillPath>,
) -> Result<Response, Problem> {
    command
        .once(&till, async |conn, work| Ok(Created::done(super::close(conn, work, till, None).await?)))
        .await
}

/// Which days of a book.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct BookQuery {
    /// First day; the first of the year when not given.
    #[param(required = false, nullable = false)]
    from: Option<NaiveDate>,
    /// First day after the period; tomorrow when not given.
    #[param(required = false, nullable = false)]
    to: Option<NaiveDate>,
}

/// Shows the book of a cash box (S11-H) or of a bank account (S12-H): JSON by page, CSV, a workbook or PDF by `Accept`.
#[utoipa::path(get, path = "/v1/units/{unit}/tills/{till}/book", params(BookReader, TillPath, BookQuery, PageQuery),
    responses((status = 200, body = TillBook)))]
async fn show_till_book(
    read: Read<BookReader>,
    Path(TillPath { till }): Path<TillPath>,
    Query(query): Query<BookQuery>,
    Query(page): Query<PageQuery>,
    format: Format,
) -> Result<Response, Problem> {
    let today = read.today();
    let range = Range::asked(query.from, query.to, today);
    if format != Format::Json {
        page.none_of_a_file()?;
    }
    let page = match format {
        Format::Json => PageOf { after: page.after()?, limit: page.limit()? },
        file => PageOf { after: None, limit: file.most_lines(Patience::OfRequest) },
    };
    let turn = read.turn(format != Format::Json).await?;
    let read_book = async |conn: &mut Conn, work: &Work<'_>| {
        let book = book::book(&mut *conn, work.unit, till, range, page).await?;
        let on_paper = format != Format::Json;
        let account = &book.till.account;
        let earlier =
            if on_paper { book::earlier(conn, work.unit, account, range).await? } else { Earlier::default() };
        Ok((book, earlier))
    };
    let (report, earlier) = turn.run(read_book).await?;
    if format != Format::Json {
        whole(&report.statement, page.limit)?;
    }
    let name = format!("book-{till}-{}-{}", range.from, range.last());
    let next = report.statement.page.following();
    let answer = format.answer(report, move |report| papers::book(report, earlier, today), &name).await?;
    Ok((next, answer).into_response())
}

/// Shows what came and went through a cash box or bank account on a day, by paper, with its count: JSON, CSV, a workbook or PDF
/// by `Accept`.
#[utoipa::path(get, path = "/v1/units/{unit}/tills/{till}/day-report", params(BookReader, TillPath, DayQuery),
    responses((status = 200, body = DayReport)))]
async fn show_till_day(
    read: Read<BookReader>,
    Path(TillPath { till }): Path<TillPath>,
    Query(query): Query<DayQuery>,
    format: Format,
) -> Result<Response, Problem> {
    let today = read.today();
    let on = query.on.unwrap_or(today);
    let turn = read.turn(true).await?;
    let report = turn.run(async |conn, work| book::day(conn, work.unit, till, on).await).await?;
    let name = format!("day-{till}-{on}");
    format.answer(report, move |report| papers::day(report, today), &name).await
}

/// Lists counts of cash boxes in the order they were recorded.
#[utoipa::path(get, path = "/v1/units/{unit}/cash-counts", params(BookReader, PageQuery),
    responses((status = 200, body = Page<CashCount>)))]
async fn list_cash_counts(
    read: Read<BookReader>,
    Query(page): Query<PageQuery>,
) -> Result<Page<CashCount>, Problem> {
    let (after, limit) = (page.after()?, page.limit()?);
    read.run(async |conn, work| counts::list(conn, work.unit, after, limit).await).await
}

/// Records a count of a cash box note by note, beside what the books hold at the end of that day.
#[utoipa::path(post, path = "/v1/units/{unit}/tills/{till}/counts", params(MoneyKeeper, TillPath, OptionalKey),
    request_body = NewCashCount, responses((status = 201, body = CashCount)))]
async fn record_cash_count(
    command: Command<MoneyKeeper>,
    Path(TillPath { till }): Path<TillPath>,
    Json(body): Json<NewCashCount>,
) -> Result<Response, Problem> {
    command
        .once(&(till, &body), async |conn, work| {
            let count = counts::record(conn, work, till, &body).await?;
            Ok(Created::at(format!("/v1/units/{}/cash-counts/{}", work.unit, count.cash_count_id), count))
        })
        .await
}

/// Shows a count of a cash box.
#[utoipa::path(get, path = "/v1/units/{unit}/cash-counts/{count}", params(BookReader, CashCountPath),
    responses((status = 200, body = CashCount)))]
async fn show_cash_count(
    read: Read<BookReader>,
    Path(CashCountPath { count }): Path<CashCountPath>,
) -> Result<Json<CashCount>, Problem> {
    read.run(async |conn, work| counts::one(conn, work.unit, count).await).await.map(Json)
}

/// Shows the sheet of a count (bảng kiểm kê quỹ, S14-H): JSON, CSV, a workbook or PDF by `Accept`.
#[utoipa::path(get, path = "/v1/units/{unit}/cash-counts/{count}/sheet", params(BookReader, CashCountPath),
    responses((status = 200, body = CashCountPaper)))]
async fn show_cash_sheet(
    read: Read<BookReader>,
    Path(CashCountPath { count }): Path<CashCountPath>,
    format: Format,
) -> Result<Response, Problem> {
    let today = read.today();
    let turn = read.turn(format != Format::Json).await?;
    let paper = turn.run(async |conn, work| counts::paper(conn, work.unit, count).await).await?;
    let name = format!("cash-count-{}-{}", paper.count.till_id, paper.count.counted_on);
    format.answer(paper, move |paper| papers::cash_count(paper, today), &name).await
}

/// Takes a count back that was wrong. One whose difference is booked is settled back first.
#[utoipa::path(post, path = "/v1/units/{unit}/cash-counts/{count}/withdrawal", params(MoneyKeeper, CashCountPath, OptionalKey),
    request_body = CountWithdrawal, responses((status = 200, body = CashCount)))]
async fn withdraw_cash_count(
    command: Command<MoneyKeeper>,
    Path(CashCountPath { count }): Path<CashCountPath>,
    Json(body): Json<CountWithdrawal>,
) -> Result<Response, Problem> {
    command
        .once(&(count, &body), async |conn, work| {
            Ok(Created::done(counts::withdraw(conn, work, count, &body).await?))
        })
        .await
}

/// Asks for the difference of a count to be booked as a shortage or surplus that awaits its handling; an approver decides.
#[utoipa::path(post, path = "/v1/units/{unit}/cash-counts/{count}/settlement", params(Accountant, CashCountPath, IdempotencyKey),
    request_body = Settlement, responses((status = 202, body = Approval)))]
async fn settle_cash_count(
    command: Keyed<Accountant>,
    Path(CashCountPath { count }): Path<CashCountPath>,
    Json(body): Json<Settlement>,
) -> Result<Response, Problem> {
    command
        .once(&(count, &body), async |conn, work| {
            Ok(waiting(work, counts::ask_settlement(conn, work, count, &body).await?))
        })
        .await
}

/// Asks for the settlement of a count to be taken back; an approver decides.
#[utoipa::path(post, path = "/v1/units/{unit}/cash-counts/{count}/settlement-reversal",
    params(Accountant, CashCountPath, IdempotencyKey), request_body = Reversal, responses((status = 202, body = Approval)))]
async fn reverse_cash_settlement(
    command: Keyed<Accountant>,
    Path(CashCountPath { count }): Path<CashCountPath>,
    Json(body): Json<Reversal>,
) -> Result<Response, Problem> {
    command
        .once(&(count, &body), async |conn, work| {
            Ok(waiting(work, counts::ask_reversal(conn, work, count, &body).await?))
        })
        .await
}
