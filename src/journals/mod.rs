//! What is written into the general journal by hand: capital in and out, transfers, the accountant's own journals and
//! reversals; and how journals and their papers are read and printed.

mod commands;
mod forms;
pub mod http;
mod manual;
mod prints;
mod read;
mod store;
mod values;

use serde::{Deserialize, Serialize};

pub use crate::ledger::journal_lists::Wanted;
pub use crate::ledger::journals::{Head, Journal};
pub use crate::ledger::vouchers::{Papers, Voucher};
pub use commands::{
    CapitalMovement, Reversal, SavingsHandover, Transfer, execute_return, execute_reversal, receive,
};
pub use manual::{ManualForm, ManualJournal, ManualLine, ManualPaper, Side, execute_manual};
pub use prints::{Printable, print, printable, prints};
pub use read::{Paper, list, show, voucher, vouchers};
pub use values::{NewPrint, PrintSheet, VoucherPrint, VoucherPrints};

/// A journal that was rehearsed and taken back; its numbers are those it would have had.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Preview<T> {
    /// Always false.
    pub stored: bool,
    /// What would be written.
    pub journal: T,
}
