//! The approver's inbox. Approving executes the command in the same transaction: what is refused stays waiting.

pub mod http;

use serde_json::Value;
use uuid::Uuid;

use crate::access::Work;
use crate::approvals::{self, Approval, Decision, State};
use crate::db::Conn;
use crate::problem::{Kind, Problem};
use crate::{journals, loans, periods, support, text};

/// Executes a command by its name. Every command that waits has its line here.
async fn execute(conn: &mut Conn, work: &Work<'_>, waiting: &Approval) -> Result<Value, Problem> {
    let body = waiting.body.clone();
    match waiting.command.as_str() {
        journals::POST_JOURNAL => journals::execute_manual(conn, work, body).await,
        journals::REVERSE_JOURNAL => journals::execute_reversal(conn, work, body).await,
        journals::RETURN_CAPITAL => journals::execute_return(conn, work, body).await,
        periods::REOPEN_PERIODS => periods::execute_reopening(conn, work, body).await,
        support::APPROVE_SUPPORT => support::execute_approval(conn, work, body).await,
        support::PAY_OUT_SUPPORT => support::execute_payout(conn, work, body).await,
        support::CANCEL_SUPPORT => support::execute_cancellation(conn, work, body).await,
        support::RECORD_LOSS => support::execute_loss(conn, work, body).await,
        support::REVERSE_REPAYMENT | support::REVERSE_PAYOUT | support::REVERSE_LOSS => {
            support::execute_reversal(conn, work, body).await
        }
        support::REFUND_OVERPAYMENT => support::execute_refund(conn, work, body).await,
        support::RESCHEDULE_SUPPORT => support::execute_extension(conn, work, body).await,
        command => match loans::execute(conn, work, command, body).await {
            Some(outcome) => outcome,
            None => Err(Problem::internal(anyhow::anyhow!("no slice executes {command}"))),
        },
    }
}

/// Approves a command of somebody else and executes it.
pub async fn approve(
    conn: &mut Conn,
    work: &Work<'_>,
    id: Uuid,
    note: Option<String>,
) -> Result<Approval, Problem> {
    let waiting = approvals::lock(&mut *conn, work, id).await?;
    approvals::second_person(&waiting, work)?;
    let outcome = Some(execute(&mut *conn, work, &waiting).await?);
    approvals::decide(conn, work, id, Decision { state: State::Approved, note, outcome }).await
}

/// Rejects a command of somebody else; nothing happens.
pub async fn reject(conn: &mut Conn, work: &Work<'_>, id: Uuid, note: String) -> Result<Approval, Problem> {
    let waiting = approvals::lock(&mut *conn, work, id).await?;
    approvals::second_person(&waiting, work)?;
    approvals::decide(conn, work, id, Decision { state: State::Rejected, note: Some(note), outcome: None })
        .await
}

/// Takes back a command of one's own.
pub async fn withdraw(
    conn: &mut Conn,
    work: &Work<'_>,
    id: Uuid,
    note: Option<String>,
) -> Result<Approval, Problem> {
    let waiting = approvals::lock(&mut *conn, work, id).await?;
    if work.actor != Some(waiting.made_by) {
        return Err(Kind::Forbidden
            .saying(text!("Chỉ người lập được rút yêu cầu.", "Only its maker takes a request back.")));
    }
    approvals::decide(conn, work, id, Decision { state: State::Withdrawn, note, outcome: None }).await
}
