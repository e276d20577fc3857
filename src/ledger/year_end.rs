//! What year-end closings are made from, and which of them stand.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::db::Conn;
use crate::domain::books::account_role::AccountRole;
use crate::domain::books::year_end::Accounts;

/// An account of income or expense that took lines.
#[derive(Debug, Clone)]
pub struct ResultAccount {
    /// Its code.
    pub code: String,
    /// Vietnamese name.
    pub name_vi: String,
    /// English name.
    pub name_en: String,
    /// Income; otherwise expense.
    pub income: bool,
}

/// Accounts of income and expense, in the order of their codes.
pub async fn result_accounts(conn: &mut Conn, unit: i32) -> sqlx::Result<Vec<ResultAccount>> {
    sqlx::query_as!(
        ResultAccount,
        r#"select code, name_vi, name_en, class = 'income' as "income!" from account
            where unit_id = $1 and postable and class in ('income', 'expense') order by code"#,
        unit,
    )
    .fetch_all(conn)
    .await
}

/// Where the result of the unit goes; none when its chart does not say.
pub async fn accounts(conn: &mut Conn, unit: i32) -> sqlx::Result<Option<Accounts>> {
    let roles = [AccountRole::Result, AccountRole::SurplusThisYear, AccountRole::SurplusEarlier];
    let codes = sqlx::query_scalar!(
        "select r.code from unnest($2::text[]) with ordinality w (role, n)
           join book k on k.unit_id = $1
           join chart_role r on r.chart_id = k.chart_id and r.role = w.role
          order by w.n",
        unit,
        &AccountRole::names(&roles),
    )
    .fetch_all(conn)
    .await?;
    let named = <[String; 3]>::try_from(codes).ok();
    Ok(named.map(|[result, this_year, earlier]| Accounts { result, this_year, earlier }))
}

/// What standing closings took from an account in a source.
#[derive(Debug, Clone)]
pub struct Taken {
    /// The account.
    pub account: String,
    /// The source.
    pub source_id: i32,
    /// Debits less credits.
    pub amount: Decimal,
}

/// What the closing of a year took, if it stands.
pub async fn taken(conn: &mut Conn, unit: i32, on: NaiveDate) -> sqlx::Result<Vec<Taken>> {
    sqlx::query_as!(
        Taken,
        r#"select account as "account!", source_id as "source_id!", sum(amount) as "amount!" from year_closing_line
            where unit_id = $1 and effective_on = $2 group by 1, 2"#,
        unit,
        on,
    )
    .fetch_all(conn)
    .await
}

/// A closing journal that stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Its number.
    pub journal_no: i64,
    /// The day it counts.
    pub on: NaiveDate,
}

/// The closing journals that stand and count on a day or later, and those of the day after such a closing; the last one first.
pub async fn standing(conn: &mut Conn, unit: i32, from: NaiveDate) -> sqlx::Result<Vec<Standing>> {
    sqlx::query_as!(
        Standing,
        r#"select j.journal_no, j.effective_on as on from journal j
            where j.unit_id = $1
              and (j.kind = 'year_closing' and j.effective_on >= $2 or j.kind = 'surplus_carried' and j.effective_on > $2)
              and not exists (select from journal r where r.unit_id = j.unit_id and r.reverses = j.journal_no)
            order by 1 desc"#,
        unit,
        from,
    )
    .fetch_all(conn)
    .await
}
