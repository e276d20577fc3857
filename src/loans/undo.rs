//! Taking an entry back: the mirror of its journals, and what the replay changes besides.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::case::Case;
use super::entry::Writing;
use super::event::Entry;
use super::read::lock_one;
use super::store;
use crate::access::Work;
use crate::approvals::{self, Approval, Ask, Command};
use crate::db::Conn;
use crate::domain::books::journal_kind::{JournalKind, Owner};
use crate::domain::credit::loan::Occurrence;
use crate::domain::values::text::Note;
use crate::ledger;
use crate::problem::{Kind, Problem};
use crate::text;

/// An entry to be taken back.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Undo {
    /// Its number in the loan.
    pub seq: u32,
    /// The day it counts: not before what it takes back, not after today, in an open period; the day of the approval when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub on: Option<NaiveDate>,
    /// Why.
    pub reason: Note,
}

impl Undo {
    /// The day it counts.
    fn day(&self, case: &Case, today: NaiveDate) -> Result<NaiveDate, Problem> {
        let entry = case.events.iter().find(|entry| entry.seq == self.seq);
        let first = entry.ok_or_else(|| Kind::NotFound.bare())?.on;
        let on = self.on.unwrap_or(today);
        if on > today {
            return Err(Problem::field("/on", text!("Chưa đến ngày này", "In the future")));
        }
        if on < first {
            return Err(Problem::field(
                "/on",
                text!("Không trước ngày {first} của bút toán bị hủy", "Not before {first}, the day of what is taken back"; first),
            ));
        }
        Ok(on)
    }
}

/// Puts the taking back of an entry before the approver.
pub async fn ask_reversal(
    conn: &mut Conn,
    work: &Work<'_>,
    loan: Uuid,
    undo: &Undo,
) -> Result<Approval, Problem> {
    let mut case = lock_one(&mut *conn, work.unit, loan).await?;
    insist_reversible(&case, undo.seq)?;
    case.insist_not_recovered(undo.seq)?;
    let on = undo.day(&case, work.clock.today())?;
    case.with(Occurrence::Reversed { entry: undo.seq }, on, on.max(case.held.stands_on))?;
    let (contract, seq, why) = (&case.loan.contract_no, undo.seq, undo.reason.as_str());
    let ask = Ask {
        command: Command::ReverseLoanEvent,
        subject: Some(loan),
        body: json!({"loan_id": loan, "undo": undo}),
        summary: text!(
            "Hủy bút toán số {seq} của hợp đồng {contract}: {why}",
            "Take back entry {seq} of contract {contract}: {why}"
        ),
    };
    approvals::ask(conn, work, ask).await
}

/// Refuses entries that are not there, are reversals, or were taken back before.
fn insist_reversible(case: &Case, seq: u32) -> Result<(), Problem> {
    let entry = case.events.iter().find(|e| e.seq == seq).ok_or_else(|| Kind::NotFound.bare())?;
    let before =
        case.events.iter().any(|e| matches!(e.what, Occurrence::Reversed { entry: undone } if undone == seq));
    if before || matches!(entry.what, Occurrence::Reversed { .. }) {
        return Err(Kind::AlreadyReversed.bare());
    }
    Ok(())
}

#[derive(Deserialize)]
struct Undoing {
    loan_id: Uuid,
    undo: Undo,
}

/// Takes an entry back: the mirror of its journals, and what the replay changes besides.
pub async fn execute_reversal(conn: &mut Conn, work: &Work<'_>, body: Value) -> Result<Value, Problem> {
    let Undoing { loan_id, undo } = serde_json::from_value(body).map_err(Problem::internal)?;
    let mut case = lock_one(&mut *conn, work.unit, loan_id).await?;
    insist_reversible(&case, undo.seq)?;
    case.insist_not_recovered(undo.seq)?;
    let seq = i32::try_from(undo.seq).map_err(Problem::internal)?;
    let moved = store::moved(&mut *conn, work.unit, loan_id, seq).await?;
    let on = undo.day(&case, work.clock.today())?;
    let contract = &case.loan.contract_no;
    let what = Occurrence::Reversed { entry: undo.seq };
    let entry = Entry {
        journal: JournalKind::LoanAdjustment,
        reason: Some(undo.reason.as_str().to_owned()),
        ..Entry::of(on, what, format!("Điều chỉnh sau khi hủy bút toán {seq} hợp đồng {contract}"))
    };
    let mut writing = Writing::begin(&mut *conn, work, [&case], on).await?;
    let entered = writing.enter(&mut case, &entry, moved.as_ref())?;
    let (mut mirrors, mut journal_nos) = (Vec::new(), Vec::new());
    // Its own journals; what it changed of other days follows from the fold.
    for journal_no in store::own_journals(&mut *conn, work.unit, loan_id, seq).await? {
        let reversal = ledger::Reversal {
            journal_id: work.clock.new_id(),
            effective_on: on,
            reason: undo.reason.as_str(),
            owner: Owner::Loans,
        };
        mirrors.push(reversal.journal_id);
        journal_nos.push(ledger::reverse(&mut *conn, work.unit, journal_no, reversal).await?.journal_no);
    }
    writing.mirrored_by(mirrors);
    writing.write(conn).await?;
    Ok(
        json!({"loan_id": loan_id, "loan_event_id": entered.event_id, "seq": entered.seq, "journal_nos": journal_nos}),
    )
}
