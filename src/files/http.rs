//! Files over HTTP. They are handed out to be saved, never to be shown by a browser under our name.

use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{AttachedPaper, File, FileHash, LARGEST, NewPaper, Papers};
use crate::domain::values::media::MediaType;
use crate::http::auth::{BookReader, Filer};
use crate::http::document::OptionalKey;
use crate::http::extract::{Json, Path, body, content_type};
use crate::http::request::{Command, Keyless, Read};
use crate::http::{App, Created};
use crate::journals::http::JournalPath;
use crate::problem::{Kind, Problem};
use crate::text;

/// Addresses of the feature.
pub fn routes() -> OpenApiRouter<App> {
    let upload = OpenApiRouter::new().routes(routes!(store_file)).layer(DefaultBodyLimit::max(LARGEST));
    OpenApiRouter::new().routes(routes!(fetch_file)).routes(routes!(list_papers, attach_paper)).merge(upload)
}

/// In the path: the file.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Path)]
pub struct FilePath {
    /// sha256 of its content, 64 hex digits
    #[param(value_type = String, pattern = "^[0-9a-fA-F]{64}$")]
    sha256: FileHash,
}

/// What a body says it is.
fn media_type(request: &Request) -> Result<MediaType, Problem> {
    MediaType::of_name(&content_type(request.headers())?).ok_or_else(|| {
        let taken = MediaType::ALL.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(", ");
        Kind::UnsupportedType.saying(text!("Nhận {taken}", "Takes {taken}"))
    })
}

/// Keeps a file that facts can refer to. It is named by its content: the same file again is the same one, however often it
/// is sent.
#[utoipa::path(post, path = "/v1/units/{unit}/files", summary = "Keeps a file that facts can refer to.",
    params(Filer, OptionalKey),
    request_body(description = "the file, at most 8 MB: a picture, PDF, workbook, letter, table or text",
        content((Vec<u8> = "image/jpeg"), (Vec<u8> = "image/png"), (Vec<u8> = "image/webp"), (Vec<u8> = "image/heic"),
            (Vec<u8> = "application/pdf"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
            (String = "text/csv"), (String = "text/plain"), (String = "application/xml"))),
    responses((status = 201, body = File)))]
async fn store_file(command: Command<Filer>, request: Request) -> Result<Response, Problem> {
    let media_type = media_type(&request)?;
    let bytes = body(request, command.app()).await?;
    command
        .once(&(media_type, FileHash::of(&bytes)), async |conn, work| {
            let file = super::keep(conn, work, media_type, &bytes).await?;
            Ok(Created::at(format!("/v1/units/{}/files/{}", work.unit, file.sha256), file))
        })
        .await
}

/// Hands out a file, to be saved.
#[utoipa::path(get, path = "/v1/units/{unit}/files/{sha256}", params(BookReader, FilePath),
    responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>)))]
async fn fetch_file(
    read: Read<BookReader>,
    Path(FilePath { sha256 }): Path<FilePath>,
) -> Result<Response, Problem> {
    let (file, bytes) = read.run(async |conn, work| super::read(conn, work.unit, sha256).await).await?;
    let name = format!("{sha256}.{}", file.media_type.suffix());
    Ok(saved(file.media_type.name(), &name, Some(&format!("\"{sha256}\"")), bytes))
}

/// Lists the papers behind a journal.
#[utoipa::path(get, path = "/v1/units/{unit}/journals/{journal_no}/papers", params(BookReader, JournalPath),
    responses((status = 200, body = Papers)))]
async fn list_papers(
    read: Read<BookReader>,
    Path(JournalPath { journal_no }): Path<JournalPath>,
) -> Result<Json<Papers>, Problem> {
    read.run(async |conn, work| super::papers(conn, work.unit, journal_no).await).await.map(Json)
}

/// Attaches a file to a journal, as a paper behind it. The same file again changes nothing.
#[utoipa::path(post, path = "/v1/units/{unit}/journals/{journal_no}/papers", params(Filer, JournalPath),
    request_body = NewPaper, responses((status = 201, body = AttachedPaper)))]
async fn attach_paper(
    command: Keyless<Filer>,
    Path(JournalPath { journal_no }): Path<JournalPath>,
    Json(new): Json<NewPaper>,
) -> Result<Response, Problem> {
    let attached = command.run(async |conn, work| super::attach(conn, work, journal_no, &new).await).await?;
    let location = format!("/v1/units/{}/files/{}", command.unit, new.sha256);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(attached)).into_response())
}

/// An answer that a browser saves and does not open: it may hold anything.
pub fn saved(media_type: &str, name: &str, tag: Option<&str>, bytes: Vec<u8>) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    let text = media_type.starts_with("text/") && !media_type.contains("charset");
    let media_type = if text { format!("{media_type}; charset=utf-8") } else { media_type.to_owned() };
    let headers = [
        (header::CONTENT_TYPE, media_type.as_str()),
        (header::CONTENT_DISPOSITION, disposition.as_str()),
        (header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'"),
        (header::CACHE_CONTROL, "private, no-cache"),
    ];
    let tag = tag.map(|tag| [(header::ETAG, tag)]);
    (headers, tag, bytes).into_response()
}
