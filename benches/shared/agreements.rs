//! Officers and running agreements, made through the use cases that the API calls.

use anyhow::anyhow;
use secrecy::SecretString;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use soquy::access::{Role, Work};
use soquy::clock::Clock;
use soquy::db::{self, Conn, Scope};
use soquy::domain::values::ids::ProjectId;
use soquy::problem::Problem;
use soquy::users::{self, Appointed, NewUser};
use soquy::{books, households, journals, ledger, projects, support};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

/// The password of everybody.
pub const PASSWORD: &str = "mười hai con trâu";

/// A refusal, which no benchmark expects.
#[expect(clippy::needless_pass_by_value, reason = "for map_err, which hands the problem over")]
pub fn told(problem: Problem) -> anyhow::Error {
    anyhow!("{problem:?}")
}

/// A command as the API reads it.
pub fn command<T: DeserializeOwned>(command: Value) -> anyhow::Result<T> {
    Ok(serde_json::from_value(command)?)
}

fn id(made: &Value, field: &str) -> anyhow::Result<Uuid> {
    Ok(made[field].as_str().ok_or_else(|| anyhow!("no {field} in {made}"))?.parse()?)
}

/// An officer of a unit.
pub async fn officer(
    owner: &mut PgConnection,
    clock: &Clock,
    unit: i32,
    login: &str,
) -> anyhow::Result<Uuid> {
    let user = NewUser { login: login.parse()?, full_name: "Nguyễn Thị Minh".parse()? };
    let person = Appointed { unit, user, password: SecretString::from(PASSWORD), roles: vec![Role::Officer] };
    users::appoint(owner, clock, &person).await.map_err(told)
}

/// Does the officer's work in a transaction.
pub async fn within<T>(
    pool: &PgPool,
    work: &Work<'_>,
    does: impl AsyncFnOnce(&mut Conn) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let mut tx = pool.begin().await?;
    db::enter(&mut tx, Scope { unit: work.unit, actor: work.actor, action: "bench" }, work.clock).await?;
    let done = does(&mut tx).await?;
    tx.commit().await?;
    Ok(done)
}

/// An open book, and a revolving fund with one source and its money.
pub async fn capital(conn: &mut Conn, work: &Work<'_>) -> anyhow::Result<()> {
    ledger::open_book(conn, work.unit, "tt24_2024", "2025-07-01".parse()?).await?;
    let fund = json!({"kind": "revolving", "name": "Quỹ quay vòng giảm nghèo", "opened_on": "2025-07-01"});
    books::open_fund(conn, work, &command(fund)?).await.map_err(told)?;
    let source = json!({"fund_id": 1, "name": "Ngân sách trung ương", "origin": "central_budget",
        "may_revolve": true, "must_return": false, "purposes": [], "opened_on": "2025-07-01"});
    books::open_source(conn, work, &command(source)?).await.map_err(told)?;
    let receipt = json!({"on": "2025-07-01", "amount": "1000000000000", "till": "cash", "party": "Kho bạc", "address": "Xã"});
    journals::receive(conn, work, 1, &command(receipt)?).await.map_err(told)?;
    Ok(())
}

/// A project of three years with thirty monthly instalments.
pub async fn project(conn: &mut Conn, work: &Work<'_>, number: usize) -> anyhow::Result<ProjectId> {
    let project = json!({
        "fund_id": 1, "name": format!("Chăn nuôi bò sinh sản {number}"), "programme": "CTMTQG giảm nghèo bền vững",
        "purpose": "breeding_stock", "from_on": "2025-07-01", "to_on": "2028-07-01",
        "household_cap": "20000000", "budget": "2000000000",
        "terms": {"basis": {"kind": "capital_percent", "percent": "100"}, "rounding_unit": 1000,
                  "due": {"kind": "instalments", "every_months": 1, "count": 30, "first_after_months": 7}}});
    let opened = projects::create(conn, work, command(project)?).await.map_err(told)?;
    Ok(opened.project_id)
}

/// A poor household with its support in hand: registered, classed, asked, signed and paid out.
pub async fn running(
    conn: &mut Conn,
    work: &Work<'_>,
    project: ProjectId,
    number: usize,
) -> anyhow::Result<Uuid> {
    let household =
        json!({"code": format!("H{number}"), "hamlet": "Thôn 1", "head": {"name": "Trần Văn Bền"}});
    let household = households::create(conn, work, command(household)?).await.map_err(told)?;
    let household = id(&serde_json::to_value(household)?, "household_id")?;
    let class = json!({"class_year": 2026, "class": "poor", "decision_no": "112/QĐ-UBND", "decision_on": "2025-12-15"});
    households::decide(conn, work, household.into(), command(class)?).await.map_err(told)?;
    let request = json!({"household_id": household, "amount": "20000000", "purpose": "Mua bò giống"});
    let request = projects::ask(conn, work, project, command(request)?).await.map_err(told)?.request_id;
    let minutes = json!({"minutes_no": format!("{household}/BB"), "held_on": work.clock.today(), "hamlet": "Thôn 1",
        "chair": "Phạm Văn Chính", "attendees": 40,
        "votes": [{"request_id": request, "for": 40, "against": 0}]});
    projects::record_meeting(conn, work, project, command(minutes)?).await.map_err(told)?;
    let what = json!({"source_id": 1, "signed_on": "2026-03-02"});
    let signed = json!({"project": project, "request": request, "what": what});
    let agreement = support::execute_approval(conn, work, signed).await.map_err(told)?;
    let agreement = id(&agreement, "agreement_id")?;
    let paid = json!({"agreement": agreement, "what": {"on": "2026-03-02", "till": "cash"}});
    support::execute_payout(conn, work, paid).await.map_err(told)?;
    Ok(agreement)
}
