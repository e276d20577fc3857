//! Whatever the order in which a loan's history is entered, the books say the same of every day. 300 random histories in
//! `cargo test`; `PROPTEST_CASES=10000 cargo test --lib orders` tries more.

use std::collections::{BTreeMap, VecDeque};

use chrono::Days;
use proptest::prelude::*;

use super::*;
use crate::domain::credit::allocation::Future;
use crate::domain::credit::loan::LoanError;
use crate::domain::values::month;

/// A loan in books that are kept by somebody.
struct Books<'a> {
    contract: &'a Contract,
    events: Vec<LoanEvent>,
    closed: BTreeSet<NaiveDate>,
    open_from: NaiveDate,
    stand: Option<Stand>,
    ledger: BTreeMap<NaiveDate, Position>,
}

impl<'a> Books<'a> {
    fn of(contract: &'a Contract) -> Self {
        let (events, closed, ledger) = (Vec::new(), BTreeSet::new(), BTreeMap::new());
        Self { contract, events, closed, open_from: NaiveDate::MIN, stand: None, ledger }
    }

    fn post(&mut self, day: NaiveDate, moves: Position) {
        let sum = self.ledger.entry(day.max(self.open_from)).or_default();
        *sum = sum.plus(moves);
    }

    /// Goes from what was to what is, and says what moved.
    fn follow(
        &mut self,
        events: usize,
        closed: &BTreeSet<NaiveDate>,
        from: NaiveDate,
    ) -> Result<Option<Moves>, LoanError> {
        let (terms, rates) = (self.contract.terms(), rates);
        let (contract, rates) = (self.contract, &rates as &dyn Fn(NaiveDate) -> LossRates);
        let now = Course { contract, terms: &terms, events: &self.events, closed: &self.closed, rates };
        let was = Course { events: &self.events[..events], closed, ..now };
        let stand = self.stand.unwrap_or(Stand { on: from, position: Position::default() });
        let moves = was.moves_to(&now, stand, from)?;
        if let Some(moves) = &moves {
            self.stand = Some(moves.stand);
            moves.days.clone().into_iter().for_each(|(day, moved)| self.post(day, moved));
        }
        Ok(moves)
    }

    /// Enters an event, unless it does not fit what is known so far.
    fn enter(&mut self, on: NaiveDate, what: Occurrence) -> Result<Moves, LoanError> {
        let before = self.events.len();
        self.events.push(LoanEvent { seq: u32::try_from(before).unwrap() + 1, on, what });
        let moves = self.follow(before, &self.closed.clone(), on);
        if moves.is_err() {
            self.events.pop();
        }
        Ok(moves?.expect("an entry has its own day"))
    }

    /// Closes every month's end on the way to a day, and the day.
    fn close(&mut self, upto: NaiveDate) {
        let first = self.events.iter().map(|event| event.on).min();
        let from = self.closed.last().and_then(NaiveDate::succ_opt).or(first).unwrap_or(upto);
        for day in month::ends_between(from, upto).chain([upto]) {
            let before = self.closed.clone();
            self.closed.insert(day);
            self.follow(self.events.len(), &before, day).unwrap();
        }
    }

    /// What the books say of a day.
    fn on(&self, day: NaiveDate) -> Position {
        self.ledger.range(..=day).fold(Position::default(), |sum, (_, moves)| sum.plus(*moves))
    }

    /// What they must say of every day on which they follow the loan.
    fn must(&self) -> BTreeMap<NaiveDate, Position> {
        let (terms, rates) = (self.contract.terms(), rates);
        let (contract, events, closed) = (self.contract, &self.events, &self.closed);
        Course { contract, terms: &terms, events, closed, rates: &rates }.positions().unwrap()
    }
}

/// Provisions that change with the year and with lateness.
fn rates(day: NaiveDate) -> LossRates {
    let general_pct = if day < super::day("2026-07-01") { dec!(0.75) } else { dec!(1) };
    LossRates { general_pct, by_days: vec![(10, dec!(5)), (91, dec!(20)), (181, dec!(50))] }
}

/// Something that happens, before its amounts are known.
#[derive(Debug, Clone)]
enum Plan {
    Tranche(i64),
    Pay(i64),
    PayAhead(i64, Future),
    Refund,
    Rate(i64),
    Extend(u32),
    Recall(i64),
    Freeze(i64),
    Thaw,
    WriteOff,
    Recover(i64),
    TakeBack(usize),
}

fn plans() -> impl Strategy<Value = Plan> {
    let some = || 1_000_i64..9_000_000;
    prop_oneof![
        1 => some().prop_map(Plan::Tranche),
        6 => some().prop_map(Plan::Pay),
        2 => (some(), prop_oneof![Just(Future::LastInstallment), Just(Future::Reamortization)])
            .prop_map(|(amount, future)| Plan::PayAhead(amount, future)),
        1 => Just(Plan::Refund),
        1 => (1_i64..12).prop_map(Plan::Rate),
        1 => (1_u32..12).prop_map(Plan::Extend),
        1 => some().prop_map(Plan::Recall),
        1 => some().prop_map(Plan::Freeze),
        1 => Just(Plan::Thaw),
        1 => Just(Plan::WriteOff),
        1 => some().prop_map(Plan::Recover),
        3 => (0_usize..12).prop_map(Plan::TakeBack),
    ]
}

/// A history: what happens on which days, when days are closed, and in which order all of it is entered.
#[derive(Debug, Clone)]
struct History {
    accrual: bool,
    carried: bool,
    planned: Vec<(u64, Plan)>,
    closes: Vec<u64>,
    order: Vec<u32>,
    closed_months: Option<(usize, u32)>,
}

fn histories() -> impl Strategy<Value = History> {
    let planned = proptest::collection::btree_map(1_u64..700, plans(), 1..9);
    let closes = proptest::collection::btree_set(1_u64..760, 0..5);
    let order = proptest::collection::vec(any::<u32>(), 16);
    (any::<bool>(), any::<bool>(), planned, closes, order, proptest::option::of((0_usize..14, 1_u32..20)))
        .prop_map(|(accrual, carried, planned, closes, order, closed_months)| History {
            accrual,
            carried,
            planned: planned.into_iter().collect(),
            closes: closes.into_iter().collect(),
            order,
            closed_months,
        })
}

fn contract(history: &History) -> Contract {
    let mut rule = rule("03_worker", RateRule::Fixed { annual_rate: dec!(6.6) });
    rule.income = if history.accrual { Income::Accrual } else { Income::Cash };
    rule.instalments.missed = if history.carried { Missed::Carried } else { Missed::Overdue };
    rule.instalments.months = vec![3];
    signed(&rule, "50000000", 12, (dec!(6.6), dec!(8.58)))
}

const FIRST: &str = "2026-01-15";

fn after(days: u64) -> NaiveDate {
    day(FIRST) + Days::new(days)
}

/// What happens, with amounts that fit what came before; entries that cannot happen fall out.
fn happened(history: &History, contract: &Contract) -> Vec<(NaiveDate, Occurrence)> {
    let terms = contract.terms();
    let mut events =
        vec![LoanEvent { seq: 1, on: day(FIRST), what: Occurrence::Disbursed { amount: dec!(20_000_000) } }];
    for (days, plan) in &history.planned {
        let (on, seq) = (after(*days), u32::try_from(events.len()).unwrap() + 1);
        let loan = state(&terms, &events, on).unwrap();
        let whole = loan.principal.performing + loan.principal.overdue;
        let least = |amount: &i64, most: Decimal| Decimal::from(*amount).min(most);
        let what = match plan {
            Plan::Tranche(amount) => Occurrence::Disbursed { amount: (*amount).into() },
            Plan::Pay(amount) => Occurrence::Repaid { amount: (*amount).into() },
            Plan::PayAhead(amount, future) => {
                Occurrence::Prepaid { amount: (*amount).into(), future: *future }
            }
            Plan::Refund => Occurrence::Refunded { amount: loan.overpaid },
            Plan::Rate(pct) => Occurrence::RateChanged {
                annual_rate_pct: (*pct).into(),
                overdue_rate_pct: Decimal::from(*pct) * dec!(1.3),
            },
            Plan::Extend(months) => {
                let Some(present) = loan.rows.last() else { continue };
                Occurrence::Extended { final_due_on: present.due_on + chrono::Months::new(*months) }
            }
            Plan::Recall(amount) => {
                Occurrence::MadeOverdue { amount: least(amount, loan.principal.performing) }
            }
            Plan::Freeze(amount) => Occurrence::Frozen { amount: least(amount, whole), until: None },
            Plan::Thaw => Occurrence::Unfrozen { amount: loan.principal.frozen, due_on: on },
            Plan::WriteOff => {
                let covered = (loan.owed() / Decimal::from(3)).trunc();
                Occurrence::WrittenOff { principal: loan.owed(), interest: loan.interest.unpaid, covered }
            }
            Plan::Recover(amount) => Occurrence::Recovered { amount: (*amount).into() },
            Plan::TakeBack(back) => {
                let Some(entry) = (seq - 1).checked_sub(u32::try_from(*back).unwrap()) else { continue };
                Occurrence::Reversed { entry }
            }
        };
        events.push(LoanEvent { seq, on, what });
        if state(&terms, &events, on).is_err() {
            events.pop();
        }
    }
    events.into_iter().map(|event| (event.on, event.what)).collect()
}

/// What somebody does: enters the nth thing that happened, closes days, closes the months before one.
#[derive(Debug, Clone, Copy)]
enum Does {
    Enters(usize),
    Closes(NaiveDate),
    ClosesMonths(NaiveDate),
}

/// The order of entry: any, but nothing is taken back before it is there, and days are closed one after another.
fn order(history: &History, happened: &[(NaiveDate, Occurrence)]) -> Vec<Does> {
    let keys = || history.order.iter().cycle().copied();
    let mut entries: Vec<(u32, usize)> = keys().zip(0..happened.len()).collect();
    for n in 0..happened.len() {
        if let Occurrence::Reversed { entry } = happened[n].1 {
            let target = usize::try_from(entry).unwrap() - 1;
            entries[n].0 = entries[n].0.max(entries[target].0.saturating_add(1));
        }
    }
    let mut all: Vec<(u32, Does)> = entries.into_iter().map(|(key, n)| (key, Does::Enters(n))).collect();
    let mut at: Vec<u32> = keys().skip(9).take(history.closes.len()).collect();
    at.sort_unstable();
    all.extend(at.into_iter().zip(&history.closes).map(|(key, days)| (key, Does::Closes(after(*days)))));
    all.sort_by_key(|(key, _)| *key);
    let mut all: Vec<Does> = all.into_iter().map(|(_, does)| does).collect();
    if let Some((at, months)) = history.closed_months {
        let first = month::Month::of(day(FIRST)).first_day() + chrono::Months::new(months);
        all.insert(at.min(all.len()), Does::ClosesMonths(first));
    }
    all
}

/// Keeps books in an order. What does not fit what is known so far is entered later; none when something never fits. Each
/// payment's own journal is what its receipt says.
fn kept<'a>(
    contract: &'a Contract,
    happened: &[(NaiveDate, Occurrence)],
    order: &[Does],
) -> Result<Option<Books<'a>>, TestCaseError> {
    let mut books = Books::of(contract);
    let mut numbers = BTreeMap::new();
    let mut frozen: Option<(NaiveDate, Position)> = None;
    let (mut waiting, mut put_off): (VecDeque<Does>, usize) = (order.iter().copied().collect(), 0);
    while let Some(does) = waiting.pop_front() {
        match does {
            Does::Closes(upto) => books.close(upto),
            Does::ClosesMonths(first) => {
                books.open_from = first;
                frozen = Some((first, books.on(first.pred_opt().unwrap())));
            }
            Does::Enters(n) => {
                let (on, mut what) = happened[n].clone();
                if let Occurrence::Reversed { entry } = &mut what {
                    *entry = numbers.get(entry).copied().unwrap_or_default();
                }
                let Ok(moves) = books.enter(on, what.clone()) else {
                    waiting.push_back(does);
                    put_off += 1;
                    if put_off > waiting.len() {
                        return Ok(None);
                    }
                    continue;
                };
                put_off = 0;
                numbers.insert(u32::try_from(n).unwrap() + 1, u32::try_from(books.events.len()).unwrap());
                insist_on_the_receipt(&books, &moves, &what)?;
            }
        }
    }
    if let Some((first, then)) = frozen {
        prop_assert_eq!(books.on(first.pred_opt().unwrap()), then, "a closed month keeps its figures");
    }
    Ok(Some(books))
}

/// The journal of a payment moves the money that came and the principal that its receipt says.
fn insist_on_the_receipt(books: &Books<'_>, moves: &Moves, what: &Occurrence) -> Result<(), TestCaseError> {
    let (Occurrence::Repaid { amount } | Occurrence::Prepaid { amount, .. }) = what else { return Ok(()) };
    let own = moves.around(&books.events).own;
    let event = books.events.last().unwrap();
    let loan = state(&books.contract.terms(), &books.events, event.on).unwrap();
    let split = loan.splits.iter().find(|split| split.seq == event.seq).unwrap();
    prop_assert_eq!(own.money(), *amount);
    prop_assert_eq!(-(own.in_term + own.overdue + own.frozen), split.principal + split.overdue_principal);
    Ok(())
}

fn config() -> ProptestConfig {
    let config = ProptestConfig::default();
    ProptestConfig { cases: config.cases.max(300), ..config }
}

proptest! {
    #![proptest_config(config())]
    #[test]
    fn the_order_of_entry_never_changes_what_the_books_say_of_a_day(history in histories()) {
        let contract = contract(&history);
        let happened = happened(&history, &contract);
        let Some(books) = kept(&contract, &happened, &order(&history, &happened))? else {
            return Err(TestCaseError::reject("it cannot be entered in this order"));
        };
        let must = books.must();
        let upto = must.last_key_value().map_or(day(FIRST), |(day, _)| *day);
        let booked = books.ledger.keys().copied();
        for day in must.keys().copied().chain(booked).filter(|day| *day >= books.open_from) {
            let expected = must.range(..=day).next_back().map(|(_, held)| *held).unwrap_or_default();
            prop_assert_eq!(books.on(day), expected, "on {}", day);
        }
        prop_assert_eq!(books.on(upto.max(books.open_from)), must[&upto], "after the last entry");
    }
}
