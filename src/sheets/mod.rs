//! Collection sheets: prepared before the meeting, recorded row by row, answered the same however often they are sent.

pub mod http;
mod store;

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::access::Work;
use crate::db::{Conn, constraint};
use crate::domain::money::Money;
use crate::domain::sheet::{Collected, Collector, Judgement, Known, Refusal, SentRow, Setting, judge};
use crate::groups::{self, Sight};
use crate::http::page::Page;
use crate::ledger::chart;
use crate::problem::{Kind, Problem};
use crate::text;

/// A sheet to be prepared.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSheet {
    /// The day of the meeting; not in the past.
    pub meeting_on: NaiveDate,
    /// A row for each loan, in the order of the sheet; 1 to 500.
    #[schema(min_items = 1, max_items = 500)]
    pub rows: Vec<Expected>,
}

/// What is expected on a loan.
#[derive(Debug, Clone, Copy, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// Who pays: a member on the day of the meeting.
    pub membership_id: Uuid,
    /// The loan.
    pub agreement_id: Uuid,
    /// How much; may be nothing.
    pub expected: Collected,
}

/// A sheet.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Sheet {
    /// Public id.
    pub sheet_id: Uuid,
    /// The group.
    pub group_id: Uuid,
    /// The day of the meeting.
    pub meeting_on: NaiveDate,
    /// The day it was prepared.
    pub prepared_on: NaiveDate,
    /// When.
    pub prepared_at: DateTime<Utc>,
    /// Rows.
    pub row_count: i64,
    /// Rows recorded.
    pub recorded_count: i64,
}

/// A row of a sheet, and what was recorded on it.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct SheetRow {
    /// The key of the collection.
    pub row_id: Uuid,
    /// Its place on the sheet.
    pub row_no: i32,
    /// The end of the key as it is printed.
    pub code: String,
    /// Who pays.
    pub membership_id: Uuid,
    /// Their name.
    pub representative: String,
    /// The loan.
    pub agreement_id: Uuid,
    /// Interest expected.
    #[schema(value_type = Money)]
    pub expected_interest: Decimal,
    /// Savings expected.
    #[schema(value_type = Money)]
    pub expected_savings: Decimal,
    /// Principal expected.
    #[schema(value_type = Money)]
    pub expected_principal: Decimal,
    /// What recording it gave; none while it is open.
    pub outcome: Option<Value>,
}

/// A sheet with its rows.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct SheetDetail {
    /// The sheet.
    #[serde(flatten)]
    pub sheet: Sheet,
    /// Its rows.
    pub rows: Vec<SheetRow>,
}

/// A row whose money is to be recorded: what the posting is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Collection {
    /// The row as it was sent; its key is the key of the posting.
    pub sent: SentRow,
    /// The loan.
    pub agreement_id: Uuid,
    /// The day it counts in the books.
    pub effective_on: NaiveDate,
    /// The day it was collected, where the books are closed for that day: the description names it.
    pub original_on: Option<NaiveDate>,
}

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Recorded now.
    Recorded,
    /// Recorded before; the same answer again.
    Replayed,
    /// Not recorded.
    Refused,
}

/// The verdict on a row, in the order they were sent.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Verdict {
    /// The key.
    pub row_id: Uuid,
    /// What became of it.
    pub state: State,
    /// Why it was refused.
    pub code: Option<Refusal>,
    /// The same as a sentence, in Vietnamese.
    pub detail_vi: Option<String>,
    /// The same in English.
    pub detail_en: Option<String>,
    /// What recording it gave.
    pub outcome: Option<Value>,
}

/// The most rows of a sheet.
const MOST_ROWS: usize = 500;

/// Prepares a sheet: every row gets its key.
pub async fn prepare(
    conn: &mut Conn,
    work: &Work<'_>,
    group: Uuid,
    new: &NewSheet,
) -> Result<SheetDetail, Problem> {
    groups::lock(conn, work.unit, group).await?;
    if new.meeting_on < work.clock.today() {
        return Err(Problem::field("/meeting_on", text!("Ngày họp đã qua", "The meeting is over")));
    }
    if new.rows.is_empty() || new.rows.len() > MOST_ROWS {
        return Err(Problem::field("/rows", text!("Từ 1 đến {MOST_ROWS} dòng", "1 to {MOST_ROWS} rows")));
    }
    let members = groups::members_on(conn, work.unit, group, new.meeting_on).await?;
    let members: HashSet<_> = members.iter().map(|member| member.membership_id).collect();
    let mut loans = HashSet::new();
    for (index, row) in new.rows.iter().enumerate() {
        if !members.contains(&row.membership_id) {
            let why = text!("Không phải tổ viên vào ngày họp", "Not a member on that day");
            return Err(Problem::field(format!("/rows/{index}/membership_id"), why));
        }
        if !loans.insert(row.agreement_id) {
            let why = text!("Khoản vay có hai dòng", "The loan stands twice");
            return Err(Problem::field(format!("/rows/{index}/agreement_id"), why));
        }
    }
    let id = work.clock.new_id();
    match store::insert_sheet(conn, work, (group, id), new.meeting_on).await {
        Err(error) if constraint(&error) == Some("sheet_one_a_meeting") => {
            let why =
                text!("Đã lập bảng kê cho buổi họp này.", "The sheet of this meeting is prepared already.");
            return Err(Kind::AlreadyExists.saying(why));
        }
        done => done?,
    }
    let keys: Vec<Uuid> = new.rows.iter().map(|_| work.clock.new_id()).collect();
    store::insert_rows(conn, work.unit, (id, &keys), &new.rows).await?;
    show(conn, work, (group, id), Sight::All).await
}

/// A page of a group's sheets in the order they were prepared.
pub async fn list(
    conn: &mut Conn,
    work: &Work<'_>,
    (group, sight): (Uuid, Sight),
    (after, limit): (Option<Uuid>, i64),
) -> Result<Page<Sheet>, Problem> {
    groups::find(conn, work, group, sight).await?;
    let rows = store::sheets(conn, work.unit, group, after, limit + 1).await?;
    Ok(Page::of(rows, limit, |sheet| sheet.sheet_id))
}

/// One sheet with its rows.
pub async fn show(
    conn: &mut Conn,
    work: &Work<'_>,
    (group, id): (Uuid, Uuid),
    sight: Sight,
) -> Result<SheetDetail, Problem> {
    groups::find(conn, work, group, sight).await?;
    let sheet = store::sheet(conn, work.unit, group, id).await?.ok_or_else(|| Kind::NotFound.bare())?;
    Ok(SheetDetail { rows: store::rows(conn, work.unit, id).await?, sheet })
}

/// Records what was collected: whole, in pieces, again, or late. `post` records the money of the rows that are new, in
/// their order, and says for each what it gave; it is called once, and not at all when nothing is new. A group leader
/// records on the sheets of the group led.
pub async fn record(
    conn: &mut Conn,
    work: &Work<'_>,
    (group, id, collector): (Uuid, Uuid, Collector),
    sent: &[SentRow],
    post: impl AsyncFnOnce(&mut Conn, &[Collection]) -> Result<Vec<Value>, Problem>,
) -> Result<Vec<Verdict>, Problem> {
    let sight = match (collector, work.actor) {
        (Collector::GroupLeader, Some(leader)) => Sight::LedBy(leader),
        _ => Sight::All,
    };
    groups::lock(conn, work.unit, group).await?;
    groups::find(conn, work, group, sight).await?;
    let sheet = store::sheet(conn, work.unit, group, id).await?.ok_or_else(|| Kind::NotFound.bare())?;
    let book = chart::book(conn, work.unit).await?.ok_or_else(|| Kind::NotFound.bare())?;
    let (today, open_from, prepared_on) = (work.clock.today(), book.open_from, sheet.prepared_on);
    let setting = Setting { collector, today, open_from, prepared_on };
    let mut known: BTreeMap<_, _> =
        store::known(conn, work.unit, id).await?.into_iter().map(|row| (row.row_id, row)).collect();
    let (fresh, judged) = judge_all(&mut known, sent, &setting);
    if !fresh.is_empty() {
        let outcomes = post(&mut *conn, &fresh).await?;
        if outcomes.len() != fresh.len() {
            return Err(Problem::internal(anyhow::anyhow!(
                "{} rows, {} outcomes",
                fresh.len(),
                outcomes.len()
            )));
        }
        store::insert_collections(conn, work, &fresh, &outcomes).await?;
    }
    let outcomes = store::outcomes(conn, work.unit, id).await?;
    Ok(judged.into_iter().map(|(row, judgement)| verdict(row, judgement, &outcomes)).collect())
}

/// Judges rows in the order they were sent: a key that comes twice in one call is recorded the first time.
fn judge_all(
    known: &mut BTreeMap<Uuid, store::KnownRow>,
    sent: &[SentRow],
    setting: &Setting,
) -> (Vec<Collection>, Vec<(Uuid, Judgement)>) {
    let (mut fresh, mut judged) = (Vec::new(), Vec::new());
    for row in sent {
        let entry = known.get_mut(&row.row_id);
        let state =
            entry.as_ref().map_or(Known::Unknown, |row| row.recorded.map_or(Known::Open, Known::Recorded));
        let judgement = judge(state, row, setting);
        if let (Judgement::Record { effective_on, original_on }, Some(entry)) = (judgement, entry) {
            entry.recorded = Some(*row);
            fresh.push(Collection {
                sent: *row,
                agreement_id: entry.agreement_id,
                effective_on,
                original_on,
            });
        }
        judged.push((row.row_id, judgement));
    }
    (fresh, judged)
}

fn verdict(row_id: Uuid, judgement: Judgement, outcomes: &BTreeMap<Uuid, Value>) -> Verdict {
    let (state, code) = match judgement {
        Judgement::Record { .. } => (State::Recorded, None),
        Judgement::Replayed => (State::Replayed, None),
        Judgement::Refused(why) => (State::Refused, Some(why)),
    };
    let detail = code.map(Refusal::text);
    Verdict {
        row_id,
        state,
        code,
        detail_vi: detail.as_ref().map(|text| text.vi.to_string()),
        detail_en: detail.as_ref().map(|text| text.en.to_string()),
        outcome: if state == State::Refused { None } else { outcomes.get(&row_id).cloned() },
    }
}
