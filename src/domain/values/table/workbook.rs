//! Excel workbooks, cell by cell: a table of the sheet's claimed size could be larger than memory.

use std::collections::BTreeSet;
use std::io::{Cursor, Read as _};

use calamine::{
    Cell as Found, DataRef, ExcelDateTime, Reader as _, SheetType, SheetVisible, Style, Xlsx, XlsxCellReader,
    XlsxError,
};
use rust_decimal::Decimal;

use super::cell::{Calendar, Cell, Row};
use super::rows::{MOST_COLUMNS, Source, Table, TableError, keep};
use crate::domain::values::figures::parse_date;
use crate::domain::values::text::nfc;

/// The most a workbook may hold when unpacked, in bytes: a small archive can stand for more than a machine's memory.
const MOST_UNPACKED: u64 = 128 * 1024 * 1024;

/// The most of its styles, unpacked: a cell of two bytes names one, and each takes a hundredfold in memory.
const MOST_STYLES: u64 = 4 * 1024 * 1024;

/// The most cells that are looked at, with empty ones: more than any list of so many rows and columns has.
const MOST_CELLS: usize = 2_000_000;

/// How many digits of a number a workbook vouches for: programs show no more, and the ones beyond are those of binary fractions.
const DIGITS: u32 = 15;

type Book<'a> = Xlsx<Cursor<&'a [u8]>>;
type Cells<'a, 'b> = XlsxCellReader<'a, Cursor<&'b [u8]>>;

fn damaged(_: XlsxError) -> TableError {
    TableError::NotWorkbook
}

pub(super) fn read(bytes: &[u8]) -> Result<Table, TableError> {
    check_unpacked(bytes)?;
    // The library counts rows and columns without asking whether a crafted one goes beyond its numbers, which stops the thread.
    std::panic::catch_unwind(|| sheet(bytes)).unwrap_or(Err(TableError::NotWorkbook))
}

fn sheet(bytes: &[u8]) -> Result<Table, TableError> {
    let mut book: Book<'_> = Xlsx::new(Cursor::new(bytes)).map_err(damaged)?;
    let is_shown = |sheet: &&calamine::Sheet| {
        sheet.visible == SheetVisible::Visible && sheet.typ == SheetType::WorkSheet
    };
    let sheet = book.sheets_metadata().iter().find(is_shown).ok_or(TableError::NotWorkbook)?.name.clone();
    let others = book.sheets_metadata().iter().map(|other| other.name.clone());
    let other_sheets = others.filter(|other| *other != sheet).collect();
    let calendar = if book.has_1904_epoch() { Calendar::From1904 } else { Calendar::From1900 };
    let uncomputed = uncomputed(&mut book, &sheet, computes_when_opened(bytes))?;
    let mut cells = book.worksheet_cells_reader(&sheet).map_err(damaged)?;
    let rows = rows(&mut cells, calendar, &uncomputed)?;
    Ok(Table { rows, source: Source { sheet: Some(sheet), other_sheets, ..Source::default() } })
}

fn rows(
    cells: &mut Cells<'_, '_>,
    calendar: Calendar,
    uncomputed: &BTreeSet<(u32, u32)>,
) -> Result<Vec<Row>, TableError> {
    let percents: Vec<bool> = cells.styles().iter().map(shows_percent).collect();
    let (mut rows, mut number, mut row, mut seen) = (Vec::new(), 0, Vec::new(), 0);
    while let Some((found, style)) = cells.next_cell_with_style_id().map_err(damaged)? {
        one_more(&mut seen)?;
        let at = found.get_position();
        let percent = percents.get(style).copied().unwrap_or_default();
        let cell = if uncomputed.contains(&at) { Cell::Uncomputed } else { cell(&found, percent, calendar) };
        if cell == Cell::Empty {
            continue;
        }
        let column = usize::try_from(at.1).map_err(|_| TableError::TooLarge)?;
        if column >= MOST_COLUMNS {
            return Err(TableError::TooLarge);
        }
        if at.0 + 1 != number {
            keep(&mut rows, Row::new(number, calendar, std::mem::take(&mut row)))?;
            number = at.0 + 1;
        }
        row.resize_with(row.len().max(column + 1), Cell::default);
        row[column] = cell;
    }
    keep(&mut rows, Row::new(number, calendar, row))?;
    Ok(rows)
}

fn one_more(seen: &mut usize) -> Result<(), TableError> {
    *seen += 1;
    if *seen > MOST_CELLS { Err(TableError::TooLarge) } else { Ok(()) }
}

/// The formulas without a value. Writers that cannot compute leave the value out, or write 0 and ask for a computation when
/// the workbook is opened.
fn uncomputed(book: &mut Book<'_>, sheet: &str, asks: bool) -> Result<BTreeSet<(u32, u32)>, TableError> {
    let mut cells = book.worksheet_cells_reader(sheet).map_err(damaged)?;
    let (mut found, mut seen) = (BTreeSet::new(), 0);
    while let Some(cell) = cells.next_cell_with_formula_metadata().map_err(damaged)? {
        one_more(&mut seen)?;
        let without = match cell.value {
            DataRef::Empty => true,
            DataRef::Int(0) => asks,
            DataRef::Float(number) => asks && number.to_bits() << 1 == 0,
            _ => false,
        };
        if without && cell.formula.is_some() {
            found.insert(cell.pos);
        }
    }
    Ok(found)
}

/// Whether the writer of a workbook asks for its formulas to be computed when it is opened.
fn computes_when_opened(bytes: &[u8]) -> bool {
    let asks = || {
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).ok()?;
        let mut text = String::new();
        archive.by_name("xl/workbook.xml").ok()?.read_to_string(&mut text).ok()?;
        Some(["1", "true"].iter().any(|yes| text.contains(&format!("fullCalcOnLoad=\"{yes}\""))))
    };
    asks().unwrap_or_default()
}

/// Refuses archives that unpack to more than a commune's list can be; what they claim about themselves is not believed.
fn check_unpacked(bytes: &[u8]) -> Result<(), TableError> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| TableError::NotWorkbook)?;
    let mut left = MOST_UNPACKED;
    for at in 0..archive.len() {
        let file = archive.by_index(at).map_err(|_| TableError::NotWorkbook)?;
        let styles = file.name().is_ok_and(|name| name.ends_with("styles.xml"));
        let most = if styles { left.min(MOST_STYLES) } else { left };
        let size = std::io::copy(&mut file.take(most + 1), &mut std::io::sink());
        if size.as_ref().is_ok_and(|size| *size > most) {
            return Err(TableError::TooLarge);
        }
        left = left.checked_sub(size.map_err(|_| TableError::NotWorkbook)?).ok_or(TableError::TooLarge)?;
    }
    Ok(())
}

/// Whether cells of a style show their number with %: the sign stands in the first part of the format, not as a letter.
fn shows_percent(style: &Style) -> bool {
    let Some(format) = &style.number_format else { return false };
    let (mut letters, mut quoted) = (format.format_code.chars(), false);
    while let Some(letter) = letters.next() {
        match letter {
            '"' => quoted = !quoted,
            _ if quoted => {}
            // The next one is a letter, or as wide as a letter.
            '\\' | '_' | '*' => _ = letters.next(),
            '%' => return true,
            ';' => return false,
            _ => {}
        }
    }
    false
}

fn cell(found: &Found<DataRef<'_>>, percent: bool, calendar: Calendar) -> Cell {
    match found.get_value() {
        DataRef::Empty => Cell::Empty,
        DataRef::Int(number) => typed(Decimal::from(*number), percent),
        DataRef::Float(number) => {
            decimal(*number).map_or_else(|| Cell::Text(number.to_string()), |number| typed(number, percent))
        }
        DataRef::Bool(truth) => Cell::Truth(*truth),
        DataRef::String(text) => Cell::Text(nfc(text)),
        DataRef::SharedString(text) => Cell::Text(nfc(text)),
        DataRef::DateTimeIso(text) => {
            let day = text.split('T').next().and_then(parse_date);
            day.map_or_else(|| Cell::Text(nfc(text)), Cell::Day)
        }
        DataRef::DurationIso(_) => Cell::Time,
        DataRef::DateTime(at) => day(*at, calendar),
        DataRef::Error(error) => Cell::Error(error.to_string()),
    }
}

fn day(at: ExcelDateTime, calendar: Calendar) -> Cell {
    let day = decimal(at.as_f64()).filter(|_| at.is_datetime());
    day.and_then(|serial| calendar.day(serial)).map_or(Cell::Time, Cell::Day)
}

fn typed(number: Decimal, percent: bool) -> Cell {
    match number.checked_mul(Decimal::ONE_HUNDRED).filter(|_| percent) {
        Some(hundredfold) => Cell::Percent(hundredfold.normalize()),
        None => Cell::Number(number),
    }
}

/// The number that a person typed into a cell. The file keeps it as a binary fraction with up to 17 digits
/// (`6.6000000000000003E-2`); the shortest decimal that stands for the same fraction is written out and read as a
/// decimal, without any arithmetic in between, and sums of formulas lose what lies beyond the digits a workbook vouches for.
fn decimal(number: f64) -> Option<Decimal> {
    let exact: Decimal = number.to_string().parse().ok()?;
    if exact.fract().is_zero() {
        Some(exact)
    } else {
        exact.round_sf(DIGITS).map(|number| number.normalize())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_xlsxwriter::{ExcelDateTime as Written, Format, Formula, Workbook};

    fn sheet(fill: impl FnOnce(&mut rust_xlsxwriter::Worksheet)) -> Vec<Cell> {
        let mut book = Workbook::new();
        fill(book.add_worksheet());
        let rows = read(&book.save_to_buffer().unwrap()).unwrap().rows;
        rows.iter().flat_map(|row| row.cells().to_vec()).collect()
    }

    fn number(text: &str) -> Cell {
        Cell::Number(text.parse().unwrap())
    }

    fn percent(text: &str) -> Cell {
        Cell::Percent(text.parse().unwrap())
    }

    #[test]
    fn a_number_is_what_was_typed_and_a_percent_what_is_shown() {
        let formats = ["0.00%", "0%", "\"%\"0", "0\\%", "0.0_%", "[Red]0.0%;0", "0;0%", "General"];
        let shown = sheet(|sheet| {
            for (row, format) in (0..).zip(formats) {
                sheet.write_with_format(row, 0, 0.066, &Format::new().set_num_format(format)).unwrap();
            }
        });
        let plain = || number("0.066");
        let expected =
            [percent("6.6"), percent("6.6"), plain(), plain(), plain(), percent("6.6"), plain(), plain()];
        assert_eq!(shown, expected);
        let numbers = [904.125, 30.125, 1e21, 0.1 + 0.2, 34_081_900_001.0, 999_999_999_999_999.0, -5.0];
        let read = sheet(|sheet| {
            for (row, number) in (0..).zip(numbers) {
                sheet.write(row, 0, number).unwrap();
            }
        });
        let texts =
            ["904.125", "30.125", "1000000000000000000000", "0.3", "34081900001", "999999999999999", "-5"];
        assert_eq!(read, texts.map(number));
    }

    #[test]
    fn days_are_days_and_times_alone_are_none() {
        let day = Format::new().set_num_format("dd/mm/yyyy");
        let cells = sheet(|sheet| {
            let noon = Written::from_ymd(2023, 12, 18).unwrap().and_hms(12, 30, 0).unwrap();
            sheet.write_with_format(0, 0, noon, &day).unwrap();
            sheet.write_with_format(1, 0, 0.5, &Format::new().set_num_format("hh:mm")).unwrap();
            sheet.write_with_format(2, 0, 1.5, &Format::new().set_num_format("[h]:mm")).unwrap();
            sheet.write_with_format(3, 0, Formula::new("=A1+1").set_result("45279"), &day).unwrap();
            sheet.write(4, 0, true).unwrap();
        });
        let on = |text: &str| Cell::Day(text.parse().unwrap());
        assert_eq!(cells, [on("2023-12-18"), Cell::Time, Cell::Time, on("2023-12-19"), Cell::Truth(true)]);
    }

    #[test]
    fn a_formula_counts_with_its_value_only() {
        let cells = sheet(|sheet| {
            sheet.write_formula(0, 0, Formula::new("=1+1").set_result("2")).unwrap();
            sheet.write_formula(1, 0, Formula::new("=1+1")).unwrap();
            sheet.write_formula(2, 0, Formula::new("=\"a\"").set_result("a")).unwrap();
            sheet.write_formula(3, 0, Formula::new("=1/0").set_result("#DIV/0!")).unwrap();
            sheet.write_formula(4, 0, Formula::new("=VLOOKUP(1,B:B,1)").set_result("#N/A")).unwrap();
            sheet.write(5, 0, 0).unwrap();
        });
        let error = |text: &str| Cell::Error(text.to_owned());
        let text = Cell::Text("a".to_owned());
        assert_eq!(
            cells,
            [number("2"), Cell::Uncomputed, text, error("#DIV/0!"), error("#N/A"), number("0")]
        );
    }

    #[test]
    fn the_first_visible_sheet_is_read_and_the_others_are_named() {
        let mut book = Workbook::new();
        for (name, hidden) in [("cũ", true), ("Danh sách", false), ("khác", false)] {
            let sheet = book.add_worksheet();
            sheet.set_name(name).unwrap().write(0, 0, name).unwrap();
            sheet.set_hidden(hidden);
            if name == "Danh sách" {
                sheet.set_active(true).set_row_hidden(0).unwrap();
            }
        }
        let table = read(&book.save_to_buffer().unwrap()).unwrap();
        assert_eq!(table.rows[0].cells(), [Cell::Text("Danh sách".to_owned())]);
        assert_eq!((table.source.sheet.as_deref(), table.source.separator), (Some("Danh sách"), None));
        assert_eq!(table.source.other_sheets, ["cũ", "khác"]);
    }

    /// A workbook with other text in the place of a part of it.
    fn with_part(name: &str, change: impl Fn(String) -> String) -> Vec<u8> {
        let mut book = Workbook::new();
        book.add_worksheet().write(0, 0, "a").unwrap();
        let bytes = book.save_to_buffer().unwrap();
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for at in 0..archive.len() {
            let mut file = archive.by_index(at).unwrap();
            let (part, mut text) = (file.name().unwrap().into_owned(), String::new());
            file.read_to_string(&mut text).unwrap();
            out.start_file(&*part, zip::write::SimpleFileOptions::default()).unwrap();
            let text = if part == name { change(text) } else { text };
            std::io::Write::write_all(&mut out, text.as_bytes()).unwrap();
        }
        out.finish().unwrap().into_inner()
    }

    #[test]
    fn a_crafted_place_or_style_stops_nothing() {
        for (from, to) in [("<row r=\"1\"", "<row r=\"4294967296\""), ("r=\"A1\"", "r=\"ZZZZZZZZZ1\"")] {
            let crafted = with_part("xl/worksheets/sheet1.xml", |text| text.replace(from, to));
            assert!(read(&crafted).is_err(), "{to}");
        }
        let styles =
            |text: String| text.replace("</cellXfs>", &format!("{}</cellXfs>", "<xf/>".repeat(900_000)));
        assert_eq!(read(&with_part("xl/styles.xml", styles)), Err(TableError::TooLarge));
        assert_eq!(read(&with_part("xl/styles.xml", |text| text)).unwrap().rows.len(), 1);
    }

    #[test]
    fn what_is_no_workbook_is_refused() {
        for bytes in [&b""[..], b"PK\x03\x04", b"a,b"] {
            assert_eq!(read(bytes), Err(TableError::NotWorkbook), "{bytes:?}");
        }
    }
}
