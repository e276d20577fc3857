//! What is true: pure functions and values. No clock, no database, no async.

pub mod money;
