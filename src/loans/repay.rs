//! Repayments. Written for batches: many loans of one unit are locked, divided, posted and stored together. One repayment
//! is a batch of one.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::case::Case;
use super::entry::{Entered, Writing};
use super::event::Entry;
use super::read::{lock, lock_one};
use crate::access::Work;
use crate::db::Conn;
use crate::domain::books::journal_kind::JournalKind;
use crate::domain::books::recipes::Till;
use crate::domain::credit::allocation::Future;
use crate::domain::credit::loan::{Occurrence, Quote, Split};
use crate::domain::credit::schedule::Explanation;
use crate::domain::values::ids::{GroupId, UserId};
use crate::domain::values::money::{Money, PositiveMoney};
use crate::domain::values::text::Name;
use crate::ledger::journals::Journal;
use crate::ledger::{self, Posted};
use crate::problem::{Kind, Problem};
use crate::{groups, text};

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
#[schema(as = NewLoanRepayment)]
pub struct NewRepayment {
    /// All of it.
    pub amount: PositiveMoney,
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

/// A repayment of a loan, for the batcher.
#[derive(Debug, Clone)]
pub struct LoanRepayment {
    /// The loan.
    pub loan: Uuid,
    /// The repayment.
    pub repayment: NewRepayment,
    /// Who entered it.
    pub actor: Option<Uuid>,
    /// Whether as leader of a group: interest only, and of no other group's loans.
    pub as_leader: bool,
}

/// What the borrower gets in hand.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = LoanReceipt)]
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
    writing.insist_come("/received_on", new.received_on)?;
    case.insist_paid_out(new.received_on)?;
    let before = case.on(new.received_on)?;
    if row.as_leader && new.amount.amount() > before.interest.unpaid {
        return Err(leaders_take_no_capital());
    }
    let owed = before.owed() + before.interest.unpaid;
    if !new.accept_overpayment && new.amount.amount() > owed {
        return Err(
            Kind::Overpaid.saying(text!("Số còn phải trả là {owed} đồng.", "{owed} đồng is owed."; owed))
        );
    }
    if new.amount.amount() > owed + case.loan.contract.amount.amount() {
        let most = case.loan.contract.amount;
        return Err(Kind::Overpaid.saying(
            text!("Tiền nộp thừa không quá {most} đồng.", "A surplus is at most {most} đồng."; most),
        ));
    }
    let amount = new.amount.amount();
    let what = match new.early {
        Early::Keep => Occurrence::Repaid { amount },
        Early::Shorten => Occurrence::Prepaid { amount, future: Future::LastInstallment },
        Early::Reduce => Occurrence::Prepaid { amount, future: Future::Reamortization },
    };
    insist_still_owed(case, new, &what)?;
    let contract = &case.loan.contract_no;
    let entry = Entry {
        journal: JournalKind::LoanRepayment,
        till: new.till,
        party: new.payer.as_ref().map(|payer| payer.as_str().to_owned()),
        actor: row.actor,
        ..Entry::of(new.received_on, what, format!("Thu nợ hợp đồng {contract}"))
    };
    let principal =
        |case: &Case| case.on(case.held.stands_on.max(new.received_on)).map(|s| s.principal.repaid);
    if row.as_leader
        && case
            .with(entry.what.clone(), new.received_on, case.held.stands_on.max(new.received_on))?
            .principal
            .repaid
            > principal(case)?
    {
        return Err(leaders_take_no_capital());
    }
    writing.enter(case, &entry, None)
}

/// A group leader takes interest only, whatever day it is valued.
fn leaders_take_no_capital() -> Problem {
    Kind::Forbidden.saying(text!(
        "Tổ trưởng chỉ được thu lãi; gốc do người vay nộp tại điểm giao dịch.",
        "A group leader takes interest only; principal is paid at the transaction point."
    ))
}

/// Refuses money dated back where what came later has paid already what it would pay.
fn insist_still_owed(case: &mut Case, new: &NewRepayment, what: &Occurrence) -> Result<(), Problem> {
    let stands_on = case.held.stands_on;
    if new.accept_overpayment || new.received_on >= stands_on {
        return Ok(());
    }
    let before = case.on(stands_on)?.overpaid;
    let surplus = case.with(what.clone(), new.received_on, stands_on)?.overpaid - before;
    if surplus.is_zero() || surplus.is_sign_negative() {
        return Ok(());
    }
    Err(Kind::Overpaid.saying(text!("Các khoản nộp sau ngày ấy đã trả phần này; nộp thừa {surplus} đồng.", "Payments after that day have paid this already: {surplus} đồng is too much."; surplus)))
}

impl LoanRepayment {
    /// Whether the person who entered it may know of the loan; `led` are leaders and their groups.
    fn may_see(&self, case: &Case, led: &BTreeMap<UserId, GroupId>) -> bool {
        let own = || self.actor.and_then(|actor| led.get(&actor.into())).copied();
        !self.as_leader || case.loan.group_id.is_some_and(|group| own() == Some(group))
    }
}

/// The groups of the leaders among those who entered repayments.
async fn led(
    conn: &mut Conn,
    work: &Work<'_>,
    rows: &[LoanRepayment],
) -> Result<BTreeMap<UserId, GroupId>, Problem> {
    let leaders = rows.iter().filter(|row| row.as_leader).filter_map(|row| row.actor);
    let leaders: Vec<UserId> = leaders.map(UserId::from).collect();
    if leaders.is_empty() { Ok(BTreeMap::new()) } else { groups::led_by(conn, work, &leaders).await }
}

/// Takes repayments of one unit in their order, each with its own verdict: locks their loans, divides, posts and records.
/// Money of a loan that is refused stays out; an error takes all of it back.
pub async fn repay(
    conn: &mut Conn,
    work: &Work<'_>,
    rows: &[LoanRepayment],
) -> Result<Vec<Result<Receipt, Problem>>, Problem> {
    let led = led(&mut *conn, work, rows).await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.loan).collect();
    let mut cases = lock(&mut *conn, work.unit, &ids).await?;
    if cases.is_empty() {
        return Ok(rows.iter().map(|_| Err(Kind::NotFound.bare())).collect());
    }
    let from = rows.iter().map(|row| row.repayment.received_on).min().unwrap_or(NaiveDate::MAX);
    let mut writing = Writing::begin(&mut *conn, work, cases.values(), from).await?;
    let mut verdicts = Vec::with_capacity(rows.len());
    for row in rows {
        verdicts.push(match cases.get_mut(&row.loan).filter(|case| row.may_see(case, &led)) {
            Some(case) => enter_repayment(&mut writing, case, row),
            None => Err(Kind::NotFound.bare()),
        });
    }
    let posted = writing.write(conn).await?;
    let mut posted: HashMap<Uuid, Posted> = posted.into_iter().map(|p| (p.journal_id, p)).collect();
    let receipts = rows.iter().zip(verdicts).map(|(row, verdict)| receipt(row, &verdict?, &mut posted));
    Ok(receipts.collect())
}

fn receipt(
    row: &LoanRepayment,
    entered: &Entered,
    posted: &mut HashMap<Uuid, Posted>,
) -> Result<Receipt, Problem> {
    let split = split_of(entered)?;
    let posted = entered.journal.and_then(|journal| posted.remove(&journal));
    Ok(Receipt {
        loan_id: row.loan,
        loan_event_id: entered.event_id,
        seq: entered.seq,
        posted: posted.ok_or_else(|| Problem::internal(anyhow::anyhow!("a repayment without a journal")))?,
        amount: row.repayment.amount.money(),
        received_on: row.repayment.received_on,
        explanation: split.explanation(),
        split,
        left: entered.state.quote(),
    })
}

/// What a repayment would do.
pub async fn preview_repayment(
    conn: &mut Conn,
    work: &Work<'_>,
    row: &LoanRepayment,
) -> Result<RepaymentPreview, Problem> {
    let led = led(&mut *conn, work, std::slice::from_ref(row)).await?;
    let mut case = lock_one(&mut *conn, work.unit, row.loan).await?;
    if !row.may_see(&case, &led) {
        return Err(Kind::NotFound.bare());
    }
    let from = row.repayment.received_on;
    let mut writing = Writing::begin(&mut *conn, work, [&case], from).await?;
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
