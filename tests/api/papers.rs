//! Which paper a journal of the books has, and how it is printed.

use axum::body::Body;
use axum::http::{Request, header};
use serde_json::{Value, json};
use soquy::access::{Role, Work};
use soquy::clock::Clock;
use soquy::db::{Conn, Scope};
use soquy::domain::books::posting::VoucherKind;
use soquy::http::App;
use soquy::journals::{self, NewPrint, Papers, PrintSheet};

use crate::books::{Commune, advance, at, receipt};
use crate::support::books::{line, post, run};
use crate::support::paper::{pages, says};
use crate::support::{Answer, Person, VU_QUY};

/// A manual journal of lines such as `1411+100`: account and amount, + debit or − credit, of source 1, `/2` behind one of source 2.
fn manual(lines: &str, paper: &Value) -> Value {
    let line = |text: &str| {
        let (text, source) = text.split_once('/').map_or((text, 1), |(text, n)| (text, n.parse().unwrap()));
        let at = text.find(['+', '-']).unwrap();
        let side = if &text[at..=at] == "+" { "debit" } else { "credit" };
        json!({"account": &text[..at], "source": source, "side": side, "amount": &text[at + 1..]})
    };
    let lines: Vec<Value> = lines.split(' ').map(line).collect();
    json!({"on": "2026-03-02", "description": "Kế toán ghi", "paper": paper, "lines": lines})
}

fn form(kind: &str) -> Value {
    json!({"kind": kind, "party": "Trần Thị Bình", "address": "Vũ Quý", "attachments": 2})
}

/// Lines of a journal, the form that is due, and what it states.
const DUE: &[(&str, &str, &str)] = &[
    ("1111+100 33882-100", "receipt", "100"),
    ("1411+100 1111-100", "payment", "100"),
    ("1111+100 1121-100", "receipt", "100"),
    ("1121+100 33882-100", "general", "100"),
    ("1411+60 152+40 1121-100", "general", "100"),
    // What goes through the cash box in one journal is not what it moves.
    ("1111+300 1111-100 33882-200", "receipt", "200"),
    ("1111+50 33882-80 1411+30", "receipt", "50"),
    ("1111+100/2 35381-100/2 1111-100 35381+100", "general", "200"),
    ("1111+100/2 35381-100/2 1111-130 35381+130", "payment", "30"),
    // An account below the cash box is the cash box.
    ("11111+20 33882-20", "receipt", "20"),
    ("1111+20 11111-20", "general", "20"),
    // What stands off the balance sheet is no second amount.
    ("1111+100 33882-100 0941+7 000-7", "receipt", "100"),
    ("1121+100 33882-100 0941+7 000-7", "general", "100"),
    ("0941+7 000-7", "general", "7"),
];

#[tokio::test]
async fn a_manual_journal_is_held_against_its_cash() {
    let commune = Commune::new().await;
    let (app, accountant) = (&commune.app, &commune.accountant);
    commune.receive("receipt-1", 1, "2026-03-01", "1000").await;
    let below = "insert into account (unit_id, code, parent_code, name_vi, name_en, class, side, money, memorandum, postable, summed)
                 select unit_id, '11111', '1111', name_vi, name_en, class, side, money, memorandum, true, false
                   from account where unit_id = 13141 and code = '1111'";
    run(app, "none", below).await.expect("an account below the cash box");
    let everywhere = [line("11111", 1, "300"), line("1121", 1, "300"), line("1111", 1, "-600")];
    run(app, "soquy_app", &post("2026-03-01", &everywhere)).await.expect("money in each till");
    let path = at("/journals:preview");
    for (lines, due, amount) in DUE {
        for kind in ["receipt", "payment", "general"] {
            let answer = app.post(accountant, &path, manual(lines, &form(kind))).await;
            if kind == *due {
                let paper = answer.expect(200)["journal"]["voucher"].clone();
                assert_eq!((&paper["kind"], &paper["amount"]), (&json!(due), &json!(amount)), "{lines}");
            } else {
                let refused = answer.refused(422, "invalid-field");
                let why = match *due {
                    "receipt" => format!(
                        "The journal brings in {amount} đồng of cash: its paper is a receipt (receipt)"
                    ),
                    "payment" => format!(
                        "The journal pays out {amount} đồng of cash: its paper is a payment (payment)"
                    ),
                    _ => "The journal moves no cash: its paper is a general voucher (general)".to_owned(),
                };
                let error = &refused["errors"][0];
                assert_eq!(
                    (&error["pointer"], &error["detail"]),
                    (&json!("/paper/kind"), &json!(why)),
                    "{lines} {kind}"
                );
            }
        }
    }
    let mut unbalanced = manual("1111+100 33882-99", &form("general"));
    app.post(accountant, &path, unbalanced.clone()).await.refused(409, "unbalanced");
    unbalanced["paper"] = json!({"attachments": 1000});
    let refused = app.post(accountant, &path, unbalanced).await.refused(422, "invalid-field");
    assert_eq!(refused["errors"][0]["pointer"], "/paper/attachments");
    let nameless = app.post(accountant, &path, manual("1111+1 33882-1", &json!({"kind": "receipt"}))).await;
    assert_eq!(nameless.refused(422, "invalid-field")["errors"][0]["pointer"], "/paper/party");
    app.post(accountant, &path, manual("1111+1 33882-1", &json!({"kind": "goods_in"})))
        .await
        .refused(422, "invalid-field");
}

#[tokio::test]
async fn what_stands_off_the_balance_sheet_is_on_no_paper_of_cash_and_no_other_sides_account() {
    let commune = Commune::new().await;
    let (app, accountant) = (&commune.app, &commune.accountant);
    let cashier = app.person("thuquy", VU_QUY, &[Role::Cashier]).await;
    for (n, lines, kind) in [
        (1, "1111+100 33882-100 0941+7 000-7", "receipt"),
        (2, "1121+100 33882-100 0941+5 000-5", "general"),
        (3, "0941+7 000-7", "general"),
    ] {
        let body = manual(lines, &form(kind));
        let asked =
            app.post_once(accountant, &format!("manual-{n}"), &at("/journals"), body).await.expect(202);
        commune.approve(&format!("approve-{n}"), &asked).await;
    }
    let listed = app.get(accountant, &at("/journals")).await.expect(200);
    let amounts: Vec<&str> =
        listed["items"].as_array().unwrap().iter().map(|head| head["amount"].as_str().unwrap()).collect();
    assert_eq!(amounts, ["100", "100", "7"]);
    let accounts = async |paper: &str| {
        let paper = app.get(accountant, &at(&format!("/vouchers/01/2026/{paper}"))).await.expect(200);
        (paper["debits"].clone(), paper["credits"].clone())
    };
    assert_eq!(accounts("receipt/1").await, (json!(["1111"]), json!(["33882"])));
    assert_eq!(accounts("general/1").await, (json!(["0941", "1121"]), json!(["000", "33882"])));
    assert_eq!(accounts("general/2").await, (json!(["0941"]), json!(["000"])));
    let counter = async |account: &str| {
        let path = at(&format!("/accounts/{account}/statement?from=2026-03-01&to=2026-04-01"));
        app.get(accountant, &path).await.expect(200)["items"][0]["counter_accounts"].clone()
    };
    assert_eq!((counter("1111").await, counter("33882").await), (json!(["33882"]), json!(["1111"])));
    assert_eq!((counter("0941").await, counter("000").await), (json!(["000"]), json!(["0941"])));
    let print = app.post_once(&cashier, "print-001", &at(&format!("{RECEIPT}/prints")), json!({})).await;
    says(&print.bytes, &["PHIẾU THU", "Nợ: 1111", "Có: 33882", "100 đồng"]);
    assert!(!pages(&print.bytes)[0].contains("0941"));
    let auditor = app.person("kiemtoan", VU_QUY, &[Role::Auditor]).await;
    let proof = app.get(&auditor, &at("/verification")).await.expect(200);
    assert_eq!(proof["proved"], true, "general vouchers of the bank are no finding: {proof}");
}

#[tokio::test]
async fn the_paper_of_money_in_and_out_is_that_of_its_till() {
    let commune = Commune::new().await;
    let (app, accountant) = (&commune.app, &commune.accountant);
    let kind = |journal: &Value| journal["voucher"]["kind"].as_str().unwrap().to_owned();
    assert_eq!(kind(&commune.receive("receipt-1", 1, "2026-03-01", "1000").await), "receipt");
    let mut by_bank = receipt("2026-03-01", "1000");
    by_bank["till"] = json!("bank");
    let path = at("/sources/1/receipts");
    assert_eq!(kind(&app.post_once(accountant, "receipt-2", &path, by_bank).await.expect(201)), "general");
    for (from, paper) in [("cash", "payment"), ("bank", "receipt")] {
        let transfer = json!({"on": "2026-03-02", "source": 1, "amount": "4", "from": from, "party": "Trần Thị Bình", "address": "Vũ Quý"});
        let key = format!("transfer-{from}");
        let moved = app.post_once(accountant, &key, &at("/transfers"), transfer).await.expect(201);
        assert_eq!(kind(&moved), paper);
    }
    for (till, paper) in [("cash", "payment"), ("bank", "general")] {
        let mut back = receipt("2026-03-02", "5");
        back["till"] = json!(till);
        let path = at("/sources/1/returns:preview");
        let preview = app.post(accountant, &path, back).await.expect(200);
        assert_eq!(kind(&preview["journal"]), paper);
    }
}

/// The first receipt of a commune, and who may print it.
async fn a_receipt() -> (Commune, Person) {
    let commune = Commune::new().await;
    commune.receive("receipt-1", 1, "2026-03-01", "52500000").await;
    let cashier = commune.app.person("thuquy", VU_QUY, &[Role::Cashier]).await;
    (commune, cashier)
}

async fn as_pdf(commune: &Commune, who: &Person, path: &str) -> Answer {
    let bearer = format!("Bearer {}", who.token);
    let request =
        Request::get(path).header(header::AUTHORIZATION, bearer).header(header::ACCEPT, "application/pdf");
    commune.app.send(request.body(Body::empty()).unwrap()).await
}

/// All that form C40-BB asks for, in its order.
const C40_BB: &[&str] = &[
    "Đơn vị: Xã Vũ Quý",
    "Mã QHNS: ...",
    "Mẫu số: C40-BB",
    "PHIẾU THU",
    "Ngày 02 tháng 3 năm 2026",
    "Số: 1",
    "Liên số: 1",
    "Quyển số: 01",
    "Nợ: 1111",
    "Có: 35381",
    "Ghi sổ ngày: 01/03/2026",
    "Họ và tên người nộp tiền:",
    "Sở Tài chính",
    "Địa chỉ:",
    "Thái Bình",
    "Nội dung:",
    "Nhận vốn của Sở Tài chính theo QĐ 12/QĐ-UBND",
    "Số tiền:",
    "52.500.000 đồng (loại tiền: VND)",
    "Viết bằng chữ:",
    "Năm mươi hai triệu năm trăm nghìn đồng",
    "Kèm theo:",
    "1 chứng từ gốc",
    "THỦ TRƯỞNG ĐƠN VỊ",
    "KẾ TOÁN TRƯỞNG",
    "NGƯỜI LẬP",
    "ketoan",
    "Đã nhận đủ số tiền:",
    "52.500.000 đồng",
    "Năm mươi hai triệu năm trăm nghìn đồng",
    "NGƯỜI NỘP TIỀN",
    "THỦ QUỸ",
];

const RECEIPT: &str = "/vouchers/01/2026/receipt/1";

#[tokio::test]
async fn the_first_print_is_the_paper_and_each_after_it_a_copy() {
    let (commune, cashier) = a_receipt().await;
    let app = &commune.app;
    let path = at(&format!("{RECEIPT}/prints"));
    let first = app.post_once(&cashier, "print-001", &path, json!({})).await;
    assert_eq!(
        (first.status.as_u16(), &first.headers[header::CONTENT_TYPE]),
        (201, &"application/pdf".parse().unwrap())
    );
    assert_eq!(first.headers[header::CONTENT_DISPOSITION], "attachment; filename=\"receipt-01-2026-1.pdf\"");
    says(&first.bytes, C40_BB);
    assert!(!pages(&first.bytes)[0].contains("BẢN SAO"));
    let again = app.post_once(&cashier, "print-001", &path, json!({})).await;
    assert_eq!(
        (again.bytes == first.bytes, &again.headers["idempotent-replayed"]),
        (true, &"true".parse().unwrap())
    );
    let second =
        app.post_once(&commune.accountant, "print-002", &path, json!({"copies": 2, "sheet": "a4"})).await;
    says(&second.bytes, &["BẢN SAO", "In lần 2, ngày 02/03/2026", "Người in: ketoan"]);
    let text = pages(&second.bytes);
    assert_eq!((text.len(), text[0].matches("PHIẾU THU").count()), (1, 2));
    let prints = app.get(&commune.approver, &path).await.expect(200);
    let told = prints["prints"].as_array().unwrap().iter().map(|print| {
        (
            print["print_no"].clone(),
            print["is_copy"].clone(),
            print["copies"].clone(),
            print["actor_name"].clone(),
        )
    });
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            (json!(1), json!(false), json!(1), json!("thuquy")),
            (json!(2), json!(true), json!(2), json!("ketoan"))
        ]
    );
}

#[tokio::test]
async fn a_copy_to_look_at_is_no_print() {
    let (commune, cashier) = a_receipt().await;
    let seen = as_pdf(&commune, &commune.approver, &at(RECEIPT)).await;
    assert_eq!(seen.status, 200);
    says(&seen.bytes, &["PHIẾU THU", "BẢN SAO", "Xem ngày 02/03/2026"]);
    let json = commune.app.get(&cashier, &at(RECEIPT)).await.expect(200);
    assert_eq!((&json["form"], json.get("issuer")), (&json!("C40-BB"), None));
    let path = at(&format!("{RECEIPT}/prints"));
    assert_eq!(commune.app.get(&cashier, &path).await.expect(200), json!({"prints": []}));
}

#[tokio::test]
async fn a_payment_names_who_gets_it_and_a_reversed_one_is_void_across_the_page() {
    let (commune, cashier) = a_receipt().await;
    let app = &commune.app;
    let journal = advance("2026-03-02", 1, "100");
    let asked = app.post_once(&commune.accountant, "manual-1", &at("/journals"), journal).await.expect(202);
    commune.approve("approve-1", &asked).await;
    let path = at("/vouchers/01/2026/payment/1/prints");
    let paper = app.post_once(&cashier, "print-001", &path, json!({})).await;
    let whole = [
        "Mẫu số: C41-BB",
        "PHIẾU CHI",
        "Họ và tên người nhận tiền:",
        "Trần Thị Bình",
        "Kèm theo:",
        "2 chứng từ gốc",
        "(+) Tỷ giá ngoại tệ:",
        "....",
        "(+) Số tiền quy đổi:",
        "....",
        "NGƯỜI NHẬN TIỀN",
        "Trần Thị Bình",
        "THỦ QUỸ",
    ];
    says(&paper.bytes, &whole);
    assert!(!pages(&paper.bytes)[0].contains("ĐÃ HỦY"));
    let reversal = json!({"on": "2026-03-02", "reason": "Ghi nhầm"});
    let asked = app
        .post_once(&commune.accountant, "reverse-1", &at("/journals/2/reversal"), reversal)
        .await
        .expect(202);
    commune.approve("approve-2", &asked).await;
    let void = app.post_once(&cashier, "print-002", &path, json!({})).await;
    says(&void.bytes, &["ĐÃ HỦY", "PHIẾU CHI", "Đã hủy theo bút toán số 3", "BẢN SAO"]);
}

#[tokio::test]
async fn papers_without_a_form_and_prints_out_of_bounds_are_refused() {
    let (commune, cashier) = a_receipt().await;
    let app = &commune.app;
    let path = at(&format!("{RECEIPT}/prints"));
    for copies in [0, 4] {
        let refused = app.post_once(&cashier, "print-001", &path, json!({"copies": copies})).await;
        assert_eq!(refused.refused(422, "invalid-field")["errors"][0]["pointer"], "/copies");
    }
    app.post_once(&commune.approver, "print-001", &path, json!({})).await.refused(403, "forbidden");
    app.post_once(&cashier, "print-001", &at("/vouchers/01/2026/receipt/2/prints"), json!({}))
        .await
        .refused(404, "not-found");
    let stranger = app.person("nguoila", 12472, &[Role::Cashier]).await;
    app.post_once(&stranger, "print-001", &path, json!({})).await.refused(404, "not-found");
    as_pdf(&commune, &stranger, &at(RECEIPT)).await.refused(404, "not-found");
    let asked = app
        .post_once(&commune.accountant, "manual-1", &at("/journals"), manual("0941+7 000-7", &json!({})))
        .await
        .expect(202);
    commune.approve("approve-1", &asked).await;
    let general = at("/vouchers/01/2026/general/1");
    as_pdf(&commune, &cashier, &general).await.refused(409, "wrong-state");
    for accept in ["application/pdf, application/json;q=0.5", "Application/PDF, */*;q=0.1"] {
        let request = Request::get(&general)
            .header(header::AUTHORIZATION, format!("Bearer {}", cashier.token))
            .header(header::ACCEPT, accept);
        let paper = app.send(request.body(Body::empty()).unwrap()).await.expect(200);
        assert_eq!(paper["title"], "Phiếu kế toán", "{accept}");
    }
    app.post_once(&cashier, "print-001", &format!("{general}/prints"), json!({}))
        .await
        .refused(409, "wrong-state");
}

#[tokio::test]
async fn of_two_prints_at_once_only_one_is_the_first() {
    let (commune, cashier) = a_receipt().await;
    let path = at(&format!("{RECEIPT}/prints"));
    let print = |key| commune.app.post_once(&cashier, key, &path, json!({}));
    let (one, two) = tokio::join!(print("print-001"), print("print-002"));
    let copies = [one, two].map(|answer| pages(&answer.bytes)[0].contains("BẢN SAO"));
    assert!(copies[0] != copies[1], "{copies:?}");
}

#[tokio::test]
async fn a_print_that_began_before_an_earlier_one_has_the_later_time() {
    let (commune, _) = a_receipt().await;
    let app = App { clock: Clock::System, ..commune.app.app.clone() };
    let wanted = Papers {
        book: Some("01".to_owned()),
        year: Some(2026),
        kind: Some(VoucherKind::Receipt),
        number: Some(1),
        ..Papers::default()
    };
    let scope = Scope { unit: VU_QUY, actor: Some(commune.accountant.user_id), action: "test" };
    let work = Work { unit: VU_QUY, actor: scope.actor, clock: &app.clock };
    let print = async |conn: &mut Conn| {
        journals::print(conn, &work, &wanted, NewPrint { copies: 1, sheet: PrintSheet::A5 }).await
    };
    let began_first = app.within(scope, async |conn| {
        let earlier = app.within(scope, async |conn| print(conn).await).await?;
        Ok((earlier, print(conn).await?))
    });
    let (earlier, later) = began_first.await.expect("two prints");
    assert_eq!((earlier.print_no, later.print_no), (1, 2));
    assert!(earlier.printed_at < later.printed_at, "{} {}", earlier.printed_at, later.printed_at);
}
