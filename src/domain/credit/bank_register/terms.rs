//! Terms as exports leave them out.

use chrono::{Datelike, Months, NaiveDate};

/// Whole months from one day to another: the most that can be added without passing it.
pub fn months_between(from: NaiveDate, to: NaiveDate) -> Option<u32> {
    let months = (to.year() - from.year()) * 12 + i32::try_from(to.month()).ok()?
        - i32::try_from(from.month()).ok()?;
    let months = u32::try_from(months).ok()?;
    let reached = from.checked_add_months(Months::new(months))? <= to;
    if reached { Some(months) } else { months.checked_sub(1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_term_is_the_whole_months_between_two_days() {
        let day = |text: &str| text.parse().unwrap();
        for (from, to, months) in [
            ("2021-03-15", "2026-03-15", Some(60)),
            ("2021-03-15", "2026-03-14", Some(59)),
            ("2024-01-31", "2024-02-29", Some(1)),
            ("2024-01-31", "2024-02-28", Some(0)),
            ("2024-02-29", "2024-02-29", Some(0)),
            ("2024-03-01", "2024-02-29", None),
        ] {
            assert_eq!(months_between(day(from), day(to)), months, "{from} {to}");
        }
    }
}
