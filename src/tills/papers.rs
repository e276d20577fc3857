//! Tills on paper: S11-H and S12-H, the report of a day, and S14-H.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::book::{DayLine, DayReport, TillBook};
use super::values::{CashCount, CashCountPaper, CountState};
use crate::domain::books::posting::VoucherKind;
use crate::domain::books::till::TillKind;
use crate::domain::values::figures;
use crate::domain::values::language::Language;
use crate::domain::values::total::Total;
use crate::ledger::tills::TillDetail;
use crate::print::{
    Block, Cell, Column, Document, Field, Kind, Line, Paper, Rank, Row, Signer, Table, day_in_words,
};
use crate::reports::StatementLine;
use crate::reports::papers::{head, period};

const MEASURE: &str = "Đơn vị tính: đồng";

fn row(rank: Rank, cells: Vec<Cell>) -> Row {
    Row { rank, cells }
}

fn signer(post: &'static str, how: &'static str, name: Option<String>) -> Signer {
    Signer { above: None, post, how, name }
}

/// Who signs the book or the report of a till; the head of the unit last, under the day.
fn signed(till: &TillDetail, today: NaiveDate) -> Block {
    let plain = "(Ký, họ tên)";
    let day = format!("Lập, ngày {}", day_in_words(today));
    let keeper = is_cash(till).then(|| signer("THỦ QUỸ", plain, till.keeper.clone()));
    let last = Signer {
        above: Some(day), ..signer("THỦ TRƯỞNG ĐƠN VỊ", "(Ký, họ tên, đóng dấu)", None)
    };
    let others =
        [signer("NGƯỜI GHI SỔ", plain, None), signer("KẾ TOÁN TRƯỞNG/PHỤ TRÁCH KẾ TOÁN", plain, None), last];
    Block::Signatures(keeper.into_iter().chain(others).collect())
}

fn is_cash(till: &TillDetail) -> bool {
    till.kind == TillKind::Cash.name()
}

/// What the head of a book says of its till: name, bank and number, account.
fn said(till: &TillDetail) -> Vec<String> {
    let name =
        if is_cash(till) { format!("Quỹ: {}", till.name) } else { format!("Tài khoản: {}", till.name) };
    let branch = till.branch.as_ref().map(|branch| format!(" – {branch}")).unwrap_or_default();
    let bank = till.bank.as_ref().map(|bank| format!("Nơi mở tài khoản giao dịch: {bank}{branch}"));
    let number = till.account_no.as_ref().map(|number| format!("Số hiệu tài khoản tại nơi gửi: {number}"));
    let holder = till.holder.as_ref().map(|holder| format!("Chủ tài khoản: {holder}"));
    let keeper = till.keeper.as_ref().map(|keeper| format!("Thủ quỹ: {keeper}"));
    let account = format!("Tài khoản kế toán: {}", till.account);
    [name].into_iter().chain(bank).chain(number).chain(holder).chain(keeper).chain([account]).collect()
}

fn amount(of: Decimal) -> Cell {
    Cell::Amount(Total(of))
}

/// The number of a paper in the column of its kind: receipts, payments.
fn numbers(kind: Option<&str>, number: Option<i32>) -> [Cell; 2] {
    let of = |wanted: VoucherKind| match (kind.and_then(VoucherKind::of_name), number) {
        (Some(kind), Some(number)) if kind == wanted => Cell::Count(number.into()),
        _ => Cell::Empty,
    };
    [of(VoucherKind::Receipt), of(VoucherKind::Payment)]
}

/// A paper by its name and number.
fn paper(kind: Option<&str>, number: Option<i32>) -> Cell {
    let kind = kind.and_then(VoucherKind::of_name);
    kind.zip(number).map_or(Cell::Empty, |(kind, number)| Cell::text(format!("{} {number}", kind.title())))
}

fn book_row(line: StatementLine, cash: bool) -> Row {
    let (kind, number) = (line.voucher_kind.as_deref(), line.voucher_number);
    let papers = if cash { numbers(kind, number).to_vec() } else { vec![paper(kind, number)] };
    let issued = line.voucher_on.map_or(Cell::Empty, Cell::Day);
    let balance = line.balance.difference();
    let words = [Cell::Text(line.description), Cell::text(line.counter_accounts.join(", "))];
    let money = [line.amount.debit, line.amount.credit, balance].map(Cell::Amount);
    let cells = [Cell::Day(line.effective_on), issued].into_iter().chain(papers).chain(words).chain(money);
    row(Rank::Plain, cells.collect())
}

/// Sổ quỹ tiền mặt (S11-H) or sổ tiền gửi (S12-H).
pub fn book(book: TillBook, today: NaiveDate) -> Document {
    let TillBook { till, statement } = book;
    let cash = is_cash(&till);
    let (form, title, came, went) = if cash {
        ("S11-H", "SỔ QUỸ TIỀN MẶT", "Thu", "Chi")
    } else {
        ("S12-H", "SỔ TIỀN GỬI NGÂN HÀNG, KHO BẠC", "Gửi vào", "Rút ra")
    };
    let papers = if cash {
        vec![Column::new("Số phiếu thu", Kind::Count), Column::new("Số phiếu chi", Kind::Count)]
    } else {
        vec![Column::new("Chứng từ", Kind::Text)]
    };
    let left = if cash { "Tồn" } else { "Còn lại" };
    let columns: Vec<Column> =
        [Column::new("Ngày ghi sổ", Kind::Date), Column::new("Ngày chứng từ", Kind::Date)]
            .into_iter()
            .chain(papers)
            .chain([Column::new("Diễn giải", Kind::Text), Column::new("TK đối ứng", Kind::Text)])
            .chain([came, went, left].map(|heading| Column::new(heading, Kind::Money)))
            .collect();
    let words = columns.len() - 5;
    let carried = |rank, what: &str, money: [Cell; 3]| {
        let blank = std::iter::repeat_n(Cell::Empty, words);
        row(rank, blank.chain([Cell::text(what), Cell::Empty]).chain(money).collect())
    };
    let (mut debit, mut credit) = (Decimal::ZERO, Decimal::ZERO);
    for line in &statement.page.items {
        debit += line.amount.debit.0;
        credit += line.amount.credit.0;
    }
    let balance = |of: Decimal| [Cell::Empty, Cell::Empty, amount(of)];
    let mut rows = vec![carried(Rank::Total, "Số dư đầu kỳ", balance(statement.opening.difference().0))];
    rows.extend(statement.page.items.into_iter().map(|line| book_row(line, cash)));
    rows.push(carried(Rank::Subtotal, "Cộng số phát sinh", [amount(debit), amount(credit), Cell::Empty]));
    rows.push(carried(Rank::Total, "Số dư cuối kỳ", balance(statement.closing.difference().0)));
    let table = Table { measure: Some(MEASURE.to_owned()), columns, rows };
    Document {
        name: format!("{title} {}", till.till_id),
        form: vec![Line::bold(format!("Mẫu số: {form}"))],
        title: title.to_owned(),
        subtitle: said(&till).into_iter().chain([period(statement.from, statement.to)]).collect(),
        body: vec![Block::Table(table), signed(&till, today)],
        issuer: head(&statement.issuer),
        ..Document::new(Paper::A4Across, today)
    }
}

fn day_row(line: DayLine) -> Row {
    let cells = vec![
        Cell::Count(line.journal_no),
        paper(line.voucher_kind.as_deref(), line.voucher_number),
        Cell::Text(line.description),
        Cell::text(line.counter_accounts.join(", ")),
        Cell::Amount(line.received),
        Cell::Amount(line.paid),
        Cell::Amount(line.balance),
    ];
    row(Rank::Plain, cells)
}

fn note(text: impl Into<String>) -> Block {
    Block::Note(text.into())
}

fn dong(of: Decimal) -> String {
    format!("{} đồng", figures::group(of.normalize(), Language::Vi))
}

/// What a report of a day says of its count.
fn counted(count: Option<&CashCount>) -> Block {
    note(match count {
        None => "Kiểm kê quỹ trong ngày: không.".to_owned(),
        Some(count) => {
            format!("Kiểm kê quỹ cuối ngày: thực tế {}, {}.", dong(count.counted.0), over_or_short(count))
        }
    })
}

fn over_or_short(count: &CashCount) -> String {
    let difference = count.difference.0;
    match (difference.is_zero(), difference.is_sign_negative()) {
        (true, _) => "khớp sổ".to_owned(),
        (false, false) => format!("thừa {}", dong(difference)),
        (false, true) => format!("thiếu {}", dong(-difference)),
    }
}

/// Báo cáo quỹ trong ngày.
pub fn day(report: DayReport, today: NaiveDate) -> Document {
    let columns = vec![
        Column::new("Bút toán", Kind::Count),
        Column::new("Chứng từ", Kind::Text),
        Column::new("Diễn giải", Kind::Text),
        Column::new("TK đối ứng", Kind::Text),
        Column::new("Thu", Kind::Money),
        Column::new("Chi", Kind::Money),
        Column::new("Tồn", Kind::Money),
    ];
    let carried = |rank, what: &str, money: [Cell; 3]| {
        let words = [Cell::Empty, Cell::Empty, Cell::text(what), Cell::Empty];
        row(rank, words.into_iter().chain(money).collect())
    };
    let balance = |of: Total| [Cell::Empty, Cell::Empty, Cell::Amount(of)];
    let moved = [Cell::Amount(report.received), Cell::Amount(report.paid), Cell::Empty];
    let mut rows = vec![carried(Rank::Total, "Tồn đầu ngày", balance(report.opening))];
    let count = if is_cash(&report.till) { Some(counted(report.count.as_ref())) } else { None };
    rows.extend(report.lines.into_iter().map(day_row));
    rows.push(carried(Rank::Subtotal, "Cộng trong ngày", moved));
    rows.push(carried(Rank::Total, "Tồn cuối ngày", balance(report.closing)));
    let table = Table { measure: Some(MEASURE.to_owned()), columns, rows };
    let title = if is_cash(&report.till) {
        "BÁO CÁO QUỸ TRONG NGÀY"
    } else {
        "BÁO CÁO TIỀN GỬI TRONG NGÀY"
    };
    let body = [Block::Table(table)].into_iter().chain(count).chain([signed(&report.till, today)]);
    Document {
        name: format!("Báo cáo ngày {}", report.till.till_id),
        title: title.to_owned(),
        subtitle: [format!("Ngày {}", day_in_words(report.on))]
            .into_iter()
            .chain(said(&report.till))
            .collect(),
        body: body.collect(),
        issuer: head(&report.issuer),
        ..Document::new(Paper::A4Across, today)
    }
}

fn field(label: &'static str, value: impl Into<String>) -> Block {
    Block::Field(Field { label, value: Some(value.into()) })
}

/// Bảng kiểm kê quỹ tiền mặt (S14-H).
pub fn cash_count(paper: CashCountPaper, today: NaiveDate) -> Document {
    let CashCountPaper { issuer, till_name, count, .. } = paper;
    let columns = vec![
        Column::new("STT", Kind::Count),
        Column::new("Mệnh giá", Kind::Money),
        Column::new("Số lượng (tờ)", Kind::Count),
        Column::new("Thành tiền", Kind::Money),
    ];
    let note_row = |(n, notes): (usize, &super::values::CountedNotes)| {
        let cells = vec![
            Cell::Count(i64::try_from(n + 1).unwrap_or_default()),
            amount(notes.face.into()),
            Cell::Count(notes.pieces.into()),
            Cell::Amount(notes.amount),
        ];
        row(Rank::Plain, cells)
    };
    let mut rows: Vec<Row> = count.notes.iter().enumerate().map(note_row).collect();
    let total = vec![Cell::Empty, Cell::Empty, Cell::text("Cộng"), Cell::Amount(count.counted)];
    rows.push(row(Rank::Total, total));
    let table = Table { measure: Some(MEASURE.to_owned()), columns, rows };
    let plain = "(Ký, họ tên)";
    let witness = count.witness.clone().map(|witness| signer("NGƯỜI CHỨNG KIẾN", plain, Some(witness)));
    let signers = [
        signer("KẾ TOÁN TRƯỞNG/PHỤ TRÁCH KẾ TOÁN", plain, None),
        signer("THỦ QUỸ", plain, Some(count.keeper.clone())),
        signer("NGƯỜI KIỂM KÊ", plain, Some(count.counted_by.clone())),
    ];
    let basis = format!("{} (theo sổ đến bút toán số {})", dong(count.booked.0), count.upto_journal_no);
    let body = vec![
        Block::Table(table),
        field("Số tiền kiểm kê thực tế:", dong(count.counted.0)),
        field("Viết bằng chữ:", count.in_words.clone()),
        field("Số dư theo sổ quỹ:", basis),
        field("Chênh lệch:", over_or_short(&count)),
        field("Lý do:", count.reason.clone().unwrap_or_else(|| "Không".to_owned())),
        Block::Signatures(signers.into_iter().chain(witness).collect()),
    ];
    Document {
        name: format!("Kiểm kê quỹ {} ngày {}", count.till_id, count.counted_on),
        form: vec![Line::bold("Mẫu số: S14-H")],
        title: "BẢNG KIỂM KÊ QUỸ TIỀN MẶT".to_owned(),
        subtitle: vec![
            format!("Quỹ: {till_name} (tài khoản {})", count.account),
            format!("Cuối ngày {}", day_in_words(count.counted_on)),
        ],
        body,
        issuer: head(&issuer),
        across: (count.state == CountState::Withdrawn).then(|| "ĐÃ HỦY".to_owned()),
        ..Document::new(Paper::A4, today)
    }
}
