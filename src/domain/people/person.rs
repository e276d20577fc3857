//! What a register knows of a person besides the name: gender, and a birth that may be only a year.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::domain::values::figures::parse_date;
use crate::domain::values::text::search_key;

/// Gender as identity papers state it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Gender {
    /// Nam.
    Male,
    /// Nữ.
    Female,
}

impl Gender {
    /// The code in the database, on the wire and in files.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Male => "male",
            Self::Female => "female",
        }
    }
}

/// Why a fact about a person cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PersonError {
    /// Neither "nam"/"nữ" nor "male"/"female".
    #[error("gender is \"male\" or \"female\"")]
    Gender,
    /// Neither a day nor a year.
    #[error("a birth is a day such as 05/03/1958, or a year such as 1958")]
    Birth,
}

impl FromStr for Gender {
    type Err = PersonError;

    /// The code, or the Vietnamese word that lists use.
    fn from_str(text: &str) -> Result<Self, PersonError> {
        match search_key(text).as_str() {
            "male" | "nam" => Ok(Self::Male),
            "female" | "nu" => Ok(Self::Female),
            _ => Err(PersonError::Gender),
        }
    }
}

/// When a person was born. Papers of older people often know only the year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Birth {
    /// The full date.
    Day(NaiveDate),
    /// Only the year, 1900 to 2099.
    Year(i32),
}

impl Birth {
    /// Whether it lies after a day.
    pub fn is_after(self, day: NaiveDate) -> bool {
        match self {
            Self::Day(born) => born > day,
            Self::Year(year) => year > day.year(),
        }
    }

    /// The year, which is always known.
    pub fn year(self) -> i32 {
        match self {
            Self::Day(day) => day.year(),
            Self::Year(year) => year,
        }
    }
}

impl FromStr for Birth {
    type Err = PersonError;

    /// "5/3/1958", "05/03/1958", "1958-03-05" or "1958".
    fn from_str(text: &str) -> Result<Self, PersonError> {
        let text = text.trim();
        let birth = if text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit()) {
            text.parse().ok().map(Self::Year)
        } else {
            parse_date(text).map(Self::Day)
        };
        birth.filter(|birth| (1900..2100).contains(&birth.year())).ok_or(PersonError::Birth)
    }
}

impl fmt::Display for Birth {
    /// ISO: "1958-03-05" or "1958".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(day) => write!(f, "{day}"),
            Self::Year(year) => write!(f, "{year}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gender_is_read_in_both_languages() {
        for (text, gender) in [
            ("male", Gender::Male),
            ("Nam", Gender::Male),
            ("female", Gender::Female),
            (" NỮ ", Gender::Female),
        ] {
            assert_eq!(text.parse(), Ok(gender), "{text:?}");
            assert_eq!(gender.code().parse(), Ok(gender));
        }
        for text in ["", "x", "nam nữ"] {
            assert_eq!(text.parse::<Gender>(), Err(PersonError::Gender), "{text:?}");
        }
    }

    #[test]
    fn a_birth_is_a_day_or_only_a_year() {
        for (text, iso, year) in [
            ("5/3/1958", "1958-03-05", 1958),
            ("1958-03-05", "1958-03-05", 1958),
            (" 1949 ", "1949", 1949),
            ("29/02/2024", "2024-02-29", 2024),
        ] {
            let birth: Birth = text.parse().unwrap();
            assert_eq!((birth.to_string().as_str(), birth.year()), (iso, year), "{text:?}");
        }
        for text in ["", "58", "0000", "1899", "2100", "29/02/2023", "1958-3-5", "19 58", "+958"] {
            assert_eq!(text.parse::<Birth>(), Err(PersonError::Birth), "{text:?}");
        }
    }
}
