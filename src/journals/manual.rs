//! The accountant's own journals, with their papers. They wait for the approver.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::commands::{only_one, outcome, rehearsed, some_papers};
use crate::access::Work;
use crate::approvals::{self, Approval, Ask, Command};
use crate::books::not_in_future;
use crate::db::Conn;
use crate::domain::books::account::AccountCode;
use crate::domain::books::posting::{Account, Posting, Voucher, VoucherKind};
use crate::domain::books::recipes::{self, FIRST_BOOK};
use crate::domain::values::language::Text;
use crate::domain::values::money::{Money, PositiveMoney};
use crate::domain::values::text::{Name, Note};
use crate::ledger::chart::{self, Standing};
use crate::ledger::journals::Journal;
use crate::ledger::places::{self, Closed};
use crate::problem::{FieldError, Kind, Problem};
use crate::text;

/// The most lines of a manual journal.
const MOST_LINES: usize = 200;

/// On which side of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Nợ.
    Debit,
    /// Có.
    Credit,
}

/// A line of a manual journal.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ManualLine {
    /// Code of an account that takes lines.
    pub account: AccountCode,
    /// Whose money: a source of the unit.
    pub source: i32,
    /// Nợ or Có.
    pub side: Side,
    /// đồng, above zero.
    pub amount: PositiveMoney,
}

/// A journal of the accountant's own; balances in each source.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ManualJournal {
    /// The day it counts; not after today.
    pub on: NaiveDate,
    /// Diễn giải.
    pub description: Note,
    /// 2 to 200 lines.
    #[schema(min_items = 2, max_items = 200)]
    pub lines: Vec<ManualLine>,
    /// Its paper: a phiếu kế toán when not said, which is due only where no cash moves.
    #[serde(default)]
    pub paper: ManualPaper,
}

/// The paper of a manual journal.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ManualPaper {
    /// Which form: a receipt or payment for cash in or out, net; else a general voucher. No other is taken.
    #[serde(default)]
    pub kind: ManualForm,
    /// Who pays or receives; a receipt and a payment name them.
    pub party: Option<Name>,
    /// Their address.
    pub address: Option<Name>,
    /// How many original papers are attached.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 999)]
    pub attachments: u16,
}

/// The forms a manual journal may have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ManualForm {
    /// Phiếu kế toán.
    #[default]
    General,
    /// Phiếu thu.
    Receipt,
    /// Phiếu chi.
    Payment,
}

impl ManualJournal {
    fn check(&self, work: &Work<'_>) -> Result<(), Problem> {
        not_in_future(work, self.on, "/on")?;
        self.paper.check()?;
        if !(2..=MOST_LINES).contains(&self.lines.len()) {
            return Err(Problem::field(
                "/lines",
                text!("Từ 2 đến {MOST_LINES} dòng", "From 2 to {MOST_LINES} lines"),
            ));
        }
        Ok(())
    }

    /// The journal without its paper.
    fn lines(&self, work: &Work<'_>) -> Result<Posting, Problem> {
        let signed = |line: &ManualLine| match line.side {
            Side::Debit => line.amount.amount(),
            Side::Credit => -line.amount.amount(),
        };
        let lines =
            self.lines.iter().map(|line| (line.account.to_string(), line.source, signed(line))).collect();
        recipes::manual(work.clock.new_id(), self.on, self.description.to_string(), lines).map_err(|why| {
            Kind::Unbalanced.saying(if let Some((source, difference)) = why.difference {
                let difference = difference.abs();
                text!(
                    "Nguồn vốn {source}: Nợ và Có lệch nhau {difference} đồng.",
                    "Source {source}: debits and credits differ by {difference} đồng.";
                    difference
                )
            } else {
                text!(
                    "Các dòng triệt tiêu nhau, không còn gì để ghi.",
                    "The lines cancel each other out: nothing is left to post."
                )
            })
        })
    }

    /// The journal, if its paper says what it does to the cash box.
    async fn posting(&self, conn: &mut Conn, work: &Work<'_>) -> Result<Posting, Problem> {
        let mut posting = self.lines(work)?;
        self.insist_nature(&mut *conn, work.unit).await?;
        let codes: Vec<String> =
            posting.lines.iter().filter_map(|line| code(&line.account)).cloned().collect();
        let standing = chart::standing(conn, work.unit, &codes).await?;
        posting.voucher = Some(self.paper.of(&posting, &standing)?);
        Ok(posting)
    }

    /// Refuses capital of one nature on the account of another.
    async fn insist_nature(&self, conn: &mut Conn, unit: i32) -> Result<(), Problem> {
        let accounts: Vec<&str> = self.lines.iter().map(|line| line.account.as_str()).collect();
        let sources: Vec<i32> = self.lines.iter().map(|line| line.source).collect();
        let mixed = places::first_of_another_nature(conn, unit, (&accounts, &sources)).await?;
        mixed.map_or(Ok(()), |(n, code)| {
            Err(Problem::field(
                format!("/lines/{n}/account"),
                text!(
                    "Vốn của nguồn này ghi ở tài khoản {code} theo bản chất của nó; vốn khác bản chất không ghi lẫn",
                    "The capital of this source stands on account {code} by its nature; natures are not mixed"
                ),
            ))
        })
    }

    /// Names the first line that the books do not take.
    async fn unknown_place(&self, conn: &mut Conn, unit: i32) -> Result<Option<Problem>, Problem> {
        let accounts: Vec<&str> = self.lines.iter().map(|line| line.account.as_str()).collect();
        let sources: Vec<i32> = self.lines.iter().map(|line| line.source).collect();
        let closed = places::first_closed(conn, unit, (&accounts, &sources), self.on).await?;
        Ok(closed.and_then(|(n, closed)| {
            let ManualLine { account, source, .. } = self.lines.get(n)?;
            let (field, detail) = match closed {
                Closed::Account => (
                    "account",
                    text!(
                        "Tài khoản {account} không có trong sổ, hoặc là tài khoản tổng hợp không nhận bút toán",
                        "Account {account} is not in the book, or is a heading that takes no lines"
                    ),
                ),
                Closed::Source => (
                    "source",
                    text!(
                        "Nguồn vốn {source} không có trong sổ, hoặc đã đóng vào ngày này",
                        "Source {source} is not in the book, or is closed on that day"
                    ),
                ),
            };
            let wrong = FieldError { pointer: format!("/lines/{n}/{field}"), detail };
            Some(Problem { fields: vec![wrong], ..Kind::UnknownAccount.bare() })
        }))
    }
}

fn code(account: &Account) -> Option<&String> {
    match account {
        Account::Code(code) => Some(code),
        Account::Role(_) | Account::Till(_) => None,
    }
}

impl ManualForm {
    /// The form that is due to a journal: the cashier's for cash that came in or went out, net of what went through.
    const fn due(cash: Decimal) -> Self {
        match (cash.is_zero(), cash.is_sign_negative()) {
            (true, _) => Self::General,
            (_, false) => Self::Receipt,
            (_, true) => Self::Payment,
        }
    }

    /// Why this form is due.
    fn why(self, amount: Money) -> Text {
        match self {
            Self::General => text!(
                "Bút toán này không làm tăng giảm tiền mặt: chứng từ phải là phiếu kế toán (general)",
                "The journal moves no cash: its paper is a general voucher (general)"
            ),
            Self::Receipt => text!(
                "Bút toán này thu {amount} đồng tiền mặt: chứng từ phải là phiếu thu (receipt)",
                "The journal brings in {amount} đồng of cash: its paper is a receipt (receipt)";
                amount
            ),
            Self::Payment => text!(
                "Bút toán này chi {amount} đồng tiền mặt: chứng từ phải là phiếu chi (payment)",
                "The journal pays out {amount} đồng of cash: its paper is a payment (payment)";
                amount
            ),
        }
    }

    const fn voucher(self) -> VoucherKind {
        match self {
            Self::General => VoucherKind::General,
            Self::Receipt => VoucherKind::Receipt,
            Self::Payment => VoucherKind::Payment,
        }
    }
}

impl ManualPaper {
    /// The paper of a journal: of the cash that it moves, or of its total where it moves none.
    fn of(&self, posting: &Posting, accounts: &Standing) -> Result<Voucher, Problem> {
        let among = |codes: &BTreeSet<String>, account: &Account| {
            code(account).is_some_and(|code| codes.contains(code))
        };
        let cash = posting.net(|account| among(&accounts.cash, account));
        let total = posting.total(|account| among(&accounts.memorandum, account));
        let stated = if cash.is_zero() { total } else { cash.abs() };
        let too_much = |_| Problem::field("/lines", text!("Tổng quá lớn", "The total is too large"));
        let amount = Money::vnd(stated).map_err(too_much)?;
        let due = ManualForm::due(cash);
        if self.kind != due {
            return Err(Problem::field("/paper/kind", due.why(amount)));
        }
        let named = |name: &Option<Name>| name.as_ref().map(Name::to_string).unwrap_or_default();
        Ok(Voucher {
            book: FIRST_BOOK.to_owned(),
            kind: due.voucher(),
            party: named(&self.party),
            address: named(&self.address),
            content: posting.description.clone(),
            amount,
            attachments: self.attachments.try_into().unwrap_or(i16::MAX),
        })
    }

    fn check(&self) -> Result<(), Problem> {
        some_papers(self.attachments, "/paper/attachments")?;
        if self.kind != ManualForm::General && self.party.is_none() {
            return Err(Problem::field(
                "/paper/party",
                text!(
                    "Phiếu thu, phiếu chi ghi rõ người nộp, người nhận",
                    "A receipt or payment names its party"
                ),
            ));
        }
        Ok(())
    }
}

/// Asks for a manual journal. Refused at once if the books would refuse it.
pub async fn ask_manual(conn: &mut Conn, work: &Work<'_>, body: &ManualJournal) -> Result<Approval, Problem> {
    let journal = preview_manual(&mut *conn, work, body).await?;
    let (amount, on, description) = (journal.head.amount, body.on, &body.description);
    let summary = text!(
        "Ghi bút toán {amount} đồng ngày {on}: {description}",
        "Post {amount} đồng on {on}: {description}";
        amount, on
    );
    let body = serde_json::to_value(body).map_err(Problem::internal)?;
    approvals::ask(conn, work, Ask { command: Command::PostJournal, subject: None, body, summary }).await
}

/// What a manual journal would write.
pub async fn preview_manual(
    conn: &mut Conn,
    work: &Work<'_>,
    body: &ManualJournal,
) -> Result<Journal, Problem> {
    body.check(work)?;
    if let Some(unknown) = body.unknown_place(&mut *conn, work.unit).await? {
        return Err(unknown);
    }
    let posting = body.posting(&mut *conn, work).await?;
    rehearsed(conn, work.unit, posting).await
}

/// Posts a manual journal, once approved.
pub async fn execute_manual(conn: &mut Conn, work: &Work<'_>, body: Value) -> Result<Value, Problem> {
    let body: ManualJournal = serde_json::from_value(body).map_err(Problem::internal)?;
    let posting = body.posting(&mut *conn, work).await?;
    outcome(&only_one(conn, work.unit, posting).await?)
}
