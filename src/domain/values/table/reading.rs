//! How each type of column reads a cell: the one place where a file's cells become values.
//!
//! Every reading gives nothing for an empty cell, the value, or why there is none; the refusal names the cell.

use std::str::FromStr;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use super::amount::{AmountUnit, written};
use super::cell::{At, Cell, Place};
use super::guard::unguarded;
use crate::domain::values::figures::parse_date;
use crate::domain::values::language::Text;
use crate::domain::values::money::Money;
use crate::text;

/// The smallest whole number of which a workbook has lost digits: it keeps fifteen.
const TOO_LONG: Decimal = Decimal::from_parts(2_764_472_320, 232_830, 0, false, 0);

/// The most decimals of a rate.
const RATE_DECIMALS: u32 = 6;

/// Why a cell has no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unread {
    /// It is not what stands in such a column: the column says what does.
    Unlike,
    /// For a reason of its own.
    Because(Text),
}

impl Unread {
    /// The refusal of the cell at a place, in a column in which such a thing is expected.
    pub fn at(self, place: Place, expected: Text) -> Text {
        let Text { vi, en } = match self {
            Self::Unlike => expected,
            Self::Because(why) => why,
        };
        text!("Ô {place}: {vi}", "Cell {place}: {en}")
    }
}

/// What is read of a cell: nothing of an empty one.
pub type Reading<T> = Result<Option<T>, Unread>;

fn because<T>(why: Text) -> Reading<T> {
    Err(Unread::Because(why))
}

/// Text as one types it on a Latin keyboard: full-width digits and signs of other keyboards, blanks that do not break and the
/// apostrophe that marks a text are told from their plain forms by the eye only.
fn typed(text: &str) -> String {
    let plain = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => u32::from(c).checked_sub(0xfee0).and_then(char::from_u32).unwrap_or(c),
        '\u{2212}' => '-',
        _ if c.is_whitespace() => ' ',
        _ => c,
    };
    let plain: String = text.chars().map(plain).collect();
    plain.trim().trim_start_matches('\'').trim_start().to_owned()
}

/// Digits as Excel writes long numbers in a text, such as `7.9201E+10`: the others are lost.
fn is_shortened(text: &str) -> bool {
    let number = |text: &str, signs: &[char]| {
        text.starts_with(|c: char| c.is_ascii_digit())
            && text.chars().all(|c| c.is_ascii_digit() || signs.contains(&c))
    };
    text.split_once("E+").is_some_and(|(digits, power)| number(digits, &['.', ',']) && number(power, &[]))
}

fn lost_digits<T>() -> Reading<T> {
    because(Text::fixed(
        "bảng tính đã làm mất chữ số của số dài; hãy định dạng cột là văn bản rồi nhập lại số",
        "the spreadsheet has lost digits of the long number; make the column text and enter the number again",
    ))
}

impl At<'_> {
    /// The cell, unless no column can take what stands in it.
    fn sound(&self) -> Result<&Cell, Unread> {
        match self.cell {
            Cell::Error(error) => Err(Unread::Because(text!(
                "công thức báo lỗi {error}; hãy sửa rồi gửi lại tệp",
                "the formula gives {error}; mend it and send the file again"
            ))),
            Cell::Uncomputed => Err(Unread::Because(Text::fixed(
                "công thức chưa được tính; hãy mở tệp bằng Excel hoặc LibreOffice, lưu rồi gửi lại",
                "the formula was never computed; open the file in Excel or LibreOffice, save it and send it again",
            ))),
            cell if cell.is_empty() => Ok(&Cell::Empty),
            cell => Ok(cell),
        }
    }

    /// Letters and codes. A number is its digits; a day or a percentage was something else before a spreadsheet changed it.
    pub fn text(&self) -> Reading<String> {
        let changed = |vi: &str, en: &str| {
            because(text!(
                "bảng tính đã đổi nội dung thành {vi}; hãy định dạng cột là văn bản rồi nhập lại",
                "the spreadsheet has changed what stood there into {en}; make the column text and enter it again"
            ))
        };
        match self.sound()? {
            Cell::Text(text) if is_shortened(text.trim()) => lost_digits(),
            Cell::Text(text) => Ok(Some(unguarded(text.trim()).to_owned())),
            Cell::Number(number) if number.abs() >= TOO_LONG => lost_digits(),
            Cell::Number(number) => Ok(Some(number.normalize().to_string())),
            Cell::Day(_) | Cell::Time => changed("ngày giờ", "a day or time"),
            Cell::Percent(_) => changed("phần trăm", "a percentage"),
            Cell::Truth(_) => changed("đúng/sai", "true or false"),
            _ => Ok(None),
        }
    }

    /// Letters that make a name, a code or a word of a list.
    pub fn parsed<T: FromStr>(&self) -> Reading<T> {
        self.named(|text| text.parse().ok())
    }

    /// Letters that mean something.
    pub fn named<T>(&self, meant: impl FnOnce(&str) -> Option<T>) -> Reading<T> {
        self.text()?.map(|text| meant(&text).ok_or(Unread::Unlike)).transpose()
    }

    /// The digits of an identity or phone number, with the signs that people put between them.
    pub fn digits(&self) -> Reading<String> {
        match self.sound()? {
            Cell::Empty => Ok(None),
            Cell::Text(text) => {
                let text = typed(text);
                if is_shortened(&text) { lost_digits() } else { Ok(Some(whole(&text).to_owned())) }
            }
            Cell::Number(number) if *number >= TOO_LONG => lost_digits(),
            Cell::Number(number) if number.fract().is_zero() && !number.is_sign_negative() => {
                Ok(Some(number.normalize().to_string()))
            }
            _ => Err(Unread::Unlike),
        }
    }

    /// A whole number that is not negative.
    pub fn count(&self) -> Reading<u32> {
        match self.sound()? {
            Cell::Empty => Ok(None),
            Cell::Text(text) => {
                let text = typed(text);
                let digits = whole(&text);
                let count = digits.parse().ok().filter(|_| digits.bytes().all(|b| b.is_ascii_digit()));
                count.map(Some).ok_or(Unread::Unlike)
            }
            Cell::Number(number) if number.fract().is_zero() => {
                number.to_u32().map(Some).ok_or(Unread::Unlike)
            }
            _ => Err(Unread::Unlike),
        }
    }

    /// An amount in đồng. A number is taken as it is; a text is read as people write amounts.
    pub fn amount(&self, unit: AmountUnit) -> Reading<Money> {
        let negative = || {
            because(Text::fixed(
                "số tiền âm; cột này không nhận số âm",
                "a negative amount; the column takes none",
            ))
        };
        match self.sound()? {
            Cell::Empty => Ok(None),
            Cell::Number(number) if number.is_sign_negative() && !number.is_zero() => negative(),
            Cell::Number(number) if (*number * unit.dong()).fract().is_zero() => {
                unit.money(*number).map(Some).ok_or(Unread::Unlike)
            }
            Cell::Number(number) => because(text!(
                "số {number} không phải số đồng nguyên",
                "the number {number} is not a whole number of đồng"; number
            )),
            Cell::Text(text) => {
                let text = typed(text);
                let is_negative = |text: &str| {
                    let brackets = text.strip_prefix('(').and_then(|text| text.strip_suffix(')'));
                    let bare = text.strip_prefix('-').or_else(|| text.strip_suffix('-')).or(brackets);
                    bare.is_some_and(|bare| written(bare.trim(), unit).is_some())
                };
                if is_negative(&text) {
                    return negative();
                }
                written(&text, unit).map(Some).ok_or(Unread::Unlike)
            }
            _ => Err(Unread::Unlike),
        }
    }

    /// A rate in percent, from 0 to 100 with at most six decimals. Less than one percent needs the sign %: 0.066 is what is left
    /// of 6.6% when its format is lost.
    pub fn percent(&self) -> Reading<Decimal> {
        let (rate, signed) = match self.sound()? {
            Cell::Empty => return Ok(None),
            Cell::Percent(percent) => (*percent, true),
            Cell::Number(number) => (*number, false),
            Cell::Text(text) => {
                let text = typed(text).replace(',', ".");
                let bare = text.trim_end_matches('%').trim_end();
                let plain = bare.len() <= 10 && bare.bytes().all(|b| b.is_ascii_digit() || b == b'.');
                let rate = bare.parse().ok().filter(|_| plain).ok_or(Unread::Unlike)?;
                (rate, text.ends_with('%'))
            }
            _ => return Err(Unread::Unlike),
        };
        let rate = rate.normalize();
        if !signed && rate > Decimal::ZERO && rate < Decimal::ONE {
            let hundredfold = rate * Decimal::ONE_HUNDRED;
            return because(text!(
                "{rate} có thể là {rate}% hoặc {hundredfold}%; hãy ghi kèm dấu %",
                "{rate} may be {rate}% or {hundredfold}%; write it with the sign %"; rate, hundredfold
            ));
        }
        let fits = (Decimal::ZERO..=Decimal::ONE_HUNDRED).contains(&rate) && rate.scale() <= RATE_DECIMALS;
        fits.then_some(Some(rate)).ok_or(Unread::Unlike)
    }

    /// A day: one of the workbook, one as people type it, or the number that a day became when the cell lost its format.
    pub fn day(&self) -> Reading<NaiveDate> {
        match self.sound()? {
            Cell::Empty => Ok(None),
            Cell::Day(day) => Ok(Some(*day)),
            // Five digits are the years 1927 to 2173; fewer are a year, or nothing of a day.
            Cell::Number(serial)
                if serial.trunc() >= Decimal::from(10_000) && serial.trunc() < Decimal::from(100_000) =>
            {
                self.calendar.day(*serial).map(Some).ok_or(Unread::Unlike)
            }
            Cell::Text(text) => {
                let text = typed(text);
                written_day(&text)
            }
            _ => Err(Unread::Unlike),
        }
    }

    /// Yes or no where a workbook keeps it as such.
    pub fn truth(&self) -> Option<bool> {
        match self.cell {
            Cell::Truth(truth) => Some(*truth),
            _ => None,
        }
    }
}

/// Digits that a program wrote with a decimal point: `60.0`.
fn whole(text: &str) -> &str {
    text.strip_suffix(".0").filter(|bare| bare.bytes().all(|b| b.is_ascii_digit())).unwrap_or(text)
}

/// A day in a text: 5/3/2026, 05-03-2026, 5.3.2026, 2026-03-05, each with or without a time of day.
fn written_day(text: &str) -> Reading<NaiveDate> {
    if text.len() == 5 && text.bytes().all(|b| b.is_ascii_digit()) {
        return because(Text::fixed(
            "ngày đã thành một con số và không biết đếm từ năm 1900 hay 1904; hãy định dạng cột là ngày rồi lưu lại",
            "the day has become a number, counted from 1900 or from 1904; make the column a day and save it again",
        ));
    }
    let (day, time) = text.split_once([' ', 'T']).map_or((text, ""), |(day, time)| (day, time.trim()));
    let clock =
        time.split(':').all(|part| (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()));
    let timed = time.is_empty() || (clock && time.contains(':'));
    if !timed {
        return Err(Unread::Unlike);
    }
    let parts: Vec<_> = day.split(['/', '-', '.']).collect();
    let digits = parts.iter().all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
    if let [first, _, year] = parts[..]
        && digits
        && first.len() <= 2
        && year.len() == 2
    {
        return because(Text::fixed("năm phải đủ bốn chữ số", "the year needs its four digits"));
    }
    let in_vietnamese = parts.last().is_some_and(|year| year.len() == 4);
    let day = if in_vietnamese { parts.join("/") } else { day.to_owned() };
    parse_date(&day).map(Some).ok_or(Unread::Unlike)
}

#[cfg(test)]
mod tests;
