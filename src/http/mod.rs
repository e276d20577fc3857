//! What handlers share: the application, its transactions, and answers that can be given twice.

mod app;
pub mod auth;
pub mod document;
pub mod drain;
pub mod edge;
pub mod etag;
pub mod extract;
pub mod pace;
pub mod files;
pub mod page;
pub mod batcher;
mod wording;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::db::{self, Conn, Scope};
use crate::idempotency::{self, Answer, Claim};
use crate::problem::Problem;

pub use self::app::App;
use self::auth::Permit;

impl App {
    /// Gives the connections back to the database.
    pub async fn close(&self) {
        self.writers.close().await;
        self.pool.close().await;
    }

    /// Runs one use case in one transaction of the permit's unit; an error rolls everything back.
    pub async fn transact<T>(
        &self,
        permit: &Permit,
        action: &'static str,
        work: impl AsyncFnOnce(&mut Conn) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        self.within(permit.scope(action), work).await
    }

    /// Reads that must agree with each other: one snapshot, nothing written.
    pub async fn read<T>(
        &self,
        permit: &Permit,
        action: &'static str,
        work: impl AsyncFnOnce(&mut Conn) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        self.run("begin isolation level repeatable read read only", permit.scope(action), work).await
    }

    /// A transaction of the server's own jobs, which have no permit.
    pub async fn within<T>(
        &self,
        scope: Scope,
        work: impl AsyncFnOnce(&mut Conn) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        self.run("begin", scope, work).await
    }

    /// One transaction on a connection of the pool; `begin` is the statement that begins it.
    async fn run<T>(
        &self,
        begin: &'static str,
        scope: Scope,
        work: impl AsyncFnOnce(&mut Conn) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        let mut conn = self.pool.acquire().await?;
        let mut tx = db::begin(&mut conn, begin, scope, &self.clock).await?;
        let done = work(&mut tx).await;
        db::end(tx, done).await
    }

    /// Runs a use case once per key: the first time it works and its answer is kept in the same transaction, after that
    /// the kept answer comes back, marked `Idempotent-Replayed: true`.
    pub async fn once<T: Serialize>(
        &self,
        permit: &Permit,
        claim: Option<Claim>,
        action: &'static str,
        work: impl AsyncFnOnce(&mut Conn) -> Result<Created<T>, Problem>,
    ) -> Result<Response, Problem> {
        let (answer, replayed) = self
            .transact(permit, action, async |conn| {
                if let Some(claim) = &claim
                    && let Some(kept) = idempotency::claim(conn, permit.unit, claim).await?
                {
                    return Ok((kept, true));
                }
                let answer = work(conn).await?.answer()?;
                if let Some(claim) = &claim {
                    idempotency::store_answers(conn, permit.unit, [(claim, &answer)]).await?;
                }
                Ok((answer, false))
            })
            .await?;
        Ok(respond(answer, replayed))
    }
}

/// What a command made: the status, where it is, and the body.
#[derive(Debug)]
pub struct Created<T> {
    /// 201 for a new thing, 200 or 202 otherwise.
    pub status: StatusCode,
    /// Where the new thing is.
    pub location: Option<String>,
    /// The body.
    pub body: T,
}

impl<T: Serialize> Created<T> {
    /// A new thing at an address.
    pub fn at(location: String, body: T) -> Self {
        Self { status: StatusCode::CREATED, location: Some(location), body }
    }

    /// Done, nothing new to point at.
    pub const fn done(body: T) -> Self {
        Self { status: StatusCode::OK, location: None, body }
    }

    /// Waiting for a second person, at an address.
    pub fn waiting(location: String, body: T) -> Self {
        Self { status: StatusCode::ACCEPTED, location: Some(location), body }
    }

    /// As it is kept.
    pub fn answer(self) -> Result<Answer, Problem> {
        let body = serde_json::to_string(&self.body).map_err(Problem::internal)?;
        Ok(Answer { status: self.status.as_u16(), location: self.location, body })
    }
}

/// Sends an answer, fresh or kept.
pub fn respond(answer: Answer, replayed: bool) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let json = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    let mut response = (status, json, answer.body).into_response();
    if let Some(location) = answer.location.and_then(|l| HeaderValue::from_str(&l).ok()) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    if replayed {
        response.headers_mut().insert("idempotent-replayed", HeaderValue::from_static("true"));
    }
    response
}
