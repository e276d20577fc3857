//! A project from its opening to its end.

use chrono::{Months, NaiveDate};
use rust_decimal::Decimal;

use super::store;
use super::values::{Mechanism, NewProject, Project, ProjectChange, Rule};
use crate::access::Work;
use crate::db::{Conn, constraint};
use crate::domain::books::source::Origin;
use crate::domain::support::{Basis, Due};
use crate::domain::values::ids::ProjectId;
use crate::domain::values::money::Money;
use crate::http::etag::IfMatch;
use crate::http::page::Page;
use crate::ledger::sources;
use crate::problem::{Kind, Problem};
use crate::text;

/// The most a household cap can say, đồng: beyond it interest arithmetic would leave 28 digits.
fn most_per_household() -> Decimal {
    Decimal::from(1_000_000_000_000_i64)
}

/// The rule in force on a day.
pub async fn rule(conn: &mut Conn, on: NaiveDate) -> Result<Rule, Problem> {
    store::rule(conn, on).await?.ok_or_else(|| {
        Kind::WrongState.saying(
            text!("Chưa có quy định hỗ trợ cho ngày {on}.", "No rule of support is in force on {on}."; on),
        )
    })
}

/// Mechanisms under which projects may begin on a day.
pub async fn mechanisms(conn: &mut Conn, on: NaiveDate) -> Result<Vec<Mechanism>, Problem> {
    Ok(store::mechanisms(conn, on).await?)
}

/// The mechanism that a project names.
async fn mechanism_of(conn: &mut Conn, project: &Project) -> Result<Option<Mechanism>, Problem> {
    let Some(code) = &project.mechanism_code else { return Ok(None) };
    let known = store::mechanisms(conn, project.from_on).await?;
    let codes = known.iter().map(|known| known.mechanism_code.as_str()).collect::<Vec<_>>().join(", ");
    let found = known.iter().find(|known| known.mechanism_code == *code).cloned();
    found.map(Some).ok_or_else(|| {
        Problem::field(
            "/mechanism_code",
            text!("Vào ngày đầu của dự án có: {codes}", "On the first day of the project there are: {codes}"),
        )
    })
}

/// The rule that a project goes by on a day: that of its mechanism, or the general one of the day.
pub async fn rule_of(conn: &mut Conn, project: &Project, on: NaiveDate) -> Result<Rule, Problem> {
    let general = rule(&mut *conn, on).await?;
    Ok(match mechanism_of(conn, project).await? {
        None => general,
        Some(mechanism) => Rule {
            max_months: mechanism.max_months,
            max_extension_months: mechanism.max_extension_months,
            legal_basis: mechanism.legal_basis,
            ..general
        },
    })
}

/// Refuses money of the state budget in a project of a mechanism that is for other money: it would run past what binds that money.
pub async fn insist_money(conn: &mut Conn, project: &Project, origin: &str) -> Result<(), Problem> {
    let budget = [Origin::CentralBudget, Origin::LocalBudget].iter().any(|budget| budget.name() == origin);
    match mechanism_of(conn, project).await? {
        Some(mechanism) if budget && !mechanism.budget_money => Err(Kind::SourceRestricted.saying(text!(
            "Dự án theo cơ chế của vốn khác, không dùng vốn ngân sách: chọn nguồn khác, hoặc mở dự án theo cơ chế của ngân sách.",
            "The project goes by a mechanism of other money and spends none of the budget: name another source, or open a project by a mechanism of the budget."
        ))),
        _ => Ok(()),
    }
}

/// Refuses terms that bring back less than the mechanism asks.
async fn check_mechanism(conn: &mut Conn, project: &Project) -> Result<(), Problem> {
    let Some(mechanism) = mechanism_of(conn, project).await? else { return Ok(()) };
    let least = mechanism.least_return_percent;
    let comes_back = match project.terms.basis {
        Basis::CapitalPercent { percent } => percent,
        Basis::FixedAmount { amount } => {
            amount.amount() * Decimal::ONE_HUNDRED / project.household_cap.amount().max(Decimal::ONE)
        }
    };
    if comes_back < least {
        let basis = &mechanism.legal_basis;
        return Err(Problem::field(
            "/terms/basis",
            text!(
                "Thu hồi ít nhất {least} % vốn hỗ trợ ({basis})",
                "At least {least} % of the support comes back ({basis})"
            ),
        ));
    }
    Ok(())
}

/// Whether the days, caps and terms of a project fit each other and the law.
async fn check(conn: &mut Conn, project: &Project) -> Result<(), Problem> {
    let rule = rule_of(conn, project, project.from_on).await?;
    let Rule { max_months, legal_basis, .. } = &rule;
    let latest = project.from_on.checked_add_months(Months::new(*max_months));
    if project.to_on <= project.from_on {
        return Err(Problem::field("/to_on", text!("Phải sau ngày bắt đầu", "Must be after the first day")));
    }
    if latest.is_none_or(|latest| project.to_on > latest) {
        return Err(Kind::AboveCap.saying(text!(
            "Dự án không quá {max_months} tháng ({legal_basis}).",
            "A project lasts at most {max_months} months ({legal_basis})."
        )));
    }
    if project.household_cap.is_zero() || project.household_cap.amount() > most_per_household() {
        return Err(Problem::field(
            "/household_cap",
            text!("Lớn hơn 0, không quá 10^12", "More than 0, at most 10^12"),
        ));
    }
    if project.budget < project.household_cap {
        return Err(Problem::field(
            "/budget",
            text!("Không ít hơn mức của một hộ", "Not less than one household's cap"),
        ));
    }
    let late = project.terms.months().is_some_and(|months| months > *max_months);
    let on_day_too_late = matches!(project.terms.due, Due::OnDate { on } if on < project.from_on);
    if late {
        return Err(Kind::AboveCap.saying(text!(
            "Thời hạn hoàn trả không quá {max_months} tháng ({legal_basis}).",
            "Everything is due within {max_months} months ({legal_basis})."
        )));
    }
    if on_day_too_late {
        return Err(Problem::field(
            "/terms/due/on",
            text!("Trước khi dự án bắt đầu", "Before the project begins"),
        ));
    }
    Ok(())
}

/// Opens a project in a revolving fund.
pub async fn create(conn: &mut Conn, work: &Work<'_>, new: NewProject) -> Result<Project, Problem> {
    let fund = sources::fund(conn, work.unit, new.fund_id).await?;
    let unknown = || Problem::field("/fund_id", text!("Không có quỹ này", "No such fund"));
    let fund = fund.ok_or_else(unknown)?;
    if fund.kind != "revolving" {
        return Err(Problem::field("/fund_id", text!("Không phải quỹ quay vòng", "Not a revolving fund")));
    }
    let least = rule(conn, new.from_on).await?.votes_above_pct;
    let votes_above_pct = new.votes_above_pct.unwrap_or(least);
    if !(least..=99).contains(&votes_above_pct) {
        return Err(Problem::field(
            "/votes_above_pct",
            text!(
                "Từ {least} đến 99 (phần trăm số người dự họp)",
                "From {least} to 99 (per cent of those present)"
            ),
        ));
    }
    let content = new.content.unwrap_or_else(|| new.purpose.clone());
    let project = Project {
        project_id: work.clock.new_id().into(),
        fund_id: new.fund_id,
        name: new.name.to_string(),
        programme: new.programme.to_string(),
        purpose: new.purpose.as_str().to_owned(),
        content: content.as_str().to_owned(),
        from_on: new.from_on,
        to_on: new.to_on,
        household_cap: new.household_cap,
        budget: new.budget,
        terms: new.terms,
        votes_above_pct,
        mechanism_code: new.mechanism_code.map(|code| code.to_string()),
        closed_on: None,
    };
    check(conn, &project).await?;
    check_mechanism(conn, &project).await?;
    named(store::insert(conn, work.unit, &project).await)?;
    Ok(project)
}

/// Two projects of a fund with one name.
fn named(done: sqlx::Result<()>) -> Result<(), Problem> {
    done.map_err(|error| match constraint(&error) {
        Some("project_name_unique") => Kind::AlreadyExists.bare(),
        _ => error.into(),
    })
}

/// One project.
pub async fn show(conn: &mut Conn, unit: i32, id: ProjectId) -> Result<Project, Problem> {
    store::find(conn, unit, id).await?.ok_or_else(|| Kind::NotFound.bare())
}

/// A page of projects in the order they were opened.
pub async fn list(
    conn: &mut Conn,
    unit: i32,
    fund: Option<i32>,
    after: Option<ProjectId>,
    limit: i64,
) -> Result<Page<Project>, Problem> {
    Ok(Page::of(store::list(conn, unit, fund, after, limit + 1).await?, limit, |p| p.project_id))
}

/// Changes what may change, if the project is as its reader saw it.
pub async fn change(
    conn: &mut Conn,
    work: &Work<'_>,
    id: ProjectId,
    change: ProjectChange,
    read: &IfMatch,
) -> Result<Project, Problem> {
    store::lock(conn, work.unit, id).await?;
    let was = show(conn, work.unit, id).await?;
    read.holds(&was)?;
    let now = Project {
        name: change.name.map_or(was.name, |name| name.to_string()),
        to_on: change.to_on.unwrap_or(was.to_on),
        household_cap: change.household_cap.unwrap_or(was.household_cap),
        budget: change.budget.unwrap_or(was.budget),
        closed_on: change.closed_on.or(was.closed_on),
        ..was
    };
    check(conn, &now).await?;
    named(store::update(conn, work.unit, &now).await)?;
    Ok(now)
}

/// Locks a project until the transaction ends: its budget is about to be used.
pub async fn lock(conn: &mut Conn, unit: i32, id: ProjectId) -> Result<Project, Problem> {
    store::lock(conn, unit, id).await?;
    show(conn, unit, id).await
}

impl Project {
    /// Refuses a day on which the project does not run.
    pub fn runs_on(&self, day: NaiveDate) -> Result<(), Problem> {
        let closed = self.closed_on.is_some_and(|closed| day >= closed);
        if day < self.from_on || day >= self.to_on || closed {
            return Err(Kind::WrongState.saying(
                text!("Dự án không hoạt động vào ngày {day}.", "The project does not run on {day}."; day),
            ));
        }
        Ok(())
    }

    /// Refuses more than one household may get.
    pub fn within_cap(&self, amount: Money) -> Result<(), Problem> {
        let cap = self.household_cap;
        if amount > cap {
            return Err(Kind::AboveCap
                .saying(text!("Mỗi hộ không quá {cap} đồng.", "At most {cap} đồng for a household."; cap)));
        }
        Ok(())
    }
}
