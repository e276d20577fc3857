//! Cursor pages: every list has one, and none grows with history.

use axum::Extension;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::problem::{Kind, Problem};

/// The most rows of a page.
pub const MOST: i64 = 200;

/// `?limit=…&after=…` of a list.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// How many rows, 1 to 200; 50 when not given.
    #[param(required = false, nullable = false, minimum = 1, maximum = 200)]
    pub limit: Option<i64>,
    /// The `next` of the page before.
    #[param(required = false, nullable = false)]
    pub after: Option<String>,
}

/// A page of a list. `next` goes into `after` for the following page; none on the last.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Cursor of the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// The cursor of the page that follows, for the header `Link`.
#[derive(Debug, Clone)]
pub struct Following(pub String);

impl<T: Serialize> IntoResponse for Page<T> {
    fn into_response(self) -> Response {
        (self.following(), axum::Json(self)).into_response()
    }
}

impl<T> Page<T> {
    /// Goes with the answer that a page is part of, so that it links to the next one.
    pub fn following(&self) -> Option<Extension<Following>> {
        self.next.clone().map(|next| Extension(Following(next)))
    }
}

impl PageQuery {
    /// Rows asked for.
    pub fn limit(&self) -> Result<i64, Problem> {
        let limit = self.limit.unwrap_or(50);
        let wrong = || Problem::field("/limit", crate::text!("Từ 1 đến {MOST}", "From 1 to {MOST}"));
        if (1..=MOST).contains(&limit) { Ok(limit) } else { Err(wrong()) }
    }

    /// Refuses pages of a file, which has all rows.
    pub fn none_of_a_file(&self) -> Result<(), Problem> {
        if self.limit.is_none() && self.after.is_none() {
            return Ok(());
        }
        Err(Problem::field(
            "/limit",
            crate::text!(
                "Tệp có mọi dòng: bỏ limit và after",
                "A file has all rows: leave limit and after out"
            ),
        ))
    }

    /// The key after which the page begins.
    pub fn after<K: DeserializeOwned>(&self) -> Result<Option<K>, Problem> {
        let Some(cursor) = &self.after else { return Ok(None) };
        let key = BASE64.decode(cursor).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
        key.map(Some).ok_or_else(|| {
            Kind::MalformedRequest
                .saying(crate::text!("Con trỏ trang không đúng", "The page cursor is not one of ours"))
        })
    }
}

impl<T> Page<T> {
    /// A page from `limit + 1` rows: the one too many only tells that there is more. `key` names a row's cursor.
    pub fn of<K: Serialize>(mut rows: Vec<T>, limit: i64, key: impl Fn(&T) -> K) -> Self {
        let limit = usize::try_from(limit).unwrap_or_default();
        let more = rows.len() > limit;
        rows.truncate(limit);
        let last = rows.last().filter(|_| more);
        let next = last.map(|row| BASE64.encode(serde_json::to_vec(&key(row)).unwrap_or_default()));
        Self { items: rows, next }
    }

    /// The same page with its rows turned into something else.
    pub fn map<U>(self, turn: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(turn).collect(), next: self.next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_follow_each_other_without_gap_or_overlap() {
        let first = Page::of(vec![1, 2, 3], 2, |n| *n);
        assert_eq!(first.items, [1, 2]);
        let query = PageQuery { limit: Some(2), after: first.next };
        assert_eq!(query.after::<i32>().unwrap(), Some(2));
        assert_eq!(Page::of(vec![3], 2, |n| *n).next, None);
    }

    #[test]
    fn a_strange_cursor_or_limit_is_refused() {
        let query = PageQuery { limit: Some(0), after: Some("§".to_owned()) };
        assert!(query.limit().is_err());
        assert!(query.after::<i32>().is_err());
    }
}
