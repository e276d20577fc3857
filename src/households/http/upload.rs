//! The commune's list uploaded as a file.

use axum::extract::{DefaultBodyLimit, Request};
use axum::response::Response;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::households::import::{ImportReport, Options, import};
use crate::http::auth::Officer;
use crate::http::document::OptionalKey;
use crate::http::extract::{Query, body};
use crate::http::files::{read_table, table_format};
use crate::http::request::Command;
use crate::http::{App, Created};
use crate::jobs::Teller;
use crate::problem::Problem;

/// The largest file, in bytes.
const FILE_LIMIT: usize = 8 * 1024 * 1024;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(import_households)).layer(DefaultBodyLimit::max(FILE_LIMIT))
}

/// How to take a file in.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct ImportQuery {
    /// Only say what would happen; nothing is stored.
    #[param(required = false, nullable = false)]
    #[serde(default)]
    dry_run: bool,
    /// Store nothing when a row is a duplicate or refused; otherwise the other rows are stored.
    #[param(required = false, nullable = false)]
    #[serde(default)]
    all_or_nothing: bool,
}

/// Takes in the commune's list of households, with a verdict per row. Headings are read in Vietnamese or English:
/// `household_code` is needed, `hamlet` and `head_name` for a household that is new, the rest may be missing. The same file
/// twice changes nothing.
#[utoipa::path(post, path = "/v1/units/{unit}/households/import", summary = "Takes in a list of households.",
    params(Officer, ImportQuery, OptionalKey),
    request_body(description = "the list, at most 8 MB and 20,000 rows; of a workbook the first visible sheet",
        content((String = "text/csv"), (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))),
    responses((status = 200, body = ImportReport)))]
async fn import_households(
    command: Command<Officer>,
    Query(query): Query<ImportQuery>,
    request: Request,
) -> Result<Response, Problem> {
    let format = table_format(request.headers())?;
    let file = body(request, command.app()).await?;
    let options = Options { dry_run: query.dry_run, all_or_nothing: query.all_or_nothing };
    let content = (options, Sha256::digest(&file).to_vec());
    let table = read_table(file, format).await?;
    command
        .once(&content, async |conn, work| {
            Ok(Created::done(import(conn, work, &table, options, &Teller::silent()).await?))
        })
        .await
}
