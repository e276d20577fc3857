//! Passwords become argon2id hashes here, away from the threads that serve requests.

use std::sync::OnceLock;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Semaphore;

use crate::domain::credentials::{Login, SHORTEST, Weakness, typed, weakness};
use crate::domain::language::Text;
use crate::problem::Problem;
use crate::text;

/// 19 MiB, two passes, one lane: the least that OWASP's password storage sheet recommends for argon2id; about 30 ms.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Hashes at a time. Each takes 19 MiB, so a wave of logins waits here instead of filling the memory.
static AT_A_TIME: Semaphore = Semaphore::const_new(2);

/// A password that may be set: long enough and not obvious.
#[derive(Debug, Clone)]
pub struct NewPassword(SecretString);

impl NewPassword {
    /// Refuses weak ones, naming the field.
    pub fn parse(password: &SecretString, login: &Login, pointer: &str) -> Result<Self, Problem> {
        let password = typed(password.expose_secret());
        match weakness(&password, login) {
            Some(why) => Err(Problem::field(pointer, wording(why))),
            None => Ok(Self(password.into())),
        }
    }

    /// A password that nobody chose: 16 characters that are not mistaken for one another, in groups of four.
    pub fn generate() -> Self {
        const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
        let letter = |byte: u8| char::from(LETTERS[usize::from(byte % 32)]);
        let drawn: [u8; 16] = rand::random();
        let groups: Vec<String> =
            drawn.chunks(4).map(|group| group.iter().copied().map(letter).collect()).collect();
        Self(groups.join("-").into())
    }

    /// To be shown once to whoever hands it on.
    pub fn reveal(&self) -> &str {
        self.0.expose_secret()
    }
}

fn wording(why: Weakness) -> Text {
    match why {
        Weakness::Short => text!("Cần ít nhất {SHORTEST} ký tự", "At least {SHORTEST} characters"),
        Weakness::Long => text!("Quá dài", "Too long"),
        Weakness::Untypable => text!("Có ký tự điều khiển", "It has a control character"),
        Weakness::Login => text!("Không được chứa tên đăng nhập", "It must not contain the login"),
        Weakness::Obvious => text!("Quá dễ đoán", "Too easy to guess"),
    }
}

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).expect("the parameters are in argon2's range");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

fn hash_now(password: &str) -> Result<String, argon2::password_hash::Error> {
    argon2().hash_password(password.as_bytes()).map(|hash| hash.to_string())
}

/// What a password is compared with when there is nobody of that login: the answer takes as long.
fn nobodys_hash() -> &'static str {
    static HASH: OnceLock<String> = OnceLock::new();
    HASH.get_or_init(|| hash_now("nobody's password").expect("a constant can be hashed"))
}

async fn away<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
    let turn = AT_A_TIME.acquire().await.map_err(Problem::internal)?;
    // The turn goes along: a caller who hangs up does not let the next one in before the memory is free.
    let work = move || {
        let done = work();
        drop(turn);
        done
    };
    tokio::task::spawn_blocking(work).await.map_err(Problem::internal)
}

/// The hash to store.
pub async fn hash(password: &NewPassword) -> Result<String, Problem> {
    let password = password.clone();
    away(move || hash_now(password.reveal())).await?.map_err(Problem::internal)
}

/// Whether a password is the one behind a hash; without a hash it is wrong, after the same work.
pub async fn matches(password: &SecretString, hash: Option<String>) -> Result<bool, Problem> {
    let password = SecretString::from(typed(password.expose_secret()));
    away(move || {
        let against = hash.as_deref().unwrap_or_else(|| nobodys_hash());
        let right = PasswordHash::new(against).is_ok_and(|against| {
            argon2().verify_password(password.expose_secret().as_bytes(), &against).is_ok()
        });
        right && hash.is_some()
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_matches_its_hash_however_it_was_typed_and_nothing_else_does() {
        let login = "lan".parse().unwrap();
        let new = NewPassword::parse(&"trời xanh mây trắng".into(), &login, "/new").unwrap();
        let hash = hash(&new).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        let apart: String = unicode_normalization::UnicodeNormalization::nfd("trời xanh mây trắng").collect();
        assert!(matches(&apart.into(), Some(hash.clone())).await.unwrap());
        assert!(!matches(&"trời xanh".into(), Some(hash)).await.unwrap());
        assert!(!matches(&"nobody's password".into(), None).await.unwrap());
    }

    #[test]
    fn a_generated_password_is_a_strong_one_and_new_each_time() {
        let (one, two) = (NewPassword::generate(), NewPassword::generate());
        assert_ne!(one.reveal(), two.reveal());
        assert_eq!(one.reveal().len(), 19);
        assert!(NewPassword::parse(&one.0, &"no.such.login".parse().unwrap(), "/new").is_ok());
    }
}
