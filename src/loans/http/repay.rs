//! Repayments over HTTP: one or many, through the unit's queue.

use std::sync::Arc;

use axum::Extension;
use axum::response::Response;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::loan_path::{LoanPath, believed};
use crate::access::Work;
use crate::db::Conn;
use crate::domain::values::language::Language;
use crate::http::App;
use crate::http::auth::{Collector, Permit, Teller};
use crate::http::batcher::{Batched, Batcher, Verdict};
use crate::http::extract::{IdempotencyKey, Json, Path};
use crate::http::request::{Keyed, Keyless, Rehearsal};
use crate::idempotency::Claim;
use crate::loans::{self, LoanRepayment, NewRepayment, Receipt, RepaymentPreview};
use crate::problem::Problem;

/// Repayments of a unit share one queue for the life of the router.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(repay_loan))
        .routes(routes!(preview_loan_repayment))
        .routes(routes!(repay_loans))
        .layer(Extension(Arc::<Batcher<LoanRepayment>>::default()))
}

impl Batched for LoanRepayment {
    const ACTION: &'static str = "repay_loan";

    type Receipt = Receipt;

    async fn execute(
        conn: &mut Conn,
        work: &Work<'_>,
        commands: &[Self],
    ) -> Result<Vec<Result<Receipt, Problem>>, Problem> {
        loans::repay(conn, work, commands).await
    }

    fn location(unit: i32, receipt: &Receipt) -> String {
        format!("/v1/units/{unit}/loans/{}", receipt.loan_id)
    }
}

/// What the use case is told. Group leaders take interest of their group, unless they hold another role.
fn repayment(permit: &Permit, loan: Uuid, repayment: NewRepayment) -> LoanRepayment {
    LoanRepayment { loan, repayment, actor: Some(permit.user), as_leader: !permit.holds(Teller::ROLES) }
}

fn keyed(permit: &Permit, key: IdempotencyKey, loan: Uuid, new: NewRepayment) -> (Claim, LoanRepayment) {
    let claim = Claim::of(key.0, LoanRepayment::ACTION, permit.user, &(permit.unit, (loan, &new)));
    (claim, repayment(permit, loan, new))
}

/// Takes a repayment. A group leader's may be interest only, and of the group led.
#[utoipa::path(post, path = "/v1/units/{unit}/loans/{loan}/repayments", params(Collector, LoanPath, IdempotencyKey),
    request_body = NewRepayment, responses((status = 201, body = Receipt)))]
async fn repay_loan(
    Extension(queue): Extension<Arc<Batcher<LoanRepayment>>>,
    command: Keyed<Collector>,
    Path(LoanPath { loan }): Path<LoanPath>,
    Json(new): Json<NewRepayment>,
) -> Result<Response, Problem> {
    believed("/received_on", new.received_on)?;
    let (claim, row) = keyed(&command, command.key(), loan, new);
    queue.submit(command.app(), command.unit, claim, row).await
}

/// Shows how a repayment would be split and booked; nothing is stored.
#[utoipa::path(post, path = "/v1/units/{unit}/loans/{loan}/repayments:preview", params(Collector, LoanPath),
    request_body = NewRepayment, responses((status = 200, body = RepaymentPreview)))]
async fn preview_loan_repayment(
    rehearsal: Rehearsal<Collector>,
    Path(LoanPath { loan }): Path<LoanPath>,
    Json(new): Json<NewRepayment>,
) -> Result<Json<RepaymentPreview>, Problem> {
    believed("/received_on", new.received_on)?;
    let row = repayment(&rehearsal, loan, new);
    rehearsal.run(async |conn, work| loans::preview_repayment(conn, work, &row).await).await
}

/// A repayment in a batch.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct KeyedLoanRepayment {
    /// The key of this row: 8 to 100 visible ASCII characters.
    #[schema(value_type = String, pattern = "^[!-~]{8,100}$")]
    key: IdempotencyKey,
    /// The loan.
    loan_id: Uuid,
    /// What was brought.
    repayment: NewRepayment,
}

/// Repayments of a unit, in their order.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[schema(min_items = 1, max_items = 500)]
struct LoanRepaymentBatch(Vec<KeyedLoanRepayment>);

/// Takes many repayments: every row has its own key and verdict, and none takes another down.
#[utoipa::path(post, path = "/v1/units/{unit}/loans/repayments:batch", params(Collector), request_body = LoanRepaymentBatch,
    responses((status = 200, body = Vec<Verdict>)))]
async fn repay_loans(
    Extension(queue): Extension<Arc<Batcher<LoanRepayment>>>,
    command: Keyless<Collector>,
    language: Language,
    Json(LoanRepaymentBatch(rows)): Json<LoanRepaymentBatch>,
) -> Result<Json<Vec<Verdict>>, Problem> {
    for (index, row) in rows.iter().enumerate() {
        believed(&format!("/{index}/repayment/received_on"), row.repayment.received_on)?;
    }
    let rows = rows.into_iter().map(|row| keyed(&command, row.key, row.loan_id, row.repayment)).collect();
    queue.submit_batch(command.app(), command.unit, rows, language).await.map(Json)
}
