//! Vouchers on paper: the first print is the paper, every later one a copy.

use super::read::{self, Paper};
use super::store;
use super::values::{NewPrint, VoucherPrint, VoucherPrints};
use crate::access::Work;
use crate::approvals;
use crate::db::Conn;
use crate::ledger::vouchers::Papers;
use crate::problem::{Kind, Problem};
use crate::text;

/// A voucher with all that is printed on it.
#[derive(Debug, Clone)]
pub struct Printable {
    /// The voucher.
    pub paper: Paper,
    /// Who made it: of what waited for a second person, who asked for it.
    pub maker: Option<String>,
}

/// A voucher that has a form to be printed on.
pub async fn printable(conn: &mut Conn, unit: i32, wanted: &Papers) -> Result<Printable, Problem> {
    let paper = read::voucher(&mut *conn, unit, wanted).await?;
    if !paper.voucher.kind.is_printed() {
        return Err(Kind::WrongState.saying(text!(
            "Chỉ phiếu thu và phiếu chi có mẫu in.",
            "Only receipts and payments have a form to be printed on."
        )));
    }
    let head = read::show(&mut *conn, unit, paper.voucher.journal_no).await?.head;
    // The books name who booked it: of what waited that is the approver, who makes no paper.
    let asked = approvals::asked_by(conn, unit, head.journal_no, head.booked_at).await?;
    let maker = asked.or(head.actor_name);
    Ok(Printable { paper, maker })
}

/// Records that a voucher is printed.
pub async fn print(
    conn: &mut Conn,
    work: &Work<'_>,
    wanted: &Papers,
    new: NewPrint,
) -> Result<VoucherPrint, Problem> {
    if !(1..=3).contains(&new.copies) {
        return Err(Problem::field("/copies", text!("Từ 1 đến 3", "From 1 to 3")));
    }
    let journal_no = printable(&mut *conn, work.unit, wanted).await?.paper.voucher.journal_no;
    store::lock_prints(&mut *conn, work.unit, journal_no).await?;
    let made = store::insert_print(&mut *conn, work, journal_no, new.copies).await?;
    let prints = store::prints(conn, work.unit, journal_no).await?;
    let made = prints.into_iter().find(|print| print.print_id == made);
    made.ok_or_else(|| Problem::internal(anyhow::anyhow!("a print that was not recorded")))
}

/// Who printed a voucher, and when.
pub async fn prints(conn: &mut Conn, unit: i32, wanted: &Papers) -> Result<VoucherPrints, Problem> {
    let journal_no = read::voucher(&mut *conn, unit, wanted).await?.voucher.journal_no;
    Ok(VoucherPrints { prints: store::prints(conn, unit, journal_no).await? })
}
