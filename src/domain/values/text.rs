//! Vietnamese text: one normal form, the key a name is searched by, and the text a person may type.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The stored form of all text. macOS and some exports send letters and tones apart (NFD).
pub fn nfc(text: &str) -> String {
    text.nfc().collect()
}

/// The text without tones and diacritics: "Đặng Thị Ừng" becomes "Dang Thi Ung".
pub fn strip_diacritics(text: &str) -> String {
    text.nfd().filter(|c| !is_combining_mark(*c)).map(bare_d).collect()
}

/// đ is a letter of its own and does not decompose. The Icelandic eth looks the same as a capital and is common in
/// old files.
fn bare_d(c: char) -> char {
    match c {
        'đ' | 'ð' => 'd',
        'Đ' | 'Ð' => 'D',
        other => other,
    }
}

/// What a name is searched by: no diacritics, lower case, single spaces.
pub fn search_key(text: &str) -> String {
    single_spaced(&strip_diacritics(text).to_lowercase())
}

/// The words of a text, one blank between two.
pub(in crate::domain) fn single_spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text as a sentence begins.
pub(in crate::domain) fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Why a text is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing but blanks.
    #[error("the text is empty")]
    Empty,
    /// More characters than allowed, counted after normalisation.
    #[error("the text is longer than {0} characters")]
    TooLong(usize),
    /// A control character, or one that only changes direction or takes no room: it could hide what stands there.
    #[error("the text has a character that cannot be seen")]
    Invisible,
}

fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

fn checked(text: String, longest: usize, allowed: &[char]) -> Result<String, TextError> {
    if text.is_empty() {
        return Err(TextError::Empty);
    }
    if text.chars().any(|c| is_invisible(c) && !allowed.contains(&c)) {
        return Err(TextError::Invisible);
    }
    if text.chars().count() > longest {
        return Err(TextError::TooLong(longest));
    }
    Ok(text)
}

/// A name of a person, hamlet, fund or thing: one line, 1 to 200 characters, NFC, single spaces.
///
/// A Vietnamese name is family, middle, given; it is stored whole and never split.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Name(String);

impl Name {
    /// Longest name, in characters.
    pub const LONGEST: usize = 200;

    /// The name as people search for it.
    pub fn search_key(&self) -> String {
        search_key(&self.0)
    }
}

impl FromStr for Name {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        let trimmed = text.trim();
        if trimmed.chars().any(is_invisible) {
            return Err(TextError::Invisible);
        }
        checked(single_spaced(&nfc(trimmed)), Self::LONGEST, &[]).map(Self)
    }
}

/// Free text, such as a reason or a remark: lines allowed, 1 to 2,000 characters, NFC.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Note(String);

impl Note {
    /// Longest note, in characters.
    pub const LONGEST: usize = 2_000;
}

impl FromStr for Note {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        let lines = nfc(text.trim()).replace("\r\n", "\n");
        checked(lines, Self::LONGEST, &['\n', '\t']).map(Self)
    }
}

/// What both kinds of text share on the wire.
macro_rules! wire_text {
    ($name:ident) => {
        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .min_length(Some(1))
                    .max_length(Some(Self::LONGEST))
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {}
    };
}

wire_text!(Name);
wire_text!(Note);

#[cfg(test)]
mod tests {
    use super::*;

    /// Every small letter of Vietnamese outside ASCII, by the letter it is searched as: 67, with capitals 134.
    const LETTERS: [(char, &str); 7] = [
        ('a', "àảãáạăằẳẵắặâầẩẫấậ"),
        ('d', "đ"),
        ('e', "èẻẽéẹêềểễếệ"),
        ('i', "ìỉĩíị"),
        ('o', "òỏõóọôồổỗốộơờởỡớợ"),
        ('u', "ùủũúụưừửữứự"),
        ('y', "ỳỷỹýỵ"),
    ];

    fn upper(letter: char) -> char {
        letter.to_uppercase().next().unwrap()
    }

    #[test]
    fn all_134_letters_are_found_by_their_bare_letter_composed_or_not() {
        let mut seen = 0;
        for (bare, letters) in LETTERS {
            for small in letters.chars() {
                for (letter, bare) in [(small, bare), (upper(small), upper(bare))] {
                    let composed = letter.to_string();
                    let apart: String = composed.nfd().collect();
                    assert_eq!(strip_diacritics(&composed), bare.to_string(), "{letter}");
                    assert_eq!(strip_diacritics(&apart), bare.to_string(), "{letter} apart");
                    assert_eq!(search_key(&apart), bare.to_lowercase().to_string(), "{letter} as key");
                    assert_eq!(nfc(&apart), composed, "{letter} is one character");
                    seen += 1;
                }
            }
        }
        assert_eq!(seen, 134);
    }

    #[test]
    fn a_name_is_found_however_it_was_typed() {
        for typed in ["Đặng  Thị Ừng", "ĐẶNG THỊ ỪNG", " dang thi\u{a0}ung ", "Ðặng Thị Ừng"]
        {
            assert_eq!(search_key(typed), "dang thi ung", "{typed:?}");
        }
    }

    #[test]
    fn a_name_is_kept_composed_and_single_spaced() {
        let typed: String = "  Nguyễn   Thị\u{a0}Hoà \n".nfd().collect();
        assert_eq!(typed.parse::<Name>().unwrap().as_str(), "Nguyễn Thị Hoà");
    }

    #[test]
    fn what_cannot_be_seen_is_no_name() {
        for text in ["", "  \t ", "\u{a0}"] {
            assert_eq!(text.parse::<Name>(), Err(TextError::Empty), "{text:?}");
        }
        for text in ["An\0", "An\tBình", "An\nBình", "An\u{202e}Bình", "\u{200b}", "\u{feff}An", "An\u{7f}"]
        {
            assert_eq!(text.parse::<Name>(), Err(TextError::Invisible), "{text:?}");
        }
    }

    #[test]
    fn length_is_counted_in_letters_after_composing() {
        let longest = "ễ".repeat(200);
        let apart: String = longest.nfd().collect();
        assert_eq!(apart.parse::<Name>().unwrap().as_str(), longest);
        assert_eq!("ễ".repeat(201).parse::<Name>(), Err(TextError::TooLong(200)));
        assert_eq!("ễ".repeat(2_001).parse::<Note>(), Err(TextError::TooLong(2_000)));
    }

    #[test]
    fn a_note_may_have_lines_but_nothing_hidden() {
        assert_eq!("Dòng một\r\nDòng hai\t.\n".parse::<Note>().unwrap().as_str(), "Dòng một\nDòng hai\t.");
        assert_eq!(" \r\n ".parse::<Note>(), Err(TextError::Empty));
        for text in ["a\0b", "a\u{1b}[31mb", "a\rb"] {
            assert_eq!(text.parse::<Note>(), Err(TextError::Invisible), "{text:?}");
        }
    }

    #[test]
    fn the_wire_refuses_what_the_type_refuses() {
        assert_eq!(serde_json::from_str::<Name>("\" Lê  An \"").unwrap().as_str(), "Lê An");
        assert!(serde_json::from_str::<Name>("\"\\u0000\"").is_err());
        assert_eq!(serde_json::to_string(&"Lê An".parse::<Name>().unwrap()).unwrap(), "\"Lê An\"");
    }
}
