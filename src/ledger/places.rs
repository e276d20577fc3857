//! Where the lines of a unit are: pairs of an account and a source. They are few however long the history is, so what asks for
//! lines goes along them, each pair by its own index no further than is needed.

use crate::db::Conn;

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
