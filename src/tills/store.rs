use chrono::NaiveDate;
use rust_decimal::Decimal;
use sqlx::types::Json;
use uuid::Uuid;

use super::values::{
    CashCount, CountState, CountedNotes, Denomination, NewCashCount, OpenDifference, StoredNotes,
    UncountedBox,
};
use crate::access::Work;
use crate::db::Conn;
use crate::domain::books::till::{Till, TillKind};
use crate::domain::values::money::Money;
use crate::domain::values::text::{Name, Note};
use crate::domain::values::total::Total;
use crate::domain::values::words::{Dialect, in_words};

/// The notes of the đồng, the largest first.
pub async fn denominations(conn: &mut Conn) -> sqlx::Result<Vec<Denomination>> {
    sqlx::query_as!(
        Denomination,
        "select face, valid_from, valid_to from denomination order by face desc, valid_from"
    )
    .fetch_all(conn)
    .await
}

/// Inserts a count of a cash box. The database writes beside it what the books hold.
pub async fn insert_count(
    conn: &mut Conn,
    work: &Work<'_>,
    till: Till,
    new: &NewCashCount,
    (counted, keeper): (Decimal, &str),
) -> sqlx::Result<Uuid> {
    let notes: StoredNotes = new.notes.iter().map(|notes| (notes.face.to_string(), notes.pieces)).collect();
    sqlx::query_scalar!(
        "insert into cash_count (unit_id, cash_count_id, till_id, account, counted_on, notes, counted, booked, upto_journal_no, reason,
                                 counted_by, witness, keeper, actor_id)
         values ($1, $2, $3, '', $4, $5, $6, 0, 0, $7, $8, $9, $10, $11) returning cash_count_id",
        work.unit,
        work.clock.new_id(),
        till.to_string(),
        new.on,
        Json(notes) as _,
        counted,
        new.reason.as_ref().map(Note::as_str),
        new.counted_by.as_str(),
        new.witness.as_ref().map(Name::as_str),
        keeper,
        work.actor
    )
    .fetch_one(conn)
    .await
}

/// Counts in the order they were recorded, after one; their ids.
pub async fn ids(conn: &mut Conn, unit: i32, after: Uuid, limit: i64) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar!(
        "select cash_count_id from cash_count where unit_id = $1 and cash_count_id > $2 order by cash_count_id limit $3",
        unit,
        after,
        limit
    )
    .fetch_all(conn)
    .await
}

/// The last count of an account on a day that was not taken back.
pub async fn of_day(conn: &mut Conn, unit: i32, account: &str, on: NaiveDate) -> sqlx::Result<Option<Uuid>> {
    sqlx::query_scalar!(
        "select cash_count_id from cash_count
          where unit_id = $1 and account = $2 and counted_on = $3
            and cash_count_state(unit_id, cash_count_id) is distinct from 'withdrawn'
          order by cash_count_id desc limit 1",
        unit,
        account,
        on
    )
    .fetch_optional(conn)
    .await
}

/// Some counts, in the order of their ids.
pub async fn counts(conn: &mut Conn, unit: i32, ids: &[Uuid]) -> sqlx::Result<Vec<CashCount>> {
    let rows = sqlx::query!(
        r#"select c.cash_count_id, c.till_id, c.account, c.counted_on, c.notes as "notes: Json<StoredNotes>", c.counted, c.booked,
                  c.upto_journal_no, c.reason, c.counted_by, c.witness, c.keeper, c.recorded_at, c.actor_id,
                  e.kind as "event?", e.journal_id as "journal_id?", e.reason as "taken_back?"
             from unnest($2::uuid[]) k (cash_count_id)
            cross join lateral (select * from cash_count where unit_id = $1 and cash_count_id = k.cash_count_id offset 0) c
             left join lateral (select kind, journal_id, reason from cash_count_event
                                 where unit_id = $1 and cash_count_id = k.cash_count_id order by event_no desc limit 1) e on true
            order by c.cash_count_id"#,
        unit,
        ids
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let state = match row.event.as_deref() {
                Some("withdrawn") => CountState::Withdrawn,
                Some("settled") => CountState::Settled,
                _ if row.counted == row.booked => CountState::Even,
                _ => CountState::Open,
            };
            let amount = Money::vnd(row.counted).map_err(|why| sqlx::Error::Decode(why.into()))?;
            Ok(CashCount {
                cash_count_id: row.cash_count_id,
                till_id: row.till_id,
                account: row.account,
                counted_on: row.counted_on,
                notes: by_value(&row.notes.0)?,
                counted: row.counted.into(),
                in_words: in_words(amount, Dialect::NORTH),
                booked: row.booked.into(),
                difference: Total(row.counted - row.booked),
                upto_journal_no: row.upto_journal_no,
                reason: row.reason,
                counted_by: row.counted_by,
                witness: row.witness,
                keeper: row.keeper,
                recorded_at: row.recorded_at,
                actor_id: row.actor_id,
                state,
                journal_id: row.journal_id,
                taken_back: row.taken_back,
            })
        })
        .collect()
}

/// Notes, the largest first.
fn by_value(stored: &StoredNotes) -> sqlx::Result<Vec<CountedNotes>> {
    let notes = stored.iter().map(|(face, pieces)| {
        let face: i32 = face.parse().map_err(|_| sqlx::Error::Decode(format!("{face} is no note").into()))?;
        let amount = Total(Decimal::from(face) * Decimal::from(*pieces));
        Ok(CountedNotes { face, pieces: *pieces, amount })
    });
    let mut notes = notes.collect::<sqlx::Result<Vec<_>>>()?;
    notes.sort_by_key(|notes| std::cmp::Reverse(notes.face));
    Ok(notes)
}

/// What becomes of a count.
#[derive(Debug, Clone, Copy)]
pub enum Step<'a> {
    /// Its difference was booked.
    Settled {
        /// The journal.
        journal: Uuid,
    },
    /// That was taken back.
    Reversed {
        /// The reversal.
        journal: Uuid,
        /// Why.
        reason: &'a str,
    },
    /// The count was taken back.
    Withdrawn {
        /// Why.
        reason: &'a str,
    },
}

/// Records what becomes of a count. The database says whether it may.
pub async fn insert_step(conn: &mut Conn, work: &Work<'_>, count: Uuid, step: Step<'_>) -> sqlx::Result<()> {
    let (kind, journal, reason) = match step {
        Step::Settled { journal } => ("settled", Some(journal), None),
        Step::Reversed { journal, reason } => ("settlement_reversed", Some(journal), Some(reason)),
        Step::Withdrawn { reason } => ("withdrawn", None, Some(reason)),
    };
    sqlx::query!(
        "insert into cash_count_event (unit_id, cash_count_event_id, cash_count_id, event_no, kind, journal_id, reason, actor_id)
         values ($1, $2, $3, 1, $4, $5, $6, $7)",
        work.unit,
        work.clock.new_id(),
        count,
        kind,
        journal,
        reason,
        work.actor
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The number of a journal.
pub async fn journal_no(conn: &mut Conn, unit: i32, journal: Uuid) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        "select journal_no from journal where unit_id = $1 and journal_id = $2",
        unit,
        journal
    )
    .fetch_one(conn)
    .await
}

/// Cash boxes whose last count in a month has a difference that nobody decided; months from a day up to another.
pub async fn open_differences(
    conn: &mut Conn,
    unit: i32,
    (from, before): (NaiveDate, NaiveDate),
) -> sqlx::Result<Vec<OpenDifference>> {
    let rows = sqlx::query!(
        r#"select t.till_id as "till_id!", t.name as "till_name!", l.cash_count_id as "cash_count_id!", l.counted_on as "counted_on!",
                  l.counted - l.booked as "difference!"
             from generate_series(date_trunc('month', $2::date), ($3::date - 1)::timestamp, '1 month') m
            cross join tills_of($1) t
            cross join lateral (
                  select c.*, e.state from cash_count c
                   cross join lateral (select cash_count_state($1, c.cash_count_id) as state) e
                   where c.unit_id = $1 and c.account = t.account and c.counted_on >= greatest(m::date, $2)
                     and c.counted_on < least((m + interval '1 month')::date, $3) and e.state is distinct from 'withdrawn'
                   order by c.counted_on desc, c.cash_count_id desc limit 1) l
            where t.kind = $4 and l.counted <> l.booked and l.state is distinct from 'settled'
            order by l.counted_on, t.till_id limit 200"#,
        unit,
        from,
        before,
        TillKind::Cash.name()
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| OpenDifference {
            till_id: row.till_id,
            till_name: row.till_name,
            cash_count_id: row.cash_count_id,
            counted_on: row.counted_on,
            difference: row.difference.into(),
        })
        .collect())
}

/// Cash boxes that nobody counted on the last day of a month, in which something moved or lay; months from a day up to another
/// that are over by a day.
pub async fn uncounted(
    conn: &mut Conn,
    unit: i32,
    (from, before): (NaiveDate, NaiveDate),
    today: NaiveDate,
) -> sqlx::Result<Vec<UncountedBox>> {
    sqlx::query_as!(
        UncountedBox,
        r#"select t.till_id as "till_id!", t.name as "till_name!", m.on_day as "on!"
             from (select month::date as month, (month + interval '1 month - 1 day')::date as on_day
                     from generate_series(date_trunc('month', $2::date), ($3::date - 1)::timestamp, '1 month') month) m
            cross join tills_of($1) t
            cross join lateral (select coalesce(sum(p.debit - p.credit), 0) as holds, coalesce(bool_or(p.month = m.month), false) as moved
                                  from balance b join period_balance p using (unit_id, account, source_id)
                                 where b.unit_id = $1 and b.account = t.account and p.month <= m.month) p
            where t.kind = $5 and t.opened_on <= m.on_day and coalesce(t.closed_on > m.on_day, true) and m.on_day <= $4
              and (p.holds <> 0 or p.moved)
              and not exists (select from cash_count c
                               where c.unit_id = $1 and c.account = t.account and c.counted_on = m.on_day
                                 and cash_count_state($1, c.cash_count_id) is distinct from 'withdrawn')
            order by m.on_day, t.till_id limit 200"#,
        unit,
        from,
        before,
        today,
        TillKind::Cash.name()
    )
    .fetch_all(conn)
    .await
}
