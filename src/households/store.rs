//! The register's rows: read as whole households, written in batches.

use std::collections::{BTreeMap, HashMap};
use std::str::FromStr;

use chrono::NaiveDate;
use serde_json::{Value, json};
use uuid::Uuid;

use super::view::{Line, Wanted};
use crate::db::{Conn, FIRST_DAY};
use crate::domain::people::household::{
    Authorisation, Details, Household, HouseholdCode, Kept, Member, Person, Recorded, State,
};
use crate::domain::people::identity::{PersonalId, Phone};
use crate::domain::people::person::Birth;
use crate::domain::values::text::Name;

/// A row that no longer parses is a fault of ours, told at the border.
fn read<T: FromStr<Err: std::error::Error + Send + Sync + 'static>>(text: &str) -> sqlx::Result<T> {
    text.parse().map_err(|why: T::Err| sqlx::Error::Decode(why.into()))
}

fn read_some<T: FromStr<Err: std::error::Error + Send + Sync + 'static>>(
    text: Option<&str>,
) -> sqlx::Result<Option<T>> {
    text.map(read).transpose()
}

/// Keys of the households with these codes, locked in the order of keys.
pub async fn lock_coded(conn: &mut Conn, unit: i32, codes: &[String]) -> sqlx::Result<Vec<Uuid>> {
    let locked = sqlx::query_scalar!(
        "select household_id from household where unit_id = $1 and code = any($2) order by household_id for update",
        unit,
        codes
    );
    locked.fetch_all(conn).await
}

/// Locks a household.
pub async fn lock(conn: &mut Conn, unit: i32, household: Uuid) -> sqlx::Result<()> {
    sqlx::query!(
        "select household_id from household where unit_id = $1 and household_id = $2 for update",
        unit,
        household
    )
    .fetch_optional(conn)
    .await?;
    Ok(())
}

/// One list at a time: two would both find the same household missing.
pub async fn lock_lists(conn: &mut Conn, unit: i32) -> sqlx::Result<()> {
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended('household list', $1::integer))", unit)
        .execute(conn)
        .await?;
    Ok(())
}

/// Whole households, by code.
pub async fn load(conn: &mut Conn, unit: i32, ids: &[Uuid]) -> sqlx::Result<Vec<Household>> {
    let rows = sqlx::query!(
        "select household_id, code, hamlet, address, phone, note, signs_by_fingerprint, head_id, closed_on
           from household where unit_id = $1 and household_id = any($2) order by code",
        unit,
        ids
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut members = members(conn, unit, ids).await?;
    let mut decisions = decisions(conn, unit, ids).await?;
    let mut authorisations = authorisations(conn, unit, ids).await?;
    let mut households = Vec::with_capacity(rows.len());
    for row in rows {
        let details = Details {
            code: read(&row.code)?,
            hamlet: read(&row.hamlet)?,
            address: read_some(row.address.as_deref())?,
            phone: read_some(row.phone.as_deref())?,
            note: read_some(row.note.as_deref())?,
            signs_by_fingerprint: row.signs_by_fingerprint,
            head_id: row.head_id,
            closed_on: row.closed_on,
        };
        households.push(Household {
            members: members.remove(&row.household_id).unwrap_or_default(),
            decisions: decisions.remove(&row.household_id).unwrap_or_default(),
            authorisations: authorisations.remove(&row.household_id).unwrap_or_default(),
            details: Kept::stored(row.household_id, details),
        });
    }
    Ok(households)
}

type ByHousehold<T> = HashMap<Uuid, Vec<Kept<T>>>;

async fn members(conn: &mut Conn, unit: i32, ids: &[Uuid]) -> sqlx::Result<ByHousehold<Member>> {
    let rows = sqlx::query!(
        "select household_id, member_id, name, relation, born_on, birth_year, gender, ethnicity, personal_id, left_on
           from household_member where unit_id = $1 and household_id = any($2) order by member_id",
        unit,
        ids
    );
    let mut found = ByHousehold::new();
    for row in rows.fetch_all(conn).await? {
        let person = Person {
            name: read(&row.name)?,
            birth: row.born_on.map(Birth::Day).or(row.birth_year.map(Birth::Year)),
            gender: read_some(row.gender.as_deref())?,
            ethnicity: read_some(row.ethnicity.as_deref())?,
            personal_id: read_some(row.personal_id.as_deref())?,
        };
        let member = Member { person, relation: read(&row.relation)?, left_on: row.left_on };
        found.entry(row.household_id).or_default().push(Kept::stored(row.member_id, member));
    }
    Ok(found)
}

async fn decisions(conn: &mut Conn, unit: i32, ids: &[Uuid]) -> sqlx::Result<ByHousehold<Recorded>> {
    let rows = sqlx::query!(
        "select household_id, class_decision_id, class_year, class, change, standard_id, decision_no, decision_on, supersedes,
                recorded_at
           from class_decision where unit_id = $1 and household_id = any($2) order by class_decision_id",
        unit,
        ids
    );
    let mut found = ByHousehold::new();
    for row in rows.fetch_all(conn).await? {
        let decision = Recorded {
            class: read_some(row.class.as_deref())?,
            change: read_some(row.change.as_deref())?,
            year: row.class_year,
            standard_id: row.standard_id,
            number: read(&row.decision_no)?,
            decided_on: row.decision_on,
            supersedes: row.supersedes,
            recorded_at: Some(row.recorded_at),
        };
        found.entry(row.household_id).or_default().push(Kept::stored(row.class_decision_id, decision));
    }
    Ok(found)
}

async fn authorisations(
    conn: &mut Conn,
    unit: i32,
    ids: &[Uuid],
) -> sqlx::Result<ByHousehold<Authorisation>> {
    let rows = sqlx::query!(
        "select household_id, representative_id, member_id, document_no, from_on, to_on
           from household_representative where unit_id = $1 and household_id = any($2) order by representative_id",
        unit,
        ids
    );
    let mut found = ByHousehold::new();
    for row in rows.fetch_all(conn).await? {
        let paper = Authorisation {
            member_id: row.member_id,
            document_no: read(&row.document_no)?,
            from_on: row.from_on,
            to_on: row.to_on,
        };
        found.entry(row.household_id).or_default().push(Kept::stored(row.representative_id, paper));
    }
    Ok(found)
}

/// In which household each of these numbers is present.
pub async fn holders(
    conn: &mut Conn,
    unit: i32,
    ids: &[String],
) -> sqlx::Result<HashMap<PersonalId, HouseholdCode>> {
    let rows = sqlx::query!(
        r#"select m.personal_id as "personal_id!", h.code
             from household_member m join household h using (unit_id, household_id)
            where m.unit_id = $1 and m.personal_id = any($2) and m.left_on is null"#,
        unit,
        ids
    );
    let rows = rows.fetch_all(conn).await?;
    rows.iter().map(|row| Ok((read(&row.personal_id)?, read(&row.code)?))).collect()
}

/// The standard by which each year's lists are made: the one in force at the year's end, because the standard of 2016 came
/// into force on 5 January.
pub async fn standards(conn: &mut Conn) -> sqlx::Result<BTreeMap<i32, String>> {
    let rows = sqlx::query!(
        r#"select year as "year!", standard_id from poverty_standard
             cross join generate_series(extract(year from valid_from)::integer,
                                        extract(year from coalesce(valid_to, valid_from + interval '20 years'))::integer) year
            where valid_from <= make_date(year, 12, 31) and (valid_to is null or valid_to > make_date(year, 12, 31))"#
    );
    Ok(rows.fetch_all(conn).await?.into_iter().map(|row| (row.year, row.standard_id)).collect())
}

/// How many years a household that left the lists may be helped, by the rule in force on a day.
pub async fn escaped_years(conn: &mut Conn, on: NaiveDate) -> sqlx::Result<u32> {
    let years = sqlx::query_scalar!(
        "select escaped_years from eligibility_rule where valid_from <= $1 order by valid_from desc limit 1",
        on
    );
    Ok(years.fetch_optional(conn).await?.and_then(|years| years.try_into().ok()).unwrap_or_default())
}

/// Reads a page of the register. The literals say which households are gone through, which of them count, and by what they come in
/// order.
macro_rules! lines {
    ($asked:ident, $households:literal, $which:literal, $order:literal $(, $argument:expr)*) => {
        sqlx::query_as!(
            Line,
            r#"select h.household_id, h.code, h.hamlet, h.address, head.name as head_name, h.phone, h.closed_on,
                      (select count(*) from household_member m where m.unit_id = h.unit_id and m.household_id = h.household_id
                          and m.left_on is null) as "members!",
                      d.class as "class?", d.class_year as "class_year?"
                 from "#
                + $households
                + r#"
                cross join lateral (select name from household_member where unit_id = $1 and member_id = h.head_id offset 0) head
                 left join lateral (
                      select d.class, d.class_year from class_decision d
                       where d.unit_id = h.unit_id and d.household_id = h.household_id and d.class is not null
                         and greatest(make_date(d.class_year, 1, 1), d.decision_on) <= $3
                         and not exists (select from class_decision l where l.unit_id = d.unit_id and l.supersedes = d.class_decision_id)
                       order by d.class_year desc, d.decision_on desc, d.class_decision_id desc limit 1) d on true
                where h.unit_id = $1
                  and not exists (select from unnest($2::text[]) word where strpos(h.search_key, word) = 0)
                  and coalesce(h.closed_on, '9999-12-31') > $4 and h.code > $5 "#
                + $which
                + " order by "
                + $order
                + " limit $6",
            $asked.unit,
            &$asked.words,
            $asked.on,
            $asked.in_register_on,
            $asked.after,
            $asked.limit
            $(, $argument)*
        )
    };
}

/// What is asked for, with a bound for everything that is not.
struct Asked<'a> {
    unit: i32,
    words: &'a [String],
    on: NaiveDate,
    in_register_on: NaiveDate,
    after: &'a str,
    limit: i64,
}

pub async fn list(conn: &mut Conn, unit: i32, wanted: &Wanted, limit: i64) -> sqlx::Result<Vec<Line>> {
    let asked = Asked {
        unit,
        words: &wanted.words,
        on: wanted.on,
        in_register_on: if wanted.closed { FIRST_DAY } else { wanted.on },
        after: wanted.after.as_deref().unwrap_or_default(),
        limit,
    };
    let hamlet = wanted.hamlet.as_ref().map(Name::as_str);
    match (wanted.class, hamlet) {
        (Some(class), hamlet) => {
            let of_class = lines!(
                asked,
                "(select household_id, code from household_class
                   where unit_id = $1 and class = $7 and code > $5 and from_on <= $3 and to_on > $3 order by code offset 0) k
                 cross join lateral (select * from household where unit_id = $1 and household_id = k.household_id offset 0) h",
                "and $8 in ('', h.hamlet)",
                "k.code",
                class.code(),
                hamlet.unwrap_or_default()
            );
            of_class.fetch_all(conn).await
        }
        (None, Some(hamlet)) => {
            lines!(asked, "household h", "and h.hamlet = $7", "h.code", hamlet).fetch_all(conn).await
        }
        (None, None) => lines!(asked, "household h", "", "h.code").fetch_all(conn).await,
    }
}

/// Hamlets of some households.
pub async fn hamlets(conn: &mut Conn, unit: i32, ids: &[Uuid]) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar!(
        "select hamlet from household where unit_id = $1 and household_id = any ($2)",
        unit,
        ids
    )
    .fetch_all(conn)
    .await
}

/// How many households are written in one statement.
const BATCH: usize = 1_000;

/// Writes what is new or changed. Authorisations and decisions are facts: they are only added.
pub async fn save(conn: &mut Conn, unit: i32, households: &[Household]) -> sqlx::Result<()> {
    for batch in households.chunks(BATCH) {
        insert_households(
            conn,
            unit,
            &household_rows(batch, |household| household.details.state == State::New),
        )
        .await?;
        update_members(conn, unit, &member_rows(batch, State::Changed)).await?;
        insert_members(conn, unit, &member_rows(batch, State::New)).await?;
        update_households(conn, unit, &household_rows(batch, is_changed)).await?;
        insert_decisions(conn, unit, &decision_rows(batch)).await?;
        insert_authorisations(conn, unit, &authorisation_rows(batch)).await?;
    }
    Ok(())
}

/// Members change what a household is found by.
fn is_changed(household: &Household) -> bool {
    let members = household.members.iter().any(|member| member.state != State::Stored);
    household.details.state == State::Changed || (household.details.state == State::Stored && members)
}

fn household_rows(households: &[Household], which: impl Fn(&Household) -> bool) -> Vec<Value> {
    let row = |household: &Household| {
        let details = &household.details.value;
        json!({
            "household_id": household.id(), "code": details.code.as_str(), "hamlet": details.hamlet,
            "address": details.address, "phone": details.phone.as_ref().map(Phone::reveal), "note": details.note,
            "signs_by_fingerprint": details.signs_by_fingerprint, "head_id": details.head_id,
            "closed_on": details.closed_on, "search_key": household.search_key(),
        })
    };
    households.iter().filter(|household| which(household)).map(row).collect()
}

/// Rows of what hangs on the households.
fn rows<T>(
    households: &[Household],
    of: fn(&Household) -> &[Kept<T>],
    state: State,
    row: impl Fn(Uuid, &Kept<T>) -> Value,
) -> Vec<Value> {
    let pairs =
        households.iter().flat_map(|household| of(household).iter().map(move |kept| (household.id(), kept)));
    pairs.filter(|(_, kept)| kept.state == state).map(|(household, kept)| row(household, kept)).collect()
}

fn member_rows(households: &[Household], state: State) -> Vec<Value> {
    rows(
        households,
        |household| &household.members,
        state,
        |household, kept| {
            let Member { person, relation, left_on } = &kept.value;
            let born_on =
                person.birth.and_then(|birth| if let Birth::Day(day) = birth { Some(day) } else { None });
            json!({
                "member_id": kept.id, "household_id": household, "name": person.name, "relation": relation,
                "born_on": born_on, "birth_year": person.birth.map(Birth::year), "gender": person.gender,
                "ethnicity": person.ethnicity, "personal_id": person.personal_id.as_ref().map(PersonalId::reveal), "left_on": left_on,
            })
        },
    )
}

fn decision_rows(households: &[Household]) -> Vec<Value> {
    rows(
        households,
        |household| &household.decisions,
        State::New,
        |household, kept| {
            let decision = &kept.value;
            json!({
                "class_decision_id": kept.id, "household_id": household, "class_year": decision.year, "class": decision.class,
                "change": decision.change, "standard_id": decision.standard_id, "decision_no": decision.number,
                "decision_on": decision.decided_on, "supersedes": decision.supersedes,
            })
        },
    )
}

fn authorisation_rows(households: &[Household]) -> Vec<Value> {
    rows(
        households,
        |household| &household.authorisations,
        State::New,
        |household, kept| {
            let Authorisation { member_id, document_no, from_on, to_on } = &kept.value;
            json!({
                "representative_id": kept.id, "household_id": household, "member_id": member_id, "document_no": document_no,
                "from_on": from_on, "to_on": to_on,
            })
        },
    )
}

async fn insert_households(conn: &mut Conn, unit: i32, rows: &[Value]) -> sqlx::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "insert into household (unit_id, household_id, code, hamlet, address, phone, note, signs_by_fingerprint, head_id,
                                closed_on, search_key)
         select $1, r.* from jsonb_to_recordset($2) as r (household_id uuid, code text, hamlet text, address text, phone text,
                  note text, signs_by_fingerprint boolean, head_id uuid, closed_on date, search_key text)",
        unit,
        json!(rows)
    )
    .execute(conn)
    .await?;
    Ok(())
}

async fn update_households(conn: &mut Conn, unit: i32, rows: &[Value]) -> sqlx::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "update household h set code = r.code, hamlet = r.hamlet, address = r.address, phone = r.phone, note = r.note,
                signs_by_fingerprint = r.signs_by_fingerprint, head_id = r.head_id, closed_on = r.closed_on,
                search_key = r.search_key
           from jsonb_to_recordset($2) as r (household_id uuid, code text, hamlet text, address text, phone text, note text,
                  signs_by_fingerprint boolean, head_id uuid, closed_on date, search_key text)
          where h.unit_id = $1 and h.household_id = r.household_id",
        unit,
        json!(rows)
    )
    .execute(conn)
    .await?;
    Ok(())
}

async fn insert_members(conn: &mut Conn, unit: i32, rows: &[Value]) -> sqlx::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "insert into household_member (unit_id, member_id, household_id, name, relation, born_on, birth_year, gender,
                                       ethnicity, personal_id, left_on)
         select $1, r.* from jsonb_to_recordset($2) as r (member_id uuid, household_id uuid, name text, relation text,
                  born_on date, birth_year integer, gender text, ethnicity text, personal_id text, left_on date)",
        unit,
        json!(rows)
    )
    .execute(conn)
    .await?;
    Ok(())
}

async fn update_members(conn: &mut Conn, unit: i32, rows: &[Value]) -> sqlx::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "update household_member m set name = r.name, relation = r.relation, born_on = r.born_on, birth_year = r.birth_year,
                gender = r.gender, ethnicity = r.ethnicity, personal_id = r.personal_id, left_on = r.left_on
           from jsonb_to_recordset($2) as r (member_id uuid, name text, relation text, born_on date, birth_year integer,
                  gender text, ethnicity text, personal_id text, left_on date)
          where m.unit_id = $1 and m.member_id = r.member_id",
        unit,
        json!(rows)
    )
    .execute(conn)
    .await?;
    Ok(())
}

async fn insert_decisions(conn: &mut Conn, unit: i32, rows: &[Value]) -> sqlx::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "insert into class_decision (unit_id, class_decision_id, household_id, class_year, class, change, standard_id,
                                     decision_no, decision_on, supersedes)
         select $1, r.* from jsonb_to_recordset($2) as r (class_decision_id uuid, household_id uuid, class_year integer,
                  class text, change text, standard_id text, decision_no text, decision_on date, supersedes uuid)",
        unit,
        json!(rows)
    )
    .execute(conn)
    .await?;
    Ok(())
}

async fn insert_authorisations(conn: &mut Conn, unit: i32, rows: &[Value]) -> sqlx::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "insert into household_representative (unit_id, representative_id, household_id, member_id, document_no, from_on, to_on)
         select $1, r.* from jsonb_to_recordset($2) as r (representative_id uuid, household_id uuid, member_id uuid,
                  document_no text, from_on date, to_on date)",
        unit,
        json!(rows)
    )
    .execute(conn)
    .await?;
    Ok(())
}
