//! Contracts held against the rules of the day on which they were signed, as the rules are known today; and the measure that
//! brings one of them to its rule.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use chrono::NaiveDate;
use serde::Serialize;
use uuid::Uuid;

use super::case::Case;
use super::lending::product_of;
use super::read::read_many;
use super::request::find_request;
use super::store;
use crate::access::Work;
use crate::db::Conn;
use crate::domain::credit::loan::Occurrence;
use crate::domain::credit::loan_books::{Circumstances, Difference, Review};
use crate::domain::credit::programme::longest_term;
use crate::http::page::Page;
use crate::problem::{Kind, Problem};
use crate::programmes::{self, Lending};
use crate::text;

/// A contract that differs from the rule of its day.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct ContractReview {
    /// The loan.
    pub loan_id: Uuid,
    /// Number of the contract.
    pub contract_no: String,
    /// The product.
    pub product_code: String,
    /// Who signed.
    pub borrower: String,
    /// Day of the contract.
    pub signed_on: NaiveDate,
    /// First day of the rule of that day, as it is known today.
    pub rule_from: NaiveDate,
    /// The texts it comes from.
    pub legal_basis: String,
    /// Whether figures of the rule wait for a readable legal text.
    pub unverified: bool,
    /// What differs, with the corrections that stand.
    pub differences: Vec<Difference>,
    /// Whether the measure `correct` mends some of it; not a term that is too long, which runs as it was agreed.
    pub correctable: bool,
}

/// Contracts that differ from their rules, among some that were looked at.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct ContractReviews {
    /// How many contracts were looked at.
    pub looked_at: usize,
    /// Those that differ.
    pub items: Vec<ContractReview>,
    /// Cursor of the contracts that come next; none: all were looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// Rules of products on days, each read once.
type Rules = BTreeMap<(String, NaiveDate), Lending>;

/// The rule of the day of signing; where it is not known any more, the one that the contract names.
async fn rule_of<'a>(conn: &mut Conn, rules: &'a mut Rules, case: &Case) -> Result<&'a Lending, Problem> {
    let (code, on) = (case.loan.product_code.clone(), case.loan.signed_on);
    let product = product_of(&code)?;
    let place = match rules.entry((code, on)) {
        Entry::Occupied(known) => return Ok(known.into_mut()),
        Entry::Vacant(place) => place,
    };
    let lending = match programmes::rule_on(&mut *conn, &product, on).await {
        Err(why) if why.kind == Kind::WrongState => {
            programmes::rule_on(conn, &product, case.loan.rule_from).await?
        }
        other => other?,
    };
    Ok(place.insert(lending))
}

async fn review(conn: &mut Conn, unit: i32, case: &Case, lending: &Lending) -> Result<Review, Problem> {
    let request = find_request(&mut *conn, unit, case.loan.loan_request_id).await?;
    let product = product_of(&case.loan.product_code)?;
    let asked = request.asked(&product, Some(case.loan.loan_id.into()));
    let (programme, on) = (product.programme(), case.loan.signed_on);
    let special = programmes::special_extension(conn, programme, &request.decision_code, on).await?;
    let with = Circumstances {
        rates: lending.rates,
        payout_months: asked.ask.paying_out(),
        extension_special: special,
        longest_months: longest_term(lending.rule.term, &asked.ask),
    };
    Ok(case.contract().review(&lending.rule, with))
}

/// Contracts that differ from the rules of their days, among the next `limit` of the unit.
pub async fn reviews(
    conn: &mut Conn,
    work: &Work<'_>,
    after: Uuid,
    limit: i64,
) -> Result<ContractReviews, Problem> {
    let ids = store::all_ids(&mut *conn, work.unit, after, limit + 1).await?;
    let page = Page::of(ids, limit, |id| *id);
    let mut cases = read_many(&mut *conn, work.unit, &page.items).await?;
    let (mut items, mut rules) = (Vec::new(), Rules::new());
    for case in page.items.iter().filter_map(|id| cases.remove(id)) {
        let lending = rule_of(&mut *conn, &mut rules, &case).await?;
        let found = review(&mut *conn, work.unit, &case, lending).await?;
        if found.differences.is_empty() {
            continue;
        }
        let (loan, rule) = (case.loan, &lending.rule);
        items.push(ContractReview {
            loan_id: loan.loan_id,
            contract_no: loan.contract_no,
            product_code: loan.product_code,
            borrower: loan.borrower,
            signed_on: loan.signed_on,
            rule_from: rule.valid_from,
            legal_basis: rule.legal_basis.clone(),
            unverified: rule.unverified,
            differences: found.differences,
            correctable: found.correction.is_some(),
        });
    }
    Ok(ContractReviews { looked_at: page.items.len(), items, next: page.next })
}

/// The event that brings a contract to the rule of its day, valued on its first payout.
pub async fn correction(
    conn: &mut Conn,
    unit: i32,
    case: &Case,
    decided_on: NaiveDate,
) -> Result<(NaiveDate, Occurrence), Problem> {
    let first = case.insist_paid_out(decided_on)?;
    let mut rules = Rules::new();
    let lending = rule_of(&mut *conn, &mut rules, case).await?;
    let found = review(conn, unit, case, lending).await?;
    let terms = found.correction.map(Box::new).ok_or_else(|| {
        Kind::WrongState.saying(text!(
            "Hợp đồng không khác quy định của ngày ký ở điểm nào có thể đính chính.",
            "The contract differs from the rule of its day in nothing that can be corrected."
        ))
    })?;
    Ok((first, Occurrence::Corrected { terms }))
}
