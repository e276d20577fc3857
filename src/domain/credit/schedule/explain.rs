//! Why a number is what it is, in the words of the two languages of the office.

use std::fmt::Write;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::day_count::Basis;
use super::row::{Part, PlanRow};
use crate::domain::values::figures::group;
use crate::domain::values::language::Language;
use crate::domain::values::money::RoundingMode;

/// The same sentence in Vietnamese and in English.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Explanation {
    /// Vietnamese.
    pub vi: String,
    /// English.
    pub en: String,
}

impl Explanation {
    /// Both languages at once.
    pub fn new(vi: impl Into<String>, en: impl Into<String>) -> Self {
        Self { vi: vi.into(), en: en.into() }
    }
}

/// A number with its thousands grouped, at most `places` decimals, trailing zeros dropped.
pub fn grouped(value: Decimal, places: u32, language: Language) -> String {
    group(value.round_dp(places).normalize(), language)
}

/// A date as an office writes it: 20/04/2018.
pub fn civil(day: NaiveDate) -> String {
    day.format("%d/%m/%Y").to_string()
}

/// The name of a rounding.
pub const fn rounding_name(mode: RoundingMode) -> (&'static str, &'static str) {
    match mode {
        RoundingMode::HalfUp => ("làm tròn nửa lên", "rounded half up"),
        RoundingMode::HalfEven => ("làm tròn nửa về số chẵn", "rounded half to even"),
        RoundingMode::Up => ("làm tròn lên", "rounded up"),
        RoundingMode::Down => ("làm tròn xuống", "rounded down"),
    }
}

/// What is the same for every row of a schedule.
#[derive(Debug, Clone, Copy)]
pub(super) struct Setting {
    pub basis: Basis,
    pub decimals: u32,
    pub mode: RoundingMode,
    /// The sign after an amount.
    pub sign: &'static str,
}

/// The interest of a row from its stretches of days, then its principal.
pub(super) fn row(row: &PlanRow, parts: &[Part], setting: Setting) -> Explanation {
    let mut text = Explanation::default();
    interest(&mut text.vi, (row, parts), setting, Language::Vi);
    interest(&mut text.en, (row, parts), setting, Language::En);
    principal(&mut text, row, setting);
    text
}

fn interest(text: &mut String, (row, parts): (&PlanRow, &[Part]), setting: Setting, language: Language) {
    let vietnamese = language == Language::Vi;
    text.push_str(if vietnamese { "Lãi: " } else { "Interest: " });
    let exact: Decimal = parts.iter().map(|part| part.exact(&setting.basis)).sum();
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            text.push_str(" + ");
        }
        let base = grouped(part.base, setting.decimals, language);
        let rate = grouped(part.annual_rate_pct, 6, language);
        let share = setting.basis.share(part.period, (part.from, part.to), vietnamese);
        write!(text, "{base} × {rate} % × {share}").expect("a string takes any text");
    }
    if parts.is_empty() {
        text.push_str(if vietnamese { "miễn lãi" } else { "free of interest" });
    } else {
        write!(text, " = {}", exact_text(exact, setting, language)).expect("a string takes any text");
    }
    let asked = grouped(row.interest, setting.decimals, language);
    let (vi, en) = rounding_name(setting.mode);
    let rounded = exact.round_dp_with_strategy(setting.decimals, setting.mode.strategy());
    let why = match (rounded == row.interest, vietnamese) {
        (true, true) => vi,
        (true, false) => en,
        (false, true) => "gồm phần ân hạn hoặc chuyển kỳ",
        (false, false) => "with what grace or another row moved",
    };
    write!(text, " → {asked} {} ({why})", setting.sign).expect("a string takes any text");
}

/// Two decimals below the coin, or more where two would hide which way the rounding went.
fn exact_text(exact: Decimal, setting: Setting, language: Language) -> String {
    let round = |value: Decimal| value.round_dp_with_strategy(setting.decimals, setting.mode.strategy());
    let short = exact.round_dp(setting.decimals + 2);
    let places = if round(short) == round(exact) { setting.decimals + 2 } else { 12 };
    grouped(exact, places, language)
}

fn principal(text: &mut Explanation, row: &PlanRow, setting: Setting) {
    let of = |value, language| grouped(value, setting.decimals, language);
    let total = row.principal + row.interest;
    for (to, language, words) in [
        (&mut text.vi, Language::Vi, ["Gốc", "tổng", "còn nợ"]),
        (&mut text.en, Language::En, ["Principal", "total", "left"]),
    ] {
        write!(
            to,
            ". {} {}, {} {}, {} {} {}",
            words[0],
            of(row.principal, language),
            words[1],
            of(total, language),
            words[2],
            of(row.balance, language),
            setting.sign
        )
        .expect("a string takes any text");
    }
}
