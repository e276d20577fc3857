//! Tills on paper: S11-H and S12-H, the report of a day, and S14-H.

use chrono::{Datelike as _, Months, NaiveDate};
use rust_decimal::Decimal;

use super::book::{DayLine, DayReport, Earlier, TillBook};
use super::values::{CashCount, CashCountPaper, CountState};
use crate::domain::books::posting::VoucherKind;
use crate::domain::books::till::TillKind;
use crate::domain::values::figures;
use crate::domain::values::language::Language;
use crate::domain::values::total::{Sides, Total};
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

/// The number of the paper of a line: of a receipt or payment in the column of its kind, and of another, such as that of a reversal,
/// in the column of the money, so that no line of a cash box is without one.
fn numbers(line: &StatementLine) -> [Cell; 2] {
    let kind = line.voucher_kind.as_deref().and_then(VoucherKind::of_name);
    let Some((kind, number)) = kind.zip(line.voucher_number) else { return [Cell::Empty, Cell::Empty] };
    let came = line.amount.credit.0.is_zero();
    match (kind, came) {
        (VoucherKind::Receipt, _) => [Cell::Count(number.into()), Cell::Empty],
        (VoucherKind::Payment, _) => [Cell::Empty, Cell::Count(number.into())],
        (_, true) => [Cell::text(format!("PKT {number}")), Cell::Empty],
        (_, false) => [Cell::Empty, Cell::text(format!("PKT {number}"))],
    }
}

/// A paper by its name and number.
fn paper(kind: Option<&str>, number: Option<i32>) -> Cell {
    let kind = kind.and_then(VoucherKind::of_name);
    kind.zip(number).map_or(Cell::Empty, |(kind, number)| Cell::text(format!("{} {number}", kind.title())))
}

fn book_row(line: StatementLine, cash: bool) -> Row {
    let papers = if cash {
        numbers(&line).to_vec()
    } else {
        vec![paper(line.voucher_kind.as_deref(), line.voucher_number)]
    };
    let issued = line.voucher_on.map_or(Cell::Empty, Cell::Day);
    let balance = line.balance.difference();
    let words = [Cell::Text(line.description), Cell::text(line.counter_accounts.join(", "))];
    let money = [line.amount.debit, line.amount.credit, balance].map(Cell::Amount);
    let cells = [Cell::Day(line.effective_on), issued].into_iter().chain(papers).chain(words).chain(money);
    row(Rank::Plain, cells.collect())
}

/// A row of a book that is no line: under what is said, and before the three columns of money.
fn carried(cash: bool, rank: Rank, what: String, [came, went, left]: [Cell; 3]) -> Row {
    let blank = std::iter::repeat_n(Cell::Empty, if cash { 4 } else { 3 });
    row(rank, blank.chain([Cell::Text(what), Cell::Empty, came, went, left]).collect())
}

fn moved(sums: Sides) -> [Cell; 3] {
    [Cell::Amount(sums.debit), Cell::Amount(sums.credit), Cell::Empty]
}

fn left(balance: Total) -> [Cell; 3] {
    [Cell::Empty, Cell::Empty, Cell::Amount(balance)]
}

/// The month of a book that is being written.
struct Month {
    first: NaiveDate,
    sums: Sides,
    balance: Total,
}

impl Month {
    /// Ends this month and those after it that end before a day: what came and went, and what was left.
    fn end_before(&mut self, day: NaiveDate, cash: bool, rows: &mut Vec<Row>) {
        while let Some(next) = self.first.checked_add_months(Months::new(1)).filter(|next| *next <= day) {
            let named = self.first.format("%m/%Y");
            let (sum, rest) =
                (format!("Cộng số phát sinh tháng {named}"), format!("Số dư cuối tháng {named}"));
            rows.push(carried(cash, Rank::Subtotal, sum, moved(self.sums)));
            rows.push(carried(cash, Rank::Subtotal, rest, left(self.balance)));
            *self = Self { first: next, sums: Sides::default(), balance: self.balance };
        }
    }
}

/// The lines of a book with what is carried over, the sums of each month that ended, and those of the whole and since the beginning of
/// the year, which a closed book shows (Circular 24/2024, art. 6.8).
fn book_rows(book: TillBook, earlier: Earlier, today: NaiveDate) -> Vec<Row> {
    let TillBook { till, statement } = book;
    let cash = is_cash(&till);
    let opening = statement.opening.difference();
    let begun = statement.from.max(till.opened_on);
    let before = if begun == statement.from { earlier.month } else { Sides::default() };
    let mut month = Month { first: begun.with_day(1).unwrap_or(begun), sums: before, balance: opening };
    let last = statement.to.pred_opt().unwrap_or(statement.to);
    let (mut whole, mut year) = (Sides::default(), earlier.year);
    let mut rows = vec![carried(cash, Rank::Total, "Số dư đầu kỳ".to_owned(), left(opening))];
    for line in statement.page.items {
        month.end_before(line.effective_on, cash, &mut rows);
        month.sums = month.sums.plus(line.amount);
        month.balance = line.balance.difference();
        whole = whole.plus(line.amount);
        if line.effective_on.year() == last.year() {
            year = year.plus(line.amount);
        }
        rows.push(book_row(line, cash));
    }
    let over = today.succ_opt().unwrap_or(today).min(statement.to);
    month.end_before(over, cash, &mut rows);
    rows.push(carried(cash, Rank::Subtotal, "Cộng số phát sinh trong kỳ".to_owned(), moved(whole)));
    let since = format!("Cộng lũy kế từ đầu năm {}", last.year());
    rows.push(carried(cash, Rank::Subtotal, since, moved(year)));
    let closing = left(statement.closing.difference());
    rows.push(carried(cash, Rank::Total, "Số dư cuối kỳ".to_owned(), closing));
    rows
}

/// Sổ quỹ tiền mặt (S11-H) or sổ tiền gửi (S12-H).
pub fn book(book: TillBook, earlier: Earlier, today: NaiveDate) -> Document {
    let cash = is_cash(&book.till);
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
    let rest = if cash { "Tồn" } else { "Còn lại" };
    let columns: Vec<Column> =
        [Column::new("Ngày ghi sổ", Kind::Date), Column::new("Ngày chứng từ", Kind::Date)]
            .into_iter()
            .chain(papers)
            .chain([Column::new("Diễn giải", Kind::Text), Column::new("TK đối ứng", Kind::Text)])
            .chain([came, went, rest].map(|heading| Column::new(heading, Kind::Money)))
            .collect();
    let signatures = signed(&book.till, today);
    let days = period(book.statement.from, book.statement.to);
    let subtitle = said(&book.till).into_iter().chain([days]).collect();
    let (name, issuer) = (format!("{title} {}", book.till.till_id), head(&book.statement.issuer));
    let rows = book_rows(book, earlier, today);
    Document {
        name,
        form: vec![Line::bold(format!("Mẫu số: {form}"))],
        title: title.to_owned(),
        subtitle,
        issuer,
        body: vec![Block::Table(Table { measure: Some(MEASURE.to_owned()), columns, rows }), signatures],
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
            let settled = if count.state == CountState::Settled { ", đã xử lý" } else { "" };
            let (counted, found, seen) = (dong(count.counted.0), over_or_short(count), count.upto_journal_no);
            format!(
                "Kiểm kê quỹ cuối ngày: thực tế {counted}, {found} so với sổ đến bút toán số {seen}{settled}."
            )
        }
    })
}

const fn difference_of(count: &CashCount) -> &'static str {
    match count.state {
        CountState::Settled => "Chênh lệch, đã xử lý",
        _ => "Chênh lệch",
    }
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
    if let Some(count) = &report.count {
        let booked = format!("Sổ khi kiểm kê (đến bút toán số {})", count.upto_journal_no);
        rows.push(carried(Rank::Total, &booked, balance(count.booked)));
        rows.push(carried(Rank::Total, "Kiểm kê thực tế", balance(count.counted)));
        rows.push(carried(Rank::Total, difference_of(count), balance(count.difference)));
    }
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
    for (what, amount) in [("Số dư theo sổ quỹ", count.booked), ("Chênh lệch", count.difference)] {
        let cells = vec![Cell::Empty, Cell::Empty, Cell::text(what), Cell::Amount(amount)];
        rows.push(row(Rank::Total, cells));
    }
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
