//! What a page may never do, whatever is printed on it.

use std::io::Cursor;

use calamine::{Data, Reader as _};
use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::document::{
    Block, Cell, Column, Document, Field, Kind, Line, Paper, Rank, Row, Signer, Table, day_in_words,
};
use super::length::{Length, mm};
use super::lines::Style;
use super::pages::{Page, pages};
use super::pieces::Mark;
use super::{csv, grid, pdf, xlsx};
use crate::domain::values::total::Total;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn amount(number: i64) -> Cell {
    Cell::Amount(Total(Decimal::from(number)))
}

fn signer(post: &'static str) -> Signer {
    Signer { above: None, post, how: "(Ký, họ tên)", name: None }
}

/// A book of so many rows, with descriptions of one to three lines.
fn book(rows: usize) -> Document {
    let columns = vec![
        Column::new("Ngày", Kind::Date),
        Column::new("Bút toán", Kind::Count),
        Column::new("Diễn giải", Kind::Text),
        Column::under("Số phát sinh", "Nợ", "Nợ"),
        Column::under("Số phát sinh", "Có", "Có"),
    ];
    let row = |n: usize| Row {
        rank: Rank::Plain,
        cells: vec![
            Cell::Day(day("2026-02-05")),
            Cell::Count(i64::try_from(n).unwrap()),
            Cell::text(format!("Việc-{n} {}", "Thu hồi vốn hỗ trợ bò sinh sản của hộ nghèo, ".repeat(n % 7))),
            amount(1_500_000),
            amount(0),
        ],
    };
    let total = Row {
        rank: Rank::Total,
        cells: vec![Cell::Empty, Cell::Empty, Cell::text("Cộng"), amount(3), amount(0)],
    };
    let rows = (1..=rows).map(row).chain([total]).collect();
    let table = Table { measure: Some("Đơn vị tính: đồng".to_owned()), columns, rows };
    Document {
        name: "Sổ: thử".to_owned(),
        title: "SỔ CHI TIẾT".to_owned(),
        issuer: vec![Line::bold("Đơn vị: Xã Vũ Quý")],
        body: vec![
            Block::Table(table),
            Block::Signatures(vec![signer("NGƯỜI GHI SỔ"), signer("THỦ TRƯỞNG")]),
        ],
        ..Document::new(Paper::A4Across, day("2026-03-02"))
    }
}

/// A form whose content is so long.
fn slip(content: &str) -> Document {
    let field = |label, value: &str| Block::Field(Field { label, value: Some(value.to_owned()) });
    Document {
        name: "Phiếu thu số 1".to_owned(),
        title: "PHIẾU THU".to_owned(),
        references: vec!["Nợ: 1111".to_owned()],
        body: vec![
            field("Nội dung:", content),
            Block::Field(Field { label: "Tỷ giá:", value: None }),
            Block::Signatures(vec![signer("NGƯỜI LẬP"), signer("THỦ QUỸ")]),
        ],
        ..Document::new(Paper::A5Across, day("2026-03-02"))
    }
}

fn texts(page: &Page) -> Vec<(Length, Length, Style, &str)> {
    let text = |mark| match mark {
        &Mark::Text { x, y, style, ref text } => Some((x, y, style, text.as_str())),
        _ => None,
    };
    page.marks.iter().filter_map(text).collect()
}

fn says(page: &Page, wanted: &str) -> usize {
    texts(page).iter().filter(|(.., text)| text.contains(wanted)).count()
}

#[test]
fn each_page_begins_with_the_head_and_no_row_is_cut_or_lost() {
    for (rows, expected) in [(1, 1), (30, 3), (500, 29)] {
        let document = book(rows);
        let pages = pages(&document);
        assert_eq!(pages.len(), expected, "{rows} rows");
        let all: Vec<_> = pages.iter().flat_map(texts).map(|(.., text)| text).collect();
        for n in 1..=rows {
            let own = format!("Việc-{n}");
            let found = all.iter().filter(|text| text.split(' ').next() == Some(&own)).count();
            assert_eq!(found, 1, "{own} of {rows}");
        }
        for (at, page) in pages.iter().enumerate() {
            assert_eq!((says(page, "Diễn giải"), says(page, "Số phát sinh")), (1, 1), "page {at}");
            assert_eq!(says(page, &format!("Trang {}/{}", at + 1, pages.len())), 1);
            inside_the_margins(page, (mm(15), mm(282)), (mm(15), mm(195)));
        }
    }
}

/// Letters and lines stay between the margins; only the number of the page stands below.
fn inside_the_margins(page: &Page, (left, right): (Length, Length), (top, bottom): (Length, Length)) {
    for (x, y, style, text) in texts(page).into_iter().filter(|(.., text)| !text.starts_with("Trang")) {
        assert!(x >= left && x + style.width(text) <= right + 1, "{text} at {x}");
        assert!(y >= top && y <= bottom, "{text} at {y}");
    }
    for mark in &page.marks {
        if let Mark::Cells { edges, top: from, bottom: to } = mark {
            assert!(
                edges[0] >= left && edges[edges.len() - 1] <= right && *from >= top && *to <= bottom,
                "{mark:?}"
            );
        }
    }
}

#[test]
fn text_stays_inside_its_cell_and_figures_end_in_one_line() {
    for page in pages(&book(40)) {
        let cells: Vec<_> = page
            .marks
            .iter()
            .filter_map(|mark| match mark {
                Mark::Cells { edges, top, bottom } => Some((edges, *top, *bottom)),
                _ => None,
            })
            .collect();
        for (x, y, style, text) in texts(&page) {
            let Some((edges, ..)) = cells.iter().find(|(_, top, bottom)| y > *top && y < *bottom) else {
                continue;
            };
            let end = x + style.width(text);
            let crossed: Vec<_> = edges.iter().filter(|edge| x < **edge && **edge < end).collect();
            assert!(crossed.is_empty(), "{text}: {x} to {end} crosses {crossed:?}");
            if text == "1.500.000" {
                assert!(
                    edges.iter().any(|edge| (edge - grid::PADDING - end).abs() <= 1),
                    "{text} ends at {end}"
                );
            }
        }
    }
}

#[test]
fn signatures_are_never_alone_on_a_page_and_never_parted() {
    for rows in 1..60 {
        let pages = pages(&book(rows));
        let last = pages.last().unwrap();
        assert_eq!((says(last, "NGƯỜI GHI SỔ"), says(last, "Cộng")), (1, 1), "{rows} rows");
        let own = format!("Việc-{rows}");
        assert!(texts(last).iter().any(|(.., text)| text.split(' ').next() == Some(&own)), "{rows} rows");
    }
}

#[test]
fn a_form_fits_on_one_sheet_by_smaller_letters() {
    let size = |document: &Document| {
        let pages = pages(document);
        assert_eq!(pages.len(), 1);
        inside_the_margins(&pages[0], (mm(15), mm(198)), (mm(8), mm(140)));
        texts(&pages[0]).iter().find(|(.., text)| *text == "Nội dung:").unwrap().2.size
    };
    assert_eq!(size(&slip("Thu hồi vốn")), 230);
    assert!(size(&slip(&"Thu hồi vốn hỗ trợ ".repeat(160))) < 200);
    let dots = pages(&slip("Thu")).remove(0);
    assert_eq!(
        says(&dots, "......................................."),
        1,
        "an empty field has dots to write on"
    );
}

#[test]
fn two_copies_on_a_sheet_are_the_same_but_for_their_number() {
    let copies = ["Liên số: 1", "Liên số: 2", "Liên số: 3"].map(str::to_owned).to_vec();
    let document =
        Document { paper: Paper::TwoOnA4, copies, across: Some("ĐÃ HỦY".to_owned()), ..slip("Thu") };
    let sheets = pages(&document);
    assert_eq!(
        sheets.iter().map(|sheet| (sheet.width, sheet.height)).collect::<Vec<_>>(),
        [(mm(210), mm(297)); 2]
    );
    let half = mm(297) / 2;
    let (upper, lower): (Vec<_>, Vec<_>) = texts(&sheets[0]).into_iter().partition(|(_, y, ..)| *y < half);
    let lifted: Vec<_> =
        lower.into_iter().map(|(x, y, style, text)| (x, y - half, style, text.replace('2', "1"))).collect();
    assert_eq!(
        upper
            .into_iter()
            .map(|(x, y, style, text)| (x, y, style, text.replace('2', "1")))
            .collect::<Vec<_>>(),
        lifted
    );
    assert_eq!((says(&sheets[0], "Liên số: 2"), says(&sheets[1], "Liên số: 3")), (1, 1));
    let across = |sheet: &Page| sheet.marks.iter().filter(|mark| matches!(mark, Mark::Across { .. })).count();
    assert_eq!((across(&sheets[0]), across(&sheets[1])), (2, 1));
}

#[test]
fn a_workbook_holds_days_and_amounts_as_values_and_every_digit() {
    let mut document = book(2);
    if let Block::Table(table) = &mut document.body[0] {
        table.rows[0].cells[2] = Cell::text("=1+1");
        table.rows[1].cells[3] = amount(9_007_199_254_740_993);
    }
    let mut read: calamine::Xlsx<_> =
        calamine::open_workbook_from_rs(Cursor::new(xlsx(&document).unwrap())).unwrap();
    assert_eq!(read.sheet_names(), ["Sổ thử"]);
    let range = read.worksheet_range_at(0).unwrap().unwrap();
    let (top, _) =
        range.cells().map(|(row, _, cell)| (row, cell)).find(|(_, cell)| **cell == "=1+1").unwrap();
    let cell = |row, column| range.get((row, column)).unwrap();
    assert!(matches!(cell(top, 0), Data::DateTime(at) if at.to_ymd_hms_milli() == (2026, 2, 5, 0, 0, 0, 0)));
    assert_eq!((cell(top, 1), cell(top, 2)), (&Data::Float(1.0), &Data::String("=1+1".to_owned())));
    assert_eq!((cell(top, 3), cell(top, 4)), (&Data::Float(1_500_000.0), &Data::Float(0.0)));
    assert_eq!(cell(top + 1, 3), &Data::String("9.007.199.254.740.993".to_owned()));
    assert_eq!(xlsx(&document).unwrap(), xlsx(&document).unwrap(), "the same document, the same bytes");
}

#[test]
fn csv_has_one_line_of_headings_and_no_sums_on_the_way() {
    let mut document = book(1);
    if let Block::Table(table) = &mut document.body[0] {
        table.rows[0].cells[2] = Cell::text("=1+1");
        let sub = Row { rank: Rank::Subtotal, ..table.rows[1].clone() };
        table.rows.insert(1, sub);
        table.rows.insert(0, Row { rank: Rank::Group, cells: vec![Cell::text("Nhóm")] });
    }
    let text = String::from_utf8(csv(&document).unwrap()).unwrap();
    assert_eq!(text, "\u{feff}Ngày,Bút toán,Diễn giải,Nợ,Có\n05/02/2026,1,'=1+1,1500000,0\n,,Cộng,3,0\n");
}

#[test]
fn days_on_papers_take_no_digit_before_them() {
    assert_eq!(day_in_words(day("2026-02-05")), "05 tháng 02 năm 2026");
    assert_eq!(day_in_words(day("2026-03-15")), "15 tháng 3 năm 2026");
}

#[test]
fn a_pdf_says_what_was_laid_out_and_is_the_same_every_time() {
    let mut document = book(40);
    if let Block::Table(table) = &mut document.body[0] {
        table.rows[0].cells[2] = Cell::text("Nhận của 漢: ế ộ ữ Ỹ ẵ Ợ ₫");
    }
    let bytes = pdf(&document).unwrap();
    assert_eq!(bytes, pdf(&document).unwrap());
    let read = lopdf::Document::load_mem(&bytes).unwrap();
    let laid_out = pages(&document);
    assert_eq!(read.get_pages().len(), laid_out.len());
    let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    for (number, page) in (1..).zip(&laid_out) {
        let wanted: String = texts(page).into_iter().map(|(.., text)| text).collect();
        assert_eq!(letters(&read.extract_text(&[number]).unwrap()), letters(&wanted), "page {number}");
    }
}
