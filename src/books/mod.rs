//! The book of a unit: its chart and accounts, its funds and its sources of money.

pub mod http;

use std::str::FromStr;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::access::Work;
use crate::db::{Conn, constraint};
use crate::domain::books::account::AccountCode;
use crate::domain::books::source::{FundKind, Nature, Origin, Purpose};
use crate::domain::values::strict::{Given, clearable, not_null};
use crate::domain::values::text::Name;
use crate::http::etag::IfMatch;
use crate::http::page::Page;
use crate::ledger::chart::{self, NewAccount};
use crate::ledger::sources::{self, NewFund, NewSource};
use crate::ledger::{self, PostError};
use crate::problem::{Kind, Problem};
use crate::text;

pub use crate::ledger::chart::{Account, Book, Chart};
pub use crate::ledger::sources::{Fund, Source, Wanted};

/// A book to be opened.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenBook {
    /// Chart of accounts, such as `tt24_2024`.
    #[schema(max_length = 40)]
    pub chart_id: String,
    /// First open day: the first of a month.
    pub opened_on: NaiveDate,
}

/// A detail account to be opened.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenAccount {
    /// The account above; it becomes a heading.
    pub parent_code: AccountCode,
    /// The parent's code and at least one digit more.
    pub code: AccountCode,
    /// Vietnamese name.
    pub name_vi: Name,
    /// English name.
    pub name_en: Name,
}

/// A fund to be opened.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenFund {
    /// What it is for.
    pub kind: FundKind,
    /// Name, unique in the unit.
    pub name: Name,
    /// First day.
    pub opened_on: NaiveDate,
}

/// A source to be opened.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenSource {
    /// Its fund.
    pub fund_id: i32,
    /// Name, unique in the fund.
    pub name: Name,
    /// Where the money comes from.
    pub origin: Origin,
    /// Who gives it.
    pub giver: Option<Name>,
    /// The decision or contract it comes with.
    pub document_no: Option<Name>,
    /// Whose its capital is, which decides the account it stands on. Not named: what a budget entrusts to be lent is entrusted,
    /// a bank's is borrowed, a household's own share is the unit's own, what must go back is returnable, everything else
    /// belongs to its programme or donors.
    pub nature: Option<Nature>,
    /// Recovered capital goes round again.
    pub may_revolve: bool,
    /// Recovered capital goes back to who gave it.
    pub must_return: bool,
    /// What it may be spent on, at most 20; anything its fund allows when empty.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub purposes: Vec<Purpose>,
    /// The source of the same fund to which recovered capital goes; back to this one when none is named.
    pub recovers_into: Option<i32>,
    /// First day.
    pub opened_on: NaiveDate,
}

/// A correction of a fund on whose sources nothing stands yet. What is not named stays.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FundChange {
    /// The right name.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub name: Option<Name>,
    /// The right first day.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub opened_on: Option<NaiveDate>,
}

/// A correction of a source on which nothing stands yet. What is not named stays, null clears.
#[derive(Debug, Clone, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SourceChange {
    /// The right name.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub name: Option<Name>,
    /// Who gives it.
    #[serde(default, deserialize_with = "clearable")]
    #[schema(value_type = Option<Name>)]
    pub giver: Given<Name>,
    /// The decision or contract it comes with.
    #[serde(default, deserialize_with = "clearable")]
    #[schema(value_type = Option<Name>)]
    pub document_no: Given<Name>,
    /// Whose its capital is.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub nature: Option<Nature>,
    /// Recovered capital goes round again.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub may_revolve: Option<bool>,
    /// Recovered capital goes back to who gave it.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub must_return: Option<bool>,
    /// What it may be spent on, at most 20; anything its fund allows when empty.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false, max_items = 20)]
    pub purposes: Option<Vec<Purpose>>,
    /// The source of the same fund to which recovered capital goes.
    #[serde(default, deserialize_with = "clearable")]
    #[schema(value_type = Option<i32>)]
    pub recovers_into: Given<i32>,
    /// The right first day.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub opened_on: Option<NaiveDate>,
}

/// All charts a book can be opened with.
pub async fn charts(conn: &mut Conn) -> Result<Vec<Chart>, Problem> {
    Ok(chart::charts(conn).await?)
}

/// The book of the unit.
pub async fn show(conn: &mut Conn, unit: i32) -> Result<Book, Problem> {
    chart::book(conn, unit).await?.ok_or_else(|| Kind::NotFound.bare())
}

/// Opens the book of the unit.
pub async fn open(conn: &mut Conn, work: &Work<'_>, new: &OpenBook) -> Result<Book, Problem> {
    let charts = chart::charts(&mut *conn).await?;
    let unknown =
        || Problem::field("/chart_id", text!("Không có hệ thống tài khoản này", "There is no such chart"));
    let chosen = charts.iter().find(|chart| chart.chart_id == new.chart_id).ok_or_else(unknown)?;
    let in_force =
        chosen.valid_from <= new.opened_on && chosen.valid_to.is_none_or(|end| new.opened_on < end);
    if !in_force {
        let from = chosen.valid_from;
        return Err(Problem::field(
            "/opened_on",
            text!("Hệ thống tài khoản có hiệu lực từ {from}", "The chart is in force from {from}"; from),
        ));
    }
    not_in_future(work, new.opened_on, "/opened_on")?;
    match ledger::open_book(&mut *conn, work.unit, &new.chart_id, new.opened_on).await {
        Err(PostError::Database(error)) => match constraint(&error) {
            Some("book_pkey") => Err(Kind::AlreadyExists.bare()),
            Some("book_opens_with_a_month") => Err(Problem::field(
                "/opened_on",
                text!("Phải là ngày đầu tháng", "Must be the first of a month"),
            )),
            _ => Err(error.into()),
        },
        done => done.map_err(Problem::from),
    }?;
    show(conn, work.unit).await
}

/// Refuses a day that has not come yet: the books hold what happened.
pub fn not_in_future(work: &Work<'_>, day: NaiveDate, field: &str) -> Result<(), Problem> {
    let today = work.clock.today();
    if day <= today {
        return Ok(());
    }
    Err(Problem::field(
        field,
        text!("Không được sau hôm nay, {today}", "Must not be after today, {today}"; today),
    ))
}

/// A page of accounts in the order of their codes.
pub async fn accounts(
    conn: &mut Conn,
    unit: i32,
    after: Option<String>,
    limit: i64,
) -> Result<Page<Account>, Problem> {
    let rows = chart::accounts(conn, unit, after.as_deref().unwrap_or_default(), limit + 1).await?;
    Ok(Page::of(rows, limit, |account| account.code.clone()))
}

/// One account.
pub async fn account(conn: &mut Conn, unit: i32, code: &str) -> Result<Account, Problem> {
    chart::account(conn, unit, code).await?.ok_or_else(|| Kind::NotFound.bare())
}

/// Opens a detail account.
pub async fn open_account(conn: &mut Conn, work: &Work<'_>, new: &OpenAccount) -> Result<Account, Problem> {
    let (parent, code) = (new.parent_code.as_str(), new.code.as_str());
    if code == parent || !code.starts_with(parent) {
        return Err(Problem::field(
            "/code",
            text!("Tối đa 10 chữ số, bắt đầu bằng {parent}", "At most 10 digits, beginning with {parent}"),
        ));
    }
    let account = NewAccount { parent, code, name_vi: new.name_vi.as_str(), name_en: new.name_en.as_str() };
    match ledger::chart::add_account(&mut *conn, work.unit, account).await {
        Err(PostError::Database(error)) if constraint(&error) == Some("account_pkey") => {
            Err(Kind::AlreadyExists.bare())
        }
        Err(PostError::UnknownAccount) => {
            Err(Problem::field("/parent_code", text!("Không có tài khoản này", "There is no such account")))
        }
        done => done.map_err(Problem::from),
    }?;
    self::account(conn, work.unit, code).await
}

/// A page of funds.
pub async fn funds(
    conn: &mut Conn,
    unit: i32,
    after: Option<i32>,
    limit: i64,
) -> Result<Page<Fund>, Problem> {
    Ok(Page::of(sources::funds(conn, unit, after.unwrap_or(0), limit + 1).await?, limit, |fund| fund.fund_id))
}

/// One fund.
pub async fn fund(conn: &mut Conn, unit: i32, fund: i32) -> Result<Fund, Problem> {
    sources::fund(conn, unit, fund).await?.ok_or_else(|| Kind::NotFound.bare())
}

/// Opens a fund.
pub async fn open_fund(conn: &mut Conn, work: &Work<'_>, new: &OpenFund) -> Result<Fund, Problem> {
    not_in_future(work, new.opened_on, "/opened_on")?;
    let row = NewFund { kind: new.kind, name: new.name.as_str(), opened_on: new.opened_on };
    let number = sources::add_fund(&mut *conn, work.unit, &row).await.map_err(fund_refused)?;
    fund(conn, work.unit, number).await
}

fn fund_refused(error: sqlx::Error) -> Problem {
    match constraint(&error) {
        Some("fund_name_unique") => {
            Kind::AlreadyExists.saying(text!("Đã có quỹ tên này.", "A fund of this name exists."))
        }
        Some("fund_unit_id_fkey") => PostError::NoBook.into(),
        _ => error.into(),
    }
}

/// Refuses to correct what something stands on already.
fn still_correctable(standing: Option<String>) -> Result<(), Problem> {
    let Some(standing) = standing else { return Ok(()) };
    let (vi, en) = match standing.as_str() {
        "journals" => ("bút toán", "journals"),
        "agreements" => ("hợp đồng hỗ trợ", "agreements on support"),
        "loan_requests" => ("đề nghị vay vốn", "requests for loans"),
        _ => ("nguồn vốn khác thu hồi về đây", "other sources that recover into it"),
    };
    Err(Kind::WrongState.saying(text!(
        "Không sửa được nữa vì đã có {vi}. Hãy mở quỹ hoặc nguồn vốn mới và dùng từ nay.",
        "It is corrected no more: {en} stand on it. Open another one and use that from now on."
    )))
}

/// Corrects a fund on whose sources nothing stands yet, if it is as its reader saw it.
pub async fn change_fund(
    conn: &mut Conn,
    work: &Work<'_>,
    id: i32,
    change: FundChange,
    read: &IfMatch,
) -> Result<Fund, Problem> {
    sources::lock_all(conn, work.unit).await?;
    let was = fund(conn, work.unit, id).await?;
    read.holds(&was)?;
    still_correctable(sources::stands_on_fund(conn, work.unit, id).await?)?;
    let name = change.name.map_or(was.name, |name| name.to_string());
    let opened_on = change.opened_on.unwrap_or(was.opened_on);
    not_in_future(work, opened_on, "/opened_on")?;
    sources::correct_fund(conn, work.unit, id, (&name, opened_on)).await.map_err(fund_refused)?;
    fund(conn, work.unit, id).await
}

/// A page of sources with their figures.
pub async fn sources(
    conn: &mut Conn,
    unit: i32,
    wanted: Wanted,
    limit: i64,
) -> Result<Page<Source>, Problem> {
    Ok(Page::of(ledger::sources::list(conn, unit, wanted, limit + 1).await?, limit, |source| {
        source.source_id
    }))
}

/// One source with its figures.
pub async fn source(conn: &mut Conn, unit: i32, source: i32) -> Result<Source, Problem> {
    sources::find(conn, unit, source).await?.ok_or_else(|| Kind::NotFound.bare())
}

/// Opens a source.
pub async fn open_source(conn: &mut Conn, work: &Work<'_>, new: &OpenSource) -> Result<Source, Problem> {
    let fund = check_source(conn, work, new).await?;
    let number = sources::add(&mut *conn, work.unit, &new.row(fund)).await.map_err(source_refused)?;
    source(conn, work.unit, number).await
}

/// Corrects a source on which nothing stands yet, if it is as its reader saw it.
pub async fn change_source(
    conn: &mut Conn,
    work: &Work<'_>,
    id: i32,
    change: SourceChange,
    read: &IfMatch,
) -> Result<Source, Problem> {
    sources::lock_all(conn, work.unit).await?;
    let was = source(conn, work.unit, id).await?;
    read.holds(&was)?;
    still_correctable(sources::stands_on(conn, work.unit, id).await?)?;
    let now = change.over(&was)?;
    if now.recovers_into == Some(id) {
        let why =
            text!("Bỏ trống khi vốn thu hồi về chính nguồn này", "Leave it out when it recovers into itself");
        return Err(Problem::field("/recovers_into", why));
    }
    let fund = check_source(conn, work, &now).await?;
    sources::correct(conn, work.unit, id, &now.row(fund)).await.map_err(source_refused)?;
    source(conn, work.unit, id).await
}

fn source_refused(error: sqlx::Error) -> Problem {
    match constraint(&error) {
        Some("source_name_unique") => Kind::AlreadyExists
            .saying(text!("Quỹ đã có nguồn vốn tên này.", "The fund has a source of this name.")),
        _ => error.into(),
    }
}

/// A text of ours, read again.
fn known<T: FromStr<Err: Into<anyhow::Error>>>(text: &str) -> Result<T, Problem> {
    text.parse().map_err(Problem::internal)
}

impl SourceChange {
    /// The source as it should have been opened.
    fn over(self, was: &Source) -> Result<OpenSource, Problem> {
        let stored = was.purposes.iter().flatten().map(|purpose| known(purpose)).collect::<Result<_, _>>()?;
        let mut now = OpenSource {
            fund_id: was.fund_id,
            name: self.name.map_or_else(|| known(&was.name), Ok)?,
            origin: was.came_from()?,
            giver: was.giver.as_deref().map(known).transpose()?,
            document_no: was.document_no.as_deref().map(known).transpose()?,
            nature: self.nature.map_or_else(|| was.capital_is(), Ok).map(Some)?,
            may_revolve: self.may_revolve.unwrap_or(was.may_revolve),
            must_return: self.must_return.unwrap_or(was.must_return),
            purposes: self.purposes.unwrap_or(stored),
            recovers_into: was.recovers_into,
            opened_on: self.opened_on.unwrap_or(was.opened_on),
        };
        self.giver.over(&mut now.giver);
        self.document_no.over(&mut now.document_no);
        self.recovers_into.over(&mut now.recovers_into);
        Ok(now)
    }
}

impl OpenSource {
    fn capital_is(&self, fund: FundKind) -> Nature {
        self.nature.unwrap_or_else(|| Nature::usual(fund, self.origin, self.must_return))
    }

    fn row(&self, fund: FundKind) -> NewSource<'_> {
        NewSource {
            fund: self.fund_id,
            name: self.name.as_str(),
            origin: self.origin,
            giver: self.giver.as_ref().map(Name::as_str),
            document_no: self.document_no.as_ref().map(Name::as_str),
            nature: self.capital_is(fund),
            may_revolve: self.may_revolve,
            must_return: self.must_return,
            purposes: &self.purposes,
            recovers_into: self.recovers_into,
            opened_on: self.opened_on,
        }
    }
}

/// Refuses a source that cannot be; says what its fund is for.
async fn check_source(conn: &mut Conn, work: &Work<'_>, new: &OpenSource) -> Result<FundKind, Problem> {
    not_in_future(work, new.opened_on, "/opened_on")?;
    if new.may_revolve && new.must_return {
        return Err(Problem::field(
            "/must_return",
            text!("Vốn quay vòng thì không phải hoàn trả", "Money that goes round does not go back"),
        ));
    }
    if new.purposes.len() > 20 {
        return Err(Problem::field("/purposes", text!("Tối đa 20 mục đích", "At most 20 purposes")));
    }
    let no_fund = || Problem::field("/fund_id", text!("Không có quỹ này", "There is no such fund"));
    let fund = sources::fund(&mut *conn, work.unit, new.fund_id).await?.ok_or_else(no_fund)?.purpose()?;
    let Some(target) = new.recovers_into else { return Ok(fund) };
    match sources::find(conn, work.unit, target).await? {
        Some(target) if target.fund_id == new.fund_id => {
            if new.capital_is(fund).goes_on_as(target.capital_is()?) {
                return Ok(fund);
            }
            let why = text!(
                "Vốn thu hồi giữ nguyên bản chất: chọn nguồn nhận có cùng bản chất vốn (nature)",
                "Recovered capital keeps its nature: choose a source of the same nature"
            );
            Err(Problem::field("/recovers_into", why))
        }
        _ => Err(Problem::field(
            "/recovers_into",
            text!("Phải là một nguồn vốn của cùng quỹ", "Must be a source of the same fund"),
        )),
    }
}
