//! Preferential loans: programmes, schedules and interest, the life of a loan, and its journals.

pub mod allocation;
pub mod arrears;
pub mod bank_register;
pub mod collection_sheet;
pub mod entrustment;
pub mod interest;
pub mod loan;
pub mod loan_books;
pub mod programme;
pub mod schedule;
