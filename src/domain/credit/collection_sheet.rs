//! The collection sheet of a group's monthly meeting (13/TD): rows prepared with keys beforehand, sent back in one call or
//! in pieces, twice, weeks late. A key stands for one collection, once.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::values::language::Text;
use crate::domain::values::money::Money;

/// What was collected on a row, or expected to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Collected {
    /// Interest.
    pub interest: Money,
    /// Savings, which the bank keeps.
    pub savings: Money,
    /// Principal: paid by the borrower to the bank or an officer, never to the group's board.
    pub principal: Money,
}

/// One amount of a row, in đồng, beyond which it is a slip of the keys: more than a commune has out in loans. Without it
/// one such row would overflow a balance and take the others with it.
const MOST_COLLECTED: i64 = 1_000_000_000_000;

impl Collected {
    fn is_a_slip(&self) -> bool {
        let most = Decimal::from(MOST_COLLECTED);
        [self.interest, self.savings, self.principal].iter().any(|part| part.amount() > most)
    }

    const fn is_nothing(&self) -> bool {
        self.interest.is_zero() && self.savings.is_zero() && self.principal.is_zero()
    }
}

/// A row as it is sent back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SentRow {
    /// The key the row was prepared with.
    pub row_id: Uuid,
    /// The day the money changed hands.
    pub collected_on: NaiveDate,
    /// What was collected.
    pub collected: Collected,
}

/// Who sends the sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Collector {
    /// Tổ trưởng: interest and savings.
    GroupLeader,
    /// Cán bộ or thủ quỹ: principal too.
    Officer,
}

/// What is known when a sheet comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    /// Who sends it.
    pub collector: Collector,
    /// The business date.
    pub today: NaiveDate,
    /// The first day the books take journals for.
    pub open_from: NaiveDate,
    /// The day the sheet was prepared: nothing on it was collected before.
    pub prepared_on: NaiveDate,
}

/// A row of the sheet as the server knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// The key stands on no row of this sheet.
    Unknown,
    /// Prepared, nothing recorded.
    Open,
    /// Recorded before.
    Recorded(SentRow),
}

/// Why a row is not recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// A group leader takes no principal.
    Forbidden,
    /// The key was recorded with other amounts or another day.
    IdempotencyKeyReused,
    /// No row of this sheet.
    NotFound,
    /// No amount at all.
    Nothing,
    /// More than a row can hold.
    TooMuch,
    /// Collected tomorrow, or before the sheet was prepared.
    WrongDay,
}

impl Refusal {
    /// As on the wire.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Forbidden => "forbidden",
            Self::IdempotencyKeyReused => "idempotency-key-reused",
            Self::NotFound => "not-found",
            Self::Nothing => "nothing",
            Self::TooMuch => "too-much",
            Self::WrongDay => "wrong-day",
        }
    }

    /// The reason as a sentence.
    pub const fn text(self) -> Text {
        match self {
            Self::Forbidden => Text::fixed(
                "Tổ trưởng chỉ được thu lãi và tiết kiệm; gốc nộp trực tiếp cho cán bộ.",
                "A group leader takes interest and savings only; principal is paid to an officer.",
            ),
            Self::IdempotencyKeyReused => Text::fixed(
                "Dòng này đã ghi với nội dung khác; số đã ghi được giữ nguyên.",
                "This row was recorded with other content; what was recorded stands.",
            ),
            Self::NotFound => Text::fixed("Không có dòng này trong bảng kê.", "The sheet has no such row."),
            Self::Nothing => Text::fixed("Dòng không có số tiền nào.", "The row has no amount."),
            Self::TooMuch => Text::fixed(
                "Số tiền của dòng vượt 1.000.000.000.000 đ; hãy kiểm tra lại số đã gõ.",
                "An amount of the row is above VND 1,000,000,000,000; check what was typed.",
            ),
            Self::WrongDay => Text::fixed(
                "Ngày thu phải từ ngày lập bảng kê đến hôm nay.",
                "The day must lie between the preparation of the sheet and today.",
            ),
        }
    }
}

/// What becomes of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judgement {
    /// To be recorded.
    Record {
        /// The day it counts in the books: that of the collection, or the first open one where they are closed for that day.
        effective_on: NaiveDate,
    },
    /// Recorded before: the same answer again.
    Replayed,
    /// Not recorded.
    Refused(Refusal),
}

/// What becomes of a row that is sent. What was recorded is answered again before anything else is asked: for every sender,
/// however late, the answer is the same.
pub fn judge(known: Known, sent: &SentRow, setting: &Setting) -> Judgement {
    match known {
        Known::Unknown => Judgement::Refused(Refusal::NotFound),
        Known::Recorded(before) if before == *sent => Judgement::Replayed,
        Known::Recorded(_) => Judgement::Refused(Refusal::IdempotencyKeyReused),
        Known::Open => fresh(sent, setting),
    }
}

fn fresh(sent: &SentRow, setting: &Setting) -> Judgement {
    if sent.collected.is_nothing() {
        return Judgement::Refused(Refusal::Nothing);
    }
    if sent.collected.is_a_slip() {
        return Judgement::Refused(Refusal::TooMuch);
    }
    if setting.collector == Collector::GroupLeader && !sent.collected.principal.is_zero() {
        return Judgement::Refused(Refusal::Forbidden);
    }
    if sent.collected_on > setting.today || sent.collected_on < setting.prepared_on {
        return Judgement::Refused(Refusal::WrongDay);
    }
    Judgement::Record { effective_on: sent.collected_on.max(setting.open_from) }
}

/// Digits and letters that are not mistaken for each other on paper (Crockford's base 32).
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The key of a row as it is printed: eight characters of its random end, in two groups.
pub fn row_code(row: Uuid) -> String {
    let bits = row.as_u128() & 0xff_ffff_ffff;
    let letter = |at: u32| char::from(LETTERS[usize::try_from(bits >> (at * 5) & 31).unwrap_or_default()]);
    let code: String = (0..8).rev().map(letter).collect();
    format!("{}-{}", &code[..4], &code[4..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn sent(interest: &str, principal: &str) -> SentRow {
        let money = |text: &str| text.parse().unwrap();
        let collected =
            Collected { interest: money(interest), savings: Money::ZERO, principal: money(principal) };
        SentRow { row_id: Uuid::from_u128(7), collected_on: day("2026-02-05"), collected }
    }

    const fn setting(
        collector: Collector,
        today: NaiveDate,
        open_from: NaiveDate,
        prepared_on: NaiveDate,
    ) -> Setting {
        Setting { collector, today, open_from, prepared_on }
    }

    fn on(collector: Collector, today: &str, open_from: &str) -> Setting {
        setting(collector, day(today), day(open_from), day("2026-02-03"))
    }

    #[test]
    fn a_leader_takes_interest_and_never_principal() {
        let leader = on(Collector::GroupLeader, "2026-02-05", "2026-01-01");
        let officer = on(Collector::Officer, "2026-02-05", "2026-01-01");
        let recorded = Judgement::Record { effective_on: day("2026-02-05") };
        assert_eq!(judge(Known::Open, &sent("275000", "0"), &leader), recorded);
        assert_eq!(judge(Known::Open, &sent("275000", "1"), &leader), Judgement::Refused(Refusal::Forbidden));
        assert_eq!(judge(Known::Open, &sent("275000", "1"), &officer), recorded);
        assert_eq!(judge(Known::Open, &sent("0", "0"), &officer), Judgement::Refused(Refusal::Nothing));
        assert_eq!(judge(Known::Open, &sent("0", "1000000000000"), &officer), recorded);
        let slip = sent("0", "1000000000001");
        assert_eq!(judge(Known::Open, &slip, &officer), Judgement::Refused(Refusal::TooMuch));
    }

    #[test]
    fn a_key_stands_for_one_collection_whoever_sends_it_and_however_late() {
        let before = sent("275000", "1000000");
        for late in ["2026-02-05", "2026-06-30"] {
            for collector in [Collector::GroupLeader, Collector::Officer] {
                let setting = on(collector, late, "2026-06-01");
                assert_eq!(judge(Known::Recorded(before), &before, &setting), Judgement::Replayed, "{late}");
                let other = SentRow { collected_on: day("2026-02-06"), ..before };
                for other in [sent("275001", "1000000"), other] {
                    let refused = Judgement::Refused(Refusal::IdempotencyKeyReused);
                    assert_eq!(judge(Known::Recorded(before), &other, &setting), refused, "{late}");
                }
            }
        }
        let setting = on(Collector::Officer, "2026-02-05", "2026-01-01");
        assert_eq!(judge(Known::Unknown, &before, &setting), Judgement::Refused(Refusal::NotFound));
    }

    #[test]
    fn weeks_late_it_counts_on_its_day_or_on_the_first_that_is_open() {
        let row = sent("275000", "0");
        let late = |open_from| judge(Known::Open, &row, &on(Collector::GroupLeader, "2026-03-20", open_from));
        assert_eq!(late("2026-02-01"), Judgement::Record { effective_on: day("2026-02-05") });
        assert_eq!(late("2026-02-05"), Judgement::Record { effective_on: day("2026-02-05") });
        let closed = Judgement::Record { effective_on: day("2026-03-01") };
        assert_eq!(late("2026-03-01"), closed);
    }

    #[test]
    fn nothing_is_collected_tomorrow_or_before_the_sheet() {
        for (collected_on, good) in
            [("2026-02-02", false), ("2026-02-03", true), ("2026-02-05", true), ("2026-02-06", false)]
        {
            let row = SentRow { collected_on: day(collected_on), ..sent("1", "0") };
            let judged = judge(Known::Open, &row, &on(Collector::Officer, "2026-02-05", "2026-01-01"));
            assert_eq!(judged != Judgement::Refused(Refusal::WrongDay), good, "{collected_on}");
        }
    }

    #[test]
    fn a_printed_code_is_eight_letters_of_the_random_end() {
        assert_eq!(row_code(Uuid::from_u128(0)), "0000-0000");
        assert_eq!(row_code(Uuid::from_u128(u128::MAX)), "ZZZZ-ZZZZ");
        assert_eq!(row_code(Uuid::from_u128(0xabcd_0000_0000_0000_0000_0001_0000_0021)), "0400-0011");
        assert_ne!(row_code(Uuid::from_u128(1 << 39)), row_code(Uuid::from_u128(0)));
    }
}
