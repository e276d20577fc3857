//! What accounts stood at: as of a day, and as it was known at an instant.

use chrono::{DateTime, Datelike as _, NaiveDate, Utc};

use super::journals::Place;
use crate::db::Conn;
use crate::domain::values::total::{Sides, Total};

/// Which lines count.
#[derive(Debug, Clone, Copy, Default)]
pub struct Cut<'a> {
    /// Only of this source.
    pub source: Option<i32>,
    /// Only on these accounts.
    pub accounts: Option<&'a [String]>,
    /// Only what was written down by then.
    pub known_at: Option<DateTime<Utc>>,
}

/// Everything an account took in a source, on both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turnover {
    /// Account.
    pub account: String,
    /// Source.
    pub source_id: i32,
    /// Sums of debits and of credits.
    pub sums: Sides,
}

/// All that counts before a day, per account and source. Whole months come from `period_balance` and only the days of the
/// last month from lines; what was known at an instant is always added up from lines.
pub async fn before(conn: &mut Conn, unit: i32, day: NaiveDate, cut: Cut<'_>) -> sqlx::Result<Vec<Turnover>> {
    match cut.known_at {
        None => from_months(conn, unit, day, cut).await,
        Some(known_at) => from_lines(conn, unit, day, (cut, known_at)).await,
    }
}

async fn from_months(
    conn: &mut Conn,
    unit: i32,
    day: NaiveDate,
    cut: Cut<'_>,
) -> sqlx::Result<Vec<Turnover>> {
    let month = day.with_day(1).unwrap_or(day);
    let rows = sqlx::query!(
        r#"select t.account as "account!", t.source_id as "source_id!", sum(t.debit) as "debit!", sum(t.credit) as "credit!"
             from account a cross join lateral (
                  select p.account, p.source_id, p.debit, p.credit from period_balance p
                   where p.unit_id = a.unit_id and p.account = a.code and p.month < $2
                  union all
                  select l.account, l.source_id, greatest(l.amount, 0), greatest(-l.amount, 0) from line l
                   where l.unit_id = a.unit_id and l.account = a.code and l.effective_on >= $2 and l.effective_on < $3) t
            where a.unit_id = $1 and ($4::integer is null or t.source_id = $4) and ($5::text[] is null or a.code = any ($5))
            group by t.account, t.source_id order by t.account, t.source_id"#,
        unit,
        month,
        day,
        cut.source,
        cut.accounts,
    )
    .fetch_all(conn)
    .await?;
    let sums = |debit, credit| Sides { debit: Total(debit), credit: Total(credit) };
    Ok(rows
        .into_iter()
        .map(|r| Turnover { account: r.account, source_id: r.source_id, sums: sums(r.debit, r.credit) })
        .collect())
}

async fn from_lines(
    conn: &mut Conn,
    unit: i32,
    day: NaiveDate,
    (cut, known_at): (Cut<'_>, DateTime<Utc>),
) -> sqlx::Result<Vec<Turnover>> {
    let rows = sqlx::query!(
        r#"select l.account, l.source_id, sum(greatest(l.amount, 0)) as "debit!", sum(greatest(-l.amount, 0)) as "credit!"
             from line l join journal j on j.unit_id = l.unit_id and j.journal_no = l.journal_no
            where l.unit_id = $1 and l.effective_on < $2 and j.booked_at <= $3
              and ($4::integer is null or l.source_id = $4) and ($5::text[] is null or l.account = any ($5))
            group by l.account, l.source_id order by l.account, l.source_id"#,
        unit,
        day,
        known_at,
        cut.source,
        cut.accounts,
    )
    .fetch_all(conn)
    .await?;
    let sums = |debit, credit| Sides { debit: Total(debit), credit: Total(credit) };
    Ok(rows
        .into_iter()
        .map(|r| Turnover { account: r.account, source_id: r.source_id, sums: sums(r.debit, r.credit) })
        .collect())
}

/// What accounts stood at after the line at a place of their statement.
pub async fn after(conn: &mut Conn, unit: i32, place: Place, cut: Cut<'_>) -> sqlx::Result<Total> {
    let earlier = before(&mut *conn, unit, place.0, cut).await?;
    let that_day = sqlx::query_scalar!(
        r#"select coalesce(sum(amount), 0) as "sum!" from line
            where unit_id = $1 and ($2::text[] is null or account = any ($2)) and ($3::integer is null or source_id = $3)
              and effective_on = $4 and (journal_no, line_no) <= ($5, $6)"#,
        unit,
        cut.accounts,
        cut.source,
        place.0,
        place.1,
        place.2,
    )
    .fetch_one(conn)
    .await?;
    let earlier: rust_decimal::Decimal = earlier.iter().map(|t| t.sums.difference().0).sum();
    Ok(Total(earlier + that_day))
}
