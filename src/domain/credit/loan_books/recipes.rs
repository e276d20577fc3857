//! The journals of preferential loans (charts of Circulars 31/2019/TT-NHNN and 05/2019/TT-BTC). A movement is the
//! difference of two positions; each kind names the accounts it may touch:
//!
//! | kind | debit | credit |
//! |---|---|---|
//! | `loan_disbursement` | loans within term | cash or bank |
//! | `loan_repayment` | cash or bank | loans, interest income (or receivable), overpayments |
//! | `loan_to_overdue`, `loan_measure` | loans overdue / frozen | loans within term |
//! | `loan_write_off` | general provision; beyond it cost of provisions, for entrusted capital the capital itself | loans overdue / frozen |
//! | `loan_recovery` | cash or bank | recovered losses (7911) or the entrusted capital; interest income |
//! | `loan_refund` | overpayments | cash or bank |
//! | `loan_accrual` | interest receivable | interest income |
//! | `loan_provision` | cost of provisions | provisions |
//!
//! Interest on entrusted capital is its owner's: it is no income but payable (4913, Circular 31/2019/TT-NHNN), where the chart
//! has the account. Off the balance sheet, against the contra account: unpaid interest (941), principal and interest written off (971).
//! Entrusted capital that comes back after a write-off goes back to the capital, never to income.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::contract::{BookedAs, Capital, TermClass};
use super::position::Position;
use crate::domain::books::account_role::AccountRole;
use crate::domain::books::journal_kind::JournalKind;
use crate::domain::books::posting::{Account, Draft, Posting};
use crate::domain::books::recipes::Till;
use crate::domain::values::money::{Money, MoneyError};

/// What every journal of loans says.
#[derive(Debug, Clone)]
pub struct Movement {
    /// Public id of the journal to be.
    pub journal_id: Uuid,
    /// What happened.
    pub kind: JournalKind,
    /// The day it counts.
    pub on: NaiveDate,
    /// Diễn giải.
    pub description: String,
}

/// One part of a journal: a loan, or many of one source and programme together.
#[derive(Debug, Clone, Copy)]
pub struct Part {
    /// Whose money.
    pub source: i32,
    /// Whose capital, and for how long.
    pub booked_as: BookedAs,
    /// The loan; none for sums over many.
    pub loan: Option<Uuid>,
    /// What moves.
    pub moves: Position,
    /// Principal that came back and goes to another source.
    pub returned: Option<Returned>,
}

/// Principal on its way to the source where it is lent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Returned {
    /// That source.
    pub into: i32,
    /// How much; below zero when an entry is taken back.
    pub principal: Decimal,
}

/// The journal of some parts. Money, if any moves, goes through `till`.
pub fn journal(movement: Movement, till: Till, parts: &[Part]) -> Result<Draft, MoneyError> {
    let draft = Posting::draft(movement.journal_id, movement.kind, movement.on, movement.description);
    parts.iter().try_fold(draft, |draft, part| one(draft, till, part))
}

fn one(draft: Draft, till: Till, part: &Part) -> Result<Draft, MoneyError> {
    let draft = draft.source(part.source);
    let draft = match part.loan {
        Some(loan) => draft.about(loan),
        None => draft,
    };
    let (m, a) = (&part.moves, Accounts::of(part.booked_as));
    let draft = signed(draft, till, m.money())?;
    let flows = [
        (a.interest, -m.income),
        (a.loss, m.lost + m.regained - m.covered),
        (AccountRole::RecoveredLoss, -m.regained),
        (a.interest_loss, m.lost_interest),
        (AccountRole::SpecificProvisionCost, m.specific),
        (AccountRole::GeneralProvisionCost, m.general + m.covered),
        (
            AccountRole::MemoContra,
            -(m.unpaid_in_term + m.unpaid_overdue + m.written_off + m.written_off_interest),
        ),
    ];
    let lines = flows.into_iter().chain(standing(part.booked_as, m));
    let draft = lines.into_iter().try_fold(draft, |draft, (role, amount)| signed(draft, role, amount))?;
    match part.returned {
        Some(returned) => moved_on(draft, till, part, returned),
        None => Ok(draft),
    }
}

/// Principal that came back leaves its source, money and capital both, and stands in the other. Own capital becomes
/// recovered capital there; entrusted capital stays its owner's, so it keeps its account and only changes the source.
fn moved_on(draft: Draft, till: Till, part: &Part, returned: Returned) -> Result<Draft, MoneyError> {
    let from = held_in(part.booked_as.capital);
    let to = if part.booked_as.capital == Capital::Own { AccountRole::RecoveredCapital } else { from };
    let draft = signed(draft, till, -returned.principal)?;
    let draft = signed(draft, from, returned.principal)?.source(returned.into);
    let draft = signed(draft, till, returned.principal)?;
    Ok(signed(draft, to, -returned.principal)?.source(part.source))
}

/// The accounts on which a loan itself stands, and what stands there; debits are positive.
pub fn standing(booked_as: BookedAs, m: &Position) -> [(AccountRole, Decimal); 11] {
    let a = Accounts::of(booked_as);
    [
        (a.in_term, m.in_term),
        (a.overdue, m.overdue),
        (a.frozen, m.frozen),
        (AccountRole::InterestReceivable, m.receivable),
        (AccountRole::Overpayments, -m.overpaid),
        (a.specific, -m.specific),
        (a.general, -m.general),
        (AccountRole::UnpaidInterestInTerm, m.unpaid_in_term),
        (AccountRole::UnpaidInterestOverdue, m.unpaid_overdue),
        (AccountRole::WrittenOffPrincipal, m.written_off),
        (AccountRole::WrittenOffInterest, m.written_off_interest),
    ]
}

/// The role of the account in which capital stands before it is lent: what a source is given is credited there, and
/// entrusted capital that is lost is written off from it.
const fn held_in(capital: Capital) -> AccountRole {
    match capital {
        Capital::Own => AccountRole::Capital,
        Capital::Central => AccountRole::EntrustedCentral,
        Capital::Local => AccountRole::EntrustedLocal,
    }
}

/// The accounts of what is set aside, general and specific.
const fn provided_in(capital: Capital) -> [AccountRole; 2] {
    match capital {
        Capital::Own => [AccountRole::GeneralProvision, AccountRole::SpecificProvision],
        Capital::Central | Capital::Local => {
            [AccountRole::EntrustedGeneralProvision, AccountRole::EntrustedSpecificProvision]
        }
    }
}

/// The accounts that depend on whose capital it is, and for how long it is lent.
struct Accounts {
    in_term: AccountRole,
    overdue: AccountRole,
    frozen: AccountRole,
    interest: AccountRole,
    interest_loss: AccountRole,
    loss: AccountRole,
    general: AccountRole,
    specific: AccountRole,
}

impl Accounts {
    const fn of(booked_as: BookedAs) -> Self {
        use AccountRole as R;
        let [in_term, overdue, frozen] = match (booked_as.capital, booked_as.term) {
            (Capital::Own, TermClass::Short) => [R::LoanInTerm, R::LoanOverdue, R::LoanFrozen],
            (Capital::Own, TermClass::Medium) => {
                [R::MediumLoanInTerm, R::MediumLoanOverdue, R::MediumLoanFrozen]
            }
            (Capital::Own, TermClass::Long) => [R::LongLoanInTerm, R::LongLoanOverdue, R::LongLoanFrozen],
            (Capital::Central | Capital::Local, TermClass::Short) => {
                [R::EntrustedLoanInTerm, R::EntrustedLoanOverdue, R::EntrustedLoanFrozen]
            }
            (Capital::Central | Capital::Local, TermClass::Medium) => {
                [R::MediumEntrustedLoanInTerm, R::MediumEntrustedLoanOverdue, R::MediumEntrustedLoanFrozen]
            }
            (Capital::Central | Capital::Local, TermClass::Long) => {
                [R::LongEntrustedLoanInTerm, R::LongEntrustedLoanOverdue, R::LongEntrustedLoanFrozen]
            }
        };
        let (interest, interest_loss, loss) = match booked_as.capital {
            Capital::Own => {
                let cost = R::SpecificProvisionCost;
                (R::LoanIncome, cost, cost)
            }
            Capital::Central | Capital::Local => {
                let owed = R::EntrustedInterest;
                (owed, owed, held_in(booked_as.capital))
            }
        };
        let [general, specific] = provided_in(booked_as.capital);
        Self { in_term, overdue, frozen, interest, interest_loss, loss, general, specific }
    }
}

/// + debits, − credits.
fn signed(draft: Draft, account: impl Into<Account>, amount: Decimal) -> Result<Draft, MoneyError> {
    let money = Money::vnd(amount.abs())?;
    Ok(if amount.is_sign_negative() { draft.credit(account, money) } else { draft.debit(account, money) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moves(pairs: &[(&str, i64)]) -> Position {
        let mut value = serde_json::to_value(Position::default()).unwrap();
        for (name, amount) in pairs {
            value[name] = serde_json::json!(amount.to_string());
        }
        serde_json::from_value(value).unwrap()
    }

    /// The journal as an accountant writes it.
    fn written(capital: Capital, term: TermClass, pairs: &[(&str, i64)]) -> String {
        let on = NaiveDate::from_ymd_opt(2026, 3, 2).unwrap();
        let movement = Movement {
            journal_id: Uuid::nil(),
            kind: JournalKind::LoanMeasure,
            on,
            description: String::new(),
        };
        let booked_as = BookedAs { capital, term };
        let part = Part { source: 1, booked_as, loan: None, moves: moves(pairs), returned: None };
        let posting = journal(movement, Till::Cash, &[part]).unwrap().balanced().unwrap();
        let mut lines: Vec<_> =
            posting.lines.iter().map(|l| (-l.amount, serde_json::to_value(&l.account).unwrap())).collect();
        lines.sort_by_key(|(amount, _)| *amount);
        lines
            .iter()
            .map(|(amount, role)| format!("{} {}", role["role"].as_str().unwrap(), -amount))
            .collect::<Vec<_>>()
            .join(" / ")
    }

    #[test]
    fn principal_that_goes_to_another_source_takes_its_capital_along() {
        let on = NaiveDate::from_ymd_opt(2026, 3, 2).unwrap();
        for (capital, left, arrived) in [
            (Capital::Own, "capital", "recovered_capital"),
            (Capital::Central, "entrusted_central", "entrusted_central"),
            (Capital::Local, "entrusted_local", "entrusted_local"),
        ] {
            let movement = Movement {
                journal_id: Uuid::nil(),
                kind: JournalKind::LoanMeasure,
                on,
                description: String::new(),
            };
            let returned = Some(Returned { into: 2, principal: Decimal::from(400) });
            let moves = moves(&[("in_term", -400), ("income", 70)]);
            let booked_as = BookedAs { capital, term: TermClass::Medium };
            let part = Part { source: 1, booked_as, loan: None, moves, returned };
            let posting = journal(movement, Till::Cash, &[part]).unwrap().balanced().unwrap();
            let mut lines: Vec<String> = posting
                .lines
                .iter()
                .map(|l| (l.source, serde_json::to_value(&l.account).unwrap()["role"].clone(), l.amount))
                .filter(|(_, role, _)| {
                    !role.as_str().unwrap().contains("loan") && role != "entrusted_interest"
                })
                .map(|(source, role, amount)| format!("{source} {} {amount}", role.as_str().unwrap()))
                .collect();
            lines.sort();
            let mut expected = [
                "1 cash 70".to_owned(),
                format!("1 {left} 400"),
                "2 cash 400".to_owned(),
                format!("2 {arrived} -400"),
            ];
            expected.sort();
            assert_eq!(lines, expected);
        }
    }

    #[test]
    fn each_movement_touches_the_accounts_of_its_capital() {
        type Case = (Capital, &'static [(&'static str, i64)], &'static str);
        let table: &[Case] = &[
            (Capital::Own, &[("in_term", 500)], "loan_in_term 500 / cash -500"),
            (Capital::Central, &[("in_term", 500)], "entrusted_loan_in_term 500 / cash -500"),
            (
                Capital::Own,
                &[("in_term", -400), ("income", 70), ("overpaid", 30), ("unpaid_in_term", -70)],
                "cash 500 / memo_contra 70 / overpayments -30 / loan_income -70 / unpaid_interest_in_term -70 / loan_in_term -400",
            ),
            (Capital::Own, &[("receivable", 70), ("income", 70)], "interest_receivable 70 / loan_income -70"),
            (Capital::Own, &[("in_term", -400), ("overdue", 400)], "loan_overdue 400 / loan_in_term -400"),
            (
                Capital::Local,
                &[("overdue", -400), ("frozen", 400)],
                "entrusted_loan_frozen 400 / entrusted_loan_overdue -400",
            ),
            (
                Capital::Own,
                &[("frozen", -400), ("lost", 400), ("written_off", 400), ("specific", -300)],
                "written_off_principal 400 / specific_provision 300 / specific_provision_cost 100 / loan_frozen -400 / memo_contra -400",
            ),
            (
                Capital::Local,
                &[("frozen", -400), ("lost", 400), ("written_off", 400)],
                "entrusted_local 400 / written_off_principal 400 / entrusted_loan_frozen -400 / memo_contra -400",
            ),
            (
                Capital::Central,
                &[("lost", -100), ("written_off", -100), ("income", 20), ("written_off_interest", -20)],
                "cash 120 / memo_contra 120 / entrusted_interest -20 / written_off_interest -20 / entrusted_central -100 / written_off_principal -100",
            ),
            (
                Capital::Local,
                &[("frozen", -400), ("lost", 400), ("general", -90), ("covered", 90)],
                "entrusted_local 310 / entrusted_general_provision 90 / entrusted_loan_frozen -400",
            ),
            (
                Capital::Local,
                &[("lost", -400), ("regained", 90)],
                "cash 400 / recovered_loss -90 / entrusted_local -310",
            ),
            (Capital::Own, &[("lost", -100), ("regained", 100)], "cash 100 / recovered_loss -100"),
            (Capital::Own, &[("overpaid", -30)], "overpayments 30 / cash -30"),
            (Capital::Own, &[("general", 75)], "general_provision_cost 75 / general_provision -75"),
        ];
        for (capital, pairs, lines) in table {
            assert_eq!(written(*capital, TermClass::Short, pairs), *lines);
        }
    }

    #[test]
    fn a_loan_stands_on_the_accounts_of_its_capital_and_term() {
        let of = |capital, months| {
            let booked_as = BookedAs { capital, term: TermClass::of(months) };
            let all = moves(&[("in_term", 1), ("overdue", 1), ("frozen", 1)]);
            standing(booked_as, &all)
                .into_iter()
                .filter(|(_, amount)| !amount.is_zero())
                .map(|(role, _)| role.name())
                .collect::<Vec<_>>()
        };
        for (months, term) in
            [(1, ""), (12, ""), (13, "medium_"), (60, "medium_"), (61, "long_"), (240, "long_")]
        {
            for (capital, whose) in
                [(Capital::Own, ""), (Capital::Central, "entrusted_"), (Capital::Local, "entrusted_")]
            {
                let expected =
                    ["in_term", "overdue", "frozen"].map(|state| format!("{term}{whose}loan_{state}"));
                assert_eq!(of(capital, months), expected);
            }
        }
    }
}
