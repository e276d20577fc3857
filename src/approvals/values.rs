//! What a command that waits for a second person is.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::domain::values::catalogue::catalogue;
use crate::domain::values::language::Text;
use crate::problem::Problem;

catalogue! {
    /// What a second person must approve. `decisions` executes it; the table `sensitive_command` has the same rows.
    #[schema(as = SensitiveCommand)]
    pub enum Command {
        /// The accountant's own journal.
        PostJournal = "post_journal",
        /// The mirror of a journal.
        ReverseJournal = "reverse_journal",
        /// Capital going back to its giver.
        ReturnCapital = "return_capital",
        /// What a count of a cash box found over or short.
        SettleCashCount = "settle_cash_count",
        /// That settlement taken back.
        ReverseCashSettlement = "reverse_cash_settlement",
        /// Closing a month that still runs.
        CloseRunningMonth = "close_running_month",
        /// Opening closed months again.
        ReopenPeriods = "reopen_periods",
        /// An agreement with a household from the queue.
        ApproveSupport = "approve_support",
        /// Money handed to a household.
        PayOutSupport = "pay_out_support",
        /// An agreement given up before its payout.
        CancelSupport = "cancel_support",
        /// Capital written off.
        RecordLoss = "record_loss",
        /// A repayment taken back.
        ReverseRepayment = "reverse_repayment",
        /// A payout taken back.
        ReversePayout = "reverse_payout",
        /// A loss taken back.
        ReverseLoss = "reverse_loss",
        /// A surplus given back.
        RefundOverpayment = "refund_overpayment",
        /// Later days for what is due.
        RescheduleSupport = "reschedule_support",
        /// A loan signed.
        ApproveLoan = "approve_loan",
        /// A tranche of a loan paid out.
        DisburseLoan = "disburse_loan",
        /// What was overpaid for a loan given back.
        RefundLoan = "refund_loan",
        /// An entry of a loan taken back.
        ReverseLoanEvent = "reverse_loan_event",
        /// A measure on a loan that does not go as planned.
        HandleLoan = "handle_loan",
    }
}

catalogue! {
    /// Where a command stands.
    #[schema(as = ApprovalState)]
    pub enum State {
        /// Nobody decided yet.
        Waiting = "waiting",
        /// Approved and executed.
        Approved = "approved",
        /// Rejected; nothing happened.
        Rejected = "rejected",
        /// Taken back by its maker.
        Withdrawn = "withdrawn",
    }
}

/// A command that waits, or waited.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Approval {
    /// Public id.
    pub approval_id: Uuid,
    /// Which command, such as `pay_out_support`.
    #[schema(value_type = Command)]
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
    /// Where it stands.
    #[schema(value_type = State)]
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

impl Approval {
    /// The command, among those that there are.
    pub fn what(&self) -> Result<Command, Problem> {
        let unknown = || Problem::internal(anyhow::anyhow!("there is no command {}", self.command));
        Command::of_name(&self.command).ok_or_else(unknown)
    }
}

/// A command that waits, in short.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = WaitingCommand)]
pub struct Waiting {
    /// Public id.
    pub approval_id: Uuid,
    /// Which command.
    #[schema(value_type = Command)]
    pub command: String,
    /// One sentence, Vietnamese.
    pub summary_vi: String,
    /// The same in English.
    pub summary_en: String,
    /// Since when.
    pub made_at: DateTime<Utc>,
}

/// A command to be approved.
#[derive(Debug)]
pub struct Ask {
    /// Which command.
    pub command: Command,
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
