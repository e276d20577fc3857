//! The desk at which the demonstration works: every step is a request to the server's own router, with a key that a
//! second run gives again. So a load that was cut short goes on where it stopped, and nothing is recorded twice.

use std::collections::HashMap;

use anyhow::Context as _;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, header};
use chrono::NaiveDate;
use serde_json::Value;
use tower::ServiceExt as _;
use uuid::Uuid;

use crate::api;
use crate::http::App;

/// Commune Vũ Quý of old Thái Bình.
pub const UNIT: i32 = 13141;

/// The most an answer may hold.
const ANSWER: usize = 16 * 1024 * 1024;

/// A router, a clock that the story moves, the unit that is worked for, and the people who work.
#[derive(Clone)]
pub struct Desk {
    app: App,
    router: Router,
    unit: i64,
    people: HashMap<&'static str, Uuid>,
}

impl Desk {
    /// A desk on an application whose clock the story moves.
    pub fn new(app: &App, unit: i32, people: HashMap<&'static str, Uuid>) -> Self {
        Self { app: app.clone(), router: api::router(app.clone()), unit: unit.into(), people }
    }

    /// The same people at another unit.
    pub fn at(&self, unit: i64) -> Self {
        Self { unit, ..self.clone() }
    }

    /// Somebody's user id.
    pub fn person(&self, who: &str) -> anyhow::Result<Uuid> {
        self.people.get(who).copied().with_context(|| format!("nobody is called {who}"))
    }

    /// The day on which everybody works from now on.
    pub fn today(&self, day: NaiveDate) {
        self.app.clock.move_to(day);
    }

    async fn send(
        &self,
        who: &str,
        request: axum::http::request::Builder,
        body: Body,
    ) -> anyhow::Result<Value> {
        let token = self.app.keys.issue(self.person(who)?, &self.app.clock)?;
        let request = request.header(header::AUTHORIZATION, format!("Bearer {token}")).body(body)?;
        let asked = format!("{} {}", request.method(), request.uri());
        let response = self.router.clone().oneshot(request).await?;
        let good = response.status().is_success();
        let bytes = to_bytes(response.into_body(), ANSWER).await?;
        anyhow::ensure!(good, "{asked}: {}", String::from_utf8_lossy(&bytes));
        Ok(serde_json::from_slice(&bytes)?)
    }

    /// Reads what belongs to the unit.
    pub async fn get(&self, who: &str, path: &str) -> anyhow::Result<Value> {
        self.look(who, &format!("/v1/units/{}{path}", self.unit)).await
    }

    /// Reads anything.
    pub async fn look(&self, who: &str, address: &str) -> anyhow::Result<Value> {
        self.send(who, Request::get(address), Body::empty()).await
    }

    /// Gives a command under a key.
    pub async fn post(&self, who: &str, key: &str, path: &str, body: &Value) -> anyhow::Result<Value> {
        let request = Request::builder()
            .method(Method::POST)
            .uri(format!("/v1/units/{}{path}", self.unit))
            .header(header::CONTENT_TYPE, "application/json")
            .header("idempotency-key", format!("demo-{key}"));
        self.send(who, request, Body::from(body.to_string())).await
    }

    /// Reads the rows of a page that holds them all.
    pub async fn rows(&self, who: &str, address: &str) -> anyhow::Result<Vec<Value>> {
        let page = self.look(who, address).await?;
        Ok(page["items"].as_array().with_context(|| format!("{address} is no page"))?.clone())
    }

    /// Asks for a sensitive command and has the second person approve it: what executing it gave.
    pub async fn approved(&self, key: &str, path: &str, body: &Value) -> anyhow::Result<Value> {
        let asked = self.post("canbo", &format!("ask-{key}"), path, body).await?;
        let approval = asked["approval_id"].as_str().context("an approval")?;
        let path = format!("/approvals/{approval}/approve");
        let decided = self.post("lanhdao", &format!("approve-{key}"), &path, &serde_json::json!({})).await?;
        Ok(decided["outcome"].clone())
    }

    /// Takes in a list of households.
    pub async fn import(&self, file: &'static str) -> anyhow::Result<Value> {
        let request = Request::post(format!("/v1/units/{}/households/import", self.unit))
            .header(header::CONTENT_TYPE, "text/csv; charset=utf-8");
        self.send("canbo", request, Body::from(file)).await
    }
}
