//! What lending knows of a savings-and-credit group: what is to be collected at its meeting, and whether it may end.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::case::{Loan, misfit};
use super::store;
use crate::access::Work;
use crate::db::Conn;
use crate::domain::credit::loan::state;
use crate::domain::values::ids::GroupId;
use crate::domain::values::money::Money;
use crate::groups::{self, Dissolution, GroupDetail};
use crate::problem::{Kind, Problem};
use crate::text;

/// What is to be collected on a loan on a day.
#[derive(Debug, Clone)]
pub struct Due {
    /// The loan.
    pub loan: Loan,
    /// Interest earned up to the day and not paid.
    pub interest: Money,
    /// Principal that falls due on the day or fell due before, and is not paid.
    pub principal: Money,
}

/// The loans of a group on which anything is owed on a day, the oldest first.
pub async fn dues(conn: &mut Conn, unit: i32, group: GroupId, on: NaiveDate) -> Result<Vec<Due>, Problem> {
    let ids = store::of_group(&mut *conn, unit, group).await?;
    let mut events = store::fold_events(&mut *conn, unit, &ids).await?;
    let mut dues = Vec::new();
    for loan in store::loans(conn, unit, &ids).await? {
        let events = events.remove(&loan.loan_id).unwrap_or_default();
        let state = state(&loan.contract.terms(), &events, on).map_err(misfit)?;
        if state.owed().is_zero() && state.interest.unpaid.is_zero() {
            continue;
        }
        let due = state.rows.iter().filter(|row| row.due_on <= on);
        let principal: Decimal = due.map(|row| row.principal - row.paid_principal).sum();
        let money = |amount| Money::vnd(amount).map_err(Problem::internal);
        dues.push(Due { interest: money(state.interest.unpaid)?, principal: money(principal)?, loan });
    }
    Ok(dues)
}

/// Contracts of some loans, in the order of their keys.
pub async fn contracts(conn: &mut Conn, unit: i32, ids: &[Uuid]) -> Result<Vec<Loan>, Problem> {
    Ok(store::loans(conn, unit, ids).await?)
}

/// Ends a group none of whose loans is open.
pub async fn dissolve_group(
    conn: &mut Conn,
    work: &Work<'_>,
    group: GroupId,
    end: &Dissolution,
) -> Result<GroupDetail, Problem> {
    groups::lock(&mut *conn, work.unit, group).await?;
    let open = store::open_in_group(&mut *conn, work.unit, group).await?;
    if open > 0 {
        return Err(Kind::WrongState
            .saying(text!("Tổ còn {open} khoản vay chưa tất toán.", "{open} loans of the group are open.")));
    }
    groups::dissolve(conn, work, group, end).await
}
