//! The book of rules: one function a movement, readable by an accountant. A movement without a recipe cannot happen.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::domain::books::account_role::AccountRole;
use crate::domain::books::journal_kind::JournalKind;
use crate::domain::books::posting::{Posting, Unbalanced, Voucher, VoucherKind};
use crate::domain::values::catalogue::catalogue;
use crate::domain::values::money::Money;

/// Quyển số of the papers that are numbered by the books themselves.
pub const FIRST_BOOK: &str = "01";

catalogue! {
    /// Where money is kept.
    pub enum Till {
        /// The cash box.
        Cash = "cash",
        /// The account at the bank or the Treasury.
        Bank = "bank",
    }
}

impl Till {
    /// The role of its account.
    pub const fn role(self) -> AccountRole {
        match self {
            Self::Cash => AccountRole::Cash,
            Self::Bank => AccountRole::Bank,
        }
    }

    /// The paper of money that comes in: the cashier signs a receipt only for notes in hand.
    pub const fn paper_in(self) -> VoucherKind {
        match self {
            Self::Cash => VoucherKind::Receipt,
            Self::Bank => VoucherKind::General,
        }
    }

    /// The paper of money that goes out.
    pub const fn paper_out(self) -> VoucherKind {
        match self {
            Self::Cash => VoucherKind::Payment,
            Self::Bank => VoucherKind::General,
        }
    }
}

/// A description that names the day on which it happened, where that is another than the day it counts: its month is
/// closed, and it is booked in the open one.
pub fn dated(description: String, counts_on: NaiveDate, happened_on: NaiveDate) -> String {
    if counts_on == happened_on {
        description
    } else {
        format!("{description} (ngày {})", happened_on.format("%d/%m/%Y"))
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
        .debit(into.role(), m.amount)
        .credit(AccountRole::Capital, m.amount)
        .voucher(paper)
        .balanced()
}

/// Capital goes back to who gave it: Nợ the capital of its source / Có cash or bank.
pub fn capital_returned(m: Movement, from: Till, paper: Voucher) -> Result<Posting, Unbalanced> {
    Posting::draft(m.journal_id, JournalKind::CapitalReturned, m.on, m.description)
        .source(m.source)
        .debit(AccountRole::Capital, m.amount)
        .credit(from.role(), m.amount)
        .voucher(paper)
        .balanced()
}

/// Money moves between the cash box and the bank: Nợ where it goes / Có where it was.
pub fn transfer_between_accounts(m: Movement, from: Till, paper: Voucher) -> Result<Posting, Unbalanced> {
    let to = if from == Till::Cash { Till::Bank } else { Till::Cash };
    Posting::draft(m.journal_id, JournalKind::TransferBetweenAccounts, m.on, m.description)
        .source(m.source)
        .debit(to.role(), m.amount)
        .credit(from.role(), m.amount)
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
        .debit(into.role(), m.amount)
        .credit(AccountRole::MemberSavings, m.amount)
        .voucher(paper)
        .balanced()
}

/// Savings of members go to the bank that they belong to: Nợ savings collected for the bank / Có cash or bank.
pub fn savings_handed_over(m: Movement, from: Till, paper: Voucher) -> Result<Posting, Unbalanced> {
    Posting::draft(m.journal_id, JournalKind::SavingsHandedOver, m.on, m.description)
        .source(m.source)
        .debit(AccountRole::MemberSavings, m.amount)
        .credit(from.role(), m.amount)
        .voucher(paper)
        .balanced()
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
    let write = |draft: crate::domain::books::posting::Draft, (code, source, amount): ManualLine| {
        draft.source(source).line(code, amount)
    };
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
            .map(|(_, l)| format!("{} {}", l["role"].as_str().unwrap(), l["amount"].as_str().unwrap()))
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
                transfer_between_accounts(movement(), Till::Cash, paper(VoucherKind::Payment)),
                "bank 500 / cash -500",
            ),
            (
                transfer_between_accounts(movement(), Till::Bank, paper(VoucherKind::Receipt)),
                "cash 500 / bank -500",
            ),
            (
                savings_handed_over(movement(), Till::Cash, paper(VoucherKind::Payment)),
                "member_savings 500 / cash -500",
            ),
        ];
        for (posting, sides) in table {
            assert_eq!(written(posting), sides);
        }
    }
}
