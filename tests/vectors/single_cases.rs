//! Single numbers: dates, interest of days, derived rates, time value, accruals, fines and ageing.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::Value;
use soquy::domain::credit::allocation::early::simple_penalty;
use soquy::domain::credit::arrears::{Class, Unpaid, amounts_by_class, class_of, days_past_due};
use soquy::domain::credit::interest;
use soquy::domain::credit::schedule::tvm::{self, Annuity, When};
use soquy::domain::values::calendar::{Shift, WorkingDays, days_between};

use crate::plan_cases;
use crate::read::{Case, Checked, amount, count, date, flag, list, need, number, same, text_at};

pub fn dates(case: &Case) -> Checked {
    let input = &case.input;
    let holidays: BTreeSet<NaiveDate> =
        list(input, "holidays").iter().filter_map(|day| day.as_str()?.parse().ok()).collect();
    let shift = match text_at(input, "shift").as_deref() {
        Some("forward") => Shift::Forward,
        Some("backward") => Shift::Backward,
        _ => Shift::None,
    };
    let working = WorkingDays { shift, ..WorkingDays::forward(holidays) };
    let dues = match date(input, "first_due") {
        Ok(first) => plan_cases::dues(input).beginning(first),
        Err(_) => plan_cases::dues(input).from(date(input, "start")?),
    };
    let dues = dues.map_err(|why| why.to_string())?;
    let expected = &case.expected["due_dates"];
    let listed = list(&case.expected, "due_dates").iter().enumerate().map(|(at, day)| (at + 1, day));
    let named = expected.as_object().into_iter().flatten();
    let named = named.map(|(n, day)| (n.parse().unwrap_or(0_usize), day));
    let all: Vec<(usize, &Value)> = listed.chain(named).collect();
    if all.is_empty() {
        return Err("no due dates".into());
    }
    for (n, day) in all {
        let at = n.max(1);
        let got = working.shifted(*dues.get(at - 1).ok_or("a row is missing")?);
        if day.as_str() != Some(got.to_string().as_str()) {
            return Err(format!("row {n}: got {got}, expected {day}"));
        }
    }
    Ok(())
}

pub fn daily_interest(case: &Case) -> Checked {
    let input = &case.input;
    let (from, to) = (date(input, "from")?, date(input, "to")?);
    let days = days_between(from, to);
    let year = count(input, "days_in_year").unwrap_or(interest::DAYS_OF_YEAR);
    let exact = interest::for_days(need(input, "balance")?, need(input, "annual_rate_pct")?, days, year);
    same("days", Decimal::from(days), amount(&case.expected, "days"))?;
    same("interest", case.coin().round(exact), amount(&case.expected, "interest"))
}

pub fn derived_rate(case: &Case) -> Checked {
    let got = interest::derived_rate(need(&case.input, "annual_rate_pct")?, need(&case.input, "percent_of")?);
    same("rate", got, amount(&case.expected, "annual_rate_pct"))
}

pub fn time_value(case: &Case) -> Checked {
    let input = &case.input;
    let function = text_at(input, "function").unwrap_or_default();
    let got = if function == "annual_nominal_rate" { nominal(input) } else { spreadsheet(&function, input) };
    let got = got.ok_or_else(|| format!("{function} has no value"))?;
    let expected = need(&case.expected, "value")?;
    let tolerance = amount(&case.expected, "tolerance").unwrap_or_default();
    if (got - expected).abs() > tolerance {
        return Err(format!("{function}: got {got}, expected {expected}"));
    }
    Ok(())
}

fn spreadsheet(function: &str, input: &Value) -> Option<Decimal> {
    let of = |key: &str| amount(input, key).unwrap_or_default();
    let whole = |key: &str| count(input, key).map_or(0, |n| n as usize);
    let begin = ["when", "type", "due"].iter().filter_map(|key| input.get(*key)).any(|when| {
        number(when) == Some(Decimal::ONE)
            || when.as_str().is_some_and(|t| t.to_lowercase().starts_with("begin"))
    });
    let when = if begin { When::Begin } else { When::End };
    let flows = || -> Vec<Decimal> {
        let keys = ["values", "cash_flows", "cashflows", "flows"];
        let found = keys.iter().map(|key| list(input, key)).find(|items| !items.is_empty());
        found.unwrap_or_default().iter().filter_map(number).collect()
    };
    let (rate, pv, fv, pmt, n) = (of("rate"), of("pv"), of("fv"), of("pmt"), whole("nper"));
    let annuity = Annuity { rate, n, pv, fv, when };
    match function {
        "pmt" => annuity.pmt(),
        "ipmt" => annuity.ipmt(whole("per")),
        "ppmt" => annuity.ppmt(whole("per")),
        "pv" => tvm::pv(rate, n, pmt, fv, when),
        "fv" => tvm::fv(rate, n, pmt, pv, when),
        "nper" => tvm::nper(rate, pmt, pv, fv, when),
        "npv" => tvm::npv(rate, &flows()),
        "irr" => tvm::irr(&flows()),
        "rate" => tvm::rate(n, pmt, pv, fv, when),
        _ => None,
    }
}

/// A rate per day, week, month or whole term as a rate a year; a period's rate is kept at 8 digits.
fn nominal(input: &Value) -> Option<Decimal> {
    let rate = amount(input, "rate_pct")?;
    let year = match text_at(input, "days_in_year").as_deref() {
        Some("360") => 360,
        Some("364") => 364,
        _ => 365,
    };
    let periods = |per: &str| match per {
        "days" => Some(year),
        "weeks" => Some(52),
        "months" => Some(12),
        "years" => Some(1),
        _ => None,
    };
    let per = text_at(input, "per")?;
    let (a_period, periods) = if per == "whole_term" {
        let rows = amount(input, "repayments")? * amount(input, "every")?;
        (rate / rows, periods(&text_at(input, "repayment_frequency")?)?)
    } else {
        (rate, periods(&per)?)
    };
    let kept = a_period.round_dp_with_strategy(8, RoundingStrategy::MidpointNearestEven);
    Some(kept * Decimal::from(periods))
}

pub fn accruals(case: &Case) -> Checked {
    let input = &case.input;
    let coin = case.coin_of(&input["loan"]);
    let model = plan_cases::model(&input["loan"], coin)?;
    let before = date(input, "from")?.pred_opt().ok_or("no day before")?;
    let sparse = flag(&case.expected, "sparse", false);
    let mut booked = model.interest_until(before);
    for row in list(&case.expected, "accruals") {
        let on = date(row, "date")?;
        if sparse {
            booked = model.interest_until(on.pred_opt().ok_or("no day before")?);
        }
        let today = interest::to_book(model.interest_until(on), booked, coin.decimals, coin.mode);
        booked += today;
        same(&format!("accrual of {on}"), today, amount(row, "amount"))?;
    }
    Ok(())
}

pub fn penalty(case: &Case) -> Checked {
    let input = &case.input;
    let items = list(input, "overdue");
    let items = if items.is_empty() { std::slice::from_ref(input) } else { items };
    let mut got = Decimal::ZERO;
    for item in items {
        got += penalty_of(item, input, case)?;
    }
    let named = ["penalty", "amount", "value", "interest"].iter().find_map(|key| amount(&case.expected, key));
    let only = || case.expected.as_object()?.values().find_map(number);
    same("penalty", got, Some(named.or_else(only).ok_or("nothing expected")?))
}

/// The fine on one overdue amount; what the item does not say holds for all of them.
fn penalty_of(item: &Value, all: &Value, case: &Case) -> Result<Decimal, String> {
    let of =
        |keys: &[&str]| [item, all].iter().find_map(|from| keys.iter().find_map(|key| amount(from, key)));
    let day =
        |keys: &[&str]| [item, all].iter().find_map(|from| keys.iter().find_map(|key| date(from, key).ok()));
    let overdue = of(&["overdue", "amount", "overdue_amount", "base", "balance", "principal"]);
    let rate = of(&["annual_rate_pct", "rate_pct", "penalty_rate_pct"])
        .or_else(|| of(&["rate", "annual_rate"]).map(|rate| rate * Decimal::ONE_HUNDRED));
    let days = if let Some(days) = of(&["days", "days_overdue", "overdue_days"]) {
        u32::try_from(days).map_err(|why| why.to_string())?
    } else {
        let to = day(&["to", "on", "paid_on", "as_of"]).ok_or("no last day")?;
        let from = day(&["from", "due", "due_date", "since"]).ok_or("no first day")?;
        u32::try_from(days_between(from, to)).unwrap_or(0)
    };
    Ok(simple_penalty(overdue.ok_or("no overdue amount")?, rate.ok_or("no rate")?, days, case.coin()))
}

pub fn ageing(case: &Case) -> Checked {
    let input = &case.input;
    let on = ["on", "today", "as_of", "date"].iter().find_map(|key| date(input, key).ok()).ok_or("no day")?;
    let unpaid = unpaid(input)?;
    let classes: Vec<Class> = list(input, "classes")
        .iter()
        .map(|item| Class {
            name: text_at(item, "class").or_else(|| text_at(item, "name")).unwrap_or_default(),
            from: count(item, "from").unwrap_or(0),
            to: count(item, "to"),
        })
        .collect();
    let days = days_past_due(&unpaid, on);
    for (key, expected) in case.expected.as_object().into_iter().flatten() {
        match expected {
            Value::Object(amounts) => {
                let got = amounts_by_class(&classes, &unpaid, on);
                for (class, got) in classes.iter().zip(got) {
                    let wanted = amounts.get(&class.name).and_then(number).unwrap_or_default();
                    same(&class.name, got, Some(wanted))?;
                }
            }
            _ if number(expected).is_some() => same(key, Decimal::from(days), number(expected))?,
            _ => {
                let got = class_of(&classes, days).map(|class| class.name.as_str());
                if got != expected.as_str() {
                    return Err(format!("{key}: got {got:?}, expected {expected}"));
                }
            }
        }
    }
    Ok(())
}

fn unpaid(input: &Value) -> Result<Vec<Unpaid>, String> {
    let due_of = |item: &Value| ["due", "due_date", "date"].iter().find_map(|key| date(item, key).ok());
    let single = ["oldest_unpaid_due", "oldest_due", "due"].iter().find_map(|key| date(input, key).ok());
    let mut unpaid: Vec<Unpaid> =
        single.map(|due_on| Unpaid { due_on, amount: Decimal::ONE }).into_iter().collect();
    let lists = ["unpaid", "installments", "due_dates"];
    for item in lists.iter().flat_map(|key| list(input, key)) {
        let amount = ["amount", "outstanding"].iter().find_map(|key| amount(item, key));
        let bare = || item.as_str()?.parse().ok();
        let day = due_of(item).or_else(bare).ok_or("an unpaid amount without a due date")?;
        unpaid.push(Unpaid { due_on: day, amount: amount.unwrap_or(Decimal::ONE) });
    }
    Ok(unpaid)
}
