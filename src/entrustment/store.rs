use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::db::Conn;
use crate::domain::credit::entrustment::{Level, Share, Step};

/// A share and whether a legal text confirms it.
pub struct DatedShare {
    pub share: Share,
    pub unverified: bool,
}

/// The fee of a programme of its own, or the general one.
pub async fn monthly_percent(
    conn: &mut Conn,
    programme: Option<&str>,
    day: NaiveDate,
) -> sqlx::Result<Option<Decimal>> {
    let percent = sqlx::query_scalar!(
        "select monthly_percent from entrustment_fee
          where (programme_code is null or programme_code = $1) and valid_from <= $2 and (valid_to is null or valid_to > $2)
          order by programme_code nulls last limit 1",
        programme,
        day
    )
    .fetch_optional(conn)
    .await?;
    Ok(percent.map(|percent| percent.normalize()))
}

pub async fn ladder(conn: &mut Conn, day: NaiveDate) -> sqlx::Result<Vec<Step>> {
    let rows = sqlx::query!(
        "select overdue_from, overdue_to, paid_percent from entrustment_ladder
          where valid_from <= $1 and (valid_to is null or valid_to > $1) order by overdue_from",
        day
    )
    .fetch_all(conn)
    .await?;
    let steps = rows.into_iter().map(|row| Step {
        overdue_from: row.overdue_from.normalize(),
        overdue_to: row.overdue_to.map(|to| to.normalize()),
        payable_percent: row.paid_percent.normalize(),
    });
    Ok(steps.collect())
}

pub async fn shares(conn: &mut Conn, day: NaiveDate) -> sqlx::Result<Vec<DatedShare>> {
    let rows = sqlx::query!(
        "select level, percent, unverified from entrustment_share
          where valid_from <= $1 and (valid_to is null or valid_to > $1)
          order by array_position(array['commune', 'district', 'province', 'central'], level)",
        day
    )
    .fetch_all(conn)
    .await?;
    let shares = rows.into_iter().map(|row| {
        let level = match row.level.as_str() {
            "commune" => Level::Commune,
            "district" => Level::District,
            "province" => Level::Province,
            _ => Level::Central,
        };
        DatedShare { share: Share { level, percent: row.percent.normalize() }, unverified: row.unverified }
    });
    Ok(shares.collect())
}
