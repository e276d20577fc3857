//! Paying more than is due on a loan card, and what closes a loan on a day.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::domain::credit::schedule::TermsError;
use crate::domain::credit::schedule::even::{Card, Rows};
use crate::domain::credit::schedule::exact::Coin;
use crate::domain::values::money::RoundingMode;

/// One row of a card under repayment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CardRow {
    /// Principal it asks.
    pub principal: Decimal,
    /// Interest it asks.
    pub interest: Decimal,
    /// Principal before the row.
    pub balance_before: Decimal,
    /// Principal paid on it.
    pub paid_principal: Decimal,
    /// Interest paid on it.
    pub paid_interest: Decimal,
}

/// A repayment named for one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CardPayment {
    /// The row, from 1.
    pub row: usize,
    /// The day it came.
    pub on: NaiveDate,
    /// How much.
    pub amount: Decimal,
    /// What is too much pays the following rows with their interest (else it lowers the balance, and the rest is
    /// spread again).
    pub keep_schedule: bool,
    /// Fee on what is paid early, as a fraction.
    pub early_fee_rate: Decimal,
}

/// Where a repayment went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CardSplit {
    /// Fee for paying early.
    pub fee: Decimal,
    /// Interest.
    pub interest: Decimal,
    /// Principal.
    pub principal: Decimal,
}

/// A loan card and what was paid on it.
#[derive(Debug, Clone)]
pub struct PaidCard {
    card: Card,
    /// The rows as they stand.
    pub rows: Vec<CardRow>,
}

impl PaidCard {
    /// The card before any repayment.
    pub fn open(card: Card) -> Result<Self, TermsError> {
        let rows = card
            .plan()?
            .iter()
            .map(|row| CardRow {
                principal: row.principal,
                interest: row.interest,
                balance_before: row.balance + row.principal,
                paid_principal: Decimal::ZERO,
                paid_interest: Decimal::ZERO,
            })
            .collect();
        Ok(Self { card, rows })
    }

    /// Takes a repayment: interest, then principal of the named row, then the rest by the payment's own rule.
    pub fn pay(&mut self, payment: CardPayment) -> Result<CardSplit, TermsError> {
        let at = payment.row.checked_sub(1).filter(|at| *at < self.rows.len());
        let at = at.ok_or(TermsError::NoSuchEntry)?;
        let mut left = payment.amount;
        let mut split = CardSplit::default();
        let end = if payment.keep_schedule { self.rows.len() } else { at + 1 };
        for row in &mut self.rows[at..end] {
            let interest = (row.interest - row.paid_interest).min(left);
            row.paid_interest += interest;
            left -= interest;
            let principal = (row.principal - row.paid_principal).min(left);
            row.paid_principal += principal;
            left -= principal;
            split.interest += interest;
            split.principal += principal;
        }
        if !payment.keep_schedule && left > Decimal::ZERO && at + 1 < self.rows.len() {
            let excess = self.lower_balance(at, left, payment.early_fee_rate)?;
            split.fee += left - excess;
            split.principal += excess;
        }
        Ok(split)
    }

    /// Takes the fee from what is too much, lowers the balance by the rest, and spreads what remains again.
    fn lower_balance(
        &mut self,
        at: usize,
        excess: Decimal,
        fee_rate: Decimal,
    ) -> Result<Decimal, TermsError> {
        let coin = self.card.coin.rounding(RoundingMode::HalfEven);
        let balance: Decimal = self.rows[at + 1..].iter().map(|row| row.principal).sum();
        let fee = coin.round(excess * fee_rate / (Decimal::ONE + fee_rate));
        let lowered = (excess - fee).min(balance);
        let done = u32::try_from(at + 1).map_err(|_| TermsError::NoSuchEntry)?;
        let rest = Card {
            amount: balance - lowered,
            rows: self.card.rows - done,
            grace: self.card.grace.saturating_sub(done),
            made: self.remaining_weights(at + 1),
            months: 1,
            days: 0,
            ..self.card.clone()
        };
        let mut left = rest.amount;
        for (row, (principal, interest)) in self.rows[at + 1..].iter_mut().zip(rest.parts()) {
            row.principal = principal;
            row.interest = interest;
            row.balance_before = left;
            left -= principal;
        }
        Ok(lowered)
    }

    fn remaining_weights(&self, rows: usize) -> Rows {
        let skip = rows.saturating_sub(self.card.grace as usize);
        let rest = |weights: &[Decimal]| {
            let left = &weights[skip.min(weights.len())..];
            let sum: Decimal = left.iter().sum();
            left.iter().map(|w| w.checked_div(sum).unwrap_or_default()).collect()
        };
        match &self.card.made {
            Rows::Weights { principal, interest } => {
                Rows::Weights { principal: rest(principal), interest: interest.as_deref().map(rest) }
            }
            other => other.clone(),
        }
    }
}

/// A penalty: a base, a rate a day and a number of days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Penalty {
    /// What it is counted on.
    pub base: Decimal,
    /// Fraction a day.
    pub rate: Decimal,
    /// Days late.
    pub days: u32,
}

impl Penalty {
    fn exact(&self) -> Decimal {
        self.base * self.rate * Decimal::from(self.days)
    }
}

/// Penalties of one instalment, rounded once, half up.
pub fn late_fee(penalties: &[Penalty], decimals: u32) -> Decimal {
    Coin::new(decimals, RoundingMode::HalfUp).round(penalties.iter().map(Penalty::exact).sum())
}

/// What closes a loan: the sum of its parts, rounded once at the end, half up.
pub fn closing_amount(
    principal: Decimal,
    interest: Decimal,
    penalties: &[Penalty],
    early_fee: Decimal,
    decimals: u32,
) -> Decimal {
    let sum = principal + interest + early_fee + penalties.iter().map(Penalty::exact).sum::<Decimal>();
    Coin::new(decimals, RoundingMode::HalfUp).round(sum)
}

/// A fine on an overdue amount over days of a year of 365, rounded once.
pub fn simple_penalty(overdue: Decimal, annual_rate_pct: Decimal, days: u32, coin: Coin) -> Decimal {
    coin.round(overdue * annual_rate_pct * Decimal::from(days) / Decimal::from(36_500))
}
