//! How journals and their papers are read.

use serde::Serialize;

use crate::db::Conn;
use crate::http::page::Page;
use crate::ledger::chart;
use crate::ledger::journal_lists::{self, Wanted};
use crate::ledger::journals::{self, Head, Journal};
use crate::ledger::vouchers::{self, Papers, Voucher};
use crate::problem::{Kind, Problem};
use crate::units::{self, Issuer};

/// A voucher with what only its unit can say.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Paper {
    /// Đơn vị.
    pub unit_name: String,
    /// Mã quan hệ ngân sách, where the unit has one.
    pub budget_code: Option<String>,
    /// The same for papers.
    #[serde(skip)]
    pub issuer: Issuer,
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
    Ok(Page::of(journal_lists::list(conn, unit, &wanted, limit + 1).await?, limit, |head| head.journal_no))
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
    let rows = vouchers::list(conn, unit, wanted, limit + 1).await?;
    Ok(Page::of(rows, limit, |voucher| voucher.journal_no))
}

/// One voucher as it would be printed.
pub async fn voucher(conn: &mut Conn, unit: i32, wanted: &Papers) -> Result<Paper, Problem> {
    let voucher =
        vouchers::list(&mut *conn, unit, wanted, 1).await?.pop().ok_or_else(|| Kind::NotFound.bare())?;
    let issuer = units::issuer(conn, unit, voucher.issued_on).await?;
    Ok(Paper { unit_name: issuer.name.clone(), budget_code: issuer.budget_code.clone(), issuer, voucher })
}
