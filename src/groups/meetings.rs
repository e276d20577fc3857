//! Meetings of a group: minutes 10C/TD and, for each request, the vote that list 03/TD carries to the commune.

use uuid::Uuid;

pub use super::values::{Meeting, MeetingDetail, MeetingReversal, NewMeeting, NewVote, RecordedVote};
use super::values::{Membership, Sight};
use super::{find, lock_running, members_on, not_in_future, store};
use crate::access::Work;
use crate::db::{Conn, constraint};
use crate::domain::people::group::Vote;
use crate::domain::values::ids::{GroupId, GroupMeetingId, MembershipId};
use crate::http::page::Page;
use crate::problem::{Kind, Problem};
use crate::text;

/// The most members or requests of one meeting's minutes.
const MOST: usize = 200;

/// Records a meeting and its votes; minutes do not change afterwards.
pub async fn record(
    conn: &mut Conn,
    work: &Work<'_>,
    group: GroupId,
    new: &NewMeeting,
) -> Result<MeetingDetail, Problem> {
    lock_running(conn, work.unit, group).await?;
    not_in_future("/held_on", new.held_on, work)?;
    let members = members_on(conn, work.unit, group, new.held_on).await?;
    all_members(&new.present, &members)?;
    for (index, vote) in new.votes.iter().enumerate() {
        check_vote(index, vote, new, &members)?;
    }
    let id = work.clock.new_id().into();
    match store::insert_meeting(conn, work, (group, id), new).await {
        Err(error) if constraint(&error) == Some("group_meeting_minutes_unique") => {
            return Err(Kind::AlreadyExists
                .saying(text!("Số biên bản này đã có.", "These minutes are recorded already.")));
        }
        done => done?,
    }
    let ids: Vec<Uuid> = new.votes.iter().map(|_| work.clock.new_id()).collect();
    match store::insert_votes(conn, work.unit, (id, &ids), &new.votes).await {
        Err(error) if constraint(&error) == Some("group_vote_product_code_fkey") => {
            return Err(Problem::field(
                "/votes",
                text!("Có mã sản phẩm không tồn tại", "A product code does not exist"),
            ));
        }
        done => done?,
    }
    show(conn, work, (group, id), Sight::All).await
}

/// Takes the record of a meeting back, so that it is recorded anew as it was held.
pub async fn reverse(
    conn: &mut Conn,
    work: &Work<'_>,
    (group, id): (GroupId, GroupMeetingId),
    why: &MeetingReversal,
) -> Result<MeetingDetail, Problem> {
    lock_running(conn, work.unit, group).await?;
    let held = show(conn, work, (group, id), Sight::All).await?;
    if held.meeting.reversed_because.is_some() {
        return Err(Kind::AlreadyReversed.saying(text!(
            "Biên bản này đã được hủy ghi.",
            "The record of this meeting was taken back already."
        )));
    }
    if store::is_listed(conn, work.unit, id).await? {
        return Err(Kind::WrongState.saying(text!(
            "Không hủy được: danh sách đề nghị vay vốn đã lập theo biên bản này.",
            "It stays: a list of requests for loans rests on these minutes."
        )));
    }
    store::reverse_meeting(conn, work, id, &why.reason).await?;
    show(conn, work, (group, id), Sight::All).await
}

fn all_members(present: &[MembershipId], members: &[Membership]) -> Result<(), Problem> {
    if present.len() > MOST {
        return Err(Problem::field("/present", text!("Tối đa {MOST}", "At most {MOST}")));
    }
    for (index, id) in present.iter().enumerate() {
        if present[..index].contains(id) || !members.iter().any(|member| member.membership_id == *id) {
            let why = text!(
                "Không phải tổ viên vào ngày họp, hoặc ghi hai lần",
                "Not a member on that day, or there twice"
            );
            return Err(Problem::field(format!("/present/{index}"), why));
        }
    }
    Ok(())
}

fn check_vote(
    index: usize,
    vote: &NewVote,
    meeting: &NewMeeting,
    members: &[Membership],
) -> Result<(), Problem> {
    let wrong = |field: &str, why| Err(Problem::field(format!("/votes/{index}{field}"), why));
    if index >= MOST {
        return Err(Problem::field("/votes", text!("Tối đa {MOST}", "At most {MOST}")));
    }
    if !members.iter().any(|member| member.membership_id == vote.membership_id) {
        return wrong("/membership_id", text!("Không phải tổ viên vào ngày họp", "Not a member on that day"));
    }
    if !(1..=600).contains(&vote.term_months) {
        return wrong("/term_months", text!("Từ 1 đến 600 tháng", "1 to 600 months"));
    }
    let hands = Vote { in_favour: vote.in_favour, against: vote.against };
    if !hands.is_possible(meeting.present.len()) {
        return wrong(
            "/in_favour",
            text!("Nhiều phiếu hơn số người dự họp", "More votes than people present"),
        );
    }
    Ok(())
}

/// A page of a group's meetings in the order they were recorded.
pub async fn list(
    conn: &mut Conn,
    work: &Work<'_>,
    (group, sight): (GroupId, Sight),
    after: Option<GroupMeetingId>,
    limit: i64,
) -> Result<Page<Meeting>, Problem> {
    find(conn, work, group, sight).await?;
    let rows = store::meetings(conn, work.unit, group, after, limit + 1).await?;
    Ok(Page::of(rows, limit, |meeting| meeting.meeting_id))
}

/// One meeting with its votes.
pub async fn show(
    conn: &mut Conn,
    work: &Work<'_>,
    (group, id): (GroupId, GroupMeetingId),
    sight: Sight,
) -> Result<MeetingDetail, Problem> {
    find(conn, work, group, sight).await?;
    let meeting = store::meeting(conn, work.unit, group, id).await?.ok_or_else(|| Kind::NotFound.bare())?;
    Ok(MeetingDetail { votes: store::votes(conn, work.unit, id).await?, meeting })
}
