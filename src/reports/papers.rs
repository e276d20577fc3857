//! Reports as papers, with the headings of the Vietnamese forms.

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};

use super::{Range, Statement, StatementLine, TrialBalance, TrialLine, TrialTotals};
use crate::domain::books::posting::VoucherKind;
use crate::domain::values::figures;
use crate::domain::values::language::Language;
use crate::domain::values::total::Sides;
use crate::print::{
    Block, Cell, Column, Document, Kind, Line, Paper, Rank, Row, Signer, Table, day_in_words,
};
use crate::units::Issuer;

const MEASURE: &str = "Đơn vị tính: đồng";

fn vi(day: NaiveDate) -> String {
    figures::date(day, Language::Vi)
}

/// "Từ ngày … đến hết ngày …": paper counts its last day in.
pub fn period(from: NaiveDate, to: NaiveDate) -> String {
    let range = Range { from, to };
    format!("Từ ngày {} đến hết ngày {}", vi(range.from), vi(range.last()))
}

fn of_source(source: Option<i32>) -> String {
    source.map_or_else(|| "Mọi nguồn vốn".to_owned(), |source| format!("Nguồn vốn số {source}"))
}

/// "Theo số liệu đã ghi đến 09:00 ngày …", by the clock of Việt Nam.
fn as_known(at: DateTime<Utc>) -> Option<String> {
    let at = at.with_timezone(&FixedOffset::east_opt(7 * 3600)?);
    Some(format!("Theo số liệu đã ghi đến {}", at.format("%H:%M ngày %d/%m/%Y")))
}

/// The head of a paper: who issues it.
pub fn head(issuer: &Issuer) -> Vec<Line> {
    let above = issuer.above.as_ref().map(|above| Line::plain(format!("Đơn vị cấp trên: {above}")));
    let own = Line::bold(format!("Đơn vị: {}", issuer.full_name()));
    let code = issuer.budget_code.as_ref().map(|code| Line::plain(format!("Mã QHNS: {code}")));
    above.into_iter().chain([own]).chain(code).collect()
}

/// Who signs a report or a book; `maker` wrote it.
fn signed(maker: &'static str, on: NaiveDate) -> Block {
    let signer = |post, how, above| Signer { above, post, how, name: None };
    let day = format!("Lập, ngày {}", day_in_words(on));
    Block::Signatures(vec![
        signer(maker, "(Ký, họ tên)", None),
        signer("KẾ TOÁN TRƯỞNG/PHỤ TRÁCH KẾ TOÁN", "(Ký, họ tên)", None),
        signer("THỦ TRƯỞNG ĐƠN VỊ", "(Ký, họ tên, đóng dấu)", Some(day)),
    ])
}

fn both(sides: Sides) -> [Cell; 2] {
    [Cell::Amount(sides.debit), Cell::Amount(sides.credit)]
}

fn row(rank: Rank, cells: Vec<Cell>) -> Row {
    Row { rank, cells }
}

fn trial_row(rank: Rank, line: &TrialLine) -> Row {
    let sides = [line.opening, line.movement, line.closing].into_iter().flat_map(both);
    row(rank, [Cell::text(&line.account), Cell::text(&line.name_vi)].into_iter().chain(sides).collect())
}

/// Lines in the order of their codes, each account above some of them before them.
fn trial_rows(lines: &[TrialLine], headings: &[TrialLine]) -> Vec<Row> {
    let belongs = |heading: &&TrialLine| lines.iter().any(|line| line.account.starts_with(&heading.account));
    let above = headings.iter().filter(belongs).map(|line| (Rank::Subtotal, line));
    let mut all: Vec<_> = above.chain(lines.iter().map(|line| (Rank::Plain, line))).collect();
    // Stable, so a heading goes before what was written on it while it had no details.
    all.sort_by(|(_, a), (_, b)| a.account.cmp(&b.account));
    let mut rows: Vec<Row> = Vec::new();
    for (n, (rank, line)) in all.iter().enumerate() {
        let own = *rank == Rank::Plain && n > 0 && all[n - 1].1.account == line.account;
        let mut row = trial_row(*rank, line);
        if own && let Some(name) = row.cells.get_mut(1) {
            *name = Cell::text(format!("{} (ghi trước khi mở chi tiết)", line.name_vi));
        }
        rows.push(row);
    }
    rows
}

fn totals_row(totals: TrialTotals) -> Row {
    let sides = [totals.opening, totals.movement, totals.closing].into_iter().flat_map(both);
    row(Rank::Total, [Cell::Empty, Cell::text("Cộng")].into_iter().chain(sides).collect())
}

/// Bảng cân đối số phát sinh, across an A4 page.
pub fn trial_balance(report: &TrialBalance, today: NaiveDate) -> Document {
    let mut rows = trial_rows(&report.accounts, &report.headings);
    rows.push(totals_row(report.totals));
    if !report.memorandum.is_empty() {
        rows.push(row(Rank::Group, vec![Cell::text("Tài khoản ngoài bảng")]));
    }
    rows.extend(trial_rows(&report.memorandum, &report.headings));
    let (opening, moved, closing) = ("Số dư đầu kỳ", "Số phát sinh trong kỳ", "Số dư cuối kỳ");
    let columns = vec![
        Column::new("Số hiệu", Kind::Text),
        Column::new("Tên tài khoản", Kind::Text),
        Column::under(opening, "Nợ", "Dư Nợ đầu kỳ"),
        Column::under(opening, "Có", "Dư Có đầu kỳ"),
        Column::under(moved, "Nợ", "Phát sinh Nợ"),
        Column::under(moved, "Có", "Phát sinh Có"),
        Column::under(closing, "Nợ", "Dư Nợ cuối kỳ"),
        Column::under(closing, "Có", "Dư Có cuối kỳ"),
    ];
    let table = Table { measure: Some(MEASURE.to_owned()), columns, rows };
    let lines = [period(report.from, report.to), of_source(report.source)];
    Document {
        name: "Bảng cân đối số phát sinh".to_owned(),
        title: "BẢNG CÂN ĐỐI SỐ PHÁT SINH".to_owned(),
        subtitle: lines.into_iter().chain(report.known_at.and_then(as_known)).collect(),
        body: vec![Block::Table(table), signed("NGƯỜI LẬP BIỂU", today)],
        issuer: head(&report.issuer),
        ..Document::new(Paper::A4Across, today)
    }
}

fn statement_row(line: StatementLine) -> Row {
    let kind = line.voucher_kind.as_deref().and_then(VoucherKind::of_name);
    let paper = kind.zip(line.voucher_number).map(|(kind, number)| format!("{} {number}", kind.title()));
    let words = [
        Cell::Day(line.effective_on),
        Cell::Count(line.journal_no),
        paper.map_or(Cell::Empty, Cell::Text),
        Cell::Text(line.description),
        Cell::text(line.counter_accounts.join(", ")),
    ];
    row(Rank::Plain, words.into_iter().chain(both(line.amount)).chain(both(line.balance)).collect())
}

/// A row that says something of all lines: what it is, what moved, and the balance.
fn carried(rank: Rank, words: &str, moved: Option<Sides>, balance: Option<Sides>) -> Row {
    let pair = |sides: Option<Sides>| sides.map_or([Cell::Empty, Cell::Empty], both);
    let words = [Cell::Empty, Cell::Empty, Cell::Empty, Cell::text(words), Cell::Empty];
    row(rank, words.into_iter().chain(pair(moved)).chain(pair(balance)).collect())
}

/// Sổ chi tiết tài khoản, across an A4 page: its lines as rows, which take less room than what they are made of.
pub struct StatementPaper {
    head: Statement,
    moved: Sides,
    rows: Vec<Row>,
}

impl StatementPaper {
    /// Of a statement, or of its first page.
    pub fn of(mut report: Statement) -> Self {
        let lines = std::mem::take(&mut report.page.items);
        let rows = vec![carried(Rank::Total, "Số dư đầu kỳ", None, Some(report.opening))];
        let mut paper = Self { head: report, moved: Sides::default(), rows };
        paper.add(lines);
        paper
    }

    /// With the next page.
    pub fn go_on(&mut self, mut next: Statement) {
        let lines = std::mem::take(&mut next.page.items);
        self.head = Statement { opening: self.head.opening, ..next };
        self.add(lines);
    }

    fn add(&mut self, lines: Vec<StatementLine>) {
        self.moved = lines.iter().fold(self.moved, |sum, line| sum.plus(line.amount));
        self.rows.extend(lines.into_iter().map(statement_row));
    }

    /// How many lines it has.
    pub const fn lines(&self) -> usize {
        self.rows.len() - 1
    }

    /// What was read last, without its lines.
    pub const fn last_page(&self) -> &Statement {
        &self.head
    }

    /// As it is printed.
    pub fn document(self, today: NaiveDate) -> Document {
        let Self { head: report, moved: sum, mut rows } = self;
        rows.push(carried(Rank::Subtotal, "Cộng số phát sinh", Some(sum), None));
        rows.push(carried(Rank::Total, "Số dư cuối kỳ", None, Some(report.closing)));
        let account = format!("Tài khoản {}: {}", report.account.code, report.account.name_vi);
        let (moved, balance) = ("Số phát sinh", "Số dư");
        let columns = vec![
            Column::new("Ngày", Kind::Date),
            Column::new("Bút toán", Kind::Count),
            Column::new("Chứng từ", Kind::Text),
            Column::new("Diễn giải", Kind::Text),
            Column::new("TK đối ứng", Kind::Text),
            Column::under(moved, "Nợ", "Nợ"),
            Column::under(moved, "Có", "Có"),
            Column::under(balance, "Nợ", "Dư Nợ"),
            Column::under(balance, "Có", "Dư Có"),
        ];
        let table = Table { measure: Some(MEASURE.to_owned()), columns, rows };
        Document {
            name: format!("Sổ chi tiết TK {}", report.account.code),
            title: "SỔ CHI TIẾT TÀI KHOẢN".to_owned(),
            subtitle: vec![account, period(report.from, report.to), of_source(report.source)],
            body: vec![Block::Table(table), signed("NGƯỜI GHI SỔ", today)],
            issuer: head(&report.issuer),
            ..Document::new(Paper::A4Across, today)
        }
    }
}
