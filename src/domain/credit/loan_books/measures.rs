//! Handling of loans at risk (Decision 50/2010/QĐ-TTg as amended by 08/2021/QĐ-TTg).

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::domain::credit::loan::LoanRow;
use crate::domain::values::catalogue::catalogue;

/// Why a borrower cannot pay: codes of `risk_cause`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
pub enum Cause {
    /// Natural disaster or epidemic.
    K1,
    /// Change of state policy.
    K2,
    /// The economy at large.
    K3,
    /// Grave illness, death, missing.
    K4A,
    /// Long illness.
    K4B,
    /// Absent for two years or more.
    K4C,
    /// Decision of a court.
    K5,
}

impl Cause {
    /// The code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::K1 => "K1",
            Self::K2 => "K2",
            Self::K3 => "K3",
            Self::K4A => "K4A",
            Self::K4B => "K4B",
            Self::K4C => "K4C",
            Self::K5 => "K5",
        }
    }
}

catalogue! {
    /// Who decides on a loan at risk: codes of `capital_owner.risk_authority`.
    #[schema(as = RiskAuthority)]
    pub enum Authority {
        /// The bank's board (Hội đồng quản trị NHCSXH), within its risk fund.
        BankBoard = "bank_board",
        /// The chairman of the provincial People's Committee.
        ProvinceChairman = "province_chairman",
        /// The chairman of the commune's People's Committee.
        CommuneChairman = "commune_chairman",
    }
}

catalogue! {
    /// When a cause allows debt to be written off: codes of `risk_cause.write_off`.
    #[schema(as = WriteOffRule)]
    pub enum WriteOffRule {
        /// Only when a freeze ended and it is still unpaid.
        AfterFreeze = "after_freeze",
        /// Besides, of a borrower who died or is missing without heir or asset.
        WithoutHeir = "without_heir",
        /// Besides, at any time.
        AtOnce = "at_once",
    }
}

/// The open instalments with the one due on `due_on` moved to `to`. They add up to what they did before.
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
