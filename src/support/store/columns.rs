//! What columns say, as values.

use rust_decimal::Decimal;

use crate::domain::values::money::Money;

/// A row that holds what no command writes is damaged.
pub fn damaged(what: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> sqlx::Error {
    sqlx::Error::Decode(what.into())
}

/// An amount of đồng.
pub fn money(amount: Decimal) -> sqlx::Result<Money> {
    Money::vnd(amount).map_err(damaged)
}

/// A contract as it is cited.
pub fn contract(number: i32, year: i32) -> String {
    format!("{number:02}/{year}/HĐ-HTLC")
}
