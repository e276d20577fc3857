//! Money in words ("bằng chữ"): what every voucher repeats beside the figures (Law on Accounting 88/2015 art. 16).

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::domain::values::money::{Currency, Money};
use crate::domain::values::text::capitalised;

/// The word for an empty tens place before a unit: 101 is "một trăm linh một" or "một trăm lẻ một".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EmptyTens {
    /// "linh", the North.
    #[default]
    Linh,
    /// "lẻ", the South.
    Le,
}

/// The word for 10³.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Thousand {
    /// "nghìn", the North.
    #[default]
    Nghin,
    /// "ngàn", the South.
    Ngan,
}

/// The word for a final four after twenty: 24.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FinalFour {
    /// "hai mươi tư".
    #[default]
    Tu,
    /// "hai mươi bốn".
    Bon,
}

/// How a region reads numbers aloud; a paper must keep to one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Dialect {
    /// "linh" or "lẻ".
    pub empty_tens: EmptyTens,
    /// "nghìn" or "ngàn".
    pub thousand: Thousand,
    /// "tư" or "bốn".
    pub final_four: FinalFour,
}

impl Dialect {
    /// Linh, nghìn, tư: the default.
    pub const NORTH: Self =
        Self { empty_tens: EmptyTens::Linh, thousand: Thousand::Nghin, final_four: FinalFour::Tu };
    /// Lẻ, ngàn, bốn.
    pub const SOUTH: Self =
        Self { empty_tens: EmptyTens::Le, thousand: Thousand::Ngan, final_four: FinalFour::Bon };
}

const BILLION: u64 = 1_000_000_000;
const DIGITS: [&str; 10] = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"];

/// The amount as a voucher writes it: "Năm mươi hai triệu năm trăm nghìn đồng".
pub fn in_words(money: Money, dialect: Dialect) -> String {
    let (whole, cents) = parts(money);
    let mut text = number(whole, dialect);
    match money.currency() {
        Currency::Vnd => text.push_str(" đồng"),
        Currency::Usd => text.push_str(" đô la Mỹ"),
    }
    if cents > 0 {
        text = format!("{text} và {} xu", number(cents, dialect));
    }
    capitalised(&text)
}

/// Whole units and hundredths.
fn parts(money: Money) -> (u64, u64) {
    let whole = money.amount().trunc();
    let cents = (money.amount() - whole) * Decimal::ONE_HUNDRED;
    let fits = "money is never negative and below 10^18";
    (whole.to_u64().expect(fits), cents.to_u64().expect(fits))
}

/// A number in words, below 10¹⁸.
///
/// Cut at 10⁹ first, because "tỷ" may itself be counted in thousands and millions: reading every group of three
/// with its own name breaks from 10¹² on.
fn number(n: u64, dialect: Dialect) -> String {
    if n == 0 {
        return DIGITS[0].to_owned();
    }
    let mut words = Vec::new();
    if n >= BILLION {
        below_a_billion(n / BILLION, dialect, &mut words);
        words.push("tỷ");
    }
    below_a_billion(n % BILLION, dialect, &mut words);
    words.join(" ")
}

/// Empty groups are passed over; a group that follows others says its empty hundreds ("không trăm").
fn below_a_billion(n: u64, dialect: Dialect, words: &mut Vec<&'static str>) {
    let thousand = match dialect.thousand {
        Thousand::Nghin => "nghìn",
        Thousand::Ngan => "ngàn",
    };
    for (scale, name) in [(1_000_000, Some("triệu")), (1_000, Some(thousand)), (1, None)] {
        let group = n / scale % 1_000;
        if group > 0 {
            let first = words.is_empty();
            hundreds(group, first, dialect, words);
            words.extend(name);
        }
    }
}

fn hundreds(group: u64, first: bool, dialect: Dialect, words: &mut Vec<&'static str>) {
    let (hundred, tens, unit) = (group / 100, group / 10 % 10, group % 10);
    let says_hundreds = hundred > 0 || !first;
    if says_hundreds {
        words.extend([digit(hundred), "trăm"]);
    }
    match tens {
        0 if unit > 0 && says_hundreds => words.push(match dialect.empty_tens {
            EmptyTens::Linh => "linh",
            EmptyTens::Le => "lẻ",
        }),
        0 => {}
        1 => words.push("mười"),
        _ => words.extend([digit(tens), "mươi"]),
    }
    match (tens, unit) {
        (_, 0) => {}
        (2.., 1) => words.push("mốt"),
        (2.., 4) if dialect.final_four == FinalFour::Tu => words.push("tư"),
        (1.., 5) => words.push("lăm"),
        _ => words.push(digit(unit)),
    }
}

fn digit(n: u64) -> &'static str {
    DIGITS[usize::try_from(n).expect("a digit")]
}

#[cfg(test)]
mod tests {
    use std::str::SplitWhitespace;

    use proptest::prelude::*;

    use super::*;

    fn dong(n: u64) -> Money {
        Money::vnd(Decimal::from(n)).unwrap()
    }

    fn north(n: u64) -> String {
        in_words(dong(n), Dialect::NORTH)
    }

    #[test]
    fn the_table_of_practice_reads_as_accountants_write_it() {
        for (n, words) in [
            (0, "Không đồng"),
            (15, "Mười lăm đồng"),
            (21, "Hai mươi mốt đồng"),
            (24, "Hai mươi tư đồng"),
            (25, "Hai mươi lăm đồng"),
            (101, "Một trăm linh một đồng"),
            (105, "Một trăm linh năm đồng"),
            (110, "Một trăm mười đồng"),
            (1_001, "Một nghìn không trăm linh một đồng"),
            (1_010, "Một nghìn không trăm mười đồng"),
            (1_000_005, "Một triệu không trăm linh năm đồng"),
            (1_005_000, "Một triệu không trăm linh năm nghìn đồng"),
            (52_500_000, "Năm mươi hai triệu năm trăm nghìn đồng"),
            (100_000_000, "Một trăm triệu đồng"),
            (
                1_234_567_890,
                "Một tỷ hai trăm ba mươi tư triệu năm trăm sáu mươi bảy nghìn tám trăm chín mươi đồng",
            ),
            (3_124_000_000_000, "Ba nghìn một trăm hai mươi tư tỷ đồng"),
        ] {
            assert_eq!(north(n), words, "{n}");
        }
    }

    #[test]
    fn the_known_traps_are_read_rightly() {
        for (n, words) in [
            (1, "Một đồng"),
            (4, "Bốn đồng"),
            (5, "Năm đồng"),
            (10, "Mười đồng"),
            (11, "Mười một đồng"),
            (14, "Mười bốn đồng"),
            (20, "Hai mươi đồng"),
            (44, "Bốn mươi tư đồng"),
            (55, "Năm mươi lăm đồng"),
            (104, "Một trăm linh bốn đồng"),
            (111, "Một trăm mười một đồng"),
            (1_000, "Một nghìn đồng"),
            (1_000_000_005, "Một tỷ không trăm linh năm đồng"),
            (5_001_000_000_000, "Năm nghìn không trăm linh một tỷ đồng"),
            (5_000_000_000_001, "Năm nghìn tỷ không trăm linh một đồng"),
            (1_000_000_000_000_000, "Một triệu tỷ đồng"),
            (21_000_000_021, "Hai mươi mốt tỷ không trăm hai mươi mốt đồng"),
        ] {
            assert_eq!(north(n), words, "{n}");
        }
    }

    #[test]
    fn the_south_says_le_ngan_bon() {
        assert_eq!(in_words(dong(1_004_024), Dialect::SOUTH), {
            "Một triệu không trăm lẻ bốn ngàn không trăm hai mươi bốn đồng"
        });
        assert_eq!(Dialect::default(), Dialect::NORTH);
    }

    #[test]
    fn dollars_name_their_cents() {
        let dollars = |cents| Money::try_new(Decimal::new(cents, 2), Currency::Usd).unwrap();
        assert_eq!(in_words(dollars(1_505), Dialect::NORTH), "Mười lăm đô la Mỹ và năm xu");
        assert_eq!(in_words(dollars(1_500), Dialect::NORTH), "Mười lăm đô la Mỹ");
    }

    /// Reads words back by adding up, knowing nothing of how they were made.
    fn read(words: &str) -> Option<u64> {
        let lower = words.to_lowercase();
        let mut parts = lower.strip_suffix(" đồng")?.split(" tỷ");
        let (head, tail) = (parts.next()?, parts.next());
        let low = |text: &str| read_below_a_billion(text.split_whitespace());
        match tail {
            None => low(head),
            Some(tail) => Some(low(head)? * BILLION + low(tail)?),
        }
    }

    fn read_below_a_billion(words: SplitWhitespace<'_>) -> Option<u64> {
        let (mut total, mut group, mut last) = (0, 0, 0);
        for word in words {
            match word {
                "triệu" => (total, group, last) = (total + (group + last) * 1_000_000, 0, 0),
                "nghìn" | "ngàn" => (total, group, last) = (total + (group + last) * 1_000, 0, 0),
                "trăm" => (group, last) = (last * 100, 0),
                "mươi" => (group, last) = (group + last * 10, 0),
                "mười" => group += 10,
                "linh" | "lẻ" => {}
                "mốt" => last = 1,
                "tư" => last = 4,
                "lăm" => last = 5,
                word => last = u64::try_from(DIGITS.iter().position(|digit| *digit == word)?).ok()?,
            }
        }
        Some(total + group + last)
    }

    /// All sizes alike, not nearly always eighteen digits.
    fn any_amount() -> impl Strategy<Value = u64> {
        (0_u32..=18).prop_flat_map(|digits| 0..10_u64.pow(digits))
    }

    fn any_dialect() -> impl Strategy<Value = Dialect> {
        (any::<bool>(), any::<bool>(), any::<bool>()).prop_map(|(tens, thousand, four)| Dialect {
            empty_tens: if tens { EmptyTens::Linh } else { EmptyTens::Le },
            thousand: if thousand { Thousand::Nghin } else { Thousand::Ngan },
            final_four: if four { FinalFour::Tu } else { FinalFour::Bon },
        })
    }

    proptest! {
        #[test]
        fn what_is_read_back_is_what_was_written(n in any_amount(), dialect in any_dialect()) {
            prop_assert_eq!(read(&in_words(dong(n), dialect)), Some(n));
        }
    }

    #[test]
    fn every_number_up_to_ten_thousand_is_unique() {
        let mut words: Vec<_> = (0..10_000).map(north).collect();
        words.sort();
        words.dedup();
        assert_eq!(words.len(), 10_000);
    }
}
