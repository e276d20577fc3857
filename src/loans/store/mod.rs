//! SQL of loans.

mod close;
mod requests;
mod reports;
mod rows;
mod write;

use std::collections::BTreeMap;

use sqlx::types::Json;
use uuid::Uuid;

use super::case::{Happened, Held, Loan, Status};
use super::event::StateRow;
use crate::db::Conn;
use crate::domain::books::journal_kind::{JournalKind, Owner};
use crate::domain::credit::loan_books::Position;
use crate::domain::values::ids::GroupId;
use crate::ledger::VoucherNumber;

pub use close::{
    ClosedDays, Closing, Row, begin_close, closed_days, days_closed, drawn, finish_close, fold_events,
    happened_after, lock_chunk, loss_book, move_on, open, progress,
};
pub use reports::{
    all_ids, counted_late, listed, of_group, open_in_group, outstanding, standing_ids, standing_since,
};
pub use requests::{
    Signed, alone, confirm, end_request, find_request, held_products, insert_loan, insert_request,
    lent_before, lent_from, list_on, lock_request, next_contract, requests, signed,
};
use rows::{HeldRow, contract};
pub use write::{insert_events, put_states};

/// Locks loans in the order of their keys. Rows are read after that, since they may have changed while one waited.
pub async fn lock(conn: &mut Conn, unit: i32, ids: &[Uuid]) -> sqlx::Result<()> {
    sqlx::query!(
        "select 1 as one from (select distinct unnest($2::uuid[]) as k order by 1) k,
                lateral (select from loan_state s where s.unit_id = $1 and s.loan_id = k.k for update) s",
        unit,
        ids,
    )
    .fetch_all(conn)
    .await?;
    Ok(())
}

/// What the books hold of some loans.
pub async fn held(conn: &mut Conn, unit: i32, ids: &[Uuid]) -> sqlx::Result<Vec<(Uuid, Held)>> {
    let rows = sqlx::query_as!(
        HeldRow,
        "select loan_id, last_seq, stands_on, in_term, overdue, frozen, receivable, overpaid, income, lost, regained, covered,
                lost_interest, unpaid_in_term, unpaid_overdue, written_off, written_off_interest, general, specific
           from (select distinct unnest($2::uuid[]) as k order by 1) k,
                lateral (select * from loan_state s where s.unit_id = $1 and s.loan_id = k.k offset 0) s",
        unit,
        ids,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.iter().map(HeldRow::held).collect())
}

/// The states of some loans as they are kept.
pub async fn states(conn: &mut Conn, unit: i32, ids: &[Uuid]) -> sqlx::Result<BTreeMap<Uuid, StateRow>> {
    let mut held: BTreeMap<Uuid, Held> = held(&mut *conn, unit, ids).await?.into_iter().collect();
    let rows = sqlx::query!(
        "select loan_id, status, final_due_on, late_since, unpaid_interest, last_paid_on, returned, returned_into
           from (select distinct unnest($2::uuid[]) as k order by 1) k,
                lateral (select * from loan_state s where s.unit_id = $1 and s.loan_id = k.k offset 0) s",
        unit,
        ids,
    );
    let mut states = BTreeMap::new();
    for row in rows.fetch_all(conn).await? {
        let Held { last_seq, stands_on, position } =
            held.remove(&row.loan_id).ok_or(sqlx::Error::RowNotFound)?;
        let state = StateRow {
            loan_id: row.loan_id,
            last_seq,
            stands_on,
            status: Status::of_name(&row.status).ok_or(sqlx::Error::RowNotFound)?,
            final_due_on: row.final_due_on,
            late_since: row.late_since,
            unpaid_interest: row.unpaid_interest,
            last_paid_on: row.last_paid_on,
            returned: row.returned.normalize(),
            returned_into: row.returned_into,
            position,
        };
        states.insert(state.loan_id, state);
    }
    Ok(states)
}

/// Events of some loans, each in the order of entry.
pub async fn events_of_many(
    conn: &mut Conn,
    unit: i32,
    ids: &[Uuid],
) -> sqlx::Result<BTreeMap<Uuid, Vec<Happened>>> {
    let rows = sqlx::query!(
        r#"select loan_id, loan_event_id, seq, kind, value_on, what, split, explanation, reason, document_no, cause, freeze_until, decided,
                array(select j.journal_no from unnest(journal_ids) with ordinality k(journal_id, n)
                        join journal j on j.unit_id = $1 and j.journal_id = k.journal_id order by k.n) as "journal_nos!",
                (select jsonb_build_object('book', v.book, 'year', v.year, 'kind', v.kind, 'number', v.number)
                   from journal j join voucher v using (unit_id, journal_no)
                  where j.unit_id = $1 and j.journal_id = e.journal_ids[1]) as "voucher: Json<VoucherNumber>",
                actor_id, recorded_at
           from (select distinct unnest($2::uuid[]) as k order by 1) k,
                lateral (select * from loan_event e where e.unit_id = $1 and e.loan_id = k.k offset 0) e
          order by loan_id, seq"#,
        unit,
        ids,
    )
    .fetch_all(conn)
    .await?;
    let mut by_loan: BTreeMap<Uuid, Vec<Happened>> = BTreeMap::new();
    for row in rows {
        by_loan.entry(row.loan_id).or_default().push(Happened {
            loan_event_id: row.loan_event_id,
            seq: row.seq,
            kind: row.kind,
            value_on: row.value_on,
            what: row.what,
            split: row.split,
            explanation: row.explanation,
            reason: row.reason,
            document_no: row.document_no,
            cause: row.cause,
            freeze_until: row.freeze_until,
            decided: row.decided,
            journal_nos: row.journal_nos,
            voucher: row.voucher.map(|Json(voucher)| voucher),
            actor_id: row.actor_id,
            recorded_at: row.recorded_at,
        });
    }
    Ok(by_loan)
}

/// Contracts of some loans, in the order of their keys.
pub async fn loans(conn: &mut Conn, unit: i32, ids: &[Uuid]) -> sqlx::Result<Vec<Loan>> {
    let rows = sqlx::query!(
        "select loan_id, contract_year, contract_number, loan_request_id, product_code, rule_from, household_id, borrower, address,
                group_id, source_id, owner_code, signed_on, contract
           from (select distinct unnest($2::uuid[]) as k order by 1) k, lateral (select * from loan l where l.unit_id = $1 and l.loan_id = k.k offset 0) l
          order by loan_id",
        unit,
        ids,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Loan {
                loan_id: row.loan_id,
                contract_no: format!("{}/{}", row.contract_number, row.contract_year),
                loan_request_id: row.loan_request_id.into(),
                product_code: row.product_code,
                rule_from: row.rule_from,
                household_id: row.household_id.into(),
                borrower: row.borrower,
                address: row.address,
                group_id: row.group_id.map(GroupId::from),
                source_id: row.source_id,
                owner_code: row.owner_code,
                signed_on: row.signed_on,
                contract: contract(row.contract)?,
            })
        })
        .collect()
}

/// Numbers of an event's own journals, which go with it; the others are differences of other days.
pub async fn own_journals(conn: &mut Conn, unit: i32, loan: Uuid, seq: i32) -> sqlx::Result<Vec<i64>> {
    let own = JournalKind::ALL.iter().filter(|kind| kind.owner() == Owner::Loans);
    let kinds: Vec<String> = own.map(|kind| kind.name().to_owned()).collect();
    sqlx::query_scalar!(
        "select j.journal_no from loan_event e
          cross join lateral unnest(e.journal_ids) with ordinality k (journal_id, n)
           join journal j on j.unit_id = $1 and j.journal_id = k.journal_id
          where e.unit_id = $1 and e.loan_id = $2 and e.seq = $3 and j.kind = any ($4) order by k.n",
        unit,
        loan,
        seq,
        &kinds,
    )
    .fetch_all(conn)
    .await
}

/// The journal movement an event stored, to be taken back.
pub async fn moved(conn: &mut Conn, unit: i32, loan: Uuid, seq: i32) -> sqlx::Result<Option<Position>> {
    let json = sqlx::query_scalar!(
        "select moved from loan_event where unit_id = $1 and loan_id = $2 and seq = $3",
        unit,
        loan,
        seq,
    )
    .fetch_optional(conn)
    .await?;
    json.map(|json| serde_json::from_value(json).map_err(|error| sqlx::Error::Decode(Box::new(error))))
        .transpose()
}
