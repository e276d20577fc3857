//! Periods are months; everything before one day is closed.

use chrono::NaiveDate;
use serde::Serialize;

use crate::db::Conn;
use crate::domain::values::total::Total;

/// A month of the books.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Period {
    /// Its first day.
    pub month: NaiveDate,
    /// Whether it takes journals.
    pub open: bool,
    /// How many journals count in it.
    pub journals: i64,
    /// Sum of all debits.
    pub debit: Total,
    /// Sum of all credits.
    pub credit: Total,
}

/// Months from the first of the book up to `until`, after a month.
pub async fn list(
    conn: &mut Conn,
    unit: i32,
    until: NaiveDate,
    after: NaiveDate,
    limit: i64,
) -> sqlx::Result<Vec<Period>> {
    let rows = sqlx::query!(
        r#"with months as (
             select m::date as month, open_from(k.unit_id) as open_from
               from book k, generate_series(k.opened_on::timestamp, $2::date::timestamp, interval '1 month') m
              where k.unit_id = $1 and m::date > $3 order by 1 limit $4),
           sums as (
             select p.month, sum(p.debit) as debit, sum(p.credit) as credit
               from balance k
              cross join lateral (select month, debit, credit from period_balance
                                   where unit_id = $1 and account = k.account and source_id = k.source_id
                                     and month >= (select min(month) from months) and month <= (select max(month) from months)
                                  offset 0) p
              where k.unit_id = $1 group by 1)
           select m.month as "month!", m.month >= m.open_from as "open!",
                  coalesce((select p.journals from period_journals p where p.unit_id = $1 and p.month = m.month), 0) as "journals!",
                  coalesce(s.debit, 0) as "debit!", coalesce(s.credit, 0) as "credit!"
             from months m left join sums s using (month)
            order by m.month"#,
        unit,
        until,
        after,
        limit,
    )
    .fetch_all(conn)
    .await?;

    Ok(rows
        .into_iter()
        .map(|r| Period {
            month: r.month,
            open: r.open,
            journals: r.journals,
            debit: r.debit.into(),
            credit: r.credit.into(),
        })
        .collect())
}
