//! Projects and their queues over HTTP.

use axum::Json as Body;
use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::{
    Meeting, NewMeeting, NewProject, NewRequest, Project, ProjectChange, Queued, RequestState, SupportRequest,
};
use crate::domain::values::text::Note;
use crate::http::auth::{Officer, Reader};
use crate::http::document::OptionalKey;
use crate::http::etag::{IfMatch, Tagged};
use crate::http::extract::{IdempotencyKey, Json, Path, Query};
use crate::http::page::{Page, PageQuery};
use crate::http::{App, Created};
use crate::idempotency::Claim;
use crate::problem::Problem;

/// Addresses of the slice.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create_project, list_projects))
        .routes(routes!(show_project, change_project))
        .routes(routes!(record_support_request, list_support_requests))
        .routes(routes!(withdraw_support_request))
        .routes(routes!(refuse_support_request))
        .routes(routes!(record_meeting, list_meetings))
}

/// Which projects to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ProjectQuery {
    /// Those of this fund.
    #[param(required = false, nullable = false)]
    fund: Option<i32>,
    /// How many rows, 1 to 200; 50 when not given.
    #[param(required = false, nullable = false, minimum = 1, maximum = 200)]
    limit: Option<i64>,
    /// The `next` of the page before.
    #[param(required = false, nullable = false)]
    after: Option<String>,
}

/// Which requests to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct QueueQuery {
    /// Only those that came so far: `queued` are those who wait.
    #[param(required = false, nullable = false, inline)]
    state: Option<RequestState>,
    /// How many rows, 1 to 200; 50 when not given.
    #[param(required = false, nullable = false, minimum = 1, maximum = 200)]
    limit: Option<i64>,
    /// The `next` of the page before.
    #[param(required = false, nullable = false)]
    after: Option<String>,
}

/// Why something ends.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// Kept with the decision.
    pub reason: Note,
}

fn claim<B: Serialize>(
    key: Option<IdempotencyKey>,
    operation: &'static str,
    user: Uuid,
    request: &(impl Serialize, B),
) -> Option<Claim> {
    key.map(|key| Claim::of(key.0, operation, user, request))
}

/// Opens a project.
#[utoipa::path(post, path = "/v1/units/{unit}/projects", tag = "projects", params(("unit" = i32, Path, description = "the unit"), OptionalKey),
    request_body = NewProject, security(("token" = [])),
    responses((status = 201, body = Project)))]
async fn create_project(
    State(app): State<App>,
    permit: Officer,
    Path(unit): Path<i32>,
    key: Option<IdempotencyKey>,
    Json(new): Json<NewProject>,
) -> Result<Response, Problem> {
    let claim = claim(key, "create_project", permit.user, &(unit, &new));
    app.once(&permit, claim, "create_project", async |conn| {
        let project = super::create(conn, &permit.work(&app.clock), new).await?;
        Ok(Created::at(format!("/v1/units/{unit}/projects/{}", project.project_id), project))
    })
    .await
}

/// Lists projects.
#[utoipa::path(get, path = "/v1/units/{unit}/projects", tag = "projects",
    params(("unit" = i32, Path, description = "the unit"), ProjectQuery), security(("token" = [])),
    responses((status = 200, body = Page<Project>)))]
async fn list_projects(
    State(app): State<App>,
    permit: Reader,
    Path(unit): Path<i32>,
    Query(query): Query<ProjectQuery>,
) -> Result<Body<Page<Project>>, Problem> {
    let page = PageQuery { limit: query.limit, after: query.after };
    let (limit, after) = (page.limit()?, page.after()?);
    app.transact(&permit, "list_projects", async |conn| {
        super::list(conn, unit, query.fund, after, limit).await
    })
    .await
    .map(Body)
}

/// Shows a project.
#[utoipa::path(get, path = "/v1/units/{unit}/projects/{project}", tag = "projects",
    params(("unit" = i32, Path, description = "the unit"), ("project" = Uuid, Path, description = "the project")),
    security(("token" = [])), responses((status = 200, body = Project)))]
async fn show_project(
    State(app): State<App>,
    permit: Reader,
    Path((unit, project)): Path<(i32, Uuid)>,
) -> Result<Tagged<Project>, Problem> {
    app.transact(&permit, "show_project", async |conn| super::show(conn, unit, project).await)
        .await
        .map(Tagged)
}

/// Changes name, end, cap or budget of a project, or closes it; needs the `ETag` it was read with. Its terms stay:
/// agreements were signed on them.
#[utoipa::path(patch, path = "/v1/units/{unit}/projects/{project}", tag = "projects",
    params(("unit" = i32, Path, description = "the unit"), ("project" = Uuid, Path, description = "the project"),
           ("If-Match" = String, Header, description = "the ETag the project was read with")),
    request_body = ProjectChange, security(("token" = [])),
    responses((status = 200, body = Project)))]
async fn change_project(
    State(app): State<App>,
    permit: Officer,
    Path((_unit, project)): Path<(i32, Uuid)>,
    read: IfMatch,
    Json(change): Json<ProjectChange>,
) -> Result<Tagged<Project>, Problem> {
    let work = permit.work(&app.clock);
    let change = async |conn: &mut _| super::change(conn, &work, project, change, &read).await;
    app.transact(&permit, "change_project", change).await.map(Tagged)
}

/// Puts a household into the queue of a project.
#[utoipa::path(post, path = "/v1/units/{unit}/projects/{project}/requests", tag = "projects",
    params(("unit" = i32, Path, description = "the unit"), ("project" = Uuid, Path, description = "the project"), OptionalKey),
    request_body = NewRequest, security(("token" = [])),
    responses((status = 201, body = SupportRequest)))]
async fn record_support_request(
    State(app): State<App>,
    permit: Officer,
    Path((unit, project)): Path<(i32, Uuid)>,
    key: Option<IdempotencyKey>,
    Json(new): Json<NewRequest>,
) -> Result<Response, Problem> {
    let claim = claim(key, "record_support_request", permit.user, &((unit, project), &new));
    app.once(&permit, claim, "record_support_request", async |conn| {
        let request = super::ask(conn, &permit.work(&app.clock), project, new).await?;
        Ok(Created::at(format!("/v1/units/{unit}/projects/{project}/requests"), request))
    })
    .await
}

/// Lists the queue of a project in order of rank, with the reasons.
#[utoipa::path(get, path = "/v1/units/{unit}/projects/{project}/requests", tag = "projects",
    params(("unit" = i32, Path, description = "the unit"), ("project" = Uuid, Path, description = "the project"), QueueQuery),
    security(("token" = [])), responses((status = 200, body = Page<Queued>)))]
async fn list_support_requests(
    State(app): State<App>,
    permit: Reader,
    Path((unit, project)): Path<(i32, Uuid)>,
    Query(query): Query<QueueQuery>,
) -> Result<Body<Page<Queued>>, Problem> {
    let page = PageQuery { limit: query.limit, after: query.after };
    let (limit, after) = (page.limit()?, page.after()?);
    app.transact(&permit, "list_support_requests", async |conn| {
        super::queue(conn, unit, (project, query.state), after, limit).await
    })
    .await
    .map(Body)
}

/// Takes a request back for its household.
#[utoipa::path(post, path = "/v1/units/{unit}/projects/{project}/requests/{request}/withdrawal", tag = "projects",
    params(("unit" = i32, Path, description = "the unit"), ("project" = Uuid, Path, description = "the project"),
           ("request" = Uuid, Path, description = "the request"), OptionalKey),
    request_body = Reason, security(("token" = [])),
    responses((status = 200, body = SupportRequest)))]
async fn withdraw_support_request(
    State(app): State<App>,
    permit: Officer,
    Path((unit, project, request)): Path<(i32, Uuid, Uuid)>,
    key: Option<IdempotencyKey>,
    Json(why): Json<Reason>,
) -> Result<Response, Problem> {
    let claim = claim(key, "withdraw_support_request", permit.user, &((unit, project, request), &why));
    app.once(&permit, claim, "withdraw_support_request", async |conn| {
        let work = permit.work(&app.clock);
        Ok(Created::done(
            super::close(conn, &work, (project, request), RequestState::Withdrawn, why.reason).await?,
        ))
    })
    .await
}

/// Refuses a request for the board.
#[utoipa::path(post, path = "/v1/units/{unit}/projects/{project}/requests/{request}/refusal", tag = "projects",
    params(("unit" = i32, Path, description = "the unit"), ("project" = Uuid, Path, description = "the project"),
           ("request" = Uuid, Path, description = "the request"), OptionalKey),
    request_body = Reason, security(("token" = [])),
    responses((status = 200, body = SupportRequest)))]
async fn refuse_support_request(
    State(app): State<App>,
    permit: Officer,
    Path((unit, project, request)): Path<(i32, Uuid, Uuid)>,
    key: Option<IdempotencyKey>,
    Json(why): Json<Reason>,
) -> Result<Response, Problem> {
    let claim = claim(key, "refuse_support_request", permit.user, &((unit, project, request), &why));
    app.once(&permit, claim, "refuse_support_request", async |conn| {
        let work = permit.work(&app.clock);
        Ok(Created::done(
            super::close(conn, &work, (project, request), RequestState::Refused, why.reason).await?,
        ))
    })
    .await
}

/// Records a meeting of the hamlet and its votes.
#[utoipa::path(post, path = "/v1/units/{unit}/projects/{project}/meetings", tag = "projects",
    params(("unit" = i32, Path, description = "the unit"), ("project" = Uuid, Path, description = "the project"), OptionalKey),
    request_body = NewMeeting, security(("token" = [])),
    responses((status = 201, body = Meeting)))]
async fn record_meeting(
    State(app): State<App>,
    permit: Officer,
    Path((unit, project)): Path<(i32, Uuid)>,
    key: Option<IdempotencyKey>,
    Json(new): Json<NewMeeting>,
) -> Result<Response, Problem> {
    let claim = claim(key, "record_meeting", permit.user, &((unit, project), &new));
    app.once(&permit, claim, "record_meeting", async |conn| {
        let meeting = super::record_meeting(conn, &permit.work(&app.clock), project, new).await?;
        Ok(Created::at(format!("/v1/units/{unit}/projects/{project}/meetings"), meeting))
    })
    .await
}

/// Lists the meetings of a project.
#[utoipa::path(get, path = "/v1/units/{unit}/projects/{project}/meetings", tag = "projects",
    params(("unit" = i32, Path, description = "the unit"), ("project" = Uuid, Path, description = "the project"), PageQuery),
    security(("token" = [])), responses((status = 200, body = Page<Meeting>)))]
async fn list_meetings(
    State(app): State<App>,
    permit: Reader,
    Path((unit, project)): Path<(i32, Uuid)>,
    Query(page): Query<PageQuery>,
) -> Result<Body<Page<Meeting>>, Problem> {
    let (limit, after) = (page.limit()?, page.after()?);
    app.transact(&permit, "list_meetings", async |conn| {
        super::meetings(conn, unit, project, after, limit).await
    })
    .await
    .map(Body)
}
