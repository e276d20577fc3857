//! What is true: pure functions and values. No clock, no database, no async.

pub mod allocation;
pub mod arrears;
pub mod calendar;
pub mod collation;
pub mod credentials;
pub mod eligibility;
pub mod figures;
pub mod household;
pub mod identity;
pub mod interest;
pub mod language;
pub mod loan;
pub mod merkle;
pub mod money;
pub mod person;
pub mod posting;
pub mod poverty;
pub mod recipes;
pub mod recovery;
pub mod schedule;
pub mod source;
pub mod table;
pub mod text;
pub mod total;
pub mod words;
