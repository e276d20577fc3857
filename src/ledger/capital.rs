//! What the books say of capital: how it grew.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::db::Conn;
use crate::domain::books::account_role::AccountRole;

/// How a fund's capital changed on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Growth {
    /// The day.
    pub on: NaiveDate,
    /// Given and recovered capital: + more, − less. A move between two sources of the fund is nothing.
    pub capital: Decimal,
    /// Lost by decision.
    pub lost: Decimal,
}

/// The growth of a fund's capital up to a day, in the order of days.
pub async fn growth(conn: &mut Conn, unit: i32, fund: i32, until: NaiveDate) -> sqlx::Result<Vec<Growth>> {
    sqlx::query_as!(
        Growth,
        r#"select d.on_day as "on!", coalesce(-sum(d.debit - d.credit) filter (where not r.loss), 0) as "capital!",
                  coalesce(sum(d.debit - d.credit) filter (where r.loss), 0) as "lost!"
             from book k
            cross join lateral (select code, bool_or(role = $5) as loss from chart_role
                                 where chart_id = k.chart_id and (role = any ($4) or role = $5) group by code) r
             join source s on s.unit_id = k.unit_id and s.fund_id = $2
            cross join lateral (select on_day, debit, credit from day_balance
                                 where unit_id = $1 and account = r.code and source_id = s.source_id and on_day <= $3
                                union all
                                select effective_on, -amount, 0 from year_closing_line
                                 where r.loss and unit_id = $1 and account = r.code and source_id = s.source_id
                                   and effective_on <= $3) d
            where k.unit_id = $1
            group by 1 order by 1"#,
        unit,
        fund,
        until,
        &AccountRole::names(AccountRole::CAPITAL_IN_HAND),
        AccountRole::CapitalLoss.name(),
    )
    .fetch_all(conn)
    .await
}
