//! Logins, the least a password must be, and how long wrong guesses lock an account.
//!
//! These figures are constants, not dated rows: they protect the server that runs today, and no past record depends on
//! what they once were.

use std::fmt;
use std::str::FromStr;

use chrono::TimeDelta;
use serde::{Deserialize, Deserializer, Serialize};

use crate::domain::values::text::nfc;

/// The name a person logs in with: 2 to 63 letters, digits, dots, dashes and underscores, beginning with a letter or
/// digit. Capitals are taken as small letters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Login(String);

/// Not a login.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a login has 2 to 63 of a-z, 0-9, '.', '-', '_' and begins with a letter or digit")]
pub struct NotALogin;

impl Login {
    /// The rule as a pattern, for the API document.
    const PATTERN: &str = "^[A-Za-z0-9][A-Za-z0-9._-]{1,62}$";

    /// As stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Login {
    type Err = NotALogin;

    fn from_str(text: &str) -> Result<Self, NotALogin> {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
        let begins = text.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric());
        let good = begins && (2..=63).contains(&text.len()) && text.bytes().all(allowed);
        if good { Ok(Self(text.to_ascii_lowercase())) } else { Err(NotALogin) }
    }
}

impl fmt::Display for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Login {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl utoipa::PartialSchema for Login {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .pattern(Some(Self::PATTERN))
            .into()
    }
}

impl utoipa::ToSchema for Login {}

/// The fewest characters of a password.
pub const SHORTEST: usize = 10;

/// The most characters of a password: more would only be work for the server.
pub const LONGEST: usize = 200;

/// Fewer different characters than this are a pattern, such as `1212121212`.
const FEWEST_DIFFERENT: usize = 5;

/// Long enough, yet among the first that anybody tries here. The login, keyboard rows and counting are refused by rule.
const OBVIOUS: [&str; 12] = [
    "matkhau123",
    "matkhau1234",
    "matkhau12345",
    "password12",
    "password123",
    "password1234",
    "vietnam123",
    "vietnam1234",
    "xoadoigiamngheo",
    "giamngheo123",
    "hochiminh1890",
    "administrator",
];

/// Rows of keys that no password should walk along for a whole password.
const ROWS: [&str; 5] = [
    "01234567890123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "1qaz2wsx3edc4rfv5tgb",
    "q1w2e3r4t5y6u7i8o9p0",
];

/// Why a password is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weakness {
    /// Fewer than [`SHORTEST`] characters.
    Short,
    /// More than [`LONGEST`] characters.
    Long,
    /// A control character: it could not be typed again on another keyboard.
    Untypable,
    /// It contains the login.
    Login,
    /// Anybody would try it.
    Obvious,
}

/// One form for what is typed on different keyboards: macOS sends tones and letters apart.
pub fn typed(password: &str) -> String {
    nfc(password)
}

/// What is wrong with a password, if anything. `password` is as [`typed`].
pub fn weakness(password: &str, login: &Login) -> Option<Weakness> {
    let length = password.chars().count();
    let small = password.to_lowercase();
    let different = small.chars().collect::<std::collections::BTreeSet<_>>().len();
    let walks =
        |row: &&str| row.contains(small.as_str()) || row.chars().rev().collect::<String>().contains(&small);
    if length < SHORTEST {
        Some(Weakness::Short)
    } else if length > LONGEST {
        Some(Weakness::Long)
    } else if password.chars().any(char::is_control) {
        Some(Weakness::Untypable)
    } else if small.contains(login.as_str()) {
        Some(Weakness::Login)
    } else if different < FEWEST_DIFFERENT || OBVIOUS.contains(&small.as_str()) || ROWS.iter().any(walks) {
        Some(Weakness::Obvious)
    } else {
        None
    }
}

/// From this wrong password in a row on, the account is locked.
pub const TRIES: i32 = 5;

/// How long an account is locked after a number of wrong passwords in a row: 15 minutes after the fifth, twice as long
/// after each further one, at most a day. The right password after the lock begins anew.
pub fn lock_after(failures: i32) -> Option<TimeDelta> {
    let doublings = failures.checked_sub(TRIES).filter(|n| *n >= 0)?.min(7);
    Some(TimeDelta::minutes(15 << doublings).min(TimeDelta::hours(24)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_is_plain_and_small() {
        assert_eq!("Lan.CanBo_2".parse::<Login>().unwrap().as_str(), "lan.canbo_2");
        assert_eq!("a".repeat(63).parse::<Login>().unwrap().as_str().len(), 63);
        for text in ["", "a", ".lan", "-x", "lan ", "lân", "lan\0", "a b", &"a".repeat(64)] {
            assert_eq!(text.parse::<Login>(), Err(NotALogin), "{text:?}");
        }
    }

    #[test]
    fn weak_passwords_are_named() {
        let login: Login = "lan".parse().unwrap();
        for (password, why) in [
            ("chín ký tự"[..].trim_end_matches('ự'), Weakness::Short),
            ("ngắn lắm ", Weakness::Short),
            (&"ab1cd".repeat(41)[..], Weakness::Long),
            ("con trâu\u{7} đen", Weakness::Untypable),
            ("Lan yêu đời lắm", Weakness::Login),
            ("aaaaaaaaaa", Weakness::Obvious),
            ("1212121212", Weakness::Obvious),
            ("1234567890", Weakness::Obvious),
            ("0987654321", Weakness::Obvious),
            ("MatKhau123", Weakness::Obvious),
            ("qwertyuiop", Weakness::Obvious),
        ] {
            assert_eq!(weakness(password, &login), Some(why), "{password}");
        }
        for password in ["con trâu đen", "một hai ba", "k7mq-x2dp-9vht-w4cz"] {
            assert_eq!(weakness(password, &login), None, "{password}");
        }
    }

    #[test]
    fn each_further_failure_locks_twice_as_long_up_to_a_day() {
        let minutes: Vec<_> = (0..14).map(|n| lock_after(n).map(|lock| lock.num_minutes())).collect();
        let locked = [15, 30, 60, 120, 240, 480, 960, 1440, 1440].map(Some);
        assert_eq!(minutes[..5], [None; 5]);
        assert_eq!(minutes[5..], locked);
        assert_eq!(lock_after(i32::MAX), Some(TimeDelta::hours(24)));
        assert_eq!(lock_after(i32::MIN), None);
    }
}
