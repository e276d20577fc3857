use chrono::NaiveDate;
use serde_json::Value;

use super::values::{Code, Issuer, NewCode, NewUnit, Succession, Unit, UnitKind, Wanted};
use crate::access::Work;
use crate::db::{Conn, FIRST_DAY, LAST_DAY};

/// Reads a page of units. The literal says among which.
macro_rules! units {
    ($among:literal, $($argument:expr),+) => {
        sqlx::query_as!(
            Unit,
            r#"select u.unit_id, parent_unit_id, kind as "kind: UnitKind", name, u.valid_from, u.valid_to from "#
                + $among
                + r#" where u.unit_id > $1 and u.valid_from <= $2 and coalesce(u.valid_to, '9999-12-31') > $3
                  and coalesce(parent_unit_id, 0) >= $4 and coalesce(parent_unit_id, 0) <= $5
                  -- The search key of domain::text, as SQL: a few hundred units need no index.
                  and strpos(
                        lower(translate(regexp_replace(normalize(name, NFD), '[\u0300-\u036f]', '', 'g'), 'Đđ', 'dd')), $6) > 0
                order by u.unit_id limit $7"#,
            $($argument),+
        )
    };
}

pub async fn list(conn: &mut Conn, wanted: &Wanted, limit: i64) -> sqlx::Result<Vec<Unit>> {
    let (from, until) = wanted.on.map_or((LAST_DAY, FIRST_DAY), |on| (on, on));
    let (least, greatest) = wanted.parent.map_or((0, i32::MAX), |parent| (parent, parent));
    let name = wanted.name.as_deref().unwrap_or_default();
    let after = wanted.after.unwrap_or(0);
    match &wanted.code {
        Some((system, code)) => {
            let coded = units!(
                "(select distinct unit_id from unit_code c
                   where c.code_system = $8 and c.code = $9 and c.valid_from <= $2 and coalesce(c.valid_to, '9999-12-31') > $3) c
                  join unit u using (unit_id)",
                after,
                from,
                until,
                least,
                greatest,
                name,
                limit,
                system,
                code
            );
            coded.fetch_all(conn).await
        }
        None => units!("unit u", after, from, until, least, greatest, name, limit).fetch_all(conn).await,
    }
}

pub async fn find(conn: &mut Conn, unit: i32) -> sqlx::Result<Option<Unit>> {
    sqlx::query_as!(
        Unit,
        r#"select unit_id, parent_unit_id, kind as "kind: UnitKind", name, valid_from, valid_to from unit where unit_id = $1"#,
        unit
    )
    .fetch_optional(conn)
    .await
}

pub async fn issuer(conn: &mut Conn, unit: i32, on: NaiveDate) -> sqlx::Result<Option<Issuer>> {
    sqlx::query_as!(
        Issuer,
        r#"select u.name, u.kind as "kind: UnitKind", above.name as "above?",
                  (select c.code from unit_code c
                    where c.unit_id = u.unit_id and c.code_system = 'budget' and c.valid_from <= $2
                      and (c.valid_to is null or c.valid_to > $2)) as budget_code
             from unit u left join unit above on above.unit_id = u.parent_unit_id where u.unit_id = $1"#,
        unit,
        on
    )
    .fetch_optional(conn)
    .await
}

pub async fn codes(conn: &mut Conn, unit: i32) -> sqlx::Result<Vec<Code>> {
    sqlx::query_as!(
        Code,
        "select code_system, code, valid_from, valid_to from unit_code where unit_id = $1 order by code_system, valid_from",
        unit
    )
    .fetch_all(conn)
    .await
}

pub async fn predecessors(conn: &mut Conn, unit: i32) -> sqlx::Result<Vec<i32>> {
    sqlx::query_scalar!("select unit_id from unit_successor where successor_unit_id = $1 order by 1", unit)
        .fetch_all(conn)
        .await
}

pub async fn successors(conn: &mut Conn, unit: i32) -> sqlx::Result<Vec<i32>> {
    sqlx::query_scalar!("select successor_unit_id from unit_successor where unit_id = $1 order by 1", unit)
        .fetch_all(conn)
        .await
}

/// Locks units in the order of their keys; those that do not exist are left out.
pub async fn lock(conn: &mut Conn, units: &[i32]) -> sqlx::Result<Vec<Unit>> {
    sqlx::query!(
        "select 1 as one from unit where unit_id = any ($1) order by unit_id for no key update",
        units
    )
    .fetch_all(&mut *conn)
    .await?;
    sqlx::query_as!(
        Unit,
        r#"select unit_id, parent_unit_id, kind as "kind: UnitKind", name, valid_from, valid_to from unit
            where unit_id = any ($1) order by unit_id"#,
        units
    )
    .fetch_all(conn)
    .await
}

/// Those of the units where the one who works is an administrator.
pub async fn administered(conn: &mut Conn, work: &Work<'_>, units: &[i32]) -> sqlx::Result<Vec<i32>> {
    sqlx::query_scalar!(
        r#"select unit_id as "unit_id!" from unnest($2::integer[]) u (unit_id) where 'admin' = any (roles_at($1, unit_id))"#,
        work.actor,
        units
    )
    .fetch_all(conn)
    .await
}

pub async fn has_children(conn: &mut Conn, unit: i32) -> sqlx::Result<bool> {
    let found = sqlx::query!(
        "select 1 as one from unit where parent_unit_id = $1 and valid_to is null limit 1",
        unit
    );
    Ok(found.fetch_optional(conn).await?.is_some())
}

pub async fn next_id(conn: &mut Conn) -> sqlx::Result<i32> {
    sqlx::query_scalar!(r#"select nextval('unit_made')::integer as "id!""#).fetch_one(conn).await
}

pub async fn insert(conn: &mut Conn, unit: i32, parent: i32, new: &NewUnit) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into unit (unit_id, parent_unit_id, kind, name, valid_from) values ($1, $2, $3, $4, $5)",
        unit,
        parent,
        new.kind as UnitKind,
        new.name.as_str(),
        new.valid_from
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn amend(conn: &mut Conn, unit: i32, name: &str, valid_to: Option<NaiveDate>) -> sqlx::Result<()> {
    sqlx::query!("update unit set name = $2, valid_to = $3 where unit_id = $1", unit, name, valid_to)
        .execute(conn)
        .await?;
    Ok(())
}

pub async fn end(conn: &mut Conn, unit: i32, on: NaiveDate) -> sqlx::Result<()> {
    sqlx::query!("update unit set valid_to = $2 where unit_id = $1", unit, on).execute(conn).await?;
    Ok(())
}

pub async fn insert_successors(conn: &mut Conn, unit: i32, new: &Succession) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into unit_successor (unit_id, successor_unit_id, on_date) select $1, into_id, $3 from unnest($2::integer[]) into_id",
        unit,
        &new.into,
        new.on
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn end_code(conn: &mut Conn, unit: i32, next: &NewCode) -> sqlx::Result<()> {
    sqlx::query!(
        "update unit_code set valid_to = $3 where unit_id = $1 and code_system = $2 and valid_to is null",
        unit,
        next.code_system.as_str(),
        next.valid_from
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn insert_code(conn: &mut Conn, unit: i32, new: &NewCode) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into unit_code (unit_id, code_system, code, valid_from) values ($1, $2, $3, $4)",
        unit,
        new.code_system.as_str(),
        new.code.as_str(),
        new.valid_from
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn note(conn: &mut Conn, work: &Work<'_>, kind: &str, content: Value) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into unit_event (unit_id, unit_event_id, kind, content, actor_id) values ($1, $2, $3, $4, $5)",
        work.unit,
        work.clock.new_id(),
        kind,
        content,
        work.actor
    )
    .execute(conn)
    .await?;
    Ok(())
}
