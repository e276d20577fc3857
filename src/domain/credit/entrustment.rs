//! The fee for entrusted work (phí ủy thác): a monthly percent of the balance on which interest was collected, less where
//! much is overdue, shared among the levels of the mass organisation.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::domain::values::figures;
use crate::domain::values::language::{Language, Text};
use crate::domain::values::money::{Currency, Money, MoneyError, RoundingMode};

/// A step of the ladder; half-open, in percent of the outstanding balance: exactly 2 % stands on the second step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Step {
    /// From this share of overdue debt on.
    pub overdue_from: Decimal,
    /// Below this share.
    pub overdue_to: Option<Decimal>,
    /// So many percent of the fee are paid.
    pub payable_percent: Decimal,
}

/// A level of the organisation and its share of the fee.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Share {
    /// The level.
    pub level: Level,
    /// In percent of the fee.
    #[schema(value_type = String, pattern = "^[0-9]+(\\.[0-9]+)?$")]
    pub percent: Decimal,
}

/// A level of a mass organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Cấp xã.
    Commune,
    /// Cấp huyện, until 2025-06-30.
    District,
    /// Cấp tỉnh.
    Province,
    /// Trung ương.
    Central,
}

/// What holds in a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// Percent of the base a month.
    pub monthly_percent: Decimal,
    /// The ladder, by overdue debt.
    pub ladder: Vec<Step>,
    /// The shares; they add up to 100.
    pub shares: Vec<Share>,
}

/// What one fee is computed from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Base {
    /// The balance on which interest was collected in the month.
    pub collected: Money,
    /// Overdue debt at the end of the month.
    pub overdue: Money,
    /// All debt at the end of the month.
    pub outstanding: Money,
}

/// A level's part of a fee.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = EntrustmentPart)]
pub struct Part {
    /// The level.
    pub level: Level,
    /// In đồng.
    pub amount: Money,
}

/// A fee and how it is shared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fee {
    /// Overdue debt in percent of all debt, for showing: four decimals, never up to a step that is not reached.
    pub overdue_percent: Decimal,
    /// So many percent of the fee are paid.
    pub payable_percent: Decimal,
    /// In đồng, rounded once at the half upwards.
    pub amount: Money,
    /// The parts add up to the amount.
    pub parts: Vec<Part>,
    /// How it was computed.
    pub explanation: Text,
}

/// Why there is no fee.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FeeError {
    /// More overdue than there is debt.
    #[error("more is overdue than is owed")]
    MoreOverdueThanOwed,
    /// The shares do not add up to 100 %, one is not positive, or a level stands twice.
    #[error("the shares do not add up to 100 percent")]
    Shares,
    /// No step of the ladder holds.
    #[error("no step of the ladder holds")]
    Ladder,
    /// An amount no account can hold.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

/// Whether shares divide a whole: each level once, each above zero, together 100 %.
pub fn whole(shares: &[Share]) -> bool {
    let once = |share: &Share| shares.iter().filter(|other| other.level == share.level).count() == 1;
    let hundred = |percent: Decimal| percent > Decimal::ZERO && percent <= Decimal::ONE_HUNDRED;
    shares.iter().all(|share| once(share) && hundred(share.percent))
        && shares.iter().map(|share| share.percent).sum::<Decimal>() == Decimal::ONE_HUNDRED
}

/// The step of a ladder for so much overdue of so much owed, compared without division.
fn step<'a>(ladder: &'a [Step], base: &Base) -> Option<&'a Step> {
    let (overdue, owed) = (base.overdue.amount() * Decimal::ONE_HUNDRED, base.outstanding.amount());
    let below = |limit: Decimal| overdue < limit * owed;
    ladder.iter().find(|step| {
        !below(step.overdue_from) && step.overdue_to.is_none_or(|to| below(to) || base.overdue.is_zero())
    })
}

/// The fee on a base.
pub fn fee(terms: &Terms, base: &Base) -> Result<Fee, FeeError> {
    if base.overdue > base.outstanding {
        return Err(FeeError::MoreOverdueThanOwed);
    }
    if !whole(&terms.shares) {
        return Err(FeeError::Shares);
    }
    let payable_percent = step(&terms.ladder, base).ok_or(FeeError::Ladder)?.payable_percent;
    let exact = base.collected.amount() * (terms.monthly_percent * payable_percent / Decimal::from(10_000));
    let amount = Money::round(exact, Currency::Vnd, RoundingMode::HalfUp)?;
    let overdue_percent = overdue_percent(base);
    let explanation = explain(terms, base, overdue_percent, payable_percent, amount);
    Ok(Fee { overdue_percent, payable_percent, amount, parts: split(amount, &terms.shares)?, explanation })
}

fn overdue_percent(base: &Base) -> Decimal {
    let ratio = base.overdue.amount().checked_div(base.outstanding.amount()).unwrap_or_default();
    (ratio * Decimal::ONE_HUNDRED).trunc_with_scale(4).normalize()
}

/// Divides an amount by shares so that the parts add up.
fn split(amount: Money, shares: &[Share]) -> Result<Vec<Part>, MoneyError> {
    let percents: Vec<Decimal> = shares.iter().map(|share| share.percent).collect();
    let part =
        |(share, amount): (&Share, Decimal)| Ok(Part { level: share.level, amount: Money::vnd(amount)? });
    shares.iter().zip(apportioned(amount.amount(), &percents)).map(part).collect()
}

/// Divides whole đồng by weights: whole đồng downwards, and what is left one by one to the largest remainders, the earlier
/// weight first where they are equal. Without any weight nothing is given.
fn apportioned(amount: Decimal, weights: &[Decimal]) -> Vec<Decimal> {
    let all: Decimal = weights.iter().sum();
    let exact = |weight: &Decimal| (amount * *weight).checked_div(all).unwrap_or_default();
    let exact: Vec<Decimal> = weights.iter().map(exact).collect();
    let mut whole: Vec<Decimal> = exact.iter().map(Decimal::floor).collect();
    let mut left = if all.is_zero() { Decimal::ZERO } else { amount - whole.iter().sum::<Decimal>() };
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|&i| std::cmp::Reverse(exact[i].fract()));
    for i in order {
        if left >= Decimal::ONE {
            whole[i] += Decimal::ONE;
            left -= Decimal::ONE;
        }
    }
    whole
}

/// What a fee costs each source: divided by the balances on which interest was collected.
pub fn by_source(amount: Money, collected: &[(i32, Decimal)]) -> Vec<(i32, Decimal)> {
    let weights: Vec<Decimal> = collected.iter().map(|(_, balance)| *balance).collect();
    collected.iter().map(|(source, _)| *source).zip(apportioned(amount.amount(), &weights)).collect()
}

fn explain(terms: &Terms, base: &Base, overdue: Decimal, paid: Decimal, fee: Money) -> Text {
    let said = |language| {
        let money = |amount| figures::money(amount, language);
        let percent = |rate| figures::percent(rate, language);
        (money(base.collected), percent(terms.monthly_percent), percent(paid), money(fee), percent(overdue))
    };
    let ((base_vi, rate_vi, paid_vi, fee_vi, overdue_vi), (base_en, rate_en, paid_en, fee_en, overdue_en)) =
        (said(Language::Vi), said(Language::En));
    crate::text!(
        "{base_vi} dư nợ có thu lãi × {rate_vi}/tháng × {paid_vi} (nợ quá hạn {overdue_vi}) = {fee_vi}, làm tròn đến đồng một lần.",
        "{base_en} of debt with interest collected × {rate_en} a month × {paid_en} (overdue {overdue_en}) = {fee_en}, rounded to the đồng once."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    fn money(text: &str) -> Money {
        text.parse().unwrap()
    }

    fn terms() -> Terms {
        let step = |from: &str, to: Option<&str>, paid: &str| Step {
            overdue_from: decimal(from),
            overdue_to: to.map(decimal),
            payable_percent: decimal(paid),
        };
        let share = |level, percent: &str| Share { level, percent: decimal(percent) };
        Terms {
            monthly_percent: decimal("0.032"),
            ladder: vec![
                step("0", Some("2"), "100"),
                step("2", Some("3"), "80"),
                step("3", Some("4"), "50"),
                step("4", None, "0"),
            ],
            shares: vec![
                share(Level::Commune, "84"),
                share(Level::District, "9"),
                share(Level::Province, "4.5"),
                share(Level::Central, "2.5"),
            ],
        }
    }

    fn of(collected: &str, overdue: &str, outstanding: &str) -> Result<Fee, FeeError> {
        fee(
            &terms(),
            &Base { collected: money(collected), overdue: money(overdue), outstanding: money(outstanding) },
        )
    }

    fn amounts(fee: &Fee) -> Vec<String> {
        fee.parts.iter().map(|part| part.amount.to_string()).collect()
    }

    #[test]
    fn two_billion_with_two_percent_overdue_earn_512000() {
        let fee = of("2000000000", "44000000", "2200000000").unwrap();
        assert_eq!((fee.amount, fee.payable_percent), (money("512000"), decimal("80")));
        assert_eq!(amounts(&fee), ["430080", "46080", "23040", "12800"]);
        assert_eq!(
            fee.explanation,
            Text::fixed(
                "2.000.000.000 đ dư nợ có thu lãi × 0,032 %/tháng × 80 % (nợ quá hạn 2 %) = 512.000 đ, làm tròn đến đồng một lần.",
                "VND 2,000,000,000 of debt with interest collected × 0.032% a month × 80% (overdue 2%) = VND 512,000, rounded to the đồng once."
            )
        );
    }

    #[test]
    fn the_steps_begin_at_exactly_two_three_and_four_percent() {
        for (overdue, paid) in [
            ("0", "640000"),
            ("19999999", "640000"),
            ("20000000", "512000"),
            ("29999999", "512000"),
            ("30000000", "320000"),
            ("39999999", "320000"),
            ("40000000", "0"),
            ("1000000000", "0"),
        ] {
            assert_eq!(of("2000000000", overdue, "1000000000").unwrap().amount, money(paid), "{overdue}");
        }
    }

    #[test]
    fn parts_add_up_to_the_last_dong() {
        for collected in
            ["3125", "6250", "9375", "15625", "100000000003125", "31249999", "999999999999999999"]
        {
            let fee = of(collected, "0", "1").unwrap();
            let sum = Money::sum(fee.parts.iter().map(|part| part.amount)).unwrap();
            assert_eq!(sum, fee.amount, "{collected}");
        }
        // 7 đồng: 5.88, 0.63, 0.315, 0.175.
        assert_eq!(amounts(&of("21875", "0", "1").unwrap()), ["6", "1", "0", "0"]);
    }

    #[test]
    fn what_is_shown_of_a_ratio_does_not_reach_a_step_that_it_has_not_reached() {
        let fee = of("2000000000", "39999999", "2000000000").unwrap();
        assert_eq!((fee.overdue_percent, fee.payable_percent), (decimal("1.9999"), decimal("100")));
        let fee = of("2000000000", "40000000", "2000000000").unwrap();
        assert_eq!((fee.overdue_percent, fee.payable_percent), (decimal("2"), decimal("80")));
    }

    #[test]
    fn a_group_that_owes_nothing_has_nothing_overdue() {
        let fee = of("3125000", "0", "0").unwrap();
        assert_eq!((fee.amount, fee.overdue_percent), (money("1000"), Decimal::ZERO));
        assert_eq!(of("1", "2", "1"), Err(FeeError::MoreOverdueThanOwed));
    }

    #[test]
    fn shares_that_do_not_divide_a_whole_are_refused() {
        let base = Base { collected: money("1"), overdue: money("0"), outstanding: money("1") };
        for percents in [["84", "9", "4.5", "2.4"], ["84", "9", "7", "0"], ["100", "9", "-9", "0"]] {
            let mut terms = terms();
            for (share, percent) in terms.shares.iter_mut().zip(percents) {
                share.percent = decimal(percent);
            }
            assert_eq!(fee(&terms, &base), Err(FeeError::Shares), "{percents:?}");
        }
        let mut twice = terms();
        twice.shares[1].level = Level::Commune;
        assert_eq!(fee(&twice, &base), Err(FeeError::Shares));
        assert!(!whole(&[]));
    }

    #[test]
    fn a_fee_is_divided_among_sources_by_what_they_collected_and_adds_up() {
        let collected = [(1, decimal("2000000")), (2, decimal("1000000")), (3, decimal("1000000"))];
        let parts = by_source(money("1001"), &collected);
        assert_eq!(parts, [(1, decimal("501")), (2, decimal("250")), (3, decimal("250"))]);
        assert_eq!(by_source(money("0"), &[(1, Decimal::ZERO)]), [(1, Decimal::ZERO)]);
    }
}
