use std::collections::{BTreeMap, HashMap};

use chrono::{NaiveDate, TimeDelta};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::super::case::Status;
use super::super::values::{Listed, Outstanding, Wanted};
use crate::db::{Conn, FIRST_DAY, LAST_DAY, name_or_all, one_or_all};
use crate::domain::values::ids::GroupId;

struct ListedRow {
    loan_id: Uuid,
    contract_no: String,
    product_code: String,
    household_id: Uuid,
    borrower: String,
    group_id: Option<Uuid>,
    status: String,
    final_due_on: Option<NaiveDate>,
    late_since: Option<NaiveDate>,
    in_term: Decimal,
    overdue: Decimal,
    frozen: Decimal,
    unpaid_interest: Decimal,
    stands_on: NaiveDate,
}

/// Reads a page of loans in the order of their keys. The literal names the index whose keys are gone through; what else is
/// asked is looked at one by one.
macro_rules! loans {
    ($asked:ident, $keys:literal) => {
        sqlx::query_as!(
            ListedRow,
            r#"select l.loan_id, l.contract_number || '/' || l.contract_year as "contract_no!", l.product_code, l.household_id,
                      l.borrower, l.group_id, s.status, s.final_due_on, s.late_since, s.in_term, s.overdue, s.frozen,
                      s.unpaid_interest, s.stands_on
                 from (select loan_id from "#
                + $keys
                + " and loan_id > $2 order by loan_id offset 0) k
                cross join lateral (select * from loan where unit_id = $1 and loan_id = k.loan_id offset 0) l
                cross join lateral (select * from loan_state where unit_id = $1 and loan_id = k.loan_id offset 0) s
                where left(l.product_code, 2) >= $3 and left(l.product_code, 2) <= $4
                  and coalesce(l.group_id, '00000000-0000-0000-0000-000000000000') >= $5
                  and coalesce(l.group_id, '00000000-0000-0000-0000-000000000000') <= $6
                  and l.household_id >= $7 and l.household_id <= $8 and s.status = any ($9)
                  and coalesce(s.late_since, '9999-12-31') <= $10
                order by k.loan_id limit $11",
            $asked.unit,
            $asked.after,
            $asked.programmes.0,
            $asked.programmes.1,
            $asked.group.0,
            $asked.group.1,
            $asked.household.0,
            $asked.household.1,
            &$asked.statuses,
            $asked.late_since,
            $asked.limit
        )
    };
}

/// What is asked for, with a bound for everything that is not.
struct Asked<'a> {
    unit: i32,
    after: Uuid,
    programmes: (&'a str, &'a str),
    group: (Uuid, Uuid),
    household: (Uuid, Uuid),
    statuses: Vec<String>,
    late_since: NaiveDate,
    limit: i64,
}

/// Loans as the books hold them.
pub async fn listed(
    conn: &mut Conn,
    unit: i32,
    (wanted, today): (&Wanted, NaiveDate),
    after: Option<Uuid>,
    limit: i64,
) -> sqlx::Result<Vec<Listed>> {
    let late_since = |days: i32| {
        today.checked_sub_signed(TimeDelta::days(days.into())).map_or(FIRST_DAY, |day| day.max(FIRST_DAY))
    };
    let asked = Asked {
        unit,
        after: after.unwrap_or_default(),
        programmes: wanted.programme.as_deref().map_or(("", "99"), |programme| (programme, programme)),
        group: one_or_all(wanted.group.map(GroupId::uuid)),
        household: one_or_all(wanted.household),
        statuses: name_or_all(wanted.status.map(Status::name), Status::ALL.iter().map(|s| s.name())),
        late_since: wanted.late_days.map_or(LAST_DAY, late_since),
        limit,
    };
    let rows = if wanted.household.is_some() {
        loans!(asked, "loan where unit_id = $1 and household_id = $7").fetch_all(conn).await?
    } else if wanted.group.is_some() {
        loans!(asked, "loan where unit_id = $1 and group_id = $5").fetch_all(conn).await?
    } else if wanted.late_days.is_some() {
        loans!(asked, "loan_state where unit_id = $1 and late_since is not null").fetch_all(conn).await?
    } else if wanted.status.is_some() {
        loans!(asked, "loan_state where unit_id = $1 and status = ($9::text[])[1]").fetch_all(conn).await?
    } else if wanted.programme.is_some() {
        loans!(asked, "loan where unit_id = $1 and left(product_code, 2) = $3").fetch_all(conn).await?
    } else {
        loans!(asked, "loan where unit_id = $1").fetch_all(conn).await?
    };
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
pub async fn standing_ids(conn: &mut Conn, unit: i32, after: Uuid, limit: i64) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar!(
        "select loan_id from loan_state where unit_id = $1 and status <> 'signed' and loan_id > $2
          order by loan_id limit $3",
        unit,
        after,
        limit,
    )
    .fetch_all(conn)
    .await
}

/// Ids after an id of loans that are not over, or to which something happened on a day or since.
pub async fn standing_since(
    conn: &mut Conn,
    unit: i32,
    day: NaiveDate,
    (after, limit): (Uuid, i64),
) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar!(
        r#"select loan_id as "loan_id!" from (
             (select loan_id from loan_state
               where unit_id = $1 and status in ('current', 'overdue', 'frozen') and loan_id > $2 order by loan_id limit $3)
             union
             select loan_id from loan_event where unit_id = $1 and value_on >= $4 and loan_id > $2) l
            order by 1 limit $3"#,
        unit,
        after,
        limit,
        day,
    )
    .fetch_all(conn)
    .await
}

/// Ids of loans after an id, signed or paid out, and of states whose loan there is not.
pub async fn all_ids(conn: &mut Conn, unit: i32, after: Uuid, limit: i64) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar!(
        r#"select loan_id as "loan_id!" from (
             (select loan_id from loan where unit_id = $1 and loan_id > $2 order by loan_id limit $3)
             union
             (select loan_id from loan_state where unit_id = $1 and loan_id > $2 order by loan_id limit $3)) l
            order by 1 limit $3"#,
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

/// Events of some loans that the books took on a later day than they are valued, because their month was closed.
pub async fn counted_late(
    conn: &mut Conn,
    unit: i32,
    ids: &[Uuid],
) -> sqlx::Result<HashMap<Uuid, BTreeMap<u32, NaiveDate>>> {
    let rows = sqlx::query!(
        r#"select e.loan_id, e.seq, c.counts_on as "counts_on!"
             from loan_event e
            cross join lateral (select min(j.effective_on) as counts_on from unnest(e.journal_ids) k (journal_id)
                                  join journal j on j.unit_id = $1 and j.journal_id = k.journal_id) c
            where e.unit_id = $1 and e.loan_id = any ($2) and c.counts_on > e.value_on"#,
        unit,
        ids,
    );
    let mut late: HashMap<Uuid, BTreeMap<u32, NaiveDate>> = HashMap::new();
    for row in rows.fetch_all(conn).await? {
        let seq = u32::try_from(row.seq).unwrap_or_default();
        late.entry(row.loan_id).or_default().insert(seq, row.counts_on);
    }
    Ok(late)
}
