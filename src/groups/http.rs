//! The edge of the slice: wire types and handlers.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::meetings::{Meeting, MeetingDetail, NewMeeting};
use super::{Group, GroupDetail, Leaving, NewGroup, NewMember, NewPost, Sight, meetings};
use crate::http::auth::{BookReader, Officer, Permit, Reader};
use crate::http::document::OptionalKey;
use crate::http::extract::{self, IdempotencyKey, Path, Query};
use crate::http::page::{Page, PageQuery};
use crate::http::{App, Created};
use crate::idempotency::Claim;
use crate::problem::{Problem, ProblemBody};

/// Addresses of the slice.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_groups, create_group))
        .routes(routes!(show_group))
        .routes(routes!(join_group))
        .routes(routes!(leave_group))
        .routes(routes!(appoint_to_board))
        .routes(routes!(list_group_meetings, record_group_meeting))
        .routes(routes!(show_meeting))
}

/// A group leader sees the own group; everybody else who reads sees all.
pub(crate) fn sight(permit: &Permit) -> Sight {
    if permit.holds(BookReader::ROLES) { Sight::All } else { Sight::LedBy(permit.user) }
}

fn claim(
    key: Option<IdempotencyKey>,
    action: &'static str,
    permit: &Permit,
    request: &impl serde::Serialize,
) -> Option<Claim> {
    key.map(|key| Claim::of(key.0, action, permit.user, &(permit.unit, request)))
}

fn address(unit: i32, group: Uuid) -> String {
    format!("/v1/units/{unit}/groups/{group}")
}

/// Lists savings-and-credit groups; a group leader sees the own one.
#[utoipa::path(get, path = "/v1/units/{unit}/groups", tag = "groups", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), PageQuery),
    responses((status = 200, body = Page<Group>), (status = "default", body = ProblemBody)))]
async fn list_groups(
    State(app): State<App>,
    permit: Reader,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Group>>, Problem> {
    let (after, limit) = (page.after()?, page.limit()?);
    app.read(&permit, "list_groups", async |conn| {
        super::list(conn, &permit.work(&app.clock), sight(&permit), after, limit).await
    })
    .await
    .map(Json)
}

/// Sets a savings-and-credit group up.
#[utoipa::path(post, path = "/v1/units/{unit}/groups", tag = "groups", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), OptionalKey), request_body = NewGroup,
    responses((status = 201, body = GroupDetail), (status = "default", body = ProblemBody)))]
async fn create_group(
    State(app): State<App>,
    permit: Officer,
    key: Option<IdempotencyKey>,
    extract::Json(body): extract::Json<NewGroup>,
) -> Result<Response, Problem> {
    let claim = claim(key, "create_group", &permit, &body);
    app.once(&permit, claim, "create_group", async |conn| {
        let made = super::create(conn, &permit.work(&app.clock), &body).await?;
        Ok(Created::at(address(permit.unit, made.group.group_id), made))
    })
    .await
}

/// Shows a group with its board, members and what is to be mended.
#[utoipa::path(get, path = "/v1/units/{unit}/groups/{group}", tag = "groups", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), ("group" = Uuid, Path, description = "the group")),
    responses((status = 200, body = GroupDetail), (status = "default", body = ProblemBody)))]
async fn show_group(
    State(app): State<App>,
    permit: Reader,
    Path((_unit, group)): Path<(i32, Uuid)>,
) -> Result<Json<GroupDetail>, Problem> {
    app.read(&permit, "show_group", async |conn| {
        super::show(conn, &permit.work(&app.clock), group, sight(&permit)).await
    })
    .await
    .map(Json)
}

/// Takes a household into a group.
#[utoipa::path(post, path = "/v1/units/{unit}/groups/{group}/members", tag = "groups", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), ("group" = Uuid, Path, description = "the group"), OptionalKey),
    request_body = NewMember,
    responses((status = 201, body = GroupDetail), (status = "default", body = ProblemBody)))]
async fn join_group(
    State(app): State<App>,
    permit: Officer,
    key: Option<IdempotencyKey>,
    Path((_unit, group)): Path<(i32, Uuid)>,
    extract::Json(body): extract::Json<NewMember>,
) -> Result<Response, Problem> {
    let claim = claim(key, "join_group", &permit, &(group, &body));
    app.once(&permit, claim, "join_group", async |conn| {
        let joined = super::join(conn, &permit.work(&app.clock), group, &body).await?;
        Ok(Created::at(address(permit.unit, group), joined))
    })
    .await
}

/// Lets a household leave a group.
#[utoipa::path(post, path = "/v1/units/{unit}/groups/{group}/members/{membership}/leave", tag = "groups",
    security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), ("group" = Uuid, Path, description = "the group"),
           ("membership" = Uuid, Path, description = "the membership"), OptionalKey),
    request_body = Leaving,
    responses((status = 200, body = GroupDetail), (status = "default", body = ProblemBody)))]
async fn leave_group(
    State(app): State<App>,
    permit: Officer,
    key: Option<IdempotencyKey>,
    Path((_unit, group, membership)): Path<(i32, Uuid, Uuid)>,
    extract::Json(body): extract::Json<Leaving>,
) -> Result<Response, Problem> {
    let claim = claim(key, "leave_group", &permit, &(group, membership, &body));
    app.once(&permit, claim, "leave_group", async |conn| {
        Ok(Created::done(super::leave(conn, &permit.work(&app.clock), (group, membership), &body).await?))
    })
    .await
}

/// Fills a post on a group's board.
#[utoipa::path(post, path = "/v1/units/{unit}/groups/{group}/board", tag = "groups", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), ("group" = Uuid, Path, description = "the group"), OptionalKey),
    request_body = NewPost,
    responses((status = 201, body = GroupDetail), (status = "default", body = ProblemBody)))]
async fn appoint_to_board(
    State(app): State<App>,
    permit: Officer,
    key: Option<IdempotencyKey>,
    Path((_unit, group)): Path<(i32, Uuid)>,
    extract::Json(body): extract::Json<NewPost>,
) -> Result<Response, Problem> {
    let claim = claim(key, "appoint_to_board", &permit, &(group, &body));
    app.once(&permit, claim, "appoint_to_board", async |conn| {
        let appointed = super::appoint(conn, &permit.work(&app.clock), group, &body).await?;
        Ok(Created::at(address(permit.unit, group), appointed))
    })
    .await
}

/// Lists the meetings of a group.
#[utoipa::path(get, path = "/v1/units/{unit}/groups/{group}/meetings", tag = "groups", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), ("group" = Uuid, Path, description = "the group"), PageQuery),
    responses((status = 200, body = Page<Meeting>), (status = "default", body = ProblemBody)))]
async fn list_group_meetings(
    State(app): State<App>,
    permit: Reader,
    Path((_unit, group)): Path<(i32, Uuid)>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Meeting>>, Problem> {
    let (after, limit) = (page.after()?, page.limit()?);
    app.read(&permit, "list_group_meetings", async |conn| {
        meetings::list(conn, &permit.work(&app.clock), (group, sight(&permit)), after, limit).await
    })
    .await
    .map(Json)
}

/// Records a meeting: minutes, who was there, and the votes on requests for loans.
#[utoipa::path(post, path = "/v1/units/{unit}/groups/{group}/meetings", tag = "groups", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), ("group" = Uuid, Path, description = "the group"), OptionalKey),
    request_body = NewMeeting,
    responses((status = 201, body = MeetingDetail), (status = "default", body = ProblemBody)))]
async fn record_group_meeting(
    State(app): State<App>,
    permit: Officer,
    key: Option<IdempotencyKey>,
    Path((_unit, group)): Path<(i32, Uuid)>,
    extract::Json(body): extract::Json<NewMeeting>,
) -> Result<Response, Problem> {
    let claim = claim(key, "record_group_meeting", &permit, &(group, &body));
    app.once(&permit, claim, "record_group_meeting", async |conn| {
        let recorded = meetings::record(conn, &permit.work(&app.clock), group, &body).await?;
        let at = format!("{}/meetings/{}", address(permit.unit, group), recorded.meeting.meeting_id);
        Ok(Created::at(at, recorded))
    })
    .await
}

/// Shows a meeting with its votes: the rows of list 03/TD.
#[utoipa::path(get, path = "/v1/units/{unit}/groups/{group}/meetings/{meeting}", tag = "groups",
    security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), ("group" = Uuid, Path, description = "the group"),
           ("meeting" = Uuid, Path, description = "the meeting")),
    responses((status = 200, body = MeetingDetail), (status = "default", body = ProblemBody)))]
async fn show_meeting(
    State(app): State<App>,
    permit: Reader,
    Path((_unit, group, meeting)): Path<(i32, Uuid, Uuid)>,
) -> Result<Json<MeetingDetail>, Problem> {
    app.read(&permit, "show_meeting", async |conn| {
        meetings::show(conn, &permit.work(&app.clock), (group, meeting), sight(&permit)).await
    })
    .await
    .map(Json)
}
