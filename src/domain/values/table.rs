//! Tables in files that offices exchange: CSV and Excel workbooks, read as rows of text.

use std::io::{Cursor, Read as _};

use calamine::{DataRef, Reader as _, SheetVisible, Xlsx};
use chrono::{Days, NaiveDate};

use crate::domain::values::figures::parse_date;
use crate::domain::values::text::nfc;

/// The most rows with content, a heading not counted.
pub const MOST_ROWS: usize = 20_000;

/// The most columns.
pub const MOST_COLUMNS: usize = 100;

/// The most columns of a row, empty ones included: as many as the columns of a spreadsheet.
const WIDEST: usize = 16_384;

/// The most a workbook may hold when unpacked, in bytes: a small archive can stand for more than a machine's memory.
const MOST_UNPACKED: u64 = 128 * 1024 * 1024;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Text in UTF-8, separated by `,`, `;` or tabs.
    Csv,
    /// An Excel workbook; its first visible sheet.
    Xlsx,
}

/// A row with something in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its number as a spreadsheet counts, from 1.
    pub number: u32,
    cells: Vec<String>,
}

impl Row {
    /// The text of a cell, composed (NFC) and trimmed; empty where the row is shorter.
    pub fn cell(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", |cell| cell.trim())
    }

    /// All cells.
    pub fn cells(&self) -> impl Iterator<Item = &str> {
        self.cells.iter().map(|cell| cell.trim())
    }
}

/// Why a file is no table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// Bytes that are not UTF-8.
    #[error("the file is not UTF-8 text")]
    NotText,
    /// Not a workbook, or a damaged one.
    #[error("the file is not an Excel workbook (.xlsx)")]
    NotWorkbook,
    /// Too many rows, too many columns, or too much when unpacked.
    #[error("the file has more than {MOST_ROWS} rows or {MOST_COLUMNS} columns")]
    TooLarge,
}

/// The rows of a file that have something in them.
pub fn read(bytes: &[u8], format: Format) -> Result<Vec<Row>, TableError> {
    match format {
        Format::Csv => read_csv(bytes),
        Format::Xlsx => read_workbook(bytes),
    }
}

/// A day as a person types it, or as the number a spreadsheet keeps when the cell lost its format.
pub fn day(text: &str) -> Option<NaiveDate> {
    let serial = text.len() == 5 && text.bytes().all(|b| b.is_ascii_digit());
    if !serial {
        return parse_date(text);
    }
    // Day 1 is 1900-01-01, and a 29 February 1900 that never was is counted: from March 1900 on the days begin here.
    NaiveDate::from_ymd_opt(1899, 12, 30)?.checked_add_days(Days::new(text.parse().ok()?))
}

fn keep(rows: &mut Vec<Row>, number: u32, cells: Vec<String>) -> Result<(), TableError> {
    if cells.iter().all(|cell| cell.trim().is_empty()) {
        return Ok(());
    }
    if rows.len() > MOST_ROWS || cells.len() > MOST_COLUMNS {
        return Err(TableError::TooLarge);
    }
    rows.push(Row { number, cells });
    Ok(())
}

fn read_csv(bytes: &[u8]) -> Result<Vec<Row>, TableError> {
    let text = std::str::from_utf8(bytes).map_err(|_| TableError::NotText)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let delimiter = delimiter(text);
    // Known before a reader holds a place for each of millions of fields.
    if text.lines().any(|line| line.bytes().filter(|b| *b == delimiter).count() >= WIDEST) {
        return Err(TableError::TooLarge);
    }
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    let (mut rows, mut counted, mut line) = (Vec::new(), 0, 1);
    for record in reader.records() {
        let record = record.map_err(|_| TableError::NotText)?;
        // The reader's own count of lines is one behind where they end in CR LF.
        let start = record.position().and_then(|at| usize::try_from(at.byte()).ok()).unwrap_or(counted);
        let empty = text[start..].bytes().take_while(|b| matches!(b, b'\r' | b'\n')).count();
        line += text[counted..start + empty].bytes().map(|b| u32::from(b == b'\n')).sum::<u32>();
        counted = start + empty;
        keep(&mut rows, line, record.iter().map(nfc).collect())?;
    }
    Ok(rows)
}

/// Vietnamese Excel writes `;`, because the comma is its decimal sign. The first line with a separator decides, by the most
/// frequent one; between equals the one that words contain least.
fn delimiter(text: &str) -> u8 {
    for line in text.lines() {
        let mut quoted = false;
        let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
        for byte in line.bytes() {
            quoted ^= byte == b'"';
            for (separator, count) in &mut counts {
                *count += u32::from(!quoted && byte == *separator);
            }
        }
        let most = counts.into_iter().max_by_key(|(_, count)| *count).filter(|(_, count)| *count > 0);
        if let Some((separator, _)) = most {
            return separator;
        }
    }
    b','
}

/// Refuses archives that unpack to more than a commune's list can be; what they claim about themselves is not believed.
fn check_unpacked(bytes: &[u8]) -> Result<(), TableError> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| TableError::NotWorkbook)?;
    let mut left = MOST_UNPACKED;
    for at in 0..archive.len() {
        let file = archive.by_index(at).map_err(|_| TableError::NotWorkbook)?;
        let size = std::io::copy(&mut file.take(left + 1), &mut std::io::sink());
        left = left.checked_sub(size.map_err(|_| TableError::NotWorkbook)?).ok_or(TableError::TooLarge)?;
    }
    Ok(())
}

/// Reads cell by cell: a table of the sheet's claimed size could be larger than memory.
fn read_workbook(bytes: &[u8]) -> Result<Vec<Row>, TableError> {
    check_unpacked(bytes)?;
    let damaged = |_| TableError::NotWorkbook;
    let mut book = Xlsx::new(Cursor::new(bytes)).map_err(damaged)?;
    let sheets = book.sheets_metadata().iter();
    let first =
        sheets.filter(|sheet| sheet.visible == SheetVisible::Visible).map(|sheet| sheet.name.clone()).next();
    let first = first.ok_or(TableError::NotWorkbook)?;
    let mut sheet = book.worksheet_cells_reader(&first).map_err(damaged)?;
    let (mut rows, mut number, mut cells) = (Vec::new(), 0, Vec::new());
    while let Some(cell) = sheet.next_cell().map_err(damaged)? {
        let (row, column) = cell.get_position();
        let Some(text) = text_of(cell.get_value()) else { continue };
        let column = usize::try_from(column).map_err(|_| TableError::TooLarge)?;
        if column >= MOST_COLUMNS {
            return Err(TableError::TooLarge);
        }
        if row + 1 != number {
            keep(&mut rows, number, std::mem::take(&mut cells))?;
            number = row + 1;
        }
        cells.resize(cells.len().max(column + 1), String::new());
        cells[column] = text;
    }
    keep(&mut rows, number, cells)?;
    Ok(rows)
}

/// What a cell says as text; nothing when it is empty. A formula's error becomes a text that no field takes.
fn text_of(value: &DataRef<'_>) -> Option<String> {
    match value {
        DataRef::Empty => None,
        DataRef::Int(number) => Some(number.to_string()),
        DataRef::Float(number) => Some(number.to_string()),
        DataRef::Bool(yes) => Some(yes.to_string()),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Some(nfc(text)),
        DataRef::SharedString(text) => Some(nfc(text)),
        DataRef::DateTime(at) => {
            let (year, month, day, ..) = at.to_ymd_hms_milli();
            Some(format!("{year:04}-{month:02}-{day:02}"))
        }
        DataRef::Error(error) => Some(format!("\u{0}{error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn csv(text: &str) -> Vec<(u32, Vec<String>)> {
        let rows = read(text.as_bytes(), Format::Csv).unwrap();
        rows.iter().map(|row| (row.number, row.cells().map(str::to_owned).collect())).collect()
    }

    fn row(number: u32, cells: &[&str]) -> (u32, Vec<String>) {
        (number, cells.iter().map(|cell| (*cell).to_owned()).collect())
    }

    #[test]
    fn the_separator_is_found_outside_quotes_and_the_mark_in_front_is_dropped() {
        let expected = [row(1, &["mã hộ", "thôn, xóm"]), row(2, &["1", "Đông"])];
        assert_eq!(csv("\u{feff}mã hộ;\"thôn, xóm\"\r\n1;Đông\r\n"), expected);
        assert_eq!(csv("mã hộ,\"thôn, xóm\"\n1, Đông "), expected);
        assert_eq!(csv("mã hộ\tthôn, xóm\n1\tĐông"), expected);
    }

    #[test]
    fn empty_rows_are_left_out_but_counted() {
        for end in ["\n", "\r\n"] {
            let text = ["a,\"b\nc\"", "", " ,", "1", "2"].join(end);
            assert_eq!(csv(&text), [row(1, &["a", "b\nc"]), row(5, &["1"]), row(6, &["2"])]);
        }
    }

    #[test]
    fn letters_and_tones_apart_are_put_together() {
        assert_eq!(csv("Hu\u{1a1}\u{300}ng"), [row(1, &["Hu\u{1edd}ng"])]);
    }

    #[test]
    fn what_is_no_table_is_refused() {
        assert_eq!(read(b"a,\xff", Format::Csv), Err(TableError::NotText));
        for bytes in [&b""[..], b"PK\x03\x04", b"a,b"] {
            assert_eq!(read(bytes, Format::Xlsx), Err(TableError::NotWorkbook), "{bytes:?}");
        }
        let heading_and = |rows| read("a\n".repeat(1 + rows).as_bytes(), Format::Csv).map(|rows| rows.len());
        assert_eq!(heading_and(MOST_ROWS), Ok(1 + MOST_ROWS));
        assert_eq!(heading_and(MOST_ROWS + 1), Err(TableError::TooLarge));
        assert_eq!(read(",".repeat(MOST_COLUMNS).as_bytes(), Format::Csv), Ok(vec![]));
        assert_eq!(
            read(("a".to_owned() + &",".repeat(MOST_COLUMNS)).as_bytes(), Format::Csv),
            Err(TableError::TooLarge)
        );
        assert_eq!(read(",".repeat(WIDEST - 1).as_bytes(), Format::Csv), Ok(vec![]));
        assert_eq!(read(",".repeat(WIDEST).as_bytes(), Format::Csv), Err(TableError::TooLarge));
    }

    #[test]
    fn a_day_may_come_as_the_number_of_a_spreadsheet() {
        for (text, iso) in [("45278", "2023-12-18"), ("21344", "1958-06-08"), ("18/12/2023", "2023-12-18")] {
            assert_eq!(day(text).unwrap().to_string(), iso, "{text}");
        }
        assert_eq!((day("2023"), day("4527x"), day("30/02/2024")), (None, None, None));
    }
}
