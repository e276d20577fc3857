//! Rows as CSV, for programs: one line of headings, amounts as plain digits, days as people write them.

use super::document::{Cell, Document, Rank};
use crate::domain::values::figures;
use crate::domain::values::language::Language;
use crate::domain::values::table::guarded;

/// Everything after `é` in a file read as Windows-1258 would be lost without this mark.
pub(super) const BYTE_ORDER_MARK: &str = "\u{feff}";

fn plain(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => guarded(text),
        Cell::Amount(total) => total.to_string(),
        Cell::Count(number) => number.to_string(),
        Cell::Day(day) => figures::date(*day, Language::Vi),
        Cell::Empty => String::new(),
    }
}

/// The tables of a document as CSV: UTF-8 with a byte order mark.
pub fn csv(document: &Document) -> anyhow::Result<Vec<u8>> {
    let mut writer =
        csv::WriterBuilder::new().flexible(true).from_writer(BYTE_ORDER_MARK.as_bytes().to_vec());
    for table in document.tables() {
        writer.write_record(table.columns.iter().map(|column| column.heading))?;
        for row in table.rows.iter().filter(|row| matches!(row.rank, Rank::Plain | Rank::Total)) {
            writer.write_record(row.cells.iter().map(plain))?;
        }
    }
    Ok(writer.into_inner()?)
}
