//! Capital that will not come back is written off by decision: the beast died, the household cannot pay. From the day that the request
//! names until it is decided the capital is frozen: the report is an event of the agreement, and so is its end.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::case::{Case, Record, Writing};
use super::overdue::Reclassed;
use super::reads::lock_case;
use super::repay::Days;
use super::waiting::{OfAgreement, parsed, put, write};
use crate::access::Work;
use crate::approvals::{Approval, Command};
use crate::db::Conn;
use crate::domain::books::posting::VoucherKind;
use crate::domain::books::recipes::Till;
use crate::domain::support::{Apart, Change, Event, History, recipes};
use crate::domain::values::money::Money;
use crate::domain::values::text::{Name, Note};
use crate::problem::{Kind, Problem};
use crate::text;

/// Capital to be written off.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Loss {
    /// How much: 1 đồng to what is outstanding. With the last of it the interest owed lapses too.
    pub amount: Money,
    /// The day it counts: not before the last event, not after today, in an open period.
    pub on: NaiveDate,
    /// Number of the decision (quyết định).
    pub decision_no: Name,
    /// What happened.
    pub cause: Note,
}

fn lose(case: &mut Case, what: &Loss, days: Days, work: &Work<'_>) -> Result<Writing, Problem> {
    days.allow("/on", what.on)?;
    if case.cancelled || case.history.paid_out_on().is_none() {
        return Err(
            Kind::WrongState.saying(text!("Hợp đồng chưa giải ngân.", "The agreement was not paid out."))
        );
    }
    if case.history.last_day().is_some_and(|last| what.on < last) {
        return Err(Problem::field("/on", text!("Trước phát sinh gần nhất", "Before the last event")));
    }
    let outstanding = case.history.standing(what.on)?.outstanding;
    if what.amount.is_zero() || what.amount > outstanding {
        return Err(Problem::field(
            "/amount",
            text!("Từ 1 đến {outstanding} đồng còn ở hộ", "1 to the {outstanding} đồng outstanding"; outstanding),
        ));
    }
    let (amount, journal) = (what.amount, work.clock.new_id());
    let title = format!("Tổn thất vốn theo quyết định {}", what.decision_no);
    // No money moves; the till is that of the movement and of none of its lines.
    let movement = case.movement(journal, what.on, Till::Cash, &title);
    let paper = case.paper(VoucherKind::General, amount, &movement.description, None);
    let was = case.history.clone();
    let change = Change { lost: amount.amount(), ..Change::default() };
    let entry = case.entry(work.clock.new_id(), what.on, Event::Lost { amount }, change);
    let mut record = case.record(entry, amount);
    let reclassed = Reclassed::by(case, &was, what.on)?;
    record.entry.apart = reclassed.own;
    case.settle(&record.entry);
    let posting = recipes::loss(&movement, amount, reclassed.own)?.voucher(paper).balanced()?;
    let record = Record {
        decision_no: Some(what.decision_no.to_string()),
        reason: Some(what.cause.to_string()),
        actor: work.actor,
        journal: Some(journal),
        ..record
    };
    let mut writing = Writing { records: vec![record], postings: vec![posting] };
    reclassed.post(case, work.clock, work.actor, &mut writing)?;
    Ok(writing)
}

/// The report of a loss: its capital stands apart until the decision.
fn report(case: &mut Case, what: &Loss, work: &Work<'_>) -> Result<Writing, Problem> {
    let was = case.history.clone();
    let event = Event::Reported { amount: what.amount };
    let entry = case.entry(work.clock.new_id(), what.on, event, Change::default());
    let record = Record {
        decision_no: Some(what.decision_no.to_string()),
        reason: Some(what.cause.to_string()),
        ..case.record(entry, what.amount)
    };
    followed(case, &was, record, work)
}

/// The end of a report that no loss came of, on the day on which that was decided.
fn dismiss(case: &mut Case, report: Uuid, work: &Work<'_>) -> Result<Writing, Problem> {
    let was = case.history.clone();
    let (event, on) = (Event::Dismissed { of: report }, work.clock.today());
    let entry = case.entry(work.clock.new_id(), on, event, Change::default());
    let record = case.record(entry, Money::ZERO);
    followed(case, &was, record, work)
}

/// Writes an event that has no journal of its own, and what it changes of what stands apart.
fn followed(case: &Case, was: &History, record: Record, work: &Work<'_>) -> Result<Writing, Problem> {
    let on = record.entry.on;
    let record = Record { actor: work.actor, ..record };
    let mut writing = Writing { records: vec![record], postings: Vec::new() };
    let reclassed = Reclassed::by(case, was, on)?.besides(on, Apart::default());
    reclassed.post(case, work.clock, work.actor, &mut writing)?;
    Ok(writing)
}

/// Asks for capital to be written off. It is frozen from then on.
pub async fn ask_loss(
    conn: &mut Conn,
    work: &Work<'_>,
    agreement: Uuid,
    what: Loss,
) -> Result<Approval, Problem> {
    let mut case = lock_case(&mut *conn, work.unit, agreement).await?;
    let days = Days::of(&mut *conn, work, what.on).await?;
    lose(&mut case.clone(), &what, days, work)?;
    let writing = report(&mut case, &what, work)?;
    let (contract, party) = (&case.agreement.contract, &case.agreement.party);
    let Loss { amount, decision_no, cause, .. } = &what;
    let summary = text!(
        "Xóa {amount} đồng vốn không thu hồi được, hợp đồng {contract}, {party}, quyết định {decision_no}: {cause}",
        "Write off {amount} đồng, contract {contract}, {party}, decision {decision_no}: {cause}";
        amount
    );
    let asked = OfAgreement { agreement, event: None, what };
    let approval = put(&mut *conn, work, Command::RecordLoss, &asked, summary).await?;
    write(conn, work, &case, &writing).await?;
    Ok(approval)
}

/// A loss that was asked for is refused or taken back: its capital is frozen no more.
pub async fn dismiss_loss(conn: &mut Conn, work: &Work<'_>, body: Value) -> Result<(), Problem> {
    let agreement = parsed::<Loss>(body)?.agreement;
    let mut case = lock_case(&mut *conn, work.unit, agreement).await?;
    let Some((report, _)) = case.history.reported(NaiveDate::MAX) else { return Ok(()) };
    let writing = dismiss(&mut case, report, work)?;
    write(conn, work, &case, &writing).await.map(drop)
}

/// Writes capital off, once approved.
pub async fn execute_loss(conn: &mut Conn, work: &Work<'_>, body: Value) -> Result<Value, Problem> {
    let OfAgreement { agreement, what, .. } = parsed::<Loss>(body)?;
    let mut case = lock_case(&mut *conn, work.unit, agreement).await?;
    let days = Days::of(&mut *conn, work, what.on).await?;
    let writing = lose(&mut case, &what, days, work)?;
    write(conn, work, &case, &writing).await
}
