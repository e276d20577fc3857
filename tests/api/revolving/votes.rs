//! Nobody signs what no meeting voted for.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{World, at, id};
use crate::support::books::{insist, run};

const APP: &str = "soquy_app";

/// Asks for an agreement on a request as of a day.
async fn asked(world: &World, project: Uuid, request: Uuid, on: &str) -> crate::support::Answer {
    let path = at(&format!("/projects/{project}/requests/{request}/approval"));
    world.app.post(&world.officer, &path, json!({"source_id": 1, "signed_on": on})).await
}

#[tokio::test]
async fn a_request_needs_more_than_half_of_those_present_when_it_is_asked_and_when_it_is_decided() {
    let world = World::new().await;
    let project = world.project(json!({})).await;
    let household = world.household("An", "poor").await;
    let request = world.request(project, household, "10000000").await;
    let ask = async || asked(&world, project, request, "2026-03-02").await;
    let none = ask().await.refused(409, "not-voted");
    assert_eq!(
        none["detail"],
        "The request was not voted on. Hold a meeting and record its minutes before asking for approval."
    );
    world.vote(project, "01/BB", &[(request, 20, 3)]).await;
    let half = ask().await.refused(409, "not-voted");
    assert_eq!(
        half["detail"],
        "Minutes 01/BB of 2 March 2026: 20 of 40 present were for it, and more than 50 % are needed. \
         Hold another meeting, record its minutes and ask again, or refuse the request."
    );
    world.vote(project, "02/BB", &[(request, 21, 19)]).await;
    let approval = id(&ask().await.expect(202), "approval_id");
    let seen = world.app.get(&world.approver, &at(&format!("/approvals/{approval}"))).await.expect(200);
    assert_eq!(
        seen["summary_en"],
        "Support of 10,000,000 đồng for An, project Chăn nuôi bò sinh sản, source Ngân sách trung ương; \
         21 of 40 present voted for it (minutes 02/BB of 2 March 2026)"
    );
    assert_eq!(
        seen["summary_vi"],
        "Hỗ trợ 10.000.000 đồng cho hộ An, dự án Chăn nuôi bò sinh sản, nguồn vốn Ngân sách trung ương; \
         bình xét 21 trên 40 người dự họp đồng ý (biên bản 02/BB ngày 02/03/2026)"
    );
    world.vote(project, "03/BB", &[(request, 5, 30)]).await;
    let decided = world.decide(approval).await.refused(409, "not-voted");
    assert!(
        decided["detail"].as_str().unwrap().starts_with("Minutes 03/BB of 2 March 2026: 5 of 40"),
        "{decided}"
    );
    world.vote(project, "04/BB", &[(request, 40, 0)]).await;
    let path = at(&format!("/approvals/{approval}/approve"));
    world.app.post_once(&world.approver, "after-another-meeting", &path, json!({})).await.expect(200);
    world.proved().await;
}

#[tokio::test]
async fn a_project_asks_the_share_of_the_rule_of_its_first_day_or_more() {
    let world = World::new().await;
    let later = "update support_rule set valid_to = '2026-01-01';
        insert into support_rule select '2026-01-01', null, max_months, max_extension_months, 60, 'QĐ 1' from support_rule";
    sqlx::raw_sql(later).execute(&world.app.owner).await.unwrap();
    let opened = async |name: &str, more: Value| -> Value {
        let mut body = json!({
            "fund_id": 1, "name": name, "programme": "Y", "purpose": "crops", "from_on": "2026-02-01", "to_on": "2028-01-01",
            "household_cap": "20000000", "budget": "20000000",
            "terms": {"basis": {"kind": "capital_percent", "percent": "100"}, "due": {"kind": "after_months", "months": 12}}});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        world.app.post(&world.officer, &at("/projects"), body).await.expect(201)
    };
    assert_eq!(opened("A", json!({"from_on": "2025-08-01"})).await["votes_above_pct"], 50);
    assert_eq!(opened("B", json!({})).await["votes_above_pct"], 60);
    let strict = opened("C", json!({"votes_above_pct": 66})).await;
    assert_eq!(strict["votes_above_pct"], 66);
    for pct in [59, 100, -1] {
        let mut body = strict.clone();
        for field in ["project_id", "content", "closed_on"] {
            body.as_object_mut().unwrap().remove(field);
        }
        body["name"] = json!("D");
        body["votes_above_pct"] = json!(pct);
        let refused =
            world.app.post(&world.officer, &at("/projects"), body).await.refused(422, "invalid-field");
        assert_eq!(
            refused["errors"][0],
            json!({"pointer": "/votes_above_pct", "detail": "From 60 to 99 (per cent of those present)"})
        );
    }
    let project = id(&strict, "project_id");
    let household = world.household("An", "poor").await;
    let request = world.request(project, household, "10000000").await;
    world.vote(project, "01/BB", &[(request, 26, 14)]).await;
    asked(&world, project, request, "2026-03-02").await.refused(409, "not-voted");
    world.vote(project, "02/BB", &[(request, 27, 13)]).await;
    asked(&world, project, request, "2026-03-02").await.expect(202);
}

#[tokio::test]
async fn a_contract_is_not_dated_before_the_meeting() {
    let mut world = World::new().await;
    let project = world.project(json!({})).await;
    let household = world.household("An", "poor").await;
    let request = world.request(project, household, "10000000").await;
    world.today("2026-03-05");
    world.vote(project, "01/BB", &[(request, 40, 0)]).await;
    let early = asked(&world, project, request, "2026-03-04").await.refused(409, "not-voted");
    assert_eq!(
        early["detail"],
        "Minutes 01/BB are of 5 March 2026 (40 of 40 present were for it), after the contract of 4 March 2026. \
         Sign on the day of the meeting or later."
    );
    asked(&world, project, request, "2026-03-05").await.expect(202);
}

#[tokio::test]
async fn the_database_itself_refuses_a_contract_without_its_votes_and_votes_that_nobody_cast() {
    let world = World::new().await;
    let (project, other) = (
        world.project(json!({})).await,
        world.project(json!({"name": "Trồng ổi", "content": "crops"})).await,
    );
    let household = world.household("An", "poor").await;
    let request = world.request(project, household, "10000000").await;
    let contract = |project: Uuid, on: &str| {
        format!(
            "insert into agreement (unit_id, agreement_id, request_id, project_id, household_id, source_id, contract_year,
                                    contract_no, content, given, to_return, terms, party, address, signed_on, decided_by)
             values (13141, new_id(), '{request}', '{project}', '{household}', 1, 2026, 99, 'x', 1, 1, '{{}}', 'An', '', '{on}', new_id())"
        )
    };
    let refused = async |what: &str, project: Uuid, on: &str| {
        let because = format!("request {request} was not voted for");
        insist(what, run(&world.app, APP, &contract(project, on)).await, "23514", &because);
    };
    refused("no vote", project, "2026-03-02").await;
    world.vote(project, "01/BB", &[(request, 40, 0)]).await;
    let meeting = id(&world.vote(project, "02/BB", &[(request, 20, 0)]).await, "meeting_id");
    refused("the last one voted it down", project, "2026-03-02").await;
    let votes = |for_it: i64| {
        format!(
            "insert into vote (unit_id, vote_id, meeting_id, request_id, for_it, against)
             values (13141, new_id(), '{meeting}', '{request}', {for_it}, 2)"
        )
    };
    insist(
        "more hands than people",
        run(&world.app, APP, &votes(39)).await,
        "23514",
        "is not one of its meeting",
    );
    insist("twice at a meeting", run(&world.app, APP, &votes(38)).await, "23505", "vote_once");
    world.vote(project, "03/BB", &[(request, 21, 0)]).await;
    refused("before the meeting", project, "2026-03-01").await;
    refused("another project", other, "2026-03-02").await;
    run(&world.app, APP, &contract(project, "2026-03-02")).await.expect("control: voted for");
}

#[tokio::test]
async fn verify_finds_a_contract_whose_votes_were_touched() {
    let world = World::new().await;
    let project = world.project(json!({})).await;
    let household = world.household("An", "poor").await;
    let request = world.request(project, household, "10000000").await;
    let agreement = world.sign(project, request, 1).await;
    world.proved().await;
    let touched = "set session_replication_role = replica; update vote set for_it = 20";
    let mut owner = world.app.owner.acquire().await.unwrap();
    sqlx::raw_sql(touched).execute(&mut *owner).await.unwrap();
    let findings = world.findings().await;
    let found = format!("agreement {agreement}: no vote carried request {request}");
    assert!(findings.contains(&found), "{findings:#?}");
}
