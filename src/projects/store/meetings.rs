//! Meetings of a project, their votes, and what rests on them.

use chrono::NaiveDate;
use uuid::Uuid;

use super::super::values::{LastVote, Meeting, NewVote};
use crate::access::Work;
use crate::db::Conn;
use crate::domain::people::vote::Hands;
use crate::domain::values::ids::{MeetingId, ProjectId, RequestId};
use crate::domain::values::text::Note;

pub async fn insert_meeting(conn: &mut Conn, unit: i32, meeting: &Meeting) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into meeting (unit_id, meeting_id, project_id, minutes_no, held_on, hamlet, chair, attendees)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        unit,
        meeting.meeting_id.uuid(),
        meeting.project_id.uuid(),
        meeting.minutes_no,
        meeting.held_on,
        meeting.hamlet,
        meeting.chair,
        meeting.attendees,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn last_vote(conn: &mut Conn, unit: i32, request: RequestId) -> sqlx::Result<Option<LastVote>> {
    let row = sqlx::query!(
        r#"select for_it as "for_it!", attendees as "attendees!", held_on as "held_on!", minutes_no as "minutes_no!"
             from last_vote($1, $2)"#,
        unit,
        request.uuid()
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| LastVote {
        hands: Hands { for_it: row.for_it, present: row.attendees },
        minutes_no: row.minutes_no,
        held_on: row.held_on,
    }))
}

pub async fn insert_votes(
    conn: &mut Conn,
    unit: i32,
    meeting: MeetingId,
    ids: &[Uuid],
    votes: &[NewVote],
) -> sqlx::Result<()> {
    let requests: Vec<Uuid> = votes.iter().map(|vote| vote.request_id.uuid()).collect();
    let for_it: Vec<i32> = votes.iter().map(|vote| vote.for_it).collect();
    let against: Vec<i32> = votes.iter().map(|vote| vote.against).collect();
    sqlx::query!(
        "insert into vote (unit_id, vote_id, meeting_id, request_id, for_it, against)
         select $1, v.vote_id, $2, v.request_id, v.for_it, v.against
           from unnest($3::uuid[], $4::uuid[], $5::integer[], $6::integer[]) v(vote_id, request_id, for_it, against)",
        unit,
        meeting.uuid(),
        ids,
        &requests,
        &for_it,
        &against,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn meetings(
    conn: &mut Conn,
    unit: i32,
    project: ProjectId,
    after: Option<MeetingId>,
    limit: i64,
) -> sqlx::Result<Vec<Meeting>> {
    sqlx::query_as!(
        Meeting,
        r#"select meeting_id, project_id, minutes_no, held_on, hamlet, chair, attendees, reason as "reversed_because?"
             from meeting left join meeting_reversal using (unit_id, meeting_id)
            where unit_id = $1 and project_id = $2 and meeting_id > $3 order by meeting_id limit $4"#,
        unit,
        project.uuid(),
        after.map(MeetingId::uuid).unwrap_or_default(),
        limit
    )
    .fetch_all(conn)
    .await
}

pub async fn meeting(
    conn: &mut Conn,
    unit: i32,
    (project, id): (ProjectId, MeetingId),
) -> sqlx::Result<Option<Meeting>> {
    sqlx::query_as!(
        Meeting,
        r#"select meeting_id, project_id, minutes_no, held_on, hamlet, chair, attendees, reason as "reversed_because?"
             from meeting left join meeting_reversal using (unit_id, meeting_id)
            where unit_id = $1 and project_id = $2 and meeting_id = $3"#,
        unit,
        project.uuid(),
        id.uuid()
    )
    .fetch_optional(conn)
    .await
}

/// The requests a meeting voted on.
pub async fn voted_on(conn: &mut Conn, unit: i32, meeting: MeetingId) -> sqlx::Result<Vec<RequestId>> {
    let ids = sqlx::query_scalar!(
        "select request_id from vote where unit_id = $1 and meeting_id = $2",
        unit,
        meeting.uuid()
    );
    Ok(ids.fetch_all(conn).await?.into_iter().map(RequestId::from).collect())
}

/// Somebody who signed after a meeting voted on their request, and when.
pub async fn signed_after(
    conn: &mut Conn,
    unit: i32,
    meeting: MeetingId,
) -> sqlx::Result<Option<(String, NaiveDate)>> {
    let row = sqlx::query!(
        "select a.party, a.signed_on from vote v join agreement a using (unit_id, request_id)
          where v.unit_id = $1 and v.meeting_id = $2 order by a.agreement_id limit 1",
        unit,
        meeting.uuid()
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (row.party, row.signed_on)))
}

pub async fn reverse_meeting(
    conn: &mut Conn,
    work: &Work<'_>,
    id: MeetingId,
    reason: &Note,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into meeting_reversal (unit_id, meeting_id, reason, actor_id) values ($1, $2, $3, $4)",
        work.unit,
        id.uuid(),
        reason.as_str(),
        work.actor
    )
    .execute(conn)
    .await?;
    Ok(())
}
