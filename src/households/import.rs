//! The commune's list taken in as a file: a verdict per row, nothing by halves, and the same file twice changes nothing.

use std::collections::BTreeSet;

use serde::Serialize;

use super::store;
use crate::access::Work;
use crate::db::{Conn, constraint};
use crate::domain::people::household::HouseholdCode;
use crate::domain::people::household_file::{Column, Entry, Headings, NoList, Remark};
use crate::domain::people::household_intake::{Outcome, Register, Verdict};
use crate::domain::values::table::{LeftOut, Parted, Source, Table};
use crate::jobs::{Progress, Teller};
use crate::problem::{Kind, Problem};
use crate::text;

/// How a list is taken in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Options {
    /// Only say what would happen.
    pub dry_run: bool,
    /// Store nothing when a row is a duplicate or refused.
    pub all_or_nothing: bool,
}

/// Something to tell about a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Message {
    /// The column, by its English heading.
    pub column: Option<&'static str>,
    /// Vietnamese.
    pub vi: String,
    /// English.
    pub en: String,
}

/// What becomes of a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct RowVerdict {
    /// Number of the row, as a spreadsheet counts.
    pub row: u32,
    /// The household, if its code could be read.
    pub household_code: Option<String>,
    /// What becomes of the row. Duplicates and refused rows leave no trace.
    pub outcome: Outcome,
    /// Why, and what is odd.
    pub messages: Vec<Message>,
}

impl From<Verdict> for RowVerdict {
    fn from(verdict: Verdict) -> Self {
        let message = |remark: Remark| Message {
            column: remark.column.map(Column::key),
            vi: remark.text.vi.into_owned(),
            en: remark.text.en.into_owned(),
        };
        Self {
            row: verdict.row,
            household_code: verdict.code.map(|code| code.to_string()),
            outcome: verdict.outcome,
            messages: verdict.remarks.into_iter().map(message).collect(),
        }
    }
}

/// How many rows came to which outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Counts {
    /// New households.
    pub created: u32,
    /// Households about which something new was said.
    pub updated: u32,
    /// Known as they are.
    pub unchanged: u32,
    /// There already, in this file or in the register.
    pub duplicate: u32,
    /// Wrong.
    pub refused: u32,
}

/// What became of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ImportReport {
    /// Whether the accepted rows are stored.
    pub stored: bool,
    /// Rows by outcome.
    pub counts: Counts,
    /// How the file was read.
    pub read_as: Source,
    /// Headings that mean nothing here and were left aside.
    pub ignored_columns: Vec<String>,
    /// Lines that are no data and were left out, each with its reason.
    pub left_out: Vec<LeftOut>,
    /// One verdict a row, in the order of the file.
    pub verdicts: Vec<RowVerdict>,
}

/// Takes in a list. The verdicts of a dry run are those of the real one.
pub async fn import(
    conn: &mut Conn,
    work: &Work<'_>,
    table: &Table,
    options: Options,
    teller: &Teller,
) -> Result<ImportReport, Problem> {
    let headings = Headings::find(&table.rows).map_err(no_list)?;
    let Parted { data, left_out } = headings.part(&table.rows);
    let all = i64::try_from(data.len()).unwrap_or(i64::MAX);
    let come_to = |done, says| Progress { done, of: Some(all), says };
    let read: Vec<_> = data.iter().map(|row| (row.number, Entry::read(&headings, row))).collect();
    let entries: Vec<_> = read.iter().filter_map(|(_, (_, entry))| entry.as_ref().ok()).collect();
    teller
        .tell(come_to(0, text!("Đã đọc tệp; đang tra sổ hộ", "The file is read; looking into the register")))
        .await?;
    let mut register = register_for(conn, work, &entries).await?;
    let mut new_id = || work.clock.new_id();
    let mut verdicts = Vec::with_capacity(read.len());
    for (row, (code, entry)) in read {
        verdicts.push(match entry {
            Ok(entry) => register.take(row, &entry, &mut new_id),
            Err(remarks) => Verdict { row, code, outcome: Outcome::Refused, remarks },
        });
    }
    let counts = count(&verdicts);
    let stored = !options.dry_run && (!options.all_or_nothing || counts.duplicate + counts.refused == 0);
    let judged = text!("Đã xét từng dòng; đang ghi", "Every row is judged; storing");
    teller.tell(come_to(all, judged)).await?;
    if stored {
        store::save(conn, work.unit, &register.into_households()).await.map_err(worded)?;
    }
    Ok(ImportReport {
        stored,
        counts,
        read_as: table.source.clone(),
        ignored_columns: headings.unknown,
        left_out,
        verdicts: verdicts.into_iter().map(RowVerdict::from).collect(),
    })
}

/// What the register knows of everybody in the list.
async fn register_for(conn: &mut Conn, work: &Work<'_>, entries: &[&Entry]) -> Result<Register, Problem> {
    let codes: BTreeSet<&HouseholdCode> = entries.iter().map(|entry| &entry.code).collect();
    let codes: Vec<_> = codes.into_iter().map(ToString::to_string).collect();
    let people = entries.iter().flat_map(|entry| entry.people());
    let numbers: Vec<_> =
        people.filter_map(|person| Some(person.personal_id.as_ref()?.reveal().to_owned())).collect();
    store::lock_lists(conn, work.unit).await?;
    let ids = store::lock_coded(conn, work.unit, &codes).await?;
    let known = store::load(conn, work.unit, &ids).await?;
    let holders = store::holders(conn, work.unit, &numbers).await?;
    let standards = store::standards(conn).await?;
    Ok(Register::new(known, holders, standards, work.clock.today()))
}

/// Somebody registered one of these people while the list was read: the same list again gets another verdict.
fn worded(error: sqlx::Error) -> Problem {
    match constraint(&error) {
        Some("household_code_unique" | "household_member_personal_id_once") => {
            Problem { cause: Some(error.into()), ..Kind::TryAgain.bare().after(1) }
        }
        _ => error.into(),
    }
}

fn no_list(why: NoList) -> Problem {
    Kind::MalformedRequest.saying(match why {
        NoList::NoCode => text!(
            "Không tìm thấy cột mã hộ (household_code) trong 20 dòng đầu",
            "No column household_code in the first 20 rows"
        ),
        NoList::Twice(column) => {
            let key = column.key();
            text!("Cột {key} có hai lần", "The column {key} stands twice")
        }
    })
}

fn count(verdicts: &[Verdict]) -> Counts {
    let mut counts = Counts::default();
    for verdict in verdicts {
        *match verdict.outcome {
            Outcome::Created => &mut counts.created,
            Outcome::Updated => &mut counts.updated,
            Outcome::Unchanged => &mut counts.unchanged,
            Outcome::Duplicate => &mut counts.duplicate,
            Outcome::Refused => &mut counts.refused,
        } += 1;
    }
    counts
}
