//! Who may do what: roles at units, and the tokens that say who is asking.

mod hs256;
mod store;
mod unknown_logins;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sqlx::PgPool;
use uuid::Uuid;

pub use unknown_logins::UnknownLogins;

use crate::clock::Clock;
use crate::domain::values::catalogue::catalogue;

catalogue! {
    /// What a person does at a unit and in all units below it.
    pub enum Role {
        /// Cán bộ quỹ: makes requests, payouts, repayments.
        Officer = "officer",
        /// Người phê duyệt: the second person.
        Approver = "approver",
        /// Thủ quỹ: handles cash.
        Cashier = "cashier",
        /// Người ghi nhận ủng hộ of a mass organisation.
        Recorder = "recorder",
        /// Tổ trưởng: interest and savings, never principal.
        GroupLeader = "group_leader",
        /// Kế toán.
        Accountant = "accountant",
        /// Cán bộ đối chiếu ngân hàng.
        BankClerk = "bank_clerk",
        /// Kiểm toán: reads everything, verifies.
        Auditor = "auditor",
        /// Quản trị viên: people, no money.
        Admin = "admin",
    }
}

impl Role {
    /// What people call it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Officer => "cán bộ quỹ",
            Self::Approver => "người phê duyệt",
            Self::Cashier => "thủ quỹ",
            Self::Recorder => "người ghi nhận ủng hộ",
            Self::GroupLeader => "tổ trưởng",
            Self::Accountant => "kế toán",
            Self::BankClerk => "cán bộ đối chiếu ngân hàng",
            Self::Auditor => "kiểm toán",
            Self::Admin => "quản trị viên",
        }
    }
}

/// Who works where, and when: what a use case knows of its caller.
#[derive(Debug, Clone, Copy)]
pub struct Work<'a> {
    /// The unit of the transaction.
    pub unit: i32,
    /// Who; none for the server's own jobs.
    pub actor: Option<Uuid>,
    /// Says the business date and makes ids.
    pub clock: &'a Clock,
}

/// How long an access token is good.
pub const ACCESS_MINUTES: i64 = 10;

/// The shortest signing secret that is not weak: 32 bytes, the size of the signature (RFC 7518 §3.2).
pub const SECRET_BYTES: usize = 32;

#[derive(Serialize, Deserialize)]
struct Claims {
    sub: Uuid,
    iat: i64,
    exp: i64,
    /// Only good for setting a password of one's own.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    must_change: bool,
}

/// Who holds an access token, and how far it reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holder {
    /// Who.
    pub user: Uuid,
    /// Whether they must first replace a password that another person made.
    pub must_change: bool,
}

/// The key that signs access tokens.
pub struct Keys {
    encoding: EncodingKey,
    decoding: DecodingKey,
}

/// A signing secret that is missing, short, or plainly guessable.
#[derive(Debug, thiserror::Error)]
#[error(
    "the signing secret is too weak: give SOQUY_SECRET at least {SECRET_BYTES} random bytes, e.g. from `openssl rand -base64 48`"
)]
pub struct WeakSecret;

impl Keys {
    /// Refuses secrets that are short or hardly vary.
    pub fn try_new(secret: &SecretString) -> Result<Self, WeakSecret> {
        let bytes = secret.expose_secret().as_bytes();
        let different = bytes.iter().collect::<std::collections::BTreeSet<_>>().len();
        if bytes.len() < SECRET_BYTES || different < 12 {
            return Err(WeakSecret);
        }
        Ok(Self::of(bytes))
    }

    /// A key that is kept nowhere: tokens end with the process.
    pub fn fleeting() -> Self {
        Self::of(&rand::random::<[u8; SECRET_BYTES]>())
    }

    fn of(secret: &[u8]) -> Self {
        hs256::install();
        Self { encoding: EncodingKey::from_secret(secret), decoding: DecodingKey::from_secret(secret) }
    }

    /// A token that says who is asking, good for [`ACCESS_MINUTES`].
    pub fn issue(&self, user: Uuid, clock: &Clock) -> Result<String, jsonwebtoken::errors::Error> {
        self.issue_to(Holder { user, must_change: false }, clock)
    }

    /// The same for a person who may have to change the password first.
    pub fn issue_to(&self, holder: Holder, clock: &Clock) -> Result<String, jsonwebtoken::errors::Error> {
        let now = clock.now().timestamp();
        let Holder { user, must_change } = holder;
        let claims = Claims { sub: user, iat: now, exp: now + ACCESS_MINUTES * 60, must_change };
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.encoding)
    }

    /// Who is asking, if the token is ours and still good by our clock.
    pub fn read(&self, token: &str, clock: &Clock) -> Option<Holder> {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.validate_exp = false;
        let claims = jsonwebtoken::decode::<Claims>(token, &self.decoding, &validation).ok()?.claims;
        (claims.exp > clock.now().timestamp())
            .then_some(Holder { user: claims.sub, must_change: claims.must_change })
    }
}

/// How long roles are remembered: a role taken away in another process ends within this time, in this one at once.
const REMEMBERED: Duration = Duration::from_secs(5);

/// What one person may do at one unit, and when we learnt it.
type Known = (Instant, Arc<[Role]>);

/// The roles of those who ask, remembered for a moment.
#[derive(Default)]
pub struct Grants {
    known: Mutex<HashMap<(Uuid, i32), Known>>,
}

impl Grants {
    /// The roles of a person at a unit: given there or above. Empty also when the unit does not exist.
    pub async fn at(&self, pool: &PgPool, user: Uuid, unit: i32) -> sqlx::Result<Arc<[Role]>> {
        let fresh = |(learnt, roles): &Known| (learnt.elapsed() < REMEMBERED).then(|| roles.clone());
        let known =
            self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&(user, unit)).and_then(fresh);
        if let Some(roles) = known {
            return Ok(roles);
        }
        let names = store::roles_at(pool, user, unit).await?;
        let roles: Arc<[Role]> = names.iter().filter_map(|name| Role::of_name(name)).collect();
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, (learnt, _)| learnt.elapsed() < REMEMBERED);
        known.insert((user, unit), (Instant::now(), roles.clone()));
        Ok(roles)
    }

    /// Forgets a person, after a change of roles.
    pub fn forget(&self, user: Uuid) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).retain(|(known, _), _| *known != user);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(secret: &str) -> Result<Keys, WeakSecret> {
        Keys::try_new(&SecretString::from(secret))
    }

    #[test]
    fn a_short_or_monotonous_secret_is_refused() {
        assert!(keys("short").is_err());
        assert!(keys(&"ab".repeat(40)).is_err());
        assert!(keys("abcdefghijklmnopqrstuvwxyz012345").is_ok());
    }

    #[test]
    fn a_token_ends_by_our_clock_and_only_our_key_signs() {
        let ours = keys("abcdefghijklmnopqrstuvwxyz012345").unwrap();
        let day = chrono::NaiveDate::from_ymd_opt(2026, 2, 28).unwrap();
        let (clock, user) = (Clock::on(day), Uuid::from_u128(7));
        let token = ours.issue(user, &clock).unwrap();
        assert_eq!(ours.read(&token, &clock), Some(Holder { user, must_change: false }));
        assert_eq!(keys("zyxwvutsrqponmlkjihgfedcba543210").unwrap().read(&token, &clock), None);
        clock.move_to(day + chrono::Days::new(1));
        assert_eq!(ours.read(&token, &clock), None);
    }
    #[test]
    fn a_token_is_a_jwt_as_others_make_it_and_no_other_algorithm_is_ours() {
        // {"typ":"JWT","alg":"HS256"}
        const HEAD: &str = "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9";
        let ours = keys("abcdefghijklmnopqrstuvwxyz012345").unwrap();
        let clock = Clock::on(chrono::NaiveDate::from_ymd_opt(2026, 2, 28).unwrap());
        let claims =
            "eyJzdWIiOiIwMDAwMDAwMC0wMDAwLTAwMDAtMDAwMC0wMDAwMDAwMDAwMDciLCJpYXQiOjEsImV4cCI6NDEwMjQ0NDgwMH0";
        // Made with Python's hmac and hashlib, as are the next two.
        let theirs = format!("{HEAD}.{claims}.fjozLTPd-K8phWizNVjgr7frz85qP6zl7HoumLX0MG8");
        let holder = Holder { user: Uuid::from_u128(7), must_change: false };
        assert_eq!(ours.read(&theirs, &clock), Some(holder));
        for (head, signature) in [
            ("eyJhbGciOiJIUzM4NCJ9", "ilZji4exx26Rlzz-DWMWwKPW_uHnasmcyiCJAfy5lY8"), // HS384
            ("eyJhbGciOiJub25lIn0", "Lb3O-U-qXBvWqVnF7DytVVurR8mOBN2MaK7wbiS-B1c"),  // none
            ("eyJhbGciOiJub25lIn0", ""),
            (HEAD, "ilZji4exx26Rlzz-DWMWwKPW_uHnasmcyiCJAfy5lY8"),
            (HEAD, ""),
        ] {
            assert_eq!(
                ours.read(&format!("{head}.{claims}.{signature}"), &clock),
                None,
                "{head}.{signature}"
            );
        }
    }
}
