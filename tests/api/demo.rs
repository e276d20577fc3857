//! The demonstration loads, proves itself, and loads again without writing anything twice.

use soquy::access::Role;
use soquy::demo;

use crate::support::{TestApp, VU_QUY, day};

async fn facts(app: &TestApp) -> i64 {
    sqlx::query_scalar("select last_fact_no from pen where unit_id = 13141")
        .fetch_one(&app.owner)
        .await
        .unwrap()
}

#[tokio::test]
async fn the_demonstration_is_two_years_of_proved_books_and_loads_twice_without_harm() {
    let app = TestApp::new().await;
    let mut owner = app.owner.acquire().await.unwrap();
    demo::load(&app.app, &mut owner, &|_| {}).await.unwrap();
    let recorded = facts(&app).await;
    demo::load(&app.app, &mut owner, &|_| {}).await.unwrap();
    assert_eq!(facts(&app).await, recorded, "a second load writes nothing");

    app.app.clock.move_to(day("2026-11-20"));
    let auditor = app.person("auditor", VU_QUY, &[Role::Auditor]).await;
    let report = app.get(&auditor, "/v1/units/13141/verification").await.expect(200);
    assert_eq!(report["proved"], true, "{report}");
    let indicators = app.get(&auditor, "/v1/units/13141/funds/1/indicators?on=2026-11-20").await.expect(200);
    let figure = |name: &str| indicators[name]["value"].as_str().unwrap().to_owned();
    let told = ["capital_in_hand", "idle_capital", "outstanding", "recovery_rate", "overdue_rate", "turns"]
        .map(figure);
    assert_eq!(told, ["620000000", "382019000", "237981000", "91.87", "11.72", "0.90"]);
    assert_eq!(["households", "household_times"].map(figure), ["38", "38"]);

    let last =
        app.get(&auditor, "/v1/units/13141/journals?kind=support_payout&from=2026-11-01").await.expect(200);
    let paid = &last["items"][0];
    let shown =
        app.get(&auditor, &format!("/v1/units/13141/journals/{}", paid["journal_no"])).await.expect(200);
    let sources: Vec<i64> =
        shown["lines"].as_array().unwrap().iter().map(|l| l["source_id"].as_i64().unwrap()).collect();
    assert_eq!(sources, [1, 1], "the last household was paid from recovered capital: {shown}");
}
