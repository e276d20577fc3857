mod columns;
mod events;
mod reads;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{Datelike as _, NaiveDate};
use rust_decimal::Decimal;
use sqlx::types::Json;
use uuid::Uuid;

use super::case::{Case, Record, StateRow};
use super::values::{Agreement, Awaiting};
use crate::db::Conn;
use crate::domain::books::account_role::AccountRole;
use crate::domain::support::{History, HistorySummary, Terms};
use crate::domain::values::ids::{AgreementId, HouseholdId, ProjectId, RequestId};
use crate::domain::values::money::Money;
use crate::ledger::VoucherNumber;
pub use columns::contract;
use columns::money;
use events::{read_events, write_events};
pub use reads::{happened, list};

/// Number of the next contract of the year. Its row stays locked.
pub async fn next_contract(conn: &mut Conn, unit: i32, signed_on: NaiveDate) -> sqlx::Result<(i32, i32)> {
    let year = signed_on.year();
    let number = sqlx::query_scalar!(
        "insert into contract_counter as c (unit_id, year, last_number) values ($1, $2, 1)
         on conflict (unit_id, year) do update set last_number = c.last_number + 1 returning last_number",
        unit,
        year
    )
    .fetch_one(conn)
    .await?;
    Ok((year, number))
}

/// Locks signing and paying out for a household until the transaction ends.
pub async fn lock_household(conn: &mut Conn, unit: i32, household: HouseholdId) -> sqlx::Result<()> {
    sqlx::query!(
        "select pg_advisory_xact_lock(hashtextextended('support ' || $2::uuid, $1::integer))",
        unit,
        household.uuid()
    )
    .fetch_one(conn)
    .await?;
    Ok(())
}

/// Contract of a signed or running support of a household for some content, other than `but`.
pub async fn running_of(
    conn: &mut Conn,
    unit: i32,
    household: HouseholdId,
    content: &str,
    but: Option<AgreementId>,
) -> sqlx::Result<Option<String>> {
    let row = sqlx::query!(
        "select a.contract_no, a.contract_year
           from agreement a join agreement_state s on s.unit_id = a.unit_id and s.agreement_id = a.agreement_id
          where a.unit_id = $1 and a.household_id = $2 and a.content = $3 and s.state in ('signed', 'running')
            and a.agreement_id <> $4
          order by a.agreement_id limit 1",
        unit,
        household.uuid(),
        content,
        but.map(AgreementId::uuid).unwrap_or_default()
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| contract(row.contract_no, row.contract_year)))
}

/// What a project has promised or paid.
pub async fn committed(conn: &mut Conn, unit: i32, project: ProjectId) -> sqlx::Result<Money> {
    let sum = sqlx::query_scalar!(
        r#"select coalesce(sum(a.given), 0) as "sum!"
             from agreement a join agreement_state s on s.unit_id = a.unit_id and s.agreement_id = a.agreement_id
            where a.unit_id = $1 and a.project_id = $2 and s.state <> 'cancelled'"#,
        unit,
        project.uuid()
    )
    .fetch_one(conn)
    .await?;
    money(sum)
}

/// The first day on which money was handed to a household.
pub async fn paid_out_since(conn: &mut Conn, unit: i32) -> sqlx::Result<Option<NaiveDate>> {
    sqlx::query_scalar!("select min(paid_out_on) from agreement_state where unit_id = $1", unit)
        .fetch_one(conn)
        .await
}

/// What a source has paid out.
pub struct Given {
    /// In all.
    pub all: Decimal,
    /// Of it what stays with the households for good.
    pub stays: Decimal,
}

pub async fn given_by(conn: &mut Conn, unit: i32, source: i32) -> sqlx::Result<Given> {
    sqlx::query_as!(
        Given,
        r#"select coalesce(sum(a.given), 0) as "all!", coalesce(sum(a.given - a.to_return), 0) as "stays!"
             from agreement a join agreement_state s on s.unit_id = a.unit_id and s.agreement_id = a.agreement_id
            where a.unit_id = $1 and a.source_id = $2 and s.paid_out_on is not null"#,
        unit,
        source
    )
    .fetch_one(conn)
    .await
}

/// Agreements of a project that wait for their payout on a day.
pub async fn awaiting(
    conn: &mut Conn,
    unit: i32,
    project: ProjectId,
    on: NaiveDate,
) -> sqlx::Result<Vec<Awaiting>> {
    let rows = sqlx::query!(
        "select a.agreement_id, a.request_id, a.contract_no, a.contract_year, a.party, a.source_id, a.given
           from agreement a join agreement_state s on s.unit_id = a.unit_id and s.agreement_id = a.agreement_id
          where a.unit_id = $1 and a.project_id = $2 and s.state = 'signed' and a.signed_on <= $3",
        unit,
        project.uuid(),
        on
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Awaiting {
                agreement_id: row.agreement_id,
                request_id: row.request_id.into(),
                contract: contract(row.contract_no, row.contract_year),
                party: row.party,
                source_id: row.source_id,
                given: money(row.given)?,
            })
        })
        .collect()
}

pub async fn insert(
    conn: &mut Conn,
    unit: i32,
    agreement: &Agreement,
    number: (i32, i32),
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into agreement (unit_id, agreement_id, request_id, project_id, household_id, source_id, recovers_into, contract_year,
                                contract_no, content, given, to_return, terms, party, address, signed_on, decided_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
        unit,
        agreement.agreement_id,
        agreement.request_id.uuid(),
        agreement.project_id.uuid(),
        agreement.household_id.uuid(),
        agreement.source_id,
        agreement.recovers_into,
        number.0,
        number.1,
        agreement.content,
        agreement.given.amount(),
        agreement.to_return.amount(),
        Json(&agreement.terms) as _,
        agreement.party,
        agreement.address,
        agreement.signed_on,
        agreement.decided_by,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "insert into agreement_state (unit_id, agreement_id, state, events, outstanding, recovered, interest_paid, surplus)
         values ($1, $2, 'signed', 0, 0, 0, 0, 0)",
        unit,
        agreement.agreement_id
    )
    .execute(conn)
    .await?;
    Ok(())
}

struct CaseRow {
    agreement_id: Uuid,
    request_id: RequestId,
    project_id: ProjectId,
    household_id: HouseholdId,
    source_id: i32,
    recovers_into: Option<i32>,
    contract_year: i32,
    contract_no: i32,
    content: String,
    given: Decimal,
    to_return: Decimal,
    terms: Json<Terms>,
    party: String,
    address: String,
    signed_on: NaiveDate,
    decided_by: Uuid,
    events: Option<i32>,
    paid_out_on: Option<NaiveDate>,
    recovered: Option<Decimal>,
    surplus: Option<Decimal>,
    summary_valid_until: Option<NaiveDate>,
    overdue_from: Option<NaiveDate>,
}

impl CaseRow {
    /// What its events came to, where that is enough to go on from a day.
    fn summary(&self, from: Option<NaiveDate>) -> Option<HistorySummary> {
        let until = self.summary_valid_until.filter(|until| from.is_some_and(|from| *until <= from))?;
        let (events, recovered, surplus) = (self.events?, self.recovered?, self.surplus?);
        Some(HistorySummary { paid_out_on: self.paid_out_on?, until, events, recovered, surplus })
    }

    fn case(self) -> sqlx::Result<(Uuid, Case)> {
        let to_return = money(self.to_return)?;
        let agreement = Agreement {
            agreement_id: self.agreement_id,
            contract: contract(self.contract_no, self.contract_year),
            request_id: self.request_id,
            project_id: self.project_id,
            household_id: self.household_id,
            party: self.party,
            address: self.address,
            source_id: self.source_id,
            recovers_into: self.recovers_into,
            content: self.content,
            given: money(self.given)?,
            to_return,
            terms: self.terms.0.clone(),
            signed_on: self.signed_on,
            decided_by: self.decided_by,
        };
        let history = History { terms: self.terms.0, to_return, brought_forward: None, entries: Vec::new() };
        let (cancelled, tills, overdue_from) = (false, BTreeMap::new(), self.overdue_from);
        let (closed, loss_paper) = (None, None);
        Ok((
            self.agreement_id,
            Case { agreement, history, cancelled, tills, overdue_from, closed, loss_paper },
        ))
    }
}

/// Reads agreements where they stand, in the order of their keys. The last argument ends the reading of the states.
macro_rules! case_rows {
    ($conn:ident, $unit:ident, $ids:ident, $begin:literal, $end:literal) => {
        sqlx::query_as!(
            CaseRow,
            r#"select a.agreement_id, request_id, project_id, household_id, source_id, recovers_into, contract_year, contract_no, content,
                      given, to_return, terms as "terms: Json<Terms>", party, address, signed_on, decided_by,
                      s.events as "events?", s.paid_out_on, s.recovered as "recovered?", s.surplus as "surplus?", s.summary_valid_until,
                      s.overdue_from
                 from "#
                + $begin
                + r#"(select distinct unnest($2::uuid[]) as k order by 1) k,
                      lateral (select * from agreement a where a.unit_id = $1 and a.agreement_id = k.k offset 0) a
                 left join lateral (select * from agreement_state s where s.unit_id = $1 and s.agreement_id = k.k "#
                + $end
                + ") s on true",
            $unit,
            $ids
        )
        .fetch_all(&mut *$conn)
        .await?
    };
}

/// Agreements with their histories: two statements for however many.
pub async fn cases(conn: &mut Conn, unit: i32, ids: &[Uuid]) -> sqlx::Result<HashMap<Uuid, Case>> {
    let rows = case_rows!(conn, unit, ids, "", "offset 0");
    gather(conn, unit, rows, |_| None).await
}

/// The same, to be looked at as of a day: the events of an agreement are not read where a summary of them is enough.
pub async fn cases_on(
    conn: &mut Conn,
    unit: i32,
    ids: &[Uuid],
    day: NaiveDate,
) -> sqlx::Result<HashMap<Uuid, Case>> {
    let rows = case_rows!(conn, unit, ids, "", "offset 0");
    gather(conn, unit, rows, |_| Some(day)).await
}

/// The same, locked until the transaction ends. An agreement in `from` goes on from that day: where a summary of its events
/// is enough for that, the events are not read.
pub async fn lock(
    conn: &mut Conn,
    unit: i32,
    ids: &[Uuid],
    from: &BTreeMap<Uuid, NaiveDate>,
) -> sqlx::Result<HashMap<Uuid, Case>> {
    let rows = case_rows!(
        conn,
        unit,
        ids,
        "(select pg_advisory_xact_lock_shared(30, $1) offset 0) no_close cross join lateral ",
        "offset 0 for no key update"
    );
    gather(conn, unit, rows, |id| from.get(&id).copied()).await
}

/// Cases of their rows, with the events that are needed.
async fn gather(
    conn: &mut Conn,
    unit: i32,
    rows: Vec<CaseRow>,
    from: impl Fn(Uuid) -> Option<NaiveDate>,
) -> sqlx::Result<HashMap<Uuid, Case>> {
    let mut cases = HashMap::with_capacity(rows.len());
    let mut whole = Vec::new();
    for row in rows {
        let summary = row.summary(from(row.agreement_id));
        let (id, mut case) = row.case()?;
        if summary.is_none() {
            whole.push(id);
        }
        case.history.brought_forward = summary;
        cases.insert(id, case);
    }
    if !whole.is_empty() {
        read_events(conn, unit, &whole, &mut cases).await?;
    }
    Ok(cases)
}

/// Waits for those who write agreements of a unit, and lets them wait until the transaction ends.
pub async fn stop_writers(conn: &mut Conn, unit: i32) -> sqlx::Result<()> {
    sqlx::query!("select pg_advisory_xact_lock(30, $1) is null as stopped", unit).fetch_one(conn).await?;
    Ok(())
}

/// The days that were closed, from the last one up to a day on.
pub async fn closed_days(conn: &mut Conn, unit: i32, from: NaiveDate) -> sqlx::Result<BTreeSet<NaiveDate>> {
    let days = sqlx::query_scalar!(
        "select day from closed_day
          where unit_id = $1 and day >= coalesce((select max(day) from closed_day where unit_id = $1 and day <= $2), $2)",
        unit,
        from,
    );
    Ok(days.fetch_all(conn).await?.into_iter().collect())
}

/// Agreements of which something may be overdue on a day, or was moved after it, in the order of their keys.
pub async fn maybe_overdue(conn: &mut Conn, unit: i32, day: NaiveDate) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar!(
        r#"select s.agreement_id from agreement_state s
            where s.unit_id = $1 and (s.overdue_from <= $2 or s.overdue <> 0)
           union
           select l.subject_id as "agreement_id!" from book b
             join chart_role r on r.chart_id = b.chart_id and r.role = any ($3)
             join line l on l.unit_id = $1 and l.account = r.code and l.effective_on > $2
             join agreement a on a.unit_id = $1 and a.agreement_id = l.subject_id
            where b.unit_id = $1
            order by 1"#,
        unit,
        day,
        &AccountRole::names(AccountRole::SUPPORTED),
    )
    .fetch_all(conn)
    .await
    .map(|ids| ids.into_iter().flatten().collect())
}

/// Keys of the agreements of a unit.
pub async fn keys(conn: &mut Conn, unit: i32) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar!("select agreement_id from agreement where unit_id = $1 order by agreement_id", unit)
        .fetch_all(conn)
        .await
}

/// An agreement of a fund, as far as sums need it.
pub struct OfFund {
    pub agreement_id: Uuid,
    pub household_id: Uuid,
    pub given: Decimal,
    pub to_return: Decimal,
}

/// The agreements of a fund, in the order of their keys.
pub async fn of_fund(conn: &mut Conn, unit: i32, fund: i32) -> sqlx::Result<Vec<OfFund>> {
    sqlx::query_as!(
        OfFund,
        "select a.agreement_id, a.household_id, a.given, a.to_return
           from project p
          cross join lateral (select agreement_id, household_id, given, to_return from agreement
                               where unit_id = $1 and project_id = p.project_id offset 0) a
          where p.unit_id = $1 and p.fund_id = $2 order by a.agreement_id",
        unit,
        fund
    )
    .fetch_all(conn)
    .await
}

/// What became of an agreement that was over by a day.
pub struct Over {
    /// The day of its only payout.
    pub paid_out_on: NaiveDate,
    /// Capital given back.
    pub recovered: Decimal,
}

/// Agreements that were over by a day: settled by plain repayments, with nothing entered for a later day and no part due later.
pub async fn over_by(conn: &mut Conn, unit: i32, day: NaiveDate) -> sqlx::Result<HashMap<Uuid, Over>> {
    let rows = sqlx::query!(
        r#"select agreement_id, paid_out_on as "paid_out_on!", recovered from agreement_state
            where unit_id = $1 and state = 'settled' and summary_valid_until <= $2 and final_due_on <= $2"#,
        unit,
        day
    )
    .fetch_all(conn)
    .await?;
    let over = rows
        .into_iter()
        .map(|row| (row.agreement_id, Over { paid_out_on: row.paid_out_on, recovered: row.recovered }));
    Ok(over.collect())
}

/// Number of the journal of an event.
pub async fn journal_of(conn: &mut Conn, unit: i32, event: Uuid) -> sqlx::Result<Option<i64>> {
    sqlx::query_scalar!(
        "select j.journal_no from agreement_event e
           join journal j on j.unit_id = e.unit_id and j.journal_id = e.journal_id
          where e.unit_id = $1 and e.event_id = $2",
        unit,
        event
    )
    .fetch_optional(conn)
    .await
}

/// The paper of the journal of an event.
pub async fn paper_of(conn: &mut Conn, unit: i32, event: Uuid) -> sqlx::Result<Option<VoucherNumber>> {
    let paper = sqlx::query_scalar!(
        r#"select jsonb_build_object('book', v.book, 'year', v.year, 'kind', v.kind, 'number', v.number) as "paper!: Json<VoucherNumber>"
             from agreement_event e
             join journal j on j.unit_id = e.unit_id and j.journal_id = e.journal_id
             join voucher v on v.unit_id = e.unit_id and v.journal_no = j.journal_no
            where e.unit_id = $1 and e.event_id = $2"#,
        unit,
        event
    );
    Ok(paper.fetch_optional(conn).await?.map(|Json(paper)| paper))
}

/// Stores events and the new states of the agreements they happened to. The journals that the events name are posted before.
pub async fn write(conn: &mut Conn, unit: i32, records: &[Record], states: &[StateRow]) -> sqlx::Result<()> {
    write_states(&mut *conn, unit, states).await?;
    write_events(conn, unit, records).await
}

/// Stores the new states of agreements. By conflict, because each row is then looked up by its key; an update from a list
/// may be planned as a walk over all agreements of the unit.
async fn write_states(conn: &mut Conn, unit: i32, states: &[StateRow]) -> sqlx::Result<()> {
    if states.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "insert into agreement_state (unit_id, agreement_id, state, events, paid_out_on, outstanding, recovered, interest_paid,
                                      surplus, lost, overdue, frozen, next_due_on, overdue_from, final_due_on, summary_valid_until)
         select $1, n.* from unnest($2::new_state[]) n
             on conflict (unit_id, agreement_id) do update
            set state = excluded.state, events = excluded.events, paid_out_on = excluded.paid_out_on,
                outstanding = excluded.outstanding, recovered = excluded.recovered, interest_paid = excluded.interest_paid,
                surplus = excluded.surplus, lost = excluded.lost, overdue = excluded.overdue, frozen = excluded.frozen, next_due_on = excluded.next_due_on,
                overdue_from = excluded.overdue_from, final_due_on = excluded.final_due_on,
                summary_valid_until = excluded.summary_valid_until",
        unit,
        states as _
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The states as they are stored.
pub async fn states(conn: &mut Conn, unit: i32) -> sqlx::Result<Vec<StateRow>> {
    sqlx::query_as!(
        StateRow,
        "select agreement_id, state, events, paid_out_on, outstanding, recovered, interest_paid, surplus, lost, overdue, frozen, next_due_on,
                overdue_from, final_due_on, summary_valid_until
           from agreement_state where unit_id = $1 order by agreement_id",
        unit
    )
    .fetch_all(conn)
    .await
}
