//! What a loan is on a day.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;

/// Principal by what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, utoipa::ToSchema)]
pub struct PrincipalSums {
    /// Paid out so far.
    pub disbursed: Decimal,
    /// Came back.
    pub repaid: Decimal,
    /// Owed and not late.
    pub performing: Decimal,
    /// Owed and late.
    pub overdue: Decimal,
    /// Owed, without interest, not asked for.
    pub frozen: Decimal,
    /// Written off and not recovered.
    pub written_off: Decimal,
    /// Recovered after it was written off.
    pub recovered: Decimal,
    /// Of what was ever written off, what the general provision of its source bore.
    pub covered: Decimal,
}

/// Interest by what became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, utoipa::ToSchema)]
pub struct InterestSums {
    /// Earned up to the day, each period rounded once.
    pub accrued: Decimal,
    /// Paid.
    #[schema(value_type = String, pattern = "^-?[0-9]+([.][0-9]+)?$")]
    pub paid: Decimal,
    /// Earned and not paid.
    pub unpaid: Decimal,
    /// Written off and not recovered.
    pub written_off: Decimal,
    /// Recovered after it was written off.
    pub recovered: Decimal,
}

/// One instalment of a living loan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct LoanRow {
    /// From 1.
    pub n: u32,
    /// The day by the step of the schedule.
    pub nominal_due_on: NaiveDate,
    /// The day payment is expected.
    pub due_on: NaiveDate,
    /// Principal it asks.
    #[schema(value_type = String, pattern = "^-?[0-9]+([.][0-9]+)?$")]
    pub principal: Decimal,
    /// Of that, carried here from an instalment that was not paid.
    pub carried_in: Decimal,
    /// Interest earned in its period so far.
    #[schema(value_type = String, pattern = "^-?[0-9]+([.][0-9]+)?$")]
    pub interest: Decimal,
    /// Principal paid.
    #[schema(value_type = String, pattern = "^-?[0-9]+([.][0-9]+)?$")]
    pub paid_principal: Decimal,
    /// Interest paid.
    #[schema(value_type = String, pattern = "^-?[0-9]+([.][0-9]+)?$")]
    pub paid_interest: Decimal,
}

/// What falls due next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct NextDue {
    /// The day.
    pub on: NaiveDate,
    /// Principal still open on it.
    #[schema(value_type = String, pattern = "^-?[0-9]+([.][0-9]+)?$")]
    pub principal: Decimal,
}

/// Where the money of one event went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = LoanSplit)]
pub struct Split {
    /// The number of the event.
    pub seq: u32,
    /// Value date.
    pub on: NaiveDate,
    /// Principal that was late.
    #[schema(value_type = String, pattern = "^-?[0-9]+([.][0-9]+)?$")]
    pub overdue_principal: Decimal,
    /// Principal that was not.
    #[schema(value_type = String, pattern = "^-?[0-9]+([.][0-9]+)?$")]
    pub principal: Decimal,
    /// Interest.
    #[schema(value_type = String, pattern = "^-?[0-9]+([.][0-9]+)?$")]
    pub interest: Decimal,
    /// Principal that had been written off.
    #[schema(value_type = String, pattern = "^-?[0-9]+([.][0-9]+)?$")]
    pub written_off_principal: Decimal,
    /// Interest that had been written off.
    #[schema(value_type = String, pattern = "^-?[0-9]+([.][0-9]+)?$")]
    pub written_off_interest: Decimal,
    /// Beyond everything asked: owed to the borrower.
    pub overpaid: Decimal,
}

/// A stretch of days over which nothing that bears interest changes; the first day counts, the last does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Accrual {
    /// The first day.
    pub from: NaiveDate,
    /// The day after the last.
    pub to: NaiveDate,
    /// Principal at the rate of the loan.
    pub performing: Decimal,
    /// That rate, percent a year.
    pub annual_rate_pct: Decimal,
    /// Principal at the overdue rate.
    pub overdue: Decimal,
    /// That rate, percent a year.
    pub overdue_rate_pct: Decimal,
    /// Unrounded interest of these days.
    pub exact: Decimal,
}

/// A loan on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct LoanState {
    /// The day: its events count, its interest does not yet.
    pub as_of: NaiveDate,
    /// The instalments.
    pub rows: Vec<LoanRow>,
    /// Principal.
    pub principal: PrincipalSums,
    /// Interest.
    pub interest: InterestSums,
    /// Paid beyond everything asked and not refunded: owed to the borrower.
    pub overpaid: Decimal,
    /// Days since the oldest unpaid principal fell due.
    pub days_past_due: u32,
    /// Days since the oldest unpaid interest fell due.
    pub interest_days_past_due: u32,
    /// What falls due next.
    pub next_due: Option<NextDue>,
    /// Where the money of each event went, in the order of value dates.
    pub splits: Vec<Split>,
}

/// What closes a loan on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Quote {
    /// Principal, the frozen included.
    #[schema(value_type = String, pattern = "^-?[0-9]+([.][0-9]+)?$")]
    pub principal: Decimal,
    /// Interest up to the day.
    #[schema(value_type = String, pattern = "^-?[0-9]+([.][0-9]+)?$")]
    pub interest: Decimal,
    /// What was overpaid before and is taken off.
    pub overpaid: Decimal,
    /// What has to come in.
    #[schema(value_type = String, pattern = "^-?[0-9]+([.][0-9]+)?$")]
    pub total: Decimal,
}

impl LoanState {
    /// Principal still owed, whatever it is called.
    pub fn owed(&self) -> Decimal {
        self.principal.performing + self.principal.overdue + self.principal.frozen
    }

    /// What closes the loan on the day of this state.
    pub fn quote(&self) -> Quote {
        let (principal, interest) = (self.owed(), self.interest.unpaid);
        let total = (principal + interest - self.overpaid).max(Decimal::ZERO);
        Quote { principal, interest, overpaid: self.overpaid, total }
    }

    /// Whether nothing is owed by either side.
    pub fn is_closed(&self) -> bool {
        !self.principal.disbursed.is_zero()
            && self.owed().is_zero()
            && self.interest.unpaid.is_zero()
            && self.overpaid.is_zero()
    }
}
