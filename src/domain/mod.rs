//! What is true: pure functions and values. No clock, no database, no async.
//!
//! The order of the rooms is the law here too: a room uses only those above it (`tests/house`).

pub mod values;
pub mod people;
pub mod books;
pub mod credit;
pub mod support;
