//! The private server: it finds its data again whatever happened, and leaves nothing behind.

use std::fs;
use std::io::{BufRead, BufReader, PipeReader, Read, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use soquy::embedded::{Embedded, EmbeddedError, Options, running, shared_for_tests, shared_in};
use sqlx::{Connection, Executor, PgConnection, Row};

/// A folder of this test alone, reachable by every account, removed at the end.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("soquy-test-{}-{name}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
        Self(fs::canonicalize(folder).unwrap())
    }

    fn options(&self) -> Options {
        Options { data_dir: self.0.join("Sổ Quỹ, \"xã\" & con"), durable: false, progress: |_| {} }
    }

    pub fn data(&self) -> PathBuf {
        self.options().data_dir
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}

async fn connect(url: &str) -> PgConnection {
    PgConnection::connect(url).await.unwrap()
}

async fn write_down(server: &Embedded, number: i32) {
    let mut conn = connect(&server.database("soquy").await.unwrap()).await;
    conn.execute("create table if not exists kept (number int)").await.unwrap();
    sqlx::query("insert into kept values ($1)").bind(number).execute(&mut conn).await.unwrap();
}

async fn written(server: &Embedded) -> Vec<i32> {
    let mut conn = connect(&server.url("soquy")).await;
    let rows = conn.fetch_all("select number from kept order by number").await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

async fn current(server: &Embedded, setting: &str) -> String {
    let shown = sqlx::query_scalar("select current_setting($1)").bind(setting);
    shown.fetch_one(&mut connect(&server.url("postgres")).await).await.unwrap()
}

pub fn postmaster(cluster: &Path) -> u32 {
    fs::read_to_string(cluster.join("postmaster.pid")).unwrap().lines().next().unwrap().parse().unwrap()
}

pub fn kill(signal: &str, process: u32) {
    assert!(Command::new("kill").args([signal, &process.to_string()]).status().unwrap().success());
}

fn parent(process: u32) -> u32 {
    let said = Command::new("ps").args(["-o", "ppid=", "-p", &process.to_string()]).output().unwrap();
    String::from_utf8(said.stdout).unwrap().trim().parse().unwrap()
}

/// This test binary once more, as a process that runs a server until it is killed.
struct Holder {
    process: Child,
    /// Where its server's database `postgres` is.
    url: String,
    /// Ends when the process, its server and the server's guard have ended.
    alive: PipeReader,
}

impl Holder {
    fn start(mode: &str, folder: &Path) -> Self {
        let (alive, held) = std::io::pipe().unwrap();
        rustix::io::fcntl_setfd(&held, rustix::io::FdFlags::empty()).unwrap();
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "embedded::holder", "--ignored", "--nocapture"])
            .env("SOQUY_HOLD", mode)
            .env("SOQUY_HOLD_FOLDER", folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let url = lines.find_map(|line| Some(line.unwrap().split_once("holding ")?.1.to_owned())).unwrap();
        Self { process, url, alive }
    }

    fn kill_9(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Returns when nothing runs any more that the process started.
    fn all_ended(&mut self) {
        self.alive.read_to_end(&mut Vec::new()).unwrap();
    }

    /// The folder of a throw-away server, from its address.
    fn home(&self) -> PathBuf {
        let (_, socket_dir) = self.url.split_once("host=").unwrap();
        Path::new(socket_dir).parent().unwrap().to_owned()
    }
}

#[tokio::test]
#[ignore = "not a test: the process that other tests start and kill"]
async fn holder() {
    let Ok(mode) = std::env::var("SOQUY_HOLD") else { return };
    let folder = PathBuf::from(std::env::var_os("SOQUY_HOLD_FOLDER").unwrap());
    let hold = |url: &str| {
        println!("holding {url}");
        std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
    };
    match &*mode {
        "lasting" => {
            let options = Options { data_dir: folder, durable: false, progress: |_| {} };
            let server = Embedded::start(options).await.unwrap();
            write_down(&server, 1).await;
            hold(&server.url("postgres"));
        }
        "temporary" => hold(&Embedded::temporary(false).await.unwrap().url("postgres")),
        _ => hold(&shared_in(&folder).await.unwrap().url("postgres")),
    }
}

#[tokio::test]
async fn a_second_start_finds_the_data() {
    let folder = Folder::new("second-start");
    let server = Embedded::start(folder.options()).await.unwrap();
    write_down(&server, 7).await;
    server.stop().await.unwrap();
    assert!(!folder.data().join("postgres/postmaster.pid").exists(), "the server stopped cleanly");

    let server = Embedded::start(Options { durable: true, ..folder.options() }).await.unwrap();
    assert_eq!(written(&server).await, [7]);
    for setting in ["fsync", "full_page_writes", "synchronous_commit"] {
        assert_eq!(current(&server, setting).await, "on", "{setting}");
    }
    server.stop().await.unwrap();
}

#[tokio::test]
async fn the_server_runs_as_no_root_behind_a_closed_door() {
    let folder = Folder::new("door");
    let server = Embedded::start(folder.options()).await.unwrap();
    let pid_file = fs::metadata(folder.data().join("postgres/postmaster.pid")).unwrap();
    assert_ne!(pid_file.uid(), 0);
    let socket_dir = fs::metadata(folder.data().join("run")).unwrap();
    assert_eq!((socket_dir.uid(), socket_dir.mode() & 0o777), (pid_file.uid(), 0o700));

    for (setting, value) in [
        ("listen_addresses", ""),
        ("server_encoding", "UTF8"),
        ("data_checksums", "on"),
        ("shared_buffers", "64MB"),
        ("log_error_verbosity", "terse"),
        ("fsync", "off"),
    ] {
        assert_eq!(current(&server, setting).await, value, "{setting}");
    }
    let mut conn = connect(&server.url("postgres")).await;
    let lower = sqlx::query_scalar::<_, String>("select lower('ĐẶNG THỊ Ỷ')");
    assert_eq!(lower.fetch_one(&mut conn).await.unwrap(), "đặng thị ỷ");
    server.stop().await.unwrap();
}

#[tokio::test]
async fn one_process_at_a_time_serves_a_folder_and_kill_9_hands_it_on() {
    let folder = Folder::new("one-at-a-time");
    assert_eq!(running(&folder.data(), "soquy"), None);
    let mut holder = Holder::start("lasting", &folder.data());
    let refused = Embedded::start(folder.options()).await.err().unwrap();
    assert!(
        matches!(&refused, EmbeddedError::Busy { folder: named } if *named == folder.data()),
        "{refused}"
    );

    let mut conn = connect(&running(&folder.data(), "soquy").unwrap()).await;
    let kept = sqlx::query_scalar::<_, i32>("select number from kept").fetch_one(&mut conn).await;
    assert_eq!(kept.unwrap(), 1);
    holder.kill_9();
    let server = Embedded::start(folder.options()).await.unwrap();
    assert_eq!(written(&server).await, [1]);
    server.stop().await.unwrap();
    assert_eq!(running(&folder.data(), "soquy"), None);
}

#[tokio::test]
async fn an_orphan_without_its_guard_is_stopped_and_followed() {
    let folder = Folder::new("orphan");
    let mut holder = Holder::start("lasting", &folder.data());
    let orphan = postmaster(&folder.data().join("postgres"));
    kill("-9", parent(orphan));
    holder.kill_9();
    let server = Embedded::start(folder.options()).await.unwrap();
    assert_ne!(postmaster(&folder.data().join("postgres")), orphan);
    assert_eq!(written(&server).await, [1]);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_leftover_pid_file_naming_a_stranger_harms_nobody() {
    let folder = Folder::new("stranger");
    let server = Embedded::start(folder.options()).await.unwrap();
    write_down(&server, 3).await;
    server.stop().await.unwrap();
    let file = folder.data().join("postgres/postmaster.pid");
    let mut stranger = Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut echo = [0];
    stranger.stdin.as_mut().unwrap().write_all(b"x").unwrap();
    stranger.stdout.as_mut().unwrap().read_exact(&mut echo).unwrap(); // Now it has a command line.
    let number = stranger.id();
    fs::write(&file, format!("{number}\n/elsewhere\n1\n5432\n/elsewhere\n\n1 1\nready   \n")).unwrap();
    let owner = fs::metadata(folder.data().join("postgres")).unwrap();
    std::os::unix::fs::chown(&file, Some(owner.uid()), Some(owner.gid())).unwrap();

    let server = Embedded::start(folder.options()).await.unwrap();
    assert_eq!(written(&server).await, [3]);
    server.stop().await.unwrap();
    assert_eq!(stranger.try_wait().unwrap(), None, "the stranger runs on");
    stranger.kill().unwrap();
    stranger.wait().unwrap();
}

#[tokio::test]
async fn a_first_start_cut_short_leaves_nothing_in_the_way() {
    let folder = Folder::new("cut-short");
    let unfinished = folder.data().join("postgres.new-0badcafe");
    fs::create_dir_all(unfinished.join("base/1")).unwrap();
    fs::write(unfinished.join("PG_VERSION"), "15\n").unwrap();
    let server = Embedded::start(folder.options()).await.unwrap();
    assert!(!unfinished.exists());
    write_down(&server, 2).await;
    assert_eq!(written(&server).await, [2]);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn data_of_a_version_that_cannot_be_had_is_left_alone() {
    let folder = Folder::new("version");
    let version = folder.data().join("postgres/PG_VERSION");
    fs::create_dir_all(version.parent().unwrap()).unwrap();
    fs::write(&version, "99\n").unwrap();
    let refused = Embedded::start(folder.options()).await.err().unwrap();
    // The second where SOQUY_PG_BIN names the programs to test with.
    let expected = matches!(refused, EmbeddedError::NotFound { .. } | EmbeddedError::OtherMajor { .. });
    assert!(expected && refused.to_string().contains("PostgreSQL 99"), "{refused}");
    assert_eq!(fs::read_to_string(version).unwrap(), "99\n");
}

#[tokio::test]
async fn a_server_that_cannot_start_says_what_its_log_says() {
    let folder = Folder::new("broken");
    Embedded::start(folder.options()).await.unwrap().stop().await.unwrap();
    let settings = folder.data().join("postgres/postgresql.conf");
    fs::write(&settings, "no_such_setting = 1\n").unwrap();
    let refused = Embedded::start(folder.options()).await.err().unwrap().to_string();
    assert!(refused.starts_with("postgres ended early."), "{refused}");
    assert!(refused.contains("no_such_setting"), "{refused}");
}

#[tokio::test]
async fn a_data_folder_too_deep_for_a_socket_gets_one_elsewhere() {
    let folder = Folder::new("deep");
    let data_dir = folder.0.join("a-long-name-of-a-folder/".repeat(5));
    let server = Embedded::start(Options { data_dir, ..folder.options() }).await.unwrap();
    let url = server.database("soquy").await.unwrap();
    let socket_dir = PathBuf::from(url.split_once("host=").unwrap().1);
    assert!(socket_dir.join(".s.PGSQL.5432").as_os_str().len() < 104, "{url}");
    connect(&url).await;
    server.stop().await.unwrap();
    assert!(!socket_dir.exists());
}

#[tokio::test]
async fn nothing_remains_of_a_stopped_temporary_server() {
    let server = Embedded::temporary(false).await.unwrap();
    let url = server.url("postgres");
    let home = Path::new(url.split_once("host=").unwrap().1).parent().unwrap().to_owned();
    connect(&url).await;
    assert!(home.join("postgres/postmaster.pid").exists());
    server.stop().await.unwrap();
    assert!(!home.exists());
}

#[tokio::test]
async fn nothing_remains_of_a_temporary_server_whose_process_is_killed() {
    let mut holder = Holder::start("temporary", Path::new("/"));
    let home = holder.home();
    assert!(home.join("postgres/postmaster.pid").exists());
    holder.kill_9();
    holder.all_ended();
    assert!(!home.exists());
}

#[tokio::test]
async fn processes_share_one_test_server_until_the_last_is_killed() {
    let folder = Folder::new("shared");
    let mut first = Holder::start("shared", &folder.0);
    let mut second = Holder::start("shared", &folder.0);
    assert_eq!(first.url, second.url);
    first.kill_9();
    connect(&second.url).await;
    let mut third = Holder::start("shared", &folder.0);
    assert_eq!(third.url, second.url);
    second.kill_9();
    connect(&third.url).await;
    third.kill_9();
    first.all_ended();
    assert!(!first.home().exists());

    let mut next = Holder::start("shared", &folder.0);
    assert_ne!(next.url, first.url);
    connect(&next.url).await;
    next.kill_9();
    next.all_ended();
    assert!(!next.home().exists());
}

#[tokio::test]
async fn all_tests_of_a_process_share_one_server() {
    let first = shared_for_tests().await.unwrap();
    let elsewhere = std::thread::spawn(|| {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(shared_for_tests()).unwrap()
    });
    assert!(std::ptr::eq(first, elsewhere.join().unwrap()));
    connect(&first.url("postgres")).await;
}
