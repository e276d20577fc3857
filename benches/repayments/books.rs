//! A commune with running agreements, made through the use cases that the API calls.

use anyhow::anyhow;
use secrecy::SecretString;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use soquy::access::{Role, Work};
use soquy::clock::Clock;
use soquy::db::{self, Conn, Scope};
use soquy::domain::values::ids::ProjectId;
use soquy::problem::Problem;
use soquy::users::{Appointed, NewUser};
use soquy::{books, households, journals, ledger, projects, support, users};
use sqlx::{Connection as _, PgConnection};
use uuid::Uuid;

/// Commune Vũ Quý.
pub const UNIT: i32 = 13141;

/// The server's own name for its database.
pub const DATABASE: &str = "soquy";

/// Agreements of one project: its budget is looked through at each signing.
const OF_A_PROJECT: usize = 100;

/// How many repayments an agreement of the second kind has before the load begins.
pub const EVENTS: usize = 30;

/// What the load needs to know.
pub struct Books {
    pub officer: Uuid,
    /// Agreements that were only paid out.
    pub agreements: Vec<Uuid>,
    /// Agreements with [`EVENTS`] repayments each.
    pub with_events: Vec<Uuid>,
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

/// Fills a new database, and lets the planner know, as `pgbench -i` does for its own tables.
pub async fn prepare(url: &str, agreements: usize) -> anyhow::Result<Books> {
    db::migrate(url).await?;
    let clock = Clock::on("2026-03-02".parse()?);
    let mut owner = PgConnection::connect(url).await?;
    let officer = officer(&mut owner, &clock).await?;
    let work = Work { unit: UNIT, actor: Some(officer), clock: &clock };
    let pool = db::connect(url).await?;
    let all = agreements + agreements.div_ceil(4);
    let mut made = Vec::with_capacity(all);
    let mut number = 0;
    while made.len() < all {
        let mut tx = pool.begin().await?;
        db::enter(&mut tx, Scope { unit: UNIT, actor: Some(officer), action: "bench" }, &clock).await?;
        if number == 0 {
            capital(&mut tx, &work).await?;
        }
        let project = project(&mut tx, &work, number).await?;
        for _ in 0..OF_A_PROJECT.min(all - made.len()) {
            made.push(running(&mut tx, &work, project, made.len()).await?);
        }
        tx.commit().await?;
        number += 1;
    }
    let with_events = made.split_off(agreements);
    for some in with_events.chunks(20) {
        let mut tx = pool.begin().await?;
        db::enter(&mut tx, Scope { unit: UNIT, actor: Some(officer), action: "bench" }, &clock).await?;
        repaid(&mut tx, &work, some).await?;
        tx.commit().await?;
    }
    pool.close().await;
    sqlx::query("vacuum analyze").execute(&mut owner).await?;
    owner.close().await?;
    Ok(Books { officer, agreements: made, with_events })
}

async fn officer(owner: &mut PgConnection, clock: &Clock) -> anyhow::Result<Uuid> {
    let user = NewUser { login: "officer".parse()?, full_name: "Nguyễn Thị Minh".parse()? };
    let password = SecretString::from("mười hai con trâu");
    let person = Appointed { unit: UNIT, user, password, roles: vec![Role::Officer] };
    users::appoint(owner, clock, &person).await.map_err(told)
}

/// An open book, and a revolving fund with one source and its money.
async fn capital(conn: &mut Conn, work: &Work<'_>) -> anyhow::Result<()> {
    ledger::open_book(conn, UNIT, "tt24_2024", "2025-07-01".parse()?).await?;
    let fund = json!({"kind": "revolving", "name": "Quỹ quay vòng giảm nghèo", "opened_on": "2025-07-01"});
    books::open_fund(conn, work, &command(fund)?).await.map_err(told)?;
    let source = json!({"fund_id": 1, "name": "Ngân sách trung ương", "origin": "central_budget",
        "may_revolve": true, "must_return": false, "purposes": [], "opened_on": "2025-07-01"});
    books::open_source(conn, work, &command(source)?).await.map_err(told)?;
    let receipt = json!({"on": "2025-07-01", "amount": "1000000000000", "till": "cash", "party": "Kho bạc", "address": "Vũ Quý"});
    journals::receive(conn, work, 1, &command(receipt)?).await.map_err(told)?;
    Ok(())
}

async fn project(conn: &mut Conn, work: &Work<'_>, number: usize) -> anyhow::Result<ProjectId> {
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
async fn running(
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
    let what = json!({"source_id": 1, "signed_on": "2026-03-02"});
    let signed = json!({"project": project, "request": request, "what": what});
    let agreement = support::execute_approval(conn, work, signed).await.map_err(told)?;
    let agreement = id(&agreement, "agreement_id")?;
    let paid = json!({"agreement": agreement, "what": {"on": "2026-03-02", "till": "cash"}});
    support::execute_payout(conn, work, paid).await.map_err(told)?;
    Ok(agreement)
}

/// Gives each agreement its earlier repayments.
async fn repaid(conn: &mut Conn, work: &Work<'_>, agreements: &[Uuid]) -> anyhow::Result<()> {
    let one = |agreement: &Uuid| -> anyhow::Result<_> {
        Ok(support::Repayment {
            agreement: *agreement,
            amount: command(json!("1000"))?,
            received_on: work.clock.today(),
            till: command(json!("cash"))?,
            payer: None,
            accept_overpayment: false,
            actor: work.actor,
            interest_only: false,
        })
    };
    let round = agreements.iter().map(one).collect::<anyhow::Result<Vec<_>>>()?;
    for _ in 0..EVENTS {
        for receipt in support::repay(&mut *conn, work, &round).await.map_err(told)? {
            receipt.map_err(told)?;
        }
    }
    Ok(())
}

/// How many repayments stand in the books.
pub async fn repayments(url: &str) -> anyhow::Result<usize> {
    let mut owner = PgConnection::connect(url).await?;
    let counted: i64 = sqlx::query_scalar("select count(*) from agreement_event where kind = 'repaid'")
        .fetch_one(&mut owner)
        .await?;
    owner.close().await?;
    Ok(usize::try_from(counted)?)
}
