//! How long a project runs and how much comes back are terms of its mechanism.

use serde_json::{Value, json};

use super::{World, at, id};

/// A project of 48 months whose money comes back after 40.
fn long(more: Value) -> Value {
    let mut body = json!({
        "fund_id": 1, "name": "Bò vay trả bê", "programme": "Hội Nông dân", "purpose": "breeding_stock", "from_on": "2025-08-01",
        "to_on": "2029-08-01", "household_cap": "20000000", "budget": "60000000",
        "terms": {"basis": {"kind": "capital_percent", "percent": "100"}, "due": {"kind": "after_months", "months": 40}}});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

#[tokio::test]
async fn a_project_of_48_months_is_a_unions_and_not_the_budgets() {
    let world = World::new().await;
    let open = async |more| world.app.post(&world.officer, &at("/projects"), long(more)).await;
    // Without a mechanism the general rule holds: 36 months.
    open(json!({})).await.refused(409, "above-cap");
    let years = json!({"mechanism_code": "ntp_2016_2020", "from_on": "2018-08-01", "to_on": "2022-08-01"});
    let refused = open(years).await.refused(409, "above-cap");
    assert_eq!(refused["detail"], "A project lasts at most 36 months (Thông tư 18/2017/TT-BNNPTNT).");
    let refused = open(json!({"mechanism_code": "ntp_2016_2020"})).await.refused(422, "invalid-field");
    assert_eq!(refused["errors"][0]["pointer"], "/mechanism_code");
    let project = open(json!({"mechanism_code": "own_money"})).await.expect(201);
    assert_eq!(project["mechanism_code"], "own_money");

    // The union's money goes out for 40 months; money of the budget, source 1, does not.
    let project = id(&project, "project_id");
    let household = world.household("An", "poor").await;
    let request = world.request(project, household, "10000000").await;
    world.carried(project, request).await;
    let signing = json!({"source_id": 1, "signed_on": world.app.app.clock.today()});
    let path = at(&format!("/projects/{project}/requests/{request}/approval"));
    world.app.post(&world.officer, &path, signing).await.refused(409, "source-restricted");
    let gift = world.source(json!({"name": "Vốn Hội Nông dân", "origin": "donor"})).await;
    world.capital(gift, "100000000").await;
    let agreement = world.sign(project, request, gift).await;
    world.pay_out(agreement).await;
    world.proved().await;
}

#[tokio::test]
async fn a_province_says_how_much_comes_back() {
    let world = World::new().await;
    for (mechanism, percent, good) in [
        ("ca_mau_2023_especially_difficult", "9.99", false),
        ("ca_mau_2023_especially_difficult", "10", true),
        ("ca_mau_2023_difficult", "14.99", false),
        ("ca_mau_2023_difficult", "15", true),
        ("ca_mau_2023_other", "19.99", false),
        ("ca_mau_2023_other", "20", true),
    ] {
        let terms = json!({"basis": {"kind": "capital_percent", "percent": percent}, "due": {"kind": "after_months", "months": 24}});
        let body = long(
            json!({"name": mechanism, "mechanism_code": mechanism, "to_on": "2028-08-01", "terms": terms}),
        );
        let answer = world.app.post(&world.officer, &at("/projects"), body).await;
        if good {
            answer.expect(201);
        } else {
            assert_eq!(
                answer.refused(422, "invalid-field")["errors"][0]["pointer"],
                "/terms/basis",
                "{mechanism}"
            );
        }
    }
    let of = async |on: &str| {
        let list =
            world.app.get(&world.officer, &format!("/v1/support-mechanisms?on={on}")).await.expect(200);
        let codes =
            list.as_array().unwrap().iter().map(|one| one["mechanism_code"].as_str().unwrap().to_owned());
        codes.collect::<Vec<_>>()
    };
    assert_eq!(of("2018-01-01").await, ["ntp_2016_2020", "own_money"]);
    assert_eq!(of("2021-01-01").await, ["own_money"]);
}
