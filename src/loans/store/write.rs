use super::super::event::{NewEvent, StateRow};
use crate::access::Work;
use crate::db::Conn;

/// Inserts events with their journals.
pub async fn insert_events(conn: &mut Conn, work: &Work<'_>, events: &[NewEvent]) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into loan_event (unit_id, loan_event_id, loan_id, seq, kind, value_on, what, split, explanation, reason, document_no,
                                 cause, freeze_until, decided, moved, journal_ids, actor_id)
         select $1, x.loan_event_id, x.loan_id, x.seq, x.kind, x.value_on, x.what, x.split, x.explanation, x.reason, x.document_no,
                x.cause, x.freeze_until, x.decided, x.moved, x.journal_ids, coalesce(x.actor_id, $2)
           from jsonb_to_recordset($3) x(loan_event_id uuid, loan_id uuid, seq integer, kind text, value_on date, what jsonb, split jsonb,
                explanation jsonb, reason text, document_no text, cause text, freeze_until date, decided jsonb, moved jsonb, journal_ids uuid[], actor_id uuid)",
        work.unit,
        work.actor,
        sqlx::types::Json(events) as _,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes states; rows that are there already are changed.
pub async fn put_states(
    conn: &mut Conn,
    unit: i32,
    rows: impl IntoIterator<Item = &StateRow>,
) -> sqlx::Result<()> {
    let rows: Vec<&StateRow> = rows.into_iter().collect();
    sqlx::query!(
        "insert into loan_state (unit_id, loan_id, last_seq, stands_on, status, final_due_on, late_since, unpaid_interest,
                last_paid_on, returned, returned_into, in_term, overdue, frozen, receivable, overpaid, income, lost, regained, covered,
                lost_interest, unpaid_in_term, unpaid_overdue, written_off, written_off_interest, general, specific)
         select $1, x.* from jsonb_to_recordset($2) x(loan_id uuid, last_seq integer, stands_on date, status text, final_due_on date,
                late_since date, unpaid_interest numeric, last_paid_on date, returned numeric, returned_into integer, in_term numeric, overdue numeric, frozen numeric,
                receivable numeric, overpaid numeric, income numeric, lost numeric, regained numeric, covered numeric, lost_interest numeric, unpaid_in_term numeric,
                unpaid_overdue numeric, written_off numeric, written_off_interest numeric, general numeric, specific numeric)
          order by x.loan_id
         on conflict (unit_id, loan_id) do update set
                last_seq = excluded.last_seq, stands_on = excluded.stands_on, status = excluded.status,
                final_due_on = excluded.final_due_on, late_since = excluded.late_since, unpaid_interest = excluded.unpaid_interest,
                last_paid_on = excluded.last_paid_on, returned = excluded.returned, returned_into = excluded.returned_into, in_term = excluded.in_term,
                overdue = excluded.overdue, frozen = excluded.frozen, receivable = excluded.receivable, overpaid = excluded.overpaid,
                income = excluded.income, lost = excluded.lost, regained = excluded.regained,
                covered = excluded.covered, lost_interest = excluded.lost_interest,
                unpaid_in_term = excluded.unpaid_in_term, unpaid_overdue = excluded.unpaid_overdue,
                written_off = excluded.written_off, written_off_interest = excluded.written_off_interest,
                general = excluded.general, specific = excluded.specific",
        unit,
        sqlx::types::Json(rows) as _,
    )
    .execute(conn)
    .await?;
    Ok(())
}
