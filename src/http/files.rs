//! One result set as JSON or as a file: by `Accept`, or by an address of its own. And files that are tables, taken in.

use axum::Json;
use axum::body::Bytes;
use axum::extract::FromRequestParts;
use axum::http::{HeaderMap, header, request::Parts};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::domain::values::table::{self, TableError};
use crate::problem::{Kind, Problem};
use crate::spreadsheet::Sheet;
use crate::text;

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

    /// Answers with the result itself or with its sheet, in a file of a name. A file takes its time, so other requests do not
    /// wait for it.
    pub async fn answer<T: Serialize + Send + 'static>(
        self,
        result: T,
        sheet: impl FnOnce(&T) -> Sheet + Send + 'static,
        name: &str,
    ) -> Result<Response, Problem> {
        let (kind, suffix) = match self {
            Self::Json => return Ok(Json(result).into_response()),
            Self::Csv => ("text/csv; charset=utf-8", "csv"),
            Self::Xlsx => (XLSX, "xlsx"),
        };
        let file = move || match self {
            Self::Xlsx => sheet(&result).xlsx().map_err(Problem::internal),
            _ => sheet(&result).csv().map_err(Problem::internal),
        };
        let bytes = tokio::task::spawn_blocking(file).await.map_err(Problem::internal)??;
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

/// The rows of an uploaded table. Reading a workbook takes its time, so other requests do not wait for it.
pub async fn read_table(file: Bytes, format: table::Format) -> Result<Vec<table::Row>, Problem> {
    let read = tokio::task::spawn_blocking(move || table::read(&file, format));
    read.await.map_err(Problem::internal)?.map_err(no_table)
}

/// What kind of table a body is, by its content type.
pub fn table_format(headers: &HeaderMap) -> Result<table::Format, Problem> {
    let content_type =
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match content_type.split(';').next().unwrap_or_default().trim() {
        CSV => Ok(table::Format::Csv),
        XLSX => Ok(table::Format::Xlsx),
        _ => {
            Err(Kind::UnsupportedType.saying(text!("Nhận text/csv hoặc {XLSX}", "Takes text/csv or {XLSX}")))
        }
    }
}

/// Why a body is not read as a table.
fn no_table(why: TableError) -> Problem {
    match why {
        TableError::NotText => Kind::MalformedRequest.saying(text!(
            "Tệp không phải văn bản UTF-8; trong Excel hãy lưu dạng “CSV UTF-8”",
            "The file is not UTF-8 text; in Excel save it as “CSV UTF-8”"
        )),
        TableError::NotWorkbook => Kind::MalformedRequest.saying(text!(
            "Tệp không phải sổ tính Excel (.xlsx)",
            "The file is not an Excel workbook (.xlsx)"
        )),
        TableError::TooLarge => {
            let (rows, columns) = (table::MOST_ROWS, table::MOST_COLUMNS);
            Kind::TooLarge.saying(text!(
                "Tối đa {rows} dòng và {columns} cột",
                "At most {rows} rows and {columns} columns"
            ))
        }
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
