//! What a handler is handed: a request that reads or a command, with the permit it passed. It knows its operation, so that no
//! handler repeats its own name to the audit trail, the claim of its key, or the transaction.

use std::ops::Deref;

use axum::extract::FromRequestParts;
use axum::http::{Uri, request::Parts};
use axum::response::Response;
use chrono::NaiveDate;
use serde::{Serialize, de::DeserializeOwned};

use crate::access::Work;
use crate::db::{Conn, Scope};
use crate::http::auth::Pass;
use crate::http::extract::{IdempotencyKey, Json, optional_key};
use crate::http::hands::Hands;
use crate::http::operation::Operation;
use crate::http::turns::Turn;
use crate::http::{App, Created, Purpose, respond};
use crate::idempotency::{self, Answer, Claim};
use crate::problem::{Kind, Problem};

/// A request that was let in, as the permit `P`.
pub struct Admitted<P> {
    app: App,
    permit: P,
    operation: &'static str,
}

impl<P> Deref for Admitted<P> {
    type Target = P;

    fn deref(&self) -> &P {
        &self.permit
    }
}

impl<P: Pass> Admitted<P> {
    /// The business date.
    pub fn today(&self) -> NaiveDate {
        self.app.clock.today()
    }

    /// Those who work on jobs, for news of them.
    pub fn hands(&self) -> &Hands {
        &self.app.hands
    }

    fn scope(&self) -> Scope {
        self.permit.scope(self.operation)
    }

    /// What a use case is told of the request.
    pub fn work(&self) -> Work<'_> {
        let Scope { unit, actor, .. } = self.scope();
        Work { unit, actor, clock: &self.app.clock }
    }

    async fn transaction<T>(
        &self,
        purpose: Purpose,
        work: impl AsyncFnOnce(&mut Conn, &Work<'_>) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        let pool = &self.app.pool;
        self.app.run(pool, purpose, self.scope(), async |conn| work(conn, &self.work()).await).await
    }
}

impl<P: FromRequestParts<App, Rejection = Problem>> FromRequestParts<App> for Admitted<P> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let permit = P::from_request_parts(parts, app).await?;
        let unknown = || Problem::internal(anyhow::anyhow!("an operation that the document does not know"));
        let operation = parts.extensions.get::<&'static Operation>().ok_or_else(unknown)?;
        Ok(Self { app: app.clone(), permit, operation: &operation.id })
    }
}

/// A `GET`. It reads from one snapshot and can write nothing.
pub struct Read<P>(Admitted<P>);

impl<P> Deref for Read<P> {
    type Target = Admitted<P>;

    fn deref(&self) -> &Admitted<P> {
        &self.0
    }
}

impl<P: Pass> Read<P> {
    /// Reads what must agree with each other: one snapshot.
    pub async fn run<T>(
        &self,
        work: impl AsyncFnOnce(&mut Conn, &Work<'_>) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        self.transaction(Purpose::Read, work).await
    }

    /// Reads after a wait for its turn when it reads much: see [`crate::http::turns`].
    pub async fn turn(&self, much: bool) -> Result<Reading<'_, P>, Problem> {
        let person = self.scope().actor.unwrap_or_default();
        let turn = if much { Some(self.app.turns.turn(person).await?) } else { None };
        Ok(Reading { admitted: self, turn })
    }
}

/// A `GET` whose turn it is until this is dropped: what is made of what was read is part of the turn.
pub struct Reading<'a, P> {
    admitted: &'a Admitted<P>,
    turn: Option<Turn>,
}

impl<P: Pass> Reading<'_, P> {
    /// Reads what must agree with each other: one snapshot.
    pub async fn run<T>(
        &self,
        work: impl AsyncFnOnce(&mut Conn, &Work<'_>) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        let Admitted { app, .. } = self.admitted;
        let pool = if self.turn.is_some() { &app.reports } else { &app.pool };
        let scope = self.admitted.scope();
        app.run(pool, Purpose::Read, scope, async |conn| work(conn, &self.admitted.work()).await).await
    }
}

impl<P: FromRequestParts<App, Rejection = Problem>> FromRequestParts<App> for Read<P> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        Admitted::from_request_parts(parts, app).await.map(Self)
    }
}

/// A `POST` that answers what its command would do. Nothing stays.
pub struct Rehearsal<P>(Admitted<P>);

impl<P> Deref for Rehearsal<P> {
    type Target = Admitted<P>;

    fn deref(&self) -> &Admitted<P> {
        &self.0
    }
}

impl<P: Pass> Rehearsal<P> {
    /// Does it and takes it back.
    pub async fn run<T>(
        &self,
        work: impl AsyncFnOnce(&mut Conn, &Work<'_>) -> Result<T, Problem>,
    ) -> Result<Json<T>, Problem> {
        self.transaction(Purpose::Rehearse, work).await.map(Json)
    }
}

impl<P: FromRequestParts<App, Rejection = Problem>> FromRequestParts<App> for Rehearsal<P> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        Admitted::from_request_parts(parts, app).await.map(Self)
    }
}

/// Whether a command takes a key: this is the third part of its type.
pub trait Key: Sized {
    /// Reads it from the request.
    fn read(parts: &Parts) -> Result<Self, Problem>;
    /// The key to run under.
    fn given(&self) -> Result<Option<&IdempotencyKey>, Problem>;
}

impl Key for Option<IdempotencyKey> {
    fn read(parts: &Parts) -> Result<Self, Problem> {
        optional_key(parts)
    }

    fn given(&self) -> Result<Option<&IdempotencyKey>, Problem> {
        Ok(self.as_ref())
    }
}

impl Key for IdempotencyKey {
    fn read(parts: &Parts) -> Result<Self, Problem> {
        optional_key(parts)?.ok_or_else(|| Kind::KeyRequired.bare())
    }

    fn given(&self) -> Result<Option<&IdempotencyKey>, Problem> {
        Ok(Some(self))
    }
}

/// For commands of which the second time does nothing, or whose answer must not be kept.
#[derive(Debug)]
pub struct NoKey;

impl Key for NoKey {
    fn read(_: &Parts) -> Result<Self, Problem> {
        Ok(Self)
    }

    fn given(&self) -> Result<Option<&IdempotencyKey>, Problem> {
        Ok(None)
    }
}

/// A request that changes something. A key is optional unless the type says otherwise.
pub struct Command<P, K = Option<IdempotencyKey>> {
    admitted: Admitted<P>,
    key: K,
    address: Uri,
}

/// A command that records money: its key is required.
pub type Keyed<P> = Command<P, IdempotencyKey>;

/// A command that reads no key.
pub type Keyless<P> = Command<P, NoKey>;

impl<P, K> Deref for Command<P, K> {
    type Target = Admitted<P>;

    fn deref(&self) -> &Admitted<P> {
        &self.admitted
    }
}

impl<P: Pass, K: Key> Command<P, K> {
    /// The application. Requests that read have no way to it.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// Runs in one transaction; an error rolls everything back.
    pub async fn run<T>(
        &self,
        work: impl AsyncFnOnce(&mut Conn, &Work<'_>) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        self.transaction(Purpose::Write, work).await
    }

    /// Runs once per key: the first time it works and its answer is kept in the same transaction, after that the kept answer
    /// comes back, marked `Idempotent-Replayed: true`. The same person, operation, address and content are the same request.
    pub async fn once<T: Serialize>(
        &self,
        content: &impl Serialize,
        work: impl AsyncFnOnce(&mut Conn, &Work<'_>) -> Result<Created<T>, Problem>,
    ) -> Result<Response, Problem> {
        let (answer, replayed) = self.kept(content, work).await?;
        Ok(respond(answer, replayed))
    }

    /// The same for an answer that is made anew each time from what is kept of the first.
    pub async fn recorded<T: Serialize + DeserializeOwned>(
        &self,
        content: &impl Serialize,
        work: impl AsyncFnOnce(&mut Conn, &Work<'_>) -> Result<T, Problem>,
    ) -> Result<(T, bool), Problem> {
        let done = async |conn: &mut Conn, about: &Work<'_>| work(conn, about).await.map(Created::done);
        let (answer, replayed) = self.kept(content, done).await?;
        Ok((serde_json::from_str(&answer.body).map_err(Problem::internal)?, replayed))
    }

    async fn kept<T: Serialize>(
        &self,
        content: &impl Serialize,
        work: impl AsyncFnOnce(&mut Conn, &Work<'_>) -> Result<Created<T>, Problem>,
    ) -> Result<(Answer, bool), Problem> {
        let Scope { unit, .. } = self.scope();
        let claim = self.claim(content)?;
        let run = self.run(async |conn, about| {
            if let Some(claim) = &claim
                && let Some(kept) = idempotency::claim(conn, unit, claim).await?
            {
                return Ok((kept, true));
            }
            let answer = work(conn, about).await?.answer()?;
            if let Some(claim) = &claim {
                idempotency::store_answers(conn, unit, [(claim, &answer)]).await?;
            }
            Ok((answer, false))
        });
        run.await
    }

    fn claim(&self, content: &impl Serialize) -> Result<Option<Claim>, Problem> {
        let Scope { actor, action, .. } = self.scope();
        let request = (self.address.path(), content);
        let claim =
            |key: &IdempotencyKey| Claim::of(key.0.clone(), action, actor.unwrap_or_default(), &request);
        Ok(self.key.given()?.map(claim))
    }
}

impl<P> Keyed<P> {
    /// The key, for commands that wait in a queue of their unit.
    pub fn key(&self) -> IdempotencyKey {
        self.key.clone()
    }
}

impl<P, K> FromRequestParts<App> for Command<P, K>
where
    P: FromRequestParts<App, Rejection = Problem> + Send,
    K: Key,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let admitted = Admitted::from_request_parts(parts, app).await?;
        Ok(Self { admitted, key: K::read(parts)?, address: parts.uri.clone() })
    }
}
