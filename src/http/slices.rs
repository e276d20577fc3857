//! Commands of one unit that arrive together run in one transaction. Whoever comes while a transaction runs waits in the
//! unit's line; the next transaction takes what is waiting and never waits for more. So a quiet unit answers at once, and
//! a busy one pays for one commit per slice instead of one per command.
//!
//! Every command keeps its own key, answer and refusal. When a slice fails as a whole its commands run one by one, so a
//! bad one does not take its neighbours down.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::response::Response;
use serde::Serialize;
use tokio::sync::oneshot;

use crate::access::Work;
use crate::db::{Conn, Scope};
use crate::domain::language::Language;
use crate::http::{App, respond};
use crate::idempotency::{self, Answer, Claim};
use crate::problem::{Kind, Problem};
use crate::text;

/// The most commands of one transaction.
const SLICE: usize = 200;

/// The most commands that wait in a unit; more are told to come again.
const LINE: usize = 2_000;

/// A command that is written for slices.
pub trait Sliced: Clone + Send + Sync + 'static {
    /// Operation of the audit trail.
    const ACTION: &'static str;

    /// Runs commands of one unit, each with its own outcome, in their order. An error takes all of them back.
    fn run(
        conn: &mut Conn,
        work: &Work<'_>,
        commands: &[Self],
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
    body: serde_json::Value,
}

impl Verdict {
    fn of(key: String, outcome: Outcome, language: Language) -> Self {
        match outcome {
            Ok((answer, replayed)) => Self { key, status: answer.status, replayed, body: answer.body },
            Err(problem) => {
                let (status, body) = (problem.kind.parts().1.as_u16(), problem.body(language, &key));
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

/// The lines before the units. A unit has one while a worker serves it; an idle server has none.
pub struct Slices<C> {
    lines: Mutex<HashMap<i32, VecDeque<Waiting<C>>>>,
}

impl<C> Default for Slices<C> {
    fn default() -> Self {
        Self { lines: Mutex::default() }
    }
}

impl<C: Sliced> Slices<C> {
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

    fn lines(&self) -> MutexGuard<'_, HashMap<i32, VecDeque<Waiting<C>>>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn stand_in_line(self: &Arc<Self>, app: &App, unit: i32, waiting: Waiting<C>) -> Result<(), Problem> {
        match self.lines().entry(unit) {
            Entry::Occupied(line) if line.get().len() >= LINE => return Err(Kind::TryAgain.bare().after(1)),
            Entry::Occupied(mut line) => line.get_mut().push_back(waiting),
            Entry::Vacant(none) => {
                none.insert(VecDeque::from([waiting]));
                tokio::spawn(self.clone().serve(app.clone(), unit));
            }
        }
        Ok(())
    }

    /// Serves a unit until nobody waits. Each slice is a task of its own, so that a panic in it ends only that slice.
    async fn serve(self: Arc<Self>, app: App, unit: i32) {
        loop {
            let slice = self.take(unit);
            if slice.is_empty() {
                return;
            }
            if let Err(panic) = tokio::spawn(run(app.clone(), unit, slice)).await {
                tracing::error!(unit, cause = %panic, "a slice broke");
            }
        }
    }

    /// Those who wait, at most a slice of them. The line goes when nobody does, under the lock that newcomers need.
    fn take(&self, unit: i32) -> Vec<Waiting<C>> {
        let mut lines = self.lines();
        let Some(line) = lines.get_mut(&unit) else { return Vec::new() };
        let size = line.len().min(SLICE);
        let slice: Vec<_> = line.drain(..size).collect();
        if slice.is_empty() {
            lines.remove(&unit);
        }
        slice
    }
}

/// Runs a slice and answers everybody in it.
async fn run<C: Sliced>(app: App, unit: i32, mut slice: Vec<Waiting<C>>) {
    metrics::histogram!("soquy_slice_commands", "operation" => C::ACTION)
        .record(u32::try_from(slice.len()).unwrap_or(u32::MAX));
    match attempt(&app, unit, &slice).await {
        Ok(outcomes) => {
            for (waiting, outcome) in slice.into_iter().zip(outcomes) {
                waiting.answer(outcome);
            }
        }
        Err(problem) if slice.len() == 1 => {
            if let Some(waiting) = slice.pop() {
                waiting.answer(Err(problem));
            }
        }
        Err(_) => {
            for waiting in slice {
                let outcomes = attempt(&app, unit, std::slice::from_ref(&waiting)).await;
                waiting.answer(outcomes.and_then(|mut one| one.pop().unwrap_or_else(|| Err(lost()))));
            }
        }
    }
}

/// One transaction: claims all keys, runs what is new, keeps all answers.
async fn attempt<C: Sliced>(app: &App, unit: i32, slice: &[Waiting<C>]) -> Result<Vec<Outcome>, Problem> {
    let scope = Scope { unit, actor: None, action: C::ACTION };
    app.within(scope, async |conn| {
        let claims: Vec<&Claim> = slice.iter().map(|waiting| &waiting.claim).collect();
        let taken = idempotency::claim_all(conn, unit, &claims).await?;
        let is_new = |outcome: &Result<Option<Answer>, Problem>| matches!(outcome, Ok(None));
        let fresh = slice.iter().zip(&taken).filter(|(_, outcome)| is_new(outcome));
        let commands: Vec<C> = fresh.map(|(waiting, _)| waiting.command.clone()).collect();
        let work = Work { unit, actor: None, clock: &app.clock };
        let mut done = C::run(conn, &work, &commands).await?.into_iter();
        let outcomes: Vec<Outcome> = taken
            .into_iter()
            .map(|outcome| match outcome {
                Ok(None) => done.next().unwrap_or_else(|| Err(lost())).map(|answer| (answer, false)),
                Ok(Some(kept)) => Ok((kept, true)),
                Err(problem) => Err(problem),
            })
            .collect();
        let new = claims.iter().zip(&outcomes).filter_map(|(claim, outcome)| match outcome {
            Ok((answer, false)) => Some((*claim, answer)),
            _ => None,
        });
        idempotency::keep_all(conn, unit, &new.collect::<Vec<_>>()).await?;
        Ok(outcomes)
    })
    .await
}
