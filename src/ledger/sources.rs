//! Funds and sources. Their numbers run inside the unit, under a lock that comes before the unit counter.

use chrono::NaiveDate;
use serde::Serialize;

use crate::db::Conn;
use crate::domain::books::account_role::AccountRole;
use crate::domain::books::source::{FundKind, Nature, Origin, Purpose};
use crate::domain::values::total::Total;

/// A fund (quỹ).
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Fund {
    /// Number in the unit.
    pub fund_id: i32,
    /// revolving, `preferential_credit` or `for_the_poor`.
    #[schema(value_type = FundKind)]
    pub kind: String,
    /// Name.
    pub name: String,
    /// First day.
    pub opened_on: NaiveDate,
    /// First day on which it is closed.
    pub closed_on: Option<NaiveDate>,
}

/// A source (nguồn vốn) with what the books say of it.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Source {
    /// Number in the unit.
    pub source_id: i32,
    /// Its fund.
    pub fund_id: i32,
    /// Name.
    pub name: String,
    /// `central_budget`, enterprise …
    #[schema(value_type = Origin)]
    pub origin: String,
    /// Who gave it.
    pub giver: Option<String>,
    /// The decision or contract it came with.
    pub document_no: Option<String>,
    /// Whose its capital is.
    #[schema(value_type = Nature)]
    pub nature: String,
    /// Recovered capital goes round again.
    pub may_revolve: bool,
    /// Recovered capital goes back to who gave it.
    pub must_return: bool,
    /// What it may be spent on; anything its fund allows when none is named.
    pub purposes: Option<Vec<String>>,
    /// The source to which recovered capital goes; back to this one when none is named.
    pub recovers_into: Option<i32>,
    /// First day.
    pub opened_on: NaiveDate,
    /// First day on which it takes no lines.
    pub closed_on: Option<NaiveDate>,
    /// What it can spend now: cash and bank, less what is held for others.
    pub free: Total,
    /// Members' savings on their way to the bank and what was paid too much: in cash and bank, and not the source's to spend.
    pub held_for_others: Total,
    /// Capital with households, within term, past it or frozen.
    pub with_households: Total,
    /// Capital it was given and has not given back.
    pub capital: Total,
    /// Capital that came back to it to go round again: from its own households, or from those of sources that recover into it.
    pub recovered: Total,
    /// Capital lost by decision and not recovered since.
    pub lost: Total,
}

/// A row with a word that no list has.
fn unknown(word: &str) -> sqlx::Error {
    sqlx::Error::Decode(format!("{word} is in no list").into())
}

impl Fund {
    /// What it is for.
    pub fn purpose(&self) -> sqlx::Result<FundKind> {
        FundKind::of_name(&self.kind).ok_or_else(|| unknown(&self.kind))
    }
}

impl Source {
    /// Where its money comes from.
    pub fn came_from(&self) -> sqlx::Result<Origin> {
        Origin::of_name(&self.origin).ok_or_else(|| unknown(&self.origin))
    }

    /// Whose its capital is.
    pub fn capital_is(&self) -> sqlx::Result<Nature> {
        Nature::of_name(&self.nature).ok_or_else(|| unknown(&self.nature))
    }
}

/// A fund to be opened.
#[derive(Debug)]
pub struct NewFund<'a> {
    /// What it is for.
    pub kind: FundKind,
    /// Name.
    pub name: &'a str,
    /// First day.
    pub opened_on: NaiveDate,
}

/// A source to be opened.
#[derive(Debug)]
pub struct NewSource<'a> {
    /// Its fund.
    pub fund: i32,
    /// Name.
    pub name: &'a str,
    /// Where the money comes from.
    pub origin: Origin,
    /// Who gives it.
    pub giver: Option<&'a str>,
    /// The paper it comes with.
    pub document_no: Option<&'a str>,
    /// Whose its capital is.
    pub nature: Nature,
    /// Recovered capital goes round again.
    pub may_revolve: bool,
    /// Recovered capital goes back to who gave it.
    pub must_return: bool,
    /// What it may be spent on; empty: anything.
    pub purposes: &'a [Purpose],
    /// The source to which recovered capital goes.
    pub recovers_into: Option<i32>,
    /// First day.
    pub opened_on: NaiveDate,
}

/// Which sources to list.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted {
    /// Only this one.
    pub source: Option<i32>,
    /// Those of this fund.
    pub fund: Option<i32>,
    /// Those after this number.
    pub after: Option<i32>,
}

/// Funds in the order of their numbers.
pub async fn funds(conn: &mut Conn, unit: i32, after: i32, limit: i64) -> sqlx::Result<Vec<Fund>> {
    sqlx::query_as!(
        Fund,
        "select fund_id, kind, name, opened_on, closed_on from fund
          where unit_id = $1 and fund_id > $2 order by fund_id limit $3",
        unit,
        after,
        limit,
    )
    .fetch_all(conn)
    .await
}

/// One fund.
pub async fn fund(conn: &mut Conn, unit: i32, fund_id: i32) -> sqlx::Result<Option<Fund>> {
    sqlx::query_as!(
        Fund,
        "select fund_id, kind, name, opened_on, closed_on from fund where unit_id = $1 and fund_id = $2",
        unit,
        fund_id,
    )
    .fetch_optional(conn)
    .await
}

/// Opens a fund and returns its number.
pub async fn add_fund(conn: &mut Conn, unit: i32, new: &NewFund<'_>) -> sqlx::Result<i32> {
    number_funds_alone(conn, unit).await?;
    sqlx::query_scalar!(
        "insert into fund (unit_id, fund_id, kind, name, opened_on)
         select $1, coalesce(max(fund_id), 0) + 1, $2, $3, $4 from fund where unit_id = $1 returning fund_id",
        unit,
        new.kind.name(),
        new.name,
        new.opened_on,
    )
    .fetch_one(conn)
    .await
}

/// Locks the numbering of funds and sources of the unit until the transaction ends.
async fn number_funds_alone(conn: &mut Conn, unit: i32) -> sqlx::Result<()> {
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended('fund and source', $1::integer))", unit)
        .fetch_one(conn)
        .await?;
    Ok(())
}

/// Sources in the order of their numbers, each with its figures.
pub async fn list(conn: &mut Conn, unit: i32, wanted: Wanted, limit: i64) -> sqlx::Result<Vec<Source>> {
    let rows = sqlx::query!(
        r#"select s.source_id, s.fund_id, s.name, s.origin, s.giver, s.document_no, s.nature, s.may_revolve, s.must_return, s.purposes,
                  s.recovers_into, s.opened_on, s.closed_on, f.free as "free!", f.held as "held!",
                  f.with_households as "with_households!", f.capital as "capital!", f.lost - y.amount as "lost!",
                  f.recovered + coalesce(w.amount, 0) as "recovered!"
             from source s join book k on k.unit_id = s.unit_id
            cross join lateral (
                  select coalesce(sum(b.amount) filter (where a.money or r.roles && $11), 0) as free,
                         coalesce(-sum(b.amount) filter (where r.roles && $11), 0) as held,
                         coalesce(sum(b.amount) filter (where r.roles && $6), 0) as with_households,
                         coalesce(-sum(b.amount) filter (where r.roles && $7), 0) as capital,
                         coalesce(-sum(b.amount) filter (where $8 = any (r.roles)), 0) as recovered,
                         coalesce(sum(b.amount) filter (where $9 = any (r.roles)), 0) as lost
                    from balance b
                    join account a on a.unit_id = b.unit_id and a.code = b.account
                   cross join lateral (select array_agg(c.role) as roles from chart_role c
                                        where c.chart_id = k.chart_id and c.code = b.account) r
                   where b.unit_id = s.unit_id and b.source_id = s.source_id) f
            cross join lateral (
                  select coalesce(sum(c.amount), 0) as amount from year_closing_line c
                    join chart_role r on r.chart_id = k.chart_id and r.code = c.account and r.role = $9
                   where c.unit_id = s.unit_id and c.source_id = s.source_id) y
             left join source_recovery w on w.unit_id = s.unit_id and w.source_id = s.source_id
            where s.unit_id = $1 and s.source_id >= $2 and s.source_id <= $3 and s.fund_id >= $4 and s.fund_id <= $10
            order by s.source_id limit $5"#,
        unit,
        wanted.source.or(wanted.after.map(|after| after.saturating_add(1))).unwrap_or(0),
        wanted.source.unwrap_or(i32::MAX),
        wanted.fund.unwrap_or(0),
        limit,
        &AccountRole::names(AccountRole::WITH_HOUSEHOLDS),
        &AccountRole::names(AccountRole::CAPITAL_GIVEN),
        AccountRole::RecoveredCapital.name(),
        AccountRole::CapitalLoss.name(),
        wanted.fund.unwrap_or(i32::MAX),
        &AccountRole::names(AccountRole::HELD_FOR_OTHERS),
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Source {
            source_id: row.source_id,
            fund_id: row.fund_id,
            name: row.name,
            origin: row.origin,
            giver: row.giver,
            document_no: row.document_no,
            nature: row.nature,
            may_revolve: row.may_revolve,
            must_return: row.must_return,
            purposes: row.purposes,
            recovers_into: row.recovers_into,
            opened_on: row.opened_on,
            closed_on: row.closed_on,
            free: row.free.into(),
            held_for_others: row.held.into(),
            with_households: row.with_households.into(),
            capital: row.capital.into(),
            recovered: row.recovered.into(),
            lost: row.lost.into(),
        })
        .collect())
}

/// One source.
pub async fn find(conn: &mut Conn, unit: i32, source: i32) -> sqlx::Result<Option<Source>> {
    Ok(list(conn, unit, Wanted { source: Some(source), ..Wanted::default() }, 1).await?.pop())
}

/// What stands on a source, by kind; none: nothing yet.
pub async fn stands_on(conn: &mut Conn, unit: i32, source: i32) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar!("select stands_on_source($1, $2)", unit, source).fetch_one(conn).await
}

/// What stands on the sources of a fund, by kind; none: nothing yet.
pub async fn stands_on_fund(conn: &mut Conn, unit: i32, fund: i32) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar!("select stands_on_fund($1, $2)", unit, fund).fetch_one(conn).await
}

/// Locks the funds and sources of a unit, their numbers and what is said of them, until the transaction ends.
pub async fn lock_all(conn: &mut Conn, unit: i32) -> sqlx::Result<()> {
    number_funds_alone(conn, unit).await
}

/// Corrects a fund.
pub async fn correct_fund(
    conn: &mut Conn,
    unit: i32,
    fund: i32,
    (name, opened_on): (&str, NaiveDate),
) -> sqlx::Result<()> {
    sqlx::query!(
        "update fund set name = $3, opened_on = $4 where unit_id = $1 and fund_id = $2",
        unit,
        fund,
        name,
        opened_on,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Corrects a source.
pub async fn correct(conn: &mut Conn, unit: i32, source: i32, to: &NewSource<'_>) -> sqlx::Result<()> {
    let purposes: Vec<String> = to.purposes.iter().map(|p| p.as_str().to_owned()).collect();
    sqlx::query!(
        "update source set name = $3, giver = $4, document_no = $5, may_revolve = $6, must_return = $7,
                           purposes = nullif($8::text[], '{}'), recovers_into = $9, opened_on = $10, nature = $11
          where unit_id = $1 and source_id = $2",
        unit,
        source,
        to.name,
        to.giver,
        to.document_no,
        to.may_revolve,
        to.must_return,
        &purposes,
        to.recovers_into,
        to.opened_on,
        to.nature.name(),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Opens a source and returns its number.
pub async fn add(conn: &mut Conn, unit: i32, new: &NewSource<'_>) -> sqlx::Result<i32> {
    number_funds_alone(conn, unit).await?;
    let purposes: Vec<String> = new.purposes.iter().map(|p| p.as_str().to_owned()).collect();
    sqlx::query_scalar!(
        "insert into source (unit_id, source_id, fund_id, name, origin, giver, document_no, may_revolve, must_return, purposes,
                             recovers_into, opened_on, nature)
         select $1, coalesce(max(source_id), 0) + 1, $2, $3, $4, $5, $6, $7, $8, nullif($9::text[], '{}'), $10, $11, $12
           from source where unit_id = $1 returning source_id",
        unit,
        new.fund,
        new.name,
        new.origin.name(),
        new.giver,
        new.document_no,
        new.may_revolve,
        new.must_return,
        &purposes,
        new.recovers_into,
        new.opened_on,
        new.nature.name(),
    )
    .fetch_one(conn)
    .await
}
