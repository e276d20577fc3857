//! A payout that should not have been, and capital that does not come back.

use serde_json::{Value, json};

use super::{World, at, id};
use crate::support::VU_QUY;

fn monthly(percent: &str) -> Value {
    json!({"terms": {"basis": {"kind": "capital_percent", "percent": percent},
                     "due": {"kind": "instalments", "every_months": 1, "count": 10, "first_after_months": 1}}})
}

fn back(on: &str) -> Value {
    json!({"on": on, "reason": "Ghi nhầm hộ"})
}

fn loss(on: &str, amount: &str) -> Value {
    json!({"on": on, "amount": amount, "decision_no": "45/QĐ-UBND", "cause": "Bò chết do dịch viêm da nổi cục"})
}

async fn indicators(world: &World, names: &[&str]) -> Vec<String> {
    let fund = world.app.get(&world.accountant, &at("/funds/1/indicators")).await.expect(200);
    names.iter().map(|name| fund[*name]["value"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_payout_taken_back_puts_the_money_back_and_may_be_made_again() {
    let mut world = World::new().await;
    let project = world.project(monthly("50")).await;
    let agreement = world.running(project, "Nguyễn Thị Lành", "10000000", 1).await;
    assert_eq!(world.figures(1).await, ["490000000", "5000000", "495000000", "0"]);
    world.today("2026-03-10");
    let path = format!("/support/{agreement}/payout/reversal");
    world
        .app
        .post(&world.officer, &at(&path), back("2026-03-10"))
        .await
        .refused(400, "idempotency-key-required");
    let refused =
        async |on: &str| world.app.post_once(&world.officer, "too-soon", &at(&path), back(on)).await;
    let repaid = world.repay(agreement, "half-a-million", "500000").await.expect(201);
    refused("2026-03-10").await.refused(409, "wrong-state");
    let event = id(&repaid, "event_id");
    world.approved(&format!("/support/{agreement}/repayments/{event}/reversal"), back("2026-03-10")).await;
    refused("2026-03-09").await.refused(422, "invalid-field");
    refused("2026-03-11").await.refused(422, "invalid-field");

    let outcome = world.approved_once("take-back-1", &path, back("2026-03-10")).await;
    assert_eq!(
        world.lines(&outcome["reversed"]["journal_no"]).await,
        ["1 1111 10000000 0", "1 13881 0 5000000", "1 35381 0 5000000"]
    );
    assert_eq!(world.figures(1).await, ["500000000", "0", "500000000", "0"]);
    let shown = world.show(agreement, "2026-03-10").await;
    assert_eq!((&shown["status"], &shown["state"]["outstanding"]), (&json!("signed"), &json!("0")));
    assert_eq!((&shown["state"]["rows"], &shown["events"][3]["kind"]), (&json!([]), &json!("reversed")));
    let before = world.show(agreement, "2026-03-09").await;
    assert_eq!((&before["status"], &before["state"]["outstanding"]), (&json!("running"), &json!("5000000")));
    let queue =
        world.app.get(&world.officer, &at(&format!("/projects/{project}/requests"))).await.expect(200);
    assert_eq!(queue["items"][0]["state"], "agreed");
    let names = ["capital_given_away", "capital_in_hand", "idle_capital", "household_times"];
    assert_eq!(indicators(&world, &names).await, ["0", "550000000", "550000000", "0"]);
    refused("2026-03-10").await.refused(409, "already-reversed");
    world.proved().await;

    world.today("2026-03-12");
    let again = at(&format!("/support/{agreement}/payout"));
    world
        .app
        .post(&world.officer, &again, json!({"on": "2026-03-09", "till": "cash"}))
        .await
        .refused(422, "invalid-field");
    world.pay_out(agreement).await;
    let shown = world.show(agreement, "2026-03-12").await;
    assert_eq!(
        (&shown["status"], &shown["state"]["rows"][0]["due_on"]),
        (&json!("running"), &json!("2026-04-12"))
    );
    assert_eq!(world.figures(1).await, ["490000000", "5000000", "495000000", "0"]);
    assert_eq!(indicators(&world, &names).await, ["5000000", "545000000", "540000000", "1"]);
    world.proved().await;
}

#[tokio::test]
async fn money_goes_out_once_even_for_who_writes_past_the_server() {
    let world = World::new().await;
    let project = world.project(monthly("100")).await;
    let agreement = world.running(project, "Nguyễn Thị Lành", "10000000", 1).await;
    for kind in ["paid_out", "cancelled"] {
        let twice = sqlx::query(
            "insert into agreement_event (unit_id, event_id, agreement_id, event_no, kind, effective_on)
             values ($1, new_id(), $2, 2, $3, '2026-03-02')",
        );
        let error =
            twice.bind(VU_QUY).bind(agreement).bind(kind).execute(&world.app.owner).await.unwrap_err();
        assert_eq!(error.as_database_error().unwrap().constraint(), Some("agreement_event_paid_out_once"));
    }
}

#[tokio::test]
async fn an_event_of_no_agreement_and_a_fact_of_no_unit_are_refused() {
    let world = World::new().await;
    let project = world.project(monthly("100")).await;
    let agreement = world.running(project, "Nguyễn Thị Lành", "10000000", 1).await;
    let event = |of: &str| {
        format!(
            "insert into agreement_event (unit_id, event_id, agreement_id, event_no, kind, effective_on)
             select 13141, new_id(), {of}, 2, 'repaid', date '2026-03-02'"
        )
    };
    let fact = "insert into idempotency (unit_id, idempotency_key, operation, request_hash, status, response)
                values (999999, 'of-no-unit', 'x', sha256(''), 201, '{}')";
    for (unit, statement, constraint) in [
        ("13141", event("new_id()"), Some("agreement_event_of_an_agreement")),
        ("13141", event(&format!("'{agreement}'")), None),
        ("999999", fact.to_owned(), Some("unit_counter_unit_id_fkey")),
    ] {
        let mut tx = world.app.owner.begin().await.unwrap();
        sqlx::query("select set_config('soquy.unit_id', $1, true)")
            .bind(unit)
            .execute(&mut *tx)
            .await
            .unwrap();
        let told = sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&mut *tx).await;
        let refusal = told.as_ref().err().map(|error| error.as_database_error().unwrap());
        assert_eq!(refusal.and_then(|error| error.constraint()), constraint, "{told:?}");
        assert!(refusal.is_none_or(|error| error.code().as_deref() == Some("23503")), "{told:?}");
    }
}

#[tokio::test]
async fn an_agreement_whose_payout_was_taken_back_may_be_given_up() {
    let world = World::new().await;
    let project = world.project(monthly("100")).await;
    let agreement = world.running(project, "Nguyễn Thị Lành", "10000000", 1).await;
    world
        .approved_once("take-back-1", &format!("/support/{agreement}/payout/reversal"), back("2026-03-02"))
        .await;
    world.approved(&format!("/support/{agreement}/cancellation"), json!({"reason": "Hộ không nhận"})).await;
    assert_eq!(world.show(agreement, "2026-03-02").await["status"], "cancelled");
    assert_eq!(world.figures(1).await, ["500000000", "0", "500000000", "0"]);
    world.proved().await;
}

#[tokio::test]
async fn a_loss_is_written_off_by_decision_made_good_later_and_taken_back() {
    let mut world = World::new().await;
    let project = world.project(monthly("100")).await;
    let agreement = world.running(project, "Nguyễn Thị Lành", "10000000", 1).await;
    world.today("2026-05-10");
    world.repay(agreement, "million-and-half", "1500000").await.expect(201);
    world.today("2026-06-01");
    let path = format!("/support/{agreement}/loss");
    world
        .app
        .post(&world.officer, &at(&path), loss("2026-06-01", "1"))
        .await
        .refused(400, "idempotency-key-required");
    for (on, amount) in
        [("2026-06-01", "8500001"), ("2026-06-01", "0"), ("2026-05-09", "1"), ("2026-06-02", "1")]
    {
        let answer = world.app.post_once(&world.officer, "bad-loss", &at(&path), loss(on, amount)).await;
        answer.refused(422, "invalid-field");
    }
    let journals = world.approved_once("write-off-1", &path, loss("2026-06-01", "3000000")).await;
    assert_eq!(journals[0]["voucher"], json!({"book": "01", "year": 2026, "kind": "general", "number": 2}));
    assert_eq!(world.lines(&journals[0]["journal_no"]).await, ["1 13883 0 3000000", "1 61181 3000000 0"]);
    assert_eq!(world.figures(1).await, ["491500000", "5500000", "500000000", "1500000"]);
    let source = world.app.get(&world.accountant, &at("/sources/1")).await.expect(200);
    assert_eq!(source["lost"], "3000000");
    let shown = world.show(agreement, "2026-06-01").await;
    let state = &shown["state"];
    // Of 2,000,000 due 1,500,000 came back and the rest is written off.
    assert_eq!(
        (&state["outstanding"], &state["lost"], &state["overdue"]),
        (&json!("5500000"), &json!("3000000"), &json!("0"))
    );
    assert_eq!(
        (&shown["events"][3]["kind"], &shown["events"][3]["decision_no"]),
        (&json!("lost"), &json!("45/QĐ-UBND"))
    );
    let names = ["capital_lost", "capital_in_hand", "outstanding", "idle_capital"];
    assert_eq!(indicators(&world, &names).await, ["3000000", "547000000", "5500000", "541500000"]);
    let earlier = json!({"amount": "1", "received_on": "2026-05-31"});
    let refused = world.repay_with(agreement, "before-the-loss", earlier).await.refused(409, "wrong-state");
    assert_eq!(
        refused["detail"],
        "A loss was decided on 1 June 2026 (general 2 of book 01 of 2026) on what was left then; take the loss back first."
    );
    let payout = at(&format!("/support/{agreement}/payout/reversal"));
    let refused = world.app.post_once(&world.officer, "too-soon", &payout, back("2026-06-01")).await;
    assert_eq!(
        refused.refused(409, "wrong-state")["detail"],
        "Repayments or losses stand, the last of 1 June 2026 (general 2 of book 01 of 2026); take them back first."
    );
    world.proved().await;
}

#[tokio::test]
async fn a_loss_on_the_microfinance_chart_is_another_expense_of_the_source() {
    let mut world = World::on_chart("tt05_2019").await;
    let project = world.project(monthly("100")).await;
    let agreement = world.running(project, "Nguyễn Thị Lành", "10000000", 1).await;
    world.today("2026-06-01");
    let path = format!("/support/{agreement}/loss");
    let journals = world.approved_once("write-off-1", &path, loss("2026-06-01", "10000000")).await;
    assert_eq!(world.lines(&journals[0]["journal_no"]).await, ["1 2911 0 10000000", "1 891 10000000 0"]);
    let source = world.app.get(&world.accountant, &at("/sources/1")).await.expect(200);
    assert_eq!(
        (&source["lost"], &source["capital"], &source["with_households"]),
        (&json!("10000000"), &json!("500000000"), &json!("0"))
    );
    // What comes back later makes the loss good: it is no income.
    let good = world.repay(agreement, "half-after-all", "4000000").await.expect(201);
    assert_eq!(world.lines(&good["journal_no"]).await, ["1 101 4000000 0", "1 891 0 4000000"]);
    world.proved().await;
}

#[tokio::test]
async fn what_comes_after_a_loss_makes_it_good_and_a_loss_taken_back_is_owed_again() {
    let mut world = World::new().await;
    let project = world.project(monthly("100")).await;
    let agreement = world.running(project, "Nguyễn Thị Lành", "10000000", 1).await;
    world.today("2026-05-10");
    world.repay(agreement, "million-and-half", "1500000").await.expect(201);
    world.today("2026-06-01");
    let path = format!("/support/{agreement}/loss");
    world.approved_once("write-off-1", &path, loss("2026-06-01", "3000000")).await;
    world.approved_once("write-off-2", &path, loss("2026-06-01", "5500000")).await;
    assert_eq!(world.show(agreement, "2026-06-01").await["status"], "settled");
    let refused = world.repay(agreement, "more-than-was-lost", "9000000").await.refused(409, "overpaid");
    assert_eq!(refused["detail"], "9,000,000 đồng is 500,000 đồng too much.");
    let good = world.repay(agreement, "a-million-comes", "1000000").await.expect(201);
    assert_eq!(
        good["split"],
        json!({"principal": "1000000", "interest": "0", "surplus": "0", "made_good": "1000000"})
    );
    assert_eq!(world.lines(&good["journal_no"]).await, ["1 1111 1000000 0", "1 61181 0 1000000"]);
    let names = ["capital_lost", "capital_in_hand", "outstanding", "idle_capital"];
    assert_eq!(indicators(&world, &names).await, ["7500000", "542500000", "0", "542500000"]);
    let fund = world.app.get(&world.accountant, &at("/funds/1/indicators")).await.expect(200);
    let behind = world.app.get(&world.accountant, fund["capital_lost"]["journals"].as_str().unwrap()).await;
    assert_eq!(behind.expect(200)["items"].as_array().unwrap().len(), 2);

    let second = world.show(agreement, "2026-06-01").await["events"][5].clone();
    let path = format!("/support/{agreement}/loss/{}/reversal", id(&second, "event_id"));
    let outcome = world.approved_once("take-back-1", &path, back("2026-06-01")).await;
    assert_eq!(
        world.lines(&outcome["adjusted"][0]["journal_no"]).await,
        ["1 13881 0 1000000", "1 61181 1000000 0"]
    );
    let state = world.show(agreement, "2026-06-01").await["state"].clone();
    assert_eq!(
        (&state["outstanding"], &state["lost"], &state["recovered"]),
        (&json!("4500000"), &json!("3000000"), &json!("2500000"))
    );
    assert_eq!(world.figures(1).await, ["492500000", "4500000", "500000000", "2500000"]);
    world
        .app
        .post_once(&world.officer, "once-more", &at(&path), back("2026-06-01"))
        .await
        .refused(409, "already-reversed");
    let no_loss = at(&format!("/support/{agreement}/loss/{}/reversal", id(&good, "event_id")));
    world
        .app
        .post_once(&world.officer, "not-a-loss", &no_loss, back("2026-06-01"))
        .await
        .refused(404, "not-found");
    world.proved().await;
}

#[tokio::test]
async fn what_makes_a_loss_good_goes_where_recovered_capital_goes() {
    let mut world = World::new().await;
    let project = world.project(monthly("100")).await;
    let into = json!({"name": "Huyện ủy thác", "origin": "local_budget", "recovers_into": 3});
    let source = world.source(into).await;
    world.capital(source, "10000000").await;
    let agreement = world.running(project, "Nguyễn Thị Lành", "10000000", source).await;
    world.today("2026-06-01");
    world
        .approved_once("write-off-1", &format!("/support/{agreement}/loss"), loss("2026-06-01", "10000000"))
        .await;
    world.repay(agreement, "four-million", "4000000").await.expect(201);
    assert_eq!(world.figures(source).await, ["0", "0", "6000000", "0"]);
    assert_eq!(world.figures(3).await, ["4000000", "0", "0", "4000000"]);
    assert_eq!(indicators(&world, &["capital_lost", "capital_in_hand"]).await, ["6000000", "554000000"]);
    world.proved().await;
}
