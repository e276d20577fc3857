//! What is printed: a [`Document`] of head, title, tables, fields and signatures, and the CSV, workbook or PDF that it becomes.
//!
//! Lengths are whole twentieths of a point, so a page is laid out the same way every time.

mod csv;
mod document;
mod face;
mod grid;
mod length;
mod lines;
mod list;
mod pages;
mod pdf;
mod pieces;
mod sheet;
#[cfg(test)]
mod tests;

pub use self::csv::csv;
pub use self::document::{
    Block, Cell, Column, Document, Field, Kind, Line, Paper, Rank, Row, Signer, Stamp, Table, day_in_words,
};
pub use self::list::{list_csv, list_xlsx};
pub use self::pdf::pdf;
pub use self::sheet::xlsx;
