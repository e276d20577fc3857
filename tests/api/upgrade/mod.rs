//! Books outlive the release that made them: hashes hold when tables grow, and books of an earlier release are proved
//! after the migrations of this one. `migrations/README.md` says what a migration may do.

mod columns;
mod dump;
pub mod story;

use serde_json::{Map, Value, json};
use soquy::db::{MIGRATIONS, Scope};
use sqlx::SqlSafeStr as _;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use tokio::sync::OnceCell;
use uuid::Uuid;

use dump::{ADVICE, Dump};

use crate::revolving::at;
use crate::support::{Person, TestApp, VU_QUY};

async fn dump() -> &'static Dump {
    static DUMP: OnceCell<Dump> = OnceCell::const_new();
    DUMP.get_or_init(Dump::kept).await
}

/// What `soquy verify` finds in all units.
async fn findings(app: &TestApp) -> Vec<String> {
    let mut found = Vec::new();
    let units = soquy::verify::units(&mut app.owner.acquire().await.unwrap()).await.unwrap();
    assert!(units.contains(&VU_QUY), "{units:?}");
    for unit in units {
        let scope = Scope { unit, actor: None, action: "test" };
        let report = app.app.within(scope, async |conn| {
            soquy::verify::verify_unit(conn, unit, &[], &soquy::jobs::Teller::silent()).await
        });
        found.extend(report.await.unwrap().proofs.into_iter().flat_map(|proof| proof.findings));
    }
    found
}

/// Where the database differs from a fresh one to which the same migrations were applied.
async fn differences(app: &TestApp, migrations: &Migrator) -> Vec<String> {
    let fresh = TestApp::new().await;
    let (mut here, mut fresh) = (app.owner.acquire().await.unwrap(), fresh.owner.acquire().await.unwrap());
    migrations.run(&mut *fresh).await.unwrap();
    let proofs = soquy::verify::release::compare(&mut here, &mut fresh).await.unwrap();
    proofs.into_iter().flat_map(|proof| proof.findings).collect()
}

/// Somebody who is in the books already.
async fn known(app: &TestApp, login: &str) -> Person {
    let user_id: Uuid = sqlx::query_scalar("select user_id from app_user where login = $1")
        .bind(login)
        .fetch_one(&app.owner)
        .await
        .unwrap();
    Person { user_id, token: app.app.keys.issue(user_id, &app.app.clock).unwrap() }
}

/// The items of a page, by one of their fields, with some of the others.
fn chosen(page: &Value, list: &str, key: &str, fields: &[&str]) -> Value {
    let items = page[list].as_array().unwrap_or_else(|| panic!("no {list} in {page}"));
    let of = |item: &Value| {
        fields.iter().map(|field| ((*field).to_owned(), item[*field].clone())).collect::<Map<_, _>>()
    };
    items
        .iter()
        .map(|item| (item[key].as_str().unwrap().to_owned(), json!(of(item))))
        .collect::<Map<_, _>>()
        .into()
}

/// What accounts, loans and supports stand at, by the clock of the application.
async fn figures(app: &TestApp) -> Value {
    let accountant = known(app, "accountant").await;
    let get = async |path: &str| app.get(&accountant, &at(path)).await.expect(200);
    let trial = get(&format!("/trial-balance?from=2025-07-01&to={}", app.app.clock.today())).await;
    json!({
        "trial_balance": chosen(&trial, "accounts", "account", &["closing"]),
        "loans": chosen(&get("/loans").await, "items", "contract_no", &["status", "in_term", "overdue"]),
        "support": chosen(&get("/support").await, "items", "contract", &["status", "recovered", "outstanding"]),
    })
}

/// The books of the dump after migrations that a later release would bring.
async fn upgraded(later: &[&'static str]) -> (TestApp, Migrator) {
    let url = dump().await.restored().await.unwrap_or_else(|why| panic!("{why}"));
    soquy::db::migrate(&url).await.unwrap();
    let mut all: Vec<Migration> = MIGRATIONS.iter().cloned().collect();
    for sql in later {
        let version = all.last().expect("migrations").version + 1;
        all.push(Migration::new(version, "later".into(), MigrationType::Simple, sql.into_sql_str(), false));
    }
    let migrations = Migrator::with_migrations(all);
    let app = TestApp::on(&url).await;
    app.app.clock.move_to(dump().await.day);
    migrations.run(&app.owner).await.unwrap();
    (app, migrations)
}

#[tokio::test]
async fn books_of_an_earlier_release_are_proved_and_say_the_same_after_every_later_migration() {
    let (app, migrations) = upgraded(&[]).await;
    assert_eq!(findings(&app).await, Vec::<String>::new(), "{ADVICE}");
    assert_eq!(differences(&app, &migrations).await, Vec::<String>::new(), "{ADVICE}");
    assert_eq!(figures(&app).await, dump().await.figures, "{ADVICE}");
}

/// What a later migration may do: columns at the end that may be empty, and rules by date.
const GOOD: &str = "
    alter table agreement_event add column witness text;
    alter table line add column cost_centre text;
    alter table household add column electricity_code text;
    update group_rule set valid_to = '2030-01-01' where valid_to is null;
    insert into group_rule values ('2030-01-01', null, 5, 40, true, 'Quy chế mới', false, null);";

#[tokio::test]
async fn a_migration_of_a_later_release_is_applied_and_the_books_go_on() {
    let (app, migrations) = upgraded(&[GOOD]).await;
    assert_eq!(findings(&app).await, Vec::<String>::new());
    assert_eq!(differences(&app, &migrations).await, Vec::<String>::new());
    assert_eq!(figures(&app).await, dump().await.figures);
    let missing = differences(&app, &MIGRATIONS).await;
    assert!(missing.contains(&"column line.cost_centre is not of this release".to_owned()), "{missing:?}");

    let officer = known(&app, "officer").await;
    let agreement = app.get(&officer, &at("/support")).await.expect(200)["items"][0]["agreement_id"].clone();
    let money = json!({"received_on": dump().await.day, "till": "cash", "amount": "500000"});
    let path = at(&format!("/support/{}/repayments", agreement.as_str().unwrap()));
    app.post_once(&officer, "after-the-upgrade", &path, money).await.expect(201);
    assert_eq!(findings(&app).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_migration_that_gives_facts_a_value_they_never_had_is_refuted() {
    let (app, _) =
        upgraded(&["alter table agreement_event add column witness text not null default ''"]).await;
    let found = findings(&app).await;
    assert!(!found.is_empty() && found.iter().all(|f| f.starts_with("agreement_event ")), "{found:?}");
}

#[tokio::test]
async fn books_that_do_not_fit_the_tables_say_how_to_write_them_anew() {
    let kept = dump().await;
    for (there, planted, told) in [
        ("\"effective_on\"", "\"counts_on\"", "line has no counts_on"),
        ("\"class_year\"", "\"household_id\"", "class_decision"),
    ] {
        let (text, figures) = (kept.text.replace(there, planted), kept.figures.clone());
        let other = Dump { text, figures, version: kept.version, day: kept.day };
        let why = other.restored().await.expect_err("rows that do not fit");
        assert!(why.contains(told) && why.contains("UPDATE=1"), "{why}");
    }
}
