//! What a household must give back of revolving support, and where it stands: terms, schedule, and a fold over events.
//!
//! Pure: the same terms and events give the same answer, in whatever order the events arrive.

mod explain;
mod fold;
pub mod recipes;
mod terms;

pub use fold::{Change, Difference, Entry, Event, History, Replayed, Row, Split, Standing, State, percent};
pub use terms::{Basis, Due, Order, Part, Terms, TermsError};
