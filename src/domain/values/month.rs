//! A month of a year, as reports and collections name it: `2026-03`.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, Months, NaiveDate};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A month between 1900 and 2999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(NaiveDate);

/// Not a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a month: write year and month, such as \"2026-03\"")]
pub struct NotAMonth;

impl Month {
    /// The month a day lies in.
    pub fn of(day: NaiveDate) -> Self {
        Self(day.with_day(1).unwrap_or(day))
    }

    /// Its first day.
    pub const fn first_day(self) -> NaiveDate {
        self.0
    }

    /// The first day of the next month: the end of the half-open interval.
    pub fn next_first_day(self) -> NaiveDate {
        self.0.checked_add_months(Months::new(1)).unwrap_or(NaiveDate::MAX)
    }
}

/// The last days of months from one day, itself among them, to a later day, which is not.
pub fn ends_between(from: NaiveDate, to: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    let end = |month: Month| month.next_first_day().pred_opt().unwrap_or(NaiveDate::MAX);
    std::iter::successors(Some(Month::of(from)), |month| Some(Month(month.next_first_day())))
        .map(end)
        .take_while(move |day| *day < to)
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.0.year(), self.0.month())
    }
}

impl FromStr for Month {
    type Err = NotAMonth;

    fn from_str(text: &str) -> Result<Self, NotAMonth> {
        let plain = text.len() == 7
            && text.bytes().enumerate().all(|(i, b)| if i == 4 { b == b'-' } else { b.is_ascii_digit() });
        let day = if plain { format!("{text}-01").parse::<NaiveDate>().ok() } else { None };
        day.filter(|day| (1900..3000).contains(&day.year())).map(Self).ok_or(NotAMonth)
    }
}

impl Serialize for Month {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Month {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl utoipa::PartialSchema for Month {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .pattern(Some("^(19|2[0-9])[0-9]{2}-(0[1-9]|1[0-2])$"))
            .examples([serde_json::json!("2026-03")])
            .into()
    }
}

impl utoipa::ToSchema for Month {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_year_and_month_and_nothing_else() {
        let month: Month = "2024-02".parse().unwrap();
        assert_eq!(month.first_day().to_string(), "2024-02-01");
        assert_eq!(month.next_first_day().to_string(), "2024-03-01");
        assert_eq!(Month::of("2024-02-29".parse().unwrap()), month);
        for text in
            ["", "2024-13", "2024-00", "2024-2", "24-02", "2024/02", "2024-02-01", "1899-12", "３024-02"]
        {
            assert_eq!(text.parse::<Month>(), Err(NotAMonth), "{text:?}");
        }
    }
}
