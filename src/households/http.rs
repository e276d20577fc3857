//! The register of households over HTTP.

mod list;
mod sight;
mod upload;

use axum::response::Response;
use chrono::NaiveDate;
use serde::Serialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::sight::sight;
use super::commands::{
    HouseholdPatch, MemberPatch, NewClassDecision, NewHousehold, NewMember, NewRepresentative,
};
use super::view::HouseholdDetail;
use crate::domain::people::poverty::Class;
use crate::domain::values::ids::{HouseholdId, MemberId};
use crate::http::auth::{Officer, Reader};
use crate::http::document::OptionalKey;
use crate::http::etag::{IfMatch, Tagged};
use crate::http::extract::{AsSent, Json, OnDay, Path, Query};
use crate::http::request::{Command, Keyless, Read};
use crate::http::{App, Created};
use crate::problem::Problem;

/// Addresses of the feature.
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

crate::paths! {
    HouseholdPath { household: HouseholdId as Uuid = "the household" }
    MemberPath { household: HouseholdId as Uuid = "the household", member: MemberId as Uuid = "the member" }
}

fn address(unit: i32, household: HouseholdId) -> String {
    format!("/v1/units/{unit}/households/{household}")
}

/// Registers a household with its head and members.
#[utoipa::path(post, path = "/v1/units/{unit}/households", params(Officer, OptionalKey), request_body = NewHousehold,
    responses((status = 201, body = HouseholdDetail)))]
async fn create_household(
    command: Command<Officer>,
    AsSent(new, body): AsSent<NewHousehold>,
) -> Result<Response, Problem> {
    command
        .once(&body, async |conn, work| {
            let shown = super::create(conn, work, new).await?;
            Ok(Created::at(address(work.unit, shown.household_id.into()), shown))
        })
        .await
}

/// Shows a household with its members, decisions and authorisations.
#[utoipa::path(get, path = "/v1/units/{unit}/households/{household}", params(Reader, HouseholdPath),
    responses((status = 200, body = HouseholdDetail)))]
async fn show_household(
    read: Read<Reader>,
    Path(HouseholdPath { household }): Path<HouseholdPath>,
) -> Result<Tagged<HouseholdDetail>, Problem> {
    let today = read.today();
    let shown =
        read.run(async |conn, work| super::show(conn, work.unit, household, today, sight(&read)).await);
    shown.await.map(Tagged)
}

/// Changes what is said about a household; needs the `ETag` it was read with.
#[utoipa::path(patch, path = "/v1/units/{unit}/households/{household}", params(Officer, HouseholdPath, IfMatch),
    request_body = HouseholdPatch, responses((status = 200, body = HouseholdDetail)))]
async fn change_household(
    command: Keyless<Officer>,
    Path(HouseholdPath { household }): Path<HouseholdPath>,
    read: IfMatch,
    Json(patch): Json<HouseholdPatch>,
) -> Result<Tagged<HouseholdDetail>, Problem> {
    let shown = command
        .run(async |conn, work| super::change(conn, work, household, patch, |shown| read.holds(shown)).await);
    shown.await.map(Tagged)
}

/// Adds a member to a household.
#[utoipa::path(post, path = "/v1/units/{unit}/households/{household}/members", params(Officer, HouseholdPath, OptionalKey),
    request_body = NewMember, responses((status = 201, body = HouseholdDetail)))]
async fn add_household_member(
    command: Command<Officer>,
    Path(HouseholdPath { household }): Path<HouseholdPath>,
    AsSent(new, body): AsSent<NewMember>,
) -> Result<Response, Problem> {
    command
        .once(&body, async |conn, work| {
            let shown = super::add_member(conn, work, household, new).await?;
            Ok(Created::at(address(work.unit, household), shown))
        })
        .await
}

/// Changes what is said about a member, or that they left; needs the `ETag` the household was read with.
#[utoipa::path(patch, path = "/v1/units/{unit}/households/{household}/members/{member}", params(Officer, MemberPath, IfMatch),
    request_body = MemberPatch, responses((status = 200, body = HouseholdDetail)))]
async fn change_household_member(
    command: Keyless<Officer>,
    Path(MemberPath { household, member }): Path<MemberPath>,
    read: IfMatch,
    Json(patch): Json<MemberPatch>,
) -> Result<Tagged<HouseholdDetail>, Problem> {
    let shown = command.run(async |conn, work| {
        super::change_member(conn, work, (household, member), patch, |shown| read.holds(shown)).await
    });
    shown.await.map(Tagged)
}

/// Records a decision on the household's class, or corrects an entry by a later one.
#[utoipa::path(post, path = "/v1/units/{unit}/households/{household}/class-decisions",
    params(Officer, HouseholdPath, OptionalKey), request_body = NewClassDecision,
    responses((status = 201, body = HouseholdDetail)))]
async fn record_class_decision(
    command: Command<Officer>,
    Path(HouseholdPath { household }): Path<HouseholdPath>,
    AsSent(new, body): AsSent<NewClassDecision>,
) -> Result<Response, Problem> {
    command
        .once(&body, async |conn, work| {
            let shown = super::decide(conn, work, household, new).await?;
            Ok(Created::at(address(work.unit, household), shown))
        })
        .await
}

/// Records who may receive and sign for the household, by a written authorisation.
#[utoipa::path(post, path = "/v1/units/{unit}/households/{household}/representatives",
    params(Officer, HouseholdPath, OptionalKey), request_body = NewRepresentative,
    responses((status = 201, body = HouseholdDetail)))]
async fn authorise_representative(
    command: Command<Officer>,
    Path(HouseholdPath { household }): Path<HouseholdPath>,
    AsSent(new, body): AsSent<NewRepresentative>,
) -> Result<Response, Problem> {
    command
        .once(&body, async |conn, work| {
            let shown = super::authorise(conn, work, household, new).await?;
            Ok(Created::at(address(work.unit, household), shown))
        })
        .await
}

/// Whether a household may get revolving support on a day, and why.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct EligibilityAnswer {
    /// The household.
    #[schema(value_type = Uuid)]
    pub household_id: HouseholdId,
    /// The day.
    pub on: NaiveDate,
    /// Whether it may.
    pub eligible: bool,
    /// A warning: it rests on last year's class, and the decision of this year is awaited.
    pub awaits_decision: bool,
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
#[utoipa::path(get, path = "/v1/units/{unit}/households/{household}/eligibility", params(Reader, HouseholdPath, OnDay),
    responses((status = 200, body = EligibilityAnswer)))]
async fn show_eligibility(
    read: Read<Reader>,
    Path(HouseholdPath { household }): Path<HouseholdPath>,
    Query(query): Query<OnDay>,
) -> Result<Json<EligibilityAnswer>, Problem> {
    let on = query.on.unwrap_or_else(|| read.today());
    let verdict =
        read.run(async |conn, work| super::eligibility(conn, work.unit, household, on).await).await?;
    let decision = verdict.decision.as_ref();
    Ok(Json(EligibilityAnswer {
        household_id: household,
        on,
        eligible: verdict.eligible,
        awaits_decision: verdict.awaits_decision,
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
