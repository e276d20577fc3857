//! Which lines of a list are no data: its title, the numbers of its columns, its totals and its signatures.

use serde::Serialize;

use super::cell::Row;
use super::headings::HeadingRows;
use crate::domain::values::language::Text;
use crate::domain::values::text::search_key;

/// Why a line is no data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = LeftOutReason)]
pub enum Reason {
    /// Above the headings.
    Title,
    /// Numbers the columns: (1) (2) (3).
    ColumnNumbers,
    /// A row of totals, or their words.
    Total,
    /// Place and day, signatures, and what stands below them.
    Signature,
}

impl Reason {
    const fn text(self) -> Text {
        let (vi, en) = match self {
            Self::Title => ("Dòng tiêu đề phía trên tên cột", "A title above the headings"),
            Self::ColumnNumbers => ("Dòng đánh số cột", "The row that numbers the columns"),
            Self::Total => ("Dòng cộng, không có mã và tên", "A row of totals, without code and name"),
            Self::Signature => {
                ("Dòng ngày tháng, chữ ký cuối bảng", "A line of the date or the signatures at the end")
            }
        };
        Text::fixed(vi, en)
    }
}

/// A line that was left out, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct LeftOut {
    /// Number of the row, as a spreadsheet counts.
    pub row: u32,
    /// Why it is no data.
    pub reason: Reason,
    /// The reason in Vietnamese.
    pub vi: String,
    /// The same in English.
    pub en: String,
}

/// The rows of a list told apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parted<'a> {
    /// The rows that say something.
    pub data: Vec<&'a Row>,
    /// The others.
    pub left_out: Vec<LeftOut>,
}

/// Tells the data of a table from the other lines. What stands in one of the columns of `identity` (codes and names) makes a row
/// data, whatever else it looks like: somebody may be called Cộng.
pub fn part<'a>(rows: &'a [Row], headings: &HeadingRows, identity: &[usize]) -> Parted<'a> {
    let mut parted = Parted { data: Vec::new(), left_out: Vec::new() };
    let (mut signed, below) = (false, headings.rows.end);
    for (at, row) in rows.iter().enumerate().filter(|(at, _)| !headings.rows.contains(at)) {
        let line = Line::of(row, identity);
        let reason = if at < headings.rows.start {
            Some(Reason::Title)
        } else if at == below && line.numbers_columns() {
            Some(Reason::ColumnNumbers)
        } else if line.is_like(is_total) {
            Some(Reason::Total)
        } else if line.is_like(is_signature) || (signed && line.is_words_only()) {
            Some(Reason::Signature)
        } else {
            None
        };
        signed |= reason == Some(Reason::Signature);
        match reason {
            Some(reason) => {
                let Text { vi, en } = reason.text();
                let (vi, en) = (vi.into_owned(), en.into_owned());
                parted.left_out.push(LeftOut { row: row.number, reason, vi, en });
            }
            None => parted.data.push(row),
        }
    }
    parted
}

/// A row as these questions see it: its filled cells, and whether each identifies somebody.
struct Line(Vec<(bool, String)>);

impl Line {
    fn of(row: &Row, identity: &[usize]) -> Self {
        let cells = row.shown().enumerate().filter(|(_, text)| !text.is_empty());
        Self(cells.map(|(at, text)| (identity.contains(&at), text.into_owned())).collect())
    }

    /// Whether a cell has such words and none identifies anybody.
    fn is_like(&self, words: fn(&str) -> bool) -> bool {
        self.0.iter().any(|(_, text)| words(text))
            && self.0.iter().all(|(identifies, text)| !identifies || words(text))
    }

    /// Names below signatures are words without digits, and no row of data is.
    fn is_words_only(&self) -> bool {
        self.0.iter().all(|(_, text)| !text.contains(|c: char| c.is_ascii_digit()))
    }

    /// (1) (2) (3), 1 2 3 or A B 1 2, maybe with sums such as 5=3+4: letters and numbers go on one by one from the first.
    fn numbers_columns(&self) -> bool {
        let (mut letter, mut number) = (b'A', 1_u32);
        let follows = |(_, text): &(bool, String)| {
            let bare: String = text.chars().filter(|c| !"() []".contains(*c)).collect();
            let first = bare.split('=').next().unwrap_or_default();
            if number == 1 && first.as_bytes() == [letter] {
                letter += 1;
                return true;
            }
            let goes_on = first.parse() == Ok(number);
            number += 1;
            goes_on
        };
        self.0.len() >= 2 && self.0.iter().all(follows)
    }
}

/// Words by which a row of totals is known, as they begin. Names are not among them: "Tống" is not "Tổng".
fn is_total(text: &str) -> bool {
    let lower = text.to_lowercase();
    let written = ["tổng cộng", "tổng số", "cộng", "tổng", "số tiền bằng chữ", "bằng chữ"];
    let bare = ["tong cong", "tong so", "grand total", "total"];
    let rest = written.iter().chain(&bare).find_map(|words| lower.trim_start().strip_prefix(words));
    let what = ["thôn", "xóm", "tổ", "nhóm", "xã", "trang", "chương trình", "cộng", "toàn xã"];
    rest.is_some_and(|rest| {
        let ends =
            rest.is_empty() || rest.starts_with(|c: char| !c.is_alphanumeric() && c != ' ' && c != '-');
        let words = rest.trim_start();
        let goes_on = rest.len() > words.len()
            && (words.starts_with(|c: char| !c.is_alphabetic())
                || what.iter().any(|what| words.starts_with(what)));
        ends || goes_on
    })
}

/// Words of those who sign, or "…, ngày … tháng … năm …".
fn is_signature(text: &str) -> bool {
    let words: Vec<String> = search_key(&text.replace(|c: char| !c.is_alphanumeric(), " "))
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    let key = words.join(" ");
    let place = |word: &str| words.iter().position(|known| known == word);
    let dated = match (place("ngay"), place("thang"), place("nam")) {
        (Some(day), Some(month), Some(year)) => day < month && month < year,
        _ => false,
    };
    let posts = [
        "nguoi lap",
        "lap bieu",
        "lap bang",
        "ke toan",
        "thu quy",
        "truong thon",
        "truong xom",
        "truong ap",
        "chu tich",
        "pho chu tich",
        "tm",
        "kt",
        "tl",
        "thu truong",
        "giam doc",
        "can bo",
        "ky ten",
        "ky ghi ro",
        "ky ho ten",
        "ky va ghi",
        "ky dong dau",
        "xac nhan",
        "nguoi kiem tra",
        "nguoi kiem soat",
        "truong ban",
        "to truong",
        "uy ban nhan dan",
        "ubnd",
    ];
    let signs = posts
        .iter()
        .any(|post| key.strip_prefix(post).is_some_and(|rest| rest.is_empty() || rest.starts_with(' ')));
    dated || signs
}

#[cfg(test)]
mod tests {
    use super::super::csv::read;
    use super::super::headings::find_headings;
    use super::Reason::{ColumnNumbers, Signature, Title, Total};
    use super::*;

    /// Rows of data and the lines left out, by their numbers. The columns are STT, code, name, amount.
    fn parted(lines: &[&str]) -> (Vec<u32>, Vec<(u32, Reason)>) {
        let rows = read(lines.join("\n").as_bytes()).unwrap().rows;
        let headings = find_headings(&rows, |text| ["Mã", "Tên"].contains(&text)).unwrap();
        let parted = part(&rows, &headings, &[1, 2]);
        let left_out = parted.left_out.iter().map(|line| (line.row, line.reason)).collect();
        (parted.data.iter().map(|row| row.number).collect(), left_out)
    }

    #[test]
    fn the_lines_around_a_list_are_left_out_each_for_its_reason() {
        let (data, left_out) = parted(&[
            "DANH SÁCH HỘ NGHÈO, CẬN NGHÈO;;;",
            "TT;Mã;Tên;Tiền",
            "(1);(2);(3);(4)",
            "1;H1;Lê An;5",
            ";;Cộng thôn Đông:;5",
            "2;H2;Tống Văn Cộng;6",
            "Tổng cộng (2 hộ);;;11",
            ";;;Vũ Quý, ngày 15 tháng 6 năm 2026",
            ";Người lập biểu;;CHỦ TỊCH",
            ";(Ký, họ tên);;(Ký tên, đóng dấu)",
            ";Nguyễn Thị Thử;;Trần Văn Mẫu",
        ]);
        assert_eq!(data, [4, 6]);
        let expected = [
            (1, Title),
            (3, ColumnNumbers),
            (5, Total),
            (7, Total),
            (8, Signature),
            (9, Signature),
            (10, Signature),
            (11, Signature),
        ];
        assert_eq!(left_out, expected);
    }

    #[test]
    fn what_carries_a_code_or_a_name_is_data_whatever_it_looks_like() {
        let lines = [
            "TT;Mã;Tên;Tiền",
            "1;H1;Cộng;5",
            "Cộng;H2;;5",
            "Tổng;;Lê An;6",
            "3;H3;Kế Toán;7",
            "4;H4;An;ngày 1 tháng 2 năm 2026",
        ];
        assert_eq!(parted(&lines), (vec![2, 3, 4, 5, 6], vec![]));
        let below = ["TT;Mã;Tên;Tiền", ";;Người lập;", "5;H5;Lê An;5", ";;Lê Ký;"];
        assert_eq!(parted(&below), (vec![3], vec![(2, Signature), (4, Signature)]));
    }

    #[test]
    fn columns_are_numbered_in_several_ways_and_data_is_not() {
        for (row, numbers) in [
            ("A;B;1;2", true),
            ("(A);(B);(1);(2)=(1)x2", true),
            ("1;2;3;4=2+3", true),
            ("1;2;3;", true),
            ("1;3;4;5", false),
            ("1;H1;3;4", false),
            ("1;;;", false),
            ("B;A;1;2", false),
        ] {
            let (_, left_out) = parted(&["TT;Mã;Tên;Tiền", row]);
            assert_eq!(left_out == [(2, ColumnNumbers)], numbers, "{row}");
        }
    }

    #[test]
    fn a_total_is_known_by_its_own_words() {
        for text in [
            "Cộng",
            "CỘNG:",
            "Tổng cộng",
            "TỔNG CỘNG (41 hộ)",
            "Tổng số: 41",
            "tong cong",
            "Cộng trang 1",
            "Bằng chữ: một",
        ] {
            assert!(is_total(text), "{text}");
        }
        for text in ["Tống", "Cộng Hòa", "Tổng Văn An", "Cong", "Tổng-1", "Cộngx", "Công"] {
            assert!(!is_total(text), "{text}");
        }
    }
}
