//! Repayment schedules: terms in, rows out, each row with the reason for its numbers.
//!
//! | file | what |
//! |---|---|
//! | `terms` | the terms of a loan, and why some are refused |
//! | `row` | a row as it is planned |
//! | `dues` | due dates |
//! | `day_count`, `exact` | which part of a year days are, and how many digits are kept |
//! | `planned` | principal planned first: equal principal, bullet, shares, the Policy Bank's plan |
//! | `progressive/` | level instalments and flat interest that follow tranches, rates, pauses and repayments |
//! | `explain` | the reasons in two languages |
//! | `preview` | terms as JSON, for the command line |
//! | `cumulative`, `even`, `level`, `split`, `tvm` | conventions of other books, to derive their loans again |

pub mod cumulative;
pub mod day_count;
pub mod dues;
pub mod even;
pub mod exact;
pub mod explain;
pub mod level;
mod planned;
pub mod preview;
pub mod progressive;
mod row;
pub mod split;
mod terms;
#[cfg(test)]
mod tests;
pub mod tvm;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;

use self::dues::Dues;
pub use self::explain::Explanation;
use self::progressive::{Begins, Model, Rules};
use self::row::Part;
pub use self::row::PlanRow;
pub(crate) use self::terms::MOST_AMOUNT;
pub use self::terms::{
    Amortisation, Frequency, Grace, MOST_ROWS, Method, Pause, RateChange, Terms, TermsError, Tranche,
};
use crate::domain::values::calendar::{days_between, on_day};
use crate::domain::values::money::{Currency, Money};

/// One instalment of a schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ScheduleRow {
    /// From 1.
    pub n: u32,
    /// The day by the step of the schedule.
    pub nominal_due_on: NaiveDate,
    /// The day payment is expected: the nominal one, moved off days without payment.
    pub due_on: NaiveDate,
    /// Days of its period, by nominal dates.
    pub days: i64,
    /// Principal.
    pub principal: Money,
    /// Interest.
    pub interest: Money,
    /// Both.
    pub total: Money,
    /// Principal left after it.
    pub balance: Money,
    /// Why.
    pub explanation: Explanation,
}

/// Sums over the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Totals {
    /// Everything paid out comes back.
    pub principal: Money,
    /// What the loan costs.
    pub interest: Money,
    /// Both.
    pub total: Money,
}

/// A schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Schedule {
    /// The instalments in order.
    pub rows: Vec<ScheduleRow>,
    /// Their sums.
    pub totals: Totals,
}

/// The schedule of a loan, each row explained.
pub fn schedule(terms: &Terms) -> Result<Schedule, TermsError> {
    let terms = terms.checked()?;
    let setting = explain::Setting {
        basis: terms.basis(),
        decimals: terms.coin().decimals,
        mode: terms.rounding,
        sign: if terms.currency == Currency::Vnd { "đ" } else { "USD" },
    };
    let money =
        |amount| Money::round(amount, terms.currency, terms.rounding).map_err(|_| TermsError::TooLarge);
    let mut rows = Vec::with_capacity(terms.instalments as usize);
    let (mut principal, mut interest) = (Decimal::ZERO, Decimal::ZERO);
    for (n, (row, parts)) in (1..).zip(planned_rows(&terms, true)?) {
        principal += row.principal;
        interest += row.interest;
        rows.push(ScheduleRow {
            n,
            nominal_due_on: row.due_on,
            due_on: terms.working_days.shifted(row.due_on),
            days: days_between(row.from, row.due_on),
            principal: money(row.principal)?,
            interest: money(row.interest)?,
            total: money(row.principal + row.interest)?,
            balance: money(row.balance)?,
            explanation: explain::row(&row, &parts, setting),
        });
    }
    let totals = Totals {
        principal: money(principal)?,
        interest: money(interest)?,
        total: money(principal + interest)?,
    };
    Ok(Schedule { rows, totals })
}

/// The same rows as numbers only.
pub fn plan(terms: &Terms) -> Result<Vec<PlanRow>, TermsError> {
    Ok(planned_rows(&terms.checked()?, true)?.into_iter().map(|(row, _)| row).collect())
}

/// Due dates and principal of terms that were checked before; interest is left to the caller, who knows the real balance.
pub(crate) fn principal_plan(terms: &Terms) -> Result<Vec<PlanRow>, TermsError> {
    Ok(planned_rows(terms, false)?.into_iter().map(|(row, _)| row).collect())
}

fn planned_rows(terms: &Terms, with_interest: bool) -> Result<Vec<(PlanRow, Vec<Part>)>, TermsError> {
    let dues = due_dates(terms)?;
    let end = dues.last().copied().unwrap_or(NaiveDate::MAX);
    if terms.tranches.iter().any(|tranche| tranche.on >= end) {
        return Err(TermsError::Order("a tranche is paid out on or after the last due date"));
    }
    if terms.amortisation == Amortisation::EqualInstalments && terms.method == Method::Declining {
        levelled(terms, &dues)
    } else {
        Ok(planned::rows(terms, &dues, with_interest))
    }
}

/// Nominal due dates: steps from the first tranche or from the first due date, on the agreed day of the month.
fn due_dates(terms: &Terms) -> Result<Vec<NaiveDate>, TermsError> {
    let dues = Dues {
        unit: terms.frequency.unit,
        every: terms.frequency.every,
        rows: terms.instalments,
        month_end: terms.month_end,
    };
    let mut dates = match terms.first_due_on {
        Some(first) => dues.beginning(first)?,
        None => dues.from(terms.start())?,
    };
    if let Some(day) = terms.due_day {
        for date in &mut dates {
            *date = on_day(*date, day).ok_or(TermsError::DueDay)?;
        }
        if dates.first().is_some_and(|first| *first <= terms.start()) {
            return Err(TermsError::Order("the due day falls before the first tranche"));
        }
    }
    dates.iter().try_for_each(|date| terms::believed(*date).map(|_| ()))?;
    Ok(dates)
}

/// Level instalments on the balance; flat ones are equal principal with equal interest.
fn levelled(terms: &Terms, dues: &[NaiveDate]) -> Result<Vec<(PlanRow, Vec<Part>)>, TermsError> {
    let rules = Rules {
        flat: false,
        basis: terms.basis(),
        annual_rate_pct: terms.annual_rate_pct,
        partial_periods: true,
        coin: terms.coin(),
        grace_principal: terms.grace.principal as usize,
        grace_interest: terms.grace.interest as usize,
        interest_free: terms.grace.interest_free as usize,
        begins: Begins::OnItsDay,
    };
    let mut model = Model::new(rules, terms.start(), dues);
    let mut changes = terms.rate_changes.iter().peekable();
    for tranche in &terms.tranches {
        while let Some(change) = changes.next_if(|change| change.from <= tranche.on) {
            model.change_rate(change.from, change.annual_rate_pct)?;
        }
        model.disburse(tranche.on, tranche.amount)?;
    }
    for change in changes {
        model.change_rate(change.from, change.annual_rate_pct)?;
    }
    for pause in &terms.pauses {
        model.pause(pause.from, pause.to);
    }
    Ok(model.rows().into_iter().zip(model.parts()).collect())
}
