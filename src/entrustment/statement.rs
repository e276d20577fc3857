//! Fees on bases that are given.

use chrono::NaiveDate;

use super::store;
use super::values::{FeeRow, Statement, Wanted};
use crate::db::Conn;
use crate::domain::credit::entrustment::{Base, Fee, FeeError, Part, Share, Terms, fee, whole};
use crate::domain::values::money::Money;
use crate::domain::values::text::Name;
use crate::problem::{Kind, Problem};
use crate::text;

/// The fees of a month on the bases given, in their order.
pub async fn statement(
    conn: &mut Conn,
    wanted: &Wanted,
    bases: &[(Name, Base)],
) -> Result<Statement, Problem> {
    let (terms, unverified) = terms_on(conn, wanted).await?;
    let row = |(index, (name, base)): (usize, &(Name, Base))| {
        fee(&terms, base).map(|fee| row(name.clone(), fee)).map_err(|error| refusal(index, error))
    };
    let rows = bases.iter().enumerate().map(row).collect::<Result<Vec<_>, _>>()?;
    let too_large = |_| Problem::field("/rows", text!("Tổng quá lớn", "The sum is too large"));
    let total = Money::sum(rows.iter().map(|row| row.amount)).map_err(too_large)?;
    let level_total = |(at, share): (usize, &Share)| {
        let amount = Money::sum(rows.iter().map(|row| row.parts[at].amount)).map_err(too_large)?;
        Ok(Part { level: share.level, amount })
    };
    let total_parts = terms.shares.iter().enumerate().map(level_total).collect::<Result<_, Problem>>()?;
    let Terms { monthly_percent, ladder, shares } = terms;
    Ok(Statement {
        month: wanted.month,
        monthly_percent,
        ladder,
        shares,
        unverified,
        rows,
        total,
        total_parts,
    })
}

/// What holds in the month, and whether its shares wait for a legal text.
pub async fn terms_on(conn: &mut Conn, wanted: &Wanted) -> Result<(Terms, bool), Problem> {
    let day = wanted.month.first_day();
    let none = |day: NaiveDate| {
        Kind::WrongState.saying(
            text!("Chưa có mức phí ủy thác cho ngày {day}.", "There is no entrustment fee for {day}."; day),
        )
    };
    let monthly_percent =
        store::monthly_percent(conn, wanted.programme.as_deref(), day).await?.ok_or_else(|| none(day))?;
    let ladder = store::ladder(conn, day).await?;
    let dated = store::shares(conn, day).await?;
    if ladder.is_empty() || dated.is_empty() {
        return Err(none(day));
    }
    let Some(shares) = wanted.shares.clone() else {
        let unverified = dated.iter().any(|share| share.unverified);
        let shares = dated.into_iter().map(|dated| dated.share).collect();
        return Ok((Terms { monthly_percent, ladder, shares }, unverified));
    };
    if !whole(&shares) {
        let why = text!("Mỗi cấp một lần, cộng lại đúng 100 %", "Each level once, together exactly 100 %");
        return Err(Problem::field("/shares", why));
    }
    Ok((Terms { monthly_percent, ladder, shares }, false))
}

/// The fee as a row.
pub fn row(name: Name, fee: Fee) -> FeeRow {
    FeeRow {
        name,
        overdue_percent: fee.overdue_percent,
        payable_percent: fee.payable_percent,
        amount: fee.amount,
        parts: fee.parts,
        explanation_vi: fee.explanation.vi.into_owned(),
        explanation_en: fee.explanation.en.into_owned(),
    }
}

fn refusal(index: usize, error: FeeError) -> Problem {
    match error {
        FeeError::MoreOverdueThanOwed => Problem::field(
            format!("/rows/{index}/overdue"),
            text!("Nợ quá hạn lớn hơn tổng dư nợ", "More is overdue than is owed"),
        ),
        error => Problem::internal(error),
    }
}
