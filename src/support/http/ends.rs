//! Over HTTP: what was entered by mistake is taken back, and capital that will not come back is written off.

use axum::extract::State;
use axum::response::Response;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::super::undo::{self, Mistake};
use super::super::{Loss, TakeBack, loss};
use super::{OfAgreement, ask};
use crate::approvals::Approval;
use crate::http::App;
use crate::http::auth::Officer;
use crate::http::document::OptionalKey;
use crate::http::extract::{IdempotencyKey, Json, Path};
use crate::problem::Problem;

/// Addresses of these commands.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(reverse_repayment))
        .routes(routes!(reverse_payout))
        .routes(routes!(record_loss))
        .routes(routes!(reverse_loss))
}

/// Asks that a repayment be taken back.
#[utoipa::path(post, path = "/v1/units/{unit}/support/{agreement}/repayments/{event}/reversal", tag = "support",
    params(("unit" = i32, Path, description = "the unit"), ("agreement" = Uuid, Path, description = "the agreement"),
           ("event" = Uuid, Path, description = "the repayment"), OptionalKey),
    request_body = TakeBack, security(("token" = [])),
    responses((status = 202, body = Approval)))]
async fn reverse_repayment(
    State(app): State<App>,
    permit: Officer,
    Path((_unit, agreement, event)): Path<(i32, Uuid, Uuid)>,
    key: Option<IdempotencyKey>,
    Json(what): Json<TakeBack>,
) -> Result<Response, Problem> {
    let about = (agreement, event, what.clone());
    ask(&app, &permit, (key, "reverse_repayment"), about, async |conn, work| {
        undo::ask_reversal(conn, work, agreement, Mistake::Repayment(event), what).await
    })
    .await
}

/// Asks that a payout be taken back: the money is at its source again, and the agreement waits for its payout.
/// Repayments and losses are taken back first.
#[utoipa::path(post, path = "/v1/units/{unit}/support/{agreement}/payout/reversal", tag = "support",
    params(("unit" = i32, Path, description = "the unit"), ("agreement" = Uuid, Path, description = "the agreement"),
           IdempotencyKey),
    request_body = TakeBack, security(("token" = [])),
    responses((status = 202, body = Approval)))]
async fn reverse_payout(
    State(app): State<App>,
    permit: Officer,
    Path((_unit, agreement)): OfAgreement,
    key: IdempotencyKey,
    Json(what): Json<TakeBack>,
) -> Result<Response, Problem> {
    let about = (agreement, what.clone());
    ask(&app, &permit, (Some(key), "reverse_payout"), about, async |conn, work| {
        undo::ask_reversal(conn, work, agreement, Mistake::Payout, what).await
    })
    .await
}

/// Asks that capital be written off by decision. What the household brings later makes it good.
#[utoipa::path(post, path = "/v1/units/{unit}/support/{agreement}/loss", tag = "support",
    params(("unit" = i32, Path, description = "the unit"), ("agreement" = Uuid, Path, description = "the agreement"),
           IdempotencyKey),
    request_body = Loss, security(("token" = [])),
    responses((status = 202, body = Approval)))]
async fn record_loss(
    State(app): State<App>,
    permit: Officer,
    Path((_unit, agreement)): OfAgreement,
    key: IdempotencyKey,
    Json(what): Json<Loss>,
) -> Result<Response, Problem> {
    let about = (agreement, what.clone());
    ask(&app, &permit, (Some(key), "record_loss"), about, async |conn, work| {
        loss::ask_loss(conn, work, agreement, what).await
    })
    .await
}

/// Asks that a loss be taken back.
#[utoipa::path(post, path = "/v1/units/{unit}/support/{agreement}/loss/{event}/reversal", tag = "support",
    params(("unit" = i32, Path, description = "the unit"), ("agreement" = Uuid, Path, description = "the agreement"),
           ("event" = Uuid, Path, description = "the loss"),
           IdempotencyKey),
    request_body = TakeBack, security(("token" = [])),
    responses((status = 202, body = Approval)))]
async fn reverse_loss(
    State(app): State<App>,
    permit: Officer,
    Path((_unit, agreement, event)): Path<(i32, Uuid, Uuid)>,
    key: IdempotencyKey,
    Json(what): Json<TakeBack>,
) -> Result<Response, Problem> {
    let about = (agreement, event, what.clone());
    ask(&app, &permit, (Some(key), "reverse_loss"), about, async |conn, work| {
        undo::ask_reversal(conn, work, agreement, Mistake::Loss(event), what).await
    })
    .await
}
