//! The general journal and its papers, as they are read.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::Serialize;
use uuid::Uuid;

use crate::db::Conn;
use crate::domain::books::journal_kind::JournalKind;
use crate::domain::books::posting::VoucherKind;
use crate::domain::values::money::Money;
use crate::domain::values::total::{Sides, Total};
use crate::domain::values::words::{Dialect, in_words};

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
    /// Sum of its debits.
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

/// The paper of a journal as it was issued.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Voucher {
    /// Quyển số.
    pub book: String,
    /// Year of issue.
    pub year: i32,
    /// Which form.
    pub kind: VoucherKind,
    /// Số, without gaps per book, year and kind.
    pub number: i32,
    /// Its journal.
    pub journal_no: i64,
    /// Ngày.
    pub issued_on: NaiveDate,
    /// Who pays or receives.
    pub party: String,
    /// Their address.
    pub address: String,
    /// Nội dung.
    pub content: String,
    /// Mẫu số, where one is laid down.
    pub form: Option<&'static str>,
    /// Name of the paper.
    pub title: &'static str,
    /// Số tiền.
    pub amount: Money,
    /// Viết bằng chữ.
    pub in_words: String,
    /// Kèm theo: how many original papers.
    pub attachments: i16,
    /// Nợ: the accounts.
    pub debits: Vec<String>,
    /// Có: the accounts.
    pub credits: Vec<String>,
    /// issued, or void (hủy) once its journal was reversed: the number stays taken.
    pub state: PaperState,
    /// The journal that made it void.
    pub void_by: Option<i64>,
}

/// Whether a paper still holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PaperState {
    /// It holds.
    Issued,
    /// Hủy: its journal was reversed.
    Void,
}

/// Which journals to list.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// First day.
    pub from: Option<NaiveDate>,
    /// First day after.
    pub to: Option<NaiveDate>,
    /// Of one of these kinds.
    pub kinds: Option<Vec<String>>,
    /// With a line of a source of this fund.
    pub fund: Option<i32>,
    /// With a line on one of these accounts.
    pub accounts: Option<Vec<String>>,
    /// With a line of this source.
    pub source: Option<i32>,
    /// With a line about this subject.
    pub subject: Option<Uuid>,
    /// Only this one.
    pub journal_no: Option<i64>,
    /// Those after this number.
    pub after: Option<i64>,
}

/// Which vouchers to list.
#[derive(Debug, Clone, Default)]
pub struct Papers {
    /// Of this book.
    pub book: Option<String>,
    /// Of this year.
    pub year: Option<i32>,
    /// Of this form.
    pub kind: Option<VoucherKind>,
    /// With this number.
    pub number: Option<i32>,
    /// Of this journal.
    pub journal_no: Option<i64>,
    /// Those of journals after this one.
    pub after: Option<i64>,
}

/// Journals in the order of their numbers.
pub async fn list(conn: &mut Conn, unit: i32, wanted: &Wanted, limit: i64) -> sqlx::Result<Vec<Head>> {
    let rows = sqlx::query!(
        r#"select j.journal_no, j.journal_id, j.effective_on, j.booked_at, j.kind, j.description, j.reverses, j.actor_id,
                  r.journal_no as "reversed_by?", u.full_name as "actor_name?",
                  (select sum(l.amount) from line l
                    where l.unit_id = j.unit_id and l.journal_no = j.journal_no and l.amount > 0) as "amount!"
             from journal j
             left join journal r on r.unit_id = j.unit_id and r.reverses = j.journal_no
             left join app_user u on u.user_id = j.actor_id
            where j.unit_id = $1
              and ($2::date is null or j.effective_on >= $2) and ($3::date is null or j.effective_on < $3)
              and ($4::text[] is null or j.kind = any ($4))
              and (($5::text[] is null and $6::integer is null and $7::uuid is null) or exists (
                    select from line l where l.unit_id = j.unit_id and l.journal_no = j.journal_no
                       and ($5::text[] is null or l.account = any ($5)) and ($6::integer is null or l.source_id = $6)
                       and ($7::uuid is null or l.subject_id = $7)))
              and ($8::bigint is null or j.journal_no = $8) and ($9::bigint is null or j.journal_no > $9)
              and ($11::integer is null or exists (
                    select from line l join source s on s.unit_id = l.unit_id and s.source_id = l.source_id
                     where l.unit_id = j.unit_id and l.journal_no = j.journal_no and s.fund_id = $11))
            order by j.journal_no limit $10"#,
        unit,
        wanted.from,
        wanted.to,
        wanted.kinds.as_deref(),
        wanted.accounts.as_deref(),
        wanted.source,
        wanted.subject,
        wanted.journal_no,
        wanted.after,
        limit,
        wanted.fund,
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
    let only = Wanted { journal_no: Some(journal_no), ..Wanted::default() };
    let Some(head) = list(&mut *conn, unit, &only, 1).await?.pop() else { return Ok(None) };
    let lines = lines(&mut *conn, unit, journal_no).await?;
    let of_journal = Papers { journal_no: Some(journal_no), ..Papers::default() };
    Ok(Some(Journal { head, lines, voucher: vouchers(conn, unit, &of_journal, 1).await?.pop() }))
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

/// Vouchers in the order of their journals.
pub async fn vouchers(conn: &mut Conn, unit: i32, wanted: &Papers, limit: i64) -> sqlx::Result<Vec<Voucher>> {
    let rows = sqlx::query!(
        r#"select v.book, v.year, v.kind, v.number, v.journal_no, v.issued_on, v.party, v.address, v.content, v.amount,
                  v.attachments, r.journal_no as "void_by?",
                  array(select distinct l.account from line l
                         where l.unit_id = v.unit_id and l.journal_no = v.journal_no and l.amount > 0 order by 1) as "debits!",
                  array(select distinct l.account from line l
                         where l.unit_id = v.unit_id and l.journal_no = v.journal_no and l.amount < 0 order by 1) as "credits!"
             from voucher v left join journal r on r.unit_id = v.unit_id and r.reverses = v.journal_no
            where v.unit_id = $1
              and ($2::text is null or v.book = $2) and ($3::integer is null or v.year = $3)
              and ($4::text is null or v.kind = $4) and ($5::integer is null or v.number = $5)
              and ($6::bigint is null or v.journal_no = $6) and ($7::bigint is null or v.journal_no > $7)
            order by v.journal_no limit $8"#,
        unit,
        wanted.book,
        wanted.year,
        wanted.kind.map(VoucherKind::name),
        wanted.number,
        wanted.journal_no,
        wanted.after,
        limit,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let kind = VoucherKind::of_name(&row.kind).ok_or(sqlx::Error::RowNotFound)?;
            let amount = Money::vnd(row.amount).map_err(|why| sqlx::Error::Decode(why.into()))?;
            Ok(Voucher {
                book: row.book,
                year: row.year,
                kind,
                form: kind.form(),
                title: kind.title(),
                in_words: in_words(amount, Dialect::NORTH),
                state: if row.void_by.is_some() { PaperState::Void } else { PaperState::Issued },
                number: row.number,
                journal_no: row.journal_no,
                issued_on: row.issued_on,
                party: row.party,
                address: row.address,
                content: row.content,
                amount,
                attachments: row.attachments,
                debits: row.debits,
                credits: row.credits,
                void_by: row.void_by,
            })
        })
        .collect()
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
    /// Accounts of the journal on the other side in the same source.
    pub counter_accounts: Vec<String>,
    /// Kind and number of its paper.
    pub paper: Option<(String, i32)>,
}

/// Where in an account's statement: day, journal, line.
pub type Place = (NaiveDate, i64, i16);

/// Lines of accounts in the order of days from a place on, up to a day. Each account reads its own index no further than
/// the page needs.
pub async fn movements(
    conn: &mut Conn,
    unit: i32,
    accounts: (&[String], Option<i32>),
    (after, to): (Place, NaiveDate),
    limit: i64,
) -> sqlx::Result<Vec<Movement>> {
    let rows = sqlx::query!(
        r#"select l.effective_on, l.journal_no, l.line_no, j.kind, j.description, l.source_id, l.amount, l.subject_id,
                  v.kind as "paper?", v.number as "number?",
                  array(select distinct o.account from line o
                         where o.unit_id = l.unit_id and o.journal_no = l.journal_no and o.source_id = l.source_id
                           and sign(o.amount) <> sign(l.amount) order by 1) as "counter_accounts!"
             from unnest($2::text[]) a (code)
            cross join lateral (
                  select * from line
                   where unit_id = $1 and account = a.code and ($3::integer is null or source_id = $3)
                     and effective_on >= $4 and (effective_on, journal_no, line_no) > ($4, $5, $6) and effective_on < $7
                   order by effective_on, journal_no, line_no limit $8) l
             join journal j on j.unit_id = l.unit_id and j.journal_no = l.journal_no
             left join voucher v on v.unit_id = l.unit_id and v.journal_no = l.journal_no
            order by l.effective_on, l.journal_no, l.line_no limit $8"#,
        unit,
        accounts.0,
        accounts.1,
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
        })
        .collect())
}
