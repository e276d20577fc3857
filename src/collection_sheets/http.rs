//! Collection sheets over HTTP: prepared, read, and sent back with a verdict per row.

use axum::response::Response;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{NewSheet, SentSheet, Sheet, SheetDetail, Verdict};
use crate::domain::credit::collection_sheet;
use crate::domain::values::ids::{GroupId, SheetId};
use crate::groups::http::GroupPath;
use crate::groups::http::sight;
use crate::http::auth::{Collector, Officer, Reader, Teller};
use crate::http::document::OptionalKey;
use crate::http::extract::{Json, Path, Query};
use crate::http::page::{Page, PageQuery};
use crate::http::request::{Command, Read};
use crate::http::{App, Created};
use crate::problem::Problem;

/// Addresses of the feature.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_sheets, prepare_sheet))
        .routes(routes!(show_sheet))
        .routes(routes!(record_sheet))
}

crate::paths! {
    SheetPath { group: GroupId as Uuid = "the group", sheet: SheetId as Uuid = "the sheet" }
}

/// Lists the collection sheets of a group.
#[utoipa::path(get, path = "/v1/units/{unit}/groups/{group}/sheets", params(Reader, GroupPath, PageQuery),
    responses((status = 200, body = Page<Sheet>)))]
async fn list_sheets(
    read: Read<Reader>,
    Path(GroupPath { group }): Path<GroupPath>,
    Query(page): Query<PageQuery>,
) -> Result<Page<Sheet>, Problem> {
    let wanted = (page.after()?, page.limit()?);
    read.run(async |conn, work| super::list(conn, work, (group, sight(&read)), wanted).await).await
}

/// Prepares the collection sheet of a meeting: every row gets the key it is sent back with.
#[utoipa::path(post, path = "/v1/units/{unit}/groups/{group}/sheets", params(Officer, GroupPath, OptionalKey),
    request_body = NewSheet, responses((status = 201, body = SheetDetail)))]
async fn prepare_sheet(
    command: Command<Officer>,
    Path(GroupPath { group }): Path<GroupPath>,
    Json(body): Json<NewSheet>,
) -> Result<Response, Problem> {
    command
        .once(&body, async |conn, work| {
            let made = super::prepare(conn, work, group, &body).await?;
            let at = format!("/v1/units/{}/groups/{group}/sheets/{}", work.unit, made.sheet.sheet_id);
            Ok(Created::at(at, made))
        })
        .await
}

/// Shows a collection sheet with its rows and what was recorded on them.
#[utoipa::path(get, path = "/v1/units/{unit}/groups/{group}/sheets/{sheet}", params(Reader, SheetPath),
    responses((status = 200, body = SheetDetail)))]
async fn show_sheet(
    read: Read<Reader>,
    Path(SheetPath { group, sheet }): Path<SheetPath>,
) -> Result<Json<SheetDetail>, Problem> {
    read.run(async |conn, work| super::show(conn, work, (group, sheet), sight(&read)).await).await.map(Json)
}

/// Records what was collected on a sheet, with a verdict per row: in one call or in pieces, again, or weeks late. Every
/// row has its key, so what was recorded is answered again and nothing is recorded twice. A group leader takes interest
/// and savings, never principal.
#[utoipa::path(post, path = "/v1/units/{unit}/groups/{group}/sheets/{sheet}/collections",
    summary = "Records what was collected on a sheet.", params(Collector, SheetPath, OptionalKey), request_body = SentSheet,
    responses((status = 200, body = Vec<Verdict>)))]
async fn record_sheet(
    command: Command<Collector>,
    Path(SheetPath { group, sheet }): Path<SheetPath>,
    Json(body): Json<SentSheet>,
) -> Result<Response, Problem> {
    let collector = if command.holds(Teller::ROLES) {
        collection_sheet::Collector::Officer
    } else {
        collection_sheet::Collector::GroupLeader
    };
    let about = (group, sheet, &body);
    command
        .once(&about, async |conn, work| {
            Ok(Created::done(super::record(conn, work, (group, sheet, collector), &body).await?))
        })
        .await
}
