//! Fees computed from the loans of the groups and booked: one statement a month, its journal at the end of the month.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::statement::{row, terms_on};
use super::store;
use super::values::{BookedFees, Entry, GroupFee, SourceFee, TakeBack, Wanted};
use crate::access::Work;
use crate::db::{Conn, constraint};
use crate::domain::books::account_role::AccountRole;
use crate::domain::books::journal_kind::{JournalKind, Owner};
use crate::domain::books::posting::Posting;
use crate::domain::books::recipes::general_paper;
use crate::domain::credit::entrustment::{Base, by_source, fee};
use crate::domain::values::ids::{FeeStatementId, GroupId};
use crate::domain::values::money::{Money, MoneyError};
use crate::domain::values::month::Month;
use crate::domain::values::total::Total;
use crate::http::page::Page;
use crate::ledger::{self, Reversal};
use crate::loans::{self, FeeBase};
use crate::problem::{Kind, Problem};
use crate::text;

/// The fees of a month as the loans say now; nothing is stored.
pub async fn computed(conn: &mut Conn, unit: i32, month: Month) -> Result<BookedFees, Problem> {
    let own_fee = store::programmes_with_own_fee(&mut *conn, month.first_day()).await?;
    let bases = loans::fee_bases(&mut *conn, unit, month, &own_fee).await?;
    let names = store::group_names(&mut *conn, unit).await?;
    let mut fees = BookedFees {
        month,
        unverified: false,
        rows: Vec::new(),
        sources: Vec::new(),
        total: Money::ZERO,
        total_parts: Vec::new(),
    };
    let mut by_programme: BTreeMap<Option<String>, Vec<(GroupId, FeeBase)>> = BTreeMap::new();
    for ((programme, group), base) in bases {
        by_programme.entry(programme).or_default().push((group, base));
    }
    let mut costs: BTreeMap<i32, Decimal> = BTreeMap::new();
    for (programme_code, groups) in by_programme {
        let wanted = Wanted { month, programme: programme_code.clone(), shares: None };
        let (terms, unverified) = terms_on(&mut *conn, &wanted).await?;
        fees.unverified |= unverified;
        for (group_id, from) in groups {
            let name = names.get(&group_id).cloned().ok_or_else(|| Kind::NotFound.bare())?;
            let base = base(&from).map_err(Problem::internal)?;
            let fee = row(name, fee(&terms, &base).map_err(Problem::internal)?);
            let collected: Vec<_> = from.collected.iter().map(|(source, sum)| (*source, *sum)).collect();
            for (source, cost) in by_source(fee.amount, &collected) {
                *costs.entry(source).or_default() += cost;
            }
            let Base { collected, overdue, outstanding } = base;
            let programme_code = programme_code.clone();
            fees.rows.push(GroupFee { group_id, programme_code, collected, overdue, outstanding, fee });
        }
    }
    let costs = costs.into_iter().filter(|(_, cost)| !cost.is_zero());
    fees.sources = costs.map(|(source_id, cost)| SourceFee { source_id, amount: Total(cost) }).collect();
    summed(fees).map_err(Problem::internal)
}

fn base(from: &FeeBase) -> Result<Base, MoneyError> {
    let whole = |amount: Decimal| Money::vnd(amount.normalize());
    Ok(Base {
        collected: whole(from.collected.values().sum())?,
        overdue: whole(from.overdue)?,
        outstanding: whole(from.outstanding)?,
    })
}

/// The same with its totals.
fn summed(mut fees: BookedFees) -> Result<BookedFees, MoneyError> {
    fees.total = Money::sum(fees.rows.iter().map(|row| row.fee.amount))?;
    for part in fees.rows.iter().flat_map(|row| &row.fee.parts) {
        match fees.total_parts.iter_mut().find(|total| total.level == part.level) {
            Some(total) => total.amount = Money::sum([total.amount, part.amount])?,
            None => fees.total_parts.push(*part),
        }
    }
    Ok(fees)
}

/// Books the fees of a month that is over: Nợ their cost / Có what is owed for them, in each source, at the end of the month or
/// on the first open day after it.
pub async fn book(conn: &mut Conn, work: &Work<'_>, month: Month) -> Result<Entry, Problem> {
    if work.clock.today() < month.next_first_day() {
        return Err(Problem::field("/month", text!("Tháng chưa hết", "The month is not over")));
    }
    let fees = computed(&mut *conn, work.unit, month).await?;
    if fees.total.is_zero() {
        return Err(Kind::WrongState.saying(text!(
            "Tháng này không có phí ủy thác: không tổ nào thu được lãi, hoặc nợ quá hạn quá cao.",
            "There is no entrustment fee in this month: no group collected interest, or too much is overdue."
        )));
    }
    let open_from = ledger::open_from(&mut *conn, work.unit).await?.unwrap_or(month.first_day());
    let posting = posting(work, &fees, open_from)?;
    let journal = posting.journal_id;
    ledger::post(&mut *conn, work.unit, &[posting]).await?;
    let id = work.clock.new_id().into();
    let statement = serde_json::to_value(&fees).map_err(Problem::internal)?;
    store::insert(&mut *conn, work, id, journal, (month, &statement, fees.total))
        .await
        .map_err(booked_already)?;
    find(conn, work.unit, id).await
}

fn booked_already(error: sqlx::Error) -> Problem {
    match constraint(&error) {
        Some("entrustment_fee_once") => Kind::AlreadyExists.saying(text!(
            "Phí ủy thác của tháng này đã ghi sổ; muốn ghi lại thì hủy bảng phí ấy trước (…/entrustment-fees/…/reversal).",
            "The entrustment fees of this month are booked; take that statement back first (…/entrustment-fees/…/reversal)."
        )),
        _ => error.into(),
    }
}

fn posting(work: &Work<'_>, fees: &BookedFees, open_from: NaiveDate) -> Result<Posting, Problem> {
    let last = fees.month.next_first_day().pred_opt().unwrap_or(open_from);
    let description = format!("Phí ủy thác phải trả tháng {}", last.format("%m/%Y"));
    let (id, on) = (work.clock.new_id(), last.max(open_from));
    let draft = Posting::draft(id, JournalKind::EntrustmentFee, on, description.clone());
    let draft = fees.sources.iter().try_fold(draft, |draft, cost| {
        let amount = Money::vnd(cost.amount.0)?;
        let draft = draft.source(cost.source_id).debit(AccountRole::EntrustmentCost, amount);
        Ok::<_, MoneyError>(draft.credit(AccountRole::EntrustmentPayable, amount))
    });
    let paper = general_paper(description, fees.total);
    draft.map_err(Problem::internal)?.voucher(paper).balanced().map_err(Problem::internal)
}

/// Takes a statement back: its journal is reversed, and the month may be booked anew.
pub async fn take_back(
    conn: &mut Conn,
    work: &Work<'_>,
    id: FeeStatementId,
    body: &TakeBack,
) -> Result<Entry, Problem> {
    if body.on > work.clock.today() {
        return Err(Problem::field("/on", text!("Chưa đến ngày này", "In the future")));
    }
    let entry = find(&mut *conn, work.unit, id).await?;
    let reversal = Reversal {
        journal_id: work.clock.new_id(),
        effective_on: body.on,
        reason: body.reason.as_str(),
        owner: Owner::Entrustment,
    };
    ledger::reverse(&mut *conn, work.unit, entry.journal_no, reversal).await?;
    find(conn, work.unit, id).await
}

async fn find(conn: &mut Conn, unit: i32, id: FeeStatementId) -> Result<Entry, Problem> {
    let mut found = store::entries(conn, unit, Some(id), Uuid::nil(), 1).await?;
    found.pop().ok_or_else(|| Kind::NotFound.bare())
}

/// The statements that were booked, in the order in which they were.
pub async fn list(
    conn: &mut Conn,
    unit: i32,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Page<Entry>, Problem> {
    let rows = store::entries(conn, unit, None, after.unwrap_or_default(), limit + 1).await?;
    Ok(Page::of(rows, limit, |entry| entry.statement_id.uuid()))
}
