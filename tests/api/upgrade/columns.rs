//! The hash of a fact does not depend on columns that its table gets later.

use soquy::db::Scope;
use sqlx::{AssertSqlSafe, Executor as _};

use super::findings;
use super::story::Story;
use crate::support::{TestApp, VU_QUY};

/// The tables whose rows are facts, parts of facts, or kept by version. Asked of the catalogue, so that new ones are here too.
const KEPT: &str = "select kind from fact_kinds() union select tab from audited_tables() union values ('line'), ('voucher') order by 1";

/// Kinds of facts that the story does not record. May only shrink.
const UNTOLD: &[&str] = &[];

/// Texts that a reader of rows as PostgreSQL writes them could stumble over.
const FILLING: &str = r#"
    create function fill_later() returns trigger language plpgsql as $$ begin
      new.later := (array['', ' ', ',', ')', '"', '\', '(1,2)', 'null', 'Thôn 1,)'])[1 + floor(random() * 9)];
      return new;
    end $$;
    do $$
    declare
      kept text;
    begin
      for kept in select kind from fact_kinds() union values ('line'), ('voucher') loop
        execute format('create trigger a_fill before insert on %I for each row execute function fill_later()', kept);
      end loop;
      for kept in select tab from audited_tables() loop
        execute format('create trigger a_fill before insert or update on %I for each row execute function fill_later()', kept);
      end loop;
    end $$"#;

async fn kept(app: &TestApp) -> Vec<String> {
    sqlx::query_scalar(KEPT).fetch_all(&app.owner).await.unwrap()
}

async fn untold(app: &TestApp) -> Vec<String> {
    let untold = "select kind from fact_kinds() k where not exists (select from fact_hash f where f.kind = k.kind) order by 1";
    sqlx::query_scalar(untold).fetch_all(&app.owner).await.unwrap()
}

#[tokio::test]
async fn facts_of_every_kind_hold_when_their_tables_get_a_column_and_when_it_is_filled() {
    let nothing = Vec::<String>::new();
    let mut story = Story::begin().await;
    story.next().await;
    assert_eq!(untold(&story.app).await, UNTOLD);
    let tables = kept(&story.app).await;
    for table in &tables {
        let add = format!("alter table {table:?} add column later text");
        story.app.owner.execute(AssertSqlSafe(add)).await.unwrap();
    }
    assert_eq!(findings(&story.app).await, nothing, "columns were added");
    story.next().await;
    assert_eq!(findings(&story.app).await, nothing, "rows came after that, with nothing in them");
    story.app.owner.execute(FILLING).await.unwrap();
    story.next().await;
    assert_eq!(findings(&story.app).await, nothing, "rows came with something in them");
    for table in &tables {
        // What the story made only at its beginning gets a new version.
        let filled = format!(
            "select set_config('soquy.unit_id', '{VU_QUY}', true);
             update {table:?} set later = null where not exists (select from {table:?} where later is not null)"
        );
        story.app.owner.execute(AssertSqlSafe(filled)).await.unwrap();
        let filled = format!("select exists (select from {table:?} where later is not null)");
        let filled: bool =
            sqlx::query_scalar(AssertSqlSafe(filled)).fetch_one(&story.app.owner).await.unwrap();
        assert!(filled, "{table} was not filled");
    }
    assert_eq!(findings(&story.app).await, nothing, "versions came with something in them");
}

#[tokio::test]
async fn a_column_that_old_rows_get_a_value_in_is_refuted_for_every_table() {
    let mut story = Story::begin().await;
    story.next().await;
    for table in kept(&story.app).await {
        let fact = if table == "line" || table == "voucher" { "journal" } else { &table };
        let mut tx = story.app.owner.begin().await.unwrap();
        let unit: i32 = sqlx::query_scalar(
            "select unit_id from fact_hash where kind = $1 union all select unit_id from audit where tab = $1 limit 1",
        )
        .bind(fact)
        .fetch_one(&mut *tx)
        .await
        .unwrap();
        let add = format!("alter table {table:?} add column later text default ''");
        tx.execute(AssertSqlSafe(add)).await.unwrap();
        let scope = Scope { unit, actor: None, action: "test" };
        soquy::db::enter(&mut tx, scope, &story.app.app.clock).await.unwrap();
        let report =
            soquy::verify::verify_unit(&mut tx, unit, &[], &soquy::jobs::Teller::silent()).await.unwrap();
        tx.rollback().await.unwrap();
        let found: Vec<String> = report.proofs.into_iter().flat_map(|proof| proof.findings).collect();
        let changed = |f: &String| f.starts_with(&format!("{fact} ")) && f.ends_with("changed");
        assert!(found.iter().any(changed), "{table}: {found:?}");
    }
}

/// Types whose text is the same whatever the settings that `fact_contents` and the recorders do not fix.
const STEADY: &[&str] = &[
    "_int8",
    "_text",
    "_uuid",
    "bool",
    "bytea",
    "date",
    "int2",
    "int4",
    "int8",
    "jsonb",
    "numeric",
    "text",
    "timestamptz",
    "uuid",
    "xid8",
];

async fn unsteady(app: &TestApp) -> Vec<String> {
    let columns = format!(
        "select a.attrelid::regclass || '.' || a.attname || ' is ' || t.typname
           from ({KEPT}) k join pg_attribute a on a.attrelid = k.kind::regclass and a.attnum > 0 and not a.attisdropped
           join pg_type t on t.oid = a.atttypid
          where t.typname <> all ($1) order by 1"
    );
    sqlx::query_scalar(AssertSqlSafe(columns)).bind(STEADY).fetch_all(&app.owner).await.unwrap()
}

#[tokio::test]
async fn no_fact_holds_a_value_whose_text_depends_on_the_session() {
    let app = TestApp::new().await;
    assert_eq!(unsteady(&app).await, Vec::<String>::new());
    app.owner.execute("alter table meeting add column lasted interval").await.unwrap();
    assert_eq!(unsteady(&app).await, ["meeting.lasted is interval"]);
}
