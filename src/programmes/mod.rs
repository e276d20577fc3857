//! Programmes of preferential credit as dated data, and the loader that lending asks for the rule of a day.

pub mod http;
mod rows;
mod store;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;

use crate::db::Conn;
use crate::domain::credit::programme::{
    Exclusion, ProductCode, Rates, RiskMeasure, Rule, rates_on, rule_on as rule_among,
};
use crate::problem::{Kind, Problem};
use crate::text;

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
    /// K1 … K5.
    pub cause_code: String,
    /// Vietnamese name.
    pub name_vi: String,
    /// English name.
    pub name_en: String,
}

/// What a loan, or part of it, is in the bank's columns.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct DebtClass {
    /// performing, overdue, frozen, `written_off`.
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

/// The programmes that exist on a day, with the rules of that day.
pub async fn list(conn: &mut Conn, day: NaiveDate) -> Result<Vec<Programme>, Problem> {
    let rules = store::rules_on(conn, day).await?;
    let mut programmes = store::programmes_on(conn, day).await?;
    for row in store::products(conn).await? {
        let lending = row.code.as_ref().and_then(|code| lending(&rules, code, day));
        if let Some(programme) = programmes.iter_mut().find(|p| p.programme_code == row.programme_code) {
            programme.products.push(Product { rule: lending, ..row.product });
        }
    }
    Ok(programmes)
}

/// One programme on a day.
pub async fn show(conn: &mut Conn, code: &str, day: NaiveDate) -> Result<Programme, Problem> {
    let found = list(conn, day).await?.into_iter().find(|programme| programme.programme_code == code);
    found.ok_or_else(|| Kind::NotFound.bare())
}

/// The rule of a product on a day with its rates: what lending copies onto the contract.
pub async fn rule_on(conn: &mut Conn, product: &ProductCode, day: NaiveDate) -> Result<Lending, Problem> {
    let rules = store::rules_on(conn, day).await?;
    lending(&rules, product, day).ok_or_else(|| {
        Kind::WrongState.saying(text!("Không có quy định cho vay của {product} vào ngày {day}.", "There is no lending rule of {product} on {day}."; day))
    })
}

fn lending(rules: &[Rule], product: &ProductCode, day: NaiveDate) -> Option<Lending> {
    let rule = rule_among(rules, product, day)?.clone();
    Some(Lending { rule, rates: rates_on(rules, product, day) })
}

/// The cap in months that a decision sets on extensions of a programme, instead of the general one.
pub async fn special_extension(
    conn: &mut Conn,
    programme: &str,
    decision: &str,
    day: NaiveDate,
) -> Result<Option<u32>, Problem> {
    let months = store::special_extension(conn, programme, decision, day).await?;
    Ok(months.and_then(|months| u32::try_from(months).ok()))
}

/// Public holidays from a day on, as far as they are known.
pub async fn holidays_from(conn: &mut Conn, day: NaiveDate) -> Result<Vec<NaiveDate>, Problem> {
    Ok(store::holidays_from(conn, day).await?)
}

/// What a product lends for, in the words of a source's restrictions; none: not one thing.
pub async fn purpose(conn: &mut Conn, product: &ProductCode) -> Result<Option<String>, Problem> {
    Ok(store::purpose(conn, product.as_str()).await?)
}

/// Everything about credit that is not of one programme.
pub async fn credit_rules(conn: &mut Conn, day: NaiveDate) -> Result<CreditRules, Problem> {
    Ok(CreditRules {
        capital_owners: store::capital_owners(conn, day).await?,
        exclusions: store::exclusions(conn, day).await?,
        risk_measures: store::risk_measures(conn, day).await?,
        risk_causes: store::risk_causes(conn, day).await?,
        debt_classes: store::debt_classes(conn).await?,
        ageing_buckets: store::ageing_buckets(conn, day).await?,
        provision_rates: store::provision_rates(conn, day).await?,
    })
}
