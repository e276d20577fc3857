//! The rule of a product on a day, and the rates that follow from it.

use chrono::NaiveDate;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

use super::code::ProductCode;
use super::moving::Moving;
use crate::domain::credit::loan::Missed;
use crate::domain::people::poverty::Class;
use crate::domain::values::calendar::Shift;
use crate::domain::values::catalogue::catalogue;
use crate::domain::values::money::Money;

/// Where the rate at lending comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum RateRule {
    /// Percent a year.
    Fixed {
        /// Such as 6.6.
        annual_rate: Decimal,
    },
    /// A share of another product's rate of the same day.
    ShareOf {
        /// That product.
        product: ProductCode,
        /// Such as 120: 120 % of it.
        percent: Decimal,
    },
    /// Each contract names its rate.
    PerContract,
}

/// The rate on overdue principal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum OverdueRule {
    /// A share of the rate at lending, such as 130 %.
    ShareOfRate {
        /// In percent.
        percent: Decimal,
    },
    /// A rate of its own, such as 3.9 % for housing against floods.
    Fixed {
        /// Percent a year.
        annual_rate: Decimal,
    },
}

impl OverdueRule {
    /// The overdue rate of a loan lent at `annual_rate`, to four decimals: 130 % of 8.382 is 10.8966.
    pub fn of(self, annual_rate: Decimal) -> Decimal {
        match self {
            Self::Fixed { annual_rate } => annual_rate,
            Self::ShareOfRate { percent } => rate(share(annual_rate, percent), 4),
        }
    }
}

fn share(of: Decimal, percent: Decimal) -> Decimal {
    of * percent / Decimal::ONE_HUNDRED
}

fn rate(exact: Decimal, decimals: u32) -> Decimal {
    exact.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero).normalize()
}

/// How long a product is lent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum TermRule {
    /// As long as the parties agree.
    Free,
    /// At most so many months.
    Most {
        /// Months.
        months: u32,
    },
    /// As long as the months that the request counts: the contract abroad.
    AsCounted,
    /// Students: the paying-out period, a grace until there is work, then a multiple of the paying-out period to repay
    /// (Decision 157/2007/QĐ-TTg art. 6, 9). The paying-out period runs from the first payout to the end of the course, whichever
    /// months of it money is paid in.
    Study {
        /// Grace in months, at most.
        grace_months: u32,
        /// Courses to this length are short.
        short_course_months: u32,
        /// Repayment of short courses: so many times the paying-out period.
        short_factor: u32,
        /// Repayment of longer courses.
        long_factor: u32,
    },
}

catalogue! {
    /// How the days of a year are counted.
    pub enum DayCountRule {
        /// Days as they are, of 365.
        Actual365 = "actual_365",
        /// Days as they are, of 360.
        Actual360 = "actual_360",
        /// Months of 30 days, years of 360.
        Thirty360 = "thirty_360",
    }
}

/// What a repayment pays first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Allocation {
    /// Interest, due principal, overdue principal.
    InterestFirst,
    /// Overdue principal, then interest.
    OverduePrincipalFirst,
}

/// When interest becomes income.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Income {
    /// When it is collected (thực thu); what is unpaid stands off the balance sheet (941).
    Cash,
    /// When it is earned (dự thu): receivable 391.
    Accrual,
}

/// What a cap is counted per.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Per {
    /// All loans of the programme to one household.
    Household,
    /// All loans of the programme to one person.
    Borrower,
    /// One project.
    Project,
    /// Each facility built.
    Facility,
    /// Each month of study.
    StudyMonth,
    /// Each worker employed.
    Worker,
    /// All loans of the product to one household, within what the programme lends it.
    Product,
}

/// The most that may be lent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Cap {
    /// Counted per.
    pub per: Per,
    /// In đồng.
    pub amount: Money,
}

/// Instalments of principal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Instalments {
    /// Periods in use, the customary one first.
    pub months: Vec<u32>,
    /// Instalments are multiples of this; the last takes the rest.
    pub multiple: Money,
    /// What becomes of one that was not paid.
    pub missed: Missed,
    /// Months without principal.
    pub grace_months: u32,
    /// Months without interest.
    pub free_months: u32,
    /// Whether interest of those months is asked in equal parts with the instalments of principal after them; else all with the
    /// first instalment.
    pub spread_interest: bool,
    /// After the grace, at least so many percent of the loan a year.
    pub yearly_percent: Option<Decimal>,
    /// Where a due date goes from a weekend or a public holiday.
    pub shift: Shift,
}

/// The rule of a product for an interval of days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[expect(clippy::struct_excessive_bools, reason = "what a rule says or does not say")]
pub struct Rule {
    /// The product.
    pub product_code: ProductCode,
    /// First day.
    pub valid_from: NaiveDate,
    /// First day on which it no longer holds.
    pub valid_to: Option<NaiveDate>,
    /// The papers it stands in.
    pub legal_basis: String,
    /// The rate at lending.
    pub rate: RateRule,
    /// The rate on overdue principal.
    pub overdue: OverdueRule,
    /// Interest on late interest, percent a year: zero, since interest bears none.
    pub late_rate: Decimal,
    /// The longest term.
    pub term: TermRule,
    /// Principal.
    pub instalments: Instalments,
    /// Dates.
    pub moving: Moving,
    /// The product whose rate of the day a loan carried to the next season takes; none: its own.
    pub carry_over_rate_of: Option<ProductCode>,
    /// How the days of a year are counted.
    pub day_count: DayCountRule,
    /// Interest is collected each month, from this month after the first payout on.
    pub first_collection_month: u32,
    /// When interest becomes income.
    pub income: Income,
    /// What a repayment pays first.
    pub allocation: Allocation,
    /// Unpaid interest above so many months' interest is an early warning.
    pub inactive_months: u32,
    /// Classes served; none: the class is not asked.
    pub classes: Vec<Class>,
    /// Classes that are not served, because they have programmes of their own.
    pub excluded_classes: Vec<Class>,
    /// For those newly escaped: within so many years.
    pub escaped_years: Option<u32>,
    /// Whether a household that was lent it is not lent it again.
    pub once_a_household: bool,
    /// Whether the borrower belongs to a savings-and-credit group.
    pub group_required: bool,
    /// The most, in percent of what is needed.
    pub most_percent_of_need: Option<Decimal>,
    /// From this amount on there must be collateral.
    pub collateral_from: Option<Money>,
    /// Whether a province may lend more from its own funds.
    pub local_funds_may_exceed: bool,
    /// The most; all hold together.
    pub caps: Vec<Cap>,
    /// Whether tuition is lent on top of the cap for months of study.
    pub tuition_besides: bool,
    /// The last day of payouts under contracts of this rule while no later rule holds; none: to the end.
    pub paid_out_until: Option<NaiveDate>,
    /// Whether figures wait for a readable legal text.
    pub unverified: bool,
    /// Which ones.
    pub note_vi: Option<String>,
}

impl Rule {
    /// Whether it holds on a day.
    pub fn holds_on(&self, day: NaiveDate) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|to| day < to)
    }
}

/// The rule of a product that holds on a day.
pub fn rule_on<'a>(rules: &'a [Rule], product: &ProductCode, day: NaiveDate) -> Option<&'a Rule> {
    rules.iter().find(|rule| rule.product_code == *product && rule.holds_on(day))
}

/// The two rates a contract is signed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Rates {
    /// Percent a year at lending.
    pub annual_rate: Decimal,
    /// Percent a year on overdue principal.
    pub overdue_rate: Decimal,
}

/// How many rules a rate may be a share of in turn.
const DEEPEST: usize = 4;

/// The rates of a product on a day, or `None` where the contract must name its rate.
pub fn rates_on(rules: &[Rule], product: &ProductCode, day: NaiveDate) -> Option<Rates> {
    let rule = rule_on(rules, product, day)?;
    let annual_rate = rate(annual(rules, rule, day, DEEPEST)?, 6);
    Some(Rates { annual_rate, overdue_rate: rule.overdue.of(annual_rate) })
}

fn annual(rules: &[Rule], rule: &Rule, day: NaiveDate, deep: usize) -> Option<Decimal> {
    match &rule.rate {
        RateRule::Fixed { annual_rate } => Some(*annual_rate),
        RateRule::PerContract => None,
        RateRule::ShareOf { product, percent } => {
            let deeper = deep.checked_sub(1)?;
            let base = rule_on(rules, product, day)?;
            Some(share(annual(rules, base, day, deeper)?, *percent))
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::domain::credit::programme::ExtensionOf;

    pub fn code(text: &str) -> ProductCode {
        text.parse().unwrap()
    }

    pub fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    pub fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    pub fn money(text: &str) -> Money {
        text.parse().unwrap()
    }

    /// A rule like that of poor households: 6.6 %, 130 % overdue, missed instalments carried.
    pub fn rule(product: &str, rate: RateRule) -> Rule {
        Rule {
            product_code: code(product),
            valid_from: day("2019-03-01"),
            valid_to: None,
            legal_basis: "Nghị định 78/2002/NĐ-CP".to_owned(),
            rate,
            overdue: OverdueRule::ShareOfRate { percent: decimal("130") },
            late_rate: Decimal::ZERO,
            term: TermRule::Free,
            instalments: Instalments {
                months: vec![6, 12],
                multiple: money("100000"),
                missed: Missed::Carried,
                grace_months: 0,
                free_months: 0,
                spread_interest: false,
                yearly_percent: None,
                shift: Shift::None,
            },
            moving: Moving {
                reschedule_ask_days: 5,
                extension_ask_months: 3,
                extension_ask_working_days: 5,
                short_term_months: 12,
                medium_term_months: 60,
                extension_short_months: 12,
                extension_term_percent: decimal("50"),
                extension_of: ExtensionOf::Term,
                season_carry_over: true,
                misuse_days: 30,
            },
            carry_over_rate_of: None,
            day_count: DayCountRule::Actual365,
            first_collection_month: 1,
            income: Income::Cash,
            allocation: Allocation::InterestFirst,
            inactive_months: 3,
            classes: vec![Class::Poor],
            excluded_classes: Vec::new(),
            escaped_years: None,
            once_a_household: false,
            group_required: true,
            most_percent_of_need: None,
            collateral_from: None,
            local_funds_may_exceed: false,
            caps: vec![Cap { per: Per::Household, amount: money("100000000") }],
            tuition_besides: false,
            paid_out_until: None,
            unverified: false,
            note_vi: None,
        }
    }

    fn fixed(percent: &str) -> RateRule {
        RateRule::Fixed { annual_rate: decimal(percent) }
    }

    fn share_of(product: &str, percent: &str) -> RateRule {
        RateRule::ShareOf { product: code(product), percent: decimal(percent) }
    }

    fn known() -> Vec<Rule> {
        let mut until_2025 = rule("03_worker", share_of("19", "100"));
        until_2025.valid_to = Some(day("2026-01-01"));
        let mut from_2026 = rule("03_worker", share_of("01", "127"));
        from_2026.valid_from = day("2026-01-01");
        let mut housing = rule("07_flood", fixed("3"));
        housing.overdue = OverdueRule::Fixed { annual_rate: decimal("3.9") };
        vec![
            rule("01", fixed("6.6")),
            rule("01_30a", fixed("3.3")),
            rule("09", share_of("01", "125")),
            rule("19", share_of("01", "120")),
            rule("06", fixed("9")),
            rule("03_worker_priority", share_of("19", "50")),
            rule("12", RateRule::PerContract),
            rule("04", share_of("12", "100")),
            until_2025,
            from_2026,
            housing,
        ]
    }

    #[test]
    fn overdue_rates_are_exact_to_four_decimals() {
        for (product, on, annual, overdue) in [
            ("01", "2025-12-31", "6.6", "8.58"),
            ("19", "2025-12-31", "7.92", "10.296"),
            ("09", "2025-12-31", "8.25", "10.725"),
            ("06", "2025-12-31", "9", "11.7"),
            ("07_flood", "2025-12-31", "3", "3.9"),
            ("01_30a", "2025-12-31", "3.3", "4.29"),
            ("03_worker", "2025-12-31", "7.92", "10.296"),
            ("03_worker", "2026-01-01", "8.382", "10.8966"),
            ("03_worker_priority", "2025-12-31", "3.96", "5.148"),
        ] {
            let rates = rates_on(&known(), &code(product), day(on)).unwrap();
            assert_eq!(
                (rates.annual_rate, rates.overdue_rate),
                (decimal(annual), decimal(overdue)),
                "{product} {on}"
            );
        }
        let share = OverdueRule::ShareOfRate { percent: decimal("130") };
        assert_eq!(share.of(decimal("7.3335")).to_string(), "9.5336", "9.53355 goes up at the half");
    }

    #[test]
    fn a_share_of_a_rate_that_contracts_name_is_named_by_the_contract() {
        assert_eq!(rates_on(&known(), &code("12"), day("2026-01-01")), None);
        assert_eq!(rates_on(&known(), &code("04"), day("2026-01-01")), None);
        assert_eq!(rates_on(&known(), &code("01"), day("2019-02-28")), None, "no rule yet");
    }

    #[test]
    fn rates_that_are_shares_of_each_other_end_in_nothing() {
        let circle = [rule("01", share_of("19", "120")), rule("19", share_of("01", "120"))];
        assert_eq!(rates_on(&circle, &code("01"), day("2026-01-01")), None);
    }

    #[test]
    fn an_extension_is_half_the_term_of_longer_loans_and_twelve_months_of_short_ones() {
        let moving = rule("01", fixed("6.6")).moving;
        for (term, special, longest) in [
            (6, None, 12),
            (12, None, 12),
            (13, None, 6),
            (60, None, 30),
            (60, Some(0), 0),
            (24, Some(30), 30),
        ] {
            assert_eq!(moving.longest_extension(term, term, special), longest, "{term} {special:?}");
        }
        let students = Moving { extension_of: ExtensionOf::Repayment, ..moving };
        assert_eq!(students.longest_extension(108, 48, None), 24, "half of the time in which it is repaid");
        assert_eq!(moving.extension_asked_from(day("2026-05-31")), day("2026-02-28"));
        assert!(moving.reschedule_in_time(day("2026-03-15"), day("2026-03-10")));
        assert!(!moving.reschedule_in_time(day("2026-03-15"), day("2026-03-11")));
    }
}
