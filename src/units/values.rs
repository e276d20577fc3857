//! What a unit is and may be, and what a code of a unit looks like.

use std::str::FromStr;

use chrono::NaiveDate;
use serde::{Deserialize, Deserializer, Serialize};

use crate::domain::values::strict::not_null;
use crate::domain::values::text::Name;

/// What a unit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum UnitKind {
    /// Nước.
    Country,
    /// Tỉnh, thành phố.
    Province,
    /// Huyện, until 2025-06-30.
    District,
    /// Xã.
    Commune,
    /// Phường.
    Ward,
    /// Ban vận động, Ủy ban Mặt trận Tổ quốc.
    FrontBoard,
    /// Hội Nông dân.
    Farmers,
    /// Hội Liên hiệp Phụ nữ.
    Women,
    /// Hội Cựu chiến binh.
    Veterans,
    /// Đoàn Thanh niên.
    Youth,
    /// Another organisation.
    Organisation,
    /// Điểm giao dịch.
    TransactionPoint,
}

impl UnitKind {
    const fn tier(self) -> u8 {
        match self {
            Self::Country => 0,
            Self::Province => 1,
            Self::District => 2,
            Self::Commune | Self::Ward => 3,
            Self::FrontBoard | Self::Farmers | Self::Women | Self::Veterans | Self::Youth => 4,
            Self::Organisation | Self::TransactionPoint => 5,
        }
    }

    /// Whether a unit of this kind may stand below one of another.
    pub const fn stands_below(self, above: Self) -> bool {
        self.tier() > above.tier()
    }
}

/// Who issues a paper, as its head says it.
#[derive(Debug, Clone)]
pub struct Issuer {
    /// Name without its kind.
    pub name: String,
    /// What it is.
    pub kind: UnitKind,
    /// Name of the unit above.
    pub above: Option<String>,
    /// Mã quan hệ ngân sách, where the unit has one.
    pub budget_code: Option<String>,
}

impl Issuer {
    /// The name as papers have it: "Xã Vũ Quý". Whether a province is a city, and what else is in the name of an organisation,
    /// the kind does not say.
    pub fn full_name(&self) -> String {
        match self.kind {
            UnitKind::Commune => format!("Xã {}", self.name),
            UnitKind::Ward => format!("Phường {}", self.name),
            UnitKind::District => format!("Huyện {}", self.name),
            _ => self.name.clone(),
        }
    }
}

/// A code, or the system it belongs to: 1 to 40 letters, digits, dots, dashes and underscores.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CodeWord(String);

/// Not a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a code has 1 to 40 of A-Z, a-z, 0-9, '.', '-', '_'")]
pub struct NotACode;

impl CodeWord {
    /// As stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for CodeWord {
    type Err = NotACode;

    fn from_str(text: &str) -> Result<Self, NotACode> {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
        let good = (1..=40).contains(&text.len()) && text.bytes().all(allowed);
        if good { Ok(Self(text.to_owned())) } else { Err(NotACode) }
    }
}

impl<'de> Deserialize<'de> for CodeWord {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl utoipa::PartialSchema for CodeWord {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .pattern(Some("^[A-Za-z0-9._-]{1,40}$"))
            .into()
    }
}

impl utoipa::ToSchema for CodeWord {}

/// A unit as everybody may see it.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Unit {
    /// Key of the unit, in every address.
    pub unit_id: i32,
    /// The unit above.
    pub parent_unit_id: Option<i32>,
    /// What it is.
    pub kind: UnitKind,
    /// Name without its kind.
    pub name: String,
    /// First day.
    pub valid_from: NaiveDate,
    /// First day on which it no longer exists.
    pub valid_to: Option<NaiveDate>,
}

/// A code of a unit in one system; the same code is used again after mergers, so it has dates.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Code {
    /// Such as `gso`, the statistics office.
    pub code_system: String,
    /// The code.
    pub code: String,
    /// First day.
    pub valid_from: NaiveDate,
    /// First day on which it no longer holds.
    pub valid_to: Option<NaiveDate>,
}

/// A unit with its codes and what it came from or became.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct UnitDetail {
    /// The unit.
    #[serde(flatten)]
    pub unit: Unit,
    /// Its codes.
    pub codes: Vec<Code>,
    /// Units that went into it.
    pub predecessors: Vec<i32>,
    /// Units it went into.
    pub successors: Vec<i32>,
}

/// Which units a list shows.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Children of this unit.
    pub parent: Option<i32>,
    /// Those that exist on this day.
    pub on: Option<NaiveDate>,
    /// Those with this code in a system.
    pub code: Option<(String, String)>,
    /// Those with this in the name; a search key, without diacritics.
    pub name: Option<String>,
    /// Those after this key.
    pub after: Option<i32>,
}

/// A new unit below another.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUnit {
    /// What it is: of a lower tier than the unit above.
    pub kind: UnitKind,
    /// Name without its kind, unique among those of its kind below the same unit.
    pub name: Name,
    /// First day.
    pub valid_from: NaiveDate,
}

/// A correction. Whatever is not given stays.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UnitChange {
    /// The name as it should have been; a unit that is renamed by law gets a successor instead, or old reports would
    /// print the new name.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub name: Option<Name>,
    /// First day on which the unit no longer exists, without successor.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub valid_to: Option<NaiveDate>,
}

/// What becomes of a unit that is merged or divided.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Succession {
    /// The units it goes into, 1 to 20.
    #[schema(min_items = 1, max_items = 20)]
    pub into: Vec<i32>,
    /// First day on which it no longer exists.
    pub on: NaiveDate,
}

/// A code to be given to a unit; it ends the unit's earlier code in the same system.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCode {
    /// Such as `gso`, the statistics office.
    pub code_system: CodeWord,
    /// The code.
    pub code: CodeWord,
    /// First day.
    pub valid_from: NaiveDate,
}
