//! Logging in, carrying a session on, being locked out; and what an administrator may do with people.

use axum::http::Method;
use secrecy::SecretString;
use serde_json::{Value, json};
use soquy::access::Role;
use soquy::db::Scope;
use soquy::users::{Appointed, NewUser, appoint};
use uuid::Uuid;

use crate::support::{Answer, Person, TestApp, VU_QUY, day, nothing};

const PASSWORD: &str = "con trâu đen đi trước";

/// An application in which Lan, an administrator of Vũ Quý, may log in.
async fn with_lan() -> TestApp {
    let app = TestApp::new().await;
    let lan = Appointed {
        unit: VU_QUY,
        user: NewUser { login: "lan".parse().unwrap(), full_name: "Phạm Thị Lan".parse().unwrap() },
        password: SecretString::from(PASSWORD),
        roles: vec![Role::Admin],
    };
    appoint(&mut app.owner.acquire().await.unwrap(), &app.app.clock, &lan).await.unwrap();
    app
}

async fn open(app: &TestApp, path: &str, body: Value) -> Answer {
    app.call(Method::POST, None, path, None, Some(body)).await
}

async fn log_in(app: &TestApp, login: &str, password: &str) -> Answer {
    open(app, "/v1/sessions", json!({"login": login, "password": password})).await
}

fn person(session: &Value) -> Person {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    Person {
        user_id: text(&session["user"]["user_id"]).parse().unwrap(),
        token: text(&session["access_token"]),
    }
}

#[tokio::test]
async fn a_right_password_opens_a_session_that_says_what_one_may_do() {
    let app = with_lan().await;
    let session = log_in(&app, "Lan", PASSWORD).await.expect(200);
    assert_eq!(session["user"]["roles"], json!([{"unit_id": 13141, "unit_name": "Vũ Quý", "role": "admin"}]));
    let me = app.get(&person(&session), "/v1/me").await.expect(200);
    assert_eq!((me["login"].as_str(), me["full_name"].as_str()), (Some("lan"), Some("Phạm Thị Lan")));
    for (login, password) in [("lan", "con trâu trắng"), ("nobody", PASSWORD), ("lan", "")] {
        log_in(&app, login, password).await.refused(401, "wrong-password");
    }
    for login in ["lan\0", "", "a b", &"x".repeat(10_000)] {
        log_in(&app, login, PASSWORD).await.refused(422, "invalid-field");
    }
}

#[tokio::test]
async fn the_fifth_wrong_password_locks_for_fifteen_minutes_and_the_sixth_for_thirty() {
    let app = with_lan().await;
    for _ in 0..4 {
        log_in(&app, "lan", "sai mật khẩu rồi").await.refused(401, "wrong-password");
    }
    let locked = log_in(&app, "lan", "sai mật khẩu rồi").await;
    assert_eq!(locked.headers["retry-after"], "900");
    locked.refused(429, "account-locked");
    log_in(&app, "lan", PASSWORD).await.refused(429, "account-locked");
    app.app.clock.move_to(day("2026-03-03"));
    let locked = log_in(&app, "lan", "sai mật khẩu rồi").await;
    assert_eq!(locked.headers["retry-after"], "1800");
    app.app.clock.move_to(day("2026-03-04"));
    log_in(&app, "lan", PASSWORD).await.expect(200);
    log_in(&app, "lan", "sai mật khẩu rồi").await.refused(401, "wrong-password");
}

#[tokio::test]
async fn a_login_that_nobody_has_is_locked_as_one_that_somebody_has() {
    let app = with_lan().await;
    for (on, codes) in [("2026-03-02", &[401, 401, 401, 401, 429, 429][..]), ("2026-03-03", &[429, 429])] {
        app.app.clock.move_to(day(on));
        for (n, code) in codes.iter().enumerate() {
            let known = log_in(&app, "lan", "sai mật khẩu rồi").await;
            let unknown = log_in(&app, "nobody", "sai mật khẩu rồi").await;
            assert_eq!((known.status.as_u16(), unknown.status.as_u16()), (*code, *code), "{on} {n}");
            assert_eq!(known.headers.get("retry-after"), unknown.headers.get("retry-after"), "{on} {n}");
        }
    }
}

#[tokio::test]
async fn wrong_passwords_at_once_are_counted_one_by_one() {
    let app = with_lan().await;
    let guess = || log_in(&app, "lan", "sai mật khẩu rồi");
    let (a, b, c, d, e, f) = tokio::join!(guess(), guess(), guess(), guess(), guess(), guess());
    let mut codes: Vec<u16> = [a, b, c, d, e, f].iter().map(|answer| answer.status.as_u16()).collect();
    codes.sort_unstable();
    assert_eq!(codes, [401, 401, 401, 401, 429, 429]);
    let failures: i32 =
        sqlx::query_scalar("select failures from credential").fetch_one(&app.owner).await.unwrap();
    assert_eq!(failures, 5);
}

#[tokio::test]
async fn a_refresh_token_is_good_once_and_its_copy_ends_the_session() {
    let app = with_lan().await;
    let first = log_in(&app, "lan", PASSWORD).await.expect(200);
    let refresh = |token: Value| open(&app, "/v1/sessions/refresh", json!({"refresh_token": token}));
    let second = refresh(first["refresh_token"].clone()).await.expect(200);
    refresh(first["refresh_token"].clone()).await.refused(401, "token-reused");
    refresh(second["refresh_token"].clone()).await.refused(401, "not-logged-in");
    refresh(json!("no such token")).await.refused(422, "invalid-field");
    refresh(json!("x".repeat(43))).await.refused(401, "not-logged-in");
}

#[tokio::test]
async fn of_many_rotations_at_once_exactly_one_wins() {
    let app = with_lan().await;
    let session = log_in(&app, "lan", PASSWORD).await.expect(200);
    let refresh = || open(&app, "/v1/sessions/refresh", json!({"refresh_token": session["refresh_token"]}));
    let answers = futures_util::future::join_all((0..8).map(|_| refresh())).await;
    let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 200);
    assert_eq!((won.len(), lost.len()), (1, 7));
    for answer in lost {
        answer.refused(401, "token-reused");
    }
    // One of the eight may be a thief, so nobody goes on.
    let token = json!({"refresh_token": won[0].body["refresh_token"]});
    open(&app, "/v1/sessions/refresh", token).await.refused(401, "not-logged-in");
}

#[tokio::test]
async fn a_session_ends_by_logging_out_and_a_refresh_token_after_thirty_days() {
    let app = with_lan().await;
    let session = log_in(&app, "lan", PASSWORD).await.expect(200);
    let token = json!({"refresh_token": session["refresh_token"]});
    assert_eq!(open(&app, "/v1/sessions/logout", token.clone()).await.status, 204);
    let refused = open(&app, "/v1/sessions/refresh", token).await;
    assert_eq!(refused.status, 401);
    let session = log_in(&app, "lan", PASSWORD).await.expect(200);
    app.app.clock.move_to(day("2026-04-02"));
    let token = json!({"refresh_token": session["refresh_token"]});
    open(&app, "/v1/sessions/refresh", token).await.refused(401, "not-logged-in");
    app.get(&person(&session), "/v1/me").await.refused(401, "not-logged-in");
}

#[tokio::test]
async fn a_new_password_ends_the_other_sessions() {
    let app = with_lan().await;
    let other = log_in(&app, "lan", PASSWORD).await.expect(200);
    let lan = person(&log_in(&app, "lan", PASSWORD).await.expect(200));
    let change = |old: &str, new: &str| {
        let body = json!({"old": old, "new": new});
        let lan = lan.clone();
        let app = &app;
        async move { app.post(&lan, "/v1/me/password", body).await }
    };
    for weak in ["ngắn", "1234567890", "lan lan lan 77", PASSWORD] {
        change(PASSWORD, weak).await.refused(422, "invalid-field");
    }
    change("sai mật khẩu rồi", "con bò vàng đi sau").await.refused(401, "wrong-password");
    change(PASSWORD, "con bò vàng đi sau").await.expect(200);
    let token = json!({"refresh_token": other["refresh_token"]});
    assert_eq!(open(&app, "/v1/sessions/refresh", token).await.status, 401);
    log_in(&app, "lan", PASSWORD).await.refused(401, "wrong-password");
    log_in(&app, "lan", "con bò vàng đi sau").await.expect(200);
}

#[tokio::test]
async fn a_person_enters_with_a_password_that_must_be_changed_first() {
    let app = with_lan().await;
    let lan = person(&log_in(&app, "lan", PASSWORD).await.expect(200));
    let users = "/v1/units/13141/users";
    let new = app.post(&lan, users, json!({"login": "hoa", "full_name": "Nguyễn Thị Hoa"})).await.expect(201);
    app.post(&lan, users, json!({"login": "hoa", "full_name": "Khác"})).await.refused(409, "already-exists");
    let at = format!("{users}/{}", new["user_id"].as_str().unwrap());
    app.post(&lan, &format!("{at}/roles"), json!({"role": "officer"})).await.expect(201);
    app.post(&lan, &format!("{at}/roles"), json!({"role": "officer"})).await.refused(409, "already-exists");
    let first = new["first_password"].as_str().unwrap();
    let hoa = person(&log_in(&app, "hoa", first).await.expect(200));
    app.get(&hoa, "/v1/units/13141").await.refused(403, "password-change-required");
    let change = json!({"old": first, "new": "một hai ba bốn năm"});
    let hoa = person(&app.post(&hoa, "/v1/me/password", change).await.expect(200));
    app.get(&hoa, "/v1/units/13141").await.expect(200);
    app.get(&hoa, users).await.refused(403, "forbidden");
}

#[tokio::test]
async fn a_role_taken_back_and_an_account_disabled_act_at_once() {
    let app = with_lan().await;
    let lan = person(&log_in(&app, "lan", PASSWORD).await.expect(200));
    let users = "/v1/units/13141/users";
    let new = app.post(&lan, users, json!({"login": "hoa", "full_name": "Nguyễn Thị Hoa"})).await.expect(201);
    let at = format!("{users}/{}", new["user_id"].as_str().unwrap());
    let hoa = Person {
        user_id: new["user_id"].as_str().unwrap().parse().unwrap(),
        token: app.app.keys.issue(new["user_id"].as_str().unwrap().parse().unwrap(), &app.app.clock).unwrap(),
    };
    let reads = "/v1/units/13141/verification";
    app.get(&hoa, reads).await.refused(404, "not-found");
    app.post(&lan, &format!("{at}/roles"), json!({"role": "auditor"})).await.expect(201);
    app.get(&hoa, reads).await.expect(200);
    let taken = app.call(Method::DELETE, Some(&lan), &format!("{at}/roles/auditor"), None, None).await;
    assert_eq!(taken.status, 204);
    app.get(&hoa, reads).await.refused(404, "not-found");
    app.post(&lan, &format!("{at}/roles"), json!({"role": "auditor"})).await.expect(201);
    app.post(&lan, &format!("{at}/disable"), nothing()).await.expect(200);
    app.get(&hoa, reads).await.refused(404, "not-found");
    log_in(&app, "hoa", new["first_password"].as_str().unwrap()).await.refused(401, "wrong-password");
    app.post(&lan, &format!("{at}/enable"), nothing()).await.expect(200);
    app.get(&hoa, reads).await.expect(200);
}

#[tokio::test]
async fn nobody_raises_themselves_and_duties_stay_apart() {
    let app = with_lan().await;
    let lan = person(&log_in(&app, "lan", PASSWORD).await.expect(200));
    let users = "/v1/units/13141/users";
    let own = format!("{users}/{}/roles", lan.user_id);
    app.post(&lan, &own, json!({"role": "auditor"})).await.refused(403, "forbidden");
    let new = app.post(&lan, users, json!({"login": "hoa", "full_name": "Nguyễn Thị Hoa"})).await.expect(201);
    let roles = format!("{users}/{}/roles", new["user_id"].as_str().unwrap());
    app.post(&lan, &roles, json!({"role": "cashier"})).await.expect(201);
    app.post(&lan, &roles, json!({"role": "accountant"})).await.refused(409, "conflicting-duties");
    app.post(&lan, &roles, json!({"role": "king"})).await.refused(422, "invalid-field");
}

#[tokio::test]
async fn an_administrator_of_another_commune_finds_nobody() {
    let app = with_lan().await;
    let stranger = app.person("stranger", 13120, &[Role::Admin]).await;
    let lan = person(&log_in(&app, "lan", PASSWORD).await.expect(200));
    app.get(&stranger, "/v1/units/13141/users").await.refused(404, "not-found");
    let path = format!("/v1/units/13120/users/{}", lan.user_id);
    app.get(&stranger, &path).await.refused(404, "not-found");
    app.post(&stranger, &format!("{path}/disable"), nothing()).await.refused(404, "not-found");
    app.post(&stranger, &format!("{path}/roles"), json!({"role": "auditor"})).await.refused(404, "not-found");
}

#[tokio::test]
async fn a_name_is_corrected_on_the_version_that_was_read() {
    let app = with_lan().await;
    let lan = person(&log_in(&app, "lan", PASSWORD).await.expect(200));
    let new = app
        .post(&lan, "/v1/units/13141/users", json!({"login": "hoa", "full_name": "Nguyễn Thị Hoa"}))
        .await
        .expect(201);
    let path = format!("/v1/units/13141/users/{}", new["user_id"].as_str().unwrap());
    let read = app.get(&lan, &path).await.headers["etag"].to_str().unwrap().to_owned();
    let change = async |name: &str, tag: Option<&str>| {
        let mut request = axum::http::Request::patch(&path)
            .header("authorization", format!("Bearer {}", lan.token))
            .header("content-type", "application/json");
        if let Some(tag) = tag {
            request = request.header("if-match", tag);
        }
        app.send(request.body(json!({"full_name": name}).to_string().into()).unwrap()).await
    };
    change("Nguyễn Thị Hòa", None).await.refused(428, "if-match-required");
    assert_eq!(change("Nguyễn Thị Hòa", Some(&read)).await.expect(200)["full_name"], "Nguyễn Thị Hòa");
    change("Nguyễn Thị Huệ", Some(&read)).await.refused(412, "changed-meanwhile");
}

#[tokio::test]
async fn a_reset_password_ends_a_lock_and_all_sessions_and_is_on_record() {
    let app = with_lan().await;
    let province = app.person("province", 33, &[Role::Admin]).await;
    let session = log_in(&app, "lan", PASSWORD).await.expect(200);
    for _ in 0..5 {
        log_in(&app, "lan", "sai mật khẩu rồi").await;
    }
    let lan = person(&session);
    let at = format!("/v1/units/13141/users/{}", lan.user_id);
    let seen = app.get(&province, &at).await.expect(200);
    assert_eq!(seen["locked_until"], "2026-03-02T02:15:00Z");
    app.post(&lan, &format!("{at}/reset-password"), nothing()).await.refused(403, "forbidden");
    let reset = app.post(&province, &format!("{at}/reset-password"), nothing()).await.expect(200);
    assert_eq!((&reset["locked_until"], &reset["must_change"]), (&Value::Null, &json!(true)));
    let token = json!({"refresh_token": session["refresh_token"]});
    open(&app, "/v1/sessions/refresh", token).await.refused(401, "not-logged-in");
    log_in(&app, "lan", PASSWORD).await.refused(401, "wrong-password");
    let first = log_in(&app, "lan", reset["first_password"].as_str().unwrap()).await.expect(200);
    assert_eq!(first["user"]["must_change"], true);
    let recorded: Vec<(String, Option<Uuid>)> = sqlx::query_as(
        "select kind, actor_id from account_event where user_id = $1 order by account_event_id",
    )
    .bind(lan.user_id)
    .fetch_all(&app.owner)
    .await
    .unwrap();
    let expected = [("locked", lan.user_id), ("password_reset", province.user_id)];
    assert_eq!(recorded, expected.map(|(kind, actor)| (kind.to_owned(), Some(actor))));
}

#[tokio::test]
async fn a_commune_neither_appoints_nor_dismisses_the_people_of_the_province() {
    let app = with_lan().await;
    let lan = person(&log_in(&app, "lan", PASSWORD).await.expect(200));
    let province = app.person("province", 33, &[Role::Admin]).await;
    let auditor = app.person("auditor", 33, &[]).await;
    let roles = format!("/v1/units/13141/users/{}/roles", auditor.user_id);
    app.post(&lan, &roles, json!({"role": "auditor"})).await.refused(404, "not-found");
    app.post(&province, &roles, json!({"role": "auditor"})).await.expect(201);
    app.get(&auditor, "/v1/units/13141/users").await.expect(200);
    let auditor_role = format!("{roles}/auditor");
    app.call(Method::DELETE, Some(&lan), &auditor_role, None, None).await.refused(404, "not-found");
    assert_eq!(app.call(Method::DELETE, Some(&province), &auditor_role, None, None).await.status, 204);
    app.call(Method::DELETE, Some(&province), &auditor_role, None, None).await.refused(404, "not-found");
}

#[tokio::test]
async fn one_address_tries_thirty_passwords_at_once_and_then_one_each_two_seconds() {
    let app = TestApp::new().await;
    let guess = async |n: u32| log_in(&app, &format!("somebody{n}"), PASSWORD).await;
    for n in 0..30 {
        guess(n).await.refused(401, "wrong-password");
    }
    let refused = guess(30).await;
    assert_eq!(refused.headers["retry-after"], "2");
    refused.refused(429, "too-many-requests");
}

#[tokio::test]
async fn the_database_keeps_duties_apart_and_roles_as_they_were_given() {
    let app = TestApp::new().await;
    let accountant = app.person("accountant", VU_QUY, &[Role::Accountant]).await;
    let as_application = async |statement: &'static str, unit: i32| {
        let mut tx = app.app.pool.begin().await.unwrap();
        let scope = Scope { unit, actor: None, action: "test" };
        soquy::db::enter(&mut tx, scope, &app.app.clock).await.unwrap();
        let statement =
            sqlx::query(statement).bind(unit).bind(app.app.clock.new_id()).bind(accountant.user_id);
        let refused = statement.execute(&mut *tx).await.unwrap_err();
        refused.as_database_error().and_then(|error| error.code()).unwrap_or_default().into_owned()
    };
    // At the unit, above it and below it.
    let cashier = "insert into role_grant (unit_id, grant_id, user_id, role) values ($1, $2, $3, 'cashier')";
    for unit in [VU_QUY, 33, 1_314_101] {
        assert_eq!(as_application(cashier, unit).await, "SQ410", "{unit}");
    }
    for forbidden in [
        "update role_grant set role = 'admin' where unit_id = $1 and grant_id <> $2 and user_id = $3",
        "delete from role_grant where unit_id = $1 and grant_id <> $2 and user_id = $3",
        "update app_user set unit_id = $1 where user_id <> $2 and user_id = $3",
        "update app_user set login = 'x' where unit_id = $1 and user_id <> $2 and user_id = $3",
        "delete from app_user where unit_id = $1 and user_id <> $2 and user_id = $3",
        "delete from account_event where unit_id = $1 and account_event_id <> $2 and user_id = $3",
        "update duty_conflict set why = $1::integer::text || $2::uuid::text || $3::uuid::text",
    ] {
        assert_eq!(as_application(forbidden, VU_QUY).await, "42501", "{forbidden}");
    }
}
