//! Simple interest by days, and accruals that stay exact however often they are booked.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::domain::values::calendar::days_between;
use crate::domain::values::money::RoundingMode;

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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rust_decimal::dec;

    use super::*;

    #[test]
    fn interest_of_the_policy_bank_to_the_dong() {
        let of = |balance, pct, from: &str, to: &str| {
            let exact = exact(balance, pct, from.parse().unwrap(), to.parse().unwrap());
            to_book(exact, Decimal::ZERO, 0, RoundingMode::HalfUp)
        };
        assert_eq!(of(dec!(50000000), dec!(6.6), "2018-03-15", "2018-04-20"), dec!(325479));
        assert_eq!(of(dec!(20000000), dec!(8.25), "2020-02-10", "2020-03-10"), dec!(131096));
        assert_eq!(of(dec!(15000000), dec!(3.9), "2025-01-31", "2025-02-28"), dec!(44877));
        assert_eq!(of(dec!(15000000), dec!(3.9), "2025-02-28", "2025-01-31"), Decimal::ZERO);
    }

    #[test]
    fn rates_derived_from_rates_are_exact() {
        let derived = |pct, of| derived_rate(pct, of).to_string();
        assert_eq!(derived(dec!(8.382), dec!(130)), "10.8966");
        assert_eq!(derived(dec!(6.6), dec!(120)), "7.92");
    }

    #[test]
    fn case_04_thirty_days_booked_one_by_one_are_thirty_days() {
        let daily = dec!(904.1095890410958904109589041);
        let mut booked = Decimal::ZERO;
        for days in 1..=30 {
            booked += to_book(daily * Decimal::from(days), booked, 0, RoundingMode::HalfUp);
        }
        assert_eq!(booked, dec!(27123), "rounding each day away from zero would book 27,150");
    }

    proptest! {
        #[test]
        fn two_stretches_are_the_whole(balance in 0_i64..1_000_000_000_000, rate in 0_i64..10_000, a in 0_u64..900, b in 0_u64..900) {
            let start = NaiveDate::from_ymd_opt(2019, 11, 5).expect("a day");
            let later = |days| start.checked_add_days(chrono::Days::new(days)).expect("a day");
            let of = |from, to| exact(Decimal::from(balance), Decimal::new(rate, 2), from, to) * Decimal::from(36_500);
            let whole = of(start, later(a + b));
            let parts = of(start, later(a)) + of(later(a), later(a + b));
            prop_assert_eq!(whole.round_dp(6), parts.round_dp(6));
        }
    }
}
