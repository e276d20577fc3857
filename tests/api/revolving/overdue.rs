//! Capital that is overdue stands on 13882, from the day on which it is and until it is met.

use serde_json::{Value, json};

use super::{World, at, id};

/// Ten million in ten monthly parts, the first a month after the payout of 2 March 2026.
async fn running(world: &World) -> uuid::Uuid {
    let terms = json!({"terms": {"basis": {"kind": "capital_percent", "percent": "100"},
                                 "due": {"kind": "instalments", "every_months": 1, "count": 10, "first_after_months": 1}}});
    let project = world.project(terms).await;
    world.running(project, "Nguyễn Thị Lành", "10000000", 1).await
}

async fn close(world: &World, upto: &str) -> Value {
    let path = at("/close-of-day");
    loop {
        let done = world.app.post(&world.accountant, &path, json!({"upto": upto})).await.expect(200);
        if done["done"] == true {
            return done;
        }
    }
}

/// What stands within its days and what is overdue, at the end of a day.
async fn stands(world: &World, on: &str) -> [String; 2] {
    let day: chrono::NaiveDate = on.parse().unwrap();
    let sql = "select coalesce(sum(amount) filter (where account = '13881'), 0)::bigint::text,
                      coalesce(sum(amount) filter (where account = '13882'), 0)::bigint::text
                 from line where unit_id = 13141 and effective_on <= $1";
    let (within, overdue) = sqlx::query_as(sql).bind(day).fetch_one(&world.app.owner).await.unwrap();
    [within, overdue]
}

async fn repaid(world: &World, agreement: uuid::Uuid, on: &str, amount: &str) -> Value {
    let more = json!({"amount": amount, "received_on": on});
    world.repay_with(agreement, &format!("repaid-{on}"), more).await.expect(201)
}

#[tokio::test]
async fn the_close_of_a_day_moves_what_became_overdue_and_a_repayment_takes_it_first() {
    let mut world = World::new().await;
    let agreement = running(&world).await;
    world.today("2026-05-10");
    close(&world, "2026-04-02").await;
    assert_eq!(stands(&world, "2026-04-02").await, ["10000000", "0"], "due, not overdue");
    let done = close(&world, "2026-04-03").await;
    assert_eq!((&done["changed"], &done["journals"]), (&json!(1), &json!(1)));
    assert_eq!(stands(&world, "2026-04-03").await, ["9000000", "1000000"]);
    let journal =
        world.app.get(&world.accountant, &at("/journals?kind=support_to_overdue")).await.expect(200);
    assert_eq!(
        world.lines(&journal["items"][0]["journal_no"]).await,
        ["1 13881 0 1000000", "1 13882 1000000 0"]
    );
    let receipt = repaid(&world, agreement, "2026-04-20", "400000").await;
    assert_eq!(world.lines(&receipt["journal_no"]).await, ["1 1111 400000 0", "1 13882 0 400000"]);
    // Nothing was closed since; on 10 May the part of 2 May is overdue too.
    let receipt = repaid(&world, agreement, "2026-05-10", "100000").await;
    assert_eq!(
        world.lines(&receipt["journal_no"]).await,
        ["1 1111 100000 0", "1 13881 0 1000000", "1 13882 900000 0"]
    );
    assert_eq!(stands(&world, "2026-05-10").await, ["8000000", "1500000"]);
    let shown = world.show(agreement, "2026-05-10").await;
    assert_eq!(shown["state"]["overdue"], "1500000", "indicators and books agree");
    world.proved().await;
}

#[tokio::test]
async fn what_is_entered_late_or_taken_back_moves_on_each_day_what_it_changes_there() {
    let mut told = Vec::new();
    for late in [false, true] {
        let mut world = World::new().await;
        let agreement = running(&world).await;
        world.today("2026-05-31");
        if late {
            close(&world, "2026-04-15").await;
            close(&world, "2026-04-30").await;
        }
        let april = repaid(&world, agreement, "2026-04-10", "700000").await;
        let may = repaid(&world, agreement, "2026-05-04", "1500000").await;
        if !late {
            close(&world, "2026-04-15").await;
            close(&world, "2026-04-30").await;
        }
        let back = json!({"on": "2026-05-20", "reason": "Ghi nhầm hộ"});
        let path = format!("/support/{agreement}/repayments/{}/reversal", id(&april, "event_id"));
        world.approved(&path, back).await;
        close(&world, "2026-05-31").await;
        let mut days = Vec::new();
        for on in
            ["2026-04-09", "2026-04-10", "2026-04-15", "2026-04-30", "2026-05-04", "2026-05-20", "2026-05-31"]
        {
            days.push(stands(&world, on).await.join(" "));
        }
        assert!(may["journal_no"].is_i64());
        told.push(days);
        world.proved().await;
    }
    assert_eq!(told[0], told[1], "whatever the order of entry");
    assert_eq!(
        told[0],
        [
            "10000000 0",
            "9000000 300000",
            "9000000 300000",
            "9000000 300000",
            "7800000 0",
            "8000000 500000",
            "8000000 500000"
        ]
    );
}
