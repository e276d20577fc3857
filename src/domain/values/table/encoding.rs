//! Which encoding a text is in, decided by its bytes alone.

use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1258};
use serde::Serialize;
use unicode_normalization::UnicodeNormalization as _;

use crate::domain::values::text::nfc;

/// An encoding that Vietnamese offices save text in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = TextEncoding)]
pub enum Encoding {
    /// With or without a mark in front.
    #[serde(rename = "utf-8")]
    Utf8,
    /// "Unicode text" of Excel.
    #[serde(rename = "utf-16le")]
    Utf16Le,
    /// The same with the bytes the other way round.
    #[serde(rename = "utf-16be")]
    Utf16Be,
    /// "CSV" of Excel on a Vietnamese Windows: most letters with a tone are two characters.
    #[serde(rename = "windows-1258")]
    Windows1258,
}

/// The text of a file and its encoding, composed (NFC) where the encoding keeps tones apart; nothing when it is none we know.
///
/// A mark in front decides. Without one, zero bytes at every other place are UTF-16; what is UTF-8 is UTF-8, since other
/// encodings form it only by accident; the rest is Windows-1258 if it gives Vietnamese letters and nothing else.
pub fn decode(bytes: &[u8]) -> Option<(String, Encoding)> {
    let (kind, bytes) = match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => (Encoding::Utf8, rest),
        [0xff, 0xfe, rest @ ..] => (Encoding::Utf16Le, rest),
        [0xfe, 0xff, rest @ ..] => (Encoding::Utf16Be, rest),
        _ => (unmarked(bytes), bytes),
    };
    let text = match kind {
        Encoding::Utf8 => std::str::from_utf8(bytes).ok()?.to_owned(),
        Encoding::Utf16Le => {
            UTF_16LE.decode_without_bom_handling_and_without_replacement(bytes)?.into_owned()
        }
        Encoding::Utf16Be => {
            UTF_16BE.decode_without_bom_handling_and_without_replacement(bytes)?.into_owned()
        }
        Encoding::Windows1258 => {
            let text = nfc(&WINDOWS_1258.decode_without_bom_handling_and_without_replacement(bytes)?);
            text.chars().all(is_vietnamese).then_some(text)?
        }
    };
    Some((text, kind))
}

/// The encoding of bytes without a mark.
fn unmarked(bytes: &[u8]) -> Encoding {
    // Separators, digits and ends of lines have a zero in UTF-16, and no text has one at the other places.
    let zeros = |parity: usize| bytes.iter().skip(parity).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let wide = bytes.len().is_multiple_of(2) && (even + odd) * 10 >= bytes.len().max(1);
    match (even, odd) {
        (0, 1..) if wide => Encoding::Utf16Le,
        (1.., 0) if wide => Encoding::Utf16Be,
        _ if std::str::from_utf8(bytes).is_ok() => Encoding::Utf8,
        _ => Encoding::Windows1258,
    }
}

/// Whether a Vietnamese text has such a character. Texts of the fonts before Unicode (TCVN3, VNI) and of other code pages show
/// others, or tones that belong to no letter.
fn is_vietnamese(c: char) -> bool {
    if c.is_ascii() || "đĐ₫–—‘’“”…•°²×\u{a0}".contains(c) {
        return true;
    }
    let mut parts = c.nfd();
    let vowel = parts.next().is_some_and(|base| "aeiouyAEIOUY".contains(base));
    // Grave, acute, circumflex, tilde, breve, hook, horn, dot below.
    vowel && parts.all(|mark| "\u{300}\u{301}\u{302}\u{303}\u{306}\u{309}\u{31b}\u{323}".contains(mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "mã hộ;Nguyễn Thị Thử\r\nĐỗ Ước – ₫;Phượng Vỹ\r\n";
    /// "Nguyễn Thị Thử;Đỗ ước" as Windows-1258 keeps it: ê + tilde, i + dot below, ư + hook, ô + tilde, ơ + acute.
    const IN_1258: &[u8] = b"Nguy\xea\xden Thi\xf2 Th\xfd\xd2;\xd0\xf4\xde \xfd\xf5\xecc";

    fn utf_16(text: &str, little: bool) -> Vec<u8> {
        text.encode_utf16()
            .flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() })
            .collect()
    }

    #[test]
    fn each_encoding_is_told_with_and_without_its_mark() {
        let (le, be) = (utf_16(TEXT, true), utf_16(TEXT, false));
        for (mark, bytes, encoding) in [
            (&b"\xef\xbb\xbf"[..], TEXT.as_bytes(), Encoding::Utf8),
            (b"\xff\xfe", &le, Encoding::Utf16Le),
            (b"\xfe\xff", &be, Encoding::Utf16Be),
        ] {
            assert_eq!(decode(bytes), Some((TEXT.to_owned(), encoding)), "{encoding:?}");
            assert_eq!(
                decode(&[mark, bytes].concat()),
                Some((TEXT.to_owned(), encoding)),
                "{encoding:?} marked"
            );
        }
        assert_eq!(decode(b""), Some((String::new(), Encoding::Utf8)));
    }

    #[test]
    fn tones_of_windows_1258_are_put_on_their_letters() {
        assert_eq!(decode(IN_1258), Some(("Nguyễn Thị Thử;Đỗ ước".to_owned(), Encoding::Windows1258)));
    }

    #[test]
    fn what_gives_no_vietnamese_is_no_text() {
        // TCVN3 of "Hộ nghèo"; ÿ; a tone on a consonant; half a character of UTF-16; an odd byte.
        for bytes in [&b"H\xe9 ngh\xcco"[..], b"a,\xff", b"h\xcc", b"\xff\xfe\x00\xd8", b"\xff\xfea"] {
            assert_eq!(decode(bytes), None, "{bytes:?}");
        }
    }
}
