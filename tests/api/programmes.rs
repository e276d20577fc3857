//! Programmes as dated data: the seed as the server reads it.

use serde_json::{Value, json};
use soquy::access::Role;
use soquy::domain::credit::programme::{Ask, Refusal, within};
use soquy::programmes;

use crate::support::{Person, TestApp, VU_QUY, day};

/// Product, day, rate, overdue rate, longest term.
type Expected = (&'static str, &'static str, Option<(&'static str, &'static str)>, Value);

async fn rule(app: &TestApp, who: &Person, product: &str, on: &str) -> Value {
    let body = app.get(who, &format!("/v1/programmes/{}?on={on}", &product[..2])).await.expect(200);
    let products = body["products"].as_array().cloned().unwrap_or_default();
    products.into_iter().find(|p| p["product_code"] == product).expect("the product")["rule"].take()
}

fn cap(rule: &Value, per: &str) -> Value {
    let caps = rule["rule"]["caps"].as_array().expect("caps");
    caps.iter().find(|cap| cap["per"] == per).map_or(Value::Null, |cap| cap["amount"].clone())
}

#[tokio::test]
async fn rates_and_terms_are_those_of_the_day() {
    let app = TestApp::new().await;
    let officer = app.person("officer", VU_QUY, &[Role::Officer]).await;
    let most = |months: u32| json!({"kind": "most", "months": months});
    let free = json!({"kind": "free"});
    let cases: Vec<Expected> = vec![
        ("01", "2014-12-31", None, free.clone()),
        ("01", "2018-03-15", Some(("6.6", "8.58")), free.clone()),
        ("01_30a", "2026-03-02", Some(("3.3", "4.29")), free.clone()),
        ("19", "2018-03-15", Some(("7.92", "10.296")), free.clone()),
        ("09", "2020-02-10", Some(("8.25", "10.725")), most(60)),
        ("03_worker", "2025-12-31", Some(("7.92", "10.296")), most(120)),
        ("03_worker", "2026-01-01", Some(("8.382", "10.8966")), most(120)),
        ("03_worker_priority", "2025-12-31", Some(("3.96", "5.148")), most(120)),
        ("03_worker_priority", "2026-01-01", Some(("6.6", "8.58")), most(120)),
        ("03_establishment", "2026-01-01", Some(("8.382", "10.8966")), most(120)),
        ("04", "2026-01-01", Some(("6.6", "8.58")), free.clone()),
        ("06", "2026-01-01", Some(("9", "11.7")), most(60)),
        ("07_flood", "2025-01-31", Some(("3", "3.9")), most(120)),
        ("07_poor", "2025-01-31", Some(("3", "3.9")), most(180)),
        ("12", "2026-01-01", None, free),
    ];
    for (product, on, rates, term) in cases {
        let rule = rule(&app, &officer, product, on).await;
        let found = rule["rates"]
            .as_object()
            .map(|r| (r["annual_rate"].as_str().unwrap(), r["overdue_rate"].as_str().unwrap()));
        assert_eq!(found, rates, "{product} {on}");
        assert_eq!(rule["rule"]["term"], term, "{product} {on}");
    }
}

#[tokio::test]
async fn caps_follow_their_dates() {
    let app = TestApp::new().await;
    let officer = app.person("officer", VU_QUY, &[Role::Officer]).await;
    for (product, on, per, most) in [
        ("01", "2014-04-30", "household", "30000000"),
        ("01", "2014-05-01", "household", "50000000"),
        ("01", "2019-02-28", "household", "50000000"),
        ("01", "2019-03-01", "household", "100000000"),
        ("02", "2016-12-31", "study_month", "1100000"),
        ("02", "2017-01-01", "study_month", "1250000"),
        ("02", "2026-01-01", "study_month", "4000000"),
        ("03_worker", "2025-12-31", "borrower", "100000000"),
        ("03_worker", "2026-01-01", "borrower", "200000000"),
        ("03_establishment", "2025-12-31", "project", "2000000000"),
        ("03_establishment", "2026-01-01", "project", "10000000000"),
        ("03_establishment", "2026-01-01", "worker", "200000000"),
        ("06", "2024-09-01", "household", "20000000"),
        ("06", "2024-09-02", "facility", "25000000"),
        ("07_flood", "2025-01-31", "household", "15000000"),
    ] {
        assert_eq!(cap(&rule(&app, &officer, product, on).await, per), most, "{product} {on} {per}");
    }
}

#[tokio::test]
async fn what_becomes_of_a_missed_instalment_is_the_programmes_own() {
    let app = TestApp::new().await;
    let officer = app.person("officer", VU_QUY, &[Role::Officer]).await;
    for (product, missed, carry_over) in [
        ("01", "carried", true),
        ("06", "carried", false),
        ("03_worker", "overdue", false),
        ("09", "overdue", false),
    ] {
        let rule = rule(&app, &officer, product, "2026-03-02").await;
        assert_eq!(rule["rule"]["instalments"]["missed"], missed, "{product}");
        assert_eq!(rule["rule"]["moving"]["season_carry_over"], carry_over, "{product}");
    }
    let housing = rule(&app, &officer, "07_flood", "2026-03-02").await;
    assert_eq!(housing["rule"]["instalments"]["grace_months"], 60);
    assert_eq!(housing["rule"]["instalments"]["free_months"], 60);
    assert_eq!(housing["rule"]["instalments"]["yearly_percent"], "20");
    assert_eq!(housing["rule"]["late_rate"], "0");
    assert_eq!(housing["rule"]["unverified"], false);
}

#[tokio::test]
async fn lending_asks_for_the_rule_of_the_day_and_is_told_when_there_is_none() {
    let app = TestApp::new().await;
    let mut conn = app.app.pool.acquire().await.unwrap();
    let code = |text: &str| text.parse().unwrap();
    let lending = programmes::rule_on(&mut conn, &code("09"), day("2026-03-02")).await.unwrap();
    let ask = Ask {
        amount: "100000001".parse().unwrap(),
        owed: "0".parse().unwrap(),
        term_months: 61,
        count: 0,
        need: None,
        course_months: 0,
    };
    let refusals = within(&lending.rule, &ask);
    assert!(
        matches!(refusals[..], [Refusal::AboveCap { .. }, Refusal::TermTooLong { most_months: 60 }]),
        "{refusals:?}"
    );
    for (product, on) in
        [("09", "2015-09-04"), ("99", "2026-03-02"), ("10", "2026-03-02"), ("88", "2026-03-02")]
    {
        let problem = programmes::rule_on(&mut conn, &code(product), day(on)).await.unwrap_err();
        assert_eq!(problem.kind, soquy::problem::Kind::WrongState, "{product}");
    }
    let special = async |conn: &mut _, programme, decision| {
        programmes::special_extension(conn, programme, decision, day("2026-03-02")).await.unwrap()
    };
    assert_eq!(special(&mut conn, "17", "29").await, Some(30));
    assert_eq!(special(&mut conn, "09", "54").await, Some(0));
    assert_eq!(special(&mut conn, "09", "").await, None);
}

#[tokio::test]
async fn credit_rules_carry_thresholds_authorities_and_provisions() {
    let app = TestApp::new().await;
    let officer = app.person("officer", VU_QUY, &[Role::Officer]).await;
    let rules = app.get(&officer, "/v1/credit-rules").await.expect(200);
    let steps: Vec<_> = rules["risk_measures"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| (&m["loss_from"], &m["measure"], &m["most_months"]))
        .collect();
    assert_eq!(
        steps,
        [
            (&json!("0"), &json!("extension"), &Value::Null),
            (&json!("40"), &json!("freeze"), &json!(36)),
            (&json!("80"), &json!("freeze"), &json!(60))
        ]
    );
    let causes: Vec<_> =
        rules["risk_causes"].as_array().unwrap().iter().map(|c| c["cause_code"].as_str().unwrap()).collect();
    assert_eq!(causes, ["K1", "K2", "K3", "K4A", "K4B", "K4C", "K5"]);
    let commune =
        rules["capital_owners"].as_array().unwrap().iter().find(|o| o["owner_code"] == "commune").unwrap();
    assert_eq!(commune["risk_authority_vi"], "Chủ tịch Ủy ban nhân dân xã");
    assert_eq!(rules["provision_rates"][0]["percent"], "0.75");
    assert_eq!(rules["exclusions"].as_array().unwrap().len(), 3);
    let before = app.get(&officer, "/v1/credit-rules?on=2021-03-10").await.expect(200);
    assert_eq!(before["risk_measures"], json!([]));
}

#[tokio::test]
async fn a_product_has_at_most_one_rule_on_a_day() {
    let app = TestApp::new().await;
    let overlaps: i64 = sqlx::query_scalar(
        "select count(*) from programme_rule a join programme_rule b
            on a.product_code = b.product_code and a.valid_from < b.valid_from and (a.valid_to is null or a.valid_to > b.valid_from)",
    )
    .fetch_one(&app.owner)
    .await
    .unwrap();
    assert_eq!(overlaps, 0);
    let shares: Vec<(String, rust_decimal::Decimal)> =
        sqlx::query_as("select valid_from::text, sum(percent) from entrustment_share group by 1 order by 1")
            .fetch_all(&app.owner)
            .await
            .unwrap();
    assert!(shares.iter().all(|(_, sum)| *sum == rust_decimal::Decimal::ONE_HUNDRED), "{shares:?}");
    let refused =
        sqlx::query("update programme_rule set annual_rate = 0").execute(&app.app.pool).await.unwrap_err();
    assert!(refused.to_string().contains("permission denied"), "{refused}");
}

#[tokio::test]
async fn strange_days_and_codes_are_refused() {
    let app = TestApp::new().await;
    let officer = app.person("officer", VU_QUY, &[Role::Officer]).await;
    for code in ["00", "1", "%00", "01_30a", "x"] {
        app.get(&officer, &format!("/v1/programmes/{code}")).await.refused(404, "not-found");
    }
    for query in ["on=2026-02-30", "on=x", "on=", "day=2026-01-01"] {
        app.get(&officer, &format!("/v1/programmes?{query}")).await.refused(400, "malformed-request");
    }
    app.get(&officer, "/v1/programmes?on=9999-12-31").await.expect(200);
    app.get(&officer, "/v1/programmes?on=-200000-01-01").await.refused(400, "malformed-request");
    app.call(axum::http::Method::GET, None, "/v1/programmes", None, None).await.refused(401, "not-logged-in");
}
