//! Sizes and words.

use crate::nobody_complains;
use crate::source::{SOURCES, Source};

const FILE_LINES: usize = 500;
const FUNCTION_LINES: usize = 70;

/// Code that has no place in a commit, and why.
const CODE_WORDS: &[(&str, &str)] = &[
    ("todo!", "finish it"),
    ("unimplemented!", "finish it"),
    ("dbg!", "remove it"),
    ("thread::sleep", "wait for what you wait for"),
    ("time::sleep", "wait for what you wait for"),
    ("#[allow(", "say #[expect(…, reason = …)]"),
    ("Utc::now", "ask Clock"),
    ("Local::now", "ask Clock"),
    ("SystemTime::now", "ask Clock"),
    ("new_v4", "ask Clock for an id"),
];

/// Words that say a thing is not done.
const COMMENT_WORDS: &[&str] = &["TODO", "FIXME", "XXX", "HACK"];

/// Files that may do what others may not.
const EXCEPTIONS: &[(&str, &str)] = &[("src/clock.rs", "Utc::now")];

fn too_long(source: &Source) -> Vec<String> {
    let lines = source.code.lines().count();
    let mut complaints = Vec::new();
    if lines > FILE_LINES {
        complaints.push(format!("{}: {lines} lines, {FILE_LINES} are allowed", source.path));
    }
    for (name, lines) in functions(source) {
        if lines > FUNCTION_LINES {
            complaints
                .push(format!("{}: fn {name} has {lines} lines, {FUNCTION_LINES} are allowed", source.path));
        }
    }
    complaints
}

/// Names of functions with a body, and their lines from `fn` to the closing brace.
fn functions(source: &Source) -> Vec<(&str, usize)> {
    let code = source.code.as_str();
    let words: Vec<_> = source.words().collect();
    let named =
        words.windows(2).filter(|pair| pair[0].1 == "fn" && code[pair[0].0 + 2..pair[1].0].trim().is_empty());
    named
        .filter_map(|pair| {
            Some((pair[1].1, code[pair[0].0..pair[1].0 + body_end(&code[pair[1].0..])?].lines().count()))
        })
        .collect()
}

/// Where the body of a function ends; none when it has none.
fn body_end(code: &str) -> Option<usize> {
    let (mut round, mut curly) = (0_i32, 0_i32);
    for (at, c) in code.char_indices() {
        match c {
            '(' | '[' => round += 1,
            ')' | ']' => round -= 1,
            ';' if round == 0 && curly == 0 => return None,
            '{' => curly += 1,
            '}' if curly == 1 => return Some(at + 1),
            '}' => curly -= 1,
            _ => {}
        }
    }
    None
}

fn forbidden_words(source: &Source) -> Vec<String> {
    let excepted = |word| EXCEPTIONS.contains(&(source.path.as_str(), word));
    let code = CODE_WORDS.iter().filter(|(word, _)| source.code.contains(word) && !excepted(word));
    let code = code.map(|(word, advice)| format!("{}: `{word}`: {advice}", source.path));
    let comments = COMMENT_WORDS.iter().filter(|word| source.comments.contains(*word));
    code.chain(comments.map(|word| format!("{}: `{word}` in a comment: do it, or leave it out", source.path)))
        .collect()
}

/// A file that no `mod` names is not compiled, so nothing would notice it.
fn orphan(source: &Source, all: &[Source]) -> Option<String> {
    let (folder, name) = source.path.rsplit_once('/')?;
    let (folder, name) =
        if name == "mod.rs" { folder.rsplit_once('/')? } else { (folder, name.trim_end_matches(".rs")) };
    let parents = [
        format!("{folder}/mod.rs"),
        format!("{folder}/lib.rs"),
        format!("{folder}/main.rs"),
        format!("{folder}.rs"),
    ];
    let is_root = matches!(name, "main" | "lib") || !folder.contains('/') && !source.in_source();
    let declared = format!("mod {name};");
    let known = all.iter().any(|s| parents.contains(&s.path) && s.code.contains(&declared));
    (!is_root && !known).then(|| format!("{}: no `mod {name};` names it", source.path))
}

#[test]
fn files_and_functions_are_short() {
    nobody_complains(SOURCES.iter().flat_map(too_long));
}

#[test]
fn no_file_says_that_something_is_unfinished_or_asks_what_time_it_is() {
    nobody_complains(SOURCES.iter().flat_map(forbidden_words));
}

#[test]
fn every_file_is_part_of_a_target() {
    nobody_complains(SOURCES.iter().filter_map(|source| orphan(source, &SOURCES)));
}

/// Kinds of refusal that no code makes: the catalogue would promise what never comes.
fn never_made(kinds: &[String], sources: &[Source]) -> Vec<String> {
    let made = |kind: &str| {
        let full = format!("Kind::{kind}");
        let ends = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_');
        let names = |code: &str| code.split(&full).skip(1).any(ends);
        sources.iter().filter(|source| source.in_source()).any(|source| names(&source.code))
    };
    let complain = |kind: &String| format!("src/problem.rs: nothing says Kind::{kind}");
    kinds.iter().filter(|kind| !made(kind)).map(complain).collect()
}

#[test]
fn every_kind_of_refusal_is_made_somewhere() {
    let kinds: Vec<_> = soquy::problem::Kind::ALL.iter().map(|kind| format!("{kind:?}")).collect();
    nobody_complains(never_made(&kinds, &SOURCES));
}

#[test]
fn a_planted_kind_that_nothing_makes_is_seen() {
    let of = |path, text: &str| Source::of(path, text);
    let all = [
        of("src/a.rs", "Kind::Shut.bare(); Kind::OpenDoor"),
        of("src/b.rs", "// Kind::Open"),
        of("tests/c.rs", "Kind::Open"),
    ];
    let kinds = ["Shut", "Open"].map(str::to_owned);
    assert_eq!(never_made(&kinds, &all), ["src/problem.rs: nothing says Kind::Open"]);
}

#[test]
fn planted_length_is_seen() {
    let long = format!("fn g();\nfn f(x: [u8; 2]) {{\n{}}}\nstruct A;", "call({});\n".repeat(69));
    assert_eq!(too_long(&Source::of("src/a.rs", &long)), ["src/a.rs: fn f has 71 lines, 70 are allowed"]);
    assert_eq!(
        too_long(&Source::of("src/a.rs", &"\n".repeat(501))),
        ["src/a.rs: 501 lines, 500 are allowed"]
    );
    assert!(too_long(&Source::of("src/a.rs", &long.replacen("call({});\n", "", 1))).is_empty());
}

#[test]
fn planted_words_are_seen_where_they_stand() {
    let complaints = |path, text: &str| forbidden_words(&Source::of(path, text)).len();
    assert_eq!(complaints("src/a.rs", "tokio::time::sleep(day); // FIXME"), 2);
    assert_eq!(complaints("src/a.rs", "Utc::now()"), 1);
    assert_eq!(complaints("src/clock.rs", "Utc::now()"), 0);
    assert_eq!(complaints("src/a.rs", "let s = \"FIXME todo!()\"; // Utc::now"), 0);
}

#[test]
fn a_planted_orphan_is_seen() {
    let of = |path| Source::of(path, "pub mod a;\nmod b;");
    let all = [
        of("src/lib.rs"),
        of("src/a.rs"),
        of("src/c.rs"),
        of("src/b/mod.rs"),
        of("tests/t.rs"),
        of("tests/api/d.rs"),
    ];
    let orphans: Vec<_> = all.iter().filter_map(|source| orphan(source, &all)).collect();
    assert_eq!(orphans, ["src/c.rs: no `mod c;` names it", "tests/api/d.rs: no `mod d;` names it"]);
}
