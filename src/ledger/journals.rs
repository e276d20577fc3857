//! The general journal, as it is read.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::Serialize;
use uuid::Uuid;

use super::places::Places;
use super::vouchers::{self, Voucher};
use crate::db::Conn;
use crate::domain::books::journal_kind::JournalKind;
use crate::domain::values::total::{Sides, Total};

/// A journal as lists show it.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Head {
    /// Number in the unit's general journal.
    pub journal_no: i64,
    /// Public id.
    pub journal_id: Uuid,
    /// The day it counts.
    pub effective_on: NaiveDate,
    /// When it was written down.
    pub booked_at: DateTime<Utc>,
    /// What happened.
    #[schema(value_type = JournalKind)]
    pub kind: String,
    /// Diễn giải.
    pub description: String,
    /// Sum of its debits. What stands off the balance sheet counts only in a journal of nothing else.
    pub amount: Total,
    /// The journal it reverses.
    pub reverses: Option<i64>,
    /// The journal that reversed it.
    pub reversed_by: Option<i64>,
    /// Who posted it.
    pub actor_id: Option<Uuid>,
    /// Their name.
    pub actor_name: Option<String>,
}

/// One line of a journal.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Line {
    /// Place in the journal.
    pub line_no: i16,
    /// Account.
    pub account: String,
    /// Its Vietnamese name.
    pub account_vi: String,
    /// Its English name.
    pub account_en: String,
    /// Whose money.
    pub source_id: i32,
    /// Name of the source.
    pub source: String,
    /// On which side, and how much.
    #[serde(flatten)]
    pub amount: Sides,
    /// The agreement, donation or household it concerns.
    pub subject_id: Option<Uuid>,
}

/// A journal with its lines and its paper.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Journal {
    /// The head.
    #[serde(flatten)]
    pub head: Head,
    /// Its lines.
    pub lines: Vec<Line>,
    /// Its paper.
    pub voucher: Option<Voucher>,
}

/// The heads of some journals, in the order of their numbers. Each is looked up by its key.
pub(super) async fn heads(conn: &mut Conn, unit: i32, numbers: &[i64]) -> sqlx::Result<Vec<Head>> {
    let rows = sqlx::query!(
        r#"select j.journal_no, j.journal_id, j.effective_on, j.booked_at, j.kind, j.description, j.reverses, j.actor_id,
                  r.journal_no as "reversed_by?", u.full_name as "actor_name?",
                  (select coalesce(sum(l.amount) filter (where not a.memorandum), sum(l.amount))
                     from line l
                    cross join lateral (select memorandum from account where unit_id = $1 and code = l.account offset 0) a
                    where l.unit_id = $1 and l.journal_no = j.journal_no and l.amount > 0) as "amount!"
             from unnest($2::bigint[]) k (journal_no)
            cross join lateral (select * from journal where unit_id = $1 and journal_no = k.journal_no offset 0) j
             left join lateral (select journal_no from journal where unit_id = $1 and reverses = k.journal_no offset 0) r on true
             left join lateral (select full_name from app_user where user_id = j.actor_id offset 0) u on true
            order by j.journal_no"#,
        unit,
        numbers
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Head {
            journal_no: row.journal_no,
            journal_id: row.journal_id,
            effective_on: row.effective_on,
            booked_at: row.booked_at,
            kind: row.kind,
            description: row.description,
            amount: row.amount.into(),
            reverses: row.reverses,
            reversed_by: row.reversed_by,
            actor_id: row.actor_id,
            actor_name: row.actor_name,
        })
        .collect())
}

/// One journal, whole.
pub async fn find(conn: &mut Conn, unit: i32, journal_no: i64) -> sqlx::Result<Option<Journal>> {
    let Some(head) = heads(&mut *conn, unit, &[journal_no]).await?.pop() else { return Ok(None) };
    let lines = lines(&mut *conn, unit, journal_no).await?;
    Ok(Some(Journal { head, lines, voucher: vouchers::of_journal(conn, unit, journal_no).await? }))
}

async fn lines(conn: &mut Conn, unit: i32, journal_no: i64) -> sqlx::Result<Vec<Line>> {
    let rows = sqlx::query!(
        "select l.line_no, l.account, a.name_vi, a.name_en, l.source_id, s.name as source, l.amount, l.subject_id
           from line l
           join account a on a.unit_id = l.unit_id and a.code = l.account
           join source s on s.unit_id = l.unit_id and s.source_id = l.source_id
          where l.unit_id = $1 and l.journal_no = $2 order by l.line_no",
        unit,
        journal_no,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Line {
            line_no: row.line_no,
            account: row.account,
            account_vi: row.name_vi,
            account_en: row.name_en,
            source_id: row.source_id,
            source: row.source,
            amount: Total(row.amount).on_its_side(),
            subject_id: row.subject_id,
        })
        .collect())
}

/// One line of an account's statement.
#[derive(Debug, Clone)]
pub struct Movement {
    /// The day.
    pub effective_on: NaiveDate,
    /// Journal.
    pub journal_no: i64,
    /// Line in it.
    pub line_no: i16,
    /// What happened.
    pub kind: String,
    /// Diễn giải.
    pub description: String,
    /// Whose money.
    pub source_id: i32,
    /// + debit, − credit.
    pub amount: Decimal,
    /// The agreement, donation or household it concerns.
    pub subject_id: Option<Uuid>,
    /// Accounts of the journal on the other side in the same source: on the balance sheet, or off it, as its own is.
    pub counter_accounts: Vec<String>,
    /// Kind and number of its paper.
    pub paper: Option<(String, i32)>,
    /// The day on which that was made out.
    pub issued_on: Option<NaiveDate>,
}

/// Where in an account's statement: day, journal, line.
pub type Place = (NaiveDate, i64, i16);

/// Lines of some accounts and sources in the order of days from a place on, up to a day. Each pair reads its own index no
/// further than the page needs.
pub async fn movements(
    conn: &mut Conn,
    unit: i32,
    places: &Places,
    (after, to): (Place, NaiveDate),
    limit: i64,
) -> sqlx::Result<Vec<Movement>> {
    let rows = sqlx::query!(
        r#"select l.effective_on, l.journal_no, l.line_no, j.kind, j.description, l.source_id, l.amount, l.subject_id,
                  v.kind as "paper?", v.number as "number?", v.issued_on as "issued_on?",
                  array(select distinct o.account
                          from line o
                         cross join lateral (select memorandum from account where unit_id = $1 and code = o.account offset 0) a
                         where o.unit_id = l.unit_id and o.journal_no = l.journal_no and o.source_id = l.source_id
                           and sign(o.amount) <> sign(l.amount) and a.memorandum = own.memorandum order by 1) as "counter_accounts!"
             from (select l.* from unnest($2::text[], $3::integer[]) k (account, source_id)
                    cross join lateral (
                          select * from line
                           where unit_id = $1 and account = k.account and source_id = k.source_id
                             and (effective_on, journal_no, line_no) > ($4, $5, $6) and effective_on < $7
                           order by effective_on, journal_no, line_no limit $8) l
                    order by l.effective_on, l.journal_no, l.line_no limit $8) l
            cross join lateral (select * from journal where unit_id = $1 and journal_no = l.journal_no offset 0) j
            cross join lateral (select memorandum from account where unit_id = $1 and code = l.account offset 0) own
             left join lateral (select * from voucher where unit_id = $1 and journal_no = l.journal_no offset 0) v on true
            order by l.effective_on, l.journal_no, l.line_no"#,
        unit,
        &places.accounts,
        &places.sources,
        after.0,
        after.1,
        after.2,
        to,
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Movement {
            effective_on: row.effective_on,
            journal_no: row.journal_no,
            line_no: row.line_no,
            kind: row.kind,
            description: row.description,
            source_id: row.source_id,
            amount: row.amount,
            subject_id: row.subject_id,
            counter_accounts: row.counter_accounts,
            paper: row.paper.zip(row.number),
            issued_on: row.issued_on,
        })
        .collect())
}
