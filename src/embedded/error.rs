//! Why the private PostgreSQL could not do what was asked, and what to do about it.

use std::io;
use std::path::{Path, PathBuf};

/// Every message ends with the next step for the person at the keyboard.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the message of each says what it is")]
pub enum EmbeddedError {
    #[error(
        "PostgreSQL {wanted} was not found on this machine and could not be fetched ({tried}). \
         Install it (Debian, Ubuntu: `apt install {debian}`; macOS: `brew install {homebrew}`), \
         or put `npm` or `pip` on the PATH so that it can be fetched, \
         or name the folder holding `postgres` and `initdb` in SOQUY_PG_BIN"
    )]
    NotFound { wanted: String, tried: String, debian: String, homebrew: String },

    #[error(
        "SOQUY_PG_BIN names {}, which cannot be used: {reason}. \
         Name the folder holding `postgres` and `initdb` of PostgreSQL 15 or newer, or unset SOQUY_PG_BIN",
        folder.display()
    )]
    NamedBinaries { folder: PathBuf, reason: String },

    #[error(
        "the data in {} was written by PostgreSQL {written}, but SOQUY_PG_BIN names PostgreSQL {named}. \
         Name a PostgreSQL {written}; to change to {named}, dump with the old one (pg_dump) \
         and restore into a new folder (SOQUY_DATA_DIR)",
        folder.display()
    )]
    OtherMajor { folder: PathBuf, written: u32, named: u32 },

    #[error(
        "{} is in use by another soquy. Stop that one first, or choose another folder with SOQUY_DATA_DIR",
        folder.display()
    )]
    Busy { folder: PathBuf },

    #[error(
        "user {user}, under which the database must run because PostgreSQL refuses root, may not enter {}. \
         Choose another folder with SOQUY_DATA_DIR (such as /var/lib/soquy), or allow it: chmod o+x {}",
        folder.display(), folder.display()
    )]
    Unreachable { folder: PathBuf, user: u32 },

    #[error(
        "PostgreSQL refuses to run as root, and this machine has neither a user `postgres` nor `nobody`. \
         Start soquy as an ordinary user"
    )]
    NoAccount,

    #[error(
        "{}: {source}. Check who owns it and how much space is left, \
         or choose another folder with SOQUY_DATA_DIR",
        path.display()
    )]
    Folder { path: PathBuf, source: io::Error },

    #[error("{command} did not run: {source}. Check that it is installed and on the PATH")]
    Command { command: String, source: io::Error },

    #[error("{program} ended early. The end of {}:\n{tail}", log.display())]
    Ended { program: &'static str, log: PathBuf, tail: String },

    #[error(
        "process {pid}, a PostgreSQL left behind on this data folder, did not stop within 60 s. \
         Look at the log beside the data, then stop it by hand: kill -INT {pid}"
    )]
    NotStopping { pid: i32 },

    #[error("the database address is not usable ({0}). Check DATABASE_URL: postgres://user@host/database")]
    Address(String),

    #[error(
        "{setting} is not the address of a PostgreSQL: it begins with postgres://, as in postgres://user@host:5432/database"
    )]
    Scheme { setting: &'static str },

    #[error(
        "{setting}: the database {place} does not let us in: {why}. Start PostgreSQL there, or mend {setting}"
    )]
    NotReached { setting: &'static str, place: String, why: String },

    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

impl EmbeddedError {
    /// For `map_err`: an input or output error together with the path it happened at.
    pub(super) fn at(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Folder { path, source }
    }

    pub(super) fn running(command: impl AsRef<Path>) -> impl FnOnce(io::Error) -> Self {
        let command = command.as_ref().display().to_string();
        move |source| Self::Command { command, source }
    }
}
