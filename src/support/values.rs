//! Agreements as they are stored and shown.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use uuid::Uuid;

use crate::domain::support::{EventKind, State, Terms};
use crate::domain::values::catalogue::catalogue;
use crate::domain::values::ids::{HouseholdId, ProjectId, RequestId};
use crate::domain::values::money::Money;
use crate::domain::values::total::Total;

catalogue! {
    /// Where an agreement is in its life.
    #[schema(as = AgreementStatus)]
    pub enum Status {
        /// Signed, not paid out.
        Signed = "signed",
        /// Paid out, something is owed.
        Running = "running",
        /// Nothing is owed any more.
        Settled = "settled",
        /// Given up before the payout.
        Cancelled = "cancelled",
    }
}

/// The contract with a household.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Agreement {
    /// Public id: the subject of its journals.
    pub agreement_id: Uuid,
    /// Number of the contract, without gaps in the unit and year.
    pub contract: String,
    /// The request it answers.
    #[schema(value_type = Uuid)]
    pub request_id: RequestId,
    /// The project.
    #[schema(value_type = Uuid)]
    pub project_id: ProjectId,
    /// The household.
    #[schema(value_type = Uuid)]
    pub household_id: HouseholdId,
    /// Who signed.
    pub party: String,
    /// Their address.
    pub address: String,
    /// Whose money.
    pub source_id: i32,
    /// The source recovered capital goes to, if not back to `source_id`.
    pub recovers_into: Option<i32>,
    /// What is supported.
    pub content: String,
    /// What is given.
    pub given: Money,
    /// What must come back of it.
    pub to_return: Money,
    /// The terms as they were at signing.
    pub terms: Terms,
    /// Day of the contract.
    pub signed_on: NaiveDate,
    /// The approver.
    pub decided_by: Uuid,
}

/// An event of an agreement, as it is shown.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Happened {
    /// Public id.
    pub event_id: Uuid,
    /// Order of entry, from 1.
    pub event_no: i32,
    /// What happened.
    #[schema(value_type = EventKind)]
    pub kind: String,
    /// The day it counts.
    pub effective_on: NaiveDate,
    /// Money that changed hands.
    pub amount: Money,
    /// Change of the capital given back.
    pub principal: Total,
    /// Change of the interest paid.
    pub interest: Total,
    /// Change of what is kept for the household.
    pub surplus: Total,
    /// Change of the capital written off.
    pub lost: Total,
    /// What it takes back, or the repayment it divides again.
    pub of_event_id: Option<Uuid>,
    /// Its journal.
    pub journal_no: Option<i64>,
    /// The decision that writes capital off.
    pub decision_no: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// When it was entered.
    pub recorded_at: DateTime<Utc>,
    /// By whom.
    pub actor_id: Option<Uuid>,
}

/// An agreement with its state, schedule and events as of a day.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Shown {
    /// The contract.
    #[serde(flatten)]
    pub agreement: Agreement,
    /// Where it is in its life on the day.
    pub status: Status,
    /// Where it stands.
    pub state: State,
    /// What happened up to the day, in the order of entry.
    pub events: Vec<Happened>,
    /// Address of its journals.
    pub journals: String,
}

/// An agreement in a list, as of today.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Listed {
    /// Public id.
    pub agreement_id: Uuid,
    /// Number of the contract.
    pub contract: String,
    /// The project.
    pub project_id: Uuid,
    /// The household.
    pub household_id: Uuid,
    /// Who signed.
    pub party: String,
    /// Whose money.
    pub source_id: i32,
    /// What was given.
    pub given: Money,
    /// What must come back.
    pub to_return: Money,
    /// Where it is in its life.
    #[schema(value_type = Status)]
    pub status: String,
    /// Day of the payout.
    pub handed_over_on: Option<NaiveDate>,
    /// Capital given back.
    pub recovered: Money,
    /// Capital still with the household.
    pub outstanding: Money,
    /// Kept for the household.
    pub surplus: Money,
    /// Capital written off and not recovered since.
    pub lost: Money,
    /// Day of the first part that is not met.
    pub next_due_on: Option<NaiveDate>,
    /// Last due day.
    pub final_due_on: Option<NaiveDate>,
    /// Whether a part is past its day, grace included.
    pub overdue: bool,
}

/// Which agreements to list.
#[derive(Debug, Default)]
pub struct Wanted {
    /// In this stage.
    pub status: Option<Status>,
    /// Overdue on this day.
    pub overdue_on: Option<NaiveDate>,
    /// Of this household.
    pub household: Option<Uuid>,
    /// Of this project.
    pub project: Option<Uuid>,
    /// After this one.
    pub after: Option<Uuid>,
}

/// An agreement that waits for its payout.
#[derive(Debug)]
pub struct Awaiting {
    pub agreement_id: Uuid,
    pub request_id: RequestId,
    pub contract: String,
    pub party: String,
    pub source_id: i32,
    pub given: Money,
}
