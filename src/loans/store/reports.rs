use chrono::NaiveDate;
use uuid::Uuid;

use super::super::values::{Listed, Outstanding, Wanted};
use crate::db::Conn;
use crate::domain::values::ids::GroupId;

/// Loans as the books hold them.
pub async fn listed(
    conn: &mut Conn,
    unit: i32,
    (wanted, today): (&Wanted, NaiveDate),
    after: Option<Uuid>,
    limit: i64,
) -> sqlx::Result<Vec<Listed>> {
    let rows = sqlx::query!(
        r#"select l.loan_id, l.contract_number || '/' || l.contract_year as "contract_no!", l.product_code, l.household_id, l.borrower,
                  l.group_id, s.status, s.final_due_on, s.late_since, s.in_term, s.overdue, s.frozen, s.unpaid_interest, s.stands_on
             from loan l join loan_state s using (unit_id, loan_id)
            where l.unit_id = $1 and ($2::text is null or left(l.product_code, 2) = $2) and ($3::uuid is null or l.group_id = $3)
              and ($4::uuid is null or l.household_id = $4) and ($5::text is null or s.status = $5)
              and ($6::integer is null or $7::date - s.late_since >= $6) and ($8::uuid is null or l.loan_id > $8)
            order by l.loan_id limit $9"#,
        unit,
        wanted.programme,
        wanted.group.map(GroupId::uuid),
        wanted.household,
        wanted.status.map(super::super::case::Status::name),
        wanted.late_days,
        today,
        after,
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Listed {
            loan_id: row.loan_id,
            contract_no: row.contract_no,
            product_code: row.product_code,
            household_id: row.household_id,
            borrower: row.borrower,
            group_id: row.group_id,
            status: row.status,
            final_due_on: row.final_due_on,
            late_since: row.late_since,
            in_term: row.in_term.into(),
            overdue: row.overdue.into(),
            frozen: row.frozen.into(),
            unpaid_interest: row.unpaid_interest.into(),
            stands_on: row.stands_on,
        })
        .collect())
}

/// Sums by product and owner of the capital.
pub async fn outstanding(conn: &mut Conn, unit: i32) -> sqlx::Result<Vec<Outstanding>> {
    let rows = sqlx::query!(
        r#"select l.product_code, l.owner_code, count(*) filter (where s.in_term + s.overdue + s.frozen > 0) as "loans!",
                  sum(s.in_term) as "in_term!", sum(s.overdue) as "overdue!", sum(s.frozen) as "frozen!",
                  sum(s.unpaid_interest) as "unpaid_interest!", sum(s.written_off) as "written_off!"
             from loan l join loan_state s using (unit_id, loan_id)
            where l.unit_id = $1 group by 1, 2 order by 1, 2"#,
        unit,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Outstanding {
            product_code: row.product_code,
            owner_code: row.owner_code,
            loans: row.loans,
            in_term: row.in_term.into(),
            overdue: row.overdue.into(),
            frozen: row.frozen.into(),
            unpaid_interest: row.unpaid_interest.into(),
            written_off: row.written_off.into(),
        })
        .collect())
}

/// Loans that were paid out, in the order of their keys.
pub async fn standing_ids(
    conn: &mut Conn,
    unit: i32,
    after: Option<Uuid>,
    limit: i64,
) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar!(
        "select loan_id from loan_state where unit_id = $1 and status <> 'signed' and ($2::uuid is null or loan_id > $2)
          order by loan_id limit $3",
        unit,
        after,
        limit,
    )
    .fetch_all(conn)
    .await
}

/// Loans of a group.
pub async fn of_group(conn: &mut Conn, unit: i32, group: GroupId) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar!(
        "select loan_id from loan where unit_id = $1 and group_id = $2 order by loan_id",
        unit,
        group.uuid()
    )
    .fetch_all(conn)
    .await
}

/// How many loans of a group are not over: signed, owed, or owing something back.
pub async fn open_in_group(conn: &mut Conn, unit: i32, group: GroupId) -> sqlx::Result<i64> {
    let count = sqlx::query_scalar!(
        "select count(*) from loan join loan_state using (unit_id, loan_id)
          where unit_id = $1 and group_id = $2 and status not in ('closed', 'written_off')",
        unit,
        group.uuid()
    );
    Ok(count.fetch_one(conn).await?.unwrap_or_default())
}
