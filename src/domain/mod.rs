//! What is true: pure functions and values. No clock, no database, no async.

pub mod collation;
pub mod eligibility;
pub mod entrustment;
pub mod figures;
pub mod group;
pub mod household;
pub mod identity;
pub mod intake;
pub mod language;
pub mod loan_register;
pub mod merkle;
pub mod money;
pub mod month;
pub mod person;
pub mod posting;
pub mod poverty;
pub mod programme;
pub mod recipes;
pub mod register;
pub mod sheet;
pub mod source;
pub mod table;
pub mod text;
pub mod total;
pub mod words;
