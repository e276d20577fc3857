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

/// The board of the Fatherland Front of Vũ Quý, a unit below it.
const FRONT_BOARD: i32 = 1_314_101;

const JSON: &str = "application/json";

const MERGE_PATCH: &str = "application/merge-patch+json";

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
        "2026-1-1",
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
    texts.into_iter().map(Value::from).chain([json!("ă".repeat(5_000))]).chain(others).collect()
}

/// What happens first, in this order, and what the document cannot say about its bodies.
const GOOD: &[(&str, &str)] = &[
    ("open_fund", "{}"),
    ("open_source", r#"{"must_return": false, "recovers_into": null, "purposes": []}"#),
    ("open_account", r#"{"parent_code": "421", "code": "4219"}"#),
    ("receive_capital", r#"{"amount": "900000000", "till": "bank"}"#),
    ("receive_capital", r#"{"amount": "900000000", "till": "bank"}"#),
    ("transfer_money", r#"{"from": "bank"}"#),
    ("return_capital", r#"{"till": "bank"}"#),
    (
        "post_journal",
        r#"{"lines": [{"account": "1122", "source": 1, "side": "debit", "amount": "5"},
                      {"account": "1121", "source": 1, "side": "credit", "amount": "5"}]}"#,
    ),
    ("reverse_journal", "{}"),
    (
        "create_household",
        r#"{"code": "H1", "phone": null, "head": {"name": "Nguyễn Văn An"}, "members": []}"#,
    ),
    (
        "record_class_decision",
        r#"{"class_year": 2026, "class": "poor", "change": null, "supersedes": null, "decision_on": "2026-01-05"}"#,
    ),
    (
        "create_project",
        r#"{"from_on": "2026-03-01", "to_on": "2028-12-31", "votes_above_pct": 50, "mechanism_code": null,
            "terms": {"basis": {"kind": "capital_percent", "percent": "100"},
            "due": {"kind": "instalments", "every_months": 6, "count": 4, "first_after_months": 6}}}"#,
    ),
    ("record_support_request", "{}"),
    ("record_meeting", r#"{"attendees": 9}"#),
    ("approve_support", "{}"),
    ("approve", "{}"),
    ("pay_out_support", r#"{"till": "bank"}"#),
    ("approve", "{}"),
    ("record_repayment", r#"{"amount": "1000", "till": "bank"}"#),
    ("open_till", r#"{"kind": "cash", "bank": null, "account_no": null, "branch": null, "holder": null}"#),
    ("record_cash_count", r#"{"notes": []}"#),
];

fn good_body(api: &Api, operation: &Operation) -> Value {
    let mut body = operation.content(api).map_or(json!({}), |(_, body)| body);
    let told = GOOD.iter().find(|(id, _)| *id == operation.id).map_or("{}", |(_, told)| told);
    for (name, value) in serde_json::from_str::<serde_json::Map<_, _>>(told).expect("an object") {
        body[name] = value;
    }
    body
}

/// A request to an operation, and whether it is nonsense in any state of the books.
struct Trial<'a> {
    operation: &'a Operation,
    path: String,
    content_type: &'a str,
    body: Vec<u8>,
    refused: bool,
}

impl<'a> Trial<'a> {
    /// A request that fits the document, and the books of the [`Bench`] where [`GOOD`] says how.
    fn good(api: &Api, operation: &'a Operation) -> Self {
        let body = good_body(api, operation).to_string().into_bytes();
        let content = operation.content(api);
        let content_type = match content.as_ref().map(|(kind, _)| kind.as_str()) {
            None | Some(JSON) => JSON,
            Some(MERGE_PATCH) => MERGE_PATCH,
            Some(_) => "multipart/form-data",
        };
        Self { operation, path: operation.path_at(api, VU_QUY), content_type, body, refused: false }
    }

    fn with_path(self, path: String) -> Self {
        Self { path, ..self }
    }

    fn with_body(self, body: impl Into<Vec<u8>>) -> Self {
        Self { body: body.into(), ..self }
    }

    fn of_type(self, content_type: &'a str) -> Self {
        Self { content_type, ..self }
    }

    /// No state of the books makes sense of it.
    fn never_taken(self) -> Self {
        Self { refused: true, ..self }
    }
}

/// The application, somebody for each role, how many rows there are, and what went wrong so far.
struct Bench {
    app: TestApp,
    staff: Vec<(Role, Person)>,
    count: String,
    rows: Vec<i64>,
    sent: u32,
    faults: Vec<String>,
}

impl Bench {
    /// A bench on which [`GOOD`] has happened, and the document with the keys that came of it.
    async fn new() -> (Self, Api) {
        let app = TestApp::new().await;
        app.open_book().await;
        let staff = staff(&app, VU_QUY).await;
        let tables = "select tablename::text from pg_tables where schemaname = 'public' order by 1";
        let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(&app.owner).await.unwrap();
        let counts: Vec<_> = tables.iter().map(|table| format!("(select count(*) from {table})")).collect();
        let count = format!("select array[{}]", counts.join(", "));
        let mut bench = Self { app, staff, count, rows: Vec::new(), sent: 0, faults: Vec::new() };
        let mut api = Api::read();
        api.known.insert("child_id".to_owned(), json!(FRONT_BOARD));
        api.known.insert("for".to_owned(), json!(8));
        for (id, _) in GOOD {
            let operation =
                api.operations.iter().find(|operation| operation.id == *id).expect("an operation");
            let answer = bench.send(&Trial::good(&api, operation)).await;
            assert!(
                answer.status.is_success(),
                "{id} {}: {} {:?}",
                good_body(&api, operation),
                answer.text,
                api.known
            );
            remember(&answer.body, &mut api.known);
        }
        bench.rows = bench.rows().await;
        (bench, api)
    }

    async fn rows(&self) -> Vec<i64> {
        sqlx::query_scalar(sqlx::AssertSqlSafe(self.count.clone())).fetch_one(&self.app.owner).await.unwrap()
    }

    /// Sends as somebody who may, under a new key.
    async fn send(&mut self, trial: &Trial<'_>) -> Answer {
        let role = permitted(&trial.operation.id).map_or(Role::Officer, |roles| roles[0]);
        let (_, person) = self.staff.iter().find(|(held, _)| *held == role).unwrap();
        self.sent += 1;
        let request = Request::builder()
            .method(trial.operation.method.clone())
            .uri(&trial.path)
            .header(header::AUTHORIZATION, format!("Bearer {}", person.token))
            .header("idempotency-key", format!("key-{:08}", self.sent))
            .header(header::IF_MATCH, "*")
            .header(header::CONTENT_TYPE, trial.content_type);
        self.app.send(request.body(Body::from(trial.body.clone())).unwrap()).await
    }

    /// Sends and notes what is wrong with the answer. A refusal must not have stored anything.
    async fn try_out(&mut self, trial: Trial<'_>) {
        let answer = self.send(&trial).await;
        let status = answer.status.as_u16();
        let rows = self.rows().await;
        let problem =
            answer.headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/problem+json");
        let in_words = problem && Kind::ALL.iter().any(|kind| answer.body["code"] == kind.parts().0);
        let rules = [
            (status >= 500, "a fault of ours"),
            (status >= 400 && !in_words, "refused without words"),
            (status >= 400 && rows != self.rows, "stored in spite of a refusal"),
            (status < 400 && trial.refused, "taken"),
        ];
        for (_, what) in rules.iter().filter(|(broken, _)| *broken) {
            let Trial { operation, path, body, .. } = &trial;
            let body = String::from_utf8_lossy(&body[..body.len().min(300)]).into_owned();
            self.faults.push(format!("{what}: {} {path} {body}: {status} {}", operation.method, answer.text));
        }
        self.rows = rows;
    }

    /// Fails with everything that was found.
    #[track_caller]
    fn end(self) {
        assert!(self.sent > 100, "nearly nothing was tried");
        assert!(self.faults.is_empty(), "\n{}\n", self.faults.join("\n"));
    }
}

/// Takes the keys out of an answer.
fn remember(answer: &Value, known: &mut serde_json::Map<String, Value>) {
    for (name, value) in answer.as_object().into_iter().flatten() {
        if name.ends_with("_id") && !value.is_null() {
            known.insert(name.clone(), value.clone());
        }
        remember(value, known);
    }
}

fn with_body(operation: &Operation) -> bool {
    !operation.body["requestBody"].is_null()
}

#[tokio::test]
async fn nonsense_in_a_path_or_query_is_refused_in_words() {
    let (mut bench, api) = Bench::new().await;
    for operation in &api.operations {
        let good = || Trial::good(&api, operation);
        for name in operation.parameters("path").map(|parameter| parameter["name"].as_str().unwrap()) {
            for nonsense in PATHS {
                let path = operation.path_with(&api, &[(name, nonsense), ("unit", &VU_QUY.to_string())]);
                bench.try_out(good().with_path(path).never_taken()).await;
            }
        }
        let path = operation.path_at(&api, VU_QUY);
        for name in operation.parameters("query").map(|parameter| parameter["name"].as_str().unwrap()) {
            for nonsense in QUERIES {
                bench.try_out(good().with_path(format!("{path}?{name}={nonsense}"))).await;
            }
            bench.try_out(good().with_path(format!("{path}?no_such_parameter=1")).never_taken()).await;
        }
    }
    bench.end();
}

#[tokio::test]
async fn a_body_that_is_nonsense_is_refused_in_words() {
    let (mut bench, api) = Bench::new().await;
    for operation in api.operations.iter().filter(|operation| with_body(operation)) {
        let good = || Trial::good(&api, operation);
        for body in BODIES {
            bench.try_out(good().with_body(*body).never_taken()).await;
        }
        let large = format!("{{\"text\":\"{}\"}}", "x".repeat(10_000_000));
        bench.try_out(good().with_body(large).never_taken()).await;
        bench.try_out(good().of_type("application/x-nonsense").never_taken()).await;
    }
    bench.end();
}

#[tokio::test]
async fn nonsense_in_any_value_of_a_body_is_refused_in_words_or_harmless() {
    let (mut bench, api) = Bench::new().await;
    let json = |operation: &&Operation| {
        operation.content(&api).is_some_and(|(kind, _)| kind == JSON || kind == MERGE_PATCH)
    };
    for operation in api.operations.iter().filter(json) {
        let body = good_body(&api, operation);
        let with = |body: &Value| Trial::good(&api, operation).with_body(body.to_string());
        for pointer in pointers(&body, String::new()) {
            let good = body.pointer(&pointer).unwrap();
            let takes_null = operation.takes_null(&api, &pointer);
            // A list of the values of an object, which serde would read as the object.
            let listed = good.as_object().map(|object| object.values().cloned().collect());
            for value in values().into_iter().chain(listed) {
                let refused = never_fits(good, &value) || value.is_null() && !takes_null;
                let trial = with(&replaced(&body, &pointer, value));
                bench.try_out(if refused { trial.never_taken() } else { trial }).await;
            }
        }
        let inner = pointers(&body, String::new());
        for pointer in inner
            .into_iter()
            .chain([String::new()])
            .filter(|at| body.pointer(at).is_some_and(Value::is_object))
        {
            let mut more = body.clone();
            more.pointer_mut(&pointer).unwrap()["no_such_field"] = json!(1);
            bench.try_out(with(&more).never_taken()).await;
        }
    }
    bench.end();
}

/// Whether a value cannot stand in the place of a good one: another type, an unprintable or endless text, no date where a
/// date stands, no digits where there are digits.
fn never_fits(good: &Value, value: &Value) -> bool {
    let (Some(good), Some(text)) = (good.as_str(), value.as_str()) else {
        return !value.is_null() && std::mem::discriminant(good) != std::mem::discriminant(value);
    };
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit()) && !text.is_empty();
    let date = |text: &str| text.len() == 10 && text.parse::<chrono::NaiveDate>().is_ok();
    text.contains(char::is_control)
        || text.len() > 5_000
        || date(good) && !date(text)
        || digits(good) && !digits(text)
}

fn replaced(body: &Value, pointer: &str, value: Value) -> Value {
    let mut replaced = body.clone();
    *replaced.pointer_mut(pointer).unwrap() = value;
    replaced
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
