//! Money: exact, never negative, always at its currency's scale.
//!
//! Anything with fractions of the smallest coin is a bare [`Decimal`] inside one function and leaves through
//! [`Money::round`], the only place where such a fraction disappears.

use std::fmt;
use std::str::FromStr;

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A currency the books can be kept in, or a gift can arrive in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema, Default)]
#[serde(rename_all = "UPPERCASE")]
pub enum Currency {
    /// Đồng: no decimals (Law on Accounting 88/2015 art. 10).
    #[default]
    Vnd,
    /// US dollar: two decimals.
    Usd,
}

impl Currency {
    /// Decimal places of the smallest coin.
    pub const fn scale(self) -> u32 {
        match self {
            Self::Vnd => 0,
            Self::Usd => 2,
        }
    }

    /// What to say of a fraction that it has no coin for: dots are how thousands are marked in Viet Nam.
    const fn without_such_fraction(self) -> &'static str {
        match self {
            Self::Vnd => "VND has no fractions: write a thousand as \"1000\", without dots or commas",
            Self::Usd => "USD has two decimals",
        }
    }

    /// ISO 4217 code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Vnd => "VND",
            Self::Usd => "USD",
        }
    }
}

/// How a fraction of a coin is decided. Stored on every agreement; never ambient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema, Default)]
#[serde(rename_all = "snake_case")]
pub enum RoundingMode {
    /// 0.5 goes away from zero: the practice for đồng.
    #[default]
    HalfUp,
    /// 0.5 goes to the even neighbour.
    HalfEven,
    /// Always away from zero.
    Up,
    /// Always towards zero.
    Down,
}

impl RoundingMode {
    /// The library's name of the mode.
    pub const fn strategy(self) -> RoundingStrategy {
        match self {
            Self::HalfUp => RoundingStrategy::MidpointAwayFromZero,
            Self::HalfEven => RoundingStrategy::MidpointNearestEven,
            Self::Up => RoundingStrategy::AwayFromZero,
            Self::Down => RoundingStrategy::ToZero,
        }
    }
}

/// Why an amount is not money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Not plain digits with at most one point.
    #[error("not an amount: write digits only, without dots or commas, such as \"1500000\"")]
    NotANumber,
    /// Below zero.
    #[error("an amount is never negative")]
    Negative,
    /// Zero where something must be paid.
    #[error("Must be more than 0")]
    Nothing,
    /// A fraction smaller than the currency's smallest coin.
    #[error("{}", .0.without_such_fraction())]
    Fraction(Currency),
    /// Above what an account can hold: 18 digits before the point.
    #[error("the amount is too large")]
    TooLarge,
    /// Two currencies in one sum.
    #[error("two currencies do not add up")]
    Currencies,
}

/// An amount of one currency: `0 ≤ amount < 10^18`, always at the currency's scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    amount: Decimal,
    currency: Currency,
}

impl Money {
    /// Nothing, in đồng.
    pub const ZERO: Self = Self { amount: Decimal::ZERO, currency: Currency::Vnd };

    /// The first amount no account can hold.
    const LIMIT: i128 = 1_000_000_000_000_000_000;

    /// An amount that is already exact; refuses fractions of the smallest coin instead of rounding them.
    pub fn try_new(amount: Decimal, currency: Currency) -> Result<Self, MoneyError> {
        if amount.is_sign_negative() && !amount.is_zero() {
            return Err(MoneyError::Negative);
        }
        let whole = if amount.scale() == 0 { amount } else { amount.trunc() };
        if whole.mantissa() >= Self::LIMIT {
            return Err(MoneyError::TooLarge);
        }
        // What comes from money is at the scale already.
        if amount.scale() == currency.scale() && !amount.is_sign_negative() {
            return Ok(Self { amount, currency });
        }
        let mut at_scale = amount.normalize();
        if at_scale.scale() > currency.scale() {
            return Err(MoneyError::Fraction(currency));
        }
        at_scale.rescale(currency.scale());
        Ok(Self { amount: at_scale, currency })
    }

    /// An exact amount of đồng.
    pub fn vnd(amount: Decimal) -> Result<Self, MoneyError> {
        Self::try_new(amount, Currency::Vnd)
    }

    /// The one named rounding: where fractions of the smallest coin disappear.
    pub fn round(exact: Decimal, currency: Currency, mode: RoundingMode) -> Result<Self, MoneyError> {
        Self::try_new(exact.round_dp_with_strategy(currency.scale(), mode.strategy()), currency)
    }

    /// The exact amount, for rates and shares; comes back through [`Money::round`].
    pub const fn amount(self) -> Decimal {
        self.amount
    }

    /// The currency.
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// Whether it is nothing.
    pub const fn is_zero(self) -> bool {
        self.amount.is_zero()
    }

    fn same(self, other: Self) -> Result<(), MoneyError> {
        if self.currency == other.currency { Ok(()) } else { Err(MoneyError::Currencies) }
    }

    /// The sum, or why there is none.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        self.same(other)?;
        Self::try_new(self.amount.checked_add(other.amount).ok_or(MoneyError::TooLarge)?, self.currency)
    }

    /// The difference; [`MoneyError::Negative`] when `other` is more.
    pub fn minus(self, other: Self) -> Result<Self, MoneyError> {
        self.same(other)?;
        if other.is_zero() {
            return Ok(self);
        }
        Self::try_new(self.amount.checked_sub(other.amount).ok_or(MoneyError::TooLarge)?, self.currency)
    }

    /// Divides into (taken, left): at most `most` is taken, and the two add up to `self`.
    pub fn take_up_to(self, most: Self) -> Result<(Self, Self), MoneyError> {
        self.same(most)?;
        let taken = if self.amount < most.amount { self } else { most };
        Ok((taken, self.minus(taken)?))
    }

    /// The sum of many; zero đồng of none.
    pub fn sum(parts: impl IntoIterator<Item = Self>) -> Result<Self, MoneyError> {
        let mut parts = parts.into_iter();
        let Some(first) = parts.next() else { return Ok(Self::ZERO) };
        parts.try_fold(first, Self::plus)
    }
}

impl PartialOrd for Money {
    /// Only amounts of one currency compare.
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        (self.currency == other.currency).then(|| self.amount.cmp(&other.amount))
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.amount.fmt(f)
    }
}

impl FromStr for Money {
    type Err = MoneyError;

    /// Plain digits, such as `1500000`: no sign, no exponent, no grouping; đồng. Not even `.000`: an office that writes
    /// `500.000` means five hundred thousand, and must be asked rather than booked at five hundred.
    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let plain = !text.is_empty()
            && text.len() <= 40
            && text.bytes().all(|b| b.is_ascii_digit() || b == b'.')
            && text.starts_with(|c: char| c.is_ascii_digit())
            && text.ends_with(|c: char| c.is_ascii_digit());
        if !plain {
            return Err(if text.starts_with('-') { MoneyError::Negative } else { MoneyError::NotANumber });
        }
        match text.split('.').count() {
            1 if text.trim_start_matches('0').len() > 18 => Err(MoneyError::TooLarge),
            1 => Self::vnd(Decimal::from_str_exact(text).map_err(|_| MoneyError::NotANumber)?),
            2 => Err(MoneyError::Fraction(Currency::Vnd)),
            _ => Err(MoneyError::NotANumber),
        }
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl utoipa::PartialSchema for Money {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .pattern(Some("^[0-9]{1,18}$"))
            .description(Some("Whole đồng as a decimal string"))
            .examples([serde_json::json!("1500000")])
            .into()
    }
}

impl utoipa::ToSchema for Money {}

/// Money above zero: what a person pays, receives or asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PositiveMoney(Money);

impl PositiveMoney {
    /// The amount, unless it is nothing.
    pub fn of(money: Money) -> Option<Self> {
        (!money.is_zero()).then_some(Self(money))
    }

    /// As money that may be nothing.
    pub const fn money(self) -> Money {
        self.0
    }

    /// As a number.
    pub const fn amount(self) -> Decimal {
        self.0.amount()
    }
}

impl fmt::Display for PositiveMoney {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for PositiveMoney {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for PositiveMoney {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let nothing = || serde::de::Error::custom(MoneyError::Nothing);
        Self::of(Money::deserialize(deserializer)?).ok_or_else(nothing)
    }
}

impl utoipa::PartialSchema for PositiveMoney {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .pattern(Some("^0{0,17}[1-9][0-9]{0,17}$"))
            .max_length(Some(18))
            .description(Some("Whole đồng above zero, as a decimal string"))
            .examples([serde_json::json!("1500000")])
            .into()
    }
}

impl utoipa::ToSchema for PositiveMoney {}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(text: &str) -> Money {
        text.parse().unwrap()
    }

    #[test]
    fn dong_has_no_decimals_on_the_wire_or_inside() {
        assert_eq!(Money::vnd(Decimal::new(100_000, 2)).unwrap().to_string(), "1000");
        for text in ["1.5", "500.000", "1500000.0"] {
            assert_eq!(text.parse::<Money>(), Err(MoneyError::Fraction(Currency::Vnd)), "{text}");
        }
    }

    #[test]
    fn only_plain_digits_are_money() {
        for text in ["", "1e3", "+1", " 1", "1,000", "0x1", ".5", "5.", "1.500.000", "１", "NaN", "1_000"] {
            assert_eq!(text.parse::<Money>(), Err(MoneyError::NotANumber), "{text:?}");
        }
        assert_eq!("-1".parse::<Money>(), Err(MoneyError::Negative));
        assert_eq!("1000000000000000000".parse::<Money>(), Err(MoneyError::TooLarge));
        assert_eq!(money("999999999999999999").to_string(), "999999999999999999");
    }

    #[test]
    fn what_is_taken_and_what_is_left_add_up() {
        assert_eq!(money("700").take_up_to(money("500")).unwrap(), (money("500"), money("200")));
        assert_eq!(money("300").take_up_to(money("500")).unwrap(), (money("300"), Money::ZERO));
        assert_eq!(money("300").minus(money("301")), Err(MoneyError::Negative));
    }

    #[test]
    fn rounding_happens_once_by_name() {
        let exact = Decimal::new(3_254_795, 1);
        assert_eq!(Money::round(exact, Currency::Vnd, RoundingMode::HalfUp).unwrap(), money("325480"));
        assert_eq!(Money::round(exact, Currency::Vnd, RoundingMode::Down).unwrap(), money("325479"));
        assert_eq!(
            Money::round(Decimal::new(5, 1), Currency::Vnd, RoundingMode::HalfEven).unwrap(),
            Money::ZERO
        );
    }

    #[test]
    fn positive_money_is_more_than_nothing() {
        let read = |text: &str| serde_json::from_str::<PositiveMoney>(text).map_err(|why| why.to_string());
        assert_eq!(read("\"1\"").unwrap().to_string(), "1");
        for nothing in ["\"0\"", "\"000\""] {
            assert!(read(nothing).unwrap_err().starts_with("Must be more than 0"), "{nothing}");
        }
        assert!(read("\"-1\"").is_err());
        assert_eq!(PositiveMoney::of(Money::ZERO), None);
    }
}
