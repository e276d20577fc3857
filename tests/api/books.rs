//! The book of a unit over HTTP: accounts, funds, sources, money in and out, journals, vouchers, periods.

use serde_json::{Value, json};
use soquy::access::Role;

use crate::support::books::{line, post, register, run};
use crate::support::{Person, TestApp, VU_QUY};

/// Vũ Quý's people, with its book open, a fund, and sources 1 (central budget) and 2 (an enterprise's gift).
pub struct Commune {
    pub app: TestApp,
    pub accountant: Person,
    pub approver: Person,
}

pub fn at(path: &str) -> String {
    format!("/v1/units/{VU_QUY}{path}")
}

impl Commune {
    pub async fn new() -> Self {
        let app = TestApp::new().await;
        let accountant = app.person("ketoan", VU_QUY, &[Role::Accountant]).await;
        let approver = app.person("chutich", VU_QUY, &[Role::Approver]).await;
        let book = json!({"chart_id": "tt24_2024", "opened_on": "2025-07-01"});
        app.post(&accountant, &at("/book"), book).await.expect(201);
        let fund =
            json!({"kind": "revolving", "name": "Quỹ quay vòng giảm nghèo", "opened_on": "2025-07-01"});
        app.post(&accountant, &at("/funds"), fund).await.expect(201);
        for (name, origin) in [("Ngân sách trung ương", "central_budget"), ("Công ty Sao Mai", "enterprise")]
        {
            app.post(&accountant, &at("/sources"), source(name, origin)).await.expect(201);
        }
        Self { app, accountant, approver }
    }

    pub async fn receive(&self, key: &str, source: i32, on: &str, amount: &str) -> Value {
        self.app
            .post_once(
                &self.accountant,
                key,
                &at(&format!("/sources/{source}/receipts")),
                receipt(on, amount),
            )
            .await
            .expect(201)
    }

    pub async fn approve(&self, key: &str, approval: &Value) -> Value {
        let id = approval["approval_id"].as_str().unwrap();
        let path = at(&format!("/approvals/{id}/approve"));
        self.app.post_once(&self.approver, key, &path, json!({})).await.expect(200)
    }
}

pub fn source(name: &str, origin: &str) -> Value {
    json!({"fund_id": 1, "name": name, "origin": origin, "may_revolve": true, "must_return": false, "opened_on": "2025-07-01"})
}

pub fn receipt(on: &str, amount: &str) -> Value {
    json!({"on": on, "amount": amount, "till": "cash", "party": "Sở Tài chính", "address": "Thái Bình",
        "document_no": "QĐ 12/QĐ-UBND", "attachments": 1})
}

/// A manual journal: an advance paid from the cash box.
pub fn advance(on: &str, source: i32, amount: &str) -> Value {
    let paper = json!({"kind": "payment", "party": "Trần Thị Bình", "address": "Vũ Quý", "attachments": 2});
    json!({"on": on, "description": "Tạm ứng chọn giống", "paper": paper, "lines": [
        {"account": "1411", "source": source, "side": "debit", "amount": amount},
        {"account": "1111", "source": source, "side": "credit", "amount": amount}]})
}

#[tokio::test]
async fn a_book_is_opened_once_with_a_chart_in_force() {
    let app = TestApp::new().await;
    let accountant = app.person("ketoan", VU_QUY, &[Role::Accountant]).await;
    app.get(&accountant, &at("/book")).await.refused(404, "not-found");
    let fund = json!({"kind": "revolving", "name": "Quỹ", "opened_on": "2026-01-01"});
    app.post(&accountant, &at("/funds"), fund).await.refused(409, "wrong-state");
    let close = json!({"before": "2026-02-01"});
    app.post(&accountant, &at("/periods/closings"), close).await.refused(409, "wrong-state");
    let cases = [
        (json!({"chart_id": "no_such", "opened_on": "2026-01-01"}), "/chart_id"),
        (json!({"chart_id": "tt24_2024", "opened_on": "2024-12-01"}), "/opened_on"),
        (json!({"chart_id": "tt24_2024", "opened_on": "2026-01-15"}), "/opened_on"),
        (json!({"chart_id": "tt24_2024", "opened_on": "2026-04-01"}), "/opened_on"),
        (json!({"chart_id": "tt24_2024", "opened_on": "2026-02-30"}), "/opened_on"),
    ];
    for (body, pointer) in cases {
        let refused = app.post(&accountant, &at("/book"), body).await.refused(422, "invalid-field");
        assert_eq!(refused["errors"][0]["pointer"], pointer);
    }
    let body = json!({"chart_id": "tt24_2024", "opened_on": "2025-07-01"});
    let book = app.post(&accountant, &at("/book"), body.clone()).await.expect(201);
    assert_eq!(book["open_from"], "2025-07-01");
    app.post(&accountant, &at("/book"), body).await.refused(409, "already-exists");
}

#[tokio::test]
async fn accounts_come_by_page_and_a_detail_account_makes_its_parent_a_heading() {
    let commune = Commune::new().await;
    let (app, accountant) = (&commune.app, &commune.accountant);
    let first = app.get(accountant, &at("/accounts?limit=3")).await.expect(200);
    let codes = |page: &Value| {
        page["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|a| a["code"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(codes(&first), ["000", "001", "002"]);
    let next = app
        .get(accountant, &at(&format!("/accounts?limit=3&after={}", first["next"].as_str().unwrap())))
        .await
        .expect(200);
    assert_eq!(codes(&next), ["003", "004", "005"]);
    let account = |parent: &str, code: &str| json!({"parent_code": parent, "code": code, "name_vi": "Con giống", "name_en": "Breeding stock"});
    let opened = app.post(accountant, &at("/accounts"), account("152", "1521")).await.expect(201);
    assert_eq!((&opened["class"], &opened["postable"]), (&json!("asset"), &json!(true)));
    assert_eq!(app.get(accountant, &at("/accounts/152")).await.expect(200)["postable"], false);
    app.post(accountant, &at("/accounts"), account("152", "1521")).await.refused(409, "already-exists");
    app.post(accountant, &at("/accounts"), account("1111", "11111")).await.refused(409, "wrong-state");
    for (parent, code) in
        [("152", "153"), ("152", "152"), ("152", "15210000000"), ("152", "152a"), ("99", "991")]
    {
        app.post(accountant, &at("/accounts"), account(parent, code)).await.refused(422, "invalid-field");
    }
    app.post(&commune.approver, &at("/accounts"), account("153", "1531")).await.refused(403, "forbidden");
}

#[tokio::test]
async fn sources_carry_their_restrictions_and_their_figures() {
    let commune = Commune::new().await;
    let (app, accountant) = (&commune.app, &commune.accountant);
    let mut gift = source("Giống vật nuôi", "designated_gift");
    gift["purposes"] = json!(["breeding_stock"]);
    gift["recovers_into"] = json!(1);
    let opened = app.post(accountant, &at("/sources"), gift).await.expect(201);
    assert_eq!((&opened["source_id"], &opened["purposes"]), (&json!(3), &json!(["breeding_stock"])));
    commune.receive("receipt-1", 1, "2026-03-02", "500000000").await;
    let paper = json!({"kind": "payment", "party": "Trần Thị Bình"});
    let with_households = json!({"on": "2026-03-02", "description": "Giải ngân", "paper": paper, "lines": [
        {"account": "13881", "source": 1, "side": "debit", "amount": "20000000"},
        {"account": "1111", "source": 1, "side": "credit", "amount": "20000000"}]});
    // What households owe is kept by contract, so no journal by hand moves it.
    app.post_once(accountant, "manual-1", &at("/journals"), with_households)
        .await
        .refused(409, "wrong-state");
    let mut owed = line("13881", 1, "20000000");
    owed["subject"] = register(app, "agreement").await;
    let paid_out = post("2026-03-02", &[owed, line("1111", 1, "-20000000")]);
    run(app, "soquy_app", &paid_out).await.unwrap();
    let shown = app.get(accountant, &at("/sources/1")).await.expect(200);
    let figures = |of: &Value| {
        ["free", "with_households", "capital", "recovered"].map(|f| of[f].as_str().unwrap().to_owned())
    };
    assert_eq!(figures(&shown), ["480000000", "20000000", "500000000", "0"]);
    let listed = app.get(accountant, &at("/sources?fund=1&limit=2")).await.expect(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 2);
    app.post(accountant, &at("/sources"), source("Giống vật nuôi", "donor"))
        .await
        .refused(409, "already-exists");
    let wrong = [
        ("must_return", json!(true), "/must_return"),
        ("fund_id", json!(9), "/fund_id"),
        ("recovers_into", json!(9), "/recovers_into"),
        ("purposes", json!(["Giống"]), "/purposes/0"),
        ("name", json!("a\u{0}b"), "/name"),
        ("origin", json!("moon"), "/origin"),
        ("fund_id", json!(99_999_999_999_i64), "/fund_id"),
    ];
    for (field, value, pointer) in wrong {
        let mut body = source("Khác", "donor");
        body[field] = value;
        let refused = app.post(accountant, &at("/sources"), body).await.refused(422, "invalid-field");
        assert_eq!(refused["errors"][0]["pointer"], pointer);
    }
}

#[tokio::test]
async fn capital_comes_in_once_with_its_receipt() {
    let commune = Commune::new().await;
    let (app, accountant) = (&commune.app, &commune.accountant);
    let path = at("/sources/1/receipts");
    let body = receipt("2026-03-02", "500000000");
    app.post(accountant, &path, body.clone()).await.refused(400, "idempotency-key-required");
    let preview = app.post(accountant, &format!("{path}:preview"), body.clone()).await.expect(200);
    assert_eq!((&preview["stored"], &preview["journal"]["voucher"]["number"]), (&json!(false), &json!(1)));
    let written = app.post_once(accountant, "receipt-1", &path, body.clone()).await.expect(201);
    assert_eq!(written["journal_no"], 1, "the preview took no number");
    let lines: Vec<_> = written["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|l| [&l["account"], &l["debit"], &l["credit"]].map(|v| v.as_str().unwrap()))
        .collect();
    assert_eq!(lines, [["1111", "500000000", "0"], ["35381", "0", "500000000"]]);
    assert_eq!((&written["actor_name"], &written["kind"]), (&json!("ketoan"), &json!("capital_received")));
    let again = app.post_once(accountant, "receipt-1", &path, body).await;
    assert_eq!(again.headers["idempotent-replayed"], "true");
    assert_eq!(again.expect(201), written);
    app.post_once(accountant, "receipt-1", &path, receipt("2026-03-02", "1"))
        .await
        .refused(422, "idempotency-key-reused");
    let paper = app.get(accountant, &at("/vouchers/01/2026/receipt/1")).await.expect(200);
    assert_eq!(paper["form"], "C40-BB");
    assert_eq!(paper["unit_name"], "Vũ Quý");
    assert_eq!((&paper["debits"], &paper["credits"]), (&json!(["1111"]), &json!(["35381"])));
    assert_eq!(paper["in_words"], "Năm trăm triệu đồng");
    assert_eq!(paper["content"], "Nhận vốn của Sở Tài chính theo QĐ 12/QĐ-UBND");
    assert_eq!(paper["state"], "issued");
    app.get(accountant, &at("/vouchers/01/2026/receipt/2")).await.refused(404, "not-found");
    app.get(accountant, &at("/vouchers/01/2026/letter/1")).await.refused(404, "not-found");
}

#[tokio::test]
async fn bad_money_is_refused_and_nothing_is_stored() {
    let commune = Commune::new().await;
    let (app, accountant) = (&commune.app, &commune.accountant);
    let wrong = [
        ("amount", json!("0")),
        ("amount", json!("-5")),
        ("amount", json!("10.500")),
        ("amount", json!(5)),
        ("amount", json!("1000000000000000000")),
        ("amount", json!("1e9")),
        ("on", json!("2026-02-30")),
        ("on", json!("2026-03-03")),
        ("till", json!("pocket")),
        ("party", json!("")),
        ("party", json!("a\u{202e}b")),
        ("party", json!("x".repeat(201))),
        ("attachments", json!(1000)),
        ("attachments", json!(-1)),
        ("colour", json!("red")),
    ];
    for (field, value) in wrong {
        let mut body = receipt("2026-03-02", "1000");
        body[field] = value;
        app.post_once(accountant, "bad-money", &at("/sources/1/receipts"), body)
            .await
            .refused(422, "invalid-field");
    }
    for (on, status, code) in [("0000-12-31", 422, "invalid-field"), ("0001-01-01", 409, "period-closed")] {
        let body = receipt(on, "1000");
        let answer = app.post_once(accountant, "bad-money", &at("/sources/1/receipts"), body).await;
        answer.refused(status, code);
    }
    app.post_once(accountant, "bad-money", &at("/sources/9/receipts"), receipt("2026-03-02", "1000"))
        .await
        .refused(404, "not-found");
    app.post_once(accountant, "bad-money", &at("/sources/x/receipts"), receipt("2026-03-02", "1000"))
        .await
        .refused(404, "not-found");
    let before_the_book = receipt("2025-06-30", "1000");
    app.post_once(accountant, "bad-money", &at("/sources/1/receipts"), before_the_book)
        .await
        .refused(409, "period-closed");
    let journals = app.get(accountant, &at("/journals")).await.expect(200);
    assert_eq!(journals["items"], json!([]));
}

#[tokio::test]
async fn money_moves_between_cash_box_and_bank_and_goes_back_only_when_approved() {
    let commune = Commune::new().await;
    let (app, accountant) = (&commune.app, &commune.accountant);
    commune.receive("receipt-1", 1, "2026-03-01", "1000").await;
    let transfer = |amount: &str| json!({"on": "2026-03-02", "source": 1, "amount": amount, "from": "cash", "party": "Trần Thị Bình", "address": "Vũ Quý"});
    let moved = app.post_once(accountant, "transfer-1", &at("/transfers"), transfer("400")).await.expect(201);
    assert_eq!(moved["voucher"]["form"], "C41-BB");
    let cash = app.get(accountant, &at("/balances?account=111")).await.expect(200);
    assert_eq!(cash["balances"], json!([{"account": "1111", "source_id": 1, "debit": "600", "credit": "0"}]));
    let mut back = receipt("2026-03-02", "1001");
    back["till"] = json!("bank");
    app.post_once(accountant, "return-1", &at("/sources/1/returns"), back.clone())
        .await
        .refused(409, "source-short");
    back["amount"] = json!("300");
    let asked = app.post_once(accountant, "return-1", &at("/sources/1/returns"), back).await.expect(202);
    assert_eq!(app.get(accountant, &at("/sources/1")).await.expect(200)["free"], "1000");
    let done = commune.approve("approve-1", &asked).await;
    assert_eq!((&done["state"], &done["outcome"]["journal_no"]), (&json!("approved"), &json!(3)));
    let shown = app.get(accountant, &at("/sources/1")).await.expect(200);
    assert_eq!((&shown["free"], &shown["capital"]), (&json!("700"), &json!("700")));
}

#[tokio::test]
async fn a_manual_journal_waits_for_a_second_person() {
    let commune = Commune::new().await;
    let (app, accountant) = (&commune.app, &commune.accountant);
    commune.receive("receipt-1", 1, "2026-03-01", "1000").await;
    let path = at("/journals");
    let preview =
        app.post(accountant, &format!("{path}:preview"), advance("2026-03-02", 1, "400")).await.expect(200);
    assert_eq!(preview["journal"]["lines"][1]["account_en"], "Advances to employees");
    let asked = app.post_once(accountant, "manual-1", &path, advance("2026-03-02", 1, "400")).await;
    assert!(asked.headers["location"].to_str().unwrap().starts_with("/v1/units/13141/approvals/"));
    let asked = asked.expect(202);
    assert_eq!(asked["summary_vi"], "Ghi bút toán 400 đồng ngày 02/03/2026: Tạm ứng chọn giống");
    assert_eq!(app.get(accountant, &at("/journals?kind=manual")).await.expect(200)["items"], json!([]));
    commune.approve("approve-1", &asked).await;
    let shown = app.get(accountant, &at("/journals/2")).await.expect(200);
    assert_eq!((&shown["actor_name"], &shown["amount"]), (&json!("chutich"), &json!("400")));
    let paper = app.get(accountant, &at("/vouchers/01/2026/payment/1")).await.expect(200);
    assert_eq!((&paper["title"], &paper["amount"]), (&json!("Phiếu chi"), &json!("400")));
    let mut unbalanced = advance("2026-03-02", 1, "400");
    unbalanced["lines"][1]["amount"] = json!("399");
    app.post_once(accountant, "manual-2", &path, unbalanced).await.refused(409, "unbalanced");
    let mut across = advance("2026-03-02", 1, "400");
    across["lines"][1]["source"] = json!(2);
    app.post_once(accountant, "manual-2", &path, across).await.refused(409, "unbalanced");
    app.post_once(accountant, "manual-2", &path, advance("2026-03-02", 1, "601"))
        .await
        .refused(409, "source-short");
    app.post_once(accountant, "manual-2", &path, advance("2026-03-02", 9, "1"))
        .await
        .refused(409, "unknown-account");
    let mut heading = advance("2026-03-02", 1, "1");
    heading["lines"][0]["account"] = json!("111");
    app.post_once(accountant, "manual-2", &path, heading).await.refused(409, "unknown-account");
    let mut no_code = advance("2026-03-02", 1, "1");
    no_code["lines"][0]["account"] = json!("cash");
    app.post_once(accountant, "manual-2", &path, no_code).await.refused(422, "invalid-field");
    let none = json!({"on": "2026-03-02", "description": "x", "lines": []});
    app.post_once(accountant, "manual-2", &path, none).await.refused(422, "invalid-field");
}

#[tokio::test]
async fn a_reversal_mirrors_its_journal_and_makes_its_paper_void() {
    let commune = Commune::new().await;
    let (app, accountant) = (&commune.app, &commune.accountant);
    commune.receive("receipt-1", 1, "2026-03-01", "1000").await;
    let path = at("/journals/1/reversal");
    let body = json!({"on": "2026-03-02", "reason": "Ghi nhầm nguồn"});
    let preview = app.post(accountant, &format!("{path}:preview"), body.clone()).await.expect(200);
    assert_eq!(
        (&preview["journal"]["reverses"], &preview["journal"]["lines"][0]["credit"]),
        (&json!(1), &json!("1000"))
    );
    let asked = app.post_once(accountant, "reverse-1", &path, body.clone()).await.expect(202);
    app.post_once(accountant, "reverse-2", &path, body.clone()).await.refused(409, "wrong-state");
    assert_eq!(app.get(accountant, &at("/vouchers/01/2026/receipt/1")).await.expect(200)["state"], "issued");
    commune.approve("approve-1", &asked).await;
    let paper = app.get(accountant, &at("/vouchers/01/2026/receipt/1")).await.expect(200);
    assert_eq!((&paper["state"], &paper["void_by"]), (&json!("void"), &json!(2)));
    assert_eq!(app.get(accountant, &at("/journals/1")).await.expect(200)["reversed_by"], 2);
    assert_eq!(app.get(accountant, &at("/sources/1")).await.expect(200)["free"], "0");
    app.post_once(accountant, "reverse-3", &path, body.clone()).await.refused(409, "already-reversed");
    app.post_once(accountant, "reverse-3", &at("/journals/2/reversal"), body.clone())
        .await
        .refused(409, "wrong-state");
    app.post_once(accountant, "reverse-3", &at("/journals/9/reversal"), body).await.refused(404, "not-found");
    commune.receive("receipt-2", 1, "2026-03-02", "5").await;
    let too_early = json!({"on": "2026-03-01", "reason": "x"});
    app.post_once(accountant, "reverse-3", &at("/journals/3/reversal"), too_early)
        .await
        .refused(409, "wrong-state");
}

#[tokio::test]
async fn the_journal_of_an_agreement_is_undone_at_the_agreement() {
    let commune = Commune::new().await;
    let paid = "select ledger_post(13141, '[{\"journal_id\": \"00000000-0000-7000-8000-000000000001\", \"effective_on\": \"2026-03-02\",
        \"kind\": \"support_payout\", \"description\": \"x\", \"lines\": [{\"role\": \"cash\", \"source\": 1, \"amount\": \"5\"},
        {\"role\": \"capital\", \"source\": 1, \"amount\": \"-5\"}]}]')";
    crate::support::books::run(&commune.app, "soquy_app", paid).await.unwrap();
    let body = json!({"on": "2026-03-02", "reason": "Nhầm"});
    let refused = commune
        .app
        .post_once(&commune.accountant, "reverse-1", &at("/journals/1/reversal"), body)
        .await
        .refused(409, "wrong-state");
    assert_eq!(refused["detail"], "This journal belongs to an agreement; undo the event there instead.");
}

#[tokio::test]
async fn journals_and_vouchers_are_found_by_what_they_are_about() {
    let commune = Commune::new().await;
    let (app, accountant) = (&commune.app, &commune.accountant);
    for (n, source, on) in [(1, 1, "2026-01-10"), (2, 2, "2026-02-10"), (3, 1, "2026-02-20")] {
        commune.receive(&format!("receipt-{n}"), source, on, "100").await;
    }
    let found = async |query: &str| -> Vec<i64> {
        let page = app.get(accountant, &at(&format!("/journals?{query}"))).await.expect(200);
        page["items"].as_array().unwrap().iter().map(|j| j["journal_no"].as_i64().unwrap()).collect()
    };
    assert_eq!(found("from=2026-02-01&to=2026-02-20").await, [2]);
    assert_eq!(found("source=1").await, [1, 3]);
    assert_eq!(found("account=353").await, [1, 2, 3]);
    assert_eq!(found("account=112").await, [0_i64; 0]);
    assert_eq!(found("subject=00000000-0000-7000-8000-000000000001").await, [0_i64; 0]);
    let page = app.get(accountant, &at("/journals?limit=2")).await.expect(200);
    let after = page["next"].as_str().unwrap();
    assert_eq!(found(&format!("limit=2&after={after}")).await, [3]);
    let papers = app.get(accountant, &at("/vouchers?kind=receipt&year=2026&number=2")).await.expect(200);
    assert_eq!(papers["items"][0]["journal_no"], 2);
    for query in ["subject=x", "from=2026-02-30", "source=9999999999", "after=%00", "no_such=1"] {
        app.get(accountant, &at(&format!("/journals?{query}"))).await.refused(400, "malformed-request");
    }
}

#[tokio::test]
async fn months_are_closed_by_the_accountant_and_opened_again_by_two() {
    let commune = Commune::new().await;
    let (app, accountant) = (&commune.app, &commune.accountant);
    commune.receive("receipt-1", 1, "2026-01-10", "100").await;
    let closings = at("/periods/closings");
    for (before, code) in [("2026-02-02", 422), ("2026-05-01", 422), ("2025-07-01", 409), ("2025-01-01", 409)]
    {
        let answer = app.post(accountant, &closings, json!({"before": before})).await;
        assert_eq!(answer.status.as_u16(), code, "{}", answer.text);
    }
    let closed = app
        .post(accountant, &closings, json!({"before": "2026-02-01", "reason": "Khóa sổ tháng 1"}))
        .await
        .expect(200);
    assert_eq!(closed["open_from"], "2026-02-01");
    let late = receipt("2026-01-31", "5");
    let refused = app
        .post_once(accountant, "receipt-2", &at("/sources/1/receipts"), late.clone())
        .await
        .refused(409, "period-closed");
    assert_eq!(refused["detail"], "The books are open from 1 February 2026 on.");
    let months = app.get(accountant, &at("/periods?limit=200")).await.expect(200);
    let month = |n: usize| &months["items"][n];
    assert_eq!(months["items"].as_array().unwrap().len(), 9);
    assert_eq!(
        month(6),
        &json!({"month": "2026-01-01", "open": false, "journals": 1, "debit": "100", "credit": "100"})
    );
    assert_eq!(month(7)["open"], true);
    let reopen = json!({"from": "2026-01-01", "reason": "Bổ sung chứng từ"});
    app.post(accountant, &at("/periods/reopenings"), json!({"from": "2026-02-01", "reason": "x"}))
        .await
        .refused(409, "wrong-state");
    let asked = app.post(accountant, &at("/periods/reopenings"), reopen).await.expect(202);
    app.post_once(accountant, "receipt-2", &at("/sources/1/receipts"), late.clone())
        .await
        .refused(409, "period-closed");
    let done = commune.approve("approve-1", &asked).await;
    assert_eq!(done["outcome"]["open_from"], "2026-01-01");
    app.post_once(accountant, "receipt-2", &at("/sources/1/receipts"), late).await.expect(201);
}

#[tokio::test]
async fn another_commune_learns_nothing() {
    let commune = Commune::new().await;
    commune.receive("receipt-1", 1, "2026-03-02", "100").await;
    let stranger = commune
        .app
        .person("nguoila", 12472, &[Role::Accountant, Role::Approver, Role::Officer, Role::Auditor])
        .await;
    for path in [
        "/book",
        "/accounts",
        "/accounts/1111",
        "/funds",
        "/sources/1",
        "/journals",
        "/journals/1",
        "/vouchers",
        "/vouchers/01/2026/receipt/1",
        "/periods",
        "/balances",
        "/trial-balance?from=2026-01-01&to=2026-04-01",
        "/accounts/1111/statement?from=2026-01-01&to=2026-04-01",
        "/approvals",
    ] {
        commune.app.get(&stranger, &at(path)).await.refused(404, "not-found");
    }
    commune
        .app
        .post_once(&stranger, "receipt-2", &at("/sources/1/receipts"), receipt("2026-03-02", "5"))
        .await
        .refused(404, "not-found");
    commune.app.get(&stranger, "/v1/units/12472/journals/1").await.refused(404, "not-found");
}
