//! The sentences beside the figures, as an officer would say them to a household.

use rust_decimal::Decimal;

use super::facts::Split;
use super::standing::{Row, Standing};
use crate::domain::values::figures::{date, group, money, percent};
use crate::domain::values::language::{Language, Text};
use crate::domain::values::money::Money;

/// A sentence made once per language.
fn both(sentence: impl Fn(Language) -> String) -> Text {
    Text { vi: sentence(Language::Vi).into(), en: sentence(Language::En).into() }
}

/// What was written off, where something was.
fn written_off(amount: Money, language: Language) -> String {
    let shown = money(amount, language);
    let said = language.pick(format!(", đã xóa {shown}"), format!(", written off {shown}"));
    if amount.is_zero() { String::new() } else { said }
}

/// Balance × rate × days, the way interest is explained everywhere.
fn interest(amount: Money, balance: Decimal, rate: Decimal, days: Decimal, language: Language) -> String {
    let (amount, balance, rate) =
        (money(amount, language), group(balance, language), percent(rate, language));
    language.pick(
        format!(" Lãi {amount} = {balance} × {rate} một năm × {days} ngày ÷ 365."),
        format!(" Interest {amount} = {balance} × {rate} a year × {days} days ÷ 365."),
    )
}

pub(super) fn row(row: &Row, balance: Decimal, rate: Decimal, days: Decimal) -> Text {
    both(|language| {
        let (no, on) = (row.no, date(row.due_on, language));
        let (amount, paid) = (money(row.amount, language), money(row.paid, language));
        let off = written_off(row.written_off, language);
        let late = if row.overdue { language.pick(", quá hạn", ", overdue") } else { "" };
        let mut sentence = language.pick(
            format!("Kỳ {no}, đến hạn ngày {on}: vốn {amount}, đã hoàn trả {paid}{off}{late}."),
            format!("Part {no}, due on {on}: capital {amount}, given back {paid}{off}{late}."),
        );
        if !rate.is_zero() {
            sentence += &interest(row.interest, balance, rate, days, language);
        }
        sentence
    })
}

pub(super) fn standing(state: &Standing) -> Text {
    both(|language| {
        let on = date(state.as_of, language);
        let of = |amount| money(amount, language);
        let (back, done, left) = (of(state.to_return), of(state.recovered), of(state.outstanding));
        let off = written_off(state.lost, language);
        let (late, owed, surplus) = (of(state.overdue), of(state.interest_owed), of(state.surplus));
        language.pick(
            format!("Đến hết ngày {on}: phải hoàn trả {back}, đã hoàn trả {done}{off}, còn lại {left} (quá hạn {late}); lãi còn phải nộp {owed}; nộp thừa {surplus}."),
            format!("At the end of {on}: {back} to give back, {done} given back{off}, {left} left ({late} overdue); interest owed {owed}; surplus {surplus}."),
        )
    })
}

impl Split {
    /// The division of a payment in words.
    pub fn explanation(&self) -> Text {
        both(|language| {
            let of = |amount| money(amount, language);
            let (principal, interest, surplus) = (of(self.principal), of(self.interest), of(self.surplus));
            let made_good = of(self.made_good);
            let made_good = language.pick(
                format!(" (trong đó {made_good} vốn đã xóa)"),
                format!(" ({made_good} of it written off before)"),
            );
            let made_good = if self.made_good.is_zero() { "" } else { &made_good };
            language.pick(
                format!(
                    "Trong đó hoàn trả vốn {principal}{made_good}, lãi đến ngày nộp {interest}, nộp thừa {surplus}."
                ),
                format!(
                    "Of it capital {principal}{made_good}, interest to the day of payment {interest}, surplus {surplus}."
                ),
            )
        })
    }
}
