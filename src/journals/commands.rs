//! Writing: capital, transfers, reversals. What is sensitive waits for the approver.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::access::Work;
use crate::approvals::{self, Approval, Ask, Command};
use crate::books::not_in_future;
use crate::db::Conn;
use crate::domain::books::account_role::AccountRole;
use crate::domain::books::journal_kind::{JournalKind, Owner};
use crate::domain::books::posting::{Posting, Voucher, VoucherKind};
use crate::domain::books::recipes::{self, FIRST_BOOK, Movement, Till};
use crate::domain::values::money::PositiveMoney;
use crate::domain::values::text::{Name, Note};
use crate::ledger::journals::Journal;
use crate::ledger::{self, PostError, Posted, chart, sources, tills};
use crate::problem::{Kind, Problem};
use crate::text;

/// Capital that comes from its giver or goes back there.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CapitalMovement {
    /// The day it counts; not after today.
    pub on: NaiveDate,
    /// đồng.
    pub amount: PositiveMoney,
    /// Cash box or bank.
    pub till: Till,
    /// Who gives it, or gets it back.
    pub party: Name,
    /// Their address.
    pub address: Name,
    /// The decision, contract or bank advice.
    pub document_no: Option<Name>,
    /// How many original papers are attached.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 999)]
    pub attachments: u16,
}

/// Money carried between two tills.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Transfer {
    /// The day it counts; not after today.
    pub on: NaiveDate,
    /// Whose money: a source of the unit.
    pub source: i32,
    /// đồng.
    pub amount: PositiveMoney,
    /// Where it was.
    pub from: Till,
    /// Where it goes; when not said, to the unit's first choice of the other kind.
    pub to: Option<Till>,
    /// Who carries it.
    pub party: Name,
    /// Their address.
    pub address: Name,
}

/// Whose the savings of groups are.
const SAVINGS_BANK: &str = "Ngân hàng Chính sách xã hội";

/// Savings of members, carried to the bank that they belong to.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SavingsHandover {
    /// The day it counts; not after today.
    pub on: NaiveDate,
    /// The source whose cash or bank they lie with.
    pub source_id: i32,
    /// đồng: at most what is held on that day, and since.
    pub amount: PositiveMoney,
    /// Where they were.
    pub till: Till,
    /// Who takes them for the bank; the bank itself when not said.
    pub party: Option<Name>,
    /// Their address.
    pub address: Option<Name>,
    /// The bank's receipt or list.
    pub document_no: Option<Name>,
}

/// How a journal is reversed.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reversal {
    /// The day the reversal counts: in an open period, not before its journal, not after today.
    pub on: NaiveDate,
    /// Why.
    pub reason: Note,
}

async fn insist_source(conn: &mut Conn, unit: i32, source: i32) -> Result<(), Problem> {
    sources::find(conn, unit, source).await?.map(drop).ok_or_else(|| Kind::NotFound.bare())
}

pub(super) fn some_papers(attachments: u16, field: &str) -> Result<(), Problem> {
    if attachments > 999 {
        return Err(Problem::field(field, text!("Từ 0 đến 999", "From 0 to 999")));
    }
    Ok(())
}

impl CapitalMovement {
    fn check(&self, work: &Work<'_>) -> Result<(), Problem> {
        not_in_future(work, self.on, "/on")?;
        some_papers(self.attachments, "/attachments")
    }

    fn movement(&self, work: &Work<'_>, source: i32, what: &str) -> Movement {
        let under = self.document_no.as_ref().map(|no| format!(" theo {no}")).unwrap_or_default();
        Movement {
            journal_id: work.clock.new_id(),
            on: self.on,
            description: format!("{what} {}{under}", self.party),
            source,
            amount: self.amount.money(),
        }
    }

    fn paper(&self, kind: VoucherKind, content: &str) -> Voucher {
        Voucher {
            book: FIRST_BOOK.to_owned(),
            kind,
            party: self.party.to_string(),
            address: self.address.to_string(),
            content: content.to_owned(),
            amount: self.amount.money(),
            attachments: self.attachments.try_into().unwrap_or(i16::MAX),
        }
    }

    async fn received(&self, conn: &mut Conn, work: &Work<'_>, source: i32) -> Result<Posting, Problem> {
        insist_source(conn, work.unit, source).await?;
        let movement = self.movement(work, source, "Nhận vốn của");
        let paper = self.paper(self.till.paper_in(), &movement.description);
        Ok(recipes::capital_received(movement, self.till, paper)?)
    }

    async fn returned(&self, conn: &mut Conn, work: &Work<'_>, source: i32) -> Result<Posting, Problem> {
        insist_source(conn, work.unit, source).await?;
        let movement = self.movement(work, source, "Hoàn trả vốn cho");
        let paper = self.paper(self.till.paper_out(), &movement.description);
        Ok(recipes::capital_returned(movement, self.till, paper)?)
    }
}

impl Transfer {
    fn to(&self) -> Till {
        self.to.unwrap_or_else(|| self.from.other_kind())
    }

    /// Refuses a till that is none on that day, and one that gives to itself.
    async fn check(&self, conn: &mut Conn, work: &Work<'_>) -> Result<(), Problem> {
        not_in_future(work, self.on, "/on")?;
        let from = tills::account(&mut *conn, work.unit, self.from, self.on).await?;
        let to = tills::account(conn, work.unit, self.to(), self.on).await?;
        if from.is_some() && from == to {
            let why = text!("Nơi chuyển đi và nơi chuyển đến là một", "The money comes from where it goes");
            return Err(Problem::field("/to", why));
        }
        Ok(())
    }

    fn posting(&self, work: &Work<'_>) -> Result<Posting, Problem> {
        let to = self.to();
        let (what, kind) = match (self.from.is_cash(), to.is_cash()) {
            (true, false) => ("Nộp tiền mặt vào tài khoản", VoucherKind::Payment),
            (false, true) => ("Rút tiền gửi về nhập quỹ", VoucherKind::Receipt),
            // The box that gives pays it out by a numbered paper, which the book of the other cites too.
            (true, true) => ("Chuyển tiền giữa hai quỹ tiền mặt", VoucherKind::Payment),
            (false, false) => ("Chuyển tiền giữa hai tài khoản ngân hàng", VoucherKind::General),
        };
        let description = format!("{what}: {}", self.party);
        let paper = Voucher {
            book: FIRST_BOOK.to_owned(),
            kind,
            party: self.party.to_string(),
            address: self.address.to_string(),
            content: description.clone(),
            amount: self.amount.money(),
            attachments: 0,
        };
        let (journal_id, source) = (work.clock.new_id(), self.source);
        let movement = Movement { journal_id, on: self.on, description, source, amount: self.amount.money() };
        Ok(recipes::transfer_between_accounts(movement, (self.from, to), paper)?)
    }
}

impl SavingsHandover {
    fn posting(&self, work: &Work<'_>) -> Result<Posting, Problem> {
        let under = self.document_no.as_ref().map(|no| format!(" theo {no}")).unwrap_or_default();
        let party = self.party.as_ref().map_or(SAVINGS_BANK, Name::as_str);
        let description = format!("Nộp tiền gửi tiết kiệm của tổ viên cho {party}{under}");
        let amount = self.amount.money();
        let paper = Voucher {
            book: FIRST_BOOK.to_owned(),
            kind: self.till.paper_out(),
            party: party.to_owned(),
            address: self.address.as_ref().map(Name::to_string).unwrap_or_default(),
            content: description.clone(),
            amount,
            attachments: 0,
        };
        let (journal_id, source) = (work.clock.new_id(), self.source_id);
        let movement = Movement { journal_id, on: self.on, description, source, amount };
        Ok(recipes::savings_handed_over(movement, self.till, paper)?)
    }
}

pub(super) async fn only_one(conn: &mut Conn, unit: i32, posting: Posting) -> Result<Posted, Problem> {
    let posted = ledger::post(conn, unit, &[posting]).await?;
    posted.into_iter().next().ok_or_else(|| Problem::internal(anyhow::anyhow!("one posting gave no journal")))
}

pub(super) async fn rehearsed(conn: &mut Conn, unit: i32, posting: Posting) -> Result<Journal, Problem> {
    let written = ledger::rehearse(conn, unit, &[posting]).await?;
    written
        .into_iter()
        .next()
        .ok_or_else(|| Problem::internal(anyhow::anyhow!("one posting gave no journal")))
}

/// Records capital received into a source.
pub async fn receive(
    conn: &mut Conn,
    work: &Work<'_>,
    source: i32,
    body: &CapitalMovement,
) -> Result<Journal, Problem> {
    body.check(work)?;
    let posting = body.received(&mut *conn, work, source).await?;
    let posted = only_one(&mut *conn, work.unit, posting).await?;
    super::read::show(conn, work.unit, posted.journal_no).await
}

/// What [`receive`] would write.
pub async fn preview_receipt(
    conn: &mut Conn,
    work: &Work<'_>,
    source: i32,
    body: &CapitalMovement,
) -> Result<Journal, Problem> {
    body.check(work)?;
    let posting = body.received(&mut *conn, work, source).await?;
    rehearsed(conn, work.unit, posting).await
}

/// Records money carried between two tills.
pub async fn transfer(conn: &mut Conn, work: &Work<'_>, body: &Transfer) -> Result<Journal, Problem> {
    body.check(&mut *conn, work).await?;
    let posted = only_one(&mut *conn, work.unit, body.posting(work)?).await?;
    super::read::show(conn, work.unit, posted.journal_no).await
}

/// Records savings of members handed over to the bank. The books refuse more than is held.
pub async fn hand_over_savings(
    conn: &mut Conn,
    work: &Work<'_>,
    body: &SavingsHandover,
) -> Result<Journal, Problem> {
    not_in_future(work, body.on, "/on")?;
    if !chart::has_role(&mut *conn, work.unit, AccountRole::MemberSavings).await? {
        return Err(Kind::WrongState.saying(text!(
            "Hệ thống tài khoản của đơn vị không có tài khoản tiền gửi thu hộ của tổ viên.",
            "The unit's chart has no account for savings collected for the bank."
        )));
    }
    let posted = only_one(&mut *conn, work.unit, body.posting(work)?).await?;
    super::read::show(conn, work.unit, posted.journal_no).await
}

/// A command about a source, as it waits.
#[derive(Debug, Serialize, Deserialize)]
struct OfSource<T> {
    source: i32,
    what: T,
}

/// A command about a journal, as it waits.
#[derive(Debug, Serialize, Deserialize)]
struct OfJournal<T> {
    journal_no: i64,
    what: T,
}

/// Asks for capital to be given back.
pub async fn ask_return(
    conn: &mut Conn,
    work: &Work<'_>,
    source: i32,
    body: &CapitalMovement,
) -> Result<Approval, Problem> {
    preview_return(&mut *conn, work, source, body).await?;
    let till = tills::fixed(&mut *conn, work.unit, body.till, body.on).await?;
    let body = CapitalMovement { till, ..body.clone() };
    let (amount, party, on) = (body.amount, &body.party, body.on);
    let summary = text!("Hoàn trả {amount} đồng của nguồn vốn {source} cho {party}, ngày {on}", "Return {amount} đồng of source {source} to {party} on {on}"; amount, on);
    let body = serde_json::to_value(OfSource { source, what: body }).map_err(Problem::internal)?;
    approvals::ask(conn, work, Ask { command: Command::ReturnCapital, subject: None, body, summary }).await
}

/// What giving capital back would write.
pub async fn preview_return(
    conn: &mut Conn,
    work: &Work<'_>,
    source: i32,
    body: &CapitalMovement,
) -> Result<Journal, Problem> {
    body.check(work)?;
    let posting = body.returned(&mut *conn, work, source).await?;
    rehearsed(conn, work.unit, posting).await
}

/// Gives capital back, once approved.
pub async fn execute_return(conn: &mut Conn, work: &Work<'_>, body: Value) -> Result<Value, Problem> {
    let mut command: OfSource<CapitalMovement> = serde_json::from_value(body).map_err(Problem::internal)?;
    command.what.till = tills::as_asked(&mut *conn, work.unit, command.what.till).await?;
    let posting = command.what.returned(&mut *conn, work, command.source).await?;
    outcome(&only_one(conn, work.unit, posting).await?)
}

pub(super) fn outcome(posted: &Posted) -> Result<Value, Problem> {
    serde_json::to_value(posted).map_err(Problem::internal)
}

/// A journal that may be reversed here: one that is the accountant's. The books themselves refuse a reversal.
async fn reversible(conn: &mut Conn, unit: i32, journal_no: i64) -> Result<Journal, Problem> {
    let journal = super::read::show(conn, unit, journal_no).await?;
    let kind = &journal.head.kind;
    let unknown = || Problem::internal(anyhow::anyhow!("there is no kind of journal {kind}"));
    let kind = JournalKind::of_name(kind).ok_or_else(unknown)?;
    if let Some(instead) = kind.owner().instead().filter(|_| kind != JournalKind::Reversal) {
        return Err(Kind::WrongState.saying(instead));
    }
    match journal.head.reversed_by {
        Some(by) => {
            Err(Kind::AlreadyReversed
                .saying(text!("Đã đảo bằng bút toán {by}.", "Journal {by} reversed it.")))
        }
        None => Ok(journal),
    }
}

/// What a reversal would write.
pub async fn preview_reversal(
    conn: &mut Conn,
    work: &Work<'_>,
    journal_no: i64,
    body: &Reversal,
) -> Result<Journal, Problem> {
    not_in_future(work, body.on, "/on")?;
    reversible(&mut *conn, work.unit, journal_no).await?;
    let reversal = body.as_posted(work);
    ledger::rehearse_reversal(conn, work.unit, journal_no, reversal)
        .await?
        .ok_or_else(|| PostError::UnknownJournal.into())
}

impl Reversal {
    fn as_posted(&self, work: &Work<'_>) -> ledger::Reversal<'_> {
        ledger::Reversal {
            journal_id: work.clock.new_id(),
            effective_on: self.on,
            reason: self.reason.as_str(),
            owner: Owner::Accountant,
        }
    }
}

/// Asks for a journal to be reversed.
pub async fn ask_reversal(
    conn: &mut Conn,
    work: &Work<'_>,
    journal_no: i64,
    body: &Reversal,
) -> Result<Approval, Problem> {
    preview_reversal(&mut *conn, work, journal_no, body).await?;
    let journal = super::read::show(&mut *conn, work.unit, journal_no).await?;
    let (amount, on, reason) = (journal.head.amount, body.on, &body.reason);
    let summary = text!("Đảo bút toán {journal_no} ({amount} đồng) vào ngày {on}: {reason}", "Reverse journal {journal_no} ({amount} đồng) on {on}: {reason}"; amount, on);
    let body = serde_json::to_value(OfJournal { journal_no, what: body }).map_err(Problem::internal)?;
    let subject = Some(journal.head.journal_id);
    approvals::ask(conn, work, Ask { command: Command::ReverseJournal, subject, body, summary }).await
}

/// Reverses a journal, once approved.
pub async fn execute_reversal(conn: &mut Conn, work: &Work<'_>, body: Value) -> Result<Value, Problem> {
    let command: OfJournal<Reversal> = serde_json::from_value(body).map_err(Problem::internal)?;
    reversible(&mut *conn, work.unit, command.journal_no).await?;
    outcome(&ledger::reverse(conn, work.unit, command.journal_no, command.what.as_posted(work)).await?)
}
