//! Entrustment fees of a month: what mass organisations earn for the work the bank entrusted to them.

mod booked;
pub mod http;
mod statement;
mod store;
mod values;

pub use booked::{book, computed, list, take_back};
pub use statement::statement;
pub use values::{BookedFees, Entry, FeeRow, GroupFee, SourceFee, Statement, TakeBack, Wanted};
