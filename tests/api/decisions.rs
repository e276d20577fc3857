//! The approver's inbox: who may decide, once, and that approving executes.

use serde_json::{Value, json};
use soquy::access::Role;

use crate::books::{Commune, advance, at};
use crate::support::{VU_QUY, nothing};

fn decide(approval: &Value, how: &str) -> String {
    at(&format!("/approvals/{}/{how}", approval["approval_id"].as_str().unwrap()))
}

async fn asked(commune: &Commune) -> Value {
    commune.receive("receipt-1", 1, "2026-03-01", "1000").await;
    let body = advance("2026-03-02", 1, "600");
    commune.app.post_once(&commune.accountant, "manual-1", &at("/journals"), body).await.expect(202)
}

#[tokio::test]
async fn the_maker_does_not_approve_and_only_approvers_do() {
    let commune = Commune::new().await;
    let app = &commune.app;
    let both = app.person("haivai", VU_QUY, &[Role::Accountant, Role::Approver]).await;
    commune.receive("receipt-1", 1, "2026-03-01", "1000").await;
    let own =
        app.post_once(&both, "manual-1", &at("/journals"), advance("2026-03-02", 1, "600")).await.expect(202);
    app.post_once(&both, "approve-1", &decide(&own, "approve"), nothing()).await.refused(409, "same-person");
    app.post(&both, &decide(&own, "reject"), json!({"note": "Thôi"})).await.refused(409, "same-person");
    app.post_once(&commune.accountant, "approve-1", &decide(&own, "approve"), nothing())
        .await
        .refused(403, "forbidden");
    app.post(&commune.approver, &decide(&own, "approve"), nothing())
        .await
        .refused(400, "idempotency-key-required");
    commune.approve("approve-2", &own).await;
}

#[tokio::test]
async fn a_decision_is_taken_once_and_the_same_key_gets_the_same_answer() {
    let commune = Commune::new().await;
    let (app, approval) = (&commune.app, asked(&commune).await);
    let done = commune.approve("approve-1", &approval).await;
    assert_eq!(done["outcome"]["journal_no"], 2);
    assert_eq!(done["decided_by"], commune.approver.user_id.to_string());
    let again = app.post_once(&commune.approver, "approve-1", &decide(&approval, "approve"), nothing()).await;
    assert_eq!(again.headers["idempotent-replayed"], "true");
    assert_eq!(again.expect(200), done);
    app.post_once(&commune.approver, "approve-2", &decide(&approval, "approve"), nothing())
        .await
        .refused(409, "wrong-state");
    app.post(&commune.approver, &decide(&approval, "reject"), json!({"note": "Thôi"}))
        .await
        .refused(409, "wrong-state");
    app.post(&commune.accountant, &decide(&approval, "withdraw"), nothing())
        .await
        .refused(409, "wrong-state");
    assert_eq!(
        app.get(&commune.approver, &at("/journals")).await.expect(200)["items"].as_array().unwrap().len(),
        2
    );
}

#[tokio::test]
async fn what_the_books_refuse_stays_waiting() {
    let commune = Commune::new().await;
    let (app, approval) = (&commune.app, asked(&commune).await);
    let other = app
        .post_once(&commune.accountant, "manual-2", &at("/journals"), advance("2026-03-02", 1, "500"))
        .await
        .expect(202);
    commune.approve("approve-1", &approval).await;
    let refused = app
        .post_once(&commune.approver, "approve-2", &decide(&other, "approve"), nothing())
        .await
        .refused(409, "source-short");
    assert_eq!(refused["detail"], "Source 1 would stand at -100 đồng on 2 March 2026.");
    let waiting = app.get(&commune.approver, &at("/approvals?state=waiting")).await.expect(200);
    assert_eq!(waiting["items"][0]["approval_id"], other["approval_id"]);
    commune.receive("receipt-2", 1, "2026-03-02", "100").await;
    commune.approve("approve-2", &other).await;
}

#[tokio::test]
async fn rejecting_and_taking_back_change_nothing_in_the_books() {
    let commune = Commune::new().await;
    let (app, first) = (&commune.app, asked(&commune).await);
    app.post(&commune.approver, &decide(&first, "reject"), nothing()).await.refused(422, "invalid-field");
    let rejected = app
        .post(&commune.approver, &decide(&first, "reject"), json!({"note": "Thiếu chứng từ"}))
        .await
        .expect(200);
    assert_eq!((&rejected["state"], &rejected["note"]), (&json!("rejected"), &json!("Thiếu chứng từ")));
    let second = app
        .post_once(&commune.accountant, "manual-2", &at("/journals"), advance("2026-03-02", 1, "5"))
        .await
        .expect(202);
    app.post(&commune.approver, &decide(&second, "withdraw"), nothing()).await.refused(403, "forbidden");
    let back = app.post(&commune.accountant, &decide(&second, "withdraw"), nothing()).await.expect(200);
    assert_eq!(back["state"], "withdrawn");
    assert_eq!(
        app.get(&commune.accountant, &at("/journals")).await.expect(200)["items"].as_array().unwrap().len(),
        1
    );
    app.get(&commune.accountant, &at("/approvals/00000000-0000-7000-8000-000000000009"))
        .await
        .refused(404, "not-found");
    app.get(&commune.accountant, &at("/approvals?state=maybe")).await.refused(400, "malformed-request");
}
