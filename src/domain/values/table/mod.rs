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
mod rows;
mod workbook;

pub use self::amount::AmountUnit;
pub use self::cell::{At, Calendar, Cell, Place, Row};
pub use self::encoding::{Encoding, decode};
pub use self::guard::{guarded, kept, unguarded};
pub use self::headings::{HeadingRows, find_headings};
pub use self::lines::{LeftOut, Parted, Reason, part};
pub use self::reading::{Reading, Unread};
pub use self::rows::{MOST_COLUMNS, MOST_ROWS, Source, Table, TableError};

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Text, separated by `,`, `;` or tabs.
    Csv,
    /// An Excel workbook; its first visible sheet.
    Xlsx,
}

/// The rows of a file that have something in them.
pub fn read(bytes: &[u8], format: Format) -> Result<Table, TableError> {
    match format {
        Format::Csv => csv::read(bytes),
        Format::Xlsx => workbook::read(bytes),
    }
}
