//! A book with a fund and two sources, and SQL as the roles of the database.

use chrono::NaiveDate;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Row as _};

use super::{TestApp, VU_QUY};

/// Vũ Quý with an open book, one fund, and sources 1 and 2.
pub async fn prepared() -> TestApp {
    let app = TestApp::new().await;
    app.open_book().await;
    let fund = "insert into fund values (13141, 1, 'revolving', 'Quỹ giảm nghèo', '2025-07-01');
                insert into source (unit_id, source_id, fund_id, name, origin, nature, may_revolve, must_return, opened_on)
                values (13141, 1, 1, 'Ngân sách trung ương', 'central_budget', 'own', true, false, '2025-07-01'),
                       (13141, 2, 1, 'Doanh nghiệp', 'enterprise', 'own', true, false, '2025-07-01')";
    run(&app, "soquy_app", fund).await.expect("a fund with two sources");
    app
}

/// What the database said: SQLSTATE and message.
pub type Refusal = (String, String);

/// Runs statements in one transaction of Vũ Quý as a role, commits, and tells what was refused, at the commit too.
pub async fn run(app: &TestApp, role: &str, sql: &str) -> Result<(), Refusal> {
    run_in(app, VU_QUY, role, sql).await
}

/// The same in the scope of a unit.
pub async fn run_in(app: &TestApp, unit: i32, role: &str, sql: &str) -> Result<(), Refusal> {
    let scoped = format!(
        "set local role {role}; select set_config('soquy.unit_id', '{unit}', true), set_config('soquy.now', '2026-03-02T02:00:00Z', true);"
    );
    let refused = |error: sqlx::Error| {
        let database = error.into_database_error().expect("an answer of the database");
        (database.code().unwrap_or_default().into_owned(), database.message().to_owned())
    };
    let mut tx = app.owner.begin().await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(scoped)).execute(&mut *tx).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut *tx).await.map_err(refused)?;
    tx.commit().await.map_err(refused)
}

/// Insists that statements are refused with a code, for the reason in the message.
#[track_caller]
pub fn insist(what: &str, answer: Result<(), Refusal>, code: &str, because: &str) {
    let (state, message) = answer.expect_err(what);
    assert_eq!(state, code, "{what}: {message}");
    assert!(message.contains(because), "{what}: {message}");
}

/// One number from the database, seen as its owner.
pub async fn number(app: &TestApp, sql: &str) -> i64 {
    sqlx::raw_sql(AssertSqlSafe(format!("select ({sql})::bigint")))
        .fetch_one(&app.owner)
        .await
        .unwrap()
        .get(0)
}

/// A line for [`batch`]: account or role, source, + debit or − credit.
pub fn line(account: &str, source: i32, amount: &str) -> Value {
    let key = if account.starts_with(|c: char| c.is_ascii_digit()) { "account" } else { "role" };
    json!({key: account, "source": source, "amount": amount})
}

/// A call of the posting function with one journal.
pub fn post(on: &str, lines: &[Value]) -> String {
    post_with(&json!({}), on, lines)
}

/// The same with more fields on the journal.
pub fn post_with(more: &Value, on: &str, lines: &[Value]) -> String {
    let id = uuid::Uuid::now_v7();
    let mut journal =
        json!({"journal_id": id, "effective_on": on, "kind": "manual", "description": "thử", "lines": lines});
    for (key, value) in more.as_object().unwrap() {
        journal[key] = value.clone();
    }
    format!("select ledger_post({VU_QUY}, '{}');", json!([journal]))
}

/// Registers a subject that has no row of its own.
pub async fn register(app: &TestApp, kind: &str) -> Value {
    let subject = app.app.clock.new_id();
    run(app, "none", &format!("insert into subject values (13141, '{subject}', '{kind}')")).await.unwrap();
    json!(subject)
}

/// Capital for a source, in cash.
pub fn gift(on: &str, source: i32, amount: i64) -> String {
    post(on, &[line("cash", source, &amount.to_string()), line("capital", source, &(-amount).to_string())])
}

/// Money of a source spent from the cash box.
pub fn spend(on: &str, source: i32, amount: i64) -> String {
    post(on, &[line("1411", source, &amount.to_string()), line("cash", source, &(-amount).to_string())])
}

/// A paper for [`post_with`].
pub fn receipt(amount: i64) -> Value {
    json!({"voucher": {"book": "01", "kind": "receipt", "party": "Nguyễn Văn An", "address": "Vũ Quý", "content": "nộp",
        "amount": amount.to_string(), "attachments": 0}})
}

/// A day after the first of 2026.
pub fn day_of_2026(offset: u64) -> NaiveDate {
    super::day("2026-01-01") + chrono::Days::new(offset)
}
