//! The terms of a loan as they are agreed, and why some are refused.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::day_count::{Basis, DayCount, InterestPeriod};
use super::exact::Coin;
use crate::domain::values::calendar::{MonthEnd, Unit, WorkingDays};
use crate::domain::values::money::{Currency, RoundingMode};

/// The most rows a schedule may have: a hundred years of months.
pub const MOST_ROWS: u32 = 1200;
/// The most tranches, rate changes or pauses a loan may have.
const MOST_CHANGES: usize = 240;
/// The most days off a calendar names: a hundred years of them.
const MOST_HOLIDAYS: usize = 4_000;
/// Above any loan and any budget this program will see, in whole units: a thousand trillion.
pub(crate) const MOST_AMOUNT: i64 = 1_000_000_000_000_000;
/// Percent a year above which a rate is a typing error; the Civil Code stops at 20.
const MOST_RATE: i64 = 1_000;
/// Years in which dates are believed.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2200;

/// Why there is no schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TermsError {
    /// No tranche at all.
    #[error("at least one tranche must be paid out")]
    NothingPaidOut,
    /// Not positive, a fraction of a coin, or beyond any loan.
    #[error("an amount must be positive, in whole coins and below 10^15")]
    Amount,
    /// Negative or beyond any rate.
    #[error("a yearly rate must be between 0 and 1000 %, with at most six decimals")]
    Rate,
    /// No rows, or too many.
    #[error("the number of instalments must be between 1 and 1200")]
    Rows,
    /// A step of nothing, or of centuries.
    #[error("the step between instalments must be between 1 and 1200 units")]
    Step,
    /// A day of the month that no month has.
    #[error("the due day must be between 1 and 31")]
    DueDay,
    /// A date outside the years in which dates are believed, or beyond the calendar.
    #[error("a date is outside 1900 to 2200")]
    OutOfCalendar,
    /// Dates in an order that means nothing.
    #[error("dates are out of order: {0}")]
    Order(&'static str),
    /// Grace that leaves no row to pay in.
    #[error("grace leaves no instalment to pay in")]
    Grace,
    /// Weights that do not share out the whole.
    #[error("weights must be positive, one for each paying instalment, and add up to 1")]
    Weights,
    /// More tranches, pauses, rate changes or days off than a loan has.
    #[error("too many tranches, pauses, rate changes or days off")]
    TooMany,
    /// Rate and number of rows grow a balance beyond what can be counted.
    #[error("the amounts outgrow what can be counted")]
    TooLarge,
    /// The instalment does not cover its interest.
    #[error("the instalment never repays the loan")]
    NeverRepaid,
    /// An entry that points at nothing.
    #[error("there is no such entry")]
    NoSuchEntry,
}

impl TermsError {
    /// The reason in Vietnamese.
    pub const fn vi(&self) -> &'static str {
        match self {
            Self::NothingPaidOut => "phải có ít nhất một lần giải ngân",
            Self::Amount => "số tiền phải dương, không lẻ dưới đơn vị tiền và nhỏ hơn 10^15",
            Self::Rate => "lãi suất năm phải từ 0 đến 1000 %, tối đa sáu số lẻ",
            Self::Rows => "số kỳ trả nợ phải từ 1 đến 1200",
            Self::Step => "khoảng cách giữa các kỳ phải từ 1 đến 1200",
            Self::DueDay => "ngày trả nợ trong tháng phải từ 1 đến 31",
            Self::OutOfCalendar => "ngày phải nằm trong khoảng năm 1900 đến 2200",
            Self::Order(_) => "thứ tự các ngày không hợp lý",
            Self::Grace => "thời gian ân hạn không chừa kỳ nào để trả nợ",
            Self::Weights => "tỷ trọng phải dương, đủ cho từng kỳ trả nợ và cộng lại bằng 1",
            Self::TooMany => "quá nhiều lần giải ngân, tạm dừng, đổi lãi suất hoặc ngày nghỉ",
            Self::TooLarge => "số tiền vượt quá khả năng tính",
            Self::NeverRepaid => "kỳ trả không đủ trả lãi nên khoản vay không bao giờ hết",
            Self::NoSuchEntry => "không có bút toán này",
        }
    }
}

/// Money paid out on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Tranche {
    /// The day.
    pub on: NaiveDate,
    /// How much.
    #[schema(value_type = String, pattern = "^-?[0-9]+([.][0-9]+)?$")]
    pub amount: Decimal,
}

/// A rate that holds from a day on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RateChange {
    /// The first day of the new rate.
    pub from: NaiveDate,
    /// Percent a year.
    #[schema(value_type = String, pattern = "^[0-9]+([.][0-9]+)?$")]
    pub annual_rate_pct: Decimal,
}

/// Days without interest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Pause {
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
}

/// What interest is counted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// The principal still owed.
    #[default]
    Declining,
    /// The amount paid out.
    Flat,
}

/// How principal comes back.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Amortisation {
    /// Principal and interest together are the same every time.
    #[default]
    EqualInstalments,
    /// Principal is the same every time.
    EqualPrincipal,
    /// Everything with the last instalment, interest before.
    Bullet,
    /// Given shares, as a harvest or a herd brings money.
    Weights {
        /// One share for each paying instalment; they add up to 1.
        shares: Vec<Decimal>,
    },
    /// The Policy Bank's plan: equal principal every so many instalments, rounded down to the instalment multiple,
    /// the last taking the rest; interest with every instalment.
    VnPlan {
        /// Every how many instalments principal is asked: 12 for yearly principal and monthly interest.
        principal_every: u32,
        /// An instalment that rounding down would leave below so many percent of the loan is rounded up instead.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<String>, pattern = "^[0-9]+([.][0-9]+)?$")]
        least_percent: Option<Decimal>,
    },
}

/// First instalments that ask less.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Grace {
    /// Without principal.
    pub principal: u32,
    /// Interest is counted but asked only with the first instalment after.
    pub interest: u32,
    /// Without interest at all.
    pub interest_free: u32,
    /// Interest of those instalments is asked in equal parts with the instalments of principal after them, instead of all with the
    /// first; not with equal instalments, whose interest is part of them.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub spread_interest: bool,
}

/// The step from one due date to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Frequency {
    /// The unit.
    pub unit: Unit,
    /// How many of it.
    pub every: u32,
}

/// The terms of a loan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ScheduleTerms)]
pub struct Terms {
    /// ISO code: VND or USD.
    #[serde(default)]
    pub currency: Currency,
    /// Money paid out, at least once.
    #[schema(min_items = 1, max_items = 240)]
    pub tranches: Vec<Tranche>,
    /// Percent a year on the first day.
    #[schema(value_type = String, pattern = "^[0-9]+([.][0-9]+)?$")]
    pub annual_rate_pct: Decimal,
    /// What interest is counted on.
    #[serde(default)]
    pub method: Method,
    /// How principal comes back.
    #[serde(default)]
    pub amortisation: Amortisation,
    /// How many instalments, 1 to 1200.
    pub instalments: u32,
    /// The step between them.
    pub frequency: Frequency,
    /// The first due date, when it is not one step after the first tranche.
    #[serde(default)]
    pub first_due_on: Option<NaiveDate>,
    /// The day of the month on which instalments fall due, such as the commune's meeting day.
    #[serde(default)]
    pub due_day: Option<u32>,
    /// Where a day goes that a month does not have.
    #[serde(default)]
    pub month_end: MonthEnd,
    /// Days off and where due dates go from them; interest stays with the nominal date.
    #[serde(default)]
    pub working_days: WorkingDays,
    /// How days are counted.
    #[serde(default)]
    pub day_count: DayCount,
    /// What interest is counted over.
    #[serde(default)]
    pub interest_period: InterestPeriod,
    /// First instalments that ask less.
    #[serde(default)]
    pub grace: Grace,
    /// Days without interest.
    #[serde(default)]
    #[schema(max_items = 240)]
    pub pauses: Vec<Pause>,
    /// Rates that hold from a day on.
    #[serde(default)]
    #[schema(max_items = 240)]
    pub rate_changes: Vec<RateChange>,
    /// What happens to a fraction of a coin.
    #[serde(default)]
    pub rounding: RoundingMode,
    /// Instalments are multiples of this amount.
    #[serde(default)]
    #[schema(value_type = Option<String>, pattern = "^[0-9]+([.][0-9]+)?$")]
    pub instalment_multiple: Option<Decimal>,
}

impl Terms {
    /// Refuses terms that mean nothing, and returns the same terms with their lists in order of dates.
    pub fn checked(&self) -> Result<Self, TermsError> {
        let mut terms = self.clone();
        terms.tranches.sort_by_key(|tranche| tranche.on);
        terms.rate_changes.sort_by_key(|change| change.from);
        terms.pauses.sort_by_key(|pause| pause.from);
        terms.check_amounts()?;
        terms.check_rows()?;
        terms.check_dates()?;
        Ok(terms)
    }

    fn check_amounts(&self) -> Result<(), TermsError> {
        if self.tranches.is_empty() {
            return Err(TermsError::NothingPaidOut);
        }
        let most = [self.tranches.len(), self.rate_changes.len(), self.pauses.len()];
        let holidays = self.working_days.holidays.len();
        if holidays > MOST_HOLIDAYS || most.iter().any(|count| *count > MOST_CHANGES) {
            return Err(TermsError::TooMany);
        }
        let scale = self.currency.scale();
        let sound = |amount: &Decimal| {
            *amount > Decimal::ZERO
                && *amount < Decimal::from(MOST_AMOUNT)
                && amount.normalize().scale() <= scale
        };
        let amounts = self.tranches.iter().map(|tranche| &tranche.amount).chain(&self.instalment_multiple);
        if !amounts.into_iter().all(sound) {
            return Err(TermsError::Amount);
        }
        let rates = self.rate_changes.iter().map(|change| &change.annual_rate_pct);
        let sound = |rate: &Decimal| {
            *rate >= Decimal::ZERO && *rate <= Decimal::from(MOST_RATE) && rate.normalize().scale() <= 6
        };
        if rates.chain([&self.annual_rate_pct]).all(sound) { Ok(()) } else { Err(TermsError::Rate) }
    }

    fn check_rows(&self) -> Result<(), TermsError> {
        let counted = |n: u32| (1..=MOST_ROWS).contains(&n);
        if !counted(self.instalments) {
            return Err(TermsError::Rows);
        }
        if !counted(self.frequency.every) {
            return Err(TermsError::Step);
        }
        if self.due_day.is_some_and(|day| !(1..=31).contains(&day) || self.frequency.unit != Unit::Months) {
            return Err(TermsError::DueDay);
        }
        let grace = self.grace.principal.max(self.grace.interest);
        if grace >= self.instalments || self.grace.interest_free > self.instalments {
            return Err(TermsError::Grace);
        }
        match &self.amortisation {
            Amortisation::Weights { shares } => {
                let rows = (self.instalments - self.grace.principal) as usize;
                let sound = shares.iter().all(|share| (Decimal::ZERO..=Decimal::ONE).contains(share));
                let whole = sound && shares.iter().sum::<Decimal>() == Decimal::ONE;
                if whole && shares.len() == rows { Ok(()) } else { Err(TermsError::Weights) }
            }
            Amortisation::VnPlan { principal_every, .. } if !counted(*principal_every) => {
                Err(TermsError::Step)
            }
            Amortisation::VnPlan { least_percent: Some(least), .. }
                if !(Decimal::ZERO..=Decimal::ONE_HUNDRED).contains(least) =>
            {
                Err(TermsError::Weights)
            }
            Amortisation::EqualInstalments if self.grace.spread_interest => Err(TermsError::Grace),
            _ => Ok(()),
        }
    }

    fn check_dates(&self) -> Result<(), TermsError> {
        let pauses = self.pauses.iter().flat_map(|pause| [pause.from, pause.to]);
        let days = self.tranches.iter().map(|tranche| tranche.on);
        let changes = self.rate_changes.iter().map(|change| change.from);
        for day in days.chain(changes).chain(pauses).chain(self.first_due_on) {
            believed(day)?;
        }
        if self.first_due_on.is_some_and(|due| due <= self.start()) {
            return Err(TermsError::Order("the first due date is not after the first tranche"));
        }
        if self.pauses.iter().any(|pause| pause.to < pause.from) {
            return Err(TermsError::Order("a pause ends before it begins"));
        }
        if self.pauses.windows(2).any(|pair| pair[1].from <= pair[0].to) {
            return Err(TermsError::Order("two pauses overlap"));
        }
        let days: BTreeSet<NaiveDate> = self.rate_changes.iter().map(|change| change.from).collect();
        if days.len() < self.rate_changes.len() {
            return Err(TermsError::Order("two rates begin on one day"));
        }
        Ok(())
    }

    /// The first day money is paid out; terms without a tranche are refused before this is asked.
    pub(super) fn start(&self) -> NaiveDate {
        self.tranches.first().map_or(NaiveDate::MIN, |tranche| tranche.on)
    }

    /// Whether row `at` asks principal by the step of the plan, or because it is the last.
    pub(crate) fn asks_principal(&self, at: usize) -> bool {
        let every = match self.amortisation {
            Amortisation::VnPlan { principal_every, .. } => principal_every as usize,
            _ => 1,
        };
        let grace = self.grace.principal as usize;
        at + 1 == self.instalments as usize || (at >= grace && (at + 1 - grace).is_multiple_of(every))
    }

    /// Whether row `at` takes a part of the interest of a grace.
    pub(crate) fn takes_grace_interest(&self, at: usize) -> bool {
        self.grace.spread_interest && at >= self.grace.interest as usize && self.asks_principal(at)
    }

    pub(super) fn coin(&self) -> Coin {
        Coin {
            multiple: self.instalment_multiple.unwrap_or_default(),
            ..Coin::new(self.currency.scale(), self.rounding)
        }
    }

    pub(super) fn basis(&self) -> Basis {
        Basis {
            unit: self.frequency.unit,
            every: self.frequency.every,
            interest_period: self.interest_period,
            days: self.day_count,
        }
    }
}

/// A date in the years in which dates are believed.
pub(super) fn believed(day: NaiveDate) -> Result<NaiveDate, TermsError> {
    use chrono::Datelike;
    if YEARS.contains(&day.year()) { Ok(day) } else { Err(TermsError::OutOfCalendar) }
}
