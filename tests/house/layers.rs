//! Who may use whom: `lib.rs` lists the modules in reading order and each uses only those above; inside a feature
//! `http.rs` → `mod.rs` → `store.rs`; the domain is pure; axum stays at the edge, SQL in the stores, the books in the ledger.

use std::collections::{BTreeMap, BTreeSet};

use crate::nobody_complains;
use crate::source::{SOURCES, Source, words};

/// What the domain never touches: everything that is not a function of its arguments.
const IMPURE: &[&str] = &[
    "sqlx",
    "axum",
    "tokio",
    "tracing",
    "async",
    "Instant",
    "SystemTime",
    "rand",
    "std::fs",
    "std::env",
    "std::net",
];

/// Tables that only the ledger's functions write.
const BOOKS: &[&str] = &[
    "journal",
    "line",
    "balance",
    "period_balance",
    "day_balance",
    "period_journals",
    "voucher",
    "voucher_counter",
    "period_event",
    "seal",
    "unit_counter",
    "fact_hash",
    "audit",
];

/// Where axum may be named: features' `http.rs` and `http/`, and these. The demo is a client of the router,
/// and the worker runs use cases as handlers do.
const EDGE: &[&str] = &[
    "src/http/",
    "src/api.rs",
    "src/problem.rs",
    "src/main.rs",
    "src/server.rs",
    "src/command.rs",
    "src/demo/",
    "src/worker/",
];

/// Where the pool may be named, besides the edge: roles are asked for before there is a transaction.
const POOLS: &[&str] = &["src/access/", "src/db.rs", "src/db/"];

/// Where SQL may stand: features' `store.rs` and `store/`, and these.
const SQL: &[&str] = &["src/ledger/", "src/db.rs", "src/embedded/"];

/// Where the catalogue of the database says which tables are asked: verify reads also those it has never heard of.
const NAMED_BY_CATALOGUE: &[&str] = &["src/verify/store.rs"];

/// The modules of `lib.rs`, in its order.
fn order(lib: &str) -> Vec<&str> {
    let lines = lib.lines().filter_map(|line| line.trim().strip_prefix("pub mod "));
    lines.map(|line| line.trim_end_matches(';')).collect()
}

/// The first names after every `crate::` of the code.
fn uses(code: &str) -> BTreeSet<&str> {
    let after = code.match_indices("crate::").map(|(at, found)| &code[at + found.len()..]);
    let heads = after.flat_map(|rest| match rest.strip_prefix('{') {
        Some(group) => group_heads(group),
        None => words(rest).next().into_iter().map(|(_, word)| word).collect(),
    });
    heads.collect()
}

/// `a, b::{c, d}, e}` → a, b, e
fn group_heads(group: &str) -> Vec<&str> {
    let (mut deep, mut start, mut heads) = (0_i32, 0, Vec::new());
    for (at, c) in group.char_indices() {
        deep += i32::from(c == '{') - i32::from(c == '}');
        if deep < 0 || (deep == 0 && c == ',') {
            heads.extend(words(&group[start..at]).next().map(|(_, word)| word));
            start = at + 1;
        }
        if deep < 0 {
            break;
        }
    }
    heads
}

/// Macros live at the root of the crate but belong to the module that writes them.
pub fn macros(sources: &[Source]) -> BTreeMap<&str, &Source> {
    let exported =
        sources.iter().filter(|source| source.in_source() && source.code.contains("#[macro_export]"));
    let named = exported.flat_map(|source| {
        let after = source.code.split("macro_rules!").skip(1);
        after.filter_map(|rest| words(rest).next()).map(move |(_, name)| (name, source))
    });
    named.collect()
}

fn out_of_order(source: &Source, order: &[&str], macros: &BTreeMap<&str, &str>) -> Vec<String> {
    let rank = |module| order.iter().position(|m| *m == module);
    let Some(own) = rank(source.module()) else { return Vec::new() };
    let used = uses(&source.code).into_iter().map(|name| macros.get(name).copied().unwrap_or(name));
    let below = used.filter(|name| rank(name).is_none_or(|rank| rank > own));
    below
        .map(|name| {
            format!("{}: uses crate::{name}, which lib.rs lists below {}", source.path, source.module())
        })
        .collect()
}

/// The room of a file of the domain: `src/domain/credit/loan/fold.rs` is of `credit`.
fn domain_room(source: &Source) -> Option<&str> {
    source.path.strip_prefix("src/domain/")?.split('/').next().filter(|room| !room.contains('.'))
}

/// Rooms of the domain that a file uses though `domain/mod.rs` lists them below its own.
fn out_of_domain_order(source: &Source, order: &[&str]) -> Vec<String> {
    let Some(own) = domain_room(source) else { return Vec::new() };
    let rank = |room: &str| order.iter().position(|r| *r == room);
    let after = source.code.split("crate::domain::").skip(1);
    let used: BTreeSet<_> = after.filter_map(|rest| words(rest).next()).map(|(_, word)| word).collect();
    used.into_iter()
        .filter(|room| rank(room) > rank(own) || rank(room).is_none())
        .map(|room| format!("{}: uses domain::{room}, which domain/mod.rs lists below {own}", source.path))
        .collect()
}

fn impure(source: &Source) -> Vec<String> {
    if source.module() != "domain" {
        return Vec::new();
    }
    let words: BTreeSet<_> = source.words().map(|(_, word)| word).collect();
    let found = IMPURE
        .iter()
        .filter(|name| words.contains(**name) || name.contains(':') && source.code.contains(**name));
    found.map(|name| format!("{}: `{name}` in the domain", source.path)).collect()
}

/// Whether the file is `layer.rs` or lies in `layer/` of its feature.
fn is_layer(source: &Source, layer: &str) -> bool {
    source.in_source()
        && (source.name() == format!("{layer}.rs") || source.path.contains(&format!("/{layer}/")))
}

fn is_at(source: &Source, places: &[&str]) -> bool {
    places.iter().any(|place| source.path.starts_with(place))
}

/// axum outside the edge, SQL outside the stores, the store behind the handler's back.
fn out_of_layer(source: &Source) -> Vec<String> {
    let (edge, store) =
        (is_layer(source, "http") || is_at(source, EDGE), is_layer(source, "store") || is_at(source, SQL));
    let feature_edge = is_layer(source, "http") && !is_at(source, EDGE);
    let says = |text: &str| source.code.contains(text);
    let asks = ["sqlx::query", "query!(", "query_as!(", "query_scalar!(", "QueryBuilder", "raw_sql"]
        .iter()
        .any(|call| says(call));
    let rules = [
        (!edge && says("axum::"), "axum belongs to http.rs"),
        (!store && asks, "SQL belongs to store.rs"),
        (!edge && !is_at(source, POOLS) && says("PgPool"), "below the edge there are connections, not pools"),
        (
            says("AssertSqlSafe") && !is_at(source, SQL) && !is_at(source, NAMED_BY_CATALOGUE),
            "SQL is written, never put together",
        ),
        (feature_edge && says("store::"), "a handler calls a use case, not the store"),
        (
            feature_edge && calls_the_ledger(&source.code),
            "a handler shows the ledger's values and calls none of its functions",
        ),
        (store && (says("crate::http") || says("super::http")), "a store knows no HTTP"),
        (
            !edge && !store && says("crate::http") && uses_http_beyond_values(&source.code),
            "a use case knows pages and tags, and no more of HTTP",
        ),
    ];
    rules
        .into_iter()
        .filter(|(broken, _)| *broken)
        .map(|(_, why)| format!("{}: {why}", source.path))
        .collect()
}

fn uses_http_beyond_values(code: &str) -> bool {
    let values = ["::page", "::etag"];
    code.match_indices("crate::http")
        .any(|(at, found)| !values.iter().any(|value| code[at + found.len()..].starts_with(value)))
}

/// Whether something of the ledger is named that is no type: `crate::ledger::chart::{Account, open}` is.
fn calls_the_ledger(code: &str) -> bool {
    let named = code.split("crate::ledger").skip(1).filter_map(|rest| rest.split([';', '(']).next());
    named.into_iter().any(|names| {
        let leaf = |at: usize, word: &str| !names[at + word.len()..].starts_with("::");
        words(names).any(|(at, word)| leaf(at, word) && word.starts_with(char::is_lowercase))
    })
}

/// The tables a text of SQL writes.
fn written(literals: &str) -> BTreeSet<&str> {
    let words: Vec<_> = words(literals).map(|(_, word)| word).collect();
    let targets = words.windows(3).filter_map(|three| match *three {
        ["insert", "into", table] | ["delete", "from", table] | ["update", table, "set"] => Some(table),
        ["update", table, alias] if alias.len() == 1 && table != "select" => Some(table),
        _ => None,
    });
    targets.collect()
}

/// Only the ledger writes the books, and every other table has one module that writes it.
fn second_writers(sources: &[Source]) -> Vec<String> {
    let mut writers: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for source in sources.iter().filter(|source| source.in_source()) {
        for table in written(&source.literals) {
            writers.entry(table).or_default().insert(source.module());
        }
    }
    let books = writers
        .iter()
        .filter(|(table, by)| BOOKS.contains(table) && by.iter().any(|module| *module != "ledger"));
    let books =
        books.map(|(table, by)| format!("{table} is written by {by:?}: only the ledger writes the books"));
    let shared = writers.iter().filter(|(table, by)| !BOOKS.contains(table) && by.len() > 1);
    books
        .chain(shared.map(|(table, by)| format!("{table} is written by {by:?}: a table has one writer")))
        .collect()
}

/// Statements take their time from `scope_now()`, which a test can set.
fn asks_the_database_for_the_time(source: &Source) -> Option<String> {
    let asked = ["now()", "current_date", "current_timestamp", "localtime"].into_iter().find(|now| {
        source.literals.match_indices(now).any(|(at, _)| !source.literals[..at].ends_with("scope_"))
    });
    asked
        .filter(|_| source.in_source())
        .map(|now| format!("{}: `{now}` in SQL: scope_now() is the clock", source.path))
}

fn lib() -> &'static Source {
    SOURCES.iter().find(|source| source.path == "src/lib.rs").expect("src/lib.rs")
}

#[test]
fn modules_use_only_those_above_them() {
    let order = order(&lib().code);
    let macros = macros(&SOURCES).into_iter().map(|(name, source)| (name, source.module())).collect();
    assert!(order.len() > 10, "lib.rs is not read rightly");
    nobody_complains(
        SOURCES.iter().filter(|s| s.in_source()).flat_map(|source| out_of_order(source, &order, &macros)),
    );
}

#[test]
fn rooms_of_the_domain_use_only_those_above_them() {
    let rooms = SOURCES.iter().find(|source| source.path == "src/domain/mod.rs").expect("src/domain/mod.rs");
    let order = order(&rooms.code);
    assert!(order.len() >= 5, "domain/mod.rs is not read rightly");
    nobody_complains(SOURCES.iter().flat_map(|source| out_of_domain_order(source, &order)));
}

#[test]
fn a_planted_use_of_a_domain_room_below_is_seen() {
    let order = ["values", "books", "credit"];
    let seen = |path, code: &str| out_of_domain_order(&Source::of(path, code), &order).len();
    assert_eq!(seen("src/domain/books/posting.rs", "use crate::domain::values::money::Money;"), 0);
    assert_eq!(seen("src/domain/books/posting.rs", "use crate::domain::credit::loan::Loan;"), 1);
    assert_eq!(seen("src/domain/books/posting.rs", "crate::domain::herds::fold()"), 1, "a room nobody lists");
    assert_eq!(
        seen("src/loans/mod.rs", "use crate::domain::credit::loan::Loan;"),
        0,
        "features use all rooms"
    );
}

#[test]
fn the_domain_is_pure() {
    nobody_complains(SOURCES.iter().filter(|s| s.in_source()).flat_map(impure));
}

#[test]
fn edge_use_case_and_store_keep_to_their_layer() {
    nobody_complains(SOURCES.iter().filter(|s| s.in_source()).flat_map(out_of_layer));
}

#[test]
fn the_books_and_every_table_have_one_writer() {
    nobody_complains(second_writers(&SOURCES));
}

#[test]
fn no_statement_asks_the_database_what_time_it_is() {
    nobody_complains(SOURCES.iter().filter_map(asks_the_database_for_the_time));
}

#[test]
fn a_planted_use_of_a_module_below_is_seen() {
    let order = ["domain", "ledger", "loans"];
    let macros = BTreeMap::from([("text", "domain")]);
    let seen = |code: &str| out_of_order(&Source::of("src/ledger/mod.rs", code), &order, &macros).len();
    assert_eq!(
        seen("use crate::domain::values::money; use crate::ledger::post; use crate::text; // crate::loans"),
        0
    );
    assert_eq!(seen("use crate::loans::Loan;"), 1);
    assert_eq!(seen("fn f() { crate::loans::g() }"), 1);
    assert_eq!(seen("use crate::{domain::{a, b}, loans};"), 1);
    assert_eq!(seen("use crate::{domain::{loans, b}};"), 0);
    assert_eq!(seen("use crate::unlisted::A;"), 1);
}

#[test]
fn planted_impurity_is_seen() {
    let seen = |path, code: &str| impure(&Source::of(path, code)).len();
    assert_eq!(seen("src/domain/loan.rs", "async fn f() { tracing::info!(\"rand\"); }"), 2);
    assert_eq!(seen("src/domain/loan.rs", "fn net() -> bool { true } // std::env"), 0);
    assert_eq!(seen("src/domain/loan.rs", "use std::fs;"), 1);
    assert_eq!(seen("src/loans/mod.rs", "async fn f() {}"), 0);
}

#[test]
fn planted_steps_out_of_layer_are_seen() {
    let seen = |path, code: &str| out_of_layer(&Source::of(path, code)).len();
    assert_eq!(seen("src/loans/mod.rs", "use axum::Json;"), 1);
    assert_eq!(seen("src/loans/http/sheets.rs", "use axum::Json;"), 0);
    assert_eq!(seen("src/loans/mod.rs", "sqlx::query!(\"select 1\")"), 1);
    assert_eq!(seen("src/loans/store.rs", "sqlx::query!(\"select 1\")"), 0);
    assert_eq!(seen("src/loans/http.rs", "super::store::find(); use crate::ledger::post;"), 2);
    assert_eq!(
        seen("src/loans/http.rs", "use crate::ledger::chart::{Account, Book}; use crate::ledger::Posted;"),
        0
    );
    assert_eq!(seen("src/loans/http.rs", "use crate::ledger::chart::{Account, open};"), 1);
    assert_eq!(seen("src/loans/store.rs", "use crate::http::App; AssertSqlSafe(x)"), 2);
    assert_eq!(seen("src/loans/mod.rs", "use crate::http::page::Page; use crate::http::App;"), 1);
    assert_eq!(seen("src/loans/mod.rs", "fn f(pool: &PgPool) {}"), 1);
}

#[test]
fn planted_second_writers_are_seen() {
    let of = |path, sql: &str| Source::of(path, &format!("query!(\"{sql}\")"));
    let sources = [
        of("src/ledger/mod.rs", "insert into journal (a) values (1)"),
        of("src/loans/store.rs", "update loan set a = 1; select * from journal for update"),
        of("src/herds/store.rs", "insert into herd (a) values (1); delete from seal"),
    ];
    assert_eq!(
        second_writers(&sources),
        [r#"seal is written by {"herds"}: only the ledger writes the books"#]
    );
    let two = [
        of("src/loans/store.rs", "insert into loan values (1)"),
        of("src/herds/store.rs", "update loan l set a = 1"),
    ];
    assert_eq!(second_writers(&two), [r#"loan is written by {"herds", "loans"}: a table has one writer"#]);
}

#[test]
fn a_planted_clock_in_sql_is_seen() {
    let asks =
        |path, sql: &str| asks_the_database_for_the_time(&Source::of(path, &format!("\"{sql}\""))).is_some();
    assert!(asks("src/a/store.rs", "select now()") && asks("src/a/store.rs", "select current_date"));
    assert!(!asks("src/a/store.rs", "select scope_now()") && !asks("tests/api/a.rs", "select now()"));
}
