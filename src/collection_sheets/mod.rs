//! Collection sheets: prepared before the meeting, recorded row by row, answered the same however often they are sent.

mod collect;
pub mod http;
mod month_ends;
mod store;
mod values;

pub use month_ends::tie_out;
pub use values::{
    Collection, Expected, NewSheet, Recorded, SentSheet, Sheet, SheetDetail, SheetRow, State, Verdict,
};

use std::collections::{BTreeMap, HashSet};

use chrono::Days;
use serde_json::Value;
use uuid::Uuid;

use crate::access::Work;
use crate::db::{Conn, constraint};
use crate::domain::books::till::Till;
use crate::domain::credit::collection_sheet::{
    Collected, Collector, Judgement, Known, SentRow, Setting, judge,
};
use crate::domain::values::ids::{GroupId, SheetId};
use crate::domain::values::language::Text;
use crate::domain::values::money::Money;
use crate::groups::{self, Membership, Sight};
use crate::http::page::Page;
use crate::ledger::chart;
use crate::loans::{self, Due};
use crate::problem::{Kind, Problem};
use crate::text;

/// The most rows of a sheet.
const MOST_ROWS: usize = 500;

/// How long before its meeting a sheet may be prepared.
const MOST_AHEAD: Days = Days::new(366);

/// Prepares a sheet: every row gets its key.
pub async fn prepare(
    conn: &mut Conn,
    work: &Work<'_>,
    group: GroupId,
    new: &NewSheet,
) -> Result<SheetDetail, Problem> {
    groups::lock_running(conn, work.unit, group).await?;
    if new.meeting_on < work.clock.today() {
        return Err(Problem::field("/meeting_on", text!("Ngày họp đã qua", "The meeting is over")));
    }
    if new.meeting_on > work.clock.today() + MOST_AHEAD {
        return Err(Problem::field("/meeting_on", text!("Quá một năm nữa", "More than a year ahead")));
    }
    let members = groups::members_on(conn, work.unit, group, new.meeting_on).await?;
    let dues = loans::dues(conn, work.unit, group, new.meeting_on).await?;
    let rows = match &new.rows {
        Some(rows) => {
            insist_sound(rows, &members, &dues)?;
            rows.clone()
        }
        None => expected(&members, &dues),
    };
    if rows.is_empty() || rows.len() > MOST_ROWS {
        let why = text!(
            "Từ 1 đến {MOST_ROWS} dòng; tổ viên không có khoản vay nào phải thu thì không lập bảng kê",
            "1 to {MOST_ROWS} rows; there is no sheet where no member owes anything"
        );
        return Err(Problem::field("/rows", why));
    }
    let id = work.clock.new_id().into();
    match store::insert_sheet(conn, work, (group, id), new.meeting_on).await {
        Err(error) if constraint(&error) == Some("sheet_one_a_meeting") => {
            let why =
                text!("Đã lập bảng kê cho buổi họp này.", "The sheet of this meeting is prepared already.");
            return Err(Kind::AlreadyExists.saying(why));
        }
        done => done?,
    }
    let keys: Vec<Uuid> = rows.iter().map(|_| work.clock.new_id()).collect();
    store::insert_rows(conn, work.unit, (id, &keys), &rows).await?;
    show(conn, work, (group, id), Sight::All).await
}

/// A row for each loan of the members, in the order of the members.
fn expected(members: &[Membership], dues: &[Due]) -> Vec<Expected> {
    let row = |member: &Membership, due: &Due| Expected {
        membership_id: member.membership_id,
        agreement_id: due.loan.loan_id,
        expected: Collected { interest: due.interest, savings: Money::ZERO, principal: due.principal },
    };
    let of = |member: &Membership| {
        let household = member.household_id;
        let own = dues.iter().filter(move |due| due.loan.household_id == household);
        own.map(|due| row(member, due)).collect::<Vec<_>>()
    };
    members.iter().flat_map(of).collect()
}

/// Refuses rows of others than members, and of loans that are not theirs, are over, or stand there twice.
fn insist_sound(rows: &[Expected], members: &[Membership], dues: &[Due]) -> Result<(), Problem> {
    let mut seen = HashSet::new();
    for (index, row) in rows.iter().enumerate() {
        let wrong = |field: &str, why| Err(Problem::field(format!("/rows/{index}/{field}"), why));
        let Some(member) = members.iter().find(|member| member.membership_id == row.membership_id) else {
            let why = text!("Không phải tổ viên vào ngày họp", "Not a member on that day");
            return wrong("membership_id", why);
        };
        let own =
            |due: &Due| due.loan.loan_id == row.agreement_id && due.loan.household_id == member.household_id;
        if !dues.iter().any(own) {
            let why = text!(
                "Không phải khoản vay còn nợ của hộ trong tổ này",
                "Not a loan of the household in this group on which anything is owed"
            );
            return wrong("agreement_id", why);
        }
        if !seen.insert(row.agreement_id) {
            return wrong("agreement_id", text!("Khoản vay có hai dòng", "The loan stands twice"));
        }
    }
    Ok(())
}

/// A page of a group's sheets in the order they were prepared.
pub async fn list(
    conn: &mut Conn,
    work: &Work<'_>,
    (group, sight): (GroupId, Sight),
    (after, limit): (Option<SheetId>, i64),
) -> Result<Page<Sheet>, Problem> {
    groups::find(conn, work, group, sight).await?;
    let rows = store::sheets(conn, work.unit, group, after, limit + 1).await?;
    Ok(Page::of(rows, limit, |sheet| sheet.sheet_id))
}

/// One sheet with its rows.
pub async fn show(
    conn: &mut Conn,
    work: &Work<'_>,
    (group, id): (GroupId, SheetId),
    sight: Sight,
) -> Result<SheetDetail, Problem> {
    groups::find(conn, work, group, sight).await?;
    let sheet = store::sheet(conn, work.unit, group, id).await?.ok_or_else(|| Kind::NotFound.bare())?;
    Ok(SheetDetail { rows: store::rows(conn, work.unit, id).await?, sheet })
}

/// Records what was collected: whole, in pieces, again, or late. A row that is refused stays as it was and holds no other
/// row up. A group leader records on the sheets of the group led.
pub async fn record(
    conn: &mut Conn,
    work: &Work<'_>,
    (group, id, collector): (GroupId, SheetId, Collector),
    SentSheet { rows: sent, till }: &SentSheet,
) -> Result<Vec<Verdict>, Problem> {
    let till = till.unwrap_or(Till::Cash);
    if !till.is_cash() {
        let why = text!("Tiền thu tại buổi họp là tiền mặt", "Money of a meeting is notes in hand");
        return Err(Problem::field("/till", why));
    }
    if sent.is_empty() || sent.len() > MOST_ROWS {
        return Err(Problem::field("/rows", text!("Từ 1 đến {MOST_ROWS} dòng", "1 to {MOST_ROWS} rows")));
    }
    let sight = match (collector, work.actor) {
        (Collector::GroupLeader, Some(leader)) => Sight::LedBy(leader.into()),
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
    let (fresh, judged) = judge_all(&mut known, (sent, till), &setting);
    let mut refused = BTreeMap::new();
    if !fresh.is_empty() {
        let (done, not) = collect::collect(conn, work, collector, &fresh).await?;
        store::insert_collections(conn, work, &done).await?;
        refused = not;
    }
    let outcomes = store::outcomes(conn, work.unit, id).await?;
    Ok(judged
        .into_iter()
        .map(|(row, judgement)| verdict(row, judgement, refused.get(&row), &outcomes))
        .collect())
}

/// Judges rows in the order they were sent: a key that comes twice in one call is recorded the first time.
fn judge_all(
    known: &mut BTreeMap<Uuid, store::KnownRow>,
    (sent, till): (&[SentRow], Till),
    setting: &Setting,
) -> (Vec<Collection>, Vec<(Uuid, Judgement)>) {
    let (mut fresh, mut judged) = (Vec::new(), Vec::new());
    for row in sent {
        let entry = known.get_mut(&row.row_id);
        let state =
            entry.as_ref().map_or(Known::Unknown, |row| row.recorded.map_or(Known::Open, Known::Recorded));
        let judgement = judge(state, row, setting);
        if let (Judgement::Record { effective_on }, Some(entry)) = (judgement, entry) {
            entry.recorded = Some(*row);
            fresh.push(Collection { sent: *row, agreement_id: entry.agreement_id, effective_on, till });
        }
        judged.push((row.row_id, judgement));
    }
    (fresh, judged)
}

fn verdict(
    row_id: Uuid,
    judgement: Judgement,
    refused: Option<&Problem>,
    outcomes: &BTreeMap<Uuid, Value>,
) -> Verdict {
    let said = |state, code: Option<&'static str>, detail: Option<Text>| Verdict {
        row_id,
        state,
        code,
        detail_vi: detail.as_ref().map(|text| text.vi.to_string()),
        detail_en: detail.map(|text| text.en.to_string()),
        outcome: if state == State::Refused { None } else { outcomes.get(&row_id).cloned() },
    };
    match (refused, judgement) {
        (Some(why), _) => {
            let (code, _, title, _) = why.kind.parts();
            let of_a_field = why.fields.first().map(|field| &field.detail);
            let detail = why.detail.as_ref().or(of_a_field).unwrap_or(&title);
            said(State::Refused, Some(code), Some(detail.clone()))
        }
        (None, Judgement::Refused(why)) => said(State::Refused, Some(why.code()), Some(why.text())),
        (None, Judgement::Record { .. }) => said(State::Recorded, None, None),
        (None, Judgement::Replayed) => said(State::Replayed, None, None),
    }
}
