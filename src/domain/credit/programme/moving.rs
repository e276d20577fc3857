//! When and how far the dates of a loan may be moved.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;

use crate::domain::values::catalogue::catalogue;

catalogue! {
    /// What the longest extension is a share of.
    pub enum ExtensionOf {
        /// The whole term.
        Term = "term",
        /// The part of the term in which the loan is repaid: of a student's, without paying-out and grace.
        Repayment = "repayment",
    }
}

/// When and how far dates may be moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Moving {
    /// An instalment is rescheduled when asked so many days before it is due.
    pub reschedule_ask_days: u32,
    /// An extension may be asked from so many months before the final date …
    pub extension_ask_months: u32,
    /// … to so many working days before it.
    pub extension_ask_working_days: u32,
    /// Loans to this term are short.
    pub short_term_months: u32,
    /// Loans to this term are medium, above long.
    pub medium_term_months: u32,
    /// The longest extension of a short loan, in months.
    pub extension_short_months: u32,
    /// The longest extension of others, in percent …
    pub extension_term_percent: Decimal,
    /// … of this.
    pub extension_of: ExtensionOf,
    /// Whether a short loan may be carried to the next season (lưu vụ).
    pub season_carry_over: bool,
    /// Days to bring back what was misused before it is overdue.
    pub misuse_days: u32,
}

impl Moving {
    /// The longest extension of a loan of so many months, the last `repayment_months` of which it is repaid in. `special` is the
    /// cap a decision sets instead.
    pub fn longest_extension(&self, term_months: u32, repayment_months: u32, special: Option<u32>) -> u32 {
        if let Some(months) = special {
            return months;
        }
        if term_months <= self.short_term_months {
            return self.extension_short_months;
        }
        let whole = match self.extension_of {
            ExtensionOf::Term => term_months,
            ExtensionOf::Repayment => repayment_months,
        };
        let part = (Decimal::from(whole) * self.extension_term_percent / Decimal::ONE_HUNDRED).floor();
        u32::try_from(part).unwrap_or(u32::MAX)
    }

    /// The first day on which an extension may be asked.
    pub fn extension_asked_from(&self, final_due_on: NaiveDate) -> NaiveDate {
        let months = chrono::Months::new(self.extension_ask_months);
        final_due_on.checked_sub_months(months).unwrap_or(NaiveDate::MIN)
    }

    /// Whether an instalment's reschedule is asked in time.
    pub fn reschedule_in_time(&self, due_on: NaiveDate, asked_on: NaiveDate) -> bool {
        (due_on - asked_on).num_days() >= i64::from(self.reschedule_ask_days)
    }
}
