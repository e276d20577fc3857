//! The household's request (01/TD), the group's list (03/TD) and the commune's confirmation.

use chrono::NaiveDate;

use super::lending::{Asked, insist, product_of};
use super::values::{Confirmation, Ending, Listing, LoanRequest, NewRequest, RequestState};
use super::{capital, store};
use crate::access::Work;
use crate::db::{Conn, name_or_all};
use crate::domain::credit::programme::{self};
use crate::domain::values::ids::{GroupMeetingId, LoanRequestId, MemberId};
use crate::domain::values::money::Money;
use crate::groups::meetings::{self, RecordedVote};
use crate::groups::{self, Narrowed, Sight};
use crate::http::page::Page;
use crate::problem::{FieldError, Kind, Problem};
use crate::{households, programmes, text};

/// Refuses a request whose own figures do not fit each other.
fn insist_sound(new: &NewRequest) -> Result<(), Problem> {
    let wrong = |pointer: &str, detail| FieldError { pointer: pointer.to_owned(), detail };
    let mut fields = Vec::new();
    if !(1..=300).contains(&new.term_months) {
        fields.push(wrong("/term_months", text!("Từ 1 đến 300 tháng", "From 1 to 300 months")));
    }
    if !(1..=240).contains(&new.principal_every_months) {
        fields.push(wrong("/principal_every_months", text!("Từ 1 đến 240 tháng", "From 1 to 240 months")));
    }
    if new.amount.is_zero() {
        fields.push(wrong("/amount", text!("Phải lớn hơn 0", "Must be more than 0")));
    }
    if new.amount.plus(new.own_capital) != Ok(new.total_need) {
        fields.push(wrong(
            "/total_need",
            text!("Phải bằng vốn vay cộng vốn tự có", "Must be the loan and the own capital together"),
        ));
    }
    if !(1..=50).contains(&new.purposes.len()) || new.purposes.iter().any(|p| p.amount.is_zero()) {
        fields.push(wrong(
            "/purposes",
            text!("Từ 1 đến 50 dòng, mỗi dòng có số tiền", "1 to 50 rows, each with an amount"),
        ));
    } else if Money::sum(new.purposes.iter().map(|p| p.amount)) != Ok(new.amount) {
        fields.push(wrong(
            "/purposes",
            text!("Tổng các dòng phải bằng số tiền vay", "The rows must add up to the loan"),
        ));
    }
    if new.count > 10_000 || new.course_months > 240 {
        fields.push(wrong("/count", text!("Quá lớn", "Too large")));
    }
    if new.payout_months > new.course_months {
        let why = text!("Không dài hơn khóa học", "Not longer than the course");
        fields.push(wrong("/payout_months", why));
    }
    if fields.is_empty() { Ok(()) } else { Err(Problem::fields(fields)) }
}

/// Refuses instalments at other steps than those of the programme. Only a short loan comes back all at once.
fn insist_usual_step(new: &NewRequest, rule: &programme::Rule) -> Result<(), Problem> {
    let (every, steps) = (new.principal_every_months, &rule.instalments.months);
    let all_at_once = every == new.term_months && every <= rule.moving.short_term_months;
    if all_at_once || steps.contains(&every) {
        return Ok(());
    }
    let joined = |or| steps.iter().map(ToString::to_string).collect::<Vec<_>>().join(or);
    let (vi, en) = (joined(" hoặc "), joined(" or "));
    Err(Problem::field(
        "/principal_every_months",
        text!("Chương trình phân kỳ {vi} tháng", "The programme has instalments every {en} months"),
    ))
}

/// Takes a request down.
pub async fn request(conn: &mut Conn, work: &Work<'_>, new: &NewRequest) -> Result<LoanRequest, Problem> {
    insist_sound(new)?;
    not_in_future(work, "/requested_on", new.requested_on)?;
    let asked = Asked {
        product: &new.product_code,
        household: new.household_id,
        group: new.group_id,
        collateral: new.collateral.is_some(),
        loan: None,
        ask: programme::Ask {
            term_months: new.term_months,
            count: new.count,
            need: Some(new.total_need),
            course_months: new.course_months,
            payout_months: new.payout_months,
            tuition: new.tuition.unwrap_or(Money::ZERO),
            ..programme::Ask::of(new.amount)
        },
    };
    let household = households::brief(&mut *conn, work.unit, new.household_id, new.requested_on).await?;
    let lending = insist(&mut *conn, work.unit, &asked, new.requested_on).await?;
    insist_usual_step(new, &lending.rule)?;
    capital::source_for(
        &mut *conn,
        work.unit,
        (new.source_id, new.owner),
        &new.product_code,
        new.requested_on,
    )
    .await?;
    let borrower = match new.borrower_id {
        Some(borrower) => borrower_of(&mut *conn, work, new, borrower).await?,
        None => household.recipient,
    };
    let id = work.clock.new_id().into();
    store::insert_request(&mut *conn, work, id, new, (&borrower, &household.address)).await?;
    find_request(conn, work.unit, id).await
}

/// The name of the member who borrows.
async fn borrower_of(
    conn: &mut Conn,
    work: &Work<'_>,
    new: &NewRequest,
    borrower: MemberId,
) -> Result<String, Problem> {
    let name =
        households::member_name(conn, work.unit, (new.household_id, borrower), new.requested_on).await?;
    name.ok_or_else(|| {
        let why = text!("Không phải người của hộ vào ngày này", "Nobody of the household on that day");
        Problem::field("/borrower_id", why)
    })
}

pub fn not_in_future(work: &Work<'_>, field: &str, on: NaiveDate) -> Result<(), Problem> {
    if on > work.clock.today() {
        Err(Problem::field(field, text!("Chưa đến ngày này", "In the future")))
    } else {
        Ok(())
    }
}

/// One request.
pub async fn find_request(conn: &mut Conn, unit: i32, id: LoanRequestId) -> Result<LoanRequest, Problem> {
    store::find_request(conn, unit, id).await?.ok_or_else(|| Kind::NotFound.bare())
}

/// One request, if its group is in sight.
pub async fn show_request(
    conn: &mut Conn,
    work: &Work<'_>,
    id: LoanRequestId,
    sight: Sight,
) -> Result<LoanRequest, Problem> {
    let request = find_request(&mut *conn, work.unit, id).await?;
    groups::insist_seen(conn, work, request.group_id, sight).await?;
    Ok(request)
}

/// A page of requests, oldest first.
pub async fn list_requests(
    conn: &mut Conn,
    work: &Work<'_>,
    (state, sight): (Option<RequestState>, Sight),
    after: Option<LoanRequestId>,
    limit: i64,
) -> Result<Page<LoanRequest>, Problem> {
    let Narrowed::To(group) = groups::narrowed(&mut *conn, work, None, sight).await? else {
        return Ok(Page::of(Vec::new(), limit, |row: &LoanRequest| row.loan_request_id));
    };
    let states =
        name_or_all(state.map(RequestState::name), RequestState::ALL.iter().map(|state| state.name()));
    let after = after.map(LoanRequestId::uuid).unwrap_or_default();
    let rows = store::requests(conn, work.unit, (&states, group), after, limit + 1).await?;
    Ok(Page::of(rows, limit, |row| row.loan_request_id))
}

/// Locks a request that must be in one of some states.
pub async fn in_state(
    conn: &mut Conn,
    unit: i32,
    id: LoanRequestId,
    states: &[&str],
) -> Result<LoanRequest, Problem> {
    let request = store::lock_request(conn, unit, id).await?.ok_or_else(|| Kind::NotFound.bare())?;
    if states.contains(&request.state.as_str()) {
        return Ok(request);
    }
    let (vi, en) = RequestState::said(&request.state);
    Err(Kind::WrongState.saying(text!("Đề nghị {vi}.", "The request {en}.")))
}

/// The group's meeting put it on its list.
pub async fn list_request(
    conn: &mut Conn,
    work: &Work<'_>,
    id: LoanRequestId,
    listing: &Listing,
) -> Result<LoanRequest, Problem> {
    let request = in_state(&mut *conn, work.unit, id, &["asked"]).await?;
    not_in_future(work, "/listed_on", listing.listed_on)?;
    not_before(request.requested_on, "/listed_on", listing.listed_on)?;
    if let Some(meeting) = listing.meeting_id {
        insist_agreed(&mut *conn, work, (&request, listing), meeting).await?;
    }
    store::list_on(&mut *conn, work.unit, id, listing).await?;
    find_request(conn, work.unit, id).await
}

/// Refuses a list that the minutes of its meeting do not bear out.
async fn insist_agreed(
    conn: &mut Conn,
    work: &Work<'_>,
    (request, listing): (&LoanRequest, &Listing),
    meeting: GroupMeetingId,
) -> Result<(), Problem> {
    let unknown =
        || Problem::field("/meeting_id", text!("Tổ không có buổi họp này", "The group has no such meeting"));
    let group = request.group_id.ok_or_else(unknown)?;
    let held =
        meetings::show(conn, work, (group, meeting), Sight::All).await.map_err(|why| match why.kind {
            Kind::NotFound => unknown(),
            _ => why,
        })?;
    if held.meeting.reversed_because.is_some() {
        return Err(unknown());
    }
    let on = held.meeting.held_on;
    if on != listing.listed_on {
        return Err(Problem::field("/listed_on", text!("Buổi họp ngày {on}", "The meeting was on {on}"; on)));
    }
    let no = &held.meeting.minutes_no;
    if no != listing.minutes_no.as_str() {
        return Err(Problem::field("/minutes_no", text!("Biên bản số {no}", "The minutes are number {no}")));
    }
    if held.votes.iter().any(|vote| vote.bears_out(request)) {
        return Ok(());
    }
    Err(Kind::WrongState.saying(text!(
        "Biên bản họp không có biểu quyết đồng ý cho hộ vay chương trình này với số tiền và thời hạn ấy.",
        "The minutes hold no vote for this household, programme, amount and term."
    )))
}

impl RecordedVote {
    /// Whether the group agreed to as much as a request asks.
    fn bears_out(&self, request: &LoanRequest) -> bool {
        self.agreed
            && self.household_id == request.household_id
            && self.product_code == request.product_code
            && self.amount >= request.amount.amount()
            && self.term_months >= request.term_months
    }
}

pub fn not_before(earlier: NaiveDate, field: &str, on: NaiveDate) -> Result<(), Problem> {
    if on < earlier {
        Err(Problem::field(
            field,
            text!("Trước bước trước đó ({earlier})", "Before the step before it ({earlier})"; earlier),
        ))
    } else {
        Ok(())
    }
}

/// The commune confirms it. Without a list only where the programme lends without a group.
pub async fn confirm_request(
    conn: &mut Conn,
    work: &Work<'_>,
    id: LoanRequestId,
    paper: &Confirmation,
) -> Result<LoanRequest, Problem> {
    let request = in_state(&mut *conn, work.unit, id, &["asked", "listed"]).await?;
    not_in_future(work, "/confirmed_on", paper.confirmed_on)?;
    not_before(request.listed_on.unwrap_or(request.requested_on), "/confirmed_on", paper.confirmed_on)?;
    let product = product_of(&request.product_code)?;
    let lending = programmes::rule_on(&mut *conn, &product, paper.confirmed_on).await?;
    if lending.rule.group_required && request.listed_on.is_none() {
        return Err(Kind::WrongState
            .saying(text!("Đề nghị chưa qua bình xét ở tổ.", "The group has not put it on its list.")));
    }
    store::confirm(&mut *conn, work.unit, id, paper).await?;
    find_request(conn, work.unit, id).await
}

/// Ends a request without a loan.
pub async fn end_request(
    conn: &mut Conn,
    work: &Work<'_>,
    id: LoanRequestId,
    ending: &Ending,
) -> Result<LoanRequest, Problem> {
    in_state(&mut *conn, work.unit, id, &["asked", "listed", "confirmed"]).await?;
    let state = if ending.withdrawn { RequestState::Withdrawn } else { RequestState::Refused };
    store::end_request(&mut *conn, work.unit, id, state.name(), ending.reason.as_str()).await?;
    find_request(conn, work.unit, id).await
}
