//! Meetings of a group: minutes 10C/TD and, for each request, the vote that list 03/TD carries to the commune.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Membership, Sight, find, lock_running, members_on, not_in_future, store};
use crate::access::Work;
use crate::db::{Conn, constraint};
use crate::domain::credit::programme::ProductCode;
use crate::domain::people::group::Vote;
use crate::domain::values::money::Money;
use crate::domain::values::text::{Name, Note};
use crate::http::page::Page;
use crate::problem::{Kind, Problem};
use crate::text;

/// Minutes of a meeting.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewGroupMeeting)]
pub struct NewMeeting {
    /// The day.
    pub held_on: NaiveDate,
    /// Number of the minutes (10C/TD), unique in the group.
    pub minutes_no: Name,
    /// Memberships that were there.
    #[schema(max_items = 200)]
    pub present: Vec<Uuid>,
    /// Anything else.
    #[serde(default)]
    pub note: Option<Note>,
    /// Requests for loans and the votes on them.
    #[serde(default)]
    #[schema(max_items = 200)]
    pub votes: Vec<NewVote>,
}

/// A request and the vote on it.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewGroupVote)]
pub struct NewVote {
    /// Who asks.
    pub membership_id: Uuid,
    /// For what loan.
    pub product_code: ProductCode,
    /// Class of beneficiary, as the list writes it.
    pub beneficiary: Name,
    /// How much, above zero.
    pub amount: Money,
    /// What for.
    pub purpose: Name,
    /// For how long, 1 to 600 months.
    #[schema(minimum = 1, maximum = 600)]
    pub term_months: u32,
    /// Hands for it.
    pub in_favour: u32,
    /// Hands against it.
    pub against: u32,
}

/// A meeting.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = GroupMeeting)]
pub struct Meeting {
    /// Public id.
    pub meeting_id: Uuid,
    /// The day.
    pub held_on: NaiveDate,
    /// Number of the minutes.
    pub minutes_no: String,
    /// Memberships that were there.
    pub present: Vec<Uuid>,
    /// Anything else.
    pub note: Option<String>,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
    /// By whom.
    pub recorded_by: Option<Uuid>,
}

/// A vote as recorded: a row of list 03/TD.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct RecordedVote {
    /// Public id.
    pub vote_id: Uuid,
    /// Who asks.
    pub membership_id: Uuid,
    /// Their name.
    pub representative: String,
    /// The household.
    pub household_id: Uuid,
    /// For what loan.
    pub product_code: String,
    /// Class of beneficiary.
    pub beneficiary: String,
    /// How much, in đồng.
    #[schema(value_type = Money)]
    pub amount: Decimal,
    /// What for.
    pub purpose: String,
    /// In months.
    pub term_months: i32,
    /// Hands for it.
    pub in_favour: i32,
    /// Hands against it.
    pub against: i32,
    /// Whether the group agreed.
    pub agreed: bool,
}

/// A meeting with its votes.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct MeetingDetail {
    /// The meeting.
    #[serde(flatten)]
    pub meeting: Meeting,
    /// The votes, in the order of the list.
    pub votes: Vec<RecordedVote>,
}

/// The most members or requests of one meeting's minutes.
const MOST: usize = 200;

/// Records a meeting and its votes; minutes do not change afterwards.
pub async fn record(
    conn: &mut Conn,
    work: &Work<'_>,
    group: Uuid,
    new: &NewMeeting,
) -> Result<MeetingDetail, Problem> {
    lock_running(conn, work.unit, group).await?;
    not_in_future("/held_on", new.held_on, work)?;
    let members = members_on(conn, work.unit, group, new.held_on).await?;
    all_members(&new.present, &members)?;
    for (index, vote) in new.votes.iter().enumerate() {
        check_vote(index, vote, new, &members)?;
    }
    let id = work.clock.new_id();
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

fn all_members(present: &[Uuid], members: &[Membership]) -> Result<(), Problem> {
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
    if vote.amount.is_zero() {
        return wrong("/amount", text!("Phải lớn hơn 0", "It must be above zero"));
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
    (group, sight): (Uuid, Sight),
    after: Option<Uuid>,
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
    (group, id): (Uuid, Uuid),
    sight: Sight,
) -> Result<MeetingDetail, Problem> {
    find(conn, work, group, sight).await?;
    let meeting = store::meeting(conn, work.unit, group, id).await?.ok_or_else(|| Kind::NotFound.bare())?;
    Ok(MeetingDetail { votes: store::votes(conn, work.unit, id).await?, meeting })
}
