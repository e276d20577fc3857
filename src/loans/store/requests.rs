use chrono::{Datelike as _, NaiveDate};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::super::values::{Confirmation, Listing, LoanRequest, NewRequest};
use crate::access::Work;
use crate::db::Conn;
use crate::domain::credit::loan_books::Contract;
use crate::domain::values::ids::{GroupId, GroupMeetingId, HouseholdId, LoanId, LoanRequestId, MemberId};
use crate::domain::values::money::{Currency, Money};
use crate::domain::values::text::Note;

/// A request as its row.
struct Row {
    loan_request_id: Uuid,
    product_code: String,
    household_id: Uuid,
    borrower_id: Option<Uuid>,
    borrower: String,
    address: String,
    group_id: Option<Uuid>,
    source_id: i32,
    owner_code: String,
    amount: Decimal,
    total_need: Decimal,
    own_capital: Decimal,
    term_months: i32,
    principal_every_months: i32,
    counted: i32,
    course_months: i32,
    payout_months: Option<i32>,
    tuition: Option<Decimal>,
    collateral: Option<String>,
    decision_code: String,
    requested_on: NaiveDate,
    meeting_id: Option<Uuid>,
    minutes_no: Option<String>,
    listed_on: Option<NaiveDate>,
    confirmation_no: Option<String>,
    confirmed_on: Option<NaiveDate>,
    loan_id: Option<Uuid>,
    state: String,
    reason: Option<String>,
}

impl Row {
    fn request(self) -> sqlx::Result<LoanRequest> {
        let money =
            |amount| Money::try_new(amount, Currency::Vnd).map_err(|e| sqlx::Error::Decode(Box::new(e)));
        Ok(LoanRequest {
            loan_request_id: self.loan_request_id.into(),
            product_code: self.product_code,
            household_id: self.household_id.into(),
            borrower_id: self.borrower_id.map(MemberId::from),
            borrower: self.borrower,
            address: self.address,
            group_id: self.group_id.map(GroupId::from),
            source_id: self.source_id,
            owner_code: self.owner_code,
            amount: money(self.amount)?,
            total_need: money(self.total_need)?,
            own_capital: money(self.own_capital)?,
            term_months: self.term_months,
            principal_every_months: self.principal_every_months,
            counted: self.counted,
            course_months: self.course_months,
            payout_months: self.payout_months,
            tuition: self.tuition.map(money).transpose()?,
            collateral: self.collateral,
            decision_code: self.decision_code,
            requested_on: self.requested_on,
            meeting_id: self.meeting_id.map(GroupMeetingId::from),
            minutes_no: self.minutes_no,
            listed_on: self.listed_on,
            confirmation_no: self.confirmation_no,
            confirmed_on: self.confirmed_on,
            loan_id: self.loan_id.map(LoanId::from),
            state: self.state,
            reason: self.reason,
        })
    }
}

/// Inserts a request with its purposes.
pub async fn insert_request(
    conn: &mut Conn,
    work: &Work<'_>,
    id: LoanRequestId,
    new: &NewRequest,
    (borrower, address): (&str, &str),
) -> sqlx::Result<()> {
    let whole = |n: u32| i32::try_from(n).unwrap_or(i32::MAX);
    sqlx::query!(
        "insert into loan_request (unit_id, loan_request_id, product_code, household_id, borrower_id, borrower, address, group_id,
                source_id, owner_code, amount, total_need, own_capital, term_months, principal_every_months, counted, course_months,
                collateral, decision_code, requested_on, payout_months, tuition)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)",
        work.unit,
        id.uuid(),
        new.product_code.as_str(),
        new.household_id.uuid(),
        new.borrower_id.map(MemberId::uuid),
        borrower,
        address,
        new.group_id.map(GroupId::uuid),
        new.source_id,
        new.owner.code(),
        new.amount.amount(),
        new.total_need.amount(),
        new.own_capital.amount(),
        whole(new.term_months),
        whole(new.principal_every_months),
        whole(new.count),
        whole(new.course_months),
        new.collateral.as_ref().map(Note::as_str),
        new.decision_code.as_ref().map_or("", |c| c.as_str()),
        new.requested_on,
        (new.payout_months > 0).then(|| whole(new.payout_months)),
        new.tuition.map(Money::amount).filter(|tuition| !tuition.is_zero()),
    )
    .execute(&mut *conn)
    .await?;
    for (place, purpose) in (1_i16..).zip(&new.purposes) {
        sqlx::query!(
            "insert into loan_purpose (unit_id, loan_purpose_id, loan_request_id, place, item, quantity, amount)
             values ($1, $2, $3, $4, $5, $6, $7)",
            work.unit,
            work.clock.new_id(),
            id.uuid(),
            place,
            purpose.item.as_str(),
            purpose.quantity.as_ref().map_or("", |q| q.as_str()),
            purpose.amount.amount(),
        )
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

/// One request.
pub async fn find_request(
    conn: &mut Conn,
    unit: i32,
    id: LoanRequestId,
) -> sqlx::Result<Option<LoanRequest>> {
    let row = sqlx::query_as!(
        Row,
        "select loan_request_id, product_code, household_id, borrower_id, borrower, address, group_id, source_id, owner_code, amount,
                total_need, own_capital, term_months, principal_every_months, counted, course_months, payout_months, tuition, collateral,
                decision_code, requested_on, meeting_id, minutes_no, listed_on, confirmation_no, confirmed_on, loan_id, state, reason
           from loan_request where unit_id = $1 and loan_request_id = $2",
        unit,
        id.uuid(),
    )
    .fetch_optional(conn)
    .await?;
    row.map(Row::request).transpose()
}

/// One request, locked until the transaction ends.
pub async fn lock_request(
    conn: &mut Conn,
    unit: i32,
    id: LoanRequestId,
) -> sqlx::Result<Option<LoanRequest>> {
    sqlx::query!(
        "select 1 as one from loan_request where unit_id = $1 and loan_request_id = $2 for update",
        unit,
        id.uuid()
    )
    .fetch_optional(&mut *conn)
    .await?;
    find_request(conn, unit, id).await
}

/// Reads a page of requests in the order of their keys, which the literal finds.
macro_rules! requests {
    ($keys:literal, $($argument:expr),+) => {
        sqlx::query_as!(
            Row,
            "select r.loan_request_id, product_code, household_id, borrower_id, borrower, address, group_id, source_id, owner_code,
                    amount, total_need, own_capital, term_months, principal_every_months, counted, course_months, payout_months, tuition,
                    collateral, decision_code, requested_on, meeting_id, minutes_no, listed_on, confirmation_no, confirmed_on, loan_id, state,
                    reason
               from ("
                + $keys
                + " order by 1 limit $4) k
              cross join lateral (select * from loan_request where unit_id = $1 and loan_request_id = k.loan_request_id offset 0) r
              order by r.loan_request_id",
            $($argument),+
        )
    };
}

/// Requests in some states, oldest first.
pub async fn requests(
    conn: &mut Conn,
    unit: i32,
    (states, group): (&[String], Option<GroupId>),
    after: Uuid,
    limit: i64,
) -> sqlx::Result<Vec<LoanRequest>> {
    let rows = if let Some(group) = group {
        let of_group = requests!(
            "select loan_request_id from loan_request
              where unit_id = $1 and group_id = $5 and loan_request_id > $3 and state = any ($2)",
            unit,
            states,
            after,
            limit,
            group.uuid()
        );
        of_group.fetch_all(conn).await?
    } else {
        let in_states = requests!(
            "select i.loan_request_id from unnest($2::text[]) w (state)
              cross join lateral (select loan_request_id from loan_request
                                   where unit_id = $1 and state = w.state and loan_request_id > $3
                                   order by loan_request_id limit $4) i",
            unit,
            states,
            after,
            limit
        );
        in_states.fetch_all(conn).await?
    };
    rows.into_iter().map(Row::request).collect()
}

/// The group's list.
pub async fn list_on(conn: &mut Conn, unit: i32, id: LoanRequestId, listing: &Listing) -> sqlx::Result<()> {
    sqlx::query!(
        "update loan_request set state = 'listed', meeting_id = $3, minutes_no = $4, listed_on = $5
          where unit_id = $1 and loan_request_id = $2",
        unit,
        id.uuid(),
        listing.meeting_id.map(GroupMeetingId::uuid),
        listing.minutes_no.as_str(),
        listing.listed_on,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The commune's paper.
pub async fn confirm(
    conn: &mut Conn,
    unit: i32,
    id: LoanRequestId,
    paper: &Confirmation,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update loan_request set state = 'confirmed', confirmation_no = $3, confirmed_on = $4
          where unit_id = $1 and loan_request_id = $2",
        unit,
        id.uuid(),
        paper.document_no.as_str(),
        paper.confirmed_on,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The end without a loan.
pub async fn end_request(
    conn: &mut Conn,
    unit: i32,
    id: LoanRequestId,
    state: &str,
    reason: &str,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update loan_request set state = $3, reason = $4 where unit_id = $1 and loan_request_id = $2",
        unit,
        id.uuid(),
        state,
        reason,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The contract of a request.
pub async fn signed(conn: &mut Conn, unit: i32, id: LoanRequestId, loan: LoanId) -> sqlx::Result<()> {
    sqlx::query!(
        "update loan_request set state = 'approved', loan_id = $3 where unit_id = $1 and loan_request_id = $2",
        unit,
        id.uuid(),
        loan.uuid(),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Programmes of which a household holds a loan, besides one.
pub async fn held_products(
    conn: &mut Conn,
    unit: i32,
    household: HouseholdId,
    besides: Option<LoanId>,
) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar!(
        r#"select distinct left(l.product_code, 2) as "programme!"
             from loan l join loan_state s using (unit_id, loan_id)
            where l.unit_id = $1 and l.household_id = $2 and l.loan_id <> $3
              and s.status not in ('closed', 'written_off')"#,
        unit,
        household.uuid(),
        besides.map(LoanId::uuid).unwrap_or_default(),
    )
    .fetch_all(conn)
    .await
}

/// What a household was lent besides one loan: what it owes, or has signed for, under the programme of a product and under the
/// product itself, and whether it ever had the product.
pub struct LentBefore {
    pub owed_under_programme: Decimal,
    pub owed_of_product: Decimal,
    pub had_product: bool,
}

pub async fn lent_before(
    conn: &mut Conn,
    unit: i32,
    (household, product): (HouseholdId, &str),
    besides: Option<LoanId>,
) -> sqlx::Result<LentBefore> {
    sqlx::query_as!(
        LentBefore,
        r#"select coalesce(sum(owed), 0) as "owed_under_programme!",
                coalesce(sum(owed) filter (where product_code = $3), 0) as "owed_of_product!",
                coalesce(bool_or(product_code = $3), false) as "had_product!"
             from (select l.product_code, case when s.status = 'signed' then (l.contract->>'amount')::numeric
                                               else s.in_term + s.overdue + s.frozen end as owed
                     from loan l join loan_state s using (unit_id, loan_id)
                    where l.unit_id = $1 and l.household_id = $2 and left(l.product_code, 2) = left($3, 2) and l.loan_id <> $4) lent"#,
        unit,
        household.uuid(),
        product,
        besides.map(LoanId::uuid).unwrap_or_default(),
    )
    .fetch_one(conn)
    .await
}

/// Waits until no other transaction of the unit counts the same thing, and locks it until the transaction ends.
pub async fn alone(conn: &mut Conn, unit: i32, what: &str) -> sqlx::Result<()> {
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended($1, $2::integer))", what, unit)
        .fetch_one(conn)
        .await?;
    Ok(())
}

/// The next number of a contract in a year; its row is locked before the unit counter.
pub async fn next_contract(conn: &mut Conn, unit: i32, year: i32) -> sqlx::Result<i32> {
    sqlx::query_scalar!(
        "insert into loan_number as n (unit_id, year, last_number) values ($1, $2, 1)
         on conflict (unit_id, year) do update set last_number = n.last_number + 1 returning last_number",
        unit,
        year,
    )
    .fetch_one(conn)
    .await
}

/// A contract that was signed.
pub struct Signed<'a> {
    pub loan_id: Uuid,
    pub number: i32,
    pub signed_on: NaiveDate,
    pub rule_from: NaiveDate,
    pub contract: &'a Contract,
}

/// Inserts a loan and its empty state.
pub async fn insert_loan(
    conn: &mut Conn,
    unit: i32,
    request: &LoanRequest,
    row: &Signed<'_>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into loan_state (unit_id, loan_id, last_seq, stands_on, status, returned_into) values ($1, $2, 0, $3, 'signed', $4)",
        unit,
        row.loan_id,
        row.signed_on,
        row.contract.returned_into(request.source_id),
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "insert into loan (unit_id, loan_id, loan_request_id, contract_year, contract_number, product_code, rule_from, household_id,
                borrower_id, borrower, address, group_id, source_id, owner_code, signed_on, contract)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
        unit,
        row.loan_id,
        request.loan_request_id.uuid(),
        row.signed_on.year(),
        row.number,
        request.product_code,
        row.rule_from,
        request.household_id.uuid(),
        request.borrower_id.map(MemberId::uuid),
        request.borrower,
        request.address,
        request.group_id.map(GroupId::uuid),
        request.source_id,
        request.owner_code,
        row.signed_on,
        sqlx::types::Json(row.contract) as _,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Everything that was ever paid out of a source and not taken back.
pub async fn lent_from(conn: &mut Conn, unit: i32, source: i32) -> sqlx::Result<Decimal> {
    sqlx::query_scalar!(
        r#"select coalesce(sum((e.what->>'amount')::numeric), 0) as "lent!"
             from loan l join loan_event e using (unit_id, loan_id)
            where l.unit_id = $1 and l.source_id = $2 and e.kind = 'disbursed'
              and not exists (select from loan_event r where r.unit_id = $1 and r.loan_id = e.loan_id and r.kind = 'reversed'
                                and (r.what->>'entry')::integer = e.seq)"#,
        unit,
        source,
    )
    .fetch_one(conn)
    .await
}
