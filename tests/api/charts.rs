//! The charts of accounts: what stands in them, and which one a book is opened in.

use serde_json::{Value, json};
use soquy::access::Role;

use crate::books::{at, receipt};
use crate::support::{TestApp, VU_QUY};

#[tokio::test]
async fn charts_say_what_superseded_them_and_can_still_be_opened() {
    let app = TestApp::new().await;
    let accountant = app.person("ketoan", VU_QUY, &[Role::Accountant]).await;
    let charts = app.get(&accountant, "/v1/charts").await.expect(200);
    let said: Vec<[&str; 4]> = charts
        .as_array()
        .unwrap()
        .iter()
        .map(|chart| {
            ["chart_id", "legal_basis", "superseded_by", "superseded_from"]
                .map(|name| chart[name].as_str().unwrap_or("-"))
        })
        .collect();
    assert_eq!(
        said,
        [
            ["tt05_2019", "Thông tư 05/2019/TT-BTC", "tt31_2019", "2020-03-01"],
            ["tt24_2024", "Thông tư 24/2024/TT-BTC", "-", "-"],
            ["tt31_2019", "Thông tư 31/2019/TT-NHNN", "-", "-"],
        ]
    );
    for (chart, unit) in [("tt05_2019", 13132), ("tt31_2019", 13075)] {
        let accountant = app.person(&format!("ketoan-{unit}"), unit, &[Role::Accountant]).await;
        let body = json!({"chart_id": chart, "opened_on": "2025-01-01"});
        let book = app.post(&accountant, &format!("/v1/units/{unit}/book"), body).await.expect(201);
        assert_eq!(book["chart_id"], chart, "a chart that was superseded can still be opened");
    }
}

/// Titles that the list of Circular 107/2017 or the older chart had otherwise, and accounts that do not exist any more.
#[tokio::test]
async fn accounts_bear_the_titles_of_their_circular() {
    let app = TestApp::new().await;
    for (chart, code, title) in [
        ("tt24_2024", "1388", "Phải thu khác"),
        ("tt24_2024", "211", "Tài sản cố định của đơn vị"),
        ("tt24_2024", "2113", "Tài sản cố định vô hình"),
        ("tt24_2024", "3323", "Bảo hiểm thất nghiệp"),
        ("tt24_2024", "3324", "Kinh phí công đoàn"),
        ("tt24_2024", "3538", "Các quỹ phải trả khác"),
        ("tt24_2024", "4311", "Quỹ phát triển hoạt động sự nghiệp"),
        ("tt24_2024", "4318", "Quỹ khác thuộc đơn vị"),
        ("tt24_2024", "612", "Chi phí hoạt động giao tự chủ"),
        ("tt24_2024", "012", "Phí được khấu trừ, để lại"),
        ("tt24_2024", "013", "Kinh phí hoạt động nghiệp vụ"),
        ("tt31_2019", "2011", "Cho vay ngắn hạn khách hàng tài chính vi mô"),
        ("tt31_2019", "29911", "Dự phòng cụ thể"),
        ("tt31_2019", "3913", "Lãi phải thu từ hoạt động cho vay"),
        ("tt31_2019", "7012", "Thu lãi cho vay"),
        ("tt31_2019", "97111", "Nợ gốc bị tổn thất đang trong thời gian theo dõi"),
    ] {
        let of = "select (name_vi, official)::text from chart_account where chart_id = $1 and code = $2";
        let said: String = sqlx::query_scalar(of).bind(chart).bind(code).fetch_one(&app.owner).await.unwrap();
        assert_eq!(said.replace('"', ""), format!("({title},t)"), "{chart} {code}");
    }
    let gone = "select count(*) from chart_account where chart_id = 'tt24_2024' and code = any ('{213,366,614,618,4312,4314}')";
    assert_eq!(sqlx::query_scalar::<_, i64>(gone).fetch_one(&app.owner).await.unwrap(), 0);
}

/// Only internal registers stand alone.
#[tokio::test]
async fn accounts_of_our_own_stand_below_official_ones() {
    let app = TestApp::new().await;
    let alone: Vec<String> = sqlx::query_scalar(
        "select a.chart_id || ' ' || a.code from chart_account a left join chart_account p on p.chart_id = a.chart_id and p.code = a.parent_code
          where a.chart_id <> 'tt05_2019' and not a.official and p.official is not true order by 1",
    )
    .fetch_all(&app.owner)
    .await
    .unwrap();
    assert_eq!(alone, ["tt24_2024 000", "tt24_2024 0941", "tt31_2019 000"]);
    let unlike: Vec<String> = sqlx::query_scalar(
        "select a.chart_id || ' ' || a.code from chart_account a join chart_account p on p.chart_id = a.chart_id and p.code = a.parent_code
          where a.memorandum <> p.memorandum or a.class <> p.class or not starts_with(a.code, p.code)",
    )
    .fetch_all(&app.owner)
    .await
    .unwrap();
    assert_eq!(unlike, [""; 0]);
}

#[tokio::test]
async fn every_role_of_the_recipes_has_an_account_that_takes_lines() {
    let app = TestApp::new().await;
    let idle: i64 = sqlx::query_scalar(
        "select count(*) from chart_role r join chart_account a using (chart_id, code)
          where exists (select from chart_account d where d.chart_id = a.chart_id and d.parent_code = a.code)",
    )
    .fetch_one(&app.owner)
    .await
    .unwrap();
    assert_eq!(idle, 0);
    let roles: Vec<i64> =
        sqlx::query_scalar("select count(distinct role) from chart_role group by chart_id order by chart_id")
            .fetch_all(&app.owner)
            .await
            .unwrap();
    assert_eq!(roles, [55, 17, 55], "the microfinance chart has the roles of loans as well");
}

#[tokio::test]
async fn capital_stands_by_its_nature_and_recovered_capital_keeps_it() {
    let app = TestApp::new().await;
    let accountant = app.person("ketoan", VU_QUY, &[Role::Accountant]).await;
    let post =
        async |path: &str, key: &str, body: Value| app.post_once(&accountant, key, &at(path), body).await;
    app.post(&accountant, &at("/book"), json!({"chart_id": "tt24_2024", "opened_on": "2025-07-01"}))
        .await
        .expect(201);
    let fund = json!({"kind": "revolving", "name": "Quỹ quay vòng", "opened_on": "2025-07-01"});
    app.post(&accountant, &at("/funds"), fund).await.expect(201);
    let source = |name: &str, more: Value| {
        let mut body = json!({"fund_id": 1, "name": name, "may_revolve": true, "must_return": false, "opened_on": "2025-07-01"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    for (n, (nature, code, more)) in [
        ("programme", "35381", json!({"origin": "central_budget"})),
        ("returnable", "13531", json!({"origin": "local_budget", "may_revolve": false, "must_return": true})),
        ("borrowed", "3411", json!({"origin": "bank"})),
        ("own", "43181", json!({"origin": "local_budget", "nature": "own"})),
    ]
    .into_iter()
    .enumerate()
    {
        let opened = app.post(&accountant, &at("/sources"), source(nature, more)).await.expect(201);
        assert_eq!(opened["nature"], nature);
        let (id, key) = (n + 1, format!("receipt-{nature}"));
        let booked =
            post(&format!("/sources/{id}/receipts"), &key, receipt("2026-03-01", "1000")).await.expect(201);
        let journal =
            app.get(&accountant, &at(&format!("/journals/{}", booked["journal_no"]))).await.expect(200);
        assert_eq!(journal["lines"][1]["account"], code, "{nature}");
    }
    let mixed = source("Vốn thu hồi", json!({"origin": "enterprise", "recovers_into": 4}));
    let refused = app.post(&accountant, &at("/sources"), mixed).await.refused(422, "invalid-field");
    assert_eq!(refused["errors"][0]["pointer"], "/recovers_into");
    crate::corrections::corrected(&app, &accountant, &at("/sources/1"), json!({"nature": "own"}))
        .await
        .refused(409, "wrong-state");
    let line =
        |account: &str, side: &str| json!({"account": account, "source": 2, "side": side, "amount": "7"});
    let paper = json!({"kind": "receipt", "party": "An", "address": "Vũ Quý", "attachments": 0});
    let mixed = json!({"on": "2026-03-02", "description": "Ghi lẫn", "paper": paper,
                       "lines": [line("1111", "debit"), line("43181", "credit")]});
    let refused = post("/journals", "mixed-natures", mixed).await.refused(422, "invalid-field");
    assert_eq!(refused["errors"][0]["pointer"], "/lines/1/account");
    assert!(refused["errors"][0]["detail"].as_str().unwrap().contains("13531"), "{refused}");
}
