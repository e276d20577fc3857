//! What heavy reads leave to those who record money, in the books of 104 communes with two million lines: repayments alone, and
//! while forty people ask for reports and files; a page of another commune and a login meanwhile; and 64 communes at once
//! against one. Ratios within one run, so they can be compared between machines.
//!
//! `SOQUY_BENCH_SECONDS`, `_COMMUNES`, `_LINES` (of a commune), `_CONNECTIONS` and `_READERS` change the measures.

mod load;
mod plant;
#[path = "../shared/mod.rs"]
#[expect(dead_code, reason = "the yardstick and the proof are of the other benchmark")]
mod shared;

use std::path::Path;
use std::time::Duration;

use secrecy::SecretString;
use soquy::access::Keys;

use load::{HEADER, Load, row};
use plant::Commune;
use shared::machine::Server;
use shared::{DATABASE, Folder, SECRET, asked, cluster, each};

/// What is measured.
struct Measures {
    each: Duration,
    communes: usize,
    lines: usize,
    connections: usize,
    readers: usize,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let measures = Measures {
        each: each()?,
        communes: asked("COMMUNES", 104)?.max(2),
        lines: asked("LINES", 20_000)?,
        connections: asked("CONNECTIONS", 32)?.max(1),
        readers: asked("READERS", 40)?.max(1),
    };
    let folder = Folder::new("reads");
    let data_dir = folder.0.join("data");
    std::fs::create_dir_all(&folder.0)?;
    let communes = prepare(&data_dir, &measures).await?;
    let server = Server::start(&data_dir, &folder.0.join("log"), SECRET).await?;
    measure(&server, &measures, &communes).await?;
    println!("memory: {}", server.memory(&data_dir)?);
    server.stop().await
}

async fn prepare(data_dir: &Path, measures: &Measures) -> anyhow::Result<Vec<Commune>> {
    let cluster = cluster(data_dir).await?;
    let url = cluster.database(DATABASE).await?;
    let communes = plant::plant(&url, measures.communes, measures.lines, measures.readers).await?;
    cluster.stop().await?;
    Ok(communes)
}

async fn measure(server: &Server, measures: &Measures, communes: &[Commune]) -> anyhow::Result<()> {
    let keys = Keys::try_new(&SecretString::from(SECRET))?;
    let load = Load { address: server.address, keys: &keys, communes, each: measures.each };
    let one = &communes[..1];
    let many = &communes[..communes.len().min(64)];
    // The first load finds cold caches: it is not counted.
    load.repaying(communes, measures.connections).await?;
    let alone = load.repaying(communes, measures.connections).await?;
    println!("{HEADER}");
    println!("{}", row("repayments alone", &alone, None));
    let beside = load.beside(measures.connections, measures.readers).await?;
    println!("{}", row(&format!("beside {} readers", measures.readers), &beside.repayments, Some(&alone)));
    println!("{}", row("… their reports", &beside.reports, None));
    println!("{}", row("… a page elsewhere", &beside.pages, None));
    println!("{}", row("… a login", &beside.logins, None));
    let of_one = load.repaying(one, 64).await?;
    println!("{}", row("one commune", &of_one, None));
    let of_many = load.repaying(many, 64).await?;
    println!("{}", row(&format!("{} communes", many.len()), &of_many, Some(&of_one)));
    Ok(())
}
