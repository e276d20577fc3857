//! Accounts: their codes, and what they are.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};

use crate::domain::values::catalogue::catalogue;

catalogue! {
    /// What an account holds.
    pub enum AccountClass {
        /// What the fund has.
        Asset = "asset",
        /// What it owes.
        Liability = "liability",
        /// Its capital.
        Equity = "equity",
        /// What it earns.
        Income = "income",
        /// What it spends.
        Expense = "expense",
        /// Kept off the balance sheet.
        Memorandum = "memorandum",
    }
}

catalogue! {
    /// Where an account normally stands.
    pub enum NormalSide {
        /// Nợ.
        Debit = "debit",
        /// Có.
        Credit = "credit",
        /// Either.
        Both = "both",
    }
}

/// The code of an account: 2 to 10 digits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct AccountCode(String);

/// Why a text is no code of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("An account code has 2 to 10 digits")]
pub struct NotAnAccountCode;

impl AccountCode {
    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AccountCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for AccountCode {
    type Err = NotAnAccountCode;

    fn from_str(text: &str) -> Result<Self, NotAnAccountCode> {
        let code = (2..=10).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        if code { Ok(Self(text.to_owned())) } else { Err(NotAnAccountCode) }
    }
}

impl<'de> Deserialize<'de> for AccountCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl utoipa::PartialSchema for AccountCode {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .pattern(Some("^[0-9]{2,10}$"))
            .examples([serde_json::json!("1111")])
            .into()
    }
}

impl utoipa::ToSchema for AccountCode {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_two_to_ten_digits() {
        for code in ["11", "1111", "0123456789"] {
            assert_eq!(code.parse::<AccountCode>().map(|code| code.to_string()).as_deref(), Ok(code));
        }
        for wrong in ["", "1", "01234567890", "zzz", "11a", "１１", " 11"] {
            assert_eq!(wrong.parse::<AccountCode>(), Err(NotAnAccountCode), "{wrong}");
        }
    }
}
