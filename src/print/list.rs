//! A list that is read back by a program: one row of headings, every cell a text. In a workbook the cells are of the format "text",
//! so that no spreadsheet takes a number for an amount or a code for a day.

use rust_xlsxwriter::{Format, Workbook};

use super::csv::BYTE_ORDER_MARK;
use crate::domain::values::table::{guarded, kept};

/// Rows as CSV: UTF-8 with a byte order mark.
pub fn list_csv(rows: &[Vec<String>]) -> anyhow::Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(BYTE_ORDER_MARK.as_bytes().to_vec());
    for row in rows {
        writer.write_record(row.iter().map(|text| guarded(text)))?;
    }
    Ok(writer.into_inner()?)
}

/// Rows as a workbook.
pub fn list_xlsx(rows: &[Vec<String>]) -> anyhow::Result<Vec<u8>> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet_with_constant_memory()?;
    let text = Format::new().set_num_format("@");
    sheet.set_freeze_panes(1, 0)?;
    for (at, row) in (0..).zip(rows) {
        for (column, cell) in (0..).zip(row).filter(|(_, cell)| !cell.is_empty()) {
            sheet.write_string_with_format(at, column, kept(cell), &text)?;
        }
    }
    Ok(book.save_to_buffer()?)
}
