//! Repayments: the hot path. A batch of them is locked, divided, posted and stored with one statement each; one repayment is
//! a batch of one. [`crate::http::batcher`] runs it, claims the keys before it and keeps the answers after it.
//!
//! | phase | statement | lock | round trips |
//! |---|---|---|---|
//! | begin | `begin`, scope | | 1 |
//! | keys | `claim_keys` | each key | 1 |
//! | read | agreements with their states, by key | the close of days (shared), each `agreement_state` | 1 |
//! | | events of those that a summary does not stand for | | 0 or 1 |
//! | | closed days, when something may be overdue | | 0 or 1 |
//! | | first open day, when an entry is dated back | | 0 or 1 |
//! | divide | | | 0 |
//! | post | `ledger_post` | `unit_counter`, then voucher numbers and balances | 1 |
//! | states | `insert … on conflict` into `agreement_state` | | 1 |
//! | events | `insert` into `agreement_event` | | 1 |
//! | answers | `insert` into `idempotency` | | 1 |
//! | commit | `commit` | gives all back | 1 |

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;
use uuid::Uuid;

use super::case::{Case, Record, StateRow, Writing};
use super::overdue::Reclassed;
use super::reads::case;
use super::store;
use crate::access::Work;
use crate::clock::Clock;
use crate::db::Conn;
use crate::domain::books::recipes::Till;
use crate::domain::support::{Change, Event, Replayed, Split, Standing, recipes};
use crate::domain::values::language::Text;
use crate::domain::values::money::{Money, PositiveMoney};
use crate::domain::values::text::Name;
use crate::ledger::journals::Journal;
use crate::ledger::{self, Posted, VoucherNumber};
use crate::problem::{Kind, Problem};
use crate::text;

/// Money a household brings.
#[derive(Debug, Clone)]
pub struct Repayment {
    /// The agreement.
    pub agreement: Uuid,
    /// All of it.
    pub amount: PositiveMoney,
    /// The day it was received: up to today, in an open period, not before the payout.
    pub received_on: NaiveDate,
    /// Cash box or bank.
    pub till: Till,
    /// Who brought it, if not who signed.
    pub payer: Option<Name>,
    /// Whether a surplus is kept for the household; refused otherwise.
    pub accept_overpayment: bool,
    /// Who entered it.
    pub actor: Option<Uuid>,
    /// The person who entered it may take interest and no capital: leaders of savings groups.
    pub interest_only: bool,
}

/// What the household gets in hand.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Receipt {
    /// The agreement.
    pub agreement_id: Uuid,
    /// The event.
    pub event_id: Uuid,
    /// Its journal and paper.
    #[serde(flatten)]
    pub posted: Posted,
    /// What was brought.
    pub amount: Money,
    /// When.
    pub received_on: NaiveDate,
    /// How it was divided.
    pub split: Split,
    /// In words.
    pub explanation: Text,
    /// Where the agreement stands after it, today.
    pub standing: Standing,
}

/// What a repayment would do; nothing is stored.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = SupportPreview)]
pub struct Preview {
    /// Always false.
    pub stored: bool,
    /// How it would be divided.
    pub split: Split,
    /// In words.
    pub explanation: Text,
    /// Where the agreement would stand.
    pub standing: Standing,
    /// The journals, with the numbers they would get.
    pub journals: Vec<Journal>,
}

/// The days that limit what may be entered.
#[derive(Debug, Clone, Copy)]
pub struct Days {
    /// The business date.
    pub today: NaiveDate,
    /// First open day; asked for only when something is back-dated.
    pub open_from: Option<NaiveDate>,
}

impl Days {
    /// The days for entries of which the earliest counts on `earliest`.
    pub async fn of(conn: &mut Conn, work: &Work<'_>, earliest: NaiveDate) -> Result<Self, Problem> {
        let today = work.clock.today();
        let open_from = if earliest < today { ledger::open_from(conn, work.unit).await? } else { None };
        Ok(Self { today, open_from })
    }

    /// Refuses days to come and days in closed periods.
    pub fn allow(self, field: &str, on: NaiveDate) -> Result<(), Problem> {
        if on > self.today {
            return Err(Problem::field(field, text!("Chưa đến ngày này", "In the future")));
        }
        match self.open_from {
            Some(open_from) if on < open_from => Err(ledger::PostError::Closed { open_from }.into()),
            _ => Ok(()),
        }
    }
}

/// A repayment that was divided and waits for its journal number.
struct Taken {
    event: Uuid,
    journal: Uuid,
    split: Split,
    standing: Standing,
}

/// Divides repayments again whose split is no longer right on a day, from that of the cause on: one event and one journal
/// each, on the day on which the difference arises. The day of the cause is in an open period, so the later ones are too.
pub fn adjust(
    case: &mut Case,
    cause_on: NaiveDate,
    clock: &Clock,
    actor: Option<Uuid>,
) -> Result<Writing, Problem> {
    let mut writing = Writing::default();
    for day in case.history.days_from(cause_on) {
        let replayed = case.history.replay(day)?;
        adjust_on(case, (day, &replayed), (clock, actor), &mut writing)?;
    }
    Ok(writing)
}

/// Divides repayments again on one day.
fn adjust_on(
    case: &mut Case,
    (on, replayed): (NaiveDate, &Replayed),
    (clock, actor): (&Clock, Option<Uuid>),
    writing: &mut Writing,
) -> Result<(), Problem> {
    for difference in case.history.differences(on, replayed) {
        let till = case.tills.get(&difference.of).copied().unwrap_or(Till::Cash);
        let journal = clock.new_id();
        let movement = case.movement(journal, on, till, "Phân bổ lại khoản thu hồi");
        let posting =
            recipes::reallocation(&movement, difference.was, difference.is)?.by(actor).balanced()?;
        writing.postings.push(posting);
        let change = difference.is.plus(difference.was.undone());
        let entry = case.entry(clock.new_id(), on, Event::Adjusted { of: difference.of }, change);
        let record = case.record(entry, Money::ZERO);
        writing.records.push(Record { actor, journal: Some(journal), ..record });
    }
    Ok(())
}

/// Divides one repayment on the history as it is, and says what to write. The case grows only when nothing was refused.
fn take(
    case: &mut Case,
    repayment: &Repayment,
    days: Days,
    clock: &Clock,
) -> Result<(Taken, Writing), Problem> {
    let before = case.history.entries.len();
    let taken = divide(case, repayment, days, clock);
    match &taken {
        Ok((taken, _)) => case.tills.extend([(taken.event, repayment.till)]),
        Err(_) => case.history.entries.truncate(before),
    }
    taken
}

/// Divides one repayment; what it adds to the history may have to be taken off again.
fn divide(
    case: &mut Case,
    repayment: &Repayment,
    days: Days,
    clock: &Clock,
) -> Result<(Taken, Writing), Problem> {
    let was = case.closed.as_ref().map(|_| case.history.clone());
    let before = case.history.recorded(NaiveDate::MAX);
    let (event, mut record) = enter(case, repayment, days, clock)?;
    let on_its_day = case.history.replay(repayment.received_on)?;
    let missing = || Problem::internal(anyhow::anyhow!("a repayment was not replayed"));
    let split = *on_its_day.splits.get(&event).ok_or_else(missing)?;
    let end = case.history.last_day().unwrap_or(days.today);
    let after = if end == repayment.received_on { on_its_day } else { case.history.replay(end)? };
    allowed(repayment, split, (case.history.to_return.amount(), before, &after))?;
    let journal = clock.new_id();
    let movement =
        case.movement(journal, repayment.received_on, repayment.till, "Thu hồi vốn hỗ trợ luân chuyển");
    let brought_by = repayment.payer.as_ref().map(Name::as_str);
    let paper =
        case.paper(repayment.till.paper_in(), repayment.amount.money(), &movement.description, brought_by);
    record.entry.change = split.change();
    record.journal = Some(journal);
    case.settle(&record.entry);
    let mut writing = adjust(case, repayment.received_on, clock, repayment.actor)?;
    let reclassed = match &was {
        Some(was) => Reclassed::by(case, was, repayment.received_on)?,
        None => Reclassed::default(),
    };
    record.entry.apart = reclassed.own;
    case.settle(&record.entry);
    let draft = recipes::repayment(&movement, split.change(), reclassed.own)?;
    let posting = draft.voucher(paper).by(repayment.actor).balanced()?;
    reclassed.post(case, clock, repayment.actor, &mut writing)?;
    writing.records.insert(0, record);
    writing.postings.insert(0, posting);
    let standing = case.history.standing(days.today)?;
    Ok((Taken { event, journal, split, standing }, writing))
}

/// Enters a repayment that is not divided yet.
fn enter(
    case: &mut Case,
    repayment: &Repayment,
    days: Days,
    clock: &Clock,
) -> Result<(Uuid, Record), Problem> {
    days.allow("/received_on", repayment.received_on)?;
    let Some(paid_out_on) = case.history.paid_out_on().filter(|_| !case.cancelled) else {
        return Err(
            Kind::WrongState.saying(text!("Hợp đồng chưa giải ngân.", "The agreement was not paid out."))
        );
    };
    if repayment.received_on < paid_out_on {
        return Err(Problem::field(
            "/received_on",
            text!("Trước ngày giải ngân {paid_out_on}", "Before the payout on {paid_out_on}"; paid_out_on),
        ));
    }
    if let Some(on) = case.history.last_loss().map(|loss| loss.on).filter(|on| repayment.received_on < *on) {
        let paper = case.loss_paper.as_ref().map(VoucherNumber::cited);
        let (vi, en) =
            paper.map_or_else(Default::default, |p| (format!(" ({})", p.vi), format!(" ({})", p.en)));
        return Err(Kind::WrongState.saying(text!(
            "Vốn đã được xóa theo quyết định ngày {on}{vi} trên số còn lại khi ấy; hãy hủy ghi nhận tổn thất trước.",
            "A loss was decided on {on}{en} on what was left then; take the loss back first.";
            on
        )));
    }
    let id = clock.new_id();
    let event = Event::Repaid { amount: repayment.amount.money() };
    let entry = case.entry(id, repayment.received_on, event, Change::default());
    let record = case.record(entry, repayment.amount.money());
    Ok((id, Record { till: Some(repayment.till), actor: repayment.actor, ..record }))
}

/// Refuses a surplus that was not accepted, and capital in the hands of a group leader: of this repayment, or of an earlier
/// one that this one makes capital.
fn allowed(
    repayment: &Repayment,
    split: Split,
    (to_return, before, after): (Decimal, Change, &Replayed),
) -> Result<(), Problem> {
    let more_kept = after.surplus - before.surplus;
    let more_returned = to_return - before.principal - before.lost - after.outstanding - after.lost;
    if more_kept > Decimal::ZERO && !repayment.accept_overpayment {
        let (amount, surplus) = (repayment.amount.money(), more_kept.normalize());
        return Err(Kind::Overpaid.saying(text!("Nộp {amount} đồng là thừa {surplus} đồng.", "{amount} đồng is {surplus} đồng too much."; amount, surplus)));
    }
    let capital = split.principal.amount().max(split.surplus.amount()).max(more_returned);
    if repayment.interest_only && capital > Decimal::ZERO {
        return Err(Kind::Forbidden.saying(text!(
            "Tổ trưởng chỉ thu lãi, không thu vốn.",
            "A group leader takes interest, never capital."
        )));
    }
    Ok(())
}

/// Gives the closed days to those of which something may be overdue by today.
async fn closed_days(
    conn: &mut Conn,
    work: &Work<'_>,
    cases: &mut HashMap<Uuid, Case>,
    from: &BTreeMap<Uuid, NaiveDate>,
) -> Result<(), Problem> {
    let today = work.clock.today();
    let day = |case: &Case| from.get(&case.agreement.agreement_id).copied().unwrap_or(today);
    let late: Vec<&mut Case> = cases.values_mut().filter(|case| !case.on_time(day(case), today)).collect();
    let Some(earliest) = late.iter().map(|case| day(case)).min() else { return Ok(()) };
    let closed = store::closed_days(conn, work.unit, earliest).await?;
    for case in late {
        case.closed = Some(closed.clone());
    }
    Ok(())
}

/// Reads the paper of a loss that stands in the way of an entry dated before it.
async fn loss_paper(
    conn: &mut Conn,
    work: &Work<'_>,
    case: &mut Case,
    from: NaiveDate,
) -> Result<(), Problem> {
    let loss = case.history.last_loss().filter(|loss| from < loss.on).map(|loss| loss.id);
    if let Some(loss) = loss {
        case.loss_paper = store::paper_of(conn, work.unit, loss).await?;
    }
    Ok(())
}

/// Takes repayments of one unit in their order, each with its own verdict. An error takes all of them back.
pub async fn repay(
    conn: &mut Conn,
    work: &Work<'_>,
    repayments: &[Repayment],
) -> Result<Vec<Result<Receipt, Problem>>, Problem> {
    let mut from = BTreeMap::new();
    for repayment in repayments {
        let day = from.entry(repayment.agreement).or_insert(repayment.received_on);
        *day = repayment.received_on.min(*day);
    }
    let ids: Vec<Uuid> = from.keys().copied().collect();
    let mut cases = store::lock(&mut *conn, work.unit, &ids, &from).await?;
    closed_days(&mut *conn, work, &mut cases, &from).await?;
    for (id, case) in &mut cases {
        loss_paper(&mut *conn, work, case, from.get(id).copied().unwrap_or(NaiveDate::MAX)).await?;
    }
    let earliest = from.values().min().copied().unwrap_or(NaiveDate::MAX);
    let days = Days::of(&mut *conn, work, earliest).await?;
    let mut writing = Writing::default();
    let mut states = BTreeMap::new();
    let mut verdicts = Vec::with_capacity(repayments.len());
    for repayment in repayments {
        let case = cases.get_mut(&repayment.agreement).ok_or_else(|| Kind::NotFound.bare());
        let taken = case.and_then(|case| take(case, repayment, days, work.clock)).map(|(taken, written)| {
            writing.records.extend(written.records);
            writing.postings.extend(written.postings);
            states.insert(repayment.agreement, taken.standing.clone());
            taken
        });
        verdicts.push(taken);
    }
    let state = |(agreement, standing): (&Uuid, &Standing)| match &cases[agreement] {
        case if case.history.last_day() == Some(standing.as_of) => StateRow::at(case, standing),
        case => StateRow::of(case),
    };
    let states = states.iter().map(state).collect::<Result<Vec<_>, _>>()?;
    let posted = ledger::post(&mut *conn, work.unit, &writing.postings).await?;
    store::write(conn, work.unit, &writing.records, &states).await?;
    let mut posted: HashMap<Uuid, Posted> = posted.into_iter().map(|p| (p.journal_id, p)).collect();
    let receipts = repayments.iter().zip(verdicts).map(|(repayment, verdict)| {
        let taken = verdict?;
        let missing = || Problem::internal(anyhow::anyhow!("a repayment without a journal"));
        let posted = posted.remove(&taken.journal).ok_or_else(missing)?;
        Ok(receipt(repayment, taken, posted))
    });
    Ok(receipts.collect())
}

fn receipt(repayment: &Repayment, taken: Taken, posted: Posted) -> Receipt {
    Receipt {
        agreement_id: repayment.agreement,
        event_id: taken.event,
        posted,
        amount: repayment.amount.money(),
        received_on: repayment.received_on,
        split: taken.split,
        explanation: taken.split.explanation(),
        standing: taken.standing,
    }
}

/// What a repayment would do.
pub async fn preview(conn: &mut Conn, work: &Work<'_>, repayment: &Repayment) -> Result<Preview, Problem> {
    let mut case = case(&mut *conn, work.unit, repayment.agreement).await?;
    case.closed = Some(store::closed_days(&mut *conn, work.unit, repayment.received_on).await?);
    loss_paper(&mut *conn, work, &mut case, repayment.received_on).await?;
    let days = Days::of(&mut *conn, work, repayment.received_on).await?;
    let (taken, writing) = take(&mut case, repayment, days, work.clock)?;
    let journals = ledger::rehearse(conn, work.unit, &writing.postings).await?;
    Ok(Preview {
        stored: false,
        split: taken.split,
        explanation: taken.split.explanation(),
        standing: taken.standing,
        journals,
    })
}
