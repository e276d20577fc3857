//! Capital that is overdue or reported as lost, in the books: with each movement, and at the close of a day.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::case::{Case, StateRow, Writing};
use super::store;
use crate::access::Work;
use crate::clock::Clock;
use crate::db::Conn;
use crate::domain::books::journal_kind::JournalKind;
use crate::domain::books::posting::{Posting, VoucherKind};
use crate::domain::books::recipes::{Till, general_paper};
use crate::domain::support::{Apart, Followed, History, recipes};
use crate::domain::values::money::Money;
use crate::problem::Problem;

/// The most agreements on one journal, and in hand at a time.
const AT_A_TIME: usize = 500;

/// What a movement changes of what stands apart.
#[derive(Debug, Default)]
pub struct Reclassed {
    /// On its own day: its own journal takes it along.
    pub own: Apart,
    others: BTreeMap<NaiveDate, Apart>,
}

impl Reclassed {
    /// What a movement of a day changes; `was` is the history before it.
    pub fn by(case: &Case, was: &History, on: NaiveDate) -> Result<Self, Problem> {
        let Some(closed) = &case.closed else { return Ok(Self::default()) };
        let now = Followed { history: &case.history, closed };
        let mut others = Followed { history: was, ..now }.moves_to(&now, on)?;
        let own = others.remove(&on).unwrap_or_default();
        Ok(Self { own, others })
    }

    /// The journals of days on which no movement takes it along.
    pub fn post(
        self,
        case: &Case,
        clock: &Clock,
        actor: Option<Uuid>,
        writing: &mut Writing,
    ) -> Result<(), Problem> {
        for (day, moved) in self.others {
            let title = match moved.frozen.cmp(&Decimal::ZERO) {
                Ordering::Equal => "Chuyển vốn quá hạn",
                Ordering::Greater => "Chuyển vốn sang chờ xử lý tổn thất",
                Ordering::Less => "Chuyển vốn trở lại từ chờ xử lý tổn thất",
            };
            let movement = case.movement(clock.new_id(), day, Till::Cash, title);
            let paper =
                case.paper(VoucherKind::General, Money::vnd(stated(moved))?, &movement.description, None);
            let posting = recipes::reclassed(&movement, moved)?.voucher(paper).by(actor).balanced()?;
            writing.postings.push(posting);
        }
        Ok(())
    }

    /// The same where the movement's own journal, a mirror of an earlier one, takes only `mirrored` along.
    #[must_use]
    pub fn besides(mut self, on: NaiveDate, mirrored: Apart) -> Self {
        let rest = self.own.since(mirrored);
        if !rest.is_zero() {
            self.others.insert(on, rest);
        }
        self.own = mirrored;
        self
    }
}

/// What the close of a day books of agreements, and where they stand then.
#[derive(Debug, Default)]
pub struct Closing {
    /// The journals; they are to be posted with the others of the close.
    pub postings: Vec<Posting>,
    states: Vec<StateRow>,
}

impl Closing {
    /// How many agreements changed.
    pub fn changed(&self) -> i64 {
        i64::try_from(self.states.len()).unwrap_or(i64::MAX)
    }

    /// Writes where the agreements stand.
    pub async fn write(self, conn: &mut Conn, unit: i32) -> Result<(), Problem> {
        Ok(store::write(conn, unit, &[], &self.states).await?)
    }
}

/// Prepares the close of a day for the agreements of a unit and locks those that change; their writers wait. It comes before
/// anything is posted, because they would wait for the unit's counter.
pub async fn closing(conn: &mut Conn, work: &Work<'_>, day: NaiveDate) -> Result<Closing, Problem> {
    store::stop_writers(&mut *conn, work.unit).await?;
    let before = store::closed_days(&mut *conn, work.unit, day).await?;
    let after: BTreeSet<NaiveDate> = before.iter().copied().chain([day]).collect();
    let ids = store::maybe_overdue(&mut *conn, work.unit, day).await?;
    let mut closing = Closing::default();
    for some in ids.chunks(AT_A_TIME) {
        let cases = store::lock(&mut *conn, work.unit, some, &BTreeMap::new()).await?;
        let mut by_day: BTreeMap<NaiveDate, Vec<(&Case, Apart)>> = BTreeMap::new();
        for case in some.iter().filter_map(|id| cases.get(id)) {
            let now = Followed { history: &case.history, closed: &after };
            let moves = Followed { closed: &before, ..now }.moves_to(&now, day)?;
            if !moves.is_empty() {
                let closed = Some(after.clone());
                closing.states.push(StateRow::of(&Case { closed, ..case.clone() })?);
            }
            for (day, moved) in moves {
                by_day.entry(day).or_default().push((case, moved));
            }
        }
        for (day, moved) in by_day {
            closing.postings.push(drafted(work, day, &moved)?);
        }
    }
    Ok(closing)
}

/// What a paper of it states: all that is debited.
fn stated(moved: Apart) -> Decimal {
    let debits = [moved.overdue, moved.frozen, -moved.sum()].map(|amount| amount.max(Decimal::ZERO));
    debits.iter().sum()
}

/// One journal of what became overdue on a day, each agreement by name.
fn drafted(work: &Work<'_>, on: NaiveDate, moved: &[(&Case, Apart)]) -> Result<Posting, Problem> {
    let description = format!("Chuyển vốn hỗ trợ quá hạn đến ngày {}", on.format("%d/%m/%Y"));
    let kind = JournalKind::SupportToOverdue;
    let mut draft = Posting::draft(work.clock.new_id(), kind, on, description.clone());
    for (case, apart) in moved {
        draft = draft.source(case.agreement.source_id).about(case.agreement.agreement_id);
        draft = recipes::owed(draft, Decimal::ZERO, *apart)?;
    }
    let amount = moved.iter().map(|(_, apart)| stated(*apart)).sum();
    let paper = general_paper(description, Money::vnd(amount)?);
    Ok(draft.voucher(paper).balanced()?)
}
