//! The end of a group, which is lending's to allow.

use axum::response::Response;

use crate::groups::http::GroupPath;
use crate::groups::{Dissolution, GroupDetail};
use crate::http::Created;
use crate::http::auth::Officer;
use crate::http::document::OptionalKey;
use crate::http::extract::{Json, Path};
use crate::http::request::Command;
use crate::loans;
use crate::problem::Problem;

/// Ends a group whose loans are settled: its members leave and its board gives up its posts on that day.
#[utoipa::path(post, path = "/v1/units/{unit}/groups/{group}/dissolution", tag = "groups",
    params(Officer, GroupPath, OptionalKey), request_body = Dissolution, responses((status = 200, body = GroupDetail)))]
pub async fn dissolve_group(
    command: Command<Officer>,
    Path(GroupPath { group }): Path<GroupPath>,
    Json(body): Json<Dissolution>,
) -> Result<Response, Problem> {
    command
        .once(&body, async |conn, work| {
            Ok(Created::done(loans::dissolve_group(conn, work, group, &body).await?))
        })
        .await
}
