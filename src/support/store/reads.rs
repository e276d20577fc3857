//! Agreements as they are shown.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::super::values::{Happened, Listed, Status, Wanted};
use super::columns::{contract, money};
use crate::db::{Conn, LAST_DAY, name_or_all, one_or_all};

/// What happened to an agreement up to a day, in the order of entry.
pub async fn happened(conn: &mut Conn, unit: i32, id: Uuid, until: NaiveDate) -> sqlx::Result<Vec<Happened>> {
    let rows = sqlx::query!(
        r#"select e.event_id, e.event_no, e.kind, e.effective_on, e.amount, e.principal, e.interest, e.surplus, e.lost,
                  e.of_event_id, j.journal_no as "journal_no?", e.decision_no, e.reason, e.recorded_at, e.actor_id
             from agreement_event e left join journal j on j.unit_id = e.unit_id and j.journal_id = e.journal_id
            where e.unit_id = $1 and e.agreement_id = $2 and e.effective_on <= $3 order by e.event_no"#,
        unit,
        id,
        until
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Happened {
                event_id: row.event_id,
                event_no: row.event_no,
                kind: row.kind,
                effective_on: row.effective_on,
                amount: money(row.amount)?,
                principal: row.principal.into(),
                interest: row.interest.into(),
                surplus: row.surplus.into(),
                lost: row.lost.into(),
                of_event_id: row.of_event_id,
                journal_no: row.journal_no,
                decision_no: row.decision_no,
                reason: row.reason,
                recorded_at: row.recorded_at,
                actor_id: row.actor_id,
            })
        })
        .collect()
}

struct ListedRow {
    agreement_id: Uuid,
    contract_no: i32,
    contract_year: i32,
    project_id: Uuid,
    household_id: Uuid,
    party: String,
    source_id: i32,
    given: Decimal,
    to_return: Decimal,
    state: String,
    paid_out_on: Option<NaiveDate>,
    recovered: Decimal,
    outstanding: Decimal,
    surplus: Decimal,
    lost: Decimal,
    next_due_on: Option<NaiveDate>,
    final_due_on: Option<NaiveDate>,
    overdue: bool,
}

/// Reads a page of agreements in the order of their keys. The literal names the index whose keys are gone through; what else
/// is asked is looked at one by one.
macro_rules! agreements {
    ($asked:ident, $keys:literal) => {
        sqlx::query_as!(
            ListedRow,
            r#"select a.agreement_id, a.contract_no, a.contract_year, a.project_id, a.household_id, a.party, a.source_id, a.given,
                      a.to_return, s.state, s.paid_out_on, s.recovered, s.outstanding, s.surplus, s.lost, s.next_due_on,
                      s.final_due_on, coalesce(s.overdue_from <= $3, false) as "overdue!"
                 from (select agreement_id from "#
                + $keys
                + " and agreement_id > $4 order by agreement_id offset 0) k
                cross join lateral (select * from agreement where unit_id = $1 and agreement_id = k.agreement_id offset 0) a
                cross join lateral (select * from agreement_state where unit_id = $1 and agreement_id = k.agreement_id offset 0) s
                where s.state = any ($2) and coalesce(s.overdue_from, '9999-12-31') <= $5
                  and a.household_id >= $6 and a.household_id <= $7 and a.project_id >= $8 and a.project_id <= $9
                order by k.agreement_id limit $10",
            $asked.unit,
            &$asked.states,
            $asked.today,
            $asked.after,
            $asked.overdue_on,
            $asked.household.0,
            $asked.household.1,
            $asked.project.0,
            $asked.project.1,
            $asked.limit
        )
    };
}

/// What is asked for, with a bound for everything that is not.
struct Asked {
    unit: i32,
    states: Vec<String>,
    today: NaiveDate,
    after: Uuid,
    overdue_on: NaiveDate,
    household: (Uuid, Uuid),
    project: (Uuid, Uuid),
    limit: i64,
}

pub async fn list(
    conn: &mut Conn,
    unit: i32,
    wanted: &Wanted,
    today: NaiveDate,
    limit: i64,
) -> sqlx::Result<Vec<Listed>> {
    // What is overdue is running.
    let status = wanted.status.or(wanted.overdue_on.map(|_| Status::Running));
    let mut stages = name_or_all(status.map(Status::name), Status::ALL.iter().map(|s| s.name()));
    stages.retain(|state| wanted.overdue_on.is_none() || state == Status::Running.name());
    let asked = Asked {
        unit,
        states: stages,
        today,
        after: wanted.after.unwrap_or_default(),
        overdue_on: wanted.overdue_on.unwrap_or(LAST_DAY),
        household: one_or_all(wanted.household),
        project: one_or_all(wanted.project),
        limit,
    };
    let rows = if wanted.household.is_some() {
        agreements!(asked, "agreement where unit_id = $1 and household_id = $6").fetch_all(conn).await?
    } else if wanted.project.is_some() {
        agreements!(asked, "agreement where unit_id = $1 and project_id = $8").fetch_all(conn).await?
    } else if status.is_some() {
        agreements!(asked, "agreement_state where unit_id = $1 and state = ($2::text[])[1]")
            .fetch_all(conn)
            .await?
    } else {
        agreements!(asked, "agreement where unit_id = $1").fetch_all(conn).await?
    };
    rows.into_iter()
        .map(|row| {
            Ok(Listed {
                agreement_id: row.agreement_id,
                contract: contract(row.contract_no, row.contract_year),
                project_id: row.project_id,
                household_id: row.household_id,
                party: row.party,
                source_id: row.source_id,
                given: money(row.given)?,
                to_return: money(row.to_return)?,
                status: row.state,
                handed_over_on: row.paid_out_on,
                recovered: money(row.recovered)?,
                outstanding: money(row.outstanding)?,
                surplus: money(row.surplus)?,
                lost: money(row.lost)?,
                next_due_on: row.next_due_on,
                final_due_on: row.final_due_on,
                overdue: row.overdue,
            })
        })
        .collect()
}
