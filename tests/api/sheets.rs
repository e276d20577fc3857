//! Files as offices send them: cells keep their types, refusals name the cell, lines that are no data are left out and said, and what
//! is exported comes back unchanged.
//!
//! Files that a writer of workbooks cannot make lie in `sheets/`: `calendar-of-1904.xlsx` (days with and without their format) and
//! `never-computed.xlsx` (formulas without a value) are written by hand, `exported.csv` and `exported.xlsx` are the list of the
//! demonstration as it was exported, and the `libreoffice-*` ones are these as LibreOffice 7.4 saved them
//! (`soffice --headless --convert-to xlsx exported.csv`, and so on; of `.ods` the way back).

use axum::body::Body;
use axum::http::{Request, header};
use encoding_rs::WINDOWS_1258;
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};
use serde_json::{Value, json};
use soquy::access::Role;
use soquy::demo::households::HOUSEHOLDS as DEMO;
use unicode_normalization::UnicodeNormalization as _;

use crate::households::{HOUSEHOLDS, officer};
use crate::support::{Person, TestApp, VU_QUY};

const CSV: &str = "text/csv";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const REGISTERS: &str = "/v1/units/13141/loan-registers";

async fn sent(app: &TestApp, who: &Person, path: &str, kind: &str, file: impl Into<Body>) -> Value {
    let request = Request::post(path)
        .header(header::AUTHORIZATION, format!("Bearer {}", who.token))
        .header(header::CONTENT_TYPE, kind);
    app.send(request.body(file.into()).unwrap()).await.expect(200)
}

async fn register(app: &TestApp, who: &Person, amounts: &str, file: Vec<u8>) -> Value {
    let path = format!("{REGISTERS}?lender=NHCSXH&as_of=2026-02-28&amounts={amounts}");
    sent(app, who, &path, XLSX, file).await
}

async fn loans(app: &TestApp, who: &Person, report: &Value) -> Vec<Value> {
    let id = report["register_id"].as_str().unwrap_or_else(|| panic!("{report:#}"));
    let page = app.get(who, &format!("{REGISTERS}/{id}/loans")).await.expect(200);
    page["items"].as_array().unwrap().clone()
}

async fn households(app: &TestApp, who: &Person, kind: &str, file: impl Into<Body>) -> Value {
    sent(app, who, &format!("{HOUSEHOLDS}/import"), kind, file).await
}

/// What is said of each row, in English.
fn said(report: &Value, rows: &str, words: &str) -> Vec<String> {
    let all = report[rows].as_array().unwrap().iter().flat_map(|row| row[words].as_array().unwrap());
    all.map(|word| word["en"].as_str().unwrap().to_owned()).collect()
}

fn left_out(report: &Value) -> Vec<(u64, &str)> {
    let lines = report["left_out"].as_array().unwrap().iter();
    lines.map(|line| (line["row"].as_u64().unwrap(), line["reason"].as_str().unwrap())).collect()
}

const COLUMNS: [&str; 13] = [
    "Mã xã",
    "Mã KH",
    "Tên KH",
    "Số khế ước",
    "Ngày vay",
    "Thời hạn vay",
    "Lãi suất",
    "Mức vay",
    "Ngày ĐH theo hợp đồng",
    "Dư nợ trong hạn",
    "Lãi tồn TH",
    "Mã chương trình",
    "Nguồn vốn",
];

/// A loan in a row of a sheet, with its days and rate as a workbook keeps them.
fn write_loan(sheet: &mut Worksheet, row: u32, contract: &str) {
    let (day, percent) = (Format::new().set_num_format("dd/mm/yyyy"), Format::new().set_num_format("0.00%"));
    for (column, text) in [(0, "13141"), (1, "KH1"), (2, " Nguyễn Thị\u{a0}Thử "), (3, contract), (11, "02")]
    {
        sheet.write(row, column, text).unwrap();
    }
    for (column, year) in [(4, 2021), (8, 2026)] {
        let at = ExcelDateTime::from_ymd(year, 3, 15).unwrap().and_hms(8, 30, 0).unwrap();
        sheet.write_with_format(row, column, at, &day).unwrap();
    }
    sheet.write(row, 5, 60).unwrap();
    sheet.write_with_format(row, 6, 0.066, &percent).unwrap();
    for (column, amount) in [(7, 50_000_000), (9, 30_000_000), (10, 325_479), (12, 1)] {
        sheet.write(row, column, amount).unwrap();
    }
}

fn workbook(fill: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, heading) in (0..).zip(COLUMNS) {
        sheet.write(0, column, heading).unwrap();
    }
    fill(sheet);
    book.save_to_buffer().unwrap()
}

#[tokio::test]
async fn a_register_with_merged_headings_numbers_totals_and_signatures_is_its_loans() {
    let app = TestApp::new().await;
    let clerk = app.person("clerk", VU_QUY, &[Role::BankClerk]).await;
    let mut book = Workbook::new();
    book.add_worksheet().set_name("cũ").unwrap().set_hidden(true);
    let sheet = book.add_worksheet();
    sheet.set_name("Tháng 2").unwrap().set_active(true);
    let format = Format::new();
    sheet.merge_range(0, 0, 0, 12, "SAO KÊ NỢ, LÃI, KỲ HẠN", &format).unwrap();
    for (column, heading) in (0..).zip(COLUMNS) {
        match heading.split_once(" trong hạn").or(heading.split_once(" theo")) {
            Some((over, _)) => {
                sheet.write(1, column, over).unwrap();
                sheet.write(2, column, heading.strip_prefix(over).unwrap().trim()).unwrap();
            }
            None => _ = sheet.merge_range(1, column, 2, column, heading, &format).unwrap(),
        }
        sheet.write(3, column, format!("({})", column + 1)).unwrap();
    }
    write_loan(sheet, 4, "KU-1");
    write_loan(sheet, 5, "KU-2");
    sheet.write(5, 2, "Cộng").unwrap().set_row_hidden(5).unwrap();
    sheet
        .write(6, 1, "TỔNG CỘNG")
        .unwrap()
        .write_formula(6, 7, Formula::new("=SUM(H5:H6)").set_result("100000000"))
        .unwrap();
    sheet.write(8, 9, "Vũ Quý, ngày 28 tháng 02 năm 2026").unwrap();
    sheet.write(9, 1, "Người lập biểu").unwrap().write(9, 9, "Giám đốc").unwrap();
    sheet.write(12, 1, "Lê Văn Ký").unwrap();
    let report = register(&app, &clerk, "dong", book.save_to_buffer().unwrap()).await;
    assert_eq!(
        (&report["accepted"], &report["refused"], said(&report, "rows", "errors")),
        (&json!(2), &json!(0), vec![])
    );
    let lines = [
        (1, "title"),
        (4, "column_numbers"),
        (7, "total"),
        (9, "signature"),
        (10, "signature"),
        (13, "signature"),
    ];
    assert_eq!(left_out(&report), lines);
    assert_eq!(report["left_out"][2]["vi"], "Dòng cộng, không có mã và tên");
    let source = json!({"encoding": null, "separator": null, "sheet": "Tháng 2", "other_sheets": ["cũ"]});
    assert_eq!(report["read_as"], source);
    let loans = loans(&app, &clerk, &report).await;
    let fields =
        ["customer_name", "lent_on", "due_on", "annual_rate", "lent", "performing", "interest_performing"];
    let of = |loan: &Value| fields.map(|field| loan[field].as_str().unwrap().to_owned());
    assert_eq!(
        of(&loans[0]),
        ["Nguyễn Thị Thử", "2021-03-15", "2026-03-15", "6.6", "50000000", "30000000", "325479"]
    );
    assert_eq!(of(&loans[1])[0], "Cộng", "a borrower who is called Cộng, in a row that is hidden");
}

#[tokio::test]
async fn every_cell_that_cannot_be_taken_is_named_with_its_reason() {
    let app = TestApp::new().await;
    let clerk = app.person("clerk", VU_QUY, &[Role::BankClerk]).await;
    let percent = Format::new().set_num_format("0%");
    let file = workbook(|sheet| {
        (1..=9).for_each(|row| write_loan(sheet, row, &format!("KU-{row}")));
        sheet.write(1, 10, 904.125).unwrap();
        sheet.write_formula(2, 7, Formula::new("=VLOOKUP(1,Z:Z,1)").set_result("#N/A")).unwrap();
        sheet.write_formula(3, 9, Formula::new("=1+1")).unwrap();
        sheet.write(4, 4, true).unwrap();
        sheet.write(5, 6, 0.066).unwrap();
        sheet.write_with_format(6, 7, 0.5, &percent).unwrap();
        sheet.write(7, 4, "29/02/2023").unwrap().write(7, 8, "15-03-26").unwrap();
        sheet.write(8, 9, "(30.000.000)").unwrap().write(8, 10, -1).unwrap();
        sheet.write(9, 3, "6.6E+15").unwrap().write(9, 4, 2021).unwrap();
    });
    let report = register(&app, &clerk, "dong", file).await;
    assert_eq!((&report["stored"], &report["refused"]), (&json!(false), &json!(9)));
    let expected = [
        "Cell K2: the number 904.125 is not a whole number of đồng",
        "Cell H3: the formula gives #N/A; mend it and send the file again",
        "Cell J4: the formula was never computed; open the file in Excel or LibreOffice, save it and send it again",
        "Cell E5: Not a day such as 05/03/2026",
        "Cell G6: 0.066 may be 0.066% or 6.6%; write it with the sign %",
        "Cell H7: Not an unambiguous amount",
        "Cell E8: Not a day such as 05/03/2026",
        "Cell I8: the year needs its four digits",
        "Cell J9: a negative amount; the column takes none",
        "Cell K9: a negative amount; the column takes none",
        "Cell D10: the spreadsheet has lost digits of the long number; make the column text and enter the number again",
        "Cell E10: Not a day such as 05/03/2026",
    ];
    assert_eq!(said(&report, "rows", "errors"), expected);
    assert_eq!(report["rows"][0]["errors"][0]["vi"], "Ô K2: số 904,125 không phải số đồng nguyên");
}

#[tokio::test]
async fn a_number_of_millions_has_no_separators() {
    let app = TestApp::new().await;
    let clerk = app.person("clerk", VU_QUY, &[Role::BankClerk]).await;
    let file = workbook(|sheet| {
        write_loan(sheet, 1, "KU-1");
        sheet.write(1, 7, 50).unwrap().write(1, 9, 30.125).unwrap().write(1, 10, 0.325_479).unwrap();
    });
    let report = register(&app, &clerk, "million", file).await;
    let loan = &loans(&app, &clerk, &report).await[0];
    let amounts = ["lent", "performing", "interest_performing"].map(|field| loan[field].as_str().unwrap());
    assert_eq!(amounts, ["50000000", "30125000", "325479"]);
}

#[tokio::test]
async fn days_are_those_of_the_calendar_of_their_workbook() {
    let app = TestApp::new().await;
    let clerk = app.person("clerk", VU_QUY, &[Role::BankClerk]).await;
    let report =
        register(&app, &clerk, "dong", include_bytes!("sheets/calendar-of-1904.xlsx").to_vec()).await;
    let loans = loans(&app, &clerk, &report).await;
    let days: Vec<_> = loans
        .iter()
        .map(|loan| (loan["lent_on"].as_str().unwrap(), loan["due_on"].as_str().unwrap()))
        .collect();
    assert_eq!(days, [("2022-08-09", "2025-08-09"); 3]);
}

#[tokio::test]
async fn a_formula_without_a_value_is_refused_and_one_with_a_value_is_read() {
    let app = TestApp::new().await;
    let clerk = app.person("clerk", VU_QUY, &[Role::BankClerk]).await;
    let report = register(&app, &clerk, "dong", include_bytes!("sheets/never-computed.xlsx").to_vec()).await;
    assert_eq!((&report["accepted"], &report["refused"]), (&json!(1), &json!(2)));
    let why =
        "the formula was never computed; open the file in Excel or LibreOffice, save it and send it again";
    assert_eq!(said(&report, "rows", "errors"), [format!("Cell H2: {why}"), format!("Cell H3: {why}")]);
}

#[tokio::test]
async fn zeros_that_a_spreadsheet_dropped_are_put_back_and_what_it_lost_is_refused() {
    let app = TestApp::new().await;
    let officer = officer(&app).await;
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, heading) in (0..).zip(["Mã hộ", "Thôn", "Chủ hộ", "Số CCCD", "Điện thoại", "Năm sinh"])
    {
        sheet.write(0, column, heading).unwrap();
    }
    let rows = [
        (34_081_900_001.0, 912_345_678.0),
        (1_081_900_002.0, 841_234_567.0),
        (12_345_678.0, 377_777_777.0),
        (34_481_900_003.0, 12_345_678.0),
    ];
    for (row, (id, phone)) in (1..).zip(rows) {
        sheet.write(row, 0, 24_131_410_000_i64 + i64::from(row)).unwrap().write(row, 1, "Thôn Đông").unwrap();
        sheet.write(row, 2, format!("Người Thứ {row}")).unwrap().write(row, 3, id).unwrap();
        sheet.write(row, 4, phone).unwrap().write(row, 5, 1981).unwrap();
    }
    for (column, text) in
        (0..).zip(["H5", "Thôn Đông", "Người Thứ 5", "3.40819E+10", "'０９１２345679", "5-3-1981"])
    {
        sheet.write(5, column, text).unwrap();
    }
    let report = households(&app, &officer, XLSX, book.save_to_buffer().unwrap()).await;
    let counts = json!({"created": 3, "updated": 0, "unchanged": 0, "duplicate": 0, "refused": 2});
    assert_eq!(report["counts"], counts, "{report:#}");
    let zero = |place| format!("Cell {place}: a zero in front that a spreadsheet dropped was put back");
    let length = "A personal number has 12 digits (9 on an old card); in Excel keep the column as text";
    let phone = "A phone number has 10 digits and begins with 03, 05, 07, 08 or 09";
    let lost =
        "the spreadsheet has lost digits of the long number; make the column text and enter the number again";
    let expected = [
        zero("E2"),
        zero("D2"),
        zero("E3"),
        zero("D3"),
        zero("E4"),
        zero("D4"),
        format!("Cell E5: {phone}"),
        format!("Cell D5: {length}"),
        format!("Cell D6: {lost}"),
    ];
    assert_eq!(said(&report, "verdicts", "messages"), expected);
    assert_eq!(
        report["verdicts"][0]["messages"][0]["vi"],
        "Ô E2: đã thêm lại số 0 ở đầu mà bảng tính làm mất"
    );
    let kept: Vec<(String, String)> =
        sqlx::query_as("select h.phone, m.personal_id from household h join household_member m using (unit_id, household_id) order by h.code")
            .fetch_all(&app.owner)
            .await
            .unwrap();
    let pair = |phone: &str, id: &str| (phone.to_owned(), id.to_owned());
    let expected = [
        pair("0912345678", "034081900001"),
        pair("0841234567", "001081900002"),
        pair("0377777777", "012345678"),
    ];
    assert_eq!(kept, expected);
}

/// Vietnamese as Windows-1258 keeps it: a letter, and its tone where the code page has no letter with it.
fn in_windows_1258(text: &str) -> Vec<u8> {
    let one = |letter: char| {
        let whole = letter.to_string();
        if !WINDOWS_1258.encode(&whole).2 {
            return whole;
        }
        let (tones, rest): (Vec<char>, Vec<char>) =
            letter.nfd().partition(|mark| "\u{300}\u{301}\u{303}\u{309}\u{323}".contains(*mark));
        rest.into_iter().nfc().chain(tones).collect()
    };
    let apart: String = text.chars().map(one).collect();
    let (bytes, _, lost) = WINDOWS_1258.encode(&apart);
    assert!(!lost);
    bytes.into_owned()
}

#[tokio::test]
async fn a_list_is_the_same_in_every_encoding_and_with_every_separator() {
    let app = TestApp::new().await;
    let officer = officer(&app).await;
    let first = households(&app, &officer, CSV, DEMO).await;
    assert_eq!((&first["counts"]["created"], &first["read_as"]["encoding"]), (&json!(40), &json!("utf-8")));
    let wide = |text: &str, little: bool| -> Vec<u8> {
        text.encode_utf16()
            .flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() })
            .collect()
    };
    let marked = format!("\u{feff}{DEMO}");
    let tabs: String = csv::Reader::from_reader(DEMO.as_bytes())
        .into_records()
        .map(|row| row.unwrap().iter().collect::<Vec<_>>().join("\t") + "\r\n")
        .collect();
    let head = DEMO.lines().next().unwrap().replace(',', "\t");
    let tabs = format!("DANH SÁCH HỘ NGHÈO, HỘ CẬN NGHÈO\n{head}\n{tabs}");
    for (file, encoding, separator) in [
        (marked.clone().into_bytes(), "utf-8", ","),
        (wide(&marked, true), "utf-16le", ","),
        (wide(&marked, false), "utf-16be", ","),
        (wide(DEMO, true), "utf-16le", ","),
        (wide(DEMO, false), "utf-16be", ","),
        (in_windows_1258(DEMO), "windows-1258", ","),
        (in_windows_1258(&tabs), "windows-1258", "\t"),
        (wide(&tabs, true), "utf-16le", "\t"),
    ] {
        let report = households(&app, &officer, CSV, file).await;
        let source = json!({"encoding": encoding, "separator": separator, "sheet": null, "other_sheets": []});
        assert_eq!((&report["counts"]["unchanged"], &report["read_as"]), (&json!(40), &source));
    }
}

async fn exported(app: &TestApp, who: &Person, kind: &str) -> Vec<u8> {
    let request = Request::get(HOUSEHOLDS)
        .header(header::ACCEPT, kind)
        .header(header::AUTHORIZATION, format!("Bearer {}", who.token));
    let answer = app.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, 200);
    assert!(answer.headers[header::CONTENT_TYPE].to_str().unwrap().starts_with(kind));
    answer.bytes.to_vec()
}

/// Texts that a spreadsheet would run, and signs that mean something in a list.
const AWKWARD: &str = "household_code	hamlet	address	head_name	note	phone	members
X1	Thôn Đông	'-3	=HYPERLINK(1)	'=1	0912345678	A\\;n\\|h|con|1990|nam; B\\c|\"vợ\"
X2	Thôn Đông	+84	@an	' là dấu nháy
X3	''-x	-	'a	Cộng	0841234567
";

#[tokio::test]
async fn what_is_exported_in_either_form_comes_back_unchanged() {
    let app = TestApp::new().await;
    let officer = officer(&app).await;
    households(&app, &officer, CSV, DEMO).await;
    let report = households(&app, &officer, CSV, AWKWARD).await;
    assert_eq!(report["counts"]["created"], 3, "{report:#}");
    for kind in [CSV, XLSX] {
        let file = exported(&app, &officer, kind).await;
        let report = households(&app, &officer, kind, file).await;
        assert_eq!(report["counts"]["unchanged"], 43, "{kind} {report:#}");
    }
    let kept: Vec<(String, String)> =
        sqlx::query_as("select address, note from household where code in ('X1', 'X2') order by code")
            .fetch_all(&app.owner)
            .await
            .unwrap();
    let pair = |address: &str, note: &str| (address.to_owned(), note.to_owned());
    assert_eq!(kept, [pair("-3", "=1"), pair("+84", "' là dấu nháy")]);
}

#[tokio::test]
async fn what_an_office_program_saved_comes_back_unchanged() {
    let app = TestApp::new().await;
    let officer = officer(&app).await;
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/api/sheets");
    let sent = async |name: &str| {
        let kind = if name.ends_with(".csv") { CSV } else { XLSX };
        households(&app, &officer, kind, std::fs::read(folder.join(name)).unwrap()).await
    };
    assert_eq!(sent("exported.csv").await["counts"]["created"], 43);
    for name in [
        "exported.xlsx",
        "libreoffice-csv-to-csv.csv",
        "libreoffice-csv-to-xlsx.xlsx",
        "libreoffice-csv-to-ods-to-xlsx.xlsx",
        "libreoffice-xlsx-to-csv.csv",
        "libreoffice-xlsx-to-xlsx.xlsx",
        "libreoffice-xlsx-to-ods-to-xlsx.xlsx",
    ] {
        let report = sent(name).await;
        assert_eq!(report["counts"]["unchanged"], 43, "{name} {report:#}");
    }
}
