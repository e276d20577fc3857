//! The commune's list of households as a file: one verdict a row, nothing by halves, the same file twice changes nothing.

use axum::body::Body;
use axum::http::{Request, header};
use proptest::prelude::*;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use serde_json::{Value, json};
use soquy::access::Role;
use soquy::demo::households::{CLASSES, HOUSEHOLDS as DEMO};
use unicode_normalization::UnicodeNormalization as _;

use crate::households::{HOUSEHOLDS, encoded, lien, officer};
use crate::support::{Answer, Person, TestApp, VU_QUY};

const CSV: &str = "text/csv; charset=utf-8";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

async fn sent(app: &TestApp, who: &Person, query: &str, kind: &str, file: impl Into<Body>) -> Answer {
    let request = Request::post(format!("{HOUSEHOLDS}/import?{query}"))
        .header(header::AUTHORIZATION, format!("Bearer {}", who.token))
        .header(header::CONTENT_TYPE, kind)
        .body(file.into())
        .unwrap();
    app.send(request).await
}

async fn imported(app: &TestApp, who: &Person, file: &str) -> Value {
    sent(app, who, "", CSV, file.to_owned()).await.expect(200)
}

/// Verdicts as `row household outcome: column: English; …`.
fn verdicts(report: &Value) -> Vec<String> {
    let verdict = |verdict: &Value| {
        let text = |field: &str| verdict[field].as_str().unwrap_or("-").to_owned();
        let messages = verdict["messages"].as_array().unwrap().iter();
        let messages: Vec<_> = messages
            .map(|m| format!("{}: {}", m["column"].as_str().unwrap_or("-"), m["en"].as_str().unwrap()))
            .collect();
        format!("{} {} {} {}", verdict["row"], text("household_code"), text("outcome"), messages.join("; "))
            .trim_end()
            .to_owned()
    };
    report["verdicts"].as_array().unwrap().iter().map(verdict).collect()
}

async fn stored(app: &TestApp) -> [i64; 3] {
    let counts = sqlx::query_as(
        "select (select count(*) from household), (select count(*) from household_member), (select count(*) from class_decision)",
    );
    let (households, members, decisions) = counts.fetch_one(&app.owner).await.unwrap();
    [households, members, decisions]
}

/// Good rows, a twin, wrong rows, a relapse, and two people of one name who are two people.
const MIXED: [[&str; 10]; 10] = [
    [
        "Mã hộ",
        "Thôn",
        "Họ và tên chủ hộ",
        "Ngày sinh",
        "Số CCCD",
        "Thành viên",
        "Phân loại",
        "Năm",
        "Số quyết định",
        "Ngày quyết định",
    ],
    [
        "H1",
        "Thôn Đông",
        "Trần Văn Bình",
        "20/04/1981",
        "034081900001",
        "Phạm Thị Dung|vợ|1982|nữ; Trần Bảo Linh|con|27/06/2010|nữ",
        "Hộ nghèo",
        "2024",
        "112/QĐ-UBND",
        "18/12/2023",
    ],
    [
        "H2",
        "Thôn Đông",
        "Trần Văn Bình",
        "20/04/1981",
        "034081900002",
        "",
        "cận nghèo",
        "2024",
        "112/QĐ-UBND",
        "18/12/2023",
    ],
    [
        "H1",
        "Thôn Đông",
        "Trần Văn Bình",
        "20/04/1981",
        "034081900001",
        "",
        "Hộ nghèo",
        "2024",
        "112/QĐ-UBND",
        "18/12/2023",
    ],
    ["H3", "Thôn Đông", "Lê Thị Mai", "1975", "034081900001", "", "", "", "", ""],
    [
        "H4",
        "Thôn Đông",
        "Vũ Thị Hạnh",
        "30/02/1975",
        "3417500001",
        "Vũ An|con|2030-13-01",
        "giàu",
        "1999",
        "112/QĐ-UBND",
        "",
    ],
    ["", "Thôn Đông", "Không Mã", "", "", "", "", "", "", ""],
    ["H5", "", "", "", "", "", "nghèo", "2024", "112/QĐ-UBND", "18/12/2023"],
    [
        "H6",
        "Thôn Đoài",
        "Đỗ Thị Hiền",
        "1984",
        "034084900011",
        "",
        "mới thoát nghèo",
        "2023",
        "105/QĐ-UBND",
        "19/12/2022",
    ],
    ["H6", "", "", "", "", "", "nghèo", "2024", "112/QĐ-UBND", "18/12/2023"],
];

const MIXED_VERDICTS: [&str; 9] = [
    "2 H1 created",
    "3 H2 created",
    "4 H1 duplicate household_code: The same household and decision as in row 2",
    "5 H3 duplicate head_personal_id: The number of Lê Thị Mai belongs to household H1 (row 2)",
    "6 H4 refused head_birth: Cell D6: A birth is a day such as 05/03/1958, or a year; head_personal_id: Cell E6: A personal number has 12 digits (9 on an old card); in Excel keep the column as text; members: Cell F6: Member 1. Members are name|relation|birth|gender|number, one after the other with ;; class: Cell G6: The class is poor, near_poor, newly_escaped, average or other; decision_on: Cell J6: A day such as 18/12/2023",
    "7 - refused household_code: Cell A7: A household code has 1 to 40 letters, digits or - . / _",
    "8 H5 refused hamlet: The household is new: its hamlet and head are needed; head_name: The household is new: its hamlet and head are needed",
    "9 H6 created",
    "10 H6 updated class: Change: newly poor",
];

fn mixed_csv(separator: &str) -> String {
    MIXED.iter().map(|row| row.map(|cell| format!("\"{cell}\"")).join(separator) + "\r\n").collect()
}

/// The same as a workbook, under a title, with the codes as numbers and the days as Excel keeps them.
fn mixed_workbook() -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let day = Format::new().set_num_format("dd/mm/yyyy");
    for (row, cells) in (0_u32..).zip(MIXED) {
        for (column, cell) in (0_u16..).zip(cells) {
            match cell {
                "18/12/2023" => {
                    sheet.write_with_format(row, column, ExcelDateTime::from_ymd(2023, 12, 18).unwrap(), &day)
                }
                "19/12/2022" => sheet.write(row, column, 44914_u32),
                "2024" | "2023" | "1975" | "1984" => sheet.write(row, column, cell.parse::<u32>().unwrap()),
                _ => sheet.write(row, column, cell),
            }
            .unwrap();
        }
    }
    book.save_to_buffer().unwrap()
}

#[tokio::test]
async fn case_25_each_row_of_a_file_gets_its_verdict_doubles_are_named_and_twins_are_kept() {
    for separator in [",", ";", "\t"] {
        let app = TestApp::new().await;
        let officer = officer(&app).await;
        let file = format!("\u{feff}{}", mixed_csv(separator));
        let dry = sent(&app, &officer, "dry_run=true", CSV, file.clone()).await.expect(200);
        assert_eq!(verdicts(&dry), MIXED_VERDICTS);
        assert_eq!((stored(&app).await, &dry["stored"]), ([0, 0, 0], &json!(false)));
        let all = sent(&app, &officer, "all_or_nothing=true", CSV, file.clone()).await.expect(200);
        assert_eq!((verdicts(&all), stored(&app).await), (verdicts(&dry), [0, 0, 0]));
        let real = imported(&app, &officer, &file).await;
        assert_eq!((verdicts(&real), stored(&app).await), (verdicts(&dry), [3, 5, 4]));
        assert_eq!(
            real["counts"],
            json!({"created": 3, "updated": 1, "unchanged": 0, "duplicate": 2, "refused": 3})
        );
        let again = imported(&app, &officer, &file).await;
        assert_eq!(
            again["counts"],
            json!({"created": 0, "updated": 0, "unchanged": 4, "duplicate": 2, "refused": 3})
        );
        assert_eq!(stored(&app).await, [3, 5, 4]);
    }
}

#[tokio::test]
async fn a_workbook_gets_the_verdicts_of_the_same_list_as_text() {
    let app = TestApp::new().await;
    let officer = officer(&app).await;
    let report = sent(&app, &officer, "", XLSX, mixed_workbook()).await.expect(200);
    assert_eq!(
        (verdicts(&report).as_slice(), stored(&app).await),
        (MIXED_VERDICTS.map(str::to_owned).as_slice(), [3, 5, 4])
    );
    let report = imported(&app, &officer, &mixed_csv(";")).await;
    assert_eq!(report["counts"]["unchanged"], 4);
}

#[tokio::test]
async fn the_list_of_the_demonstration_is_taken_in_with_all_its_years_and_again_without_a_change() {
    let app = TestApp::new().await;
    let officer = officer(&app).await;
    let counts = |report: &Value| {
        ["created", "updated", "unchanged", "duplicate", "refused"]
            .map(|o| report["counts"][o].as_u64().unwrap())
    };
    assert_eq!(counts(&imported(&app, &officer, DEMO).await), [40, 0, 0, 0, 0]);
    let rows = CLASSES.lines().count() as u64 - 1;
    assert_eq!(counts(&imported(&app, &officer, CLASSES).await), [0, rows, 0, 0, 0]);
    assert_eq!(counts(&imported(&app, &officer, DEMO).await), [0, 0, 40, 0, 0]);
    assert_eq!(counts(&imported(&app, &officer, CLASSES).await), [0, 0, rows, 0, 0]);
    let relapsed = app.get(&officer, &format!("{HOUSEHOLDS}?q=241314101007")).await.expect(200);
    let path = format!("{HOUSEHOLDS}/{}", relapsed["items"][0]["household_id"].as_str().unwrap());
    let shown = app.get(&officer, &path).await.expect(200);
    let changes: Vec<_> =
        shown["class_decisions"].as_array().unwrap().iter().map(|d| d["change"].clone()).collect();
    assert_eq!(changes[..3], [Value::Null, json!("escaped"), json!("relapsed")]);
}

#[tokio::test]
async fn what_is_exported_is_taken_in_again_without_a_change() {
    let app = TestApp::new().await;
    let officer = officer(&app).await;
    imported(&app, &officer, DEMO).await;
    let formula = "household_code,hamlet,head_name,note\nX1,Thôn Đông,=HYPERLINK(1),-1+2\n";
    imported(&app, &officer, formula).await;
    let export = async |who: &Person, query: &str| {
        let request = Request::get(format!("{HOUSEHOLDS}?{query}")).header(header::ACCEPT, "text/csv");
        app.send(
            request
                .header(header::AUTHORIZATION, format!("Bearer {}", who.token))
                .body(Body::empty())
                .unwrap(),
        )
        .await
    };
    let file = export(&officer, "q=2413141").await;
    assert_eq!(file.headers[header::CONTENT_TYPE], "text/csv; charset=utf-8");
    assert!(file.text.starts_with("\u{feff}household_code,hamlet,"));
    let report = imported(&app, &officer, &file.text).await;
    assert_eq!(
        report["counts"],
        json!({"created": 0, "updated": 0, "unchanged": 40, "duplicate": 0, "refused": 0})
    );
    let file = export(&officer, "q=x1").await;
    assert!(file.text.ends_with("X1,Thôn Đông,,'=HYPERLINK(1),,,,,,,,,,,,,'-1+2\n"), "{}", file.text);
    let auditor = app.person("auditor", VU_QUY, &[Role::Auditor]).await;
    let masked = export(&auditor, "").await.text;
    assert!(
        masked.contains("0340********") && !masked.contains("034081900001") && !masked.contains("0599000101")
    );
}

#[tokio::test]
async fn letters_and_tones_apart_are_the_same_household() {
    let app = TestApp::new().await;
    let officer = officer(&app).await;
    imported(&app, &officer, DEMO).await;
    let apart: String = DEMO.nfd().collect();
    assert_ne!(apart, DEMO);
    let report = imported(&app, &officer, &apart).await;
    assert_eq!(report["counts"]["unchanged"], 40);
    let typed: String = "Trần Đình Khánh".nfd().collect();
    let page = app.get(&officer, &format!("{HOUSEHOLDS}?q={}", encoded(&typed))).await.expect(200);
    assert_eq!(page["items"][0]["code"], "241314101001");
}

#[tokio::test]
async fn a_later_list_brings_what_is_new_and_forgets_nothing() {
    let app = TestApp::new().await;
    let officer = officer(&app).await;
    imported(&app, &officer, "household_code,hamlet,head_name,head_birth,phone,members\nH1,Thôn Đông,Trần Văn Bình,05/03/1958,0912345678,Lê Thị Na|vợ|1960|nữ; Trần An|con|1990|nam\n").await;
    let later = "ma_ho;chu_ho;ngay_sinh;thanh_vien;ghi_chu;cột lạ\nH1;TRẦN VĂN BÌNH;1958;Lê Thị Nà|vợ|05/06/1960|nữ;khó khăn;?\n";
    let report = imported(&app, &officer, later).await;
    assert_eq!(
        (verdicts(&report), &report["ignored_columns"]),
        (vec!["2 H1 updated".to_owned()], &json!(["cột lạ"]))
    );
    let page = app.get(&officer, &format!("{HOUSEHOLDS}?q=h1")).await.expect(200);
    let path = format!("{HOUSEHOLDS}/{}", page["items"][0]["household_id"].as_str().unwrap());
    let shown = app.get(&officer, &path).await.expect(200);
    let people: Vec<_> = shown["members"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| (m["name"].as_str().unwrap(), m["birth"].as_str().unwrap()))
        .collect();
    assert_eq!(people, [("TRẦN VĂN BÌNH", "1958-03-05"), ("Lê Thị Nà", "1960-06-05"), ("Trần An", "1990")]);
    assert_eq!((&shown["phone"], &shown["note"]), (&json!("0912345678"), &json!("khó khăn")));
    let widow = "household_code,head_name,members\nH1,Lê Thị Nà,Trần Văn Bình|chồng\n";
    assert_eq!(verdicts(&imported(&app, &officer, widow).await), ["2 H1 updated"]);
    let shown = app.get(&officer, &path).await.expect(200);
    let people: Vec<_> = shown["members"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| (m["name"].as_str().unwrap(), m["relation"].as_str().unwrap()))
        .collect();
    assert_eq!(people, [("Lê Thị Nà", "chủ hộ"), ("Trần Văn Bình", "chồng"), ("Trần An", "con")]);
    let stranger = "household_code,head_name\nH1,Người Lạ\n";
    assert_eq!(
        verdicts(&imported(&app, &officer, stranger).await),
        ["2 H1 refused head_name: Neither the known head nor a member; change it on the household"]
    );
    let doubted = "household_code,head_name,head_gender,head_personal_id\nH1,Lê Thị Nà,nữ,034060000123\n";
    assert_eq!(
        verdicts(&imported(&app, &officer, doubted).await),
        ["2 H1 updated head_personal_id: Lê Thị Nà: The gender differs from the number's."]
    );
}

#[tokio::test]
async fn a_corrected_decision_does_not_come_back_with_the_list() {
    let app = TestApp::new().await;
    let officer = officer(&app).await;
    let file = "household_code,hamlet,head_name,class,class_year,decision_no,decision_on\nH1,Thôn Đông,An,poor,2026,1/QĐ,15/12/2025\n";
    imported(&app, &officer, file).await;
    let page = app.get(&officer, HOUSEHOLDS).await.expect(200);
    let path = format!("{HOUSEHOLDS}/{}", page["items"][0]["household_id"].as_str().unwrap());
    let entry = app.get(&officer, &path).await.expect(200)["class_decisions"][0]["class_decision_id"].clone();
    let right = json!({"class_year": 2026, "class": "near_poor", "decision_no": "1/QĐ", "decision_on": "2025-12-15", "supersedes": entry});
    app.post(&officer, &format!("{path}/class-decisions"), right).await.expect(201);
    assert_eq!(imported(&app, &officer, file).await["counts"]["unchanged"], 1);
    let other = file.replace("poor", "average");
    assert_eq!(imported(&app, &officer, &other).await["counts"]["refused"], 1);
    let page = app.get(&officer, HOUSEHOLDS).await.expect(200);
    assert_eq!(page["items"][0]["class"], "near_poor");
    let tomorrow = file.replace("1/QĐ,15/12/2025", "2/QĐ,03/03/2026");
    assert_eq!(
        verdicts(&imported(&app, &officer, &tomorrow).await),
        ["2 H1 refused decision_on: The decision is dated in the future"]
    );
}

#[tokio::test]
async fn a_file_under_a_key_is_answered_again_and_another_file_is_refused() {
    let app = TestApp::new().await;
    let officer = officer(&app).await;
    let send = async |file: &str| {
        let request = Request::post(format!("{HOUSEHOLDS}/import"))
            .header(header::CONTENT_TYPE, CSV)
            .header("idempotency-key", "danh-sach-2024");
        app.send(
            request
                .header(header::AUTHORIZATION, format!("Bearer {}", officer.token))
                .body(file.to_owned().into())
                .unwrap(),
        )
        .await
    };
    let first = send(DEMO).await.expect(200);
    let again = send(DEMO).await;
    assert_eq!(again.headers["idempotent-replayed"], "true");
    assert_eq!(again.expect(200), first);
    send(CLASSES).await.refused(422, "idempotency-key-reused");
}

#[tokio::test]
async fn what_is_no_list_is_refused_and_stores_nothing() {
    let app = TestApp::new().await;
    let officer = officer(&app).await;
    let big = vec![b'a'; 10 * 1024 * 1024];
    sent(&app, &officer, "", CSV, big).await.refused(413, "too-large");
    let many = format!("household_code\n{}", "a\n".repeat(20_001));
    sent(&app, &officer, "", CSV, many).await.refused(413, "too-large");
    for file in
        [&b"household_code\n\xff\xfe"[..], b"", b"\x00\x00", b"name,class\nx,y", b"household_code,Ma ho\nx,y"]
    {
        sent(&app, &officer, "", CSV, file.to_vec()).await.refused(400, "malformed-request");
    }
    for file in [b"".to_vec(), b"PK\x03\x04\x00".to_vec(), mixed_workbook()[..2000].to_vec()] {
        sent(&app, &officer, "", XLSX, file).await.refused(400, "malformed-request");
    }
    sent(&app, &officer, "", "application/json", "{}").await.refused(415, "unsupported-type");
    sent(&app, &officer, "dry_run=maybe", CSV, "household_code\nx").await.refused(400, "malformed-request");
    let hidden =
        "household_code,hamlet,head_name\nH1,Thôn\u{0},An\nH2,Thôn,\u{202e}An\nH3,Thôn,\"An\nBình\"\n";
    let report = imported(&app, &officer, hidden).await;
    assert_eq!(report["counts"]["refused"], 3);
    let auditor = app.person("auditor", VU_QUY, &[Role::Auditor]).await;
    sent(&app, &auditor, "dry_run=true", CSV, DEMO).await.refused(403, "forbidden");
    let elsewhere = app.person("elsewhere", 13075, &[Role::Officer]).await;
    sent(&app, &elsewhere, "", CSV, DEMO).await.refused(404, "not-found");
    assert_eq!(stored(&app).await, [0, 0, 0]);
}

/// A workbook that unpacks to more than memory should hold.
#[tokio::test]
async fn a_small_archive_of_endless_zeros_is_refused() {
    use std::io::Write as _;
    let app = TestApp::new().await;
    let officer = officer(&app).await;
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive.start_file("xl/sharedStrings.xml", zip::write::SimpleFileOptions::default()).unwrap();
    for _ in 0..130 {
        archive.write_all(&vec![b' '; 1024 * 1024]).unwrap();
    }
    let file = archive.finish().unwrap().into_inner();
    assert!(file.len() < 1024 * 1024);
    sent(&app, &officer, "", XLSX, file).await.refused(413, "too-large");
}

/// Rows of few codes, names and numbers, so that they meet each other.
fn row() -> impl Strategy<Value = String> {
    let cell = |cells: &'static [&'static str]| proptest::sample::select(cells);
    (
        cell(&["A", "B", "C", "D", "E", "F", "", "Đ"]),
        cell(&["Thôn Đông", "Thôn Đoài", ""]),
        cell(&["Trần An", "Trần Ân", "Lê Na", ""]),
        cell(&["1958", "05/03/1958", "30/02/1958", ""]),
        cell(&["034058000001", "034058000002", "1", "", "", ""]),
        cell(&["Lê Na|vợ", "Lê Na|vợ|1960; Trần An|con", "Lê Na", "Vũ Ba|con|||034058000002", "", ""]),
        cell(&[
            "poor,2024,1/QĐ,18/12/2023",
            "average,2024,1/QĐ,18/12/2023",
            "poor,2026,2/QĐ,15/12/2025",
            "poor,,,",
            ",,,",
        ]),
    )
        .prop_map(|(code, hamlet, head, birth, id, members, decision)| {
            format!("{code},{hamlet},{head},{birth},{id},{members},{decision}\n")
        })
}

#[test]
fn a_dry_run_says_what_the_real_one_does_and_a_good_list_changes_nothing_the_second_time() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let app = runtime.block_on(TestApp::new());
    let officer = runtime.block_on(officer(&app));
    let head = "household_code,hamlet,head_name,head_birth,head_personal_id,members,class,class_year,decision_no,decision_on\n";
    let config = ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(rows in proptest::collection::vec(row(), 1..6))| {
        let file = format!("{head}{}", rows.concat());
        let (dry, real, again, before, after) = runtime.block_on(async {
            let before = stored(&app).await;
            let dry = sent(&app, &officer, "dry_run=true", CSV, file.clone()).await.expect(200);
            assert_eq!(stored(&app).await, before);
            let real = imported(&app, &officer, &file).await;
            let after = stored(&app).await;
            (dry, real, imported(&app, &officer, &file).await, before, after)
        });
        prop_assert_eq!(&dry["verdicts"], &real["verdicts"]);
        let count = |report: &Value, outcome: &str| report["counts"][outcome].as_i64().unwrap();
        prop_assert_eq!(after[0] - before[0], count(&real, "created"));
        if count(&real, "duplicate") + count(&real, "refused") == 0 {
            prop_assert_eq!(count(&again, "unchanged"), i64::try_from(rows.len()).unwrap(), "{}", file);
        }
    });
}

#[tokio::test]
async fn a_birth_of_the_future_is_refused_by_its_column() {
    let app = TestApp::new().await;
    let officer = officer(&app).await;
    let mut unborn = lien();
    unborn["members"][0]["person"]["birth"] = json!("2090-01-01");
    let refused = app.post(&officer, HOUSEHOLDS, unborn).await.refused(422, "invalid-field");
    assert_eq!(refused["errors"][0]["pointer"], "/birth");
    let list = "Mã hộ,Thôn,Họ và tên chủ hộ,Ngày sinh,Thành viên\nH1,Thôn Đông,Trần Văn Bình,2090,\nH2,Thôn Đông,Vũ Văn Nam,1980,Vũ Thị Na|con|01/01/2090|nữ\n";
    let report = imported(&app, &officer, list).await;
    assert_eq!(
        verdicts(&report),
        [
            "2 H1 refused head_birth: The birth lies in the future",
            "3 H2 refused members: The birth lies in the future"
        ]
    );
    assert_eq!(stored(&app).await, [0, 0, 0]);
}
