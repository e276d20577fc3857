//! What is refused, and that nothing of it stays.

use serde_json::{Value, json};
use soquy::access::Role;
use uuid::Uuid;

use super::{World, at, id};
use crate::support::VU_QUY;

#[tokio::test]
async fn a_household_that_may_not_be_helped_is_refused_with_the_ground() {
    let world = World::new().await;
    let project = world.project(json!({})).await;
    let household = world.household("Khá Giả", "average").await;
    let body = json!({"household_id": household, "amount": "10000000", "purpose": "Mua bò"});
    let refused = world
        .app
        .post(&world.officer, &at(&format!("/projects/{project}/requests")), body)
        .await
        .refused(409, "not-eligible");
    assert!(refused["detail"].as_str().unwrap().contains("112/QĐ-UBND"), "{refused}");
}

#[tokio::test]
async fn the_same_thing_from_two_programmes_is_refused_until_the_first_is_settled() {
    let mut world = World::new().await;
    let first = world.project(json!({})).await;
    let second = world.project(json!({"name": "Ngân hàng bò", "programme": "Chữ thập đỏ"})).await;
    let household = world.household("Nguyễn Thị Lành", "poor").await;
    let request = world.request(first, household, "10000000").await;
    let agreement = world.sign(first, request, 1).await;
    let again = world.request(second, household, "10000000").await;
    let path = at(&format!("/projects/{second}/requests/{again}/approval"));
    let body = json!({"source_id": 1, "signed_on": "2026-03-02"});
    let refused = world.app.post(&world.officer, &path, body.clone()).await.refused(409, "duplicate-support");
    assert_eq!(
        refused["detail"],
        "The household has contract 01/2026/HĐ-HTLC for the same content breeding_stock."
    );
    world.pay_out(agreement).await;
    world.app.post(&world.officer, &path, body).await.refused(409, "duplicate-support");
    world.today("2026-04-02");
    world.repay(agreement, "all-of-it-back", "10000000").await.expect(201);
    world.sign(second, again, 1).await;
    world.proved().await;
}

#[tokio::test]
async fn two_approvals_at_once_sign_one_contract_for_the_same_thing() {
    let world = World::new().await;
    let household = world.household("Nguyễn Thị Lành", "poor").await;
    let mut approvals = Vec::new();
    for name in ["A", "B"] {
        let project = world.project(json!({"name": name})).await;
        let request = world.request(project, household, "10000000").await;
        world.carried(project, request).await;
        let path = format!("/projects/{project}/requests/{request}/approval");
        approvals.push(world.asked(&path, json!({"source_id": 1, "signed_on": "2026-03-02"})).await);
    }
    let (one, other) = tokio::join!(world.decide(approvals[0]), world.decide(approvals[1]));
    let mut statuses = [one.status.as_u16(), other.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409], "{} {}", one.text, other.text);
}

#[tokio::test]
async fn whoever_asked_does_not_approve() {
    let world = World::new().await;
    let both = world.app.person("both", VU_QUY, &[Role::Officer, Role::Approver]).await;
    let project = world.project(json!({})).await;
    let household = world.household("An", "poor").await;
    let request = world.request(project, household, "10000000").await;
    world.carried(project, request).await;
    let path = at(&format!("/projects/{project}/requests/{request}/approval"));
    let approval = id(
        &world.app.post(&both, &path, json!({"source_id": 1, "signed_on": "2026-03-02"})).await.expect(202),
        "approval_id",
    );
    let decide = at(&format!("/approvals/{approval}/approve"));
    world.app.post_once(&both, "approve-my-own", &decide, json!({})).await.refused(409, "same-person");
    world
        .app
        .post_once(&world.officer, "approve-as-officer", &decide, json!({}))
        .await
        .refused(403, "forbidden");
    world.decide(approval).await.expect(200);
}

#[tokio::test]
async fn caps_budgets_and_the_law_hold() {
    let world = World::new().await;
    let three = json!({"kind": "after_months", "months": 37});
    let base = |more: Value| {
        let mut project = json!({"fund_id": 1, "name": "X", "programme": "Y", "purpose": "crops", "from_on": "2026-01-01", "to_on": "2029-01-01",
            "household_cap": "20000000", "budget": "30000000",
            "terms": {"basis": {"kind": "capital_percent", "percent": "100"}, "due": {"kind": "after_months", "months": 36}}});
        project.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        project
    };
    let create = async |more: Value| world.app.post(&world.officer, &at("/projects"), base(more)).await;
    create(json!({"to_on": "2029-01-02"})).await.refused(409, "above-cap");
    create(json!({"terms": {"basis": {"kind": "capital_percent", "percent": "100"}, "due": three}}))
        .await
        .refused(409, "above-cap");
    for wrong in [
        json!({"to_on": "2026-01-01"}),
        json!({"budget": "1"}),
        json!({"household_cap": "0"}),
        json!({"fund_id": 7}),
        json!({"household_cap": "1000000000001", "budget": "1000000000001"}),
        json!({"purpose": "Trồng cây"}),
        json!({"name": ""}),
        json!({"surprise": 1}),
    ] {
        create(wrong).await.refused(422, "invalid-field");
    }
    let project = id(&create(json!({})).await.expect(201), "project_id");
    create(json!({})).await.refused(409, "already-exists");
    let household = world.household("An", "poor").await;
    let path = at(&format!("/projects/{project}/requests"));
    let ask = |amount: &str| json!({"household_id": household, "amount": amount, "purpose": "Cây giống"});
    world.app.post(&world.officer, &path, ask("20000001")).await.refused(409, "above-cap");
    let request = id(&world.app.post(&world.officer, &path, ask("20000000")).await.expect(201), "request_id");
    world.app.post(&world.officer, &path, ask("20000000")).await.refused(409, "already-exists");
    world.sign(project, request, 1).await;
    let second = world.household("Bình", "poor").await;
    let request = world.request(project, second, "10000001").await;
    world.carried(project, request).await;
    let approval = at(&format!("/projects/{project}/requests/{request}/approval"));
    let sign = json!({"source_id": 1, "signed_on": "2026-03-02"});
    let refused = world.app.post(&world.officer, &approval, sign.clone()).await.refused(409, "above-cap");
    assert_eq!(refused["detail"], "The project has committed 20,000,000 of 30,000,000 đồng.");
    let path = format!("/projects/{project}");
    let more = json!({"budget": "30000001"});
    let changed = world.patch(&path, Some("*"), more).await.expect(200);
    assert_eq!(changed["budget"], "30000001");
    world.app.post(&world.officer, &approval, sign).await.expect(202);
    world.patch(&path, Some("*"), json!({"terms": {}})).await.refused(422, "invalid-field");
}

#[tokio::test]
async fn a_project_is_changed_by_who_read_its_last_version() {
    let world = World::new().await;
    let path = format!("/projects/{}", world.project(json!({})).await);
    let read = world.app.get(&world.officer, &at(&path)).await;
    let tag = read.headers["etag"].to_str().unwrap().to_owned();
    let cap = |amount: &str| json!({"household_cap": amount});
    world.patch(&path, None, cap("1")).await.refused(428, "if-match-required");
    let changed = world.patch(&path, Some(&tag), cap("15000000")).await;
    let newer = changed.headers["etag"].to_str().unwrap().to_owned();
    assert_eq!(changed.expect(200)["household_cap"], "15000000");
    world.patch(&path, Some(&tag), cap("16000000")).await.refused(412, "changed-meanwhile");
    world.patch(&path, Some(&newer), cap("16000000")).await.expect(200);
}

#[tokio::test]
async fn money_that_must_return_is_not_lent_again() {
    let mut world = World::new().await;
    let project = world.project(json!({})).await;
    let bank = world
        .source(json!({"name": "NQ11", "origin": "bank", "may_revolve": false, "must_return": true}))
        .await;
    world.capital(bank, "10000000").await;
    let first = world.running(project, "An", "10000000", bank).await;
    world.today("2026-04-02");
    world.repay(first, "all-of-it-back", "10000000").await.expect(201);
    let household = world.household("Bình", "poor").await;
    let request = world.request(project, household, "5000000").await;
    let agreement = world.sign(project, request, bank).await;
    let on = json!({"on": "2026-04-02", "till": "cash"});
    let refused = world
        .app
        .post(&world.officer, &at(&format!("/support/{agreement}/payout")), on)
        .await
        .refused(409, "source-restricted");
    assert_eq!(
        refused["detail"],
        "Recovered capital of source NQ11 does not go round; it may still give 0 đồng."
    );
    world.proved().await;
}

#[tokio::test]
async fn a_group_leader_takes_interest_and_never_capital() {
    let mut world = World::new().await;
    let terms = json!({"basis": {"kind": "capital_percent", "percent": "100"}, "rate": "6", "due": {"kind": "after_months", "months": 12}});
    let project = world.project(json!({"terms": terms})).await;
    let agreement = world.running(project, "An", "3650000", 1).await;
    world.today("2026-04-01");
    let path = at(&format!("/support/{agreement}/repayments"));
    let body = |amount: &str| json!({"amount": amount, "received_on": "2026-04-01", "till": "cash"});
    // 3,650,000 × 6 % × 30 ÷ 365 = 18,000
    world
        .app
        .post_once(&world.leader, "leader-capital", &path, body("18001"))
        .await
        .refused(403, "forbidden");
    let receipt =
        world.app.post_once(&world.leader, "leader-interest", &path, body("18000")).await.expect(201);
    assert_eq!(
        receipt["split"],
        json!({"principal": "0", "interest": "18000", "surplus": "0", "made_good": "0"})
    );
    world.app.post_once(&world.accountant, "accountant-no", &path, body("1")).await.refused(403, "forbidden");
    world.proved().await;
}

#[tokio::test]
async fn another_unit_learns_nothing() {
    let world = World::new().await;
    let project = world.project(json!({})).await;
    let agreement = world.running(project, "An", "10000000", 1).await;
    let elsewhere = 13_132;
    let stranger = world.app.person("stranger", elsewhere, &[Role::Officer]).await;
    for path in [
        format!("/support/{agreement}"),
        format!("/projects/{project}"),
        "/funds/1/indicators".to_owned(),
        format!("/projects/{project}/requests"),
    ] {
        world.app.get(&stranger, &at(&path)).await.refused(404, "not-found");
        world.app.get(&stranger, &format!("/v1/units/{elsewhere}{path}")).await.refused(404, "not-found");
    }
    let body = json!({"amount": "1", "received_on": "2026-03-02", "till": "cash"});
    let theirs = format!("/v1/units/{elsewhere}/support/{agreement}/repayments");
    world.app.post_once(&stranger, "from-elsewhere", &theirs, body.clone()).await.refused(404, "not-found");
    world
        .app
        .post_once(&stranger, "from-elsewhere", &at(&format!("/support/{agreement}/repayments")), body)
        .await
        .refused(404, "not-found");
}

#[tokio::test]
async fn bad_input_is_told_what_is_wrong_and_stores_nothing() {
    let world = World::new().await;
    let project = world.project(json!({})).await;
    let agreement = world.running(project, "An", "10000000", 1).await;
    let path = at(&format!("/support/{agreement}/repayments"));
    let good = json!({"amount": "1000", "received_on": "2026-03-02", "till": "cash"});
    let with = |field: &str, value: Value| {
        let mut body = good.clone();
        body[field] = value;
        body
    };
    for body in [
        with("amount", json!(1000)),
        with("amount", json!("1000.5")),
        with("amount", json!("-1")),
        with("amount", json!("0")),
        with("amount", json!("1000000000000000000")),
        with("amount", json!("1e3")),
        with("received_on", json!("2026-02-30")),
        with("received_on", json!("2026-03-03")),
        with("received_on", json!("2026-03-01")),
        with("received_on", json!("+262142-01-01")),
        with("till", json!("pocket")),
        with("payer", json!("a\u{0}b")),
        with("payer", json!("x".repeat(201))),
        with("surprise", json!(1)),
        json!([]),
        json!(null),
    ] {
        world
            .app
            .post_once(&world.officer, "bad-input-key", &path, body.clone())
            .await
            .refused(422, "invalid-field");
    }
    let early = world
        .app
        .post_once(&world.officer, "long-before-us", &path, with("received_on", json!("-4000-01-01")))
        .await;
    assert!(early.status == 422 || early.status == 409, "{}", early.text);
    world
        .app
        .post_once(&world.officer, "huge-amount", &path, with("amount", json!("999999999999999999")))
        .await
        .refused(409, "overpaid");
    assert_eq!(world.show(agreement, "2026-03-02").await["events"].as_array().unwrap().len(), 1);
    world.proved().await;
}

#[tokio::test]
async fn strange_addresses_keys_and_queries_are_refused_clearly() {
    let world = World::new().await;
    let project = world.project(json!({})).await;
    let agreement = world.running(project, "An", "10000000", 1).await;
    let path = at(&format!("/support/{agreement}/repayments"));
    let good = json!({"amount": "1000", "received_on": "2026-03-02", "till": "cash"});
    world.app.post(&world.officer, &path, good.clone()).await.refused(400, "idempotency-key-required");
    world
        .app
        .post_once(
            &world.officer,
            "no-such-one",
            &at(&format!("/support/{}/repayments", Uuid::from_u128(7))),
            good.clone(),
        )
        .await
        .refused(404, "not-found");
    world
        .app
        .post_once(&world.officer, "not-an-id", &at("/support/x/repayments"), good.clone())
        .await
        .refused(404, "not-found");
    for query in ["as_of=2026-02-30", "as_of=x", "as_of=-0001-01-01", "surprise=1"] {
        world
            .app
            .get(&world.officer, &at(&format!("/support/{agreement}?{query}")))
            .await
            .refused(400, "malformed-request");
    }
    for query in ["as_of=9999-01-01", "as_of=0001-01-01"] {
        world
            .app
            .get(&world.officer, &at(&format!("/support/{agreement}?{query}")))
            .await
            .refused(422, "invalid-field");
    }
    for query in ["status=lost", "limit=x", "after=%20", "household=1"] {
        world
            .app
            .get(&world.officer, &at(&format!("/support?{query}")))
            .await
            .refused(400, "malformed-request");
    }
    assert_eq!(world.show(agreement, "2026-03-02").await["events"].as_array().unwrap().len(), 1);
    world.proved().await;
}

#[tokio::test]
async fn the_applications_role_cannot_change_what_happened() {
    let world = World::new().await;
    let project = world.project(json!({})).await;
    let agreement = world.running(project, "An", "10000000", 1).await;
    world.repay(agreement, "one-thousand", "1000").await.expect(201);
    for statement in [
        "update agreement_event set amount = 2",
        "delete from agreement_event",
        "truncate agreement_event",
        "update agreement set given = 1",
        "delete from agreement",
        "update vote set for_it = 9",
        "delete from agreement_state",
        "update support_request set amount = 1",
    ] {
        let mut tx = world.app.app.pool.begin().await.unwrap();
        sqlx::query("select set_config('soquy.unit_id', '13141', true)").execute(&mut *tx).await.unwrap();
        let refused = sqlx::query(statement).execute(&mut *tx).await.unwrap_err();
        assert_eq!(refused.as_database_error().unwrap().code().unwrap(), "42501", "{statement}");
    }
    let mut tx = world.app.owner.begin().await.unwrap();
    let refused = sqlx::query("update agreement_event set amount = 2").execute(&mut *tx).await.unwrap_err();
    assert_eq!(refused.as_database_error().unwrap().code().unwrap(), "SQ405");
}

#[tokio::test]
async fn the_proof_finds_a_projection_that_was_touched() {
    let world = World::new().await;
    let project = world.project(json!({})).await;
    let agreement = world.running(project, "An", "10000000", 1).await;
    world.proved().await;
    sqlx::query("update agreement_state set outstanding = outstanding - 1")
        .execute(&world.app.owner)
        .await
        .unwrap();
    let found = world.findings().await;
    let booked = format!("account 13881 stands at 10000000 about {agreement}, the sub-ledger says 9999999");
    assert_eq!((found.len(), &found[0]), (2, &booked), "by the books");
    let by_events =
        format!("state of agreement {agreement}: outstanding is 9999999, its events give 10000000");
    assert_eq!(found[1], by_events);
}
