//! Addresses of one loan, and the days that are believed in them.

use chrono::{Datelike as _, NaiveDate};
use uuid::Uuid;

use crate::problem::Problem;
use crate::text;

crate::paths! {
    LoanPath { loan: Uuid = "the loan" }
}

/// A day in the years in which days are believed: the fold counts every day up to it.
pub fn believed(field: &str, day: NaiveDate) -> Result<NaiveDate, Problem> {
    if (1900..=2200).contains(&day.year()) {
        Ok(day)
    } else {
        Err(Problem::field(field, text!("Năm từ 1900 đến 2200", "A year from 1900 to 2200")))
    }
}
