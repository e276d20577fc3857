//! Repayments over HTTP: one or many, through the unit's line.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::{believed, claim};
use crate::access::Work;
use crate::db::Conn;
use crate::domain::values::language::Language;
use crate::http::App;
use crate::http::auth::{Collector, Permit, Teller};
use crate::http::batcher::{Batched, Batcher, Verdict};
use crate::http::document::OptionalKey;
use crate::http::extract::{self, IdempotencyKey, Path, Query};
use crate::idempotency::Claim;
use crate::loans::{self, LoanRepayment, NewRepayment, Receipt, RepaymentPreview};
use crate::problem::{Kind, Problem, ProblemBody};

/// Repayments of a unit share one line for the life of the router.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(repay_loan))
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
fn command(permit: &Permit, loan: Uuid, repayment: NewRepayment) -> LoanRepayment {
    LoanRepayment { loan, repayment, actor: Some(permit.user), as_leader: !permit.holds(Teller::ROLES) }
}

fn keyed(permit: &Permit, key: IdempotencyKey, loan: Uuid, new: NewRepayment) -> (Claim, LoanRepayment) {
    (claim(key, LoanRepayment::ACTION, permit, (loan, &new)), command(permit, loan, new))
}

/// Whether only to look.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Look {
    /// true: answer what would happen, store nothing.
    #[serde(default)]
    #[param(required = false)]
    dry_run: bool,
}

/// Takes a repayment. A group leader's may be interest only, and of the group led.
#[utoipa::path(post, path = "/v1/units/{unit}/loans/{loan}/repayments", tag = "loans", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit"), ("loan" = Uuid, Path, description = "the loan"), Look, OptionalKey),
    request_body = NewRepayment,
    responses((status = 201, body = Receipt), (status = 200, body = RepaymentPreview, description = "dry run"),
        (status = "default", body = ProblemBody)))]
async fn repay_loan(
    State(app): State<App>,
    Extension(line): Extension<Arc<Batcher<LoanRepayment>>>,
    permit: Collector,
    Path((unit, loan)): Path<(i32, Uuid)>,
    Query(look): Query<Look>,
    key: Option<IdempotencyKey>,
    extract::Json(new): extract::Json<NewRepayment>,
) -> Result<Response, Problem> {
    believed("/received_on", new.received_on)?;
    if look.dry_run {
        let (work, row) = (permit.work(&app.clock), command(&permit, loan, new));
        let preview = app.transact(&permit, "preview_repayment", async |conn| {
            loans::preview_repayment(conn, &work, &row).await
        });
        return Ok(Json(preview.await?).into_response());
    }
    let key = key.ok_or_else(|| Kind::KeyRequired.bare())?;
    let (claim, row) = keyed(&permit, key, loan, new);
    line.submit(&app, unit, claim, row).await
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
#[utoipa::path(post, path = "/v1/units/{unit}/loans/repayments:batch", tag = "loans", security(("token" = [])),
    params(("unit" = i32, Path, description = "the unit")), request_body = LoanRepaymentBatch,
    responses((status = 200, body = Vec<Verdict>), (status = "default", body = ProblemBody)))]
async fn repay_loans(
    State(app): State<App>,
    Extension(line): Extension<Arc<Batcher<LoanRepayment>>>,
    permit: Collector,
    Path(unit): Path<i32>,
    language: Language,
    extract::Json(LoanRepaymentBatch(rows)): extract::Json<LoanRepaymentBatch>,
) -> Result<Json<Vec<Verdict>>, Problem> {
    for (index, row) in rows.iter().enumerate() {
        believed(&format!("/{index}/repayment/received_on"), row.repayment.received_on)?;
    }
    let rows = rows.into_iter().map(|row| keyed(&permit, row.key, row.loan_id, row.repayment)).collect();
    line.submit_batch(&app, unit, rows, language).await.map(Json)
}
