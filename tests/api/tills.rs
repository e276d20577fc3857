//! The cash box and the bank account never hold less than nothing, on no day and for nobody.

use serde_json::{Value, json};

use crate::revolving::{World, at};
use crate::support::Answer;
use crate::support::books::{gift, insist, line, post, prepared, register, run, spend};

/// Carries money of source 1 between the cash box and the bank.
async fn carried(world: &World, from: &str, on: &str, amount: &str) -> Answer {
    carried_of(world, 1, from, on, amount).await
}

async fn carried_of(world: &World, source: i32, from: &str, on: &str, amount: &str) -> Answer {
    let key = format!("carry-{from}-{on}-{amount}");
    let body = json!({"on": on, "source": source, "amount": amount, "from": from, "party": "Đỗ Thị Thu", "address": "Vũ Quý"});
    world.app.post_once(&world.accountant, &key, &at("/transfers"), body).await
}

#[tokio::test]
async fn case_13_more_than_the_box_holds_is_not_carried_to_the_bank() {
    let world = World::new().await;
    // The box holds 500,000,000 of source 1 and 50,000,000 of source 2.
    carried(&world, "cash", "2026-03-02", "700000000").await.refused(409, "till-short");
    let empty = carried(&world, "bank", "2026-03-02", "1").await.refused(409, "till-short");
    assert_eq!(empty["detail"], "Tiền Việt Nam (bank, account 1121) would stand at -1 đồng on 2 March 2026.");
    carried(&world, "cash", "2026-02-20", "500000000").await.expect(201);
    let twice = carried(&world, "cash", "2026-02-10", "400000000").await.refused(409, "till-short");
    assert_eq!(
        twice["detail"],
        "Tiền Việt Nam (cash, account 1111) would stand at -350,000,000 đồng on 20 February 2026."
    );
    carried(&world, "bank", "2026-02-19", "1").await.refused(409, "till-short");
    carried(&world, "bank", "2026-02-20", "450000000").await.expect(201);
    carried(&world, "bank", "2026-03-01", "50000001").await.refused(409, "till-short");
    carried(&world, "bank", "2026-03-01", "50000000").await.expect(201);
    world.proved().await;
}

#[tokio::test]
async fn a_household_is_not_paid_from_an_empty_box() {
    let world = World::new().await;
    carried(&world, "cash", "2026-03-01", "500000000").await.expect(201);
    carried_of(&world, 2, "cash", "2026-03-02", "50000000").await.expect(201);
    let project = world.project(json!({})).await;
    let household = world.household("An", "poor").await;
    let request = world.request(project, household, "10000000").await;
    let agreement = world.sign(project, request, 1).await;
    let path = at(&format!("/support/{agreement}/payout"));
    let asked = world
        .app
        .post_once(&world.officer, "payout-1", &path, json!({"on": "2026-03-02", "till": "cash"}))
        .await;
    let approval = asked.expect(202)["approval_id"].as_str().unwrap().parse().unwrap();
    world.decide(approval).await.refused(409, "till-short");
    let taken_back = at(&format!("/approvals/{approval}/withdraw"));
    world.app.post(&world.officer, &taken_back, json!({})).await.expect(200);
    let from_bank = json!({"on": "2026-03-02", "till": "bank"});
    world.app.post_once(&world.officer, "payout-2", &path, from_bank).await.expect(202);
    world.proved().await;
}

#[tokio::test]
async fn the_database_itself_refuses_an_empty_till() {
    let app = prepared().await;
    run(&app, "soquy_app", &gift("2026-02-10", 1, 100)).await.expect("control: money comes");
    let carry = |on: &str, amount: i64| -> String {
        let lines: [Value; 2] =
            [line("bank", 1, &amount.to_string()), line("cash", 1, &(-amount).to_string())];
        post(on, &lines)
    };
    insist(
        "more than there is",
        run(&app, "soquy_app", &carry("2026-02-20", 101)).await,
        "SQ435",
        "account 1111 would have -1",
    );
    run(&app, "soquy_app", &carry("2026-02-20", 100)).await.expect("control: all there is");
    insist(
        "dated back",
        run(&app, "soquy_app", &carry("2026-02-15", 1)).await,
        "SQ435",
        "would have -1 on 2026-02-20",
    );
    insist(
        "before it came",
        run(&app, "soquy_app", &carry("2026-02-09", 1)).await,
        "SQ435",
        "would have -1 on 2026-02-09",
    );
}

#[tokio::test]
async fn the_database_itself_refuses_to_spend_what_is_held_for_others() {
    let app = prepared().await;
    let loan = register(&app, "loan").await;
    let owed = |on: &str, amount: i64| {
        let mut line = line("overpayments", 1, &(-amount).to_string());
        line["subject"] = loan.clone();
        post(on, &[super::support::books::line("cash", 1, &amount.to_string()), line])
    };
    run(&app, "soquy_app", &gift("2026-02-10", 1, 70)).await.expect("control: the source's own money");
    run(&app, "soquy_app", &owed("2026-02-15", 30)).await.expect("control: somebody pays too much");
    let because = "source 1 would have 29 on 2026-03-01, 30 of it held for others";
    insist("more than its own", run(&app, "soquy_app", &spend("2026-03-01", 1, 71)).await, "SQ436", because);
    let because = "source 1 would have 29 on 2026-02-15, 30 of it held for others";
    insist("dated back", run(&app, "soquy_app", &spend("2026-02-15", 1, 71)).await, "SQ436", because);
    let because = "source 1 would have -1 on 2026-02-14";
    insist("before it came", run(&app, "soquy_app", &spend("2026-02-14", 1, 71)).await, "SQ409", because);
    run(&app, "soquy_app", &spend("2026-02-14", 1, 70)).await.expect("control: all that is its own");
    insist("one more", run(&app, "soquy_app", &spend("2026-03-02", 1, 1)).await, "SQ436", "30 of it held");
    run(&app, "soquy_app", &owed("2026-03-02", -30)).await.expect("control: it is given back");
    insist(
        "nothing is left",
        run(&app, "soquy_app", &spend("2026-03-02", 1, 1)).await,
        "SQ409",
        "would have -1",
    );
}

#[tokio::test]
async fn verify_finds_a_till_that_stood_below_zero() {
    let world = World::new().await;
    carried(&world, "cash", "2026-02-20", "500000000").await.expect(201);
    let planted = "set session_replication_role = replica;
        update line set effective_on = '2025-06-30' where journal_no = 3";
    let mut owner = world.app.owner.acquire().await.unwrap();
    sqlx::raw_sql(planted).execute(&mut *owner).await.unwrap();
    let findings = world.findings().await;
    let found = "account 1111 stood at -500000000 at worst, below zero first on 2025-06-30";
    assert!(findings.iter().any(|finding| finding == found), "{findings:#?}");
}
