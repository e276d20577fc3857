//! Requests and loans as they are asked for, shown and listed.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::case::{Happened, Loan, Status};
use crate::domain::credit::loan::{LoanState, Quote};
use crate::domain::credit::loan_books::Owner;
use crate::domain::credit::programme::ProductCode;
use crate::domain::credit::schedule::Explanation;
use crate::domain::values::catalogue::catalogue;
use crate::domain::values::ids::{GroupId, GroupMeetingId, HouseholdId, LoanId, LoanRequestId, MemberId};
use crate::domain::values::money::Money;
use crate::domain::values::text::{Name, Note};
use crate::domain::values::total::Total;

/// A row of the purpose table of form 01/TD.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LoanPurpose)]
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
#[schema(as = NewLoanRequest)]
pub struct NewRequest {
    /// The product, such as `01` or `03_worker`.
    pub product_code: ProductCode,
    /// The household.
    #[schema(value_type = Uuid)]
    pub household_id: HouseholdId,
    /// The member who borrows; the head when none is named.
    #[schema(value_type = Option<Uuid>)]
    pub borrower_id: Option<MemberId>,
    /// The savings-and-credit group, where the programme asks for one.
    #[schema(value_type = Option<Uuid>)]
    pub group_id: Option<GroupId>,
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
    /// Months, 1 to 300.
    pub term_months: u32,
    /// Months between two instalments of principal; the term for all at once.
    pub principal_every_months: u32,
    /// Facilities, months of study paid for, workers, months of the contract abroad, where the programme counts them.
    #[serde(default)]
    pub count: u32,
    /// Students: length of the course in months.
    #[serde(default)]
    pub course_months: u32,
    /// Students: from the first payout to the end of the course, in whole months; 0: the whole course.
    #[serde(default)]
    pub payout_months: u32,
    /// Students: tuition of those months, where the programme lends it besides the months.
    #[serde(default)]
    pub tuition: Option<Money>,
    /// What secures it, where the programme asks for that.
    pub collateral: Option<Note>,
    /// Decision code of the Policy Bank's export, where one caps extensions.
    pub decision_code: Option<Name>,
    /// Day of the request.
    pub requested_on: NaiveDate,
    /// What it is spent on: adds up to the loan. 1 to 50 rows.
    #[schema(min_items = 1, max_items = 50)]
    pub purposes: Vec<Purpose>,
}

/// A request and how far it came.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct LoanRequest {
    /// Public id.
    #[schema(value_type = Uuid)]
    pub loan_request_id: LoanRequestId,
    /// The product.
    pub product_code: String,
    /// The household.
    #[schema(value_type = Uuid)]
    pub household_id: HouseholdId,
    /// Who borrows.
    #[schema(value_type = Option<Uuid>)]
    pub borrower_id: Option<MemberId>,
    /// Their name.
    pub borrower: String,
    /// Their address.
    pub address: String,
    /// The group.
    #[schema(value_type = Option<Uuid>)]
    pub group_id: Option<GroupId>,
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
    /// From the first payout to the end of the course, in months; none: the whole course.
    pub payout_months: Option<i32>,
    /// Tuition lent besides the months.
    pub tuition: Option<Money>,
    /// What secures it.
    pub collateral: Option<String>,
    /// Decision code.
    pub decision_code: String,
    /// Day of the request.
    pub requested_on: NaiveDate,
    /// The group's meeting.
    #[schema(value_type = Option<Uuid>)]
    pub meeting_id: Option<GroupMeetingId>,
    /// Number of its minutes and list.
    pub minutes_no: Option<String>,
    /// Day of the meeting.
    pub listed_on: Option<NaiveDate>,
    /// Number of the commune's confirmation.
    pub confirmation_no: Option<String>,
    /// Its day.
    pub confirmed_on: Option<NaiveDate>,
    /// The contract.
    #[schema(value_type = Option<Uuid>)]
    pub loan_id: Option<LoanId>,
    /// Where it stands.
    #[schema(value_type = RequestState)]
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
    #[schema(value_type = Option<Uuid>)]
    pub meeting_id: Option<GroupMeetingId>,
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

catalogue! {
    /// How far a request came.
    #[schema(as = LoanRequestState)]
    pub enum RequestState {
        /// Taken down.
        Asked = "asked",
        /// On the group's list.
        Listed = "listed",
        /// Confirmed by the commune.
        Confirmed = "confirmed",
        /// Signed.
        Approved = "approved",
        /// Refused.
        Refused = "refused",
        /// Taken back.
        Withdrawn = "withdrawn",
    }
}

impl RequestState {
    /// What a stored state means, in Vietnamese and English.
    pub(super) fn said(stored: &str) -> (&'static str, &'static str) {
        match stored {
            "asked" => ("chưa được tổ bình xét", "is not on the group's list yet"),
            "listed" => ("đã được tổ bình xét", "is on the group's list"),
            "confirmed" => ("đã được xã xác nhận", "is confirmed by the commune"),
            "approved" => ("đã được duyệt", "is approved"),
            "refused" => ("đã bị từ chối", "was refused"),
            _ => ("đã được hộ rút", "was withdrawn"),
        }
    }
}

/// A loan as of a day.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = ShownLoan)]
pub struct Shown {
    /// The contract.
    #[serde(flatten)]
    pub loan: Loan,
    /// Where it is in its life on the day.
    pub status: Status,
    /// Its final date on the day.
    pub final_due_on: Option<NaiveDate>,
    /// Instalments and sums.
    pub state: LoanState,
    /// Why each instalment of the state asks what it asks, in their order.
    pub why: Vec<Explanation>,
    /// Where the interest since the last payment comes from.
    pub interest: Vec<Explanation>,
    /// Unpaid interest above so many months' worth as the programme says: an early warning.
    pub inactive: bool,
    /// What happened, in the order of entry, up to the day.
    pub events: Vec<Happened>,
}

/// A loan in a list, as the books hold it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = ListedLoan)]
pub struct Listed {
    /// Public id.
    pub loan_id: Uuid,
    /// Number of the contract.
    pub contract_no: String,
    /// The product.
    pub product_code: String,
    /// The household.
    pub household_id: Uuid,
    /// Who signed.
    pub borrower: String,
    /// The group.
    pub group_id: Option<Uuid>,
    /// Where it is in its life.
    #[schema(value_type = Status)]
    pub status: String,
    /// The final date.
    pub final_due_on: Option<NaiveDate>,
    /// Since when principal is late.
    pub late_since: Option<NaiveDate>,
    /// Principal within term.
    pub in_term: Total,
    /// Principal that is late.
    pub overdue: Total,
    /// Principal that is frozen.
    pub frozen: Total,
    /// Interest that is not paid.
    pub unpaid_interest: Total,
    /// The day for which these figures are.
    pub stands_on: NaiveDate,
}

/// Which loans to list.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Wanted {
    /// Two digits of a programme.
    pub programme: Option<String>,
    /// A group.
    pub group: Option<GroupId>,
    /// A household.
    pub household: Option<Uuid>,
    /// Where in its life.
    pub status: Option<Status>,
    /// At least so many days late today.
    pub late_days: Option<i32>,
}

/// What is outstanding under a product.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Outstanding {
    /// The product.
    pub product_code: String,
    /// Whose capital.
    pub owner_code: String,
    /// Loans with something owed.
    pub loans: i64,
    /// Principal within term.
    pub in_term: Total,
    /// Principal that is late.
    pub overdue: Total,
    /// Principal that is frozen.
    pub frozen: Total,
    /// Interest that is not paid.
    pub unpaid_interest: Total,
    /// Principal written off that may still come back.
    pub written_off: Total,
}

/// Arrears of an age.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Age {
    /// From so many days; none: principal that is frozen, which is neither within term nor late.
    pub days_from: Option<i32>,
    /// To so many days.
    pub days_to: Option<i32>,
    /// Vietnamese name.
    pub name_vi: String,
    /// English name.
    pub name_en: String,
    /// Loans; one of which a part is frozen stands here for the rest and among the frozen for that part.
    pub loans: i64,
    /// Their principal of this age, late or not.
    pub principal: Total,
    /// Of that, late.
    pub overdue: Total,
}

/// What closes a loan on a day.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Payoff {
    /// The day.
    pub on: NaiveDate,
    /// What has to come in.
    #[serde(flatten)]
    pub quote: Quote,
    /// Where its interest comes from.
    pub explanations: Vec<Explanation>,
}
