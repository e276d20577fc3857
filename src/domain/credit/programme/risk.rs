//! What may be done about a loss: extension or freeze, by its share of the whole project.

use rust_decimal::Decimal;
use serde::Serialize;

use crate::domain::values::catalogue::catalogue;
use crate::domain::values::money::Money;

catalogue! {
    /// The classes of debt; the table `debt_class` has the same rows.
    pub enum DebtClassCode {
        /// Nợ trong hạn.
        Performing = "performing",
        /// Nợ quá hạn.
        Overdue = "overdue",
        /// Nợ khoanh.
        Frozen = "frozen",
        /// Nợ đã xóa.
        WrittenOff = "written_off",
    }
}

/// What may be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Gia hạn nợ.
    Extension,
    /// Khoanh nợ.
    Freeze,
}

/// A step of Decision 50/2010/QĐ-TTg as amended by 08/2021/QĐ-TTg; the interval of losses is half-open, in percent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct RiskMeasure {
    /// From this loss on.
    pub loss_from: Decimal,
    /// Below this loss.
    pub loss_to: Option<Decimal>,
    /// What may be done.
    pub measure: Measure,
    /// For at most so many months; `None`: the programme's own rule on extensions.
    pub most_months: Option<u32>,
    /// Whether interest runs meanwhile.
    pub bears_interest: bool,
    /// Whether it may be granted again.
    pub repeatable: bool,
    /// The papers it stands in.
    pub legal_basis: String,
}

/// A loss against all capital of the project, own and borrowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Loss {
    /// What was lost.
    pub lost: Money,
    /// Own capital and loan together.
    pub project: Money,
}

/// A loss that cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LossError {
    /// A project without capital.
    #[error("the project has no capital")]
    NoProject,
    /// More lost than there was.
    #[error("more is lost than the project had")]
    MoreThanAll,
}

impl Loss {
    /// In percent, unrounded as far as decimals reach: a loss of 79.999… % is below 80.
    pub fn percent(&self) -> Result<Decimal, LossError> {
        if self.project.is_zero() {
            return Err(LossError::NoProject);
        }
        if self.lost > self.project {
            return Err(LossError::MoreThanAll);
        }
        Ok(self.lost.amount() * Decimal::ONE_HUNDRED / self.project.amount())
    }
}

/// The step that holds for a loss; none when there are no steps for the day.
pub fn measure_for<'a>(steps: &'a [RiskMeasure], loss: &Loss) -> Result<Option<&'a RiskMeasure>, LossError> {
    let percent = loss.percent()?;
    Ok(steps.iter().find(|step| step.loss_from <= percent && step.loss_to.is_none_or(|to| percent < to)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::credit::programme::rule::tests::{decimal, money};

    fn steps() -> Vec<RiskMeasure> {
        let step = |from: &str, to: Option<&str>, measure, most_months| RiskMeasure {
            loss_from: decimal(from),
            loss_to: to.map(decimal),
            measure,
            most_months,
            bears_interest: measure == Measure::Extension,
            repeatable: measure == Measure::Freeze,
            legal_basis: "Quyết định 08/2021/QĐ-TTg".to_owned(),
        };
        vec![
            step("0", Some("40"), Measure::Extension, None),
            step("40", Some("80"), Measure::Freeze, Some(36)),
            step("80", None, Measure::Freeze, Some(60)),
        ]
    }

    #[test]
    fn a_loss_of_40_percent_freezes_three_years_and_of_80_five() {
        for (lost, measure, months) in [
            ("0", Measure::Extension, None),
            ("39999999", Measure::Extension, None),
            ("40000000", Measure::Freeze, Some(36)),
            ("79999999", Measure::Freeze, Some(36)),
            ("80000000", Measure::Freeze, Some(60)),
            ("100000000", Measure::Freeze, Some(60)),
        ] {
            let (steps, loss) = (steps(), Loss { lost: money(lost), project: money("100000000") });
            let step = measure_for(&steps, &loss).unwrap().unwrap();
            assert_eq!((step.measure, step.most_months), (measure, months), "{lost}");
        }
    }

    #[test]
    fn more_than_all_cannot_be_lost() {
        let loss = |lost, project| Loss { lost: money(lost), project: money(project) };
        assert_eq!(loss("2", "1").percent(), Err(LossError::MoreThanAll));
        assert_eq!(loss("0", "0").percent(), Err(LossError::NoProject));
        assert_eq!(loss("1", "3").percent().map(|p| p.round_dp(4)), Ok(decimal("33.3333")));
    }
}
