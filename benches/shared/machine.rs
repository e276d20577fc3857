//! The programs beside us: the server, `pgbench`, `soquy verify`; and what they weigh.

use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::Context as _;
use rustix::process::{Pid, Signal, kill_process};
use soquy::embedded::{Embedded, running};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

const SOQUY: &str = env!("CARGO_BIN_EXE_soquy");

/// Settings of this shell that would change what is measured.
const SETTINGS: [&str; 5] =
    ["DATABASE_URL", "SOQUY_OWNER_DATABASE_URL", "SOQUY_SECRET_FILE", "SOQUY_BEHIND_PROXY", "RUST_LOG"];

/// `soquy` on a data folder, ended with us.
fn soquy(command: &str, data_dir: &Path) -> Command {
    let mut program = Command::new(SOQUY);
    program.arg(command).arg("--data-dir").arg(data_dir).kill_on_drop(true);
    for name in SETTINGS {
        program.env_remove(name);
    }
    program
}

/// The server as an office runs it.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
}

impl Server {
    /// Starts it and waits until it says where it serves. Its log goes to a file.
    pub async fn start(data_dir: &Path, log: &Path, secret: &str) -> anyhow::Result<Self> {
        let address = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let mut program = soquy("serve", data_dir);
        program.arg("--listen").arg(address.to_string()).env("SOQUY_SECRET", secret);
        let mut child = program.stdout(Stdio::piped()).stderr(File::create(log)?).spawn()?;
        let mut lines = BufReader::new(child.stdout.take().context("no stdout")?).lines();
        while let Some(line) = lines.next_line().await? {
            if line.contains("http://") {
                return Ok(Self { child, address });
            }
        }
        anyhow::bail!("the server did not start: {}", fs::read_to_string(log)?)
    }

    /// Asks it to end, and insists that it does so well.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        let pid = self.child.id().and_then(|pid| Pid::from_raw(pid.cast_signed()));
        kill_process(pid.context("the server ended by itself")?, Signal::TERM)?;
        let ended = self.child.wait().await?;
        anyhow::ensure!(ended.success(), "the server ended with {ended}");
        Ok(())
    }

    /// What the server held at most, and what PostgreSQL holds now, shared memory counted once.
    pub fn memory(&self, data_dir: &Path) -> anyhow::Result<String> {
        let server = self.child.id().and_then(|pid| kilobytes(&format!("/proc/{pid}/status"), "VmHWM:"));
        let file = fs::read_to_string(data_dir.join("postgres/postmaster.pid"))?;
        let postmaster: u32 = file.lines().next().unwrap_or_default().parse()?;
        let mut database = None;
        for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
            let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else {
                continue;
            };
            if pid == postmaster || parent(pid) == Some(postmaster) {
                let share = kilobytes(&format!("/proc/{pid}/smaps_rollup"), "Pss:").unwrap_or_default();
                database = Some(database.unwrap_or_default() + share);
            }
        }
        let shown =
            |size: Option<u64>| size.map_or("not known here".to_owned(), |kb| format!("{} MB", kb / 1024));
        Ok(format!("soquy {} at most (VmHWM), PostgreSQL {} now (PSS)", shown(server), shown(database)))
    }
}

/// A size in a file of `/proc`.
fn kilobytes(file: &str, name: &str) -> Option<u64> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

fn parent(pid: u32) -> Option<u32> {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    text.lines().find_map(|line| line.strip_prefix("PPid:"))?.trim().parse().ok()
}

/// The yardstick: `pgbench` with its own transaction.
pub struct TpcB {
    program: PathBuf,
}

impl TpcB {
    const DATABASE: &str = "tpcb";

    /// Fills its tables. None, with a word about it, where the programs of the cluster lack `pgbench`.
    pub async fn prepare(cluster: &Embedded, scale: usize) -> anyhow::Result<Option<Self>> {
        let program = cluster.binaries().join("pgbench");
        if !program.is_file() {
            println!("no pgbench in {}: no ratios", cluster.binaries().display());
            return Ok(None);
        }
        let url = cluster.database(Self::DATABASE).await?;
        let mut filling = Command::new(&program);
        let filled = filling.args(["-i", "-q", "-s", &scale.to_string(), &url]).output().await?;
        anyhow::ensure!(filled.status.success(), "{}", String::from_utf8_lossy(&filled.stderr));
        Ok(Some(Self { program }))
    }

    /// Transactions a second.
    pub async fn run(&self, data_dir: &Path, clients: usize, time: Duration) -> anyhow::Result<u128> {
        let url = running(data_dir, Self::DATABASE).context("no database runs")?;
        let (clients, seconds) = (clients.to_string(), time.as_secs().to_string());
        let how = ["-n", "-M", "prepared", "-j", "2", "-c", &clients, "-T", &seconds, &url];
        let ran = Command::new(&self.program).args(how).kill_on_drop(true).output().await?;
        let said = String::from_utf8_lossy(&ran.stdout);
        let whole = |rest: &str| rest.split('.').next().and_then(|number| number.parse().ok());
        let tps = said.lines().find_map(|line| line.strip_prefix("tps = ")).and_then(whole);
        tps.with_context(|| format!("{said}{}", String::from_utf8_lossy(&ran.stderr)))
    }
}

/// `soquy verify`, which must prove the books.
pub async fn verify(data_dir: &Path) -> anyhow::Result<()> {
    let proved = soquy("verify", data_dir).output().await?;
    anyhow::ensure!(proved.status.success(), "{}", String::from_utf8_lossy(&proved.stdout));
    Ok(())
}
