//! An agreement with everything that happened to it.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::store;
use crate::db::Conn;
use crate::domain::books::posting::{Posting, Voucher, VoucherKind};
use crate::domain::books::recipes::{FIRST_BOOK, Till};
use crate::domain::support::recipes::Movement;
use crate::domain::support::{Change, Entry, Event, History, Standing, State, Terms};
use crate::domain::values::money::{Money, MoneyError};
use crate::domain::values::total::Total;
use crate::http::page::Page;
use crate::ledger::Posted;
use crate::problem::{Kind, Problem};

/// Where an agreement is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Signed, not paid out.
    Signed,
    /// Paid out, something is owed.
    Running,
    /// Nothing is owed any more.
    Settled,
    /// Given up before the payout.
    Cancelled,
}

impl Status {
    /// As stored.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Signed => "signed",
            Self::Running => "running",
            Self::Settled => "settled",
            Self::Cancelled => "cancelled",
        }
    }
}

/// The contract with a household.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Agreement {
    /// Public id: the subject of its journals.
    pub agreement_id: Uuid,
    /// Number of the contract, without gaps in the unit and year.
    pub contract: String,
    /// The request it answers.
    pub request_id: Uuid,
    /// The project.
    pub project_id: Uuid,
    /// The household.
    pub household_id: Uuid,
    /// Who signed.
    pub party: String,
    /// Their address.
    pub address: String,
    /// Whose money.
    pub source_id: i32,
    /// The source recovered capital goes to, if not back to `source_id`.
    pub recovers_into: Option<i32>,
    /// What is supported.
    pub content: String,
    /// What is given.
    pub given: Money,
    /// What must come back of it.
    pub to_return: Money,
    /// The terms as they were at signing.
    pub terms: Terms,
    /// Day of the contract.
    pub signed_on: NaiveDate,
    /// The approver.
    pub decided_by: Uuid,
}

/// An event of an agreement, as it is shown.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Happened {
    /// Public id.
    pub event_id: Uuid,
    /// Order of entry, from 1.
    pub event_no: i32,
    /// `paid_out`, repaid, lost, reversed, adjusted, rescheduled, refunded or cancelled.
    pub kind: String,
    /// The day it counts.
    pub effective_on: NaiveDate,
    /// Money that changed hands.
    pub amount: Money,
    /// Change of the capital given back.
    pub principal: Total,
    /// Change of the interest paid.
    pub interest: Total,
    /// Change of what is kept for the household.
    pub surplus: Total,
    /// Change of the capital written off.
    pub lost: Total,
    /// What it takes back, or the repayment it divides again.
    pub of_event_id: Option<Uuid>,
    /// Its journal.
    pub journal_no: Option<i64>,
    /// The decision that writes capital off.
    pub decision_no: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// When it was entered.
    pub recorded_at: DateTime<Utc>,
    /// By whom.
    pub actor_id: Option<Uuid>,
}

/// An agreement with its state, schedule and events as of a day.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Shown {
    /// The contract.
    #[serde(flatten)]
    pub agreement: Agreement,
    /// Where it is in its life on the day.
    pub status: Status,
    /// Where it stands.
    pub state: State,
    /// What happened up to the day, in the order of entry.
    pub events: Vec<Happened>,
    /// Address of its journals.
    pub journals: String,
}

/// An agreement in a list, as of today.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Listed {
    /// Public id.
    pub agreement_id: Uuid,
    /// Number of the contract.
    pub contract: String,
    /// The project.
    pub project_id: Uuid,
    /// The household.
    pub household_id: Uuid,
    /// Who signed.
    pub party: String,
    /// Whose money.
    pub source_id: i32,
    /// What was given.
    pub given: Money,
    /// What must come back.
    pub to_return: Money,
    /// signed, running, settled or cancelled.
    pub status: String,
    /// Day of the payout.
    pub handed_over_on: Option<NaiveDate>,
    /// Capital given back.
    pub recovered: Money,
    /// Capital still with the household.
    pub outstanding: Money,
    /// Kept for the household.
    pub surplus: Money,
    /// Capital written off and not recovered since.
    pub lost: Money,
    /// Day of the first part that is not met.
    pub next_due_on: Option<NaiveDate>,
    /// Last due day.
    pub final_due_on: Option<NaiveDate>,
    /// Whether a part is past its day, grace included.
    pub overdue: bool,
}

/// Which agreements to list.
#[derive(Debug, Default)]
pub struct Wanted {
    /// In this stage.
    pub status: Option<Status>,
    /// Overdue on this day.
    pub overdue_on: Option<NaiveDate>,
    /// Of this household.
    pub household: Option<Uuid>,
    /// Of this project.
    pub project: Option<Uuid>,
    /// After this one.
    pub after: Option<Uuid>,
}

/// An agreement in hand: its history grows as events are added, before they are stored.
#[derive(Debug, Clone)]
pub struct Case {
    pub agreement: Agreement,
    pub history: History,
    pub cancelled: bool,
    /// Where the money of each repayment went.
    pub tills: BTreeMap<Uuid, Till>,
}

/// An event to be stored. Its journal has no number until the ledger gives it one.
#[derive(Debug, Clone)]
pub struct Record {
    pub agreement: Uuid,
    pub entry: Entry,
    pub amount: Money,
    pub till: Option<Till>,
    pub decision_no: Option<String>,
    pub reason: Option<String>,
    pub actor: Option<Uuid>,
    pub journal: Option<Uuid>,
    pub journal_no: Option<i64>,
}

/// What a command wants written: events in order, and the journals some of them have.
#[derive(Debug, Default)]
pub struct Writing {
    pub records: Vec<Record>,
    pub postings: Vec<Posting>,
}

impl Writing {
    /// Gives the events the numbers of their journals.
    pub fn posted(&mut self, posted: &[Posted]) {
        for record in &mut self.records {
            let number = posted.iter().find(|p| Some(p.journal_id) == record.journal).map(|p| p.journal_no);
            record.journal_no = number.or(record.journal_no);
        }
    }
}

impl From<MoneyError> for Problem {
    /// Sums that leave the range of money are a fault of ours: amounts are checked at the door.
    fn from(error: MoneyError) -> Self {
        Self::internal(error)
    }
}

impl Case {
    /// Where it is in its life on a day.
    pub fn status(&self, standing: &Standing) -> Status {
        match self.history.payout(standing.as_of) {
            _ if self.cancelled => Status::Cancelled,
            Some(_) if standing.settled => Status::Settled,
            Some(_) => Status::Running,
            None => Status::Signed,
        }
    }

    /// Where it stands after everything that was entered.
    pub fn latest(&self) -> Result<Standing, MoneyError> {
        self.history.standing(self.history.last_day().unwrap_or(self.agreement.signed_on))
    }

    /// Adds an event; what is stored of it.
    pub fn record(&mut self, entry: Entry, amount: Money) -> Record {
        self.history.entries.push(entry.clone());
        Record {
            agreement: self.agreement.agreement_id,
            entry,
            amount,
            till: None,
            decision_no: None,
            reason: None,
            actor: None,
            journal: None,
            journal_no: None,
        }
    }

    /// Writes down how an entered repayment was divided.
    pub fn settle(&mut self, divided: &Entry) {
        if let Some(entry) = self.history.entries.iter_mut().find(|e| e.id == divided.id) {
            entry.change = divided.change;
        }
    }

    /// The next entry.
    pub fn entry(&self, id: Uuid, on: NaiveDate, event: Event, change: Change) -> Entry {
        Entry { id, no: self.history.next_no(), on, event, change }
    }

    /// What its journals have in common.
    pub fn movement(&self, journal_id: Uuid, on: NaiveDate, till: Till, what: &str) -> Movement {
        let Agreement { contract, party, .. } = &self.agreement;
        Movement {
            journal_id,
            on,
            agreement: self.agreement.agreement_id,
            source: self.agreement.source_id,
            recovers_into: self.agreement.recovers_into,
            till,
            description: format!("{what}, hợp đồng {contract}, {party}"),
        }
    }

    /// The paper of one of its journals.
    pub fn paper(&self, kind: VoucherKind, amount: Money, content: &str, party: Option<&str>) -> Voucher {
        Voucher {
            book: FIRST_BOOK.to_owned(),
            kind,
            party: party.unwrap_or(&self.agreement.party).to_owned(),
            address: self.agreement.address.clone(),
            content: content.to_owned(),
            amount,
            attachments: 0,
        }
    }
}

/// One agreement that the caller may see, with its history; not locked.
pub async fn case(conn: &mut Conn, unit: i32, id: Uuid) -> Result<Case, Problem> {
    store::cases(conn, unit, &[id]).await?.remove(&id).ok_or_else(|| Kind::NotFound.bare())
}

/// The same, locked until the transaction ends.
pub async fn lock_case(conn: &mut Conn, unit: i32, id: Uuid) -> Result<Case, Problem> {
    store::lock(conn, unit, &[id], &BTreeMap::new()).await?.remove(&id).ok_or_else(|| Kind::NotFound.bare())
}

/// An agreement as of a day.
pub async fn show(conn: &mut Conn, unit: i32, id: Uuid, as_of: NaiveDate) -> Result<Shown, Problem> {
    let case = case(conn, unit, id).await?;
    let state = case.history.state(as_of)?;
    Ok(Shown {
        status: case.status(&state.standing),
        state,
        events: store::happened(conn, unit, id, as_of).await?,
        journals: format!("/v1/units/{unit}/journals?subject={id}"),
        agreement: case.agreement,
    })
}

/// A page of agreements in the order they were made.
pub async fn list(
    conn: &mut Conn,
    unit: i32,
    wanted: &Wanted,
    today: NaiveDate,
    limit: i64,
) -> Result<Page<Listed>, Problem> {
    Ok(Page::of(store::list(conn, unit, wanted, today, limit + 1).await?, limit, |row| row.agreement_id))
}
