//! Fetching PostgreSQL as a binary package where `npm` or `pip` is there: no compiler, no root needed.

use std::fs;
use std::io;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::process::Command;

use super::account::Account;
use super::binaries::{Binaries, probe};
use super::error::EmbeddedError;

/// A package that carries PostgreSQL, fixed at the version tried with this server.
#[derive(Debug, Clone, Copy)]
enum Source {
    /// `@embedded-postgres/<platform>`: the server's programs without `psql` and `pg_dump`.
    Npm,
    /// `pgserver`: all programs, without the contributed extensions.
    Pip,
}

/// Programs fetched before or now; of the major version that wrote the cluster, if there is one.
pub(super) async fn fetch(
    home: &Path,
    account: Account,
    written: Option<u32>,
    progress: fn(&str),
) -> Result<Binaries, EmbeddedError> {
    let fits = |source: &Source| written.is_none_or(|written| written == source.major());
    let fitting = || [Source::Npm, Source::Pip].into_iter().filter(fits);
    let caches = cache_folders(home, account);
    for (source, cache) in fitting().flat_map(|source| caches.iter().map(move |cache| (source, cache))) {
        if let Ok(found) = source.probe(&cache.join(source.folder()), account) {
            return Ok(found);
        }
    }
    let mut tried = Vec::new();
    for source in fitting() {
        let (major, tool) = (source.major(), source.tool());
        let fetched = match source.command() {
            Ok(command) => {
                progress(&format!(
                    "Đang tải PostgreSQL {major} qua {tool} / fetching PostgreSQL {major} through {tool} …"
                ));
                source.install(command, &caches, account).await
            }
            Err(reason) => Err(reason),
        };
        match fetched {
            Ok(found) => return Ok(found),
            Err(reason) => tried.push(format!("{tool}: {reason}")),
        }
    }
    if tried.is_empty() {
        tried.push("no binary package has it".into());
    }
    Err(not_found(written, &tried.join("; ")))
}

fn not_found(written: Option<u32>, tried: &str) -> EmbeddedError {
    let (wanted, debian, homebrew) = match written {
        Some(major) => (
            format!("{major}, which wrote this data,"),
            format!("postgresql-{major}"),
            format!("postgresql@{major}"),
        ),
        None => ("15 or newer".into(), "postgresql".into(), "postgresql@17".into()),
    };
    EmbeddedError::NotFound { wanted, tried: tried.into(), debian, homebrew }
}

/// Where fetched programs are kept, best first; a lesser account must be able to get there.
fn cache_folders(home: &Path, account: Account) -> Vec<PathBuf> {
    if let Some(named) = std::env::var_os("SOQUY_CACHE_DIR").filter(|named| !named.is_empty()) {
        return std::path::absolute(named).into_iter().collect();
    }
    let own = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let own = own.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache")));
    let mut folders = Vec::new();
    folders.extend(own.map(|cache| cache.join("soquy")));
    if account.steps_down() {
        folders.push("/var/cache/soquy".into());
    }
    folders.push(home.join("binaries"));
    folders.retain(|folder| folder.is_absolute() && account.must_reach(folder).is_ok());
    folders
}

impl Source {
    fn tool(self) -> &'static str {
        match self {
            Self::Npm => "npm",
            Self::Pip => "pip",
        }
    }

    fn major(self) -> u32 {
        match self {
            Self::Npm => 18,
            Self::Pip => 16,
        }
    }

    fn version(self) -> &'static str {
        match self {
            Self::Npm => "18.4.0-beta.17",
            Self::Pip => "0.1.4",
        }
    }

    /// Name of its folder in the cache.
    fn folder(self) -> String {
        format!("{}-{}", self.tool(), self.version())
    }

    /// Installs beside the final name and renames, so that a fetch cut short is never taken for whole.
    async fn install(
        self,
        command: Command,
        caches: &[PathBuf],
        account: Account,
    ) -> Result<Binaries, String> {
        let cache = caches.iter().find(|cache| fs::create_dir_all(cache).is_ok());
        let cache = cache.ok_or("no folder to keep it in; name one in SOQUY_CACHE_DIR")?;
        let fetching = cache.join(format!("fetching-{:08x}", rand::random::<u32>()));
        let installed = self.install_into(&fetching, command, account).await.and_then(|()| {
            let place = cache.join(self.folder());
            if self.probe(&place, account).is_err() {
                let _ = fs::remove_dir_all(&place);
            }
            // Loses against another soquy that fetched meanwhile, whose copy then serves.
            let renamed = fs::rename(&fetching, &place).map_err(|error| error.to_string());
            self.probe(&place, account).map_err(|reason| renamed.err().unwrap_or(reason))
        });
        let _ = fs::remove_dir_all(&fetching);
        installed
    }

    async fn install_into(self, folder: &Path, mut command: Command, account: Account) -> Result<(), String> {
        fs::create_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let running = command.current_dir(folder).stdin(Stdio::null()).kill_on_drop(true).output();
        let said = running.await.map_err(|error| error.to_string())?;
        if said.status.success() { self.finish(folder, account) } else { Err(last_words(&said.stderr)) }
    }

    /// The tool with its arguments, installing into its working directory.
    fn command(self) -> Result<Command, String> {
        let package = match self {
            Self::Npm => format!("@embedded-postgres/{}@{}", platform()?, self.version()),
            Self::Pip => format!("pgserver=={}", self.version()),
        };
        let arguments: &[&str] = match self {
            Self::Npm => &[
                "install --prefix . --no-save --no-audit --no-fund --ignore-scripts",
                "--cache npm-cache --loglevel error --fetch-retries 1 --fetch-retry-mintimeout 1000",
            ],
            // Only the programs inside are used: the package need not fit the machine's Python.
            Self::Pip => &[
                "install --target . --no-deps --only-binary :all: --python-version 3.12",
                "--no-cache-dir --quiet --retries 1 --disable-pip-version-check",
            ],
        };
        let mut command = self.program().ok_or("not on the PATH")?;
        command.args(arguments.iter().flat_map(|line| line.split(' '))).arg(package);
        Ok(command)
    }

    /// The tool by whatever name it has here.
    fn program(self) -> Option<Command> {
        match self {
            Self::Npm => on_path("npm").map(Command::new),
            Self::Pip => on_path("pip").or_else(|| on_path("pip3")).map(Command::new).or_else(|| {
                let mut module = Command::new(on_path("python3")?);
                module.args(["-m", "pip"]);
                Some(module)
            }),
        }
    }

    fn finish(self, folder: &Path, account: Account) -> Result<(), String> {
        if let Self::Npm = self {
            let package = folder.join("node_modules/@embedded-postgres").join(platform()?);
            restore_links(&package).map_err(|error| error.to_string())?;
            let _ = fs::remove_dir_all(folder.join("npm-cache"));
        }
        let mode = if account.steps_down() { 0o755 } else { 0o700 };
        fs::set_permissions(folder, fs::Permissions::from_mode(mode)).map_err(|error| error.to_string())
    }

    fn probe(self, installed: &Path, account: Account) -> Result<Binaries, String> {
        let folder = match self {
            Self::Npm => format!("node_modules/@embedded-postgres/{}/native/bin", platform()?),
            Self::Pip => "pgserver/pginstall/bin".into(),
        };
        probe(&installed.join(folder), account)
    }
}

/// This machine in the words of npm.
fn platform() -> Result<&'static str, String> {
    match (std::env::consts::OS, std::env::consts::ARCH) {
        ("linux", "x86_64") => Ok("linux-x64"),
        ("linux", "aarch64") => Ok("linux-arm64"),
        ("macos", "x86_64") => Ok("darwin-x64"),
        ("macos", "aarch64") => Ok("darwin-arm64"),
        (os, arch) => Err(format!("no package for {os} on {arch}")),
    }
}

/// An npm package cannot hold links: its install script makes them, which we do not run. Make them.
fn restore_links(package: &Path) -> io::Result<()> {
    #[derive(serde::Deserialize)]
    struct Link {
        source: PathBuf,
        target: PathBuf,
    }
    let Ok(list) = fs::read(package.join("native/pg-symlinks.json")) else { return Ok(()) };
    for Link { source, target } in serde_json::from_slice::<Vec<Link>>(&list)? {
        let Some(name) = source.file_name() else { continue };
        match symlink(name, package.join(target)) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// The last line of a tool's complaint that says something about the matter.
fn last_words(said: &[u8]) -> String {
    let said = String::from_utf8_lossy(said);
    let telling = |line: &&str| !line.trim().is_empty() && !line.contains("complete log");
    said.lines().rev().find(telling).unwrap_or("it failed without a word").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_links_a_package_could_not_hold_are_made_beside_their_files() {
        let package = std::env::temp_dir().join(format!("soquy-links-{}", std::process::id()));
        fs::create_dir_all(package.join("native/lib")).unwrap();
        fs::write(package.join("native/lib/libpq.so.5.18"), "library").unwrap();
        let list =
            r#"[{"source": "native/lib/libpq.so.5.18", "target": "native/lib/libpq.so.5", "more": 1}]"#;
        fs::write(package.join("native/pg-symlinks.json"), list).unwrap();
        for _ in ["made", "already there"] {
            restore_links(&package).unwrap();
            let link = package.join("native/lib/libpq.so.5");
            assert_eq!(fs::read_link(&link).unwrap(), Path::new("libpq.so.5.18"));
            assert_eq!(fs::read_to_string(&link).unwrap(), "library");
        }
        fs::remove_dir_all(package).unwrap();
    }

    #[test]
    fn a_complaint_is_told_by_its_last_telling_line() {
        let npm = b"npm error code EAI_AGAIN\nnpm error request failed\nnpm error A complete log is in x\n\n";
        assert_eq!(last_words(npm), "npm error request failed");
        assert_eq!(last_words(b""), "it failed without a word");
    }

    #[test]
    fn who_lacks_a_version_is_told_which_package_has_it() {
        let any = not_found(None, "npm: not on the PATH").to_string();
        assert!(any.starts_with("PostgreSQL 15 or newer was not found"), "{any}");
        assert!(any.contains("`apt install postgresql`"), "{any}");
        let written = not_found(Some(16), "").to_string();
        assert!(
            written.contains("`apt install postgresql-16`; macOS: `brew install postgresql@16`"),
            "{written}"
        );
    }
}
