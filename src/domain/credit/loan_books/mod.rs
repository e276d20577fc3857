//! Preferential loans in the books: the contract, where a loan stands in the accounts, and its journals.
//!
//! A loan is a fold over its events ([`crate::domain::credit::loan`]). The books hold a [`Position`] of it on each day of its
//! [`Course`]; whatever happens, each of these days gets the difference between the position that is held and the one the
//! fold gives. So an event dated back or taken back needs no repair.

mod contract;
mod course;
mod handling;
mod measures;
mod position;
pub mod recipes;
mod review;
#[cfg(test)]
mod tests;

pub use contract::{BookedAs, Capital, Contract, Deal, Owner, TermClass};
pub use course::{Around, Course, Moves, Stand};
pub use handling::{FinalDates, Handling, Refusal};
pub use measures::{Authority, Cause, WriteOffRule, reschedule};
pub use position::{LossBook, LossRates, LossRow, Position};
pub use review::{Circumstances, Difference, Review, Reviewed};
