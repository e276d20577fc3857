//! A loan as it would be under the rule of a day, before anybody asks for it: rates, dates and instalments. Nothing is stored.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::sign::rates_of;
use crate::db::Conn;
use crate::domain::credit::loan_books::{Capital, Contract, Deal};
use crate::domain::credit::programme::{Ask, Per, ProductCode, Rates, Refusal, Rule, TermRule, within};
use crate::domain::credit::schedule::{Schedule, Terms, Tranche, schedule};
use crate::domain::values::language::Text;
use crate::domain::values::money::Money;
use crate::problem::Problem;
use crate::{programmes, text};

/// What a loan is previewed from.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LoanPreview)]
pub struct Preview {
    /// The product, such as `01` or `02_stem`.
    pub product_code: ProductCode,
    /// Day of the contract: the rule of that day binds it.
    pub signed_on: NaiveDate,
    /// Money paid out, day by day; their sum is the loan.
    #[schema(min_items = 1, max_items = 240)]
    pub tranches: Vec<Tranche>,
    /// Months, 1 to 300.
    pub term_months: u32,
    /// Months between two instalments of principal, 1 to 240.
    pub principal_every_months: u32,
    /// Students: from the first payout to the end of the course, in whole months.
    #[serde(default)]
    pub payout_months: u32,
    /// Percent a year, where the programme leaves the rate to the contract, and only there.
    #[serde(default)]
    #[schema(value_type = Option<String>, pattern = "^[0-9]{1,3}([.][0-9]{1,6})?$")]
    pub annual_rate_pct: Option<Decimal>,
}

/// The loan.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = PreviewedLoan)]
pub struct Previewed {
    /// The papers its rule stands in.
    pub legal_basis: String,
    /// Figures of the rule that no readable legal text bears out, in Vietnamese; none: all are borne out.
    pub unverified: Option<String>,
    /// Its rates.
    pub rates: Rates,
    /// The longest extension, in months.
    pub extension_cap_months: u32,
    /// The final date.
    pub final_due_on: NaiveDate,
    /// What the programme refuses of it: more than its caps, a longer term. Who asks for it, and what is owed already, is looked
    /// at when a loan is requested.
    pub against: Vec<Text>,
    /// Its instalments, as long as everything is paid on its day.
    pub schedule: Schedule,
}

fn insist_sound(preview: &Preview, term: TermRule) -> Result<(), Problem> {
    if !(1..=300).contains(&preview.term_months) {
        return Err(Problem::field("/term_months", text!("Từ 1 đến 300 tháng", "From 1 to 300 months")));
    }
    if !(1..=240).contains(&preview.principal_every_months) {
        let why = text!("Từ 1 đến 240 tháng", "From 1 to 240 months");
        return Err(Problem::field("/principal_every_months", why));
    }
    if matches!(term, TermRule::Study { .. }) && !(1..=240).contains(&preview.payout_months) {
        let why = text!(
            "Ghi số tháng từ lần giải ngân đầu tiên đến khi kết thúc khóa học, từ 1 đến 240",
            "Write the months from the first payout to the end of the course, 1 to 240"
        );
        return Err(Problem::field("/payout_months", why));
    }
    Ok(())
}

/// What a rule refuses of a loan, as far as a preview knows it: not by workers or facilities, which it does not count.
fn against(rule: &Rule, preview: &Preview, amount: Money) -> Vec<Text> {
    let ask = Ask {
        term_months: preview.term_months,
        count: preview.payout_months.max(1),
        need: Money::vnd(amount.amount() * Decimal::ONE_HUNDRED).ok(),
        course_months: preview.payout_months,
        payout_months: preview.payout_months,
        ..Ask::of(amount)
    };
    let known = |refusal: &Refusal| match refusal {
        Refusal::AboveCap { per, .. } => !matches!(per, Per::Worker | Per::Facility),
        Refusal::TermTooLong { .. } => !matches!(rule.term, TermRule::AsCounted),
        _ => false,
    };
    within(rule, &ask).iter().filter(|refusal| known(refusal)).map(Refusal::text).collect()
}

/// The loan as the contract of that day would make it.
pub async fn preview(conn: &mut Conn, preview: Preview) -> Result<Previewed, Problem> {
    let lending = programmes::rule_on(conn, &preview.product_code, preview.signed_on).await?;
    insist_sound(&preview, lending.rule.term)?;
    let rates = rates_of(&lending, preview.annual_rate_pct)?;
    let deal = Deal {
        amount: Money::ZERO,
        term_months: preview.term_months,
        principal_every_months: preview.principal_every_months,
        payout_months: preview.payout_months,
        capital: Capital::Own,
        recovers_into: None,
        rates,
        extension_special: None,
        holidays: programmes::holidays_from(conn, preview.signed_on).await?.into_iter().collect(),
    };
    let contract = Contract::under(&lending.rule, &deal);
    let amount: Decimal = preview.tranches.iter().map(|tranche| tranche.amount).sum();
    let against =
        Money::vnd(amount).map_or_else(|_| Vec::new(), |amount| against(&lending.rule, &preview, amount));
    let terms = Terms { tranches: preview.tranches, ..contract.terms().plan };
    let schedule = schedule(&terms).map_err(|why| {
        let vi = why.vi();
        Problem::field("", text!("Điều khoản không tính được: {vi}", "These terms make no schedule: {why}"))
    })?;
    let last = schedule.rows.last().map(|row| row.nominal_due_on);
    Ok(Previewed {
        legal_basis: lending.rule.legal_basis,
        unverified: contract.unverified,
        rates,
        extension_cap_months: contract.handling.extension_cap_months,
        final_due_on: last.unwrap_or(preview.signed_on),
        against,
        schedule,
    })
}
