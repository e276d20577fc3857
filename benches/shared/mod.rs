//! What the benchmarks over HTTP have in common: their measures, their folder, their people, and agreements to repay.

pub mod agreements;
pub mod client;
pub mod load;
pub mod machine;

use std::path::{Path, PathBuf};
use std::time::Duration;

use soquy::embedded::{Embedded, Options};

/// Signs the tokens; good for this run only.
pub const SECRET: &str = "a secret of the benchmark, 0123456789 and more";

/// The server's own name for its database.
pub const DATABASE: &str = "soquy";

/// A measure: what the environment says, or the usual one.
pub fn asked(name: &str, usual: usize) -> anyhow::Result<usize> {
    let name = format!("SOQUY_BENCH_{name}");
    match std::env::var(&name) {
        Ok(number) => number.parse().map_err(|why| anyhow::anyhow!("{name}: {why}")),
        Err(_) => Ok(usual),
    }
}

/// How long each load lasts.
pub fn each() -> anyhow::Result<Duration> {
    Ok(Duration::from_secs(u64::try_from(asked("SECONDS", 8)?)?))
}

/// A private PostgreSQL, as the server starts one.
pub async fn cluster(data_dir: &Path) -> anyhow::Result<Embedded> {
    let options =
        Options { data_dir: data_dir.to_owned(), durable: true, progress: |line| eprintln!("{line}") };
    Ok(Embedded::start(options).await?)
}

/// The data folder, gone when the run ends in whatever way.
pub struct Folder(pub PathBuf);

impl Folder {
    /// One of this run, of a benchmark.
    pub fn new(benchmark: &str) -> Self {
        Self(std::env::temp_dir().join(format!("soquy-{benchmark}-{}", std::process::id())))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(why) = std::fs::remove_dir_all(&self.0) {
            eprintln!("{} stays: {why}", self.0.display());
        }
    }
}
