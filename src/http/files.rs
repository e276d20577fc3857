//! One result set as JSON or as a file: by `Accept`, or by an address of its own.

use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::{header, request::Parts};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::problem::Problem;
use crate::sheet::Sheet;

const CSV: &str = "text/csv";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// What kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// The default.
    Json,
    /// Comma-separated, UTF-8.
    Csv,
    /// A workbook.
    Xlsx,
}

impl Format {
    /// The first of our types that `Accept` names; JSON otherwise.
    pub fn of_header(accept: &str) -> Self {
        let ours = |part: &str| match part.split(';').next().unwrap_or_default().trim() {
            CSV => Some(Self::Csv),
            XLSX => Some(Self::Xlsx),
            "application/json" | "*/*" => Some(Self::Json),
            _ => None,
        };
        accept.split(',').find_map(ours).unwrap_or(Self::Json)
    }

    /// Answers with the result itself or with its sheet, in a file of a name.
    pub fn answer<T: Serialize>(
        self,
        result: T,
        sheet: impl FnOnce(&T) -> Sheet,
        name: &str,
    ) -> Result<Response, Problem> {
        let (bytes, kind, suffix) = match self {
            Self::Json => return Ok(Json(result).into_response()),
            Self::Csv => (sheet(&result).csv().map_err(Problem::internal)?, "text/csv; charset=utf-8", "csv"),
            Self::Xlsx => (sheet(&result).xlsx().map_err(Problem::internal)?, XLSX, "xlsx"),
        };
        let disposition = format!("attachment; filename=\"{name}.{suffix}\"");
        Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, disposition.as_str())], bytes)
            .into_response())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Format {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let accept = parts.headers.get(header::ACCEPT).and_then(|v| v.to_str().ok());
        Ok(Self::of_header(accept.unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_type_we_make_is_taken() {
        assert_eq!(Format::of_header("text/html, text/csv;q=0.9, application/json"), Format::Csv);
        assert_eq!(Format::of_header(XLSX), Format::Xlsx);
        assert_eq!(Format::of_header("text/html"), Format::Json);
    }
}
