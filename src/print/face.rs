//! The letters: three faces of Tinos, which is as wide as Times New Roman, and how wide each letter is.

use std::collections::HashMap;
use std::sync::LazyLock;

use skrifa::raw::TableProvider as _;
use skrifa::{FontRef, MetadataProvider as _};

use super::length::Length;

/// A face.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Face {
    Regular,
    Bold,
    Italic,
}

/// A letter of a face: its number in the font and how far it moves the pen, in units of the font.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Glyph {
    pub id: u16,
    pub advance: u16,
}

/// How many units of the font are the size of its letters.
pub const UNITS: u16 = 2048;

/// What stands for a letter that the font has not.
const UNKNOWN: char = '□';

const REGULAR: &[u8] = include_bytes!("fonts/Tinos-Regular.ttf");
const BOLD: &[u8] = include_bytes!("fonts/Tinos-Bold.ttf");
const ITALIC: &[u8] = include_bytes!("fonts/Tinos-Italic.ttf");

/// The letters of each face.
static LETTERS: LazyLock<[HashMap<char, Glyph>; 3]> =
    LazyLock::new(|| Face::ALL.map(|face| letters(face.bytes())));

fn letters(bytes: &[u8]) -> HashMap<char, Glyph> {
    let font = FontRef::new(bytes).expect("a font of this build");
    let metrics = font.hmtx().expect("a font of this build says how wide its letters are");
    let glyph = |(code, id): (u32, skrifa::GlyphId)| {
        let advance = metrics.advance(id)?;
        Some((char::from_u32(code)?, Glyph { id: u16::try_from(id.to_u32()).ok()?, advance }))
    };
    font.charmap().mappings().filter_map(glyph).collect()
}

impl Face {
    pub const ALL: [Self; 3] = [Self::Regular, Self::Bold, Self::Italic];

    pub const fn bytes(self) -> &'static [u8] {
        match self {
            Self::Regular => REGULAR,
            Self::Bold => BOLD,
            Self::Italic => ITALIC,
        }
    }

    pub fn glyph(self, letter: char) -> Glyph {
        let letters = &LETTERS[self as usize];
        letters
            .get(&letter)
            .or_else(|| letters.get(&UNKNOWN))
            .copied()
            .unwrap_or(Glyph { id: 0, advance: UNITS })
    }

    /// How wide a text is in units of the font.
    pub fn units(self, text: &str) -> i64 {
        text.chars().map(|letter| i64::from(self.glyph(letter).advance)).sum()
    }

    /// How wide a text is at a size, rounded up.
    pub fn width(self, text: &str, size: Length) -> Length {
        let width = (self.units(text) * i64::from(size)).div_euclid(i64::from(UNITS)) + 1;
        Length::try_from(width).unwrap_or(Length::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::values::text::nfc;

    #[test]
    fn every_letter_of_vietnamese_is_there_in_every_face() {
        let vowels = "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY";
        let tones = ["", "\u{300}", "\u{309}", "\u{303}", "\u{301}", "\u{323}"];
        let letters = vowels.chars().flat_map(|vowel| tones.map(|tone| nfc(&format!("{vowel}{tone}"))));
        for letter in letters.chain(["đ", "Đ", "₫", "–", "…", "“", "”"].map(str::to_owned)) {
            let mut chars = letter.chars();
            let (letter, rest) = (chars.next().unwrap(), chars.next());
            assert_eq!(rest, None, "{letter} is composed");
            for face in Face::ALL {
                assert_ne!(face.glyph(letter), face.glyph(UNKNOWN), "{letter} in {face:?}");
            }
        }
    }

    #[test]
    fn letters_are_as_wide_as_those_of_times_new_roman() {
        let widths = |face: Face| "0.MiW".chars().map(|c| face.glyph(c).advance).collect::<Vec<_>>();
        assert_eq!(widths(Face::Regular), [1024, 512, 1821, 569, 1933]);
        assert_eq!(widths(Face::Bold), [1024, 512, 1933, 569, 2048]);
        assert_eq!(Face::Regular.width("1.500.000", 200), 801 - 1 + 1);
    }
}
