mod meetings;

use chrono::NaiveDate;
use uuid::Uuid;

pub use meetings::{insert_meeting, insert_votes, is_listed, meeting, meetings, reverse_meeting, votes};

use super::values::{BoardPost, Dissolution, Group, Membership, NewGroup, NewMember, NewPost};
use crate::access::Work;
use crate::db::Conn;
use crate::domain::people::group::{Post, Size};
use crate::domain::values::ids::{GroupId, HouseholdId, MembershipId, UserId};

pub async fn size_on(conn: &mut Conn, day: NaiveDate) -> sqlx::Result<Option<Size>> {
    let row = sqlx::query!(
        "select least_members, most_members, same_hamlet from group_rule
          where valid_from <= $1 and (valid_to is null or valid_to > $1)",
        day
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Size {
        least: row.least_members.into(),
        most: row.most_members.into(),
        same_hamlet: row.same_hamlet,
    }))
}

pub async fn is_unit_of(conn: &mut Conn, unit: i32, kind: &str) -> sqlx::Result<bool> {
    let found =
        sqlx::query_scalar!("select exists (select from unit where unit_id = $1 and kind = $2)", unit, kind);
    Ok(found.fetch_one(conn).await?.unwrap_or_default())
}

pub async fn is_group_leader(conn: &mut Conn, unit: i32, user: Uuid) -> sqlx::Result<bool> {
    let holds = sqlx::query_scalar!("select 'group_leader' = any (roles_at($1, $2))", user, unit);
    Ok(holds.fetch_one(conn).await?.unwrap_or_default())
}

pub async fn insert_group(conn: &mut Conn, unit: i32, id: GroupId, new: &NewGroup) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into savings_group (unit_id, group_id, name, search_key, hamlet, organisation, organisation_unit_id,
                                    consent_no, consent_on, founded_on)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        unit,
        id.uuid(),
        new.name.as_str(),
        new.name.search_key(),
        new.hamlet.as_str(),
        new.organisation.code(),
        new.organisation_unit_id,
        new.consent_no.as_str(),
        new.consent_on,
        new.founded_on,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Locks a group until the transaction ends, so that its size and its board stand still; the days it was founded and dissolved.
pub async fn lock_group(
    conn: &mut Conn,
    unit: i32,
    id: GroupId,
) -> sqlx::Result<Option<(NaiveDate, Option<NaiveDate>)>> {
    let row = sqlx::query!(
        "select founded_on, dissolved_on from savings_group where unit_id = $1 and group_id = $2 for update",
        unit,
        id.uuid()
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (row.founded_on, row.dissolved_on)))
}

/// The last day on which something of a group began, or a meeting was held.
pub async fn last_day(conn: &mut Conn, unit: i32, group: GroupId) -> sqlx::Result<Option<NaiveDate>> {
    sqlx::query_scalar!(
        "select greatest((select max(joined_on) from group_member where unit_id = $1 and group_id = $2),
                         (select max(from_on) from group_post where unit_id = $1 and group_id = $2),
                         (select max(held_on) from group_meeting where unit_id = $1 and group_id = $2))",
        unit,
        group.uuid()
    )
    .fetch_one(conn)
    .await
}

pub async fn end_memberships(
    conn: &mut Conn,
    unit: i32,
    group: GroupId,
    left_on: NaiveDate,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update group_member set left_on = $3 where unit_id = $1 and group_id = $2 and left_on is null",
        unit,
        group.uuid(),
        left_on
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn end_posts(conn: &mut Conn, unit: i32, group: GroupId, to_on: NaiveDate) -> sqlx::Result<()> {
    sqlx::query!(
        "update group_post set to_on = $3 where unit_id = $1 and group_id = $2 and to_on is null",
        unit,
        group.uuid(),
        to_on
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn end_group(conn: &mut Conn, unit: i32, id: GroupId, end: &Dissolution) -> sqlx::Result<()> {
    sqlx::query!(
        "update savings_group set dissolved_on = $3, dissolved_reason = $4 where unit_id = $1 and group_id = $2",
        unit,
        id.uuid(),
        end.dissolved_on,
        end.reason.as_str()
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn groups(
    conn: &mut Conn,
    work: &Work<'_>,
    after: Option<GroupId>,
    limit: i64,
) -> sqlx::Result<Vec<Group>> {
    sqlx::query_as!(
        Group,
        r#"select group_id, name, hamlet, organisation, organisation_unit_id, consent_no, consent_on, founded_on,
                dissolved_on, dissolved_reason,
                (select count(*) from group_member m where m.unit_id = g.unit_id and m.group_id = g.group_id
                    and joined_on <= $3 and (left_on is null or left_on > $3)) as "members!"
           from savings_group g
          where unit_id = $1 and group_id > $2
          order by group_id limit $4"#,
        work.unit,
        after.map(GroupId::uuid).unwrap_or_default(),
        work.clock.today(),
        limit,
    )
    .fetch_all(conn)
    .await
}

pub async fn group(conn: &mut Conn, work: &Work<'_>, id: GroupId) -> sqlx::Result<Option<Group>> {
    sqlx::query_as!(
        Group,
        r#"select group_id, name, hamlet, organisation, organisation_unit_id, consent_no, consent_on, founded_on,
                dissolved_on, dissolved_reason,
                (select count(*) from group_member m where m.unit_id = g.unit_id and m.group_id = g.group_id
                    and joined_on <= $3 and (left_on is null or left_on > $3)) as "members!"
           from savings_group g
          where unit_id = $1 and group_id = $2"#,
        work.unit,
        id.uuid(),
        work.clock.today(),
    )
    .fetch_optional(conn)
    .await
}

/// Leaders of today among some people, with their groups.
pub async fn led_by(
    conn: &mut Conn,
    work: &Work<'_>,
    users: &[UserId],
) -> sqlx::Result<Vec<(UserId, GroupId)>> {
    let rows = sqlx::query!(
        r#"select user_id as "user_id!", group_id from group_post
            where unit_id = $1 and user_id = any ($2) and post = 'leader' and from_on <= $3 and to_on is null"#,
        work.unit,
        &users.iter().map(|user| user.uuid()).collect::<Vec<_>>(),
        work.clock.today(),
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.user_id.into(), row.group_id.into())).collect())
}

pub async fn count_members(conn: &mut Conn, unit: i32, group: GroupId) -> sqlx::Result<i64> {
    let count = sqlx::query_scalar!(
        "select count(*) from group_member where unit_id = $1 and group_id = $2 and left_on is null",
        unit,
        group.uuid()
    );
    Ok(count.fetch_one(conn).await?.unwrap_or_default())
}

pub async fn insert_member(
    conn: &mut Conn,
    unit: i32,
    (group, id): (GroupId, MembershipId),
    new: &NewMember,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into group_member (unit_id, membership_id, group_id, household_id, representative, joined_on)
         values ($1, $2, $3, $4, $5, $6)",
        unit,
        id.uuid(),
        group.uuid(),
        new.household_id.uuid(),
        new.representative.as_str(),
        new.joined_on,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn memberships(conn: &mut Conn, unit: i32, group: GroupId) -> sqlx::Result<Vec<Membership>> {
    sqlx::query_as!(
        Membership,
        "select membership_id, household_id, representative, joined_on, left_on from group_member
          where unit_id = $1 and group_id = $2 order by left_on is not null, membership_id",
        unit,
        group.uuid()
    )
    .fetch_all(conn)
    .await
}

pub async fn membership(
    conn: &mut Conn,
    unit: i32,
    group: GroupId,
    id: MembershipId,
) -> sqlx::Result<Option<Membership>> {
    sqlx::query_as!(
        Membership,
        "select membership_id, household_id, representative, joined_on, left_on from group_member
          where unit_id = $1 and group_id = $2 and membership_id = $3",
        unit,
        group.uuid(),
        id.uuid()
    )
    .fetch_optional(conn)
    .await
}

pub async fn end_membership(
    conn: &mut Conn,
    unit: i32,
    id: MembershipId,
    left_on: NaiveDate,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update group_member set left_on = $3 where unit_id = $1 and membership_id = $2",
        unit,
        id.uuid(),
        left_on
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn group_of(
    conn: &mut Conn,
    unit: i32,
    household: HouseholdId,
    day: NaiveDate,
) -> sqlx::Result<Option<GroupId>> {
    let found = sqlx::query_scalar!(
        "select group_id from group_member
          where unit_id = $1 and household_id = $2 and joined_on <= $3 and (left_on is null or left_on > $3)
          order by joined_on desc limit 1",
        unit,
        household.uuid(),
        day
    )
    .fetch_optional(conn)
    .await?;
    Ok(found.map(GroupId::from))
}

pub async fn board(conn: &mut Conn, unit: i32, group: GroupId) -> sqlx::Result<Vec<BoardPost>> {
    sqlx::query_as!(
        BoardPost,
        "select post_id, post, name, user_id, from_on, to_on from group_post where unit_id = $1 and group_id = $2
          order by to_on is not null, array_position(array['leader', 'deputy', 'member'], post), post_id",
        unit,
        group.uuid()
    )
    .fetch_all(conn)
    .await
}

/// Who holds a post now, and since when.
pub async fn holder(
    conn: &mut Conn,
    unit: i32,
    group: GroupId,
    post: Post,
) -> sqlx::Result<Option<(Uuid, NaiveDate)>> {
    let row = sqlx::query!(
        "select post_id, from_on from group_post where unit_id = $1 and group_id = $2 and post = $3 and to_on is null",
        unit,
        group.uuid(),
        post.code()
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (row.post_id, row.from_on)))
}

pub async fn end_post(conn: &mut Conn, unit: i32, id: Uuid, to_on: NaiveDate) -> sqlx::Result<()> {
    sqlx::query!("update group_post set to_on = $3 where unit_id = $1 and post_id = $2", unit, id, to_on)
        .execute(conn)
        .await?;
    Ok(())
}

pub async fn insert_post(
    conn: &mut Conn,
    work: &Work<'_>,
    group: GroupId,
    new: &NewPost,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into group_post (unit_id, post_id, group_id, post, name, user_id, from_on) values ($1, $2, $3, $4, $5, $6, $7)",
        work.unit,
        work.clock.new_id(),
        group.uuid(),
        new.post.code(),
        new.name.as_str(),
        new.user_id,
        new.from_on,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What stands on a group, by kind; none: nothing yet.
pub async fn stands_on(conn: &mut Conn, unit: i32, group: GroupId) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar!("select stands_on_group($1, $2)", unit, group.uuid()).fetch_one(conn).await
}

/// The first day on which a group had a member or somebody on its board.
pub async fn first_day(conn: &mut Conn, unit: i32, group: GroupId) -> sqlx::Result<Option<NaiveDate>> {
    sqlx::query_scalar!(
        "select least((select min(joined_on) from group_member where unit_id = $1 and group_id = $2),
                      (select min(from_on) from group_post where unit_id = $1 and group_id = $2))",
        unit,
        group.uuid()
    )
    .fetch_one(conn)
    .await
}

pub async fn correct(conn: &mut Conn, unit: i32, id: GroupId, to: &NewGroup) -> sqlx::Result<()> {
    sqlx::query!(
        "update savings_group set name = $3, search_key = $4, hamlet = $5, organisation = $6, organisation_unit_id = $7,
                                  consent_no = $8, consent_on = $9, founded_on = $10
          where unit_id = $1 and group_id = $2",
        unit,
        id.uuid(),
        to.name.as_str(),
        to.name.search_key(),
        to.hamlet.as_str(),
        to.organisation.code(),
        to.organisation_unit_id,
        to.consent_no.as_str(),
        to.consent_on,
        to.founded_on,
    )
    .execute(conn)
    .await?;
    Ok(())
}
