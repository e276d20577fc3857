//! A register taken in from a file: all of it or nothing, with a verdict per row.

use serde::Serialize;
use uuid::Uuid;

use super::values::File;
use super::{find, store};
use crate::access::Work;
use crate::db::{Conn, constraint};
use crate::domain::credit::bank_register::{Column, Columns, HeadingError, Reading, read};
use crate::domain::values::ids::RegisterId;
use crate::domain::values::table::{LeftOut, Parted, Source, Table};
use crate::problem::{Kind, Problem};
use crate::text;

/// What is wrong in a column of a row.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct RowError {
    /// The column.
    pub column: &'static str,
    /// What is wrong, in Vietnamese.
    pub vi: String,
    /// The same in English.
    pub en: String,
}

/// What became of a row.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = RegisterRowVerdict)]
pub struct RowVerdict {
    /// The row, as a spreadsheet counts.
    pub line_no: u32,
    /// Whether it was understood.
    pub accepted: bool,
    /// Its contract, where it was understood.
    pub contract_no: Option<String>,
    /// What is wrong.
    pub errors: Vec<RowError>,
}

/// What became of a file.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = RegisterImport)]
pub struct Report {
    /// The register; none when nothing was stored.
    pub register_id: Option<Uuid>,
    /// Whether this call stored it.
    pub stored: bool,
    /// Whether the very same file had been taken in before.
    pub known: bool,
    /// Rows understood.
    pub accepted: usize,
    /// Rows refused: with one of them nothing is stored.
    pub refused: usize,
    /// How the file was read.
    pub read_as: Source,
    /// Every row; none of a file known before.
    pub rows: Vec<RowVerdict>,
    /// Lines that are no loans and were left out, each with its reason; none of a file known before.
    pub left_out: Vec<LeftOut>,
}

/// Takes a file in. One refused row refuses the file; the same file again, read the same way, changes nothing.
pub async fn import(conn: &mut Conn, work: &Work<'_>, file: &File, table: &Table) -> Result<Report, Problem> {
    if file.as_of > work.clock.today() {
        return Err(Problem::field("/as_of", text!("Chưa đến ngày này", "In the future")));
    }
    if let Some(id) = store::same_reading(conn, work.unit, file).await? {
        let accepted =
            usize::try_from(find(conn, work.unit, id.into()).await?.row_count).map_err(Problem::internal)?;
        let known = Report {
            register_id: Some(id),
            stored: false,
            known: true,
            accepted,
            refused: 0,
            read_as: table.source.clone(),
            rows: Vec::new(),
            left_out: Vec::new(),
        };
        return Ok(known);
    }
    let columns = Columns::find(&table.rows).map_err(|error| headings(&error))?;
    let Parted { data, left_out } = columns.part(&table.rows);
    let readings = read(&columns, &data, file.unit);
    if readings.is_empty() {
        return Err(
            Kind::MalformedRequest.saying(text!("Tệp không có khoản vay nào", "The file has no loans"))
        );
    }
    let refused = readings.iter().filter(|reading| reading.loan.is_err()).count();
    let mut report = Report {
        register_id: None,
        stored: false,
        known: false,
        accepted: readings.len() - refused,
        refused,
        read_as: table.source.clone(),
        rows: readings.iter().map(verdict).collect(),
        left_out,
    };
    if refused == 0 && !file.dry_run {
        let id = work.clock.new_id();
        keep(conn, work, (id.into(), file, &columns), &readings).await?;
        (report.register_id, report.stored) = (Some(id), true);
    }
    Ok(report)
}

async fn keep(
    conn: &mut Conn,
    work: &Work<'_>,
    (id, file, columns): (RegisterId, &File, &Columns),
    readings: &[Reading],
) -> Result<(), Problem> {
    match store::insert_register(conn, work, (id, file), (columns.headings(), readings.len())).await {
        Err(error) if constraint(&error) == Some("loan_register_same_reading_once") => {
            Err(Kind::TryAgain.bare().after(1))
        }
        done => Ok(done?),
    }?;
    let loans = readings.iter().filter_map(|reading| reading.loan.as_ref().ok().map(|loan| (reading, loan)));
    let loans: Vec<_> = loans.map(|(reading, loan)| (work.clock.new_id(), reading, loan)).collect();
    Ok(store::insert_loans(conn, work.unit, id, &loans).await?)
}

fn verdict(reading: &Reading) -> RowVerdict {
    let loan = reading.loan.as_ref();
    let complaints = loan.err().map(Vec::as_slice).unwrap_or_default();
    let error = |complaint: &crate::domain::credit::bank_register::Complaint| RowError {
        column: complaint.column.key(),
        vi: complaint.what.vi.to_string(),
        en: complaint.what.en.to_string(),
    };
    RowVerdict {
        line_no: reading.line,
        accepted: loan.is_ok(),
        contract_no: loan.ok().map(|loan| loan.contract_no.clone()),
        errors: complaints.iter().map(error).collect(),
    }
}

fn headings(error: &HeadingError) -> Problem {
    let detail = match error {
        HeadingError::Missing(columns) => {
            let named = |name: fn(Column) -> &'static str| {
                columns.iter().map(|column| name(*column)).collect::<Vec<_>>().join(", ")
            };
            let (vi, en) = (named(Column::title), named(Column::key));
            text!("Thiếu cột: {vi}", "Columns are missing: {en}")
        }
        HeadingError::Twice(column) => {
            let (vi, en) = (column.title(), column.key());
            text!("Cột có hai lần: {vi}", "A column stands twice: {en}")
        }
    };
    Kind::MalformedRequest.saying(detail)
}
