//! Tills and counts, as they are asked for and shown.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::books::till::{Till, TillKind};
use crate::domain::values::catalogue::catalogue;
use crate::domain::values::money::PositiveMoney;
use crate::domain::values::strict::{Given, clearable, not_null};
use crate::domain::values::text::{Name, Note};
use crate::domain::values::total::Total;
use crate::ledger::tills::TillDetail;
use crate::units::Issuer;

/// A till to be opened. The first of a kind takes the money in from its first day on; what the account above it holds is
/// transferred (`from`: `cash-0` or `bank-0`).
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenTill {
    /// Cash box or bank account.
    pub kind: TillKind,
    /// Name, unique among those of its kind.
    pub name: Name,
    /// Thủ quỹ: who keeps it; of a cash box.
    pub keeper: Option<Name>,
    /// The bank or Treasury; of a bank account.
    pub bank: Option<Name>,
    /// Số tài khoản: digits, letters, dots, dashes and blanks; of a bank account, once at a bank.
    #[schema(value_type = Option<String>, pattern = "^[0-9A-Za-z][0-9A-Za-z .-]{2,38}$")]
    pub account_no: Option<Name>,
    /// Branch of the bank.
    pub branch: Option<Name>,
    /// Tên chủ tài khoản.
    pub holder: Option<Name>,
    /// Whether `cash` or `bank` mean it from now on; the first of a kind always is.
    #[serde(default)]
    pub is_default: bool,
    /// First day: open in the books, not after today.
    pub opened_on: NaiveDate,
}

/// A correction of a till. What is not named stays, null clears.
#[derive(Debug, Clone, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TillChange {
    /// The right name.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub name: Option<Name>,
    /// Who keeps the cash box.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub keeper: Option<Name>,
    /// The bank of the account.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub bank: Option<Name>,
    /// Its number.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub account_no: Option<Name>,
    /// Branch of the bank.
    #[serde(default, deserialize_with = "clearable")]
    #[schema(value_type = Option<Name>)]
    pub branch: Given<Name>,
    /// Who holds the account.
    #[serde(default, deserialize_with = "clearable")]
    #[schema(value_type = Option<Name>)]
    pub holder: Given<Name>,
    /// True: `cash` or `bank` mean it from now on.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub is_default: Option<bool>,
}

/// How a till is closed.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseTill {
    /// Its last day; not after today, and nothing came or went later.
    pub last_day: NaiveDate,
}

/// A till and what it holds.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct TillBalance {
    /// The till.
    #[serde(flatten)]
    pub till: TillDetail,
    /// What it holds at the end of the day, all sources together.
    pub balance: Total,
}

/// The tills of a unit on a day.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct TillList {
    /// The day.
    pub on: NaiveDate,
    /// Cash boxes first, each kind by number.
    pub tills: Vec<TillBalance>,
}

/// A note of the đồng.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Denomination {
    /// Mệnh giá, đồng.
    pub face: i32,
    /// First day on which it counts here.
    pub valid_from: NaiveDate,
    /// First day on which it is no money any more.
    pub valid_to: Option<NaiveDate>,
}

/// Notes of one value.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Notes {
    /// Mệnh giá, đồng: one of `GET /v1/denominations` on that day.
    #[schema(minimum = 1, maximum = 500_000)]
    pub face: i32,
    /// Số tờ.
    #[schema(minimum = 0, maximum = 10_000_000)]
    pub pieces: i32,
}

/// A cash box that was counted.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCashCount {
    /// The day whose end was counted; not after today.
    pub on: NaiveDate,
    /// Each value once; none for an empty box.
    #[schema(max_items = 20)]
    pub notes: Vec<Notes>,
    /// Why it is not what the books say; asked for where it is not.
    pub reason: Option<Note>,
    /// Who counted.
    pub counted_by: Name,
    /// Who saw it.
    pub witness: Option<Name>,
    /// Thủ quỹ; who keeps the box when not said.
    pub keeper: Option<Name>,
}

/// A count taken back.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CountWithdrawal {
    /// Why.
    pub reason: Note,
}

/// A part of the difference of a count.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DifferenceShare {
    /// Whose money is over or short: a source of the unit.
    pub source_id: i32,
    /// đồng.
    pub amount: PositiveMoney,
}

/// How the difference of a count is booked: to the account of shortages or surpluses that await their handling, on the day of the
/// count, or on the first open day where that is closed.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Settlement {
    /// Whose money it is, each source once; together the difference.
    #[schema(min_items = 1, max_items = 20)]
    pub shares: Vec<DifferenceShare>,
    /// The decision.
    pub document_no: Option<Name>,
}

catalogue! {
    /// Where a count stands.
    pub enum CountState {
        /// The box held what the books say.
        Even = "even",
        /// Its difference is not decided.
        Open = "open",
        /// Its difference is booked.
        Settled = "settled",
        /// Taken back.
        Withdrawn = "withdrawn",
    }
}

/// Notes of one value that were counted.
#[derive(Debug, Clone, Copy, Serialize, utoipa::ToSchema)]
pub struct CountedNotes {
    /// Mệnh giá, đồng.
    pub face: i32,
    /// Số tờ.
    pub pieces: i32,
    /// Thành tiền.
    pub amount: Total,
}

/// A count of a cash box.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct CashCount {
    /// Public id.
    pub cash_count_id: Uuid,
    /// The cash box.
    #[schema(value_type = Till)]
    pub till_id: String,
    /// Its account.
    pub account: String,
    /// The day.
    pub counted_on: NaiveDate,
    /// The notes, the largest first.
    pub notes: Vec<CountedNotes>,
    /// What they come to.
    pub counted: Total,
    /// The same in words.
    pub in_words: String,
    /// What the books held at the end of that day, by the journals up to `upto_journal_no`.
    pub booked: Total,
    /// + over, − short.
    pub difference: Total,
    /// The last journal there was when the count was recorded.
    pub upto_journal_no: i64,
    /// Why there is a difference.
    pub reason: Option<String>,
    /// Who counted.
    pub counted_by: String,
    /// Who saw it.
    pub witness: Option<String>,
    /// Thủ quỹ.
    pub keeper: String,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
    /// By whom.
    pub actor_id: Option<Uuid>,
    /// Where it stands.
    pub state: CountState,
    /// The journal that booked the difference, or that took it back last.
    pub journal_id: Option<Uuid>,
    /// Why it, or its settlement, was taken back.
    pub taken_back: Option<String>,
}

impl CashCount {
    /// + over, − short.
    pub fn found_more(&self) -> Decimal {
        self.difference.0
    }
}

/// The notes of a count as they are stored, by face value.
pub type StoredNotes = BTreeMap<String, i32>;

/// A count with what its paper says besides.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct CashCountPaper {
    /// Đơn vị.
    pub unit_name: String,
    /// The same for papers.
    #[serde(skip)]
    pub issuer: Issuer,
    /// Name of the cash box.
    pub till_name: String,
    /// The count.
    #[serde(flatten)]
    pub count: CashCount,
}

/// A difference that nobody decided yet.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct OpenDifference {
    /// The cash box.
    #[schema(value_type = Till)]
    pub till_id: String,
    /// Its name.
    pub till_name: String,
    /// Its last count of the month.
    pub cash_count_id: Uuid,
    /// The day of it.
    pub counted_on: NaiveDate,
    /// + over, − short.
    pub difference: Total,
}

/// A cash box that nobody counted at the end of a month.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct UncountedBox {
    /// The cash box.
    #[schema(value_type = Till)]
    pub till_id: String,
    /// Its name.
    pub till_name: String,
    /// The last day of the month.
    pub on: NaiveDate,
}
