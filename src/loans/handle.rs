//! When a loan does not go as planned: moved dates, misuse, freeze, write-off. Each measure is checked against what the
//! contract and the dated rules allow; all but a rescheduled instalment need a second person.

use chrono::{Months, NaiveDate};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::authority::{Decided, Minutes, insist_authority, insist_may_write_off, insist_provided};
use super::case::Case;
use super::event::Entry;
use super::pay::enter_alone;
use super::read::lock_one;
use super::review;
use crate::access::Work;
use crate::approvals::{self, Approval, Ask, Command};
use crate::db::Conn;
use crate::domain::books::journal_kind::JournalKind;
use crate::domain::credit::loan::{LoanState, Occurrence, effect};
use crate::domain::credit::loan_books::{Authority, Cause, Contract, FinalDates, Refusal, reschedule};
use crate::domain::credit::programme::{self, Loss, Measure as Step};
use crate::domain::values::calendar::WorkingDays;
use crate::domain::values::language::Text;
use crate::domain::values::money::Money;
use crate::domain::values::strict::strictly;
use crate::domain::values::text::{Name, Note};
use crate::problem::{Kind, Problem};
use crate::{programmes, text};

/// What is lost of a project, for measures after a risk (form 01/XLN).
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Risk {
    /// Why.
    pub cause: Cause,
    /// What was lost.
    pub lost: Money,
    /// Own capital and loan together.
    pub project: Money,
}

/// What is to be done.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Action {
    /// An instalment moves (điều chỉnh kỳ hạn).
    Reschedule {
        /// The day it is due now.
        #[serde(deserialize_with = "strictly")]
        due_on: NaiveDate,
        /// The new day.
        #[serde(deserialize_with = "strictly")]
        to: NaiveDate,
    },
    /// The final date moves (gia hạn nợ). After a risk with a small loss there is no window to ask in.
    Extend {
        /// The new final date.
        #[serde(deserialize_with = "strictly")]
        final_due_on: NaiveDate,
        /// The loss, when it is a measure after a risk.
        #[serde(default, deserialize_with = "strictly")]
        risk: Option<Risk>,
    },
    /// The loan is carried to the next season at the rate of the day (lưu vụ).
    CarryOver {
        /// The new final date.
        #[serde(deserialize_with = "strictly")]
        final_due_on: NaiveDate,
    },
    /// Principal is recalled: all of it when no amount is named (chuyển nợ quá hạn).
    Recall {
        /// What was misused.
        amount: Option<Money>,
    },
    /// The whole loan is frozen without interest (khoanh nợ).
    Freeze {
        /// The loss.
        #[serde(deserialize_with = "strictly")]
        risk: Risk,
        /// Months, at most what the loss allows.
        months: u32,
        /// Whose decision it is, with the number and the day of the measure: the authority of who owns the capital, also
        /// when nobody is named.
        #[serde(default)]
        decided_by: Option<Authority>,
    },
    /// Frozen principal falls due again.
    Unfreeze {
        /// When it falls due.
        #[serde(deserialize_with = "strictly")]
        due_on: NaiveDate,
    },
    /// Principal and interest are written off (xóa nợ).
    WriteOff {
        /// Why.
        cause: Cause,
        /// Whether the borrower died or is missing without heir or asset.
        #[serde(default)]
        without_heir: bool,
        /// Whose decision it is, with the number and the day of the measure: the authority of who owns the capital, also
        /// when nobody is named.
        #[serde(default)]
        decided_by: Option<Authority>,
        /// What the general provision of the source bears of lost local capital, by the decision; nothing when not given. At
        /// most what stands there on the day and today.
        #[serde(default)]
        from_general_provision: Option<Money>,
    },
    /// The contract is brought to the rule of the day on which it was signed, from the first payout on (đính chính hợp đồng).
    Correct {},
}

/// A measure with its papers.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LoanMeasure)]
pub struct Measure {
    /// What is done.
    pub action: Action,
    /// The day it is decided on and counts.
    pub on: NaiveDate,
    /// Number of the minutes, or of the decision.
    pub document_no: Name,
    /// Why.
    pub reason: Note,
    /// Minutes of the risk (form 02/XLN), of a freeze or a write-off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes: Option<Minutes>,
}

impl Action {
    /// Vietnamese and English name.
    const fn label(&self) -> (&'static str, &'static str) {
        match self {
            Self::Reschedule { .. } => ("Điều chỉnh kỳ hạn", "Reschedule an instalment"),
            Self::Extend { .. } => ("Gia hạn nợ", "Extend"),
            Self::CarryOver { .. } => ("Cho vay lưu vụ", "Carry to the next season"),
            Self::Recall { .. } => ("Chuyển nợ quá hạn", "Recall"),
            Self::Freeze { .. } => ("Khoanh nợ", "Freeze"),
            Self::Unfreeze { .. } => ("Hết khoanh nợ", "End the freeze"),
            Self::WriteOff { .. } => ("Xóa nợ", "Write off"),
            Self::Correct {} => ("Đính chính theo quy định ngày ký", "Correct by the rule of its day"),
        }
    }

    /// Whether a second person decides.
    pub const fn is_sensitive(&self) -> bool {
        !matches!(self, Self::Reschedule { .. })
    }
}

/// A rule of the contract that stands against it.
fn refused(refusal: Refusal) -> Problem {
    let kind = match refusal {
        Refusal::Cap { .. } | Refusal::PastNext { .. } => Kind::AboveCap,
        Refusal::Window { .. } | Refusal::NotOffered | Refusal::NotLater { .. } | Refusal::FinalDate => {
            Kind::WrongState
        }
    };
    kind.saying(refusal.text())
}

fn not_now(vi: &'static str, en: &'static str) -> Problem {
    Kind::WrongState.saying(Text::fixed(vi, en))
}

/// What a measure is checked against.
struct Ground<'a> {
    case: &'a Case,
    contract: Contract,
    state: LoanState,
    on: NaiveDate,
    first_final: NaiveDate,
    present_final: NaiveDate,
}

impl<'a> Ground<'a> {
    fn of(case: &'a Case, on: NaiveDate) -> Result<Self, Problem> {
        let first = case.insist_paid_out(on)?;
        // Each measure is one of its own day, whatever days after it are closed already.
        let state = case.on(on)?;
        let contract = case.contract();
        let first_final = contract.final_due_on(first);
        let present_final = state.rows.last().map_or(first_final, |row| row.due_on);
        Ok(Self { case, contract, state, on, first_final, present_final })
    }

    const fn final_dates(&self, to: NaiveDate) -> FinalDates {
        FinalDates { first: self.first_final, present: self.present_final, to }
    }

    /// The working days before the final date in force.
    async fn calendar(&self, conn: &mut Conn) -> Result<WorkingDays, Problem> {
        let from = self.present_final.checked_sub_months(Months::new(2)).unwrap_or(self.present_final);
        Ok(WorkingDays::forward(programmes::holidays_from(conn, from).await?))
    }

    fn owed(&self) -> Result<Decimal, Problem> {
        let owed = self.state.principal.performing + self.state.principal.overdue;
        if owed.is_zero() {
            Err(not_now("Không còn dư nợ gốc.", "No principal is owed."))
        } else {
            Ok(owed)
        }
    }

    fn rescheduled(&self, due_on: NaiveDate, to: NaiveDate) -> Result<Occurrence, Problem> {
        let open: Vec<NaiveDate> = self
            .state
            .rows
            .iter()
            .filter(|row| row.principal > row.paid_principal)
            .map(|row| row.due_on)
            .collect();
        if !open.contains(&due_on) {
            return Err(Problem::field(
                "/action/due_on",
                text!("Không có kỳ nào đến hạn ngày này", "No open instalment is due on that day"),
            ));
        }
        let next = open.iter().copied().find(|day| *day > due_on);
        self.contract.handling.reschedule(due_on, next, self.on, to).map_err(refused)?;
        Ok(Occurrence::Rescheduled { instalments: reschedule(&self.state.rows, due_on, to) })
    }

    fn recalled(&self, amount: Option<Money>) -> Result<Occurrence, Problem> {
        self.owed()?;
        let whole = self.state.principal.performing;
        let amount = amount.map_or(whole, Money::amount);
        if amount.is_zero() || amount > whole {
            return Err(Kind::AboveCap
                .saying(text!("Dư nợ trong hạn là {whole} đồng.", "{whole} đồng are within term."; whole)));
        }
        Ok(Occurrence::MadeOverdue { amount })
    }

    /// Written off; of the principal the general provision bears `covered`.
    fn written_off(&self, covered: Decimal) -> Result<Occurrence, Problem> {
        self.case.insist_no_money_after(self.on)?;
        let (principal, interest) = (self.state.owed(), self.state.interest.unpaid);
        if (principal + interest).is_zero() {
            return Err(not_now("Không còn nợ để xóa.", "Nothing is owed."));
        }
        if covered > principal {
            return Err(Kind::AboveCap
                .saying(text!("Nợ gốc chỉ còn {principal} đồng.", "Only {principal} đồng of principal are owed."; principal)));
        }
        Ok(Occurrence::WrittenOff { principal, interest, covered })
    }

    fn unfrozen(&self, due_on: NaiveDate) -> Result<Occurrence, Problem> {
        let amount = self.state.principal.frozen;
        if amount.is_zero() {
            return Err(not_now("Khoản vay không được khoanh.", "The loan is not frozen."));
        }
        if due_on < self.on {
            return Err(Problem::field(
                "/action/due_on",
                text!("Trước ngày hết khoanh", "Before the end of the freeze"),
            ));
        }
        Ok(Occurrence::Unfrozen { amount, due_on })
    }
}

/// The dated step for a loss.
async fn step_for(conn: &mut Conn, risk: &Risk, on: NaiveDate) -> Result<(Step, Option<u32>), Problem> {
    if risk.lost.is_zero() {
        return Err(Problem::field("/action/risk/lost", text!("Phải lớn hơn 0", "Must be more than 0")));
    }
    let rules = programmes::credit_rules(conn, on).await?;
    let loss = Loss { lost: risk.lost, project: risk.project };
    let step = programme::measure_for(&rules.risk_measures, &loss)
        .map_err(|why| Problem::field("/action/risk/lost", text!("Mức thiệt hại không hợp lệ", "{why}")))?;
    step.map(|step| (step.measure, step.most_months))
        .ok_or_else(|| not_now("Chưa có quy định cho ngày này.", "There is no rule for that day."))
}

/// Checks a measure and turns it into an event.
async fn entry(conn: &mut Conn, unit: i32, case: &Case, measure: &Measure) -> Result<Entry, Problem> {
    let ground = Ground::of(case, measure.on)?;
    let (handling, mut on, mut risk, mut by) = (&ground.contract.handling, measure.on, None, None);
    let what = match &measure.action {
        Action::Reschedule { due_on, to } => ground.rescheduled(*due_on, *to)?,
        Action::Extend { final_due_on, risk: after } => {
            ground.owed()?;
            match after {
                None => {
                    let calendar = ground.calendar(conn).await?;
                    handling.extension(ground.final_dates(*final_due_on), measure.on, &calendar)
                }
                Some(after) => {
                    if step_for(conn, after, measure.on).await?.0 != Step::Extension {
                        return Err(not_now(
                            "Mức thiệt hại này thuộc diện khoanh nợ.",
                            "A loss like this asks for a freeze.",
                        ));
                    }
                    risk = Some((after.cause, None));
                    handling.within_cap(ground.final_dates(*final_due_on))
                }
            }
            .map_err(refused)?;
            Occurrence::Extended { final_due_on: *final_due_on }
        }
        Action::CarryOver { final_due_on } => carried(conn, &ground, *final_due_on).await?,
        Action::Recall { amount } => ground.recalled(*amount)?,
        Action::Freeze { risk: after, months, decided_by } => {
            by = Some(insist_authority(&mut *conn, &case.loan, (*decided_by, measure.on)).await?);
            let amount = ground.owed()?;
            let until = Some(frozen_until(conn, after, measure.on, *months).await?);
            risk = Some((after.cause, until));
            Occurrence::Frozen { amount, until }
        }
        Action::Unfreeze { due_on } => ground.unfrozen(*due_on)?,
        Action::WriteOff { cause, without_heir, decided_by, from_general_provision } => {
            by = Some(insist_authority(&mut *conn, &case.loan, (*decided_by, measure.on)).await?);
            insist_may_write_off(&mut *conn, case, measure.on, (*cause, *without_heir)).await?;
            risk = Some((*cause, None));
            let covered = from_general_provision.map_or(Decimal::ZERO, Money::amount);
            insist_provided(conn, unit, &case.loan, (measure.on, covered)).await?;
            ground.written_off(covered)?
        }
        Action::Correct {} => {
            let (first, what) = review::correction(conn, unit, case, measure.on).await?;
            on = first;
            what
        }
    };
    let (label, _) = measure.action.label();
    let journal = match what {
        Occurrence::WrittenOff { .. } => JournalKind::LoanWriteOff,
        _ => JournalKind::LoanMeasure,
    };
    Ok(Entry {
        journal,
        reason: Some(measure.reason.as_str().to_owned()),
        document_no: Some(measure.document_no.as_str().to_owned()),
        risk,
        decided: Decided::of(by, measure.minutes.as_ref(), measure.on)?,
        ..Entry::of(on, what, format!("{label} hợp đồng {}", case.loan.contract_no))
    })
}

/// The end of a freeze, when the loss allows so many months.
async fn frozen_until(
    conn: &mut Conn,
    risk: &Risk,
    on: NaiveDate,
    months: u32,
) -> Result<NaiveDate, Problem> {
    let (step, most) = step_for(conn, risk, on).await?;
    if step != Step::Freeze {
        return Err(not_now(
            "Mức thiệt hại này chỉ được gia hạn nợ.",
            "A loss like this allows only an extension.",
        ));
    }
    let most = most.unwrap_or_default();
    if months == 0 || months > most {
        return Err(Kind::AboveCap
            .saying(text!("Khoanh nợ từ 1 đến {most} tháng.", "A freeze lasts 1 to {most} months.")));
    }
    Ok(on.checked_add_months(Months::new(months)).unwrap_or(NaiveDate::MAX))
}

/// Carried to the next season at the rate of the day.
async fn carried(
    conn: &mut Conn,
    ground: &Ground<'_>,
    final_due_on: NaiveDate,
) -> Result<Occurrence, Problem> {
    ground.owed()?;
    let (loan, contract) = (&ground.case.loan, &ground.contract);
    contract
        .handling
        .carry_over(contract.term_months, ground.present_final, final_due_on)
        .map_err(refused)?;
    if ground.on > ground.present_final {
        return Err(not_now("Đã quá hạn trả nợ cuối cùng.", "The final date has passed."));
    }
    let own = loan.product_code.parse().map_err(Problem::internal)?;
    let rule = programmes::rule_on(&mut *conn, &own, ground.on).await?.rule;
    let rates = programmes::rule_on(conn, &rule.carry_over_rate_of.unwrap_or(own), ground.on).await?.rates;
    let rates = rates.ok_or_else(|| {
        not_now("Chương trình chưa có lãi suất cho ngày này.", "The programme has no rate for that day.")
    })?;
    Ok(Occurrence::CarriedOver {
        final_due_on,
        annual_rate_pct: rates.annual_rate,
        overdue_rate_pct: rates.overdue_rate,
    })
}

/// Puts a measure before the approver, after checking it.
pub async fn ask_measure(
    conn: &mut Conn,
    work: &Work<'_>,
    loan: Uuid,
    measure: &Measure,
) -> Result<Approval, Problem> {
    let case = lock_one(&mut *conn, work.unit, loan).await?;
    insist_not_future(work, measure)?;
    let entry = entry(&mut *conn, work.unit, &case, measure).await?;
    let ((vi, en), contract, who) = (measure.action.label(), &case.loan.contract_no, &case.loan.borrower);
    let (Text { vi: does_vi, en: does_en }, on) = (effect(&entry.what), measure.on);
    let ask = Ask {
        command: Command::HandleLoan,
        subject: Some(loan),
        body: json!({"loan_id": loan, "measure": measure}),
        summary: text!(
            "{vi} ngày {on}: hợp đồng {contract}, {who}{does_vi}.",
            "{en} on {on}: contract {contract}, {who}{does_en}."; on
        ),
    };
    approvals::ask(conn, work, ask).await
}

fn insist_not_future(work: &Work<'_>, measure: &Measure) -> Result<(), Problem> {
    if measure.on > work.clock.today() {
        return Err(Problem::field("/on", text!("Chưa đến ngày này", "In the future")));
    }
    Ok(())
}

/// Does a measure that needs no approval.
pub async fn do_measure(
    conn: &mut Conn,
    work: &Work<'_>,
    loan: Uuid,
    measure: &Measure,
) -> Result<Value, Problem> {
    let mut case = lock_one(&mut *conn, work.unit, loan).await?;
    insist_not_future(work, measure)?;
    let entry = entry(&mut *conn, work.unit, &case, measure).await?;
    enter_alone(conn, work, &mut case, entry).await
}

#[derive(Deserialize)]
struct Handling {
    loan_id: Uuid,
    measure: Measure,
}

/// Does a measure that was approved.
pub async fn execute_measure(conn: &mut Conn, work: &Work<'_>, body: Value) -> Result<Value, Problem> {
    let Handling { loan_id, measure } = serde_json::from_value(body).map_err(Problem::internal)?;
    do_measure(conn, work, loan_id, &measure).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_measure_is_read_as_strictly_inside_its_kind() {
        let read = |action: Value| serde_json::from_value::<Action>(action).map_err(|why| why.to_string());
        let risk = json!({"cause": "K1", "lost": "10", "project": "100"});
        assert!(
            read(json!({"kind": "freeze", "risk": risk, "months": 12, "decided_by": "bank_board"})).is_ok()
        );
        assert!(read(json!({"kind": "extend", "final_due_on": "2027-01-01"})).is_ok());
        let no_object = "invalid type: sequence, expected struct Risk";
        let listed = json!(["K1", "10", "100"]);
        for (action, why) in [
            (json!({"kind": "freeze", "risk": listed, "months": 12}), no_object),
            (json!({"kind": "extend", "final_due_on": "2027-01-01", "risk": listed}), no_object),
            (json!({"kind": "unfreeze", "due_on": "2027-1-1"}), "A day is written as \"2026-03-02\""),
        ] {
            assert_eq!(read(action).unwrap_err(), why);
        }
    }
}
