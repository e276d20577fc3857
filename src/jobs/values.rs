//! What a job is, and what happens to it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::access::Role;
use crate::domain::values::catalogue::catalogue;
use crate::domain::values::ids::{JobId, UserId};
use crate::domain::values::language::Text;

catalogue! {
    /// What may take longer than a request. `worker` does it.
    #[schema(as = JobKind)]
    pub enum Kind {
        /// A commune's list of households taken in.
        HouseholdImport = "household_import",
        /// Another bank's register of loans taken in.
        RegisterImport = "register_import",
        /// Days closed: what time alone changes in loans.
        CloseOfDay = "close_of_day",
        /// The proof of the books.
        Verification = "verification",
        /// A statement of an account as a file.
        StatementExport = "statement_export",
    }
}

impl Kind {
    /// Who may ask for it; they see those of others too, as auditors do.
    pub const fn roles(self) -> &'static [Role] {
        match self {
            Self::HouseholdImport => &[Role::Officer],
            Self::RegisterImport => &[Role::Officer, Role::BankClerk],
            Self::CloseOfDay => &[Role::Accountant],
            Self::Verification => &[Role::Auditor],
            Self::StatementExport => &[
                Role::Officer,
                Role::Approver,
                Role::Cashier,
                Role::Accountant,
                Role::BankClerk,
                Role::Auditor,
            ],
        }
    }

    /// Whether its steps write; others read from one snapshot.
    pub const fn writes(self) -> bool {
        match self {
            Self::HouseholdImport | Self::RegisterImport | Self::CloseOfDay => true,
            Self::Verification | Self::StatementExport => false,
        }
    }

    /// The kinds that somebody with these roles sees.
    pub fn seen_by(roles: &[Role]) -> Vec<String> {
        let seen = |kind: &&Self| {
            roles.contains(&Role::Auditor) || kind.roles().iter().any(|role| roles.contains(role))
        };
        Self::ALL.iter().filter(seen).map(|kind| kind.name().to_owned()).collect()
    }
}

catalogue! {
    /// Where a job stands.
    #[schema(as = JobState)]
    pub enum State {
        /// Nobody began it yet.
        Waiting = "waiting",
        /// Begun; after a break in the server it goes on where it was.
        Running = "running",
        /// Done; `result` says what came of it.
        Done = "done",
        /// Given up; `problem` says why. What its steps had finished stays.
        Failed = "failed",
        /// Taken back by somebody. What its steps had finished stays.
        Cancelled = "cancelled",
    }
}

catalogue! {
    /// What happened to a job.
    #[schema(as = JobHappening)]
    pub enum Happening {
        /// Somebody asked for it.
        Asked = "asked",
        /// A worker took it up.
        Begun = "begun",
        /// A worker took it up again after a break.
        Resumed = "resumed",
        /// It came so far.
        Progress = "progress",
        /// Somebody wants it to stop.
        CancelAsked = "cancel_asked",
        /// It is done.
        Done = "done",
        /// It was given up.
        Failed = "failed",
        /// It was taken back.
        Cancelled = "cancelled",
    }
}

impl Happening {
    /// Whether nothing follows it.
    pub const fn is_last(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Cancelled)
    }
}

/// A job.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Job {
    /// Public id.
    pub job_id: Uuid,
    /// What kind of work it is.
    pub kind: Kind,
    /// As it was asked for.
    #[schema(value_type = Object)]
    pub request: Value,
    /// Where it stands.
    pub state: State,
    /// Whether somebody wants it to stop.
    pub cancel_asked: bool,
    /// How far it came, as it said last.
    pub progress: Option<Progress>,
    /// What came of it, as the short form of the operation answers.
    #[schema(value_type = Option<Object>)]
    pub result: Option<Value>,
    /// Why it was given up: a problem in each language, `vi` and `en`.
    #[schema(value_type = Option<Object>)]
    pub problem: Option<Value>,
    /// The file it made, fetched at `…/file` for a week.
    pub file: Option<String>,
    /// Who asked.
    pub asked_by: Uuid,
    /// When.
    pub asked_at: DateTime<Utc>,
    /// When a worker took it up first.
    pub begun_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
}

/// How far a job came.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = JobProgress)]
pub struct Progress {
    /// So many are done.
    pub done: i64,
    /// Of so many, where that is known.
    pub of: Option<i64>,
    /// What it is at.
    pub says: Text,
}

/// Something that happened to a job.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = JobEvent)]
pub struct Event {
    /// 1, 2, 3 … of a job.
    pub event_no: i32,
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    pub what: Happening,
    /// How far it came.
    pub progress: Option<Progress>,
}

/// A job in the hands of a worker.
#[derive(Debug, Clone)]
pub struct Taken {
    /// Its id.
    pub job_id: JobId,
    /// What is to be done.
    pub kind: Kind,
    /// As it was asked for.
    pub request: Value,
    /// Where it goes on.
    pub place: Option<Value>,
    /// How often it was taken up without getting further.
    pub attempts: i16,
    /// Who asked.
    pub asked_by: UserId,
}

/// A file that a job made.
#[derive(Debug, Clone)]
pub struct JobFile {
    /// Its name.
    pub name: String,
    /// Its content type.
    pub media_type: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// How a job ended.
#[derive(Debug)]
pub enum End {
    /// With a result, and perhaps a file.
    Done(Value, Option<JobFile>),
    /// With a problem, in each language.
    Failed(Value),
    /// Taken back.
    Cancelled,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_sees_what_one_may_ask_for_and_an_auditor_sees_all() {
        assert_eq!(Kind::seen_by(&[Role::BankClerk]), ["register_import", "statement_export"]);
        assert_eq!(Kind::seen_by(&[Role::GroupLeader, Role::Admin]), Vec::<String>::new());
        assert_eq!(Kind::seen_by(&[Role::Auditor]).len(), Kind::ALL.len());
    }
}
