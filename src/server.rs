//! Starting and stopping: the database, the migrations, the sealer, the listener; and everything back in reverse.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use secrecy::ExposeSecret as _;
use sqlx::Postgres;
use sqlx::migrate::MigrateDatabase as _;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use crate::access::{Grants, Keys};
use crate::api;
use crate::clock::Clock;
use crate::config::Database;
use crate::db::{self, Scope};
use crate::embedded::{self, Embedded, EmbeddedError, Options};
use crate::http::App;
use crate::http::hands::Hands;
use crate::http::pace::Pace;
use crate::http::turns::Turns;
use crate::ledger::seals;
use crate::problem::Problem;
use crate::worker;

/// A database to work on: the operator's, or a private one that we started or found running.
pub struct Store {
    private: Option<Embedded>,
    /// For the server.
    pub url: String,
    /// For migrations and proofs: the owner of the tables.
    pub owner_url: String,
    /// Whether the server is a private one.
    pub is_private: bool,
}

/// The folder of a private server.
pub fn folder(settings: &Database) -> PathBuf {
    settings.data_dir.clone().unwrap_or_else(embedded::default_data_dir)
}

impl Store {
    /// The database of a server: a data folder that another process works on is refused, for a process that joined it would end
    /// with it.
    pub async fn start(settings: &Database, name: &str) -> anyhow::Result<Self> {
        let store = if settings.is_private() {
            Self::launch(settings, name).await?
        } else {
            Self::reach(settings, name).await?
        };
        store.with_database(settings).await
    }

    /// Finds or starts the database; `name` is the database inside a private server, made if it is missing.
    pub async fn open(settings: &Database, name: &str) -> anyhow::Result<Self> {
        Self::reach(settings, name).await?.with_database(settings).await
    }

    async fn with_database(self, settings: &Database) -> anyhow::Result<Self> {
        let store = self;
        if settings.is_private() && !Postgres::database_exists(&store.owner_url).await? {
            Postgres::create_database(&store.owner_url).await?;
        }
        Ok(store)
    }

    /// Whether a server could work with the settings: what it would find.
    pub async fn check(settings: &Database) -> anyhow::Result<String> {
        if !settings.is_private() {
            return Ok(embedded::place_of(&Self::reach(settings, "").await?.url)?);
        }
        let folder = folder(settings);
        if embedded::running(&folder, "postgres").is_some() {
            return Ok(format!("{}, where a server runs", folder.display()));
        }
        let programs = embedded::check(&folder).await?;
        Ok(format!("{}, with the PostgreSQL in {}", folder.display(), programs.display()))
    }

    /// Finds or starts the database, to look at what it keeps: inside a private server the first of `names` that is
    /// there. A folder without books stays as it is.
    pub async fn open_kept(settings: &Database, names: &[&str]) -> anyhow::Result<Self> {
        let no_books = || {
            let folder = folder(settings);
            anyhow::anyhow!(
                "chưa có sổ trong {0}: lệnh `soquy serve` hoặc `soquy demo` sẽ tạo · there are no books in {0} yet: \
                 `soquy serve` or `soquy demo` makes them",
                folder.display()
            )
        };
        if settings.is_private() && !embedded::has_cluster(&folder(settings)) {
            return Err(no_books());
        }
        let mut store = Self::reach(settings, "postgres").await?;
        if !settings.is_private() {
            return Ok(store);
        }
        for name in names {
            let url = embedded::with_database(&store.owner_url, name);
            if Postgres::database_exists(&url).await? {
                (store.url, store.owner_url) = (url.clone(), url);
                return Ok(store);
            }
        }
        store.close().await?;
        Err(no_books())
    }

    async fn reach(settings: &Database, name: &str) -> anyhow::Result<Self> {
        if let Some(url) = &settings.database_url {
            let owner = settings.owner_database_url.as_ref().unwrap_or(url);
            let (url, owner_url) = (url.expose_secret().to_owned(), owner.expose_secret().to_owned());
            embedded::try_address("DATABASE_URL", &url).await?;
            if settings.owner_database_url.is_some() {
                embedded::try_address("SOQUY_OWNER_DATABASE_URL", &owner_url).await?;
            }
            return Ok(Self { private: None, url, owner_url, is_private: false });
        }
        if let Some(url) = embedded::running(&folder(settings), name) {
            return Ok(Self { private: None, owner_url: url.clone(), url, is_private: true });
        }
        Self::launch(settings, name).await
    }

    async fn launch(settings: &Database, name: &str) -> anyhow::Result<Self> {
        let data_dir = folder(settings);
        let progress: fn(&str) = |line| eprintln!("{line}");
        let private = Embedded::start(Options { data_dir, durable: true, progress }).await?;
        let url = private.url(name);
        Ok(Self { private: Some(private), owner_url: url.clone(), url, is_private: true })
    }

    /// The programs of a private server, for `soquy pg`.
    pub fn binaries(&self) -> Option<&std::path::Path> {
        self.private.as_ref().map(Embedded::binaries)
    }

    /// Waits until the private server that we started has ended by itself; for ever when there is none. Where its log is
    /// comes back.
    async fn lost(&mut self) -> PathBuf {
        match &mut self.private {
            Some(private) => private.ended().await,
            None => std::future::pending().await,
        }
    }

    /// Stops a private server that we started.
    pub async fn close(self) -> Result<(), EmbeddedError> {
        match self.private {
            Some(private) => private.stop().await,
            None => Ok(()),
        }
    }
}

/// What tells the program to stop. Installed before anything is started, so that an early signal orphans nothing.
pub struct Stop {
    interrupt: Signal,
    terminate: Signal,
}

impl Stop {
    /// Listens for Ctrl-C and SIGTERM from now on.
    pub fn install() -> std::io::Result<Self> {
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    /// Waits for either.
    pub async fn wait(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }

    /// What a work makes; nothing when it was told to stop before that.
    pub async fn unless<T>(&mut self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            made = work => Some(made),
            () = self.wait() => None,
        }
    }
}

/// The figures of `/metrics`, as histograms.
pub fn figures() -> anyhow::Result<PrometheusHandle> {
    let buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];
    Ok(PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), &buckets)?
        .install_recorder()?)
}

/// The application on a migrated database.
pub async fn app(store: &Store, keys: Keys, clock: Clock, behind_proxy: bool) -> anyhow::Result<App> {
    db::migrate(&store.owner_url).await.context("migrating the database")?;
    let mut url = store.url.clone();
    if store.is_private {
        db::admit_server(&store.owner_url).await.context("making the server's login")?;
        url = embedded::for_server(&url);
    }
    Ok(App {
        pool: db::connect(&url).await.context("connecting to the database")?,
        writers: db::writers(&url)?,
        roles: db::roles(&url)?,
        reports: db::reports(&url, db::reports_at_a_time())?,
        jobs: db::jobs(&url, db::jobs_at_a_time())?,
        hands: Arc::new(Hands::at_a_time(db::jobs_at_a_time())),
        turns: Arc::new(Turns::at_a_time(db::reports_at_a_time())),
        clock,
        keys: Arc::new(keys),
        grants: Arc::new(Grants::default()),
        unknown_logins: Arc::default(),
        origins: Vec::new(),
        pace: Arc::new(if behind_proxy { Pace::behind_proxy() } else { Pace::default() }),
        metrics: figures()?,
    })
}

/// How often new facts are sealed.
const SEAL_EVERY: Duration = Duration::from_secs(3);

/// How long requests may take to end after the signal to stop.
const DRAIN: Duration = Duration::from_secs(10);

/// Seals every unit that has new facts.
pub async fn seal_all(app: &App) -> Result<(), Problem> {
    let units = app.connected(async |conn| Ok(seals::units_to_seal(conn).await?)).await?;
    for unit in units {
        let scope = Scope { unit, actor: None, action: "seal" };
        while app.within(scope, async |conn| Ok(seals::seal_next(conn, unit).await?)).await?.is_some() {}
    }
    Ok(())
}

async fn seal_until(app: App, mut stopping: watch::Receiver<bool>) {
    let mut every = tokio::time::interval(SEAL_EVERY);
    loop {
        tokio::select! {
            _ = every.tick() => {}
            _ = stopping.changed() => return,
        }
        if let Err(problem) = seal_all(&app).await {
            tracing::warn!(?problem, "sealing failed; it is tried again");
        }
    }
}

/// Takes the address before anything else is done, so that a second server says so at once.
pub async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen on {address}; choose another address with SOQUY_LISTEN"))
}

/// Serves until told to stop; then lets requests end and seals what is left. Without its database a server is of no use: when
/// that ends by itself it is an error, so that the supervisor of the program starts it anew.
pub async fn serve(app: App, listener: TcpListener, mut stop: Stop, store: &mut Store) -> anyhow::Result<()> {
    let (stopping, stopped) = watch::channel(false);
    let sealer = tokio::spawn(seal_until(app.clone(), stopped.clone()));
    let worker = tokio::spawn(worker::run(app.clone(), stopped.clone()));
    let router = api::router(app.clone()).into_make_service_with_connect_info::<SocketAddr>();
    let mut drained = stopped.clone();
    let server = axum::serve(listener, router).with_graceful_shutdown(async move {
        // An error means that the sender is gone, which is a reason to stop as well.
        let _ = drained.changed().await;
    });
    let serving = tokio::spawn(server.into_future());
    tokio::select! {
        () = stop.wait() => {}
        log = store.lost() => {
            serving.abort();
            sealer.abort();
            worker.abort();
            anyhow::bail!(
                "the private PostgreSQL ended by itself, so the server stops too: start it again; {} says what happened",
                log.display()
            );
        }
    }
    tracing::info!("stopping");
    stopping.send_replace(true);
    app.hands.close();
    if let Ok(ended) = tokio::time::timeout(DRAIN, serving).await {
        ended??;
    } else {
        tracing::warn!("requests were still running after {DRAIN:?}");
    }
    worker.await?;
    sealer.await?;
    if let Err(problem) = seal_all(&app).await {
        tracing::warn!(?problem, "the last facts are not sealed yet");
    }
    app.close().await;
    Ok(())
}
