//! The edge of the feature: wire types and handlers.

use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Statement, Wanted};
use crate::domain::credit::entrustment::{Base, Share};
use crate::domain::credit::programme::programme_code;
use crate::domain::values::money::Money;
use crate::domain::values::month::Month;
use crate::domain::values::text::Name;
use crate::http::App;
use crate::http::auth::BookReader;
use crate::http::extract::Json;
use crate::http::request::Keyless;
use crate::problem::Problem;
use crate::text;

/// Addresses of the feature.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(preview_entrustment_fees))
}

/// The bases of a month's fees.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct FeeBases {
    /// The month.
    month: Month,
    /// Two digits, where a programme has a fee of its own.
    #[serde(default)]
    #[schema(max_length = 2)]
    programme_code: Option<String>,
    /// Shares agreed otherwise than the dated ones; together 100 %.
    #[serde(default)]
    #[schema(max_items = 10)]
    shares: Option<Vec<Share>>,
    /// One row a group, 1 to 1,000.
    #[schema(min_items = 1, max_items = 1000)]
    rows: Vec<FeeBase>,
}

/// The base of one fee.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct FeeBase {
    /// The group or organisation.
    name: Name,
    /// The balance on which interest was collected in the month.
    collected: Money,
    /// Overdue debt at the end of the month.
    overdue: Money,
    /// All debt at the end of the month.
    outstanding: Money,
}

/// The most rows of a request.
const MOST_ROWS: usize = 1_000;

/// Computes the entrustment fees of a month from their bases; nothing is stored.
#[utoipa::path(post, path = "/v1/units/{unit}/entrustment-fees/preview", params(BookReader), request_body = FeeBases,
    responses((status = 200, body = Statement)))]
async fn preview_entrustment_fees(
    command: Keyless<BookReader>,
    Json(bases): Json<FeeBases>,
) -> Result<Json<Statement>, Problem> {
    if bases.rows.is_empty() || bases.rows.len() > MOST_ROWS {
        return Err(Problem::field("/rows", text!("Từ 1 đến {MOST_ROWS} dòng", "1 to {MOST_ROWS} rows")));
    }
    let programme = bases.programme_code.map(|code| programme_code(&code).ok_or(())).transpose();
    let programme = programme.map_err(|()| {
        Problem::field("/programme_code", text!("Không phải mã chương trình", "Not a programme code"))
    })?;
    let wanted = Wanted { month: bases.month, programme, shares: bases.shares };
    let base = |row: FeeBase| {
        (row.name, Base { collected: row.collected, overdue: row.overdue, outstanding: row.outstanding })
    };
    let rows: Vec<_> = bases.rows.into_iter().map(base).collect();
    let statement = command.run(async |conn, _| super::statement(conn, &wanted, &rows).await).await?;
    Ok(Json(statement))
}
