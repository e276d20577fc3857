//! The commands of the program, one function each.

use std::ffi::OsString;
use std::fmt::Display;
use std::io::{self, ErrorKind, Write as _};
use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Context as _;
use secrecy::SecretString;
use sqlx::Connection as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::access::{Keys, Work};
use crate::clock::Clock;
use crate::config::{AddUser, Books, CloseDay, Database, Demo, Serve, Verify};
use crate::db::{self, Scope};
use crate::demo;
use crate::domain::credit::schedule::preview::preview;
use crate::domain::people::credentials::Login;
use crate::embedded;
use crate::http::App;
use crate::jobs::Teller;
use crate::loans;
use crate::problem::{Kind, Problem};
use crate::server::{self, Stop, Store};
use crate::users::password::NewPassword;
use crate::users::{self, Appointed, NewUser};
use crate::verify::{self, Proof, Report};

/// The database inside a private server, and the one of the demo: examples never meet real books.
const REAL: &str = "soquy";
const DEMO: &str = "soquy_demo";

/// The books to look at: the real ones, unless those of the demo are asked for or are the only ones.
const fn kept(demo: bool) -> &'static [&'static str] {
    if demo { &[DEMO] } else { &[REAL, DEMO] }
}

/// The books that are there, after saying on standard error which these are.
async fn opened(books: &Books) -> anyhow::Result<Store> {
    let store = Store::open_kept(&books.database, kept(books.demo)).await?;
    named(&store)?;
    Ok(store)
}

fn named(store: &Store) -> anyhow::Result<()> {
    eprintln!("Sổ · books: {}", embedded::place_of(&store.owner_url)?);
    Ok(())
}

/// A refusal, as the command line words it.
fn worded(problem: Problem) -> anyhow::Error {
    let body = problem.body(crate::domain::values::language::Language::En, "");
    let text = |key: &str| body[key].as_str().unwrap_or_default().to_owned();
    let details: Vec<String> =
        problem.fields.iter().map(|f| format!("{}: {}", f.pointer, f.detail.en)).collect();
    let said = format!("{}. {} {} {}", text("title"), text("detail"), details.join("; "), text("next"));
    match problem.cause {
        Some(cause) => cause.context(said),
        None => anyhow::anyhow!(said),
    }
}

/// Writes a line to standard output. A reader who has seen enough (`| head`) takes nothing from what a command does, nor from its exit
/// code.
fn print(line: impl Display) -> io::Result<()> {
    match writeln!(io::stdout(), "{line}") {
        Err(why) if why.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

/// Serves the books over HTTP.
pub async fn serve(settings: Serve) -> anyhow::Result<ExitCode> {
    let mut stop = Stop::install()?;
    let secret = settings.secret()?;
    let keys = Keys::try_new(&secret)?;
    let origins = settings.allowed_origins.iter().map(|origin| {
        origin.parse().map_err(|why| anyhow::anyhow!("SOQUY_ALLOWED_ORIGINS, {origin}: {why}"))
    });
    let origins = origins.collect::<Result<_, _>>()?;
    if settings.check {
        println!("The settings are good; the books: {}", Store::check(&settings.database).await?);
        return Ok(ExitCode::SUCCESS);
    }
    let listener = server::listen(settings.listen).await?;
    announce(&settings.database);
    let Some(store) = stop.unless(Store::start(&settings.database, REAL)).await else {
        return Ok(interrupted());
    };
    let mut store = store?;
    let mut app = server::app(&store, keys, Clock::System, settings.behind_proxy).await?;
    app.origins = origins;
    println!("Sổ Quỹ: http://{}/docs", settings.listen);
    let served = server::serve(app, listener, stop, &mut store).await;
    store.close().await?;
    served.map(|()| ExitCode::SUCCESS)
}

/// Brings the database up to this release.
pub async fn migrate(settings: Database) -> anyhow::Result<ExitCode> {
    let store = Store::open(&settings, REAL).await?;
    let migrated = db::migrate(&store.owner_url).await;
    store.close().await?;
    migrated?;
    println!("The database is at this release.");
    Ok(ExitCode::SUCCESS)
}

/// Prints the OpenAPI document.
pub fn openapi() -> anyhow::Result<ExitCode> {
    print(crate::api::document().to_pretty_json()?)?;
    Ok(ExitCode::SUCCESS)
}

/// Prints the schedule of terms.
pub fn schedule(file: &Path) -> anyhow::Result<ExitCode> {
    let terms = if file == Path::new("-") {
        std::io::read_to_string(std::io::stdin())
    } else {
        std::fs::read_to_string(file)
    };
    let terms = terms.with_context(|| format!("reading {}", file.display()))?;
    print(serde_json::to_string_pretty(&preview(&terms)?)?)?;
    Ok(ExitCode::SUCCESS)
}

/// Runs a command with the addresses of the database in its environment.
pub async fn pg(books: Books, command: Vec<OsString>) -> anyhow::Result<ExitCode> {
    let store = opened(&books).await?;
    let ended = crate::embedded::run_with(&store.owner_url, store.binaries(), &command).await;
    store.close().await?;
    Ok(ExitCode::from(u8::try_from(ended?.code().unwrap_or(1)).unwrap_or(1)))
}

/// Asks a running server whether it is ready.
pub async fn health(listen: SocketAddr) -> anyhow::Result<ExitCode> {
    let here = SocketAddr::new(
        if listen.ip().is_unspecified() { [127, 0, 0, 1].into() } else { listen.ip() },
        listen.port(),
    );
    let mut server =
        tokio::net::TcpStream::connect(here).await.with_context(|| format!("nobody listens on {here}"))?;
    server.write_all(b"GET /readyz HTTP/1.0\r\nHost: localhost\r\n\r\n").await?;
    let mut answer = String::new();
    server.read_to_string(&mut answer).await?;
    anyhow::ensure!(answer.split(' ').nth(1) == Some("200"), "the server is not ready");
    Ok(ExitCode::SUCCESS)
}

fn say(proof: &Proof) -> io::Result<()> {
    let mark = if proof.findings.is_empty() { '✓' } else { '✗' };
    print(format_args!("  {mark} {} · {} ({})", proof.claim_vi, proof.claim_en, proof.examined))?;
    proof.findings.iter().try_for_each(|finding| print(format_args!("      {finding}")))
}

fn say_report(report: &Report) -> io::Result<()> {
    let unit = report.unit_id;
    let verdict = if report.proved { "ĐÚNG · proved" } else { "SAI · REFUTED" };
    print(format_args!("Đơn vị {unit} · unit {unit}: {verdict}"))?;
    report.proofs.iter().try_for_each(say)?;
    match &report.last_seal {
        Some(seal) => print(format_args!("  seal {unit}:{seal}")),
        None => print("  seal –"),
    }
}

/// Proves the books of every unit.
pub async fn verify(settings: Verify) -> anyhow::Result<ExitCode> {
    settings.units(Vec::new())?;
    let store = opened(&settings.books).await?;
    let proved = prove(&store, &settings).await;
    store.close().await?;
    Ok(if proved? { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Closes days of loans, unit by unit, and says how far it came.
pub async fn close_day(settings: CloseDay) -> anyhow::Result<ExitCode> {
    let store = opened(&settings.books).await?;
    let closed = close_units(&store, &settings).await;
    store.close().await?;
    closed.map(|()| ExitCode::SUCCESS)
}

async fn close_units(store: &Store, settings: &CloseDay) -> anyhow::Result<()> {
    let pool = db::connect(&store.url).await?;
    let mut conn = pool.acquire().await?;
    let clock = Clock::System;
    let upto = settings.upto.unwrap_or_else(|| clock.today());
    let units = match settings.unit {
        Some(unit) => vec![unit],
        None => verify::units(&mut conn).await.map_err(worded)?,
    };
    for unit in units {
        let work = Work { unit, actor: None, clock: &clock };
        loop {
            let scope = Scope { unit, actor: None, action: "close_of_day" };
            let mut tx = db::begin(&mut conn, "begin", scope, &clock).await?;
            let step = loans::close_step(&mut tx, &work, upto, loans::CHUNK).await.map_err(worded)?;
            tx.commit().await?;
            print(format_args!(
                "Đơn vị {unit} · unit {unit}: {} · {} khoản vay · {} thay đổi · {} bút toán",
                step.day, step.loans, step.changed, step.journals
            ))?;
            if step.done {
                break;
            }
        }
    }
    Ok(())
}

/// The database against one that this release makes beside it.
async fn released(store: &Store, conn: &mut db::Conn) -> anyhow::Result<Vec<Proof>> {
    let why = "comparing with a fresh database of this release: the owner's role must be allowed to create databases";
    let mut fresh = db::Fresh::beside(&store.owner_url).await.context(why)?;
    let proofs = verify::release::compare(conn, &mut fresh.conn).await;
    fresh.remove().await?;
    Ok(proofs?)
}

async fn prove(store: &Store, settings: &Verify) -> anyhow::Result<bool> {
    let mut conn = sqlx::PgConnection::connect(&store.owner_url).await?;
    let guards = released(store, &mut conn).await?;
    let units = settings.units(verify::units(&mut conn).await.map_err(worded)?)?;
    let mut reports: Vec<Report> = Vec::new();
    for unit in units {
        let mut tx = conn.begin_with("begin isolation level repeatable read, read only").await?;
        db::enter(&mut tx, Scope { unit, actor: None, action: "verify" }, &Clock::System).await?;
        let published: Vec<&str> =
            settings.seals.iter().filter(|s| s.unit == unit).map(|s| s.seal.as_str()).collect();
        let report =
            verify::verify_unit(&mut tx, unit, &published, &Teller::silent()).await.map_err(worded)?;
        if !settings.json {
            say_report(&report)?;
        }
        reports.push(report);
    }
    let proved = guards.iter().all(|p| p.findings.is_empty()) && reports.iter().all(|r| r.proved);
    if settings.json {
        let all = serde_json::json!({"proved": proved, "guards": guards, "units": reports});
        print(serde_json::to_string_pretty(&all)?)?;
        return Ok(proved);
    }
    print("Cơ sở dữ liệu · the database")?;
    guards.iter().try_for_each(say)?;
    if reports.is_empty() {
        print("Chưa đơn vị nào có sổ · no unit keeps a book yet")?;
    }
    print(if proved {
        "Tất cả đều đúng · everything is proved"
    } else {
        "CÓ SAI LỆCH · something is refuted"
    })?;
    Ok(proved)
}

/// Enters a person with a role at a unit; makes a first password when none is given.
pub async fn add_user(new: AddUser) -> anyhow::Result<ExitCode> {
    let login: Login = new.login.parse()?;
    let full_name = new.name.parse()?;
    let made = new.password.is_none().then(NewPassword::generate);
    let password = new.password.or_else(|| made.as_ref().map(|p| SecretString::from(p.reveal())));
    let password = password.context("no password")?;
    let appointed =
        Appointed { unit: new.unit, user: NewUser { login, full_name }, password, roles: new.roles };
    // The first administrator comes in before there are books.
    let (database, demo) = (&new.books.database, new.books.demo);
    let store = if demo {
        Store::open_kept(database, kept(demo)).await?
    } else {
        Store::open(database, REAL).await?
    };
    named(&store)?;
    let added = appoint(&store, &appointed).await;
    store.close().await?;
    added?;
    println!("{} may log in.", appointed.user.login);
    if let Some(made) = made {
        println!("First password (not shown again): {}", made.reveal());
    }
    Ok(ExitCode::SUCCESS)
}

async fn appoint(store: &Store, person: &Appointed) -> anyhow::Result<()> {
    db::migrate(&store.owner_url).await?;
    let mut conn = sqlx::PgConnection::connect(&store.owner_url).await?;
    users::appoint(&mut conn, &Clock::System, person).await.map_err(|problem| match problem.kind {
        Kind::NotFound => anyhow::anyhow!("there is no unit {}: GET /v1/units lists them", person.unit),
        _ => worded(problem),
    })?;
    Ok(())
}

/// Serves a commune's books filled with examples.
pub async fn demo(settings: Demo) -> anyhow::Result<ExitCode> {
    let mut stop = Stop::install()?;
    let listener = server::listen(settings.listen).await?;
    announce(&settings.database);
    let begun = Instant::now();
    let Some(store) = stop.unless(Store::start(&settings.database, DEMO)).await else {
        return Ok(interrupted());
    };
    let mut store = store?;
    let Some(loaded) = stop.unless(load_demo(&store)).await else {
        store.close().await?;
        return Ok(interrupted());
    };
    let (app, point) = loaded?;
    println!("Sổ đã sẵn sàng sau {} giây · the books are ready", begun.elapsed().as_secs());
    if settings.load_only {
        server::seal_all(&app).await.map_err(worded)?;
        app.close().await;
        store.close().await?;
        return Ok(ExitCode::SUCCESS);
    }
    welcome(settings.listen, point);
    let served = server::serve(app, listener, stop, &mut store).await;
    store.close().await?;
    served.map(|()| ExitCode::SUCCESS)
}

/// Told to stop before there was anything to serve.
fn interrupted() -> ExitCode {
    println!(
        "Đã dừng khi sổ chưa sẵn sàng; lần sau làm tiếp · stopped before the books were ready; the next start goes on"
    );
    ExitCode::SUCCESS
}

/// Says where a private server keeps its data.
fn announce(settings: &Database) {
    if settings.is_private() {
        println!("Dữ liệu · data   {}", server::folder(settings).display());
    }
}

/// Fills the books on a clock that the story moves; a database with other books in it is left alone. The unit of the
/// transaction point comes with the application.
async fn load_demo(store: &Store) -> anyhow::Result<(App, i64)> {
    let app = server::app(store, Keys::fleeting(), Clock::System, false).await?;
    let mut owner = sqlx::PgConnection::connect(&store.owner_url).await?;
    let telling = App { clock: Clock::fixed(Clock::System.now()), ..app.clone() };
    let point = demo::load(&telling, &mut owner, &|line| eprintln!("  {line}")).await?;
    Ok((app, point))
}

/// What to open, who can log in, and what to try.
fn welcome(listen: SocketAddr, point: i64) {
    println!(
        "\nMở · open   http://{listen}/docs\n\nĐăng nhập · log in (mật khẩu · password: {})",
        demo::PASSWORD
    );
    for (login, name, _, what) in demo::PEOPLE {
        println!("  {login:<9} {name:<18} {what}");
    }
    println!(
        "\nThử · try\n  \
         TOKEN=$(curl -s http://{listen}/v1/sessions -H 'content-type: application/json' \\\n    \
           -d '{{\"login\":\"canbo\",\"password\":\"{}\"}}' | sed 's/.*\"access_token\":\"\\([^\"]*\\).*/\\1/')",
        demo::PASSWORD
    );
    let unit = demo::UNIT;
    for path in [
        format!("{unit}/funds/1/indicators"),
        format!("{unit}/households?q=nguyen%20thi"),
        format!("{point}/reports/loans/outstanding"),
    ] {
        println!("  curl -s 'http://{listen}/v1/units/{path}' -H \"authorization: Bearer $TOKEN\"");
    }
    println!();
}
