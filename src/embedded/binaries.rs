//! PostgreSQL's programs on this machine.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::account::Account;
use super::error::EmbeddedError;

/// The oldest PostgreSQL whose features the migrations use.
const OLDEST_MAJOR: u32 = 15;

/// Folders of packagers; a `*` stands for any run of characters within one name.
const KNOWN_FOLDERS: [&str; 6] = [
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/home/linuxbrew/.linuxbrew/opt/postgresql@*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
];

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Binaries {
    pub folder: PathBuf,
    pub major: u32,
}

/// Programs for the cluster below `home`: those of SOQUY_PG_BIN, else the newest on this machine, if any.
pub(super) fn find(
    home: &Path,
    account: Account,
    written: Option<u32>,
) -> Result<Option<Binaries>, EmbeddedError> {
    if let Some(folder) = std::env::var_os("SOQUY_PG_BIN").filter(|named| !named.is_empty()) {
        return named(Path::new(&folder), home, account, written).map(Some);
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    Ok(newest(&candidates(&path), account, written))
}

fn named(
    folder: &Path,
    home: &Path,
    account: Account,
    written: Option<u32>,
) -> Result<Binaries, EmbeddedError> {
    let unusable = |reason| EmbeddedError::NamedBinaries { folder: folder.to_owned(), reason };
    let found = probe(folder, account).map_err(unusable)?;
    if found.major < OLDEST_MAJOR {
        return Err(unusable(format!("it holds PostgreSQL {}", found.major)));
    }
    match written {
        Some(written) if written != found.major => {
            Err(EmbeddedError::OtherMajor { folder: home.to_owned(), written, named: found.major })
        }
        _ => Ok(found),
    }
}

fn candidates(path: &OsString) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = std::env::split_paths(path).collect();
    folders.extend(KNOWN_FOLDERS.iter().flat_map(|pattern| matching(pattern)));
    if let Ok(said) = Command::new("pg_config").arg("--bindir").output() {
        folders.push(String::from_utf8_lossy(&said.stdout).trim().into());
    }
    folders
}

fn newest(folders: &[PathBuf], account: Account, written: Option<u32>) -> Option<Binaries> {
    let mut real: Vec<_> = folders.iter().filter_map(|folder| real_folder(folder)).collect();
    real.sort();
    real.dedup();
    let fits = |major: u32| written.map_or(major >= OLDEST_MAJOR, |written| major == written);
    let found = real.iter().filter_map(|folder| probe(folder, account).ok());
    found.filter(|found| fits(found.major)).max_by_key(|found| found.major)
}

/// Checks that a folder holds programs which run under this account, and asks their version.
pub(super) fn probe(folder: &Path, account: Account) -> Result<Binaries, String> {
    let folder = real_folder(folder).ok_or("there is no `postgres` in it")?;
    if !folder.join("initdb").is_file() {
        return Err("there is no `initdb` in it".into());
    }
    let asked = account.command(&folder.join("postgres")).arg("--version").output();
    let said = asked.map_err(|error| format!("`postgres --version` did not run: {error}"))?;
    let version = String::from_utf8_lossy(&said.stdout);
    let digits = |word: &str| word.split(|c: char| !c.is_ascii_digit()).next().and_then(|n| n.parse().ok());
    let major = version.split(' ').nth(2).and_then(digits);
    let major = major.ok_or_else(|| {
        format!("`postgres --version` failed: {}", String::from_utf8_lossy(&said.stderr).trim())
    })?;
    Ok(Binaries { folder, major })
}

/// The folder in which `postgres` really lies: `initdb` looks for its siblings there.
fn real_folder(folder: &Path) -> Option<PathBuf> {
    let real = fs::canonicalize(folder.join("postgres")).ok()?;
    real.is_file().then(|| real.parent().map(Path::to_owned))?
}

/// Existing folders matching a pattern with one `*`, which may not cross a `/`.
fn matching(pattern: &str) -> Vec<PathBuf> {
    let Some((before, after)) = pattern.split_once('*') else { return vec![pattern.into()] };
    let Some((parent, prefix)) = before.rsplit_once('/') else { return Vec::new() };
    let named = fs::read_dir(parent).into_iter().flatten().flatten();
    let fitting = named.filter(|entry| entry.file_name().to_string_lossy().starts_with(prefix));
    fitting.map(|entry| PathBuf::from(format!("{}{after}", entry.path().display()))).collect()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    /// A folder with programs that only know their version.
    fn install(top: &Path, version: &str) -> PathBuf {
        let folder = top.join(version).join("bin");
        fs::create_dir_all(&folder).unwrap();
        for name in ["postgres", "initdb"] {
            let program = folder.join(name);
            fs::write(&program, format!("#!/bin/sh\necho '{name} (PostgreSQL) {version} (Debian)'\n"))
                .unwrap();
            fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        }
        folder
    }

    fn top(name: &str) -> PathBuf {
        let top = std::env::temp_dir().join(format!("soquy-{name}-{}", std::process::id()));
        fs::create_dir_all(&top).unwrap();
        fs::set_permissions(&top, fs::Permissions::from_mode(0o755)).unwrap();
        fs::canonicalize(top).unwrap()
    }

    fn account() -> Account {
        Account::for_cluster(Path::new("/nonexistent")).unwrap()
    }

    #[test]
    fn the_newest_installation_of_15_or_later_is_chosen() {
        let top = top("newest");
        let folders =
            vec![install(&top, "14.9"), install(&top, "16.2"), install(&top, "9.6"), install(&top, "15.18")];
        let of = |written| newest(&folders, account(), written).map(|found| found.major);
        assert_eq!(of(None), Some(16));
        assert_eq!(of(Some(15)), Some(15), "an existing cluster is opened with its own version");
        assert_eq!(of(Some(17)), None);
        assert_eq!(newest(&[top.join("14.9/bin")], account(), None), None);
        fs::remove_dir_all(top).unwrap();
    }

    #[test]
    fn a_link_leads_to_the_folder_of_its_siblings() {
        let top = top("link");
        let real = install(&top, "17beta1");
        fs::create_dir(top.join("links")).unwrap();
        std::os::unix::fs::symlink(real.join("postgres"), top.join("links/postgres")).unwrap();
        assert_eq!(probe(&top.join("links"), account()), Ok(Binaries { folder: real, major: 17 }));
        fs::remove_dir_all(top).unwrap();
    }

    #[test]
    fn named_binaries_win_or_say_why_not() {
        let top = top("named");
        let named = |folder: &Path, written| super::named(folder, Path::new("/data"), account(), written);
        assert_eq!(named(&install(&top, "15.1"), Some(15)).unwrap().major, 15);
        let other = named(&install(&top, "16.0"), Some(15)).unwrap_err().to_string();
        assert!(other.starts_with("the data in /data was written by PostgreSQL 15, but"), "{other}");
        let old = named(&install(&top, "14.2"), None).unwrap_err().to_string();
        assert!(old.contains("it holds PostgreSQL 14"), "{old}");
        let empty = named(&top, None).unwrap_err().to_string();
        assert!(empty.contains("there is no `postgres` in it"), "{empty}");
        fs::remove_dir_all(top).unwrap();
    }

    #[test]
    fn a_pattern_matches_within_one_name() {
        let top = top("pattern");
        let fifteen = install(&top, "15");
        let pattern = format!("{}/1*/bin", top.display());
        assert_eq!(matching(&pattern), [fifteen]);
        assert!(matching("/no/such/place-*/bin").is_empty());
        fs::remove_dir_all(top).unwrap();
    }
}
