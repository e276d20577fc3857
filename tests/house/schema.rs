//! What a migration must have: a reason, the unit first in every key, row-level security, named constraints.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest as _, Sha256};

use crate::nobody_complains;
use crate::source::{SOURCES, walk, words};

/// Tables that carry a unit but stand outside row-level security, and why. May only shrink.
const OUTSIDE_UNITS: &[(&str, &str)] = &[
    ("unit", "units are public knowledge"),
    ("unit_code", "units are public knowledge"),
    ("unit_successor", "units are public knowledge"),
    ("app_user", "logging in happens before there is a unit"),
];

/// The last migration of the first release that carries data forward. Later ones keep the text of rows that are there, because
/// hashes were made of it (`migrations/README.md`).
const FROZEN_UP_TO: Option<u32> = Some(58);

/// Every migration that landed, with the SHA-256 of its text: it never changes any more. A new one gets its line when it lands
/// (`cd migrations && sha256sum *.sql > SHA256SUMS`).
const LANDED: &str = include_str!("../../migrations/SHA256SUMS");

/// A `create table`: its name, and its columns and constraints as written.
#[derive(Debug)]
struct Table {
    name: String,
    items: Vec<String>,
}

impl Table {
    fn has_unit(&self) -> bool {
        self.items.iter().any(|item| item.starts_with("unit_id "))
    }

    /// The first column of the primary key.
    fn leading_key(&self) -> Option<&str> {
        let table_key =
            self.items.iter().find_map(|item| item.split_once("primary key (").map(|(_, columns)| columns));
        let column = self.items.iter().find(|item| item.contains("primary key")).map(String::as_str);
        table_key.or(column).and_then(|text| words(text).next()).map(|(_, word)| word)
    }
}

/// SQL without comments.
fn statements(sql: &str) -> String {
    sql.lines().map(|line| line.split("--").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

fn tables(sql: &str) -> Vec<Table> {
    let found = sql.match_indices("create table ").filter_map(|(at, start)| {
        let (name, body) = sql[at + start.len()..].split_once('(')?;
        Some(Table { name: name.trim().to_owned(), items: items(body) })
    });
    found.collect()
}

/// The parts between top-level commas, up to the bracket that closes the table.
fn items(body: &str) -> Vec<String> {
    let (mut deep, mut items) = (0_i32, vec![String::new()]);
    for c in body.chars() {
        deep += i32::from(c == '(') - i32::from(c == ')');
        match c {
            _ if deep < 0 => break,
            ',' if deep == 0 => items.push(String::new()),
            _ => items.last_mut().expect("never empty").push(c),
        }
    }
    items.iter().map(|item| item.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

fn keyed_elsewhere(table: &Table) -> Option<String> {
    let outside = OUTSIDE_UNITS.iter().any(|(name, _)| *name == table.name);
    let wrong = table.has_unit() && table.leading_key() != Some("unit_id") && !outside;
    wrong.then(|| format!("{}: unit_id does not lead its primary key", table.name))
}

fn open_to_other_units(table: &Table, all_sql: &str) -> Option<String> {
    let outside = OUTSIDE_UNITS.iter().any(|(name, _)| *name == table.name);
    let guards = ["make_fact_table", "make_audited_table", "keep_in_unit"];
    let guarded = guards.iter().any(|call| {
        all_sql.match_indices(&format!("call {call}(")).any(|(at, found)| {
            let rest = all_sql[at + found.len()..].trim_start_matches('\'');
            rest.split('\'').next() == Some(table.name.as_str())
        })
    });
    (table.has_unit() && !outside && !guarded)
        .then(|| format!("{}: not under row-level security", table.name))
}

/// A rule over several columns has a name, because the server words refusals by it; and the name begins with the table's.
fn badly_named(table: &Table) -> Vec<String> {
    let complaint = |item: &String| {
        let unnamed = ["check", "unique", "exclude"].iter().any(|start| item.starts_with(start));
        let name =
            item.split_once("constraint ").and_then(|(_, rest)| words(rest).next()).map(|(_, name)| name);
        let foreign = name.filter(|name| !name.starts_with(&format!("{}_", table.name)));
        match (unnamed, foreign) {
            (true, _) => Some(format!("{}: `{item}` has no name", table.name)),
            (_, Some(name)) => Some(format!("{}: constraint {name} is not named after it", table.name)),
            _ => None,
        }
    };
    table.items.iter().filter_map(complaint).collect()
}

/// Indexes are named after their table too.
fn strangely_indexed(sql: &str) -> Vec<String> {
    let named = sql.match_indices(" index ").filter_map(|(at, found)| {
        let (name, rest) = sql[at + found.len()..].split_once(" on ")?;
        let table = words(rest).next()?.1;
        let name = name.trim();
        let ours = sql[..at].ends_with("create") || sql[..at].ends_with("create unique");
        (ours && !name.starts_with(&format!("{table}_")))
            .then(|| format!("index {name} is not named after {table}"))
    });
    named.collect()
}

/// Keywords are written in lower case.
fn shouting(sql: &str) -> Vec<String> {
    const KEYWORDS: &[&str] = &[
        "SELECT",
        "INSERT",
        "UPDATE",
        "DELETE",
        "CREATE",
        "TABLE",
        "FROM",
        "WHERE",
        "NOT",
        "NULL",
        "REFERENCES",
    ];
    let shouted: BTreeSet<_> =
        words(sql).map(|(_, word)| word).filter(|word| KEYWORDS.contains(word)).collect();
    shouted.into_iter().map(|word| format!("{word} in capitals")).collect()
}

/// Conditions that hold where nothing is asked for: `$2::text is null or state = $2`, or `state = coalesce($2, state)`. A
/// plan that is made once cannot use an index for them, so it walks over all rows of the unit.
fn open_conditions(sql: &str) -> Vec<String> {
    let squeezed = sql.split_whitespace().collect::<Vec<_>>().join(" ");
    let parameters = squeezed.match_indices('$').filter_map(|(at, _)| {
        let rest = &squeezed[at + 1..];
        let (number, rest) = rest.split_at(rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len()));
        let cast = rest
            .strip_prefix("::")
            .map(|cast| cast.trim_start_matches(|c: char| c.is_alphanumeric() || "_[]".contains(c)));
        let open = cast.unwrap_or(rest).starts_with(" is null or") || squeezed[..at].ends_with("= coalesce(");
        (!number.is_empty() && open).then(|| {
            format!("${number} is asked for only where it is given: pass a bound that all rows meet")
        })
    });
    parameters.collect()
}

#[test]
fn every_condition_of_a_query_can_use_an_index() {
    let queries =
        SOURCES.iter().filter(|source| source.in_source()).map(|source| (&source.path, &source.literals));
    let complaints = queries.flat_map(|(path, sql)| {
        open_conditions(sql).into_iter().map(move |complaint| format!("{path}: {complaint}"))
    });
    nobody_complains(complaints.collect::<Vec<_>>());
}

#[test]
fn planted_conditions_that_walk_over_everything_are_seen() {
    let complaints = |sql| open_conditions(sql).len();
    assert_eq!(complaints("where unit_id = $1 and ($2::text is null\n or state = $2)"), 1);
    assert_eq!(complaints("where ($1 is null or a = $1) and ($12::text[] is null or b = any ($12))"), 2);
    assert_eq!(complaints("where state = coalesce($2, state)"), 1);
    assert_eq!(
        complaints("where valid_to is null or valid_to > $1; select coalesce($2, 0), $3::text is null"),
        0
    );
}

/// The number at the beginning of a file's name, as written.
fn number(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default().split('_').next().unwrap_or_default()
}

/// Tables whose rows are hashed or kept by version.
fn kept_tables(sql: &str) -> BTreeSet<&str> {
    let calls = ["make_fact_table", "make_audited_table", "keep_versions", "never_changes"];
    let named =
        calls.iter().flat_map(|call| sql.split(&format!("call {call}('")).skip(1).collect::<Vec<_>>());
    named.filter_map(|rest| rest.split('\'').next()).collect()
}

/// Why an action of `alter table` changes the text of rows that were recorded before it.
fn rewriting(action: &str) -> Option<&'static str> {
    let has = |found: &str| format!(" {action} ").contains(&format!(" {found} "));
    let starts = |starts: &[&str]| starts.iter().any(|start| action.starts_with(start));
    let rule = ["constraint", "primary", "unique", "check", "foreign", "exclude"];
    let adds_rule = rule.iter().any(|rule| action.starts_with(&format!("add {rule} ")));
    let filled =
        ["default", "not null", "generated", "primary key", "serial", "bigserial"].into_iter().any(has);
    match action.split(' ').next() {
        Some("add") if !adds_rule && filled => Some("a new column must be empty in old rows"),
        Some("alter") if has("type") => Some("a fact keeps its types"),
        Some("drop") if !starts(&["drop constraint "]) => Some("a fact keeps its columns"),
        Some("rename") if !starts(&["rename constraint "]) => Some("a fact keeps its names"),
        Some("disable") => Some("a guard stays on"),
        _ => None,
    }
}

/// What a later migration does to rows that are hashed. `kept` are their tables.
fn rewritten_facts(sql: &str, kept: &BTreeSet<&str>) -> Vec<String> {
    let mut found = Vec::new();
    for statement in sql.split(';') {
        let plain = statement.split_whitespace().filter(|word| !["only", "if", "exists"].contains(word));
        let plain = plain.collect::<Vec<_>>().join(" ");
        let Some((_, altered)) = plain.split_once("alter table ") else { continue };
        let Some((table, actions)) = altered.split_once(' ') else { continue };
        let table = table.trim_start_matches("public.").trim_matches('"');
        if kept.contains(table) {
            let wrong = items(actions).into_iter().filter_map(|action| Some((rewriting(&action)?, action)));
            found.extend(wrong.map(|(why, action)| format!("alter table {table} {action}: {why}")));
        }
    }
    found
}

/// The migrations that came after the freeze.
fn after(frozen: Option<u32>, migrations: &[(String, String)]) -> impl Iterator<Item = &(String, String)> {
    let later =
        move |path: &str| frozen.is_some_and(|last| number(path).parse().is_ok_and(|own: u32| own > last));
    migrations.iter().filter(move |(path, _)| later(path))
}

fn numbered_twice(paths: &[String]) -> Vec<String> {
    let twice = paths.windows(2).filter(|two| number(&two[0]) == number(&two[1]));
    twice.map(|two| format!("{} and {} have one number", two[0], two[1])).collect()
}

fn migrations() -> Vec<(String, String)> {
    let mut found = Vec::new();
    walk("migrations", ".sql", &mut |path, text| found.push((path.to_owned(), text.to_owned())));
    assert!(found.len() > 5, "the rules look at the wrong folder");
    found
}

#[test]
fn every_migration_begins_with_its_reason_and_has_a_number_of_its_own() {
    let migrations = migrations();
    let silent = migrations.iter().filter(|(_, text)| !text.starts_with("-- "));
    nobody_complains(silent.map(|(path, _)| format!("{path}: no head comment says why it exists")));
    nobody_complains(numbered_twice(&migrations.into_iter().map(|(path, _)| path).collect::<Vec<_>>()));
}

#[test]
fn every_table_of_units_has_the_unit_first_and_is_closed_to_other_units() {
    let sql = statements(&migrations().into_iter().map(|(_, text)| text).collect::<Vec<_>>().join("\n"));
    let tables = tables(&sql);
    assert!(tables.len() > 20, "tables are not read rightly");
    nobody_complains(
        tables.iter().flat_map(|t| keyed_elsewhere(t).into_iter().chain(open_to_other_units(t, &sql))),
    );
}

#[test]
fn constraints_and_indexes_are_named_after_their_table_and_nobody_shouts() {
    for (path, text) in migrations() {
        let sql = statements(&text);
        let complaints = tables(&sql)
            .iter()
            .flat_map(badly_named)
            .chain(strangely_indexed(&sql))
            .chain(shouting(&sql))
            .collect::<Vec<_>>();
        nobody_complains(complaints.into_iter().map(|complaint| format!("{path}: {complaint}")));
    }
}

/// What differs between the migrations and the list of those that landed.
fn changed(landed: &str, migrations: &[(String, String)]) -> Vec<String> {
    let sums: BTreeMap<&str, &str> =
        landed.lines().filter_map(|line| line.split_once("  ")).map(|(sum, name)| (name, sum)).collect();
    let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    let known: BTreeSet<String> = migrations.iter().map(|(path, _)| name(path)).collect();
    let gone = sums
        .keys()
        .filter(|name| !known.contains(**name))
        .map(|name| format!("{name}: it landed and is gone"));
    let differs = |(path, text): &(String, String)| {
        let own = hex(&Sha256::digest(text));
        match sums.get(name(path).as_str()) {
            None => Some(format!("{}: not in SHA256SUMS", name(path))),
            Some(sum) => (*sum != own).then(|| format!("{}: it landed and was changed", name(path))),
        }
    };
    gone.chain(migrations.iter().filter_map(differs)).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |hex, byte| {
        let digit = |half: u8| char::from_digit(half.into(), 16).unwrap_or_default();
        hex + &String::from_iter([digit(byte >> 4), digit(byte & 15)])
    })
}

#[test]
fn a_migration_that_landed_never_changes() {
    nobody_complains(changed(LANDED, &migrations()));
}

#[test]
fn planted_changes_of_landed_migrations_are_seen() {
    let landed = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  0001_a.sql\n00  0002_b.sql\n00  0003_c.sql\n";
    let files = [("0001_a.sql", "abc"), ("0002_b.sql", "abc"), ("0004_d.sql", "")];
    let files = files.map(|(name, text)| (format!("migrations/{name}"), text.to_owned()));
    assert_eq!(
        changed(landed, &files),
        [
            "0003_c.sql: it landed and is gone",
            "0002_b.sql: it landed and was changed",
            "0004_d.sql: not in SHA256SUMS"
        ]
    );
}

#[test]
fn later_migrations_leave_the_text_of_facts_as_it_was() {
    let migrations = migrations();
    let all = statements(&migrations.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join("\n"));
    let kept = kept_tables(&all);
    assert!(kept.contains("line") && kept.len() > 30, "tables of facts are not found: {kept:?}");
    for (path, text) in after(FROZEN_UP_TO, &migrations) {
        let complaints = rewritten_facts(&statements(text), &kept);
        nobody_complains(complaints.into_iter().map(|complaint| format!("{path}: {complaint}")));
    }
}

#[test]
fn planted_changes_of_facts_are_seen() {
    let kept = kept_tables("call make_fact_table('meeting', 'meeting_id'); call never_changes('line');");
    let good = "alter table meeting add column place text check (place <> ''), add constraint meeting_x check (a is not null);
                alter table product add column purpose text not null default ''; alter table line rename constraint a to b;
                alter table meeting add column if not exists rooms integer[], drop constraint meeting_y;";
    assert_eq!(rewritten_facts(good, &kept), Vec::<String>::new());
    let bad = "alter table only meeting add place text default '', add column room numeric(20, 2) not null,
                 add column n integer generated always as (attendees + 1) stored;
               alter table if exists line alter column amount type numeric(20,4), drop subject_id, rename account to code,
                 disable trigger line_stays;";
    let told = [
        "alter table meeting add place text default '': a new column must be empty in old rows",
        "alter table meeting add column room numeric(20, 2) not null: a new column must be empty in old rows",
        "alter table meeting add column n integer generated always as (attendees + 1) stored: a new column must be empty in old rows",
        "alter table line alter column amount type numeric(20,4): a fact keeps its types",
        "alter table line drop subject_id: a fact keeps its columns",
        "alter table line rename account to code: a fact keeps its names",
        "alter table line disable trigger line_stays: a guard stays on",
    ];
    assert_eq!(rewritten_facts(bad, &kept), told);
    let files = ["0052_a.sql", "0053_b.sql"].map(|name| (format!("migrations/{name}"), String::new()));
    let later = |frozen| after(frozen, &files).map(|(path, _)| path.as_str()).collect::<Vec<_>>();
    assert_eq!((later(None), later(Some(52))), (vec![], vec!["migrations/0053_b.sql"]));
}

#[test]
fn planted_tables_are_seen() {
    let sql = statements(
        "create table loan ( -- why (\n loan_id uuid primary key check (a in (1, 2)),\n unit_id integer not null\n);
         create table herd (unit_id integer, herd_id uuid, constraint cow check (a > 0), unique (unit_id, a), primary key (unit_id, herd_id));
         call keep_in_unit('herd');\ncreate index cows on herd (a); SELECT 1;",
    );
    let tables = tables(&sql);
    assert_eq!(
        tables.iter().filter_map(keyed_elsewhere).collect::<Vec<_>>(),
        ["loan: unit_id does not lead its primary key"]
    );
    let open = tables.iter().filter_map(|table| open_to_other_units(table, &sql)).collect::<Vec<_>>();
    assert_eq!(open, ["loan: not under row-level security"]);
    let named = tables.iter().flat_map(badly_named).collect::<Vec<_>>();
    assert_eq!(
        named,
        ["herd: constraint cow is not named after it", "herd: `unique (unit_id, a)` has no name"]
    );
    assert_eq!(strangely_indexed(&sql), ["index cows is not named after herd"]);
    assert_eq!(shouting(&sql), ["SELECT in capitals"]);
    let paths =
        ["migrations/0001_a.sql", "migrations/0001_b.sql", "migrations/0002_c.sql"].map(str::to_owned);
    assert_eq!(numbered_twice(&paths), ["migrations/0001_a.sql and migrations/0001_b.sql have one number"]);
}
