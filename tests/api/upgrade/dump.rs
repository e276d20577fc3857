//! Books as a file: the rows of every table that migrations did not make, and the version of the schema they stood in.

use std::collections::HashSet;

use chrono::NaiveDate;
use serde_json::{Value, json};
use soquy::db::MIGRATIONS;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, PgPool};

use super::figures;
use super::story::{FIRST_ROUND_ENDS, Story};
use crate::support::{TestApp, database};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/upgrade/books.json");

/// What to do when the file and the tables part ways.
pub const ADVICE: &str = "tests/upgrade/books.json does not fit the migrations. Those that landed never change, so the later migration \
                          is wrong, not the file (migrations/README.md); UPDATE=1 writes the file anew for a release";

/// Rows of one table are read in one way, whatever the settings of the session.
const READING: &str = "set timezone = 'UTC'; set bytea_output = 'hex'";

/// The tables with the columns of their keys, so that a file written again has its rows in the same order.
const TABLES: &str = "select c.relname::text,
       (select string_agg(quote_ident(a.attname), ', ' order by k.n)
          from unnest(i.indkey::smallint[]) with ordinality k(attnum, n)
          join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum)
  from pg_class c join pg_index i on i.indrelid = c.oid and i.indisprimary
 where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname <> '_sqlx_migrations' order by 1";

/// A file of books.
pub struct Dump {
    /// As it stands in the file. PostgreSQL reads the rows from here, so numbers keep their digits.
    pub text: String,
    /// The last migration that the books had seen.
    pub version: i64,
    /// The day on which the file was written, on the clock of the books.
    pub day: NaiveDate,
    /// What the books said then.
    pub figures: Value,
}

impl Dump {
    fn read(text: String) -> Self {
        let file: Value = serde_json::from_str(&text).expect("the dump is JSON");
        let day = file["day"].as_str().and_then(|day| day.parse().ok()).expect("a day");
        Self {
            version: file["version"].as_i64().expect("a version"),
            day,
            figures: file["figures"].clone(),
            text,
        }
    }

    /// The file in the repository, written anew when `UPDATE` is set.
    pub async fn kept() -> Self {
        if std::env::var_os("UPDATE").is_some() {
            let mut story = Story::begin().await;
            story.next().await;
            std::fs::write(FILE, taken(&story.app).await).expect("the dump is written");
        }
        Self::read(std::fs::read_to_string(FILE).expect(ADVICE))
    }

    /// A database as it was on the day of the dump: only the migrations up to its version, and its rows.
    pub async fn restored(&self) -> Result<String, String> {
        let url = database::empty().await;
        let mut owner = PgConnection::connect(&url).await.expect("the owner");
        MIGRATIONS.run_to(self.version, &mut owner).await.expect("the migrations up to the dump");
        self.load(&mut owner).await.map_err(|why| format!("{why}: {ADVICE}"))?;
        owner.close().await.expect("a quiet end");
        Ok(url)
    }

    /// Puts the rows in, past triggers and foreign keys.
    async fn load(&self, owner: &mut PgConnection) -> Result<(), String> {
        let told = |why: sqlx::Error| why.to_string();
        let mut tx = owner.begin().await.map_err(told)?;
        tx.execute("set local session_replication_role = replica").await.map_err(told)?;
        let tables: Vec<String> = sqlx::query_scalar("select jsonb_object_keys($1::text::jsonb -> 'tables')")
            .bind(&self.text)
            .fetch_all(&mut *tx)
            .await
            .map_err(told)?;
        for table in tables {
            let strange: Option<String> = sqlx::query_scalar(
                "select string_agg(distinct k, ', ') from jsonb_array_elements($1::text::jsonb -> 'tables' -> $2) r, jsonb_object_keys(r) k
                  where not exists (select from pg_attribute a where a.attrelid = to_regclass($2) and a.attname = k and a.attnum > 0
                                       and not a.attisdropped)",
            )
            .bind(&self.text)
            .bind(&table)
            .fetch_one(&mut *tx)
            .await
            .map_err(told)?;
            if let Some(strange) = strange {
                return Err(format!("{table} has no {strange}"));
            }
            let insert = format!(
                "insert into {table:?} select * from jsonb_populate_recordset(null::public.{table:?}, $1::text::jsonb -> 'tables' -> $2)"
            );
            let insert = sqlx::query(AssertSqlSafe(insert)).bind(&self.text).bind(&table);
            insert.execute(&mut *tx).await.map_err(|why| format!("{table}: {why}"))?;
        }
        tx.commit().await.map_err(told)
    }
}

/// Every row of a table as one line of JSON, without the columns that hold nothing.
async fn rows(conn: &mut PgConnection, table: &str, key: &str) -> Vec<String> {
    let rows = format!("select without_nulls(to_jsonb(t))::text from {table:?} t order by {key}");
    sqlx::query_scalar(AssertSqlSafe(rows)).fetch_all(conn).await.expect("the rows of a table")
}

/// The books of an application, as text for the file. Rows of reference tables, and others that migrations made, are left out.
async fn taken(app: &TestApp) -> String {
    let fresh = PgPool::connect(&database::fresh().await).await.expect("a fresh database");
    let (mut here, mut fresh) = (app.owner.acquire().await.unwrap(), fresh.acquire().await.unwrap());
    here.execute(READING).await.unwrap();
    fresh.execute(READING).await.unwrap();
    let tables: Vec<(String, String)> = sqlx::query_as(TABLES).fetch_all(&mut *here).await.unwrap();
    let mut filled = Vec::new();
    for (table, key) in tables {
        let made: HashSet<String> = rows(&mut fresh, &table, &key).await.into_iter().collect();
        let own: Vec<String> =
            rows(&mut here, &table, &key).await.into_iter().filter(|row| !made.contains(row)).collect();
        if !own.is_empty() {
            filled.push(format!("{table:?}: [\n{}\n]", own.join(",\n")));
        }
    }
    let version = MIGRATIONS.iter().map(|migration| migration.version).max().expect("migrations");
    let figures = serde_json::to_string_pretty(&figures(app).await).expect("JSON");
    format!(
        "{{\n\"version\": {version},\n\"day\": {},\n\"figures\": {figures},\n\"tables\": {{\n{}\n}}\n}}\n",
        json!(FIRST_ROUND_ENDS),
        filled.join(",\n")
    )
}
