//! The numbered papers of journals, as they are read.

use chrono::NaiveDate;
use serde::Serialize;

use crate::db::Conn;
use crate::domain::books::posting::VoucherKind;
use crate::domain::values::money::Money;
use crate::domain::values::words::{Dialect, in_words};

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
    /// Ngày lập: the day it was made out; numbers follow it.
    pub issued_on: NaiveDate,
    /// Ngày ghi sổ: the day its journal counts.
    pub counts_on: NaiveDate,
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
    /// Nợ: the accounts; on a receipt or payment none off the balance sheet.
    pub debits: Vec<String>,
    /// Có: the accounts; on a receipt or payment none off the balance sheet.
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
    /// Those of journals after this one.
    pub after: Option<i64>,
}

/// The kinds of papers of a unit, each with numbers of its own.
struct Series {
    books: Vec<String>,
    years: Vec<i32>,
    kinds: Vec<String>,
}

/// Those series that are asked for. They are few however many papers there are.
async fn series(conn: &mut Conn, unit: i32, wanted: &Papers) -> sqlx::Result<Series> {
    let rows = sqlx::query!("select book, year, kind from voucher_counter where unit_id = $1", unit);
    let kind = wanted.kind.map(VoucherKind::name);
    let mut series = Series { books: Vec::new(), years: Vec::new(), kinds: Vec::new() };
    for row in rows.fetch_all(conn).await? {
        if wanted.book.as_ref().is_none_or(|book| *book == row.book)
            && wanted.year.is_none_or(|year| year == row.year)
            && kind.is_none_or(|kind| kind == row.kind)
        {
            series.books.push(row.book);
            series.years.push(row.year);
            series.kinds.push(row.kind);
        }
    }
    Ok(series)
}

/// Vouchers in the order of their journals.
pub async fn list(conn: &mut Conn, unit: i32, wanted: &Papers, limit: i64) -> sqlx::Result<Vec<Voucher>> {
    let after = wanted.after.unwrap_or(0);
    let in_series = wanted.book.is_some() || wanted.year.is_some() || wanted.kind.is_some();
    let journals = match wanted.number {
        Some(number) => numbered(&mut *conn, unit, wanted, (number, after, limit)).await?,
        None if in_series => of_series(&mut *conn, unit, wanted, (after, limit)).await?,
        None => all(&mut *conn, unit, after, limit).await?,
    };
    papers(conn, unit, &journals).await
}

/// The paper of a journal.
pub async fn of_journal(conn: &mut Conn, unit: i32, journal_no: i64) -> sqlx::Result<Option<Voucher>> {
    Ok(papers(conn, unit, &[journal_no]).await?.pop())
}

async fn all(conn: &mut Conn, unit: i32, after: i64, limit: i64) -> sqlx::Result<Vec<i64>> {
    sqlx::query_scalar!(
        "select journal_no from voucher where unit_id = $1 and journal_no > $2 order by journal_no limit $3",
        unit,
        after,
        limit
    )
    .fetch_all(conn)
    .await
}

async fn of_series(
    conn: &mut Conn,
    unit: i32,
    wanted: &Papers,
    (after, limit): (i64, i64),
) -> sqlx::Result<Vec<i64>> {
    let Series { books, years, kinds } = series(&mut *conn, unit, wanted).await?;
    sqlx::query_scalar!(
        r#"select v.journal_no as "journal_no!" from unnest($2::text[], $3::integer[], $4::text[]) s (book, year, kind)
            cross join lateral (
                  select journal_no from voucher
                   where unit_id = $1 and book = s.book and year = s.year and kind = s.kind and journal_no > $5
                   order by journal_no limit $6) v
            order by 1 limit $6"#,
        unit,
        &books,
        &years,
        &kinds,
        after,
        limit
    )
    .fetch_all(conn)
    .await
}

/// Those with a number, at most one in each series.
async fn numbered(
    conn: &mut Conn,
    unit: i32,
    wanted: &Papers,
    (number, after, limit): (i32, i64, i64),
) -> sqlx::Result<Vec<i64>> {
    let Series { books, years, kinds } = series(&mut *conn, unit, wanted).await?;
    sqlx::query_scalar!(
        r#"select v.journal_no as "journal_no!" from unnest($2::text[], $3::integer[], $4::text[]) s (book, year, kind)
            cross join lateral (
                  select journal_no from voucher
                   where unit_id = $1 and book = s.book and year = s.year and kind = s.kind and number = $5 offset 0) v
            where v.journal_no > $6 order by 1 limit $7"#,
        unit,
        &books,
        &years,
        &kinds,
        number,
        after,
        limit
    )
    .fetch_all(conn)
    .await
}

/// The papers of some journals. The cashier's are of cash: they name no account off the balance sheet.
async fn papers(conn: &mut Conn, unit: i32, journals: &[i64]) -> sqlx::Result<Vec<Voucher>> {
    let of_cash = [VoucherKind::Receipt, VoucherKind::Payment].map(|kind| kind.name().to_owned());
    let rows = sqlx::query!(
        r#"select v.book, v.year, v.kind, v.number, v.journal_no, v.issued_on, j.effective_on as counts_on, v.party, v.address, v.content, v.amount,
                  v.attachments, r.journal_no as "void_by?",
                  array(select distinct l.account
                          from line l
                         cross join lateral (select memorandum from account where unit_id = $1 and code = l.account offset 0) a
                         where l.unit_id = v.unit_id and l.journal_no = v.journal_no and l.amount > 0
                           and not (a.memorandum and v.kind = any ($3)) order by 1) as "debits!",
                  array(select distinct l.account
                          from line l
                         cross join lateral (select memorandum from account where unit_id = $1 and code = l.account offset 0) a
                         where l.unit_id = v.unit_id and l.journal_no = v.journal_no and l.amount < 0
                           and not (a.memorandum and v.kind = any ($3)) order by 1) as "credits!"
             from unnest($2::bigint[]) k (journal_no)
            cross join lateral (select * from voucher where unit_id = $1 and journal_no = k.journal_no offset 0) v
            cross join lateral (select effective_on from journal where unit_id = $1 and journal_no = k.journal_no offset 0) j
             left join lateral (select journal_no from journal where unit_id = $1 and reverses = k.journal_no offset 0) r on true
            order by v.journal_no"#,
        unit,
        journals,
        &of_cash
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
                counts_on: row.counts_on,
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
