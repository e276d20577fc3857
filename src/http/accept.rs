//! What a client prefers: the lists of `Accept` and `Accept-Language` (RFC 9110 §12).

use std::cmp::Reverse;

use axum::http::{HeaderMap, HeaderName, header};

use crate::domain::values::language::Language;

/// The items of a list with their weights, as the client wrote them.
fn items(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = (&str, u16)> {
    let lists = headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
    lists.flat_map(|list| list.split(',')).map(weighed)
}

/// The items of a list, the most wanted first; those of weight 0 are not wanted. Items of the same weight stay in their order.
fn wanted(headers: &HeaderMap, name: HeaderName) -> Vec<&str> {
    let mut items: Vec<_> = items(headers, name).filter(|(_, q)| *q > 0).collect();
    items.sort_by_key(|(_, q)| Reverse(*q));
    items.into_iter().map(|(item, _)| item).collect()
}

/// How exactly a media range such as `text/*` names a media type.
fn exactness(range: &str, media_type: &str) -> Option<u8> {
    let family = media_type.split('/').next().unwrap_or_default();
    let (named, of) = range.split_once('/')?;
    match (named, of) {
        ("*", "*") => Some(0),
        (named, "*") => named.eq_ignore_ascii_case(family).then_some(1),
        _ => range.eq_ignore_ascii_case(media_type).then_some(2),
    }
}

/// Which of the offered media types `Accept` takes, the most wanted first. The most exact range that names a type gives its
/// weight; types of the same weight come as the client wrote them, and then as they are offered.
pub fn media_types<'a>(headers: &HeaderMap, offered: &[&'a str]) -> Vec<&'a str> {
    let ranges: Vec<_> = items(headers, header::ACCEPT).enumerate().collect();
    let weight = |media_type: &'a str| {
        let naming =
            ranges.iter().filter_map(|(at, (range, q))| Some((exactness(range, media_type)?, *at, *q)));
        let (_, at, q) = naming.max_by_key(|(exactness, at, _)| (*exactness, Reverse(*at)))?;
        (q > 0).then_some((Reverse(q), at, media_type))
    };
    let mut taken: Vec<_> = offered.iter().copied().filter_map(weight).collect();
    taken.sort_by_key(|(q, at, _)| (*q, *at));
    taken.into_iter().map(|(.., media_type)| media_type).collect()
}

/// An item and its weight in thousandths; one that is not a weight counts as none at all.
fn weighed(item: &str) -> (&str, u16) {
    let mut parts = item.split(';').map(str::trim);
    let name = parts.next().unwrap_or_default();
    let q = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    (name, q.map_or(1000, |q| thousandths(q).unwrap_or(0)))
}

/// `0.8` is 800: a qvalue has at most three decimals and is at most 1.
fn thousandths(q: &str) -> Option<u16> {
    let (whole, rest) = q.split_once('.').unwrap_or((q, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if !matches!(whole, "0" | "1") || rest.len() > 3 || !digits(rest) {
        return None;
    }
    let rest: u16 = format!("{rest:0<3}").parse().ok()?;
    let q = if whole == "1" { 1000 + rest } else { rest };
    (q <= 1000).then_some(q)
}

/// The most wanted language that we speak; Vietnamese otherwise.
pub fn language(headers: &HeaderMap) -> Language {
    let spoken = |tag: &str| match tag.split('-').next() {
        Some(tag) if tag.eq_ignore_ascii_case("vi") => Some(Language::Vi),
        Some(tag) if tag.eq_ignore_ascii_case("en") => Some(Language::En),
        _ => None,
    };
    wanted(headers, header::ACCEPT_LANGUAGE).into_iter().find_map(spoken).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: &HeaderName, values: &[&str]) -> HeaderMap {
        values.iter().map(|value| (name.clone(), value.parse().unwrap())).collect()
    }

    #[test]
    fn the_most_wanted_comes_first_and_what_is_not_wanted_not_at_all() {
        for (list, order) in [
            ("a, b;q=0.5, c;q=0.9", vec!["a", "c", "b"]),
            ("a;q=0, b;q=0.001", vec!["b"]),
            ("a;q=0.5;level=1, b", vec!["b", "a"]),
            ("a;level=1;q=0.5, b;q=1.000", vec!["b", "a"]),
            ("a;q=1.1, b;q=x, c;q=0.1234, d", vec!["d"]),
            ("a, b, c", vec!["a", "b", "c"]),
        ] {
            assert_eq!(wanted(&headers(&header::ACCEPT, &[list]), header::ACCEPT), order, "{list}");
        }
        assert_eq!(wanted(&headers(&header::ACCEPT, &["a;q=0.1", "b"]), header::ACCEPT), ["b", "a"]);
    }

    #[test]
    fn a_media_type_has_the_weight_of_the_most_exact_range() {
        let offered = ["application/json", "text/csv", "application/pdf"];
        for (list, order) in [
            ("*/*", vec!["application/json", "text/csv", "application/pdf"]),
            ("text/*", vec!["text/csv"]),
            ("Application/*", vec!["application/json", "application/pdf"]),
            ("TEXT/CSV", vec!["text/csv"]),
            ("application/pdf, application/json;q=0.5", vec!["application/pdf", "application/json"]),
            ("application/json;q=0, */*", vec!["text/csv", "application/pdf"]),
            (
                "application/*;q=0.2, application/pdf;q=0.9, */*;q=0.5",
                vec!["application/pdf", "text/csv", "application/json"],
            ),
            ("text/html, */*;q=0.1", vec!["application/json", "text/csv", "application/pdf"]),
            ("text/html, text, *", vec![]),
        ] {
            assert_eq!(media_types(&headers(&header::ACCEPT, &[list]), &offered), order, "{list}");
        }
        assert_eq!(media_types(&HeaderMap::new(), &offered), [""; 0]);
    }

    #[test]
    fn a_reader_gets_the_language_read_best() {
        for (list, spoken) in [
            ("", Language::Vi),
            ("vi;q=0.5, en;q=0.9", Language::En),
            ("en;q=0, vi", Language::Vi),
            ("en;q=0", Language::Vi),
            ("EN-gb", Language::En),
            ("fr, en;q=0.3", Language::En),
            ("eng, vie", Language::Vi),
        ] {
            assert_eq!(language(&headers(&header::ACCEPT_LANGUAGE, &[list])), spoken, "{list}");
        }
    }
}
