//! A loan's history as a fold: whenever an entry is undone or dated back, everything is allocated again in the
//! order of dates, and comes out as if it had been entered so from the start.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::recalculating::{Recalculating, ask};
use super::{Charge, Component, Instalment, Parts, Payment, Policy, Row};
use crate::domain::credit::schedule::cumulative::Cumulative;
use crate::domain::credit::schedule::exact::Coin;
use crate::domain::credit::schedule::progressive::{Model, Rules};
use crate::domain::credit::schedule::{Pause, PlanRow, RateChange, TermsError, Tranche, dues};

/// What makes the rows.
#[derive(Debug, Clone)]
pub enum Generator {
    /// The progressive model.
    Progressive(Rules),
    /// The older generator.
    Cumulative(Cumulative),
}

/// Terms of a loan whose history is replayed.
#[derive(Debug, Clone)]
pub struct Contract {
    /// What makes the rows.
    pub generator: Generator,
    /// When they fall due, counted from the first day money is paid out.
    pub dues: dues::Dues,
    /// Rates that hold from a day on; the older generator has them among its own terms.
    pub rate_changes: Vec<RateChange>,
    /// Days without interest.
    pub pauses: Vec<Pause>,
    /// Share of each tranche asked back on the day it is paid out, in percent; and whether it is paid by itself.
    pub down_payment: Option<(Decimal, bool)>,
    /// Interest follows the real balance day by day.
    pub recalculates: bool,
    /// Late principal keeps bearing interest.
    pub interest_on_past_due: bool,
    /// A pay-off asks interest to its own day (else to the end of the period).
    pub payoff_to_day: bool,
    /// How repayments are divided.
    pub policy: Policy,
}

/// Something that happened, in the order in which it was entered.
#[derive(Debug, Clone)]
pub enum Entry {
    /// Money paid out.
    Disburse(Tranche),
    /// A fee or penalty, known since a day.
    Charge(NaiveDate, Charge),
    /// Money that came in, divided by its own policy or the loan's.
    Repay(NaiveDate, Decimal, Option<Policy>),
    /// Whatever closes the loan on a day.
    PayOff(NaiveDate),
    /// An earlier entry, by its index, never happened.
    Undo(usize),
    /// The books were moved on to a day.
    BusinessDate(NaiveDate),
}

/// Money that came in, and where it went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transaction {
    /// Value date.
    pub on: NaiveDate,
    /// How much came in.
    pub amount: Decimal,
    /// Where it went.
    pub split: Parts,
}

/// A loan after its history.
#[derive(Debug, Clone, Default)]
pub struct State {
    /// The rows, in the order of due dates.
    pub rows: Vec<Instalment>,
    /// Money that came in, in the order of value dates.
    pub transactions: Vec<Transaction>,
    /// Paid beyond everything that was asked: owed to the borrower.
    pub overpaid: Decimal,
    /// Paid out so far.
    pub disbursed: Decimal,
}

impl State {
    /// Everything still asked.
    pub fn outstanding(&self) -> Decimal {
        self.rows.iter().map(|row| row.outstanding().max(Decimal::ZERO)).sum()
    }
}

/// One step of the replay. Within a day a new rate comes first, for it holds for what is paid out that day; the rest
/// keeps the order of entry, so that a charge takes part in the payments that came after it, and what was paid too
/// much before a tranche is there to meet it.
#[derive(Debug, Clone)]
enum Step<'a> {
    Rate(Decimal),
    Disburse(Tranche),
    Pause(NaiveDate),
    Charge(Charge),
    DownPayment(Decimal),
    Pay(Decimal, &'a Policy),
    PayOff(&'a Policy),
}

impl Step<'_> {
    const fn class(&self) -> u8 {
        match self {
            Self::Rate(_) => 0,
            Self::Disburse(_) | Self::Charge(_) | Self::DownPayment(_) | Self::Pay(..) | Self::PayOff(_) => 1,
            Self::Pause(_) => 2,
        }
    }
}

/// Replays the entries.
pub fn replay(contract: &Contract, entries: &[Entry]) -> Result<State, TermsError> {
    let mut undone = vec![false; entries.len()];
    for entry in entries {
        if let Entry::Undo(at) = entry {
            *undone.get_mut(*at).ok_or(TermsError::NoSuchEntry)? = true;
        }
    }
    let live = entries.iter().zip(undone).filter(|(_, undone)| !undone).map(|(entry, _)| entry);
    let rates = contract.rate_changes.iter().map(|change| (change.from, Step::Rate(change.annual_rate_pct)));
    let pauses = contract.pauses.iter().map(|pause| (pause.from, Step::Pause(pause.to)));
    let mut steps: Vec<(NaiveDate, Step<'_>)> = rates.chain(pauses).collect();
    let mut today = None;
    for entry in live {
        steps_of(contract, entry, &mut steps);
        if let Entry::BusinessDate(day) = entry {
            today = Some(*day);
        }
    }
    steps.sort_by_key(|(on, step)| (*on, step.class()));
    let start = steps.iter().find(|(_, step)| matches!(step, Step::Disburse(_)));
    let Some(start) = start.map(|(on, _)| *on) else { return Ok(State::default()) };
    let mut fold = Fold::open(contract, start)?;
    for (on, step) in &steps {
        fold.apply(*on, step)?;
    }
    fold.close(today);
    Ok(fold.state)
}

fn steps_of<'a>(contract: &'a Contract, entry: &'a Entry, steps: &mut Vec<(NaiveDate, Step<'a>)>) {
    match entry {
        Entry::Disburse(tranche) => {
            steps.push((tranche.on, Step::Disburse(*tranche)));
            if let Some((_, true)) = contract.down_payment {
                steps.push((tranche.on, Step::DownPayment(down_payment(contract, tranche.amount))));
            }
        }
        Entry::Charge(known, charge) => {
            steps.push(((*known).min(charge.due_on), Step::Charge(*charge)));
        }
        Entry::Repay(on, amount, policy) => {
            steps.push((*on, Step::Pay(*amount, policy.as_ref().unwrap_or(&contract.policy))));
        }
        Entry::PayOff(on) => steps.push((*on, Step::PayOff(&contract.policy))),
        Entry::Undo(_) | Entry::BusinessDate(_) => {}
    }
}

fn coin(contract: &Contract) -> Coin {
    match &contract.generator {
        Generator::Progressive(rules) => rules.coin,
        Generator::Cumulative(terms) => terms.coin,
    }
}

fn down_payment(contract: &Contract, amount: Decimal) -> Decimal {
    let pct = contract.down_payment.map_or(Decimal::ZERO, |(pct, _)| pct);
    coin(contract).instalment(amount * pct / Decimal::ONE_HUNDRED)
}

/// The schedule under the replay.
enum Book {
    Progressive(Box<Model>),
    Cumulative(Box<Cumulative>),
}

impl Book {
    fn plan(&self, start: NaiveDate, dues: &[NaiveDate]) -> Vec<PlanRow> {
        match self {
            Self::Progressive(model) => model.rows(),
            Self::Cumulative(terms) => terms.as_ref().clone().rows(start, dues),
        }
    }
}

/// How one payment was divided, and what is left of it when nothing more was asked.
struct Divided<'a> {
    policy: &'a Policy,
    surplus: Decimal,
}

struct Fold<'a> {
    contract: &'a Contract,
    start: NaiveDate,
    dues: Vec<NaiveDate>,
    book: Book,
    state: State,
    /// One for each transaction; what is left of them is the overpaid amount.
    divided: Vec<Divided<'a>>,
    /// What earlier payments had left when the last tranche was paid out: so much less is asked as a down payment.
    met_before: Decimal,
}

impl<'a> Fold<'a> {
    fn open(contract: &'a Contract, start: NaiveDate) -> Result<Self, TermsError> {
        let dues = contract.dues.from(start)?;
        let book = match &contract.generator {
            Generator::Progressive(rules) => Book::Progressive(Box::new(Model::new(*rules, start, &dues))),
            Generator::Cumulative(terms) => {
                Book::Cumulative(Box::new(Cumulative { tranches: Vec::new(), ..terms.clone() }))
            }
        };
        let mut from = start;
        let mut rows = Vec::with_capacity(dues.len() + 2);
        for (at, due) in dues.iter().enumerate() {
            rows.push(Instalment::new(Row::Scheduled(at), from, *due));
            from = *due;
        }
        let state = State { rows, ..State::default() };
        Ok(Self { contract, start, dues, book, state, divided: Vec::new(), met_before: Decimal::ZERO })
    }

    fn apply(&mut self, on: NaiveDate, step: &Step<'a>) -> Result<(), TermsError> {
        match step {
            Step::Rate(annual_rate_pct) => {
                if let Book::Progressive(model) = &mut self.book {
                    model.change_rate(on, *annual_rate_pct)?;
                    self.ask_by_plan();
                }
                Ok(())
            }
            Step::Disburse(tranche) => self.disburse(*tranche),
            Step::Pause(to) => {
                if let Book::Progressive(model) = &mut self.book {
                    model.pause(on, *to);
                    self.ask_by_plan();
                }
                Ok(())
            }
            Step::Charge(charge) => {
                self.charge(*charge);
                self.charge_surplus();
                Ok(())
            }
            Step::DownPayment(amount) => {
                let due = amount - std::mem::take(&mut self.met_before).min(*amount);
                if due > Decimal::ZERO {
                    self.pay(on, due, &self.contract.policy);
                }
                Ok(())
            }
            Step::Pay(amount, policy) => {
                self.pay(on, *amount, policy);
                Ok(())
            }
            Step::PayOff(policy) => {
                let amount = self.closing_amount(on);
                self.pay(on, amount, policy);
                Ok(())
            }
        }
    }

    fn disburse(&mut self, tranche: Tranche) -> Result<(), TermsError> {
        self.state.disbursed += tranche.amount;
        let mut financed = tranche.amount;
        if self.contract.down_payment.is_some() {
            let down = down_payment(self.contract, tranche.amount);
            financed -= down;
            let mut row = Instalment::new(Row::DownPayment, tranche.on, tranche.on);
            row.asked.principal = down;
            let at = self.state.rows.partition_point(|other| other.due_on <= tranche.on);
            self.state.rows.insert(at, row);
        }
        match &mut self.book {
            Book::Progressive(model) => model.disburse(tranche.on, financed)?,
            Book::Cumulative(terms) => terms.tranches.push(Tranche { amount: financed, ..tranche }),
        }
        self.ask_by_plan();
        self.met_before = self.state.overpaid;
        match self.contract.policy {
            Policy::Sequential(_) if !self.contract.recalculates => self.divide_all_again(),
            _ => self.spend_surplus(tranche.on),
        }
        Ok(())
    }

    /// Oldest instalment first knows one schedule only: every payment is divided over the new one.
    fn divide_all_again(&mut self) {
        for row in &mut self.state.rows {
            *row = Instalment {
                asked: row.asked,
                charges: std::mem::take(&mut row.charges),
                ..Instalment::new(row.row, row.from, row.due_on)
            };
        }
        for at in 0..self.divided.len() {
            let Transaction { on, amount, .. } = self.state.transactions[at];
            let (split, left) = self.divide(on, amount, self.divided[at].policy);
            self.state.transactions[at].split = split;
            self.divided[at].surplus = left;
        }
        self.state.overpaid = self.divided.iter().map(|divided| divided.surplus).sum();
    }

    /// By rules, what was paid too much meets a tranche on the day it is paid out.
    fn spend_surplus(&mut self, on: NaiveDate) {
        let (_, left) = self.divide(on, self.state.overpaid, &self.contract.policy);
        let mut used = self.state.overpaid - left;
        self.state.overpaid = left;
        for divided in &mut self.divided {
            let part = divided.surplus.min(used);
            divided.surplus -= part;
            used -= part;
        }
    }

    /// A charge that comes after a loan was overpaid is met by what was paid too much, on the day it was paid.
    fn charge_surplus(&mut self) {
        for at in 0..self.divided.len() {
            let Divided { policy, surplus } = self.divided[at];
            if surplus > Decimal::ZERO {
                let (split, left) = self.divide(self.state.transactions[at].on, surplus, policy);
                self.state.transactions[at].split.add(split);
                self.state.overpaid -= surplus - left;
                self.divided[at].surplus = left;
            }
        }
    }

    /// Puts a charge into the row whose period holds its due date, or into a row after the last.
    fn charge(&mut self, charge: Charge) {
        let first = self.state.rows.iter().position(|row| row.row != Row::DownPayment);
        let holder = self.state.rows.iter().enumerate().position(|(at, row)| {
            let opens = row.from < charge.due_on || (Some(at) == first && row.from == charge.due_on);
            row.row != Row::DownPayment && opens && charge.due_on <= row.due_on
        });
        let at = holder.unwrap_or_else(|| self.late_row(charge.due_on));
        let row = &mut self.state.rows[at];
        *row.asked.of_mut(charge.component) += charge.amount;
        row.charges.push(charge);
    }

    fn late_row(&mut self, due_on: NaiveDate) -> usize {
        let last = self.state.rows.len() - 1;
        let row = &mut self.state.rows[last];
        if row.row == Row::Late {
            row.due_on = row.due_on.max(due_on);
            return last;
        }
        let from = row.due_on;
        self.state.rows.push(Instalment::new(Row::Late, from, due_on));
        last + 1
    }

    fn ask_by_plan(&mut self) {
        let plan = self.book.plan(self.start, &self.dues);
        ask(&mut self.state.rows, &plan);
    }

    fn carry_overdue(&mut self, until: NaiveDate) {
        if !self.contract.recalculates || !self.contract.interest_on_past_due {
            return;
        }
        if let Book::Progressive(model) = &mut self.book {
            model.carry_overdue(until);
            self.ask_by_plan();
        }
    }

    fn closing_amount(&mut self, on: NaiveDate) -> Decimal {
        self.carry_overdue(on);
        let rows = &self.state.rows;
        let Book::Progressive(model) = &self.book else { return self.state.outstanding() };
        if !self.contract.recalculates {
            return self.state.outstanding();
        }
        let to = if self.contract.payoff_to_day {
            on
        } else {
            rows.iter().find(|row| row.from < on && on <= row.due_on).map_or(on, |row| row.due_on)
        };
        let due = model.payoff(to);
        let others: Decimal = rows
            .iter()
            .map(|row| {
                let charges = row.open(Component::Fee) + row.open(Component::Penalty);
                if row.row == Row::DownPayment { charges + row.open(Component::Principal) } else { charges }
            })
            .sum();
        due.principal + due.interest + others
    }

    fn pay(&mut self, on: NaiveDate, amount: Decimal, policy: &'a Policy) {
        self.carry_overdue(on);
        let (split, left) = self.divide(on, amount, policy);
        self.state.overpaid += left;
        self.divided.push(Divided { policy, surplus: left });
        self.state.transactions.push(Transaction { on, amount, split });
    }

    /// Where an amount goes, and what is left of it.
    fn divide(&mut self, on: NaiveDate, amount: Decimal, policy: &Policy) -> (Parts, Decimal) {
        let rows = &mut self.state.rows;
        let decimals = coin(self.contract).decimals;
        match &mut self.book {
            Book::Progressive(model) if self.contract.recalculates => {
                let follows = &mut Recalculating { model, to_day: self.contract.payoff_to_day };
                let mut payment =
                    Payment { rows, on, left: amount, decimals, split: Parts::default(), follows };
                payment.divide(policy);
                (payment.split, payment.left)
            }
            _ => super::divide(rows, on, amount, decimals, policy),
        }
    }

    fn close(&mut self, today: Option<NaiveDate>) {
        let open = self.state.rows.iter().any(|row| !row.is_met());
        if let Some(today) = today.filter(|_| open) {
            self.carry_overdue(today);
        }
    }
}
