//! Support over HTTP. Everything that moves money out waits for a second person; repayments go through the unit's line.

mod ends;

use std::sync::Arc;

use axum::Extension;
use axum::Json as Body;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::{
    Approve, Extend, Indicators, Listed, PayOut, Preview, Receipt, Refund, Repayment, Shown, Status, Wanted,
};
use super::{agree, amend, payout};
use crate::access::{Role, Work};
use crate::approvals::Approval;
use crate::db::Conn;
use crate::domain::books::recipes::Till;
use crate::domain::values::language::Language;
use crate::domain::values::money::Money;
use crate::domain::values::text::{Name, Note};
use crate::http::auth::{BookReader, Collector, Officer, Permit, Reader};
use crate::http::batcher::{Batched, Batcher, Verdict};
use crate::http::document::OptionalKey;
use crate::http::extract::{IdempotencyKey, Json, Path, Query};
use crate::http::page::{Page, PageQuery};
use crate::http::{App, Created};
use crate::idempotency::Claim;
use crate::problem::{Kind, Problem};
use crate::text;

/// Addresses of the slice. Repayments of a unit share one line for the life of the router.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(record_repayment))
        .routes(routes!(record_repayments))
        .layer(Extension(Arc::<Batcher<Repayment>>::default()))
        .routes(routes!(approve_support))
        .routes(routes!(list_agreements))
        .routes(routes!(show_agreement))
        .routes(routes!(pay_out_support))
        .routes(routes!(cancel_support))
        .routes(routes!(refund_overpayment))
        .routes(routes!(reschedule_support))
        .routes(routes!(show_indicators))
        .merge(ends::routes())
}

/// What a command about an agreement is about.
type OfAgreement = Path<(i32, Uuid)>;

/// Puts a command before the second person.
async fn ask(
    app: &App,
    permit: &Permit,
    (key, action): (Option<IdempotencyKey>, &'static str),
    request: impl Serialize,
    work: impl AsyncFnOnce(&mut Conn, &Work<'_>) -> Result<Approval, Problem>,
) -> Result<Response, Problem> {
    let claim = key.map(|key| Claim::of(key.0, action, permit.user, &(permit.unit, request)));
    app.once(permit, claim, action, async |conn| {
        let approval = work(conn, &permit.work(&app.clock)).await?;
        Ok(Created::waiting(
            format!("/v1/units/{}/approvals/{}", permit.unit, approval.approval_id),
            approval,
        ))
    })
    .await
}

/// Asks that a request become an agreement.
#[utoipa::path(post, path = "/v1/units/{unit}/projects/{project}/requests/{request}/approval", tag = "support",
    params(("unit" = i32, Path, description = "the unit"), ("project" = Uuid, Path, description = "the project"),
           ("request" = Uuid, Path, description = "the request"), OptionalKey),
    request_body = Approve, security(("token" = [])),
    responses((status = 202, body = Approval)))]
async fn approve_support(
    State(app): State<App>,
    permit: Officer,
    Path((_unit, project, request)): Path<(i32, Uuid, Uuid)>,
    key: Option<IdempotencyKey>,
    Json(what): Json<Approve>,
) -> Result<Response, Problem> {
    let about = (project, request, what.clone());
    ask(&app, &permit, (key, "approve_support"), about, async |conn, work| {
        agree::ask(conn, work, (project, request), what).await
    })
    .await
}

/// Asks that an agreement be paid out.
#[utoipa::path(post, path = "/v1/units/{unit}/support/{agreement}/payout", tag = "support",
    params(("unit" = i32, Path, description = "the unit"), ("agreement" = Uuid, Path, description = "the agreement"), OptionalKey),
    request_body = PayOut, security(("token" = [])),
    responses((status = 202, body = Approval)))]
async fn pay_out_support(
    State(app): State<App>,
    permit: Officer,
    Path((_unit, agreement)): OfAgreement,
    key: Option<IdempotencyKey>,
    Json(what): Json<PayOut>,
) -> Result<Response, Problem> {
    let about = (agreement, what.clone());
    ask(&app, &permit, (key, "pay_out_support"), about, async |conn, work| {
        payout::ask(conn, work, agreement, what).await
    })
    .await
}

/// Why an agreement is given up.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct GiveUp {
    /// Kept with the decision.
    reason: Note,
}

/// Asks that an agreement be given up before its payout.
#[utoipa::path(post, path = "/v1/units/{unit}/support/{agreement}/cancellation", tag = "support",
    params(("unit" = i32, Path, description = "the unit"), ("agreement" = Uuid, Path, description = "the agreement"), OptionalKey),
    request_body = GiveUp, security(("token" = [])),
    responses((status = 202, body = Approval)))]
async fn cancel_support(
    State(app): State<App>,
    permit: Officer,
    Path((_unit, agreement)): OfAgreement,
    key: Option<IdempotencyKey>,
    Json(what): Json<GiveUp>,
) -> Result<Response, Problem> {
    let about = (agreement, what.clone());
    ask(&app, &permit, (key, "cancel_support"), about, async |conn, work| {
        amend::ask_cancellation(conn, work, agreement, what.reason).await
    })
    .await
}

/// Asks that a surplus be given back.
#[utoipa::path(post, path = "/v1/units/{unit}/support/{agreement}/refund", tag = "support",
    params(("unit" = i32, Path, description = "the unit"), ("agreement" = Uuid, Path, description = "the agreement"), OptionalKey),
    request_body = Refund, security(("token" = [])),
    responses((status = 202, body = Approval)))]
async fn refund_overpayment(
    State(app): State<App>,
    permit: Officer,
    Path((_unit, agreement)): OfAgreement,
    key: Option<IdempotencyKey>,
    Json(what): Json<Refund>,
) -> Result<Response, Problem> {
    let about = (agreement, what.clone());
    ask(&app, &permit, (key, "refund_overpayment"), about, async |conn, work| {
        amend::ask_refund(conn, work, agreement, what).await
    })
    .await
}

/// Asks for new days for what is open.
#[utoipa::path(post, path = "/v1/units/{unit}/support/{agreement}/extension", tag = "support",
    params(("unit" = i32, Path, description = "the unit"), ("agreement" = Uuid, Path, description = "the agreement"), OptionalKey),
    request_body = Extend, security(("token" = [])),
    responses((status = 202, body = Approval)))]
async fn reschedule_support(
    State(app): State<App>,
    permit: Officer,
    Path((_unit, agreement)): OfAgreement,
    key: Option<IdempotencyKey>,
    Json(what): Json<Extend>,
) -> Result<Response, Problem> {
    let about = (agreement, what.clone());
    ask(&app, &permit, (key, "reschedule_support"), about, async |conn, work| {
        amend::ask_extension(conn, work, agreement, what).await
    })
    .await
}

/// Which agreements to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AgreementQuery {
    /// In this stage.
    #[param(required = false, nullable = false)]
    status: Option<Status>,
    /// true: those with a part past its day today.
    #[serde(default)]
    #[param(required = false)]
    overdue: bool,
    /// Of this household.
    #[param(required = false, nullable = false)]
    household: Option<Uuid>,
    /// Of this project.
    #[param(required = false, nullable = false)]
    project: Option<Uuid>,
    /// How many rows, 1 to 200; 50 when not given.
    #[param(required = false, nullable = false, minimum = 1, maximum = 200)]
    limit: Option<i64>,
    /// The `next` of the page before.
    #[param(required = false, nullable = false)]
    after: Option<String>,
}

/// Lists agreements as they stand today.
#[utoipa::path(get, path = "/v1/units/{unit}/support", tag = "support",
    params(("unit" = i32, Path, description = "the unit"), AgreementQuery), security(("token" = [])),
    responses((status = 200, body = Page<Listed>)))]
async fn list_agreements(
    State(app): State<App>,
    permit: Reader,
    Path(unit): Path<i32>,
    Query(query): Query<AgreementQuery>,
) -> Result<Body<Page<Listed>>, Problem> {
    let page = PageQuery { limit: query.limit, after: query.after };
    let (today, limit) = (app.clock.today(), page.limit()?);
    let wanted = Wanted {
        status: query.status,
        overdue_on: query.overdue.then_some(today),
        household: query.household,
        project: query.project,
        after: page.after()?,
    };
    app.read(&permit, "list_agreements", async |conn| super::list(conn, unit, &wanted, today, limit).await)
        .await
        .map(Body)
}

/// The day a reader asks about.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AsOf {
    /// At the end of this day, from 1900 to 2199; today when not said.
    #[param(required = false, nullable = false)]
    as_of: Option<NaiveDate>,
}

/// A day that figures are asked for: within reach of the arithmetic.
fn within_reach(field: &str, day: NaiveDate) -> Result<NaiveDate, Problem> {
    use chrono::Datelike as _;
    let known = (1900..2200).contains(&day.year());
    if known {
        Ok(day)
    } else {
        Err(Problem::field(field, text!("Từ năm 1900 đến 2199", "From 1900 to 2199")))
    }
}

/// Shows an agreement with its state, schedule and events as of a day.
#[utoipa::path(get, path = "/v1/units/{unit}/support/{agreement}", tag = "support",
    params(("unit" = i32, Path, description = "the unit"), ("agreement" = Uuid, Path, description = "the agreement"), AsOf),
    security(("token" = [])), responses((status = 200, body = Shown)))]
async fn show_agreement(
    State(app): State<App>,
    permit: Reader,
    Path((unit, agreement)): OfAgreement,
    Query(query): Query<AsOf>,
) -> Result<Body<Shown>, Problem> {
    let as_of = within_reach("/as_of", query.as_of.unwrap_or_else(|| app.clock.today()))?;
    app.read(&permit, "show_agreement", async |conn| super::show(conn, unit, agreement, as_of).await)
        .await
        .map(Body)
}

/// The day of the figures.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct OnDay {
    /// At the end of this day; today when not said.
    #[param(required = false, nullable = false)]
    on: Option<NaiveDate>,
}

/// Shows the indicators of a revolving fund as of a day.
#[utoipa::path(get, path = "/v1/units/{unit}/funds/{fund}/indicators", tag = "support",
    params(("unit" = i32, Path, description = "the unit"), ("fund" = i32, Path, description = "the fund"), OnDay),
    security(("token" = [])), responses((status = 200, body = Indicators)))]
async fn show_indicators(
    State(app): State<App>,
    permit: BookReader,
    Path((unit, fund)): Path<(i32, i32)>,
    Query(query): Query<OnDay>,
) -> Result<Body<Indicators>, Problem> {
    let on = within_reach("/on", query.on.unwrap_or_else(|| app.clock.today()))?;
    app.read(&permit, "show_indicators", async |conn| super::indicators(conn, unit, fund, on).await)
        .await
        .map(Body)
}

/// Money a household brings.
#[derive(Debug, Clone, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct NewRepayment {
    /// All of it.
    amount: Money,
    /// The day it was received: up to today, in an open period.
    received_on: NaiveDate,
    /// Cash box or bank.
    till: Till,
    /// Who brought it, if not who signed.
    #[schema(nullable = false)]
    payer: Option<Name>,
    /// true: keep a surplus for the household; it is refused otherwise.
    #[serde(default)]
    accept_overpayment: bool,
}

impl NewRepayment {
    /// What the use case is told. Group leaders take interest, never capital, unless they hold another role.
    fn of(self, permit: &Permit, agreement: Uuid) -> Repayment {
        Repayment {
            agreement,
            amount: self.amount,
            received_on: self.received_on,
            till: self.till,
            payer: self.payer,
            accept_overpayment: self.accept_overpayment,
            actor: Some(permit.user),
            interest_only: !permit.holds(&[Role::Officer, Role::Cashier]),
        }
    }
}

/// Whether to look only.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Look {
    /// true: answer what would happen, store nothing.
    #[serde(default)]
    #[param(required = false)]
    dry_run: bool,
}

impl Batched for Repayment {
    const ACTION: &'static str = "record_repayment";

    type Receipt = Receipt;

    async fn execute(
        conn: &mut Conn,
        work: &Work<'_>,
        commands: &[Self],
    ) -> Result<Vec<Result<Receipt, Problem>>, Problem> {
        super::repay(conn, work, commands).await
    }

    fn location(unit: i32, receipt: &Receipt) -> String {
        format!("/v1/units/{unit}/support/{}", receipt.agreement_id)
    }
}

fn claim(key: String, permit: &Permit, agreement: Uuid, new: &NewRepayment) -> Claim {
    Claim::of(key, Repayment::ACTION, permit.user, &((permit.unit, agreement), new))
}

/// Records a repayment, or with `?dry_run=true` tells what it would do. Needs `Idempotency-Key` unless it is a dry run.
#[utoipa::path(post, path = "/v1/units/{unit}/support/{agreement}/repayments", tag = "support",
    params(("unit" = i32, Path, description = "the unit"), ("agreement" = Uuid, Path, description = "the agreement"), Look, OptionalKey),
    request_body = NewRepayment, security(("token" = [])),
    responses((status = 200, body = Preview, description = "dry run"), (status = 201, body = Receipt)))]
async fn record_repayment(
    State(app): State<App>,
    Extension(line): Extension<Arc<Batcher<Repayment>>>,
    permit: Collector,
    Path((unit, agreement)): OfAgreement,
    Query(look): Query<Look>,
    key: Option<IdempotencyKey>,
    Json(new): Json<NewRepayment>,
) -> Result<Response, Problem> {
    if look.dry_run {
        let repayment = new.of(&permit, agreement);
        let work = permit.work(&app.clock);
        let preview = app
            .transact(&permit, "preview_repayment", async |conn| {
                super::preview(conn, &work, &repayment).await
            })
            .await?;
        return Ok(Body(preview).into_response());
    }
    let key = key.ok_or_else(|| Kind::KeyRequired.bare())?;
    let claim = claim(key.0, &permit, agreement, &new);
    line.submit(&app, unit, claim, new.of(&permit, agreement)).await
}

/// A repayment in a batch.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct KeyedRepayment {
    /// The key of this row: 8 to 100 visible ASCII characters.
    #[schema(value_type = String, pattern = "^[!-~]{8,100}$")]
    key: IdempotencyKey,
    /// The agreement.
    agreement_id: Uuid,
    /// What was brought.
    repayment: NewRepayment,
}

/// A collection sheet (bảng kê thu).
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[schema(min_items = 1, max_items = 500)]
struct RepaymentBatch(Vec<KeyedRepayment>);

/// Records a collection sheet: every row has its own key and verdict, and none takes another down.
#[utoipa::path(post, path = "/v1/units/{unit}/support/repayments:batch", tag = "support",
    params(("unit" = i32, Path, description = "the unit")),
    request_body = RepaymentBatch, security(("token" = [])),
    responses((status = 200, body = Vec<Verdict>)))]
async fn record_repayments(
    State(app): State<App>,
    Extension(line): Extension<Arc<Batcher<Repayment>>>,
    permit: Collector,
    Path(unit): Path<i32>,
    language: Language,
    Json(RepaymentBatch(rows)): Json<RepaymentBatch>,
) -> Result<Body<Vec<Verdict>>, Problem> {
    let command = |row: KeyedRepayment| {
        (
            claim(row.key.0, &permit, row.agreement_id, &row.repayment),
            row.repayment.of(&permit, row.agreement_id),
        )
    };
    let rows = rows.into_iter().map(command).collect();
    line.submit_batch(&app, unit, rows, language).await.map(Body)
}
