//! What is written into the general journal by hand: capital in and out, transfers, the accountant's own journals and
//! reversals; and how journals and their papers are read.

mod commands;
pub mod http;
mod manual;

use serde::{Deserialize, Serialize};

pub use crate::ledger::journals::{Head, Journal, Papers, Voucher, Wanted};
pub use commands::{
    CapitalMovement, RETURN_CAPITAL, REVERSE_JOURNAL, Reversal, Transfer, execute_return, execute_reversal,
    receive,
};
pub use manual::{ManualForm, ManualJournal, ManualLine, ManualPaper, POST_JOURNAL, Side, execute_manual};

use crate::db::Conn;
use crate::http::page::Page;
use crate::ledger::chart;
use crate::ledger::journals;
use crate::problem::{Kind, Problem};
use crate::units;

/// A journal that was rehearsed and taken back; its numbers are those it would have had.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Preview<T> {
    /// Always false.
    pub stored: bool,
    /// What would be written.
    pub journal: T,
}

/// A voucher with what only its unit can say.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Paper {
    /// Đơn vị.
    pub unit_name: String,
    /// Mã quan hệ ngân sách, where the unit has one.
    pub budget_code: Option<String>,
    /// The voucher.
    #[serde(flatten)]
    pub voucher: Voucher,
}

/// A page of journals in the order of their numbers. `account` may be a heading.
pub async fn list(
    conn: &mut Conn,
    unit: i32,
    account: Option<&str>,
    wanted: Wanted,
    limit: i64,
) -> Result<Page<Head>, Problem> {
    let accounts = match account {
        Some(code) => Some(chart::accounts_under(&mut *conn, unit, code).await?),
        None => None,
    };
    let wanted = Wanted { accounts, ..wanted };
    Ok(Page::of(journals::list(conn, unit, &wanted, limit + 1).await?, limit, |head| head.journal_no))
}

/// One journal with lines and paper.
pub async fn show(conn: &mut Conn, unit: i32, journal_no: i64) -> Result<Journal, Problem> {
    journals::find(conn, unit, journal_no).await?.ok_or_else(|| Kind::NotFound.bare())
}

/// A page of vouchers in the order of their journals.
pub async fn vouchers(
    conn: &mut Conn,
    unit: i32,
    wanted: &Papers,
    limit: i64,
) -> Result<Page<Voucher>, Problem> {
    let rows = journals::vouchers(conn, unit, wanted, limit + 1).await?;
    Ok(Page::of(rows, limit, |voucher| voucher.journal_no))
}

/// One voucher as it would be printed.
pub async fn voucher(conn: &mut Conn, unit: i32, wanted: &Papers) -> Result<Paper, Problem> {
    let voucher =
        journals::vouchers(&mut *conn, unit, wanted, 1).await?.pop().ok_or_else(|| Kind::NotFound.bare())?;
    let issuer = units::show(conn, unit).await?;
    let on = voucher.issued_on;
    let holds = |c: &&units::Code| {
        c.code_system == "budget" && c.valid_from <= on && c.valid_to.is_none_or(|end| on < end)
    };
    let budget_code = issuer.codes.iter().find(holds).map(|c| c.code.clone());
    Ok(Paper { unit_name: issuer.unit.name, budget_code, voucher })
}
