//! Simple interest by days, and accruals that stay exact however often they are booked.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::domain::calendar::days_between;
use crate::domain::money::RoundingMode;

/// Days of a year by which Vietnamese credit interest is divided (Circular 14/2017/TT-NHNN art. 5), leap years too.
pub const DAYS_OF_YEAR: u32 = 365;

/// Exact interest of a balance from one day to another; the first day counts, the last does not.
pub fn exact(balance: Decimal, annual_rate_pct: Decimal, from: NaiveDate, to: NaiveDate) -> Decimal {
    for_days(balance, annual_rate_pct, days_between(from, to).max(0), DAYS_OF_YEAR)
}

/// Exact interest of a balance over a number of days.
pub fn for_days(balance: Decimal, annual_rate_pct: Decimal, days: i64, days_of_year: u32) -> Decimal {
    balance * annual_rate_pct * Decimal::from(days) / Decimal::from(u64::from(days_of_year) * 100)
}

/// A rate that is a percentage of another: overdue at 130 %, near-poor at 120 % of poor. Exact.
pub fn derived_rate(annual_rate_pct: Decimal, percent_of: Decimal) -> Decimal {
    (annual_rate_pct * percent_of / Decimal::ONE_HUNDRED).normalize()
}

/// What is booked today: everything earned so far in coins, less what was booked before. Days may differ by a
/// coin; their sum never does.
pub fn to_book(cumulative: Decimal, booked: Decimal, decimals: u32, mode: RoundingMode) -> Decimal {
    cumulative.round_dp_with_strategy(decimals, mode.strategy()) - booked
}
