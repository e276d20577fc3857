//! Over HTTP: what was entered by mistake is taken back, and capital that will not come back is written off.

use axum::response::Response;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::super::undo::{self, Mistake};
use super::super::{Loss, TakeBack, loss};
use super::agreement_path::AgreementPath;
use crate::approvals::Approval;
use crate::approvals::http::waiting;
use crate::http::App;
use crate::http::auth::Officer;
use crate::http::document::OptionalKey;
use crate::http::extract::{IdempotencyKey, Json, Path};
use crate::http::request::{Command, Keyed};
use crate::problem::Problem;

/// Addresses of these commands.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(reverse_repayment))
        .routes(routes!(reverse_payout))
        .routes(routes!(record_loss))
        .routes(routes!(reverse_loss))
}

crate::paths! {
    EventPath { agreement: Uuid = "the agreement", event: Uuid = "the repayment or the loss" }
}

/// Asks that a repayment be taken back.
#[utoipa::path(post, path = "/v1/units/{unit}/support/{agreement}/repayments/{event}/reversal",
    params(Officer, EventPath, OptionalKey), request_body = TakeBack, responses((status = 202, body = Approval)))]
async fn reverse_repayment(
    command: Command<Officer>,
    Path(EventPath { agreement, event }): Path<EventPath>,
    Json(what): Json<TakeBack>,
) -> Result<Response, Problem> {
    command
        .once(&what, async |conn, work| {
            Ok(waiting(
                work,
                undo::ask_reversal(conn, work, agreement, Mistake::Repayment(event), what.clone()).await?,
            ))
        })
        .await
}

/// Asks that a payout be taken back: the money is at its source again, and the agreement waits for its payout.
/// Repayments and losses are taken back first.
#[utoipa::path(post, path = "/v1/units/{unit}/support/{agreement}/payout/reversal",
    params(Officer, AgreementPath, IdempotencyKey), request_body = TakeBack, responses((status = 202, body = Approval)))]
async fn reverse_payout(
    command: Keyed<Officer>,
    Path(AgreementPath { agreement }): Path<AgreementPath>,
    Json(what): Json<TakeBack>,
) -> Result<Response, Problem> {
    command
        .once(&what, async |conn, work| {
            Ok(waiting(work, undo::ask_reversal(conn, work, agreement, Mistake::Payout, what.clone()).await?))
        })
        .await
}

/// Asks that capital be written off by decision. What the household brings later makes it good.
#[utoipa::path(post, path = "/v1/units/{unit}/support/{agreement}/loss", params(Officer, AgreementPath, IdempotencyKey),
    request_body = Loss, responses((status = 202, body = Approval)))]
async fn record_loss(
    command: Keyed<Officer>,
    Path(AgreementPath { agreement }): Path<AgreementPath>,
    Json(what): Json<Loss>,
) -> Result<Response, Problem> {
    command
        .once(&what, async |conn, work| {
            Ok(waiting(work, loss::ask_loss(conn, work, agreement, what.clone()).await?))
        })
        .await
}

/// Asks that a loss be taken back.
#[utoipa::path(post, path = "/v1/units/{unit}/support/{agreement}/loss/{event}/reversal",
    params(Officer, EventPath, IdempotencyKey), request_body = TakeBack, responses((status = 202, body = Approval)))]
async fn reverse_loss(
    command: Keyed<Officer>,
    Path(EventPath { agreement, event }): Path<EventPath>,
    Json(what): Json<TakeBack>,
) -> Result<Response, Problem> {
    command
        .once(&what, async |conn, work| {
            Ok(waiting(
                work,
                undo::ask_reversal(conn, work, agreement, Mistake::Loss(event), what.clone()).await?,
            ))
        })
        .await
}
