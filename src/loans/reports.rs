//! What is asked about loans: one of them as of a day, lists, outstanding by programme, ages of arrears, and the proof that
//! states and books are what the events say.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::case::{Case, Held, Status, last_paid, misfit};
use super::event::StateRow;
use super::read::{read, read_many};
use super::store::{self, ClosedDays};
use super::values::{Age, Listed, Outstanding, Payoff, Shown, Wanted};
use crate::access::Work;
use crate::db::Conn;
use crate::domain::credit::loan::{Accrual, LoanState, accruals, of_rows, state};
use crate::domain::credit::loan_books::{Course, LossBook};
use crate::domain::values::row;
use crate::groups::{Narrowed, Sight};
use crate::http::page::Page;
use crate::problem::Problem;
use crate::programmes::AgeingBucket;
use crate::{groups, programmes};

/// A loan, if its group is in sight.
async fn seen(conn: &mut Conn, work: &Work<'_>, loan: Uuid, sight: Sight) -> Result<Case, Problem> {
    let case = read(&mut *conn, work.unit, loan).await?;
    groups::insist_seen(conn, work, case.loan.group_id, sight).await?;
    Ok(case)
}

/// A loan as of a day: later events do not show.
pub async fn show(
    conn: &mut Conn,
    work: &Work<'_>,
    (loan, sight): (Uuid, Sight),
    as_of: Option<NaiveDate>,
) -> Result<Shown, Problem> {
    let on = as_of.unwrap_or_else(|| work.clock.today());
    let case = seen(&mut *conn, work, loan, sight).await?;
    let state = case.on(on)?;
    let terms = case.loan.contract.terms();
    let accrued = accruals(&terms, &case.events, on).map_err(misfit)?;
    let from = last_paid(&case.events).filter(|day| *day <= on).unwrap_or(NaiveDate::MIN);
    let monthly = state.owed() * case.contract().annual_rate_pct / Decimal::from(1200);
    let product = case.loan.product_code.parse().map_err(Problem::internal)?;
    let rule = programmes::rule_on(&mut *conn, &product, case.loan.rule_from).await?.rule;
    Ok(Shown {
        status: Status::of(&state),
        why: of_rows(&state.rows, &accrued),
        final_due_on: state.rows.last().map(|row| row.due_on),
        interest: accrued
            .iter()
            .filter(|a| a.to > from && !a.exact.is_zero())
            .map(Accrual::explanation)
            .collect(),
        inactive: !monthly.is_zero() && state.interest.unpaid > monthly * Decimal::from(rule.inactive_months),
        events: case.happened.into_iter().filter(|row| row.value_on <= on).collect(),
        loan: case.loan,
        state,
    })
}

/// A page of loans in the order of their ids.
pub async fn list(
    conn: &mut Conn,
    work: &Work<'_>,
    (mut wanted, sight): (Wanted, Sight),
    after: Option<Uuid>,
    limit: i64,
) -> Result<Page<Listed>, Problem> {
    let Narrowed::To(group) = groups::narrowed(&mut *conn, work, wanted.group, sight).await? else {
        return Ok(Page::of(Vec::new(), limit, |row: &Listed| row.loan_id));
    };
    wanted.group = group;
    let rows = store::listed(conn, work.unit, (&wanted, work.clock.today()), after, limit + 1).await?;
    Ok(Page::of(rows, limit, |row| row.loan_id))
}

/// What is outstanding by product and owner, as the books hold it.
pub async fn outstanding(conn: &mut Conn, unit: i32) -> Result<Vec<Outstanding>, Problem> {
    Ok(store::outstanding(conn, unit).await?)
}

/// How many loans are folded at a time: memory does not grow with their number.
const AT_A_TIME: i64 = 2_000;

/// An age and the loans of it so far: its principal, and what of that is late.
struct Aged {
    age: Age,
    principal: Decimal,
    overdue: Decimal,
}

impl Aged {
    fn of(days: (Option<i32>, Option<i32>), (name_vi, name_en): (String, String)) -> Self {
        let (days_from, days_to) = days;
        let (principal, overdue) = (Decimal::ZERO.into(), Decimal::ZERO.into());
        let age = Age { days_from, days_to, name_vi, name_en, loans: 0, principal, overdue };
        Self { age, principal: Decimal::ZERO, overdue: Decimal::ZERO }
    }

    /// Whether principal so many days late belongs here; none: principal that is frozen, which has no age.
    fn holds(&self, days: Option<i32>) -> bool {
        match (self.age.days_from, days) {
            (Some(from), Some(days)) => from <= days && self.age.days_to.is_none_or(|to| days <= to),
            (from, days) => from.is_none() && days.is_none(),
        }
    }

    fn summed(self) -> Age {
        Age { principal: self.principal.into(), overdue: self.overdue.into(), ..self.age }
    }
}

/// Ages of arrears as of any day, from the events up to that day: what came later does not leak in. Frozen principal is neither
/// within term nor late: it stands in a row of its own, the last.
pub async fn ageing(conn: &mut Conn, unit: i32, on: NaiveDate) -> Result<Vec<Age>, Problem> {
    let buckets = programmes::credit_rules(&mut *conn, on).await?.ageing_buckets;
    let of_days = |b: AgeingBucket| Aged::of((Some(b.days_from), b.days_to), (b.name_vi, b.name_en));
    let frozen = Aged::of((None, None), ("Nợ khoanh".to_owned(), "Frozen".to_owned()));
    let mut ages: Vec<Aged> = buckets.into_iter().map(of_days).chain([frozen]).collect();
    let mut after = Uuid::nil();
    loop {
        let ids = store::standing_ids(&mut *conn, unit, after, AT_A_TIME).await?;
        let Some(last) = ids.last().copied() else { break };
        let mut events = store::fold_events(&mut *conn, unit, &ids).await?;
        for loan in store::loans(&mut *conn, unit, &ids).await? {
            let events = events.remove(&loan.loan_id).unwrap_or_default();
            let state = state(&loan.contract.terms(), &events, on).map_err(misfit)?;
            let days = i32::try_from(state.days_past_due).unwrap_or(i32::MAX);
            let frozen = state.principal.frozen;
            let parts =
                [(Some(days), state.owed() - frozen, state.principal.overdue), (None, frozen, Decimal::ZERO)];
            for (days, principal, overdue) in parts.into_iter().filter(|(_, owed, _)| !owed.is_zero()) {
                if let Some(aged) = ages.iter_mut().find(|aged| aged.holds(days)) {
                    aged.age.loans += 1;
                    aged.principal += principal;
                    aged.overdue += overdue;
                }
            }
        }
        after = last;
    }
    Ok(ages.into_iter().map(Aged::summed).collect())
}

/// How many loans were looked at, and what contradicts their events: states that a fold does not give. That the books hold what the
/// states say is a claim of `verify`.
pub async fn rebuild(conn: &mut Conn, unit: i32) -> Result<(i64, Vec<String>), Problem> {
    let (mut looked_at, mut findings) = (0, Vec::new());
    let closed = store::closed_days(&mut *conn, unit, NaiveDate::default()).await?;
    let book = store::loss_book(&mut *conn).await?;
    let mut after = Uuid::nil();
    loop {
        let ids = store::all_ids(&mut *conn, unit, after, AT_A_TIME).await?;
        let Some(last) = ids.last().copied() else { break };
        let cases = read_many(&mut *conn, unit, &ids).await?;
        let states = store::states(&mut *conn, unit, &ids).await?;
        for id in ids {
            looked_at += 1;
            match (cases.get(&id), states.get(&id)) {
                (Some(case), Some(kept)) => {
                    let differs =
                        row::differences(kept, &given(case, &closed, &book)?).map_err(Problem::internal)?;
                    findings.extend(differs.into_iter().map(|what| format!("state of loan {id}: {what}")));
                }
                (_, None) => findings.push(format!("loan {id} has no state")),
                (None, Some(_)) => findings.push(format!("state of {id} has no loan")),
            }
        }
        after = last;
    }
    Ok((looked_at, findings))
}

/// The state that a fold gives for the day for which the books hold the loan.
fn given(case: &Case, closed: &ClosedDays, book: &LossBook) -> Result<StateRow, Problem> {
    let (loan, contract, events) = (&case.loan, &case.loan.contract, case.events.as_slice());
    let (closed, rates) = (closed.of(loan.loan_id), |day| book.on(&loan.owner_code, day));
    let course = Course { contract, terms: &contract.terms(), events, closed: &closed, rates: &rates };
    let stands_on = case.held.stands_on;
    let position = course.stand(stands_on).map_err(|why| case.misfit(why))?;
    let last_seq = i32::try_from(events.len()).unwrap_or(i32::MAX);
    let held = Held { last_seq, stands_on, position };
    let whose = (loan.loan_id, loan.source_id, contract);
    Ok(StateRow::of(whose, &held, &case.on(stands_on)?, last_paid(events)))
}

/// The quote of a day, today or later.
pub async fn payoff(
    conn: &mut Conn,
    work: &Work<'_>,
    (loan, sight): (Uuid, Sight),
    on: NaiveDate,
) -> Result<Payoff, Problem> {
    let case = seen(conn, work, loan, sight).await?;
    let state: LoanState = case.on(on)?;
    let terms = case.loan.contract.terms();
    let accruals = accruals(&terms, &case.events, on).map_err(misfit)?;
    let from = last_paid(&case.events).unwrap_or(NaiveDate::MIN);
    let explanations =
        accruals.iter().filter(|a| a.to > from && !a.exact.is_zero()).map(Accrual::explanation).collect();
    Ok(Payoff { on, quote: state.quote(), explanations })
}
