//! Lists of journals. Each way to ask has an index of its own, and a page reads no further along it than it needs: what is
//! not asked for is a bound that everything meets, never `… is null or …`, which would walk over the whole unit.

use chrono::NaiveDate;
use uuid::Uuid;

use super::journals::{Head, heads};
use super::places::{Only, Places, places};
use crate::db::{Conn, FIRST_DAY, LAST_DAY};
use crate::domain::books::journal_kind::JournalKind;

/// Which journals to list. One line must meet all that is asked of lines.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// First day.
    pub from: Option<NaiveDate>,
    /// First day after.
    pub to: Option<NaiveDate>,
    /// Of one of these kinds.
    pub kinds: Option<Vec<JournalKind>>,
    /// With a line of a source of this fund.
    pub fund: Option<i32>,
    /// With a line on one of these accounts.
    pub accounts: Option<Vec<String>>,
    /// With a line of this source.
    pub source: Option<i32>,
    /// With a line about this subject.
    pub subject: Option<Uuid>,
    /// Those after this number.
    pub after: Option<i64>,
}

/// What is asked for, with a bound for everything that is not.
struct Asked {
    unit: i32,
    from: NaiveDate,
    to: NaiveDate,
    kinds: Vec<String>,
    places: Places,
    after: i64,
    limit: i64,
}

/// Journals in the order of their numbers.
pub async fn list(conn: &mut Conn, unit: i32, wanted: &Wanted, limit: i64) -> sqlx::Result<Vec<Head>> {
    let numbers = numbers(&mut *conn, unit, wanted, limit).await?;
    heads(conn, unit, &numbers).await
}

/// The numbers of a page, by the index that serves what is asked.
async fn numbers(conn: &mut Conn, unit: i32, wanted: &Wanted, limit: i64) -> sqlx::Result<Vec<i64>> {
    let only = Only { accounts: wanted.accounts.as_deref(), source: wanted.source, fund: wanted.fund };
    let by_line = only.accounts.is_some() || only.source.is_some() || only.fund.is_some();
    let dated = wanted.from.is_some() || wanted.to.is_some();
    let some_kinds = wanted.kinds.is_some();
    let kinds = wanted.kinds.as_deref().unwrap_or(JournalKind::ALL);
    let mut kinds: Vec<String> = kinds.iter().map(|kind| kind.name().to_owned()).collect();
    kinds.sort();
    kinds.dedup();
    let asked = Asked {
        unit,
        from: wanted.from.unwrap_or(FIRST_DAY),
        to: wanted.to.unwrap_or(LAST_DAY),
        kinds,
        places: places(&mut *conn, unit, only).await?,
        after: wanted.after.unwrap_or(0),
        limit,
    };
    match wanted.subject {
        Some(subject) => about(conn, &asked, subject).await,
        None if some_kinds => of_kinds(conn, &asked, wanted.from.is_some()).await,
        None if by_line && dated => in_places_by_day(conn, &asked).await,
        None if by_line => in_places(conn, &asked).await,
        None if dated => by_day(conn, &asked).await,
        None => all(conn, &asked).await,
    }
}

async fn all(conn: &mut Conn, asked: &Asked) -> sqlx::Result<Vec<i64>> {
    sqlx::query_scalar!(
        "select journal_no from journal where unit_id = $1 and journal_no > $2 order by journal_no limit $3",
        asked.unit,
        asked.after,
        asked.limit
    )
    .fetch_all(conn)
    .await
}

/// Those with a line about a subject. A subject has few lines, so the rest is looked at one by one.
async fn about(conn: &mut Conn, asked: &Asked, subject: Uuid) -> sqlx::Result<Vec<i64>> {
    sqlx::query_scalar!(
        r#"select distinct l.journal_no
             from (select journal_no from line
                    where unit_id = $1 and subject_id = $2 and journal_no > $3 and account = any ($4) and source_id = any ($5)
                    offset 0) l
            cross join lateral (select kind, effective_on from journal j where j.unit_id = $1 and j.journal_no = l.journal_no offset 0) j
            where j.kind = any ($6) and j.effective_on >= $7 and j.effective_on < $8
            order by 1 limit $9"#,
        asked.unit,
        subject,
        asked.after,
        &asked.places.accounts,
        &asked.places.sources,
        &asked.kinds,
        asked.from,
        asked.to,
        asked.limit
    )
    .fetch_all(conn)
    .await
}

/// Those of some kinds: each kind has its own index. Days that have a first one are a range of numbers.
async fn of_kinds(conn: &mut Conn, asked: &Asked, has_first_day: bool) -> sqlx::Result<Vec<i64>> {
    let (first, last) = if has_first_day { range_of_days(&mut *conn, asked).await? } else { (0, i64::MAX) };
    sqlx::query_scalar!(
        r#"select j.journal_no as "journal_no!" from unnest($2::text[]) k (kind)
            cross join lateral (
                  select j.journal_no
                    from (select journal_no, effective_on from journal
                           where unit_id = $1 and kind = k.kind and journal_no > $3 and journal_no <= $4
                           order by journal_no offset 0) j
                   cross join lateral (select from line
                                        where unit_id = $1 and journal_no = j.journal_no and account = any ($7)
                                          and source_id = any ($8) limit 1) l
                   where j.effective_on >= $5 and j.effective_on < $6
                   order by j.journal_no limit $9) j
            order by 1 limit $9"#,
        asked.unit,
        &asked.kinds,
        asked.after.max(first - 1),
        last,
        asked.from,
        asked.to,
        &asked.places.accounts,
        &asked.places.sources,
        asked.limit
    )
    .fetch_all(conn)
    .await
}

/// The least and the greatest number of the journals that count on some days. No journal counts before its day has come.
async fn range_of_days(conn: &mut Conn, asked: &Asked) -> sqlx::Result<(i64, i64)> {
    let range = sqlx::query!(
        r#"select coalesce(min(j.first), 1) as "first!", coalesce(max(j.last), 0) as "last!"
             from book k
            cross join generate_series(greatest(k.opened_on, $2::date)::timestamp,
                                       least($3::date - 1, (scope_now() at time zone 'Asia/Ho_Chi_Minh')::date)::timestamp,
                                       '1 day') day
            cross join lateral (select min(journal_no) as first, max(journal_no) as last from journal
                                 where unit_id = $1 and effective_on = day::date) j
            where k.unit_id = $1"#,
        asked.unit,
        asked.from,
        asked.to
    )
    .fetch_one(conn)
    .await?;
    Ok((range.first, range.last))
}

/// Those with a line on an account of a source.
async fn in_places(conn: &mut Conn, asked: &Asked) -> sqlx::Result<Vec<i64>> {
    sqlx::query_scalar!(
        r#"select distinct l.journal_no as "journal_no!" from unnest($2::text[], $3::integer[]) k (account, source_id)
            cross join lateral (
                  select distinct journal_no from line
                   where unit_id = $1 and account = k.account and source_id = k.source_id and journal_no > $4
                   order by journal_no limit $5) l
            order by 1 limit $5"#,
        asked.unit,
        &asked.places.accounts,
        &asked.places.sources,
        asked.after,
        asked.limit
    )
    .fetch_all(conn)
    .await
}

/// The same on some days: only those on which anything moved there.
async fn in_places_by_day(conn: &mut Conn, asked: &Asked) -> sqlx::Result<Vec<i64>> {
    sqlx::query_scalar!(
        r#"select distinct l.journal_no as "journal_no!" from unnest($2::text[], $3::integer[]) k (account, source_id)
            cross join lateral (
                  select on_day from day_balance
                   where unit_id = $1 and account = k.account and source_id = k.source_id and on_day >= $4 and on_day < $5 offset 0) d
            cross join lateral (
                  select distinct journal_no from line
                   where unit_id = $1 and account = k.account and source_id = k.source_id and effective_on = d.on_day
                     and journal_no > $6
                   order by journal_no limit $7) l
            order by 1 limit $7"#,
        asked.unit,
        &asked.places.accounts,
        &asked.places.sources,
        asked.from,
        asked.to,
        asked.after,
        asked.limit
    )
    .fetch_all(conn)
    .await
}

/// Those that count on some days.
async fn by_day(conn: &mut Conn, asked: &Asked) -> sqlx::Result<Vec<i64>> {
    sqlx::query_scalar!(
        r#"select j.journal_no as "journal_no!"
             from book k
            cross join generate_series(greatest(k.opened_on, $2::date)::timestamp,
                                       least($3::date - 1, (scope_now() at time zone 'Asia/Ho_Chi_Minh')::date)::timestamp,
                                       '1 day') day
            cross join lateral (select journal_no from journal
                                 where unit_id = $1 and effective_on = day::date and journal_no > $4
                                 order by journal_no limit $5) j
            where k.unit_id = $1 order by 1 limit $5"#,
        asked.unit,
        asked.from,
        asked.to,
        asked.after,
        asked.limit
    )
    .fetch_all(conn)
    .await
}
