//! Amounts as people and exports write them.

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

    /// So many of these in đồng; nothing when that is not a whole number of đồng, or more than an account holds.
    pub fn money(self, number: Decimal) -> Option<Money> {
        Money::vnd(number.checked_mul(self.dong())?.normalize()).ok()
    }
}

/// Plain digits with at most one point, of what people write: `50.000.000`, `50,000,000`, `50 000 000`, `50000000.0`, `50,5`. A
/// single separator before three digits groups when amounts are đồng; in millions it could be either, and is refused.
fn plain(text: &str, unit: AmountUnit) -> Option<String> {
    let ok = !text.is_empty() && text.len() <= 30 && text.starts_with(|c: char| c.is_ascii_digit());
    if !ok || !text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b',' | b' ')) {
        return None;
    }
    if text.contains(' ') {
        return grouped(text, " ");
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
    let digits = |group: &str| group.bytes().all(|b| b.is_ascii_digit());
    let first = groups.next().is_some_and(|group| (1..=3).contains(&group.len()) && digits(group));
    let rest = groups.all(|group| group.len() == 3 && digits(group));
    (first && rest).then(|| text.replace(sign, ""))
}

/// An amount that a person wrote, in đồng; nothing when it is no amount, could be two, or is not of whole đồng.
pub(super) fn written(text: &str, unit: AmountUnit) -> Option<Money> {
    let lower = text.to_lowercase();
    let bare = ["đồng", "vnđ", "vnd", "đ", "₫"].iter().find_map(|name| lower.strip_suffix(name));
    unit.money(plain(bare.unwrap_or(&lower).trim_end(), unit)?.parse().ok()?)
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
            ("50 000 000", Some("50000000")),
            ("50.000.000 đ", Some("50000000")),
            ("50.000.000 VNĐ", Some("50000000")),
            ("50000000.0", Some("50000000")),
            ("50.000.000,00", Some("50000000")),
            ("50,000,000.00", Some("50000000")),
            ("904.125", Some("904125")),
            ("1.500", Some("1500")),
            ("0", Some("0")),
            ("1.50", None),
            ("50.000.00", None),
            ("5000.000", None),
            ("50..000", None),
            ("50,000.000,00", None),
            ("50 00", None),
            ("50 000,5", None),
            ("", None),
            ("đ", None),
            ("-5", None),
            ("5 tr", None),
            ("1e9", None),
            (".5", None),
            ("5.", None),
            ("999999999999999999999", None),
        ] {
            assert_eq!(written(text, AmountUnit::Dong).map(|m| m.to_string()).as_deref(), dong, "{text:?}");
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
            ("30.125", None),
            ("1.234,5", Some("1234500000")),
            ("1.234.567", Some("1234567000000")),
        ] {
            assert_eq!(
                written(text, AmountUnit::Million).map(|m| m.to_string()).as_deref(),
                dong,
                "{text:?}"
            );
        }
    }
}
