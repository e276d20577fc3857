//! Day counts: which fraction of a year's interest a stretch of days bears.

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::exact;
use crate::domain::values::calendar::{Unit, days_between};

/// The length of a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum YearLength {
    /// 360 days.
    Days360,
    /// 365 days, in leap years too (Circular 14/2017/TT-NHNN).
    #[default]
    Days365,
    /// 365 or 366, as the calendar has it.
    Actual,
}

/// Where a period over the turn of a year is divided, when years have their own length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Turn {
    /// Days up to 31 December belong to the old year.
    #[default]
    Dec31,
    /// Days up to 1 January do.
    Jan1,
}

/// The length of a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MonthLength {
    /// 30 days, whatever the calendar says; a week 7, a day 1.
    Thirty,
    /// The days of the calendar.
    #[default]
    Actual,
}

/// How days are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DayCount {
    /// The length of a year.
    pub year: YearLength,
    /// The length of a month.
    pub month: MonthLength,
    /// Where a period over the turn of a year is divided.
    pub turn: Turn,
    /// A year has 366 days only for a period that contains 29 February.
    pub feb29_period_only: bool,
}

/// What interest is counted over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InterestPeriod {
    /// The days of the period, by the day count.
    #[default]
    Daily,
    /// The period itself: a twelfth of a year for a month, a fifty-second for a week.
    RepaymentPeriod,
}

/// A day count together with the step of the schedule it is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Basis {
    /// The unit of the step.
    pub unit: Unit,
    /// Units from one due date to the next.
    pub every: u32,
    /// What interest is counted over.
    pub interest_period: InterestPeriod,
    /// How days are counted.
    pub days: DayCount,
}

/// A stretch of days: the first counts, the last does not.
pub type Stretch = (NaiveDate, NaiveDate);

/// The number of days in a stretch.
pub(crate) fn length(stretch: Stretch) -> Decimal {
    Decimal::from(days_between(stretch.0, stretch.1))
}

impl Basis {
    /// The factor that turns a balance into the interest of `part`, a stretch inside the instalment's `period`;
    /// `rate` is a fraction a year. Kept at 19 decimals.
    pub fn factor(&self, rate: Decimal, period: Stretch, part: Stretch) -> Decimal {
        let whole = length(period);
        if whole.is_zero() {
            return Decimal::ZERO;
        }
        let every = Decimal::from(self.every);
        let share = |numerator: Decimal, denominator: Decimal| {
            let fraction = exact::div(numerator, denominator);
            let full = exact::mul(rate, fraction);
            exact::factor(exact::div(exact::mul(full, length(part)), whole))
        };
        match (self.interest_period, self.unit) {
            (InterestPeriod::RepaymentPeriod, Unit::Months) => return share(every, Decimal::from(12)),
            (InterestPeriod::RepaymentPeriod, Unit::Weeks) => return share(every, Decimal::from(52)),
            _ => {}
        }
        if self.divides_at_year_end(period, part) {
            return exact::factor(exact::mul(rate, self.fractions_of_years(part)));
        }
        let year = self.days_in_year(period, part.0);
        match (self.days.month, self.unit) {
            (MonthLength::Actual, _) => exact::factor(exact::mul(rate, exact::div(length(part), year))),
            (MonthLength::Thirty, Unit::Months) => share(every * Decimal::from(30), year),
            (MonthLength::Thirty, Unit::Weeks) => share(every * Decimal::from(7), year),
            (MonthLength::Thirty, Unit::Days) => share(every, year),
        }
    }

    /// Real days over a year of fixed length: the plain `balance · rate · days / 365`.
    pub(super) fn is_real_days(&self) -> bool {
        let by_step = self.interest_period == InterestPeriod::RepaymentPeriod && self.unit != Unit::Days;
        !by_step && self.days.month == MonthLength::Actual && self.days.year != YearLength::Actual
    }

    /// The fixed length of a year.
    pub(super) fn fixed_year(&self) -> Decimal {
        Decimal::from(if self.days.year == YearLength::Days360 { 360 } else { 365 })
    }

    /// The share of a year in words: `36 days / 365`, `30/360`, `1/12`.
    pub(super) fn share(&self, period: Stretch, part: Stretch, vietnamese: bool) -> String {
        let (days, whole) = (days_between(part.0, part.1), days_between(period.0, period.1));
        let word = if vietnamese { "ngày" } else { "days" };
        let pro_rata = if days == whole { String::new() } else { format!(" × {days}/{whole}") };
        match (self.interest_period, self.unit) {
            (InterestPeriod::RepaymentPeriod, Unit::Months) => return format!("{}/12{pro_rata}", self.every),
            (InterestPeriod::RepaymentPeriod, Unit::Weeks) => return format!("{}/52{pro_rata}", self.every),
            _ => {}
        }
        if self.divides_at_year_end(period, part) {
            return format!("{days} {word} / 365–366");
        }
        let year = self.days_in_year(period, part.0);
        match (self.days.month, self.unit) {
            (MonthLength::Actual, _) => format!("{days} {word} / {year}"),
            (MonthLength::Thirty, Unit::Months) => format!("{}/{year}{pro_rata}", self.every * 30),
            (MonthLength::Thirty, Unit::Weeks) => format!("{}/{year}{pro_rata}", self.every * 7),
            (MonthLength::Thirty, Unit::Days) => format!("{}/{year}{pro_rata}", self.every),
        }
    }

    fn divides_at_year_end(&self, period: Stretch, part: Stretch) -> bool {
        self.days.year == YearLength::Actual
            && part.1.year() > part.0.year()
            && (!self.days.feb29_period_only || contains_feb29(period))
    }

    fn days_in_year(&self, period: Stretch, first: NaiveDate) -> Decimal {
        let days = match self.days.year {
            YearLength::Days360 => 360,
            YearLength::Days365 => 365,
            YearLength::Actual if self.days.feb29_period_only && !contains_feb29(period) => 365,
            YearLength::Actual => days_of_year(first.year()),
        };
        Decimal::from(days)
    }

    fn fractions_of_years(&self, part: Stretch) -> Decimal {
        let mut sum = Decimal::ZERO;
        let mut from = part.0;
        for year in part.0.year()..=part.1.year() {
            let turn = if self.days.turn == Turn::Jan1 {
                NaiveDate::from_ymd_opt(year + 1, 1, 1)
            } else {
                NaiveDate::from_ymd_opt(year, 12, 31)
            };
            let to = if year == part.1.year() { part.1 } else { turn.unwrap_or(part.1) };
            sum += exact::div(length((from, to)), Decimal::from(days_of_year(year)));
            from = to;
        }
        sum
    }
}

fn days_of_year(year: i32) -> u32 {
    NaiveDate::from_ymd_opt(year, 12, 31).map_or(365, |last| last.ordinal())
}

/// Whether 29 February is after the first day and not after the last.
fn contains_feb29((from, to): Stretch) -> bool {
    (from.year()..=to.year())
        .filter_map(|year| NaiveDate::from_ymd_opt(year, 2, 29))
        .any(|leap| from < leap && leap <= to)
}
