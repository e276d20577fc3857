//! Commands of one unit that arrive together run in one transaction, one batch after the other. Commands that arrive
//! meanwhile wait in the unit's queue. A quiet unit answers at once, and a busy one pays for one commit a batch instead of
//! one a command.
//!
//! Every command keeps its own key, answer and refusal. When a batch fails as a whole its commands run one by one, so a
//! bad one does not take its neighbours down.
//!
//! | phase | statement | lock | round trips |
//! |---|---|---|---|
//! | begin | `begin`, scope | | 1 |
//! | keys | `claim_keys` | each key | 1 |
//! | execute | those of the feature (see `support/repay.rs`) | its rows, then the unit counter | |
//! | answers | `insert` into `idempotency` | | 1 |
//! | commit | `commit` | gives all back | 1 |

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Duration;

use axum::response::Response;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use sqlx::{Postgres, Transaction};
use tokio::sync::{Notify, oneshot};
use tokio::time::{Instant, timeout, timeout_at};

use crate::access::Work;
use crate::db::{self, Conn, Lease, Scope};
use crate::domain::values::language::Language;
use crate::http::{App, Created, respond};
use crate::idempotency::{self, Answer, Claim};
use crate::problem::{Kind, Problem};
use crate::text;

/// The most commands of one transaction.
const BATCH: usize = 200;

/// The longest wait for the callers of the previous batch.
const LINGER_MAX: Duration = Duration::from_millis(10);

/// The longest a transaction may take to begin: it waits for nothing but the way to the database.
const BEGINNING: Duration = Duration::from_secs(2);

/// The longest a batch may take. One that takes longer waits for another transaction of the unit, or for a database that is gone.
const LONGEST: Duration = Duration::from_secs(8);

/// The most commands that wait in a unit; more are told to come again.
const QUEUE: usize = 2_000;

/// A command that is written for batches.
pub trait Batched: Clone + Send + Sync + 'static {
    /// Operation of the audit trail.
    const ACTION: &'static str;

    /// What the caller gets.
    type Receipt: Serialize + Send;

    /// Does commands of one unit in their order; each has its own verdict. An error takes all of them back.
    fn execute(
        conn: &mut Conn,
        work: &Work<'_>,
        commands: &[Self],
    ) -> impl Future<Output = Result<Vec<Result<Self::Receipt, Problem>>, Problem>> + Send;

    /// Where the thing is that a receipt is about.
    fn location(unit: i32, receipt: &Self::Receipt) -> String;
}

/// The answer of a command, and whether it was kept from before.
pub type Outcome = Result<(Answer, bool), Problem>;

/// A command without an answer: its worker broke.
fn lost() -> Problem {
    Problem::internal(anyhow::anyhow!("a batch lost an answer"))
}

/// A command whose batch was given up.
fn come_again() -> Problem {
    Kind::TryAgain.bare().after(1)
}

/// What became of a row of a batch.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = BatchVerdict)]
pub struct Verdict {
    /// Its key.
    key: String,
    /// The status it would have had alone.
    status: u16,
    /// Whether the answer was given before.
    replayed: bool,
    /// The receipt, or the problem.
    #[schema(value_type = Object)]
    body: Box<RawValue>,
}

impl Verdict {
    fn of(key: String, outcome: Outcome, language: Language) -> Self {
        match outcome {
            Ok((answer, replayed)) => {
                let body = RawValue::from_string(answer.body).unwrap_or_default();
                Self { key, status: answer.status, replayed, body }
            }
            Err(problem) => {
                let status = problem.kind.parts().1.as_u16();
                let body = to_raw_value(&problem.body(language, &key)).unwrap_or_default();
                Self { key, status, replayed: false, body }
            }
        }
    }
}

/// The most rows of a batch.
const MOST_ROWS: usize = 500;

struct Waiting<C> {
    claim: Claim,
    command: C,
    reply: oneshot::Sender<Outcome>,
}

impl<C> Waiting<C> {
    /// Answers the caller. A caller who has gone hears nothing; the work stands.
    fn answer(self, outcome: Outcome) {
        self.reply.send(outcome).unwrap_or_default();
    }
}

/// The commands that wait for a unit.
struct UnitQueue<C> {
    waiting: VecDeque<Waiting<C>>,
    /// One more command arrived.
    arrived: Arc<Notify>,
}

/// The queues of the units. A unit has one while a worker serves it; an idle server has none.
pub struct Batcher<C> {
    queues: std::sync::Mutex<HashMap<i32, UnitQueue<C>>>,
}

impl<C> Default for Batcher<C> {
    fn default() -> Self {
        Self { queues: std::sync::Mutex::default() }
    }
}

impl<C: Batched> Batcher<C> {
    /// Hands a command to the unit's worker and waits for its answer.
    pub async fn submit(
        self: &Arc<Self>,
        app: &App,
        unit: i32,
        claim: Claim,
        command: C,
    ) -> Result<Response, Problem> {
        let mut outcomes = self.submit_all(app, unit, vec![(claim, command)]).await;
        let (answer, replayed) = outcomes.pop().unwrap_or_else(|| Err(lost()))?;
        Ok(respond(answer, replayed))
    }

    /// Hands many commands to the unit's worker, in their order, and waits for the answer to each.
    pub async fn submit_all(
        self: &Arc<Self>,
        app: &App,
        unit: i32,
        commands: Vec<(Claim, C)>,
    ) -> Vec<Outcome> {
        let enqueue = |(claim, command)| {
            let (reply, outcome) = oneshot::channel();
            self.enqueue(app, unit, Waiting { claim, command, reply }).map(|()| outcome)
        };
        let enqueued: Vec<_> = commands.into_iter().map(enqueue).collect();
        let mut outcomes = Vec::with_capacity(enqueued.len());
        for waiting in enqueued {
            outcomes.push(match waiting {
                Ok(outcome) => outcome.await.unwrap_or_else(|_| Err(lost())),
                Err(problem) => Err(problem),
            });
        }
        outcomes
    }

    /// Hands a batch to the unit's worker: every row has its own key and verdict, and none takes another down.
    pub async fn submit_batch(
        self: &Arc<Self>,
        app: &App,
        unit: i32,
        rows: Vec<(Claim, C)>,
        language: Language,
    ) -> Result<Vec<Verdict>, Problem> {
        if rows.is_empty() || rows.len() > MOST_ROWS {
            return Err(Problem::field("", text!("Từ 1 đến {MOST_ROWS} dòng", "1 to {MOST_ROWS} rows")));
        }
        let keys: Vec<String> = rows.iter().map(|(claim, _)| claim.key.clone()).collect();
        let outcomes = self.submit_all(app, unit, rows).await;
        let verdicts = keys.into_iter().zip(outcomes);
        Ok(verdicts.map(|(key, outcome)| Verdict::of(key, outcome, language)).collect())
    }

    fn queues(&self) -> MutexGuard<'_, HashMap<i32, UnitQueue<C>>> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn enqueue(self: &Arc<Self>, app: &App, unit: i32, waiting: Waiting<C>) -> Result<(), Problem> {
        match self.queues().entry(unit) {
            Entry::Occupied(queue) if queue.get().waiting.len() >= QUEUE => {
                return Err(Kind::TryAgain.bare().after(1));
            }
            Entry::Occupied(mut queue) => {
                queue.get_mut().waiting.push_back(waiting);
                queue.get().arrived.notify_one();
            }
            Entry::Vacant(none) => {
                let arrived = Arc::new(Notify::new());
                none.insert(UnitQueue { waiting: VecDeque::from([waiting]), arrived: arrived.clone() });
                tokio::spawn(self.clone().serve(app.clone(), unit, arrived));
            }
        }
        Ok(())
    }

    /// Serves a unit until its queue is empty.
    async fn serve(self: Arc<Self>, app: App, unit: i32, arrived: Arc<Notify>) {
        let mut previous = PreviousBatch::default();
        loop {
            let until = Instant::now() + LINGER_MAX.min(previous.took / 2);
            timeout_at(until, self.gather(unit, 1, &arrived)).await.ok();
            if self.close(unit) {
                return;
            }
            // A task of its own, so that a panic in it ends only this batch.
            let turn = self.clone().turn(app.clone(), unit, arrived.clone(), (previous, until));
            previous = tokio::spawn(turn).await.unwrap_or_else(|panic| {
                tracing::error!(unit, cause = %panic, "a batch broke");
                PreviousBatch::default()
            });
        }
    }

    /// Serves the commands that wait. A caller who works without a pause is back soon after an answer, and a batch with all of
    /// them costs little more than one with the first few. So the worker waits briefly for the callers of the previous batch,
    /// half as long as it took to answer them, while the transaction begins.
    async fn turn(
        self: Arc<Self>,
        app: App,
        unit: i32,
        arrived: Arc<Notify>,
        (previous, until): (PreviousBatch, Instant),
    ) -> PreviousBatch {
        let gathered = timeout_at(until, self.gather(unit, previous.answered, &arrived));
        let mut conn = match previous.conn {
            None => Lease::of(&app.writers).await.ok(),
            kept => kept,
        };
        let (tx, _) = tokio::join!(begin::<C>(&app, unit, conn.as_mut()), gathered);
        let (batch, since) = (self.next_batch(unit), Instant::now());
        let answered = batch.len();
        let done = match tx.ok() {
            Some(tx) => attempt(tx, &app, unit, &batch).await,
            None => Attempt::NotBegun,
        };
        if !matches!(done, Attempt::NotBegun | Attempt::GivenUp) {
            conn.iter_mut().for_each(Lease::ended);
        }
        // What failed may have failed with its connection.
        let conn = conn.filter(|_| matches!(done, Attempt::Done(_)) && db::has_another(&app.writers));
        answer(&app, unit, batch, done).await;
        PreviousBatch { answered, took: since.elapsed(), conn }
    }

    /// Waits until so many commands are in the queue.
    async fn gather(&self, unit: i32, many: usize, arrived: &Notify) {
        while self.queues().get(&unit).is_some_and(|queue| queue.waiting.len() < many) {
            arrived.notified().await;
        }
    }

    /// Removes the queue when it is empty, under the lock that newcomers need. Says whether it did.
    fn close(&self, unit: i32) -> bool {
        let mut queues = self.queues();
        let empty = queues.get(&unit).is_none_or(|queue| queue.waiting.is_empty());
        if empty {
            queues.remove(&unit);
        }
        empty
    }

    /// Takes the next batch from the queue.
    fn next_batch(&self, unit: i32) -> Vec<Waiting<C>> {
        let mut queues = self.queues();
        let Some(queue) = queues.get_mut(&unit) else { return Vec::new() };
        let size = queue.waiting.len().min(BATCH);
        queue.waiting.drain(..size).collect()
    }
}

/// What a batch leaves for the next.
#[derive(Default)]
struct PreviousBatch {
    /// How many it answered.
    answered: usize,
    /// How long that took.
    took: Duration,
    /// Its connection, whose caches are warm, unless another task may need it.
    conn: Option<Lease>,
}

/// How the transaction of a batch ended.
enum Attempt {
    /// An outcome for every command, in their order.
    Done(Vec<Outcome>),
    /// It failed as a whole and was taken back.
    Failed(Problem),
    /// It did not begin.
    NotBegun,
    /// It did not end in time. Whether it was committed is not known: whoever sends a command again learns it by its key.
    GivenUp,
}

/// Answers every caller of a batch. One that failed as a whole, or did not begin, is done one by one, as long as the database
/// answers.
async fn answer<C: Batched>(app: &App, unit: i32, mut batch: Vec<Waiting<C>>, done: Attempt) {
    metrics::histogram!("soquy_batch_commands", "operation" => C::ACTION)
        .record(u32::try_from(batch.len()).unwrap_or(u32::MAX));
    match done {
        Attempt::Done(outcomes) => {
            for (waiting, outcome) in batch.into_iter().zip(outcomes) {
                waiting.answer(outcome);
            }
        }
        Attempt::Failed(problem) if batch.len() == 1 => {
            if let Some(waiting) = batch.pop() {
                waiting.answer(Err(problem));
            }
        }
        Attempt::GivenUp => batch.into_iter().for_each(|waiting| waiting.answer(Err(come_again()))),
        Attempt::Failed(_) | Attempt::NotBegun => {
            let mut answers = true;
            for waiting in batch {
                let outcome = if answers { alone(app, unit, &waiting).await } else { Err(come_again()) };
                answers &= !matches!(&outcome, Err(problem) if problem.kind == Kind::TryAgain);
                waiting.answer(outcome);
            }
        }
    }
}

/// Does one command in a transaction of its own.
async fn alone<C: Batched>(app: &App, unit: i32, waiting: &Waiting<C>) -> Outcome {
    let mut conn = Lease::of(&app.writers).await?;
    let tx = begin::<C>(app, unit, Some(&mut conn)).await?;
    let done = attempt(tx, app, unit, std::slice::from_ref(waiting)).await;
    if !matches!(done, Attempt::GivenUp) {
        conn.ended();
    }
    match done {
        Attempt::Done(mut one) => one.pop().unwrap_or_else(|| Err(lost())),
        Attempt::Failed(problem) => Err(problem),
        Attempt::NotBegun | Attempt::GivenUp => Err(come_again()),
    }
}

/// Begins the transaction of a batch.
async fn begin<'c, C: Batched>(
    app: &App,
    unit: i32,
    conn: Option<&'c mut Lease>,
) -> Result<Transaction<'c, Postgres>, Problem> {
    let conn = conn.ok_or(sqlx::Error::PoolTimedOut)?.begun()?;
    let scope = Scope { unit, actor: None, action: C::ACTION };
    let begun = timeout(BEGINNING, db::begin(conn, "begin", scope, &app.clock)).await;
    Ok(begun.map_err(|_| sqlx::Error::PoolTimedOut)??)
}

/// Claims all keys of a batch, does what is new, and ends the transaction.
async fn attempt<C: Batched>(
    mut tx: Transaction<'_, Postgres>,
    app: &App,
    unit: i32,
    batch: &[Waiting<C>],
) -> Attempt {
    let attempt = async {
        let done = execute(&mut tx, app, unit, batch).await;
        db::end(tx, done).await
    };
    match timeout(LONGEST, attempt).await {
        Ok(Ok(outcomes)) => Attempt::Done(outcomes),
        Ok(Err(problem)) => Attempt::Failed(problem),
        Err(_) => Attempt::GivenUp,
    }
}

/// The work of [`attempt`]: an outcome for every command of the batch, in their order.
async fn execute<C: Batched>(
    conn: &mut Conn,
    app: &App,
    unit: i32,
    batch: &[Waiting<C>],
) -> Result<Vec<Outcome>, Problem> {
    let claims: Vec<&Claim> = batch.iter().map(|waiting| &waiting.claim).collect();
    let taken = idempotency::claim_all(conn, unit, &claims).await?;
    let is_new = |outcome: &Result<Option<Answer>, Problem>| matches!(outcome, Ok(None));
    let fresh = batch.iter().zip(&taken).filter(|(_, outcome)| is_new(outcome));
    let (commands, claims): (Vec<C>, Vec<&Claim>) =
        fresh.map(|(waiting, _)| (waiting.command.clone(), &waiting.claim)).unzip();
    let work = Work { unit, actor: None, clock: &app.clock };
    let receipts = C::execute(&mut *conn, &work, &commands).await?;
    let answer = |receipt| Created::at(C::location(unit, &receipt), receipt).answer();
    let answers: Vec<_> = receipts.into_iter().map(|receipt| receipt.and_then(answer)).collect();
    let to_store =
        claims.into_iter().zip(&answers).filter_map(|(claim, answer)| Some((claim, answer.as_ref().ok()?)));
    idempotency::store_answers(conn, unit, to_store).await?;
    let mut answers = answers.into_iter();
    let outcomes = taken.into_iter().map(|outcome| match outcome {
        Ok(None) => answers.next().unwrap_or_else(|| Err(lost())).map(|answer| (answer, false)),
        Ok(Some(kept)) => Ok((kept, true)),
        Err(problem) => Err(problem),
    });
    Ok(outcomes.collect())
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::*;

    #[derive(Clone)]
    struct Nothing;

    impl Batched for Nothing {
        const ACTION: &'static str = "nothing";

        type Receipt = ();

        async fn execute(
            _: &mut Conn,
            _: &Work<'_>,
            _: &[Self],
        ) -> Result<Vec<Result<(), Problem>>, Problem> {
            Ok(Vec::new())
        }

        fn location(_: i32, (): &()) -> String {
            String::new()
        }
    }

    /// A queue of so many commands for unit 1.
    fn queue(batcher: &Batcher<Nothing>, many: usize) -> Arc<Notify> {
        let arrived = Arc::new(Notify::new());
        batcher.queues().insert(1, UnitQueue { waiting: VecDeque::new(), arrived: arrived.clone() });
        for _ in 0..many {
            arrive(batcher);
        }
        arrived
    }

    fn arrive(batcher: &Batcher<Nothing>) {
        let claim = Claim { key: "a key".to_owned(), operation: "nothing", fingerprint: [0; 32] };
        let mut queues = batcher.queues();
        let queue = queues.get_mut(&1).unwrap();
        queue.waiting.push_back(Waiting { claim, command: Nothing, reply: oneshot::channel().0 });
        queue.arrived.notify_one();
    }

    #[test]
    fn a_worker_waits_until_the_callers_of_the_previous_batch_are_back() {
        let batcher = Batcher::default();
        let arrived = queue(&batcher, 1);
        let mut context = Context::from_waker(Waker::noop());
        let mut gathering = pin!(batcher.gather(1, 3, &arrived));
        assert_eq!(gathering.as_mut().poll(&mut context), Poll::Pending);
        arrive(&batcher);
        assert_eq!(gathering.as_mut().poll(&mut context), Poll::Pending, "two of three are there");
        arrive(&batcher);
        assert_eq!(gathering.as_mut().poll(&mut context), Poll::Ready(()));
        assert_eq!(batcher.next_batch(1).len(), 3);
    }

    #[test]
    fn an_empty_queue_is_removed() {
        let batcher = Batcher::default();
        queue(&batcher, 1);
        assert!(!batcher.close(1), "a command waits");
        batcher.next_batch(1);
        assert!(batcher.close(1));
        assert!(batcher.queues().is_empty());
    }

    #[test]
    fn a_batch_is_not_longer_than_its_transaction_may_be() {
        let batcher = Batcher::default();
        queue(&batcher, BATCH + 1);
        assert_eq!([batcher.next_batch(1), batcher.next_batch(1)].map(|batch| batch.len()), [BATCH, 1]);
    }
}
