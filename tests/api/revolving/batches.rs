//! Many at once: nothing is lost, nothing is doubled, and a sheet is what its rows are.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{World, at, id};

async fn two_agreements(world: &World) -> [Uuid; 2] {
    let project = world.project(json!({})).await;
    [world.running(project, "An", "1000000", 1).await, world.running(project, "Bình", "1000000", 1).await]
}

fn brought(amount: &str) -> Value {
    json!({"amount": amount, "received_on": "2026-03-02", "till": "cash"})
}

#[tokio::test]
async fn two_clients_repay_the_same_agreement_at_once_and_both_count() {
    let world = World::new().await;
    let [agreement, _] = two_agreements(&world).await;
    let (one, other) = tokio::join!(
        world.repay(agreement, "client-one", "400000"),
        world.repay(agreement, "client-two", "300000")
    );
    let (one, other) = (one.expect(201), other.expect(201));
    assert_ne!(one["journal_no"], other["journal_no"]);
    assert_eq!(world.show(agreement, "2026-03-02").await["state"]["recovered"], "700000");
    world.proved().await;
}

#[tokio::test]
async fn two_clients_who_both_bring_the_rest_are_told_apart() {
    let world = World::new().await;
    let [agreement, _] = two_agreements(&world).await;
    let (one, other) = tokio::join!(
        world.repay(agreement, "client-one", "1000000"),
        world.repay(agreement, "client-two", "1000000")
    );
    let mut statuses = [one.status.as_u16(), other.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
    assert_eq!(world.show(agreement, "2026-03-02").await["state"]["surplus"], "0");
    world.proved().await;
}

#[tokio::test]
async fn the_same_request_twice_is_answered_twice_and_done_once() {
    let world = World::new().await;
    let [agreement, other] = two_agreements(&world).await;
    let first = world.repay(agreement, "phone-lost-signal", "100000").await;
    let again = world.repay(agreement, "phone-lost-signal", "100000").await;
    assert_eq!(again.headers["idempotent-replayed"], "true");
    assert_eq!(first.expect(201), again.expect(201));
    world.repay(agreement, "phone-lost-signal", "100001").await.refused(422, "idempotency-key-reused");
    world.repay(other, "phone-lost-signal", "100000").await.refused(422, "idempotency-key-reused");
    assert_eq!(world.show(agreement, "2026-03-02").await["state"]["recovered"], "100000");
    world.proved().await;
}

#[tokio::test]
async fn the_same_key_at_the_same_time_is_done_once() {
    let world = World::new().await;
    let [agreement, _] = two_agreements(&world).await;
    let (a, b, c) = tokio::join!(
        world.repay(agreement, "pressed-three-times", "100000"),
        world.repay(agreement, "pressed-three-times", "100000"),
        world.repay(agreement, "pressed-three-times", "100000"),
    );
    for answer in [&a, &b, &c] {
        let status = answer.status.as_u16();
        assert!(
            status == 201 || (status == 409 && answer.body["code"] == "still-running"),
            "{}",
            answer.text
        );
    }
    assert!([a, b, c].iter().any(|answer| answer.status == 201));
    assert_eq!(world.show(agreement, "2026-03-02").await["state"]["recovered"], "100000");
    world.proved().await;
}

#[tokio::test]
async fn a_refused_repayment_does_not_take_its_neighbours_down() {
    let world = World::new().await;
    let [an, binh] = two_agreements(&world).await;
    let nobody = Uuid::from_u128(1);
    let repayments = (0..12).map(|n| {
        let agreement = [an, binh, nobody][n % 3];
        (agreement, format!("crowd-key-{n}"), if n == 6 { "900000" } else { "100000" })
    });
    let answers = futures(&world, repayments.collect()).await;
    let statuses: Vec<u16> = answers.iter().map(|a| a.status.as_u16()).collect();
    assert_eq!(statuses.iter().filter(|s| **s == 404).count(), 4);
    assert_eq!(
        statuses.iter().filter(|s| **s == 201).count() + statuses.iter().filter(|s| **s == 409).count(),
        8
    );
    world.proved().await;
}

/// All requests on their way before the first is answered.
async fn futures(world: &World, repayments: Vec<(Uuid, String, &str)>) -> Vec<crate::support::Answer> {
    let mut waiting: Vec<_> = repayments
        .iter()
        .map(|(agreement, key, amount)| Box::pin(world.repay(*agreement, key, amount)))
        .collect();
    let mut answers: Vec<Option<crate::support::Answer>> = waiting.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        for (future, answer) in waiting.iter_mut().zip(&mut answers) {
            if answer.is_none()
                && let std::task::Poll::Ready(done) = future.as_mut().poll(context)
            {
                *answer = Some(done);
            }
        }
        if answers.iter().all(Option::is_some) {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    answers.into_iter().flatten().collect()
}

fn row(key: &str, agreement: Uuid, amount: &str) -> Value {
    json!({"key": key, "agreement_id": agreement, "repayment": brought(amount)})
}

#[tokio::test]
async fn a_collection_sheet_is_what_its_rows_are_one_by_one() {
    let (sheet, single) = (World::new().await, World::new().await);
    let ([an, binh], [an_alone, binh_alone]) = (two_agreements(&sheet).await, two_agreements(&single).await);
    let rows = [
        ("sheet-row-1", 0, "600000"),
        ("sheet-row-2", 1, "1000000"),
        ("sheet-row-3", 0, "600000"),
        ("sheet-row-4", 0, "400000"),
        ("sheet-row-5", 1, "1"),
    ];
    let body: Vec<Value> = rows.iter().map(|(key, who, amount)| row(key, [an, binh][*who], amount)).collect();
    let path = at("/support/repayments:batch");
    let verdicts = sheet.app.post(&sheet.officer, &path, json!(body)).await.expect(200);
    let mut alone = Vec::new();
    for (key, who, amount) in rows {
        alone.push(single.repay([an_alone, binh_alone][who], key, amount).await);
    }
    for (verdict, answer) in verdicts.as_array().unwrap().iter().zip(alone) {
        assert_eq!(verdict["status"].as_u64(), Some(u64::from(answer.status.as_u16())));
        for field in ["code", "split", "journal_no", "voucher", "standing"] {
            assert_eq!(verdict["body"][field], answer.body[field], "{field}");
        }
    }
    let statuses: Vec<_> =
        verdicts.as_array().unwrap().iter().map(|v| v["status"].as_u64().unwrap()).collect();
    assert_eq!(statuses, [201, 201, 409, 201, 409]);
    let again = sheet.app.post(&sheet.officer, &path, json!(body)).await.expect(200);
    assert_eq!(again[0]["replayed"], true);
    assert_eq!(again[0]["body"], verdicts[0]["body"]);
    assert_eq!(
        sheet.show(an, "2026-03-02").await["state"],
        single.show(an_alone, "2026-03-02").await["state"]
    );
    sheet.proved().await;
    single.proved().await;
}

#[tokio::test]
async fn whoever_comes_alone_after_a_sheet_does_not_wait_for_the_others() {
    let world = World::new().await;
    let [an, binh] = two_agreements(&world).await;
    let sheet = json!([row("sheet-row-1", an, "1000"), row("sheet-row-2", binh, "1000")]);
    world.app.post(&world.officer, &at("/support/repayments:batch"), sheet).await.expect(200);
    world.repay(an, "comes-alone", "500").await.expect(201);
    assert_eq!(world.show(an, "2026-03-02").await["state"]["recovered"], "1500");
    world.proved().await;
}

#[tokio::test]
async fn a_repayment_is_taken_although_the_connection_that_rested_is_dead() {
    let world = World::new().await;
    let [an, _] = two_agreements(&world).await;
    let writers = &world.app.app.writers;
    let mut conn = writers.acquire().await.unwrap();
    let backend: i32 = sqlx::query_scalar("select pg_backend_pid()").fetch_one(&mut *conn).await.unwrap();
    drop(conn);
    while writers.num_idle() == 0 {
        tokio::task::yield_now().await;
    }
    let ended = "select pg_terminate_backend($1, 10000)";
    sqlx::query(ended).bind(backend).execute(&world.app.owner).await.unwrap();
    world.repay(an, "after-the-break", "500").await.expect(201);
    world.proved().await;
}

#[tokio::test]
async fn a_pool_has_another_connection_until_the_last_is_out() {
    let world = World::new().await;
    let writers = &world.app.app.writers;
    let mut out = Vec::new();
    while soquy::db::has_another(writers) {
        out.push(writers.acquire().await.unwrap());
    }
    assert_eq!(u32::try_from(out.len()), Ok(writers.options().get_max_connections()));
}

#[tokio::test]
async fn a_sheet_with_the_same_key_twice_or_too_many_rows_is_told_so() {
    let world = World::new().await;
    let [an, _] = two_agreements(&world).await;
    let path = at("/support/repayments:batch");
    let verdicts = world
        .app
        .post(
            &world.officer,
            &path,
            json!([row("one-key-twice", an, "1000"), row("one-key-twice", an, "1000")]),
        )
        .await
        .expect(200);
    assert_eq!(verdicts[0]["status"], 201);
    assert_eq!(
        (verdicts[1]["status"].as_u64(), &verdicts[1]["body"]["code"]),
        (Some(409), &json!("still-running"))
    );
    assert_eq!(world.show(an, "2026-03-02").await["state"]["recovered"], "1000");
    let many: Vec<Value> = (0..501).map(|n| row(&format!("many-rows-{n}"), an, "1")).collect();
    world.app.post(&world.officer, &path, json!(many)).await.refused(422, "invalid-field");
    world.app.post(&world.officer, &path, json!([])).await.refused(422, "invalid-field");
    world.app.post(&world.officer, &path, json!([row("short", an, "1")])).await.refused(422, "invalid-field");
    world.proved().await;
}

#[tokio::test]
async fn each_row_is_entered_by_whoever_brought_it() {
    let world = World::new().await;
    let [an, binh] = two_agreements(&world).await;
    let path = |agreement: Uuid| at(&format!("/support/{agreement}/repayments"));
    let (paths, body) = ((path(an), path(binh)), brought("100000"));
    let (one, other) = tokio::join!(
        world.app.post_once(&world.officer, "by-the-officer", &paths.0, body.clone()),
        world.app.post_once(&world.cashier, "by-the-cashier", &paths.1, body.clone()),
    );
    for (answer, who) in [(one, &world.officer), (other, &world.cashier)] {
        let receipt = answer.expect(201);
        let journal = world
            .app
            .get(&world.accountant, &at(&format!("/journals/{}", receipt["journal_no"])))
            .await
            .expect(200);
        assert_eq!(id(&journal, "actor_id"), who.user_id);
        let shown = world.show(id(&receipt, "agreement_id"), "2026-03-02").await;
        assert_eq!(id(&shown["events"][1], "actor_id"), who.user_id);
    }
}
