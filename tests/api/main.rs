//! The API over HTTP and the books in SQL: one binary, a real PostgreSQL, one database a test, a fixed clock.

#![expect(clippy::pedantic, reason = "a test reads as a story, not as a library")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod support;
mod books;
mod catalogues;
mod charts;
mod decisions;
mod demo;
mod edge;
mod embedded;
mod faults;
mod files;
mod household_lists;
mod sheets;
mod households;
mod http;
mod input;
mod revolving;
mod tills;
mod till_details;
mod till_rules;
mod till_sources;
mod cash_counts;
mod units;
mod users;
mod ledger_sql;
mod ledger_together;
mod ledger_whole;
mod reports;
mod entrustment;
mod groups;
mod jobs;
mod new_year;
mod papers;
mod programme_figures;
mod programmes;
mod bank_registers;
mod collection_sheets;
mod corrections;
mod verify;
mod year_end;
mod loans;
mod silence;
mod statements;
mod commands;
mod coverage;
mod upgrade;
