//! Periods: months that close, and are opened again only by two people.

pub mod http;
mod year_end;

use chrono::{Datelike as _, NaiveDate};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::access::Work;
use crate::approvals::{self, Approval, Ask, Command, Waiting};
use crate::books;
use crate::db::{Conn, FIRST_DAY};
use crate::domain::values::month::Month;
use crate::domain::values::text::Note;
use crate::http::page::Page;
use crate::ledger::{self, PostError, chart, periods};
use crate::problem::{Kind, Problem};
use crate::tills::{OpenDifference, UncountedBox};
use crate::{loans, support, text, tills};

pub use self::year_end::{CloseYear, SourceResult, YearResult, result as year_result};
pub use crate::books::Book;
pub use crate::ledger::periods::Period;

/// Months to be closed.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseBooks {
    /// Everything before this first of a month is closed.
    pub before: NaiveDate,
    /// Why, if there is something to say.
    pub reason: Option<Note>,
}

/// What closing would freeze, and what stands against it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ClosingPreview {
    /// Everything before this day would take no more journals.
    pub before: NaiveDate,
    /// The months that would be closed.
    pub months: Vec<Period>,
    /// The day up to which the days have to be closed first; none when they are, or when no money is with households.
    pub days_to_close: Option<NaiveDate>,
    /// What waits for a second person and names a day of these months: it could no longer count on that day.
    pub waiting: Vec<Waiting>,
    /// Cash boxes whose last count in one of these months has a difference that nobody decided; at most 200.
    pub cash_differences: Vec<OpenDifference>,
    /// A warning: cash boxes that nobody counted on the last day of one of these months (S14-H is due then); at most 200.
    pub uncounted_boxes: Vec<UncountedBox>,
    /// Whether an approver has to decide, because the month still runs.
    pub needs_approver: bool,
}

/// The book after months were closed, and what they leave open behind them.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ClosedBooks {
    /// The book.
    #[serde(flatten)]
    pub book: Book,
    /// A warning: what waits for a second person and names a day that is closed now; it counts on an open day, or is withdrawn.
    pub waiting: Vec<Waiting>,
    /// A warning: differences of cash boxes that nobody decided; they are booked on an open day. At most 200.
    pub cash_differences: Vec<OpenDifference>,
    /// A warning: cash boxes that nobody counted on the last day of a month that is closed now; at most 200.
    pub uncounted_boxes: Vec<UncountedBox>,
}

/// Months to be opened again.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReopenBooks {
    /// Everything from this first of a month on is open again.
    pub from: NaiveDate,
    /// Why.
    pub reason: Note,
}

/// Months from the first of the book to this one.
pub async fn list(
    conn: &mut Conn,
    work: &Work<'_>,
    after: Option<NaiveDate>,
    limit: i64,
) -> Result<Page<Period>, Problem> {
    let rows =
        periods::list(conn, work.unit, work.clock.today(), after.unwrap_or(FIRST_DAY), limit + 1).await?;
    Ok(Page::of(rows, limit, |period| period.month))
}

fn a_first(day: NaiveDate, field: &str) -> Result<(), Problem> {
    let first = day.day() == 1;
    if first {
        Ok(())
    } else {
        Err(Problem::field(field, text!("Phải là ngày đầu tháng", "Must be the first of a month")))
    }
}

/// Refuses days that begin no month, and months that have not begun.
fn closable(work: &Work<'_>, before: NaiveDate) -> Result<(), Problem> {
    a_first(before, "/before")?;
    let next_month = Month::of(work.clock.today()).next_first_day();
    if before > next_month {
        return Err(Problem::field(
            "/before",
            text!("Chưa khóa được tháng sau; muộn nhất {next_month}", "Next month cannot be closed yet; at the latest {next_month}"; next_month),
        ));
    }
    Ok(())
}

/// Whether the running month is among those to be closed.
fn still_runs(work: &Work<'_>, before: NaiveDate) -> bool {
    before > work.clock.today()
}

/// The day up to which the days of loans and support have to be closed before the months are.
async fn days_to_close(
    conn: &mut Conn,
    work: &Work<'_>,
    before: NaiveDate,
) -> Result<Option<NaiveDate>, Problem> {
    let last = before.pred_opt().unwrap_or(before).min(work.clock.today());
    let (lent_since, closed_upto) = loans::days_closed(&mut *conn, work.unit).await?;
    let supported_since = support::paid_out_since(conn, work.unit).await?;
    let lent = lent_since.into_iter().chain(supported_since).any(|first| first <= last);
    Ok((lent && closed_upto.is_none_or(|day| day < last)).then_some(last))
}

/// What closing would do.
pub async fn preview(conn: &mut Conn, work: &Work<'_>, before: NaiveDate) -> Result<ClosingPreview, Problem> {
    closable(work, before)?;
    let open_from = books::show(&mut *conn, work.unit).await?.open_from;
    let months = (open_from.pred_opt().unwrap_or(open_from), before.pred_opt().unwrap_or(before));
    let uncertain = tills::uncertain(&mut *conn, work, (open_from, before)).await?;
    Ok(ClosingPreview {
        before,
        cash_differences: uncertain.differences,
        uncounted_boxes: uncertain.uncounted,
        months: periods::list(&mut *conn, work.unit, months.1, months.0, MOST_MONTHS).await?,
        days_to_close: days_to_close(&mut *conn, work, before).await?,
        waiting: approvals::waiting_before(conn, work.unit, before).await?,
        needs_approver: still_runs(work, before),
    })
}

/// More months than any book has open.
const MOST_MONTHS: i64 = 1_200;

/// Closes months that are over, days first.
pub async fn close(conn: &mut Conn, work: &Work<'_>, body: &CloseBooks) -> Result<ClosedBooks, Problem> {
    closable(work, body.before)?;
    if still_runs(work, body.before) {
        return Err(Kind::WrongState.saying(text!(
            "Tháng này chưa hết: chỉ khóa được khi có người duyệt. Gửi đề nghị tại …/periods/early-closings.",
            "This month still runs: it closes only when an approver decides so. Ask at …/periods/early-closings."
        )));
    }
    close_after_its_days(conn, work, body).await
}

/// Refuses to close months of which days are open.
async fn insist_days_closed(conn: &mut Conn, work: &Work<'_>, before: NaiveDate) -> Result<(), Problem> {
    match days_to_close(conn, work, before).await? {
        None => Ok(()),
        Some(day) => Err(Kind::WrongState.saying(text!(
            "Hãy khóa ngày đến hết {day} trước (…/close-of-day): lãi, nhóm nợ và dự phòng đến ngày ấy chưa vào sổ.",
            "Close the days up to {day} first (…/close-of-day): interest, classes and provisions up to it are not in the books yet.";
            day
        ))),
    }
}

async fn close_after_its_days(
    conn: &mut Conn,
    work: &Work<'_>,
    body: &CloseBooks,
) -> Result<ClosedBooks, Problem> {
    insist_days_closed(&mut *conn, work, body.before).await?;
    let kept = chart::book(&mut *conn, work.unit).await?.ok_or(PostError::NoBook)?;
    let uncertain = tills::uncertain(&mut *conn, work, (kept.open_from, body.before)).await?;
    let waiting = approvals::waiting_before(&mut *conn, work.unit, body.before).await?;
    let reason = body.reason.as_ref().map_or("", Note::as_str);
    ledger::close_before(&mut *conn, work.unit, body.before, reason).await?;
    Ok(ClosedBooks {
        book: books::show(conn, work.unit).await?,
        waiting,
        cash_differences: uncertain.differences,
        uncounted_boxes: uncertain.uncounted,
    })
}

/// Closes a year that is over: carries its result to the surplus on its last day, and closes its months.
pub async fn close_year(conn: &mut Conn, work: &Work<'_>, body: &CloseYear) -> Result<YearResult, Problem> {
    // What arrives meanwhile would stay behind on income.
    ledger::wait(&mut *conn, work.unit).await?;
    let last = year_end::closable(&mut *conn, work, body.year).await?;
    let closing = CloseBooks { before: last.succ_opt().unwrap_or(last), reason: body.reason.clone() };
    insist_days_closed(&mut *conn, work, closing.before).await?;
    year_end::carry(&mut *conn, work, last).await?;
    close(&mut *conn, work, &closing).await?;
    year_result(conn, work, body.year).await
}

/// Asks for the running month to be closed before its end.
pub async fn ask_early_closing(
    conn: &mut Conn,
    work: &Work<'_>,
    body: &CloseBooks,
) -> Result<Approval, Problem> {
    closable(work, body.before)?;
    if !still_runs(work, body.before) {
        return Err(Kind::WrongState.saying(text!(
            "Tháng đã hết, không cần người duyệt: khóa tại …/periods/closings.",
            "The month is over and needs no approver: close it at …/periods/closings."
        )));
    }
    let before = body.before;
    let summary = text!("Khóa sổ tháng đang chạy, mọi ngày trước {before}", "Close the running month, all days before {before}"; before);
    let body = serde_json::to_value(body).map_err(Problem::internal)?;
    approvals::ask(conn, work, Ask { command: Command::CloseRunningMonth, subject: None, body, summary })
        .await
}

/// Closes the running month, once approved.
pub async fn execute_early_closing(conn: &mut Conn, work: &Work<'_>, body: Value) -> Result<Value, Problem> {
    let body: CloseBooks = serde_json::from_value(body).map_err(Problem::internal)?;
    let book = close_after_its_days(conn, work, &body).await?;
    serde_json::to_value(book).map_err(Problem::internal)
}

/// Asks for closed months to be opened again.
pub async fn ask_reopening(
    conn: &mut Conn,
    work: &Work<'_>,
    body: &ReopenBooks,
) -> Result<Approval, Problem> {
    a_first(body.from, "/from")?;
    let book = books::show(&mut *conn, work.unit).await?;
    if !(book.opened_on..book.open_from).contains(&body.from) {
        return Err(PostError::PeriodOrder { open_from: book.open_from }.into());
    }
    let (from, reason, now) = (body.from, &body.reason, book.open_from);
    let closings = year_end::standing_since(&mut *conn, work.unit, from).await?;
    let (undone_vi, undone_en) = if closings.is_empty() {
        (String::new(), String::new())
    } else {
        let numbers = closings.join(", ");
        (
            format!("; đảo các bút toán kết chuyển năm số {numbers}"),
            format!("; journals {numbers}, which closed years, are reversed"),
        )
    };
    let summary = text!(
        "Mở lại sổ từ ngày {from} (đang mở từ {now}){undone_vi}: {reason}",
        "Open the books again from {from} (open from {now} today){undone_en}: {reason}";
        from, now
    );
    let body = serde_json::to_value(body).map_err(Problem::internal)?;
    approvals::ask(conn, work, Ask { command: Command::ReopenPeriods, subject: None, body, summary }).await
}

/// Opens months again, once approved.
pub async fn execute_reopening(conn: &mut Conn, work: &Work<'_>, body: Value) -> Result<Value, Problem> {
    let body: ReopenBooks = serde_json::from_value(body).map_err(Problem::internal)?;
    ledger::reopen_from(&mut *conn, work.unit, body.from, body.reason.as_str()).await?;
    year_end::undo(&mut *conn, work, body.from, &body.reason).await?;
    serde_json::to_value(books::show(conn, work.unit).await?).map_err(Problem::internal)
}
