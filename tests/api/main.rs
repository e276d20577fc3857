//! Everything that needs the database, in one binary.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod embedded;
