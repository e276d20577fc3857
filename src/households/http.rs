//! The register of households over HTTP.

mod list;
mod upload;

use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::commands::{
    HouseholdPatch, MemberPatch, NewClassDecision, NewHousehold, NewMember, NewRepresentative,
};
use super::view::{HouseholdDetail, Sight};
use crate::access::Role;
use crate::domain::people::poverty::Class;
use crate::http::auth::{Officer, Permit, Reader};
use crate::http::document::OptionalKey;
use crate::http::etag::{IfMatch, Tagged};
use crate::http::extract::{IdempotencyKey, Json, Path, Query, read_json};
use crate::http::{App, Created};
use crate::idempotency::Claim;
use crate::problem::{Problem, ProblemBody};

/// Addresses of the slice.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::list_households, create_household))
        .merge(upload::routes())
        .routes(routes!(show_household, change_household))
        .routes(routes!(add_household_member))
        .routes(routes!(change_household_member))
        .routes(routes!(record_class_decision))
        .routes(routes!(authorise_representative))
        .routes(routes!(show_eligibility))
}

/// Officers enter identity and phone numbers and must check them; nobody else's work needs them.
fn sight(permit: &Permit) -> Sight {
    if permit.holds(&[Role::Officer]) { Sight::Full } else { Sight::Masked }
}

fn address(unit: i32, household: Uuid) -> String {
    format!("/v1/units/{unit}/households/{household}")
}

/// The body as a command. Personal numbers do not serialize, so the claim is made of the body as it came.
fn command<T: DeserializeOwned>(body: &Value) -> Result<T, Problem> {
    read_json(body.to_string().as_bytes())
}

fn claim(
    key: Option<IdempotencyKey>,
    operation: &'static str,
    permit: &Permit,
    request: &(impl Serialize, &Value),
) -> Option<Claim> {
    key.map(|key| Claim::of(key.0, operation, permit.user, request))
}

/// Registers a household with its head and members.
#[utoipa::path(post, path = "/v1/units/{unit}/households", tag = "households", request_body = NewHousehold,
    params(("unit" = i32, Path, description = "the unit"), OptionalKey), security(("token" = [])),
    responses((status = 201, body = HouseholdDetail), (status = "default", body = ProblemBody)))]
async fn create_household(
    State(app): State<App>,
    permit: Officer,
    key: Option<IdempotencyKey>,
    Json(body): Json<Value>,
) -> Result<Response, Problem> {
    let new: NewHousehold = command(&body)?;
    let claim = claim(key, "create_household", &permit, &(permit.unit, &body));
    app.once(&permit, claim, "create_household", async |conn| {
        let shown = super::create(conn, &permit.work(&app.clock), new).await?;
        Ok(Created::at(address(permit.unit, shown.household_id), shown))
    })
    .await
}

/// Shows a household with its members, decisions and authorisations.
#[utoipa::path(get, path = "/v1/units/{unit}/households/{household}", tag = "households",
    params(("unit" = i32, Path, description = "the unit"), ("household" = Uuid, Path, description = "the household")),
    security(("token" = [])), responses((status = 200, body = HouseholdDetail), (status = "default", body = ProblemBody)))]
async fn show_household(
    State(app): State<App>,
    permit: Reader,
    Path((_unit, household)): Path<(i32, Uuid)>,
) -> Result<Tagged<HouseholdDetail>, Problem> {
    let today = app.clock.today();
    let shown = app.transact(&permit, "show_household", async |conn| {
        super::show(conn, permit.unit, household, today, sight(&permit)).await
    });
    shown.await.map(Tagged)
}

/// Changes what is said about a household; needs the `ETag` it was read with.
#[utoipa::path(patch, path = "/v1/units/{unit}/households/{household}", tag = "households", request_body = HouseholdPatch,
    params(("unit" = i32, Path, description = "the unit"), ("household" = Uuid, Path, description = "the household"),
        ("If-Match" = String, Header, description = "the ETag the household was read with")),
    security(("token" = [])), responses((status = 200, body = HouseholdDetail), (status = "default", body = ProblemBody)))]
async fn change_household(
    State(app): State<App>,
    permit: Officer,
    Path((_unit, household)): Path<(i32, Uuid)>,
    read: IfMatch,
    Json(patch): Json<HouseholdPatch>,
) -> Result<Tagged<HouseholdDetail>, Problem> {
    let shown = app.transact(&permit, "change_household", async |conn| {
        super::change(conn, &permit.work(&app.clock), household, patch, |shown| read.holds(shown)).await
    });
    shown.await.map(Tagged)
}

/// Adds a member to a household.
#[utoipa::path(post, path = "/v1/units/{unit}/households/{household}/members", tag = "households", request_body = NewMember,
    params(("unit" = i32, Path, description = "the unit"), ("household" = Uuid, Path, description = "the household"), OptionalKey),
    security(("token" = [])), responses((status = 201, body = HouseholdDetail), (status = "default", body = ProblemBody)))]
async fn add_household_member(
    State(app): State<App>,
    permit: Officer,
    Path((unit, household)): Path<(i32, Uuid)>,
    key: Option<IdempotencyKey>,
    Json(body): Json<Value>,
) -> Result<Response, Problem> {
    let new: NewMember = command(&body)?;
    let claim = claim(key, "add_household_member", &permit, &((unit, household), &body));
    app.once(&permit, claim, "add_household_member", async |conn| {
        let shown = super::add_member(conn, &permit.work(&app.clock), household, new).await?;
        Ok(Created::at(address(unit, household), shown))
    })
    .await
}

/// Changes what is said about a member, or that they left; needs the `ETag` the household was read with.
#[utoipa::path(patch, path = "/v1/units/{unit}/households/{household}/members/{member}", tag = "households",
    request_body = MemberPatch,
    params(("unit" = i32, Path, description = "the unit"), ("household" = Uuid, Path, description = "the household"),
        ("member" = Uuid, Path, description = "the member"),
        ("If-Match" = String, Header, description = "the ETag the household was read with")),
    security(("token" = [])), responses((status = 200, body = HouseholdDetail), (status = "default", body = ProblemBody)))]
async fn change_household_member(
    State(app): State<App>,
    permit: Officer,
    Path((_unit, household, member)): Path<(i32, Uuid, Uuid)>,
    read: IfMatch,
    Json(patch): Json<MemberPatch>,
) -> Result<Tagged<HouseholdDetail>, Problem> {
    let shown = app.transact(&permit, "change_household_member", async |conn| {
        let (work, whom) = (permit.work(&app.clock), (household, member));
        super::change_member(conn, &work, whom, patch, |shown| read.holds(shown)).await
    });
    shown.await.map(Tagged)
}

/// Records a decision on the household's class, or corrects an entry by a later one.
#[utoipa::path(post, path = "/v1/units/{unit}/households/{household}/class-decisions", tag = "households",
    request_body = NewClassDecision,
    params(("unit" = i32, Path, description = "the unit"), ("household" = Uuid, Path, description = "the household"), OptionalKey),
    security(("token" = [])), responses((status = 201, body = HouseholdDetail), (status = "default", body = ProblemBody)))]
async fn record_class_decision(
    State(app): State<App>,
    permit: Officer,
    Path((unit, household)): Path<(i32, Uuid)>,
    key: Option<IdempotencyKey>,
    Json(body): Json<Value>,
) -> Result<Response, Problem> {
    let new: NewClassDecision = command(&body)?;
    let claim = claim(key, "record_class_decision", &permit, &((unit, household), &body));
    app.once(&permit, claim, "record_class_decision", async |conn| {
        let shown = super::decide(conn, &permit.work(&app.clock), household, new).await?;
        Ok(Created::at(address(unit, household), shown))
    })
    .await
}

/// Records who may receive and sign for the household, by a written authorisation.
#[utoipa::path(post, path = "/v1/units/{unit}/households/{household}/representatives", tag = "households",
    request_body = NewRepresentative,
    params(("unit" = i32, Path, description = "the unit"), ("household" = Uuid, Path, description = "the household"), OptionalKey),
    security(("token" = [])), responses((status = 201, body = HouseholdDetail), (status = "default", body = ProblemBody)))]
async fn authorise_representative(
    State(app): State<App>,
    permit: Officer,
    Path((unit, household)): Path<(i32, Uuid)>,
    key: Option<IdempotencyKey>,
    Json(body): Json<Value>,
) -> Result<Response, Problem> {
    let new: NewRepresentative = command(&body)?;
    let claim = claim(key, "authorise_representative", &permit, &((unit, household), &body));
    app.once(&permit, claim, "authorise_representative", async |conn| {
        let shown = super::authorise(conn, &permit.work(&app.clock), household, new).await?;
        Ok(Created::at(address(unit, household), shown))
    })
    .await
}

/// On which day somebody asks.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct DayQuery {
    /// The day; today when not given.
    #[param(required = false, nullable = false)]
    on: Option<NaiveDate>,
}

/// Whether a household may get revolving support on a day, and why.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct EligibilityAnswer {
    /// The household.
    pub household_id: Uuid,
    /// The day.
    pub on: NaiveDate,
    /// Whether it may.
    pub eligible: bool,
    /// The class that counts.
    pub class: Option<Class>,
    /// The year that class counts for.
    pub class_year: Option<i32>,
    /// The poverty standard of that year.
    pub standard_id: Option<String>,
    /// Number of the decision.
    pub decision_no: Option<String>,
    /// The day it was signed.
    pub decision_on: Option<NaiveDate>,
    /// The last day of help of a household that left the lists.
    pub until: Option<NaiveDate>,
    /// The verdict and its ground in Vietnamese.
    pub reason_vi: String,
    /// The same in English.
    pub reason_en: String,
}

/// Says whether a household may get revolving support on a day, by the decisions known now.
#[utoipa::path(get, path = "/v1/units/{unit}/households/{household}/eligibility", tag = "households",
    params(("unit" = i32, Path, description = "the unit"), ("household" = Uuid, Path, description = "the household"), DayQuery),
    security(("token" = [])), responses((status = 200, body = EligibilityAnswer), (status = "default", body = ProblemBody)))]
async fn show_eligibility(
    State(app): State<App>,
    permit: Reader,
    Path((unit, household)): Path<(i32, Uuid)>,
    Query(query): Query<DayQuery>,
) -> Result<axum::Json<EligibilityAnswer>, Problem> {
    let on = query.on.unwrap_or_else(|| app.clock.today());
    let verdict = app
        .transact(&permit, "show_eligibility", async |conn| {
            super::eligibility(conn, unit, household, on).await
        })
        .await?;
    let decision = verdict.decision.as_ref();
    Ok(axum::Json(EligibilityAnswer {
        household_id: household,
        on,
        eligible: verdict.eligible,
        class: verdict.class(),
        class_year: decision.map(|decision| decision.year),
        standard_id: decision.map(|decision| decision.standard_id.clone()),
        decision_no: decision.map(|decision| decision.number.clone()),
        decision_on: decision.map(|decision| decision.decided_on),
        until: verdict.until,
        reason_vi: verdict.reason.vi.into_owned(),
        reason_en: verdict.reason.en.into_owned(),
    }))
}
