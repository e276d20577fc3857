//! What is copied onto a loan when it is signed.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::handling::Handling;
use crate::domain::credit::allocation::{Future, Policy};
use crate::domain::credit::loan::{LoanTerms, Missed, interest_first, overdue_principal_first};
use crate::domain::credit::programme::{Allocation, Income, Rates, Rule, TermRule};
use crate::domain::credit::schedule::day_count::{DayCount, InterestPeriod};
use crate::domain::credit::schedule::{Amortisation, Frequency, Grace, Method, Terms};
use crate::domain::values::calendar::{MonthEnd, Shift, Unit, WorkingDays, add_months};
use crate::domain::values::money::{Currency, Money, RoundingMode};

/// Whose capital is lent, as the books see it: decides the accounts, who bears a loss, and where recovered capital goes.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Capital {
    /// The unit's own, or borrowed by it: a loss is its expense.
    Own,
    /// Entrusted by the central level (vốn ủy thác trung ương).
    Central,
    /// Entrusted by the local level (vốn ủy thác địa phương).
    Local,
}

/// How long a loan runs by its contract, as the books tell loans apart. An extension does not move a loan to another class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TermClass {
    /// Up to 12 months (cho vay ngắn hạn).
    Short,
    /// More than 12 months, up to 60 (trung hạn).
    Medium,
    /// More than 60 months (dài hạn).
    Long,
}

impl TermClass {
    /// The class of a term in months: up to one year, up to five, longer (Circular 39/2016/TT-NHNN art. 10). The view
    /// `loan_ledger` draws the same lines.
    pub const fn of(term_months: u32) -> Self {
        match term_months {
            0..=12 => Self::Short,
            13..=60 => Self::Medium,
            _ => Self::Long,
        }
    }
}

/// What decides on which accounts a loan stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct BookedAs {
    /// Whose capital it is.
    pub capital: Capital,
    /// How long it runs.
    pub term: TermClass,
}

/// Whose money it is, in the words of the programmes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Owner {
    /// Vốn trung ương.
    Central,
    /// Vốn tự huy động.
    Mobilised,
    /// Quỹ quốc gia về việc làm.
    NationalFund,
    /// Vốn ủy thác của tỉnh.
    Province,
    /// Vốn ủy thác của xã.
    Commune,
}

impl Owner {
    /// Code in `capital_owner`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Central => "central",
            Self::Mobilised => "mobilised",
            Self::NationalFund => "national_fund",
            Self::Province => "province",
            Self::Commune => "commune",
        }
    }

    /// How the books see it.
    pub const fn capital(self) -> Capital {
        match self {
            Self::Mobilised => Capital::Own,
            Self::Central | Self::NationalFund => Capital::Central,
            Self::Province | Self::Commune => Capital::Local,
        }
    }
}

/// The contract: every rule that binds the loan, as it stood on the day of signing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Contract {
    /// The most that may be paid out.
    pub amount: Money,
    /// Percent a year.
    #[schema(value_type = String, example = "6.6")]
    pub annual_rate_pct: Decimal,
    /// Percent a year on overdue principal, four decimals.
    #[schema(value_type = String, example = "8.58")]
    pub overdue_rate_pct: Decimal,
    /// Months from the first payout to the final date, 1 to 300.
    pub term_months: u32,
    /// Months between two instalments of principal, 1 to 240.
    pub principal_every_months: u32,
    /// First months without principal: the first instalment falls due one step of principal after them.
    pub principal_grace_months: u32,
    /// First months in which interest is counted and not asked.
    pub interest_grace_months: u32,
    /// Whether that interest is asked in equal parts with the instalments of principal; else all with the first instalment after.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub spreads_grace_interest: bool,
    /// An instalment of principal is at least so many percent of the loan; the last takes the rest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "10")]
    pub least_instalment_pct: Option<Decimal>,
    /// Instalments are multiples of this many đồng; the last takes the rest.
    #[schema(value_type = String, example = "100000")]
    pub instalment_multiple: Decimal,
    /// How a fraction of a đồng is decided.
    pub rounding: RoundingMode,
    /// Where due dates go from days off, with the holidays known at signing; most programmes keep the day of the
    /// commune's meeting.
    #[serde(default, skip_serializing_if = "keeps_its_days")]
    pub working_days: WorkingDays,
    /// What becomes of an instalment that was not paid.
    pub missed: Missed,
    /// How repayments are divided.
    pub policy: Policy,
    /// When interest becomes income.
    pub income: Income,
    /// Whose capital it is.
    pub capital: Capital,
    /// The source that principal goes to when it comes back, if not to the one it came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovers_into: Option<i32>,
    /// What may be done when it does not go as planned.
    pub handling: Handling,
    /// Figures of the rule that no readable legal text bore out on the day of signing, in Vietnamese: the contract shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unverified: Option<String>,
}

fn keeps_its_days(working_days: &WorkingDays) -> bool {
    working_days.shift == Shift::None
}

/// What the parties settle between them, within the rule.
#[derive(Debug, Clone)]
pub struct Deal {
    /// The loan.
    pub amount: Money,
    /// Months.
    pub term_months: u32,
    /// Months between two instalments of principal.
    pub principal_every_months: u32,
    /// Students: from the first payout to the end of the course, in whole months.
    pub payout_months: u32,
    /// Whose capital.
    pub capital: Capital,
    /// The source that principal goes to when it comes back, if not to the one it came from.
    pub recovers_into: Option<i32>,
    /// The rates of the day of signing.
    pub rates: Rates,
    /// Months by which a decision caps extensions instead of the general rule.
    pub extension_special: Option<u32>,
    /// Public holidays as far as they are known.
    pub holidays: BTreeSet<NaiveDate>,
}

/// First months without principal and without interest. A student's first instalment of both falls due when the grace after the
/// course ends (Decision 157/2007/QĐ-TTg art. 9.2); other programmes count their graces from the first payout.
fn graces(rule: &Rule, deal: &Deal) -> (u32, u32) {
    let TermRule::Study { grace_months, .. } = rule.term else {
        return (rule.instalments.grace_months, rule.instalments.free_months);
    };
    let first = deal.payout_months.saturating_add(grace_months).clamp(1, deal.term_months.max(1));
    (first.saturating_sub(deal.principal_every_months), first - 1)
}

/// The part of the term in which the loan is repaid, in months: a student's after paying-out and grace.
const fn repayment_months(rule: &Rule, deal: &Deal) -> u32 {
    match rule.term {
        TermRule::Study { grace_months, .. } => {
            deal.term_months.saturating_sub(deal.payout_months.saturating_add(grace_months))
        }
        _ => deal.term_months,
    }
}

impl Contract {
    /// The contract of a deal under the rule of the day.
    pub fn under(rule: &Rule, deal: &Deal) -> Self {
        let moving = &rule.moving;
        let future = Future::NextInstallment;
        let (principal_grace_months, interest_grace_months) = graces(rule, deal);
        let of_a_year = Decimal::from(deal.principal_every_months) / Decimal::from(12);
        Self {
            amount: deal.amount,
            annual_rate_pct: deal.rates.annual_rate,
            overdue_rate_pct: deal.rates.overdue_rate,
            term_months: deal.term_months,
            principal_every_months: deal.principal_every_months,
            principal_grace_months,
            interest_grace_months,
            spreads_grace_interest: rule.instalments.spread_interest,
            least_instalment_pct: rule.instalments.yearly_percent.map(|yearly| yearly * of_a_year),
            instalment_multiple: rule.instalments.multiple.amount(),
            rounding: RoundingMode::HalfUp,
            working_days: match rule.instalments.shift {
                Shift::None => WorkingDays::default(),
                shift => WorkingDays { shift, holidays: deal.holidays.clone(), work_on_weekends: false },
            },
            missed: rule.instalments.missed,
            policy: match rule.allocation {
                Allocation::InterestFirst => interest_first(future),
                Allocation::OverduePrincipalFirst => overdue_principal_first(future),
            },
            income: rule.income,
            capital: deal.capital,
            recovers_into: deal.recovers_into,
            handling: Handling {
                reschedule_notice_days: moving.reschedule_ask_days,
                extension_from_months: moving.extension_ask_months,
                extension_until_working_days: moving.extension_ask_working_days,
                extension_cap_months: moving.longest_extension(
                    deal.term_months,
                    repayment_months(rule, deal),
                    deal.extension_special,
                ),
                carry_over: moving.season_carry_over && deal.term_months <= moving.short_term_months,
            },
            unverified: rule.note_vi.clone().filter(|_| rule.unverified),
        }
    }

    /// The source in whose sub-ledger principal stands that came back: own capital that goes to another source is recovered capital
    /// of that one in the books, and stands in none.
    pub fn returned_into(&self, source: i32) -> Option<i32> {
        match self.recovers_into {
            Some(_) if self.capital == Capital::Own => None,
            into => Some(into.unwrap_or(source)),
        }
    }

    /// The terms of the fold. Tranches are events, so the plan names none.
    ///
    /// Interest is asked every month; principal every `principal_every_months`, the last time with the final month,
    /// however few months are left for it (phân kỳ trả nợ).
    pub fn terms(&self) -> LoanTerms {
        let plan = Terms {
            currency: Currency::Vnd,
            tranches: Vec::new(),
            annual_rate_pct: self.annual_rate_pct,
            method: Method::Declining,
            amortisation: Amortisation::VnPlan {
                principal_every: self.principal_every_months,
                least_percent: self.least_instalment_pct,
            },
            instalments: self.term_months,
            frequency: Frequency { unit: Unit::Months, every: 1 },
            first_due_on: None,
            due_day: None,
            month_end: MonthEnd::LastDay,
            working_days: self.working_days.clone(),
            day_count: DayCount::default(),
            interest_period: InterestPeriod::default(),
            grace: Grace {
                principal: self.principal_grace_months,
                interest: self.interest_grace_months,
                interest_free: 0,
                spread_interest: self.spreads_grace_interest,
            },
            pauses: Vec::new(),
            rate_changes: Vec::new(),
            rounding: self.rounding,
            instalment_multiple: Some(self.instalment_multiple),
        };
        LoanTerms {
            plan,
            overdue_rate_pct: self.overdue_rate_pct,
            missed: self.missed,
            policy: self.policy.clone(),
        }
    }

    /// Which accounts the books keep the loan on.
    pub const fn booked_as(&self) -> BookedAs {
        BookedAs { capital: self.capital, term: TermClass::of(self.term_months) }
    }

    /// The final date by the contract.
    pub fn final_due_on(&self, first_paid_out_on: NaiveDate) -> NaiveDate {
        add_months(first_paid_out_on, self.term_months, MonthEnd::LastDay).unwrap_or(NaiveDate::MAX)
    }
}
