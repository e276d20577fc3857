//! Agreements, read and locked.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use uuid::Uuid;

use super::case::Case;
use super::store;
use super::values::{Listed, Shown, Wanted};
use crate::db::Conn;
use crate::http::page::Page;
use crate::problem::{Kind, Problem};

/// One agreement that the caller may see, with its history; not locked.
pub async fn case(conn: &mut Conn, unit: i32, id: Uuid) -> Result<Case, Problem> {
    store::cases(conn, unit, &[id]).await?.remove(&id).ok_or_else(|| Kind::NotFound.bare())
}

/// The same, locked until the transaction ends.
pub async fn lock_case(conn: &mut Conn, unit: i32, id: Uuid) -> Result<Case, Problem> {
    let mut cases = store::lock(&mut *conn, unit, &[id], &BTreeMap::new()).await?;
    let mut case = cases.remove(&id).ok_or_else(|| Kind::NotFound.bare())?;
    case.closed = Some(store::closed_days(conn, unit, NaiveDate::default()).await?);
    Ok(case)
}

/// The first day on which money was handed to a household of the unit.
pub async fn paid_out_since(conn: &mut Conn, unit: i32) -> Result<Option<NaiveDate>, Problem> {
    Ok(store::paid_out_since(conn, unit).await?)
}

/// An agreement as of a day.
pub async fn show(conn: &mut Conn, unit: i32, id: Uuid, as_of: NaiveDate) -> Result<Shown, Problem> {
    let case = case(conn, unit, id).await?;
    let state = case.history.state(as_of)?;
    Ok(Shown {
        status: case.status(&state.standing),
        state,
        events: store::happened(conn, unit, id, as_of).await?,
        journals: format!("/v1/units/{unit}/journals?subject={id}"),
        agreement: case.agreement,
    })
}

/// A page of agreements in the order they were made.
pub async fn list(
    conn: &mut Conn,
    unit: i32,
    wanted: &Wanted,
    today: NaiveDate,
    limit: i64,
) -> Result<Page<Listed>, Problem> {
    Ok(Page::of(store::list(conn, unit, wanted, today, limit + 1).await?, limit, |row| row.agreement_id))
}
