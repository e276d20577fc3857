//! Sentences in the two languages of the house.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// A sentence in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Text {
    /// Vietnamese.
    pub vi: Cow<'static, str>,
    /// English.
    pub en: Cow<'static, str>,
}

impl Text {
    /// A sentence without parameters.
    pub const fn fixed(vi: &'static str, en: &'static str) -> Self {
        Self { vi: Cow::Borrowed(vi), en: Cow::Borrowed(en) }
    }

    /// The sentence in the language asked for.
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::Vi => &self.vi,
            Language::En => &self.en,
        }
    }
}

/// What a sentence writes in its own way in each language.
pub trait Figure {
    /// Digits in threes, or a day.
    fn written(&self, language: Language) -> String;
}

/// A sentence with values in it, in both languages: `text!("tổ {name}", "group {name}")`. Amounts and days are named after
/// it, and stand in each language as its papers write them: `text!("{amount} đồng ngày {on}", "VND {amount} on {on}"; amount, on)`.
#[macro_export]
macro_rules! text {
    ($vi:literal, $en:literal $(; $($figure:ident),+)?) => {{
        let vi = {
            $($(let $figure = $crate::domain::values::language::Figure::written(&$figure, $crate::domain::values::language::Language::Vi);)+)?
            format!($vi)
        };
        let en = {
            $($(let $figure = $crate::domain::values::language::Figure::written(&$figure, $crate::domain::values::language::Language::En);)+)?
            format!($en)
        };
        $crate::domain::values::language::Text { vi: vi.into(), en: en.into() }
    }};
}

/// The languages of problems and explanations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// Vietnamese, the language of the books (Law on Accounting 88/2015 art. 11).
    #[default]
    Vi,
    /// English.
    En,
}

impl Language {
    /// The value of this language.
    pub fn pick<T>(self, vi: T, en: T) -> T {
        match self {
            Self::Vi => vi,
            Self::En => en,
        }
    }
}
