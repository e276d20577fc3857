//! The queue before a project: requests, the vote, ranks.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::store;
use crate::access::Work;
use crate::db::{Conn, constraint};
use crate::domain::people::poverty::Class;
use crate::domain::values::figures::date;
use crate::domain::values::language::{Language, Text};
use crate::domain::values::money::Money;
use crate::domain::values::text::{Name, Note};
use crate::households;
use crate::http::page::Page;
use crate::problem::{Kind, Problem};
use crate::text;

/// Where a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RequestState {
    /// Waits for its turn.
    Queued,
    /// An agreement was made.
    Agreed,
    /// Taken back by the household.
    Withdrawn,
    /// Refused by the board.
    Refused,
}

impl RequestState {
    /// As stored.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Agreed => "agreed",
            Self::Withdrawn => "withdrawn",
            Self::Refused => "refused",
        }
    }
}

/// A household asks for support.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct SupportRequest {
    /// Public id.
    pub request_id: Uuid,
    /// The project.
    pub project_id: Uuid,
    /// Who asks.
    pub household_id: Uuid,
    /// Who signs for the household, as of the day it asked.
    pub party: String,
    /// Their address.
    pub address: String,
    /// How much.
    pub amount: Money,
    /// What for, in the household's words.
    pub purpose: String,
    /// Class on the day it asked.
    pub class: String,
    /// What the class rests on.
    pub class_basis: String,
    /// When.
    pub requested_on: NaiveDate,
    /// queued, agreed, withdrawn or refused.
    pub state: String,
    /// Why it was withdrawn or refused.
    pub reason: Option<String>,
}

/// A new request.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRequest {
    /// Who asks.
    pub household_id: Uuid,
    /// How much.
    pub amount: Money,
    /// What for.
    pub purpose: Note,
    /// When; today when not said.
    #[schema(nullable = false)]
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
    pub meeting_id: Uuid,
    /// The project.
    pub project_id: Uuid,
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
}

/// A meeting with its votes.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
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
    pub request_id: Uuid,
    /// Votes for it.
    #[serde(rename = "for")]
    pub for_it: i32,
    /// Votes against.
    pub against: i32,
}

/// The class of a household that may be helped on a day, and what it rests on; refused when it may not.
pub async fn eligible(
    conn: &mut Conn,
    unit: i32,
    household: Uuid,
    on: NaiveDate,
) -> Result<(Class, Text), Problem> {
    let verdict = households::eligibility(conn, unit, household, on).await?;
    match verdict.decision {
        Some(decision) if verdict.eligible => Ok((decision.class, verdict.reason)),
        _ => Err(Kind::NotEligible.saying(verdict.reason)),
    }
}

/// Puts a household into the queue of a project.
pub async fn ask(
    conn: &mut Conn,
    work: &Work<'_>,
    project: Uuid,
    new: NewRequest,
) -> Result<SupportRequest, Problem> {
    let today = work.clock.today();
    let on = new.requested_on.unwrap_or(today);
    if on > today {
        return Err(Problem::field("/requested_on", text!("Chưa đến ngày này", "In the future")));
    }
    let project = super::show(conn, work.unit, project).await?;
    project.runs_on(on)?;
    project.within_cap(new.amount)?;
    let unknown = |problem: Problem| match problem.kind {
        Kind::NotFound => Problem::field("/household_id", text!("Không có hộ này", "No such household")),
        _ => problem,
    };
    let brief = households::brief(conn, work.unit, new.household_id, on).await.map_err(unknown)?;
    let (class, basis) = eligible(conn, work.unit, new.household_id, on).await?;
    let request = SupportRequest {
        request_id: work.clock.new_id(),
        project_id: project.project_id,
        household_id: new.household_id,
        party: brief.head,
        address: brief.address,
        amount: new.amount,
        purpose: new.purpose.to_string(),
        class: class.code().to_owned(),
        class_basis: basis.vi.into_owned(),
        requested_on: on,
        state: RequestState::Queued.name().to_owned(),
        reason: None,
    };
    store::insert_request(conn, work.unit, &request).await.map_err(|error| match constraint(&error) {
        Some("support_request_once") => Kind::AlreadyExists.saying(text!(
            "Hộ đã có đề nghị đang chờ trong dự án này.",
            "The household is in the queue already."
        )),
        _ => error.into(),
    })?;
    Ok(request)
}

/// One request.
pub async fn request(conn: &mut Conn, unit: i32, id: Uuid) -> Result<SupportRequest, Problem> {
    store::find_request(conn, unit, id).await?.ok_or_else(|| Kind::NotFound.bare())
}

/// Locks a request that still waits in the queue of a project.
async fn waiting(conn: &mut Conn, unit: i32, id: Uuid) -> Result<SupportRequest, Problem> {
    store::lock_requests(conn, unit, &[id]).await?;
    let request = request(conn, unit, id).await?;
    if request.state != RequestState::Queued.name() {
        return Err(Kind::WrongState
            .saying(text!("Đề nghị không còn trong hàng đợi.", "The request is no longer in the queue.")));
    }
    Ok(request)
}

/// Takes a request out of the queue: withdrawn by the household or refused by the board.
pub async fn close(
    conn: &mut Conn,
    work: &Work<'_>,
    (project, id): (Uuid, Uuid),
    state: RequestState,
    reason: Note,
) -> Result<SupportRequest, Problem> {
    let was = waiting(conn, work.unit, id).await?;
    if was.project_id != project {
        return Err(Kind::NotFound.bare());
    }
    store::set_request_state(conn, work.unit, id, state.name(), Some(reason.as_str())).await?;
    request(conn, work.unit, id).await
}

/// Takes a request out of the queue because an agreement is about to be made. [`lock_waiting_request`] locked it.
pub async fn agreed(conn: &mut Conn, unit: i32, id: Uuid) -> Result<(), Problem> {
    Ok(store::set_request_state(conn, unit, id, RequestState::Agreed.name(), None).await?)
}

/// Locks a request, whatever its state, until the transaction ends.
pub async fn lock_request(conn: &mut Conn, unit: i32, id: Uuid) -> Result<(), Problem> {
    Ok(store::lock_requests(conn, unit, &[id]).await?)
}

/// Ends a request whose agreement was given up.
pub async fn undo(conn: &mut Conn, unit: i32, id: Uuid, reason: &Note) -> Result<(), Problem> {
    Ok(store::set_request_state(conn, unit, id, RequestState::Withdrawn.name(), Some(reason.as_str()))
        .await?)
}

/// Locks a request that waits, until the transaction ends.
pub async fn lock_waiting_request(conn: &mut Conn, unit: i32, id: Uuid) -> Result<SupportRequest, Problem> {
    waiting(conn, unit, id).await
}

/// Records a meeting with its votes. All requests wait in the queue of the project.
pub async fn record_meeting(
    conn: &mut Conn,
    work: &Work<'_>,
    project: Uuid,
    new: NewMeeting,
) -> Result<Meeting, Problem> {
    super::show(conn, work.unit, project).await?;
    if new.held_on > work.clock.today() {
        return Err(Problem::field("/held_on", text!("Chưa đến ngày này", "In the future")));
    }
    if !(1..=10_000).contains(&new.attendees) {
        return Err(Problem::field("/attendees", text!("Từ 1 đến 10.000", "From 1 to 10,000")));
    }
    if new.votes.is_empty() || new.votes.len() > 200 {
        return Err(Problem::field("/votes", text!("Từ 1 đến 200 đề nghị", "1 to 200 requests")));
    }
    let ids: Vec<Uuid> = new.votes.iter().map(|vote| vote.request_id).collect();
    store::lock_requests(conn, work.unit, &ids).await?;
    let known = store::queued_of(conn, work.unit, project, &ids, new.held_on).await?;
    for (n, vote) in new.votes.iter().enumerate() {
        check_vote(vote, n, &new, &known)?;
    }
    let meeting = Meeting {
        meeting_id: work.clock.new_id(),
        project_id: project,
        minutes_no: new.minutes_no.to_string(),
        held_on: new.held_on,
        hamlet: new.hamlet.to_string(),
        chair: new.chair.to_string(),
        attendees: new.attendees,
    };
    store::insert_meeting(conn, work.unit, &meeting).await.map_err(|error| match constraint(&error) {
        Some("meeting_minutes_unique") => Kind::AlreadyExists.bare(),
        _ => error.into(),
    })?;
    let vote_ids: Vec<Uuid> = new.votes.iter().map(|_| work.clock.new_id()).collect();
    store::insert_votes(conn, work.unit, meeting.meeting_id, &vote_ids, &new.votes).await?;
    Ok(meeting)
}

fn check_vote(vote: &NewVote, n: usize, meeting: &NewMeeting, known: &[Uuid]) -> Result<(), Problem> {
    let here = |field: &str| format!("/votes/{n}/{field}");
    if !known.contains(&vote.request_id)
        || meeting.votes[..n].iter().any(|before| before.request_id == vote.request_id)
    {
        return Err(Problem::field(
            here("request_id"),
            text!(
                "Không phải đề nghị đang chờ của dự án, hoặc lặp lại",
                "Not a request waiting in this project's queue, or named twice"
            ),
        ));
    }
    let counts = 0..=meeting.attendees;
    let fits = counts.contains(&vote.for_it)
        && counts.contains(&vote.against)
        && vote.for_it <= meeting.attendees - vote.against;
    if fits {
        Ok(())
    } else {
        Err(Problem::field(here("for"), text!("Số phiếu nhiều hơn người dự", "More votes than attendees")))
    }
}

/// Meetings of a project, oldest first.
pub async fn meetings(
    conn: &mut Conn,
    unit: i32,
    project: Uuid,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Page<Meeting>, Problem> {
    super::show(conn, unit, project).await?;
    Ok(Page::of(store::meetings(conn, unit, project, after, limit + 1).await?, limit, |m| m.meeting_id))
}

/// The queue of a project: those who wait or have an agreement, in order of rank; with a state, those of that state.
pub async fn queue(
    conn: &mut Conn,
    unit: i32,
    (project, state): (Uuid, Option<RequestState>),
    after: Option<i64>,
    limit: i64,
) -> Result<Page<Queued>, Problem> {
    super::show(conn, unit, project).await?;
    let mut rows = store::queue(conn, unit, (project, state), after, limit + 1).await?;
    for row in &mut rows {
        row.explanation = explained(row);
    }
    Ok(Page::of(rows, limit, |row| row.rank))
}

/// Place of a request in the queue of its project.
pub async fn rank_of(conn: &mut Conn, unit: i32, ids: &[Uuid]) -> Result<Vec<(Uuid, i64)>, Problem> {
    Ok(store::ranks(conn, unit, ids).await?)
}

fn explained(row: &Queued) -> Text {
    let class = row.request.class.parse::<Class>();
    let said = |language: Language| {
        let class = class.map_or("", |class| class.label(language));
        let asked = date(row.request.requested_on, language);
        let vote = match (row.votes_for, row.votes_against, row.voted_on, &row.minutes_no) {
            (Some(yes), Some(no), Some(on), Some(minutes)) => {
                let on = date(on, language);
                language.pick(
                    format!("{yes} phiếu thuận, {no} phiếu chống (biên bản {minutes} ngày {on})"),
                    format!("{yes} votes for, {no} against (minutes {minutes} of {on})"),
                )
            }
            _ => language.pick("chưa bình xét", "no vote yet").to_owned(),
        };
        language.pick(
            format!("{vote}; {class}; đề nghị ngày {asked}."),
            format!("{vote}; {class}; asked on {asked}."),
        )
    };
    Text { vi: said(Language::Vi).into(), en: said(Language::En).into() }
}
