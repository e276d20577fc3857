//! The payout: a second person decides, the turn in the queue is kept, and the schedule begins.

use chrono::{Months, NaiveDate};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::agree::{no_duplicate, source_for};
use super::case::{Case, Writing};
use super::reads::{case, lock_case};
use super::store;
use super::values::Agreement;
use super::waiting::write;
use crate::access::Work;
use crate::approvals::{self, Approval, Ask, Command};
use crate::books::not_in_future;
use crate::db::Conn;
use crate::domain::books::account_role::AccountRole;
use crate::domain::books::recipes::Till;
use crate::domain::support::{Change, Event, recipes};
use crate::domain::values::money::Money;
use crate::domain::values::text::Note;
use crate::ledger::sources::{self, Source};
use crate::ledger::tills;
use crate::problem::{Kind, Problem};
use crate::projects::{self, Project};
use crate::text;

/// What the approver is asked.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SupportPayout {
    /// The day it counts; not after today.
    pub on: NaiveDate,
    /// Cash box or bank.
    pub till: Till,
    /// Why this household comes before another that is ranked higher.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub out_of_turn: Option<Note>,
}

/// The command as it waits.
#[derive(Debug, Serialize, Deserialize)]
struct Waiting {
    agreement: Uuid,
    what: SupportPayout,
}

/// Money a source may still give: all it has, or, when its capital does not go round, what it was given and has not
/// spent yet.
async fn may_give(conn: &mut Conn, unit: i32, source: &Source) -> Result<Decimal, Problem> {
    if source.may_revolve || source.recovers_into.is_some() {
        return Ok(source.free.0);
    }
    let given = store::given_by(conn, unit, source.source_id).await?;
    Ok(source.free.0.min(source.capital.0 + given.stays - given.all))
}

/// Refuses what the source cannot or may not give.
async fn source_gives(conn: &mut Conn, unit: i32, source: &Source, amount: Money) -> Result<(), Problem> {
    let (name, free) = (&source.name, source.free.0.normalize());
    if source.free.0 < amount.amount() {
        let held = source.held_for_others.0.normalize();
        return Err(Kind::SourceShort.saying(if held.is_zero() {
            text!("Nguồn vốn {name} còn {free} đồng.", "Source {name} has {free} đồng."; free)
        } else {
            text!("Nguồn vốn {name} còn {free} đồng, ngoài {held} đồng giữ cho người khác (tiết kiệm của tổ viên, tiền nộp thừa).", "Source {name} has {free} đồng, besides {held} đồng held for others (members' savings, what was paid too much)."; free, held)
        }));
    }
    let may = may_give(conn, unit, source).await?.max(Decimal::ZERO).normalize();
    if may < amount.amount() {
        return Err(Kind::SourceRestricted.saying(text!("Vốn thu hồi của nguồn {name} không được hỗ trợ tiếp; còn được chi {may} đồng.", "Recovered capital of source {name} does not go round; it may still give {may} đồng."; may)));
    }
    Ok(())
}

/// Keeps the turn: of those who wait for their money, the first in the queue whose source can pay goes first.
async fn in_turn(conn: &mut Conn, unit: i32, agreement: &Agreement, on: NaiveDate) -> Result<(), Problem> {
    let waiting = store::awaiting(conn, unit, agreement.project_id, on).await?;
    let ids: Vec<_> = waiting.iter().map(|w| w.request_id).collect();
    let ranks = projects::rank_of(conn, unit, &ids).await?;
    for (request, rank) in ranks {
        let Some(one) = waiting.iter().find(|w| w.request_id == request) else { continue };
        if one.agreement_id == agreement.agreement_id {
            return Ok(());
        }
        let Some(source) = sources::find(conn, unit, one.source_id).await? else { continue };
        if may_give(conn, unit, &source).await? >= one.given.amount() {
            let (contract, party) = (&one.contract, &one.party);
            return Err(Kind::WrongState.saying(text!(
                "Đến lượt hộ {party} (xếp thứ {rank}, hợp đồng {contract}); muốn chi trước phải ghi lý do.",
                "It is the turn of {party} (rank {rank}, contract {contract}); to go before them a reason is needed."
            )));
        }
    }
    Ok(())
}

/// Locks project and agreement, in this order, and checks everything that a payout needs.
async fn check(conn: &mut Conn, work: &Work<'_>, command: &Waiting) -> Result<(Case, Source), Problem> {
    let on = command.what.on;
    not_in_future(work, on, "/on")?;
    let project = case(conn, work.unit, command.agreement).await?.agreement.project_id;
    let project = projects::lock(conn, work.unit, project).await?;
    let case = lock_case(conn, work.unit, command.agreement).await?;
    let agreement = &case.agreement;
    if case.cancelled || case.history.paid_out_on().is_some() {
        return Err(Kind::WrongState
            .saying(text!("Hợp đồng không chờ giải ngân.", "The agreement does not wait for its payout.")));
    }
    if on < agreement.signed_on {
        return Err(Problem::field("/on", text!("Trước ngày ký hợp đồng", "Before the contract")));
    }
    if case.history.last_day().is_some_and(|last| on < last) {
        return Err(Problem::field(
            "/on",
            text!("Trước ngày hủy lần giải ngân trước", "Before the day the earlier payout was taken back"),
        ));
    }
    project.runs_on(on)?;
    projects::eligible(conn, work.unit, agreement.household_id, on).await?;
    let own = Some(agreement.agreement_id.into());
    no_duplicate(conn, work.unit, agreement.household_id, &agreement.content, own).await?;
    let source = source_for(conn, work.unit, agreement.source_id, &project, on).await?;
    source_gives(conn, work.unit, &source, agreement.given).await?;
    last_day_in_time(conn, &project, agreement, on).await?;
    if command.what.out_of_turn.is_none() {
        in_turn(conn, work.unit, agreement, on).await?;
    }
    Ok((case, source))
}

/// Everything is due within the months that the rule of the project allows.
async fn last_day_in_time(
    conn: &mut Conn,
    project: &Project,
    agreement: &Agreement,
    on: NaiveDate,
) -> Result<(), Problem> {
    let rule = projects::rule_of(conn, project, on).await?;
    let last = agreement.terms.schedule(agreement.to_return, on)?.last().map_or(on, |part| part.due_on);
    let latest = on.checked_add_months(Months::new(rule.max_months)).unwrap_or(NaiveDate::MAX);
    if last > latest {
        return Err(Kind::AboveCap.saying(
            text!("Phải hoàn trả xong trước ngày {latest}.", "Everything is due by {latest}."; latest),
        ));
    }
    Ok(())
}

/// Puts a payout before the approver.
pub async fn ask(
    conn: &mut Conn,
    work: &Work<'_>,
    agreement: Uuid,
    what: SupportPayout,
) -> Result<Approval, Problem> {
    let mut command = Waiting { agreement, what };
    let (case, source) = check(conn, work, &command).await?;
    command.what.till = tills::fixed(&mut *conn, work.unit, command.what.till, command.what.on).await?;
    let Agreement { contract, party, given, .. } = &case.agreement;
    let (source, on) = (&source.name, command.what.on);
    let summary = text!("Giải ngân {given} đồng cho hộ {party}, hợp đồng {contract}, nguồn vốn {source}, ngày {on}", "Pay out {given} đồng to {party}, contract {contract}, source {source}, on {on}"; given, on);
    let body = serde_json::to_value(&command).map_err(Problem::internal)?;
    approvals::ask(
        conn,
        work,
        Ask { command: Command::PayOutSupport, subject: Some(agreement), body, summary },
    )
    .await
}

/// Pays out, once approved: everything is checked again as it is now.
pub async fn execute_payout(conn: &mut Conn, work: &Work<'_>, body: Value) -> Result<Value, Problem> {
    let command: Waiting = serde_json::from_value(body).map_err(Problem::internal)?;
    let (mut case, source) = check(conn, work, &command).await?;
    let SupportPayout { on, till, out_of_turn } = command.what;
    let till = tills::as_asked(&mut *conn, work.unit, till).await?;
    let (given, journal) = (case.agreement.given, work.clock.new_id());
    let what = "Giải ngân vốn hỗ trợ luân chuyển";
    let movement = case.movement(journal, on, till, what);
    let capital = if source.origin == "recovered_capital" {
        AccountRole::RecoveredCapital
    } else {
        AccountRole::Capital
    };
    let paper = case.paper(till.paper_out(), given, &movement.description, None);
    let posting =
        recipes::payout(&movement, given, case.agreement.to_return, capital)?.voucher(paper).balanced()?;
    let entry = case.entry(work.clock.new_id(), on, Event::PaidOut, Change::default());
    let mut record = case.record(entry, given);
    record.till = Some(till);
    record.reason = out_of_turn.map(|why| why.to_string());
    record.actor = work.actor;
    record.journal = Some(journal);
    let writing = Writing { records: vec![record], postings: vec![posting] };
    write(conn, work, &case, &writing).await
}
