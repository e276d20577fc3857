//! The edge of the feature: wire types and handlers.

use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{BookedFees, Entry, Statement, TakeBack, Wanted};
use crate::domain::credit::entrustment::{Base, Share};
use crate::domain::credit::programme::programme_code;
use crate::domain::values::ids::FeeStatementId;
use crate::domain::values::money::Money;
use crate::domain::values::month::Month;
use crate::domain::values::text::Name;
use crate::http::auth::{Accountant, BookReader};
use crate::http::document::OptionalKey;
use crate::http::extract::{Json, Path, Query};
use crate::http::page::{Page, PageQuery};
use crate::http::request::{Command, Keyless, Read};
use crate::http::{App, Created};
use crate::problem::Problem;
use crate::text;

/// Addresses of the feature.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(preview_entrustment_fees, compute_entrustment_fees))
        .routes(routes!(list_entrustment_fees, book_entrustment_fees))
        .routes(routes!(take_back_entrustment_fees))
}

crate::paths! {
    FeeStatementPath { statement: FeeStatementId as Uuid = "the statement" }
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

/// Which month.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MonthQuery {
    /// The month; the last that is over when not given.
    #[param(nullable = false)]
    month: Option<Month>,
}

/// Computes the entrustment fees of a month from the loans of the groups; nothing is stored.
#[utoipa::path(get, path = "/v1/units/{unit}/entrustment-fees/preview", params(BookReader, MonthQuery),
    responses((status = 200, body = BookedFees)))]
async fn compute_entrustment_fees(
    read: Read<BookReader>,
    Query(query): Query<MonthQuery>,
) -> Result<Json<BookedFees>, Problem> {
    let before = || Month::of(Month::of(read.today()).first_day().pred_opt().unwrap_or_default());
    let month = query.month.unwrap_or_else(before);
    Ok(Json(read.run(async |conn, work| super::computed(conn, work.unit, month).await).await?))
}

/// Lists the entrustment fees that were booked, with what they were computed from.
#[utoipa::path(get, path = "/v1/units/{unit}/entrustment-fees", params(BookReader, PageQuery),
    responses((status = 200, body = Page<Entry>)))]
async fn list_entrustment_fees(
    read: Read<BookReader>,
    Query(page): Query<PageQuery>,
) -> Result<Page<Entry>, Problem> {
    let (after, limit) = (page.after()?, page.limit()?);
    read.run(async |conn, work| super::list(conn, work.unit, after, limit).await).await
}

/// A month whose fees are to be booked.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct BookFees {
    /// The month, which must be over.
    month: Month,
}

/// Books the entrustment fees of a month, computed from the loans of the groups.
#[utoipa::path(post, path = "/v1/units/{unit}/entrustment-fees", params(Accountant, OptionalKey), request_body = BookFees,
    responses((status = 201, body = Entry)))]
async fn book_entrustment_fees(
    command: Command<Accountant>,
    Json(body): Json<BookFees>,
) -> Result<Response, Problem> {
    command
        .once(&body, async |conn, work| {
            let entry = super::book(conn, work, body.month).await?;
            Ok(Created::at(format!("/v1/units/{}/entrustment-fees", work.unit), entry))
        })
        .await
}

/// Takes booked fees back; their month may be booked anew.
#[utoipa::path(post, path = "/v1/units/{unit}/entrustment-fees/{statement}/reversal", params(Accountant, FeeStatementPath, OptionalKey),
    request_body = TakeBack, responses((status = 200, body = Entry)))]
async fn take_back_entrustment_fees(
    command: Command<Accountant>,
    Path(FeeStatementPath { statement }): Path<FeeStatementPath>,
    Json(body): Json<TakeBack>,
) -> Result<Response, Problem> {
    command
        .once(&body, async |conn, work| {
            Ok(Created::done(super::take_back(conn, work, statement, &body).await?))
        })
        .await
}
