//! Where a cluster lives on disk: its data, its socket, its log, its lock.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use super::account::{self, Account};
use super::error::EmbeddedError;
use super::lock::Lock;

/// Folder of the cluster within the data folder.
pub(super) const CLUSTER: &str = "postgres";

/// Prefix of the folder in which a cluster is made, before it gets its name.
pub(super) const UNFINISHED: &str = "postgres.new-";

/// Bytes in a socket's path, its name included, that every supported system accepts (macOS: 104).
const SOCKET_PATH_LIMIT: usize = 103;

/// A log longer than this is put aside as `postgres.log.1` when the server starts.
const LOG_LIMIT_BYTES: u64 = 10 * 1024 * 1024;

#[derive(Debug)]
pub(super) struct Place {
    pub home: PathBuf,
    pub socket_dir: PathBuf,
    /// What disappears when the server stops: nothing, the socket folder, or everything.
    pub scratch: Option<PathBuf>,
    pub account: Account,
    pub lock: Option<Lock>,
}

impl Place {
    /// The lasting home of a cluster; creates the folder and takes its lock.
    pub async fn lasting(data_dir: &Path) -> Result<Self, EmbeddedError> {
        let existed = data_dir.exists();
        let named = std::path::absolute(data_dir).map_err(EmbeddedError::at(data_dir))?;
        let account = Account::for_cluster(&named.join(CLUSTER))?;
        account.must_reach(&named)?;
        fs::create_dir_all(&named).map_err(EmbeddedError::at(&named))?;
        let home = fs::canonicalize(&named).map_err(EmbeddedError::at(&named))?;
        account.must_reach(&home)?;
        if !existed {
            let mode = if account.steps_down() { 0o711 } else { 0o700 };
            fs::set_permissions(&home, fs::Permissions::from_mode(mode)).map_err(EmbeddedError::at(&home))?;
        }
        let lock = Lock::take(&home, account).await?;
        sweep_unfinished(&home);
        let (socket_dir, scratch) = socket_dir(&home, account)?;
        Ok(Self { home, socket_dir, scratch, account, lock: Some(lock) })
    }

    /// A home for a throw-away cluster.
    pub fn fleeting() -> Result<Self, EmbeddedError> {
        let account = Account::for_cluster(Path::new("/nonexistent"))?;
        let home = new_temporary(account)?;
        let socket_dir = home.join("run");
        account.create_private(&socket_dir)?;
        Ok(Self { socket_dir, scratch: Some(home.clone()), home, account, lock: None })
    }

    pub fn cluster(&self) -> PathBuf {
        self.home.join(CLUSTER)
    }

    pub fn log(&self) -> PathBuf {
        self.home.join("postgres.log")
    }

    /// The log for appending; a long one is put aside first.
    pub fn open_log(&self) -> Result<File, EmbeddedError> {
        let path = self.log();
        if fs::metadata(&path).is_ok_and(|log| log.len() > LOG_LIMIT_BYTES) {
            fs::rename(&path, self.home.join("postgres.log.1")).map_err(EmbeddedError::at(&path))?;
        }
        let mut private = OpenOptions::new();
        private.create(true).read(true).append(true).mode(0o600);
        let log = private.open(&path).map_err(EmbeddedError::at(&path))?;
        self.account.own(&path).map_err(EmbeddedError::at(&path))?;
        Ok(log)
    }

    /// The error for a program that ended when it should not have, with what it said last.
    ///
    /// Reads from the open log: in a throw-away home the file itself may be gone by now.
    pub fn ended(&self, program: &'static str, log: File) -> EmbeddedError {
        let tail = tail(log).unwrap_or_else(|error| error.to_string());
        EmbeddedError::Ended { program, log: self.log(), tail }
    }
}

/// What was to be temporary goes, too, when the server it was for never came to be.
impl Drop for Place {
    fn drop(&mut self) {
        if let Some(scratch) = &self.scratch {
            let _ = fs::remove_dir_all(scratch);
        }
    }
}

/// The data folder when none was named: `./soquy-data`, or, where root's working directory is closed
/// to the lesser account, `/var/lib/soquy`.
pub fn default_data_dir() -> PathBuf {
    let here = std::path::absolute("soquy-data").unwrap_or_else(|_| PathBuf::from("soquy-data"));
    match Account::for_cluster(&here.join(CLUSTER)) {
        Ok(account) if account.must_reach(&here).is_err() => PathBuf::from("/var/lib/soquy"),
        _ => here,
    }
}

/// Removes what a first start left when it was cut short.
///
/// What cannot be removed now (its `initdb` may just be ending) waits for the next start: its name is its own.
fn sweep_unfinished(home: &Path) {
    for entry in fs::read_dir(home).into_iter().flatten().flatten() {
        if entry.file_name().as_bytes().starts_with(UNFINISHED.as_bytes()) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// `run` beside the data, or where that path is too long for a socket a folder that goes with the server.
fn socket_dir(home: &Path, account: Account) -> Result<(PathBuf, Option<PathBuf>), EmbeddedError> {
    let beside = home.join("run");
    if beside.join(".s.PGSQL.5432").as_os_str().len() > SOCKET_PATH_LIMIT {
        let elsewhere = new_temporary(account)?;
        return Ok((elsewhere.clone(), Some(elsewhere)));
    }
    if !beside.exists() {
        account.create_private(&beside)?;
    }
    Ok((beside, None))
}

/// A new folder below the system's temporary one, or below /tmp where the account cannot get there.
fn new_temporary(account: Account) -> Result<PathBuf, EmbeddedError> {
    let named = std::env::temp_dir();
    let parent = fs::canonicalize(&named).map_err(EmbeddedError::at(&named))?;
    let parent = if account.must_reach(&parent).is_ok() { parent } else { PathBuf::from("/tmp") };
    loop {
        let folder = parent.join(format!("soquy-{:08x}", rand::random::<u32>()));
        match account::create_private(&folder) {
            Ok(()) => {
                account.own(&folder).map_err(EmbeddedError::at(&folder))?;
                return Ok(folder);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(source) => return Err(EmbeddedError::Folder { path: folder, source }),
        }
    }
}

fn tail(mut log: File) -> io::Result<String> {
    let start = log.metadata()?.len().saturating_sub(1500);
    log.seek(SeekFrom::Start(start))?;
    let mut end = Vec::new();
    log.read_to_end(&mut end)?;
    Ok(String::from_utf8_lossy(&end).trim_end().to_owned())
}
