//! From what entrustment fees are computed: what the loans of a group say at the end of a month.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use uuid::Uuid;

use super::case::misfit;
use super::store;
use crate::db::Conn;
use crate::domain::credit::loan::state;
use crate::domain::values::ids::GroupId;
use crate::domain::values::month::Month;
use crate::problem::Problem;

/// What the loans of a group under one fee come to.
#[derive(Debug, Clone, Default)]
pub struct FeeBase {
    /// The balance at the end of the month on which interest was collected in it, by source.
    pub collected: BTreeMap<i32, Decimal>,
    /// Overdue at the end of the month.
    pub overdue: Decimal,
    /// All debt at the end of the month.
    pub outstanding: Decimal,
}

/// How many loans are folded at a time: memory does not grow with their number.
const AT_A_TIME: i64 = 2_000;

/// The bases of a month by group and programme, of those programmes that have a fee of their own; all others stand under none.
/// Loans outside groups were entrusted to nobody.
pub async fn fee_bases(
    conn: &mut Conn,
    unit: i32,
    month: Month,
    own_fee: &[String],
) -> Result<BTreeMap<(Option<String>, GroupId), FeeBase>, Problem> {
    let (first, next) = (month.first_day(), month.next_first_day());
    let last = next.pred_opt().unwrap_or(next);
    let mut bases: BTreeMap<_, FeeBase> = BTreeMap::new();
    let mut after = Uuid::nil();
    loop {
        let ids = store::standing_since(&mut *conn, unit, first, (after, AT_A_TIME)).await?;
        let Some(end) = ids.last().copied() else { return Ok(bases) };
        let mut events = store::fold_events(&mut *conn, unit, &ids).await?;
        for loan in store::loans(&mut *conn, unit, &ids).await? {
            let Some(group) = loan.group_id else { continue };
            let events = events.remove(&loan.loan_id).unwrap_or_default();
            let state = state(&loan.contract.terms(), &events, last).map_err(misfit)?;
            let own = own_fee.iter().find(|code| loan.product_code.starts_with(code.as_str())).cloned();
            let base = bases.entry((own, group)).or_default();
            base.outstanding += state.owed();
            base.overdue += state.principal.overdue;
            if state
                .splits
                .iter()
                .any(|split| split.on >= first && split.on < next && !split.interest.is_zero())
            {
                *base.collected.entry(loan.source_id).or_default() +=
                    state.principal.performing + state.principal.overdue;
            }
        }
        after = end;
    }
}
