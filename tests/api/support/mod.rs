//! A fresh application for each test: its own database, its own clock, no sockets.

pub mod books;
pub mod database;
pub mod paper;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use chrono::NaiveDate;
use http_body_util::BodyExt as _;
use metrics_exporter_prometheus::PrometheusBuilder;
use secrecy::SecretString;
use serde_json::{Value, json};
use soquy::access::{Grants, Keys, Role};
use soquy::clock::Clock;
use soquy::http::App;
use soquy::http::hands::Hands;
use soquy::http::turns::Turns;
use sqlx::PgPool;
use tower::ServiceExt as _;
use uuid::Uuid;

/// Commune Vũ Quý, where most tests happen.
pub const VU_QUY: i32 = 13141;

/// A date, as tests write it.
pub fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

/// An application on a database of its own. The clock stands at 2026-03-02.
#[derive(Clone)]
pub struct TestApp {
    pub app: App,
    /// The database as its owner: for planting what no door allows.
    pub owner: PgPool,
    router: Router,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
    pub text: String,
    pub bytes: Vec<u8>,
}

impl Answer {
    /// Insists on a status and hands out the body.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self.body
    }

    /// Insists on a refusal: status and code.
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Value {
        assert_eq!((self.status.as_u16(), self.body["code"].as_str()), (status, Some(code)), "{}", self.text);
        assert_eq!(self.headers[header::CONTENT_TYPE], "application/problem+json");
        self.body
    }
}

/// Somebody with a token.
#[derive(Debug, Clone)]
pub struct Person {
    pub user_id: Uuid,
    pub token: String,
}

impl TestApp {
    pub async fn new() -> Self {
        Self::on(&database::fresh().await).await
    }

    /// The same on a database that is there already.
    pub async fn on(url: &str) -> Self {
        let clock = Clock::on(day("2026-03-02"));
        let secret = SecretString::from("a secret of the tests, 0123456789 and more");
        let app = App {
            origins: Vec::new(),
            pool: soquy::db::connect(url).await.expect("the application's pool"),
            writers: soquy::db::writers(url).expect("the batches' pool"),
            roles: soquy::db::roles(url).expect("the pool of roles"),
            reports: soquy::db::reports(url, 1).expect("the reports' pool"),
            jobs: soquy::db::jobs(url, 1).expect("the jobs' pool"),
            hands: Arc::new(Hands::at_a_time(1)),
            turns: Arc::new(Turns::at_a_time(1)),
            clock: clock.clone(),
            keys: Arc::new(Keys::try_new(&secret).expect("a strong secret")),
            grants: Arc::new(Grants::default()),
            unknown_logins: Arc::default(),
            pace: Arc::default(),
            metrics: PrometheusBuilder::new().build_recorder().handle(),
        };
        let owner = PgPool::connect(url).await.expect("the owner's pool");
        let router = soquy::api::router(app.clone());
        Self { app, owner, router }
    }

    /// Somebody with roles at a unit.
    pub async fn person(&self, login: &str, unit: i32, roles: &[Role]) -> Person {
        let user_id = self.app.clock.new_id();
        let mut tx = self.owner.begin().await.unwrap();
        sqlx::query("select set_config('soquy.unit_id', $1, true)")
            .bind(unit.to_string())
            .execute(&mut *tx)
            .await
            .unwrap();
        sqlx::query("insert into app_user (user_id, unit_id, login, full_name) values ($1, $2, $3, $3)")
            .bind(user_id)
            .bind(unit)
            .bind(login)
            .execute(&mut *tx)
            .await
            .unwrap();
        for role in roles {
            sqlx::query("insert into role_grant (unit_id, grant_id, user_id, role) values ($1, $2, $3, $4)")
                .bind(unit)
                .bind(self.app.clock.new_id())
                .bind(user_id)
                .bind(role.name())
                .execute(&mut *tx)
                .await
                .unwrap();
        }
        tx.commit().await.unwrap();
        Person { user_id, token: self.app.keys.issue(user_id, &self.app.clock).unwrap() }
    }

    /// Sends a request as it is.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.expect("the router answers");
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.expect("a whole body").to_bytes();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: serde_json::from_str(&text).unwrap_or(Value::Null),
            text,
            bytes: bytes.to_vec(),
        }
    }

    /// Reads.
    pub async fn get(&self, who: &Person, path: &str) -> Answer {
        self.call(Method::GET, Some(who), path, None, None).await
    }

    /// A command without a key.
    pub async fn post(&self, who: &Person, path: &str, body: Value) -> Answer {
        self.call(Method::POST, Some(who), path, None, Some(body)).await
    }

    /// A command with a key.
    pub async fn post_once(&self, who: &Person, key: &str, path: &str, body: Value) -> Answer {
        self.call(Method::POST, Some(who), path, Some(key), Some(body)).await
    }

    /// Any call.
    pub async fn call(
        &self,
        method: Method,
        who: Option<&Person>,
        path: &str,
        key: Option<&str>,
        body: Option<Value>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header("accept-language", "en");
        if let Some(who) = who {
            request = request.header(header::AUTHORIZATION, format!("Bearer {}", who.token));
        }
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let body = match body {
            Some(body) => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        self.send(request.body(body).expect("a request")).await
    }

    /// Opens the book of Vũ Quý from 2025-07-01 with the administrative chart.
    pub async fn open_book(&self) {
        self.open_book_on("tt24_2024").await;
    }

    /// The same on another chart.
    pub async fn open_book_on(&self, chart: &str) {
        let scope = soquy::db::Scope { unit: VU_QUY, actor: None, action: "test" };
        self.app
            .within(scope, async |conn| {
                Ok(soquy::ledger::open_book(conn, VU_QUY, chart, day("2025-07-01")).await?)
            })
            .await
            .expect("a book");
    }
}

/// An empty object, for commands that need no body.
pub fn nothing() -> Value {
    json!({})
}
