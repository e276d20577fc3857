//! Prints of vouchers, as they are asked for and shown.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How a voucher is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PrintSheet {
    /// Each copy on an A5 sheet of its own, across.
    #[default]
    A5,
    /// Two copies on an A4 sheet, which is then cut.
    A4,
}

/// A print that is asked for.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPrint {
    /// Liên: how many are printed together; 1 when not given.
    #[serde(default = "one")]
    #[schema(minimum = 1, maximum = 3)]
    pub copies: i16,
    /// On which sheets; A5 when not given.
    #[serde(default)]
    pub sheet: PrintSheet,
}

const fn one() -> i16 {
    1
}

/// A print of a voucher, as it was made.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct VoucherPrint {
    /// Its id.
    pub print_id: Uuid,
    /// 1 is the paper itself.
    pub print_no: i32,
    /// Bản sao: every print after the first.
    pub is_copy: bool,
    /// Liên: how many were printed together.
    pub copies: i16,
    /// When.
    pub printed_at: DateTime<Utc>,
    /// By whom.
    pub actor_id: Option<Uuid>,
    /// Their name.
    pub actor_name: Option<String>,
}

/// All prints of a voucher.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct VoucherPrints {
    /// The first one first.
    pub prints: Vec<VoucherPrint>,
}
