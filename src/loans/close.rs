//! The close of a day: what time alone changes in loans is brought into the books, up to any day.
//!
//! Every loan's position on the day is what its fold says, so the books get the difference to the position they hold: the
//! same sums come out whether days are closed one by one or a month at once. A month's end on the way is closed by itself,
//! so that each month has its own figures; with the last of them go the agreements of support of which something became overdue.
//! Loans go by in chunks, each a transaction of its own; the row of the close
//! remembers the last loan, so a close that stopped goes on where it was. A loan whose position did not move is not written.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike as _, Months, NaiveDate};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::case::{Held, last_paid, misfit};
use super::entry::paper;
use super::event::StateRow;
use super::store::{self, Row};
use crate::access::Work;
use crate::db::Conn;
use crate::domain::books::journal_kind::JournalKind;
use crate::domain::books::posting::Posting;
use crate::domain::books::recipes::Till;
use crate::domain::credit::loan::LoanEvent;
use crate::domain::credit::loan_books::recipes::{self, Movement, Part};
use crate::domain::credit::loan_books::{BookedAs, Capital, Course, LossBook, Position, Stand, TermClass};
use crate::ledger::{self, chart};
use crate::problem::{Kind, Problem};
use crate::{support, text};

/// Loans of a chunk: memory and the length of a transaction stay the same however many there are.
pub const CHUNK: i64 = 2_000;

/// The most loans on one journal; a journal of many lines is hard to read and to reverse.
const LOANS_ON_A_JOURNAL: usize = 500;

/// The day to close.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseDay {
    /// Up to this day, at most today.
    pub upto: NaiveDate,
}

/// How far a close came.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Progress {
    /// The day being closed, or the last one when done.
    pub day: NaiveDate,
    /// Whether everything up to the day asked is closed.
    pub done: bool,
    /// Loans looked at for `day`.
    pub loans: i64,
    /// Loans whose position moved in this step, and agreements of which capital became overdue.
    pub changed: i64,
    /// Journals posted in this step.
    pub journals: i64,
}

/// What moved, of one loan.
struct Moved {
    part: Part,
    product: String,
    days: Vec<(NaiveDate, Position)>,
    after: StateRow,
}

/// Takes the next chunk of the close of a day and says how far it came. Call it until it is done.
pub async fn close_step(
    conn: &mut Conn,
    work: &Work<'_>,
    upto: NaiveDate,
    size: i64,
) -> Result<Progress, Problem> {
    if upto > work.clock.today() {
        return Err(Problem::field("/upto", text!("Chưa đến ngày này", "In the future")));
    }
    let book =
        chart::book(&mut *conn, work.unit).await?.ok_or_else(|| Problem::from(ledger::PostError::NoBook))?;
    let closing = store::begin_close(&mut *conn, work.unit).await?;
    let Some(day) = next_day(&closing, upto, book.open_from) else {
        let day = closing.closed_upto.unwrap_or(upto);
        return Ok(Progress { day, done: true, loans: 0, changed: 0, journals: 0 });
    };
    let others = passed_by(&mut *conn, work.unit, day).await?;
    let from = (closing.after.unwrap_or_default(), others.as_slice());
    let chunk = store::lock_chunk(&mut *conn, work.unit, from, size).await?;
    let (looked_at, last) =
        (i64::try_from(chunk.len()).unwrap_or(i64::MAX), chunk.last().map(|row| row.loan_id));
    let moved = moved(&mut *conn, work.unit, chunk, (day, book.open_from)).await?;
    let chunk_done = looked_at < size;
    let mut supported =
        if chunk_done { support::closing(&mut *conn, work, day).await? } else { support::Closing::default() };
    let mut postings = postings(work, &moved)?;
    postings.append(&mut supported.postings);
    ledger::post(&mut *conn, work.unit, &postings).await?;
    store::put_states(&mut *conn, work.unit, moved.iter().map(|m| &m.after)).await?;
    let changed = supported.changed();
    supported.write(&mut *conn, work.unit).await?;
    let loans = closing.loans + looked_at;
    if chunk_done {
        store::finish_close(conn, work.unit, day, loans).await?;
    } else {
        store::move_on(conn, work.unit, day, last, loans).await?;
    }
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    Ok(Progress {
        day,
        done: chunk_done && day == upto,
        loans,
        changed: count(moved.len()) + changed,
        journals: count(postings.len()),
    })
}

/// The day to close next: the one that was begun, else the next month's end on the way, else the day asked. None when all
/// is closed. Days of closed months are behind.
fn next_day(closing: &store::Closing, upto: NaiveDate, open_from: NaiveDate) -> Option<NaiveDate> {
    if let Some(day) = closing.closing {
        return Some(day);
    }
    if closing.closed_upto.is_some_and(|closed| closed >= upto) {
        return None;
    }
    let first = closing
        .closed_upto
        .and_then(|day| day.succ_opt())
        .or(closing.first_on)
        .unwrap_or(upto)
        .max(open_from);
    let month_end = first
        .with_day(1)
        .and_then(|first| first.checked_add_months(Months::new(1)))
        .and_then(|next| next.pred_opt())
        .unwrap_or(upto);
    (first <= upto).then(|| month_end.min(upto))
}

/// Loans to which something happened after the day: those that are over by now are closed for it too. An end of a month
/// they have all passed by themselves. And those whose loss the general provision bore.
async fn passed_by(conn: &mut Conn, unit: i32, day: NaiveDate) -> Result<Vec<Uuid>, Problem> {
    let ends_its_month = day.succ_opt().is_some_and(|next| next.day() == 1);
    let mut others = store::drawn(&mut *conn, unit).await?;
    if !ends_its_month {
        others.extend(store::happened_after(conn, unit, day).await?);
    }
    Ok(others)
}

/// Folds the loans of a chunk and keeps those that moved.
async fn moved(
    conn: &mut Conn,
    unit: i32,
    chunk: Vec<Row>,
    (day, open_from): (NaiveDate, NaiveDate),
) -> Result<Vec<Moved>, Problem> {
    let ids: Vec<Uuid> = chunk.iter().map(|row| row.loan_id).collect();
    let mut events = store::fold_events(&mut *conn, unit, &ids).await?;
    let before = store::closed_days(&mut *conn, unit, day).await?.days;
    let after = before.iter().copied().chain([day]).collect();
    let book = store::loss_book(conn).await?;
    let mut moved = Vec::new();
    for row in chunk {
        let Some(events) = events.remove(&row.loan_id) else { continue };
        moved.extend(change(row, &events, (day, open_from), (&before, &after), &book)?);
    }
    Ok(moved)
}

/// What moves of a loan when one more day is closed; none when nothing does. Days of closed months count on the first open one.
fn change(
    row: Row,
    events: &[LoanEvent],
    (day, open_from): (NaiveDate, NaiveDate),
    (before, after): (&BTreeSet<NaiveDate>, &BTreeSet<NaiveDate>),
    book: &LossBook,
) -> Result<Option<Moved>, Problem> {
    let (contract, terms) = (&row.contract, row.contract.terms());
    let rates = |day| book.on(&row.owner_code, day);
    let was = Course { contract, terms: &terms, events, closed: before, rates: &rates };
    let now = Course { closed: after, ..was };
    let stand = Stand { on: row.held.stands_on, position: row.held.position };
    let moves = was.moves_to(&now, stand, day).map_err(misfit)?;
    let Some(moves) = moves.filter(|moves| !moves.days.is_empty()) else { return Ok(None) };
    let held = Held { stands_on: moves.stand.on, position: moves.stand.position, ..row.held };
    let mut days: BTreeMap<NaiveDate, Position> = BTreeMap::new();
    for (day, moved) in moves.days {
        let sum = days.entry(day.max(open_from)).or_default();
        *sum = sum.plus(moved);
    }
    let part = Part {
        source: row.source_id,
        booked_as: row.contract.booked_as(),
        loan: Some(row.loan_id),
        moves: Position::default(),
        returned: None,
    };
    Ok(Some(Moved {
        part,
        after: StateRow::of(
            (row.loan_id, row.source_id, &row.contract),
            &held,
            &moves.state,
            last_paid(events),
        ),
        product: row.product_code,
        days: days.into_iter().collect(),
    }))
}

/// The journals: loans that changed their class by name, interest and provisions summed by source and product. What stands
/// on a later day already is booked on that day against what the closed one takes of it.
fn postings(work: &Work<'_>, moved: &[Moved]) -> Result<Vec<Posting>, Problem> {
    let mut by_loan: BTreeMap<NaiveDate, Vec<Part>> = BTreeMap::new();
    let mut sums: BTreeMap<(NaiveDate, i32, &str, Capital), Position> = BTreeMap::new();
    for (m, (day, moves)) in moved.iter().flat_map(|m| m.days.iter().map(move |day| (m, *day))) {
        let part = Part { moves: moves.by_loan(), ..m.part };
        if !part.moves.is_zero() {
            by_loan.entry(day).or_default().push(part);
        }
        let sum = sums.entry((day, m.part.source, m.product.as_str(), m.part.booked_as.capital)).or_default();
        *sum = sum.plus(moves.since(part.moves));
    }
    let mut postings = Vec::new();
    for (day, parts) in by_loan {
        let text = format!("Chuyển nhóm nợ đến ngày {}", day.format("%d/%m/%Y"));
        for parts in parts.chunks(LOANS_ON_A_JOURNAL) {
            postings.push(drafted(work, (JournalKind::LoanToOverdue, day, text.clone()), parts)?);
        }
    }
    for ((day, source, product, capital), moves) in sums.into_iter().filter(|(_, moves)| !moves.is_zero()) {
        // Only principal stands by term, and no sum holds any.
        let booked_as = BookedAs { capital, term: TermClass::Short };
        let part = Part { source, booked_as, loan: None, moves, returned: None };
        let text = format!("Lãi dự thu, dự phòng chương trình {product} đến ngày {}", day.format("%d/%m/%Y"));
        postings.push(drafted(work, (JournalKind::LoanAccrual, day, text), &[part])?);
    }
    Ok(postings)
}

fn drafted(
    work: &Work<'_>,
    (kind, on, description): (JournalKind, NaiveDate, String),
    parts: &[Part],
) -> Result<Posting, Problem> {
    let movement = Movement { journal_id: work.clock.new_id(), kind, on, description };
    let draft = recipes::journal(movement, Till::Cash, parts).map_err(Problem::internal)?;
    let mut posting = draft.balanced().map_err(Problem::internal)?;
    posting.voucher =
        Some(paper(&posting, Decimal::ZERO, Till::Cash, ("Kế toán".to_owned(), String::new()))?);
    Ok(posting)
}

/// Closes everything up to a day in this transaction: for tests and small units.
pub async fn close_day(conn: &mut Conn, work: &Work<'_>, upto: NaiveDate) -> Result<Progress, Problem> {
    loop {
        let progress = close_step(&mut *conn, work, upto, CHUNK).await?;
        if progress.done {
            return Ok(progress);
        }
    }
}

/// How far the unit is closed.
pub async fn progress(conn: &mut Conn, unit: i32) -> Result<Progress, Problem> {
    let closing = store::progress(conn, unit).await?.ok_or_else(|| Kind::NotFound.bare())?;
    let day = closing.closing.or(closing.closed_upto).ok_or_else(|| Kind::NotFound.bare())?;
    Ok(Progress { day, done: closing.closing.is_none(), loans: closing.loans, changed: 0, journals: 0 })
}

/// The first day on which anything happened to a loan of the unit, and the last that is closed.
pub async fn days_closed(
    conn: &mut Conn,
    unit: i32,
) -> Result<(Option<NaiveDate>, Option<NaiveDate>), Problem> {
    Ok(store::days_closed(conn, unit).await?)
}

/// How many loans a close looks at.
pub async fn open(conn: &mut Conn, unit: i32) -> Result<i64, Problem> {
    Ok(store::open(conn, unit).await?)
}
