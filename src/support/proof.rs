//! The projection of agreements, and its proof: what a fold over the events gives must be what is stored, every recorded
//! split must be what a replay says, on every day. That the books hold it too is a claim of `verify`.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use uuid::Uuid;

use super::case::{Case, StateRow};
use super::store;
use crate::db::Conn;
use crate::domain::support::Change;
use crate::domain::values::row;
use crate::problem::Problem;

/// Rebuilds every agreement of a unit from its events and tells how what is stored differs; nothing when all is well.
pub async fn rebuild(conn: &mut Conn, unit: i32) -> Result<Vec<String>, Problem> {
    let rows = store::states(&mut *conn, unit).await?;
    let stored: BTreeMap<Uuid, StateRow> = rows.into_iter().map(|row| (row.agreement_id, row)).collect();
    let keys = store::keys(&mut *conn, unit).await?;
    let orphans = stored.keys().filter(|id| keys.binary_search(id).is_err());
    let mut found: Vec<String> = orphans.map(|id| format!("state of {id} has no agreement")).collect();
    let closed = store::closed_days(&mut *conn, unit, NaiveDate::default()).await?;
    for some in keys.chunks(500) {
        let cases: BTreeMap<_, _> = store::cases(&mut *conn, unit, some).await?.into_iter().collect();
        for (id, mut case) in cases {
            case.closed = Some(closed.clone());
            found.extend(differing(&case, stored.get(&id))?);
        }
    }
    Ok(found)
}

fn worded(Change { principal, interest, surplus, lost }: Change) -> String {
    let [principal, interest, surplus, lost] =
        [principal, interest, surplus, lost].map(|amount| amount.normalize());
    format!("principal {principal}, interest {interest}, surplus {surplus}, lost {lost}")
}

/// An agreement against its stored row, and its splits against a replay.
fn differing(case: &Case, stored: Option<&StateRow>) -> Result<Vec<String>, Problem> {
    let (id, now) = (case.agreement.agreement_id, StateRow::of(case)?);
    let mut found = match stored {
        None => vec![format!("agreement {id} has no state")],
        Some(stored) => row::differences(stored, &now)
            .map_err(Problem::internal)?
            .into_iter()
            .map(|what| format!("state of agreement {id}: {what}"))
            .collect(),
    };
    for day in case.history.days_from(NaiveDate::MIN) {
        for difference in case.history.differences(day, &case.history.replay(day)?) {
            let (of, was, is) = (difference.of, worded(difference.was), worded(difference.is));
            found.push(format!(
                "on {day} repayment {of} of agreement {id} stands divided as {was}; a replay gives {is}"
            ));
        }
    }
    Ok(found)
}
