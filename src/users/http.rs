//! The people of a unit over HTTP.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::password::{self, NewPassword};
use super::sessions::RoleAt;
use super::{NewUser, User};
use crate::access::Role;
use crate::domain::values::text::Name;
use crate::http::App;
use crate::http::auth::{Admin, PeopleReader};
use crate::http::etag::{IfMatch, Tagged};
use crate::http::extract::{Json, Path, Query};
use crate::http::page::{Page, PageQuery};
use crate::http::request::{Keyless, Read};
use crate::problem::Problem;

/// Addresses of the feature.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_users, create_user))
        .routes(routes!(show_user, rename_user))
        .routes(routes!(disable_user))
        .routes(routes!(enable_user))
        .routes(routes!(reset_password))
        .routes(routes!(grant_role))
        .routes(routes!(revoke_role))
}

crate::paths! {
    UserPath { user: Uuid = "the person" }
    RolePath { user: Uuid = "the person", role: Role = "the role" }
}

/// A person and the password they log in with first: it is shown once and must be changed.
#[derive(Serialize, utoipa::ToSchema)]
pub struct FirstPassword {
    #[serde(flatten)]
    user: User,
    /// Shown this once.
    first_password: String,
}

/// A role to give at the unit in the address.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRole {
    role: Role,
}

/// What may be corrected.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserChange {
    full_name: Name,
}

fn with_password(status: StatusCode, user: User, password: &NewPassword) -> Response {
    let body = FirstPassword { user, first_password: password.reveal().to_owned() };
    (status, [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

/// Lists the people of a unit.
#[utoipa::path(get, path = "/v1/units/{unit}/users", params(PeopleReader, PageQuery), responses((status = 200, body = Page<User>)))]
async fn list_users(read: Read<PeopleReader>, Query(page): Query<PageQuery>) -> Result<Page<User>, Problem> {
    let (after, limit) = (page.after()?, page.limit()?);
    read.run(async |conn, work| super::list(conn, work.unit, after, limit).await).await
}

/// Enters a person into the unit, without any role. The answer holds the first password, once.
#[utoipa::path(post, path = "/v1/units/{unit}/users", params(Admin), request_body = NewUser,
    responses((status = 201, body = FirstPassword)))]
async fn create_user(command: Keyless<Admin>, Json(new): Json<NewUser>) -> Result<Response, Problem> {
    let password = NewPassword::generate();
    let hash = password::hash(&password).await?;
    let user = command.run(async |conn, work| super::create(conn, work, &new, &hash, true).await);
    Ok(with_password(StatusCode::CREATED, user.await?, &password))
}

/// Shows a person of the unit.
#[utoipa::path(get, path = "/v1/units/{unit}/users/{user}", params(PeopleReader, UserPath), responses((status = 200, body = User)))]
async fn show_user(
    read: Read<PeopleReader>,
    Path(UserPath { user }): Path<UserPath>,
) -> Result<Tagged<User>, Problem> {
    read.run(async |conn, work| super::show(conn, work.unit, user).await).await.map(Tagged)
}

/// Corrects the name of a person.
#[utoipa::path(patch, path = "/v1/units/{unit}/users/{user}", params(Admin, UserPath, IfMatch), request_body = UserChange,
    responses((status = 200, body = User)))]
async fn rename_user(
    command: Keyless<Admin>,
    Path(UserPath { user }): Path<UserPath>,
    read: IfMatch,
    Json(change): Json<UserChange>,
) -> Result<Tagged<User>, Problem> {
    let name = change.full_name;
    let renamed = command.run(async |conn, work| {
        read.holds(&super::lock(conn, work, user).await?)?;
        super::rename(conn, work, user, &name).await
    });
    renamed.await.map(Tagged)
}

/// Keeps a person out: no logging in, no session, no role counts.
#[utoipa::path(post, path = "/v1/units/{unit}/users/{user}/disable", params(Admin, UserPath),
    responses((status = 200, body = User)))]
async fn disable_user(
    command: Keyless<Admin>,
    Path(UserPath { user }): Path<UserPath>,
) -> Result<Json<User>, Problem> {
    let done = command.run(async |conn, work| super::disable(conn, work, user).await).await?;
    command.app().grants.forget(user);
    Ok(Json(done))
}

/// Lets a disabled person in again.
#[utoipa::path(post, path = "/v1/units/{unit}/users/{user}/enable", params(Admin, UserPath),
    responses((status = 200, body = User)))]
async fn enable_user(
    command: Keyless<Admin>,
    Path(UserPath { user }): Path<UserPath>,
) -> Result<Json<User>, Problem> {
    let done = command.run(async |conn, work| super::enable(conn, work, user).await).await?;
    command.app().grants.forget(user);
    Ok(Json(done))
}

/// Gives a person a new first password; ends a lock and all sessions. The answer holds the password, once.
#[utoipa::path(post, path = "/v1/units/{unit}/users/{user}/reset-password", params(Admin, UserPath),
    responses((status = 200, body = FirstPassword)))]
async fn reset_password(
    command: Keyless<Admin>,
    Path(UserPath { user }): Path<UserPath>,
) -> Result<Response, Problem> {
    let password = NewPassword::generate();
    let hash = password::hash(&password).await?;
    let reset = command.run(async |conn, work| super::reset_password(conn, work, user, &hash).await).await?;
    Ok(with_password(StatusCode::OK, reset, &password))
}

/// Gives a person a role at the unit in the address and in all units below.
#[utoipa::path(post, path = "/v1/units/{unit}/users/{user}/roles", params(Admin, UserPath), request_body = NewRole,
    responses((status = 201, body = RoleAt)))]
async fn grant_role(
    command: Keyless<Admin>,
    Path(UserPath { user }): Path<UserPath>,
    Json(new): Json<NewRole>,
) -> Result<(StatusCode, Json<RoleAt>), Problem> {
    let given = command.run(async |conn, work| super::grant(conn, work, user, new.role).await).await?;
    command.app().grants.forget(user);
    Ok((StatusCode::CREATED, Json(given)))
}

/// Takes back a role that was given at the unit in the address.
#[utoipa::path(delete, path = "/v1/units/{unit}/users/{user}/roles/{role}", params(Admin, RolePath),
    responses((status = 204)))]
async fn revoke_role(
    command: Keyless<Admin>,
    Path(RolePath { user, role }): Path<RolePath>,
) -> Result<StatusCode, Problem> {
    command.run(async |conn, work| super::revoke(conn, work, user, role).await).await?;
    command.app().grants.forget(user);
    Ok(StatusCode::NO_CONTENT)
}
