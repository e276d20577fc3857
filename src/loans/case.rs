//! A loan with everything that happened to it.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::domain::credit::loan::{EventKind, LoanError, LoanEvent, LoanState, Misfit, Occurrence, state};
use crate::domain::credit::loan_books::{Cause, Contract, Position};
use crate::domain::values::catalogue::catalogue;
use crate::domain::values::ids::{GroupId, HouseholdId, LoanRequestId};
use crate::ledger::VoucherNumber;
use crate::problem::{Kind, Problem};
use crate::text;

catalogue! {
    /// Where a loan is in its life.
    #[schema(as = LoanStatus)]
    pub enum Status {
        /// Signed, nothing paid out.
        Signed = "signed",
        /// Within term.
        Current = "current",
        /// Some principal is late.
        Overdue = "overdue",
        /// Some principal is frozen (khoanh nợ).
        Frozen = "frozen",
        /// Written off; may still be recovered.
        WrittenOff = "written_off",
        /// Nothing is owed by either side.
        Closed = "closed",
    }
}

impl Status {
    /// What a fold says.
    pub fn of(state: &LoanState) -> Self {
        let principal = &state.principal;
        if principal.disbursed.is_zero() {
            Self::Signed
        } else if !principal.frozen.is_zero() {
            Self::Frozen
        } else if !principal.overdue.is_zero() {
            Self::Overdue
        } else if state.owed().is_zero() && !principal.written_off.is_zero() {
            Self::WrittenOff
        } else if state.is_closed() {
            Self::Closed
        } else {
            Self::Current
        }
    }
}

/// The contract of a loan and whose it is.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Loan {
    /// Public id: the subject of its journals.
    pub loan_id: Uuid,
    /// Number of the contract: number/year, without gaps.
    pub contract_no: String,
    /// The request it answers.
    #[schema(value_type = Uuid)]
    pub loan_request_id: LoanRequestId,
    /// The product.
    pub product_code: String,
    /// First day of the rule it was signed under.
    pub rule_from: NaiveDate,
    /// The household.
    #[schema(value_type = Uuid)]
    pub household_id: HouseholdId,
    /// Who signed.
    pub borrower: String,
    /// Their address.
    pub address: String,
    /// The savings-and-credit group.
    #[schema(value_type = Option<Uuid>)]
    pub group_id: Option<GroupId>,
    /// Whose money: a source of the unit.
    pub source_id: i32,
    /// Whose capital: `central`, `commune` …
    pub owner_code: String,
    /// Day of the contract.
    pub signed_on: NaiveDate,
    /// Every rule that binds it.
    pub contract: Contract,
}

/// An event as it was entered.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = LoanHappened)]
pub struct Happened {
    /// Public id.
    pub loan_event_id: Uuid,
    /// Order of entry, from 1.
    pub seq: i32,
    /// What happened.
    #[schema(value_type = EventKind)]
    pub kind: String,
    /// The day it is valued.
    pub value_on: NaiveDate,
    /// What happened.
    pub what: Value,
    /// How a payment was divided when it was entered.
    pub split: Option<Value>,
    /// Why so, in both languages.
    pub explanation: Option<Value>,
    /// Why it was done.
    pub reason: Option<String>,
    /// The paper it rests on.
    pub document_no: Option<String>,
    /// Cause of a risk.
    #[schema(value_type = Option<Cause>)]
    pub cause: Option<String>,
    /// Last day without interest plus one, of a freeze.
    pub freeze_until: Option<NaiveDate>,
    /// Of a freeze or a write-off: whose decision it is (`by`), and the minutes.
    pub decided: Option<Value>,
    /// Its journals.
    pub journal_nos: Vec<i64>,
    /// The paper of the first of them.
    pub voucher: Option<VoucherNumber>,
    /// Who entered it.
    pub actor_id: Option<Uuid>,
    /// When.
    pub recorded_at: DateTime<Utc>,
}

/// What the books hold of a loan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// Number of the last event.
    pub last_seq: i32,
    /// For which day.
    pub stands_on: NaiveDate,
    /// The accounts.
    pub position: Position,
}

/// A loan in hand, with its events.
#[derive(Debug, Clone)]
pub struct Case {
    /// The contract.
    pub loan: Loan,
    /// What happened.
    pub happened: Vec<Happened>,
    /// The same for the fold.
    pub events: Vec<LoanEvent>,
    /// What the books hold.
    pub held: Held,
}

/// Reads events for the fold.
pub fn events_of(happened: &[Happened]) -> Result<Vec<LoanEvent>, Problem> {
    happened.iter().map(|row| event((row.seq, row.value_on), row.what.clone(), row.freeze_until)).collect()
}

/// One event for the fold. The end of a freeze stands in its own column.
pub fn event(
    (seq, on): (i32, NaiveDate),
    what: Value,
    freeze_until: Option<NaiveDate>,
) -> Result<LoanEvent, Problem> {
    let seq = u32::try_from(seq).map_err(Problem::internal)?;
    let mut what = serde_json::from_value(what).map_err(Problem::internal)?;
    if let Occurrence::Frozen { until, .. } = &mut what {
        *until = freeze_until;
    }
    Ok(LoanEvent { seq, on, what })
}

/// A fold that does not come out: the step is not possible.
pub fn misfit(error: LoanError) -> Problem {
    match error {
        LoanError::Terms(why) => {
            let vi = why.vi();
            Kind::WrongState.saying(text!("Điều khoản khoản vay: {vi}.", "The terms of the loan: {why}."))
        }
        LoanError::Event { why, .. } => {
            let vi = why.vi();
            Kind::WrongState.saying(text!("Không ghi được: {vi}.", "It cannot be entered: {why}."))
        }
    }
}

impl Happened {
    /// Why this entry stands in the way of another one, and what to do first.
    fn in_the_way(&self, why: Misfit) -> Problem {
        let (seq, vi_why, name) = (self.seq, why.vi(), EventKind::of_name(&self.kind).map(EventKind::title));
        let (vi, en) = name.unwrap_or(("nghiệp vụ", "entry"));
        let on = self.value_on.format("%d/%m/%Y");
        let journals: Vec<String> = self.journal_nos.iter().map(i64::to_string).collect();
        let journals = if journals.is_empty() { "–".to_owned() } else { journals.join(", ") };
        let paper = self.voucher.as_ref().map(VoucherNumber::cited);
        let (vi_paper, en_paper) = paper
            .map_or_else(Default::default, |paper| (format!("{}, ", paper.vi), format!("{}, ", paper.en)));
        Kind::WrongState.saying(text!(
            "Nghiệp vụ số {seq} ({vi} ngày {on}, {vi_paper}bút toán sổ cái {journals}) đã ghi sẽ không còn hợp lệ: {vi_why}. Hãy hủy nghiệp vụ số {seq} trước, rồi ghi lại sau.",
            "Entry {seq} ({en} of {on}, {en_paper}journal {journals}) would no longer fit: {why}. Take entry {seq} back first, and enter it again afterwards."
        ))
    }
}

impl Case {
    /// The fold on a day.
    pub fn on(&self, day: NaiveDate) -> Result<LoanState, Problem> {
        state(&self.loan.contract.terms(), &self.events, day).map_err(|why| self.misfit(why))
    }

    /// The contract as it binds today: as it was signed, with the last correction that stands.
    pub fn contract(&self) -> Contract {
        let corrections = live(&self.events).filter_map(|event| match &event.what {
            Occurrence::Corrected { terms } => Some((event.seq, terms)),
            _ => None,
        });
        let last = corrections.max_by_key(|(seq, _)| *seq);
        last.map_or_else(|| self.loan.contract.clone(), |(_, terms)| self.loan.contract.corrected(terms))
    }

    /// A fold that does not come out: which entry stands in the way, if it is one that was made before.
    pub fn misfit(&self, error: LoanError) -> Problem {
        let LoanError::Event { seq, why } = error else { return misfit(error) };
        let before = self.happened.iter().find(|row| u32::try_from(row.seq) == Ok(seq));
        before.map_or_else(|| misfit(error), |row| row.in_the_way(why))
    }

    /// When the last freeze that was not taken back ends or ended.
    pub fn last_freeze_until(&self) -> Option<NaiveDate> {
        let freezes = live(&self.events).filter_map(|event| match event.what {
            Occurrence::Frozen { until, .. } => Some((event.on, event.seq, until?)),
            _ => None,
        });
        freezes.max().map(|(_, _, until)| until)
    }

    /// Day of the first payout that stands.
    pub fn first_paid_out_on(&self) -> Option<NaiveDate> {
        live(&self.events).filter(|e| matches!(e.what, Occurrence::Disbursed { .. })).map(|e| e.on).min()
    }

    /// The fold on a day if one more thing had happened.
    pub fn with(&mut self, what: Occurrence, on: NaiveDate, day: NaiveDate) -> Result<LoanState, Problem> {
        let seq = u32::try_from(self.held.last_seq + 1).map_err(Problem::internal)?;
        self.events.push(LoanEvent { seq, on, what });
        let state = self.on(day);
        self.events.pop();
        state
    }

    /// Refuses what leaves nothing to be paid, while money stands that came later: it names what to take back first.
    pub fn insist_no_money_after(&self, day: NaiveDate) -> Result<(), Problem> {
        let late = live(&self.events).filter(|e| e.on > day && e.what.brings_money()).map(|e| e.seq).max();
        self.refuse_for(late, Misfit::MoneyAfter)
    }

    /// Refuses to take a write-off back under money that was recovered of it: that would be overpaid beside a debt that stands.
    pub fn insist_not_recovered(&self, undone: u32) -> Result<(), Problem> {
        let written_off =
            live(&self.events).find(|e| e.seq == undone && matches!(e.what, Occurrence::WrittenOff { .. }));
        let Some(written_off) = written_off else { return Ok(()) };
        let recovered = live(&self.events)
            .filter(|e| e.on >= written_off.on && matches!(e.what, Occurrence::Recovered { .. }));
        self.refuse_for(recovered.map(|e| e.seq).max(), Misfit::Recovered)
    }

    fn refuse_for(&self, entry: Option<u32>, why: Misfit) -> Result<(), Problem> {
        match entry {
            Some(seq) => Err(self.misfit(LoanError::Event { seq, why })),
            None => Ok(()),
        }
    }

    /// Refuses a loan that was not paid out, and days before the payout.
    pub fn insist_paid_out(&self, on: NaiveDate) -> Result<NaiveDate, Problem> {
        match self.first_paid_out_on() {
            Some(first) if first <= on => Ok(first),
            _ => Err(Kind::WrongState.saying(text!(
                "Khoản vay chưa giải ngân vào ngày này.",
                "The loan was not paid out by that day."
            ))),
        }
    }
}

/// The last day of a payment that stands.
pub fn last_paid(events: &[LoanEvent]) -> Option<NaiveDate> {
    live(events).filter(|e| e.what.brings_money()).map(|e| e.on).max()
}

/// Events that were not taken back.
pub fn live(events: &[LoanEvent]) -> impl Iterator<Item = &LoanEvent> {
    let undone = |e: &LoanEvent| match e.what {
        Occurrence::Reversed { entry } => Some(entry),
        _ => None,
    };
    let reversed: Vec<u32> = events.iter().filter_map(undone).collect();
    events.iter().filter(move |e| !reversed.contains(&e.seq))
}
