use chrono::NaiveDate;
use uuid::Uuid;

use super::super::values::{Listed, Outstanding, Wanted};
use crate::db::Conn;

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
        wanted.group,
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
pub async fn of_group(conn: &mut Conn, unit: i32, group: Uuid) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar!(
        "select loan_id from loan where unit_id = $1 and group_id = $2 order by loan_id",
        unit,
        group
    )
    .fetch_all(conn)
    .await
}

/// How many loans of a group are not over: signed, owed, or owing something back.
pub async fn open_in_group(conn: &mut Conn, unit: i32, group: Uuid) -> sqlx::Result<i64> {
    let count = sqlx::query_scalar!(
        "select count(*) from loan join loan_state using (unit_id, loan_id)
          where unit_id = $1 and group_id = $2 and status not in ('closed', 'written_off')",
        unit,
        group
    );
    Ok(count.fetch_one(conn).await?.unwrap_or_default())
}

/// Principal by loan: what the lines about it sum up to against its state.
pub async fn recorded_by_loan(conn: &mut Conn, unit: i32) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar!(
        r#"with part as (
             select c.role, c.code from chart_role c join book k on k.chart_id = c.chart_id where k.unit_id = $1
           ), held as (
             select s.loan_id, p.code, sum(p.amount) as amount
               from loan_state s
               join loan l using (unit_id, loan_id)
              cross join lateral (values
                 (case when l.contract->>'capital' = 'own' then 'loan_in_term' else 'entrusted_loan_in_term' end, s.in_term),
                 (case when l.contract->>'capital' = 'own' then 'loan_overdue' else 'entrusted_loan_overdue' end, s.overdue),
                 (case when l.contract->>'capital' = 'own' then 'loan_frozen' else 'entrusted_loan_frozen' end, s.frozen),
                 ('overpayments', -s.overpaid), ('written_off_principal', s.written_off)) v(role, amount)
               join part on part.role = v.role
              cross join lateral (select part.code, v.amount) p
              where s.unit_id = $1 group by 1, 2
           ), booked as (
             select n.subject_id as loan_id, n.account as code, sum(n.amount) as amount
               from line n join loan l on l.unit_id = n.unit_id and l.loan_id = n.subject_id
              where n.unit_id = $1 and n.account in (select code from held) group by 1, 2
           )
           select format('loan %s: account %s stands at %s, its state says %s', coalesce(h.loan_id, b.loan_id), coalesce(h.code, b.code),
                         trunc(coalesce(b.amount, 0)), trunc(coalesce(h.amount, 0))) as "finding!"
             from held h full join booked b on b.loan_id = h.loan_id and b.code = h.code
            where coalesce(h.amount, 0) <> coalesce(b.amount, 0) order by 1 limit 50"#,
        unit,
    )
    .fetch_all(conn)
    .await
}

/// What is summed over loans: the accounts of a source against the states of its loans.
pub async fn recorded_by_source(conn: &mut Conn, unit: i32) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar!(
        r#"with held as (
             select l.source_id, v.role, sum(v.amount) as amount
               from loan_state s join loan l using (unit_id, loan_id)
              cross join lateral (values ('interest_receivable', s.receivable), ('unpaid_interest_in_term', s.unpaid_in_term),
                 ('unpaid_interest_overdue', s.unpaid_overdue), ('written_off_principal', s.written_off),
                 ('written_off_interest', s.written_off_interest), ('general_provision', -s.general),
                 ('specific_provision', -s.specific)) v(role, amount)
              where s.unit_id = $1 group by 1, 2
           )
           select format('source %s: account %s stands at %s, its loans say %s', h.source_id, c.code, trunc(coalesce(b.amount, 0)),
                         trunc(h.amount)) as "finding!"
             from held h
             join book k on k.unit_id = $1
             join chart_role c on c.chart_id = k.chart_id and c.role = h.role
             left join balance b on b.unit_id = $1 and b.account = c.code and b.source_id = h.source_id
            where coalesce(b.amount, 0) <> h.amount order by 1"#,
        unit,
    )
    .fetch_all(conn)
    .await
}
