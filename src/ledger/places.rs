//! Where the lines of a unit are: pairs of an account and a source. They are few however long the history is, so what asks for
//! lines goes along them, each pair by its own index no further than is needed.

use chrono::NaiveDate;

use crate::db::Conn;
use crate::domain::books::account_role::AccountRole;

/// Pairs of an account and a source that have lines.
#[derive(Debug, Clone, Default)]
pub struct Places {
    /// Account of each.
    pub accounts: Vec<String>,
    /// Source of each.
    pub sources: Vec<i32>,
}

/// Which pairs.
#[derive(Debug, Clone, Copy, Default)]
pub struct Only<'a> {
    /// On these accounts.
    pub accounts: Option<&'a [String]>,
    /// Of this source.
    pub source: Option<i32>,
    /// Of a source of this fund.
    pub fund: Option<i32>,
}

/// The pairs of a unit.
pub async fn places(conn: &mut Conn, unit: i32, only: Only<'_>) -> sqlx::Result<Places> {
    let rows = sqlx::query!(
        "select b.account, b.source_id, s.fund_id from balance b
           join source s on s.unit_id = b.unit_id and s.source_id = b.source_id where b.unit_id = $1 order by 1, 2",
        unit
    )
    .fetch_all(conn)
    .await?;
    let asked = rows.into_iter().filter(|row| {
        only.accounts.is_none_or(|accounts| accounts.contains(&row.account))
            && only.source.is_none_or(|source| source == row.source_id)
            && only.fund.is_none_or(|fund| fund == row.fund_id)
    });
    let (accounts, sources) = asked.map(|row| (row.account, row.source_id)).unzip();
    Ok(Places { accounts, sources })
}

/// What takes no lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closed {
    /// The account is unknown or a heading.
    Account,
    /// The source is unknown or closed.
    Source,
}

/// The first of some pairs, counted from 0, that takes no lines on a day.
pub async fn first_closed(
    conn: &mut Conn,
    unit: i32,
    (accounts, sources): (&[&str], &[i32]),
    on: NaiveDate,
) -> sqlx::Result<Option<(usize, Closed)>> {
    let found = sqlx::query!(
        r#"select l.n as "n!", (a.code is null) as "account!"
             from unnest($2::text[], $3::integer[]) with ordinality l (account, source_id, n)
             left join account a on a.unit_id = $1 and a.code = l.account and a.postable
             left join source s on s.unit_id = $1 and s.source_id = l.source_id and coalesce(s.closed_on > $4, true)
            where a.code is null or s.source_id is null
            order by l.n limit 1"#,
        unit,
        accounts as _,
        sources,
        on
    )
    .fetch_optional(conn)
    .await?;
    Ok(found.and_then(|row| {
        let closed = if row.account { Closed::Account } else { Closed::Source };
        Some((usize::try_from(row.n - 1).ok()?, closed))
    }))
}

/// The first line whose account holds capital of another nature than its source, counted from 0, and the account of that nature.
pub async fn first_of_another_nature(
    conn: &mut Conn,
    unit: i32,
    (accounts, sources): (&[&str], &[i32]),
) -> sqlx::Result<Option<(usize, String)>> {
    let row = sqlx::query!(
        r#"select l.n as "n!", own.code
             from unnest($2::text[], $3::integer[]) with ordinality l (account, source_id, n)
             join source s on s.unit_id = $1 and s.source_id = l.source_id
             join book k on k.unit_id = $1
             join chart_role own on own.chart_id = k.chart_id and own.role = $4 and own.nature = s.nature
            where (select bool_or(r.nature = s.nature) from chart_role r
                    where r.chart_id = k.chart_id and r.code = l.account and r.nature <> '') = false
            order by l.n limit 1"#,
        unit,
        accounts as _,
        sources,
        AccountRole::Capital.name(),
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.and_then(|row| Some((usize::try_from(row.n).ok()?.checked_sub(1)?, row.code))))
}
