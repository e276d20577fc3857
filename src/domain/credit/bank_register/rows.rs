//! What a row of a register says, or what is wrong with it.

use std::collections::HashMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;

use super::columns::{Column, Columns};
use super::terms::months_between;
use crate::domain::credit::programme::programme_code;
use crate::domain::values::language::Text;
use crate::domain::values::money::Money;
use crate::domain::values::table::{AmountUnit, At, Reading as CellReading, Row, Unread};
use crate::domain::values::text::Name;

/// A loan as another bank keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = RegisterLoan)]
pub struct Loan {
    /// Số khế ước, in capitals.
    pub contract_no: String,
    /// The bank's code of the customer.
    pub customer_code: Option<String>,
    /// The borrower.
    pub customer_name: String,
    /// The bank's code of the commune.
    pub commune_code: Option<String>,
    /// The bank's code of the group.
    pub group_code: Option<String>,
    /// Two digits.
    pub programme_code: String,
    /// 1 central, 2 local.
    pub capital_source: String,
    /// Paid out on.
    pub lent_on: NaiveDate,
    /// Final date by contract.
    pub due_on: NaiveDate,
    /// Final date by extension.
    pub extended_due_on: Option<NaiveDate>,
    /// Term in months; where the file leaves it empty, the whole months between the two days.
    pub term_months: u32,
    /// Percent a year.
    pub annual_rate: Decimal,
    /// The loan.
    pub lent: Money,
    /// Principal not overdue.
    pub performing: Money,
    /// Overdue principal.
    pub overdue: Money,
    /// Frozen principal.
    pub frozen: Money,
    /// Unpaid interest on principal not overdue.
    pub interest_performing: Money,
    /// Unpaid interest on overdue principal.
    pub interest_overdue: Money,
    /// Savings of the member with the bank (account 105): mirrored, never ours.
    pub savings: Money,
}

impl Loan {
    /// All principal.
    pub fn outstanding(&self) -> Decimal {
        self.performing.amount() + self.overdue.amount() + self.frozen.amount()
    }
}

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// In which column.
    pub column: Column,
    /// What is wrong.
    pub what: Text,
}

/// A row and what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Its number as a spreadsheet counts.
    pub line: u32,
    /// The cells as they came.
    pub raw: Vec<String>,
    /// The loan, or everything that is wrong.
    pub loan: Result<Loan, Vec<Complaint>>,
}

struct Reader<'a> {
    columns: &'a Columns,
    row: &'a Row,
    unit: AmountUnit,
    complaints: Vec<Complaint>,
}

/// A cell about which a complaint was made.
struct Complained;

/// What stands in a column, in Vietnamese and English.
type Expected = (&'static str, &'static str);

const LETTERS: Expected = ("Thiếu, quá dài hoặc có ký tự ẩn", "Missing, too long, or with hidden characters");
const DAY: Expected = ("Không phải ngày dd/MM/yyyy", "Not a day such as 05/03/2026");
const AMOUNT: Expected = ("Không phải số tiền rõ ràng", "Not an unambiguous amount");
const DUE_EARLY: Expected = ("Ngày đến hạn trước ngày vay", "Due before it was lent");

impl Reader<'_> {
    fn at(&self, column: Column) -> Option<At<'_>> {
        self.columns.at(self.row, column)
    }

    fn is_empty(&self, column: Column) -> bool {
        self.at(column).is_none_or(|at| at.cell.is_empty())
    }

    /// Complains about a cell, or about a column that the file does not have.
    fn complain(&mut self, column: Column, why: Unread, (vi, en): Expected) {
        let expected = Text::fixed(vi, en);
        let what = match self.at(column) {
            Some(at) => why.at(at.place, expected),
            None => expected,
        };
        self.complaints.push(Complaint { column, what });
    }

    /// The value of a column, nothing where the cell is empty.
    fn optional<T>(
        &mut self,
        column: Column,
        expected: Expected,
        read: impl FnOnce(At<'_>) -> CellReading<T>,
    ) -> Result<Option<T>, Complained> {
        let read = self.at(column).map_or(Ok(None), read);
        read.map_err(|why| {
            self.complain(column, why, expected);
            Complained
        })
    }

    /// The value of a column that must have one; none after a complaint.
    fn need<T>(
        &mut self,
        column: Column,
        expected: Expected,
        read: impl FnOnce(At<'_>) -> CellReading<T>,
    ) -> Option<T> {
        let value = self.optional(column, expected, read).ok()?;
        if value.is_none() {
            self.complain(column, Unread::Unlike, expected);
        }
        value
    }

    fn text(&mut self, column: Column) -> Option<String> {
        self.need(column, LETTERS, |at| at.parsed::<Name>()).map(|name| name.to_string())
    }

    /// A code that may be missing; some programs write it as a number with a decimal point.
    fn code(&mut self, column: Column) -> Option<String> {
        let code = self.optional(column, LETTERS, |at| at.parsed::<Name>()).ok()??.to_string();
        Some(code.strip_suffix(".0").map(str::to_owned).unwrap_or(code))
    }

    fn day(&mut self, column: Column) -> Option<NaiveDate> {
        self.need(column, DAY, |at| at.day())
    }

    fn optional_day(&mut self, column: Column) -> Option<NaiveDate> {
        self.optional(column, DAY, |at| at.day()).ok()?
    }

    /// An amount; an empty cell is nothing.
    fn money(&mut self, column: Column) -> Option<Money> {
        let unit = self.unit;
        self.optional(column, AMOUNT, |at| at.amount(unit)).ok().map(|amount| amount.unwrap_or(Money::ZERO))
    }

    fn rate(&mut self) -> Option<Decimal> {
        self.need(Column::Rate, ("Không phải lãi suất %/năm", "Not a rate in percent a year"), |at| {
            at.percent()
        })
    }

    fn term(&mut self, lent_on: Option<NaiveDate>, due_on: Option<NaiveDate>) -> Option<u32> {
        let read = |at: At<'_>| match at.count()? {
            Some(months) if !(1..=1200).contains(&months) => Err(Unread::Unlike),
            months => Ok(months),
        };
        let stated =
            self.optional(Column::Term, ("Không phải số tháng", "Not a number of months"), read).ok()?;
        if stated.is_some() {
            return stated;
        }
        let (from, to) = lent_on.zip(due_on)?;
        let between = months_between(from, to);
        if between.is_none() {
            self.complain(Column::DueOn, Unread::Unlike, DUE_EARLY);
        }
        between
    }

    /// The two digits of a code.
    fn two_digits(&mut self, column: Column, expected: Expected, known: fn(&str) -> bool) -> Option<String> {
        let read = |at: At<'_>| {
            let code = at.text()?.map(|text| programme_code(&text).filter(|code| known(code)));
            code.map(|code| code.ok_or(Unread::Unlike)).transpose()
        };
        self.need(column, expected, read)
    }

    fn capital_source(&mut self) -> Option<String> {
        let expected =
            ("Nguồn vốn là 1 (trung ương) hoặc 2 (địa phương)", "The source is 1 (central) or 2 (local)");
        let code = self.two_digits(Column::CapitalSource, expected, |code| code == "01" || code == "02")?;
        Some(code[1..].to_owned())
    }

    /// No bank has lent a loan that was due before it was lent, or on which more is owed than was lent.
    fn check_sense(&mut self, loan: &Loan) {
        if loan.due_on < loan.lent_on {
            self.complain(Column::DueOn, Unread::Unlike, DUE_EARLY);
        }
        if loan.outstanding() > loan.lent.amount() {
            let expected = ("Dư nợ nhiều hơn mức vay", "More is owed than was lent");
            self.complain(Column::Lent, Unread::Unlike, expected);
        }
    }

    /// The total must be that of its parts where the file has one.
    fn check_total(&mut self, loan: &Loan) {
        if self.is_empty(Column::Outstanding) {
            return;
        }
        let total = self.money(Column::Outstanding);
        if total.is_some_and(|total| total.amount() != loan.outstanding()) {
            let expected = (
                "Tổng dư nợ khác trong hạn + quá hạn + khoanh",
                "The total is not performing + overdue + frozen",
            );
            self.complain(Column::Outstanding, Unread::Unlike, expected);
        }
    }

    fn loan(&mut self) -> Option<Loan> {
        let contract_no = self.text(Column::ContractNo);
        let customer_name = self.text(Column::CustomerName);
        let (customer_code, commune_code) = (self.code(Column::CustomerCode), self.code(Column::CommuneCode));
        let group_code = self.code(Column::GroupCode);
        let expected = ("Không phải mã chương trình", "Not a programme code");
        let programme = self.two_digits(Column::Programme, expected, |_| true);
        let capital_source = self.capital_source();
        let (lent_on, due_on) = (self.day(Column::LentOn), self.day(Column::DueOn));
        let extended_due_on = self.optional_day(Column::ExtendedDueOn);
        let (term_months, annual_rate) = (self.term(lent_on, due_on), self.rate());
        let unit = self.unit;
        let lent = self.need(Column::Lent, AMOUNT, |at| at.amount(unit));
        let [performing, overdue, frozen] =
            [Column::Performing, Column::Overdue, Column::Frozen].map(|column| self.money(column));
        let [interest_performing, interest_overdue, savings] =
            [Column::InterestPerforming, Column::InterestOverdue, Column::Savings]
                .map(|column| self.money(column));
        let loan = Loan {
            contract_no: contract_no?.to_uppercase(),
            customer_code,
            customer_name: customer_name?,
            commune_code,
            group_code,
            programme_code: programme?,
            capital_source: capital_source?,
            lent_on: lent_on?,
            due_on: due_on?,
            extended_due_on,
            term_months: term_months?,
            annual_rate: annual_rate?,
            lent: lent?,
            performing: performing?,
            overdue: overdue?,
            frozen: frozen?,
            interest_performing: interest_performing?,
            interest_overdue: interest_overdue?,
            savings: savings?,
        };
        self.check_sense(&loan);
        self.check_total(&loan);
        Some(loan)
    }
}

/// What each row of loans says. A contract that stands twice is refused the second time.
pub fn read(columns: &Columns, rows: &[&Row], unit: AmountUnit) -> Vec<Reading> {
    let mut seen = HashMap::new();
    rows.iter()
        .map(|row| {
            let mut reader = Reader { columns, row, unit, complaints: Vec::new() };
            let loan = reader.loan();
            if let Some(loan) = &loan
                && let Some(before) = seen.insert(loan.contract_no.clone(), row.number)
            {
                let what = crate::text!(
                    "Khế ước đã có ở dòng {before}",
                    "The contract stands in row {before} already"
                );
                reader.complaints.push(Complaint { column: Column::ContractNo, what });
            }
            let raw = row.shown().map(|cell| cell.replace('\0', "")).collect();
            let loan = loan.filter(|_| reader.complaints.is_empty()).ok_or(reader.complaints);
            Reading { line: row.number, raw, loan }
        })
        .collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::domain::credit::bank_register::HeadingError;
    use crate::domain::values::table::{self, Format};

    pub const HEADINGS: &str = "Mã xã;Mã KH;Tên KH;Số khế ước;Ngày vay;Thời hạn vay;Lãi suất;Mức vay;Ngày ĐH theo hợp đồng;\
                                Dư nợ trong hạn;Dư nợ quá hạn;Dư nợ khoanh;Tổng dư nợ;Lãi tồn TH;Mã chương trình;Nguồn vốn";
    pub const GOOD: &str = "13141;KH1;Nguyễn Thị Sáu;ku-1;15/03/2021;;6,6;50.000.000;15/03/2026;30.000.000;10.000.000;;40.000.000;325.479;2;1";

    pub fn readings(lines: &[&str]) -> Vec<Reading> {
        let file = lines.join("\n");
        let rows = table::read(file.as_bytes(), Format::Csv).unwrap().rows;
        let columns = Columns::find(&rows).unwrap();
        read(&columns, &columns.part(&rows).data, AmountUnit::Dong)
    }

    #[test]
    fn a_row_is_understood_with_its_codes_units_and_missing_term() {
        let title = "SAO KÊ KHOẢN VAY;;;;;;;;;;;;;;;";
        let found = readings(&[title, HEADINGS, GOOD]);
        let loan = found[0].loan.clone().unwrap();
        assert_eq!(
            (found[0].line, loan.contract_no.as_str(), loan.programme_code.as_str()),
            (3, "KU-1", "02")
        );
        assert_eq!((loan.term_months, loan.annual_rate.to_string().as_str()), (60, "6.6"));
        assert_eq!(loan.outstanding(), Decimal::from(40_000_000));
        assert_eq!((loan.frozen, loan.savings), (Money::ZERO, Money::ZERO));
        assert_eq!(found[0].raw[3], "ku-1");
    }

    #[test]
    fn every_fault_of_a_row_is_named() {
        let bad = "13141;KH1;;KU-2;30/02/2021;x;660;5 triệu;15/03/2026;-1;;;;;100;3";
        let complaints = readings(&[HEADINGS, bad])[0].loan.clone().unwrap_err();
        let columns: Vec<_> = complaints.iter().map(|complaint| complaint.column.key()).collect();
        assert_eq!(
            columns,
            [
                "customer_name",
                "programme_code",
                "capital_source",
                "lent_on",
                "term_months",
                "annual_rate",
                "lent",
                "performing"
            ]
        );
    }

    #[test]
    fn a_loan_due_before_it_was_lent_or_owed_beyond_what_was_lent_is_refused() {
        let early = GOOD.replace(";15/03/2026;", ";14/03/2021;").replace(";;6,6;", ";60;6,6;");
        let beyond = GOOD.replace(";50.000.000;", ";39.999.999;").replace("ku-1", "ku-2");
        let found = readings(&[HEADINGS, &early, &beyond]);
        let columns =
            |i: usize| found[i].loan.clone().unwrap_err().iter().map(|c| c.column.key()).collect::<Vec<_>>();
        assert_eq!((columns(0), columns(1)), (vec!["due_on"], vec!["lent"]));
    }

    #[test]
    fn a_total_that_is_not_its_parts_and_a_contract_twice_are_refused() {
        let wrong = GOOD.replace(";40.000.000;", ";40.000.001;");
        let found = readings(&[HEADINGS, GOOD, &wrong, &GOOD.replace("ku-1", "KU-1")]);
        let columns =
            |i: usize| found[i].loan.clone().unwrap_err().iter().map(|c| c.column.key()).collect::<Vec<_>>();
        assert!(found[0].loan.is_ok());
        assert_eq!((columns(1), columns(2)), (vec!["outstanding", "contract_no"], vec!["contract_no"]));
    }

    #[test]
    fn headings_are_known_by_their_letters_and_each_once() {
        let find = |line: &str| Columns::find(&table::read(line.as_bytes(), Format::Csv).unwrap().rows);
        let shouted = HEADINGS.to_uppercase().replace("DƯ NỢ QUÁ HẠN", "Dư nợ  (QH)");
        assert!(find(&shouted).is_ok());
        assert_eq!(
            find("Tên KH;Mã KH").unwrap_err(),
            HeadingError::Missing(vec![
                Column::ContractNo,
                Column::LentOn,
                Column::DueOn,
                Column::Rate,
                Column::Lent,
                Column::Programme,
                Column::CapitalSource,
            ])
        );
        assert_eq!(find(&format!("{HEADINGS};Lãi suất")), Err(HeadingError::Twice(Column::Rate)));
        assert!(matches!(Columns::find(&[]), Err(HeadingError::Missing(_))));
    }
}
