//! What a household must give back of revolving support, and where it stands: terms, schedule, and a fold over events.
//!
//! Pure: the same terms and events give the same answer, in whatever order the events arrive.

mod class;
mod explain;
mod facts;
mod fold;
pub mod recipes;
mod standing;
mod terms;
#[cfg(test)]
mod tests;

pub use class::{Followed, Held};
pub use facts::{Apart, Change, Entry, Event, EventKind, Split};
pub use fold::{Difference, History, HistorySummary, Replayed, percent};
pub use standing::{Row, Standing, State};
pub use terms::{Basis, Due, Order, Part, Terms, TermsError};
