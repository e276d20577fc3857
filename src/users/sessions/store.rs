use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::values::{Account, Me, RoleAt, Token};
use crate::access::Work;
use crate::db::Conn;
use crate::domain::values::ids::UserId;

pub async fn account_of_login(conn: &mut Conn, login: &str) -> sqlx::Result<Option<Account>> {
    sqlx::query_as!(
        Account,
        "select user_id, unit_id, login, password_hash, locked_until from app_user join credential using (user_id)
          where login = $1 and disabled_at is null",
        login
    )
    .fetch_optional(conn)
    .await
}

pub async fn account_of_user(conn: &mut Conn, user: Uuid) -> sqlx::Result<Option<Account>> {
    sqlx::query_as!(
        Account,
        "select user_id, unit_id, login, password_hash, locked_until from app_user join credential using (user_id)
          where user_id = $1 and disabled_at is null",
        user
    )
    .fetch_optional(conn)
    .await
}

pub struct Credential {
    pub password_hash: String,
    pub failures: i32,
    pub locked_until: Option<DateTime<Utc>>,
}

pub async fn lock_credential(conn: &mut Conn, user: Uuid) -> sqlx::Result<Option<Credential>> {
    sqlx::query_as!(
        Credential,
        "select password_hash, failures, locked_until from credential where user_id = $1 for update",
        user
    )
    .fetch_optional(conn)
    .await
}

pub async fn count(
    conn: &mut Conn,
    user: Uuid,
    failures: i32,
    until: Option<DateTime<Utc>>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update credential set failures = $2, locked_until = $3 where user_id = $1",
        user,
        failures,
        until
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn insert_credential(
    conn: &mut Conn,
    user: Uuid,
    hash: &str,
    must_change: bool,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into credential (user_id, password_hash, must_change) values ($1, $2, $3)",
        user,
        hash,
        must_change
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn set_password(conn: &mut Conn, user: Uuid, hash: &str, must_change: bool) -> sqlx::Result<()> {
    sqlx::query!(
        "update credential set password_hash = $2, must_change = $3, changed_at = scope_now(), failures = 0,
                locked_until = null
          where user_id = $1",
        user,
        hash,
        must_change
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn note(conn: &mut Conn, work: &Work<'_>, user: Uuid, kind: &str) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into account_event (unit_id, account_event_id, user_id, kind, actor_id) values ($1, $2, $3, $4, $5)",
        work.unit,
        work.clock.new_id(),
        user,
        kind,
        work.actor
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn insert_token(
    conn: &mut Conn,
    token: &Token,
    user: UserId,
    ends: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into refresh_token (token_hash, family_id, user_id, expires_at) values ($1, $2, $3, $4)",
        &token.hash,
        token.family,
        user.uuid(),
        ends
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Spends a token that is still good and says its family. A family with one revoked token is revoked as a whole: so a
/// token that was being issued while its family was revoked is no good either.
pub async fn spend(conn: &mut Conn, hash: &[u8], now: DateTime<Utc>) -> sqlx::Result<Option<Uuid>> {
    sqlx::query_scalar!(
        "update refresh_token t set used_at = scope_now()
          where token_hash = $1 and used_at is null and expires_at > $2
            and not exists (select from refresh_token r where r.family_id = t.family_id and r.revoked_at is not null)
          returning family_id",
        hash,
        now
    )
    .fetch_optional(conn)
    .await
}

pub struct Known {
    pub family_id: Uuid,
    pub user_id: Uuid,
    pub unit_id: i32,
    pub spent: bool,
}

pub async fn token(conn: &mut Conn, hash: &[u8]) -> sqlx::Result<Option<Known>> {
    sqlx::query_as!(
        Known,
        r#"select family_id, user_id, unit_id, used_at is not null as "spent!"
             from refresh_token join app_user using (user_id) where token_hash = $1"#,
        hash
    )
    .fetch_optional(conn)
    .await
}

pub async fn revoke_family(conn: &mut Conn, family: Uuid) -> sqlx::Result<u64> {
    let revoked = sqlx::query!(
        "update refresh_token set revoked_at = scope_now() where family_id = $1 and revoked_at is null",
        family
    );
    Ok(revoked.execute(conn).await?.rows_affected())
}

pub async fn revoke_all(conn: &mut Conn, user: Uuid) -> sqlx::Result<()> {
    sqlx::query!(
        "update refresh_token set revoked_at = scope_now() where user_id = $1 and revoked_at is null",
        user
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn forget_ended(conn: &mut Conn, user: Uuid, before: DateTime<Utc>) -> sqlx::Result<()> {
    sqlx::query!("delete from refresh_token where user_id = $1 and expires_at < $2", user, before)
        .execute(conn)
        .await?;
    Ok(())
}

pub async fn me(conn: &mut Conn, user: Uuid) -> sqlx::Result<Option<Me>> {
    let found = sqlx::query!(
        "select login, full_name, unit_id, must_change from app_user join credential using (user_id)
          where user_id = $1 and disabled_at is null",
        user
    )
    .fetch_optional(&mut *conn)
    .await?;
    let Some(row) = found else { return Ok(None) };
    let roles = sqlx::query_as!(
        RoleAt,
        r#"select g.unit_id as "unit_id!", u.name as unit_name, g.role as "role!"
             from grants_of($1) g join unit u on u.unit_id = g.unit_id order by g.unit_id, g.role"#,
        user
    )
    .fetch_all(conn)
    .await?;
    Ok(Some(Me {
        user_id: user,
        login: row.login,
        full_name: row.full_name,
        unit_id: row.unit_id,
        must_change: row.must_change,
        roles,
    }))
}
