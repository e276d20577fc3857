//! The book of rules: one function a movement, readable by an accountant. A movement without a recipe cannot happen.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::domain::books::account_role::AccountRole;
use crate::domain::books::journal_kind::JournalKind;
use crate::domain::books::posting::{Draft, Posting, Unbalanced, Voucher, VoucherKind};
use crate::domain::values::money::Money;

pub use crate::domain::books::till::Till;

/// Quyển số of the papers that are numbered by the books themselves.
pub const FIRST_BOOK: &str = "01";

/// A description that names the day on which it happened, where that is another than the day it counts: its month is
/// closed, and it is booked in the open one.
pub fn dated(description: String, counts_on: NaiveDate, happened_on: NaiveDate) -> String {
    if counts_on == happened_on {
        description
    } else {
        format!("{description} (ngày {})", happened_on.format("%d/%m/%Y"))
    }
}

/// The paper of a journal that the books make by themselves: no money or goods change hands.
pub fn general_paper(content: String, amount: Money) -> Voucher {
    Voucher {
        book: FIRST_BOOK.to_owned(),
        kind: VoucherKind::General,
        party: "Kế toán".to_owned(),
        address: String::new(),
        content,
        amount,
        attachments: 0,
    }
}

/// What every movement of money of one source has.
#[derive(Debug, Clone)]
pub struct Movement {
    /// Public id of the journal to be.
    pub journal_id: Uuid,
    /// The day it counts.
    pub on: NaiveDate,
    /// Diễn giải.
    pub description: String,
    /// Whose money.
    pub source: i32,
    /// đồng.
    pub amount: Money,
}

/// Capital arrives: Nợ cash or bank / Có the capital of its source.
pub fn capital_received(m: Movement, into: Till, paper: Voucher) -> Result<Posting, Unbalanced> {
    Posting::draft(m.journal_id, JournalKind::CapitalReceived, m.on, m.description)
        .source(m.source)
        .debit(into, m.amount)
        .credit(AccountRole::Capital, m.amount)
        .voucher(paper)
        .balanced()
}

/// Capital goes back to who gave it: Nợ the capital of its source / Có cash or bank.
pub fn capital_returned(m: Movement, from: Till, paper: Voucher) -> Result<Posting, Unbalanced> {
    Posting::draft(m.journal_id, JournalKind::CapitalReturned, m.on, m.description)
        .source(m.source)
        .debit(AccountRole::Capital, m.amount)
        .credit(from, m.amount)
        .voucher(paper)
        .balanced()
}

/// Money moves between two tills: Nợ where it goes / Có where it was.
pub fn transfer_between_accounts(
    m: Movement,
    (from, to): (Till, Till),
    paper: Voucher,
) -> Result<Posting, Unbalanced> {
    Posting::draft(m.journal_id, JournalKind::TransferBetweenAccounts, m.on, m.description)
        .source(m.source)
        .debit(to, m.amount)
        .credit(from, m.amount)
        .voucher(paper)
        .balanced()
}

/// Savings of a household, carried to the bank for it: Nợ cash or bank / Có savings collected for the bank.
pub fn savings_collected(
    m: Movement,
    into: Till,
    household: Uuid,
    paper: Voucher,
) -> Result<Posting, Unbalanced> {
    Posting::draft(m.journal_id, JournalKind::SavingsCollected, m.on, m.description)
        .source(m.source)
        .about(household)
        .debit(into, m.amount)
        .credit(AccountRole::MemberSavings, m.amount)
        .voucher(paper)
        .balanced()
}

/// Savings of members go to the bank that they belong to: Nợ savings collected for the bank / Có cash or bank.
pub fn savings_handed_over(m: Movement, from: Till, paper: Voucher) -> Result<Posting, Unbalanced> {
    Posting::draft(m.journal_id, JournalKind::SavingsHandedOver, m.on, m.description)
        .source(m.source)
        .debit(AccountRole::MemberSavings, m.amount)
        .credit(from, m.amount)
        .voucher(paper)
        .balanced()
}

/// Whose money is over or short in a cash box: a source, and how much, above zero.
pub type Share = (i32, Money);

/// A box held more or less than its books when it was counted: a surplus is Nợ the box / Có surplus awaiting its handling, a
/// shortage Nợ shortage awaiting its handling / Có the box. The box is named by its account, which is that of the count.
pub fn cash_difference(
    (journal_id, on, description): (Uuid, NaiveDate, String),
    account: &str,
    shares: &[Share],
    surplus: bool,
    paper: Voucher,
) -> Result<Posting, Unbalanced> {
    let draft = Posting::draft(journal_id, JournalKind::CashDifference, on, description).voucher(paper);
    let one = |draft: Draft, (source, amount): &Share| {
        let draft = draft.source(*source);
        if surplus {
            draft.line(account, amount.amount()).credit(AccountRole::CashSurplus, *amount)
        } else {
            draft.debit(AccountRole::CashShortage, *amount).line(account, -amount.amount())
        }
    };
    shares.iter().fold(draft, one).balanced()
}

/// A line of a manual journal: account code, source, + debit or − credit.
pub type ManualLine = (String, i32, Decimal);

/// What the accountant writes when no other recipe fits. Its paper follows from its lines.
pub fn manual(
    journal_id: Uuid,
    on: NaiveDate,
    description: String,
    lines: Vec<ManualLine>,
) -> Result<Posting, Unbalanced> {
    let draft = Posting::draft(journal_id, JournalKind::Manual, on, description);
    let write = |draft: Draft, (code, source, amount): ManualLine| draft.source(source).line(code, amount);
    lines.into_iter().fold(draft, write).balanced()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn movement() -> Movement {
        let on = NaiveDate::from_ymd_opt(2026, 3, 2).unwrap();
        Movement {
            journal_id: Uuid::nil(),
            on,
            description: String::new(),
            source: 7,
            amount: "500".parse().unwrap(),
        }
    }

    fn paper(kind: VoucherKind) -> Voucher {
        let text = String::new;
        let amount = movement().amount;
        Voucher {
            book: text(),
            kind,
            party: text(),
            address: text(),
            content: text(),
            amount,
            attachments: 0,
        }
    }

    /// What the recipe writes, as `role amount` with debits first.
    fn written(posting: Result<Posting, Unbalanced>) -> String {
        let posting = posting.unwrap();
        let mut lines: Vec<_> =
            posting.lines.iter().map(|l| (-l.amount, serde_json::to_value(l).unwrap())).collect();
        lines.sort_by_key(|(amount, _)| *amount);
        lines
            .iter()
            .map(|(_, l)| {
                let account = l["role"].as_str().or(l["account"].as_str()).unwrap();
                format!("{account} {}", l["amount"].as_str().unwrap())
            })
            .collect::<Vec<_>>()
            .join(" / ")
    }

    #[test]
    fn each_movement_has_its_two_sides() {
        let table = [
            (
                capital_received(movement(), Till::Bank, paper(VoucherKind::General)),
                "bank 500 / capital -500",
            ),
            (
                capital_returned(movement(), Till::Cash, paper(VoucherKind::Payment)),
                "capital 500 / cash -500",
            ),
            (
                transfer_between_accounts(movement(), (Till::Cash, Till::Bank), paper(VoucherKind::Payment)),
                "bank 500 / cash -500",
            ),
            (
                transfer_between_accounts(
                    movement(),
                    (Till::BankAccount(1), Till::CashBox(2)),
                    paper(VoucherKind::Receipt),
                ),
                "cash-2 500 / bank-1 -500",
            ),
            (
                savings_handed_over(movement(), Till::Cash, paper(VoucherKind::Payment)),
                "member_savings 500 / cash -500",
            ),
            (
                cash_difference(
                    (Uuid::nil(), movement().on, String::new()),
                    "1111",
                    &[(7, movement().amount)],
                    true,
                    paper(VoucherKind::Receipt),
                ),
                "1111 500 / cash_surplus -500",
            ),
            (
                cash_difference(
                    (Uuid::nil(), movement().on, String::new()),
                    "1111",
                    &[(7, movement().amount)],
                    false,
                    paper(VoucherKind::Payment),
                ),
                "cash_shortage 500 / 1111 -500",
            ),
        ];
        for (posting, sides) in table {
            assert_eq!(written(posting), sides);
        }
    }
}
