//! The end of a group, which is lending's to allow.

use axum::extract::State;
use axum::response::Response;
use uuid::Uuid;

use super::claim;
use crate::groups::{Dissolution, GroupDetail};
use crate::http::auth::Officer;
use crate::http::document::OptionalKey;
use crate::http::extract::{IdempotencyKey, Json, Path};
use crate::http::{App, Created};
use crate::loans;
use crate::problem::{Problem, ProblemBody};

/// Ends a group whose loans are settled: its members leave and its board gives up its posts on that day.
#[utoipa::path(post, path = "/v1/units/{unit}/groups/{group}/dissolution", tag = "groups", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), ("group" = Uuid, Path, description = "the group"), OptionalKey),
    request_body = Dissolution,
    responses((status = 200, body = GroupDetail), (status = "default", body = ProblemBody)))]
pub async fn dissolve_group(
    State(app): State<App>,
    permit: Officer,
    key: Option<IdempotencyKey>,
    Path((_unit, group)): Path<(i32, Uuid)>,
    Json(body): Json<Dissolution>,
) -> Result<Response, Problem> {
    let claim = key.map(|key| claim(key, "dissolve_group", &permit, (group, &body)));
    app.once(&permit, claim, "dissolve_group", async |conn| {
        Ok(Created::done(loans::dissolve_group(conn, &permit.work(&app.clock), group, &body).await?))
    })
    .await
}
