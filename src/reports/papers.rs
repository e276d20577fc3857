//! The statements as tables to print, with the headings of the Vietnamese forms.

use super::{Range, Statement, StatementLine, TrialBalance, TrialLine, TrialTotals};
use crate::domain::books::posting::VoucherKind;
use crate::domain::values::figures;
use crate::domain::values::language::Language;
use crate::domain::values::total::Sides;
use crate::spreadsheet::{Cell, Sheet};

fn vi(day: chrono::NaiveDate) -> String {
    figures::date(day, Language::Vi)
}

/// "Từ ngày … đến hết ngày …": paper counts its last day in.
fn period(from: chrono::NaiveDate, to: chrono::NaiveDate) -> String {
    let range = Range { from, to };
    format!("Từ ngày {} đến hết ngày {}", vi(range.from), vi(range.last()))
}

fn of_source(source: Option<i32>) -> String {
    source.map_or_else(|| "Mọi nguồn vốn".to_owned(), |source| format!("Nguồn vốn số {source}"))
}

fn both(sides: Sides) -> [Cell; 2] {
    [Cell::Amount(sides.debit), Cell::Amount(sides.credit)]
}

fn text(words: impl Into<String>) -> Cell {
    Cell::Text(words.into())
}

fn trial_row(line: &TrialLine) -> Vec<Cell> {
    let sides = [line.opening, line.movement, line.closing].into_iter().flat_map(both);
    [text(&line.account), text(&line.name_vi)].into_iter().chain(sides).collect()
}

fn totals_row(totals: TrialTotals) -> Vec<Cell> {
    let sides = [totals.opening, totals.movement, totals.closing].into_iter().flat_map(both);
    [Cell::Empty, text("Cộng")].into_iter().chain(sides).collect()
}

/// Bảng cân đối số phát sinh, across an A4 page.
pub fn trial_balance(report: &TrialBalance) -> Sheet {
    let mut rows: Vec<_> = report.accounts.iter().map(trial_row).collect();
    rows.push(totals_row(report.totals));
    rows.extend(report.memorandum.iter().map(trial_row));
    Sheet {
        title: "BẢNG CÂN ĐỐI SỐ PHÁT SINH".to_owned(),
        lines: vec![report.unit_name.clone(), period(report.from, report.to), of_source(report.source)],
        columns: vec![
            ("Số hiệu", 10),
            ("Tên tài khoản", 40),
            ("Dư Nợ đầu kỳ", 18),
            ("Dư Có đầu kỳ", 18),
            ("Phát sinh Nợ", 18),
            ("Phát sinh Có", 18),
            ("Dư Nợ cuối kỳ", 18),
            ("Dư Có cuối kỳ", 18),
        ],
        rows,
        landscape: true,
    }
}

fn statement_row(line: &StatementLine) -> Vec<Cell> {
    let kind = line.voucher_kind.as_deref().and_then(VoucherKind::of_name);
    let paper = kind.zip(line.voucher_number).map(|(kind, number)| format!("{} {number}", kind.title()));
    let [debit, credit] = both(line.amount);
    let [owed, owing] = both(line.balance);
    vec![
        text(vi(line.effective_on)),
        text(line.journal_no.to_string()),
        paper.map_or(Cell::Empty, Cell::Text),
        text(&line.description),
        text(line.counter_accounts.join(", ")),
        debit,
        credit,
        owed,
        owing,
    ]
}

fn carried(words: &str, balance: Sides) -> Vec<Cell> {
    let [debit, credit] = both(balance);
    vec![
        Cell::Empty,
        Cell::Empty,
        Cell::Empty,
        text(words),
        Cell::Empty,
        Cell::Empty,
        Cell::Empty,
        debit,
        credit,
    ]
}

/// Sổ chi tiết tài khoản, across an A4 page.
pub fn statement(report: &Statement) -> Sheet {
    let mut rows = vec![carried("Số dư đầu kỳ", report.opening)];
    rows.extend(report.page.items.iter().map(statement_row));
    rows.push(carried("Số dư cuối kỳ", report.closing));
    let account = format!("Tài khoản {}: {}", report.account.code, report.account.name_vi);
    Sheet {
        title: "SỔ CHI TIẾT TÀI KHOẢN".to_owned(),
        lines: vec![
            report.unit_name.clone(),
            account,
            period(report.from, report.to),
            of_source(report.source),
        ],
        columns: vec![
            ("Ngày", 12),
            ("Bút toán", 10),
            ("Chứng từ", 18),
            ("Diễn giải", 50),
            ("TK đối ứng", 14),
            ("Nợ", 18),
            ("Có", 18),
            ("Dư Nợ", 18),
            ("Dư Có", 18),
        ],
        rows,
        landscape: true,
    }
}
