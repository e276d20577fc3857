//! What single programmes ask: the student who pays nothing before there is work, the facility that is lent once, the house.

use serde_json::{Value, json};

use super::bank::{Bank, Deal, JOBS, POOR};

/// A preview, as `(due, principal, interest)` row by row.
async fn previewed(bank: &Bank, body: Value) -> (Value, Vec<(String, String, String)>) {
    let answer = bank.app.post(&bank.officer, "/v1/loans/preview", body).await.expect(200);
    let text = |row: &Value, field: &str| row[field].as_str().unwrap().to_owned();
    let rows = answer["schedule"]["rows"].as_array().unwrap().iter();
    let rows = rows.map(|row| (text(row, "due_on"), text(row, "principal"), text(row, "interest")));
    let rows = rows.collect();
    (answer, rows)
}

/// Four years from 2021-09-06, 2,500,000 a month for ten months of each: 12,500,000 every half year. Counted in Python with decimal
/// from the rule alone: each month bears balance × 6.6 × days / 36500 of every stretch of days, rounded half up once; the interest of
/// months 1 to 60 is asked in month 60; principal is 100,000,000 over nine dates, rounded down to 100,000, the rest last.
#[tokio::test]
async fn a_student_of_four_years_pays_nothing_for_five_years_and_then_for_four() {
    let bank = Bank::open().await;
    let tranches: Vec<_> = [2021, 2022, 2023, 2024]
        .into_iter()
        .flat_map(|year| [format!("{year}-09-06"), format!("{}-02-07", year + 1)])
        .map(|on| json!({"on": on, "amount": "12500000"}))
        .collect();
    let body = json!({"product_code": "02", "signed_on": "2021-09-06", "tranches": tranches, "term_months": 108,
        "principal_every_months": 6, "payout_months": 48});
    let (answer, rows) = previewed(&bank, body.clone()).await;
    assert_eq!(
        (&answer["rates"]["annual_rate"], &answer["final_due_on"], &answer["extension_cap_months"]),
        (&json!("6.6"), &json!("2030-09-06"), &json!(24))
    );
    assert_eq!(answer["unverified"], Value::Null);
    assert_eq!(rows.len(), 108);
    assert!(rows[..59].iter().all(|(_, principal, interest)| principal == "0" && interest == "0"));
    assert_eq!(rows[58].0, "2026-08-06");
    let asked: Vec<_> = rows[59..].iter().map(|(due, p, i)| (due.as_str(), p.as_str(), i.as_str())).collect();
    assert_eq!(asked, STUDENT);
    assert_eq!(answer["schedule"]["totals"]["interest"], "34934443");
    let mut without = body;
    without.as_object_mut().unwrap().remove("payout_months");
    let refused =
        bank.app.post(&bank.officer, "/v1/loans/preview", without).await.refused(422, "invalid-field");
    assert_eq!(refused["errors"][0]["pointer"], "/payout_months");
}

/// Months 60 to 108 of that loan.
const STUDENT: [(&str, &str, &str); 49] = [
    ("2026-09-06", "11100000", "21721228"),
    ("2026-10-06", "0", "482252"),
    ("2026-11-06", "0", "498327"),
    ("2026-12-06", "0", "482252"),
    ("2027-01-06", "0", "498327"),
    ("2027-02-06", "0", "498327"),
    ("2027-03-06", "11100000", "450102"),
    ("2027-04-06", "0", "436106"),
    ("2027-05-06", "0", "422038"),
    ("2027-06-06", "0", "436106"),
    ("2027-07-06", "0", "422038"),
    ("2027-08-06", "0", "436106"),
    ("2027-09-06", "11100000", "436106"),
    ("2027-10-06", "0", "361825"),
    ("2027-11-06", "0", "373885"),
    ("2027-12-06", "0", "361825"),
    ("2028-01-06", "0", "373885"),
    ("2028-02-06", "0", "373885"),
    ("2028-03-06", "11100000", "349764"),
    ("2028-04-06", "0", "311665"),
    ("2028-05-06", "0", "301611"),
    ("2028-06-06", "0", "311665"),
    ("2028-07-06", "0", "301611"),
    ("2028-08-06", "0", "311665"),
    ("2028-09-06", "11100000", "311665"),
    ("2028-10-06", "0", "241397"),
    ("2028-11-06", "0", "249444"),
    ("2028-12-06", "0", "241397"),
    ("2029-01-06", "0", "249444"),
    ("2029-02-06", "0", "249444"),
    ("2029-03-06", "11100000", "225304"),
    ("2029-04-06", "0", "187223"),
    ("2029-05-06", "0", "181184"),
    ("2029-06-06", "0", "187223"),
    ("2029-07-06", "0", "181184"),
    ("2029-08-06", "0", "187223"),
    ("2029-09-06", "11100000", "187223"),
    ("2029-10-06", "0", "120970"),
    ("2029-11-06", "0", "125002"),
    ("2029-12-06", "0", "120970"),
    ("2030-01-06", "0", "125002"),
    ("2030-02-06", "0", "125002"),
    ("2030-03-06", "11100000", "112905"),
    ("2030-04-06", "0", "62781"),
    ("2030-05-06", "0", "60756"),
    ("2030-06-06", "0", "62781"),
    ("2030-07-06", "0", "60756"),
    ("2030-08-06", "0", "62781"),
    ("2030-09-06", "11200000", "62781"),
];

/// What the officer asks for, as a student's household.
fn student(bank: &Bank, household: uuid::Uuid, product: &str, amount: i64, term: u32) -> Value {
    let deal = Deal { product, amount, term, every: 6, ..POOR };
    let mut request = bank.request(household, deal);
    (request["count"], request["course_months"]) = (json!(40), json!(48));
    request
}

#[tokio::test]
async fn a_student_of_an_average_household_is_lent_for_108_months_of_which_the_last_48_are_repaid_in() {
    let bank = Bank::open().await;
    let household = bank.household("average").await;
    let ask = async |body: Value| bank.post(&bank.officer, "loan-requests", body).await;
    let refused = ask(student(&bank, household, "02", 160_000_000, 109)).await.refused(409, "above-cap");
    assert_eq!(refused["detail"], "The longest term is 108 months.");
    ask(student(&bank, household, "02", 160_000_001, 108)).await.refused(409, "above-cap");
    let mut yearly = student(&bank, household, "02", 160_000_000, 108);
    yearly["principal_every_months"] = json!(12);
    ask(yearly).await.refused(422, "invalid-field");
    let mut later = student(&bank, household, "02", 120_000_000, 85);
    later["payout_months"] = json!(36);
    ask(later.clone()).await.refused(409, "above-cap");
    later["payout_months"] = json!(49);
    let refused = ask(later).await.refused(422, "invalid-field");
    assert_eq!(refused["errors"][0]["pointer"], "/payout_months");

    let asked = ask(student(&bank, household, "02", 160_000_000, 108)).await.expect(201);
    let path = format!("loan-requests/{}", asked["loan_request_id"].as_str().unwrap());
    let listing = json!({"minutes_no": "05/BB", "listed_on": "2026-03-02"});
    bank.post(&bank.officer, &format!("{path}/listing"), listing).await.expect(200);
    let paper = json!({"document_no": "12/XN-UBND", "confirmed_on": "2026-03-02"});
    bank.post(&bank.officer, &format!("{path}/confirmation"), paper).await.expect(200);
    let signing = json!({"signed_on": "2026-03-02"});
    let outcome = bank.approved(bank.post(&bank.officer, &format!("{path}/approval"), signing).await).await;
    let loan = outcome["loan_id"].as_str().unwrap();
    bank.pay_out(loan, 20_000_000, "2026-03-02").await;
    let shown = bank.loan(loan).await;
    assert_eq!(shown["contract"]["handling"]["extension_cap_months"], 24);
    assert_eq!(shown["final_due_on"], "2035-03-02");
    let first = shown["state"]["rows"].as_array().unwrap().iter().position(|row| row["principal"] != "0");
    assert_eq!(first, Some(59), "twelve months after the course");
    bank.proved().await;
}

#[tokio::test]
async fn a_student_of_a_stem_subject_is_lent_tuition_and_five_million_a_month_unsecured_to_500_million() {
    let bank = Bank::open().await;
    let household = bank.household("average").await;
    let mut request = student(&bank, household, "02_stem", 360_000_000, 108);
    request["tuition"] = json!("160000000");
    let ask = async |body: Value| bank.post(&bank.officer, "loan-requests", body).await;
    assert_eq!(ask(request.clone()).await.expect(201)["tuition"], "160000000");
    request["tuition"] = json!("159999999");
    ask(request).await.refused(409, "above-cap");
    let mut dear = student(&bank, household, "02_stem", 500_000_001, 108);
    dear["tuition"] = json!("400000000");
    let refused = ask(dear.clone()).await.refused(422, "invalid-field");
    assert_eq!(refused["errors"][0]["pointer"], "/collateral");
    dear["collateral"] = json!("Quyền sử dụng đất số 12");
    ask(dear).await.expect(201);
}

#[tokio::test]
async fn each_kind_of_facility_is_lent_once() {
    let mut bank = Bank::open().await;
    let household = bank.household("poor").await;
    let water = Deal { product: "06_water", amount: 25_000_000, ..POOR };
    let ask = async |bank: &Bank, deal| {
        bank.post(&bank.officer, "loan-requests", bank.request(household, deal)).await
    };
    ask(&bank, Deal { amount: 25_000_001, ..water }).await.refused(409, "above-cap");
    let loan = bank.signed(household, water).await;
    bank.pay_out(&loan, 25_000_000, "2026-03-02").await;
    let refused = ask(&bank, Deal { amount: 1_000_000, ..water }).await.refused(409, "duplicate-support");
    assert_eq!(refused["detail"], "A household is lent this kind of facility once, and was lent it already.");
    ask(&bank, Deal { product: "06_sanitation", ..water }).await.expect(201);
    // Repaid is still had.
    bank.on("2026-03-03");
    bank.repaid(&loan, 25_006_164, "2026-03-03").await;
    let again = Deal { amount: 1_000_000, on: "2026-03-03", ..water };
    ask(&bank, again).await.refused(409, "duplicate-support");
}

#[tokio::test]
async fn a_poor_household_is_lent_small_amounts_for_house_light_and_water() {
    let bank = Bank::open().await;
    let household = bank.household("poor").await;
    let ask = async |product, amount| {
        let deal = Deal { product, amount, term: 36, ..POOR };
        bank.post(&bank.officer, "loan-requests", bank.request(household, deal)).await
    };
    for (product, most) in
        [("01_house_repair", 3_000_000), ("01_electricity", 1_500_000), ("01_water", 10_000_000)]
    {
        ask(product, most).await.expect(201);
        ask(product, most + 1).await.refused(409, "above-cap");
    }
    let cow = bank.signed(household, Deal { amount: 98_000_000, ..POOR }).await;
    bank.pay_out(&cow, 98_000_000, "2026-03-02").await;
    let refused = ask("01_house_repair", 2_000_001).await.refused(409, "above-cap");
    assert_eq!(
        refused["detail"],
        "The cap for a household is VND 100,000,000; with what is owed it would come to VND 100,000,001."
    );
    ask("01_house_repair", 2_000_000).await.expect(201);
}

#[tokio::test]
async fn difficult_areas_are_for_households_that_no_other_programme_serves() {
    let bank = Bank::open().await;
    let area = Deal { product: "10", amount: 100_000_000, ..POOR };
    for class in ["poor", "near_poor", "newly_escaped"] {
        let household = bank.household(class).await;
        bank.post(&bank.officer, "loan-requests", bank.request(household, area))
            .await
            .refused(409, "not-eligible");
    }
    let household = bank.household("average").await;
    bank.post(&bank.officer, "loan-requests", bank.request(household, area)).await.expect(201);
    let jobs = bank.signed(household, JOBS).await;
    bank.pay_out(&jobs, 30_000_000, "2026-03-02").await;
    let refused = bank
        .post(&bank.officer, "loan-requests", bank.request(household, area))
        .await
        .refused(409, "duplicate-support");
    assert_eq!(refused["detail"], "A household with a job-creation loan takes no difficult-area loan.");
}

#[tokio::test]
async fn work_abroad_is_lent_without_a_group_as_long_as_the_contract_and_secured_above_200_million() {
    let bank = Bank::open().await;
    let household = bank.household("average").await;
    let ask = async |amount: i64, term: u32, collateral: Value| {
        let mut request = bank.request(household, Deal { product: "04", amount, term, ..POOR });
        (request["group_id"], request["count"], request["collateral"]) = (Value::Null, json!(36), collateral);
        bank.post(&bank.officer, "loan-requests", request).await
    };
    ask(200_000_000, 36, Value::Null).await.expect(201);
    let refused = ask(200_000_001, 36, Value::Null).await.refused(422, "invalid-field");
    assert_eq!(refused["errors"][0]["pointer"], "/collateral");
    ask(200_000_001, 36, json!("Sổ tiết kiệm")).await.expect(201);
    let refused = ask(90_000_000, 37, Value::Null).await.refused(409, "above-cap");
    assert_eq!(refused["detail"], "The longest term is 36 months.");
}

#[tokio::test]
async fn a_social_house_is_bought_over_25_years_with_a_fifth_of_ones_own() {
    let bank = Bank::open().await;
    let household = bank.household("average").await;
    let ask = async |product: &'static str, (amount, need): (i64, i64), term| {
        let mut request = bank.request(household, Deal { product, amount, term, ..POOR });
        (request["group_id"], request["total_need"], request["own_capital"]) =
            (Value::Null, json!(need.to_string()), json!((need - amount).to_string()));
        bank.post(&bank.officer, "loan-requests", request).await
    };
    ask("12_purchase", (800_000_000, 1_000_000_000), 300).await.expect(201);
    ask("12_purchase", (800_000_001, 1_000_000_000), 300).await.refused(409, "above-cap");
    ask("12_purchase", (800_000_000, 1_000_000_000), 301).await.refused(422, "invalid-field");
    ask("12_building", (700_000_000, 1_000_000_000), 240).await.expect(201);
    ask("12_building", (700_000_001, 1_000_000_000), 240).await.refused(409, "above-cap");
    ask("12_building", (1_000_000_001, 2_000_000_000), 240).await.refused(409, "above-cap");
}

#[tokio::test]
async fn a_house_of_24_900_000_comes_back_by_instalments_of_at_least_a_tenth() {
    let bank = Bank::open().await;
    let tranches = json!([{"on": "2016-03-15", "amount": "24900000"}]);
    let body = json!({"product_code": "07_poor", "signed_on": "2016-03-15", "tranches": tranches, "term_months": 180,
        "principal_every_months": 12});
    let (answer, rows) = previewed(&bank, body).await;
    let principal: Vec<(usize, &str)> = (1..)
        .zip(&rows)
        .filter(|(_, (_, principal, _))| principal != "0")
        .map(|(n, (_, principal, _))| (n, principal.as_str()))
        .collect();
    let mut wanted: Vec<(usize, &str)> = (6..=14).map(|year| (12 * year, "2500000")).collect();
    wanted.push((180, "2400000"));
    assert_eq!(principal, wanted);
    assert_eq!(
        answer["unverified"],
        "Ngày kết thúc 31/12/2020 và cách chia lãi 5 năm ân hạn chưa đối chiếu văn bản"
    );
}

#[tokio::test]
async fn a_contract_says_which_figures_no_text_bears_out() {
    let bank = Bank::open().await;
    let shown = bank.loan(&bank.lent(POOR).await).await;
    assert_eq!(shown["contract"]["unverified"], Value::Null);
    let flood = Deal { product: "07_flood", amount: 15_000_000, term: 120, ..POOR };
    let shown = bank.loan(&bank.lent(flood).await).await;
    assert_eq!(
        shown["contract"]["unverified"],
        "Lãi 5 năm ân hạn chia đều theo các kỳ trả gốc: theo tờ rơi của NHCSXH, văn bản không nói"
    );
    bank.proved().await;
}

#[tokio::test]
async fn a_poor_household_is_lent_in_january_by_the_class_of_the_old_year() {
    let mut bank = Bank::open().await;
    let household = bank.household("poor").await;
    bank.on("2027-01-04");
    let deal = Deal { on: "2027-01-04", ..POOR };
    bank.post(&bank.officer, "loan-requests", bank.request(household, deal)).await.expect(201);
}

#[tokio::test]
async fn a_preview_says_what_the_programme_would_refuse_of_it() {
    let bank = Bank::open().await;
    let against = async |amount: &str, term: u32| {
        let body = json!({"product_code": "19", "signed_on": "2026-03-02", "term_months": term, "principal_every_months": 12,
                          "tranches": [{"on": "2026-03-02", "amount": amount}]});
        bank.app.post(&bank.officer, "/v1/loans/preview", body).await.expect(200)["against"].clone()
    };
    assert_eq!(against("100000000", 60).await, json!([]));
    let refused = against("100000001", 60).await;
    assert_eq!(
        refused[0]["en"],
        "The cap for a household is VND 100,000,000; with what is owed it would come to VND 100,000,001."
    );
    let student = |term: u32| {
        json!({"product_code": "02", "signed_on": "2026-03-02", "term_months": term, "payout_months": 48, "principal_every_months": 6,
               "tranches": [{"on": "2026-03-02", "amount": "192000000"}]})
    };
    let long = bank.app.post(&bank.officer, "/v1/loans/preview", student(109)).await.expect(200);
    assert_eq!(long["against"][0]["vi"], "Thời hạn tối đa 108 tháng.");
    assert_eq!(
        bank.app.post(&bank.officer, "/v1/loans/preview", student(108)).await.expect(200)["against"],
        json!([])
    );
}
