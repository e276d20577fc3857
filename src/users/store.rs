use uuid::Uuid;

use super::sessions::RoleAt;
use super::values::{NewUser, User};
use crate::access::Work;
use crate::db::{Conn, one_or_all};
use crate::domain::values::ids::UserId;
use crate::domain::values::text::Name;

pub async fn insert(conn: &mut Conn, work: &Work<'_>, id: Uuid, new: &NewUser) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into app_user (user_id, unit_id, login, full_name) values ($1, $2, $3, $4)",
        id,
        work.unit,
        new.login.as_str(),
        new.full_name.as_str()
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// People of a unit after a key; only one of them when asked for.
pub async fn list(
    conn: &mut Conn,
    unit: i32,
    only: Option<UserId>,
    after: Option<UserId>,
    limit: i64,
) -> sqlx::Result<Vec<User>> {
    let (least, greatest) = one_or_all(only.map(UserId::uuid));
    let rows = sqlx::query!(
        "select user_id, login, full_name, created_at, disabled_at, locked_until, must_change
           from app_user join credential using (user_id)
          where unit_id = $1 and user_id > $2 and user_id >= $3 and user_id <= $4
          order by user_id limit $5",
        unit,
        after.map(UserId::uuid).unwrap_or_default(),
        least,
        greatest,
        limit
    )
    .fetch_all(&mut *conn)
    .await?;
    let people: Vec<Uuid> = rows.iter().map(|row| row.user_id).collect();
    let mut roles = roles_below(conn, unit, &people).await?;
    let users = rows.into_iter().map(|row| User {
        user_id: row.user_id,
        login: row.login,
        full_name: row.full_name,
        created_at: row.created_at,
        disabled_at: row.disabled_at,
        locked_until: row.locked_until,
        must_change: row.must_change,
        roles: roles.extract_if(.., |(user, _)| *user == row.user_id).map(|(_, role)| role).collect(),
    });
    Ok(users.collect())
}

async fn roles_below(conn: &mut Conn, unit: i32, people: &[Uuid]) -> sqlx::Result<Vec<(Uuid, RoleAt)>> {
    let rows = sqlx::query!(
        r#"select p.user_id as "user_id!", g.unit_id as "unit_id!", u.name, g.role as "role!"
             from unnest($2::uuid[]) p (user_id) cross join lateral grants_of(p.user_id) g join unit u on u.unit_id = g.unit_id
            where $1 in (select unit_and_above(g.unit_id)) order by g.unit_id, g.role"#,
        unit,
        people
    )
    .fetch_all(conn)
    .await?;
    let role_at = |unit_id, unit_name, role| RoleAt { unit_id, unit_name, role };
    Ok(rows.into_iter().map(|row| (row.user_id, role_at(row.unit_id, row.name, row.role))).collect())
}

/// The name of a unit, without its kind.
pub async fn unit_name(conn: &mut Conn, unit: i32) -> sqlx::Result<String> {
    sqlx::query_scalar!("select name from unit where unit_id = $1", unit).fetch_one(conn).await
}

pub async fn lock(conn: &mut Conn, unit: i32, user: Uuid) -> sqlx::Result<bool> {
    let found = sqlx::query!(
        "select 1 as one from app_user where user_id = $1 and unit_id = $2 for update",
        user,
        unit
    );
    Ok(found.fetch_optional(conn).await?.is_some())
}

pub async fn rename(conn: &mut Conn, user: Uuid, name: &Name) -> sqlx::Result<()> {
    sqlx::query!("update app_user set full_name = $2 where user_id = $1", user, name.as_str())
        .execute(conn)
        .await?;
    Ok(())
}

pub async fn disable(conn: &mut Conn, user: Uuid) -> sqlx::Result<()> {
    sqlx::query!("update app_user set disabled_at = scope_now() where user_id = $1", user)
        .execute(conn)
        .await?;
    Ok(())
}

pub async fn enable(conn: &mut Conn, user: Uuid) -> sqlx::Result<()> {
    sqlx::query!("update app_user set disabled_at = null where user_id = $1", user).execute(conn).await?;
    Ok(())
}

/// Whether the one who works is an administrator at the home unit of a person.
pub async fn administers(conn: &mut Conn, work: &Work<'_>, user: Uuid) -> sqlx::Result<bool> {
    let administers = sqlx::query_scalar!(
        "select 'admin' = any (roles_at($1, unit_id)) from app_user where user_id = $2",
        work.actor,
        user
    );
    Ok(administers.fetch_optional(conn).await?.flatten().unwrap_or_default())
}

pub async fn grant(conn: &mut Conn, work: &Work<'_>, user: Uuid, role: &str) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into role_grant (unit_id, grant_id, user_id, role) values ($1, $2, $3, $4)",
        work.unit,
        work.clock.new_id(),
        user,
        role
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn revoke(conn: &mut Conn, work: &Work<'_>, user: Uuid, role: &str) -> sqlx::Result<bool> {
    let revoked = sqlx::query!(
        "update role_grant set revoked_at = scope_now()
          where unit_id = $1 and user_id = $2 and role = $3 and revoked_at is null",
        work.unit,
        user,
        role
    );
    Ok(revoked.execute(conn).await?.rows_affected() > 0)
}
