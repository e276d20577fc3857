//! The program as somebody runs it: started, stopped, and told what is wrong.

use std::fs;
use std::io::{BufRead, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use sqlx::{Connection as _, Executor as _};

use crate::embedded::{Folder, kill, postmaster};

/// The program with nothing of our own environment that it would take for a setting.
fn soquy(data: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_soquy"));
    for setting in ["DATABASE_URL", "SOQUY_OWNER_DATABASE_URL", "SOQUY_LISTEN", "RUST_LOG"] {
        command.env_remove(setting);
    }
    command
        .env("SOQUY_SECRET", "p7Yq0Zr3mWc9Xv5Tb1Nd8Kf4Hs6Lg2Jaz")
        .env("SOQUY_DATA_DIR", data)
        .args(arguments);
    command
}

fn said(output: &Output) -> (Option<i32>, String) {
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

struct Running {
    process: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
}

impl Running {
    fn start(mut command: Command) -> Self {
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        Self { process, lines }
    }

    fn says(&mut self, what: &str) {
        let said = self.lines.find(|line| line.as_ref().unwrap().contains(what));
        assert!(said.is_some(), "it ended without saying {what}");
    }

    /// Its exit code and what it said on both outputs after all that was read.
    fn ended(mut self) -> (Option<i32>, String) {
        let mut all = String::new();
        self.process.stderr.take().unwrap().read_to_string(&mut all).unwrap();
        self.lines.for_each(|line| all += &(line.unwrap() + "\n"));
        (self.process.wait().unwrap().code(), all)
    }
}

fn cluster(folder: &Folder) -> PathBuf {
    folder.data().join("postgres")
}

#[test]
fn a_server_keeps_its_folder_to_itself_and_ends_with_its_postgresql() {
    let folder = Folder::new("serve");
    let serve = || soquy(&folder.data(), &["serve", "--listen", "127.0.0.1:0"]);
    let mut first = Running::start(serve());
    first.says("Sổ Quỹ: http://");
    let (code, why) = said(&serve().output().unwrap());
    assert!(code == Some(2) && why.contains("is in use by another soquy"), "{code:?} {why}");
    let (code, why) = said(&soquy(&folder.data(), &["demo", "--listen", "127.0.0.1:0"]).output().unwrap());
    assert!(code == Some(2) && why.contains("is in use by another soquy"), "{code:?} {why}");

    let beside = |arguments: &[&str]| said(&soquy(&folder.data(), arguments).output().unwrap());
    let (code, why) = beside(&["user", "add", "quantri", "--name", "Phạm Thị Lan", "--unit", "13144"]);
    assert!(code == Some(2) && why.contains("there is no unit 13144"), "{code:?} {why}");
    for arguments in [&["verify", "--demo"][..], &["close-day", "--demo"], &["pg", "--demo"]] {
        let (code, why) = beside(arguments);
        assert!(code == Some(2) && why.contains("there are no books in"), "{arguments:?} {code:?} {why}");
    }
    let proved = soquy(&folder.data(), &["verify"]).output().unwrap();
    let (code, books) = said(&proved);
    assert!(code == Some(0) && books.contains("books: soquy ("), "{code:?} {books}");
    assert!(String::from_utf8_lossy(&proved.stdout).contains("no unit keeps a book yet"), "{proved:?}");

    kill("-9", postmaster(&cluster(&folder)));
    let (code, why) = first.ended();
    assert!(code == Some(2) && why.contains("the private PostgreSQL ended by itself"), "{code:?} {why}");
}

#[test]
fn a_demo_that_is_interrupted_while_it_loads_stops_cleanly() {
    let folder = Folder::new("demo-interrupted");
    let mut demo = Running::start(soquy(&folder.data(), &["demo", "--listen", "127.0.0.1:0"]));
    let mut told = BufReader::new(demo.process.stderr.take().unwrap());
    let mut line = String::new();
    told.read_line(&mut line).unwrap();
    kill("-INT", demo.process.id());
    demo.process.stderr = Some(told.into_inner());
    let (code, all) = demo.ended();
    assert!(code == Some(0) && all.contains("stopped before the books were ready"), "{code:?} {line} {all}");
    assert!(!fs::exists(cluster(&folder).join("postmaster.pid")).unwrap(), "its PostgreSQL stopped");
}

#[test]
fn a_check_of_the_settings_tries_them() {
    let folder = Folder::new("check");
    let check = |data: &Path, url: Option<&str>| {
        let mut command = soquy(data, &["serve", "--check"]);
        said(&command.envs(url.map(|url| ("DATABASE_URL", url))).output().unwrap())
    };
    let (code, why) = check(&folder.data(), None);
    assert!(code == Some(0) && folder.data().is_dir(), "{code:?} {why}");
    let (code, why) = check(Path::new("/dev/null/books"), None);
    assert!(code == Some(2) && why.contains("another folder with SOQUY_DATA_DIR"), "{code:?} {why}");
    let (code, why) = check(&folder.data(), Some("mysql://lan:trời-xanh@127.0.0.1/books"));
    assert!(
        code == Some(2) && why.contains("DATABASE_URL is not the address of a PostgreSQL"),
        "{code:?} {why}"
    );
    let (code, why) = check(&folder.data(), Some("postgres://lan:mat-khau@127.0.0.1:1/books"));
    assert!(
        code == Some(2) && why.contains("DATABASE_URL: the database books (127.0.0.1:1)"),
        "{code:?} {why}"
    );
    assert_eq!((why.matches("refused").count(), why.matches("mat-khau").count()), (1, 0), "{why}");
}

#[tokio::test]
async fn books_of_another_build_are_refused_with_what_to_do() {
    let url = crate::support::database::fresh().await;
    let mut owner = sqlx::PgConnection::connect(&url).await.unwrap();
    let other = "update _sqlx_migrations set checksum = sha256('another build') where version = 5";
    owner.execute(other).await.unwrap();
    let refused = soquy::db::migrate(&url).await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "another build made these books (migration 5 differs): start that build, or give this one an empty data folder or \
         database"
    );
}
