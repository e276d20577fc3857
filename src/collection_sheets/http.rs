//! Collection sheets over HTTP: prepared, read, and sent back with a verdict per row.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::{NewSheet, SentSheet, Sheet, SheetDetail, Verdict};
use crate::domain::credit::collection_sheet;
use crate::groups::http::sight;
use crate::http::auth::{Collector, Officer, Reader, Teller};
use crate::http::document::OptionalKey;
use crate::http::extract::{self, IdempotencyKey, Path, Query};
use crate::http::page::{Page, PageQuery};
use crate::http::{App, Created};
use crate::idempotency::Claim;
use crate::problem::{Problem, ProblemBody};

/// Addresses of the slice.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_sheets, prepare_sheet))
        .routes(routes!(show_sheet))
        .routes(routes!(record_sheet))
}

/// Lists the collection sheets of a group.
#[utoipa::path(get, path = "/v1/units/{unit}/groups/{group}/sheets", tag = "sheets", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), ("group" = Uuid, Path, description = "the group"), PageQuery),
    responses((status = 200, body = Page<Sheet>), (status = "default", body = ProblemBody)))]
async fn list_sheets(
    State(app): State<App>,
    permit: Reader,
    Path((_unit, group)): Path<(i32, Uuid)>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Sheet>>, Problem> {
    let wanted = (page.after()?, page.limit()?);
    app.read(&permit, "list_sheets", async |conn| {
        super::list(conn, &permit.work(&app.clock), (group, sight(&permit)), wanted).await
    })
    .await
    .map(Json)
}

/// Prepares the collection sheet of a meeting: every row gets the key it is sent back with.
#[utoipa::path(post, path = "/v1/units/{unit}/groups/{group}/sheets", tag = "sheets", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), ("group" = Uuid, Path, description = "the group"), OptionalKey),
    request_body = NewSheet,
    responses((status = 201, body = SheetDetail), (status = "default", body = ProblemBody)))]
async fn prepare_sheet(
    State(app): State<App>,
    permit: Officer,
    key: Option<IdempotencyKey>,
    Path((_unit, group)): Path<(i32, Uuid)>,
    extract::Json(body): extract::Json<NewSheet>,
) -> Result<Response, Problem> {
    let claim = key.map(|key| Claim::of(key.0, "prepare_sheet", permit.user, &(permit.unit, (group, &body))));
    app.once(&permit, claim, "prepare_sheet", async |conn| {
        let made = super::prepare(conn, &permit.work(&app.clock), group, &body).await?;
        let at = format!("/v1/units/{}/groups/{group}/sheets/{}", permit.unit, made.sheet.sheet_id);
        Ok(Created::at(at, made))
    })
    .await
}

/// Shows a collection sheet with its rows and what was recorded on them.
#[utoipa::path(get, path = "/v1/units/{unit}/groups/{group}/sheets/{sheet}", tag = "sheets", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), ("group" = Uuid, Path, description = "the group"),
           ("sheet" = Uuid, Path, description = "the sheet")),
    responses((status = 200, body = SheetDetail), (status = "default", body = ProblemBody)))]
async fn show_sheet(
    State(app): State<App>,
    permit: Reader,
    Path((_unit, group, sheet)): Path<(i32, Uuid, Uuid)>,
) -> Result<Json<SheetDetail>, Problem> {
    app.read(&permit, "show_sheet", async |conn| {
        super::show(conn, &permit.work(&app.clock), (group, sheet), sight(&permit)).await
    })
    .await
    .map(Json)
}

/// Records what was collected on a sheet, with a verdict per row: in one call or in pieces, again, or weeks late. Every
/// row has its key, so what was recorded is answered again and nothing is recorded twice. A group leader takes interest
/// and savings, never principal.
#[utoipa::path(post, path = "/v1/units/{unit}/groups/{group}/sheets/{sheet}/collections", tag = "sheets",
    summary = "Records what was collected on a sheet.", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), ("group" = Uuid, Path, description = "the group"),
           ("sheet" = Uuid, Path, description = "the sheet"), OptionalKey),
    request_body = SentSheet,
    responses((status = 200, body = Vec<Verdict>), (status = "default", body = ProblemBody)))]
async fn record_sheet(
    State(app): State<App>,
    permit: Collector,
    key: Option<IdempotencyKey>,
    Path((_unit, group, sheet)): Path<(i32, Uuid, Uuid)>,
    extract::Json(body): extract::Json<SentSheet>,
) -> Result<Response, Problem> {
    let collector = if permit.holds(Teller::ROLES) {
        collection_sheet::Collector::Officer
    } else {
        collection_sheet::Collector::GroupLeader
    };
    let about = (group, sheet, &body);
    let claim = key.map(|key| Claim::of(key.0, "record_sheet", permit.user, &(permit.unit, about)));
    app.once(&permit, claim, "record_sheet", async |conn| {
        let work = permit.work(&app.clock);
        Ok(Created::done(super::record(conn, &work, (group, sheet, collector), &body.rows).await?))
    })
    .await
}
