//! Tills: the cash boxes and bank accounts of a unit, their books and reports of a day, and counts of cash boxes.

mod book;
mod counts;
pub mod http;
mod papers;
mod store;
mod values;

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::access::Work;
use crate::books::not_in_future;
use crate::db::{Conn, constraint};
use crate::domain::books::till::{Till, TillKind};
use crate::domain::values::text::Name;
use crate::domain::values::total::Total;
use crate::http::etag::IfMatch;
use crate::ledger::balances::{self, Cut};
use crate::ledger::tills::{self, NewTill, Said};
use crate::ledger::{PostError, chart};
use crate::problem::{Kind, Problem};
use crate::text;

pub use crate::ledger::tills::TillDetail;
pub use book::{DayLine, DayReport, TillBook};
pub use counts::{execute_reversal, execute_settlement};
pub use values::{
    CashCount, CashCountPaper, CloseTill, CountState, CountWithdrawal, CountedNotes, Denomination,
    DifferenceShare, NewCashCount, Notes, OpenDifference, OpenTill, Settlement, TillBalance, TillChange,
    TillList, UncountedBox,
};

/// The tills of a unit with what they hold at the end of a day.
pub async fn list(conn: &mut Conn, unit: i32, on: NaiveDate) -> Result<TillList, Problem> {
    let tills = tills::all(&mut *conn, unit).await?;
    let accounts: Vec<String> = tills.iter().map(|till| till.account.clone()).collect();
    let mut held: BTreeMap<String, Total> = BTreeMap::new();
    let cut = Cut { accounts: Some(&accounts), ..Cut::default() };
    for row in balances::before(conn, unit, on.succ_opt().unwrap_or(on), cut).await? {
        held.entry(row.account).or_default().0 += row.sums.difference().0;
    }
    let with_balance = |till: TillDetail| TillBalance {
        balance: held.get(&till.account).copied().unwrap_or_default(),
        till,
    };
    Ok(TillList { on, tills: tills.into_iter().map(with_balance).collect() })
}

/// The till that a name means on a day.
pub async fn show(conn: &mut Conn, unit: i32, till: Till, on: NaiveDate) -> Result<TillDetail, Problem> {
    tills::find(conn, unit, till, on).await?.ok_or_else(|| Kind::NotFound.bare())
}

fn wrong(field: &str, vi: &'static str, en: &'static str) -> Problem {
    Problem::field(field, crate::domain::values::language::Text::fixed(vi, en))
}

/// Refuses what belongs to the other kind, and what is missing of this one.
fn check(kind: TillKind, said: &Said<'_>) -> Result<(), Problem> {
    let of_bank = [
        ("/bank", said.bank),
        ("/account_no", said.account_no),
        ("/branch", said.branch),
        ("/holder", said.holder),
    ];
    if kind == TillKind::Cash {
        if let Some((field, _)) = of_bank.into_iter().find(|(_, given)| given.is_some()) {
            return Err(wrong(field, "Chỉ của tài khoản ngân hàng", "Only of a bank account"));
        }
        if said.keeper.is_none() {
            return Err(wrong("/keeper", "Quỹ tiền mặt cần tên thủ quỹ", "A cash box names who keeps it"));
        }
        return Ok(());
    }
    if said.keeper.is_some() {
        return Err(wrong("/keeper", "Chỉ của quỹ tiền mặt", "Only of a cash box"));
    }
    for (field, given) in &of_bank[..2] {
        if given.is_none() {
            let (vi, en) = (
                "Tài khoản ngân hàng cần tên ngân hàng và số tài khoản",
                "A bank account names its bank and its number",
            );
            return Err(wrong(field, vi, en));
        }
    }
    let number = said.account_no.unwrap_or_default();
    let digits = number.chars().filter(char::is_ascii_alphanumeric).count();
    let plain = number.chars().all(|c| c.is_ascii_alphanumeric() || " .-".contains(c));
    if !plain || digits < 3 || number.len() > 40 {
        return Err(wrong(
            "/account_no",
            "3 đến 40 ký tự: chữ số, chữ cái, dấu chấm, gạch ngang",
            "3 to 40 characters: digits, letters, dots, dashes",
        ));
    }
    Ok(())
}

fn as_str(name: Option<&Name>) -> Option<&str> {
    name.map(Name::as_str)
}

/// What the constraints of the table say.
fn refused(error: sqlx::Error) -> Problem {
    match constraint(&error) {
        Some("till_name_unique") => Kind::AlreadyExists.saying(text!(
            "Đã có quỹ hoặc tài khoản cùng loại mang tên này.",
            "One of this kind has this name already."
        )),
        Some("till_number_once") => Kind::AlreadyExists.saying(text!(
            "Số tài khoản này ở ngân hàng ấy đã được khai báo.",
            "This number at that bank is known already."
        )),
        _ => PostError::from(error).into(),
    }
}

/// Opens a till: the next detail account below that of its kind.
pub async fn open(conn: &mut Conn, work: &Work<'_>, new: &OpenTill) -> Result<TillDetail, Problem> {
    not_in_future(work, new.opened_on, "/opened_on")?;
    if chart::book(&mut *conn, work.unit).await?.is_none() {
        return Err(PostError::NoBook.into());
    }
    let said = Said {
        name: new.name.as_str(),
        keeper: as_str(new.keeper.as_ref()),
        bank: as_str(new.bank.as_ref()),
        account_no: as_str(new.account_no.as_ref()),
        branch: as_str(new.branch.as_ref()),
        holder: as_str(new.holder.as_ref()),
        is_default: new.is_default,
    };
    check(new.kind, &said)?;
    tills::lock_all(&mut *conn, work.unit).await?;
    let row = NewTill { said, opened_on: new.opened_on };
    let opened = tills::open(&mut *conn, work.unit, new.kind, &row).await.map_err(|error| match error {
        PostError::Database(error) => refused(error),
        PostError::TakesLines => Kind::WrongState.saying(text!(
            "Tài khoản này không còn số chi tiết nào để mở.",
            "No number is left below this account."
        )),
        other => other.into(),
    })?;
    let name = opened.and_then(|name| name.parse().ok());
    let till = name.ok_or_else(|| Problem::internal(anyhow::anyhow!("a till without a name was opened")))?;
    show(conn, work.unit, till, new.opened_on).await
}

/// Refuses what is not a till of the unit's own: the account above its boxes or accounts, and the chart's while there are none.
fn detail(was: &TillDetail) -> Result<Till, Problem> {
    match was.till_id.parse() {
        Ok(till @ (Till::CashBox(1..) | Till::BankAccount(1..))) => Ok(till),
        _ => Err(PostError::TillStays { why: "chart".to_owned() }.into()),
    }
}

/// Corrects what is said of a till, if it is as its reader saw it. Every version stays in the audit trail.
pub async fn change(
    conn: &mut Conn,
    work: &Work<'_>,
    till: Till,
    change: TillChange,
    read: &IfMatch,
) -> Result<TillDetail, Problem> {
    tills::lock_all(&mut *conn, work.unit).await?;
    let was = show(&mut *conn, work.unit, till, work.clock.today()).await?;
    read.holds(&was)?;
    let till = detail(&was)?;
    let text = |new: Option<Name>, was: Option<String>| new.map(|name| name.to_string()).or(was);
    let (mut branch, mut holder) =
        (was.branch.as_deref().map(known).transpose()?, was.holder.as_deref().map(known).transpose()?);
    change.branch.over(&mut branch);
    change.holder.over(&mut holder);
    let (keeper, bank) = (text(change.keeper, was.keeper.clone()), text(change.bank, was.bank.clone()));
    let account_no = text(change.account_no, was.account_no.clone());
    let name = change.name.map_or_else(|| was.name.clone(), |name| name.to_string());
    if change.is_default == Some(false) && was.is_default {
        return Err(wrong(
            "/is_default",
            "Hãy đặt nơi khác làm mặc định",
            "Make another one the first choice instead",
        ));
    }
    if change.is_default == Some(true) && was.closed_on.is_some() {
        return Err(wrong("/is_default", "Đã đóng", "It is closed"));
    }
    let to = Said {
        name: &name,
        keeper: keeper.as_deref(),
        bank: bank.as_deref(),
        account_no: account_no.as_deref(),
        branch: as_str(branch.as_ref()),
        holder: as_str(holder.as_ref()),
        is_default: change.is_default.unwrap_or(was.is_default),
    };
    check(till.kind(), &to)?;
    tills::correct(&mut *conn, work.unit, till, &to).await.map_err(refused)?;
    show(conn, work.unit, till, work.clock.today()).await
}

/// A text of ours, read again.
fn known(text: &str) -> Result<Name, Problem> {
    text.parse().map_err(Problem::internal)
}

/// Closes a till after its last day, or opens a closed one again.
pub async fn close(
    conn: &mut Conn,
    work: &Work<'_>,
    till: Till,
    last_day: Option<NaiveDate>,
) -> Result<TillDetail, Problem> {
    if let Some(day) = last_day {
        not_in_future(work, day, "/last_day")?;
    }
    tills::lock_all(&mut *conn, work.unit).await?;
    let was = show(&mut *conn, work.unit, till, work.clock.today()).await?;
    let till = detail(&was)?;
    tills::close(&mut *conn, work.unit, till, last_day).await?;
    show(conn, work.unit, till, work.clock.today()).await
}

/// What stands against closing months, from the first open day up to a day.
#[derive(Debug, Clone)]
pub struct Uncertain {
    /// Differences that nobody decided.
    pub differences: Vec<OpenDifference>,
    /// Boxes that nobody counted.
    pub uncounted: Vec<UncountedBox>,
}

/// What counts of cash boxes leave open in some months.
pub async fn uncertain(
    conn: &mut Conn,
    work: &Work<'_>,
    (from, before): (NaiveDate, NaiveDate),
) -> Result<Uncertain, Problem> {
    Ok(Uncertain {
        differences: store::open_differences(&mut *conn, work.unit, (from, before)).await?,
        uncounted: store::uncounted(conn, work.unit, (from, before), work.clock.today()).await?,
    })
}

/// The notes of the đồng.
pub async fn denominations(conn: &mut Conn) -> Result<Vec<Denomination>, Problem> {
    Ok(store::denominations(conn).await?)
}
