//! A contract held against the rule of the day on which it was signed, as that rule is known today. What differs is shown; it is
//! changed by a decision on that contract only (Civil Code 91/2015/QH13 art. 421), never by itself.

use serde::Serialize;

use super::contract::{Contract, Deal};
use crate::domain::credit::loan::{Correction, Missed};
use crate::domain::credit::programme::{Rates, Rule};
use crate::domain::values::catalogue::catalogue;

catalogue! {
    /// A term of a contract that the rule of its day sets.
    #[schema(as = ReviewedTerm)]
    pub enum Reviewed {
        /// Percent a year.
        AnnualRate = "annual_rate_pct",
        /// Percent a year on overdue principal.
        OverdueRate = "overdue_rate_pct",
        /// Months between two instalments of principal.
        PrincipalEvery = "principal_every_months",
        /// First months without principal.
        PrincipalGrace = "principal_grace_months",
        /// First months without interest.
        InterestGrace = "interest_grace_months",
        /// Whether interest of the grace is asked in parts.
        SpreadsGraceInterest = "spreads_grace_interest",
        /// The least instalment, percent of the loan.
        LeastInstalment = "least_instalment_pct",
        /// What instalments are multiples of, đồng.
        InstalmentMultiple = "instalment_multiple",
        /// What becomes of an instalment that was not paid.
        Missed = "missed",
        /// Months by which the final date may move in all.
        ExtensionCap = "extension_cap_months",
        /// Months from the first payout to the final date, which are more than the rule allows. A correction leaves them.
        TermMonths = "term_months",
    }
}

/// What a contract has otherwise than its rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = ContractDifference)]
pub struct Difference {
    /// Which term.
    pub term: Reviewed,
    /// What the contract says; none: nothing.
    pub contract: Option<String>,
    /// What the rule says; none: nothing.
    pub rule: Option<String>,
}

/// What the parties settled besides the contract, which its rule asks for.
#[derive(Debug, Clone, Copy)]
pub struct Circumstances {
    /// The rates of the day of signing; none: the contract names its own.
    pub rates: Option<Rates>,
    /// Students: from the first payout to the end of the course, in whole months.
    pub payout_months: u32,
    /// Months by which a decision caps extensions instead of the general rule.
    pub extension_special: Option<u32>,
    /// The longest term under the rule, in months; none: as long as is agreed.
    pub longest_months: Option<u32>,
}

/// A contract that was held against its rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// What differs.
    pub differences: Vec<Difference>,
    /// The terms that would mend it; none where nothing can be mended.
    pub correction: Option<Correction>,
}

impl Contract {
    /// Its terms that a correction can change.
    fn correctable(&self) -> Correction {
        Correction {
            annual_rate_pct: self.annual_rate_pct,
            overdue_rate_pct: self.overdue_rate_pct,
            principal_every_months: self.principal_every_months,
            principal_grace_months: self.principal_grace_months,
            interest_grace_months: self.interest_grace_months,
            spreads_grace_interest: self.spreads_grace_interest,
            least_instalment_pct: self.least_instalment_pct,
            instalment_multiple: self.instalment_multiple,
            missed: self.missed,
            extension_cap_months: self.handling.extension_cap_months,
        }
    }

    /// The contract after a correction.
    #[must_use]
    pub fn corrected(&self, by: &Correction) -> Self {
        let mut contract = self.clone();
        contract.annual_rate_pct = by.annual_rate_pct;
        contract.overdue_rate_pct = by.overdue_rate_pct;
        contract.principal_every_months = by.principal_every_months;
        contract.principal_grace_months = by.principal_grace_months;
        contract.interest_grace_months = by.interest_grace_months;
        contract.spreads_grace_interest = by.spreads_grace_interest;
        contract.least_instalment_pct = by.least_instalment_pct;
        contract.instalment_multiple = by.instalment_multiple;
        contract.missed = by.missed;
        contract.handling.extension_cap_months = by.extension_cap_months;
        contract
    }

    /// What the contract would be under a rule, for the same money over the same months.
    fn as_under(&self, rule: &Rule, with: Circumstances) -> Self {
        let own =
            Rates { annual_rate: self.annual_rate_pct, overdue_rate: rule.overdue.of(self.annual_rate_pct) };
        let allowed = &rule.instalments.months;
        let shorter = allowed.iter().copied().filter(|months| *months < self.principal_every_months).max();
        let every = if allowed.contains(&self.principal_every_months) {
            self.principal_every_months
        } else {
            shorter.or(allowed.first().copied()).unwrap_or(self.principal_every_months)
        };
        let deal = Deal {
            amount: self.amount,
            term_months: self.term_months,
            principal_every_months: every,
            payout_months: with.payout_months,
            capital: self.capital,
            recovers_into: self.recovers_into,
            rates: with.rates.unwrap_or(own),
            extension_special: with.extension_special,
            holidays: self.working_days.holidays.clone(),
        };
        Self::under(rule, &deal)
    }

    /// Holds the contract against a rule.
    pub fn review(&self, rule: &Rule, with: Circumstances) -> Review {
        let (has, should) = (self.correctable(), self.as_under(rule, with).correctable());
        let mut differences: Vec<Difference> = said(&has)
            .into_iter()
            .zip(said(&should))
            .filter_map(|(has, should)| differ(has, should))
            .collect();
        let correction = (!differences.is_empty()).then_some(should);
        let most = with.longest_months.filter(|most| self.term_months > *most);
        differences.extend(most.and_then(|most| {
            let term = |months: u32| (Reviewed::TermMonths, Some(months.to_string()));
            differ(term(self.term_months), term(most))
        }));
        Review { differences, correction }
    }
}

type Said = (Reviewed, Option<String>);

fn differ((term, contract): Said, (_, rule): Said) -> Option<Difference> {
    (contract != rule).then_some(Difference { term, contract, rule })
}

/// Each term as it is shown, in one order.
fn said(terms: &Correction) -> [Said; 10] {
    let number = |number: u32| Some(number.to_string());
    let decimal = |decimal: rust_decimal::Decimal| Some(decimal.normalize().to_string());
    let missed = match terms.missed {
        Missed::Carried => "carried",
        Missed::Overdue => "overdue",
    };
    [
        (Reviewed::AnnualRate, decimal(terms.annual_rate_pct)),
        (Reviewed::OverdueRate, decimal(terms.overdue_rate_pct)),
        (Reviewed::PrincipalEvery, number(terms.principal_every_months)),
        (Reviewed::PrincipalGrace, number(terms.principal_grace_months)),
        (Reviewed::InterestGrace, number(terms.interest_grace_months)),
        (Reviewed::SpreadsGraceInterest, Some(terms.spreads_grace_interest.to_string())),
        (Reviewed::LeastInstalment, terms.least_instalment_pct.and_then(decimal)),
        (Reviewed::InstalmentMultiple, decimal(terms.instalment_multiple)),
        (Reviewed::Missed, Some(missed.to_owned())),
        (Reviewed::ExtensionCap, number(terms.extension_cap_months)),
    ]
}
