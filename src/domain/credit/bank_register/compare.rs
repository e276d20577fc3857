//! Where two registers differ: loans that miss on a side, fields that differ, totals by commune, programme and source.

use std::collections::{BTreeMap, HashMap, HashSet};

use rust_decimal::Decimal;
use serde::Serialize;

use super::rows::Loan;

/// How two loans were found to be one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Match {
    /// The same contract.
    Contract,
    /// Another contract, but the same customer, programme and day: the only such loan on both sides.
    Customer,
}

/// A field that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Differing {
    /// The contract on the left.
    pub contract_no: String,
    /// How the loans were found to be one.
    pub matched_by: Match,
    /// Which field.
    pub field: String,
    /// On the left.
    pub left: String,
    /// On the right.
    pub right: String,
}

/// Balances of one commune, programme and source on both sides, in đồng.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = RegisterTotal)]
pub struct Total {
    /// The bank's code of the commune; empty where the file has none.
    pub commune_code: String,
    /// Two digits.
    pub programme_code: String,
    /// 1 central, 2 local.
    pub capital_source: String,
    /// Loans on the left.
    pub left_loans: usize,
    /// Loans on the right.
    pub right_loans: usize,
    /// All principal on the left.
    pub left: Decimal,
    /// All principal on the right.
    pub right: Decimal,
    /// Left less right.
    pub difference: Decimal,
}

/// What differs between two registers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Differences {
    /// Loans that are the same on both sides.
    pub same: usize,
    /// Contracts that only the left has.
    pub only_left: Vec<String>,
    /// Contracts that only the right has.
    pub only_right: Vec<String>,
    /// Fields that differ.
    pub differing: Vec<Differing>,
    /// Totals of both sides.
    pub totals: Vec<Total>,
}

/// Pairs of loans found on both sides, and those left over.
struct Paired<'a> {
    pairs: Vec<(&'a Loan, &'a Loan, Match)>,
    only_left: Vec<&'a Loan>,
    only_right: Vec<&'a Loan>,
}

fn pair<'a>(left: &'a [Loan], right: &'a [Loan]) -> Paired<'a> {
    let by_contract: HashMap<_, _> = right.iter().map(|loan| (loan.contract_no.as_str(), loan)).collect();
    let (mut pairs, mut only_left) = (Vec::new(), Vec::new());
    for loan in left {
        match by_contract.get(loan.contract_no.as_str()) {
            Some(other) => pairs.push((loan, *other, Match::Contract)),
            None => only_left.push(loan),
        }
    }
    let known: HashSet<_> = left.iter().map(|loan| loan.contract_no.as_str()).collect();
    let mut only_right: Vec<_> =
        right.iter().filter(|loan| !known.contains(loan.contract_no.as_str())).collect();
    let (lefts, rights) = (by_customer(&only_left), by_customer(&only_right));
    for (key, loan) in &lefts {
        if let (Some(loan), Some(Some(other))) = (loan, rights.get(key)) {
            pairs.push((loan, other, Match::Customer));
        }
    }
    let by_customer = pairs.iter().filter(|(_, _, by)| *by == Match::Customer);
    let paired: HashSet<_> =
        by_customer.flat_map(|(l, r, _)| [l.contract_no.as_str(), r.contract_no.as_str()]).collect();
    only_left.retain(|loan| !paired.contains(loan.contract_no.as_str()));
    only_right.retain(|loan| !paired.contains(loan.contract_no.as_str()));
    Paired { pairs, only_left, only_right }
}

/// Who borrowed, under what, and when.
type CustomerKey<'a> = (&'a str, &'a str, chrono::NaiveDate);

/// Loans by customer, programme and day; none where there are several.
fn by_customer<'a>(loans: &[&'a Loan]) -> BTreeMap<CustomerKey<'a>, Option<&'a Loan>> {
    let mut found = BTreeMap::new();
    for loan in loans {
        let Some(customer) = &loan.customer_code else { continue };
        let key = (customer.as_str(), loan.programme_code.as_str(), loan.lent_on);
        found.entry(key).and_modify(|only| *only = None).or_insert(Some(*loan));
    }
    found
}

/// The fields that are compared, as text.
fn fields(loan: &Loan) -> [(&'static str, String); 15] {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    [
        ("contract_no", loan.contract_no.clone()),
        ("customer_code", text(&loan.customer_code)),
        ("customer_name", loan.customer_name.clone()),
        ("commune_code", text(&loan.commune_code)),
        ("programme_code", loan.programme_code.clone()),
        ("capital_source", loan.capital_source.clone()),
        ("lent_on", loan.lent_on.to_string()),
        ("due_on", loan.due_on.to_string()),
        ("extended_due_on", loan.extended_due_on.map(|day| day.to_string()).unwrap_or_default()),
        ("term_months", loan.term_months.to_string()),
        ("annual_rate", loan.annual_rate.normalize().to_string()),
        ("lent", loan.lent.to_string()),
        ("performing", loan.performing.to_string()),
        ("overdue", loan.overdue.to_string()),
        ("frozen", loan.frozen.to_string()),
    ]
}

fn differing(left: &Loan, right: &Loan, matched_by: Match) -> Vec<Differing> {
    let both = fields(left).into_iter().zip(fields(right));
    let unequal = both.filter(|((_, left), (_, right))| left != right);
    unequal
        .map(|((field, left_text), (_, right_text))| Differing {
            contract_no: left.contract_no.clone(),
            matched_by,
            field: field.to_owned(),
            left: left_text,
            right: right_text,
        })
        .collect()
}

/// Commune, programme, source: what plans are made for.
type PlanKey<'a> = (&'a str, &'a str, &'a str);

/// Loans and principal, left and right.
type Sides = [(usize, Decimal); 2];

/// Totals of two registers by commune, programme and source.
pub fn totals(left: &[Loan], right: &[Loan]) -> Vec<Total> {
    let mut sums: BTreeMap<PlanKey<'_>, Sides> = BTreeMap::new();
    for (side, loans) in [left, right].into_iter().enumerate() {
        for loan in loans {
            let commune = loan.commune_code.as_deref().unwrap_or_default();
            let key = (commune, loan.programme_code.as_str(), loan.capital_source.as_str());
            let sum = &mut sums.entry(key).or_default()[side];
            *sum = (sum.0 + 1, sum.1 + loan.outstanding());
        }
    }
    let total = |((commune, programme, source), [left, right]): (PlanKey<'_>, Sides)| Total {
        commune_code: commune.to_owned(),
        programme_code: programme.to_owned(),
        capital_source: source.to_owned(),
        left_loans: left.0,
        right_loans: right.0,
        left: left.1,
        right: right.1,
        difference: left.1 - right.1,
    };
    sums.into_iter().map(total).collect()
}

/// Compares two registers, each with its contracts once.
pub fn compare(left: &[Loan], right: &[Loan]) -> Differences {
    let Paired { pairs, only_left, only_right } = pair(left, right);
    let contracts = |loans: Vec<&Loan>| loans.into_iter().map(|loan| loan.contract_no.clone()).collect();
    let found: Vec<Vec<Differing>> =
        pairs.iter().map(|(left, right, by)| differing(left, right, *by)).collect();
    Differences {
        same: found.iter().filter(|fields| fields.is_empty()).count(),
        only_left: contracts(only_left),
        only_right: contracts(only_right),
        differing: found.into_iter().flatten().collect(),
        totals: totals(left, right),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::credit::bank_register::rows::tests::{GOOD, HEADINGS, readings};

    fn loans(lines: &[&str]) -> Vec<Loan> {
        let all: Vec<&str> = std::iter::once(HEADINGS).chain(lines.iter().copied()).collect();
        readings(&all).into_iter().map(|reading| reading.loan.unwrap()).collect()
    }

    #[test]
    fn what_misses_what_differs_and_what_agrees_are_told_apart() {
        let paid = GOOD.replace(";30.000.000;10.000.000;;40.000.000;", ";30.000.000;4.000.000;;34.000.000;");
        let other = |no: &str, customer: &str| GOOD.replace("ku-1", no).replace("KH1", customer);
        let left = loans(&[GOOD, &other("ku-2", "KH2"), &other("ku-3", "KH3"), &other("ku-5", "KH5")]);
        let right = loans(&[&paid, &other("ku-2", "KH2"), &other("ku-4", "KH4"), &other("ku-6", "KH5")]);
        let found = compare(&left, &right);
        assert_eq!(
            (found.same, &found.only_left[..], &found.only_right[..]),
            (1, &["KU-3".to_owned()][..], &["KU-4".to_owned()][..])
        );
        let fields: Vec<_> = found
            .differing
            .iter()
            .map(|d| (d.matched_by, d.field.as_str(), d.left.as_str(), d.right.as_str()))
            .collect();
        assert_eq!(
            fields,
            [
                (Match::Contract, "overdue", "10000000", "4000000"),
                (Match::Customer, "contract_no", "KU-5", "KU-6")
            ]
        );
        assert_eq!(found.totals.len(), 1);
        let total = &found.totals[0];
        assert_eq!(
            (total.left_loans, total.left, total.difference),
            (4, Decimal::from(160_000_000), Decimal::from(6_000_000))
        );
        assert_eq!(
            (total.commune_code.as_str(), total.programme_code.as_str(), total.capital_source.as_str()),
            ("13141", "02", "1")
        );
    }

    #[test]
    fn a_register_does_not_differ_from_itself() {
        let all = loans(&[GOOD, &GOOD.replace("ku-1", "ku-2")]);
        let found = compare(&all, &all);
        assert_eq!(
            (found.same, found.differing.len(), found.only_left.len(), found.only_right.len()),
            (2, 0, 0, 0)
        );
    }

    #[test]
    fn two_loans_of_one_customer_on_one_day_are_not_guessed_at() {
        let left = loans(&[GOOD, &GOOD.replace("ku-1", "ku-2")]);
        let right = loans(&[&GOOD.replace("ku-1", "ku-3")]);
        let found = compare(&left, &right);
        assert_eq!((found.only_left.len(), found.only_right.len(), found.differing.len()), (2, 1, 0));
    }
}
