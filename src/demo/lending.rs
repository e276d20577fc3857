//! The transaction point of the Policy Bank in the same commune: two savings-and-credit groups, loans of four programmes,
//! a meeting each month, and what does not go as planned: one loan extended, one frozen after a storm, one overdue.

use anyhow::Context as _;
use chrono::{Days, Months, NaiveDate};
use serde::Deserialize;
use serde_json::{Value, json};

use super::desk::Desk;
use super::households::CLASSES;
use super::point::{self, Group};
use super::story::{date, text};

/// Loans are handed out, and the groups meet, on the fixed day of the month, holidays too.
const MEETING: u32 = 12;

/// The last meeting that is told.
const LAST: (i32, u32, u32) = (2026, 11, MEETING);

/// The first meeting after the storm.
const STORM: (i32, u32, u32) = (2025, 10, MEETING);

/// The meeting at which the extension is asked for.
const ASKED: (i32, u32, u32) = (2026, 1, MEETING);

/// The first meeting to which the household with the late loan brings nothing.
const STOPS: (i32, u32, u32) = (2026, 3, MEETING);

/// What becomes of a loan.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Fate {
    /// It is paid as agreed.
    Paid,
    /// Ten more months are asked for in time.
    Extended,
    /// A storm takes more than half of it.
    Frozen,
    /// Nothing comes after its first nine months.
    Late,
}

/// A loan of a household; the group by its place.
#[derive(Clone, Deserialize)]
struct Lent {
    household_code: String,
    group: usize,
    product: String,
    beneficiary: String,
    amount: u64,
    term_months: u32,
    every_months: u32,
    on: NaiveDate,
    item: String,
    fate: Fate,
}

/// The loans of the story, by the day they are paid out on.
const LOANS: &str = include_str!("loans.csv");

/// A loan of the story and its contract.
struct Running {
    lent: Lent,
    loan: String,
}

impl Running {
    /// Whether the household brings its money on a day.
    fn pays(&self, day: NaiveDate) -> bool {
        match self.lent.fate {
            Fate::Paid | Fate::Extended => true,
            Fate::Frozen => day < date(STORM),
            Fate::Late => day < date(STOPS),
        }
    }
}

/// Tells the story of the point from its first day to its last; the unit of the point comes back.
pub async fn tell(desk: &Desk, progress: &dyn Fn(&str)) -> anyhow::Result<i64> {
    let point = point::unit(desk).await?;
    let desk = &desk.at(point);
    point::found(desk).await?;
    let groups = point::groups(desk).await?;
    let loans = csv::Reader::from_reader(LOANS.as_bytes()).deserialize().collect::<Result<Vec<Lent>, _>>()?;
    let mut running: Vec<Running> = Vec::new();
    let mut day = date((2025, 2, MEETING));
    while day <= date(LAST) {
        if day == date((2026, 1, MEETING)) {
            desk.import(CLASSES).await?;
        }
        for (n, group) in groups.iter().enumerate() {
            let here = |lent: &Lent| lent.group == n;
            let asking: Vec<&Lent> = loans.iter().filter(|lent| here(lent) && lent.on == day).collect();
            let meeting = meet(desk, group, &asking, day).await?;
            collect(desk, group, running.iter().filter(|one| here(&one.lent)), day).await?;
            for lent in asking {
                running.push(Running { loan: lend(desk, lent, group, &meeting).await?, lent: lent.clone() });
            }
        }
        for one in &running {
            measure(desk, one, day).await?;
        }
        let next = day + Months::new(1);
        close(desk, if next <= date(LAST) { next } else { day + Days::new(8) }).await?;
        progress(&format!("{}: {} khoản vay · loans", day.format("%m/%Y"), running.len()));
        day = next;
    }
    Ok(point)
}

/// Closes the days before a meeting, month ends among them.
async fn close(desk: &Desk, before: NaiveDate) -> anyhow::Result<()> {
    desk.today(before);
    let upto = before - Days::new(1);
    desk.post("ketoan", &format!("close-{upto}"), "/close-of-day", &json!({"upto": upto})).await?;
    Ok(())
}

/// The meeting of a month with its vote on who may ask for a loan. Its number of minutes comes back.
async fn meet(desk: &Desk, group: &Group, asking: &[&Lent], day: NaiveDate) -> anyhow::Result<Value> {
    desk.today(day);
    let present: Vec<&Value> = group.memberships.iter().map(|(_, m)| &m["membership_id"]).collect();
    let mut votes = Vec::new();
    for lent in asking {
        let (_, member) =
            group.memberships.iter().find(|(code, _)| *code == lent.household_code).context("a member")?;
        votes.push(json!({"membership_id": member["membership_id"], "product_code": lent.product,
            "beneficiary": lent.beneficiary, "amount": lent.amount.to_string(), "purpose": lent.item,
            "term_months": lent.term_months, "in_favour": present.len(), "against": 0}));
    }
    let minutes = json!({"held_on": day, "minutes_no": day.format("%m/BB-%Y").to_string(), "present": present,
        "votes": votes});
    desk.post(
        "canbo",
        &format!("meeting-{}-{day}", group.id),
        &format!("/groups/{}/meetings", group.id),
        &minutes,
    )
    .await
}

/// From the household's request over the meeting's list and the commune's confirmation to the money in hand.
async fn lend(desk: &Desk, lent: &Lent, group: &Group, meeting: &Value) -> anyhow::Result<String> {
    let (code, day) = (&lent.household_code, lent.on);
    let member = group.memberships.iter().find(|(household, _)| household == code).context("a member")?;
    let amount = lent.amount.to_string();
    let request = json!({"product_code": lent.product, "household_id": member.1["household_id"], "group_id": group.id,
        "source_id": 1, "owner": "central", "amount": amount, "total_need": (lent.amount + 10_000_000).to_string(),
        "own_capital": "10000000", "term_months": lent.term_months, "principal_every_months": lent.every_months,
        "requested_on": day,
        "purposes": [{"item": lent.item, "amount": amount}]});
    let asked = desk.post("canbo", &format!("loan-{code}"), "/loan-requests", &request).await?;
    let path = format!("/loan-requests/{}", text(&asked, "loan_request_id")?);
    let listing =
        json!({"minutes_no": meeting["minutes_no"], "listed_on": day, "meeting_id": meeting["meeting_id"]});
    desk.post("canbo", &format!("list-{code}"), &format!("{path}/listing"), &listing).await?;
    let paper = json!({"document_no": day.format("%m/XN-UBND").to_string(), "confirmed_on": day});
    desk.post("canbo", &format!("confirm-{code}"), &format!("{path}/confirmation"), &paper).await?;
    let signing = json!({"signed_on": day});
    let signed = desk.approved(&format!("contract-{code}"), &format!("{path}/approval"), &signing).await?;
    let loan = text(&signed, "loan_id")?;
    let payout = json!({"amount": amount, "paid_on": day, "till": "cash"});
    desk.approved(&format!("payout-{code}"), &format!("/loans/{loan}/disbursements"), &payout).await?;
    Ok(loan)
}

/// The collection sheet of a meeting: the leader brings the interest, borrowers bring what principal is due themselves.
async fn collect(
    desk: &Desk,
    group: &Group,
    running: impl Iterator<Item = &Running>,
    day: NaiveDate,
) -> anyhow::Result<()> {
    let path = format!("/groups/{}/sheets", group.id);
    let key = format!("sheet-{}-{day}", group.id);
    let paying: Vec<&Running> = running.filter(|one| one.pays(day)).collect();
    if paying.is_empty() {
        return Ok(());
    }
    let sheet = desk.post("canbo", &key, &path, &json!({"meeting_on": day})).await?;
    let (mut rows, mut principal) = (Vec::new(), Vec::new());
    for row in sheet["rows"].as_array().context("rows")? {
        if let Some(one) = paying.iter().find(|one| row["agreement_id"] == one.loan.as_str()) {
            let collected = json!({"interest": row["expected_interest"], "savings": "0", "principal": "0"});
            rows.push(json!({"row_id": row["row_id"], "collected_on": day, "collected": collected}));
            principal.push((&one.loan, text(row, "expected_principal")?));
        }
    }
    let path = format!("{path}/{}/collections", text(&sheet, "sheet_id")?);
    let verdicts = desk.post(group.collector, &format!("back-{key}"), &path, &json!({"rows": rows})).await?;
    let verdicts = verdicts.as_array().context("verdicts")?;
    anyhow::ensure!(verdicts.iter().all(|v| v["state"] != "refused"), "on {day}: {verdicts:?}");
    for (loan, amount) in principal.into_iter().filter(|(_, amount)| amount != "0") {
        let repayment = json!({"amount": amount, "received_on": day, "till": "cash"});
        let path = format!("/loans/{loan}/repayments");
        desk.post("thuquy", &format!("principal-{loan}-{day}"), &path, &repayment).await?;
    }
    Ok(())
}

/// What is decided on a loan that does not go as planned.
async fn measure(desk: &Desk, one: &Running, day: NaiveDate) -> anyhow::Result<()> {
    let (action, document, reason) = match one.lent.fate {
        Fate::Frozen if day == date(STORM) => (
            json!({"kind": "freeze", "months": 36, "decided_by": "bank_board",
                "risk": {"cause": "K1", "lost": "24000000", "project": "45000000"}}),
            "02/XLN",
            "Bão số 10 cuốn trôi ao cá",
        ),
        Fate::Extended if day == date(ASKED) => (
            json!({"kind": "extend", "final_due_on": "2027-01-12", "risk": null}),
            "09/TD",
            "Ốm đau, chưa bán được hàng",
        ),
        _ => return Ok(()),
    };
    let body = json!({"action": action, "on": day, "document_no": document, "reason": reason});
    desk.approved(&format!("measure-{}", one.loan), &format!("/loans/{}/measures", one.loan), &body).await?;
    Ok(())
}
