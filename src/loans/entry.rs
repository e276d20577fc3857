//! How one more thing is entered.
//!
//! Whatever is entered, the fold runs again, and each day on which the books follow the loan gets the difference between the
//! position they hold and the one the fold gives. So there is one way to enter an event, whether it is of today, dated back,
//! or takes another back. The journal of an entry is its own, of its own day; what it changes of later days are journals of
//! those days. Ends of months still open before that day are closed on the way, for that loan.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::case::{Case, Held, Loan, last_paid};
use super::event::{Entry, NewEvent, StateRow};
use super::store::{self, ClosedDays};
use crate::access::Work;
use crate::db::Conn;
use crate::domain::books::journal_kind::JournalKind;
use crate::domain::books::posting::{Account, Posting, Voucher, VoucherKind};
use crate::domain::books::recipes::{FIRST_BOOK, Till, dated};
use crate::domain::credit::loan::{LoanEvent, LoanState, Occurrence, Split};
use crate::domain::credit::loan_books::recipes::{self, Movement, Part, Returned};
use crate::domain::credit::loan_books::{Course, LossBook, Moves, Position, Stand};
use crate::domain::values::money::Money;
use crate::domain::values::month::Month;
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

    /// What the books say of themselves; nobody pays or receives.
    fn of_the_books(kind: JournalKind, on: NaiveDate, description: String, actor: Option<Uuid>) -> Self {
        let party = ("Kế toán".to_owned(), String::new());
        Self { kind, on, till: Till::Cash, party, description, actor }
    }
}

/// A batch of events on their way: postings, events and states are written together.
pub struct Writing<'a> {
    work: &'a Work<'a>,
    open_from: NaiveDate,
    today: NaiveDate,
    closed: ClosedDays,
    rates: LossBook,
    postings: Vec<Posting>,
    events: Vec<NewEvent>,
    states: BTreeMap<Uuid, StateRow>,
}

impl<'a> Writing<'a> {
    /// Begins a batch that enters events of these loans, the first of them valued on `from`.
    pub async fn begin(
        conn: &mut Conn,
        work: &'a Work<'a>,
        cases: impl IntoIterator<Item = &Case>,
        from: NaiveDate,
    ) -> Result<Self, Problem> {
        let book = chart::book(&mut *conn, work.unit).await?;
        let open_from = book.ok_or_else(|| Problem::from(ledger::PostError::NoBook))?.open_from;
        let today = work.clock.today();
        let paid_out = cases.into_iter().filter(|case| case.held.last_seq > 0);
        let oldest = paid_out.map(|case| case.held.stands_on).fold(from, NaiveDate::min);
        let closed = store::closed_days(&mut *conn, work.unit, oldest).await?;
        // Within a month of which no day is closed nothing is set aside anew.
        let untouched = closed.days.is_empty() && Month::of(oldest) == Month::of(today);
        let rates = if untouched { LossBook::default() } else { store::loss_book(conn).await? };
        let (postings, events, states) = (Vec::new(), Vec::new(), BTreeMap::new());
        Ok(Self { work, open_from, today, closed, rates, postings, events, states })
    }

    /// The day a journal counts: its own, or the first open one when that month is closed.
    fn counts_on(&self, value_on: NaiveDate) -> NaiveDate {
        value_on.max(self.open_from)
    }

    /// Refuses a day that has not come.
    pub fn insist_come(&self, field: &str, on: NaiveDate) -> Result<(), Problem> {
        if on > self.today {
            return Err(Problem::field(field, text!("Chưa đến ngày này", "In the future")));
        }
        Ok(())
    }

    /// Enters an event: the fold runs again, and each day that it changes gets the difference. `undone` is what a mirror
    /// journal moves back.
    pub fn enter(
        &mut self,
        case: &mut Case,
        entry: &Entry,
        undone: Option<&Position>,
    ) -> Result<Entered, Problem> {
        self.insist_come("/on", entry.on)?;
        let seq = u32::try_from(case.held.last_seq + 1).map_err(Problem::internal)?;
        case.events.push(LoanEvent { seq, on: entry.on, what: entry.what.clone() });
        let drafted = self.postings.len();
        let entered = self.entered(case, entry, undone);
        if entered.is_err() {
            case.events.pop();
            self.postings.truncate(drafted);
        }
        entered
    }

    /// What the last event of a case moves.
    fn moves(&self, case: &Case, from: NaiveDate) -> Result<Moves, Problem> {
        let (loan, terms) = (&case.loan, case.loan.contract.terms());
        let (closed, rates) = (self.closed.of(loan.loan_id), |day| self.rates.on(&loan.owner_code, day));
        let (contract, events) = (&loan.contract, case.events.as_slice());
        let now = Course { contract, terms: &terms, events, closed: &closed, rates: &rates };
        let was = Course { events: &events[..events.len() - 1], ..now };
        let stand = Stand { on: case.held.stands_on, position: case.held.position };
        let moves = was.moves_to(&now, stand, from).map_err(|why| case.misfit(why))?;
        moves.ok_or_else(|| Problem::internal(anyhow::anyhow!("an event without a day")))
    }

    fn entered(
        &mut self,
        case: &mut Case,
        entry: &Entry,
        undone: Option<&Position>,
    ) -> Result<Entered, Problem> {
        let moves = self.moves(case, entry.on)?;
        let around = moves.around(&case.events);
        let seq = case.held.last_seq + 1;
        let on_its_day = if moves.stand.on == entry.on { &moves.state } else { &case.on(entry.on)? };
        let of_this = |split: &&Split| i64::from(split.seq) == i64::from(seq);
        let split = on_its_day.splits.iter().find(of_this).copied();
        for (day, moves) in around.before {
            self.close_month(&case.loan, day, moves)?;
        }
        let own = undone.map_or(around.own, |undone| around.own.plus(*undone));
        let paid_out = if let Occurrence::Disbursed { amount } = entry.what { amount } else { Decimal::ZERO };
        let slip = Slip::of(&case.loan, entry, self.counts_on(entry.on));
        let journals = self.post_own(&case.loan, slip, own, paid_out)?;
        let besides = self.differences(&case.loan, entry, around.besides)?;
        case.held = Held { last_seq: seq, stands_on: moves.stand.on, position: moves.stand.position };
        let (id, loan) = (case.loan.loan_id, &case.loan);
        let whose = (id, loan.source_id, &loan.contract);
        let state = StateRow::of(whose, &case.held, &moves.state, last_paid(&case.events));
        self.states.insert(id, state);
        let event_id = self.work.clock.new_id();
        let mut event = NewEvent::of((event_id, id.into(), seq), entry, split.as_ref(), around.own)?;
        event.journal_ids.extend(journals.iter().copied().chain(besides));
        self.events.push(event);
        let seq = u32::try_from(seq).map_err(Problem::internal)?;
        Ok(Entered { event_id, seq, split, state: moves.state, journal: journals.first().copied() })
    }

    /// What time did to a loan up to a month's end that nothing had passed yet belongs to that month, as if the day had been
    /// closed before anything else was entered.
    fn close_month(&mut self, loan: &Loan, day: NaiveDate, moves: Position) -> Result<(), Problem> {
        let (contract, until) = (&loan.contract_no, day.format("%d/%m/%Y"));
        let kind =
            if moves.by_loan().is_zero() { JournalKind::LoanAccrual } else { JournalKind::LoanToOverdue };
        let description = format!("Lãi dự thu, dự phòng hợp đồng {contract} đến ngày {until}");
        let slip = Slip::of_the_books(kind, day, dated(description, self.counts_on(day), day), None);
        self.post(loan, slip, moves, Decimal::ZERO).map(drop)
    }

    /// What an entry changes of what was entered before it: one journal a day, those of closed months together.
    fn differences(
        &mut self,
        loan: &Loan,
        entry: &Entry,
        besides: Vec<(NaiveDate, Position)>,
    ) -> Result<Vec<Uuid>, Problem> {
        let mut by_day: BTreeMap<NaiveDate, (NaiveDate, Position)> = BTreeMap::new();
        for (day, moves) in besides {
            let (_, sum) = by_day.entry(self.counts_on(day)).or_insert((day, Position::default()));
            *sum = sum.plus(moves);
        }
        let mut journals = Vec::new();
        for (on, (day, moves)) in by_day {
            let (contract, day, cause) =
                (&loan.contract_no, day.format("%d/%m/%Y"), entry.on.format("%d/%m/%Y"));
            let description =
                format!("Điều chỉnh hợp đồng {contract} tại ngày {day} do nghiệp vụ ngày {cause} ghi sau");
            let slip = Slip::of_the_books(JournalKind::LoanAdjustment, on, description, entry.actor);
            journals.extend(self.post(loan, slip, moves, Decimal::ZERO)?);
        }
        Ok(journals)
    }

    /// Drafts the journals of an entry's own: of money the cashier's paper says it and nothing else, so what it moves besides
    /// stands on a general voucher.
    fn post_own(
        &mut self,
        loan: &Loan,
        slip: Slip,
        moves: Position,
        paid_out: Decimal,
    ) -> Result<Vec<Uuid>, Problem> {
        let (cash, beside) = moves.on_papers();
        if moves.money().is_zero() || beside.is_zero() {
            return Ok(self.post(loan, slip, moves, paid_out)?.into_iter().collect());
        }
        let description = format!("Ghi ngoài bảng và dự phòng theo nghiệp vụ: {}", slip.description);
        let second = Slip { party: slip.party.clone(), description, ..slip };
        let first = self.post(loan, slip, cash, paid_out)?;
        Ok(first.into_iter().chain(self.post(loan, second, beside, Decimal::ZERO)?).collect())
    }

    /// Drafts the journal of a difference; none when nothing moves. Of the principal that moves, `paid_out` did not come back.
    fn post(
        &mut self,
        loan: &Loan,
        slip: Slip,
        moves: Position,
        paid_out: Decimal,
    ) -> Result<Option<Uuid>, Problem> {
        if moves.is_zero() {
            return Ok(None);
        }
        let on = self.counts_on(slip.on);
        let (journal_id, kind) = (self.work.clock.new_id(), slip.kind);
        let movement = Movement { journal_id, kind, on, description: slip.description };
        let (source, booked_as) = (loan.source_id, loan.contract.booked_as());
        let back = paid_out - moves.principal();
        let returned = loan.contract.recovers_into.map(|into| Returned { into, principal: back });
        let part = Part { source, booked_as, loan: Some(loan.loan_id), moves, returned };
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
