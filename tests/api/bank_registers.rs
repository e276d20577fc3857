//! Registers of loans that other banks keep.

use axum::body::Body;
use axum::http::{Request, header};
use serde_json::{Value, json};
use soquy::access::Role;
use uuid::Uuid;

use crate::groups::a_household;
use crate::support::{Answer, Person, TestApp, VU_QUY};

const REGISTERS: &str = "/v1/units/13141/loan-registers";
const EXTERNAL: &str = "/v1/units/13141/external-loans";
const HEADINGS: &str = "Mã xã;Mã KH;Tên KH;CMND/CCCD;Số khế ước;Ngày vay;Thời hạn vay;Lãi suất;Mức vay;\
                        Ngày ĐH theo hợp đồng;Dư nợ trong hạn;Dư nợ quá hạn;Tổng dư nợ;Mã chương trình;Nguồn vốn";
const SAU: &str = "13141;KH1;Nguyễn Thị Sáu;034158001234;KU-1;15/03/2021;;6,6;50.000.000;15/03/2026;50.000.000;0;50.000.000;1;1";
const BAY: &str =
    "13141;KH2;Trần Văn Bảy;;KU-2;10/02/2020;36;8,25;20.000.000;10/02/2023;0;20.000.000;20.000.000;9.0;2";

fn file(rows: &[&str]) -> String {
    std::iter::once(HEADINGS).chain(rows.iter().copied()).collect::<Vec<_>>().join("\n")
}

async fn send(app: &TestApp, who: &Person, query: &str, content_type: &str, body: impl Into<Body>) -> Answer {
    let request = Request::post(format!("{REGISTERS}?{query}"))
        .header(header::AUTHORIZATION, format!("Bearer {}", who.token))
        .header(header::CONTENT_TYPE, content_type)
        .header("accept-language", "en");
    app.send(request.body(body.into()).expect("a request")).await
}

async fn take_in(app: &TestApp, who: &Person, as_of: &str, rows: &[&str]) -> Value {
    send(app, who, &format!("lender=NHCSXH&as_of={as_of}"), "text/csv", file(rows)).await.expect(200)
}

async fn clerk(app: &TestApp) -> Person {
    app.person("clerk", VU_QUY, &[Role::BankClerk]).await
}

#[tokio::test]
async fn a_register_is_kept_as_it_came_and_as_it_was_understood() {
    let app = TestApp::new().await;
    let clerk = clerk(&app).await;
    let report = take_in(&app, &clerk, "2026-02-28", &[SAU, BAY]).await;
    assert_eq!(
        (&report["stored"], &report["accepted"], &report["refused"]),
        (&json!(true), &json!(2), &json!(0))
    );
    let path = format!("{REGISTERS}/{}", report["register_id"].as_str().unwrap());
    let shown = app.get(&clerk, &path).await.expect(200);
    assert_eq!((&shown["lender"], &shown["row_count"]), (&json!("NHCSXH"), &json!(2)));
    assert_eq!(shown["totals"][0]["left"], "50000000");
    let loans = app.get(&clerk, &format!("{path}/loans?limit=1")).await.expect(200);
    let loan = &loans["items"][0];
    assert_eq!(
        (&loan["programme_code"], &loan["term_months"], &loan["annual_rate"]),
        (&json!("01"), &json!(60), &json!("6.6"))
    );
    assert!(!loans.to_string().contains("034158001234"), "identity numbers are kept, not shown");
    let next =
        app.get(&clerk, &format!("{path}/loans?after={}", loans["next"].as_str().unwrap())).await.expect(200);
    assert_eq!(
        (&next["items"][0]["line_no"], &next["items"][0]["programme_code"]),
        (&json!(3), &json!("09"))
    );
    let raw: Value = sqlx::query_scalar("select raw from register_loan where line_no = 2")
        .fetch_one(&app.owner)
        .await
        .unwrap();
    assert_eq!(raw[3], "034158001234");
}

#[tokio::test]
async fn case_25_the_same_file_twice_is_one_register() {
    let app = TestApp::new().await;
    let clerk = clerk(&app).await;
    let first = take_in(&app, &clerk, "2026-02-28", &[SAU]).await;
    let again = take_in(&app, &clerk, "2026-02-28", &[SAU]).await;
    assert_eq!(
        (&again["register_id"], &again["known"], &again["stored"]),
        (&first["register_id"], &json!(true), &json!(false))
    );
    assert_eq!(app.get(&clerk, REGISTERS).await.expect(200)["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_file_read_in_the_wrong_unit_is_read_again_in_the_right_one() {
    let app = TestApp::new().await;
    let clerk = clerk(&app).await;
    let dong = take_in(&app, &clerk, "2026-02-28", &[SAU]).await;
    let query = "lender=NHCSXH&as_of=2026-02-28&amounts=million";
    let million = send(&app, &clerk, query, "text/csv", file(&[SAU])).await.expect(200);
    assert_eq!((&million["known"], &million["stored"]), (&json!(false), &json!(true)));
    assert_ne!(million["register_id"], dong["register_id"]);
    let again = send(&app, &clerk, query, "text/csv", file(&[SAU])).await.expect(200);
    assert_eq!((&again["known"], &again["register_id"]), (&json!(true), &million["register_id"]));
    let future = send(&app, &clerk, "lender=NHCSXH&as_of=2026-03-03", "text/csv", file(&[SAU])).await;
    assert_eq!(future.refused(422, "invalid-field")["errors"][0]["pointer"], "/as_of");
}

#[tokio::test]
async fn one_refused_row_refuses_the_file_and_a_dry_run_keeps_nothing() {
    let app = TestApp::new().await;
    let clerk = clerk(&app).await;
    let wrong = BAY.replace(";9.0;2", ";9.5;3");
    let report = take_in(&app, &clerk, "2026-02-28", &[SAU, &wrong]).await;
    assert_eq!(
        (&report["stored"], &report["accepted"], &report["refused"]),
        (&json!(false), &json!(1), &json!(1))
    );
    let columns: Vec<_> = report["rows"][1]["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["column"].as_str().unwrap())
        .collect();
    assert_eq!(
        (&report["rows"][1]["line_no"], columns),
        (&json!(3), vec!["programme_code", "capital_source"])
    );
    let dry = send(&app, &clerk, "lender=NHCSXH&as_of=2026-02-28&dry_run=true", "text/csv", file(&[SAU]))
        .await
        .expect(200);
    assert_eq!(
        (&dry["stored"], &dry["accepted"], &dry["register_id"]),
        (&json!(false), &json!(1), &Value::Null)
    );
    assert_eq!(app.get(&clerk, REGISTERS).await.expect(200)["items"], json!([]));
}

#[tokio::test]
async fn a_month_is_compared_with_the_month_before_and_with_the_plan() {
    let app = TestApp::new().await;
    let clerk = clerk(&app).await;
    let before = take_in(&app, &clerk, "2026-01-31", &[SAU, BAY]).await;
    let paid = SAU.replace("50.000.000;0;50.000.000;1;1", "46.000.000;0;46.000.000;1;1");
    let new = BAY.replace("KU-2", "KU-3").replace("KH2", "KH3");
    let now = take_in(&app, &clerk, "2026-02-28", &[&paid, &new]).await;
    let path = format!("{REGISTERS}/{}", now["register_id"].as_str().unwrap());
    let differences = app
        .get(&clerk, &format!("{path}/differences?against={}", before["register_id"].as_str().unwrap()))
        .await
        .expect(200);
    assert_eq!((&differences["only_left"], &differences["only_right"]), (&json!(["KU-3"]), &json!(["KU-2"])));
    assert_eq!(
        differences["differing"],
        json!([{"contract_no": "KU-1", "matched_by": "contract", "field": "performing", "left": "46000000", "right": "50000000"}])
    );
    assert_eq!(
        (&differences["totals"][0]["difference"], &differences["totals"][1]["difference"]),
        (&json!("-4000000"), &json!("0"))
    );
    let plan = json!({"plans": [{"commune_code": "13141", "programme_code": "01", "capital_source": "1", "millions": "48"}]});
    let report = app.post(&clerk, &format!("{path}/plan-report"), plan.clone()).await.expect(200);
    assert_eq!(
        (&report[0]["actual"], &report[0]["remaining"], &report[0]["percent"], &report[0]["light"]),
        (&json!("46000000"), &json!("2000000"), &json!("95.83"), &json!("amber"))
    );
    for millions in ["-1", "0.0000001", "1000000000000", "79228162514264337593543950335"] {
        let mut wrong = plan.clone();
        wrong["plans"][0]["millions"] = json!(millions);
        app.post(&clerk, &format!("{path}/plan-report"), wrong).await.refused(422, "invalid-field");
    }
}

#[tokio::test]
async fn amounts_in_millions_are_a_million_times_as_much() {
    let app = TestApp::new().await;
    let clerk = clerk(&app).await;
    let row = SAU.replace("50.000.000", "50,5");
    let query = "lender=NHCSXH&as_of=2026-02-28&amounts=million";
    let report = send(&app, &clerk, query, "text/csv", file(&[&row])).await.expect(200);
    let path = format!("{REGISTERS}/{}/loans", report["register_id"].as_str().unwrap());
    assert_eq!(app.get(&clerk, &path).await.expect(200)["items"][0]["performing"], "50500000");
}

#[tokio::test]
async fn what_is_no_register_is_refused() {
    let app = TestApp::new().await;
    let clerk = clerk(&app).await;
    let query = "lender=NHCSXH&as_of=2026-02-28";
    for body in ["", "a;b", HEADINGS, "Tên KH;\0"] {
        send(&app, &clerk, query, "text/csv", body).await.refused(400, "malformed-request");
    }
    send(&app, &clerk, query, "text/csv", vec![0xff, 0xfe]).await.refused(400, "malformed-request");
    send(&app, &clerk, query, "application/json", "{}").await.refused(415, "unsupported-type");
    for query in [
        "",
        "lender=&as_of=2026-02-28",
        "lender=X&as_of=2026-02-30",
        "lender=%00&as_of=2026-02-28",
        "lender=X&as_of=2026-02-28&amounts=tr",
    ] {
        send(&app, &clerk, query, "text/csv", file(&[SAU])).await.refused(400, "malformed-request");
    }
    let nul = SAU.replace("034158001234", "\0");
    send(&app, &clerk, query, "text/csv", file(&[&nul])).await.expect(200);
    let unknown = format!("{REGISTERS}/{}", Uuid::nil());
    for path in [
        unknown.clone(),
        format!("{unknown}/loans"),
        format!("{unknown}/differences?against={}", Uuid::nil()),
    ] {
        app.get(&clerk, &path).await.refused(404, "not-found");
    }
    let auditor = app.person("auditor", VU_QUY, &[Role::Auditor]).await;
    send(&app, &auditor, query, "text/csv", file(&[BAY])).await.refused(403, "forbidden");
    let leader = app.person("leader", VU_QUY, &[Role::GroupLeader]).await;
    app.get(&leader, REGISTERS).await.refused(403, "forbidden");
}

#[tokio::test]
async fn a_loan_of_a_commercial_bank_is_recorded_as_read_and_read_again() {
    let app = TestApp::new().await;
    let clerk = clerk(&app).await;
    let household = a_household(&app, "H1", "Thôn 1").await;
    let reading = |as_of: &str, outstanding: &str| {
        json!({"household_id": household, "lender": "Agribank", "contract_no": "1500-LAV-1", "credit_limit": "200000000",
               "rate_text": "8,5 %/năm, thả nổi", "lent_on": "2025-05-10", "due_on": "2027-05-10",
               "outstanding": outstanding, "as_of_on": as_of})
    };
    app.post(&clerk, EXTERNAL, reading("2026-01-31", "150000000")).await.expect(201);
    app.post(&clerk, EXTERNAL, reading("2026-02-28", "140000000")).await.expect(201);
    app.post(&clerk, EXTERNAL, reading("2026-02-28", "140000000")).await.refused(409, "already-exists");
    let list = app.get(&clerk, &format!("{EXTERNAL}?household={household}")).await.expect(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&list["items"][0]["outstanding"], &list["items"][0]["credit_limit"]),
        (&json!("140000000"), &json!("200000000"))
    );
    for (field, value) in [
        ("as_of_on", json!("2026-03-03")),
        ("due_on", json!("2025-05-09")),
        ("household_id", json!(Uuid::nil())),
        ("outstanding", json!("-1")),
        ("contract_no", json!("")),
    ] {
        let mut wrong = reading("2026-02-27", "1");
        wrong[field] = value;
        let refused = app.post(&clerk, EXTERNAL, wrong).await.refused(422, "invalid-field");
        assert_eq!(refused["errors"][0]["pointer"], format!("/{field}"));
    }
}
