//! The transaction point of the Policy Bank in the commune: its unit, its book, its register of households, and two
//! savings-and-credit groups (tổ TK&VV).

use anyhow::Context as _;
use serde_json::{Value, json};

use super::desk::{Desk, UNIT};
use super::households::{CLASSES, HOUSEHOLDS};
use super::story::{date, text};

/// The commune exists since the mergers of July 2025; it took over the books of the communes before it.
const MERGED: &str = "2025-07-01";

const OPENED: (i32, u32, u32) = (2025, 1, 1);

/// A group: its id, who brings its sheets, and its memberships by the code of the household.
pub struct Group {
    pub id: String,
    pub collector: &'static str,
    pub memberships: Vec<(String, Value)>,
}

/// Who leads the first group can log in; the sheets of the other are brought by an officer.
const LEADER: &str = "totruong";

/// Name, hamlet, organisation, and the household whose head leads it.
const GROUPS: &[(&str, &str, &str, &str)] = &[
    ("Tổ TK&VV Thôn Đông", "Thôn Đông", "farmers", "241314101007"),
    ("Tổ TK&VV Thôn Đoài", "Thôn Đoài", "women", "241314102003"),
];

/// The unit of the point, made once below the commune.
pub async fn unit(desk: &Desk) -> anyhow::Result<i64> {
    desk.today(date(OPENED));
    let children = desk.rows("quantri", &format!("/v1/units?parent={UNIT}&limit=200")).await?;
    let known = children.into_iter().find(|child| child["kind"] == "transaction_point");
    let unit = if let Some(unit) = known {
        unit
    } else {
        let new = json!({"kind": "transaction_point", "name": "NHCSXH xã Vũ Quý", "valid_from": MERGED});
        desk.post("quantri", "point", "/children", &new).await?
    };
    unit["unit_id"].as_i64().context("a unit")
}

/// The book, its fund, the capital entrusted by the central level, and the register of households.
pub async fn found(desk: &Desk) -> anyhow::Result<()> {
    let first = date(OPENED);
    desk.post("ketoan", "point-book", "/book", &json!({"chart_id": "tt31_2019", "opened_on": first})).await?;
    let fund =
        json!({"kind": "preferential_credit", "name": "Tín dụng ưu đãi xã Vũ Quý", "opened_on": first});
    desk.post("ketoan", "point-fund", "/funds", &fund).await?;
    let source = json!({"fund_id": 1, "name": "Vốn trung ương", "origin": "central_budget", "giver": "NHCSXH",
        "may_revolve": true, "must_return": false, "opened_on": first});
    desk.post("ketoan", "point-source", "/sources", &source).await?;
    desk.today(date((2025, 1, 6)));
    let capital = json!({"on": "2025-01-06", "amount": "400000000", "till": "cash",
        "party": "Phòng giao dịch NHCSXH Kiến Xương", "address": "Kiến Xương"});
    desk.post("ketoan", "point-capital", "/sources/1/receipts", &capital).await?;
    desk.import(HOUSEHOLDS).await?;
    desk.import(CLASSES).await?;
    Ok(())
}

/// The groups, with every household of their hamlets and a leader; of the first group one person who can log in.
pub async fn groups(desk: &Desk) -> anyhow::Result<Vec<Group>> {
    desk.today(date((2025, 1, 20)));
    let register = desk.get("canbo", "/households?limit=200").await?;
    let register = register["items"].as_array().context("a page")?;
    let mut groups = Vec::new();
    for (n, (name, hamlet, organisation, leads)) in GROUPS.iter().enumerate() {
        let new = json!({"name": name, "hamlet": hamlet, "organisation": organisation,
            "consent_no": format!("0{}/UBND", n + 1), "consent_on": "2025-01-10", "founded_on": "2025-01-15"});
        let id = text(&desk.post("canbo", &format!("group-{n}"), "/groups", &new).await?, "group_id")?;
        let mut memberships = Vec::new();
        for household in register.iter().filter(|household| household["hamlet"] == *hamlet) {
            let (code, name) = (text(household, "code")?, text(household, "head_name")?);
            let member = json!({"household_id": household["household_id"], "representative": name,
                "joined_on": "2025-01-15"});
            desk.post("canbo", &format!("member-{code}"), &format!("/groups/{id}/members"), &member).await?;
            if code == *leads {
                let user = if n == 0 { Some(desk.person(LEADER)?) } else { None };
                let post = json!({"post": "leader", "name": name, "user_id": user, "from_on": "2025-01-15"});
                desk.post("canbo", &format!("leader-{n}"), &format!("/groups/{id}/board"), &post).await?;
            }
        }
        let shown = desk.get("canbo", &format!("/groups/{id}")).await?;
        for membership in shown["memberships"].as_array().context("memberships")? {
            let whose = register.iter().find(|h| h["household_id"] == membership["household_id"]);
            memberships.push((text(whose.context("a household")?, "code")?, membership.clone()));
        }
        groups.push(Group { id, collector: if n == 0 { LEADER } else { "canbo" }, memberships });
    }
    Ok(groups)
}
