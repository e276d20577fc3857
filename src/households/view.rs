//! Households as they are shown: to those who work with them in full, to others with identity and phone numbers masked.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use uuid::Uuid;

use crate::domain::people::household::{Authorisation, Household, Kept, Member, Recorded};
use crate::domain::people::identity::{PersonalId, Phone};
use crate::domain::people::person::{Birth, Gender};
use crate::domain::people::poverty::{Change, Class};
use crate::domain::values::text::{Name, search_key};

/// How much of the personal data a reader sees (Law on Personal Data Protection 91/2025: no more than the work needs).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// Numbers as they are: those who enter them must be able to check them.
    Full,
    /// The first digits only.
    Masked,
}

impl Sight {
    /// A personal number for these eyes.
    pub fn number(self, id: &PersonalId) -> String {
        if self == Self::Full { id.reveal().to_owned() } else { id.masked() }
    }

    /// A phone number for these eyes.
    pub fn phone(self, phone: &Phone) -> String {
        if self == Self::Full { phone.reveal().to_owned() } else { phone.masked() }
    }
}

/// Which households a list shows.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Words that all stand somewhere in code, hamlet and names, without diacritics.
    pub words: Vec<String>,
    /// Of this hamlet.
    pub hamlet: Option<Name>,
    /// Of this class on the day.
    pub class: Option<Class>,
    /// The day.
    pub on: NaiveDate,
    /// Those that have left the register too.
    pub closed: bool,
    /// After this code.
    pub after: Option<String>,
}

impl Wanted {
    /// The words of what was typed, with or without diacritics.
    pub fn words_of(typed: &str) -> Vec<String> {
        search_key(typed).split_whitespace().map(str::to_owned).collect()
    }
}

/// A household in a list, as stored.
pub(super) struct Line {
    pub household_id: Uuid,
    pub code: String,
    pub hamlet: String,
    pub address: Option<String>,
    pub head_name: String,
    pub phone: Option<String>,
    pub members: i64,
    pub class: Option<String>,
    pub class_year: Option<i32>,
    pub closed_on: Option<NaiveDate>,
}

/// A household in a list.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct HouseholdLine {
    /// Key of the household.
    pub household_id: Uuid,
    /// The commune's code.
    pub code: String,
    /// Its hamlet.
    pub hamlet: String,
    /// House and street.
    pub address: Option<String>,
    /// The head.
    pub head_name: String,
    /// Phone, masked for those who only read.
    pub phone: Option<String>,
    /// How many persons live in it.
    pub members: i64,
    /// The class decided last by the day asked for; the year beside it tells whether it is of this year's review.
    pub class: Option<Class>,
    /// The year that class counts for.
    pub class_year: Option<i32>,
    /// First day on which it is no longer in the register.
    pub closed_on: Option<NaiveDate>,
}

impl HouseholdLine {
    pub(super) fn of(line: Line, sight: Sight) -> Self {
        Self {
            household_id: line.household_id,
            code: line.code,
            hamlet: line.hamlet,
            address: line.address,
            head_name: line.head_name,
            phone: line.phone.and_then(|phone| phone.parse().ok()).map(|phone| sight.phone(&phone)),
            members: line.members,
            class: line.class.and_then(|class| class.parse().ok()),
            class_year: line.class_year,
            closed_on: line.closed_on,
        }
    }
}

/// A person of a household.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct MemberView {
    /// Key of the person.
    pub member_id: Uuid,
    /// Full name.
    pub name: String,
    /// Relation to the head.
    pub relation: String,
    /// Whether this is the head.
    pub is_head: bool,
    /// `1958-03-05`, or `1958` where only the year is known.
    pub birth: Option<String>,
    /// Gender.
    pub gender: Option<Gender>,
    /// Dân tộc.
    pub ethnicity: Option<String>,
    /// Number of the identity paper (12 digits, 9 on an old card), masked for those who only read.
    pub personal_id: Option<String>,
    /// First day on which the person is no longer of the household.
    pub left_on: Option<NaiveDate>,
}

/// A class decision as recorded.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct ClassDecisionView {
    /// Key of the entry.
    pub class_decision_id: Uuid,
    /// The year it counts for.
    pub class_year: i32,
    /// The class; none when the entry only withdraws another.
    pub class: Option<Class>,
    /// How it changed the class: as the decision states, else as the history shows.
    pub change: Option<Change>,
    /// The poverty standard of that year.
    pub standard_id: String,
    /// Number of the decision.
    pub decision_no: String,
    /// The day it was signed.
    pub decision_on: NaiveDate,
    /// The entry it corrects.
    pub supersedes: Option<Uuid>,
    /// Whether a later entry corrects this one.
    pub superseded: bool,
    /// When it was recorded.
    pub recorded_at: Option<DateTime<Utc>>,
}

/// A written authorisation to receive and sign for the household.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct RepresentativeView {
    /// Key of the authorisation.
    pub representative_id: Uuid,
    /// Whom it names.
    pub member_id: Uuid,
    /// Their name.
    pub name: String,
    /// Number of the paper.
    pub document_no: String,
    /// First day.
    pub from_on: NaiveDate,
    /// First day on which it no longer holds.
    pub to_on: Option<NaiveDate>,
}

/// A household with everything the register knows of it.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct HouseholdDetail {
    /// Key of the household.
    pub household_id: Uuid,
    /// The commune's code.
    pub code: String,
    /// Its hamlet.
    pub hamlet: String,
    /// House and street.
    pub address: Option<String>,
    /// Phone, masked for those who only read.
    pub phone: Option<String>,
    /// A remark.
    pub note: Option<String>,
    /// Whether its representative signs by fingerprint (điểm chỉ).
    pub signs_by_fingerprint: bool,
    /// First day on which it is no longer in the register.
    pub closed_on: Option<NaiveDate>,
    /// Its members, the head first, then as they were recorded.
    pub members: Vec<MemberView>,
    /// Decisions on its class, by year and day; corrected entries stay visible.
    pub class_decisions: Vec<ClassDecisionView>,
    /// Authorisations, as they were recorded.
    pub representatives: Vec<RepresentativeView>,
    /// Who receives and signs for it today: the person authorised, else the head.
    pub represented_by: Uuid,
}

impl HouseholdDetail {
    pub(super) fn of(household: &Household, sight: Sight, today: NaiveDate) -> Self {
        let details = &household.details.value;
        let mut members: Vec<_> =
            household.members.iter().map(|kept| member(kept, details.head_id, sight)).collect();
        members.sort_by_key(|member| !member.is_head);
        let mut decisions: Vec<_> =
            household.decisions.iter().map(|kept| decision(household, kept)).collect();
        decisions.sort_by_key(|decision| (decision.class_year, decision.decision_on));
        Self {
            household_id: household.id(),
            code: details.code.to_string(),
            hamlet: details.hamlet.to_string(),
            address: details.address.as_ref().map(ToString::to_string),
            phone: details.phone.as_ref().map(|phone| sight.phone(phone)),
            note: details.note.as_ref().map(ToString::to_string),
            signs_by_fingerprint: details.signs_by_fingerprint,
            closed_on: details.closed_on,
            members,
            class_decisions: decisions,
            representatives: household
                .authorisations
                .iter()
                .map(|paper| representative(household, paper))
                .collect(),
            represented_by: household.recipient_on(today).map_or(details.head_id, |(member, _)| member.id),
        }
    }
}

fn member(kept: &Kept<Member>, head_id: Uuid, sight: Sight) -> MemberView {
    let Member { person, relation, left_on } = &kept.value;
    MemberView {
        member_id: kept.id,
        name: person.name.to_string(),
        relation: relation.to_string(),
        is_head: kept.id == head_id,
        birth: person.birth.map(|birth: Birth| birth.to_string()),
        gender: person.gender,
        ethnicity: person.ethnicity.as_ref().map(ToString::to_string),
        personal_id: person.personal_id.as_ref().map(|id| sight.number(id)),
        left_on: *left_on,
    }
}

fn decision(household: &Household, kept: &Kept<Recorded>) -> ClassDecisionView {
    let decision = &kept.value;
    ClassDecisionView {
        class_decision_id: kept.id,
        class_year: decision.year,
        class: decision.class,
        change: household.change_by(decision),
        standard_id: decision.standard_id.clone(),
        decision_no: decision.number.to_string(),
        decision_on: decision.decided_on,
        supersedes: decision.supersedes,
        superseded: household.is_superseded(kept.id),
        recorded_at: decision.recorded_at,
    }
}

fn representative(household: &Household, kept: &Kept<Authorisation>) -> RepresentativeView {
    let paper = &kept.value;
    let name = household.member(paper.member_id).map(|member| member.value.person.name.to_string());
    RepresentativeView {
        representative_id: kept.id,
        member_id: paper.member_id,
        name: name.unwrap_or_default(),
        document_no: paper.document_no.to_string(),
        from_on: paper.from_on,
        to_on: paper.to_on,
    }
}
