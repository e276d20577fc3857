//! Entrustment fees of a month: what mass organisations earn for the work the bank entrusted to them.

pub mod http;
mod store;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;

use crate::db::Conn;
use crate::domain::credit::entrustment::{Base, Fee, FeeError, Part, Share, Step, Terms, fee, whole};
use crate::domain::values::money::Money;
use crate::domain::values::month::Month;
use crate::domain::values::text::Name;
use crate::problem::{Kind, Problem};
use crate::text;

/// Which fee is asked for.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The month.
    pub month: Month,
    /// A programme that may have a fee of its own.
    pub programme: Option<String>,
    /// Shares agreed otherwise than the dated ones.
    pub shares: Option<Vec<Share>>,
}

/// The fee of one group or organisation.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct FeeRow {
    /// Whose.
    pub name: Name,
    /// Overdue debt in percent of all debt.
    pub overdue_percent: Decimal,
    /// So many percent of the fee are paid.
    pub payable_percent: Decimal,
    /// The fee, in đồng.
    pub amount: Money,
    /// Its parts by level.
    pub parts: Vec<Part>,
    /// How it was computed, in Vietnamese.
    pub explanation_vi: String,
    /// The same in English.
    pub explanation_en: String,
}

/// The fees of a month.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = EntrustmentStatement)]
pub struct Statement {
    /// The month.
    pub month: Month,
    /// Percent of the base.
    pub monthly_percent: Decimal,
    /// The ladder in force.
    pub ladder: Vec<Step>,
    /// The shares used.
    pub shares: Vec<Share>,
    /// Whether the shares wait for a readable legal text.
    pub unverified: bool,
    /// One row a base.
    pub rows: Vec<FeeRow>,
    /// All fees.
    pub total: Money,
    /// All parts by level; they add up to the total.
    pub total_parts: Vec<Part>,
}

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

async fn terms_on(conn: &mut Conn, wanted: &Wanted) -> Result<(Terms, bool), Problem> {
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

fn row(name: Name, fee: Fee) -> FeeRow {
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
