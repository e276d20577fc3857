//! Arithmetic between two roundings of money: 19 significant digits, half to even.
//!
//! The number of digits is part of the conventions: two engines that keep another number of digits can differ by
//! a coin. Amounts and rates are bounded where terms are checked, so only powers can outgrow a decimal.

use rust_decimal::{Decimal, RoundingStrategy};

use crate::domain::values::money::RoundingMode;

const DIGITS: u32 = 19;
const HALF_EVEN: RoundingStrategy = RoundingStrategy::MidpointNearestEven;

/// Cuts to 19 significant digits.
fn cut(value: Decimal) -> Decimal {
    let mantissa = value.mantissa().unsigned_abs();
    let Some(excess) = mantissa.checked_ilog10().and_then(|log| (log + 1).checked_sub(DIGITS)) else {
        return value;
    };
    match value.scale().checked_sub(excess) {
        Some(places) => value.round_dp_with_strategy(places, HALF_EVEN),
        None => value.round_sf_with_strategy(DIGITS, HALF_EVEN).unwrap_or(value),
    }
}

/// `a · b`.
pub(crate) fn mul(a: Decimal, b: Decimal) -> Decimal {
    cut(a * b)
}

/// `a / b`; `b` is never zero here: lengths of periods and years.
pub(crate) fn div(a: Decimal, b: Decimal) -> Decimal {
    cut(a / b)
}

/// `a · b`, or `None` when the product outgrows a decimal.
pub(crate) fn checked_mul(a: Decimal, b: Decimal) -> Option<Decimal> {
    a.checked_mul(b).map(cut)
}

/// Cuts a factor to 19 decimals.
pub(crate) fn factor(value: Decimal) -> Decimal {
    value.round_dp_with_strategy(DIGITS, HALF_EVEN)
}

/// How amounts lose their fractions: decimals, mode and smallest amount of the currency, and the step of an
/// instalment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Coin {
    /// Decimals of the currency: 0 for đồng.
    pub decimals: u32,
    /// What happens to a fraction.
    pub mode: RoundingMode,
    /// Every amount is a multiple of this one; zero when any number of coins is an amount.
    pub smallest: Decimal,
    /// Instalments are multiples of this amount; zero when any amount may be asked.
    pub multiple: Decimal,
}

impl Coin {
    /// Amounts of a currency without a step.
    pub const fn new(decimals: u32, mode: RoundingMode) -> Self {
        Self { decimals, mode, smallest: Decimal::ZERO, multiple: Decimal::ZERO }
    }

    /// The same amounts, rounded in another way.
    #[must_use]
    pub const fn rounding(self, mode: RoundingMode) -> Self {
        Self { mode, ..self }
    }

    fn stepped(&self, value: Decimal, of: Decimal) -> Decimal {
        (value / of).round_dp_with_strategy(0, self.mode.strategy()) * of
    }

    /// The amount in whole coins.
    pub fn round(&self, value: Decimal) -> Decimal {
        if self.smallest > Decimal::ZERO {
            return self.stepped(value, self.smallest);
        }
        value.round_dp_with_strategy(self.decimals, self.mode.strategy())
    }

    /// The amount of an instalment: whole coins, then the nearest step. A step that would erase the instalment
    /// is ignored, so that a small loan stays spread over its term.
    pub fn instalment(&self, value: Decimal) -> Decimal {
        let coins = self.round(value);
        if self.multiple <= Decimal::ZERO {
            return coins;
        }
        let stepped = self.stepped(coins, self.multiple);
        if stepped.is_zero() { coins } else { stepped }
    }
}

/// The value, or zero when it is below.
pub(crate) fn positive(value: Decimal) -> Decimal {
    value.max(Decimal::ZERO)
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;

    #[test]
    fn nineteen_digits_are_kept_half_to_even() {
        assert_eq!(cut(dec!(1234567890.1234567885)), dec!(1234567890.123456788));
        assert_eq!(cut(dec!(1234567890.1234567895)), dec!(1234567890.123456790));
        assert_eq!(cut(dec!(12345678901234567895)), dec!(12345678901234567900));
        assert_eq!(cut(dec!(9.9999999999999999999)), dec!(10));
        assert_eq!(cut(dec!(0.00000000012345)), dec!(0.00000000012345));
        assert_eq!(cut(Decimal::ZERO), Decimal::ZERO);
    }

    #[test]
    fn a_step_that_would_erase_an_instalment_is_ignored() {
        let coin = Coin { multiple: dec!(100), ..Coin::new(0, RoundingMode::HalfUp) };
        assert_eq!(coin.instalment(dec!(350.4)), dec!(400));
        assert_eq!(coin.instalment(dec!(40)), dec!(40));
        let hundreds = Coin { smallest: dec!(100), ..Coin::new(0, RoundingMode::HalfEven) };
        assert_eq!(hundreds.round(dec!(1250)), dec!(1200));
    }
}
