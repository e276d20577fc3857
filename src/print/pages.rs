//! Pieces put on pages: a row is never cut, the head of a table comes again on every page, and signatures stay with what they
//! sign.

use super::document::{Document, Paper};
use super::face::Face;
use super::length::{Length, mm};
use super::lines::Style;
use super::pieces::{Mark, Piece, Pieces, Span, pieces};

/// A page with what is drawn on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    pub width: Length,
    pub height: Length,
    pub marks: Vec<Mark>,
}

/// A page before anything is on it, and where things may be put.
#[derive(Debug, Clone, Copy)]
struct Sheet {
    width: Length,
    height: Length,
    span: Span,
    top: Length,
    bottom: Length,
}

impl Sheet {
    const fn of(paper: Paper) -> Self {
        let (width, height, left, right, edge) = match paper {
            Paper::A4 => (mm(210), mm(297), mm(25), mm(15), mm(15)),
            Paper::A4Across => (mm(297), mm(210), mm(15), mm(15), mm(15)),
            Paper::A5Across | Paper::TwoOnA4 => (mm(210), mm(148), mm(15), mm(12), mm(8)),
        };
        Self { width, height, span: Span { left, right: width - right }, top: edge, bottom: height - edge }
    }
}

/// How large letters are outside tables.
const TEXT: Length = 220;

/// What a form tries until it fits on its sheet.
const SLIP_TEXT: [Length; 9] = [230, 220, 210, 200, 190, 180, 170, 160, 150];

/// The width between the margins of a paper.
pub const fn text_width(paper: Paper) -> Length {
    let span = Sheet::of(paper).span;
    span.right - span.left
}

/// A document as pages.
pub fn pages(document: &Document) -> Vec<Page> {
    let sheet = Sheet::of(document.paper);
    let slip = matches!(document.paper, Paper::A5Across | Paper::TwoOnA4);
    let one = |copy: Option<&str>| {
        let laid = |size| stack(pieces(document, copy, sheet.span, size), sheet);
        let smaller = || SLIP_TEXT.into_iter().map(laid).find(|pages| pages.len() == 1);
        if slip { smaller().unwrap_or_else(|| laid(TEXT)) } else { laid(TEXT) }
    };
    let mut copies: Vec<_> = document.copies.iter().map(|copy| one(Some(copy))).collect();
    if copies.is_empty() {
        copies.push(one(None));
    }
    for pages in &mut copies {
        finish(pages, document, sheet, slip);
    }
    let pages: Vec<_> = copies.into_iter().flatten().collect();
    if document.paper == Paper::TwoOnA4 { paired(pages) } else { pages }
}

/// Numbers the pages and marks what no longer holds.
fn finish(pages: &mut [Page], document: &Document, sheet: Sheet, slip: bool) {
    let count = pages.len();
    let style = Style::new(Face::Regular, 200);
    for (at, page) in pages.iter_mut().enumerate() {
        if !slip || count > 1 {
            let text = format!("Trang {}/{count}", at + 1);
            let x = (sheet.span.left + sheet.span.right - style.width(&text)) / 2;
            page.marks.push(Mark::Text { x, y: sheet.height - mm(7), style, text });
        }
        if let Some(text) = document.across.clone() {
            page.marks.insert(0, Mark::Across { middle: (sheet.width / 2, sheet.height / 2), text });
        }
    }
}

/// Two pages on a sheet, one above the other, and a line where it is cut.
fn paired(pages: Vec<Page>) -> Vec<Page> {
    let mut sheets: Vec<Page> = Vec::new();
    for (at, mut page) in pages.into_iter().enumerate() {
        let upper = at.is_multiple_of(2);
        if upper {
            let middle = mm(297) / 2;
            let cut = Mark::Rule { from: (mm(5), middle), to: (mm(205), middle), dashed: true };
            page.marks.push(cut);
            sheets.push(Page { width: mm(210), height: mm(297), marks: page.marks });
        } else if let Some(sheet) = sheets.last_mut() {
            page.marks.iter_mut().for_each(|mark| mark.lower(mm(297) / 2));
            sheet.marks.append(&mut page.marks);
        }
    }
    sheets
}

/// Pages being filled.
struct Stack {
    sheet: Sheet,
    heads: Vec<Piece>,
    pages: Vec<Page>,
    y: Length,
    /// The table whose head stands above this place.
    under: Option<usize>,
}

fn stack(pieces: Pieces, sheet: Sheet) -> Vec<Page> {
    let mut stack = Stack { sheet, heads: pieces.heads, pages: Vec::new(), y: sheet.top, under: None };
    stack.turn();
    let mut group = Vec::new();
    for piece in pieces.all {
        let more = piece.keep;
        group.push(piece);
        if !more {
            stack.put_together(std::mem::take(&mut group));
        }
    }
    stack.put_together(group);
    stack.pages
}

impl Stack {
    fn turn(&mut self) {
        self.pages.push(Page { width: self.sheet.width, height: self.sheet.height, marks: Vec::new() });
        (self.y, self.under) = (self.sheet.top, None);
    }

    /// The head that a piece still needs above it.
    fn missing(&self, piece: &Piece) -> Option<usize> {
        piece.head.filter(|head| self.under != Some(*head))
    }

    fn fits(&self, pieces: &[Piece]) -> bool {
        let head =
            pieces.iter().find_map(|piece| self.missing(piece)).map_or(0, |head| self.heads[head].height);
        let height: Length = pieces.iter().map(|piece| piece.height).sum();
        self.y + head + height <= self.sheet.bottom
    }

    /// On this page if all of it has room, else on the next; what is longer than a page goes on to a further one.
    fn put_together(&mut self, group: Vec<Piece>) {
        if !self.fits(&group) && self.y > self.sheet.top {
            self.turn();
        }
        for piece in group {
            if !self.fits(std::slice::from_ref(&piece)) && self.y > self.sheet.top {
                self.turn();
            }
            if let Some(head) = self.missing(&piece) {
                self.under = Some(head);
                self.draw(self.heads[head].clone());
            }
            self.under = piece.head;
            self.draw(piece);
        }
    }

    fn draw(&mut self, piece: Piece) {
        let by = self.y;
        self.y += piece.height;
        let Some(page) = self.pages.last_mut() else { return };
        page.marks.extend(piece.marks.into_iter().map(|mut mark| {
            mark.lower(by);
            mark
        }));
    }
}
