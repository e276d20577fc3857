//! The commune's list of households as a file: its columns in both languages, and what a row says.

use std::str::FromStr;

use chrono::NaiveDate;

use crate::domain::people::household::{HEAD, HouseholdCode, Member, Person};
use crate::domain::people::identity::{PersonalId, Phone};
use crate::domain::people::person::{Birth, Gender};
use crate::domain::people::poverty::{Change, Class};
use crate::domain::values::language::{Language, Text};
use crate::domain::values::table::{self, Row};
use crate::domain::values::text::{Name, Note, search_key};
use crate::text;

macro_rules! columns {
    ($($(#[$doc:meta])* $column:ident $key:literal [$($heading:literal),*] $vi:literal $en:literal;)+) => {
        /// A column of the list.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Column { $($(#[$doc])* $column,)+ }

        impl Column {
            /// All of them, in the order of an exported list.
            pub const ALL: &[Self] = &[$(Self::$column),+];

            /// The heading in English, which is also its name in verdicts.
            pub const fn key(self) -> &'static str {
                match self { $(Self::$column => $key,)+ }
            }

            /// The headings by which Vietnamese lists call it, without diacritics.
            const fn headings(self) -> &'static [&'static str] {
                match self { $(Self::$column => &[$($heading),*],)+ }
            }

            /// What stands in it.
            pub const fn expects(self) -> Text {
                match self { $(Self::$column => Text::fixed($vi, $en),)+ }
            }
        }
    };
}

columns! {
    /// Mã hộ.
    Code "household_code" ["ma ho", "ma so ho", "ma ho gia dinh"]
        "Mã hộ gồm 1–40 chữ không dấu, chữ số hoặc - . / _" "A household code has 1 to 40 letters, digits or - . / _";
    /// Thôn.
    Hamlet "hamlet" ["thon", "xom", "thon xom", "to dan pho", "thon to dan pho", "ap", "ban"]
        "Tên thôn, tối đa 200 ký tự" "The name of the hamlet, at most 200 characters";
    /// Địa chỉ.
    Address "address" ["dia chi", "noi o"] "Địa chỉ, tối đa 200 ký tự" "An address of at most 200 characters";
    /// Họ tên chủ hộ.
    HeadName "head_name" ["chu ho", "ten chu ho", "ho ten chu ho", "ho va ten chu ho"]
        "Họ tên chủ hộ, tối đa 200 ký tự" "The name of the head, at most 200 characters";
    /// Ngày hoặc năm sinh của chủ hộ.
    HeadBirth "head_birth" ["ngay sinh", "nam sinh", "ngay sinh chu ho", "nam sinh chu ho", "ngay thang nam sinh"]
        "Ngày sinh dạng dd/MM/yyyy, hoặc chỉ năm sinh" "A birth is a day such as 05/03/1958, or a year";
    /// Giới tính của chủ hộ.
    HeadGender "head_gender" ["gioi tinh", "gioi tinh chu ho"] "Giới tính là nam hoặc nữ" "The gender is male or female";
    /// Số định danh của chủ hộ.
    HeadPersonalId "head_personal_id" ["cccd", "so cccd", "cccd cmnd", "so cccd cmnd", "so dinh danh", "so dinh danh ca nhan", "cmnd"]
        "Số định danh gồm 12 chữ số (CMND cũ: 9); trong Excel hãy để cột dạng văn bản" "A personal number has 12 digits (9 on an old card); in Excel keep the column as text";
    /// Điện thoại.
    Phone "phone" ["dien thoai", "so dien thoai", "sdt"]
        "Điện thoại gồm 10 chữ số, bắt đầu bằng 03, 05, 07, 08 hoặc 09" "A phone number has 10 digits and begins with 03, 05, 07, 08 or 09";
    /// Dân tộc của chủ hộ.
    Ethnicity "ethnicity" ["dan toc"] "Tên dân tộc" "The name of the ethnic group";
    /// Các thành viên khác.
    Members "members" ["thanh vien", "cac thanh vien", "thanh vien khac"]
        "Thành viên dạng: họ tên|quan hệ|ngày sinh|giới tính|số định danh; ngăn cách bằng dấu ;" "Members are name|relation|birth|gender|number, one after the other with ;";
    /// Phân loại.
    Class "class" ["phan loai", "phan loai ho", "loai ho", "dien ho"]
        "Phân loại là: nghèo, cận nghèo, mới thoát nghèo, mức sống trung bình hoặc khác" "The class is poor, near_poor, newly_escaped, average or other";
    /// Năm áp dụng phân loại.
    ClassYear "class_year" ["nam", "nam phan loai", "nam ra soat"]
        "Năm có chuẩn nghèo, ví dụ 2024" "A year that has a poverty standard, such as 2024";
    /// Số quyết định.
    DecisionNo "decision_no" ["so quyet dinh", "quyet dinh so", "so qd"]
        "Số quyết định, tối đa 200 ký tự" "The number of the decision, at most 200 characters";
    /// Ngày quyết định.
    DecisionOn "decision_on" ["ngay quyet dinh", "ngay qd", "ngay ky"]
        "Ngày dạng dd/MM/yyyy" "A day such as 18/12/2023";
    /// Diễn biến.
    Change "change" ["dien bien"]
        "Diễn biến, ví dụ: tái nghèo, nghèo phát sinh, thoát nghèo" "A change such as relapsed, newly_poor or escaped";
    /// Điểm chỉ.
    Fingerprint "signs_by_fingerprint" ["diem chi"] "Điểm chỉ: có hoặc không" "Signs by fingerprint: yes or no";
    /// Ghi chú.
    Note "note" ["ghi chu"] "Ghi chú, tối đa 2.000 ký tự" "A note of at most 2,000 characters";
}

/// Something to tell about a row: what is wrong, or what is only odd.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// Where, if in one cell.
    pub column: Option<Column>,
    /// What.
    pub text: Text,
}

impl Remark {
    /// A remark on a cell.
    pub const fn on(column: Column, text: Text) -> Self {
        Self { column: Some(column), text }
    }
}

/// Which cell is which column.
#[derive(Debug, Clone)]
pub struct Headings {
    at: Vec<(Column, usize)>,
    /// Headings that mean nothing here.
    pub unknown: Vec<String>,
    /// The row they stand in.
    pub row: u32,
}

/// Why a table is no list of households.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoList {
    /// No row names the column of the household's code.
    NoCode,
    /// Two columns say the same.
    Twice(Column),
}

/// Letters and digits only: "Số CCCD/CMND" and "so_cccd_cmnd" are one heading.
fn heading_key(heading: &str) -> String {
    let words = search_key(heading).replace(|c: char| !c.is_alphanumeric(), " ");
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn column_of(heading: &str) -> Option<Column> {
    let key = heading_key(heading);
    let named =
        |column: &Column| column.key().replace('_', " ") == key || column.headings().contains(&key.as_str());
    Column::ALL.iter().copied().find(named)
}

/// Lists have a title above their headings.
const TITLE_ROWS: usize = 20;

impl Headings {
    /// Finds the headings: the first row that names the code's column. The rows after it are the list.
    pub fn find(rows: &[Row]) -> Result<(Self, &[Row]), NoList> {
        let is_heading = |row: &Row| row.cells().any(|cell| column_of(cell) == Some(Column::Code));
        let at = rows.iter().take(TITLE_ROWS).position(is_heading).ok_or(NoList::NoCode)?;
        let mut found = Self { at: Vec::new(), unknown: Vec::new(), row: rows[at].number };
        for (position, heading) in rows[at].cells().enumerate().filter(|(_, heading)| !heading.is_empty()) {
            match column_of(heading) {
                Some(column) if found.at.iter().any(|(known, _)| *known == column) => {
                    return Err(NoList::Twice(column));
                }
                Some(column) => found.at.push((column, position)),
                None => found.unknown.push(heading.to_owned()),
            }
        }
        Ok((found, &rows[at + 1..]))
    }

    fn cell<'a>(&self, row: &'a Row, column: Column) -> &'a str {
        let position = self.at.iter().find(|(known, _)| *known == column).map(|(_, position)| *position);
        position.map_or("", |position| row.cell(position))
    }
}

/// A class decision that a row states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stated {
    /// The class.
    pub class: Class,
    /// The year it counts for.
    pub year: i32,
    /// Number of the decision.
    pub number: Name,
    /// The day it was signed.
    pub decided_on: NaiveDate,
    /// The change, if stated.
    pub change: Option<Change>,
}

/// What a row says. An empty cell says nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The household.
    pub code: HouseholdCode,
    /// Its hamlet.
    pub hamlet: Option<Name>,
    /// Its address.
    pub address: Option<Name>,
    /// Its phone.
    pub phone: Option<Phone>,
    /// A note.
    pub note: Option<Note>,
    /// Whether its representative signs by fingerprint.
    pub signs_by_fingerprint: Option<bool>,
    /// Its head.
    pub head: Option<Person>,
    /// Its other members.
    pub members: Vec<Member>,
    /// The decision on its class.
    pub stated: Option<Stated>,
}

impl Entry {
    /// Everybody the row names.
    pub fn people(&self) -> impl Iterator<Item = &Person> {
        self.head.iter().chain(self.members.iter().map(|member| &member.person))
    }

    /// The household a row is about, as far as it can be read, and what the row says or everything that is wrong in it.
    pub fn read(headings: &Headings, row: &Row) -> (Option<HouseholdCode>, Result<Self, Vec<Remark>>) {
        let mut cells = Cells { headings, row, wrong: Vec::new() };
        let code = cells.take::<HouseholdCode>(Column::Code);
        if code.is_none() && cells.wrong.is_empty() {
            cells.refuse(Column::Code);
        }
        let entry = code.clone().map(|code| cells.entry(code));
        match entry {
            Some(entry) if cells.wrong.is_empty() => (code, Ok(entry)),
            _ => (code, Err(cells.wrong)),
        }
    }
}

/// A row being read, and what was wrong so far.
struct Cells<'a> {
    headings: &'a Headings,
    row: &'a Row,
    wrong: Vec<Remark>,
}

impl Cells<'_> {
    fn text(&self, column: Column) -> &str {
        self.headings.cell(self.row, column)
    }

    fn refuse(&mut self, column: Column) {
        self.wrong.push(Remark::on(column, column.expects()));
    }

    fn take<T: FromStr>(&mut self, column: Column) -> Option<T> {
        self.take_by(column, |text| text.parse().ok())
    }

    fn take_by<T>(&mut self, column: Column, read: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let text = self.text(column);
        if text.is_empty() {
            return None;
        }
        let value = read(text);
        if value.is_none() {
            self.refuse(column);
        }
        value
    }

    fn entry(&mut self, code: HouseholdCode) -> Entry {
        Entry {
            code,
            hamlet: self.take(Column::Hamlet),
            address: self.take(Column::Address),
            phone: self.take(Column::Phone),
            note: self.take(Column::Note),
            signs_by_fingerprint: self.take_by(Column::Fingerprint, yes_or_no),
            head: self.head(),
            members: self.members(),
            stated: self.stated(),
        }
    }

    /// What is said about the head needs a name to say it of.
    fn head(&mut self) -> Option<Person> {
        let name = self.take(Column::HeadName);
        let said = Person {
            birth: self.take_by(Column::HeadBirth, birth),
            gender: self.take(Column::HeadGender),
            ethnicity: self.take(Column::Ethnicity),
            personal_id: self.take(Column::HeadPersonalId),
            name: name.clone().or_else(|| HEAD.parse().ok())?,
        };
        let says = said.birth.is_some() || said.gender.is_some() || said.personal_id.is_some();
        if name.is_none() && says && self.text(Column::HeadName).is_empty() {
            self.refuse(Column::HeadName);
        }
        name.map(|_| said)
    }

    fn members(&mut self) -> Vec<Member> {
        let texts = self.text(Column::Members).split([';', '\n']).map(str::trim);
        let members: Vec<_> = texts.filter(|text| !text.is_empty()).map(member).collect();
        for (at, _) in members.iter().enumerate().filter(|(_, member)| member.is_none()) {
            let (n, form) = (at + 1, Column::Members.expects());
            let (vi, en) = (form.vi, form.en);
            let text = text!("Thành viên thứ {n}. {vi}", "Member {n}. {en}");
            self.wrong.push(Remark::on(Column::Members, text));
        }
        members.into_iter().flatten().collect()
    }

    /// Class, year, number and day go together.
    fn stated(&mut self) -> Option<Stated> {
        let parts = [Column::Class, Column::ClassYear, Column::DecisionNo, Column::DecisionOn];
        let empty: Vec<_> = parts.into_iter().filter(|column| self.text(*column).is_empty()).collect();
        if empty.len() == parts.len() {
            return None;
        }
        let (class, year) = (self.take_by(Column::Class, class), self.take_by(Column::ClassYear, year));
        let (number, decided_on) =
            (self.take(Column::DecisionNo), self.take_by(Column::DecisionOn, table::day));
        let change = self.take_by(Column::Change, change);
        for column in empty {
            self.refuse(column);
        }
        Some(Stated { class: class?, year: year?, number: number?, decided_on: decided_on?, change })
    }
}

/// `name|relation|birth|gender|number`; the last three may be missing or empty.
fn member(text: &str) -> Option<Member> {
    let parts: Vec<_> = text.split('|').map(str::trim).collect();
    let [name, relation, ref rest @ ..] = parts[..] else { return None };
    if rest.len() > 3 {
        return None;
    }
    let part = |at: usize| rest.get(at).copied().filter(|text| !text.is_empty());
    // Outer None: written, but not readable.
    let birth = part(0).map_or(Some(None), |text| birth(text).map(Some))?;
    let gender = part(1).map_or(Some(None), |text| text.parse::<Gender>().ok().map(Some))?;
    let personal_id = part(2).map_or(Some(None), |text| text.parse::<PersonalId>().ok().map(Some))?;
    let person = Person { name: name.parse().ok()?, birth, gender, ethnicity: None, personal_id };
    Some(Member { person, relation: relation.parse().ok()?, left_on: None })
}

fn birth(text: &str) -> Option<Birth> {
    table::day(text).map_or_else(|| text.parse().ok(), |day| day.to_string().parse().ok())
}

fn year(text: &str) -> Option<i32> {
    (text.len() == 4).then(|| text.parse().ok()).flatten()
}

fn yes_or_no(text: &str) -> Option<bool> {
    match search_key(text).as_str() {
        "x" | "co" | "yes" | "true" | "1" => Some(true),
        "khong" | "no" | "false" | "0" => Some(false),
        _ => None,
    }
}

/// A code, or what people call it, with or without "hộ".
fn class(text: &str) -> Option<Class> {
    let key = heading_key(text);
    let names = |class: &Class| {
        let label = heading_key(class.label(Language::Vi));
        [class.code().replace('_', " "), label.trim_start_matches("ho ").to_owned(), label].contains(&key)
    };
    Class::ALL.into_iter().find(names)
}

fn change(text: &str) -> Option<Change> {
    let key = heading_key(text);
    let names = |change: &Change| {
        change.code().replace('_', " ") == key || heading_key(change.label(Language::Vi)) == key
    };
    Change::ALL.into_iter().find(names)
}
