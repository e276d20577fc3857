//! Roles of accounts are words of the code: SQL gets them as parameters, from the list or a group of it. A name inside a
//! query would be one more list, and the compiler would not read it.

use soquy::domain::books::account_role::AccountRole;

use crate::nobody_complains;
use crate::source::{SOURCES, Source, words};

/// Names of roles between quotes inside literals.
fn roles_in_sql(source: &Source) -> Vec<String> {
    let is_role = |word: &str| AccountRole::of_name(word).is_some();
    let quoted = source.literals.split('\'').skip(1).step_by(2);
    let names = quoted.filter(|text| text.starts_with('{') || !text.contains(char::is_whitespace));
    let roles = names.flat_map(words).map(|(_, word)| word).filter(|word| is_role(word));
    roles.map(|role| format!("{}: role {role} inside SQL", source.path)).collect()
}

#[test]
fn no_query_names_a_role() {
    nobody_complains(SOURCES.iter().filter(|source| source.in_source()).flat_map(roles_in_sql));
}

#[test]
fn a_planted_role_inside_sql_is_seen() {
    let seen = |code: &str| roles_in_sql(&Source::of("src/herds/store.rs", code)).len();
    assert_eq!(seen(r#"sqlx::query!("select 1 from chart_role where role = 'suspense'")"#), 1);
    assert_eq!(seen("\"role = any ('{capital,\n recovered_capital}')\""), 2);
    assert_eq!(seen(r#"sqlx::query!("select 1 where role = $1", AccountRole::Suspense.name())"#), 0);
    assert_eq!(seen(r#"let suspense = "suspense"; // 'suspense'"#), 0);
}
