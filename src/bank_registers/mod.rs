//! Loans that other banks keep: registers taken in from files, loans recorded by hand, and where they differ.

pub mod external;
pub mod http;
pub mod import;
mod store;
mod values;

pub use values::{ExternalLoan, File, NewExternalLoan, Register, RegisterDetail, RegisterLine};

use crate::db::Conn;
use crate::domain::credit::bank_register::{Differences, Loan, Plan, PlanRow, compare, plan_report, totals};
use crate::domain::values::ids::RegisterId;
use crate::http::page::Page;
use crate::problem::{Kind, Problem};

/// A page of registers in the order they came in.
pub async fn list(
    conn: &mut Conn,
    unit: i32,
    after: Option<RegisterId>,
    limit: i64,
) -> Result<Page<Register>, Problem> {
    let rows = store::registers(conn, unit, after, limit + 1).await?;
    Ok(Page::of(rows, limit, |register| register.register_id))
}

async fn find(conn: &mut Conn, unit: i32, id: RegisterId) -> Result<Register, Problem> {
    store::register(conn, unit, id).await?.ok_or_else(|| Kind::NotFound.bare())
}

async fn loans_of(conn: &mut Conn, unit: i32, id: RegisterId) -> Result<Vec<Loan>, Problem> {
    find(conn, unit, id).await?;
    let lines = store::lines(conn, unit, id, (None, i64::MAX)).await?;
    Ok(lines.into_iter().map(|line| line.loan).collect())
}

/// A register with its totals.
pub async fn show(conn: &mut Conn, unit: i32, id: RegisterId) -> Result<RegisterDetail, Problem> {
    let register = find(conn, unit, id).await?;
    let loans = loans_of(conn, unit, id).await?;
    Ok(RegisterDetail { register, totals: totals(&loans, &[]) })
}

/// A page of a register's loans in the order of the file.
pub async fn lines(
    conn: &mut Conn,
    unit: i32,
    id: RegisterId,
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
    id: RegisterId,
    against: RegisterId,
) -> Result<Differences, Problem> {
    let right = loans_of(conn, unit, against).await?;
    differences_with(conn, unit, id, &right).await
}

/// Where a register differs from loans of our own.
pub async fn differences_with(
    conn: &mut Conn,
    unit: i32,
    id: RegisterId,
    own: &[Loan],
) -> Result<Differences, Problem> {
    Ok(compare(&loans_of(conn, unit, id).await?, own))
}

/// Plans in millions against the balances of a register.
pub async fn against_plan(
    conn: &mut Conn,
    unit: i32,
    id: RegisterId,
    plans: &[Plan],
) -> Result<Vec<PlanRow>, Problem> {
    Ok(plan_report(plans, &loans_of(conn, unit, id).await?))
}
