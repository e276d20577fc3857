//! The document in the language of its reader. It is written in English beside the code; `openapi/vi.json` has each sentence in
//! Vietnamese.

use std::collections::HashMap;
use std::sync::LazyLock;

use utoipa::openapi::OpenApi;

use crate::domain::values::language::Language;

/// The Vietnamese of each sentence, and of the tags in both languages.
static SENTENCES: LazyLock<HashMap<String, String>> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../../openapi/vi.json")).unwrap_or_default());

/// The document as text, one value a line.
///
/// # Errors
/// When a value cannot be written as JSON.
pub fn in_language(document: &OpenApi, language: Language) -> serde_json::Result<String> {
    let written = serde_json::to_string_pretty(document)?;
    let mut lines: Vec<String> = written.lines().map(|line| translated(line, language)).collect();
    lines.push(String::new());
    Ok(lines.join("\n"))
}

/// A line that says something, in the language; any other line as it is.
fn translated(line: &str, language: Language) -> String {
    let said = ["\"description\": ", "\"summary\": "].iter().find_map(|key| {
        let (indent, rest) = line.split_once(key)?;
        indent.trim().is_empty().then_some(())?;
        let text: String = serde_json::from_str(rest.trim_end_matches(',')).ok()?;
        Some((format!("{indent}{key}"), text, if rest.ends_with(',') { "," } else { "" }))
    });
    let Some((before, text, after)) = said else { return line.to_owned() };
    let text = match (text.strip_prefix("tag:"), language) {
        (Some(tag), Language::En) => sentence(&format!("tag-en:{tag}")),
        (_, Language::Vi) => vietnamese(&text),
        (None, Language::En) => text,
    };
    format!("{before}{}{after}", serde_json::Value::String(text))
}

/// A text as a whole, or else paragraph by paragraph.
fn vietnamese(text: &str) -> String {
    let whole = SENTENCES.get(text).cloned();
    whole.unwrap_or_else(|| text.split("\n\n").map(sentence).collect::<Vec<_>>().join("\n\n"))
}

/// A sentence in Vietnamese, and one that has none as it is.
fn sentence(english: &str) -> String {
    match english.strip_prefix("For the roles ") {
        Some(roles) => format!("Dành cho các vai trò {roles}"),
        None => SENTENCES.get(english).cloned().unwrap_or_else(|| english.to_owned()),
    }
}
