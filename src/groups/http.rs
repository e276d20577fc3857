//! The edge of the feature: wire types and handlers.

use axum::response::Response;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::meetings::{Meeting, MeetingDetail, MeetingReversal, NewMeeting};
use super::{Group, GroupChange, GroupDetail, Leaving, NewGroup, NewMember, NewPost, Sight, meetings};
use crate::access::Work;
use crate::db::Conn;
use crate::domain::values::ids::{GroupId, GroupMeetingId, MembershipId};
use crate::http::auth::{BookReader, Officer, Permit, Reader};
use crate::http::document::OptionalKey;
use crate::http::etag::{IfMatch, Tagged};
use crate::http::extract::{Json, Path, Query};
use crate::http::page::{Page, PageQuery};
use crate::http::request::{Command, Keyless, Read};
use crate::http::{App, Created};
use crate::problem::Problem;

/// Addresses of the feature.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_groups, create_group))
        .routes(routes!(show_group, change_group))
        .routes(routes!(join_group))
        .routes(routes!(leave_group))
        .routes(routes!(appoint_to_board))
        .routes(routes!(list_group_meetings, record_group_meeting))
        .routes(routes!(show_meeting))
        .routes(routes!(reverse_group_meeting))
}

crate::paths! {
    GroupPath { group: GroupId as Uuid = "the group" }
    MembershipPath { group: GroupId as Uuid = "the group", membership: MembershipId as Uuid = "the membership" }
    MeetingPath { group: GroupId as Uuid = "the group", meeting: GroupMeetingId as Uuid = "the meeting" }
}

/// A group leader sees the own group; everybody else who reads sees all.
pub(crate) fn sight(permit: &Permit) -> Sight {
    if permit.holds(BookReader::ROLES) { Sight::All } else { Sight::LedBy(permit.user.into()) }
}

fn address(unit: i32, group: GroupId) -> String {
    format!("/v1/units/{unit}/groups/{group}")
}

/// Lists savings-and-credit groups; a group leader sees the own one.
#[utoipa::path(get, path = "/v1/units/{unit}/groups", params(Reader, PageQuery),
    responses((status = 200, body = Page<Group>)))]
async fn list_groups(read: Read<Reader>, Query(page): Query<PageQuery>) -> Result<Page<Group>, Problem> {
    let (after, limit) = (page.after()?, page.limit()?);
    read.run(async |conn, work| super::list(conn, work, sight(&read), after, limit).await).await
}

/// Sets a savings-and-credit group up.
#[utoipa::path(post, path = "/v1/units/{unit}/groups", params(Officer, OptionalKey), request_body = NewGroup,
    responses((status = 201, body = GroupDetail)))]
async fn create_group(command: Command<Officer>, Json(body): Json<NewGroup>) -> Result<Response, Problem> {
    command
        .once(&body, async |conn, work| {
            let made = super::create(conn, work, &body).await?;
            Ok(Created::at(address(work.unit, made.group.group_id), made))
        })
        .await
}

/// Shows a group with its board, members and what is to be mended.
#[utoipa::path(get, path = "/v1/units/{unit}/groups/{group}", params(Reader, GroupPath),
    responses((status = 200, body = GroupDetail)))]
async fn show_group(
    read: Read<Reader>,
    Path(GroupPath { group }): Path<GroupPath>,
) -> Result<Tagged<GroupDetail>, Problem> {
    read.run(async |conn, work| super::show(conn, work, group, sight(&read)).await).await.map(Tagged)
}

/// Corrects a group while nothing was recorded at it; needs the `ETag` it was read with.
#[utoipa::path(patch, path = "/v1/units/{unit}/groups/{group}", params(Officer, GroupPath, IfMatch), request_body = GroupChange,
    responses((status = 200, body = GroupDetail)))]
async fn change_group(
    command: Keyless<Officer>,
    Path(GroupPath { group }): Path<GroupPath>,
    read: IfMatch,
    Json(change): Json<GroupChange>,
) -> Result<Tagged<GroupDetail>, Problem> {
    let change =
        async |conn: &mut Conn, work: &Work<'_>| super::change(conn, work, group, change, &read).await;
    command.run(change).await.map(Tagged)
}

/// Takes a household into a group.
#[utoipa::path(post, path = "/v1/units/{unit}/groups/{group}/members", params(Officer, GroupPath, OptionalKey),
    request_body = NewMember, responses((status = 201, body = GroupDetail)))]
async fn join_group(
    command: Command<Officer>,
    Path(GroupPath { group }): Path<GroupPath>,
    Json(body): Json<NewMember>,
) -> Result<Response, Problem> {
    command
        .once(&body, async |conn, work| {
            let joined = super::join(conn, work, group, &body).await?;
            Ok(Created::at(address(work.unit, group), joined))
        })
        .await
}

/// Lets a household leave a group.
#[utoipa::path(post, path = "/v1/units/{unit}/groups/{group}/members/{membership}/leave",
    params(Officer, MembershipPath, OptionalKey), request_body = Leaving, responses((status = 200, body = GroupDetail)))]
async fn leave_group(
    command: Command<Officer>,
    Path(MembershipPath { group, membership }): Path<MembershipPath>,
    Json(body): Json<Leaving>,
) -> Result<Response, Problem> {
    command
        .once(&body, async |conn, work| {
            Ok(Created::done(super::leave(conn, work, (group, membership), &body).await?))
        })
        .await
}

/// Fills a post on a group's board.
#[utoipa::path(post, path = "/v1/units/{unit}/groups/{group}/board", params(Officer, GroupPath, OptionalKey),
    request_body = NewPost, responses((status = 201, body = GroupDetail)))]
async fn appoint_to_board(
    command: Command<Officer>,
    Path(GroupPath { group }): Path<GroupPath>,
    Json(body): Json<NewPost>,
) -> Result<Response, Problem> {
    command
        .once(&body, async |conn, work| {
            let appointed = super::appoint(conn, work, group, &body).await?;
            Ok(Created::at(address(work.unit, group), appointed))
        })
        .await
}

/// Lists the meetings of a group.
#[utoipa::path(get, path = "/v1/units/{unit}/groups/{group}/meetings", params(Reader, GroupPath, PageQuery),
    responses((status = 200, body = Page<Meeting>)))]
async fn list_group_meetings(
    read: Read<Reader>,
    Path(GroupPath { group }): Path<GroupPath>,
    Query(page): Query<PageQuery>,
) -> Result<Page<Meeting>, Problem> {
    let (after, limit) = (page.after()?, page.limit()?);
    read.run(async |conn, work| meetings::list(conn, work, (group, sight(&read)), after, limit).await).await
}

/// Records a meeting: minutes, who was there, and the votes on requests for loans.
#[utoipa::path(post, path = "/v1/units/{unit}/groups/{group}/meetings", params(Officer, GroupPath, OptionalKey),
    request_body = NewMeeting, responses((status = 201, body = MeetingDetail)))]
async fn record_group_meeting(
    command: Command<Officer>,
    Path(GroupPath { group }): Path<GroupPath>,
    Json(body): Json<NewMeeting>,
) -> Result<Response, Problem> {
    command
        .once(&body, async |conn, work| {
            let recorded = meetings::record(conn, work, group, &body).await?;
            let at = format!("{}/meetings/{}", address(work.unit, group), recorded.meeting.meeting_id);
            Ok(Created::at(at, recorded))
        })
        .await
}

/// Shows a meeting with its votes: the rows of list 03/TD.
#[utoipa::path(get, path = "/v1/units/{unit}/groups/{group}/meetings/{meeting}", params(Reader, MeetingPath),
    responses((status = 200, body = MeetingDetail)))]
async fn show_meeting(
    read: Read<Reader>,
    Path(MeetingPath { group, meeting }): Path<MeetingPath>,
) -> Result<Json<MeetingDetail>, Problem> {
    read.run(async |conn, work| meetings::show(conn, work, (group, meeting), sight(&read)).await)
        .await
        .map(Json)
}

/// Takes the record of a meeting back while no list of requests for loans rests on it; it is recorded anew as it was held.
#[utoipa::path(post, path = "/v1/units/{unit}/groups/{group}/meetings/{meeting}/reversal", params(Officer, MeetingPath, OptionalKey),
    request_body = MeetingReversal, responses((status = 200, body = MeetingDetail)))]
async fn reverse_group_meeting(
    command: Command<Officer>,
    Path(MeetingPath { group, meeting }): Path<MeetingPath>,
    Json(why): Json<MeetingReversal>,
) -> Result<Response, Problem> {
    command
        .once(&why, async |conn, work| {
            Ok(Created::done(meetings::reverse(conn, work, (group, meeting), &why).await?))
        })
        .await
}
