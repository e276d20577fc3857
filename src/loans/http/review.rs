//! Contracts held against the rules of their days, over HTTP.

use uuid::Uuid;

use crate::http::auth::BookReader;
use crate::http::extract::{Json, Query};
use crate::http::page::PageQuery;
use crate::http::request::Read;
use crate::loans::{self, ContractReviews};
use crate::problem::Problem;

/// Contracts whose terms differ from the rule of the day on which they were signed, as that rule is known today. Nothing about them
/// changes by itself: the measure `correct` mends one of them, by two people. `limit` counts the contracts that are looked at.
#[utoipa::path(get, path = "/v1/units/{unit}/reports/loans/contract-reviews", params(BookReader, PageQuery),
    responses((status = 200, body = ContractReviews)))]
pub async fn report_contract_reviews(
    read: Read<BookReader>,
    Query(page): Query<PageQuery>,
) -> Result<Json<ContractReviews>, Problem> {
    let (limit, after) = (page.limit()?, page.after::<Uuid>()?);
    let turn = read.turn(true).await?;
    let after = after.unwrap_or_default();
    turn.run(async |conn, work| loans::reviews(conn, work, after, limit).await).await.map(Json)
}
