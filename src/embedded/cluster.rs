//! The cluster on disk: making it, reading its state, and clearing what a killed start left running.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::time::{interval, timeout};

use super::binaries::Binaries;
use super::error::EmbeddedError;
use super::guard::{AtEnd, Guard, Leash};
use super::place::{Place, UNFINISHED};

/// Collation C sorts the same on every machine; the character type lets `lower('Đ')` be 'đ'.
const CHARACTER_TYPE: &str = if cfg!(target_os = "macos") { "en_US.UTF-8" } else { "C.UTF-8" };

/// Appended to postgresql.conf once, so that an office may change it.
///
/// The log is terse and without statements because those would carry the households' personal data.
const SETTINGS: &str = "
# Set by soquy when this cluster was made; change as the machine allows.
shared_buffers = 64MB
max_connections = 100
autovacuum = on
log_error_verbosity = terse
log_min_error_statement = panic
";

/// How often the server's state is looked at while waiting for it.
const GLANCE: Duration = Duration::from_millis(10);

/// The major version that wrote the cluster, if there is one.
pub(super) fn major(cluster: &Path) -> Option<u32> {
    fs::read_to_string(cluster.join("PG_VERSION")).ok()?.trim().parse().ok()
}

/// Makes the cluster under a temporary name and renames it when it is whole, so that a start cut short
/// leaves nothing that looks like data.
pub(super) async fn create(place: &Place, binaries: &Binaries, durable: bool) -> Result<(), EmbeddedError> {
    let unfinished = place.home.join(format!("{UNFINISHED}{:08x}", rand::random::<u32>()));
    place.account.create_private(&unfinished)?;
    let mut program: Vec<OsString> = vec![binaries.folder.join("initdb").into(), "-D".into()];
    program.push(unfinished.clone().into());
    program.extend(["-U", "soquy", "--auth-local=trust", "--auth-host=reject"].map(Into::into));
    program
        .extend(["--encoding=UTF8", "--locale=C", "--data-checksums", "--no-instructions"].map(Into::into));
    program.push(format!("--lc-ctype={CHARACTER_TYPE}").into());
    if !durable {
        program.push("--no-sync".into());
    }
    let log = place.open_log()?;
    let end = AtEnd::removing_unless_done(place.scratch.as_deref());
    let guard = Guard::spawn(place.account, Leash::pipe()?, program, end, &log)?;
    if !guard.finished().await.is_ok_and(|status| status.success()) {
        return Err(place.ended("initdb", log));
    }
    let settings = unfinished.join("postgresql.conf");
    let append = || {
        let mut file = OpenOptions::new().append(true).open(&settings)?;
        file.write_all(SETTINGS.as_bytes())?;
        file.sync_all()
    };
    append().map_err(EmbeddedError::at(&settings))?;
    // Data must never come to lie under the temporary name again, which the next start sweeps away.
    let name = || fs::rename(&unfinished, place.cluster()).and_then(|()| File::open(&place.home)?.sync_all());
    name().map_err(EmbeddedError::at(&unfinished))
}

/// The server's command line: what must hold whatever postgresql.conf says.
///
/// `leftover` is a `postmaster.pid` of a server known to be gone (see [`stop_orphan`]). Its number may by now
/// be that of a stranger, for whose sake PostgreSQL would refuse to start; called its grandparent, the
/// stranger is no hindrance, and the file still tells whether shared memory is in use.
pub(super) fn server(
    place: &Place,
    binaries: &Binaries,
    durable: bool,
    leftover: Option<&State>,
) -> Vec<OsString> {
    let mut socket_dir = OsString::from("unix_socket_directories=");
    socket_dir.push(quoted(&place.socket_dir));
    let mut program: Vec<OsString> = Vec::new();
    if let Some(State { pid, .. }) = leftover {
        program.extend(["/usr/bin/env".into(), format!("PG_GRANDPARENT_PID={pid}").into()]);
    }
    program.extend([binaries.folder.join("postgres").into(), "-D".into()]);
    program.extend([place.cluster().into(), "-c".into(), socket_dir]);
    let mut settings = vec!["listen_addresses=", "unix_socket_permissions=0700", "port=5432"];
    settings.push("logging_collector=off");
    if !durable {
        settings.extend([
            "fsync=off",
            "full_page_writes=off",
            "synchronous_commit=off",
            "max_connections=400",
        ]);
    }
    program.extend(settings.into_iter().flat_map(|setting| ["-c".into(), setting.into()]));
    program
}

/// A folder as one element of a list, whatever commas and quotes its name has.
fn quoted(folder: &Path) -> OsString {
    let parts: Vec<_> = folder.as_os_str().as_bytes().split(|byte| *byte == b'"').collect();
    OsString::from_vec([b"\"", &*parts.join(&b"\"\""[..]), b"\""].concat())
}

/// What `postmaster.pid` says.
pub(super) struct State {
    pub pid: i32,
    pub socket_dir: PathBuf,
    pub ready: bool,
}

impl State {
    pub fn read(cluster: &Path) -> Option<Self> {
        Self::parse(&fs::read_to_string(cluster.join("postmaster.pid")).ok()?)
    }

    pub fn parse(file: &str) -> Option<Self> {
        let lines: Vec<_> = file.lines().map(str::trim).collect();
        Some(Self {
            pid: lines.first()?.parse().ok()?,
            socket_dir: lines.get(4).copied().unwrap_or_default().into(),
            ready: lines.get(7) == Some(&"ready"),
        })
    }
}

/// Waits until the server answers (true) or has ended instead.
///
/// `before` is what `postmaster.pid` held before this start: in a container, where process numbers
/// repeat, a leftover file may name our own server's number and say `ready`.
pub(super) async fn ready(cluster: &Path, guard: &mut Guard, before: Option<&str>) -> bool {
    let file = cluster.join("postmaster.pid");
    let mut glance = interval(GLANCE);
    loop {
        glance.tick().await;
        let now = fs::read_to_string(&file).ok();
        let state = now.as_deref().filter(|now| Some(*now) != before).and_then(State::parse);
        if state.is_some_and(|state| state.ready && state.pid == guard.pid) {
            return true;
        }
        if guard.has_ended() {
            return false;
        }
    }
}

/// Stops a server that a killed soquy left on this cluster. The caller holds the folder's lock.
pub(super) async fn stop_orphan(cluster: &Path) -> Result<(), EmbeddedError> {
    let Some(State { pid, .. }) = State::read(cluster) else { return Ok(()) };
    let Some(process) = Pid::from_raw(pid) else { return Ok(()) };
    if !serves(pid, cluster) {
        return Ok(());
    }
    // It may end by itself in this very moment: its guard asks it to, too.
    let _ = kill_process(process, Signal::INT);
    let gone = async {
        let mut glance = interval(GLANCE);
        while serves(pid, cluster) {
            glance.tick().await;
        }
    };
    timeout(Duration::from_mins(1), gone).await.map_err(|_| EmbeddedError::NotStopping { pid })
}

/// Whether that process is a PostgreSQL on our cluster, and not a stranger with a reused number.
fn serves(pid: i32, cluster: &Path) -> bool {
    let line = fs::read(format!("/proc/{pid}/cmdline")).or_else(|_| {
        Command::new("ps").args(["-o", "command=", "-p", &pid.to_string()]).output().map(|said| said.stdout)
    });
    let line = line.map(|line| String::from_utf8_lossy(&line).into_owned()).unwrap_or_default();
    line.contains("postgres") && line.contains(&*cluster.to_string_lossy())
}
