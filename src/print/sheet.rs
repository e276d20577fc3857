//! A document as a workbook that is ready to print: amounts and days are values, columns and rows as large as what they hold.
//! Cells are written row by row, and those above the row at hand lie in a file for the time being: however long a table is, it
//! takes no more memory for its cells.

use rust_decimal::Decimal;
use rust_xlsxwriter::{DocProperties, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};

use super::document::{Block, Cell, Column, Document, Field, Kind, Line, Paper, Rank, Row, Signer, Table};
use super::face::Face;
use super::grid::{self, Grid, PADDING};
use super::length::Length;
use super::lines::{Style, wrap};
use super::pages::text_width;

/// The largest whole number that a workbook cell holds exactly.
const EXACT_IN_A_CELL: i64 = 999_999_999_999_999;

/// Letters outside tables.
const TEXT: Style = Style::new(Face::Regular, 220);

/// What a signer is shown as in one of the rows of a signature.
type Part = fn(&Signer) -> (Face, &str);

/// Rows as a workbook counts them.
type At = u32;

/// A sheet being filled from the top.
struct Filling<'a> {
    page: &'a mut Worksheet,
    at: At,
    last_column: u16,
    widths: Vec<Length>,
    size: Length,
    frozen: bool,
}

/// A document as a workbook.
pub fn xlsx(document: &Document) -> anyhow::Result<Vec<u8>> {
    let mut book = Workbook::new();
    book.set_default_format(&font(Face::Regular, TEXT.size), 20, 64)?;
    let made = document.made_on.and_hms_opt(0, 0, 0).unwrap_or_default();
    let about =
        DocProperties::new().set_title(&document.name).set_author("Sổ Quỹ").set_creation_datetime(&made);
    book.set_properties(&about);
    let page = book.add_worksheet_with_constant_memory()?;
    set_up(page, document)?;
    let width = text_width(document.paper);
    let grid = document.tables().next().map(|table| grid::fit(table, width));
    let grid = grid.unwrap_or(Grid { size: TEXT.size, widths: vec![width / 4; 4] });
    for (column, width) in (0..).zip(&grid.widths) {
        page.set_column_width_pixels(column, pixels(*width))?;
    }
    let last_column = u16::try_from(grid.widths.len() - 1).unwrap_or_default();
    let (size, widths) = (grid.size, grid.widths);
    let mut filling = Filling { page, at: 0, last_column, widths, size, frozen: false };
    filling.head(document)?;
    for block in &document.body {
        match block {
            Block::Table(table) => filling.table(table)?,
            Block::Field(Field { label, value }) => {
                let text = format!("{label} {}", value.as_deref().unwrap_or(""));
                filling.line(&text, &font(Face::Regular, TEXT.size), TEXT)?;
            }
            Block::Note(text) => filling.line(text, &font(Face::Regular, TEXT.size), TEXT)?,
            Block::Signatures(signers) => filling.signatures(signers)?,
        }
    }
    Ok(book.save_to_buffer()?)
}

/// A width on the screen, a fifteenth of what it is on paper; programs measure letters a little differently, so some more.
fn pixels(width: Length) -> u32 {
    u32::try_from(width / 14).unwrap_or_default()
}

fn set_up(page: &mut Worksheet, document: &Document) -> Result<(), XlsxError> {
    let (paper, across) = match document.paper {
        Paper::A4 | Paper::TwoOnA4 => (9, false),
        Paper::A4Across => (9, true),
        Paper::A5Across => (11, true),
    };
    page.set_name(sheet_name(&document.name))?;
    page.set_paper_size(paper).set_print_fit_to_pages(1, 0).set_print_center_horizontally(true);
    page.set_margins(0.6, 0.6, 0.6, 0.7, 0.3, 0.3).set_footer("&C&\"Times New Roman\"&10Trang &P/&N");
    if across {
        page.set_landscape();
    }
    Ok(())
}

/// A name as workbooks allow it: 31 letters without signs of their own.
fn sheet_name(name: &str) -> String {
    name.chars().filter(|c| !"[]:*?/\\'".contains(*c)).take(31).collect()
}

fn font(face: Face, size: Length) -> Format {
    let format = Format::new().set_font_name("Times New Roman").set_font_size(size / 20);
    let format = format.set_align(FormatAlign::VerticalCenter).set_text_wrap();
    match face {
        Face::Regular => format,
        Face::Bold => format.set_bold(),
        Face::Italic => format.set_italic(),
    }
}

fn boxed(face: Face, size: Length, align: FormatAlign) -> Format {
    font(face, size).set_border(FormatBorder::Thin).set_align(align)
}

fn height_of(lines: usize, style: Style) -> f64 {
    f64::from(Length::try_from(lines).unwrap_or(1) * (style.leading() + 10) / 20 + 3)
}

impl Filling<'_> {
    /// Writes over some columns of this row.
    fn over(&mut self, (from, to): (u16, u16), text: &str, format: &Format) -> Result<(), XlsxError> {
        if from < to {
            self.page.merge_range(self.at, from, self.at, to, text, format)?;
        } else {
            self.page.write_with_format(self.at, from, text, format)?;
        }
        Ok(())
    }

    /// How many lines a text takes over some columns.
    fn lines(&self, text: &str, style: Style, (from, to): (u16, u16)) -> usize {
        let width: Length = self.widths[usize::from(from)..=usize::from(to)].iter().sum();
        wrap(text, style, width - 2 * PADDING, 0).len()
    }

    fn next(&mut self, lines: usize, style: Style) -> Result<(), XlsxError> {
        self.page.set_row_height(self.at, height_of(lines, style))?;
        self.at += 1;
        Ok(())
    }

    /// A line over the whole width.
    fn line(&mut self, text: &str, format: &Format, style: Style) -> Result<(), XlsxError> {
        let all = (0, self.last_column);
        self.over(all, text, format)?;
        self.next(self.lines(text, style, all), style)
    }

    fn head(&mut self, document: &Document) -> Result<(), XlsxError> {
        let left = (0, self.last_column / 2);
        let right = (self.last_column / 2 + 1, self.last_column);
        for at in 0..document.issuer.len().max(document.form.len()) {
            let mut lines = 1;
            let both =
                [(&document.issuer, left, FormatAlign::Left), (&document.form, right, FormatAlign::Center)];
            for (column, span, align) in both {
                let Some(Line { text, bold }) = column.get(at).filter(|_| span.0 <= span.1) else { continue };
                let face = if *bold { Face::Bold } else { Face::Regular };
                self.over(span, text, &font(face, TEXT.size).set_align(align))?;
                lines = lines.max(self.lines(text, Style::new(face, TEXT.size), span));
            }
            self.next(lines, TEXT)?;
        }
        let title = Style::new(Face::Bold, 280);
        self.line(&document.title, &font(title.face, title.size).set_align(FormatAlign::Center), title)?;
        let small = Style::new(Face::Italic, TEXT.size);
        for text in document.subtitle.iter().chain(&document.references) {
            self.line(text, &font(small.face, small.size).set_align(FormatAlign::Center), small)?;
        }
        Ok(())
    }

    fn table(&mut self, table: &Table) -> Result<(), XlsxError> {
        let size = self.size;
        let measure = Style::new(Face::Italic, size);
        let text = table.measure.as_deref().unwrap_or("");
        self.line(text, &font(measure.face, size).set_align(FormatAlign::Right), measure)?;
        let first = self.at;
        self.headings(&table.columns)?;
        if !self.frozen {
            self.page.set_repeat_rows(first, self.at - 1)?.set_freeze_panes(self.at, 0)?;
            self.frozen = true;
        }
        let formats = Formats::new(size);
        for row in &table.rows {
            self.row(row, &table.columns, &formats)?;
        }
        Ok(())
    }

    fn headings(&mut self, columns: &[Column]) -> Result<(), XlsxError> {
        let style = Style::new(Face::Bold, self.size);
        let format = boxed(style.face, style.size, FormatAlign::Center);
        let tiers = At::from(columns.iter().any(|column| column.tiers.is_some()));
        let (mut upper, mut lower) = (1, 1);
        let mut from = 0;
        for (at, column) in (0..).zip(columns) {
            let Some((over, _)) = column.tiers else {
                lower = lower.max(self.lines(column.heading, style, (at, at)).saturating_sub(upper));
                if tiers == 0 {
                    self.page.write_with_format(self.at, at, column.heading, &format)?;
                } else {
                    self.page.merge_range(self.at, at, self.at + 1, at, column.heading, &format)?;
                }
                continue;
            };
            let starts =
                at == 0 || columns[usize::from(at) - 1].tiers.map(|(before, _)| before) != Some(over);
            from = if starts { at } else { from };
            let next = columns.get(usize::from(at) + 1).and_then(|next| next.tiers);
            if next.map(|(next, _)| next) != Some(over) {
                self.over((from, at), over, &format)?;
                upper = upper.max(self.lines(over, style, (from, at)));
            }
        }
        if tiers > 0 {
            self.next(upper, style)?;
            for (at, column) in (0..).zip(columns) {
                let Some((_, own)) = column.tiers else { continue };
                self.page.write_with_format(self.at, at, own, &format)?;
                lower = lower.max(self.lines(own, style, (at, at)));
            }
        }
        self.next(lower, style)
    }

    fn row(&mut self, row: &Row, columns: &[Column], formats: &Formats) -> Result<(), XlsxError> {
        let style = Style::new(grid::face(row.rank), self.size);
        if row.rank == Rank::Group {
            let text = row.cells.first().map(Cell::on_paper).unwrap_or_default();
            let all = (0, self.last_column);
            self.over(all, &text, &boxed(style.face, style.size, FormatAlign::Left))?;
            return self.next(self.lines(&text, style, all), style);
        }
        let mut lines = 1;
        for (at, (cell, column)) in (0..).zip(row.cells.iter().zip(columns)) {
            let format = formats.of(row.rank, column.kind);
            match cell {
                Cell::Text(text) => {
                    self.page.write_string_with_format(self.at, at, text, format)?;
                    lines = lines.max(self.lines(text, style, (at, at)));
                }
                Cell::Amount(total) if total.0.abs() > Decimal::from(EXACT_IN_A_CELL) => {
                    self.page.write_string_with_format(self.at, at, cell.on_paper(), format)?;
                }
                Cell::Amount(total) => {
                    self.page.write_with_format(self.at, at, total.0, format)?;
                }
                Cell::Count(number) => {
                    self.page.write_with_format(self.at, at, Decimal::from(*number), format)?;
                }
                Cell::Day(day) => {
                    self.page.write_with_format(self.at, at, day, format)?;
                }
                Cell::Empty => {
                    self.page.write_blank(self.at, at, format)?;
                }
            }
        }
        self.next(lines, style)
    }

    /// Each over its part of the columns, with room to sign.
    fn signatures(&mut self, signers: &[Signer]) -> Result<(), XlsxError> {
        let (columns, count) = (self.last_column + 1, u16::try_from(signers.len()).unwrap_or(1).max(1));
        let parts: [Part; 5] = [
            |signer| (Face::Italic, signer.above.as_deref().unwrap_or("")),
            |signer| (Face::Bold, signer.post),
            |signer| (Face::Italic, signer.how),
            |_| (Face::Regular, ""),
            |signer| (Face::Bold, signer.name.as_deref().unwrap_or("")),
        ];
        self.at += 1;
        for (at, part) in parts.into_iter().enumerate() {
            let mut lines = if at == 3 { 4 } else { 1 };
            for (signer, n) in signers.iter().zip(0..) {
                let span = (columns * n / count, (columns * (n + 1) / count).saturating_sub(1));
                let (face, text) = part(signer);
                if text.is_empty() || span.0 > span.1 {
                    continue;
                }
                self.over(span, text, &font(face, TEXT.size).set_align(FormatAlign::Center))?;
                lines = lines.max(self.lines(text, Style::new(face, TEXT.size), span));
            }
            self.next(lines, TEXT)?;
        }
        Ok(())
    }
}

/// How cells look, by what they hold and what their row is.
struct Formats([[Format; 4]; 2]);

impl Formats {
    fn new(size: Length) -> Self {
        Self([Face::Regular, Face::Bold].map(|face| {
            [
                boxed(face, size, FormatAlign::Left),
                // No amount is a dash, as on paper; the value stays a number.
                boxed(face, size, FormatAlign::Right).set_num_format("#,##0;-#,##0;\"-\""),
                boxed(face, size, FormatAlign::Right).set_num_format("0"),
                boxed(face, size, FormatAlign::Center).set_num_format("dd/mm/yyyy"),
            ]
        }))
    }

    fn of(&self, rank: Rank, kind: Kind) -> &Format {
        let Self(all) = self;
        &all[usize::from(rank != Rank::Plain)][kind as usize]
    }
}
