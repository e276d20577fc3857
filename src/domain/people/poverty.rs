//! Poverty standards and the classes they make. A figure under one standard is never compared with one under another.

use std::str::FromStr;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::domain::values::language::Language;
use crate::domain::values::money::Money;

/// What a household is, by decision of its commune for one year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Hộ nghèo.
    Poor,
    /// Hộ cận nghèo.
    NearPoor,
    /// Hộ mới thoát nghèo: left the lists of poor and near-poor not long ago.
    NewlyEscaped,
    /// Hộ có mức sống trung bình.
    Average,
    /// Any other household.
    Other,
}

impl Class {
    /// Every class, in the order reports list them.
    pub const ALL: [Self; 5] = [Self::Poor, Self::NearPoor, Self::NewlyEscaped, Self::Average, Self::Other];

    /// The code in the database, on the wire and in files.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Poor => "poor",
            Self::NearPoor => "near_poor",
            Self::NewlyEscaped => "newly_escaped",
            Self::Average => "average",
            Self::Other => "other",
        }
    }

    /// What people call it.
    pub fn label(self, language: Language) -> &'static str {
        let (vi, en) = match self {
            Self::Poor => ("hộ nghèo", "poor household"),
            Self::NearPoor => ("hộ cận nghèo", "near-poor household"),
            Self::NewlyEscaped => ("hộ mới thoát nghèo", "household newly escaped from poverty"),
            Self::Average => ("hộ có mức sống trung bình", "household of average living standard"),
            Self::Other => ("hộ khác", "other household"),
        };
        language.pick(vi, en)
    }

    /// Whether the class is on the yearly list of poor and near-poor households.
    pub const fn is_listed(self) -> bool {
        matches!(self, Self::Poor | Self::NearPoor)
    }
}

impl FromStr for Class {
    type Err = PovertyError;

    /// A code, as files and rows carry it.
    fn from_str(code: &str) -> Result<Self, PovertyError> {
        Self::ALL.into_iter().find(|class| class.code() == code).ok_or(PovertyError::UnknownClass)
    }
}

/// How a household came from one class to another, as the yearly review reports it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Thoát nghèo: poor before, on no list now.
    Escaped,
    /// Thoát cận nghèo: near-poor before, on no list now.
    EscapedNearPoverty,
    /// Chuyển từ nghèo sang cận nghèo.
    RoseToNearPoor,
    /// Chuyển từ cận nghèo sang nghèo.
    FellToPoor,
    /// Tái nghèo: was poor, had escaped, is poor again.
    Relapsed,
    /// Nghèo phát sinh: poor for the first time.
    NewlyPoor,
    /// Cận nghèo phát sinh: on no list before, near-poor now.
    NewlyNearPoor,
}

impl Change {
    /// Every change.
    pub const ALL: [Self; 7] = [
        Self::Escaped,
        Self::EscapedNearPoverty,
        Self::RoseToNearPoor,
        Self::FellToPoor,
        Self::Relapsed,
        Self::NewlyPoor,
        Self::NewlyNearPoor,
    ];

    /// The code in the database, on the wire and in files.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Escaped => "escaped",
            Self::EscapedNearPoverty => "escaped_near_poverty",
            Self::RoseToNearPoor => "rose_to_near_poor",
            Self::FellToPoor => "fell_to_poor",
            Self::Relapsed => "relapsed",
            Self::NewlyPoor => "newly_poor",
            Self::NewlyNearPoor => "newly_near_poor",
        }
    }

    /// What the review calls it.
    pub fn label(self, language: Language) -> &'static str {
        let (vi, en) = match self {
            Self::Escaped => ("thoát nghèo", "escaped poverty"),
            Self::EscapedNearPoverty => ("thoát cận nghèo", "escaped near-poverty"),
            Self::RoseToNearPoor => ("chuyển từ nghèo sang cận nghèo", "rose from poor to near-poor"),
            Self::FellToPoor => ("chuyển từ cận nghèo sang nghèo", "fell from near-poor to poor"),
            Self::Relapsed => ("tái nghèo", "relapsed into poverty"),
            Self::NewlyPoor => ("nghèo phát sinh", "newly poor"),
            Self::NewlyNearPoor => ("cận nghèo phát sinh", "newly near-poor"),
        };
        language.pick(vi, en)
    }

    /// The change to `now` after `history` (oldest first); nothing when the class is the same in substance or there
    /// is no class to change from.
    pub fn after(history: &[Class], now: Class) -> Option<Self> {
        let before = *history.last()?;
        match (before, now) {
            (Class::Poor, Class::NearPoor) => Some(Self::RoseToNearPoor),
            (Class::NearPoor, Class::Poor) => Some(Self::FellToPoor),
            (Class::Poor, now) if !now.is_listed() => Some(Self::Escaped),
            (Class::NearPoor, now) if !now.is_listed() => Some(Self::EscapedNearPoverty),
            (before, Class::Poor) if !before.is_listed() => {
                Some(if history.contains(&Class::Poor) { Self::Relapsed } else { Self::NewlyPoor })
            }
            (before, Class::NearPoor) if !before.is_listed() => Some(Self::NewlyNearPoor),
            _ => None,
        }
    }
}

impl FromStr for Change {
    type Err = PovertyError;

    /// A code, as rows carry it.
    fn from_str(code: &str) -> Result<Self, PovertyError> {
        Self::ALL.into_iter().find(|change| change.code() == code).ok_or(PovertyError::UnknownChange)
    }
}

/// Where a household lives, as far as the lines care.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Area {
    /// A commune (xã).
    Rural,
    /// A ward (phường).
    Urban,
}

/// One line of income, in đồng per person and month; an income on the line is still below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// In communes.
    pub rural: Money,
    /// In wards.
    pub urban: Money,
}

impl Line {
    fn reaches(self, income: Money, area: Area) -> bool {
        income <= if area == Area::Rural { self.rural } else { self.urban }
    }
}

/// How income and deprivations make a class. It changed in 2022: since then income alone makes no household poor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Logic {
    /// Income against two lines (Decision 09/2011/QĐ-TTg).
    Income,
    /// Poor by income, or between the lines with enough deprivations (Decision 59/2015/QĐ-TTg).
    IncomeOrDeprivation,
    /// Poor by income and deprivations together (Decree 07/2021/NĐ-CP).
    IncomeAndDeprivation,
}

impl FromStr for Logic {
    type Err = PovertyError;

    /// A code, as rows carry it.
    fn from_str(code: &str) -> Result<Self, PovertyError> {
        match code {
            "income" => Ok(Self::Income),
            "income_or_deprivation" => Ok(Self::IncomeOrDeprivation),
            "income_and_deprivation" => Ok(Self::IncomeAndDeprivation),
            _ => Err(PovertyError::UnknownLogic),
        }
    }
}

/// One national standard, in force in `[valid_from, valid_to)`: a row of reviewed data, not a constant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standard {
    /// Key of the row.
    pub standard_id: String,
    /// First day in force.
    pub valid_from: NaiveDate,
    /// First day no longer in force; open when `None`.
    pub valid_to: Option<NaiveDate>,
    /// Income line of the poor.
    pub poor: Line,
    /// Income line of the near-poor.
    pub near_poor: Line,
    /// Deprivations that make the difference; 0 where only income counts.
    pub deprivations_needed: u8,
    /// How many deprivations are measured; 0 where only income counts.
    pub indicators: u8,
    /// How they combine.
    pub logic: Logic,
}

/// Why a question about poverty has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PovertyError {
    /// Not a code of [`Class`].
    #[error("no such class")]
    UnknownClass,
    /// Not a code of [`Change`].
    #[error("no such change of class")]
    UnknownChange,
    /// Not a code of [`Logic`].
    #[error("no such logic of a poverty standard")]
    UnknownLogic,
    /// More deprivations than the standard measures.
    #[error("the standard measures fewer deprivations")]
    TooManyDeprivations,
    /// Two figures under different standards.
    #[error("figures under different poverty standards do not compare")]
    DifferentStandards,
    /// More poor households than households, or none at all.
    #[error("a rate needs at least one household, and no more poor ones than there are")]
    NoRate,
}

/// The standard in force on a day.
pub fn standard_on(standards: &[Standard], day: NaiveDate) -> Option<&Standard> {
    standards.iter().find(|s| s.valid_from <= day && s.valid_to.is_none_or(|end| day < end))
}

/// The class of a household by its income per head and month and its count of deprivations.
///
/// Above the lines the answer is [`Class::Other`]: whether the household newly escaped is a matter of its history,
/// and the standards' rows hold no line for average living.
pub fn classify(
    standard: &Standard,
    income_per_head: Money,
    deprivations: u8,
    area: Area,
) -> Result<Class, PovertyError> {
    if deprivations > standard.indicators {
        return Err(PovertyError::TooManyDeprivations);
    }
    let poor_income = standard.poor.reaches(income_per_head, area);
    let near_income = standard.near_poor.reaches(income_per_head, area);
    let deprived = deprivations >= standard.deprivations_needed;
    let poor = match standard.logic {
        Logic::Income => poor_income,
        Logic::IncomeOrDeprivation => poor_income || (near_income && deprived),
        Logic::IncomeAndDeprivation => poor_income && deprived,
    };
    Ok(match (poor, near_income) {
        (true, _) => Class::Poor,
        (false, true) => Class::NearPoor,
        (false, false) => Class::Other,
    })
}

/// The share of poor households somewhere, which means nothing without its standard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PovertyRate {
    standard_id: String,
    percent: Decimal,
}

impl PovertyRate {
    /// `poor` of `households`, counted under one standard.
    pub fn try_new(standard: &Standard, poor: u32, households: u32) -> Result<Self, PovertyError> {
        if households == 0 || poor > households {
            return Err(PovertyError::NoRate);
        }
        let percent = Decimal::from(poor) * Decimal::ONE_HUNDRED / Decimal::from(households);
        Ok(Self { standard_id: standard.standard_id.clone(), percent })
    }

    /// Percent of households, exact.
    pub const fn percent(&self) -> Decimal {
        self.percent
    }

    /// Percentage points gained since `earlier`; negative when poverty fell. Refused across standards: the line
    /// moved, not the people.
    pub fn points_since(&self, earlier: &Self) -> Result<Decimal, PovertyError> {
        if self.standard_id == earlier.standard_id {
            Ok(self.percent - earlier.percent)
        } else {
            Err(PovertyError::DifferentStandards)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// The rows that ship, so that these tests prove the reviewed figures together with the rule.
    fn standards() -> Vec<Standard> {
        let sql = include_str!("../../../migrations/0012_seed_poverty.sql");
        let (_, rows) = sql.split_once("values\n").unwrap();
        rows.trim().trim_end_matches(';').split("),\n").map(standard).collect()
    }

    fn standard(row: &str) -> Standard {
        let from_the_right: Vec<_> =
            row.trim_end_matches(')').rsplit(',').map(|field| field.trim().trim_matches('\'')).collect();
        let [logic, indicators, needed, urban_near, rural_near, urban, rural, to, from, ..] =
            from_the_right[..]
        else {
            panic!("nine fields at the end of {row}")
        };
        let line =
            |rural: &str, urban: &str| Line { rural: rural.parse().unwrap(), urban: urban.parse().unwrap() };
        Standard {
            standard_id: row.split('\'').nth(1).unwrap().to_owned(),
            valid_from: day(from),
            valid_to: Some(day(to)),
            poor: line(rural, urban),
            near_poor: line(rural_near, urban_near),
            deprivations_needed: needed.parse().unwrap(),
            indicators: indicators.parse().unwrap(),
            logic: logic.parse().unwrap(),
        }
    }

    #[test]
    fn every_day_from_2011_to_2030_has_exactly_one_standard() {
        let standards = standards();
        assert_eq!(
            standards.iter().map(|s| s.standard_id.as_str()).collect::<Vec<_>>(),
            ["vn_2011", "vn_2016", "vn_2022", "vn_2027"]
        );
        assert!(standards.windows(2).all(|pair| pair[0].valid_to == Some(pair[1].valid_from)));
        assert_eq!(standards[0].valid_from, day("2011-01-01"));
        assert_eq!(standards[3].valid_to, Some(day("2031-01-01")));
    }

    fn class(day_text: &str, income: &str, deprivations: u8, area: Area) -> Result<Class, PovertyError> {
        let standards = standards();
        let standard = standard_on(&standards, day(day_text)).unwrap();
        classify(standard, income.parse().unwrap(), deprivations, area)
    }

    #[test]
    fn until_2016_income_alone_decides() {
        for (income, area, expected) in [
            ("400000", Area::Rural, Class::Poor),
            ("400001", Area::Rural, Class::NearPoor),
            ("520000", Area::Rural, Class::NearPoor),
            ("520001", Area::Rural, Class::Other),
            ("500000", Area::Urban, Class::Poor),
            ("650000", Area::Urban, Class::NearPoor),
            ("650001", Area::Urban, Class::Other),
        ] {
            assert_eq!(class("2016-01-04", income, 0, area), Ok(expected), "{income}");
        }
    }

    #[test]
    fn from_2016_income_or_deprivation_makes_poor() {
        for (income, deprivations, area, expected) in [
            ("700000", 0, Area::Rural, Class::Poor),
            ("700001", 2, Area::Rural, Class::NearPoor),
            ("700001", 3, Area::Rural, Class::Poor),
            ("1000000", 3, Area::Rural, Class::Poor),
            ("1000001", 10, Area::Rural, Class::Other),
            ("900000", 0, Area::Urban, Class::Poor),
            ("1300000", 2, Area::Urban, Class::NearPoor),
            ("1300001", 3, Area::Urban, Class::Other),
        ] {
            for on in ["2016-01-05", "2021-12-31"] {
                assert_eq!(
                    class(on, income, deprivations, area),
                    Ok(expected),
                    "{income} {deprivations} {on}"
                );
            }
        }
    }

    #[test]
    fn from_2022_poverty_needs_income_and_deprivation() {
        for (income, deprivations, area, expected) in [
            ("0", 2, Area::Rural, Class::NearPoor),
            ("1500000", 2, Area::Rural, Class::NearPoor),
            ("1500000", 3, Area::Rural, Class::Poor),
            ("1500001", 12, Area::Rural, Class::Other),
            ("2000000", 3, Area::Urban, Class::Poor),
            ("2000001", 3, Area::Urban, Class::Other),
        ] {
            for on in ["2022-01-01", "2025-12-31", "2026-12-31"] {
                assert_eq!(
                    class(on, income, deprivations, area),
                    Ok(expected),
                    "{income} {deprivations} {on}"
                );
            }
        }
    }

    #[test]
    fn the_lines_of_2027_apply_from_new_year_to_the_end_of_2030() {
        assert_eq!(class("2026-12-31", "2200000", 3, Area::Rural), Ok(Class::Other));
        assert_eq!(class("2027-01-01", "2200000", 3, Area::Rural), Ok(Class::Poor));
        assert_eq!(class("2030-12-31", "2800000", 2, Area::Urban), Ok(Class::NearPoor));
        assert_eq!(standard_on(&standards(), day("2031-01-01")), None);
        assert_eq!(standard_on(&standards(), day("2010-12-31")), None);
    }

    #[test]
    fn nobody_lacks_more_than_is_measured() {
        assert_eq!(class("2025-01-01", "1000000", 12, Area::Rural), Ok(Class::Poor));
        assert_eq!(class("2025-01-01", "1000000", 13, Area::Rural), Err(PovertyError::TooManyDeprivations));
    }

    #[test]
    fn rates_compare_only_under_one_standard() {
        let standards = standards();
        let rate = |i: usize, poor| PovertyRate::try_new(&standards[i], poor, 1_000).unwrap();
        assert_eq!(rate(0, 29).points_since(&rate(0, 81)), Ok(Decimal::new(-52, 1)));
        assert_eq!(rate(1, 60).points_since(&rate(0, 29)), Err(PovertyError::DifferentStandards));
        assert_eq!(rate(2, 25).percent(), Decimal::new(25, 1));
        assert_eq!(PovertyRate::try_new(&standards[0], 1, 0), Err(PovertyError::NoRate));
        assert_eq!(PovertyRate::try_new(&standards[0], 2, 1), Err(PovertyError::NoRate));
    }

    #[test]
    fn every_change_of_class_has_its_name() {
        use Class::{Average, NearPoor, NewlyEscaped, Poor};
        for (history, now, expected) in [
            (vec![Poor], NewlyEscaped, Some(Change::Escaped)),
            (vec![NearPoor], Average, Some(Change::EscapedNearPoverty)),
            (vec![Poor], NearPoor, Some(Change::RoseToNearPoor)),
            (vec![NearPoor], Poor, Some(Change::FellToPoor)),
            (vec![Poor, NewlyEscaped], Poor, Some(Change::Relapsed)),
            (vec![Poor, NewlyEscaped, Average], Poor, Some(Change::Relapsed)),
            (vec![NearPoor, NewlyEscaped], Poor, Some(Change::NewlyPoor)),
            (vec![Average], Poor, Some(Change::NewlyPoor)),
            (vec![NewlyEscaped], NearPoor, Some(Change::NewlyNearPoor)),
            (vec![Poor], Poor, None),
            (vec![NewlyEscaped], Average, None),
            (vec![], Poor, None),
        ] {
            assert_eq!(Change::after(&history, now), expected, "{history:?} -> {now:?}");
        }
        assert_eq!(Change::Relapsed.label(Language::Vi), "tái nghèo");
    }

    #[test]
    fn a_class_is_written_and_read_by_one_code() {
        for class in Class::ALL {
            assert_eq!(class.code().parse(), Ok(class));
            assert_eq!(serde_json::to_value(class).unwrap(), class.code());
        }
        assert_eq!("rich".parse::<Class>(), Err(PovertyError::UnknownClass));
        assert_eq!("luck".parse::<Logic>(), Err(PovertyError::UnknownLogic));
        assert_eq!(Class::NearPoor.label(Language::Vi), "hộ cận nghèo");
    }
}
