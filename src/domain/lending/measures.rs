//! Handling of loans at risk (Decision 50/2010/QĐ-TTg as amended by 08/2021/QĐ-TTg).

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::domain::loan::LoanRow;

/// Why a borrower cannot pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
pub enum Cause {
    /// Natural disaster or epidemic.
    K1,
    /// Change of state policy.
    K2,
    /// The economy at large.
    K3,
    /// Grave illness, death, missing.
    K4a,
    /// Long illness.
    K4b,
    /// Absent for two years or more.
    K4c,
    /// Decision of a court.
    K5,
}

/// A row of the dated rule: from which loss on, a loan may be frozen how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FreezeAsked {
    /// From which loss on, percent of the capital of the project.
    pub loss_from_pct: Decimal,
    /// The longest freeze, months.
    pub months: u32,
}

/// The longest freeze for a loss; `None` when the loss asks only for an extension. `ladder` in any order.
pub fn longest_freeze(ladder: &[FreezeAsked], loss_pct: Decimal) -> Option<u32> {
    let reached = ladder.iter().filter(|step| step.loss_from_pct <= loss_pct);
    reached.max_by_key(|step| step.loss_from_pct).map(|step| step.months)
}

/// The open instalments from a day on, with the one due on `due_on` moved to `to`; those before stay due the day after
/// `on`, since what is late cannot move back.
pub fn reschedule(rows: &[LoanRow], due_on: NaiveDate, to: NaiveDate) -> Vec<(NaiveDate, Decimal)> {
    let mut moved: Vec<(NaiveDate, Decimal)> = Vec::new();
    for row in rows {
        let open = row.principal - row.paid_principal;
        if open <= Decimal::ZERO {
            continue;
        }
        let on = if row.due_on == due_on { to } else { row.due_on };
        match moved.iter_mut().find(|(day, _)| *day == on) {
            Some((_, amount)) => *amount += open,
            None => moved.push((on, open)),
        }
    }
    moved.sort_by_key(|(day, _)| *day);
    moved
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;

    #[test]
    fn the_loss_decides_how_long_a_loan_may_be_frozen() {
        let ladder = [
            FreezeAsked { loss_from_pct: dec!(40), months: 36 },
            FreezeAsked { loss_from_pct: dec!(80), months: 60 },
        ];
        let longest = |loss| longest_freeze(&ladder, loss);
        assert_eq!([longest(dec!(39.99)), longest(dec!(40)), longest(dec!(79.99))], [None, Some(36), Some(36)]);
        assert_eq!([longest(dec!(80)), longest(dec!(100))], [Some(60), Some(60)]);
    }
}
