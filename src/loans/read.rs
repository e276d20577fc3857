//! Loans as they are stored, locked or only read.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::case::{Case, Held, events_of};
use super::store;
use crate::db::Conn;
use crate::problem::{Kind, Problem};

/// Loans locked until the transaction ends, in the order of their keys. Missing ones are not there.
pub async fn lock(conn: &mut Conn, unit: i32, ids: &[Uuid]) -> Result<BTreeMap<Uuid, Case>, Problem> {
    store::lock(&mut *conn, unit, ids).await?;
    read_many(conn, unit, ids).await
}

/// Loans, only read.
pub async fn read_many(conn: &mut Conn, unit: i32, ids: &[Uuid]) -> Result<BTreeMap<Uuid, Case>, Problem> {
    let mut held: BTreeMap<Uuid, Held> = store::held(&mut *conn, unit, ids).await?.into_iter().collect();
    let mut happened = store::events_of_many(&mut *conn, unit, ids).await?;
    let mut cases = BTreeMap::new();
    for loan in store::loans(conn, unit, ids).await? {
        let happened = happened.remove(&loan.loan_id).unwrap_or_default();
        let events = events_of(&happened)?;
        if let Some(held) = held.remove(&loan.loan_id) {
            cases.insert(loan.loan_id, Case { loan, happened, events, held });
        }
    }
    Ok(cases)
}

/// One loan, locked.
pub async fn lock_one(conn: &mut Conn, unit: i32, id: Uuid) -> Result<Case, Problem> {
    lock(conn, unit, &[id]).await?.remove(&id).ok_or_else(|| Kind::NotFound.bare())
}

/// One loan, only read.
pub async fn read(conn: &mut Conn, unit: i32, id: Uuid) -> Result<Case, Problem> {
    read_many(conn, unit, &[id]).await?.remove(&id).ok_or_else(|| Kind::NotFound.bare())
}
