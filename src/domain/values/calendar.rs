//! The civil calendar: due dates that remember their day, and days without payment.
//!
//! Nothing here knows what day it is today, nor when Tết falls: the holidays are data.

use std::collections::BTreeSet;

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

/// The unit in which the distance between two due dates is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CalendarUnit)]
pub enum Unit {
    /// Calendar days.
    Days,
    /// Seven calendar days.
    Weeks,
    /// Calendar months, keeping the day of the month.
    Months,
}

/// Where a due date goes when its month has no such day: 31 in a month of 30, 29 to 31 in February.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MonthEnd {
    /// To the last day of that month.
    #[default]
    LastDay,
    /// To the first day of the month after.
    FirstOfNext,
}

/// Adds months and keeps the day of `anchor`, so that a loan of the 31st is due on 28 February and on 31 March.
///
/// `None` only beyond the calendar (year 262142).
pub fn add_months(anchor: NaiveDate, months: u32, rule: MonthEnd) -> Option<NaiveDate> {
    let clamped = anchor.checked_add_months(Months::new(months))?;
    match rule {
        MonthEnd::FirstOfNext if clamped.day() != anchor.day() => clamped.succ_opt(),
        _ => Some(clamped),
    }
}

/// The due date after `steps` distances of `every` units from the anchor; `None` beyond the calendar.
pub fn step(anchor: NaiveDate, unit: Unit, every: u32, steps: u32, month_end: MonthEnd) -> Option<NaiveDate> {
    let units = every.checked_mul(steps)?;
    match unit {
        Unit::Days => anchor.checked_add_days(Days::new(u64::from(units))),
        Unit::Weeks => anchor.checked_add_days(Days::new(u64::from(units) * 7)),
        Unit::Months => add_months(anchor, units, month_end),
    }
}

/// The same month with another day, clamped to the month's last; `None` for day 0 or above 31.
pub fn on_day(date: NaiveDate, day: u32) -> Option<NaiveDate> {
    (1..=31).contains(&day).then(|| {
        (28..=day).rev().find_map(|candidate| date.with_day(candidate)).or_else(|| date.with_day(day))
    })?
}

/// Whole days from `from` to `to`; negative when `to` is earlier.
pub fn days_between(from: NaiveDate, to: NaiveDate) -> i64 {
    (to - from).num_days()
}

/// Which way a due date leaves a day without payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Shift {
    /// It stays: the Policy Bank's commune meeting is held on holidays and weekends too.
    #[default]
    None,
    /// To the next working day.
    Forward,
    /// To the working day before.
    Backward,
}

/// Days off, given as data with a version of their own, and the weekly days off.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct WorkingDays {
    /// How a due date leaves a day off.
    pub shift: Shift,
    /// Public holidays, Tết among them, as the Government announces them each year.
    #[schema(max_items = 4000)]
    pub holidays: BTreeSet<NaiveDate>,
    /// Whether Saturday and Sunday are working days here.
    pub work_on_weekends: bool,
}

impl WorkingDays {
    /// Saturday, Sunday and the given holidays are off; a due date moves forward.
    pub fn forward(holidays: impl IntoIterator<Item = NaiveDate>) -> Self {
        Self { shift: Shift::Forward, holidays: holidays.into_iter().collect(), work_on_weekends: false }
    }

    /// Whether this is a day without payment.
    pub fn is_off(&self, date: NaiveDate) -> bool {
        let weekend = matches!(date.weekday(), Weekday::Sat | Weekday::Sun);
        (weekend && !self.work_on_weekends) || self.holidays.contains(&date)
    }

    /// The day on which a payment due on `nominal` is expected: a pure function of the day and this calendar, so
    /// that asking twice moves it no further.
    pub fn shifted(&self, nominal: NaiveDate) -> NaiveDate {
        let mut day = nominal;
        while self.shift != Shift::None && self.is_off(day) {
            let next = if self.shift == Shift::Forward { day.succ_opt() } else { day.pred_opt() };
            let Some(next) = next else { break };
            day = next;
        }
        day
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn case_06_the_31st_comes_back_after_february() {
        let due = |n, rule| add_months(day("2024-01-31"), n, rule).unwrap();
        assert_eq!(due(1, MonthEnd::LastDay), day("2024-02-29"));
        assert_eq!(due(2, MonthEnd::LastDay), day("2024-03-31"));
        assert_eq!(due(1, MonthEnd::FirstOfNext), day("2024-03-01"));
        assert_eq!(due(2, MonthEnd::FirstOfNext), day("2024-03-31"));
        assert_eq!(due(3, MonthEnd::FirstOfNext), day("2024-05-01"));
    }

    #[test]
    fn a_collection_day_is_kept_and_clamped() {
        assert_eq!(on_day(day("2023-02-10"), 30), Some(day("2023-02-28")));
        assert_eq!(on_day(day("2023-02-10"), 15), Some(day("2023-02-15")));
        assert_eq!(on_day(day("2023-02-10"), 32), None);
        assert_eq!(on_day(day("2023-02-10"), 0), None);
    }

    #[test]
    fn case_08_a_holiday_shifts_once_and_the_meeting_day_never() {
        // Tết Bính Ngọ 2026: days off from Saturday 14 to Sunday 22 February.
        let tet = (14..=22).map(|d| NaiveDate::from_ymd_opt(2026, 2, d).unwrap());
        let calendar = WorkingDays::forward(tet);
        let shifted = calendar.shifted(day("2026-02-16"));
        assert_eq!(shifted, day("2026-02-23"));
        assert_eq!(calendar.shifted(shifted), shifted);
        let backward = WorkingDays { shift: Shift::Backward, ..calendar.clone() };
        assert_eq!(backward.shifted(day("2026-02-16")), day("2026-02-13"));
        let meeting = WorkingDays { shift: Shift::None, ..calendar };
        assert_eq!(meeting.shifted(day("2026-02-16")), day("2026-02-16"));
    }
}
