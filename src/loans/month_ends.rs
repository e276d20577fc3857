//! The tie-out: at the end of every month the accounts hold what the loans of each source came to on that day. Several roles may
//! be one account, so both sides are summed by account.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::case::{Loan, misfit};
use super::store::{self, ClosedDays};
use crate::db::Conn;
use crate::domain::credit::loan::LoanEvent;
use crate::domain::credit::loan_books::{Course, LossBook, Position, recipes};
use crate::domain::values::month::{self, Month};
use crate::problem::Problem;

/// How many loans are folded at a time.
const AT_A_TIME: i64 = 2_000;

/// What the loans of a source come to at the end of a month, by account.
type Standing = BTreeMap<(NaiveDate, i32, String), Decimal>;

/// How many balances were looked at, and which accounts do not hold at a month's end what the loans came to. A loan stands
/// then as on the last day on which the books followed it.
pub async fn tie_out(conn: &mut Conn, unit: i32) -> Result<(i64, Vec<String>), Problem> {
    let booked = store::booked_by_month(&mut *conn, unit).await?;
    let Some(last) = booked.iter().map(|moved| moved.month).max() else { return Ok((0, Vec::new())) };
    let until = Month::of(last).next_first_day();
    let mut stands = Standing::new();
    let accounts = store::accounts_of_roles(&mut *conn, unit).await?;
    let closed = store::closed_days(&mut *conn, unit, NaiveDate::default()).await?;
    let book = store::loss_book(&mut *conn).await?;
    let mut after = Uuid::nil();
    loop {
        let ids = store::standing_ids(&mut *conn, unit, after, AT_A_TIME).await?;
        let Some(last) = ids.last().copied() else { break };
        let mut events = store::fold_events(&mut *conn, unit, &ids).await?;
        let mut late = store::counted_late(&mut *conn, unit, &ids).await?;
        for loan in store::loans(&mut *conn, unit, &ids).await? {
            let events = events.remove(&loan.loan_id).unwrap_or_default();
            let late = late.remove(&loan.loan_id).unwrap_or_default();
            let (loan, events, late) = (&loan, &events, &late);
            let ends = AtEnds { loan, events, late, closed: &closed, book: &book, accounts: &accounts };
            ends.add_to(&mut stands, until)?;
        }
        after = last;
    }
    Ok(compared(&booked, stands, until))
}

/// A loan at the ends of months.
struct AtEnds<'a> {
    loan: &'a Loan,
    events: &'a [LoanEvent],
    /// Events of closed months, by number: the day on which the books took them.
    late: &'a BTreeMap<u32, NaiveDate>,
    closed: &'a ClosedDays,
    book: &'a LossBook,
    /// Code of the account of each role.
    accounts: &'a BTreeMap<String, String>,
}

impl AtEnds<'_> {
    fn add_to(&self, stands: &mut Standing, until: NaiveDate) -> Result<(), Problem> {
        let (Some(first), Some(last)) =
            (self.events.iter().map(|e| e.on).min(), self.events.iter().map(|e| e.on).max())
        else {
            return Ok(());
        };
        let mut over: Option<Position> = None;
        for end in month::ends_between(first, until) {
            let position = match over {
                Some(position) => position,
                None => self.at(end)?,
            };
            let Position { in_term, overdue, frozen, receivable, unpaid_in_term, unpaid_overdue, .. } =
                position;
            let owes = in_term + overdue + frozen + receivable + unpaid_in_term + unpaid_overdue;
            over = over.or((end >= last && self.late.is_empty() && owes.is_zero()).then_some(position));
            for (role, amount) in recipes::standing(self.loan.contract.booked_as(), &position) {
                if !amount.is_zero() {
                    let account = self.accounts.get(role.name()).map_or(role.name(), String::as_str);
                    *stands.entry((end, self.loan.source_id, account.to_owned())).or_default() += amount;
                }
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
        let known: Vec<LoanEvent> = self.events.iter().filter(taken).cloned().collect();
        let terms = contract.terms();
        let course = Course { contract, terms: &terms, events: &known, closed: &closed, rates: &rates };
        course.stand(end).map_err(misfit)
    }
}

/// Holds what the months moved against what stands at their ends.
fn compared(booked: &[store::Booked], mut stands: Standing, until: NaiveDate) -> (i64, Vec<String>) {
    let mut sums: Standing = BTreeMap::new();
    let keys: BTreeSet<(i32, String)> =
        booked.iter().map(|moved| (moved.source_id, moved.account.clone())).collect();
    for (source, account) in keys {
        let of = |moved: &&store::Booked| moved.source_id == source && moved.account == account;
        let moves: Vec<&store::Booked> = booked.iter().filter(of).collect();
        let first = moves.iter().map(|moved| moved.month).min().unwrap_or(until);
        for end in month::ends_between(first, until) {
            let sum = moves.iter().filter(|moved| moved.month <= end).map(|moved| moved.amount).sum();
            sums.insert((end, source, account.clone()), sum);
        }
    }
    let mut findings = Vec::new();
    let looked_at = i64::try_from(sums.len()).unwrap_or(i64::MAX);
    for (key, held) in sums {
        let due = stands.remove(&key).unwrap_or_default();
        findings.extend((held != due).then(|| finding(&key, held, due)));
    }
    findings.extend(stands.into_iter().map(|(key, due)| finding(&key, Decimal::ZERO, due)));
    (looked_at, findings)
}

fn finding((end, source, account): &(NaiveDate, i32, String), held: Decimal, due: Decimal) -> String {
    let (held, due) = (held.normalize(), due.normalize());
    format!(
        "at the end of {end}, source {source}: account {account} stands at {held}, the loans come to {due}"
    )
}
