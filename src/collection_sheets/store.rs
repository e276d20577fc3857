use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde_json::Value;
use uuid::Uuid;

use super::values::{Collection, Expected, Sheet, SheetRow};
use crate::access::Work;
use crate::db::Conn;
use crate::domain::books::journal_kind::JournalKind;
use crate::domain::credit::collection_sheet::{Collected, SentRow, row_code};
use crate::domain::values::ids::{GroupId, SheetId};
use crate::domain::values::money::{Money, MoneyError};

/// A row as it stands when a sheet comes in.
pub struct KnownRow {
    pub row_id: Uuid,
    pub agreement_id: Uuid,
    pub recorded: Option<SentRow>,
}

pub async fn insert_sheet(
    conn: &mut Conn,
    work: &Work<'_>,
    (group, id): (GroupId, SheetId),
    meeting_on: NaiveDate,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into sheet (unit_id, sheet_id, group_id, meeting_on, prepared_on, prepared_by) values ($1, $2, $3, $4, $5, $6)",
        work.unit,
        id.uuid(),
        group.uuid(),
        meeting_on,
        work.clock.today(),
        work.actor,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn insert_rows(
    conn: &mut Conn,
    unit: i32,
    (sheet, keys): (SheetId, &[Uuid]),
    rows: &[Expected],
) -> sqlx::Result<()> {
    let ids = |of: fn(&Expected) -> Uuid| rows.iter().map(of).collect::<Vec<_>>();
    let amounts =
        |of: fn(&Collected) -> Money| rows.iter().map(|row| of(&row.expected).amount()).collect::<Vec<_>>();
    let codes: Vec<String> = keys.iter().map(|key| row_code(*key)).collect();
    sqlx::query!(
        "insert into sheet_row (unit_id, sheet_id, row_id, code, membership_id, agreement_id, expected_interest, expected_savings,
                                expected_principal, row_no)
         select $1, $2, r.*
           from unnest($3::uuid[], $4::text[], $5::uuid[], $6::uuid[], $7::numeric[], $8::numeric[], $9::numeric[]) with ordinality r",
        unit,
        sheet.uuid(),
        keys,
        &codes,
        &ids(|row| row.membership_id.uuid()),
        &ids(|row| row.agreement_id),
        &amounts(|expected| expected.interest),
        &amounts(|expected| expected.savings),
        &amounts(|expected| expected.principal),
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn sheets(
    conn: &mut Conn,
    unit: i32,
    group: GroupId,
    after: Option<SheetId>,
    limit: i64,
) -> sqlx::Result<Vec<Sheet>> {
    sqlx::query_as!(
        Sheet,
        r#"select sheet_id, group_id, meeting_on, prepared_on, prepared_at,
                (select count(*) from sheet_row r where r.unit_id = s.unit_id and r.sheet_id = s.sheet_id) as "row_count!",
                (select count(*) from sheet_row r join sheet_collection c using (unit_id, row_id)
                  where r.unit_id = s.unit_id and r.sheet_id = s.sheet_id) as "recorded_count!"
           from sheet s where unit_id = $1 and group_id = $2 and sheet_id > $3
          order by sheet_id limit $4"#,
        unit,
        group.uuid(),
        after.map(SheetId::uuid).unwrap_or_default(),
        limit
    )
    .fetch_all(conn)
    .await
}

pub async fn sheet(conn: &mut Conn, unit: i32, group: GroupId, id: SheetId) -> sqlx::Result<Option<Sheet>> {
    sqlx::query_as!(
        Sheet,
        r#"select sheet_id, group_id, meeting_on, prepared_on, prepared_at,
                (select count(*) from sheet_row r where r.unit_id = s.unit_id and r.sheet_id = s.sheet_id) as "row_count!",
                (select count(*) from sheet_row r join sheet_collection c using (unit_id, row_id)
                  where r.unit_id = s.unit_id and r.sheet_id = s.sheet_id) as "recorded_count!"
           from sheet s where unit_id = $1 and group_id = $2 and sheet_id = $3"#,
        unit,
        group.uuid(),
        id.uuid()
    )
    .fetch_optional(conn)
    .await
}

pub async fn rows(conn: &mut Conn, unit: i32, sheet: SheetId) -> sqlx::Result<Vec<SheetRow>> {
    sqlx::query_as!(
        SheetRow,
        r#"select r.row_id, row_no, code, membership_id, representative, agreement_id,
                trim_scale(expected_interest) as "expected_interest!", trim_scale(expected_savings) as "expected_savings!",
                trim_scale(expected_principal) as "expected_principal!", c.outcome as "outcome?"
           from sheet_row r join group_member m using (unit_id, membership_id)
           left join sheet_collection c using (unit_id, row_id)
          where r.unit_id = $1 and r.sheet_id = $2 order by row_no"#,
        unit,
        sheet.uuid()
    )
    .fetch_all(conn)
    .await
}

pub async fn known(conn: &mut Conn, unit: i32, sheet: SheetId) -> sqlx::Result<Vec<KnownRow>> {
    let rows = sqlx::query!(
        r#"select r.row_id, agreement_id, c.collected_on as "collected_on?", c.interest as "interest?", c.savings as "savings?",
                c.principal as "principal?"
           from sheet_row r left join sheet_collection c using (unit_id, row_id) where r.unit_id = $1 and r.sheet_id = $2"#,
        unit,
        sheet.uuid()
    )
    .fetch_all(conn)
    .await?;
    let collected = |interest: Decimal, savings: Decimal, principal: Decimal| {
        let money =
            |amount| Money::vnd(amount).map_err(|error: MoneyError| sqlx::Error::Decode(error.into()));
        Ok::<_, sqlx::Error>(Collected {
            interest: money(interest)?,
            savings: money(savings)?,
            principal: money(principal)?,
        })
    };
    rows.into_iter()
        .map(|row| {
            let recorded = match (row.collected_on, row.interest, row.savings, row.principal) {
                (Some(collected_on), Some(interest), Some(savings), Some(principal)) => {
                    let collected = collected(interest, savings, principal)?;
                    Some(SentRow { row_id: row.row_id, collected_on, collected })
                }
                _ => None,
            };
            Ok(KnownRow { row_id: row.row_id, agreement_id: row.agreement_id, recorded })
        })
        .collect()
}

pub async fn insert_collections(
    conn: &mut Conn,
    work: &Work<'_>,
    rows: &[(Collection, Value)],
) -> sqlx::Result<()> {
    let days = |of: fn(&Collection) -> NaiveDate| rows.iter().map(|(row, _)| of(row)).collect::<Vec<_>>();
    let amounts = |of: fn(&Collected) -> Money| {
        rows.iter().map(|(row, _)| of(&row.sent.collected).amount()).collect::<Vec<_>>()
    };
    let outcomes: Vec<Value> = rows.iter().map(|(_, outcome)| outcome.clone()).collect();
    sqlx::query!(
        "insert into sheet_collection (unit_id, recorded_by, row_id, collected_on, interest, savings, principal, effective_on, outcome)
         select $1, $2, r.*
           from unnest($3::uuid[], $4::date[], $5::numeric[], $6::numeric[], $7::numeric[], $8::date[], $9::jsonb[]) r",
        work.unit,
        work.actor,
        &rows.iter().map(|(row, _)| row.sent.row_id).collect::<Vec<_>>(),
        &days(|row| row.sent.collected_on),
        &amounts(|collected| collected.interest),
        &amounts(|collected| collected.savings),
        &amounts(|collected| collected.principal),
        &days(|row| row.effective_on),
        &outcomes,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Savings that a month brought, less what the bank got of them.
pub struct Saved {
    /// The first day of the month.
    pub month: NaiveDate,
    /// Whose money the cash lies with.
    pub source_id: i32,
    /// Taken less handed over.
    pub amount: Decimal,
}

/// Savings by month and source: what sheets took, and what papers say was handed over to the bank and not taken back.
pub async fn savings_by_month(conn: &mut Conn, unit: i32) -> sqlx::Result<Vec<Saved>> {
    sqlx::query_as!(
        Saved,
        r#"select date_trunc('month', m.on_day)::date as "month!", m.source_id as "source_id!", sum(m.amount) as "amount!"
             from (select c.effective_on as on_day, l.source_id, c.savings as amount
                     from sheet_collection c
                     join sheet_row r using (unit_id, row_id)
                     join loan l on l.unit_id = c.unit_id and l.loan_id = r.agreement_id
                    where c.unit_id = $1 and c.savings > 0
                    union all
                   select j.effective_on, (select min(source_id) from line where unit_id = $1 and journal_no = h.journal_no),
                          case when j.reverses is null then -v.amount else v.amount end
                     from journal h
                     join voucher v on v.unit_id = h.unit_id and v.journal_no = h.journal_no
                     join journal j on j.unit_id = h.unit_id and (j.journal_no = h.journal_no or j.reverses = h.journal_no)
                    where h.unit_id = $1 and h.kind = $2) m
            group by 1, 2"#,
        unit,
        JournalKind::SavingsHandedOver.name(),
    )
    .fetch_all(conn)
    .await
}

pub async fn outcomes(conn: &mut Conn, unit: i32, sheet: SheetId) -> sqlx::Result<BTreeMap<Uuid, Value>> {
    let rows = sqlx::query!(
        "select row_id, outcome from sheet_collection join sheet_row using (unit_id, row_id) where unit_id = $1 and sheet_id = $2",
        unit,
        sheet.uuid()
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.row_id, row.outcome)).collect())
}
