//! What a project is, and a request, a vote and a meeting of its queue.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::domain::books::source::Purpose;
use crate::domain::people::poverty::Class;
use crate::domain::people::vote::Hands;
use crate::domain::support::Terms;
use crate::domain::values::catalogue::catalogue;
use crate::domain::values::ids::{HouseholdId, MeetingId, ProjectId, RequestId};
use crate::domain::values::language::Text;
use crate::domain::values::money::{Money, PositiveMoney};
use crate::domain::values::strict::not_null;
use crate::domain::values::text::{Name, Note};

/// A project (dự án).
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Project {
    /// Public id.
    #[schema(value_type = Uuid)]
    pub project_id: ProjectId,
    /// The fund it spends.
    pub fund_id: i32,
    /// Name.
    pub name: String,
    /// The programme it belongs to.
    pub programme: String,
    /// What its money is spent on: a source must allow it.
    pub purpose: String,
    /// What a household gets, the same code in all programmes: a household has it once at a time.
    pub content: String,
    /// First day.
    pub from_on: NaiveDate,
    /// First day after it.
    pub to_on: NaiveDate,
    /// The most a household may get.
    pub household_cap: Money,
    /// The most all may get together.
    pub budget: Money,
    /// How it comes back.
    pub terms: Terms,
    /// A request is carried by more than this share of those present, per cent.
    pub votes_above_pct: i32,
    /// The mechanism it goes round by; none: the general rule of its first day.
    pub mechanism_code: Option<String>,
    /// Since when it takes no more requests and signs nothing.
    pub closed_on: Option<NaiveDate>,
}

/// A project to be opened.
#[derive(Debug, Clone, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewProject {
    /// The fund it spends.
    pub fund_id: i32,
    /// Name, unique in the fund.
    pub name: Name,
    /// The programme it belongs to.
    pub programme: Name,
    /// What its money is spent on.
    pub purpose: Purpose,
    /// What a household gets; the purpose when not said.
    pub content: Option<Purpose>,
    /// First day.
    pub from_on: NaiveDate,
    /// First day after it: as far as its mechanism allows, three years later under the rule of 2017.
    pub to_on: NaiveDate,
    /// The most a household may get.
    pub household_cap: Money,
    /// The most all may get together.
    pub budget: Money,
    /// How it comes back.
    pub terms: Terms,
    /// A request is carried by more than this share of those present, per cent: not less than the rule of its first day, which
    /// holds when none is given.
    #[schema(minimum = 0, maximum = 99)]
    pub votes_above_pct: Option<i32>,
    /// The mechanism it goes round by, such as `own_money`; the general rule of its first day when none is named.
    pub mechanism_code: Option<Name>,
}

/// What may change in a project. Terms do not: agreements were signed on them.
#[derive(Debug, Default, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProjectChange {
    /// Another name.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub name: Option<Name>,
    /// Another end.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub to_on: Option<NaiveDate>,
    /// Another cap.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub household_cap: Option<Money>,
    /// Another budget.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub budget: Option<Money>,
    /// Closes it from a day on.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub closed_on: Option<NaiveDate>,
}

/// How support goes round under a programme of a province, or with money of others.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = SupportMechanism)]
pub struct Mechanism {
    /// Its code.
    pub mechanism_code: String,
    /// Vietnamese name.
    pub name_vi: String,
    /// English name.
    pub name_en: String,
    /// The province that decided it.
    pub province: Option<String>,
    /// The programme it is for.
    pub programme: Option<String>,
    /// Whether it is for money of the state budget; else for that of others only.
    pub budget_money: bool,
    /// Projects begin under it from this day …
    pub valid_from: NaiveDate,
    /// … until before this one.
    pub valid_to: Option<NaiveDate>,
    /// Longest project, and longest cycle from the payout to the last due day.
    pub max_months: u32,
    /// How far beyond an extension may reach.
    pub max_extension_months: u32,
    /// Of what is given, at least this comes back, percent.
    pub least_return_percent: Decimal,
    /// Days after acceptance (nghiệm thu) within which it comes back.
    pub due_days: Option<u32>,
    /// In what it comes back: `cash`, `kind` or `either`.
    pub return_form: String,
    /// How objective and subjective risks are handled, in Vietnamese.
    pub risk_rule_vi: String,
    /// What happens with the rest at the end, in Vietnamese.
    pub end_rule_vi: String,
    /// Where it is written.
    pub legal_basis: String,
    /// Whether figures wait for a readable text.
    pub unverified: bool,
    /// Which ones.
    pub note_vi: Option<String>,
}

/// What the law allows on a day.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Longest project, and longest time from the payout to the last due day.
    pub max_months: u32,
    /// How far beyond an extension may reach.
    pub max_extension_months: u32,
    /// The least that a project may ask of a vote: more than this share of those present, per cent.
    pub votes_above_pct: i32,
    /// Where it is written.
    pub legal_basis: String,
}

/// The vote on a request that counts: the last one.
#[derive(Debug, Clone)]
pub struct LastVote {
    /// How many were for it, of those present.
    pub hands: Hands,
    /// Minutes of the meeting.
    pub minutes_no: String,
    /// Its day.
    pub held_on: NaiveDate,
}

catalogue! {
    /// Where a request stands.
    #[schema(as = SupportRequestState)]
    pub enum RequestState {
        /// Waits for its turn.
        Queued = "queued",
        /// An agreement was made.
        Agreed = "agreed",
        /// Taken back by the household.
        Withdrawn = "withdrawn",
        /// Refused by the board.
        Refused = "refused",
    }
}

/// A household asks for support.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct SupportRequest {
    /// Public id.
    #[schema(value_type = Uuid)]
    pub request_id: RequestId,
    /// The project.
    #[schema(value_type = Uuid)]
    pub project_id: ProjectId,
    /// Who asks.
    #[schema(value_type = Uuid)]
    pub household_id: HouseholdId,
    /// Who signs for the household, as of the day it asked.
    pub party: String,
    /// Their address.
    pub address: String,
    /// How much.
    pub amount: Money,
    /// What for, in the household's words.
    pub purpose: String,
    /// Class on the day it asked.
    #[schema(value_type = Class)]
    pub class: String,
    /// What the class rests on.
    pub class_basis: String,
    /// When.
    pub requested_on: NaiveDate,
    /// Where it stands.
    #[schema(value_type = RequestState)]
    pub state: String,
    /// Why it was withdrawn or refused.
    pub reason: Option<String>,
}

/// A new request.
#[derive(Debug, Clone, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRequest {
    /// Who asks.
    #[schema(value_type = Uuid)]
    pub household_id: HouseholdId,
    /// How much.
    pub amount: PositiveMoney,
    /// What for.
    pub purpose: Note,
    /// When; today when not said.
    pub requested_on: Option<NaiveDate>,
}

/// A request in the queue.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Queued {
    /// Place in the queue, from 1.
    pub rank: i64,
    /// Place among the requests of the same state, from 1: who waits in place 1 is next.
    pub place: i64,
    /// The request.
    #[serde(flatten)]
    pub request: SupportRequest,
    /// Votes for it at the last vote; none before one.
    pub votes_for: Option<i32>,
    /// Votes against.
    pub votes_against: Option<i32>,
    /// Minutes of that meeting.
    pub minutes_no: Option<String>,
    /// Its day.
    pub voted_on: Option<NaiveDate>,
    /// Why it stands where it stands.
    pub explanation: Text,
}

/// A meeting of the hamlet that voted (họp bình xét).
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Meeting {
    /// Public id.
    #[schema(value_type = Uuid)]
    pub meeting_id: MeetingId,
    /// The project.
    #[schema(value_type = Uuid)]
    pub project_id: ProjectId,
    /// Number of the minutes.
    pub minutes_no: String,
    /// The day.
    pub held_on: NaiveDate,
    /// The hamlet.
    pub hamlet: String,
    /// Who led it.
    pub chair: String,
    /// How many could vote.
    pub attendees: i32,
    /// Why its record was taken back; its votes count no more.
    pub reversed_because: Option<String>,
}

/// A meeting with its votes.
#[derive(Debug, Clone, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMeeting {
    /// Number of the minutes.
    pub minutes_no: Name,
    /// The day.
    pub held_on: NaiveDate,
    /// The hamlet.
    pub hamlet: Name,
    /// Who led it.
    pub chair: Name,
    /// How many could vote, 1 to 10,000.
    #[schema(minimum = 1, maximum = 10000)]
    pub attendees: i32,
    /// The votes on each request, 1 to 200.
    #[schema(min_items = 1, max_items = 200)]
    pub votes: Vec<NewVote>,
}

/// The vote on one request.
#[derive(Debug, Clone, Copy, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewVote {
    /// The request.
    #[schema(value_type = Uuid)]
    pub request_id: RequestId,
    /// Votes for it.
    #[serde(rename = "for")]
    pub for_it: i32,
    /// Votes against.
    pub against: i32,
}
