//! The columns of the Policy Bank's loan export that we understand. Others are kept as they came.

use crate::domain::values::table::{At, HeadingRows, Parted, Row, find_headings, part};
use crate::domain::values::text::search_key;

macro_rules! columns {
    ($($(#[$doc:meta])* $column:ident $key:literal $title:literal [$($heading:literal),+];)+) => {
        /// A column we understand.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Column { $($(#[$doc])* $column,)+ }

        impl Column {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$column),+];

            /// Its name in verdicts.
            pub const fn key(self) -> &'static str {
                match self { $(Self::$column => $key,)+ }
            }

            /// Its heading in the bank's export.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$column => $title,)+ }
            }

            /// Headings without diacritics and punctuation.
            const fn headings(self) -> &'static [&'static str] {
                match self { $(Self::$column => &[$($heading),+],)+ }
            }
        }
    };
}

columns! {
    /// Mã xã.
    CommuneCode "commune_code" "Mã xã" ["ma xa"];
    /// Mã tổ.
    GroupCode "group_code" "Mã tổ" ["ma to"];
    /// Mã KH.
    CustomerCode "customer_code" "Mã KH" ["ma kh", "ma khach hang"];
    /// Tên KH.
    CustomerName "customer_name" "Tên KH" ["ten kh", "ten khach hang"];
    /// Số khế ước.
    ContractNo "contract_no" "Số khế ước" ["so khe uoc", "khe uoc", "so ku"];
    /// Ngày vay.
    LentOn "lent_on" "Ngày vay" ["ngay vay"];
    /// Thời hạn vay, in months; may be empty.
    Term "term_months" "Thời hạn vay" ["thoi han vay", "thoi han"];
    /// Lãi suất, percent a year.
    Rate "annual_rate" "Lãi suất" ["lai suat"];
    /// Mức vay.
    Lent "lent" "Mức vay" ["muc vay", "so tien vay"];
    /// Ngày đến hạn theo hợp đồng.
    DueOn "due_on" "Ngày ĐH theo hợp đồng" ["ngay dh theo hop dong", "ngay den han theo hop dong"];
    /// Ngày đến hạn theo gia hạn.
    ExtendedDueOn "extended_due_on" "Ngày ĐH theo Gia hạn" ["ngay dh theo gia han", "ngay den han theo gia han"];
    /// Dư nợ trong hạn.
    Performing "performing" "Dư nợ trong hạn" ["du no trong han", "du no th"];
    /// Dư nợ quá hạn.
    Overdue "overdue" "Dư nợ quá hạn" ["du no qua han", "du no qh"];
    /// Dư nợ khoanh.
    Frozen "frozen" "Dư nợ khoanh" ["du no khoanh"];
    /// Tổng dư nợ.
    Outstanding "outstanding" "Tổng dư nợ" ["tong du no"];
    /// Lãi tồn trong hạn.
    InterestPerforming "interest_performing" "Lãi tồn TH" ["lai ton th", "lai ton trong han"];
    /// Lãi tồn quá hạn.
    InterestOverdue "interest_overdue" "Lãi tồn QH" ["lai ton qh", "lai ton qua han"];
    /// Số dư tiền gửi 105.
    Savings "savings" "Số dư tiền gửi 105" ["so du tien gui 105", "tien gui 105"];
    /// Mã chương trình.
    Programme "programme_code" "Mã chương trình" ["ma chuong trinh", "chuong trinh"];
    /// Nguồn vốn: 1 central, 2 local.
    CapitalSource "capital_source" "Nguồn vốn" ["nguon von"];
}

/// What a file must have to be read at all.
const NEEDED: &[Column] = &[
    Column::ContractNo,
    Column::CustomerName,
    Column::LentOn,
    Column::DueOn,
    Column::Rate,
    Column::Lent,
    Column::Programme,
    Column::CapitalSource,
];

/// What makes a row a loan, whatever else it looks like.
const IDENTITY: [Column; 3] = [Column::CustomerCode, Column::CustomerName, Column::ContractNo];

/// Where the columns stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    at: Vec<(Column, usize)>,
    rows: HeadingRows,
}

/// Headings that do not make a register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HeadingError {
    /// No row of headings has these.
    Missing(Vec<Column>),
    /// One column stands twice.
    Twice(Column),
}

/// A heading as columns are known by: "Dư nợ  (quá hạn)" is "du no qua han".
fn normal(heading: &str) -> String {
    search_key(&heading.replace(|c: char| !c.is_alphanumeric(), " "))
}

fn column_of(heading: &str) -> Option<Column> {
    let heading = normal(heading);
    Column::ALL.iter().copied().find(|column| column.headings().contains(&heading.as_str()))
}

impl Columns {
    /// The columns of a file.
    pub fn find(rows: &[Row]) -> Result<Self, HeadingError> {
        let rows = find_headings(rows, |heading| column_of(heading).is_some())
            .ok_or_else(|| HeadingError::Missing(NEEDED.to_vec()))?;
        let known = rows.texts.iter().enumerate();
        let at: Vec<_> =
            known.filter_map(|(at, heading)| column_of(heading).map(|column| (column, at))).collect();
        let missing: Vec<_> =
            NEEDED.iter().copied().filter(|needed| !at.iter().any(|(column, _)| column == needed)).collect();
        if !missing.is_empty() {
            return Err(HeadingError::Missing(missing));
        }
        let twice = at
            .iter()
            .enumerate()
            .find(|(i, (column, _))| at[..*i].iter().any(|(before, _)| before == column));
        if let Some((_, (column, _))) = twice {
            return Err(HeadingError::Twice(*column));
        }
        Ok(Self { at, rows })
    }

    /// The headings as they stand.
    pub fn headings(&self) -> &[String] {
        &self.rows.texts
    }

    /// The rows that are loans, and the others.
    pub fn part<'a>(&self, rows: &'a [Row]) -> Parted<'a> {
        let identity: Vec<_> = IDENTITY.into_iter().filter_map(|column| self.position(column)).collect();
        part(rows, &self.rows, &identity)
    }

    /// The cell of a column in a row; none where the file has no such column.
    pub fn at<'a>(&self, row: &'a Row, column: Column) -> Option<At<'a>> {
        self.position(column).map(|position| row.at(position))
    }

    fn position(&self, column: Column) -> Option<usize> {
        self.at.iter().find(|(known, _)| *known == column).map(|(_, position)| *position)
    }
}
