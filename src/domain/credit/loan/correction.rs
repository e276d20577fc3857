//! Terms that a contract should have had by the rule of its day, where it was signed under a wrong one.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::terms::{LoanTerms, Missed};
use crate::domain::credit::schedule::Amortisation;

/// The terms that a correction puts in the place of those signed, from the first payout on. What is not named here stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = ContractCorrection)]
pub struct Correction {
    /// Percent a year.
    #[schema(value_type = String, example = "6.6")]
    pub annual_rate_pct: Decimal,
    /// Percent a year on overdue principal.
    #[schema(value_type = String, example = "8.58")]
    pub overdue_rate_pct: Decimal,
    /// Months between two instalments of principal.
    pub principal_every_months: u32,
    /// First months without principal.
    pub principal_grace_months: u32,
    /// First months in which interest is counted and not asked.
    pub interest_grace_months: u32,
    /// Whether that interest is asked in equal parts with the instalments of principal.
    #[serde(default)]
    pub spreads_grace_interest: bool,
    /// An instalment of principal is at least so many percent of the loan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "10")]
    pub least_instalment_pct: Option<Decimal>,
    /// Instalments are multiples of this many đồng.
    #[schema(value_type = String, example = "100000")]
    pub instalment_multiple: Decimal,
    /// What becomes of an instalment that was not paid.
    pub missed: Missed,
    /// Months by which the final date may move in all.
    pub extension_cap_months: u32,
}

impl Correction {
    /// The terms with the corrected ones in their place.
    pub fn over(&self, terms: &LoanTerms) -> LoanTerms {
        let mut corrected = terms.clone();
        let plan = &mut corrected.plan;
        plan.annual_rate_pct = self.annual_rate_pct;
        plan.amortisation = Amortisation::VnPlan {
            principal_every: self.principal_every_months,
            least_percent: self.least_instalment_pct,
        };
        plan.grace.principal = self.principal_grace_months;
        plan.grace.interest = self.interest_grace_months;
        plan.grace.spread_interest = self.spreads_grace_interest;
        plan.instalment_multiple = Some(self.instalment_multiple);
        corrected.overdue_rate_pct = self.overdue_rate_pct;
        corrected.missed = self.missed;
        corrected
    }
}
