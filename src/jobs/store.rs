use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use super::values::{Event, Happening, Job, JobFile, Kind, Progress, State, Taken};
use crate::db::Conn;
use crate::domain::values::ids::{JobId, UserId};
use crate::domain::values::language::Text;
use crate::problem::Problem;

/// Puts a job into the queue; false when the same one has not ended.
pub async fn insert(
    conn: &mut Conn,
    unit: i32,
    (id, asked_by): (JobId, UserId),
    (kind, request): (Kind, &Value),
) -> sqlx::Result<bool> {
    let inserted = sqlx::query!(
        "insert into job (unit_id, job_id, kind, request, asked_by) values ($1, $2, $3, $4, $5)
         on conflict (unit_id, kind, md5(request::text)) where state in ('waiting', 'running') do nothing",
        unit,
        id.uuid(),
        kind.name(),
        request,
        asked_by.uuid(),
    )
    .execute(conn)
    .await?;
    Ok(inserted.rows_affected() == 1)
}

/// The same job that has not ended.
pub async fn unended(conn: &mut Conn, unit: i32, kind: Kind, request: &Value) -> sqlx::Result<Option<Uuid>> {
    sqlx::query_scalar!(
        "select job_id from job
          where unit_id = $1 and kind = $2 and md5(request::text) = md5($3::jsonb::text) and state in ('waiting', 'running')",
        unit,
        kind.name(),
        request,
    )
    .fetch_optional(conn)
    .await
}

/// A row of `job`, with its last progress.
struct Row {
    job_id: Uuid,
    kind: String,
    request: Value,
    state: String,
    cancel_asked: bool,
    done: Option<i64>,
    total: Option<i64>,
    says: Option<Json<Text>>,
    result: Option<Value>,
    problem: Option<Value>,
    file: Option<String>,
    asked_by: Uuid,
    asked_at: DateTime<Utc>,
    begun_at: Option<DateTime<Utc>>,
    ended_at: Option<DateTime<Utc>>,
}

fn unknown(what: &str) -> Problem {
    Problem::internal(anyhow::anyhow!("there is no {what} among those of jobs"))
}

fn progress(done: Option<i64>, total: Option<i64>, says: Option<Json<Text>>) -> Option<Progress> {
    Some(Progress { done: done?, of: total, says: says?.0 })
}

impl Row {
    fn job(self) -> Result<Job, Problem> {
        Ok(Job {
            job_id: self.job_id,
            kind: Kind::of_name(&self.kind).ok_or_else(|| unknown(&self.kind))?,
            request: self.request,
            state: State::of_name(&self.state).ok_or_else(|| unknown(&self.state))?,
            cancel_asked: self.cancel_asked,
            progress: progress(self.done, self.total, self.says),
            result: self.result,
            problem: self.problem,
            file: self.file,
            asked_by: self.asked_by,
            asked_at: self.asked_at,
            begun_at: self.begun_at,
            ended_at: self.ended_at,
        })
    }
}

pub async fn find(conn: &mut Conn, unit: i32, id: JobId) -> Result<Option<Job>, Problem> {
    let row = sqlx::query_as!(
        Row,
        r#"select j.job_id, j.kind, j.request, j.state, j.cancel_asked_at is not null as "cancel_asked!",
                  p.done as "done?", p.total as "total?", p.says as "says?: Json<Text>", j.result, j.problem, f.name as "file?",
                  j.asked_by, j.asked_at, j.begun_at, j.ended_at
             from job j
             left join job_file f using (unit_id, job_id)
             left join lateral (select done, total, says from job_event e
                                 where e.unit_id = j.unit_id and e.job_id = j.job_id and what = 'progress'
                                 order by event_no desc limit 1) p on true
            where j.unit_id = $1 and j.job_id = $2"#,
        unit,
        id.uuid(),
    )
    .fetch_optional(conn)
    .await?;
    row.map(Row::job).transpose()
}

/// Whether a job has ended; nothing else of it is read, for its result may be long.
pub async fn has_ended(conn: &mut Conn, unit: i32, id: JobId) -> sqlx::Result<Option<bool>> {
    let ended = sqlx::query_scalar!(
        r#"select ended_at is not null as "ended!" from job where unit_id = $1 and job_id = $2"#,
        unit,
        id.uuid(),
    );
    ended.fetch_optional(conn).await
}

pub async fn list(
    conn: &mut Conn,
    unit: i32,
    kinds: &[String],
    before: Uuid,
    limit: i64,
) -> Result<Vec<Job>, Problem> {
    let rows = sqlx::query_as!(
        Row,
        r#"select j.job_id, j.kind, j.request, j.state, j.cancel_asked_at is not null as "cancel_asked!",
                  p.done as "done?", p.total as "total?", p.says as "says?: Json<Text>", null::jsonb as result, j.problem,
                  f.name as "file?", j.asked_by, j.asked_at, j.begun_at, j.ended_at
             from (select i.job_id from unnest($2::text[]) w (kind)
                    cross join lateral (select job_id from job
                                         where unit_id = $1 and kind = w.kind and job_id < $3
                                         order by job_id desc limit $4) i
                    order by 1 desc limit $4) k
            cross join lateral (select * from job where unit_id = $1 and job_id = k.job_id offset 0) j
             left join job_file f on f.unit_id = $1 and f.job_id = j.job_id
             left join lateral (select done, total, says from job_event e
                                 where e.unit_id = $1 and e.job_id = j.job_id and what = 'progress'
                                 order by event_no desc limit 1) p on true
            order by j.job_id desc"#,
        unit,
        kinds,
        before,
        limit,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Row::job).collect()
}

/// A job, locked until the transaction ends.
pub async fn lock(conn: &mut Conn, unit: i32, id: JobId) -> Result<Option<Job>, Problem> {
    sqlx::query!("select 1 as one from job where unit_id = $1 and job_id = $2 for update", unit, id.uuid())
        .fetch_optional(&mut *conn)
        .await?;
    find(conn, unit, id).await
}

pub async fn events(conn: &mut Conn, unit: i32, id: JobId, after: i32) -> Result<Vec<Event>, Problem> {
    let rows = sqlx::query!(
        r#"select event_no, at, what, done, total, says as "says: Json<Text>" from job_event
            where unit_id = $1 and job_id = $2 and event_no > $3 order by event_no limit 500"#,
        unit,
        id.uuid(),
        after,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Event {
                event_no: row.event_no,
                at: row.at,
                what: Happening::of_name(&row.what).ok_or_else(|| unknown(&row.what))?,
                progress: progress(row.done, row.total, row.says),
            })
        })
        .collect()
}

/// Records what happened, under the next number of the job.
pub async fn add_event(
    conn: &mut Conn,
    unit: i32,
    id: JobId,
    what: Happening,
    progress: Option<&Progress>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "with next as (update job set events = events + 1 where unit_id = $1 and job_id = $2 returning events)
         insert into job_event (unit_id, job_id, event_no, what, done, total, says)
         select $1, $2, next.events, $3, $4, $5, $6 from next",
        unit,
        id.uuid(),
        what.name(),
        progress.map(|progress| progress.done),
        progress.and_then(|progress| progress.of),
        progress.map(|progress| Json(&progress.says)) as _,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn ask_to_stop(conn: &mut Conn, unit: i32, id: JobId) -> sqlx::Result<()> {
    sqlx::query!(
        "update job set cancel_asked_at = scope_now() where unit_id = $1 and job_id = $2 and state = 'running'",
        unit,
        id.uuid(),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Whether somebody wants a job to stop.
pub async fn is_to_stop(conn: &mut Conn, unit: i32, id: JobId) -> sqlx::Result<bool> {
    let asked = sqlx::query_scalar!(
        r#"select cancel_asked_at is not null as "asked!" from job where unit_id = $1 and job_id = $2"#,
        unit,
        id.uuid(),
    );
    Ok(asked.fetch_optional(conn).await?.unwrap_or_default())
}

/// Ends a job that has not ended, with its last event; says whether it did.
pub async fn end(
    conn: &mut Conn,
    unit: i32,
    id: JobId,
    (state, last): (State, Happening),
    (result, problem): (Option<Value>, Option<Value>),
) -> sqlx::Result<bool> {
    let ended = sqlx::query!(
        "with ended as (update job set state = $3, result = $4, problem = $5, place = null, ended_at = scope_instant(),
                                       events = events + 1
                         where unit_id = $1 and job_id = $2 and state in ('waiting', 'running') returning events)
         insert into job_event (unit_id, job_id, event_no, what) select $1, $2, ended.events, $6 from ended",
        unit,
        id.uuid(),
        state.name(),
        result,
        problem,
        last.name(),
    )
    .execute(conn)
    .await?;
    Ok(ended.rows_affected() == 1)
}

pub async fn put_file(conn: &mut Conn, unit: i32, id: JobId, file: &JobFile) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into job_file (unit_id, job_id, name, media_type, bytes) values ($1, $2, $3, $4, $5)",
        unit,
        id.uuid(),
        file.name,
        file.media_type,
        file.bytes,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn file(conn: &mut Conn, unit: i32, id: JobId) -> sqlx::Result<Option<JobFile>> {
    sqlx::query_as!(
        JobFile,
        "select name, media_type, bytes from job_file where unit_id = $1 and job_id = $2",
        unit,
        id.uuid(),
    )
    .fetch_optional(conn)
    .await
}

/// Forgets files that were made more than a week ago.
pub async fn forget_files(conn: &mut Conn, unit: i32) -> sqlx::Result<()> {
    sqlx::query!(
        "delete from job_file where unit_id = $1 and made_at < scope_now() - '7 days'::interval",
        unit
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Units in which a job waits or is worked on.
pub async fn units(conn: &mut Conn) -> sqlx::Result<Vec<i32>> {
    let units = sqlx::query_scalar!("select units_with_jobs()").fetch_all(conn).await?;
    Ok(units.into_iter().flatten().collect())
}

/// Takes the queue of a unit for as long as the connection lives: the worker who works on this connection is the only one, and when
/// it dies another takes over.
pub async fn lock_unit(conn: &mut Conn, unit: i32) -> sqlx::Result<bool> {
    let taken =
        sqlx::query_scalar!("select pg_try_advisory_lock(hashtextextended('jobs', $1::integer))", unit);
    Ok(taken.fetch_one(conn).await?.unwrap_or_default())
}

/// Gives the queue of a unit back.
pub async fn unlock_unit(conn: &mut Conn, unit: i32) -> sqlx::Result<()> {
    sqlx::query_scalar!("select pg_advisory_unlock(hashtextextended('jobs', $1::integer))", unit)
        .fetch_one(conn)
        .await?;
    Ok(())
}

/// Takes the next job of the unit into one's hands: one that was broken off goes on first, for it is the oldest.
pub async fn take(conn: &mut Conn, unit: i32) -> Result<Option<Taken>, Problem> {
    let row = sqlx::query!(
        r#"with next as (select job_id, state from job where unit_id = $1 and state in ('waiting', 'running')
                         order by job_id limit 1 for update)
           update job j set state = 'running', attempts = attempts + 1, begun_at = coalesce(begun_at, scope_now())
             from next where j.unit_id = $1 and j.job_id = next.job_id
           returning j.job_id, j.kind, j.request, j.place, j.attempts, j.asked_by, next.state = 'waiting' as "is_new!""#,
        unit,
    )
    .fetch_optional(&mut *conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let what = if row.is_new { Happening::Begun } else { Happening::Resumed };
    add_event(conn, unit, row.job_id.into(), what, None).await?;
    Ok(Some(Taken {
        job_id: row.job_id.into(),
        kind: Kind::of_name(&row.kind).ok_or_else(|| unknown(&row.kind))?,
        request: row.request,
        place: row.place,
        attempts: row.attempts,
        asked_by: row.asked_by.into(),
    }))
}

/// Remembers where the next step goes on, in the transaction of the step before it.
pub async fn moved_on(
    conn: &mut Conn,
    unit: i32,
    id: JobId,
    place: &Value,
    progress: &Progress,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update job set place = $3, attempts = 1 where unit_id = $1 and job_id = $2",
        unit,
        id.uuid(),
        place
    )
    .execute(&mut *conn)
    .await?;
    add_event(conn, unit, id, Happening::Progress, Some(progress)).await
}
