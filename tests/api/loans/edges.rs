//! Who may do what, what is refused, and what never is an error of the server.

use serde_json::json;
use soquy::access::Role;
use uuid::Uuid;

use super::bank::{Bank, Deal, JOBS, POOR};
use crate::support::VU_QUY;

#[tokio::test]
async fn a_request_that_does_not_add_up_is_refused_field_by_field() {
    let bank = Bank::open().await;
    let household = bank.household("poor").await;
    let good = bank.request(household, POOR);
    for (field, value, pointer) in [
        ("amount", json!("0"), "/amount"),
        ("total_need", json!("1"), "/total_need"),
        ("term_months", json!(0), "/term_months"),
        ("term_months", json!(301), "/term_months"),
        ("principal_every_months", json!(0), "/principal_every_months"),
        ("principal_every_months", json!(7), "/principal_every_months"),
        ("purposes", json!([]), "/purposes"),
        ("purposes", json!([{"item": "Bò", "amount": "1"}]), "/purposes"),
        ("source_id", json!(99), "/source_id"),
        ("group_id", json!(null), "/group_id"),
        ("requested_on", json!("2026-03-03"), "/requested_on"),
        ("count", json!(4_000_000_000_u32), "/count"),
    ] {
        let mut bad = good.clone();
        bad[field] = value;
        let body = bank.post(&bank.officer, "loan-requests", bad).await.refused(422, "invalid-field");
        let named: Vec<_> =
            body["errors"].as_array().unwrap().iter().map(|e| e["pointer"].as_str().unwrap()).collect();
        assert!(named.contains(&pointer), "{field}: {body}");
    }
}

#[tokio::test]
async fn class_cap_exclusion_and_term_are_checked_on_the_day() {
    let mut bank = Bank::open().await;
    let average = bank.household("average").await;
    bank.post(&bank.officer, "loan-requests", bank.request(average, POOR)).await.refused(409, "not-eligible");
    let poor = bank.household("poor").await;
    let above = Deal { amount: 100_000_001, ..POOR };
    bank.post(&bank.officer, "loan-requests", bank.request(poor, above)).await.refused(409, "above-cap");
    let long = Deal { term: 121, ..JOBS };
    bank.post(&bank.officer, "loan-requests", bank.request(poor, long)).await.refused(409, "above-cap");
    let loan = bank.signed(poor, Deal { amount: 60_000_000, ..POOR }).await;
    // With 60,000,000 signed for, 40,000,001 more pass the cap of 100,000,000.
    let more = Deal { amount: 40_000_001, ..POOR };
    bank.post(&bank.officer, "loan-requests", bank.request(poor, more)).await.refused(409, "above-cap");
    bank.classed(poor, "near_poor", "2026-03-02").await;
    let near = Deal { product: "19", ..POOR };
    bank.post(&bank.officer, "loan-requests", bank.request(poor, near))
        .await
        .refused(409, "duplicate-support");
    // No longer poor on the day of the payout.
    bank.on("2026-03-05");
    let payout = json!({"amount": "60000000", "paid_on": "2026-03-05", "till": "cash"});
    bank.post(&bank.officer, &format!("loans/{loan}/disbursements"), payout)
        .await
        .refused(409, "not-eligible");
}

#[tokio::test]
async fn steps_are_taken_in_order_and_contracts_number_without_gaps() {
    let bank = Bank::open().await;
    let household = bank.household("poor").await;
    let asked = bank.post(&bank.officer, "loan-requests", bank.request(household, POOR)).await.expect(201);
    let path = format!("loan-requests/{}", asked["loan_request_id"].as_str().unwrap());
    let paper = json!({"document_no": "12/XN", "confirmed_on": "2026-03-02"});
    bank.post(&bank.officer, &format!("{path}/confirmation"), paper).await.refused(409, "wrong-state");
    bank.post(&bank.officer, &format!("{path}/approval"), json!({"signed_on": "2026-03-02"}))
        .await
        .refused(409, "wrong-state");
    let ending = json!({"withdrawn": true, "reason": "hộ rút đề nghị"});
    let ended = bank.post(&bank.officer, &format!("{path}/ending"), ending).await.expect(200);
    assert_eq!(ended["state"], "withdrawn");
    let mut numbers = Vec::new();
    for _ in 0..3 {
        let loan = bank.lent(POOR).await;
        numbers.push(bank.loan(&loan).await["contract_no"].as_str().unwrap().to_owned());
    }
    assert_eq!(numbers, ["1/2026", "2/2026", "3/2026"]);
    let page = bank.get("loans?programme=01&status=current&limit=2").await;
    assert_eq!(page["items"].as_array().map(Vec::len), Some(2));
    let rest = bank.get(&format!("loans?limit=2&after={}", page["next"].as_str().unwrap())).await;
    assert_eq!((rest["items"].as_array().map(Vec::len), rest.get("next")), (Some(1), None));
    let report = bank.get("reports/loans/outstanding").await;
    assert_eq!((report[0]["loans"].as_i64(), report[0]["in_term"].as_str()), (Some(3), Some("150000000")));
}

#[tokio::test]
async fn case_13_the_same_key_gives_the_same_receipt_and_another_body_is_refused() {
    let mut bank = Bank::open().await;
    let loan = bank.lent(POOR).await;
    bank.on("2026-04-07");
    let path = format!("/v1/units/{VU_QUY}/loans/{loan}/repayments");
    let body = json!({"amount": "400000", "received_on": "2026-04-07", "till": "cash"});
    let first = bank.app.post_once(&bank.cashier, "phieu-00001", &path, body.clone()).await.expect(201);
    let again = bank.app.post_once(&bank.cashier, "phieu-00001", &path, body).await;
    assert_eq!(again.headers["idempotent-replayed"], "true");
    assert_eq!(again.expect(201), first);
    let other = json!({"amount": "400001", "received_on": "2026-04-07", "till": "cash"});
    bank.app
        .post_once(&bank.cashier, "phieu-00001", &path, other.clone())
        .await
        .refused(422, "idempotency-key-reused");
    bank.app.post(&bank.cashier, &path, other).await.refused(400, "idempotency-key-required");
    assert_eq!(bank.account("101", 1).await, 1_950_400_000);
}

#[tokio::test]
async fn case_12_two_tellers_at_once_never_take_the_last_dong_twice() {
    let mut bank = Bank::open().await;
    let loan = bank.lent(Deal { amount: 10_000_000, ..POOR }).await;
    bank.on("2026-03-03");
    let path = format!("/v1/units/{VU_QUY}/loans/{loan}/repayments");
    // 10,000,000 and a day of 6.6 %: 1,808.22
    let body = json!({"amount": "10001808", "received_on": "2026-03-03", "till": "cash"});
    let (a, b) = tokio::join!(
        bank.app.post_once(&bank.cashier, "teller-a-0001", &path, body.clone()),
        bank.app.post_once(&bank.officer, "teller-b-0001", &path, body.clone()),
    );
    let mut statuses = [a.status.as_u16(), b.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
    assert_eq!(bank.accounts(1, ["2511", "7011"]).await, [0, -1_808]);
    bank.proved().await;
}

#[tokio::test]
async fn other_units_and_wrong_roles_learn_nothing() {
    let bank = Bank::open().await;
    let loan = bank.lent(POOR).await;
    let stranger = bank.app.person("stranger", 34, &[Role::Officer, Role::Accountant]).await;
    for path in [
        format!("/v1/units/{VU_QUY}/loans/{loan}"),
        format!("/v1/units/34/loans/{loan}"),
        format!("/v1/units/34/loans/{loan}/payoff"),
    ] {
        bank.app.get(&stranger, &path).await.refused(404, "not-found");
    }
    let body = json!({"amount": "1", "received_on": "2026-03-02", "till": "cash"});
    bank.app
        .post_once(&stranger, "stranger-0001", &format!("/v1/units/34/loans/{loan}/repayments"), body.clone())
        .await
        .refused(404, "not-found");
    bank.post(&bank.accountant, &format!("loans/{loan}/repayments"), body).await.refused(403, "forbidden");
    let payout = json!({"amount": "1", "paid_on": "2026-03-02", "till": "cash"});
    bank.post(&bank.cashier, &format!("loans/{loan}/disbursements"), payout).await.refused(403, "forbidden");
    bank.post(&bank.cashier, "loan-requests", bank.request(Uuid::nil(), POOR))
        .await
        .refused(403, "forbidden");
}

#[tokio::test]
async fn strange_input_is_refused_and_never_an_error_of_the_server() {
    let bank = Bank::open().await;
    let loan = bank.lent(POOR).await;
    for path in [
        "loans/x",
        "loans/%00",
        "loans?programme=%00",
        "loans?programme=1",
        "loans?status=none",
        "loans?late_days=x",
        "loans?late_days=0",
        "loans?late_days=36501",
        "loans?after=%20",
        "loans?limit=0",
        "loan-requests?state=x",
        "reports/loans/ageing?on=2026-02-30",
        "reports/loans/ageing?on=9999-01-01",
    ] {
        let answer = bank.app.get(&bank.officer, &format!("/v1/units/{VU_QUY}/{path}")).await;
        assert!((400..500).contains(&answer.status.as_u16()), "{path}: {}", answer.text);
    }
    for path in [
        format!("loans/{loan}?as_of=262000-01-01"),
        format!("loans/{loan}?as_of=2500-01-01"),
        format!("loans/{loan}/payoff?on=0001-01-01"),
    ] {
        let answer = bank.app.get(&bank.officer, &format!("/v1/units/{VU_QUY}/{path}")).await;
        assert!((400..500).contains(&answer.status.as_u16()), "{path}: {}", answer.text);
    }
    for body in [
        json!({}),
        json!({"amount": "1.5", "received_on": "2026-03-02", "till": "cash"}),
        json!({"amount": "-1", "received_on": "2026-03-02", "till": "cash"}),
        json!({"amount": "0", "received_on": "2026-03-02", "till": "cash"}),
        json!({"amount": 1, "received_on": "2026-03-02", "till": "cash"}),
        json!({"amount": "999999999999999999", "received_on": "2026-03-02", "till": "cash"}),
        json!({"amount": "999999999999999999", "received_on": "2026-03-02", "till": "cash", "accept_overpayment": true}),
        json!({"amount": "1", "received_on": "2026-02-30", "till": "cash"}),
        json!({"amount": "1", "received_on": "2026-03-01", "till": "cash"}),
        json!({"amount": "1", "received_on": "2027-03-02", "till": "cash"}),
        json!({"amount": "1", "received_on": "1800-03-02", "till": "cash"}),
        json!({"amount": "1", "received_on": "2026-03-02", "till": "gold"}),
        json!({"amount": "1", "received_on": "2026-03-02", "till": "cash", "payer": "a\u{0}b"}),
        json!({"amount": "1", "received_on": "2026-03-02", "till": "cash", "surprise": 1}),
    ] {
        let answer = bank.post(&bank.cashier, &format!("loans/{loan}/repayments"), body.clone()).await;
        assert!(answer.status.as_u16() < 500, "{body}: {}", answer.text);
    }
    for action in [
        json!({"kind": "none"}),
        json!({"kind": "freeze", "months": 0, "risk": {"cause": "K1", "lost": "60000000", "project": "60000000"}}),
        json!({"kind": "freeze", "months": 4_000_000_000_u32, "risk": {"cause": "K1", "lost": "60000000", "project": "60000000"}}),
        json!({"kind": "freeze", "months": 1, "risk": {"cause": "K9", "lost": "1", "project": "1"}}),
        json!({"kind": "freeze", "months": 1, "risk": {"cause": "K1", "lost": "2", "project": "1"}}),
        json!({"kind": "freeze", "months": 1, "risk": {"cause": "K1", "lost": "0", "project": "0"}}),
        json!({"kind": "recall", "amount": "0"}),
        json!({"kind": "unfreeze", "due_on": "2026-04-02"}),
        json!({"kind": "extend", "final_due_on": "+262142-12-31", "risk": null}),
        json!({"kind": "reschedule", "due_on": "2026-03-02", "to": "2026-03-02"}),
        json!({"kind": "carry_over", "final_due_on": "1900-01-01"}),
    ] {
        let answer = bank.measure(&loan, "2026-03-02", action.clone()).await;
        assert!((400..500).contains(&answer.status.as_u16()), "{action}: {}", answer.text);
    }
    bank.proved().await;
}

#[tokio::test]
async fn a_schedule_is_previewed_with_its_reasons() {
    let bank = Bank::open().await;
    let terms = json!({"tranches": [{"on": "2026-03-02", "amount": "35000000"}], "annual_rate_pct": "6.6", "instalments": 36,
        "frequency": {"unit": "months", "every": 1}, "amortisation": {"kind": "vn_plan", "principal_every": 6}, "instalment_multiple": "100000"});
    let schedule = bank.app.post(&bank.officer, "/v1/schedules/preview", terms).await.expect(200);
    assert_eq!(schedule["rows"][35]["principal"], "6000000");
    assert_eq!(schedule["rows"][0]["interest"], "196192");
    let nonsense = json!({"tranches": [], "annual_rate_pct": "6.6", "instalments": 36, "frequency": {"unit": "months", "every": 1}});
    bank.app.post(&bank.officer, "/v1/schedules/preview", nonsense).await.refused(422, "invalid-field");
}
