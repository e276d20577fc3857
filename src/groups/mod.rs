//! Savings-and-credit groups (tổ TK&VV): the group, its board, its members, its meetings.

pub mod http;
pub mod meetings;
mod store;
mod values;

pub use values::{
    BoardPost, Dissolution, Group, GroupChange, GroupDetail, Leaving, Membership, Narrowed, NewGroup,
    NewMember, NewPost, Sight,
};

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::access::Work;
use crate::db::{Conn, constraint};
use crate::domain::people::group::{Post, Size};
use crate::domain::values::ids::{GroupId, HouseholdId, MembershipId, UserId};
use crate::domain::values::text::Name;
use crate::http::etag::IfMatch;
use crate::http::page::Page;
use crate::problem::{Kind, Problem};
use crate::{households, text};

/// Sets a group up.
pub async fn create(conn: &mut Conn, work: &Work<'_>, new: &NewGroup) -> Result<GroupDetail, Problem> {
    check(conn, work, new).await?;
    let id = work.clock.new_id().into();
    store::insert_group(conn, work.unit, id, new).await.map_err(named)?;
    show(conn, work, id, Sight::All).await
}

fn named(error: sqlx::Error) -> Problem {
    match constraint(&error) {
        Some("savings_group_name_unique") => Kind::AlreadyExists
            .saying(text!("Đã có tổ tên này trong đơn vị.", "The unit has a group of this name.")),
        _ => error.into(),
    }
}

async fn check(conn: &mut Conn, work: &Work<'_>, new: &NewGroup) -> Result<(), Problem> {
    not_in_future("/founded_on", new.founded_on, work)?;
    if new.founded_on < new.consent_on {
        let why = text!("Thành lập không trước ngày xã đồng ý", "Not founded before the commune consented");
        return Err(Problem::field("/founded_on", why));
    }
    if let Some(unit) = new.organisation_unit_id
        && !store::is_unit_of(conn, unit, new.organisation.code()).await?
    {
        let why = text!("Không phải đơn vị của tổ chức này", "Not a unit of this organisation");
        return Err(Problem::field("/organisation_unit_id", why));
    }
    Ok(())
}

/// Corrects a group at which nothing was recorded yet, if it is as its reader saw it.
pub async fn change(
    conn: &mut Conn,
    work: &Work<'_>,
    id: GroupId,
    change: GroupChange,
    read: &IfMatch,
) -> Result<GroupDetail, Problem> {
    lock_running(conn, work.unit, id).await?;
    let was = show(conn, work, id, Sight::All).await?;
    read.holds(&was)?;
    if let Some(standing) = store::stands_on(conn, work.unit, id).await? {
        let (vi, en) = match standing.as_str() {
            "loan_requests" => ("đề nghị vay vốn", "requests for loans"),
            "sheets" => ("bảng kê thu", "collection sheets"),
            _ => ("biên bản họp", "minutes of meetings"),
        };
        return Err(Kind::WrongState.saying(text!(
            "Không sửa được nữa vì tổ đã có {vi}.",
            "It is corrected no more: the group has {en}."
        )));
    }
    let Group {
        name, hamlet, organisation, organisation_unit_id, consent_no, consent_on, founded_on, ..
    } = was.group;
    let stored = |text: &str| text.parse::<Name>().map_err(Problem::internal);
    let organisation = serde_json::from_value(organisation.into()).map_err(Problem::internal)?;
    let now = NewGroup {
        name: change.name.map_or_else(|| stored(&name), Ok)?,
        hamlet: change.hamlet.map_or_else(|| stored(&hamlet), Ok)?,
        organisation: change.organisation.unwrap_or(organisation),
        organisation_unit_id,
        consent_no: change.consent_no.map_or_else(|| stored(&consent_no), Ok)?,
        consent_on: change.consent_on.unwrap_or(consent_on),
        founded_on: change.founded_on.unwrap_or(founded_on),
    };
    check(conn, work, &now).await?;
    if let Some(first) = store::first_day(conn, work.unit, id).await?.filter(|first| *first < now.founded_on)
    {
        let why = text!("Tổ có tổ viên hoặc ban quản lý từ {first}", "The group has had members or a board since {first}"; first);
        return Err(Problem::field("/founded_on", why));
    }
    store::correct(conn, work.unit, id, &now).await.map_err(named)?;
    show(conn, work, id, Sight::All).await
}

fn not_in_future(pointer: &str, day: NaiveDate, work: &Work<'_>) -> Result<(), Problem> {
    let why = || text!("Ngày ở tương lai", "The day is in the future");
    if day > work.clock.today() { Err(Problem::field(pointer, why())) } else { Ok(()) }
}

/// A page of groups in the order they were entered.
pub async fn list(
    conn: &mut Conn,
    work: &Work<'_>,
    sight: Sight,
    after: Option<GroupId>,
    limit: i64,
) -> Result<Page<Group>, Problem> {
    let rows = match narrowed(&mut *conn, work, None, sight).await? {
        Narrowed::To(None) => store::groups(conn, work, after, limit + 1).await?,
        Narrowed::To(Some(led)) if after.is_none() => {
            store::group(conn, work, led).await?.into_iter().collect()
        }
        _ => Vec::new(),
    };
    Ok(Page::of(rows, limit, |group| group.group_id))
}

/// One group, if it is in sight.
pub async fn show(
    conn: &mut Conn,
    work: &Work<'_>,
    id: GroupId,
    sight: Sight,
) -> Result<GroupDetail, Problem> {
    let group = find(conn, work, id, sight).await?;
    let size = size_on(conn, work.clock.today()).await?;
    let memberships = store::memberships(conn, work.unit, id).await?;
    let today = memberships.iter().filter(|m| m.holds_on(work.clock.today())).map(|m| m.household_id);
    let hamlets = households::hamlets(conn, work.unit, &today.collect::<Vec<_>>()).await?;
    let warnings = match group.dissolved_on {
        Some(_) => Vec::new(),
        None => size.warnings(&group.hamlet, group.members, hamlets.iter().map(String::as_str)),
    };
    Ok(GroupDetail {
        board: store::board(conn, work.unit, id).await?,
        memberships,
        warnings_vi: warnings.iter().map(|text| text.vi.to_string()).collect(),
        warnings_en: warnings.iter().map(|text| text.en.to_string()).collect(),
        group,
    })
}

/// The group alone, if it is in sight: for features that work with groups.
pub async fn find(conn: &mut Conn, work: &Work<'_>, id: GroupId, sight: Sight) -> Result<Group, Problem> {
    insist_seen(&mut *conn, work, Some(id), sight).await?;
    store::group(conn, work, id).await?.ok_or_else(|| Kind::NotFound.bare())
}

/// Refuses what belongs to a group out of sight, or to none.
pub async fn insist_seen(
    conn: &mut Conn,
    work: &Work<'_>,
    group: Option<GroupId>,
    sight: Sight,
) -> Result<(), Problem> {
    match (sight, group) {
        (Sight::All, _) => Ok(()),
        (Sight::LedBy(_), wanted @ Some(_)) => narrowed(conn, work, wanted, sight).await.map(drop),
        (Sight::LedBy(_), None) => Err(Kind::NotFound.bare()),
    }
}

/// The group a list is narrowed to: the one asked for, or the one its leader sees. A leader who asks for another is told
/// that there is none.
pub async fn narrowed(
    conn: &mut Conn,
    work: &Work<'_>,
    wanted: Option<GroupId>,
    sight: Sight,
) -> Result<Narrowed, Problem> {
    let Sight::LedBy(leader) = sight else { return Ok(Narrowed::To(wanted)) };
    let led = led_by(conn, work, &[leader]).await?.remove(&leader);
    match wanted {
        Some(wanted) if led != Some(wanted) => Err(Kind::NotFound.bare()),
        _ => Ok(led.map_or(Narrowed::ToNothing, |led| Narrowed::To(Some(led)))),
    }
}

/// The groups that some people lead today. One leads one group at most; who leads none is not there.
pub async fn led_by(
    conn: &mut Conn,
    work: &Work<'_>,
    users: &[UserId],
) -> Result<BTreeMap<UserId, GroupId>, Problem> {
    Ok(store::led_by(conn, work, users).await?.into_iter().collect())
}

/// Locks a group until the transaction ends: recording on its sheets and changing its members wait for each other.
pub async fn lock(conn: &mut Conn, unit: i32, id: GroupId) -> Result<(), Problem> {
    store::lock_group(conn, unit, id).await?.map(|_| ()).ok_or_else(|| Kind::NotFound.bare())
}

/// The same for what only a group that has not ended may do; the day it was founded.
pub async fn lock_running(conn: &mut Conn, unit: i32, id: GroupId) -> Result<NaiveDate, Problem> {
    match store::lock_group(conn, unit, id).await? {
        None => Err(Kind::NotFound.bare()),
        Some((founded_on, None)) => Ok(founded_on),
        Some((_, Some(on))) => Err(Kind::WrongState
            .saying(text!("Tổ đã giải thể từ ngày {on}.", "The group was dissolved on {on}."; on))),
    }
}

/// The memberships of a group that hold on a day: who a sheet is prepared for.
pub async fn members_on(
    conn: &mut Conn,
    unit: i32,
    group: GroupId,
    day: NaiveDate,
) -> Result<Vec<Membership>, Problem> {
    let mut memberships = store::memberships(conn, unit, group).await?;
    memberships.retain(|m| m.holds_on(day));
    Ok(memberships)
}

/// The group of a household on a day: lending asks where the programme wants a group.
pub async fn group_of(
    conn: &mut Conn,
    unit: i32,
    household: HouseholdId,
    day: NaiveDate,
) -> Result<Option<GroupId>, Problem> {
    Ok(store::group_of(conn, unit, household, day).await?)
}

async fn size_on(conn: &mut Conn, day: NaiveDate) -> Result<Size, Problem> {
    store::size_on(conn, day).await?.ok_or_else(|| {
        Kind::WrongState.saying(
            text!("Không có quy định về tổ vào ngày {day}.", "There is no rule on groups for {day}."; day),
        )
    })
}

/// Takes a household in.
pub async fn join(
    conn: &mut Conn,
    work: &Work<'_>,
    group: GroupId,
    new: &NewMember,
) -> Result<GroupDetail, Problem> {
    let founded_on = lock_running(conn, work.unit, group).await?;
    not_in_future("/joined_on", new.joined_on, work)?;
    if new.joined_on < founded_on {
        let why =
            text!("Tổ thành lập ngày {founded_on}", "The group was founded on {founded_on}"; founded_on);
        return Err(Problem::field("/joined_on", why));
    }
    let size = size_on(conn, new.joined_on).await?;
    if !size.has_room(store::count_members(conn, work.unit, group).await?) {
        let most = size.most;
        return Err(Kind::AboveCap
            .saying(text!("Tổ có tối đa {most} tổ viên.", "A group has at most {most} members.")));
    }
    let id = work.clock.new_id().into();
    match store::insert_member(conn, work.unit, (group, id), new).await {
        Err(error) if constraint(&error) == Some("group_member_once") => Err(Kind::AlreadyExists
            .saying(text!("Hộ đang ở trong một tổ.", "The household is in a group already."))),
        Err(error) if constraint(&error) == Some("group_member_household") => {
            let why = text!("Không có hộ này trong đơn vị", "The unit has no such household");
            Err(Problem::field("/household_id", why))
        }
        Err(error) => Err(error.into()),
        Ok(()) => show(conn, work, group, Sight::All).await,
    }
}

/// Lets a household go.
pub async fn leave(
    conn: &mut Conn,
    work: &Work<'_>,
    (group, membership): (GroupId, MembershipId),
    leaving: &Leaving,
) -> Result<GroupDetail, Problem> {
    lock(conn, work.unit, group).await?;
    let member = store::membership(conn, work.unit, group, membership).await?;
    let member = member.ok_or_else(|| Kind::NotFound.bare())?;
    if member.left_on.is_some() {
        return Err(Kind::WrongState.saying(text!("Hộ đã ra khỏi tổ.", "The household has left already.")));
    }
    not_in_future("/left_on", leaving.left_on, work)?;
    if leaving.left_on <= member.joined_on {
        let why = text!("Phải sau ngày vào tổ", "It must be after the day of joining");
        return Err(Problem::field("/left_on", why));
    }
    store::end_membership(conn, work.unit, membership, leaving.left_on).await?;
    show(conn, work, group, Sight::All).await
}

/// Ends a group whose loans are settled, which lending has made sure of: its members leave and its board gives up its
/// posts on that day.
pub async fn dissolve(
    conn: &mut Conn,
    work: &Work<'_>,
    group: GroupId,
    end: &Dissolution,
) -> Result<GroupDetail, Problem> {
    let founded_on = lock_running(conn, work.unit, group).await?;
    not_in_future("/dissolved_on", end.dissolved_on, work)?;
    let after = store::last_day(conn, work.unit, group).await?.unwrap_or(founded_on).max(founded_on);
    if end.dissolved_on <= after {
        let why = text!("Phải sau ngày {after}", "It must be after {after}"; after);
        return Err(Problem::field("/dissolved_on", why));
    }
    store::end_memberships(conn, work.unit, group, end.dissolved_on).await?;
    store::end_posts(conn, work.unit, group, end.dissolved_on).await?;
    store::end_group(conn, work.unit, group, end).await?;
    show(conn, work, group, Sight::All).await
}

/// Fills a post on the board; the person who held the leader's or deputy's post before gives it up on that day.
pub async fn appoint(
    conn: &mut Conn,
    work: &Work<'_>,
    group: GroupId,
    new: &NewPost,
) -> Result<GroupDetail, Problem> {
    lock_running(conn, work.unit, group).await?;
    not_in_future("/from_on", new.from_on, work)?;
    if let Some(user) = new.user_id
        && !store::is_group_leader(conn, work.unit, user).await?
    {
        let why = text!("Người này không có vai trò tổ trưởng tại đơn vị", "Not a group leader at the unit");
        return Err(Problem::field("/user_id", why));
    }
    let held =
        if new.post == Post::Member { None } else { store::holder(conn, work.unit, group, new.post).await? };
    if let Some((before, since)) = held {
        if new.from_on <= since {
            let why = text!("Người trước giữ chức từ {since}", "The predecessor holds the post since {since}"; since);
            return Err(Problem::field("/from_on", why));
        }
        store::end_post(conn, work.unit, before, new.from_on).await?;
    }
    match store::insert_post(conn, work, group, new).await {
        Err(error) if constraint(&error) == Some("group_post_one_group") => Err(Kind::AlreadyExists.saying(
            text!("Người này đang phụ trách một tổ.", "This person is on the board of a group already."),
        )),
        Err(error) => Err(error.into()),
        Ok(()) => show(conn, work, group, Sight::All).await,
    }
}
