//! Agreements as they are shown.

use chrono::NaiveDate;
use uuid::Uuid;

use super::super::values::{Happened, Listed, Status, Wanted};
use super::columns::{contract, money};
use crate::db::Conn;

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

pub async fn list(
    conn: &mut Conn,
    unit: i32,
    wanted: &Wanted,
    today: NaiveDate,
    limit: i64,
) -> sqlx::Result<Vec<Listed>> {
    let rows = sqlx::query!(
        r#"select a.agreement_id, a.contract_no, a.contract_year, a.project_id, a.household_id, a.party, a.source_id, a.given,
                  a.to_return, s.state, s.paid_out_on, s.recovered, s.outstanding, s.surplus, s.lost, s.next_due_on, s.final_due_on,
                  coalesce(s.overdue_from <= $3, false) as "overdue!"
             from agreement a join agreement_state s on s.unit_id = a.unit_id and s.agreement_id = a.agreement_id
            where a.unit_id = $1 and ($2::text is null or s.state = $2)
              and ($4::date is null or (s.state = 'running' and s.overdue_from <= $4))
              and ($5::uuid is null or a.household_id = $5) and ($6::uuid is null or a.project_id = $6)
              and ($7::uuid is null or a.agreement_id > $7)
            order by a.agreement_id limit $8"#,
        unit,
        wanted.status.map(Status::name),
        today,
        wanted.overdue_on,
        wanted.household,
        wanted.project,
        wanted.after,
        limit
    )
    .fetch_all(conn)
    .await?;
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
