//! The plan of a year against what is lent: plans in millions, balances in đồng.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::compare::totals;
use super::rows::Loan;

/// A plan for one commune, programme and source.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// The bank's code of the commune.
    #[schema(max_length = 20)]
    pub commune_code: String,
    /// Two digits.
    #[schema(max_length = 2)]
    pub programme_code: String,
    /// 1 central, 2 local.
    #[schema(max_length = 1)]
    pub capital_source: String,
    /// In millions of đồng, at most six decimals.
    #[schema(value_type = String, pattern = "^[0-9]+(\\.[0-9]+)?$")]
    pub millions: Decimal,
}

/// How a plan stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Light {
    /// 100 % and more.
    Green,
    /// 95 % and more.
    Amber,
    /// Less.
    Red,
}

/// A line of the report: STT, chỉ tiêu, KH, thực hiện, còn phải thực hiện, TL %.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PlanRow {
    /// The plan.
    #[serde(flatten)]
    pub plan: Plan,
    /// What is lent, in đồng.
    pub actual: Decimal,
    /// What is still to be lent, in đồng; nothing when the plan is reached.
    pub remaining: Decimal,
    /// In percent of the plan, to two decimals; none where nothing was planned.
    pub percent: Option<Decimal>,
    /// How it stands.
    pub light: Option<Light>,
}

/// Plans against balances, in the order of the plans.
pub fn plan_report(plans: &[Plan], loans: &[Loan]) -> Vec<PlanRow> {
    let sums = totals(loans, &[]);
    let row = |plan: &Plan| {
        let same = sums.iter().find(|sum| {
            sum.commune_code == plan.commune_code
                && sum.programme_code == plan.programme_code
                && sum.capital_source == plan.capital_source
        });
        let actual = same.map_or(Decimal::ZERO, |sum| sum.left);
        let planned = plan.millions * Decimal::from(1_000_000);
        let exact = (actual * Decimal::ONE_HUNDRED).checked_div(planned);
        let light = exact.map(|percent| {
            if percent >= Decimal::ONE_HUNDRED {
                Light::Green
            } else if percent >= Decimal::from(95) {
                Light::Amber
            } else {
                Light::Red
            }
        });
        PlanRow {
            plan: plan.clone(),
            actual,
            remaining: (planned - actual).max(Decimal::ZERO).normalize(),
            percent: exact.map(|percent| percent.round_dp(2).normalize()),
            light,
        }
    };
    plans.iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::credit::bank_register::rows::tests::{GOOD, HEADINGS, readings};

    #[test]
    fn forty_million_dong_against_plans_in_millions() {
        let loans: Vec<Loan> =
            readings(&[HEADINGS, GOOD]).into_iter().map(|reading| reading.loan.unwrap()).collect();
        for (millions, remaining, percent, light) in [
            ("40", "0", Some("100"), Some(Light::Green)),
            ("40.000001", "1", Some("100"), Some(Light::Amber)),
            ("42", "2000000", Some("95.24"), Some(Light::Amber)),
            ("43", "3000000", Some("93.02"), Some(Light::Red)),
            ("0", "0", None, None),
        ] {
            let plan = Plan {
                commune_code: "13141".to_owned(),
                programme_code: "02".to_owned(),
                capital_source: "1".to_owned(),
                millions: millions.parse().unwrap(),
            };
            let row = plan_report(&[plan], &loans).remove(0);
            assert_eq!(row.actual, Decimal::from(40_000_000));
            assert_eq!(
                (row.remaining.to_string().as_str(), row.percent.map(|p| p.to_string()).as_deref()),
                (remaining, percent)
            );
            assert_eq!(row.light, light, "{millions}");
        }
    }
}
