use rust_decimal::Decimal;
use serde_json::json;
use uuid::Uuid;

use super::values::{ExternalLoan, File, NewExternalLoan, Register, RegisterLine};
use crate::access::Work;
use crate::db::Conn;
use crate::domain::credit::bank_register::{Loan, Reading};
use crate::domain::values::ids::{ExternalLoanId, HouseholdId, RegisterId};
use crate::domain::values::money::{Money, MoneyError};
use crate::domain::values::text::Note;

pub async fn same_reading(conn: &mut Conn, unit: i32, file: &File) -> sqlx::Result<Option<Uuid>> {
    sqlx::query_scalar!(
        "select register_id from loan_register
          where unit_id = $1 and sha256 = $2 and lender = $3 and as_of_on = $4 and amount_unit = $5",
        unit,
        &file.sha256,
        file.lender.as_str(),
        file.as_of,
        file.unit.code(),
    )
    .fetch_optional(conn)
    .await
}

pub async fn insert_register(
    conn: &mut Conn,
    work: &Work<'_>,
    (id, file): (RegisterId, &File),
    (headings, rows): (&[String], usize),
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into loan_register (unit_id, register_id, lender, as_of_on, sha256, amount_unit, headings, row_count, recorded_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        work.unit,
        id.uuid(),
        file.lender.as_str(),
        file.as_of,
        &file.sha256,
        file.unit.code(),
        headings,
        i32::try_from(rows).unwrap_or(i32::MAX),
        work.actor,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// All loans of a register in one statement.
pub async fn insert_loans(
    conn: &mut Conn,
    unit: i32,
    register: RegisterId,
    loans: &[(Uuid, &Reading, &Loan)],
) -> sqlx::Result<()> {
    let row = |(id, reading, loan): &(Uuid, &Reading, &Loan)| {
        let mut row = serde_json::to_value(loan).unwrap_or_default();
        row["register_loan_id"] = json!(id);
        row["line_no"] = json!(reading.line);
        row["raw"] = json!(reading.raw);
        row
    };
    let rows: serde_json::Value = loans.iter().map(row).collect();
    sqlx::query!(
        "insert into register_loan (unit_id, register_id, register_loan_id, line_no, raw, contract_no, customer_code, customer_name,
                commune_code, group_code, programme_code, capital_source, lent_on, due_on, extended_due_on, term_months, annual_rate,
                lent, performing, overdue, frozen, interest_performing, interest_overdue, savings)
         select $1, $2, register_loan_id, line_no, raw, contract_no, customer_code, customer_name, commune_code, group_code,
                programme_code, capital_source, lent_on, due_on, extended_due_on, term_months, annual_rate, lent, performing,
                overdue, frozen, interest_performing, interest_overdue, savings
           from jsonb_to_recordset($3) as r (register_loan_id uuid, line_no integer, raw jsonb, contract_no text,
                customer_code text, customer_name text, commune_code text, group_code text, programme_code text,
                capital_source text, lent_on date, due_on date, extended_due_on date, term_months integer, annual_rate numeric,
                lent numeric, performing numeric, overdue numeric, frozen numeric, interest_performing numeric,
                interest_overdue numeric, savings numeric)",
        unit,
        register.uuid(),
        rows,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn registers(
    conn: &mut Conn,
    unit: i32,
    after: Option<RegisterId>,
    limit: i64,
) -> sqlx::Result<Vec<Register>> {
    sqlx::query_as!(
        Register,
        r#"select register_id, lender, as_of_on, amount_unit as counted_in, encode(sha256, 'hex') as "sha256!", row_count, recorded_at, recorded_by
           from loan_register where unit_id = $1 and register_id > $2 order by register_id limit $3"#,
        unit,
        after.map(RegisterId::uuid).unwrap_or_default(),
        limit
    )
    .fetch_all(conn)
    .await
}

pub async fn register(conn: &mut Conn, unit: i32, id: RegisterId) -> sqlx::Result<Option<Register>> {
    sqlx::query_as!(
        Register,
        r#"select register_id, lender, as_of_on, amount_unit as counted_in, encode(sha256, 'hex') as "sha256!", row_count, recorded_at, recorded_by
           from loan_register where unit_id = $1 and register_id = $2"#,
        unit,
        id.uuid()
    )
    .fetch_optional(conn)
    .await
}

struct LoanRow {
    line_no: i32,
    contract_no: String,
    customer_code: Option<String>,
    customer_name: String,
    commune_code: Option<String>,
    group_code: Option<String>,
    programme_code: String,
    capital_source: String,
    lent_on: chrono::NaiveDate,
    due_on: chrono::NaiveDate,
    extended_due_on: Option<chrono::NaiveDate>,
    term_months: i32,
    annual_rate: Decimal,
    lent: Decimal,
    performing: Decimal,
    overdue: Decimal,
    frozen: Decimal,
    interest_performing: Decimal,
    interest_overdue: Decimal,
    savings: Decimal,
}

impl LoanRow {
    fn line(self) -> Result<RegisterLine, MoneyError> {
        let loan = Loan {
            lent: Money::vnd(self.lent)?,
            performing: Money::vnd(self.performing)?,
            overdue: Money::vnd(self.overdue)?,
            frozen: Money::vnd(self.frozen)?,
            interest_performing: Money::vnd(self.interest_performing)?,
            interest_overdue: Money::vnd(self.interest_overdue)?,
            savings: Money::vnd(self.savings)?,
            contract_no: self.contract_no,
            customer_code: self.customer_code,
            customer_name: self.customer_name,
            commune_code: self.commune_code,
            group_code: self.group_code,
            programme_code: self.programme_code,
            capital_source: self.capital_source,
            lent_on: self.lent_on,
            due_on: self.due_on,
            extended_due_on: self.extended_due_on,
            term_months: u32::try_from(self.term_months).unwrap_or_default(),
            annual_rate: self.annual_rate.normalize(),
        };
        Ok(RegisterLine { line_no: self.line_no, loan })
    }
}

pub async fn lines(
    conn: &mut Conn,
    unit: i32,
    register: RegisterId,
    (after, limit): (Option<i32>, i64),
) -> sqlx::Result<Vec<RegisterLine>> {
    let rows = sqlx::query_as!(
        LoanRow,
        "select line_no, contract_no, customer_code, customer_name, commune_code, group_code, programme_code, capital_source,
                lent_on, due_on, extended_due_on, term_months, annual_rate, lent, performing, overdue, frozen,
                interest_performing, interest_overdue, savings
           from register_loan where unit_id = $1 and register_id = $2 and line_no > $3
          order by line_no limit $4",
        unit,
        register.uuid(),
        after.unwrap_or(0),
        limit
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(LoanRow::line)
        .collect::<Result<_, _>>()
        .map_err(|error| sqlx::Error::Decode(error.into()))
}

pub async fn insert_external(
    conn: &mut Conn,
    work: &Work<'_>,
    id: Uuid,
    new: &NewExternalLoan,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into external_loan (unit_id, external_loan_id, household_id, lender, contract_no, credit_limit, rate_text, lent_on,
                                    due_on, outstanding, as_of_on, note, recorded_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        work.unit,
        id,
        new.household_id,
        new.lender.as_str(),
        new.contract_no.as_str(),
        new.credit_limit.map(Money::amount),
        new.rate_text.as_str(),
        new.lent_on,
        new.due_on,
        new.outstanding.amount(),
        new.as_of_on,
        new.note.as_ref().map(Note::as_str),
        work.actor,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn external(conn: &mut Conn, unit: i32, id: Uuid) -> sqlx::Result<Option<ExternalLoan>> {
    sqlx::query_as!(
        ExternalLoan,
        r#"select external_loan_id, household_id, lender, contract_no, trim_scale(credit_limit) as credit_limit, rate_text, lent_on,
                due_on, trim_scale(outstanding) as "outstanding!", as_of_on, note, recorded_at
           from external_loan where unit_id = $1 and external_loan_id = $2"#,
        unit,
        id
    )
    .fetch_optional(conn)
    .await
}

/// Reads a page of external loans, each as it was read last. The literal says of which household.
macro_rules! externals {
    ($of:literal, $($argument:expr),+) => {
        sqlx::query_as!(
            ExternalLoan,
            r#"select external_loan_id, household_id, lender, contract_no, trim_scale(credit_limit) as credit_limit, rate_text,
                    lent_on, due_on, trim_scale(outstanding) as "outstanding!", as_of_on, note, recorded_at
               from external_loan e
              where unit_id = $1 and external_loan_id > $2 "#
                + $of
                + " and not exists (select from external_loan later where later.unit_id = e.unit_id and later.lender = e.lender
                                       and later.contract_no = e.contract_no and later.as_of_on > e.as_of_on)
              order by external_loan_id limit $3",
            $($argument),+
        )
    };
}

pub async fn externals(
    conn: &mut Conn,
    unit: i32,
    household: Option<HouseholdId>,
    (after, limit): (Option<ExternalLoanId>, i64),
) -> sqlx::Result<Vec<ExternalLoan>> {
    let after = after.map(ExternalLoanId::uuid).unwrap_or_default();
    match household {
        Some(household) => {
            externals!("and household_id = $4", unit, after, limit, household.uuid()).fetch_all(conn).await
        }
        None => externals!("", unit, after, limit).fetch_all(conn).await,
    }
}
