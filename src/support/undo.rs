//! What was entered by mistake is taken back: a repayment, a payout, a loss. Its journal is reversed, and the repayments
//! that stand are divided again. A second person decides.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::case::{Case, Record, Writing};
use super::overdue::Reclassed;
use super::reads::lock_case;
use super::repay::{Days, adjust};
use super::store;
use super::waiting::{OfAgreement, parsed, put, write};
use crate::access::Work;
use crate::approvals::{Approval, Command};
use crate::db::Conn;
use crate::domain::books::journal_kind::Owner;
use crate::domain::support::{Entry, Event};
use crate::domain::values::money::Money;
use crate::domain::values::text::Note;
use crate::ledger::{self, Reversal};
use crate::problem::{Kind, Problem};
use crate::text;

/// Why and when something is taken back.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TakeBack {
    /// The day it counts: not before what it takes back, not after today, in an open period.
    pub on: NaiveDate,
    /// Why.
    pub reason: Note,
}

/// What is to be taken back.
#[derive(Debug, Clone, Copy)]
pub enum Mistake {
    /// A repayment.
    Repayment(Uuid),
    /// The payout.
    Payout,
    /// A loss.
    Loss(Uuid),
}

impl Mistake {
    const fn command(self) -> Command {
        match self {
            Self::Repayment(_) => Command::ReverseRepayment,
            Self::Payout => Command::ReversePayout,
            Self::Loss(_) => Command::ReverseLoss,
        }
    }

    /// The event it was, whether it still stands or not.
    fn find(self, case: &Case) -> Result<Uuid, Problem> {
        let is = |entry: &&Entry| match self {
            Self::Repayment(id) => entry.id == id && matches!(entry.event, Event::Repaid { .. }),
            Self::Payout => entry.event == Event::PaidOut,
            Self::Loss(id) => entry.id == id && matches!(entry.event, Event::Lost { .. }),
        };
        let last = case.history.entries.iter().filter(is).max_by_key(|entry| entry.no);
        last.map(|entry| entry.id).ok_or_else(|| match self {
            Self::Payout => {
                Kind::WrongState.saying(text!("Hợp đồng chưa giải ngân.", "The agreement was not paid out."))
            }
            _ => Kind::NotFound.bare(),
        })
    }
}

/// A payout goes last: while money that came for it or a loss of it stands, there would be nothing that they are of.
async fn insist_nothing_came_of_it(
    conn: &mut Conn,
    unit: i32,
    case: &Case,
    event: Uuid,
) -> Result<(), Problem> {
    let is_payout = case.history.standing_entry(event).is_some_and(|entry| entry.event == Event::PaidOut);
    let last = case.history.standing_entries().max_by_key(|entry| (entry.on, entry.no));
    let Some(last) = last.filter(|_| is_payout) else { return Ok(()) };
    let paper = store::paper_of(conn, unit, last.id).await?.map(|paper| paper.cited());
    let (vi, en) = paper.map_or_else(Default::default, |p| (format!(" ({})", p.vi), format!(" ({})", p.en)));
    let on = last.on;
    Err(Kind::WrongState.saying(text!(
        "Hợp đồng đã có khoản thu hồi hoặc tổn thất, gần nhất ngày {on}{vi}; hãy hủy các khoản ấy trước.",
        "Repayments or losses stand, the last of {on}{en}; take them back first.";
        on
    )))
}

/// Enters the reversal into the history: the event, and the repayments that must be divided again.
fn take_back(
    case: &mut Case,
    event: Uuid,
    what: &TakeBack,
    days: Days,
    work: &Work<'_>,
) -> Result<Writing, Problem> {
    days.allow("/on", what.on)?;
    let wrong = case.history.standing_entry(event).cloned().ok_or_else(|| Kind::AlreadyReversed.bare())?;
    if what.on < wrong.on {
        let on = wrong.on;
        return Err(Problem::field(
            "/on",
            text!("Trước ngày {on} của khoản ấy", "Before its own day, {on}"; on),
        ));
    }
    let amount = match wrong.event {
        Event::Repaid { amount } | Event::Lost { amount } => amount,
        Event::PaidOut => {
            if case.history.last_day().is_some_and(|last| what.on < last) {
                return Err(Problem::field(
                    "/on",
                    text!("Trước phát sinh gần nhất", "Before the last event"),
                ));
            }
            case.agreement.given
        }
        _ => Money::ZERO,
    };
    let was = case.history.clone();
    let entry =
        case.entry(work.clock.new_id(), what.on, Event::Reversed { of: event }, wrong.change.undone());
    let entry = Entry { apart: wrong.apart.undone(), ..entry };
    let record = case.record(entry, amount);
    let record = Record { reason: Some(what.reason.to_string()), actor: work.actor, ..record };
    if case.history.replay(case.history.last_day().unwrap_or(what.on))?.surplus.is_sign_negative() {
        return Err(Kind::WrongState.saying(text!(
            "Tiền nộp thừa đã hoàn cho hộ, không hủy được khoản thu này.",
            "The surplus was given back to the household: this repayment cannot be taken back."
        )));
    }
    let mut writing = adjust(case, what.on, work.clock, work.actor)?;
    writing.records.insert(0, record);
    let reclassed = Reclassed::by(case, &was, what.on)?.besides(what.on, wrong.apart.undone());
    reclassed.post(case, work.clock, work.actor, &mut writing)?;
    Ok(writing)
}

/// Asks to take something back.
pub async fn ask_reversal(
    conn: &mut Conn,
    work: &Work<'_>,
    agreement: Uuid,
    mistake: Mistake,
    what: TakeBack,
) -> Result<Approval, Problem> {
    let mut case = lock_case(&mut *conn, work.unit, agreement).await?;
    let event = mistake.find(&case)?;
    insist_nothing_came_of_it(&mut *conn, work.unit, &case, event).await?;
    let days = Days::of(&mut *conn, work, what.on).await?;
    take_back(&mut case, event, &what, days, work)?;
    let (contract, party, reason) = (&case.agreement.contract, &case.agreement.party, &what.reason);
    let summary = match mistake {
        Mistake::Repayment(_) => text!(
            "Hủy khoản thu hồi của hợp đồng {contract}, {party}: {reason}",
            "Take back a repayment of contract {contract}, {party}: {reason}"
        ),
        Mistake::Payout => text!(
            "Hủy giải ngân hợp đồng {contract}, {party}: {reason}",
            "Take back the payout of contract {contract}, {party}: {reason}"
        ),
        Mistake::Loss(_) => text!(
            "Hủy ghi nhận tổn thất của hợp đồng {contract}, {party}: {reason}",
            "Take back a loss of contract {contract}, {party}: {reason}"
        ),
    };
    put(conn, work, mistake.command(), &OfAgreement { agreement, event: Some(event), what }, summary).await
}

/// Takes it back, once approved: its journal is reversed, the repayments that stand are divided again.
pub async fn execute_reversal(conn: &mut Conn, work: &Work<'_>, body: Value) -> Result<Value, Problem> {
    let OfAgreement { agreement, event, what } = parsed::<TakeBack>(body)?;
    let event = event.unwrap_or_default();
    let mut case = lock_case(&mut *conn, work.unit, agreement).await?;
    insist_nothing_came_of_it(&mut *conn, work.unit, &case, event).await?;
    let days = Days::of(&mut *conn, work, what.on).await?;
    let mut writing = take_back(&mut case, event, &what, days, work)?;
    let journal_no =
        store::journal_of(&mut *conn, work.unit, event).await?.ok_or_else(|| Kind::NotFound.bare())?;
    let reversal = Reversal {
        journal_id: work.clock.new_id(),
        effective_on: what.on,
        reason: what.reason.as_str(),
        owner: Owner::Support,
    };
    if let Some(record) = writing.records.first_mut() {
        record.journal = Some(reversal.journal_id);
    }
    let reversed = ledger::reverse(&mut *conn, work.unit, journal_no, reversal).await?;
    let adjusted = write(conn, work, &case, &writing).await?;
    Ok(serde_json::json!({ "reversed": reversed, "adjusted": adjusted }))
}
