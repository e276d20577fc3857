//! The parts of a document as pieces that are put on pages whole.

use std::sync::Arc;

use super::document::{Block, Cell, Column, Document, Field, Kind, Line, Rank, Row, Signer, Stamp, Table};
use super::face::Face;
use super::grid::{self, Grid, PADDING};
use super::length::{Length, mm};
use super::lines::{Style, wrap};

/// Something drawn. Its place counts from the top left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mark {
    /// Letters that stand on `y`.
    Text { x: Length, y: Length, style: Style, text: String },
    /// The lines between the cells of a row, and the one below it.
    Cells { edges: Arc<[Length]>, top: Length, bottom: Length },
    /// A line.
    Rule { from: (Length, Length), to: (Length, Length), dashed: bool },
    /// Large grey letters from the lower left to the upper right, around a middle.
    Across { middle: (Length, Length), text: String },
}

impl Mark {
    pub fn lower(&mut self, by: Length) {
        match self {
            Self::Text { y, .. } => *y += by,
            Self::Cells { top, bottom, .. } => {
                *top += by;
                *bottom += by;
            }
            Self::Rule { from, to, .. } => {
                from.1 += by;
                to.1 += by;
            }
            Self::Across { middle, .. } => middle.1 += by,
        }
    }
}

/// What stays on one page.
#[derive(Debug, Clone, Default)]
pub struct Piece {
    pub height: Length,
    pub marks: Vec<Mark>,
    /// Whether the next one belongs on the same page.
    pub keep: bool,
    /// The head of the table it is a row of, by number.
    pub head: Option<usize>,
}

/// Where lines begin and end.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    pub left: Length,
    pub right: Length,
}

impl Span {
    const fn width(self) -> Length {
        self.right - self.left
    }
}

/// Where a line stands between its ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Left,
    Middle,
    Right,
}

impl Piece {
    /// Writes a text below what is there.
    fn write(&mut self, text: &str, style: Style, side: Side, span: Span) {
        for line in wrap(text, style, span.width(), 0) {
            self.write_line(line, style, side, span);
        }
    }

    fn write_line(&mut self, text: String, style: Style, side: Side, span: Span) {
        let free = span.width() - style.width(&text);
        let x = span.left
            + match side {
                Side::Left => 0,
                Side::Middle => free / 2,
                Side::Right => free,
            };
        if !text.is_empty() {
            self.marks.push(Mark::Text { x, y: self.height + style.ascent(), style, text });
        }
        self.height += style.leading();
    }

    /// Takes in what was written beside it.
    fn beside(&mut self, other: Self) {
        self.height = self.height.max(other.height);
        self.marks.extend(other.marks);
    }

    fn space(&mut self, height: Length) {
        self.height += height;
    }
}

/// The pieces of a document and the heads of its tables.
#[derive(Debug, Default)]
pub struct Pieces {
    pub heads: Vec<Piece>,
    pub all: Vec<Piece>,
}

/// Everything of a copy of a document, in letters of a size.
pub fn pieces(document: &Document, copy: Option<&str>, span: Span, size: Length) -> Pieces {
    let mut pieces = Pieces::default();
    pieces.all.push(head(document, span, size));
    pieces.all.push(title(document, copy, span, size));
    let mut signed_from = 0;
    for block in &document.body {
        match block {
            Block::Table(table) => {
                pieces.table(table, span);
                signed_from = pieces.last_rows();
            }
            Block::Field(part) => pieces.all.push(field(part, span, size)),
            Block::Note(text) => pieces.all.push(note(text, span, size)),
            Block::Signatures(signers) => {
                pieces.all.push(signatures(signers, span, size));
                let count = pieces.all.len() - 1;
                pieces.all[signed_from.min(count)..count].iter_mut().for_each(|piece| piece.keep = true);
            }
        }
    }
    pieces
}

fn head(document: &Document, span: Span, size: Length) -> Piece {
    let middle = Length::midpoint(span.left, span.right);
    let write = |lines: &[Line], side, span| {
        let mut piece = Piece::default();
        for line in lines {
            let face = if line.bold { Face::Bold } else { Face::Regular };
            piece.write(&line.text, Style::new(face, size), side, span);
        }
        piece
    };
    let gap = mm(4);
    let mut piece = write(&document.issuer, Side::Left, Span { left: span.left, right: middle - gap });
    piece.beside(write(&document.form, Side::Middle, Span { left: middle + gap, right: span.right }));
    piece.space(size / 2);
    piece
}

/// The title between a stamp and the references, if there are any.
fn title(document: &Document, copy: Option<&str>, span: Span, size: Length) -> Piece {
    let references = || copy.into_iter().chain(document.references.iter().map(String::as_str));
    let flanked = document.stamp.is_some() || references().next().is_some();
    let margin = if flanked { span.width() / 4 } else { 0 };
    let middle = Span { left: span.left + margin, right: span.right - margin };
    let mut piece = Piece::default();
    piece.write(&document.title, Style::new(Face::Bold, size * 14 / 11), Side::Middle, middle);
    for line in &document.subtitle {
        piece.write(line, Style::new(Face::Italic, size), Side::Middle, middle);
    }
    let mut right = Piece::default();
    for line in references() {
        let span = Span { left: middle.right + mm(4), right: span.right };
        right.write(line, Style::new(Face::Regular, size), Side::Left, span);
    }
    piece.beside(right);
    if let Some(stamp) = &document.stamp {
        piece.beside(framed(stamp, Span { left: span.left, right: middle.left - mm(2) }, size));
    }
    piece.space(size * 2 / 3);
    piece
}

fn framed(stamp: &Stamp, span: Span, size: Length) -> Piece {
    let inner = Span { left: span.left + PADDING, right: span.right - PADDING };
    let mut piece = Piece::default();
    piece.space(PADDING);
    piece.write(&stamp.word, Style::new(Face::Bold, size), Side::Middle, inner);
    for line in &stamp.lines {
        piece.write(line, Style::new(Face::Regular, size * 4 / 5), Side::Middle, inner);
    }
    piece.space(PADDING);
    let (left, right, bottom) = (span.left, span.right, piece.height);
    let corners = [(left, 0), (right, 0), (right, bottom), (left, bottom), (left, 0)];
    let sides = corners.windows(2).map(|two| Mark::Rule { from: two[0], to: two[1], dashed: false });
    piece.marks.extend(sides);
    piece
}

fn field(field: &Field, span: Span, size: Length) -> Piece {
    let style = Style::new(Face::Regular, size);
    let indent = style.width(field.label) + style.width(" ");
    let mut piece = Piece::default();
    piece.marks.push(Mark::Text { x: span.left, y: style.ascent(), style, text: field.label.to_owned() });
    let value = field.value.as_deref().filter(|value| !value.is_empty());
    let dots = || ".".repeat(usize::try_from((span.width() - indent) / style.width(".")).unwrap_or_default());
    let value = value.map_or_else(dots, str::to_owned);
    for (at, line) in wrap(&value, style, span.width(), indent).into_iter().enumerate() {
        let left = if at == 0 { span.left + indent } else { span.left };
        piece.write_line(line, style, Side::Left, Span { left, right: span.right });
    }
    piece.space(size / 10);
    piece
}

fn note(text: &str, span: Span, size: Length) -> Piece {
    let mut piece = Piece::default();
    piece.space(size / 4);
    piece.write(text, Style::new(Face::Regular, size), Side::Left, span);
    piece
}

fn signatures(signers: &[Signer], span: Span, size: Length) -> Piece {
    let count = Length::try_from(signers.len()).unwrap_or(1).max(1);
    let dated = signers.iter().any(|signer| signer.above.is_some());
    let mut row = Piece::default();
    for (at, signer) in (0..).zip(signers) {
        let edge = |at: Length| span.left + span.width() * at / count;
        let span = Span { left: edge(at), right: edge(at + 1) - mm(1) };
        let mut piece = Piece::default();
        piece.space(size / 2);
        if dated {
            piece.write(
                signer.above.as_deref().unwrap_or(""),
                Style::new(Face::Italic, size),
                Side::Middle,
                span,
            );
        }
        piece.write(signer.post, Style::new(Face::Bold, size), Side::Middle, span);
        piece.write(signer.how, Style::new(Face::Italic, size), Side::Middle, span);
        piece.space(size * 9 / 2);
        piece.write(signer.name.as_deref().unwrap_or(""), Style::new(Face::Bold, size), Side::Middle, span);
        row.beside(piece);
    }
    row.space(size / 2);
    row
}

impl Pieces {
    /// Where the last row that is not a sum of others stands.
    fn last_rows(&self) -> usize {
        let tied = self.all.iter().rev().skip(1).take_while(|piece| piece.keep).count();
        self.all.len().saturating_sub(1 + tied)
    }

    fn table(&mut self, table: &Table, span: Span) {
        let grid = grid::fit(table, span.width());
        let mut left = span.left;
        let edges: Arc<[Length]> = std::iter::once(left)
            .chain(grid.widths.iter().map(|width| {
                left += width;
                left
            }))
            .collect();
        if let Some(measure) = &table.measure {
            let mut piece = Piece { keep: true, ..Piece::default() };
            piece.write(measure, Style::new(Face::Italic, grid.size), Side::Right, span);
            self.all.push(piece);
        }
        let head = Some(self.heads.len());
        self.heads.push(headings(&table.columns, &grid, &edges));
        for (at, row) in table.rows.iter().enumerate() {
            let before_total = table
                .rows
                .get(at + 1)
                .is_some_and(|next| next.rank != Rank::Plain && next.rank != Rank::Group);
            let keep = row.rank == Rank::Group || before_total;
            self.all.push(Piece { keep, head, ..cells(row, table, grid.size, &edges) });
        }
        if table.rows.is_empty() {
            self.all.push(Piece { head, ..Piece::default() });
        }
    }
}

fn inside(edges: &[Length], from: usize, to: usize) -> Span {
    Span { left: edges[from] + PADDING, right: edges[to] - PADDING }
}

fn cells(row: &Row, table: &Table, size: Length, edges: &Arc<[Length]>) -> Piece {
    let style = Style::new(grid::face(row.rank), size);
    let all = edges.len() - 1;
    let mut piece = Piece::default();
    let pad = size / 6;
    if row.rank == Rank::Group {
        piece.space(pad);
        let text = row.cells.first().map(Cell::on_paper).unwrap_or_default();
        piece.write(&text, style, Side::Left, inside(edges, 0, all));
        piece.space(pad);
        let outer = [edges[0], edges[all]].into();
        piece.marks.push(Mark::Cells { edges: outer, top: 0, bottom: piece.height });
        return piece;
    }
    for (at, (cell, column)) in row.cells.iter().zip(&table.columns).enumerate() {
        let place = match column.kind {
            Kind::Text => Side::Left,
            Kind::Money | Kind::Count => Side::Right,
            Kind::Date => Side::Middle,
        };
        let mut one = Piece::default();
        one.space(pad);
        one.write(&cell.on_paper(), style, place, inside(edges, at, at + 1));
        one.space(pad);
        piece.beside(one);
    }
    piece.marks.push(Mark::Cells { edges: Arc::clone(edges), top: 0, bottom: piece.height });
    piece
}

/// Columns that share a heading: from which to which, and the heading.
fn runs(columns: &[Column]) -> Vec<(usize, usize, Option<&'static str>)> {
    let mut runs: Vec<(usize, usize, Option<&'static str>)> = Vec::new();
    for (at, column) in columns.iter().enumerate() {
        let over = column.tiers.map(|(over, _)| over);
        match runs.last_mut() {
            Some((_, to, before)) if over.is_some() && *before == over => *to = at + 1,
            _ => runs.push((at, at + 1, over)),
        }
    }
    runs
}

/// The head of a table, of one tier or two.
fn headings(columns: &[Column], grid: &Grid, edges: &Arc<[Length]>) -> Piece {
    let style = Style::new(Face::Bold, grid.size);
    let pad = grid.size / 4;
    let height = |text: &str, from, to| {
        let lines = wrap(text, style, inside(edges, from, to).width(), 0).len();
        Length::try_from(lines).unwrap_or(1) * style.leading() + 2 * pad
    };
    let (mut upper, mut lower, mut alone) = (0, 0, 0);
    for (from, to, over) in runs(columns) {
        match over {
            Some(over) => upper = upper.max(height(over, from, to)),
            None => alone = alone.max(height(columns[from].heading, from, to)),
        }
    }
    for (at, column) in columns.iter().enumerate() {
        lower = column.tiers.map_or(lower, |(_, own)| lower.max(height(own, at, at + 1)));
    }
    lower = lower.max(alone - upper);
    let mut piece = Piece { height: upper + lower, ..Piece::default() };
    let mut put = |text: &str, (from, to): (usize, usize), (top, bottom): (Length, Length)| {
        let mut cell =
            Piece { height: top + (bottom - top - height(text, from, to)) / 2 + pad, ..Piece::default() };
        cell.write(text, style, Side::Middle, inside(edges, from, to));
        piece.marks.extend(cell.marks);
    };
    for (from, to, over) in runs(columns) {
        let Some(over) = over else {
            put(columns[from].heading, (from, to), (0, upper + lower));
            continue;
        };
        put(over, (from, to), (0, upper));
        for (at, column) in columns.iter().enumerate().take(to).skip(from) {
            put(column.tiers.map_or("", |(_, own)| own), (at, at + 1), (upper, upper + lower));
        }
    }
    piece.marks.extend(head_lines(columns, edges, upper, upper + lower));
    piece
}

fn head_lines(columns: &[Column], edges: &Arc<[Length]>, upper: Length, bottom: Length) -> Vec<Mark> {
    let rule = |from, to| Mark::Rule { from, to, dashed: false };
    let mut marks = vec![rule((edges[0], 0), (edges[edges.len() - 1], 0))];
    for (from, to, over) in runs(columns) {
        let outer = [edges[from], edges[to]].into();
        if over.is_none() {
            marks.push(Mark::Cells { edges: outer, top: 0, bottom });
            continue;
        }
        marks.push(Mark::Cells { edges: outer, top: 0, bottom: upper });
        marks.push(Mark::Cells { edges: edges[from..=to].into(), top: upper, bottom });
    }
    marks
}
