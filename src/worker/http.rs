//! Jobs over HTTP: asked for, looked at, watched, taken back.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::{Duration, Instant};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::sse::{self, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream::{self, Stream};
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::orders::{HouseholdImport, Order, RegisterImport, StatementExport, Verification};
use crate::domain::values::ids::JobId;
use crate::files::http::saved;
use crate::http::auth::{Accountant, Auditor, BookReader, Officer, Pass, RegisterKeeper, forbidden};
use crate::http::document::OptionalKey;
use crate::http::extract::{Json, Path, Query};
use crate::http::page::{Page, PageQuery};
use crate::http::request::{Command, Keyless, Read};
use crate::http::{App, Created};
use crate::jobs::{self, Event, Job};
use crate::loans::CloseDay;
use crate::problem::Problem;

/// Addresses of the feature.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_jobs))
        .routes(routes!(ask_household_import))
        .routes(routes!(ask_register_import))
        .routes(routes!(ask_close_of_day))
        .routes(routes!(ask_verification))
        .routes(routes!(ask_statement_export))
        .routes(routes!(show_job))
        .routes(routes!(watch_job))
        .routes(routes!(fetch_job_file))
        .routes(routes!(cancel_job))
}

crate::paths! {
    JobPath { job: JobId as Uuid = "the job" }
}

/// Puts an order into the queue of the unit and answers with the job that waits.
async fn asked<P: Pass>(command: Command<P>, order: Order) -> Result<Response, Problem> {
    let answer = command.once(&order, async |conn, work| {
        order.check(&mut *conn, work).await?;
        let request = serde_json::to_value(&order).map_err(Problem::internal)?;
        let job = jobs::ask(conn, work, order.kind(), request).await?;
        Ok(Created::waiting(format!("/v1/units/{}/jobs/{}", work.unit, job.job_id), job))
    });
    let answer = answer.await?;
    command.app().hands.wake();
    Ok(answer)
}

/// Asks for a list of households to be taken in, as `import_households` does. Two who ask for the same get the same job.
#[utoipa::path(post, path = "/v1/units/{unit}/jobs/household-imports", params(Officer, OptionalKey),
    request_body = HouseholdImport, responses((status = 202, body = Job)))]
async fn ask_household_import(
    command: Command<Officer>,
    Json(order): Json<HouseholdImport>,
) -> Result<Response, Problem> {
    asked(command, Order::HouseholdImport(order)).await
}

/// Asks for another bank's register to be taken in, as `import_register` does. Two who ask for the same get the same job.
#[utoipa::path(post, path = "/v1/units/{unit}/jobs/register-imports", params(RegisterKeeper, OptionalKey),
    request_body = RegisterImport, responses((status = 202, body = Job)))]
async fn ask_register_import(
    command: Command<RegisterKeeper>,
    Json(order): Json<RegisterImport>,
) -> Result<Response, Problem> {
    asked(command, Order::RegisterImport(order)).await
}

/// Asks for days to be closed, as `close_of_day` does. Two who ask for the same get the same job.
#[utoipa::path(post, path = "/v1/units/{unit}/jobs/closes-of-day", params(Accountant, OptionalKey),
    request_body = CloseDay, responses((status = 202, body = Job)))]
async fn ask_close_of_day(
    command: Command<Accountant>,
    Json(order): Json<CloseDay>,
) -> Result<Response, Problem> {
    asked(command, Order::CloseOfDay(order)).await
}

/// Asks for the unit's books to be proved, as `verify_books` does. Two who ask for the same get the same job.
#[utoipa::path(post, path = "/v1/units/{unit}/jobs/verifications", params(Auditor, OptionalKey),
    request_body = Verification, responses((status = 202, body = Job)))]
async fn ask_verification(
    command: Command<Auditor>,
    Json(order): Json<Verification>,
) -> Result<Response, Problem> {
    asked(command, Order::Verification(order)).await
}

/// Asks for a statement of an account as a file: up to 200,000 lines of a workbook or table, 40,000 on paper.
#[utoipa::path(post, path = "/v1/units/{unit}/jobs/statement-exports", params(BookReader, OptionalKey),
    request_body = StatementExport, responses((status = 202, body = Job)))]
async fn ask_statement_export(
    command: Command<BookReader>,
    Json(order): Json<StatementExport>,
) -> Result<Response, Problem> {
    asked(command, Order::StatementExport(order)).await
}

/// Lists jobs of the kinds that the caller may ask for, the last one first, without their results.
#[utoipa::path(get, path = "/v1/units/{unit}/jobs", params(BookReader, PageQuery),
    responses((status = 200, body = Page<Job>)))]
async fn list_jobs(read: Read<BookReader>, Query(page): Query<PageQuery>) -> Result<Page<Job>, Problem> {
    let wanted = (page.after()?, page.limit()?);
    read.run(async |conn, work| jobs::list(conn, work.unit, &read.roles, wanted).await).await
}

/// Shows how far a job came, and what came of it.
#[utoipa::path(get, path = "/v1/units/{unit}/jobs/{job}", params(BookReader, JobPath),
    responses((status = 200, body = Job)))]
async fn show_job(
    read: Read<BookReader>,
    Path(JobPath { job }): Path<JobPath>,
) -> Result<Json<Job>, Problem> {
    read.run(async |conn, work| jobs::show(conn, work.unit, job, &read.roles).await).await.map(Json)
}

/// Hands out the file that a job made.
#[utoipa::path(get, path = "/v1/units/{unit}/jobs/{job}/file", params(BookReader, JobPath),
    responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>)))]
async fn fetch_job_file(
    read: Read<BookReader>,
    Path(JobPath { job }): Path<JobPath>,
) -> Result<Response, Problem> {
    let file = read.run(async |conn, work| {
        jobs::show(&mut *conn, work.unit, job, &read.roles).await?;
        jobs::file(conn, work.unit, job).await
    });
    let file = file.await?;
    Ok(saved(&file.media_type, &file.name, None, file.bytes))
}

/// Takes a job back. One that waits ends; one that is worked on stops after its step, or within it where that leaves nothing by
/// halves. What finished steps recorded stays.
#[utoipa::path(post, path = "/v1/units/{unit}/jobs/{job}/cancellation", summary = "Takes a job back.",
    params(BookReader, JobPath), responses((status = 200, body = Job)))]
async fn cancel_job(
    command: Keyless<BookReader>,
    Path(JobPath { job }): Path<JobPath>,
) -> Result<Json<Job>, Problem> {
    let cancelled = command.run(async |conn, work| {
        let shown = jobs::show(&mut *conn, work.unit, job, &command.roles).await?;
        if !shown.kind.roles().iter().any(|role| command.roles.contains(role)) {
            return Err(forbidden(shown.kind.roles()));
        }
        jobs::cancel(conn, work, job).await
    });
    let cancelled = cancelled.await?;
    command.app().hands.tell();
    Ok(Json(cancelled))
}

/// The header `Last-Event-ID`: the number of the last event that the watcher has.
struct LastEvent(i32);

impl<S: Send + Sync> FromRequestParts<S> for LastEvent {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let given = parts.headers.get("last-event-id").and_then(|value| value.to_str().ok());
        Ok(Self(given.and_then(|number| number.trim().parse().ok()).unwrap_or_default()))
    }
}

impl utoipa::IntoParams for LastEvent {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let number = utoipa::schema!(i32);
        let parameter = utoipa::openapi::path::ParameterBuilder::new()
            .name("Last-Event-ID")
            .parameter_in(ParameterIn::Header)
            .required(utoipa::openapi::Required::False)
            .description(Some("Number of the last event that the watcher has; the next one comes first."))
            .schema(Some(number));
        vec![parameter.build()]
    }
}

/// The longest that a watcher is kept: as long as an access token is good. They come again with their last event.
const WATCHED: Duration = Duration::from_mins(10);

/// How often a job of another server is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// How often a watcher hears that the line is there.
const PULSE: Duration = Duration::from_secs(10);

/// Watches a job: what happened to it, and what happens, as events (`text/event-stream`) until it ends. Who loses the line
/// comes again with the number of the last event.
#[utoipa::path(get, path = "/v1/units/{unit}/jobs/{job}/events", summary = "Watches a job.",
    params(BookReader, JobPath, LastEvent),
    responses((status = 200, content_type = "text/event-stream", body = String)))]
async fn watch_job(
    read: Read<BookReader>,
    Path(JobPath { job }): Path<JobPath>,
    LastEvent(after): LastEvent,
) -> Result<Response, Problem> {
    read.run(async |conn, work| jobs::show(conn, work.unit, job, &read.roles).await).await?;
    let watcher = Watcher { read, job, after, waiting: VecDeque::new(), since: Instant::now(), ended: false };
    Ok(Sse::new(watcher.events()).keep_alive(KeepAlive::new().interval(PULSE)).into_response())
}

/// Somebody who watches a job.
struct Watcher {
    read: Read<BookReader>,
    job: JobId,
    after: i32,
    waiting: VecDeque<Event>,
    since: Instant,
    ended: bool,
}

impl Watcher {
    fn events(self) -> impl Stream<Item = Result<sse::Event, axum::Error>> {
        stream::unfold(self, |mut watcher| async {
            let event = watcher.next().await?;
            let sent = sse::Event::default()
                .id(event.event_no.to_string())
                .event(event.what.name())
                .json_data(&event);
            Some((sent, watcher))
        })
    }

    /// The next event; none after the last one, when the token would be old, or when the server stops.
    async fn next(&mut self) -> Option<Event> {
        while self.waiting.is_empty() {
            if self.ended || self.read.hands().is_closed() || self.since.elapsed() > WATCHED {
                return None;
            }
            let (job, after) = (self.job, self.after);
            let news = self.read.hands().news();
            let found = self.read.run(async |conn, work| {
                let ended = jobs::has_ended(&mut *conn, work.unit, job).await?;
                Ok((jobs::events(conn, work.unit, job, after).await?, ended))
            });
            let (events, ended) = found.await.ok()?;
            self.waiting = events.into();
            if self.waiting.is_empty() {
                // Whoever has the last event, or says so, is not kept waiting for another.
                if ended {
                    return None;
                }
                tokio::time::timeout(LOOK_EVERY, news).await.unwrap_or_default();
            }
        }
        let event = self.waiting.pop_front()?;
        (self.after, self.ended) = (event.event_no, event.what.is_last());
        Some(event)
    }
}
