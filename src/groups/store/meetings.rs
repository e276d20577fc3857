use rust_decimal::Decimal;
use uuid::Uuid;

use crate::access::Work;
use crate::db::Conn;
use crate::domain::people::group::Vote;
use crate::domain::values::ids::{GroupId, GroupMeetingId};
use crate::domain::values::text::Note;
use crate::groups::values::{Meeting, NewMeeting, NewVote, RecordedVote};

pub async fn insert_meeting(
    conn: &mut Conn,
    work: &Work<'_>,
    (group, id): (GroupId, GroupMeetingId),
    new: &NewMeeting,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into group_meeting (unit_id, meeting_id, group_id, held_on, minutes_no, present, note, recorded_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        work.unit,
        id.uuid(),
        group.uuid(),
        new.held_on,
        new.minutes_no.as_str(),
        &new.present.iter().map(|id| id.uuid()).collect::<Vec<_>>(),
        new.note.as_ref().map(Note::as_str),
        work.actor,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// All votes of a meeting in one statement.
pub async fn insert_votes(
    conn: &mut Conn,
    unit: i32,
    (meeting, ids): (GroupMeetingId, &[Uuid]),
    votes: &[NewVote],
) -> sqlx::Result<()> {
    let column = |text: fn(&NewVote) -> String| votes.iter().map(text).collect::<Vec<_>>();
    let number = |of: fn(&NewVote) -> u32| {
        votes.iter().map(|vote| i32::try_from(of(vote)).unwrap_or(i32::MAX)).collect::<Vec<_>>()
    };
    let agreed = |v: &NewVote| Vote { in_favour: v.in_favour, against: v.against }.is_agreed();
    sqlx::query!(
        "insert into group_vote (unit_id, vote_id, meeting_id, membership_id, product_code, beneficiary, amount, purpose,
                                 term_months, in_favour, against, agreed)
         select $1, v.*
           from unnest($2::uuid[], array_fill($3::uuid, array[cardinality($2::uuid[])]), $4::uuid[], $5::text[], $6::text[],
                       $7::numeric[], $8::text[], $9::integer[], $10::integer[], $11::integer[], $12::boolean[]) v",
        unit,
        ids,
        meeting.uuid(),
        &votes.iter().map(|vote| vote.membership_id.uuid()).collect::<Vec<_>>(),
        &column(|vote| vote.product_code.to_string()),
        &column(|vote| vote.beneficiary.to_string()),
        &votes.iter().map(|vote| vote.amount.amount()).collect::<Vec<Decimal>>(),
        &column(|vote| vote.purpose.to_string()),
        &number(|vote| vote.term_months),
        &number(|vote| vote.in_favour),
        &number(|vote| vote.against),
        &votes.iter().map(agreed).collect::<Vec<_>>(),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Whether a list of requests for loans rests on a meeting.
pub async fn is_listed(conn: &mut Conn, unit: i32, meeting: GroupMeetingId) -> sqlx::Result<bool> {
    let listed = sqlx::query_scalar!(
        "select exists (select from loan_request where unit_id = $1 and meeting_id = $2)",
        unit,
        meeting.uuid()
    );
    Ok(listed.fetch_one(conn).await?.unwrap_or_default())
}

pub async fn reverse_meeting(
    conn: &mut Conn,
    work: &Work<'_>,
    id: GroupMeetingId,
    reason: &Note,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into group_meeting_reversal (unit_id, meeting_id, reason, actor_id) values ($1, $2, $3, $4)",
        work.unit,
        id.uuid(),
        reason.as_str(),
        work.actor
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn meetings(
    conn: &mut Conn,
    unit: i32,
    group: GroupId,
    after: Option<GroupMeetingId>,
    limit: i64,
) -> sqlx::Result<Vec<Meeting>> {
    sqlx::query_as!(
        Meeting,
        r#"select meeting_id, held_on, minutes_no, present, note, m.recorded_at, recorded_by, reason as "reversed_because?"
           from group_meeting m left join group_meeting_reversal using (unit_id, meeting_id)
          where unit_id = $1 and group_id = $2 and meeting_id > $3 order by meeting_id limit $4"#,
        unit,
        group.uuid(),
        after.map(GroupMeetingId::uuid).unwrap_or_default(),
        limit
    )
    .fetch_all(conn)
    .await
}

pub async fn meeting(
    conn: &mut Conn,
    unit: i32,
    group: GroupId,
    id: GroupMeetingId,
) -> sqlx::Result<Option<Meeting>> {
    sqlx::query_as!(
        Meeting,
        r#"select meeting_id, held_on, minutes_no, present, note, m.recorded_at, recorded_by, reason as "reversed_because?"
           from group_meeting m left join group_meeting_reversal using (unit_id, meeting_id)
          where unit_id = $1 and group_id = $2 and meeting_id = $3"#,
        unit,
        group.uuid(),
        id.uuid()
    )
    .fetch_optional(conn)
    .await
}

pub async fn votes(conn: &mut Conn, unit: i32, meeting: GroupMeetingId) -> sqlx::Result<Vec<RecordedVote>> {
    sqlx::query_as!(
        RecordedVote,
        r#"select vote_id, membership_id, representative, household_id, product_code, beneficiary,
                trim_scale(amount) as "amount!", purpose, term_months, in_favour, against, agreed
           from group_vote v join group_member m using (unit_id, membership_id)
          where v.unit_id = $1 and v.meeting_id = $2 order by vote_id"#,
        unit,
        meeting.uuid()
    )
    .fetch_all(conn)
    .await
}
