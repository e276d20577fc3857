//! The list of households, as a page of JSON or whole as a file.

use axum::response::{IntoResponse as _, Response};
use chrono::NaiveDate;
use serde::Deserialize;

use super::sight::sight;
use crate::domain::people::poverty::Class;
use crate::domain::values::text::Name;
use crate::households::Wanted;
use crate::households::view::HouseholdLine;
use crate::http::auth::Reader;
use crate::http::extract::Query;
use crate::http::files::{Accepted, Format};
use crate::http::page::{Page, PageQuery};
use crate::http::request::Read;
use crate::problem::Problem;
use crate::text;

/// Which households to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct HouseholdQuery {
    /// Words of code, hamlet or names, with or without diacritics, whole or in part; at most 100 characters.
    #[param(required = false, nullable = false)]
    q: Option<String>,
    /// Of this hamlet.
    #[param(required = false, nullable = false)]
    hamlet: Option<Name>,
    /// Whose class decided last, by the day, is this one.
    #[param(required = false, nullable = false)]
    class: Option<Class>,
    /// The day; today when not given.
    #[param(required = false, nullable = false)]
    on: Option<NaiveDate>,
    /// Also those that have left the register.
    #[param(required = false, nullable = false)]
    closed: Option<bool>,
}

/// The longest search, in characters.
const LONGEST_SEARCH: usize = 100;

/// Lists households by code: a page as JSON, or all of them as CSV or as a workbook (`Accept`) in the form the import takes.
#[utoipa::path(get, path = "/v1/units/{unit}/households", params(Reader, HouseholdQuery, PageQuery),
    responses((status = 200, content((Page<HouseholdLine> = "application/json"), (String = "text/csv"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))))]
pub(super) async fn list_households(
    read: Read<Reader>,
    accepted: Accepted,
    Query(query): Query<HouseholdQuery>,
    Query(page): Query<PageQuery>,
) -> Result<Response, Problem> {
    let typed = query.q.unwrap_or_default();
    if typed.chars().count() > LONGEST_SEARCH {
        return Err(Problem::field(
            "/q",
            text!("Tối đa {LONGEST_SEARCH} ký tự", "At most {LONGEST_SEARCH} characters"),
        ));
    }
    let wanted = Wanted {
        words: Wanted::words_of(&typed),
        hamlet: query.hamlet,
        class: query.class,
        on: query.on.unwrap_or_else(|| read.today()),
        closed: query.closed.unwrap_or_default(),
        after: page.after()?,
    };
    let format = accepted.of(&[Format::Json, Format::Csv, Format::Xlsx]);
    if format != Format::Json {
        page.none_of_a_file()?;
        let rows = read.run(async |conn, work| {
            crate::households::export::rows(conn, work.unit, wanted, sight(&read)).await
        });
        return format.list(rows.await?, "households").await;
    }
    let limit = page.limit()?;
    let page = read
        .run(async |conn, work| crate::households::list(conn, work.unit, &wanted, limit, sight(&read)).await);
    Ok(page.await?.into_response())
}
