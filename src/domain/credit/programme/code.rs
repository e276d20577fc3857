//! Codes of programmes and of the products under them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};

/// The code of a product: two digits of its programme, and what tells it from the programme's other products.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct ProductCode(String);

/// Not a code of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a product code: two digits of the programme and a name, such as \"01\" or \"03_worker\"")]
pub struct NotACode;

impl ProductCode {
    /// The code.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The two digits of the programme.
    pub fn programme(&self) -> &str {
        &self.0[..2]
    }
}

impl fmt::Display for ProductCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for ProductCode {
    type Err = NotACode;

    fn from_str(text: &str) -> Result<Self, NotACode> {
        let digits = text.len() >= 2 && text.bytes().take(2).all(|b| b.is_ascii_digit());
        let name = text.get(2..).unwrap_or_default();
        let named = name.is_empty()
            || (name.len() <= 31
                && name.len() > 1
                && name.starts_with('_')
                && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'));
        if digits && named { Ok(Self(text.to_owned())) } else { Err(NotACode) }
    }
}

impl<'de> Deserialize<'de> for ProductCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl utoipa::PartialSchema for ProductCode {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .pattern(Some("^[0-9]{2}(_[a-z0-9_]{1,30})?$"))
            .examples([serde_json::json!("03_worker")])
            .into()
    }
}

impl utoipa::ToSchema for ProductCode {}

/// The two digits of a programme from what files carry: `2`, `02` and `2.0` are one code.
pub fn programme_code(text: &str) -> Option<String> {
    let text = text.trim();
    let whole = text.split_once('.').map_or(Some(text), |(whole, rest)| {
        (!rest.is_empty() && rest.bytes().all(|b| b == b'0')).then_some(whole)
    })?;
    let digits = (1..=2).contains(&whole.len()) && whole.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| format!("{whole:0>2}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_write_one_programme_code_in_three_ways() {
        for (text, expected) in [
            ("2", Some("02")),
            ("02", Some("02")),
            ("2.0", Some("02")),
            (" 19 ", Some("19")),
            ("19.00", Some("19")),
            ("", None),
            ("2.5", None),
            ("2.", None),
            ("119", None),
            ("x2", None),
            ("-2", None),
            ("２", None),
        ] {
            assert_eq!(programme_code(text).as_deref(), expected, "{text:?}");
        }
    }

    #[test]
    fn a_product_code_begins_with_the_digits_of_its_programme() {
        assert_eq!("03_worker".parse::<ProductCode>().unwrap().programme(), "03");
        for text in ["", "1", "0", "x1", "01_", "01 ", "01worker", "03_Worker", "０１", "01_\0"] {
            assert_eq!(text.parse::<ProductCode>(), Err(NotACode), "{text:?}");
        }
    }
}
