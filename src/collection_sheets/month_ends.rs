//! Savings of members at the ends of months, for the proof that the books held them then.

use super::store;
use crate::db::Conn;
use crate::domain::books::account_role::{AccountRole, SubjectKind};
use crate::ledger::month_ends::MonthEnds;
use crate::problem::Problem;

/// How many balances were looked at, and where the accounts do not hold at a month's end the savings that sheets took and that the
/// bank did not get.
pub async fn tie_out(conn: &mut Conn, unit: i32) -> Result<(i64, Vec<String>), Problem> {
    let moved = store::savings_by_month(&mut *conn, unit).await?;
    let last = moved.iter().map(|moved| moved.month).max();
    let mut ends = MonthEnds::read(conn, unit, SubjectKind::Household, last).await?;
    for moved in moved {
        for end in ends.since(moved.month) {
            ends.stands(end, moved.source_id, AccountRole::MemberSavings, -moved.amount);
        }
    }
    Ok(ends.findings())
}
