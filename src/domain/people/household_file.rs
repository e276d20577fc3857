//! The commune's list of households as a file: its columns in both languages, and what a row says.

use std::str::FromStr;

use chrono::NaiveDate;

use crate::domain::people::household::{HEAD, HouseholdCode, Member, Person};
use crate::domain::people::identity::{PersonalId, Phone};
use crate::domain::people::person::{Birth, Gender};
use crate::domain::people::poverty::{Change, Class};
use crate::domain::values::language::{Language, Text};
use crate::domain::values::table::{At, HeadingRows, Parted, Reading, Row, Unread, find_headings, part};
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
    rows: HeadingRows,
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

/// What makes a row a household, whatever else it looks like.
const IDENTITY: [Column; 3] = [Column::Code, Column::HeadName, Column::HeadPersonalId];

impl Headings {
    /// Finds the headings, which name the code's column.
    pub fn find(rows: &[Row]) -> Result<Self, NoList> {
        let rows = find_headings(rows, |heading| column_of(heading).is_some()).ok_or(NoList::NoCode)?;
        let mut found = Self { at: Vec::new(), unknown: Vec::new(), rows };
        for (position, heading) in
            found.rows.texts.iter().enumerate().filter(|(_, heading)| !heading.is_empty())
        {
            match column_of(heading) {
                Some(column) if found.at.iter().any(|(known, _)| *known == column) => {
                    return Err(NoList::Twice(column));
                }
                Some(column) => found.at.push((column, position)),
                None => found.unknown.push(heading.clone()),
            }
        }
        found.position(Column::Code).ok_or(NoList::NoCode)?;
        Ok(found)
    }

    /// The rows that are households, and the others.
    pub fn part<'a>(&self, rows: &'a [Row]) -> Parted<'a> {
        let identity: Vec<_> = IDENTITY.into_iter().filter_map(|column| self.position(column)).collect();
        part(rows, &self.rows, &identity)
    }

    fn position(&self, column: Column) -> Option<usize> {
        self.at.iter().find(|(known, _)| *known == column).map(|(_, position)| *position)
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
    /// What was put right in the row, such as a zero that a spreadsheet dropped.
    pub notes: Vec<Remark>,
}

impl Entry {
    /// Everybody the row names.
    pub fn people(&self) -> impl Iterator<Item = &Person> {
        self.head.iter().chain(self.members.iter().map(|member| &member.person))
    }

    /// The household a row is about, as far as it can be read, and what the row says or everything that is wrong in it.
    pub fn read(headings: &Headings, row: &Row) -> (Option<HouseholdCode>, Result<Self, Vec<Remark>>) {
        let mut cells = Cells { headings, row, wrong: Vec::new(), notes: Vec::new() };
        let code = cells.take::<HouseholdCode>(Column::Code);
        if code.is_none() && cells.wrong.is_empty() {
            cells.refuse(Column::Code, Unread::Unlike);
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
    notes: Vec<Remark>,
}

impl<'a> Cells<'a> {
    /// The cell of a column; none where the list has no such column.
    fn at(&self, column: Column) -> Option<At<'a>> {
        self.headings.position(column).map(|position| self.row.at(position))
    }

    fn is_empty(&self, column: Column) -> bool {
        self.at(column).is_none_or(|at| at.cell.is_empty())
    }

    fn refuse(&mut self, column: Column, why: Unread) {
        let text = match self.at(column) {
            Some(at) => why.at(at.place, column.expects()),
            None => column.expects(),
        };
        self.wrong.push(Remark::on(column, text));
    }

    fn take<T: FromStr>(&mut self, column: Column) -> Option<T> {
        self.take_by(column, |at| at.parsed())
    }

    fn take_by<T>(&mut self, column: Column, read: impl FnOnce(At<'a>) -> Reading<T>) -> Option<T> {
        let read = self.at(column).map_or(Ok(None), read);
        read.map_err(|why| self.refuse(column, why)).ok().flatten()
    }

    /// A number of digits, with the zeros in front that a spreadsheet dropped where it is certain that it did.
    fn number<T: FromStr>(&mut self, column: Column, restored: fn(&str) -> Option<String>) -> Option<T> {
        let digits = self.take_by(column, |at| at.digits())?;
        if let Ok(number) = digits.parse() {
            return Some(number);
        }
        let number = restored(&digits).and_then(|digits| digits.parse().ok());
        match self.at(column).filter(|_| number.is_some()) {
            Some(At { place, .. }) => self.notes.push(Remark::on(
                column,
                text!(
                    "Ô {place}: đã thêm lại số 0 ở đầu mà bảng tính làm mất",
                    "Cell {place}: a zero in front that a spreadsheet dropped was put back"
                ),
            )),
            None => self.refuse(column, Unread::Unlike),
        }
        number
    }

    fn entry(&mut self, code: HouseholdCode) -> Entry {
        Entry {
            code,
            hamlet: self.take(Column::Hamlet),
            address: self.take(Column::Address),
            phone: self.number(Column::Phone, Phone::restored),
            note: self.take(Column::Note),
            signs_by_fingerprint: self.take_by(Column::Fingerprint, |at| match at.truth() {
                Some(truth) => Ok(Some(truth)),
                None => at.named(yes_or_no),
            }),
            head: self.head(),
            members: self.members(),
            stated: self.stated(),
            notes: std::mem::take(&mut self.notes),
        }
    }

    /// What is said about the head needs a name to say it of.
    fn head(&mut self) -> Option<Person> {
        let name = self.take(Column::HeadName);
        let said = Person {
            birth: self.take_by(Column::HeadBirth, birth),
            gender: self.take(Column::HeadGender),
            ethnicity: self.take(Column::Ethnicity),
            personal_id: self.number(Column::HeadPersonalId, PersonalId::restored),
            name: name.clone().or_else(|| HEAD.parse().ok())?,
        };
        let says = said.birth.is_some() || said.gender.is_some() || said.personal_id.is_some();
        if name.is_none() && says && self.is_empty(Column::HeadName) {
            self.refuse(Column::HeadName, Unread::Unlike);
        }
        name.map(|_| said)
    }

    fn members(&mut self) -> Vec<Member> {
        let Some(text) = self.take_by(Column::Members, |at| at.text()) else { return Vec::new() };
        let texts = pieces(&text, &[';', '\n']).into_iter().map(str::trim);
        let members: Vec<_> = texts.filter(|text| !text.is_empty()).map(member).collect();
        for (at, _) in members.iter().enumerate().filter(|(_, member)| member.is_none()) {
            let (n, Text { vi, en }) = (at + 1, Column::Members.expects());
            let why = text!("Thành viên thứ {n}. {vi}", "Member {n}. {en}");
            self.refuse(Column::Members, Unread::Because(why));
        }
        members.into_iter().flatten().collect()
    }

    /// Class, year, number and day go together.
    fn stated(&mut self) -> Option<Stated> {
        let parts = [Column::Class, Column::ClassYear, Column::DecisionNo, Column::DecisionOn];
        let empty: Vec<_> = parts.into_iter().filter(|column| self.is_empty(*column)).collect();
        if empty.len() == parts.len() {
            return None;
        }
        let class = self.take_by(Column::Class, |at| at.named(class));
        let year = self.take_by(Column::ClassYear, year);
        let number = self.take(Column::DecisionNo);
        let decided_on = self.take_by(Column::DecisionOn, |at| at.day());
        let change = self.take_by(Column::Change, |at| at.named(change));
        for column in empty {
            self.refuse(column, Unread::Unlike);
        }
        Some(Stated { class: class?, year: year?, number: number?, decided_on: decided_on?, change })
    }
}

/// A text in a list of members, where `;` and `|` are separators: the text's own carry a backslash.
pub fn escaped(text: &str) -> String {
    text.chars().flat_map(|c| SEPARATORS.contains(&c).then_some('\\').into_iter().chain([c])).collect()
}

const SEPARATORS: [char; 3] = [';', '|', '\\'];

/// The text that [`escaped`] wrote.
fn unescaped(text: &str) -> String {
    let (mut bare, mut letters) = (String::with_capacity(text.len()), text.chars().peekable());
    while let Some(letter) = letters.next() {
        let own = letters.next_if(|next| letter == '\\' && SEPARATORS.contains(next));
        bare.push(own.unwrap_or(letter));
    }
    bare
}

/// The pieces between separators that carry no backslash.
fn pieces<'a>(text: &'a str, separators: &[char]) -> Vec<&'a str> {
    let (mut pieces, mut start, mut own) = (Vec::new(), 0, false);
    for (at, letter) in text.char_indices() {
        if separators.contains(&letter) && !own {
            pieces.push(&text[start..at]);
            start = at + letter.len_utf8();
        }
        own = letter == '\\' && !own;
    }
    pieces.push(&text[start..]);
    pieces
}

/// `name|relation|birth|gender|number`; the last three may be missing or empty.
fn member(text: &str) -> Option<Member> {
    let parts: Vec<_> = pieces(text, &['|']).into_iter().map(|part| unescaped(part.trim())).collect();
    let [name, relation, rest @ ..] = &parts[..] else { return None };
    if rest.len() > 3 {
        return None;
    }
    let part = |at: usize| rest.get(at).filter(|text| !text.is_empty());
    // Outer None: written, but not readable.
    let birth = part(0).map_or(Some(None), |text| text.parse::<Birth>().ok().map(Some))?;
    let gender = part(1).map_or(Some(None), |text| text.parse::<Gender>().ok().map(Some))?;
    let personal_id = part(2).map_or(Some(None), |text| text.parse::<PersonalId>().ok().map(Some))?;
    let person = Person { name: name.parse().ok()?, birth, gender, ethnicity: None, personal_id };
    Some(Member { person, relation: relation.parse().ok()?, left_on: None })
}

/// A year, or a day in any of its forms.
fn birth(at: At<'_>) -> Reading<Birth> {
    let said = match at.count() {
        Ok(Some(year)) if (1000..10_000).contains(&year) => Some(year.to_string()),
        _ => at.day()?.map(|day| day.to_string()),
    };
    said.map(|said| said.parse().map_err(|_| Unread::Unlike)).transpose()
}

fn year(at: At<'_>) -> Reading<i32> {
    let year =
        at.count()?.filter(|year| (1000..10_000).contains(year)).and_then(|year| i32::try_from(year).ok());
    if year.is_none() && !at.cell.is_empty() { Err(Unread::Unlike) } else { Ok(year) }
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
