//! The money goes round once.

use serde_json::json;

use super::{World, at};

#[tokio::test]
async fn capital_goes_to_a_household_comes_back_and_supports_the_next_one() {
    let mut world = World::new().await;
    let project = world.project(json!({})).await;
    let recovering =
        world.source(json!({"name": "Huyện ủy thác", "origin": "local_budget", "recovers_into": 3})).await;
    world.capital(recovering, "10000000").await;

    let first = world.running(project, "Nguyễn Thị Lành", "10000000", recovering).await;
    assert_eq!(world.figures(recovering).await, ["0", "10000000", "10000000", "0"]);
    let shown = world.show(first, "2026-03-02").await;
    assert_eq!(
        (shown["status"].as_str(), shown["contract"].as_str()),
        (Some("running"), Some("01/2026/HĐ-HTLC"))
    );
    let rows = shown["state"]["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 30);
    assert_eq!(
        (rows[0]["due_on"].as_str(), rows[0]["amount"].as_str()),
        (Some("2026-10-02"), Some("333000"))
    );
    assert_eq!(
        (rows[29]["due_on"].as_str(), rows[29]["amount"].as_str()),
        (Some("2029-03-02"), Some("343000"))
    );

    world.today("2026-10-02");
    let receipt = world.repay(first, "october-1", "333000").await.expect(201);
    assert_eq!(
        receipt["split"],
        json!({"principal": "333000", "interest": "0", "surplus": "0", "made_good": "0"})
    );
    assert_eq!(
        receipt["voucher"],
        json!({"book": "01", "year": 2026, "kind": "receipt", "number": 4}),
        "made out after the three of the capital"
    );
    assert_eq!(receipt["standing"]["outstanding"], "9667000");
    let lines = world.lines(&receipt["journal_no"]).await;
    assert_eq!(lines.len(), 4);
    assert!(lines.contains(&format!("{recovering} 13881 0 333000")), "{lines:?}");
    assert!(lines.contains(&format!("{recovering} 35381 333000 0")), "{lines:?}");
    assert!(
        lines.contains(&"3 1111 333000 0".to_owned()) && lines.contains(&"3 35382 0 333000".to_owned()),
        "{lines:?}"
    );

    world.today("2026-12-01");
    let last = world.repay(first, "all-the-rest", "9667000").await.expect(201);
    assert_eq!(last["standing"]["settled"], true);
    assert_eq!(world.figures(recovering).await, ["0", "0", "0", "0"]);
    assert_eq!(world.figures(3).await, ["10000000", "0", "0", "10000000"]);

    let next = world.running(project, "Trần Văn Bền", "10000000", 3).await;
    assert_eq!(world.show(next, "2026-12-01").await["contract"], "02/2026/HĐ-HTLC");
    assert_eq!(world.figures(3).await, ["0", "10000000", "0", "10000000"]);
    world.proved().await;
}

#[tokio::test]
async fn recovered_money_without_another_source_keeps_its_restriction() {
    let mut world = World::new().await;
    let project = world.project(json!({})).await;
    let first = world.running(project, "Nguyễn Thị Lành", "20000000", 2).await;
    world.today("2026-04-02");
    world.repay(first, "twenty-million", "20000000").await.expect(201);
    assert_eq!(world.figures(2).await, ["50000000", "0", "50000000", "20000000"]);
    let crops = world.project(json!({"name": "Trồng ổi", "purpose": "crops"})).await;
    let household = world.household("Trần Văn Bền", "poor").await;
    let request = world.request(crops, household, "5000000").await;
    let path = at(&format!("/projects/{crops}/requests/{request}/approval"));
    let refused = world
        .app
        .post(&world.officer, &path, json!({"source_id": 2, "signed_on": "2026-04-02"}))
        .await
        .refused(409, "source-restricted");
    assert_eq!(refused["detail"], "Source Công ty Hải Hà may not be used for crops.");
    world.proved().await;
}

#[tokio::test]
async fn half_of_the_support_may_stay_with_the_household_and_leaves_the_capital() {
    let world = World::new().await;
    let terms = json!({"basis": {"kind": "capital_percent", "percent": "50"}, "due": {"kind": "after_months", "months": 36}});
    let project = world.project(json!({"terms": terms})).await;
    let agreement = world.running(project, "Nguyễn Thị Lành", "10000000", 1).await;
    assert_eq!(world.figures(1).await, ["490000000", "5000000", "495000000", "0"]);
    assert_eq!(world.show(agreement, "2026-03-02").await["state"]["rows"][0]["due_on"], "2029-03-02");
    let fund = world.app.get(&world.accountant, &at("/funds/1/indicators")).await.expect(200);
    let value = |field: &str| fund[field]["value"].as_str().unwrap_or("none").to_owned();
    assert_eq!(value("capital_initial"), "550000000");
    assert_eq!(value("capital_given_away"), "5000000");
    assert_eq!(
        (value("capital_in_hand"), value("idle_capital")),
        ("545000000".to_owned(), "540000000".to_owned())
    );
    world.proved().await;
}

#[tokio::test]
async fn the_indicators_of_a_past_day_do_not_know_what_came_later() {
    let mut world = World::new().await;
    let monthly = json!({"basis": {"kind": "capital_percent", "percent": "100"},
                         "due": {"kind": "instalments", "every_months": 1, "count": 10, "first_after_months": 1}});
    let project = world.project(json!({"terms": monthly})).await;
    let agreement = world.running(project, "Nguyễn Thị Lành", "10000000", 1).await;
    world.today("2026-05-10");
    world.repay(agreement, "two-of-two", "1500000").await.expect(201);
    let second = world.running(project, "Trần Văn Bền", "20000000", 1).await;
    world.today("2026-06-30");
    world.repay(second, "second-first", "1000000").await.expect(201);
    let on = async |day: &str| {
        world.app.get(&world.accountant, &at(&format!("/funds/1/indicators?on={day}"))).await.expect(200)
    };
    let figures = |fund: &serde_json::Value, names: &[&str]| -> Vec<String> {
        names.iter().map(|name| fund[*name]["value"].as_str().unwrap_or("none").to_owned()).collect()
    };
    let names = ["outstanding", "recovery_rate", "overdue_rate", "turns", "households", "household_times"];
    // 2,000,000 due by 10 May, 1,500,000 came: 500,000 of 8,500,000 is overdue. Capital 550,000,000 all the time.
    let may = on("2026-05-09").await;
    assert_eq!(figures(&may, &names), ["10000000", "0.00", "20.00", "0.02", "1", "1"]);
    let evening = on("2026-05-10").await;
    assert_eq!(figures(&evening, &names), ["28500000", "75.00", "1.75", "0.05", "2", "2"]);
    assert_eq!(
        evening["recovery_rate"]["explanation"]["en"],
        "Recovery rate = recovered (early money included) ÷ due = 1,500,000 ÷ 2,000,000 = 75.00%."
    );
    assert_eq!(on("2026-03-01").await["turns"]["value"], "0.00");
    assert!(on("2025-06-30").await["turns"]["value"].is_null(), "no capital yet");
    world.app.get(&world.accountant, &at("/funds/9/indicators")).await.refused(404, "not-found");
    world.proved().await;
}

#[tokio::test]
async fn what_came_back_is_told_of_the_source_it_came_back_to() {
    let mut world = World::new().await;
    let terms = json!({"basis": {"kind": "capital_percent", "percent": "100"}, "rate": "6.6",
                       "due": {"kind": "instalments", "every_months": 1, "count": 10, "first_after_months": 1}});
    let project = world.project(json!({"terms": terms})).await;
    let elsewhere =
        world.source(json!({"name": "Huyện ủy thác", "origin": "local_budget", "recovers_into": 3})).await;
    world.capital(elsewhere, "11000000").await;
    let own = world.running(project, "An", "10000000", 1).await;
    let other = world.running(project, "Bình", "10000000", elsewhere).await;
    let recovered = async |world: &World, day: &str| {
        let of = async |agreement| world.show(agreement, day).await["state"]["recovered"].clone();
        let (own, other) = (of(own).await, of(other).await);
        assert_eq!(own, other);
        assert_eq!(world.figures(1).await[3], own);
        assert_eq!(world.figures(3).await[3], other);
        assert_eq!(world.figures(elsewhere).await[3], "0");
        own.as_str().unwrap().to_owned()
    };
    world.today("2026-04-02");
    let mut events = Vec::new();
    for (agreement, key) in [(own, "own"), (other, "other")] {
        let receipt = world.repay(agreement, &format!("{key}-april"), "1000000").await.expect(201);
        events.push((agreement, receipt["event_id"].as_str().unwrap().to_owned()));
    }
    // 31 days of 6.6 % on 10,000,000 are 56,055 of interest.
    assert_eq!(recovered(&world, "2026-04-02").await, "943945");
    for (agreement, key) in [(own, "own"), (other, "other")] {
        let early = json!({"amount": "4000000", "received_on": "2026-03-12"});
        world.repay_with(agreement, &format!("{key}-march"), early).await.expect(201);
    }
    // 10 days on 10,000,000 are 18,082; the repayment of April is divided anew: 21 days on 6,018,082 are 22,852.
    assert_eq!(recovered(&world, "2026-04-02").await, "4959066");
    for (agreement, event) in &events {
        let back = json!({"on": "2026-04-02", "reason": "Ghi nhầm"});
        world.approved(&format!("/support/{agreement}/repayments/{event}/reversal"), back).await;
    }
    assert_eq!(recovered(&world, "2026-04-02").await, "3981918");
    world.proved().await;
}
