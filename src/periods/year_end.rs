//! The closing of a year: what it earned and spent by fund and source, the journals that carry the result to the surplus, and how
//! they end when the year is opened again.

use std::collections::BTreeMap;

use chrono::{Datelike as _, NaiveDate};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::access::Work;
use crate::books;
use crate::db::Conn;
use crate::domain::books::journal_kind::Owner;
use crate::domain::books::posting::Posting;
use crate::domain::books::recipes::general_paper;
use crate::domain::books::year_end::{self, Accounts, Closing, Standing};
use crate::domain::values::money::Money;
use crate::domain::values::text::Note;
use crate::domain::values::total::Total;
use crate::ledger::balances::{self, Cut, Turnover};
use crate::ledger::sources::{self, Fund, Wanted};
use crate::ledger::year_end::{self as book, ResultAccount};
use crate::ledger::{self, Reversal};
use crate::problem::{Kind, Problem};
use crate::text;

/// A year to be closed.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseYear {
    /// The year, which must be over.
    #[schema(minimum = 2000, maximum = 2200)]
    pub year: i32,
    /// Why, if there is something to say.
    pub reason: Option<Note>,
}

/// What a year earned and spent. The figures are the same before the year is closed and after it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct YearResult {
    /// The year.
    pub year: i32,
    /// Whether it is closed: its months are, and nothing stands on income and expenses any more.
    pub closed: bool,
    /// Numbers of the journals that closed it.
    pub journals: Vec<i64>,
    /// All income.
    pub income: Total,
    /// All expenses.
    pub expense: Total,
    /// Income less expenses.
    pub result: Total,
    /// The same by source, in the order of funds and sources.
    pub sources: Vec<SourceResult>,
}

/// What a source earned and spent in a year.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SourceResult {
    /// Its fund.
    pub fund_id: i32,
    /// The source.
    pub source_id: i32,
    /// Its name.
    pub name: String,
    /// Income.
    pub income: Total,
    /// Expenses.
    pub expense: Total,
    /// Income less expenses.
    pub result: Total,
    /// By account.
    pub accounts: Vec<AccountResult>,
}

/// What an account took in a year in a source.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct AccountResult {
    /// The account.
    pub account: String,
    /// Vietnamese name.
    pub name_vi: String,
    /// English name.
    pub name_en: String,
    /// Income earned, or expenses made; below zero when more was taken back.
    pub amount: Total,
    #[serde(skip)]
    income: bool,
}

/// The first day of a year and that of the next.
fn bounds(year: i32) -> Result<(NaiveDate, NaiveDate), Problem> {
    let none = || Problem::field("/year", text!("Năm từ 2000 đến 2200", "A year from 2000 to 2200"));
    let known = (2000..=2200).contains(&year).then_some(year).ok_or_else(none)?;
    let first = |year| NaiveDate::from_ymd_opt(year, 1, 1).ok_or_else(none);
    Ok((first(known)?, first(known + 1)?))
}

/// What a year earned and spent.
pub async fn result(conn: &mut Conn, work: &Work<'_>, year: i32) -> Result<YearResult, Problem> {
    let (first, next) = bounds(year)?;
    let kept = books::show(&mut *conn, work.unit).await?;
    let last = next.pred_opt().unwrap_or(next);
    let accounts = book::result_accounts(&mut *conn, work.unit).await?;
    let ends_on = book::accounts(&mut *conn, work.unit).await?;
    let codes = to_be_carried(&accounts, ends_on.as_ref());
    let before = totals(&mut *conn, work.unit, first, &codes).await?;
    let until = totals(&mut *conn, work.unit, next, &codes).await?;
    let taken = book::taken(&mut *conn, work.unit, last).await?;
    let stands = until.values().any(|amount| !amount.is_zero());
    let mut of_year = until;
    for (key, amount) in before {
        *of_year.entry(key).or_default() -= amount;
    }
    for row in taken {
        *of_year.entry((row.source_id, row.account)).or_default() -= row.amount;
    }
    let mut journals: Vec<i64> = book::standing(&mut *conn, work.unit, last)
        .await?
        .iter()
        .filter(|s| s.on <= next)
        .map(|s| s.journal_no)
        .collect();
    journals.reverse();
    let mut sources = Vec::new();
    for source in all_sources(conn, work.unit).await? {
        let lines = accounts.iter().filter_map(|account| {
            let debits =
                of_year.get(&(source.source_id, account.code.clone())).filter(|amount| !amount.is_zero())?;
            Some(AccountResult {
                account: account.code.clone(),
                name_vi: account.name_vi.clone(),
                name_en: account.name_en.clone(),
                amount: Total(if account.income { -*debits } else { *debits }),
                income: account.income,
            })
        });
        sources.extend(SourceResult::of(&source, lines.collect()));
    }
    let sum = |figure: fn(&SourceResult) -> Total| Total(sources.iter().map(|source| figure(source).0).sum());
    let (income, expense, result) = (sum(|s| s.income), sum(|s| s.expense), sum(|s| s.result));
    let closed = kept.opened_on <= last && kept.open_from > last && !stands;
    Ok(YearResult { year, closed, journals, income, expense, result, sources })
}

impl SourceResult {
    fn of(source: &sources::Source, accounts: Vec<AccountResult>) -> Option<Self> {
        let sum =
            |income| -> Decimal { accounts.iter().filter(|a| a.income == income).map(|a| a.amount.0).sum() };
        let (income, expense) = (sum(true), sum(false));
        (!accounts.is_empty()).then(|| Self {
            fund_id: source.fund_id,
            source_id: source.source_id,
            name: source.name.clone(),
            income: Total(income),
            expense: Total(expense),
            result: Total(income - expense),
            accounts,
        })
    }
}

/// Codes of what a closing leaves empty: income and expenses, and the result itself, on which an accountant may have written.
fn to_be_carried(accounts: &[ResultAccount], ends_on: Option<&Accounts>) -> Vec<String> {
    let result = ends_on.map(|accounts| accounts.result.clone());
    accounts.iter().map(|account| account.code.clone()).chain(result).collect()
}

/// Debits less credits before a day, by source and account.
async fn totals(
    conn: &mut Conn,
    unit: i32,
    day: NaiveDate,
    codes: &[String],
) -> Result<BTreeMap<(i32, String), Decimal>, Problem> {
    let cut = Cut { accounts: Some(codes), ..Cut::default() };
    let rows = balances::before(conn, unit, day, cut).await?;
    Ok(rows
        .into_iter()
        .map(|Turnover { account, source_id, sums }| ((source_id, account), sums.difference().0))
        .collect())
}

async fn all_sources(conn: &mut Conn, unit: i32) -> Result<Vec<sources::Source>, Problem> {
    let mut all = sources::list(conn, unit, Wanted::default(), i64::MAX).await?;
    all.sort_by_key(|source| (source.fund_id, source.source_id));
    Ok(all)
}

/// The last day of a year that can be closed: it is over, and its last month is open.
pub async fn closable(conn: &mut Conn, work: &Work<'_>, year: i32) -> Result<NaiveDate, Problem> {
    let (_, next) = bounds(year)?;
    let last = next.pred_opt().unwrap_or(next);
    let kept = books::show(&mut *conn, work.unit).await?;
    let december = last.with_day(1).unwrap_or(last);
    if work.clock.today() <= last {
        return Err(Kind::WrongState.saying(text!(
            "Năm chưa hết: chỉ kết chuyển được sau ngày {last}.",
            "The year is not over: it can be closed after {last}."; last
        )));
    }
    if kept.opened_on > last {
        return Err(Problem::field(
            "/year",
            text!("Sổ chưa mở trong năm này", "The book was not open in that year"),
        ));
    }
    if let Some(by) = book::standing(conn, work.unit, last).await?.into_iter().find(|s| s.on == last) {
        let journal = by.journal_no;
        return Err(Kind::AlreadyExists.saying(text!(
            "Năm ấy đã kết chuyển bằng bút toán số {journal}; muốn làm lại thì đề nghị mở lại sổ từ ngày {december} (…/periods/reopenings).",
            "That year is closed by journal {journal}; to do it again, ask to open the books from {december} (…/periods/reopenings).";
            december
        )));
    }
    insist_years_before_closed(&mut *conn, work.unit, year).await?;
    if kept.open_from > last {
        return Err(Kind::PeriodClosed.saying(text!(
            "Tháng 12 của năm ấy đã khóa: đề nghị mở lại sổ từ ngày {december} (…/periods/reopenings), rồi kết chuyển.",
            "December of that year is closed: ask to open the books again from {december} (…/periods/reopenings), then close the year.";
            december
        )));
    }
    Ok(last)
}

/// Refuses to close a year while the years before left something on income or expenses: it would become this year's result.
async fn insist_years_before_closed(conn: &mut Conn, unit: i32, year: i32) -> Result<(), Problem> {
    let (first, _) = bounds(year)?;
    let codes: Vec<String> =
        book::result_accounts(&mut *conn, unit).await?.into_iter().map(|account| account.code).collect();
    let left = totals(conn, unit, first, &codes).await?.into_iter().find(|(_, amount)| !amount.is_zero());
    let Some(((source, account), amount)) = left else { return Ok(()) };
    let (before, amount) = (year - 1, Total(amount.abs()));
    Err(Kind::WrongState.saying(text!(
        "Tài khoản {account}, nguồn {source} còn {amount} đồng từ năm {before} trở về trước: hãy kết chuyển năm {before} trước năm {year}.",
        "Account {account}, source {source} has {amount} đồng of {before} and the years before: close {before} before {year}."
    )))
}

/// Carries the result of a year to the surplus on its last day.
pub async fn carry(conn: &mut Conn, work: &Work<'_>, last: NaiveDate) -> Result<(), Problem> {
    let postings = postings(&mut *conn, work, last).await?;
    ledger::post(conn, work.unit, &postings).await?;
    Ok(())
}

/// The closing journals of each fund, on what stands before the next year.
async fn postings(conn: &mut Conn, work: &Work<'_>, last: NaiveDate) -> Result<Vec<Posting>, Problem> {
    let none = || Problem::internal(anyhow::anyhow!("the chart has no account for the result of a year"));
    let accounts = book::accounts(&mut *conn, work.unit).await?.ok_or_else(none)?;
    let codes = to_be_carried(&book::result_accounts(&mut *conn, work.unit).await?, Some(&accounts));
    let next = last.succ_opt().unwrap_or(last);
    let standing = totals(&mut *conn, work.unit, next, &codes).await?;
    let surplus = totals(&mut *conn, work.unit, next, std::slice::from_ref(&accounts.this_year)).await?;
    let sources = all_sources(&mut *conn, work.unit).await?;
    let mut postings = Vec::new();
    for fund in funds(conn, work.unit).await? {
        let of_fund = |totals: &BTreeMap<(i32, String), Decimal>| -> Vec<Standing> {
            let own =
                |source: i32| sources.iter().any(|s| s.source_id == source && s.fund_id == fund.fund_id);
            let rows = totals.iter().filter(|((source, _), amount)| own(*source) && !amount.is_zero());
            rows.map(|((source, account), amount)| Standing {
                account: account.clone(),
                source: *source,
                amount: *amount,
            })
            .collect()
        };
        let ids = std::array::from_fn(|_| work.clock.new_id());
        let closing = Closing { ids, on: last, fund: &fund.name };
        for posting in year_end::journals(&closing, &accounts, &of_fund(&standing), &of_fund(&surplus)) {
            postings.push(with_paper(posting)?);
        }
    }
    Ok(postings)
}

async fn funds(conn: &mut Conn, unit: i32) -> Result<Vec<Fund>, Problem> {
    Ok(sources::funds(conn, unit, 0, i64::MAX).await?)
}

fn with_paper(posting: Posting) -> Result<Posting, Problem> {
    let amount = Money::vnd(posting.total(|_| false)).map_err(Problem::internal)?;
    let voucher = general_paper(posting.description.clone(), amount);
    Ok(Posting { voucher: Some(voucher), ..posting })
}

/// Numbers of the closing journals that opening the books from a day would reverse.
pub async fn standing_since(conn: &mut Conn, unit: i32, from: NaiveDate) -> Result<Vec<String>, Problem> {
    let mut standing = book::standing(conn, unit, from).await?;
    standing.reverse();
    Ok(standing.into_iter().map(|closing| closing.journal_no.to_string()).collect())
}

/// Takes back the closings of years whose last day is open again.
pub async fn undo(conn: &mut Conn, work: &Work<'_>, from: NaiveDate, reason: &Note) -> Result<(), Problem> {
    for closing in book::standing(&mut *conn, work.unit, from).await? {
        let reversal = Reversal {
            journal_id: work.clock.new_id(),
            effective_on: closing.on,
            reason: reason.as_str(),
            owner: Owner::Periods,
        };
        ledger::reverse(&mut *conn, work.unit, closing.journal_no, reversal).await?;
    }
    Ok(())
}
