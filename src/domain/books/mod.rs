//! The books: sources of money, journals that balance, the recipes that make them, and the tree that proves them.

pub mod account;
pub mod account_role;
pub mod journal_kind;
pub mod merkle;
pub mod till;
pub mod posting;
pub mod recipes;
pub mod source;
pub mod year_end;
