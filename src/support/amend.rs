//! What changes an agreement after the payout: an extension, a refund; and giving it up before.
//! All of it waits for a second person.

use chrono::{Months, NaiveDate};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::case::{Case, Record, Writing};
use super::overdue::Reclassed;
use super::reads::{case, lock_case};
use super::repay::Days;
use super::waiting::{OfAgreement, parsed, put, write};
use crate::access::Work;
use crate::approvals::{Approval, Command};
use crate::db::Conn;
use crate::domain::books::recipes::Till;
use crate::domain::support::{Apart, Change, Event, Part, recipes};
use crate::domain::values::money::Money;
use crate::domain::values::text::Note;
use crate::ledger::tills;
use crate::problem::{Kind, Problem};
use crate::{projects, text};

/// A surplus to be given back.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Refund {
    /// How much: at most what is kept for the household.
    pub amount: Money,
    /// The day it counts.
    pub on: NaiveDate,
    /// Cash box or bank.
    pub till: Till,
}

/// New days for what is open.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Extend {
    /// The day it counts: not before the last event.
    pub on: NaiveDate,
    /// Day of the first new part.
    pub first_due_on: NaiveDate,
    /// Months between two parts, 1 to 12.
    #[schema(minimum = 1, maximum = 12)]
    pub every_months: u32,
    /// How many parts, 1 to 60.
    #[schema(minimum = 1, maximum = 60)]
    pub count: u32,
    /// Why, with the number of the decision.
    pub reason: Note,
}

fn give_back(case: &mut Case, what: &Refund, days: Days, work: &Work<'_>) -> Result<Writing, Problem> {
    days.allow("/on", what.on)?;
    let kept = case.history.recorded(what.on).surplus.min(case.history.recorded(NaiveDate::MAX).surplus);
    if what.amount.is_zero() || what.amount.amount() > kept {
        let kept = kept.normalize();
        return Err(Problem::field(
            "/amount",
            text!("Từ 1 đến {kept} đồng đang giữ cho hộ", "1 to the {kept} đồng kept for the household"; kept),
        ));
    }
    let journal = work.clock.new_id();
    let movement = case.movement(journal, what.on, what.till, "Hoàn trả tiền nộp thừa");
    let paper = case.paper(what.till.paper_out(), what.amount, &movement.description, None);
    let posting = recipes::refund(&movement, what.amount).voucher(paper).balanced()?;
    let change = Change { surplus: -what.amount.amount(), ..Change::default() };
    let entry = case.entry(work.clock.new_id(), what.on, Event::Refunded { amount: what.amount }, change);
    let record = case.record(entry, what.amount);
    let record = Record { till: Some(what.till), actor: work.actor, journal: Some(journal), ..record };
    Ok(Writing { records: vec![record], postings: vec![posting] })
}

/// Asks to give a surplus back.
pub async fn ask_refund(
    conn: &mut Conn,
    work: &Work<'_>,
    agreement: Uuid,
    mut what: Refund,
) -> Result<Approval, Problem> {
    let mut case = lock_case(&mut *conn, work.unit, agreement).await?;
    let days = Days::of(&mut *conn, work, what.on).await?;
    give_back(&mut case, &what, days, work)?;
    what.till = tills::fixed(&mut *conn, work.unit, what.till, what.on).await?;
    let (contract, party, amount) = (&case.agreement.contract, &case.agreement.party, what.amount);
    let summary = text!("Hoàn {amount} đồng nộp thừa cho {party}, hợp đồng {contract}", "Give {amount} đồng of surplus back to {party}, contract {contract}"; amount);
    put(conn, work, Command::RefundOverpayment, &OfAgreement { agreement, event: None, what }, summary).await
}

/// Gives a surplus back, once approved.
pub async fn execute_refund(conn: &mut Conn, work: &Work<'_>, body: Value) -> Result<Value, Problem> {
    let OfAgreement { agreement, mut what, .. } = parsed::<Refund>(body)?;
    what.till = tills::as_asked(&mut *conn, work.unit, what.till).await?;
    let mut case = lock_case(&mut *conn, work.unit, agreement).await?;
    let days = Days::of(&mut *conn, work, what.on).await?;
    let writing = give_back(&mut case, &what, days, work)?;
    write(conn, work, &case, &writing).await
}

/// The new parts: what came back so far is met on the day of the extension, the rest is due on the new days.
async fn extended(
    conn: &mut Conn,
    case: &mut Case,
    what: &Extend,
    work: &Work<'_>,
) -> Result<Writing, Problem> {
    Days { today: work.clock.today(), open_from: None }.allow("/on", what.on)?;
    let standing = case.history.standing(what.on)?;
    let Some(paid_out_on) = case.history.paid_out_on().filter(|_| !standing.outstanding.is_zero()) else {
        return Err(Kind::WrongState.saying(text!("Không còn khoản nào phải gia hạn.", "Nothing is open.")));
    };
    if case.history.last_day().is_some_and(|last| what.on < last) {
        return Err(Problem::field("/on", text!("Trước phát sinh gần nhất", "Before the last event")));
    }
    if what.first_due_on <= what.on
        || !(1..=12).contains(&what.every_months)
        || !(1..=60).contains(&what.count)
    {
        return Err(Problem::field(
            "/first_due_on",
            text!("Kỳ hạn mới không hợp lệ", "The new days are not possible"),
        ));
    }
    let project = projects::show(&mut *conn, work.unit, case.agreement.project_id).await?;
    let rule = projects::rule_of(conn, &project, what.on).await?;
    let months = rule.max_months + rule.max_extension_months;
    let latest = paid_out_on.checked_add_months(Months::new(months)).unwrap_or(NaiveDate::MAX);
    let day = |n| what.first_due_on.checked_add_months(Months::new(n * what.every_months));
    let days: Option<Vec<NaiveDate>> = (0..what.count).map(day).collect();
    let Some(days) = days.filter(|days| days.last().is_some_and(|last| *last <= latest)) else {
        return Err(Kind::AboveCap.saying(
            text!("Gia hạn không quá ngày {latest}.", "An extension reaches to {latest} at most."; latest),
        ));
    };
    let met = Part { due_on: what.on, amount: standing.recovered };
    let mut parts: Vec<Part> = if met.amount.is_zero() { Vec::new() } else { vec![met] };
    parts.extend(case.agreement.terms.parts(standing.outstanding, days)?);
    let was = case.history.clone();
    let entry = case.entry(work.clock.new_id(), what.on, Event::Rescheduled { parts }, Change::default());
    let record = case.record(entry, Money::ZERO);
    let record = Record { reason: Some(what.reason.to_string()), actor: work.actor, ..record };
    let mut writing = Writing { records: vec![record], postings: Vec::new() };
    let reclassed = Reclassed::by(case, &was, what.on)?.besides(what.on, Apart::default());
    reclassed.post(case, work.clock, work.actor, &mut writing)?;
    Ok(writing)
}

/// Asks for an extension.
pub async fn ask_extension(
    conn: &mut Conn,
    work: &Work<'_>,
    agreement: Uuid,
    what: Extend,
) -> Result<Approval, Problem> {
    let mut case = lock_case(&mut *conn, work.unit, agreement).await?;
    extended(&mut *conn, &mut case, &what, work).await?;
    let (contract, party, reason) = (&case.agreement.contract, &case.agreement.party, &what.reason);
    let summary = text!(
        "Gia hạn hợp đồng {contract}, {party}: {reason}",
        "Extend contract {contract}, {party}: {reason}"
    );
    put(conn, work, Command::RescheduleSupport, &OfAgreement { agreement, event: None, what }, summary).await
}

/// Extends, once approved.
pub async fn execute_extension(conn: &mut Conn, work: &Work<'_>, body: Value) -> Result<Value, Problem> {
    let OfAgreement { agreement, what, .. } = parsed::<Extend>(body)?;
    let mut case = lock_case(&mut *conn, work.unit, agreement).await?;
    let writing = extended(&mut *conn, &mut case, &what, work).await?;
    write(&mut *conn, work, &case, &writing).await?;
    let standing = case.latest()?;
    serde_json::to_value(standing).map_err(Problem::internal)
}

/// An agreement that may still be given up.
async fn unpaid(conn: &mut Conn, work: &Work<'_>, agreement: Uuid) -> Result<Case, Problem> {
    let request = case(&mut *conn, work.unit, agreement).await?.agreement.request_id;
    projects::lock_request(&mut *conn, work.unit, request).await?;
    let case = lock_case(conn, work.unit, agreement).await?;
    if case.cancelled || case.history.paid_out_on().is_some() {
        return Err(Kind::WrongState
            .saying(text!("Hợp đồng không chờ giải ngân.", "The agreement does not wait for its payout.")));
    }
    Ok(case)
}

/// Asks to give an agreement up before its payout.
pub async fn ask_cancellation(
    conn: &mut Conn,
    work: &Work<'_>,
    agreement: Uuid,
    reason: Note,
) -> Result<Approval, Problem> {
    let case = unpaid(&mut *conn, work, agreement).await?;
    let (contract, party) = (&case.agreement.contract, &case.agreement.party);
    let summary =
        text!("Hủy hợp đồng {contract}, {party}: {reason}", "Give up contract {contract}, {party}: {reason}");
    put(conn, work, Command::CancelSupport, &OfAgreement { agreement, event: None, what: reason }, summary)
        .await
}

/// Gives an agreement up, once approved; its request ends with the reason.
pub async fn execute_cancellation(conn: &mut Conn, work: &Work<'_>, body: Value) -> Result<Value, Problem> {
    let OfAgreement { agreement, what: reason, .. } = parsed::<Note>(body)?;
    let mut case = unpaid(&mut *conn, work, agreement).await?;
    let entry = case.entry(work.clock.new_id(), work.clock.today(), Event::Cancelled, Change::default());
    let record = case.record(entry, Money::ZERO);
    case.cancelled = true;
    projects::undo(&mut *conn, work.unit, case.agreement.request_id, &reason).await?;
    let record = Record { reason: Some(reason.to_string()), actor: work.actor, ..record };
    write(conn, work, &case, &Writing { records: vec![record], postings: Vec::new() }).await
}
