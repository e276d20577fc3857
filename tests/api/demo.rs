//! The demonstration loads, proves itself, and loads again without writing anything twice.

use soquy::access::Role;
use soquy::demo;

use crate::support::{Person, TestApp, VU_QUY, day};

async fn facts(app: &TestApp) -> i64 {
    sqlx::query_scalar("select sum(last_fact_no)::bigint from unit_counter")
        .fetch_one(&app.owner)
        .await
        .unwrap()
}

#[tokio::test]
async fn the_demonstration_is_two_years_of_proved_books_and_loads_twice_without_harm() {
    let app = TestApp::new().await;
    let mut owner = app.owner.acquire().await.unwrap();
    let point = demo::load(&app.app, &mut owner, &|_| {}).await.unwrap();
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
    the_point_is_proved(&app, &auditor, point).await;
}

/// Ten loans of four programmes in two groups: one extended, one frozen, one overdue, the others as agreed.
async fn the_point_is_proved(app: &TestApp, auditor: &Person, point: i64) {
    let get = async |path: &str| app.get(auditor, &format!("/v1/units/{point}/{path}")).await.expect(200);
    let report = get("verification").await;
    assert_eq!(report["proved"], true, "{report}");
    assert_eq!(get("groups").await["items"].as_array().unwrap().len(), 2);
    let loans = get("loans").await;
    let rows: Vec<String> = loans["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|loan| {
            [
                "contract_no",
                "product_code",
                "status",
                "final_due_on",
                "in_term",
                "overdue",
                "frozen",
                "unpaid_interest",
            ]
            .map(|field| loan[field].as_str().unwrap())
            .join(" ")
        })
        .collect();
    assert_eq!(
        rows,
        [
            "1/2025 01 current 2030-02-12 40000000 0 0 50630",
            "2/2025 01 frozen 2028-02-12 0 0 29200000 158400",
            "3/2025 09 current 2028-03-12 26700000 0 0 42245",
            "4/2025 01 current 2028-03-12 17600000 0 0 22277",
            "5/2025 19 current 2027-01-12 20000000 0 0 30378",
            "6/2025 06_water current 2030-04-12 16000000 0 0 27616",
            "7/2025 01 current 2028-09-12 22500000 0 0 28479",
            "8/2025 19 overdue 2026-06-12 0 30000000 0 2135145",
            "9/2025 06_water current 2030-07-12 16000000 0 0 27616",
            "1/2026 09 current 2031-03-12 30000000 0 0 47466",
        ]
    );
}
