//! Balances, trial balance and statements: as of a day, as known at an instant, by page and as files.

use axum::body::Body;
use axum::http::{Request, header};
use calamine::Reader as _;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use soquy::db::Scope;
use soquy::reports::papers::StatementPaper;
use soquy::reports::{self, PageOf, Range, StatementLine};
use tower::ServiceExt as _;

use crate::books::{Commune, advance, at};
use crate::support::{VU_QUY, day};

/// January 1,000 in; February 300 out; found in March: 200 more in January.
async fn a_quarter() -> Commune {
    let commune = Commune::new().await;
    let (app, clock) = (&commune.app, &commune.app.app.clock);
    clock.move_to(day("2026-01-15"));
    let accountant = soquy::access::Keys::issue(&app.app.keys, commune.accountant.user_id, clock).unwrap();
    let approver = soquy::access::Keys::issue(&app.app.keys, commune.approver.user_id, clock).unwrap();
    let mut then = commune;
    let now = (then.accountant.clone(), then.approver.clone());
    then.accountant.token = accountant;
    then.approver.token = approver;
    then.receive("receipt-1", 1, "2026-01-10", "1000").await;
    then.app.app.clock.move_to(day("2026-03-02"));
    (then.accountant, then.approver) = now;
    let out = then
        .app
        .post_once(&then.accountant, "manual-1", &at("/journals"), advance("2026-02-05", 1, "300"))
        .await
        .expect(202);
    then.approve("approve-1", &out).await;
    then.receive("receipt-2", 2, "2026-01-20", "200").await;
    then
}

async fn balance_of(commune: &Commune, query: &str) -> String {
    let found = commune.app.get(&commune.accountant, &at(&format!("/balances?{query}"))).await.expect(200);
    let debits =
        found["balances"].as_array().unwrap().iter().map(|b| b["debit"].as_str().unwrap().to_owned());
    debits.collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn balances_are_asked_as_of_a_day_and_as_known_at_an_instant() {
    let commune = a_quarter().await;
    assert_eq!(balance_of(&commune, "account=1111").await, "700 200");
    assert_eq!(balance_of(&commune, "account=1111&on=2026-01-09").await, "");
    assert_eq!(balance_of(&commune, "account=1111&on=2026-01-31").await, "1000 200");
    assert_eq!(
        balance_of(&commune, "account=1111&on=2026-01-31&known_at=2026-02-01T00:00:00Z").await,
        "1000"
    );
    assert_eq!(
        balance_of(&commune, "account=1111&on=2026-03-31&known_at=2026-03-02T02:00:00%2B00:00").await,
        "700 200"
    );
    assert_eq!(balance_of(&commune, "account=111&source=2&on=2026-01-20").await, "200");
    let accountant = &commune.accountant;
    commune.app.get(accountant, &at("/balances?account=99")).await.refused(404, "not-found");
    for query in ["on=2026-02-30", "known_at=yesterday", "on=%2B262142-12-31", "on=-262143-01-01"] {
        commune
            .app
            .get(accountant, &at(&format!("/balances?{query}")))
            .await
            .refused(400, "malformed-request");
    }
}

#[tokio::test]
async fn the_trial_balance_opens_moves_and_closes_and_its_columns_agree() {
    let commune = a_quarter().await;
    let path = at("/trial-balance?from=2026-02-01&to=2026-03-01");
    let trial = commune.app.get(&commune.accountant, &path).await.expect(200);
    let cash = &trial["accounts"][0];
    assert_eq!(cash["account"], "1111");
    assert_eq!(cash["opening"], json!({"debit": "1200", "credit": "0"}));
    assert_eq!(cash["movement"], json!({"debit": "0", "credit": "300"}));
    assert_eq!(cash["closing"], json!({"debit": "900", "credit": "0"}));
    let even = |n: &str| json!({"debit": n, "credit": n});
    assert_eq!(
        trial["totals"],
        json!({"opening": even("1200"), "movement": even("300"), "closing": even("1200")})
    );
    let heading =
        |code: &str| trial["headings"].as_array().unwrap().iter().find(|h| h["account"] == code).cloned();
    let above = heading("111").unwrap();
    assert_eq!(
        (&above["name_vi"], &above["opening"], &above["movement"], &above["closing"]),
        (&json!("Tiền mặt"), &cash["opening"], &cash["movement"], &cash["closing"])
    );
    assert_eq!(heading("1111"), None, "it has no details");
    let known = format!("{path}&known_at=2026-02-01T00:00:00Z");
    let then = commune.app.get(&commune.accountant, &known).await.expect(200);
    assert_eq!(
        then["totals"],
        json!({"opening": even("1000"), "movement": even("0"), "closing": even("1000")})
    );
    let of_source = commune.app.get(&commune.accountant, &format!("{path}&source=2")).await.expect(200);
    assert_eq!(of_source["totals"]["closing"], even("200"));
    for query in ["from=2026-03-01&to=2026-03-01", "from=2026-03-01&to=2026-02-01"] {
        commune
            .app
            .get(&commune.accountant, &at(&format!("/trial-balance?{query}")))
            .await
            .refused(422, "invalid-field");
    }
    commune
        .app
        .get(&commune.accountant, &at("/trial-balance?from=1.3.2026"))
        .await
        .refused(400, "malformed-request");
    let year = commune.app.get(&commune.accountant, &at("/trial-balance?to=2026-03-03")).await.expect(200);
    assert_eq!(year["from"], "2026-01-01");
}

#[tokio::test]
async fn what_stands_off_the_balance_sheet_is_shown_apart() {
    let commune = a_quarter().await;
    let memo = json!({"on": "2026-03-02", "description": "Lãi chưa thu", "lines": [
        {"account": "0941", "source": 1, "side": "debit", "amount": "50"},
        {"account": "000", "source": 1, "side": "credit", "amount": "50"}]});
    let asked =
        commune.app.post_once(&commune.accountant, "memo-0001", &at("/journals"), memo).await.expect(202);
    commune.approve("approve-2", &asked).await;
    let trial = commune
        .app
        .get(&commune.accountant, &at("/trial-balance?from=2026-01-01&to=2026-04-01"))
        .await
        .expect(200);
    assert_eq!(trial["totals"]["closing"]["debit"], "1200");
    assert_eq!(trial["memorandum"][1]["closing"], json!({"debit": "50", "credit": "0"}));
}

fn running(page: &Value) -> Vec<String> {
    page["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|l| l["balance"]["debit"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn the_running_balance_goes_on_from_page_to_page() {
    let commune = a_quarter().await;
    for n in 0..5 {
        commune.receive(&format!("receipt-more-{n}"), 1, "2026-02-05", "10").await;
    }
    let path = |account: &str, more: &str| {
        at(&format!("/accounts/{account}/statement?from=2026-01-15&to=2026-03-01{more}"))
    };
    let get = async |path: String| commune.app.get(&commune.accountant, &path).await.expect(200);
    let whole = get(path("111", "")).await;
    assert_eq!((&whole["opening"]["debit"], &whole["closing"]["debit"]), (&json!("1000"), &json!("950")));
    assert_eq!(running(&whole), ["1200", "900", "910", "920", "930", "940", "950"]);
    assert_eq!(whole["items"][1]["counter_accounts"], json!(["1411"]));
    let (mut paged, mut after) = (Vec::new(), String::new());
    loop {
        let page = get(path("1111", &format!("&limit=3{after}"))).await;
        assert_eq!(page["opening"]["debit"].as_str(), Some(paged.last().map_or("1000", String::as_str)));
        paged.extend(running(&page));
        let Some(next) = page["next"].as_str() else { break };
        after = format!("&after={next}");
    }
    assert_eq!(paged, running(&whole));
    assert_eq!(running(&get(path("1111", "&source=2")).await), ["200"]);
    commune.app.get(&commune.accountant, &path("99", "")).await.refused(404, "not-found");
}

/// The kind, the name and the bytes of a file, asked for by a header.
async fn file(commune: &Commune, path: &str, accept: &str) -> ([String; 2], Vec<u8>) {
    let bearer = format!("Bearer {}", commune.accountant.token);
    let request = Request::get(path)
        .header(header::AUTHORIZATION, bearer)
        .header(header::ACCEPT, accept)
        .body(Body::empty())
        .unwrap();
    let response = soquy::api::router(commune.app.app.clone()).oneshot(request).await.unwrap();
    assert_eq!(response.status(), 200);
    let said = [header::CONTENT_TYPE, header::CONTENT_DISPOSITION]
        .map(|name| response.headers()[name].to_str().unwrap().to_owned());
    (said, response.into_body().collect().await.unwrap().to_bytes().to_vec())
}

#[tokio::test]
async fn the_same_figures_come_as_csv_and_as_a_workbook() {
    let commune = a_quarter().await;
    let range = "?from=2026-02-01&to=2026-03-01";
    let ([kind, name], csv) = file(&commune, &at(&format!("/trial-balance{range}")), "text/csv").await;
    assert_eq!(kind, "text/csv; charset=utf-8");
    assert_eq!(name, "attachment; filename=\"trial-balance-2026-02-01-2026-02-28.csv\"");
    let csv = String::from_utf8(csv).unwrap();
    assert_eq!(csv.lines().nth(1), Some("1111,Tiền Việt Nam,1200,0,0,300,900,0"));
    assert_eq!(csv.lines().last(), Some(",Cộng,1200,1200,300,300,1200,1200"));
    let (_, by_suffix) = file(&commune, &at(&format!("/trial-balance.csv{range}")), "*/*").await;
    assert_eq!(csv.as_bytes(), by_suffix);
    let ([kind, _], book) =
        file(&commune, &at(&format!("/accounts/1111/statement.xlsx{range}")), "*/*").await;
    assert_eq!(kind, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
    let mut book: calamine::Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(book)).unwrap();
    assert_eq!(book.sheet_names(), ["Sổ chi tiết TK 1111"]);
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    let rows: Vec<Vec<_>> = sheet.rows().map(|row| row.iter().map(ToString::to_string).collect()).collect();
    assert!(rows.iter().any(|row| row[0] == "SỔ CHI TIẾT TÀI KHOẢN"));
    assert!(rows.iter().any(|row| row[0] == "Từ ngày 01/02/2026 đến hết ngày 28/02/2026"));
    let line = ["46058", "2", "Phiếu chi 1", "Tạm ứng chọn giống", "1411", "0", "300", "900", "0"];
    assert!(rows.iter().any(|row| row == &line), "{rows:?}");
    let (_, csv) = file(&commune, &at(&format!("/accounts/1111/statement.csv{range}")), "*/*").await;
    assert_eq!(String::from_utf8(csv).unwrap().lines().last(), Some(",,,Số dư cuối kỳ,,,,900,0"));
}

#[tokio::test]
async fn what_reads_much_takes_turns_and_nothing_else_waits_for_it() {
    let commune = Commune::new().await;
    let (app, other) = (&commune.app, soquy::domain::values::ids::UserId::from(uuid::Uuid::from_u128(7)));
    let turn = app.app.turns.turn(other.uuid()).await.unwrap();
    let file = at("/trial-balance.xlsx");
    let mut report = std::pin::pin!(app.get(&commune.accountant, &file));
    let others = async {
        for path in ["/journals", "/balances", "/trial-balance"] {
            app.get(&commune.accountant, &at(path)).await.expect(200);
        }
    };
    tokio::select! {
        answer = report.as_mut() => panic!("it waits for its turn: {}", answer.text),
        () = others => {}
    }
    drop(turn);
    assert_eq!(report.await.status, 200);
}

#[tokio::test]
async fn roles_are_known_though_every_connection_for_reading_is_taken() {
    let commune = Commune::new().await;
    let mut taken = Vec::new();
    while soquy::db::has_another(&commune.app.app.pool) {
        taken.push(commune.app.app.pool.acquire().await.unwrap());
    }
    let stranger = "/v1/units/12817/journals";
    commune.app.get(&commune.accountant, stranger).await.refused(404, "not-found");
}

#[tokio::test]
async fn reports_are_printed_with_head_totals_and_signatures() {
    let commune = a_quarter().await;
    let range = "?from=2026-02-01&to=2026-03-01";
    let (kind, by_suffix) = file(&commune, &at(&format!("/trial-balance.pdf{range}")), "*/*").await;
    let named = "attachment; filename=\"trial-balance-2026-02-01-2026-02-28.pdf\"";
    assert_eq!(kind, ["application/pdf", named]);
    let (_, by_header) = file(&commune, &at(&format!("/trial-balance{range}")), "application/pdf").await;
    assert_eq!(by_suffix, by_header);
    let whole = [
        "Đơn vị cấp trên:",
        "Đơn vị: Xã Vũ Quý",
        "BẢNG CÂN ĐỐI SỐ PHÁT SINH",
        "Từ ngày 01/02/2026 đến hết ngày 28/02/2026",
        "Mọi nguồn vốn",
        "Đơn vị tính: đồng",
        "Số hiệu",
        "1111",
        "Tiền Việt Nam",
        "1.200",
        "-",
        "300",
        "900",
        "Cộng",
        "NGƯỜI LẬP BIỂU",
        "Lập, ngày 02 tháng 3 năm 2026",
        "THỦ TRƯỞNG ĐƠN VỊ",
        "Trang 1/1",
    ];
    crate::support::paper::says(&by_suffix, &whole);
    let known = format!("/trial-balance.pdf{range}&known_at=2026-02-01T00:00:00Z");
    let (_, then) = file(&commune, &at(&known), "*/*").await;
    crate::support::paper::says(&then, &["Theo số liệu đã ghi đến 07:00 ngày 01/02/2026"]);
    let (_, statement) = file(&commune, &at(&format!("/accounts/1111/statement.pdf{range}")), "*/*").await;
    let whole = [
        "SỔ CHI TIẾT TÀI KHOẢN",
        "Tài khoản 1111: Tiền Việt Nam",
        "Số dư đầu kỳ",
        "05/02/2026",
        "Phiếu chi 1",
        "Cộng số phát sinh",
        "300",
        "Số dư cuối kỳ",
        "900",
        "NGƯỜI GHI SỔ",
    ];
    crate::support::paper::says(&statement, &whole);
    commune
        .app
        .get(&commune.accountant, &at(&format!("/accounts/99/statement.pdf{range}")))
        .await
        .refused(404, "not-found");
}

#[tokio::test]
async fn a_paper_of_pages_is_the_paper_of_the_whole() {
    let commune = a_quarter().await;
    let range = Range { from: day("2026-01-01"), to: day("2026-04-01") };
    let scope = Scope { unit: VU_QUY, actor: None, action: "test" };
    let (whole, pages) = commune
        .app
        .app
        .within(scope, async |conn| {
            let of = ("1111", None);
            let whole = PageOf { after: None, limit: 10 };
            let whole = reports::statement(&mut *conn, VU_QUY, of, range, whole).await?;
            let places: Vec<_> = whole.page.items.iter().map(StatementLine::place).collect();
            let first = reports::statement(&mut *conn, VU_QUY, of, range, PageOf { after: None, limit: 1 });
            let mut pages = StatementPaper::of(first.await?);
            for after in &places[..places.len() - 1] {
                let next = PageOf { after: Some(*after), limit: 1 };
                pages.go_on(reports::statement(&mut *conn, VU_QUY, of, range, next).await?);
            }
            Ok((StatementPaper::of(whole), pages))
        })
        .await
        .unwrap();
    assert_eq!((whole.lines(), pages.lines()), (3, 3));
    let printed = |paper: StatementPaper| format!("{:?}", paper.document(day("2026-03-02")));
    assert_eq!(printed(pages), printed(whole));
}
