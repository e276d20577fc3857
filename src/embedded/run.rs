//! Addresses of databases, and commands that are told one through their environment.

use std::ffi::{OsStr, OsString};
use std::fmt::Write;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;
use std::process::ExitStatus;
use std::str::FromStr;

use sqlx::postgres::{PgConnectOptions, PgSslMode};
use sqlx::{ConnectOptions, Connection, PgConnection};
use tokio::process::Command;

use super::error::EmbeddedError;

/// Runs a command (`pg_dump`, `psql`, `cargo check`) on a database and waits for it.
///
/// It finds the address in DATABASE_URL and, as PostgreSQL's programs expect it, in PGHOST, PGPORT,
/// PGUSER, PGPASSWORD, PGDATABASE and PGSSLMODE. Programs in `binaries` (a private server's own) come
/// before those on the PATH, so that `pg_dump` is never older than the server.
pub async fn run_with(
    database_url: &str,
    binaries: Option<&Path>,
    command: &[OsString],
) -> Result<ExitStatus, EmbeddedError> {
    let options = parse(database_url)?;
    let (program, arguments) = command.split_first().map_or((OsStr::new("psql"), &[][..]), |(p, a)| (p, a));
    let host =
        options.get_socket().map_or(options.get_host().into(), |socket| socket.clone().into_os_string());
    let mut running = Command::new(program);
    running
        .args(arguments)
        .env("DATABASE_URL", database_url)
        .env("PGHOST", host)
        .env("PGPORT", options.get_port().to_string())
        .env("PGUSER", options.get_username())
        .env("PGDATABASE", options.get_database().unwrap_or(options.get_username()))
        .env("PGSSLMODE", ssl_mode(options.get_ssl_mode()));
    if let Some(password) = options.to_url_lossy().password() {
        running.env("PGPASSWORD", decode(password));
    }
    if let Some(folder) = binaries {
        running.env("PATH", before_path(folder));
    }
    running.status().await.map_err(EmbeddedError::running(program))
}

/// The same server, another database.
pub fn with_database(database_url: &str, database: &str) -> String {
    let (server, question) = database_url.split_at(database_url.find('?').unwrap_or(database_url.len()));
    let (scheme, way) = server.split_once("://").unwrap_or(("postgres", server));
    let authority = way.split('/').next().unwrap_or_default();
    format!("{scheme}://{authority}/{database}{question}")
}

/// A database as a person names it, without the password of its address.
pub fn place_of(database_url: &str) -> Result<String, EmbeddedError> {
    let options = parse(database_url)?;
    let database = options.get_database().unwrap_or(options.get_username());
    Ok(match options.get_socket() {
        Some(socket) => format!("{database} ({})", socket.display()),
        None => format!("{database} ({}:{})", options.get_host(), options.get_port()),
    })
}

/// Tries an address that a setting gave, so that one sentence says what is wrong with it.
pub async fn try_address(setting: &'static str, database_url: &str) -> Result<(), EmbeddedError> {
    let scheme = database_url.split_once("://").map(|(scheme, _)| scheme);
    if !matches!(scheme, Some("postgres" | "postgresql")) {
        return Err(EmbeddedError::Scheme { setting });
    }
    let options = parse(database_url)?;
    let refused = |why: sqlx::Error| EmbeddedError::NotReached {
        setting,
        place: place_of(database_url).unwrap_or_default(),
        why: match why {
            sqlx::Error::Io(why) => why.to_string(),
            sqlx::Error::Database(why) => why.message().to_owned(),
            why => why.to_string(),
        },
    };
    let conn = PgConnection::connect_with(&options).await.map_err(refused)?;
    conn.close().await?;
    Ok(())
}

/// The login that a private server's address is made with: the owner of the cluster.
const OWNER: &str = "user=soquy&";

/// The same database for the server at work: a login that may do what `soquy_app` may, and can take no other role.
pub fn for_server(owner_url: &str) -> String {
    owner_url.replacen(OWNER, "user=soquy_server&", 1)
}

pub(super) fn address(socket_dir: &Path, database: &str) -> String {
    let mut address = format!("postgres:///{database}?{OWNER}host=");
    for byte in socket_dir.as_os_str().as_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' => {
                address.push(char::from(*byte));
            }
            other => write!(address, "%{other:02X}").expect("a String takes every write"),
        }
    }
    address
}

fn parse(database_url: &str) -> Result<PgConnectOptions, EmbeddedError> {
    PgConnectOptions::from_str(database_url).map_err(|error| EmbeddedError::Address(error.to_string()))
}

fn ssl_mode(mode: PgSslMode) -> &'static str {
    match mode {
        PgSslMode::Disable => "disable",
        PgSslMode::Allow => "allow",
        PgSslMode::Prefer => "prefer",
        PgSslMode::Require => "require",
        PgSslMode::VerifyCa => "verify-ca",
        PgSslMode::VerifyFull => "verify-full",
    }
}

/// Percent-encoded bytes back to themselves.
fn decode(encoded: &str) -> OsString {
    let mut parts = encoded.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        match part.get(..2).and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                bytes.extend(&part.as_bytes()[2..]);
            }
            None => bytes.extend([b"%", part.as_bytes()].concat()),
        }
    }
    OsString::from_vec(bytes)
}

fn before_path(folder: &Path) -> OsString {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(folder.to_owned()).chain(std::env::split_paths(&path));
    std::env::join_paths(folders).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_survives_a_vietnamese_folder() {
        let folder = Path::new("/home/Nguyễn Văn A/Sổ Quỹ & con/run");
        let options = parse(&address(folder, "soquy")).unwrap();
        assert_eq!(options.get_socket().map(AsRef::as_ref), Some(folder));
        assert_eq!((options.get_username(), options.get_database()), ("soquy", Some("soquy")));
    }

    #[tokio::test]
    async fn a_command_is_told_the_database_and_hands_back_its_exit_code() {
        let url = "postgres://%C4%90inh:m%E1%BA%ADt%20%25@db.example:6432/quy?sslmode=require";
        let check = r#"test "$DATABASE_URL $PGHOST $PGPORT $PGUSER $PGPASSWORD $PGDATABASE $PGSSLMODE" = \
            "$0 db.example 6432 Đinh mật % quy require" && exit 7"#;
        let check = check.replace("\\\n", "");
        let command = ["sh", "-c", &check, url].map(OsString::from);
        let status = run_with(url, None, &command).await.unwrap();
        assert_eq!(status.code(), Some(7));
    }

    #[test]
    fn another_database_on_the_same_server_keeps_the_way_to_it() {
        for (server, moved) in [
            ("postgres:///a?user=soquy&host=/tmp/x", "postgres:///b?user=soquy&host=/tmp/x"),
            ("postgres://u:p%2F@h:1/a", "postgres://u:p%2F@h:1/b"),
            ("postgresql://u@h?sslmode=require", "postgresql://u@h/b?sslmode=require"),
        ] {
            assert_eq!(with_database(server, "b"), moved);
        }
    }
}
