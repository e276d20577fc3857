//! From the household's request (01/TD) over the group's list (03/TD) and the commune's confirmation to the contract.

use chrono::{Datelike as _, NaiveDate};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{capital, store};
use crate::access::Work;
use crate::approvals::{self, Approval, Ask};
use crate::db::Conn;
use crate::domain::lending::{Contract, Deal, Owner};
use crate::domain::money::Money;
use crate::domain::programme::{self, ProductCode, Refusal};
use crate::domain::text::{Name, Note};
use crate::http::page::Page;
use crate::problem::{FieldError, Kind, Problem};
use crate::{groups, households, programmes, text};

/// Approving a request: the contract is signed.
pub const APPROVE_LOAN: &str = "approve_loan";

/// A row of the purpose table of form 01/TD.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Purpose {
    /// Đối tượng: what is bought.
    pub item: Name,
    /// Số lượng, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<Name>,
    /// Thành tiền.
    pub amount: Money,
}

/// A household asks for a loan.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRequest {
    /// The product, such as `01` or `03_worker`.
    pub product_code: ProductCode,
    /// The household.
    pub household_id: Uuid,
    /// The member who borrows; the head when none is named.
    pub borrower_id: Option<Uuid>,
    /// The savings-and-credit group, where the programme asks for one.
    pub group_id: Option<Uuid>,
    /// Whose money: a source of the unit.
    pub source_id: i32,
    /// Whose capital.
    pub owner: Owner,
    /// The loan.
    pub amount: Money,
    /// What the whole plan costs: the loan and the household's own capital.
    pub total_need: Money,
    /// The household's own capital.
    pub own_capital: Money,
    /// Months, 1 to 240.
    pub term_months: u32,
    /// Months between two instalments of principal; the term for all at once.
    pub principal_every_months: u32,
    /// Facilities, months of study or workers, where the programme counts them.
    #[serde(default)]
    pub count: u32,
    /// Students: length of the course in months.
    #[serde(default)]
    pub course_months: u32,
    /// What secures it, where the programme asks for that.
    pub collateral: Option<Note>,
    /// Decision code of the Policy Bank's export, where one caps extensions.
    pub decision_code: Option<Name>,
    /// Day of the request.
    pub requested_on: NaiveDate,
    /// What it is spent on: adds up to the loan. 1 to 50 rows.
    pub purposes: Vec<Purpose>,
}

/// A request and how far it came.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct LoanRequest {
    /// Public id.
    pub loan_request_id: Uuid,
    /// The product.
    pub product_code: String,
    /// The household.
    pub household_id: Uuid,
    /// Who borrows.
    pub borrower_id: Option<Uuid>,
    /// Their name.
    pub borrower: String,
    /// Their address.
    pub address: String,
    /// The group.
    pub group_id: Option<Uuid>,
    /// Whose money.
    pub source_id: i32,
    /// Whose capital.
    pub owner_code: String,
    /// The loan.
    pub amount: Money,
    /// What the whole plan costs.
    pub total_need: Money,
    /// The household's own capital.
    pub own_capital: Money,
    /// Months.
    pub term_months: i32,
    /// Months between two instalments of principal.
    pub principal_every_months: i32,
    /// What the programme counts.
    pub counted: i32,
    /// Length of the course.
    pub course_months: i32,
    /// What secures it.
    pub collateral: Option<String>,
    /// Decision code.
    pub decision_code: String,
    /// Day of the request.
    pub requested_on: NaiveDate,
    /// The group's meeting.
    pub meeting_id: Option<Uuid>,
    /// Number of its minutes and list.
    pub minutes_no: Option<String>,
    /// Day of the meeting.
    pub listed_on: Option<NaiveDate>,
    /// Number of the commune's confirmation.
    pub confirmation_no: Option<String>,
    /// Its day.
    pub confirmed_on: Option<NaiveDate>,
    /// The contract.
    pub loan_id: Option<Uuid>,
    /// asked, listed, confirmed, approved, refused or withdrawn.
    pub state: String,
    /// Why it ended.
    pub reason: Option<String>,
}

/// The group's meeting put it on its list (bình xét, 03/TD).
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Listing {
    /// Number of the minutes.
    pub minutes_no: Name,
    /// Day of the meeting.
    pub listed_on: NaiveDate,
    /// The meeting, where it is recorded.
    pub meeting_id: Option<Uuid>,
}

/// The commune confirms that the household is of the programme and lives here.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Confirmation {
    /// Number of the paper.
    pub document_no: Name,
    /// Its day.
    pub confirmed_on: NaiveDate,
}

/// The request ends without a loan.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Ending {
    /// true: the household takes it back; false: it is refused.
    pub withdrawn: bool,
    /// Why.
    pub reason: Note,
}

/// The contract is to be signed.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Signing {
    /// Day of the contract: the rule of that day binds it.
    pub signed_on: NaiveDate,
}

#[derive(Serialize, Deserialize)]
struct Approving {
    loan_request_id: Uuid,
    signed_on: NaiveDate,
}

/// What is checked against the rule of a day.
struct Asked<'a> {
    product: &'a ProductCode,
    household: Uuid,
    group: Option<Uuid>,
    collateral: bool,
    /// The loan itself, when it is signed already.
    loan: Option<Uuid>,
    ask: programme::Ask,
}

/// The reason of a programme as a problem.
fn refused(refusal: &Refusal) -> Problem {
    let kind = match refusal {
        Refusal::Class { .. } => Kind::NotEligible,
        Refusal::Excluded(_) => Kind::DuplicateSupport,
        Refusal::AboveCap { .. } | Refusal::AboveNeed { .. } | Refusal::TermTooLong { .. } => Kind::AboveCap,
        Refusal::Incomplete => return Problem::field("/count", refusal.text()),
    };
    kind.saying(refusal.text())
}

/// Refuses what the programme does not lend on a day; otherwise its rule and rates.
async fn insist(
    conn: &mut Conn,
    unit: i32,
    asked: &Asked<'_>,
    on: NaiveDate,
) -> Result<programmes::Lending, Problem> {
    let lending = programmes::rule_on(&mut *conn, asked.product, on).await?;
    let verdict = households::eligibility(&mut *conn, unit, asked.household, on).await?;
    let rule = &lending.rule;
    if !rule.classes.is_empty()
        && (!verdict.eligible || verdict.class().is_none_or(|class| !rule.classes.contains(&class)))
    {
        return Err(Kind::NotEligible.saying(verdict.reason));
    }
    if rule.group_required {
        let member_of = groups::group_of(&mut *conn, unit, asked.household, on).await?;
        if asked.group.is_none() || asked.group != member_of {
            let detail = text!(
                "Hộ phải là tổ viên của tổ vào ngày {on}",
                "The household must be a member of the group on {on}"
            );
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
    let owed = store::owed_under(conn, unit, (asked.household, programme), asked.loan).await?;
    let ask = programme::Ask { owed: Money::vnd(owed).map_err(Problem::internal)?, ..asked.ask };
    match programme::within(rule, &ask).first() {
        Some(refusal) => Err(refused(refusal)),
        None => Ok(lending),
    }
}

/// Refuses a request whose own figures do not fit each other.
fn insist_sound(new: &NewRequest) -> Result<(), Problem> {
    let wrong = |pointer: &str, detail| FieldError { pointer: pointer.to_owned(), detail };
    let mut fields = Vec::new();
    if !(1..=240).contains(&new.term_months) {
        fields.push(wrong("/term_months", text!("Từ 1 đến 240 tháng", "From 1 to 240 months")));
    }
    if !(1..=240).contains(&new.principal_every_months) {
        fields.push(wrong("/principal_every_months", text!("Từ 1 đến 240 tháng", "From 1 to 240 months")));
    }
    if new.amount.is_zero() {
        fields.push(wrong("/amount", text!("Phải lớn hơn 0", "Must be more than 0")));
    }
    if new.amount.plus(new.own_capital) != Ok(new.total_need) {
        fields.push(wrong(
            "/total_need",
            text!("Phải bằng vốn vay cộng vốn tự có", "Must be the loan and the own capital together"),
        ));
    }
    if !(1..=50).contains(&new.purposes.len()) || new.purposes.iter().any(|p| p.amount.is_zero()) {
        fields.push(wrong(
            "/purposes",
            text!("Từ 1 đến 50 dòng, mỗi dòng có số tiền", "1 to 50 rows, each with an amount"),
        ));
    } else if Money::sum(new.purposes.iter().map(|p| p.amount)) != Ok(new.amount) {
        fields.push(wrong(
            "/purposes",
            text!("Tổng các dòng phải bằng số tiền vay", "The rows must add up to the loan"),
        ));
    }
    if new.count > 10_000 || new.course_months > 240 {
        fields.push(wrong("/count", text!("Quá lớn", "Too large")));
    }
    if fields.is_empty() { Ok(()) } else { Err(Problem::fields(fields)) }
}

/// Takes a request down.
pub async fn request(conn: &mut Conn, work: &Work<'_>, new: &NewRequest) -> Result<LoanRequest, Problem> {
    insist_sound(new)?;
    not_in_future(work, "/requested_on", new.requested_on)?;
    let asked = Asked {
        product: &new.product_code,
        household: new.household_id,
        group: new.group_id,
        collateral: new.collateral.is_some(),
        loan: None,
        ask: programme::Ask {
            amount: new.amount,
            owed: Money::ZERO,
            term_months: new.term_months,
            count: new.count,
            need: Some(new.total_need),
            course_months: new.course_months,
        },
    };
    let household = households::brief(&mut *conn, work.unit, new.household_id, new.requested_on).await?;
    let lending = insist(&mut *conn, work.unit, &asked, new.requested_on).await?;
    let every = new.principal_every_months;
    if every < new.term_months && !lending.rule.instalments.months.contains(&every) {
        let usual = format!("{:?}", lending.rule.instalments.months);
        return Err(Problem::field(
            "/principal_every_months",
            text!("Chương trình phân kỳ {usual} tháng", "The programme has instalments every {usual} months"),
        ));
    }
    capital::source_for(&mut *conn, work.unit, new.source_id, &new.product_code, new.requested_on).await?;
    let id = work.clock.new_id();
    store::insert_request(&mut *conn, work, id, new, (&household.recipient, &household.address)).await?;
    show_request(conn, work.unit, id).await
}

fn not_in_future(work: &Work<'_>, field: &str, on: NaiveDate) -> Result<(), Problem> {
    if on > work.clock.today() {
        Err(Problem::field(field, text!("Chưa đến ngày này", "In the future")))
    } else {
        Ok(())
    }
}

/// One request.
pub async fn show_request(conn: &mut Conn, unit: i32, id: Uuid) -> Result<LoanRequest, Problem> {
    store::find_request(conn, unit, id).await?.ok_or_else(|| Kind::NotFound.bare())
}

/// A page of requests, oldest first.
pub async fn list_requests(
    conn: &mut Conn,
    unit: i32,
    state: Option<RequestState>,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Page<LoanRequest>, Problem> {
    let rows = store::requests(conn, unit, state.map(RequestState::name), after, limit + 1).await?;
    Ok(Page::of(rows, limit, |row| row.loan_request_id))
}

/// How far a request came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RequestState {
    /// Taken down.
    Asked,
    /// On the group's list.
    Listed,
    /// Confirmed by the commune.
    Confirmed,
    /// Signed.
    Approved,
    /// Refused.
    Refused,
    /// Taken back.
    Withdrawn,
}

impl RequestState {
    const fn name(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Listed => "listed",
            Self::Confirmed => "confirmed",
            Self::Approved => "approved",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// Locks a request that must be in one of some states.
async fn in_state(conn: &mut Conn, unit: i32, id: Uuid, states: &[&str]) -> Result<LoanRequest, Problem> {
    let request = store::request_for_update(conn, unit, id).await?.ok_or_else(|| Kind::NotFound.bare())?;
    if states.contains(&request.state.as_str()) {
        return Ok(request);
    }
    let state = &request.state;
    Err(Kind::WrongState.saying(text!("Đề nghị đang ở bước {state}.", "The request is {state}.")))
}

/// The group's meeting put it on its list.
pub async fn list_request(
    conn: &mut Conn,
    work: &Work<'_>,
    id: Uuid,
    listing: &Listing,
) -> Result<LoanRequest, Problem> {
    let request = in_state(&mut *conn, work.unit, id, &["asked"]).await?;
    not_in_future(work, "/listed_on", listing.listed_on)?;
    not_before(request.requested_on, "/listed_on", listing.listed_on)?;
    store::list_on(&mut *conn, work.unit, id, listing).await?;
    show_request(conn, work.unit, id).await
}

fn not_before(earlier: NaiveDate, field: &str, on: NaiveDate) -> Result<(), Problem> {
    if on < earlier {
        Err(Problem::field(
            field,
            text!("Trước bước trước đó ({earlier})", "Before the step before it ({earlier})"),
        ))
    } else {
        Ok(())
    }
}

/// The commune confirms it. Without a list only where the programme lends without a group.
pub async fn confirm_request(
    conn: &mut Conn,
    work: &Work<'_>,
    id: Uuid,
    paper: &Confirmation,
) -> Result<LoanRequest, Problem> {
    let request = in_state(&mut *conn, work.unit, id, &["asked", "listed"]).await?;
    not_in_future(work, "/confirmed_on", paper.confirmed_on)?;
    not_before(request.listed_on.unwrap_or(request.requested_on), "/confirmed_on", paper.confirmed_on)?;
    let product = product_of(&request.product_code)?;
    let lending = programmes::rule_on(&mut *conn, &product, paper.confirmed_on).await?;
    if lending.rule.group_required && request.listed_on.is_none() {
        return Err(Kind::WrongState
            .saying(text!("Đề nghị chưa qua bình xét ở tổ.", "The group has not put it on its list.")));
    }
    store::confirm(&mut *conn, work.unit, id, paper).await?;
    show_request(conn, work.unit, id).await
}

/// Ends a request without a loan.
pub async fn end_request(
    conn: &mut Conn,
    work: &Work<'_>,
    id: Uuid,
    ending: &Ending,
) -> Result<LoanRequest, Problem> {
    in_state(&mut *conn, work.unit, id, &["asked", "listed", "confirmed"]).await?;
    let state = if ending.withdrawn { RequestState::Withdrawn } else { RequestState::Refused };
    store::end_request(&mut *conn, work.unit, id, state.name(), ending.reason.as_str()).await?;
    show_request(conn, work.unit, id).await
}

fn product_of(code: &str) -> Result<ProductCode, Problem> {
    code.parse().map_err(Problem::internal)
}

impl LoanRequest {
    /// What is checked again on a later day.
    fn asked<'a>(&self, product: &'a ProductCode, loan: Option<Uuid>) -> Asked<'a> {
        let whole = |n: i32| u32::try_from(n).unwrap_or_default();
        Asked {
            product,
            household: self.household_id,
            group: self.group_id,
            collateral: self.collateral.is_some(),
            loan,
            ask: programme::Ask {
                amount: self.amount,
                owed: Money::ZERO,
                term_months: whole(self.term_months),
                count: whole(self.counted),
                need: Some(self.total_need),
                course_months: whole(self.course_months),
            },
        }
    }
}

/// Refuses a payout to a household that the programme does not serve on that day.
pub async fn insist_still_eligible(
    conn: &mut Conn,
    unit: i32,
    request: Uuid,
    loan: Uuid,
    on: NaiveDate,
) -> Result<(), Problem> {
    let request = show_request(&mut *conn, unit, request).await?;
    let product = product_of(&request.product_code)?;
    insist(conn, unit, &request.asked(&product, Some(loan)), on).await.map(|_| ())
}

/// Puts a request before the approver.
pub async fn ask_approval(
    conn: &mut Conn,
    work: &Work<'_>,
    id: Uuid,
    signing: &Signing,
) -> Result<Approval, Problem> {
    let request = in_state(&mut *conn, work.unit, id, &["confirmed"]).await?;
    not_in_future(work, "/signed_on", signing.signed_on)?;
    not_before(request.confirmed_on.unwrap_or(request.requested_on), "/signed_on", signing.signed_on)?;
    let product = product_of(&request.product_code)?;
    insist(&mut *conn, work.unit, &request.asked(&product, None), signing.signed_on).await?;
    let (who, amount, months) = (&request.borrower, request.amount, request.term_months);
    let ask = Ask {
        command: APPROVE_LOAN,
        subject: Some(id),
        body: json!(Approving { loan_request_id: id, signed_on: signing.signed_on }),
        summary: text!(
            "Duyệt cho vay {amount} đồng, {months} tháng, {product}: {who}.",
            "Approve a loan of {amount} đồng for {months} months, {product}: {who}."
        ),
    };
    approvals::ask(conn, work, ask).await
}

/// Signs the contract: the rule of the day is copied onto it.
pub async fn execute_approval(conn: &mut Conn, work: &Work<'_>, body: Value) -> Result<Value, Problem> {
    let Approving { loan_request_id, signed_on } = serde_json::from_value(body).map_err(Problem::internal)?;
    let request = in_state(&mut *conn, work.unit, loan_request_id, &["confirmed"]).await?;
    let product = product_of(&request.product_code)?;
    let asked = request.asked(&product, None);
    let lending = insist(&mut *conn, work.unit, &asked, signed_on).await?;
    let rates = lending.rates.ok_or_else(|| {
        Kind::WrongState.saying(text!(
            "Chương trình chưa có lãi suất cho ngày này.",
            "The programme has no rate for that day."
        ))
    })?;
    let owner: Owner =
        serde_json::from_value(Value::String(request.owner_code.clone())).map_err(Problem::internal)?;
    let source = capital::source_for(&mut *conn, work.unit, request.source_id, &product, signed_on).await?;
    let special =
        programmes::special_extension(&mut *conn, product.programme(), &request.decision_code, signed_on)
            .await?;
    let deal = Deal {
        amount: request.amount,
        term_months: asked.ask.term_months,
        principal_every_months: u32::try_from(request.principal_every_months).unwrap_or(1),
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
    store::signed(conn, work.unit, loan_request_id, loan_id).await?;
    Ok(json!({"loan_id": loan_id, "contract_no": format!("{number}/{}", signed_on.year())}))
}
