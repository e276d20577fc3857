//! Reading what callers send, more strictly than the libraries do.
//!
//! serde reads an object from a list of its values too: `["ketoan", "…"]` would log in. chrono takes `2026-1-1` and the year
//! -1 for days. A [`Strict`] reader refuses both wherever they stand. The parts of a value whose `kind` tells what it is are
//! kept aside by serde and read later, out of the reader's sight, so their days and objects ask for [`strictly`] themselves.

use std::fmt;

use chrono::DateTime;
use serde::Deserialize;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, Expected, MapAccess, SeqAccess, Unexpected,
    VariantAccess, Visitor,
};

/// Why a text is not a day.
pub const NOT_A_DAY: &str = "A day is written as \"2026-03-02\"";

/// Why a text is not an instant.
pub const NOT_AN_INSTANT: &str =
    "An instant is a day and a time with its zone, written as \"2026-03-02T17:30:00Z\"";

/// A value, read strictly: `#[serde(deserialize_with = "strictly")]`.
///
/// # Errors
/// What the reader says.
pub fn strictly<'de, D: Deserializer<'de>, T: Deserialize<'de>>(reader: D) -> Result<T, D::Error> {
    T::deserialize(Strict(reader))
}

/// A field that may be left out but has a value where it stands: `null` takes nothing away.
/// `#[serde(default, deserialize_with = "not_null")]`.
///
/// # Errors
/// What the reader says.
pub fn not_null<'de, D: Deserializer<'de>, T: Deserialize<'de>>(reader: D) -> Result<Option<T>, D::Error> {
    T::deserialize(reader).map(Some)
}

/// A field of a change: absent, null, or a value.
#[derive(Debug, Clone, Default)]
pub enum Given<T> {
    /// Not named: what is known stays.
    #[default]
    Nothing,
    /// Null: nothing is known any more.
    Null,
    /// Another value.
    Value(T),
}

impl<T> Given<T> {
    /// What is known after the change.
    pub fn over(self, known: &mut Option<T>) {
        match self {
            Self::Nothing => {}
            Self::Null => *known = None,
            Self::Value(value) => *known = Some(value),
        }
    }
}

/// A field of a change that `null` clears. `#[serde(default, deserialize_with = "clearable")]`.
///
/// # Errors
/// What the reader says.
pub fn clearable<'de, D: Deserializer<'de>, T: Deserialize<'de>>(reader: D) -> Result<Given<T>, D::Error> {
    Ok(Option::deserialize(reader)?.map_or(Given::Null, Given::Value))
}

/// A strict reader, or a part of one.
#[derive(Debug)]
pub struct Strict<T>(pub T);

/// What a value is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum As {
    /// An object with fields that are known.
    Object,
    /// A text: it may be a day or an instant.
    Text,
    /// Whatever stands there.
    Any,
    /// Something else.
    Other,
}

/// Who waits for a value.
struct Waiting<V> {
    visitor: V,
    read_as: As,
}

/// `2026-03-02`: four digits, two, two, and a year that the calendar of the database has.
fn is_day(text: &str) -> bool {
    let digits = text
        .bytes()
        .enumerate()
        .all(|(at, b)| if matches!(at, 4 | 7) { b == b'-' } else { b.is_ascii_digit() });
    digits && text.len() == 10 && !text.starts_with("0000")
}

impl<'de, V: Visitor<'de>> Waiting<V> {
    /// What the library says that it waits for.
    fn expected(&self) -> String {
        (&self.visitor as &dyn Expected).to_string()
    }

    /// Refuses a text that is no day or instant where one is waited for.
    fn check<E: Error>(&self, text: &str) -> Result<(), E> {
        if self.read_as != As::Text {
            return Ok(());
        }
        match &*self.expected() {
            "a formatted date string" if !is_day(text) => Err(E::custom(NOT_A_DAY)),
            "an RFC 3339 formatted date and time string" if DateTime::parse_from_rfc3339(text).is_err() => {
                Err(E::custom(NOT_AN_INSTANT))
            }
            _ => Ok(()),
        }
    }
}

macro_rules! values {
    ($($method:ident: $value:ty),+) => {$(
        fn $method<E: Error>(self, value: $value) -> Result<V::Value, E> {
            self.visitor.$method(value)
        }
    )+};
}

macro_rules! texts {
    ($($method:ident: $text:ty),+) => {$(
        fn $method<E: Error>(self, text: $text) -> Result<V::Value, E> {
            self.check(&text)?;
            self.visitor.$method(text)
        }
    )+};
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Waiting<V> {
    type Value = V::Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.visitor.expecting(formatter)
    }

    values! { visit_bool: bool, visit_i64: i64, visit_i128: i128, visit_u64: u64, visit_u128: u128, visit_f64: f64 }
    texts! { visit_str: &str, visit_borrowed_str: &'de str, visit_string: String }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_unit()
    }

    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_none()
    }

    fn visit_some<D: Deserializer<'de>>(self, reader: D) -> Result<V::Value, D::Error> {
        self.visitor.visit_some(Strict(reader))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, reader: D) -> Result<V::Value, D::Error> {
        self.visitor.visit_newtype_struct(Strict(reader))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<V::Value, A::Error> {
        let object = match self.read_as {
            As::Object => true,
            As::Any => self.expected().starts_with("internally tagged enum"),
            As::Text | As::Other => false,
        };
        if object {
            return Err(A::Error::invalid_type(Unexpected::Seq, &self));
        }
        self.visitor.visit_seq(Strict(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_map(Strict(map))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, choice: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_enum(Strict(choice))
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Strict<A> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        self.0.next_element_seed(Strict(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Strict<A> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        self.0.next_key_seed(Strict(seed))
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.0.next_value_seed(Strict(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: EnumAccess<'de>> EnumAccess<'de> for Strict<A> {
    type Error = A::Error;
    type Variant = Strict<A::Variant>;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self::Variant), A::Error> {
        self.0.variant_seed(Strict(seed)).map(|(name, variant)| (name, Strict(variant)))
    }
}

impl<'de, A: VariantAccess<'de>> VariantAccess<'de> for Strict<A> {
    type Error = A::Error;

    fn unit_variant(self) -> Result<(), A::Error> {
        self.0.unit_variant()
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, A::Error> {
        self.0.newtype_variant_seed(Strict(seed))
    }

    fn tuple_variant<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, A::Error> {
        self.0.tuple_variant(length, Waiting { visitor, read_as: As::Other })
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        self.0.struct_variant(fields, Waiting { visitor, read_as: As::Object })
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Strict<S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<S::Value, D::Error> {
        self.0.deserialize(Strict(reader))
    }
}

macro_rules! reads {
    ($read_as:ident: $($method:ident($($name:ident: $kind:ty),*))+) => {$(
        fn $method<V: Visitor<'de>>(self, $($name: $kind,)* visitor: V) -> Result<V::Value, D::Error> {
            self.0.$method($($name,)* Waiting { visitor, read_as: As::$read_as })
        }
    )+};
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Strict<D> {
    type Error = D::Error;

    reads! { Any: deserialize_any() }
    reads! { Text: deserialize_str() }
    reads! { Object: deserialize_struct(name: &'static str, fields: &'static [&'static str]) }
    reads! { Other:
        deserialize_bool() deserialize_char() deserialize_string() deserialize_bytes() deserialize_byte_buf()
        deserialize_i8() deserialize_i16() deserialize_i32() deserialize_i64() deserialize_i128()
        deserialize_u8() deserialize_u16() deserialize_u32() deserialize_u64() deserialize_u128()
        deserialize_f32() deserialize_f64() deserialize_option() deserialize_unit() deserialize_seq()
        deserialize_map() deserialize_identifier() deserialize_ignored_any()
        deserialize_unit_struct(name: &'static str) deserialize_newtype_struct(name: &'static str)
        deserialize_tuple(length: usize) deserialize_tuple_struct(name: &'static str, length: usize)
        deserialize_enum(name: &'static str, variants: &'static [&'static str])
    }

    fn is_human_readable(&self) -> bool {
        self.0.is_human_readable()
    }
}

#[cfg(test)]
mod tests {
    use chrono::{NaiveDate, Utc};
    use serde::de::DeserializeOwned;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Pair {
        a: u8,
        b: Option<Box<Pair>>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(tag = "kind", rename_all = "snake_case")]
    enum Choice {
        Of {
            #[serde(deserialize_with = "strictly")]
            pair: Pair,
        },
        On {
            #[serde(deserialize_with = "strictly")]
            day: NaiveDate,
        },
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Named {
        Pair { a: u8, b: u8 },
    }

    fn read<T: DeserializeOwned>(json: &str) -> Result<T, String> {
        strictly(&mut serde_json::Deserializer::from_str(json)).map_err(|why: serde_json::Error| {
            let why = why.to_string();
            why.split_once(" at line ").map_or(why.clone(), |(why, _)| why.to_owned())
        })
    }

    #[test]
    fn an_object_is_read_from_an_object_only() {
        let pair: Pair = read(r#"{"a": 1, "b": {"a": 2}}"#).unwrap();
        assert_eq!((pair.a, pair.b.unwrap().a), (1, 2));
        let refused = "invalid type: sequence, expected struct Pair";
        for json in ["[1, null]", r#"{"a": 1, "b": [2, null]}"#] {
            assert_eq!(read::<Pair>(json).unwrap_err(), refused, "{json}");
        }
        assert_eq!(read::<Vec<(Pair, u8)>>("[[[1, null], 2]]").unwrap_err(), refused);
        assert_eq!(read::<Vec<(u8, u8)>>("[[1, 2]]").unwrap(), [(1, 2)]);
        assert!(read::<Named>(r#"{"pair": [1, 2]}"#).unwrap_err().starts_with("invalid type: sequence"));
        let Named::Pair { a, b } = read(r#"{"pair": {"a": 1, "b": 2}}"#).unwrap();
        assert_eq!((a, b), (1, 2));
    }

    #[test]
    fn a_choice_is_read_from_an_object_and_so_are_its_parts() {
        let Choice::Of { pair } = read(r#"{"kind": "of", "pair": {"a": 1}}"#).unwrap() else {
            panic!("another")
        };
        assert_eq!(pair.a, 1);
        let Choice::On { day } = read(r#"{"kind": "on", "day": "2026-03-02"}"#).unwrap() else {
            panic!("another")
        };
        assert_eq!(day.to_string(), "2026-03-02");
        for (json, expected) in [
            (r#"["of", [1, null]]"#, "internally tagged enum Choice"),
            (r#"{"kind": "of", "pair": [1, null]}"#, "struct Pair"),
        ] {
            let refused = format!("invalid type: sequence, expected {expected}");
            assert_eq!(read::<Choice>(json).unwrap_err(), refused, "{json}");
        }
        assert_eq!(read::<Choice>(r#"{"kind": "on", "day": "2026-3-2"}"#).unwrap_err(), NOT_A_DAY);
        let json = r#"{"any": [1, {"b": ["c", null, true, -2, 1.5]}]}"#;
        assert_eq!(
            read::<serde_json::Value>(json).unwrap(),
            serde_json::from_str::<serde_json::Value>(json).unwrap()
        );
    }

    #[test]
    fn a_day_has_ten_characters_and_a_year_of_the_calendar() {
        for day in ["2026-03-02", "0001-01-01", "9999-12-31"] {
            assert_eq!(read::<NaiveDate>(&format!("\"{day}\"")).unwrap().to_string(), day);
        }
        for wrong in [
            "2026-3-2",
            " 2026-03-02",
            "+2026-03-02",
            "-0001-01-01",
            "0000-01-01",
            "20260302",
            "+12026-03-02",
            "2026-03-021",
            "",
        ] {
            assert_eq!(read::<NaiveDate>(&format!("\"{wrong}\"")).unwrap_err(), NOT_A_DAY, "{wrong}");
        }
        assert_eq!(read::<NaiveDate>("\"2026-02-30\"").unwrap_err(), "input is out of range");
    }

    #[test]
    fn an_instant_has_a_time_and_a_zone() {
        let instant = read::<DateTime<Utc>>("\"2026-03-02T17:30:00+07:00\"").unwrap();
        assert_eq!(instant.to_rfc3339(), "2026-03-02T10:30:00+00:00");
        for wrong in ["2025-01-01", "2025-01-01T10:00:00", "2025-1-1T10:00:00Z", "now"] {
            assert_eq!(
                read::<DateTime<Utc>>(&format!("\"{wrong}\"")).unwrap_err(),
                NOT_AN_INSTANT,
                "{wrong}"
            );
        }
    }
}
