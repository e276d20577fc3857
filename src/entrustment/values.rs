//! What is asked and answered.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::domain::credit::entrustment::{Part, Share, Step};
use crate::domain::values::ids::{FeeStatementId, GroupId};
use crate::domain::values::money::Money;
use crate::domain::values::month::Month;
use crate::domain::values::text::{Name, Note};
use crate::domain::values::total::Total;

/// Which fee is asked for.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The month.
    pub month: Month,
    /// A programme that may have a fee of its own.
    pub programme: Option<String>,
    /// Shares agreed otherwise than the dated ones.
    pub shares: Option<Vec<Share>>,
}

/// The fee of one group or organisation.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct FeeRow {
    /// Whose.
    pub name: Name,
    /// Overdue debt in percent of all debt.
    pub overdue_percent: Decimal,
    /// So many percent of the fee are paid.
    pub payable_percent: Decimal,
    /// The fee, in đồng.
    pub amount: Money,
    /// Its parts by level.
    pub parts: Vec<Part>,
    /// How it was computed, in Vietnamese.
    pub explanation_vi: String,
    /// The same in English.
    pub explanation_en: String,
}

/// The fees of a month.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = EntrustmentStatement)]
pub struct Statement {
    /// The month.
    pub month: Month,
    /// Percent of the base.
    pub monthly_percent: Decimal,
    /// The ladder in force.
    pub ladder: Vec<Step>,
    /// The shares used.
    pub shares: Vec<Share>,
    /// Whether the shares wait for a readable legal text.
    pub unverified: bool,
    /// One row a base.
    pub rows: Vec<FeeRow>,
    /// All fees.
    pub total: Money,
    /// All parts by level; they add up to the total.
    pub total_parts: Vec<Part>,
}

/// The fees of a month, from what the loans of each group say.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct BookedFees {
    /// The month.
    pub month: Month,
    /// Whether the shares wait for a readable legal text.
    pub unverified: bool,
    /// One row a group; another one for a programme that has a fee of its own.
    pub rows: Vec<GroupFee>,
    /// What the fees cost each source.
    pub sources: Vec<SourceFee>,
    /// All fees.
    pub total: Money,
    /// All parts by level; they add up to the total.
    pub total_parts: Vec<Part>,
}

/// The fee of a group, and what it was computed from.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct GroupFee {
    /// The group.
    #[schema(value_type = Uuid)]
    pub group_id: GroupId,
    /// The programme, where it has a fee of its own.
    pub programme_code: Option<String>,
    /// The balance at the end of the month on which interest was collected in it.
    pub collected: Money,
    /// Overdue at the end of the month.
    pub overdue: Money,
    /// All debt at the end of the month.
    pub outstanding: Money,
    /// The fee.
    #[serde(flatten)]
    pub fee: FeeRow,
}

/// What the fees of a month cost a source.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct SourceFee {
    /// The source.
    pub source_id: i32,
    /// đồng.
    pub amount: Total,
}

/// A statement that was booked.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = BookedEntrustmentFees)]
pub struct Entry {
    /// The statement.
    #[schema(value_type = Uuid)]
    pub statement_id: FeeStatementId,
    /// The month.
    pub month: Month,
    /// The journal that books it.
    pub journal_no: i64,
    /// The journal that took it back.
    pub reversed_by: Option<i64>,
    /// The fees as they were computed.
    #[schema(value_type = BookedFees)]
    pub fees: Value,
}

/// How a statement is taken back.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = TakeBackEntrustmentFees)]
#[serde(deny_unknown_fields)]
pub struct TakeBack {
    /// The day it counts: in an open period, not before the journal, not after today.
    pub on: NaiveDate,
    /// Why.
    pub reason: Note,
}
