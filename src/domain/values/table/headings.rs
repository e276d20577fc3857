//! Where the headings of a table stand: below a title, in one row or in two with merged cells.

use std::ops::Range;

use super::cell::Row;

/// How many rows are looked at: lists have a title above their headings.
const TITLE_ROWS: usize = 20;

/// The headings of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadingRows {
    /// The rows they stand in, by their order in the table.
    pub rows: Range<usize>,
    /// One a column; empty where the column has none.
    pub texts: Vec<String>,
}

/// The headings of a table: of its first rows the one, or the two together, of which most cells are known.
pub fn find_headings(rows: &[Row], is_known: impl Fn(&str) -> bool) -> Option<HeadingRows> {
    let known = |texts: &[String]| texts.iter().filter(|text| is_known(text)).count();
    let mut best: Option<(usize, HeadingRows)> = None;
    for at in 0..rows.len().min(TITLE_ROWS) {
        let single = texts(&rows[at]);
        let mut found = (known(&single), HeadingRows { rows: at..at + 1, texts: single });
        if let Some(below) = rows.get(at + 1) {
            let lower = texts(below);
            let both = together(&found.1.texts, &lower, &is_known);
            if known(&both) > found.0.max(known(&lower)) {
                found = (known(&both), HeadingRows { rows: at..at + 2, texts: both });
            }
        }
        if found.0 > best.as_ref().map_or(0, |(count, _)| *count) {
            best = Some(found);
        }
    }
    best.map(|(_, headings)| headings)
}

fn texts(row: &Row) -> Vec<String> {
    row.shown().map(std::borrow::Cow::into_owned).collect()
}

/// Headings in two rows. A merged cell keeps its text in the first of its columns and rows: "Dư nợ" over "trong hạn" and "quá hạn".
fn together(upper: &[String], lower: &[String], is_known: impl Fn(&str) -> bool) -> Vec<String> {
    let cell = |row: &[String], column: usize| row.get(column).cloned().unwrap_or_default();
    let mut over = String::new();
    let of = |column| {
        let (above, below) = (cell(upper, column), cell(lower, column));
        if !above.is_empty() {
            over.clone_from(&above);
        }
        if below.is_empty() {
            return above;
        }
        let both = format!("{over} {below}");
        [both.clone(), below, above].into_iter().find(|text| is_known(text)).unwrap_or(both)
    };
    (0..upper.len().max(lower.len())).map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::super::csv::read;
    use super::*;

    fn found(text: &str) -> Option<HeadingRows> {
        let known = ["Mã", "Tên", "Dư nợ trong hạn", "Dư nợ quá hạn", "Ghi chú"];
        find_headings(&read(text.as_bytes()).unwrap().rows, |text| known.contains(&text))
    }

    #[test]
    fn headings_stand_below_a_title_in_one_row_or_in_two() {
        let one = found("BẢNG KÊ;;\nMã;Tên;Khác\n1;An;x").unwrap();
        assert_eq!((one.rows, one.texts.join("|")), (1..2, "Mã|Tên|Khác".to_owned()));
        let two = found("BẢNG KÊ;;;;\nMã;Tên;Dư nợ;;Ghi chú\n;;trong hạn;quá hạn;\n1;An;5;6;x").unwrap();
        assert_eq!(
            (two.rows, two.texts.join("|")),
            (1..3, "Mã|Tên|Dư nợ trong hạn|Dư nợ quá hạn|Ghi chú".to_owned())
        );
        let numbered = found("Mã;Tên;Ghi chú\n(1);(2);(3)\n1;An;x").unwrap();
        assert_eq!(numbered.rows, 0..1);
        assert_eq!(found("a;b\n1;2"), None);
    }
}
