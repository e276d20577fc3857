//! What the books say of capital: how it grew.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::db::Conn;
use crate::domain::books::account_role::AccountRole;

/// How a fund's capital changed on a day by one kind of journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Growth {
    /// The day.
    pub on: NaiveDate,
    /// What happened, such as `capital_received`; of a reversal what it takes back.
    pub kind: String,
    /// Given and recovered capital: + more, − less. A move between two sources of the fund is nothing.
    pub capital: Decimal,
    /// Lost by decision.
    pub lost: Decimal,
}

/// The growth of a fund's capital up to a day, in the order of days.
pub async fn growth(conn: &mut Conn, unit: i32, fund: i32, until: NaiveDate) -> sqlx::Result<Vec<Growth>> {
    sqlx::query_as!(
        Growth,
        r#"select l.effective_on as on, coalesce(o.kind, j.kind) as "kind!",
                  coalesce(-sum(l.amount) filter (where r.role <> $5), 0) as "capital!",
                  coalesce(sum(l.amount) filter (where r.role = $5), 0) as "lost!"
             from book k
             join chart_role r on r.chart_id = k.chart_id and (r.role = any ($4) or r.role = $5)
             join line l on l.unit_id = k.unit_id and l.account = r.code and l.effective_on <= $3
             join source s on s.unit_id = l.unit_id and s.source_id = l.source_id and s.fund_id = $2
             join journal j on j.unit_id = l.unit_id and j.journal_no = l.journal_no
             left join journal o on o.unit_id = j.unit_id and o.journal_no = j.reverses
            where k.unit_id = $1
            group by 1, 2 order by 1, 2"#,
        unit,
        fund,
        until,
        &AccountRole::names(AccountRole::CAPITAL_IN_HAND),
        AccountRole::CapitalLoss.name(),
    )
    .fetch_all(conn)
    .await
}
