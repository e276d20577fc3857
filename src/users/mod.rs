//! People (người dùng): who they are, what they may do where, and how they log in.
//!
//! A person belongs to the unit that entered them, the home unit, and is kept at its address; an administrator of a
//! unit above works there too, because roles reach down the tree. A role is given at the address of the unit where it
//! shall hold. A repeated POST meets a unique constraint, so none here takes an idempotency key: its kept answer
//! would hold a first password.

pub mod http;
pub mod password;
pub mod sessions;
mod store;
mod values;

use secrecy::SecretString;
use sqlx::Connection as _;
use uuid::Uuid;

use crate::access::{Role, Work};
use crate::clock::Clock;
use crate::db::{self, Conn, Scope, constraint};
use crate::domain::values::ids::UserId;
use crate::domain::values::text::Name;
use crate::http::page::Page;
use crate::problem::{Kind, Problem};
use crate::text;

use self::password::NewPassword;
use self::sessions::RoleAt;
pub use self::values::{NewUser, User};

/// Enters a person into the work's unit, without any role. `must_change` when another person knows the password.
pub async fn create(
    conn: &mut Conn,
    work: &Work<'_>,
    new: &NewUser,
    password_hash: &str,
    must_change: bool,
) -> Result<User, Problem> {
    let id = work.clock.new_id();
    store::insert(conn, work, id, new).await.map_err(|error| match constraint(&error) {
        Some("app_user_login_unique") => {
            let login = &new.login;
            Kind::AlreadyExists
                .saying(text!("Đã có tên đăng nhập {login}.", "There is a login {login} already."))
        }
        Some("app_user_unit_id_fkey") => Kind::NotFound.bare(),
        _ => error.into(),
    })?;
    sessions::first_password(conn, id, password_hash, must_change).await?;
    show(conn, work.unit, id).await
}

/// A page of the people of a unit, those who came first first.
pub async fn list(
    conn: &mut Conn,
    unit: i32,
    after: Option<UserId>,
    limit: i64,
) -> Result<Page<User>, Problem> {
    Ok(Page::of(store::list(conn, unit, None, after, limit + 1).await?, limit, |user| user.user_id))
}

/// One person of a unit.
pub async fn show(conn: &mut Conn, unit: i32, user: Uuid) -> Result<User, Problem> {
    store::list(conn, unit, Some(user.into()), None, 1).await?.pop().ok_or_else(|| Kind::NotFound.bare())
}

/// Locks a person of the work's unit until the transaction ends.
pub async fn lock(conn: &mut Conn, work: &Work<'_>, user: Uuid) -> Result<User, Problem> {
    if !store::lock(conn, work.unit, user).await? {
        return Err(Kind::NotFound.bare());
    }
    show(conn, work.unit, user).await
}

/// Corrects the name of a person whom the caller [locked](lock).
pub async fn rename(conn: &mut Conn, work: &Work<'_>, user: Uuid, name: &Name) -> Result<User, Problem> {
    store::rename(conn, user, name).await?;
    show(conn, work.unit, user).await
}

/// People do not raise, lower or restore themselves.
fn somebody_else(work: &Work<'_>, user: Uuid) -> Result<(), Problem> {
    if work.actor == Some(user) {
        return Err(Kind::Forbidden.saying(text!(
            "Không ai được tự làm việc này cho chính mình.",
            "Nobody may do this to their own account."
        )));
    }
    Ok(())
}

/// Keeps a person out: no logging in, no session, no role counts. Access tokens that are out reach no unit any more.
pub async fn disable(conn: &mut Conn, work: &Work<'_>, user: Uuid) -> Result<User, Problem> {
    somebody_else(work, user)?;
    if lock(conn, work, user).await?.disabled_at.is_none() {
        sessions::close_all(conn, user).await?;
        store::disable(conn, user).await?;
    }
    show(conn, work.unit, user).await
}

/// Lets a disabled person in again, with the roles that were not taken back meanwhile.
pub async fn enable(conn: &mut Conn, work: &Work<'_>, user: Uuid) -> Result<User, Problem> {
    somebody_else(work, user)?;
    if lock(conn, work, user).await?.disabled_at.is_some() {
        store::enable(conn, user).await?;
    }
    show(conn, work.unit, user).await
}

/// Gives a person a new first password; ends a lock and all sessions.
pub async fn reset_password(
    conn: &mut Conn,
    work: &Work<'_>,
    user: Uuid,
    hash: &str,
) -> Result<User, Problem> {
    somebody_else(work, user)?;
    lock(conn, work, user).await?;
    sessions::reset_password(conn, work, user, hash).await?;
    show(conn, work.unit, user).await
}

/// Whoever gives or takes roles must be an administrator where the person belongs, too: a commune cannot appoint, nor
/// dismiss, the people of the province.
async fn administered(conn: &mut Conn, work: &Work<'_>, user: Uuid) -> Result<(), Problem> {
    somebody_else(work, user)?;
    if store::administers(conn, work, user).await? { Ok(()) } else { Err(Kind::NotFound.bare()) }
}

/// Gives a person a role at the work's unit and in all units below. Two duties that must be apart are refused by the
/// database.
pub async fn grant(conn: &mut Conn, work: &Work<'_>, user: Uuid, role: Role) -> Result<RoleAt, Problem> {
    administered(conn, work, user).await?;
    give(conn, work, user, role).await
}

async fn give(conn: &mut Conn, work: &Work<'_>, user: Uuid, role: Role) -> Result<RoleAt, Problem> {
    store::grant(conn, work, user, role.name()).await.map_err(|error| match constraint(&error) {
        Some("role_grant_once") => Kind::AlreadyExists.bare(),
        _ => error.into(),
    })?;
    Ok(RoleAt {
        unit_id: work.unit,
        unit_name: store::unit_name(conn, work.unit).await?,
        role: role.name().to_owned(),
    })
}

/// Takes back a role that was given at the work's unit.
pub async fn revoke(conn: &mut Conn, work: &Work<'_>, user: Uuid, role: Role) -> Result<(), Problem> {
    administered(conn, work, user).await?;
    if store::revoke(conn, work, user, role.name()).await? { Ok(()) } else { Err(Kind::NotFound.bare()) }
}

/// A person whom the operator of the server enters: the first administrator, or a person of a demonstration.
#[derive(Debug, Clone)]
pub struct Appointed {
    /// The home unit, where the roles are given.
    pub unit: i32,
    /// Who.
    pub user: NewUser,
    /// The password they have chosen.
    pub password: SecretString,
    /// What they may do.
    pub roles: Vec<Role>,
}

/// Enters a person from the server's console, without a login. All or nothing, in a transaction of its own.
pub async fn appoint(conn: &mut Conn, clock: &Clock, person: &Appointed) -> Result<Uuid, Problem> {
    let password = NewPassword::parse(&person.password, &person.user.login, "/password")?;
    let hash = password::hash(&password).await?;
    let work = Work { unit: person.unit, actor: None, clock };
    let mut tx = conn.begin().await?;
    db::enter(&mut tx, Scope { unit: person.unit, actor: None, action: "appoint" }, clock).await?;
    let user = create(&mut tx, &work, &person.user, &hash, false).await?;
    for role in &person.roles {
        give(&mut tx, &work, user.user_id, *role).await?;
    }
    tx.commit().await?;
    Ok(user.user_id)
}
