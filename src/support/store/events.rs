//! Events of agreements, as they are stored.

use std::collections::HashMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use sqlx::Postgres;
use sqlx::postgres::{PgHasArrayType, PgTypeInfo};
use sqlx::types::Json;
use uuid::Uuid;

use super::super::case::{Case, Record};
use super::columns::{damaged, money};
use crate::db::Conn;
use crate::domain::books::recipes::Till;
use crate::domain::support::{Apart, Change, Entry, Event, EventKind, Part};

struct EventRow {
    event_id: Uuid,
    agreement_id: Uuid,
    event_no: i32,
    kind: String,
    effective_on: NaiveDate,
    amount: Decimal,
    principal: Decimal,
    interest: Decimal,
    surplus: Decimal,
    lost: Decimal,
    overdue: Decimal,
    frozen: Decimal,
    method: Option<String>,
    of_event_id: Option<Uuid>,
    parts: Option<Json<Vec<Part>>>,
}

impl EventRow {
    fn entry(self) -> sqlx::Result<Entry> {
        let amount = money(self.amount)?;
        let Self { principal, interest, surplus, lost, .. } = self;
        let change = Change { principal, interest, surplus, lost };
        let event = match (EventKind::of_name(&self.kind), self.of_event_id, self.parts) {
            (Some(EventKind::PaidOut), ..) => Event::PaidOut,
            (Some(EventKind::Repaid), ..) => Event::Repaid { amount },
            (Some(EventKind::Lost), ..) => Event::Lost { amount },
            (Some(EventKind::Reported), ..) => Event::Reported { amount },
            (Some(EventKind::Dismissed), Some(of), _) => Event::Dismissed { of },
            (Some(EventKind::Refunded), ..) => Event::Refunded { amount },
            (Some(EventKind::Cancelled), ..) => Event::Cancelled,
            (Some(EventKind::Reversed), Some(of), _) => Event::Reversed { of },
            (Some(EventKind::Adjusted), Some(of), _) => Event::Adjusted { of },
            (Some(EventKind::Rescheduled), _, Some(Json(parts))) => Event::Rescheduled { parts },
            _ => return Err(damaged(format!("event {} of kind {}", self.event_id, self.kind))),
        };
        let apart = Apart { overdue: self.overdue.normalize(), frozen: self.frozen.normalize() };
        Ok(Entry { id: self.event_id, no: self.event_no, on: self.effective_on, event, change, apart })
    }
}

/// Adds the events of agreements to their cases.
pub async fn read_events(
    conn: &mut Conn,
    unit: i32,
    ids: &[Uuid],
    cases: &mut HashMap<Uuid, Case>,
) -> sqlx::Result<()> {
    let events = sqlx::query_as!(
        EventRow,
        r#"select event_id, agreement_id, event_no, kind, effective_on, amount, principal, interest, surplus, lost, overdue, frozen, method,
                  of_event_id, parts as "parts: Json<Vec<Part>>"
             from (select distinct unnest($2::uuid[]) as k order by 1) k,
                  lateral (select * from agreement_event e where e.unit_id = $1 and e.agreement_id = k.k offset 0) e"#,
        unit,
        ids
    )
    .fetch_all(conn)
    .await?;
    for event in events {
        let Some(case) = cases.get_mut(&event.agreement_id) else { continue };
        let till: Option<Till> = event.method.as_deref().and_then(|name| name.parse().ok());
        let entry = event.entry()?;
        case.cancelled |= entry.event == Event::Cancelled;
        case.tills.extend(till.map(|till| (entry.id, till)));
        case.history.entries.push(entry);
    }
    Ok(())
}

/// An event as it is handed to the database, which knows it as `new_event`.
#[derive(sqlx::Encode)]
struct NewEvent<'a> {
    event_id: Uuid,
    agreement_id: Uuid,
    event_no: i32,
    kind: &'static str,
    effective_on: NaiveDate,
    amount: Decimal,
    principal: Decimal,
    interest: Decimal,
    surplus: Decimal,
    lost: Decimal,
    overdue: Decimal,
    frozen: Decimal,
    method: Option<String>,
    of_event_id: Option<Uuid>,
    parts: Option<Json<&'a [Part]>>,
    journal_id: Option<Uuid>,
    decision_no: Option<&'a str>,
    reason: Option<&'a str>,
    actor_id: Option<Uuid>,
}

impl sqlx::Type<Postgres> for NewEvent<'_> {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_name("new_event")
    }
}

impl PgHasArrayType for NewEvent<'_> {
    fn array_type_info() -> PgTypeInfo {
        PgTypeInfo::with_name("_new_event")
    }
}

impl<'a> NewEvent<'a> {
    fn of(record: &'a Record) -> Self {
        let Entry { id, no, on, event, change, apart } = &record.entry;
        let (kind, of_event_id, parts) = match event {
            Event::PaidOut => (EventKind::PaidOut, None, None),
            Event::Repaid { .. } => (EventKind::Repaid, None, None),
            Event::Lost { .. } => (EventKind::Lost, None, None),
            Event::Reported { .. } => (EventKind::Reported, None, None),
            Event::Dismissed { of } => (EventKind::Dismissed, Some(*of), None),
            Event::Refunded { .. } => (EventKind::Refunded, None, None),
            Event::Cancelled => (EventKind::Cancelled, None, None),
            Event::Reversed { of } => (EventKind::Reversed, Some(*of), None),
            Event::Adjusted { of } => (EventKind::Adjusted, Some(*of), None),
            Event::Rescheduled { parts } => (EventKind::Rescheduled, None, Some(parts.as_slice())),
        };
        let Change { principal, interest, surplus, lost } = *change;
        Self {
            event_id: *id,
            agreement_id: record.agreement,
            event_no: *no,
            kind: kind.name(),
            effective_on: *on,
            amount: record.amount.amount(),
            principal,
            interest,
            surplus,
            lost,
            overdue: apart.overdue,
            frozen: apart.frozen,
            method: record.till.as_ref().map(Till::to_string),
            of_event_id,
            parts: parts.map(Json),
            journal_id: record.journal,
            decision_no: record.decision_no.as_deref(),
            reason: record.reason.as_deref(),
            actor_id: record.actor,
        }
    }
}

/// Stores events.
pub async fn write_events(conn: &mut Conn, unit: i32, records: &[Record]) -> sqlx::Result<()> {
    if records.is_empty() {
        return Ok(());
    }
    let rows: Vec<NewEvent<'_>> = records.iter().map(NewEvent::of).collect();
    sqlx::query!(
        "insert into agreement_event (unit_id, event_id, agreement_id, event_no, kind, effective_on, amount, principal, interest,
                                      surplus, lost, overdue, frozen, method, of_event_id, parts, journal_id, decision_no, reason, actor_id)
         select $1, e.event_id, e.agreement_id, e.event_no, e.kind, e.effective_on, e.amount, e.principal, e.interest, e.surplus,
                e.lost, e.overdue, e.frozen, e.method, e.of_event_id, e.parts, e.journal_id, e.decision_no, e.reason, e.actor_id
           from unnest($2::new_event[]) e",
        unit,
        rows as _
    )
    .execute(conn)
    .await?;
    Ok(())
}
