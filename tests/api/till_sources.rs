//! Whose money lies in which till: what moves between tills, or is laid to a source by a count, is there. And what a command that waits
//! is paid from.

use axum::body::Body;
use axum::http::{Request, header};
use serde_json::{Value, json};

use crate::cash_counts::{counted, id, settled};
use crate::revolving::{World, at};
use crate::support::Answer;
use crate::support::books::{gift, insist, line, post, post_with, prepared, run, spend};
use crate::support::paper::{pages, says};
use crate::till_details::{cash_box, opened};

const APP: &str = "soquy_app";

#[tokio::test]
async fn the_database_itself_moves_between_tills_only_what_a_source_has_there() {
    let app = prepared().await;
    run(&app, APP, &gift("2026-02-10", 1, 100)).await.expect("control: money comes");
    run(&app, APP, &gift("2026-02-10", 2, 50)).await.expect("control: of another source");
    let carry = |on: &str, source: i32, from: &str, to: &str, amount: i64| {
        post(on, &[line(to, source, &amount.to_string()), line(from, source, &(-amount).to_string())])
    };
    insist(
        "another's money",
        run(&app, APP, &carry("2026-02-20", 2, "cash", "bank", 51)).await,
        "SQ442",
        "source 2 would have -1 in account 1111 on 2026-02-20",
    );
    run(&app, APP, &carry("2026-02-20", 2, "cash", "bank", 50)).await.expect("control: all it has there");
    insist(
        "dated back",
        run(&app, APP, &carry("2026-02-15", 2, "cash", "bank", 1)).await,
        "SQ442",
        "source 2 would have -1 in account 1111 on 2026-02-20",
    );
    let short = |source: i32| {
        let lines = [line("cash_shortage", source, "1"), line("cash", source, "-1")];
        post_with(&json!({"kind": "cash_difference"}), "2026-02-20", &lines)
    };
    insist(
        "a shortage",
        run(&app, APP, &short(2)).await,
        "SQ442",
        "source 2 would have -1 in account 1111 on 2026-02-20",
    );
    run(&app, APP, &short(1)).await.expect("control: whose money lies there");
    // A till is one pot: a payment takes what is there, whosever it is.
    run(&app, APP, &spend("2026-03-01", 2, 10)).await.expect("source 2 pays from the box of source 1");
    insist(
        "what was paid so is not carried on",
        run(&app, APP, &carry("2026-03-02", 2, "cash", "bank", 1)).await,
        "SQ442",
        "source 2 would have -11 in account 1111 on 2026-03-02",
    );
    run(&app, APP, &carry("2026-03-02", 2, "bank", "cash", 10)).await.expect("and is made good");
}

/// Money of source 2 to the bank.
fn to_the_bank(amount: &str) -> Value {
    json!({"on": "2026-03-02", "source": 2, "amount": amount, "from": "cash", "party": "Đỗ Thị Thu", "address": "Vũ Quý"})
}

#[tokio::test]
async fn a_source_is_not_carried_or_laid_short_below_what_it_has_in_the_box() {
    let world = World::new().await;
    let carried = async |key: &str, amount: &str| {
        world.app.post_once(&world.accountant, key, &at("/transfers"), to_the_bank(amount)).await
    };
    let refused = carried("carry-001", "50000001").await.refused(409, "till-short");
    assert_eq!(
        refused["detail"],
        "Tiền Việt Nam (cash, account 1111) lacks 1 đồng of source 2 (Công ty Hải Hà) on 2 March 2026: move less, take it from \
         another source with money there, or bring money of this source there first."
    );
    let request = Request::post(at("/transfers"))
        .header("accept-language", "vi")
        .header("idempotency-key", "carry-002")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::AUTHORIZATION, format!("Bearer {}", world.accountant.token))
        .body(Body::from(to_the_bank("50000001").to_string()));
    let refused = world.app.send(request.unwrap()).await.refused(409, "till-short");
    assert_eq!(
        refused["detail"],
        "Tiền của nguồn vốn 2 (Công ty Hải Hà) tại Tiền Việt Nam (cash, tài khoản 1111) thiếu 1 đồng vào ngày 02/03/2026: hãy chuyển \
         ít hơn, lấy của nguồn vốn khác có tiền tại đó, hoặc chuyển tiền của nguồn này vào đó trước."
    );
    carried("carry-003", "49600000").await.expect(201);
    let short = counted(&world, "2026-03-02", &[(100_000, 4_999)], Some("Thiếu")).await.expect(201);
    assert_eq!(short["difference"], "-500000");
    let of = |source: i32| json!([{"source_id": source, "amount": "500000"}]);
    let refused = settled(&world, "settle-1", &id(&short), of(2)).await.refused(409, "till-short");
    assert!(
        refused["detail"].as_str().unwrap().starts_with(
            "Tiền Việt Nam (cash, account 1111) lacks 100,000 đồng of source 2 (Công ty Hải Hà) on 2 March 2026:"
        ),
        "{refused}"
    );
    settled(&world, "settle-2", &id(&short), of(1)).await.expect(202);
    world.proved().await;
}

async fn agreed(world: &World) -> String {
    let project = world.project(json!({})).await;
    let household = world.household("An", "poor").await;
    let request = world.request(project, household, "10000000").await;
    format!("/support/{}/payout", world.sign(project, request, 1).await)
}

async fn asked(world: &World, key: &str, path: &str, till: &str) -> Answer {
    let body = json!({"on": "2026-03-02", "till": till});
    world.app.post_once(&world.officer, key, &at(path), body).await
}

async fn paid(world: &World, asked: Value) -> Vec<String> {
    let approval = asked["approval_id"].as_str().unwrap().parse().unwrap();
    let outcome = world.decide(approval).await.expect(200)["outcome"].clone();
    world.lines(&outcome[0]["journal_no"]).await
}

#[tokio::test]
async fn a_payout_that_waits_is_paid_from_what_was_the_first_choice_when_it_was_asked() {
    let world = World::new().await;
    let path = agreed(&world).await;
    opened(&world.app, &world.accountant, cash_box("Quỹ trụ sở", "2026-03-01")).await.expect(201);
    let carry = json!({"on": "2026-03-02", "source": 1, "amount": "20000000", "from": "cash-0", "to": "cash-1",
                       "party": "Đỗ Thị Thu", "address": "Vũ Quý"});
    world.app.post_once(&world.accountant, "carry-001", &at("/transfers"), carry).await.expect(201);
    let waits = asked(&world, "payout-1", &path, "cash").await.expect(202);
    assert_eq!(waits["body"]["what"]["till"], "cash-1");
    let mut other = cash_box("Quỹ thôn Đông", "2026-03-02");
    other["is_default"] = json!(true);
    opened(&world.app, &world.accountant, other).await.expect(201);
    assert_eq!(paid(&world, waits).await, ["1 11111 0 10000000", "1 13881 10000000 0"]);
    world.proved().await;
}

#[tokio::test]
async fn a_payout_asked_before_there_were_boxes_is_paid_from_the_account_above_them() {
    let world = World::new().await;
    let path = agreed(&world).await;
    let waits = asked(&world, "payout-1", &path, "cash").await.expect(202);
    assert_eq!(waits["body"]["what"]["till"], "cash");
    opened(&world.app, &world.accountant, cash_box("Quỹ trụ sở", "2026-03-01")).await.expect(201);
    assert_eq!(paid(&world, waits).await, ["1 1111 0 10000000", "1 13881 10000000 0"]);
    world.proved().await;
}

#[tokio::test]
async fn a_till_that_takes_nothing_is_refused_when_it_is_asked() {
    let world = World::new().await;
    let path = agreed(&world).await;
    let unknown = asked(&world, "payout-1", &path, "cash-7").await.refused(409, "unknown-account");
    assert_eq!(
        unknown["detail"],
        "On that day the unit has no cash box or bank account cash-7: see GET …/tills."
    );
    for name in ["Quỹ trụ sở", "Quỹ thôn Đông"] {
        opened(&world.app, &world.accountant, cash_box(name, "2026-03-01")).await.expect(201);
    }
    let closing = json!({"last_day": "2026-03-02"});
    world.app.post(&world.accountant, &at("/tills/cash-2/closing"), closing).await.expect(200);
    let closed = asked(&world, "payout-2", &path, "cash-2").await.refused(409, "wrong-state");
    assert_eq!(
        closed["detail"],
        "Quỹ thôn Đông (cash-2) is closed, its last day was 2 March 2026: it takes nothing more, of no day; open it again \
         (POST …/tills/cash-2/reopening) first."
    );
    let waits = asked(&world, "payout-3", &path, "cash-0").await.expect(202);
    let first = waits["approval_id"].as_str().unwrap();
    let again = asked(&world, "payout-4", &path, "cash-0").await.refused(409, "wrong-state");
    assert_eq!(
        again["detail"],
        format!(
            "Request {first} about the same waits for approval already: let it be decided (POST …/approvals/{first}/approve or …/reject), \
             or let its maker withdraw it (POST …/approvals/{first}/withdraw), before another is made."
        )
    );
    world.proved().await;
}

#[tokio::test]
async fn the_paper_of_what_waited_names_who_asked_as_its_maker() {
    let world = World::new().await;
    let short = counted(&world, "2026-02-28", &[(500_000, 1_099)], Some("Chưa rõ")).await.expect(201);
    let shares = json!([{"source_id": 1, "amount": "500000"}]);
    let asked = settled(&world, "settle-1", &id(&short), shares).await.expect(202);
    world.decide(asked["approval_id"].as_str().unwrap().parse().unwrap()).await.expect(200);
    let path = at("/vouchers/01/2026/payment/1/prints");
    let paper = world.app.post_once(&world.cashier, "print-001", &path, json!({})).await;
    says(&paper.bytes, &["PHIẾU CHI", "500.000 đồng", "NGƯỜI LẬP", "accountant", "Đã nhận đủ số tiền"]);
    assert!(!pages(&paper.bytes)[0].contains("approver"));
}

#[tokio::test]
async fn the_book_of_a_box_adds_up_each_month_and_the_year() {
    let world = World::new().await;
    let received = async |on: &str, amount: &str| {
        let body =
            json!({"on": on, "amount": amount, "till": "cash", "party": "Kho bạc", "address": "Vũ Quý"});
        let path = at("/sources/1/receipts");
        world.app.post_once(&world.accountant, &format!("receipt-{on}"), &path, body).await.expect(201)
    };
    let carried = async |on: &str, from: &str, amount: &str| {
        let body = json!({"on": on, "source": 1, "amount": amount, "from": from, "party": "Thu", "address": "Vũ Quý"});
        world
            .app
            .post_once(&world.accountant, &format!("carry-{on}"), &at("/transfers"), body)
            .await
            .expect(201)
    };
    received("2026-01-05", "2000000").await;
    carried("2026-01-15", "cash", "100000000").await;
    let wrong = received("2026-02-20", "1000000").await;
    carried("2026-03-02", "bank", "40000000").await;
    let path = at(&format!("/journals/{}/reversal", wrong["journal_no"]));
    let mirror = json!({"on": "2026-03-02", "reason": "Ghi nhầm"});
    let asked = world.app.post_once(&world.accountant, "mirror-1", &path, mirror).await.expect(202);
    world.decide(asked["approval_id"].as_str().unwrap().parse().unwrap()).await.expect(200);
    let pdf = world.app.get(&world.officer, &at("/tills/cash/book.pdf?from=2026-01-10")).await;
    says(
        &pdf.bytes,
        &[
            "Số dư đầu kỳ",
            "552.000.000",
            "452.000.000",
            "Cộng số phát sinh tháng 01/2026",
            "2.000.000",
            "100.000.000",
            "Số dư cuối tháng 01/2026",
            "452.000.000",
            "453.000.000",
            "Cộng số phát sinh tháng 02/2026",
            "1.000.000",
            "Số dư cuối tháng 02/2026",
            "453.000.000",
            "493.000.000",
            "PKT 1",
            "492.000.000",
            "Cộng số phát sinh trong kỳ",
            "41.000.000",
            "101.000.000",
            "Cộng lũy kế từ đầu năm 2026",
            "43.000.000",
            "101.000.000",
            "Số dư cuối kỳ",
            "492.000.000",
        ],
    );
    // The month that runs is not over.
    assert!(!pages(&pdf.bytes)[0].contains("tháng 03/2026"));
}
