//! What a collection sheet is, and what becomes of its rows.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::domain::books::till::Till;
use crate::domain::credit::collection_sheet::{Collected, SentRow};
use crate::domain::values::ids::{GroupId, MembershipId, SheetId};
use crate::domain::values::money::Money;
use crate::ledger::Posted;
use crate::loans::Receipt;

/// A sheet to be prepared.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSheet {
    /// The day of the meeting; not in the past.
    pub meeting_on: NaiveDate,
    /// A row for each loan, in the order of the sheet; 1 to 500. Without them there is a row for each loan of the members
    /// on which anything is owed on that day, with the interest and the principal that is due.
    #[schema(min_items = 1, max_items = 500)]
    pub rows: Option<Vec<Expected>>,
}

/// What is expected on a loan.
#[derive(Debug, Clone, Copy, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ExpectedPayment)]
pub struct Expected {
    /// Who pays: a member on the day of the meeting.
    #[schema(value_type = Uuid)]
    pub membership_id: MembershipId,
    /// The loan.
    pub agreement_id: Uuid,
    /// How much; may be nothing.
    pub expected: Collected,
}

/// A sheet.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Sheet {
    /// Public id.
    #[schema(value_type = Uuid)]
    pub sheet_id: SheetId,
    /// The group.
    #[schema(value_type = Uuid)]
    pub group_id: GroupId,
    /// The day of the meeting.
    pub meeting_on: NaiveDate,
    /// The day it was prepared.
    pub prepared_on: NaiveDate,
    /// When.
    pub prepared_at: DateTime<Utc>,
    /// Rows.
    pub row_count: i64,
    /// Rows recorded.
    pub recorded_count: i64,
}

/// A row of a sheet, and what was recorded on it.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct SheetRow {
    /// The key of the collection.
    pub row_id: Uuid,
    /// Its place on the sheet.
    pub row_no: i32,
    /// The end of the key as it is printed.
    pub code: String,
    /// Who pays.
    #[schema(value_type = Uuid)]
    pub membership_id: MembershipId,
    /// Their name.
    pub representative: String,
    /// The loan.
    pub agreement_id: Uuid,
    /// Interest expected.
    #[schema(value_type = Money)]
    pub expected_interest: Decimal,
    /// Savings expected.
    #[schema(value_type = Money)]
    pub expected_savings: Decimal,
    /// Principal expected.
    #[schema(value_type = Money)]
    pub expected_principal: Decimal,
    /// What recording it gave; none while it is open.
    #[schema(value_type = Option<Recorded>)]
    pub outcome: Option<Value>,
}

/// A sheet with its rows.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct SheetDetail {
    /// The sheet.
    #[serde(flatten)]
    pub sheet: Sheet,
    /// Its rows.
    pub rows: Vec<SheetRow>,
}

/// A sheet as it comes back: whole or a piece.
#[derive(Debug, Clone, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SentSheet {
    /// The rows, in cash; 1 to 500.
    #[schema(min_items = 1, max_items = 500)]
    pub rows: Vec<SentRow>,
    /// The cash box that takes the money of the rows; the unit's first choice when not said.
    pub till: Option<Till>,
}

/// A row whose money is to be recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Collection {
    /// The row as it was sent.
    pub sent: SentRow,
    /// The loan.
    pub agreement_id: Uuid,
    /// The day it counts in the books: that of the collection while they are open for it.
    pub effective_on: NaiveDate,
    /// The cash box that takes it.
    pub till: Till,
}

/// What recording a row gave.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = SheetRowOutcome)]
pub struct Recorded {
    /// Interest and principal: one repayment, divided as the contract says.
    pub repayment: Option<Receipt>,
    /// Savings: owed to the bank from then on.
    pub savings: Option<Posted>,
}

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SheetRowState)]
pub enum State {
    /// Recorded now.
    Recorded,
    /// Recorded before; the same answer again.
    Replayed,
    /// Not recorded; the row stays as it was.
    Refused,
}

/// The verdict on a row, in the order they were sent.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = SheetRowVerdict)]
pub struct Verdict {
    /// The key.
    pub row_id: Uuid,
    /// What became of it.
    pub state: State,
    /// Why it was refused: a code of sheets (`nothing`, `too-much`, `wrong-day`) or of the catalogue of problems.
    pub code: Option<&'static str>,
    /// The same as a sentence, in Vietnamese.
    pub detail_vi: Option<String>,
    /// The same in English.
    pub detail_en: Option<String>,
    /// What recording it gave.
    #[schema(value_type = Option<Recorded>)]
    pub outcome: Option<Value>,
}
