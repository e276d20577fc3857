//! The closed lists of the code are those of the database: what one of them forgot turns a test red.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use soquy::approvals::Command;
use soquy::domain::books::account_role::{AccountRole, SubjectKind};
use soquy::domain::books::journal_kind::{JournalKind, Owner};
use soquy::verify::tables::{Kept, TABLES};
use sqlx::{AssertSqlSafe, Executor as _, PgConnection};

use crate::support::books::{insist, line, post_with, prepared, run};
use crate::support::{TestApp, VU_QUY};

const APP: &str = "soquy_app";

/// Names, and what is said of each.
type List = BTreeMap<String, String>;

/// What the code and the database disagree about.
fn differences(code: &List, database: &List) -> Vec<String> {
    let missing = code.keys().filter(|name| !database.contains_key(*name));
    let mut found: Vec<String> = missing.map(|name| format!("{name} is only in the code")).collect();
    for (name, said) in database {
        match code.get(name) {
            None => found.push(format!("{name} is only in the database")),
            Some(ours) if ours != said => {
                found.push(format!("{name}: {ours} in the code, {said} in the database"))
            }
            Some(_) => {}
        }
    }
    found
}

/// The rows of a question as a list.
async fn list(conn: &mut PgConnection, sql: &'static str) -> List {
    let rows: Vec<(String, String)> = sqlx::query_as(sql).fetch_all(conn).await.unwrap();
    rows.into_iter().collect()
}

/// Compares, then plants a row in the database and takes one out of the code: each must be told.
async fn compared(mut code: List, sql: &'static str, plant: &'static str, told: &str) {
    let app = TestApp::new().await;
    let mut tx = app.owner.begin().await.unwrap();
    assert_eq!(differences(&code, &list(&mut tx, sql).await), [""; 0]);
    tx.execute(AssertSqlSafe(plant)).await.unwrap();
    assert_eq!(differences(&code, &list(&mut tx, sql).await), [told], "{plant}");
    tx.rollback().await.unwrap();
    let (forgotten, _) = code.pop_first().unwrap();
    let mut conn = app.owner.acquire().await.unwrap();
    assert_eq!(
        differences(&code, &list(&mut conn, sql).await),
        [format!("{forgotten} is only in the database")],
        "a value taken out of the code"
    );
}

#[tokio::test]
async fn kinds_of_journals_have_one_owner_and_two_names() {
    let said = |kind: &JournalKind| {
        let title = kind.title();
        (kind.name().to_owned(), format!("{}: {} / {}", kind.owner().name(), title.vi, title.en))
    };
    compared(
        JournalKind::ALL.iter().map(said).collect(),
        "select kind, format('%s: %s / %s', reversed_by, name_vi, name_en) from journal_kind",
        "insert into journal_kind values ('gift_received', 'accountant', 'Nhận ủng hộ', 'Gift received')",
        "gift_received is only in the database",
    )
    .await;
}

#[tokio::test]
async fn sensitive_commands_are_those_that_are_executed() {
    compared(
        Command::ALL.iter().map(|command| (command.name().to_owned(), String::new())).collect(),
        "select command, '' from sensitive_command",
        "insert into sensitive_command values ('pass_on_calf')",
        "pass_on_calf is only in the database",
    )
    .await;
}

#[tokio::test]
async fn account_roles_stand_in_a_chart_and_control_accounts_are_the_same() {
    let control = |role: &AccountRole| {
        let kinds: Vec<_> = role.subjects().iter().map(|kind| kind.name()).collect();
        (role.name().to_owned(), kinds.join(","))
    };
    compared(
        AccountRole::ALL.iter().map(control).collect(),
        "select r.role, coalesce((select string_agg(c.kind, ',' order by c.kind) from control_role c where c.role = r.role), '')
           from (select role from chart_role union select role from control_role) r",
        "insert into chart_role values ('tt24_2024', 'herds', '', '1411')",
        "herds is only in the database",
    )
    .await;
}

#[tokio::test]
async fn accounts_that_are_sums_and_accounts_off_the_balance_sheet_are_the_same() {
    let said = |role: &AccountRole| {
        let held = AccountRole::HELD_FOR_OTHERS.contains(role);
        let facts = format!("sum {}, memorandum {}, held {held}", role.is_sum(), role.is_memorandum());
        (role.name().to_owned(), facts)
    };
    compared(
        AccountRole::ALL.iter().map(said).collect(),
        "select r.role, format('sum %s, memorandum %s, held %s', exists (select from sum_role s where s.role = r.role)::text,
                               bool_or(a.memorandum)::text, exists (select from held_role h where h.role = r.role)::text)
           from chart_role r join chart_account a using (chart_id, code) group by r.role",
        "insert into sum_role values ('suspense')",
        "suspense: sum false, memorandum false, held false in the code, sum true, memorandum false, held false in the database",
    )
    .await;
}

#[tokio::test]
async fn kinds_of_subjects_are_those_of_the_tables_that_name_them() {
    compared(
        SubjectKind::ALL.iter().map(|kind| (kind.name().to_owned(), String::new())).collect(),
        "select kind, '' from subject_kind",
        "create table herd (unit_id integer, herd_id uuid); call names_subjects('herd', 'herd_id')",
        "herd is only in the database",
    )
    .await;
}

/// The values that a check of the database lets into a column.
async fn checked(conn: &mut PgConnection, table: &str, column: &str) -> BTreeSet<String> {
    let values: Vec<String> = sqlx::query_scalar(
        "select m[1] from pg_constraint c
           join pg_attribute a on a.attrelid = c.conrelid and c.conkey = array[a.attnum],
                regexp_matches(pg_get_constraintdef(c.oid), '''([a-z0-9_]+)''', 'g') m
          where c.contype = 'c' and c.conrelid = $1::text::regclass and a.attname = $2",
    )
    .bind(table)
    .bind(column)
    .fetch_all(conn)
    .await
    .unwrap();
    values.into_iter().collect()
}

#[tokio::test]
async fn closed_lists_of_the_document_are_those_that_the_tables_check() {
    let app = TestApp::new().await;
    let mut conn = app.owner.acquire().await.unwrap();
    let document = serde_json::to_value(soquy::api::document()).unwrap();
    for (schema, table, column) in [
        ("AccountClass", "account", "class"),
        ("NormalSide", "account", "side"),
        ("ApprovalState", "approval", "state"),
        ("SupportEventKind", "agreement_event", "kind"),
        ("LoanEventKind", "loan_event", "kind"),
        ("DebtClassCode", "debt_class", "debt_class"),
        ("DayCountRule", "programme_rule", "day_count"),
        ("AmountUnit", "loan_register", "amount_unit"),
    ] {
        let listed = document["components"]["schemas"][schema]["enum"].as_array().unwrap();
        let listed: BTreeSet<_> = listed.iter().map(|value| value.as_str().unwrap().to_owned()).collect();
        assert_eq!(listed, checked(&mut conn, table, column).await, "{schema}");
    }
    for (schema, property, list) in [
        ("Account", "class", "AccountClass"),
        ("Account", "side", "NormalSide"),
        ("Approval", "state", "ApprovalState"),
        ("Happened", "kind", "SupportEventKind"),
        ("LoanHappened", "kind", "LoanEventKind"),
        ("ClassOfDebt", "debt_class", "DebtClassCode"),
        ("ProvisionRate", "debt_class", "DebtClassCode"),
        ("Rule", "day_count", "DayCountRule"),
        ("Register", "counted_in", "AmountUnit"),
        ("Figure", "unit", "FigureUnit"),
        ("ListedLoan", "status", "LoanStatus"),
        ("SupportRequest", "class", "Class"),
    ] {
        let to = document["components"]["schemas"][schema]["properties"][property]["$ref"].clone();
        assert_eq!(to, format!("#/components/schemas/{list}"), "{schema}.{property}");
    }
}

#[tokio::test]
async fn every_table_of_units_is_proved_by_something() {
    let said = |kept: &Kept| match kept {
        Kept::Fact => "fact",
        Kept::Audited => "audited",
        Kept::Otherwise(_) => "otherwise",
    };
    compared(
        TABLES.iter().map(|(name, kept)| ((*name).to_owned(), said(kept).to_owned())).collect(),
        "select c.relname::text, case when c.relname in (select kind from fact_kinds()) then 'fact'
                                      when c.relname in (select tab from audited_tables()) then 'audited' else 'otherwise' end
           from pg_class c join pg_attribute a on a.attrelid = c.oid
          where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attname = 'unit_id' and not a.attisdropped",
        "create table herd (unit_id integer, herd_id uuid)",
        "herd is only in the database",
    )
    .await;
    let mut names: Vec<_> = TABLES.iter().map(|(name, _)| *name).collect();
    names.dedup();
    assert!(names.len() == TABLES.len() && names.is_sorted(), "a table twice, or out of order");
}

#[tokio::test]
async fn a_journal_of_no_kind_and_a_command_that_nothing_executes_are_refused() {
    let app = prepared().await;
    let lines = [line("cash", 1, "10"), line("capital", 1, "-10")];
    let of = |kind: &str| post_with(&json!({"kind": kind}), "2026-03-02", &lines);
    insist(
        "unknown kind",
        run(&app, APP, &of("gift_received")).await,
        "SQ432",
        "no kind of journal gift_received",
    );
    run(&app, APP, &of("capital_received")).await.expect("control: a known one");
    let maker = app.person("maker", VU_QUY, &[]).await.user_id;
    let ask = |command: &str| {
        format!(
            "insert into approval (unit_id, approval_id, command, body, summary_vi, summary_en, made_by)
             values (13141, new_id(), '{command}', '{{}}', '', '', '{maker}')"
        )
    };
    insist("unknown command", run(&app, APP, &ask("pass_on_calf")).await, "23503", "approval_command_fkey");
    run(&app, APP, &ask("post_journal")).await.expect("control: a known one");
    for table in [
        "journal_kind",
        "sensitive_command",
        "chart_role",
        "subject_kind",
        "control_role",
        "sum_role",
        "held_role",
        "subject",
    ] {
        let denied = format!("permission denied for table {table}");
        insist(table, run(&app, APP, &format!("delete from {table}")).await, "42501", &denied);
    }
}

#[tokio::test]
async fn a_journal_is_reversed_on_behalf_of_its_owner_only() {
    let app = prepared().await;
    for (place, kind) in JournalKind::ALL.iter().filter(|kind| **kind != JournalKind::Reversal).enumerate() {
        let lines = [line("cash", 1, "10"), line("capital", 1, "-10")];
        run(&app, APP, &post_with(&json!({"kind": kind}), "2026-03-02", &lines)).await.unwrap();
        let reverse = |owner: &Owner| {
            format!(
                "select ledger_reverse(13141, {}, new_id(), '2026-03-02', 'sai', '{}'); select 1 / 0",
                place + 1,
                owner.name()
            )
        };
        for owner in Owner::ALL {
            let (what, answer) = (format!("{kind:?} by {owner:?}"), run(&app, APP, &reverse(owner)).await);
            if *owner == kind.owner() && *owner != Owner::Nobody {
                insist(&what, answer, "22012", "division by zero");
            } else {
                insist(&what, answer, "SQ433", &format!("of kind {} is not reversed by", kind.name()));
            }
        }
    }
    let unnamed = "select ledger_reverse(13141, 1, new_id(), '2026-03-02', 'sai', null)";
    insist("on behalf of no one", run(&app, APP, unnamed).await, "SQ433", "is not reversed by");
}
