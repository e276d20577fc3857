//! Whose money is lent: what its giver allows, and how much of it may still go out.

use chrono::NaiveDate;

use super::case::Loan;
use super::store;
use crate::db::Conn;
use crate::domain::books::source::{Nature, Origin};
use crate::domain::credit::loan_books::{Capital, Owner};
use crate::domain::credit::programme::ProductCode;
use crate::domain::values::money::Money;
use crate::ledger::sources::{self, Source};
use crate::problem::{Kind, Problem};
use crate::{programmes, text};

/// A source that may be lent as the capital of an owner under a product on a day.
pub async fn source_for(
    conn: &mut Conn,
    unit: i32,
    (source, owner): (i32, Owner),
    product: &ProductCode,
    on: NaiveDate,
) -> Result<Source, Problem> {
    let source = open_source(&mut *conn, unit, source, on).await?;
    insist_owned(&source, owner)?;
    insist_purpose(conn, source, product).await
}

async fn open_source(conn: &mut Conn, unit: i32, source: i32, on: NaiveDate) -> Result<Source, Problem> {
    let source = sources::find(conn, unit, source).await?;
    let open = |s: &Source| s.opened_on <= on && s.closed_on.is_none_or(|closed| on < closed);
    source.filter(open).ok_or_else(|| {
        Problem::field("/source_id", text!("Nguồn vốn không dùng được", "The source cannot be used"))
    })
}

/// Capital is lent, and lost, in the accounts of its giver. Recovered capital keeps the owner it had before.
fn insist_owned(source: &Source, owner: Owner) -> Result<(), Problem> {
    let recovered = source.came_from()? == Origin::RecoveredCapital;
    let whose = match source.capital_is()? {
        Nature::EntrustedCentral => Capital::Central,
        Nature::EntrustedLocal => Capital::Local,
        Nature::Own | Nature::Programme | Nature::Returnable | Nature::Borrowed => Capital::Own,
    };
    if recovered || whose == owner.capital() {
        return Ok(());
    }
    let name = &source.name;
    Err(Problem::field(
        "/owner",
        text!("Nguồn vốn {name} không thuộc chủ sở hữu này", "Source {name} is not that owner's capital"),
    ))
}

async fn insist_purpose(conn: &mut Conn, source: Source, product: &ProductCode) -> Result<Source, Problem> {
    let Some(allowed) = &source.purposes else { return Ok(source) };
    let purpose = programmes::purpose(conn, product).await?;
    if purpose.is_some_and(|purpose| allowed.contains(&purpose)) {
        return Ok(source);
    }
    let name = &source.name;
    Err(Kind::SourceRestricted.saying(text!(
        "Nguồn vốn {name} không được dùng cho vay {product}.",
        "Source {name} may not be lent under {product}."
    )))
}

/// Refuses a payout from a source that is no longer open to the product, or whose capital does not go round and was lent
/// once already (không được cho vay quay vòng).
pub async fn insist_lends(
    conn: &mut Conn,
    unit: i32,
    loan: &Loan,
    amount: Money,
    on: NaiveDate,
) -> Result<(), Problem> {
    let product = loan.product_code.parse().map_err(Problem::internal)?;
    let source = open_source(&mut *conn, unit, loan.source_id, on).await?;
    let source = insist_purpose(&mut *conn, source, &product).await?;
    if source.may_revolve || source.recovers_into.is_some() {
        return Ok(());
    }
    store::alone(&mut *conn, unit, &format!("lending source {}", source.source_id)).await?;
    let lent = store::lent_from(conn, unit, source.source_id).await?;
    let rest = (source.capital.0 - lent).normalize();
    if amount.amount() <= rest {
        return Ok(());
    }
    let name = &source.name;
    Err(Kind::SourceRestricted.saying(text!(
        "Vốn thu hồi của nguồn {name} không được cho vay tiếp; còn được giải ngân {rest} đồng.",
        "What comes back to source {name} is not lent again; it may still pay out {rest} đồng."; rest
    )))
}
