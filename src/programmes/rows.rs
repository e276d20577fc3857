//! Rows of `programme_rule` as domain values: a row that makes no sense is an error here, not later.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::domain::credit::loan::Missed;
use crate::domain::credit::programme::{
    Allocation, Cap, DayCountRule, ExtensionOf, Income, Instalments, Moving, OverdueRule, RateRule, Rule,
    TermRule,
};
use crate::domain::people::poverty::Class;
use crate::domain::values::calendar::Shift;
use crate::domain::values::money::Money;

/// Something of a rule that no migration should have written.
#[derive(Debug, thiserror::Error)]
#[error("programme_rule {product} of {from}: {what}")]
pub struct Misfit {
    product: String,
    from: NaiveDate,
    what: &'static str,
}

impl From<Misfit> for sqlx::Error {
    fn from(misfit: Misfit) -> Self {
        Self::Decode(misfit.into())
    }
}

/// A row of `programme_rule` with its caps.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "the columns of the table")]
pub struct RuleRow {
    pub product_code: String,
    pub valid_from: NaiveDate,
    pub valid_to: Option<NaiveDate>,
    pub legal_basis: String,
    pub annual_rate: Option<Decimal>,
    pub rate_of_product: Option<String>,
    pub rate_percent: Option<Decimal>,
    pub overdue_percent: Option<Decimal>,
    pub overdue_rate: Option<Decimal>,
    pub late_interest_rate: Decimal,
    pub max_term_months: Option<i32>,
    pub study_grace_months: Option<i32>,
    pub study_short_course_months: Option<i32>,
    pub study_short_factor: Option<i32>,
    pub study_long_factor: Option<i32>,
    pub short_term_months: i32,
    pub medium_term_months: i32,
    pub instalment_months: Vec<i32>,
    pub instalment_multiple: Decimal,
    pub missed_instalment: String,
    pub grace_principal_months: i32,
    pub grace_interest_months: i32,
    pub yearly_principal_percent: Option<Decimal>,
    pub reschedule_ask_days: i32,
    pub extension_ask_months: i32,
    pub extension_ask_working_days: i32,
    pub extension_short_months: i32,
    pub extension_term_percent: Decimal,
    pub season_carry_over: bool,
    pub carry_over_rate_of: Option<String>,
    pub misuse_days: i32,
    pub day_count: String,
    pub interest_from_month: i32,
    pub income: String,
    pub allocation: String,
    pub inactive_months: i32,
    pub classes: Vec<String>,
    pub escaped_years: Option<i32>,
    pub group_required: bool,
    pub most_percent_of_need: Option<Decimal>,
    pub collateral_from: Option<Decimal>,
    pub local_funds_may_exceed: bool,
    pub unverified: bool,
    pub note_vi: Option<String>,
    pub due_shift: String,
    pub grace_interest_spread: bool,
    pub extension_of: String,
    pub excluded_classes: Vec<String>,
    pub once_a_household: bool,
    pub term_as_counted: bool,
    pub tuition_besides: bool,
    pub paid_out_until: Option<NaiveDate>,
    pub caps: serde_json::Value,
}

impl RuleRow {
    fn misfit(&self, what: &'static str) -> Misfit {
        Misfit { product: self.product_code.clone(), from: self.valid_from, what }
    }

    fn count(&self, number: i32) -> Result<u32, Misfit> {
        u32::try_from(number).map_err(|_| self.misfit("a count below zero"))
    }

    fn money(&self, amount: Decimal) -> Result<Money, Misfit> {
        Money::vnd(amount).map_err(|_| self.misfit("an amount that is not money"))
    }

    fn rate(&self) -> Result<RateRule, Misfit> {
        match (self.annual_rate, &self.rate_of_product, self.rate_percent) {
            (Some(annual_rate), None, None) => Ok(RateRule::Fixed { annual_rate: annual_rate.normalize() }),
            (None, Some(product), Some(percent)) => {
                let product = product.parse().map_err(|_| self.misfit("a rate of no product"))?;
                Ok(RateRule::ShareOf { product, percent: percent.normalize() })
            }
            (None, None, None) => Ok(RateRule::PerContract),
            _ => Err(self.misfit("two rates")),
        }
    }

    fn overdue(&self) -> Result<OverdueRule, Misfit> {
        match (self.overdue_percent, self.overdue_rate) {
            (Some(percent), None) => Ok(OverdueRule::ShareOfRate { percent: percent.normalize() }),
            (None, Some(annual_rate)) => Ok(OverdueRule::Fixed { annual_rate: annual_rate.normalize() }),
            _ => Err(self.misfit("not one overdue rate")),
        }
    }

    fn term(&self) -> Result<TermRule, Misfit> {
        let study = (
            self.study_grace_months,
            self.study_short_course_months,
            self.study_short_factor,
            self.study_long_factor,
        );
        match (study, self.max_term_months) {
            ((Some(grace), Some(course), Some(short), Some(long)), None) => Ok(TermRule::Study {
                grace_months: self.count(grace)?,
                short_course_months: self.count(course)?,
                short_factor: self.count(short)?,
                long_factor: self.count(long)?,
            }),
            ((None, None, None, None), Some(months)) => Ok(TermRule::Most { months: self.count(months)? }),
            ((None, None, None, None), None) if self.term_as_counted => Ok(TermRule::AsCounted),
            ((None, None, None, None), None) => Ok(TermRule::Free),
            _ => Err(self.misfit("two terms")),
        }
    }

    fn instalments(&self) -> Result<Instalments, Misfit> {
        let months =
            self.instalment_months.iter().map(|months| self.count(*months)).collect::<Result<_, _>>()?;
        let missed = match self.missed_instalment.as_str() {
            "carried" => Missed::Carried,
            "overdue" => Missed::Overdue,
            _ => return Err(self.misfit("missed_instalment")),
        };
        Ok(Instalments {
            months,
            multiple: self.money(self.instalment_multiple)?,
            missed,
            grace_months: self.count(self.grace_principal_months)?,
            free_months: self.count(self.grace_interest_months)?,
            spread_interest: self.grace_interest_spread,
            yearly_percent: self.yearly_principal_percent.map(|p| p.normalize()),
            shift: match self.due_shift.as_str() {
                "none" => Shift::None,
                "forward" => Shift::Forward,
                "backward" => Shift::Backward,
                _ => return Err(self.misfit("due_shift")),
            },
        })
    }

    fn moving(&self) -> Result<Moving, Misfit> {
        Ok(Moving {
            reschedule_ask_days: self.count(self.reschedule_ask_days)?,
            extension_ask_months: self.count(self.extension_ask_months)?,
            extension_ask_working_days: self.count(self.extension_ask_working_days)?,
            short_term_months: self.count(self.short_term_months)?,
            medium_term_months: self.count(self.medium_term_months)?,
            extension_short_months: self.count(self.extension_short_months)?,
            extension_term_percent: self.extension_term_percent.normalize(),
            extension_of: ExtensionOf::of_name(&self.extension_of)
                .ok_or_else(|| self.misfit("what an extension is a share of"))?,
            season_carry_over: self.season_carry_over,
            misuse_days: self.count(self.misuse_days)?,
        })
    }

    fn caps(&self) -> Result<Vec<Cap>, Misfit> {
        serde_json::from_value(self.caps.clone()).map_err(|_| self.misfit("a cap"))
    }

    fn classes(&self, classes: &[String]) -> Result<Vec<Class>, Misfit> {
        classes.iter().map(|class| class.parse().map_err(|_| self.misfit("a class"))).collect()
    }

    /// The rule, or what is wrong with the row.
    pub fn rule(self) -> Result<Rule, Misfit> {
        let income = if self.income == "cash" { Income::Cash } else { Income::Accrual };
        let allocation = match self.allocation.as_str() {
            "interest_first" => Allocation::InterestFirst,
            _ => Allocation::OverduePrincipalFirst,
        };
        Ok(Rule {
            product_code: self.product_code.parse().map_err(|_| self.misfit("a product code"))?,
            rate: self.rate()?,
            overdue: self.overdue()?,
            late_rate: self.late_interest_rate.normalize(),
            term: self.term()?,
            instalments: self.instalments()?,
            moving: self.moving()?,
            first_collection_month: self.count(self.interest_from_month)?,
            income,
            allocation,
            inactive_months: self.count(self.inactive_months)?,
            classes: self.classes(&self.classes)?,
            excluded_classes: self.classes(&self.excluded_classes)?,
            once_a_household: self.once_a_household,
            tuition_besides: self.tuition_besides,
            paid_out_until: self.paid_out_until,
            escaped_years: self.escaped_years.map(|years| self.count(years)).transpose()?,
            most_percent_of_need: self.most_percent_of_need.map(|p| p.normalize()),
            collateral_from: self.collateral_from.map(|amount| self.money(amount)).transpose()?,
            carry_over_rate_of: self
                .carry_over_rate_of
                .as_ref()
                .map(|code| code.parse().map_err(|_| self.misfit("a carry-over at the rate of no product")))
                .transpose()?,
            caps: self.caps()?,
            valid_from: self.valid_from,
            valid_to: self.valid_to,
            day_count: DayCountRule::of_name(&self.day_count)
                .ok_or_else(|| self.misfit("a count of days"))?,
            legal_basis: self.legal_basis,
            group_required: self.group_required,
            local_funds_may_exceed: self.local_funds_may_exceed,
            unverified: self.unverified,
            note_vi: self.note_vi,
        })
    }
}
