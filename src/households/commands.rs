//! What an officer may say about a household, checked at the door.

use std::fmt::Display;
use std::str::FromStr;

use chrono::NaiveDate;
use serde::{Deserialize, Deserializer, Serialize};
use uuid::Uuid;

use crate::domain::people::household::{HouseholdCode, Member, Person};
use crate::domain::people::identity::{PersonalId, Phone};
use crate::domain::people::person::{Birth, Gender};
use crate::domain::people::poverty::{Change, Class};
use crate::domain::values::strict::{Given, clearable, not_null};
use crate::domain::values::text::{Name, Note};

fn parsed<'de, D: Deserializer<'de>, T: FromStr<Err: Display>>(deserializer: D) -> Result<T, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
}

fn stated<'de, D: Deserializer<'de>, T: FromStr<Err: Display>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    parsed(deserializer).map(Some)
}

fn maybe<'de, D: Deserializer<'de>, T: FromStr<Err: Display>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    text.map(|text| text.parse().map_err(serde::de::Error::custom)).transpose()
}

fn given<'de, D: Deserializer<'de>, T: FromStr<Err: Display>>(deserializer: D) -> Result<Given<T>, D::Error> {
    Ok(maybe(deserializer)?.map_or(Given::Null, Given::Value))
}

/// A person.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPerson {
    /// Full name, 1 to 200 characters.
    pub name: Name,
    /// `1958-03-05`, `05/03/1958`, or `1958` where only the year is known.
    #[serde(default, deserialize_with = "maybe")]
    #[schema(value_type = Option<String>, max_length = 10)]
    pub birth: Option<Birth>,
    /// Gender.
    pub gender: Option<Gender>,
    /// Dân tộc.
    pub ethnicity: Option<Name>,
    /// 12 digits, or 9 of an old card.
    #[serde(default, deserialize_with = "maybe")]
    #[schema(value_type = Option<String>, max_length = 12)]
    pub personal_id: Option<PersonalId>,
}

impl From<NewPerson> for Person {
    fn from(new: NewPerson) -> Self {
        let NewPerson { name, birth, gender, ethnicity, personal_id } = new;
        Self { name, birth, gender, ethnicity, personal_id }
    }
}

/// A member besides the head.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMember {
    /// Who.
    pub person: NewPerson,
    /// Relation to the head: vợ, con, mẹ …
    pub relation: Name,
}

impl From<NewMember> for Member {
    fn from(new: NewMember) -> Self {
        Self { person: new.person.into(), relation: new.relation, left_on: None }
    }
}

/// The most members a household is registered with.
pub const MOST_MEMBERS: usize = 50;

/// A new household.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewHousehold {
    /// The commune's code: 1 to 40 letters without diacritics, digits or `-` `.` `/` `_`.
    #[serde(deserialize_with = "parsed")]
    #[schema(value_type = String, max_length = 40)]
    pub code: HouseholdCode,
    /// Its hamlet.
    pub hamlet: Name,
    /// House and street.
    pub address: Option<Name>,
    /// Ten digits, 03, 05, 07, 08 or 09 in front.
    #[serde(default, deserialize_with = "maybe")]
    #[schema(value_type = Option<String>, max_length = 20)]
    pub phone: Option<Phone>,
    /// A remark.
    pub note: Option<Note>,
    /// Whether its representative signs by fingerprint (điểm chỉ).
    #[serde(default)]
    pub signs_by_fingerprint: bool,
    /// The head.
    pub head: NewPerson,
    /// The other members, at most 50.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub members: Vec<NewMember>,
}

/// A change to a household: what is not named stays, null clears.
#[derive(Debug, Clone, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HouseholdPatch {
    /// Another code.
    #[serde(default, deserialize_with = "stated")]
    #[schema(value_type = Option<String>, nullable = false, max_length = 40)]
    pub code: Option<HouseholdCode>,
    /// Another hamlet.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub hamlet: Option<Name>,
    /// House and street.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Name>)]
    pub address: Given<Name>,
    /// Phone.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 20)]
    pub phone: Given<Phone>,
    /// A remark.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Note>)]
    pub note: Given<Note>,
    /// Whether its representative signs by fingerprint.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub signs_by_fingerprint: Option<bool>,
    /// Another member as head.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub head_id: Option<Uuid>,
    /// Takes the household out of the register on a day, everybody with it. It stays readable.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub closed_on: Option<NaiveDate>,
}

/// A change to a member: what is not named stays, null clears.
#[derive(Debug, Clone, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberPatch {
    /// Another name.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub name: Option<Name>,
    /// Another relation.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub relation: Option<Name>,
    /// Day or year of birth.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 10)]
    pub birth: Given<Birth>,
    /// Gender: male or female.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Gender>)]
    pub gender: Given<Gender>,
    /// Dân tộc.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Name>)]
    pub ethnicity: Given<Name>,
    /// 12 digits, or 9 of an old card.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 12)]
    pub personal_id: Given<PersonalId>,
    /// First day on which the person is no longer of the household; null when they never left.
    #[serde(default, deserialize_with = "clearable")]
    #[schema(value_type = Option<NaiveDate>)]
    pub left_on: Given<NaiveDate>,
}

/// A decision on a household's class for a year, or the correction of an entry.
#[derive(Debug, Clone, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewClassDecision {
    /// The year it counts for.
    pub class_year: i32,
    /// The class; null withdraws the entry named in `supersedes` without another in its place.
    pub class: Option<Class>,
    /// The change, where the decision states it.
    pub change: Option<Change>,
    /// Number of the decision, such as `112/QĐ-UBND`.
    pub decision_no: Name,
    /// The day it was signed, not in the future.
    pub decision_on: NaiveDate,
    /// The entry this one corrects.
    pub supersedes: Option<Uuid>,
}

/// A written authorisation of a member of full age.
#[derive(Debug, Clone, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRepresentative {
    /// Whom it names. Naming the head ends the authorisation of another.
    pub member_id: Uuid,
    /// Number of the paper.
    pub document_no: Name,
    /// First day.
    pub from_on: NaiveDate,
    /// First day on which it no longer holds.
    pub to_on: Option<NaiveDate>,
}
