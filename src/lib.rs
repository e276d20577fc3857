//! Sổ Quỹ, the fund's book: a ledger server for revolving poverty-support funds.
//!
//! The order of the modules is the law: a module may use only those above it (`tests/house`).

#![warn(missing_docs)]

pub mod domain;
pub mod clock;
pub mod db;
pub mod ledger;
pub mod problem;
pub mod access;
pub mod config;
pub mod idempotency;
pub mod print;
pub mod http;
pub mod embedded;
pub mod units;
pub mod users;
pub mod jobs;
pub mod households;
pub mod approvals;
pub mod books;
pub mod journals;
pub mod files;
pub mod projects;
pub mod support;
pub mod reports;
pub mod tills;
pub mod programmes;
pub mod groups;
pub mod bank_registers;
pub mod loans;
pub mod periods;
pub mod collection_sheets;
pub mod entrustment;
pub mod decisions;
pub mod verify;
pub mod worker;
pub mod api;
pub mod demo;
pub mod server;
pub mod command;
