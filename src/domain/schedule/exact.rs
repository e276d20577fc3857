//! Arithmetic between two roundings of money: 19 significant digits, half to even.
//!
//! The number of digits is part of the conventions: two engines that keep another number of digits can differ by
//! a coin. Amounts and rates are bounded where terms are checked, so only powers can outgrow a decimal.

use rust_decimal::{Decimal, RoundingStrategy};

use crate::domain::money::RoundingMode;

const DIGITS: u32 = 19;
const HALF_EVEN: RoundingStrategy = RoundingStrategy::MidpointNearestEven;

/// Cuts to 19 significant digits.
fn cut(value: Decimal) -> Decimal {
    value.round_sf_with_strategy(DIGITS, HALF_EVEN).unwrap_or(value)
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

/// How amounts lose their fractions: the currency's decimals, the mode, and the smallest step of an instalment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Coin {
    /// Decimals of the currency: 0 for đồng.
    pub decimals: u32,
    /// What happens to a fraction.
    pub mode: RoundingMode,
    /// Instalments are multiples of this amount; zero when any amount may be asked.
    pub multiple: Decimal,
}

impl Coin {
    /// Amounts of a currency without a step.
    pub const fn new(decimals: u32, mode: RoundingMode) -> Self {
        Self { decimals, mode, multiple: Decimal::ZERO }
    }

    /// The amount in whole coins.
    pub fn round(&self, value: Decimal) -> Decimal {
        value.round_dp_with_strategy(self.decimals, self.mode.strategy())
    }

    /// The amount of an instalment: whole coins, then the nearest step. A step that would erase the instalment
    /// is ignored, so that a small loan stays spread over its term.
    pub fn instalment(&self, value: Decimal) -> Decimal {
        let coins = self.round(value);
        if self.multiple <= Decimal::ZERO {
            return coins;
        }
        let stepped = (coins / self.multiple).round_dp_with_strategy(0, self.mode.strategy()) * self.multiple;
        if stepped.is_zero() { coins } else { stepped }
    }
}

/// The value, or zero when it is below.
pub(crate) fn positive(value: Decimal) -> Decimal {
    value.max(Decimal::ZERO)
}
