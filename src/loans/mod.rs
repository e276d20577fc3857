//! Preferential loans: the request on its way to a contract, payouts and repayments, measures when it does not go as
//! planned, and the close of the day.
//!
//! | file | what |
//! |---|---|
//! | `request` | 01/TD → 03/TD → the commune's confirmation |
//! | `lending` | what a programme lends on a day |
//! | `sign` | the contract |
//! | `capital` | whose money is lent, and what its giver allows |
//! | `case` | a loan with its events |
//! | `read` | the same as stored, locked or only read |
//! | `event` | something that is entered, and its rows |
//! | `entry` | how one more is entered |
//! | `pay` | money out, and in for what was written off |
//! | `repay` | repayments |
//! | `undo` | an entry taken back |
//! | `handle` | moved dates, recall, freeze, write-off |
//! | `close` | what time alone changes |
//! | `group` | what a group's meeting collects, and the end of a group |
//! | `review` | contracts held against the rules of their days, and what mends one |
//! | `authority` | who decides on a loan at risk, and when it may be written off |
//! | `preview` | a loan under the rule of a day, before anybody asks for it |
//! | `values` | requests and loans as they are asked for and shown |
//! | `reports` | what is asked about loans |
//! | `month_ends` | the proof that the books held the loans at every month's end |

mod authority;
mod capital;
mod case;
mod close;
mod entry;
mod event;
mod fee_bases;
mod group;
mod handle;
pub mod http;
mod lending;
mod month_ends;
mod pay;
mod preview;
mod read;
mod repay;
mod reports;
mod request;
mod review;
mod sign;
mod store;
mod undo;
mod values;

pub use case::{Happened, Loan, Status};
pub use close::{CHUNK, CloseDay, Progress, close_day, close_step, days_closed, open, progress};
pub use fee_bases::{FeeBase, fee_bases};
pub use group::{Due, contracts, dissolve_group, dues};
pub use handle::{Action, Measure, Risk, ask_measure, do_measure, execute_measure};
pub use month_ends::tie_out;
pub use pay::{
    LoanPayout, Recovery, Refund, ask_payout, ask_refund, execute_payout, execute_refund, recover,
};
pub use preview::{Preview, Previewed, preview};
pub use repay::{Early, LoanRepayment, NewRepayment, Receipt, RepaymentPreview};
pub use repay::{preview_repayment, repay};
pub use reports::{ageing, list, outstanding, payoff, rebuild, show};
pub use request::{confirm_request, end_request, list_request, list_requests, request, show_request};
pub use review::{ContractReview, ContractReviews, reviews};
pub use sign::{Signing, ask_approval, execute_approval};
pub use undo::{Undo, ask_reversal, execute_reversal};
pub use values::{
    Age, Confirmation, Ending, Listed, Listing, LoanRequest, NewRequest, Outstanding, Payoff, RequestState,
    Shown, Wanted,
};
