//! What the documents say of the tree is there.

use std::path::Path;

use crate::nobody_complains;

/// Documents for those who change the code.
const DOCUMENTS: &[&str] =
    &["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "GLOSSARY.md", "migrations/README.md"];

/// Folders whose paths are checked.
const ROOTS: &[&str] = &["src/", "tests/", "migrations/", "openapi/", "benches/", ".ci/"];

/// Paths in backticks, such as `src/units/http.rs`. A pattern or an example (`<`, `*`, `…`) is none.
fn paths(text: &str) -> Vec<&str> {
    let quoted = text.split('`').skip(1).step_by(2);
    let is_path =
        |word: &&str| ROOTS.iter().any(|root| word.starts_with(root)) && !word.contains(['<', '*', '…', ' ']);
    quoted.filter(is_path).collect()
}

fn missing(name: &str, text: &str, exists: impl Fn(&str) -> bool) -> Vec<String> {
    let gone = paths(text).into_iter().filter(|path| !exists(path));
    gone.map(|path| format!("{name}: there is no {path}")).collect()
}

#[test]
fn every_path_in_a_document_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    nobody_complains(DOCUMENTS.iter().flat_map(|name| {
        let text = std::fs::read_to_string(root.join(name)).unwrap_or_default();
        assert!(!text.is_empty(), "{name} is missing or empty");
        missing(name, &text, |path| root.join(path).exists())
    }));
}

#[test]
fn a_planted_path_that_leads_nowhere_is_seen() {
    let text = "`src/lib.rs`, `src/herds/` and `src/<feature>/http.rs`; `lib.rs` and `tests/house/`.";
    let exists = |path: &str| ["src/lib.rs", "tests/house/"].contains(&path);
    assert_eq!(missing("A.md", text, exists), ["A.md: there is no src/herds/"]);
}
