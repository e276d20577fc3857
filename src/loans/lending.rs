//! What a programme lends on a day.

use chrono::NaiveDate;

use super::store;
use super::values::LoanRequest;
use crate::db::Conn;
use crate::domain::credit::programme::{self, ProductCode, Refusal};
use crate::domain::people::eligibility::eligible_as_of;
use crate::domain::values::ids::{GroupId, HouseholdId, LoanId};
use crate::domain::values::money::Money;
use crate::problem::{Kind, Problem};
use crate::{groups, households, programmes, text};

/// What is checked against the rule of a day.
pub struct Asked<'a> {
    /// Under which product.
    pub product: &'a ProductCode,
    /// Who asks.
    pub household: HouseholdId,
    /// In which group.
    pub group: Option<GroupId>,
    /// Whether something secures it.
    pub collateral: bool,
    /// The loan itself, when it is signed already.
    pub loan: Option<LoanId>,
    /// How much, and for how long.
    pub ask: programme::Ask,
}

/// The reason of a programme as a problem.
fn refused(refusal: &Refusal) -> Problem {
    let kind = match refusal {
        Refusal::Class { .. } | Refusal::ClassExcluded { .. } => Kind::NotEligible,
        Refusal::Excluded(_) | Refusal::HadBefore => Kind::DuplicateSupport,
        Refusal::AboveCap { .. } | Refusal::AboveNeed { .. } | Refusal::TermTooLong { .. } => Kind::AboveCap,
        Refusal::Incomplete => return Problem::field("/count", refusal.text()),
    };
    kind.saying(refusal.text())
}

/// Refuses what the programme does not lend on a day; otherwise its rule and rates.
pub async fn insist(
    conn: &mut Conn,
    unit: i32,
    asked: &Asked<'_>,
    on: NaiveDate,
) -> Result<programmes::Lending, Problem> {
    let lending = programmes::rule_on(&mut *conn, asked.product, on).await?;
    insist_under(conn, unit, asked, (&lending.rule, on)).await?;
    Ok(lending)
}

/// Refuses what a rule does not lend to whom it asks for on a day.
pub async fn insist_under(
    conn: &mut Conn,
    unit: i32,
    asked: &Asked<'_>,
    (rule, on): (&programme::Rule, NaiveDate),
) -> Result<(), Problem> {
    let decisions = households::standing(&mut *conn, unit, asked.household, on).await?;
    let standing = eligible_as_of(&decisions, on, rule.escaped_years.unwrap_or_default());
    if let Some(refusal) = programme::admits(rule, &standing) {
        let served = standing.decision().is_none_or(|decision| rule.classes.contains(&decision.class));
        return Err(if served { Kind::NotEligible.saying(standing.text()) } else { refused(&refusal) });
    }
    if rule.group_required {
        let member_of = groups::group_of(&mut *conn, unit, asked.household, on).await?;
        if asked.group.is_none() || asked.group != member_of {
            let detail = text!("Hộ phải là tổ viên của tổ vào ngày {on}", "The household must be a member of the group on {on}"; on);
            return Err(Problem::field("/group_id", detail));
        }
    }
    if rule.collateral_from.is_some_and(|from| asked.ask.amount >= from) && !asked.collateral {
        return Err(Problem::field(
            "/collateral",
            text!("Phải có tài sản bảo đảm", "Collateral is required"),
        ));
    }
    let programme = asked.product.programme();
    let held = store::held_products(&mut *conn, unit, asked.household, asked.loan).await?;
    let rules = programmes::credit_rules(&mut *conn, on).await?;
    if let Some(refusal) = programme::excludes(&rules.exclusions, programme, &held) {
        return Err(refused(&refusal));
    }
    let had = store::lent_before(conn, unit, (asked.household, asked.product.as_str()), asked.loan).await?;
    let ask = programme::Ask {
        owed: Money::vnd(had.owed_under_programme).map_err(Problem::internal)?,
        owed_of_product: Money::vnd(had.owed_of_product).map_err(Problem::internal)?,
        had_product: had.had_product,
        ..asked.ask
    };
    match programme::within(rule, &ask).first() {
        Some(refusal) => Err(refused(refusal)),
        None => Ok(()),
    }
}

/// The product of a stored code.
pub fn product_of(code: &str) -> Result<ProductCode, Problem> {
    code.parse().map_err(Problem::internal)
}

impl LoanRequest {
    /// What is checked again on a later day.
    pub(super) fn asked<'a>(&self, product: &'a ProductCode, loan: Option<LoanId>) -> Asked<'a> {
        let whole = |n: i32| u32::try_from(n).unwrap_or_default();
        Asked {
            product,
            household: self.household_id,
            group: self.group_id,
            collateral: self.collateral.is_some(),
            loan,
            ask: programme::Ask {
                term_months: whole(self.term_months),
                count: whole(self.counted),
                need: Some(self.total_need),
                course_months: whole(self.course_months),
                payout_months: self.payout_months.map_or(0, whole),
                tuition: self.tuition.unwrap_or(Money::ZERO),
                ..programme::Ask::of(self.amount)
            },
        }
    }
}
