//! Ids are types: of two bare `Uuid`s side by side one can be given for the other, and nothing would notice.

use crate::nobody_complains;
use crate::source::{SOURCES, Source, words};

/// Names of functions and their parameters.
fn signatures(code: &str) -> Vec<(&str, &str)> {
    let all: Vec<_> = words(code).collect();
    let named =
        all.windows(2).filter(|pair| pair[0].1 == "fn" && code[pair[0].0 + 2..pair[1].0].trim().is_empty());
    named.filter_map(|pair| Some((pair[1].1, parameters(&code[pair[1].0..])?))).collect()
}

/// The first round brackets that do not belong to a generic parameter.
fn parameters(code: &str) -> Option<&str> {
    let (mut pointed, mut round, mut from) = (0_i32, 0_i32, 0);
    for (at, c) in code.char_indices() {
        match c {
            '<' if round == 0 => pointed += 1,
            '>' if round == 0 && !code[..at].ends_with('-') => pointed -= 1,
            '(' if pointed == 0 => {
                from = if round == 0 { at + 1 } else { from };
                round += 1;
            }
            ')' if pointed == 0 && round == 1 => return Some(&code[from..at]),
            ')' if pointed == 0 => round -= 1,
            _ => {}
        }
    }
    None
}

/// What holds each bare `Uuid` among parameters: nothing, a slice, `Vec`, a map. What a closure gives back is not taken.
fn holders(parameters: &str) -> Vec<&str> {
    let taken =
        words(parameters).map(|(at, word)| (&parameters[..at], word)).filter(|(_, word)| *word == "Uuid");
    taken.filter(|(before, _)| !before.trim_end().ends_with("->")).map(|(before, _)| holder(before)).collect()
}

/// The innermost container that is open at the end of a text; an option, a tuple and a reference are none.
fn holder(before: &str) -> &str {
    let mut closed = 0_i32;
    for (at, c) in before.char_indices().rev() {
        match c {
            '>' if before[..at].ends_with('-') => {}
            ')' | ']' | '>' => closed += 1,
            '(' | '[' | '<' if closed > 0 => closed -= 1,
            '[' => return "[",
            '<' => match words(&before[..at]).last() {
                Some((_, "Option")) => {}
                Some((_, container)) => return container,
                None => return "<",
            },
            _ => {}
        }
    }
    ""
}

fn swappable(source: &Source) -> Vec<String> {
    let two_alike = |parameters: &str| {
        let holders = holders(parameters);
        (1..holders.len()).any(|n| holders[..n].contains(&holders[n]))
    };
    let complain = |name| format!("{}: fn {name} takes two bare Uuids: give each id its type", source.path);
    let found = signatures(&source.code).into_iter().filter(|(_, parameters)| two_alike(parameters));
    found.map(|(name, _)| complain(name)).collect()
}

#[test]
fn no_function_takes_two_ids_without_types() {
    nobody_complains(SOURCES.iter().filter(|source| source.in_source()).flat_map(swappable));
}

#[test]
fn planted_pairs_of_ids_are_seen() {
    let complaints = |text: &str| swappable(&Source::of("src/a.rs", text));
    for pair in [
        "fn f(a: Uuid, b: Option<Uuid>) {}",
        "fn f<T: Fn(u8) -> bool>(test: T, (a, b): (Uuid, uuid::Uuid)) {}",
        "fn f(a: &[Uuid], b: i32, c: &[Uuid]);",
        "fn f(led: &BTreeMap<Uuid, Uuid>) {}",
    ] {
        assert_eq!(
            complaints(pair),
            ["src/a.rs: fn f takes two bare Uuids: give each id its type"],
            "{pair}"
        );
    }
    for fine in [
        "fn f(a: Uuid, b: &[Uuid], c: &HashMap<Uuid, Case>, new: &mut impl FnMut() -> Uuid) {}",
        "fn f<K: From<Uuid>>(a: GroupId, b: Uuid) -> (Uuid, Uuid) {}",
        "// fn f(a: Uuid, b: Uuid)",
    ] {
        assert!(complaints(fine).is_empty(), "{fine}");
    }
}
