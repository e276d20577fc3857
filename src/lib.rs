//! Sổ Quỹ, the fund's book: a ledger server for revolving poverty-support funds.
//!
//! The order of the modules is the law: a module may use only those above it (`tests/house.rs`).

pub mod domain;
pub mod demo;
