//! Projects and their queues over HTTP.

use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{
    Mechanism, Meeting, NewMeeting, NewProject, NewRequest, Project, ProjectChange, Queued, RequestState,
    SupportRequest,
};
use crate::access::Work;
use crate::db::Conn;
use crate::domain::values::ids::{MeetingId, ProjectId, RequestId};
use crate::domain::values::text::Note;
use crate::http::auth::{LoggedIn, Officer, Reader};
use crate::http::document::OptionalKey;
use crate::http::etag::{IfMatch, Tagged};
use crate::http::extract::{Json, OnDay, Path, Query};
use crate::http::page::{Page, PageQuery};
use crate::http::request::{Command, Keyless, Read};
use crate::http::{App, Created};
use crate::problem::Problem;

/// Addresses of the feature.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_support_mechanisms))
        .routes(routes!(create_project, list_projects))
        .routes(routes!(show_project, change_project))
        .routes(routes!(record_support_request, list_support_requests))
        .routes(routes!(withdraw_support_request))
        .routes(routes!(refuse_support_request))
        .routes(routes!(record_meeting, list_meetings))
        .routes(routes!(reverse_meeting))
}

crate::paths! {
    ProjectPath { project: ProjectId as Uuid = "the project" }
    ProjectMeetingPath { project: ProjectId as Uuid = "the project", meeting: MeetingId as Uuid = "the meeting" }
    RequestPath { project: ProjectId as Uuid = "the project", request: RequestId as Uuid = "the request" }
}

/// Which projects to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ProjectQuery {
    /// Those of this fund.
    #[param(required = false, nullable = false)]
    fund: Option<i32>,
}

/// Which requests to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct QueueQuery {
    /// Only those that came so far: `queued` are those who wait.
    #[param(required = false, nullable = false, inline)]
    state: Option<RequestState>,
}

/// Why something ends.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// Kept with the decision.
    pub reason: Note,
}

/// Lists the mechanisms by which revolving support may go round in projects that begin on a day.
#[utoipa::path(get, path = "/v1/support-mechanisms", params(LoggedIn, OnDay), responses((status = 200, body = Vec<Mechanism>)))]
async fn list_support_mechanisms(
    read: Read<LoggedIn>,
    Query(query): Query<OnDay>,
) -> Result<Json<Vec<Mechanism>>, Problem> {
    let on = query.on.unwrap_or_else(|| read.today());
    read.run(async |conn, _| super::mechanisms(conn, on).await).await.map(Json)
}

/// Opens a project.
#[utoipa::path(post, path = "/v1/units/{unit}/projects", params(Officer, OptionalKey), request_body = NewProject,
    responses((status = 201, body = Project)))]
async fn create_project(command: Command<Officer>, Json(new): Json<NewProject>) -> Result<Response, Problem> {
    command
        .once(&new, async |conn, work| {
            let project = super::create(conn, work, new.clone()).await?;
            Ok(Created::at(format!("/v1/units/{}/projects/{}", work.unit, project.project_id), project))
        })
        .await
}

/// Lists projects.
#[utoipa::path(get, path = "/v1/units/{unit}/projects", params(Reader, ProjectQuery, PageQuery),
    responses((status = 200, body = Page<Project>)))]
async fn list_projects(
    read: Read<Reader>,
    Query(query): Query<ProjectQuery>,
    Query(page): Query<PageQuery>,
) -> Result<Page<Project>, Problem> {
    let (limit, after) = (page.limit()?, page.after()?);
    read.run(async |conn, work| super::list(conn, work.unit, query.fund, after, limit).await).await
}

/// Shows a project.
#[utoipa::path(get, path = "/v1/units/{unit}/projects/{project}", params(Reader, ProjectPath),
    responses((status = 200, body = Project)))]
async fn show_project(
    read: Read<Reader>,
    Path(ProjectPath { project }): Path<ProjectPath>,
) -> Result<Tagged<Project>, Problem> {
    read.run(async |conn, work| super::show(conn, work.unit, project).await).await.map(Tagged)
}

/// Changes name, end, cap or budget of a project, or closes it; needs the `ETag` it was read with. Its terms stay:
/// agreements were signed on them.
#[utoipa::path(patch, path = "/v1/units/{unit}/projects/{project}", params(Officer, ProjectPath, IfMatch),
    request_body = ProjectChange, responses((status = 200, body = Project)))]
async fn change_project(
    command: Keyless<Officer>,
    Path(ProjectPath { project }): Path<ProjectPath>,
    read: IfMatch,
    Json(change): Json<ProjectChange>,
) -> Result<Tagged<Project>, Problem> {
    let change =
        async |conn: &mut Conn, work: &Work<'_>| super::change(conn, work, project, change, &read).await;
    command.run(change).await.map(Tagged)
}

/// Puts a household into the queue of a project.
#[utoipa::path(post, path = "/v1/units/{unit}/projects/{project}/requests", params(Officer, ProjectPath, OptionalKey),
    request_body = NewRequest, responses((status = 201, body = SupportRequest)))]
async fn record_support_request(
    command: Command<Officer>,
    Path(ProjectPath { project }): Path<ProjectPath>,
    Json(new): Json<NewRequest>,
) -> Result<Response, Problem> {
    command
        .once(&new, async |conn, work| {
            let request = super::ask(conn, work, project, new.clone()).await?;
            Ok(Created::at(format!("/v1/units/{}/projects/{project}/requests", work.unit), request))
        })
        .await
}

/// Lists the queue of a project in order of rank, with the reasons.
#[utoipa::path(get, path = "/v1/units/{unit}/projects/{project}/requests", params(Reader, ProjectPath, QueueQuery, PageQuery),
    responses((status = 200, body = Page<Queued>)))]
async fn list_support_requests(
    read: Read<Reader>,
    Path(ProjectPath { project }): Path<ProjectPath>,
    Query(query): Query<QueueQuery>,
    Query(page): Query<PageQuery>,
) -> Result<Page<Queued>, Problem> {
    let (limit, after) = (page.limit()?, page.after()?);
    read.run(async |conn, work| super::queue(conn, work.unit, (project, query.state), after, limit).await)
        .await
}

/// Takes a request back for its household.
#[utoipa::path(post, path = "/v1/units/{unit}/projects/{project}/requests/{request}/withdrawal",
    params(Officer, RequestPath, OptionalKey), request_body = Reason, responses((status = 200, body = SupportRequest)))]
async fn withdraw_support_request(
    command: Command<Officer>,
    Path(RequestPath { project, request }): Path<RequestPath>,
    Json(why): Json<Reason>,
) -> Result<Response, Problem> {
    command
        .once(&why, async |conn, work| {
            Ok(Created::done(
                super::close(conn, work, (project, request), RequestState::Withdrawn, why.reason.clone())
                    .await?,
            ))
        })
        .await
}

/// Refuses a request for the board.
#[utoipa::path(post, path = "/v1/units/{unit}/projects/{project}/requests/{request}/refusal",
    params(Officer, RequestPath, OptionalKey), request_body = Reason, responses((status = 200, body = SupportRequest)))]
async fn refuse_support_request(
    command: Command<Officer>,
    Path(RequestPath { project, request }): Path<RequestPath>,
    Json(why): Json<Reason>,
) -> Result<Response, Problem> {
    command
        .once(&why, async |conn, work| {
            Ok(Created::done(
                super::close(conn, work, (project, request), RequestState::Refused, why.reason.clone())
                    .await?,
            ))
        })
        .await
}

/// Records a meeting of the hamlet and its votes.
#[utoipa::path(post, path = "/v1/units/{unit}/projects/{project}/meetings", params(Officer, ProjectPath, OptionalKey),
    request_body = NewMeeting, responses((status = 201, body = Meeting)))]
async fn record_meeting(
    command: Command<Officer>,
    Path(ProjectPath { project }): Path<ProjectPath>,
    Json(new): Json<NewMeeting>,
) -> Result<Response, Problem> {
    command
        .once(&new, async |conn, work| {
            let meeting = super::record_meeting(conn, work, project, new.clone()).await?;
            Ok(Created::at(format!("/v1/units/{}/projects/{project}/meetings", work.unit), meeting))
        })
        .await
}

/// Takes the record of a meeting back while no agreement rests on its votes; it is recorded anew as it was held.
#[utoipa::path(post, path = "/v1/units/{unit}/projects/{project}/meetings/{meeting}/reversal",
    params(Officer, ProjectMeetingPath, OptionalKey), request_body = Reason, responses((status = 200, body = Meeting)))]
async fn reverse_meeting(
    command: Command<Officer>,
    Path(ProjectMeetingPath { project, meeting }): Path<ProjectMeetingPath>,
    Json(why): Json<Reason>,
) -> Result<Response, Problem> {
    command
        .once(&why, async |conn, work| {
            Ok(Created::done(super::reverse_meeting(conn, work, (project, meeting), &why.reason).await?))
        })
        .await
}

/// Lists the meetings of a project.
#[utoipa::path(get, path = "/v1/units/{unit}/projects/{project}/meetings", params(Reader, ProjectPath, PageQuery),
    responses((status = 200, body = Page<Meeting>)))]
async fn list_meetings(
    read: Read<Reader>,
    Path(ProjectPath { project }): Path<ProjectPath>,
    Query(page): Query<PageQuery>,
) -> Result<Page<Meeting>, Problem> {
    let (limit, after) = (page.limit()?, page.after()?);
    read.run(async |conn, work| super::meetings(conn, work.unit, project, after, limit).await).await
}
