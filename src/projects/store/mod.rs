mod meetings;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use sqlx::types::Json;

use super::values::{Mechanism, Project, Queued, RequestState, Rule, SupportRequest};
use crate::db::{Conn, name_or_all};
use crate::domain::support::Terms;
use crate::domain::values::ids::{HouseholdId, ProjectId, RequestId};
use crate::domain::values::language::Text;
use crate::domain::values::money::{Money, MoneyError};

pub use meetings::{
    insert_meeting, insert_votes, last_vote, meeting, meetings, reverse_meeting, signed_after, voted_on,
};

/// An amount a row holds is money, or the row is damaged.
fn money(amount: Decimal) -> sqlx::Result<Money> {
    Money::vnd(amount).map_err(|e: MoneyError| sqlx::Error::Decode(e.into()))
}

pub async fn rule(conn: &mut Conn, on: NaiveDate) -> sqlx::Result<Option<Rule>> {
    let row = sqlx::query!(
        "select max_months, max_extension_months, votes_above_pct, legal_basis from support_rule
          where valid_from <= $1 and (valid_to is null or valid_to > $1)",
        on
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Rule {
        max_months: row.max_months.unsigned_abs(),
        max_extension_months: row.max_extension_months.unsigned_abs(),
        votes_above_pct: row.votes_above_pct,
        legal_basis: row.legal_basis,
    }))
}

/// Mechanisms under which projects may begin on a day.
pub async fn mechanisms(conn: &mut Conn, on: NaiveDate) -> sqlx::Result<Vec<Mechanism>> {
    let rows = sqlx::query!(
        "select mechanism_code, name_vi, name_en, province, programme, budget_money, valid_from, valid_to, max_months,
                max_extension_months, least_return_percent, due_days, return_form, risk_rule_vi, end_rule_vi, legal_basis, unverified,
                note_vi
           from support_mechanism where valid_from <= $1 and (valid_to is null or valid_to > $1) order by mechanism_code",
        on
    )
    .fetch_all(conn)
    .await?;
    let mechanisms = rows.into_iter().map(|row| Mechanism {
        mechanism_code: row.mechanism_code,
        name_vi: row.name_vi,
        name_en: row.name_en,
        province: row.province,
        programme: row.programme,
        budget_money: row.budget_money,
        valid_from: row.valid_from,
        valid_to: row.valid_to,
        max_months: row.max_months.unsigned_abs(),
        max_extension_months: row.max_extension_months.unsigned_abs(),
        least_return_percent: row.least_return_percent.normalize(),
        due_days: row.due_days.map(i32::unsigned_abs),
        return_form: row.return_form,
        risk_rule_vi: row.risk_rule_vi,
        end_rule_vi: row.end_rule_vi,
        legal_basis: row.legal_basis,
        unverified: row.unverified,
        note_vi: row.note_vi,
    });
    Ok(mechanisms.collect())
}

struct ProjectRow {
    project_id: ProjectId,
    fund_id: i32,
    name: String,
    programme: String,
    purpose: String,
    content: String,
    from_on: NaiveDate,
    to_on: NaiveDate,
    household_cap: Decimal,
    budget: Decimal,
    terms: Json<Terms>,
    votes_above_pct: i32,
    mechanism_code: Option<String>,
    closed_on: Option<NaiveDate>,
}

impl ProjectRow {
    fn project(self) -> sqlx::Result<Project> {
        Ok(Project {
            project_id: self.project_id,
            fund_id: self.fund_id,
            name: self.name,
            programme: self.programme,
            purpose: self.purpose,
            content: self.content,
            from_on: self.from_on,
            to_on: self.to_on,
            household_cap: money(self.household_cap)?,
            budget: money(self.budget)?,
            terms: self.terms.0,
            votes_above_pct: self.votes_above_pct,
            mechanism_code: self.mechanism_code,
            closed_on: self.closed_on,
        })
    }
}

pub async fn insert(conn: &mut Conn, unit: i32, project: &Project) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into project (unit_id, project_id, fund_id, name, programme, purpose, content, from_on, to_on, household_cap, budget, terms,
                              votes_above_pct, mechanism_code)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        unit,
        project.project_id.uuid(),
        project.fund_id,
        project.name,
        project.programme,
        project.purpose,
        project.content,
        project.from_on,
        project.to_on,
        project.household_cap.amount(),
        project.budget.amount(),
        Json(&project.terms) as _,
        project.votes_above_pct,
        project.mechanism_code.as_deref(),
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn lock(conn: &mut Conn, unit: i32, id: ProjectId) -> sqlx::Result<()> {
    sqlx::query!(
        "select 1 as one from project where unit_id = $1 and project_id = $2 for no key update",
        unit,
        id.uuid()
    )
    .fetch_optional(conn)
    .await?;
    Ok(())
}

pub async fn find(conn: &mut Conn, unit: i32, id: ProjectId) -> sqlx::Result<Option<Project>> {
    sqlx::query_as!(
        ProjectRow,
        r#"select project_id, fund_id, name, programme, purpose, content, from_on, to_on, household_cap, budget,
                  terms as "terms: Json<Terms>", votes_above_pct, mechanism_code, closed_on
             from project where unit_id = $1 and project_id = $2"#,
        unit,
        id.uuid()
    )
    .fetch_optional(conn)
    .await?
    .map(ProjectRow::project)
    .transpose()
}

pub async fn list(
    conn: &mut Conn,
    unit: i32,
    fund: Option<i32>,
    after: Option<ProjectId>,
    limit: i64,
) -> sqlx::Result<Vec<Project>> {
    sqlx::query_as!(
        ProjectRow,
        r#"select p.project_id, p.fund_id, p.name, p.programme, p.purpose, p.content, p.from_on, p.to_on, p.household_cap, p.budget,
                  p.terms as "terms: Json<Terms>", p.votes_above_pct, p.mechanism_code, p.closed_on
             from fund f
            cross join lateral (select * from project
                                 where unit_id = $1 and fund_id = f.fund_id and project_id > $4 order by project_id limit $5) p
            where f.unit_id = $1 and f.fund_id >= $2 and f.fund_id <= $3
            order by p.project_id limit $5"#,
        unit,
        fund.unwrap_or(0),
        fund.unwrap_or(i32::MAX),
        after.map(ProjectId::uuid).unwrap_or_default(),
        limit
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(ProjectRow::project)
    .collect()
}

pub async fn update(conn: &mut Conn, unit: i32, project: &Project) -> sqlx::Result<()> {
    sqlx::query!(
        "update project set name = $3, to_on = $4, household_cap = $5, budget = $6, closed_on = $7
          where unit_id = $1 and project_id = $2",
        unit,
        project.project_id.uuid(),
        project.name,
        project.to_on,
        project.household_cap.amount(),
        project.budget.amount(),
        project.closed_on,
    )
    .execute(conn)
    .await?;
    Ok(())
}

struct RequestRow {
    request_id: RequestId,
    project_id: ProjectId,
    household_id: HouseholdId,
    party: String,
    address: String,
    amount: Decimal,
    purpose: String,
    class: String,
    class_basis: String,
    requested_on: NaiveDate,
    state: String,
    reason: Option<String>,
}

impl RequestRow {
    fn request(self) -> sqlx::Result<SupportRequest> {
        Ok(SupportRequest {
            request_id: self.request_id,
            project_id: self.project_id,
            household_id: self.household_id,
            party: self.party,
            address: self.address,
            amount: money(self.amount)?,
            purpose: self.purpose,
            class: self.class,
            class_basis: self.class_basis,
            requested_on: self.requested_on,
            state: self.state,
            reason: self.reason,
        })
    }
}

pub async fn insert_request(conn: &mut Conn, unit: i32, request: &SupportRequest) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into support_request (unit_id, request_id, project_id, household_id, party, address, amount, purpose, class,
                                      class_basis, requested_on)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        unit,
        request.request_id.uuid(),
        request.project_id.uuid(),
        request.household_id.uuid(),
        request.party,
        request.address,
        request.amount.amount(),
        request.purpose,
        request.class,
        request.class_basis,
        request.requested_on,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn find_request(conn: &mut Conn, unit: i32, id: RequestId) -> sqlx::Result<Option<SupportRequest>> {
    sqlx::query_as!(
        RequestRow,
        "select request_id, project_id, household_id, party, address, amount, purpose, class, class_basis, requested_on, state,
                reason
           from support_request where unit_id = $1 and request_id = $2",
        unit,
        id.uuid()
    )
    .fetch_optional(conn)
    .await?
    .map(RequestRow::request)
    .transpose()
}

/// Locks requests in the order of their keys.
pub async fn lock_requests(conn: &mut Conn, unit: i32, ids: &[RequestId]) -> sqlx::Result<()> {
    sqlx::query!(
        "select 1 as one from support_request where unit_id = $1 and request_id = any($2) order by request_id for no key update",
        unit,
        &ids.iter().map(|id| id.uuid()).collect::<Vec<_>>()
    )
    .fetch_all(conn)
    .await?;
    Ok(())
}

/// Those of the requests that wait in the queue of a project and were made by a day.
pub async fn queued_of(
    conn: &mut Conn,
    unit: i32,
    project: ProjectId,
    ids: &[RequestId],
    by: NaiveDate,
) -> sqlx::Result<Vec<RequestId>> {
    let ids = sqlx::query_scalar!(
        "select request_id from support_request
          where unit_id = $1 and project_id = $2 and request_id = any($3) and state = 'queued' and requested_on <= $4",
        unit,
        project.uuid(),
        &ids.iter().map(|id| id.uuid()).collect::<Vec<_>>(),
        by
    )
    .fetch_all(conn)
    .await?;
    Ok(ids.into_iter().map(RequestId::from).collect())
}

pub async fn set_request_state(
    conn: &mut Conn,
    unit: i32,
    id: RequestId,
    state: &str,
    reason: Option<&str>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update support_request set state = $3, reason = $4 where unit_id = $1 and request_id = $2",
        unit,
        id.uuid(),
        state,
        reason
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn queue(
    conn: &mut Conn,
    unit: i32,
    (project, state): (ProjectId, Option<RequestState>),
    after: Option<i64>,
    limit: i64,
) -> sqlx::Result<Vec<Queued>> {
    let rows = sqlx::query!(
        r#"select k.rank as "rank!", k.place as "place!", r.request_id, r.project_id, r.household_id, r.party, r.address, r.amount, r.purpose, r.class,
                  r.class_basis, r.requested_on, r.state, r.reason, v.for_it as "for_it?", v.against as "against?",
                  v.minutes_no as "minutes_no?", v.held_on as "held_on?"
             from (select request_id, rank, place from request_rank
                    where unit_id = $1 and project_id = $2 and rank > $3 and state = any ($5)
                    order by for_it desc nulls last, against, class_no, requested_on, request_id limit $4) k
            cross join lateral (select * from support_request where unit_id = $1 and request_id = k.request_id offset 0) r
             left join lateral last_vote($1, k.request_id) v on true
            order by k.rank"#,
        unit,
        project.uuid(),
        after.unwrap_or(0),
        limit,
        &name_or_all(state.map(RequestState::name), RequestState::ALL.iter().map(|state| state.name()))
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let request = RequestRow {
                request_id: row.request_id.into(),
                project_id: row.project_id.into(),
                household_id: row.household_id.into(),
                party: row.party,
                address: row.address,
                amount: row.amount,
                purpose: row.purpose,
                class: row.class,
                class_basis: row.class_basis,
                requested_on: row.requested_on,
                state: row.state,
                reason: row.reason,
            };
            Ok(Queued {
                rank: row.rank,
                place: row.place,
                request: request.request()?,
                votes_for: row.for_it,
                votes_against: row.against,
                minutes_no: row.minutes_no,
                voted_on: row.held_on,
                explanation: Text::fixed("", ""),
            })
        })
        .collect()
}

pub async fn ranks(conn: &mut Conn, unit: i32, ids: &[RequestId]) -> sqlx::Result<Vec<(RequestId, i64)>> {
    let rows = sqlx::query!(
        r#"select request_id as "request_id!", rank as "rank!" from request_rank
            where unit_id = $1 and project_id in (select project_id from support_request where unit_id = $1 and request_id = any($2))
              and request_id = any($2) order by rank"#,
        unit,
        &ids.iter().map(|id| id.uuid()).collect::<Vec<_>>()
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.request_id.into(), row.rank)).collect())
}
