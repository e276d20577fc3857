//! Identity and phone numbers: what is refused, what is only doubted, and what is shown to whom.
//!
//! State data has typing errors, so only a number that cannot be one is refused; contradictions with the register
//! are warnings.

use std::fmt;
use std::str::FromStr;

use crate::domain::people::person::{Birth, Gender};
use crate::domain::values::language::Language;

/// Which paper a number is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PaperKind {
    /// Số định danh cá nhân, on the căn cước card: 12 digits.
    PersonalId,
    /// Chứng minh nhân dân: 9 digits, not valid after 2024 but present in old files.
    OldCard,
}

/// A personal identity number: 12 digits, or 9 of an old card. Its `Debug` is masked, so that logs are.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PersonalId(String);

/// A mobile number of Viet Nam: 10 digits beginning with 03, 05, 07, 08 or 09. Its `Debug` is masked.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Phone(String);

/// Why a number is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    /// Something else than digits.
    #[error("a personal number has digits only")]
    NotDigits,
    /// Neither 12 nor 9 digits.
    #[error("a personal number has 12 digits (9 on an old card)")]
    Length,
    /// Not a phone number.
    #[error("a phone number has 10 digits and begins with 03, 05, 07, 08 or 09")]
    Phone,
}

/// A contradiction worth a second look, never a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// The century digit is of no living person.
    Century,
    /// The number says another year of birth.
    BirthYear,
    /// The number says another gender.
    Gender,
}

impl Doubt {
    /// What to look at.
    pub fn text(self, language: Language) -> &'static str {
        let (vi, en) = match self {
            Self::Century => {
                ("Chữ số thế kỷ của số định danh không hợp lý.", "The century digit is implausible.")
            }
            Self::BirthYear => {
                ("Năm sinh không khớp với số định danh.", "The year of birth differs from the number's.")
            }
            Self::Gender => {
                ("Giới tính không khớp với số định danh.", "The gender differs from the number's.")
            }
        };
        language.pick(vi, en)
    }
}

/// The numbers of the provinces and cities in which a person could be registered at birth, as personal numbers begin with. They
/// stay when provinces are merged (Circular 59/2021/TT-BCA, annex I).
const PROVINCES: [u8; 63] = [
    1, 2, 4, 6, 8, 10, 11, 12, 14, 15, 17, 19, 20, 22, 24, 25, 26, 27, 30, 31, 33, 34, 35, 36, 37, 38, 40,
    42, 44, 45, 46, 48, 49, 51, 52, 54, 56, 58, 60, 62, 64, 66, 67, 68, 70, 72, 74, 75, 77, 79, 80, 82, 83,
    84, 86, 87, 89, 91, 92, 93, 94, 95, 96,
];

impl PersonalId {
    /// The number that a spreadsheet took for an amount, with the zeros it dropped: one or two of twelve digits, where a
    /// province and a century come out, or the one of an old card. Nothing where it cannot be told.
    pub fn restored(digits: &str) -> Option<String> {
        if digits.starts_with('0') || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        match digits.len() {
            8 => Some(format!("0{digits}")),
            10 | 11 => {
                let number = format!("{digits:0>12}");
                let province = number[..3].parse().is_ok_and(|province| PROVINCES.contains(&province));
                (province && number[3..4] < *"4").then_some(number)
            }
            _ => None,
        }
    }

    /// The number, for those who may see it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The paper it is from, by its length.
    pub fn kind(&self) -> PaperKind {
        if self.0.len() == 9 { PaperKind::OldCard } else { PaperKind::PersonalId }
    }

    /// The place of registration, century and gender, and no more: "0341********".
    pub fn masked(&self) -> String {
        mask(&self.0, 4)
    }

    /// Where the number contradicts the register. A 12-digit number is place (3), century and gender (1), year of
    /// birth (2), serial (6) (Decree 137/2015/NĐ-CP art. 13); an old card's says nothing.
    pub fn doubts(&self, birth: Option<Birth>, gender: Option<Gender>) -> Vec<Doubt> {
        if self.kind() == PaperKind::OldCard {
            return Vec::new();
        }
        let digit = |at: usize| i32::from(self.0.as_bytes()[at] - b'0');
        let century_and_gender = digit(3);
        let year = 1900 + century_and_gender / 2 * 100 + digit(4) * 10 + digit(5);
        let says = if century_and_gender % 2 == 0 { Gender::Male } else { Gender::Female };
        let mut doubts = Vec::new();
        if century_and_gender > 3 {
            doubts.push(Doubt::Century);
        }
        if birth.is_some_and(|birth| birth.year() != year) {
            doubts.push(Doubt::BirthYear);
        }
        if gender.is_some_and(|gender| gender != says) {
            doubts.push(Doubt::Gender);
        }
        doubts
    }
}

impl FromStr for PersonalId {
    type Err = IdentityError;

    fn from_str(text: &str) -> Result<Self, IdentityError> {
        let text = text.trim();
        if !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(IdentityError::NotDigits);
        }
        if matches!(text.len(), 9 | 12) { Ok(Self(text.to_owned())) } else { Err(IdentityError::Length) }
    }
}

impl Phone {
    /// The nine digits that a spreadsheet took for an amount, with the zero it dropped.
    pub fn restored(digits: &str) -> Option<String> {
        let bare = digits.replace([' ', '.', '-'], "");
        (bare.len() == 9 && !bare.starts_with('0')).then(|| format!("0{bare}"))
    }

    /// The number, for those who may see it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The network's prefix and no more: "091*******".
    pub fn masked(&self) -> String {
        mask(&self.0, 3)
    }
}

impl FromStr for Phone {
    type Err = IdentityError;

    /// Blanks, points and hyphens between digits are dropped; "+84" or "84" in front becomes 0.
    fn from_str(text: &str) -> Result<Self, IdentityError> {
        let bare: String = text.chars().filter(|c| !matches!(c, ' ' | '.' | '-')).collect();
        let international = bare.strip_prefix("+84").or_else(|| bare.strip_prefix("84"));
        let number = international.map_or(bare.clone(), |rest| format!("0{rest}"));
        let mobile = ["03", "05", "07", "08", "09"].iter().any(|prefix| number.starts_with(prefix));
        let plain = number.len() == 10 && number.bytes().all(|b| b.is_ascii_digit());
        if mobile && plain { Ok(Self(number)) } else { Err(IdentityError::Phone) }
    }
}

/// All but the first `shown` digits hidden, the length kept.
fn mask(digits: &str, shown: usize) -> String {
    digits.char_indices().map(|(i, digit)| if i < shown { digit } else { '*' }).collect()
}

impl fmt::Debug for PersonalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PersonalId({})", self.masked())
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Phone({})", self.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> PersonalId {
        text.parse().unwrap()
    }

    fn doubts(number: &str, birth: &str, gender: Gender) -> Vec<Doubt> {
        id(number).doubts(Some(birth.parse().unwrap()), Some(gender))
    }

    #[test]
    fn a_personal_number_has_twelve_digits_or_nine_of_an_old_card() {
        assert_eq!(id(" 034158000123 ").reveal(), "034158000123");
        assert_eq!(id("034158000123").kind(), PaperKind::PersonalId);
        assert_eq!(id("150123456").kind(), PaperKind::OldCard);
        for text in ["", "03415800012", "0341580001234", "15012345"] {
            assert_eq!(text.parse::<PersonalId>(), Err(IdentityError::Length), "{text:?}");
        }
        for text in [
            "03415800012a",
            "034 158 000 123",
            "０３４１５８０００１２３",
            "-34158000123",
            "034158000\u{0}123",
        ] {
            assert_eq!(text.parse::<PersonalId>(), Err(IdentityError::NotDigits), "{text:?}");
        }
    }

    #[test]
    fn zeros_that_a_spreadsheet_dropped_are_put_back_where_it_is_certain() {
        for (digits, number) in [
            ("34081900001", Some("034081900001")),
            ("1081900001", Some("001081900001")),
            ("12345678", Some("012345678")),
            ("34481900001", None),
            ("3081900001", None),
            ("99081900001", None),
            ("03408190001", None),
            ("01234567", None),
            ("1234567", None),
            ("3408190000a", None),
        ] {
            assert_eq!(PersonalId::restored(digits).as_deref(), number, "{digits}");
        }
        for (digits, phone) in [
            ("912345678", Some("0912345678")),
            ("841 234 567", Some("0841234567")),
            ("091234567", None),
            ("91234567", None),
        ] {
            assert_eq!(Phone::restored(digits).as_deref(), phone, "{digits}");
        }
        assert_eq!("0841234567".parse::<Phone>().unwrap().reveal(), "0841234567");
    }

    #[test]
    fn a_number_that_agrees_with_the_register_is_not_doubted() {
        assert_eq!(doubts("034058000123", "1958", Gender::Male), []);
        assert_eq!(doubts("034158000123", "05/03/1958", Gender::Female), []);
        assert_eq!(doubts("034204000123", "2004", Gender::Male), []);
        assert_eq!(doubts("034304000123", "2004", Gender::Female), []);
        assert_eq!(id("034158000123").doubts(None, None), []);
    }

    #[test]
    fn contradictions_are_named_one_by_one() {
        assert_eq!(doubts("034158000123", "1959", Gender::Female), [Doubt::BirthYear]);
        assert_eq!(doubts("034158000123", "1958", Gender::Male), [Doubt::Gender]);
        assert_eq!(doubts("034158000123", "2058", Gender::Female), [Doubt::BirthYear]);
        assert_eq!(id("034458000123").doubts(None, None), [Doubt::Century]);
        assert_eq!(
            doubts("034558000123", "1958", Gender::Male),
            [Doubt::Century, Doubt::BirthYear, Doubt::Gender]
        );
        assert_eq!(Doubt::Gender.text(Language::Vi), "Giới tính không khớp với số định danh.");
    }

    #[test]
    fn an_old_card_says_nothing_of_birth_or_gender() {
        assert_eq!(doubts("150123456", "1958", Gender::Male), []);
    }

    #[test]
    fn a_phone_number_is_brought_to_ten_digits() {
        for text in ["0912345678", "+84 912 345 678", "84912345678", "0912.345.678", "091-234-5678"] {
            assert_eq!(text.parse::<Phone>().unwrap().reveal(), "0912345678", "{text:?}");
        }
        for text in
            ["", "091234567", "09123456789", "0212345678", "01234567890", "o912345678", "++84912345678"]
        {
            assert_eq!(text.parse::<Phone>(), Err(IdentityError::Phone), "{text:?}");
        }
    }

    #[test]
    fn numbers_are_masked_for_others_and_for_logs() {
        let phone: Phone = "0912345678".parse().unwrap();
        assert_eq!(id("034158000123").masked(), "0341********");
        assert_eq!(id("150123456").masked(), "1501*****");
        assert_eq!(phone.masked(), "091*******");
        assert_eq!(format!("{:?}", id("034158000123")), "PersonalId(0341********)");
        assert_eq!(format!("{phone:?}"), "Phone(091*******)");
    }
}
