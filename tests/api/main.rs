//! The API over HTTP and the books in SQL: one binary, a real PostgreSQL, one database a test, a fixed clock.

mod support;
mod edge;
mod embedded;
mod verify;
mod loans;
