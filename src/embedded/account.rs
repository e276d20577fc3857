//! The account the server runs under: our own, or, since PostgreSQL refuses root, a lesser one.

use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::error::EmbeddedError;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Account {
    uid: u32,
    gid: u32,
    /// Whether we are root and must step down to this account.
    lesser: bool,
}

impl Account {
    /// Our own account; for root the owner of the existing cluster, else `postgres`, else `nobody`.
    pub fn for_cluster(pgdata: &Path) -> Result<Self, EmbeddedError> {
        let (uid, gid) = (rustix::process::geteuid().as_raw(), rustix::process::getegid().as_raw());
        if uid != 0 {
            return Ok(Self { uid, gid, lesser: false });
        }
        match fs::metadata(pgdata) {
            Ok(found) if found.uid() != 0 => Ok(Self { uid: found.uid(), gid: found.gid(), lesser: true }),
            _ => ["postgres", "nobody"].into_iter().find_map(named).ok_or(EmbeddedError::NoAccount),
        }
    }

    pub fn steps_down(self) -> bool {
        self.lesser
    }

    /// A command under this account, deaf to the caller's PostgreSQL settings and language.
    ///
    /// Its working directory is `/`, so paths must be absolute.
    pub fn command(self, program: &Path) -> Command {
        let mut command = Command::new(program);
        if self.lesser {
            command.uid(self.uid).gid(self.gid);
        }
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("PG") {
                command.env_remove(name);
            }
        }
        // macOS: without LC_ALL the server turns multithreaded while starting, and refuses.
        command.current_dir("/").env("LC_ALL", "C").env("TZ", "UTC").stdin(Stdio::null());
        command
    }

    /// Makes a folder only this account may enter.
    pub fn create_private(self, folder: &Path) -> Result<(), EmbeddedError> {
        let create = || -> io::Result<()> {
            create_private(folder)?;
            self.own(folder)
        };
        create().map_err(EmbeddedError::at(folder))
    }

    pub fn own(self, path: &Path) -> io::Result<()> {
        if self.lesser { chown(path, Some(self.uid), Some(self.gid)) } else { Ok(()) }
    }

    /// Refuses a folder that this account cannot get to, naming the ancestor that bars the way.
    pub fn must_reach(self, folder: &Path) -> Result<(), EmbeddedError> {
        match self.barred_at(folder) {
            Some(folder) if self.lesser => Err(EmbeddedError::Unreachable { folder, user: self.uid }),
            _ => Ok(()),
        }
    }

    /// The outermost of the folder and its ancestors that this account may not enter.
    fn barred_at(self, folder: &Path) -> Option<PathBuf> {
        let mut way: Vec<_> = folder.ancestors().collect();
        way.reverse();
        way.into_iter().find(|step| fs::metadata(step).is_ok_and(|it| !self.enters(&it))).map(Into::into)
    }

    fn enters(self, folder: &fs::Metadata) -> bool {
        let execute = if folder.uid() == self.uid {
            0o100
        } else if folder.gid() == self.gid {
            0o010
        } else {
            0o001
        };
        folder.mode() & execute != 0
    }
}

fn named(user: &str) -> Option<Account> {
    let id = |flag| {
        let said = Command::new("id").args([flag, user]).stderr(Stdio::null()).output().ok()?;
        String::from_utf8(said.stdout).ok()?.trim().parse::<u32>().ok()
    };
    Some(Account { uid: id("-u")?, gid: id("-g")?, lesser: true })
}

/// Makes one new folder that no other account may enter.
pub(super) fn create_private(folder: &Path) -> io::Result<()> {
    fs::create_dir(folder)?;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_ancestor_is_named() {
        let top = std::env::temp_dir().join(format!("soquy-closed-{}", std::process::id()));
        let inner = top.join("closed/data");
        fs::create_dir_all(&inner).unwrap();
        fs::set_permissions(top.join("closed"), fs::Permissions::from_mode(0o700)).unwrap();
        let stranger = Account { uid: 4242, gid: 4242, lesser: true };
        assert_eq!(stranger.barred_at(&inner), Some(top.join("closed")));
        let owner = Account { uid: rustix::process::geteuid().as_raw(), ..stranger };
        assert_eq!(owner.barred_at(&inner), None);
        fs::remove_dir_all(top).unwrap();
    }
}
