//! How late a loan is: days past due, ageing classes, and what is set aside for each.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::domain::values::calendar::days_between;
use crate::domain::values::money::RoundingMode;

/// An amount due on a day and not paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unpaid {
    /// The day it fell due.
    pub due_on: NaiveDate,
    /// How much of it is still open.
    pub amount: Decimal,
}

/// Days since the oldest unpaid due date; zero when nothing is late.
pub fn days_past_due(unpaid: &[Unpaid], on: NaiveDate) -> u32 {
    let oldest = unpaid.iter().filter(|u| u.amount > Decimal::ZERO && u.due_on < on).map(|u| u.due_on).min();
    oldest.map_or(0, |due_on| u32::try_from(days_between(due_on, on)).unwrap_or(0))
}

/// A class of lateness, both ends included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Class {
    /// Its name.
    pub name: String,
    /// From how many days past due.
    pub from: u32,
    /// To how many; `None` without end.
    pub to: Option<u32>,
}

impl Class {
    /// Whether so many days belong to it.
    pub fn holds(&self, days: u32) -> bool {
        self.from <= days && self.to.is_none_or(|to| days <= to)
    }
}

/// The class of a number of days.
pub fn class_of(classes: &[Class], days: u32) -> Option<&Class> {
    classes.iter().find(|class| class.holds(days))
}

/// Unpaid amounts by class, each by its own due date; classes without amounts are zero.
pub fn amounts_by_class(classes: &[Class], unpaid: &[Unpaid], on: NaiveDate) -> Vec<Decimal> {
    classes
        .iter()
        .map(|class| {
            unpaid
                .iter()
                .filter(|u| class.holds(days_past_due(std::slice::from_ref(*u), on)))
                .map(|u| u.amount)
                .sum()
        })
        .collect()
}

/// What is set aside: each class's amount times its share in percent, rounded once for all of them.
pub fn provision(amounts: &[(Decimal, Decimal)], decimals: u32, mode: RoundingMode) -> Decimal {
    let exact: Decimal = amounts.iter().map(|(amount, pct)| amount * pct / Decimal::ONE_HUNDRED).sum();
    exact.round_dp_with_strategy(decimals, mode.strategy())
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;

    fn unpaid(due_on: &str, amount: Decimal) -> Unpaid {
        Unpaid { due_on: due_on.parse().unwrap(), amount }
    }

    #[test]
    fn lateness_is_that_of_the_oldest_unpaid_day() {
        let on = |text: &str| text.parse().unwrap();
        let late =
            [unpaid("2024-03-10", dec!(5)), unpaid("2024-02-10", dec!(0)), unpaid("2024-03-01", dec!(1))];
        assert_eq!(days_past_due(&late, on("2024-03-11")), 10);
        assert_eq!(days_past_due(&late, on("2024-03-01")), 0);
        assert_eq!(days_past_due(&[], on("2024-03-01")), 0);
    }

    #[test]
    fn an_amount_belongs_to_one_class_by_its_own_due_date() {
        let class = |name: &str, from, to| Class { name: name.into(), from, to };
        let classes = [class("1-30", 1, Some(30)), class("31-90", 31, Some(90)), class("91+", 91, None)];
        let late =
            [unpaid("2024-01-01", dec!(7)), unpaid("2024-03-02", dec!(5)), unpaid("2024-03-31", dec!(9))];
        let sums = amounts_by_class(&classes, &late, "2024-04-01".parse().unwrap());
        assert_eq!(sums, [dec!(14), Decimal::ZERO, dec!(7)]);
        assert_eq!(class_of(&classes, 400).map(|c| c.name.as_str()), Some("91+"));
        assert_eq!(class_of(&classes, 0), None);
    }

    #[test]
    fn a_provision_is_rounded_once() {
        let amounts = [(dec!(1000001), dec!(0.75)), (dec!(2000001), dec!(0.75))];
        assert_eq!(provision(&amounts, 0, RoundingMode::HalfUp), dec!(22500));
    }
}
