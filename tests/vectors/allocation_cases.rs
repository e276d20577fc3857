//! Histories of repayments.

use rust_decimal::Decimal;
use serde_json::Value;
use soquy::domain::credit::allocation::replay::{Contract, Entry, Generator, State, replay};
use soquy::domain::credit::allocation::{Bucket, Charge, Component, Future, Policy, Rules, Sequence};
use soquy::domain::credit::schedule::Tranche;

use crate::plan_cases;
use crate::read::{Case, Checked, amount, count, date, flag, list, need, same, text_at};

fn component(text: &str) -> Result<Component, String> {
    match text {
        "principal" => Ok(Component::Principal),
        "interest" => Ok(Component::Interest),
        "fee" => Ok(Component::Fee),
        "penalty" => Ok(Component::Penalty),
        other => Err(format!("component {other}")),
    }
}

fn components(value: &Value, key: &str) -> Result<Vec<Component>, String> {
    list(value, key).iter().map(|item| component(item.as_str().unwrap_or_default())).collect()
}

fn rules(value: &Value, vertical: bool) -> Result<Policy, String> {
    let order = list(value, "order")
        .iter()
        .map(|pair| {
            let bucket = match pair[0].as_str() {
                Some("past_due") => Bucket::PastDue,
                Some("due") => Bucket::Due,
                Some("in_advance") => Bucket::InAdvance,
                other => return Err(format!("bucket {other:?}")),
            };
            Ok((bucket, component(pair[1].as_str().unwrap_or_default())?))
        })
        .collect::<Result<_, _>>()?;
    let future = match text_at(value, "future").as_deref() {
        Some("last_installment") => Future::LastInstallment,
        Some("next_last_installment") => Future::NextLastInstallment,
        Some("reamortization") => Future::Reamortization,
        _ => Future::NextInstallment,
    };
    let rules = Rules { order, future };
    Ok(if vertical { Policy::Vertical(rules) } else { Policy::Horizontal(rules) })
}

fn policy(allocation: &Value) -> Result<Policy, String> {
    if text_at(allocation, "kind").as_deref() == Some("sequential") {
        return Ok(Policy::Sequential(Sequence {
            due: components(allocation, "due")?,
            in_advance: components(allocation, "in_advance")?,
            due_charges_first: flag(allocation, "due_charges_first", false),
        }));
    }
    rules(&allocation["default"], flag(allocation, "vertical", false))
}

fn contract(case: &Case) -> Result<Contract, String> {
    let loan = &case.input["loan"];
    let coin = case.coin_of(loan);
    let generator = match text_at(loan, "generator").as_deref() {
        Some("cumulative") => Generator::Cumulative(plan_cases::cumulative(loan, coin)?),
        _ => Generator::Progressive(plan_cases::rules(loan, coin)?),
    };
    let down_payment = amount(loan, "down_payment_pct")
        .filter(|pct| *pct > Decimal::ZERO)
        .map(|pct| (pct, flag(loan, "down_payment_auto", false)));
    Ok(Contract {
        generator,
        dues: plan_cases::dues(loan),
        rate_changes: plan_cases::rate_changes(loan)?,
        pauses: plan_cases::pauses(loan)?,
        down_payment,
        recalculates: flag(loan, "interest_recalculation", false),
        interest_on_past_due: flag(loan, "interest_on_past_due", true),
        payoff_to_day: text_at(loan, "payoff_interest").is_none_or(|until| until == "till_payoff_date"),
        policy: policy(&case.input["allocation"])?,
    })
}

fn entry(allocation: &Value, item: &Value) -> Result<Entry, String> {
    let kind = text_at(item, "type").unwrap_or_default();
    let on = || date(item, "date");
    Ok(match kind.as_str() {
        "disburse" => Entry::Disburse(Tranche { on: on()?, amount: need(item, "amount")? }),
        "charge" => {
            let component = component(&text_at(item, "kind").unwrap_or_default())?;
            let due_on = date(item, "due_date").or_else(|_| on())?;
            Entry::Charge(on()?, Charge { component, due_on, amount: need(item, "amount")? })
        }
        "payoff" => Entry::PayOff(on()?),
        "undo" => Entry::Undo(count(item, "target_event").ok_or("no target")? as usize),
        "business_date" => Entry::BusinessDate(on()?),
        _ => {
            let own = allocation.get("by_type").and_then(|types| types.get(&kind));
            let own = own.map(|value| rules(value, flag(allocation, "vertical", false))).transpose()?;
            Entry::Repay(on()?, need(item, "amount")?, own)
        }
    })
}

/// Replays the history up to each check.
pub fn history(case: &Case) -> Checked {
    let contract = contract(case)?;
    let allocation = &case.input["allocation"];
    let entries = list(&case.input, "events")
        .iter()
        .map(|item| entry(allocation, item))
        .collect::<Result<Vec<_>, _>>()?;
    for check in list(&case.expected, "checks") {
        let after = count(check, "after_events").ok_or("a check without a place")? as usize;
        let state = replay(&contract, &entries[..after]).map_err(|why| why.to_string())?;
        same_state(&state, check).map_err(|why| format!("after {after}: {why}"))?;
    }
    Ok(())
}

fn same_state(state: &State, check: &Value) -> Checked {
    let rows = list(check, "installments");
    if !rows.is_empty() && !flag(check, "sparse", false) && rows.len() != state.rows.len() {
        return Err(format!("{} rows, expected {}", state.rows.len(), rows.len()));
    }
    for (at, row) in rows.iter().enumerate() {
        let n = count(row, "n").map_or(at + 1, |n| n as usize);
        let got = state.rows.get(n - 1).ok_or("a row is missing")?;
        if let Some(due) = text_at(row, "due")
            && due != got.due_on.to_string()
        {
            return Err(format!("row {n} due: got {}, expected {due}", got.due_on));
        }
        for (key, value) in [
            ("principal", got.asked.principal),
            ("interest", got.asked.interest),
            ("fee", got.asked.fee),
            ("penalty", got.asked.penalty),
            ("total", got.asked.total()),
            ("paid", got.paid.total()),
            ("paid_in_advance", got.paid_in_advance),
            ("paid_late", got.paid_late),
            ("outstanding", got.outstanding()),
        ] {
            same(&format!("row {n} {key}"), value, amount(row, key))?;
        }
    }
    same_transactions(state, check)?;
    same("principal_total", state.disbursed, amount(check, "principal_total"))?;
    same("outstanding", state.outstanding(), amount(check, "outstanding"))?;
    same("overpaid", state.overpaid, amount(check, "overpaid"))
}

fn same_transactions(state: &State, check: &Value) -> Checked {
    let expected = list(check, "transactions");
    if !expected.is_empty() && expected.len() != state.transactions.len() {
        return Err(format!("{} transactions, expected {}", state.transactions.len(), expected.len()));
    }
    for (at, (row, got)) in expected.iter().zip(&state.transactions).enumerate() {
        if let Some(on) = text_at(row, "date")
            && on != got.on.to_string()
        {
            return Err(format!("transaction {at}: got {}, expected {on}", got.on));
        }
        for (key, value) in [
            ("amount", got.amount),
            ("principal", got.split.principal),
            ("interest", got.split.interest),
            ("fee", got.split.fee),
            ("penalty", got.split.penalty),
        ] {
            same(&format!("transaction {at} {key}"), value, amount(row, key))?;
        }
    }
    Ok(())
}
