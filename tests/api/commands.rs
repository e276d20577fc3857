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

/// The program on a database of its own server.
fn on(url: &str, arguments: &[&str]) -> Command {
    let mut command = soquy(Path::new("/dev/null/books"), arguments);
    command.env("DATABASE_URL", url);
    command
}

/// What a command wrote on standard output, and its exit code.
fn told(output: &Output) -> (Option<i32>, String) {
    (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
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

#[test]
fn what_looks_at_books_makes_none() {
    let folder = Folder::new("no-books");
    for arguments in [&["verify"][..], &["close-day"], &["pg"], &["verify", "--demo"]] {
        let (code, why) = said(&soquy(&folder.data(), arguments).output().unwrap());
        let words = format!(
            "chưa có sổ trong {0}: lệnh `soquy serve` hoặc `soquy demo` sẽ tạo · there are no books in {0} yet: `soquy serve` or \
             `soquy demo` makes them",
            folder.data().display()
        );
        assert_eq!((code, why.trim_end()), (Some(2), format!("soquy: {words}").as_str()), "{arguments:?}");
        assert!(!folder.data().exists(), "{arguments:?} made a folder");
    }
}

/// Takes everything that a unit has out of the database, as only a superuser can.
async fn forget_unit(owner: &sqlx::PgPool) {
    let mut tx = owner.begin().await.unwrap();
    tx.execute("set local session_replication_role = replica").await.unwrap();
    let lists = ["unit", "unit_code", "unit_successor"];
    for (table, _) in soquy::verify::tables::TABLES.iter().filter(|(table, _)| !lists.contains(table)) {
        tx.execute(sqlx::AssertSqlSafe(format!("delete from {table} where unit_id = 13141"))).await.unwrap();
    }
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_seal_that_is_given_is_never_skipped() {
    let url = crate::support::database::fresh().await;
    let app = crate::verify::books_on(&url).await;
    let seal: String =
        sqlx::query_scalar("select seal_no || ':' || encode(hash, 'hex') from seal where unit_id = 13141")
            .fetch_one(&app.owner)
            .await
            .unwrap();
    let verify = |arguments: &[&str]| on(&url, &[&["verify"], arguments].concat()).output().unwrap();
    let of = |unit: i32| format!("{unit}:{seal}");
    let missing = |unit: i32| {
        format!(
            "dấu niêm phong đã công bố {seal} không có trong chuỗi của đơn vị {unit} · the published seal {seal} is not in the \
             chain of unit {unit}"
        )
    };
    let (code, lines) = told(&verify(&["--seal", &of(13141)]));
    assert!(code == Some(0) && lines.contains(&format!("  seal 13141:{seal}")), "{code:?} {lines}");

    let mistyped = verify(&["--seal", &of(13141), "--seal", &of(13114)]);
    let (code, lines) = told(&mistyped);
    assert!(
        code == Some(1) && lines.contains(&missing(13114)) && !lines.contains(&missing(13141)),
        "{code:?} {lines}"
    );
    assert!(lines.contains("Đơn vị 13114 · unit 13114: SAI · REFUTED"), "{lines}");

    let (code, why) = said(&verify(&["--unit", "13120", "--seal", &of(13141)]));
    let of_another = format!(
        "soquy: dấu niêm phong {0} là của đơn vị 13141, không phải đơn vị ghi ở --unit: bỏ --unit hoặc bỏ dấu ấy · the seal {0} \
         is of unit 13141, not of the one in --unit: leave out --unit or that seal",
        of(13141)
    );
    assert_eq!((code, why.trim_end()), (Some(2), of_another.as_str()));
    for shapeless in
        ["13141", "13141:1", "13141:1:abc", &format!("13141:{}", &seal[..20]), &format!("x:{seal}")]
    {
        let (code, why) = said(&verify(&["--seal", shapeless]));
        assert!(
            code == Some(2) && why.contains("two numbers and 64 hexadecimal digits"),
            "{shapeless}: {why}"
        );
    }

    forget_unit(&app.owner).await;
    let (code, lines) = told(&verify(&[]));
    assert!(
        code == Some(0) && lines.contains("no unit keeps a book yet"),
        "nothing is left to look at: {lines}"
    );
    let (code, lines) = told(&verify(&["--seal", &of(13141), "--json"]));
    let report: serde_json::Value = serde_json::from_str(&lines).unwrap();
    assert_eq!((code, &report["proved"]), (Some(1), &serde_json::json!(false)));
    assert_eq!(report["units"][0]["proofs"][1]["findings"], serde_json::json!([missing(13141)]));
}

#[tokio::test]
async fn a_reader_that_goes_away_takes_nothing_from_a_proof() {
    let url = crate::support::database::fresh().await;
    let mut verify = on(&url, &["verify"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(verify.stdout.take());
    let (code, why) = said(&verify.wait_with_output().unwrap());
    assert!(code == Some(0) && !why.contains("panicked"), "{code:?} {why}");
}
