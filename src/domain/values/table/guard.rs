//! Texts that a spreadsheet would run as a formula, written and read back by one pair of functions.

/// What a formula begins with, or what a spreadsheet drops before it looks for one.
const DANGEROUS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A text as a CSV file carries it: an apostrophe keeps what begins like a formula a text, and one more tells an apostrophe
/// of the text from ours.
pub fn guarded(text: &str) -> String {
    if text.starts_with(DANGEROUS) { format!("'{text}") } else { kept(text) }
}

/// A text as a text cell of a workbook carries it: nothing is run there, so only an apostrophe that would be read as ours needs
/// one more.
pub fn kept(text: &str) -> String {
    if unguarded(text).len() < text.len() { format!("'{text}") } else { text.to_owned() }
}

/// The text that was written by [`guarded`] or [`kept`].
pub fn unguarded(text: &str) -> &str {
    let bare = text.strip_prefix('\'').filter(|rest| rest.starts_with(DANGEROUS) || rest.starts_with('\''));
    bare.unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_begins_like_a_formula_carries_an_apostrophe() {
        for (text, in_csv, in_a_workbook) in [
            ("=1+2", "'=1+2", "=1+2"),
            ("-1", "'-1", "-1"),
            ("@x", "'@x", "@x"),
            ("\tx", "'\tx", "\tx"),
            ("'=1", "''=1", "''=1"),
            ("''", "'''", "'''"),
            ("'x", "'x", "'x"),
            ("'", "'", "'"),
            ("a-b", "a-b", "a-b"),
        ] {
            assert_eq!((guarded(text).as_str(), kept(text).as_str()), (in_csv, in_a_workbook), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(text in "['=+@\\t\\r a-]{0,6}") {
            let written = guarded(&text);
            prop_assert!(!written.starts_with(DANGEROUS));
            prop_assert_eq!(unguarded(&written), &text);
            let written = kept(&text);
            prop_assert_eq!(unguarded(&written), &text);
        }
    }
}
