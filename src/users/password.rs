//! Passwords become argon2id hashes here, away from the threads that serve requests.

use std::sync::{Mutex, OnceLock, PoisonError};

use argon2::password_hash::Error;
use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Semaphore;

use crate::domain::people::credentials::{Login, SHORTEST, Weakness, typed, weakness};
use crate::domain::values::language::Text;
use crate::problem::Problem;
use crate::text;

/// 19 MiB, two passes, one lane: the least that OWASP's password storage sheet recommends for argon2id; about 30 ms.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Hashes at a time. Each takes 19 MiB, so a wave of logins waits here instead of filling the memory.
static AT_A_TIME: Semaphore = Semaphore::const_new(TURNS);
const TURNS: usize = 2;

/// What the hashes were made in, to be used again: of blocks this large that it gets back an allocator keeps each, and gives
/// none of them out a second time.
static MEMORY: Mutex<Vec<Vec<Block>>> = Mutex::new(Vec::new());

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

    /// A random password: 16 characters that are not mistaken for one another, in groups of four.
    pub fn generate() -> Self {
        const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
        let letter = |byte: u8| char::from(LETTERS[usize::from(byte % 32)]);
        let drawn: [u8; 16] = rand::random();
        let groups: Vec<String> =
            drawn.chunks(4).map(|group| group.iter().copied().map(letter).collect()).collect();
        Self(groups.join("-").into())
    }

    /// To be shown once to the person who hands it on.
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

fn memory() -> std::sync::MutexGuard<'static, Vec<Vec<Block>>> {
    MEMORY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The argon2id of a password, in memory that was used before.
fn derive(password: &str, salt: &[u8], params: &Params) -> Result<Output, Error> {
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
    let mut blocks = memory().pop().unwrap_or_default();
    blocks.resize_with(params.block_count(), Block::default);
    let mut output = [0; Params::DEFAULT_OUTPUT_LEN];
    let hashed = argon2.hash_password_into_with_memory(password.as_bytes(), salt, &mut output, &mut blocks);
    memory().push(blocks);
    hashed?;
    Ok(Output::new(&output)?)
}

fn hash_now(password: &str) -> Result<String, Error> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None)?;
    let salt = Salt::generate();
    let hash = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(&params)?,
        salt: Some(salt),
        hash: Some(derive(password, &salt, &params)?),
    };
    Ok(hash.to_string())
}

/// Whether a hash is that of a password: only those made here are, with the parameters they name.
fn is_hash_of(hash: &str, password: &str) -> Result<bool, Error> {
    let hash = PasswordHash::new(hash)?;
    let ours = hash.algorithm == Algorithm::Argon2id.ident() && hash.version == Some(Version::V0x13.into());
    let (true, Some(salt), Some(expected)) = (ours, &hash.salt, &hash.hash) else { return Ok(false) };
    // The comparison of outputs takes as long wherever they differ.
    Ok(derive(password, salt, &Params::try_from(&hash)?)? == *expected)
}

/// What a password is compared with when the login is unknown: the answer takes as long.
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
        is_hash_of(against, password.expose_secret()).is_ok_and(|right| right) && hash.is_some()
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

    #[tokio::test]
    async fn a_wave_of_guesses_is_compared_in_the_memory_of_a_few() {
        let wave = (0..12).map(|_| tokio::spawn(async { matches(&"some guess".into(), None).await }));
        for guess in wave.collect::<Vec<_>>() {
            assert!(!guess.await.unwrap().unwrap());
        }
        let kept: Vec<usize> = memory().iter().map(Vec::len).collect();
        assert!((1..=TURNS).contains(&kept.len()) && kept.iter().all(|blocks| *blocks == 19_456), "{kept:?}");
    }

    #[test]
    fn a_generated_password_is_a_strong_one_and_new_each_time() {
        let (one, two) = (NewPassword::generate(), NewPassword::generate());
        assert_ne!(one.reveal(), two.reveal());
        assert_eq!(one.reveal().len(), 19);
        assert!(NewPassword::parse(&one.0, &"no.such.login".parse().unwrap(), "/new").is_ok());
    }
}
