//! Work that takes longer than a request may. A job is asked for and answered at once; a worker takes those of a unit one after
//! the other and says how far it came. What a step did and where the next one goes on are written in one transaction, so a
//! job that is broken off goes on and does nothing twice.

mod store;
mod teller;
mod values;

use serde_json::Value;
use uuid::Uuid;

use crate::access::{Role, Work};
use crate::db::Conn;
use crate::domain::values::ids::JobId;
use crate::http::page::Page;
use crate::problem::{Kind as Refusal, Problem};
use crate::text;

pub use self::store::{forget_files, lock_unit, moved_on, take, units, unlock_unit};
pub use self::teller::{Said, Teller};
pub use self::values::{End, Event, Happening, Job, JobFile, Kind, Progress, State, Taken};

/// Asks for a job. One that was asked for in the same words and has not ended is the same job.
pub async fn ask(conn: &mut Conn, work: &Work<'_>, kind: Kind, request: Value) -> Result<Job, Problem> {
    let asked_by = work.actor.ok_or_else(|| Problem::internal(anyhow::anyhow!("a job of nobody")))?;
    let id = work.clock.new_id().into();
    // The same job may end between the two questions; then there is none in the way any more.
    loop {
        if store::insert(&mut *conn, work.unit, (id, asked_by.into()), (kind, &request)).await? {
            store::add_event(&mut *conn, work.unit, id, Happening::Asked, None).await?;
            return find(conn, work.unit, id).await;
        }
        if let Some(same) = store::unended(&mut *conn, work.unit, kind, &request).await? {
            return find(conn, work.unit, same.into()).await;
        }
    }
}

/// A job.
pub async fn find(conn: &mut Conn, unit: i32, id: JobId) -> Result<Job, Problem> {
    store::find(conn, unit, id).await?.ok_or_else(|| Refusal::NotFound.bare())
}

/// Whether a job has ended.
pub async fn has_ended(conn: &mut Conn, unit: i32, id: JobId) -> Result<bool, Problem> {
    store::has_ended(conn, unit, id).await?.ok_or_else(|| Refusal::NotFound.bare())
}

/// A job that somebody with these roles sees.
pub async fn show(conn: &mut Conn, unit: i32, id: JobId, roles: &[Role]) -> Result<Job, Problem> {
    let job = find(conn, unit, id).await?;
    let seen = Kind::seen_by(roles).iter().any(|kind| kind == job.kind.name());
    if seen { Ok(job) } else { Err(Refusal::NotFound.bare()) }
}

/// The jobs that somebody with these roles sees, the last one first.
pub async fn list(
    conn: &mut Conn,
    unit: i32,
    roles: &[Role],
    (after, limit): (Option<Uuid>, i64),
) -> Result<Page<Job>, Problem> {
    let before = after.unwrap_or_else(Uuid::max);
    let rows = store::list(conn, unit, &Kind::seen_by(roles), before, limit + 1).await?;
    Ok(Page::of(rows, limit, |job| job.job_id))
}

/// What happened to a job after an event.
pub async fn events(conn: &mut Conn, unit: i32, id: JobId, after: i32) -> Result<Vec<Event>, Problem> {
    store::events(conn, unit, id, after).await
}

/// The file of a job.
pub async fn file(conn: &mut Conn, unit: i32, id: JobId) -> Result<JobFile, Problem> {
    let job = find(&mut *conn, unit, id).await?;
    let file = store::file(conn, unit, id).await?;
    file.ok_or_else(|| match job.state {
        State::Done => Refusal::NotFound.saying(text!(
            "Tệp đã quá hạn lưu bảy ngày hoặc công việc này không tạo tệp; hãy yêu cầu lại",
            "The file was kept for seven days, or this job makes none; ask for it again"
        )),
        _ => Refusal::WrongState.saying(text!("Công việc chưa xong", "The job is not done")),
    })
}

/// Takes a job back: one that waits ends here, one that is worked on is told to stop.
pub async fn cancel(conn: &mut Conn, work: &Work<'_>, id: JobId) -> Result<Job, Problem> {
    let job = store::lock(&mut *conn, work.unit, id).await?.ok_or_else(|| Refusal::NotFound.bare())?;
    match job.state {
        State::Waiting => end(&mut *conn, work.unit, id, End::Cancelled).await?,
        State::Running if !job.cancel_asked => {
            store::ask_to_stop(&mut *conn, work.unit, id).await?;
            store::add_event(&mut *conn, work.unit, id, Happening::CancelAsked, None).await?;
        }
        State::Running | State::Cancelled => {}
        State::Done | State::Failed => {
            return Err(Refusal::WrongState.saying(text!(
                "Công việc đã kết thúc, không hủy được nữa; việc đã ghi sổ thì đảo lại theo nghiệp vụ",
                "The job has ended and cannot be taken back; what it recorded is reversed where it was recorded"
            )));
        }
    }
    find(conn, work.unit, id).await
}

/// Ends a job. One that has ended stays as it did.
pub async fn end(conn: &mut Conn, unit: i32, id: JobId, end: End) -> Result<(), Problem> {
    let (how, what, file) = match end {
        End::Done(result, file) => ((State::Done, Happening::Done), (Some(result), None), file),
        End::Failed(problem) => ((State::Failed, Happening::Failed), (None, Some(problem)), None),
        End::Cancelled => ((State::Cancelled, Happening::Cancelled), (None, None), None),
    };
    if !store::end(&mut *conn, unit, id, how, what).await? {
        return Err(Refusal::WrongState.bare());
    }
    if let Some(file) = file {
        store::put_file(conn, unit, id, &file).await?;
    }
    Ok(())
}

/// Writes down how far a step came, unless it is too soon after the last time; says whether the job goes on.
pub async fn note(
    conn: &mut Conn,
    unit: i32,
    id: JobId,
    progress: Option<&Progress>,
) -> Result<bool, Problem> {
    if store::is_to_stop(&mut *conn, unit, id).await? {
        return Ok(false);
    }
    if progress.is_some() {
        store::add_event(conn, unit, id, Happening::Progress, progress).await?;
    }
    Ok(true)
}
