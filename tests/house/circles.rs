//! No circle of files: what a file rests on never rests on that file. A `mod.rs` is no exception: it may name its children
//! to others (`pub use child::Thing`), so a child takes what it shares with its siblings from the file that has it.

use std::collections::{BTreeMap, BTreeSet};

use crate::layers::macros;
use crate::nobody_complains;
use crate::source::{SOURCES, Source, words};

/// Files by their module: `src/loans/store/mod.rs` by `loans::store`, `src/lib.rs` by nothing.
type Modules<'a> = BTreeMap<Vec<&'a str>, &'a str>;

/// Which files each file uses.
type Uses<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

fn module_of(path: &str) -> Vec<&str> {
    let inside = path.trim_start_matches("src/").trim_end_matches(".rs");
    let mut names: Vec<_> = inside.split('/').collect();
    if names.last() == Some(&"mod") || names == ["lib"] {
        names.pop();
    }
    names
}

fn is_for_tests(source: &Source) -> bool {
    source.name() == "tests.rs" || source.path.contains("/tests/")
}

/// The code without what only tests are built with.
fn shipped(code: &str) -> String {
    let plain = ["'{'", "'}'", "';'"].iter().fold(code.to_owned(), |code, quoted| code.replace(quoted, ""));
    let mut pieces = plain.split("#[cfg(test)]");
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |kept, piece| kept + after_item(piece))
}

/// What follows the item that a text begins with.
fn after_item(text: &str) -> &str {
    let mut deep = 0_i32;
    let end = text.char_indices().find(|(_, c)| {
        deep += i32::from(*c == '{') - i32::from(*c == '}');
        deep == 0 && matches!(c, '}' | ';')
    });
    end.map_or("", |(at, _)| &text[at + 1..])
}

/// Every path of the code, trees of `use` opened: `a::{b, c::d}` gives `a::b` and `a::c::d`.
fn paths(code: &str) -> Vec<Vec<&str>> {
    let (mut found, mut read_to) = (Vec::new(), 0);
    for (at, word) in words(code) {
        let after_dots = code[..at].trim_end().ends_with("::");
        if at >= read_to && !after_dots && code[at + word.len()..].starts_with("::") {
            let rest = open(&code[at..], &[], &mut found);
            read_to = code.len() - rest.len();
        }
    }
    found
}

/// Reads the path or tree that a text begins with; gives back the rest.
fn open<'a>(text: &'a str, before: &[&'a str], found: &mut Vec<Vec<&'a str>>) -> &'a str {
    let text = text.trim_start();
    if let Some(mut rest) = text.strip_prefix('{') {
        while !rest.trim_start().starts_with('}') && !rest.is_empty() {
            rest = open(rest, before, found);
            rest = rest.split_once([',', '}']).map_or("", |(passed, _)| {
                let past_comma = usize::from(rest[passed.len()..].starts_with(','));
                &rest[passed.len() + past_comma..]
            });
        }
        return rest.trim_start().strip_prefix('}').unwrap_or_default();
    }
    let mut path = before.to_vec();
    let word = words(text).next().filter(|(at, _)| *at == 0).map_or("", |(_, word)| word);
    path.extend((!word.is_empty()).then_some(word));
    let rest = &text[word.len()..];
    match rest.strip_prefix("::") {
        Some(deeper) if !word.is_empty() => open(deeper, &path, found),
        _ => {
            found.push(path);
            rest
        }
    }
}

/// The file that a path written in a module leads to, if it is one of ours.
fn file_of<'a>(
    path: &[&str],
    here: &[&str],
    modules: &Modules<'a>,
    macros: &BTreeMap<&str, &'a Source>,
) -> Option<&'a str> {
    let up = path.iter().take_while(|name| **name == "super").count();
    let (mut module, mut names) = match path {
        ["crate", name, ..] if macros.contains_key(name) => return Some(&macros[name].path),
        ["crate", names @ ..] => (Vec::new(), names),
        ["self", names @ ..] => (here.to_vec(), names),
        _ if up > 0 => (here[..here.len() - up].to_vec(), &path[up..]),
        [child, _, ..] if modules.contains_key(&[here, &[*child]].concat()) => (here.to_vec(), path),
        _ => return None,
    };
    while let [name, deeper @ ..] = names {
        module.push(name);
        if !modules.contains_key(&module) {
            module.pop();
            break;
        }
        names = deeper;
    }
    modules.get(&module).copied()
}

/// Which files of `src/` use which others.
fn uses(sources: &[Source]) -> Uses<'_> {
    let ours: Vec<_> = sources.iter().filter(|s| s.in_source() && !is_for_tests(s)).collect();
    let modules: Modules<'_> = ours.iter().map(|s| (module_of(&s.path), s.path.as_str())).collect();
    let macros = macros(sources);
    let used = ours.iter().map(|source| {
        let (code, here) = (shipped(&source.code), module_of(&source.path));
        let files = paths(&code).into_iter().filter_map(|path| file_of(&path, &here, &modules, &macros));
        (source.path.as_str(), files.filter(|file| *file != source.path).collect())
    });
    used.collect()
}

/// The circles, each told once from where the walk came in.
fn circles(uses: &Uses<'_>) -> Vec<String> {
    let (mut done, mut found) = (BTreeSet::new(), Vec::new());
    for file in uses.keys() {
        walk(file, uses, &mut Vec::new(), &mut done, &mut found);
    }
    found
}

fn walk<'a>(
    file: &'a str,
    uses: &Uses<'a>,
    way: &mut Vec<&'a str>,
    done: &mut BTreeSet<&'a str>,
    found: &mut Vec<String>,
) {
    if let Some(at) = way.iter().position(|passed| *passed == file) {
        found.push(format!("{} → {file}", way[at..].join(" → ")));
    } else if done.insert(file) {
        way.push(file);
        for used in &uses[file] {
            walk(used, uses, way, done, found);
        }
        way.pop();
    }
}

#[test]
fn no_files_use_each_other_in_a_circle() {
    let uses = uses(&SOURCES);
    assert!(uses.values().map(BTreeSet::len).sum::<usize>() > 500, "uses are not read rightly");
    nobody_complains(circles(&uses));
}

#[test]
fn planted_circles_are_seen() {
    let seen = |files: &[(&str, &str)]| {
        let sources: Vec<_> = files.iter().map(|(path, code)| Source::of(path, code)).collect();
        circles(&uses(&sources))
    };
    let below = ("src/a/y.rs", "use crate::a::{b, x::{self, X as Other, Y}, z};");
    assert_eq!(
        seen(&[("src/a/mod.rs", "mod x; mod y;"), ("src/a/x.rs", "fn f() -> super::y::Y { y }"), below]),
        ["src/a/x.rs → src/a/y.rs → src/a/x.rs"]
    );
    assert_eq!(
        seen(&[
            ("src/a/mod.rs", "mod store; fn f() { store::g() }"),
            ("src/a/store.rs", "use super::Thing;")
        ]),
        ["src/a/mod.rs → src/a/store.rs → src/a/mod.rs"]
    );
    assert_eq!(
        seen(&[("src/a/mod.rs", "pub use child::Thing;"), ("src/a/child.rs", "use super::{Helper};")]).len(),
        1,
        "a child that is shown to others uses its parent"
    );
    assert_eq!(
        seen(&[
            ("src/a/case.rs", "use super::store;"),
            ("src/a/store/mod.rs", "use rows::Row;"),
            ("src/a/store/rows.rs", "use super::super::case::Case;"),
        ]),
        ["src/a/case.rs → src/a/store/mod.rs → src/a/store/rows.rs → src/a/case.rs"]
    );
    assert_eq!(
        seen(&[
            ("src/a.rs", "#[macro_export] macro_rules! say { () => { $crate::b::c() } }"),
            ("src/b.rs", "use crate::say;")
        ])
        .len(),
        1,
        "a macro belongs to the file that writes it"
    );
}

#[test]
fn a_straight_line_is_no_circle() {
    let files = [
        ("src/a/mod.rs", "mod values; mod store; pub use values::Thing; fn f() { store::g(';') }"),
        ("src/a/store.rs", "use super::values::{Thing}; fn g() { values::<u8>(); x.store::<u8>() }"),
        (
            "src/a/values.rs",
            "struct Thing; #[cfg(test)] mod tests { use super::super::store; } // super::store::g",
        ),
        ("src/a/tests.rs", "use super::*;"),
        ("src/b/mod.rs", "use crate::{a::{self, store::x}, c}; mod store;"),
        ("src/b/store.rs", "use crate::a::Thing;"),
    ];
    let sources: Vec<_> = files.iter().map(|(path, code)| Source::of(path, code)).collect();
    let uses = uses(&sources);
    assert_eq!(circles(&uses), Vec::<String>::new());
    assert_eq!(uses["src/b/mod.rs"], BTreeSet::from(["src/a/mod.rs", "src/a/store.rs"]));
}
