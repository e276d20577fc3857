//! What is true: pure functions and values. No clock, no database, no async.

pub mod language;
pub mod merkle;
pub mod money;
pub mod posting;
