//! Who decides on a loan at risk, and when it may be written off: rules of the day, enforced (Decision 50/2010/QĐ-TTg as amended by
//! 08/2021/QĐ-TTg).

use chrono::NaiveDate;

use super::case::{Case, Loan};
use crate::db::Conn;
use crate::domain::credit::loan_books::{Authority, Cause};
use crate::domain::values::language::Text;
use crate::problem::{Kind, Problem};
use crate::{programmes, text};

/// Refuses a decision of anybody but the authority of who owns the capital.
pub async fn insist_authority(
    conn: &mut Conn,
    loan: &Loan,
    (decided_by, on): (Authority, NaiveDate),
) -> Result<(), Problem> {
    let owners = programmes::credit_rules(conn, on).await?.capital_owners;
    let Some(owner) = owners.into_iter().find(|owner| owner.owner_code == loan.owner_code) else {
        let why = Text::fixed("Chưa có quy định cho ngày này.", "There is no rule for that day.");
        return Err(Kind::WrongState.saying(why));
    };
    if owner.risk_authority == decided_by.name() {
        return Ok(());
    }
    let (vi, en) = (owner.risk_authority_vi, owner.risk_authority_en);
    Err(Problem::field(
        "/action/decided_by",
        text!(
            "Vốn này do {vi} quyết định: ghi số, ngày quyết định của cấp đó",
            "On this capital the authority is: {en}. Write the number and day of its decision"
        ),
    ))
}

/// Refuses a write-off before a freeze ended unpaid, unless the cause allows it besides.
pub async fn insist_may_write_off(
    conn: &mut Conn,
    loan: &Case,
    on: NaiveDate,
    (cause, without_heir): (Cause, bool),
) -> Result<(), Problem> {
    if loan.last_freeze_until().is_some_and(|until| until <= on) {
        return Ok(());
    }
    let causes = programmes::credit_rules(conn, on).await?.risk_causes;
    let allows =
        causes.iter().find(|known| known.cause_code == cause.code()).map(|known| known.write_off.as_str());
    match allows {
        Some("at_once") => Ok(()),
        Some("without_heir") if without_heir => Ok(()),
        _ => Err(Kind::WrongState.saying(Text::fixed(
            "Chỉ xóa nợ khi đã hết thời gian khoanh mà vẫn không trả được, theo quyết định của Tòa án, hoặc khi người vay chết, mất tích không còn người thừa kế và tài sản.",
            "Debt is written off only after its freeze ended unpaid, by decision of a court, or where the borrower died or is missing without heir or asset.",
        ))),
    }
}
