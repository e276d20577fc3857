use super::{Code, Unit, Wanted};
use crate::db::Conn;

pub async fn list(conn: &mut Conn, wanted: &Wanted, limit: i64) -> sqlx::Result<Vec<Unit>> {
    let (system, code) = wanted.code.clone().unzip();
    sqlx::query_as!(
        Unit,
        "select unit_id, parent_unit_id, kind, name, valid_from, valid_to from unit u
          where ($1::integer is null or parent_unit_id = $1)
            and ($2::date is null or (valid_from <= $2 and (valid_to is null or valid_to > $2)))
            and ($3::text is null or exists (
                  select from unit_code c where c.unit_id = u.unit_id and c.code_system = $3 and c.code = $4
                     and ($2::date is null or (c.valid_from <= $2 and (c.valid_to is null or c.valid_to > $2)))))
            and ($5::integer is null or unit_id > $5)
          order by unit_id limit $6",
        wanted.parent,
        wanted.on,
        system,
        code,
        wanted.after,
        limit,
    )
    .fetch_all(conn)
    .await
}

pub async fn find(conn: &mut Conn, unit: i32) -> sqlx::Result<Option<Unit>> {
    sqlx::query_as!(
        Unit,
        "select unit_id, parent_unit_id, kind, name, valid_from, valid_to from unit where unit_id = $1",
        unit
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
