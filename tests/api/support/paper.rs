//! PDF as a reader of another make sees it.

use lopdf::Document;

/// The text of each page, without the ends of lines.
pub fn pages(bytes: &[u8]) -> Vec<String> {
    assert!(bytes.starts_with(b"%PDF-1.7"), "a PDF");
    let document = Document::load_mem(bytes).expect("a PDF that can be read");
    let numbers = document.get_pages().into_keys();
    let text = |number| document.extract_text(&[number]).expect("text that can be read");
    numbers.map(|number| text(number).replace('\n', " ")).collect()
}

/// Insists that the first page says these, in this order.
#[track_caller]
pub fn says(bytes: &[u8], wanted: &[&str]) {
    let pages = pages(bytes);
    let mut rest = pages[0].as_str();
    for text in wanted {
        let Some(at) = rest.find(text) else { panic!("no {text:?} in {rest:?}") };
        rest = &rest[at + text.len()..];
    }
}
