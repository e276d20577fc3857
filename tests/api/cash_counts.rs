//! Counts of cash boxes: what was counted, what the books held, and what became of the difference.

use serde_json::{Value, json};

use crate::revolving::{World, at};
use crate::support::Answer;
use crate::support::books::{gift, insist, line, number, post_with, prepared, run};
use crate::support::paper::says;

const APP: &str = "soquy_app";

/// Notes as pairs of face and pieces.
fn notes(pairs: &[(i32, i32)]) -> Value {
    pairs.iter().map(|(face, pieces)| json!({"face": face, "pieces": pieces})).collect()
}

fn count(on: &str, pairs: &[(i32, i32)], reason: Option<&str>) -> Value {
    json!({"on": on, "notes": notes(pairs), "reason": reason, "counted_by": "Đỗ Thị Thu", "witness": "Phạm Văn Chính",
           "keeper": "Phạm Thị Mai"})
}

pub async fn counted(world: &World, on: &str, pairs: &[(i32, i32)], reason: Option<&str>) -> Answer {
    world.app.post(&world.cashier, &at("/tills/cash/counts"), count(on, pairs, reason)).await
}

pub fn id(count: &Value) -> String {
    count["cash_count_id"].as_str().unwrap().to_owned()
}

pub async fn settled(world: &World, key: &str, count: &str, shares: Value) -> Answer {
    let body = json!({"shares": shares, "document_no": "05/QĐ-UBND"});
    world.app.post_once(&world.accountant, key, &at(&format!("/cash-counts/{count}/settlement")), body).await
}

async fn decided(world: &World, asked: Answer) -> Value {
    let approval = asked.expect(202)["approval_id"].as_str().unwrap().parse().unwrap();
    world.decide(approval).await.expect(200)["outcome"].clone()
}

async fn shown(world: &World, count: &str) -> Value {
    world.app.get(&world.officer, &at(&format!("/cash-counts/{count}"))).await.expect(200)
}

#[tokio::test]
async fn a_count_stands_beside_what_the_books_held() {
    let world = World::new().await;
    let even =
        counted(&world, "2026-02-28", &[(500_000, 1_099), (100_000, 4), (50_000, 2)], None).await.expect(201);
    let facts = ["counted", "booked", "difference", "state"].map(|field| even[field].as_str().unwrap());
    assert_eq!(facts, ["550000000", "550000000", "0", "even"]);
    assert_eq!(even["in_words"], "Năm trăm năm mươi triệu đồng");
    assert_eq!(
        (&even["till_id"], &even["account"], &even["upto_journal_no"]),
        (&json!("cash"), &json!("1111"), &json!(2))
    );
    assert_eq!(even["notes"][1], json!({"face": 100_000, "pieces": 4, "amount": "400000"}));
    let unexplained =
        counted(&world, "2026-02-28", &[(500_000, 1_099)], None).await.refused(422, "invalid-field");
    assert_eq!(
        unexplained["errors"][0],
        json!({"pointer": "/reason",
               "detail": "The books hold 550,000,000 đồng, 549,500,000 đồng were counted: say why they differ"})
    );
    for (pairs, on, pointer) in [
        (vec![(300_000, 1)], "2026-02-28", "/notes"),
        (vec![(1_000, 1), (1_000, 2)], "2026-02-28", "/notes/1/face"),
        (vec![(1_000, -1)], "2026-02-28", "/notes/0/pieces"),
        (vec![(1_000, 1)], "2026-03-03", "/on"),
    ] {
        let refused = counted(&world, on, &pairs, Some("?")).await.refused(422, "invalid-field");
        assert_eq!(refused["errors"][0]["pointer"], pointer, "{pairs:?}");
    }
    world
        .app
        .post(&world.cashier, &at("/tills/bank/counts"), count("2026-02-28", &[], Some("?")))
        .await
        .refused(409, "wrong-state");
    let known = world.app.get(&world.officer, "/v1/denominations").await.expect(200);
    let faces: Vec<_> = known.as_array().unwrap().iter().map(|note| note["face"].as_i64().unwrap()).collect();
    assert_eq!(
        faces,
        [500_000, 200_000, 100_000, 50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100]
    );
    // What is dated back later changes no count.
    let late = json!({"on": "2026-02-20", "amount": "7000000", "till": "cash", "party": "Kho bạc", "address": "Vũ Quý"});
    world.app.post_once(&world.accountant, "late-0001", &at("/sources/1/receipts"), late).await.expect(201);
    assert_eq!(shown(&world, &id(&even)).await["booked"], "550000000");
    let day = world.app.get(&world.cashier, &at("/tills/cash/day-report?on=2026-02-28")).await.expect(200);
    assert_eq!(
        (&day["closing"], &day["count"]["cash_count_id"]),
        (&json!("557000000"), &even["cash_count_id"])
    );
    world.proved().await;
}

#[tokio::test]
async fn a_difference_is_booked_by_two_people() {
    let world = World::new().await;
    let short =
        counted(&world, "2026-02-28", &[(500_000, 1_099)], Some("Chưa rõ nguyên nhân")).await.expect(201);
    let count = id(&short);
    assert_eq!((&short["difference"], &short["state"]), (&json!("-500000"), &json!("open")));
    let pdf = world.app.get(&world.officer, &at(&format!("/cash-counts/{count}/sheet.pdf"))).await;
    says(
        &pdf.bytes,
        &[
            "Đơn vị: Xã Vũ Quý",
            "Mẫu số: S14-H",
            "BẢNG KIỂM KÊ QUỸ TIỀN MẶT",
            "500.000",
            "1099",
            "549.500.000",
            "Năm trăm bốn mươi chín triệu năm trăm nghìn đồng",
            "550.000.000 đồng",
            "thiếu 500.000 đồng",
            "Chưa rõ nguyên nhân",
            "Phạm Thị Mai",
            "Đỗ Thị Thu",
        ],
    );
    let csv = world.app.get(&world.officer, &at(&format!("/cash-counts/{count}/sheet.csv"))).await.text;
    for row in [",,Cộng,549500000", ",,Số dư theo sổ quỹ,550000000", ",,Chênh lệch,-500000"] {
        assert!(csv.lines().any(|line| line == row), "no {row} in {csv}");
    }
    let day = world.app.get(&world.officer, &at("/tills/cash/day-report.csv?on=2026-02-28")).await.text;
    for row in [",,Kiểm kê thực tế,,,,549500000", ",,Chênh lệch,,,,-500000"] {
        assert!(day.lines().any(|line| line == row), "no {row} in {day}");
    }
    assert!(day.contains(",,Sổ khi kiểm kê (đến bút toán số "), "{day}");
    let half = settled(&world, "settle-1", &count, json!([{"source_id": 1, "amount": "400000"}])).await;
    assert_eq!(
        half.refused(422, "invalid-field")["errors"][0]["detail"],
        "The rows come to 400,000 đồng, the difference is 500,000 đồng"
    );
    let shares = json!([{"source_id": 1, "amount": "400000"}, {"source_id": 2, "amount": "100000"}]);
    let asked = settled(&world, "settle-2", &count, shares.clone()).await;
    let first = asked.body["approval_id"].as_str().unwrap();
    let again = settled(&world, "settle-3", &count, shares.clone()).await.refused(409, "wrong-state");
    assert!(
        again["detail"].as_str().unwrap().starts_with(&format!("Request {first} about the same waits")),
        "{again}"
    );
    let outcome = decided(&world, asked).await;
    assert_eq!(
        world.lines(&outcome["journal_no"]).await,
        ["1 1381 400000 0", "1 1111 0 400000", "2 1381 100000 0", "2 1111 0 100000"]
    );
    let journal =
        world.app.get(&world.officer, &at(&format!("/journals/{}", outcome["journal_no"]))).await.expect(200);
    assert_eq!(
        (&journal["effective_on"], &journal["kind"]),
        (&json!("2026-02-28"), &json!("cash_difference"))
    );
    assert_eq!(
        (&journal["voucher"]["kind"], &journal["voucher"]["amount"]),
        (&json!("payment"), &json!("500000"))
    );
    assert_eq!(shown(&world, &count).await["state"], "settled");
    world.proved().await;
}

#[tokio::test]
async fn a_settlement_is_taken_back_by_two_before_its_count_is() {
    let world = World::new().await;
    let short =
        counted(&world, "2026-02-28", &[(500_000, 1_099)], Some("Chưa rõ nguyên nhân")).await.expect(201);
    let (count, shares) = (id(&short), json!([{"source_id": 1, "amount": "500000"}]));
    let asked = settled(&world, "settle-1", &count, shares.clone()).await;
    let outcome = decided(&world, asked).await;
    settled(&world, "settle-4", &count, shares.clone()).await.refused(409, "wrong-state");
    let withdraw = async || {
        world
            .app
            .post(
                &world.cashier,
                &at(&format!("/cash-counts/{count}/withdrawal")),
                json!({"reason": "Đếm sót một cọc"}),
            )
            .await
    };
    withdraw().await.refused(409, "wrong-state");
    let by_journal = json!({"on": "2026-03-02", "reason": "sai"});
    let path = at(&format!("/journals/{}/reversal", outcome["journal_no"]));
    world
        .app
        .post_once(&world.accountant, "reverse-1", &path, by_journal.clone())
        .await
        .refused(409, "wrong-state");
    let path = at(&format!("/cash-counts/{count}/settlement-reversal"));
    let asked = world.app.post_once(&world.accountant, "reverse-2", &path, by_journal).await;
    decided(&world, asked).await;
    assert_eq!(shown(&world, &count).await["state"], "open");
    withdraw().await.expect(200);
    withdraw().await.refused(409, "wrong-state");
    let gone = shown(&world, &count).await;
    assert_eq!((&gone["state"], &gone["taken_back"]), (&json!("withdrawn"), &json!("Đếm sót một cọc")));
    let pdf = world.app.get(&world.officer, &at(&format!("/cash-counts/{count}/sheet.pdf"))).await;
    says(&pdf.bytes, &["ĐÃ HỦY"]);
    settled(&world, "settle-5", &count, shares).await.refused(409, "wrong-state");
    world.proved().await;
}

#[tokio::test]
async fn a_surplus_of_a_closed_month_is_booked_on_the_first_open_day() {
    let world = World::on_chart("tt05_2019").await;
    let over = counted(&world, "2025-12-31", &[(500_000, 1_100), (200, 1)], Some("Thừa khi trả lại"))
        .await
        .expect(201);
    let closed = json!({"before": "2026-01-01"});
    let asked = settled(&world, "settle-1", &id(&over), json!([{"source_id": 1, "amount": "200"}])).await;
    let closed = world.app.post(&world.accountant, &at("/periods/closings"), closed).await.expect(200);
    assert_eq!(
        (&closed["open_from"], &closed["cash_differences"][0]["difference"], &closed["cash_differences"][1]),
        (&json!("2026-01-01"), &json!("200"), &Value::Null)
    );
    let waiting = closed["waiting"].as_array().unwrap().iter().map(|waits| &waits["approval_id"]);
    assert_eq!(waiting.collect::<Vec<_>>(), [&asked.body["approval_id"]]);
    let boxes = closed["uncounted_boxes"].as_array().unwrap();
    assert_eq!(boxes.last().unwrap()["on"], "2025-11-30", "December's was counted");
    let outcome = decided(&world, asked).await;
    assert_eq!(world.lines(&outcome["journal_no"]).await, ["1 4626 0 200", "1 101 200 0"]);
    let journal =
        world.app.get(&world.officer, &at(&format!("/journals/{}", outcome["journal_no"]))).await.expect(200);
    assert_eq!(journal["effective_on"], "2026-01-01");
    assert_eq!(journal["description"], "Thừa quỹ khi kiểm kê theo 05/QĐ-UBND (ngày 31/12/2025)");
    assert_eq!(journal["voucher"]["kind"], "receipt");
    world.proved().await;
}

#[tokio::test]
async fn neither_a_bank_account_nor_a_closed_box_is_counted() {
    let world = World::new().await;
    let body = json!({"on": "2026-02-28", "notes": [], "counted_by": "Phạm Thị Mai", "reason": "Không"});
    let count = async |till: &str, key: &str| {
        world.app.post_once(&world.accountant, key, &at(&format!("/tills/{till}/counts")), body.clone()).await
    };
    let refused = count("bank", "count-the-bank").await.refused(409, "wrong-state");
    assert_eq!(
        refused["detail"],
        "A bank account is not counted: compare it with the statement of the bank."
    );
    for name in ["Quỹ thôn", "Quỹ chợ"] {
        let open = json!({"kind": "cash", "name": name, "keeper": "Đỗ Thị Thu", "opened_on": "2026-02-01"});
        world.app.post(&world.accountant, &at("/tills"), open).await.expect(201);
    }
    let last = json!({"last_day": "2026-02-28"});
    world.app.post(&world.accountant, &at("/tills/cash-2/closing"), last).await.expect(200);
    count("cash-2", "count-the-closed").await.refused(409, "wrong-state");
}

#[tokio::test]
async fn the_preview_of_a_closing_names_what_is_not_counted_and_not_decided() {
    let world = World::new().await;
    let preview = async |before: &str| {
        let path = at(&format!("/periods/closings/preview?before={before}"));
        let preview = world.app.get(&world.accountant, &path).await.expect(200);
        let days: Vec<String> = preview["uncounted_boxes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| format!("{} {}", one["till_id"].as_str().unwrap(), one["on"].as_str().unwrap()))
            .collect();
        let open: Vec<String> = preview["cash_differences"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| {
                format!(
                    "{} {} {}",
                    one["till_id"].as_str().unwrap(),
                    one["counted_on"].as_str().unwrap(),
                    one["difference"].as_str().unwrap()
                )
            })
            .collect();
        (days, open)
    };
    let none: Vec<String> = Vec::new();
    assert_eq!(
        preview("2025-09-01").await,
        (vec!["cash 2025-07-31".to_owned(), "cash 2025-08-31".to_owned()], none.clone())
    );
    let full = &[(500_000, 1_100)];
    counted(&world, "2025-07-31", full, None).await.expect(201);
    counted(&world, "2025-08-15", &[(500_000, 1_099)], Some("Chưa rõ")).await.expect(201);
    assert_eq!(
        preview("2025-09-01").await,
        (vec!["cash 2025-08-31".to_owned()], vec!["cash 2025-08-15 -500000".to_owned()])
    );
    // The last count of the month is what counts.
    counted(&world, "2025-08-31", full, None).await.expect(201);
    assert_eq!(preview("2025-09-01").await, (none.clone(), none.clone()));
    let over = counted(&world, "2025-08-31", &[(500_000, 1_101)], Some("Thừa")).await.expect(201);
    assert_eq!(preview("2025-09-01").await.1, ["cash 2025-08-31 500000"]);
    let path = at(&format!("/cash-counts/{}/withdrawal", id(&over)));
    world.app.post(&world.accountant, &path, json!({"reason": "Đếm nhầm"})).await.expect(200);
    assert_eq!(preview("2025-09-01").await, (none.clone(), none));
    // The month that runs has not ended.
    assert_eq!(preview("2026-04-01").await.0.last().unwrap(), "cash 2026-02-28");
}

fn insert(count: &str, till: &str, notes: &str, counted: i64) -> String {
    format!(
        "insert into cash_count (unit_id, cash_count_id, till_id, account, counted_on, notes, counted, booked, upto_journal_no, reason,
                                 counted_by, keeper)
         values (13141, '{count}', '{till}', '1121', '2026-03-01', '{notes}', {counted}, 777, 0, 'thiếu', 'Thu', 'Mai');"
    )
}

#[tokio::test]
async fn the_database_itself_says_what_the_books_held_and_what_a_count_takes() {
    let app = prepared().await;
    let key = app.app.clock.new_id().to_string();
    run(&app, APP, &gift("2026-02-10", 1, 1_000)).await.expect("control: money comes");
    run(&app, APP, &gift("2026-03-02", 1, 5_000)).await.expect("control: money comes later");
    run(&app, APP, &insert(&key, "cash", r#"{"500": 1}"#, 500)).await.expect("a count");
    assert_eq!(
        number(&app, "select booked from cash_count where account = '1111' and upto_journal_no = 2").await,
        1_000
    );
    let other = app.app.clock.new_id().to_string();
    insist(
        "another sum",
        run(&app, APP, &insert(&other, "cash", r#"{"500": 1}"#, 501)).await,
        "23514",
        "cash_count_adds_up",
    );
    insist(
        "no note",
        run(&app, APP, &insert(&other, "cash", r#"{"300": 1}"#, 300)).await,
        "23514",
        "no money",
    );
    insist(
        "half a note",
        run(&app, APP, &insert(&other, "cash", r#"{"500": 0.5}"#, 250)).await,
        "23514",
        "no money",
    );
    insist(
        "a bank",
        run(&app, APP, &insert(&other, "bank", r#"{"500": 1}"#, 500)).await,
        "SQ439",
        "no such cash box",
    );
    insist("changed", run(&app, APP, "update cash_count set booked = 0").await, "42501", "permission denied");

    let journal = app.app.clock.new_id();
    let event = |kind: &str, journal: Option<uuid::Uuid>| {
        let journal = journal.map_or("null".to_owned(), |id| format!("'{id}'"));
        format!("insert into cash_count_event (unit_id, cash_count_event_id, cash_count_id, event_no, kind, journal_id, reason)
                 values (13141, new_id(), '{key}', 1, '{kind}', {journal}, 'vì sao');")
    };
    insist("by no journal", run(&app, APP, &event("settled", Some(journal))).await, "SQ441", "does not book");
    insist(
        "nothing to reverse",
        run(&app, APP, &event("settlement_reversed", Some(journal))).await,
        "SQ441",
        "that was recorded",
    );
    let book = |amount: i64| {
        let more = json!({"journal_id": journal, "kind": "cash_difference"});
        post_with(
            &more,
            "2026-03-02",
            &[line("cash_shortage", 1, &amount.to_string()), line("cash", 1, &(-amount).to_string())],
        )
    };
    insist(
        "less than was found",
        run(&app, APP, &(book(499) + &event("settled", Some(journal)))).await,
        "SQ441",
        "does not book",
    );
    run(&app, APP, &(book(500) + &event("settled", Some(journal)))).await.expect("the difference");
    insist("twice", run(&app, APP, &event("settled", Some(journal))).await, "SQ441", "that was settled");
    insist("withdrawn", run(&app, APP, &event("withdrawn", None)).await, "SQ441", "that was settled");
}

#[tokio::test]
async fn of_two_who_take_a_count_back_at_once_one_is_refused() {
    let world = World::new().await;
    let short = counted(&world, "2026-02-28", &[(500_000, 1_099)], Some("?")).await.expect(201);
    let path = at(&format!("/cash-counts/{}/withdrawal", id(&short)));
    let body = json!({"reason": "Đếm nhầm"});
    let (one, two) = tokio::join!(
        world.app.post(&world.cashier, &path, body.clone()),
        world.app.post(&world.accountant, &path, body.clone())
    );
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    world.proved().await;
}

#[tokio::test]
async fn verify_finds_a_count_that_does_not_say_what_the_books_held() {
    let world = World::new().await;
    counted(&world, "2026-02-28", &[(500_000, 1_099)], Some("?")).await.expect(201);
    world.proved().await;
    let planted = "set session_replication_role = replica; update cash_count set booked = 549500000";
    let mut owner = world.app.owner.acquire().await.unwrap();
    sqlx::raw_sql(planted).execute(&mut *owner).await.unwrap();
    let findings = world.findings().await;
    let found =
        "the count of cash on 2026-02-28 says that the books held 549500000, their lines say 550000000";
    assert!(findings.iter().any(|finding| finding == found), "{findings:#?}");
}

#[tokio::test]
async fn a_difference_is_booked_once_and_only_while_it_is_there() {
    let world = World::new().await;
    let short = || counted(&world, "2026-02-28", &[(500_000, 1_099)], Some("Chưa rõ nguyên nhân"));
    let (first, second) = (short().await.expect(201), short().await.expect(201));
    let shares = json!([{"source_id": 1, "amount": "500000"}]);
    let twice = settled(&world, "settle-second", &id(&second), shares.clone()).await;
    let once = settled(&world, "settle-first", &id(&first), shares.clone()).await;
    decided(&world, once).await;
    let approval = twice.expect(202)["approval_id"].as_str().unwrap().parse().unwrap();
    let refused = world.decide(approval).await.refused(409, "wrong-state");
    assert_eq!(
        refused["detail"],
        "The books of that day hold 549,500,000 đồng now, 550,000,000 đồng when it was counted: withdraw this count and record it anew."
    );
    settled(&world, "settle-again", &id(&second), shares).await.refused(409, "wrong-state");
    world.proved().await;
}
