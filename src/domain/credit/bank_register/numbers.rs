//! Amounts and terms as exports write them.

use chrono::{Datelike, Months, NaiveDate};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::domain::values::money::Money;

/// What one stands for in a file's amounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AmountUnit {
    /// Đồng.
    #[default]
    Dong,
    /// Triệu đồng: a million.
    Million,
}

impl AmountUnit {
    /// As stored.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Dong => "dong",
            Self::Million => "million",
        }
    }

    /// In đồng.
    pub fn dong(self) -> Decimal {
        match self {
            Self::Dong => Decimal::ONE,
            Self::Million => Decimal::from(1_000_000),
        }
    }
}

/// Plain digits with at most one point, of what people and spreadsheets write: `50.000.000`, `50,000,000`, `50000000.0`,
/// `50,5`. A single separator before three digits groups when amounts are đồng; in millions it could be either, and is
/// refused.
fn plain(text: &str, unit: AmountUnit) -> Option<String> {
    let ok = !text.is_empty() && text.len() <= 30 && text.starts_with(|c: char| c.is_ascii_digit());
    if !ok || !text.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b',') {
        return None;
    }
    let last = text.rfind(['.', ',']);
    let Some(at) = last else { return Some(text.to_owned()) };
    let sign = &text[at..=at];
    let (whole, fraction) = (&text[..at], &text[at + 1..]);
    let only_kind = !whole.contains(['.', ',']) || whole.contains(sign);
    let groups = only_kind && fraction.len() == 3 && (unit == AmountUnit::Dong || whole.contains(sign));
    if groups {
        return grouped(text, sign);
    }
    let ambiguous = only_kind && fraction.len() == 3;
    if ambiguous || fraction.is_empty() || whole.contains(sign) {
        return None;
    }
    let other = if sign == "." { "," } else { "." };
    Some(format!(
        "{}.{fraction}",
        if whole.contains(other) { grouped(whole, other)? } else { whole.to_owned() }
    ))
}

/// The digits of a number in groups of three.
fn grouped(text: &str, sign: &str) -> Option<String> {
    let mut groups = text.split(sign);
    let first = groups.next().is_some_and(|group| (1..=3).contains(&group.len()));
    let rest = groups.all(|group| group.len() == 3 && group.bytes().all(|b| b.is_ascii_digit()));
    (first && rest).then(|| text.replace(sign, ""))
}

/// An amount of a file in đồng; nothing when it is no amount, or not of whole đồng.
pub fn amount(text: &str, unit: AmountUnit) -> Option<Money> {
    let number: Decimal = plain(text.trim(), unit)?.parse().ok()?;
    Money::vnd(number.checked_mul(unit.dong())?.normalize()).ok()
}

/// Whole months from one day to another: the most that can be added without passing it.
pub fn months_between(from: NaiveDate, to: NaiveDate) -> Option<u32> {
    let months = (to.year() - from.year()) * 12 + i32::try_from(to.month()).ok()?
        - i32::try_from(from.month()).ok()?;
    let months = u32::try_from(months).ok()?;
    let reached = from.checked_add_months(Months::new(months))? <= to;
    if reached { Some(months) } else { months.checked_sub(1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_in_dong_come_in_many_coats() {
        for (text, dong) in [
            ("50000000", Some("50000000")),
            ("50.000.000", Some("50000000")),
            ("50,000,000", Some("50000000")),
            ("50000000.0", Some("50000000")),
            ("50.000.000,00", Some("50000000")),
            ("50,000,000.00", Some("50000000")),
            ("1.500", Some("1500")),
            ("0", Some("0")),
            ("1.50", None),
            ("50.000.00", None),
            ("5000.000", None),
            ("50..000", None),
            ("50,000.000,00", None),
            ("", None),
            ("-5", None),
            ("5 tr", None),
            ("1e9", None),
            (".5", None),
            ("5.", None),
            ("999999999999999999999", None),
        ] {
            assert_eq!(amount(text, AmountUnit::Dong).map(|m| m.to_string()).as_deref(), dong, "{text:?}");
        }
    }

    #[test]
    fn a_million_is_a_million_and_what_could_be_two_amounts_is_none() {
        for (text, dong) in [
            ("50", Some("50000000")),
            ("50,5", Some("50500000")),
            ("50.000001", Some("50000001")),
            ("50.0000001", None),
            ("1.234", None),
            ("1.234,5", Some("1234500000")),
            ("1.234.567", Some("1234567000000")),
        ] {
            assert_eq!(amount(text, AmountUnit::Million).map(|m| m.to_string()).as_deref(), dong, "{text:?}");
        }
    }

    #[test]
    fn a_missing_term_is_the_whole_months_between_two_days() {
        let day = |text: &str| text.parse().unwrap();
        for (from, to, months) in [
            ("2021-03-15", "2026-03-15", Some(60)),
            ("2021-03-15", "2026-03-14", Some(59)),
            ("2024-01-31", "2024-02-29", Some(1)),
            ("2024-01-31", "2024-02-28", Some(0)),
            ("2024-02-29", "2024-02-29", Some(0)),
            ("2024-03-01", "2024-02-29", None),
        ] {
            assert_eq!(months_between(day(from), day(to)), months, "{from} {to}");
        }
    }
}
