//! Rust files as the rules see them: code, comments and literals apart, lines kept.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

/// A file, and three views of it in which everything else is blank.
#[derive(Debug, Default)]
pub struct Source {
    /// From the root of the repository, such as `src/units/http.rs`.
    pub path: String,
    /// Without comments and without the inside of literals.
    pub code: String,
    /// Comments only.
    pub comments: String,
    /// The inside of string literals only.
    pub literals: String,
}

/// What the reader stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Code,
    Line,
    /// A block comment and how deep.
    Block(usize),
    /// A string: the `#` that end it; `None` when it knows escapes.
    Text(Option<usize>),
}

impl Source {
    pub fn of(path: &str, text: &str) -> Self {
        let mut source = Self { path: path.to_owned(), ..Self::default() };
        let (mut place, mut rest) = (Place::Code, text);
        while !rest.is_empty() {
            let (taken, length, next) = step(place, rest, source.code.chars().last());
            let (piece, after) = rest.split_at(length);
            source.write(taken, piece);
            (place, rest) = (next, after);
        }
        source
    }

    /// Writes a piece into its view and blanks into the others, so that lines agree.
    fn write(&mut self, place: Place, piece: &str) {
        let blank: String = piece.chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect();
        let views = [
            (&mut self.code, place == Place::Code),
            (&mut self.comments, matches!(place, Place::Line | Place::Block(_))),
            (&mut self.literals, matches!(place, Place::Text(_))),
        ];
        for (view, own) in views {
            view.push_str(if own { piece } else { &blank });
        }
    }

    /// The module of the file in `lib.rs`: `src/units/http.rs` is of `units`.
    pub fn module(&self) -> &str {
        let inside = self.path.strip_prefix("src/").unwrap_or(&self.path);
        inside.split('/').next().unwrap_or_default().trim_end_matches(".rs")
    }

    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    pub fn in_source(&self) -> bool {
        self.path.starts_with("src/")
    }

    /// Identifiers and the bytes where they begin.
    pub fn words(&self) -> impl Iterator<Item = (usize, &str)> {
        words(&self.code)
    }
}

/// Identifiers of a text and the bytes where they begin.
pub fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    text.split(move |c| !part(c))
        .filter(|word| !word.is_empty())
        .map(|word| (word.as_ptr() as usize - text.as_ptr() as usize, word))
}

/// The next piece: what it belongs to, how many bytes, and what comes after it.
fn step(place: Place, rest: &str, before: Option<char>) -> (Place, usize, Place) {
    let one = rest.chars().next().map_or(1, char::len_utf8);
    match place {
        Place::Code => code_step(rest, one, before),
        Place::Line if rest.starts_with('\n') => (Place::Code, 1, Place::Code),
        Place::Block(deep) if rest.starts_with("/*") => (place, 2, Place::Block(deep + 1)),
        Place::Block(deep) if rest.starts_with("*/") => {
            (place, 2, if deep == 1 { Place::Code } else { Place::Block(deep - 1) })
        }
        Place::Text(None) if rest.starts_with('\\') => {
            (place, 1 + rest[1..].chars().next().map_or(0, char::len_utf8), place)
        }
        Place::Text(hashes) if rest.starts_with('"') && closes(rest, hashes) => {
            (Place::Code, 1 + hashes.unwrap_or(0), Place::Code)
        }
        Place::Line | Place::Block(_) | Place::Text(_) => (place, one, place),
    }
}

fn closes(rest: &str, hashes: Option<usize>) -> bool {
    rest[1..].bytes().take_while(|b| *b == b'#').count() >= hashes.unwrap_or(0)
}

fn code_step(rest: &str, one: usize, before: Option<char>) -> (Place, usize, Place) {
    let starts_word = !before.is_some_and(|c| c.is_alphanumeric() || c == '_') || rest.starts_with('"');
    if rest.starts_with("//") {
        return (Place::Line, 2, Place::Line);
    }
    if rest.starts_with("/*") {
        return (Place::Block(1), 2, Place::Block(1));
    }
    if rest.starts_with('"') {
        return (Place::Code, 1, Place::Text(None));
    }
    let raw = rest.strip_prefix("br").or_else(|| rest.strip_prefix('r')).filter(|_| starts_word);
    if let Some(raw) = raw {
        let hashes = raw.bytes().take_while(|b| *b == b'#').count();
        if raw[hashes..].starts_with('"') {
            return (Place::Code, rest.len() - raw.len() + hashes + 1, Place::Text(Some(hashes)));
        }
    }
    (Place::Code, quoted_char(rest).unwrap_or(one), Place::Code)
}

/// The length of `'x'` or `'\u{1f}'`; none for a lifetime.
fn quoted_char(rest: &str) -> Option<usize> {
    let inside = rest.strip_prefix('\'')?;
    let first = inside.chars().next()?;
    if first == '\\' {
        return inside[2..].find('\'').map(|end| end + 4);
    }
    inside[first.len_utf8()..].starts_with('\'').then(|| first.len_utf8() + 2)
}

/// Every Rust file of ours.
pub static SOURCES: LazyLock<Vec<Source>> = LazyLock::new(|| {
    let mut found = Vec::new();
    for folder in ["src", "tests", "benches"] {
        walk(folder, ".rs", &mut |path, text| found.push(Source::of(path, text)));
    }
    assert!(found.len() > 50, "the rules look at the wrong folder");
    found
});

/// Reads every file below a folder of the repository whose name ends so, in the order of names.
pub fn walk(folder: &str, ending: &str, see: &mut impl FnMut(&str, &str)) {
    let Ok(entries) = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)) else { return };
    let mut names: Vec<_> = entries
        .map(|e| e.expect("a readable folder").file_name().into_string().expect("a plain name"))
        .collect();
    names.sort();
    for name in names {
        let path = format!("{folder}/{name}");
        if name.ends_with(ending) {
            see(
                &path,
                &fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(&path)).expect("a text file"),
            );
        } else if !name.contains('.') {
            walk(&path, ending, see);
        }
    }
}

#[test]
fn code_comments_and_literals_are_told_apart() {
    let text = "let a = \"x // y\\\" z\"; // so \"it\" is\n/* /* in */ */ let b = r#\"say \"hi\"\"#; let c = '\"'; fn f<'a>() {}\nlet e = '\\u{1f}';";
    let source = Source::of("src/a.rs", text);
    let squeezed = |view: &str| view.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(
        squeezed(&source.code),
        "let a = \" \"; let b = r#\" \"#; let c = '\"'; fn f<'a>() {} let e = '\\u{1f}';"
    );
    assert_eq!(squeezed(&source.comments), "// so \"it\" is /* /* in */ */");
    assert_eq!(squeezed(&source.literals), "x // y\\\" z say \"hi\"");
    assert_eq!(source.code.lines().count(), text.lines().count());
}
