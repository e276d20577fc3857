//! Loan cards: rows from what is left, repayments named for a row, fees and what closes a loan.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde_json::Value;
use soquy::domain::credit::allocation::early::{
    CardPayment, CardSplit, PaidCard, Penalty, closing_amount, late_fee,
};
use soquy::domain::credit::schedule::even::{Card, Rows};
use soquy::domain::values::calendar::WorkingDays;

use crate::read::{Case, Checked, amount, count, date, flag, list, need, number, same, same_rows, text_at};

fn made(case: &Case) -> Rows {
    let input = &case.input;
    let kind = text_at(input, "type").unwrap_or_default();
    let weights = list(input, "weights");
    if !weights.is_empty() {
        let column = |at: usize| weights.iter().map(|pair| number(&pair[at]).unwrap_or_default()).collect();
        let interest = (kind == "flat").then(|| column(1));
        return Rows::Weights { principal: column(0), interest };
    }
    match (kind.as_str(), text_at(input, "rounding_type").as_deref(), case.convention.as_str()) {
        ("flat", ..) | (_, _, "O-FLAT") => Rows::Flat,
        ("declining_fixed_principal", ..) | (_, _, "O-EQPRIN") => Rows::EqualPrincipal,
        (_, Some("End"), _) => Rows::LastAbsorbs,
        (_, Some("Begin"), _) => Rows::FirstAbsorbs,
        _ => Rows::Resolved,
    }
}

fn card(case: &Case) -> Result<Card, String> {
    let input = &case.input;
    let holidays: BTreeSet<NaiveDate> =
        list(input, "holidays").iter().filter_map(|day| day.as_str()?.parse().ok()).collect();
    Ok(Card {
        start: date(input, "start")?,
        amount: need(input, "amount")?,
        rate: need(input, "rate_per_period")?,
        rows: count(input, "installments").ok_or("no rows")?,
        grace: count(input, "grace").unwrap_or(0),
        charge_in_grace: flag(input, "charge_in_grace", true),
        months: count(input, "months").unwrap_or(0),
        days: count(input, "days").unwrap_or(0),
        working: WorkingDays::forward(holidays),
        coin: case.coin(),
        made: made(case),
    })
}

pub fn rows(case: &Case) -> Checked {
    same_rows(case, &card(case)?.plan().map_err(|why| why.to_string())?)
}

pub fn prepayment(case: &Case) -> Checked {
    let mut paid = PaidCard::open(card(case)?).map_err(|why| why.to_string())?;
    let mut last = CardSplit::default();
    for item in list(&case.input, "payments") {
        let payment = CardPayment {
            row: count(item, "installment").ok_or("no row")? as usize,
            on: date(item, "date")?,
            amount: need(item, "amount")?,
            keep_schedule: flag(item, "keep_schedule", false),
            early_fee_rate: amount(item, "early_fee_rate").unwrap_or_default(),
        };
        last = paid.pay(payment).map_err(|why| why.to_string())?;
    }
    for row in list(&case.expected, "installments") {
        let n = count(row, "n").ok_or("a row without n")? as usize;
        let got = paid.rows.get(n - 1).ok_or("a row is missing")?;
        same(&format!("row {n} principal"), got.principal, amount(row, "principal"))?;
        same(&format!("row {n} interest"), got.interest, amount(row, "interest"))?;
        same(&format!("row {n} balance"), got.balance_before, amount(row, "balance_before"))?;
        same(&format!("row {n} paid principal"), got.paid_principal, amount(row, "paid_principal"))?;
        same(&format!("row {n} paid interest"), got.paid_interest, amount(row, "paid_interest"))?;
    }
    let expected = &case.expected["last_payment"];
    same("last fee", last.fee, amount(expected, "fee"))?;
    same("last interest", last.interest, amount(expected, "interest"))?;
    same("last principal", last.principal, amount(expected, "principal"))
}

fn penalties(items: &[Value]) -> Result<Vec<Penalty>, String> {
    items
        .iter()
        .map(|item| {
            let days = count(item, "days").unwrap_or(0);
            Ok(Penalty { base: need(item, "base")?, rate: need(item, "rate")?, days })
        })
        .collect()
}

pub fn payoff(case: &Case) -> Checked {
    let input = &case.input;
    let fee = match input.get("early_fee") {
        Some(fee) if fee.is_object() => need(fee, "base")? * need(fee, "rate")?,
        Some(fee) => number(fee).unwrap_or_default(),
        None => Decimal::ZERO,
    };
    let got = closing_amount(
        amount(input, "principal").unwrap_or_default(),
        amount(input, "interest").unwrap_or_default(),
        &penalties(list(input, "penalties"))?,
        fee,
        case.decimals,
    );
    same("amount", got, amount(&case.expected, "amount"))
}

pub fn late_fees(case: &Case) -> Checked {
    let expected = list(&case.expected, "late_fees");
    let overdue = list(&case.input, "overdue");
    if expected.len() != overdue.len() {
        return Err(format!("{} fees, expected {}", overdue.len(), expected.len()));
    }
    for (items, fee) in overdue.iter().zip(expected) {
        let got = late_fee(&penalties(items.as_array().map_or(&[], Vec::as_slice))?, case.decimals);
        same("late fee", got, number(fee))?;
    }
    Ok(())
}
