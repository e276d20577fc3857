use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::values::{Approval, Ask, Decision, Waiting};
use crate::access::Work;
use crate::db::Conn;

/// Whether it waits now; not where another about the same does.
pub async fn insert(conn: &mut Conn, work: &Work<'_>, id: Uuid, ask: &Ask) -> sqlx::Result<bool> {
    let inserted = sqlx::query!(
        "insert into approval (unit_id, approval_id, command, subject_id, body, summary_vi, summary_en, made_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (unit_id, command, subject_id) where state = 'waiting' and subject_id is not null do nothing",
        work.unit,
        id,
        ask.command.name(),
        ask.subject,
        ask.body,
        &ask.summary.vi,
        &ask.summary.en,
        work.actor,
    )
    .execute(conn)
    .await?;
    Ok(inserted.rows_affected() > 0)
}

/// The request that waits about the same.
pub async fn waiting_about(conn: &mut Conn, unit: i32, ask: &Ask) -> sqlx::Result<Option<Uuid>> {
    sqlx::query_scalar!(
        "select approval_id from approval where unit_id = $1 and command = $2 and subject_id = $3 and state = 'waiting'",
        unit,
        ask.command.name(),
        ask.subject
    )
    .fetch_optional(conn)
    .await
}

/// Who asked for a journal that was booked at a time. An outcome names its journals wherever it has them; it was written in their
/// transaction, so only those decided about then are read.
pub async fn asked_by(
    conn: &mut Conn,
    unit: i32,
    journal_no: i64,
    booked_at: DateTime<Utc>,
) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar!(
        "select u.full_name from approval a join app_user u on u.user_id = a.made_by
          where a.unit_id = $1 and a.state = 'approved'
            and a.decided_at between $3::timestamptz - interval '1 hour' and $3::timestamptz + interval '1 hour'
            and jsonb_path_exists(a.outcome, '$.**.journal_no ? (@ == $no)', jsonb_build_object('no', $2::bigint))
          limit 1",
        unit,
        journal_no,
        booked_at
    )
    .fetch_optional(conn)
    .await
}

pub async fn find(conn: &mut Conn, unit: i32, id: Uuid) -> sqlx::Result<Option<Approval>> {
    sqlx::query_as!(
        Approval,
        "select approval_id, command, subject_id, body, summary_vi, summary_en, made_by, made_at, state, decided_by,
                decided_at, note, outcome
           from approval where unit_id = $1 and approval_id = $2",
        unit,
        id
    )
    .fetch_optional(conn)
    .await
}

pub async fn lock(conn: &mut Conn, unit: i32, id: Uuid) -> sqlx::Result<Option<Approval>> {
    sqlx::query!(
        "select 1 as one from approval where unit_id = $1 and approval_id = $2 for update",
        unit,
        id
    )
    .fetch_optional(&mut *conn)
    .await?;
    find(conn, unit, id).await
}

pub async fn list(
    conn: &mut Conn,
    unit: i32,
    states: &[String],
    after: Uuid,
    limit: i64,
) -> sqlx::Result<Vec<Approval>> {
    sqlx::query_as!(
        Approval,
        "select a.approval_id, a.command, a.subject_id, a.body, a.summary_vi, a.summary_en, a.made_by, a.made_at, a.state,
                a.decided_by, a.decided_at, a.note, a.outcome
           from (select i.approval_id from unnest($2::text[]) w (state)
                  cross join lateral (select approval_id from approval
                                       where unit_id = $1 and state = w.state and approval_id > $3
                                       order by approval_id limit $4) i
                  order by 1 limit $4) k
          cross join lateral (select * from approval where unit_id = $1 and approval_id = k.approval_id offset 0) a
          order by a.approval_id",
        unit,
        states,
        after,
        limit
    )
    .fetch_all(conn)
    .await
}

pub async fn waiting_before(conn: &mut Conn, unit: i32, day: NaiveDate) -> sqlx::Result<Vec<Waiting>> {
    sqlx::query_as!(
        Waiting,
        r#"select approval_id, command, summary_vi, summary_en, made_at from approval
            where unit_id = $1 and state = 'waiting'
              and exists (select from jsonb_path_query(body, 'strict $.**') named (value)
                           where jsonb_typeof(value) = 'string' and value #>> '{}' ~ '^\d{4}-\d\d-\d\d$'
                             and value #>> '{}' < $2::date::text)
            order by approval_id limit 200"#,
        unit,
        day,
    )
    .fetch_all(conn)
    .await
}

pub async fn decide(conn: &mut Conn, work: &Work<'_>, id: Uuid, decision: &Decision) -> sqlx::Result<()> {
    sqlx::query!(
        "update approval set state = $3, decided_by = $4, decided_at = scope_now(), note = $5, outcome = $6
          where unit_id = $1 and approval_id = $2",
        work.unit,
        id,
        decision.state.name(),
        work.actor,
        decision.note,
        decision.outcome,
    )
    .execute(conn)
    .await?;
    Ok(())
}
