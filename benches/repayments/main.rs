//! How many single repayments a second the server records over HTTP with every guarantee on, as a ratio to TPC-B of
//! `pgbench` on the same cluster in the same run: a number that can be compared between machines.
//!
//! Repayments go to random agreements of one commune, all in cash, so one cash account, one general journal and one book
//! of receipts take them all. The row `30 ev.` goes to agreements with thirty repayments each, all of them entered before the
//! server started. Ends with `soquy verify` on what was written.
//!
//! `SOQUY_BENCH_ROUNDS`, `_SECONDS`, `_CONNECTIONS`, `_AGREEMENTS` and `_SCALE` change the measures.

mod books;
mod figures;
#[path = "../shared/mod.rs"]
mod shared;

use std::path::Path;
use std::time::{Duration, Instant};

use secrecy::SecretString;
use soquy::access::Keys;
use soquy::clock::Clock;
use soquy::embedded::running;
use uuid::Uuid;

use books::Books;
use figures::Round;
use shared::load::{Desk, repaying};
use shared::machine::{self, Server, TpcB};
use shared::{DATABASE, Folder, SECRET, asked, cluster, each};

/// What is measured.
struct Measures {
    rounds: usize,
    each: Duration,
    connections: usize,
    agreements: usize,
    scale: usize,
}

impl Measures {
    fn of_environment() -> anyhow::Result<Self> {
        Ok(Self {
            rounds: asked("ROUNDS", 3)?.max(1),
            each: each()?,
            connections: asked("CONNECTIONS", 32)?.max(1),
            agreements: asked("AGREEMENTS", 2_000)?.max(1),
            scale: asked("SCALE", 50)?.max(1),
        })
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let measures = Measures::of_environment()?;
    let folder = Folder::new("bench");
    let data_dir = folder.0.join("data");
    std::fs::create_dir_all(&folder.0)?;
    let (books, tpc_b) = prepare(&data_dir, &measures).await?;
    let server = Server::start(&data_dir, &folder.0.join("log"), SECRET).await?;
    let acknowledged = measure(&server, &measures, &books, tpc_b.as_ref(), &data_dir).await?;
    let url = running(&data_dir, DATABASE).ok_or_else(|| anyhow::anyhow!("no database runs"))?;
    println!("memory: {}", server.memory(&data_dir)?);
    let stored = books::repayments(&url).await?;
    server.stop().await?;
    let before = books.with_events.len() * books::EVENTS;
    println!("repayments acknowledged: {acknowledged}, stored: {}", stored - before);
    anyhow::ensure!(acknowledged + before == stored, "what was acknowledged is not what is stored");
    let begun = Instant::now();
    machine::verify(&data_dir).await?;
    println!("soquy verify: proved in {} ms", begun.elapsed().as_millis());
    Ok(())
}

/// Makes the cluster with running agreements and the tables of TPC-B.
async fn prepare(data_dir: &Path, measures: &Measures) -> anyhow::Result<(Books, Option<TpcB>)> {
    let cluster = cluster(data_dir).await?;
    let begun = Instant::now();
    let url = cluster.database(DATABASE).await?;
    let books = books::prepare(&url, measures.agreements).await?;
    eprintln!("{} agreements in {} ms", measures.agreements, begun.elapsed().as_millis());
    let tpc_b = TpcB::prepare(&cluster, measures.scale).await?;
    cluster.stop().await?;
    Ok((books, tpc_b))
}

/// Runs everything and prints it; how many repayments were acknowledged.
async fn measure(
    server: &Server,
    measures: &Measures,
    books: &Books,
    tpc_b: Option<&TpcB>,
    data_dir: &Path,
) -> anyhow::Result<usize> {
    let keys = Keys::try_new(&SecretString::from(SECRET))?;
    let load = async |agreements: &[Uuid], connections| {
        let token = keys.issue(books.officer, &Clock::System)?.into();
        let desk = Desk { unit: books::UNIT, token, agreements: agreements.into() };
        let until = Instant::now() + measures.each;
        repaying(server.address, vec![desk], connections, until).await?.seen().await
    };
    let yardstick = async || match tpc_b {
        Some(tpc_b) => tpc_b.run(data_dir, measures.connections, measures.each).await.map(Some),
        None => Ok(None),
    };
    let mut acknowledged = 0;
    let mut rounds: Vec<Round> = Vec::new();
    println!("{}", figures::HEADER);
    // The first round finds cold caches on both sides: it is shown and not counted.
    for number in 0..=measures.rounds {
        let tpc_b = yardstick().await?;
        let run = load(&books.agreements, measures.connections).await?;
        acknowledged += run.latencies.len();
        let round = Round { tpc_b, run };
        println!("{}", round.row(&if number == 0 { "warm-up".to_owned() } else { number.to_string() }));
        rounds.extend((number > 0).then_some(round));
    }
    println!("{}", figures::median(rounds).row("median"));
    let tpc_b = yardstick().await?;
    let run = load(&books.with_events, measures.connections).await?;
    acknowledged += run.latencies.len();
    println!("{}", Round { tpc_b, run }.row(&format!("{} ev.", books::EVENTS)));
    let quiet = load(&books.agreements, 8).await?;
    acknowledged += quiet.latencies.len();
    println!("{}", Round { tpc_b: None, run: quiet }.row("8 conns"));
    Ok(acknowledged)
}
