//! Loans that other banks keep: registers taken in from files, loans recorded by hand, and where they differ.

pub mod external;
pub mod http;
pub mod import;
mod store;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use uuid::Uuid;

use crate::db::Conn;
use crate::domain::credit::bank_register::{
    Differences, Loan, Plan, PlanRow, Total, compare, plan_report, totals,
};
use crate::http::page::Page;
use crate::problem::{Kind, Problem};

/// A register as it was taken in.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Register {
    /// Public id.
    pub register_id: Uuid,
    /// Whose loans.
    pub lender: String,
    /// The day its balances are of.
    pub as_of_on: NaiveDate,
    /// dong or million.
    pub counted_in: String,
    /// sha256 of the file, in hex.
    pub sha256: String,
    /// Loans in it.
    pub row_count: i32,
    /// When it was taken in.
    pub recorded_at: DateTime<Utc>,
    /// By whom.
    pub recorded_by: Option<Uuid>,
}

/// A register with its totals.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct RegisterDetail {
    /// The register.
    #[serde(flatten)]
    pub register: Register,
    /// By commune, programme and source; the right side is empty.
    pub totals: Vec<Total>,
}

/// A loan and the row it stands in.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct RegisterLine {
    /// The row, as a spreadsheet counts.
    pub line_no: i32,
    /// The loan.
    #[serde(flatten)]
    pub loan: Loan,
}

/// A page of registers in the order they came in.
pub async fn list(
    conn: &mut Conn,
    unit: i32,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Page<Register>, Problem> {
    let rows = store::registers(conn, unit, after, limit + 1).await?;
    Ok(Page::of(rows, limit, |register| register.register_id))
}

async fn find(conn: &mut Conn, unit: i32, id: Uuid) -> Result<Register, Problem> {
    store::register(conn, unit, id).await?.ok_or_else(|| Kind::NotFound.bare())
}

async fn loans_of(conn: &mut Conn, unit: i32, id: Uuid) -> Result<Vec<Loan>, Problem> {
    find(conn, unit, id).await?;
    let lines = store::lines(conn, unit, id, (None, i64::MAX)).await?;
    Ok(lines.into_iter().map(|line| line.loan).collect())
}

/// A register with its totals.
pub async fn show(conn: &mut Conn, unit: i32, id: Uuid) -> Result<RegisterDetail, Problem> {
    let register = find(conn, unit, id).await?;
    let loans = loans_of(conn, unit, id).await?;
    Ok(RegisterDetail { register, totals: totals(&loans, &[]) })
}

/// A page of a register's loans in the order of the file.
pub async fn lines(
    conn: &mut Conn,
    unit: i32,
    id: Uuid,
    (after, limit): (Option<i32>, i64),
) -> Result<Page<RegisterLine>, Problem> {
    find(conn, unit, id).await?;
    let rows = store::lines(conn, unit, id, (after, limit + 1)).await?;
    Ok(Page::of(rows, limit, |line| line.line_no))
}

/// Where two registers differ: `id` is the left side.
pub async fn differences(
    conn: &mut Conn,
    unit: i32,
    id: Uuid,
    against: Uuid,
) -> Result<Differences, Problem> {
    let right = loans_of(conn, unit, against).await?;
    differences_with(conn, unit, id, &right).await
}

/// Where a register differs from loans of our own.
pub async fn differences_with(
    conn: &mut Conn,
    unit: i32,
    id: Uuid,
    own: &[Loan],
) -> Result<Differences, Problem> {
    Ok(compare(&loans_of(conn, unit, id).await?, own))
}

/// Plans in millions against the balances of a register.
pub async fn against_plan(
    conn: &mut Conn,
    unit: i32,
    id: Uuid,
    plans: &[Plan],
) -> Result<Vec<PlanRow>, Problem> {
    Ok(plan_report(plans, &loans_of(conn, unit, id).await?))
}
