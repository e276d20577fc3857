//! Settings from flags and environment, typed; secrets do not print. `--help` is the reference.

use std::net::SocketAddr;
use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Parser, Subcommand};
use secrecy::SecretString;

use crate::access::Role;

/// Sổ Quỹ: sổ của quỹ quay vòng giảm nghèo · the ledger of revolving poverty-support funds.
#[derive(Debug, Parser)]
#[command(name = "soquy", version, about, max_term_width = 100)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the program can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the books over HTTP.
    Serve(Serve),
    /// Serve a commune's books filled with two years of examples.
    Demo(Demo),
    /// Bring the database up to this release, and stop.
    Migrate(Database),
    /// People.
    User {
        /// What to do with them.
        #[command(subcommand)]
        command: UserCommand,
    },
    /// Prove the books of every unit from their facts; the exit code tells (0 proved, 1 refuted).
    Verify(Verify),
    /// Close days of loans up to one: overdue, accruals, provisions. Goes on where an earlier close stopped.
    CloseDay(CloseDay),
    /// Print the schedule of the terms in a file, as `POST /v1/schedules/preview` answers; needs no database.
    Schedule {
        /// JSON of the terms; `-` reads standard input.
        file: PathBuf,
    },
    /// Print the OpenAPI document.
    Openapi,
    /// Run a command (`psql`, `pg_dump` …) with the addresses of the database in its environment.
    Pg {
        /// Which books.
        #[command(flatten)]
        books: Books,
        /// The command and its arguments; psql when not given.
        #[arg(last = true)]
        command: Vec<std::ffi::OsString>,
    },
    /// Ask a running server whether it is ready (exit code 0): the health check of a container.
    Health {
        /// Where it listens.
        #[arg(long, env = "SOQUY_LISTEN", default_value = "127.0.0.1:8080")]
        listen: SocketAddr,
    },
}

/// Where the data is.
#[derive(Debug, Clone, Args)]
pub struct Database {
    /// PostgreSQL 15 or newer. Not given: a private PostgreSQL in the data folder.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<SecretString>,
    /// A second way in, for migrations only: the owner of the tables. Not given: DATABASE_URL does both.
    #[arg(long, env = "SOQUY_OWNER_DATABASE_URL", hide_env_values = true)]
    pub owner_database_url: Option<SecretString>,
    /// Folder of the private PostgreSQL.
    #[arg(long, env = "SOQUY_DATA_DIR")]
    pub data_dir: Option<PathBuf>,
}

impl Database {
    /// Whether the data is in a private PostgreSQL.
    pub const fn is_private(&self) -> bool {
        self.database_url.is_none()
    }
}

/// Which books to work on.
#[derive(Debug, Clone, Args)]
pub struct Books {
    /// Where the data is.
    #[command(flatten)]
    pub database: Database,
    /// In a private PostgreSQL: the books of `soquy demo`.
    #[arg(long)]
    pub demo: bool,
}

/// How to serve.
#[derive(Debug, Args)]
pub struct Serve {
    /// Where the data is.
    #[command(flatten)]
    pub database: Database,
    /// Address to listen on. Put TLS in front of anything but loopback.
    #[arg(long, env = "SOQUY_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Signs access tokens: at least 32 random bytes.
    #[arg(long, env = "SOQUY_SECRET", hide_env_values = true)]
    pub secret: Option<SecretString>,
    /// File with the signing secret, in place of SOQUY_SECRET.
    #[arg(long, env = "SOQUY_SECRET_FILE")]
    pub secret_file: Option<PathBuf>,
    /// Only our own proxy reaches this server: believe the last address in its X-Forwarded-For.
    #[arg(long, env = "SOQUY_BEHIND_PROXY")]
    pub behind_proxy: bool,
    /// Web pages of these origins may call the API from a browser, such as `https://quy.example.vn`; several with commas.
    #[arg(long, env = "SOQUY_ALLOWED_ORIGINS", value_delimiter = ',')]
    pub allowed_origins: Vec<String>,
    /// Try the settings (the secret; the database, or PostgreSQL's programs and the data folder) and stop.
    #[arg(long)]
    pub check: bool,
}

/// How to show the example.
#[derive(Debug, Args)]
pub struct Demo {
    /// Where the data is.
    #[command(flatten)]
    pub database: Database,
    /// Address to listen on.
    #[arg(long, env = "SOQUY_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Fill the books and stop.
    #[arg(long)]
    pub load_only: bool,
}

/// What to do with people.
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Enter a person with a role at a unit: the way the first administrator comes in.
    Add(AddUser),
}

/// Somebody to enter.
#[derive(Debug, Args)]
pub struct AddUser {
    /// Which books.
    #[command(flatten)]
    pub books: Books,
    /// Login name: small letters, digits, `.`, `_`, `-`.
    pub login: String,
    /// Full name.
    #[arg(long)]
    pub name: String,
    /// The unit, by its key, such as 13141 for commune Vũ Quý.
    #[arg(long)]
    pub unit: i32,
    /// Roles at the unit.
    #[arg(long = "role", value_parser = role, default_value = "admin")]
    pub roles: Vec<Role>,
    /// The first password. Not given: one is made and printed once.
    #[arg(long, env = "SOQUY_PASSWORD", hide_env_values = true)]
    pub password: Option<SecretString>,
}

/// Which days to close.
#[derive(Debug, Args)]
pub struct CloseDay {
    /// Which books.
    #[command(flatten)]
    pub books: Books,
    /// Only this unit; all units with loans otherwise.
    #[arg(long)]
    pub unit: Option<i32>,
    /// Up to this day; today when not given.
    #[arg(long)]
    pub upto: Option<NaiveDate>,
}

/// What to prove.
#[derive(Debug, Args)]
pub struct Verify {
    /// Which books.
    #[command(flatten)]
    pub books: Books,
    /// Only this unit.
    #[arg(long)]
    pub unit: Option<i32>,
    /// Print the proofs as JSON.
    #[arg(long)]
    pub json: bool,
    /// A published seal, `unit:number:hash`: it must still be in the chain of its unit, which is proved with the others. May be
    /// given several times.
    #[arg(long = "seal", value_parser = published)]
    pub seals: Vec<PublishedSeal>,
}

/// A seal as it was published.
#[derive(Debug, Clone)]
pub struct PublishedSeal {
    /// Whose.
    pub unit: i32,
    /// `number:hash`.
    pub seal: String,
}

impl std::fmt::Display for PublishedSeal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.unit, self.seal)
    }
}

fn role(name: &str) -> Result<Role, String> {
    let names = || Role::ALL.iter().map(|role| role.name()).collect::<Vec<_>>().join(", ");
    Role::of_name(name).ok_or_else(|| format!("one of: {}", names()))
}

fn published(text: &str) -> Result<PublishedSeal, String> {
    let parts = || {
        let (unit, seal) = text.trim().split_once(':')?;
        let (number, hash) = seal.split_once(':')?;
        let number: u64 = number.parse().ok()?;
        let whole = hash.len() == 64 && hash.bytes().all(|digit| digit.is_ascii_hexdigit());
        whole.then_some(())?;
        Some(PublishedSeal {
            unit: unit.parse().ok()?,
            seal: format!("{number}:{}", hash.to_ascii_lowercase()),
        })
    };
    parts().ok_or_else(|| {
        "write unit:number:hash, as `soquy verify` prints it: two numbers and 64 hexadecimal digits"
            .to_owned()
    })
}

/// A civil date on the command line.
pub fn date(text: &str) -> Result<NaiveDate, String> {
    text.parse().map_err(|_| "write a date as YYYY-MM-DD".to_owned())
}

impl Verify {
    /// The units to prove, of those that have facts: the one asked for or all, and each whose seal is given. A seal of another unit
    /// than the one asked for would be looked at by nobody, so it is refused.
    pub fn units(&self, with_facts: Vec<i32>) -> anyhow::Result<Vec<i32>> {
        let mut units = self.unit.map_or(with_facts, |unit| vec![unit]);
        for seal in &self.seals {
            anyhow::ensure!(
                self.unit.is_none_or(|unit| unit == seal.unit),
                "dấu niêm phong {seal} là của đơn vị {0}, không phải đơn vị ghi ở --unit: bỏ --unit hoặc bỏ dấu ấy · the seal \
                 {seal} is of unit {0}, not of the one in --unit: leave out --unit or that seal",
                seal.unit
            );
            units.push(seal.unit);
        }
        units.sort_unstable();
        units.dedup();
        Ok(units)
    }
}

impl Serve {
    /// The signing secret, from its variable or its file.
    pub fn secret(&self) -> anyhow::Result<SecretString> {
        if let Some(secret) = &self.secret {
            return Ok(secret.clone());
        }
        let Some(file) = &self.secret_file else { return Err(crate::access::WeakSecret.into()) };
        let text = std::fs::read_to_string(file)
            .map_err(|why| anyhow::anyhow!("SOQUY_SECRET_FILE {}: {why}", file.display()))?;
        Ok(SecretString::from(text.trim()))
    }
}
