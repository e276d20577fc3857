//! The accountant's own journals, with their papers. They wait for the approver.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::commands::{only_one, outcome, rehearsed, some_papers};
use crate::access::Work;
use crate::approvals::{self, Approval, Ask, Command};
use crate::books::not_in_future;
use crate::db::Conn;
use crate::domain::books::account::AccountCode;
use crate::domain::books::posting::{Posting, Voucher, VoucherKind};
use crate::domain::books::recipes::{self, FIRST_BOOK};
use crate::domain::values::money::{Money, PositiveMoney};
use crate::domain::values::text::{Name, Note};
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
    /// Its paper: a phiếu kế toán when not said.
    #[serde(default)]
    pub paper: ManualPaper,
}

/// The paper of a manual journal.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ManualPaper {
    /// Which form.
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

    /// The paper states the total of the debits.
    fn voucher(&self) -> Result<Voucher, Problem> {
        let debits =
            self.lines.iter().filter(|line| line.side == Side::Debit).map(|line| line.amount.money());
        let ManualPaper { kind, party, address, attachments } = &self.paper;
        let too_much = || Problem::field("/lines", text!("Tổng quá lớn", "The total is too large"));
        let named = |name: &Option<Name>| name.as_ref().map(Name::to_string).unwrap_or_default();
        Ok(Voucher {
            book: FIRST_BOOK.to_owned(),
            kind: kind.voucher(),
            party: named(party),
            address: named(address),
            content: self.description.to_string(),
            amount: Money::sum(debits).map_err(|_| too_much())?,
            attachments: (*attachments).try_into().unwrap_or(i16::MAX),
        })
    }

    fn posting(&self, work: &Work<'_>) -> Result<Posting, Problem> {
        let signed = |line: &ManualLine| match line.side {
            Side::Debit => line.amount.amount(),
            Side::Credit => -line.amount.amount(),
        };
        let lines =
            self.lines.iter().map(|line| (line.account.to_string(), line.source, signed(line))).collect();
        let (id, description) = (work.clock.new_id(), self.description.to_string());
        recipes::manual(id, self.on, description, lines, self.voucher()?).map_err(|why| {
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

impl ManualForm {
    const fn voucher(self) -> VoucherKind {
        match self {
            Self::General => VoucherKind::General,
            Self::Receipt => VoucherKind::Receipt,
            Self::Payment => VoucherKind::Payment,
        }
    }
}

impl ManualPaper {
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
    let written = rehearsed(&mut *conn, work.unit, body.posting(work)?).await;
    match written {
        Err(problem) if problem.kind == Kind::UnknownAccount => {
            Err(body.unknown_place(conn, work.unit).await?.unwrap_or(problem))
        }
        written => written,
    }
}

/// Posts a manual journal, once approved.
pub async fn execute_manual(conn: &mut Conn, work: &Work<'_>, body: Value) -> Result<Value, Problem> {
    let body: ManualJournal = serde_json::from_value(body).map_err(Problem::internal)?;
    outcome(&only_one(conn, work.unit, body.posting(work)?).await?)
}
