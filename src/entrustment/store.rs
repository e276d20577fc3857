use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde_json::Value;
use uuid::Uuid;

use super::values::Entry;
use crate::access::Work;
use crate::db::{Conn, one_or_all};
use crate::domain::credit::entrustment::{Level, Share, Step};
use crate::domain::values::ids::{FeeStatementId, GroupId};
use crate::domain::values::money::Money;
use crate::domain::values::month::Month;
use crate::domain::values::text::Name;
use crate::problem::Problem;

/// A share and whether a legal text confirms it.
pub struct DatedShare {
    pub share: Share,
    pub unverified: bool,
}

/// The fee of a programme of its own, or the general one.
pub async fn monthly_percent(
    conn: &mut Conn,
    programme: Option<&str>,
    day: NaiveDate,
) -> sqlx::Result<Option<Decimal>> {
    let percent = sqlx::query_scalar!(
        "select monthly_percent from entrustment_fee
          where (programme_code is null or programme_code = $1) and valid_from <= $2 and (valid_to is null or valid_to > $2)
          order by programme_code nulls last limit 1",
        programme,
        day
    )
    .fetch_optional(conn)
    .await?;
    Ok(percent.map(|percent| percent.normalize()))
}

pub async fn ladder(conn: &mut Conn, day: NaiveDate) -> sqlx::Result<Vec<Step>> {
    let rows = sqlx::query!(
        "select overdue_from, overdue_to, paid_percent from entrustment_ladder
          where valid_from <= $1 and (valid_to is null or valid_to > $1) order by overdue_from",
        day
    )
    .fetch_all(conn)
    .await?;
    let steps = rows.into_iter().map(|row| Step {
        overdue_from: row.overdue_from.normalize(),
        overdue_to: row.overdue_to.map(|to| to.normalize()),
        payable_percent: row.paid_percent.normalize(),
    });
    Ok(steps.collect())
}

pub async fn shares(conn: &mut Conn, day: NaiveDate) -> sqlx::Result<Vec<DatedShare>> {
    let rows = sqlx::query!(
        "select level, percent, unverified from entrustment_share
          where valid_from <= $1 and (valid_to is null or valid_to > $1)
          order by array_position(array['commune', 'district', 'province', 'central'], level)",
        day
    )
    .fetch_all(conn)
    .await?;
    let shares = rows.into_iter().map(|row| {
        let level = match row.level.as_str() {
            "commune" => Level::Commune,
            "district" => Level::District,
            "province" => Level::Province,
            _ => Level::Central,
        };
        DatedShare { share: Share { level, percent: row.percent.normalize() }, unverified: row.unverified }
    });
    Ok(shares.collect())
}

/// Codes of the programmes that have a fee of their own on a day.
pub async fn programmes_with_own_fee(conn: &mut Conn, day: NaiveDate) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar!(
        r#"select distinct programme_code as "code!" from entrustment_fee
            where programme_code is not null and valid_from <= $1 and (valid_to is null or valid_to > $1) order by 1"#,
        day
    )
    .fetch_all(conn)
    .await
}

/// Names of the groups of a unit.
pub async fn group_names(conn: &mut Conn, unit: i32) -> Result<BTreeMap<GroupId, Name>, Problem> {
    let rows = sqlx::query!("select group_id, name from savings_group where unit_id = $1", unit)
        .fetch_all(conn)
        .await?;
    rows.into_iter()
        .map(|row| Ok((row.group_id.into(), row.name.parse().map_err(Problem::internal)?)))
        .collect()
}

/// Keeps what was booked.
pub async fn insert(
    conn: &mut Conn,
    work: &Work<'_>,
    id: FeeStatementId,
    journal: Uuid,
    (month, statement, total): (Month, &Value, Money),
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into entrustment_fee_statement (unit_id, statement_id, month, statement, total, journal_id, actor_id)
         values ($1, $2, $3, $4, $5, $6, $7)",
        work.unit,
        id.uuid(),
        month.first_day(),
        statement,
        total.amount(),
        journal,
        work.actor,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Statements that were booked, after one; or that one alone.
pub async fn entries(
    conn: &mut Conn,
    unit: i32,
    only: Option<FeeStatementId>,
    after: Uuid,
    limit: i64,
) -> sqlx::Result<Vec<Entry>> {
    let (from, to) = one_or_all(only.map(FeeStatementId::uuid));
    let rows = sqlx::query!(
        r#"select e.statement_id, e.month, e.statement, j.journal_no, r.journal_no as "reversed_by?"
             from entrustment_fee_statement e
             join journal j on j.unit_id = e.unit_id and j.journal_id = e.journal_id
             left join journal r on r.unit_id = j.unit_id and r.reverses = j.journal_no
            where e.unit_id = $1 and e.statement_id > $2 and e.statement_id >= $3 and e.statement_id <= $4
            order by e.statement_id limit $5"#,
        unit,
        after,
        from,
        to,
        limit,
    )
    .fetch_all(conn)
    .await?;
    let rows = rows.into_iter().map(|row| Entry {
        statement_id: row.statement_id.into(),
        month: Month::of(row.month),
        journal_no: row.journal_no,
        reversed_by: row.reversed_by,
        fees: row.statement,
    });
    Ok(rows.collect())
}
