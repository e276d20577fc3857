//! Commands of one unit that arrive together run in one transaction. Whoever comes meanwhile waits in the unit's line. The
//! next slice is decided while the one before it is written, so two are on their way, and one holds the pen of the unit.
//! A quiet unit answers at once, and a busy one pays for one commit per slice instead of one per command.
//!
//! Every command keeps its own key, answer and refusal. When a slice fails as a whole its commands run one by one, so a
//! bad one does not take its neighbours down.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, MutexGuard, PoisonError};

use axum::response::Response;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use tokio::sync::{Mutex, Notify, oneshot, watch};

use crate::access::Work;
use crate::db::{Conn, Scope};
use crate::domain::language::Language;
use crate::http::{App, respond};
use crate::idempotency::{self, Answer, Claim};
use crate::problem::{Kind, Problem};
use crate::text;

/// The most commands of one transaction.
const SLICE: usize = 200;

/// So many are not worth dividing among two transactions.
const FEW: usize = 8;

/// The most commands that wait in a unit; more are told to come again.
const LINE: usize = 2_000;

/// A command that is written for slices, in two steps: while one slice is written, the next is decided.
pub trait Sliced: Clone + Send + Sync + 'static {
    /// Operation of the audit trail.
    const ACTION: &'static str;

    /// What was decided about a slice and is not in the books yet.
    type Decided<'w>: Send;

    /// Locks and reads what commands of one unit are about, and decides each of them, in their order. The claims are those of
    /// the commands, for answers that can be prepared already.
    fn decide<'w>(
        conn: &mut Conn,
        work: &'w Work<'w>,
        commands: &[Self],
        claims: &[&Claim],
    ) -> impl Future<Output = Result<Self::Decided<'w>, Problem>> + Send;

    /// Posts and records what was decided, with the pen of the unit, and keeps the answers under the claims of the commands;
    /// each command has its own outcome. An error takes all of them back.
    fn write(
        conn: &mut Conn,
        work: &Work<'_>,
        commands: &[Self],
        claims: &[&Claim],
        decided: Self::Decided<'_>,
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
pub struct Slices<C> {
    lines: std::sync::Mutex<HashMap<i32, Line<C>>>,
}

impl<C> Default for Slices<C> {
    fn default() -> Self {
        Self { lines: std::sync::Mutex::default() }
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

    /// Serves a unit until nobody waits, with a slice being written while the next is decided.
    async fn serve(self: Arc<Self>, app: App, unit: i32, came: Arc<Notify>) {
        let desk = Arc::new(Desk { app, unit, writing: Mutex::default() });
        let mut before: Option<Working> = None;
        loop {
            if let Some(working) = &mut before {
                self.until_worth_while(unit, working, &came).await;
            }
            let Some(slice) = self.take(unit, before.as_ref().map_or(0, Working::size)) else { return };
            if !slice.is_empty() {
                before = Some(desk.clone().begin(slice));
            }
        }
    }

    /// Waits until another slice is worth its transaction: it costs nothing to let people gather as long as the pen is in
    /// use. Who is answered together comes again together, so a slice of a few would be followed by such a slice for ever.
    async fn until_worth_while(&self, unit: i32, before: &mut Working, came: &Notify) {
        loop {
            let waiting = self.lines().get(&unit).map_or(0, |line| line.waiting.len());
            let enough = match before.step() {
                Step::Deciding => usize::MAX,
                Step::Writing => before.size,
                Step::Ended => 0,
            };
            if waiting >= enough {
                return;
            }
            tokio::select! {
                () = came.notified() => {}
                () = before.goes_on() => {}
            }
        }
    }

    /// Those who make the next slice. None when nobody waits or is worked on: then the line goes, under the lock that
    /// newcomers need.
    fn take(&self, unit: i32, working: usize) -> Option<Vec<Waiting<C>>> {
        let mut lines = self.lines();
        let waiting = &mut lines.get_mut(&unit)?.waiting;
        let size = share(waiting.len(), working);
        if size == 0 && working == 0 {
            lines.remove(&unit);
            return None;
        }
        Some(waiting.drain(..size).collect())
    }
}

/// How many of those who wait make a slice: of many no more than half of all who wait or are worked on, so that there is
/// somebody to decide about while they are written.
fn share(waiting: usize, working: usize) -> usize {
    waiting.min((waiting + working).div_ceil(2).clamp(FEW, SLICE))
}

/// How far a slice is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// It is still being decided, or waits for its turn.
    Deciding,
    /// It has its turn to write.
    Writing,
    /// It was committed, taken back, or broke.
    Ended,
}

/// A slice on its way.
struct Working {
    size: usize,
    step: watch::Receiver<Step>,
}

impl Working {
    fn step(&mut self) -> Step {
        // Whoever tells is gone with the slice, however it ended.
        let told = self.step.has_changed().is_ok();
        if told { *self.step.borrow_and_update() } else { Step::Ended }
    }

    /// How many are worked on; nobody when it has ended.
    fn size(&self) -> usize {
        if self.step.has_changed().is_ok() { self.size } else { 0 }
    }

    async fn goes_on(&mut self) {
        self.step.changed().await.ok();
    }
}

/// Where the slices of a unit are worked on.
struct Desk {
    app: App,
    unit: i32,
    /// Held by the slice that writes, from before it asks for the pen of the unit until it lets the next one ask.
    writing: Mutex<()>,
}

impl Desk {
    /// Starts a slice, a task of its own, so that a panic in it ends only that slice.
    fn begin<C: Sliced>(self: Arc<Self>, slice: Vec<Waiting<C>>) -> Working {
        let (tell, step) = watch::channel(Step::Deciding);
        let (unit, size) = (self.unit, slice.len());
        let working = tokio::spawn(async move { self.work(slice, &tell).await });
        tokio::spawn(async move {
            if let Err(panic) = working.await {
                tracing::error!(unit, cause = %panic, "a slice broke");
            }
        });
        Working { size, step }
    }

    /// Runs a slice and answers everybody in it.
    async fn work<C: Sliced>(&self, mut slice: Vec<Waiting<C>>, tell: &watch::Sender<Step>) {
        metrics::histogram!("soquy_slice_commands", "operation" => C::ACTION)
            .record(u32::try_from(slice.len()).unwrap_or(u32::MAX));
        match self.attempt(&slice, tell).await {
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
                    let outcomes = self.attempt(std::slice::from_ref(&waiting), tell).await;
                    waiting.answer(outcomes.and_then(|mut one| one.pop().unwrap_or_else(|| Err(lost()))));
                }
            }
        }
    }

    /// One transaction: claims all keys, decides what is new, waits for its turn to write.
    async fn attempt<C: Sliced>(
        &self,
        slice: &[Waiting<C>],
        tell: &watch::Sender<Step>,
    ) -> Result<Vec<Outcome>, Problem> {
        let Self { app, unit, .. } = self;
        let scope = Scope { unit: *unit, actor: None, action: C::ACTION };
        app.within_on(&app.writers, scope, async |conn| {
            let claims: Vec<&Claim> = slice.iter().map(|waiting| &waiting.claim).collect();
            let taken = idempotency::claim_all(conn, *unit, &claims).await?;
            let is_new = |outcome: &Result<Option<Answer>, Problem>| matches!(outcome, Ok(None));
            let fresh = slice.iter().zip(&taken).filter(|(_, outcome)| is_new(outcome));
            let (commands, to_keep): (Vec<C>, Vec<&Claim>) =
                fresh.map(|(waiting, _)| (waiting.command.clone(), &waiting.claim)).unzip();
            let work = Work { unit: *unit, actor: None, clock: &app.clock };
            let decided = C::decide(conn, &work, &commands, &to_keep).await?;
            let turn = self.writing.lock().await;
            tell.send_replace(Step::Writing);
            let mut done = C::write(conn, &work, &commands, &to_keep, decided).await?.into_iter();
            let outcomes = taken.into_iter().map(|outcome| match outcome {
                Ok(None) => done.next().unwrap_or_else(|| Err(lost())).map(|answer| (answer, false)),
                Ok(Some(kept)) => Ok((kept, true)),
                Err(problem) => Err(problem),
            });
            let outcomes: Vec<Outcome> = outcomes.collect();
            // The next slice waits for the commit with its journals in the database's hands already.
            drop(turn);
            Ok(outcomes)
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_go_together_and_many_in_halves() {
        for (waiting, working, size) in [
            (0, 5, 0),
            (1, 0, 1),
            (8, 0, 8),
            (9, 0, 8),
            (31, 1, 16),
            (16, 16, 16),
            (20, 0, 10),
            (2_000, 200, 200),
        ] {
            assert_eq!(share(waiting, working), size, "{waiting} waiting, {working} worked on");
        }
    }
}
