//! Savings-and-credit groups: founding, members, board, meetings, and what a leader sees.

use serde_json::{Value, json};
use soquy::access::Role;
use uuid::Uuid;

use crate::support::{Person, TestApp, VU_QUY};

/// The groups of Vũ Quý.
pub const GROUPS: &str = "/v1/units/13141/groups";

/// A household of Vũ Quý, planted as the database's owner.
pub async fn a_household(app: &TestApp, code: &str, hamlet: &str) -> Uuid {
    let (household, head) = (app.app.clock.new_id(), app.app.clock.new_id());
    let mut tx = app.owner.begin().await.expect("a row");
    sqlx::query("select set_config('soquy.unit_id', $1, true)")
        .bind(VU_QUY.to_string())
        .execute(&mut *tx)
        .await
        .expect("a row");
    let household_row = "insert into household (unit_id, household_id, code, hamlet, head_id, search_key) values ($1, $2, $3, $4, $5, $3)";
    sqlx::query(household_row)
        .bind(VU_QUY)
        .bind(household)
        .bind(code)
        .bind(hamlet)
        .bind(head)
        .execute(&mut *tx)
        .await
        .expect("a row");
    let member_row = "insert into household_member (unit_id, member_id, household_id, name, relation) values ($1, $2, $3, $4, 'chủ hộ')";
    sqlx::query(member_row)
        .bind(VU_QUY)
        .bind(head)
        .bind(household)
        .bind(code)
        .execute(&mut *tx)
        .await
        .expect("a row");
    tx.commit().await.expect("a row");
    household
}

fn new_group(name: &str) -> Value {
    json!({"name": name, "hamlet": "Thôn 1", "organisation": "women", "consent_no": "15/QĐ-UBND",
           "consent_on": "2026-01-05", "founded_on": "2026-01-10"})
}

/// A group without members, as its address.
pub async fn a_group(app: &TestApp, officer: &Person, name: &str) -> String {
    let group = app.post(officer, GROUPS, new_group(name)).await.expect(201);
    format!("{GROUPS}/{}", group["group_id"].as_str().expect("an id"))
}

/// Takes a new household in; its membership.
pub async fn a_member(app: &TestApp, officer: &Person, group: &str, code: &str, hamlet: &str) -> Value {
    let household = a_household(app, code, hamlet).await;
    let body = json!({"household_id": household, "representative": code, "joined_on": "2026-01-10"});
    let joined = app.post(officer, &format!("{group}/members"), body).await.expect(201);
    joined["memberships"]
        .as_array()
        .expect("rows")
        .iter()
        .find(|m| m["household_id"] == json!(household))
        .expect("the member")
        .clone()
}

async fn officer(app: &TestApp) -> Person {
    app.person("officer", VU_QUY, &[Role::Officer]).await
}

#[tokio::test]
async fn a_group_is_founded_with_the_communes_consent_and_fills_with_neighbours() {
    let app = TestApp::new().await;
    let officer = officer(&app).await;
    let group = a_group(&app, &officer, "Tổ 1").await;
    for (code, hamlet) in [("H1", "Thôn 1"), ("H2", "Thôn 2")] {
        a_member(&app, &officer, &group, code, hamlet).await;
    }
    let shown = app.get(&officer, &group).await.expect(200);
    assert_eq!(
        (&shown["organisation"], &shown["consent_no"], &shown["members"]),
        (&json!("women"), &json!("15/QĐ-UBND"), &json!(2))
    );
    assert_eq!(
        shown["warnings_en"],
        json!(["The group has 2 members, fewer than 3.", "1 members do not live in Thôn 1."])
    );
    app.post(&officer, GROUPS, new_group("Tổ 1")).await.refused(409, "already-exists");
    let list = app.get(&officer, GROUPS).await.expect(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_household_is_in_one_group_at_a_time_and_may_move() {
    let app = TestApp::new().await;
    let officer = officer(&app).await;
    let (first, second) = (a_group(&app, &officer, "Tổ 1").await, a_group(&app, &officer, "Tổ 2").await);
    let member = a_member(&app, &officer, &first, "H1", "Thôn 1").await;
    let again = json!({"household_id": member["household_id"], "representative": "Bà Hai", "joined_on": "2026-02-10"});
    app.post(&officer, &format!("{second}/members"), again.clone()).await.refused(409, "already-exists");
    let leave = format!("{first}/members/{}/leave", member["membership_id"].as_str().unwrap());
    app.post(&officer, &leave, json!({"left_on": "2026-01-10"})).await.refused(422, "invalid-field");
    app.post(&officer, &leave, json!({"left_on": "2026-02-10"})).await.expect(200);
    app.post(&officer, &leave, json!({"left_on": "2026-02-11"})).await.refused(409, "wrong-state");
    app.post(&officer, &format!("{second}/members"), again).await.expect(201);
    let mut conn = app.app.pool.begin().await.unwrap();
    sqlx::query("select set_config('soquy.unit_id', '13141', true)").execute(&mut *conn).await.unwrap();
    let household = member["household_id"].as_str().unwrap().parse().unwrap();
    for (on, group) in [("2026-01-09", None), ("2026-02-09", Some(&first)), ("2026-02-10", Some(&second))] {
        let found = soquy::groups::group_of(&mut conn, VU_QUY, household, on.parse().unwrap()).await.unwrap();
        assert_eq!(found.map(|id| format!("{GROUPS}/{id}")).as_ref(), group, "{on}");
    }
}

#[tokio::test]
async fn the_sixty_first_member_is_refused() {
    let app = TestApp::new().await;
    let officer = officer(&app).await;
    let group = a_group(&app, &officer, "Tổ 1").await;
    for number in 1..=60 {
        a_member(&app, &officer, &group, &format!("H{number}"), "Thôn 1").await;
    }
    let household = a_household(&app, "H61", "Thôn 1").await;
    let body = json!({"household_id": household, "representative": "H61", "joined_on": "2026-01-10"});
    let refused = app.post(&officer, &format!("{group}/members"), body).await.refused(409, "above-cap");
    assert_eq!(refused["detail"], "A group has at most 60 members.");
}

#[tokio::test]
async fn a_leader_sees_the_own_group_until_the_next_takes_over() {
    let app = TestApp::new().await;
    let officer = officer(&app).await;
    let (own, other) = (a_group(&app, &officer, "Tổ 1").await, a_group(&app, &officer, "Tổ 2").await);
    let leader = app.person("leader", VU_QUY, &[Role::GroupLeader]).await;
    app.get(&leader, &own).await.refused(404, "not-found");
    let post = |who: &Person, from: &str| json!({"post": "leader", "name": "Bà Sáu", "user_id": who.user_id, "from_on": from});
    app.post(&officer, &format!("{own}/board"), post(&leader, "2026-01-10")).await.expect(201);
    app.get(&leader, &own).await.expect(200);
    app.get(&leader, &other).await.refused(404, "not-found");
    assert_eq!(app.get(&leader, GROUPS).await.expect(200)["items"].as_array().unwrap().len(), 1);
    app.post(&officer, &format!("{other}/board"), post(&leader, "2026-01-10"))
        .await
        .refused(409, "already-exists");
    app.post(&officer, &format!("{own}/board"), post(&officer, "2026-02-10"))
        .await
        .refused(422, "invalid-field");
    let next = app.person("next", VU_QUY, &[Role::GroupLeader]).await;
    app.post(&officer, &format!("{own}/board"), post(&next, "2026-01-10"))
        .await
        .refused(422, "invalid-field");
    let board = app.post(&officer, &format!("{own}/board"), post(&next, "2026-02-10")).await.expect(201);
    assert_eq!(
        (&board["board"][0]["to_on"], &board["board"][1]["to_on"]),
        (&Value::Null, &json!("2026-02-10"))
    );
    app.get(&leader, &own).await.refused(404, "not-found");
    app.get(&next, &own).await.expect(200);
    app.post(&next, GROUPS, new_group("Tổ 3")).await.refused(403, "forbidden");
}

fn meeting(member: &Value, votes: (u32, u32)) -> Value {
    json!({"held_on": "2026-02-05", "minutes_no": "02/10C", "present": [member["membership_id"]],
           "votes": [{"membership_id": member["membership_id"], "product_code": "01", "beneficiary": "Hộ nghèo",
                      "amount": "50000000", "purpose": "Mua bò sinh sản", "term_months": 60,
                      "in_favour": votes.0, "against": votes.1}]})
}

#[tokio::test]
async fn minutes_keep_who_was_there_and_how_they_voted() {
    let app = TestApp::new().await;
    let officer = officer(&app).await;
    let group = a_group(&app, &officer, "Tổ 1").await;
    let member = a_member(&app, &officer, &group, "Nguyễn Thị Sáu", "Thôn 1").await;
    let path = format!("{group}/meetings");
    let recorded = app.post(&officer, &path, meeting(&member, (1, 0))).await.expect(201);
    let vote = &recorded["votes"][0];
    assert_eq!(
        (&vote["agreed"], &vote["amount"], &vote["representative"]),
        (&json!(true), &json!("50000000"), &json!("Nguyễn Thị Sáu"))
    );
    let shown =
        app.get(&officer, &format!("{path}/{}", recorded["meeting_id"].as_str().unwrap())).await.expect(200);
    assert_eq!(shown, recorded);
    app.post(&officer, &path, meeting(&member, (1, 0))).await.refused(409, "already-exists");
    assert_eq!(app.get(&officer, &path).await.expect(200)["items"].as_array().unwrap().len(), 1);
    let changed = sqlx::query("update group_vote set agreed = false").execute(&app.owner).await.unwrap_err();
    assert!(changed.to_string().contains("append-only"), "{changed}");
}

#[tokio::test]
async fn votes_that_cannot_be_are_refused_by_their_field() {
    let app = TestApp::new().await;
    let officer = officer(&app).await;
    let group = a_group(&app, &officer, "Tổ 1").await;
    let member = a_member(&app, &officer, &group, "H1", "Thôn 1").await;
    for (pointer, value, at) in [
        ("/votes/0/in_favour", json!(2), "/votes/0/in_favour"),
        ("/votes/0/in_favour", json!(-1), "/votes/0/in_favour"),
        ("/votes/0/against", json!(4_294_967_295_u32), "/votes/0/in_favour"),
        ("/votes/0/amount", json!("0"), "/votes/0/amount"),
        ("/votes/0/term_months", json!(0), "/votes/0/term_months"),
        ("/votes/0/product_code", json!("88"), "/votes"),
        ("/votes/0/product_code", json!("1"), "/votes/0/product_code"),
        ("/votes/0/membership_id", json!(Uuid::nil()), "/votes/0/membership_id"),
        ("/present/0", json!(Uuid::nil()), "/present/0"),
        ("/present", json!([member["membership_id"], member["membership_id"]]), "/present/1"),
        ("/held_on", json!("2026-01-09"), "/present/0"),
        ("/held_on", json!("2026-03-03"), "/held_on"),
        ("/held_on", json!("2026-02-30"), "/held_on"),
        ("/minutes_no", json!("\u{0}"), "/minutes_no"),
    ] {
        let mut body = meeting(&member, (1, 0));
        *body.pointer_mut(pointer).unwrap() = value;
        let refused =
            app.post(&officer, &format!("{group}/meetings"), body).await.refused(422, "invalid-field");
        assert_eq!(refused["errors"][0]["pointer"], at, "{refused}");
    }
}

#[tokio::test]
async fn strange_groups_and_strangers_are_refused() {
    let app = TestApp::new().await;
    let officer = officer(&app).await;
    for (pointer, value) in [
        ("/founded_on", json!("2026-01-04")),
        ("/founded_on", json!("2026-03-03")),
        ("/organisation", json!("men")),
        ("/name", json!("")),
        ("/hamlet", json!("x".repeat(201))),
    ] {
        let mut body = new_group("Tổ 1");
        *body.pointer_mut(pointer).unwrap() = value;
        let refused = app.post(&officer, GROUPS, body).await.refused(422, "invalid-field");
        assert_eq!(refused["errors"][0]["pointer"], pointer);
    }
    let mut body = new_group("Tổ 1");
    body["organisation_unit_id"] = json!(VU_QUY);
    app.post(&officer, GROUPS, body).await.refused(422, "invalid-field");
    let group = a_group(&app, &officer, "Tổ 1").await;
    let stranger = json!({"household_id": Uuid::nil(), "representative": "Ai", "joined_on": "2026-01-10"});
    app.post(&officer, &format!("{group}/members"), stranger).await.refused(422, "invalid-field");
    let elsewhere = app.person("elsewhere", 13132, &[Role::Officer]).await;
    app.get(&elsewhere, &group).await.refused(404, "not-found");
    app.get(&elsewhere, &group.replace("13141", "13132")).await.refused(404, "not-found");
    app.get(&officer, &format!("{GROUPS}/x")).await.refused(404, "not-found");
}
