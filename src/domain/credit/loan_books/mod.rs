//! Preferential loans in the books: the contract, where a loan stands in the accounts, and its journals.
//!
//! A loan is a fold over its events ([`crate::domain::credit::loan`]). The books hold a [`Position`] of it; whatever happens, they
//! get the difference between the position they hold and the one the fold gives. So an event dated back or taken back needs
//! no repair, and a closed month keeps its figures.

mod contract;
mod handling;
mod measures;
mod position;
pub mod recipes;
#[cfg(test)]
mod tests;

pub use contract::{Capital, Contract, Deal, Owner};
pub use handling::{FinalDates, Handling, Refusal};
pub use measures::{Cause, reschedule};
pub use position::{LossRates, Position};
