//! Books of many communes: each has a few agreements made through the use cases that the API calls, and a history behind them
//! that is planted in SQL. What is planted has no hashes, so `soquy verify` would refute it.

use anyhow::anyhow;
use secrecy::SecretString;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use soquy::access::{Role, Work};
use soquy::clock::Clock;
use soquy::db::{self, Conn, Scope};
use soquy::problem::Problem;
use soquy::users::{Appointed, NewUser};
use soquy::{books, households, journals, ledger, projects, support, users};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use uuid::Uuid;

/// The server's own name for its database.
pub const DATABASE: &str = "soquy";

/// The password of everybody.
pub const PASSWORD: &str = "mười hai con trâu";

/// Agreements of a commune.
const AGREEMENTS: usize = 20;

/// What the load needs to know of a commune.
pub struct Commune {
    pub unit: i32,
    pub officer: Uuid,
    pub agreements: Vec<Uuid>,
    /// Those who ask for reports; only the last commune has any.
    pub readers: Vec<Uuid>,
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err, which hands the problem over")]
fn told(problem: Problem) -> anyhow::Error {
    anyhow!("{problem:?}")
}

fn command<T: DeserializeOwned>(command: Value) -> anyhow::Result<T> {
    Ok(serde_json::from_value(command)?)
}

fn id(made: &Value, field: &str) -> anyhow::Result<Uuid> {
    Ok(made[field].as_str().ok_or_else(|| anyhow!("no {field} in {made}"))?.parse()?)
}

/// Fills a new database.
pub async fn plant(url: &str, communes: usize, lines: usize, readers: usize) -> anyhow::Result<Vec<Commune>> {
    db::migrate(url).await?;
    let clock = Clock::on("2026-03-02".parse()?);
    let mut owner = PgConnection::connect(url).await?;
    let units: Vec<i32> = sqlx::query_scalar(
        "select unit_id from unit where kind = 'commune' and valid_to is null order by unit_id limit $1",
    )
    .bind(i64::try_from(communes)?)
    .fetch_all(&mut owner)
    .await?;
    let pool = db::connect(url).await?;
    let mut made = Vec::with_capacity(units.len());
    for unit in units {
        let officer = person(&mut owner, &clock, unit, "officer").await?;
        let work = Work { unit, actor: Some(officer), clock: &clock };
        let mut tx = pool.begin().await?;
        db::enter(&mut tx, Scope { unit, actor: Some(officer), action: "bench" }, &clock).await?;
        let agreements = commune(&mut tx, &work).await?;
        tx.commit().await?;
        history(&mut owner, unit, lines / 2).await?;
        made.push(Commune { unit, officer, agreements, readers: Vec::new() });
    }
    if let Some(last) = made.last_mut() {
        for n in 0..readers {
            last.readers.push(person(&mut owner, &clock, last.unit, &format!("reader{n}-")).await?);
        }
    }
    pool.close().await;
    sqlx::query("vacuum analyze").execute(&mut owner).await?;
    owner.close().await?;
    Ok(made)
}

async fn person(owner: &mut PgConnection, clock: &Clock, unit: i32, login: &str) -> anyhow::Result<Uuid> {
    let login = format!("{login}{unit}").parse()?;
    let user = NewUser { login, full_name: "Nguyễn Thị Minh".parse()? };
    let password = SecretString::from(PASSWORD);
    let person = Appointed { unit, user, password, roles: vec![Role::Officer] };
    users::appoint(owner, clock, &person).await.map_err(told)
}

/// An open book, a fund with money, a project, and its running agreements.
async fn commune(conn: &mut Conn, work: &Work<'_>) -> anyhow::Result<Vec<Uuid>> {
    ledger::open_book(conn, work.unit, "tt24_2024", "2025-07-01".parse()?).await?;
    let fund = json!({"kind": "revolving", "name": "Quỹ quay vòng giảm nghèo", "opened_on": "2025-07-01"});
    books::open_fund(conn, work, &command(fund)?).await.map_err(told)?;
    let source = json!({"fund_id": 1, "name": "Ngân sách trung ương", "origin": "central_budget",
        "may_revolve": true, "must_return": false, "purposes": [], "opened_on": "2025-07-01"});
    books::open_source(conn, work, &command(source)?).await.map_err(told)?;
    let receipt = json!({"on": "2025-07-01", "amount": "1000000000000", "till": "cash", "party": "Kho bạc", "address": "Xã"});
    journals::receive(conn, work, 1, &command(receipt)?).await.map_err(told)?;
    let project = json!({
        "fund_id": 1, "name": "Chăn nuôi bò sinh sản", "programme": "CTMTQG giảm nghèo bền vững",
        "purpose": "breeding_stock", "from_on": "2025-07-01", "to_on": "2028-07-01",
        "household_cap": "20000000", "budget": "2000000000",
        "terms": {"basis": {"kind": "capital_percent", "percent": "100"}, "rounding_unit": 1000,
                  "due": {"kind": "instalments", "every_months": 1, "count": 30, "first_after_months": 7}}});
    let project = projects::create(conn, work, command(project)?).await.map_err(told)?.project_id;
    let mut agreements = Vec::with_capacity(AGREEMENTS);
    for number in 0..AGREEMENTS {
        let household =
            json!({"code": format!("H{number}"), "hamlet": "Thôn 1", "head": {"name": "Trần Văn Bền"}});
        let household = households::create(conn, work, command(household)?).await.map_err(told)?;
        let household = id(&serde_json::to_value(household)?, "household_id")?;
        let class = json!({"class_year": 2026, "class": "poor", "decision_no": "112/QĐ-UBND", "decision_on": "2025-12-15"});
        households::decide(conn, work, household.into(), command(class)?).await.map_err(told)?;
        let request = json!({"household_id": household, "amount": "20000000", "purpose": "Mua bò giống"});
        let request = projects::ask(conn, work, project, command(request)?).await.map_err(told)?.request_id;
        let what = json!({"source_id": 1, "signed_on": "2026-03-02"});
        let signed = json!({"project": project, "request": request, "what": what});
        let agreement = support::execute_approval(conn, work, signed).await.map_err(told)?;
        let agreement = id(&agreement, "agreement_id")?;
        let paid = json!({"agreement": agreement, "what": {"on": "2026-03-02", "till": "cash"}});
        support::execute_payout(conn, work, paid).await.map_err(told)?;
        agreements.push(agreement);
    }
    Ok(agreements)
}

/// Journals of two lines each: an advance and its return, over eight months.
async fn history(owner: &mut PgConnection, unit: i32, journals: usize) -> anyhow::Result<()> {
    let sql = include_str!("history.sql")
        .replace(":unit", &unit.to_string())
        .replace(":journals", &journals.to_string());
    let mut tx = owner.begin().await?;
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(())
}
