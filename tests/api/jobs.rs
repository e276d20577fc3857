//! Work that takes longer than a request: asked for once, done once however often it is broken off, watched, taken back.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, header};
use serde_json::{Value, json};
use soquy::access::Role;
use soquy::worker;
use sqlx::{Postgres, Transaction};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::files::stored;
use crate::loans::bank::{Bank, POOR};
use crate::revolving::World;
use crate::support::{Person, TestApp, VU_QUY};

const JOBS: &str = "/v1/units/13141/jobs";

const LIST: &str = "Mã hộ,Thôn,Họ và tên chủ hộ,Ngày sinh\nH-01,Thôn 1,Nguyễn Thị An,1980\nH-02,Thôn 1,Trần Văn Bình,1975\n\
                    H-03,Thôn 2,Lê Thị Chi,1990\n";

const REGISTER: &str = "Mã xã;Mã KH;Tên KH;CMND/CCCD;Số khế ước;Ngày vay;Thời hạn vay;Lãi suất;Mức vay;\
    Ngày ĐH theo hợp đồng;Dư nợ trong hạn;Dư nợ quá hạn;Tổng dư nợ;Mã chương trình;Nguồn vốn\n\
    13141;KH1;Nguyễn Thị Sáu;034158001234;KU-1;15/03/2021;;6,6;50.000.000;15/03/2026;50.000.000;0;50.000.000;1;1";

async fn sent(app: &TestApp, who: &Person, file: &'static str) -> Value {
    stored(app, who, "text/csv", file).await.expect(201)["sha256"].clone()
}

async fn count(app: &TestApp, from: &str) -> i64 {
    let question = format!("select count(*) from {from}");
    sqlx::query_scalar(sqlx::AssertSqlSafe(question)).fetch_one(&app.owner).await.unwrap()
}

fn address(job: &Value) -> String {
    format!("{JOBS}/{}", job["job_id"].as_str().unwrap())
}

/// What happened to a job, as its watcher reads it from an event on.
async fn events(app: &TestApp, who: &Person, job: &Value, after: u32) -> Vec<String> {
    let request = Request::get(format!("{}/events", address(job)))
        .header(header::AUTHORIZATION, format!("Bearer {}", who.token))
        .header("last-event-id", after);
    let answer = app.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.headers[header::CONTENT_TYPE], "text/event-stream", "{}", answer.text);
    let line = |event: &str, name: &str| {
        let found = event.lines().find_map(|line| line.strip_prefix(name));
        found.unwrap_or_default().trim().to_owned()
    };
    let blocks = answer.text.split("\n\n").filter(|block| block.contains("id:"));
    blocks.map(|block| format!("{} {}", line(block, "id:"), line(block, "event:"))).collect()
}

/// The commune with a user of every kind that asks for jobs.
async fn commune() -> (World, Person, Person) {
    let world = World::new().await;
    let accountant = world.app.person("bookkeeper", VU_QUY, &[Role::Accountant]).await;
    let auditor = world.app.person("auditor", VU_QUY, &[Role::Auditor]).await;
    (world, accountant, auditor)
}

#[tokio::test]
async fn a_list_is_taken_in_by_a_job_as_by_a_request() {
    let (world, _, auditor) = commune().await;
    let file = sent(&world.app, &world.officer, LIST).await;
    let order = json!({"file": file, "all_or_nothing": false});
    let asked = world.app.post(&world.officer, &format!("{JOBS}/household-imports"), order).await;
    assert_eq!(asked.headers[header::LOCATION].to_str().unwrap(), address(&asked.body));
    let job = asked.expect(202);
    assert_eq!((&job["state"], &job["kind"]), (&json!("waiting"), &json!("household_import")));
    worker::work_off(&world.app.app).await.unwrap();
    let done = world.app.get(&world.officer, &address(&job)).await.expect(200);
    assert_eq!((&done["state"], &done["result"]["counts"]["created"]), (&json!("done"), &json!(3)));
    assert_eq!(done["result"]["verdicts"][2]["household_code"], "H-03");
    assert_eq!(count(&world.app, "household").await, 3);
    assert_eq!(
        events(&world.app, &world.officer, &job, 0).await,
        ["1 asked", "2 begun", "3 progress", "4 progress", "5 done"]
    );
    assert_eq!(events(&world.app, &auditor, &job, 2).await, ["3 progress", "4 progress", "5 done"]);
    let list = world.app.get(&world.officer, JOBS).await.expect(200);
    assert_eq!((&list["items"][0]["job_id"], &list["items"][0]["result"]), (&job["job_id"], &Value::Null));
    world.proved().await;
}

#[tokio::test]
async fn two_who_ask_for_the_same_get_the_same_job() {
    let (world, _, auditor) = commune().await;
    let path = format!("{JOBS}/verifications");
    let other = world.app.person("second-auditor", VU_QUY, &[Role::Auditor]).await;
    let (one, two) = tokio::join!(
        world.app.post(&auditor, &path, json!({})),
        world.app.post(&other, &path, json!({"seals": []}))
    );
    let (one, two) = (one.expect(202), two.expect(202));
    assert_eq!(one["job_id"], two["job_id"]);
    let kept = world.app.post_once(&auditor, "verify-once", &path, json!({})).await.expect(202);
    worker::work_off(&world.app.app).await.unwrap();
    let shown = world.app.get(&auditor, &address(&one)).await.expect(200);
    assert_eq!((&shown["state"], &shown["result"]["proved"]), (&json!("done"), &json!(true)));
    let replayed = world.app.post_once(&auditor, "verify-once", &path, json!({})).await.expect(202);
    assert_eq!(kept, replayed, "the key keeps its answer");
    let next = world.app.post(&auditor, &path, json!({})).await.expect(202);
    assert_ne!(next["job_id"], one["job_id"], "what has ended is asked for anew");
    assert_eq!(count(&world.app, "job").await, 2);
}

/// A trigger that ends the job in the way as soon as a second asker met it, before the asker reads which it is.
const ENDS_WHAT_IS_MET: &str = "
    create function ends_what_is_met() returns trigger language plpgsql security definer as $$
    begin
      if not exists (select from put) then
        update job set state = 'cancelled', ended_at = clock_timestamp() where state = 'waiting';
      end if;
      return null;
    end $$;
    create trigger ends_what_is_met after insert on job referencing new table as put
      for each statement execute function ends_what_is_met();";

#[tokio::test]
async fn who_asks_as_the_same_job_ends_gets_a_new_one() {
    let (world, _, auditor) = commune().await;
    let path = format!("{JOBS}/verifications");
    let first = world.app.post(&auditor, &path, json!({})).await.expect(202);
    sqlx::raw_sql(ENDS_WHAT_IS_MET).execute(&world.app.owner).await.unwrap();
    let second = world.app.post(&auditor, &path, json!({})).await.expect(202);
    assert_ne!(second["job_id"], first["job_id"]);
    assert_eq!(second["state"], "waiting");
    assert_eq!(world.app.get(&auditor, &address(&first)).await.expect(200)["state"], "cancelled");
    assert_eq!(count(&world.app, "job").await, 2);
}

#[tokio::test]
async fn the_most_seals_are_taken_and_a_watcher_of_what_has_ended_is_not_kept() {
    let (world, _, auditor) = commune().await;
    let seals: Vec<String> = (1..=100).map(|n| format!("{n}:{n:064x}")).collect();
    let path = format!("{JOBS}/verifications");
    let job = world.app.post(&auditor, &path, json!({"seals": seals})).await.expect(202);
    let same = world.app.post(&auditor, &path, json!({"seals": seals})).await.expect(202);
    assert_eq!(job["job_id"], same["job_id"]);
    worker::work_off(&world.app.app).await.unwrap();
    let shown = world.app.get(&auditor, &address(&job)).await.expect(200);
    assert_eq!((&shown["state"], &shown["result"]["proved"]), (&json!("done"), &json!(false)));
    let last = u32::try_from(events(&world.app, &auditor, &job, 0).await.len()).unwrap();
    for after in [last, last + 1, 999] {
        let heard = timeout(Duration::from_secs(5), events(&world.app, &auditor, &job, after)).await;
        assert_eq!(heard.expect("it ends at once"), Vec::<String>::new());
    }
    let forged = "update job set result = '{}'";
    let refused = sqlx::query(forged).execute(&world.app.owner).await.unwrap_err();
    assert!(refused.to_string().contains("has ended"), "{refused}");
}

#[tokio::test]
async fn a_list_is_read_by_its_content_whatever_its_first_sender_called_it() {
    let (world, ..) = commune().await;
    let file = stored(&world.app, &world.cashier, "text/plain", LIST).await.expect(201);
    let again = stored(&world.app, &world.officer, "text/csv", LIST).await.expect(201);
    assert_eq!((&file["sha256"], &again["media_type"]), (&again["sha256"], &json!("text/plain")));
    let order = json!({"file": file["sha256"]});
    let job = world.app.post(&world.officer, &format!("{JOBS}/household-imports"), order).await.expect(202);
    worker::work_off(&world.app.app).await.unwrap();
    let done = world.app.get(&world.officer, &address(&job)).await.expect(200);
    assert_eq!(done["result"]["counts"]["created"], 3);
}

#[tokio::test]
async fn a_job_is_refused_at_once_where_its_first_step_would_fail() {
    let (world, accountant, auditor) = commune().await;
    let letter =
        stored(&world.app, &world.officer, "application/pdf", "%PDF-1.7").await.expect(201)["sha256"].clone();
    for (who, kind, order, pointer) in [
        (&world.officer, "household-imports", json!({"file": "0".repeat(64)}), "/file"),
        (&world.officer, "household-imports", json!({"file": "zz"}), "/file"),
        (&world.officer, "household-imports", json!({"file": letter}), "/file"),
        (
            &world.officer,
            "register-imports",
            json!({"file": letter, "lender": "A", "as_of": "2026-03-02"}),
            "/file",
        ),
        (&accountant, "closes-of-day", json!({"upto": "2026-03-03"}), "/upto"),
        (&auditor, "verifications", json!({"seals": vec![format!("1:{}", "0".repeat(64)); 101]}), "/seals"),
        (&auditor, "verifications", json!({"seals": ["13141:1:00"]}), "/seals/0"),
        (&accountant, "statement-exports", json!({"account": "999999", "form": "csv"}), "/account"),
        (&accountant, "statement-exports", json!({"account": "111", "form": "doc"}), "/form"),
        (
            &accountant,
            "statement-exports",
            json!({"account": "111", "form": "csv", "from": "2026-02-01", "to": "2026-02-01"}),
            "/to",
        ),
    ] {
        let refused =
            world.app.post(who, &format!("{JOBS}/{kind}"), order).await.refused(422, "invalid-field");
        assert_eq!(refused["errors"][0]["pointer"], pointer, "{kind}");
    }
    assert_eq!(count(&world.app, "job").await, 0);
}

#[tokio::test]
async fn a_job_shows_itself_to_those_who_may_ask_for_it() {
    let (world, accountant, auditor) = commune().await;
    let file = sent(&world.app, &world.officer, LIST).await;
    let path = format!("{JOBS}/household-imports");
    let job = world.app.post(&world.officer, &path, json!({"file": file})).await.expect(202);
    let cancellation = format!("{}/cancellation", address(&job));
    for path in [address(&job), format!("{}/events", address(&job)), format!("{}/file", address(&job))] {
        world.app.get(&accountant, &path).await.refused(404, "not-found");
    }
    world.app.post(&accountant, &cancellation, json!({})).await.refused(404, "not-found");
    world.app.post(&auditor, &cancellation, json!({})).await.refused(403, "forbidden");
    assert_eq!(world.app.get(&accountant, JOBS).await.expect(200)["items"], json!([]));
    world.app.get(&auditor, &address(&job)).await.expect(200);
    world.app.get(&world.officer, &format!("{}/file", address(&job))).await.refused(409, "wrong-state");
    let elsewhere = world.app.person("elsewhere", 12817, &[Role::Officer]).await;
    let there = address(&job).replace("13141", "12817");
    world.app.get(&elsewhere, &there).await.refused(404, "not-found");
}

#[tokio::test]
async fn who_lost_the_role_since_asking_is_not_obeyed() {
    let (world, ..) = commune().await;
    let file = sent(&world.app, &world.officer, LIST).await;
    let path = format!("{JOBS}/household-imports");
    let job = world.app.post(&world.officer, &path, json!({"file": file})).await.expect(202);
    let another = world.app.person("another", VU_QUY, &[Role::Officer]).await;
    let mut tx = world.app.owner.begin().await.unwrap();
    sqlx::query("select set_config('soquy.unit_id', '13141', true)").execute(&mut *tx).await.unwrap();
    let revoked = "update role_grant set revoked_at = now() where role = 'officer' and user_id = $1";
    sqlx::query(revoked).bind(world.officer.user_id).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    world.app.app.grants.forget(world.officer.user_id);
    worker::work_off(&world.app.app).await.unwrap();
    let shown = world.app.get(&another, &address(&job)).await.expect(200);
    assert_eq!((&shown["state"], &shown["problem"]["en"]["code"]), (&json!("failed"), &json!("forbidden")));
    assert_eq!(count(&world.app, "household").await, 0);
}

#[tokio::test]
async fn a_job_that_waits_is_taken_back_and_done_by_nobody() {
    let (world, ..) = commune().await;
    let file = sent(&world.app, &world.officer, LIST).await;
    let path = format!("{JOBS}/household-imports");
    let job = world.app.post(&world.officer, &path, json!({"file": file})).await.expect(202);
    let cancellation = format!("{}/cancellation", address(&job));
    for _ in 0..2 {
        let cancelled = world.app.post(&world.officer, &cancellation, json!({})).await.expect(200);
        assert_eq!(cancelled["state"], "cancelled");
    }
    worker::work_off(&world.app.app).await.unwrap();
    assert_eq!(count(&world.app, "household").await, 0);
    assert_eq!(events(&world.app, &world.officer, &job, 0).await, ["1 asked", "2 cancelled"]);
    let again = world.app.post(&world.officer, &path, json!({"file": file})).await.expect(202);
    worker::work_off(&world.app.app).await.unwrap();
    assert_eq!(count(&world.app, "household").await, 3);
    let late = format!("{}/cancellation", address(&again));
    world.app.post(&world.officer, &late, json!({})).await.refused(409, "wrong-state");
}

/// Holds up whoever touches a table.
async fn barred<'a>(app: &'a TestApp, table: &str) -> Transaction<'a, Postgres> {
    let mut bar = app.owner.begin().await.unwrap();
    let lock = format!("lock table {table} in access exclusive mode");
    sqlx::query(sqlx::AssertSqlSafe(lock)).execute(&mut *bar).await.unwrap();
    bar
}

/// Waits until a job stands before the bar. The list of locks is the cluster's: other tests wait in it too.
async fn held_up(app: &TestApp, table: &str) {
    let waiting = "select exists (
         select from pg_locks
         where not granted and relation = $1::regclass
           and database = (select oid from pg_database where datname = current_database()))";
    let held_up = async {
        while !sqlx::query_scalar::<_, bool>(waiting).bind(table).fetch_one(&app.owner).await.unwrap() {
            tokio::task::yield_now().await;
        }
    };
    timeout(Duration::from_secs(20), held_up).await.expect("the job comes to the bar");
}

/// Works until a job has ended: the queue may still be in the hands of a worker who is dying.
async fn ended(app: &TestApp, who: &Person, job: &Value) -> Value {
    let ended = async {
        loop {
            worker::work_off(&app.app).await.unwrap_or_default();
            let shown = app.get(who, &address(job)).await.expect(200);
            if shown["ended_at"].is_string() {
                return shown;
            }
        }
    };
    timeout(Duration::from_secs(30), ended).await.expect("the job ends")
}

/// Asks for a job, kills its worker where it first touches a table, and lets another worker go on.
async fn broken_off(app: &TestApp, who: &Person, (kind, order): (&str, Value), table: &str) -> Value {
    let job = app.post(who, &format!("{JOBS}/{kind}"), order).await.expect(202);
    let bar = barred(app, table).await;
    let working = app.app.clone();
    let worker = tokio::spawn(async move { worker::work_off(&working).await });
    held_up(app, table).await;
    worker.abort();
    assert!(worker.await.is_err(), "{kind}: it was killed");
    bar.rollback().await.unwrap();
    let done = ended(app, who, &job).await;
    assert_eq!(done["state"], "done", "{kind}: {done}");
    let happened = events(app, who, &job, 0).await;
    assert!(happened.iter().any(|event| event.ends_with(" resumed")), "{kind}: {happened:?}");
    done
}

#[tokio::test]
async fn an_import_that_is_killed_goes_on_and_doubles_nothing() {
    let (world, ..) = commune().await;
    let file = sent(&world.app, &world.officer, LIST).await;
    let order = ("household-imports", json!({"file": file}));
    let done = broken_off(&world.app, &world.officer, order, "household_member").await;
    assert_eq!(done["result"]["counts"]["created"], 3);
    assert_eq!(count(&world.app, "household").await, 3);
    let file = sent(&world.app, &world.officer, REGISTER).await;
    let order = json!({"file": file, "lender": "NHCSXH", "as_of": "2026-02-28"});
    let done = broken_off(&world.app, &world.officer, ("register-imports", order), "register_loan").await;
    assert_eq!((&done["result"]["stored"], &done["result"]["accepted"]), (&json!(true), &json!(1)));
    assert_eq!([count(&world.app, "loan_register").await, count(&world.app, "register_loan").await], [1, 1]);
    world.proved().await;
}

#[tokio::test]
async fn a_close_of_the_day_that_is_killed_goes_on_and_doubles_nothing() {
    let mut bank = Bank::open().await;
    bank.lent(POOR).await;
    bank.on("2026-04-30");
    let order = ("closes-of-day", json!({"upto": "2026-04-30"}));
    let done = broken_off(&bank.app, &bank.accountant, order, "loan_state").await;
    assert_eq!(
        (&done["result"]["day"], &done["result"]["changed"], &done["result"]["journals"]),
        (&json!("2026-04-30"), &json!(2), &json!(2)),
        "March and April"
    );
    // 59 days of 50,000,000 at 6.6 %: 533,424.66
    assert_eq!(bank.accounts(1, ["9411", "000"]).await[0], 533_425);
    bank.proved().await;
}

#[tokio::test]
async fn proofs_and_files_that_are_killed_are_made_anew() {
    let (world, accountant, auditor) = commune().await;
    let done = broken_off(&world.app, &auditor, ("verifications", json!({})), "seal").await;
    assert_eq!(done["result"]["proved"], true);
    let order = json!({"account": "111", "form": "csv", "from": "2025-07-01"});
    let done = broken_off(&world.app, &accountant, ("statement-exports", order), "line").await;
    assert_eq!(done["result"]["lines"], 2);
    let file = world.app.get(&accountant, &format!("{}/file", address(&done))).await;
    assert_eq!(file.headers[header::CONTENT_TYPE], "text/csv; charset=utf-8");
    let short =
        world.app.get(&accountant, "/v1/units/13141/accounts/111/statement.csv?from=2025-07-01").await;
    assert_eq!((file.status.as_u16(), file.text), (200, short.text), "as the short form makes it");
    assert_eq!(done["file"], "statement-111-2025-07-01-2026-03-02.csv");
}

#[tokio::test]
async fn a_job_that_is_worked_on_stops_and_leaves_nothing_by_halves() {
    let (world, ..) = commune().await;
    let file = sent(&world.app, &world.officer, LIST).await;
    let path = format!("{JOBS}/household-imports");
    let job = world.app.post(&world.officer, &path, json!({"file": file})).await.expect(202);
    let bar = barred(&world.app, "household").await;
    let working = world.app.app.clone();
    let worker = tokio::spawn(async move { worker::work_off(&working).await });
    held_up(&world.app, "household").await;
    let told = world.app.post(&world.officer, &format!("{}/cancellation", address(&job)), json!({})).await;
    let told = told.expect(200);
    assert_eq!((&told["state"], &told["cancel_asked"]), (&json!("running"), &json!(true)));
    bar.rollback().await.unwrap();
    worker.await.unwrap().unwrap();
    let shown = world.app.get(&world.officer, &address(&job)).await.expect(200);
    assert_eq!(shown["state"], "cancelled");
    assert_eq!(count(&world.app, "household").await, 0);
    assert_eq!(
        events(&world.app, &world.officer, &job, 0).await,
        ["1 asked", "2 begun", "3 progress", "4 cancel_asked", "5 cancelled"]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_works_as_soon_as_it_is_asked_and_a_watcher_hears_of_it() {
    let (world, _, auditor) = commune().await;
    let (stop, stopping) = watch::channel(false);
    let worker = tokio::spawn(worker::run(world.app.app.clone(), stopping));
    let job = world.app.post(&auditor, &format!("{JOBS}/verifications"), json!({})).await.expect(202);
    let heard = timeout(Duration::from_secs(20), events(&world.app, &auditor, &job, 0)).await;
    let heard = heard.expect("the last event ends the stream");
    assert_eq!((heard[0].as_str(), heard[1].as_str()), ("1 asked", "2 begun"));
    assert!(heard.last().is_some_and(|last| last.ends_with(" done")), "{heard:?}");
    stop.send_replace(true);
    worker.await.unwrap();
}

#[tokio::test]
async fn a_job_whose_worker_dies_again_and_again_is_given_up() {
    let (world, ..) = commune().await;
    let file = sent(&world.app, &world.officer, LIST).await;
    let path = format!("{JOBS}/household-imports");
    let job = world.app.post(&world.officer, &path, json!({"file": file})).await.expect(202);
    sqlx::query("update job set state = 'running', begun_at = now(), attempts = 5")
        .execute(&world.app.owner)
        .await
        .unwrap();
    worker::work_off(&world.app.app).await.unwrap();
    let shown = world.app.get(&world.officer, &address(&job)).await.expect(200);
    assert_eq!((&shown["state"], &shown["problem"]["vi"]["code"]), (&json!("failed"), &json!("internal")));
    assert_eq!(count(&world.app, "household").await, 0);
}

#[tokio::test]
async fn the_file_of_a_job_is_kept_for_a_week() {
    let (world, accountant, _) = commune().await;
    let path = format!("{JOBS}/statement-exports");
    let order = json!({"account": "111", "form": "pdf"});
    let job = world.app.post(&accountant, &path, order.clone()).await.expect(202);
    worker::work_off(&world.app.app).await.unwrap();
    let file = world.app.get(&accountant, &format!("{}/file", address(&job))).await;
    assert!(file.bytes.starts_with(b"%PDF-"));
    world.app.app.clock.move_to(crate::support::day("2026-03-10"));
    let accountant = world.app.person("later", VU_QUY, &[Role::Accountant]).await;
    world.app.post(&accountant, &path, order).await.expect(202);
    worker::work_off(&world.app.app).await.unwrap();
    world.app.get(&accountant, &format!("{}/file", address(&job))).await.refused(404, "not-found");
    assert_eq!(count(&world.app, "job_file").await, 1);
}
