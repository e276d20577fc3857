//! Nonsense in every place of every operation: paths, queries, headers, and each value of each body. The answer is a
//! problem in words, never a fault of ours, and nothing is stored.

use axum::body::Body;
use axum::http::{Request, header};
use serde_json::{Value, json};
use soquy::access::Role;
use soquy::problem::Kind;

use super::permits::{permitted, staff};
use super::{Api, Operation};
use crate::support::{Answer, Person, TestApp, VU_QUY};

const PATHS: &[&str] =
    &["0", "-1", "99999999999999999999", "x", "%00", "%FF", "%2e%2e", "01890000-0000-4000-8000-000000000009"];

const QUERIES: &[&str] = &[
    "",
    "x",
    "-1",
    "0",
    "99999999999999999999",
    "%00",
    "%FF",
    "%F0%9F%90%84",
    "2026-02-30",
    "%2B262142-12-31",
    "1e9",
    "1.5",
    "'%20or%20true--",
];

const BODIES: &[&[u8]] = &[
    b"",
    b"{",
    b"nonsense",
    b"null",
    b"[]",
    b"[[]]",
    b"1e400",
    b"\"text\"",
    b"{} {}",
    b"\xff\xfe",
    b"{\"a\":\"\xff\"}",
    b"{\"a\":1,\"a\":2}",
    b"{\"no_such_field\":1}",
];

/// What stands in the place of each value of a body.
fn values() -> Vec<Value> {
    let texts = [
        "",
        " ",
        "x",
        "\u{0}",
        "a\u{0}b",
        "\u{202e}\u{7}",
        "0",
        "-1",
        "1.5",
        "1000.000",
        "1e3",
        "99999999999999999999999999999999",
        "2026-02-30",
        "+262142-12-31",
        "-262143-01-01",
        "0001-01-01",
        "9999-12-31",
        "01890000-0000-4000-8000-000000000009",
        "'; drop table line; --",
    ];
    let others = [
        json!(null),
        json!(true),
        json!([]),
        json!({}),
        json!(-1),
        json!(0),
        json!(1.5),
        json!(1e300),
        json!(u64::MAX),
        json!(i32::MAX),
    ];
    texts.into_iter().map(Value::from).chain(others).collect()
}

/// The application, somebody for each role, and how many rows there are.
struct Bench {
    app: TestApp,
    api: Api,
    staff: Vec<(Role, Person)>,
    count: String,
    rows: Vec<i64>,
    keys: u32,
}

impl Bench {
    async fn new() -> Self {
        let app = TestApp::new().await;
        app.open_book().await;
        let staff = staff(&app, VU_QUY).await;
        let tables: Vec<String> = sqlx::query_scalar(
            "select tablename::text from pg_tables where schemaname = 'public' order by 1",
        )
        .fetch_all(&app.owner)
        .await
        .unwrap();
        let counts: Vec<_> = tables.iter().map(|table| format!("(select count(*) from {table})")).collect();
        let count = format!("select array[{}]", counts.join(", "));
        let mut bench = Self { app, api: Api::read(), staff, count, rows: Vec::new(), keys: 0 };
        bench.rows = bench.rows().await;
        bench
    }

    async fn rows(&self) -> Vec<i64> {
        sqlx::query_scalar(sqlx::AssertSqlSafe(self.count.clone())).fetch_one(&self.app.owner).await.unwrap()
    }

    /// Sends as somebody who may, under a new key.
    async fn send(&mut self, operation: &Operation, path: &str, content_type: &str, body: &[u8]) -> Answer {
        let role = permitted(&operation.id).map_or(Role::Officer, |roles| roles[0]);
        let (_, person) = self.staff.iter().find(|(held, _)| *held == role).unwrap();
        self.keys += 1;
        let request = Request::builder().method(operation.method.clone()).uri(path);
        let request = request.header(header::AUTHORIZATION, format!("Bearer {}", person.token));
        let request = request
            .header("idempotency-key", format!("key-{:08}", self.keys))
            .header("accept-language", "en");
        let request = request.header(header::CONTENT_TYPE, content_type).body(Body::from(body.to_vec()));
        self.app.send(request.unwrap()).await
    }

    /// Sends, and insists on a sane answer; a refusal must not have stored anything.
    async fn try_out(&mut self, operation: &Operation, path: &str, content_type: &str, body: &[u8]) -> u16 {
        let answer = self.send(operation, path, content_type, body).await;
        let shown = String::from_utf8_lossy(&body[..body.len().min(300)]).into_owned();
        let said = format!("{} {path} with {shown}: {} {}", operation.method, answer.status, answer.text);
        let status = answer.status.as_u16();
        assert!(status < 500, "{said}");
        let rows = self.rows().await;
        if status >= 400 {
            assert_eq!(answer.headers[header::CONTENT_TYPE], "application/problem+json", "{said}");
            assert!(Kind::ALL.iter().any(|kind| answer.body["code"] == kind.parts().0), "{said}");
            assert_eq!(rows, self.rows, "stored in spite of a refusal: {said}");
        }
        self.rows = rows;
        status
    }
}

fn operations(wanted: impl Fn(&Operation) -> bool) -> Vec<Operation> {
    Api::read().operations.into_iter().filter(wanted).collect()
}

#[tokio::test]
async fn nonsense_in_a_path_or_query_is_refused_in_words() {
    let mut bench = Bench::new().await;
    for operation in operations(|_| true) {
        let (content_type, body) =
            operation.content(&bench.api).unwrap_or(("application/json".to_owned(), json!({})));
        let body = body.to_string().into_bytes();
        for parameter in operation.parameters("path") {
            let name = parameter["name"].as_str().unwrap();
            for nonsense in PATHS {
                let path =
                    operation.path_with(&bench.api, &[(name, nonsense), ("unit", &VU_QUY.to_string())]);
                let status = bench.try_out(&operation, &path, &content_type, &body).await;
                assert!(status >= 400, "{path}: {status}");
            }
        }
        let path = operation.path_at(&bench.api, VU_QUY);
        for parameter in operation.parameters("query") {
            for nonsense in QUERIES {
                let path = format!("{path}?{}={nonsense}", parameter["name"].as_str().unwrap());
                bench.try_out(&operation, &path, &content_type, &body).await;
            }
        }
        if operation.parameters("query").next().is_some() {
            let status =
                bench.try_out(&operation, &format!("{path}?no_such_parameter=1"), &content_type, &body).await;
            assert_eq!(status, 400, "{} takes parameters it does not know", operation.id);
        }
    }
}

#[tokio::test]
async fn a_body_that_is_nonsense_is_refused_in_words() {
    let mut bench = Bench::new().await;
    for operation in operations(|operation| operation.content(&Api::read()).is_some()) {
        let (content_type, _) = operation.content(&bench.api).unwrap();
        let path = operation.path_at(&bench.api, VU_QUY);
        for body in BODIES {
            let status = bench.try_out(&operation, &path, &content_type, body).await;
            assert!(status >= 400, "{}: {body:?} was taken", operation.id);
        }
        let large = format!("{{\"text\":\"{}\"}}", "x".repeat(10_000_000));
        bench.try_out(&operation, &path, &content_type, large.as_bytes()).await;
        let status = bench.try_out(&operation, &path, "application/x-nonsense", b"{}").await;
        assert_eq!(status, 415, "{}: any content type is taken", operation.id);
    }
}

#[tokio::test]
async fn nonsense_in_any_value_of_a_body_is_refused_in_words_or_harmless() {
    let mut bench = Bench::new().await;
    for operation in operations(|operation| {
        operation.content(&Api::read()).is_some_and(|(kind, _)| kind == "application/json")
    }) {
        let (content_type, good) = operation.content(&bench.api).unwrap();
        let path = operation.path_at(&bench.api, VU_QUY);
        for pointer in pointers(&good, String::new()) {
            for value in values() {
                let mut bad = good.clone();
                *bad.pointer_mut(&pointer).unwrap() = value;
                bench.try_out(&operation, &path, &content_type, bad.to_string().as_bytes()).await;
            }
        }
        for pointer in pointers(&good, String::new())
            .into_iter()
            .filter(|at| good.pointer(at).is_some_and(Value::is_string))
            .take(3)
        {
            let mut long = good.clone();
            *long.pointer_mut(&pointer).unwrap() = json!("ă".repeat(50_000));
            let status = bench.try_out(&operation, &path, &content_type, long.to_string().as_bytes()).await;
            assert!(status >= 400, "{}{pointer}: a hundred thousand bytes were taken", operation.id);
        }
        if let Some(object) = good.as_object() {
            let mut more = object.clone();
            more.insert("no_such_field".to_owned(), json!(1));
            let status = bench
                .try_out(&operation, &path, &content_type, Value::Object(more).to_string().as_bytes())
                .await;
            assert!(status >= 400, "{}: a field that it does not know was taken", operation.id);
        }
    }
}

/// JSON pointers of everything inside a value.
fn pointers(value: &Value, at: String) -> Vec<String> {
    let inner: Vec<_> = match value {
        Value::Object(map) => map.iter().map(|(name, inner)| (name.clone(), inner)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(n, inner)| (n.to_string(), inner)).collect(),
        _ => Vec::new(),
    };
    let below = inner.into_iter().flat_map(|(name, inner)| pointers(inner, format!("{at}/{name}")));
    below.chain((!at.is_empty()).then_some(at.clone())).collect()
}
