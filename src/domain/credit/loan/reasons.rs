//! Each split and accrual in words.

use std::fmt::Write;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::event::Occurrence;
use super::state::{Accrual, LoanRow, Split};
use crate::domain::credit::schedule::explain::{Explanation, civil, grouped};
use crate::domain::values::calendar::days_between;
use crate::domain::values::figures;
use crate::domain::values::language::{Language, Text};

impl Split {
    /// Where the money went, part by part.
    pub fn explanation(&self) -> Explanation {
        let parts = [
            ("gốc quá hạn", "overdue principal", self.overdue_principal),
            ("gốc", "principal", self.principal),
            ("lãi", "interest", self.interest),
            ("gốc đã xóa", "written-off principal", self.written_off_principal),
            ("lãi đã xóa", "written-off interest", self.written_off_interest),
            ("trả thừa", "overpaid", self.overpaid),
        ];
        let total: Decimal = parts.iter().map(|(_, _, amount)| *amount).sum();
        let mut vi = format!("{}: {} =", civil(self.on), grouped(total, 2, Language::Vi));
        let mut en = format!("{}: {} =", civil(self.on), grouped(total, 2, Language::En));
        let some = parts.iter().filter(|(_, _, amount)| !amount.is_zero());
        for (at, (in_vi, in_en, amount)) in some.enumerate() {
            let plus = if at == 0 { "" } else { " +" };
            write!(vi, "{plus} {in_vi} {}", grouped(*amount, 2, Language::Vi))
                .expect("a string takes any text");
            write!(en, "{plus} {in_en} {}", grouped(*amount, 2, Language::En))
                .expect("a string takes any text");
        }
        Explanation { vi, en }
    }
}

impl Accrual {
    /// Principal, rate and days of this stretch.
    pub fn explanation(&self) -> Explanation {
        Explanation { vi: self.in_words(Language::Vi), en: self.in_words(Language::En) }
    }

    fn in_words(&self, language: Language) -> String {
        let days = days_between(self.from, self.to);
        let (word, overdue) =
            if language == Language::Vi { ("ngày", "quá hạn") } else { ("days", "overdue") };
        let part = |base: Decimal, pct: Decimal| {
            format!("{} × {} % × {days} {word} / 365", grouped(base, 2, language), grouped(pct, 6, language))
        };
        let mut text = part(self.performing, self.annual_rate_pct);
        if !self.overdue.is_zero() {
            let late = part(self.overdue, self.overdue_rate_pct);
            write!(text, " + {overdue} {late}").expect("a string takes any text");
        }
        write!(text, " = {}", grouped(self.exact, 4, language)).expect("a string takes any text");
        text
    }

    fn dated(&self, language: Language) -> String {
        format!("{}–{}: {}", civil(self.from), civil(self.to), self.in_words(language))
    }
}

/// Why each row asks what it asks, row by row: its principal, and the stretches of days from which its interest comes.
pub fn of_rows(rows: &[LoanRow], accruals: &[Accrual]) -> Vec<Explanation> {
    let mut rest = accruals;
    rows.iter()
        .enumerate()
        .map(|(at, row)| {
            let ends = if at + 1 == rows.len() { NaiveDate::MAX } else { row.due_on };
            let (own, later) = rest.split_at(rest.partition_point(|accrual| accrual.from < ends));
            rest = later;
            Explanation { vi: row.in_words(own, Language::Vi), en: row.in_words(own, Language::En) }
        })
        .collect()
}

impl LoanRow {
    fn in_words(&self, accruals: &[Accrual], language: Language) -> String {
        let money = |amount| grouped(amount, 2, language);
        let mut text = format!("{} {}", language.pick("Gốc", "Principal"), money(self.principal));
        if !self.carried_in.is_zero() {
            let carried = language.pick("trong đó chuyển từ kỳ trước", "of which carried from before");
            write!(text, " ({carried} {})", money(self.carried_in)).expect("a string takes any text");
        }
        let paid = language.pick("đã trả", "paid");
        write!(text, ", {paid} {}. ", money(self.paid_principal)).expect("a string takes any text");
        text.push_str(language.pick("Lãi ", "Interest "));
        let stretches: Vec<String> =
            accruals.iter().filter(|a| !a.exact.is_zero()).map(|a| a.dated(language)).collect();
        if !stretches.is_empty() {
            write!(text, "{} → ", stretches.join("; ")).expect("a string takes any text");
        }
        write!(text, "{}, {paid} {}.", money(self.interest), money(self.paid_interest))
            .expect("a string takes any text");
        text
    }
}

/// What a measure does, to go after its name; nothing where the name says it.
pub fn effect(what: &Occurrence) -> Text {
    let said = |language: Language| {
        let dong = |amount: &Decimal| figures::group(*amount, language);
        let day = |day: &NaiveDate| figures::date(*day, language);
        match what {
            Occurrence::Frozen { amount, until: Some(until) } => language.pick(
                format!(", gốc {} đồng đến ngày {}", dong(amount), day(until)),
                format!(", principal of {} đồng until {}", dong(amount), day(until)),
            ),
            Occurrence::WrittenOff { principal, interest, .. } => language.pick(
                format!(", gốc {} đồng, lãi {} đồng", dong(principal), dong(interest)),
                format!(", principal of {} đồng, interest of {} đồng", dong(principal), dong(interest)),
            ),
            Occurrence::MadeOverdue { amount } => language.pick(
                format!(", gốc {} đồng", dong(amount)),
                format!(", principal of {} đồng", dong(amount)),
            ),
            Occurrence::Extended { final_due_on } | Occurrence::CarriedOver { final_due_on, .. } => language
                .pick(format!(", đến ngày {}", day(final_due_on)), format!(", until {}", day(final_due_on))),
            Occurrence::Corrected { terms } => language.pick(
                format!(
                    ", lãi suất {} từ lần giải ngân đầu",
                    figures::percent(terms.annual_rate_pct, language)
                ),
                format!(", {} from the first payout on", figures::percent(terms.annual_rate_pct, language)),
            ),
            _ => String::new(),
        }
    };
    Text { vi: said(Language::Vi).into(), en: said(Language::En).into() }
}
