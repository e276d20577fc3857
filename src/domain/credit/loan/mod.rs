//! A loan as a fold over its events, in the order of their value dates.
//!
//! Nothing about a loan is stored as truth but its terms and its events. An event dated back, or reversed, needs no
//! repair: the fold comes out as if it had been so from the start, and the books take the difference.
//!
//! | file | what |
//! |---|---|
//! | `correction` | terms in the place of those signed |
//! | `event` | what can happen to a loan |
//! | `fold` | the fold |
//! | `rows` | instalments: asked, carried on, moved, frozen |
//! | `state` | what the loan is on a day, and what closes it |
//! | `terms` | what was agreed, and the usual orders of payment |
//! | `reasons` | each split and accrual in words |

mod correction;
mod event;
mod fold;
mod reasons;
mod rows;
mod state;
mod terms;
#[cfg(test)]
mod tests;

pub use self::correction::Correction;
pub use self::event::{EventKind, LoanError, LoanEvent, Misfit, Occurrence};
pub use self::fold::{accruals, state};
pub use self::reasons::{effect, of_rows};
pub use self::state::{Accrual, InterestSums, LoanRow, LoanState, NextDue, PrincipalSums, Quote, Split};
pub use self::terms::{LoanTerms, Missed, interest_first, overdue_principal_first};
