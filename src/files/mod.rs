//! Papers that facts refer to: photographs, minutes, lists as they were sent. A file is named by the hash of its content, so
//! the same paper sent twice is kept once, and what a fact refers to cannot become something else.

pub mod http;
mod store;
mod values;

use crate::access::Work;
use crate::db::Conn;
use crate::domain::values::media::MediaType;
use crate::journals;
use crate::problem::{Kind, Problem};
use crate::text;

pub use self::values::{AttachedPaper, File, FileHash, LARGEST, MOST_PAPERS, NewPaper, Papers};

/// Keeps a file. One that is kept already stays as it is.
///
/// # Errors
/// An empty file, or one that does not begin as its kind does.
pub async fn keep(
    conn: &mut Conn,
    work: &Work<'_>,
    media_type: MediaType,
    bytes: &[u8],
) -> Result<File, Problem> {
    if bytes.is_empty() {
        return Err(Kind::MalformedRequest.saying(text!("Tệp rỗng", "The file is empty")));
    }
    if !media_type.fits(bytes) {
        let named = media_type.name();
        let why = text!("Nội dung tệp không phải {named}", "The content of the file is not {named}");
        return Err(Kind::UnsupportedType.saying(why));
    }
    let hash = FileHash::of(bytes);
    store::insert(&mut *conn, work, hash, (media_type, bytes)).await?;
    find(conn, work.unit, hash).await
}

/// A file of the unit, without its content.
pub async fn find(conn: &mut Conn, unit: i32, hash: FileHash) -> Result<File, Problem> {
    store::find(conn, unit, hash).await?.ok_or_else(|| Kind::NotFound.bare())
}

/// A file named by a field of a request.
pub async fn named(conn: &mut Conn, unit: i32, pointer: &str, hash: FileHash) -> Result<File, Problem> {
    store::find(conn, unit, hash).await?.ok_or_else(|| {
        let why = text!(
            "Đơn vị chưa có tệp này; gửi tệp trước tại POST /v1/units/…/files",
            "The unit has no such file; send it first to POST /v1/units/…/files"
        );
        Problem::field(pointer, why)
    })
}

/// A file with its content.
pub async fn read(conn: &mut Conn, unit: i32, hash: FileHash) -> Result<(File, Vec<u8>), Problem> {
    let file = find(&mut *conn, unit, hash).await?;
    Ok((file, store::content(conn, unit, hash).await?))
}

/// Attaches a file to a journal. The same file a second time stays as it was attached first.
pub async fn attach(
    conn: &mut Conn,
    work: &Work<'_>,
    journal_no: i64,
    new: &NewPaper,
) -> Result<AttachedPaper, Problem> {
    named(&mut *conn, work.unit, "/sha256", new.sha256).await?;
    store::lock_papers(&mut *conn, work.unit, journal_no).await?;
    let there = papers(&mut *conn, work.unit, journal_no).await?;
    if let Some(paper) = with(there.clone(), new.sha256) {
        return Ok(paper);
    }
    if there.papers.len() >= MOST_PAPERS {
        return Err(Kind::AboveCap.saying(text!(
            "Một bút toán có tối đa {MOST_PAPERS} tệp kèm theo; hãy quét các giấy tờ còn lại vào một tệp",
            "A journal has at most {MOST_PAPERS} files; scan the remaining papers into one"
        )));
    }
    store::attach(&mut *conn, work, journal_no, new).await?;
    let attached = with(papers(conn, work.unit, journal_no).await?, new.sha256);
    attached.ok_or_else(|| Problem::internal(anyhow::anyhow!("a paper that was not attached")))
}

fn with(papers: Papers, hash: FileHash) -> Option<AttachedPaper> {
    papers.papers.into_iter().find(|paper| paper.file.sha256 == hash)
}

/// The papers behind a journal.
pub async fn papers(conn: &mut Conn, unit: i32, journal_no: i64) -> Result<Papers, Problem> {
    journals::show(&mut *conn, unit, journal_no).await?;
    Ok(Papers { papers: store::papers(conn, unit, journal_no).await? })
}
