//! A private server: starting it, its addresses, its end.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::migrate::MigrateDatabase;

use super::binaries::{self, Binaries};
use super::cluster::{self, State};
use super::error::EmbeddedError;
use super::fetch;
use super::guard::{AtEnd, Guard, Leash};
use super::lock::Lock;
use super::place::{CLUSTER, Place};
use super::run;

/// How often it is looked whether a running server still runs.
const LOOK: Duration = Duration::from_secs(1);

/// How to start a private server.
#[derive(Debug, Clone)]
pub struct Options {
    /// Folder of the data, made if missing; see [`super::default_data_dir`].
    pub data_dir: PathBuf,
    /// Whether a commit must survive a power cut. `false` is for tests: several times faster.
    pub durable: bool,
    /// Told in one line what takes long, such as fetching PostgreSQL.
    pub progress: fn(&str),
}

/// A running private server. [`Embedded::stop`] waits for its end; dropping it only asks for it.
pub struct Embedded {
    guard: Guard,
    binaries: PathBuf,
    socket_dir: PathBuf,
    log: PathBuf,
    _lock: Option<Lock>,
}

impl Embedded {
    /// Starts the server on a lasting data folder, making the cluster at the first start.
    ///
    /// Waits until the server answers; after a crash that includes its recovery.
    pub async fn start(options: Options) -> Result<Self, EmbeddedError> {
        let place = Place::lasting(&options.data_dir).await?;
        cluster::stop_orphan(&place.cluster()).await?;
        Self::launch(place, Leash::pipe()?, &options).await
    }

    /// Starts a server on a new folder below the system's temporary one, removed when the server stops.
    pub async fn temporary(durable: bool) -> Result<Self, EmbeddedError> {
        let place = Place::fleeting()?;
        let options = Options { data_dir: place.home.clone(), durable, progress: tell };
        Self::launch(place, Leash::pipe()?, &options).await
    }

    pub(super) async fn launch(
        mut place: Place,
        leash: Leash,
        options: &Options,
    ) -> Result<Self, EmbeddedError> {
        let cluster = place.cluster();
        let binaries = programs(&place, options.progress).await?;
        if cluster::major(&cluster).is_none() {
            cluster::create(&place, &binaries, options.durable).await?;
        }
        let before = fs::read_to_string(cluster.join("postmaster.pid")).ok();
        let leftover = before.as_deref().and_then(State::parse);
        let program = cluster::server(&place, &binaries, options.durable, leftover.as_ref());
        let log = place.open_log()?;
        let end = AtEnd::removing(place.scratch.as_deref());
        let mut guard = Guard::spawn(place.account, leash, program, end, &log)?;
        if !cluster::ready(&cluster, &mut guard, before.as_deref()).await {
            return Err(place.ended("postgres", log));
        }
        place.scratch = None; // From here on it is the guard's.
        let (binaries, socket_dir) = (binaries.folder, place.socket_dir.clone());
        Ok(Self { guard, binaries, socket_dir, log: place.log(), _lock: place.lock.take() })
    }

    /// Address of a database on this server, for sqlx and for PostgreSQL's own programs.
    pub fn url(&self, database: &str) -> String {
        run::address(&self.socket_dir, database)
    }

    /// Address of a database on this server, which is created if it is missing.
    pub async fn database(&self, name: &str) -> Result<String, EmbeddedError> {
        let url = self.url(name);
        if !sqlx::Postgres::database_exists(&url).await? {
            sqlx::Postgres::create_database(&url).await?;
        }
        Ok(url)
    }

    /// Folder of the server's programs, for [`super::run_with`].
    pub fn binaries(&self) -> &Path {
        &self.binaries
    }

    /// Waits until the server has ended by itself, as when it is killed: whatever works on it is then without its
    /// books. Where its last words are comes back.
    pub async fn ended(&mut self) -> PathBuf {
        let mut glance = tokio::time::interval(LOOK);
        while !self.guard.has_ended() {
            glance.tick().await;
        }
        self.log.clone()
    }

    /// Stops the server as PostgreSQL's fast shutdown does: open transactions are rolled back.
    pub async fn stop(self) -> Result<(), EmbeddedError> {
        self.guard.stop().await.map(drop).map_err(EmbeddedError::running("postgres"))
    }
}

/// Address of a database on the server that another process runs on this data folder right now, if any.
///
/// For commands beside a running server; the address holds as long as that process runs its server.
pub fn running(data_dir: &Path, database: &str) -> Option<String> {
    let home = fs::canonicalize(data_dir).ok()?;
    let state = State::read(&home.join(CLUSTER)).filter(|state| state.ready)?;
    Lock::is_taken(&home).then(|| run::address(&state.socket_dir, database))
}

/// Whether a data folder has a cluster. Nothing is made.
pub fn has_cluster(data_dir: &Path) -> bool {
    cluster::major(&data_dir.join(CLUSTER)).is_some()
}

/// Whether a server could be started on a data folder: makes the folder and finds the programs, which it names.
pub async fn check(data_dir: &Path) -> Result<PathBuf, EmbeddedError> {
    let place = Place::lasting(data_dir).await?;
    Ok(programs(&place, tell).await?.folder)
}

/// Programs for this cluster, found or else fetched; one that exists is only ever opened with its own major version.
async fn programs(place: &Place, progress: fn(&str)) -> Result<Binaries, EmbeddedError> {
    let written = cluster::major(&place.cluster());
    match binaries::find(&place.home, place.account, written)? {
        Some(found) => Ok(found),
        None => fetch::fetch(&place.home, place.account, written, progress).await,
    }
}

pub(super) fn tell(line: &str) {
    eprintln!("{line}");
}
