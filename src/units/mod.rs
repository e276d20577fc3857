//! Units (đơn vị): the tree of those who keep books, with validity dates, codes per system and successors.

pub mod http;
mod store;

use chrono::NaiveDate;
use serde::Serialize;

use crate::db::Conn;
use crate::http::page::Page;
use crate::problem::{Kind, Problem};

/// A unit as everybody may see it.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Unit {
    /// Key of the unit, in every address.
    pub unit_id: i32,
    /// The unit above.
    pub parent_unit_id: Option<i32>,
    /// province, commune, ward, front_board …
    pub kind: String,
    /// Name without its kind.
    pub name: String,
    /// First day.
    pub valid_from: NaiveDate,
    /// First day on which it no longer exists.
    pub valid_to: Option<NaiveDate>,
}

/// A code of a unit in one system; the same code is used again after mergers, so it has dates.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Code {
    /// Such as `gso`, the statistics office.
    pub code_system: String,
    /// The code.
    pub code: String,
    /// First day.
    pub valid_from: NaiveDate,
    /// First day on which it no longer holds.
    pub valid_to: Option<NaiveDate>,
}

/// A unit with its codes and what it came from or became.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct UnitDetail {
    /// The unit.
    #[serde(flatten)]
    pub unit: Unit,
    /// Its codes.
    pub codes: Vec<Code>,
    /// Units that went into it.
    pub predecessors: Vec<i32>,
    /// Units it went into.
    pub successors: Vec<i32>,
}

/// Which units a list shows.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Children of this unit.
    pub parent: Option<i32>,
    /// Those that exist on this day.
    pub on: Option<NaiveDate>,
    /// Those with this code in a system.
    pub code: Option<(String, String)>,
    /// Those after this key.
    pub after: Option<i32>,
}

/// A page of units in the order of their keys.
pub async fn list(conn: &mut Conn, wanted: &Wanted, limit: i64) -> Result<Page<Unit>, Problem> {
    Ok(Page::of(store::list(conn, wanted, limit + 1).await?, limit, |unit| unit.unit_id))
}

/// One unit.
pub async fn show(conn: &mut Conn, unit: i32) -> Result<UnitDetail, Problem> {
    let found = store::find(conn, unit).await?.ok_or_else(|| Kind::NotFound.bare())?;
    Ok(UnitDetail {
        unit: found,
        codes: store::codes(conn, unit).await?,
        predecessors: store::predecessors(conn, unit).await?,
        successors: store::successors(conn, unit).await?,
    })
}
