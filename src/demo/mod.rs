//! The demonstration: one commune's books, filled through the same use cases as the API.

pub mod households;
