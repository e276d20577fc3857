//! What a register is, and a loan of another bank.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::credit::bank_register::{Loan, Total};
use crate::domain::values::money::Money;
use crate::domain::values::table::AmountUnit;
use crate::domain::values::text::{Name, Note};

/// A register as it was taken in.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Register {
    /// Public id.
    pub register_id: Uuid,
    /// Whose loans.
    pub lender: String,
    /// The day its balances are of.
    pub as_of_on: NaiveDate,
    /// What one stands for in its amounts.
    #[schema(value_type = AmountUnit)]
    pub counted_in: String,
    /// sha256 of the file, in hex.
    pub sha256: String,
    /// Loans in it.
    pub row_count: i32,
    /// When it was taken in.
    pub recorded_at: DateTime<Utc>,
    /// By whom.
    pub recorded_by: Option<Uuid>,
}

/// A register with its totals.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct RegisterDetail {
    /// The register.
    #[serde(flatten)]
    pub register: Register,
    /// By commune, programme and source; the right side is empty.
    pub totals: Vec<Total>,
}

/// A loan and the row it stands in.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct RegisterLine {
    /// The row, as a spreadsheet counts.
    pub line_no: i32,
    /// The loan.
    #[serde(flatten)]
    pub loan: Loan,
}

/// What is known of a file besides its rows.
#[derive(Debug, Clone)]
pub struct File {
    /// Whose loans.
    pub lender: Name,
    /// The day its balances are of.
    pub as_of: NaiveDate,
    /// What one stands for in its amounts.
    pub unit: AmountUnit,
    /// sha256 of its bytes.
    pub sha256: [u8; 32],
    /// Only say what would happen.
    pub dry_run: bool,
}

/// A loan as read from a paper.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewExternalLoan {
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
