//! Money that comes early, late, too much, back-dated, or by mistake.

use serde_json::{Value, json};
use soquy::db::Scope;

use super::{World, at, id};
use crate::support::{VU_QUY, day};

fn monthly(rate: &str) -> Value {
    json!({"terms": {"basis": {"kind": "capital_percent", "percent": "100"}, "rate": rate,
                     "due": {"kind": "instalments", "every_months": 1, "count": 10, "first_after_months": 1}}})
}

#[tokio::test]
async fn partial_early_and_late_money_meets_the_oldest_parts_first() {
    let mut world = World::new().await;
    let project = world.project(monthly("0")).await;
    let agreement = world.running(project, "Nguyễn Thị Lành", "10000000", 1).await;
    world.today("2026-03-20");
    world.repay(agreement, "early-money", "1400000").await.expect(201);
    world.today("2026-05-12");
    let late = world.repay(agreement, "late-money", "100000").await.expect(201);
    assert_eq!(late["standing"]["overdue"], "500000");
    assert_eq!(late["standing"]["overdue_since"], "2026-05-02");
    let shown = world.show(agreement, "2026-05-12").await;
    let paid: Vec<_> =
        shown["state"]["rows"].as_array().unwrap()[..3].iter().map(|r| r["paid"].as_str().unwrap()).collect();
    assert_eq!(paid, ["1000000", "500000", "0"]);
    assert_eq!(
        shown["state"]["rows"][1]["explanation"]["en"],
        "Part 2, due on 2 May 2026: capital VND 1,000,000, given back VND 500,000, overdue."
    );
    let list = world.app.get(&world.officer, &at("/support?overdue=true")).await.expect(200);
    assert_eq!(list["items"][0]["next_due_on"], "2026-05-02");
    world.today("2026-05-13");
    world.repay(agreement, "meets-the-rest", "500000").await.expect(201);
    assert_eq!(
        world.app.get(&world.officer, &at("/support?overdue=true")).await.expect(200)["items"],
        json!([])
    );
    world.proved().await;
}

#[tokio::test]
async fn a_surplus_is_refused_or_kept_and_given_back() {
    let mut world = World::new().await;
    let project = world.project(monthly("0")).await;
    let agreement = world.running(project, "Nguyễn Thị Lành", "1000000", 1).await;
    world.today("2026-04-02");
    let refused = world.repay(agreement, "too-much-money", "1050000").await.refused(409, "overpaid");
    assert_eq!(refused["detail"], "1,050,000 đồng is 50,000 đồng too much.");
    let kept = world
        .repay_with(agreement, "surplus-is-kept", json!({"amount": "1050000", "accept_overpayment": true}))
        .await
        .expect(201);
    assert_eq!(
        kept["split"],
        json!({"principal": "1000000", "interest": "0", "surplus": "50000", "made_good": "0"})
    );
    assert_eq!(kept["standing"]["settled"], true);
    assert_eq!(world.figures(1).await, ["500000000", "0", "500000000", "1000000"]);
    let source = world.app.get(&world.accountant, &at("/sources/1")).await.expect(200);
    assert_eq!(source["held_for_others"], "50000");
    let path = format!("/support/{agreement}/refund");
    let refund = |amount: &str| json!({"amount": amount, "on": "2026-04-02", "till": "cash"});
    world.app.post(&world.officer, &at(&path), refund("50001")).await.refused(422, "invalid-field");
    let journals = world.approved(&path, refund("50000")).await;
    assert_eq!(journals[0]["voucher"], json!({"book": "01", "year": 2026, "kind": "payment", "number": 2}));
    assert_eq!(world.show(agreement, "2026-04-02").await["state"]["surplus"], "0");
    world.app.post(&world.officer, &at(&path), refund("1")).await.refused(422, "invalid-field");
    assert_eq!(world.figures(1).await[0], "500000000");
    world.proved().await;
}

#[tokio::test]
async fn a_backdated_repayment_divides_the_later_ones_again_and_leaves_the_past_alone() {
    let mut world = World::new().await;
    let project = world.project(monthly("6.6")).await;
    let agreement = world.running(project, "Nguyễn Thị Lành", "5000000", 1).await;
    world.today("2026-05-01");
    // 5,000,000 × 6.6 % × 60 ÷ 365 = 54,246.58
    let late = world.repay(agreement, "sixty-days", "1054247").await.expect(201);
    assert_eq!(
        late["split"],
        json!({"principal": "1000000", "interest": "54247", "surplus": "0", "made_good": "0"})
    );
    let back = world
        .repay_with(agreement, "found-in-a-drawer", json!({"amount": "2027123", "received_on": "2026-04-01"}))
        .await
        .expect(201);
    // 27,123.29 for 30 days; then 3,000,000 for 30 days: 16,273.97 — 43,397 in all.
    assert_eq!(
        back["split"],
        json!({"principal": "2000000", "interest": "27123", "surplus": "0", "made_good": "0"})
    );
    let shown = world.show(agreement, "2026-05-01").await;
    assert_eq!(
        (shown["state"]["interest_paid"].as_str(), shown["state"]["outstanding"].as_str()),
        (Some("43397"), Some("1962027"))
    );
    let adjusted = &shown["events"][3];
    assert_eq!(
        (adjusted["kind"].as_str(), adjusted["principal"].as_str(), adjusted["interest"].as_str()),
        (Some("adjusted"), Some("37973"), Some("-37973"))
    );
    assert_eq!(world.show(agreement, "2026-04-15").await["state"]["outstanding"], "3000000");
    world.proved().await;
}

#[tokio::test]
async fn a_repayment_is_taken_back_once_and_what_followed_is_divided_again() {
    let mut world = World::new().await;
    let project = world.project(monthly("6.6")).await;
    let agreement = world.running(project, "Nguyễn Thị Lành", "5000000", 1).await;
    world.today("2026-04-01");
    let wrong = world.repay(agreement, "wrong-household", "2027123").await.expect(201);
    world.today("2026-05-01");
    world.repay(agreement, "right-household", "1000000").await.expect(201);
    let event = id(&wrong, "event_id");
    let path = format!("/support/{agreement}/repayments/{event}/reversal");
    let back = |on: &str| json!({"on": on, "reason": "Ghi nhầm hộ"});
    world.app.post(&world.officer, &at(&path), back("2026-03-31")).await.refused(422, "invalid-field");
    let outcome = world.approved(&path, back("2026-05-01")).await;
    assert_eq!(outcome["adjusted"].as_array().unwrap().len(), 1);
    let shown = world.show(agreement, "2026-05-01").await;
    // 54,247 of the million is interest now.
    assert_eq!(
        (shown["state"]["interest_paid"].as_str(), shown["state"]["outstanding"].as_str()),
        (Some("54247"), Some("4054247"))
    );
    assert_eq!(world.show(agreement, "2026-04-30").await["state"]["outstanding"], "3000000");
    world.app.post(&world.officer, &at(&path), back("2026-05-01")).await.refused(409, "already-reversed");
    let journal = at(&format!("/journals/{}/reversal", wrong["journal_no"]));
    let behind_our_back =
        world.app.post_once(&world.accountant, "behind-our-back", &journal, back("2026-05-01")).await;
    behind_our_back.refused(409, "wrong-state");
    world.proved().await;
}

#[tokio::test]
async fn a_surplus_that_was_given_back_keeps_its_repayments() {
    let mut world = World::new().await;
    let project = world.project(monthly("0")).await;
    let agreement = world.running(project, "Nguyễn Thị Lành", "1000000", 1).await;
    world.today("2026-04-02");
    let first = world.repay(agreement, "first-half-of-it", "600000").await.expect(201);
    world
        .repay_with(agreement, "more-than-the-rest", json!({"amount": "500000", "accept_overpayment": true}))
        .await
        .expect(201);
    world
        .approved(
            &format!("/support/{agreement}/refund"),
            json!({"amount": "100000", "on": "2026-04-02", "till": "cash"}),
        )
        .await;
    let path = at(&format!("/support/{agreement}/repayments/{}/reversal", id(&first, "event_id")));
    world
        .app
        .post(&world.officer, &path, json!({"on": "2026-04-02", "reason": "Nhầm"}))
        .await
        .refused(409, "wrong-state");
    world.proved().await;
}

#[tokio::test]
async fn an_extension_gives_new_days_within_the_law() {
    let mut world = World::new().await;
    let project = world.project(monthly("0")).await;
    let agreement = world.running(project, "Nguyễn Thị Lành", "10000000", 1).await;
    world.today("2026-06-10");
    world.repay(agreement, "one-million", "1000000").await.expect(201);
    let path = format!("/support/{agreement}/extension");
    let extend = |first: &str, count: i64| json!({"on": "2026-06-10", "first_due_on": first, "every_months": 6, "count": count, "reason": "QĐ 15: dịch bệnh"});
    let refused =
        world.app.post(&world.officer, &at(&path), extend("2030-03-03", 1)).await.refused(409, "above-cap");
    assert_eq!(refused["detail"], "An extension reaches to 2 March 2030 at most.");
    world.app.post(&world.officer, &at(&path), extend("2026-06-10", 1)).await.refused(422, "invalid-field");
    assert_eq!(world.show(agreement, "2026-06-10").await["state"]["overdue"], "2000000");
    world.approved(&path, extend("2026-12-10", 3)).await;
    let state = world.show(agreement, "2026-06-10").await["state"].clone();
    assert_eq!((state["overdue"].as_str(), state["due"].as_str()), (Some("0"), Some("1000000")));
    let rows: Vec<String> = state["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| ["due_on", "amount", "paid"].map(|key| row[key].as_str().unwrap()).join(" "))
        .collect();
    assert_eq!(
        rows,
        [
            "2026-06-10 1000000 1000000",
            "2026-12-10 3000000 0",
            "2027-06-10 3000000 0",
            "2027-12-10 3000000 0"
        ]
    );
    assert_eq!(world.show(agreement, "2026-06-09").await["state"]["overdue"], "3000000");
    world.proved().await;
}

#[tokio::test]
async fn a_leap_day_falls_due_on_the_last_of_february_and_comes_back() {
    let mut world = World::new().await;
    world.today("2028-02-29");
    let terms = json!({"basis": {"kind": "capital_percent", "percent": "100"}, "due": {"kind": "instalments", "every_months": 12, "count": 3, "first_after_months": 12}});
    let project = world.project(json!({"terms": terms})).await;
    let agreement = world.running(project, "Nguyễn Thị Lành", "9000000", 1).await;
    let shown = world.show(agreement, "2028-02-29").await;
    let days: Vec<_> =
        shown["state"]["rows"].as_array().unwrap().iter().map(|r| r["due_on"].as_str().unwrap()).collect();
    assert_eq!(days, ["2029-02-28", "2030-02-28", "2031-02-28"]);
}

#[tokio::test]
async fn a_preview_tells_split_and_journals_and_stores_nothing() {
    let world = World::new().await;
    let project = world.project(monthly("0")).await;
    let agreement = world.running(project, "Nguyễn Thị Lành", "1000000", 1).await;
    let body = json!({"amount": "250000", "received_on": "2026-03-02", "till": "bank"});
    let path = at(&format!("/support/{agreement}/repayments:preview"));
    let preview = world.app.post(&world.cashier, &path, body).await.expect(200);
    assert_eq!(
        (preview["stored"].as_bool(), preview["split"]["principal"].as_str()),
        (Some(false), Some("250000"))
    );
    assert_eq!(preview["journals"][0]["lines"].as_array().unwrap().len(), 2);
    assert_eq!(world.show(agreement, "2026-03-02").await["state"]["recovered"], "0");
    world.proved().await;
}

#[tokio::test]
async fn a_closed_period_takes_no_repayment_and_an_open_one_does() {
    let mut world = World::new().await;
    let project = world.project(monthly("6.6")).await;
    let agreement = world.running(project, "Nguyễn Thị Lành", "5000000", 1).await;
    world.today("2026-05-01");
    world.repay(agreement, "sixty-days", "1054247").await.expect(201);
    world.today("2026-06-05");
    let scope = Scope { unit: VU_QUY, actor: None, action: "test" };
    world
        .app
        .app
        .within(scope, async |conn| {
            Ok(soquy::ledger::close_before(conn, VU_QUY, day("2026-04-01"), "quý I").await?)
        })
        .await
        .unwrap();
    let brought = |on: &str| json!({"amount": "2000000", "received_on": on});
    let refused = world
        .repay_with(agreement, "in-a-closed-month", brought("2026-03-31"))
        .await
        .refused(409, "period-closed");
    assert_eq!(refused["detail"], "The books are open from 1 April 2026 on.");
    world.repay_with(agreement, "in-an-open-month", brought("2026-04-01")).await.expect(201);
    world.proved().await;
}
