//! How one more thing is entered.
//!
//! Whatever is entered, the fold runs again and the books get the difference between the position they hold and the one the
//! fold gives. So there is one way to enter an event, whether it is of today, dated back, or takes another back. Ends of
//! months still open before that day are closed on the way, for that loan.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::case::{Case, Held, Loan, last_paid};
use super::event::{Entry, NewEvent, StateRow};
use super::store;
use crate::access::Work;
use crate::db::Conn;
use crate::domain::books::journal_kind::JournalKind;
use crate::domain::books::posting::{Account, Posting, Voucher, VoucherKind};
use crate::domain::books::recipes::{FIRST_BOOK, Till, dated};
use crate::domain::credit::loan::{LoanEvent, LoanState, Occurrence, Split};
use crate::domain::credit::loan_books::recipes::{self, Movement, Part, Returned};
use crate::domain::credit::loan_books::{LossRates, Position};
use crate::domain::values::money::Money;
use crate::domain::values::month;
use crate::ledger::{self, Posted, chart};
use crate::problem::Problem;
use crate::text;

/// What entering it did.
#[derive(Debug, Clone)]
pub struct Entered {
    /// Public id of the event.
    pub event_id: Uuid,
    /// Number in the loan.
    pub seq: u32,
    /// How the money was divided.
    pub split: Option<Split>,
    /// The loan after it, on the day for which the books now hold it.
    pub state: LoanState,
    /// Public id of its journal, if money or a class moved.
    pub journal: Option<Uuid>,
}

/// What the journal of an entry says besides its accounts.
struct Slip {
    kind: JournalKind,
    on: NaiveDate,
    till: Till,
    /// Name and address.
    party: (String, String),
    description: String,
    actor: Option<Uuid>,
}

impl Slip {
    fn of(loan: &Loan, entry: &Entry, counts_on: NaiveDate) -> Self {
        let party = entry.party.clone().unwrap_or_else(|| loan.borrower.clone());
        Self {
            kind: entry.journal,
            on: entry.on,
            till: entry.till,
            party: (party, loan.address.clone()),
            description: dated(entry.description.clone(), counts_on, entry.on),
            actor: entry.actor,
        }
    }
}

/// A batch of events on their way: postings, events and states are written together.
pub struct Writing<'a> {
    work: &'a Work<'a>,
    open_from: NaiveDate,
    today: NaiveDate,
    /// Ends of months that the books have not seen yet for some of the loans, and what is set aside on them by owner.
    month_ends: BTreeMap<NaiveDate, HashMap<String, LossRates>>,
    postings: Vec<Posting>,
    events: Vec<NewEvent>,
    states: BTreeMap<Uuid, StateRow>,
}

impl<'a> Writing<'a> {
    /// Begins a batch that enters events of these loans.
    pub async fn begin(
        conn: &mut Conn,
        work: &'a Work<'a>,
        cases: impl IntoIterator<Item = &Case>,
    ) -> Result<Self, Problem> {
        let book = chart::book(&mut *conn, work.unit).await?;
        let open_from = book.ok_or_else(|| Problem::from(ledger::PostError::NoBook))?.open_from;
        let today = work.clock.today();
        let paid_out = cases.into_iter().filter(|case| case.held.last_seq > 0);
        let oldest = paid_out.map(|case| case.held.stands_on).min().unwrap_or(today);
        let mut month_ends = BTreeMap::new();
        for day in month::ends_between(oldest, today) {
            month_ends.insert(day, store::loss_rates(&mut *conn, day).await?);
        }
        let (postings, events, states) = (Vec::new(), Vec::new(), BTreeMap::new());
        Ok(Self { work, open_from, today, month_ends, postings, events, states })
    }

    /// Where a loan stood at the ends of the months from the day for which the books hold it to a later one.
    fn at_month_ends(&self, case: &Case, before: NaiveDate) -> Result<Vec<(NaiveDate, Position)>, Problem> {
        let from = case.held.stands_on.min(before);
        let ends = self.month_ends.range(from..before);
        ends.map(|(day, rates)| {
            let rates = rates.get(&case.loan.owner_code).cloned().unwrap_or_default();
            Ok((*day, Position::of(&case.on(*day)?, case.loan.contract.income, &rates)))
        })
        .collect()
    }

    /// Brings a loan to a month's end that was not closed yet: what time did to it belongs to that month, as if the day had
    /// been closed before anything else was entered.
    fn close_month(&mut self, case: &mut Case, day: NaiveDate, position: Position) -> Result<(), Problem> {
        let moves = position.since(case.held.position);
        let (contract, until) = (&case.loan.contract_no, day.format("%d/%m/%Y"));
        let slip = Slip {
            kind: if moves.by_loan().is_zero() {
                JournalKind::LoanAccrual
            } else {
                JournalKind::LoanToOverdue
            },
            on: day,
            till: Till::Cash,
            party: ("Kế toán".to_owned(), String::new()),
            description: format!("Lãi dự thu, dự phòng hợp đồng {contract} đến ngày {until}"),
            actor: None,
        };
        self.post(&case.loan, slip, moves, None)?;
        case.held = Held { stands_on: day, position, ..case.held };
        Ok(())
    }

    /// The day a journal counts: the value date, or today when that month is closed.
    fn counts_on(&self, value_on: NaiveDate) -> NaiveDate {
        if value_on < self.open_from { self.today } else { value_on }
    }

    /// Refuses a day that has not come.
    pub fn insist_come(&self, field: &str, on: NaiveDate) -> Result<(), Problem> {
        if on > self.today {
            return Err(Problem::field(field, text!("Chưa đến ngày này", "In the future")));
        }
        Ok(())
    }

    /// Enters an event: the fold runs again, the books get the difference. `undone` is what a mirror journal moves back.
    pub fn enter(
        &mut self,
        case: &mut Case,
        entry: &Entry,
        undone: Option<Position>,
    ) -> Result<Entered, Problem> {
        self.insist_come("/on", entry.on)?;
        let seq = case.held.last_seq + 1;
        let fresh = LoanEvent {
            seq: u32::try_from(seq).map_err(Problem::internal)?,
            on: entry.on,
            what: entry.what.clone(),
        };
        let month_ends = self.at_month_ends(case, entry.on)?;
        case.events.push(fresh.clone());
        let stands_on = entry.on.max(case.held.stands_on);
        let after = case.on(stands_on).inspect_err(|_| drop(case.events.pop()))?;
        for (day, position) in month_ends {
            self.close_month(case, day, position)?;
        }
        let split = after.splits.iter().find(|split| split.seq == fresh.seq).copied();
        let position = Position::of(&after, case.loan.contract.income, &LossRates::default())
            .provided_as(&case.held.position);
        let moves = position.since(case.held.position);
        let rest = undone.map_or(moves, |undone| moves.plus(undone));
        let returned = case.loan.contract.recovers_into.map(|into| {
            let paid_out =
                if let Occurrence::Disbursed { amount } = entry.what { amount } else { Decimal::ZERO };
            Returned { into, principal: paid_out - rest.principal() }
        });
        let slip = Slip::of(&case.loan, entry, self.counts_on(entry.on));
        let journal = self.post(&case.loan, slip, rest, returned).inspect_err(|_| drop(case.events.pop()))?;
        case.held = Held { last_seq: seq, stands_on, position };
        self.states.insert(
            case.loan.loan_id,
            StateRow::of(case.loan.loan_id, case.held, &after, last_paid(&case.events)),
        );
        let event_id = self.work.clock.new_id();
        let mut event =
            NewEvent::of((event_id, case.loan.loan_id.into(), seq), entry, split.as_ref(), moves)?;
        event.journal_ids.extend(journal);
        self.events.push(event);
        Ok(Entered { event_id, seq: fresh.seq, split, state: after, journal })
    }

    /// Drafts the journal of a difference; none when nothing moves.
    fn post(
        &mut self,
        loan: &Loan,
        slip: Slip,
        moves: Position,
        returned: Option<Returned>,
    ) -> Result<Option<Uuid>, Problem> {
        if moves.is_zero() {
            return Ok(None);
        }
        let on = self.counts_on(slip.on);
        let (journal_id, kind) = (self.work.clock.new_id(), slip.kind);
        let movement = Movement { journal_id, kind, on, description: slip.description };
        let (source, capital) = (loan.source_id, loan.contract.capital);
        let part = Part { source, capital, loan: Some(loan.loan_id), moves, returned };
        let draft = recipes::journal(movement, slip.till, &[part]).map_err(Problem::internal)?;
        let mut posting = draft.by(slip.actor).balanced().map_err(Problem::internal)?;
        posting.voucher = Some(paper(&posting, moves.money(), slip.till, slip.party)?);
        self.postings.push(posting);
        Ok(Some(journal_id))
    }

    /// The postings so far, to be rehearsed.
    pub fn postings(&self) -> &[Posting] {
        &self.postings
    }

    /// Names journals that were posted before for the last event.
    pub fn mirrored_by(&mut self, mirrors: impl IntoIterator<Item = Uuid>) {
        if let Some(last) = self.events.last_mut() {
            last.journal_ids.splice(0..0, mirrors);
        }
    }

    /// Posts the journals, then writes the events that name them, and the states.
    pub async fn write(self, conn: &mut Conn) -> Result<Vec<Posted>, Problem> {
        let posted = ledger::post(&mut *conn, self.work.unit, &self.postings).await?;
        store::insert_events(&mut *conn, self.work, &self.events).await?;
        store::put_states(conn, self.work.unit, self.states.values()).await?;
        Ok(posted)
    }
}

/// The paper of a journal: the cashier's for cash, a general one otherwise.
pub fn paper(
    posting: &Posting,
    money: Decimal,
    till: Till,
    (party, address): (String, String),
) -> Result<Voucher, Problem> {
    let kind = match money {
        none if none.is_zero() => VoucherKind::General,
        out if out.is_sign_negative() => till.paper_out(),
        _ => till.paper_in(),
    };
    let memorandum = |account: &Account| matches!(account, Account::Role(role) if role.is_memorandum());
    let amount = if money.is_zero() { posting.total(memorandum) } else { money.abs() };
    let amount = Money::vnd(amount).map_err(Problem::internal)?;
    Ok(Voucher {
        book: FIRST_BOOK.to_owned(),
        kind,
        party,
        address,
        content: posting.description.clone(),
        amount,
        attachments: 0,
    })
}
