//! What is true: pure functions and values. No clock, no database, no async.

pub mod money;
pub mod calendar;
pub mod interest;
pub mod arrears;
pub mod schedule;
pub mod allocation;
pub mod loan;
