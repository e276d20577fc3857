//! Agreements of revolving support: made with a household from the queue, paid out, repaid, extended, refunded, written off;
//! and what was entered by mistake taken back.
//!
//! An agreement never changes. What happens to it are events; where it stands is a fold over them
//! ([`crate::domain::support`]). `agreement_state` keeps the result of the last fold and is the row that writers lock.

mod agree;
mod amend;
mod case;
mod reads;
mod values;
pub mod http;
mod indicators;
mod loss;
mod payout;
mod proof;
mod repay;
mod store;
mod undo;
mod waiting;

pub use agree::{APPROVE_SUPPORT, Approve, execute_approval};
pub use amend::{
    CANCEL_SUPPORT, Extend, REFUND_OVERPAYMENT, RESCHEDULE_SUPPORT, Refund, execute_cancellation,
    execute_extension, execute_refund,
};
pub use indicators::{Figure, Indicators, indicators};
pub use loss::{Loss, RECORD_LOSS, execute_loss};
pub use payout::{PAY_OUT_SUPPORT, PayOut, execute_payout};
pub use proof::rebuild;
pub use reads::{list, show};
pub use repay::{Preview, Receipt, Repayment, preview, repay};
pub use undo::{REVERSE_LOSS, REVERSE_PAYOUT, REVERSE_REPAYMENT, TakeBack, execute_reversal};
pub use values::{Agreement, Happened, Listed, Shown, Status, Wanted};
