//! One table as CSV or as a workbook: Vietnamese headings, ready to print on A4.

use rust_decimal::Decimal;
use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Workbook, XlsxError};

use crate::domain::values::figures;
use crate::domain::values::language::Language;
use crate::domain::values::total::Total;

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Text.
    Text(String),
    /// đồng.
    Amount(Total),
    /// Nothing.
    Empty,
}

/// A column: its heading and its width in characters.
pub type Column = (&'static str, u16);

/// A table with what stands above it.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// Title of the report.
    pub title: String,
    /// Lines under the title: the unit, the period, what was chosen.
    pub lines: Vec<String>,
    /// Columns.
    pub columns: Vec<Column>,
    /// Rows, each as long as the columns.
    pub rows: Vec<Vec<Cell>>,
    /// A4 across rather than upright.
    pub landscape: bool,
}

/// Spreadsheets run a text that begins like a formula; an apostrophe keeps it a text.
fn harmless(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if formula { format!("'{text}") } else { text.to_owned() }
}

/// Everything after `é` in a file read as Windows-1258 would be lost without this mark.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// The largest whole number that a workbook cell holds exactly.
const EXACT_IN_A_CELL: i64 = 999_999_999_999_999;

impl Sheet {
    /// As CSV: UTF-8 with a byte order mark, headings first, amounts as plain digits.
    pub fn csv(&self) -> Result<Vec<u8>, csv::Error> {
        let mut writer = csv::Writer::from_writer(BYTE_ORDER_MARK.as_bytes().to_vec());
        writer.write_record(self.columns.iter().map(|(heading, _)| *heading))?;
        for row in &self.rows {
            writer.write_record(row.iter().map(|cell| match cell {
                Cell::Text(text) => harmless(text),
                Cell::Amount(total) => total.to_string(),
                Cell::Empty => String::new(),
            }))?;
        }
        writer.into_inner().map_err(|why| why.into_error().into())
    }

    /// As a workbook: title, table with repeated headings, amounts grouped, set up for A4.
    pub fn xlsx(&self) -> Result<Vec<u8>, XlsxError> {
        let mut workbook = Workbook::new();
        let page = workbook.add_worksheet();
        page.set_paper_size(9).set_print_fit_to_pages(1, 0).set_margins(0.4, 0.4, 0.6, 0.6, 0.3, 0.3);
        page.set_footer("&RTrang &P/&N");
        if self.landscape {
            page.set_landscape();
        }
        page.write_with_format(0, 0, &self.title, &Format::new().set_bold().set_font_size(14))?;
        let mut at = 1;
        for line in &self.lines {
            page.write(at, 0, line)?;
            at += 1;
        }
        at += 1;
        let heading = Format::new()
            .set_bold()
            .set_border(FormatBorder::Thin)
            .set_align(FormatAlign::Center)
            .set_text_wrap();
        for (column, (name, width)) in (0..).zip(&self.columns) {
            page.set_column_width(column, *width)?;
            page.write_with_format(at, column, *name, &heading)?;
        }
        page.set_repeat_rows(at, at)?.set_freeze_panes(at + 1, 0)?;
        let text = Format::new().set_border(FormatBorder::Thin).set_text_wrap();
        let amount = Format::new().set_border(FormatBorder::Thin).set_num_format("#,##0");
        for (row, cells) in (at + 1..).zip(&self.rows) {
            for (column, cell) in (0..).zip(cells) {
                match cell {
                    Cell::Text(words) => page.write_with_format(row, column, words, &text)?,
                    Cell::Amount(total) if total.0.abs() > Decimal::from(EXACT_IN_A_CELL) => page
                        .write_with_format(
                            row,
                            column,
                            figures::group(total.0.normalize(), Language::Vi),
                            &text,
                        )?,
                    Cell::Amount(total) => page.write_with_format(row, column, total.0, &amount)?,
                    Cell::Empty => page.write_blank(row, column, &text)?,
                };
            }
        }
        workbook.save_to_buffer()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use calamine::Reader as _;

    fn sheet() -> Sheet {
        let amount = |n: i64| Cell::Amount(Total(Decimal::from(n)));
        Sheet {
            title: "Sổ".to_owned(),
            lines: vec!["Xã Vũ Quý".to_owned()],
            columns: vec![("Diễn giải", 30), ("Số tiền", 18)],
            rows: vec![
                vec![Cell::Text("=1+1".to_owned()), amount(1_500_000)],
                vec![Cell::Empty, amount(9_007_199_254_740_993)],
            ],
            landscape: true,
        }
    }

    #[test]
    fn a_text_that_looks_like_a_formula_stays_a_text() {
        let csv = String::from_utf8(sheet().csv().unwrap()).unwrap();
        assert_eq!(csv, "\u{feff}Diễn giải,Số tiền\n'=1+1,1500000\n,9007199254740993\n");
    }

    #[test]
    fn a_workbook_holds_every_digit_of_an_amount() {
        let bytes = sheet().xlsx().unwrap();
        let mut book: calamine::Xlsx<_> =
            calamine::open_workbook_from_rs(std::io::Cursor::new(bytes)).unwrap();
        let range = book.worksheet_range_at(0).unwrap().unwrap();
        let cell = |row, column| range.get_value((row, column)).unwrap().to_string();
        assert_eq!((cell(3, 0), cell(4, 0)), ("Diễn giải".to_owned(), "=1+1".to_owned()));
        assert_eq!((cell(4, 1), cell(5, 1)), ("1500000".to_owned(), "9.007.199.254.740.993".to_owned()));
    }
}
