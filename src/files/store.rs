use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::values::{AttachedPaper, File, FileHash, NewPaper};
use crate::access::Work;
use crate::db::Conn;
use crate::domain::values::media::MediaType;
use crate::problem::Problem;

/// Keeps a file; nothing is written when it is there.
pub async fn insert(
    conn: &mut Conn,
    work: &Work<'_>,
    hash: FileHash,
    (media_type, bytes): (MediaType, &[u8]),
) -> sqlx::Result<()> {
    let kept = sqlx::query!(
        "insert into file (unit_id, sha256, media_type, stored_by) values ($1, $2, $3, $4) on conflict do nothing",
        work.unit,
        hash.bytes().as_slice(),
        media_type.name(),
        work.actor,
    )
    .execute(&mut *conn)
    .await?;
    if kept.rows_affected() == 1 {
        sqlx::query!(
            "insert into file_content (unit_id, sha256, bytes) values ($1, $2, $3)",
            work.unit,
            hash.bytes().as_slice(),
            bytes,
        )
        .execute(conn)
        .await?;
    }
    Ok(())
}

/// A row of `file`, as it is kept.
struct Row {
    sha256: Vec<u8>,
    media_type: String,
    size: i32,
    stored_at: DateTime<Utc>,
    stored_by: Option<Uuid>,
}

impl Row {
    fn file(self) -> Result<File, Problem> {
        let Self { sha256, media_type, size, stored_at, stored_by } = self;
        let unknown = || Problem::internal(anyhow::anyhow!("there is no kind of file {media_type}"));
        let sha256 = sha256.try_into().map_err(Problem::internal)?;
        Ok(File {
            sha256,
            media_type: MediaType::of_name(&media_type).ok_or_else(unknown)?,
            size,
            stored_at,
            stored_by,
        })
    }
}

pub async fn find(conn: &mut Conn, unit: i32, hash: FileHash) -> Result<Option<File>, Problem> {
    let row = sqlx::query_as!(
        Row,
        r#"select f.sha256, f.media_type, octet_length(c.bytes) as "size!", f.stored_at, f.stored_by
             from file f join file_content c using (unit_id, sha256) where f.unit_id = $1 and f.sha256 = $2"#,
        unit,
        hash.bytes().as_slice(),
    )
    .fetch_optional(conn)
    .await?;
    row.map(Row::file).transpose()
}

pub async fn content(conn: &mut Conn, unit: i32, hash: FileHash) -> sqlx::Result<Vec<u8>> {
    sqlx::query_scalar!(
        "select bytes from file_content where unit_id = $1 and sha256 = $2",
        unit,
        hash.bytes().as_slice(),
    )
    .fetch_one(conn)
    .await
}

/// Lets one after the other attach papers to a journal, until the transaction ends.
pub async fn lock_papers(conn: &mut Conn, unit: i32, journal_no: i64) -> sqlx::Result<()> {
    sqlx::query!(
        "select pg_advisory_xact_lock(hashtextextended('journal papers ' || $2::bigint, $1::integer))",
        unit,
        journal_no,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Attaches a file to a journal; nothing is written when it is attached.
pub async fn attach(conn: &mut Conn, work: &Work<'_>, journal_no: i64, new: &NewPaper) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into journal_file (unit_id, attached_id, journal_no, sha256, name, attached_by) values ($1, $2, $3, $4, $5, $6)
         on conflict (unit_id, journal_no, sha256) do nothing",
        work.unit,
        work.clock.new_id(),
        journal_no,
        new.sha256.bytes().as_slice(),
        new.name.as_str(),
        work.actor,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn papers(conn: &mut Conn, unit: i32, journal_no: i64) -> Result<Vec<AttachedPaper>, Problem> {
    let rows = sqlx::query!(
        r#"select a.attached_id, a.name, a.attached_at, a.attached_by, f.sha256, f.media_type, octet_length(c.bytes) as "size!",
                  f.stored_at, f.stored_by
             from journal_file a join file f using (unit_id, sha256) join file_content c using (unit_id, sha256)
            where a.unit_id = $1 and a.journal_no = $2 order by a.attached_id"#,
        unit,
        journal_no,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let file = Row {
                sha256: row.sha256,
                media_type: row.media_type,
                size: row.size,
                stored_at: row.stored_at,
                stored_by: row.stored_by,
            };
            let (attached_id, name) = (row.attached_id, row.name);
            let (attached_at, attached_by) = (row.attached_at, row.attached_by);
            Ok(AttachedPaper { attached_id, name, file: file.file()?, attached_at, attached_by })
        })
        .collect()
}
