//! A journal that balances in each source, or nothing: `Draft` → `Posting`.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;
use uuid::Uuid;

use super::account_role::AccountRole;
use super::journal_kind::JournalKind;
use super::till::{Till, TillKind};
use crate::domain::values::catalogue::catalogue;
use crate::domain::values::money::Money;

/// An account, by its role, by the till that it is, or by its code in the unit's chart.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Account {
    /// A cash box or bank account by its number; the database finds it where it finds the roles.
    #[serde(rename = "role")]
    Till(Till),
    /// By role; the chart says the code.
    Role(AccountRole),
    /// By code.
    #[serde(rename = "account")]
    Code(String),
}

impl From<AccountRole> for Account {
    fn from(role: AccountRole) -> Self {
        Self::Role(role)
    }
}

impl From<Till> for Account {
    fn from(till: Till) -> Self {
        match till {
            Till::Cash => Self::Role(AccountRole::Cash),
            Till::Bank => Self::Role(AccountRole::Bank),
            Till::CashBox(_) | Till::BankAccount(_) => Self::Till(till),
        }
    }
}

/// One line: + debit, − credit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// Where.
    #[serde(flatten)]
    pub account: Account,
    /// Whose money: a source of the unit.
    pub source: i32,
    /// đồng, never zero.
    pub amount: Decimal,
    /// The agreement, donation or household it concerns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<Uuid>,
}

catalogue! {
    /// Kinds of voucher. Numbers run without gaps per unit, book, year and kind.
    pub enum VoucherKind {
        /// Phiếu thu, C40-BB.
        Receipt = "receipt",
        /// Phiếu chi, C41-BB.
        Payment = "payment",
        /// Phiếu nhập kho, C30-BB.
        GoodsIn = "goods_in",
        /// Phiếu xuất kho, C31-BB.
        GoodsOut = "goods_out",
        /// Biên nhận ủng hộ.
        DonationReceipt = "donation_receipt",
        /// Phiếu kế toán: no money or goods change hands.
        General = "general",
    }
}

impl VoucherKind {
    /// The code of the form (mẫu số), where one is laid down.
    pub const fn form(self) -> Option<&'static str> {
        match self {
            Self::Receipt => Some("C40-BB"),
            Self::Payment => Some("C41-BB"),
            Self::GoodsIn => Some("C30-BB"),
            Self::GoodsOut => Some("C31-BB"),
            Self::DonationReceipt | Self::General => None,
        }
    }

    /// Whether it is printed here: on the form of a receipt or of a payment.
    pub const fn is_printed(self) -> bool {
        matches!(self, Self::Receipt | Self::Payment)
    }

    /// Name of the paper.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Receipt => "Phiếu thu",
            Self::Payment => "Phiếu chi",
            Self::GoodsIn => "Phiếu nhập kho",
            Self::GoodsOut => "Phiếu xuất kho",
            Self::DonationReceipt => "Biên nhận ủng hộ",
            Self::General => "Phiếu kế toán",
        }
    }
}

impl Till {
    /// The paper of money that comes in: the cashier signs a receipt only for notes in hand.
    pub const fn paper_in(self) -> VoucherKind {
        match self.kind() {
            TillKind::Cash => VoucherKind::Receipt,
            TillKind::Bank => VoucherKind::General,
        }
    }

    /// The paper of money that goes out.
    pub const fn paper_out(self) -> VoucherKind {
        match self.kind() {
            TillKind::Cash => VoucherKind::Payment,
            TillKind::Bank => VoucherKind::General,
        }
    }
}

/// The paper of a journal, before it has its number (Law on Accounting 88/2015 art. 16).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Voucher {
    /// Quyển số.
    pub book: String,
    /// Which form.
    pub kind: VoucherKind,
    /// Who pays or receives.
    pub party: String,
    /// Their address.
    pub address: String,
    /// Nội dung.
    pub content: String,
    /// The total it states.
    pub amount: Money,
    /// How many original papers are attached.
    pub attachments: i16,
}

/// A journal that balances in each source. Only [`Draft::balanced`] makes one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Posting {
    /// Public id of the journal to be.
    pub journal_id: Uuid,
    /// The day it counts.
    pub effective_on: NaiveDate,
    /// What happened.
    pub kind: JournalKind,
    /// Diễn giải.
    pub description: String,
    /// Who entered it, where one transaction serves several people; otherwise the person the transaction works for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<Uuid>,
    /// Its paper.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voucher: Option<Voucher>,
    /// At least two.
    pub lines: Vec<Line>,
}

/// Debits and credits differ in a source, or nothing is left to post.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("journal {} does not balance: {difference:?}", .kind.name())]
pub struct Unbalanced {
    kind: JournalKind,
    /// The first source that does not balance, and its debits less its credits; none when nothing is left to post.
    pub difference: Option<(i32, Decimal)>,
}

/// A journal being written. Lines on the same account, source and subject add up; zero lines drop out.
#[derive(Debug, Clone)]
pub struct Draft {
    posting: Posting,
    source: i32,
    subject: Option<Uuid>,
    sums: BTreeMap<(i32, Account, Option<Uuid>), Decimal>,
}

impl Posting {
    /// What its lines on some accounts come to: + in, − out.
    pub fn net(&self, on: impl Fn(&Account) -> bool) -> Decimal {
        self.lines.iter().filter(|line| on(&line.account)).map(|line| line.amount).sum()
    }

    /// What a general paper of it states: the sum of its debits. What stands off the balance sheet is no second amount and
    /// counts only where there is nothing else.
    pub fn total(&self, memorandum: impl Fn(&Account) -> bool) -> Decimal {
        let debits = |counts: &dyn Fn(&Account) -> bool| -> Decimal {
            let lines =
                self.lines.iter().filter(|line| line.amount.is_sign_positive() && counts(&line.account));
            lines.map(|line| line.amount).sum()
        };
        let on_balance = debits(&|account| !memorandum(account));
        if on_balance.is_zero() { debits(&|_| true) } else { on_balance }
    }

    /// Begins a journal.
    pub fn draft(
        journal_id: Uuid,
        kind: JournalKind,
        effective_on: NaiveDate,
        description: impl Into<String>,
    ) -> Draft {
        let description = description.into();
        let posting = Self {
            journal_id,
            effective_on,
            kind,
            description,
            actor: None,
            voucher: None,
            lines: Vec::new(),
        };
        Draft { posting, source: 0, subject: None, sums: BTreeMap::new() }
    }
}

impl Draft {
    /// The source of the lines that follow.
    #[must_use]
    pub const fn source(mut self, source: i32) -> Self {
        self.source = source;
        self
    }

    /// The subject of the lines that follow.
    #[must_use]
    pub const fn about(mut self, subject: Uuid) -> Self {
        self.subject = Some(subject);
        self
    }

    fn add(mut self, account: Account, amount: Decimal) -> Self {
        *self.sums.entry((self.source, account, self.subject)).or_default() += amount;
        self
    }

    /// Debits the account of a role, or a till.
    #[must_use]
    pub fn debit(self, account: impl Into<Account>, amount: Money) -> Self {
        self.add(account.into(), amount.amount())
    }

    /// Credits the account of a role, or a till.
    #[must_use]
    pub fn credit(self, account: impl Into<Account>, amount: Money) -> Self {
        self.add(account.into(), -amount.amount())
    }

    /// A line by account code: + debit, − credit.
    #[must_use]
    pub fn line(self, code: impl Into<String>, amount: Decimal) -> Self {
        self.add(Account::Code(code.into()), amount)
    }

    /// Who entered it, if not the person the transaction works for.
    #[must_use]
    pub const fn by(mut self, actor: Option<Uuid>) -> Self {
        self.posting.actor = actor;
        self
    }

    /// The paper.
    #[must_use]
    pub fn voucher(mut self, voucher: Voucher) -> Self {
        self.posting.voucher = Some(voucher);
        self
    }

    /// The journal, if each source balances and something is left.
    pub fn balanced(self) -> Result<Posting, Unbalanced> {
        let kind = self.posting.kind;
        let mut totals: BTreeMap<i32, Decimal> = BTreeMap::new();
        for ((source, ..), amount) in &self.sums {
            *totals.entry(*source).or_default() += amount;
        }
        if let Some((source, total)) = totals.iter().find(|(_, total)| !total.is_zero()) {
            return Err(Unbalanced { kind, difference: Some((*source, *total)) });
        }
        let lines: Vec<Line> = self
            .sums
            .into_iter()
            .filter(|(_, amount)| !amount.is_zero())
            .map(|((source, account, subject), amount)| Line { account, source, amount, subject })
            .collect();
        if lines.is_empty() {
            return Err(Unbalanced { kind, difference: None });
        }
        Ok(Posting { lines, ..self.posting })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft() -> Draft {
        let day = NaiveDate::from_ymd_opt(2026, 3, 2).unwrap();
        Posting::draft(Uuid::nil(), JournalKind::Manual, day, "thử").source(1)
    }

    fn money(text: &str) -> Money {
        text.parse().unwrap()
    }

    #[test]
    fn a_journal_balances_in_each_source_not_only_in_total() {
        let across =
            draft().debit(AccountRole::Cash, money("10")).source(2).credit(AccountRole::Capital, money("10"));
        assert_eq!(across.balanced().unwrap_err().difference, Some((1, Decimal::TEN)));
    }

    #[test]
    fn zero_lines_drop_out_and_equal_keys_add_up() {
        let posting = draft()
            .debit(AccountRole::Cash, money("10"))
            .credit(AccountRole::SupportIncome, Money::ZERO)
            .debit(AccountRole::Cash, money("5"))
            .credit(AccountRole::Capital, money("15"))
            .balanced()
            .unwrap();
        assert_eq!(posting.lines.len(), 2);
        assert_eq!(posting.lines[0].amount, Decimal::from(15));
    }

    #[test]
    fn a_journal_of_nothing_is_no_journal() {
        let nothing = draft().debit(AccountRole::Cash, money("10")).credit(AccountRole::Cash, money("10"));
        assert!(nothing.balanced().is_err());
    }

    #[test]
    fn what_stands_off_the_balance_sheet_is_no_part_of_the_total_unless_it_is_all() {
        let memorandum = |account: &Account| matches!(account, Account::Role(role) if role.is_memorandum());
        let memo = draft()
            .debit(AccountRole::UnpaidInterestInTerm, money("7"))
            .credit(AccountRole::MemoContra, money("7"));
        let both = memo
            .clone()
            .debit(AccountRole::Bank, money("60"))
            .debit(AccountRole::Cash, money("40"))
            .credit(AccountRole::Capital, money("100"));
        assert_eq!(both.balanced().unwrap().total(memorandum), Decimal::from(100));
        assert_eq!(memo.balanced().unwrap().total(memorandum), Decimal::from(7));
    }

    #[test]
    fn the_net_of_an_account_is_over_all_sources() {
        let posting = draft()
            .debit(AccountRole::Cash, money("30"))
            .credit(AccountRole::Capital, money("30"))
            .source(2)
            .credit(AccountRole::Cash, money("50"))
            .debit(AccountRole::Capital, money("50"))
            .balanced()
            .unwrap();
        let cash = |account: &Account| *account == Account::Role(AccountRole::Cash);
        assert_eq!(posting.net(cash), Decimal::from(-20));
    }

    #[test]
    fn a_line_names_its_account_by_role_or_by_code() {
        let posting =
            draft().debit(AccountRole::Cash, money("7")).line("4318", Decimal::from(-7)).balanced().unwrap();
        let json = serde_json::to_value(&posting.lines).unwrap();
        assert_eq!(
            json,
            serde_json::json!([
                {"role": "cash", "source": 1, "amount": "7"},
                {"account": "4318", "source": 1, "amount": "-7"},
            ])
        );
    }
}
