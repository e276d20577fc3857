//! Sessions: a right password opens one, a refresh token carries it on, each token once.
//!
//! A wrong guess is a refusal that must leave a trace, but a transaction that fails leaves none. So the use cases here
//! answer twice: the outer result says whether the database did its work and the transaction may be kept, the inner one
//! whether the caller is let in ([`Verdict`]).

pub mod http;
mod store;
mod values;

use std::convert::Infallible;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use chrono::{DateTime, TimeDelta, Utc};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest, Sha256};
use uuid::Uuid;

pub use self::values::{Account, Me, RoleAt, Token};
use super::password;
use crate::access::{UnknownLogins, Work};
use crate::clock::Clock;
use crate::db::Conn;
use crate::domain::people::credentials::{Login, lock_after};
use crate::domain::values::ids::UserId;
use crate::problem::{Kind, Problem};

/// Let in or refused; either way the transaction is kept.
pub type Verdict<T> = Result<T, Problem>;

/// How long a refresh token is good; after a longer absence a person logs in again.
pub const REFRESH_DAYS: i64 = 30;

/// A password that was compared: with whose, and whether it was right.
#[derive(Debug)]
pub struct Guess {
    /// Whose password was guessed.
    pub account: Account,
    right: bool,
}

/// A session that was opened or carried on.
#[derive(Debug)]
pub struct Opened {
    /// The token for the next time: 32 random bytes, base64url. Only its sha256 is stored.
    pub refresh_token: SecretString,
    /// When it ends.
    pub refresh_expires_at: DateTime<Utc>,
    /// Whose session.
    pub me: Me,
}

fn locked(until: Option<DateTime<Utc>>, clock: &Clock) -> Result<(), Problem> {
    match until.map(|until| (until - clock.now()).num_seconds()) {
        Some(seconds @ 1..) => Err(Kind::AccountLocked.bare().after(seconds.unsigned_abs())),
        _ => Ok(()),
    }
}

/// Compares a password with that of an account. A locked one is told so without comparing.
pub async fn guess(account: Account, password: &SecretString, clock: &Clock) -> Result<Guess, Problem> {
    locked(account.locked_until, clock)?;
    let right = password::matches(password, Some(account.password_hash.clone())).await?;
    Ok(Guess { account, right })
}

/// Refuses an unknown login as a wrong password is refused: after the same work, and locked after as many.
pub async fn turn_away(
    unknown_logins: &UnknownLogins,
    login: &Login,
    password: &SecretString,
    clock: &Clock,
) -> Result<Infallible, Problem> {
    locked(unknown_logins.locked_until(login, clock.now()), clock)?;
    password::matches(password, None).await?;
    locked(unknown_logins.count(login, clock.now()), clock).and(Err(Kind::WrongPassword.bare()))
}

/// The account of a login, unless it is disabled.
pub async fn account(conn: &mut Conn, login: &Login) -> Result<Option<Account>, Problem> {
    Ok(store::account_of_login(conn, login.as_str()).await?)
}

/// The account of a person who is logged in.
pub async fn own_account(conn: &mut Conn, user: Uuid) -> Result<Account, Problem> {
    store::account_of_user(conn, user).await?.ok_or_else(|| Kind::NotLoggedIn.bare())
}

/// Counts a guess against its account, whose row stays locked until the transaction ends: guesses that were compared
/// at the same time are counted one by one, and none counts or is answered after the one that locked the account.
async fn settle(conn: &mut Conn, work: &Work<'_>, guess: &Guess) -> Result<Verdict<()>, Problem> {
    let user = guess.account.user_id;
    let held = store::lock_credential(conn, user).await?.ok_or_else(|| Kind::WrongPassword.bare())?;
    if let Err(problem) = locked(held.locked_until, work.clock) {
        return Ok(Err(problem));
    }
    if held.password_hash != guess.account.password_hash {
        return Ok(Err(Kind::WrongPassword.bare()));
    }
    if guess.right {
        if held.failures > 0 {
            store::count(conn, user, 0, None).await?;
        }
        return Ok(Ok(()));
    }
    let failures = held.failures.saturating_add(1);
    let until = lock_after(failures).map(|lock| work.clock.now() + lock);
    store::count(conn, user, failures, until).await?;
    if until.is_some() {
        store::note(conn, work, user, "locked").await?;
    }
    Ok(locked(until, work.clock).and(Err(Kind::WrongPassword.bare())))
}

/// Opens a session for a right guess.
pub async fn log_in(conn: &mut Conn, work: &Work<'_>, guess: &Guess) -> Result<Verdict<Opened>, Problem> {
    if let Err(refusal) = settle(conn, work, guess).await? {
        return Ok(Err(refusal));
    }
    let long_ended = work.clock.now() - TimeDelta::days(REFRESH_DAYS);
    store::forget_ended(conn, guess.account.user_id, long_ended).await?;
    open(conn, work, guess.account.user_id.into(), work.clock.new_id()).await.map(Ok)
}

/// Sets a new password for a right guess at the old one: closes all sessions and opens one.
pub async fn change_password(
    conn: &mut Conn,
    work: &Work<'_>,
    guess: &Guess,
    new_hash: &str,
) -> Result<Verdict<Opened>, Problem> {
    if let Err(refusal) = settle(conn, work, guess).await? {
        return Ok(Err(refusal));
    }
    let user = guess.account.user_id;
    store::set_password(conn, user, new_hash, false).await?;
    store::revoke_all(conn, user).await?;
    store::note(conn, work, user, "password_changed").await?;
    open(conn, work, user.into(), work.clock.new_id()).await.map(Ok)
}

fn hash_of(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}

async fn open(conn: &mut Conn, work: &Work<'_>, user: UserId, family: Uuid) -> Result<Opened, Problem> {
    let me = me(conn, user.uuid()).await?;
    let token = BASE64.encode(rand::random::<[u8; 32]>());
    let ends = work.clock.now() + TimeDelta::days(REFRESH_DAYS);
    store::insert_token(conn, &Token { hash: hash_of(&token), family }, user, ends).await?;
    Ok(Opened { refresh_token: token.into(), refresh_expires_at: ends, me })
}

/// Whose refresh token it is: the person and their home unit.
pub async fn holder(conn: &mut Conn, token: &SecretString) -> Result<(Uuid, i32), Problem> {
    let known = store::token(conn, &hash_of(token.expose_secret())).await?;
    known.map(|known| (known.user_id, known.unit_id)).ok_or_else(|| Kind::NotLoggedIn.bare())
}

/// Gives a new refresh token for one that is still good. One that was spent before revokes its family: either its owner
/// or a thief holds a copy; the server cannot tell which.
pub async fn refresh(
    conn: &mut Conn,
    work: &Work<'_>,
    token: &SecretString,
) -> Result<Verdict<Opened>, Problem> {
    let hash = hash_of(token.expose_secret());
    let known = store::token(conn, &hash).await?.ok_or_else(|| Kind::NotLoggedIn.bare())?;
    if let Some(family) = store::spend(conn, &hash, work.clock.now()).await? {
        return open(conn, work, known.user_id.into(), family).await.map(Ok);
    }
    // Read again: it may have been spent while we waited.
    if !store::token(conn, &hash).await?.is_some_and(|now| now.spent) {
        return Ok(Err(Kind::NotLoggedIn.bare()));
    }
    if store::revoke_family(conn, known.family_id).await? > 0 {
        store::note(conn, work, known.user_id, "token_reused").await?;
    }
    Ok(Err(Kind::TokenReused.bare()))
}

/// Ends the session of a refresh token. One that is not known ends nothing and tells nothing.
pub async fn log_out(conn: &mut Conn, token: &SecretString) -> Result<(), Problem> {
    if let Some(known) = store::token(conn, &hash_of(token.expose_secret())).await? {
        store::revoke_family(conn, known.family_id).await?;
    }
    Ok(())
}

/// Ends all sessions of a person. Access tokens that are out end by themselves.
pub async fn close_all(conn: &mut Conn, user: Uuid) -> Result<(), Problem> {
    Ok(store::revoke_all(conn, user).await?)
}

/// The person of an access token.
pub async fn me(conn: &mut Conn, user: Uuid) -> Result<Me, Problem> {
    store::me(conn, user).await?.ok_or_else(|| Kind::NotLoggedIn.bare())
}

/// Gives a new person their first password; `must_change` when another person knows it.
pub async fn first_password(
    conn: &mut Conn,
    user: Uuid,
    hash: &str,
    must_change: bool,
) -> Result<(), Problem> {
    Ok(store::insert_credential(conn, user, hash, must_change).await?)
}

/// Replaces a password that was lost: closes all sessions and ends a lock.
pub async fn reset_password(conn: &mut Conn, work: &Work<'_>, user: Uuid, hash: &str) -> Result<(), Problem> {
    store::lock_credential(conn, user).await?.ok_or_else(|| Kind::NotFound.bare())?;
    store::set_password(conn, user, hash, true).await?;
    store::revoke_all(conn, user).await?;
    Ok(store::note(conn, work, user, "password_reset").await?)
}
