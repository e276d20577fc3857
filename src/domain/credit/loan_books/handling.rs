//! What may be done when a loan does not go as planned, as its programme allowed on the day of signing.

use chrono::{Datelike as _, Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::domain::values::calendar::WorkingDays;
use crate::domain::values::figures;
use crate::domain::values::language::{Language, Text};
use crate::text;

/// Windows and caps, copied from the programme at signing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Handling {
    /// An instalment is rescheduled at least so many days before it is due.
    pub reschedule_notice_days: u32,
    /// An extension is asked for at most so many months before the final date …
    pub extension_from_months: u32,
    /// … and at least so many working days before it.
    pub extension_until_working_days: u32,
    /// Months by which the final date may move in all.
    pub extension_cap_months: u32,
    /// Whether the loan may be carried to the next season (lưu vụ): short ones of some programmes.
    pub carry_over: bool,
}

/// A final date on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FinalDates {
    /// By the contract.
    pub first: NaiveDate,
    /// In force.
    pub present: NaiveDate,
    /// The new one.
    pub to: NaiveDate,
}

/// Why a step is not allowed. Callers turn it into a problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Asked too late or too early: the window.
    Window {
        /// First day.
        from: NaiveDate,
        /// Last day.
        until: NaiveDate,
    },
    /// More months than the programme allows.
    Cap {
        /// How many it allows in all.
        months: u32,
    },
    /// The programme does not know this step.
    NotOffered,
    /// The new day is not after the old one.
    NotLater {
        /// The old day.
        than: NaiveDate,
    },
    /// The new day reaches past the next instalment.
    PastNext {
        /// When that is due.
        next: NaiveDate,
    },
    /// The last instalment is the final date, which has its own window, cap and second person.
    FinalDate,
}

impl Refusal {
    /// For the officer.
    pub fn text(self) -> Text {
        let both = |day| (figures::date(day, Language::Vi), figures::date(day, Language::En));
        match self {
            Self::Window { from, until } => {
                let ((vi_from, en_from), (vi_until, en_until)) = (both(from), both(until));
                text!(
                    "Chỉ nhận đề nghị từ {vi_from} đến hết {vi_until}.",
                    "It may be asked for from {en_from} to the end of {en_until}."
                )
            }
            Self::Cap { months } => {
                text!(
                    "Tổng thời gian kéo dài không quá {months} tháng.",
                    "Extensions add up to at most {months} months."
                )
            }
            Self::NotOffered => {
                text!("Chương trình không có hình thức xử lý này.", "The programme does not offer this step.")
            }
            Self::NotLater { than } => {
                let (vi, en) = both(than);
                text!("Ngày mới phải sau ngày {vi}.", "The new day must come after {en}.")
            }
            Self::PastNext { next } => {
                let (vi, en) = both(next);
                text!(
                    "Ngày mới không được quá kỳ sau ({vi}).",
                    "The new day may not pass the next instalment ({en})."
                )
            }
            Self::FinalDate => text!(
                "Kỳ cuối cùng chỉ được dời bằng gia hạn nợ.",
                "The last instalment moves by an extension only."
            ),
        }
    }
}

impl Handling {
    /// Whether the final date may move: asked inside the window, and all moves together within the cap. Working days are
    /// those of `calendar`: neither weekends nor the public holidays it knows, Tết among them.
    pub fn extension(
        &self,
        dates: FinalDates,
        asked_on: NaiveDate,
        calendar: &WorkingDays,
    ) -> Result<(), Refusal> {
        let present = dates.present;
        let from = present.checked_sub_months(Months::new(self.extension_from_months)).unwrap_or(present);
        let until = working_days_before(present, self.extension_until_working_days, calendar);
        if self.extension_cap_months == 0 {
            return Err(Refusal::NotOffered);
        }
        if !(from..=until).contains(&asked_on) {
            return Err(Refusal::Window { from, until });
        }
        self.within_cap(dates)
    }

    /// The caps alone: an extension by decision after a risk has no window.
    pub fn within_cap(&self, FinalDates { first, present, to }: FinalDates) -> Result<(), Refusal> {
        let latest = first.checked_add_months(Months::new(self.extension_cap_months)).unwrap_or(first);
        if to <= present {
            return Err(Refusal::NotLater { than: present });
        }
        if to > latest { Err(Refusal::Cap { months: self.extension_cap_months }) } else { Ok(()) }
    }

    /// Whether an instalment may move: asked in time, later, and not past the instalment after it. The last one has none
    /// after it: it moves with the final date.
    pub fn reschedule(
        &self,
        due_on: NaiveDate,
        next: Option<NaiveDate>,
        asked_on: NaiveDate,
        to: NaiveDate,
    ) -> Result<(), Refusal> {
        let until =
            due_on.checked_sub_days(Days::new(u64::from(self.reschedule_notice_days))).unwrap_or(due_on);
        if asked_on > until {
            let from = asked_on.with_day(1).unwrap_or(asked_on).min(until);
            return Err(Refusal::Window { from, until });
        }
        if to <= due_on {
            return Err(Refusal::NotLater { than: due_on });
        }
        match next {
            None => Err(Refusal::FinalDate),
            Some(next) if to > next => Err(Refusal::PastNext { next }),
            Some(_) => Ok(()),
        }
    }

    /// Whether a short loan may be carried to the next season: once more for at most its own term.
    pub fn carry_over(&self, term_months: u32, present: NaiveDate, to: NaiveDate) -> Result<(), Refusal> {
        if !self.carry_over {
            return Err(Refusal::NotOffered);
        }
        if to <= present {
            return Err(Refusal::NotLater { than: present });
        }
        let latest = present.checked_add_months(Months::new(term_months)).unwrap_or(present);
        if to > latest { Err(Refusal::Cap { months: term_months }) } else { Ok(()) }
    }
}

/// The last day that is at least so many working days before a day.
fn working_days_before(day: NaiveDate, count: u32, calendar: &WorkingDays) -> NaiveDate {
    let mut left = count;
    let mut at = day;
    while left > 0 {
        let Some(before) = at.pred_opt() else { break };
        at = before;
        left -= u32::from(!calendar.is_off(at));
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn poor() -> Handling {
        Handling {
            reschedule_notice_days: 5,
            extension_from_months: 3,
            extension_until_working_days: 5,
            extension_cap_months: 30,
            carry_over: true,
        }
    }

    #[test]
    fn an_extension_is_asked_between_three_months_and_five_working_days_before_the_end() {
        // Final date Monday 2 March 2026: five working days before are Mon 23 February.
        let end = day("2026-03-02");
        let dates = FinalDates { first: end, present: end, to: day("2027-03-02") };
        let ask = |on| poor().extension(dates, day(on), &WorkingDays::default());
        assert_eq!(ask("2025-12-02"), Ok(()));
        assert_eq!(ask("2026-02-23"), Ok(()));
        let window = Err(Refusal::Window { from: day("2025-12-02"), until: day("2026-02-23") });
        assert_eq!(ask("2025-12-01"), window);
        assert_eq!(ask("2026-02-24"), window);
    }

    #[test]
    fn the_days_of_tet_are_no_working_days_of_the_window() {
        // Final date Tuesday 24 February 2026. Off: Saturday 14 to Sunday 22 (Tết Bính Ngọ), so the fifth working day
        // before is Tuesday 10; without the holidays it would be Tuesday 17.
        let end = day("2026-02-24");
        let dates = FinalDates { first: end, present: end, to: day("2026-08-24") };
        let tet = WorkingDays::forward((16..=20).map(|d| NaiveDate::from_ymd_opt(2026, 2, d).unwrap()));
        let until = |calendar| match poor().extension(dates, day("2026-02-23"), calendar) {
            Err(Refusal::Window { until, .. }) => until,
            other => panic!("{other:?}"),
        };
        assert_eq!(until(&tet), day("2026-02-10"));
        assert_eq!(until(&WorkingDays::default()), day("2026-02-17"));
        assert_eq!(poor().extension(dates, day("2026-02-10"), &tet), Ok(()));
    }

    #[test]
    fn extensions_add_up_to_the_cap_of_the_contract() {
        let (first, present) = (day("2026-03-02"), day("2027-03-02"));
        let dates = |to| FinalDates { first, present, to: day(to) };
        let calendar = WorkingDays::default();
        let ask = |to| poor().extension(dates(to), day("2027-01-04"), &calendar);
        assert_eq!(ask("2028-09-02"), Ok(()));
        assert_eq!(ask("2028-09-03"), Err(Refusal::Cap { months: 30 }));
        assert_eq!(ask("2027-03-02"), Err(Refusal::NotLater { than: present }));
        let escaped = Handling { extension_cap_months: 0, ..poor() };
        assert_eq!(
            escaped.extension(
                FinalDates { present: first, ..dates("2026-04-02") },
                day("2026-01-05"),
                &calendar
            ),
            Err(Refusal::NotOffered)
        );
    }

    #[test]
    fn an_instalment_moves_five_days_ahead_and_not_past_the_next() {
        let (due, next) = (day("2027-03-02"), day("2028-03-02"));
        assert_eq!(poor().reschedule(due, Some(next), day("2027-02-25"), next), Ok(()));
        assert!(matches!(
            poor().reschedule(due, Some(next), day("2027-02-26"), next),
            Err(Refusal::Window { .. })
        ));
        assert_eq!(
            poor().reschedule(due, Some(next), day("2027-01-01"), day("2028-03-03")),
            Err(Refusal::PastNext { next })
        );
        assert_eq!(poor().reschedule(due, None, day("2027-01-01"), next), Err(Refusal::FinalDate));
    }

    #[test]
    fn a_loan_is_carried_to_the_next_season_for_its_own_term_at_most() {
        let end = day("2026-12-01");
        assert_eq!(poor().carry_over(12, end, day("2027-12-01")), Ok(()));
        assert_eq!(poor().carry_over(12, end, day("2027-12-02")), Err(Refusal::Cap { months: 12 }));
        let long = Handling { carry_over: false, ..poor() };
        assert_eq!(long.carry_over(60, end, day("2027-06-01")), Err(Refusal::NotOffered));
    }
}
