//! What kinds of files papers come as, told by what they begin with and not by what they say.

use super::catalogue::catalogue;
use super::table;

catalogue! {
    /// The kinds of files that are kept.
    pub enum MediaType {
        /// A photograph.
        Jpeg = "image/jpeg",
        /// A picture.
        Png = "image/png",
        /// A picture.
        Webp = "image/webp",
        /// A photograph as some telephones take it.
        Heic = "image/heic",
        /// A paper.
        Pdf = "application/pdf",
        /// A workbook.
        Xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        /// A letter.
        Docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        /// A table, in UTF-8, UTF-16 or Windows-1258.
        Csv = "text/csv",
        /// Text, UTF-8.
        Text = "text/plain",
        /// A statement of a bank.
        Xml = "application/xml",
    }
}

impl MediaType {
    /// How names of such files end.
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Webp => "webp",
            Self::Heic => "heic",
            Self::Pdf => "pdf",
            Self::Xlsx => "xlsx",
            Self::Docx => "docx",
            Self::Csv => "csv",
            Self::Text => "txt",
            Self::Xml => "xml",
        }
    }

    /// Whether bytes begin as a file of this kind does. Text is UTF-8 without a zero byte; a table may be in
    /// another encoding that offices save it in.
    pub fn fits(self, bytes: &[u8]) -> bool {
        let at = |from: usize, mark: &[u8]| bytes.get(from..).is_some_and(|rest| rest.starts_with(mark));
        match self {
            Self::Jpeg => at(0, b"\xff\xd8\xff"),
            Self::Png => at(0, b"\x89PNG\r\n\x1a\n"),
            Self::Webp => at(0, b"RIFF") && at(8, b"WEBP"),
            Self::Heic => [b"ftypheic", b"ftypheix", b"ftypmif1"].iter().any(|mark| at(4, *mark)),
            Self::Pdf => at(0, b"%PDF-"),
            Self::Xlsx | Self::Docx => at(0, b"PK\x03\x04"),
            Self::Text | Self::Xml => is_plain(bytes),
            Self::Csv => is_plain(bytes) || (is_other_text(bytes) && !Self::Pdf.fits(bytes)),
        }
    }
}

fn is_plain(bytes: &[u8]) -> bool {
    !bytes.contains(&0) && std::str::from_utf8(bytes).is_ok()
}

/// Text in an encoding of tables, with letters and nothing that could be a picture or a program.
fn is_other_text(bytes: &[u8]) -> bool {
    let is_letter = |c: char| !c.is_control() || matches!(c, '\t' | '\r' | '\n');
    table::decode(bytes).is_some_and(|(text, _)| !text.is_empty() && text.chars().all(is_letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_told_by_the_beginning_of_the_bytes() {
        let samples: [(&[u8], &[MediaType]); 11] = [
            (b"\xff\xd8\xff\xe0\x00\x10JFIF", &[MediaType::Jpeg]),
            (b"\x89PNG\r\n\x1a\n\x00", &[MediaType::Png]),
            (b"RIFF\x24\x00\x00\x00WEBPVP8 ", &[MediaType::Webp]),
            (b"\x00\x00\x00\x18ftypheic\x00", &[MediaType::Heic]),
            (b"PK\x03\x04\x14\x00", &[MediaType::Xlsx, MediaType::Docx]),
            (b"%PDF-1.7\n%\xe2\xe3", &[MediaType::Pdf]),
            ("hộ;tiền\n".as_bytes(), &[MediaType::Csv, MediaType::Text, MediaType::Xml]),
            (b"h\xf4\xf2;1\r\n", &[MediaType::Csv]),
            (b"\xff\xfea\x00;\x00", &[MediaType::Csv]),
            (b"\x00\x01", &[]),
            (b"\xff\xfe", &[]),
        ];
        for (bytes, kinds) in samples {
            let fits: Vec<_> = MediaType::ALL.iter().copied().filter(|kind| kind.fits(bytes)).collect();
            assert_eq!(fits, kinds, "{bytes:?}");
        }
    }
}
