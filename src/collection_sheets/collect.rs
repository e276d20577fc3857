//! The money of rows: a repayment of the loan, and savings carried to the bank.

use std::collections::BTreeMap;

use serde_json::Value;
use uuid::Uuid;

use super::values::{Collection, Recorded};
use crate::access::Work;
use crate::db::Conn;
use crate::domain::books::posting::{Posting, Voucher};
use crate::domain::books::recipes::{self, FIRST_BOOK, Movement};
use crate::domain::credit::collection_sheet::Collector;
use crate::domain::values::money::PositiveMoney;
use crate::ledger::{self, Posted};
use crate::loans::{self, Early, Loan, LoanRepayment, NewRepayment, Receipt};
use crate::problem::{Kind, Problem};

/// Records rows: those that were, with what it gave, and why the others were not. An error takes all of them back.
pub async fn collect(
    conn: &mut Conn,
    work: &Work<'_>,
    collector: Collector,
    rows: &[Collection],
) -> Result<(Vec<(Collection, Value)>, BTreeMap<Uuid, Problem>), Problem> {
    let mut repaid = repay(&mut *conn, work, collector, rows).await?;
    let mut refused = BTreeMap::new();
    for (row, outcome) in std::mem::take(&mut repaid.refused) {
        if matches!(outcome.kind, Kind::Internal | Kind::TryAgain | Kind::TimedOut) {
            return Err(outcome);
        }
        refused.insert(row, outcome);
    }
    let good: Vec<&Collection> = rows.iter().filter(|row| !refused.contains_key(&row.sent.row_id)).collect();
    let mut saved = save(conn, work, &good).await?;
    let mut done = Vec::with_capacity(good.len());
    for row in good {
        let id = row.sent.row_id;
        let recorded = Recorded { repayment: repaid.receipts.remove(&id), savings: saved.remove(&id) };
        done.push((*row, serde_json::to_value(recorded).map_err(Problem::internal)?));
    }
    Ok((done, refused))
}

/// What became of the repayments, by row.
#[derive(Default)]
struct Repaid {
    receipts: BTreeMap<Uuid, Receipt>,
    refused: BTreeMap<Uuid, Problem>,
}

/// Interest and principal of each row as one repayment; what it pays is the contract's to say.
async fn repay(
    conn: &mut Conn,
    work: &Work<'_>,
    collector: Collector,
    rows: &[Collection],
) -> Result<Repaid, Problem> {
    let mut done = Repaid::default();
    let (mut ids, mut repayments) = (Vec::new(), Vec::new());
    for row in rows {
        let collected = &row.sent.collected;
        match collected.interest.plus(collected.principal).map(PositiveMoney::of) {
            Ok(None) => {}
            Ok(Some(amount)) => {
                ids.push(row.sent.row_id);
                repayments.push(LoanRepayment {
                    loan: row.agreement_id,
                    repayment: NewRepayment {
                        amount,
                        received_on: row.sent.collected_on,
                        till: row.till,
                        payer: None,
                        accept_overpayment: false,
                        early: Early::Keep,
                    },
                    actor: work.actor,
                    as_leader: collector == Collector::GroupLeader,
                });
            }
            Err(_) => drop(done.refused.insert(row.sent.row_id, Kind::Overpaid.bare())),
        }
    }
    for (id, verdict) in ids.into_iter().zip(loans::repay(conn, work, &repayments).await?) {
        match verdict {
            Ok(receipt) => drop(done.receipts.insert(id, receipt)),
            Err(problem) => drop(done.refused.insert(id, problem)),
        }
    }
    Ok(done)
}

/// Savings of each row: taken, and owed to the bank.
async fn save(
    conn: &mut Conn,
    work: &Work<'_>,
    rows: &[&Collection],
) -> Result<BTreeMap<Uuid, Posted>, Problem> {
    let rows: Vec<_> = rows.iter().filter(|row| !row.sent.collected.savings.is_zero()).collect();
    if rows.is_empty() {
        return Ok(BTreeMap::new());
    }
    let ids: Vec<Uuid> = rows.iter().map(|row| row.agreement_id).collect();
    let loans: BTreeMap<Uuid, Loan> = loans::contracts(&mut *conn, work.unit, &ids)
        .await?
        .into_iter()
        .map(|loan| (loan.loan_id, loan))
        .collect();
    let mut postings = Vec::with_capacity(rows.len());
    for row in &rows {
        let loan = loans.get(&row.agreement_id).ok_or_else(|| Kind::NotFound.bare())?;
        postings.push(savings(work, row, loan)?);
    }
    let posted = ledger::post(conn, work.unit, &postings).await?;
    Ok(rows.iter().map(|row| row.sent.row_id).zip(posted).collect())
}

fn savings(work: &Work<'_>, row: &Collection, loan: &Loan) -> Result<Posting, Problem> {
    let what = format!("Thu hộ ngân hàng tiền gửi tiết kiệm của {}", loan.borrower);
    let description = recipes::dated(what, row.effective_on, row.sent.collected_on);
    let amount = row.sent.collected.savings;
    let paper = Voucher {
        book: FIRST_BOOK.to_owned(),
        kind: row.till.paper_in(),
        party: loan.borrower.clone(),
        address: loan.address.clone(),
        content: description.clone(),
        amount,
        attachments: 0,
    };
    let journal_id = work.clock.new_id();
    let movement = Movement { journal_id, on: row.effective_on, description, source: loan.source_id, amount };
    Ok(recipes::savings_collected(movement, row.till, loan.household_id.uuid(), paper)?)
}
