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
mod month_ends;
mod overdue;
mod payout;
mod proof;
mod repay;
mod store;
mod undo;
mod waiting;

pub use agree::{Approve, execute_approval};
pub use amend::{Extend, Refund, execute_cancellation, execute_extension, execute_refund};
pub use indicators::{Figure, Indicators, indicators};
pub use loss::{Loss, dismiss_loss, execute_loss};
pub use month_ends::tie_out;
pub use overdue::{Closing, closing};
pub use payout::{SupportPayout, execute_payout};
pub use proof::rebuild;
pub use reads::{list, paid_out_since, show};
pub use repay::{Preview, Receipt, Repayment, preview, repay};
pub use undo::{TakeBack, execute_reversal};
pub use values::{Agreement, Happened, Listed, Shown, Status, Wanted};
