//! Units (đơn vị): the tree of those who keep books, with validity dates, codes per system and successors.
//!
//! A unit is changed from the unit above, but in its own scope: the change is a fact of the unit itself. Founding day, kind and
//! place in the tree stay as they were written; what a merger makes is a new unit.

pub mod http;
mod store;
mod values;

pub use values::{
    Code, CodeWord, Issuer, NewCode, NewUnit, Succession, Unit, UnitChange, UnitDetail, UnitKind, Wanted,
};

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::access::Work;
use crate::db::{self, Conn, Scope, constraint};
use crate::domain::values::text::Name;
use crate::http::etag::IfMatch;
use crate::http::page::Page;
use crate::problem::{Kind, Problem};
use crate::text;

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

/// What papers of a unit say at their head on a day.
pub async fn issuer(conn: &mut Conn, unit: i32, on: NaiveDate) -> Result<Issuer, Problem> {
    store::issuer(conn, unit, on).await?.ok_or_else(|| Kind::NotFound.bare())
}

/// The most successors of one unit.
const MOST_SUCCESSORS: usize = 20;

/// Two of a kind with one name below the same unit, or one code for two.
fn twice(error: sqlx::Error) -> Problem {
    match constraint(&error) {
        Some("unit_once" | "unit_code_once") => Kind::AlreadyExists.bare(),
        _ => error.into(),
    }
}

/// Refuses a unit that has ended.
fn still_exists(unit: &Unit) -> Result<(), Problem> {
    match unit.valid_to {
        Some(day) => Err(Kind::WrongState.saying(
            text!("Đơn vị đã kết thúc từ ngày {day}.", "The unit has not existed since {day}."; day),
        )),
        None => Ok(()),
    }
}

/// The same work in the scope of another unit.
async fn within<'a>(
    conn: &mut Conn,
    work: &Work<'a>,
    unit: i32,
    action: &'static str,
) -> Result<Work<'a>, Problem> {
    db::enter(conn, Scope { unit, actor: work.actor, action }, work.clock).await?;
    Ok(Work { unit, ..*work })
}

/// Makes a unit below the work's unit.
pub async fn create(conn: &mut Conn, work: &Work<'_>, new: &NewUnit) -> Result<UnitDetail, Problem> {
    let above = store::lock(conn, &[work.unit]).await?.pop().ok_or_else(|| Kind::NotFound.bare())?;
    still_exists(&above)?;
    if !new.kind.stands_below(above.kind) {
        return Err(Problem::field(
            "/kind",
            text!("Không đứng dưới đơn vị này", "Does not stand below this unit"),
        ));
    }
    if new.valid_from < above.valid_from {
        let from = above.valid_from;
        return Err(Problem::field("/valid_from", text!("Không sớm hơn {from}", "Not before {from}"; from)));
    }
    let unit = store::next_id(conn).await?;
    let work = within(conn, work, unit, "create_unit").await?;
    store::insert(conn, unit, above.unit_id, new).await.map_err(twice)?;
    store::note(conn, &work, "created", serde_json::json!(new)).await?;
    show(conn, unit).await
}

/// Locks a unit directly below the work's unit until the transaction ends. Others do not exist from here.
async fn lock(conn: &mut Conn, work: &Work<'_>, child: i32) -> Result<Unit, Problem> {
    let found = store::lock(conn, &[child]).await?.pop();
    found.filter(|unit| unit.parent_unit_id == Some(work.unit)).ok_or_else(|| Kind::NotFound.bare())
}

/// A unit ends after it began, and after everything below it.
async fn may_end(conn: &mut Conn, unit: &Unit, on: NaiveDate, pointer: &str) -> Result<(), Problem> {
    still_exists(unit)?;
    if on <= unit.valid_from {
        let from = unit.valid_from;
        return Err(Problem::field(pointer, text!("Phải sau ngày {from}", "Must be after {from}"; from)));
    }
    if store::has_children(conn, unit.unit_id).await? {
        return Err(Kind::WrongState.saying(text!(
            "Còn đơn vị trực thuộc chưa kết thúc.",
            "There are units below it that have not ended."
        )));
    }
    Ok(())
}

/// Corrects a unit below, if it was not changed since it was read.
pub async fn amend(
    conn: &mut Conn,
    work: &Work<'_>,
    child: i32,
    new: &UnitChange,
    read: &IfMatch,
) -> Result<UnitDetail, Problem> {
    let unit = lock(conn, work, child).await?;
    read.holds(&show(conn, child).await?)?;
    if let Some(day) = new.valid_to {
        may_end(conn, &unit, day, "/valid_to").await?;
    }
    let work = within(conn, work, child, "change_unit").await?;
    let name = new.name.as_ref().map_or(unit.name.as_str(), Name::as_str);
    store::amend(conn, child, name, new.valid_to.or(unit.valid_to)).await.map_err(twice)?;
    store::note(conn, &work, "changed", serde_json::json!(new)).await?;
    show(conn, child).await
}

/// Ends a unit below and says what it became. The successors exist on that day and are the caller's to administer. A
/// circle cannot come about: a successor exists on the day on which its predecessor no longer does, and the rows of
/// both are locked meanwhile.
pub async fn succeed(
    conn: &mut Conn,
    work: &Work<'_>,
    child: i32,
    new: &Succession,
) -> Result<UnitDetail, Problem> {
    let keys: BTreeSet<i32> = new.into.iter().copied().chain([child]).collect();
    if new.into.is_empty() || new.into.len() > MOST_SUCCESSORS || keys.len() <= new.into.len() {
        let wrong = text!(
            "Từ 1 đến {MOST_SUCCESSORS} đơn vị khác nhau",
            "From 1 to {MOST_SUCCESSORS} different units"
        );
        return Err(Problem::field("/into", wrong));
    }
    let keys = Vec::from_iter(keys);
    let units = store::lock(conn, &keys).await?;
    let ending = units.iter().find(|unit| unit.unit_id == child && unit.parent_unit_id == Some(work.unit));
    may_end(conn, ending.ok_or_else(|| Kind::NotFound.bare())?, new.on, "/on").await?;
    let administered = store::administered(conn, work, &keys).await?;
    let stands = |unit: &Unit| unit.valid_from <= new.on && unit.valid_to.is_none_or(|to| to > new.on);
    let good =
        |id: &i32| administered.contains(id) && units.iter().any(|unit| unit.unit_id == *id && stands(unit));
    if let Some(n) = new.into.iter().position(|id| !good(id)) {
        let unknown = text!("Không có đơn vị này vào ngày ấy", "There is no such unit on that day");
        return Err(Problem::field(format!("/into/{n}"), unknown));
    }
    let work = within(conn, work, child, "succeed_unit").await?;
    store::end(conn, child, new.on).await?;
    store::insert_successors(conn, child, new).await?;
    store::note(conn, &work, "succeeded", serde_json::json!(new)).await?;
    show(conn, child).await
}

/// Gives a unit below a code.
pub async fn give_code(
    conn: &mut Conn,
    work: &Work<'_>,
    child: i32,
    new: &NewCode,
) -> Result<UnitDetail, Problem> {
    let unit = lock(conn, work, child).await?;
    let earlier = store::codes(conn, child).await?;
    let same_system = earlier.iter().filter(|code| code.code_system == new.code_system.as_str());
    let free_from = same_system.filter_map(|code| code.valid_to.or(code.valid_from.succ_opt()));
    let first = free_from.chain([unit.valid_from]).max().unwrap_or(unit.valid_from);
    if new.valid_from < first {
        return Err(Problem::field(
            "/valid_from",
            text!("Không sớm hơn {first}", "Not before {first}"; first),
        ));
    }
    let work = within(conn, work, child, "give_unit_code").await?;
    store::end_code(conn, child, new).await?;
    store::insert_code(conn, child, new).await.map_err(twice)?;
    store::note(conn, &work, "code_given", serde_json::json!(new)).await?;
    show(conn, child).await
}
