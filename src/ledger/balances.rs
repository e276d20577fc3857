//! What accounts stood at: as of a day, and as it was known at an instant.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use rust_decimal::Decimal;

use super::journals::Place;
use super::places::{Only, Places, places};
use crate::db::Conn;
use crate::domain::books::account_role::AccountRole;
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

/// All that counts before a day, per account and source: whole months, then the days of the last month. What was known at an
/// instant is that less what was booked later, or the sum of what was booked by then, whichever is less to read.
pub async fn before(conn: &mut Conn, unit: i32, day: NaiveDate, cut: Cut<'_>) -> sqlx::Result<Vec<Turnover>> {
    let only = Only { accounts: cut.accounts, source: cut.source, fund: None };
    let places = places(&mut *conn, unit, only).await?;
    let Some(known_at) = cut.known_at else { return from_months(conn, unit, day, &places).await };
    let (known, last) = known_by(&mut *conn, unit, known_at).await?;
    if known < last / 2 {
        return from_lines(conn, unit, day, (0, known), &places).await;
    }
    let now = from_months(&mut *conn, unit, day, &places).await?;
    let later = from_lines(conn, unit, day, (known, last), &places).await?;
    Ok(less(now, &later))
}

/// Turnovers less others. What has no line left is not there.
fn less(from: Vec<Turnover>, later: &[Turnover]) -> Vec<Turnover> {
    let key = |t: &Turnover| (t.account.clone(), t.source_id);
    let later: BTreeMap<_, _> = later.iter().map(|t| (key(t), t.sums)).collect();
    let rest = from.into_iter().map(|t| {
        let sums = later.get(&key(&t)).map_or(t.sums, |later| t.sums.minus(*later));
        Turnover { sums, ..t }
    });
    rest.filter(|t| t.sums != Sides::default()).collect()
}

async fn from_months(
    conn: &mut Conn,
    unit: i32,
    day: NaiveDate,
    places: &Places,
) -> sqlx::Result<Vec<Turnover>> {
    let month = day.with_day(1).unwrap_or(day);
    let rows = sqlx::query!(
        r#"select t.account as "account!", t.source_id as "source_id!", sum(t.debit) as "debit!", sum(t.credit) as "credit!"
             from unnest($2::text[], $3::integer[]) k (account, source_id) cross join lateral (
                  select p.account, p.source_id, p.debit, p.credit from period_balance p
                   where p.unit_id = $1 and p.account = k.account and p.source_id = k.source_id and p.month < $4
                  union all
                  select d.account, d.source_id, d.debit, d.credit from day_balance d
                   where d.unit_id = $1 and d.account = k.account and d.source_id = k.source_id
                     and d.on_day >= $4 and d.on_day < $5) t
            group by 1, 2 order by 1, 2"#,
        unit,
        &places.accounts,
        &places.sources,
        month,
        day,
    )
    .fetch_all(conn)
    .await?;
    let sums = |debit, credit| Sides { debit: Total(debit), credit: Total(credit) };
    Ok(rows
        .into_iter()
        .map(|r| Turnover { account: r.account, source_id: r.source_id, sums: sums(r.debit, r.credit) })
        .collect())
}

/// The last journal that was booked by an instant, and the last there is. Journals are booked in the order of their numbers,
/// which have no gaps, so the place is found by halving.
async fn known_by(conn: &mut Conn, unit: i32, known_at: DateTime<Utc>) -> sqlx::Result<(i64, i64)> {
    let found = sqlx::query!(
        r#"with recursive search (low, high, last) as (
             select 0::bigint, last_journal_no, last_journal_no from unit_counter where unit_id = $1
             union all
             select case when m.known then m.journal_no else low end, case when m.known then high else m.journal_no - 1 end, last
               from search
              cross join lateral (select journal_no, booked_at <= $2 as known from journal
                                   where unit_id = $1 and journal_no = (low + high + 1) / 2 offset 0) m
              where low < high)
           select low as "known!", last as "last!" from search where low = high"#,
        unit,
        known_at,
    )
    .fetch_optional(conn)
    .await?;
    Ok(found.map_or((0, 0), |found| (found.known, found.last)))
}

/// What journals after a number and up to another say of the days before a day.
async fn from_lines(
    conn: &mut Conn,
    unit: i32,
    day: NaiveDate,
    (after, upto): (i64, i64),
    places: &Places,
) -> sqlx::Result<Vec<Turnover>> {
    let rows = sqlx::query!(
        r#"select account, source_id, sum(greatest(amount, 0)) as "debit!", sum(greatest(-amount, 0)) as "credit!"
             from line
            where unit_id = $1 and journal_no > $2 and journal_no <= $3 and effective_on < $4
              and account = any ($5) and source_id = any ($6)
            group by account, source_id order by account, source_id"#,
        unit,
        after,
        upto,
        day,
        &places.accounts,
        &places.sources,
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
pub async fn after(conn: &mut Conn, unit: i32, place: Place, places: &Places) -> sqlx::Result<Total> {
    let earlier = from_months(&mut *conn, unit, place.0, places).await?;
    let that_day = sqlx::query_scalar!(
        r#"select coalesce(sum(l.amount), 0) as "sum!" from unnest($2::text[], $3::integer[]) k (account, source_id)
            cross join lateral (
                  select amount from line
                   where unit_id = $1 and account = k.account and source_id = k.source_id and effective_on = $4
                     and (journal_no, line_no) <= ($5, $6) offset 0) l"#,
        unit,
        &places.accounts,
        &places.sources,
        place.0,
        place.1,
        place.2,
    )
    .fetch_one(conn)
    .await?;
    let earlier: Decimal = earlier.iter().map(|t| t.sums.difference().0).sum();
    Ok(Total(earlier + that_day))
}

/// What the account of a role stands at in a source at the end of a day: credits less debits.
pub async fn credit_of(
    conn: &mut Conn,
    unit: i32,
    (role, source): (AccountRole, i32),
    day: NaiveDate,
) -> sqlx::Result<Decimal> {
    sqlx::query_scalar!(
        r#"select coalesce(sum(d.credit - d.debit), 0) as "sum!" from book k
             join chart_role r on r.chart_id = k.chart_id and r.role = $2
             join day_balance d on d.unit_id = k.unit_id and d.account = r.code and d.source_id = $3
            where k.unit_id = $1 and d.on_day <= $4"#,
        unit,
        role.name(),
        source,
        day,
    )
    .fetch_one(conn)
    .await
}
