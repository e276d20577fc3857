//! Pages as PDF/A-2u, the form of PDF that is made to be kept: letters are embedded and can be searched and copied. The same
//! document gives the same bytes.

use std::sync::LazyLock;

use anyhow::{Context as _, anyhow};
use chrono::Datelike as _;
use krilla::SerializeSettings;
use krilla::color::luma;
use krilla::configure::{Archival, ConfigurationBuilder};
use krilla::geom::{PathBuilder, Point, Transform};
use krilla::metadata::{DateTime, Metadata};
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke, StrokeDash};
use krilla::surface::Surface;
use krilla::text::{Font, GlyphId, KrillaGlyph};

use super::document::Document;
use super::face::{Face, UNITS};
use super::length::Length;
use super::lines::Style;
use super::pages::pages;
use super::pieces::Mark;

/// Letters across a page.
const ACROSS: Style = Style::new(Face::Bold, 1600);

/// The fonts, read once: krilla reads much of a font before it takes it.
static FONTS: LazyLock<[Option<Font>; 3]> =
    LazyLock::new(|| Face::ALL.map(|face| Font::new(face.bytes().into(), 0)));

/// One number over another. Paper is counted in whole numbers; only here, where krilla takes nothing else, they become points.
#[expect(clippy::float_arithmetic, reason = "krilla counts in floating points, and no money comes here")]
fn ratio(number: Length, over: u16) -> f32 {
    f32::from(i16::try_from(number).unwrap_or(i16::MAX)) / f32::from(over)
}

fn points(length: Length) -> f32 {
    ratio(length, 20)
}

/// A document as PDF.
pub fn pdf(document: &Document) -> anyhow::Result<Vec<u8>> {
    let archival = ConfigurationBuilder::new().with_archival_validator(Archival::A2_U).finish();
    let settings = SerializeSettings {
        configuration: archival.map_err(|why| anyhow!("no PDF/A-2u: {why:?}"))?,
        ..SerializeSettings::default()
    };
    let mut file = krilla::Document::new_with(settings);
    for page in pages(document) {
        let size = PageSettings::from_wh(points(page.width), points(page.height))
            .context("a page without a size")?;
        let mut sheet = file.start_page_with(size);
        let mut surface = sheet.surface();
        for mark in &page.marks {
            draw(&mut surface, mark)?;
        }
        surface.finish();
        sheet.finish();
    }
    file.set_metadata(metadata(document));
    file.finish().map_err(|why| anyhow!("a PDF that was not made: {why:?}"))
}

fn metadata(document: &Document) -> Metadata {
    let day = document.made_on;
    let date = DateTime::new(u16::try_from(day.year()).unwrap_or_default())
        .month(u8::try_from(day.month()).unwrap_or_default())
        .day(u8::try_from(day.day()).unwrap_or_default());
    Metadata::new()
        .title(document.name.clone())
        .language("vi".to_owned())
        .creator("Sổ Quỹ".to_owned())
        .creation_date(date)
}

fn draw(surface: &mut Surface<'_>, mark: &Mark) -> anyhow::Result<()> {
    match mark {
        Mark::Text { x, y, style, text } => {
            surface.set_fill(Some(Fill::default()));
            letters(surface, (*x, *y), *style, text)?;
        }
        Mark::Cells { edges, top, bottom } => {
            let (first, last) =
                (edges.first().copied().unwrap_or_default(), edges.last().copied().unwrap_or_default());
            let upright = edges.iter().map(|x| ((*x, *top), (*x, *bottom)));
            rules(surface, upright.chain([((first, *bottom), (last, *bottom))]), false);
        }
        Mark::Rule { from, to, dashed } => rules(surface, [(*from, *to)], *dashed),
        Mark::Across { middle, text } => {
            surface.set_fill(Some(Fill { paint: luma::Color::new(205).into(), ..Fill::default() }));
            // 0.866 and 0.5: up by thirty degrees.
            let up = Transform::from_row(0.866, -0.5, 0.5, 0.866, points(middle.0), points(middle.1));
            surface.push_transform(&up);
            letters(surface, (-ACROSS.width(text) / 2, ACROSS.size / 3), ACROSS, text)?;
            surface.pop();
        }
    }
    Ok(())
}

/// Draws a text, and tells the reader of the file which letters it is.
fn letters(surface: &mut Surface<'_>, at: (Length, Length), style: Style, text: &str) -> anyhow::Result<()> {
    let font = FONTS[style.face as usize].clone().context("a font of this build")?;
    let glyphs: Vec<_> = text
        .char_indices()
        .map(|(start, letter)| {
            let glyph = style.face.glyph(letter);
            let advance = ratio(glyph.advance.into(), UNITS);
            let id = GlyphId::new(glyph.id.into());
            KrillaGlyph::new(id, advance, 0.0, 0.0, 0.0, start..start + letter.len_utf8(), None)
        })
        .collect();
    let start = Point::from_xy(points(at.0), points(at.1));
    surface.set_stroke(None);
    surface.draw_glyphs(start, &glyphs, font, text, points(style.size), false);
    Ok(())
}

fn rules(
    surface: &mut Surface<'_>,
    lines: impl IntoIterator<Item = ((Length, Length), (Length, Length))>,
    dashed: bool,
) {
    let mut path = PathBuilder::new();
    for (from, to) in lines {
        path.move_to(points(from.0), points(from.1));
        path.line_to(points(to.0), points(to.1));
    }
    let dash = dashed.then(|| StrokeDash { array: vec![4.0, 4.0], offset: 0.0 });
    surface.set_fill(None);
    surface.set_stroke(Some(Stroke {
        paint: luma::Color::black().into(),
        width: 0.5,
        dash,
        ..Stroke::default()
    }));
    if let Some(path) = path.finish() {
        surface.draw_path(&path);
    }
}
