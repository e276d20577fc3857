//! Something that is entered about a loan, and the rows that keep it.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::authority::Decided;
use super::case::{Held, Status};
use crate::domain::books::journal_kind::JournalKind;
use crate::domain::books::recipes::Till;
use crate::domain::credit::loan::{EventKind, LoanState, Occurrence, Split};
use crate::domain::credit::loan_books::{Cause, Contract, Position};
use crate::domain::values::ids::LoanId;
use crate::problem::Problem;

/// Something to be entered.
#[derive(Debug, Clone)]
pub struct Entry {
    /// What happened.
    pub what: Occurrence,
    /// Its journal.
    pub journal: JournalKind,
    /// The day it is valued.
    pub on: NaiveDate,
    /// Where money changes hands.
    pub till: Till,
    /// Who pays or receives, if not the borrower.
    pub party: Option<String>,
    /// Diễn giải.
    pub description: String,
    /// Why.
    pub reason: Option<String>,
    /// The paper.
    pub document_no: Option<String>,
    /// Cause of a risk, and until when a freeze lasts.
    pub risk: Option<(Cause, Option<NaiveDate>)>,
    /// What a freeze or a write-off rests on.
    pub decided: Option<Decided>,
    /// Who entered it, where one transaction serves several people; otherwise the person the transaction works for.
    pub actor: Option<Uuid>,
}

impl Entry {
    /// Something that moves no money.
    pub fn of(on: NaiveDate, what: Occurrence, description: String) -> Self {
        Self {
            what,
            journal: JournalKind::LoanMeasure,
            on,
            till: Till::Cash,
            party: None,
            description,
            reason: None,
            document_no: None,
            risk: None,
            decided: None,
            actor: None,
        }
    }
}

/// An event on its way into the table.
#[derive(Debug, Serialize)]
pub struct NewEvent {
    loan_event_id: Uuid,
    loan_id: Uuid,
    seq: i32,
    kind: EventKind,
    value_on: NaiveDate,
    what: Value,
    split: Option<Value>,
    explanation: Option<Value>,
    reason: Option<String>,
    document_no: Option<String>,
    cause: Option<&'static str>,
    freeze_until: Option<NaiveDate>,
    decided: Option<Decided>,
    actor_id: Option<Uuid>,
    moved: Position,
    /// Public ids of its journals.
    pub journal_ids: Vec<Uuid>,
}

impl NewEvent {
    /// An event that was entered.
    pub fn of(
        (id, loan, seq): (Uuid, LoanId, i32),
        entry: &Entry,
        split: Option<&Split>,
        moved: Position,
    ) -> Result<Self, Problem> {
        let json = |value| serde_json::to_value(value).map_err(Problem::internal);
        Ok(Self {
            loan_event_id: id,
            loan_id: loan.uuid(),
            seq,
            kind: entry.what.kind(),
            value_on: entry.on,
            what: serde_json::to_value(&entry.what).map_err(Problem::internal)?,
            split: split.map(serde_json::to_value).transpose().map_err(Problem::internal)?,
            explanation: split.map(|split| json(split.explanation())).transpose()?,
            reason: entry.reason.clone(),
            document_no: entry.document_no.clone(),
            cause: entry.risk.map(|(cause, _)| cause.code()),
            freeze_until: entry.risk.and_then(|(_, until)| until),
            decided: entry.decided.clone(),
            actor_id: entry.actor,
            moved,
            journal_ids: Vec::new(),
        })
    }
}

/// A row of `loan_state`, kept or on its way.
#[derive(Debug, Serialize)]
pub struct StateRow {
    /// Whose.
    pub loan_id: Uuid,
    /// Number of the last event.
    pub last_seq: i32,
    /// The day for which the books hold it.
    pub stands_on: NaiveDate,
    /// Where the loan is in its life.
    pub status: Status,
    /// The last day of its schedule; none before it was paid out.
    pub final_due_on: Option<NaiveDate>,
    /// Since when principal is late.
    pub late_since: Option<NaiveDate>,
    /// Interest that was due and not paid.
    pub unpaid_interest: Decimal,
    /// The last day of a payment that stands.
    pub last_paid_on: Option<NaiveDate>,
    /// Principal that came back, before it was written off or after.
    pub returned: Decimal,
    /// The source to which it came back; none where the books hold it as recovered capital of another one.
    pub returned_into: Option<i32>,
    /// The accounts.
    #[serde(flatten)]
    pub position: Position,
}

impl StateRow {
    /// Where a loan stands.
    pub fn of(
        (loan_id, source, contract): (Uuid, i32, &Contract),
        held: &Held,
        state: &LoanState,
        last_paid_on: Option<NaiveDate>,
    ) -> Self {
        let late = u64::from(state.days_past_due);
        Self {
            loan_id,
            last_seq: held.last_seq,
            stands_on: held.stands_on,
            status: Status::of(state),
            final_due_on: state.rows.last().map(|row| row.due_on),
            late_since: (late > 0).then(|| state.as_of - chrono::Days::new(late)),
            unpaid_interest: state.interest.unpaid,
            last_paid_on,
            returned: state.principal.repaid + state.principal.recovered,
            returned_into: contract.returned_into(source),
            position: held.position,
        }
    }
}
