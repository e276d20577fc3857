//! What a group is, and what is entered about it.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::credit::programme::ProductCode;
use crate::domain::people::group::{Organisation, Post, is_member};
use crate::domain::values::ids::{GroupId, GroupMeetingId, HouseholdId, MembershipId, UserId};
use crate::domain::values::money::{Money, PositiveMoney};
use crate::domain::values::strict::not_null;
use crate::domain::values::text::{Name, Note};

/// Whose groups a reader sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// All groups of the unit.
    All,
    /// Only the group this person leads.
    LedBy(UserId),
}

/// A group to be set up.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewGroup {
    /// Unique in the unit.
    pub name: Name,
    /// Where its members live.
    pub hamlet: Name,
    /// The mass organisation entrusted with it.
    pub organisation: Organisation,
    /// The organisation's own unit, where it keeps one.
    #[serde(default)]
    pub organisation_unit_id: Option<i32>,
    /// Number of the commune's document of consent.
    pub consent_no: Name,
    /// Its day.
    pub consent_on: NaiveDate,
    /// The founding meeting; not before the consent.
    pub founded_on: NaiveDate,
}

/// A correction of a group at which nothing was recorded yet. What is not named stays.
#[derive(Debug, Default, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupChange {
    /// The right name.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub name: Option<Name>,
    /// The right hamlet.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub hamlet: Option<Name>,
    /// The right mass organisation.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub organisation: Option<Organisation>,
    /// The right number of the commune's document of consent.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub consent_no: Option<Name>,
    /// Its right day.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub consent_on: Option<NaiveDate>,
    /// The right day of the founding meeting.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub founded_on: Option<NaiveDate>,
}

/// Why a record is taken back.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MeetingReversal {
    /// Kept with the record.
    pub reason: Note,
}

/// A group.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Group {
    /// Public id.
    #[schema(value_type = Uuid)]
    pub group_id: GroupId,
    /// Name.
    pub name: String,
    /// Hamlet.
    pub hamlet: String,
    /// farmers, women, veterans or youth.
    #[schema(value_type = Organisation)]
    pub organisation: String,
    /// The organisation's own unit.
    pub organisation_unit_id: Option<i32>,
    /// Number of the commune's consent.
    pub consent_no: String,
    /// Its day.
    pub consent_on: NaiveDate,
    /// Founded on.
    pub founded_on: NaiveDate,
    /// First day on which there is no such group.
    pub dissolved_on: Option<NaiveDate>,
    /// Why it ended.
    pub dissolved_reason: Option<String>,
    /// Members today.
    pub members: i64,
}

/// A holder of a post on the board.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct BoardPost {
    /// Public id.
    pub post_id: Uuid,
    /// leader, deputy or member.
    #[schema(value_type = Post)]
    pub post: String,
    /// Who.
    pub name: String,
    /// The login of that person.
    pub user_id: Option<Uuid>,
    /// First day.
    pub from_on: NaiveDate,
    /// First day on which the post is no longer held.
    pub to_on: Option<NaiveDate>,
}

/// A household in the group.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Membership {
    /// Public id.
    #[schema(value_type = Uuid)]
    pub membership_id: MembershipId,
    /// The household.
    #[schema(value_type = Uuid)]
    pub household_id: HouseholdId,
    /// Who speaks for it.
    pub representative: String,
    /// First day.
    pub joined_on: NaiveDate,
    /// First day on which it is no longer in the group.
    pub left_on: Option<NaiveDate>,
}

impl Membership {
    pub(super) fn holds_on(&self, day: NaiveDate) -> bool {
        is_member(self.joined_on, self.left_on, day)
    }
}

/// A group with its board, members and what is to be mended.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct GroupDetail {
    /// The group.
    #[serde(flatten)]
    pub group: Group,
    /// Holders of posts, present ones first.
    pub board: Vec<BoardPost>,
    /// Members, past ones too.
    pub memberships: Vec<Membership>,
    /// What is to be mended, in Vietnamese.
    pub warnings_vi: Vec<String>,
    /// The same in English.
    pub warnings_en: Vec<String>,
}

/// A household that joins.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewGroupMember)]
pub struct NewMember {
    /// The household.
    #[schema(value_type = Uuid)]
    pub household_id: HouseholdId,
    /// Who speaks for it.
    pub representative: Name,
    /// First day.
    pub joined_on: NaiveDate,
}

/// A household that leaves.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Leaving {
    /// First day on which it is no longer in the group.
    pub left_on: NaiveDate,
}

/// The end of a group (giải thể tổ).
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Dissolution {
    /// First day on which there is no such group; not in the future.
    pub dissolved_on: NaiveDate,
    /// Why, with the paper it rests on.
    pub reason: Note,
}

/// An appointment to the board. Leader and deputy take over from their predecessors.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPost {
    /// Which post.
    pub post: Post,
    /// Who.
    pub name: Name,
    /// The login of that person; it must hold the role of group leader at the unit.
    #[serde(default)]
    pub user_id: Option<Uuid>,
    /// First day.
    pub from_on: NaiveDate,
}

/// What a list is narrowed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Narrowed {
    /// One group; none: all.
    To(Option<GroupId>),
    /// A leader who leads no group yet sees no row.
    ToNothing,
}

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
    #[schema(max_items = 200, value_type = Vec<Uuid>)]
    pub present: Vec<MembershipId>,
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
    #[schema(value_type = Uuid)]
    pub membership_id: MembershipId,
    /// For what loan.
    pub product_code: ProductCode,
    /// Class of beneficiary, as the list writes it.
    pub beneficiary: Name,
    /// How much, above zero.
    pub amount: PositiveMoney,
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
    #[schema(value_type = Uuid)]
    pub meeting_id: GroupMeetingId,
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
    /// Why its record was taken back; no list rests on it.
    pub reversed_because: Option<String>,
}

/// A vote as recorded: a row of list 03/TD.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct RecordedVote {
    /// Public id.
    pub vote_id: Uuid,
    /// Who asks.
    #[schema(value_type = Uuid)]
    pub membership_id: MembershipId,
    /// Their name.
    pub representative: String,
    /// The household.
    #[schema(value_type = Uuid)]
    pub household_id: HouseholdId,
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
