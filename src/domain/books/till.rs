//! Where money is kept: the cash boxes and bank accounts of a unit, by the names that commands call them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::domain::values::catalogue::catalogue;

catalogue! {
    /// Cash boxes (quỹ tiền mặt) or bank accounts (tài khoản ngân hàng).
    pub enum TillKind {
        /// A cash box.
        Cash = "cash",
        /// An account at a bank or the Treasury.
        Bank = "bank",
    }
}

/// A cash box or a bank account: `cash` and `bank` are the unit's first choice, `cash-2` and `bank-1` one by its number. Number 0 is
/// the account that held the money before a unit told its boxes or accounts apart. The name says the kind, so that the paper of
/// a movement is known without asking what stands behind the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Till {
    /// The unit's first choice of its cash boxes.
    Cash,
    /// The unit's first choice of its bank accounts.
    Bank,
    /// The cash box of a number.
    CashBox(u8),
    /// The bank account of a number.
    BankAccount(u8),
}

/// The highest number of a till of one kind.
const MOST: u8 = 99;

/// Why a text names no till.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("A till is named cash, bank, cash-1 to cash-99 or bank-1 to bank-99")]
pub struct NotATill;

impl Till {
    /// Cash box or bank account.
    pub const fn kind(self) -> TillKind {
        match self {
            Self::Cash | Self::CashBox(_) => TillKind::Cash,
            Self::Bank | Self::BankAccount(_) => TillKind::Bank,
        }
    }

    /// Whether it is a cash box.
    pub const fn is_cash(self) -> bool {
        matches!(self.kind(), TillKind::Cash)
    }

    /// The unit's first choice of the other kind.
    #[must_use]
    pub const fn other_kind(self) -> Self {
        if self.is_cash() { Self::Bank } else { Self::Cash }
    }
}

impl fmt::Display for Till {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = self.kind().name();
        match self {
            Self::Cash | Self::Bank => f.write_str(kind),
            Self::CashBox(number) | Self::BankAccount(number) => write!(f, "{kind}-{number}"),
        }
    }
}

impl FromStr for Till {
    type Err = NotATill;

    fn from_str(text: &str) -> Result<Self, NotATill> {
        let (kind, number) = text.split_once('-').map_or((text, None), |(kind, number)| (kind, Some(number)));
        let kind = TillKind::of_name(kind).ok_or(NotATill)?;
        let Some(digits) = number else {
            return Ok(if kind == TillKind::Cash { Self::Cash } else { Self::Bank });
        };
        let number: u8 = digits.parse().map_err(|_| NotATill)?;
        if number > MOST || digits != number.to_string() {
            return Err(NotATill);
        }
        Ok(if kind == TillKind::Cash { Self::CashBox(number) } else { Self::BankAccount(number) })
    }
}

impl Serialize for Till {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Till {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl utoipa::PartialSchema for Till {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .pattern(Some("^(cash|bank)(-(0|[1-9][0-9]?))?$"))
            .description(Some("A cash box or a bank account: cash or bank, the unit's first choice, or one by its number, such as cash-2"))
            .examples([serde_json::json!("cash")])
            .into()
    }
}

impl utoipa::ToSchema for Till {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_till_is_called_by_its_kind_and_perhaps_its_number() {
        for (name, till) in [
            ("cash", Till::Cash),
            ("bank", Till::Bank),
            ("cash-0", Till::CashBox(0)),
            ("cash-2", Till::CashBox(2)),
            ("bank-99", Till::BankAccount(99)),
        ] {
            assert_eq!(name.parse(), Ok(till));
            assert_eq!(till.to_string(), name);
            assert_eq!(serde_json::to_value(till).unwrap(), name);
        }
        for wrong in
            ["", "Cash", "box", "cash-", "cash-01", "cash-+1", "cash-100", "cash-1-1", "bank 1", "1111"]
        {
            assert_eq!(wrong.parse::<Till>(), Err(NotATill), "{wrong}");
        }
    }
}
