//! What a command that waits for a second person is.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::domain::values::language::Text;

/// Where a command stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Nobody decided yet.
    Waiting,
    /// Approved and executed.
    Approved,
    /// Rejected; nothing happened.
    Rejected,
    /// Taken back by its maker.
    Withdrawn,
}

impl State {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// A command that waits, or waited.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Approval {
    /// Public id.
    pub approval_id: Uuid,
    /// Which command, such as `pay_out_support`.
    pub command: String,
    /// What it is about.
    pub subject_id: Option<Uuid>,
    /// Its parameters, as the approver will execute them.
    pub body: Value,
    /// One sentence for the approver, Vietnamese.
    pub summary_vi: String,
    /// The same in English.
    pub summary_en: String,
    /// Who asked.
    pub made_by: Uuid,
    /// When.
    pub made_at: DateTime<Utc>,
    /// waiting, approved, rejected or withdrawn.
    pub state: String,
    /// Who decided.
    pub decided_by: Option<Uuid>,
    /// When.
    pub decided_at: Option<DateTime<Utc>>,
    /// What the second person noted.
    pub note: Option<String>,
    /// What executing it gave.
    pub outcome: Option<Value>,
}

/// A command to be approved.
#[derive(Debug)]
pub struct Ask {
    /// Which command.
    pub command: &'static str,
    /// What it is about: only one command of a kind waits per subject.
    pub subject: Option<Uuid>,
    /// Its parameters.
    pub body: Value,
    /// One sentence for the approver.
    pub summary: Text,
}

/// The decision of the second person.
#[derive(Debug)]
pub struct Decision {
    /// Approved, rejected or withdrawn.
    pub state: State,
    /// What they noted.
    pub note: Option<String>,
    /// What executing it gave.
    pub outcome: Option<Value>,
}
