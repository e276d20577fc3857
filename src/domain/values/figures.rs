//! Numbers, money, dates and percentages as papers print them. JSON never carries these forms.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::domain::values::language::{Figure, Language};
use crate::domain::values::money::{Currency, Money, PositiveMoney};
use crate::domain::values::total::Total;

/// Digits in threes: "50.000.000" and "6,6" in Vietnamese, "50,000,000" and "6.6" in English.
pub fn group(number: Decimal, language: Language) -> String {
    let (thousands, decimal) = language.pick(('.', ','), (',', '.'));
    let plain = number.abs().to_string();
    let (whole, fraction) = plain.split_once('.').map_or((plain.as_str(), None), |(w, f)| (w, Some(f)));
    let mut text = String::with_capacity(plain.len() * 4 / 3 + 2);
    if number.is_sign_negative() && !number.is_zero() {
        text.push('-');
    }
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            text.push(thousands);
        }
        text.push(digit);
    }
    if let Some(fraction) = fraction {
        text.push(decimal);
        text.push_str(fraction);
    }
    text
}

impl Figure for Decimal {
    fn written(&self, language: Language) -> String {
        group(self.normalize(), language)
    }
}

impl Figure for Money {
    fn written(&self, language: Language) -> String {
        group(self.amount(), language)
    }
}

impl Figure for PositiveMoney {
    fn written(&self, language: Language) -> String {
        self.money().written(language)
    }
}

impl Figure for Total {
    fn written(&self, language: Language) -> String {
        self.0.written(language)
    }
}

impl Figure for NaiveDate {
    fn written(&self, language: Language) -> String {
        date(*self, language)
    }
}

impl<F: Figure> Figure for &F {
    fn written(&self, language: Language) -> String {
        (*self).written(language)
    }
}

/// An amount with its sign: "50.000.000 đ" or "VND 50,000,000" (Law on Accounting 88/2015 art. 10).
pub fn money(money: Money, language: Language) -> String {
    let digits = group(money.amount(), language);
    let code = money.currency().code();
    match (language, money.currency()) {
        (Language::Vi, Currency::Vnd) => format!("{digits} đ"),
        (Language::Vi, Currency::Usd) => format!("{digits} {code}"),
        (Language::En, _) => format!("{code} {digits}"),
    }
}

/// "15/03/2018", or "15 March 2018": English readers disagree on which number is the month.
pub fn date(day: NaiveDate, language: Language) -> String {
    day.format(language.pick("%d/%m/%Y", "%-d %B %Y")).to_string()
}

/// A rate in percent without idle zeros: "6,6 %" or "6.6%".
pub fn percent(rate: Decimal, language: Language) -> String {
    let digits = group(rate.normalize(), language);
    language.pick(format!("{digits} %"), format!("{digits}%"))
}

/// A day as people type it, 5/3/2018 or 05/03/2018, or as machines do, 2018-03-05. Nothing else is a day.
pub fn parse_date(text: &str) -> Option<NaiveDate> {
    let number = |part: &str, longest| {
        let plain = (1..=longest).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        if plain { part.parse::<u32>().ok() } else { None }
    };
    let (year, month, day) = match *text.trim().split('/').collect::<Vec<_>>() {
        [day, month, year] if year.len() == 4 => (year, month, day),
        [iso] => match *iso.split('-').collect::<Vec<_>>() {
            [year, month, day] if iso.len() == 10 && year.len() == 4 => (year, month, day),
            _ => return None,
        },
        _ => return None,
    };
    let year = i32::try_from(number(year, 4)?).ok()?;
    NaiveDate::from_ymd_opt(year, number(month, 2)?, number(day, 2)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    fn both(number: &str) -> (String, String) {
        (group(decimal(number), Language::Vi), group(decimal(number), Language::En))
    }

    #[test]
    fn digits_stand_in_threes() {
        for (number, vi, en) in [
            ("0", "0", "0"),
            ("999", "999", "999"),
            ("1000", "1.000", "1,000"),
            ("50000000", "50.000.000", "50,000,000"),
            ("1234567.89", "1.234.567,89", "1,234,567.89"),
            ("-1500", "-1.500", "-1,500"),
            ("-0", "0", "0"),
            ("999999999999999999", "999.999.999.999.999.999", "999,999,999,999,999,999"),
        ] {
            assert_eq!(both(number), (vi.to_owned(), en.to_owned()), "{number}");
        }
    }

    #[test]
    fn money_carries_its_sign() {
        let dong = Money::vnd(decimal("50000000")).unwrap();
        let dollars = Money::try_new(decimal("1234.5"), Currency::Usd).unwrap();
        assert_eq!(money(dong, Language::Vi), "50.000.000 đ");
        assert_eq!(money(dong, Language::En), "VND 50,000,000");
        assert_eq!(money(dollars, Language::Vi), "1.234,50 USD");
        assert_eq!(money(dollars, Language::En), "USD 1,234.50");
    }

    #[test]
    fn dates_and_rates_follow_the_language() {
        let day = NaiveDate::from_ymd_opt(2024, 2, 9).unwrap();
        assert_eq!(date(day, Language::Vi), "09/02/2024");
        assert_eq!(date(day, Language::En), "9 February 2024");
        assert_eq!(percent(decimal("6.600000"), Language::Vi), "6,6 %");
        assert_eq!(percent(decimal("10.8966"), Language::En), "10.8966%");
        assert_eq!(percent(decimal("100"), Language::Vi), "100 %");
    }

    #[test]
    fn a_day_may_be_typed_in_three_ways() {
        let day = NaiveDate::from_ymd_opt(2018, 3, 5);
        for text in ["5/3/2018", "05/03/2018", " 05/3/2018 ", "2018-03-05"] {
            assert_eq!(parse_date(text), day, "{text:?}");
        }
        for text in
            ["", "30/02/2024", "29/02/2023", "5/3/18", "2018-3-5", "2018/03/05", "+5/3/2018", "５/3/2018"]
        {
            assert_eq!(parse_date(text), None, "{text:?}");
        }
    }
}
