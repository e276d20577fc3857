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
    let student = json!({"kind": "study", "grace_months": 12, "short_course_months": 12, "short_factor": 2, "long_factor": 1});
    let cases: Vec<Expected> = vec![
        ("01", "2014-12-31", None, free.clone()),
        ("01", "2018-03-15", Some(("6.6", "8.58")), free.clone()),
        ("01", "2019-02-28", Some(("6.6", "8.58")), free.clone()),
        ("01", "2019-03-01", Some(("6.6", "8.58")), most(120)),
        ("01_30a", "2026-03-02", Some(("3.3", "4.29")), most(120)),
        ("01_house_repair", "2026-03-02", Some(("6.6", "8.58")), most(120)),
        ("19", "2013-10-07", None, free.clone()),
        ("19", "2018-03-15", Some(("7.92", "10.296")), free.clone()),
        ("09", "2020-02-10", Some(("8.25", "10.725")), most(60)),
        ("09", "2020-12-31", Some(("8.25", "10.725")), most(60)),
        ("09", "2021-01-01", None, Value::Null),
        ("09", "2021-03-29", None, Value::Null),
        ("09", "2021-03-30", Some(("8.25", "10.725")), most(60)),
        ("02", "2014-09-05", Some(("7.8", "10.14")), student.clone()),
        ("02", "2015-05-31", Some(("7.8", "10.14")), student.clone()),
        ("02", "2016-09-05", Some(("6.6", "8.58")), student.clone()),
        ("02_stem", "2025-08-27", None, Value::Null),
        ("02_stem", "2025-08-28", Some(("4.8", "6.24")), student),
        ("03_worker", "2019-11-07", Some(("7.92", "10.296")), most(60)),
        ("03_worker", "2025-12-31", Some(("7.92", "10.296")), most(120)),
        ("03_worker", "2026-01-01", Some(("8.382", "10.8966")), most(120)),
        ("03_worker_priority", "2025-12-31", Some(("3.96", "5.148")), most(120)),
        ("03_worker_priority", "2026-01-01", Some(("6.6", "8.58")), most(120)),
        ("03_establishment", "2026-01-01", Some(("8.382", "10.8966")), most(120)),
        ("04", "2025-12-31", Some(("6.6", "8.58")), free.clone()),
        ("04", "2026-01-01", Some(("8.382", "10.8966")), json!({"kind": "as_counted"})),
        ("04_priority", "2026-01-01", Some(("6.6", "8.58")), json!({"kind": "as_counted"})),
        ("06", "2026-01-01", None, Value::Null),
        ("06_water", "2026-01-01", Some(("9", "11.7")), most(60)),
        ("10", "2026-01-01", Some(("9", "11.7")), free.clone()),
        ("07_flood", "2025-01-31", Some(("3", "3.9")), most(120)),
        ("07_poor", "2020-12-31", Some(("3", "3.9")), most(180)),
        ("07_poor", "2021-01-01", None, Value::Null),
        ("12", "2024-07-31", None, free),
        ("12", "2024-08-01", None, Value::Null),
        ("12_purchase", "2024-08-01", Some(("6.6", "8.58")), most(300)),
        ("12_building", "2025-10-09", Some(("6.6", "8.58")), most(300)),
        ("12_building", "2025-10-10", Some(("5.4", "7.02")), most(300)),
        ("26_business", "2026-01-01", Some(("6.6", "8.58")), most(120)),
        ("26_establishment", "2026-01-01", Some(("6.6", "8.58")), most(120)),
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
        ("02", "2016-01-08", "study_month", "1100000"),
        ("02", "2016-01-09", "study_month", "1250000"),
        ("02", "2017-06-14", "study_month", "1250000"),
        ("02", "2017-06-15", "study_month", "1500000"),
        ("02", "2019-11-30", "study_month", "1500000"),
        ("02", "2019-12-01", "study_month", "2500000"),
        ("02", "2022-05-18", "study_month", "2500000"),
        ("02", "2022-05-19", "study_month", "4000000"),
        ("02", "2026-01-01", "study_month", "4000000"),
        ("03_worker", "2019-11-07", "borrower", "50000000"),
        ("03_establishment", "2019-11-07", "project", "1000000000"),
        ("03_establishment", "2019-11-07", "worker", "50000000"),
        ("03_worker", "2025-12-31", "borrower", "100000000"),
        ("03_worker", "2026-01-01", "borrower", "200000000"),
        ("03_establishment", "2025-12-31", "project", "2000000000"),
        ("03_establishment", "2026-01-01", "project", "10000000000"),
        ("03_establishment", "2026-01-01", "worker", "200000000"),
        ("06", "2024-09-01", "household", "20000000"),
        ("06_water", "2024-09-02", "product", "25000000"),
        ("06_sanitation", "2024-09-02", "product", "25000000"),
        ("26_establishment", "2026-01-01", "project", "2000000000"),
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
        ("06_water", "carried", false),
        ("03_worker", "overdue", false),
        ("09", "carried", false),
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
    assert_eq!(housing["rule"]["instalments"]["spread_interest"], true);
    assert_eq!(housing["rule"]["unverified"], true);
}

/// Product, rates, caps; `?`: some figure is unverified.
const DAYS: [(&str, &[&str]); 7] = [
    (
        "2014-06-30",
        &["01 - household=50000000 ?", "02 7.8/10.14 study_month=1100000 ?", "19 - household=50000000"],
    ),
    (
        "2016-07-01",
        &[
            "01 6.6/8.58 household=50000000 ?",
            "01_30a 3.3/4.29 household=50000000 ?",
            "02 6.6/8.58 study_month=1250000",
            "03_establishment 7.92/10.296 project=1000000000 worker=50000000 ?",
            "03_establishment_priority 3.96/5.148 project=1000000000 worker=50000000 ?",
            "03_worker 7.92/10.296 borrower=50000000 ?",
            "03_worker_priority 3.96/5.148 borrower=50000000 ?",
            "04 6.6/8.58",
            "07_flood 3/3.9 household=15000000 ?",
            "07_poor 3/3.9 household=25000000 ?",
            "09 8.25/10.725 household=50000000",
            "12 - ?",
            "19 7.92/10.296 household=50000000",
        ],
    ),
    (
        "2018-10-01",
        &[
            "01 6.6/8.58 household=50000000 ?",
            "01_30a 3.3/4.29 household=50000000 ?",
            "02 6.6/8.58 study_month=1500000",
            "03_establishment 7.92/10.296 project=1000000000 worker=50000000 ?",
            "03_establishment_priority 3.96/5.148 project=1000000000 worker=50000000 ?",
            "03_worker 7.92/10.296 borrower=50000000 ?",
            "03_worker_priority 3.96/5.148 borrower=50000000 ?",
            "04 6.6/8.58",
            "06 9/11.7 facility=10000000 household=20000000",
            "07_flood 3/3.9 household=15000000 ?",
            "07_poor 3/3.9 household=25000000 ?",
            "09 8.25/10.725 household=50000000",
            "12 - ?",
            "19 7.92/10.296 household=50000000",
        ],
    ),
    (
        "2020-07-01",
        &[
            "01 6.6/8.58 household=100000000",
            "01_30a 3.3/4.29 household=100000000 ?",
            "01_electricity 6.6/8.58 household=100000000 product=1500000 ?",
            "01_house_repair 6.6/8.58 household=100000000 product=3000000 ?",
            "01_water 6.6/8.58 household=100000000 product=10000000 ?",
            "02 6.6/8.58 study_month=2500000",
            "03_establishment 7.92/10.296 project=2000000000 worker=100000000",
            "03_establishment_priority 3.96/5.148 project=2000000000 worker=100000000",
            "03_worker 7.92/10.296 borrower=100000000",
            "03_worker_priority 3.96/5.148 borrower=100000000",
            "04 6.6/8.58",
            "06 9/11.7 facility=10000000 household=20000000",
            "07_flood 3/3.9 household=15000000 ?",
            "07_poor 3/3.9 household=25000000 ?",
            "09 8.25/10.725 household=100000000",
            "12 - ?",
            "19 7.92/10.296 household=100000000",
        ],
    ),
    (
        "2023-11-01",
        &[
            "01 6.6/8.58 household=100000000",
            "01_30a 3.3/4.29 household=100000000 ?",
            "01_electricity 6.6/8.58 household=100000000 product=1500000 ?",
            "01_house_repair 6.6/8.58 household=100000000 product=3000000 ?",
            "01_water 6.6/8.58 household=100000000 product=10000000 ?",
            "02 6.6/8.58 study_month=4000000",
            "03_establishment 7.92/10.296 project=2000000000 worker=100000000",
            "03_establishment_priority 3.96/5.148 project=2000000000 worker=100000000",
            "03_worker 7.92/10.296 borrower=100000000",
            "03_worker_priority 3.96/5.148 borrower=100000000",
            "04 6.6/8.58",
            "06 9/11.7 facility=10000000 household=20000000",
            "07_flood 3/3.9 household=15000000 ?",
            "09 8.25/10.725 household=100000000",
            "10 9/11.7 household=100000000 ?",
            "12 - ?",
            "19 7.92/10.296 household=100000000",
            "26_business 6.6/8.58 borrower=100000000",
            "26_establishment 6.6/8.58 project=2000000000 ?",
            "26_vocational 6.6/8.58 study_month=4000000 ?",
        ],
    ),
    (
        "2025-09-15",
        &[
            "01 6.6/8.58 household=100000000",
            "01_30a 3.3/4.29 household=100000000 ?",
            "01_electricity 6.6/8.58 household=100000000 product=1500000 ?",
            "01_house_repair 6.6/8.58 household=100000000 product=3000000 ?",
            "01_water 6.6/8.58 household=100000000 product=10000000 ?",
            "02 6.6/8.58 study_month=4000000",
            "02_stem 4.8/6.24 study_month=5000000 ?",
            "03_establishment 7.92/10.296 project=2000000000 worker=100000000",
            "03_establishment_priority 3.96/5.148 project=2000000000 worker=100000000",
            "03_worker 7.92/10.296 borrower=100000000",
            "03_worker_priority 3.96/5.148 borrower=100000000",
            "04 6.6/8.58",
            "06_sanitation 9/11.7 household=50000000 product=25000000",
            "06_water 9/11.7 household=50000000 product=25000000",
            "07_flood 3/3.9 household=15000000 ?",
            "09 8.25/10.725 household=100000000",
            "10 9/11.7 household=100000000 ?",
            "12_building 6.6/8.58 project=1000000000",
            "12_purchase 6.6/8.58",
            "19 7.92/10.296 household=100000000",
            "26_business 6.6/8.58 borrower=100000000",
            "26_establishment 6.6/8.58 project=2000000000 ?",
            "26_vocational 6.6/8.58 study_month=4000000 ?",
        ],
    ),
    (
        "2026-11-15",
        &[
            "01 6.6/8.58 household=100000000",
            "01_30a 3.3/4.29 household=100000000 ?",
            "01_electricity 6.6/8.58 household=100000000 product=1500000 ?",
            "01_house_repair 6.6/8.58 household=100000000 product=3000000 ?",
            "01_water 6.6/8.58 household=100000000 product=10000000 ?",
            "02 6.6/8.58 study_month=4000000",
            "02_stem 4.8/6.24 study_month=5000000 ?",
            "03_establishment 8.382/10.8966 project=10000000000 worker=200000000 ?",
            "03_establishment_priority 6.6/8.58 project=10000000000 worker=200000000 ?",
            "03_worker 8.382/10.8966 borrower=200000000",
            "03_worker_priority 6.6/8.58 borrower=200000000",
            "04 8.382/10.8966",
            "04_priority 6.6/8.58",
            "06_sanitation 9/11.7 household=50000000 product=25000000",
            "06_water 9/11.7 household=50000000 product=25000000",
            "07_flood 3/3.9 household=15000000 ?",
            "09 8.25/10.725 household=100000000",
            "10 9/11.7 household=100000000 ?",
            "12_building 5.4/7.02 project=1000000000 ?",
            "12_purchase 5.4/7.02 ?",
            "19 7.92/10.296 household=100000000",
            "26_business 6.6/8.58 borrower=100000000",
            "26_establishment 6.6/8.58 project=2000000000 ?",
            "26_vocational 6.6/8.58 study_month=4000000 ?",
        ],
    ),
];

#[tokio::test]
async fn the_list_of_programmes_answers_what_held_on_a_day() {
    let app = TestApp::new().await;
    let officer = app.person("officer", VU_QUY, &[Role::Officer]).await;
    let shown = |product: &Value| -> Option<String> {
        let rule = product["rule"].as_object()?;
        let rates = rule["rates"].as_object().map_or("-".to_owned(), |rates| {
            format!("{}/{}", rates["annual_rate"].as_str().unwrap(), rates["overdue_rate"].as_str().unwrap())
        });
        let mut words = vec![product["product_code"].as_str().unwrap().to_owned(), rates];
        for cap in rule["rule"]["caps"].as_array().unwrap() {
            words.push(format!("{}={}", cap["per"].as_str().unwrap(), cap["amount"].as_str().unwrap()));
        }
        words.extend((rule["rule"]["unverified"] == true).then(|| "?".to_owned()));
        Some(words.join(" "))
    };
    for (on, wanted) in DAYS {
        let programmes = app.get(&officer, &format!("/v1/programmes?on={on}")).await.expect(200);
        let products = programmes.as_array().unwrap().iter().flat_map(|p| p["products"].as_array().unwrap());
        assert_eq!(products.filter_map(shown).collect::<Vec<_>>(), wanted, "{on}");
    }
}

#[tokio::test]
async fn near_poor_households_paid_up_to_130_percent_until_october_2013() {
    let app = TestApp::new().await;
    let officer = app.person("officer", VU_QUY, &[Role::Officer]).await;
    for (on, percent) in [("2013-10-07", "130"), ("2013-10-08", "120"), ("2014-05-01", "120")] {
        let rate = rule(&app, &officer, "19", on).await["rule"]["rate"].take();
        assert_eq!(rate, json!({"kind": "share_of", "product": "01", "percent": percent}), "{on}");
    }
}

#[tokio::test]
async fn contracts_of_households_newly_escaped_were_not_paid_out_in_the_first_quarter_of_2021() {
    let app = TestApp::new().await;
    let mut conn = app.app.pool.acquire().await.unwrap();
    let payout = async |conn: &mut _, product: &str, signed, on| {
        let rule = programmes::rule_of_payout(conn, &product.parse().unwrap(), day(signed), day(on)).await;
        rule.map(|lending| lending.rule.valid_from.to_string()).map_err(|problem| problem.kind)
    };
    let stopped = Err(soquy::problem::Kind::WrongState);
    for (product, signed, on, wanted) in [
        ("09", "2019-03-01", "2020-12-31", Ok("2019-03-01".to_owned())),
        ("09", "2019-03-01", "2021-01-01", stopped.clone()),
        ("09", "2019-03-01", "2021-03-29", stopped.clone()),
        ("09", "2019-03-01", "2021-03-30", Ok("2021-03-30".to_owned())),
        // A house that was begun is paid out to the end, though nobody is lent a new one.
        ("12", "2015-12-10", "2024-10-01", Ok("2015-12-10".to_owned())),
    ] {
        assert_eq!(payout(&mut conn, product, signed, on).await, wanted, "{product} {on}");
    }
}

#[tokio::test]
async fn lending_asks_for_the_rule_of_the_day_and_is_told_when_there_is_none() {
    let app = TestApp::new().await;
    let mut conn = app.app.pool.acquire().await.unwrap();
    let code = |text: &str| text.parse().unwrap();
    let lending = programmes::rule_on(&mut conn, &code("09"), day("2026-03-02")).await.unwrap();
    let ask = Ask { term_months: 61, ..Ask::of("100000001".parse().unwrap()) };
    let refusals = within(&lending.rule, &ask);
    assert!(
        matches!(refusals[..], [Refusal::AboveCap { .. }, Refusal::TermTooLong { most_months: 60 }]),
        "{refusals:?}"
    );
    for (product, on) in
        [("09", "2015-09-04"), ("99", "2026-03-02"), ("15", "2026-03-02"), ("88", "2026-03-02")]
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
    let of_poor = async |conn: &mut _, decision, on| {
        programmes::special_extension(conn, "01", decision, day(on)).await.unwrap()
    };
    for (decision, on, months) in [
        ("54", "2013-01-24", None),
        ("54", "2013-01-25", Some(30)),
        ("29", "2013-07-04", None),
        ("29", "2013-07-05", Some(30)),
    ] {
        assert_eq!(of_poor(&mut conn, decision, on).await, months, "{decision} {on}");
    }
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
    assert_eq!(rules["exclusions"].as_array().unwrap().len(), 7);
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
