//! Cells with their types, and where they stand.

use std::borrow::Cow;
use std::fmt;

use chrono::{Days, NaiveDate};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Cell {
    /// Nothing.
    #[default]
    Empty,
    /// Letters, composed (NFC). Cells of CSV are nothing else.
    Text(String),
    /// A number as the workbook keeps it: it has no separators that could be mistaken.
    Number(Decimal),
    /// A number that the sheet shows with %: 6.6 where the workbook keeps 0.066 and shows 6.60%.
    Percent(Decimal),
    /// A day; its time of day is dropped.
    Day(NaiveDate),
    /// A time of day or a duration, without a day.
    Time,
    /// TRUE or FALSE.
    Truth(bool),
    /// An error such as `#N/A`.
    Error(String),
    /// A formula that no program has computed yet.
    Uncomputed,
}

impl Cell {
    /// Whether nothing is to be seen in it.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) => text.trim().is_empty(),
            _ => false,
        }
    }

    /// What a person sees in it, trimmed.
    pub fn shown(&self) -> Cow<'_, str> {
        match self {
            Self::Empty => Cow::Borrowed(""),
            Self::Text(text) => Cow::Borrowed(text.trim()),
            Self::Number(number) => Cow::Owned(number.normalize().to_string()),
            Self::Percent(percent) => Cow::Owned(format!("{}%", percent.normalize())),
            Self::Day(day) => Cow::Owned(day.to_string()),
            Self::Time => Cow::Borrowed("#TIME"),
            Self::Truth(truth) => Cow::Borrowed(if *truth { "TRUE" } else { "FALSE" }),
            Self::Error(error) => Cow::Borrowed(error),
            Self::Uncomputed => Cow::Borrowed("#FORMULA"),
        }
    }
}

/// How a workbook counts days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Calendar {
    /// Day 1 is 1900-01-01, and a 29 February 1900 that never was is counted.
    From1900,
    /// Day 0 is 1904-01-01: old Excel for Mac, and files that were begun there.
    From1904,
    /// A text: a number in it may be of either calendar, or no day.
    Unknown,
}

impl Calendar {
    /// The day of a number; none for what is no day, such as a time of day alone.
    pub fn day(self, serial: Decimal) -> Option<NaiveDate> {
        // Half a day is kept exactly, a second is not: what is within a tenth of one before midnight is the next day.
        let days = serial.round_dp(6).floor().to_u64()?;
        let (year, month, first) = match self {
            // 29 February 1900 is day 60: from March on the days begin two days before 1900.
            Self::From1900 if days > 60 => (1899, 12, 30),
            Self::From1900 if (1..60).contains(&days) => (1899, 12, 31),
            Self::From1904 => (1904, 1, 1),
            Self::From1900 | Self::Unknown => return None,
        };
        NaiveDate::from_ymd_opt(year, month, first)?.checked_add_days(Days::new(days))
    }
}

/// Where a cell stands: "B7".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    row: u32,
    column: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mut letters, mut left) = (Vec::new(), self.column + 1);
        while left > 0 {
            letters.push(char::from(b'A' + u8::try_from((left - 1) % 26).unwrap_or_default()));
            left = (left - 1) / 26;
        }
        let letters: String = letters.into_iter().rev().collect();
        write!(f, "{letters}{}", self.row)
    }
}

/// A cell at its place.
#[derive(Debug, Clone, Copy)]
pub struct At<'a> {
    /// What stands there.
    pub cell: &'a Cell,
    /// Where.
    pub place: Place,
    /// How its file counts days.
    pub calendar: Calendar,
}

/// A row with something in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its number as a spreadsheet counts, from 1.
    pub number: u32,
    calendar: Calendar,
    cells: Vec<Cell>,
}

impl Row {
    /// A row of a file with this calendar.
    pub fn new(number: u32, calendar: Calendar, cells: Vec<Cell>) -> Self {
        Self { number, calendar, cells }
    }

    /// The cell of a column; an empty one where the row is shorter.
    pub fn at(&self, column: usize) -> At<'_> {
        const NOTHING: &Cell = &Cell::Empty;
        let place = Place { row: self.number, column };
        At { cell: self.cells.get(column).unwrap_or(NOTHING), place, calendar: self.calendar }
    }

    /// All cells.
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// What a person sees in each cell.
    pub fn shown(&self) -> impl Iterator<Item = Cow<'_, str>> {
        self.cells.iter().map(Cell::shown)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.cells.iter().all(Cell::is_empty)
    }

    pub(super) fn width(&self) -> usize {
        self.cells.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_letters_and_rows_are_counted_from_one() {
        for (row, column, place) in
            [(1, 0, "A1"), (7, 1, "B7"), (2, 25, "Z2"), (3, 26, "AA3"), (9, 701, "ZZ9"), (9, 702, "AAA9")]
        {
            assert_eq!(Place { row, column }.to_string(), place);
        }
    }

    #[test]
    fn a_day_is_counted_from_the_beginning_of_its_calendar() {
        let day = |calendar: Calendar, serial: &str| {
            calendar.day(serial.parse().unwrap()).map(|day| day.to_string())
        };
        for (serial, from_1900, from_1904) in [
            ("0", None, Some("1904-01-01")),
            ("0.5", None, Some("1904-01-01")),
            ("1", Some("1900-01-01"), Some("1904-01-02")),
            ("59", Some("1900-02-28"), Some("1904-02-29")),
            ("60", None, Some("1904-03-01")),
            ("61", Some("1900-03-01"), Some("1904-03-02")),
            ("42808", Some("2017-03-14"), Some("2021-03-15")),
            ("44270", Some("2021-03-15"), Some("2025-03-16")),
            ("44270.999988", Some("2021-03-15"), Some("2025-03-16")),
            ("44269.9999999", Some("2021-03-15"), Some("2025-03-16")),
            ("-1", None, None),
            ("99999999999", None, None),
        ] {
            assert_eq!(day(Calendar::From1900, serial).as_deref(), from_1900, "{serial}");
            assert_eq!(day(Calendar::From1904, serial).as_deref(), from_1904, "{serial}");
            assert_eq!(day(Calendar::Unknown, serial), None, "{serial}");
        }
    }
}
