//! The register taking in a list, row by row: one verdict a row, the same whether anything is stored afterwards or not.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::people::household::{
    Details, HEAD, Household, HouseholdCode, Kept, Member, Person, Recorded, relation,
};
use crate::domain::people::household_file::{Column, Entry, Remark, Stated};
use crate::domain::people::identity::PersonalId;
use crate::domain::values::language::Language;
use crate::domain::values::text::Name;
use crate::text;

/// What becomes of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// A new household.
    Created,
    /// A known household, about which the row says something new.
    Updated,
    /// Everything the row says was known.
    Unchanged,
    /// The row, or a person in it, is there already: see the messages.
    Duplicate,
    /// Something in the row is wrong: see the messages.
    Refused,
}

/// A row's verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Number of the row.
    pub row: u32,
    /// The household, if its code could be read.
    pub code: Option<HouseholdCode>,
    /// What becomes of the row.
    pub outcome: Outcome,
    /// Why, and what is odd.
    pub remarks: Vec<Remark>,
}

/// A row that is not taken, and why.
type Declined = (Outcome, Vec<Remark>);

/// What a row of the list was about: its number, and the decision by year and number.
type Said = (u32, Option<(i32, Name)>);

/// What the register knows of the households and people in a list, and what it learns from it.
#[derive(Debug, Clone)]
pub struct Register {
    households: BTreeMap<HouseholdCode, Household>,
    holders: HashMap<PersonalId, HouseholdCode>,
    said: HashMap<HouseholdCode, Vec<Said>>,
    standards: BTreeMap<i32, String>,
    today: NaiveDate,
}

impl Register {
    /// A register that knows these households, who holds which number in the whole unit, the standard of each year, and
    /// what day it is.
    pub fn new(
        known: Vec<Household>,
        holders: HashMap<PersonalId, HouseholdCode>,
        standards: BTreeMap<i32, String>,
        today: NaiveDate,
    ) -> Self {
        let households =
            known.into_iter().map(|household| (household.details.value.code.clone(), household)).collect();
        Self { households, holders, said: HashMap::new(), standards, today }
    }

    /// All households, changed or not.
    pub fn into_households(self) -> Vec<Household> {
        self.households.into_values().collect()
    }

    /// Takes in a row that could be read. A row that is not taken leaves no trace.
    pub fn take(&mut self, row: u32, entry: &Entry, new_id: &mut impl FnMut() -> Uuid) -> Verdict {
        let verdict = |outcome, remarks| Verdict { row, code: Some(entry.code.clone()), outcome, remarks };
        match self.after(entry, new_id) {
            Ok((household, outcome, remarks)) => {
                for id in entry.people().filter_map(|person| person.personal_id.clone()) {
                    self.holders.insert(id, entry.code.clone());
                }
                self.said.entry(entry.code.clone()).or_default().push((row, paper(entry)));
                self.households.insert(entry.code.clone(), household);
                verdict(outcome, remarks)
            }
            Err((outcome, remarks)) => verdict(outcome, remarks),
        }
    }

    /// The household as it is after the row.
    fn after(
        &self,
        entry: &Entry,
        new_id: &mut impl FnMut() -> Uuid,
    ) -> Result<(Household, Outcome, Vec<Remark>), Declined> {
        let before = self.households.get(&entry.code);
        self.nobody_lives_elsewhere(entry)?;
        let mut household = before.cloned().map_or_else(|| created(entry, new_id), Ok)?;
        if let Some(closed_on) = household.details.value.closed_on {
            return Err(refused(
                Column::Code,
                text!(
                    "Hộ đã ra khỏi sổ từ ngày {closed_on}",
                    "The household left the register on {closed_on}"
                ),
            ));
        }
        self.everybody_is_born(entry)?;
        learn_household(&mut household, entry, new_id)?;
        everybody_has_a_number_of_their_own(&household)?;
        self.is_no_twin(entry, before, &household)?;
        let mut remarks = entry.notes.clone();
        remarks.extend(doubts(entry));
        if let Some(stated) = &entry.stated {
            remarks.extend(self.decide(&mut household, stated, new_id)?);
        }
        let outcome = match before {
            None => Outcome::Created,
            Some(before) if *before == household => Outcome::Unchanged,
            Some(_) => Outcome::Updated,
        };
        Ok((household, outcome, remarks))
    }

    /// Refuses births that lie in the future.
    fn everybody_is_born(&self, entry: &Entry) -> Result<(), Declined> {
        let unborn = |person: &Person| person.birth.is_some_and(|birth| birth.is_after(self.today));
        let column = if entry.head.as_ref().is_some_and(unborn) {
            Column::HeadBirth
        } else if entry.members.iter().any(|member| unborn(&member.person)) {
            Column::Members
        } else {
            return Ok(());
        };
        Err(refused(column, text!("Ngày sinh ở tương lai", "The birth lies in the future")))
    }

    /// A later row about a household of the same list may add another decision, and nothing else.
    fn is_no_twin(
        &self,
        entry: &Entry,
        before: Option<&Household>,
        after: &Household,
    ) -> Result<(), Declined> {
        let Some((before, said)) = before.zip(self.said.get(&entry.code)) else { return Ok(()) };
        let twin = |text| Err((Outcome::Duplicate, vec![Remark::on(Column::Code, text)]));
        if let Some((row, _)) = said.iter().find(|(_, known)| *known == paper(entry)) {
            return twin(text!(
                "Trùng hộ và quyết định với dòng {row}",
                "The same household and decision as in row {row}"
            ));
        }
        match said.first() {
            Some((row, _)) if before.details != after.details || before.members != after.members => {
                twin(text!(
                    "Dòng {row} đã khai hộ này với nội dung khác",
                    "Row {row} describes this household otherwise"
                ))
            }
            _ => Ok(()),
        }
    }

    /// A person lives in one household: a number that stands in another one is told with its place.
    fn nobody_lives_elsewhere(&self, entry: &Entry) -> Result<(), Declined> {
        let mut remarks = Vec::new();
        for (n, person) in entry.people().enumerate() {
            let Some(id) = &person.personal_id else { continue };
            let column =
                if n == 0 && entry.head.is_some() { Column::HeadPersonalId } else { Column::Members };
            let name = &person.name;
            let Some(other) = self.holders.get(id).filter(|other| **other != entry.code) else { continue };
            let of_row = self.said.get(other).and_then(|said| said.first()).map(|(row, _)| row);
            let (vi, en) =
                of_row.map_or_else(Default::default, |n| (format!(" (dòng {n})"), format!(" (row {n})")));
            remarks.push(Remark::on(
                column,
                text!(
                    "Số định danh của {name} đang thuộc hộ {other}{vi}",
                    "The number of {name} belongs to household {other}{en}"
                ),
            ));
        }
        if remarks.is_empty() { Ok(()) } else { Err((Outcome::Duplicate, remarks)) }
    }

    /// Records the decision unless it is known. One that was corrected by hand is known too: sending the list again must
    /// not bring the error back.
    fn decide(
        &self,
        household: &mut Household,
        stated: &Stated,
        new_id: &mut impl FnMut() -> Uuid,
    ) -> Result<Option<Remark>, Declined> {
        let standard_id = self
            .standards
            .get(&stated.year)
            .ok_or_else(|| refused(Column::ClassYear, Column::ClassYear.expects()))?;
        if stated.decided_on > self.today {
            return Err(refused(
                Column::DecisionOn,
                text!("Ngày quyết định ở tương lai", "The decision is dated in the future"),
            ));
        }
        let same_paper =
            |known: &&Kept<Recorded>| known.value.year == stated.year && known.value.number == stated.number;
        let same_content = |known: &Kept<Recorded>| {
            known.value.class == Some(stated.class) && known.value.decided_on == stated.decided_on
        };
        let mut of_paper = household.decisions.iter().filter(same_paper).peekable();
        if of_paper.peek().is_some() {
            let known = of_paper.any(same_content);
            let otherwise = text!(
                "Quyết định này đã ghi cho hộ với nội dung khác; hãy đính chính trên hồ sơ hộ",
                "This decision is recorded for the household with other content; correct it on the household"
            );
            return if known { Ok(None) } else { Err(refused(Column::DecisionNo, otherwise)) };
        }
        let decision = Recorded {
            class: Some(stated.class),
            change: stated.change,
            year: stated.year,
            standard_id: standard_id.clone(),
            number: stated.number.clone(),
            decided_on: stated.decided_on,
            supersedes: None,
            recorded_at: None,
        };
        let change = household.change_by(&decision);
        household.decisions.push(Kept::new(new_id(), decision));
        Ok(change.map(|change| {
            let (vi, en) = (change.label(Language::Vi), change.label(Language::En));
            Remark::on(Column::Class, text!("Diễn biến: {vi}", "Change: {en}"))
        }))
    }
}

fn refused(column: Column, text: crate::domain::values::language::Text) -> Declined {
    (Outcome::Refused, vec![Remark::on(column, text)])
}

/// Two people of one household with one number: the row mistakes one for the other.
fn everybody_has_a_number_of_their_own(household: &Household) -> Result<(), Declined> {
    let mut seen = HashSet::new();
    let people = household.present().map(|member| &member.value.person);
    let twice = people.filter(|person| person.personal_id.as_ref().is_some_and(|id| !seen.insert(id)));
    let remark = |person: &Person| {
        let name = &person.name;
        let column = Column::HeadPersonalId;
        Remark::on(
            column,
            text!(
                "Số định danh của {name} có hai lần trong hộ",
                "The number of {name} stands twice in the household"
            ),
        )
    };
    let remarks: Vec<_> = twice.map(remark).collect();
    if remarks.is_empty() { Ok(()) } else { Err((Outcome::Duplicate, remarks)) }
}

fn paper(entry: &Entry) -> Option<(i32, Name)> {
    entry.stated.as_ref().map(|stated| (stated.year, stated.number.clone()))
}

/// A household that the register does not know needs at least a hamlet and a head.
fn created(entry: &Entry, new_id: &mut impl FnMut() -> Uuid) -> Result<Household, Declined> {
    let (Some(hamlet), Some(head)) = (&entry.hamlet, &entry.head) else {
        let missing = [(Column::Hamlet, entry.hamlet.is_none()), (Column::HeadName, entry.head.is_none())];
        let missing = missing.into_iter().filter(|(_, missing)| *missing).map(|(column, _)| column);
        let why = text!(
            "Hộ chưa có trong sổ: cần thôn và họ tên chủ hộ",
            "The household is new: its hamlet and head are needed"
        );
        return Err((Outcome::Refused, missing.map(|column| Remark::on(column, why.clone())).collect()));
    };
    let head = Kept::new(new_id(), Member { person: head.clone(), relation: relation(HEAD), left_on: None });
    let details = Details {
        code: entry.code.clone(),
        hamlet: hamlet.clone(),
        address: None,
        phone: None,
        note: None,
        signs_by_fingerprint: false,
        head_id: head.id,
        closed_on: None,
    };
    Ok(Household {
        details: Kept::new(new_id(), details),
        members: vec![head],
        decisions: Vec::new(),
        authorisations: Vec::new(),
    })
}

fn learn_household(
    household: &mut Household,
    entry: &Entry,
    new_id: &mut impl FnMut() -> Uuid,
) -> Result<(), Declined> {
    if let Some(head) = &entry.head {
        learn_head(household, head)?;
    }
    household.details.change(|details| {
        details.hamlet = entry.hamlet.clone().unwrap_or_else(|| details.hamlet.clone());
        details.address = entry.address.clone().or_else(|| details.address.take());
        details.phone = entry.phone.clone().or_else(|| details.phone.take());
        details.note = entry.note.clone().or_else(|| details.note.take());
        details.signs_by_fingerprint = entry.signs_by_fingerprint.unwrap_or(details.signs_by_fingerprint);
    });
    learn_members(household, &entry.members, new_id);
    Ok(())
}

/// The head the list names is the one we know, or another member who became the head. A stranger is not guessed at: it
/// may be a new head or a misspelt one.
fn learn_head(household: &mut Household, said: &Person) -> Result<(), Declined> {
    let head_id = household.details.value.head_id;
    let known =
        household.member(head_id).filter(|head| head.value.person.is_named_like(said)).map(|head| head.id);
    let found = known.or_else(|| Some(one_of(household.present(), said)?.id));
    let Some(member) = found.and_then(|id| household.member_mut(id)) else {
        let stranger = text!(
            "Chủ hộ khác với chủ hộ trong sổ và không có trong các thành viên; hãy sửa trên hồ sơ hộ",
            "Neither the known head nor a member; change it on the household"
        );
        return Err(refused(Column::HeadName, stranger));
    };
    member.change(|member| member.person.learn(said));
    let id = member.id;
    household.make_head(id);
    Ok(())
}

/// Who of these a person is: of two who may be, the one with the number.
fn one_of<'a>(members: impl Iterator<Item = &'a Kept<Member>>, said: &Person) -> Option<&'a Kept<Member>> {
    let alike = members.filter(|member| member.value.person.is(said));
    alike.min_by_key(|member| !member.value.person.has_number_of(said))
}

/// Each person of the list is one person of the household, or a new one. Who is not on the list stays: a list that
/// leaves a person out does not say that they left.
fn learn_members(household: &mut Household, said: &[Member], new_id: &mut impl FnMut() -> Uuid) {
    let mut met = vec![household.details.value.head_id];
    for said in said {
        let unmet = household.present().filter(|member| !met.contains(&member.id));
        let id = one_of(unmet, &said.person).map_or_else(&mut *new_id, |member| member.id);
        met.push(id);
        match household.member_mut(id) {
            Some(member) => member.change(|member| {
                member.person.learn(&said.person);
                member.relation = said.relation.clone();
            }),
            None => household.members.push(Kept::new(id, said.clone())),
        }
    }
}

/// Where a number contradicts the birth or gender beside it.
fn doubts(entry: &Entry) -> Vec<Remark> {
    let of = |column: Column, person: &Person| {
        let doubts = person.personal_id.iter().flat_map(|id| id.doubts(person.birth, person.gender));
        let name = person.name.clone();
        doubts
            .map(move |doubt| {
                let (vi, en) = (doubt.text(Language::Vi), doubt.text(Language::En));
                Remark::on(column, text!("{name}: {vi}", "{name}: {en}"))
            })
            .collect::<Vec<_>>()
    };
    let head = entry.head.iter().flat_map(|head| of(Column::HeadPersonalId, head));
    head.chain(entry.members.iter().flat_map(|member| of(Column::Members, &member.person))).collect()
}
