//! Periods: months that close, and are opened again only by two people.

pub mod http;

use chrono::{Datelike as _, Months, NaiveDate};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::access::Work;
use crate::approvals::{self, Approval, Ask, Command};
use crate::books;
use crate::db::{Conn, FIRST_DAY};
use crate::domain::values::text::Note;
use crate::http::page::Page;
use crate::ledger::periods;
use crate::ledger::{self, PostError};
use crate::problem::Problem;
use crate::text;

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

/// Closes months, this one at the latest.
pub async fn close(conn: &mut Conn, work: &Work<'_>, body: &CloseBooks) -> Result<Book, Problem> {
    a_first(body.before, "/before")?;
    let today = work.clock.today();
    let next_month =
        today.with_day(1).and_then(|first| first.checked_add_months(Months::new(1))).unwrap_or(today);
    if body.before > next_month {
        return Err(Problem::field(
            "/before",
            text!("Chưa khóa được tháng sau; muộn nhất {next_month}", "Next month cannot be closed yet; at the latest {next_month}"; next_month),
        ));
    }
    let reason = body.reason.as_ref().map_or("", Note::as_str);
    ledger::close_before(&mut *conn, work.unit, body.before, reason).await?;
    books::show(conn, work.unit).await
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
    let (from, reason) = (body.from, &body.reason);
    let summary =
        text!("Mở lại sổ từ ngày {from}: {reason}", "Open the books again from {from}: {reason}"; from);
    let body = serde_json::to_value(body).map_err(Problem::internal)?;
    approvals::ask(conn, work, Ask { command: Command::ReopenPeriods, subject: None, body, summary }).await
}

/// Opens months again, once approved.
pub async fn execute_reopening(conn: &mut Conn, work: &Work<'_>, body: Value) -> Result<Value, Problem> {
    let body: ReopenBooks = serde_json::from_value(body).map_err(Problem::internal)?;
    ledger::reopen_from(&mut *conn, work.unit, body.from, body.reason.as_str()).await?;
    serde_json::to_value(books::show(conn, work.unit).await?).map_err(Problem::internal)
}
