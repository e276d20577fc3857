//! Agreements at the ends of months, for the proof that the books held them then.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::case::Case;
use super::store;
use crate::db::Conn;
use crate::domain::books::account_role::SubjectKind;
use crate::domain::support::{Followed, recipes};
use crate::ledger::month_ends::MonthEnds;
use crate::problem::Problem;

/// How many agreements are folded at a time.
const AT_A_TIME: usize = 500;

/// How many balances were looked at, and which accounts do not hold at a month's end what the agreements came to. What is
/// overdue stands then as on the last day on which the books followed the agreement.
pub async fn tie_out(conn: &mut Conn, unit: i32) -> Result<(i64, Vec<String>), Problem> {
    let closed = store::closed_days(&mut *conn, unit, NaiveDate::default()).await?;
    let followed = closed.last().copied();
    let mut ends = MonthEnds::read(&mut *conn, unit, SubjectKind::Agreement, followed).await?;
    for some in store::keys(&mut *conn, unit).await?.chunks(AT_A_TIME) {
        for case in store::cases(&mut *conn, unit, some).await?.into_values() {
            add(&mut ends, &case, &closed)?;
        }
    }
    Ok(ends.findings())
}

fn add(ends: &mut MonthEnds, case: &Case, closed: &BTreeSet<NaiveDate>) -> Result<(), Problem> {
    let history = &case.history;
    let (Some(first), Some(last)) = (history.first_day(), history.last_day()) else { return Ok(()) };
    for end in ends.since(first) {
        let held = Followed { history, closed }.held(end)?;
        for (role, amount) in recipes::standing(&held) {
            ends.stands(end, case.agreement.source_id, role, amount);
        }
        if end >= last && held.is_zero() {
            break;
        }
    }
    Ok(())
}
