//! The list of households as a file that the import takes again.

use chrono::NaiveDate;

use super::store;
use super::view::{Sight, Wanted};
use crate::db::Conn;
use crate::domain::people::household::{Household, Kept, Member};
use crate::domain::people::household_file::{Column, escaped};
use crate::problem::Problem;

/// How many households are read at a time.
const PAGE: i64 = 500;

/// All households wanted, below the names of the columns, each with the class decided last by the day. Numbers are masked as on
/// the screen.
pub async fn rows(
    conn: &mut Conn,
    unit: i32,
    mut wanted: Wanted,
    sight: Sight,
) -> Result<Vec<Vec<String>>, Problem> {
    let mut rows = vec![Column::ALL.iter().map(|column| column.key().to_owned()).collect()];
    loop {
        let lines = store::list(conn, unit, &wanted, PAGE).await?;
        let Some(last) = lines.last() else { break };
        wanted.after = Some(last.code.clone());
        let ids: Vec<_> = lines.iter().map(|line| line.household_id).collect();
        for household in store::load(conn, unit, &ids).await? {
            rows.push(Column::ALL.iter().map(|column| cell(&household, *column, wanted.on, sight)).collect());
        }
    }
    Ok(rows)
}

fn cell(household: &Household, column: Column, on: NaiveDate, sight: Sight) -> String {
    let details = &household.details.value;
    let head = household.member(details.head_id).map(|head| &head.value.person);
    let decisions = household.standing();
    let decision = decisions.iter().rfind(|decision| decision.in_force_from() <= on);
    let text = match column {
        Column::Code => Some(details.code.to_string()),
        Column::Hamlet => Some(details.hamlet.to_string()),
        Column::Address => details.address.as_ref().map(ToString::to_string),
        Column::HeadName => head.map(|head| head.name.to_string()),
        Column::HeadBirth => head.and_then(|head| head.birth).map(|birth| birth.to_string()),
        Column::HeadGender => head.and_then(|head| head.gender).map(|gender| gender.code().to_owned()),
        Column::HeadPersonalId => head.and_then(|head| head.personal_id.as_ref()).map(|id| sight.number(id)),
        Column::Phone => details.phone.as_ref().map(|phone| sight.phone(phone)),
        Column::Ethnicity => head.and_then(|head| head.ethnicity.as_ref()).map(ToString::to_string),
        Column::Members => Some(others(household, sight)),
        Column::Class => decision.map(|decision| decision.class.code().to_owned()),
        Column::ClassYear => decision.map(|decision| decision.year.to_string()),
        Column::DecisionNo => decision.map(|decision| decision.number.clone()),
        // Spreadsheets of every country read this form in one way.
        Column::DecisionOn => decision.map(|decision| decision.decided_on.to_string()),
        Column::Change => None,
        Column::Fingerprint => details.signs_by_fingerprint.then(|| "x".to_owned()),
        Column::Note => details.note.as_ref().map(ToString::to_string),
    };
    text.unwrap_or_default()
}

/// The members besides the head, as the import reads them.
fn others(household: &Household, sight: Sight) -> String {
    let one = |kept: &Kept<Member>| {
        let Member { person, relation, .. } = &kept.value;
        let birth = person.birth.map(|birth| birth.to_string()).unwrap_or_default();
        let gender = person.gender.map_or("", |gender| gender.code());
        let number = person.personal_id.as_ref().map(|id| sight.number(id)).unwrap_or_default();
        let (name, relation) = (escaped(person.name.as_str()), escaped(relation.as_str()));
        let text = format!("{name}|{relation}|{birth}|{gender}|{number}");
        text.trim_end_matches('|').to_owned()
    };
    let head = household.details.value.head_id;
    household.present().filter(|member| member.id != head).map(one).collect::<Vec<_>>().join("; ")
}
