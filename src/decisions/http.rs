//! Decisions of the second person over HTTP.

use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::access::Work;
use crate::approvals::{self, Approval};
use crate::db::Conn;
use crate::domain::values::text::Note;
use crate::http::auth::{Approver, BookReader};
use crate::http::document::OptionalKey;
use crate::http::extract::{IdempotencyKey, Json, Path, Query};
use crate::http::page::{Page, PageQuery};
use crate::http::request::{Command, Keyed, Read};
use crate::http::{App, Created};
use crate::problem::Problem;

/// Addresses of the feature.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_approvals))
        .routes(routes!(show_approval))
        .routes(routes!(approve))
        .routes(routes!(reject))
        .routes(routes!(withdraw))
}

crate::paths! {
    ApprovalPath { approval: Uuid = "the command" }
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
#[into_params(parameter_in = Query)]
pub struct ApprovalQuery {
    /// Those that stand so.
    #[param(inline, required = false, nullable = false)]
    state: Option<approvals::State>,
}

/// Lists commands that wait or waited for a second person, oldest first.
#[utoipa::path(get, path = "/v1/units/{unit}/approvals", params(BookReader, ApprovalQuery, PageQuery),
    responses((status = 200, body = Page<Approval>)))]
async fn list_approvals(
    read: Read<BookReader>,
    Query(query): Query<ApprovalQuery>,
    Query(page): Query<PageQuery>,
) -> Result<Page<Approval>, Problem> {
    let (after, limit) = (page.after()?, page.limit()?);
    let list = async |conn: &mut Conn, work: &Work<'_>| {
        approvals::list(conn, work.unit, query.state, after, limit).await
    };
    read.run(list).await
}

/// Shows a command.
#[utoipa::path(get, path = "/v1/units/{unit}/approvals/{approval}", params(BookReader, ApprovalPath),
    responses((status = 200, body = Approval)))]
async fn show_approval(
    read: Read<BookReader>,
    Path(ApprovalPath { approval }): Path<ApprovalPath>,
) -> Result<Json<Approval>, Problem> {
    read.run(async |conn, work| approvals::show(conn, work.unit, approval).await).await.map(Json)
}

/// Approves a command that another person asked for and executes it.
#[utoipa::path(post, path = "/v1/units/{unit}/approvals/{approval}/approve", params(Approver, ApprovalPath, IdempotencyKey),
    request_body = DecisionBody, responses((status = 200, body = Approval)))]
async fn approve(
    command: Keyed<Approver>,
    Path(ApprovalPath { approval }): Path<ApprovalPath>,
    Json(body): Json<DecisionBody>,
) -> Result<Response, Problem> {
    let note = body.note.as_ref().map(Note::to_string);
    command
        .once(&body, async |conn, work| Ok(Created::done(super::approve(conn, work, approval, note).await?)))
        .await
}

/// Rejects a command that another person asked for.
#[utoipa::path(post, path = "/v1/units/{unit}/approvals/{approval}/reject", params(Approver, ApprovalPath, OptionalKey),
    request_body = RejectionBody, responses((status = 200, body = Approval)))]
async fn reject(
    command: Command<Approver>,
    Path(ApprovalPath { approval }): Path<ApprovalPath>,
    Json(body): Json<RejectionBody>,
) -> Result<Response, Problem> {
    let note = body.note.to_string();
    command
        .once(&body, async |conn, work| Ok(Created::done(super::reject(conn, work, approval, note).await?)))
        .await
}

/// Takes back a command of one's own.
#[utoipa::path(post, path = "/v1/units/{unit}/approvals/{approval}/withdraw", params(BookReader, ApprovalPath, OptionalKey),
    request_body = DecisionBody, responses((status = 200, body = Approval)))]
async fn withdraw(
    command: Command<BookReader>,
    Path(ApprovalPath { approval }): Path<ApprovalPath>,
    Json(body): Json<DecisionBody>,
) -> Result<Response, Problem> {
    let note = body.note.as_ref().map(Note::to_string);
    command
        .once(&body, async |conn, work| Ok(Created::done(super::withdraw(conn, work, approval, note).await?)))
        .await
}
