//! Capital that will not come back is written off by decision: the beast died, the household cannot pay.

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
use crate::domain::support::{Change, Event, recipes};
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
    record.entry.overdue = reclassed.own;
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

/// Asks for capital to be written off.
pub async fn ask_loss(
    conn: &mut Conn,
    work: &Work<'_>,
    agreement: Uuid,
    what: Loss,
) -> Result<Approval, Problem> {
    let mut case = lock_case(&mut *conn, work.unit, agreement).await?;
    let days = Days::of(&mut *conn, work, what.on).await?;
    lose(&mut case, &what, days, work)?;
    let (contract, party) = (&case.agreement.contract, &case.agreement.party);
    let Loss { amount, decision_no, cause, .. } = &what;
    let summary = text!(
        "Xóa {amount} đồng vốn không thu hồi được, hợp đồng {contract}, {party}, quyết định {decision_no}: {cause}",
        "Write off {amount} đồng, contract {contract}, {party}, decision {decision_no}: {cause}";
        amount
    );
    put(conn, work, Command::RecordLoss, &OfAgreement { agreement, event: None, what }, summary).await
}

/// Writes capital off, once approved.
pub async fn execute_loss(conn: &mut Conn, work: &Work<'_>, body: Value) -> Result<Value, Problem> {
    let OfAgreement { agreement, what, .. } = parsed::<Loss>(body)?;
    let mut case = lock_case(&mut *conn, work.unit, agreement).await?;
    let days = Days::of(&mut *conn, work, what.on).await?;
    let writing = lose(&mut case, &what, days, work)?;
    write(conn, work, &case, &writing).await
}
