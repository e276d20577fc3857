//! Preferential programmes: what each lends to whom, and how much is refused.

mod asks;
mod code;
mod moving;
mod risk;
mod rule;

pub use self::asks::{Ask, Exclusion, Refusal, admits, excludes, longest_term, within};
pub use self::code::{NotACode, ProductCode, programme_code};
pub use self::moving::{ExtensionOf, Moving};
pub use self::risk::{DebtClassCode, Loss, LossError, Measure, RiskMeasure, measure_for};
#[cfg(test)]
pub(super) use self::rule::tests;
pub use self::rule::{
    Allocation, Cap, DayCountRule, Income, Instalments, OverdueRule, Per, RateRule, Rates, Rule, TermRule,
    rates_on, rule_on,
};
