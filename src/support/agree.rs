//! From the queue to a contract: asked by an officer, decided by a second person.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::store;
use super::values::Agreement;
use crate::access::Work;
use crate::approvals::{self, Approval, Ask, Command};
use crate::books::not_in_future;
use crate::db::Conn;
use crate::domain::people::vote::Hands;
use crate::domain::support::TermsError;
use crate::domain::values::ids::{AgreementId, HouseholdId, ProjectId, RequestId};
use crate::domain::values::money::{Money, PositiveMoney};
use crate::ledger::sources::{self, Source};
use crate::problem::{Kind, Problem};
use crate::projects::{self, LastVote, Project, SupportRequest};
use crate::{households, text};

/// What the approver is asked.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Approve {
    /// Whose money: a source of the project's fund that allows its purpose.
    pub source_id: i32,
    /// How much, when it is not what was asked for.
    pub amount: Option<PositiveMoney>,
    /// Day of the contract; not after today.
    pub signed_on: NaiveDate,
}

/// The command as it waits.
#[derive(Debug, Serialize, Deserialize)]
struct Waiting {
    project: ProjectId,
    request: RequestId,
    what: Approve,
}

/// What was found good.
struct Checked {
    project: Project,
    request: SupportRequest,
    source: Source,
    amount: Money,
    to_return: Money,
    vote: LastVote,
}

impl From<TermsError> for Problem {
    fn from(error: TermsError) -> Self {
        Kind::AboveCap.saying(error.text())
    }
}

/// A source of a fund that may pay for a purpose.
pub async fn source_for(
    conn: &mut Conn,
    unit: i32,
    source: i32,
    project: &Project,
    on: NaiveDate,
) -> Result<Source, Problem> {
    let found = sources::find(conn, unit, source).await?.filter(|s| s.fund_id == project.fund_id);
    let unknown = || {
        Problem::field(
            "/source_id",
            text!("Quỹ của dự án không có nguồn vốn này", "Not a source of the project's fund"),
        )
    };
    let source = found.ok_or_else(unknown)?;
    let (name, purpose) = (&source.name, &project.purpose);
    if source.purposes.as_ref().is_some_and(|allowed| !allowed.contains(purpose)) {
        return Err(Kind::SourceRestricted.saying(text!(
            "Nguồn vốn {name} không được dùng cho {purpose}.",
            "Source {name} may not be used for {purpose}."
        )));
    }
    projects::insist_money(conn, project, &source.origin).await?;
    if on < source.opened_on || source.closed_on.is_some_and(|closed| on >= closed) {
        return Err(Kind::SourceRestricted.saying(text!("Nguồn vốn {name} không hoạt động vào ngày {on}.", "Source {name} is not open on {on}."; on)));
    }
    Ok(source)
}

/// A household with a running support for the same thing, from whatever programme of the unit.
pub async fn no_duplicate(
    conn: &mut Conn,
    unit: i32,
    household: HouseholdId,
    content: &str,
    but: Option<AgreementId>,
) -> Result<(), Problem> {
    store::lock_household(conn, unit, household).await?;
    match store::running_of(conn, unit, household, content, but).await? {
        None => Ok(()),
        Some(contract) => Err(Kind::DuplicateSupport.saying(text!(
            "Hộ đang có hợp đồng {contract} cho cùng nội dung {content}.",
            "The household has contract {contract} for the same content {content}."
        ))),
    }
}

/// Locks request and project, in this order, and checks everything that binds an agreement.
async fn check(conn: &mut Conn, work: &Work<'_>, command: &Waiting) -> Result<Checked, Problem> {
    let Waiting { what, .. } = command;
    not_in_future(work, what.signed_on, "/signed_on")?;
    let request = projects::lock_waiting_request(conn, work.unit, command.request).await?;
    if request.project_id != command.project {
        return Err(Kind::NotFound.bare());
    }
    let project = projects::lock(conn, work.unit, command.project).await?;
    let amount = what.amount.map_or(request.amount, PositiveMoney::money);
    if what.signed_on < request.requested_on {
        return Err(Problem::field(
            "/signed_on",
            text!("Trước ngày đề nghị", "Before the day it was asked for"),
        ));
    }
    project.runs_on(what.signed_on)?;
    project.within_cap(amount)?;
    projects::eligible(conn, work.unit, request.household_id, what.signed_on).await?;
    no_duplicate(conn, work.unit, request.household_id, &project.content, None).await?;
    let committed = store::committed(conn, work.unit, project.project_id).await?;
    let budget = project.budget;
    if committed.plus(amount)? > budget {
        return Err(Kind::AboveCap.saying(text!("Dự án đã cam kết {committed} trên tổng {budget} đồng.", "The project has committed {committed} of {budget} đồng."; committed, budget)));
    }
    let source = source_for(conn, work.unit, what.source_id, &project, what.signed_on).await?;
    let to_return = project.terms.to_return(amount)?;
    if to_return.is_zero() {
        return Err(Problem::field("/amount", text!("Số phải hoàn trả bằng 0", "Nothing would come back")));
    }
    project.terms.schedule(to_return, what.signed_on)?;
    let vote = projects::carried(conn, work.unit, (&project, command.request), what.signed_on).await?;
    Ok(Checked { project, request, source, amount, to_return, vote })
}

/// Puts a request before the approver.
pub async fn ask(
    conn: &mut Conn,
    work: &Work<'_>,
    (project, request): (ProjectId, RequestId),
    what: Approve,
) -> Result<Approval, Problem> {
    let command = Waiting { project, request, what };
    let checked = check(conn, work, &command).await?;
    let (party, amount, name, source) =
        (&checked.request.party, checked.amount, &checked.project.name, &checked.source.name);
    let LastVote { hands: Hands { for_it, present }, ref minutes_no, held_on } = checked.vote;
    let summary = text!("Hỗ trợ {amount} đồng cho hộ {party}, dự án {name}, nguồn vốn {source}; bình xét {for_it} trên {present} người dự họp đồng ý (biên bản {minutes_no} ngày {held_on})", "Support of {amount} đồng for {party}, project {name}, source {source}; {for_it} of {present} present voted for it (minutes {minutes_no} of {held_on})"; amount, held_on);
    let body = serde_json::to_value(&command).map_err(Problem::internal)?;
    approvals::ask(
        conn,
        work,
        Ask { command: Command::ApproveSupport, subject: Some(request.uuid()), body, summary },
    )
    .await
}

/// Makes the agreement, once approved: everything is checked again as it is now.
pub async fn execute_approval(conn: &mut Conn, work: &Work<'_>, body: Value) -> Result<Value, Problem> {
    let command: Waiting = serde_json::from_value(body).map_err(Problem::internal)?;
    let Checked { project, request, source, amount, to_return, .. } = check(conn, work, &command).await?;
    let signed_on = command.what.signed_on;
    let signs = households::brief(conn, work.unit, request.household_id, signed_on).await?;
    let (year, number) = store::next_contract(conn, work.unit, signed_on).await?;
    let agreement = Agreement {
        agreement_id: work.clock.new_id(),
        contract: store::contract(number, year),
        request_id: request.request_id,
        project_id: project.project_id,
        household_id: request.household_id,
        party: signs.recipient,
        address: signs.address,
        source_id: source.source_id,
        recovers_into: source.recovers_into,
        content: project.content,
        given: amount,
        to_return,
        terms: project.terms,
        signed_on,
        decided_by: work.actor.unwrap_or_default(),
    };
    store::insert(conn, work.unit, &agreement, (year, number)).await?;
    projects::agreed(conn, work.unit, request.request_id).await?;
    serde_json::to_value(agreement).map_err(Problem::internal)
}
