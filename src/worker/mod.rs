//! The worker: takes the jobs of units off their queues, as many at a time as there are hands. It works on a job on the connection
//! that holds the queue of the unit, so a worker whose connection died can commit nothing any more, and another one goes on.

pub mod http;
mod orders;

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;

use self::orders::{Order, Prepared, Step};
use crate::access::Work;
use crate::db::{self, Conn, Lease, Scope};
use crate::domain::values::ids::JobId;
use crate::domain::values::language::Language;
use crate::files;
use crate::http::App;
use crate::http::auth::forbidden;
use crate::http::hands::Hands;
use crate::jobs::{self, End, Said, Taken, Teller};
use crate::problem::{Kind, Problem};

/// How often the queues are looked at without being told: another server may have taken a job and died.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// How often a job is taken up without getting further before it is given up.
const MOST_ATTEMPTS: i16 = 5;

/// The longest that a step may take.
const LONGEST: Duration = Duration::from_mins(15);

/// How long the steps that are at work may take to end after the signal to stop.
const DRAIN: Duration = Duration::from_secs(5);

/// What a transaction of a job is called where no operation of its own works.
const KEEPING: &str = "keep_jobs";

/// Works until told to stop. What is broken off then goes on at the next start.
pub async fn run(app: App, mut stopping: watch::Receiver<bool>) {
    let (mut at_work, mut every) = (JoinSet::new(), tokio::time::interval(LOOK_EVERY));
    loop {
        match app.connected(async |conn| Ok(jobs::units(conn).await?)).await {
            Ok(units) => units.into_iter().for_each(|unit| {
                if let Some(served) = Served::begin(&app.hands, unit) {
                    at_work.spawn(serve(app.clone(), served, stopping.clone()));
                }
            }),
            Err(problem) => tracing::warn!(?problem, "the queues of jobs cannot be read; it is tried again"),
        }
        tokio::select! {
            () = app.hands.woken() => {}
            _ = every.tick() => {}
            _ = stopping.changed() => break,
        }
        while at_work.try_join_next().is_some() {}
    }
    let ended = timeout(DRAIN, async { while at_work.join_next().await.is_some() {} }).await;
    if ended.is_err() {
        tracing::info!("a job was at work; it goes on at the next start");
    }
    at_work.shutdown().await;
}

/// Works until no job is left.
pub async fn work_off(app: &App) -> Result<(), Problem> {
    let (_go_on, stopping) = watch::channel(false);
    for unit in app.connected(async |conn| Ok(jobs::units(conn).await?)).await? {
        while one(app, unit, &stopping).await? {}
    }
    Ok(())
}

/// A unit that is being served; no more when it is dropped.
struct Served {
    hands: Arc<Hands>,
    unit: i32,
}

impl Served {
    fn begin(hands: &Arc<Hands>, unit: i32) -> Option<Self> {
        hands.begin(unit).then(|| Self { hands: hands.clone(), unit })
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.hands.end(self.unit);
    }
}

/// Does the next job of a unit when a hand is free. One at a time, so that no unit keeps all hands.
async fn serve(app: App, served: Served, stopping: watch::Receiver<bool>) {
    let Ok(_hand) = app.hands.free().await else { return };
    let done = one(&app, served.unit, &stopping).await;
    drop(served);
    match done {
        // There may be more.
        Ok(true) => app.hands.wake(),
        Ok(false) => {}
        Err(problem) => tracing::warn!(?problem, "a job was broken off; it is tried again"),
    }
}

/// Does the next job of a unit; false when there is none, or when another server is at it.
async fn one(app: &App, unit: i32, stopping: &watch::Receiver<bool>) -> Result<bool, Problem> {
    let mut lease = Lease::of(&app.jobs).await?;
    let conn = lease.begun()?;
    let mut found = false;
    if jobs::lock_unit(conn, unit).await? {
        let keeping = Scope { unit, actor: None, action: KEEPING };
        let taken = within(app, conn, keeping, async |conn| {
            jobs::forget_files(&mut *conn, unit).await?;
            jobs::take(conn, unit).await
        });
        if let Some(job) = taken.await? {
            found = true;
            app.hands.tell();
            work_on(app, conn, unit, job, stopping).await?;
            app.hands.tell();
        }
        jobs::unlock_unit(conn, unit).await?;
    }
    lease.ended();
    Ok(found && !*stopping.borrow())
}

/// A transaction on the connection of the worker.
async fn within<T>(
    app: &App,
    conn: &mut Conn,
    scope: Scope,
    work: impl AsyncFnOnce(&mut Conn) -> Result<T, Problem>,
) -> Result<T, Problem> {
    let mut tx = db::begin(conn, "begin", scope, &app.clock).await?;
    let done = work(&mut tx).await;
    db::end(tx, done).await
}

/// Works on a job until it ends or the server stops.
async fn work_on(
    app: &App,
    conn: &mut Conn,
    unit: i32,
    job: Taken,
    stopping: &watch::Receiver<bool>,
) -> Result<(), Problem> {
    let scope = Scope { unit, actor: Some(job.asked_by.uuid()), action: job.kind.name() };
    let (teller, hearing) = Teller::heard();
    let work = async {
        let prepared = prepared(app, conn, scope, &job).await?;
        steps(app, conn, scope, (&job, &prepared), &teller, stopping).await
    };
    let outcome = tokio::select! {
        outcome = work => outcome,
        never = write_down(app, unit, job.job_id, hearing) => match never {},
    };
    let end = match outcome {
        Ok(()) => return Ok(()),
        Err(_) if teller.is_stopped() => End::Cancelled,
        Err(problem) if may_pass(&problem) && job.attempts < MOST_ATTEMPTS => return Err(problem),
        Err(problem) => {
            tracing::warn!(?problem, job = %job.job_id, "a job failed");
            End::Failed(in_both_languages(&problem, &job))
        }
    };
    within(app, conn, scope, async |conn| jobs::end(conn, unit, job.job_id, end).await).await
}

/// How long lies between two sentences that are written down; what comes sooner is left out.
const PAUSE: Duration = Duration::from_millis(500);

/// Writes down what a step says, on a connection of its own, and tells it whether the job goes on.
async fn write_down(app: &App, unit: i32, job: JobId, mut hearing: mpsc::Receiver<Said>) -> Infallible {
    let mut last: Option<Instant> = None;
    loop {
        let Some(Said { progress, goes_on }) = hearing.recv().await else { std::future::pending().await };
        let due = last.is_none_or(|at| at.elapsed() >= PAUSE) || progress.of == Some(progress.done);
        let scope = Scope { unit, actor: None, action: KEEPING };
        let noted =
            app.within(scope, async |conn| jobs::note(conn, unit, job, due.then_some(&progress)).await);
        match noted.await {
            Ok(on) => goes_on.send(on).unwrap_or_default(),
            // The step itself will find out whether the database is there.
            Err(_) => goes_on.send(true).unwrap_or_default(),
        }
        if due {
            last = Some(Instant::now());
            app.hands.tell();
        }
    }
}

/// Whether the same step may do another time: the database was busy or away.
fn may_pass(problem: &Problem) -> bool {
    matches!(problem.kind, Kind::TryAgain | Kind::TimedOut)
}

fn in_both_languages(problem: &Problem, job: &Taken) -> Value {
    let id = job.job_id.to_string();
    serde_json::json!({"vi": problem.body(Language::Vi, &id), "en": problem.body(Language::En, &id)})
}

/// What the steps of a job need, after another look at the roles of who asked: they may have lost them since.
async fn prepared(app: &App, conn: &mut Conn, scope: Scope, job: &Taken) -> Result<Prepared, Problem> {
    if job.attempts > MOST_ATTEMPTS {
        return Err(Problem::internal(anyhow::anyhow!(
            "taken up {} times without getting further",
            job.attempts
        )));
    }
    let roles = app.grants.at(&app.roles, job.asked_by.uuid(), scope.unit).await?;
    if !job.kind.roles().iter().any(|role| roles.contains(role)) {
        return Err(forbidden(job.kind.roles()));
    }
    let order = Order::kept(job.kind, job.request.clone())?;
    let content =
        async |hash| within(app, conn, scope, async |conn| files::read(conn, scope.unit, hash).await).await;
    order.prepare(content).await
}

/// Takes step after step.
async fn steps(
    app: &App,
    conn: &mut Conn,
    scope: Scope,
    (job, prepared): (&Taken, &Prepared),
    teller: &Teller,
    stopping: &watch::Receiver<bool>,
) -> Result<(), Problem> {
    let mut place = job.place.clone();
    while !*stopping.borrow() {
        let step = step(app, conn, scope, (job, prepared), place.as_ref(), teller);
        place = match timeout(LONGEST, step).await.map_err(|_| Kind::TimedOut.bare())?? {
            Some(further) => Some(further),
            None => return Ok(()),
        };
        app.hands.tell();
    }
    Ok(())
}

/// Takes a step and remembers it: in one transaction when the step writes. Where the next one begins comes back.
async fn step(
    app: &App,
    conn: &mut Conn,
    scope: Scope,
    (job, prepared): (&Taken, &Prepared),
    place: Option<&Value>,
    teller: &Teller,
) -> Result<Option<Value>, Problem> {
    let Scope { unit, actor, .. } = scope;
    let work = Work { unit, actor, clock: &app.clock };
    if job.kind.writes() {
        return within(app, conn, scope, async |conn| {
            teller.listen(&mut *conn, unit, job.job_id).await?;
            let step = prepared.step(&mut *conn, &work, place, teller).await?.written().await?;
            remember(conn, unit, job, step).await
        })
        .await;
    }
    let snapshot = "begin isolation level repeatable read read only";
    let mut tx = db::begin(&mut *conn, snapshot, scope, &app.clock).await?;
    let read = match teller.listen(&mut tx, unit, job.job_id).await {
        Ok(()) => prepared.step(&mut tx, &work, place, teller).await,
        Err(problem) => Err(problem),
    };
    let step = db::end(tx, read).await?.written().await?;
    within(app, conn, scope, async |conn| remember(conn, unit, job, step).await).await
}

async fn remember(conn: &mut Conn, unit: i32, job: &Taken, step: Step) -> Result<Option<Value>, Problem> {
    match step {
        Step::Further(place, progress) => {
            jobs::moved_on(conn, unit, job.job_id, &place, &progress).await?;
            Ok(Some(place))
        }
        Step::Done(result, file) => {
            jobs::end(conn, unit, job.job_id, End::Done(result, file)).await?;
            Ok(None)
        }
    }
}
