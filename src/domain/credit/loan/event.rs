//! What can happen to a loan, and why something cannot have happened.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::correction::Correction;
use crate::domain::credit::allocation::Future;
use crate::domain::credit::schedule::TermsError;
use crate::domain::values::catalogue::catalogue;

catalogue! {
    /// What happened to a loan, in a word.
    #[schema(as = LoanEventKind)]
    pub enum EventKind {
        /// A tranche was paid out.
        Disbursed = "disbursed",
        /// The borrower brought money.
        Repaid = "repaid",
        /// What was overpaid was given back.
        Refunded = "refunded",
        /// An entry was taken back.
        Reversed = "reversed",
        /// The rate changed.
        RateChanged = "rate_changed",
        /// An instalment moved.
        Rescheduled = "rescheduled",
        /// The final date moved.
        Extended = "extended",
        /// It was carried to the next season.
        CarriedOver = "carried_over",
        /// Principal was recalled.
        MadeOverdue = "made_overdue",
        /// It was frozen.
        Frozen = "frozen",
        /// Frozen principal falls due again.
        Unfrozen = "unfrozen",
        /// It was written off.
        WrittenOff = "written_off",
        /// Money came for what was written off.
        Recovered = "recovered",
        /// Its contract was brought to the rule of its day.
        Corrected = "corrected",
    }
}

impl EventKind {
    /// Vietnamese and English name.
    pub const fn title(self) -> (&'static str, &'static str) {
        match self {
            Self::Disbursed => ("giải ngân", "payout"),
            Self::Repaid => ("thu nợ", "repayment"),
            Self::Refunded => ("trả lại tiền nộp thừa", "refund"),
            Self::Reversed => ("hủy nghiệp vụ", "entry taken back"),
            Self::RateChanged => ("đổi lãi suất", "change of the rate"),
            Self::Rescheduled => ("điều chỉnh kỳ hạn", "rescheduled instalment"),
            Self::Extended => ("gia hạn nợ", "extension"),
            Self::CarriedOver => ("cho vay lưu vụ", "carry to the next season"),
            Self::MadeOverdue => ("chuyển nợ quá hạn", "recall"),
            Self::Frozen => ("khoanh nợ", "freeze"),
            Self::Unfrozen => ("hết khoanh nợ", "end of the freeze"),
            Self::WrittenOff => ("xóa nợ", "write-off"),
            Self::Recovered => ("thu nợ đã xóa", "recovery of what was written off"),
            Self::Corrected => ("đính chính hợp đồng", "correction of the contract"),
        }
    }
}

/// One thing that happened, as it was entered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct LoanEvent {
    /// Its number in the loan, in the order of entry, from 1.
    pub seq: u32,
    /// The day it is valued: it may lie before the day it was entered.
    pub on: NaiveDate,
    /// What happened.
    #[serde(flatten)]
    pub what: Occurrence,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Occurrence {
    /// A tranche was paid out.
    Disbursed {
        /// How much.
        amount: Decimal,
    },
    /// Money came in.
    Repaid {
        /// How much.
        amount: Decimal,
    },
    /// Money came in, and the borrower said what it pays once everything due is paid.
    Prepaid {
        /// How much.
        amount: Decimal,
        /// Which instalments the rest goes to: the next (the plan is kept), the last (the term is shorter), all (the
        /// instalments are smaller).
        future: Future,
    },
    /// An overpayment went back to the borrower.
    Refunded {
        /// How much.
        amount: Decimal,
    },
    /// An earlier entry was wrong; it points at one entry, and only once.
    Reversed {
        /// The number of that entry.
        entry: u32,
    },
    /// Other rates hold from this day on.
    RateChanged {
        /// Percent a year.
        annual_rate_pct: Decimal,
        /// Percent a year on overdue principal.
        overdue_rate_pct: Decimal,
    },
    /// Principal not yet paid falls due on other days (điều chỉnh kỳ hạn).
    Rescheduled {
        /// The day and the principal of each instalment; they add up to what is still owed and not frozen.
        instalments: Vec<(NaiveDate, Decimal)>,
    },
    /// The final date moves (gia hạn nợ).
    Extended {
        /// The new final date.
        final_due_on: NaiveDate,
    },
    /// Carried to the next season at the rate of the day (lưu vụ).
    CarriedOver {
        /// The new final date.
        final_due_on: NaiveDate,
        /// Percent a year.
        annual_rate_pct: Decimal,
        /// Percent a year on overdue principal.
        overdue_rate_pct: Decimal,
    },
    /// Principal that was not due is recalled, as after misuse (chuyển nợ quá hạn).
    MadeOverdue {
        /// How much.
        amount: Decimal,
    },
    /// Principal bears no interest and is not asked for (khoanh nợ).
    Frozen {
        /// How much.
        amount: Decimal,
        /// The day from which it is asked for and bears interest again, whether anybody closed days meanwhile or not;
        /// none: until it is ended.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<NaiveDate>,
    },
    /// Frozen principal falls due again.
    Unfrozen {
        /// How much.
        amount: Decimal,
        /// When it falls due.
        due_on: NaiveDate,
    },
    /// Principal and interest were written off (xóa nợ).
    WrittenOff {
        /// Principal: the frozen first, then the overdue, then the rest.
        principal: Decimal,
        /// Interest.
        interest: Decimal,
        /// Of the principal, what the general provision of its source bears.
        #[serde(default, skip_serializing_if = "Decimal::is_zero")]
        covered: Decimal,
    },
    /// Money came in for what was written off.
    Recovered {
        /// How much.
        amount: Decimal,
    },
    /// The contract is brought to the rule of its day. Valued on the first payout: from there on the corrected terms hold.
    Corrected {
        /// Its terms.
        #[schema(value_type = Correction)]
        terms: Box<Correction>,
    },
}

impl Occurrence {
    /// Whether the borrower brought money.
    pub const fn brings_money(&self) -> bool {
        matches!(self, Self::Repaid { .. } | Self::Prepaid { .. } | Self::Recovered { .. })
    }

    /// In a word.
    pub const fn kind(&self) -> EventKind {
        match self {
            Self::Disbursed { .. } => EventKind::Disbursed,
            Self::Repaid { .. } | Self::Prepaid { .. } => EventKind::Repaid,
            Self::Refunded { .. } => EventKind::Refunded,
            Self::Reversed { .. } => EventKind::Reversed,
            Self::RateChanged { .. } => EventKind::RateChanged,
            Self::Rescheduled { .. } => EventKind::Rescheduled,
            Self::Extended { .. } => EventKind::Extended,
            Self::CarriedOver { .. } => EventKind::CarriedOver,
            Self::MadeOverdue { .. } => EventKind::MadeOverdue,
            Self::Frozen { .. } => EventKind::Frozen,
            Self::Unfrozen { .. } => EventKind::Unfrozen,
            Self::WrittenOff { .. } => EventKind::WrittenOff,
            Self::Recovered { .. } => EventKind::Recovered,
            Self::Corrected { .. } => EventKind::Corrected,
        }
    }
}

/// Why an event cannot have happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// An amount that is not positive, or beyond any loan.
    #[error("an amount must be positive and below 10^15")]
    Amount,
    /// More than there is to move.
    #[error("the amount is more than the loan has of it")]
    TooMuch,
    /// New instalments that do not add up to what is owed.
    #[error("the new instalments do not add up to the principal still owed")]
    NotTheWhole,
    /// A date that is not after the event, or not after the final date.
    #[error("the new date is too early")]
    TooEarly,
    /// Nothing was paid out yet.
    #[error("nothing was paid out before this")]
    BeforeDisbursement,
    /// A reversal of nothing, of a reversal, or a second one.
    #[error("a reversal points at one earlier entry that is not a reversal, and only once")]
    Reversal,
    /// Money came on a later day for what would no longer be owed.
    #[error("it pays what would no longer be owed by then")]
    MoneyAfter,
    /// Money was recovered of what would be owed again.
    #[error("it is money recovered after the write-off")]
    Recovered,
    /// Paid out on or after the last due date.
    #[error("paid out on or after the last due date")]
    AfterTheEnd,
}

impl Misfit {
    /// The same in Vietnamese.
    pub const fn vi(self) -> &'static str {
        match self {
            Self::Amount => "số tiền phải lớn hơn 0 và dưới 10^15",
            Self::TooMuch => "số tiền nhiều hơn số khoản vay có",
            Self::NotTheWhole => "các kỳ mới không bằng số gốc còn nợ",
            Self::TooEarly => "ngày mới quá sớm",
            Self::BeforeDisbursement => "trước đó chưa giải ngân",
            Self::Reversal => "chỉ hủy một lần, một bút toán đã ghi trước và không phải bút toán hủy",
            Self::MoneyAfter => "khoản này trả vào số nợ khi ấy không còn nữa",
            Self::Recovered => "khoản này thu hồi số nợ đã xóa",
            Self::AfterTheEnd => "giải ngân vào hoặc sau ngày trả nợ cuối cùng",
        }
    }
}

/// Why a loan has no state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LoanError {
    /// The terms mean nothing.
    #[error(transparent)]
    Terms(#[from] TermsError),
    /// An event does not fit what came before it.
    #[error("event {seq}: {why}")]
    Event {
        /// Its number.
        seq: u32,
        /// Why.
        why: Misfit,
    },
}

/// Events up to the day that were not reversed by then, in the order of value dates, money out before money in, then in
/// the order of entry. Until the day of its reversal an entry stands, as it does in the books.
pub(super) fn in_order(events: &[LoanEvent], as_of: NaiveDate) -> Result<Vec<&LoanEvent>, LoanError> {
    let (mut reversed, mut by_then) = (Vec::new(), Vec::new());
    for event in events {
        let Occurrence::Reversed { entry } = event.what else { continue };
        let refuse = LoanError::Event { seq: event.seq, why: Misfit::Reversal };
        let target = events.iter().find(|other| other.seq == entry).ok_or(refuse)?;
        if matches!(target.what, Occurrence::Reversed { .. })
            || entry >= event.seq
            || reversed.contains(&entry)
        {
            return Err(refuse);
        }
        reversed.push(entry);
        by_then.extend((event.on <= as_of).then_some(entry));
    }
    by_then.sort_unstable();
    let mut live: Vec<&LoanEvent> = events
        .iter()
        .filter(|event| event.on <= as_of && !matches!(event.what, Occurrence::Reversed { .. }))
        .filter(|event| by_then.binary_search(&event.seq).is_err())
        .collect();
    live.sort_by_key(|event| (event.on, !matches!(event.what, Occurrence::Disbursed { .. }), event.seq));
    Ok(live)
}
