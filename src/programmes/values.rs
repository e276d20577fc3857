//! What programmes, their products and the rules of credit are, as they are shown.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;

use crate::domain::credit::loan_books::{Authority, Cause, WriteOffRule};
use crate::domain::credit::programme::{DebtClassCode, Exclusion, Rates, RiskMeasure, Rule};

/// A programme with its products.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Programme {
    /// Two digits, as in the Policy Bank's report 31.
    pub programme_code: String,
    /// Vietnamese name.
    pub name_vi: String,
    /// English name.
    pub name_en: String,
    /// First day.
    pub valid_from: NaiveDate,
    /// First day on which it no longer exists.
    pub valid_to: Option<NaiveDate>,
    /// What is lent under it.
    pub products: Vec<Product>,
}

/// What is lent under a programme.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Product {
    /// Its code.
    pub product_code: String,
    /// Vietnamese name.
    pub name_vi: String,
    /// English name.
    pub name_en: String,
    /// The rule of the day asked; none: not lent on that day.
    pub rule: Option<Lending>,
}

/// The rule of a product on a day, and what its rates come to.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Lending {
    /// The rule.
    pub rule: Rule,
    /// Its rates; none: the contract names them.
    pub rates: Option<Rates>,
}

/// Whose money it is, and who may handle its risk.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct CapitalOwner {
    /// Such as `central` or `commune`.
    pub owner_code: String,
    /// Code in the Policy Bank's files: 1 central, 2 local.
    pub capital_source: String,
    /// Vietnamese name.
    pub name_vi: String,
    /// English name.
    pub name_en: String,
    /// Whose decision freezes and writes off.
    #[schema(value_type = Authority)]
    pub risk_authority: String,
    /// Who may freeze and write off, in Vietnamese.
    pub risk_authority_vi: String,
    /// The same in English.
    pub risk_authority_en: String,
    /// The papers it stands in.
    pub legal_basis: String,
}

/// A cause of risk.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct RiskCause {
    /// Which.
    #[schema(value_type = Cause)]
    pub cause_code: String,
    /// Vietnamese name.
    pub name_vi: String,
    /// English name.
    pub name_en: String,
    /// When it allows debt to be written off.
    #[schema(value_type = WriteOffRule)]
    pub write_off: String,
    /// Whether that waits for a readable legal text.
    pub unverified: bool,
    /// What waits.
    pub note_vi: Option<String>,
}

/// What a loan, or part of it, is in the bank's columns.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = ClassOfDebt)]
pub struct DebtClass {
    /// Which.
    #[schema(value_type = DebtClassCode)]
    pub debt_class: String,
    /// TH, QH, KH, XN.
    pub abbreviation: String,
    /// Vietnamese name.
    pub name_vi: String,
    /// English name.
    pub name_en: String,
    /// Whether interest runs.
    pub bears_interest: bool,
    /// Whether it counts as bad debt.
    pub bad: bool,
}

/// Lateness in days, both ends included.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct AgeingBucket {
    /// From.
    pub days_from: i32,
    /// To; none: without end.
    pub days_to: Option<i32>,
    /// Vietnamese name.
    pub name_vi: String,
    /// English name.
    pub name_en: String,
}

/// What is set aside against loss.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct ProvisionRate {
    /// Whose capital.
    pub owner_code: String,
    /// Of which balance.
    #[schema(value_type = DebtClassCode)]
    pub debt_class: String,
    /// In percent of it.
    pub percent: Decimal,
    /// Whether the owner may set aside more.
    pub at_least: bool,
    /// The papers it stands in.
    pub legal_basis: String,
}

/// Everything about credit that is not of one programme, as of a day.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct CreditRules {
    /// Owners of capital.
    pub capital_owners: Vec<CapitalOwner>,
    /// Programmes that exclude each other.
    pub exclusions: Vec<Exclusion>,
    /// What may be done about losses.
    pub risk_measures: Vec<RiskMeasure>,
    /// Causes of risk.
    pub risk_causes: Vec<RiskCause>,
    /// Classes of debt.
    pub debt_classes: Vec<DebtClass>,
    /// Ages of arrears.
    pub ageing_buckets: Vec<AgeingBucket>,
    /// Provisions.
    pub provision_rates: Vec<ProvisionRate>,
}
