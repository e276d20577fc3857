//! The book of a till (S11-H, S12-H of Circular 24/2024) and the report of a day of it.

use chrono::{Datelike as _, NaiveDate};
use rust_decimal::Decimal;
use serde::Serialize;

use super::counts;
use super::values::CashCount;
use crate::db::{Conn, FIRST_DAY};
use crate::domain::books::posting::VoucherKind;
use crate::domain::books::till::Till;
use crate::domain::values::total::{Sides, Total};
use crate::ledger::balances::{self, Cut};
use crate::ledger::journals::{self, Movement};
use crate::ledger::places::{Only, places};
use crate::ledger::tills::{self, TillDetail};
use crate::problem::{Kind, Problem};
use crate::reports::{self, PageOf, Range, Statement};
use crate::text;
use crate::units::{self, Issuer};

/// The book of a till, or a page of it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct TillBook {
    /// The till.
    pub till: TillDetail,
    /// Its lines, each with what the till then held.
    #[serde(flatten)]
    pub statement: Statement,
}

/// What came or went by one journal.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct DayLine {
    /// Its journal.
    pub journal_no: i64,
    /// Kind of its paper.
    #[schema(value_type = Option<VoucherKind>)]
    pub voucher_kind: Option<String>,
    /// Number of its paper.
    pub voucher_number: Option<i32>,
    /// Diễn giải.
    pub description: String,
    /// Tài khoản đối ứng.
    pub counter_accounts: Vec<String>,
    /// Thu.
    pub received: Total,
    /// Chi.
    pub paid: Total,
    /// Tồn after it.
    pub balance: Total,
}

/// Báo cáo quỹ trong ngày: what a till held, what came and went by paper, and the count of it if there is one.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct DayReport {
    /// Đơn vị.
    pub unit_name: String,
    /// The same for papers.
    #[serde(skip)]
    pub issuer: Issuer,
    /// The till.
    pub till: TillDetail,
    /// The day.
    pub on: NaiveDate,
    /// Tồn đầu ngày.
    pub opening: Total,
    /// Tổng thu.
    pub received: Total,
    /// Tổng chi.
    pub paid: Total,
    /// Tồn cuối ngày.
    pub closing: Total,
    /// By journal; those that left the till as it was are left out.
    pub lines: Vec<DayLine>,
    /// The last count of that day that was not taken back.
    pub count: Option<CashCount>,
}

async fn till_on(conn: &mut Conn, unit: i32, till: Till, on: NaiveDate) -> Result<TillDetail, Problem> {
    tills::find(conn, unit, till, on).await?.ok_or_else(|| Kind::NotFound.bare())
}

/// A page of the book of a till with its running balance. Of number 0 only what stands on the account itself.
pub async fn book(
    conn: &mut Conn,
    unit: i32,
    till: Till,
    range: Range,
    page: PageOf,
) -> Result<TillBook, Problem> {
    range.check()?;
    let till = till_on(&mut *conn, unit, till, range.last()).await?;
    let statement = reports::statement_of_one(conn, unit, &till.account, range, page).await?;
    Ok(TillBook { till, statement })
}

/// What a book on paper adds to its lines, where it begins in the middle of a month or of a year: what came and went there before.
#[derive(Debug, Clone, Copy, Default)]
pub struct Earlier {
    /// In the month of its first day.
    pub month: Sides,
    /// In the year of its last day.
    pub year: Sides,
}

/// What came and went by a till before the first day of its book.
pub async fn earlier(conn: &mut Conn, unit: i32, account: &str, range: Range) -> Result<Earlier, Problem> {
    let all = turnover(&mut *conn, unit, account, range.from).await?;
    let month = range.from.with_day(1).unwrap_or(range.from);
    let month = all.minus(turnover(&mut *conn, unit, account, month).await?);
    if range.from.year() != range.last().year() {
        return Ok(Earlier { month, year: Sides::default() });
    }
    let year = range.from.with_ordinal(1).unwrap_or(range.from);
    Ok(Earlier { month, year: all.minus(turnover(conn, unit, account, year).await?) })
}

/// Both sides of an account before a day.
async fn turnover(conn: &mut Conn, unit: i32, account: &str, before: NaiveDate) -> sqlx::Result<Sides> {
    let accounts = [account.to_owned()];
    let cut = Cut { accounts: Some(&accounts), ..Cut::default() };
    let rows = balances::before(conn, unit, before, cut).await?;
    Ok(rows.into_iter().fold(Sides::default(), |sum, row| sum.plus(row.sums)))
}

/// The most lines of a day: a report on paper.
const MOST_LINES: i64 = 10_000;

/// The report of a day of a till.
pub async fn day(conn: &mut Conn, unit: i32, till: Till, on: NaiveDate) -> Result<DayReport, Problem> {
    let till = till_on(&mut *conn, unit, till, on).await?;
    let before = on.pred_opt().unwrap_or(FIRST_DAY);
    let opening = counts::held(&mut *conn, unit, &till.account, before).await?;
    let accounts = [till.account.clone()];
    let places = places(&mut *conn, unit, Only { accounts: Some(&accounts), ..Only::default() }).await?;
    let day = ((on, 0, 0), on.succ_opt().unwrap_or(on));
    let rows = journals::movements(&mut *conn, unit, &places, day, MOST_LINES + 1).await?;
    if i64::try_from(rows.len()).unwrap_or(i64::MAX) > MOST_LINES {
        let why = text!(
            "Quá {MOST_LINES} dòng trong ngày: hãy xem sổ quỹ theo trang (…/book)",
            "More than {MOST_LINES} lines on that day: read the book by pages (…/book)"
        );
        return Err(Problem::field("/on", why));
    }
    let lines = by_journal(rows, opening);
    let sum = |of: fn(&DayLine) -> Total| Total(lines.iter().map(|line| of(line).0).sum());
    let (received, paid) = (sum(|line| line.received), sum(|line| line.paid));
    let count = counts::of_day(&mut *conn, unit, &till.account, on).await?;
    let issuer = units::issuer(conn, unit, on).await?;
    let closing = Total(opening + received.0 - paid.0);
    let unit_name = issuer.name.clone();
    Ok(DayReport {
        unit_name,
        issuer,
        till,
        on,
        opening: Total(opening),
        received,
        paid,
        closing,
        lines,
        count,
    })
}

/// One line a journal, over all its sources, in the order of journals.
fn by_journal(rows: Vec<Movement>, opening: Decimal) -> Vec<DayLine> {
    let mut lines: Vec<(DayLine, Decimal)> = Vec::new();
    for row in rows {
        match lines.last_mut().filter(|(line, _)| line.journal_no == row.journal_no) {
            Some((line, net)) => {
                *net += row.amount;
                line.counter_accounts.extend(row.counter_accounts);
                line.counter_accounts.sort();
                line.counter_accounts.dedup();
            }
            None => lines.push(first_line(row)),
        }
    }
    let mut running = opening;
    let moved = lines.into_iter().filter(|(_, net)| !net.is_zero());
    moved
        .map(|(line, net)| {
            running += net;
            let (received, paid) = (net.max(Decimal::ZERO), (-net).max(Decimal::ZERO));
            DayLine { received: Total(received), paid: Total(paid), balance: Total(running), ..line }
        })
        .collect()
}

fn first_line(row: Movement) -> (DayLine, Decimal) {
    let (voucher_kind, voucher_number) = row.paper.unzip();
    let line = DayLine {
        journal_no: row.journal_no,
        voucher_kind,
        voucher_number,
        description: row.description,
        counter_accounts: row.counter_accounts,
        received: Total::default(),
        paid: Total::default(),
        balance: Total::default(),
    };
    (line, row.amount)
}
