//! One result as JSON or as a file: by `Accept`, or by an address of its own. And files that are tables, taken in.

use std::convert::Infallible;

use axum::Extension;
use axum::Json;
use axum::body::Bytes;
use axum::extract::FromRequestParts;
use axum::http::{HeaderMap, header, request::Parts};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::openapi::RefOr;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::path::{Operation, Parameter, ParameterIn, Paths};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

use crate::domain::values::catalogue::catalogue;
use crate::domain::values::table::{self, TableError};
use crate::http::accept;
use crate::http::extract::content_type;
use crate::print::{self, Document};
use crate::problem::{Kind, Problem};
use crate::text;

const CSV: &str = "text/csv";
const PDF: &str = "application/pdf";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

catalogue! {
    /// The forms of a file.
    pub enum FileForm {
        /// Comma-separated, UTF-8.
        Csv = "csv",
        /// A workbook.
        Xlsx = "xlsx",
        /// Pages to print.
        Pdf = "pdf",
    }
}

impl From<FileForm> for Format {
    fn from(form: FileForm) -> Self {
        match form {
            FileForm::Csv => Self::Csv,
            FileForm::Xlsx => Self::Xlsx,
            FileForm::Pdf => Self::Pdf,
        }
    }
}

/// How long somebody waits for a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Patience {
    /// While a request is open.
    OfRequest,
    /// While a job is worked on.
    OfJob,
}

/// What kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// The default.
    Json,
    /// Comma-separated, UTF-8.
    Csv,
    /// A workbook.
    Xlsx,
    /// Pages to print.
    Pdf,
}

impl Format {
    /// All forms: those of a report.
    const ALL: [Self; 4] = [Self::Json, Self::Csv, Self::Xlsx, Self::Pdf];

    /// The forms a report has besides JSON.
    const FILES: [Self; 3] = [Self::Csv, Self::Xlsx, Self::Pdf];

    /// The most lines of a file: what a workbook or some hundreds of pages hold, within the memory of a small server.
    pub const fn most_lines(self, patience: Patience) -> i64 {
        match (self, patience) {
            (Self::Csv | Self::Xlsx, Patience::OfRequest) => 50_000,
            (Self::Csv | Self::Xlsx, Patience::OfJob) => 200_000,
            (Self::Json | Self::Pdf, Patience::OfRequest) => 10_000,
            (Self::Json | Self::Pdf, Patience::OfJob) => 40_000,
        }
    }

    const fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Csv => CSV,
            Self::Xlsx => XLSX,
            Self::Pdf => PDF,
        }
    }

    const fn suffix(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Pdf => "pdf",
        }
    }

    /// Answers with the result itself, or with the paper of it as a file of a name.
    pub async fn answer<T: Serialize + Send + 'static>(
        self,
        result: T,
        paper: impl FnOnce(T) -> Document + Send + 'static,
        name: &str,
    ) -> Result<Response, Problem> {
        match self {
            Self::Json => Ok(Json(result).into_response()),
            file => file.file(move || paper(result), name).await,
        }
    }

    /// Answers with a paper as a file of a name.
    pub async fn file(
        self,
        paper: impl FnOnce() -> Document + Send + 'static,
        name: &str,
    ) -> Result<Response, Problem> {
        Ok(self.attached(self.write(paper).await?, name))
    }

    /// Answers with a list that the program reads back; what is no workbook is CSV.
    pub async fn list(self, rows: Vec<Vec<String>>, name: &str) -> Result<Response, Problem> {
        let write = if self == Self::Xlsx { print::list_xlsx } else { print::list_csv };
        let written = tokio::task::spawn_blocking(move || write(&rows));
        let bytes = written.await.map_err(Problem::internal)?.map_err(Problem::internal)?;
        Ok(self.attached(bytes, name))
    }

    fn attached(self, bytes: Vec<u8>, name: &str) -> Response {
        let disposition = format!("attachment; filename=\"{}\"", self.file_name(name));
        let headers = [
            (header::CONTENT_TYPE, self.content_type()),
            (header::CONTENT_DISPOSITION, disposition.as_str()),
        ];
        (headers, bytes).into_response()
    }

    /// A paper in this form; JSON has none, so that is PDF. Writing it takes its time, so other requests do not wait for it.
    pub async fn write(self, paper: impl FnOnce() -> Document + Send + 'static) -> Result<Vec<u8>, Problem> {
        let written = tokio::task::spawn_blocking(move || match self {
            Self::Csv => print::csv(&paper()),
            Self::Xlsx => print::xlsx(&paper()),
            Self::Json | Self::Pdf => print::pdf(&paper()),
        });
        written.await.map_err(Problem::internal)?.map_err(Problem::internal)
    }

    /// The name of a file in this form.
    pub fn file_name(self, name: &str) -> String {
        format!("{name}.{}", self.suffix())
    }

    /// What the answer says it is.
    pub fn content_type(self) -> &'static str {
        if self == Self::Csv { "text/csv; charset=utf-8" } else { self.media_type() }
    }
}

/// The forms that `Accept` takes, the most wanted first.
#[derive(Debug)]
pub struct Accepted(Vec<Format>);

impl Accepted {
    fn by(headers: &HeaderMap) -> Self {
        let taken = accept::media_types(headers, &Format::ALL.map(Format::media_type));
        let format = |named: &str| Format::ALL.into_iter().find(|format| format.media_type() == named);
        Self(taken.into_iter().filter_map(format).collect())
    }

    /// Whether the client takes a form.
    pub fn takes(&self, format: Format) -> bool {
        self.0.contains(&format)
    }

    /// The most wanted of the forms that are offered; JSON when none of them is wanted.
    pub fn of(&self, offered: &[Format]) -> Format {
        self.0.iter().copied().find(|format| offered.contains(format)).unwrap_or(Format::Json)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Accepted {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::by(&parts.headers))
    }
}

/// The form of a report: an address of its own wins over `Accept`.
impl<S: Send + Sync> FromRequestParts<S> for Format {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let told = parts.extensions.get::<Self>().copied();
        Ok(told.unwrap_or_else(|| Accepted::by(&parts.headers).of(&Self::ALL)))
    }
}

/// Adds a report: at its address by `Accept`, and in each form at an address of its own, `….csv` and so on. One handler answers
/// all of them. `name` is that of the report, as a sentence of the API document begins with it.
pub fn with_files<S: Send + Sync + Clone + 'static>(
    routes: OpenApiRouter<S>,
    (schemas, mut paths, handler): UtoipaMethodRouter<S>,
    name: &str,
) -> OpenApiRouter<S> {
    let mut also = Vec::new();
    for (format, called) in Format::FILES.into_iter().zip(["CSV", "a workbook", "PDF"]) {
        let mut own = Paths::new();
        for (path, item) in &paths.paths {
            let mut item = item.clone();
            if let Some(operation) = &mut item.get {
                only_as(operation, format);
                operation.summary = Some(format!("{name} as {called}."));
            }
            own.paths.insert(format!("{path}.{}", format.suffix()), item);
        }
        also.push((Vec::new(), own, handler.clone().layer(Extension(format))));
    }
    for operation in paths.paths.values_mut().filter_map(|item| item.get.as_mut()) {
        for answer in operation.responses.responses.values_mut() {
            let RefOr::T(answer) = answer else { continue };
            answer.content.extend(Format::FILES.map(content));
        }
    }
    also.into_iter().fold(routes.routes((schemas, paths, handler)), OpenApiRouter::routes)
}

/// An answer of a form, for the API document, which knows that files are bytes.
fn content(format: Format) -> (String, RefOr<utoipa::openapi::content::Content>) {
    (format.media_type().to_owned(), RefOr::T(ContentBuilder::new().build()))
}

/// The operation at the address of one form: `show_statement` becomes `statement_pdf`. A file is whole and has no pages.
fn only_as(operation: &mut Operation, format: Format) {
    let name = operation.operation_id.take().unwrap_or_default();
    operation.operation_id = Some(format!("{}_{}", name.trim_start_matches("show_"), format.suffix()));
    let pages = |known: &Parameter| {
        known.parameter_in == ParameterIn::Query && ["limit", "after"].contains(&known.name.as_str())
    };
    if let Some(parameters) = &mut operation.parameters {
        parameters.retain(|parameter| !matches!(parameter, RefOr::T(known) if pages(known)));
    }
    for answer in operation.responses.responses.values_mut() {
        if let RefOr::T(answer) = answer {
            answer.content = [content(format)].into_iter().collect();
        }
    }
}

/// An uploaded table. Reading a workbook takes its time, so other requests do not wait for it.
pub async fn read_table(file: Bytes, format: table::Format) -> Result<table::Table, Problem> {
    let read = tokio::task::spawn_blocking(move || table::read(&file, format));
    read.await.map_err(Problem::internal)?.map_err(no_table)
}

/// What kind of table a body is, by its content type.
pub fn table_format(headers: &HeaderMap) -> Result<table::Format, Problem> {
    match &*content_type(headers)? {
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
            "Tệp không phải văn bản UTF-8, UTF-16 hoặc Windows-1258; trong Excel hãy lưu dạng “CSV UTF-8”",
            "The file is not text in UTF-8, UTF-16 or Windows-1258; in Excel save it as “CSV UTF-8”"
        )),
        TableError::NotWorkbook => Kind::MalformedRequest.saying(text!(
            "Tệp không phải bảng tính Excel (.xlsx)",
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
    fn the_type_that_is_wanted_most_is_taken() {
        let wanted = |accept: &str| {
            let headers = [(header::ACCEPT, accept.parse().unwrap())];
            Accepted::by(&headers.into_iter().collect())
        };
        let of_a_report = |accept: &str| wanted(accept).of(&Format::ALL);
        assert_eq!(of_a_report("text/html, text/csv, application/json;q=0.9"), Format::Csv);
        assert_eq!(of_a_report("text/csv;q=0.9, application/json"), Format::Json);
        assert_eq!(of_a_report(XLSX), Format::Xlsx);
        assert_eq!(of_a_report("application/pdf"), Format::Pdf);
        assert_eq!(of_a_report("text/html"), Format::Json);
        let offered = [Format::Json, Format::Csv];
        assert_eq!(wanted("application/pdf, Text/*;q=0.5").of(&offered), Format::Csv);
        assert_eq!(wanted("application/pdf").of(&offered), Format::Json);
        assert!(wanted("*/*").takes(Format::Json) && !wanted("application/pdf").takes(Format::Json));
    }
}
