//! Separated text.

use super::cell::{Calendar, Cell, Row};
use super::encoding::decode;
use super::rows::{Source, Table, TableError, keep};
use crate::domain::values::text::nfc;

/// The most columns of a row, empty ones included: as many as the columns of a spreadsheet.
const WIDEST: usize = 16_384;

/// How many lines tell the separator.
const TELLING: usize = 200;

/// What spreadsheets write for a formula that failed.
const ERRORS: [&str; 8] = ["#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!"];

pub(super) fn read(bytes: &[u8]) -> Result<Table, TableError> {
    let (text, encoding) = decode(bytes).ok_or(TableError::NotText)?;
    let named = text.lines().next().and_then(named_separator);
    let delimiter = named.unwrap_or_else(|| delimiter(&text));
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
        if line == 1 && named.is_some() {
            continue;
        }
        keep(&mut rows, Row::new(line, Calendar::Unknown, record.iter().map(cell).collect()))?;
    }
    let separator = Some(char::from(delimiter));
    Ok(Table { rows, source: Source { encoding: Some(encoding), separator, ..Source::default() } })
}

fn cell(text: &str) -> Cell {
    let failed = ERRORS.contains(&text.trim()) || text.starts_with("Err:5");
    match text {
        "" => Cell::Empty,
        _ if failed => Cell::Error(text.trim().to_owned()),
        _ => Cell::Text(nfc(text)),
    }
}

/// Some programs name the separator in a line of its own: `sep=;`.
fn named_separator(line: &str) -> Option<u8> {
    match line.trim_end().strip_prefix("sep=")?.as_bytes() {
        [separator @ (b',' | b';')] => Some(*separator),
        _ => None,
    }
}

/// Vietnamese Excel writes `;`, because the comma is its decimal sign. The separator stands equally often in most lines, in
/// the headings and in the data; commas of a title, of decimals or of words do not. Of equals the one decides that makes
/// more columns, then `,`.
fn delimiter(text: &str) -> u8 {
    let regular = |separator: u8| {
        let counts = counts(text, separator);
        let most = counts.iter().max_by_key(|count| (alike(&counts, **count), **count)).copied().unwrap_or(0);
        (alike(&counts, most), most)
    };
    let mut best = (b',', regular(b','));
    for separator in [b';', b'\t'] {
        let found = regular(separator);
        if found > best.1 {
            best = (separator, found);
        }
    }
    best.0
}

fn alike(counts: &[usize], count: usize) -> usize {
    counts.iter().filter(|other| **other == count).count()
}

/// How often a separator stands outside quotes in each of the first lines that have it. A quote opens at the beginning of a cell
/// only: others are inches.
fn counts(text: &str, separator: u8) -> Vec<usize> {
    let (mut counts, mut count, mut quoted, mut begins) = (Vec::new(), 0, false, true);
    for byte in text.bytes().chain([b'\n']) {
        if byte == b'"' && (quoted || begins) {
            quoted = !quoted;
        } else if !quoted && byte == separator {
            count += 1;
        } else if !quoted && byte == b'\n' {
            if count > 0 {
                counts.push(count);
            }
            count = 0;
            if counts.len() == TELLING {
                break;
            }
        }
        begins = byte == b'"' || byte == separator || byte == b'\n';
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::super::encoding::Encoding;
    use super::super::rows::{MOST_COLUMNS, MOST_ROWS};
    use super::*;

    fn csv(text: &str) -> Vec<(u32, Vec<String>)> {
        let rows = read(text.as_bytes()).unwrap().rows;
        rows.iter().map(|row| (row.number, row.shown().map(std::borrow::Cow::into_owned).collect())).collect()
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
        assert_eq!(
            csv("sep=;\r\nmã hộ;thôn, xóm\n1;Đông"),
            [row(2, &["mã hộ", "thôn, xóm"]), row(3, &["1", "Đông"])]
        );
    }

    #[test]
    fn commas_of_a_title_of_decimals_and_of_amounts_are_no_separators() {
        let title = "HỘ NGHÈO, CẬN NGHÈO, MỚI THOÁT NGHÈO";
        assert_eq!(
            csv(&format!("{title}\nmã;tên\n1;An"))[1..],
            [row(2, &["mã", "tên"]), row(3, &["1", "An"])]
        );
        assert_eq!(
            csv("mã;vay;lãi\n1;50,000,000;6,6\n2;5,000,000;6,6")[1],
            row(2, &["1", "50,000,000", "6,6"])
        );
        assert_eq!(
            csv("mã,ai\n1,An|con;Bình|vợ;Lê|mẹ\n2,A|con;B|vợ;C|mẹ")[1],
            row(2, &["1", "An|con;Bình|vợ;Lê|mẹ"])
        );
        assert_eq!(csv("mã,ghi chú\n1,ống 12\" x 3; 5\n2,-")[1], row(2, &["1", "ống 12\" x 3; 5"]));
    }

    #[test]
    fn empty_rows_are_left_out_but_counted() {
        for end in ["\n", "\r\n"] {
            let text = ["a,\"b\nc\"", "", " ,", "1", "2"].join(end);
            assert_eq!(csv(&text), [row(1, &["a", "b\nc"]), row(5, &["1"]), row(6, &["2"])]);
        }
    }

    #[test]
    fn letters_and_tones_apart_are_put_together_and_errors_are_told() {
        assert_eq!(csv("Hu\u{1a1}\u{300}ng"), [row(1, &["Hu\u{1edd}ng"])]);
        assert_eq!(read(b"a,#N/A").unwrap().rows[0].cells()[1], Cell::Error("#N/A".to_owned()));
    }

    #[test]
    fn how_a_text_was_read_is_told() {
        let source = read(b"a;b\n1;2").unwrap().source;
        assert_eq!(
            (source.encoding, source.separator, source.sheet),
            (Some(Encoding::Utf8), Some(';'), None)
        );
    }

    #[test]
    fn what_is_no_table_is_refused() {
        assert_eq!(read(b"a,\xff"), Err(TableError::NotText));
        let heading_and = |rows| read("a\n".repeat(1 + rows).as_bytes()).map(|table| table.rows.len());
        assert_eq!(heading_and(MOST_ROWS), Ok(1 + MOST_ROWS));
        assert_eq!(heading_and(MOST_ROWS + 1), Err(TableError::TooLarge));
        let rows = |text: String| read(text.as_bytes()).map(|table| table.rows.len());
        assert_eq!(rows(",".repeat(MOST_COLUMNS)), Ok(0));
        assert_eq!(rows("a".to_owned() + &",".repeat(MOST_COLUMNS)), Err(TableError::TooLarge));
        assert_eq!(rows(",".repeat(WIDEST - 1)), Ok(0));
        assert_eq!(rows(",".repeat(WIDEST)), Err(TableError::TooLarge));
    }
}
