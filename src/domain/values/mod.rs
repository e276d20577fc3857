//! What every room speaks in: money and dates, words and figures in two languages, rows compared, tables of files.

pub mod calendar;
pub mod catalogue;
pub mod collation;
pub mod figures;
pub mod ids;
pub mod language;
pub mod media;
pub mod money;
pub mod month;
pub mod row;
pub mod strict;
pub mod table;
pub mod text;
pub mod total;
pub mod words;
