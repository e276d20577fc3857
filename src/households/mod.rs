//! Households (hộ gia đình): the commune's register of whom its funds may help, who speaks for them, and what the yearly
//! review decided about them.

pub mod commands;
pub mod export;
pub mod http;
pub mod import;
mod store;
pub mod view;

use chrono::NaiveDate;
use uuid::Uuid;

use self::commands::{
    HouseholdPatch, MOST_MEMBERS, MemberPatch, NewClassDecision, NewHousehold, NewMember, NewRepresentative,
};
pub use self::view::Wanted;
use self::view::{HouseholdDetail, HouseholdLine, Sight};
use crate::access::Work;
use crate::db::{Conn, constraint};
use crate::domain::people::eligibility::{Decision, Eligibility, eligible_as_of};
use crate::domain::people::household::{
    Authorisation, Details, HEAD, Household, Kept, Member, Recorded, relation,
};
use crate::domain::people::poverty::Class;
use crate::domain::values::ids::{HouseholdId, MemberId};
use crate::domain::values::language::Text;
use crate::domain::values::strict::Given;
use crate::domain::values::text::Name;
use crate::http::page::Page;
use crate::problem::{Kind, Problem};
use crate::text;

/// A page of households by code.
pub async fn list(
    conn: &mut Conn,
    unit: i32,
    wanted: &Wanted,
    limit: i64,
    sight: Sight,
) -> Result<Page<HouseholdLine>, Problem> {
    let lines = store::list(conn, unit, wanted, limit + 1).await?;
    Ok(Page::of(lines, limit, |line| line.code.clone()).map(|line| HouseholdLine::of(line, sight)))
}

async fn find(conn: &mut Conn, unit: i32, id: HouseholdId) -> Result<Household, Problem> {
    store::load(conn, unit, &[id.uuid()]).await?.pop().ok_or_else(|| Kind::NotFound.bare())
}

/// The household, locked before anything is written.
async fn find_to_change(conn: &mut Conn, unit: i32, id: HouseholdId) -> Result<Household, Problem> {
    store::lock(conn, unit, id.uuid()).await?;
    find(conn, unit, id).await
}

/// One household. `today` says who speaks for it.
pub async fn show(
    conn: &mut Conn,
    unit: i32,
    id: HouseholdId,
    today: NaiveDate,
    sight: Sight,
) -> Result<HouseholdDetail, Problem> {
    Ok(HouseholdDetail::of(&find(conn, unit, id).await?, sight, today))
}

/// Writes a household and shows it to the officer who changed it.
/// Refuses births that lie in the future.
fn everybody_is_born(today: NaiveDate, household: &Household) -> Result<(), Problem> {
    let unborn = household.present().map(|member| &member.value.person);
    let Some(unborn) =
        unborn.into_iter().find(|person| person.birth.is_some_and(|birth| birth.is_after(today)))
    else {
        return Ok(());
    };
    let name = &unborn.name;
    let why = text!("Ngày sinh của {name} ở tương lai", "The birth of {name} lies in the future");
    Err(Problem::field("/birth", why))
}

async fn save(conn: &mut Conn, work: &Work<'_>, household: &Household) -> Result<HouseholdDetail, Problem> {
    everybody_is_born(work.clock.today(), household)?;
    store::save(conn, work.unit, std::slice::from_ref(household)).await.map_err(worded)?;
    show(conn, work.unit, household.id().into(), work.clock.today(), Sight::Full).await
}

fn worded(error: sqlx::Error) -> Problem {
    let detail = match constraint(&error) {
        Some("household_code_unique") => {
            text!("Mã hộ này đã dùng cho hộ khác", "The code belongs to another household")
        }
        Some("household_member_personal_id_once") => {
            text!(
                "Số định danh này đang thuộc một hộ khác",
                "The personal number belongs to another household"
            )
        }
        Some("class_decision_once") => text!(
            "Quyết định này đã ghi cho hộ; muốn sửa, hãy đính chính bản đã ghi",
            "The decision is recorded for the household; to change it, correct the entry"
        ),
        Some("class_decision_superseded_once") => {
            text!("Bản ghi ấy đã được đính chính", "The entry was corrected already")
        }
        _ => return error.into(),
    };
    Kind::AlreadyExists.saying(detail)
}

/// A person lives in one household of the unit: the refusal names the other.
async fn nobody_lives_elsewhere(conn: &mut Conn, unit: i32, household: &Household) -> Result<(), Problem> {
    let people: Vec<_> = household.present().map(|member| &member.value.person).collect();
    let ids: Vec<_> = people.iter().filter_map(|person| person.personal_id.as_ref()).collect();
    let holders =
        store::holders(conn, unit, &ids.iter().map(|id| id.reveal().to_owned()).collect::<Vec<_>>()).await?;
    for (person, id) in people.iter().filter_map(|person| Some((person, person.personal_id.as_ref()?))) {
        let (name, code) = (&person.name, &household.details.value.code);
        if ids.iter().filter(|other| **other == id).count() > 1 {
            return Err(Kind::AlreadyExists
                .saying(text!("Số định danh của {name} có hai lần", "The number of {name} stands twice")));
        }
        if let Some(other) = holders.get(id).filter(|other| *other != code) {
            let detail = text!(
                "Số định danh của {name} đang thuộc hộ {other}",
                "The number of {name} belongs to household {other}"
            );
            return Err(Kind::AlreadyExists.saying(detail));
        }
    }
    Ok(())
}

/// Registers a household.
pub async fn create(conn: &mut Conn, work: &Work<'_>, new: NewHousehold) -> Result<HouseholdDetail, Problem> {
    if new.members.len() > MOST_MEMBERS {
        return Err(Problem::field(
            "/members",
            text!("Tối đa {MOST_MEMBERS} người", "At most {MOST_MEMBERS} people"),
        ));
    }
    let head = Member { person: new.head.into(), relation: relation(HEAD), left_on: None };
    let head = Kept::new(work.clock.new_id(), head);
    let details = Details {
        code: new.code,
        hamlet: new.hamlet,
        address: new.address,
        phone: new.phone,
        note: new.note,
        signs_by_fingerprint: new.signs_by_fingerprint,
        head_id: head.id,
        closed_on: None,
    };
    let others = new.members.into_iter().map(|member| Kept::new(work.clock.new_id(), member.into()));
    let household = Household {
        members: std::iter::once(head).chain(others).collect(),
        details: Kept::new(work.clock.new_id(), details),
        decisions: Vec::new(),
        authorisations: Vec::new(),
    };
    nobody_lives_elsewhere(conn, work.unit, &household).await?;
    save(conn, work, &household).await
}

/// Changes what is said about a household; `expected` refuses when it is not what the officer read.
pub async fn change(
    conn: &mut Conn,
    work: &Work<'_>,
    id: HouseholdId,
    patch: HouseholdPatch,
    expected: impl FnOnce(&HouseholdDetail) -> Result<(), Problem>,
) -> Result<HouseholdDetail, Problem> {
    let mut household = find_to_change(conn, work.unit, id).await?;
    expected(&HouseholdDetail::of(&household, Sight::Full, work.clock.today()))?;
    if let Some(head) = patch.head_id {
        present(&household, head, "/head_id")?;
        household.make_head(head);
    }
    household.details.change(|details| {
        details.code = patch.code.unwrap_or_else(|| details.code.clone());
        details.hamlet = patch.hamlet.unwrap_or_else(|| details.hamlet.clone());
        patch.address.over(&mut details.address);
        patch.phone.over(&mut details.phone);
        patch.note.over(&mut details.note);
        details.signs_by_fingerprint = patch.signs_by_fingerprint.unwrap_or(details.signs_by_fingerprint);
    });
    if let Some(on) = patch.closed_on {
        if household.details.value.closed_on.is_some() {
            return Err(
                Kind::WrongState.saying(text!("Hộ đã ra khỏi sổ", "The household has left the register"))
            );
        }
        household.close(on);
    }
    save(conn, work, &household).await
}

/// A member who has not left, or a wrong field.
fn present<'a>(household: &'a Household, member: Uuid, pointer: &str) -> Result<&'a Kept<Member>, Problem> {
    let stranger = || {
        Problem::field(
            pointer,
            text!("Không phải thành viên đang ở trong hộ", "Not a present member of the household"),
        )
    };
    household.present().find(|known| known.id == member).ok_or_else(stranger)
}

fn open(household: &Household) -> Result<(), Problem> {
    match household.details.value.closed_on {
        Some(on) => Err(Kind::WrongState
            .saying(text!("Hộ đã ra khỏi sổ từ ngày {on}", "The household left the register on {on}"; on))),
        None => Ok(()),
    }
}

/// Adds a member.
pub async fn add_member(
    conn: &mut Conn,
    work: &Work<'_>,
    id: HouseholdId,
    new: NewMember,
) -> Result<HouseholdDetail, Problem> {
    let mut household = find_to_change(conn, work.unit, id).await?;
    open(&household)?;
    if household.members.len() >= MOST_MEMBERS {
        return Err(Kind::AboveCap.saying(text!(
            "Hộ có tối đa {MOST_MEMBERS} người",
            "A household has at most {MOST_MEMBERS} people"
        )));
    }
    household.members.push(Kept::new(work.clock.new_id(), new.into()));
    nobody_lives_elsewhere(conn, work.unit, &household).await?;
    save(conn, work, &household).await
}

/// Changes what is said about a member; `expected` refuses when the household is not what the officer read.
pub async fn change_member(
    conn: &mut Conn,
    work: &Work<'_>,
    (id, member): (HouseholdId, MemberId),
    patch: MemberPatch,
    expected: impl FnOnce(&HouseholdDetail) -> Result<(), Problem>,
) -> Result<HouseholdDetail, Problem> {
    let mut household = find_to_change(conn, work.unit, id).await?;
    expected(&HouseholdDetail::of(&household, Sight::Full, work.clock.today()))?;
    open(&household)?;
    if household.details.value.head_id == member.uuid() && matches!(patch.left_on, Given::Value(_)) {
        return Err(Problem::field("/left_on", text!("Hãy đổi chủ hộ trước", "Name another head first")));
    }
    let known = household.member_mut(member.uuid()).ok_or_else(|| Kind::NotFound.bare())?;
    known.change(|known| {
        let Member { person, left_on, .. } = known;
        person.name = patch.name.unwrap_or_else(|| person.name.clone());
        patch.birth.over(&mut person.birth);
        patch.gender.over(&mut person.gender);
        patch.ethnicity.over(&mut person.ethnicity);
        patch.personal_id.over(&mut person.personal_id);
        patch.left_on.over(left_on);
        known.relation = patch.relation.unwrap_or_else(|| known.relation.clone());
    });
    nobody_lives_elsewhere(conn, work.unit, &household).await?;
    save(conn, work, &household).await
}

/// Records a decision on the class, or the correction of an entry.
pub async fn decide(
    conn: &mut Conn,
    work: &Work<'_>,
    id: HouseholdId,
    new: NewClassDecision,
) -> Result<HouseholdDetail, Problem> {
    let mut household = find_to_change(conn, work.unit, id).await?;
    open(&household)?;
    let standards = store::standards(conn).await?;
    let no_standard = || {
        Problem::field(
            "/class_year",
            text!("Năm này chưa có chuẩn nghèo", "There is no poverty standard for that year"),
        )
    };
    let standard_id = standards.get(&new.class_year).cloned().ok_or_else(no_standard)?;
    if new.decision_on > work.clock.today() {
        return Err(Problem::field(
            "/decision_on",
            text!("Ngày quyết định ở tương lai", "The decision is dated in the future"),
        ));
    }
    match new.supersedes {
        None if new.class.is_none() => {
            return Err(Problem::field("/class", text!("Thiếu phân loại", "The class is missing")));
        }
        Some(entry) if !household.decisions.iter().any(|known| known.id == entry) => {
            return Err(Problem::field(
                "/supersedes",
                text!("Hộ không có bản ghi này", "The household has no such entry"),
            ));
        }
        _ => {}
    }
    let decision = Recorded {
        class: new.class,
        change: new.change,
        year: new.class_year,
        standard_id,
        number: new.decision_no,
        decided_on: new.decision_on,
        supersedes: new.supersedes,
        recorded_at: None,
    };
    household.decisions.push(Kept::new(work.clock.new_id(), decision));
    save(conn, work, &household).await
}

/// Records who may receive and sign for the household: a member of full age, named in writing.
pub async fn authorise(
    conn: &mut Conn,
    work: &Work<'_>,
    id: HouseholdId,
    new: NewRepresentative,
) -> Result<HouseholdDetail, Problem> {
    let mut household = find_to_change(conn, work.unit, id).await?;
    open(&household)?;
    let member = present(&household, new.member_id, "/member_id")?;
    if !member.value.person.is_adult_on(new.from_on) {
        let young = text!(
            "Người đại diện phải đủ 18 tuổi; hãy ghi ngày sinh nếu còn thiếu",
            "A representative is at least 18 years old; record the birth if it is missing"
        );
        return Err(Problem::field("/member_id", young));
    }
    if new.to_on.is_some_and(|end| end <= new.from_on) {
        return Err(Problem::field("/to_on", text!("Phải sau from_on", "Must be after from_on")));
    }
    let paper = Authorisation {
        member_id: new.member_id,
        document_no: new.document_no,
        from_on: new.from_on,
        to_on: new.to_on,
    };
    household.authorisations.push(Kept::new(work.clock.new_id(), paper));
    save(conn, work, &household).await
}

/// Whether a household may be helped on a day, and the decision that says so.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// Whether it may.
    pub eligible: bool,
    /// A warning: it rests on last year's class, and the decision of this year is awaited.
    pub awaits_decision: bool,
    /// The decision that counts.
    pub decision: Option<Decision>,
    /// The last day of help of a household that left the lists.
    pub until: Option<NaiveDate>,
    /// The verdict and its ground.
    pub reason: Text,
}

impl Verdict {
    /// The class that counts.
    pub fn class(&self) -> Option<Class> {
        self.decision.as_ref().map(|decision| decision.class)
    }
}

/// Whether a household may get revolving support on a day, by the decisions known today.
pub async fn eligibility(
    conn: &mut Conn,
    unit: i32,
    household: HouseholdId,
    on: NaiveDate,
) -> Result<Verdict, Problem> {
    let household = find(conn, unit, household).await?;
    let decisions = household.standing();
    let found = eligible_as_of(&decisions, on, store::escaped_years(conn, on).await?);
    let until = match found {
        Eligibility::Escaped { until, .. } | Eligibility::EscapedTooLongAgo { until, .. } => Some(until),
        _ => None,
    };
    let closed = household.details.value.closed_on.filter(|closed| *closed <= on);
    let reason = closed.map_or_else(|| found.text(), left_the_register);
    let eligible = found.is_eligible() && closed.is_none();
    let awaits_decision = eligible && found.awaits_decision();
    Ok(Verdict { eligible, awaits_decision, decision: found.decision().cloned(), until, reason })
}

fn left_the_register(on: NaiveDate) -> Text {
    text!("Hộ đã ra khỏi sổ từ ngày {on}.", "The household left the register on {on}."; on)
}

/// The decisions on the class of a household, as known today; a household that left the register is refused.
pub async fn standing(
    conn: &mut Conn,
    unit: i32,
    household: HouseholdId,
    on: NaiveDate,
) -> Result<Vec<Decision>, Problem> {
    let household = find(conn, unit, household).await?;
    match household.details.value.closed_on.filter(|closed| *closed <= on) {
        Some(closed) => Err(Kind::NotEligible.saying(left_the_register(closed))),
        None => Ok(household.standing()),
    }
}

/// The name of a person who lives in a household on a day.
pub async fn member_name(
    conn: &mut Conn,
    unit: i32,
    (household, member): (HouseholdId, MemberId),
    on: NaiveDate,
) -> Result<Option<String>, Problem> {
    let household = find(conn, unit, household).await?;
    let here = |member: &&Kept<Member>| member.value.left_on.is_none_or(|left| on < left);
    Ok(household.member(member.uuid()).filter(here).map(|member| member.value.person.name.to_string()))
}

/// What a voucher says of a household.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brief {
    /// The commune's code.
    pub code: String,
    /// The head's name.
    pub head: String,
    /// House and street, if known, and hamlet.
    pub address: String,
    /// Who receives and signs.
    pub recipient: String,
    /// Number of the recipient's identity paper.
    pub recipient_personal_id: Option<String>,
    /// The paper by which another person than the head receives.
    pub authorised_by: Option<String>,
    /// Whether they sign by fingerprint.
    pub signs_by_fingerprint: bool,
}

/// Where some households live, one hamlet each.
pub async fn hamlets(conn: &mut Conn, unit: i32, ids: &[HouseholdId]) -> Result<Vec<String>, Problem> {
    Ok(store::hamlets(conn, unit, &ids.iter().map(|id| id.uuid()).collect::<Vec<_>>()).await?)
}

/// What a voucher of a day says of a household.
pub async fn brief(
    conn: &mut Conn,
    unit: i32,
    household: HouseholdId,
    on: NaiveDate,
) -> Result<Brief, Problem> {
    let household = find(conn, unit, household).await?;
    let details = &household.details.value;
    let headless = || Problem::internal(anyhow::anyhow!("household {} has no head", household.id()));
    let head = household.member(details.head_id).ok_or_else(headless)?;
    let (recipient, paper) = household.recipient_on(on).ok_or_else(headless)?;
    let person = &recipient.value.person;
    Ok(Brief {
        code: details.code.to_string(),
        head: head.value.person.name.to_string(),
        address: details
            .address
            .iter()
            .chain([&details.hamlet])
            .map(Name::as_str)
            .collect::<Vec<_>>()
            .join(", "),
        recipient: person.name.to_string(),
        recipient_personal_id: person.personal_id.as_ref().map(|id| id.reveal().to_owned()),
        authorised_by: paper.map(|paper| paper.document_no.to_string()),
        signs_by_fingerprint: details.signs_by_fingerprint,
    })
}
