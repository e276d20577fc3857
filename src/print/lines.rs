//! Text broken into lines: between words, and inside a word only when it is wider than the line.

use super::face::{Face, UNITS};
use super::length::Length;
use crate::domain::values::text::nfc;

/// How text looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    pub face: Face,
    pub size: Length,
}

impl Style {
    pub const fn new(face: Face, size: Length) -> Self {
        Self { face, size }
    }

    pub fn width(self, text: &str) -> Length {
        self.face.width(text, self.size)
    }

    /// From one line to the next: marks above capitals and below small letters do not touch.
    pub const fn leading(self) -> Length {
        self.size * 6 / 5
    }

    /// From the top of a line to where its letters stand.
    pub const fn ascent(self) -> Length {
        self.size * 19 / 20
    }
}

/// The lines of a text, no wider than a width; the first begins after an indent.
pub fn wrap(text: &str, style: Style, width: Length, indent: Length) -> Vec<String> {
    let text = if text.is_ascii() { text.to_owned() } else { nfc(text) };
    // In units of the font: a text that was measured whole is as wide as its words.
    let in_units = |length: Length| i64::from(length) * i64::from(UNITS) / i64::from(style.size.max(1));
    let (room, space) = (in_units(width), style.face.units(" "));
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let (mut line, mut used) = (String::new(), if lines.is_empty() { in_units(indent) } else { 0 });
        for word in paragraph.split_whitespace() {
            let longer = style.face.units(word) + if line.is_empty() { 0 } else { space };
            if used + longer <= room {
                if !line.is_empty() {
                    line.push(' ');
                }
                line.push_str(word);
                used += longer;
                continue;
            }
            if !line.is_empty() || used > 0 {
                lines.push(std::mem::take(&mut line));
            }
            line = broken(word, style, width, &mut lines);
            used = style.face.units(&line);
        }
        lines.push(line);
    }
    lines
}

/// Cuts what is wider than a line off a word, and gives the rest.
fn broken(word: &str, style: Style, width: Length, lines: &mut Vec<String>) -> String {
    let mut piece = String::new();
    for letter in word.chars() {
        piece.push(letter);
        if piece.chars().nth(1).is_some() && style.width(&piece) > width {
            piece.pop();
            lines.push(std::mem::replace(&mut piece, letter.to_string()));
        }
    }
    piece
}

#[cfg(test)]
mod tests {
    use super::*;

    const STYLE: Style = Style::new(Face::Regular, 200);

    #[test]
    fn lines_end_between_words_and_no_line_is_too_wide() {
        let text = "Ủy ban nhân dân xã Vũ Quý hỗ trợ một con bò cái sinh sản cho hộ nghèo";
        let lines = wrap(text, STYLE, 2000, 0);
        assert_eq!(lines, ["Ủy ban nhân dân xã Vũ", "Quý hỗ trợ một con bò", "cái sinh sản cho hộ", "nghèo"]);
        assert!(lines.iter().all(|line| STYLE.width(line) <= 2000));
        assert_eq!(lines.join(" "), text);
    }

    #[test]
    fn a_word_wider_than_the_line_is_cut_and_an_indent_narrows_the_first() {
        let lines = wrap("HD-2026-0001/HĐHT-UBND", STYLE, 700, 0);
        assert_eq!(lines.concat(), "HD-2026-0001/HĐHT-UBND");
        assert!(lines.len() > 2 && lines.iter().all(|line| STYLE.width(line) <= 700), "{lines:?}");
        assert_eq!(wrap("mười đồng", STYLE, 1000, 900), ["", "mười đồng"]);
        assert_eq!(wrap("một\nhai", STYLE, 1000, 0), ["một", "hai"]);
        assert_eq!(wrap("", STYLE, 1000, 0), [""]);
        assert_eq!(wrap("W", STYLE, 10, 0), ["W"], "narrower than any letter");
    }

    #[test]
    fn a_text_fits_where_it_was_measured() {
        for text in ["Phiếu thu 15", "1121, 43181", "Rút tiền gửi về nhập quỹ: Trần Văn Bình"]
        {
            assert_eq!(wrap(text, STYLE, STYLE.width(text), 0), [text]);
        }
    }

    #[test]
    fn tones_that_come_apart_are_put_together() {
        assert_eq!(wrap("Hu\u{1a1}\u{300}ng", STYLE, 2000, 0), ["Hu\u{1edd}ng"]);
    }
}
