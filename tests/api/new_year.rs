//! Classes across New Year: last year's stands, with a warning, until a decision of this year is known.

use serde_json::{Value, json};

use crate::households::{HOUSEHOLDS, officer};
use crate::support::{Person, TestApp};

async fn household(app: &TestApp, who: &Person, code: &str) -> String {
    let body = json!({"code": code, "hamlet": "Thôn Đông", "head": {"name": "Lê Thị Ba"}});
    let shown = app.post(who, HOUSEHOLDS, body).await.expect(201);
    format!("{HOUSEHOLDS}/{}", shown["household_id"].as_str().unwrap())
}

async fn decided(app: &TestApp, who: &Person, household: &str, (class, year, on): (&str, i32, &str)) {
    let body = json!({"class_year": year, "class": class, "decision_no": format!("{class}/{year}"), "decision_on": on});
    app.post(who, &format!("{household}/class-decisions"), body).await.expect(201);
}

#[tokio::test]
async fn the_class_of_the_old_year_stands_with_a_warning_until_the_decision_of_the_new_one() {
    let app = TestApp::new().await;
    let officer = officer(&app).await;
    let silent = household(&app, &officer, "A").await;
    decided(&app, &officer, &silent, ("poor", 2024, "2024-02-29")).await;
    let average = household(&app, &officer, "B").await;
    decided(&app, &officer, &average, ("near_poor", 2024, "2023-12-18")).await;
    decided(&app, &officer, &average, ("average", 2025, "2025-02-10")).await;
    for (household, on, eligible, awaits) in [
        (&silent, "2024-12-31", true, false),
        (&silent, "2025-01-01", true, true),
        (&silent, "2025-12-31", true, true),
        (&silent, "2026-01-01", false, false),
        (&average, "2025-02-09", true, true),
        (&average, "2025-02-10", false, false),
    ] {
        let answer = app.get(&officer, &format!("{household}/eligibility?on={on}")).await.expect(200);
        assert_eq!(
            [&answer["eligible"], &answer["awaits_decision"]],
            [&json!(eligible), &json!(awaits)],
            "{on}"
        );
    }
    let answer = app.get(&officer, &format!("{silent}/eligibility?on=2025-01-01")).await.expect(200);
    let said: Vec<&Value> = ["reason_vi", "reason_en"].map(|field| &answer[field]).to_vec();
    assert_eq!(
        said,
        [
            "Hộ nghèo năm 2024 theo quyết định poor/2024 ngày 29/02/2024: vẫn được hỗ trợ, đang chờ quyết định phân loại năm 2025.",
            "Poor household for 2024 by decision poor/2024 of 29 February 2024: still eligible, the decision for 2025 is awaited."
        ]
    );
}
