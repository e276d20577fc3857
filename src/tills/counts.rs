//! Counts of cash boxes (kiểm kê quỹ): recorded, settled by two people, taken back.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::store::{self, Step};
use super::values::{
    CashCount, CashCountPaper, CountState, CountWithdrawal, NewCashCount, Notes, Settlement,
};
use crate::access::Work;
use crate::approvals::{self, Approval, Ask, Command};
use crate::books::{self, not_in_future};
use crate::db::{Conn, constraint};
use crate::domain::books::journal_kind::Owner;
use crate::domain::books::posting::{Posting, Voucher, VoucherKind};
use crate::domain::books::recipes::{self, FIRST_BOOK, Share};
use crate::domain::books::till::Till;
use crate::domain::values::money::Money;
use crate::domain::values::text::Name;
use crate::http::page::Page;
use crate::journals::Reversal;
use crate::ledger::balances::{self, Cut};
use crate::ledger::tills;
use crate::ledger::{self, PostError, Posted};
use crate::problem::{Kind, Problem};
use crate::{text, units};

/// The most rows of notes, and of sources.
const MOST_ROWS: usize = 20;

/// The most notes of one value.
const MOST_PIECES: i32 = 10_000_000;

/// What notes come to; refuses a value that stands twice.
fn added_up(notes: &[Notes]) -> Result<Decimal, Problem> {
    let mut seen = BTreeSet::new();
    let mut sum = Decimal::ZERO;
    if notes.len() > MOST_ROWS {
        return Err(Problem::field("/notes", text!("Tối đa {MOST_ROWS} dòng", "At most {MOST_ROWS} rows")));
    }
    for (n, row) in notes.iter().enumerate() {
        if !seen.insert(row.face) || row.face < 1 {
            let why = text!("Mỗi mệnh giá một dòng", "Each value once");
            return Err(Problem::field(format!("/notes/{n}/face"), why));
        }
        if !(0..=MOST_PIECES).contains(&row.pieces) {
            let why = text!("Từ 0 đến {MOST_PIECES}", "From 0 to {MOST_PIECES}");
            return Err(Problem::field(format!("/notes/{n}/pieces"), why));
        }
        sum += Decimal::from(row.face) * Decimal::from(row.pieces);
    }
    Ok(sum)
}

/// What an account holds at the end of a day.
pub(super) async fn held(
    conn: &mut Conn,
    unit: i32,
    account: &str,
    on: NaiveDate,
) -> Result<Decimal, Problem> {
    let accounts = [account.to_owned()];
    let cut = Cut { accounts: Some(&accounts), ..Cut::default() };
    let rows = balances::before(conn, unit, on.succ_opt().unwrap_or(on), cut).await?;
    Ok(rows.iter().map(|row| row.sums.difference().0).sum())
}

/// Records a count of a cash box beside what the books hold at the end of its day, as they are now.
pub async fn record(
    conn: &mut Conn,
    work: &Work<'_>,
    till: Till,
    new: &NewCashCount,
) -> Result<CashCount, Problem> {
    not_in_future(work, new.on, "/on")?;
    let counted = added_up(&new.notes)?;
    let found = tills::find(&mut *conn, work.unit, till, new.on).await?;
    if found.is_some() && !till.is_cash() {
        return Err(Kind::WrongState.saying(text!(
            "Tài khoản ngân hàng không kiểm kê: đối chiếu với sổ phụ của ngân hàng.",
            "A bank account is not counted: compare it with the statement of the bank."
        )));
    }
    let counted_till = found.ok_or_else(|| Kind::NotFound.bare())?;
    // What it would find could not be booked any more.
    if counted_till.closed_on.is_some() {
        tills::fixed(&mut *conn, work.unit, till, new.on).await?;
    }
    let keeper = new.keeper.as_ref().map(Name::to_string).or(counted_till.keeper);
    let Some(keeper) = keeper else {
        return Err(Problem::field(
            "/keeper",
            text!("Ghi tên thủ quỹ: quỹ này chưa khai báo", "Name the keeper: the box has none on record"),
        ));
    };
    let booked = held(&mut *conn, work.unit, &counted_till.account, new.on).await?;
    if counted != booked && new.reason.is_none() {
        return Err(Problem::field(
            "/reason",
            text!(
                "Sổ ghi {booked} đồng, kiểm đếm {counted} đồng: hãy nêu lý do chênh lệch",
                "The books hold {booked} đồng, {counted} đồng were counted: say why they differ";
                booked, counted
            ),
        ));
    }
    let id = match store::insert_count(&mut *conn, work, till, new, (counted, &keeper)).await {
        Err(error) => return Err(not_counted(error)),
        Ok(id) => id,
    };
    one(conn, work.unit, id).await
}

fn not_counted(error: sqlx::Error) -> Problem {
    match constraint(&error) {
        Some("cash_count_of_money") => Problem::field(
            "/notes",
            text!(
                "Có mệnh giá không lưu hành vào ngày ấy: xem GET /v1/denominations",
                "A note that is no money on that day: see GET /v1/denominations"
            ),
        ),
        Some("cash_count_difference_has_a_reason") => {
            Problem::field("/reason", text!("Hãy nêu lý do chênh lệch", "Say why they differ"))
        }
        _ => PostError::from(error).into(),
    }
}

/// One count.
pub async fn one(conn: &mut Conn, unit: i32, id: Uuid) -> Result<CashCount, Problem> {
    store::counts(conn, unit, &[id]).await?.pop().ok_or_else(|| Kind::NotFound.bare())
}

/// One count with what its paper says.
pub async fn paper(conn: &mut Conn, unit: i32, id: Uuid) -> Result<CashCountPaper, Problem> {
    let count = one(&mut *conn, unit, id).await?;
    let tills = tills::all(&mut *conn, unit).await?;
    let till_name = tills.into_iter().find(|till| till.account == count.account).map(|till| till.name);
    let issuer = units::issuer(conn, unit, count.counted_on).await?;
    let unit_name = issuer.name.clone();
    Ok(CashCountPaper { unit_name, issuer, till_name: till_name.unwrap_or_default(), count })
}

/// A page of counts in the order they were recorded.
pub async fn list(
    conn: &mut Conn,
    unit: i32,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Page<CashCount>, Problem> {
    let ids = store::ids(&mut *conn, unit, after.unwrap_or_default(), limit + 1).await?;
    let rows = store::counts(conn, unit, &ids).await?;
    Ok(Page::of(rows, limit, |count| count.cash_count_id))
}

/// The last count of an account on a day that was not taken back.
pub async fn of_day(
    conn: &mut Conn,
    unit: i32,
    account: &str,
    on: NaiveDate,
) -> Result<Option<CashCount>, Problem> {
    match store::of_day(&mut *conn, unit, account, on).await? {
        Some(id) => one(conn, unit, id).await.map(Some),
        None => Ok(None),
    }
}

/// Takes a count back. One whose difference is booked is settled back first.
pub async fn withdraw(
    conn: &mut Conn,
    work: &Work<'_>,
    id: Uuid,
    body: &CountWithdrawal,
) -> Result<CashCount, Problem> {
    one(&mut *conn, work.unit, id).await?;
    step(&mut *conn, work, id, Step::Withdrawn { reason: body.reason.as_str() }).await?;
    one(conn, work.unit, id).await
}

/// Records a step of a count in its turn.
async fn step(conn: &mut Conn, work: &Work<'_>, id: Uuid, step: Step<'_>) -> Result<(), Problem> {
    store::insert_step(conn, work, id, step).await.map_err(|error| {
        let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
        if code.as_deref() == Some("SQ441") || constraint(&error) == Some("cash_count_event_in_order") {
            not_in_turn()
        } else {
            error.into()
        }
    })
}

fn not_in_turn() -> Problem {
    Kind::WrongState.saying(text!(
        "Lần kiểm kê này không ở bước ấy: chênh lệch chỉ xử lý một lần; đã xử lý thì hủy việc xử lý trước khi rút lại.",
        "The count does not stand there: a difference is settled once, and a settlement is taken back before its count is."
    ))
}

/// A command about a count, as it waits.
#[derive(Debug, Serialize, Deserialize)]
struct OfCount<T> {
    count: Uuid,
    on: NaiveDate,
    what: T,
}

impl Settlement {
    /// The shares, if they are the difference of the count.
    fn shares(&self, count: &CashCount) -> Result<Vec<Share>, Problem> {
        if !(1..=MOST_ROWS).contains(&self.shares.len()) {
            let why = text!("Từ 1 đến {MOST_ROWS} dòng", "From 1 to {MOST_ROWS} rows");
            return Err(Problem::field("/shares", why));
        }
        let mut seen = BTreeSet::new();
        if let Some(n) = self.shares.iter().position(|share| !seen.insert(share.source_id)) {
            let why = text!("Mỗi nguồn vốn một dòng", "Each source once");
            return Err(Problem::field(format!("/shares/{n}/source_id"), why));
        }
        let (sum, difference) = (
            self.shares.iter().map(|share| share.amount.amount()).sum::<Decimal>(),
            count.found_more().abs(),
        );
        if sum != difference {
            return Err(Problem::field(
                "/shares",
                text!(
                    "Cộng các dòng là {sum} đồng, chênh lệch là {difference} đồng",
                    "The rows come to {sum} đồng, the difference is {difference} đồng";
                    sum, difference
                ),
            ));
        }
        Ok(self.shares.iter().map(|share| (share.source_id, share.amount.money())).collect())
    }

    /// The journal that books the difference of a count.
    async fn posting(&self, conn: &mut Conn, work: &Work<'_>, count: &CashCount) -> Result<Posting, Problem> {
        if count.state != CountState::Open {
            return Err(not_in_turn());
        }
        insist_unchanged(&mut *conn, work.unit, count).await?;
        let shares = self.shares(count)?;
        let surplus = count.found_more().is_sign_positive();
        let open_from = books::show(conn, work.unit).await?.open_from;
        let on = count.counted_on.max(open_from);
        let under = self.document_no.as_ref().map(|no| format!(" theo {no}")).unwrap_or_default();
        let what = if surplus { "Thừa quỹ khi kiểm kê" } else { "Thiếu quỹ khi kiểm kê" };
        let description = recipes::dated(format!("{what}{under}"), on, count.counted_on);
        let amount = Money::vnd(count.found_more().abs()).map_err(Problem::internal)?;
        let paper = Voucher {
            book: FIRST_BOOK.to_owned(),
            kind: if surplus { VoucherKind::Receipt } else { VoucherKind::Payment },
            party: count.keeper.clone(),
            address: String::new(),
            content: description.clone(),
            amount,
            attachments: 1,
        };
        let head = (work.clock.new_id(), on, description);
        Ok(recipes::cash_difference(head, &count.account, &shares, surplus, paper)?)
    }
}

/// Refuses a difference that is no longer there: something was entered for the day of the count since, or another count of it was
/// settled.
async fn insist_unchanged(conn: &mut Conn, unit: i32, count: &CashCount) -> Result<(), Problem> {
    ledger::wait(&mut *conn, unit).await?;
    let (held, booked) = (held(conn, unit, &count.account, count.counted_on).await?, count.booked.0);
    if held == booked {
        return Ok(());
    }
    Err(Kind::WrongState.saying(text!(
        "Sổ của ngày kiểm kê nay là {held} đồng, lúc kiểm kê là {booked} đồng: hủy lần kiểm kê này rồi ghi lại.",
        "The books of that day hold {held} đồng now, {booked} đồng when it was counted: withdraw this count and record it anew.";
        held, booked
    )))
}

async fn posted(conn: &mut Conn, unit: i32, posting: Posting) -> Result<Posted, Problem> {
    let posted = ledger::post(conn, unit, &[posting]).await?.pop();
    posted.ok_or_else(|| Problem::internal(anyhow::anyhow!("one posting gave no journal")))
}

/// Asks for the difference of a count to be booked. Refused at once if the books would refuse it.
pub async fn ask_settlement(
    conn: &mut Conn,
    work: &Work<'_>,
    id: Uuid,
    body: &Settlement,
) -> Result<Approval, Problem> {
    let count = one(&mut *conn, work.unit, id).await?;
    let posting = body.posting(&mut *conn, work, &count).await?;
    ledger::rehearse(&mut *conn, work.unit, &[posting]).await?;
    let (amount, on, till) = (count.found_more().abs(), count.counted_on, &count.till_id);
    let reason = count.reason.as_deref().unwrap_or_default();
    let summary = if count.found_more().is_sign_positive() {
        text!("Ghi thừa quỹ {amount} đồng của {till} theo kiểm kê ngày {on}: {reason}", "Book {amount} đồng over in {till}, counted on {on}: {reason}"; amount, on)
    } else {
        text!("Ghi thiếu quỹ {amount} đồng của {till} theo kiểm kê ngày {on}: {reason}", "Book {amount} đồng short in {till}, counted on {on}: {reason}"; amount, on)
    };
    let body = serde_json::to_value(OfCount { count: id, on, what: body }).map_err(Problem::internal)?;
    let ask = Ask { command: Command::SettleCashCount, subject: Some(id), body, summary };
    approvals::ask(conn, work, ask).await
}

/// Books the difference of a count, once approved.
pub async fn execute_settlement(conn: &mut Conn, work: &Work<'_>, body: Value) -> Result<Value, Problem> {
    let command: OfCount<Settlement> = serde_json::from_value(body).map_err(Problem::internal)?;
    let count = one(&mut *conn, work.unit, command.count).await?;
    let posting = command.what.posting(&mut *conn, work, &count).await?;
    let posted = posted(&mut *conn, work.unit, posting).await?;
    step(conn, work, command.count, Step::Settled { journal: posted.journal_id }).await?;
    serde_json::to_value(posted).map_err(Problem::internal)
}

/// The number of the journal that settled a count.
async fn settled_by(conn: &mut Conn, unit: i32, id: Uuid) -> Result<(CashCount, i64), Problem> {
    let count = one(&mut *conn, unit, id).await?;
    let journal = count.journal_id.filter(|_| count.state == CountState::Settled).ok_or_else(not_in_turn)?;
    let journal_no = store::journal_no(conn, unit, journal).await?;
    Ok((count, journal_no))
}

fn as_posted<'a>(work: &Work<'_>, body: &'a Reversal) -> ledger::Reversal<'a> {
    ledger::Reversal {
        journal_id: work.clock.new_id(),
        effective_on: body.on,
        reason: body.reason.as_str(),
        owner: Owner::CashCounts,
    }
}

/// Asks for the settlement of a count to be taken back.
pub async fn ask_reversal(
    conn: &mut Conn,
    work: &Work<'_>,
    id: Uuid,
    body: &Reversal,
) -> Result<Approval, Problem> {
    not_in_future(work, body.on, "/on")?;
    let (count, journal_no) = settled_by(&mut *conn, work.unit, id).await?;
    ledger::rehearse_reversal(&mut *conn, work.unit, journal_no, as_posted(work, body)).await?;
    let (amount, on, reason, till) =
        (count.found_more().abs(), count.counted_on, &body.reason, &count.till_id);
    let summary = text!(
        "Hủy xử lý chênh lệch {amount} đồng của {till}, kiểm kê ngày {on}: {reason}",
        "Take back the settlement of {amount} đồng of {till}, counted on {on}: {reason}";
        amount, on
    );
    let body =
        serde_json::to_value(OfCount { count: id, on: body.on, what: body }).map_err(Problem::internal)?;
    let ask = Ask { command: Command::ReverseCashSettlement, subject: Some(id), body, summary };
    approvals::ask(conn, work, ask).await
}

/// Takes the settlement of a count back, once approved: its difference is to be decided again.
pub async fn execute_reversal(conn: &mut Conn, work: &Work<'_>, body: Value) -> Result<Value, Problem> {
    let command: OfCount<Reversal> = serde_json::from_value(body).map_err(Problem::internal)?;
    let (_, journal_no) = settled_by(&mut *conn, work.unit, command.count).await?;
    let reversal = as_posted(work, &command.what);
    let posted = ledger::reverse(&mut *conn, work.unit, journal_no, reversal).await?;
    let reason = command.what.reason.as_str();
    step(conn, work, command.count, Step::Reversed { journal: posted.journal_id, reason }).await?;
    serde_json::to_value(posted).map_err(Problem::internal)
}
