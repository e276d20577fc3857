//! Registers over HTTP.

use axum::extract::{DefaultBodyLimit, Request};
use axum::response::Response;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::external;
use super::import::{Report, import};
use super::{ExternalLoan, File, NewExternalLoan, Register, RegisterDetail, RegisterLine};
use crate::domain::credit::bank_register::{Differences, Plan, PlanRow};
use crate::domain::values::ids::{HouseholdId, RegisterId};
use crate::domain::values::table::AmountUnit;
use crate::domain::values::text::Name;
use crate::http::auth::{BookReader, RegisterKeeper};
use crate::http::document::OptionalKey;
use crate::http::extract::{Json, Path, Query, body};
use crate::http::files::{read_table, table_format};
use crate::http::page::{Page, PageQuery};
use crate::http::request::{Command, Keyless, Read};
use crate::http::{App, Created};
use crate::problem::Problem;
use crate::text;

/// The largest file, in bytes.
const FILE_LIMIT: usize = 8 * 1024 * 1024;

/// Addresses of the feature.
pub fn routes() -> OpenApiRouter<App> {
    let upload =
        OpenApiRouter::new().routes(routes!(import_register)).layer(DefaultBodyLimit::max(FILE_LIMIT));
    OpenApiRouter::new()
        .routes(routes!(list_registers))
        .routes(routes!(show_register))
        .routes(routes!(list_register_loans))
        .routes(routes!(compare_registers))
        .routes(routes!(report_against_plan))
        .routes(routes!(list_external_loans, record_external_loan))
        .merge(upload)
}

crate::paths! {
    RegisterPath { register: RegisterId as Uuid = "the register" }
}

/// What a file is.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct ImportQuery {
    /// Whose loans.
    lender: Name,
    /// The day its balances are of.
    as_of: NaiveDate,
    /// What one stands for in its amounts; đồng when not given.
    #[serde(default)]
    #[param(required = false, nullable = false, inline)]
    amounts: AmountUnit,
    /// Only say what would happen; nothing is stored.
    #[serde(default)]
    #[param(required = false, nullable = false)]
    dry_run: bool,
}

/// Takes in another bank's register of loans, all of it or nothing, with a verdict per row.
#[utoipa::path(post, path = "/v1/units/{unit}/loan-registers", params(RegisterKeeper, ImportQuery, OptionalKey),
    request_body(description = "the export, at most 8 MB and 20,000 rows; of a workbook the first visible sheet",
        content((String = "text/csv"), (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))),
    responses((status = 200, body = Report)))]
async fn import_register(
    command: Command<RegisterKeeper>,
    Query(query): Query<ImportQuery>,
    request: Request,
) -> Result<Response, Problem> {
    let format = table_format(request.headers())?;
    let bytes = body(request, command.app()).await?;
    let sha256: [u8; 32] = Sha256::digest(&bytes).into();
    let table = read_table(bytes, format).await?;
    let ImportQuery { lender, as_of, amounts: unit, dry_run } = query;
    let content = (lender.as_str().to_owned(), as_of, unit, dry_run, sha256.to_vec());
    let file = File { lender, as_of, unit, sha256, dry_run };
    command
        .once(&content, async |conn, work| Ok(Created::done(import(conn, work, &file, &table).await?)))
        .await
}

/// Lists registers of other banks.
#[utoipa::path(get, path = "/v1/units/{unit}/loan-registers", params(BookReader, PageQuery),
    responses((status = 200, body = Page<Register>)))]
async fn list_registers(
    read: Read<BookReader>,
    Query(page): Query<PageQuery>,
) -> Result<Page<Register>, Problem> {
    let (after, limit) = (page.after()?, page.limit()?);
    read.run(async |conn, work| super::list(conn, work.unit, after, limit).await).await
}

/// Shows a register with its totals by commune, programme and source.
#[utoipa::path(get, path = "/v1/units/{unit}/loan-registers/{register}", params(BookReader, RegisterPath),
    responses((status = 200, body = RegisterDetail)))]
async fn show_register(
    read: Read<BookReader>,
    Path(RegisterPath { register }): Path<RegisterPath>,
) -> Result<Json<RegisterDetail>, Problem> {
    read.run(async |conn, work| super::show(conn, work.unit, register).await).await.map(Json)
}

/// Lists the loans of a register in the order of the file.
#[utoipa::path(get, path = "/v1/units/{unit}/loan-registers/{register}/loans", params(BookReader, RegisterPath, PageQuery),
    responses((status = 200, body = Page<RegisterLine>)))]
async fn list_register_loans(
    read: Read<BookReader>,
    Path(RegisterPath { register }): Path<RegisterPath>,
    Query(page): Query<PageQuery>,
) -> Result<Page<RegisterLine>, Problem> {
    let wanted = (page.after()?, page.limit()?);
    read.run(async |conn, work| super::lines(conn, work.unit, register, wanted).await).await
}

/// Against which register.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Against {
    /// The register on the right side, such as that of the month before.
    #[param(value_type = Uuid)]
    against: RegisterId,
}

/// Compares a register with another one: what misses, what differs, totals.
#[utoipa::path(get, path = "/v1/units/{unit}/loan-registers/{register}/differences", params(BookReader, RegisterPath, Against),
    responses((status = 200, body = Differences)))]
async fn compare_registers(
    read: Read<BookReader>,
    Path(RegisterPath { register }): Path<RegisterPath>,
    Query(query): Query<Against>,
) -> Result<Json<Differences>, Problem> {
    let turn = read.turn(true).await?;
    turn.run(async |conn, work| super::differences(conn, work.unit, register, query.against).await)
        .await
        .map(Json)
}

/// Plans of a year.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PlanList)]
struct Plans {
    /// 1 to 1,000 plans.
    #[schema(min_items = 1, max_items = 1000)]
    plans: Vec<Plan>,
}

/// The most plans of a request.
const MOST_PLANS: usize = 1_000;

/// The largest plan, in millions: what an account holds.
const MOST_MILLIONS: Decimal = Decimal::from_parts(3_567_587_328, 232, 0, false, 0);

/// Reports plans in millions against the balances of a register.
#[utoipa::path(post, path = "/v1/units/{unit}/loan-registers/{register}/plan-report", params(BookReader, RegisterPath),
    request_body = Plans, responses((status = 200, body = [PlanRow])))]
async fn report_against_plan(
    command: Keyless<BookReader>,
    Path(RegisterPath { register }): Path<RegisterPath>,
    Json(body): Json<Plans>,
) -> Result<Json<Vec<PlanRow>>, Problem> {
    if body.plans.is_empty() || body.plans.len() > MOST_PLANS {
        return Err(Problem::field("/plans", text!("Từ 1 đến {MOST_PLANS}", "1 to {MOST_PLANS}")));
    }
    let wrong = |plan: &Plan| {
        let millions = plan.millions;
        millions < Decimal::ZERO || millions >= MOST_MILLIONS || millions.normalize().scale() > 6
    };
    if let Some(index) = body.plans.iter().position(wrong) {
        let why =
            text!("Triệu đồng, không âm, tối đa 6 số lẻ", "Millions, not negative, at most six decimals");
        return Err(Problem::field(format!("/plans/{index}/millions"), why));
    }
    command
        .run(async |conn, work| super::against_plan(conn, work.unit, register, &body.plans).await)
        .await
        .map(Json)
}

/// Which loans of other banks.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct ExternalQuery {
    /// Of this household.
    #[param(required = false, nullable = false, value_type = Option<Uuid>)]
    household: Option<HouseholdId>,
}

/// Lists loans of commercial banks, each as last recorded.
#[utoipa::path(get, path = "/v1/units/{unit}/external-loans", params(BookReader, ExternalQuery, PageQuery),
    responses((status = 200, body = Page<ExternalLoan>)))]
async fn list_external_loans(
    read: Read<BookReader>,
    Query(query): Query<ExternalQuery>,
    Query(page): Query<PageQuery>,
) -> Result<Page<ExternalLoan>, Problem> {
    let wanted = (page.after()?, page.limit()?);
    read.run(async |conn, work| external::list(conn, work.unit, query.household, wanted).await).await
}

/// Records a loan of a commercial bank as read on a day.
#[utoipa::path(post, path = "/v1/units/{unit}/external-loans", params(RegisterKeeper, OptionalKey), request_body = NewExternalLoan,
    responses((status = 201, body = ExternalLoan)))]
async fn record_external_loan(
    command: Command<RegisterKeeper>,
    Json(body): Json<NewExternalLoan>,
) -> Result<Response, Problem> {
    command
        .once(&body, async |conn, work| {
            let loan = external::record(conn, work, &body).await?;
            Ok(Created::at(format!("/v1/units/{}/external-loans", work.unit), loan))
        })
        .await
}
