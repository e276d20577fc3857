//! The tills of a unit: its cash boxes and bank accounts, each an account of the books.

use chrono::NaiveDate;
use serde::Serialize;

use super::{NamedTill, PostError};
use crate::db::Conn;
use crate::domain::books::till::{Till, TillKind};

/// A cash box or a bank account as it is kept.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct TillDetail {
    /// What commands call it. `cash` or `bank` where the unit opened none of the kind; number 0 is the account that held the money
    /// before it did, which only gives away what it holds.
    #[schema(value_type = Till)]
    pub till_id: String,
    /// Cash box or bank account.
    #[schema(value_type = TillKind)]
    pub kind: String,
    /// Its account in the books.
    pub account: String,
    /// Name.
    pub name: String,
    /// Thủ quỹ: who keeps a cash box.
    pub keeper: Option<String>,
    /// The bank or Treasury of an account.
    pub bank: Option<String>,
    /// Số tài khoản.
    pub account_no: Option<String>,
    /// Branch of the bank.
    pub branch: Option<String>,
    /// Tên chủ tài khoản.
    pub holder: Option<String>,
    /// Whether `cash` or `bank` mean it.
    pub is_default: bool,
    /// First day.
    pub opened_on: NaiveDate,
    /// The day after its last; from the closing on it takes nothing, of no day. None while it is open.
    pub closed_on: Option<NaiveDate>,
}

/// What is said of a till besides its kind.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Said<'a> {
    /// Name.
    pub name: &'a str,
    /// Who keeps a cash box.
    pub keeper: Option<&'a str>,
    /// The bank of an account.
    pub bank: Option<&'a str>,
    /// Its number.
    pub account_no: Option<&'a str>,
    /// Branch of the bank.
    pub branch: Option<&'a str>,
    /// Who holds the account.
    pub holder: Option<&'a str>,
    /// Whether it is the first choice.
    pub is_default: bool,
}

/// A till to be opened.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct NewTill<'a> {
    /// What is said of it.
    #[serde(flatten)]
    pub said: Said<'a>,
    /// First day.
    pub opened_on: NaiveDate,
}

/// All tills of a unit, cash boxes last, each kind by number.
pub async fn all(conn: &mut Conn, unit: i32) -> sqlx::Result<Vec<TillDetail>> {
    sqlx::query_as!(
        TillDetail,
        r#"select till_id as "till_id!", kind as "kind!", account as "account!", name as "name!", keeper, bank, account_no, branch, holder,
                  is_default as "is_default!", opened_on as "opened_on!", closed_on
             from tills_of($1) order by kind desc, till_no"#,
        unit
    )
    .fetch_all(conn)
    .await
}

/// The till that a name means on a day; none where there is none.
pub async fn find(conn: &mut Conn, unit: i32, till: Till, on: NaiveDate) -> sqlx::Result<Option<TillDetail>> {
    sqlx::query_as!(
        TillDetail,
        r#"select till_id as "till_id!", kind as "kind!", account as "account!", name as "name!", keeper, bank, account_no, branch, holder,
                  is_default as "is_default!", opened_on as "opened_on!", closed_on
             from tills_of($1) where till_id = $2 or account = till_account($1, $2, $3) order by till_id <> $2 limit 1"#,
        unit,
        till.to_string(),
        on
    )
    .fetch_optional(conn)
    .await
}

/// The account of a till on a day.
pub async fn account(conn: &mut Conn, unit: i32, till: Till, on: NaiveDate) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar!("select till_account($1, $2, $3)", unit, till.to_string(), on).fetch_one(conn).await
}

/// The till that a name means now on a day, by its own name: a command that waits is carried out with what was the first choice when
/// it was asked for. Refused is one that takes no lines.
pub async fn fixed(conn: &mut Conn, unit: i32, till: Till, on: NaiveDate) -> Result<Till, PostError> {
    let none = || PostError::NoSuchTill { till: till.to_string() };
    let TillDetail { till_id, name, account, opened_on, closed_on, .. } =
        find(conn, unit, till, on).await?.ok_or_else(none)?;
    if let Some(last_day) = closed_on.and_then(|day| day.pred_opt()) {
        return Err(PostError::TillClosed { till: NamedTill { till: till_id, name, account }, last_day });
    }
    till_id.parse().ok().filter(|_| opened_on <= on).ok_or_else(none)
}

/// The till of a command that waited. `cash` or `bank` stayed so only where the unit had told none of the kind apart, and mean the
/// account that then held the money.
pub async fn as_asked(conn: &mut Conn, unit: i32, till: Till) -> sqlx::Result<Till> {
    let above = match till {
        Till::Cash => Till::CashBox(0),
        Till::Bank => Till::BankAccount(0),
        named => return Ok(named),
    };
    let apart = all(conn, unit).await?.iter().any(|known| known.till_id == above.to_string());
    Ok(if apart { above } else { till })
}

/// Opens a till and returns its name.
pub async fn open(
    conn: &mut Conn,
    unit: i32,
    kind: TillKind,
    new: &NewTill<'_>,
) -> Result<Option<String>, PostError> {
    let said = sqlx::types::Json(new);
    Ok(sqlx::query_scalar!("select ledger_open_till($1, $2, $3)", unit, kind.name(), said as _)
        .fetch_one(conn)
        .await?)
}

/// Closes a till after its last day; opens it again where there is none.
pub async fn close(
    conn: &mut Conn,
    unit: i32,
    till: Till,
    last_day: Option<NaiveDate>,
) -> Result<(), PostError> {
    sqlx::query!("select ledger_close_till($1, $2, $3)", unit, till.to_string(), last_day)
        .fetch_one(conn)
        .await?;
    Ok(())
}

/// Locks what is said of the tills of a unit until the transaction ends.
pub async fn lock_all(conn: &mut Conn, unit: i32) -> sqlx::Result<()> {
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended('tills', $1::integer))", unit)
        .fetch_one(conn)
        .await?;
    Ok(())
}

/// Corrects what is said of a till. A new first choice ends the old one.
pub async fn correct(conn: &mut Conn, unit: i32, till: Till, to: &Said<'_>) -> sqlx::Result<()> {
    if to.is_default {
        sqlx::query!(
            "update till set is_default = false where unit_id = $1 and kind = $2 and till_id <> $3 and is_default",
            unit,
            till.kind().name(),
            till.to_string()
        )
        .execute(&mut *conn)
        .await?;
    }
    sqlx::query!(
        "update till set name = $3, keeper = $4, bank = $5, account_no = $6, branch = $7, holder = $8, is_default = $9
          where unit_id = $1 and till_id = $2",
        unit,
        till.to_string(),
        to.name,
        to.keeper,
        to.bank,
        to.account_no,
        to.branch,
        to.holder,
        to.is_default
    )
    .execute(conn)
    .await?;
    Ok(())
}
