//! Level instalments in the conventions of other books: by a periodic rate, by a daily rate on real days, or
//! rounded up to a whole unit.

use std::cmp::Ordering;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::exact::{Coin, checked_mul, div, positive};
use super::{PlanRow, TermsError, tvm};
use crate::domain::values::calendar::days_between;
use crate::domain::values::money::RoundingMode;

/// Where the rounding of a level instalment ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rest {
    /// The last instalment absorbs it.
    Last,
    /// A row of its own asks for it: the habit this engine exists to avoid, kept to compare with other books.
    ExtraRow,
}

/// Equal instalments at a periodic rate.
#[derive(Debug, Clone, Copy)]
pub struct Periodic {
    /// The amount paid out.
    pub amount: Decimal,
    /// Fraction a period.
    pub rate: Decimal,
    /// Rounding.
    pub coin: Coin,
    /// Where the rounding ends.
    pub rest: Rest,
}

impl Periodic {
    /// `rows` rows over the due dates; a row for the rest, if any, takes the date after them.
    pub fn rows(&self, start: NaiveDate, dues: &[NaiveDate], rows: usize) -> Vec<PlanRow> {
        let instalment = self.coin.instalment(tvm::instalment(self.rate, rows, self.amount));
        let (mut balance, mut from) = (self.amount, start);
        let mut plan = Vec::with_capacity(rows + 1);
        for (at, due) in dues.iter().enumerate() {
            let extra = at >= rows;
            if extra && (self.rest == Rest::Last || balance.is_zero()) {
                break;
            }
            let interest = if extra { Decimal::ZERO } else { self.coin.round(balance * self.rate) };
            let absorbs = extra || (at + 1 == rows && self.rest == Rest::Last);
            let principal = if absorbs { balance } else { positive(instalment - interest).min(balance) };
            balance -= principal;
            plan.push(PlanRow { from, due_on: *due, principal, interest, balance });
            from = *due;
        }
        plan
    }
}

/// How the last instalment of a daily-rate loan may differ from the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Last {
    /// Not above them.
    Lower,
    /// Not below them.
    Higher,
    /// Whichever is nearer; of two that are as near, the instalment of the formula.
    Similar,
}

/// A loan at a rate a day on real days, with a first period of any length.
#[derive(Debug, Clone, Copy)]
pub struct Daily {
    /// The amount paid out.
    pub amount: Decimal,
    /// Fraction a day.
    pub daily_rate: Decimal,
    /// The most interest the loan may ever ask.
    pub interest_cap: Option<Decimal>,
    /// How the last instalment may differ.
    pub last: Last,
    /// Amounts of the currency, half up.
    pub coin: Coin,
}

impl Daily {
    /// The rows over the due dates.
    pub fn rows(&self, start: NaiveDate, dues: &[NaiveDate]) -> Result<Vec<PlanRow>, TermsError> {
        let level = self.instalment(start, dues)?;
        let plan = |instalment| self.with(instalment, start, dues);
        let over = |instalment: Decimal| {
            plan(instalment).last().map_or(Decimal::ZERO, |r| r.principal + r.interest) - instalment
        };
        let cent = Decimal::new(1, self.coin.decimals);
        let lower = lowest_not_above(level, cent, &over);
        let higher = if over(lower).is_zero() { lower } else { lower - cent };
        let nearer = match over(higher).abs().cmp(&over(lower).abs()) {
            Ordering::Less => true,
            Ordering::Equal => higher == level,
            Ordering::Greater => false,
        };
        let below = self.last == Last::Higher || (self.last == Last::Similar && nearer);
        Ok(plan(if below { higher } else { lower }))
    }

    /// The instalment by the formula of real days; a cap on interest can only lower it.
    fn instalment(&self, start: NaiveDate, dues: &[NaiveDate]) -> Result<Decimal, TermsError> {
        let (mut product, mut sum, mut from) = (Decimal::ONE, Decimal::ZERO, start);
        for (at, due) in dues.iter().enumerate() {
            let growth = Decimal::ONE + self.daily_rate * Decimal::from(days_between(from, *due));
            product = checked_mul(product, growth).ok_or(TermsError::TooLarge)?;
            let grown = if at == 0 { sum } else { checked_mul(sum, growth).ok_or(TermsError::TooLarge)? };
            sum = Decimal::ONE + grown;
            from = *due;
        }
        let exact = div(checked_mul(product, self.amount).ok_or(TermsError::TooLarge)?, sum);
        Ok(self.coin.round(exact))
    }

    fn with(&self, instalment: Decimal, start: NaiveDate, dues: &[NaiveDate]) -> Vec<PlanRow> {
        let (mut balance, mut from, mut asked) = (self.amount, start, Decimal::ZERO);
        let mut carried = Decimal::ZERO;
        let mut rows = Vec::with_capacity(dues.len());
        for (at, due) in dues.iter().enumerate() {
            let days = Decimal::from(days_between(from, *due));
            let mut cost = self.coin.round(balance * self.daily_rate * days) + carried;
            if let Some(cap) = self.interest_cap {
                cost = cost.min(positive(cap - asked));
            }
            let last = at + 1 == dues.len();
            let interest = if last { cost } else { cost.min(instalment) };
            carried = cost - interest;
            asked += interest;
            let principal = if last { balance } else { (instalment - interest).min(balance) };
            balance -= principal;
            rows.push(PlanRow { from, due_on: *due, principal, interest, balance });
            from = *due;
        }
        rows
    }
}

/// The lowest instalment whose last row is not above it: at most a cent or two from the formula, unless interest
/// is capped.
fn lowest_not_above(level: Decimal, cent: Decimal, over: &impl Fn(Decimal) -> Decimal) -> Decimal {
    let (mut low, mut high) = (Decimal::ZERO, level);
    while over(high) > Decimal::ZERO {
        low = high;
        high += cent;
    }
    if over(high - cent - cent - cent) > Decimal::ZERO {
        low = high - cent - cent - cent;
    }
    while high - low > cent {
        let middle = ((low + high) / Decimal::TWO / cent).floor() * cent;
        if over(middle) > Decimal::ZERO { low = middle } else { high = middle }
    }
    high
}

/// The interest of one row of an instalment in whole units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Yearly {
    /// Balance · rate / 1200, unrounded.
    Thirty360,
    /// Balance · rate · days / 36500, half up at two digits.
    Actual365,
}

/// A loan whose instalment is rounded up to a whole unit, or given.
#[derive(Debug, Clone, Copy)]
pub struct WholeUnits {
    /// The amount paid out.
    pub amount: Decimal,
    /// Percent a year.
    pub annual_rate_pct: Decimal,
    /// How interest is counted.
    pub yearly: Yearly,
}

impl WholeUnits {
    /// The instalment over `rows` months: rounded up to a whole unit, so that the last one is smaller and the
    /// number of rows never changes.
    pub fn instalment(&self, rows: usize) -> Decimal {
        let rate = self.annual_rate_pct / Decimal::from(1200);
        tvm::instalment(rate, rows, self.amount).ceil()
    }

    /// Rows of a given instalment until nothing is left: over `rows` of them when the number is fixed. `due` gives
    /// the date of a row from 1. A number that is not fixed ends at 1,200 rows.
    pub fn rows(
        &self,
        instalment: Decimal,
        rows: Option<u32>,
        start: NaiveDate,
        due: impl Fn(u32) -> Option<NaiveDate>,
    ) -> Result<Vec<PlanRow>, TermsError> {
        let (mut balance, mut from, mut plan) = (self.amount, start, Vec::new());
        let most = rows.unwrap_or(super::MOST_ROWS);
        for n in 1..=most {
            let due_on = due(n).ok_or(TermsError::OutOfCalendar)?;
            let interest = self.interest(balance, from, due_on);
            let wanted = instalment - interest;
            if wanted <= Decimal::ZERO && rows.is_none() {
                return Err(TermsError::NeverRepaid);
            }
            let closes = wanted >= balance || rows == Some(n);
            let principal = if closes { balance } else { positive(wanted) };
            balance -= principal;
            plan.push(PlanRow { from, due_on, principal, interest, balance });
            from = due_on;
            if balance.is_zero() && rows.is_none() {
                return Ok(plan);
            }
        }
        if balance.is_zero() { Ok(plan) } else { Err(TermsError::NeverRepaid) }
    }

    fn interest(&self, balance: Decimal, from: NaiveDate, due: NaiveDate) -> Decimal {
        match self.yearly {
            Yearly::Thirty360 => balance * self.annual_rate_pct / Decimal::from(1200),
            Yearly::Actual365 => {
                let days = Decimal::from(days_between(from, due));
                let exact = balance * self.annual_rate_pct * days / Decimal::from(36500);
                Coin::new(2, RoundingMode::HalfUp).round(exact)
            }
        }
    }
}
