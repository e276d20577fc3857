//! Several cash boxes and bank accounts: each has a balance, a book and a floor of its own.

use serde_json::{Value, json};

use crate::corrections::corrected;
use crate::loans::bank::{Bank, Deal, POOR};
use crate::revolving::{World, at};
use crate::support::books::number;
use crate::support::paper::says;
use crate::support::{Answer, Person, TestApp};

pub async fn opened(app: &TestApp, who: &Person, till: Value) -> Answer {
    app.post(who, &at("/tills"), till).await
}

pub fn cash_box(name: &str, on: &str) -> Value {
    json!({"kind": "cash", "name": name, "keeper": "Phạm Thị Mai", "opened_on": on})
}

fn bank_account(bank: &str, number: &str) -> Value {
    json!({"kind": "bank", "name": format!("{bank} {number}"), "bank": bank, "account_no": number, "branch": "Kiến Xương",
           "holder": "UBND xã Vũ Quý", "opened_on": "2026-03-01"})
}

/// Two boxes, the first of which is the first choice from the first of March, and a bank account.
async fn with_details(world: &World) {
    let (app, who) = (&world.app, &world.accountant);
    opened(app, who, cash_box("Quỹ trụ sở", "2026-03-01")).await.expect(201);
    opened(app, who, cash_box("Quỹ thôn Đông", "2026-03-02")).await.expect(201);
    opened(app, who, bank_account("Agribank", "3400 205 001")).await.expect(201);
}

async fn carried(world: &World, key: &str, from: &str, to: Option<&str>, amount: &str) -> Answer {
    let body = json!({"on": "2026-03-02", "source": 1, "amount": amount, "from": from, "to": to, "party": "Đỗ Thị Thu",
                      "address": "Vũ Quý"});
    world.app.post_once(&world.accountant, &format!("carried-{key}"), &at("/transfers"), body).await
}

async fn received(world: &World, key: &str, till: &str, on: &str) -> Answer {
    let body = json!({"on": on, "amount": "1000000", "till": till, "party": "Kho bạc", "address": "Vũ Quý"});
    world
        .app
        .post_once(&world.accountant, &format!("capital-no-{key}"), &at("/sources/1/receipts"), body)
        .await
}

/// What the tills hold on a day: name, account, balance, and a star at the first choice.
async fn held(world: &World, on: &str) -> Vec<String> {
    let list = world.app.get(&world.accountant, &at(&format!("/tills?on={on}"))).await.expect(200);
    let text = |till: &Value, field: &str| till[field].as_str().unwrap().to_owned();
    let one = |till: &Value| {
        let star = if till["is_default"] == true { " *" } else { "" };
        format!("{} {} {}{star}", text(till, "till_id"), text(till, "account"), text(till, "balance"))
    };
    list["tills"].as_array().unwrap().iter().map(one).collect()
}

fn lines(journal: &Value) -> Vec<String> {
    let text = |line: &Value, field: &str| line[field].as_str().unwrap().to_owned();
    let one =
        |line: &Value| format!("{} {} {}", text(line, "account"), text(line, "debit"), text(line, "credit"));
    journal["lines"].as_array().unwrap().iter().map(one).collect()
}

#[tokio::test]
async fn without_details_everything_is_as_it_was() {
    let world = World::new().await;
    assert_eq!(held(&world, "2026-03-02").await, ["cash 1111 550000000 *", "bank 1121 0 *"]);
    let shown = world.app.get(&world.officer, &at("/tills/cash")).await.expect(200);
    assert_eq!((&shown["name"], &shown["opened_on"]), (&json!("Tiền Việt Nam"), &json!("2025-07-01")));
    for unknown in ["cash-0", "cash-1", "bank-7", "box", "1111"] {
        world.app.get(&world.officer, &at(&format!("/tills/{unknown}"))).await.refused(404, "not-found");
    }
    let unnamed = received(&world, "1", "cash-1", "2026-03-02").await.refused(409, "unknown-account");
    assert_eq!(
        unnamed["detail"],
        "On that day the unit has no cash box or bank account cash-1: see GET …/tills."
    );
    let change = corrected(&world.app, &world.accountant, &at("/tills/cash"), json!({"name": "Quỹ"})).await;
    assert_eq!(
        change.refused(409, "wrong-state")["detail"],
        "It is an account of the chart and is not changed here."
    );
    world.proved().await;
}

#[tokio::test]
async fn money_goes_into_the_first_choice_of_the_day_and_not_above_it() {
    let world = World::new().await;
    with_details(&world).await;
    let now = held(&world, "2026-03-02").await;
    assert_eq!(
        now,
        ["cash-0 1111 550000000", "cash-1 11111 0 *", "cash-2 11112 0", "bank-0 1121 0", "bank-1 11211 0 *"]
    );

    // Today's cash goes into the first choice; what counts before it was opened, on the account above.
    assert_eq!(lines(&received(&world, "1", "cash", "2026-03-02").await.expect(201))[0], "11111 1000000 0");
    assert_eq!(lines(&received(&world, "2", "cash", "2026-02-20").await.expect(201))[0], "1111 1000000 0");
    received(&world, "3", "cash-2", "2026-03-01").await.refused(409, "unknown-account");
    let split = received(&world, "4", "cash-0", "2026-03-01").await.refused(409, "wrong-state");
    assert_eq!(
        split["detail"],
        "Account 1111 was split into its boxes or accounts: it only gives away what it holds; bring the money into one of them."
    );
    world.proved().await;
}

/// 300 million from the account above into the second box, 100 of it to the bank, 40 back into the first box.
async fn carried_about(world: &World) -> [Value; 3] {
    received(world, "1", "cash", "2026-03-02").await.expect(201);
    received(world, "2", "cash", "2026-02-20").await.expect(201);
    [
        carried(world, "1", "cash-0", Some("cash-2"), "300000000").await.expect(201),
        carried(world, "2", "cash-2", None, "100000000").await.expect(201),
        carried(world, "3", "bank-1", None, "40000000").await.expect(201),
    ]
}

#[tokio::test]
async fn money_is_carried_between_any_two_and_none_stands_below_zero() {
    let world = World::new().await;
    with_details(&world).await;
    let [between, to_bank, back] = carried_about(&world).await;
    assert_eq!(
        (lines(&between), &between["voucher"]["kind"]),
        (vec!["1111 0 300000000".to_owned(), "11112 300000000 0".to_owned()], &json!("payment"))
    );
    assert_eq!(
        (lines(&to_bank), &to_bank["voucher"]["kind"]),
        (vec!["11112 0 100000000".to_owned(), "11211 100000000 0".to_owned()], &json!("payment"))
    );
    assert_eq!((lines(&back)[1].as_str(), &back["voucher"]["kind"]), ("11111 40000000 0", &json!("receipt")));

    let short = carried(&world, "4", "cash", Some("cash-2"), "41000001").await.refused(409, "till-short");
    assert_eq!(short["detail"], "Quỹ trụ sở (cash-1, account 11111) would stand at -1 đồng on 2 March 2026.");
    carried(&world, "5", "cash-0", Some("bank"), "251000001").await.refused(409, "till-short");
    for to in ["cash", "cash-1"] {
        let same =
            carried(&world, &format!("to-{to}"), "cash-1", Some(to), "1").await.refused(422, "invalid-field");
        assert_eq!(same["errors"][0]["pointer"], "/to");
    }
    assert_eq!(
        held(&world, "2026-03-02").await,
        [
            "cash-0 1111 251000000",
            "cash-1 11111 41000000 *",
            "cash-2 11112 200000000",
            "bank-0 1121 0",
            "bank-1 11211 60000000 *"
        ]
    );
    assert_eq!(held(&world, "2026-03-01").await[0], "cash-0 1111 551000000");
    world.proved().await;
}

#[tokio::test]
async fn each_has_a_book_that_names_its_bank_or_its_keeper() {
    let world = World::new().await;
    with_details(&world).await;
    carried_about(&world).await;
    let book = world.app.get(&world.officer, &at("/tills/cash-2/book?from=2026-03-01")).await.expect(200);
    let rows: Vec<String> = book["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|l| format!("{} {} {}", l["amount"]["debit"], l["amount"]["credit"], l["balance"]["debit"]))
        .collect();
    assert_eq!(rows, [r#""300000000" "0" "300000000""#, r#""0" "100000000" "200000000""#]);
    let above = world.app.get(&world.officer, &at("/tills/cash-0/book?from=2026-03-01")).await.expect(200);
    assert_eq!(
        (&above["opening"]["debit"], &above["closing"]["debit"]),
        (&json!("551000000"), &json!("251000000"))
    );
    let pdf = world.app.get(&world.officer, &at("/tills/bank-1/book.pdf?from=2026-03-01")).await;
    says(
        &pdf.bytes,
        &[
            "Mẫu số: S12-H",
            "SỔ TIỀN GỬI NGÂN HÀNG, KHO BẠC",
            "Agribank – Kiến Xương",
            "3400 205 001",
            "11211",
            "100.000.000",
            "40.000.000",
            "60.000.000",
        ],
    );
    let pdf = world.app.get(&world.officer, &at("/tills/cash/book.pdf?from=2026-03-01")).await;
    says(
        &pdf.bytes,
        &[
            "Mẫu số: S11-H",
            "SỔ QUỸ TIỀN MẶT",
            "Quỹ trụ sở",
            "Phạm Thị Mai",
            "1.000.000",
            "41.000.000",
            "THỦ QUỸ",
        ],
    );
    world.proved().await;
}

#[tokio::test]
async fn the_report_of_a_day_says_what_came_and_went_by_paper() {
    let world = World::new().await;
    with_details(&world).await;
    received(&world, "1", "cash-2", "2026-03-02").await.expect(201);
    carried(&world, "1", "cash-0", Some("cash-2"), "5000000").await.expect(201);
    carried(&world, "2", "cash-2", None, "1500000").await.expect(201);
    let path = at("/tills/cash-2/day-report?on=2026-03-02");
    let report = world.app.get(&world.cashier, &path).await.expect(200);
    let sums = ["opening", "received", "paid", "closing"].map(|field| report[field].as_str().unwrap());
    assert_eq!(sums, ["0", "6000000", "1500000", "4500000"]);
    let rows: Vec<String> = report["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|l| {
            format!(
                "{} {} {} {} {}",
                l["voucher_kind"], l["received"], l["paid"], l["balance"], l["counter_accounts"]
            )
        })
        .collect();
    assert_eq!(
        rows,
        [
            r#""receipt" "1000000" "0" "1000000" ["35381"]"#,
            r#""payment" "5000000" "0" "6000000" ["1111"]"#,
            r#""payment" "0" "1500000" "4500000" ["11211"]"#,
        ]
    );
    assert_eq!(report["count"], Value::Null);
    let pdf = world.app.get(&world.cashier, &at("/tills/cash-2/day-report.pdf?on=2026-03-02")).await;
    says(
        &pdf.bytes,
        &[
            "BÁO CÁO QUỸ TRONG NGÀY",
            "Ngày 02 tháng 3 năm 2026",
            "Quỹ thôn Đông",
            "Tồn đầu ngày",
            "6.000.000",
            "1.500.000",
            "Tồn cuối ngày",
            "4.500.000",
            "Kiểm kê quỹ trong ngày: không.",
        ],
    );
    let csv = world.app.get(&world.cashier, &at("/tills/cash-2/day-report.csv?on=2026-03-02")).await;
    assert!(csv.text.contains("Phiếu chi 1"), "{}", csv.text);
    world
        .app
        .get(&world.cashier, &at("/tills/cash-3/day-report?on=2026-03-02"))
        .await
        .refused(404, "not-found");
}

#[tokio::test]
async fn what_is_said_of_a_till_is_corrected_on_record() {
    let world = World::new().await;
    with_details(&world).await;
    let (app, who) = (&world.app, &world.accountant);
    for (wrong, pointer) in [
        (json!({"kind": "cash", "name": "Quỹ", "opened_on": "2026-03-02"}), "/keeper"),
        (
            json!({"kind": "cash", "name": "Quỹ", "keeper": "Mai", "bank": "BIDV", "opened_on": "2026-03-02"}),
            "/bank",
        ),
        (json!({"kind": "bank", "name": "BIDV", "bank": "BIDV", "opened_on": "2026-03-02"}), "/account_no"),
        (
            json!({"kind": "bank", "name": "BIDV", "bank": "BIDV", "account_no": "x;1", "opened_on": "2026-03-02"}),
            "/account_no",
        ),
        (cash_box("Quỹ", "2026-03-03"), "/opened_on"),
    ] {
        let refused = opened(app, who, wrong).await.refused(422, "invalid-field");
        assert_eq!(refused["errors"][0]["pointer"], pointer);
    }
    opened(app, who, cash_box("Quỹ trụ sở", "2026-03-02")).await.refused(409, "already-exists");
    opened(app, who, cash_box("Quỹ cũ", "2025-06-30")).await.refused(409, "period-closed");
    let mut again = bank_account("agribank", "3400.205-001");
    again["name"] = json!("Số khác");
    opened(app, who, again).await.refused(409, "already-exists");
    opened(app, who, bank_account("BIDV", "3400205001")).await.expect(201);

    let change = json!({"bank": "Agribank Thái Bình", "branch": null, "account_no": "3400 205 002"});
    let now = corrected(app, who, &at("/tills/bank-1"), change).await.expect(200);
    assert_eq!(
        [&now["bank"], &now["branch"], &now["account_no"], &now["holder"]],
        [&json!("Agribank Thái Bình"), &Value::Null, &json!("3400 205 002"), &json!("UBND xã Vũ Quý")]
    );
    assert_eq!(
        number(
            app,
            "select count(*) from audit where tab = 'till' and ref = 'bank-1' and action = 'change_till'"
        )
        .await,
        1
    );
    corrected(app, who, &at("/tills/bank-1"), json!({"name": "Agribank"})).await.expect(200);
    let account = app.get(who, &at("/accounts/11211")).await.expect(200);
    assert_eq!(account["name_vi"], "Agribank");
    corrected(app, who, &at("/tills/cash-0"), json!({"name": "Két"})).await.refused(409, "wrong-state");

    world.proved().await;
}

#[tokio::test]
async fn a_till_closes_when_it_is_empty_and_the_first_choice_last() {
    let world = World::new().await;
    with_details(&world).await;
    let (app, who) = (&world.app, &world.accountant);
    let close = async |till: &str, day: &str| {
        app.post(who, &at(&format!("/tills/{till}/closing")), json!({"last_day": day})).await
    };
    let why = |answer: Answer| answer.refused(409, "wrong-state")["detail"].as_str().unwrap().to_owned();
    assert_eq!(
        why(close("cash-1", "2026-03-02").await),
        "It is the first choice: make another one that first (PATCH …/tills/…, is_default)."
    );
    received(&world, "1", "cash-2", "2026-03-02").await.expect(201);
    assert_eq!(
        why(close("cash-2", "2026-03-02").await),
        "It still holds 1,000,000 đồng: transfer it, then close."
    );
    corrected(app, who, &at("/tills/cash-2"), json!({"is_default": true})).await.expect(200);
    assert_eq!(held(&world, "2026-03-02").await[1..3], ["cash-1 11111 0", "cash-2 11112 1000000 *"]);
    close("cash-1", "2026-03-01").await.expect(200);
    assert_eq!(why(close("cash-1", "2026-03-01").await), "It is closed, or open, already.");
    received(&world, "2", "cash-1", "2026-03-02").await.refused(409, "unknown-account");
    assert_eq!(
        why(received(&world, "3", "cash-1", "2026-03-01").await),
        "Quỹ trụ sở (cash-1) is closed, its last day was 1 March 2026: it takes nothing more, of no day; open it again \
         (POST …/tills/cash-1/reopening) first."
    );
    assert_eq!(
        why(close("cash-0", "2026-03-02").await),
        "It is an account of the chart and is not changed here."
    );
    let reopened = app.post(who, &at("/tills/cash-1/reopening"), json!({})).await.expect(200);
    assert_eq!(reopened["closed_on"], Value::Null);
    received(&world, "4", "cash-1", "2026-03-02").await.expect(201);
    assert_eq!(held(&world, "2026-03-02").await[1], "cash-1 11111 1000000");
    world.proved().await;
}

#[tokio::test]
async fn households_are_paid_and_pay_through_the_till_that_is_named() {
    let world = World::new().await;
    with_details(&world).await;
    carried(&world, "1", "cash-0", Some("cash-2"), "30000000").await.expect(201);
    let project = world.project(json!({})).await;
    let household = world.household("An", "poor").await;
    let request = world.request(project, household, "10000000").await;
    let agreement = world.sign(project, request, 1).await;
    world
        .approved(&format!("/support/{agreement}/payout"), json!({"on": "2026-03-02", "till": "cash-2"}))
        .await;
    let last = async || json!(number(&world.app, "select max(journal_no) from journal").await);
    assert_eq!(world.lines(&last().await).await, ["1 11112 0 10000000", "1 13881 10000000 0"]);
    let back = world
        .repay_with(agreement, "repay-001", json!({"amount": "2000000", "till": "bank-1"}))
        .await
        .expect(201);
    assert_eq!(world.lines(&last().await).await, ["1 11211 2000000 0", "1 13881 0 2000000"]);
    let path =
        at(&format!("/support/{agreement}/repayments/{}/reversal", back["event_id"].as_str().unwrap()));
    let taken = world
        .app
        .post(&world.officer, &path, json!({"on": "2026-03-02", "reason": "Ghi nhầm"}))
        .await
        .expect(202);
    world.decide(taken["approval_id"].as_str().unwrap().parse().unwrap()).await.expect(200);
    assert_eq!(
        held(&world, "2026-03-02").await[1..],
        ["cash-1 11111 0 *", "cash-2 11112 20000000", "bank-0 1121 0", "bank-1 11211 0 *"]
    );
    world
        .repay_with(agreement, "repay-002", json!({"amount": "1", "till": "box"}))
        .await
        .refused(422, "invalid-field");
    world.proved().await;
}

/// What stands on an account now.
async fn in_books(app: &TestApp, code: &str) -> i64 {
    number(app, &format!("select coalesce(sum(amount), 0) from balance where account = '{code}'")).await
}

#[tokio::test]
async fn loans_and_sheets_name_a_till_too() {
    let mut bank = Bank::open().await;
    bank.on("2026-03-02");
    for name in ["Quỹ điểm giao dịch", "Quỹ tổ 1"] {
        opened(&bank.app, &bank.accountant, cash_box(name, "2026-03-02")).await.expect(201);
    }
    let carry = json!({"on": "2026-03-02", "source": 1, "amount": "50000000", "from": "cash-0", "to": "cash-2", "party": "Thu", "address": "Vũ Quý"});
    bank.post(&bank.accountant, "transfers", carry).await.expect(201);
    let household = bank.household("poor").await;
    let loan = bank.signed(household, Deal { amount: 20_000_000, on: "2026-03-02", ..POOR }).await;
    let mut payout = json!({"amount": "20000000", "paid_on": "2026-03-02", "till": "cash-7"});
    let path = format!("loans/{loan}/disbursements");
    bank.post(&bank.officer, &path, payout.clone()).await.refused(409, "unknown-account");
    payout["till"] = json!("cash");
    let first = bank.post(&bank.officer, &path, payout.clone()).await.expect(202);
    assert_eq!(first["body"]["payout"]["till"], "cash-1");
    let taken_back = format!("approvals/{}/withdraw", first["approval_id"].as_str().unwrap());
    bank.post(&bank.officer, &taken_back, json!({})).await.expect(200);
    payout["till"] = json!("cash-2");
    let asked = bank.post(&bank.officer, &path, payout).await;
    bank.approved(asked).await;
    assert_eq!((in_books(&bank.app, "1011").await, in_books(&bank.app, "1012").await), (0, 30_000_000));
    bank.on("2026-04-02");
    let sheet = bank
        .post(&bank.officer, &format!("groups/{}/sheets", bank.group), json!({"meeting_on": "2026-04-02"}))
        .await
        .expect(201);
    let row = json!({"row_id": sheet["rows"][0]["row_id"], "collected_on": "2026-04-02",
                     "collected": {"interest": "100000", "savings": "50000", "principal": "0"}});
    let path = format!("groups/{}/sheets/{}/collections", bank.group, sheet["sheet_id"].as_str().unwrap());
    let by_bank = bank
        .post(&bank.leader, &path, json!({"rows": [row], "till": "bank"}))
        .await
        .refused(422, "invalid-field");
    assert_eq!(by_bank["errors"][0]["pointer"], "/till");
    let verdicts = bank.post(&bank.leader, &path, json!({"rows": [row], "till": "cash-2"})).await.expect(200);
    assert_eq!(verdicts[0]["state"], "recorded", "{verdicts}");
    let handed = json!({"on": "2026-04-02", "source_id": 1, "amount": "50000", "till": "cash-2"});
    bank.post(&bank.cashier, "savings-handovers", handed).await.expect(201);
    assert_eq!((in_books(&bank.app, "1011").await, in_books(&bank.app, "1012").await), (0, 30_100_000));
    bank.proved().await;
}

#[tokio::test]
async fn verify_finds_a_till_that_is_not_its_account() {
    let world = World::new().await;
    with_details(&world).await;
    received(&world, "1", "cash-2", "2026-03-02").await.expect(201);
    world.proved().await;
    let planted = "set session_replication_role = replica; update account set opened_on = '2026-02-01' where code = '11112'";
    let mut owner = world.app.owner.acquire().await.unwrap();
    sqlx::raw_sql(planted).execute(&mut *owner).await.unwrap();
    let findings = world.findings().await;
    let found = "till cash-2 is not account 11112 below that of its kind, or not on the same days";
    assert!(findings.iter().any(|finding| finding == found), "{findings:#?}");
}
