//! Logging in and out over HTTP.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use chrono::{DateTime, TimeDelta, Utc};
use secrecy::{ExposeSecret as _, SecretString};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Account, Me, Opened};
use crate::access::{ACCESS_MINUTES, Holder, Work};
use crate::db::Scope;
use crate::domain::people::credentials::{LONGEST, Login};
use crate::http::App;
use crate::http::auth::{Bearer, Paced};
use crate::http::extract::Json;
use crate::http::request::Read;
use crate::problem::Problem;
use crate::text;
use crate::users::password::{self, NewPassword};

/// Addresses of the feature.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(log_in))
        .routes(routes!(refresh_session))
        .routes(routes!(log_out))
        .routes(routes!(show_me))
        .routes(routes!(change_password))
        .routes(routes!(log_out_everywhere))
}

/// Who wants in.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    login: Login,
    #[schema(value_type = String, max_length = 200)]
    #[serde(deserialize_with = "typed")]
    password: SecretString,
}

/// A refresh token.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefreshToken {
    #[schema(value_type = String, min_length = 43, max_length = 43, pattern = "^[A-Za-z0-9_-]{43}$")]
    #[serde(deserialize_with = "given_by_us")]
    refresh_token: SecretString,
}

/// A password as typed: longer ones were never taken.
fn typed<'de, D: Deserializer<'de>>(from: D) -> Result<SecretString, D::Error> {
    let text = String::deserialize(from)?;
    let good = text.chars().count() <= LONGEST && !text.chars().any(char::is_control);
    if good { Ok(text.into()) } else { Err(D::Error::custom("not a password: up to 200 characters")) }
}

/// A refresh token: 32 bytes in base64url.
fn given_by_us<'de, D: Deserializer<'de>>(from: D) -> Result<SecretString, D::Error> {
    let text = String::deserialize(from)?;
    let good = text.len() == 43 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if good { Ok(text.into()) } else { Err(D::Error::custom("not a refresh token")) }
}

/// The old password and the new one.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    #[schema(value_type = String, max_length = 200)]
    #[serde(deserialize_with = "typed")]
    old: SecretString,
    #[schema(value_type = String, min_length = 10, max_length = 200)]
    #[serde(deserialize_with = "typed")]
    new: SecretString,
}

/// An open session.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Session {
    /// For the header `Authorization: Bearer …`.
    access_token: String,
    /// When it ends.
    access_expires_at: DateTime<Utc>,
    /// For `POST /v1/sessions/refresh`, once.
    refresh_token: String,
    /// When it ends.
    refresh_expires_at: DateTime<Utc>,
    /// Whose session.
    user: Me,
}

/// Tokens are for the one who asked: nothing on the way keeps them.
fn session(app: &App, opened: Opened) -> Result<Response, Problem> {
    let holder = Holder { user: opened.me.user_id, must_change: opened.me.must_change };
    let session = Session {
        access_token: app.keys.issue_to(holder, &app.clock).map_err(Problem::internal)?,
        access_expires_at: app.clock.now() + TimeDelta::minutes(ACCESS_MINUTES),
        refresh_token: opened.refresh_token.expose_secret().to_owned(),
        refresh_expires_at: opened.refresh_expires_at,
        user: opened.me,
    };
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(session)).into_response())
}

fn scope(account: &Account, action: &'static str) -> Scope {
    Scope { unit: account.unit_id, actor: Some(account.user_id), action }
}

fn work<'a>(app: &'a App, scope: &Scope) -> Work<'a> {
    Work { unit: scope.unit, actor: scope.actor, clock: &app.clock }
}

/// Logs in. After five wrong passwords the account is locked for 15 minutes, after each further one twice as long.
#[utoipa::path(post, path = "/v1/sessions", security(()), request_body = Credentials, responses((status = 200, body = Session)))]
async fn log_in(State(app): State<App>, _: Paced, Json(who): Json<Credentials>) -> Result<Response, Problem> {
    let account = app.connected(async |conn| super::account(conn, &who.login).await).await?;
    let Some(account) = account else {
        match super::turn_away(&app.unknown_logins, &who.login, &who.password, &app.clock).await? {}
    };
    let guess = super::guess(account, &who.password, &app.clock).await?;
    let scope = scope(&guess.account, "log_in");
    let opened =
        app.within(scope, async |conn| super::log_in(conn, &work(&app, &scope), &guess).await).await??;
    session(&app, opened)
}

/// Carries a session on: a new access token, and a new refresh token for the one that is spent by this.
#[utoipa::path(post, path = "/v1/sessions/refresh", security(()), request_body = RefreshToken,
    responses((status = 200, body = Session)))]
async fn refresh_session(
    State(app): State<App>,
    Json(given): Json<RefreshToken>,
) -> Result<Response, Problem> {
    let token = given.refresh_token;
    let (user, unit) = app.connected(async |conn| super::holder(conn, &token).await).await?;
    let scope = Scope { unit, actor: Some(user), action: "refresh_session" };
    let opened =
        app.within(scope, async |conn| super::refresh(conn, &work(&app, &scope), &token).await).await??;
    session(&app, opened)
}

/// Ends the session of a refresh token.
#[utoipa::path(post, path = "/v1/sessions/logout", security(()), request_body = RefreshToken, responses((status = 204)))]
async fn log_out(State(app): State<App>, Json(given): Json<RefreshToken>) -> Result<StatusCode, Problem> {
    app.connected(async |conn| super::log_out(conn, &given.refresh_token).await).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Shows who is logged in and what they may do where.
#[utoipa::path(get, path = "/v1/me", params(Bearer), responses((status = 200, body = Me)))]
async fn show_me(read: Read<Bearer>) -> Result<Json<Me>, Problem> {
    read.run(async |conn, _| super::me(conn, read.0.user).await).await.map(Json)
}

/// Sets a new password. All sessions end; the answer opens a new one.
#[utoipa::path(post, path = "/v1/me/password", params(Bearer), request_body = PasswordChange,
    responses((status = 200, body = Session)))]
async fn change_password(
    State(app): State<App>,
    Bearer(holder): Bearer,
    _: Paced,
    Json(change): Json<PasswordChange>,
) -> Result<Response, Problem> {
    let account = app.connected(async |conn| super::own_account(conn, holder.user).await).await?;
    let login = account.login.parse().map_err(Problem::internal)?;
    let new = NewPassword::parse(&change.new, &login, "/new")?;
    if change.new.expose_secret() == change.old.expose_secret() {
        return Err(Problem::field(
            "/new",
            text!("Phải khác mật khẩu cũ", "It must differ from the old one"),
        ));
    }
    let guess = super::guess(account, &change.old, &app.clock).await?;
    let hash = password::hash(&new).await?;
    let scope = scope(&guess.account, "change_password");
    let changed = app
        .within(scope, async |conn| super::change_password(conn, &work(&app, &scope), &guess, &hash).await);
    session(&app, changed.await??)
}

/// Ends all sessions of the caller; access tokens that are out end within ten minutes.
#[utoipa::path(delete, path = "/v1/me/sessions", params(Bearer), responses((status = 204)))]
async fn log_out_everywhere(State(app): State<App>, Bearer(holder): Bearer) -> Result<StatusCode, Problem> {
    app.connected(async |conn| super::close_all(conn, holder.user).await).await?;
    Ok(StatusCode::NO_CONTENT)
}
