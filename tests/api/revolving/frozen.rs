//! Capital that was reported as lost stands on 13883 until somebody decides.

use serde_json::{Value, json};

use super::{World, at, id};

fn loss(on: &str, amount: &str) -> Value {
    json!({"on": on, "amount": amount, "decision_no": "45/QĐ-UBND", "cause": "Bò chết do dịch viêm da nổi cục"})
}

/// What stands within its days, overdue and frozen at the end of a day.
async fn stands(world: &World, accounts: [&str; 3], on: &str) -> [i64; 3] {
    let day: chrono::NaiveDate = on.parse().unwrap();
    let mut sums = [0; 3];
    for (sum, account) in sums.iter_mut().zip(accounts) {
        let sql = "select coalesce(sum(amount), 0)::bigint from line where unit_id = 13141 and account = $1 and effective_on <= $2";
        *sum = sqlx::query_scalar(sql).bind(account).bind(day).fetch_one(&world.app.owner).await.unwrap();
    }
    sums
}

/// Ten million of 2 March in ten monthly parts; on 20 April the first is overdue in the books.
async fn april(chart: &str) -> (World, uuid::Uuid) {
    let mut world = World::on_chart(chart).await;
    let terms = json!({"terms": {"basis": {"kind": "capital_percent", "percent": "100"},
                                 "due": {"kind": "instalments", "every_months": 1, "count": 10, "first_after_months": 1}}});
    let project = world.project(terms).await;
    let agreement = world.running(project, "Nguyễn Thị Lành", "10000000", 1).await;
    world.today("2026-04-20");
    loop {
        let upto = json!({"upto": "2026-04-20"});
        let done = world.app.post(&world.accountant, &at("/close-of-day"), upto).await.expect(200);
        if done["done"] == true {
            return (world, agreement);
        }
    }
}

async fn asked(world: &World, agreement: uuid::Uuid, key: &str, what: Value) -> uuid::Uuid {
    let path = at(&format!("/support/{agreement}/loss"));
    id(&world.app.post_once(&world.officer, key, &path, what).await.expect(202), "approval_id")
}

const ACCOUNTS: [&str; 3] = ["13881", "13882", "13883"];

#[tokio::test]
async fn a_loss_that_waits_freezes_its_capital_until_it_is_refused_or_taken_back() {
    let (mut world, agreement) = april("tt24_2024").await;
    assert_eq!(stands(&world, ACCOUNTS, "2026-04-20").await, [9_000_000, 1_000_000, 0]);
    let first = asked(&world, agreement, "report-1", loss("2026-04-20", "3000000")).await;
    assert_eq!(stands(&world, ACCOUNTS, "2026-04-20").await, [7_000_000, 0, 3_000_000]);
    assert_eq!(world.figures(1).await[1], "10000000", "frozen capital is with the household");
    world.proved().await;
    let again = at(&format!("/support/{agreement}/loss"));
    let again = world.app.post_once(&world.officer, "report-2", &again, loss("2026-04-20", "1000000")).await;
    again.refused(409, "wrong-state");
    world.today("2026-04-22");
    let note = json!({"note": "Chưa có biên bản"});
    world.app.post(&world.approver, &at(&format!("/approvals/{first}/reject")), note).await.expect(200);
    assert_eq!(stands(&world, ACCOUNTS, "2026-04-21").await, [7_000_000, 0, 3_000_000]);
    assert_eq!(stands(&world, ACCOUNTS, "2026-04-22").await, [9_000_000, 1_000_000, 0]);
    world.proved().await;

    let second = asked(&world, agreement, "report-3", loss("2026-04-22", "500000")).await;
    assert_eq!(stands(&world, ACCOUNTS, "2026-04-22").await, [9_000_000, 500_000, 500_000]);
    world.today("2026-04-25");
    let receipt = world.repay(agreement, "a-million", "1000000").await.expect(201);
    assert_eq!(
        world.lines(&receipt["journal_no"]).await,
        ["1 1111 1000000 0", "1 13881 0 500000", "1 13882 0 500000"]
    );
    world.proved().await;
    let withdraw = at(&format!("/approvals/{second}/withdraw"));
    world.app.post(&world.officer, &withdraw, json!({"note": null})).await.expect(200);
    assert_eq!(stands(&world, ACCOUNTS, "2026-04-25").await, [9_000_000, 0, 0]);
    let events = world.show(agreement, "2026-04-25").await["events"].clone();
    let kinds: Vec<_> = events.as_array().unwrap().iter().map(|e| e["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["paid_out", "reported", "dismissed", "reported", "repaid", "dismissed"]);
    assert_eq!(events[2]["of_event_id"], events[1]["event_id"]);
    world.proved().await;
}

#[tokio::test]
async fn a_loss_that_is_decided_leaves_what_was_frozen_and_is_owed_again_when_it_is_taken_back() {
    for (chart, accounts, lost) in [
        ("tt24_2024", ACCOUNTS, "61181"),
        ("tt05_2019", ["2011", "2012", "2911"], "891"),
        ("tt31_2019", ["36291", "36292", "36293"], "89192"),
    ] {
        let (mut world, agreement) = april(chart).await;
        let asked = asked(&world, agreement, "report-1", loss("2026-04-20", "3000000")).await;
        world.today("2026-04-23");
        let journals = world.decide(asked).await.expect(200)["outcome"].clone();
        let lines = world.lines(&journals[0]["journal_no"]).await;
        assert!(lines.contains(&format!("1 {} 0 3000000", accounts[2])), "{chart}: {lines:?}");
        assert!(lines.len() == 2 && lines.contains(&format!("1 {lost} 3000000 0")), "{lines:?}");
        assert_eq!(stands(&world, accounts, "2026-04-23").await, [7_000_000, 0, 0]);
        world.proved().await;
        let event = id(&world.show(agreement, "2026-04-23").await["events"][2], "event_id");
        let back = json!({"on": "2026-04-23", "reason": "Ghi nhầm hộ"});
        world
            .approved_once("take-back-1", &format!("/support/{agreement}/loss/{event}/reversal"), back)
            .await;
        assert_eq!(stands(&world, accounts, "2026-04-23").await, [9_000_000, 1_000_000, 0]);
        world.proved().await;
    }
}
