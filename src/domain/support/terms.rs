//! What a household promises at signing, and the days on which it falls due.

use chrono::{Days, Months, NaiveDate};
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

use crate::domain::values::language::Text;
use crate::domain::values::money::Money;
use crate::domain::values::strict::strictly;
use crate::text;

/// How much comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Basis {
    /// A share of what was given; the rest stays with the household for good.
    CapitalPercent {
        /// More than 0, at most 100, two decimals.
        #[schema(value_type = String, pattern = "^[0-9]{1,3}([.][0-9]{1,2})?$", example = "100")]
        percent: Decimal,
    },
    /// The same amount from every household.
    FixedAmount {
        /// At most what is given.
        amount: Money,
    },
}

/// When it comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Due {
    /// In equal parts.
    Instalments {
        /// Months between two parts, 1 to 12.
        every_months: u32,
        /// How many parts, 1 to 120.
        count: u32,
        /// Months from the payout to the first part, 0 to 120.
        first_after_months: u32,
    },
    /// All at once, some months after the payout.
    AfterMonths {
        /// 1 to 120.
        months: u32,
    },
    /// All at once on a day.
    OnDate {
        /// The day.
        #[serde(deserialize_with = "strictly")]
        on: NaiveDate,
    },
}

/// Which part of a payment is served first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Interest, then capital.
    #[default]
    InterestFirst,
    /// Capital, then interest.
    CapitalFirst,
}

/// The recovery terms of a project. Each agreement carries its own copy, taken at signing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(try_from = "Wire", deny_unknown_fields)]
pub struct Terms {
    /// How much.
    pub basis: Basis,
    /// When.
    pub due: Due,
    /// Percent a year on what is outstanding, 0 to 100, six decimals.
    #[schema(value_type = String, pattern = "^[0-9]{1,3}([.][0-9]{1,6})?$", example = "0")]
    pub rate: Decimal,
    /// Days after a due day before it counts as overdue, 0 to 90.
    pub grace_days: u32,
    /// Parts are rounded down to multiples of this many đồng; the last part takes the rest.
    pub rounding_unit: u32,
    /// What a payment serves first.
    pub order: Order,
}

/// Terms as they arrive, before they are checked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    basis: Basis,
    due: Due,
    #[serde(default)]
    rate: Decimal,
    #[serde(default)]
    grace_days: u32,
    #[serde(default = "one")]
    rounding_unit: u32,
    #[serde(default)]
    order: Order,
}

const fn one() -> u32 {
    1
}

/// Terms that cannot be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TermsError {
    /// The share.
    #[error("percent is more than 0 and at most 100, with two decimals")]
    Percent,
    /// The fixed amount.
    #[error("the amount to give back is more than 0")]
    Amount,
    /// The days.
    #[error("instalments: every 1 to 12 months, 1 to 120 of them, the first within 120 months")]
    Months,
    /// The rate.
    #[error("the rate is 0 to 100 percent a year, with six decimals")]
    Rate,
    /// The grace.
    #[error("grace is at most 90 days")]
    Grace,
    /// The rounding unit.
    #[error("the rounding unit is 1, 100, 500, 1000, 10000 or 100000")]
    RoundingUnit,
    /// A due day before the money was handed over.
    #[error("the last due day lies before the payout")]
    DueBeforePayout,
    /// More to give back than was given.
    #[error("more would come back than is given")]
    MoreThanGiven,
}

impl TermsError {
    /// For the officer.
    pub fn text(self) -> Text {
        let en = self.to_string();
        match self {
            Self::DueBeforePayout => text!("Ngày đến hạn cuối cùng trước ngày giải ngân.", "{en}"),
            Self::MoreThanGiven => text!("Số phải hoàn trả nhiều hơn số được hỗ trợ.", "{en}"),
            Self::Percent => text!("Tỷ lệ thu hồi trên 0 đến 100 %, nhiều nhất 2 chữ số thập phân.", "{en}"),
            Self::Amount => text!("Số phải hoàn trả phải lớn hơn 0.", "{en}"),
            Self::Months => {
                text!("Phân kỳ: mỗi 1 đến 12 tháng, 1 đến 120 kỳ, kỳ đầu trong 120 tháng.", "{en}")
            }
            Self::Rate => text!("Lãi suất từ 0 đến 100 %/năm, nhiều nhất 6 chữ số thập phân.", "{en}"),
            Self::Grace => text!("Thời gian chờ nhiều nhất 90 ngày.", "{en}"),
            Self::RoundingUnit => text!("Làm tròn đến 1, 100, 500, 1000, 10000 hoặc 100000 đồng.", "{en}"),
        }
    }

    /// Everything that terms may be refused for as they arrive.
    pub const ON_ARRIVAL: [Self; 6] =
        [Self::Percent, Self::Amount, Self::Months, Self::Rate, Self::Grace, Self::RoundingUnit];
}

impl TryFrom<Wire> for Terms {
    type Error = TermsError;

    fn try_from(wire: Wire) -> Result<Self, TermsError> {
        let Wire { basis, due, rate, grace_days, rounding_unit, order } = wire;
        let in_percent = |p: Decimal, places| {
            (Decimal::ZERO..=Decimal::ONE_HUNDRED).contains(&p) && p.normalize().scale() <= places
        };
        match basis {
            Basis::CapitalPercent { percent } if !in_percent(percent, 2) || percent.is_zero() => {
                return Err(TermsError::Percent);
            }
            Basis::FixedAmount { amount } if amount.is_zero() => return Err(TermsError::Amount),
            _ => {}
        }
        let months_good = match due {
            Due::Instalments { every_months, count, first_after_months } => {
                (1..=12).contains(&every_months) && (1..=120).contains(&count) && first_after_months <= 120
            }
            Due::AfterMonths { months } => (1..=120).contains(&months),
            Due::OnDate { .. } => true,
        };
        if !months_good {
            return Err(TermsError::Months);
        }
        if !in_percent(rate, 6) {
            return Err(TermsError::Rate);
        }
        if grace_days > 90 {
            return Err(TermsError::Grace);
        }
        if ![1, 100, 500, 1_000, 10_000, 100_000].contains(&rounding_unit) {
            return Err(TermsError::RoundingUnit);
        }
        Ok(Self { basis, due, rate: rate.normalize(), grace_days, rounding_unit, order })
    }
}

/// A part of the capital and the day it is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Part {
    /// Day.
    pub due_on: NaiveDate,
    /// Capital, đồng.
    pub amount: Money,
}

/// A day some months later: the same day of the month, or its last where it is shorter. Counted from the first day
/// each time, so a 31st returns after a February.
fn months_after(day: NaiveDate, months: u32) -> Result<NaiveDate, TermsError> {
    day.checked_add_months(Months::new(months)).ok_or(TermsError::Months)
}

/// Largest multiple of `unit` that is not more.
fn rounded_down(exact: Decimal, unit: u32) -> Decimal {
    let unit = Decimal::from(unit);
    (exact / unit).round_dp_with_strategy(0, RoundingStrategy::ToZero) * unit
}

impl Terms {
    /// What must come back of an amount: a share is rounded down to the đồng.
    pub fn to_return(&self, given: Money) -> Result<Money, TermsError> {
        let back = match self.basis {
            Basis::CapitalPercent { percent } => {
                Money::vnd(rounded_down(given.amount() * percent / Decimal::ONE_HUNDRED, 1))
                    .map_err(|_| TermsError::Amount)?
            }
            Basis::FixedAmount { amount } => amount,
        };
        if back > given { Err(TermsError::MoreThanGiven) } else { Ok(back) }
    }

    /// Months from the payout to the last part; none for a fixed day.
    pub const fn months(&self) -> Option<u32> {
        match self.due {
            Due::Instalments { every_months, count, first_after_months } => {
                Some(first_after_months + every_months * (count - 1))
            }
            Due::AfterMonths { months } => Some(months),
            Due::OnDate { .. } => None,
        }
    }

    /// The parts of the capital, in order of their days. They add up to `to_return`.
    pub fn schedule(&self, to_return: Money, paid_out_on: NaiveDate) -> Result<Vec<Part>, TermsError> {
        let (every, count, first) = match self.due {
            Due::Instalments { every_months, count, first_after_months } => {
                (every_months, count, first_after_months)
            }
            Due::AfterMonths { months } => (1, 1, months),
            Due::OnDate { on } if on < paid_out_on => return Err(TermsError::DueBeforePayout),
            Due::OnDate { on } => return Ok(vec![Part { due_on: on, amount: to_return }]),
        };
        let days = (0..count).map(|n| months_after(paid_out_on, first + n * every));
        self.parts(to_return, days.collect::<Result<_, _>>()?)
    }

    /// An amount in equal parts on some days, rounded down; the last day takes the rest.
    pub fn parts(&self, total: Money, days: Vec<NaiveDate>) -> Result<Vec<Part>, TermsError> {
        let each = rounded_down(total.amount() / Decimal::from(days.len().max(1)), self.rounding_unit);
        let each = Money::vnd(each).map_err(|_| TermsError::Amount)?;
        let last = days.len().saturating_sub(1);
        let mut left = total;
        let mut parts = Vec::with_capacity(days.len());
        for (n, due_on) in days.into_iter().enumerate() {
            let most = if n == last { left } else { each };
            let (amount, rest) = left.take_up_to(most).map_err(|_| TermsError::Amount)?;
            left = rest;
            if !amount.is_zero() {
                parts.push(Part { due_on, amount });
            }
        }
        Ok(parts)
    }

    /// First day on which a part that was due counts as overdue.
    pub fn overdue_from(&self, due_on: NaiveDate) -> NaiveDate {
        due_on.checked_add_days(Days::new(u64::from(self.grace_days) + 1)).unwrap_or(NaiveDate::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn money(text: &str) -> Money {
        text.parse().unwrap()
    }

    fn terms(json: serde_json::Value) -> Result<Terms, serde_json::Error> {
        serde_json::from_value(json)
    }

    fn monthly(count: u32, first: u32, unit: u32) -> Terms {
        terms(serde_json::json!({
            "basis": {"kind": "capital_percent", "percent": "100"}, "rounding_unit": unit,
            "due": {"kind": "instalments", "every_months": 1, "count": count, "first_after_months": first},
        }))
        .unwrap()
    }

    #[test]
    fn parts_add_up_and_the_last_one_takes_the_rest() {
        let parts = monthly(30, 7, 1_000).schedule(money("10000000"), day("2026-03-02")).unwrap();
        assert_eq!(parts.len(), 30);
        assert_eq!(parts[0], Part { due_on: day("2026-10-02"), amount: money("333000") });
        assert_eq!(parts[29], Part { due_on: day("2029-03-02"), amount: money("343000") });
        assert_eq!(Money::sum(parts.iter().map(|p| p.amount)).unwrap(), money("10000000"));
    }

    #[test]
    fn a_month_end_comes_back_after_february() {
        let days = |from: &str, count| -> Vec<NaiveDate> {
            let parts = monthly(count, 1, 1).schedule(money("1000000"), day(from)).unwrap();
            parts.iter().map(|p| p.due_on).collect()
        };
        assert_eq!(days("2026-01-31", 3), [day("2026-02-28"), day("2026-03-31"), day("2026-04-30")]);
        assert_eq!(days("2024-02-29", 12)[11], day("2025-02-28"));
        assert_eq!(days("2024-02-29", 48)[47], day("2028-02-29"));
        assert_eq!(days("2028-01-30", 2), [day("2028-02-29"), day("2028-03-30")]);
    }

    #[test]
    fn an_amount_too_small_for_its_unit_is_due_at_the_end() {
        let parts = monthly(12, 1, 100_000).schedule(money("500000"), day("2026-01-10")).unwrap();
        assert_eq!(parts, [Part { due_on: day("2027-01-10"), amount: money("500000") }]);
    }

    #[test]
    fn a_share_comes_back_rounded_down_and_never_more_than_given() {
        let half = |basis| {
            terms(serde_json::json!({"basis": basis, "due": {"kind": "after_months", "months": 36}})).unwrap()
        };
        let percent = half(serde_json::json!({"kind": "capital_percent", "percent": "33.33"}));
        assert_eq!(percent.to_return(money("10000001")), Ok(money("3333000")));
        let fixed = half(serde_json::json!({"kind": "fixed_amount", "amount": "6000000"}));
        assert_eq!(fixed.to_return(money("6000000")), Ok(money("6000000")));
        assert_eq!(fixed.to_return(money("5999999")), Err(TermsError::MoreThanGiven));
    }

    #[test]
    fn terms_nobody_could_keep_are_refused_at_the_door() {
        let basis = serde_json::json!({"kind": "capital_percent", "percent": "50"});
        let due = serde_json::json!({"kind": "after_months", "months": 12});
        let refused = [
            serde_json::json!({"basis": {"kind": "capital_percent", "percent": "0"}, "due": due}),
            serde_json::json!({"basis": {"kind": "capital_percent", "percent": "100.01"}, "due": due}),
            serde_json::json!({"basis": {"kind": "fixed_amount", "amount": "0"}, "due": due}),
            serde_json::json!({"basis": basis, "due": {"kind": "after_months", "months": 0}}),
            serde_json::json!({"basis": basis, "due": {"kind": "after_months", "months": 4_000_000_000_u32}}),
            serde_json::json!({"basis": basis, "due": {"kind": "instalments", "every_months": 0, "count": 3, "first_after_months": 1}}),
            serde_json::json!({"basis": basis, "due": due, "rate": "100.1"}),
            serde_json::json!({"basis": basis, "due": due, "rate": "0.0000001"}),
            serde_json::json!({"basis": basis, "due": due, "grace_days": 91}),
            serde_json::json!({"basis": basis, "due": due, "rounding_unit": 7}),
            serde_json::json!({"basis": basis, "due": due, "surprise": 1}),
        ];
        for json in refused {
            assert!(terms(json.clone()).is_err(), "{json}");
        }
    }
}
