//! Loans of commercial banks, recorded by hand from what a household shows: we record them, and compute nothing on them.

use super::store;
use super::values::{ExternalLoan, NewExternalLoan};
use crate::access::Work;
use crate::db::{Conn, constraint};
use crate::domain::values::ids::{ExternalLoanId, HouseholdId};
use crate::http::page::Page;
use crate::problem::{Kind, Problem};
use crate::text;

/// Records a reading; a later one takes its place.
pub async fn record(
    conn: &mut Conn,
    work: &Work<'_>,
    new: &NewExternalLoan,
) -> Result<ExternalLoan, Problem> {
    if new.as_of_on > work.clock.today() {
        return Err(Problem::field("/as_of_on", text!("Ngày ở tương lai", "The day is in the future")));
    }
    if new.lent_on.zip(new.due_on).is_some_and(|(lent, due)| due < lent) {
        return Err(Problem::field("/due_on", text!("Đến hạn trước ngày vay", "Due before it was lent")));
    }
    let id = work.clock.new_id();
    match store::insert_external(conn, work, id, new).await {
        Err(error) => Err(match constraint(&error) {
            Some("external_loan_read_once") => Kind::AlreadyExists.saying(text!(
                "Đã ghi khoản vay này theo ngày này.",
                "This loan was recorded for this day already."
            )),
            Some("external_loan_household") => {
                let why = text!("Không có hộ này trong đơn vị", "The unit has no such household");
                Problem::field("/household_id", why)
            }
            _ => error.into(),
        }),
        Ok(()) => store::external(conn, work.unit, id).await?.ok_or_else(|| Kind::NotFound.bare()),
    }
}

/// A page of loans of other banks, each as last read; of one household where asked.
pub async fn list(
    conn: &mut Conn,
    unit: i32,
    household: Option<HouseholdId>,
    (after, limit): (Option<ExternalLoanId>, i64),
) -> Result<Page<ExternalLoan>, Problem> {
    let rows = store::externals(conn, unit, household, (after, limit + 1)).await?;
    Ok(Page::of(rows, limit, |loan| loan.external_loan_id))
}
