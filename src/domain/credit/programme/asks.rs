//! Whether a programme lends what is asked: every reason against it, in both languages.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::Serialize;

use super::rule::{Cap, Per, Rule, TermRule};
use crate::domain::people::eligibility::Eligibility;
use crate::domain::people::poverty::Class;
use crate::domain::values::figures;
use crate::domain::values::language::{Language, Text};
use crate::domain::values::money::Money;

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ask {
    /// The loan, in đồng.
    pub amount: Money,
    /// Principal still owed under the programme by the same household or borrower.
    pub owed: Money,
    /// Of that, under the same product.
    pub owed_of_product: Money,
    /// Whether the household was lent the product before.
    pub had_product: bool,
    /// Term in months, from the first payout to the final date.
    pub term_months: u32,
    /// Facilities, months of study paid for, workers, months of the contract abroad: whatever the programme counts.
    pub count: u32,
    /// What the project costs; `None` when the programme does not ask.
    pub need: Option<Money>,
    /// Students: the length of the course in months.
    pub course_months: u32,
    /// Students: from the first payout to the end of the course, in whole months; 0: the whole course.
    pub payout_months: u32,
    /// Students: the tuition, where it is lent on top of what a month costs.
    pub tuition: Money,
}

impl Ask {
    /// An amount, with nothing else said.
    pub const fn of(amount: Money) -> Self {
        Self {
            amount,
            owed: Money::ZERO,
            owed_of_product: Money::ZERO,
            had_product: false,
            term_months: 0,
            count: 0,
            need: None,
            course_months: 0,
            payout_months: 0,
            tuition: Money::ZERO,
        }
    }

    /// The paying-out period of a student's loan, in months.
    pub const fn paying_out(&self) -> u32 {
        if self.payout_months == 0 { self.course_months } else { self.payout_months }
    }
}

/// A reason not to lend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The household's class on that day is not served, or not any more.
    Class {
        /// Classes served.
        served: Vec<Class>,
    },
    /// The household's class on that day has programmes of its own.
    ClassExcluded {
        /// The class.
        class: Class,
    },
    /// Another programme excludes it.
    Excluded(Exclusion),
    /// Lent once, and the household was lent it.
    HadBefore,
    /// With what is owed, more than the cap.
    AboveCap {
        /// Counted per.
        per: Per,
        /// The most.
        most: Money,
        /// What it would come to.
        asked: Money,
    },
    /// More than the programme's share of what is needed.
    AboveNeed {
        /// In percent of the need.
        percent: Decimal,
        /// The most.
        most: Money,
    },
    /// Longer than allowed.
    TermTooLong {
        /// The longest, in months.
        most_months: u32,
    },
    /// No amount, no term, or nothing counted where the programme counts.
    Incomplete,
}

/// Two programmes that one household does not hold together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Exclusion {
    /// The one.
    pub programme_code: String,
    /// The other.
    pub other_programme_code: String,
    /// Why, in Vietnamese.
    pub reason_vi: String,
    /// Why, in English.
    pub reason_en: String,
}

impl Refusal {
    /// The reason as a sentence.
    pub fn text(&self) -> Text {
        match self {
            Self::Class { served } => {
                let list = |language| {
                    served.iter().map(|class| class.label(language)).collect::<Vec<_>>().join(", ")
                };
                let (vi, en) = (list(Language::Vi), list(Language::En));
                crate::text!("Chương trình chỉ cho vay: {vi}.", "The programme lends only to: {en}.")
            }
            Self::ClassExcluded { class } => {
                let (vi, en) = (class.label(Language::Vi), class.label(Language::En));
                crate::text!(
                    "Chương trình không cho vay {vi}: hãy chọn chương trình dành cho đối tượng này.",
                    "The programme does not lend to a {en}: choose a programme for that class."
                )
            }
            Self::HadBefore => Text::fixed(
                "Mỗi hộ chỉ được vay một lần cho loại công trình này, và hộ đã vay.",
                "A household is lent this kind of facility once, and was lent it already.",
            ),
            Self::Excluded(pair) => {
                let (vi, en) = (&pair.reason_vi, &pair.reason_en);
                crate::text!("{vi}.", "{en}.")
            }
            Self::AboveCap { per, most, asked } => above_cap(*per, *most, *asked),
            Self::AboveNeed { percent, most } => {
                let (vi, en) = (figures::money(*most, Language::Vi), figures::money(*most, Language::En));
                let (share_vi, share_en) =
                    (figures::percent(*percent, Language::Vi), figures::percent(*percent, Language::En));
                crate::text!(
                    "Tối đa {share_vi} nhu cầu vốn: {vi}.",
                    "At most {share_en} of what is needed: {en}."
                )
            }
            Self::TermTooLong { most_months } => {
                crate::text!(
                    "Thời hạn tối đa {most_months} tháng.",
                    "The longest term is {most_months} months."
                )
            }
            Self::Incomplete => Text::fixed(
                "Thiếu số tiền, thời hạn hoặc số lượng mà chương trình tính theo.",
                "The amount, the term or what the programme counts is missing.",
            ),
        }
    }
}

fn above_cap(per: Per, most: Money, asked: Money) -> Text {
    let (per_vi, per_en) = match per {
        Per::Household => ("một hộ", "a household"),
        Per::Borrower => ("một người vay", "a borrower"),
        Per::Project => ("một dự án", "a project"),
        Per::Facility => ("số công trình", "the facilities"),
        Per::StudyMonth => ("số tháng học", "the months of study"),
        Per::Worker => ("số lao động", "the workers"),
        Per::Product => ("mục đích này", "this purpose"),
    };
    let both = |amount| (figures::money(amount, Language::Vi), figures::money(amount, Language::En));
    let ((most_vi, most_en), (asked_vi, asked_en)) = (both(most), both(asked));
    crate::text!(
        "Mức cho vay tối đa tính theo {per_vi} là {most_vi}; cộng dư nợ hiện có sẽ là {asked_vi}.",
        "The cap for {per_en} is {most_en}; with what is owed it would come to {asked_en}."
    )
}

/// Whether the household's class lets it in, asked with the programme's own years for those newly escaped.
pub fn admits(rule: &Rule, standing: &Eligibility<'_>) -> Option<Refusal> {
    let class = standing.decision().filter(|_| standing.is_eligible()).map(|decision| decision.class);
    if let Some(class) = class.filter(|class| rule.excluded_classes.contains(class)) {
        return Some(Refusal::ClassExcluded { class });
    }
    if rule.classes.is_empty() {
        return None;
    }
    let served = class.is_some_and(|class| rule.classes.contains(&class));
    (!served).then(|| Refusal::Class { served: rule.classes.clone() })
}

/// The first programme among those held that excludes this one.
pub fn excludes<S: AsRef<str>>(pairs: &[Exclusion], programme: &str, held: &[S]) -> Option<Refusal> {
    let holds = |code: &str| held.iter().any(|held| held.as_ref() == code);
    let met = pairs.iter().find(|pair| {
        (pair.programme_code == programme && holds(&pair.other_programme_code))
            || (pair.other_programme_code == programme && holds(&pair.programme_code))
    });
    met.cloned().map(Refusal::Excluded)
}

/// Every reason of amount and term against an ask; none: it may be lent.
pub fn within(rule: &Rule, ask: &Ask) -> Vec<Refusal> {
    let counts = |per| matches!(per, Per::Facility | Per::StudyMonth | Per::Worker);
    let uncounted = ask.count == 0 && rule.caps.iter().any(|cap| counts(cap.per));
    let needless = rule.most_percent_of_need.is_some() && ask.need.is_none();
    let endless = match rule.term {
        TermRule::AsCounted => ask.count == 0,
        TermRule::Study { .. } => ask.course_months == 0 || ask.payout_months > ask.course_months,
        TermRule::Free | TermRule::Most { .. } => false,
    };
    if ask.amount.is_zero() || ask.term_months == 0 || uncounted || needless || endless {
        return vec![Refusal::Incomplete];
    }
    let mut refusals = Vec::new();
    refusals.extend((rule.once_a_household && ask.had_product).then_some(Refusal::HadBefore));
    refusals.extend(rule.caps.iter().filter_map(|cap| above(rule, cap, ask)));
    refusals.extend(above_need(rule, ask));
    if let Some(most_months) = longest_term(rule.term, ask).filter(|most| ask.term_months > *most) {
        refusals.push(Refusal::TermTooLong { most_months });
    }
    refusals
}

fn above(rule: &Rule, cap: &Cap, ask: &Ask) -> Option<Refusal> {
    let (per, each, amount) = (cap.per, cap.amount.amount(), ask.amount.amount());
    let (most, asked) = match per {
        Per::Household | Per::Borrower => (each, amount + ask.owed.amount()),
        Per::Product => (each, amount + ask.owed_of_product.amount()),
        Per::Project => (each, amount),
        Per::Facility | Per::Worker => (each * Decimal::from(ask.count), amount),
        Per::StudyMonth => {
            let period = matches!(rule.term, TermRule::Study { .. }).then(|| ask.paying_out());
            let months = Decimal::from(ask.count.min(period.unwrap_or(u32::MAX)));
            let tuition = if rule.tuition_besides { ask.tuition.amount() } else { Decimal::ZERO };
            (each * months + tuition, amount)
        }
    };
    let money = |amount: Decimal| Money::vnd(amount.round()).ok();
    (asked > most)
        .then(|| money(most).zip(money(asked)).map(|(most, asked)| Refusal::AboveCap { per, most, asked }))?
}

fn above_need(rule: &Rule, ask: &Ask) -> Option<Refusal> {
    let (percent, need) = rule.most_percent_of_need.zip(ask.need)?;
    let most = need.amount() * percent / Decimal::ONE_HUNDRED;
    let above = ask.amount.amount() > most;
    above.then(|| Money::vnd(most.floor()).ok().map(|most| Refusal::AboveNeed { percent, most }))?
}

/// The longest term for an ask, in months.
pub fn longest_term(term: TermRule, ask: &Ask) -> Option<u32> {
    match term {
        TermRule::Free => None,
        TermRule::Most { months } => Some(months),
        TermRule::AsCounted => Some(ask.count),
        TermRule::Study { grace_months, short_course_months, short_factor, long_factor } => {
            let factor = if ask.course_months <= short_course_months { short_factor } else { long_factor };
            let months = u64::from(ask.paying_out()) * (1 + u64::from(factor)) + u64::from(grace_months);
            Some(months.to_u32().unwrap_or(u32::MAX))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::credit::programme::RateRule;
    use crate::domain::credit::programme::rule::tests::{day, decimal, money, rule};
    use crate::domain::people::eligibility::{Decision, eligible_as_of};

    fn ask(amount: &str) -> Ask {
        Ask { term_months: 60, ..Ask::of(money(amount)) }
    }

    fn poor() -> Rule {
        rule("01", RateRule::PerContract)
    }

    fn decided(class: Class, year: i32) -> Decision {
        Decision {
            class,
            year,
            standard_id: "vn_2022".to_owned(),
            number: "112/QĐ-UBND".to_owned(),
            decided_on: day("2023-12-18"),
        }
    }

    #[test]
    fn a_cap_counts_what_is_owed_already() {
        assert_eq!(within(&poor(), &ask("100000000")), []);
        let more = Ask { owed: money("40000000"), ..ask("60000001") };
        assert_eq!(
            within(&poor(), &more),
            [Refusal::AboveCap { per: Per::Household, most: money("100000000"), asked: money("100000001") }]
        );
        assert_eq!(
            within(&poor(), &more)[0].text(),
            Text::fixed(
                "Mức cho vay tối đa tính theo một hộ là 100.000.000 đ; cộng dư nợ hiện có sẽ là 100.000.001 đ.",
                "The cap for a household is VND 100,000,000; with what is owed it would come to VND 100,000,001."
            )
        );
    }

    #[test]
    fn all_caps_hold_together_and_count_what_the_programme_counts() {
        let mut establishment = rule("03_establishment", RateRule::PerContract);
        establishment.term = TermRule::Most { months: 120 };
        establishment.caps = vec![
            Cap { per: Per::Project, amount: money("10000000000") },
            Cap { per: Per::Worker, amount: money("200000000") },
        ];
        let of =
            |amount, count, term_months| within(&establishment, &Ask { term_months, count, ..ask(amount) });
        assert_eq!(of("2000000000", 10, 120), []);
        assert_eq!(
            of("2000000001", 10, 121),
            [
                Refusal::AboveCap { per: Per::Worker, most: money("2000000000"), asked: money("2000000001") },
                Refusal::TermTooLong { most_months: 120 }
            ]
        );
        assert_eq!(of("10000000001", 100, 120).len(), 1);
        assert_eq!(of("1", 0, 120), [Refusal::Incomplete]);
    }

    #[test]
    fn a_share_of_the_need_is_a_cap() {
        let mut housing = rule("12", RateRule::PerContract);
        (housing.caps, housing.most_percent_of_need) = (Vec::new(), Some(decimal("70")));
        let of = |amount| within(&housing, &Ask { need: Some(money("1000000001")), ..ask(amount) });
        assert_eq!(of("700000000"), []);
        assert_eq!(
            of("700000001"),
            [Refusal::AboveNeed { percent: decimal("70"), most: money("700000000") }]
        );
        assert_eq!(within(&housing, &ask("1")), [Refusal::Incomplete]);
    }

    #[test]
    fn a_student_repays_twice_as_long_after_a_short_course() {
        let term =
            TermRule::Study { grace_months: 12, short_course_months: 12, short_factor: 2, long_factor: 1 };
        // Four years: 48 + 12 + 48, whether money is paid in 40 of the months or in all; who borrows from the second year on, less.
        for (course_months, payout_months, longest) in
            [(12, 0, 48), (12, 10, 42), (13, 10, 32), (48, 0, 108), (48, 36, 84)]
        {
            assert_eq!(
                longest_term(term, &Ask { count: 40, course_months, payout_months, ..ask("1") }),
                Some(longest),
                "{course_months} {payout_months}"
            );
        }
        let most = Ask { course_months: u32::MAX, ..ask("1") };
        assert_eq!(longest_term(term, &most), Some(u32::MAX));
    }

    #[test]
    fn a_month_of_study_is_capped_and_tuition_comes_on_top_where_the_programme_says_so() {
        let mut stem = rule("02_stem", RateRule::PerContract);
        stem.term =
            TermRule::Study { grace_months: 12, short_course_months: 12, short_factor: 2, long_factor: 1 };
        (stem.caps, stem.tuition_besides) =
            (vec![Cap { per: Per::StudyMonth, amount: money("5000000") }], true);
        let student =
            Ask { count: 40, course_months: 48, term_months: 108, tuition: money("160000000"), ..ask("1") };
        let of = |rule: &Rule, amount, ask| within(rule, &Ask { amount: money(amount), ..ask });
        assert_eq!(of(&stem, "360000000", student), [], "160 million and 40 months of 5 million");
        assert_eq!(of(&stem, "360000001", student).len(), 1);
        let without = Rule { tuition_besides: false, ..stem.clone() };
        assert_eq!(of(&without, "200000000", student), []);
        assert_eq!(of(&without, "200000001", student).len(), 1);
        // No more months are paid for than the paying-out period has.
        assert_eq!(of(&without, "180000001", Ask { payout_months: 36, term_months: 84, ..student }).len(), 1);
        assert_eq!(of(&without, "1", Ask { course_months: 0, ..student }), [Refusal::Incomplete]);
        assert_eq!(of(&without, "1", Ask { payout_months: 49, ..student }), [Refusal::Incomplete]);
    }

    #[test]
    fn a_contract_abroad_is_the_longest_term() {
        let mut abroad = rule("04", RateRule::PerContract);
        abroad.term = TermRule::AsCounted;
        let of = |count, term_months| within(&abroad, &Ask { term_months, count, ..ask("1") });
        assert_eq!(of(36, 36), []);
        assert_eq!(of(36, 37), [Refusal::TermTooLong { most_months: 36 }]);
        assert_eq!(of(0, 36), [Refusal::Incomplete]);
    }

    #[test]
    fn what_is_lent_once_is_refused_the_second_time_and_a_purpose_has_its_own_cap() {
        let mut water = rule("06_water", RateRule::PerContract);
        water.once_a_household = true;
        water.caps.push(Cap { per: Per::Product, amount: money("25000000") });
        assert_eq!(within(&water, &ask("25000000")), []);
        assert_eq!(within(&water, &Ask { had_product: true, ..ask("25000000") }), [Refusal::HadBefore]);
        let owing = Ask { owed: money("90000000"), owed_of_product: money("15000000"), ..ask("10000001") };
        let most = |per, most, asked| Refusal::AboveCap { per, most: money(most), asked: money(asked) };
        assert_eq!(
            within(&water, &owing),
            [most(Per::Household, "100000000", "100000001"), most(Per::Product, "25000000", "25000001")]
        );
    }

    #[test]
    fn a_class_with_programmes_of_its_own_is_refused_and_no_class_at_all_is_not() {
        let mut area = rule("10", RateRule::PerContract);
        (area.classes, area.excluded_classes, area.escaped_years) =
            (Vec::new(), vec![Class::Poor, Class::NearPoor, Class::NewlyEscaped], Some(3));
        for (class, on, refused) in [
            (Class::Poor, "2024-06-01", true),
            (Class::NewlyEscaped, "2027-01-01", true),
            (Class::NewlyEscaped, "2027-01-02", false),
            (Class::Average, "2024-06-01", false),
        ] {
            let decisions = [decided(class, 2024)];
            let refusal = admits(&area, &eligible_as_of(&decisions, day(on), 3));
            assert_eq!(refusal, refused.then_some(Refusal::ClassExcluded { class }), "{class:?} {on}");
        }
        assert_eq!(admits(&area, &eligible_as_of(&[], day("2024-06-01"), 3)), None);
    }

    #[test]
    fn class_and_years_since_escape_decide() {
        let mut escaped = rule("09", RateRule::PerContract);
        (escaped.classes, escaped.escaped_years) = (vec![Class::NewlyEscaped], Some(3));
        let decisions = [decided(Class::NewlyEscaped, 2024)];
        let on = |text| admits(&escaped, &eligible_as_of(&decisions, day(text), 3));
        assert_eq!(on("2027-01-01"), None);
        assert_eq!(on("2027-01-02"), Some(Refusal::Class { served: vec![Class::NewlyEscaped] }));
        let decisions = [decided(Class::NearPoor, 2024)];
        let standing = eligible_as_of(&decisions, day("2024-06-01"), 3);
        let refusal = admits(&poor(), &standing).unwrap();
        assert_eq!(refusal.text().en, "The programme lends only to: poor household.");
        assert_eq!(admits(&Rule { classes: Vec::new(), ..poor() }, &standing), None);
    }

    #[test]
    fn an_exclusion_works_both_ways() {
        let pair = Exclusion {
            programme_code: "01".to_owned(),
            other_programme_code: "19".to_owned(),
            reason_vi: "Không đồng thời".to_owned(),
            reason_en: "Not both".to_owned(),
        };
        let pairs = [pair.clone()];
        assert_eq!(excludes(&pairs, "19", &["02", "01"]), Some(Refusal::Excluded(pair.clone())));
        assert_eq!(excludes(&pairs, "01", &["19"]), Some(Refusal::Excluded(pair)));
        assert_eq!(excludes(&pairs, "01", &["02", "06", "01"]), None);
    }
}
