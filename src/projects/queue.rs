//! The queue before a project: requests, the vote, ranks.

use chrono::NaiveDate;
use uuid::Uuid;

use super::values::{
    LastVote, Meeting, NewMeeting, NewRequest, NewVote, Project, Queued, RequestState, SupportRequest,
};
use super::{project, store};
use crate::access::Work;
use crate::db::{Conn, constraint};
use crate::domain::people::poverty::Class;
use crate::domain::people::vote::Hands;
use crate::domain::values::figures::date;
use crate::domain::values::ids::{HouseholdId, MeetingId, ProjectId, RequestId};
use crate::domain::values::language::{Language, Text};
use crate::domain::values::text::Note;
use crate::households;
use crate::http::page::Page;
use crate::problem::{Kind, Problem};
use crate::text;

/// The class of a household that may be helped on a day, and what it rests on; refused when it may not.
pub async fn eligible(
    conn: &mut Conn,
    unit: i32,
    household: HouseholdId,
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
    project: ProjectId,
    new: NewRequest,
) -> Result<SupportRequest, Problem> {
    let today = work.clock.today();
    let on = new.requested_on.unwrap_or(today);
    if on > today {
        return Err(Problem::field("/requested_on", text!("Chưa đến ngày này", "In the future")));
    }
    let project = project::show(conn, work.unit, project).await?;
    project.runs_on(on)?;
    project.within_cap(new.amount.money())?;
    let unknown = |problem: Problem| match problem.kind {
        Kind::NotFound => Problem::field("/household_id", text!("Không có hộ này", "No such household")),
        _ => problem,
    };
    let brief = households::brief(conn, work.unit, new.household_id, on).await.map_err(unknown)?;
    let (class, basis) = eligible(conn, work.unit, new.household_id, on).await?;
    let request = SupportRequest {
        request_id: work.clock.new_id().into(),
        project_id: project.project_id,
        household_id: new.household_id,
        party: brief.head,
        address: brief.address,
        amount: new.amount.money(),
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
pub async fn request(conn: &mut Conn, unit: i32, id: RequestId) -> Result<SupportRequest, Problem> {
    store::find_request(conn, unit, id).await?.ok_or_else(|| Kind::NotFound.bare())
}

/// Locks a request that still waits in the queue of a project.
async fn waiting(conn: &mut Conn, unit: i32, id: RequestId) -> Result<SupportRequest, Problem> {
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
    (project, id): (ProjectId, RequestId),
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
pub async fn agreed(conn: &mut Conn, unit: i32, id: RequestId) -> Result<(), Problem> {
    Ok(store::set_request_state(conn, unit, id, RequestState::Agreed.name(), None).await?)
}

/// Locks a request, whatever its state, until the transaction ends.
pub async fn lock_request(conn: &mut Conn, unit: i32, id: RequestId) -> Result<(), Problem> {
    Ok(store::lock_requests(conn, unit, &[id]).await?)
}

/// Ends a request whose agreement was given up.
pub async fn undo(conn: &mut Conn, unit: i32, id: RequestId, reason: &Note) -> Result<(), Problem> {
    Ok(store::set_request_state(conn, unit, id, RequestState::Withdrawn.name(), Some(reason.as_str()))
        .await?)
}

/// Locks a request that waits, until the transaction ends.
pub async fn lock_waiting_request(
    conn: &mut Conn,
    unit: i32,
    id: RequestId,
) -> Result<SupportRequest, Problem> {
    waiting(conn, unit, id).await
}

/// The vote that carries a request whose contract is of a day; refused when there is none, with what to do next.
pub async fn carried(
    conn: &mut Conn,
    unit: i32,
    (project, request): (&Project, RequestId),
    signed_on: NaiveDate,
) -> Result<LastVote, Problem> {
    let vote = store::last_vote(conn, unit, request).await?.ok_or_else(|| {
        Kind::NotVoted.saying(text!(
            "Đề nghị chưa được bình xét. Hãy họp bình xét và ghi biên bản trước khi trình duyệt.",
            "The request was not voted on. Hold a meeting and record its minutes before asking for approval."
        ))
    })?;
    let LastVote { hands: Hands { for_it, present }, ref minutes_no, held_on } = vote;
    let above = project.votes_above_pct;
    if !vote.hands.carry(above) {
        return Err(Kind::NotVoted.saying(text!("Biên bản {minutes_no} ngày {held_on}: {for_it} trên {present} người dự họp đồng ý, phải trên {above} %. Hãy họp bình xét lại, ghi biên bản mới rồi trình duyệt, hoặc từ chối đề nghị.", "Minutes {minutes_no} of {held_on}: {for_it} of {present} present were for it, and more than {above} % are needed. Hold another meeting, record its minutes and ask again, or refuse the request."; held_on)));
    }
    if held_on > signed_on {
        return Err(Kind::NotVoted.saying(text!("Biên bản {minutes_no} ngày {held_on} ({for_it} trên {present} người dự họp đồng ý) lập sau ngày ký {signed_on}. Hãy ký từ ngày họp trở đi.", "Minutes {minutes_no} are of {held_on} ({for_it} of {present} present were for it), after the contract of {signed_on}. Sign on the day of the meeting or later."; held_on, signed_on)));
    }
    Ok(vote)
}

/// Records a meeting with its votes. All requests wait in the queue of the project.
pub async fn record_meeting(
    conn: &mut Conn,
    work: &Work<'_>,
    project: ProjectId,
    new: NewMeeting,
) -> Result<Meeting, Problem> {
    project::show(conn, work.unit, project).await?;
    if new.held_on > work.clock.today() {
        return Err(Problem::field("/held_on", text!("Chưa đến ngày này", "In the future")));
    }
    if !(1..=10_000).contains(&new.attendees) {
        return Err(Problem::field("/attendees", text!("Từ 1 đến 10.000", "From 1 to 10,000")));
    }
    if new.votes.is_empty() || new.votes.len() > 200 {
        return Err(Problem::field("/votes", text!("Từ 1 đến 200 đề nghị", "1 to 200 requests")));
    }
    let ids: Vec<RequestId> = new.votes.iter().map(|vote| vote.request_id).collect();
    store::lock_requests(conn, work.unit, &ids).await?;
    let known = store::queued_of(conn, work.unit, project, &ids, new.held_on).await?;
    for (n, vote) in new.votes.iter().enumerate() {
        check_vote(vote, n, &new, &known)?;
    }
    let meeting = Meeting {
        meeting_id: work.clock.new_id().into(),
        project_id: project,
        minutes_no: new.minutes_no.to_string(),
        held_on: new.held_on,
        hamlet: new.hamlet.to_string(),
        chair: new.chair.to_string(),
        attendees: new.attendees,
        reversed_because: None,
    };
    store::insert_meeting(conn, work.unit, &meeting).await.map_err(|error| match constraint(&error) {
        Some("meeting_minutes_unique") => Kind::AlreadyExists.bare(),
        _ => error.into(),
    })?;
    let vote_ids: Vec<Uuid> = new.votes.iter().map(|_| work.clock.new_id()).collect();
    store::insert_votes(conn, work.unit, meeting.meeting_id, &vote_ids, &new.votes).await?;
    Ok(meeting)
}

fn check_vote(vote: &NewVote, n: usize, meeting: &NewMeeting, known: &[RequestId]) -> Result<(), Problem> {
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

/// Takes the record of a meeting back, so that it is recorded anew as it was held. Locks the requests it voted on.
pub async fn reverse_meeting(
    conn: &mut Conn,
    work: &Work<'_>,
    (project, id): (ProjectId, MeetingId),
    reason: &Note,
) -> Result<Meeting, Problem> {
    let requests = store::voted_on(conn, work.unit, id).await?;
    store::lock_requests(conn, work.unit, &requests).await?;
    let meeting =
        store::meeting(conn, work.unit, (project, id)).await?.ok_or_else(|| Kind::NotFound.bare())?;
    if meeting.reversed_because.is_some() {
        return Err(Kind::AlreadyReversed.saying(text!(
            "Biên bản này đã được hủy ghi.",
            "The record of this meeting was taken back already."
        )));
    }
    if let Some((party, on)) = store::signed_after(conn, work.unit, id).await? {
        return Err(Kind::WrongState.saying(text!("Không hủy được: hợp đồng của hộ {party} ngày {on} dựa trên biên bản này. Hãy hủy hợp đồng, hoặc họp lại cho các đề nghị khác.", "It stays: the contract of {party} of {on} rests on these minutes. Give the contract up, or hold another meeting for the other requests."; on)));
    }
    store::reverse_meeting(conn, work, id, reason).await?;
    Ok(Meeting { reversed_because: Some(reason.to_string()), ..meeting })
}

/// Meetings of a project, oldest first.
pub async fn meetings(
    conn: &mut Conn,
    unit: i32,
    project: ProjectId,
    after: Option<MeetingId>,
    limit: i64,
) -> Result<Page<Meeting>, Problem> {
    project::show(conn, unit, project).await?;
    Ok(Page::of(store::meetings(conn, unit, project, after, limit + 1).await?, limit, |m| m.meeting_id))
}

/// The queue of a project: those who wait or have an agreement, in order of rank; with a state, those of that state.
pub async fn queue(
    conn: &mut Conn,
    unit: i32,
    (project, state): (ProjectId, Option<RequestState>),
    after: Option<i64>,
    limit: i64,
) -> Result<Page<Queued>, Problem> {
    project::show(conn, unit, project).await?;
    let mut rows = store::queue(conn, unit, (project, state), after, limit + 1).await?;
    for row in &mut rows {
        row.explanation = explained(row);
    }
    Ok(Page::of(rows, limit, |row| row.rank))
}

/// Place of a request in the queue of its project.
pub async fn rank_of(
    conn: &mut Conn,
    unit: i32,
    ids: &[RequestId],
) -> Result<Vec<(RequestId, i64)>, Problem> {
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
