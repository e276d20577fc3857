use uuid::Uuid;

use super::values::VoucherPrint;
use crate::access::Work;
use crate::db::Conn;

/// Locks the prints of a voucher until the transaction ends, so that only one is the first.
pub async fn lock_prints(conn: &mut Conn, unit: i32, journal_no: i64) -> sqlx::Result<()> {
    sqlx::query!(
        "select pg_advisory_xact_lock(hashtextextended('voucher print ' || $2::bigint, $1::integer))",
        unit,
        journal_no
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Inserts a print under the next number of its voucher. It takes the time now, under the lock: the transaction may have begun
/// before that of an earlier print.
pub async fn insert_print(
    conn: &mut Conn,
    work: &Work<'_>,
    journal_no: i64,
    copies: i16,
) -> sqlx::Result<Uuid> {
    sqlx::query_scalar!(
        "insert into voucher_print (unit_id, print_id, journal_no, print_no, copies, actor_id, printed_at)
         select $1, $2, $3, coalesce(max(print_no), 0) + 1, $4, $5,
                coalesce(nullif(current_setting('soquy.now', true), '')::timestamptz, clock_timestamp())
           from voucher_print where unit_id = $1 and journal_no = $3
         returning print_id",
        work.unit,
        work.clock.new_id(),
        journal_no,
        copies,
        work.actor
    )
    .fetch_one(conn)
    .await
}

/// The prints of a voucher, the first one first.
pub async fn prints(conn: &mut Conn, unit: i32, journal_no: i64) -> sqlx::Result<Vec<VoucherPrint>> {
    sqlx::query_as!(
        VoucherPrint,
        r#"select p.print_id, p.print_no, p.print_no > 1 as "is_copy!", p.copies, p.printed_at, p.actor_id,
                  u.full_name as "actor_name?"
             from voucher_print p left join app_user u on u.user_id = p.actor_id
            where p.unit_id = $1 and p.journal_no = $2 order by p.print_no"#,
        unit,
        journal_no
    )
    .fetch_all(conn)
    .await
}
