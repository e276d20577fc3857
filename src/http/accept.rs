//! What a client prefers: the lists of `Accept` and `Accept-Language` (RFC 9110 §12).

use axum::http::{HeaderMap, HeaderName, header};

use crate::domain::values::language::Language;

/// The items of a list with weights, the most wanted first; those of weight 0 are not wanted. Items of the same weight stay
/// in their order, as the client wrote them.
pub fn wanted(headers: &HeaderMap, name: HeaderName) -> Vec<&str> {
    let lists = headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
    let mut items: Vec<_> =
        lists.flat_map(|list| list.split(',')).map(weighed).filter(|(_, q)| *q > 0).collect();
    items.sort_by_key(|(_, q)| std::cmp::Reverse(*q));
    items.into_iter().map(|(item, _)| item).collect()
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
