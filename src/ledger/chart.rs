//! Charts, the book of a unit, and its accounts.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::Serialize;

use super::PostError;
use crate::db::Conn;
use crate::domain::books::account::{AccountClass, NormalSide};
use crate::domain::books::account_role::AccountRole;

/// A chart of accounts as published.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Chart {
    /// Key, such as `tt24_2024`.
    pub chart_id: String,
    /// Vietnamese title.
    pub title_vi: String,
    /// English title.
    pub title_en: String,
    /// The circular that lays it down.
    pub legal_basis: String,
    /// First day.
    pub valid_from: NaiveDate,
    /// First day on which no book is opened in it any more.
    pub valid_to: Option<NaiveDate>,
    /// The chart that a new book takes instead. This one can still be opened.
    pub superseded_by: Option<String>,
    /// The day from which the other one is in force.
    pub superseded_from: Option<NaiveDate>,
}

/// The book of a unit.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Book {
    /// Its chart.
    pub chart_id: String,
    /// Its first day.
    pub opened_on: NaiveDate,
    /// First day that is not closed.
    pub open_from: NaiveDate,
}

/// An account of a unit.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Account {
    /// Code in the unit's chart.
    pub code: String,
    /// The heading above.
    pub parent_code: Option<String>,
    /// Vietnamese name.
    pub name_vi: String,
    /// English name.
    pub name_en: String,
    /// What it holds.
    #[schema(value_type = AccountClass)]
    pub class: String,
    /// Where it normally stands.
    #[schema(value_type = NormalSide)]
    pub side: String,
    /// Cash or bank: what a source can spend.
    pub money: bool,
    /// Off the balance sheet.
    pub memorandum: bool,
    /// Takes lines; a heading does not.
    pub postable: bool,
}

/// A detail account to be opened below another.
#[derive(Debug, Clone, Copy)]
pub struct NewAccount<'a> {
    /// The account above, which becomes a heading.
    pub parent: &'a str,
    /// Code: the parent's and at least one digit more.
    pub code: &'a str,
    /// Vietnamese name.
    pub name_vi: &'a str,
    /// English name.
    pub name_en: &'a str,
}

/// All charts.
pub async fn charts(conn: &mut Conn) -> sqlx::Result<Vec<Chart>> {
    sqlx::query_as!(
        Chart,
        "select chart_id, title_vi, title_en, legal_basis, valid_from, valid_to, superseded_by, superseded_from
           from chart order by chart_id"
    )
    .fetch_all(conn)
    .await
}

/// The book of a unit, if it keeps one.
pub async fn book(conn: &mut Conn, unit: i32) -> sqlx::Result<Option<Book>> {
    sqlx::query_as!(
        Book,
        r#"select chart_id, opened_on, open_from(unit_id) as "open_from!" from book where unit_id = $1"#,
        unit
    )
    .fetch_optional(conn)
    .await
}

/// Whether an account of the unit's chart has an account role.
pub async fn has_role(conn: &mut Conn, unit: i32, role: AccountRole) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"select exists (select from book k join chart_role r on r.chart_id = k.chart_id and r.role = $2
                           where k.unit_id = $1) as "has!""#,
        unit,
        role.name()
    )
    .fetch_one(conn)
    .await
}

/// Accounts in the order of their codes, after a code.
pub async fn accounts(conn: &mut Conn, unit: i32, after: &str, limit: i64) -> sqlx::Result<Vec<Account>> {
    sqlx::query_as!(
        Account,
        "select code, parent_code, name_vi, name_en, class, side, money, memorandum, postable
           from account where unit_id = $1 and code > $2 order by code limit $3",
        unit,
        after,
        limit,
    )
    .fetch_all(conn)
    .await
}

/// One account.
pub async fn account(conn: &mut Conn, unit: i32, code: &str) -> sqlx::Result<Option<Account>> {
    sqlx::query_as!(
        Account,
        "select code, parent_code, name_vi, name_en, class, side, money, memorandum, postable
           from account where unit_id = $1 and code = $2",
        unit,
        code,
    )
    .fetch_optional(conn)
    .await
}

/// What the paper of a journal asks about its accounts.
#[derive(Debug, Clone, Default)]
pub struct Standing {
    /// Those that are the cash box.
    pub cash: BTreeSet<String>,
    /// Those off the balance sheet.
    pub memorandum: BTreeSet<String>,
}

/// Which of some accounts are cash, and which stand off the balance sheet.
pub async fn standing(conn: &mut Conn, unit: i32, codes: &[String]) -> sqlx::Result<Standing> {
    let rows = sqlx::query!(
        r#"select code, memorandum, code in (select cash_accounts($1)) as "cash!"
             from account where unit_id = $1 and code = any ($2)"#,
        unit,
        codes
    )
    .fetch_all(conn)
    .await?;
    let mut standing = Standing::default();
    for row in rows {
        if row.cash {
            standing.cash.insert(row.code.clone());
        }
        if row.memorandum {
            standing.memorandum.insert(row.code);
        }
    }
    Ok(standing)
}

/// The accounts that take the lines of an account: itself, or all below a heading. None when there is no such account.
pub async fn accounts_under(conn: &mut Conn, unit: i32, code: &str) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar!(
        r#"with recursive below as (
             select code, postable from account where unit_id = $1 and code = $2
             union all
             select a.code, a.postable from account a join below b on a.unit_id = $1 and a.parent_code = b.code)
           select code as "code!" from below where postable order by code"#,
        unit,
        code,
    )
    .fetch_all(conn)
    .await
}

/// Opens a detail account below another, of the same class and side.
pub async fn add_account(conn: &mut Conn, unit: i32, new: NewAccount<'_>) -> Result<(), PostError> {
    sqlx::query!(
        "select ledger_add_account($1, $2, $3, $4, $5)",
        unit,
        new.parent,
        new.code,
        new.name_vi,
        new.name_en
    )
    .fetch_one(conn)
    .await?;
    Ok(())
}
