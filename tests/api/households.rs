//! The register of households: who is in it, who may see what, who may be helped when.

use axum::http::{Method, Request, header};
use serde_json::{Value, json};
use soquy::access::Role;

use crate::support::{Answer, Person, TestApp, VU_QUY, day};

pub const HOUSEHOLDS: &str = "/v1/units/13141/households";

/// A text as it stands in an address.
pub fn encoded(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

pub fn lien() -> Value {
    json!({
        "code": "241314101002", "hamlet": "Thôn Đông", "phone": "0599 000 102",
        "head": {"name": "Nguyễn Thị Liên", "birth": "25/10/1981", "gender": "female", "ethnicity": "Kinh", "personal_id": "034181900002"},
        "members": [
            {"person": {"name": "Bùi Gia Bảo", "birth": "2007-12-15", "gender": "male"}, "relation": "con"},
            {"person": {"name": "Đặng Thị Ừng", "birth": "1948"}, "relation": "mẹ"},
        ],
    })
}

pub async fn officer(app: &TestApp) -> Person {
    app.person("officer", VU_QUY, &[Role::Officer]).await
}

async fn registered(app: &TestApp, who: &Person) -> String {
    let body = app.post(who, HOUSEHOLDS, lien()).await.expect(201);
    format!("{HOUSEHOLDS}/{}", body["household_id"].as_str().unwrap())
}

async fn decided(app: &TestApp, who: &Person, household: &str, class: &str, year: i32, on: &str) -> Answer {
    let number = format!("{class}/{year}/{on}");
    let body = json!({"class_year": year, "class": class, "decision_no": number, "decision_on": on});
    app.post(who, &format!("{household}/class-decisions"), body).await
}

async fn patched(app: &TestApp, who: &Person, path: &str, tag: Option<&str>, body: Value) -> Answer {
    let mut request =
        Request::builder().method(Method::PATCH).uri(path).header(header::CONTENT_TYPE, "application/json");
    request = request.header(header::AUTHORIZATION, format!("Bearer {}", who.token));
    if let Some(tag) = tag {
        request = request.header(header::IF_MATCH, tag);
    }
    app.send(request.body(body.to_string().into()).unwrap()).await
}

async fn tag_of(app: &TestApp, who: &Person, household: &str) -> String {
    app.get(who, household).await.headers[header::ETAG].to_str().unwrap().to_owned()
}

async fn eligible(app: &TestApp, who: &Person, household: &str, on: &str) -> bool {
    app.get(who, &format!("{household}/eligibility?on={on}")).await.expect(200)["eligible"].as_bool().unwrap()
}

async fn found(app: &TestApp, who: &Person, query: &str) -> Vec<String> {
    let page = app.get(who, &format!("{HOUSEHOLDS}?{query}")).await.expect(200);
    page["items"].as_array().unwrap().iter().map(|line| line["code"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_household_is_registered_with_its_head_and_members() {
    let app = TestApp::new().await;
    let officer = officer(&app).await;
    let created = app.post(&officer, HOUSEHOLDS, lien()).await;
    let location = created.headers[header::LOCATION].to_str().unwrap().to_owned();
    let created = created.expect(201);
    let shown = app.get(&officer, &location).await.expect(200);
    assert_eq!(created, shown);
    assert_eq!((&shown["phone"], &shown["signs_by_fingerprint"]), (&json!("0599000102"), &json!(false)));
    let person = |at: usize| {
        let member = &shown["members"][at];
        ["name", "relation", "birth", "personal_id"]
            .map(|field| member[field].as_str().unwrap_or("-").to_owned())
    };
    assert_eq!(person(0), ["Nguyễn Thị Liên", "chủ hộ", "1981-10-25", "034181900002"]);
    assert_eq!(person(1), ["Bùi Gia Bảo", "con", "2007-12-15", "-"]);
    assert_eq!(person(2), ["Đặng Thị Ừng", "mẹ", "1948", "-"]);
    assert_eq!(shown["represented_by"], shown["members"][0]["member_id"]);
}

#[tokio::test]
async fn a_code_and_a_person_stand_in_one_household_only() {
    let app = TestApp::new().await;
    let officer = officer(&app).await;
    registered(&app, &officer).await;
    app.post(&officer, HOUSEHOLDS, lien()).await.refused(409, "already-exists");
    let mut other = lien();
    other["code"] = json!("241314101003");
    let body = app.post(&officer, HOUSEHOLDS, other.clone()).await.refused(409, "already-exists");
    assert_eq!(body["detail"], "The number of Nguyễn Thị Liên belongs to household 241314101002");
    other["head"]["personal_id"] = Value::Null;
    app.post(&officer, HOUSEHOLDS, other).await.expect(201);
}

#[tokio::test]
async fn the_same_request_under_the_same_key_registers_once() {
    let app = TestApp::new().await;
    let officer = officer(&app).await;
    let first = app.post_once(&officer, "ho-lien-0001", HOUSEHOLDS, lien()).await.expect(201);
    let again = app.post_once(&officer, "ho-lien-0001", HOUSEHOLDS, lien()).await;
    assert_eq!(again.headers["idempotent-replayed"], "true");
    assert_eq!(again.expect(201), first);
    let mut other = lien();
    other["head"]["personal_id"] = json!("034181900003");
    app.post_once(&officer, "ho-lien-0001", HOUSEHOLDS, other).await.refused(422, "idempotency-key-reused");
}

#[tokio::test]
async fn names_are_found_without_diacritics_whole_or_in_part() {
    let app = TestApp::new().await;
    let officer = officer(&app).await;
    registered(&app, &officer).await;
    let ngo = json!({"code": "X-9", "hamlet": "Thôn Đoài", "head": {"name": "Ngô Văn Hòa"}});
    app.post(&officer, HOUSEHOLDS, ngo).await.expect(201);
    for (typed, codes) in [
        ("nguyen thi", &["241314101002"][..]),
        ("Nguyễn Thị", &["241314101002"]),
        ("lie ngu", &["241314101002"]),
        ("dang ung", &["241314101002"]),
        ("đặng", &["241314101002"]),
        ("4101002", &["241314101002"]),
        ("thon do", &["241314101002", "X-9"]),
        ("thôn ĐOÀI", &["X-9"]),
        ("van hoa", &["X-9"]),
        ("x-9", &["X-9"]),
        ("", &["241314101002", "X-9"]),
        ("%", &[]),
        ("nguyen thi hoa", &[]),
    ] {
        assert_eq!(found(&app, &officer, &format!("q={}", encoded(typed))).await, codes, "{typed}");
    }
    assert_eq!(found(&app, &officer, &format!("hamlet={}", encoded("Thôn Đông"))).await, ["241314101002"]);
}

#[tokio::test]
async fn pages_go_by_code_and_a_class_is_asked_as_of_a_day() {
    let app = TestApp::new().await;
    let officer = officer(&app).await;
    for code in ["B", "A", "C"] {
        let new = json!({"code": code, "hamlet": "Thôn Đông", "head": {"name": "Trần Bình"}});
        let body = app.post(&officer, HOUSEHOLDS, new).await.expect(201);
        let household = format!("{HOUSEHOLDS}/{}", body["household_id"].as_str().unwrap());
        decided(&app, &officer, &household, "poor", 2025, "2024-12-16").await.expect(201);
        if code == "B" {
            decided(&app, &officer, &household, "newly_escaped", 2026, "2025-12-15").await.expect(201);
        }
    }
    let page = app.get(&officer, &format!("{HOUSEHOLDS}?class=poor&on=2025-12-31&limit=2")).await.expect(200);
    let next = format!("class=poor&on=2025-12-31&limit=2&after={}", page["next"].as_str().unwrap());
    assert_eq!(found(&app, &officer, &next).await, ["C"]);
    let first = app.get(&officer, &format!("{HOUSEHOLDS}?limit=2")).await.expect(200);
    assert_eq!((&first["items"][0]["code"], &first["items"][1]["code"]), (&json!("A"), &json!("B")));
    assert_eq!(
        found(&app, &officer, &format!("limit=2&after={}", first["next"].as_str().unwrap())).await,
        ["C"]
    );
    assert_eq!(found(&app, &officer, "class=poor&on=2025-12-31").await, ["A", "B", "C"]);
    assert_eq!(found(&app, &officer, "class=poor&on=2026-01-01").await, ["A", "C"]);
    assert_eq!(found(&app, &officer, "class=newly_escaped").await, ["B"]);
    assert_eq!(found(&app, &officer, "class=poor&on=2024-12-31").await, [""; 0]);
}

#[tokio::test]
async fn help_is_possible_from_the_decision_on_to_the_end_of_the_year_after_it() {
    let app = TestApp::new().await;
    let officer = officer(&app).await;
    let household = registered(&app, &officer).await;
    decided(&app, &officer, &household, "poor", 2024, "2024-02-29").await.expect(201);
    for (on, expected) in
        [("2024-02-28", false), ("2024-02-29", true), ("2025-12-31", true), ("2026-01-01", false)]
    {
        assert_eq!(eligible(&app, &officer, &household, on).await, expected, "{on}");
    }
    let answer = app.get(&officer, &format!("{household}/eligibility?on=2024-03-01")).await.expect(200);
    assert_eq!(
        ["class", "standard_id", "decision_no", "decision_on"].map(|field| answer[field].as_str().unwrap()),
        ["poor", "vn_2022", "poor/2024/2024-02-29", "2024-02-29"]
    );
    assert_eq!(
        answer["reason_vi"],
        "Hộ nghèo năm 2024 theo quyết định poor/2024/2024-02-29 ngày 29/02/2024: được hỗ trợ."
    );
}

#[tokio::test]
async fn who_left_poverty_on_29_february_is_helped_to_28_february_three_years_later() {
    let app = TestApp::new().await;
    let officer = officer(&app).await;
    let household = registered(&app, &officer).await;
    decided(&app, &officer, &household, "poor", 2023, "2022-12-20").await.expect(201);
    let shown = decided(&app, &officer, &household, "newly_escaped", 2024, "2024-02-29").await.expect(201);
    assert_eq!(shown["class_decisions"][1]["change"], "escaped");
    for (on, expected) in
        [("2024-02-29", true), ("2026-06-01", true), ("2027-02-28", true), ("2027-03-01", false)]
    {
        assert_eq!(eligible(&app, &officer, &household, on).await, expected, "{on}");
    }
    let shown = decided(&app, &officer, &household, "poor", 2026, "2025-12-15").await.expect(201);
    assert_eq!(shown["class_decisions"][2]["change"], "relapsed");
}

#[tokio::test]
async fn a_wrong_entry_is_corrected_by_a_later_one_and_stays_visible() {
    let app = TestApp::new().await;
    let officer = officer(&app).await;
    let household = registered(&app, &officer).await;
    let shown = decided(&app, &officer, &household, "poor", 2026, "2025-12-15").await.expect(201);
    let wrong = shown["class_decisions"][0]["class_decision_id"].clone();
    let path = format!("{household}/class-decisions");
    let right = json!({"class_year": 2026, "class": "average", "decision_no": "poor/2026/2025-12-15",
        "decision_on": "2025-12-15", "supersedes": wrong});
    let shown = app.post(&officer, &path, right.clone()).await.expect(201);
    assert_eq!(
        [&shown["class_decisions"][0]["superseded"], &shown["class_decisions"][1]["class"]],
        [&json!(true), &json!("average")]
    );
    assert!(!eligible(&app, &officer, &household, "2026-02-01").await);
    app.post(&officer, &path, right).await.refused(409, "already-exists");
    let last = shown["class_decisions"][1]["class_decision_id"].clone();
    let withdrawn = json!({"class_year": 2026, "class": null, "decision_no": "x", "decision_on": "2025-12-15", "supersedes": last});
    app.post(&officer, &path, withdrawn).await.expect(201);
    let answer = app.get(&officer, &format!("{household}/eligibility?on=2026-02-01")).await.expect(200);
    assert_eq!(
        (&answer["class"], &answer["reason_en"]),
        (&Value::Null, &json!("No decision on the household's class yet."))
    );
}

#[tokio::test]
async fn a_decision_must_be_signed_and_fall_in_a_year_with_a_standard() {
    let app = TestApp::new().await;
    let officer = officer(&app).await;
    let household = registered(&app, &officer).await;
    decided(&app, &officer, &household, "poor", 2026, "2026-03-03").await.refused(422, "invalid-field");
    for year in [2010, 2031, i32::MAX, i32::MIN] {
        decided(&app, &officer, &household, "poor", year, "2025-12-15").await.refused(422, "invalid-field");
    }
    decided(&app, &officer, &household, "rich", 2026, "2025-12-15").await.refused(422, "invalid-field");
    decided(&app, &officer, &household, "poor", 2026, "2025-02-30").await.refused(422, "invalid-field");
    decided(&app, &officer, &household, "poor", 2016, "2015-12-15").await.expect(201);
    let shown = app.get(&officer, &household).await.expect(200);
    assert_eq!(shown["class_decisions"].as_array().unwrap().len(), 1);
    assert_eq!(shown["class_decisions"][0]["standard_id"], "vn_2016");
}

#[tokio::test]
async fn an_adult_named_in_writing_represents_the_household_on_those_days() {
    let app = TestApp::new().await;
    let officer = officer(&app).await;
    let household = registered(&app, &officer).await;
    let shown = app.get(&officer, &household).await.expect(200);
    let member = |at: usize| shown["members"][at]["member_id"].clone();
    let path = format!("{household}/representatives");
    let paper = |who: Value, from: &str, to: Value| json!({"member_id": who, "document_no": "03/GUQ", "from_on": from, "to_on": to});
    app.post(&officer, &path, paper(member(1), "2025-12-14", Value::Null))
        .await
        .refused(422, "invalid-field");
    app.post(&officer, &path, paper(member(2), "2026-01-01", json!("2026-01-01")))
        .await
        .refused(422, "invalid-field");
    app.post(&officer, &path, paper(json!(uuid::Uuid::from_u128(7)), "2026-01-01", Value::Null))
        .await
        .refused(422, "invalid-field");
    let shown =
        app.post(&officer, &path, paper(member(2), "2026-01-01", json!("2026-06-01"))).await.expect(201);
    assert_eq!(shown["represented_by"], member(2));
    let scope = soquy::db::Scope { unit: VU_QUY, actor: None, action: "test" };
    let id = shown["household_id"].as_str().unwrap().parse().unwrap();
    let brief = app
        .app
        .within(scope, async |conn| soquy::households::brief(conn, VU_QUY, id, day("2026-05-31")).await)
        .await
        .unwrap();
    assert_eq!(
        (brief.head.as_str(), brief.recipient.as_str(), brief.address.as_str()),
        ("Nguyễn Thị Liên", "Đặng Thị Ừng", "Thôn Đông")
    );
    assert_eq!(brief.authorised_by.as_deref(), Some("03/GUQ"));
    let later = app
        .app
        .within(scope, async |conn| soquy::households::brief(conn, VU_QUY, id, day("2026-06-01")).await)
        .await
        .unwrap();
    assert_eq!(
        (later.recipient.as_str(), later.recipient_personal_id.as_deref()),
        ("Nguyễn Thị Liên", Some("034181900002"))
    );
}

#[tokio::test]
async fn a_change_needs_the_version_that_was_read() {
    let app = TestApp::new().await;
    let officer = officer(&app).await;
    let household = registered(&app, &officer).await;
    let tag = tag_of(&app, &officer, &household).await;
    let body = json!({"phone": null, "address": "Số 7, ngõ 2", "signs_by_fingerprint": true});
    patched(&app, &officer, &household, None, body.clone()).await.refused(428, "if-match-required");
    let shown = patched(&app, &officer, &household, Some(&tag), body.clone()).await.expect(200);
    assert_eq!((&shown["phone"], &shown["address"]), (&Value::Null, &json!("Số 7, ngõ 2")));
    patched(&app, &officer, &household, Some(&tag), body).await.refused(412, "changed-meanwhile");
    for (body, code) in [
        (json!({"hamlet": ""}), "invalid-field"),
        (json!({"hamlet": "a\u{0}b"}), "invalid-field"),
        (json!({"head_id": uuid::Uuid::from_u128(7)}), "invalid-field"),
        (json!({"no_such": 1}), "invalid-field"),
        (json!({"closed_on": "2026-02-30"}), "invalid-field"),
    ] {
        patched(&app, &officer, &household, Some("*"), body).await.refused(422, code);
    }
}

#[tokio::test]
async fn another_member_becomes_the_head_and_the_old_one_may_leave() {
    let app = TestApp::new().await;
    let officer = officer(&app).await;
    let household = registered(&app, &officer).await;
    let shown = app.get(&officer, &household).await.expect(200);
    let [head, mother] = [0, 2].map(|at| shown["members"][at]["member_id"].as_str().unwrap().to_owned());
    let leaves = json!({"left_on": "2026-02-01"});
    let path = format!("{household}/members/{head}");
    patched(&app, &officer, &path, Some("*"), leaves.clone()).await.refused(422, "invalid-field");
    let shown = patched(&app, &officer, &household, Some("*"), json!({"head_id": mother})).await.expect(200);
    assert_eq!(
        (&shown["members"][0]["name"], &shown["members"][0]["relation"]),
        (&json!("Đặng Thị Ừng"), &json!("chủ hộ"))
    );
    patched(&app, &officer, &path, Some("*"), leaves).await.expect(200);
    assert_eq!(found(&app, &officer, "q=lien").await, [""; 0]);
    let mut again = lien();
    again["code"] = json!("X-10");
    app.post(&officer, HOUSEHOLDS, again).await.expect(201);
    patched(&app, &officer, &path, Some("*"), json!({"left_on": null})).await.refused(409, "already-exists");
}

#[tokio::test]
async fn a_closed_household_stays_readable_and_is_not_helped() {
    let app = TestApp::new().await;
    let officer = officer(&app).await;
    let household = registered(&app, &officer).await;
    decided(&app, &officer, &household, "poor", 2026, "2025-12-15").await.expect(201);
    patched(&app, &officer, &household, Some("*"), json!({"closed_on": "2026-02-15"})).await.expect(200);
    assert!(eligible(&app, &officer, &household, "2026-02-14").await);
    assert!(!eligible(&app, &officer, &household, "2026-02-15").await);
    assert_eq!(found(&app, &officer, "").await, [""; 0]);
    assert_eq!(found(&app, &officer, "closed=true").await, ["241314101002"]);
    let member = json!({"person": {"name": "An"}, "relation": "con"});
    app.post(&officer, &format!("{household}/members"), member).await.refused(409, "wrong-state");
    let mut again = lien();
    again["code"] = json!("X-10");
    app.post(&officer, HOUSEHOLDS, again).await.expect(201);
}

#[tokio::test]
async fn numbers_are_shown_to_officers_and_masked_for_all_others() {
    let app = TestApp::new().await;
    let household = registered(&app, &officer(&app).await).await;
    for role in
        [Role::Approver, Role::Cashier, Role::GroupLeader, Role::Accountant, Role::BankClerk, Role::Auditor]
    {
        let reader = app.person(&format!("r-{}", role.name().replace('_', "-")), VU_QUY, &[role]).await;
        let shown = app.get(&reader, &household).await.expect(200);
        assert_eq!(
            (&shown["phone"], &shown["members"][0]["personal_id"]),
            (&json!("059*******"), &json!("0341********")),
            "{role:?}"
        );
        let page = app.get(&reader, HOUSEHOLDS).await.expect(200);
        assert_eq!(page["items"][0]["phone"], "059*******", "{role:?}");
        app.post(&reader, HOUSEHOLDS, lien()).await.refused(403, "forbidden");
        let tag = tag_of(&app, &reader, &household).await;
        patched(&app, &reader, &household, Some(&tag), json!({})).await.refused(403, "forbidden");
    }
    for role in [Role::Recorder, Role::Admin] {
        let stranger = app.person(&format!("s-{}", role.name()), VU_QUY, &[role]).await;
        app.get(&stranger, &household).await.refused(403, "forbidden");
    }
}

#[tokio::test]
async fn another_units_household_does_not_exist() {
    let app = TestApp::new().await;
    let household = registered(&app, &officer(&app).await).await;
    let stranger = app.person("stranger", 13075, &[Role::Officer]).await;
    app.get(&stranger, &household).await.refused(404, "not-found");
    let through_own_unit = household.replace("13141", "13075");
    for path in [&through_own_unit, &format!("{through_own_unit}/eligibility")] {
        app.get(&stranger, path).await.refused(404, "not-found");
    }
    patched(&app, &stranger, &through_own_unit, Some("*"), json!({"hamlet": "X"}))
        .await
        .refused(404, "not-found");
    decided(&app, &stranger, &through_own_unit, "poor", 2026, "2025-12-15").await.refused(404, "not-found");
    let member = json!({"person": {"name": "An"}, "relation": "con"});
    app.post(&stranger, &format!("{through_own_unit}/members"), member).await.refused(404, "not-found");
    let mine = app.post(&stranger, "/v1/units/13075/households", lien()).await.expect(201);
    assert_eq!(mine["code"], "241314101002");
}

#[tokio::test]
async fn wrong_input_is_refused_at_its_field_and_stores_nothing() {
    let app = TestApp::new().await;
    let officer = officer(&app).await;
    let wrong = [
        ("/code", json!("hộ 1")),
        ("/code", json!("1".repeat(41))),
        ("/code", json!(7)),
        ("/hamlet", json!("Đ".repeat(201))),
        ("/hamlet", json!("a\u{0}b")),
        ("/phone", json!("123")),
        ("/head/birth", json!("30/02/1980")),
        ("/head/birth", json!("58")),
        ("/head/gender", json!("x")),
        ("/head/personal_id", json!("03418190000")),
        ("/members/0/relation", json!(" ")),
        ("/members", json!(vec![lien()["members"][0].clone(); 51])),
    ];
    for (pointer, value) in wrong {
        let mut body = lien();
        *body.pointer_mut(pointer).unwrap() = value.clone();
        let refusal = app.post(&officer, HOUSEHOLDS, body).await.refused(422, "invalid-field");
        assert_eq!(refusal["errors"][0]["pointer"], pointer, "{value}");
    }
    for query in ["q=%00", "class=rich", "on=2026-02-30", "hamlet=%00", "after=%20", "closed=maybe"] {
        app.get(&officer, &format!("{HOUSEHOLDS}?{query}")).await.refused(400, "malformed-request");
    }
    app.get(&officer, &format!("{HOUSEHOLDS}?q={}", "a".repeat(101))).await.refused(422, "invalid-field");
    for strange in ["%FF", "%25", "%5C"] {
        assert_eq!(found(&app, &officer, &format!("q={strange}")).await, [""; 0]);
    }
    app.get(&officer, &format!("{HOUSEHOLDS}/no-uuid")).await.refused(404, "not-found");
    assert_eq!(found(&app, &officer, "closed=true").await, [""; 0]);
}

/// What a statement of the application's role ends with: rows touched, or the code of the refusal.
async fn as_application(app: &TestApp, unit: i32, sql: &str) -> Result<u64, String> {
    let mut tx = app.app.pool.begin().await.unwrap();
    let scope = soquy::db::Scope { unit, actor: None, action: "test" };
    soquy::db::enter(&mut tx, scope, &app.app.clock).await.unwrap();
    let done = sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut *tx).await;
    done.map(|done| done.rows_affected())
        .map_err(|e| e.as_database_error().unwrap().code().unwrap().into_owned())
}

#[tokio::test]
async fn the_applications_role_can_neither_change_a_decision_nor_see_another_unit() {
    let app = TestApp::new().await;
    let officer = officer(&app).await;
    let household = registered(&app, &officer).await;
    decided(&app, &officer, &household, "poor", 2026, "2025-12-15").await.expect(201);
    for sql in [
        "update class_decision set class = 'average'",
        "delete from class_decision",
        "delete from household",
        "delete from household_member",
        "update household_representative set to_on = '2026-01-01'",
        "truncate class_decision",
        "update household set unit_id = 13075",
    ] {
        assert_eq!(as_application(&app, VU_QUY, sql).await, Err("42501".to_owned()), "{sql}");
    }
    for (table, rows) in [("household", 1), ("household_member", 3), ("class_decision", 1)] {
        let sql = format!("select from {table}");
        assert_eq!(as_application(&app, VU_QUY, &sql).await, Ok(rows), "{sql}");
        assert_eq!(as_application(&app, 13075, &sql).await, Ok(0), "{sql}");
    }
    for sql in [
        "update class_decision set class = 'average'",
        "delete from class_decision",
        "delete from household_member",
    ] {
        let refused = sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&app.owner).await.unwrap_err();
        assert_eq!(refused.as_database_error().unwrap().code().as_deref(), Some("SQ405"), "{sql}");
    }
}

#[tokio::test]
async fn every_version_of_a_household_is_kept_and_proved() {
    let app = TestApp::new().await;
    let officer = officer(&app).await;
    let household = registered(&app, &officer).await;
    patched(&app, &officer, &household, Some("*"), json!({"address": "Số 7"})).await.expect(200);
    decided(&app, &officer, &household, "poor", 2026, "2025-12-15").await.expect(201);
    let auditor = app.person("auditor", VU_QUY, &[Role::Auditor]).await;
    let report = app.get(&auditor, "/v1/units/13141/verification").await.expect(200);
    let findings: Vec<_> =
        report["proofs"].as_array().unwrap().iter().filter(|proof| proof["findings"] != json!([])).collect();
    assert_eq!(findings, [&Value::Null; 0]);
    let versions: i64 = sqlx::query_scalar("select count(*) from audit where tab = 'household'")
        .fetch_one(&app.owner)
        .await
        .unwrap();
    assert_eq!(versions, 2);
}
