//! Decisions of the second person over HTTP.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::approvals::{self, Approval};
use crate::domain::values::text::Note;
use crate::http::auth::{Approver, BookReader, Permit};
use crate::http::document::OptionalKey;
use crate::http::extract::{self, IdempotencyKey, Path, Query};
use crate::http::page::{Page, PageQuery};
use crate::http::{App, Created};
use crate::idempotency::Claim;
use crate::problem::{Problem, ProblemBody};

/// Addresses of the slice.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_approvals))
        .routes(routes!(show_approval))
        .routes(routes!(approve))
        .routes(routes!(reject))
        .routes(routes!(withdraw))
}

/// A decision, with a note if there is something to say.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecisionBody {
    /// What the maker should know.
    note: Option<Note>,
}

/// A rejection says why.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RejectionBody {
    /// Why.
    note: Note,
}

/// Which commands to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ApprovalQuery {
    /// Those that stand so.
    #[param(inline, required = false, nullable = false)]
    state: Option<approvals::State>,
    /// How many rows, 1 to 200; 50 when not given.
    #[param(required = false, nullable = false, minimum = 1, maximum = 200)]
    limit: Option<i64>,
    /// The `next` of the page before.
    #[param(required = false, nullable = false)]
    after: Option<String>,
}

/// Lists commands that wait or waited for a second person, oldest first.
#[utoipa::path(get, path = "/v1/units/{unit}/approvals", tag = "approvals", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), ApprovalQuery),
    responses((status = 200, body = Page<Approval>), (status = "default", body = ProblemBody)))]
async fn list_approvals(
    State(app): State<App>,
    permit: BookReader,
    Query(query): Query<ApprovalQuery>,
) -> Result<Json<Page<Approval>>, Problem> {
    let page = PageQuery { limit: query.limit, after: query.after };
    let (after, limit) = (page.after()?, page.limit()?);
    let list = async |conn: &mut _| approvals::list(conn, permit.unit, query.state, after, limit).await;
    app.read(&permit, "list_approvals", list).await.map(Json)
}

/// Shows a command.
#[utoipa::path(get, path = "/v1/units/{unit}/approvals/{approval}", tag = "approvals", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), ("approval" = Uuid, Path, description = "the command")),
    responses((status = 200, body = Approval), (status = "default", body = ProblemBody)))]
async fn show_approval(
    State(app): State<App>,
    permit: BookReader,
    Path(at): Path<(i32, Uuid)>,
) -> Result<Json<Approval>, Problem> {
    app.read(&permit, "show_approval", async |conn| approvals::show(conn, permit.unit, at.1).await)
        .await
        .map(Json)
}

fn claim(key: IdempotencyKey, action: &'static str, permit: &Permit, request: impl Serialize) -> Claim {
    Claim::of(key.0, action, permit.user, &(permit.unit, request))
}

/// Approves a command of somebody else and executes it.
#[utoipa::path(post, path = "/v1/units/{unit}/approvals/{approval}/approve", tag = "approvals", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), ("approval" = Uuid, Path, description = "the command"),
        IdempotencyKey),
    request_body = DecisionBody, responses((status = 200, body = Approval), (status = "default", body = ProblemBody)))]
async fn approve(
    State(app): State<App>,
    permit: Approver,
    Path(at): Path<(i32, Uuid)>,
    key: IdempotencyKey,
    extract::Json(body): extract::Json<DecisionBody>,
) -> Result<Response, Problem> {
    let claim = Some(claim(key, "approve", &permit, (at.1, &body)));
    let note = body.note.map(|note| note.to_string());
    app.once(&permit, claim, "approve", async |conn| {
        Ok(Created::done(super::approve(conn, &permit.work(&app.clock), at.1, note).await?))
    })
    .await
}

/// Rejects a command of somebody else.
#[utoipa::path(post, path = "/v1/units/{unit}/approvals/{approval}/reject", tag = "approvals", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), ("approval" = Uuid, Path, description = "the command"), OptionalKey),
    request_body = RejectionBody, responses((status = 200, body = Approval), (status = "default", body = ProblemBody)))]
async fn reject(
    State(app): State<App>,
    permit: Approver,
    Path(at): Path<(i32, Uuid)>,
    key: Option<IdempotencyKey>,
    extract::Json(body): extract::Json<RejectionBody>,
) -> Result<Response, Problem> {
    let claim = key.map(|key| claim(key, "reject", &permit, (at.1, &body)));
    let note = body.note.to_string();
    app.once(&permit, claim, "reject", async |conn| {
        Ok(Created::done(super::reject(conn, &permit.work(&app.clock), at.1, note).await?))
    })
    .await
}

/// Takes back a command of one's own.
#[utoipa::path(post, path = "/v1/units/{unit}/approvals/{approval}/withdraw", tag = "approvals", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), ("approval" = Uuid, Path, description = "the command"), OptionalKey),
    request_body = DecisionBody, responses((status = 200, body = Approval), (status = "default", body = ProblemBody)))]
async fn withdraw(
    State(app): State<App>,
    permit: BookReader,
    Path(at): Path<(i32, Uuid)>,
    key: Option<IdempotencyKey>,
    extract::Json(body): extract::Json<DecisionBody>,
) -> Result<Response, Problem> {
    let claim = key.map(|key| claim(key, "withdraw", &permit, (at.1, &body)));
    let note = body.note.map(|note| note.to_string());
    app.once(&permit, claim, "withdraw", async |conn| {
        Ok(Created::done(super::withdraw(conn, &permit.work(&app.clock), at.1, note).await?))
    })
    .await
}
