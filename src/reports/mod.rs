//! What the books say: balances, the trial balance, the statement of an account. All of it as of a day; balances and the
//! trial balance also as it was known at an instant.

pub mod http;
pub mod papers;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use serde::Serialize;
use uuid::Uuid;

use crate::db::Conn;
use crate::domain::books::journal_kind::JournalKind;
use crate::domain::books::posting::VoucherKind;
use crate::domain::values::total::{Sides, Total};
use crate::http::page::Page;
use crate::ledger::balances::{self, Turnover};
use crate::ledger::chart::{self, Account};
use crate::ledger::journals::{self, Movement, Place};
use crate::ledger::places::{Only, places};
use crate::problem::{Kind, Problem};
use crate::text;
use crate::units::{self, Issuer};

pub use crate::ledger::balances::Cut;

/// What an account stood at in a source.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Balance {
    /// Account.
    pub account: String,
    /// Source.
    pub source_id: i32,
    /// On which side, and how much.
    #[serde(flatten)]
    pub balance: Sides,
}

/// Balances at the end of a day.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = BalanceList)]
pub struct Balances {
    /// The day.
    pub on: NaiveDate,
    /// As it was known then.
    pub known_at: Option<DateTime<Utc>>,
    /// Accounts and sources that ever had a line by that day.
    pub balances: Vec<Balance>,
}

/// One account of the trial balance.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct TrialLine {
    /// Account.
    pub account: String,
    /// Vietnamese name.
    pub name_vi: String,
    /// English name.
    pub name_en: String,
    /// Số dư đầu kỳ.
    pub opening: Sides,
    /// Số phát sinh trong kỳ.
    pub movement: Sides,
    /// Số dư cuối kỳ.
    pub closing: Sides,
}

/// Column totals of the trial balance: debit equals credit in each.
#[derive(Debug, Clone, Copy, Default, Serialize, utoipa::ToSchema)]
pub struct TrialTotals {
    /// Số dư đầu kỳ.
    pub opening: Sides,
    /// Số phát sinh trong kỳ.
    pub movement: Sides,
    /// Số dư cuối kỳ.
    pub closing: Sides,
}

/// Bảng cân đối số phát sinh.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct TrialBalance {
    /// Đơn vị.
    pub unit_name: String,
    /// The same for papers.
    #[serde(skip)]
    pub issuer: Issuer,
    /// First day.
    pub from: NaiveDate,
    /// First day after the period.
    pub to: NaiveDate,
    /// Only this source.
    pub source: Option<i32>,
    /// As it was known then.
    pub known_at: Option<DateTime<Utc>>,
    /// Accounts on the balance sheet or of the result.
    pub accounts: Vec<TrialLine>,
    /// Their totals.
    pub totals: TrialTotals,
    /// Accounts off the balance sheet.
    pub memorandum: Vec<TrialLine>,
    /// Accounts above those that took lines, with what all below them come to, side by side.
    pub headings: Vec<TrialLine>,
}

/// One line of a statement.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct StatementLine {
    /// The day.
    pub effective_on: NaiveDate,
    /// Journal.
    pub journal_no: i64,
    /// Line in it.
    pub line_no: i16,
    /// What happened.
    #[schema(value_type = JournalKind)]
    pub kind: String,
    /// Diễn giải.
    pub description: String,
    /// Kind of its paper.
    #[schema(value_type = Option<VoucherKind>)]
    pub voucher_kind: Option<String>,
    /// Number of its paper.
    pub voucher_number: Option<i32>,
    /// The day on which its paper was made out.
    pub voucher_on: Option<NaiveDate>,
    /// Whose money.
    pub source_id: i32,
    /// The agreement, donation or household it concerns.
    pub subject_id: Option<Uuid>,
    /// Tài khoản đối ứng.
    pub counter_accounts: Vec<String>,
    /// Số phát sinh.
    pub amount: Sides,
    /// Số dư after this line.
    pub balance: Sides,
}

impl StatementLine {
    /// Where it stands in the statement.
    pub const fn place(&self) -> Place {
        (self.effective_on, self.journal_no, self.line_no)
    }
}

/// Sổ chi tiết tài khoản, or a page of it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Statement {
    /// Đơn vị.
    pub unit_name: String,
    /// The same for papers.
    #[serde(skip)]
    pub issuer: Issuer,
    /// The account.
    pub account: Account,
    /// First day.
    pub from: NaiveDate,
    /// First day after the period.
    pub to: NaiveDate,
    /// Only this source.
    pub source: Option<i32>,
    /// Số dư before the first line of this page.
    pub opening: Sides,
    /// Số dư after the last line of this page.
    pub closing: Sides,
    /// The lines.
    #[serde(flatten)]
    pub page: Page<StatementLine>,
}

/// A period of a report, from a day up to a day.
#[derive(Debug, Clone, Copy)]
pub struct Range {
    /// First day.
    pub from: NaiveDate,
    /// First day after.
    pub to: NaiveDate,
}

impl Range {
    /// The days that were asked for: up to tomorrow, that is with today, and from the beginning of the year, where a
    /// caller does not say.
    pub fn asked(from: Option<NaiveDate>, to: Option<NaiveDate>, today: NaiveDate) -> Self {
        let to = to.or_else(|| today.succ_opt()).unwrap_or(today);
        let last = to.pred_opt().unwrap_or(to);
        Self { from: from.or_else(|| last.with_ordinal(1)).unwrap_or(last), to }
    }

    /// The last day of the period, as papers and the names of files say it.
    pub fn last(self) -> NaiveDate {
        self.to.pred_opt().unwrap_or(self.to)
    }

    /// Refuses a period that ends before it begins.
    pub fn check(self) -> Result<(), Problem> {
        if self.from < self.to {
            return Ok(());
        }
        Err(Problem::field(
            "/to",
            text!(
                "Phải sau ngày bắt đầu; là ngày đầu tiên sau kỳ",
                "Must be after from; it is the first day after the period"
            ),
        ))
    }
}

fn day_after(day: NaiveDate) -> Result<NaiveDate, Problem> {
    day.succ_opt().ok_or_else(|| Kind::MalformedRequest.bare())
}

async fn accounts_of(conn: &mut Conn, unit: i32, code: &str) -> Result<Vec<String>, Problem> {
    let accounts = chart::accounts_under(conn, unit, code).await?;
    if accounts.is_empty() { Err(Kind::NotFound.bare()) } else { Ok(accounts) }
}

/// Balances per account and source at the end of a day; `account` may be a heading.
pub async fn balances(
    conn: &mut Conn,
    unit: i32,
    on: NaiveDate,
    account: Option<&str>,
    cut: Cut<'_>,
) -> Result<Balances, Problem> {
    let accounts = match account {
        Some(code) => Some(accounts_of(&mut *conn, unit, code).await?),
        None => None,
    };
    let cut = Cut { accounts: accounts.as_deref(), ..cut };
    let rows = balances::before(conn, unit, day_after(on)?, cut).await?;
    let balance = |row: Turnover| Balance {
        account: row.account,
        source_id: row.source_id,
        balance: row.sums.difference().on_its_side(),
    };
    Ok(Balances { on, known_at: cut.known_at, balances: rows.into_iter().map(balance).collect() })
}

/// Turnovers per account, all sources together.
fn per_account(rows: Vec<Turnover>) -> BTreeMap<String, Sides> {
    let mut accounts = BTreeMap::new();
    for row in rows {
        let sums: &mut Sides = accounts.entry(row.account).or_default();
        *sums = sums.plus(row.sums);
    }
    accounts
}

fn trial_line(account: Account, before: Sides, until: Sides) -> TrialLine {
    let moved = |until: Total, before: Total| Total(until.0 - before.0);
    TrialLine {
        account: account.code,
        name_vi: account.name_vi,
        name_en: account.name_en,
        opening: before.difference().on_its_side(),
        movement: Sides {
            debit: moved(until.debit, before.debit),
            credit: moved(until.credit, before.credit),
        },
        closing: until.difference().on_its_side(),
    }
}

/// The accounts above some lines, with the sums of what stands below them and on themselves.
fn headings(chart: &[Account], lines: &[TrialLine]) -> Vec<TrialLine> {
    let by_code: BTreeMap<&str, &Account> = chart.iter().map(|a| (a.code.as_str(), a)).collect();
    let above = |code: &str| by_code.get(code).and_then(|a| a.parent_code.as_deref());
    let codes: BTreeSet<&str> = lines
        .iter()
        .flat_map(|line| std::iter::successors(above(&line.account), |code| above(code)))
        .collect();
    let sum_of = |account: &Account| {
        let below = lines.iter().filter(|line| {
            std::iter::successors(Some(line.account.as_str()), |code| above(code))
                .any(|code| code == account.code)
        });
        let sums = below.fold(TrialTotals::default(), TrialTotals::plus);
        TrialLine {
            account: account.code.clone(),
            name_vi: account.name_vi.clone(),
            name_en: account.name_en.clone(),
            opening: sums.opening,
            movement: sums.movement,
            closing: sums.closing,
        }
    };
    codes.into_iter().filter_map(|code| by_code.get(code).copied()).map(sum_of).collect()
}

impl TrialTotals {
    fn plus(self, line: &TrialLine) -> Self {
        Self {
            opening: self.opening.plus(line.opening),
            movement: self.movement.plus(line.movement),
            closing: self.closing.plus(line.closing),
        }
    }
}

/// The trial balance of a period: what accounts took before it, and before its end; the rest is subtraction.
pub async fn trial_balance(
    conn: &mut Conn,
    unit: i32,
    range: Range,
    cut: Cut<'_>,
) -> Result<TrialBalance, Problem> {
    range.check()?;
    let before = per_account(balances::before(&mut *conn, unit, range.from, cut).await?);
    let until = per_account(balances::before(&mut *conn, unit, range.to, cut).await?);
    let (mut accounts, mut memorandum) = (Vec::new(), Vec::new());
    let chart = chart::accounts(&mut *conn, unit, "", i64::MAX).await?;
    for account in &chart {
        let Some(sums) = until.get(&account.code) else { continue };
        let shelf = if account.memorandum { &mut memorandum } else { &mut accounts };
        let earlier = before.get(&account.code).copied().unwrap_or_default();
        shelf.push(trial_line(account.clone(), earlier, *sums));
    }
    let headings = [&accounts, &memorandum].into_iter().flat_map(|shelf| headings(&chart, shelf)).collect();
    let totals = accounts.iter().fold(TrialTotals::default(), TrialTotals::plus);
    let issuer = units::issuer(conn, unit, range.last()).await?;
    let unit_name = issuer.name.clone();
    let (Range { from, to }, Cut { source, known_at, .. }) = (range, cut);
    Ok(TrialBalance { unit_name, issuer, from, to, source, known_at, accounts, totals, memorandum, headings })
}

/// Which page of a statement.
#[derive(Debug, Clone, Copy)]
pub struct PageOf {
    /// The last line of the page before.
    pub after: Option<Place>,
    /// Rows.
    pub limit: i64,
}

/// Refuses an account that the book does not have.
pub async fn account(conn: &mut Conn, unit: i32, code: &str) -> Result<Account, Problem> {
    chart::account(conn, unit, code).await?.ok_or_else(|| Kind::NotFound.bare())
}

/// A page of the statement of an account, or of all accounts below a heading, with its running balance.
pub async fn statement(
    conn: &mut Conn,
    unit: i32,
    (code, source): (&str, Option<i32>),
    range: Range,
    page: PageOf,
) -> Result<Statement, Problem> {
    range.check()?;
    let accounts = accounts_of(&mut *conn, unit, code).await?;
    statement_on(conn, unit, (code, &accounts, source), range, page).await
}

/// The same of one account alone, whatever stands below it.
pub async fn statement_of_one(
    conn: &mut Conn,
    unit: i32,
    code: &str,
    range: Range,
    page: PageOf,
) -> Result<Statement, Problem> {
    statement_on(conn, unit, (code, &[code.to_owned()], None), range, page).await
}

async fn statement_on(
    conn: &mut Conn,
    unit: i32,
    (code, accounts, source): (&str, &[String], Option<i32>),
    range: Range,
    page: PageOf,
) -> Result<Statement, Problem> {
    let account = account(&mut *conn, unit, code).await?;
    let places =
        places(&mut *conn, unit, Only { accounts: Some(accounts), source, ..Only::default() }).await?;
    // A cursor from before the period would begin the page too early.
    let start = page.after.filter(|place| place.0 >= range.from).unwrap_or((range.from, 0, 0));
    let opening = balances::after(&mut *conn, unit, start, &places).await?;
    let rows = journals::movements(&mut *conn, unit, &places, (start, range.to), page.limit + 1).await?;
    let rows = Page::of(rows, page.limit, |row| (row.effective_on, row.journal_no, row.line_no));
    let mut running = opening;
    let page = rows.map(|row| {
        running = Total(running.0 + row.amount);
        statement_line(row, running)
    });
    let issuer = units::issuer(conn, unit, range.last()).await?;
    let unit_name = issuer.name.clone();
    let (opening, closing) = (opening.on_its_side(), running.on_its_side());
    let Range { from, to } = range;
    Ok(Statement { unit_name, issuer, account, from, to, source, opening, closing, page })
}

/// Refuses a statement that did not fit into a file of so many lines.
pub fn whole(statement: &Statement, most: i64) -> Result<(), Problem> {
    if statement.page.next.is_none() {
        return Ok(());
    }
    Err(Problem::field(
        "/to",
        text!(
            "Quá {most} dòng cho một tệp: hãy chọn kỳ ngắn hơn, hoặc yêu cầu tệp dài tại POST /v1/units/…/jobs/statement-exports",
            "More than {most} lines for one file: choose a shorter period, or ask for a long file at POST /v1/units/…/jobs/statement-exports"
        ),
    ))
}

fn statement_line(row: Movement, running: Total) -> StatementLine {
    let (voucher_kind, voucher_number) = row.paper.unzip();
    StatementLine {
        effective_on: row.effective_on,
        journal_no: row.journal_no,
        line_no: row.line_no,
        kind: row.kind,
        description: row.description,
        voucher_kind,
        voucher_number,
        voucher_on: row.issued_on,
        source_id: row.source_id,
        subject_id: row.subject_id,
        counter_accounts: row.counter_accounts,
        amount: Total(row.amount).on_its_side(),
        balance: running.on_its_side(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_that_is_not_named_is_the_year_up_to_today() {
        let day = |text: &str| -> NaiveDate { text.parse().unwrap() };
        let asked = |from: Option<&str>, to: Option<&str>, today| {
            let range = Range::asked(from.map(day), to.map(day), day(today));
            [range.from, range.to].map(|day| day.to_string())
        };
        assert_eq!(asked(None, None, "2028-02-29"), ["2028-01-01", "2028-03-01"]);
        assert_eq!(asked(None, Some("2026-01-01"), "2026-11-23"), ["2025-01-01", "2026-01-01"]);
        assert_eq!(asked(Some("2026-04-01"), None, "2026-12-31"), ["2026-04-01", "2027-01-01"]);
    }
}
