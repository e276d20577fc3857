//! Support over HTTP. Everything that moves money out waits for a second person; repayments go through the unit's queue.

mod agreement_path;
mod ends;

use std::sync::Arc;

use axum::Extension;
use axum::response::Response;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use self::agreement_path::AgreementPath;
use super::{
    Approve, Extend, Indicators, Listed, Preview, Receipt, Refund, Repayment, Shown, Status, SupportPayout,
    Wanted,
};
use super::{agree, amend, payout};
use crate::access::{Role, Work};
use crate::approvals::Approval;
use crate::approvals::http::waiting;
use crate::books::http::FundPath;
use crate::db::Conn;
use crate::domain::books::recipes::Till;
use crate::domain::values::language::Language;
use crate::domain::values::money::PositiveMoney;
use crate::domain::values::text::{Name, Note};
use crate::http::App;
use crate::http::auth::{BookReader, Collector, Officer, Permit, Reader};
use crate::http::batcher::{Batched, Batcher, Verdict};
use crate::http::document::OptionalKey;
use crate::http::extract::{AsOf, IdempotencyKey, Json, OnDay, Path, Query};
use crate::http::page::{Page, PageQuery};
use crate::http::request::{Command, Keyed, Keyless, Read, Rehearsal};
use crate::idempotency::Claim;
use crate::problem::Problem;
use crate::projects::http::RequestPath;
use crate::text;

/// Addresses of the feature. Repayments of a unit share one queue for the life of the router.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(record_repayment))
        .routes(routes!(preview_support_repayment))
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

/// Asks that a request become an agreement.
#[utoipa::path(post, path = "/v1/units/{unit}/projects/{project}/requests/{request}/approval",
    params(Officer, RequestPath, OptionalKey), request_body = Approve, responses((status = 202, body = Approval)))]
async fn approve_support(
    command: Command<Officer>,
    Path(RequestPath { project, request }): Path<RequestPath>,
    Json(what): Json<Approve>,
) -> Result<Response, Problem> {
    command
        .once(&what, async |conn, work| {
            Ok(waiting(work, agree::ask(conn, work, (project, request), what.clone()).await?))
        })
        .await
}

/// Asks that an agreement be paid out.
#[utoipa::path(post, path = "/v1/units/{unit}/support/{agreement}/payout", params(Officer, AgreementPath, OptionalKey),
    request_body = SupportPayout, responses((status = 202, body = Approval)))]
async fn pay_out_support(
    command: Command<Officer>,
    Path(AgreementPath { agreement }): Path<AgreementPath>,
    Json(what): Json<SupportPayout>,
) -> Result<Response, Problem> {
    command
        .once(&what, async |conn, work| {
            Ok(waiting(work, payout::ask(conn, work, agreement, what.clone()).await?))
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
#[utoipa::path(post, path = "/v1/units/{unit}/support/{agreement}/cancellation", params(Officer, AgreementPath, OptionalKey),
    request_body = GiveUp, responses((status = 202, body = Approval)))]
async fn cancel_support(
    command: Command<Officer>,
    Path(AgreementPath { agreement }): Path<AgreementPath>,
    Json(what): Json<GiveUp>,
) -> Result<Response, Problem> {
    command
        .once(&what, async |conn, work| {
            Ok(waiting(work, amend::ask_cancellation(conn, work, agreement, what.reason.clone()).await?))
        })
        .await
}

/// Asks that a surplus be given back.
#[utoipa::path(post, path = "/v1/units/{unit}/support/{agreement}/refund", params(Officer, AgreementPath, OptionalKey),
    request_body = Refund, responses((status = 202, body = Approval)))]
async fn refund_overpayment(
    command: Command<Officer>,
    Path(AgreementPath { agreement }): Path<AgreementPath>,
    Json(what): Json<Refund>,
) -> Result<Response, Problem> {
    command
        .once(&what, async |conn, work| {
            Ok(waiting(work, amend::ask_refund(conn, work, agreement, what.clone()).await?))
        })
        .await
}

/// Asks for new days for what is open.
#[utoipa::path(post, path = "/v1/units/{unit}/support/{agreement}/extension", params(Officer, AgreementPath, OptionalKey),
    request_body = Extend, responses((status = 202, body = Approval)))]
async fn reschedule_support(
    command: Command<Officer>,
    Path(AgreementPath { agreement }): Path<AgreementPath>,
    Json(what): Json<Extend>,
) -> Result<Response, Problem> {
    command
        .once(&what, async |conn, work| {
            Ok(waiting(work, amend::ask_extension(conn, work, agreement, what.clone()).await?))
        })
        .await
}

/// Which agreements to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
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
}

/// Lists agreements as they stand today.
#[utoipa::path(get, path = "/v1/units/{unit}/support", params(Reader, AgreementQuery, PageQuery),
    responses((status = 200, body = Page<Listed>)))]
async fn list_agreements(
    read: Read<Reader>,
    Query(query): Query<AgreementQuery>,
    Query(page): Query<PageQuery>,
) -> Result<Page<Listed>, Problem> {
    let (today, limit) = (read.today(), page.limit()?);
    let wanted = Wanted {
        status: query.status,
        overdue_on: query.overdue.then_some(today),
        household: query.household,
        project: query.project,
        after: page.after()?,
    };
    read.run(async |conn, work| super::list(conn, work.unit, &wanted, today, limit).await).await
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
#[utoipa::path(get, path = "/v1/units/{unit}/support/{agreement}", params(Reader, AgreementPath, AsOf),
    responses((status = 200, body = Shown)))]
async fn show_agreement(
    read: Read<Reader>,
    Path(AgreementPath { agreement }): Path<AgreementPath>,
    Query(query): Query<AsOf>,
) -> Result<Json<Shown>, Problem> {
    let as_of = within_reach("/as_of", query.as_of.unwrap_or_else(|| read.today()))?;
    read.run(async |conn, work| super::show(conn, work.unit, agreement, as_of).await).await.map(Json)
}

/// Shows the indicators of a revolving fund as of a day.
#[utoipa::path(get, path = "/v1/units/{unit}/funds/{fund}/indicators", params(BookReader, FundPath, OnDay),
    responses((status = 200, body = Indicators)))]
async fn show_indicators(
    read: Read<BookReader>,
    Path(FundPath { fund }): Path<FundPath>,
    Query(query): Query<OnDay>,
) -> Result<Json<Indicators>, Problem> {
    let on = within_reach("/on", query.on.unwrap_or_else(|| read.today()))?;
    let turn = read.turn(true).await?;
    turn.run(async |conn, work| super::indicators(conn, work.unit, fund, on).await).await.map(Json)
}

/// Money a household brings.
#[derive(Debug, Clone, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct NewRepayment {
    /// All of it.
    amount: PositiveMoney,
    /// The day it was received: up to today, in an open period.
    received_on: NaiveDate,
    /// Cash box or bank.
    till: Till,
    /// Who brought it, if not who signed.
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

/// Records a repayment.
#[utoipa::path(post, path = "/v1/units/{unit}/support/{agreement}/repayments", params(Collector, AgreementPath, IdempotencyKey),
    request_body = NewRepayment, responses((status = 201, body = Receipt)))]
async fn record_repayment(
    Extension(queue): Extension<Arc<Batcher<Repayment>>>,
    command: Keyed<Collector>,
    Path(AgreementPath { agreement }): Path<AgreementPath>,
    Json(new): Json<NewRepayment>,
) -> Result<Response, Problem> {
    let claim = claim(command.key().0, &command, agreement, &new);
    queue.submit(command.app(), command.unit, claim, new.of(&command, agreement)).await
}

/// Shows how a repayment would be split and booked; nothing is stored.
#[utoipa::path(post, path = "/v1/units/{unit}/support/{agreement}/repayments:preview", params(Collector, AgreementPath),
    request_body = NewRepayment, responses((status = 200, body = Preview)))]
async fn preview_support_repayment(
    rehearsal: Rehearsal<Collector>,
    Path(AgreementPath { agreement }): Path<AgreementPath>,
    Json(new): Json<NewRepayment>,
) -> Result<Json<Preview>, Problem> {
    let repayment = new.of(&rehearsal, agreement);
    rehearsal.run(async |conn, work| super::preview(conn, work, &repayment).await).await
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
#[utoipa::path(post, path = "/v1/units/{unit}/support/repayments:batch", params(Collector), request_body = RepaymentBatch,
    responses((status = 200, body = Vec<Verdict>)))]
async fn record_repayments(
    Extension(queue): Extension<Arc<Batcher<Repayment>>>,
    command: Keyless<Collector>,
    language: Language,
    Json(RepaymentBatch(rows)): Json<RepaymentBatch>,
) -> Result<Json<Vec<Verdict>>, Problem> {
    let keyed = |row: KeyedRepayment| {
        (
            claim(row.key.0, &command, row.agreement_id, &row.repayment),
            row.repayment.of(&command, row.agreement_id),
        )
    };
    let rows = rows.into_iter().map(keyed).collect();
    queue.submit_batch(command.app(), command.unit, rows, language).await.map(Json)
}
