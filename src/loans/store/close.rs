use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use uuid::Uuid;

use super::super::case::{self, Held};
use super::rows::{HeldRow, contract};
use crate::db::Conn;
use crate::domain::credit::loan::LoanEvent;
use crate::domain::credit::loan_books::{Contract, LossBook, LossRow};
use crate::domain::values::month::Month;
use crate::problem::Problem;

/// What the close reads of a loan.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its key.
    pub loan_id: Uuid,
    /// Whose money.
    pub source_id: i32,
    /// The product.
    pub product_code: String,
    /// Whose capital.
    pub owner_code: String,
    /// The contract.
    pub contract: Contract,
    /// What the books hold.
    pub held: Held,
}

/// How far the close of a unit came.
#[derive(Debug, Clone)]
pub struct Closing {
    pub closed_upto: Option<NaiveDate>,
    pub closing: Option<NaiveDate>,
    pub after: Option<Uuid>,
    pub loans: i64,
    /// The first day anything happened to a loan of the unit; asked only when nothing is closed.
    pub first_on: Option<NaiveDate>,
}

/// Takes the close into one's hands: two closers of a unit come one after the other.
pub async fn begin_close(conn: &mut Conn, unit: i32) -> sqlx::Result<Closing> {
    sqlx::query!("insert into loan_close (unit_id) values ($1) on conflict do nothing", unit)
        .execute(&mut *conn)
        .await?;
    sqlx::query_as!(
        Closing,
        "select closed_upto, closing, after, case when closing is null then 0 else loans end as \"loans!\",
                case when closed_upto is null then (select min(value_on) from loan_event e where e.unit_id = $1) end as first_on
           from loan_close where unit_id = $1 for update",
        unit,
    )
    .fetch_one(conn)
    .await
}

/// The same without a lock.
pub async fn progress(conn: &mut Conn, unit: i32) -> sqlx::Result<Option<Closing>> {
    sqlx::query_as!(
        Closing,
        "select closed_upto, closing, after, loans, null::date as first_on from loan_close where unit_id = $1",
        unit,
    )
    .fetch_optional(conn)
    .await
}

/// The first day on which anything happened, and the last that is closed.
pub async fn days_closed(conn: &mut Conn, unit: i32) -> sqlx::Result<(Option<NaiveDate>, Option<NaiveDate>)> {
    let row = sqlx::query!(
        "select (select min(value_on) from loan_event where unit_id = $1) as first_on,
                (select closed_upto from loan_close where unit_id = $1) as closed_upto",
        unit,
    );
    let row = row.fetch_one(conn).await?;
    Ok((row.first_on, row.closed_upto))
}

/// Remembers the last loan of a chunk.
pub async fn move_on(
    conn: &mut Conn,
    unit: i32,
    day: NaiveDate,
    after: Option<Uuid>,
    loans: i64,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update loan_close set closing = $2, after = $3, loans = $4, finished_at = null where unit_id = $1",
        unit,
        day,
        after,
        loans,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The day is closed.
pub async fn finish_close(conn: &mut Conn, unit: i32, day: NaiveDate, loans: i64) -> sqlx::Result<()> {
    sqlx::query!("insert into closed_day (unit_id, day) values ($1, $2) on conflict do nothing", unit, day,)
        .execute(&mut *conn)
        .await?;
    sqlx::query!(
        "update loan_close set closed_upto = $2, closing = null, after = null, loans = $3, finished_at = scope_now()
          where unit_id = $1",
        unit,
        day,
        loans,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Loans whose loss the general provision bore since the last close: it is set aside anew.
pub async fn drawn(conn: &mut Conn, unit: i32) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar!("select loan_id from loan_state where unit_id = $1 and general < 0", unit)
        .fetch_all(conn)
        .await
}

/// Loans to which something happened after a day.
pub async fn happened_after(conn: &mut Conn, unit: i32, day: NaiveDate) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar!(
        "select distinct loan_id from loan_event where unit_id = $1 and value_on > $2",
        unit,
        day
    )
    .fetch_all(conn)
    .await
}

/// The next loans that time changes, and some others, locked in the order of their keys.
pub async fn lock_chunk(
    conn: &mut Conn,
    unit: i32,
    (after, others): (Uuid, &[Uuid]),
    size: i64,
) -> sqlx::Result<Vec<Row>> {
    let rows = sqlx::query!(
        "select s.loan_id, s.last_seq, s.stands_on, s.in_term, s.overdue, s.frozen, s.receivable, s.overpaid, s.income, s.lost,
                s.regained, s.covered, s.lost_interest, s.unpaid_in_term, s.unpaid_overdue, s.written_off, s.written_off_interest, s.general, s.specific,
                l.source_id, l.product_code, l.owner_code, l.contract
           from loan_state s join loan l using (unit_id, loan_id)
          where s.unit_id = $1 and s.loan_id in (
                select k.loan_id from (
                  (select loan_id from loan_state
                    where unit_id = $1 and status in ('current', 'overdue', 'frozen') and loan_id > $2 order by loan_id limit $3)
                  union
                  select other from unnest($4::uuid[]) other where other > $2) k
                order by k.loan_id limit $3)
          order by s.loan_id for update of s",
        unit,
        after,
        size,
        others,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let held = HeldRow {
                loan_id: row.loan_id,
                last_seq: row.last_seq,
                stands_on: row.stands_on,
                in_term: row.in_term,
                overdue: row.overdue,
                frozen: row.frozen,
                receivable: row.receivable,
                overpaid: row.overpaid,
                income: row.income,
                lost: row.lost,
                regained: row.regained,
                covered: row.covered,
                lost_interest: row.lost_interest,
                unpaid_in_term: row.unpaid_in_term,
                unpaid_overdue: row.unpaid_overdue,
                written_off: row.written_off,
                written_off_interest: row.written_off_interest,
                general: row.general,
                specific: row.specific,
            };
            Ok(Row {
                loan_id: row.loan_id,
                source_id: row.source_id,
                product_code: row.product_code,
                owner_code: row.owner_code,
                contract: contract(row.contract)?,
                held: held.held().1,
            })
        })
        .collect()
}

/// How many loans time changes.
pub async fn open(conn: &mut Conn, unit: i32) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        r#"select count(*) as "count!" from loan_state
            where unit_id = $1 and status in ('current', 'overdue', 'frozen')"#,
        unit
    )
    .fetch_one(conn)
    .await
}

/// What the fold needs of the events of some loans.
pub async fn fold_events(
    conn: &mut Conn,
    unit: i32,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Vec<LoanEvent>>, Problem> {
    let rows = sqlx::query!(
        "select loan_id, seq, value_on, what, freeze_until from loan_event where unit_id = $1 and loan_id = any ($2) order by loan_id, seq",
        unit,
        ids,
    )
    .fetch_all(conn)
    .await?;
    let mut by_loan: HashMap<Uuid, Vec<LoanEvent>> = HashMap::with_capacity(ids.len());
    for row in rows {
        by_loan.entry(row.loan_id).or_default().push(case::event(
            (row.seq, row.value_on),
            row.what,
            row.freeze_until,
        )?);
    }
    Ok(by_loan)
}

/// The rates of what is set aside, of all owners and days.
pub async fn loss_book(conn: &mut Conn) -> sqlx::Result<LossBook> {
    let rows = sqlx::query!(
        r#"select owner_code as "owner_code!", valid_from as "valid_from!", valid_to, null::integer as from_days, percent as "percent!"
             from provision_rate where debt_class = 'performing'
           union all
           select owner_code, valid_from, valid_to, from_days, percent from loan_loss_rate"#,
    );
    let rows = rows.fetch_all(conn).await?.into_iter().map(|row| LossRow {
        owner_code: row.owner_code,
        valid_from: row.valid_from,
        valid_to: row.valid_to,
        from_days: row.from_days.map(|days| u32::try_from(days).unwrap_or_default()),
        percent: row.percent,
    });
    Ok(LossBook(rows.collect()))
}

/// The days that were closed, as far back as they are asked for; and the one that is being closed, for the loans up to one.
#[derive(Debug, Default)]
pub struct ClosedDays {
    /// Closed for all loans.
    pub days: BTreeSet<NaiveDate>,
    under_way: Option<(NaiveDate, Uuid)>,
}

impl ClosedDays {
    /// Those of one loan.
    pub fn of(&self, loan: Uuid) -> Cow<'_, BTreeSet<NaiveDate>> {
        match self.under_way {
            Some((day, upto)) if loan <= upto => Cow::Owned(self.days.iter().copied().chain([day]).collect()),
            _ => Cow::Borrowed(&self.days),
        }
    }
}

/// The days that were closed since the last month's end before a day, and the last of all.
pub async fn closed_days(conn: &mut Conn, unit: i32, from: NaiveDate) -> sqlx::Result<ClosedDays> {
    let from = Month::of(from).first_day().pred_opt().unwrap_or(from);
    let rows = sqlx::query!(
        r#"select day as "day!", null::uuid as upto from closed_day where unit_id = $1 and day >= $2
           union all select closed_upto, null from loan_close where unit_id = $1 and closed_upto is not null
           union all select closing, after from loan_close where unit_id = $1 and closing is not null and after is not null"#,
        unit,
        from,
    );
    let mut closed = ClosedDays::default();
    for row in rows.fetch_all(conn).await? {
        match row.upto {
            None => drop(closed.days.insert(row.day)),
            Some(upto) => closed.under_way = Some((row.day, upto)),
        }
    }
    Ok(closed)
}
