//! Registers of loans that other banks keep: the columns of the Policy Bank's export, what a row says, and where two
//! registers differ.

mod columns;
mod compare;
mod plan;
mod rows;
mod terms;

pub use self::columns::{Column, Columns, HeadingError};
pub use self::compare::{Differences, Differing, Match, Total, compare, totals};
pub use self::plan::{Light, Plan, PlanRow, plan_report};
pub use self::rows::{Complaint, Loan, Reading, read};
pub use self::terms::months_between;
