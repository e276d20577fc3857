//! What a unit may be, and what a code of a unit looks like.

use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};

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
