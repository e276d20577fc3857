//! Who may be helped by revolving support: poor, near-poor and newly escaped households, asked as of a day.

use chrono::{Datelike, Months, NaiveDate};

use crate::domain::people::poverty::Class;
use crate::domain::values::figures;
use crate::domain::values::language::{Language, Text};
use crate::domain::values::text::capitalised;

/// A commune's decision on the class of one household for one year, under that year's standard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The class decided.
    pub class: Class,
    /// The year the class counts for.
    pub year: i32,
    /// The standard it was measured by.
    pub standard_id: String,
    /// Number of the decision, such as "112/QĐ-UBND".
    pub number: String,
    /// The day it was signed.
    pub decided_on: NaiveDate,
}

impl Decision {
    /// The first day it can be relied on: its year has begun and it has been signed.
    pub fn in_force_from(&self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.year, 1, 1).map_or(self.decided_on, |start| start.max(self.decided_on))
    }

    /// Later years outrank earlier ones; within a year the decision signed last.
    const fn rank(&self) -> (i32, NaiveDate) {
        (self.year, self.decided_on)
    }
}

/// Whether a household may be helped, and the fact that decides it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Eligibility<'a> {
    /// On this year's list of poor or near-poor households.
    Listed(&'a Decision),
    /// Left the lists, and may be helped up to and including `until`.
    Escaped {
        /// The decision that took it off the lists.
        decision: &'a Decision,
        /// The last day of help.
        until: NaiveDate,
    },
    /// Left the lists too long ago.
    EscapedTooLongAgo {
        /// The decision that took it off the lists.
        decision: &'a Decision,
        /// The last day help was possible.
        until: NaiveDate,
    },
    /// The last decision says it is neither poor, near-poor nor newly escaped.
    NotListed(&'a Decision),
    /// On last year's list of poor or near-poor households, and this year's decision is still awaited: it stands until then.
    StandsOn(&'a Decision),
    /// Listed in an earlier year, and left unreviewed for more than a year.
    OutOfDate(&'a Decision),
    /// No decision had been made.
    Undecided,
}

/// Whether a household may get revolving support on a day, by the decisions known about it, in any order.
///
/// The poor and near-poor are on the list of that very year, or on that of the year before as long as none of this year is known: no
/// rule says that a right ends on New Year's day, and the communes decide in its first weeks. A household that left the lists stays eligible for
/// `escaped_years` (3 under Decision 28/2015/QĐ-TTg) without being listed again, counted from the day it left; the
/// last day is the same day of the last year (Civil Code 91/2015 art. 148), or the month's last where February
/// lacks it.
pub fn eligible_as_of(decisions: &[Decision], day: NaiveDate, escaped_years: u32) -> Eligibility<'_> {
    let mut known: Vec<_> = decisions.iter().filter(|d| d.in_force_from() <= day).collect();
    known.sort_by_key(|d| d.rank());
    let Some(&last) = known.last() else { return Eligibility::Undecided };
    match last.class {
        Class::Poor | Class::NearPoor if last.year == day.year() => Eligibility::Listed(last),
        Class::Poor | Class::NearPoor if last.year + 1 == day.year() => Eligibility::StandsOn(last),
        Class::Poor | Class::NearPoor => Eligibility::OutOfDate(last),
        Class::Average | Class::Other => Eligibility::NotListed(last),
        Class::NewlyEscaped => {
            let run = known.iter().rev().take_while(|d| d.class == Class::NewlyEscaped);
            let decision = run.last().copied().unwrap_or(last);
            let left_on = decision.in_force_from();
            let until = left_on.checked_add_months(Months::new(12 * escaped_years)).unwrap_or(left_on);
            if day <= until {
                Eligibility::Escaped { decision, until }
            } else {
                Eligibility::EscapedTooLongAgo { decision, until }
            }
        }
    }
}

impl Eligibility<'_> {
    /// Whether help is allowed.
    pub const fn is_eligible(&self) -> bool {
        matches!(self, Self::Listed(_) | Self::StandsOn(_) | Self::Escaped { .. })
    }

    /// Whether help rests on last year's class, and the decision of this year is awaited.
    pub const fn awaits_decision(&self) -> bool {
        matches!(self, Self::StandsOn(_))
    }

    /// The decision the verdict rests on.
    pub const fn decision(&self) -> Option<&Decision> {
        match self {
            Self::Listed(decision)
            | Self::StandsOn(decision)
            | Self::Escaped { decision, .. }
            | Self::EscapedTooLongAgo { decision, .. }
            | Self::NotListed(decision)
            | Self::OutOfDate(decision) => Some(decision),
            Self::Undecided => None,
        }
    }

    /// [`Self::reason`] in both languages.
    pub fn text(&self) -> Text {
        Text { vi: self.reason(Language::Vi).into(), en: self.reason(Language::En).into() }
    }

    /// The verdict and its ground in one sentence, for the officer and for the file.
    pub fn reason(&self, language: Language) -> String {
        let Some(decision) = self.decision() else {
            let text =
                language.pick("Hộ chưa có quyết định phân loại", "No decision on the household's class yet");
            return format!("{text}.");
        };
        let (class, year, number) = (decision.class.label(language), decision.year, &decision.number);
        let signed = figures::date(decision.decided_on, language);
        let ground = language.pick(
            format!("{class} năm {year} theo quyết định {number} ngày {signed}"),
            format!("{class} for {year} by decision {number} of {signed}"),
        );
        capitalised(&format!("{ground}: {}.", self.verdict(language)))
    }

    fn verdict(&self, language: Language) -> String {
        let date = |day| figures::date(day, language);
        match self {
            Self::Listed(_) => language.pick("được hỗ trợ", "eligible").to_owned(),
            Self::StandsOn(decision) => language.pick(
                format!("vẫn được hỗ trợ, đang chờ quyết định phân loại năm {}", decision.year + 1),
                format!("still eligible, the decision for {} is awaited", decision.year + 1),
            ),
            Self::Escaped { until, .. } => {
                language.pick("được hỗ trợ đến hết ngày ", "eligible to the end of ").to_owned()
                    + &date(*until)
            }
            Self::EscapedTooLongAgo { until, .. } => {
                language.pick("hết thời hạn hỗ trợ từ sau ngày ", "no longer eligible after ").to_owned()
                    + &date(*until)
            }
            Self::NotListed(_) => language.pick("không thuộc đối tượng hỗ trợ", "not eligible").to_owned(),
            Self::OutOfDate(_) => language
                .pick("chưa được rà soát trong hơn một năm", "not reviewed for more than a year")
                .to_owned(),
            Self::Undecided => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn decided(class: Class, year: i32, decided_on: &str) -> Decision {
        Decision {
            class,
            year,
            standard_id: "vn_2022".to_owned(),
            number: format!("112/QĐ-UBND/{year}"),
            decided_on: day(decided_on),
        }
    }

    fn eligible(decisions: &[Decision], on: &str) -> bool {
        eligible_as_of(decisions, day(on), 3).is_eligible()
    }

    #[test]
    fn a_listed_household_is_eligible_from_new_years_day_to_the_last_day_of_the_year() {
        for class in [Class::Poor, Class::NearPoor] {
            let decisions = [decided(class, 2024, "2023-12-18")];
            assert_eq!(eligible_as_of(&decisions, day("2023-12-31"), 3), Eligibility::Undecided);
            assert_eq!(eligible_as_of(&decisions, day("2024-01-01"), 3), Eligibility::Listed(&decisions[0]));
            assert!(eligible(&decisions, "2024-02-29"));
            assert!(eligible(&decisions, "2024-12-31"));
        }
    }

    #[test]
    fn last_years_class_stands_until_this_years_decision_is_known_and_no_longer_than_the_year() {
        for class in [Class::Poor, Class::NearPoor] {
            let mut decisions = vec![decided(class, 2024, "2023-12-18")];
            for on in ["2025-01-01", "2025-12-31"] {
                let standing = eligible_as_of(&decisions, day(on), 3);
                assert_eq!(standing, Eligibility::StandsOn(&decisions[0]));
                assert!(standing.is_eligible() && standing.awaits_decision());
            }
            let stale = Eligibility::OutOfDate(&decisions[0]);
            assert_eq!(eligible_as_of(&decisions, day("2026-01-01"), 3), stale);
            decisions.push(decided(Class::Average, 2025, "2025-02-10"));
            assert!(eligible(&decisions, "2025-02-09"));
            assert_eq!(
                eligible_as_of(&decisions, day("2025-02-10"), 3),
                Eligibility::NotListed(&decisions[1])
            );
            decisions[1].class = class;
            let listed = eligible_as_of(&decisions, day("2025-02-10"), 3);
            assert_eq!(listed, Eligibility::Listed(&decisions[1]));
            assert!(!listed.awaits_decision());
        }
    }

    #[test]
    fn a_decision_signed_within_its_year_counts_from_that_day() {
        let decisions = [decided(Class::Poor, 2024, "2024-02-29")];
        assert!(!eligible(&decisions, "2024-02-28"));
        assert!(eligible(&decisions, "2024-02-29"));
    }

    #[test]
    fn a_later_decision_of_the_year_takes_over_from_its_day() {
        let decisions =
            [decided(Class::Average, 2024, "2024-06-15"), decided(Class::Poor, 2024, "2023-12-18")];
        assert!(eligible(&decisions, "2024-06-14"));
        assert_eq!(eligible_as_of(&decisions, day("2024-06-15"), 3), Eligibility::NotListed(&decisions[0]));
    }

    #[test]
    fn a_late_paper_about_an_earlier_year_does_not_outrank_this_year() {
        let decisions =
            [decided(Class::Poor, 2025, "2024-12-16"), decided(Class::Average, 2024, "2025-03-01")];
        assert_eq!(eligible_as_of(&decisions, day("2025-03-02"), 3), Eligibility::Listed(&decisions[0]));
    }

    #[test]
    fn three_years_after_leaving_the_list_end_on_the_same_day() {
        let decisions =
            [decided(Class::Poor, 2023, "2022-12-20"), decided(Class::NewlyEscaped, 2024, "2024-01-10")];
        let until = day("2027-01-10");
        assert_eq!(eligible_as_of(&decisions, day("2024-01-09"), 3), Eligibility::StandsOn(&decisions[0]));
        for on in ["2024-01-10", "2025-06-01", "2027-01-10"] {
            let expected = Eligibility::Escaped { decision: &decisions[1], until };
            assert_eq!(eligible_as_of(&decisions, day(on), 3), expected, "{on}");
        }
        let expected = Eligibility::EscapedTooLongAgo { decision: &decisions[1], until };
        assert_eq!(eligible_as_of(&decisions, day("2027-01-11"), 3), expected);
        assert!(eligible_as_of(&decisions, day("2027-01-11"), 4).is_eligible());
    }

    #[test]
    fn who_left_on_29_february_is_eligible_to_28_february() {
        let decisions = [decided(Class::NewlyEscaped, 2024, "2024-02-29")];
        assert!(eligible(&decisions, "2027-02-28"));
        assert!(!eligible(&decisions, "2027-03-01"));
        assert!(eligible_as_of(&decisions, day("2028-02-29"), 4).is_eligible());
        assert!(!eligible_as_of(&decisions, day("2028-03-01"), 4).is_eligible());
    }

    #[test]
    fn being_named_newly_escaped_again_does_not_restart_the_clock() {
        let decisions = [
            decided(Class::NewlyEscaped, 2023, "2022-12-20"),
            decided(Class::NewlyEscaped, 2024, "2023-12-18"),
            decided(Class::NewlyEscaped, 2025, "2024-12-16"),
        ];
        assert!(eligible(&decisions, "2026-01-01"));
        assert!(!eligible(&decisions, "2026-01-02"));
    }

    #[test]
    fn a_relapse_starts_the_clock_anew() {
        let decisions = [
            decided(Class::NewlyEscaped, 2020, "2019-12-20"),
            decided(Class::Poor, 2023, "2022-12-20"),
            decided(Class::NewlyEscaped, 2024, "2023-12-18"),
        ];
        assert!(eligible(&decisions, "2023-06-01"));
        assert!(eligible(&decisions, "2027-01-01"));
        assert!(!eligible(&decisions, "2027-01-02"));
    }

    #[test]
    fn every_verdict_says_why_in_both_languages() {
        let escaped = [decided(Class::NewlyEscaped, 2024, "2023-12-18")];
        let average = [decided(Class::Average, 2024, "2023-12-18")];
        let poor = [decided(Class::Poor, 2024, "2023-12-18")];
        let ground = "năm 2024 theo quyết định 112/QĐ-UBND/2024 ngày 18/12/2023";
        let by = "for 2024 by decision 112/QĐ-UBND/2024 of 18 December 2023";
        for (decisions, on, vi, en) in [
            (&poor, "2024-05-01", format!("Hộ nghèo {ground}: được hỗ trợ."), {
                format!("Poor household {by}: eligible.")
            }),
            (
                &poor,
                "2025-05-01",
                format!("Hộ nghèo {ground}: vẫn được hỗ trợ, đang chờ quyết định phân loại năm 2025."),
                { format!("Poor household {by}: still eligible, the decision for 2025 is awaited.") },
            ),
            (
                &poor,
                "2026-05-01",
                format!("Hộ nghèo {ground}: chưa được rà soát trong hơn một năm."),
                { format!("Poor household {by}: not reviewed for more than a year.") },
            ),
            (
                &escaped,
                "2024-05-01",
                format!("Hộ mới thoát nghèo {ground}: được hỗ trợ đến hết ngày 01/01/2027."),
                {
                    format!(
                        "Household newly escaped from poverty {by}: eligible to the end of 1 January 2027."
                    )
                },
            ),
            (
                &escaped,
                "2028-05-01",
                format!("Hộ mới thoát nghèo {ground}: hết thời hạn hỗ trợ từ sau ngày 01/01/2027."),
                format!(
                    "Household newly escaped from poverty {by}: no longer eligible after 1 January 2027."
                ),
            ),
            (
                &average,
                "2024-05-01",
                format!("Hộ có mức sống trung bình {ground}: không thuộc đối tượng hỗ trợ."),
                format!("Household of average living standard {by}: not eligible."),
            ),
        ] {
            let verdict = eligible_as_of(decisions, day(on), 3);
            assert_eq!(verdict.reason(Language::Vi), vi);
            assert_eq!(verdict.reason(Language::En), en);
        }
        assert_eq!(Eligibility::Undecided.reason(Language::Vi), "Hộ chưa có quyết định phân loại.");
        assert_eq!(Eligibility::Undecided.reason(Language::En), "No decision on the household's class yet.");
    }
}
