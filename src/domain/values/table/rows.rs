//! The rows of a file, how it was read, and why it is no table.

use serde::Serialize;

use super::cell::Row;
use super::encoding::Encoding;

/// The most rows with content, a heading not counted.
pub const MOST_ROWS: usize = 20_000;

/// The most columns.
pub const MOST_COLUMNS: usize = 100;

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

/// Adds a row unless it is empty.
pub(super) fn keep(rows: &mut Vec<Row>, row: Row) -> Result<(), TableError> {
    if row.is_empty() {
        return Ok(());
    }
    if rows.len() > MOST_ROWS || row.width() > MOST_COLUMNS {
        return Err(TableError::TooLarge);
    }
    rows.push(row);
    Ok(())
}
