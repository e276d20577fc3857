//! Sums of lines: what reports show.

use rust_decimal::Decimal;
use serde::{Serialize, Serializer};

/// A sum of lines in whole đồng, `+` debit, `−` credit. Unlike [`crate::domain::values::money::Money`] it may be negative, and larger than
/// any one amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Total(pub Decimal);

/// A balance as the forms print it: on one side, the other being zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, utoipa::ToSchema)]
pub struct Sides {
    /// Nợ.
    pub debit: Total,
    /// Có.
    pub credit: Total,
}

impl Total {
    /// The total on the side where it stands.
    pub fn on_its_side(self) -> Sides {
        if self.0.is_sign_negative() {
            Sides { debit: Self::default(), credit: Self(-self.0) }
        } else {
            Sides { debit: self, credit: Self::default() }
        }
    }
}

impl Sides {
    /// Both columns added to another pair's.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self { debit: Total(self.debit.0 + other.debit.0), credit: Total(self.credit.0 + other.credit.0) }
    }

    /// Both columns less another pair's.
    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        Self { debit: Total(self.debit.0 - other.debit.0), credit: Total(self.credit.0 - other.credit.0) }
    }

    /// Debit less credit.
    pub fn difference(self) -> Total {
        Total(self.debit.0 - self.credit.0)
    }
}

impl From<Decimal> for Total {
    fn from(amount: Decimal) -> Self {
        Self(amount)
    }
}

impl std::fmt::Display for Total {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.normalize().fmt(f)
    }
}

impl Serialize for Total {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl utoipa::PartialSchema for Total {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .pattern(Some("^-?[0-9]+$"))
            .description(Some("Whole đồng as a decimal string; + debit, − credit"))
            .into()
    }
}

impl utoipa::ToSchema for Total {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_total_is_written_without_decimals_on_the_side_where_it_stands() {
        let sides = Total(Decimal::new(-150_000_000, 2)).on_its_side();
        assert_eq!(
            (sides.debit.to_string(), sides.credit.to_string()),
            ("0".to_owned(), "1500000".to_owned())
        );
        assert_eq!(sides.difference().to_string(), "-1500000");
        assert_eq!(Total(Decimal::from(100)).to_string(), "100");
    }
}
