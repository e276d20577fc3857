//! Principal plans: an amount divided over dates, the last part taking what rounding leaves.

use rust_decimal::{Decimal, RoundingStrategy};

use super::exact::Coin;

/// `rows` equal parts in coins, or in multiples; the last takes the rest.
pub fn equal(amount: Decimal, rows: usize, coin: Coin) -> Vec<Decimal> {
    let part = coin.instalment(amount / Decimal::from(rows.max(1))).min(amount);
    with_rest(amount, rows, |left| part.min(left))
}

/// The Policy Bank's plan: the same amount in every row, rounded down to `multiple` (100,000 đ in practice), and
/// the last row takes the rest.
pub fn rounded_down(amount: Decimal, rows: usize, multiple: Decimal) -> Vec<Decimal> {
    let exact = amount / Decimal::from(rows.max(1));
    let part = if multiple > Decimal::ZERO {
        (exact / multiple).round_dp_with_strategy(0, RoundingStrategy::ToZero) * multiple
    } else {
        exact.round_dp_with_strategy(0, RoundingStrategy::ToZero)
    };
    with_rest(amount, rows, |_| part)
}

/// One row of [`rounded_down`]; where that is less than `least`, `least` rounded up to `multiple`.
pub fn at_least(amount: Decimal, rows: usize, multiple: Decimal, least: Decimal) -> Decimal {
    let part = rounded_down(amount, rows, multiple).first().copied().unwrap_or_default();
    let step = multiple.max(Decimal::ONE);
    if part < least { (least / step).ceil() * step } else { part }
}

/// How many instalments a term of `term_months` has when one falls due every `every_months`.
pub fn rows_of_term(term_months: u32, every_months: u32) -> u32 {
    term_months.div_ceil(every_months.max(1))
}

/// Months after the start at which row `n` (from 1) falls due: never after the term.
pub fn months_of_row(n: u32, every_months: u32, term_months: u32) -> u32 {
    n.saturating_mul(every_months).min(term_months)
}

fn with_rest(amount: Decimal, rows: usize, part: impl Fn(Decimal) -> Decimal) -> Vec<Decimal> {
    let mut left = amount;
    (1..=rows)
        .map(|n| {
            let principal = if n == rows { left } else { part(left) };
            left -= principal;
            principal
        })
        .collect()
}
