//! Tables in files that offices exchange: CSV and Excel workbooks, read as rows of typed cells.
//!
//! Every reader of files stands on this room: what a cell is (`cell.rs`), how each type of column reads it (`reading.rs`,
//! `amount.rs`), where the headings stand (`headings.rs`) and which lines are no data (`lines.rs`).

mod amount;
mod cell;
mod csv;
mod encoding;
mod guard;
mod headings;
mod lines;
mod reading;
mod workbook;

use serde::Serialize;

pub use self::amount::AmountUnit;
pub use self::cell::{At, Calendar, Cell, Place, Row};
pub use self::encoding::{Encoding, decode};
pub use self::guard::{guarded, kept, unguarded};
pub use self::headings::{HeadingRows, find_headings};
pub use self::lines::{LeftOut, Parted, Reason, part};
pub use self::reading::{Reading, Unread};

/// The most rows with content, a heading not counted.
pub const MOST_ROWS: usize = 20_000;

/// The most columns.
pub const MOST_COLUMNS: usize = 100;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Text, separated by `,`, `;` or tabs.
    Csv,
    /// An Excel workbook; its first visible sheet.
    Xlsx,
}

/// The rows of a file that have something in them, and how the file was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// The rows.
    pub rows: Vec<Row>,
    /// How the file was read.
    pub source: Source,
}

/// How a file was read.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, utoipa::ToSchema)]
#[schema(as = TableSource)]
pub struct Source {
    /// The encoding of a text; none of a workbook.
    pub encoding: Option<Encoding>,
    /// What separates the cells of a text: a comma, a semicolon or a tab; none of a workbook.
    pub separator: Option<char>,
    /// The sheet of a workbook that was read: its first visible one.
    pub sheet: Option<String>,
    /// Sheets of the workbook that were not read, hidden ones included.
    pub other_sheets: Vec<String>,
}

/// Why a file is no table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// Bytes that are no text in an encoding we know.
    #[error("the file is no text in UTF-8, UTF-16 or Windows-1258")]
    NotText,
    /// Not a workbook, or a damaged one.
    #[error("the file is not an Excel workbook (.xlsx)")]
    NotWorkbook,
    /// Too many rows, too many columns, or too much when unpacked.
    #[error("the file has more than {MOST_ROWS} rows or {MOST_COLUMNS} columns")]
    TooLarge,
}

/// The rows of a file that have something in them.
pub fn read(bytes: &[u8], format: Format) -> Result<Table, TableError> {
    match format {
        Format::Csv => csv::read(bytes),
        Format::Xlsx => workbook::read(bytes),
    }
}

/// Adds a row unless it is empty.
fn keep(rows: &mut Vec<Row>, row: Row) -> Result<(), TableError> {
    if row.is_empty() {
        return Ok(());
    }
    if rows.len() > MOST_ROWS || row.width() > MOST_COLUMNS {
        return Err(TableError::TooLarge);
    }
    rows.push(row);
    Ok(())
}
