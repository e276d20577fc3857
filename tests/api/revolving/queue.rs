//! Whose turn it is.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{World, at};

async fn order(world: &World, project: Uuid) -> Vec<String> {
    let page = world.app.get(&world.officer, &at(&format!("/projects/{project}/requests"))).await.expect(200);
    page["items"].as_array().unwrap().iter().map(|r| r["party"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn more_votes_come_first_then_the_poorer_then_who_asked_earlier() {
    let world = World::new().await;
    let project = world.project(json!({})).await;
    let mut requests = Vec::new();
    for (name, class) in
        [("An", "near_poor"), ("Bình", "poor"), ("Chi", "poor"), ("Dung", "newly_escaped"), ("Em", "poor")]
    {
        let household = world.household(name, class).await;
        requests.push(world.request(project, household, "10000000").await);
    }
    let [an, binh, chi, dung, _] = requests[..] else { panic!() };
    world.vote(project, "01/BB", &[(an, 30, 5), (binh, 30, 5), (chi, 30, 5), (dung, 35, 0)]).await;
    assert_eq!(order(&world, project).await, ["Dung", "Bình", "Chi", "An", "Em"]);
    world.vote(project, "02/BB", &[(an, 38, 1)]).await;
    assert_eq!(order(&world, project).await, ["An", "Dung", "Bình", "Chi", "Em"]);
    let page = world
        .app
        .get(&world.officer, &at(&format!("/projects/{project}/requests?limit=1")))
        .await
        .expect(200);
    assert_eq!(
        page["items"][0]["explanation"]["en"],
        "38 votes for, 1 against (minutes 02/BB of 2 March 2026); near-poor household; asked on 2 March 2026."
    );
    let next = world
        .app
        .get(
            &world.officer,
            &at(&format!("/projects/{project}/requests?limit=1&after={}", page["next"].as_str().unwrap())),
        )
        .await
        .expect(200);
    assert_eq!(
        (next["items"][0]["party"].as_str(), next["items"][0]["rank"].as_i64()),
        (Some("Dung"), Some(2))
    );
    let closed = world
        .app
        .post(
            &world.officer,
            &at(&format!("/projects/{project}/requests/{dung}/withdrawal")),
            json!({"reason": "Đi làm xa"}),
        )
        .await
        .expect(200);
    assert_eq!((closed["state"].as_str(), closed["reason"].as_str()), (Some("withdrawn"), Some("Đi làm xa")));
    assert_eq!(order(&world, project).await, ["An", "Bình", "Chi", "Em"]);
}

#[tokio::test]
async fn money_goes_to_the_first_in_the_queue_unless_a_reason_is_kept() {
    let world = World::new().await;
    let project = world.project(json!({})).await;
    let mut agreements = Vec::new();
    let mut requests = Vec::new();
    for name in ["An", "Bình"] {
        let household = world.household(name, "poor").await;
        requests.push(world.request(project, household, "20000000").await);
    }
    world.vote(project, "01/BB", &[(requests[0], 30, 0), (requests[1], 39, 1)]).await;
    for request in &requests {
        agreements.push(world.sign(project, *request, 1).await);
    }
    let (an, binh) = (agreements[0], agreements[1]);
    let early = json!({"on": "2026-03-02", "till": "cash"});
    let refused = world
        .app
        .post(&world.officer, &at(&format!("/support/{an}/payout")), early)
        .await
        .refused(409, "wrong-state");
    assert_eq!(
        refused["detail"],
        "It is the turn of Bình (rank 1, contract 02/2026/HĐ-HTLC); to go before them a reason is needed."
    );
    let reasoned = json!({"on": "2026-03-02", "till": "cash", "out_of_turn": "Bò của hộ đã được đặt mua"});
    world.approved(&format!("/support/{an}/payout"), reasoned).await;
    assert_eq!(world.show(an, "2026-03-02").await["events"][0]["reason"], "Bò của hộ đã được đặt mua");
    world.pay_out(binh).await;
    world.proved().await;
}

#[tokio::test]
async fn who_comes_first_but_does_not_fit_the_source_does_not_block_the_others() {
    let world = World::new().await;
    let project = world.project(json!({})).await;
    let small = world.source(json!({"name": "Hội viên góp", "origin": "donor"})).await;
    world.capital(small, "9000000").await;
    let mut agreements = Vec::new();
    for (name, amount, source) in [("An", "10000000", small), ("Bình", "5000000", small)] {
        let household = world.household(name, "poor").await;
        let request = world.request(project, household, amount).await;
        agreements.push(world.sign(project, request, source).await);
    }
    let on = json!({"on": "2026-03-02", "till": "cash"});
    world
        .app
        .post(&world.officer, &at(&format!("/support/{}/payout", agreements[0])), on)
        .await
        .refused(409, "source-short");
    world.pay_out(agreements[1]).await;
    world.proved().await;
}

#[tokio::test]
async fn an_agreement_may_be_given_up_before_its_payout() {
    let world = World::new().await;
    let project = world.project(json!({"budget": "20000000"})).await;
    let household = world.household("An", "poor").await;
    let request = world.request(project, household, "20000000").await;
    let agreement = world.sign(project, request, 1).await;
    world.approved(&format!("/support/{agreement}/cancellation"), json!({"reason": "Hộ chuyển đi"})).await;
    assert_eq!(world.show(agreement, "2026-03-02").await["status"], "cancelled");
    let on = json!({"on": "2026-03-02", "till": "cash"});
    world
        .app
        .post(&world.officer, &at(&format!("/support/{agreement}/payout")), on)
        .await
        .refused(409, "wrong-state");
    world.running(project, "Bình", "20000000", 1).await;
    world.proved().await;
}

#[tokio::test]
async fn votes_that_nobody_could_cast_are_refused() {
    let world = World::new().await;
    let project = world.project(json!({})).await;
    let household = world.household("An", "poor").await;
    let request = world.request(project, household, "10000000").await;
    let meeting = |attendees: i64, votes: Value| {
        json!({"minutes_no": "01/BB", "held_on": "2026-03-02", "hamlet": "Thôn 1",
        "chair": "Phạm Văn Chính", "attendees": attendees, "votes": votes})
    };
    let path = at(&format!("/projects/{project}/meetings"));
    let one = |yes: i64, no: i64| json!([{"request_id": request, "for": yes, "against": no}]);
    for (attendees, votes) in [
        (40, one(39, 2)),
        (40, one(-1, 0)),
        (40, one(2_147_483_647, 2_147_483_647)),
        (0, one(0, 0)),
        (40, json!([])),
        (40, json!([{"request_id": household, "for": 1, "against": 1}])),
        (
            40,
            json!([{"request_id": request, "for": 1, "against": 1}, {"request_id": request, "for": 2, "against": 1}]),
        ),
    ] {
        world.app.post(&world.officer, &path, meeting(attendees, votes)).await.refused(422, "invalid-field");
    }
    world.app.post(&world.officer, &path, meeting(40, one(39, 1))).await.expect(201);
    world.app.post(&world.officer, &path, meeting(40, one(39, 1))).await.refused(409, "already-exists");
}

#[tokio::test]
async fn who_waits_has_a_place_among_those_who_wait() {
    let world = World::new().await;
    let project = world.project(json!({})).await;
    let mut requests = Vec::new();
    for name in ["An", "Bình", "Chi"] {
        let household = world.household(name, "poor").await;
        requests.push(world.request(project, household, "10000000").await);
    }
    let votes: Vec<(Uuid, i32, i32)> =
        requests.iter().zip([30, 20, 10]).map(|(r, yes)| (*r, yes, 0)).collect();
    world.vote(project, "01/BB", &votes).await;
    world.sign(project, requests[0], 1).await;
    let list = async |state: &str| {
        let path = at(&format!("/projects/{project}/requests{state}"));
        let page = world.app.get(&world.officer, &path).await.expect(200);
        let row = |r: &Value| format!("{} {} {}", r["party"].as_str().unwrap(), r["rank"], r["place"]);
        page["items"].as_array().unwrap().iter().map(row).collect::<Vec<_>>()
    };
    assert_eq!(list("").await, ["An 1 1", "Bình 2 1", "Chi 3 2"]);
    assert_eq!(list("?state=queued").await, ["Bình 2 1", "Chi 3 2"]);
    assert_eq!(list("?state=agreed").await, ["An 1 1"]);
}

#[tokio::test]
async fn a_meeting_that_is_entered_late_changes_no_rank() {
    let world = World::new().await;
    let project = world.project(json!({})).await;
    let household = world.household("An", "poor").await;
    let asked = json!({"household_id": household, "amount": "10000000", "purpose": "Mua bò giống", "requested_on": "2026-02-02"});
    let request = world.app.post(&world.officer, &at(&format!("/projects/{project}/requests")), asked).await;
    let request: Uuid = request.expect(201)["request_id"].as_str().unwrap().parse().unwrap();
    world.vote(project, "02/BB", &[(request, 30, 5)]).await;
    let earlier = json!({"minutes_no": "01/BB", "held_on": "2026-02-20", "hamlet": "Thôn 1", "chair": "Phạm Văn Chính",
        "attendees": 40, "votes": [{"request_id": request, "for": 39, "against": 1}]});
    world.app.post(&world.officer, &at(&format!("/projects/{project}/meetings")), earlier).await.expect(201);
    let votes = "select for_it, against from support_request where request_id = $1";
    let votes: (i32, i32) = sqlx::query_as(votes).bind(request).fetch_one(&world.app.owner).await.unwrap();
    assert_eq!(votes, (30, 5));
    world.proved().await;
    let mut tx = world.app.owner.begin().await.unwrap();
    sqlx::query("select set_config('soquy.unit_id', '13141', true)").execute(&mut *tx).await.unwrap();
    sqlx::query("update support_request set for_it = 31").execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    let found = format!("request {request} ranks by 31 votes for and 5 against, the last vote was 30 to 5");
    assert_eq!(world.findings().await, [found]);
}

#[tokio::test]
async fn classes_go_with_the_code_of_their_household_and_the_proof_finds_one_that_was_touched() {
    let world = World::new().await;
    let household = world.household("An", "poor").await;
    let mut tx = world.app.owner.begin().await.unwrap();
    sqlx::query("select set_config('soquy.unit_id', '13141', true)").execute(&mut *tx).await.unwrap();
    sqlx::query("update household set code = 'Z-1'").execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    world.proved().await;
    let touched = "update household_class set to_on = '2030-01-01'";
    sqlx::query(touched).execute(&world.app.owner).await.unwrap();
    assert_eq!(world.findings().await, [format!("class of household {household} from 2025-01-01")]);
}
