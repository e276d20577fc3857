//! What the books say of capital: how it grew, and what is about whom.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::db::Conn;
use crate::domain::books::posting::Role;

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
                  coalesce(-sum(l.amount) filter (where r.role <> 'capital_loss'), 0) as "capital!",
                  coalesce(sum(l.amount) filter (where r.role = 'capital_loss'), 0) as "lost!"
             from book k
             join chart_role r on r.chart_id = k.chart_id and r.role = any ('{capital,recovered_capital,capital_loss,entrusted_central,entrusted_local}')
             join line l on l.unit_id = k.unit_id and l.account = r.code and l.effective_on <= $3
             join source s on s.unit_id = l.unit_id and s.source_id = l.source_id and s.fund_id = $2
             join journal j on j.unit_id = l.unit_id and j.journal_no = l.journal_no
             left join journal o on o.unit_id = j.unit_id and o.journal_no = j.reverses
            where k.unit_id = $1
            group by 1, 2 order by 1, 2"#,
        unit,
        fund,
        until
    )
    .fetch_all(conn)
    .await
}

/// What the account that plays a part stands at, by whom it is about: + debit, − credit.
pub async fn by_subject(conn: &mut Conn, unit: i32, role: Role) -> sqlx::Result<BTreeMap<Uuid, Decimal>> {
    let role = serde_json::to_value(role).ok().and_then(|name| name.as_str().map(str::to_owned));
    let rows = sqlx::query!(
        r#"select l.subject_id as "subject_id!", sum(l.amount) as "amount!"
             from book k
             join chart_role r on r.chart_id = k.chart_id and r.role = $2
             join line l on l.unit_id = k.unit_id and l.account = r.code and l.subject_id is not null
            where k.unit_id = $1 group by l.subject_id"#,
        unit,
        role
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.subject_id, row.amount)).collect())
}
