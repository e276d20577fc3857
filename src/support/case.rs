//! An agreement in hand, and what a command adds to it before anything is stored.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::values::{Agreement, Status};
use crate::domain::books::posting::{Posting, Voucher, VoucherKind};
use crate::domain::books::recipes::{FIRST_BOOK, Till};
use crate::domain::support::recipes::Movement;
use crate::domain::support::{Apart, Change, Entry, Event, Followed, History, Standing};
use crate::domain::values::money::{Money, MoneyError};
use crate::ledger::VoucherNumber;
use crate::problem::Problem;

/// An agreement in hand: its history grows as events are added, before they are stored.
#[derive(Debug, Clone)]
pub struct Case {
    pub agreement: Agreement,
    pub history: History,
    pub cancelled: bool,
    /// Where the money of each repayment went.
    pub tills: BTreeMap<Uuid, Till>,
    /// First day on which the first part that is not met is overdue, as it was stored.
    pub overdue_from: Option<NaiveDate>,
    /// The days that were closed, from the last one up to what is entered; none where nothing can be overdue by today.
    pub closed: Option<BTreeSet<NaiveDate>>,
    /// The paper of the last loss, where it stands in the way of what is entered.
    pub loss_paper: Option<VoucherNumber>,
}

/// An event to be stored.
#[derive(Debug, Clone)]
pub struct Record {
    pub agreement: Uuid,
    pub entry: Entry,
    pub amount: Money,
    pub till: Option<Till>,
    pub decision_no: Option<String>,
    pub reason: Option<String>,
    pub actor: Option<Uuid>,
    /// Public id of its journal, chosen by the command that writes both.
    pub journal: Option<Uuid>,
}

/// What a command wants written: events in order, and the journals some of them have.
#[derive(Debug, Default)]
pub struct Writing {
    pub records: Vec<Record>,
    pub postings: Vec<Posting>,
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

    /// What the books hold apart, after everything that was entered and closed.
    fn apart(&self) -> Result<Apart, MoneyError> {
        let Some(closed) = &self.closed else { return Ok(Apart::default()) };
        Followed { history: &self.history, closed }.apart(NaiveDate::MAX)
    }

    /// Whether nothing of it can stand apart by today, while entries come in the order of their days.
    pub fn on_time(&self, from: NaiveDate, today: NaiveDate) -> bool {
        let in_order = self.history.last_day().is_none_or(|last| last <= from);
        let decided = self.history.reported(NaiveDate::MAX).is_none();
        in_order && decided && self.overdue_from.is_none_or(|day| day > today)
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
        }
    }

    /// Writes down how an entered repayment was divided.
    pub fn settle(&mut self, divided: &Entry) {
        if let Some(entry) = self.history.entries.iter_mut().find(|e| e.id == divided.id) {
            entry.change = divided.change;
            entry.apart = divided.apart;
        }
    }

    /// The next entry.
    pub fn entry(&self, id: Uuid, on: NaiveDate, event: Event, change: Change) -> Entry {
        Entry { id, no: self.history.next_no(), on, event, change, apart: Apart::default() }
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

/// An agreement's row of `agreement_state`; on its way there the database knows it as `new_state`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, sqlx::Type)]
#[sqlx(type_name = "new_state")]
pub struct StateRow {
    pub agreement_id: Uuid,
    pub state: String,
    pub events: i32,
    pub paid_out_on: Option<NaiveDate>,
    pub outstanding: Decimal,
    pub recovered: Decimal,
    pub interest_paid: Decimal,
    pub surplus: Decimal,
    pub lost: Decimal,
    pub overdue: Decimal,
    pub frozen: Decimal,
    pub next_due_on: Option<NaiveDate>,
    pub overdue_from: Option<NaiveDate>,
    pub final_due_on: Option<NaiveDate>,
    pub summary_valid_until: Option<NaiveDate>,
}

impl StateRow {
    /// The row that a history gives.
    pub fn of(case: &Case) -> Result<Self, MoneyError> {
        Self::at(case, &case.latest()?)
    }

    /// The same, with the standing after its last event in hand.
    pub fn at(case: &Case, standing: &Standing) -> Result<Self, MoneyError> {
        let status = case.status(standing);
        let next = standing.next.filter(|_| status != Status::Cancelled);
        let Apart { overdue, frozen } = case.apart()?;
        Ok(Self {
            agreement_id: case.agreement.agreement_id,
            state: status.name().to_owned(),
            events: case.history.next_no() - 1,
            paid_out_on: case.history.paid_out_on(),
            outstanding: standing.outstanding.amount(),
            recovered: standing.recovered.amount(),
            interest_paid: standing.interest_paid.amount(),
            surplus: standing.surplus.amount(),
            lost: standing.lost.amount(),
            overdue,
            frozen,
            next_due_on: next.map(|part| part.due_on),
            overdue_from: next.map(|part| case.history.terms.overdue_from(part.due_on)),
            final_due_on: case.history.parts(standing.as_of).last().map(|part| part.due_on),
            summary_valid_until: case.history.summary_valid_until(),
        })
    }
}
