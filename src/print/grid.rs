//! How wide the columns of a table are: figures are never broken, words share what is left, and letters get smaller before
//! anything is wider than the page.

use super::document::{Cell, Column, Kind, Rank, Table};
use super::face::Face;
use super::length::{Length, mm};
use super::lines::Style;

/// Between a line and what stands beside it.
pub const PADDING: Length = 70;

/// The largest and the smallest letters of a table.
const SIZES: [Length; 5] = [220, 200, 180, 160, 140];

/// An amount that has room in every column of amounts, so that small books do not look crowded.
const USUAL: &str = "999.999.999";

/// Columns side by side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grid {
    /// How large the letters are.
    pub size: Length,
    /// How wide each column is.
    pub widths: Vec<Length>,
}

/// What a column asks for.
#[derive(Debug, Clone, Copy)]
struct Wish {
    least: Length,
    natural: Length,
}

/// A table as wide as the page lets it be.
pub fn fit(table: &Table, width: Length) -> Grid {
    let wishes_at = |size: Length| (size, wishes(table, size, width));
    let fits =
        |(_, wishes): &(Length, Vec<Wish>)| wishes.iter().map(|wish| wish.least).sum::<Length>() <= width;
    let (size, wishes) =
        SIZES.into_iter().map(wishes_at).find(fits).unwrap_or_else(|| wishes_at(SIZES[SIZES.len() - 1]));
    Grid { size, widths: shared(table, &wishes, width) }
}

/// The face of a row.
pub const fn face(rank: Rank) -> Face {
    match rank {
        Rank::Plain => Face::Regular,
        Rank::Group | Rank::Subtotal | Rank::Total => Face::Bold,
    }
}

fn longest_word(text: &str, style: Style) -> Length {
    text.split_whitespace().map(|word| style.width(word)).max().unwrap_or_default()
}

fn wishes(table: &Table, size: Length, width: Length) -> Vec<Wish> {
    let columns = 0..table.columns.len();
    let mut wishes: Vec<_> = columns.map(|at| wish(table, at, size, width)).collect();
    let money = |column: &Column| column.kind == Kind::Money;
    let amounts = table.columns.iter().zip(&wishes).filter(|(column, _)| money(column));
    let widest = amounts.map(|(_, wish)| wish.least).max().unwrap_or_default();
    for (column, wish) in table.columns.iter().zip(&mut wishes) {
        if money(column) {
            *wish = Wish { least: widest, natural: widest };
        }
    }
    wishes
}

fn wish(table: &Table, at: usize, size: Length, width: Length) -> Wish {
    let column = &table.columns[at];
    let heading = column.tiers.map_or(column.heading, |(_, own)| own);
    let heading = longest_word(heading, Style::new(Face::Bold, size));
    let (mut whole, mut word) = (heading, heading);
    for row in table.rows.iter().filter(|row| row.rank != Rank::Group) {
        let Some(cell) = row.cells.get(at).filter(|cell| **cell != Cell::Empty) else { continue };
        let (text, style) = (cell.on_paper(), Style::new(face(row.rank), size));
        whole = whole.max(style.width(&text));
        if column.kind == Kind::Text {
            word = word.max(longest_word(&text, style));
        }
    }
    let natural = whole + 2 * PADDING;
    match column.kind {
        Kind::Text => Wish { least: natural.min((word + 2 * PADDING).max(mm(25)).min(width / 5)), natural },
        Kind::Money => {
            let usual = Style::new(Face::Regular, size).width(USUAL) + 2 * PADDING;
            Wish { least: natural.max(usual), natural }
        }
        Kind::Count | Kind::Date => Wish { least: natural, natural },
    }
}

/// Widths that add up to the whole: the least of each, and of the rest what each wants more, or more than that to the words.
fn shared(table: &Table, wishes: &[Wish], width: Length) -> Vec<Length> {
    let least: Length = wishes.iter().map(|wish| wish.least).sum();
    if least >= width {
        return parts(width, &wishes.iter().map(|wish| wish.least).collect::<Vec<_>>());
    }
    let wanted: Vec<_> =
        wishes.iter().map(|wish| wish.natural - wish.least).map(|more| more.max(0)).collect();
    let (total, spare) = (wanted.iter().sum::<Length>(), width - least);
    if total >= spare {
        return wishes
            .iter()
            .zip(small_first(spare, &wanted))
            .map(|(wish, more)| wish.least + more)
            .collect();
    }
    let wide = |(column, wish): (&Column, &Wish)| if column.kind == Kind::Text { wish.natural } else { 0 };
    let mut weights: Vec<_> = table.columns.iter().zip(wishes).map(wide).collect();
    if weights.iter().sum::<Length>() == 0 {
        weights = vec![1; wishes.len()];
    }
    let more = parts(spare - total, &weights);
    wishes.iter().zip(more).map(|(wish, more)| wish.least.max(wish.natural) + more).collect()
}

/// A length that is less than all want together: who wants little gets it, and the others get the same.
fn small_first(whole: Length, wanted: &[Length]) -> Vec<Length> {
    let mut order: Vec<_> = (0..wanted.len()).collect();
    order.sort_by_key(|at| wanted[*at]);
    let (mut left, mut parts) = (whole, vec![0; wanted.len()]);
    for (done, at) in order.into_iter().enumerate() {
        let others = Length::try_from(wanted.len() - done).unwrap_or(1);
        parts[at] = wanted[at].min(left / others);
        left -= parts[at];
    }
    parts
}

/// A length cut by weights; what rounding leaves goes to the heaviest.
fn parts(whole: Length, weights: &[Length]) -> Vec<Length> {
    let total: i64 = weights.iter().map(|weight| i64::from(*weight)).sum();
    let part = |weight: &Length| i64::from(whole) * i64::from(*weight) / total.max(1);
    let mut parts: Vec<_> =
        weights.iter().map(part).map(|part| Length::try_from(part).unwrap_or_default()).collect();
    let rest = whole - parts.iter().sum::<Length>();
    if let Some(heaviest) = (0..weights.len()).max_by_key(|at| weights[*at]) {
        parts[heaviest] += rest;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::values::total::Total;
    use crate::print::document::Row;
    use rust_decimal::Decimal;

    fn table(text: &str, amount: i128, amounts: usize) -> Table {
        let mut columns = vec![Column::new("Diễn giải", Kind::Text)];
        columns.extend((0..amounts).map(|_| Column::new("Số tiền", Kind::Money)));
        let amount = Cell::Amount(Total(Decimal::from_i128_with_scale(amount, 0)));
        let mut cells = vec![Cell::text(text)];
        cells.extend((0..amounts).map(|_| amount.clone()));
        Table { measure: None, columns, rows: vec![Row { rank: Rank::Plain, cells }] }
    }

    #[test]
    fn columns_fill_the_page_whatever_they_hold() {
        for (text, amount, amounts) in
            [("Thu", 5, 2), (&"chi hỗ trợ ".repeat(40), 1_500_000, 6), ("Thu", i128::pow(10, 20), 7)]
        {
            let table = table(text, amount, amounts);
            let grid = fit(&table, 15_000);
            assert_eq!(grid.widths.iter().sum::<Length>(), 15_000);
            let figure = Style::new(Face::Regular, grid.size).width(&table.rows[0].cells[1].on_paper());
            assert!(grid.widths[1..].iter().all(|width| *width >= figure + 2 * PADDING), "{grid:?}");
        }
    }

    #[test]
    fn who_wants_little_gets_it() {
        assert_eq!(small_first(100, &[10, 200, 0, 90]), [10, 45, 0, 45]);
        assert_eq!(small_first(101, &[200, 90]), [51, 50]);
    }

    #[test]
    fn letters_get_smaller_before_figures_are_broken() {
        assert_eq!(fit(&table("Thu", 1, 6), 15_000).size, 220);
        assert_eq!(fit(&table("Thu", i128::pow(10, 20), 7), 15_000).size, 160);
    }
}
