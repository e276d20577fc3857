//! One throw-away server for all tests, however many processes they run in.
//!
//! A test binary has no end at which to tidy up, so the server hangs on a leash that many hold: a named
//! pipe, the *door*, in the server's folder. Every test process holds its writing end open; the kernel lets
//! go of it when the process ends in whatever way, and with the last one the guard stops the server and
//! removes its folder. Processes elect the one that starts the server by a lock beside the test binaries.

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::fs::OFlags;
use tokio::sync::OnceCell;

use super::cluster::State;
use super::error::EmbeddedError;
use super::guard::Leash;
use super::place::{CLUSTER, Place};
use super::run;
use super::server::{Embedded, Options, tell};

/// The way to a server for tests; it serves at least as long as this value lives.
pub struct TestServer {
    url: String,
    _held: Held,
}

enum Held {
    /// The server is someone else's (SOQUY_TEST_DATABASE_URL).
    Nothing,
    Started {
        _server: Embedded,
    },
    Joined {
        _door: File,
    },
}

impl TestServer {
    /// Address of a database on this server; its role may create databases and roles.
    pub fn url(&self, database: &str) -> String {
        run::with_database(&self.url, database)
    }
}

/// The server that all tests of this checkout share, or the one named by SOQUY_TEST_DATABASE_URL.
///
/// It does not survive a power cut, and ends with the last test process.
pub async fn shared_for_tests() -> Result<&'static TestServer, EmbeddedError> {
    static SERVER: OnceCell<TestServer> = OnceCell::const_new();
    SERVER
        .get_or_try_init(async || {
            if let Ok(url) = std::env::var("SOQUY_TEST_DATABASE_URL") {
                return Ok(TestServer { url, _held: Held::Nothing });
            }
            let binary = std::env::current_exe().map_err(EmbeddedError::running("this program"))?;
            shared_in(&binary.with_file_name("test-server")).await
        })
        .await
}

/// The server that all processes naming this folder share.
pub async fn shared_in(folder: &Path) -> Result<TestServer, EmbeddedError> {
    fs::create_dir_all(folder).map_err(EmbeddedError::at(folder))?;
    let lock = File::create(folder.join("lock")).map_err(EmbeddedError::at(folder))?;
    let lock = tokio::task::spawn_blocking(move || lock.lock().map(|()| lock)).await;
    let _elected =
        lock.map_err(std::io::Error::other).and_then(|lock| lock).map_err(EmbeddedError::at(folder))?;
    let home = folder.join("home");
    match join(&home) {
        Some(server) => Ok(server),
        None => start(&home).await,
    }
}

/// The server whose folder stands in the file `home`, if its door is still open.
fn join(home: &Path) -> Option<TestServer> {
    let home = PathBuf::from(OsStr::from_bytes(&fs::read(home).ok()?));
    // Without a reader, that is without a guard, this fails instead of waiting for one.
    let nonblocking = i32::try_from(OFlags::NONBLOCK.bits()).ok()?;
    let door = OpenOptions::new().write(true).custom_flags(nonblocking).open(home.join("door")).ok()?;
    let state = State::read(&home.join(CLUSTER)).filter(|state| state.ready)?;
    Some(TestServer { url: run::address(&state.socket_dir, "postgres"), _held: Held::Joined { _door: door } })
}

async fn start(home: &Path) -> Result<TestServer, EmbeddedError> {
    let place = Place::fleeting()?;
    let leash = door(&place.home.join("door"))?;
    fs::write(home, place.home.as_os_str().as_bytes()).map_err(EmbeddedError::at(home))?;
    let options = Options { data_dir: place.home.clone(), durable: false, progress: tell };
    let server = Embedded::launch(place, leash, &options).await?;
    Ok(TestServer { url: server.url("postgres"), _held: Held::Started { _server: server } })
}

/// Makes the named pipe and opens both its ends.
fn door(path: &Path) -> Result<Leash, EmbeddedError> {
    let made = Command::new("mkfifo").arg(path).status().map_err(EmbeddedError::running("mkfifo"))?;
    if !made.success() {
        return Err(EmbeddedError::running("mkfifo")(std::io::Error::other(made.to_string())));
    }
    let open = || {
        // One end alone waits for the other; opened for both, it does not.
        let _both = OpenOptions::new().read(true).write(true).open(path)?;
        let reader = File::open(path)?.into();
        let writer = OpenOptions::new().write(true).open(path)?.into();
        Ok(Leash { reader, writer })
    };
    open().map_err(EmbeddedError::at(path))
}
