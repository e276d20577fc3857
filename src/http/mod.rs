//! What handlers share: the application, its transactions, and answers that can be given twice.

mod accept;
mod app;
pub mod auth;
pub mod document;
pub mod drain;
pub mod edge;
pub mod etag;
pub mod extract;
pub mod pace;
pub mod files;
pub mod hands;
pub mod operation;
pub mod page;
pub mod path;
pub mod request;
pub mod turns;
pub mod batcher;
mod wording;

use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use sqlx::{Connection as _, PgPool};
use tokio::time::timeout;

use crate::db::{self, Conn, Lease, Scope};
use crate::idempotency::Answer;
use crate::problem::{Kind, Problem};

pub use self::app::App;

/// The longest a transaction may take, its statements' own limit and a little more.
const LONGEST: Duration = Duration::from_secs(28);

/// How long the database may take to say that it is there.
const READY: Duration = Duration::from_secs(2);

impl App {
    /// Gives the connections back to the database.
    pub async fn close(&self) {
        for pool in [&self.jobs, &self.writers, &self.reports, &self.roles, &self.pool] {
            pool.close().await;
        }
    }

    /// A transaction of the server's own jobs, which have no permit.
    pub async fn within<T>(
        &self,
        scope: Scope,
        work: impl AsyncFnOnce(&mut Conn) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        self.run(&self.pool, Purpose::Write, scope, work).await
    }

    /// Something on a connection without a transaction and without a scope: what comes before there is a unit.
    pub async fn connected<T>(
        &self,
        work: impl AsyncFnOnce(&mut Conn) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        let mut lease = Lease::of(&self.pool).await?;
        let done = timeout(LONGEST, work(lease.begun()?)).await.map_err(|_| Kind::TimedOut.bare())?;
        lease.ended();
        done
    }

    /// Refuses when the database does not answer in time.
    pub async fn answers(&self) -> Result<(), Problem> {
        let asked = async {
            let mut lease = Lease::of(&self.roles).await?;
            lease.begun()?.ping().await?;
            lease.ended();
            Ok(())
        };
        timeout(READY, asked).await.unwrap_or_else(|_| Err(Kind::TryAgain.bare().after(1)))
    }

    /// One transaction on a connection of a pool.
    async fn run<T>(
        &self,
        pool: &PgPool,
        purpose: Purpose,
        scope: Scope,
        work: impl AsyncFnOnce(&mut Conn) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        let mut lease = Lease::of(pool).await?;
        let begin = match purpose {
            Purpose::Read => "begin isolation level repeatable read read only",
            Purpose::Rehearse | Purpose::Write => "begin",
        };
        let conn = lease.begun()?;
        let transaction = async {
            let mut tx = db::begin(conn, begin, scope, &self.clock).await?;
            let done = work(&mut tx).await;
            if purpose == Purpose::Rehearse {
                tx.rollback().await?;
                return done;
            }
            db::end(tx, done).await
        };
        let done = timeout(LONGEST, transaction).await.map_err(|_| Kind::TimedOut.bare())?;
        lease.ended();
        done
    }
}

/// What a transaction is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// To read what must agree with each other: one snapshot, nothing written.
    Read,
    /// To see what would happen: everything is taken back.
    Rehearse,
    /// To do it.
    Write,
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
    if replayed { as_replayed(response) } else { response }
}

/// Marks an answer that was given before.
pub fn as_replayed(mut response: Response) -> Response {
    response.headers_mut().insert("idempotent-replayed", HeaderValue::from_static("true"));
    response
}
