//! Loans at the ends of months, for the proof that the books held them then.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use uuid::Uuid;

use super::case::{Loan, misfit};
use super::store::{self, ClosedDays};
use crate::db::Conn;
use crate::domain::books::account_role::SubjectKind;
use crate::domain::credit::loan::{LoanEvent, Occurrence};
use crate::domain::credit::loan_books::{Course, LossBook, Position, recipes};
use crate::ledger::month_ends::MonthEnds;
use crate::problem::Problem;

/// How many loans are folded at a time.
const AT_A_TIME: i64 = 2_000;

/// How many balances were looked at, and which accounts do not hold at a month's end what the loans came to. A loan stands
/// then as on the last day on which the books followed it.
pub async fn tie_out(conn: &mut Conn, unit: i32) -> Result<(i64, Vec<String>), Problem> {
    let closed = store::closed_days(&mut *conn, unit, NaiveDate::default()).await?;
    let mut ends = MonthEnds::read(&mut *conn, unit, SubjectKind::Loan, closed.days.last().copied()).await?;
    let book = store::loss_book(&mut *conn).await?;
    let mut after = Uuid::nil();
    loop {
        let ids = store::all_ids(&mut *conn, unit, after, AT_A_TIME).await?;
        let Some(last) = ids.last().copied() else { break };
        let mut events = store::fold_events(&mut *conn, unit, &ids).await?;
        let mut late = store::counted_late(&mut *conn, unit, &ids).await?;
        for loan in store::loans(&mut *conn, unit, &ids).await? {
            let events = events.remove(&loan.loan_id).unwrap_or_default();
            let late = late.remove(&loan.loan_id).unwrap_or_default();
            let (loan, events, late) = (&loan, &events, &late);
            AtEnds { loan, events, late, closed: &closed, book: &book }.add_to(&mut ends)?;
        }
        after = last;
    }
    Ok(ends.findings())
}

/// A loan at the ends of months.
struct AtEnds<'a> {
    loan: &'a Loan,
    events: &'a [LoanEvent],
    /// Events of closed months, by number: the day on which the books took them.
    late: &'a BTreeMap<u32, NaiveDate>,
    closed: &'a ClosedDays,
    book: &'a LossBook,
}

impl AtEnds<'_> {
    fn add_to(&self, ends: &mut MonthEnds) -> Result<(), Problem> {
        let (Some(first), Some(last)) =
            (self.events.iter().map(|e| e.on).min(), self.events.iter().map(|e| e.on).max())
        else {
            return Ok(());
        };
        let mut over: Option<Position> = None;
        for end in ends.since(first) {
            let position = match over {
                Some(position) => position,
                None => self.at(end)?,
            };
            let Position { in_term, overdue, frozen, receivable, unpaid_in_term, unpaid_overdue, .. } =
                position;
            let owes = in_term + overdue + frozen + receivable + unpaid_in_term + unpaid_overdue;
            let settled = owes.is_zero() && position.general.is_zero();
            over = over.or((end >= last && self.late.is_empty() && settled).then_some(position));
            for (role, amount) in recipes::standing(self.loan.contract.booked_as(), &position) {
                ends.stands(end, self.loan.source_id, role, amount);
            }
        }
        Ok(())
    }

    /// Where it stands at the end of a month, by what the books had taken of it then.
    fn at(&self, end: NaiveDate) -> Result<Position, Problem> {
        let (contract, closed) = (&self.loan.contract, self.closed.of(self.loan.loan_id));
        let rates = |day| self.book.on(&self.loan.owner_code, day);
        let taken =
            |event: &&LoanEvent| event.on > end || self.late.get(&event.seq).is_none_or(|day| *day <= end);
        let later: Vec<u32> =
            self.events.iter().filter(|event| !taken(event)).map(|event| event.seq).collect();
        // What was taken back before the books knew of it at all is not there, and neither is its reversal.
        let of_known = |event: &&LoanEvent| match event.what {
            Occurrence::Reversed { entry } => !later.contains(&entry),
            _ => true,
        };
        let known: Vec<LoanEvent> = self.events.iter().filter(taken).filter(of_known).cloned().collect();
        let terms = contract.terms();
        let course = Course { contract, terms: &terms, events: &known, closed: &closed, rates: &rates };
        course.stand(end).map_err(misfit)
    }
}
