//! A household as the register keeps it, and what is new about it since it was read.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, Months, NaiveDate, Utc};
use uuid::Uuid;

use crate::domain::people::eligibility::Decision;
use crate::domain::people::identity::{PersonalId, Phone};
use crate::domain::people::person::{Birth, Gender};
use crate::domain::people::poverty::{Change, Class};
use crate::domain::values::text::{Name, Note, search_key};

/// The code the commune gives a household: opaque, 1 to 40 letters without diacritics, digits or `-` `.` `/` `_`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HouseholdCode(String);

/// Not a household code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a household code has 1 to 40 letters (a to z), digits or - . / _")]
pub struct BadCode;

impl HouseholdCode {
    /// The code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for HouseholdCode {
    type Err = BadCode;

    fn from_str(text: &str) -> Result<Self, BadCode> {
        let text = text.trim();
        let plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-./_".contains(&b));
        if plain && (1..=40).contains(&text.len()) { Ok(Self(text.to_owned())) } else { Err(BadCode) }
    }
}

impl fmt::Display for HouseholdCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where a row stands towards the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// As it was read.
    Stored,
    /// Read, then changed.
    Changed,
    /// Not in the database yet.
    New,
}

/// A row with its key, and whether it must be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept<T> {
    /// Key of the row.
    pub id: Uuid,
    /// What it says.
    pub value: T,
    /// Whether it must be written.
    pub state: State,
}

impl<T: Clone + PartialEq> Kept<T> {
    /// A row that is not in the database yet.
    pub const fn new(id: Uuid, value: T) -> Self {
        Self { id, value, state: State::New }
    }

    /// A row as it was read.
    pub const fn stored(id: Uuid, value: T) -> Self {
        Self { id, value, state: State::Stored }
    }

    /// Changes the row; a change to what it said already is none.
    pub fn change(&mut self, to: impl FnOnce(&mut T)) {
        let before = self.value.clone();
        to(&mut self.value);
        if self.state == State::Stored && self.value != before {
            self.state = State::Changed;
        }
    }
}

/// What is said about the household itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Details {
    /// The commune's code.
    pub code: HouseholdCode,
    /// Thôn, xóm, tổ dân phố.
    pub hamlet: Name,
    /// House and street, where there is more to say than the hamlet.
    pub address: Option<Name>,
    /// Where the household is called.
    pub phone: Option<Phone>,
    /// A remark.
    pub note: Option<Note>,
    /// Whether its representative signs by fingerprint.
    pub signs_by_fingerprint: bool,
    /// The head: one of the members.
    pub head_id: Uuid,
    /// First day on which it is no longer in the register.
    pub closed_on: Option<NaiveDate>,
}

/// A person as the register knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Full name.
    pub name: Name,
    /// Day or year of birth.
    pub birth: Option<Birth>,
    /// Gender.
    pub gender: Option<Gender>,
    /// Dân tộc.
    pub ethnicity: Option<Name>,
    /// Number of the identity paper.
    pub personal_id: Option<PersonalId>,
}

/// Full age (Civil Code 91/2015 art. 20).
const FULL_AGE: u32 = 18;

impl Person {
    /// Whether both may be one person: a name alike, and births that do not contradict. A number alone does not make them
    /// the same: it may be a slip, and the register must not take one person for another.
    pub fn is(&self, other: &Self) -> bool {
        let births = match (self.birth, other.birth) {
            (Some(Birth::Day(one)), Some(Birth::Day(two))) => one == two,
            (Some(one), Some(two)) => one.year() == two.year(),
            _ => true,
        };
        births && self.is_named_like(other)
    }

    /// Whether both have the same number.
    pub fn has_number_of(&self, other: &Self) -> bool {
        self.personal_id.is_some() && self.personal_id == other.personal_id
    }

    /// Whether the names differ at most in tones, marks and capitals, as "Hoà" and "Hòa" do.
    pub fn is_named_like(&self, other: &Self) -> bool {
        self.name.search_key() == other.name.search_key()
    }

    /// Takes over what another source says; what it does not say stays. A year of birth does not replace the day.
    pub fn learn(&mut self, said: &Self) {
        let known_better = matches!((self.birth, said.birth), (Some(Birth::Day(day)), Some(Birth::Year(year))) if day.year() == year);
        let birth = if known_better { self.birth } else { said.birth.or(self.birth) };
        *self = Self {
            name: said.name.clone(),
            birth,
            gender: said.gender.or(self.gender),
            ethnicity: said.ethnicity.clone().or_else(|| self.ethnicity.take()),
            personal_id: said.personal_id.clone().or_else(|| self.personal_id.take()),
        };
    }

    /// Whether the person is surely of full age on a day; unknown births are not.
    pub fn is_adult_on(&self, day: NaiveDate) -> bool {
        match self.birth {
            Some(Birth::Day(born)) => {
                born.checked_add_months(Months::new(12 * FULL_AGE)).is_some_and(|of_age| of_age <= day)
            }
            Some(Birth::Year(year)) => i64::from(day.year()) - i64::from(year) > i64::from(FULL_AGE),
            None => false,
        }
    }
}

/// A person of the household.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub person: Person,
    /// Relation to the head, as the commune writes it.
    pub relation: Name,
    /// First day on which the person is no longer of the household.
    pub left_on: Option<NaiveDate>,
}

/// A class decision as recorded. One that names another takes its place; without a class it only withdraws it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The class; none withdraws.
    pub class: Option<Class>,
    /// The change, where the decision states it.
    pub change: Option<Change>,
    /// The year it counts for.
    pub year: i32,
    /// The standard of that year.
    pub standard_id: String,
    /// Number of the decision.
    pub number: Name,
    /// The day it was signed.
    pub decided_on: NaiveDate,
    /// The entry it corrects.
    pub supersedes: Option<Uuid>,
    /// When it was recorded; none for a new one.
    pub recorded_at: Option<DateTime<Utc>>,
}

/// A written authorisation to speak for the household on the days `[from_on, to_on)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authorisation {
    /// Whom it names.
    pub member_id: Uuid,
    /// Number of the paper.
    pub document_no: Name,
    /// First day.
    pub from_on: NaiveDate,
    /// First day on which it no longer holds.
    pub to_on: Option<NaiveDate>,
}

/// A household with all that hangs on it. Members, decisions and authorisations stand in the order they were recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Household {
    /// Itself.
    pub details: Kept<Details>,
    /// Its members, those who left among them.
    pub members: Vec<Kept<Member>>,
    /// Decisions on its class.
    pub decisions: Vec<Kept<Recorded>>,
    /// Authorisations.
    pub authorisations: Vec<Kept<Authorisation>>,
}

impl Household {
    /// Its key.
    pub const fn id(&self) -> Uuid {
        self.details.id
    }

    /// A member by key.
    pub fn member(&self, id: Uuid) -> Option<&Kept<Member>> {
        self.members.iter().find(|member| member.id == id)
    }

    /// The same, to be changed.
    pub fn member_mut(&mut self, id: Uuid) -> Option<&mut Kept<Member>> {
        self.members.iter_mut().find(|member| member.id == id)
    }

    /// Those who have not left.
    pub fn present(&self) -> impl Iterator<Item = &Kept<Member>> {
        self.members.iter().filter(|member| member.value.left_on.is_none())
    }

    /// What it is found by: code, hamlet and the names of those present.
    pub fn search_key(&self) -> String {
        let Details { code, hamlet, .. } = &self.details.value;
        let names = self.present().map(|member| format!(" {}", member.value.person.name));
        search_key(&format!("{code} {hamlet}{}", names.collect::<String>()))
    }

    /// Makes a member the head.
    pub fn make_head(&mut self, member_id: Uuid) {
        let before = self.details.value.head_id;
        if before == member_id {
            return;
        }
        self.details.change(|details| details.head_id = member_id);
        let relations = [(before, relation("thành viên")), (member_id, relation(HEAD))];
        for (id, relation) in relations {
            if let Some(member) = self.member_mut(id) {
                member.change(|member| member.relation = relation);
            }
        }
    }

    /// Takes the household out of the register, and everybody out of the household.
    pub fn close(&mut self, on: NaiveDate) {
        self.details.change(|details| details.closed_on = Some(on));
        for member in self.members.iter_mut().filter(|member| member.value.left_on.is_none()) {
            member.change(|member| member.left_on = Some(on));
        }
    }

    /// Whether an entry was corrected by a later one.
    pub fn is_superseded(&self, decision_id: Uuid) -> bool {
        self.decisions.iter().any(|later| later.value.supersedes == Some(decision_id))
    }

    /// The decisions that stand, by year and day of signature.
    pub fn standing(&self) -> Vec<Decision> {
        let standing = self.decisions.iter().filter(|decision| !self.is_superseded(decision.id));
        let mut standing: Vec<_> = standing.filter_map(|decision| decision.value.as_decision()).collect();
        standing.sort_by_key(|decision| (decision.year, decision.decided_on));
        standing
    }

    /// How a decision changed the class: as it states, else as the decisions before it let us see.
    pub fn change_by(&self, decision: &Recorded) -> Option<Change> {
        let rank = (decision.year, decision.decided_on);
        let before = self.standing().into_iter().filter(|d| (d.year, d.decided_on) < rank);
        let history: Vec<_> = before.map(|d| d.class).collect();
        decision.change.or_else(|| Change::after(&history, decision.class?))
    }

    /// Who receives and signs on a day: the person named by the paper recorded last among those that hold, if they still
    /// live here, else the head. None only when the household has no head, which the database refuses.
    pub fn recipient_on(&self, day: NaiveDate) -> Option<(&Kept<Member>, Option<&Authorisation>)> {
        let holds = |paper: &&Authorisation| paper.from_on <= day && paper.to_on.is_none_or(|end| day < end);
        let here = |member: &&Kept<Member>| member.value.left_on.is_none_or(|left| day < left);
        let papers = self.authorisations.iter().rev().map(|kept| &kept.value).filter(holds);
        let mut named =
            papers.filter_map(|paper| Some((self.member(paper.member_id).filter(here)?, Some(paper))));
        named.next().or_else(|| Some((self.member(self.details.value.head_id)?, None)))
    }
}

impl Recorded {
    fn as_decision(&self) -> Option<Decision> {
        Some(Decision {
            class: self.class?,
            year: self.year,
            standard_id: self.standard_id.clone(),
            number: self.number.to_string(),
            decided_on: self.decided_on,
        })
    }
}

/// The head's relation.
pub const HEAD: &str = "chủ hộ";

/// A relation that is written in the program.
pub fn relation(text: &str) -> Name {
    text.parse().expect("relations in the program are names")
}
