//! Two years of commune Vũ Quý: capital arrives, households get it by the commune's vote, give it back month by month,
//! and the next ones in the queue are paid from what came back.

use anyhow::Context as _;
use chrono::{Datelike as _, Days, Months, NaiveDate};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::desk::Desk;
use super::households::{CLASSES, HOUSEHOLDS};

/// What came back, the central budget that flows into it, and the enterprise's gift for breeding stock, which stays what
/// it is.
const RECOVERED: i32 = 1;
const CENTRAL: i32 = 2;
const GIFT: i32 = 3;

/// The book begins with the year in which TT 24/2024 took force.
const FIRST_DAY: (i32, u32, u32) = (2025, 1, 1);

/// The last month that is told; the books are closed before it.
const LAST_MONTH: (i32, u32, u32) = (2026, 11, 1);

/// A day of the story.
pub fn date((year, month, day): (i32, u32, u32)) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("the story has real days")
}

/// Some households that get the same from the same source on one day.
struct Wave {
    name: &'static str,
    on: (i32, u32, u32),
    project: usize,
    source: i32,
    asking: usize,
    paid: usize,
    amount: &'static str,
}

/// Ten million for 36 months at 0 % for cows, twenty for vegetables (domain practice of 2014–2020), and at the end two
/// households that are paid from recovered money.
const WAVES: &[Wave] = &[
    Wave {
        name: "1",
        on: (2025, 2, 20),
        project: 0,
        source: CENTRAL,
        asking: 12,
        paid: 12,
        amount: "10000000",
    },
    Wave {
        name: "2",
        on: (2025, 5, 15),
        project: 1,
        source: CENTRAL,
        asking: 10,
        paid: 10,
        amount: "20000000",
    },
    Wave { name: "3", on: (2025, 8, 20), project: 0, source: GIFT, asking: 8, paid: 8, amount: "10000000" },
    Wave {
        name: "4",
        on: (2026, 1, 15),
        project: 1,
        source: CENTRAL,
        asking: 6,
        paid: 6,
        amount: "20000000",
    },
    Wave {
        name: "5",
        on: (2026, 9, 15),
        project: 1,
        source: RECOVERED,
        asking: 1,
        paid: 1,
        amount: "20000000",
    },
    Wave {
        name: "6",
        on: (2026, 11, 12),
        project: 1,
        source: RECOVERED,
        asking: 2,
        paid: 1,
        amount: "20000000",
    },
];

/// An agreement that is being repaid, and its place in the order of payouts.
struct Running {
    agreement: String,
    order: usize,
}

/// Tells the story from its first day to its last; `progress` hears one line a month.
pub async fn tell(desk: &Desk, progress: &dyn Fn(&str)) -> anyhow::Result<()> {
    found(desk).await?;
    let projects = projects(desk).await?;
    let mut waiting = households(desk).await?;
    let mut running = Vec::new();
    let mut month = date(FIRST_DAY);
    while month <= date(LAST_MONTH) {
        if month == date((2026, 1, 1)) {
            // The list for 2026 was signed in December: the same file again, and only what is new is taken in.
            desk.today(date((2026, 1, 5)));
            desk.import(CLASSES).await?;
        }
        for wave in WAVES.iter().filter(|w| (w.on.0, w.on.1) == (month.year(), month.month())) {
            let asking = next_eligible(desk, &mut waiting, wave).await?;
            let paid = pay(desk, wave, &projects[wave.project], &asking).await?;
            let order = running.len();
            running
                .extend(paid.into_iter().zip(order..).map(|(agreement, order)| Running { agreement, order }));
        }
        if month < date(LAST_MONTH) {
            collect(desk, &running, month + Days::new(24)).await?;
            close_of_month(desk, month + Months::new(1) - Days::new(1)).await?;
        }
        progress(&format!("{}: {} hợp đồng · agreements", month.format("%m/%Y"), running.len()));
        month = month + Months::new(1);
    }
    let closing = json!({"before": date(LAST_MONTH), "reason": "Khóa sổ tháng 10/2026"});
    desk.post("ketoan", "close", "/periods/closings", &closing).await?;
    Ok(())
}

/// Closes the last day of a month: what became overdue by then moves to its account.
async fn close_of_month(desk: &Desk, last: NaiveDate) -> anyhow::Result<()> {
    desk.today(last);
    desk.post("ketoan", &format!("close-{last}"), "/close-of-day", &json!({"upto": last})).await?;
    Ok(())
}

/// Opens the book, the fund and its three sources, and takes the capital in.
async fn found(desk: &Desk) -> anyhow::Result<()> {
    desk.today(date((2025, 1, 2)));
    let first = date(FIRST_DAY);
    desk.post("ketoan", "book", "/book", &json!({"chart_id": "tt24_2024", "opened_on": first})).await?;
    let fund = json!({"kind": "revolving", "name": "Quỹ quay vòng giảm nghèo xã Vũ Quý", "opened_on": first});
    desk.post("ketoan", "fund", "/funds", &fund).await?;
    let recovered = json!({"fund_id": 1, "name": "Vốn thu hồi quay vòng", "origin": "recovered_capital",
        "may_revolve": true, "must_return": false, "opened_on": first});
    let central = json!({"fund_id": 1, "name": "Ngân sách trung ương", "origin": "central_budget",
        "giver": "Kho bạc Nhà nước", "document_no": "17/QĐ-UBND", "may_revolve": true, "must_return": false,
        "recovers_into": RECOVERED, "opened_on": first});
    let gift = json!({"fund_id": 1, "name": "Công ty Hải Hà tặng bò giống", "origin": "enterprise",
        "giver": "Công ty CP Giống vật nuôi Hải Hà", "document_no": "05/BB-TT", "purposes": ["breeding_stock"],
        "may_revolve": true, "must_return": false, "opened_on": first});
    for (n, source) in [recovered, central, gift].iter().enumerate() {
        desk.post("ketoan", &format!("source-{n}"), "/sources", source).await?;
    }
    desk.today(date((2025, 1, 15)));
    capital(desk, CENTRAL, "500000000", "Kho bạc Nhà nước khu vực IV", (2025, 1, 15)).await?;
    desk.today(date((2025, 1, 16)));
    capital(desk, GIFT, "120000000", "Công ty CP Giống vật nuôi Hải Hà", (2025, 1, 16)).await
}

async fn capital(
    desk: &Desk,
    source: i32,
    amount: &str,
    party: &str,
    on: (i32, u32, u32),
) -> anyhow::Result<()> {
    let body =
        json!({"on": date(on), "amount": amount, "till": "bank", "party": party, "address": "Hưng Yên"});
    desk.post("ketoan", &format!("capital-{source}"), &format!("/sources/{source}/receipts"), &body).await?;
    Ok(())
}

/// The two projects: cows for three years, vegetables for a year and a half.
async fn projects(desk: &Desk) -> anyhow::Result<Vec<String>> {
    let cows = json!({"fund_id": 1, "name": "Chăn nuôi bò sinh sản", "programme": "CTMTQG giảm nghèo bền vững",
        "purpose": "breeding_stock", "from_on": "2025-01-01", "to_on": "2028-01-01", "household_cap": "20000000",
        "budget": "300000000", "terms": {"basis": {"kind": "capital_percent", "percent": "100"}, "rounding_unit": 1000,
        "due": {"kind": "instalments", "every_months": 1, "count": 33, "first_after_months": 4}}});
    let vegetables = json!({"fund_id": 1, "name": "Trồng rau an toàn", "programme": "CTMTQG giảm nghèo bền vững",
        "purpose": "crops", "from_on": "2025-01-01", "to_on": "2028-01-01", "household_cap": "20000000",
        "budget": "500000000", "terms": {"basis": {"kind": "capital_percent", "percent": "100"}, "rounding_unit": 1000,
        "due": {"kind": "instalments", "every_months": 1, "count": 15, "first_after_months": 4}}});
    let mut ids = Vec::new();
    for (n, project) in [cows, vegetables].iter().enumerate() {
        let opened = desk.post("canbo", &format!("project-{n}"), "/projects", project).await?;
        ids.push(text(&opened, "project_id")?);
    }
    Ok(ids)
}

/// A field that must be there.
pub fn text(value: &Value, field: &str) -> anyhow::Result<String> {
    Ok(value[field].as_str().with_context(|| format!("{field} in {value}"))?.to_owned())
}

/// Takes in the commune's list and the classes of the other years; the households in the order of their codes.
async fn households(desk: &Desk) -> anyhow::Result<Vec<String>> {
    desk.today(date((2025, 1, 20)));
    desk.import(HOUSEHOLDS).await?;
    desk.import(CLASSES).await?;
    let page = desk.get("canbo", "/households?limit=200").await?;
    let mut households = Vec::new();
    for line in page["items"].as_array().context("a page")? {
        households.push((text(line, "code")?, text(line, "household_id")?));
    }
    households.sort();
    Ok(households.into_iter().map(|(_, id)| id).collect())
}

/// The next households that may be helped on the day of a wave.
async fn next_eligible(desk: &Desk, waiting: &mut Vec<String>, wave: &Wave) -> anyhow::Result<Vec<String>> {
    let (mut asking, mut rest) = (Vec::new(), Vec::new());
    for household in waiting.drain(..) {
        let path = format!("/households/{household}/eligibility?on={}", date(wave.on));
        let eligible = asking.len() < wave.asking && desk.get("canbo", &path).await?["eligible"] == true;
        if eligible { asking.push(household) } else { rest.push(household) }
    }
    *waiting = rest;
    Ok(asking)
}

/// One wave: requests, the hamlets' vote, contracts, cash from the bank, payouts in the order of the queue.
async fn pay(desk: &Desk, wave: &Wave, project: &str, asking: &[String]) -> anyhow::Result<Vec<String>> {
    let (name, day) = (wave.name, date(wave.on));
    desk.today(day - Days::new(10));
    let (mut requests, mut votes) = (Vec::new(), Vec::new());
    for (n, household) in asking.iter().enumerate() {
        let purpose =
            if wave.project == 0 { "Mua bò cái sinh sản" } else { "Làm nhà lưới, mua giống rau" };
        let body = json!({"household_id": household, "amount": wave.amount, "purpose": purpose});
        let path = format!("/projects/{project}/requests");
        let request = desk.post("canbo", &format!("request-{name}-{n}"), &path, &body).await?;
        let request = text(&request, "request_id")?;
        votes.push(json!({"request_id": request, "for": 60 - n, "against": n}));
        requests.push(request);
    }
    let meeting = json!({"minutes_no": format!("{name}/BB-BX"), "held_on": day - Days::new(10), "hamlet": "Thôn Đông",
        "chair": "Đỗ Văn Thịnh", "attendees": 64, "votes": votes});
    desk.post("canbo", &format!("meeting-{name}"), &format!("/projects/{project}/meetings"), &meeting)
        .await?;
    desk.today(day);
    if wave.source != RECOVERED {
        cash_for(desk, wave).await?;
    }
    let mut paid = Vec::new();
    for (n, request) in requests.iter().take(wave.paid).enumerate() {
        let body = json!({"source_id": wave.source, "signed_on": day});
        let path = format!("/projects/{project}/requests/{request}/approval");
        let signed = desk.approved(&format!("sign-{name}-{n}"), &path, &body).await?;
        let agreement = text(&signed, "agreement_id")?;
        let path = format!("/support/{agreement}/payout");
        desk.approved(&format!("pay-{name}-{n}"), &path, &json!({"on": day, "till": "cash"})).await?;
        paid.push(agreement);
    }
    Ok(paid)
}

/// Fetches the cash of a wave from the bank.
async fn cash_for(desk: &Desk, wave: &Wave) -> anyhow::Result<()> {
    let total: Decimal = wave.amount.parse::<Decimal>()? * Decimal::from(wave.paid);
    let body = json!({"on": date(wave.on), "source": wave.source, "amount": total.to_string(), "from": "bank",
        "party": "Đỗ Thị Thu", "address": "UBND xã Vũ Quý"});
    desk.post("ketoan", &format!("cash-{}", wave.name), "/transfers", &body).await?;
    Ok(())
}

/// What households bring on a day, on one collection sheet.
async fn collect(desk: &Desk, running: &[Running], on: NaiveDate) -> anyhow::Result<()> {
    desk.today(on);
    let mut sheet = Vec::new();
    for one in running {
        // As of the evening before: what is brought today must not change what is asked for when the load runs again.
        let evening = on - Days::new(1);
        let shown = desk.get("canbo", &format!("/support/{}?as_of={evening}", one.agreement)).await?;
        let Some((amount, surplus)) = brought(one.order, on, &shown["state"])? else { continue };
        sheet.push(json!({"key": format!("demo-row-{}-{}", one.order, on.format("%Y%m")), "agreement_id": one.agreement,
            "repayment": {"amount": amount.to_string(), "received_on": on, "till": "cash", "accept_overpayment": surplus}}));
    }
    if sheet.is_empty() {
        return Ok(());
    }
    let verdicts =
        desk.post("thuquy", &format!("sheet-{on}"), "/support/repayments:batch", &sheet.into()).await?;
    let refused = verdicts.as_array().context("verdicts")?.iter().find(|v| v["status"] != 201);
    anyhow::ensure!(refused.is_none(), "on {on}: {refused:?}");
    Ok(())
}

/// What one household brings: most what is due, some a half, some only every third month, some double, one too much.
/// The second value: whether a surplus is kept for it.
fn brought(order: usize, on: NaiveDate, state: &Value) -> anyhow::Result<Option<(Decimal, bool)>> {
    let money = |field: &str| anyhow::Ok(text(state, field)?.parse::<Decimal>()?);
    let (due, recovered, outstanding) = (money("due")?, money("recovered")?, money("outstanding")?);
    let owed = (due - recovered).max(Decimal::ZERO);
    if order == 2 && (on.year(), on.month()) == (2026, 6) {
        return Ok(Some((outstanding + Decimal::from(50_000), true)));
    }
    let thousand = Decimal::from(1000);
    let amount = match order % 9 {
        4 => (owed / Decimal::TWO / thousand).ceil() * thousand,
        7 if !on.month().is_multiple_of(3) => Decimal::ZERO,
        5 => (owed * Decimal::TWO).min(outstanding),
        _ => owed,
    };
    Ok((amount > Decimal::ZERO).then_some((amount, false)))
}
