//! No server outlives us, however we end.
//!
//! Every PostgreSQL program runs below a small shell whose input is the reading end of a leash. When the
//! last process holding the writing end is gone (stopped, panicked, killed -9) the shell reads the end of
//! its input, asks the program for a fast shutdown, waits for it, and removes what was temporary. The
//! shell has its own process group, so that Ctrl-C in the terminal reaches us and not the database.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ExitStatus, Stdio};

use super::account::Account;
use super::error::EmbeddedError;

/// Arguments: the folder to remove at the end (may be empty), the exit status at which it stays (may be
/// empty), then the program and its arguments.
///
/// The first end of input closes the door (`shared.rs`) to newcomers, the second tells that those who
/// slipped in before it closed are gone too. On a plain pipe both come at once.
const SCRIPT: &str = r#"
trap '' HUP INT TERM
scratch=$1 spared=$2; shift 2
exec 3<&0 </dev/null
"$@" >&2 3<&- &
server=$!
echo "$server"
exec >/dev/null 2>&1
{
  read -r _ <&3
  test -z "$scratch" || rm -f "$scratch/door"
  read -r _ <&3
  kill -INT "$server"
} &
watcher=$!
exec 3<&-
wait "$server"
status=$?
kill -KILL "$watcher"
test -z "$scratch" || test "$status" = "$spared" || rm -rf "$scratch"
exit "$status"
"#;

/// Two ends of one channel: the guard reads, we hold the other.
pub(super) struct Leash {
    pub reader: OwnedFd,
    pub writer: OwnedFd,
}

impl Leash {
    pub fn pipe() -> Result<Self, EmbeddedError> {
        let (reader, writer) = io::pipe().map_err(EmbeddedError::running("pipe"))?;
        Ok(Self { reader: reader.into(), writer: writer.into() })
    }
}

/// What disappears when the program ends.
#[derive(Clone, Copy)]
pub(super) struct AtEnd<'a> {
    scratch: &'a Path,
    spared: &'static str,
}

impl<'a> AtEnd<'a> {
    pub fn removing(scratch: Option<&'a Path>) -> Self {
        Self { scratch: scratch.unwrap_or(Path::new("")), spared: "" }
    }

    /// For a program that prepares the folder for the next one.
    pub fn removing_unless_done(scratch: Option<&'a Path>) -> Self {
        Self { spared: "0", ..Self::removing(scratch) }
    }
}

/// A running program on its leash. Dropping it asks the program to stop and does not wait.
pub(super) struct Guard {
    shell: Child,
    /// Process of the guarded program itself.
    pub pid: i32,
    writer: OwnedFd,
}

impl Guard {
    /// Starts `program` (first the path, then its arguments) with its output going to `log`.
    pub fn spawn(
        account: Account,
        leash: Leash,
        program: Vec<OsString>,
        end: AtEnd<'_>,
        log: &File,
    ) -> Result<Self, EmbeddedError> {
        let mut shell = account
            .command(Path::new("/bin/sh"))
            .args(["-c", SCRIPT, "soquy-guard"])
            .arg(end.scratch)
            .arg(end.spared)
            .args(program)
            .stdin(leash.reader)
            .stdout(Stdio::piped())
            .stderr(log.try_clone().map_err(EmbeddedError::running("/bin/sh"))?)
            .process_group(0)
            .spawn()
            .map_err(EmbeddedError::running("/bin/sh"))?;
        let mut line = String::new();
        if let Some(said) = shell.stdout.take() {
            BufReader::new(said).read_line(&mut line).map_err(EmbeddedError::running("/bin/sh"))?;
        }
        let pid = line.trim().parse().unwrap_or_default();
        Ok(Self { shell, pid, writer: leash.writer })
    }

    pub fn has_ended(&mut self) -> bool {
        !matches!(self.shell.try_wait(), Ok(None))
    }

    /// Waits until the program ends by itself. Dropping the future before that stops the program.
    pub async fn finished(self) -> io::Result<ExitStatus> {
        let Self { mut shell, writer, .. } = self;
        let status = tokio::task::spawn_blocking(move || shell.wait()).await;
        drop(writer);
        status.map_err(io::Error::other)?
    }

    /// Asks the program to stop and waits until it has, and what was temporary is gone.
    pub async fn stop(self) -> io::Result<ExitStatus> {
        let Self { mut shell, writer, .. } = self;
        drop(writer);
        tokio::task::spawn_blocking(move || shell.wait()).await.map_err(io::Error::other)?
    }
}
