//! The book of rules of revolving support: which accounts a movement touches, one function each.
//!
//! | movement | debit | credit |
//! |---|---|---|
//! | payout | with households (what must come back), capital (what stays with the household) | cash or bank |
//! | repayment | cash or bank | with households, interest income, overpayments |
//! | … into another source | cash or bank of it; capital of the first | its recovered capital; with households of the first |
//! | overdue, reported as lost | overdue with households, frozen with households | with households |
//! | loss | loss of capital | with households |
//! | … made good | cash or bank | loss of capital |
//! | refund | overpayments | cash or bank |
//! | reallocation | what the old split credited | what the new split credits |
//!
//! What is with households stands on three accounts, within its days, overdue, and frozen while a loss of it waits for its decision; a
//! movement takes first what stands apart by then.
//!
//! Recovered capital is never income: it stays where it came from, or becomes recovered capital of the source named there.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{Apart, Change, Held};
use crate::domain::books::account_role::AccountRole;
use crate::domain::books::journal_kind::JournalKind;
use crate::domain::books::posting::{Account, Draft, Posting};
use crate::domain::books::recipes::Till;
use crate::domain::values::money::{Money, MoneyError};

/// What every movement of an agreement says.
#[derive(Debug, Clone)]
pub struct Movement {
    /// Public id of the journal.
    pub journal_id: Uuid,
    /// The day it counts.
    pub on: NaiveDate,
    /// The agreement: key of the sub-ledger.
    pub agreement: Uuid,
    /// Whose money.
    pub source: i32,
    /// The source recovered capital goes to, if not back to `source`.
    pub recovers_into: Option<i32>,
    /// Where the money changes hands.
    pub till: Till,
    /// Diễn giải.
    pub description: String,
}

impl Movement {
    fn draft(&self, kind: JournalKind) -> Draft {
        Posting::draft(self.journal_id, kind, self.on, self.description.clone())
            .source(self.source)
            .about(self.agreement)
    }
}

/// Money handed to a household. `to_return` of it must come back; the rest is the household's and leaves the capital,
/// whose account is `capital`.
pub fn payout(
    movement: &Movement,
    given: Money,
    to_return: Money,
    capital: AccountRole,
) -> Result<Draft, MoneyError> {
    Ok(movement
        .draft(JournalKind::SupportPayout)
        .debit(AccountRole::SupportOutstanding, to_return)
        .debit(capital, given.minus(to_return)?)
        .credit(movement.till, given))
}

/// The accounts on which an agreement stands, and what stands there; debits are positive.
pub fn standing(held: &Held) -> [(AccountRole, Decimal); 4] {
    [
        (AccountRole::SupportOutstanding, held.within),
        (AccountRole::SupportOverdue, held.apart.overdue),
        (AccountRole::SupportFrozen, held.apart.frozen),
        (AccountRole::Overpayments, -held.surplus),
    ]
}

/// What households owe changes, and what of it stands apart.
pub fn owed(draft: Draft, all: Decimal, apart: Apart) -> Result<Draft, MoneyError> {
    let draft = signed(draft, AccountRole::SupportOutstanding, all - apart.sum())?;
    let draft = signed(draft, AccountRole::SupportOverdue, apart.overdue)?;
    signed(draft, AccountRole::SupportFrozen, apart.frozen)
}

/// Capital that became overdue or was reported as lost, or is so no more.
pub fn reclassed(movement: &Movement, apart: Apart) -> Result<Draft, MoneyError> {
    owed(movement.draft(JournalKind::SupportToOverdue), Decimal::ZERO, apart)
}

/// Money a household brought, divided. Signed, so that a reallocation is two of them.
fn received(draft: Draft, movement: &Movement, split: Change, apart: Apart) -> Result<Draft, MoneyError> {
    let money = movement.till;
    let into = movement.recovers_into;
    let own = if into.is_some() { Decimal::ZERO } else { split.principal };
    let draft = owed(draft, -split.principal - split.lost, apart)?;
    let draft = signed(draft, AccountRole::CapitalLoss, split.lost)?;
    let draft = signed(draft, AccountRole::SupportIncome, -split.interest)?;
    let draft = signed(draft, AccountRole::Overpayments, -split.surplus)?;
    let draft = signed(draft, money, own + split.interest + split.surplus)?;
    let Some(into) = into else { return Ok(draft) };
    let draft = signed(draft, AccountRole::Capital, split.principal)?.source(into);
    let draft = signed(draft, money, split.principal)?;
    Ok(signed(draft, AccountRole::RecoveredCapital, -split.principal)?.source(movement.source))
}

/// + debits, − credits.
fn signed(draft: Draft, account: impl Into<Account>, amount: Decimal) -> Result<Draft, MoneyError> {
    let money = Money::vnd(amount.abs())?;
    Ok(if amount.is_sign_negative() { draft.credit(account, money) } else { draft.debit(account, money) })
}

/// A repayment; `apart` is what it, and the days since the books last followed the agreement, change of what stands apart.
pub fn repayment(movement: &Movement, split: Change, apart: Apart) -> Result<Draft, MoneyError> {
    received(movement.draft(JournalKind::SupportRepayment), movement, split, apart)
}

/// The split of an earlier repayment changes: the old one out, the new one in; the money stays where it is.
pub fn reallocation(movement: &Movement, was: Change, is: Change) -> Result<Draft, MoneyError> {
    let draft = movement.draft(JournalKind::SupportReallocation);
    let draft = received(draft, movement, was.undone(), Apart::default())?;
    received(draft, movement, is, Apart::default())
}

/// Capital written off by decision: it is no longer with the household, and the source has lost it. `apart` as for a
/// repayment.
pub fn loss(movement: &Movement, amount: Money, apart: Apart) -> Result<Draft, MoneyError> {
    let draft = movement.draft(JournalKind::SupportLoss).debit(AccountRole::CapitalLoss, amount);
    owed(draft, -amount.amount(), apart)
}

/// A surplus given back to its household.
pub fn refund(movement: &Movement, amount: Money) -> Draft {
    movement
        .draft(JournalKind::SupportRefund)
        .debit(AccountRole::Overpayments, amount)
        .credit(movement.till, amount)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(text: &str) -> Money {
        text.parse().unwrap()
    }

    fn movement(recovers_into: Option<i32>) -> Movement {
        Movement {
            journal_id: Uuid::nil(),
            on: NaiveDate::from_ymd_opt(2026, 3, 2).unwrap(),
            agreement: Uuid::from_u128(7),
            source: 1,
            recovers_into,
            till: Till::Cash,
            description: "thử".to_owned(),
        }
    }

    fn split(principal: i64, interest: i64, surplus: i64) -> Change {
        Change {
            principal: principal.into(),
            interest: interest.into(),
            surplus: surplus.into(),
            lost: Decimal::ZERO,
        }
    }

    /// The journal as an accountant writes it: source, account, + debit or − credit.
    fn written(draft: Draft) -> Vec<String> {
        let posting = draft.balanced().unwrap();
        let line = |l: &crate::domain::books::posting::Line| {
            let value = serde_json::to_value(&l.account).unwrap();
            format!("{} {} {:+}", l.source, value["role"].as_str().unwrap(), l.amount)
        };
        posting.lines.iter().map(line).collect()
    }

    #[test]
    fn a_payout_debits_what_must_come_back_and_gives_the_rest_for_good() {
        let whole =
            payout(&movement(None), money("10000000"), money("10000000"), AccountRole::Capital).unwrap();
        assert_eq!(written(whole), ["1 cash -10000000", "1 support_outstanding +10000000"]);
        let half =
            payout(&movement(None), money("10000000"), money("5000000"), AccountRole::RecoveredCapital)
                .unwrap();
        assert_eq!(
            written(half),
            ["1 cash -10000000", "1 support_outstanding +5000000", "1 recovered_capital +5000000"]
        );
    }

    #[test]
    fn a_repayment_returns_to_its_source() {
        assert_eq!(
            written(repayment(&movement(None), split(900, 70, 30), Apart::default()).unwrap()),
            ["1 cash +1000", "1 support_outstanding -900", "1 support_income -70", "1 overpayments -30"]
        );
    }

    #[test]
    fn a_repayment_may_become_recovered_capital_of_another_source_and_each_source_balances() {
        assert_eq!(
            written(repayment(&movement(Some(3)), split(900, 70, 30), Apart::default()).unwrap()),
            [
                "1 cash +100",
                "1 support_outstanding -900",
                "1 support_income -70",
                "1 overpayments -30",
                "1 capital +900",
                "3 cash +900",
                "3 recovered_capital -900",
            ]
        );
    }

    #[test]
    fn a_reallocation_moves_only_the_difference() {
        let moved = reallocation(&movement(None), split(1000, 0, 0), split(980, 20, 0)).unwrap();
        assert_eq!(written(moved), ["1 support_outstanding +20", "1 support_income -20"]);
        let moved = reallocation(&movement(Some(3)), split(1000, 0, 0), split(980, 20, 0)).unwrap();
        assert_eq!(
            written(moved),
            [
                "1 cash +20",
                "1 support_outstanding +20",
                "1 support_income -20",
                "1 capital -20",
                "3 cash -20",
                "3 recovered_capital +20",
            ]
        );
    }

    #[test]
    fn a_loss_leaves_the_household_and_what_is_made_good_comes_back_to_its_source() {
        assert_eq!(
            written(loss(&movement(None), money("900"), Apart::default()).unwrap()),
            ["1 support_outstanding -900", "1 capital_loss +900"]
        );
        let made_good = Change { lost: Decimal::from(-400), ..split(500, 0, 0) };
        assert_eq!(
            written(repayment(&movement(None), made_good, Apart::default()).unwrap()),
            ["1 cash +500", "1 support_outstanding -100", "1 capital_loss -400"]
        );
        let elsewhere = Change { lost: Decimal::from(-500), ..split(500, 0, 0) };
        assert_eq!(
            written(repayment(&movement(Some(3)), elsewhere, Apart::default()).unwrap()),
            ["1 capital +500", "1 capital_loss -500", "3 cash +500", "3 recovered_capital -500"]
        );
    }

    #[test]
    fn a_refund_takes_the_surplus_out() {
        assert_eq!(written(refund(&movement(None), money("30"))), ["1 cash -30", "1 overpayments +30"]);
    }
}
