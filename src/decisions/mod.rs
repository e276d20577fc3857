//! The approver's inbox. Approving executes the command in the same transaction: what is refused stays waiting.

pub mod http;

use serde_json::Value;
use uuid::Uuid;

use crate::access::Work;
use crate::approvals::{self, Approval, Command, Decision, State};
use crate::db::Conn;
use crate::problem::{Kind, Problem};
use crate::{journals, loans, periods, support, text, tills};

/// Executes a command. One that is not executed here does not compile.
async fn execute(conn: &mut Conn, work: &Work<'_>, waiting: &Approval) -> Result<Value, Problem> {
    let body = waiting.body.clone();
    match waiting.what()? {
        Command::PostJournal => journals::execute_manual(conn, work, body).await,
        Command::ReverseJournal => journals::execute_reversal(conn, work, body).await,
        Command::ReturnCapital => journals::execute_return(conn, work, body).await,
        Command::SettleCashCount => tills::execute_settlement(conn, work, body).await,
        Command::ReverseCashSettlement => tills::execute_reversal(conn, work, body).await,
        Command::CloseRunningMonth => periods::execute_early_closing(conn, work, body).await,
        Command::ReopenPeriods => periods::execute_reopening(conn, work, body).await,
        Command::ApproveSupport => support::execute_approval(conn, work, body).await,
        Command::PayOutSupport => support::execute_payout(conn, work, body).await,
        Command::CancelSupport => support::execute_cancellation(conn, work, body).await,
        Command::RecordLoss => support::execute_loss(conn, work, body).await,
        Command::ReverseRepayment | Command::ReversePayout | Command::ReverseLoss => {
            support::execute_reversal(conn, work, body).await
        }
        Command::RefundOverpayment => support::execute_refund(conn, work, body).await,
        Command::RescheduleSupport => support::execute_extension(conn, work, body).await,
        Command::ApproveLoan => loans::execute_approval(conn, work, body).await,
        Command::DisburseLoan => loans::execute_payout(conn, work, body).await,
        Command::RefundLoan => loans::execute_refund(conn, work, body).await,
        Command::ReverseLoanEvent => loans::execute_reversal(conn, work, body).await,
        Command::HandleLoan => loans::execute_measure(conn, work, body).await,
    }
}

/// What a command changed when it was asked for ends with it.
async fn dismiss(conn: &mut Conn, work: &Work<'_>, waiting: &Approval) -> Result<(), Problem> {
    match waiting.what()? {
        Command::RecordLoss => support::dismiss_loss(conn, work, waiting.body.clone()).await,
        _ => Ok(()),
    }
}

/// Approves a command that another person asked for and executes it.
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

/// Rejects a command that another person asked for; it is not executed.
pub async fn reject(conn: &mut Conn, work: &Work<'_>, id: Uuid, note: String) -> Result<Approval, Problem> {
    let waiting = approvals::lock(&mut *conn, work, id).await?;
    approvals::second_person(&waiting, work)?;
    dismiss(&mut *conn, work, &waiting).await?;
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
    dismiss(&mut *conn, work, &waiting).await?;
    approvals::decide(conn, work, id, Decision { state: State::Withdrawn, note, outcome: None }).await
}
