//! Time value of money in the sign convention of spreadsheets: money out is negative. About 28 digits.

use rust_decimal::Decimal;

/// When the payments of a period are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum When {
    /// At the end of each period.
    #[default]
    End,
    /// At its beginning.
    Begin,
}

const LN_2: Decimal = rust_decimal::dec!(0.6931471805599453094172321215);
const TINY: Decimal = rust_decimal::dec!(0.0000000000000000000000000001);

/// `base^n` by squaring; `None` when it outgrows a decimal.
fn power(base: Decimal, n: usize) -> Option<Decimal> {
    let (mut result, mut square, mut left) = (Decimal::ONE, base, n);
    while left > 0 {
        if left % 2 == 1 {
            result = result.checked_mul(square)?;
        }
        left /= 2;
        if left > 0 {
            square = square.checked_mul(square)?;
        }
    }
    Some(result)
}

/// What one unit due in `n` periods is worth today; `rate` is a fraction a period above −1.
fn discount(rate: Decimal, n: usize) -> Option<Decimal> {
    power(Decimal::ONE.checked_div(Decimal::ONE + rate)?, n)
}

/// The level instalment at the end of `n` periods that repays `amount`; positive, exact division without interest.
pub fn instalment(rate: Decimal, n: usize, amount: Decimal) -> Decimal {
    let n = n.max(1);
    match discount(rate, n) {
        Some(worth) if !rate.is_zero() && worth != Decimal::ONE => amount * rate / (Decimal::ONE - worth),
        _ => amount / Decimal::from(n),
    }
}

fn factor(rate: Decimal, when: When) -> Decimal {
    if when == When::Begin { Decimal::ONE + rate } else { Decimal::ONE }
}

/// Payments that bring a value today to a value at the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Annuity {
    /// Fraction a period, above −1.
    pub rate: Decimal,
    /// How many periods.
    pub n: usize,
    /// The value today.
    pub pv: Decimal,
    /// The value at the end.
    pub fv: Decimal,
    /// When the payments are made.
    pub when: When,
}

impl Annuity {
    /// The payment a period.
    pub fn pmt(&self) -> Option<Decimal> {
        if self.rate.is_zero() {
            return (-(self.pv + self.fv)).checked_div(Decimal::from(self.n));
        }
        let worth = discount(self.rate, self.n)?;
        let annuity = (Decimal::ONE - worth).checked_mul(factor(self.rate, self.when))?;
        (-(self.pv + self.fv.checked_mul(worth)?)).checked_mul(self.rate)?.checked_div(annuity)
    }

    /// The interest part of payment `per`, counted from 1.
    pub fn ipmt(&self, per: usize) -> Option<Decimal> {
        if per == 0 || (self.when == When::Begin && per == 1) {
            return Some(Decimal::ZERO);
        }
        let before = fv(self.rate, per - 1, self.pmt()?, self.pv, self.when)?;
        before.checked_mul(self.rate)?.checked_div(factor(self.rate, self.when))
    }

    /// The principal part of payment `per`, counted from 1.
    pub fn ppmt(&self, per: usize) -> Option<Decimal> {
        Some(self.pmt()? - self.ipmt(per)?)
    }
}

/// What was paid in and out, carried to the end of `n` periods.
pub fn fv(rate: Decimal, n: usize, pmt: Decimal, pv: Decimal, when: When) -> Option<Decimal> {
    if rate.is_zero() {
        return Some(-(pv + pmt * Decimal::from(n)));
    }
    let growth = power(Decimal::ONE + rate, n)?;
    let paid = pmt.checked_mul(factor(rate, when))?.checked_mul(growth - Decimal::ONE)?.checked_div(rate)?;
    Some(-(pv.checked_mul(growth)? + paid))
}

/// What `n` payments and `fv` are worth today.
pub fn pv(rate: Decimal, n: usize, pmt: Decimal, fv: Decimal, when: When) -> Option<Decimal> {
    if rate.is_zero() {
        return Some(-(fv + pmt * Decimal::from(n)));
    }
    let worth = discount(rate, n)?;
    let paid = pmt.checked_mul(factor(rate, when))?.checked_mul(Decimal::ONE - worth)?.checked_div(rate)?;
    Some(-(fv.checked_mul(worth)? + paid))
}

/// Natural logarithm of a positive number.
fn ln(value: Decimal) -> Option<Decimal> {
    if value <= Decimal::ZERO {
        return None;
    }
    let two = Decimal::TWO;
    let (mut x, mut twos) = (value, Decimal::ZERO);
    while x > rust_decimal::dec!(1.5) {
        x /= two;
        twos += Decimal::ONE;
    }
    while x < rust_decimal::dec!(0.75) {
        x *= two;
        twos -= Decimal::ONE;
    }
    let y = (x - Decimal::ONE) / (x + Decimal::ONE);
    let (square, mut term, mut sum, mut odd) = (y * y, y, Decimal::ZERO, Decimal::ONE);
    while !term.is_zero() && odd < Decimal::ONE_HUNDRED {
        sum += term / odd;
        term *= square;
        odd += two;
    }
    Some(two * sum + twos * LN_2)
}

/// How many periods it takes.
pub fn nper(rate: Decimal, pmt: Decimal, pv: Decimal, fv: Decimal, when: When) -> Option<Decimal> {
    if rate.is_zero() {
        return (-(pv + fv)).checked_div(pmt);
    }
    let z = (pmt * factor(rate, when)).checked_div(rate)?;
    let ratio = (z - fv).checked_div(z + pv)?;
    ln(ratio)?.checked_div(ln(Decimal::ONE + rate)?)
}

/// The sum of cash flows, the first of them today.
pub fn npv(rate: Decimal, flows: &[Decimal]) -> Option<Decimal> {
    flows
        .iter()
        .enumerate()
        .try_fold(Decimal::ZERO, |sum, (at, flow)| sum.checked_add(flow.checked_mul(discount(rate, at)?)?))
}

/// The rate at which the flows are worth nothing, between −99 % and 1,000 % a period; of several, the one nearest
/// to zero.
pub fn irr(flows: &[Decimal]) -> Option<Decimal> {
    root(|rate| npv(rate, flows))
}

/// The rate a period of a level payment.
pub fn rate(n: usize, pmt: Decimal, value: Decimal, end: Decimal, when: When) -> Option<Decimal> {
    root(|r| pv(r, n, pmt, end, when).map(|today| today - value))
}

/// Where to look for a change of sign. Closest around zero: flows that change sign often have several roots, and
/// the one nearest to zero is the rate people mean.
const MARKS: [Decimal; 20] = [
    rust_decimal::dec!(-0.99),
    rust_decimal::dec!(-0.9),
    rust_decimal::dec!(-0.7),
    rust_decimal::dec!(-0.5),
    rust_decimal::dec!(-0.35),
    rust_decimal::dec!(-0.2),
    rust_decimal::dec!(-0.1),
    rust_decimal::dec!(-0.05),
    rust_decimal::dec!(-0.000001),
    rust_decimal::dec!(0.000001),
    rust_decimal::dec!(0.02),
    rust_decimal::dec!(0.05),
    rust_decimal::dec!(0.1),
    rust_decimal::dec!(0.2),
    rust_decimal::dec!(0.3),
    rust_decimal::dec!(0.7),
    rust_decimal::dec!(1.5),
    rust_decimal::dec!(2.5),
    rust_decimal::dec!(4),
    rust_decimal::dec!(10),
];

/// The root nearest to zero.
fn root(value: impl Fn(Decimal) -> Option<Decimal>) -> Option<Decimal> {
    let roots = MARKS.windows(2).filter_map(|pair| halved(pair[0], pair[1], &value));
    roots.min_by_key(Decimal::abs)
}

/// The root between two rates, to the last digit; `None` when the sign does not change between them.
fn halved(low: Decimal, high: Decimal, value: impl Fn(Decimal) -> Option<Decimal>) -> Option<Decimal> {
    let below = |rate| Some(value(rate)?.is_sign_negative());
    let (mut low, mut high, at_low) = (low, high, below(low)?);
    if below(high)? == at_low {
        return None;
    }
    while high - low > TINY {
        let middle = (low + high) / Decimal::TWO;
        if middle == low || middle == high {
            break;
        }
        if below(middle)? == at_low { low = middle } else { high = middle }
    }
    Some(high)
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;

    #[test]
    fn the_logarithm_has_twenty_five_digits() {
        let off = (ln(dec!(10)).unwrap() - dec!(2.3025850929940456840179914547)).abs();
        assert!(off < dec!(0.0000000000000000000000001), "{off}");
        assert_eq!(ln(Decimal::ZERO), None);
    }

    #[test]
    fn a_loan_of_five_years_has_the_payment_of_a_spreadsheet() {
        let rate = dec!(0.08) / dec!(12);
        let loan = Annuity { rate, n: 60, pv: dec!(15000), fv: Decimal::ZERO, when: When::End };
        let payment = loan.pmt().unwrap();
        assert_eq!(payment.round_dp(20), dec!(-304.14591432620523703387));
        let periods = nper(dec!(0.07) / dec!(12), dec!(-150), dec!(8000), Decimal::ZERO, When::End).unwrap();
        assert_eq!(periods.round_dp(20), dec!(64.07334877066212149457));
        assert_eq!(irr(&[dec!(-100), dec!(110)]).unwrap().round_dp(20), dec!(0.1));
    }

    #[test]
    fn of_several_internal_rates_the_one_nearest_to_zero_is_meant() {
        let of = |flows: &[Decimal]| irr(flows).unwrap().round_dp(4);
        assert_eq!(of(&[dec!(-100), dec!(100), dec!(0), dec!(-7)]), dec!(-0.0833));
        assert_eq!(of(&[dec!(-5), dec!(10.5), dec!(1), dec!(-8), dec!(1)]), dec!(0.0886));
        assert_eq!(irr(&[dec!(100), dec!(110)]), None, "money that only comes in has no rate");
    }
}
