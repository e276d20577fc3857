//! Vietnamese order of names, as keys that sort byte by byte (in SQL: `collate "C"`).
//!
//! Letters decide first (a ă â b c d đ e ê …), over the whole text; then tones (ngang, huyền, hỏi, ngã, sắc, nặng);
//! capitals do not count. It is the order of the Unicode collation for `vi`, so a list sorted here and one sorted by
//! a spreadsheet agree.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{compose, is_combining_mark};

use crate::domain::values::text::single_spaced;

const ALPHABET: &str = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz";
/// The rank of each letter, after the digits, which stand for themselves.
const RANKS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg";
/// Sorts before every digit and letter, so a shorter name comes first.
const BETWEEN_WORDS: char = '-';
/// Sorts before anything in a key's letters.
const BETWEEN_LEVELS: char = ' ';

/// The key that orders people by their full name.
pub fn by_full_name(name: &str) -> String {
    let (mut letters, mut tones) = (String::new(), String::new());
    for letter in spelled(&single_spaced(name)) {
        if let Some(rank) = rank(letter.shape) {
            letters.push_str(&rank);
            tones.push(letter.tone);
        }
    }
    format!("{letters}{BETWEEN_LEVELS}{tones}")
}

/// The key that orders people by their given name (the last word), then by their full name.
pub fn by_given_name(name: &str) -> String {
    let given = name.split_whitespace().next_back().unwrap_or_default();
    format!("{}{BETWEEN_LEVELS}{}", by_full_name(given), by_full_name(name))
}

struct Letter {
    shape: char,
    tone: char,
}

/// Takes tones off letters but leaves the marks that make another letter (ă, â, ê, ô, ơ, ư).
fn spelled(text: &str) -> Vec<Letter> {
    let mut letters: Vec<Letter> = Vec::new();
    for c in text.to_lowercase().nfd() {
        match (tone(c), letters.last_mut()) {
            (Some(tone), Some(letter)) => letter.tone = tone,
            (None, Some(letter)) if is_combining_mark(c) => {
                letter.shape = compose(letter.shape, c).unwrap_or(letter.shape);
            }
            _ => letters.push(Letter { shape: if c == 'ð' { 'đ' } else { c }, tone: '0' }),
        }
    }
    letters
}

fn tone(mark: char) -> Option<char> {
    match mark {
        '\u{300}' => Some('1'),
        '\u{309}' => Some('2'),
        '\u{303}' => Some('3'),
        '\u{301}' => Some('4'),
        '\u{323}' => Some('5'),
        _ => None,
    }
}

/// Punctuation has no rank; letters of other scripts stand after z.
fn rank(letter: char) -> Option<String> {
    if letter == ' ' {
        return Some(BETWEEN_WORDS.to_string());
    }
    if letter.is_ascii_digit() {
        return Some(letter.to_string());
    }
    match RANKS.chars().zip(ALPHABET.chars()).find(|(_, known)| *known == letter) {
        Some((rank, _)) => Some(rank.to_string()),
        None => letter.is_alphanumeric().then(|| format!("~{letter}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted_by(key: fn(&str) -> String, mut names: Vec<&str>) -> Vec<&str> {
        names.sort_by_key(|name| key(name));
        names
    }

    /// Sorting the reversed list must bring the list back, with no two keys alike.
    fn stands_in_order(key: fn(&str) -> String, names: &[&str]) {
        let reversed = names.iter().rev().copied().collect();
        assert_eq!(sorted_by(key, reversed), names);
        assert!(names.windows(2).all(|pair| key(pair[0]) != key(pair[1])));
    }

    #[test]
    fn letters_follow_the_vietnamese_alphabet() {
        let letters: Vec<String> = ALPHABET.chars().map(String::from).collect();
        assert_eq!(letters.len(), 33);
        stands_in_order(by_full_name, &letters.iter().map(String::as_str).collect::<Vec<_>>());
        stands_in_order(
            by_full_name,
            &["", "1", "2", "an", "ăn", "ân", "ba", "da", "đa", "em", "êm", "za", "жa"],
        );
    }

    #[test]
    fn tones_follow_ngang_huyen_hoi_nga_sac_nang() {
        stands_in_order(by_full_name, &["ma", "mà", "mả", "mã", "má", "mạ"]);
        stands_in_order(by_full_name, &["ư", "ừ", "ử", "ữ", "ứ", "ự"]);
    }

    #[test]
    fn letters_outweigh_tones_and_a_shorter_name_comes_first() {
        stands_in_order(by_full_name, &["Hà", "Hạ An", "Hà Bình", "Hạ Bình", "Hai", "Hân"]);
        stands_in_order(by_full_name, &["Lê An", "Lê An Bình", "Lê Anh"]);
    }

    #[test]
    fn the_same_name_has_one_key_however_it_is_written() {
        let apart: String = "Đặng Văn Hậu".nfd().collect();
        for written in ["ĐẶNG VĂN HẬU", "  Đặng  Văn Hậu ", "Đặng Văn, Hậu.", &apart, "Ðặng Văn Hậu"]
        {
            assert_eq!(by_full_name(written), by_full_name("Đặng Văn Hậu"), "{written:?}");
        }
    }

    #[test]
    fn people_are_listed_by_given_name_then_by_full_name() {
        stands_in_order(
            by_given_name,
            &[
                "Vũ Thị An",
                "Bùi Văn Ân",
                "Trần Thị Đào",
                "Đỗ Văn Hà",
                "Lê Thị Hà",
                "An Văn Hạ",
                "Ngô Thị Yến",
            ],
        );
        assert_eq!(by_given_name(""), by_given_name("  "));
    }
}
