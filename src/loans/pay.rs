//! Money out: payouts in tranches, and what was overpaid. Money in for what was written off.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::capital;
use super::case::{Case, Status};
use super::entry::Writing;
use super::event::Entry;
use super::read::lock_one;
use super::request::not_in_future;
use super::sign::insist_still_eligible;
use crate::access::Work;
use crate::approvals::{self, Approval, Ask, Command};
use crate::db::Conn;
use crate::domain::books::journal_kind::JournalKind;
use crate::domain::books::recipes::Till;
use crate::domain::credit::loan::Occurrence;
use crate::domain::values::money::{Money, PositiveMoney};
use crate::ledger::tills;
use crate::problem::{Kind, Problem};
use crate::text;

/// A tranche to be paid out.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LoanPayout {
    /// How much: all tranches together at most the loan.
    pub amount: PositiveMoney,
    /// The day.
    pub paid_on: NaiveDate,
    /// Cash box or bank.
    pub till: Till,
}

/// Money back to the borrower: of what was overpaid.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LoanRefund)]
pub struct Refund {
    /// At most what was overpaid.
    pub amount: Money,
    /// The day.
    pub paid_on: NaiveDate,
    /// Cash box or bank.
    pub till: Till,
}

/// Money for what was written off.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Recovery {
    /// At most what was written off and not recovered yet: principal first, then interest.
    pub amount: Money,
    /// The day.
    pub received_on: NaiveDate,
    /// Cash box or bank.
    pub till: Till,
}

/// Puts a payout before the approver.
pub async fn ask_payout(
    conn: &mut Conn,
    work: &Work<'_>,
    loan: Uuid,
    payout: &LoanPayout,
) -> Result<Approval, Problem> {
    let case = lock_one(&mut *conn, work.unit, loan).await?;
    insist_payable(&mut *conn, work, &case, payout).await?;
    let till = tills::fixed(&mut *conn, work.unit, payout.till, payout.paid_on).await?;
    let payout = LoanPayout { till, ..payout.clone() };
    let (who, contract, amount) = (&case.loan.borrower, &case.loan.contract_no, payout.amount);
    let ask = Ask {
        command: Command::DisburseLoan,
        subject: Some(loan),
        body: json!({"loan_id": loan, "payout": payout}),
        summary: text!("Giải ngân {amount} đồng hợp đồng {contract} cho {who}.", "Pay out {amount} đồng under contract {contract} to {who}."; amount),
    };
    approvals::ask(conn, work, ask).await
}

/// Refuses a payout beyond the contract, before it, or to a household that is not served on that day.
async fn insist_payable(
    conn: &mut Conn,
    work: &Work<'_>,
    case: &Case,
    payout: &LoanPayout,
) -> Result<(), Problem> {
    if payout.paid_on < case.loan.signed_on || payout.paid_on > work.clock.today() {
        return Err(Problem::field(
            "/paid_on",
            text!("Từ ngày ký đến hôm nay", "From the day of signing to today"),
        ));
    }
    let state = case.on(payout.paid_on.max(case.held.stands_on))?;
    if !matches!(Status::of(&state), Status::Signed | Status::Current | Status::Closed) {
        return Err(Kind::WrongState.saying(text!(
            "Không giải ngân tiếp cho khoản vay quá hạn, được khoanh hoặc đã xóa nợ.",
            "Nothing more is paid out under a loan that is late, frozen or written off."
        )));
    }
    let left = case.loan.contract.amount.amount() - state.principal.disbursed;
    if payout.amount.amount() > left {
        return Err(Kind::AboveCap.saying(text!("Hợp đồng còn {left} đồng chưa giải ngân.", "{left} đồng of the contract are not paid out yet."; left)));
    }
    capital::insist_lends(&mut *conn, work.unit, &case.loan, payout.amount.money(), payout.paid_on).await?;
    insist_still_eligible(conn, work.unit, &case.loan, payout.paid_on).await
}

#[derive(Deserialize)]
struct Disbursing {
    loan_id: Uuid,
    payout: LoanPayout,
}

/// Pays a tranche out.
pub async fn execute_payout(conn: &mut Conn, work: &Work<'_>, body: Value) -> Result<Value, Problem> {
    let Disbursing { loan_id, payout } = serde_json::from_value(body).map_err(Problem::internal)?;
    let mut case = lock_one(&mut *conn, work.unit, loan_id).await?;
    insist_payable(&mut *conn, work, &case, &payout).await?;
    let contract = &case.loan.contract_no;
    let what = Occurrence::Disbursed { amount: payout.amount.amount() };
    let entry = Entry {
        journal: JournalKind::LoanDisbursement,
        till: tills::as_asked(&mut *conn, work.unit, payout.till).await?,
        ..Entry::of(payout.paid_on, what, format!("Giải ngân hợp đồng {contract}"))
    };
    enter_alone(conn, work, &mut case, entry).await
}

/// Enters one event of one loan and says what it did.
pub async fn enter_alone(
    conn: &mut Conn,
    work: &Work<'_>,
    case: &mut Case,
    entry: Entry,
) -> Result<Value, Problem> {
    let mut writing = Writing::begin(&mut *conn, work, [&*case], entry.on).await?;
    let entered = writing.enter(case, &entry, None)?;
    let posted = writing.write(conn).await?;
    let journals: Vec<_> = posted.iter().filter(|p| Some(p.journal_id) == entered.journal).collect();
    Ok(
        json!({"loan_id": case.loan.loan_id, "loan_event_id": entered.event_id, "seq": entered.seq, "journals": journals}),
    )
}

/// Puts a refund before the approver.
pub async fn ask_refund(
    conn: &mut Conn,
    work: &Work<'_>,
    loan: Uuid,
    refund: &Refund,
) -> Result<Approval, Problem> {
    not_in_future(work, "/paid_on", refund.paid_on)?;
    let case = lock_one(&mut *conn, work.unit, loan).await?;
    insist_overpaid(&case, refund)?;
    let till = tills::fixed(&mut *conn, work.unit, refund.till, refund.paid_on).await?;
    let refund = Refund { till, ..refund.clone() };
    let (who, contract, amount) = (&case.loan.borrower, &case.loan.contract_no, refund.amount);
    let ask = Ask {
        command: Command::RefundLoan,
        subject: Some(loan),
        body: json!({"loan_id": loan, "refund": refund}),
        summary: text!("Trả lại {amount} đồng nộp thừa của hợp đồng {contract} cho {who}.", "Give {amount} đồng overpaid under contract {contract} back to {who}."; amount),
    };
    approvals::ask(conn, work, ask).await
}

/// Refuses more than was overpaid, on the day and since.
fn insist_overpaid(case: &Case, refund: &Refund) -> Result<(), Problem> {
    let now = case.on(refund.paid_on.max(case.held.stands_on))?.overpaid;
    let overpaid = case.on(refund.paid_on)?.overpaid.min(now);
    if refund.amount.is_zero() || refund.amount.amount() > overpaid {
        return Err(Kind::AboveCap
            .saying(text!("Số nộp thừa là {overpaid} đồng.", "{overpaid} đồng were overpaid."; overpaid)));
    }
    Ok(())
}

#[derive(Deserialize)]
struct Refunding {
    loan_id: Uuid,
    refund: Refund,
}

/// Gives back what was overpaid, once approved.
pub async fn execute_refund(conn: &mut Conn, work: &Work<'_>, body: Value) -> Result<Value, Problem> {
    let Refunding { loan_id, refund } = serde_json::from_value(body).map_err(Problem::internal)?;
    let mut case = lock_one(&mut *conn, work.unit, loan_id).await?;
    insist_overpaid(&case, &refund)?;
    let contract = &case.loan.contract_no;
    let what = Occurrence::Refunded { amount: refund.amount.amount() };
    let entry = Entry {
        journal: JournalKind::LoanRefund,
        till: tills::as_asked(&mut *conn, work.unit, refund.till).await?,
        ..Entry::of(refund.paid_on, what, format!("Trả lại tiền nộp thừa hợp đồng {contract}"))
    };
    enter_alone(conn, work, &mut case, entry).await
}

/// Takes money for what was written off.
pub async fn recover(
    conn: &mut Conn,
    work: &Work<'_>,
    loan: Uuid,
    recovery: &Recovery,
) -> Result<Value, Problem> {
    not_in_future(work, "/received_on", recovery.received_on)?;
    let mut case = lock_one(&mut *conn, work.unit, loan).await?;
    let lost_on = |day| -> Result<_, Problem> {
        let state = case.on(day)?;
        Ok(state.principal.written_off + state.interest.written_off)
    };
    // Neither on its day nor since is more taken than there is: what was not lost yet is no recovery.
    let on_its_day = lost_on(recovery.received_on)?;
    let lost = on_its_day.min(lost_on(recovery.received_on.max(case.held.stands_on))?);
    if recovery.amount.is_zero() || recovery.amount.amount() > lost {
        return Err(Kind::Overpaid.saying(text!("Nợ đã xóa còn {lost} đồng chưa thu hồi.", "{lost} đồng written off are not recovered yet."; lost)));
    }
    let contract = &case.loan.contract_no;
    let what = Occurrence::Recovered { amount: recovery.amount.amount() };
    let entry = Entry {
        journal: JournalKind::LoanRecovery,
        till: recovery.till,
        ..Entry::of(recovery.received_on, what, format!("Thu hồi nợ đã xóa hợp đồng {contract}"))
    };
    enter_alone(conn, work, &mut case, entry).await
}
