//! Preferential loans: the request on its way to a contract, payouts and repayments, measures when it does not go as
//! planned, and the close of the day.
//!
//! | file | what |
//! |---|---|
//! | `request` | 01/TD → 03/TD → the commune's confirmation → the contract |
//! | `capital` | whose money is lent, and what its giver allows |
//! | `case` | a loan with its events |
//! | `entry` | how one more is entered |
//! | `pay` | money out and in |
//! | `handle` | moved dates, recall, freeze, write-off |
//! | `close` | what time alone changes |
//! | `reports` | what is asked about loans |

mod capital;
mod case;
mod close;
mod entry;
mod handle;
pub mod http;
mod pay;
mod reports;
mod request;
mod store;

use serde_json::Value;

use crate::access::Work;
use crate::db::Conn;
use crate::problem::Problem;

pub use case::{Happened, Loan, Status};
pub use close::{CHUNK, CloseDay, Progress, close_day, close_step, progress};
pub use handle::{Action, HANDLE_LOAN, Measure, Risk, ask_measure, do_measure};
pub use pay::{
    DISBURSE_LOAN, Early, LoanRepayment, NewRepayment, Payoff, Payout, REVERSE_LOAN_EVENT, Receipt, Recovery,
    Refund, RepaymentPreview, Undo, ask_payout, ask_reversal, payoff, preview_repayment, recover, refund,
    repay, repay_one,
};
pub use reports::{
    Age, Listed, Outstanding, Shown, Wanted, ageing, collected_balance, list, outstanding, rebuild, show,
};
pub use request::{
    APPROVE_LOAN, Confirmation, Ending, Listing, LoanRequest, NewRequest, RequestState, Signing,
    ask_approval, confirm_request, end_request, list_request, list_requests, request, show_request,
};

/// Executes a command of loans that a second person approved; none when the command is not one of loans.
pub async fn execute(
    conn: &mut Conn,
    work: &Work<'_>,
    command: &str,
    body: Value,
) -> Option<Result<Value, Problem>> {
    Some(match command {
        APPROVE_LOAN => request::execute_approval(conn, work, body).await,
        DISBURSE_LOAN => pay::execute_payout(conn, work, body).await,
        REVERSE_LOAN_EVENT => pay::execute_reversal(conn, work, body).await,
        HANDLE_LOAN => handle::execute_measure(conn, work, body).await,
        _ => return None,
    })
}
