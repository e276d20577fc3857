//! Subjects: what the lines of the books can be about.

use crate::domain::values::catalogue::catalogue;

catalogue! {
    /// What a line is about. The rows of one kind are a sub-ledger: what they add up to stands on its control accounts.
    pub enum SubjectKind {
        /// A household, for what it has at the fund besides contracts.
        Household = "household",
        /// An agreement of revolving support.
        Agreement = "agreement",
        /// A preferential loan.
        Loan = "loan",
    }
}
