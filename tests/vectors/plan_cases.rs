//! Whole schedules.

use chrono::NaiveDate;
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::Value;
use soquy::domain::credit::schedule::cumulative::{Cumulative, Repays};
use soquy::domain::credit::schedule::day_count::{
    Basis, DayCount, InterestPeriod, MonthLength, Turn, YearLength,
};
use soquy::domain::credit::schedule::dues::Dues;
use soquy::domain::credit::schedule::exact::Coin;
use soquy::domain::credit::schedule::level::{Daily, Last, Periodic, Rest, WholeUnits, Yearly};
use soquy::domain::credit::schedule::progressive::{Begins, Model, Rules};
use soquy::domain::credit::schedule::{Pause, PlanRow, RateChange, Tranche, split};
use soquy::domain::values::calendar::{MonthEnd, Unit, add_months};

use crate::read::{Case, Checked, amount, count, date, flag, list, need, number, same, same_rows, text_at};

pub fn unit(input: &Value) -> Unit {
    match text_at(input, "frequency").as_deref() {
        Some("days") => Unit::Days,
        Some("weeks") => Unit::Weeks,
        _ => Unit::Months,
    }
}

pub fn dues(input: &Value) -> Dues {
    let month_end = match text_at(input, "month_end").as_deref() {
        Some("first_of_next") => MonthEnd::FirstOfNext,
        _ => MonthEnd::LastDay,
    };
    Dues {
        unit: unit(input),
        every: count(input, "every").unwrap_or(1),
        rows: count(input, "installments").unwrap_or(1),
        month_end,
    }
}

pub fn basis(input: &Value) -> Basis {
    let count_of_days = &input["day_count"];
    let year = match text_at(count_of_days, "days_in_year").as_deref() {
        Some("360") => YearLength::Days360,
        Some("365") => YearLength::Days365,
        _ => YearLength::Actual,
    };
    let month = match text_at(count_of_days, "days_in_month").as_deref() {
        Some("30") => MonthLength::Thirty,
        _ => MonthLength::Actual,
    };
    let turn = match text_at(count_of_days, "year_split").as_deref() {
        Some("jan1") => Turn::Jan1,
        _ => Turn::Dec31,
    };
    let feb29_period_only = flag(count_of_days, "feb29_period_only", false);
    let days = DayCount { year, month, turn, feb29_period_only };
    let interest_period = match text_at(input, "interest_period").as_deref() {
        Some("repayment_period") => InterestPeriod::RepaymentPeriod,
        _ => InterestPeriod::Daily,
    };
    let Dues { unit, every, .. } = dues(input);
    Basis { unit, every, interest_period, days }
}

pub fn rules(input: &Value, coin: Coin) -> Result<Rules, String> {
    Ok(Rules {
        flat: text_at(input, "method").as_deref() == Some("flat"),
        basis: basis(input),
        annual_rate_pct: need(input, "annual_rate_pct")?,
        partial_periods: flag(input, "partial_period_interest", true),
        coin,
        grace_principal: count(input, "grace_principal").unwrap_or(0) as usize,
        grace_interest: count(input, "grace_interest").unwrap_or(0) as usize,
        interest_free: count(input, "interest_free").unwrap_or(0) as usize,
        begins: Begins::OnTheEve,
    })
}

pub fn cumulative(input: &Value, coin: Coin) -> Result<Cumulative, String> {
    let rules = rules(input, coin)?;
    let equal_principal = text_at(input, "amortization").as_deref() == Some("equal_principal");
    let repays = match (rules.flat, equal_principal) {
        (true, _) => Repays::Flat,
        (_, true) => Repays::Principal,
        _ => Repays::Instalments,
    };
    Ok(Cumulative {
        repays,
        basis: rules.basis,
        annual_rate_pct: rules.annual_rate_pct,
        coin,
        rate_changes: rate_changes(input)?.iter().map(|c| (c.from, c.annual_rate_pct)).collect(),
        tranches: tranches(input)?,
        partial_periods: rules.partial_periods,
        grace_principal: rules.grace_principal,
        grace_interest: rules.grace_interest,
        interest_free: rules.interest_free,
    })
}

fn tranches(input: &Value) -> Result<Vec<Tranche>, String> {
    let mut tranches = list(input, "disbursements")
        .iter()
        .map(|item| Ok(Tranche { on: date(item, "date")?, amount: need(item, "amount")? }))
        .collect::<Result<Vec<_>, String>>()?;
    tranches.sort_by_key(|tranche| tranche.on);
    Ok(tranches)
}

pub fn rate_changes(input: &Value) -> Result<Vec<RateChange>, String> {
    let change =
        |item| Ok(RateChange { from: date(item, "from")?, annual_rate_pct: need(item, "annual_rate_pct")? });
    let mut changes = list(input, "rate_changes").iter().map(change).collect::<Result<Vec<_>, String>>()?;
    changes.sort_by_key(|change| change.from);
    Ok(changes)
}

pub fn pauses(input: &Value) -> Result<Vec<Pause>, String> {
    let pause = |item| Ok(Pause { from: date(item, "from")?, to: date(item, "to")? });
    list(input, "interest_pauses").iter().map(pause).collect()
}

/// Builds the progressive model of a schedule input.
pub fn model(input: &Value, coin: Coin) -> Result<Model, String> {
    let tranches = tranches(input)?;
    let start = tranches.first().ok_or("nothing is paid out")?.on;
    let dues = dues(input).from(start).map_err(|why| why.to_string())?;
    let mut model = Model::new(rules(input, coin)?, start, &dues);
    let mut changes = rate_changes(input)?.into_iter().peekable();
    for tranche in tranches {
        while let Some(change) = changes.next_if(|change| change.from <= tranche.on) {
            model.change_rate(change.from, change.annual_rate_pct).map_err(|why| why.to_string())?;
        }
        model.disburse(tranche.on, tranche.amount).map_err(|why| why.to_string())?;
    }
    for change in changes {
        model.change_rate(change.from, change.annual_rate_pct).map_err(|why| why.to_string())?;
    }
    for pause in pauses(input)? {
        model.pause(pause.from, pause.to);
    }
    if let Ok(day) = date(input, "as_of") {
        model.carry_overdue(day);
    }
    Ok(model)
}

pub fn generated(case: &Case) -> Checked {
    let rows = if case.convention.starts_with("F-CUM") {
        let terms = cumulative(&case.input, case.coin())?;
        let start = terms.tranches.first().ok_or("nothing is paid out")?.on;
        let dues = dues(&case.input).from(start).map_err(|why| why.to_string())?;
        terms.rows(start, &dues)
    } else {
        model(&case.input, case.coin())?.rows()
    };
    same_rows(case, &rows)
}

/// Due dates from the first one, or else a step after the start.
fn beginning(input: &Value) -> Result<Vec<NaiveDate>, String> {
    match date(input, "first_due") {
        Ok(first) => dues(input).beginning(first),
        Err(_) => dues(input).from(date(input, "start")?),
    }
    .map_err(|why| why.to_string())
}

pub fn daily(case: &Case) -> Checked {
    let input = &case.input;
    let principal = need(input, "amount")?;
    let loan = Daily {
        amount: principal,
        daily_rate: need(input, "daily_rate_pct")? / Decimal::ONE_HUNDRED,
        interest_cap: amount(input, "interest_cap_pct_of_principal")
            .map(|pct| principal * pct / Decimal::ONE_HUNDRED),
        last: match text_at(input, "final_installment").as_deref() {
            Some("lower") => Last::Lower,
            Some("higher") => Last::Higher,
            _ => Last::Similar,
        },
        coin: case.coin(),
    };
    let rows = loan.rows(date(input, "start")?, &beginning(input)?).map_err(|why| why.to_string())?;
    same_rows(case, &rows)
}

pub fn periodic(case: &Case) -> Checked {
    let input = &case.input;
    let rate = if let Some(rate) = input.get("rate_per_period").and_then(number) {
        rate
    } else {
        let periods = amount(input, "periods_per_year").unwrap_or(Decimal::from(12));
        need(input, "annual_rate_pct")? / Decimal::ONE_HUNDRED / periods
    };
    let residual = text_at(input, "residual").as_deref() == Some("extra_row");
    let rest = if residual { Rest::ExtraRow } else { Rest::Last };
    let rows = dues(input).rows;
    let first = date(input, "first_due")
        .or_else(|_| dues(input).from(date(input, "start")?).map_err(|e| e.to_string()).map(|d| d[0]))?;
    let dates = Dues { rows: rows + 1, ..dues(input) }.beginning(first).map_err(|why| why.to_string())?;
    let loan = Periodic { amount: need(input, "amount")?, rate, coin: case.coin(), rest };
    let start = date(input, "start").unwrap_or(first);
    same_rows(case, &loan.rows(start, &dates, rows as usize))
}

pub fn whole_units(case: &Case) -> Checked {
    let input = &case.input;
    let yearly = match text_at(input, "day_count").as_deref() {
        Some("30/360") => Yearly::Thirty360,
        _ => Yearly::Actual365,
    };
    let loan = WholeUnits {
        amount: need(input, "amount")?,
        annual_rate_pct: need(input, "annual_rate_pct")?,
        yearly,
    };
    let start = date(input, "start")?;
    let first = date(input, "first_due").unwrap_or(start);
    let fixed = amount(input, "fixed_installment");
    let rows = count(input, "installments").filter(|_| fixed.is_none());
    let instalment = fixed.unwrap_or_else(|| loan.instalment(rows.unwrap_or(1) as usize));
    let plan = loan
        .rows(instalment, rows, start, |n| add_months(first, n - 1, MonthEnd::LastDay))
        .map_err(|why| why.to_string())?;
    let whole = |value: Decimal| value.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
    let expected = &case.expected;
    same("instalment", instalment, amount(expected, "installment_amount"))?;
    same("count", Decimal::from(plan.len()), amount(expected, "count"))?;
    let interest = plan.iter().map(|row| row.interest).sum();
    same("interest_total", whole(interest), amount(expected, "interest_total").map(whole))?;
    for row in list(expected, "rows") {
        let n = count(row, "n").ok_or("a row without n")? as usize;
        let got = plan.get(n - 1).ok_or("a row is missing")?;
        same(&format!("row {n} principal"), whole(got.principal), amount(row, "principal").map(whole))?;
        same(&format!("row {n} interest"), whole(got.interest), amount(row, "interest").map(whole))?;
        same(&format!("row {n} balance"), whole(got.balance), amount(row, "balance").map(whole))?;
    }
    Ok(())
}

/// Rows of principal alone.
fn principal_rows(start: NaiveDate, dues: &[NaiveDate], parts: &[Decimal]) -> Vec<PlanRow> {
    let mut from = start;
    let mut left: Decimal = parts.iter().sum();
    dues.iter()
        .zip(parts)
        .map(|(due, principal)| {
            left -= principal;
            let row =
                PlanRow { from, due_on: *due, principal: *principal, interest: Decimal::ZERO, balance: left };
            from = *due;
            row
        })
        .collect()
}

pub fn split_equal(case: &Case) -> Checked {
    let dates = beginning(&case.input)?;
    let parts = split::equal(need(&case.input, "amount")?, dates.len(), case.coin());
    same_rows(case, &principal_rows(dates[0], &dates, &parts))
}

pub fn policy_bank(case: &Case) -> Checked {
    let input = &case.input;
    let (term, every) = (count(input, "term_months"), count(input, "every_months"));
    let (term, every) = (term.ok_or("no term")?, every.ok_or("no step")?);
    let start = date(input, "start")?;
    let rows = split::rows_of_term(term, every);
    let dates: Option<Vec<NaiveDate>> = (1..=rows)
        .map(|n| add_months(start, split::months_of_row(n, every, term), MonthEnd::LastDay))
        .collect();
    let multiple = if case.multiple.is_zero() { Decimal::from(100_000) } else { case.multiple };
    let parts = split::rounded_down(need(input, "amount")?, rows as usize, multiple);
    same_rows(case, &principal_rows(start, &dates.ok_or("beyond the calendar")?, &parts))
}
