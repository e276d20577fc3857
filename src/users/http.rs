//! The people of a unit over HTTP.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
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
use crate::http::extract::{self, Path, Query};
use crate::http::page::{Page, PageQuery};
use crate::problem::{Problem, ProblemBody};

/// Addresses of the slice.
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
#[utoipa::path(get, path = "/v1/units/{unit}/users", tag = "users", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), PageQuery),
    responses((status = 200, body = Page<User>), (status = "default", body = ProblemBody)))]
async fn list_users(
    State(app): State<App>,
    permit: PeopleReader,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<User>>, Problem> {
    let (after, limit) = (page.after()?, page.limit()?);
    app.read(&permit, "list_users", async |conn| super::list(conn, permit.unit, after, limit).await)
        .await
        .map(Json)
}

/// Enters a person into the unit, without any role. The answer holds the first password, once.
#[utoipa::path(post, path = "/v1/units/{unit}/users", tag = "users", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit")), request_body = NewUser,
    responses((status = 201, body = FirstPassword), (status = "default", body = ProblemBody)))]
async fn create_user(
    State(app): State<App>,
    permit: Admin,
    extract::Json(new): extract::Json<NewUser>,
) -> Result<Response, Problem> {
    let password = NewPassword::generate();
    let hash = password::hash(&password).await?;
    let work = permit.work(&app.clock);
    let user = app
        .transact(&permit, "create_user", async |conn| super::create(conn, &work, &new, &hash, true).await);
    Ok(with_password(StatusCode::CREATED, user.await?, &password))
}

/// Shows a person of the unit.
#[utoipa::path(get, path = "/v1/units/{unit}/users/{user}", tag = "users", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), ("user" = Uuid, Path, description = "the person")),
    responses((status = 200, body = User), (status = "default", body = ProblemBody)))]
async fn show_user(
    State(app): State<App>,
    permit: PeopleReader,
    Path(path): Path<(i32, Uuid)>,
) -> Result<Tagged<User>, Problem> {
    let (_, user) = path;
    app.read(&permit, "show_user", async |conn| super::show(conn, permit.unit, user).await).await.map(Tagged)
}

/// Corrects the name of a person.
#[utoipa::path(patch, path = "/v1/units/{unit}/users/{user}", tag = "users", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), ("user" = Uuid, Path, description = "the person"),
           ("If-Match" = String, Header, description = "the ETag that was read")), request_body = UserChange,
    responses((status = 200, body = User), (status = "default", body = ProblemBody)))]
async fn rename_user(
    State(app): State<App>,
    permit: Admin,
    Path(path): Path<(i32, Uuid)>,
    read: IfMatch,
    extract::Json(change): extract::Json<UserChange>,
) -> Result<Tagged<User>, Problem> {
    let (_, user) = path;
    let (work, name) = (permit.work(&app.clock), change.full_name);
    let renamed = app.transact(&permit, "rename_user", async |conn| {
        read.holds(&super::lock(conn, &work, user).await?)?;
        super::rename(conn, &work, user, &name).await
    });
    renamed.await.map(Tagged)
}

/// Keeps a person out: no logging in, no session, no role counts.
#[utoipa::path(post, path = "/v1/units/{unit}/users/{user}/disable", tag = "users", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), ("user" = Uuid, Path, description = "the person")),
    responses((status = 200, body = User), (status = "default", body = ProblemBody)))]
async fn disable_user(
    State(app): State<App>,
    permit: Admin,
    Path(path): Path<(i32, Uuid)>,
) -> Result<Json<User>, Problem> {
    let (_, user) = path;
    let work = permit.work(&app.clock);
    let done =
        app.transact(&permit, "disable_user", async |conn| super::disable(conn, &work, user).await).await?;
    app.grants.forget(user);
    Ok(Json(done))
}

/// Lets a disabled person in again.
#[utoipa::path(post, path = "/v1/units/{unit}/users/{user}/enable", tag = "users", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), ("user" = Uuid, Path, description = "the person")),
    responses((status = 200, body = User), (status = "default", body = ProblemBody)))]
async fn enable_user(
    State(app): State<App>,
    permit: Admin,
    Path(path): Path<(i32, Uuid)>,
) -> Result<Json<User>, Problem> {
    let (_, user) = path;
    let work = permit.work(&app.clock);
    let done =
        app.transact(&permit, "enable_user", async |conn| super::enable(conn, &work, user).await).await?;
    app.grants.forget(user);
    Ok(Json(done))
}

/// Gives a person a new first password; ends a lock and all sessions. The answer holds the password, once.
#[utoipa::path(post, path = "/v1/units/{unit}/users/{user}/reset-password", tag = "users", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), ("user" = Uuid, Path, description = "the person")),
    responses((status = 200, body = FirstPassword), (status = "default", body = ProblemBody)))]
async fn reset_password(
    State(app): State<App>,
    permit: Admin,
    Path(path): Path<(i32, Uuid)>,
) -> Result<Response, Problem> {
    let (_, user) = path;
    let password = NewPassword::generate();
    let hash = password::hash(&password).await?;
    let work = permit.work(&app.clock);
    let reset = app
        .transact(&permit, "reset_password", async |conn| {
            super::reset_password(conn, &work, user, &hash).await
        })
        .await?;
    Ok(with_password(StatusCode::OK, reset, &password))
}

/// Gives a person a role at the unit in the address and in all units below.
#[utoipa::path(post, path = "/v1/units/{unit}/users/{user}/roles", tag = "users", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), ("user" = Uuid, Path, description = "the person")),
    request_body = NewRole, responses((status = 201, body = RoleAt), (status = "default", body = ProblemBody)))]
async fn grant_role(
    State(app): State<App>,
    permit: Admin,
    Path(path): Path<(i32, Uuid)>,
    extract::Json(new): extract::Json<NewRole>,
) -> Result<(StatusCode, Json<RoleAt>), Problem> {
    let (_, user) = path;
    let work = permit.work(&app.clock);
    let given =
        app.transact(&permit, "grant_role", async |conn| super::grant(conn, &work, user, new.role).await);
    let given = given.await?;
    app.grants.forget(user);
    Ok((StatusCode::CREATED, Json(given)))
}

/// Takes back a role that was given at the unit in the address.
#[utoipa::path(delete, path = "/v1/units/{unit}/users/{user}/roles/{role}", tag = "users", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), ("user" = Uuid, Path, description = "the person"),
           ("role" = Role, Path, description = "the role")),
    responses((status = 204), (status = "default", body = ProblemBody)))]
async fn revoke_role(
    State(app): State<App>,
    permit: Admin,
    Path(path): Path<(i32, Uuid, Role)>,
) -> Result<StatusCode, Problem> {
    let (_, user, role) = path;
    let work = permit.work(&app.clock);
    app.transact(&permit, "revoke_role", async |conn| super::revoke(conn, &work, user, role).await).await?;
    app.grants.forget(user);
    Ok(StatusCode::NO_CONTENT)
}
