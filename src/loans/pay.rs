//! Money out and in: payouts, repayments, refunds, recoveries, and taking an entry back. Repayments are written for
//! slices: many loans of one unit are locked, divided, posted and stored together. One repayment is a slice of one.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::case::{Case, read, take, take_one};
use super::entry::{Entered, Entry, Writing};
use super::request::insist_still_eligible;
use super::{capital, store};
use crate::access::Work;
use crate::approvals::{self, Approval, Ask};
use crate::db::Conn;
use crate::domain::allocation::Future;
use crate::domain::loan::{Accrual, LoanState, Occurrence, Quote, Split};
use crate::domain::money::Money;
use crate::domain::recipes::Till;
use crate::domain::schedule::Explanation;
use crate::domain::text::{Name, Note};
use crate::ledger::journals::Journal;
use crate::ledger::{self, Posted};
use crate::problem::{Kind, Problem};
use crate::text;

/// Paying out a tranche.
pub const DISBURSE_LOAN: &str = "disburse_loan";
/// Taking an entry back.
pub const REVERSE_LOAN_EVENT: &str = "reverse_loan_event";

/// A tranche to be paid out.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Payout {
    /// How much: all tranches together at most the loan.
    pub amount: Money,
    /// The day.
    pub paid_on: NaiveDate,
    /// Cash box or bank.
    pub till: Till,
}

/// Money back to the borrower: of what was overpaid.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
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

/// An entry to be taken back.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Undo {
    /// Its number in the loan.
    pub seq: u32,
    /// Why.
    pub reason: Note,
}

/// What becomes of money beyond what is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Early {
    /// It pays the next instalments; the plan stays.
    #[default]
    Keep,
    /// It pays the last instalments; the term is shorter.
    Shorten,
    /// It makes all instalments smaller.
    Reduce,
}

/// A repayment as it arrives.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRepayment {
    /// All of it.
    pub amount: Money,
    /// The day it was received; it may lie back.
    pub received_on: NaiveDate,
    /// Cash box or bank.
    pub till: Till,
    /// Who brought it, if not who signed.
    #[serde(default)]
    pub payer: Option<Name>,
    /// Whether a surplus is kept for the borrower; refused otherwise.
    #[serde(default)]
    pub accept_overpayment: bool,
    /// What becomes of money beyond what is due.
    #[serde(default)]
    pub early: Early,
}

/// A repayment of a loan, for slices.
#[derive(Debug, Clone)]
pub struct LoanRepayment {
    /// The loan.
    pub loan: Uuid,
    /// The repayment.
    pub repayment: NewRepayment,
    /// Whoever entered it may take interest and no principal: leaders of groups.
    pub interest_only: bool,
}

/// What the borrower gets in hand.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Receipt {
    /// The loan.
    pub loan_id: Uuid,
    /// The event.
    pub loan_event_id: Uuid,
    /// Number of the event in the loan.
    pub seq: u32,
    /// Its journal and paper.
    #[serde(flatten)]
    pub posted: Posted,
    /// What was brought.
    pub amount: Money,
    /// When.
    pub received_on: NaiveDate,
    /// How it was divided.
    pub split: Split,
    /// In words.
    pub explanation: Explanation,
    /// What closes the loan after it.
    pub left: Quote,
}

/// What a repayment would do; nothing is stored.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct RepaymentPreview {
    /// Always false.
    pub stored: bool,
    /// How it would be divided.
    pub split: Split,
    /// In words.
    pub explanation: Explanation,
    /// What would close the loan after it.
    pub left: Quote,
    /// The journals, with the numbers they would get.
    pub journals: Vec<Journal>,
}

/// A split that must be there.
fn split_of(entered: &Entered) -> Result<Split, Problem> {
    entered.split.ok_or_else(|| Problem::internal(anyhow::anyhow!("a payment without a split")))
}

/// Divides a repayment, or says why it is refused.
fn enter_repayment(
    writing: &mut Writing<'_>,
    case: &mut Case,
    row: &LoanRepayment,
) -> Result<Entered, Problem> {
    let new = &row.repayment;
    if new.amount.is_zero() {
        return Err(Problem::field("/amount", text!("Phải lớn hơn 0", "Must be more than 0")));
    }
    case.insist_paid_out(new.received_on)?;
    let before = case.on(new.received_on)?;
    if row.interest_only && new.amount.amount() > before.interest.unpaid {
        return Err(Kind::Forbidden.saying(text!(
            "Tổ trưởng chỉ được thu lãi; gốc do người vay nộp tại điểm giao dịch.",
            "A group leader takes interest only; principal is paid at the transaction point."
        )));
    }
    let owed = before.owed() + before.interest.unpaid;
    if !new.accept_overpayment && new.amount.amount() > owed {
        return Err(Kind::Overpaid.saying(text!("Số còn phải trả là {owed} đồng.", "{owed} đồng is owed.")));
    }
    if new.amount.amount() > owed + case.loan.contract.amount.amount() {
        let most = case.loan.contract.amount;
        return Err(Kind::Overpaid
            .saying(text!("Tiền nộp thừa không quá {most} đồng.", "A surplus is at most {most} đồng.")));
    }
    let amount = new.amount.amount();
    let what = match new.early {
        Early::Keep => Occurrence::Repaid { amount },
        Early::Shorten => Occurrence::Prepaid { amount, future: Future::LastInstallment },
        Early::Reduce => Occurrence::Prepaid { amount, future: Future::Reamortization },
    };
    let contract = &case.loan.contract_no;
    let entry = Entry {
        journal: "loan_repayment",
        till: new.till,
        party: new.payer.as_ref().map(|payer| payer.as_str().to_owned()),
        ..Entry::of("repaid", new.received_on, what, format!("Thu nợ hợp đồng {contract}"))
    };
    writing.enter(case, &entry, None)
}

/// Takes repayments of one unit in their order, each with its own verdict. Money of a loan that is refused stays out; an
/// error of the books takes all of them back.
pub async fn repay(
    conn: &mut Conn,
    work: &Work<'_>,
    rows: &[LoanRepayment],
) -> Result<Vec<Result<Receipt, Problem>>, Problem> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.loan).collect();
    let mut cases = take(&mut *conn, work.unit, &ids).await?;
    if cases.is_empty() {
        return Ok(rows.iter().map(|_| Err(Kind::NotFound.bare())).collect());
    }
    let mut writing = Writing::begin(&mut *conn, work, cases.values()).await?;
    let mut verdicts = Vec::with_capacity(rows.len());
    for row in rows {
        verdicts.push(match cases.get_mut(&row.loan) {
            Some(case) => enter_repayment(&mut writing, case, row),
            None => Err(Kind::NotFound.bare()),
        });
    }
    let posted = writing.write(conn, &[]).await?;
    let receipt = |row: &LoanRepayment, entered: Entered| receipt(row, &entered, &posted);
    Ok(rows
        .iter()
        .zip(verdicts)
        .map(|(row, verdict)| verdict.and_then(|entered| receipt(row, entered)))
        .collect())
}

fn receipt(row: &LoanRepayment, entered: &Entered, posted: &[Posted]) -> Result<Receipt, Problem> {
    let split = split_of(entered)?;
    let posted = entered.journal.and_then(|at| posted.get(at)).cloned();
    Ok(Receipt {
        loan_id: row.loan,
        loan_event_id: entered.event_id,
        seq: entered.seq,
        posted: posted.ok_or_else(|| Problem::internal(anyhow::anyhow!("a repayment without a journal")))?,
        amount: row.repayment.amount,
        received_on: row.repayment.received_on,
        explanation: split.explanation(),
        split,
        left: entered.state.quote(),
    })
}

/// One repayment.
pub async fn repay_one(conn: &mut Conn, work: &Work<'_>, row: LoanRepayment) -> Result<Receipt, Problem> {
    repay(conn, work, &[row]).await?.pop().unwrap_or_else(|| Err(Kind::NotFound.bare()))
}

/// What a repayment would do.
pub async fn preview_repayment(
    conn: &mut Conn,
    work: &Work<'_>,
    row: &LoanRepayment,
) -> Result<RepaymentPreview, Problem> {
    let mut case = take_one(&mut *conn, work.unit, row.loan).await?;
    let mut writing = Writing::begin(&mut *conn, work, [&case]).await?;
    let entered = enter_repayment(&mut writing, &mut case, row)?;
    let journals = ledger::rehearse(conn, work.unit, writing.postings()).await?;
    let split = split_of(&entered)?;
    Ok(RepaymentPreview {
        stored: false,
        explanation: split.explanation(),
        split,
        left: entered.state.quote(),
        journals,
    })
}

/// Puts a payout before the approver.
pub async fn ask_payout(
    conn: &mut Conn,
    work: &Work<'_>,
    loan: Uuid,
    payout: &Payout,
) -> Result<Approval, Problem> {
    let case = take_one(&mut *conn, work.unit, loan).await?;
    insist_payable(&mut *conn, work, &case, payout).await?;
    let (who, contract, amount) = (&case.loan.borrower, &case.loan.contract_no, payout.amount);
    let ask = Ask {
        command: DISBURSE_LOAN,
        subject: Some(loan),
        body: json!({"loan_id": loan, "payout": payout}),
        summary: text!(
            "Giải ngân {amount} đồng hợp đồng {contract} cho {who}.",
            "Pay out {amount} đồng under contract {contract} to {who}."
        ),
    };
    approvals::ask(conn, work, ask).await
}

/// Refuses a payout beyond the contract, before it, or to a household that is not served on that day.
async fn insist_payable(
    conn: &mut Conn,
    work: &Work<'_>,
    case: &Case,
    payout: &Payout,
) -> Result<(), Problem> {
    if payout.amount.is_zero() {
        return Err(Problem::field("/amount", text!("Phải lớn hơn 0", "Must be more than 0")));
    }
    if payout.paid_on < case.loan.signed_on || payout.paid_on > work.clock.today() {
        let days = text!("Từ ngày ký đến hôm nay", "From the day of signing to today");
        return Err(Problem::field("/paid_on", days));
    }
    let paid_out = case.on(payout.paid_on.max(case.held.stands_on))?.principal.disbursed;
    let left = case.loan.contract.amount.amount() - paid_out;
    if payout.amount.amount() > left {
        return Err(Kind::AboveCap.saying(text!(
            "Hợp đồng còn {left} đồng chưa giải ngân.",
            "{left} đồng of the contract are not paid out yet."
        )));
    }
    capital::insist_lends(&mut *conn, work.unit, &case.loan, payout.amount, payout.paid_on).await?;
    insist_still_eligible(conn, work.unit, case.loan.loan_request_id, case.loan.loan_id, payout.paid_on).await
}

#[derive(Deserialize)]
struct Disbursing {
    loan_id: Uuid,
    payout: Payout,
}

/// Pays a tranche out.
pub async fn execute_payout(conn: &mut Conn, work: &Work<'_>, body: Value) -> Result<Value, Problem> {
    let Disbursing { loan_id, payout } = serde_json::from_value(body).map_err(Problem::internal)?;
    let mut case = take_one(&mut *conn, work.unit, loan_id).await?;
    insist_payable(&mut *conn, work, &case, &payout).await?;
    let contract = &case.loan.contract_no;
    let what = Occurrence::Disbursed { amount: payout.amount.amount() };
    let entry = Entry {
        journal: "loan_disbursement",
        till: payout.till,
        ..Entry::of("disbursed", payout.paid_on, what, format!("Giải ngân hợp đồng {contract}"))
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
    let mut writing = Writing::begin(&mut *conn, work, [&*case]).await?;
    let entered = writing.enter(case, &entry, None)?;
    let posted = writing.write(conn, &[]).await?;
    let journals: Vec<_> = entered.journal.and_then(|at| posted.get(at)).into_iter().collect();
    Ok(
        json!({"loan_id": case.loan.loan_id, "loan_event_id": entered.event_id, "seq": entered.seq, "journals": journals}),
    )
}

/// Gives back what was overpaid.
pub async fn refund(conn: &mut Conn, work: &Work<'_>, loan: Uuid, refund: &Refund) -> Result<Value, Problem> {
    let mut case = take_one(&mut *conn, work.unit, loan).await?;
    let overpaid = case.on(refund.paid_on.max(case.held.stands_on))?.overpaid;
    if refund.amount.is_zero() || refund.amount.amount() > overpaid {
        return Err(
            Kind::AboveCap.saying(text!("Số nộp thừa là {overpaid} đồng.", "{overpaid} đồng were overpaid."))
        );
    }
    let contract = &case.loan.contract_no;
    let what = Occurrence::Refunded { amount: refund.amount.amount() };
    let entry = Entry {
        journal: "loan_refund",
        till: refund.till,
        ..Entry::of("refunded", refund.paid_on, what, format!("Trả lại tiền nộp thừa hợp đồng {contract}"))
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
    let mut case = take_one(&mut *conn, work.unit, loan).await?;
    let state = case.on(recovery.received_on.max(case.held.stands_on))?;
    let lost = state.principal.written_off + state.interest.written_off;
    if recovery.amount.is_zero() || recovery.amount.amount() > lost {
        return Err(Kind::Overpaid.saying(text!(
            "Nợ đã xóa còn {lost} đồng chưa thu hồi.",
            "{lost} đồng written off are not recovered yet."
        )));
    }
    let contract = &case.loan.contract_no;
    let what = Occurrence::Recovered { amount: recovery.amount.amount() };
    let entry = Entry {
        journal: "loan_recovery",
        till: recovery.till,
        ..Entry::of("recovered", recovery.received_on, what, format!("Thu hồi nợ đã xóa hợp đồng {contract}"))
    };
    enter_alone(conn, work, &mut case, entry).await
}

/// Puts the taking back of an entry before the approver.
pub async fn ask_reversal(
    conn: &mut Conn,
    work: &Work<'_>,
    loan: Uuid,
    undo: &Undo,
) -> Result<Approval, Problem> {
    let case = take_one(&mut *conn, work.unit, loan).await?;
    insist_reversible(&case, undo.seq)?;
    let (contract, seq, why) = (&case.loan.contract_no, undo.seq, undo.reason.as_str());
    let ask = Ask {
        command: REVERSE_LOAN_EVENT,
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
    let mut case = take_one(&mut *conn, work.unit, loan_id).await?;
    insist_reversible(&case, undo.seq)?;
    let seq = i32::try_from(undo.seq).map_err(Problem::internal)?;
    let undone =
        case.happened.iter().find(|row| row.seq == seq).cloned().ok_or_else(|| Kind::NotFound.bare())?;
    let moved = store::moved(&mut *conn, work.unit, loan_id, seq).await?;
    let today = work.clock.today();
    let contract = &case.loan.contract_no;
    let what = Occurrence::Reversed { entry: undo.seq };
    let entry = Entry {
        journal: "loan_adjustment",
        reason: Some(undo.reason.as_str().to_owned()),
        ..Entry::of(
            "reversed",
            today,
            what,
            format!("Điều chỉnh sau khi hủy bút toán {seq} hợp đồng {contract}"),
        )
    };
    let mut writing = Writing::begin(&mut *conn, work, [&case]).await?;
    let entered = writing.enter(&mut case, &entry, moved)?;
    let mut mirrors = Vec::new();
    for journal_no in undone.journal_nos {
        let reversal = ledger::Reversal {
            journal_id: work.clock.new_id(),
            effective_on: today,
            reason: undo.reason.as_str(),
        };
        mirrors.push(ledger::reverse(&mut *conn, work.unit, journal_no, reversal).await?.journal_no);
    }
    writing.write(conn, &mirrors).await?;
    Ok(
        json!({"loan_id": loan_id, "loan_event_id": entered.event_id, "seq": entered.seq, "journal_nos": mirrors}),
    )
}

/// What closes a loan on a day.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Payoff {
    /// The day.
    pub on: NaiveDate,
    /// What has to come in.
    #[serde(flatten)]
    pub quote: Quote,
    /// Where its interest comes from.
    pub interest: Vec<Explanation>,
}

/// The quote of a day, today or later.
pub async fn payoff(conn: &mut Conn, work: &Work<'_>, loan: Uuid, on: NaiveDate) -> Result<Payoff, Problem> {
    let case = read(conn, work.unit, loan).await?;
    let state: LoanState = case.on(on)?;
    let terms = case.loan.contract.terms();
    let accruals = crate::domain::loan::accruals(&terms, &case.events, on).map_err(super::case::misfit)?;
    let from = super::case::last_paid(&case.events).unwrap_or(NaiveDate::MIN);
    let interest =
        accruals.iter().filter(|a| a.to > from && !a.exact.is_zero()).map(Accrual::explanation).collect();
    Ok(Payoff { on, quote: state.quote(), interest })
}
