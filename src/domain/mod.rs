//! What is true: pure functions and values. No clock, no database, no async.

pub mod collation;
pub mod eligibility;
pub mod figures;
pub mod identity;
pub mod language;
pub mod merkle;
pub mod money;
pub mod person;
pub mod posting;
pub mod poverty;
pub mod recipes;
pub mod source;
pub mod text;
pub mod total;
pub mod words;
pub mod calendar;
pub mod interest;
pub mod arrears;
pub mod schedule;
pub mod allocation;
pub mod loan;
pub mod programme;
pub mod lending;
