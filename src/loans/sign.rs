//! The contract that is signed under the rule of its day.

use chrono::{Datelike as _, NaiveDate};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::case::Loan;
use super::lending::{insist, insist_under, product_of};
use super::request::{find_request, in_state, not_before, not_in_future};
use super::{capital, store};
use crate::access::Work;
use crate::approvals::{self, Approval, Ask, Command};
use crate::db::Conn;
use crate::domain::credit::loan_books::{Contract, Deal, Owner};
use crate::domain::credit::programme::Rates;
use crate::domain::values::ids::LoanRequestId;
use crate::problem::Problem;
use crate::{groups, programmes, text};

/// The contract is to be signed.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Signing {
    /// Day of the contract: the rule of that day binds it.
    pub signed_on: NaiveDate,
    /// Percent a year, above 0 to 100, six decimals: where the programme leaves the rate to the contract, and only there.
    #[serde(default)]
    #[schema(value_type = Option<String>, pattern = "^[0-9]{1,3}([.][0-9]{1,6})?$", example = "4.8")]
    pub annual_rate_pct: Option<Decimal>,
}

#[derive(Serialize, Deserialize)]
struct Approving {
    loan_request_id: LoanRequestId,
    signed_on: NaiveDate,
    #[serde(default)]
    annual_rate_pct: Option<Decimal>,
}

/// The rates of a contract: those of the programme, or what the contract names where the programme names none.
pub(super) fn rates_of(lending: &programmes::Lending, named: Option<Decimal>) -> Result<Rates, Problem> {
    let wrong = |why| Err(Problem::field("/annual_rate_pct", why));
    match (lending.rates, named) {
        (Some(rates), None) => Ok(rates),
        (Some(_), Some(_)) => {
            wrong(text!("Lãi suất do chương trình quy định", "The programme sets the rate"))
        }
        (None, None) => wrong(text!(
            "Chương trình để hợp đồng định lãi suất: ghi %/năm",
            "The programme leaves the rate to the contract: write percent a year"
        )),
        (None, Some(rate)) => {
            let annual_rate = rate.normalize();
            if annual_rate <= Decimal::ZERO || annual_rate > Decimal::ONE_HUNDRED || annual_rate.scale() > 6 {
                return wrong(text!(
                    "Trên 0 đến 100, nhiều nhất 6 chữ số thập phân",
                    "Above 0 to 100, with six decimals at most"
                ));
            }
            Ok(Rates { annual_rate, overdue_rate: lending.rule.overdue.of(annual_rate) })
        }
    }
}

/// Refuses a payout to a household that the programme does not serve on that day, or while the programme pays out nothing.
pub async fn insist_still_eligible(
    conn: &mut Conn,
    unit: i32,
    loan: &Loan,
    on: NaiveDate,
) -> Result<(), Problem> {
    let request = find_request(&mut *conn, unit, loan.loan_request_id).await?;
    let product = product_of(&request.product_code)?;
    let lending = programmes::rule_of_payout(&mut *conn, &product, loan.rule_from, on).await?;
    let asked = request.asked(&product, Some(loan.loan_id.into()));
    insist_under(conn, unit, &asked, (&lending.rule, on)).await
}

/// Puts a request before the approver.
pub async fn ask_approval(
    conn: &mut Conn,
    work: &Work<'_>,
    id: LoanRequestId,
    signing: &Signing,
) -> Result<Approval, Problem> {
    let request = in_state(&mut *conn, work.unit, id, &["confirmed"]).await?;
    not_in_future(work, "/signed_on", signing.signed_on)?;
    not_before(request.confirmed_on.unwrap_or(request.requested_on), "/signed_on", signing.signed_on)?;
    let product = product_of(&request.product_code)?;
    let lending = insist(&mut *conn, work.unit, &request.asked(&product, None), signing.signed_on).await?;
    rates_of(&lending, signing.annual_rate_pct)?;
    let (who, amount, months) = (&request.borrower, request.amount, request.term_months);
    let ask = Ask {
        command: Command::ApproveLoan,
        subject: Some(id.uuid()),
        body: json!(Approving {
            loan_request_id: id,
            signed_on: signing.signed_on,
            annual_rate_pct: signing.annual_rate_pct
        }),
        summary: text!("Duyệt cho vay {amount} đồng, {months} tháng, {product}: {who}.", "Approve a loan of {amount} đồng for {months} months, {product}: {who}."; amount),
    };
    approvals::ask(conn, work, ask).await
}

/// Signs the contract: the rule of the day is copied onto it.
pub async fn execute_approval(conn: &mut Conn, work: &Work<'_>, body: Value) -> Result<Value, Problem> {
    let Approving { loan_request_id, signed_on, annual_rate_pct } =
        serde_json::from_value(body).map_err(Problem::internal)?;
    let request = in_state(&mut *conn, work.unit, loan_request_id, &["confirmed"]).await?;
    if let Some(group) = request.group_id {
        groups::lock_running(&mut *conn, work.unit, group).await?;
    }
    store::alone(&mut *conn, work.unit, &format!("lending household {}", request.household_id)).await?;
    let product = product_of(&request.product_code)?;
    let asked = request.asked(&product, None);
    let lending = insist(&mut *conn, work.unit, &asked, signed_on).await?;
    let rates = rates_of(&lending, annual_rate_pct)?;
    let owner: Owner =
        serde_json::from_value(Value::String(request.owner_code.clone())).map_err(Problem::internal)?;
    let source =
        capital::source_for(&mut *conn, work.unit, (request.source_id, owner), &product, signed_on).await?;
    let special =
        programmes::special_extension(&mut *conn, product.programme(), &request.decision_code, signed_on)
            .await?;
    let deal = Deal {
        amount: request.amount,
        term_months: asked.ask.term_months,
        principal_every_months: u32::try_from(request.principal_every_months).unwrap_or(1),
        payout_months: asked.ask.paying_out(),
        capital: owner.capital(),
        recovers_into: source.recovers_into,
        rates,
        extension_special: special,
        holidays: programmes::holidays_from(&mut *conn, signed_on).await?.into_iter().collect(),
    };
    let contract = Contract::under(&lending.rule, &deal);
    let number = store::next_contract(&mut *conn, work.unit, signed_on.year()).await?;
    let loan_id = work.clock.new_id();
    let row =
        store::Signed { loan_id, number, signed_on, rule_from: lending.rule.valid_from, contract: &contract };
    store::insert_loan(&mut *conn, work.unit, &request, &row).await?;
    store::signed(conn, work.unit, loan_request_id, loan_id.into()).await?;
    Ok(json!({"loan_id": loan_id, "contract_no": format!("{number}/{}", signed_on.year())}))
}
