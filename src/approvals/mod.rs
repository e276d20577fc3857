//! Sensitive commands wait here for a second person. The feature asks; the approver's decision executes the command
//! (`decisions`), in one transaction. Maker and approver are two people: the database refuses otherwise.

pub mod http;
mod store;
mod values;

pub use values::{Approval, Ask, Command, Decision, State, Waiting};

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use crate::access::Work;
use crate::db::{Conn, name_or_all};
use crate::http::page::Page;
use crate::problem::{Kind, Problem};
use crate::text;

/// Puts a command before the second person.
pub async fn ask(conn: &mut Conn, work: &Work<'_>, ask: Ask) -> Result<Approval, Problem> {
    let id = work.clock.new_id();
    let first = loop {
        if store::insert(&mut *conn, work, id, &ask).await? {
            return show(conn, work.unit, id).await;
        }
        // None where the one in the way was decided meanwhile: then this one may wait.
        if let Some(first) = store::waiting_about(&mut *conn, work.unit, &ask).await? {
            break first;
        }
    };
    Err(Kind::WrongState.saying(text!(
        "Yêu cầu {first} về cùng việc này đang chờ duyệt: trình người duyệt quyết định (POST …/approvals/{first}/approve hoặc …/reject), \
         hoặc người lập rút lại (POST …/approvals/{first}/withdraw), rồi mới lập yêu cầu khác.",
        "Request {first} about the same waits for approval already: let it be decided (POST …/approvals/{first}/approve or …/reject), \
         or let its maker withdraw it (POST …/approvals/{first}/withdraw), before another is made."
    )))
}

/// The name of who asked for a journal that a second person approved; none of a journal that waited for nobody.
pub async fn asked_by(
    conn: &mut Conn,
    unit: i32,
    journal_no: i64,
    booked_at: DateTime<Utc>,
) -> Result<Option<String>, Problem> {
    Ok(store::asked_by(conn, unit, journal_no, booked_at).await?)
}

/// One command.
pub async fn show(conn: &mut Conn, unit: i32, id: Uuid) -> Result<Approval, Problem> {
    store::find(conn, unit, id).await?.ok_or_else(|| Kind::NotFound.bare())
}

/// A page of commands, oldest first.
pub async fn list(
    conn: &mut Conn,
    unit: i32,
    state: Option<State>,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Page<Approval>, Problem> {
    let states = name_or_all(state.map(State::name), State::ALL.iter().map(|state| state.name()));
    let rows = store::list(conn, unit, &states, after.unwrap_or_default(), limit + 1).await?;
    Ok(Page::of(rows, limit, |row| row.approval_id))
}

/// Commands that wait and name a day before another, at most 200.
pub async fn waiting_before(conn: &mut Conn, unit: i32, day: NaiveDate) -> Result<Vec<Waiting>, Problem> {
    Ok(store::waiting_before(conn, unit, day).await?)
}

/// Takes a waiting command into the hands of the one who decides; locks it until the transaction ends.
pub async fn lock(conn: &mut Conn, work: &Work<'_>, id: Uuid) -> Result<Approval, Problem> {
    let waiting = store::lock(conn, work.unit, id).await?.ok_or_else(|| Kind::NotFound.bare())?;
    if waiting.state != State::Waiting.name() {
        return Err(Kind::WrongState
            .saying(text!("Yêu cầu này đã được quyết định.", "This request was decided already.")));
    }
    Ok(waiting)
}

/// Refuses the maker as approver.
pub fn second_person(waiting: &Approval, work: &Work<'_>) -> Result<(), Problem> {
    if work.actor == Some(waiting.made_by) { Err(Kind::SamePerson.bare()) } else { Ok(()) }
}

/// Writes the decision down.
pub async fn decide(
    conn: &mut Conn,
    work: &Work<'_>,
    id: Uuid,
    decision: Decision,
) -> Result<Approval, Problem> {
    store::decide(conn, work, id, &decision).await?;
    show(conn, work.unit, id).await
}
