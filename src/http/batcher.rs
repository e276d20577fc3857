//! Commands of one unit that arrive together run in one transaction, one slice after the other. Whoever comes meanwhile waits
//! in the unit's line. A quiet unit answers at once, and a busy one pays for one commit per slice instead of one per command.
//!
//! Every command keeps its own key, answer and refusal. When a slice fails as a whole its commands run one by one, so a
//! bad one does not take its neighbours down.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Duration;

use axum::response::Response;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use sqlx::pool::PoolConnection;
use sqlx::{Postgres, Transaction};
use tokio::sync::{Notify, oneshot};
use tokio::time::{Instant, timeout_at};

use crate::access::Work;
use crate::db::{self, Conn, Scope};
use crate::domain::values::language::Language;
use crate::http::{App, respond};
use crate::idempotency::{self, Answer, Claim};
use crate::problem::{Kind, Problem};
use crate::text;

/// The most commands of one transaction.
const SLICE: usize = 200;

/// The longest that those who were just answered are waited for.
const LINGER_MAX: Duration = Duration::from_millis(10);

/// The most commands that wait in a unit; more are told to come again.
const LINE: usize = 2_000;

/// A command that is written for slices.
pub trait Batched: Clone + Send + Sync + 'static {
    /// Operation of the audit trail.
    const ACTION: &'static str;

    /// Does commands of one unit in their order and keeps their answers under their claims; each has its own outcome. An
    /// error takes all of them back.
    fn execute(
        conn: &mut Conn,
        work: &Work<'_>,
        commands: &[Self],
        claims: &[&Claim],
    ) -> impl Future<Output = Result<Vec<Result<Answer, Problem>>, Problem>> + Send;
}

/// The answer of a command, and whether it was kept from before.
pub type Outcome = Result<(Answer, bool), Problem>;

/// A command without an answer: its worker broke.
fn lost() -> Problem {
    Problem::internal(anyhow::anyhow!("a slice lost an answer"))
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
    /// Answers the caller. Nobody listens any more when the caller has gone; the work stands.
    fn answer(self, outcome: Outcome) {
        self.reply.send(outcome).unwrap_or_default();
    }
}

/// Who waits before a unit.
struct Line<C> {
    waiting: VecDeque<Waiting<C>>,
    /// Somebody more came.
    came: Arc<Notify>,
}

/// The lines before the units. A unit has one while a worker serves it; an idle server has none.
pub struct Batcher<C> {
    lines: std::sync::Mutex<HashMap<i32, Line<C>>>,
}

impl<C> Default for Batcher<C> {
    fn default() -> Self {
        Self { lines: std::sync::Mutex::default() }
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
        let stand = |(claim, command)| {
            let (reply, outcome) = oneshot::channel();
            self.stand_in_line(app, unit, Waiting { claim, command, reply }).map(|()| outcome)
        };
        let standing: Vec<_> = commands.into_iter().map(stand).collect();
        let mut outcomes = Vec::with_capacity(standing.len());
        for waiting in standing {
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

    fn lines(&self) -> MutexGuard<'_, HashMap<i32, Line<C>>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn stand_in_line(self: &Arc<Self>, app: &App, unit: i32, waiting: Waiting<C>) -> Result<(), Problem> {
        match self.lines().entry(unit) {
            Entry::Occupied(line) if line.get().waiting.len() >= LINE => {
                return Err(Kind::TryAgain.bare().after(1));
            }
            Entry::Occupied(mut line) => {
                line.get_mut().waiting.push_back(waiting);
                line.get().came.notify_one();
            }
            Entry::Vacant(none) => {
                let came = Arc::new(Notify::new());
                none.insert(Line { waiting: VecDeque::from([waiting]), came: came.clone() });
                tokio::spawn(self.clone().serve(app.clone(), unit, came));
            }
        }
        Ok(())
    }

    /// Serves a unit until nobody waits any more.
    async fn serve(self: Arc<Self>, app: App, unit: i32, came: Arc<Notify>) {
        let mut before = Before::default();
        loop {
            let until = Instant::now() + LINGER_MAX.min(before.took / 2);
            timeout_at(until, self.gather(unit, 1, &came)).await.ok();
            if self.close(unit) {
                return;
            }
            // A task of its own, so that a panic in it ends only this slice.
            let turn = self.clone().turn(app.clone(), unit, came.clone(), (before, until));
            before = tokio::spawn(turn).await.unwrap_or_else(|panic| {
                tracing::error!(unit, cause = %panic, "a slice broke");
                Before::default()
            });
        }
    }

    /// Serves everybody who waits. Who works without a pause is back soon after an answer, and a slice with all of them costs
    /// little more than one with the first few: so those who were answered are waited for, half as long as it took to
    /// answer them, while the transaction begins.
    async fn turn(
        self: Arc<Self>,
        app: App,
        unit: i32,
        came: Arc<Notify>,
        (before, until): (Before, Instant),
    ) -> Before {
        let gathered = timeout_at(until, self.gather(unit, before.answered, &came));
        let mut conn = match before.conn {
            None => app.writers.acquire().await.ok(),
            kept => kept,
        };
        let (tx, _) = tokio::join!(begin::<C>(&app, unit, conn.as_mut()), gathered);
        let (slice, since) = (self.take(unit), Instant::now());
        let answered = slice.len();
        let done = match tx.ok() {
            Some(tx) => Some(attempt(tx, &app, unit, &slice).await),
            None => None,
        };
        // What failed may have failed with its connection.
        let conn = conn.filter(|_| matches!(done, Some(Ok(_))) && db::has_another(&app.writers));
        answer(&app, unit, slice, done).await;
        Before { answered, took: since.elapsed(), conn }
    }

    /// Waits until so many wait.
    async fn gather(&self, unit: i32, many: usize, came: &Notify) {
        while self.lines().get(&unit).is_some_and(|line| line.waiting.len() < many) {
            came.notified().await;
        }
    }

    /// Closes the line when nobody waits, under the lock that newcomers need. Says whether it did.
    fn close(&self, unit: i32) -> bool {
        let mut lines = self.lines();
        let empty = lines.get(&unit).is_none_or(|line| line.waiting.is_empty());
        if empty {
            lines.remove(&unit);
        }
        empty
    }

    /// Those who make the next slice.
    fn take(&self, unit: i32) -> Vec<Waiting<C>> {
        let mut lines = self.lines();
        let Some(line) = lines.get_mut(&unit) else { return Vec::new() };
        let size = line.waiting.len().min(SLICE);
        line.waiting.drain(..size).collect()
    }
}

/// What a slice leaves for the next.
#[derive(Default)]
struct Before {
    /// How many it answered.
    answered: usize,
    /// How long that took.
    took: Duration,
    /// Its connection, whose caches are warm, unless somebody else may need it.
    conn: Option<PoolConnection<Postgres>>,
}

/// Answers everybody in a slice. One that failed as a whole, or did not begin, is done one by one.
async fn answer<C: Batched>(
    app: &App,
    unit: i32,
    mut slice: Vec<Waiting<C>>,
    done: Option<Result<Vec<Outcome>, Problem>>,
) {
    metrics::histogram!("soquy_slice_commands", "operation" => C::ACTION)
        .record(u32::try_from(slice.len()).unwrap_or(u32::MAX));
    match done {
        Some(Ok(outcomes)) => {
            for (waiting, outcome) in slice.into_iter().zip(outcomes) {
                waiting.answer(outcome);
            }
        }
        Some(Err(problem)) if slice.len() == 1 => {
            if let Some(waiting) = slice.pop() {
                waiting.answer(Err(problem));
            }
        }
        _ => {
            for waiting in slice {
                let outcome = alone(app, unit, &waiting).await;
                waiting.answer(outcome);
            }
        }
    }
}

/// Does one command in a transaction of its own.
async fn alone<C: Batched>(app: &App, unit: i32, waiting: &Waiting<C>) -> Outcome {
    let mut conn = app.writers.acquire().await?;
    let tx = begin::<C>(app, unit, Some(&mut conn)).await?;
    let mut one = attempt(tx, app, unit, std::slice::from_ref(waiting)).await?;
    one.pop().unwrap_or_else(|| Err(lost()))
}

/// Begins the transaction of a slice.
async fn begin<'c, C: Batched>(
    app: &App,
    unit: i32,
    conn: Option<&'c mut PoolConnection<Postgres>>,
) -> Result<Transaction<'c, Postgres>, Problem> {
    let conn = conn.ok_or(sqlx::Error::PoolTimedOut)?;
    Ok(db::begin(conn, "begin", Scope { unit, actor: None, action: C::ACTION }, &app.clock).await?)
}

/// Claims all keys of a slice, does what is new, and ends the transaction.
async fn attempt<C: Batched>(
    mut tx: Transaction<'_, Postgres>,
    app: &App,
    unit: i32,
    slice: &[Waiting<C>],
) -> Result<Vec<Outcome>, Problem> {
    let done = execute(&mut tx, app, unit, slice).await;
    db::end(tx, done).await
}

/// The work of [`attempt`]: an outcome for everybody in the slice, in their order.
async fn execute<C: Batched>(
    conn: &mut Conn,
    app: &App,
    unit: i32,
    slice: &[Waiting<C>],
) -> Result<Vec<Outcome>, Problem> {
    let claims: Vec<&Claim> = slice.iter().map(|waiting| &waiting.claim).collect();
    let taken = idempotency::claim_all(conn, unit, &claims).await?;
    let is_new = |outcome: &Result<Option<Answer>, Problem>| matches!(outcome, Ok(None));
    let fresh = slice.iter().zip(&taken).filter(|(_, outcome)| is_new(outcome));
    let (commands, to_keep): (Vec<C>, Vec<&Claim>) =
        fresh.map(|(waiting, _)| (waiting.command.clone(), &waiting.claim)).unzip();
    let work = Work { unit, actor: None, clock: &app.clock };
    let mut done = C::execute(conn, &work, &commands, &to_keep).await?.into_iter();
    let outcomes = taken.into_iter().map(|outcome| match outcome {
        Ok(None) => done.next().unwrap_or_else(|| Err(lost())).map(|answer| (answer, false)),
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

        async fn execute(
            _: &mut Conn,
            _: &Work<'_>,
            _: &[Self],
            _: &[&Claim],
        ) -> Result<Vec<Result<Answer, Problem>>, Problem> {
            Ok(Vec::new())
        }
    }

    /// A line of so many before unit 1.
    fn line(slices: &Batcher<Nothing>, many: usize) -> Arc<Notify> {
        let came = Arc::new(Notify::new());
        slices.lines().insert(1, Line { waiting: VecDeque::new(), came: came.clone() });
        for _ in 0..many {
            come(slices);
        }
        came
    }

    fn come(slices: &Batcher<Nothing>) {
        let claim = Claim { key: "a key".to_owned(), operation: "nothing", fingerprint: [0; 32] };
        let mut lines = slices.lines();
        let line = lines.get_mut(&1).unwrap();
        line.waiting.push_back(Waiting { claim, command: Nothing, reply: oneshot::channel().0 });
        line.came.notify_one();
    }

    #[test]
    fn those_who_were_answered_are_waited_for() {
        let slices = Batcher::default();
        let came = line(&slices, 1);
        let mut context = Context::from_waker(Waker::noop());
        let mut gathering = pin!(slices.gather(1, 3, &came));
        assert_eq!(gathering.as_mut().poll(&mut context), Poll::Pending);
        come(&slices);
        assert_eq!(gathering.as_mut().poll(&mut context), Poll::Pending, "two of three are there");
        come(&slices);
        assert_eq!(gathering.as_mut().poll(&mut context), Poll::Ready(()));
        assert_eq!(slices.take(1).len(), 3);
    }

    #[test]
    fn a_line_nobody_waits_in_goes() {
        let slices = Batcher::default();
        line(&slices, 1);
        assert!(!slices.close(1), "somebody waits");
        slices.take(1);
        assert!(slices.close(1));
        assert!(slices.lines().is_empty());
    }

    #[test]
    fn a_slice_is_not_longer_than_its_transaction_may_be() {
        let slices = Batcher::default();
        line(&slices, SLICE + 1);
        assert_eq!([slices.take(1), slices.take(1)].map(|slice| slice.len()), [SLICE, 1]);
    }
}
