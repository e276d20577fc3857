//! Loans of commercial banks, recorded by hand from what a household shows: we record them, and compute nothing on them.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::store;
use crate::access::Work;
use crate::db::{Conn, constraint};
use crate::domain::values::money::Money;
use crate::domain::values::text::{Name, Note};
use crate::http::page::Page;
use crate::problem::{Kind, Problem};
use crate::text;

/// A loan as read from a paper.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewExternalLoan)]
pub struct New {
    /// Who borrowed.
    pub household_id: Uuid,
    /// The bank.
    pub lender: Name,
    /// Its contract.
    pub contract_no: Name,
    /// The most that may be drawn.
    #[serde(default)]
    pub credit_limit: Option<Money>,
    /// The rate as the contract words it.
    pub rate_text: Name,
    /// Paid out on.
    #[serde(default)]
    pub lent_on: Option<NaiveDate>,
    /// Final date.
    #[serde(default)]
    pub due_on: Option<NaiveDate>,
    /// Principal still owed.
    pub outstanding: Money,
    /// The day the balance is of; not in the future.
    pub as_of_on: NaiveDate,
    /// Anything else.
    #[serde(default)]
    pub note: Option<Note>,
}

/// A loan of another bank as last read.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct ExternalLoan {
    /// Public id of this reading.
    pub external_loan_id: Uuid,
    /// Who borrowed.
    pub household_id: Uuid,
    /// The bank.
    pub lender: String,
    /// Its contract.
    pub contract_no: String,
    /// The most that may be drawn.
    #[schema(value_type = Option<Money>)]
    pub credit_limit: Option<Decimal>,
    /// The rate as the contract words it.
    pub rate_text: String,
    /// Paid out on.
    pub lent_on: Option<NaiveDate>,
    /// Final date.
    pub due_on: Option<NaiveDate>,
    /// Principal owed on that day.
    #[schema(value_type = Money)]
    pub outstanding: Decimal,
    /// The day the balance is of.
    pub as_of_on: NaiveDate,
    /// Anything else.
    pub note: Option<String>,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
}

/// Records a reading; a later one takes its place.
pub async fn record(conn: &mut Conn, work: &Work<'_>, new: &New) -> Result<ExternalLoan, Problem> {
    if new.as_of_on > work.clock.today() {
        return Err(Problem::field("/as_of_on", text!("Ngày ở tương lai", "The day is in the future")));
    }
    if new.lent_on.zip(new.due_on).is_some_and(|(lent, due)| due < lent) {
        return Err(Problem::field("/due_on", text!("Đến hạn trước ngày vay", "Due before it was lent")));
    }
    let id = work.clock.new_id();
    match store::insert_external(conn, work, id, new).await {
        Err(error) => Err(match constraint(&error) {
            Some("external_loan_read_once") => Kind::AlreadyExists.saying(text!(
                "Đã ghi khoản vay này theo ngày này.",
                "This loan was recorded for this day already."
            )),
            Some("external_loan_household") => {
                let why = text!("Không có hộ này trong đơn vị", "The unit has no such household");
                Problem::field("/household_id", why)
            }
            _ => error.into(),
        }),
        Ok(()) => store::external(conn, work.unit, id).await?.ok_or_else(|| Kind::NotFound.bare()),
    }
}

/// A page of loans of other banks, each as last read; of one household where asked.
pub async fn list(
    conn: &mut Conn,
    unit: i32,
    household: Option<Uuid>,
    (after, limit): (Option<Uuid>, i64),
) -> Result<Page<ExternalLoan>, Problem> {
    let rows = store::externals(conn, unit, household, (after, limit + 1)).await?;
    Ok(Page::of(rows, limit, |loan| loan.external_loan_id))
}
