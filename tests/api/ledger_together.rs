//! Many at once, and many in a row: what races could break, and what a model of the books says.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestError, TestRunner};
use rust_decimal::Decimal;
use soquy::db::{self, Conn, Scope};
use soquy::domain::books::account_role::AccountRole;
use soquy::domain::books::journal_kind::{JournalKind, Owner};
use soquy::domain::books::posting::{Posting, Voucher, VoucherKind};
use soquy::domain::values::money::Money;
use soquy::ledger::balances::{self, Cut};
use soquy::ledger::{self, Reversal};
use soquy::problem::{Kind, Problem};

use crate::support::books::{day_of_2026, gift, number, prepared, run};
use crate::support::{TestApp, VU_QUY, day};

const fn scope(unit: i32) -> Scope {
    Scope { unit, actor: None, action: "test" }
}

fn money(amount: u32) -> Money {
    Money::vnd(Decimal::from(amount)).unwrap()
}

fn paid_in(app: &TestApp, on: NaiveDate) -> Posting {
    let paper = Voucher {
        book: "01".to_owned(),
        kind: VoucherKind::Receipt,
        party: "Nguyễn Văn An".to_owned(),
        address: "Vũ Quý".to_owned(),
        content: "Nộp tiền".to_owned(),
        amount: money(10),
        attachments: 0,
    };
    let draft = Posting::draft(app.app.clock.new_id(), JournalKind::Manual, on, "thử").source(1);
    draft
        .debit(AccountRole::Cash, money(10))
        .credit(AccountRole::Capital, money(10))
        .voucher(paper)
        .balanced()
        .unwrap()
}

/// Balances, months and days that differ from their lines.
const BALANCES_OFF: &str = "
    select (select count(*)
              from (select unit_id, account, source_id, sum(amount) as s, count(*) as n from line group by 1, 2, 3) l
              full join balance b using (unit_id, account, source_id)
             where l.s is distinct from b.amount or l.n is distinct from b.lines)
         + (select count(*)
              from (select unit_id, account, source_id, date_trunc('month', effective_on)::date as month,
                           sum(greatest(amount, 0)) as d, sum(greatest(-amount, 0)) as c from line group by 1, 2, 3, 4) l
              full join period_balance p using (unit_id, account, source_id, month)
             where l.d is distinct from p.debit or l.c is distinct from p.credit)
         + (select count(*)
              from (select unit_id, account, source_id, effective_on as on_day,
                           sum(greatest(amount, 0)) as d, sum(greatest(-amount, 0)) as c from line group by 1, 2, 3, 4) l
              full join day_balance p using (unit_id, account, source_id, on_day)
             where l.d is distinct from p.debit or l.c is distinct from p.credit)";

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixteen_at_one_cash_account_lose_nothing_and_number_without_gaps() {
    let app = prepared().await;
    let tasks = (0..16).map(|_| {
        let (app, postings) = (app.app.clone(), [(); 8].map(|()| paid_in(&app, day("2026-03-02"))));
        tokio::spawn(async move {
            for posting in postings {
                app.within(scope(VU_QUY), async |conn| Ok(ledger::post(conn, VU_QUY, &[posting]).await?))
                    .await
                    .unwrap();
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
    assert_eq!(number(&app, "select sum(amount) from balance where account = '1111'").await, 1_280);
    assert_eq!(
        number(&app, "select count(distinct number) from voucher where number between 1 and 128").await,
        128
    );
    assert_eq!(number(&app, "select max(journal_no) from journal").await, 128);
    assert_eq!(number(&app, BALANCES_OFF).await, 0);
    let disorder = "select count(*) from journal j join journal k on k.journal_no = j.journal_no + 1 where k.booked_at < j.booked_at";
    assert_eq!(number(&app, disorder).await, 0, "what was known at a time is the journals up to a number");
}

/// Headers that a connection has looked up.
async fn headers_read(conn: &mut Conn) -> i64 {
    let read = "select idx_tup_fetch from pg_stat_xact_user_tables where relname = 'journal'";
    sqlx::query_scalar(read).fetch_one(conn).await.unwrap()
}

/// A connection plans once, with what it sees then; its plan must be as good for every posting that follows.
#[tokio::test]
async fn a_posting_after_a_large_one_reads_no_more_than_its_own_journals() {
    let app = prepared().await;
    let mut conn = app.app.pool.acquire().await.unwrap();
    for size in [300, 1, 2] {
        let postings: Vec<_> = (0..size).map(|_| paid_in(&app, day("2026-03-02"))).collect();
        let mut tx = db::begin(&mut conn, "begin", scope(VU_QUY), &app.app.clock).await.unwrap();
        let before = headers_read(&mut tx).await;
        ledger::post(&mut tx, VU_QUY, &postings).await.unwrap();
        assert_eq!(headers_read(&mut tx).await - before, size);
        tx.commit().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_reversals_at_once_one_is_refused() {
    let app = prepared().await;
    for round in 1..=8 {
        run(&app, "soquy_app", &gift("2026-03-02", 1, 100)).await.unwrap();
        let journal = round * 2 - 1;
        let reverse = || {
            let (app, journal_id) = (app.app.clone(), app.app.clock.new_id());
            tokio::spawn(async move {
                let how = Reversal {
                    journal_id,
                    effective_on: day("2026-03-02"),
                    reason: "sai",
                    owner: Owner::Accountant,
                };
                app.within(scope(VU_QUY), async |conn| Ok(ledger::reverse(conn, VU_QUY, journal, how).await?))
                    .await
            })
        };
        let (first, second) = tokio::join!(reverse(), reverse());
        let refused: Vec<_> =
            [first.unwrap(), second.unwrap()].into_iter().filter_map(Result::err).map(|p| p.kind).collect();
        assert_eq!(refused, [Kind::AlreadyReversed]);
    }
    assert_eq!(number(&app, "select sum(amount) from balance where account = '1111'").await, 0);
    assert_eq!(number(&app, BALANCES_OFF).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_posting_comes_before_the_closing_or_is_refused() {
    let app = prepared().await;
    let mut refused = 0;
    for month in 8..=12 {
        let (in_month, close) = (
            day(&format!("2025-{month:02}-15")),
            day(&format!("2025-{month:02}-01")) + chrono::Months::new(1),
        );
        let posting = || {
            let (app, posting) = (app.app.clone(), paid_in(&app, in_month));
            tokio::spawn(async move {
                app.within(scope(VU_QUY), async |conn| Ok(ledger::post(conn, VU_QUY, &[posting]).await?))
                    .await
            })
        };
        let closing = {
            let app = app.app.clone();
            tokio::spawn(async move {
                app.within(scope(VU_QUY), async |conn| {
                    Ok(ledger::close_before(conn, VU_QUY, close, "").await?)
                })
                .await
            })
        };
        let (one, two, closed, three) = tokio::join!(posting(), posting(), closing, posting());
        closed.unwrap().expect("the closing itself");
        for answer in [one, two, three] {
            if let Err(problem) = answer.unwrap() {
                assert_eq!(problem.kind, Kind::PeriodClosed);
                refused += 1;
            }
        }
    }
    assert_eq!(number(&app, "select count(*) from journal").await + refused, 15);
    // The numbers of facts say what came first.
    let late = "select count(*) from journal j join fact_hash f on f.kind = 'journal' and f.ref = j.journal_no::text
                 where exists (select from period_event e join fact_hash c on c.kind = 'period_event' and c.ref = e.period_event_id::text
                                where e.closed_before > j.effective_on and e.action = 'close' and c.fact_no < f.fact_no)";
    assert_eq!(number(&app, late).await, 0);
}

/// A command of the model. Sources are 1 and 2, days count from 2026-01-01.
#[derive(Debug, Clone)]
enum Op {
    Receive { source: i32, day: u64, amount: u32 },
    Spend { source: i32, day: u64, amount: u32 },
    ToBank { source: i32, day: u64, amount: u32 },
    Reverse { nth: usize, later: u64 },
    Close { month: u32 },
    Reopen { month: u32 },
}

fn ops() -> impl Strategy<Value = Vec<Op>> {
    let (source, day, amount) = (1..=2_i32, 0..150_u64, 1..60_u32);
    let op = prop_oneof![
        4 => (source.clone(), day.clone(), amount.clone()).prop_map(|(source, day, amount)| Op::Receive { source, day, amount: amount * 3 }),
        4 => (source.clone(), day.clone(), amount.clone()).prop_map(|(source, day, amount)| Op::Spend { source, day, amount }),
        1 => (source, day, amount).prop_map(|(source, day, amount)| Op::ToBank { source, day, amount }),
        3 => (0..30_usize, 0..40_u64).prop_map(|(nth, later)| Op::Reverse { nth, later }),
        1 => (2..6_u32).prop_map(|month| Op::Close { month }),
        1 => (1..6_u32).prop_map(|month| Op::Reopen { month }),
    ];
    prop::collection::vec(op, 1..40)
}

/// Books in memory: sums over lists, nothing else.
struct Model {
    journals: Vec<ModelJournal>,
    open_from: NaiveDate,
}

#[derive(Clone)]
struct ModelJournal {
    on: NaiveDate,
    source: i32,
    lines: Vec<(&'static str, i64)>,
    reverses: Option<usize>,
}

const MONEY: [&str; 2] = ["1111", "1121"];

impl Model {
    /// The sums of an account in a source before a day: debits and credits.
    fn before(&self, day: NaiveDate) -> BTreeMap<(String, i32), (i64, i64)> {
        let mut sums: BTreeMap<_, (i64, i64)> = BTreeMap::new();
        for journal in self.journals.iter().filter(|j| j.on < day) {
            for (account, amount) in &journal.lines {
                let sum = sums.entry(((*account).to_owned(), journal.source)).or_default();
                *sum = (sum.0 + (*amount).max(0), sum.1 + (-amount).max(0));
            }
        }
        sums
    }

    fn overdrawn(&self, source: i32) -> bool {
        let money =
            |j: &ModelJournal| j.lines.iter().filter(|(a, _)| MONEY.contains(a)).map(|(_, n)| n).sum::<i64>();
        let of_source: Vec<_> =
            self.journals.iter().filter(|j| j.source == source).map(|j| (j.on, money(j))).collect();
        of_source
            .iter()
            .any(|(day, _)| of_source.iter().filter(|(on, _)| on <= day).map(|(_, n)| n).sum::<i64>() < 0)
    }

    /// Whether a cash box or bank account holds less than nothing at the end of a day.
    fn is_ever_empty(&self, till: &str) -> bool {
        let days = self.journals.iter().map(|j| j.on);
        let held = |day: NaiveDate| -> i64 {
            let lines = self.journals.iter().filter(|j| j.on <= day).flat_map(|j| &j.lines);
            lines.filter(|(account, _)| *account == till).map(|(_, amount)| amount).sum()
        };
        days.map(held).any(|held| held < 0)
    }

    /// Whether the last journal only moves money between tills and a source holds less than nothing in one that gives, on its day or
    /// since.
    fn moves_what_is_not_there(&self) -> bool {
        let Some(last) = self.journals.last().filter(|j| j.lines.iter().all(|(a, _)| MONEY.contains(a)))
        else {
            return false;
        };
        let held = |till: &str, day: NaiveDate| -> i64 {
            let lines = self
                .journals
                .iter()
                .filter(|j| j.source == last.source && j.on <= day)
                .flat_map(|j| &j.lines);
            lines.filter(|(account, _)| *account == till).map(|(_, amount)| amount).sum()
        };
        let gives = last.lines.iter().filter(|(_, amount)| *amount < 0).map(|(till, _)| *till);
        gives.into_iter().any(|till| {
            self.journals.iter().map(|j| j.on).filter(|on| *on >= last.on).any(|on| held(till, on) < 0)
        })
    }

    /// Writes a journal, or says why the books refuse it.
    fn write(&mut self, journal: ModelJournal) -> Result<(), Kind> {
        if journal.on < self.open_from {
            return Err(Kind::PeriodClosed);
        }
        let source = journal.source;
        self.journals.push(journal);
        if self.overdrawn(source) {
            self.journals.pop();
            return Err(Kind::SourceShort);
        }
        if MONEY.iter().any(|till| self.is_ever_empty(till)) {
            self.journals.pop();
            return Err(Kind::TillShort);
        }
        if self.moves_what_is_not_there() {
            self.journals.pop();
            return Err(Kind::TillShort);
        }
        Ok(())
    }

    fn reverse(&mut self, nth: usize, on: NaiveDate) -> Result<(), Kind> {
        let reversed = self.journals.get(nth).cloned().ok_or(Kind::NotFound)?;
        if reversed.reverses.is_some() || on < reversed.on {
            return Err(Kind::WrongState);
        }
        if self.journals.iter().any(|j| j.reverses == Some(nth)) {
            return Err(Kind::AlreadyReversed);
        }
        let lines = reversed.lines.iter().map(|(account, amount)| (*account, -amount)).collect();
        self.write(ModelJournal { on, source: reversed.source, lines, reverses: Some(nth) })
    }

    fn move_period(&mut self, to: NaiveDate, forward: bool) -> Result<(), Kind> {
        let opened = day("2026-01-01");
        let good = if forward { to > self.open_from } else { to < self.open_from && to >= opened };
        if good {
            self.open_from = to;
            Ok(())
        } else {
            Err(Kind::WrongState)
        }
    }

    fn apply(&mut self, op: &Op) -> Result<(), Kind> {
        let write = |on, source, lines| ModelJournal { on: day_of_2026(on), source, lines, reverses: None };
        match *op {
            Op::Receive { source, day, amount } => self.write(write(
                day,
                source,
                vec![("1111", i64::from(amount)), ("43181", -i64::from(amount))],
            )),
            Op::Spend { source, day, amount } => self.write(write(
                day,
                source,
                vec![("13881", i64::from(amount)), ("1111", -i64::from(amount))],
            )),
            Op::ToBank { source, day, amount } => self.write(write(
                day,
                source,
                vec![("1121", i64::from(amount)), ("1111", -i64::from(amount))],
            )),
            Op::Reverse { nth, later } => {
                let on = self.journals.get(nth).map_or(day_of_2026(0), |j| j.on) + chrono::Days::new(later)
                    - chrono::Days::new(2);
                self.reverse(nth, on)
            }
            Op::Close { month } => self.move_period(first_of(month), true),
            Op::Reopen { month } => self.move_period(first_of(month), false),
        }
    }
}

fn first_of(month: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, month, 1).unwrap()
}

/// The same command on the books.
async fn on_the_books(app: &TestApp, unit: i32, model: &Model, op: &Op) -> Result<(), Kind> {
    let draft = |source, on| {
        Posting::draft(app.app.clock.new_id(), JournalKind::Manual, day_of_2026(on), "thử").source(source)
    };
    let posting = match *op {
        Op::Receive { source, day, amount } => Some(
            draft(source, day)
                .debit(AccountRole::Cash, money(amount))
                .credit(AccountRole::Capital, money(amount)),
        ),
        Op::Spend { source, day, amount } => Some(
            draft(source, day)
                .about(AN_AGREEMENT)
                .debit(AccountRole::SupportOutstanding, money(amount))
                .credit(AccountRole::Cash, money(amount)),
        ),
        Op::ToBank { source, day, amount } => Some(
            draft(source, day)
                .debit(AccountRole::Bank, money(amount))
                .credit(AccountRole::Cash, money(amount)),
        ),
        _ => None,
    };
    let work = async |conn: &mut _| -> Result<(), Problem> {
        match *op {
            Op::Reverse { nth, later } => {
                let on = model.journals.get(nth).map_or(day_of_2026(0), |j| j.on) + chrono::Days::new(later)
                    - chrono::Days::new(2);
                let how = Reversal {
                    journal_id: app.app.clock.new_id(),
                    effective_on: on,
                    reason: "sai",
                    owner: Owner::Accountant,
                };
                ledger::reverse(conn, unit, i64::try_from(nth).unwrap() + 1, how).await?;
            }
            Op::Close { month } => ledger::close_before(conn, unit, first_of(month), "").await?,
            Op::Reopen { month } => ledger::reopen_from(conn, unit, first_of(month), "").await?,
            _ => {
                let posting = posting.expect("the other commands post").balanced()?;
                ledger::post(conn, unit, &[posting]).await?;
            }
        }
        Ok(())
    };
    app.app.within(scope(unit), work).await.map_err(|problem| problem.kind)
}

/// What money is spent on.
const AN_AGREEMENT: uuid::Uuid = uuid::Uuid::from_u128(1);

/// A unit of its own for each case, with the same book.
async fn another_unit(app: &TestApp, unit: i32) {
    let open = format!(
        "insert into unit (unit_id, kind, name, valid_from) values ({unit}, 'commune', 'Thử', '2020-01-01');
         select set_config('soquy.unit_id', '{unit}', true);
         select ledger_open({unit}, 'tt24_2024', '2026-01-01');
         insert into fund values ({unit}, 1, 'revolving', 'Quỹ', '2026-01-01');
         insert into source (unit_id, source_id, fund_id, name, origin, nature, may_revolve, must_return, opened_on)
         values ({unit}, 1, 1, 'Một', 'donor', 'own', true, false, '2026-01-01'), ({unit}, 2, 1, 'Hai', 'donor', 'own', true, false, '2026-01-01');
         insert into subject values ({unit}, '{AN_AGREEMENT}', 'agreement')"
    );
    run(app, "none", &open).await.expect("a unit with a book");
}

async fn books_before(
    app: &TestApp,
    unit: i32,
    day: NaiveDate,
    known_at: Option<DateTime<Utc>>,
) -> BTreeMap<(String, i32), (i64, i64)> {
    let cut = Cut { known_at, ..Cut::default() };
    let rows = app
        .app
        .within(scope(unit), async |conn| Ok(balances::before(conn, unit, day, cut).await?))
        .await
        .unwrap();
    let whole = |d: Decimal| i64::try_from(d).unwrap();
    rows.into_iter()
        .map(|t| ((t.account, t.source_id), (whole(t.sums.debit.0), whole(t.sums.credit.0))))
        .collect()
}

async fn books_follow_the_model(app: &TestApp, unit: i32, ops: &[Op]) -> Result<(), TestCaseError> {
    another_unit(app, unit).await;
    app.app.clock.move_to(day("2027-01-01"));
    let mut model = Model { journals: Vec::new(), open_from: day("2026-01-01") };
    for op in ops {
        let books = on_the_books(app, unit, &model, op).await;
        prop_assert_eq!(books, model.apply(op), "{:?}", op);
    }
    let ever = Some("2100-01-01T00:00:00Z".parse().unwrap());
    for offset in [0, 1, 30, 31, 58, 59, 60, 89, 120, 149, 200] {
        let (on, said) = (day_of_2026(offset), model.before(day_of_2026(offset)));
        prop_assert_eq!(&books_before(app, unit, on, None).await, &said, "months and lines before {}", on);
        prop_assert_eq!(&books_before(app, unit, on, ever).await, &said, "lines before {}", on);
    }
    Ok(())
}

#[test]
fn the_books_follow_a_model_through_back_dating_reversals_and_closings() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let app = runtime.block_on(TestApp::new());
    let next = std::cell::Cell::new(900_000);
    let config = Config { cases: 24, max_shrink_iters: 200, failure_persistence: None, ..Config::default() };
    let outcome = TestRunner::new(config).run(&ops(), |ops| {
        next.set(next.get() + 1);
        runtime.block_on(books_follow_the_model(&app, next.get(), &ops))
    });
    if let Err(TestError::Fail(why, ops)) = outcome {
        panic!("{why} after {ops:#?}");
    }
    assert_eq!(runtime.block_on(number(&app, BALANCES_OFF)), 0);
    let reversals = "select least(count(*), 1) from journal where reverses is not null";
    assert_eq!(runtime.block_on(number(&app, reversals)), 1, "the commands reached the books");
}
