//! The whole close: loans read, folded, their transitions and journals written, each chunk in its own transaction.

use std::time::Instant;

use anyhow::{Context as _, anyhow};
use serde_json::json;
use soquy::access::Work;
use soquy::clock::Clock;
use soquy::db::{self, Scope};
use soquy::embedded::{Embedded, Options};
use soquy::problem::Problem;
use soquy::{books, ledger, loans};
use sqlx::{Connection as _, PgConnection, PgPool};

use crate::computing::contract;

/// Commune Vũ Quý.
const UNIT: i32 = 13141;
const SCOPE: Scope = Scope { unit: UNIT, actor: None, action: "close_of_day" };

#[expect(clippy::needless_pass_by_value, reason = "for map_err, which hands the problem over")]
fn told(problem: Problem) -> anyhow::Error {
    anyhow!("{problem:?}")
}

/// Closes days of a fifth of the loans, then of all of them: time and memory side by side.
pub async fn run(many: i32) -> anyhow::Result<()> {
    let folder = std::env::temp_dir().join(format!("soquy-bench-close-{}", std::process::id()));
    let options =
        Options { data_dir: folder.join("data"), durable: true, progress: |line| eprintln!("{line}") };
    let cluster = Embedded::start(options).await?;
    let measured = measure(&cluster.database("soquy").await?, many).await;
    cluster.stop().await?;
    std::fs::remove_dir_all(&folder)?;
    measured
}

async fn measure(url: &str, many: i32) -> anyhow::Result<()> {
    db::migrate(url).await?;
    let clock = Clock::on("2026-03-02".parse()?);
    let pool = db::connect(url).await?;
    open(&pool, &clock).await?;
    let mut owner = PgConnection::connect(url).await?;
    seed(&mut owner, 1, many / 5).await?;
    close(&pool, &clock, "2026-03-02", "first day of a fifth of the loans").await?;
    close(&pool, &clock, "2026-03-03", "next day of a fifth of the loans").await?;
    seed(&mut owner, many / 5 + 1, many).await?;
    close(&pool, &clock, "2026-03-04", "a day of all loans").await?;
    close(&pool, &clock, "2026-03-05", "next day of all loans").await?;
    owner.close().await?;
    pool.close().await;
    Ok(())
}

/// A book of March with a source of loans.
async fn open(pool: &PgPool, clock: &Clock) -> anyhow::Result<()> {
    let work = Work { unit: UNIT, actor: None, clock };
    let mut tx = pool.begin().await?;
    db::enter(&mut tx, SCOPE, clock).await?;
    ledger::open_book(&mut tx, UNIT, "tt05_2019", "2025-03-01".parse()?).await?;
    let fund = json!({"kind": "preferential_credit", "name": "Tín dụng ưu đãi", "opened_on": "2025-03-01"});
    books::open_fund(&mut tx, &work, &serde_json::from_value(fund)?).await.map_err(told)?;
    let source = json!({"fund_id": 1, "name": "Vốn tự có", "origin": "bank", "may_revolve": true, "must_return": false,
        "purposes": [], "opened_on": "2025-03-01"});
    books::open_source(&mut tx, &work, &serde_json::from_value(source)?).await.map_err(told)?;
    Ok(tx.commit().await?)
}

/// Loans as they stand after their payout, in bulk and past the triggers: one in twenty has an instalment due on 3 March.
async fn seed(owner: &mut PgConnection, from: i32, to: i32) -> anyhow::Result<()> {
    let begun = Instant::now();
    let contract = serde_json::to_value(contract())?;
    let numbered = "select n, lpad(to_hex(n), 32, '0')::uuid as id,
                           case when n % 20 = 0 then date '2025-03-03' else date '2025-06-01' + n % 270 end as day
                      from generate_series($1::integer, $2::integer) n";
    let loan = format!(
        "insert into loan (unit_id, loan_id, loan_request_id, contract_year, contract_number, product_code, rule_from, household_id,
                           borrower, address, source_id, owner_code, signed_on, contract)
         select {UNIT}, id, id, 2026, n, '03_worker', '2026-01-01', id, 'Trần Văn Bền', 'Thôn 1', 1, 'mobilised', day, $3
           from ({numbered}) l"
    );
    let event = format!(
        r#"insert into loan_event (unit_id, loan_event_id, loan_id, seq, kind, value_on, what, moved, journal_ids)
           select {UNIT}, id, id, 1, 'disbursed', day, '{{"type": "disbursed", "amount": "50000000"}}', '{{}}', '{{}}'
             from ({numbered}) l where $3::jsonb is not null"#
    );
    let subject = format!(
        "insert into subject (unit_id, subject_id, kind)
         select {UNIT}, id, 'loan' from ({numbered}) l where $3::jsonb is not null"
    );
    let state = format!(
        "insert into loan_state (unit_id, loan_id, last_seq, stands_on, status, in_term)
         select {UNIT}, id, 1, day, 'current', 50000000 from ({numbered}) l where $3::jsonb is not null"
    );
    sqlx::query("set session_replication_role = replica").execute(&mut *owner).await?;
    for insert in [loan, subject, event, state] {
        let insert = sqlx::query(sqlx::AssertSqlSafe(insert)).bind(from).bind(to).bind(&contract);
        insert.execute(&mut *owner).await?;
    }
    sqlx::query("set session_replication_role = origin").execute(&mut *owner).await?;
    sqlx::query("vacuum analyze loan, loan_event, loan_state").execute(owner).await?;
    eprintln!("{} loans in {} ms", to - from + 1, begun.elapsed().as_millis());
    Ok(())
}

/// Closes up to a day and prints what it took.
async fn close(pool: &PgPool, clock: &Clock, upto: &str, what: &str) -> anyhow::Result<()> {
    let upto = upto.parse()?;
    clock.move_to(upto);
    let work = Work { unit: UNIT, actor: None, clock };
    let (begun, mut changed, mut journals) = (Instant::now(), 0, 0);
    let loans = loop {
        let mut tx = pool.begin().await?;
        db::enter(&mut tx, SCOPE, clock).await?;
        let step = loans::close_step(&mut tx, &work, upto, loans::CHUNK).await.map_err(told)?;
        tx.commit().await?;
        changed += step.changed;
        journals += step.journals;
        if step.done {
            break step.loans;
        }
    };
    let took = begun.elapsed();
    let per_second = i128::from(loans) * 1_000_000 / i128::try_from(took.as_micros().max(1))?;
    println!(
        "{what}: {loans} loans, {changed} changed, {journals} journals in {} ms: {per_second} loans/s; memory at most {}",
        took.as_millis(),
        most_memory()?
    );
    Ok(())
}

/// The most this process ever held.
fn most_memory() -> anyhow::Result<String> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no VmHWM")?;
    Ok(line.trim().to_owned())
}
