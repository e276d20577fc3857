//! One database a test, copied from a template that is migrated once per content of `migrations/`.

use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{Connection as _, Executor as _, PgConnection};
use tokio::sync::OnceCell;

/// The URL of a database on the server that all tests share.
async fn on_server(name: &str) -> String {
    soquy::embedded::shared_for_tests().await.expect("a PostgreSQL for the tests").url(name)
}

/// A number that changes with any migration.
fn fingerprint() -> String {
    let sums = soquy::db::MIGRATIONS.iter().flat_map(|m| m.checksum.iter().copied());
    let folded = sums.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{folded:016x}")
}

/// The migrated template, made once by whichever process comes first.
async fn template() -> &'static str {
    static TEMPLATE: OnceCell<String> = OnceCell::const_new();
    TEMPLATE
        .get_or_init(async || {
            let name = format!("soquy_template_{}", fingerprint());
            let mut root =
                PgConnection::connect(&on_server("postgres").await).await.expect("the test server");
            root.execute("select pg_advisory_lock(7317)").await.unwrap();
            let exists: bool = sqlx::query_scalar(
                "select exists (select from pg_database where datname = $1 and datistemplate)",
            )
            .bind(&name)
            .fetch_one(&mut root)
            .await
            .unwrap();
            if !exists {
                root.execute(sqlx::AssertSqlSafe(format!("drop database if exists {name}"))).await.unwrap();
                root.execute(sqlx::AssertSqlSafe(format!("create database {name}"))).await.unwrap();
                soquy::db::migrate(&on_server(&name).await).await.expect("migrations run");
                root.execute(sqlx::AssertSqlSafe(format!("alter database {name} is_template true")))
                    .await
                    .unwrap();
            }
            root.close().await.unwrap();
            name
        })
        .await
}

/// The URL of a new database with this release's schema and seed.
pub async fn fresh() -> String {
    copy_of(template().await).await
}

/// The URL of a new database without any table.
pub async fn empty() -> String {
    copy_of("template0").await
}

async fn copy_of(template: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let name = format!("soquy_test_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let mut root = PgConnection::connect(&on_server("postgres").await).await.expect("the test server");
    root.execute(sqlx::AssertSqlSafe(format!("drop database if exists {name} with (force)"))).await.unwrap();
    root.execute(sqlx::AssertSqlSafe(format!("create database {name} template {template}")))
        .await
        .expect("a copy of the template");
    root.close().await.unwrap();
    on_server(&name).await
}
